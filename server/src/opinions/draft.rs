//! Writing a sheet, until it is sent.
use super::store::{self, DocumentRow, QuestionRow, Row};
use super::{Error, Result, Service, rules};
use crate::actor::Actor;
use crate::clock::{now_us, parse_local};
use crate::db::Work;
use crate::{documents, meetings, text};
use app::dto::documents::Action;
use app::dto::identity::Role;
use app::dto::opinions::{News, RULES, SheetDraft, SheetState};
use app::ids::SheetId;
use serde_json::json;
use std::collections::BTreeSet;

const MOST_QUESTIONS: usize = 20;
const MOST_DOCUMENTS: usize = 50;
const MOST_MEMBERS: usize = 500;
const LONGEST_QUESTION: usize = 2000;
/// Microseconds: a year.
const LATEST: i64 = 366 * 24 * 3600 * 1_000_000;

impl Service {
    /// A draft, whose secretary is the one who makes it.
    pub async fn create(&self, actor: &Actor, draft: &SheetDraft) -> Result<SheetId> {
        let me = actor.require(&[Role::Secretary])?.clone();
        let mut row = Row {
            id: uuid::Uuid::now_v7().to_string(),
            title: String::new(),
            secretary_id: me.0,
            secretary: actor.name.clone(),
            state: SheetState::Draft,
            rule: draft.rule,
            shown: draft.open,
            deadline: 0,
            deadline_set: None,
            revision: 1,
            reason: String::new(),
            sent_at: None,
            ended_at: None,
            ended_by: String::new(),
            asked: 0,
            answered: 0,
        };
        fill(&mut row, draft)?;
        let mut work = self.db.begin(actor).await?;
        store::insert(work.conn(), &row, now_us()).await?;
        self.write(&mut work, &row, draft).await?;
        self.announce(&mut work, &row.id, "opinion.created", &details(draft)).await?;
        work.commit().await?;
        Ok(SheetId(row.id))
    }

    /// In place of what the draft said in this revision.
    pub async fn save(&self, actor: &Actor, id: &SheetId, revision: i64, draft: &SheetDraft) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let mut row = self.managed(&mut work, id, SheetState::Draft).await?;
        if row.revision != revision {
            return Err(Error::Changed);
        }
        fill(&mut row, draft)?;
        store::update(work.conn(), &row).await?;
        self.write(&mut work, &row, draft).await?;
        self.announce(&mut work, &row.id, "opinion.saved", &details(draft)).await?;
        Ok(work.commit().await?)
    }

    /// Only a draft goes; what was sent is withdrawn.
    pub async fn delete(&self, actor: &Actor, id: &SheetId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let row = self.managed(&mut work, id, SheetState::Draft).await?;
        work.audit("opinion.deleted", "opinion", &row.id, &row.title, &json!({})).await?;
        store::remove(work.conn(), &row.id).await?;
        Ok(work.commit().await?)
    }

    /// Puts it to those asked. Sent already, nothing happens.
    pub async fn send(&self, actor: &Actor, id: &SheetId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id).await?;
        if row.state == SheetState::Sent && rules::may_manage(actor, &row) {
            return Ok(());
        }
        let mut row = self.managed(&mut work, id, SheetState::Draft).await?;
        let now = now_us();
        if row.deadline <= now {
            return Err(Error::Field("deadline"));
        }
        row.state = SheetState::Sent;
        row.sent_at = Some(now);
        row.deadline_set = Some(now);
        store::update(work.conn(), &row).await?;
        let people = store::silent(work.conn(), &row.id).await?;
        let details = json!({ "asked": people, "deadline": row.deadline, "rule": row.rule, "open": row.shown });
        let row = self.announce(&mut work, &row.id, "opinion.sent", &details).await?;
        self.tell(&mut work, &row, &people, News::Sent).await?;
        Ok(work.commit().await?)
    }

    /// Questions, documents and people of a draft.
    async fn write(&self, work: &mut Work, row: &Row, draft: &SheetDraft) -> Result<()> {
        // What is attached already stays as it was attached.
        let before = store::documents(work.conn(), &row.id).await?;
        store::clear(work.conn(), &row.id).await?;
        if draft.questions.is_empty() || draft.questions.len() > MOST_QUESTIONS {
            return Err(Error::Field("questions"));
        }
        for (position, question) in (1..).zip(&draft.questions) {
            let question = QuestionRow {
                id: uuid::Uuid::now_v7().to_string(),
                position,
                text: text::lines(question, LONGEST_QUESTION, false).ok_or(Error::Field("questions"))?,
            };
            store::add_question(work.conn(), &row.id, &question).await?;
        }
        // The secretary gathers the answers and gives none.
        let people: BTreeSet<_> = draft.members.iter().filter(|m| m.as_str() != row.secretary_id).collect();
        if people.is_empty() || people.len() > MOST_MEMBERS {
            return Err(Error::Field("members"));
        }
        for person in people {
            if !meetings::store::is_active_person(work.conn(), person.as_str()).await? {
                return Err(Error::Field("members"));
            }
            store::add_member(work.conn(), &row.id, person.as_str()).await?;
        }
        if draft.documents.len() > MOST_DOCUMENTS {
            return Err(Error::Field("documents"));
        }
        let mut seen = BTreeSet::new();
        for (position, document) in (1..).zip(draft.documents.iter().filter(|d| seen.insert(d.0.clone()))) {
            let kept = before.iter().find(|b| b.document_id == document.0);
            let attached = match kept {
                Some(b) => DocumentRow {
                    id: b.id.clone(),
                    document_id: b.document_id.clone(),
                    title: b.title.clone(),
                    number: b.number.clone(),
                    sha256: b.sha256.clone(),
                    position,
                    ..*b
                },
                None => attachable(work, document.as_str(), position).await?,
            };
            store::add_document(work.conn(), &row.id, &attached).await?;
        }
        Ok(())
    }
}

/// A document as it is now, by the rule of meetings: issued, sent or taken in.
async fn attachable(work: &mut Work, document: &str, position: i64) -> Result<DocumentRow> {
    let actor = work.actor().clone();
    let paper = documents::store::get(work.conn(), document).await?;
    let paper = paper
        .filter(|d| documents::rules::may_see(&actor, d))
        .ok_or(documents::Error::NotFound)?;
    if !documents::rules::allowed(&actor, &paper).contains(&Action::AttachToMeeting) {
        return Err(meetings::Error::NotAttachable.into());
    }
    Ok(DocumentRow {
        id: uuid::Uuid::now_v7().to_string(),
        document_id: paper.id,
        position,
        title: paper.abstract_text,
        number: paper.notation,
        sha256: paper.sha256,
        size: 0,
        pages: 0,
    })
}

fn fill(row: &mut Row, draft: &SheetDraft) -> Result<()> {
    row.title = text::line(&draft.title, 500, false).ok_or(Error::Field("title"))?;
    row.deadline = deadline(&draft.deadline)?;
    if !RULES.contains(&draft.rule) {
        return Err(Error::Field("rule"));
    }
    row.rule = draft.rule;
    row.shown = draft.open;
    Ok(())
}

/// In the future, and within a year.
pub(super) fn deadline(text: &str) -> Result<i64> {
    let now = now_us();
    parse_local(text)
        .filter(|at| (now + 1..=now + LATEST).contains(at))
        .ok_or(Error::Field("deadline"))
}

fn details(draft: &SheetDraft) -> serde_json::Value {
    json!({
        "questions": draft.questions, "members": draft.members.len(), "documents": draft.documents,
        "deadline": draft.deadline, "rule": draft.rule, "open": draft.open,
    })
}
