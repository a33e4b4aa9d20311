//! Giấy mời as a paper (Decree 30/2020/NĐ-CP, Appendix III, form 1.6), and the meeting for a calendar (RFC 5545).
use super::minutes::filed;
use super::{Error, Need, Result, Service, not_over, rules, store};
use crate::actor::Actor;
use crate::clock::{now_us, vietnam};
use crate::documents::invitation::Invitation;
use crate::meetings::store::Row;
use crate::paper::{self, Block, Paper, Signer};
use crate::{documents, identity};
use app::dto::after::Outside;
use app::dto::identity::Body;
use app::dto::meetings::{MeetingDetail, MeetingState};
use app::ids::{DocumentId, MeetingId};
use serde_json::json;
use std::fmt::Write;

impl Service {
    /// The invitation on paper, and a name to save it under.
    pub async fn invitation(&self, actor: &Actor, id: &MeetingId) -> Result<(Vec<u8>, String)> {
        let detail = self.get(actor, id).await?;
        let mut c = self.db.read().acquire().await?;
        let row = store::get(&mut c, id.as_str()).await?.ok_or(Error::NotFound)?;
        drop(c);
        let paper = self.on_paper(&detail, &row, &[]);
        let set = tokio::task::spawn_blocking(move || paper::set(&paper)).await;
        let set = set
            .map_err(|e| Error::Paper(e.to_string()))?
            .map_err(|e| Error::Paper(e.to_string()))?;
        Ok((set.bytes, "giay-moi.pdf".into()))
    }

    /// To which bodies outside it went, and what became of it.
    pub async fn outside(&self, actor: &Actor, id: &MeetingId) -> Result<Outside> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        if !rules::may_manage(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        let Some(document) = store::invitation_of(&mut c, &row.id).await? else {
            return Ok(Outside::default());
        };
        let Some(found) = documents::store::get(&mut c, &document).await? else {
            return Ok(Outside::default());
        };
        let receivers = documents::store::receivers(&mut c, &document).await?;
        Ok(Outside {
            receivers: receivers.into_iter().map(|r| r.body).collect(),
            filed: Some(filed(actor, found)),
        })
    }

    /// Soạn giấy mời: the invitation as a draft for these bodies of the directory, to be signed, numbered and sent over the axis as
    /// any other document. Until it is submitted it is made anew in place.
    pub async fn invite_outside(&self, actor: &Actor, id: &MeetingId, bodies: &[String]) -> Result<DocumentId> {
        let detail = self.get(actor, id).await?;
        if !detail.may_manage {
            return Err(identity::Error::Forbidden.into());
        }
        let receivers = self.documents.bodies_outside(bodies).await?;
        let mut c = self.db.read().acquire().await?;
        let row = store::get(&mut c, id.as_str()).await?.ok_or(Error::NotFound)?;
        drop(c);
        not_over(&row)?;
        let paper = self.on_paper(&detail, &row, &receivers);
        let set = tokio::task::spawn_blocking(move || paper::set(&paper)).await;
        let set = set
            .map_err(|e| Error::Paper(e.to_string()))?
            .map_err(|e| Error::Paper(e.to_string()))?;
        let chair = detail.members.iter().find(|m| m.part == "chair");
        let invitation = Invitation {
            abstract_text: format!("Mời họp: {}", row.title),
            leader_id: chair.map(|m| m.user_id.0.clone()).unwrap_or_default(),
            receivers,
            pages: set.pages,
            number: set.number,
            chair: set.right,
            file: self.documents.hold_paper(set.bytes).await?,
        };
        // The slow part comes before the transaction; all is asked again in it.
        let mut work = self.db.begin(actor).await?;
        let (now, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&now)?;
        if now.revision != row.revision {
            return Err(Error::NotNow);
        }
        let known = store::invitation_of(work.conn(), &now.id).await?;
        let document = self.documents.draft_invitation(&mut work, known.as_deref(), invitation).await?;
        store::set_invitation(work.conn(), &now.id, document.as_str()).await?;
        let details = json!({ "document": document, "receivers": bodies });
        work.audit("meeting.invitation_drafted", "meeting", &now.id, &now.title, &details)
            .await?;
        work.commit().await?;
        Ok(document)
    }

    /// The meeting as an event of a calendar.
    pub async fn calendar_event(&self, actor: &Actor, id: &MeetingId) -> Result<String> {
        let detail = self.get(actor, id).await?;
        let agenda: Vec<String> = detail.items.iter().map(|i| i.title.clone()).collect();
        Ok(event(&Occasion {
            id: detail.row.id.as_str(),
            title: &detail.row.title,
            room: &detail.row.room,
            span: (detail.row.starts.us, detail.row.ends.us),
            state: detail.row.state,
            revision: i64::from(detail.row.revision),
            agenda: &agenda,
            body: &self.config.body_code,
            address: &format!("{}/meetings/{}", self.config.public_url, detail.row.id),
            now: now_us(),
            method: "PUBLISH",
            guest: None,
        }))
    }

    fn on_paper(&self, d: &MeetingDetail, row: &Row, outside: &[Body]) -> Paper {
        let starts = vietnam(row.starts_at);
        let chair = d.members.iter().find(|m| m.part == "chair");
        let (name, position) = chair.map(|m| (m.full_name.as_str(), m.position.as_str())).unwrap_or_default();
        let mut blocks = vec![
            Block::Head {
                body: self.config.body_name.clone(),
                number: format!("Số: ……/GM-{}", self.config.body_abbreviation),
            },
            Block::Kind("GIẤY MỜI".into()),
            Block::Subject(d.row.title.clone()),
            Block::Paragraph(format!("{} trân trọng kính mời:", self.config.body_name)),
        ];
        blocks.extend(outside.iter().map(|b| Block::Paragraph(format!("- {};", b.name))));
        let guests = d.members.iter().filter(|m| m.votes() && m.part != "chair");
        blocks.extend(guests.map(|m| {
            let position = if m.position.is_empty() {
                String::new()
            } else {
                format!(", {}", m.position)
            };
            Block::Paragraph(format!("- {}{position};", m.full_name))
        }));
        blocks.push(Block::Paragraph(format!("Tới dự: {}.", d.row.title)));
        blocks.push(Block::Paragraph(format!("Chủ trì: {name}, {position}.")));
        blocks.push(Block::Paragraph(format!(
            "Thời gian: {:02} giờ {:02} phút, ngày {:02} tháng {:02} năm {}.",
            starts.hour(),
            starts.minute(),
            starts.day(),
            u8::from(starts.month()),
            starts.year()
        )));
        blocks.push(Block::Paragraph(format!("Địa điểm: {}.", d.row.room)));
        if !d.items.is_empty() {
            blocks.push(Block::Heading("Chương trình:".into()));
        }
        blocks.extend(d.items.iter().map(|i| {
            let presenter = if i.presenter.is_empty() {
                String::new()
            } else {
                format!("; trình bày: {}", i.presenter)
            };
            Block::Paragraph(format!("{}. {} ({} phút{presenter}).", i.position, i.title, i.minutes))
        }));
        blocks.push(Block::Signers {
            left: None,
            right: Signer {
                part: position.into(),
                name: name.into(),
            },
        });
        blocks.push(Block::To(vec!["- Như trên;".into(), "- Lưu: VT.".into()]));
        Paper {
            title: format!("Giấy mời: {}", d.row.title),
            blocks,
        }
    }
}

/// Text of a calendar: what has a meaning there is marked (RFC 5545, 3.3.11).
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace('\n', "\\n")
}

/// `20261124T070500Z`
pub(crate) fn moment(us: i64) -> String {
    let t = vietnam(us).to_offset(time::UtcOffset::UTC);
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        t.year(),
        u8::from(t.month()),
        t.day(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

/// Lines of at most 75 octets; what goes on begins with a blank (RFC 5545, 3.1). No letter is cut in two.
pub(crate) fn folded(line: &str) -> String {
    let mut out = String::new();
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
    out
}

/// Whom an event is sent to (RFC 5546).
pub(super) struct Guest<'a> {
    pub organizer: &'a str,
    pub attendee: &'a str,
}

/// A meeting as a calendar needs it.
pub(super) struct Occasion<'a> {
    pub id: &'a str,
    pub title: &'a str,
    pub room: &'a str,
    /// Microseconds.
    pub span: (i64, i64),
    pub state: MeetingState,
    pub revision: i64,
    pub agenda: &'a [String],
    /// Code of the body that holds it.
    pub body: &'a str,
    /// Where its page is.
    pub address: &'a str,
    pub now: i64,
    /// `PUBLISH` in a file, `REQUEST` or `CANCEL` to a guest.
    pub method: &'a str,
    pub guest: Option<Guest<'a>>,
}

pub(super) fn event(o: &Occasion<'_>) -> String {
    let mut agenda = String::new();
    for (n, title) in (1..).zip(o.agenda) {
        let _ = writeln!(agenda, "{n}. {title}");
    }
    agenda.push_str(o.address);
    let status = match o.state {
        _ if o.method == "CANCEL" => "CANCELLED",
        MeetingState::Preparing => "TENTATIVE",
        MeetingState::Cancelled => "CANCELLED",
        _ => "CONFIRMED",
    };
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//kyhop//meetings//VI".to_owned(),
        format!("METHOD:{}", o.method),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{}.kyhop", o.id, o.body),
        format!("DTSTAMP:{}", moment(o.now)),
        // A calendar takes a change only when this has risen (RFC 5545, 3.8.7.4).
        format!("SEQUENCE:{}", o.revision),
        format!("DTSTART:{}", moment(o.span.0)),
        format!("DTEND:{}", moment(o.span.1)),
        format!("SUMMARY:{}", escaped(o.title)),
        format!("LOCATION:{}", escaped(o.room)),
        format!("DESCRIPTION:{}", escaped(&agenda)),
        format!("URL:{}", o.address),
        format!("STATUS:{status}"),
    ];
    if let Some(guest) = &o.guest {
        lines.push(format!("ORGANIZER:mailto:{}", guest.organizer));
        // The answer is given on the meeting's page, not by letter.
        lines.push(format!(
            "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:{}",
            guest.attendee
        ));
    }
    lines.extend(["END:VEVENT".to_owned(), "END:VCALENDAR".to_owned()]);
    lines.iter().map(|line| folded(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_go_on_after_a_blank_and_no_letter_is_cut() {
        let line = format!("SUMMARY:{}", "ộ".repeat(60));
        let all = folded(&line);
        assert!(all.split("\r\n").all(|l| l.len() <= 75), "{all}");
        assert_eq!(all.replace("\r\n ", "").trim_end(), line);
    }

    #[test]
    fn a_moment_is_told_in_universal_time_and_signs_are_marked() {
        // 24/11/2026 14:05 in Vietnam.
        assert_eq!(moment(1_795_503_900_000_000), "20261124T070500Z");
        assert_eq!(escaped("a, b; c\\d\ne"), "a\\, b\\; c\\\\d\\ne");
    }
}
