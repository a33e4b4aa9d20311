//! What is signed, where, and how it looks: the options that `kyhop sign` and `kyhop prepare` share.
use super::keys::read;
use super::opening::OpenArgs;
use crate::clock::day;
use signing::{Align, Appearance, Commitment, Digest, FieldLock, Placement, SignOptions, SignaturePolicy};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct LookArgs {
    /// Empty signature field to sign, or the name of a new one.
    #[arg(long)]
    field: Option<String>,
    /// Certify, allowing 1: nothing, 2: forms and signatures, 3: comments as well.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=3))]
    certify: Option<u8>,
    /// Fields that nobody may change afterwards: all, NAME,NAME… or all-but:NAME,NAME…
    #[arg(long, value_name = "FIELDS", value_parser = lock)]
    lock: Option<FieldLock>,
    /// Show the signature: page from 1, points from the lower left of the page as displayed.
    #[arg(long, value_name = "PAGE:X,Y,W,H", value_parser = placement)]
    visible: Option<Placement>,
    /// Picture of the signature or seal.
    #[arg(long, value_name = "PNG", requires = "visible")]
    image: Option<PathBuf>,
    /// A line of text to show, instead of name and date; may be given several times.
    #[arg(long, value_name = "LINE", requires = "visible")]
    text: Vec<String>,
    /// A QR code at the left of the box, with this content.
    #[arg(long, value_name = "CONTENT", requires = "visible")]
    qr: Option<String>,
    #[arg(long)]
    reason: Option<String>,
    #[arg(long)]
    location: Option<String>,
    /// What the signature commits to: origin, receipt, delivery, sender, approval or creation; takes the place of a reason.
    #[arg(long, value_name = "KIND", conflicts_with = "reason", value_parser = commitment)]
    commitment: Option<Commitment>,
    /// Object identifier of the signature policy it is made under.
    #[arg(long, value_name = "OID", requires = "policy_file")]
    policy: Option<String>,
    /// The document that holds the policy; its SHA-256 digest is signed.
    #[arg(long, value_name = "FILE", requires = "policy")]
    policy_file: Option<PathBuf>,
    /// Where the policy can be had.
    #[arg(long, value_name = "URL", requires = "policy")]
    policy_uri: Option<String>,
    /// Time of signing to claim instead of now.
    #[arg(long, value_name = "RFC3339", value_parser = super::time)]
    pub time: Option<i64>,
    #[command(flatten)]
    open: OpenArgs,
}

impl LookArgs {
    /// `certificate` names the signer in the picture.
    pub fn options(&self, certificate: &[u8], now: i64) -> Result<SignOptions, String> {
        let time = self.time.unwrap_or(now);
        let opening = self.open.opening()?;
        Ok(SignOptions {
            field: self.field.clone(),
            time,
            reason: self.reason.clone(),
            location: self.location.clone(),
            certify: self.certify,
            commitment: self.commitment,
            policy: self.policy()?,
            lock: self.lock.clone(),
            appearance: self.appearance(certificate, time)?,
            password: opening.password,
            recipient: opening.recipient,
            ..SignOptions::default()
        })
    }

    fn policy(&self) -> Result<Option<SignaturePolicy>, String> {
        let (Some(oid), Some(file)) = (&self.policy, &self.policy_file) else {
            return Ok(None);
        };
        Ok(Some(SignaturePolicy {
            oid: oid.clone(),
            digest: Digest::Sha256,
            hash: openssl::sha::sha256(&read(file)?).to_vec(),
            uri: self.policy_uri.clone(),
        }))
    }

    fn appearance(&self, certificate: &[u8], time: i64) -> Result<Option<Appearance>, String> {
        let Some(place) = self.visible else { return Ok(None) };
        let mut look = Appearance::at(place);
        look.align = Align::Left;
        look.image = self.image.as_deref().map(read).transpose()?;
        look.qr.clone_from(&self.qr);
        if !self.text.is_empty() {
            look.lines.clone_from(&self.text);
        } else if look.image.is_none() {
            // Without a picture, what a reader wants to know.
            let certificate = openssl::x509::X509::from_der(certificate).map_err(|e| e.to_string())?;
            let mut names = certificate.subject_name().entries_by_nid(openssl::nid::Nid::COMMONNAME);
            let name = names.next().and_then(|n| n.data().to_string().ok()).unwrap_or_default();
            let date = day(time.saturating_mul(1_000_000));
            look.lines = vec![name, format!("Ký ngày {}", date.split('-').rev().collect::<Vec<_>>().join("/"))];
        }
        Ok(Some(look))
    }
}

/// `1:300,90,150,70`
fn placement(text: &str) -> Result<Placement, String> {
    let wrong = || "not PAGE:X,Y,W,H, such as 1:300,90,150,70".to_owned();
    let (page, rest) = text.split_once(':').ok_or_else(wrong)?;
    let numbers: Vec<f64> = rest.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let page = page.trim().parse().map_err(|_| wrong())?;
    match numbers[..] {
        [x, y, w, h] if page > 0 && w > 0.0 && h > 0.0 && numbers.iter().all(|n: &f64| n.is_finite()) => Ok(Placement { page, x, y, w, h }),
        _ => Err(wrong()),
    }
}

fn commitment(text: &str) -> Result<Commitment, String> {
    Commitment::named(text).ok_or_else(|| "say origin, receipt, delivery, sender, approval or creation".into())
}

/// `all`, `a,b` or `all-but:a,b`
fn lock(text: &str) -> Result<FieldLock, String> {
    let names = |list: &str| -> Result<Vec<String>, String> {
        let names: Vec<String> = list.split(',').map(|n| n.trim().to_owned()).collect();
        match names.iter().any(String::is_empty) {
            true => Err("a field name is missing: say all, NAME,NAME or all-but:NAME,NAME".into()),
            false => Ok(names),
        }
    };
    match text.split_once(':') {
        _ if text == "all" => Ok(FieldLock::All),
        Some(("all-but", list)) => names(list).map(FieldLock::Exclude),
        _ => names(text).map(FieldLock::Include),
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldLock, lock, placement};

    #[test]
    fn places_are_read_and_nonsense_is_not() {
        let p = placement("2:10,20.5,100,50").unwrap();
        assert_eq!((p.page, p.x, p.y, p.w, p.h), (2, 10.0, 20.5, 100.0, 50.0));
        for wrong in [
            "",
            "1",
            "0:1,2,3,4",
            "1:1,2,3",
            "1:1,2,0,4",
            "1:1,2,3,4,5",
            "1:a,2,3,4",
            "1:NaN,2,3,4",
            "1:1,2,inf,4",
        ] {
            assert!(placement(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn locks_are_read() {
        let names = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(lock("all"), Ok(FieldLock::All));
        assert_eq!(lock("a, b.c"), Ok(FieldLock::Include(names(&["a", "b.c"]))));
        assert_eq!(lock("all-but:a"), Ok(FieldLock::Exclude(names(&["a"]))));
        assert!(lock("").is_err() && lock("a,,b").is_err() && lock("all-but:").is_err());
    }
}
