//! What a person does with the documents of a meeting: where the reading stands, and notes in the margin.
pub mod error;
pub mod http;
mod store;

pub use error::Error;

use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Db;
use crate::meetings;
use app::dto::meetings::Attachment;
use app::ids::{AttachmentId, MeetingId};
use http::{Anchor, Body, Mark};

pub type Result<T> = std::result::Result<T, Error>;

/// Notes of one person in one meeting. Somebody who needs more has a program that does not end.
const MOST_NOTES: i64 = 2000;
const MOST_TEXT: usize = 4000;
const MOST_POINTS: usize = 20_000;
const MOST_BOXES: usize = 200;
const MOST_QUOTE: usize = 2000;
/// Bytes of a note as stored.
const MOST_BYTES: usize = 400_000;
/// How long a device may have been away with what was read on it.
const MOST_AGE_MS: i64 = 400 * 24 * 3_600_000;

/// A note as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub id: String,
    pub person_id: String,
    /// Full name.
    pub author: String,
    pub meeting_id: String,
    pub attachment_id: String,
    /// Where the document has one: a document that is attached again brings its notes back.
    pub document_id: Option<String>,
    /// The version of the file that its place belongs to.
    pub sha256: String,
    pub shared: bool,
    /// 1 when it was written, one more with each change.
    pub revision: i64,
    /// JSON, [`Body`].
    pub body: String,
    pub changed_at: i64,
    pub removed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub attachment_id: String,
    pub page: i64,
}

/// What a device wants to be kept of a note.
#[derive(Debug)]
pub struct Draft {
    pub attachment: AttachmentId,
    pub sha256: String,
    pub shared: bool,
    /// The revision that the device knew; 0 for a new note.
    pub revision: i64,
    pub body: Body,
}

#[derive(Clone)]
pub struct Service {
    pub db: Db,
    pub meetings: meetings::Service,
}

impl Service {
    /// Notes that this person may see in documents that this person may see, and where the person was in each.
    pub async fn of_meeting(&self, actor: &Actor, meeting: &MeetingId) -> Result<(Vec<Note>, Vec<Place>)> {
        let me = actor.user()?;
        let documents = self.documents(actor, meeting).await?;
        let mut c = self.db.read().acquire().await?;
        let mut notes = store::notes(&mut c, meeting.as_str(), me.as_str()).await?;
        notes.retain_mut(|note| match home(&documents, note) {
            Some(found) => {
                note.attachment_id = found.id.to_string();
                true
            }
            None => false,
        });
        let mut places = store::places(&mut c, meeting.as_str(), me.as_str()).await?;
        places.retain(|p| documents.iter().any(|d| d.id.as_str() == p.attachment_id));
        Ok((notes, places))
    }

    async fn documents(&self, actor: &Actor, meeting: &MeetingId) -> Result<Vec<Attachment>> {
        let detail = self.meetings.get(actor, meeting).await?;
        Ok(detail.items.into_iter().flat_map(|item| item.documents).collect())
    }

    /// The attachment, if this person may read it, and its meeting.
    async fn attachment(&self, actor: &Actor, id: &AttachmentId) -> Result<(MeetingId, Attachment)> {
        actor.user()?;
        let meeting = self.meetings.meeting_of(id).await?;
        let documents = self.documents(actor, &meeting).await?;
        let found = documents.into_iter().find(|d| d.id == *id);
        Ok((meeting, found.ok_or(meetings::Error::NotFound)?))
    }

    /// Keeps where the person is, for all their devices. What was read earlier on a device that was away does not win over
    /// what was read later.
    pub async fn remember(&self, actor: &Actor, id: &AttachmentId, page: u32, age_ms: i64) -> Result<()> {
        let me = actor.user()?;
        let (_, document) = self.attachment(actor, id).await?;
        if page == 0 || page > document.file.pages {
            return Err(Error::Field("page"));
        }
        if !(0..=MOST_AGE_MS).contains(&age_ms) {
            return Err(Error::Field("age_ms"));
        }
        let mut work = self.db.begin(actor).await?;
        store::set_place(work.conn(), me.as_str(), id.as_str(), i64::from(page), now_us() - age_ms * 1000).await?;
        work.commit().await?;
        Ok(())
    }

    /// Keeps a note, once, however often the device sends it. Answers its revision.
    pub async fn write(&self, actor: &Actor, id: &str, draft: Draft) -> Result<i64> {
        let me = actor.user()?;
        let id = note_id(id)?;
        check(&draft.body)?;
        if draft.sha256.len() != 64 || !draft.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::Field("sha256"));
        }
        let body = serde_json::to_string(&draft.body).map_err(|_| Error::Field("body"))?;
        if body.len() > MOST_BYTES {
            return Err(Error::Field("body"));
        }
        let (meeting, document) = self.attachment(actor, &draft.attachment).await?;
        let mut work = self.db.begin(actor).await?;
        let before = store::note(work.conn(), &id).await?;
        let same = |n: &Note| n.body == body && n.shared == draft.shared && n.sha256 == draft.sha256 && !n.removed;
        let revision = match &before {
            // Somebody else's, or one that was written elsewhere: the two are not told apart.
            Some(n) if n.person_id != me.as_str() || n.meeting_id != meeting.as_str() => return Err(Error::NotFound),
            // Sent again because the answer was lost.
            Some(n) if same(n) && n.revision == draft.revision + 1 => return Ok(n.revision),
            Some(n) if n.removed || n.revision != draft.revision => return Err(Error::Changed),
            Some(n) => n.revision + 1,
            None if draft.revision != 0 => return Err(Error::NotFound),
            None => 1,
        };
        if before.is_none() && store::count(work.conn(), meeting.as_str(), me.as_str()).await? >= MOST_NOTES {
            return Err(Error::TooMany);
        }
        let note = Note {
            id,
            person_id: me.to_string(),
            author: actor.name.clone(),
            meeting_id: meeting.to_string(),
            attachment_id: draft.attachment.to_string(),
            document_id: document.document_id.map(|d| d.to_string()),
            sha256: draft.sha256,
            shared: draft.shared,
            revision,
            body,
            changed_at: now_us(),
            removed: false,
        };
        if before.is_some() {
            store::change(work.conn(), &note).await?;
        } else {
            store::insert(work.conn(), &note).await?;
        }
        work.commit().await?;
        Ok(revision)
    }

    /// Takes one's own note away. Again and again is the same as once.
    pub async fn remove(&self, actor: &Actor, id: &str) -> Result<()> {
        let me = actor.user()?;
        let id = note_id(id)?;
        let mut work = self.db.begin(actor).await?;
        let found = store::note(work.conn(), &id).await?;
        if found.is_none_or(|n| n.person_id != me.as_str()) {
            return Err(Error::NotFound);
        }
        store::remove(work.conn(), &id, now_us()).await?;
        work.commit().await?;
        Ok(())
    }

    /// The key under which this person's tablets keep what they store. It is given only to who is signed in, and a tablet
    /// forgets it with the session; what was not sent until then can be read again after the next sign-in.
    pub async fn device_key(&self, actor: &Actor) -> Result<String> {
        let me = actor.user()?;
        let mut new = [0; 32];
        openssl::rand::rand_bytes(&mut new).map_err(|_| Error::NoKey)?;
        let mut work = self.db.begin(actor).await?;
        let key = store::device_key(work.conn(), me.as_str(), &hex::encode(new), now_us()).await?;
        work.commit().await?;
        Ok(key)
    }
}

/// The document in the meeting that a note belongs to now: the same attachment, or the same document attached anew.
fn home<'d>(documents: &'d [Attachment], note: &Note) -> Option<&'d Attachment> {
    let same = documents.iter().find(|d| d.id.as_str() == note.attachment_id);
    same.or_else(|| {
        let id = note.document_id.as_deref()?;
        documents
            .iter()
            .find(|d| d.document_id.as_ref().is_some_and(|own| own.as_str() == id))
    })
}

/// Devices name their notes, so that sending one twice is not two notes.
fn note_id(text: &str) -> Result<String> {
    let id = uuid::Uuid::parse_str(text).map_err(|_| Error::Field("id"))?;
    Ok(id.to_string())
}

fn check(body: &Body) -> Result<()> {
    let Anchor {
        page,
        boxes,
        quote,
        before,
        after,
    } = &body.at;
    if *page == 0 || *page > 100_000 {
        return Err(Error::Field("page"));
    }
    if boxes.len() > MOST_BOXES || boxes.iter().flatten().any(|n| !n.is_finite()) {
        return Err(Error::Field("boxes"));
    }
    if [quote, before, after].iter().any(|t| t.chars().count() > MOST_QUOTE) {
        return Err(Error::Field("quote"));
    }
    if body.text.chars().count() > MOST_TEXT {
        return Err(Error::Field("text"));
    }
    if body.strokes.iter().map(Vec::len).sum::<usize>() > MOST_POINTS || body.strokes.iter().flatten().flatten().any(|n| !n.is_finite()) {
        return Err(Error::Field("strokes"));
    }
    if body.color.len() > 20 || !body.color.bytes().all(|b| b.is_ascii_lowercase()) {
        return Err(Error::Field("color"));
    }
    match body.kind {
        Mark::Highlight if boxes.is_empty() => Err(Error::Field("boxes")),
        Mark::Ink if body.strokes.is_empty() => Err(Error::Field("strokes")),
        Mark::Text if body.text.trim().is_empty() => Err(Error::Field("text")),
        _ => Ok(()),
    }
}
