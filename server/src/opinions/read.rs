//! Lists, and one sheet with what this person may know of it.
use super::store::{self, AnswerRow, DocumentRow, MineRow, Row};
use super::{Error, Result, Service, rules, topic};
use crate::actor::Actor;
use crate::clock::{now_us, vietnam, when};
use app::dto::FileRef;
use app::dto::opinions::{Asked, Question, Said, SheetDetail, SheetDocument, SheetRow, SheetState};
use app::ids::{DocumentId, QuestionId, SheetId, UserId};

impl Service {
    /// Sheets that this person may see, newest first.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<SheetRow>> {
        let me = actor.user()?;
        let mut tx = self.db.snapshot().await?;
        let rows = store::list(&mut tx, me.as_str(), &rules::visible_sql(actor)).await?;
        let mine = store::mine(&mut tx, me.as_str()).await?;
        let now = now_us();
        let each = rows.iter().map(|r| sheet(actor, r, mine.iter().find(|m| m.sheet_id == r.id), now));
        Ok(each.collect())
    }

    /// One sheet at one moment, with the number of the last event contained in it.
    pub async fn get(&self, actor: &Actor, id: &SheetId) -> Result<SheetDetail> {
        let me = actor.user()?;
        let mut tx = self.db.snapshot().await?;
        let (row, asked) = self.seen(&mut tx, actor, id.as_str()).await?;
        let topic = topic(&row.id);
        let topic_seq = crate::live::store::last(&mut tx, &topic).await?;
        let questions = store::questions(&mut tx, &row.id).await?;
        let documents = store::documents(&mut tx, &row.id).await?;
        let members = store::members(&mut tx, &row.id).await?;
        let answers = store::answers(&mut tx, &row.id).await?;
        drop(tx);
        let now = now_us();
        let knows = rules::may_see_answers(actor, &row, asked);
        let manages = rules::may_manage(actor, &row);
        let of = |person: &str| answers.iter().filter(|a| a.person_id == person).map(said).collect::<Vec<_>>();
        let my_row = members.iter().find(|m| m.person_id == me.as_str()).map(|m| MineRow {
            sheet_id: row.id.clone(),
            answered_at: answers.iter().filter(|a| a.person_id == m.person_id).map(|a| a.answered_at).max(),
            reminded_at: m.reminded_at,
        });
        let questions = questions.iter().map(|q| Question {
            id: QuestionId(q.id.clone()),
            position: count(q.position),
            text: q.text.clone(),
            mine: answers
                .iter()
                .find(|a| a.question_id == q.id && a.person_id == me.as_str())
                .map(said),
            tally: knows.then(|| rules::tally(&q.id, &answers, count(row.asked), row.rule, row.state == SheetState::Closed)),
        });
        let members = members.iter().map(|m| Asked {
            user_id: UserId(m.person_id.clone()),
            full_name: m.full_name.clone(),
            position: m.position.clone(),
            answered: answers
                .iter()
                .filter(|a| knows && a.person_id == m.person_id)
                .map(|a| a.answered_at)
                .max()
                .map(when),
            reminded: m.reminded_at.filter(|_| manages).map(when),
            said: if knows { of(&m.person_id) } else { Vec::new() },
        });
        Ok(SheetDetail {
            questions: questions.collect(),
            documents: documents.iter().map(|d| document(&row.id, d)).collect(),
            members: members.collect(),
            rule: row.rule,
            open: row.shown,
            deadline_local: local(row.deadline),
            reason: row.reason.clone(),
            sent: row.sent_at.map(when),
            ended: row.ended_at.map(when),
            ended_by: row.ended_by.clone(),
            may_answer: asked && rules::awaits(&row, now),
            may_see_answers: knows && row.state != SheetState::Draft,
            revision: row.revision,
            topic,
            topic_seq,
            row: sheet(actor, &row, my_row.as_ref(), now),
        })
    }

    /// The name under which a document of a sheet is saved, if this person may read it.
    pub async fn may_read_document(&self, actor: &Actor, id: &SheetId, document: &str, sha256: &str) -> Result<String> {
        let mut c = self.db.read().acquire().await?;
        let (row, _) = self.seen(&mut c, actor, id.as_str()).await?;
        let all = store::documents(&mut c, &row.id).await?;
        let found = all.iter().find(|d| d.id == document && d.sha256 == sha256).ok_or(Error::NotFound)?;
        Ok(crate::stored::file_name(found.number.as_deref(), &found.title))
    }
}

fn sheet(actor: &Actor, r: &Row, mine: Option<&MineRow>, now: i64) -> SheetRow {
    SheetRow {
        id: SheetId(r.id.clone()),
        title: r.title.clone(),
        state: r.state,
        deadline: when(r.deadline),
        left: (r.state == SheetState::Sent).then(|| (r.deadline - now).div_euclid(60_000_000)),
        secretary: r.secretary.clone(),
        answered: count(r.answered),
        asked: count(r.asked),
        mine: mine.is_some(),
        my_answer: mine.and_then(|m| m.answered_at).map(when),
        reminded: mine.and_then(|m| m.reminded_at).map(when),
        may_manage: rules::may_manage(actor, r),
    }
}

fn said(a: &AnswerRow) -> Said {
    Said {
        choice: a.choice,
        words: a.words.clone(),
        at: when(a.answered_at),
    }
}

fn document(sheet: &str, d: &DocumentRow) -> SheetDocument {
    SheetDocument {
        id: d.id.clone(),
        document_id: DocumentId(d.document_id.clone()),
        title: d.title.clone(),
        number: d.number.clone(),
        file: FileRef {
            url: format!("/files/opinion/{sheet}/{}/{}.pdf", d.id, d.sha256),
            sha256: d.sha256.clone(),
            size: d.size.unsigned_abs(),
            pages: count(d.pages),
        },
    }
}

/// `2026-11-30T17:00`, Vietnam time.
fn local(us: i64) -> String {
    let t = vietnam(us);
    let (year, month, day) = (t.year(), u8::from(t.month()), t.day());
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}", t.hour(), t.minute())
}

pub(super) fn count(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}
