//! SQL of authorities to sign.
use crate::db::DbResult;
use app::dto::authority::{AuthorityForm, lines};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

pub struct Row {
    pub id: String,
    pub person_id: String,
    pub name: String,
    pub form: AuthorityForm,
    pub head_id: Option<String>,
    pub head: Option<String>,
    pub head_title: String,
    pub own_title: String,
    pub from_on: String,
    pub to_on: String,
    pub basis: String,
    pub by: String,
    pub at: i64,
    pub ended_at: Option<i64>,
    pub ended_by: Option<String>,
    pub ended_reason: String,
}

impl Row {
    /// As they are printed over a signature.
    pub fn lines(&self) -> Vec<String> {
        lines(self.form, &self.head_title, &self.own_title)
    }

    /// In force on that day, `2026-11-24`.
    pub fn holds_on(&self, day: &str) -> bool {
        self.ended_at.is_none() && self.from_on.as_str() <= day && (self.to_on.is_empty() || self.to_on.as_str() >= day)
    }
}

const SELECT: &str = "SELECT a.*, p.full_name AS name, h.full_name AS head FROM authority a \
    JOIN person p ON p.id = a.person_id LEFT JOIN person h ON h.id = a.head_id";

fn row(r: &AnyRow) -> DbResult<Row> {
    let form: String = r.try_get("form")?;
    Ok(Row {
        id: r.try_get("id")?,
        person_id: r.try_get("person_id")?,
        name: r.try_get("name")?,
        form: AuthorityForm::parse(&form).ok_or_else(|| sqlx::Error::Decode(format!("unknown form {form}").into()))?,
        head_id: r.try_get("head_id")?,
        head: r.try_get("head")?,
        head_title: r.try_get("head_title")?,
        own_title: r.try_get("own_title")?,
        from_on: r.try_get("from_on")?,
        to_on: r.try_get("to_on")?,
        basis: r.try_get("basis")?,
        by: r.try_get("by_name")?,
        at: r.try_get("at")?,
        ended_at: r.try_get("ended_at")?,
        ended_by: r.try_get("ended_by")?,
        ended_reason: r.try_get("ended_reason")?,
    })
}

pub async fn get(c: &mut AnyConnection, id: &str) -> DbResult<Option<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE a.id = $1"));
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.as_ref().map(row).transpose()
}

/// The latest first.
pub async fn all(c: &mut AnyConnection) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} ORDER BY a.id DESC"));
    sqlx::query(sql).fetch_all(c).await?.iter().map(row).collect()
}

/// What a person was given and nobody has ended, the oldest first.
pub async fn of(c: &mut AnyConnection, person: &str) -> DbResult<Vec<Row>> {
    let sql = AssertSqlSafe(format!("{SELECT} WHERE a.person_id = $1 AND a.ended_at IS NULL ORDER BY a.id"));
    sqlx::query(sql).bind(person).fetch_all(c).await?.iter().map(row).collect()
}

pub async fn insert(c: &mut AnyConnection, r: &Row) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO authority (id, person_id, form, head_id, head_title, own_title, from_on, to_on, basis, by_name, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&r.id)
    .bind(&r.person_id)
    .bind(r.form.as_str())
    .bind(r.head_id.clone())
    .bind(&r.head_title)
    .bind(&r.own_title)
    .bind(&r.from_on)
    .bind(&r.to_on)
    .bind(&r.basis)
    .bind(&r.by)
    .bind(r.at)
    .execute(c)
    .await?;
    Ok(())
}

/// False when it is ended already.
pub async fn end(c: &mut AnyConnection, id: &str, by: &str, reason: &str, now: i64) -> DbResult<bool> {
    let sql = "UPDATE authority SET ended_at = $1, ended_by = $2, ended_reason = $3 WHERE id = $4 AND ended_at IS NULL";
    let done = sqlx::query(sql).bind(now).bind(by).bind(reason).bind(id).execute(c).await?;
    Ok(done.rows_affected() == 1)
}
