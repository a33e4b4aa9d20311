//! The standard security handler (ISO 32000-1, 7.6; ISO 32000-2, 7.6): RC4 and AES, revisions 2 to 6; and that for recipients.
//!
//! Liberal where files in the wild are: no `/ID`, lengths missing, in bytes instead of bits, or
//! contradicted by the crypt filter, `/P` without its sign, values longer than they need be.

mod cipher;
mod password;
mod recipient;

pub use recipient::Recipient;

use lopdf::{Dictionary, Object, ObjectId, StringFormat};
use std::collections::BTreeMap;

use super::PdfError;
use password::Lock;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Method {
    Identity,
    Rc4,
    /// With a key of its own for each object.
    Aes128,
    /// With the key of the file.
    Aes256,
}

/// What opens an encrypted file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlock<'a> {
    /// The user's or the owner's.
    pub password: Option<&'a str>,
    pub recipient: Option<&'a Recipient>,
}

impl<'a> From<Option<&'a str>> for Unlock<'a> {
    fn from(password: Option<&'a str>) -> Self {
        Self { password, recipient: None }
    }
}

/// What an encrypted file needs to be read and written.
#[derive(Debug)]
pub struct Crypt {
    key: Vec<u8>,
    strings: Method,
    streams: Method,
    embedded: Method,
    named: BTreeMap<Vec<u8>, Method>,
    encrypt_metadata: bool,
    for_recipients: bool,
}

impl Crypt {
    /// `dictionary` is the encryption dictionary without references, `id` the file's first identifier.
    ///
    /// # Errors
    /// [`PdfError::Password`] where the password opens nothing, [`PdfError::Recipient`] where the key of no recipient is
    /// given, [`PdfError::Encryption`] for another handler, an unknown algorithm or a dictionary that lacks what is needed.
    pub fn open(dictionary: &Dictionary, id: &[u8], unlock: Unlock<'_>) -> Result<Self, PdfError> {
        let name = |key: &[u8]| dictionary.get(key).and_then(Object::as_name).unwrap_or_default();
        let integer = |key: &[u8]| dictionary.get(key).and_then(Object::as_i64).ok();
        let unsupported = |what: String| PdfError::Encryption(what);
        let filter = name(b"Filter");
        let for_recipients = filter == b"Adobe.PubSec";
        if filter != b"Standard" && !for_recipients {
            return Err(unsupported(format!("security handler {}", String::from_utf8_lossy(filter))));
        }
        let version = integer(b"V").unwrap_or(0);
        let revision = integer(b"R").unwrap_or(0);
        let fits = for_recipients || (2..=6).contains(&revision) && (version == 5) == (revision >= 5);
        if !matches!(version, 1 | 2 | 4 | 5) || !fits {
            return Err(unsupported(format!("version {version}, revision {revision}")));
        }
        let mut named = BTreeMap::from([(b"Identity".to_vec(), Method::Identity)]);
        if version >= 4
            && let Ok(filters) = dictionary.get(b"CF").and_then(Object::as_dict)
        {
            for (key, value) in filters {
                let method = value.as_dict().and_then(|f| f.get(b"CFM")).and_then(Object::as_name);
                let method = match method.unwrap_or(b"None") {
                    b"V2" => Method::Rc4,
                    b"AESV2" => Method::Aes128,
                    b"AESV3" => Method::Aes256,
                    b"None" => Method::Identity,
                    other => return Err(unsupported(format!("algorithm {}", String::from_utf8_lossy(other)))),
                };
                // AESV3 takes the whole key, the others one derived from 128 bits.
                if method != Method::Identity && (method == Method::Aes256) != (version == 5) {
                    return Err(unsupported(format!("{method:?} in version {version}")));
                }
                named.insert(key.clone(), method);
            }
        }
        let chosen = |key: &[u8], other: Method| match (version, dictionary.get(key).and_then(Object::as_name)) {
            (..=2, _) => Ok(Method::Rc4),
            (_, Ok(name)) => match named.get(name) {
                Some(method) => Ok(*method),
                None => Err(unsupported(format!("crypt filter {}", String::from_utf8_lossy(name)))),
            },
            (_, Err(_)) => Ok(other),
        };
        let streams = chosen(b"StmF", Method::Identity)?;
        let strings = chosen(b"StrF", Method::Identity)?;
        let embedded = chosen(b"EFF", streams)?;
        let stated = |d: &Dictionary| d.get(b"EncryptMetadata").and_then(Object::as_bool).ok();
        let encrypt_metadata = stated(dictionary).unwrap_or(true);
        let length = match version {
            1 => 5,
            2 => key_length(integer(b"Length")),
            4 => 16,
            _ => 32,
        };
        let open = |key, encrypt_metadata| Self {
            key,
            strings,
            streams,
            embedded,
            named: named.clone(),
            encrypt_metadata,
            for_recipients,
        };
        if for_recipients {
            let filters = dictionary.get(b"CF").and_then(Object::as_dict).ok().filter(|_| version >= 4);
            let of = |key: &[u8]| {
                filters?
                    .get(dictionary.get(key).and_then(Object::as_name).ok()?)
                    .and_then(Object::as_dict)
                    .ok()
            };
            let holder = of(b"StmF").or_else(|| of(b"StrF")).unwrap_or(dictionary);
            // One key for all: what is sealed for others in another filter would need another.
            let others = [b"StrF".as_slice(), b"EFF"].into_iter().filter_map(of);
            if { others }.any(|other| other.get(b"Recipients").ok() != holder.get(b"Recipients").ok()) {
                return Err(unsupported("several lists of recipients".into()));
            }
            let encrypt_metadata = stated(holder).unwrap_or(encrypt_metadata);
            let recipient = unlock.recipient.ok_or(PdfError::Recipient)?;
            return Ok(open(
                recipient::file_key(holder, version, length, encrypt_metadata, recipient)?,
                encrypt_metadata,
            ));
        }
        let bytes = |key: &[u8], least: usize| match dictionary.get(key).and_then(Object::as_str) {
            Ok(value) if value.len() >= least => Ok(value.to_vec()),
            _ => Err(unsupported(format!("/{} is missing or too short", String::from_utf8_lossy(key)))),
        };
        let least = if revision >= 5 { 48 } else { 32 };
        let wrapped = |key: &[u8]| if revision >= 5 { bytes(key, 32) } else { Ok(Vec::new()) };
        let lock = Lock {
            revision,
            length,
            owner: bytes(b"O", least)?,
            user: bytes(b"U", least)?,
            owner_key: wrapped(b"OE")?,
            user_key: wrapped(b"UE")?,
            permissions: integer(b"P").unwrap_or(0) as u32,
            id: id.to_vec(),
            encrypt_metadata,
        };
        Ok(open(lock.open(unlock.password.unwrap_or_default())?, encrypt_metadata))
    }

    /// Whether keys open the file, not passwords.
    pub fn for_recipients(&self) -> bool {
        self.for_recipients
    }

    /// Makes the strings of an object that was read plain. What cannot be decrypted stays as it is.
    pub fn decrypt_strings(&self, id: ObjectId, object: &mut Object) {
        self.each_string(object, &mut |method, value| {
            if let Ok(plain) = self.apply(false, method, id, value) {
                *value = plain;
            }
        });
    }

    /// The content of a stream, still with its other filters.
    pub fn decrypt_content(&self, id: ObjectId, dictionary: &Dictionary, content: &[u8]) -> Result<Vec<u8>, PdfError> {
        self.apply(false, self.method(dictionary)?, id, content)
    }

    /// Encrypts the strings and the content of an object that is about to be written.
    pub fn encrypt(&self, id: ObjectId, object: &mut Object) -> Result<(), PdfError> {
        let mut result = Ok(());
        self.each_string(object, &mut |method, value| match self.apply(true, method, id, value) {
            Ok(sealed) => *value = sealed,
            Err(e) => result = Err(e),
        });
        if let Object::Stream(stream) = object {
            let sealed = self.apply(true, self.method(&stream.dict)?, id, &stream.content)?;
            stream.set_content(sealed);
        }
        result
    }

    fn each_string(&self, object: &mut Object, work: &mut dyn FnMut(Method, &mut Vec<u8>)) {
        match object {
            // Bytes that are no text are written in hexadecimal.
            Object::String(value, format) => {
                work(self.strings, value);
                *format = StringFormat::Hexadecimal;
            }
            Object::Array(items) => items.iter_mut().for_each(|item| self.each_string(item, work)),
            Object::Dictionary(d) => self.each_in(d, work),
            Object::Stream(s) => self.each_in(&mut s.dict, work),
            _ => {}
        }
    }

    fn each_in(&self, dictionary: &mut Dictionary, work: &mut dyn FnMut(Method, &mut Vec<u8>)) {
        // The value of a signature is never encrypted (ISO 32000-2, 7.6.2).
        let signature = dictionary.has(b"ByteRange");
        for (key, value) in dictionary.iter_mut() {
            if !(signature && key == b"Contents") {
                self.each_string(value, work);
            }
        }
    }

    /// How the content of a stream is encrypted: its own `/Crypt` filter goes before the file's rule.
    fn method(&self, dictionary: &Dictionary) -> Result<Method, PdfError> {
        if dictionary.has_type(b"XRef") {
            return Ok(Method::Identity);
        }
        let first = |key: &[u8]| match dictionary.get(key) {
            Ok(Object::Array(items)) => items.first(),
            Ok(one) => Some(one),
            Err(_) => None,
        };
        if first(b"Filter").and_then(|f| f.as_name().ok()) == Some(b"Crypt") {
            let parameters = first(b"DecodeParms").and_then(|p| p.as_dict().ok());
            let name = parameters.and_then(|p| p.get(b"Name").ok()).and_then(|n| n.as_name().ok());
            let name = name.unwrap_or(b"Identity");
            let missing = || PdfError::Encryption(format!("crypt filter {}", String::from_utf8_lossy(name)));
            return self.named.get(name).copied().ok_or_else(missing);
        }
        if dictionary.has_type(b"Metadata") && !self.encrypt_metadata {
            return Ok(Method::Identity);
        }
        if dictionary.has_type(b"EmbeddedFile") {
            return Ok(self.embedded);
        }
        Ok(self.streams)
    }

    fn apply(&self, seal: bool, method: Method, id: ObjectId, data: &[u8]) -> Result<Vec<u8>, PdfError> {
        let aes = if seal { cipher::aes_seal } else { cipher::aes_open };
        match method {
            Method::Identity => Ok(data.to_vec()),
            Method::Rc4 => Ok(cipher::rc4(&self.key_of(id, b"")?, data)),
            Method::Aes128 => aes(&self.key_of(id, b"sAlT")?, data),
            Method::Aes256 => aes(&self.key, data),
        }
    }

    /// Algorithm 1: the key of one object.
    fn key_of(&self, (number, generation): ObjectId, salt: &[u8]) -> Result<Vec<u8>, PdfError> {
        let mut input = self.key.clone();
        input.extend_from_slice(&number.to_le_bytes()[..3]);
        input.extend_from_slice(&generation.to_le_bytes());
        input.extend_from_slice(salt);
        let mut key = password::md5(&input)?;
        key.truncate(self.key.len() + 5);
        Ok(key)
    }
}

/// Bytes of the key that `/Length` means: bits, though some write bytes; 40 bits where it is missing or absurd.
fn key_length(length: Option<i64>) -> usize {
    match length {
        Some(bits @ 40..=128) => bits as usize / 8,
        Some(bytes @ 5..=16) => bytes as usize,
        Some(more) if more > 128 => 16,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Document;
    use crate::pdf::append::Update;

    /// Made by another program's arithmetic: 40 bits, user's password `user`, owner's `owner`, no `/ID`.
    const O: &str = "94e8094419662a774442fb072e3d9f19e9d130ec09a4d0061e78fe920f7ab62f";
    const U: &str = "458cf7c25b30ec9c2218dc7f23b303ca414c796bfb9ed0293b04866fafc6a6be";
    const TITLE: &str = "274c64213f19e1";

    fn file(encrypt: &str) -> Vec<u8> {
        let mut file = b"%PDF-1.4\n".to_vec();
        let mut table = "xref\n0 5\n0000000000 65535 f \n".to_owned();
        for (i, body) in [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[]/Count 0>>",
            &format!("<{U}>"),
            &format!("<</Title<{TITLE}>>>"),
        ]
        .iter()
        .enumerate()
        {
            table += &format!("{:010} 00000 n \n", file.len());
            file.extend_from_slice(format!("{} 0 obj\n{body}\nendobj\n", i + 1).as_bytes());
        }
        let start = file.len();
        let encrypt = encrypt.replace('O', &format!("/O<{O}>"));
        file.extend_from_slice(
            format!("{table}trailer\n<</Size 5/Root 1 0 R/Info 4 0 R/Encrypt<<{encrypt}>>>>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
        );
        file
    }

    fn title(encrypt: &str, password: &str) -> Result<Vec<u8>, PdfError> {
        let bytes = file(encrypt);
        let document = Document::open(&bytes, Some(password))?;
        let info = document.indirect(4, 0).expect("the dictionary");
        Ok(info
            .value
            .as_dict()
            .and_then(|d| d.get(b"Title"))
            .and_then(Object::as_str)
            .unwrap()
            .to_vec())
    }

    #[test]
    fn a_file_without_identifier_is_opened_by_either_password() {
        // With a value behind a reference too, which nobody decrypts.
        let encrypt = "/Filter/Standard/V 1/R 2/P -4/U 3 0 R O";
        for password in ["user", "owner"] {
            assert_eq!(title(encrypt, password).unwrap(), b"Phu luc");
        }
        assert_eq!(title(encrypt, ""), Err(PdfError::Password));
        // Written without its sign, and with a length that says the same in bytes.
        assert_eq!(
            title("/Filter/Standard/V 2/Length 5/R 2/P 4294967292/U 3 0 R O", "user").unwrap(),
            b"Phu luc"
        );
    }

    /// A first identifier given to such a file would change its key, and nobody could open it any more.
    #[test]
    fn what_is_appended_leaves_the_key_as_it_is() {
        let bytes = file("/Filter/Standard/V 1/R 2/P -4/U 3 0 R O");
        let document = Document::open(&bytes, Some("user")).unwrap();
        let mut update = Update::new(&document);
        let added = update.add(Object::string_literal("Da ky"));
        let revision = update.finish(b"seed").unwrap();
        let longer = [&bytes[..], &revision.bytes].concat();
        let again = Document::open(&longer, Some("user")).unwrap();
        let value = again.indirect(added.0, again.newest()).unwrap().value.clone();
        assert_eq!(value.as_str().unwrap(), b"Da ky");
        assert!(!again.revisions()[1].trailer.has(b"ID"));
    }

    #[test]
    fn what_is_not_known_is_refused_by_name() {
        for (encrypt, named) in [
            ("/Filter/Adobe.PPKLite/V 4/R 4", "Adobe.PPKLite"),
            ("/Filter/Adobe.PubSec/V 3/R 4", "version 3"),
            ("/Filter/Standard/V 3/R 3/P -4/U 3 0 R O", "version 3"),
            ("/Filter/Standard/V 1/R 6/P -4/U 3 0 R O", "revision 6"),
            ("/Filter/Standard/V 1/R 2/P -4/U<00> O", "/U"),
            ("/Filter/Standard/V 5/R 6/P -4/U 3 0 R O", "/O"),
            ("/Filter/Standard/V 4/R 4/P -4/StmF/X/U 3 0 R O", "filter X"),
            ("/Filter/Standard/V 4/R 4/P -4/CF<</X<</CFM/RC6>>>>/U 3 0 R O", "RC6"),
            ("/Filter/Standard/V 4/R 4/P -4/CF<</X<</CFM/AESV3>>>>/U 3 0 R O", "version 4"),
        ] {
            match title(encrypt, "user") {
                Err(PdfError::Encryption(words)) => assert!(words.contains(named), "{words}"),
                other => panic!("{encrypt}: {other:?}"),
            }
        }
    }
}
