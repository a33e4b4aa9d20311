//! The codes that a report can carry: complete lists, so that a program which words them can prove that it lacks none.

/// [`Unreadable::code`](super::Unreadable): why a file could not be judged at all.
pub const UNREADABLE: &[&str] = &[
    "encryption_unsupported",
    "io",
    "malformed_pdf",
    "no_signature",
    "password_needed",
    "recipient_needed",
    "too_complex",
];

/// [`SignatureReport::warnings`](super::SignatureReport), up to the first colon; behind it stands to what the code applies.
pub const WARNINGS: &[&str] = &[
    "algorithms_exchanged",
    "byte_range_beyond_file",
    "byte_range_gap_is_not_contents",
    "byte_range_malformed",
    "byte_range_missing",
    "byte_range_not_from_start",
    "bytes_behind_the_signature_value",
    "claimed_time_after_proven_time",
    "cms_malformed",
    "content_embedded_or_missing",
    "content_type_attribute",
    "contents_empty",
    "contents_indirect",
    "contents_missing",
    "contents_not_hexadecimal",
    "duplicate_key",
    "duplicate_key_in_trailer",
    "extended_key_usage_for_another_purpose",
    "hybrid_conflict",
    "key_usage_does_not_include_signing",
    "locked_field_changed",
    "message_digest_attribute",
    "no_end_of_file_marker",
    "not_exactly_one_signer",
    "object_beyond_revision",
    "object_listed_twice",
    "odd_number_in_trailer",
    "revision_not_covered",
    "revocation_not_declared",
    "revoked_later",
    "sections_out_of_order",
    "signature_in_direct_field",
    "signature_in_object_stream",
    "signature_unreadable",
    "signing_certificate_reference_absent",
    "signing_certificate_reference_differs",
    "startxref_elsewhere",
    "subfilter_absent",
    "subfilter_missing",
    "subfilter_unknown",
    "timestamp_malformed",
    "timestamp_not_usable",
    "untidy_earlier_revision",
    "untidy_later_revision",
    "visible_signature_field_added_after_certification",
    "weak_algorithm",
];

/// [`Change::code`](super::Change).
pub const CHANGES: &[&str] = &[
    "annotation_added",
    "annotation_changed",
    "annotation_covers_content",
    "annotation_is_no_remark",
    "annotation_removed",
    "annotation_with_action",
    "catalog_changed",
    "content_after_the_end",
    "duplicate_key",
    "duplicate_key_in_trailer",
    "field_added",
    "field_appearance_changed",
    "field_changed",
    "field_filled",
    "field_moved",
    "field_removed",
    "form_changed",
    "generation_differs",
    "hybrid_conflict",
    "identifier_changed",
    "information_changed",
    "metadata_changed",
    "number_beyond_size",
    "object_changed",
    "object_listed_twice",
    "object_not_listed",
    "object_stream_malformed",
    "object_stream_replaced",
    "odd_number",
    "odd_number_in_trailer",
    "page_changed",
    "page_content_changed",
    "sections_out_of_order",
    "signature_added",
    "signature_appearance_changed",
    "signature_changed",
    "signature_covers_content",
    "signature_field_added",
    "signature_removed",
    "signature_reused",
    "startxref_elsewhere",
    "structure_added",
    "structure_changed",
    "timestamp_added",
    "trailer_changed",
    "validation_data_added",
    "version_changed",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    /// Words with an underscore that are no codes: serde's, and states of revocation.
    const OTHERS: [&str; 2] = ["on_hold", "snake_case"];

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => sources(&path, found),
                false => found.push(path),
            }
        }
    }

    /// The strings in the code that judges and reads look like codes exactly where they are some.
    #[test]
    fn the_lists_are_complete() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut files = Vec::new();
        for part in ["validate", "pdf"] {
            sources(&root.join(part), &mut files);
        }
        let mut written = BTreeSet::new();
        for file in files.iter().filter(|f| !f.ends_with("codes.rs")) {
            let text = std::fs::read_to_string(file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for word in code.split('"').skip(1).step_by(2) {
                let word = word.strip_suffix(":{name}").unwrap_or(word);
                let parts: Vec<&str> = word.split('_').collect();
                let plain = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                if parts.len() > 1 && parts.iter().all(plain) {
                    written.insert(word.to_owned());
                }
            }
        }
        let listed: BTreeSet<String> = [UNREADABLE, WARNINGS, CHANGES, &OTHERS]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let missing: Vec<_> = written.difference(&listed).collect();
        let stale: Vec<_> = listed.difference(&written).filter(|code| *code != "io").collect();
        assert!(
            missing.is_empty() && stale.is_empty(),
            "not listed: {missing:?}; listed in vain: {stale:?}"
        );
        for list in [UNREADABLE, WARNINGS, CHANGES] {
            assert!(list.is_sorted());
        }
    }
}
