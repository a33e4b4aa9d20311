//! Why a message is refused: a stable code, and a sentence in both languages.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the message is no well-formed XML: {0}")]
    Malformed(String),
    #[error("a document type definition or an entity of its own is not allowed")]
    Entities,
    #[error("not an edXML message of QCVN 102:2016: {0}")]
    Namespace(String),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("DocumentId {found} contradicts {expected}")]
    DocumentId { found: String, expected: String },
    #[error("the content of attachment {0} is not valid base64")]
    Base64(usize),
    #[error("manifest and attachments differ: {0}")]
    Manifest(String),
    #[error("the attachments are larger than {0} bytes")]
    TooLarge(u64),
    #[error("the envelope is too large, or has too many or too deep elements")]
    TooComplex,
    #[error("its XML signature is of a form that is not known here: {0}")]
    SignatureForm(String),
    #[error("its XML signature is not about exactly this message: {0}")]
    SignatureScope(String),
    #[error("its XML signature is broken: {0} was changed, or another key signed it")]
    SignatureBroken(String),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Error {
    /// Stable code, named in refusals.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "edxml.malformed",
            Self::Entities => "edxml.entities",
            Self::Namespace(_) => "edxml.namespace",
            Self::Missing(_) => "edxml.missing",
            Self::DocumentId { .. } => "edxml.document_id",
            Self::Base64(_) => "edxml.base64",
            Self::Manifest(_) => "edxml.manifest",
            Self::TooLarge(_) => "edxml.too_large",
            Self::TooComplex => "edxml.too_complex",
            Self::SignatureForm(_) => "edxml.signature_form",
            Self::SignatureScope(_) => "edxml.signature_scope",
            Self::SignatureBroken(_) => "edxml.signature_broken",
            Self::Io(_) => "edxml.io",
        }
    }

    /// For the sender's clerk, who has to send it again or call whoever looks after the software.
    pub fn vi(&self) -> String {
        match self {
            Self::Malformed(why) => format!("gói tin không phải XML đúng cú pháp; hãy tạo lại gói tin rồi gửi lại ({why})"),
            Self::Entities => "gói tin có khai báo DTD hoặc thực thể riêng; hãy bỏ khai báo đó rồi gửi lại".into(),
            Self::Namespace(why) => {
                format!("gói tin không theo QCVN 102:2016/BTTTT; hãy dùng đúng không gian tên của quy chuẩn ({why})")
            }
            Self::Missing(what) => format!("gói tin thiếu {what}; hãy điền rồi gửi lại"),
            Self::DocumentId { found, expected } => {
                format!("DocumentId {found} không khớp với {expected}; hãy sửa mã cho khớp số, ký hiệu và ngày rồi gửi lại")
            }
            Self::Base64(n) => format!("nội dung tệp đính kèm thứ {n} không phải base64 hợp lệ; hãy gửi lại tệp"),
            Self::Manifest(why) => format!("danh mục và tệp đính kèm không khớp nhau; hãy tạo lại gói tin ({why})"),
            Self::TooLarge(most) => format!("các tệp đính kèm lớn hơn {most} byte; hãy giảm dung lượng hoặc chia nhỏ"),
            Self::TooComplex => "phần mô tả của gói tin quá lớn, quá nhiều hoặc quá sâu thành phần; hãy rút gọn".into(),
            Self::SignatureForm(why) => format!(
                "không kiểm tra được chữ ký XML của gói tin; hãy ký theo XML-DSig với exc-c14n và RSA-SHA256 hoặc ECDSA-SHA256 ({why})"
            ),
            Self::SignatureScope(why) => {
                format!("chữ ký XML không phủ đúng gói tin này; hãy ký lại toàn bộ gói tin rồi gửi lại ({why})")
            }
            Self::SignatureBroken(what) => {
                format!("chữ ký XML của gói tin không hợp lệ: {what} đã bị thay đổi hoặc do khóa khác ký; hãy ký lại rồi gửi lại")
            }
            Self::Io(why) => format!("không đọc được gói tin ({why})"),
        }
    }
}
