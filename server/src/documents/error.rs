//! What can go wrong with a document.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::files::FileError;
use crate::{identity, signatures};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such document for this person")]
    NotFound,
    #[error("changed by somebody else meanwhile")]
    ChangedMeanwhile,
    #[error("recalled by who sent it")]
    Recalled,
    #[error("another document has its place")]
    Superseded,
    #[error("receivers of the old document are missing: {0}")]
    MissingReceivers(String),
    #[error("not possible in this state")]
    NotNow,
    #[error("field {0} is missing or unusable")]
    Field(&'static str),
    #[error("no such body: {0}")]
    UnknownReceiver(String),
    #[error("secret documents are refused")]
    Secret,
    #[error("no file in the form")]
    NoFile,
    #[error("not a readable PDF: {0}")]
    Unreadable(String),
    #[error("the PDF opens only with a password")]
    Password,
    #[error("larger than {0} bytes")]
    TooLarge(u64),
    #[error("the upload broke off: {0}")]
    Interrupted(String),
    #[error("the form cannot be read: {0}")]
    Form(String),
    #[error("registered already as {0}")]
    Registered(String),
    #[error("the register could not be written: {0}")]
    Register(String),
    #[error("not allowed to sign in this place today")]
    NoAuthority,
    #[error("no such authority")]
    NoSuchAuthority,
    #[error("not in this person's trash")]
    NotInTrash,
    #[error("no calendar at this address")]
    NoFeed,
    #[error("no such number in the register")]
    NoNumber,
    #[error("the number is not kept any more")]
    NumberGone,
    #[error("the number is of another year")]
    NumberOfAnotherYear,
    #[error("placement outside of the page")]
    Placement,
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Signatures(#[from] signatures::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
    #[error("{0}")]
    Files(FileError),
    #[error("{0}")]
    Pdf(#[from] signing::Error),
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
            Self::NotFound => "documents.not_found",
            Self::ChangedMeanwhile => "documents.changed_meanwhile",
            Self::Recalled => "documents.recalled",
            Self::Superseded => "documents.superseded",
            Self::MissingReceivers(_) => "documents.missing_receivers",
            Self::NotNow => "documents.not_now",
            Self::Field(_) => "documents.field",
            Self::UnknownReceiver(_) => "documents.unknown_receiver",
            Self::Secret => "documents.secret",
            Self::NoFile => "documents.no_file",
            Self::Unreadable(_) => "documents.unreadable_pdf",
            Self::Password => "documents.password_protected",
            Self::TooLarge(_) => "documents.too_large",
            Self::Interrupted(_) => "documents.upload_interrupted",
            Self::Form(_) => "documents.form",
            Self::Registered(_) => "documents.registered_already",
            Self::NoAuthority => "documents.no_authority",
            Self::NoSuchAuthority => "documents.no_such_authority",
            Self::NotInTrash => "documents.not_in_trash",
            Self::NoFeed => "documents.no_feed",
            Self::NoNumber => "documents.no_number",
            Self::NumberGone => "documents.number_gone",
            Self::NumberOfAnotherYear => "documents.number_of_another_year",
            Self::Placement => "documents.placement",
            Self::Identity(e) => e.code(),
            Self::Signatures(e) => e.code(),
            Self::Register(_) | Self::Db(_) | Self::Files(_) | Self::Pdf(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound | Self::NotInTrash | Self::NoFeed | Self::NoNumber | Self::NoSuchAuthority => StatusCode::NOT_FOUND,
            Self::NoAuthority
            | Self::Registered(_)
            | Self::ChangedMeanwhile
            | Self::NotNow
            | Self::Recalled
            | Self::Superseded
            | Self::NumberGone
            | Self::NumberOfAnotherYear => StatusCode::CONFLICT,
            Self::Field(_)
            | Self::UnknownReceiver(_)
            | Self::MissingReceivers(_)
            | Self::Secret
            | Self::NoFile
            | Self::Unreadable(_)
            | Self::Password
            | Self::Placement => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Interrupted(_) | Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::Identity(e) => e.status(),
            Self::Signatures(e) => e.status(),
            Self::Register(_) | Self::Db(_) | Self::Files(_) | Self::Pdf(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotFound => "Không tìm thấy văn bản, hoặc anh/chị không có quyền xem. Hãy quay lại danh sách.".into(),
            Self::ChangedMeanwhile => "Văn bản vừa được người khác thay đổi. Hãy tải lại trang để xem bản mới rồi làm lại.".into(),
            Self::Recalled => {
                "Văn bản đã bị thu hồi nên chỉ còn để đọc. Hãy tải lại trang để xem lý do; đừng dùng văn bản này làm căn cứ.".into()
            }
            Self::Superseded => {
                "Văn bản này đã có văn bản mới thay thế hoặc cập nhật nên chỉ còn để đọc. Hãy tải lại trang và mở văn bản mới.".into()
            }
            Self::MissingReceivers(names) => {
                format!("Văn bản cũ đã gửi tới cả {names}; hãy chọn thêm để nơi đó biết văn bản cũ không còn dùng.")
            }
            Self::NotNow => "Việc này không làm được ở trạng thái hiện tại của văn bản. Hãy tải lại trang để xem trạng thái mới.".into(),
            Self::Field(field) => match *field {
                "kind" => "Hãy chọn loại văn bản.".into(),
                "abstract_text" => "Hãy nhập trích yếu (tối đa 1000 ký tự).".into(),
                "leader_id" => "Hãy chọn lãnh đạo ký.".into(),
                "receivers" => "Hãy chọn ít nhất một nơi nhận.".into(),
                "sender" => "Hãy nhập tên nơi gửi (tối đa 300 ký tự) hoặc chọn cơ quan khác trong danh bạ; không thể là chính cơ quan mình.".into(),
                "notation" => "Số, ký hiệu là một dòng, tối đa 200 ký tự; để trống nếu văn bản không có.".into(),
                "issued_on" => "Hãy nhập ngày ghi trên văn bản, không sau hôm nay.".into(),
                "channel" => "Hãy chọn văn bản đến bằng cách nào.".into(),
                "pages" => "Số trang là một số từ 1 trở lên; để trống nếu không cần ghi.".into(),
                "lead" => "Hãy chọn người chủ trì xử lý đang còn làm việc.".into(),
                "support" | "inform" => "Có người được chọn không còn làm việc ở đây. Hãy chọn lại.".into(),
                "from" | "to" => "Ngày tìm phải có dạng năm-tháng-ngày, như 2026-11-24.".into(),
                "due_on" => "Hạn xử lý phải là một ngày từ hôm nay trở đi.".into(),
                "instruction" => "Ý kiến chỉ đạo dài quá 2000 ký tự. Hãy viết gọn lại.".into(),
                "result" => "Hãy ghi kết quả xử lý (tối đa 2000 ký tự); cơ quan gửi sẽ đọc được.".into(),
                "year" => "Hãy cho năm của sổ, gồm bốn chữ số.".into(),
                "format" => "Định dạng phải là csv, xlsx hoặc html.".into(),
                "supersedes" => {
                    "Chỉ thay thế, cập nhật được văn bản đã ban hành của cơ quan mình, chưa bị thu hồi hay thay thế. Hãy mở lại văn bản đó."
                        .into()
                }
                "supersedes_kind" => "Hãy chọn thay thế hay cập nhật.".into(),
                "supersedes_reason" => "Hãy ghi lý do thay thế, cập nhật (tối đa 2000 ký tự); mọi nơi nhận sẽ đọc được.".into(),
                "count" => "Mỗi lần giữ từ 1 đến 20 số.".into(),
                "after" => "Chỉ chèn được sau một số đã cấp trong sổ năm nay, và mỗi số chèn được từ a đến z.".into(),
                "hold_reason" => "Hãy ghi lý do giữ số (tối đa 2000 ký tự); lý do được ghi vào sổ.".into(),
                "whom" => "Hãy ghi số được giữ cho đơn vị hay người nào (tối đa 200 ký tự).".into(),
                "cancel_reason" => "Hãy ghi lý do hủy số (tối đa 2000 ký tự); lý do được ghi vào sổ.".into(),
                "person" => "Hãy chọn người được ký: một lãnh đạo đang làm việc.".into(),
                "head" => "Hãy chọn người đứng đầu được ký thay: một lãnh đạo khác đang làm việc.".into(),
                "head_title" => "Hãy ghi chức vụ của người đứng đầu như in trên văn bản, ví dụ Chủ tịch (tối đa 100 ký tự).".into(),
                "own_title" => "Hãy ghi chức vụ của người ký như in trên văn bản, ví dụ Phó Chủ tịch (tối đa 100 ký tự).".into(),
                "basis" => "Hãy ghi căn cứ giao ký, như quy chế làm việc hoặc số văn bản ủy quyền (tối đa 500 ký tự).".into(),
                "from_on" => "Hãy chọn ngày bắt đầu.".into(),
                "to_on" => "Ngày cuối phải từ hôm nay và từ ngày bắt đầu trở đi; thừa ủy quyền phải có ngày cuối.".into(),
                "end_reason" => "Hãy ghi lý do chấm dứt (tối đa 2000 ký tự).".into(),
                "form" => "Hãy chọn ký thay, thừa lệnh, thừa ủy quyền hoặc quyền.".into(),
                "reason" => "Hãy ghi lý do để người nhận biết phải làm gì.".into(),
                other => format!("Trường {other} thiếu hoặc không hợp lệ. Hãy kiểm tra lại."),
            },
            Self::UnknownReceiver(code) => format!("Không có cơ quan mang mã {code} trong danh bạ. Hãy chọn từ danh sách."),
            Self::Secret => {
                "Văn bản mật không được xử lý trên hệ thống này (Luật Bảo vệ bí mật nhà nước). Hãy gửi theo đường văn bản mật.".into()
            }
            Self::NoFile => "Hãy chọn tệp PDF của văn bản.".into(),
            Self::Unreadable(_) => {
                "Tệp này không phải PDF đọc được nên không được lưu. Hãy mở tệp bằng phần mềm soạn thảo và xuất lại sang PDF, rồi tải lên."
                    .into()
            }
            Self::Password => "Tệp PDF này phải có mật khẩu mới mở được nên không được lưu. Hãy bỏ mật khẩu mở tệp rồi tải lên lại.".into(),
            Self::TooLarge(limit) => format!(
                "Tệp lớn hơn giới hạn {} MB nên không được lưu. Hãy giảm dung lượng rồi tải lên lại.",
                limit / 1_000_000
            ),
            Self::Interrupted(_) => "Đường truyền bị ngắt khi đang tải tệp; chưa lưu gì. Hãy tải lên lại.".into(),
            Self::Form(_) => "Không đọc được biểu mẫu. Hãy tải lại trang và thử lại.".into(),
            Self::Registered(id) => format!(
                "Văn bản cùng nơi gửi, số và ngày này đã được đăng ký (/incoming/{id}). Hãy xem văn bản đó; nếu đây là văn bản khác, hãy xác nhận rồi đăng ký."
            ),
            Self::NoAuthority => "Hôm nay anh/chị không được giao ký thay, thừa lệnh, ủy quyền cho việc này, hoặc việc giao đã hết hạn. Hãy tải lại trang; cần thì nhờ văn thư xem mục Ký thay, ủy quyền.".into(),
            Self::NoSuchAuthority => "Không có mục ký thay, ủy quyền này. Hãy tải lại trang.".into(),
            Self::NotInTrash => "Dự thảo này không còn trong thùng rác của anh/chị: đã được khôi phục, hoặc đã hết hạn giữ. Hãy tải lại trang.".into(),
            Self::NoFeed => "Không có lịch ở địa chỉ này, hoặc địa chỉ đã được đổi. Hãy lấy địa chỉ mới ở trang Tài khoản.".into(),
            Self::NoNumber => "Không có số này trong sổ. Hãy tải lại trang.".into(),
            Self::NumberGone => "Số này vừa được dùng hoặc bị hủy. Hãy tải lại trang và chọn số khác.".into(),
            Self::NumberOfAnotherYear => {
                "Số này thuộc sổ của năm khác nên không dùng được nữa. Hãy hủy số đó kèm lý do và lấy số của năm nay.".into()
            }
            Self::Placement => "Vị trí đặt nằm ngoài trang. Hãy kéo khung vào trong trang.".into(),
            Self::Identity(e) => e.vi(),
            Self::Signatures(e) => e.vi(),
            Self::Register(_) | Self::Db(_) | Self::Files(_) | Self::Pdf(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotFound => "There is no such document, or you may not see it. Go back to the list.".into(),
            Self::ChangedMeanwhile => "Somebody else has just changed the document. Reload the page to see it, then try again.".into(),
            Self::Recalled => {
                "The document was recalled and is there to be read only. Reload the page to see why, and do not act on it.".into()
            }
            Self::Superseded => {
                "A new document has taken this one's place, so it is there to be read only. Reload the page and open the new one.".into()
            }
            Self::MissingReceivers(names) => {
                format!("The old document went to {names} as well; add them, so that they know that the old one is out of use.")
            }
            Self::NotNow => "This cannot be done in the document's present state. Reload the page to see its new state.".into(),
            Self::Field(field) => match *field {
                "kind" => "Choose the kind of document.".into(),
                "abstract_text" => "Enter the abstract (at most 1000 characters).".into(),
                "leader_id" => "Choose the leader who signs.".into(),
                "receivers" => "Choose at least one receiver.".into(),
                "sender" => "Enter the sender's name (at most 300 characters), or choose another body of the directory; it cannot be this body itself.".into(),
                "notation" => "Number and notation are one line of at most 200 characters; leave it empty if the document has none.".into(),
                "issued_on" => "Enter the day that stands on the document, not later than today.".into(),
                "channel" => "Choose how the document came.".into(),
                "pages" => "The number of pages is a number from 1 on; leave it empty if it need not be noted.".into(),
                "lead" => "Choose who leads the processing: a person whose account is in use.".into(),
                "support" | "inform" => "Somebody chosen does not work here any more. Choose again.".into(),
                "from" | "to" => "The day must read year-month-day, such as 2026-11-24.".into(),
                "due_on" => "The deadline must be a day from today on.".into(),
                "instruction" => "The instruction is longer than 2000 characters. Make it shorter.".into(),
                "result" => "Say what came of it (at most 2000 characters); the sending body will read it.".into(),
                "year" => "Give the year of the register in four digits.".into(),
                "format" => "The format must be csv, xlsx or html.".into(),
                "supersedes" => {
                    "Only an issued document of this body that was neither recalled nor replaced can be replaced or updated. Open it again."
                        .into()
                }
                "supersedes_kind" => "Choose whether it replaces or updates.".into(),
                "supersedes_reason" => "Give the reason (at most 2000 characters); every receiver will read it.".into(),
                "count" => "From 1 to 20 numbers are kept in one step.".into(),
                "after" => "A number is put in only after one that was given this year, and only from a to z.".into(),
                "hold_reason" => "Say why the number is kept (at most 2000 characters); the register shows it.".into(),
                "whom" => "Say for which unit or person the number is kept (at most 200 characters).".into(),
                "cancel_reason" => "Say why the number is cancelled (at most 2000 characters); the register shows it.".into(),
                "person" => "Choose who signs: a leader whose account is in use.".into(),
                "head" => "Choose in whose place it is: another leader whose account is in use.".into(),
                "head_title" => "Enter the title of the head as printed on documents, such as Chủ tịch (at most 100 characters).".into(),
                "own_title" => "Enter the title of who signs as printed on documents, such as Phó Chủ tịch (at most 100 characters).".into(),
                "basis" => "Say what gives the authority, such as the working rules or the number of the letter (at most 500 characters).".into(),
                "from_on" => "Choose the first day.".into(),
                "to_on" => "The last day must be from today and from the first day on; a mandate must have one.".into(),
                "end_reason" => "Say why it ends (at most 2000 characters).".into(),
                "form" => "Choose deputy, order, mandate or acting.".into(),
                "reason" => "Give the reason, so that the other side knows what to do.".into(),
                other => format!("The field {other} is missing or unusable. Check it."),
            },
            Self::UnknownReceiver(code) => format!("The directory has no body with the code {code}. Choose from the list."),
            Self::Secret => {
                "Secret documents are not handled by this system (Law on Protection of State Secrets). Send it the way of secret documents."
                    .into()
            }
            Self::NoFile => "Choose the document's PDF file.".into(),
            Self::Unreadable(why) => {
                format!(
                    "This is not a readable PDF, so it was not stored. Open it in the program it was written with, export it to PDF anew and upload that. ({why})"
                )
            }
            Self::Password => "This PDF opens only with a password, so it was not stored. Remove the password and upload it again.".into(),
            Self::TooLarge(limit) => format!(
                "The file is larger than {} MB, so it was not stored. Make it smaller and upload it again.",
                limit / 1_000_000
            ),
            Self::Interrupted(_) => "The link broke during the upload; nothing was stored. Upload it again.".into(),
            Self::Form(_) => "The form cannot be read. Reload the page and try again.".into(),
            Self::Registered(id) => format!(
                "A document with this sender, number and day is registered already (/incoming/{id}). Look at it; if this is another one, confirm that and register it."
            ),
            Self::NoAuthority => "Today you are not allowed to sign this in that place, or the time for it is over. Reload the page; if need be, ask a clerk to look at the authorities to sign.".into(),
            Self::NoSuchAuthority => "There is no such authority to sign. Reload the page.".into(),
            Self::NotInTrash => "This draft is no longer in your trash: it was restored, or its time is over. Reload the page.".into(),
            Self::NoFeed => "There is no calendar at this address, or it was renewed. Take the new one from your account.".into(),
            Self::NoNumber => "The register has no such number. Reload the page.".into(),
            Self::NumberGone => "This number was just used or cancelled. Reload the page and choose another.".into(),
            Self::NumberOfAnotherYear => "This number belongs to the register of another year and cannot be used any more. Cancel it with a reason and take one of this year.".into(),
            Self::Placement => "The box lies outside of the page. Move it onto the page.".into(),
            Self::Identity(e) => e.en(),
            Self::Signatures(e) => e.en(),
            Self::Register(_) | Self::Db(_) | Self::Files(_) | Self::Pdf(_) => internal_en(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Field(f) => Some(f),
            Self::UnknownReceiver(_) | Self::MissingReceivers(_) => Some("receivers"),
            Self::NoFile | Self::Unreadable(_) | Self::Password | Self::TooLarge(_) => Some("file"),
            Self::Secret => Some("secrecy"),
            Self::Signatures(e) => e.field(),
            _ => None,
        }
    }
}
