//! Who may sign in whose place: KT., TL., TUQ., Q. with their time (Decree 30/2020, Art. 13).
pub mod http;
pub mod store;

use super::store::Row as Document;
use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{day, now_us, parse_day, when};
use app::dto::authority::{Authority, AuthorityForm, AuthorityWish, SignAs, SignChoice, Standing};
use app::dto::identity::Role;
use app::ids::{AuthorityId, UserId};
use sqlx::AnyConnection;
use store::Row;

const LONGEST_TITLE: usize = 100;
const LONGEST_BASIS: usize = 500;
const LONGEST_REASON: usize = 2000;

/// # Errors
/// [`Error::Field`] when it is empty or too long.
fn words(text: &str, field: &'static str, longest: usize) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > longest {
        return Err(Error::Field(field));
    }
    Ok(text.to_owned())
}

/// `2026-11-24` as people write it.
fn shown(day: &str) -> String {
    day.split('-').rev().collect::<Vec<_>>().join("/")
}

fn view(r: Row, today: &str) -> Authority {
    let standing = if r.holds_on(today) {
        Standing::Current
    } else if r.ended_at.is_none() && r.from_on.as_str() > today {
        Standing::Coming
    } else {
        Standing::Over
    };
    Authority {
        lines: r.lines(),
        id: AuthorityId(r.id),
        person: UserId(r.person_id),
        name: r.name,
        form: r.form,
        head: r.head,
        from: shown(&r.from_on),
        to: Some(shown(&r.to_on)).filter(|d| !d.is_empty()),
        basis: r.basis,
        by: r.by,
        at: when(r.at),
        ended: r.ended_by.zip(r.ended_at).map(|(by, at)| (by, when(at), r.ended_reason)),
        standing,
    }
}

impl Service {
    /// All that were ever recorded, the latest first. Who records them, who signs, who audits.
    pub async fn authorities(&self, actor: &Actor) -> Result<Vec<Authority>> {
        actor.require(&[Role::Clerk, Role::Admin, Role::Leader, Role::Auditor])?;
        let mut c = self.db.read().acquire().await?;
        let today = day(now_us());
        let all = store::all(&mut c).await?;
        Ok(all.into_iter().map(|r| view(r, &today)).collect())
    }

    /// Records who may sign in whose place, in which form, from when to when, and what gives it.
    pub async fn give_authority(&self, actor: &Actor, wish: &AuthorityWish) -> Result<AuthorityId> {
        actor.require(&[Role::Clerk, Role::Admin])?;
        let head_title = words(&wish.head_title, "head_title", LONGEST_TITLE)?;
        let own_title = match wish.form {
            AuthorityForm::Acting => String::new(),
            _ => words(&wish.own_title, "own_title", LONGEST_TITLE)?,
        };
        let basis = words(&wish.basis, "basis", LONGEST_BASIS)?;
        parse_day(&wish.from_on).ok_or(Error::Field("from_on"))?;
        let lasting = wish.to_on.is_empty() && wish.form != AuthorityForm::Mandate;
        // A mandate is given for a time, and in writing.
        if !lasting && (parse_day(&wish.to_on).is_none() || wish.to_on < wish.from_on || wish.to_on < day(now_us())) {
            return Err(Error::Field("to_on"));
        }
        let mut work = self.db.begin(actor).await?;
        if !super::store::is_leader(work.conn(), wish.person.as_str()).await? {
            return Err(Error::Field("person"));
        }
        let head_id = match (&wish.head, wish.form) {
            (_, AuthorityForm::Acting) => None,
            (Some(head), _) if *head != wish.person && super::store::is_leader(work.conn(), head.as_str()).await? => Some(head.0.clone()),
            _ => return Err(Error::Field("head")),
        };
        let id = uuid::Uuid::now_v7().to_string();
        let new = Row {
            id: id.clone(),
            person_id: wish.person.0.clone(),
            name: String::new(),
            form: wish.form,
            head_id,
            head: None,
            head_title,
            own_title,
            from_on: wish.from_on.clone(),
            to_on: wish.to_on.clone(),
            basis,
            by: actor.name.clone(),
            at: now_us(),
            ended_at: None,
            ended_by: None,
            ended_reason: String::new(),
        };
        store::insert(work.conn(), &new).await?;
        let row = store::get(work.conn(), &id).await?.ok_or(Error::NoSuchAuthority)?;
        let details = serde_json::json!({
            "person": row.name, "head": row.head, "from": row.from_on, "to": row.to_on, "basis": row.basis,
        });
        let summary = format!("{}: {}", row.name, row.lines().join(" / "));
        work.audit("authority.given", "authority", &id, &summary, &details).await?;
        work.commit().await?;
        Ok(AuthorityId(id))
    }

    /// Ends it before its time. What was signed under it stays as it is.
    pub async fn end_authority(&self, actor: &Actor, id: &AuthorityId, reason: &str) -> Result<()> {
        actor.require(&[Role::Clerk, Role::Admin])?;
        let reason = words(reason, "end_reason", LONGEST_REASON)?;
        let mut work = self.db.begin(actor).await?;
        let row = store::get(work.conn(), id.as_str()).await?.ok_or(Error::NoSuchAuthority)?;
        if !store::end(work.conn(), id.as_str(), &actor.name, &reason, now_us()).await? {
            return Err(Error::NoAuthority);
        }
        let summary = format!("{}: {reason}", row.name);
        let details = serde_json::json!({ "remark": reason });
        work.audit("authority.ended", "authority", id.as_str(), &summary, &details).await?;
        Ok(work.commit().await?)
    }

    /// What this person may sign the document as today, beside as its own leader.
    pub(super) async fn sign_choices(&self, c: &mut AnyConnection, actor: &Actor, document: &Document) -> Result<Vec<SignChoice>> {
        // The minutes of a meeting are signed by who chaired it.
        if document.meeting_id.is_some() {
            return Ok(Vec::new());
        }
        let today = day(now_us());
        let all = store::of(c, actor.id()).await?.into_iter();
        Ok(all
            .filter(|r| r.holds_on(&today) && fits(r, actor, document))
            .map(|r| SignChoice {
                lines: r.lines(),
                id: AuthorityId(r.id),
                head: r.head,
            })
            .collect())
    }

    /// The authority that is signed under; `None` for a leader who signs in their own name.
    pub(super) async fn signs_under(
        &self,
        c: &mut AnyConnection,
        actor: &Actor,
        document: &Document,
        chosen: Option<&SignAs>,
    ) -> Result<Option<Row>> {
        let Some(chosen) = chosen else {
            return match super::rules::is_leader(actor, document) {
                true => Ok(None),
                false => Err(Error::NoAuthority),
            };
        };
        let row = store::get(c, chosen.id.as_str()).await?.ok_or(Error::NoAuthority)?;
        let good =
            row.person_id == actor.id() && row.holds_on(&day(now_us())) && fits(&row, actor, document) && document.meeting_id.is_none();
        if good { Ok(Some(row)) } else { Err(Error::NoAuthority) }
    }
}

/// A leader signs what is before them under whatever they were given; what is before somebody else, in that person's place.
fn fits(r: &Row, actor: &Actor, document: &Document) -> bool {
    super::rules::is_leader(actor, document) || (r.head_id.is_some() && r.head_id == document.leader_id)
}
