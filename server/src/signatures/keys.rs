//! Keys kept for people and for the body: stored sealed, opened with a PIN for one use.
use super::seal::{self, Sealed};
use super::{Error, OpenKey, Owner, Result, Service, pin, store};
use crate::actor::{Actor, Kind};
use crate::clock::{now_us, when};
use app::dto::identity::{KeyInfo, Role};
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::pkey::PKey;
use openssl::x509::{X509, X509NameRef};
use signing::{KeySigner, Signer};
use std::sync::{Arc, PoisonError};
use zeroize::Zeroizing;

/// Wrong PINs until the key is locked for a while.
pub const TRIES: i64 = 5;
/// First wait; each further wrong PIN makes it four times as long, up to a day. Microseconds.
const FIRST_WAIT: i64 = 60_000_000;
const LONGEST_WAIT: i64 = 86_400_000_000;
/// Bytes of a picture.
const LARGEST_IMAGE: usize = 4 << 20;

/// A key as stored.
pub struct KeyRow {
    pub id: String,
    pub owner: Owner,
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    /// Microseconds since the Unix epoch.
    pub valid_from: i64,
    pub valid_to: i64,
    pub certificate: Vec<u8>,
    /// Concatenated PEM.
    pub chain: String,
    pub sealed: Sealed,
    pub image: Option<Vec<u8>>,
    pub failures: i64,
    pub locked_until: i64,
    pub demonstration: bool,
}

impl KeyRow {
    /// What the seal is bound to.
    fn bound(&self) -> Vec<u8> {
        bound(&self.id, &self.certificate)
    }
}

fn bound(id: &str, certificate: &[u8]) -> Vec<u8> {
    let mut all = format!("kyhop signing key\0{id}\0").into_bytes();
    all.extend_from_slice(&openssl::sha::sha256(certificate));
    all
}

/// A private key on its way in.
pub enum KeyMaterial<'a> {
    /// PKCS#8 DER with the certificate (DER) and those above it (PEM, may be empty).
    Pkcs8 {
        key: &'a [u8],
        certificate: &'a [u8],
        chain: &'a str,
    },
    Pkcs12 {
        bytes: &'a [u8],
        password: &'a str,
    },
}

/// A key to be stored with its owner's first PIN.
pub struct NewKey<'a> {
    pub owner: Owner,
    pub material: KeyMaterial<'a>,
    pub pin: &'a str,
    /// PNG of the handwritten signature or the seal.
    pub image: Option<Vec<u8>>,
    pub demonstration: bool,
}

impl Service {
    /// Stores a key; it takes the place of the owner's older one. Answers its id.
    ///
    /// # Errors
    /// Unless the administrator or the program itself asks; when the key does not belong to the certificate, has
    /// expired, or is a demonstration's on a real server; a weak PIN; a picture that is no PNG.
    pub async fn store_key(&self, actor: &Actor, new: NewKey<'_>) -> Result<String> {
        if actor.kind != Kind::System {
            actor.require(&[Role::Admin])?;
        }
        let (pkcs8, certificate, chain) = material(&new.material)?;
        let unusable = |e: openssl::error::ErrorStack| Error::KeyUnusable(e.to_string());
        let x509 = X509::from_der(&certificate).map_err(unusable)?;
        let demonstration = new.demonstration || is_demonstration(&x509);
        if demonstration && !self.config.demonstration {
            return Err(Error::KeyDemonstration);
        }
        pin::check_new(new.pin, demonstration)?;
        if let Some(png) = &new.image {
            check_image(png)?;
        }
        let id = uuid::Uuid::now_v7().to_string();
        let serial = x509.serial_number().to_bn().and_then(|n| n.to_hex_str()).map_err(unusable)?;
        let row = KeyRow {
            owner: new.owner,
            subject: name(x509.subject_name()),
            issuer: name(x509.issuer_name()),
            serial: serial.to_lowercase(),
            valid_from: microseconds(x509.not_before())?,
            valid_to: microseconds(x509.not_after())?,
            sealed: self.sealed(pkcs8, new.pin, bound(&id, &certificate)).await?,
            certificate,
            chain,
            image: new.image,
            failures: 0,
            locked_until: 0,
            demonstration,
            id,
        };
        check_validity(&row)?;
        let mut work = self.db.begin(actor).await?;
        store::insert(work.conn(), &row, now_us()).await?;
        let details = serde_json::json!({ "owner": row.owner.columns().1, "serial": row.serial, "issuer": row.issuer });
        work.audit("key.stored", "key", &row.id, &row.subject, &details).await?;
        work.commit().await?;
        Ok(row.id)
    }

    /// Opens a key with its PIN; a wrong PIN is counted, five lock the key for a while.
    pub async fn unseal(&self, actor: &Actor, owner: &Owner, pin: &str) -> Result<OpenKey> {
        let (row, pkcs8) = self.opened(actor, owner, pin, "key.opened").await?;
        let chain = chain_der(&row.chain)?;
        let signer = KeySigner::from_pkcs8_der(&pkcs8, &row.certificate, chain)?;
        Ok(OpenKey {
            signer: Arc::new(signer),
            image: row.image,
            subject: row.subject,
        })
    }

    /// Seals the key with another PIN.
    pub async fn change_pin(&self, actor: &Actor, owner: &Owner, old: &str, new: &str) -> Result<()> {
        let known = self.mine(actor, owner).await?;
        pin::check_new(new, known.demonstration)?;
        let (row, pkcs8) = self.opened(actor, owner, old, "key.opened").await?;
        let sealed = self.sealed(pkcs8, new, row.bound()).await?;
        let mut work = self.db.begin(actor).await?;
        if !store::reseal(work.conn(), &row.id, &row.sealed.nonce, &sealed).await? {
            return Err(Error::ChangedMeanwhile);
        }
        work.audit("key.pin_changed", "key", &row.id, &row.subject, &serde_json::json!({}))
            .await?;
        Ok(work.commit().await?)
    }

    pub async fn key_info(&self, owner: &Owner) -> Result<Option<KeyInfo>> {
        let mut c = self.db.read().acquire().await?;
        let Some(row) = store::current(&mut c, owner).await? else {
            return Ok(None);
        };
        if row.demonstration && !self.config.demonstration {
            return Ok(None);
        }
        Ok(Some(KeyInfo {
            image_url: row.image.as_ref().map(|_| format!("/files/signature-image/{}.png", row.id)),
            subject: row.subject,
            issuer: row.issuer,
            serial: row.serial,
            valid_from: when(row.valid_from),
            valid_to: when(row.valid_to),
            locked_until: (row.locked_until > now_us()).then(|| when(row.locked_until)),
        }))
    }

    /// The picture that a key signs with, for those who may sign with it.
    pub async fn image(&self, actor: &Actor, id: &str) -> Result<Vec<u8>> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        let row = store::by_id(&mut c, id).await?.ok_or(Error::NoImage)?;
        self.may_use(actor, &row.owner).map_err(|_| Error::NoImage)?;
        row.image.ok_or(Error::NoImage)
    }

    /// A person's key is that person's alone; the body's seal is in the hands of its clerks.
    fn may_use(&self, actor: &Actor, owner: &Owner) -> Result<()> {
        let allowed = match owner {
            Owner::Person(id) => actor.user()? == id,
            Owner::Body(code) => {
                actor.require(&[Role::Clerk])?;
                *code == self.config.body_code
            }
        };
        if allowed {
            Ok(())
        } else {
            Err(crate::identity::Error::Forbidden.into())
        }
    }

    async fn mine(&self, actor: &Actor, owner: &Owner) -> Result<KeyRow> {
        self.may_use(actor, owner)?;
        let mut c = self.db.read().acquire().await?;
        let row = store::current(&mut c, owner).await?.ok_or(Error::NoKey)?;
        if row.demonstration && !self.config.demonstration {
            return Err(Error::KeyDemonstration);
        }
        check_validity(&row)?;
        Ok(row)
    }

    /// The attempt is counted and committed before it is made, so that neither a failing request nor many at once, on several
    /// servers, get more tries than there are.
    async fn opened(&self, actor: &Actor, owner: &Owner, pin: &str, action: &str) -> Result<(KeyRow, Zeroizing<Vec<u8>>)> {
        let alone = self.turn_of(&self.mine(actor, owner).await?.id);
        let _alone = alone.lock().await;
        // Read after waiting: the PIN may have been changed meanwhile.
        let row = self.mine(actor, owner).await?;
        let mut work = self.db.begin(actor).await?;
        let Some(attempt) = store::count_attempt(work.conn(), &row.id, now_us()).await? else {
            let until = store::by_id(work.conn(), &row.id).await?.ok_or(Error::NoKey)?.locked_until;
            return Err(Error::Locked { until });
        };
        // The one that reaches the limit locks at once: others that come meanwhile find it locked.
        let until = if attempt >= TRIES { now_us() + wait(attempt) } else { 0 };
        if until > 0 {
            store::lock(work.conn(), &row.id, until).await?;
        }
        work.commit().await?;

        let opened = self.try_open(&row, pin).await?;
        let mut work = self.db.begin(actor).await?;
        let details = serde_json::json!({ "attempt": attempt, "owner": row.owner.columns().1 });
        match opened {
            Some(pkcs8) => {
                store::forgive(work.conn(), &row.id).await?;
                work.audit(action, "key", &row.id, &row.subject, &details).await?;
                work.commit().await?;
                Ok((row, pkcs8))
            }
            None => {
                work.audit("key.wrong_pin", "key", &row.id, &row.subject, &details).await?;
                if until > 0 {
                    let details = serde_json::json!({ "until": when(until).text });
                    work.audit("key.locked", "key", &row.id, &row.subject, &details).await?;
                }
                work.commit().await?;
                Err(if until > 0 {
                    Error::Locked { until }
                } else {
                    Error::WrongPin { left: TRIES - attempt }
                })
            }
        }
    }

    fn turn_of(&self, key: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        tries.entry(key.to_owned()).or_default().clone()
    }

    async fn try_open(&self, row: &KeyRow, pin: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if pin.len() > pin::LONGEST {
            return Ok(None);
        }
        let (sealed, bound, pin) = (row.sealed.clone(), row.bound(), Zeroizing::new(pin.to_owned()));
        self.in_turn(move || seal::open(&sealed, &pin, &bound)).await
    }

    async fn sealed(&self, pkcs8: Zeroizing<Vec<u8>>, pin: &str, bound: Vec<u8>) -> Result<Sealed> {
        let pin = Zeroizing::new(pin.to_owned());
        self.in_turn(move || seal::seal(&pkcs8, &pin, &bound)).await
    }

    /// Off the async threads, and never more at a time than the memory is meant for.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let turn = self
            .turns
            .clone()
            .acquire_owned()
            .await
            .map_err(|e| Error::Sealing(e.to_string()))?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|e| Error::Sealing(e.to_string()))?
    }
}

/// Microseconds that the `attempt`th wrong PIN in a row locks for.
fn wait(attempt: i64) -> i64 {
    let longer = u32::try_from((attempt - TRIES).clamp(0, 10)).unwrap_or(10);
    FIRST_WAIT.saturating_mul(4i64.saturating_pow(longer)).min(LONGEST_WAIT)
}

type Parts = (Zeroizing<Vec<u8>>, Vec<u8>, String);

/// Private key as PKCS#8, certificate, chain; only if they belong together.
fn material(material: &KeyMaterial) -> Result<Parts> {
    let unusable = |e: openssl::error::ErrorStack| Error::KeyUnusable(e.to_string());
    let (key, certificate, chain) = match material {
        KeyMaterial::Pkcs8 { key, certificate, chain } => {
            let key = PKey::private_key_from_der(key).map_err(unusable)?;
            (key, certificate.to_vec(), (*chain).to_owned())
        }
        KeyMaterial::Pkcs12 { bytes, password } => {
            let parsed = openssl::pkcs12::Pkcs12::from_der(bytes)
                .and_then(|p| p.parse2(password))
                .map_err(unusable)?;
            let missing = || Error::KeyUnusable("the PKCS#12 file holds no key with its certificate".into());
            let certificate = parsed.cert.ok_or_else(missing)?.to_der().map_err(unusable)?;
            let mut chain = String::new();
            for above in parsed.ca.iter().flatten() {
                chain.push_str(&String::from_utf8_lossy(&above.to_pem().map_err(unusable)?));
            }
            (parsed.pkey.ok_or_else(missing)?, certificate, chain)
        }
    };
    let pkcs8 = Zeroizing::new(key.private_key_to_pkcs8().map_err(unusable)?);
    let signer = KeySigner::from_pkcs8_der(&pkcs8, &certificate, chain_der(&chain)?)?;
    Ok((pkcs8, signer.certificate().to_vec(), chain))
}

fn chain_der(pem: &str) -> Result<Vec<Vec<u8>>> {
    if pem.trim().is_empty() {
        return Ok(Vec::new());
    }
    let stack = X509::stack_from_pem(pem.as_bytes()).map_err(|e| Error::KeyUnusable(e.to_string()))?;
    let ders = stack.iter().map(|c| c.to_der()).collect::<std::result::Result<_, _>>();
    ders.map_err(|e| Error::KeyUnusable(e.to_string()))
}

fn check_validity(row: &KeyRow) -> Result<()> {
    let now = now_us();
    if now < row.valid_from || now > row.valid_to {
        return Err(Error::KeyExpired {
            from: row.valid_from,
            to: row.valid_to,
        });
    }
    Ok(())
}

/// A PNG of a sane size; whether its pixels can be read shows when it is drawn.
fn check_image(png: &[u8]) -> Result<()> {
    if !png.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Err(Error::Image("not a PNG file".into()));
    }
    if png.len() > LARGEST_IMAGE {
        return Err(Error::Image(format!("{} bytes, at most {LARGEST_IMAGE}", png.len())));
    }
    Ok(())
}

/// Demonstration certificates say so in their subject.
fn is_demonstration(certificate: &X509) -> bool {
    let mut organisations = certificate.subject_name().entries_by_nid(openssl::nid::Nid::ORGANIZATIONNAME);
    organisations.any(|o| o.data().to_string().is_ok_and(|t| t == crate::demo::pki::MARK))
}

/// `CN=…, O=…`: the person first.
fn name(name: &X509NameRef) -> String {
    let parts: Vec<String> = name
        .entries()
        .filter_map(|e| Some(format!("{}={}", e.object().nid().short_name().ok()?, e.data().to_string().ok()?)))
        .collect();
    parts.into_iter().rev().collect::<Vec<_>>().join(", ")
}

fn microseconds(time: &Asn1TimeRef) -> Result<i64> {
    let unusable = |e: openssl::error::ErrorStack| Error::KeyUnusable(e.to_string());
    let epoch = Asn1Time::from_unix(0).map_err(unusable)?;
    let since = epoch.diff(time).map_err(unusable)?;
    Ok((i64::from(since.days) * 86_400 + i64::from(since.secs)) * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::wait;

    #[test]
    fn the_wait_grows_up_to_a_day() {
        let minutes: Vec<i64> = (5..12).map(|n| wait(n) / 60_000_000).collect();
        assert_eq!(minutes, [1, 4, 16, 64, 256, 1024, 1440]);
        assert_eq!(wait(i64::MAX), 86_400_000_000);
    }
}
