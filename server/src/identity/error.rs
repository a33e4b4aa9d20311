//! What can go wrong with people, sessions and tokens.
use crate::fault::{Problem, internal_en, internal_vi};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not signed in")]
    NotSignedIn,
    #[error("forbidden")]
    Forbidden,
    #[error("wrong user name or password")]
    WrongPassword,
    #[error("the present password is wrong")]
    WrongOldPassword,
    #[error("locked for {0} seconds")]
    Locked(i64),
    #[error("the account is closed")]
    Inactive,
    #[error("a demonstration account on a production server")]
    DemonstrationAccount,
    #[error("request from another origin")]
    ForeignOrigin,
    #[error("too many sign-ins at once")]
    Busy,
    #[error("the form cannot be read: {0}")]
    Form(String),
    #[error("field {0} is missing or unusable")]
    Field(&'static str),
    #[error("the new password is too easy to guess")]
    WeakPassword,
    #[error("the user name is taken")]
    NameTaken,
    #[error("no such person")]
    NoSuchPerson,
    #[error("no such token")]
    NoSuchToken,
    #[error("no such tablet")]
    NoSuchTablet,
    #[error("not a tablet of a meeting room")]
    NotATablet,
    #[error("a tablet of a meeting room shows its meeting only")]
    OnlyTheMeeting,
    #[error("one's own account cannot be closed")]
    OwnAccount,
    #[error("the list of bodies cannot be read: {0}")]
    Csv(String),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error("password hashing: {0}")]
    Hash(String),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "identity.not_signed_in",
            Self::Forbidden => "identity.forbidden",
            Self::WrongPassword => "identity.wrong_password",
            Self::WrongOldPassword => "identity.wrong_old_password",
            Self::Locked(_) => "identity.locked",
            Self::Inactive => "identity.inactive",
            Self::DemonstrationAccount => "identity.demonstration_account",
            Self::ForeignOrigin => "identity.foreign_origin",
            Self::Busy => "identity.busy",
            Self::Form(_) => "identity.form",
            Self::Field(_) => "identity.field",
            Self::WeakPassword => "identity.weak_password",
            Self::NameTaken => "identity.name_taken",
            Self::NoSuchPerson => "identity.no_such_person",
            Self::NoSuchToken => "identity.no_such_token",
            Self::NoSuchTablet => "identity.no_such_tablet",
            Self::NotATablet => "identity.not_a_tablet",
            Self::OnlyTheMeeting => "identity.only_the_meeting",
            Self::OwnAccount => "identity.own_account",
            Self::Csv(_) => "identity.csv",
            Self::Db(_) | Self::Hash(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::WrongPassword => StatusCode::UNAUTHORIZED,
            Self::Forbidden
            | Self::ForeignOrigin
            | Self::Inactive
            | Self::DemonstrationAccount
            | Self::NotATablet
            | Self::OnlyTheMeeting => StatusCode::FORBIDDEN,
            Self::Locked(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::WrongOldPassword | Self::Field(_) | Self::WeakPassword | Self::Csv(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoSuchPerson | Self::NoSuchToken | Self::NoSuchTablet => StatusCode::NOT_FOUND,
            Self::NameTaken | Self::OwnAccount => StatusCode::CONFLICT,
            Self::Db(_) | Self::Hash(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotSignedIn => "Phiên làm việc đã hết. Hãy đăng nhập lại.".into(),
            Self::Forbidden => "Anh/chị không có quyền làm việc này. Nếu cần, hãy liên hệ quản trị.".into(),
            Self::WrongPassword => "Tên đăng nhập hoặc mật khẩu không đúng. Hãy kiểm tra và nhập lại.".into(),
            Self::WrongOldPassword => "Mật khẩu hiện tại không đúng. Hãy nhập lại.".into(),
            Self::Locked(s) => format!("Đăng nhập sai nhiều lần. Hãy thử lại sau {} phút.", (s + 59) / 60),
            Self::Inactive => "Tài khoản này đã ngừng hoạt động. Hãy báo quản trị.".into(),
            Self::DemonstrationAccount => {
                "Đây là tài khoản trình diễn, không dùng được trên máy chủ này. Hãy dùng tài khoản do quản trị cấp.".into()
            }
            Self::ForeignOrigin => "Yêu cầu đến từ một trang khác nên bị từ chối. Hãy mở lại trang này và làm lại.".into(),
            Self::Busy => "Quá nhiều người đang đăng nhập cùng lúc. Hãy thử lại sau vài giây.".into(),
            Self::Form(_) => "Không đọc được biểu mẫu. Hãy tải lại trang và thử lại.".into(),
            Self::Field(field) => match *field {
                "username" => "Tên đăng nhập gồm 2 đến 64 ký tự: chữ thường không dấu, số, dấu chấm, gạch nối. Hãy sửa lại.".into(),
                "roles" => "Hãy chọn ít nhất một vai trò.".into(),
                "name" => "Hãy đặt tên (tối đa 100 ký tự) để sau này nhận ra.".into(),
                "days" => "Hãy chọn thời hạn từ 1 đến 365 ngày.".into(),
                "code" => "Mã định danh gồm các đoạn chữ và số nối bằng dấu chấm, ví dụ H18.3.2. Hãy sửa lại.".into(),
                "certificate" => "Không đọc được chứng thư. Hãy đưa tệp PEM.".into(),
                other => format!("Trường {other} thiếu hoặc không hợp lệ. Hãy kiểm tra lại."),
            },
            Self::WeakPassword => {
                "Mật khẩu mới phải có ít nhất 12 ký tự và không chứa tên đăng nhập. Một câu ngắn dễ nhớ là tốt nhất.".into()
            }
            Self::NameTaken => "Tên đăng nhập này đã có người dùng. Hãy chọn tên khác.".into(),
            Self::NoSuchPerson => "Không có người này. Hãy tải lại danh sách.".into(),
            Self::NoSuchToken => "Mã truy cập này không còn. Hãy tải lại danh sách.".into(),
            Self::NoSuchTablet => "Máy này không còn trong danh sách. Hãy tải lại trang.".into(),
            Self::NotATablet => "Máy này chưa là máy của phòng họp. Hãy nhờ quản trị hoặc thư ký đăng ký máy ở mục “Máy phòng họp”.".into(),
            Self::OnlyTheMeeting => "Máy của phòng họp chỉ mở cuộc họp này. Việc khác, anh/chị hãy làm trên máy riêng.".into(),
            Self::OwnAccount => "Anh/chị không thể tự khóa tài khoản của mình. Hãy nhờ một quản trị khác.".into(),
            Self::Csv(why) => {
                format!("Không đọc được danh bạ nên chưa nhập gì. Cần tệp CSV (UTF-8) có cột code và name. ({why})")
            }
            Self::Db(_) | Self::Hash(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotSignedIn => "Your session has ended. Sign in again.".into(),
            Self::Forbidden => "You may not do this. If you need to, ask the administrator.".into(),
            Self::WrongPassword => "User name or password is wrong. Check them and try again.".into(),
            Self::WrongOldPassword => "The present password is wrong. Enter it again.".into(),
            Self::Locked(s) => format!("Too many failed attempts. Try again in {} minutes.", (s + 59) / 60),
            Self::Inactive => "This account is closed. Tell the administrator.".into(),
            Self::DemonstrationAccount => {
                "This is a demonstration account, which this server does not admit. Use the account that the administrator gave you.".into()
            }
            Self::ForeignOrigin => "The request came from another site and was refused. Open this page again and retry.".into(),
            Self::Busy => "Too many people are signing in at once. Try again in some seconds.".into(),
            Self::Form(_) => "The form cannot be read. Reload the page and try again.".into(),
            Self::Field(field) => match *field {
                "username" => "A user name has 2 to 64 characters: small letters a to z, digits, dots, hyphens. Correct it.".into(),
                "roles" => "Choose at least one role.".into(),
                "name" => "Give it a name (at most 100 characters) to know it by later.".into(),
                "days" => "Choose a term from 1 to 365 days.".into(),
                "code" => "An identifier code has segments of letters and digits joined by dots, such as H18.3.2. Correct it.".into(),
                "certificate" => "The certificate cannot be read. Give a PEM file.".into(),
                other => format!("The field {other} is missing or unusable. Check it."),
            },
            Self::WeakPassword => {
                "A new password has at least 12 characters and does not contain the user name. A short sentence is best.".into()
            }
            Self::NameTaken => "Somebody has this user name already. Choose another.".into(),
            Self::NoSuchPerson => "There is no such person. Reload the list.".into(),
            Self::NoSuchToken => "There is no such token any more. Reload the list.".into(),
            Self::NoSuchTablet => "This tablet is not on the list any more. Reload the page.".into(),
            Self::NotATablet => {
                "This device is not a tablet of a meeting room yet. Ask an administrator or secretary to add it under “Room tablets”."
                    .into()
            }
            Self::OnlyTheMeeting => "A tablet of the room shows this meeting only. For anything else use your own device.".into(),
            Self::OwnAccount => "You cannot close your own account. Ask another administrator.".into(),
            Self::Csv(why) => {
                format!(
                    "The directory cannot be read, so nothing was taken in. It must be CSV (UTF-8) with the columns code and name. ({why})"
                )
            }
            Self::Db(_) | Self::Hash(_) => internal_en(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Field(f) => Some(f),
            Self::WeakPassword => Some("new"),
            Self::WrongOldPassword => Some("old"),
            Self::NameTaken => Some("username"),
            _ => None,
        }
    }
}
