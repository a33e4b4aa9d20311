//! Signing in and out, and who is behind a cookie or a token.
use super::{Error, Service, digest, secret, store, throttle};
use crate::actor::{Actor, Kind};
use crate::clock::now_us;
use app::ids::UserId;

const MINUTE: i64 = 60_000_000;
/// A session ends after a working day, whatever happens …
pub const ABSOLUTE: i64 = 12 * 60 * MINUTE;
/// … or when nothing was heard of it for so long. An open page is heard of through its live link.
pub const IDLE: i64 = 2 * 60 * MINUTE;
/// A session's or token's last use is written down at most this often, so that reading pages does not queue up for writing.
const TOUCH: i64 = MINUTE;

impl Service {
    /// The actor behind a session cookie or a machine's token; anonymous when neither is valid.
    pub async fn actor(&self, cookie: Option<&str>, bearer: Option<&str>, request_id: &str, address: &str) -> Result<Actor, Error> {
        let now = now_us();
        let mut actor = Actor::anonymous(request_id, address);
        let mut c = self.db.read().acquire().await?;
        let demonstration = self.config.demonstration;
        if let Some(secret) = bearer {
            let hash = digest(secret);
            if let Some((person, used)) = store::by_token(&mut c, &hash, now, demonstration).await? {
                drop(c);
                actor.kind = Kind::Machine(person.id.clone());
                actor.name = person.full_name;
                actor.roles = person.roles;
                if used.is_none_or(|used| used < now - TOUCH) {
                    let mut work = self.db.begin(&actor).await?;
                    store::touch_token(work.conn(), &hash, now).await?;
                    work.commit().await?;
                }
            }
        } else if let Some(secret) = cookie {
            let hash = digest(secret);
            if let Some((person, seen, at)) = store::by_session(&mut c, &hash, now, now - IDLE, demonstration).await? {
                drop(c);
                actor.kind = Kind::Person(person.id.clone());
                actor.name = person.full_name;
                // What somebody is in the meeting counts at a room's tablet, not what they are in the body.
                actor.roles = if at.is_some() { Vec::new() } else { person.roles };
                actor.at = at;
                if seen < now - TOUCH {
                    let mut work = self.db.begin(&actor).await?;
                    store::touch_session(work.conn(), &hash, now).await?;
                    work.commit().await?;
                }
            }
        }
        Ok(actor)
    }

    /// Opens a session: the secret for the cookie. `old` is the cookie that the browser had before.
    ///
    /// # Errors
    /// `identity.wrong_password` for an unknown name and a wrong password alike, `identity.locked`, and only to who knows
    /// the password `identity.inactive` or `identity.demonstration_account`.
    pub async fn sign_in(&self, caller: &Actor, username: &str, password: &str, agent: &str, old: Option<&str>) -> Result<String, Error> {
        let username = super::people::plain_username(username);
        if password.len() > super::password::LONGEST || username.len() > super::people::LONGEST_NAME {
            return Err(Error::WrongPassword);
        }
        throttle::attempt(&self.db, &username, &caller.address).await?;
        let mut c = self.db.read().acquire().await?;
        let account = store::account(&mut c, &username).await?;
        drop(c);
        let stored = account.as_ref().map(|a| a.password_hash.clone());
        let right = self.passwords.verify(password, stored).await?;
        let details = serde_json::json!({ "address": caller.address });
        let account = match account {
            Some(account) if right => account,
            other => {
                let mut work = self.db.begin(caller).await?;
                throttle::failed(&mut work, &caller.address).await?;
                // The name as typed stays out of the log: it may be a password in the wrong field.
                let (id, name) = other.map_or_else(Default::default, |a| (a.id, a.full_name));
                work.audit("identity.sign_in_refused", "person", &id, &name, &details).await?;
                work.commit().await?;
                return Err(Error::WrongPassword);
            }
        };
        if account.demonstration && !self.config.demonstration {
            return Err(Error::DemonstrationAccount);
        }
        if !account.active {
            return Err(Error::Inactive);
        }
        let mut actor = caller.clone();
        actor.kind = Kind::Person(UserId(account.id.clone()));
        actor.name = account.full_name.clone();
        let (secret, now) = (secret()?, now_us());
        let mut work = self.db.begin(&actor).await?;
        throttle::succeeded(&mut work, &username).await?;
        if let Some(old) = old {
            store::end_session(work.conn(), &digest(old)).await?;
        }
        store::forget_sessions(work.conn(), now, now - IDLE).await?;
        let session = store::NewSession {
            token_hash: &digest(&secret),
            person: &account.id,
            agent,
            at: None,
            now,
            expires: now + ABSOLUTE,
        };
        store::add_session(work.conn(), &session).await?;
        work.audit("identity.signed_in", "person", &account.id, &account.full_name, &details)
            .await?;
        work.commit().await?;
        Ok(secret)
    }

    /// How long the session of a cookie may still last, in microseconds; 0 without one.
    pub async fn time_left(&self, cookie: Option<&str>) -> Result<i64, Error> {
        let Some(secret) = cookie else { return Ok(0) };
        let mut c = self.db.read().acquire().await?;
        let end = store::session_end(&mut c, &digest(secret)).await?;
        Ok(end.map_or(0, |end| (end - now_us()).max(0)))
    }

    /// Ends the session of a cookie; without one, nothing happens.
    pub async fn sign_out(&self, actor: &Actor, cookie: Option<&str>) -> Result<(), Error> {
        let Some(secret) = cookie else { return Ok(()) };
        let mut work = self.db.begin(actor).await?;
        if store::end_session(work.conn(), &digest(secret)).await? && actor.user().is_ok() {
            work.audit("identity.signed_out", "person", actor.id(), &actor.name, &serde_json::json!({}))
                .await?;
        }
        work.commit().await?;
        self.db.hub().person_changed(actor.id());
        Ok(())
    }
}
