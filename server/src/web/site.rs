//! The built front end, served from a folder with the compressed copies that the build made.
use axum::Router;
use axum::extract::{Path as Captured, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

/// Folders of the site that are served as they are.
const FOLDERS: [&str; 3] = ["pdfjs", "fonts", "icons"];

/// What the browser's worker between pages and server may do: fetch from here.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'";

/// Content hash of the built site: part of every address that a page refers to, so that files can be cached for good.
pub fn version(site_dir: &Path) -> String {
    std::fs::read_to_string(site_dir.join("version"))
        .map(|v| v.trim().to_owned())
        .unwrap_or_default()
}

/// Files of each part of the program, as the build has cut it: part to names without `.wasm`.
pub fn parts(site_dir: &Path) -> Arc<BTreeMap<String, Vec<String>>> {
    let text = std::fs::read(site_dir.join("pkg/parts.json")).unwrap_or_default();
    Arc::new(serde_json::from_slice(&text).unwrap_or_default())
}

/// Serves the folders, and the program (`pkg`, and `js` inside it) as `/pkg/{version}/…`, for good, and only of the version that
/// is there: parts of two builds do not fit together. `/sw.js` is the one script without a version, asked for each time.
pub fn site<S: Clone + Send + Sync + 'static>(site_dir: &Path) -> Router<S> {
    let mut router = Router::new();
    for folder in FOLDERS {
        let files = ServeDir::new(site_dir.join(folder)).precompressed_br().precompressed_gzip();
        router = router.nest_service(&format!("/{folder}"), files);
    }
    let program = ServeDir::new(site_dir.join("pkg")).precompressed_br().precompressed_gzip();
    let worker = ServeFile::new(site_dir.join("js/sw.js")).precompressed_br().precompressed_gzip();
    let scripts = ServeDir::new(site_dir.join("js")).precompressed_br().precompressed_gzip();
    let site_dir = site_dir.to_owned();
    let only_this_version = from_fn(
        move |Captured(path): Captured<HashMap<String, String>>, request: Request, next: Next| {
            let current = path.get("version") == Some(&version(&site_dir));
            async move {
                if !current {
                    return StatusCode::NOT_FOUND.into_response();
                }
                let mut response = next.run(request).await;
                if response.status().is_success() {
                    let for_good = HeaderValue::from_static("public, max-age=31536000, immutable");
                    response.headers_mut().insert(header::CACHE_CONTROL, for_good);
                }
                response
            }
        },
    );
    let program = Router::new()
        .nest_service("/pkg/{version}/js", scripts)
        .nest_service("/pkg/{version}", program)
        .layer(only_this_version);
    let worker = Router::new()
        .route_service("/sw.js", worker)
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(WORKER_POLICY),
        ));
    router.merge(program).merge(worker).layer(SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=3600"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt;

    async fn answer(site: &Path, address: &str) -> axum::response::Response {
        let request = Request::get(address).body(Body::empty()).expect("a request");
        super::site::<()>(site).oneshot(request).await.expect("an answer")
    }

    #[tokio::test]
    async fn the_program_is_kept_for_good_and_the_worker_is_asked_for_each_time() {
        let site = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = site.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        for (path, text) in [
            ("version", "one\n"),
            ("pkg/kyhop.css", "p{}"),
            ("js/start.js", "1"),
            ("js/sw.js", "2"),
        ] {
            write(path, text);
        }
        for address in ["/pkg/one/kyhop.css", "/pkg/one/js/start.js"] {
            let response = answer(site.path(), address).await;
            assert_eq!(response.status(), StatusCode::OK, "{address}");
            let kept = response.headers()[header::CACHE_CONTROL].to_str().expect("text");
            assert!(kept.contains("immutable"), "{address}: {kept}");
        }
        let worker = answer(site.path(), "/sw.js").await;
        assert_eq!(worker.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(worker.headers()[header::CONTENT_SECURITY_POLICY], WORKER_POLICY);
        // Two builds do not fit together: what an open page of the older one misses is not there, instead of wrong.
        write("version", "two\n");
        for address in ["/pkg/one/kyhop.css", "/pkg/one/js/start.js", "/js/start.js"] {
            assert_eq!(answer(site.path(), address).await.status(), StatusCode::NOT_FOUND, "{address}");
        }
        assert_eq!(answer(site.path(), "/pkg/two/js/start.js").await.status(), StatusCode::OK);
    }
}
