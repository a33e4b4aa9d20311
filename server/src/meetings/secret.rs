//! Secret votes (bỏ phiếu kín). A member draws, by name, one blind signature over a ballot that this server cannot read; the
//! ballot itself is cast without a name. docs/adr/0013-secret-votes.md says what that hides, and from whom.
use super::ballots;
use super::blind;
use super::read::count;
use super::rules;
use super::store;
use super::{Error, Need, Result, Service, topic, urn};
use crate::actor::Actor;
use app::dto::meetings::{PublishedBallots, SecretBallot, VoteForm};
use app::ids::VoteId;
use app::live::LiveEvent;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::{Sha256, sha256};

/// Of ballots in the urn: told while a vote is open, not kept.
const COUNT: &str = "ballots";

impl Service {
    /// Once a vote is closed its count stands in the result.
    pub(super) fn count_no_more(&self, meeting: &str) {
        self.db.hub().pass_no_more(&topic(meeting), COUNT);
    }

    /// The blind signature over `blinded` (base64url), once for each member present. The same question has the same answer, so
    /// that an answer that was lost can be had again; another one is refused.
    pub async fn draw_ballot(&self, actor: &Actor, id: &VoteId, blinded: &str) -> Result<String> {
        let me = actor.user()?.as_str();
        let bytes = URL_SAFE_NO_PAD.decode(blinded).map_err(|_| Error::Ballot)?;
        let mut work = self.db.begin(actor).await?;
        let (row, vote) = self.vote_for_change(&mut work, id, Need::Join).await?;
        if vote.form != VoteForm::Secret {
            return Err(Error::OtherForm);
        }
        if let Some((before, signed)) = urn::drawn(work.conn(), &vote.id, me).await? {
            return if before == blinded { Ok(signed) } else { Err(Error::AlreadyDrawn) };
        }
        if !vote.open {
            return Err(Error::VoteClosed);
        }
        let member = store::member(work.conn(), &row.id, me).await?.ok_or(Error::NotFound)?;
        rules::may_vote(member.part, member.checked_in_at)?;
        let key = urn::key(work.conn(), &vote.id).await?.and_then(|(_, private)| private);
        let key = key.as_deref().and_then(blind::from_text).ok_or(Error::VoteClosed)?;
        let signed = blind::sign(&key, &bytes).ok_or(Error::Ballot)?;
        let signed = URL_SAFE_NO_PAD.encode(signed);
        // Neither an entry in the log nor an event: both would carry the moment. Who drew is written down at the closing.
        urn::insert_drawn(work.conn(), &vote.id, me, blinded, &signed).await?;
        work.commit().await?;
        Ok(signed)
    }

    /// Puts a ballot into the urn. Nobody is asked who they are: the signature is the right to vote. The same ballot twice is one.
    pub async fn cast_secret(&self, id: &VoteId, ballot: &SecretBallot) -> Result<()> {
        let (text, signature) = opened(id, ballot)?;
        let mut c = self.db.read().acquire().await?;
        let (modulus, _) = urn::key(&mut c, id.as_str()).await?.ok_or(Error::NotFound)?;
        drop(c);
        if !blind::verifies(&modulus, &text, &signature) {
            return Err(Error::Ballot);
        }
        let mut work = self.db.begin(&Actor::system("urn")).await?;
        let found = ballots::get(work.conn(), "", id.as_str()).await?.ok_or(Error::NotFound)?;
        store::lock(work.conn(), &found.meeting_id).await?;
        let vote = ballots::get(work.conn(), "", id.as_str()).await?.ok_or(Error::NotFound)?;
        let hash = hex::encode(sha256(&text));
        if !vote.open {
            let all = urn::ballots(work.conn(), &vote.id).await?;
            return if all.iter().any(|(known, _)| *known == hash) {
                Ok(())
            } else {
                Err(Error::VoteClosed)
            };
        }
        if !urn::put(work.conn(), &vote.id, &hash, ballot).await? {
            return Ok(());
        }
        work.commit().await?;
        // Told, but not kept: a kept event would say when.
        let event = LiveEvent::BallotCount {
            vote: id.clone(),
            ballots: count(vote.ballots.saturating_add(1)),
        };
        self.db.hub().pass(&topic(&vote.meeting_id), COUNT, &event);
        Ok(())
    }

    /// All ballots of a closed secret vote, with all that it takes to count and check them again.
    pub async fn published_ballots(&self, actor: &Actor, id: &VoteId) -> Result<PublishedBallots> {
        actor.user()?;
        let mut tx = self.db.snapshot().await?;
        let vote = ballots::get(&mut tx, "", id.as_str()).await?.ok_or(Error::NotFound)?;
        self.seen(&mut tx, actor, &vote.meeting_id).await?;
        if vote.form != VoteForm::Secret {
            return Err(Error::OtherForm);
        }
        if vote.open {
            return Err(Error::VoteOpen);
        }
        let (modulus, _) = urn::key(&mut tx, id.as_str()).await?.ok_or(Error::NotFound)?;
        let all = urn::ballots(&mut tx, id.as_str()).await?;
        let voters = urn::voters(&mut tx, id.as_str()).await?;
        Ok(PublishedBallots {
            vote: id.clone(),
            question: vote.question,
            modulus,
            exponent: 65537,
            voters: voters.into_iter().map(|(_, name)| name).collect(),
            digest: digest(&all),
            ballots: all.into_iter().map(|(_, ballot)| ballot).collect(),
        })
    }
}

/// What the ballot says, as it was signed, and the signature; refused where a field is not of its length.
pub(super) fn opened(id: &VoteId, ballot: &SecretBallot) -> Result<(Vec<u8>, Vec<u8>)> {
    let hex = |text: &str, length: usize| {
        let plain = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        hex::decode(text)
            .ok()
            .filter(|bytes| plain && bytes.len() == length)
            .ok_or(Error::Ballot)
    };
    hex(&ballot.receipt, blind::RECEIPT)?;
    let prefix = hex(&ballot.prefix, blind::PREFIX)?;
    let signature = URL_SAFE_NO_PAD.decode(&ballot.signature).map_err(|_| Error::Ballot)?;
    Ok((blind::message(&prefix, id.as_str(), ballot.choice, &ballot.receipt), signature))
}

/// SHA-256 over the hashes of all ballots in their order: what the audit log keeps of them.
pub(super) fn digest(all: &[(String, SecretBallot)]) -> String {
    let mut sum = Sha256::new();
    for (hash, _) in all {
        sum.update(hash.as_bytes());
    }
    hex::encode(sum.finish())
}
