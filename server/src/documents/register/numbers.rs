//! Số giữ, số chèn, số hủy: numbers that a clerk takes from the outgoing register before a document has them.
//!
//! A document carries the day on which it is really issued, whatever the day its number was taken: nothing is dated back.
use super::numbers_store as store;
use crate::actor::Actor;
use crate::clock::{now_us, vietnam, when};
use crate::db::Work;
use crate::documents::{Error, Result, Service, marks, signing};
use app::dto::identity::Role;
use app::dto::numbers::{HeldChoice, HeldNumber, HeldState, HoldWish, NumberBook};
use app::ids::NumberId;
use app::live::LiveEvent;

/// Numbers that are taken in one step.
const MOST: u32 = 20;
const LONGEST_REASON: usize = 2000;
const LONGEST_NAME: usize = 200;

/// A number as it stands in the register: `07`, `12a`.
pub fn written(number: i64, suffix: &str) -> String {
    format!("{number:02}{suffix}")
}

fn this_year() -> i64 {
    i64::from(vietnam(now_us()).year())
}

/// # Errors
/// [`Error::Field`] when it is empty or too long.
fn words(text: &str, field: &'static str, longest: usize) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > longest {
        return Err(Error::Field(field));
    }
    Ok(text.to_owned())
}

impl Service {
    /// How the numbers of a year are accounted for. Clerks, leaders and auditors, as the register itself.
    pub async fn numbers(&self, actor: &Actor, year: Option<i64>) -> Result<NumberBook> {
        actor.require(&[Role::Clerk, Role::Leader, Role::Auditor])?;
        let year = year.unwrap_or_else(this_year);
        if !(1945..=9999).contains(&year) {
            return Err(Error::Field("year"));
        }
        let mut tx = self.db.snapshot().await?;
        let count = store::count(&mut tx, year).await?;
        let missing = if count.whole() {
            Vec::new()
        } else {
            store::missing(&mut tx, year, count.last).await?
        };
        let mut numbers = Vec::new();
        for row in store::of_year(&mut tx, year).await? {
            let document = match &row.document_id {
                Some(id) => Some(marks::linked(&mut tx, actor, id).await?),
                None => None,
            };
            numbers.push(HeldNumber {
                number: written(row.number, &row.suffix),
                id: NumberId(row.id),
                state: row.state,
                reason: row.reason,
                whom: row.whom,
                by: row.by,
                at: when(row.at),
                ended: row.ended_by.zip(row.ended_at.map(when)),
                ended_reason: row.ended_reason,
                document,
            });
        }
        Ok(NumberBook {
            year,
            last: count.last,
            issued: count.issued,
            between: count.between,
            held: count.held,
            cancelled: count.cancelled,
            missing,
            numbers,
            keeps: actor.is(Role::Clerk),
            current: year == this_year(),
        })
    }

    /// Takes the next numbers of this year, or one between two that are given already: `12a` after 12. Answers what was taken.
    pub async fn hold_numbers(&self, actor: &Actor, wish: &HoldWish) -> Result<Vec<String>> {
        let me = actor.require(&[Role::Clerk])?.clone();
        let reason = words(&wish.reason, "hold_reason", LONGEST_REASON)?;
        let whom = words(&wish.whom, "whom", LONGEST_NAME)?;
        let count = if wish.after.is_some() { 1 } else { wish.count };
        if !(1..=MOST).contains(&count) {
            return Err(Error::Field("count"));
        }
        let mut work = self.db.begin(actor).await?;
        if !wish.once.is_empty()
            && let Some(batch) = super::super::store::once(work.conn(), me.as_str(), &wish.once).await?
        {
            let taken = store::of_batch(work.conn(), &batch).await?;
            return Ok(taken.iter().map(|(n, suffix)| written(*n, suffix)).collect());
        }
        let (year, now) = (this_year(), now_us());
        let taken = match wish.after {
            Some(after) => vec![(after, between(&mut work, year, after).await?)],
            None => {
                let last = super::super::store::next_numbers(work.conn(), "outgoing", year, i64::from(count)).await?;
                (last - i64::from(count) + 1..=last).map(|n| (n, String::new())).collect()
            }
        };
        let batch = uuid::Uuid::now_v7().to_string();
        for (number, suffix) in &taken {
            let new = store::New {
                batch: &batch,
                year,
                number: *number,
                suffix,
                reason: &reason,
                whom: &whom,
                by: &actor.name,
            };
            store::insert(work.conn(), &new, now).await?;
        }
        if !wish.once.is_empty() {
            super::super::store::remember_once(work.conn(), me.as_str(), &wish.once, &batch, now).await?;
        }
        let taken: Vec<String> = taken.iter().map(|(n, suffix)| written(*n, suffix)).collect();
        let action = if wish.after.is_some() {
            "register.inserted"
        } else {
            "register.held"
        };
        self.told(&mut work, action, year, &taken.join(", "), &reason, &whom).await?;
        work.commit().await?;
        Ok(taken)
    }

    /// Hủy số: the number stays in the register and says why nothing has it.
    pub async fn cancel_number(&self, actor: &Actor, id: &NumberId, reason: &str) -> Result<()> {
        actor.require(&[Role::Clerk])?;
        let reason = words(reason, "cancel_reason", LONGEST_REASON)?;
        let mut work = self.db.begin(actor).await?;
        let row = store::get(work.conn(), id.as_str()).await?.ok_or(Error::NoNumber)?;
        let end = store::End {
            state: HeldState::Cancelled,
            document_id: None,
            reason: &reason,
            by: &actor.name,
        };
        if !store::end(work.conn(), id.as_str(), &end, now_us()).await? {
            return Err(Error::NumberGone);
        }
        let number = written(row.number, &row.suffix);
        self.told(&mut work, "register.cancelled", row.year, &number, &reason, &row.whom)
            .await?;
        Ok(work.commit().await?)
    }

    /// A kept number for a document that is issued now: its year is this one, and nobody else has used it. The news of it is
    /// told by the caller after its log entry: two changes that lock the same things in another order would wait for each other.
    pub(in crate::documents) async fn use_number(&self, work: &mut Work, id: &NumberId, document: &str, year: i64) -> Result<store::Row> {
        let row = store::get(work.conn(), id.as_str()).await?.ok_or(Error::NoNumber)?;
        if row.year != year {
            return Err(Error::NumberOfAnotherYear);
        }
        let by = work.actor().name.clone();
        let end = store::End {
            state: HeldState::Used,
            document_id: Some(document),
            reason: "",
            by: &by,
        };
        if !store::end(work.conn(), id.as_str(), &end, now_us()).await? {
            return Err(Error::NumberGone);
        }
        Ok(row)
    }

    /// What a document of this kind may be issued under instead of the next number.
    pub(in crate::documents) async fn held_choices(&self, c: &mut sqlx::AnyConnection, kind: &str, year: i64) -> Result<Vec<HeldChoice>> {
        let held = store::of_year(c, year).await?.into_iter().filter(|r| r.state == HeldState::Held);
        let mut all: Vec<_> = held.collect();
        all.sort_by(|a, b| (a.number, &a.suffix).cmp(&(b.number, &b.suffix)));
        Ok(all
            .into_iter()
            .map(|r| HeldChoice {
                number: signing::notation(r.number, &r.suffix, kind, &self.config.body_abbreviation),
                id: NumberId(r.id),
                whom: r.whom,
                reason: r.reason,
            })
            .collect())
    }

    async fn told(&self, work: &mut Work, action: &str, year: i64, numbers: &str, reason: &str, whom: &str) -> Result<()> {
        let details = serde_json::json!({ "numbers": numbers, "remark": reason, "whom": whom });
        let summary = format!("{numbers}: {reason}");
        work.audit(action, "register", &format!("outgoing/{year}"), &summary, &details)
            .await?;
        work.publish("desk:outgoing", &LiveEvent::NumbersChanged).await?;
        Ok(())
    }
}

/// The next letter after a number that was given already.
async fn between(work: &mut Work, year: i64, after: i64) -> Result<String> {
    let last = store::lock(work.conn(), year).await?;
    if after < 1 || after > last {
        return Err(Error::Field("after"));
    }
    let letter = match store::last_letter(work.conn(), year, after).await?.as_deref().map(str::as_bytes) {
        None => b'a',
        Some([last]) if *last < b'z' => last + 1,
        Some(_) => return Err(Error::Field("after")),
    };
    Ok(char::from(letter).to_string())
}
