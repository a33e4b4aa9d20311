//! SQL of tasks that meetings gave.
use crate::clock::{due, when};
use crate::db::DbResult;
use app::dto::after::Task;
use app::ids::{ItemId, TaskId, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

/// A task as stored.
pub struct TaskRow {
    pub id: String,
    pub item_id: String,
    pub meeting_id: String,
    pub text: String,
    pub owner_id: String,
    pub owner: String,
    /// `2026-11-30`, or empty.
    pub due_on: String,
    pub done_at: Option<i64>,
    pub result: String,
}

fn row(r: &AnyRow) -> DbResult<TaskRow> {
    Ok(TaskRow {
        id: r.try_get("id")?,
        item_id: r.try_get("item_id")?,
        meeting_id: r.try_get("meeting_id")?,
        text: r.try_get("text")?,
        owner_id: r.try_get("owner_id")?,
        owner: r.try_get("owner")?,
        due_on: r.try_get("due_on")?,
        done_at: r.try_get("done_at")?,
        result: r.try_get("result")?,
    })
}

pub fn task(t: &TaskRow) -> Task {
    Task {
        id: TaskId(t.id.clone()),
        item_id: ItemId(t.item_id.clone()),
        text: t.text.clone(),
        owner_id: UserId(t.owner_id.clone()),
        owner: t.owner.clone(),
        due: due(&t.due_on, t.done_at.is_some()),
        done: t.done_at.map(when),
        result: t.result.clone(),
    }
}

const SELECT: &str = "SELECT t.id, t.item_id, i.meeting_id, t.text, t.owner_id, p.full_name AS owner, t.due_on, t.done_at, t.result \
    FROM task t JOIN agenda_item i ON i.id = t.item_id JOIN person p ON p.id = t.owner_id \
    WHERE t.removed_at IS NULL AND i.removed_at IS NULL";

/// In the order in which they were given.
pub async fn of_meeting(c: &mut AnyConnection, meeting: &str) -> DbResult<Vec<TaskRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} AND i.meeting_id = $1 ORDER BY t.created_at, t.id"));
    let rows = sqlx::query(sql).bind(meeting).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

pub async fn of_item(c: &mut AnyConnection, item: &str) -> DbResult<Vec<TaskRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} AND t.item_id = $1 ORDER BY t.created_at, t.id"));
    let rows = sqlx::query(sql).bind(item).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

/// What a person has still to do, by deadline; what has none comes last.
pub async fn open_of(c: &mut AnyConnection, person: &str) -> DbResult<Vec<TaskRow>> {
    let sql = AssertSqlSafe(format!(
        "{SELECT} AND t.owner_id = $1 AND t.done_at IS NULL ORDER BY CASE t.due_on WHEN '' THEN 1 ELSE 0 END, t.due_on, t.created_at, t.id"
    ));
    let rows = sqlx::query(sql).bind(person).fetch_all(c).await?;
    rows.iter().map(row).collect()
}

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<TaskRow>> {
    let sql = AssertSqlSafe(format!("{SELECT} AND t.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

pub async fn insert(c: &mut AnyConnection, t: &TaskRow, by: &str, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO task (id, item_id, text, owner_id, due_on, by_name, created_at, done_at, removed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)",
    )
    .bind(&t.id)
    .bind(&t.item_id)
    .bind(&t.text)
    .bind(&t.owner_id)
    .bind(&t.due_on)
    .bind(by)
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}

/// Done at a moment, or open again.
pub async fn set_done(c: &mut AnyConnection, id: &str, at: Option<i64>, result: &str) -> DbResult<()> {
    let sql = "UPDATE task SET done_at = $1, result = $2 WHERE id = $3";
    sqlx::query(sql).bind(at).bind(result).bind(id).execute(c).await?;
    Ok(())
}

pub async fn remove(c: &mut AnyConnection, id: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE task SET removed_at = $1 WHERE id = $2";
    sqlx::query(sql).bind(now).bind(id).execute(c).await?;
    Ok(())
}

pub async fn conclude(c: &mut AnyConnection, item: &str, text: &str) -> DbResult<()> {
    let sql = "UPDATE agenda_item SET conclusion = $1 WHERE id = $2";
    sqlx::query(sql).bind(text).bind(item).execute(c).await?;
    Ok(())
}
