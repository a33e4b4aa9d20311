//! The built front end, served from a folder with the compressed copies that the build made.
use axum::Router;
use axum::http::{HeaderValue, header};
use std::path::Path;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// Folders of the site that are served as they are.
const FOLDERS: [&str; 5] = ["pkg", "pdfjs", "js", "fonts", "icons"];

/// Content hash of the built site: part of every address that a page refers to, so that files can be cached for good.
pub fn version(site_dir: &Path) -> String {
    std::fs::read_to_string(site_dir.join("version"))
        .map(|v| v.trim().to_owned())
        .unwrap_or_default()
}

pub fn site<S: Clone + Send + Sync + 'static>(site_dir: &Path) -> Router<S> {
    let mut router = Router::new();
    for folder in FOLDERS {
        let files = ServeDir::new(site_dir.join(folder)).precompressed_br().precompressed_gzip();
        router = router.nest_service(&format!("/{folder}"), files);
    }
    router.layer(SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    ))
}
