//! Signing in two halves: the document here, the signature value somewhere else and later. What lies between is a file
//! and a [`Prepared`] that can be stored; nothing of it is secret.
use crate::cms::SignedData;
use crate::cms::build;
use crate::cms::read_attributes::{Reference, SIGNING_TIME};
use crate::error::{Error, Result};
use crate::key::SignatureAlgorithm;
use crate::pdf::Source;
use crate::pdf::write;
use crate::sign::{Plan, SignOptions, Signed, append, room_for, statement};
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, SeekFrom, Write};

/// A file that waits for its signature value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Name of the signature field.
    pub field: String,
    /// `/ByteRange` of the prepared file.
    pub byte_range: [u64; 4],
    /// Digest of the covered bytes, for whoever makes a whole CMS.
    pub document_digest: Vec<u8>,
    /// DER of the signed attributes as a SET: this is what has to be signed.
    pub attributes: Vec<u8>,
    /// How the value has to be made.
    pub algorithm: SignatureAlgorithm,
    /// DER.
    pub certificate: Vec<u8>,
    /// DER of the certificates above it, nearest first.
    pub chain: Vec<Vec<u8>>,
}

impl Prepared {
    /// Digest of the signed attributes, for a service or token that takes digests.
    pub fn digest(&self) -> Vec<u8> {
        let digest = self.algorithm.digest().openssl();
        openssl::hash::hash(digest, &self.attributes)
            .map(|d| d.to_vec())
            .unwrap_or_default()
    }
}

/// The first half: writes the file with an empty place for the signature value.
///
/// # Errors
/// See [`Error`]; `out` may then hold a part of a file.
pub fn prepare(
    input: &dyn Source,
    out: &mut dyn Write,
    certificate: &[u8],
    chain: &[Vec<u8>],
    algorithm: SignatureAlgorithm,
    options: &SignOptions,
) -> Result<Prepared> {
    let statements = statement::attributes(options)?;
    let room = || room_for(certificate, chain) + statements.concat().len();
    let reserved = options.contents_size.unwrap_or_else(room);
    let plan = Plan {
        certificate,
        chain,
        algorithm,
        stamped: false,
    };
    let revision = append(input, out, Some(&plan), reserved, options)?;
    let attributes = build::signed_attributes(&revision.digest, certificate, &statements)?;
    let document_digest = revision.digest.clone();
    let signed = revision.write(out)?;
    Ok(Prepared {
        document_digest,
        field: signed.field,
        byte_range: signed.byte_range,
        attributes,
        algorithm,
        certificate: certificate.to_vec(),
        chain: chain.to_vec(),
    })
}

/// The second half: puts the signature value into the prepared file, in place.
///
/// # Errors
/// [`Error::Signer`] when the value does not fit the certificate, [`Error::NotPermitted`] when the file is not the one that
/// was prepared or has its signature already, [`Error::TooLarge`]; the file is then as it was.
pub fn complete<F: Read + Write + Seek>(file: &mut F, prepared: &Prepared, signature: &[u8]) -> Result<Signed> {
    let described = build::Described {
        certificate: &prepared.certificate,
        chain: &prepared.chain,
        algorithm: prepared.algorithm,
    };
    let algorithm = prepared.algorithm;
    algorithm.check(&prepared.certificate, &prepared.attributes, signature)?;
    embed(
        file,
        prepared,
        &build::signed_data(&described, &prepared.attributes, signature, &[])?,
    )
}

/// As [`complete`], with a whole CMS that somebody else made over [`Prepared::document_digest`].
///
/// # Errors
/// As [`complete`]; [`Error::Signer`] also when the CMS is of another document or has no place in a PAdES baseline signature.
pub fn complete_with_cms<F: Read + Write + Seek>(file: &mut F, prepared: &Prepared, cms: &[u8]) -> Result<Signed> {
    let refused = |why: &str| Error::Signer(format!("the CMS {why}"));
    let read = SignedData::parse(cms).map_err(|e| refused(&format!("cannot be read: {e}")))?;
    let [signer] = &read.signers[..] else {
        return Err(refused("must have one signer"));
    };
    let certificate = read.certificates.iter().find(|c| signer.id.names(c));
    let certificate = certificate.ok_or_else(|| refused("comes without the signer's certificate"))?;
    if read.content.is_some() {
        return Err(refused("must not contain the document"));
    }
    if !matches!(signer.message_digest(), Ok(Some(d)) if d == prepared.document_digest) {
        return Err(refused("is of another document, or of another digest than was prepared"));
    }
    if signer.certificate_reference(certificate) != Reference::Matches || signer.has_signed(SIGNING_TIME) {
        return Err(refused(
            "needs the signing-certificate attribute and no signing time (EN 319 142-1, 6.3)",
        ));
    }
    if signer.verify(certificate, &prepared.document_digest) != Some(true) {
        return Err(refused("does not hold: its signature value does not fit its certificate"));
    }
    embed(file, prepared, cms)
}

fn embed<F: Read + Write + Seek>(file: &mut F, prepared: &Prepared, cms: &[u8]) -> Result<Signed> {
    let [_, start, end, rest] = prepared.byte_range;
    let reserved = usize::try_from((end - start).saturating_sub(2) / 2).unwrap_or(0);
    if cms.len() > reserved {
        return Err(Error::TooLarge {
            needed: cms.len(),
            reserved,
        });
    }
    let another = || Error::NotPermitted("this is not the file that was prepared".into());
    if file.seek(SeekFrom::End(0))? != end + rest {
        return Err(another());
    }
    file.seek(SeekFrom::Start(start))?;
    let mut gap = vec![0; reserved * 2 + 2];
    file.read_exact(&mut gap)?;
    if gap.first() != Some(&b'<') || gap.last() != Some(&b'>') || gap[1..gap.len() - 1].iter().any(|b| *b != b'0') {
        return Err(another());
    }
    let mut hex = Vec::with_capacity(cms.len() * 2);
    write::hex(&mut hex, cms);
    file.seek(SeekFrom::Start(start + 1))?;
    file.write_all(&hex)?;
    file.flush()?;
    Ok(Signed {
        field: prepared.field.clone(),
        byte_range: prepared.byte_range,
        length: end + rest,
    })
}
