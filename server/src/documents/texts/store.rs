//! SQL of texts.
use crate::db::DbResult;
use crate::documents::find;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};
use std::collections::HashSet;

/// Bytes of different words that a document is found by.
const MOST_WORDS: usize = 500_000;
/// Letters of a word; longer ones are nobody's words.
const LONGEST_WORD: usize = 64;

/// Documents whose present file was not read yet, with its hash, in order of their ids.
pub async fn waiting(c: &mut AnyConnection, after: &str, limit: i64) -> DbResult<Vec<(String, String)>> {
    let sql = "SELECT id, sha256 FROM document WHERE text_state = 0 AND id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2";
    let rows = sqlx::query(sql).bind(after).bind(limit).fetch_all(c).await?;
    rows.iter().map(|r| Ok((r.try_get("id")?, r.try_get("sha256")?))).collect()
}

/// Each word once, folded, a blank around each.
fn words_of(text: &str) -> String {
    let all = find::normal(text);
    let mut known = HashSet::new();
    let mut out = String::from(" ");
    for word in all.split_whitespace() {
        if word.chars().count() <= LONGEST_WORD && out.len() + word.len() < MOST_WORDS && known.insert(word) {
            out.push_str(word);
            out.push(' ');
        }
    }
    out
}

/// Keeps the text of a document's file, if that is still its file.
pub async fn put(c: &mut AnyConnection, id: &str, sha256: &str, text: &str) -> DbResult<()> {
    let sql = "UPDATE document SET text_state = 1 WHERE id = $1 AND sha256 = $2 RETURNING folded";
    let Some(row) = sqlx::query(sql).bind(id).bind(sha256).fetch_optional(&mut *c).await? else {
        return Ok(());
    };
    let folded: String = row.try_get("folded")?;
    let text: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    let sql = "INSERT INTO document_text (document_id, sha256, words, text) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (document_id) DO UPDATE SET sha256 = excluded.sha256, words = excluded.words, text = excluded.text";
    sqlx::query(sql)
        .bind(id)
        .bind(sha256)
        .bind(words_of(&text))
        .bind(text.trim())
        .execute(&mut *c)
        .await?;
    find::index(c, id, &folded).await
}

/// Words of the text of a document's present file.
pub async fn words(c: &mut AnyConnection, id: &str) -> DbResult<String> {
    let sql = "SELECT t.words FROM document_text t JOIN document d ON d.id = t.document_id AND d.sha256 = t.sha256 WHERE d.id = $1";
    let found = sqlx::query(sql).bind(id).fetch_optional(c).await?;
    found.map_or(Ok(String::new()), |r| r.try_get("words"))
}

/// Texts of present files, by document, in no order.
pub async fn texts(c: &mut AnyConnection, ids: &[&str]) -> DbResult<Vec<(String, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places = (1..=ids.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT t.document_id, t.text FROM document_text t JOIN document d ON d.id = t.document_id AND d.sha256 = t.sha256 WHERE d.id IN ({places})"
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for id in ids {
        query = query.bind(*id);
    }
    let rows = query.fetch_all(c).await?;
    rows.iter().map(|r| Ok((r.try_get("document_id")?, r.try_get("text")?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_once_and_not_without_end() {
        assert_eq!(words_of("Kế hoạch, kế hoạch số 12"), " ke hoach so 12 ");
        let long = "a".repeat(65);
        assert_eq!(words_of(&format!("{long} b")), " b ");
        let many: String = (0..200_000).map(|n| format!("tu{n} ")).collect();
        assert!(words_of(&many).len() <= MOST_WORDS + 1);
    }
}
