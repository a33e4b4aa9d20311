//! The facts of each signature that need nothing but the file itself.

use foldhash::HashMap;
use lopdf::{Dictionary, Object};
use std::rc::Rc;

use super::fields::{self, Signed};
use super::hashing;
use super::locate::{ByteRange, Located, locate};
use super::memo::Memo;
use super::report::{Coverage, Kind};
use crate::cms::read::DATA;
use crate::cms::read_attributes::Reference;
use crate::cms::{SignedData, SignerInfo};
use crate::pdf::{Document, Entry};
use crate::timestamp::Token;
use crate::x509::Certificate;
use crate::x509::digest::Digest;
use crate::x509::path::Store;

/// What a signature demands of later changes.
#[derive(Debug, Clone, Default)]
pub struct Locks {
    /// DocMDP of a certification signature.
    pub certification: Option<u8>,
    /// FieldMDP: `(action, field names)`.
    pub fields: Option<(Vec<u8>, Vec<String>)>,
}

impl Locks {
    /// Whether the named field is locked.
    pub fn locks(&self, name: &str) -> bool {
        let Some((action, list)) = &self.fields else {
            return false;
        };
        let listed = list
            .iter()
            .any(|locked| name == locked || name.strip_prefix(locked.as_str()).is_some_and(|rest| rest.starts_with('.')));
        match action.as_slice() {
            b"All" => true,
            b"Include" => listed,
            b"Exclude" => !listed,
            // Unknown: taken as the strictest.
            _ => true,
        }
    }
}

/// A signature of the file.
pub struct Item {
    pub signed: Signed,
    pub kind: Kind,
    pub subfilter: Option<String>,
    pub page: Option<u32>,
    pub rect: Option<[f64; 4]>,
    /// Stable code of what is wrong with its form.
    pub form_error: Option<&'static str>,
    pub range: Option<ByteRange>,
    pub cms: Option<SignedData>,
    /// What `cms` was read from, without padding.
    pub contents: Option<Vec<u8>>,
    pub token: Option<Token>,
    pub certificate: Option<Rc<Certificate>>,
    /// Digest of the covered bytes.
    digest_found: Option<Vec<u8>>,
    /// What the message-digest attribute or the bare signature is over.
    content_digest: Option<Vec<u8>>,
    /// Index of the revision that it signs.
    pub revision: Option<usize>,
    pub coverage: Option<Coverage>,
    pub intact: Option<bool>,
    pub valid: Option<bool>,
    pub locks: Locks,
    pub warnings: Vec<String>,
}

impl Item {
    pub fn signer(&self) -> Option<&SignerInfo> {
        self.cms.as_ref()?.signers.first()
    }

    pub fn digest_found(&self) -> Option<&[u8]> {
        self.digest_found.as_deref()
    }

    /// Digest of what the signature value is over.
    pub fn signed_digest(&self) -> Option<Vec<u8>> {
        let signer = self.signer()?;
        match signer.signed_attributes() {
            Some(attributes) => signer.hash(attributes),
            None => self.content_digest.clone(),
        }
    }

    /// Digest that is compared with the covered bytes.
    pub fn digest(&self) -> Option<Digest> {
        match (&self.token, self.subfilter.as_deref()) {
            (Some(token), _) => token.imprint_digest,
            (None, Some("adbe.pkcs7.sha1")) => Some(Digest::Sha1),
            _ => self.signer()?.digest,
        }
    }
}

/// Reads all signatures and checks digests and signature values.
pub fn gather(document: &Document<'_>, memo: &Memo) -> Vec<Item> {
    let newest = document.newest();
    let pages = fields::annotation_pages(document, newest);
    let grounds = grounds(document);
    let mut items: Vec<Item> = fields::signed(document, newest)
        .into_iter()
        .map(|signed| read(document, signed, newest, &pages, &grounds))
        .collect();
    let jobs: Vec<(usize, Digest, ByteRange)> = items
        .iter()
        .enumerate()
        .filter_map(|(i, item)| Some((i, item.digest()?, item.range?)))
        .collect();
    let wanted: Vec<_> = jobs.iter().map(|(_, d, r)| (*d, *r)).collect();
    let digests = memo.digests(document.source(), &wanted);
    for ((i, ..), digest) in jobs.iter().zip(digests) {
        items[*i].digest_found = digest;
        integrity(&mut items[*i]);
    }
    items
}

fn read(document: &Document<'_>, signed: Signed, newest: usize, pages: &HashMap<u32, u32>, grounds: &[Ground]) -> Item {
    let name = |key: &[u8]| match document.get(&signed.dict, key, newest) {
        Some(Object::Name(name)) => Some(String::from_utf8_lossy(&name).into_owned()),
        _ => None,
    };
    let subfilter = name(b"SubFilter");
    let kind = match (subfilter.as_deref(), name(b"Type").as_deref()) {
        (Some("ETSI.RFC3161"), _) | (_, Some("DocTimeStamp")) => Kind::Timestamp,
        _ => Kind::Signature,
    };
    let widget = signed.field.widgets.first().copied();
    let shown = widget.and_then(|id| document.indirect(id, newest));
    let rect = shown.and_then(|w| fields::rect(document, w.value.as_dict().ok()?, newest));
    let mut item = Item {
        kind,
        subfilter,
        page: widget.and_then(|id| pages.get(&id).copied()),
        rect,
        form_error: None,
        range: None,
        cms: None,
        contents: None,
        token: None,
        certificate: None,
        digest_found: None,
        content_digest: None,
        revision: None,
        coverage: None,
        intact: None,
        valid: None,
        locks: locks(document, &signed.dict, newest),
        warnings: Vec::new(),
        signed,
    };
    let within = item.signed.direct.then_some(&b"V"[..]);
    let located = match within {
        // A damaged signature is not the same as none.
        _ if item.signed.unreadable => Err("signature_unreadable"),
        // Somewhere within a list: which bytes are its value could only be guessed.
        Some(_) if item.signed.field.inline => Err("signature_in_direct_field"),
        _ => locate(document, &item.signed.holder, within),
    };
    match located {
        Ok(located) => {
            item.range = Some(located.range);
            cover(document, &mut item, located.range, grounds);
            if let Err(code) = decode(document, &mut item, &located) {
                item.form_error = Some(code);
            }
        }
        Err(code) => {
            item.form_error = Some(code);
            item.coverage = Some(Coverage::Unclear);
        }
    }
    item
}

/// What a signature that ends with a revision stands on: that revision and all before it.
#[derive(Debug, Clone, Copy, Default)]
struct Ground {
    /// Code of what other readers could read otherwise.
    ambiguous: Option<&'static str>,
    /// One before it is untidy, which hides nothing.
    untidy: bool,
}

/// Of each revision; found in one go, since every signature needs all that is below it.
fn grounds(document: &Document<'_>) -> Vec<Ground> {
    let mut below = Ground::default();
    let revisions = document.revisions().iter();
    revisions
        .map(|revision| {
            let own = Ground {
                ambiguous: revision.ambiguous.or(below.ambiguous),
                ..below
            };
            match revision.ambiguous {
                // In what came before the signature these are only untidy.
                Some("no_end_of_file_marker" | "startxref_elsewhere") => below.untidy = true,
                Some(_) => below.ambiguous = revision.ambiguous,
                None => {}
            }
            own
        })
        .collect()
}

/// Which revision the range ends with, by the structure of the file.
fn cover(document: &Document<'_>, item: &mut Item, range: ByteRange, grounds: &[Ground]) {
    let revisions = document.revisions();
    let at = revisions.iter().position(|r| (r.eof..=r.end).contains(&range.end));
    let Some(at) = at else {
        item.coverage = Some(Coverage::ContiguousBlockFromStart);
        return;
    };
    let holder = &item.signed.holder;
    let there = matches!(document.entry(holder.id.0, at), Some((_, Entry::InUse(..))))
        && document.indirect(holder.id.0, at).is_some_and(|then| then.offset == holder.offset);
    if !there {
        item.coverage = Some(Coverage::Unclear);
        return;
    }
    item.revision = Some(at);
    let ground = grounds[at];
    if ground.untidy {
        item.warnings.push("untidy_earlier_revision".into());
    }
    let beyond = at < document.newest() && document.reaches_beyond(at);
    item.form_error = beyond.then_some("object_beyond_revision").or(ground.ambiguous);
    let whole = at + 1 == revisions.len() && range.end == document.len();
    item.coverage = Some(match whole {
        true => Coverage::EntireFile,
        false => Coverage::EntireRevision,
    });
}

fn decode(document: &Document<'_>, item: &mut Item, located: &Located) -> Result<(), &'static str> {
    let unsaid = item.subfilter.is_none();
    let cms = match item.subfilter.as_deref() {
        // The last but one is Brazil's name (DOC-ICP-15.03) for what is built as the first.
        Some("ETSI.CAdES.detached" | "adbe.pkcs7.detached" | "adbe.pkcs7.sha1" | "PBAD.PAdES" | "ETSI.RFC3161") => {
            SignedData::parse(&located.contents)
        }
        Some("adbe.x509.rsa_sha1") => SignedData::bare(&located.contents, certificates_beside(document, &item.signed.dict)),
        Some(_) => return Err("subfilter_unknown"),
        // A name is what it must be; of something else readers make what they like.
        None if document.get(&item.signed.dict, b"SubFilter", document.newest()).is_some() => return Err("subfilter_unknown"),
        // ISO 32000-2, table 255, demands it of time stamps alone.
        None if item.kind == Kind::Timestamp => return Err("subfilter_missing"),
        None => SignedData::parse(&located.contents),
    };
    let cms = cms.map_err(|_| if unsaid { "subfilter_missing" } else { "cms_malformed" })?;
    if located.contents[cms.length..].iter().any(|b| *b != 0) {
        item.warnings.push("bytes_behind_the_signature_value".into());
    }
    item.contents = located.contents.get(..cms.length).map(<[u8]>::to_vec);
    // Kept whatever is wrong with it: the facts of integrity are told all the same.
    let cms = item.cms.insert(cms);
    if cms.signers.len() != 1 {
        return Err("not_exactly_one_signer");
    }
    if item.kind == Kind::Timestamp {
        let token = Token::parse(&located.contents).map_err(|_| "timestamp_malformed")?;
        item.token = Some(token);
        return Ok(());
    }
    let embedded = item.subfilter.as_deref() == Some("adbe.pkcs7.sha1");
    // An empty content says as little as none.
    if !embedded && cms.content.as_ref().is_some_and(Vec::is_empty) {
        cms.content = None;
    }
    if cms.content.is_some() != embedded {
        return Err(if unsaid {
            "subfilter_missing"
        } else {
            "content_embedded_or_missing"
        });
    }
    // A CMS structure without content can be nothing but a signature over what is outside.
    if unsaid {
        item.warnings.push("subfilter_absent".into());
    }
    // EN 319 142-1, 4.1: what is signed is data; a time-stamp token is not a signature of a document.
    if cms.content_type != DATA {
        return Err("content_type_attribute");
    }
    let signer = &cms.signers[0];
    if signer.has_signed_attributes() {
        match signer.content_type() {
            Ok(Some(kind)) if kind == cms.content_type => {}
            _ => return Err("content_type_attribute"),
        }
        if !matches!(signer.message_digest(), Ok(Some(_))) {
            return Err("message_digest_attribute");
        }
        if !signer.algorithms_are_protected() {
            return Err("algorithms_exchanged");
        }
    }
    Ok(())
}

/// `/Cert` of a signature without CMS: one certificate, or an array with the signer's first.
fn certificates_beside(document: &Document<'_>, dict: &Dictionary) -> Vec<Certificate> {
    let newest = document.newest();
    let list = match document.get(dict, b"Cert", newest) {
        Some(Object::Array(list)) => list,
        Some(one) => vec![one],
        None => Vec::new(),
    };
    list.iter()
        .filter_map(|one| Certificate::parse(document.resolve(one, newest).as_str().ok()?).ok())
        .collect()
}

/// Compares the digest of the covered bytes with what was signed.
fn integrity(item: &mut Item) {
    let Some(digest) = &item.digest_found else {
        return;
    };
    if let Some(token) = &item.token {
        item.intact = Some(token.stamps_digest(digest));
        return;
    }
    let Some(cms) = &item.cms else {
        return;
    };
    let Some(signer) = cms.signers.first() else {
        return;
    };
    // What a token that cannot be read stamps is not known.
    if item.kind == Kind::Timestamp && cms.content.is_some() {
        return;
    }
    // Only `adbe.pkcs7.sha1` signs a digest that it carries; content in any other is not what is covered.
    let embedded = item.subfilter.as_deref() == Some("adbe.pkcs7.sha1");
    // Which of the two it is, nothing says.
    if item.subfilter.is_none() && cms.content.is_some() {
        return;
    }
    let (mut intact, covered) = match &cms.content {
        Some(content) if embedded => (Some(content == digest), signer.hash(content)),
        _ => (None, Some(digest.clone())),
    };
    if let (Ok(Some(stated)), Some(covered)) = (signer.message_digest(), &covered) {
        intact = Some(intact.unwrap_or(true) && stated == covered);
    }
    item.intact = intact;
    item.content_digest = covered;
}

/// Finds the signer's certificate among those at hand and checks the signature value with it.
/// Of several that the signer identifier names, the one that fits best is taken.
pub fn identify(document: &Document<'_>, item: &mut Item, store: &Store) {
    let Some(signer) = item.signer().cloned() else {
        return;
    };
    let mut best: Option<(u8, Rc<Certificate>, Option<bool>)> = None;
    let cms = item.cms.iter().flat_map(|c| &c.certificates);
    let own: Vec<Rc<Certificate>> = cms.map(|c| store.add(c.clone())).collect();
    let rest = store.everything();
    for certificate in own.into_iter().chain(rest).filter(|c| signer.id.names(c)) {
        let valid = verify(document, item, &signer, &certificate);
        let fits = signer.certificate_reference(&certificate) != Reference::Differs;
        let rank = u8::from(valid == Some(true)) * 2 + u8::from(fits);
        if best.as_ref().is_none_or(|(most, ..)| rank > *most) {
            best = Some((rank, certificate, valid));
        }
        if rank == 3 {
            break;
        }
    }
    if let Some((_, certificate, valid)) = best {
        item.certificate = Some(certificate);
        item.valid = valid;
        // Without attributes the signature value is itself what proves the content unchanged.
        if !signer.has_signed_attributes() && item.token.is_none() {
            item.intact = match (item.intact, valid) {
                (Some(false), _) => Some(false),
                (_, valid) => valid,
            };
        }
    }
}

fn verify(document: &Document<'_>, item: &Item, signer: &SignerInfo, certificate: &Certificate) -> Option<bool> {
    if let Some(token) = &item.token {
        return Some(token.holds(certificate));
    }
    let covered = item.content_digest.as_ref()?;
    signer.verify(certificate, covered).or_else(|| {
        // Ed25519 over the content itself: only the whole content will do.
        let range = item.range?;
        let pure = signer.algorithm.is_pure() && !signer.has_signed_attributes();
        let content = pure.then(|| hashing::covered(document.source(), &range, 64 << 20))??;
        let key = &certificate.key;
        Some(key.verifies(&signer.algorithm, None, &content, &signer.signature))
    })
}

/// DocMDP and FieldMDP of a signature (ISO 32000-2, 12.8.2).
pub(crate) fn locks(document: &Document<'_>, dict: &Dictionary, revision: usize) -> Locks {
    let mut found = Locks::default();
    let Some(Object::Array(references)) = document.get(dict, b"Reference", revision) else {
        return found;
    };
    for reference in &references {
        let Object::Dictionary(reference) = document.resolve(reference, revision) else {
            continue;
        };
        let params = document.get_dict(&reference, b"TransformParams", revision).unwrap_or_default();
        match document.get(&reference, b"TransformMethod", revision) {
            Some(Object::Name(n)) if n == b"DocMDP" => {
                let p = match document.get(&params, b"P", revision) {
                    Some(Object::Integer(p @ 1..=3)) => p as u8,
                    // Absent means 2; nonsense is taken as the strictest.
                    None => 2,
                    Some(_) => 1,
                };
                found.certification = Some(found.certification.map_or(p, |old| old.min(p)));
            }
            Some(Object::Name(n)) if n == b"FieldMDP" => {
                let action = match document.get(&params, b"Action", revision) {
                    Some(Object::Name(action)) => action,
                    _ => b"All".to_vec(),
                };
                let names = match document.get(&params, b"Fields", revision) {
                    Some(Object::Array(list)) => list
                        .iter()
                        .filter_map(|n| match document.resolve(n, revision) {
                            Object::String(name, _) => Some(fields::text(&name)),
                            _ => None,
                        })
                        .collect(),
                    _ => Vec::new(),
                };
                found.fields = Some((action, names));
            }
            _ => {}
        }
    }
    found
}
