//! What those invited are told by e-mail: the invitation, a change, a cancellation; each with the event for their calendar.
use super::invitation::{Guest, Occasion, event};
use super::store::{self, Row};
use super::{Result, Service};
use crate::clock::{now_us, when};
use crate::db::Work;
use crate::mail::{self, Letter};
use std::fmt::Write;

/// What the letter tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tells<'a> {
    Invited,
    /// Name, place or time are not what they were.
    Changed(&'a Row),
    /// It does not take place.
    Cancelled,
    /// It takes place without this person.
    NotInvited,
}

/// `14:00–16:30, 24/11/2026`
fn span(row: &Row) -> String {
    let (from, to) = (when(row.starts_at).text, when(row.ends_at).text);
    match (from.split_once(' '), to.split_once(' ')) {
        (Some((day, starts)), Some((last, ends))) if day == last => format!("{starts}–{ends}, {day}"),
        _ => format!("{from} – {to}"),
    }
}

impl Service {
    /// Writes to one person, or to everybody invited.
    pub(super) async fn mail_to(&self, work: &mut Work, row: &Row, tells: Tells<'_>, person: Option<&str>) -> Result<()> {
        if self.config.mail.is_none() {
            return Ok(());
        }
        let items = store::items(work.conn(), &row.id).await?;
        let agenda: Vec<String> = items.iter().map(|i| i.title.clone()).collect();
        let members = store::members(work.conn(), &row.id).await?;
        let people: Vec<String> = match person {
            Some(person) => vec![person.to_owned()],
            None => members.into_iter().map(|m| m.person_id).collect(),
        };
        for person in people {
            let Some(address) = mail::store::address(work.conn(), &person).await? else {
                continue;
            };
            let letter = self.letter(row, &agenda, tells, &person, &address);
            mail::post(work, &self.config, letter).await?;
        }
        Ok(())
    }

    fn letter(&self, row: &Row, agenda: &[String], tells: Tells<'_>, person: &str, address: &str) -> Letter {
        let link = format!("{}/meetings/{}", self.config.public_url, row.id);
        let (word, method) = match tells {
            Tells::Invited => ("Giấy mời họp", "REQUEST"),
            Tells::Changed(_) => ("Thay đổi cuộc họp", "REQUEST"),
            Tells::Cancelled => ("Hủy cuộc họp", "CANCEL"),
            Tells::NotInvited => ("Thôi mời họp", "CANCEL"),
        };
        let mut text = String::new();
        let head = match tells {
            Tells::Invited => format!("{} trân trọng mời Ông/Bà dự cuộc họp:", self.config.body_name),
            Tells::Changed(_) => "Cuộc họp sau đây có thay đổi:".to_owned(),
            Tells::Cancelled => "Cuộc họp sau đây đã hủy:".to_owned(),
            Tells::NotInvited => "Ông/Bà không còn trong thành phần dự cuộc họp sau đây:".to_owned(),
        };
        let _ = write!(
            text,
            "{head}\n\n{}\nThời gian: {}\nĐịa điểm: {}\nChủ trì: {}\n",
            row.title,
            span(row),
            row.room,
            row.chair
        );
        match tells {
            Tells::Invited if !agenda.is_empty() => {
                text.push_str("\nChương trình:\n");
                for (n, title) in (1..).zip(agenda) {
                    let _ = writeln!(text, "{n}. {title}");
                }
            }
            Tells::Changed(before) => {
                let was = [
                    (before.title != row.title).then(|| format!("Tên trước đây: {}\n", before.title)),
                    (span(before) != span(row)).then(|| format!("Thời gian trước đây: {}\n", span(before))),
                    (before.room != row.room).then(|| format!("Địa điểm trước đây: {}\n", before.room)),
                ];
                text.push('\n');
                was.into_iter().flatten().for_each(|line| text.push_str(&line));
            }
            Tells::Cancelled if !row.reason.is_empty() => {
                let _ = writeln!(text, "\nLý do: {}", row.reason);
            }
            _ => {}
        }
        if !matches!(tells, Tells::NotInvited) {
            let _ = write!(text, "\nChương trình, tài liệu và trả lời giấy mời: {link}\n");
        }
        let _ = write!(text, "\n-- \n{}\nThư tự động; xin không trả lời thư này.\n", self.config.body_name);
        let calendar = event(&Occasion {
            id: &row.id,
            title: &row.title,
            room: &row.room,
            span: (row.starts_at, row.ends_at),
            state: row.state,
            revision: row.revision,
            agenda,
            body: &self.config.body_code,
            address: &link,
            now: now_us(),
            method,
            guest: self.config.mail.as_ref().map(|mail| Guest {
                organizer: mail.address(),
                attendee: address,
            }),
        });
        Letter {
            person: person.to_owned(),
            subject: format!("{word}: {} ({})", row.title, span(row)),
            text,
            calendar: Some((method, calendar)),
        }
    }
}
