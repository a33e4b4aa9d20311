//! What can go wrong with a meeting.
use crate::fault::{Problem, internal_en, internal_vi};
use crate::{documents, identity};
use axum::http::StatusCode;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("no such meeting, item, attachment or vote for this person")]
    NotFound,
    #[error("not possible in this state of the meeting")]
    NotNow,
    #[error("something is to be looked at before it is published")]
    NotReady,
    #[error("field {0} is missing or unusable")]
    Field(&'static str),
    #[error("the meeting is not today")]
    TooEarly,
    #[error("the document is not issued, sent or taken in")]
    NotAttachable,
    #[error("only members who are present vote")]
    NotCheckedIn,
    #[error("only those who are present ask for the floor")]
    NotPresent,
    #[error("the request was withdrawn, is over, or belongs to another item")]
    NotWaiting,
    #[error("a document that is not for all cannot be presented")]
    Limited,
    #[error("another item is under discussion")]
    ItemOver,
    #[error("this person does not speak now")]
    NotSpeaking,
    #[error("this person speaks already")]
    HasFloor,
    #[error("the secretary casts no ballot")]
    NoVote,
    #[error("another vote is open")]
    VoteRunning,
    #[error("somebody else presents")]
    NotPresenting,
    #[error("the ballot is not of this vote, or its signature is wrong")]
    Ballot,
    #[error("this person drew another ballot")]
    AlreadyDrawn,
    #[error("the vote is of the other form, open or secret")]
    OtherForm,
    #[error("the vote is not closed yet")]
    VoteOpen,
    #[error("no key could be made")]
    NoKey,
    #[error("the minutes were changed meanwhile")]
    MinutesChanged,
    #[error("the chair may not sign documents")]
    ChairCannotSign,
    #[error("checking in takes the code shown in the room")]
    CodeNeeded,
    #[error("the conclusion was written anew meanwhile")]
    ConclusionChanged,
    #[error("the code is not the one shown in the room")]
    WrongCode,
    #[error("nobody has this code for a tablet of the room")]
    WrongSeatCode,
    #[error("the paper cannot be set: {0}")]
    Paper(String),
    #[error("the vote is closed")]
    VoteClosed,
    #[error("the request cannot be read: {0}")]
    Form(String),
    #[error(transparent)]
    Identity(#[from] identity::Error),
    #[error(transparent)]
    Documents(#[from] documents::Error),
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

impl Problem for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "meetings.not_found",
            Self::NotNow => "meetings.not_now",
            Self::NotReady => "meetings.not_ready",
            Self::Field(_) => "meetings.field",
            Self::TooEarly => "meetings.too_early",
            Self::NotAttachable => "meetings.not_attachable",
            Self::NotCheckedIn => "meetings.not_checked_in",
            Self::NotPresent => "meetings.not_present",
            Self::NotWaiting => "meetings.not_waiting",
            Self::ItemOver => "meetings.item_over",
            Self::Limited => "meetings.limited",
            Self::NotSpeaking => "meetings.not_speaking",
            Self::HasFloor => "meetings.has_floor",
            Self::NoVote => "meetings.no_vote",
            Self::VoteRunning => "meetings.vote_running",
            Self::NotPresenting => "meetings.not_presenting",
            Self::Ballot => "meetings.ballot",
            Self::AlreadyDrawn => "meetings.already_drawn",
            Self::OtherForm => "meetings.other_form",
            Self::VoteOpen => "meetings.vote_open",
            Self::MinutesChanged => "meetings.minutes_changed",
            Self::ChairCannotSign => "meetings.chair_cannot_sign",
            Self::CodeNeeded => "meetings.code_needed",
            Self::ConclusionChanged => "meetings.conclusion_changed",
            Self::WrongCode => "meetings.wrong_code",
            Self::WrongSeatCode => "meetings.wrong_seat_code",
            Self::VoteClosed => "meetings.vote_closed",
            Self::Form(_) => "meetings.form",
            Self::Identity(e) => e.code(),
            Self::Documents(e) => e.code(),
            Self::NoKey | Self::Paper(_) | Self::Db(_) => "server.failed",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotNow
            | Self::NotReady
            | Self::TooEarly
            | Self::NotCheckedIn
            | Self::NotPresent
            | Self::NotWaiting
            | Self::ItemOver
            | Self::Limited
            | Self::NotSpeaking
            | Self::HasFloor
            | Self::VoteRunning
            | Self::AlreadyDrawn
            | Self::NotPresenting
            | Self::MinutesChanged
            | Self::ChairCannotSign
            | Self::CodeNeeded
            | Self::ConclusionChanged
            | Self::OtherForm
            | Self::VoteOpen
            | Self::VoteClosed => StatusCode::CONFLICT,
            Self::NoVote => StatusCode::FORBIDDEN,
            Self::Field(_) | Self::NotAttachable | Self::Ballot | Self::WrongCode | Self::WrongSeatCode => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::Identity(e) => e.status(),
            Self::Documents(e) => e.status(),
            Self::NoKey | Self::Paper(_) | Self::Db(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn vi(&self) -> String {
        match self {
            Self::NotFound => "Không tìm thấy cuộc họp này, hoặc anh/chị không có trong thành phần dự họp. Hãy quay lại danh sách.".into(),
            Self::NotReady => {
                "Còn điểm chưa đạt trong danh mục kiểm tra. Hãy xem lại danh mục: sửa điểm đó, hoặc đánh dấu là đã xem.".into()
            }
            Self::NotNow => "Việc này không làm được ở trạng thái hiện tại của cuộc họp. Hãy tải lại trang để xem trạng thái mới.".into(),
            Self::Field(field) => match *field {
                "title" => "Hãy nhập tên (tối đa 500 ký tự).".into(),
                "room" => "Hãy nhập phòng họp (tối đa 200 ký tự).".into(),
                "presenter" => "Tên người trình bày dài quá 200 ký tự. Hãy rút gọn.".into(),
                "minutes" => "Hãy nhập thời lượng từ 1 đến 1440 phút.".into(),
                "starts" => "Hãy chọn thời điểm bắt đầu.".into(),
                "ends" => "Thời điểm kết thúc phải sau lúc bắt đầu và trong vòng 31 ngày. Hãy chọn lại.".into(),
                "chair_id" => "Hãy chọn người chủ trì, khác với thư ký.".into(),
                "members" => "Có đại biểu không còn tài khoản hoạt động, hoặc quá 2000 người. Hãy chọn lại.".into(),
                "page" => "Tài liệu không có trang này. Hãy chọn trang khác.".into(),
                "seconds" => "Thời gian phát biểu tối đa là 8 giờ (28800 giây). Hãy nhập lại.".into(),
                "conclusion" => "Kết luận dài quá 10000 ký tự. Hãy rút gọn.".into(),
                "task" => "Hãy nhập việc cần làm (tối đa 1000 ký tự).".into(),
                "owner_id" => "Hãy chọn người thực hiện có tài khoản hoạt động.".into(),
                "due_on" => "Hạn không phải là một ngày. Hãy chọn lại.".into(),
                "result" => "Hãy nhập kết quả thực hiện (tối đa 2000 ký tự).".into(),
                "sections" => "Một phần của biên bản quá dài, hoặc biên bản trống. Hãy sửa lại.".into(),
                "remark" => "Hãy nhập ý kiến (tối đa 5000 ký tự).".into(),
                "reason" => "Hãy nhập lý do (tối đa 300 ký tự).".into(),
                "hall" => "Sơ đồ có từ 1 đến 30 hàng và từ 1 đến 30 cột. Hãy nhập lại.".into(),
                "seat" => "Sơ đồ không có ghế này. Hãy chọn ghế khác.".into(),
                "message" => "Hãy nhập tin nhắn (tối đa 1000 ký tự).".into(),
                "name" => "Tin nhắn này không gửi được. Hãy tải lại trang rồi gửi lại.".into(),
                "to" => "Hãy chọn người nhận ủy quyền có tài khoản hoạt động và chưa có trong thành phần họp.".into(),
                "answer" => "Câu trả lời không hợp lệ. Hãy chọn dự, không dự hoặc ủy quyền.".into(),
                "question" => "Hãy nhập nội dung biểu quyết (tối đa 500 ký tự).".into(),
                other => format!("Trường {other} thiếu hoặc không hợp lệ. Hãy kiểm tra lại."),
            },
            Self::TooEarly => "Cuộc họp chưa tới ngày nên chưa điểm danh được. Hãy điểm danh vào ngày họp.".into(),
            Self::NotAttachable => {
                "Chỉ văn bản đã ban hành, đã gửi hoặc đã tiếp nhận mới đưa vào cuộc họp được. Hãy chờ văn bản được ban hành rồi làm lại."
                    .into()
            }
            Self::NotCheckedIn => "Chỉ đại biểu có mặt mới được biểu quyết. Hãy điểm danh rồi biểu quyết.".into(),
            Self::NotPresent => "Chỉ người có mặt mới được phát biểu. Hãy điểm danh trước.".into(),
            Self::NotWaiting => {
                "Đăng ký phát biểu này đã rút, đã xong, hoặc thuộc nội dung khác. Hãy chọn người khác trong danh sách.".into()
            }
            Self::Limited => "Tài liệu này không dành cho mọi người nên không trình chiếu được. Hãy chọn tài liệu khác.".into(),
            Self::ItemOver => "Cuộc họp đã chuyển sang nội dung khác. Hãy đăng ký lại nếu muốn phát biểu về nội dung đang bàn.".into(),
            Self::NotSpeaking => "Người này hiện không phát biểu. Hãy xem lại danh sách phát biểu.".into(),
            Self::HasFloor => "Người này đang phát biểu nên không rút được nữa. Hãy kết thúc phát biểu.".into(),
            Self::NoVote => "Thư ký và người theo dõi không biểu quyết.".into(),
            Self::VoteRunning => "Đang có một biểu quyết khác. Hãy kết thúc biểu quyết đó trước.".into(),
            Self::NotPresenting => "Người khác đang trình chiếu. Muốn trình chiếu, hãy bấm Trình chiếu trang của tôi.".into(),
            Self::Ballot => "Phiếu không hợp lệ nên không được nhận. Hãy tải lại trang rồi bỏ phiếu lại.".into(),
            Self::AlreadyDrawn => "Anh/chị đã nhận phiếu cho lần bỏ phiếu này trên một máy khác. Hãy bỏ phiếu trên máy đó.".into(),
            Self::OtherForm => "Cách bỏ phiếu không đúng: biểu quyết công khai và bỏ phiếu kín khác nhau. Hãy tải lại trang.".into(),
            Self::VoteOpen => "Cuộc bỏ phiếu kín chưa kết thúc nên chưa công bố phiếu. Hãy chờ kết thúc.".into(),
            Self::VoteClosed => "Biểu quyết này đã kết thúc nên phiếu không được tính. Hãy xem kết quả trên trang cuộc họp.".into(),
            Self::Form(_) => "Không đọc được yêu cầu. Hãy kiểm tra lại nội dung gửi.".into(),
            Self::Identity(e) => e.vi(),
            Self::Documents(e) => e.vi(),
            Self::MinutesChanged => {
                "Biên bản đã được sửa ở nơi khác. Nội dung anh/chị vừa nhập vẫn còn trên màn hình; hãy tải lại để xem bản mới rồi sửa tiếp."
                    .into()
            }
            Self::ChairCannotSign => {
                "Người chủ trì chưa có quyền ký văn bản nên chưa trình ký biên bản được. Hãy nhờ quản trị thêm vai trò lãnh đạo.".into()
            }
            Self::CodeNeeded => "Cuộc họp này điểm danh bằng mã. Hãy nhập mã 6 số trên màn hình phòng họp, hoặc quét mã QR ở đó.".into(),
            Self::ConclusionChanged => {
                "Người khác vừa sửa kết luận này. Nội dung anh/chị nhập vẫn còn; hãy xem kết luận hiện tại bên dưới rồi lưu lại.".into()
            }
            Self::WrongSeatCode => "Không có mã này. Hãy xem lại mã 8 số của anh/chị rồi nhập lại, hoặc hỏi thư ký.".into(),
            Self::WrongCode => "Mã điểm danh không đúng. Hãy xem lại mã 6 số trên màn hình phòng họp rồi nhập lại.".into(),
            Self::NoKey | Self::Paper(_) | Self::Db(_) => internal_vi(),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::NotFound => "There is no such meeting, or you are not one of its members. Go back to the list.".into(),
            Self::NotReady => "The checklist has points that are not fine. Look at it again: mend them, or mark them as seen.".into(),
            Self::NotNow => "This cannot be done in the meeting's present state. Reload the page to see its new state.".into(),
            Self::Field(field) => match *field {
                "title" => "Enter a title (at most 500 characters).".into(),
                "room" => "Enter the room (at most 200 characters).".into(),
                "presenter" => "The presenter's name is longer than 200 characters. Shorten it.".into(),
                "minutes" => "Enter a length from 1 to 1440 minutes.".into(),
                "starts" => "Choose when the meeting starts.".into(),
                "ends" => "The end must come after the start and within 31 days of it. Choose it again.".into(),
                "chair_id" => "Choose a chair, who is not the secretary.".into(),
                "members" => "A member has no active account, or there are more than 2000. Choose them again.".into(),
                "page" => "The document has no such page. Choose another.".into(),
                "seconds" => "A speech lasts at most 8 hours (28800 seconds). Enter it again.".into(),
                "conclusion" => "The conclusion is longer than 10000 characters. Shorten it.".into(),
                "task" => "Enter what is to be done (at most 1000 characters).".into(),
                "owner_id" => "Choose who is to do it, with an active account.".into(),
                "due_on" => "The deadline is not a day. Choose it again.".into(),
                "result" => "Enter what came of it (at most 2000 characters).".into(),
                "sections" => "A part of the minutes is too long, or there is none. Correct it.".into(),
                "remark" => "Enter your remark (at most 5000 characters).".into(),
                "reason" => "Enter a reason (at most 300 characters).".into(),
                "hall" => "A hall has 1 to 30 rows and 1 to 30 columns. Enter them again.".into(),
                "seat" => "The hall has no such seat. Choose another.".into(),
                "message" => "Enter a message (at most 1000 characters).".into(),
                "name" => "This message can not be sent. Reload the page, then send it again.".into(),
                "to" => "Choose who stands for you: an active account that is not invited already.".into(),
                "answer" => "The answer is none of accept, decline and delegate. Choose one.".into(),
                "question" => "Enter what is voted on (at most 500 characters).".into(),
                other => format!("The field {other} is missing or unusable. Check it."),
            },
            Self::TooEarly => "The meeting's day has not come yet. Check in on that day.".into(),
            Self::NotAttachable => {
                "Only a document that was issued, sent or taken in can be a meeting document. Wait until it is issued, then try again."
                    .into()
            }
            Self::NotCheckedIn => "Only members who are present vote. Check in, then vote.".into(),
            Self::NotPresent => "Only those who are present may speak. Check in first.".into(),
            Self::NotWaiting => "This request was withdrawn, is over, or belongs to another item. Choose another from the list.".into(),
            Self::Limited => "This document is not for everybody, so it cannot be presented. Choose another one.".into(),
            Self::ItemOver => "The meeting has moved on to another item. Ask again to speak on the one under discussion.".into(),
            Self::NotSpeaking => "This person does not have the floor now. Look at the list of speakers again.".into(),
            Self::HasFloor => "This person is speaking, so the request cannot be withdrawn. End the speech instead.".into(),
            Self::NoVote => "The secretary and those who watch do not vote.".into(),
            Self::VoteRunning => "Another vote is open. Close that one first.".into(),
            Self::NotPresenting => "Somebody else presents. To present yourself, begin it with the button.".into(),
            Self::Ballot => "The ballot is not valid and was not taken. Reload the page and vote again.".into(),
            Self::AlreadyDrawn => "You drew your ballot for this vote on another device. Vote on that device.".into(),
            Self::OtherForm => "That is not how this vote is taken: open and secret votes differ. Reload the page.".into(),
            Self::VoteOpen => "The secret vote is still open, so its ballots are not published. Wait until it is closed.".into(),
            Self::VoteClosed => "This vote is closed, so the ballot does not count. See the result on the meeting's page.".into(),
            Self::Form(why) => format!("The request cannot be read. Check what is sent. ({why})"),
            Self::Identity(e) => e.en(),
            Self::Documents(e) => e.en(),
            Self::MinutesChanged => {
                "The minutes were changed elsewhere. What you entered is still on the screen: reload to see the new text, then go on."
                    .into()
            }
            Self::ChairCannotSign => {
                "The chair may not sign documents yet. Ask the administrator to give them the role of a leader.".into()
            }
            Self::CodeNeeded => "This meeting is checked in to with a code. Enter the six digits on the room's screen, or scan the picture there.".into(),
            Self::ConclusionChanged => {
                "Somebody else has just changed this conclusion. What you entered is still here: look at the present text below, then save again.".into()
            }
            Self::WrongSeatCode => "There is no such code. Look at your eight digits and enter them again, or ask the secretary.".into(),
            Self::WrongCode => "That is not the code. Look at the six digits on the room's screen and enter them again.".into(),
            Self::NoKey | Self::Paper(_) | Self::Db(_) => internal_en(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::Field(f) => Some(f),
            Self::NotAttachable => Some("document"),
            Self::Documents(e) => e.field(),
            _ => None,
        }
    }
}
