//! Votes: one at a time, by the members present. Ballots of secret ones are in `secret`.
use super::ballots::{self, VoteRow};
use super::read::vote as dto;
use super::store::{self, Row};
use super::{Error, Need, Result, Service, blind, rules, secret, text, topic, urn};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use app::dto::meetings::{Choice, MeetingState, Motion, VoteForm};
use app::ids::{ItemId, MeetingId, UserId, VoteId};
use app::live::LiveEvent;
use serde_json::json;

impl Service {
    /// Calls a vote. The same question while it is being voted on is the same vote.
    pub async fn open_vote(&self, actor: &Actor, id: &MeetingId, motion: &Motion) -> Result<VoteId> {
        // Made before anything is locked: it takes a while.
        let key = match motion.form {
            VoteForm::Open => None,
            VoteForm::Secret => {
                self.may_conduct(actor, id).await?;
                Some(fresh_key().await?)
            }
        };
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Conduct).await?;
        if row.state != MeetingState::Open {
            return Err(Error::NotNow);
        }
        let motion = Motion {
            question: text(&motion.question, "question", 500, false)?,
            ..motion.clone()
        };
        if let Some(item) = &motion.item {
            self.own_item(&mut work, &row, item).await?;
        }
        if let Some(running) = ballots::running(work.conn(), "", &row.id).await? {
            let same = Motion {
                item: running.item_id.map(ItemId),
                question: running.question,
                majority: running.majority,
                form: running.form,
            } == motion;
            return if same { Ok(VoteId(running.id)) } else { Err(Error::VoteRunning) };
        }
        let vote = uuid::Uuid::now_v7().to_string();
        ballots::insert(work.conn(), &vote, &row.id, &motion, now_us()).await?;
        if let Some((modulus, private)) = &key {
            urn::insert_key(work.conn(), &vote, modulus, private).await?;
        }
        let details =
            json!({ "vote": vote, "item": motion.item, "question": motion.question, "majority": motion.majority, "form": motion.form });
        work.audit("meeting.vote_opened", "meeting", &row.id, &row.title, &details).await?;
        let opened = ballots::get(work.conn(), "", &vote).await?.ok_or(Error::NotFound)?;
        self.tell_vote(&mut work, &opened).await?;
        work.commit().await?;
        Ok(VoteId(vote))
    }

    /// The same ballot twice counts once; another choice replaces the first while the vote is open.
    pub async fn cast(&self, actor: &Actor, id: &VoteId, choice: Choice) -> Result<()> {
        let me = actor.user()?.as_str();
        let mut work = self.db.begin(actor).await?;
        let (row, vote) = self.vote_for_change(&mut work, id, Need::Join).await?;
        if vote.form != VoteForm::Open {
            return Err(Error::OtherForm);
        }
        if !vote.open {
            return Err(Error::VoteClosed);
        }
        let member = store::member(work.conn(), &row.id, me).await?.ok_or(Error::NotFound)?;
        rules::may_vote(member.part, member.checked_in_at)?;
        if vote.mine == Some(choice) {
            return Ok(());
        }
        ballots::cast(work.conn(), &vote.id, me, choice, now_us()).await?;
        let details = json!({ "vote": vote.id, "choice": choice.as_str(), "before": vote.mine.map(Choice::as_str) });
        work.audit("meeting.ballot_cast", "meeting", &row.id, &row.title, &details).await?;
        let counted = ballots::get(work.conn(), "", &vote.id).await?.ok_or(Error::NotFound)?;
        self.tell_vote(&mut work, &counted).await?;
        Ok(work.commit().await?)
    }

    /// Who voted how in an open vote (biểu quyết công khai): for whoever sees the meeting, as with raised hands. Of a secret one nobody
    /// can tell.
    pub async fn open_ballots(&self, actor: &Actor, id: &VoteId) -> Result<Vec<(UserId, Choice)>> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let vote = ballots::get(&mut c, "", id.as_str()).await?.ok_or(Error::NotFound)?;
        self.seen(&mut c, actor, &vote.meeting_id).await?;
        if vote.form != VoteForm::Open {
            return Err(Error::OtherForm);
        }
        Ok(ballots::of_vote(&mut c, &vote.id).await?)
    }

    pub async fn close_vote(&self, actor: &Actor, id: &VoteId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, vote) = self.vote_for_change(&mut work, id, Need::Conduct).await?;
        if vote.open {
            self.end_vote(&mut work, &row, vote).await?;
            work.commit().await?;
            self.count_no_more(&row.id);
        }
        Ok(())
    }

    pub(super) async fn vote_for_change(&self, work: &mut Work, id: &VoteId, need: Need) -> Result<(Row, VoteRow)> {
        let me = work.actor().user()?.0.clone();
        let found = ballots::get(work.conn(), &me, id.as_str()).await?.ok_or(Error::NotFound)?;
        let (row, _) = self.for_change(work, &found.meeting_id, need).await.map_err(|e| match e {
            // Said in the words of a vote to those who only watch.
            Error::Identity(crate::identity::Error::Forbidden) if need == Need::Join => Error::NoVote,
            other => other,
        })?;
        // Read again under the lock.
        let vote = ballots::get(work.conn(), &me, id.as_str()).await?.ok_or(Error::NotFound)?;
        Ok((row, vote))
    }

    pub(super) async fn end_vote(&self, work: &mut Work, row: &Row, vote: VoteRow) -> Result<()> {
        ballots::close(work.conn(), &vote, now_us()).await?;
        let mut secret = serde_json::Value::Null;
        if vote.form == VoteForm::Secret {
            urn::seal(work.conn(), &vote.id).await?;
            let voters = urn::voters(work.conn(), &vote.id).await?;
            let voters: Vec<String> = voters.into_iter().map(|(id, _)| id).collect();
            let digest = secret::digest(&urn::ballots(work.conn(), &vote.id).await?);
            secret = json!({ "drawn": voters, "digest": digest });
        }
        let closed = ballots::get(work.conn(), "", &vote.id).await?.ok_or(Error::NotFound)?;
        let result = dto(&closed);
        let details = json!({
            "form": closed.form, "ballots": closed.ballots, "secret": secret,
            "vote": closed.id, "agree": closed.agree, "disagree": closed.disagree, "other": closed.other,
            "present": closed.eligible, "entitled": closed.entitled,
            "majority": closed.majority, "needed": result.needed, "passed": result.passed,
        });
        work.audit("meeting.vote_closed", "meeting", &row.id, &row.title, &details).await?;
        self.tell_vote(work, &closed).await
    }

    /// Tells every device the count; nobody's own ballot.
    pub(super) async fn tell_vote(&self, work: &mut Work, vote: &VoteRow) -> Result<()> {
        let event = LiveEvent::VoteChanged {
            vote: app::dto::meetings::Vote {
                mine: None,
                drawn: false,
                ..dto(vote)
            },
        };
        work.publish(&topic(&vote.meeting_id), &event).await?;
        Ok(())
    }
}

/// Public and private half of a key for one secret vote, as they are written down.
async fn fresh_key() -> Result<(String, String)> {
    let made = tokio::task::spawn_blocking(|| {
        let key = blind::generate()?;
        Ok::<_, openssl::error::ErrorStack>((blind::modulus(&key), blind::to_text(&key)?))
    });
    made.await.ok().and_then(std::result::Result::ok).ok_or(Error::NoKey)
}
