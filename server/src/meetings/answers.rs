//! Who is invited, what they answer, and who comes in their place. What is already so stays so.
use super::letters::Tells;
use super::read::member;
use super::rules::Part;
use super::store::{self, MemberRow, Row};
use super::{Error, Need, Result, Service, ballots, not_over, text, topic};
use crate::actor::Actor;
use crate::db::Work;
use app::dto::meetings::{Answer, MeetingState};
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use serde_json::json;

const LONGEST_REASON: usize = 300;

impl Service {
    /// Nhận lời, báo vắng with a reason, or ủy quyền to a named person, who gets exactly this place: its view, its vote. A later
    /// answer replaces an earlier one, as long as nobody has come.
    pub async fn answer(&self, actor: &Actor, id: &MeetingId, answer: &Answer) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, part) = self.for_change(&mut work, id.as_str(), Need::Join).await?;
        if !matches!(row.state, MeetingState::Published | MeetingState::Open) || part == Some(Part::Secretary) {
            return Err(Error::NotNow);
        }
        let me = actor.user()?.as_str();
        let mut mine = store::member(work.conn(), &row.id, me).await?.ok_or(Error::NotFound)?;
        if mine.checked_in_at.is_some() {
            return Err(Error::NotNow);
        }
        self.no_vote_running(&mut work, &row).await?;
        let (word, reason) = match answer {
            Answer::Accept => ("accepted", String::new()),
            Answer::Decline { reason } => ("declined", text(reason, "reason", LONGEST_REASON, false)?),
            Answer::Delegate { reason, .. } => ("delegated", text(reason, "reason", LONGEST_REASON, true)?),
        };
        self.send_home(&mut work, &row, me).await?;
        if mine.part == Part::Delegated {
            mine.part = Part::Member;
        }
        if let Answer::Delegate { to, .. } = answer {
            // A chair is replaced by whoever may appoint one, and a place is passed on once.
            if mine.part == Part::Chair || mine.stands_for.is_some() {
                return Err(Error::NotNow);
            }
            mine.part = Part::Delegated;
            self.invite(&mut work, &row, to, Some(me), "to").await?;
        }
        word.clone_into(&mut mine.answer);
        mine.absence = reason;
        store::set_answer(work.conn(), &row.id, &mine).await?;
        let details = json!({ "person": me, "answer": answer });
        self.announce(
            &mut work,
            &row,
            "meeting.answered",
            &details,
            &LiveEvent::MemberChanged { member: member(&mine) },
        )
        .await?;
        Ok(work.commit().await?)
    }

    pub async fn add_member(&self, actor: &Actor, id: &MeetingId, person: &UserId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&row)?;
        self.no_vote_running(&mut work, &row).await?;
        if store::member(work.conn(), &row.id, person.as_str()).await?.is_some() {
            return Ok(());
        }
        self.invite(&mut work, &row, person, None, "members").await?;
        Ok(work.commit().await?)
    }

    /// Takes a member off the list, with whoever comes in their place. Who was present stays: votes and minutes rest on it.
    pub async fn remove_member(&self, actor: &Actor, id: &MeetingId, person: &UserId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        not_over(&row)?;
        self.no_vote_running(&mut work, &row).await?;
        let Some(known) = store::member(work.conn(), &row.id, person.as_str()).await? else {
            return Ok(());
        };
        if !matches!(known.part, Part::Member | Part::Delegated) || known.checked_in_at.is_some() {
            return Err(Error::NotNow);
        }
        let place = known.stands_for.clone();
        self.send_home(&mut work, &row, person.as_str()).await?;
        self.remove(&mut work, &row, person.as_str()).await?;
        // Whose place it was has it back.
        if let Some(mut first) = match place {
            Some(id) => store::member(work.conn(), &row.id, &id).await?,
            None => None,
        } {
            first.part = Part::Member;
            first.answer.clear();
            store::set_answer(work.conn(), &row.id, &first).await?;
            let event = LiveEvent::MemberChanged { member: member(&first) };
            work.publish(&topic(&row.id), &event).await?;
        }
        work.commit().await?;
        self.db.hub().person_changed(person.as_str());
        Ok(())
    }

    /// Who votes does not change while a vote is open.
    async fn no_vote_running(&self, work: &mut Work, row: &Row) -> Result<()> {
        match ballots::running(work.conn(), "", &row.id).await? {
            Some(_) => Err(Error::VoteRunning),
            None => Ok(()),
        }
    }

    async fn invite(&self, work: &mut Work, row: &Row, person: &UserId, stands_for: Option<&str>, field: &'static str) -> Result<()> {
        let known = store::member(work.conn(), &row.id, person.as_str()).await?;
        if known.is_some() || !store::is_active_person(work.conn(), person.as_str()).await? {
            return Err(Error::Field(field));
        }
        store::add_member(work.conn(), &row.id, person.as_str(), Part::Member).await?;
        let mut new = store::member(work.conn(), &row.id, person.as_str()).await?.ok_or(Error::NotFound)?;
        if stands_for.is_some() {
            new.stands_for = stands_for.map(str::to_owned);
            store::set_answer(work.conn(), &row.id, &new).await?;
            new = store::member(work.conn(), &row.id, person.as_str()).await?.ok_or(Error::NotFound)?;
        }
        let event = LiveEvent::MemberChanged { member: member(&new) };
        let details = json!({ "person": person, "stands_for": stands_for });
        self.announce(work, row, "meeting.member_added", &details, &event).await?;
        if let Some(first) = stands_for {
            self.hand_over_seat(work, row, first, Some(person.as_str())).await?;
        }
        if row.state != MeetingState::Preparing {
            let event = LiveEvent::MeetingPublished {
                id: MeetingId(row.id.clone()),
                title: row.title.clone(),
            };
            work.publish(&format!("user:{person}"), &event).await?;
            self.mail_to(work, row, Tells::Invited, Some(person.as_str())).await?;
        }
        Ok(())
    }

    /// Whoever came in this person's place goes, unless they are here already.
    async fn send_home(&self, work: &mut Work, row: &Row, person: &str) -> Result<()> {
        let members = store::members(work.conn(), &row.id).await?;
        let stands = |m: &&MemberRow| m.stands_for.as_deref() == Some(person);
        let Some(other) = members.iter().find(stands) else { return Ok(()) };
        if other.checked_in_at.is_some() {
            return Err(Error::NotNow);
        }
        self.remove(work, row, &other.person_id).await
    }

    async fn remove(&self, work: &mut Work, row: &Row, person: &str) -> Result<()> {
        if row.state != MeetingState::Preparing {
            self.mail_to(work, row, Tells::NotInvited, Some(person)).await?;
        }
        let known = store::member(work.conn(), &row.id, person).await?;
        let first = known.and_then(|m| m.stands_for);
        store::remove_member(work.conn(), &row.id, person).await?;
        let event = LiveEvent::MemberRemoved { user: person.into() };
        let details = json!({ "person": person });
        self.announce(work, row, "meeting.member_removed", &details, &event).await?;
        self.hand_over_seat(work, row, person, first.as_deref()).await
    }
}
