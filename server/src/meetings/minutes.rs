//! Biên bản: written from what happened, corrected by the secretary, shown to the members, signed by secretary and chair.
use super::minutes_store::{self as kept, MinutesRow};
use super::minutes_text::{self as text, Facts};
use super::rules::{self, Part};
use super::store::{self, MemberRow, Row};
use super::{Error, Need, Result, Service, lines, topic};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::db::Work;
use crate::documents::{self, minutes as papers};
use crate::identity;
use crate::paper;
use app::dto::after::{Absent, Filed, Minutes, Section, Written};
use app::dto::documents::State;
use app::dto::meetings::MeetingState;
use app::ids::{DocumentId, MeetingId, UserId};
use app::live::LiveEvent;
use serde_json::json;
use sqlx::AnyConnection;

const MOST_SECTIONS: usize = 200;
const LONGEST_HEADING: usize = 600;
const LONGEST_SECTION: usize = 50_000;
const LONGEST_REMARK: usize = 5000;
const LONGEST_REASON: usize = 300;

impl Service {
    /// What this person may see of the minutes.
    pub async fn minutes(&self, actor: &Actor, id: &MeetingId) -> Result<Minutes> {
        let mut tx = self.db.snapshot().await?;
        let (row, part) = self.seen(&mut tx, actor, id.as_str()).await?;
        let may_write = rules::may_manage(actor, part);
        let found = kept::get(&mut tx, &row.id).await?;
        let found = found.filter(|m| m.circulated_at.is_some() || rules::may_conduct(actor, part));
        let written = match found {
            Some(m) => Some(written(&mut tx, actor, &row, m).await?),
            None => None,
        };
        let absent = if may_write { absent(&mut tx, &row.id).await? } else { Vec::new() };
        let editable = written.as_ref().is_none_or(|w| w.filed.as_ref().is_none_or(|f| open(f.state)));
        let closed = row.state == MeetingState::Closed;
        Ok(Minutes {
            closed,
            may_write: may_write && closed && editable,
            may_remark: part.is_some() && editable && written.as_ref().is_some_and(|w| w.circulated.is_some()),
            written,
            absent,
            topic: topic(&row.id),
            meeting: row.title,
        })
    }

    /// Why somebody did not come, for the minutes.
    pub async fn set_absence(&self, actor: &Actor, id: &MeetingId, person: &UserId, reason: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        let reason = super::text(reason, "reason", LONGEST_REASON, true)?;
        let known = store::member(work.conn(), &row.id, person.as_str()).await?;
        let known = known.filter(|m| m.checked_in_at.is_none()).ok_or(Error::NotFound)?;
        kept::set_absence(work.conn(), &row.id, &known.person_id, &reason).await?;
        let details = json!({ "person": known.person_id, "reason": reason });
        work.audit("meeting.absence", "meeting", &row.id, &row.title, &details).await?;
        Ok(work.commit().await?)
    }

    /// Writes the minutes from what happened. What is written already stays, unless they are asked for `anew`.
    pub async fn draft_minutes(&self, actor: &Actor, id: &MeetingId, anew: bool) -> Result<()> {
        let detail = self.get(actor, id).await?;
        let mut work = self.db.begin(actor).await?;
        let (row, before) = self.minutes_for_change(&mut work, id).await?;
        if before.is_some() && !anew {
            return Ok(());
        }
        let facts = Facts {
            detail,
            opened_at: row.opened_at.unwrap_or(row.starts_at),
            closed_at: row.closed_at.unwrap_or(row.ends_at),
            absent: absent(work.conn(), &row.id).await?,
            documents: store::documents_shown(work.conn(), &row.id).await?,
            speakers: kept::speakers(work.conn(), &row.id).await?,
        };
        self.write(&mut work, &row, &text::sections(&facts), "meeting.minutes_drafted")
            .await?;
        Ok(work.commit().await?)
    }

    /// The secretary's corrections, of the revision that they were made in.
    pub async fn save_minutes(&self, actor: &Actor, id: &MeetingId, revision: i64, sections: &[Section]) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, before) = self.minutes_for_change(&mut work, id).await?;
        of_revision(before, revision)?;
        if sections.is_empty() || sections.len() > MOST_SECTIONS {
            return Err(Error::Field("sections"));
        }
        let mut checked = Vec::new();
        for section in sections {
            checked.push(Section {
                heading: super::text(&section.heading, "sections", LONGEST_HEADING, true)?,
                text: lines(&section.text, "sections", LONGEST_SECTION, true)?,
            });
        }
        self.write(&mut work, &row, &checked, "meeting.minutes_saved").await?;
        Ok(work.commit().await?)
    }

    /// Shows them to the members, who may remark on them.
    pub async fn circulate_minutes(&self, actor: &Actor, id: &MeetingId, revision: i64) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, before) = self.minutes_for_change(&mut work, id).await?;
        if of_revision(before, revision)?.circulated_at.is_some() {
            return Ok(());
        }
        kept::circulate(work.conn(), &row.id, now_us()).await?;
        self.announce(
            &mut work,
            &row,
            "meeting.minutes_circulated",
            &json!({ "revision": revision }),
            &LiveEvent::MinutesChanged,
        )
        .await?;
        Ok(work.commit().await?)
    }

    /// Góp ý of a member, before the minutes are signed. The same words twice are one remark.
    pub async fn remark_on_minutes(&self, actor: &Actor, id: &MeetingId, remark: &str) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Join).await?;
        let me = actor.user()?.as_str();
        let m = kept::get(work.conn(), &row.id).await?.filter(|m| m.circulated_at.is_some());
        let m = m.ok_or(Error::NotFound)?;
        self.not_signed(&mut work, &m).await?;
        let remark = lines(remark, "remark", LONGEST_REMARK, false)?;
        if kept::has_remark(work.conn(), &row.id, me, &remark).await? {
            return Ok(());
        }
        kept::add_remark(work.conn(), &row.id, me, &actor.name, &remark, now_us()).await?;
        let details = json!({ "remark": remark });
        self.announce(&mut work, &row, "meeting.minutes_remarked", &details, &LiveEvent::MinutesChanged)
            .await?;
        Ok(work.commit().await?)
    }

    /// The secretary's signature, which puts the minutes as a document before the chair.
    pub async fn sign_minutes(&self, actor: &Actor, id: &MeetingId, revision: i64, pin: &str) -> Result<DocumentId> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        if !rules::may_manage(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        let before = of_revision(kept::get(&mut c, &row.id).await?, revision)?;
        let chair = chair(&mut c, &row.id).await?;
        drop(c);
        let set = self.set(actor, &row, &before.sections)?;
        let (Some(number), Some(secretary), Some(place)) = (set.number, set.left, set.right) else {
            return Err(Error::NotNow);
        };
        let minutes = papers::Minutes {
            meeting_id: row.id.clone(),
            abstract_text: text::subject(&row.title),
            leader_id: chair.clone(),
            bytes: set.bytes,
            pages: set.pages,
            number,
            secretary,
            chair: place,
        };
        // The slow part comes before the transaction; all is asked again in it.
        let signed = self.documents.sign_minutes(actor, minutes, pin).await?;
        let mut work = self.db.begin(actor).await?;
        let (row, now) = self.minutes_for_change(&mut work, id).await?;
        let now = of_revision(now, revision)?;
        let known = now.document_id.map(DocumentId);
        let document = self.documents.file_minutes(&mut work, known.as_ref(), signed).await;
        let document = document.map_err(|e| match e {
            documents::Error::Field("leader_id") => Error::ChairCannotSign,
            other => other.into(),
        })?;
        kept::set_document(work.conn(), &row.id, document.as_str()).await?;
        if now.circulated_at.is_none() {
            kept::circulate(work.conn(), &row.id, now_us()).await?;
        }
        let details = json!({ "document": document, "revision": revision });
        self.announce(&mut work, &row, "meeting.minutes_signed", &details, &LiveEvent::MinutesChanged)
            .await?;
        work.commit().await?;
        Ok(document)
    }

    /// The minutes as they would look on paper, and a name to save them under.
    pub async fn minutes_preview(&self, actor: &Actor, id: &MeetingId) -> Result<(Vec<u8>, String)> {
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        let found = kept::get(&mut c, &row.id).await?;
        let found = found.filter(|m| m.circulated_at.is_some() || rules::may_conduct(actor, part));
        let found = found.ok_or(Error::NotFound)?;
        let secretary = store::members(&mut c, &row.id)
            .await?
            .into_iter()
            .find(|m| m.part == Part::Secretary);
        drop(c);
        let secretary = secretary.map(|m| m.full_name).unwrap_or_default();
        let paper = self.paper(&secretary, &row, &found.sections);
        let set = tokio::task::spawn_blocking(move || paper::set(&paper)).await;
        let set = set
            .map_err(|e| Error::Paper(e.to_string()))?
            .map_err(|e| Error::Paper(e.to_string()))?;
        Ok((
            set.bytes,
            format!(
                "{}.pdf",
                text::subject(&row.title).chars().take(100).collect::<String>().replace('/', "-")
            ),
        ))
    }

    fn paper(&self, secretary: &str, row: &Row, sections: &[Section]) -> paper::Paper {
        let (body, abbreviation) = (&self.config.body_name, &self.config.body_abbreviation);
        text::paper(&row.title, body, abbreviation, sections, secretary, &row.chair)
    }

    fn set(&self, secretary: &Actor, row: &Row, sections: &[Section]) -> Result<paper::Set> {
        paper::set(&self.paper(&secretary.name, row, sections)).map_err(|e| Error::Paper(e.to_string()))
    }

    /// The minutes of a meeting that is over, for its secretary, as long as nobody has signed them.
    async fn minutes_for_change(&self, work: &mut Work, id: &MeetingId) -> Result<(Row, Option<MinutesRow>)> {
        let (row, _) = self.for_change(work, id.as_str(), Need::Manage).await?;
        if row.state != MeetingState::Closed {
            return Err(Error::NotNow);
        }
        let m = kept::get(work.conn(), &row.id).await?;
        if let Some(m) = &m {
            self.not_signed(work, m).await?;
        }
        Ok((row, m))
    }

    /// What is signed is changed only after it was returned or taken back.
    async fn not_signed(&self, work: &mut Work, m: &MinutesRow) -> Result<()> {
        let Some(id) = &m.document_id else { return Ok(()) };
        let document = documents::store::get(work.conn(), id).await?;
        match document {
            Some(d) if !open(d.state) => Err(Error::NotNow),
            _ => Ok(()),
        }
    }

    async fn write(&self, work: &mut Work, row: &Row, sections: &[Section], action: &str) -> Result<()> {
        let by = work.actor().name.clone();
        kept::write(work.conn(), &row.id, sections, &by, now_us()).await?;
        let shown = kept::get(work.conn(), &row.id).await?;
        let details = json!({ "sections": sections });
        // Before they are circulated the members hear nothing of them.
        if shown.is_some_and(|m| m.circulated_at.is_some()) {
            self.announce(work, row, action, &details, &LiveEvent::MinutesChanged).await
        } else {
            Ok(work.audit(action, "meeting", &row.id, &row.title, &details).await?)
        }
    }
}

/// In the drafter's hands.
fn open(state: State) -> bool {
    matches!(state, State::Draft | State::Returned)
}

fn of_revision(found: Option<MinutesRow>, revision: i64) -> Result<MinutesRow> {
    match found {
        None => Err(Error::NotFound),
        Some(m) if m.revision != revision => Err(Error::MinutesChanged),
        Some(m) => Ok(m),
    }
}

async fn chair(c: &mut AnyConnection, meeting: &str) -> Result<String> {
    let members = store::members(c, meeting).await?;
    let chair = members.into_iter().find(|m| m.part == Part::Chair);
    chair.map(|m| m.person_id).ok_or(Error::NotFound)
}

/// Whoever was to come and did not check in, the secretary apart.
async fn absent(c: &mut AnyConnection, meeting: &str) -> Result<Vec<Absent>> {
    Ok(away(&store::members(c, meeting).await?))
}

pub(super) fn away(members: &[MemberRow]) -> Vec<Absent> {
    let away = members.iter().filter(|m| m.part != Part::Secretary && m.checked_in_at.is_none());
    let all = away.map(|m| Absent {
        user_id: UserId(m.person_id.clone()),
        full_name: m.full_name.clone(),
        position: m.position.clone(),
        reason: m.absence.clone(),
    });
    all.collect()
}

/// What became of a document that came from the meeting.
pub(super) fn filed(actor: &Actor, d: documents::store::Row) -> Filed {
    Filed {
        open: documents::rules::may_see(actor, &d),
        id: DocumentId(d.id),
        state: d.state,
        number: d.notation,
        reason: d.reason,
    }
}

async fn written(c: &mut AnyConnection, actor: &Actor, row: &Row, m: MinutesRow) -> Result<Written> {
    let document = match &m.document_id {
        Some(id) => documents::store::get(c, id).await?,
        None => None,
    };
    let filed = document.map(|d| filed(actor, d));
    Ok(Written {
        remarks: kept::remarks(c, &row.id).await?,
        sections: m.sections,
        revision: m.revision,
        edited: when(m.edited_at),
        edited_by: m.edited_by,
        circulated: m.circulated_at.map(when),
        filed,
        preview: format!("/files/minutes/{}.pdf?r={}", row.id, m.revision),
    })
}
