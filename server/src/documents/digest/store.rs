//! SQL of the morning letter: who has deadlines, and who got theirs today.
use crate::db::DbResult;
use sqlx::{AnyConnection, Row as _};

/// People with an address who have something due by `day`, and no letter of `today` yet.
pub async fn concerned(c: &mut AnyConnection, day: &str, today: &str) -> DbResult<Vec<(String, String)>> {
    let sql = "SELECT p.id, p.full_name FROM person p WHERE p.active = 1 AND p.email <> '' \
        AND NOT EXISTS (SELECT 1 FROM digest g WHERE g.person_id = p.id AND g.day >= $2) \
        AND (p.id IN (SELECT a.person_id FROM assignment a JOIN document d ON d.id = a.document_id \
            WHERE a.ended_at IS NULL AND a.part <> 'inform' AND d.state IN ('assigned', 'processing') AND d.due_on <> '' AND d.due_on <= $1) \
        OR p.id IN (SELECT t.owner_id FROM task t WHERE t.done_at IS NULL AND t.removed_at IS NULL AND t.due_on <> '' AND t.due_on <= $1)) \
        ORDER BY p.id";
    let rows = sqlx::query(sql).bind(day).bind(today).fetch_all(c).await?;
    rows.iter().map(|r| Ok((r.try_get("id")?, r.try_get("full_name")?))).collect()
}

/// True the first time on that day.
pub async fn first(c: &mut AnyConnection, person: &str, today: &str) -> DbResult<bool> {
    let sql = "INSERT INTO digest (person_id, day) VALUES ($1, $2) ON CONFLICT (person_id) DO UPDATE SET day = excluded.day WHERE digest.day < excluded.day";
    let done = sqlx::query(sql).bind(person).bind(today).execute(c).await?;
    Ok(done.rows_affected() == 1)
}
