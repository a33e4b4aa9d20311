//! What a signer says by signing, as signed attributes: the kind of commitment, and the policy it is made under.
use super::SignOptions;
use crate::asn1::{OCTET_STRING, OID, SEQUENCE, encode};
use crate::cms::build;
use crate::cms::read_attributes::{COMMITMENT_TYPE, SIGNATURE_POLICY};
use crate::error::{Error, Result};
use crate::key::Digest;
use const_oid::ObjectIdentifier;

const IA5_STRING: u8 = 0x16;
/// id-spq-ets-uri
const POLICY_URI: &str = "1.2.840.113549.1.9.16.5.1";

/// To what a signature commits (ETSI TS 119 172-1, annex B; EN 319 122-1, 5.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Commitment {
    /// Made, approved and sent it.
    Origin,
    /// Received it.
    Receipt,
    /// Delivered it to where the receiver can fetch it.
    Delivery,
    /// Sent it, not necessarily made it.
    Sender,
    /// Approved it (phê duyệt).
    Approval,
    /// Made it, without approving or sending it.
    Creation,
}

impl Commitment {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Origin, "1.2.840.113549.1.9.16.6.1", "proof_of_origin"),
        (Self::Receipt, "1.2.840.113549.1.9.16.6.2", "proof_of_receipt"),
        (Self::Delivery, "1.2.840.113549.1.9.16.6.3", "proof_of_delivery"),
        (Self::Sender, "1.2.840.113549.1.9.16.6.4", "proof_of_sender"),
        (Self::Approval, "1.2.840.113549.1.9.16.6.5", "proof_of_approval"),
        (Self::Creation, "1.2.840.113549.1.9.16.6.6", "proof_of_creation"),
    ];

    /// By its name, such as `approval`.
    pub fn named(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|one| one.2.strip_prefix("proof_of_") == Some(name));
        known.map(|one| one.0)
    }

    fn oid(self) -> &'static str {
        Self::ALL.iter().find(|one| one.0 == self).map_or("", |one| one.1)
    }

    /// Its name in reports; of others, the identifier itself.
    pub(crate) fn called(oid: String) -> String {
        let known = Self::ALL.iter().find(|one| one.1 == oid);
        known.map_or(oid, |one| one.2.to_owned())
    }
}

/// The rules under which a signature is made (EN 319 122-1, 5.2.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignaturePolicy {
    /// Object identifier, with dots.
    pub oid: String,
    /// Of the document that holds the rules…
    pub digest: Digest,
    /// …its digest value.
    pub hash: Vec<u8>,
    /// Where that document can be had.
    pub uri: Option<String>,
}

impl SignaturePolicy {
    fn encoded(&self) -> Result<Vec<u8>> {
        let bad = |what: &str| Error::NotPermitted(format!("the signature policy {}: {what}", self.oid));
        let oid = ObjectIdentifier::new(&self.oid).map_err(|_| bad("this is no object identifier"))?;
        if self.hash.len() != self.digest.size() {
            return Err(bad("its digest has another length"));
        }
        let hash = [build::digest_algorithm(self.digest), encode(OCTET_STRING, &self.hash)].concat();
        let mut parts = [encode(OID, oid.as_bytes()), encode(SEQUENCE, &hash)].concat();
        if let Some(uri) = &self.uri {
            if !uri.is_ascii() {
                return Err(bad("its address must be written in ASCII"));
            }
            let qualifier = [build::oid(POLICY_URI), encode(IA5_STRING, uri.as_bytes())].concat();
            parts.extend(encode(SEQUENCE, &encode(SEQUENCE, &qualifier)));
        }
        Ok(encode(SEQUENCE, &parts))
    }
}

/// The attributes that the options ask for.
pub(crate) fn attributes(options: &SignOptions) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    if let Some(commitment) = options.commitment {
        if options.reason.is_some() {
            // EN 319 142-1, 6.3: two statements that might contradict each other.
            let why = "a commitment takes the place of the reason; give one of the two";
            return Err(Error::NotPermitted(why.into()));
        }
        let value = encode(SEQUENCE, &build::oid(commitment.oid()));
        all.push(build::attribute(COMMITMENT_TYPE, &value));
    }
    if let Some(policy) = &options.policy {
        all.push(build::attribute(SIGNATURE_POLICY, &policy.encoded()?));
    }
    Ok(all)
}
