//! SQL of people, sessions, tokens and bodies.
use crate::actor::At;
use crate::clock::when;
use crate::db::DbResult;
use app::dto::identity::{Body, Person, Role, RoomTablet, Token};
use app::ids::{TabletId, TokenId, UserId};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};
use std::collections::HashMap;

const PERSON: &str = "p.id, p.username, p.full_name, p.position, p.unit, p.active";

fn bare(row: &AnyRow) -> DbResult<Person> {
    Ok(Person {
        id: UserId(row.try_get("id")?),
        username: row.try_get("username")?,
        full_name: row.try_get("full_name")?,
        position: row.try_get("position")?,
        unit: row.try_get("unit")?,
        roles: Vec::new(),
        active: row.try_get::<i64, _>("active")? != 0,
    })
}

async fn with_roles(c: &mut AnyConnection, row: &AnyRow) -> DbResult<Person> {
    let mut person = bare(row)?;
    let roles = sqlx::query("SELECT role FROM person_role WHERE person_id = $1 ORDER BY role")
        .bind(person.id.as_str())
        .fetch_all(c)
        .await?;
    for role in &roles {
        person.roles.extend(Role::parse(&role.try_get::<String, _>("role")?));
    }
    Ok(person)
}

/// Who has the session, and when it was last seen. `demonstration` lets demonstration accounts in.
pub async fn by_session(
    c: &mut AnyConnection,
    token_hash: &str,
    now: i64,
    seen_after: i64,
    demonstration: bool,
) -> DbResult<Option<(Person, i64, Option<At>)>> {
    let sql = format!(
        "SELECT {PERSON}, s.seen_at, s.tablet_id, s.meeting_id FROM session s JOIN person p ON p.id = s.person_id \
         WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND p.active = 1 AND p.demonstration <= $4"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(token_hash)
        .bind(now)
        .bind(seen_after)
        .bind(i64::from(demonstration))
        .fetch_optional(&mut *c)
        .await?;
    match row {
        Some(row) => {
            let tablet: Option<String> = row.try_get("tablet_id")?;
            let meeting: Option<String> = row.try_get("meeting_id")?;
            let at = tablet.zip(meeting).map(|(tablet, meeting)| At { tablet, meeting });
            Ok(Some((with_roles(c, &row).await?, row.try_get("seen_at")?, at)))
        }
        None => Ok(None),
    }
}

/// Whose token it is, and when it was last used.
pub async fn by_token(c: &mut AnyConnection, token_hash: &str, now: i64, demonstration: bool) -> DbResult<Option<(Person, Option<i64>)>> {
    let sql = format!(
        "SELECT {PERSON}, t.used_at FROM api_token t JOIN person p ON p.id = t.person_id \
         WHERE t.token_hash = $1 AND t.expires_at > $2 AND t.revoked_at IS NULL AND p.active = 1 AND p.demonstration <= $3"
    );
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(token_hash)
        .bind(now)
        .bind(i64::from(demonstration))
        .fetch_optional(&mut *c)
        .await?;
    match row {
        Some(row) => Ok(Some((with_roles(c, &row).await?, row.try_get("used_at")?))),
        None => Ok(None),
    }
}

// sessions ---------------------------------------------------------------------------------------

pub struct NewSession<'a> {
    pub token_hash: &'a str,
    pub person: &'a str,
    pub agent: &'a str,
    pub at: Option<&'a At>,
    pub now: i64,
    pub expires: i64,
}

pub async fn add_session(c: &mut AnyConnection, new: &NewSession<'_>) -> DbResult<()> {
    let sql = "INSERT INTO session (token_hash, person_id, created_at, seen_at, expires_at, agent, tablet_id, meeting_id) \
               VALUES ($1, $2, $3, $3, $4, $5, $6, $7)";
    sqlx::query(sql)
        .bind(new.token_hash)
        .bind(new.person)
        .bind(new.now)
        .bind(new.expires)
        .bind(new.agent)
        .bind(new.at.map(|at| at.tablet.as_str()))
        .bind(new.at.map(|at| at.meeting.as_str()))
        .execute(c)
        .await?;
    Ok(())
}

/// When the session ends, whatever happens.
pub async fn session_end(c: &mut AnyConnection, token_hash: &str) -> DbResult<Option<i64>> {
    let sql = "SELECT expires_at FROM session WHERE token_hash = $1";
    sqlx::query_scalar(sql).bind(token_hash).fetch_optional(c).await
}

pub async fn touch_session(c: &mut AnyConnection, token_hash: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE session SET seen_at = $1 WHERE token_hash = $2";
    sqlx::query(sql).bind(now).bind(token_hash).execute(c).await?;
    Ok(())
}

/// True when there was one.
pub async fn end_session(c: &mut AnyConnection, token_hash: &str) -> DbResult<bool> {
    let sql = "DELETE FROM session WHERE token_hash = $1";
    Ok(sqlx::query(sql).bind(token_hash).execute(c).await?.rows_affected() > 0)
}

/// Ends the person's sessions but the one with the hash `keep`.
pub async fn end_sessions(c: &mut AnyConnection, person: &str, keep: &str) -> DbResult<()> {
    let sql = "DELETE FROM session WHERE person_id = $1 AND token_hash <> $2";
    sqlx::query(sql).bind(person).bind(keep).execute(c).await?;
    Ok(())
}

/// Removes what has ended by itself.
pub async fn forget_sessions(c: &mut AnyConnection, now: i64, seen_after: i64) -> DbResult<()> {
    let sql = "DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2";
    sqlx::query(sql).bind(now).bind(seen_after).execute(c).await?;
    Ok(())
}

// tablets of meeting rooms -----------------------------------------------------------------------

const TABLET: &str = "t.id, t.name, t.room, t.seat_row, t.seat_column, t.added_at";

fn a_tablet(row: &AnyRow, used_by: Option<String>) -> DbResult<RoomTablet> {
    let number = |name: &str| -> DbResult<Option<u32>> { Ok(u32::try_from(row.try_get::<i64, _>(name)?).ok().filter(|n| *n > 0)) };
    Ok(RoomTablet {
        id: TabletId(row.try_get("id")?),
        name: row.try_get("name")?,
        room: row.try_get("room")?,
        seat: number("seat_row")?.zip(number("seat_column")?),
        added_at: when(row.try_get("added_at")?),
        used_by,
    })
}

pub async fn add_tablet(c: &mut AnyConnection, tablet: &RoomTablet, secret_hash: &str, by: &str, now: i64) -> DbResult<()> {
    let (row, column) = tablet.seat.unwrap_or_default();
    let sql = "INSERT INTO room_tablet (id, secret_hash, name, room, seat_row, seat_column, added_by, added_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    sqlx::query(sql)
        .bind(tablet.id.as_str())
        .bind(secret_hash)
        .bind(&tablet.name)
        .bind(&tablet.room)
        .bind(i64::from(row))
        .bind(i64::from(column))
        .bind(by)
        .bind(now)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn tablet(c: &mut AnyConnection, id: &str) -> DbResult<Option<RoomTablet>> {
    let sql = format!("SELECT {TABLET} FROM room_tablet t WHERE t.id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(c).await?;
    row.map(|r| a_tablet(&r, None)).transpose()
}

pub async fn tablet_by_secret(c: &mut AnyConnection, secret_hash: &str) -> DbResult<Option<RoomTablet>> {
    let sql = format!("SELECT {TABLET} FROM room_tablet t WHERE t.secret_hash = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(secret_hash).fetch_optional(c).await?;
    row.map(|r| a_tablet(&r, None)).transpose()
}

pub async fn any_tablet(c: &mut AnyConnection) -> DbResult<bool> {
    let sql = "SELECT 1 AS one FROM room_tablet LIMIT 1";
    Ok(sqlx::query(sql).fetch_optional(c).await?.is_some())
}

/// All of them with who sits there, by room and name.
pub async fn tablets(c: &mut AnyConnection, now: i64, seen_after: i64) -> DbResult<Vec<RoomTablet>> {
    let sql = format!(
        "SELECT {TABLET}, p.full_name AS used_by FROM room_tablet t \
         LEFT JOIN session s ON s.tablet_id = t.id AND s.expires_at > $1 AND s.seen_at > $2 \
         LEFT JOIN person p ON p.id = s.person_id ORDER BY t.room, t.seat_row, t.seat_column, t.name, t.id"
    );
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(now).bind(seen_after).fetch_all(c).await?;
    rows.iter().map(|r| a_tablet(r, r.try_get("used_by")?)).collect()
}

pub async fn remove_tablet(c: &mut AnyConnection, id: &str) -> DbResult<()> {
    sqlx::query("DELETE FROM room_tablet WHERE id = $1").bind(id).execute(c).await?;
    Ok(())
}

/// Ends what is open at a tablet, or of a person at any: whose sessions they were.
pub async fn free_tablets(c: &mut AnyConnection, tablet: &str, person: &str) -> DbResult<Vec<String>> {
    let sql = "DELETE FROM session WHERE tablet_id = $1 OR (tablet_id IS NOT NULL AND person_id = $2) RETURNING person_id";
    sqlx::query_scalar(sql).bind(tablet).bind(person).fetch_all(c).await
}

/// Everybody at a tablet for this meeting is let go at `expires`, at the latest.
pub async fn end_sitting(c: &mut AnyConnection, meeting: &str, expires: i64) -> DbResult<()> {
    let sql = "UPDATE session SET expires_at = $1 WHERE meeting_id = $2 AND expires_at > $1";
    sqlx::query(sql).bind(expires).bind(meeting).execute(c).await?;
    Ok(())
}

// throttle ---------------------------------------------------------------------------------------

/// Failures and the end of the wait.
pub async fn throttle(c: &mut AnyConnection, key: &str) -> DbResult<(i64, i64)> {
    let sql = "SELECT failures, locked_until FROM login_throttle WHERE key = $1";
    match sqlx::query(sql).bind(key).fetch_optional(c).await? {
        Some(row) => Ok((row.try_get("failures")?, row.try_get("locked_until")?)),
        None => Ok((0, 0)),
    }
}

/// One failure more; answers how many there are.
pub async fn count_throttle(c: &mut AnyConnection, key: &str, now: i64) -> DbResult<i64> {
    let row = sqlx::query(
        "INSERT INTO login_throttle (key, failures, locked_until, updated_at) VALUES ($1, 1, 0, $2) \
         ON CONFLICT (key) DO UPDATE SET failures = login_throttle.failures + 1, updated_at = excluded.updated_at RETURNING failures",
    )
    .bind(key)
    .bind(now)
    .fetch_one(c)
    .await?;
    row.try_get("failures")
}

pub async fn lock_throttle(c: &mut AnyConnection, key: &str, until: i64) -> DbResult<()> {
    let sql = "UPDATE login_throttle SET locked_until = $1 WHERE key = $2";
    sqlx::query(sql).bind(until).bind(key).execute(c).await?;
    Ok(())
}

pub async fn clear_throttle(c: &mut AnyConnection, key: &str) -> DbResult<()> {
    let sql = "DELETE FROM login_throttle WHERE key = $1";
    sqlx::query(sql).bind(key).execute(c).await?;
    Ok(())
}

/// Forgets what is older than `before`.
pub async fn forget_throttles(c: &mut AnyConnection, before: i64) -> DbResult<()> {
    let sql = "DELETE FROM login_throttle WHERE updated_at < $1";
    sqlx::query(sql).bind(before).execute(c).await?;
    Ok(())
}

// people -----------------------------------------------------------------------------------------

/// What signing in needs of a person.
pub struct Account {
    pub id: String,
    pub full_name: String,
    pub password_hash: String,
    pub active: bool,
    pub demonstration: bool,
}

pub async fn account(c: &mut AnyConnection, username: &str) -> DbResult<Option<Account>> {
    let sql = "SELECT id, full_name, password_hash, active, demonstration FROM person WHERE username = $1";
    let Some(row) = sqlx::query(sql).bind(username).fetch_optional(c).await? else {
        return Ok(None);
    };
    Ok(Some(Account {
        id: row.try_get("id")?,
        full_name: row.try_get("full_name")?,
        password_hash: row.try_get("password_hash")?,
        active: row.try_get::<i64, _>("active")? != 0,
        demonstration: row.try_get::<i64, _>("demonstration")? != 0,
    }))
}

pub async fn person(c: &mut AnyConnection, id: &str) -> DbResult<Option<Person>> {
    let sql = format!("SELECT {PERSON} FROM person p WHERE p.id = $1");
    match sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut *c).await? {
        Some(row) => with_roles(c, &row).await.map(Some),
        None => Ok(None),
    }
}

pub async fn people(c: &mut AnyConnection, pattern: &str, all: bool, most: i64) -> DbResult<Vec<Person>> {
    let sql = format!(
        "SELECT {PERSON} FROM person p WHERE p.folded LIKE $1 ESCAPE '\\' AND (p.active = 1 OR $2 = 1) ORDER BY p.folded, p.id LIMIT $3"
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(pattern)
        .bind(i64::from(all))
        .bind(most)
        .fetch_all(&mut *c)
        .await?;
    let mut roles: HashMap<String, Vec<Role>> = HashMap::new();
    for row in sqlx::query("SELECT person_id, role FROM person_role ORDER BY role")
        .fetch_all(c)
        .await?
    {
        let role = Role::parse(&row.try_get::<String, _>("role")?);
        roles.entry(row.try_get("person_id")?).or_default().extend(role);
    }
    let mut people = rows.iter().map(bare).collect::<DbResult<Vec<_>>>()?;
    for person in &mut people {
        person.roles = roles.remove(person.id.as_str()).unwrap_or_default();
    }
    Ok(people)
}

pub struct NewRow {
    pub id: String,
    pub username: String,
    pub full_name: String,
    pub folded: String,
    pub position: String,
    pub unit: String,
    pub email: String,
    pub password_hash: String,
    pub demonstration: bool,
    pub created_at: i64,
}

pub async fn add_person(c: &mut AnyConnection, p: &NewRow, roles: &[Role]) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO person (id, username, full_name, folded, position, unit, email, password_hash, active, demonstration, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10)",
    )
    .bind(&p.id)
    .bind(&p.username)
    .bind(&p.full_name)
    .bind(&p.folded)
    .bind(&p.position)
    .bind(&p.unit)
    .bind(&p.email)
    .bind(&p.password_hash)
    .bind(i64::from(p.demonstration))
    .bind(p.created_at)
    .execute(&mut *c)
    .await?;
    for role in roles {
        sqlx::query("INSERT INTO person_role (person_id, role) VALUES ($1, $2)")
            .bind(&p.id)
            .bind(role.as_str())
            .execute(&mut *c)
            .await?;
    }
    Ok(())
}

pub async fn set_active(c: &mut AnyConnection, id: &str, active: bool) -> DbResult<()> {
    let sql = "UPDATE person SET active = $1 WHERE id = $2";
    sqlx::query(sql).bind(i64::from(active)).bind(id).execute(c).await?;
    Ok(())
}

pub async fn set_password(c: &mut AnyConnection, id: &str, hash: &str) -> DbResult<()> {
    let sql = "UPDATE person SET password_hash = $1 WHERE id = $2";
    sqlx::query(sql).bind(hash).bind(id).execute(c).await?;
    Ok(())
}

/// Demonstration accounts and keys.
pub async fn demonstration_traces(c: &mut AnyConnection) -> DbResult<(i64, i64)> {
    let sql = "SELECT (SELECT COUNT(*) FROM person WHERE demonstration = 1) AS accounts, \
               (SELECT COUNT(*) FROM signing_key WHERE demonstration = 1) AS signing_keys";
    let row = sqlx::query(sql).fetch_one(c).await?;
    Ok((row.try_get("accounts")?, row.try_get("signing_keys")?))
}

// tokens -----------------------------------------------------------------------------------------

pub async fn tokens(c: &mut AnyConnection, person: &str) -> DbResult<Vec<Token>> {
    let sql =
        "SELECT id, name, created_at, expires_at, used_at FROM api_token WHERE person_id = $1 AND revoked_at IS NULL ORDER BY id DESC";
    let rows = sqlx::query(sql).bind(person).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            Ok(Token {
                id: TokenId(r.try_get("id")?),
                name: r.try_get("name")?,
                created: when(r.try_get("created_at")?),
                expires: when(r.try_get("expires_at")?),
                last_used: r.try_get::<Option<i64>, _>("used_at")?.map(when),
            })
        })
        .collect()
}

pub async fn add_token(
    c: &mut AnyConnection,
    id: &str,
    person: &str,
    name: &str,
    token_hash: &str,
    now: i64,
    expires: i64,
) -> DbResult<()> {
    sqlx::query("INSERT INTO api_token (id, person_id, name, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id)
        .bind(person)
        .bind(name)
        .bind(token_hash)
        .bind(now)
        .bind(expires)
        .execute(c)
        .await?;
    Ok(())
}

pub async fn touch_token(c: &mut AnyConnection, token_hash: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE api_token SET used_at = $1 WHERE token_hash = $2";
    sqlx::query(sql).bind(now).bind(token_hash).execute(c).await?;
    Ok(())
}

/// False when the person has no such token.
pub async fn revoke_token(c: &mut AnyConnection, person: &str, id: &str, now: i64) -> DbResult<bool> {
    let sql = "UPDATE api_token SET revoked_at = $1 WHERE id = $2 AND person_id = $3 AND revoked_at IS NULL";
    let done = sqlx::query(sql).bind(now).bind(id).bind(person).execute(c).await?;
    Ok(done.rows_affected() > 0)
}

pub async fn revoke_tokens(c: &mut AnyConnection, person: &str, now: i64) -> DbResult<()> {
    let sql = "UPDATE api_token SET revoked_at = $1 WHERE person_id = $2 AND revoked_at IS NULL";
    sqlx::query(sql).bind(now).bind(person).execute(c).await?;
    Ok(())
}

// bodies -----------------------------------------------------------------------------------------

pub async fn bodies(c: &mut AnyConnection, pattern: &str, without: &str, most: i64) -> DbResult<Vec<Body>> {
    let sql = "SELECT code, name FROM body WHERE folded LIKE $1 ESCAPE '\\' AND code <> $2 ORDER BY folded LIMIT $3";
    let rows = sqlx::query(sql).bind(pattern).bind(without).bind(most).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            Ok(Body {
                code: r.try_get("code")?,
                name: r.try_get("name")?,
            })
        })
        .collect()
}

/// PEM of the certificates that a body's axis messages are signed with, when known.
pub async fn body_certificate(c: &mut AnyConnection, code: &str) -> DbResult<Option<String>> {
    let row = sqlx::query("SELECT certificate FROM body WHERE code = $1")
        .bind(code)
        .fetch_optional(c)
        .await?;
    let held: Option<String> = row.map_or(Ok(None), |r| r.try_get("certificate"))?;
    Ok(held.filter(|pem| !pem.is_empty()))
}

/// Adds or renames; a certificate is replaced only by another one, or by none when it is empty.
pub async fn put_body(c: &mut AnyConnection, body: &Body, folded: &str, certificate: Option<&str>, now: i64) -> DbResult<()> {
    sqlx::query(
        "INSERT INTO body (code, name, folded, certificate, updated_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, folded = excluded.folded, \
         certificate = COALESCE(excluded.certificate, body.certificate), updated_at = excluded.updated_at",
    )
    .bind(&body.code)
    .bind(body.name.trim())
    .bind(folded)
    .bind(certificate.map(str::to_owned))
    .bind(now)
    .execute(c)
    .await?;
    Ok(())
}
