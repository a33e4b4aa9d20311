//! Whether a document that came in may enter, by what its signatures show.
use app::dto::verify::{SignatureView, VerifyReport};
use std::fmt::Write as _;

/// Why the document is refused: a signature is broken, or what it covers was changed. What is merely not known, such as
/// an authority that this body does not trust or revocation data out of reach, is for the clerk to judge.
pub fn refusal(report: &VerifyReport) -> Option<String> {
    let broken: Vec<String> = report.signatures.iter().filter_map(fault).collect();
    if !broken.is_empty() {
        return Some(format!("Chữ ký số không hợp lệ: {} [axis.signature_broken]", broken.join("; ")));
    }
    (report.verdict == "TOTAL_FAILED").then(|| "Chữ ký số không hợp lệ. [axis.signature_broken]".to_owned())
}

/// How many people and bodies have signed; a time stamp is nobody's signature.
pub fn signed(report: &VerifyReport) -> usize {
    report.signatures.iter().filter(|s| s.kind != "timestamp").count()
}

/// Where this body takes signed documents alone: nobody has signed this one.
pub fn unsigned(report: &VerifyReport) -> Option<String> {
    (signed(report) == 0).then(|| {
        "Văn bản không có chữ ký số; cơ quan nhận chỉ tiếp nhận văn bản đã ký số. Hãy ký số rồi gửi lại. [axis.signature_missing]"
            .to_owned()
    })
}

fn fault(s: &SignatureView) -> Option<String> {
    let what = if s.intact == Some(false) {
        "nội dung đã bị thay đổi sau khi ký".to_owned()
    } else if s.cryptographically_valid == Some(false) {
        "giá trị chữ ký sai".to_owned()
    } else if s.modifications_allowed == Some(false) {
        let mut text = "văn bản bị sửa sau khi ký".to_owned();
        for change in s.changes.iter().filter(|c| c.level == "other").take(3) {
            let _ = write!(text, ", {}", change.vi);
        }
        text
    } else if s.indication == "TOTAL_FAILED" {
        s.explanation.vi.clone()
    } else {
        return None;
    };
    let who = if s.signer.is_empty() { &s.field } else { &s.signer };
    Some(format!("{who}: {what}"))
}

/// What the sender hears of the signatures of a document that did enter.
pub fn remark(report: &VerifyReport) -> String {
    match signed(report) {
        0 => "Văn bản không có chữ ký số.".to_owned(),
        n if report.verdict == "TOTAL_PASSED" => format!("{n} chữ ký số hợp lệ."),
        n => format!("{n} chữ ký số còn nguyên vẹn; chưa xác định đủ độ tin cậy."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::dto::verify::{Change, Note};

    fn signature() -> SignatureView {
        SignatureView {
            field: "Signature1".into(),
            kind: "signature".into(),
            signer: "Nguyễn Văn Thành".into(),
            organisation: String::new(),
            issuer: String::new(),
            serial: String::new(),
            indication: "TOTAL_PASSED".into(),
            sub_indication: None,
            explanation: Note {
                code: String::new(),
                vi: "đã bị thu hồi".into(),
                en: String::new(),
            },
            intact: Some(true),
            cryptographically_valid: Some(true),
            trusted: Some(true),
            revocation: Some("good".into()),
            coverage: "entire_file".into(),
            modification_level: None,
            modifications_allowed: Some(true),
            changes: vec![],
            level: None,
            claimed_time: None,
            proven_time: None,
            page: None,
            revision: 1,
            signed_length: None,
            warnings: vec![],
        }
    }

    fn report(verdict: &str, signatures: Vec<SignatureView>) -> VerifyReport {
        VerifyReport {
            file_name: String::new(),
            sha256: String::new(),
            size: 0,
            verdict: verdict.into(),
            error: None,
            revisions: 1,
            pages: 1,
            signatures,
            checked: String::new(),
            notes: vec![],
            reports: None,
        }
    }

    #[test]
    fn whole_signatures_and_doubtful_ones_enter() {
        assert_eq!(refusal(&report("TOTAL_PASSED", vec![signature()])), None);
        let doubtful = SignatureView {
            indication: "INDETERMINATE".into(),
            sub_indication: Some("NO_CERTIFICATE_CHAIN_FOUND".into()),
            trusted: Some(false),
            ..signature()
        };
        assert_eq!(refusal(&report("INDETERMINATE", vec![doubtful])), None);
        assert_eq!(refusal(&report("", vec![])), None);
    }

    #[test]
    fn a_time_stamp_alone_is_no_signature() {
        let stamp = SignatureView {
            kind: "timestamp".into(),
            ..signature()
        };
        assert!(unsigned(&report("", vec![])).is_some());
        assert!(unsigned(&report("TOTAL_PASSED", vec![stamp.clone()])).is_some());
        assert_eq!(unsigned(&report("TOTAL_PASSED", vec![stamp, signature()])), None);
    }

    #[test]
    fn a_time_stamp_alone_is_not_counted_as_a_signature() {
        let stamp = SignatureView {
            kind: "timestamp".into(),
            ..signature()
        };
        assert_eq!(remark(&report("TOTAL_PASSED", vec![stamp.clone()])), "Văn bản không có chữ ký số.");
        assert_eq!(remark(&report("TOTAL_PASSED", vec![signature(), stamp])), "1 chữ ký số hợp lệ.");
    }

    #[test]
    fn one_broken_signature_among_good_ones_is_named() {
        let broken = SignatureView {
            intact: Some(false),
            signer: "Trần Thị Hoa".into(),
            ..signature()
        };
        let said = refusal(&report("TOTAL_FAILED", vec![signature(), broken])).unwrap();
        assert!(said.contains("Trần Thị Hoa: nội dung đã bị thay đổi sau khi ký"), "{said}");
        assert!(!said.contains("Nguyễn Văn Thành"), "{said}");
    }

    #[test]
    fn a_revoked_certificate_is_a_reason_too() {
        let revoked = SignatureView {
            indication: "TOTAL_FAILED".into(),
            revocation: Some("revoked".into()),
            ..signature()
        };
        let said = refusal(&report("TOTAL_FAILED", vec![revoked])).unwrap();
        assert!(said.contains("Nguyễn Văn Thành: đã bị thu hồi"), "{said}");
    }

    #[test]
    fn a_page_changed_after_signing_is_named_even_when_the_bytes_signed_are_whole() {
        let change = |level: &str, vi: &str| Change {
            revision: 2,
            page: Some(1),
            level: level.into(),
            vi: vi.into(),
            en: String::new(),
        };
        let changed = SignatureView {
            modifications_allowed: Some(false),
            changes: vec![change("form_filling", "điền số"), change("other", "trang 1 bị thay")],
            ..signature()
        };
        let said = refusal(&report("TOTAL_FAILED", vec![changed])).unwrap();
        assert!(said.contains("văn bản bị sửa sau khi ký, trang 1 bị thay"), "{said}");
        assert!(!said.contains("điền số"), "{said}");
    }
}
