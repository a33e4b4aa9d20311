//! SQL of sheets, their questions, documents, people, answers and reminders.
use crate::db::DbResult;
use app::dto::meetings::{Choice, Majority};
use app::dto::opinions::SheetState;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// Sheets that a list shows at most.
const MOST: i64 = 200;

/// A sheet as stored. Moments are microseconds since the Unix epoch.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: String,
    pub title: String,
    pub secretary_id: String,
    pub secretary: String,
    pub state: SheetState,
    pub rule: Majority,
    pub shown: bool,
    pub deadline: i64,
    pub deadline_set: Option<i64>,
    pub revision: i64,
    pub reason: String,
    pub sent_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub ended_by: String,
    /// People.
    pub asked: i64,
    pub answered: i64,
}

const SELECT: &str = "SELECT s.id, s.title, s.secretary_id, p.full_name AS secretary, s.state, s.rule, s.shown, s.deadline, s.deadline_set, \
    s.revision, s.reason, s.sent_at, s.ended_at, s.ended_by, \
    (SELECT COUNT(*) FROM opinion_member m WHERE m.sheet_id = s.id) AS asked, \
    (SELECT COUNT(DISTINCT a.person_id) FROM opinion_answer a WHERE a.sheet_id = s.id) AS answered \
    FROM opinion_sheet s JOIN person p ON p.id = s.secretary_id";

fn row(r: &AnyRow) -> DbResult<Row> {
    let unknown = |what: &str| sqlx::Error::Decode(format!("unknown {what}").into());
    Ok(Row {
        id: r.try_get("id")?,
        title: r.try_get("title")?,
        secretary_id: r.try_get("secretary_id")?,
        secretary: r.try_get("secretary")?,
        state: SheetState::parse(&r.try_get::<String, _>("state")?).ok_or_else(|| unknown("state"))?,
        rule: Majority::parse(&r.try_get::<String, _>("rule")?).ok_or_else(|| unknown("rule"))?,
        shown: r.try_get::<i64, _>("shown")? != 0,
        deadline: r.try_get("deadline")?,
        deadline_set: r.try_get("deadline_set")?,
        revision: r.try_get("revision")?,
        reason: r.try_get("reason")?,
        sent_at: r.try_get("sent_at")?,
        ended_at: r.try_get("ended_at")?,
        ended_by: r.try_get("ended_by")?,
        asked: r.try_get("asked")?,
        answered: r.try_get("answered")?,
    })
}

/// Makes everybody else who changes this sheet wait until the commit. False when there is no such sheet.
pub async fn lock(c: &mut AnyConnection, id: &str) -> DbResult<bool> {
    let sql = "UPDATE opinion_sheet SET state = state WHERE id = $1";
    Ok(sqlx::query(sql).bind(id).execute(c).await?.rows_affected() == 1)
}

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE s.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// Newest first. `visible` is made by `rules`, with `$1` the person.
pub async fn list(c: &mut AnyConnection, person: &str, visible: &str) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE {visible} ORDER BY s.created_at DESC, s.id DESC LIMIT $2"));
    let rows = sqlx::query(sql).bind(person).bind(MOST).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

/// Sent sheets whose deadline is before `until`.
pub async fn due_before(c: &mut AnyConnection, until: i64) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!(
        "{SELECT} WHERE s.state = 'sent' AND s.deadline < $1 ORDER BY s.deadline, s.id"
    ));
    let rows = sqlx::query(sql).bind(until).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

pub async fn insert(c: &mut AnyConnection, r: &Row, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO opinion_sheet (id, title, secretary_id, state, rule, shown, deadline, deadline_set, revision, reason, created_at, sent_at, ended_at, ended_by) \
         VALUES ($1, $2, $3, 'draft', $4, $5, $6, NULL, 1, '', $7, NULL, NULL, '')",
    )
    .bind(&r.id)
    .bind(&r.title)
    .bind(&r.secretary_id)
    .bind(r.rule.as_str())
    .bind(i64::from(r.shown))
    .bind(r.deadline)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// What the secretary writes, and how it stands.
pub async fn update(c: &mut AnyConnection, r: &Row) -> DbResult<()> {
    sqlx::query(
        "UPDATE opinion_sheet SET title = $1, state = $2, rule = $3, shown = $4, deadline = $5, deadline_set = $6, reason = $7, sent_at = $8, \
         ended_at = $9, ended_by = $10, revision = revision + 1 WHERE id = $11",
    )
    .bind(&r.title)
    .bind(r.state.as_str())
    .bind(r.rule.as_str())
    .bind(i64::from(r.shown))
    .bind(r.deadline)
    .bind(r.deadline_set)
    .bind(&r.reason)
    .bind(r.sent_at)
    .bind(r.ended_at)
    .bind(&r.ended_by)
    .bind(&r.id)
    .execute(c)
    .await?;
    Ok(())
}

/// Takes off what a draft consists of, to be written anew.
pub async fn clear(c: &mut AnyConnection, id: &str) -> DbResult<()> {
    for table in ["opinion_question", "opinion_document", "opinion_member"] {
        let sql = AssertSqlSafe(format!("DELETE FROM {table} WHERE sheet_id = $1"));
        sqlx::query(sql).bind(id).execute(&mut *c).await?;
    }
    Ok(())
}

pub async fn remove(c: &mut AnyConnection, id: &str) -> DbResult<()> {
    clear(c, id).await?;
    sqlx::query("DELETE FROM opinion_sheet WHERE id = $1").bind(id).execute(c).await?;
    Ok(())
}

pub struct QuestionRow {
    pub id: String,
    pub position: i64,
    pub text: String,
}

pub async fn questions(c: &mut AnyConnection, sheet: &str) -> DbResult<Vec<QuestionRow>> {
    let sql = "SELECT id, position, text FROM opinion_question WHERE sheet_id = $1 ORDER BY position";
    let rows = sqlx::query(sql).bind(sheet).fetch_all(c).await?;
    let each = rows.iter().map(|r| {
        Ok(QuestionRow {
            id: r.try_get("id")?,
            position: r.try_get("position")?,
            text: r.try_get("text")?,
        })
    });
    each.collect()
}

pub async fn add_question(c: &mut AnyConnection, sheet: &str, q: &QuestionRow) -> DbResult<()> {
    let sql = "INSERT INTO opinion_question (id, sheet_id, position, text) VALUES ($1, $2, $3, $4)";
    sqlx::query(sql)
        .bind(&q.id)
        .bind(sheet)
        .bind(q.position)
        .bind(&q.text)
        .execute(c)
        .await?;
    Ok(())
}

pub struct DocumentRow {
    pub id: String,
    pub document_id: String,
    pub position: i64,
    pub title: String,
    pub number: Option<String>,
    pub sha256: String,
    pub size: i64,
    pub pages: i64,
}

pub async fn documents(c: &mut AnyConnection, sheet: &str) -> DbResult<Vec<DocumentRow>> {
    let sql = "SELECT d.id, d.document_id, d.position, d.title, d.number, d.sha256, f.size, f.pages FROM opinion_document d \
        JOIN file f ON f.sha256 = d.sha256 WHERE d.sheet_id = $1 ORDER BY d.position";
    let rows = sqlx::query(sql).bind(sheet).fetch_all(c).await?;
    let each = rows.iter().map(|r| {
        Ok(DocumentRow {
            id: r.try_get("id")?,
            document_id: r.try_get("document_id")?,
            position: r.try_get("position")?,
            title: r.try_get("title")?,
            number: r.try_get("number")?,
            sha256: r.try_get("sha256")?,
            size: r.try_get("size")?,
            pages: r.try_get("pages")?,
        })
    });
    each.collect()
}

pub async fn add_document(c: &mut AnyConnection, sheet: &str, d: &DocumentRow) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO opinion_document (id, sheet_id, document_id, position, title, number, sha256) VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(&d.id)
    .bind(sheet)
    .bind(&d.document_id)
    .bind(d.position)
    .bind(&d.title)
    .bind(d.number.clone())
    .bind(&d.sha256)
    .execute(c)
    .await?;
    Ok(())
}

pub struct MemberRow {
    pub person_id: String,
    pub full_name: String,
    pub position: String,
    pub reminded_at: Option<i64>,
}

/// By name.
pub async fn members(c: &mut AnyConnection, sheet: &str) -> DbResult<Vec<MemberRow>> {
    let sql = "SELECT m.person_id, p.full_name, p.position, \
        (SELECT MAX(r.at) FROM opinion_reminder r WHERE r.sheet_id = m.sheet_id AND r.person_id = m.person_id) AS reminded_at \
        FROM opinion_member m JOIN person p ON p.id = m.person_id WHERE m.sheet_id = $1 ORDER BY p.folded, p.id";
    let rows = sqlx::query(sql).bind(sheet).fetch_all(c).await?;
    let each = rows.iter().map(|r| {
        Ok(MemberRow {
            person_id: r.try_get("person_id")?,
            full_name: r.try_get("full_name")?,
            position: r.try_get("position")?,
            reminded_at: r.try_get("reminded_at")?,
        })
    });
    each.collect()
}

pub async fn add_member(c: &mut AnyConnection, sheet: &str, person: &str) -> DbResult<()> {
    let sql = "INSERT INTO opinion_member (sheet_id, person_id) VALUES ($1, $2)";
    sqlx::query(sql).bind(sheet).bind(person).execute(c).await?;
    Ok(())
}

pub async fn is_asked(c: &mut AnyConnection, sheet: &str, person: &str) -> DbResult<bool> {
    let sql = "SELECT person_id FROM opinion_member WHERE sheet_id = $1 AND person_id = $2";
    Ok(sqlx::query(sql).bind(sheet).bind(person).fetch_optional(c).await?.is_some())
}

/// What a list says of one person in each sheet.
pub struct MineRow {
    pub sheet_id: String,
    pub answered_at: Option<i64>,
    pub reminded_at: Option<i64>,
}

/// The sheets that a person is asked in.
pub async fn mine(c: &mut AnyConnection, person: &str) -> DbResult<Vec<MineRow>> {
    let sql = "SELECT m.sheet_id, \
        (SELECT MAX(a.answered_at) FROM opinion_answer a WHERE a.sheet_id = m.sheet_id AND a.person_id = m.person_id) AS answered_at, \
        (SELECT MAX(r.at) FROM opinion_reminder r WHERE r.sheet_id = m.sheet_id AND r.person_id = m.person_id) AS reminded_at \
        FROM opinion_member m WHERE m.person_id = $1";
    let rows = sqlx::query(sql).bind(person).fetch_all(c).await?;
    let each = rows.iter().map(|r| {
        Ok(MineRow {
            sheet_id: r.try_get("sheet_id")?,
            answered_at: r.try_get("answered_at")?,
            reminded_at: r.try_get("reminded_at")?,
        })
    });
    each.collect()
}

#[derive(Debug, Clone, PartialEq)]
pub struct AnswerRow {
    pub question_id: String,
    pub person_id: String,
    pub choice: Choice,
    pub words: String,
    pub answered_at: i64,
}

/// In the order of the questions.
pub async fn answers(c: &mut AnyConnection, sheet: &str) -> DbResult<Vec<AnswerRow>> {
    let sql = "SELECT a.question_id, a.person_id, a.choice, a.words, a.answered_at FROM opinion_answer a \
        JOIN opinion_question q ON q.id = a.question_id WHERE a.sheet_id = $1 ORDER BY a.person_id, q.position";
    let rows = sqlx::query(sql).bind(sheet).fetch_all(c).await?;
    let each = rows.iter().map(|r| {
        let choice: String = r.try_get("choice")?;
        Ok(AnswerRow {
            question_id: r.try_get("question_id")?,
            person_id: r.try_get("person_id")?,
            choice: Choice::parse(&choice).ok_or_else(|| sqlx::Error::Decode(format!("unknown choice {choice}").into()))?,
            words: r.try_get("words")?,
            answered_at: r.try_get("answered_at")?,
        })
    });
    each.collect()
}

/// In place of what this person said to the question before.
pub async fn put_answer(c: &mut AnyConnection, sheet: &str, a: &AnswerRow) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO opinion_answer (question_id, person_id, sheet_id, choice, words, answered_at) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (question_id, person_id) DO UPDATE SET choice = excluded.choice, words = excluded.words, answered_at = excluded.answered_at",
    )
    .bind(&a.question_id)
    .bind(&a.person_id)
    .bind(sheet)
    .bind(a.choice.as_str())
    .bind(&a.words)
    .bind(a.answered_at)
    .execute(c)
    .await?;
    Ok(())
}

/// Those asked who have not answered yet.
pub async fn silent(c: &mut AnyConnection, sheet: &str) -> DbResult<Vec<String>> {
    let sql = "SELECT m.person_id FROM opinion_member m WHERE m.sheet_id = $1 AND NOT EXISTS \
        (SELECT a.person_id FROM opinion_answer a WHERE a.sheet_id = m.sheet_id AND a.person_id = m.person_id) ORDER BY m.person_id";
    let rows = sqlx::query(sql).bind(sheet).fetch_all(c).await?;
    rows.iter().map(|r| r.try_get("person_id")).collect()
}

/// Enters that a person is reminded of this deadline. False when they were already, at `not_before` or later.
pub async fn remind(c: &mut AnyConnection, sheet: &str, person: &str, r: &Reminder) -> DbResult<bool> {
    let sql = "INSERT INTO opinion_reminder (sheet_id, person_id, kind, deadline, at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (sheet_id, person_id, kind, deadline) DO UPDATE SET at = excluded.at WHERE opinion_reminder.at < $6";
    let asked = sqlx::query(sql).bind(sheet).bind(person).bind(r.kind).bind(r.deadline);
    let done = asked.bind(r.at).bind(r.not_before).execute(c).await?;
    Ok(done.rows_affected() == 1)
}

pub struct Reminder {
    /// `day`, `hours` or `hand`.
    pub kind: &'static str,
    pub deadline: i64,
    pub at: i64,
    /// An earlier one of the same kind is old enough for another if it was before.
    pub not_before: i64,
}
