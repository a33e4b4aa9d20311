//! SQL of what clerks register: bodies by their names, and what was registered of a day.
use crate::db::DbResult;
use crate::text;
use app::dto::identity::Body;
use sqlx::{AnyConnection, Row as _};

/// The body of the directory that has exactly this name, accents and case ignored, if only one has it.
pub async fn body_named(c: &mut AnyConnection, name: &str) -> DbResult<Option<Body>> {
    let sql = "SELECT code, name FROM body WHERE folded LIKE $1 ESCAPE '\\' ORDER BY LENGTH(name) LIMIT 50";
    let folded = text::fold(name);
    let mut same = Vec::new();
    for r in sqlx::query(sql).bind(text::like(name)).fetch_all(c).await? {
        let body = Body {
            code: r.try_get("code")?,
            name: r.try_get("name")?,
        };
        if text::fold(&body.name) == folded {
            same.push(body);
        }
    }
    Ok(if same.len() == 1 { same.pop() } else { None })
}

/// An arrival as its sender names it.
pub struct Known {
    pub id: String,
    pub notation: String,
    pub sender_code: Option<String>,
    pub sender_name: String,
}

/// Arrivals whose own day it is, the oldest first.
pub async fn of_day(c: &mut AnyConnection, issued_on: &str) -> DbResult<Vec<Known>> {
    let sql = "SELECT id, notation, sender_code, sender_name FROM document \
               WHERE direction = 'incoming' AND issued_on = $1 AND deleted_at IS NULL ORDER BY id";
    let rows = sqlx::query(sql).bind(issued_on).fetch_all(c).await?;
    rows.iter()
        .map(|r| {
            Ok(Known {
                id: r.try_get("id")?,
                notation: r.try_get::<Option<String>, _>("notation")?.unwrap_or_default(),
                sender_code: r.try_get("sender_code")?,
                sender_name: r.try_get::<Option<String>, _>("sender_name")?.unwrap_or_default(),
            })
        })
        .collect()
}
