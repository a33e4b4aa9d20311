//! Giấy mời as a paper (Decree 30/2020/NĐ-CP, Appendix III, form 1.6), and the meeting for a calendar (RFC 5545).
use super::{Error, Result, Service, store};
use crate::actor::Actor;
use crate::clock::{now_us, vietnam};
use crate::meetings::store::Row;
use crate::paper::{self, Block, Paper, Signer};
use app::dto::meetings::{MeetingDetail, MeetingState};
use app::ids::MeetingId;
use std::fmt::Write;

impl Service {
    /// The invitation on paper, and a name to save it under.
    pub async fn invitation(&self, actor: &Actor, id: &MeetingId) -> Result<(Vec<u8>, String)> {
        let detail = self.get(actor, id).await?;
        let mut c = self.db.read().acquire().await?;
        let row = store::get(&mut c, id.as_str()).await?.ok_or(Error::NotFound)?;
        drop(c);
        let paper = self.on_paper(&detail, &row);
        let set = tokio::task::spawn_blocking(move || paper::set(&paper)).await;
        let set = set
            .map_err(|e| Error::Paper(e.to_string()))?
            .map_err(|e| Error::Paper(e.to_string()))?;
        Ok((set.bytes, "giay-moi.pdf".into()))
    }

    /// The meeting as an event of a calendar.
    pub async fn calendar_event(&self, actor: &Actor, id: &MeetingId) -> Result<String> {
        let detail = self.get(actor, id).await?;
        let address = format!("{}/meetings/{}", self.config.public_url, detail.row.id);
        Ok(event(&detail, &self.config.body_code, &address, now_us()))
    }

    fn on_paper(&self, d: &MeetingDetail, row: &Row) -> Paper {
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
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace('\n', "\\n")
}

/// `20261124T070500Z`
fn moment(us: i64) -> String {
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
fn folded(line: &str) -> String {
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

fn event(d: &MeetingDetail, body: &str, address: &str, now: i64) -> String {
    let mut agenda = String::new();
    for item in &d.items {
        let _ = writeln!(agenda, "{}. {}", item.position, item.title);
    }
    agenda.push_str(address);
    let status = if d.row.state == MeetingState::Preparing {
        "TENTATIVE"
    } else {
        "CONFIRMED"
    };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//kyhop//meetings//VI".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@{body}.kyhop", d.row.id),
        format!("DTSTAMP:{}", moment(now)),
        format!("DTSTART:{}", moment(d.row.starts.us)),
        format!("DTEND:{}", moment(d.row.ends.us)),
        format!("SUMMARY:{}", escaped(&d.row.title)),
        format!("LOCATION:{}", escaped(&d.row.room)),
        format!("DESCRIPTION:{}", escaped(&agenda)),
        format!("URL:{address}"),
        format!("STATUS:{status}"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
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
