//! What a validation found, in words for a person.
use app::dto::verify::Note;
use app::error::ApiError;
use serde::Serialize;
use signing::validate::Change;
use signing::validate::{Indication, Kind, SignatureReport, SubIndication};

/// The name that the JSON of the report gives a value of an enumeration.
pub fn code_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(code)) => code,
        _ => String::new(),
    }
}

fn note(code: &str, vi: impl Into<String>, en: impl Into<String>) -> Note {
    Note {
        code: code.to_owned(),
        vi: vi.into(),
        en: en.into(),
    }
}

/// Why a file could not be judged at all.
pub fn unreadable(code: &str) -> ApiError {
    let (vi, en) = match code {
        "no_signature" => (
            "Tệp này không có chữ ký số nào. Hãy kiểm tra xem có đúng bản đã ký không.",
            "This file has no digital signature. Check whether it is the signed copy.",
        ),
        "password_needed" => (
            "Tệp này phải có mật khẩu mới mở được. Hãy bỏ mật khẩu mở tệp rồi kiểm tra lại.",
            "This file opens only with a password. Remove the password and check again.",
        ),
        "recipient_needed" => (
            "Tệp này được mã hóa cho những người nhận nhất định, chỉ khóa của họ mở được. Hãy xin bản không mã hóa, hoặc dùng kyhop verify --recipient với khóa đó.",
            "This file is encrypted for certain recipients and opens only with their keys. Ask for one that is not encrypted, or use kyhop verify --recipient with such a key.",
        ),
        "encryption_unsupported" => (
            "Tệp này được mã hóa theo cách chưa hỗ trợ. Hãy xin bản không mã hóa.",
            "This file is encrypted in a way that is not supported. Ask for one that is not encrypted.",
        ),
        "too_complex" => (
            "Tệp này phức tạp bất thường nên không được kiểm tra. Hãy xin lại bản gốc từ nơi gửi.",
            "This file is so unusually complex that it was not checked. Ask the sender for the original.",
        ),
        "io" => (
            "Máy chủ không đọc được tệp. Hãy tải lên lại.",
            "The server could not read the file. Upload it again.",
        ),
        _ => (
            "Tệp này không phải PDF đọc được, hoặc đã hỏng. Hãy xin lại bản gốc từ nơi gửi.",
            "This file is not a readable PDF, or is broken. Ask the sender for the original.",
        ),
    };
    ApiError::new(&format!("verify.{code}"), vi, en)
}

/// The verdict on a signature in a sentence.
pub fn verdict(s: &SignatureReport) -> Note {
    use SubIndication::*;
    let Some(sub) = s.sub_indication else {
        return match (s.indication, s.kind) {
            (Indication::TotalPassed, Kind::Timestamp) => note("passed", "Dấu thời gian hợp lệ.", "The time stamp is valid."),
            (Indication::TotalPassed, Kind::Signature) => note(
                "passed",
                "Chữ ký hợp lệ: nội dung đã ký còn nguyên vẹn và chứng thư đáng tin cậy.",
                "The signature is valid: what was signed is unchanged and the certificate is trusted.",
            ),
            _ => note("unknown", "Chưa kết luận được.", "There is no conclusion."),
        };
    };
    let changed = s.intact != Some(false) && s.modifications_allowed == Some(false);
    let (vi, en) = match sub {
        FormatFailure if changed => (
            "Văn bản đã bị thay đổi sau khi ký theo cách không được phép.",
            "The document was changed after signing in a way that is not allowed.",
        ),
        FormatFailure => (
            "Chữ ký không đúng định dạng nên không bảo vệ được văn bản.",
            "The signature's form is wrong, so that it does not protect the document.",
        ),
        HashFailure => (
            "Nội dung đã ký bị sửa: văn bản không còn nguyên vẹn.",
            "What was signed has been altered: the document is not intact.",
        ),
        SigCryptoFailure => (
            "Giá trị chữ ký không khớp với chứng thư của người ký.",
            "The signature value does not fit the signer's certificate.",
        ),
        Revoked => ("Chứng thư đã bị thu hồi khi ký.", "The certificate was revoked when it signed."),
        RevokedNoPoe => (
            "Chứng thư đã bị thu hồi, và không có dấu thời gian chứng minh chữ ký có trước đó.",
            "The certificate has been revoked, and no time stamp proves that the signature is older.",
        ),
        RevokedCaNoPoe => (
            "Chứng thư của tổ chức chứng thực đã bị thu hồi, và không có dấu thời gian chứng minh chữ ký có trước đó.",
            "The certificate of the certification authority has been revoked, and no time stamp proves that the signature is older.",
        ),
        Expired => ("Chứng thư đã hết hạn khi ký.", "The certificate had expired when it signed."),
        OutOfBoundsNoPoe => (
            "Chứng thư hết hạn hoặc chưa có hiệu lực, và không có dấu thời gian chứng minh thời điểm ký.",
            "The certificate is out of its validity, and no time stamp proves when it signed.",
        ),
        NotYetValid => (
            "Chứng thư chưa có hiệu lực khi ký.",
            "The certificate was not yet valid when it signed.",
        ),
        NoSigningCertificateFound => (
            "Không tìm thấy chứng thư của người ký.",
            "The signer's certificate cannot be found.",
        ),
        NoCertificateChainFound => (
            "Nội dung còn nguyên vẹn, nhưng chứng thư không dẫn tới tổ chức chứng thực nào được tin cậy ở đây.",
            "What was signed is unchanged, but the certificate does not lead to any authority trusted here.",
        ),
        TryLater => (
            "Chưa biết chứng thư có bị thu hồi hay không. Hãy kiểm tra lại sau.",
            "It is not known whether the certificate has been revoked. Check again later.",
        ),
        ChainConstraintsFailure => (
            "Chứng thư không được phép dùng để ký như thế này.",
            "The certificate may not be used to sign like this.",
        ),
        SigConstraintsFailure => (
            "Chữ ký thiếu một thuộc tính bắt buộc.",
            "The signature lacks an attribute that is demanded.",
        ),
        CryptoConstraintsFailure | CryptoConstraintsFailureNoPoe => (
            "Thuật toán của chữ ký không còn đủ an toàn hoặc không được hỗ trợ.",
            "The signature's algorithm is no longer strong enough, or is not supported.",
        ),
        TimestampOrderFailure => ("Các dấu thời gian mâu thuẫn nhau.", "The time stamps contradict each other."),
        NoPoe => (
            "Không có chứng cứ rằng chứng thư hoặc dữ liệu về thu hồi đã có trước khi tổ chức lập ra nó hết hiệu lực hoặc bị thu hồi.",
            "Nothing proves that a certificate or the revocation data is older than the end or revocation of the authority that made it.",
        ),
        _ => ("Không có chứng cứ về thời điểm ký.", "Nothing proves when the signature was made."),
    };
    note(&sub.name().to_lowercase(), vi, en)
}

/// What stood in the way of fetching something.
pub fn unfetched(url: &str, why: &str) -> Note {
    note(
        "not_fetched",
        format!("Không lấy được dữ liệu cần để kiểm tra từ {url} ({why}). Kết quả có thể đầy đủ hơn khi kiểm tra lại sau."),
        format!("What the check needs could not be had from {url} ({why}). The result may say more when checked again later."),
    )
}

/// One change after the signature, Vietnamese and English.
pub fn change(c: &Change) -> (String, String) {
    let name = c.params.get("field").map(|n| format!(" “{n}”")).unwrap_or_default();
    let value = c.params.get("value").map(|v| format!(": “{v}”")).unwrap_or_default();
    let (vi, en) = changed(c.code, &name, &value, c.object);
    match c.page {
        Some(page) => (format!("{vi}, trang {page}."), format!("{en}, page {page}.")),
        None => (format!("{vi}."), format!("{en}.")),
    }
}

/// Without the page; `name` and `value` of a field with what stands before them.
fn changed(code: &str, name: &str, value: &str, object: Option<u32>) -> (String, String) {
    match code {
        "field_filled" => (format!("Điền vào ô{name}{value}"), format!("Filled the field{name}{value}")),
        "field_appearance_changed" => ("Vẽ lại một ô của biểu mẫu".into(), "Drew a field of the form anew".into()),
        "field_changed" => ("Sửa một ô của biểu mẫu".into(), "Changed a field of the form".into()),
        "field_added" => (format!("Thêm ô{name} vào biểu mẫu"), format!("Added the field{name} to the form")),
        "field_moved" => ("Chuyển một ô của biểu mẫu sang chỗ khác".into(), "Moved a field of the form".into()),
        "field_removed" => (
            format!("Bỏ ô{name} khỏi biểu mẫu"),
            format!("Removed the field{name} from the form"),
        ),
        "form_changed" => ("Sửa biểu mẫu".into(), "Changed the form".into()),
        "signature_added" => (format!("Thêm chữ ký{name}"), format!("Added the signature{name}")),
        "signature_field_added" => (format!("Thêm ô chữ ký{name}"), format!("Added the signature field{name}")),
        "signature_changed" => (format!("Sửa chữ ký{name}"), format!("Changed the signature{name}")),
        "signature_appearance_changed" => ("Sửa hình hiển thị của một chữ ký".into(), "Changed the look of a signature".into()),
        "signature_removed" => (format!("Gỡ bỏ chữ ký{name}"), format!("Removed the signature{name}")),
        "signature_reused" => (
            format!("Hiện lại một chữ ký đã có ở ô khác{name}"),
            format!("Shows a signature that was there in another field{name}"),
        ),
        "timestamp_added" => (format!("Thêm dấu thời gian{name}"), format!("Added the time stamp{name}")),
        "validation_data_added" => (
            "Thêm dữ liệu để kiểm tra lâu dài".into(),
            "Added data for validation in the long run".into(),
        ),
        "metadata_changed" | "information_changed" => ("Cập nhật thông tin mô tả tệp".into(), "Updated the file's metadata".into()),
        "structure_added" => (
            "Ghi thêm chữ ký vào cấu trúc đọc của tài liệu".into(),
            "Entered the addition into the document's structure".into(),
        ),
        "structure_changed" => (
            "Sửa cấu trúc đọc của tài liệu (phần trình đọc màn hình đọc)".into(),
            "Changed the document's structure, which screen readers read out".into(),
        ),
        "identifier_changed" => ("Đổi mã nhận dạng của tệp".into(), "Changed the file's identifier".into()),
        "version_changed" => (
            "Cập nhật phiên bản định dạng của tệp".into(),
            "Updated the version of the file's format".into(),
        ),
        "annotation_added" => ("Thêm chú thích".into(), "Added an annotation".into()),
        "annotation_covers_content" => ("Chú thích che nội dung đã ký".into(), "An annotation hides what was signed".into()),
        "signature_covers_content" => (
            "Hình chữ ký thêm sau nằm đè lên nội dung".into(),
            "A later signature's look lies over the content".into(),
        ),
        "annotation_with_action" => (
            "Thêm chú thích kèm hành động tự chạy".into(),
            "Added an annotation that runs something".into(),
        ),
        "annotation_is_no_remark" => (
            "Thêm đối tượng không phải là lời chú thích".into(),
            "Added something that is no remark".into(),
        ),
        "annotation_changed" => ("Sửa chú thích".into(), "Changed an annotation".into()),
        "annotation_removed" => ("Xóa chú thích".into(), "Removed an annotation".into()),
        "page_changed" | "page_content_changed" => ("Thay đổi nội dung trang".into(), "Changed the content of a page".into()),
        "catalog_changed" | "trailer_changed" => ("Thay đổi cấu trúc chung của tệp".into(), "Changed the structure of the file".into()),
        "object_changed" => {
            let object = object.map(|o| o.to_string()).unwrap_or_default();
            (
                format!("Thay đổi nội dung của tệp (đối tượng {object})"),
                format!("Changed the file's content (object {object})"),
            )
        }
        "object_stream_replaced" => ("Thay thế dữ liệu gói của tệp".into(), "Replaced packed data of the file".into()),
        "content_after_the_end" => (
            "Có nội dung nằm sau phần kết thúc của tệp".into(),
            "There is content after the end of the file".into(),
        ),
        "object_listed_twice"
        | "object_not_listed"
        | "object_stream_malformed"
        | "number_beyond_size"
        | "hybrid_conflict"
        | "duplicate_key_in_trailer"
        | "sections_out_of_order"
        | "startxref_elsewhere"
        | "generation_differs"
        | "odd_number_in_trailer"
        | "odd_number"
        | "duplicate_key" => (
            "Lần ghi này có thể hiển thị khác nhau ở các phần mềm khác nhau".into(),
            "This revision may look different in different programs".into(),
        ),
        // Of a newer library; what it is called is better than nothing.
        code => (format!("Thay đổi tệp ({code})"), format!("Changed the file ({code})")),
    }
}

/// What a person should know of a signature beside the verdict. What could not be fetched is said once, of the whole file.
pub fn remarks(s: &SignatureReport) -> Vec<Note> {
    let here = s.warnings.iter().filter(|code| !code.starts_with("not_fetched:"));
    here.map(|code| warning(code)).collect()
}

/// Something that a person should know beside the verdict.
pub fn warning(code: &str) -> Note {
    let (kind, rest) = code.split_once(':').unwrap_or((code, ""));
    let (vi, en) = match kind {
        "untidy_earlier_revision" => (
            "Một bản trước trong tệp được ghi không gọn gàng.".to_owned(),
            "An earlier revision of the file is untidy.".to_owned(),
        ),
        "object_beyond_revision" => (
            "Khi ký, tệp trỏ tới chỗ chưa có gì; nội dung ở đó do người ghi sau quyết định.".into(),
            "When it was signed, the file pointed to where nothing was yet; whoever wrote later decided what is there.".into(),
        ),
        "revision_not_covered" => (
            "Chữ ký không bao trùm trọn một bản của tệp.".into(),
            "The signature does not cover a whole revision of the file.".into(),
        ),
        "untidy_later_revision" => (
            "Một lần ghi sau khi ký thiếu dấu kết thúc tệp.".into(),
            "A revision written after the signature lacks its end-of-file marker.".into(),
        ),
        "bytes_behind_the_signature_value" => (
            "Có dữ liệu thừa sau giá trị chữ ký.".into(),
            "There are stray bytes behind the signature value.".into(),
        ),
        "revoked_later" => (
            "Chứng thư đã bị thu hồi sau thời điểm ký.".into(),
            "The certificate was revoked after the signature was made.".into(),
        ),
        "revocation_not_declared" => (
            "Chứng thư không cho biết nơi hỏi về thu hồi.".into(),
            "The certificate does not say where to ask about revocation.".into(),
        ),
        "locked_field_changed" => (
            format!("Ô “{rest}” đã bị khóa nhưng vẫn bị thay đổi."),
            format!("The field “{rest}” was locked and changed nevertheless."),
        ),
        "visible_signature_field_added_after_certification" => (
            "Có chữ ký hiển thị được thêm sau khi văn bản đã được chứng nhận.".into(),
            "A visible signature was added after the document had been certified.".into(),
        ),
        "not_fetched" => {
            let (url, why) = rest.split_once(' ').unwrap_or((rest, ""));
            return unfetched(url, why);
        }
        "timestamp_not_usable" => ("Có dấu thời gian không dùng được.".into(), "A time stamp cannot be used.".into()),
        "signing_certificate_reference_differs" => (
            "Chữ ký trỏ tới một chứng thư khác.".into(),
            "The signature refers to another certificate.".into(),
        ),
        "signing_certificate_reference_absent" => (
            "Chữ ký không ghi rõ chứng thư đã dùng.".into(),
            "The signature does not name its certificate.".into(),
        ),
        "claimed_time_after_proven_time" => (
            "Giờ ký ghi trong văn bản muộn hơn thời điểm đã được chứng minh.".into(),
            "The claimed time of signing is later than the proven one.".into(),
        ),
        "key_usage_does_not_include_signing" | "extended_key_usage_for_another_purpose" => (
            "Chứng thư không được cấp để ký.".into(),
            "The certificate was not issued for signing.".into(),
        ),
        "weak_algorithm" => (
            "Thuật toán ký không còn đủ an toàn.".into(),
            "The algorithm is no longer strong enough.".into(),
        ),
        "signature_unreadable" => (
            "Phần ghi chữ ký trong tệp bị hỏng, không đọc được.".into(),
            "The signature's entry in the file is damaged and cannot be read.".into(),
        ),
        "signature_in_object_stream" => (
            "Chữ ký được gói trong một khối nén, nên không chỉ ra được đúng các byte của nó trong tệp.".into(),
            "The signature is packed with other objects, so that its bytes in the file cannot be pointed at.".into(),
        ),
        "signature_in_direct_field" => (
            "Chữ ký được ghi thẳng vào danh sách ô của biểu mẫu, nên không chắc byte nào là giá trị của nó.".into(),
            "The signature is written into the form's list of fields itself, so that which bytes are its value could only be guessed."
                .into(),
        ),
        "duplicate_key" => (
            "Phần ghi chữ ký có một mục xuất hiện hai lần; các phần mềm có thể đọc khác nhau.".into(),
            "The signature's entry has one of its keys twice; programs may read it differently.".into(),
        ),
        "contents_missing" => (
            "Chữ ký không có giá trị (/Contents).".into(),
            "The signature has no value (/Contents).".into(),
        ),
        "contents_indirect" => (
            "Giá trị chữ ký (/Contents) nằm ở một đối tượng khác, nên không rõ phần nào của tệp đã được chừa ra khi ký.".into(),
            "The signature's value (/Contents) stands in another object, so that it is not certain which part of the file was left out when signing."
                .into(),
        ),
        "contents_not_hexadecimal" => (
            "Giá trị chữ ký (/Contents) không được viết ở dạng thập lục phân như quy định.".into(),
            "The signature's value (/Contents) is not written in hexadecimal, as it must be.".into(),
        ),
        "contents_empty" => (
            "Tệp mới chừa chỗ cho chữ ký, chưa có chữ ký nào được đặt vào.".into(),
            "Room was kept for the signature, but none was put in.".into(),
        ),
        "byte_range_missing" => (
            "Chữ ký không nói nó bảo vệ phần nào của tệp (/ByteRange).".into(),
            "The signature does not say which part of the file it protects (/ByteRange).".into(),
        ),
        "byte_range_malformed" => (
            "Phạm vi mà chữ ký bảo vệ (/ByteRange) được viết sai.".into(),
            "The range that the signature protects (/ByteRange) is written wrongly.".into(),
        ),
        "byte_range_not_from_start" => (
            "Chữ ký không bảo vệ tệp từ byte đầu tiên.".into(),
            "The signature does not protect the file from its first byte.".into(),
        ),
        "byte_range_gap_is_not_contents" => (
            "Phần mà chữ ký bỏ qua không đúng là giá trị của chính nó: nội dung khác có thể được giấu ở đó.".into(),
            "What the signature leaves out is not exactly its own value: other content could hide there.".into(),
        ),
        "byte_range_beyond_file" => (
            "Chữ ký bảo vệ nhiều byte hơn tệp đang có: tệp bị cắt ngắn.".into(),
            "The signature protects more bytes than the file has: the file was cut off.".into(),
        ),
        "subfilter_absent" => (
            "Chữ ký không ghi loại (/SubFilter); nó được đọc như loại thông thường (adbe.pkcs7.detached).".into(),
            "The signature does not say of which kind it is (/SubFilter); it was read as the usual one (adbe.pkcs7.detached).".into(),
        ),
        "subfilter_missing" => (
            "Chữ ký không ghi loại (/SubFilter), và từ nội dung cũng không nhận ra được.".into(),
            "The signature does not say of which kind it is (/SubFilter), and its content does not tell either.".into(),
        ),
        "subfilter_unknown" => (
            "Chữ ký thuộc loại (/SubFilter) chưa được hỗ trợ.".into(),
            "The signature is of a kind (/SubFilter) that is not supported.".into(),
        ),
        "cms_malformed" => (
            "Giá trị chữ ký không phải là cấu trúc chữ ký (CMS) đọc được.".into(),
            "The signature's value is no readable signature structure (CMS).".into(),
        ),
        "timestamp_malformed" => (
            "Dấu thời gian không đúng định dạng (RFC 3161).".into(),
            "The time stamp is malformed (RFC 3161).".into(),
        ),
        "not_exactly_one_signer" => (
            "Cấu trúc chữ ký không có đúng một người ký.".into(),
            "The signature structure does not have exactly one signer.".into(),
        ),
        "content_embedded_or_missing" => (
            "Chữ ký mang theo nội dung khác thay vì bảo vệ tệp, hoặc thiếu nội dung mà loại chữ ký này phải có.".into(),
            "The signature carries content of its own instead of protecting the file, or lacks what its kind must carry.".into(),
        ),
        "content_type_attribute" => (
            "Chữ ký nói về một loại nội dung khác, không phải về văn bản này.".into(),
            "The signature speaks of another type of content, not of a document.".into(),
        ),
        "message_digest_attribute" => (
            "Chữ ký thiếu giá trị băm của văn bản.".into(),
            "The signature lacks the digest of the document.".into(),
        ),
        "algorithms_exchanged" => (
            "Thuật toán ghi trong chữ ký đã bị đổi: nó khác với thuật toán được ký.".into(),
            "The algorithm named in the signature was exchanged: another one was signed along.".into(),
        ),
        "object_listed_twice"
        | "hybrid_conflict"
        | "duplicate_key_in_trailer"
        | "odd_number_in_trailer"
        | "sections_out_of_order"
        | "startxref_elsewhere"
        | "no_end_of_file_marker" => (
            "Bản được ký có cấu trúc mà các phần mềm có thể đọc khác nhau, nên người khác có thể thấy nội dung khác.".into(),
            "What was signed has a structure that programs may read differently, so that others may see something else.".into(),
        ),
        _ => (
            format!("Chi tiết kỹ thuật: {code}."),
            format!("Technical detail: {code}."),
        ),
    };
    note(kind, vi, en)
}

#[cfg(test)]
mod tests {
    use super::{changed, unreadable, warning};
    use signing::validate::codes;

    #[test]
    fn no_person_sees_a_bare_code() {
        let worded = |code: &str, said: &str| !said.is_empty() && !said.contains(code);
        let unknown = unreadable("of_tomorrow");
        for code in codes::UNREADABLE {
            let said = unreadable(code);
            assert_eq!(said.en == unknown.en || said.vi == unknown.vi, *code == "malformed_pdf", "{code}");
        }
        for code in codes::WARNINGS {
            let note = warning(code);
            assert!(note.code == *code && note.vi != note.en);
            assert!(worded(code, &note.vi) && worded(code, &note.en), "{code}");
        }
        for code in codes::CHANGES {
            let (vi, en) = changed(code, "", "", Some(7));
            assert!(worded(code, &vi) && worded(code, &en) && vi != en, "{code}");
        }
    }
}
