//! The agenda and the documents on it.
use super::read::{attachment, item as dto};
use super::store::{self, AttachmentRow, ItemRow, Row};
use super::{Error, Need, Result, Service, named, not_over, text};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use crate::documents;
use app::dto::documents::Action;
use app::dto::floor::Clock;
use app::ids::{AttachmentId, DocumentId, ItemId, MeetingId, UserId};
use app::live::LiveEvent;
use serde_json::json;

/// Minutes.
const LONGEST_ITEM: u32 = 24 * 60;

/// A length that an item may have.
pub(super) fn minutes_of(given: u32) -> Result<u32> {
    if (1..=LONGEST_ITEM).contains(&given) {
        Ok(given)
    } else {
        Err(Error::Field("minutes"))
    }
}

/// What an item of the agenda says of itself.
pub struct ItemFacts<'a> {
    pub title: &'a str,
    pub presenter: &'a str,
    /// Length, 1 to 1,440.
    pub minutes: u32,
}

impl Service {
    /// At the end of the agenda.
    pub async fn add_item(&self, actor: &Actor, id: &MeetingId, title: &str, presenter: &str, minutes: u32) -> Result<ItemId> {
        let facts = ItemFacts { title, presenter, minutes };
        self.add_item_under_name(actor, id, None, facts).await
    }

    /// The same under a name (UUID) that a program gives: asked again, the answer is the item that there is.
    pub async fn add_item_under_name(&self, actor: &Actor, id: &MeetingId, name: Option<&str>, facts: ItemFacts<'_>) -> Result<ItemId> {
        let name = name.map(|name| named(name, "id")).transpose()?;
        let name = name.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        let ItemFacts { title, presenter, minutes } = facts;
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&row)?;
        let minutes = minutes_of(minutes)?;
        let before = store::items(work.conn(), &row.id).await?;
        if before.iter().any(|i| i.id == name) {
            return Ok(ItemId(name));
        }
        if store::item_known(work.conn(), &name).await? {
            return Err(Error::Field("id"));
        }
        let item = ItemRow {
            id: name,
            meeting_id: row.id.clone(),
            position: before.last().map_or(1, |last| last.position + 1),
            title: text(title, "title", 500, false)?,
            presenter: text(presenter, "presenter", 200, true)?,
            minutes: i64::from(minutes),
            clock: Clock {
                limit: minutes * 60,
                ..Clock::default()
            },
            conclusion: String::new(),
        };
        store::insert_item(work.conn(), &item).await?;
        let event = LiveEvent::ItemAdded {
            item: dto(&item, Vec::new(), Vec::new()),
        };
        let details = json!({ "item": item.id, "title": item.title });
        self.announce(&mut work, &row, "meeting.item_added", &details, &event).await?;
        work.commit().await?;
        Ok(ItemId(item.id))
    }

    /// To the `position` (from 1; beyond the end: to the end). Where it is already, nothing happens.
    pub async fn move_item(&self, actor: &Actor, id: &ItemId, position: u32) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, item) = self.item_for_change(&mut work, id.as_str()).await?;
        not_over(&row)?;
        let before: Vec<String> = store::items(work.conn(), &row.id).await?.into_iter().map(|i| i.id).collect();
        let mut order: Vec<String> = before.iter().filter(|i| **i != item.id).cloned().collect();
        let place = usize::try_from(position.max(1)).unwrap_or(usize::MAX) - 1;
        order.insert(place.min(order.len()), item.id.clone());
        if order == before {
            return Ok(());
        }
        store::set_order(work.conn(), &order).await?;
        let event = LiveEvent::ItemsOrdered {
            order: order.into_iter().map(ItemId).collect(),
        };
        let details = json!({ "item": item.id, "title": item.title, "position": position });
        self.announce(&mut work, &row, "meeting.item_moved", &details, &event).await?;
        Ok(work.commit().await?)
    }

    /// Takes the item with its documents off the agenda; those after it move up.
    pub async fn remove_item(&self, actor: &Actor, id: &ItemId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, item) = self.item_for_change(&mut work, id.as_str()).await?;
        not_over(&row)?;
        if row.current_item.as_deref() == Some(&item.id) {
            self.leave_item(&mut work, &row).await?;
            store::set_current(work.conn(), &row.id, None).await?;
            let event = LiveEvent::CurrentItem { item: None };
            work.publish(&super::topic(&row.id), &event).await?;
            self.tell_floor(&mut work, &row.id).await?;
        }
        store::remove_item(work.conn(), &item.id, now_us()).await?;
        let order: Vec<String> = store::items(work.conn(), &row.id).await?.into_iter().map(|i| i.id).collect();
        store::set_order(work.conn(), &order).await?;
        let event = LiveEvent::ItemRemoved {
            item: ItemId(item.id.clone()),
        };
        let details = json!({ "item": item.id, "title": item.title });
        self.announce(&mut work, &row, "meeting.item_removed", &details, &event).await?;
        work.commit().await?;
        self.recheck_presenter(&row.id).await
    }

    /// Puts a document, as it is now, on the agenda, for whoever sees the meeting.
    pub async fn attach(&self, actor: &Actor, item: &ItemId, document: &DocumentId) -> Result<AttachmentId> {
        self.attach_for(actor, item, document, None).await
    }

    /// Puts a document, as it is now, on the agenda: for all (`None`), or beside chair and secretary for `readers`. The same content on
    /// the same item twice is one attachment, and stays for whom it is.
    pub async fn attach_for(
        &self,
        actor: &Actor,
        item: &ItemId,
        document: &DocumentId,
        readers: Option<&[UserId]>,
    ) -> Result<AttachmentId> {
        let mut work = self.db.begin(actor).await?;
        let (row, item) = self.item_for_change(&mut work, item.as_str()).await?;
        not_over(&row)?;
        let paper = documents::store::get(work.conn(), document.as_str()).await?;
        let paper = paper
            .filter(|d| documents::rules::may_see(actor, d))
            .ok_or(documents::Error::NotFound)?;
        if !documents::rules::allowed(actor, &paper).contains(&Action::AttachToMeeting) {
            return Err(Error::NotAttachable);
        }
        if let Some(known) = store::attached(work.conn(), &item.id, &paper.id, &paper.sha256).await? {
            return Ok(AttachmentId(known));
        }
        let readers = self.named(&mut work, &row, readers).await?;
        let (size, pages) = documents::store::file(work.conn(), &paper.sha256).await?;
        let attached = AttachmentRow {
            id: uuid::Uuid::now_v7().to_string(),
            item_id: item.id.clone(),
            meeting_id: row.id.clone(),
            document_id: Some(paper.id.clone()),
            title: paper.abstract_text.clone(),
            number: paper.notation.clone(),
            sha256: paper.sha256.clone(),
            by: actor.name.clone(),
            at: now_us(),
            size: i64::try_from(size).unwrap_or(i64::MAX),
            pages: i64::from(pages),
            expires_at: None,
            readers,
        };
        store::insert_attachment(work.conn(), &attached).await?;
        let details = json!({ "item": item.id, "attachment": attached.id, "document": paper.id, "number": paper.notation, "sha256": paper.sha256, "readers": attached.readers });
        let event = LiveEvent::Attached {
            attachment: attachment(&attached),
        };
        self.tell_of(&mut work, &row, ("meeting.document_attached", &details), &attached, &event)
            .await?;
        work.commit().await?;
        Ok(AttachmentId(attached.id))
    }

    /// Takes a document off the agenda: no member can read it there any more. Row and log entry stay.
    pub async fn detach(&self, actor: &Actor, id: &AttachmentId) -> Result<()> {
        actor.user()?;
        let mut work = self.db.begin(actor).await?;
        let found = store::attachment(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(&mut work, &found.meeting_id, Need::Manage).await?;
        not_over(&row)?;
        let found = store::attachment(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        store::remove_attachment(work.conn(), &found.id, now_us()).await?;
        let details = json!({ "item": found.item_id, "attachment": found.id, "document": found.document_id, "number": found.number, "sha256": found.sha256 });
        let event = LiveEvent::Detached { attachment: id.clone() };
        self.tell_of(&mut work, &row, ("meeting.document_detached", &details), &found, &event)
            .await?;
        Ok(work.commit().await?)
    }

    /// Thu hồi: whether the document goes from every device when the meeting ends.
    pub async fn set_collect(&self, actor: &Actor, id: &AttachmentId, collect: bool) -> Result<()> {
        actor.user()?;
        let mut work = self.db.begin(actor).await?;
        let found = store::attachment(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(&mut work, &found.meeting_id, Need::Manage).await?;
        not_over(&row)?;
        let found = store::attachment(work.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
        if found.expires_at.is_some() == collect {
            return Ok(());
        }
        store::set_collect(work.conn(), &found.id, collect).await?;
        let details = json!({ "attachment": found.id, "number": found.number, "collect": collect });
        let event = match store::attachment(work.conn(), id.as_str()).await? {
            Some(now) => LiveEvent::Attached {
                attachment: attachment(&now),
            },
            // Its time is over already.
            None => LiveEvent::Detached { attachment: id.clone() },
        };
        self.tell_of(&mut work, &row, ("meeting.document_collect", &details), &found, &event)
            .await?;
        Ok(work.commit().await?)
    }

    /// At the end: what is to be collected leaves every device, those that are away as soon as they are seen again.
    pub(super) async fn collect(&self, work: &mut Work, row: &Row) -> Result<()> {
        let all = store::attachments(work.conn(), &row.id).await?.into_iter();
        for found in all.filter(|a| a.expires_at.is_some()) {
            store::collected(work.conn(), &found.id, now_us()).await?;
            let details = json!({ "item": found.item_id, "attachment": found.id, "number": found.number, "sha256": found.sha256 });
            let event = LiveEvent::Detached {
                attachment: AttachmentId(found.id.clone()),
            };
            self.tell_of(work, row, ("meeting.document_collected", &details), &found, &event)
                .await?;
        }
        Ok(())
    }
}
