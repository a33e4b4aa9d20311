//! Văn bản đến that came on paper, by e-mail or in another way: a clerk registers it, and from then on it goes the way of any other.
//! No axis message is behind it, so that nobody is told over the axis what becomes of it.
pub mod http;
mod store;

use super::upload::{Form, Uploaded};
use super::{Error, Result, Service, draft, marks};
use crate::actor::Actor;
use crate::axis::judgement;
use crate::clock::{day, now_us, parse_day};
use crate::db::Work;
use crate::documents::store::{self as documents_store, Row};
use crate::text;
use app::dto::documents::{Channel, Direction, KINDS, Linked, State, Urgency};
use app::dto::identity::{Body, Role};
use app::dto::verify::VerifyReport;
use app::ids::DocumentId;
use sqlx::AnyConnection;

const LONGEST_ABSTRACT: usize = 1000;
const LONGEST_SENDER: usize = 300;
const LONGEST_NOTATION: usize = 200;
const MOST_PAGES: i64 = 100_000;

/// Who sent it: a body of the directory, or a name.
struct Sender {
    code: Option<String>,
    name: String,
}

/// What a clerk says of what came.
struct Facts {
    kind: String,
    abstract_text: String,
    notation: String,
    issued_on: String,
    urgency: Urgency,
    channel: Channel,
    pages: Option<i64>,
}

impl Service {
    /// Enters what a form says, with its file. The same word from the same clerk is the same document: `id`, a UUID that a program
    /// gives, or `once` of the screen's form.
    ///
    /// # Errors
    /// [`Error::Registered`] when the same sender's number and day are registered already, unless `confirmed` says that it is another.
    pub async fn enter(&self, actor: &Actor, mut form: Form) -> Result<DocumentId> {
        let me = actor.require(&[Role::Clerk])?.clone();
        let word = word(&form)?;
        if !word.is_empty() {
            let mut c = self.db.read().acquire().await?;
            if let Some(id) = documents_store::once(&mut c, me.as_str(), &word).await? {
                return Ok(DocumentId(id));
            }
        }
        if !matches!(form.text("secrecy"), "" | "none") {
            return Err(Error::Secret);
        }
        let facts = Facts::of(&form)?;
        let file = form.file.take().ok_or(Error::NoFile)?;
        // Before the transaction: what the signatures are worth may have to be asked of others.
        let report = self.signatures.verify_file(file.incoming.path(), &file.name).await?;
        let mut work = self.db.begin(actor).await?;
        // The same form may have come in meanwhile.
        if !word.is_empty()
            && let Some(id) = documents_store::once(work.conn(), me.as_str(), &word).await?
        {
            return Ok(DocumentId(id));
        }
        let sender = self.sender(work.conn(), &form).await?;
        if form.text("confirmed").is_empty()
            && let Some(known) = same(work.conn(), &sender, &facts.notation, &facts.issued_on).await?.first()
        {
            return Err(Error::Registered(known.clone()));
        }
        let id = self.put_down(&mut work, facts, sender, file, &report).await?;
        if !word.is_empty() {
            documents_store::remember_once(work.conn(), me.as_str(), &word, id.as_str(), now_us()).await?;
        }
        work.commit().await?;
        Ok(id)
    }

    /// The row with its file, log and news. A broken signature is refused as it is over the axis; none at all is no reason.
    async fn put_down(&self, work: &mut Work, facts: Facts, sender: Sender, file: Uploaded, report: &VerifyReport) -> Result<DocumentId> {
        let now = now_us();
        let id = uuid::Uuid::now_v7().to_string();
        let refusal = judgement::refusal(report);
        let actor = work.actor().clone();
        let named = sender.code.is_some();
        let row = Row {
            direction: Direction::Incoming,
            kind: facts.kind,
            abstract_text: facts.abstract_text,
            urgency: facts.urgency,
            state: if refusal.is_some() { State::Refused } else { State::Arrived },
            drafter_id: None,
            drafter: String::new(),
            notation: Some(facts.notation),
            issued_on: facts.issued_on,
            arrived_at: Some(now),
            sender_code: sender.code,
            sender_name: Some(sender.name),
            channel: Some(facts.channel),
            said_pages: facts.pages,
            reason: refusal.clone(),
            ..draft::blank(&id, &actor, &file.name, &file.incoming.sha256, now)
        };
        self.keep(work, file).await?;
        documents_store::insert(work.conn(), &row).await?;
        documents_store::add_version(work.conn(), &id, "received", &row.sha256, &actor.name, now).await?;
        let (action, remark) = match refusal {
            Some(reason) => ("document.refused_at_arrival", reason),
            None if facts.channel == Channel::Paper && judgement::signed(report) == 0 => {
                ("document.entered", "Bản quét, không có chữ ký số.".to_owned())
            }
            None => ("document.entered", judgement::remark(report)),
        };
        self.announce(work, &row, action, &remark).await?;
        // What a body of the directory has said of it over the axis before holds for its paper as well.
        if named {
            self.mark_early(work, row, false).await?;
        }
        Ok(DocumentId(id))
    }

    /// A body by its code, by `Name (code)` as the screen offers it, or by its exact name; otherwise the name as typed.
    async fn sender(&self, c: &mut AnyConnection, form: &Form) -> Result<Sender> {
        let code = form.text("sender_code");
        let known = if code.is_empty() {
            let name = text::line(form.text("sender"), LONGEST_SENDER, false).ok_or(Error::Field("sender"))?;
            match self.known_sender(c, &name).await? {
                Some(body) => body,
                None => return Ok(Sender { code: None, name }),
            }
        } else {
            documents_store::body(c, code).await?.ok_or(Error::Field("sender"))?
        };
        if known.code == self.config.body_code {
            return Err(Error::Field("sender"));
        }
        Ok(Sender {
            code: Some(known.code),
            name: known.name,
        })
    }

    async fn known_sender(&self, c: &mut AnyConnection, name: &str) -> Result<Option<Body>> {
        let offered = name.strip_suffix(')').and_then(|n| n.rsplit_once('('));
        if let Some((_, code)) = offered
            && let Some(body) = documents_store::body(c, code.trim()).await?
        {
            return Ok(Some(body));
        }
        Ok(store::body_named(c, name).await?)
    }

    /// What is registered already under a sender's number and day, for a clerk.
    pub async fn known_arrivals(&self, actor: &Actor, sender: &str, notation: &str, issued_on: &str) -> Result<Vec<Linked>> {
        actor.require(&[Role::Clerk])?;
        let mut c = self.db.read().acquire().await?;
        let form = Form::new(&[("sender", sender)], None);
        let sender = self.sender(&mut c, &form).await?;
        let mut known = Vec::new();
        for id in same(&mut c, &sender, notation, issued_on).await? {
            known.push(marks::linked(&mut c, actor, &id).await?);
        }
        Ok(known)
    }
}

/// By which the same form is known when it is sent again.
fn word(form: &Form) -> Result<String> {
    match form.text("id") {
        "" => Ok(form.text("once").to_owned()),
        id => Ok(uuid::Uuid::parse_str(id).map_err(|_| Error::Field("id"))?.to_string()),
    }
}

/// Ids of arrivals of the same sender, number and day. Without a number nothing is the same.
async fn same(c: &mut AnyConnection, sender: &Sender, notation: &str, issued_on: &str) -> Result<Vec<String>> {
    let number = plain(notation);
    if number.is_empty() {
        return Ok(Vec::new());
    }
    let of_day = store::of_day(c, issued_on).await?.into_iter();
    let same = of_day.filter(|known| {
        let same_sender = match (&sender.code, &known.sender_code) {
            (Some(code), Some(other)) => code == other,
            _ => text::fold(&sender.name) == text::fold(&known.sender_name),
        };
        same_sender && plain(&known.notation) == number
    });
    Ok(same.map(|known| known.id).collect())
}

/// A number and notation as it is compared: `12 / qđ-ubnd` is `12/QĐ-UBND`.
fn plain(notation: &str) -> String {
    text::fold(notation).chars().filter(|c| !c.is_whitespace()).collect()
}

impl Facts {
    fn of(form: &Form) -> Result<Self> {
        let line = |name: &'static str, most: usize, optional: bool| text::line(form.text(name), most, optional).ok_or(Error::Field(name));
        let kind = form.text("kind");
        if !KINDS.iter().any(|(known, _)| *known == kind) {
            return Err(Error::Field("kind"));
        }
        let issued_on = form.text("issued_on");
        if parse_day(issued_on).is_none() || issued_on > day(now_us()).as_str() {
            return Err(Error::Field("issued_on"));
        }
        let pages = match form.text("pages") {
            "" => None,
            text => Some(
                text.parse()
                    .ok()
                    .filter(|n| (1..=MOST_PAGES).contains(n))
                    .ok_or(Error::Field("pages"))?,
            ),
        };
        let urgency = match form.text("urgency") {
            "" => Urgency::Normal,
            text => Urgency::parse(text).ok_or(Error::Field("urgency"))?,
        };
        Ok(Self {
            kind: kind.to_owned(),
            abstract_text: line("abstract_text", LONGEST_ABSTRACT, false)?,
            notation: line("notation", LONGEST_NOTATION, true)?,
            issued_on: issued_on.to_owned(),
            urgency,
            channel: Channel::parse(form.text("channel")).ok_or(Error::Field("channel"))?,
            pages,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_typed() {
        assert_eq!(plain("12 / qđ-ubnd"), plain("12/QĐ-UBND"));
        assert_ne!(plain("12/QĐ-UBND"), plain("112/QĐ-UBND"));
        assert_eq!(plain(" \u{a0} "), "");
    }
}
