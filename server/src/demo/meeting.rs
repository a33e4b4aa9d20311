//! The meeting of today: twenty officials, an agenda, the documents that are issued already.
use super::people::OFFICIALS;
use super::seed::{actor, official, said};
use crate::actor::Actor;
use crate::clock::{now_us, vietnam};
use crate::state::AppState;
use app::dto::documents::{DocumentQuery, State};
use app::dto::meetings::Check;
use app::dto::meetings::MeetingDraft;
use app::ids::UserId;

const TITLE: &str = "Phiên họp Ủy ban nhân dân tỉnh thường kỳ";
const ROOM: &str = "Phòng họp số 1, Trụ sở Ủy ban nhân dân tỉnh";

/// Title, who presents it, minutes.
const AGENDA: [(&str, &str, u32); 4] = [
    (
        "Quy chế tiếp nhận, xử lý, phát hành và quản lý văn bản điện tử",
        "Chánh Văn phòng Ủy ban",
        30,
    ),
    (
        "Mức hỗ trợ chuyển đổi số cho Ủy ban nhân dân các xã, phường",
        "Giám đốc Sở Khoa học và Công nghệ",
        45,
    ),
    (
        "Khắc phục hậu quả mưa lũ, ổn định đời sống nhân dân vùng cao",
        "Giám đốc Sở Nông nghiệp và Môi trường",
        40,
    ),
    ("Công tác cải cách hành chính", "Giám đốc Sở Nội vụ", 20),
];

/// Where documents belong that are issued: a word of the abstract, and the place on the agenda.
const DOCUMENTS: [(&str, usize); 2] = [("Quy chế tiếp nhận", 0), ("mưa lũ", 2)];

/// Makes a meeting of today unless there is one; published, for people to open.
pub async fn of_today(state: &AppState) -> Result<(), String> {
    let secretary = actor(state, "thuky").await?;
    let meetings = &state.meetings;
    let known = meetings.list(&secretary).await.map_err(said("meetings"))?;
    if known.iter().any(|m| m.today) {
        return Ok(());
    }
    let mut members = Vec::new();
    for n in 0..OFFICIALS.len() {
        members.push(id(state, &official(n)).await?);
    }
    for username in ["daibieu", "lanhdao2", "lanhdao3"] {
        members.push(id(state, username).await?);
    }
    let today = vietnam(now_us());
    let at = |hour: u8, minute: u8| {
        let (year, month, day) = (today.year(), u8::from(today.month()), today.day());
        format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}")
    };
    // From the full hour that has begun, but never into the next day.
    let hour = today.hour().min(20);
    let draft = MeetingDraft {
        title: format!("{TITLE} tháng {}", u8::from(today.month())),
        room: ROOM.into(),
        starts: at(hour, 0),
        ends: at(hour + 3, 0),
        chair_id: id(state, "lanhdao").await?,
        members,
    };
    let meeting = meetings.create(&secretary, &draft).await.map_err(said("meeting"))?;
    let mut items = Vec::new();
    for (title, presenter, minutes) in AGENDA {
        let item = meetings.add_item(&secretary, &meeting, title, presenter, minutes).await;
        items.push(item.map_err(said(title))?);
    }
    attach(state, &secretary, &items).await?;
    meetings.publish(&secretary, &meeting, &Check::ALL).await.map_err(said("meeting"))
}

async fn attach(state: &AppState, secretary: &Actor, items: &[app::ids::ItemId]) -> Result<(), String> {
    for (words, place) in DOCUMENTS {
        let query = DocumentQuery {
            text: words.into(),
            page: 1,
            ..DocumentQuery::default()
        };
        let found = state.documents.list(secretary, &query).await.map_err(said(words))?;
        let issued = found.rows.iter().find(|r| matches!(r.state, State::Issued | State::Sent));
        if let (Some(row), Some(item)) = (issued, items.get(place)) {
            state.meetings.attach(secretary, item, &row.id).await.map_err(said(words))?;
        }
    }
    Ok(())
}

async fn id(state: &AppState, username: &str) -> Result<UserId, String> {
    let who = actor(state, username).await?;
    who.user().cloned().map_err(said(username))
}
