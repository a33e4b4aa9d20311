//! Saving what the page has already, without asking the server again. Browser only.
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url};

/// An address for the first `length` bytes of a file that a person chose. Nothing is read or copied for it.
pub fn beginning(file: &Blob, length: u64) -> Option<String> {
    let part = file.slice_with_f64_and_f64_and_content_type(0.0, length as f64, "application/pdf");
    part.and_then(|part| Url::create_object_url_with_blob(&part)).ok()
}

/// An address for a text.
pub fn text(content: &str, kind: &str) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    let parts = js_sys::Array::of1(&JsValue::from_str(content));
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options);
    blob.and_then(|blob| Url::create_object_url_with_blob(&blob)).ok()
}

/// Lets go of what such addresses hold.
pub fn forget<'a>(addresses: impl IntoIterator<Item = &'a String>) {
    for address in addresses {
        let _ = Url::revoke_object_url(address);
    }
}

/// `report.pdf` as `report.2.pdf` or `report.html`.
pub fn renamed(file: &str, ending: &str) -> String {
    let stem = match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    };
    [stem, ".", ending].concat()
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn names_keep_their_stem() {
        assert_eq!(renamed("công văn.1.pdf", "2.pdf"), "công văn.1.2.pdf");
        assert_eq!(renamed("report", "html"), "report.html");
        assert_eq!(renamed(".pdf", "xml"), ".pdf.xml");
    }
}
