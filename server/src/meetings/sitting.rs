//! Ngồi vào máy của phòng họp: with eight digits of one's own, typed or scanned, a tablet that many share is one's own for a meeting.
use super::presence::svg;
use super::rules::{self, Part};
use super::store::{self, Row};
use super::{Error, Need, Result, Service, seats};
use crate::actor::Actor;
use crate::clock::{day, now_us};
use crate::identity;
use app::dto::meetings::{MeetingState, SeatCode};
use app::ids::{MeetingId, UserId};
use app::live::LiveEvent;
use openssl::memcmp;
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::json;
use sqlx::{AnyConnection, Row as _};

/// Codes below this number, written with eight digits: with 1,000 people invited on one day a guess is right once in 100,000.
const CODES: u64 = 100_000_000;
/// Tries to find a code that nobody has.
const TRIES: usize = 20;

impl Service {
    /// The caller's own code.
    ///
    /// # Errors
    /// `meetings.not_now` for who sends somebody else, and when the meeting is over.
    pub async fn own_seat_code(&self, actor: &Actor, id: &MeetingId) -> Result<String> {
        let me = actor.user()?.clone();
        self.seat_code_of(actor, id, &me, Need::Join, false).await
    }

    /// Another code for a member whose code was seen by others; the secretary's.
    pub async fn renew_seat_code(&self, actor: &Actor, id: &MeetingId, person: &UserId) -> Result<String> {
        self.seat_code_of(actor, id, person, Need::Manage, true).await
    }

    async fn seat_code_of(&self, actor: &Actor, id: &MeetingId, person: &UserId, need: Need, anew: bool) -> Result<String> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), need).await?;
        super::not_over(&row)?;
        let member = store::member(work.conn(), &row.id, person.as_str()).await?.ok_or(Error::NotFound)?;
        if member.part == Part::Delegated {
            return Err(Error::NotNow);
        }
        let code = given(work.conn(), &row.id, person.as_str(), anew).await?;
        if anew {
            let details = json!({ "person": person });
            work.audit("meeting.seat_code_renewed", "meeting", &row.id, &row.title, &details)
                .await?;
        }
        work.commit().await?;
        Ok(code)
    }

    /// Everybody's code, for the secretary, who hands them out on paper or tells one who has forgotten it.
    pub async fn seat_codes(&self, actor: &Actor, id: &MeetingId) -> Result<Vec<SeatCode>> {
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Manage).await?;
        super::not_over(&row)?;
        let mut all = Vec::new();
        for member in store::members(work.conn(), &row.id).await? {
            if member.part == Part::Delegated {
                continue;
            }
            let code = given(work.conn(), &row.id, &member.person_id, false).await?;
            all.push(SeatCode {
                user_id: UserId(member.person_id),
                full_name: member.full_name,
                position: member.position,
                code,
            });
        }
        work.commit().await?;
        Ok(all)
    }

    /// A member's code as a picture to be scanned at the tablet, as SVG: one's own, or the secretary's to print.
    pub async fn seat_code_picture(&self, actor: &Actor, id: &MeetingId, person: &UserId) -> Result<String> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let (row, part) = self.seen(&mut c, actor, id.as_str()).await?;
        if me != person && !rules::may_manage(actor, part) {
            return Err(identity::Error::Forbidden.into());
        }
        let code = of(&mut c, &row.id, person.as_str()).await?.ok_or(Error::NotFound)?;
        let address = format!("{}/room?code={code}", self.config.public_url);
        let qr = QrCode::encode_text(&address, QrCodeEcc::Medium).map_err(|e| Error::Paper(e.to_string()))?;
        Ok(svg(&qr))
    }

    /// Whose code it is, and for which meeting. `said` is what was typed, or the scanned address with the code in it.
    ///
    /// # Errors
    /// `meetings.wrong_seat_code`, `meetings.too_early` before the meeting's day, `meetings.not_now` when it is over.
    pub async fn whose_seat_code(&self, said: &str) -> Result<(MeetingId, UserId)> {
        let code = digits(said).ok_or(Error::WrongSeatCode)?;
        let mut c = self.db.read().acquire().await?;
        let sql = "SELECT meeting_id, person_id, seat_code FROM meeting_member WHERE seat_code = $1";
        let found = sqlx::query(sql)
            .bind(&code)
            .fetch_optional(&mut *c)
            .await?
            .ok_or(Error::WrongSeatCode)?;
        let stored: String = found.try_get("seat_code")?;
        if !memcmp::eq(stored.as_bytes(), code.as_bytes()) {
            return Err(Error::WrongSeatCode);
        }
        let meeting: String = found.try_get("meeting_id")?;
        let person: String = found.try_get("person_id")?;
        let row = store::get(&mut c, &meeting).await?.ok_or(Error::WrongSeatCode)?;
        let member = store::member(&mut c, &meeting, &person).await?.ok_or(Error::WrongSeatCode)?;
        if member.part == Part::Delegated {
            return Err(Error::WrongSeatCode);
        }
        match row.state {
            MeetingState::Open => {}
            MeetingState::Published if day(now_us()) >= day(row.starts_at) => {}
            MeetingState::Published => return Err(Error::TooEarly),
            _ => return Err(Error::NotNow),
        }
        Ok((MeetingId(meeting), UserId(person)))
    }

    /// Who has sat down is there, and sits where the tablet stands: both shown to the secretary at once.
    pub async fn sat_down(&self, actor: &Actor, id: &MeetingId, at: Option<(u32, u32)>) -> Result<()> {
        let me = actor.user()?.clone();
        let mut work = self.db.begin(actor).await?;
        let (row, _) = self.for_change(&mut work, id.as_str(), Need::Join).await?;
        self.enter(&mut work, &row, me.as_str(), "meeting.checked_in").await?;
        if let Some(at) = at {
            self.take_seat(&mut work, &row, &me, at).await?;
        }
        Ok(work.commit().await?)
    }

    async fn take_seat(&self, work: &mut crate::db::Work, row: &Row, me: &UserId, at: (u32, u32)) -> Result<()> {
        let before = seats::of_meeting(work.conn(), &row.id).await?;
        let mut now = before.clone();
        // A hall of another size than the one that the tablet stands in: nothing is known of the seat.
        if seats::place(&mut now, me, at).is_err() || now == before {
            return Ok(());
        }
        seats::keep(work.conn(), &row.id, &now).await?;
        let details = json!({ "rows": now.rows, "columns": now.columns, "seated": now.taken.len() });
        self.announce(work, row, "meeting.seated", &details, &LiveEvent::Seated { seating: now })
            .await
    }
}

/// The eight digits in what was typed (`1234 5678`) or scanned (`https://…/room?code=12345678`).
fn digits(said: &str) -> Option<String> {
    let said = said.rsplit_once("code=").map_or(said, |(_, code)| code);
    let code: String = said.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    (code.len() == 8 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
}

async fn of(c: &mut AnyConnection, meeting: &str, person: &str) -> Result<Option<String>> {
    let sql = "SELECT seat_code FROM meeting_member WHERE meeting_id = $1 AND person_id = $2";
    let row = sqlx::query(sql).bind(meeting).bind(person).fetch_optional(c).await?;
    Ok(row.map(|r| r.try_get("seat_code")).transpose()?.flatten())
}

/// The code that the member has, or gets now.
async fn given(c: &mut AnyConnection, meeting: &str, person: &str, anew: bool) -> Result<String> {
    if !anew && let Some(code) = of(c, meeting, person).await? {
        return Ok(code);
    }
    // Codes of meetings that are over are free again.
    let free = "UPDATE meeting_member SET seat_code = NULL WHERE seat_code IS NOT NULL \
                AND meeting_id IN (SELECT id FROM meeting WHERE state IN ('closed', 'cancelled'))";
    sqlx::query(free).execute(&mut *c).await?;
    for _ in 0..TRIES {
        let mut bytes = [0u8; 8];
        openssl::rand::rand_bytes(&mut bytes).map_err(|_| Error::NoKey)?;
        let code = format!("{:08}", u64::from_be_bytes(bytes) % CODES);
        let sql = "UPDATE meeting_member SET seat_code = $1 WHERE meeting_id = $2 AND person_id = $3 \
                   AND NOT EXISTS (SELECT 1 FROM meeting_member WHERE seat_code = $1)";
        let done = sqlx::query(sql).bind(&code).bind(meeting).bind(person).execute(&mut *c).await?;
        if done.rows_affected() > 0 {
            return Ok(code);
        }
    }
    Err(Error::NoKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_what_was_typed_or_scanned() {
        for said in ["12345678", " 1234 5678", "1234-5678", "https://h/room?code=12345678"] {
            assert_eq!(digits(said).as_deref(), Some("12345678"), "{said}");
        }
        for said in ["", "1234567", "123456789", "1234567a", "https://h/room?code="] {
            assert_eq!(digits(said), None, "{said}");
        }
    }
}
