//! Lịch hạn: a person's deadlines as a calendar (RFC 5545) at an address that only they know, and renew when others have learned it.
pub mod http;
pub mod store;

use super::{Error, Result, Service};
use crate::actor::Actor;
use crate::clock::{now_us, parse_day, when};
use crate::identity::people::in_person;
use crate::identity::{digest, secret};
use crate::meetings::invitation::{escaped, folded, moment};
use app::dto::documents::FeedState;
use store::Deadline;

impl Service {
    /// Whether this person has a feed; its address is known to nobody but them.
    pub async fn calendar_feed(&self, actor: &Actor) -> Result<Option<FeedState>> {
        let me = actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let found = store::of(&mut c, me.as_str()).await?;
        Ok(found.map(|(made, asked)| FeedState {
            made: when(made),
            asked: asked.map(when),
        }))
    }

    /// A new address, told this once; the one before answers no more.
    pub async fn renew_feed(&self, actor: &Actor) -> Result<String> {
        let me = in_person(actor)?.clone();
        let secret = secret()?;
        let mut work = self.db.begin(actor).await?;
        store::put(work.conn(), me.as_str(), &digest(&secret), now_us()).await?;
        work.audit("identity.feed_renewed", "person", me.as_str(), &actor.name, &serde_json::json!({}))
            .await?;
        work.commit().await?;
        Ok(format!("{}/calendar.ics?key={secret}", self.config.public_url))
    }

    pub async fn end_feed(&self, actor: &Actor) -> Result<()> {
        let me = actor.user()?.clone();
        let mut work = self.db.begin(actor).await?;
        if store::end(work.conn(), me.as_str()).await? {
            work.audit("identity.feed_ended", "person", me.as_str(), &actor.name, &serde_json::json!({}))
                .await?;
        }
        Ok(work.commit().await?)
    }

    /// The calendar at a secret.
    ///
    /// # Errors
    /// [`Error::NoFeed`] for whoever does not know it.
    pub async fn deadlines(&self, secret: &str) -> Result<String> {
        let mut work = self.db.begin(&Actor::system("calendar")).await?;
        let holder = store::holder(work.conn(), &digest(secret), self.config.demonstration).await?;
        let (person, name) = holder.ok_or(Error::NoFeed)?;
        let now = now_us();
        store::asked(work.conn(), &person, now).await?;
        let all = store::deadlines(work.conn(), &person).await?;
        work.commit().await?;
        Ok(calendar(&all, &name, &self.config.public_url, &self.config.body_code, now))
    }
}

fn calendar(all: &[Deadline], name: &str, site: &str, body: &str, now: i64) -> String {
    let mut lines = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//kyhop//deadlines//VI".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        format!("X-WR-CALNAME:{}", escaped(&format!("Hạn xử lý: {name}"))),
        // Both: calendars know one or the other.
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
        "X-PUBLISHED-TTL:PT1H".to_owned(),
    ];
    for d in all {
        let Some(day) = parse_day(&d.due_on) else { continue };
        let plain = |day: time::Date| day.to_string().replace('-', "");
        let address = d.address(site);
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}-due@{body}.kyhop", d.id),
            format!("DTSTAMP:{}", moment(now)),
            format!("DTSTART;VALUE=DATE:{}", plain(day)),
            format!("DTEND;VALUE=DATE:{}", plain(day.next_day().unwrap_or(day))),
            format!("SUMMARY:{}", escaped(&format!("Hạn: {}", d.title))),
            format!("DESCRIPTION:{}", escaped(&format!("{}\n{address}", d.about.trim()))),
            format!("URL:{address}"),
            // The day is not taken by it.
            "TRANSP:TRANSPARENT".to_owned(),
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("DESCRIPTION:{}", escaped(&d.title)),
            "TRIGGER:-PT16H".to_owned(),
            "END:VALARM".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    lines.iter().map(|line| folded(line)).collect()
}
