//! People of this body: who they are, what they may do, their passwords.
use super::{Error, Service, password, store};
use crate::actor::{Actor, Kind};
use crate::clock::now_us;
use crate::text;
use app::dto::identity::{AtTablet, Body, Me, Person, Role};
use app::ids::{MeetingId, UserId};

/// Bytes of a user name.
pub const LONGEST_NAME: usize = 64;
/// People shown at most when searching.
const MOST: i64 = 500;

/// Somebody to be added.
pub struct NewPerson {
    pub username: String,
    pub full_name: String,
    pub position: String,
    pub unit: String,
    pub email: String,
    pub roles: Vec<Role>,
    pub password: String,
    /// Only a demonstration server lets such an account in.
    pub demonstration: bool,
}

/// User names are written small and without space around them, whatever the keyboard of a tablet makes of them.
pub fn plain_username(text: &str) -> String {
    text.trim().to_lowercase()
}

fn check_username(name: &str) -> Result<(), Error> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '@');
    if (2..=LONGEST_NAME).contains(&name.len()) && name.chars().all(good) {
        Ok(())
    } else {
        Err(Error::Field("username"))
    }
}

/// An administrator, or the command line on the server itself.
pub fn administers(actor: &Actor) -> Result<(), Error> {
    match actor.kind {
        Kind::System => Ok(()),
        _ => actor.require(&[Role::Admin]).map(|_| ()),
    }
}

/// A person with a session, not a program: a stolen token must neither make itself last nor lock its holder out.
pub fn in_person(actor: &Actor) -> Result<&UserId, Error> {
    match &actor.kind {
        Kind::Person(id) => Ok(id),
        Kind::Machine(_) => Err(Error::Forbidden),
        _ => Err(Error::NotSignedIn),
    }
}

impl Service {
    /// Who asks; `None` for nobody.
    pub async fn me(&self, actor: &Actor) -> Result<Option<Me>, Error> {
        let Ok(id) = actor.user() else { return Ok(None) };
        let mut c = self.db.read().acquire().await?;
        let Some(p) = store::person(&mut c, id.as_str()).await? else {
            return Ok(None);
        };
        let at = match &actor.at {
            Some(at) => store::tablet(&mut c, &at.tablet).await?.map(|tablet| AtTablet {
                tablet: tablet.name,
                meeting: MeetingId(at.meeting.clone()),
            }),
            None => None,
        };
        Ok(Some(Me {
            at,
            id: p.id,
            username: p.username,
            full_name: p.full_name,
            position: p.position,
            unit: p.unit,
            roles: if actor.at.is_some() { Vec::new() } else { p.roles },
            body: Body {
                code: self.config.body_code.clone(),
                name: self.config.body_name.clone(),
            },
            demonstration: self.config.demonstration,
        }))
    }

    /// People by name, unit or position; accents do not matter. Closed accounts are shown to administrators alone.
    pub async fn people(&self, actor: &Actor, text: &str) -> Result<Vec<Person>, Error> {
        actor.user()?;
        let all = actor.is(Role::Admin);
        let mut c = self.db.read().acquire().await?;
        Ok(store::people(&mut c, &text::like(text), all, MOST).await?)
    }

    /// Adds somebody who can sign in at once.
    pub async fn add_person(&self, actor: &Actor, new: NewPerson) -> Result<UserId, Error> {
        administers(actor)?;
        let username = plain_username(&new.username);
        check_username(&username)?;
        for (field, value, most) in [
            ("full_name", &new.full_name, 200),
            ("position", &new.position, 200),
            ("unit", &new.unit, 200),
            ("email", &new.email, 254),
        ] {
            let length = value.trim().chars().count();
            if length > most || (field == "full_name" && length == 0) || value.chars().any(char::is_control) {
                return Err(Error::Field(field));
            }
        }
        if new.roles.is_empty() {
            return Err(Error::Field("roles"));
        }
        password::check_new(&new.password, &username, new.demonstration)?;
        let hash = self.passwords.hash(&new.password).await?;
        let mut roles = new.roles.clone();
        roles.sort_unstable();
        roles.dedup();
        let person = store::NewRow {
            id: uuid::Uuid::now_v7().to_string(),
            folded: text::fold(&format!("{} {} {} {username}", new.full_name, new.position, new.unit)),
            username,
            full_name: new.full_name.trim().into(),
            position: new.position.trim().into(),
            unit: new.unit.trim().into(),
            email: new.email.trim().into(),
            password_hash: hash,
            demonstration: new.demonstration,
            created_at: now_us(),
        };
        let mut work = self.db.begin(actor).await?;
        if store::account(work.conn(), &person.username).await?.is_some() {
            return Err(Error::NameTaken);
        }
        store::add_person(work.conn(), &person, &roles).await?;
        let names: Vec<_> = roles.iter().map(|r| r.as_str()).collect();
        let details = serde_json::json!({ "username": person.username, "roles": names, "demonstration": person.demonstration });
        work.audit("identity.person_added", "person", &person.id, &person.full_name, &details)
            .await?;
        work.commit().await?;
        Ok(UserId(person.id))
    }

    /// Closes or opens an account; closing ends its sessions and tokens.
    pub async fn set_active(&self, actor: &Actor, id: &UserId, active: bool) -> Result<(), Error> {
        administers(actor)?;
        if !active && actor.id() == id.as_str() {
            return Err(Error::OwnAccount);
        }
        let mut work = self.db.begin(actor).await?;
        let person = store::person(work.conn(), id.as_str()).await?.ok_or(Error::NoSuchPerson)?;
        if person.active == active {
            return Ok(());
        }
        store::set_active(work.conn(), id.as_str(), active).await?;
        if !active {
            store::end_sessions(work.conn(), id.as_str(), "").await?;
            store::revoke_tokens(work.conn(), id.as_str(), now_us()).await?;
        }
        let action = if active {
            "identity.person_opened"
        } else {
            "identity.person_closed"
        };
        work.audit(action, "person", id.as_str(), &person.full_name, &serde_json::json!({}))
            .await?;
        work.commit().await?;
        self.db.hub().person_changed(id.as_str());
        Ok(())
    }

    /// Ends all sessions of somebody, whose tablet is lost, say. What tablets keep for that person is closed: at once where there
    /// is a link, else when it is back, or by itself when the session would have ended.
    pub async fn end_sessions(&self, actor: &Actor, id: &UserId) -> Result<(), Error> {
        administers(actor)?;
        let mut work = self.db.begin(actor).await?;
        let person = store::person(work.conn(), id.as_str()).await?.ok_or(Error::NoSuchPerson)?;
        store::end_sessions(work.conn(), id.as_str(), "").await?;
        work.audit(
            "identity.sessions_ended",
            "person",
            id.as_str(),
            &person.full_name,
            &serde_json::json!({}),
        )
        .await?;
        work.commit().await?;
        self.db.hub().person_changed(id.as_str());
        Ok(())
    }

    /// An administrator's new password for somebody; ends that person's sessions and the wait after wrong guesses.
    pub async fn set_password(&self, actor: &Actor, id: &UserId, new: &str) -> Result<(), Error> {
        administers(actor)?;
        let mut c = self.db.read().acquire().await?;
        let person = store::person(&mut c, id.as_str()).await?.ok_or(Error::NoSuchPerson)?;
        drop(c);
        self.write_password(actor, &person, new, "").await
    }

    /// A person's own new password; ends every session but the one of `cookie`.
    pub async fn change_password(&self, actor: &Actor, old: &str, new: &str, cookie: Option<&str>) -> Result<(), Error> {
        let id = in_person(actor)?;
        let mut c = self.db.read().acquire().await?;
        let person = store::person(&mut c, id.as_str()).await?.ok_or(Error::NoSuchPerson)?;
        let stored = store::account(&mut c, &person.username).await?.map(|a| a.password_hash);
        drop(c);
        // An unattended tablet is not a way to guess the password.
        super::throttle::attempt(&self.db, &person.username, &actor.address).await?;
        if !self.passwords.verify(old, stored).await? {
            return Err(Error::WrongOldPassword);
        }
        self.write_password(actor, &person, new, &cookie.map(super::digest).unwrap_or_default())
            .await
    }

    async fn write_password(&self, actor: &Actor, person: &Person, new: &str, keep: &str) -> Result<(), Error> {
        password::check_new(new, &person.username, self.config.demonstration)?;
        let hash = self.passwords.hash(new).await?;
        let mut work = self.db.begin(actor).await?;
        store::set_password(work.conn(), person.id.as_str(), &hash).await?;
        store::end_sessions(work.conn(), person.id.as_str(), keep).await?;
        super::throttle::succeeded(&mut work, &person.username).await?;
        work.audit(
            "identity.password_changed",
            "person",
            person.id.as_str(),
            &person.full_name,
            &serde_json::json!({}),
        )
        .await?;
        work.commit().await?;
        self.db.hub().person_changed(person.id.as_str());
        Ok(())
    }

    /// A person by user name, for the command line.
    pub async fn by_username(&self, username: &str) -> Result<Person, Error> {
        let mut c = self.db.read().acquire().await?;
        let account = store::account(&mut c, &plain_username(username))
            .await?
            .ok_or(Error::NoSuchPerson)?;
        store::person(&mut c, &account.id).await?.ok_or(Error::NoSuchPerson)
    }

    /// What of a demonstration lies in this database: accounts and keys.
    pub async fn demonstration_traces(&self) -> Result<(i64, i64), Error> {
        let mut c = self.db.read().acquire().await?;
        Ok(store::demonstration_traces(&mut c).await?)
    }
}
