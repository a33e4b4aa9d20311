//! Lists, one document with all that belongs to it, and who may read its bytes.
use super::figures::store::{Days, Set, Whose};
use super::find::{self, Filter, Words};
use super::signing::notation;
use super::store::{self, Row};
use super::texts::{self, excerpt::excerpt};
use super::{Error, Result, Service, marks, rules, topic};
use crate::actor::Actor;
use crate::clock::{due, now_us, parse_day, vietnam, when};
use crate::signatures::Owner;
use crate::signatures::verify::Checked;
use app::dto::documents::{Action, Direction, DocumentDetail, DocumentQuery, DocumentRow, Envelope, NextNumber, State, Step, Version};
use app::dto::figures::Counted;
use app::dto::identity::Body;
use app::dto::verify::VerifyReport;
use app::dto::{FileRef, Page, Placement};
use app::ids::{DocumentId, MessageId, UserId};
use std::path::PathBuf;

const PER_PAGE: u32 = 50;

impl Service {
    pub async fn list(&self, actor: &Actor, query: &DocumentQuery) -> Result<Page<DocumentRow>> {
        let me = actor.user()?.clone();
        let page = query.page.clamp(1, 1_000_000);
        for (field, day) in [("from", &query.from), ("to", &query.to)] {
            if !day.is_empty() && parse_day(day).is_none() {
                return Err(Error::Field(field));
            }
        }
        let counted = counted(query)?;
        let (from, to) = if counted.is_some() { ("", "") } else { (&*query.from, &*query.to) };
        let filter = Filter {
            person: me.as_str(),
            visible: rules::visible_sql(actor),
            direction: query.counted.map(Counted::direction).or(query.direction),
            state: query.state,
            kind: &query.kind,
            from,
            to,
            counted,
            text: &query.text,
            own: (!rules::sees_widely(actor, query.direction)).then(|| rules::own_sql(actor)),
            waiting: query.mine.then(|| rules::waiting_sql(actor)),
            offset: (page as usize - 1) * PER_PAGE as usize,
            limit: PER_PAGE as usize,
        };
        let mut c = self.db.read().acquire().await?;
        let (found, total) = find::list(&mut c, &filter).await?;
        let mut rows: Vec<DocumentRow> = found.iter().map(|r| self.row(actor, r)).collect();
        let words = Words::new(&query.text);
        // What the row itself shows needs no excerpt.
        let hidden: Vec<&str> = found
            .iter()
            .filter(|r| !words.stand_in(&store::folded(r)))
            .map(|r| r.id.as_str())
            .collect();
        for (id, text) in texts::store::texts(&mut c, &hidden).await? {
            if let Some(row) = rows.iter_mut().find(|r| r.id.as_str() == id) {
                row.excerpt = excerpt(&text, &words);
            }
        }
        Ok(Page {
            rows,
            total: total as u64,
            page,
            per_page: PER_PAGE,
        })
    }

    fn row(&self, actor: &Actor, r: &Row) -> DocumentRow {
        let from = match r.direction {
            Direction::Outgoing => r.drafter.clone(),
            Direction::Incoming => r.sender_name.clone().unwrap_or_default(),
        };
        DocumentRow {
            id: DocumentId(r.id.clone()),
            direction: r.direction,
            kind: r.kind.clone(),
            abstract_text: r.abstract_text.clone(),
            state: r.state,
            urgency: r.urgency,
            number: r.notation.clone(),
            from,
            updated: when(r.updated_at),
            due: due(&r.due_on, r.state == State::Done),
            waits_for_me: rules::waits_for(actor, r),
            mark: r.mark.as_ref().map(|m| m.kind),
            excerpt: Vec::new(),
        }
    }

    pub async fn get(&self, actor: &Actor, id: &DocumentId) -> Result<DocumentDetail> {
        let r = self.seen(actor, id).await?;
        let actions = rules::allowed(actor, &r);
        let (number_box, date_box) = self.boxes(&r).await.unwrap_or((NOWHERE, NOWHERE));
        let key = if actions.contains(&Action::Sign) {
            self.signatures.key_info(&Owner::Person(actor.user()?.clone())).await?
        } else if actions.contains(&Action::Issue) {
            self.signatures.key_info(&Owner::Body(self.config.body_code.clone())).await?
        } else {
            None
        };
        // One transaction, so that the number of the topic fits what is read.
        let mut tx = self.db.snapshot().await?;
        let r = store::get(&mut tx, id.as_str()).await?.ok_or(Error::NotFound)?;
        let topic = topic(&r.id);
        let topic_seq = crate::live::store::last(&mut tx, &topic).await?;
        let versions: Vec<Version> = store::versions(&mut tx, &r.id)
            .await?
            .into_iter()
            .map(|v| Version {
                number: v.number,
                what: v.what,
                by: v.by,
                at: when(v.at),
                file: FileRef {
                    url: url(&r.id, &v.sha256),
                    sha256: v.sha256,
                    size: v.size,
                    pages: v.pages,
                },
            })
            .collect();
        let receivers = store::receivers(&mut tx, &r.id)
            .await?
            .into_iter()
            .map(super::incoming::receiver)
            .collect();
        let steps = store::steps(&mut tx, &r.id)
            .await?
            .into_iter()
            .map(|(action, by, at, details)| Step {
                action,
                by,
                at: when(at),
                remark: remark(&details),
            })
            .collect();
        let assignments = store::assignments(&mut tx, &r.id).await?;
        let (size, pages) = store::file(&mut tx, &r.sha256).await?;
        let actions = rules::allowed(actor, &r);
        let supersedes = marks::supersedes(&mut tx, actor, &r.id).await?;
        let mut mark = r.mark.clone();
        if let Some(known) = mark.as_mut().and_then(|m| m.successor.as_mut())
            && let Some(id) = known.id.take()
        {
            *known = marks::linked(&mut tx, actor, id.as_str()).await?;
        }
        let envelope = match &r.message_id {
            Some(id) => crate::axis::store::incoming(&mut tx, id).await?.map(|m| Envelope {
                message: MessageId(m.id),
                signed_by: m.signer,
            }),
            None => None,
        };
        let next_number = if actions.contains(&Action::Issue) {
            let now = now_us();
            let year = i64::from(vietnam(now).year());
            let number = store::peek_number(&mut tx, "outgoing", year).await?;
            Some(NextNumber {
                held: self.held_choices(&mut tx, &r.kind, year).await?,
                number: notation(number, "", &r.kind, &self.config.body_abbreviation),
                date: when(now).text.chars().take(10).collect(),
            })
        } else {
            None
        };
        let sign_as = match actions.contains(&Action::Sign) {
            true => self.sign_choices(&mut tx, actor, &r).await?,
            false => Vec::new(),
        };
        drop(tx);
        let sender = r.sender_name.clone().map(|name| Body {
            code: r.sender_code.clone().unwrap_or_default(),
            name,
        });
        let arrival_number = r.arrival_number.zip(r.arrival_year).map(|(n, year)| format!("{n}/{year}"));
        Ok(DocumentDetail {
            row: self.row(actor, &r),
            file: FileRef {
                url: url(&r.id, &r.sha256),
                sha256: r.sha256.clone(),
                size,
                pages,
            },
            file_name: r.file_name.clone(),
            drafter: r.drafter.clone(),
            leader: r.leader.clone(),
            leader_id: r.leader_id.clone().map(UserId),
            authority: r.authority.lines().map(str::to_owned).collect(),
            head: r.head.clone(),
            sign_as,
            signs_own: rules::is_leader(actor, &r),
            receivers,
            sender,
            channel: r.channel,
            said_pages: r.said_pages.and_then(|n| u32::try_from(n).ok()),
            envelope,
            issued_on: r.issued_on.clone(),
            arrival_number,
            arrived: r.arrived_at.map(when),
            mark,
            asked_back: r.asked_back.clone(),
            supersedes,
            reason: r.reason.clone(),
            assignments,
            versions,
            steps,
            actions,
            number_box,
            date_box,
            boxes_chosen: !r.number_box.is_empty() && !r.date_box.is_empty(),
            key,
            next_number,
            signature_box: serde_json::from_str(&r.signature_box).ok(),
            revision: r.revision,
            topic,
            topic_seq,
        })
    }

    /// # Errors
    /// [`Error::NotFound`] unless this person may see the document.
    pub async fn may_see(&self, actor: &Actor, id: &DocumentId) -> Result<()> {
        self.seen(actor, id).await.map(|_| ())
    }

    /// Checks the signatures of the document's present file.
    pub async fn verify(&self, actor: &Actor, id: &DocumentId) -> Result<VerifyReport> {
        let (name, checked) = self.checked(actor, id).await?;
        Ok(checked.view(&name))
    }

    /// The same as facts, with the name of the file.
    pub async fn checked(&self, actor: &Actor, id: &DocumentId) -> Result<(String, Checked)> {
        let row = self.seen(actor, id).await?;
        let checked = self.signatures.check(&self.files.local(&row.sha256).await?).await?;
        Ok((row.file_name, checked))
    }

    /// The present file as it was once, a version by its number: path, bytes to take of it, and a name to save it under.
    pub async fn version(&self, actor: &Actor, id: &DocumentId, number: u32) -> Result<(PathBuf, u64, String)> {
        let row = self.seen(actor, id).await?;
        let path = self.files.local(&row.sha256).await?;
        let version = self.signatures.version(&path, number).await?.ok_or(Error::NotFound)?;
        let stem = row.file_name.strip_suffix(".pdf").unwrap_or(&row.file_name);
        Ok((path, version.length, format!("{stem}.{number}.pdf")))
    }

    /// The name under which one of the document's files is saved, if this person may read it.
    pub async fn may_read(&self, actor: &Actor, id: &DocumentId, sha256: &str) -> Result<String> {
        let row = self.seen(actor, id).await?;
        let mut c = self.db.read().acquire().await?;
        if row.sha256 != sha256 && !store::has_version(&mut c, &row.id, sha256).await? {
            return Err(Error::NotFound);
        }
        Ok(row.file_name)
    }
}

/// The documents that a figure counts, where they are asked for. What is counted over a time needs its days.
fn counted(query: &DocumentQuery) -> Result<Option<(Set, Whose)>> {
    let Some(counted) = query.counted else { return Ok(None) };
    let now = now_us();
    let today = vietnam(now).date();
    let days = match counted.over_time() {
        true => Days::parse(&query.from, &query.to).ok_or(Error::Field("from"))?,
        false => Days { from: today, to: today },
    };
    let whose = match (query.person.as_str(), query.unit.as_str()) {
        ("", "") => Whose::Body,
        ("", unit) => Whose::Unit(unit.to_owned()),
        (person, _) => Whose::Person(person.to_owned()),
    };
    Ok(Some((Set::new(counted, days, now), whose)))
}

const NOWHERE: Placement = Placement {
    page: 1,
    x: 0.0,
    y: 0.0,
    w: 0.0,
    h: 0.0,
};

fn url(id: &str, sha256: &str) -> String {
    format!("/files/document/{id}/{sha256}.pdf")
}

fn remark(details: &str) -> String {
    let parsed: serde_json::Value = serde_json::from_str(details).unwrap_or_default();
    parsed.get("remark").and_then(|r| r.as_str()).unwrap_or_default().to_owned()
}
