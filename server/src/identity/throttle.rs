//! Guessing passwords gets slower: a wait that doubles with each failure, for the user name and for the address.
use super::{Error, digest, store};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::{Db, Work};

const SECOND: i64 = 1_000_000;
/// Failures that cost nothing but a new try.
const FREE_FOR_USER: i64 = 5;
/// A whole office may share one address.
const FREE_FOR_ADDRESS: i64 = 30;
const FIRST_WAIT: i64 = 30 * SECOND;
const LONGEST_WAIT: i64 = 15 * 60 * SECOND;
/// Without a failure for so long, counting starts anew.
const FORGOTTEN_AFTER: i64 = 60 * 60 * SECOND;

/// Microseconds to wait after the `failures`-th failure.
fn wait(failures: i64, free: i64) -> i64 {
    match failures - free {
        over if over < 0 => 0,
        over if over >= 5 => LONGEST_WAIT,
        over => (FIRST_WAIT << over).min(LONGEST_WAIT),
    }
}

/// What is counted of a name: not the name itself, which may be a password typed into the wrong field.
fn user_key(username: &str) -> String {
    format!("user:{}", digest(username))
}

fn address_key(address: &str) -> String {
    format!("addr:{address}")
}

/// Lets an attempt through or says how long to wait. It counts as failed until [`succeeded`], so that many guesses
/// sent at once do not all pass.
pub async fn attempt(db: &Db, username: &str, address: &str) -> Result<(), Error> {
    let now = now_us();
    let mut work = db.begin(&Actor::system("sign-in")).await?;
    store::forget_throttles(work.conn(), now - FORGOTTEN_AFTER).await?;
    for key in [user_key(username), address_key(address)] {
        let (_, until) = store::throttle(work.conn(), &key).await?;
        if until > now {
            return Err(Error::Locked((until - now + SECOND - 1) / SECOND));
        }
    }
    count(&mut work, &user_key(username), FREE_FOR_USER, now).await?;
    work.commit().await?;
    Ok(())
}

/// The attempt's password was wrong: the address pays as well. Many people behind one address may sign in at the same
/// moment, so it is counted only now.
pub async fn failed(work: &mut Work, address: &str) -> Result<(), Error> {
    count(work, &address_key(address), FREE_FOR_ADDRESS, now_us()).await
}

/// The attempt was right: the name starts from nothing; what the address did to other names stays counted.
pub async fn succeeded(work: &mut Work, username: &str) -> Result<(), Error> {
    Ok(store::clear_throttle(work.conn(), &user_key(username)).await?)
}

async fn count(work: &mut Work, key: &str, free: i64, now: i64) -> Result<(), Error> {
    let failures = store::count_throttle(work.conn(), key, now).await?;
    let wait = wait(failures, free);
    if wait > 0 {
        store::lock_throttle(work.conn(), key, now + wait).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        assert_eq!(wait(4, 5), 0);
        assert_eq!(wait(5, 5), 30 * SECOND);
        assert_eq!(wait(6, 5), 60 * SECOND);
        assert_eq!(wait(9, 5), 8 * 60 * SECOND);
        assert_eq!(wait(10, 5), LONGEST_WAIT);
        assert_eq!(wait(i64::MAX, 5), LONGEST_WAIT);
    }
}
