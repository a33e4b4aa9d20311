//! What cannot be read: out of the way, with its reason beside it, and shown to a person.
use super::places::{IN, POISON, Places, STATUS};
use crate::axis::sending::words;
use crate::axis::store::{self, In};
use crate::axis::wire::Refusal;
use crate::axis::{Error, Service, actor};
use crate::clock::{now_us, when};
use crate::config::Way;
use crate::db::Work;
use std::io::Write;

/// Kind of the row in the inbox: no message, but a file that was to be one.
pub const KIND: &str = "file";

/// Begins the id of such a row; the file's name follows.
const PREFIX: &str = "file:";

/// The row comes first and the file last: stopped in between, it is set aside once more.
pub async fn set_aside(service: &Service, places: &Places, (place, name): (&str, &str), refusal: &Refusal) -> Result<(), Error> {
    let name = name.to_owned();
    let aside = free_name(places, &name);
    let error = words(refusal);
    tracing::warn!(file = name, code = refusal.code, "a file was set aside");
    let row = In {
        id: format!("{PREFIX}{aside}"),
        kind: KIND.into(),
        from_code: String::new(),
        about: String::new(),
        subject: name.chars().take(300).collect(),
        sha256: String::new(),
        state: "failed".into(),
        attempts: 1,
        error: None,
        signer: None,
        received_at: now_us(),
    };
    let mut work = service.db.begin(&actor()).await?;
    let attempts = match store::incoming(work.conn(), &row.id).await? {
        Some(known) => known.attempts + 1,
        None => {
            store::receive(work.conn(), &row).await?;
            1
        }
    };
    store::set_incoming(work.conn(), &row.id, "failed", attempts, 0, Some(&error)).await?;
    let details = serde_json::json!({ "file": name, "reason": error });
    work.audit("axis.file_set_aside", "message", &row.id, &row.subject, &details)
        .await?;
    work.commit().await?;
    let reason = format!("{}\n{error}\n", when(now_us()).text);
    places.put(POISON, &format!("{aside}.reason.txt"), |file| file.write_all(reason.as_bytes()))?;
    places.shift((place, &name), (POISON, &aside))?;
    Ok(())
}

/// Its own name, unless another of that name lies there already.
fn free_name(places: &Places, name: &str) -> String {
    let names = std::iter::once(name.to_owned()).chain((2..).map(|n| {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        format!("{stem}-{n}.{ending}")
    }));
    let mut free = names.filter(|n| !places.at(POISON, n).exists());
    free.next().unwrap_or_default()
}

/// Puts the file back where it came from; false when it is not there any more.
pub async fn try_again(service: &Service, work: &mut Work, row: &In) -> Result<bool, Error> {
    let Some(Way::Folder(path)) = service.config.axis.as_ref().map(|a| &a.way) else {
        return Ok(false);
    };
    let places = Places(path.clone());
    let name = row.id.strip_prefix(PREFIX).unwrap_or_default();
    let place = if name.ends_with(".json") { STATUS } else { IN };
    if !places.at(POISON, name).exists() {
        return Ok(false);
    }
    store::set_incoming(work.conn(), &row.id, "done", row.attempts, 0, None).await?;
    places.shift((POISON, name), (place, name))?;
    places.remove(POISON, &format!("{name}.reason.txt"))?;
    Ok(true)
}
