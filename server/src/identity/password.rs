//! Passwords: argon2id, and never more hashes at a time than the memory is meant for.
use super::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// 46 MiB and two passes: twice the work of OWASP's first choice (46 MiB, one pass).
const MEMORY_KIB: u32 = 47_104;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// How long somebody waits for their turn when everybody signs in at once.
const PATIENCE: Duration = Duration::from_secs(30);
/// Characters of a new password.
pub const SHORTEST: usize = 12;
/// Bytes; longer ones are refused unread.
pub const LONGEST: usize = 1000;

/// Hashes and checks passwords, off the async threads, a few at a time.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let turns = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(1, 8));
        Self {
            turns: Arc::new(Semaphore::new(turns)),
        }
    }
}

impl Passwords {
    /// The PHC string to store.
    pub async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || hash_now(&password)).await?
    }

    /// True when `password` is the one that `stored` was made from. Without a stored hash (an unknown user) it takes
    /// as long and says no, so that the time tells nobody which names exist.
    pub async fn verify(&self, password: &str, stored: Option<String>) -> Result<bool, Error> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let known = stored.as_deref().and_then(|s| PasswordHash::new(s).ok());
            match known {
                Some(known) => Ok(argon2()?.verify_password(password.as_bytes(), &known).is_ok()),
                None => {
                    let decoy = PasswordHash::new(decoy()?).map_err(|e| Error::Hash(e.to_string()))?;
                    let _ = argon2()?.verify_password(password.as_bytes(), &decoy);
                    Ok(false)
                }
            }
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let turn = tokio::time::timeout(PATIENCE, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| Error::Busy)?
            .map_err(|e| Error::Hash(e.to_string()))?;
        tokio::task::spawn_blocking(move || {
            // Held until the memory is free again, even when the request has been given up.
            let _turn = turn;
            work()
        })
        .await
        .map_err(|e| Error::Hash(e.to_string()))
    }
}

fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| Error::Hash(e.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, Error> {
    let hash: PasswordHash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|e| Error::Hash(e.to_string()))?;
    Ok(hash.to_string())
}

/// A hash of the present parameters that belongs to nobody.
fn decoy() -> Result<&'static str, Error> {
    static DECOY: OnceLock<String> = OnceLock::new();
    if let Some(made) = DECOY.get() {
        return Ok(made);
    }
    let made = hash_now(&super::secret()?)?;
    Ok(DECOY.get_or_init(|| made))
}

/// What a new password must be: long, and not the user's name or the one that everybody reads in the demonstration.
pub fn check_new(password: &str, username: &str, demonstration: bool) -> Result<(), Error> {
    let known = !demonstration && password == crate::demo::people::PASSWORD;
    let is_name = !username.is_empty() && password.to_lowercase().contains(username) && password.len() < username.len() + SHORTEST;
    if password.chars().count() < SHORTEST || password.len() > LONGEST || is_name || known {
        return Err(Error::WeakPassword);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::default();
        let stored = passwords.hash("một mật khẩu dài").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=47104,t=2,p=1$"), "{stored}");
        assert_ne!(
            stored,
            passwords.hash("một mật khẩu dài").await.unwrap(),
            "each has a salt of its own"
        );
        assert!(passwords.verify("một mật khẩu dài", Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("một mật khẩu khác", Some(stored)).await.unwrap());
        assert!(!passwords.verify("một mật khẩu dài", None).await.unwrap());
        assert!(!passwords.verify("!", Some("!".into())).await.unwrap());
    }

    #[test]
    fn weak_passwords_are_refused() {
        assert!(check_new("mười một ký", "lan", false).is_err());
        assert!(check_new("lan-lan-lan-lan", "lan-lan-lan", false).is_err());
        assert!(check_new(crate::demo::people::PASSWORD, "lan", false).is_err());
        assert!(check_new(crate::demo::people::PASSWORD, "lan", true).is_ok());
        assert!(check_new("mưa rơi trên mái ngói", "lan", false).is_ok());
        assert!(check_new(&"x".repeat(LONGEST + 1), "lan", false).is_err());
    }
}
