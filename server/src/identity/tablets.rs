//! Máy tính bảng của phòng họp: tablets that stand in a room and are used by many, one after the other. A tablet is known by a cookie
//! of its own; who sits there is known by a session that ends with the sitting and reaches one meeting only.
use super::{Error, Service, digest, secret, sessions, store, throttle};
use crate::actor::{Actor, At, Kind};
use crate::clock::{now_us, when};
use app::dto::identity::{Role, RoomTablet};
use app::ids::{TabletId, UserId};
use serde_json::json;

/// Characters of a tablet's name and of its room's.
const LONGEST: usize = 100;
/// As many rows and places as a hall may have.
const MOST: u32 = app::dto::seating::Seating::MOST;
/// Time to pack up after a meeting, in microseconds.
pub const PACKING_UP: i64 = 15 * 60 * 1_000_000;

pub struct NewTablet {
    pub name: String,
    pub room: String,
    /// Row and place in the hall, from 1.
    pub seat: Option<(u32, u32)>,
}

fn looks_after(actor: &Actor) -> Result<UserId, Error> {
    actor.require(&[Role::Admin, Role::Secretary]).cloned()
}

impl Service {
    /// Makes the device that asks a tablet of a room: the secret for its cookie.
    ///
    /// # Errors
    /// `identity.forbidden` unless an administrator or secretary asks, `identity.field`.
    pub async fn add_tablet(&self, actor: &Actor, new: NewTablet) -> Result<String, Error> {
        let me = looks_after(actor)?;
        let plain = |field: &'static str, text: &str| {
            let text = text.trim();
            let fits = (1..=LONGEST).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            if fits { Ok(text.to_owned()) } else { Err(Error::Field(field)) }
        };
        let (name, room) = (plain("tablet_name", &new.name)?, plain("room", &new.room)?);
        let fits = |n: u32| (1..=MOST).contains(&n);
        if new.seat.is_some_and(|(row, column)| !fits(row) || !fits(column)) {
            return Err(Error::Field("seat"));
        }
        let (secret, now) = (secret()?, now_us());
        let tablet = RoomTablet {
            id: TabletId(uuid::Uuid::now_v7().to_string()),
            name,
            room,
            seat: new.seat,
            added_at: when(now),
            used_by: None,
        };
        let mut work = self.db.begin(actor).await?;
        store::add_tablet(work.conn(), &tablet, &digest(&secret), me.as_str(), now).await?;
        let details = json!({ "room": tablet.room });
        work.audit("identity.tablet_added", "tablet", tablet.id.as_str(), &tablet.name, &details)
            .await?;
        work.commit().await?;
        Ok(secret)
    }

    pub async fn tablets(&self, actor: &Actor) -> Result<Vec<RoomTablet>, Error> {
        looks_after(actor)?;
        let now = now_us();
        let mut c = self.db.read().acquire().await?;
        Ok(store::tablets(&mut c, now, now - sessions::IDLE).await?)
    }

    /// Lets go who sits there; `for_good` also takes the tablet off the list, so that it opens nothing any more.
    pub async fn free_tablet(&self, actor: &Actor, id: &TabletId, for_good: bool) -> Result<(), Error> {
        looks_after(actor)?;
        let mut work = self.db.begin(actor).await?;
        let tablet = store::tablet(work.conn(), id.as_str()).await?.ok_or(Error::NoSuchTablet)?;
        let gone = store::free_tablets(work.conn(), id.as_str(), "").await?;
        if for_good {
            store::remove_tablet(work.conn(), id.as_str()).await?;
        }
        let action = if for_good {
            "identity.tablet_removed"
        } else {
            "identity.tablet_freed"
        };
        work.audit(action, "tablet", id.as_str(), &tablet.name, &json!({ "room": tablet.room }))
            .await?;
        work.commit().await?;
        for person in gone {
            self.db.hub().person_changed(&person);
        }
        Ok(())
    }

    /// The tablet that shows this cookie.
    pub async fn tablet(&self, cookie: Option<&str>) -> Result<Option<RoomTablet>, Error> {
        let Some(secret) = cookie else { return Ok(None) };
        let mut c = self.db.read().acquire().await?;
        Ok(store::tablet_by_secret(&mut c, &digest(secret)).await?)
    }

    /// Guesses at one tablet get slower, whosever codes they are.
    pub async fn may_guess(&self, tablet: &TabletId, address: &str) -> Result<(), Error> {
        throttle::attempt(&self.db, &format!("tablet:{tablet}"), address).await
    }

    /// Opens a session at a tablet for one meeting. Who sat there before, and the same person at another tablet, is let go.
    /// `old` is the cookie that the browser had before.
    pub async fn sit(
        &self,
        caller: &Actor,
        tablet: &RoomTablet,
        person: &UserId,
        meeting: &str,
        old: Option<&str>,
    ) -> Result<(String, Actor), Error> {
        let (secret, now) = (secret()?, now_us());
        let at = At {
            tablet: tablet.id.0.clone(),
            meeting: meeting.to_owned(),
        };
        let mut c = self.db.read().acquire().await?;
        let found = store::person(&mut c, person.as_str()).await?;
        drop(c);
        let found = found.filter(|p| p.active).ok_or(Error::Inactive)?;
        let mut actor = caller.clone();
        (actor.kind, actor.at) = (Kind::Person(person.clone()), Some(at.clone()));
        (actor.name, actor.roles) = (found.full_name.clone(), Vec::new());
        let mut work = self.db.begin(&actor).await?;
        throttle::succeeded(&mut work, &format!("tablet:{}", tablet.id)).await?;
        let gone = store::free_tablets(work.conn(), &at.tablet, person.as_str()).await?;
        if let Some(old) = old {
            store::end_session(work.conn(), &digest(old)).await?;
        }
        let session = store::NewSession {
            token_hash: &digest(&secret),
            person: person.as_str(),
            agent: &tablet.name,
            at: Some(&at),
            now,
            expires: now + sessions::ABSOLUTE,
        };
        store::add_session(work.conn(), &session).await?;
        let details = json!({ "tablet": tablet.name, "room": tablet.room, "meeting": meeting, "address": caller.address });
        work.audit("identity.sat_down", "person", person.as_str(), &found.full_name, &details)
            .await?;
        work.commit().await?;
        for person in gone {
            self.db.hub().person_changed(&person);
        }
        Ok((secret, actor))
    }
}
