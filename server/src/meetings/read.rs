//! Lists, one meeting with all that belongs to it, and who may read its documents.
use super::ballots::{self, VoteRow};
use super::readers::{may_read, own_topic};
use super::rules::{self, Part};
use super::store::{self, AttachmentRow, ItemRow, MemberRow, Row};
use super::tasks;
use super::{Error, Result, Service, topic};
use crate::actor::Actor;
use crate::clock::{day, now_us, when};
use app::dto::FileRef;
use app::dto::after::{Conclusion, Task};
use app::dto::meetings::{AgendaItem, Attachment, MeetingDetail, MeetingRow, Member, Vote};
use app::ids::{AttachmentId, DocumentId, ItemId, MeetingId, UserId, VoteId};

impl Service {
    /// Meetings of this person, latest first.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<MeetingRow>> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let rows = store::list(&mut c, me.as_str(), &rules::visible_sql(actor)).await?;
        let today = day(now_us());
        Ok(rows.iter().map(|r| meeting(r, &today)).collect())
    }

    /// All of one meeting at one moment, with the number of the last event contained in it.
    pub async fn get(&self, actor: &Actor, id: &MeetingId) -> Result<MeetingDetail> {
        let me = actor.user()?;
        let mut tx = self.db.snapshot().await?;
        let (row, part) = self.seen(&mut tx, actor, id.as_str()).await?;
        let topic = topic(&row.id);
        let topic_seq = crate::live::store::last(&mut tx, &topic).await?;
        let members = store::members(&mut tx, &row.id).await?;
        let items = store::items(&mut tx, &row.id).await?;
        let mut attachments = store::attachments(&mut tx, &row.id).await?;
        let mine = members.iter().find(|m| m.person_id == me.as_str());
        attachments.retain(|a| may_read(a, mine));
        let own_seq = crate::live::store::last(&mut tx, &own_topic(me.as_str())).await?;
        let manages = rules::may_manage(actor, part);
        let tasks = tasks::of_meeting(&mut tx, &row.id).await?;
        let votes = ballots::votes(&mut tx, me.as_str(), &row.id).await?;
        let floor = super::floor::floor(&mut tx, &row).await?;
        let seating = super::seats::of_meeting(&mut tx, &row.id).await?;
        let by_code = !store::code(&mut tx, &row.id).await?.is_empty();
        let tablets = crate::identity::store::any_tablet(&mut tx).await?;
        drop(tx);
        let of = |item: &ItemRow| {
            let documents = attachments.iter().filter(|a| a.item_id == item.id);
            documents.map(|a| if manages { with_readers(a) } else { attachment(a) }).collect()
        };
        let to_do = |item: &ItemRow| tasks.iter().filter(|t| t.item_id == item.id).map(tasks::task).collect();
        Ok(MeetingDetail {
            row: meeting(&row, &day(now_us())),
            members: members.iter().map(member).collect(),
            items: items.iter().map(|i| self::item(i, of(i), to_do(i))).collect(),
            current_item: row.current_item.clone().map(ItemId),
            votes: votes.iter().map(vote).collect(),
            floor,
            quorum_rule: row.quorum,
            by_code,
            tablets,
            seating,
            presenting: self.presenting(&row.id),
            my_part: part.map(Part::as_str).unwrap_or_default().to_owned(),
            absent: if manages { super::minutes::away(&members) } else { Vec::new() },
            may_manage: manages,
            topic,
            topic_seq,
            own_seq,
        })
    }

    /// The name under which an attachment is saved, if this person may read it, and whether a device may keep it.
    pub async fn may_read_attachment(&self, actor: &Actor, id: &AttachmentId, sha256: &str) -> Result<(String, bool)> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let found = store::attachment(&mut c, id.as_str()).await?;
        let found = found.filter(|a| a.sha256 == sha256).ok_or(Error::NotFound)?;
        self.seen(&mut c, actor, &found.meeting_id).await?;
        let mine = store::member(&mut c, &found.meeting_id, me.as_str()).await?;
        if !may_read(&found, mine.as_ref()) {
            return Err(Error::NotFound);
        }
        Ok((
            crate::stored::file_name(found.number.as_deref(), &found.title),
            // Of what is not for all, too, nothing stays in a browser's own cache.
            found.expires_at.is_none() && found.readers.is_none(),
        ))
    }

    /// The meeting that a document is attached to. Says nothing of who may see it.
    pub async fn meeting_of(&self, attachment: &AttachmentId) -> Result<MeetingId> {
        let mut c = self.db.read().acquire().await?;
        let found = store::attachment(&mut c, attachment.as_str()).await?.ok_or(Error::NotFound)?;
        Ok(MeetingId(found.meeting_id))
    }
}

pub(super) fn meeting(r: &Row, today: &str) -> MeetingRow {
    MeetingRow {
        id: MeetingId(r.id.clone()),
        title: r.title.clone(),
        room: r.room.clone(),
        starts: when(r.starts_at),
        ends: when(r.ends_at),
        state: r.state,
        chair: r.chair.clone(),
        reason: r.reason.clone(),
        revision: count(r.revision),
        today: day(r.starts_at).as_str() <= today && today <= day(r.ends_at).as_str(),
    }
}

pub(super) fn member(m: &MemberRow) -> Member {
    Member {
        user_id: UserId(m.person_id.clone()),
        full_name: m.full_name.clone(),
        position: m.position.clone(),
        part: m.part.as_str().to_owned(),
        checked_in: m.checked_in_at.map(when),
        answer: m.answer.clone(),
        stands_for: m.stands_for_name.clone(),
    }
}

pub(super) fn item(i: &ItemRow, documents: Vec<Attachment>, tasks: Vec<Task>) -> AgendaItem {
    AgendaItem {
        id: ItemId(i.id.clone()),
        position: count(i.position),
        title: i.title.clone(),
        presenter: i.presenter.clone(),
        minutes: count(i.minutes),
        clock: i.clock,
        conclusion: Conclusion {
            text: i.conclusion.clone(),
            tasks,
        },
        documents,
    }
}

/// For those who prepare the meeting: with the names of those who see it.
pub(super) fn with_readers(a: &AttachmentRow) -> Attachment {
    let readers = a.readers.as_ref().map(|all| all.iter().map(|id| UserId(id.clone())).collect());
    Attachment { readers, ..attachment(a) }
}

/// Says whether it is limited, not to whom.
pub(super) fn attachment(a: &AttachmentRow) -> Attachment {
    Attachment {
        id: AttachmentId(a.id.clone()),
        item_id: ItemId(a.item_id.clone()),
        document_id: a.document_id.clone().map(DocumentId),
        title: a.title.clone(),
        number: a.number.clone(),
        file: FileRef {
            url: format!("/files/attachment/{}/{}.pdf", a.id, a.sha256),
            sha256: a.sha256.clone(),
            size: a.size.unsigned_abs(),
            pages: count(a.pages),
        },
        attached: when(a.at),
        attached_by: a.by.clone(),
        expires: a.expires_at.map(when),
        readers: a.readers.as_ref().map(|_| Vec::new()),
    }
}

pub(super) fn vote(v: &VoteRow) -> Vote {
    let of = rules::Electorate {
        cast: count(v.ballots),
        present: count(v.eligible),
        all: count(v.entitled),
    };
    let needed = rules::needed(v.majority, of);
    Vote {
        id: VoteId(v.id.clone()),
        item_id: v.item_id.clone().map(ItemId),
        question: v.question.clone(),
        majority: v.majority,
        form: v.form,
        key: v.key.clone(),
        open: v.open,
        ballots: count(v.ballots),
        agree: count(v.agree),
        disagree: count(v.disagree),
        other: count(v.other),
        eligible: count(v.eligible),
        entitled: count(v.entitled),
        needed,
        mine: v.mine,
        drawn: v.drawn,
        passed: (!v.open).then(|| count(v.agree) >= needed),
    }
}

pub(super) fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}
