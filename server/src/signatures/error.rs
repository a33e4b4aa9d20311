//! What can go wrong with keys and signatures.
use crate::clock::when;
use crate::fault::{Problem, internal_en, internal_vi};
use crate::files::FileError;
use crate::identity;
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no key for this owner")]
    NoKey,
    #[error("wrong PIN, {left} tries left")]
    WrongPin { left: i64 },
    /// Microseconds since the Unix epoch.
    #[error("the key is locked until {until}")]
    Locked { until: i64 },
    #[error("the new PIN is too easy to guess")]
    WeakPin,
    #[error("a demonstration key on a real server")]
    KeyDemonstration,
    /// Microseconds since the Unix epoch.
    #[error("the certificate is valid from {from} to {to}")]
    KeyExpired { from: i64, to: i64 },
    #[error("the key cannot be used: {0}")]
    KeyUnusable(String),
    #[error("the picture cannot be used: {0}")]
    Image(String),
    #[error("no such picture for this person")]
    NoImage,
    #[error("the key was changed meanwhile")]
    ChangedMeanwhile,
    #[error("no file in the form")]
    NoFile,
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    #[error("the upload broke off: {0}")]
    Interrupted(String),
    #[error("the form cannot be read: {0}")]
    Form(String),
    #[error("the document has no page {0}")]
    NoSuchPage(u32),
    #[error("an earlier signature forbids this: {0}")]
    NotPermitted(String),
    #[error("sealing: {0}")]
    Sealing(String),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error("{0}")]
    Files(FileError),
    #[error(transparent)]
    Signing(signing::Error),
}

impl From<signing::Error> for Error {
    fn from(e: signing::Error) -> Self {
        match e {
            signing::Error::NoSuchPage(page) => Self::NoSuchPage(page),
            signing::Error::NotPermitted(why) => Self::NotPermitted(why),
            signing::Error::Image(why) => Self::Image(why),
            signing::Error::Key(why) => Self::KeyUnusable(why),
            other => Self::Signing(other),
        }
    }
}

impl From<FileError> for Error {
    fn from(e: FileError) -> Self {
        match e {
            FileError::TooLarge { limit } => Self::TooLarge(limit),
            FileError::Interrupted(why) => Self::Interrupted(why),
            other => Self::Files(other),
        }
    }
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NoKey => "signatures.no_key",
            Self::WrongPin { .. } => "signatures.wrong_pin",
            Self::Locked { .. } => "signatures.key_locked",
            Self::WeakPin => "signatures.weak_pin",
            Self::KeyDemonstration => "signatures.key_demonstration",
            Self::KeyExpired { .. } => "signatures.key_expired",
            Self::KeyUnusable(_) => "signatures.key_unusable",
            Self::Image(_) => "signatures.image_unusable",
            Self::NoImage => "signatures.no_image",
            Self::ChangedMeanwhile => "signatures.changed_meanwhile",
            Self::NoFile => "signatures.no_file",
            Self::TooLarge(_) => "signatures.too_large",
            Self::Interrupted(_) => "signatures.upload_interrupted",
            Self::Form(_) => "signatures.form",
            Self::NoSuchPage(_) => "signatures.no_such_page",
            Self::NotPermitted(_) => "signatures.not_permitted",
            Self::Identity(e) => e.code(),
            Self::Sealing(_) | Self::Db(_) | Self::Files(_) | Self::Signing(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NoKey
            | Self::WrongPin { .. }
            | Self::WeakPin
            | Self::KeyDemonstration
            | Self::KeyExpired { .. }
            | Self::KeyUnusable(_)
            | Self::Image(_)
            | Self::NoFile
            | Self::NoSuchPage(_)
            | Self::NotPermitted(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Locked { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NoImage => StatusCode::NOT_FOUND,
            Self::ChangedMeanwhile => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Interrupted(_) | Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::Identity(e) => e.status(),
            Self::Sealing(_) | Self::Db(_) | Self::Files(_) | Self::Signing(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NoKey => "Chưa có khóa ký số trên máy chủ. Hãy báo quản trị để được cấp.".into(),
            Self::WrongPin { left } => format!("Mã PIN không đúng. Còn {left} lần thử trước khi khóa bị tạm khóa."),
            Self::Locked { until } => format!(
                "Nhập sai mã PIN quá nhiều lần nên khóa bị tạm khóa. Hãy thử lại sau {}.",
                when(*until).text
            ),
            Self::WeakPin => {
                "Mã PIN này dễ đoán. Hãy chọn mã từ 6 ký tự trở lên, không phải dãy liền nhau hay lặp lại (như 123456, 000000, 121212)."
                    .into()
            }
            Self::KeyDemonstration => {
                "Khóa này chỉ dùng để trình diễn nên máy chủ không nhận. Hãy dùng chứng thư số do tổ chức chứng thực cấp.".into()
            }
            Self::KeyExpired { from, to } => format!(
                "Chứng thư số chỉ có hiệu lực từ {} đến {}. Hãy báo quản trị để gia hạn hoặc cấp mới.",
                when(*from).text,
                when(*to).text
            ),
            Self::KeyUnusable(_) => {
                "Không dùng được khóa này: sai mật khẩu, sai định dạng hoặc không khớp chứng thư. Hãy kiểm tra lại tệp khóa.".into()
            }
            Self::Image(_) => "Ảnh chữ ký hoặc con dấu phải là tệp PNG (tối đa 4 MB). Hãy chọn ảnh khác.".into(),
            Self::NoImage => "Không có ảnh này, hoặc anh/chị không có quyền xem.".into(),
            Self::ChangedMeanwhile => "Khóa vừa được thay đổi ở nơi khác. Hãy tải lại trang rồi làm lại.".into(),
            Self::NoFile => "Hãy chọn tệp PDF cần kiểm tra.".into(),
            Self::TooLarge(limit) => format!("Tệp lớn hơn giới hạn {} MB. Hãy chọn tệp nhỏ hơn.", limit / 1_000_000),
            Self::Interrupted(_) => "Đường truyền bị ngắt khi đang tải tệp. Hãy thử lại.".into(),
            Self::Form(_) => "Không đọc được biểu mẫu. Hãy tải lại trang và thử lại.".into(),
            Self::NoSuchPage(page) => format!("Văn bản không có trang {page}. Hãy đặt khung vào một trang có trong văn bản."),
            Self::NotPermitted(_) => "Một chữ ký có trước không cho phép thay đổi này. Hãy dùng bản chưa ký, hoặc hỏi người đã ký.".into(),
            Self::Identity(e) => e.vi(),
            Self::Sealing(_) | Self::Db(_) | Self::Files(_) | Self::Signing(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NoKey => "There is no signing key on the server. Ask the administrator for one.".into(),
            Self::WrongPin { left } => format!("The PIN is wrong. {left} tries are left before the key is locked for a while."),
            Self::Locked { until } => format!(
                "The key is locked because of too many wrong PINs. Try again after {}.",
                when(*until).text
            ),
            Self::WeakPin => {
                "This PIN is easy to guess. Choose one of at least 6 characters that is no row and no repetition (like 123456, 000000, 121212)."
                    .into()
            }
            Self::KeyDemonstration => {
                "This key is for demonstrations only, and this server does not take it. Use a certificate of a certification authority.".into()
            }
            Self::KeyExpired { from, to } => format!(
                "The certificate is valid from {} to {} only. Ask the administrator for a new one.",
                when(*from).text,
                when(*to).text
            ),
            Self::KeyUnusable(why) => {
                format!("This key cannot be used: wrong password, wrong format, or not the certificate's. Check the key file. ({why})")
            }
            Self::Image(why) => format!("The picture of a signature or seal must be a PNG file (at most 4 MB). Choose another. ({why})"),
            Self::NoImage => "There is no such picture, or you may not see it.".into(),
            Self::ChangedMeanwhile => "The key has just been changed elsewhere. Reload the page and try again.".into(),
            Self::NoFile => "Choose the PDF file to check.".into(),
            Self::TooLarge(limit) => format!("The file is larger than {} MB. Choose a smaller one.", limit / 1_000_000),
            Self::Interrupted(_) => "The link broke during the upload. Try again.".into(),
            Self::Form(_) => "The form cannot be read. Reload the page and try again.".into(),
            Self::NoSuchPage(page) => format!("The document has no page {page}. Put the box on a page that it has."),
            Self::NotPermitted(why) => {
                format!("An earlier signature does not allow this change. Use the unsigned file, or ask who signed. ({why})")
            }
            Self::Identity(e) => e.en(),
            Self::Sealing(_) | Self::Db(_) | Self::Files(_) | Self::Signing(_) => internal_en(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::WrongPin { .. } | Self::Locked { .. } => Some("pin"),
            Self::WeakPin => Some("new"),
            Self::NoFile | Self::TooLarge(_) => Some("file"),
            Self::Image(_) => Some("image"),
            _ => None,
        }
    }
}
