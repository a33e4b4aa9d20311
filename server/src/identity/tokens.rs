//! Tokens: a person's programs act with that person's rights, until the token ends or is revoked.
use super::people::in_person;
use super::{Error, Service, digest, secret, store};
use crate::actor::Actor;
use crate::clock::{now_us, when};
use app::dto::identity::{NewToken, Token};
use app::ids::{TokenId, UserId};

const DAY: i64 = 24 * 60 * 60 * 1_000_000;
/// Says in a log or a scanner for leaked secrets what it is.
const PREFIX: &str = "kyhop_";

impl Service {
    /// The person's tokens that are not revoked, newest first.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<Token>, Error> {
        let id = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        Ok(store::tokens(&mut c, id.as_str()).await?)
    }

    /// A new token; its secret is known to nobody afterwards.
    pub async fn create_token(&self, actor: &Actor, name: &str, days: u32) -> Result<NewToken, Error> {
        let id = in_person(actor)?.clone();
        self.token_for(actor, &id, name, days).await
    }

    /// A token for `holder`, made by themselves or by the administrator at the command line.
    pub(crate) async fn token_for(&self, actor: &Actor, holder: &UserId, name: &str, days: u32) -> Result<NewToken, Error> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
            return Err(Error::Field("name"));
        }
        if !(1..=365).contains(&days) {
            return Err(Error::Field("days"));
        }
        let (id, secret, now) = (uuid::Uuid::now_v7().to_string(), format!("{PREFIX}{}", secret()?), now_us());
        let expires = now + i64::from(days) * DAY;
        let mut work = self.db.begin(actor).await?;
        store::add_token(work.conn(), &id, holder.as_str(), name, &digest(&secret), now, expires).await?;
        let details = serde_json::json!({ "person": holder.as_str(), "days": days });
        work.audit("identity.token_created", "token", &id, name, &details).await?;
        work.commit().await?;
        let token = Token {
            id: TokenId(id),
            name: name.to_owned(),
            created: when(now),
            expires: when(expires),
            last_used: None,
        };
        Ok(NewToken { token, secret })
    }

    /// Ends one of the person's own tokens.
    pub async fn revoke_token(&self, actor: &Actor, token: &TokenId) -> Result<(), Error> {
        let id = actor.user()?.clone();
        let mut work = self.db.begin(actor).await?;
        if !store::revoke_token(work.conn(), id.as_str(), token.as_str(), now_us()).await? {
            return Err(Error::NoSuchToken);
        }
        work.audit("identity.token_revoked", "token", token.as_str(), "", &serde_json::json!({}))
            .await?;
        work.commit().await?;
        self.db.hub().person_changed(id.as_str());
        Ok(())
    }
}
