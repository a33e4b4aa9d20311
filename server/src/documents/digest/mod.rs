//! Thư nhắc buổi sáng: one letter a day to whoever has something that is late, or due today or tomorrow, and to nobody else.
pub mod store;

use super::feed::store::{Deadline, deadlines};
use super::{Result, Service};
use crate::actor::Actor;
use crate::clock::{day, now_us, vietnam};
use crate::mail::{self, Letter};
use std::fmt::Write as _;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(300);
/// Of the day in Vietnam: before people begin.
const HOUR: u8 = 7;
const DAY: i64 = 86_400_000_000;

/// Writes what is due, for as long as it is this node's to do.
pub async fn run(service: Service) {
    if service.config.mail.as_ref().is_none_or(|mail| !mail.digest) {
        return;
    }
    loop {
        if let Err(e) = service.write_digests(now_us()).await {
            tracing::warn!(error = %e, "the morning's letters wait");
        }
        tokio::time::sleep(EVERY).await;
    }
}

impl Service {
    /// The letters of the day that `now` is in, once it is seven o'clock there. Asked again, or after a restart, it writes none twice.
    pub async fn write_digests(&self, now: i64) -> Result<usize> {
        if vietnam(now).hour() < HOUR {
            return Ok(0);
        }
        let (today, tomorrow) = (day(now), day(now + DAY));
        let concerned = {
            let mut c = self.db.read().acquire().await?;
            store::concerned(&mut c, &tomorrow, &today).await?
        };
        let mut written = 0;
        for (person, name) in concerned {
            let mut work = self.db.begin(&Actor::system("digest")).await?;
            if !store::first(work.conn(), &person, &today).await? {
                continue;
            }
            let all = deadlines(work.conn(), &person).await?;
            if let Some(letter) = self.digest(&all, person, &name, &today, &tomorrow) {
                mail::post(&mut work, &self.config, letter).await?;
                written += 1;
            }
            work.commit().await?;
        }
        Ok(written)
    }

    fn digest(&self, all: &[Deadline], person: String, name: &str, today: &str, tomorrow: &str) -> Option<Letter> {
        let part = |fits: &dyn Fn(&str) -> bool| -> Vec<&Deadline> { all.iter().filter(|d| fits(&d.due_on)).collect() };
        let late = part(&|day| day < today);
        let now = part(&|day| day == today);
        let next = part(&|day| day == tomorrow);
        let mut counts = Vec::new();
        let mut text = format!("Kính gửi {name},\n");
        for (title, some) in [("Quá hạn", late), ("Hết hạn hôm nay", now), ("Hết hạn ngày mai", next)] {
            if some.is_empty() {
                continue;
            }
            counts.push(format!("{} {}", some.len(), title.to_lowercase()));
            let _ = write!(text, "\n{title}:\n");
            for d in some {
                let due: Vec<&str> = d.due_on.split('-').rev().collect();
                let about = d.about.trim();
                let about = if about.is_empty() { String::new() } else { format!(" ({about})") };
                let _ = write!(
                    text,
                    "- {}{about}, hạn {}\n  {}\n",
                    d.title,
                    due.join("/"),
                    d.address(&self.config.public_url)
                );
            }
        }
        if counts.is_empty() {
            return None;
        }
        let _ = write!(text, "\n{}\n", self.config.body_name);
        Some(Letter {
            person,
            subject: format!("Hạn xử lý: {}", counts.join(", ")),
            text,
            calendar: None,
        })
    }
}
