//! Sổ đăng ký văn bản đi, sổ đăng ký văn bản đến: the register of a year, in the columns of Decree 30/2020, Appendix IV.
pub mod http;
pub mod numbers;
pub mod numbers_store;
mod page;
pub(crate) mod sheet;

use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{parse_day, vietnam};
use crate::db::DbResult;
use app::dto::documents::{State, kind_name};
use app::dto::identity::Role;
use app::dto::numbers::HeldState;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Book {
    /// Sổ đăng ký văn bản đi.
    Outgoing,
    /// Sổ đăng ký văn bản đến.
    Incoming,
}

impl Book {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "outgoing" => Some(Self::Outgoing),
            "incoming" => Some(Self::Incoming),
            _ => None,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Outgoing => "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
            Self::Incoming => "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN",
        }
    }

    /// Heads of the columns with their widths in millimetres on an A4 page across.
    fn columns(self) -> &'static [(&'static str, u16)] {
        match self {
            Self::Outgoing => &[
                ("Số, ký hiệu văn bản", 30),
                ("Ngày tháng văn bản", 24),
                ("Tên loại và trích yếu nội dung văn bản", 72),
                ("Người ký", 34),
                ("Nơi nhận văn bản", 41),
                ("Đơn vị, người nhận bản lưu", 26),
                ("Số lượng bản", 16),
                ("Ghi chú", 34),
            ],
            Self::Incoming => &[
                ("Ngày đến", 22),
                ("Số đến", 16),
                ("Tác giả", 38),
                ("Số, ký hiệu văn bản", 30),
                ("Ngày tháng văn bản", 24),
                ("Tên loại và trích yếu nội dung văn bản", 64),
                ("Đơn vị hoặc người nhận", 38),
                ("Ngày chuyển", 22),
                ("Ký nhận", 12),
                ("Ghi chú", 11),
            ],
        }
    }
}

/// A year of a register, ready to be written: each line has as many cells as the book has columns.
pub struct Register {
    pub book: Book,
    pub year: i64,
    pub body: String,
    pub lines: Vec<Vec<String>>,
}

impl Service {
    /// # Errors
    /// `identity.forbidden` for others than clerks, leaders and auditors.
    pub async fn register(&self, actor: &Actor, book: Book, year: i64) -> Result<Register> {
        actor.require(&[Role::Clerk, Role::Leader, Role::Auditor])?;
        if !(1945..=9999).contains(&year) {
            return Err(Error::Field("year"));
        }
        let mut c = self.db.read().acquire().await?;
        let lines = match book {
            Book::Outgoing => outgoing(&mut c, year).await?,
            Book::Incoming => incoming(&mut c, year).await?,
        };
        Ok(Register {
            book,
            year,
            body: self.config.body_name.clone(),
            lines,
        })
    }
}

async fn outgoing(c: &mut AnyConnection, year: i64) -> DbResult<Vec<Vec<String>>> {
    let rows = sqlx::query(
        "SELECT d.number, d.number_suffix, d.notation, d.issued_on, d.kind, d.abstract_text, l.full_name AS leader, h.at AS held_at, \
         (SELECT string_agg(r.name, '; ') FROM document_receiver r WHERE r.document_id = d.id) AS receivers, \
         (SELECT COUNT(*) FROM document_receiver r WHERE r.document_id = d.id) AS copies \
         FROM document d LEFT JOIN person l ON l.id = d.leader_id LEFT JOIN held_number h ON h.document_id = d.id \
         WHERE d.direction = 'outgoing' AND d.number_year = $1",
    )
    .bind(year)
    .fetch_all(&mut *c)
    .await?;
    let mut lines = Vec::with_capacity(rows.len());
    for r in &rows {
        let text = |name: &str| cell(r, name);
        let suffix = text("number_suffix")?;
        let remark = match r.try_get::<Option<i64>, _>("held_at")? {
            Some(at) if suffix.is_empty() => format!("Số giữ ngày {}", moment(at)),
            Some(at) => format!("Số chèn ngày {}", moment(at)),
            None => String::new(),
        };
        let line = vec![
            text("notation")?,
            day(&text("issued_on")?),
            described(&text("kind")?, &text("abstract_text")?),
            text("leader")?,
            text("receivers")?,
            "Văn thư".into(),
            r.try_get::<i64, _>("copies")?.to_string(),
            remark,
        ];
        lines.push(((r.try_get::<Option<i64>, _>("number")?.unwrap_or(0), suffix), line));
    }
    // What no document has is accounted for in the same list, so that no number is missing from it.
    for n in numbers_store::of_year(c, year).await? {
        if n.state != HeldState::Used {
            lines.push(((n.number, n.suffix.clone()), kept_line(n)));
        }
    }
    lines.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

/// A number that is kept, or was cancelled.
fn kept_line(n: numbers_store::Row) -> Vec<String> {
    let remark = match n.ended_at {
        Some(at) => format!("Hủy số ngày {}: {}", moment(at), n.ended_reason),
        None => "Đang giữ số".into(),
    };
    let mut line = vec![String::new(); Book::Outgoing.columns().len()];
    line[0] = numbers::written(n.number, &n.suffix);
    line[1] = moment(n.at);
    line[2] = format!("Số giữ cho {}: {}", n.whom, n.reason);
    line[5] = n.by;
    line[7] = remark;
    line
}

async fn incoming(c: &mut AnyConnection, year: i64) -> DbResult<Vec<Vec<String>>> {
    let rows = sqlx::query(
        "SELECT d.arrived_at, d.arrival_number, d.sender_name, d.notation, d.issued_on, d.kind, d.abstract_text, d.state, h.full_name AS handler, \
         (SELECT MIN(a.given_at) FROM assignment a WHERE a.document_id = d.id) AS given_at \
         FROM document d LEFT JOIN person h ON h.id = d.handler_id \
         WHERE d.direction = 'incoming' AND d.arrival_year = $1 ORDER BY d.arrival_number",
    )
    .bind(year)
    .fetch_all(c)
    .await?;
    rows.iter()
        .map(|r| {
            let text = |name: &str| cell(r, name);
            let number = |name: &str| r.try_get::<Option<i64>, _>(name);
            let done = State::parse(&text("state")?) == Some(State::Done);
            Ok(vec![
                number("arrived_at")?.map(moment).unwrap_or_default(),
                number("arrival_number")?.map(|n| n.to_string()).unwrap_or_default(),
                text("sender_name")?,
                text("notation")?,
                day(&text("issued_on")?),
                described(&text("kind")?, &text("abstract_text")?),
                text("handler")?,
                number("given_at")?.map(moment).unwrap_or_default(),
                String::new(),
                if done { "Đã xử lý".into() } else { String::new() },
            ])
        })
        .collect()
}

/// A text; what is not known stays empty.
fn cell(row: &AnyRow, name: &str) -> DbResult<String> {
    row.try_get::<Option<String>, _>(name).map(Option::unwrap_or_default)
}

/// Tên loại và trích yếu. A công văn has no name of its kind on the page (Decree 30/2020, Appendix III).
fn described(kind: &str, abstract_text: &str) -> String {
    match kind {
        "" | "CV" => abstract_text.to_owned(),
        kind => format!("{}: {abstract_text}", kind_name(kind)),
    }
}

/// `2026-11-24` as `24/11/2026`.
fn day(text: &str) -> String {
    parse_day(text).map(written).unwrap_or_default()
}

/// The day of a moment in Vietnam.
fn moment(us: i64) -> String {
    written(vietnam(us).date())
}

fn written(d: time::Date) -> String {
    format!("{:02}/{:02}/{}", d.day(), u8::from(d.month()), d.year())
}
