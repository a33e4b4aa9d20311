//! Who may see a document of a meeting: all, or chair, secretary and named members. What somebody may not see is told in no event, list
//! or file of theirs; a limited document is announced to each of its readers alone.
use super::read::{attachment, with_readers};
use super::rules::Part;
use super::store::{self, AttachmentRow, MemberRow, Row};
use super::{Error, Need, Result, Service, not_over};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use app::ids::{AttachmentId, UserId};
use app::live::LiveEvent;
use serde_json::{Value, json};

/// Whose the events are that only one person hears.
pub fn own_topic(person: &str) -> String {
    format!("user:{person}")
}

/// Whether a member sees the document. Who stands for somebody sees what they see.
pub fn may_read(a: &AttachmentRow, member: Option<&MemberRow>) -> bool {
    let Some(readers) = &a.readers else { return true };
    let Some(member) = member else { return false };
    let named = |id: &String| readers.contains(id);
    matches!(member.part, Part::Chair | Part::Secretary) || named(&member.person_id) || member.stands_for.as_ref().is_some_and(named)
}

impl Service {
    /// Writes down and tells, to those who may know.
    pub(super) async fn tell_of(
        &self,
        work: &mut Work,
        row: &Row,
        (action, details): (&str, &Value),
        document: &AttachmentRow,
        event: &LiveEvent,
    ) -> Result<()> {
        if document.readers.is_none() {
            return self.announce(work, row, action, details, event).await;
        }
        work.audit(action, "meeting", &row.id, &row.title, details).await?;
        for member in store::members(work.conn(), &row.id).await? {
            if !may_read(document, Some(&member)) {
                continue;
            }
            // The secretary sees for whom it is.
            let event = match event {
                LiveEvent::Attached { .. } if member.part == Part::Secretary => &LiveEvent::Attached {
                    attachment: with_readers(document),
                },
                other => other,
            };
            work.publish(&own_topic(&member.person_id), event).await?;
        }
        Ok(())
    }

    /// Ids of members, each once. Chair and secretary need not be named.
    pub(super) async fn named(&self, work: &mut Work, row: &Row, readers: Option<&[UserId]>) -> Result<Option<Vec<String>>> {
        let Some(readers) = readers else { return Ok(None) };
        let mut named: Vec<String> = readers.iter().map(|r| r.0.clone()).collect();
        named.sort();
        named.dedup();
        for id in &named {
            store::member(work.conn(), &row.id, id).await?.ok_or(Error::Field("readers"))?;
        }
        Ok(Some(named))
    }

    /// Who beside chair and secretary sees a document; `None`: whoever sees the meeting. The document is put there anew, under another
    /// id: so that no order in which devices hear of it leaves it where it may not be. Notes go with it.
    ///
    /// # Errors
    /// `meetings.field` for somebody who is no member.
    pub async fn set_readers(&self, actor: &Actor, id: &AttachmentId, readers: Option<&[UserId]>) -> Result<AttachmentId> {
        actor.user()?;
        let mut work = self.db.begin(actor).await?;
        let found = store::attachment(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(&mut work, &found.meeting_id, Need::Manage).await?;
        not_over(&row)?;
        let before = store::attachment(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let readers = self.named(&mut work, &row, readers).await?;
        if readers == before.readers {
            return Ok(id.clone());
        }
        let now = AttachmentRow {
            id: uuid::Uuid::now_v7().to_string(),
            readers,
            ..before.clone()
        };
        store::insert_attachment(work.conn(), &now).await?;
        store::remove_attachment(work.conn(), &before.id, now_us()).await?;
        let details = json!({
            "attachment": now.id, "before": before.id, "number": now.number, "sha256": now.sha256, "readers": now.readers, "readers_before": before.readers,
        });
        let come = LiveEvent::Attached {
            attachment: attachment(&now),
        };
        let gone = LiveEvent::Detached { attachment: id.clone() };
        self.tell_of(&mut work, &row, ("meeting.document_readers", &details), &now, &come)
            .await?;
        self.tell_of(
            &mut work,
            &row,
            ("meeting.document_detached", &json!({ "attachment": before.id })),
            &before,
            &gone,
        )
        .await?;
        work.commit().await?;
        self.present_no_more(&row.id, id);
        Ok(AttachmentId(now.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(readers: Option<&[&str]>) -> AttachmentRow {
        AttachmentRow {
            id: String::new(),
            item_id: String::new(),
            meeting_id: String::new(),
            document_id: None,
            title: String::new(),
            number: None,
            sha256: String::new(),
            by: String::new(),
            at: 0,
            size: 0,
            pages: 1,
            expires_at: None,
            readers: readers.map(|all| all.iter().map(|s| (*s).to_owned()).collect()),
        }
    }

    fn person(id: &str, part: Part, stands_for: Option<&str>) -> MemberRow {
        MemberRow {
            person_id: id.to_owned(),
            full_name: String::new(),
            position: String::new(),
            part,
            checked_in_at: None,
            absence: String::new(),
            answer: String::new(),
            stands_for: stands_for.map(str::to_owned),
            stands_for_name: String::new(),
        }
    }

    #[test]
    fn chair_and_secretary_those_named_and_who_stands_for_them_see_a_limited_document() {
        let limited = document(Some(&["a"]));
        for (id, part, stands_for, sees) in [
            ("c", Part::Chair, None, true),
            ("s", Part::Secretary, None, true),
            ("a", Part::Member, None, true),
            ("b", Part::Member, None, false),
            ("d", Part::Member, Some("a"), true),
            ("e", Part::Member, Some("b"), false),
        ] {
            let member = person(id, part, stands_for);
            assert_eq!(may_read(&limited, Some(&member)), sees, "{id}");
            assert!(may_read(&document(None), Some(&member)));
            assert_eq!(may_read(&document(Some(&[])), Some(&member)), id == "c" || id == "s", "{id}");
        }
        assert!(!may_read(&limited, None), "an auditor sees the meeting, not this");
        assert!(may_read(&document(None), None));
    }
}
