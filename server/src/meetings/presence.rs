//! Điểm danh: by oneself, with the code that is shown in the room where the meeting asks for one, or by the secretary's hand.
use super::read::member;
use super::rules::{self, Part};
use super::store::{self, Row};
use super::{Error, Need, Result, Service, ballots};
use crate::actor::Actor;
use crate::clock::{day, now_us};
use crate::db::Work;
use crate::identity::{self, throttle};
use app::dto::meetings::MeetingState;
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use openssl::memcmp;
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::json;
use std::fmt::Write;

/// Codes below this number, written with six digits.
const CODES: u64 = 1_000_000;
/// White around a code, in modules (ISO/IEC 18004, 5.3.8).
const QUIET: i32 = 4;

impl Service {
    /// Checks oneself in, from the meeting's day on, so that the quorum is known before it is opened. `code` is what is shown in the
    /// room, where the meeting asks for it; chair and secretary, who can read it, need none.
    pub async fn check_in(&self, actor: &Actor, id: &MeetingId, code: &str) -> Result<()> {
        let me = actor.user()?.clone();
        let mut c = self.db.read().acquire().await?;
        let wanted = store::code(&mut c, id.as_str()).await?;
        let before = store::member(&mut c, id.as_str(), me.as_str()).await?;
        drop(c);
        let here = before.as_ref().is_some_and(|m| m.checked_in_at.is_some());
        let knows = rules::may_conduct(actor, before.map(|m| m.part));
        let guesses = format!("meeting:{id}:{me}");
        let asked = !wanted.is_empty() && !knows && !here;
        if asked {
            if code.trim().is_empty() {
                // Who is no member is told that there is no such meeting, as everywhere.
                let mut c = self.db.read().acquire().await?;
                self.seen(&mut c, actor, id.as_str()).await?;
                return Err(Error::CodeNeeded);
            }
            throttle::attempt(&self.db, &guesses, &actor.address).await?;
        }
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Join).await?;
        if asked {
            let now = store::code(work.conn(), &row.id).await?;
            if !now.is_empty() && !same(&now, code.trim()) {
                return Err(Error::WrongCode);
            }
            throttle::succeeded(&mut work, &guesses).await?;
        }
        self.enter(&mut work, &row, me.as_str(), "meeting.checked_in").await?;
        Ok(work.commit().await?)
    }

    /// The secretary has seen this person in the room: for who came without a tablet.
    pub async fn mark_present(&self, actor: &Actor, id: &MeetingId, person: &UserId) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        self.enter(&mut work, &row, person.as_str(), "meeting.marked_present").await?;
        Ok(work.commit().await?)
    }

    pub(super) async fn enter(&self, work: &mut Work, row: &Row, person: &str, action: &str) -> Result<()> {
        match row.state {
            MeetingState::Open => {}
            MeetingState::Published if day(now_us()) >= day(row.starts_at) => {}
            MeetingState::Published => return Err(Error::TooEarly),
            _ => return Err(Error::NotNow),
        }
        let before = store::member(work.conn(), &row.id, person).await?.ok_or(Error::NotFound)?;
        if before.checked_in_at.is_some() {
            return Ok(());
        }
        // Who comes after all takes the delegation back first.
        if before.part == Part::Delegated {
            return Err(Error::NotNow);
        }
        store::check_in(work.conn(), &row.id, person, now_us()).await?;
        let now = store::member(work.conn(), &row.id, person).await?.ok_or(Error::NotFound)?;
        let event = LiveEvent::CheckedIn { member: member(&now) };
        self.announce(work, row, action, &json!({ "person": person }), &event).await?;
        // Who comes during a vote may still vote.
        if now.part.votes()
            && let Some(vote) = ballots::running(work.conn(), "", &row.id).await?
        {
            self.tell_vote(work, &vote).await?;
        }
        Ok(())
    }

    /// Whether checking in takes the code shown in the room. Switched on again it is another code.
    pub async fn set_check_in_code(&self, actor: &Actor, id: &MeetingId, by_code: bool) -> Result<()> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        super::not_over(&row)?;
        let before = store::code(work.conn(), &row.id).await?;
        if by_code != before.is_empty() {
            return Ok(());
        }
        let code = if by_code { fresh()? } else { String::new() };
        store::set_code(work.conn(), &row.id, &code).await?;
        self.announce(
            &mut work,
            &row,
            "meeting.check_in_code",
            &json!({ "by_code": by_code }),
            &LiveEvent::CheckInRule { by_code },
        )
        .await?;
        Ok(work.commit().await?)
    }

    /// The code, for chair and secretary, who show it; `None` where none is asked for.
    pub async fn check_in_code(&self, actor: &Actor, id: &MeetingId) -> Result<Option<String>> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        if !rules::may_conduct(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        let code = store::code(&mut c, &row.id).await?;
        Ok(Some(code).filter(|c| !c.is_empty()))
    }

    /// The same as a picture to be scanned: the meeting's address with the code in it, as SVG.
    pub async fn check_in_picture(&self, actor: &Actor, id: &MeetingId) -> Result<String> {
        let code = self.check_in_code(actor, id).await?.ok_or(Error::NotNow)?;
        let address = format!("{}/meetings/{id}?code={code}", self.config.public_url);
        let qr = QrCode::encode_text(&address, QrCodeEcc::Medium).map_err(|e| Error::Paper(e.to_string()))?;
        Ok(svg(&qr))
    }
}

fn fresh() -> Result<String> {
    // Of 64 random bits the remainder is as even as it need be.
    let mut bytes = [0u8; 8];
    openssl::rand::rand_bytes(&mut bytes).map_err(|_| Error::NoKey)?;
    Ok(format!("{:06}", u64::from_be_bytes(bytes) % CODES))
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && memcmp::eq(a.as_bytes(), b.as_bytes())
}

pub(super) fn svg(qr: &QrCode) -> String {
    let side = qr.size() + 2 * QUIET;
    let mut path = String::new();
    for y in 0..qr.size() {
        for x in (0..qr.size()).filter(|x| qr.get_module(*x, y)) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}
