//! SQL of people, sessions and tokens.
use crate::db::DbResult;
use app::dto::identity::{Person, Role};
use app::ids::UserId;
use sqlx::AnyConnection;
use sqlx::Row;
use sqlx::any::AnyRow;

const PERSON: &str = "p.id, p.username, p.full_name, p.position, p.unit, p.active";

async fn person(c: &mut AnyConnection, row: AnyRow) -> DbResult<Person> {
    let id: String = row.try_get("id")?;
    let roles = sqlx::query("SELECT role FROM person_role WHERE person_id = $1 ORDER BY role")
        .bind(&id)
        .fetch_all(c)
        .await?;
    Ok(Person {
        id: UserId(id),
        username: row.try_get("username")?,
        full_name: row.try_get("full_name")?,
        position: row.try_get("position")?,
        unit: row.try_get("unit")?,
        roles: roles
            .iter()
            .filter_map(|r| r.try_get::<String, _>("role").ok().and_then(|r: String| Role::parse(&r)))
            .collect(),
        active: row.try_get::<i64, _>("active")? != 0,
    })
}

pub async fn by_session(c: &mut AnyConnection, token_hash: &str, now: i64) -> DbResult<Option<Person>> {
    let sql = format!(
        "SELECT {PERSON} FROM session s JOIN person p ON p.id = s.person_id WHERE s.token_hash = $1 AND s.expires_at > $2 AND p.active = 1"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(token_hash)
        .bind(now)
        .fetch_optional(&mut *c)
        .await?;
    match row {
        Some(row) => person(c, row).await.map(Some),
        None => Ok(None),
    }
}

pub async fn by_token(c: &mut AnyConnection, token_hash: &str, now: i64) -> DbResult<Option<Person>> {
    let sql = format!(
        "SELECT {PERSON} FROM api_token t JOIN person p ON p.id = t.person_id \
         WHERE t.token_hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND p.active = 1"
    );
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(token_hash)
        .bind(now)
        .fetch_optional(&mut *c)
        .await?;
    match row {
        Some(row) => person(c, row).await.map(Some),
        None => Ok(None),
    }
}
