//! Finding documents among very many, on either engine: the one place where the two search in their own ways.
//!
//! SQLite has a full-text index beside the table (FTS5), PostgreSQL a column of lexemes. What is found is the same: every word that
//! was typed, the last one also as the beginning of a word, accents and case ignored; in what is known of a document or in the text of
//! its present file.
use super::figures::store::{Set, Whose};
use super::store::{self, Row};
use super::texts;
use crate::db::DbResult;
use crate::text;
use app::dto::documents::{Direction, State};
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};
use std::fmt::Write as _;

/// Rows that are counted and can be paged through: nobody reads on, and to count a million takes longer than to find one.
pub const MOST: usize = 1000;

/// Newest matches that are looked at first; where too few of them are for this person, the next look is wider.
const WINDOW: i64 = 4000;

/// What a list asks for; conditions are made by `rules`, never from what a person typed.
pub struct Filter<'a> {
    pub person: &'a str,
    pub visible: String,
    /// The few documents outside of which nothing is visible to this person, as a condition; `None` for those who see most.
    pub own: Option<String>,
    pub direction: Option<Direction>,
    pub state: Option<State>,
    /// Abbreviation of a kind, or empty.
    pub kind: &'a str,
    /// Days of the document itself, `2026-11-24`, each may be empty.
    pub from: &'a str,
    pub to: &'a str,
    /// As typed; empty for everything.
    pub text: &'a str,
    pub waiting: Option<String>,
    /// What a figure counts, and of whom.
    pub counted: Option<(Set, Whose)>,
    pub offset: usize,
    pub limit: usize,
}

impl Filter<'_> {
    /// Without its words it finds so few that they are best compared one by one: what belongs to one person, and what is not at its end.
    fn finds_few(&self) -> bool {
        let on_its_way = self.state.is_some_and(|s| !matches!(s, State::Sent | State::Done));
        self.own.is_some() || self.waiting.is_some() || on_its_way
    }
}

/// Words of a text as they are stored for searching: folded, letters and digits alone, a blank around each.
pub fn normal(text: &str) -> String {
    let folded = text::fold(text);
    let mut out = String::with_capacity(folded.len() + 2);
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        out.push(' ');
        out.push_str(word);
    }
    out.push(' ');
    out
}

/// A search, in the notation of whoever carries it out.
pub struct Words(Vec<String>);

impl Words {
    pub fn new(text: &str) -> Self {
        Self(normal(text).split_whitespace().map(str::to_owned).collect())
    }

    /// Each word for itself, and whether it may go on.
    pub fn each(&self) -> impl Iterator<Item = (&str, bool)> {
        let last = self.0.len().saturating_sub(1);
        self.0.iter().enumerate().map(move |(at, word)| (word.as_str(), at == last))
    }

    /// Words hold letters and digits alone, so that nothing in them needs to be quoted.
    fn fts5(&self) -> String {
        let words = self.each().map(|(word, open)| format!("\"{word}\"{}", if open { "*" } else { "" }));
        words.collect::<Vec<_>>().join(" AND ")
    }

    fn tsquery(&self) -> String {
        let words = self.each().map(|(word, open)| format!("'{word}'{}", if open { ":*" } else { "" }));
        words.collect::<Vec<_>>().join(" & ")
    }

    fn like(&self) -> String {
        let words = self.each().map(|(word, open)| {
            let like = format!("LIKE '% {word}{}%'", if open { "" } else { " " });
            format!(
                "(folded {like} OR EXISTS (SELECT 1 FROM document_text t WHERE t.document_id = document.id AND t.sha256 = document.sha256 \
                     AND t.words {like}))"
            )
        });
        words.collect::<Vec<_>>().join(" AND ")
    }

    /// True when all of them stand in `normal` text.
    pub fn stand_in(&self, normal: &str) -> bool {
        self.each().all(|(word, open)| {
            let end = if open { "" } else { " " };
            normal.contains(&format!(" {word}{end}"))
        })
    }
}

fn sqlite(c: &AnyConnection) -> bool {
    c.backend_name() == "SQLite"
}

/// Enters the words of a document anew, with those of its text; `folded` is in the row already.
pub async fn index(c: &mut AnyConnection, id: &str, folded: &str) -> DbResult<()> {
    let text = texts::store::words(c, id).await?;
    let all = match text.trim() {
        "" => folded.to_owned(),
        text => format!("{} {text}", folded.trim_end()),
    };
    let folded = all.as_str();
    if !sqlite(c) {
        let sql = "UPDATE document SET words = array_to_tsvector(string_to_array(TRIM($1), ' ')) WHERE id = $2";
        sqlx::query(sql).bind(folded).bind(id).execute(c).await?;
        return Ok(());
    }
    let known: Option<i64> = sqlx::query("SELECT words_id FROM document WHERE id = $1")
        .bind(id)
        .fetch_one(&mut *c)
        .await?
        .try_get("words_id")?;
    if let Some(known) = known {
        sqlx::query("DELETE FROM document_words WHERE rowid = $1")
            .bind(known)
            .execute(&mut *c)
            .await?;
        let sql = "INSERT INTO document_words (rowid, words) VALUES ($1, $2)";
        sqlx::query(sql).bind(known).bind(folded).execute(c).await?;
        return Ok(());
    }
    let next = "SELECT COALESCE(MAX(words_id), 0) + 1 AS n FROM document";
    let next: i64 = sqlx::query(next).fetch_one(&mut *c).await?.try_get("n")?;
    let sql = "INSERT INTO document_words (rowid, words) VALUES ($1, $2)";
    sqlx::query(sql).bind(next).bind(folded).execute(&mut *c).await?;
    let sql = "UPDATE document SET words_id = $1 WHERE id = $2";
    sqlx::query(sql).bind(next).bind(id).execute(c).await?;
    Ok(())
}

/// Before a document is removed: what it was found by. PostgreSQL keeps that in its row.
pub async fn forget(c: &mut AnyConnection, id: &str) -> DbResult<()> {
    if sqlite(c) {
        let sql = "DELETE FROM document_words WHERE rowid = (SELECT words_id FROM document WHERE id = $1)";
        sqlx::query(sql).bind(id).execute(c).await?;
    }
    Ok(())
}

/// A condition with what is bound in it; `$1` is always the person.
struct Condition {
    sql: String,
    bound: Vec<String>,
}

impl Condition {
    fn new(f: &Filter<'_>) -> Self {
        let mut all = Self {
            // The person is named even where no rule asks for it, so that the number of parameters is right.
            sql: format!("deleted_at IS NULL AND $1 = $1 AND {}", f.visible),
            bound: vec![f.person.to_owned()],
        };
        for clause in [&f.own, &f.waiting].into_iter().flatten() {
            all.and(clause);
        }
        // A set says its direction itself; said twice, SQLite would look all of that direction through.
        if let (Some(direction), None) = (f.direction, &f.counted) {
            all.and_bound("direction =", direction.as_str());
        }
        if let Some(state) = f.state {
            all.and_bound("state =", state.as_str());
        }
        if let Some((set, whose)) = &f.counted {
            all.and(&set.condition);
            if let (Some(direction), Some(value)) = (f.direction, whose.bound()) {
                all.bound.push(value.to_owned());
                let clause = whose.condition(direction, all.bound.len());
                all.and(&clause);
            }
        }
        for (clause, value) in [
            ("kind =", f.kind),
            ("issued_on >=", f.from),
            ("issued_on <> '' AND issued_on <=", f.to),
        ] {
            if !value.is_empty() {
                all.and_bound(clause, value);
            }
        }
        all
    }

    fn and(&mut self, clause: &str) {
        let _ = write!(self.sql, " AND {clause}");
    }

    fn and_bound(&mut self, clause: &str, value: &str) {
        self.bound.push(value.to_owned());
        let _ = write!(self.sql, " AND {clause} ${}", self.bound.len());
    }

    /// The ids that `sql` finds; it starts from `SELECT id …`.
    async fn ids(&self, c: &mut AnyConnection, sql: String) -> DbResult<Vec<String>> {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for value in &self.bound {
            query = query.bind(value);
        }
        query.fetch_all(c).await?.iter().map(|r| r.try_get("id")).collect()
    }
}

/// One page, and how many there are in all up to [`MOST`]. Newest first: by the last change, or among what was searched for by age.
pub async fn list(c: &mut AnyConnection, f: &Filter<'_>) -> DbResult<(Vec<Row>, usize)> {
    let words = Words::new(f.text);
    let searching = !f.text.trim().is_empty();
    if searching && words.0.is_empty() {
        // Signs alone are no word, and nothing is found by none.
        return Ok((Vec::new(), 0));
    }
    let mut condition = Condition::new(f);
    let found = if searching && sqlite(c) && (!f.finds_few() || match_few(c, &words).await?) {
        by_windows(c, &condition, &words).await?
    } else {
        let order = if searching {
            // Ids are made in order of time (UUID version 7).
            let clause = if sqlite(c) {
                words.like()
            } else {
                condition.bound.push(words.tsquery());
                let clause = format!("words @@ CAST(${} AS tsquery)", condition.bound.len());
                match f.own {
                    // Asked of each of the few, not of the index of all.
                    Some(_) => format!("({clause}) IS TRUE"),
                    None => clause,
                }
            };
            condition.and(&clause);
            "id DESC"
        } else {
            // Few are sorted; of many the newest are read in their order.
            match &f.counted {
                Some((set, _)) if set.few => "updated_at + 0 DESC, id DESC",
                _ => "updated_at DESC, id DESC",
            }
        };
        let sql = format!("SELECT id FROM document WHERE {} ORDER BY {order} LIMIT {MOST}", condition.sql);
        condition.ids(c, sql).await?
    };
    let page: Vec<&String> = found.iter().skip(f.offset).take(f.limit).collect();
    let mut rows = Vec::with_capacity(page.len());
    if !page.is_empty() {
        rows = store::by_ids(c, &page).await?;
        rows.sort_by_key(|row| page.iter().position(|id| **id == row.id));
    }
    Ok((rows, found.len()))
}

/// True when so few documents have the words that all of them are looked at in one window.
async fn match_few(c: &mut AnyConnection, words: &Words) -> DbResult<bool> {
    let sql = format!(
        "SELECT COUNT(*) AS n FROM (SELECT rowid FROM document_words WHERE document_words MATCH '{}' LIMIT {WINDOW})",
        words.fts5()
    );
    let n: i64 = sqlx::query(AssertSqlSafe(sql)).fetch_one(c).await?.try_get("n")?;
    Ok(n < WINDOW)
}

/// Ids of the newest matches that meet the condition. FTS5 hands matches out newest first without sorting, so that a word that stands
/// in half of all documents costs no more than the look at its newest.
async fn by_windows(c: &mut AnyConnection, condition: &Condition, words: &Words) -> DbResult<Vec<String>> {
    let query = words.fts5();
    let mut found = Vec::new();
    let (mut below, mut size) = (i64::MAX, WINDOW);
    loop {
        let window = format!(
            "SELECT rowid AS r FROM document_words WHERE document_words MATCH '{query}' AND rowid < {below} ORDER BY rowid DESC LIMIT {size}"
        );
        let looked = sqlx::query(AssertSqlSafe(format!(
            "SELECT COALESCE(MIN(r), 0) AS low, COUNT(*) AS n FROM ({window})"
        )))
        .fetch_one(&mut *c)
        .await?;
        let (low, n): (i64, i64) = (looked.try_get("low")?, looked.try_get("n")?);
        if n > 0 {
            let left = MOST - found.len();
            let sql = format!(
                "SELECT id FROM document WHERE {} AND words_id IN ({window}) ORDER BY words_id DESC LIMIT {left}",
                condition.sql
            );
            found.extend(condition.ids(c, sql).await?);
        }
        if n < size || found.len() >= MOST {
            return Ok(found);
        }
        below = low;
        size *= 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_becomes_words_and_nothing_else() {
        assert_eq!(normal("12/QĐ-UBND về việc"), " 12 qd ubnd ve viec ");
        assert_eq!(normal("' OR \"1\"=1 --"), " or 1 1 ");
        assert_eq!(normal("%_\\"), " ");
        let words = Words::new("Kế hoạch 50%");
        assert_eq!(words.fts5(), "\"ke\" AND \"hoach\" AND \"50\"*");
        assert_eq!(words.tsquery(), "'ke' & 'hoach' & '50':*");
        let like = words.like();
        assert!(like.starts_with("(folded LIKE '% ke %' OR EXISTS ("), "{like}");
        assert!(like.ends_with("AND t.words LIKE '% 50%'))"), "{like}");
        assert!(words.stand_in(&normal("Kế hoạch năm 503")) && !words.stand_in(&normal("Kế hoạch 5")));
    }
}
