//! The whole log as JSON lines: a first line that says what it is, then every entry. Nothing else is needed to check it.
use super::chain::{Head, Link, RULE};
use super::{BATCH, Result, Service, store};
use crate::actor::Actor;
use crate::clock::now_us;
use app::dto::identity::Role;
use bytes::Bytes;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// First line of an export.
#[derive(Debug, Serialize, Deserialize)]
pub struct Preamble {
    /// Version of this form: 1.
    pub kyhop_audit: u32,
    pub body_code: String,
    pub body_name: String,
    /// Microseconds since the Unix epoch, UTC.
    pub exported_at: i64,
    pub exported_by: String,
    /// The last entry of the export.
    pub head: Head,
    pub rule: String,
}

impl Service {
    /// The log up to and with the entry that says that it was exported. Auditors only.
    pub async fn export(&self, actor: &Actor) -> Result<impl Stream<Item = std::result::Result<Bytes, sqlx::Error>> + Send + use<>> {
        actor.require(&[Role::Auditor])?;
        let mut work = self.db.begin(actor).await?;
        work.audit("audit.exported", "audit", "", "", &serde_json::json!({})).await?;
        let head = store::head(work.conn()).await?;
        work.commit().await?;
        let preamble = Preamble {
            kyhop_audit: 1,
            body_code: self.config.body_code.clone(),
            body_name: self.config.body_name.clone(),
            exported_at: now_us(),
            exported_by: actor.name.clone(),
            head,
            rule: RULE.into(),
        };
        let (db, last) = (self.db.clone(), preamble.head.seq);
        Ok(try_unfold((Some(preamble), 0), move |(preamble, seq)| {
            let db = db.clone();
            async move {
                if let Some(preamble) = preamble {
                    return Ok(Some((line(&preamble)?.into(), (None, seq))));
                }
                let mut c = db.read().acquire().await?;
                let links = store::after(&mut c, seq, last, BATCH).await?;
                let Some(end) = links.last().map(|l| l.entry.seq) else {
                    return Ok(None);
                };
                let mut text = String::new();
                for link in &links {
                    text.push_str(&line(link)?);
                }
                Ok(Some((text.into(), (None, end))))
            }
        }))
    }
}

fn line(value: &impl Serialize) -> std::result::Result<String, sqlx::Error> {
    let mut text = serde_json::to_string(value).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    text.push('\n');
    Ok(text)
}

/// What the check of an export came to.
#[derive(Debug)]
pub struct Checked {
    pub preamble: Preamble,
    /// The end of what is intact.
    pub head: Head,
    /// First entry that does not follow from the one before.
    pub broken_at: Option<i64>,
    /// Number of the entry whose hash was noted down earlier, when it was found.
    pub noted_at: Option<i64>,
}

/// Checks an export without any server. `noted` is the hash of an entry as it was written down elsewhere: only holding it
/// against the file shows that the log was not made anew as a whole.
///
/// # Errors
/// A sentence when the file is not an export.
pub fn verify(file: impl BufRead, noted: Option<&str>) -> std::result::Result<Checked, String> {
    let mut lines = file.lines().enumerate();
    let first = lines.next().ok_or("tệp rỗng / the file is empty")?.1.map_err(|e| e.to_string())?;
    let preamble: Preamble =
        serde_json::from_str(&first).map_err(|e| format!("không phải tệp nhật ký kyhop / not an export of the log: {e}"))?;
    if preamble.kyhop_audit != 1 {
        return Err(format!("phiên bản lạ / unknown version: {}", preamble.kyhop_audit));
    }
    let (mut head, mut broken_at, mut noted_at) = (Head::default(), None, None);
    for (number, text) in lines {
        let text = text.map_err(|e| format!("dòng / line {}: {e}", number + 1))?;
        let link: Link = match serde_json::from_str(&text) {
            Ok(link) => link,
            Err(_) => {
                broken_at = Some(head.seq + 1);
                break;
            }
        };
        if let Err(at) = head.follow(&link) {
            broken_at = Some(at);
            break;
        }
        if noted.is_some_and(|n| n.trim().eq_ignore_ascii_case(&head.hash)) {
            noted_at = Some(head.seq);
        }
    }
    if broken_at.is_none() && head != preamble.head {
        broken_at = Some(head.seq + 1);
    }
    Ok(Checked {
        preamble,
        head,
        broken_at,
        noted_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::chain::tests::chain;

    fn export(links: &[Link], head: &Link) -> String {
        let preamble = Preamble {
            kyhop_audit: 1,
            body_code: "H99".into(),
            body_name: "Ủy ban".into(),
            exported_at: 0,
            exported_by: "Vũ Thị Thu Hà".into(),
            head: Head {
                seq: head.entry.seq,
                hash: head.hash.clone(),
            },
            rule: RULE.into(),
        };
        let entries: String = links.iter().map(|l| line(l).unwrap()).collect();
        line(&preamble).unwrap() + &entries
    }

    #[test]
    fn an_export_is_checked_without_a_server() {
        let links = chain(4);
        let whole = export(&links, &links[3]);
        let checked = verify(whole.as_bytes(), Some(&links[1].hash.to_uppercase())).unwrap();
        assert_eq!((checked.broken_at, checked.head.seq, checked.noted_at), (None, 4, Some(2)));
        let changed = whole.replacen("12/QĐ", "13/QĐ", 1);
        assert_eq!(verify(changed.as_bytes(), None).unwrap().broken_at, Some(1));
        let cut = export(&links[..3], &links[3]);
        assert_eq!(verify(cut.as_bytes(), None).unwrap().broken_at, Some(4));
        let garbled = whole.replace("\"seq\":3", "\"seq\":\"3\"");
        assert_eq!(verify(garbled.as_bytes(), None).unwrap().broken_at, Some(3));
        assert!(verify("{}".as_bytes(), None).is_err());
        assert!(verify("".as_bytes(), None).is_err());
    }
}
