//! A key on a token, reached through its maker's PKCS#11 library.
use super::{chain_of, ecdsa_der};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use signing::{Digest, SignatureAlgorithm, Signer};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use zeroize::Zeroizing;

/// What the person asked for.
pub struct Asked {
    pub label: String,
    pub token: Option<String>,
    pub pin: Option<Zeroizing<String>>,
    /// Instead of the token's own, the signer's first.
    pub certificates: Vec<Vec<u8>>,
    pub chain: Vec<Vec<u8>>,
    pub pss: bool,
}

/// A token that is logged in to.
pub struct Token {
    session: Mutex<Session>,
    key: ObjectHandle,
    algorithm: SignatureAlgorithm,
    certificate: Vec<u8>,
    chain: Vec<Vec<u8>>,
}

/// A certificate as it lies on the token.
struct Stored {
    id: Vec<u8>,
    label: String,
    der: Vec<u8>,
}

impl Token {
    pub fn open(module: &Path, asked: Asked) -> Result<Self, String> {
        let said = |e: Error| format!("{}: {e}", module.display());
        let library = Pkcs11::new(module).map_err(|e| format!("{}: no PKCS#11 library: {e}", module.display()))?;
        match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(e) => return Err(said(e)),
        }
        let (slot, by_token) = choose(&library, &asked)?;
        let session = library.open_ro_session(slot).map_err(said)?;
        login(&library, slot, &session, asked.pin.as_deref())?;
        let stored = certificates(&session).map_err(said)?;
        let (key, id, label) = private_key(&session, &asked.label, by_token, &stored)?;
        let (certificate, above) = match asked.certificates.split_first() {
            Some((own, above)) => (own.clone(), above.to_vec()),
            None => {
                let named = |c: &&Stored| if id.is_empty() { c.label == label } else { c.id == id };
                let found = stored.iter().find(named).or_else(|| stored.iter().find(|c| c.label == label));
                let found = found.ok_or("the token holds no certificate for the key: name it with --cert")?;
                (found.der.clone(), Vec::new())
            }
        };
        let pool: Vec<Vec<u8>> = above
            .into_iter()
            .chain(asked.chain)
            .chain(stored.into_iter().map(|c| c.der))
            .collect();
        let algorithm = SignatureAlgorithm::of_certificate(&certificate, asked.pss).map_err(|e| e.to_string())?;
        if asked.pss && !matches!(algorithm, SignatureAlgorithm::RsaPss(_)) {
            return Err("only an RSA key can sign with RSA-PSS".into());
        }
        Ok(Self {
            session: Mutex::new(session),
            key,
            algorithm,
            chain: chain_of(&certificate, &pool),
            certificate,
        })
    }

    fn value(&self, attributes: &[u8]) -> Result<Vec<u8>, String> {
        let digest = |d: Digest| d.of(attributes).map_err(|e| e.to_string());
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let sign = |mechanism: &Mechanism, data: &[u8]| session.sign(mechanism, self.key, data).map_err(|e| e.to_string());
        match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(d) => sign(&Mechanism::RsaPkcs, &[digest_info(d), &digest(d)?].concat()),
            SignatureAlgorithm::RsaPss(d) => {
                let (hash_alg, mgf) = match d {
                    Digest::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
                    Digest::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
                    Digest::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
                };
                let s_len = d.size().try_into().map_err(|_| "salt".to_owned())?;
                sign(&Mechanism::RsaPkcsPss(PkcsPssParams { hash_alg, mgf, s_len }), &digest(d)?)
            }
            SignatureAlgorithm::Ecdsa(d) => {
                let raw = sign(&Mechanism::Ecdsa, &digest(d)?)?;
                ecdsa_der(&raw).map_err(|e| e.to_string())
            }
            SignatureAlgorithm::Ed25519 => sign(&Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)), attributes),
            _ => Err("this kind of key is not supported on a token".into()),
        }
    }
}

impl Signer for Token {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&self, attributes: &[u8]) -> signing::Result<Vec<u8>> {
        let value = self
            .value(attributes)
            .map_err(|e| signing::Error::Signer(format!("the token: {e}")))?;
        self.algorithm.check(&self.certificate, attributes, &value)?;
        Ok(value)
    }
}

/// The slot to log in to, and whether its token has the label that was asked for. Only one is ever tried: a wrong PIN counts.
fn choose(library: &Pkcs11, asked: &Asked) -> Result<(Slot, bool), String> {
    let mut tokens = Vec::new();
    for slot in library.get_slots_with_token().map_err(|e| e.to_string())? {
        if let Ok(info) = library.get_token_info(slot)
            && info.token_initialized()
        {
            tokens.push((slot, info.label().trim_end().to_owned()));
        }
    }
    let names = tokens.iter().map(|(_, l)| l.as_str()).collect::<Vec<_>>().join(", ");
    if let Some(wanted) = &asked.token {
        let found = tokens.iter().find(|(_, l)| l == wanted);
        let (slot, _) = found.ok_or_else(|| format!("there is no token {wanted}; there are: {names}"))?;
        return Ok((*slot, *wanted == asked.label));
    }
    if let Some((slot, _)) = tokens.iter().find(|(_, l)| *l == asked.label) {
        return Ok((*slot, true));
    }
    // Certificates and public keys can be seen without a PIN.
    let shows = |slot: Slot| {
        let session = library.open_ro_session(slot).ok()?;
        let found = session.find_objects(&[Attribute::Label(asked.label.clone().into_bytes())]).ok()?;
        (!found.is_empty()).then_some(())
    };
    let with_label: Vec<Slot> = tokens.iter().map(|(s, _)| *s).filter(|s| shows(*s).is_some()).collect();
    match (&with_label[..], &tokens[..]) {
        ([slot], _) | ([], [(slot, _)]) => Ok((*slot, false)),
        ([], []) => Err("there is no token: is it plugged in?".into()),
        ([], _) => Err(format!(
            "no token shows anything labelled {}; say which token it is with --token: {names}",
            asked.label
        )),
        _ => Err(format!(
            "several tokens hold something labelled {}; say which with --token: {names}",
            asked.label
        )),
    }
}

fn login(library: &Pkcs11, slot: Slot, session: &Session, pin: Option<&String>) -> Result<(), String> {
    let info = library.get_token_info(slot).map_err(|e| e.to_string())?;
    if !info.login_required() {
        return Ok(());
    }
    let pin = match pin {
        Some(pin) => Some(AuthPin::from(pin.clone().into_boxed_str())),
        None if info.protected_authentication_path() => None,
        None => return Err("the token needs its PIN: name a file that holds it with --pinfile".into()),
    };
    match session.login(UserType::User, pin.as_ref()) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
        Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
            let last = library.get_token_info(slot).is_ok_and(|i| i.user_pin_final_try());
            let more = if last { "; one more wrong one locks the token" } else { "" };
            Err(format!("the PIN is wrong{more}"))
        }
        Err(Error::Pkcs11(RvError::PinLocked, _)) => {
            Err("the token is locked after too many wrong PINs: unlock it with its maker's program".into())
        }
        Err(e) => Err(format!("the token refuses the PIN: {e}")),
    }
}

fn certificates(session: &Session) -> Result<Vec<Stored>, Error> {
    let template = [
        Attribute::Class(ObjectClass::CERTIFICATE),
        Attribute::CertificateType(CertificateType::X_509),
    ];
    let mut all = Vec::new();
    for object in session.find_objects(&template)? {
        let mut stored = Stored {
            id: Vec::new(),
            label: String::new(),
            der: Vec::new(),
        };
        for attribute in session.get_attributes(object, &[AttributeType::Id, AttributeType::Label, AttributeType::Value])? {
            match attribute {
                Attribute::Id(id) => stored.id = id,
                Attribute::Label(label) => stored.label = String::from_utf8_lossy(&label).into_owned(),
                Attribute::Value(der) => stored.der = der,
                _ => {}
            }
        }
        all.push(stored);
    }
    Ok(all)
}

/// The private key of that label, or with the id of a certificate of that label, or the only one of a token of that label;
/// with its id and its label.
fn private_key(session: &Session, label: &str, by_token: bool, stored: &[Stored]) -> Result<(ObjectHandle, Vec<u8>, String), String> {
    let keys = session
        .find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])
        .map_err(|e| e.to_string())?;
    let mut described = Vec::new();
    for key in keys {
        let (mut id, mut name) = (Vec::new(), String::new());
        let wanted = [AttributeType::Id, AttributeType::Label];
        for attribute in session.get_attributes(key, &wanted).map_err(|e| e.to_string())? {
            match attribute {
                Attribute::Id(bytes) => id = bytes,
                Attribute::Label(bytes) => name = String::from_utf8_lossy(&bytes).into_owned(),
                _ => {}
            }
        }
        described.push((key, id, name));
    }
    let names = described.iter().map(|(_, _, n)| n.as_str()).collect::<Vec<_>>().join(", ");
    let labelled: Vec<_> = described.iter().filter(|(_, _, n)| n == label).collect();
    let certified = |id: &[u8]| !id.is_empty() && stored.iter().any(|c| c.label == label && c.id == id);
    let found = match labelled[..] {
        [only] => Some(only),
        [] => match described.iter().filter(|(_, id, _)| certified(id)).collect::<Vec<_>>()[..] {
            [only] => Some(only),
            _ if by_token && described.len() == 1 => described.first(),
            _ => None,
        },
        _ => return Err(format!("the token holds several private keys labelled {label}")),
    };
    match found {
        Some((key, id, name)) => Ok((*key, id.clone(), name.clone())),
        None if described.is_empty() => Err("the token holds no private key".into()),
        None => Err(format!("the token holds no private key labelled {label}; there are: {names}")),
    }
}

/// What PKCS#1 v1.5 puts before the digest (RFC 8017, 9.2, note 1).
fn digest_info(digest: Digest) -> &'static [u8] {
    match digest {
        Digest::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
        Digest::Sha384 => b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
        Digest::Sha512 => b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
    }
}
