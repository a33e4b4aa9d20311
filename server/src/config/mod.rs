//! Configuration: a TOML file, overridden by environment variables.
pub mod span;

use crate::live::nats::Address;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All settings of `kyhop serve`. Every key may also come from the environment variable named beside it.
#[derive(Debug, Clone)]
pub struct Config {
    /// How long a deleted draft can be taken out of the trash; `trash_kept = "30d"` or `KYHOP_TRASH_KEPT`, with d, h, m or s; default 30 days.
    pub trash_kept: Duration,
    /// Address to listen on; `KYHOP_LISTEN`, default `127.0.0.1:3000`.
    pub listen: String,
    /// Address as browsers see it, without a slash at the end; `KYHOP_PUBLIC_URL`.
    pub public_url: String,
    /// Everything that must be backed up; `KYHOP_DATA_DIR`.
    pub data_dir: PathBuf,
    /// The built front end; `KYHOP_SITE_DIR`, default `site` beside the program.
    pub site_dir: PathBuf,
    /// `sqlite:PATH` or `postgres://…`; `DATABASE_URL`, default SQLite below `data_dir`.
    pub database_url: String,
    /// Bytes; `KYHOP_UPLOAD_LIMIT_MB`, default 200 MB.
    pub upload_limit: u64,
    /// Identifier code of this body (Decision 20/2020); `KYHOP_BODY_CODE`.
    pub body_code: String,
    /// `KYHOP_BODY_NAME`.
    pub body_name: String,
    /// Abbreviation in the notation of documents, such as `UBND` in `12/QĐ-UBND`; `KYHOP_BODY_ABBREVIATION`.
    pub body_abbreviation: String,
    /// Where documents are issued, such as `Hà Nội`; `KYHOP_BODY_PLACE`.
    pub body_place: String,
    /// PEM/DER files or folders of trust anchors, separated by `:` in the environment; `KYHOP_TRUST`.
    pub trust: Vec<PathBuf>,
    /// Hosts in private address ranges from which revocation data may be fetched, `,` in the environment; `KYHOP_FETCH_HOSTS`.
    pub fetch_hosts: Vec<String>,
    /// Nobody but `fetch_hosts` is asked for revocation data; `fetch = "listed"` or `KYHOP_FETCH=listed`, otherwise `public`.
    pub fetch_listed_only: bool,
    pub axis: Option<Axis>,
    /// Where servers on one database tell each other what happens, `nats://…` or `tls://…`; `NATS_URL`. Only with PostgreSQL.
    pub nats: Option<Address>,
    /// What they speak of there, so that several bodies can share one NATS; `KYHOP_NATS_SUBJECT`, default `kyhop.` and the body's code.
    pub nats_subject: String,
    /// Where files are kept for servers on several machines; otherwise below `data_dir`.
    pub s3: Option<S3>,
    /// By what letters are sent; without it nobody is written to.
    pub mail: Option<Mail>,
    /// Set only by `kyhop demo`: allows demonstration keys and accounts. Never read from file or environment.
    pub demonstration: bool,
}

/// How messages get to an axis node of ours and back.
#[derive(Debug, Clone)]
pub struct NodeLink {
    /// `wss://host:port`; `KYHOP_AXIS_NODE`.
    pub address: String,
    /// PEM certificate and key of this body on the link; `KYHOP_AXIS_CERTIFICATE`, `KYHOP_AXIS_KEY`.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// PEM of the CA that the node's certificate must come from; `KYHOP_AXIS_CA`.
    pub ca: PathBuf,
}

/// The way to the axis.
#[derive(Debug, Clone)]
pub enum Way {
    Node(NodeLink),
    /// A folder that another program empties and fills, such as the client of a national gateway; `KYHOP_AXIS_FOLDER`.
    Folder(PathBuf),
}

impl Way {
    /// For people and logs.
    pub fn address(&self) -> String {
        match self {
            Self::Node(link) => link.address.clone(),
            Self::Folder(path) => path.display().to_string(),
        }
    }
}

/// The axis, as this body reaches it.
#[derive(Debug, Clone)]
pub struct Axis {
    pub way: Way,
    /// PEM of the authority that gives each body a certificate with its code; `KYHOP_AXIS_CA`. With a node, that of the link.
    pub ca: Option<PathBuf>,
    /// A document without any digital signature is refused; `unsigned = "refuse"` or `KYHOP_AXIS_UNSIGNED=refuse`, otherwise
    /// `accept`: it enters, and the sender hears that it has none.
    pub refuse_unsigned: bool,
    /// What could not be handed to the node for so long comes back as undelivered; `undelivered_after = "3d"` or
    /// `KYHOP_AXIS_UNDELIVERED_AFTER`, with d, h, m or s; default 3 days.
    pub undelivered_after: Duration,
    /// PEM certificate, with those above it, and key that this body's messages are signed with: `KYHOP_AXIS_SIGNATURE_CERTIFICATE`,
    /// `KYHOP_AXIS_SIGNATURE_KEY`, default those of the link, of which a folder has none. None with `sign = "no"` or `KYHOP_AXIS_SIGN=no`.
    pub signature: Option<(PathBuf, PathBuf)>,
    /// A message without XML signature is refused; `unsigned_envelopes = "refuse"` or `KYHOP_AXIS_UNSIGNED_ENVELOPES=refuse`,
    /// otherwise `accept`: other systems leave it out. From a body whose certificate the directory holds it is refused anyway.
    pub refuse_unsigned_envelopes: bool,
}

/// The mail server that takes letters.
#[derive(Clone)]
pub struct Mail {
    /// `smtps://user:password@host[:port]`, or `smtp://…?tls=required` (STARTTLS); without encryption only on this machine. `KYHOP_MAIL_URL`.
    pub url: String,
    /// Who writes, `Name <address>`; `KYHOP_MAIL_FROM`.
    pub from: String,
    /// A letter each morning to whoever has something late or due; not with `digest = "no"` or `KYHOP_MAIL_DIGEST=no`.
    pub digest: bool,
}

impl Mail {
    /// The bare address of who writes.
    pub fn address(&self) -> &str {
        match self.from.rsplit_once('<') {
            Some((_, address)) => address.trim_end_matches('>').trim(),
            None => self.from.trim(),
        }
    }

    /// Whether what goes over the wire is encrypted, or stays on this machine.
    fn private(url: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(url) else { return false };
        let loopback = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        match url.scheme() {
            "smtps" => url.has_host(),
            "smtp" => loopback || url.query_pairs().any(|(key, value)| key == "tls" && value == "required"),
            _ => false,
        }
    }
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "mail from {}", self.from)
    }
}

/// A store that speaks S3.
#[derive(Clone)]
pub struct S3 {
    /// `https://host[:port]`; `KYHOP_S3_ENDPOINT`.
    pub endpoint: String,
    /// `KYHOP_S3_BUCKET`; it must exist.
    pub bucket: String,
    /// `KYHOP_S3_REGION`, default `us-east-1`, which stores that have no regions expect.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`.
    pub access_key: String,
    pub secret_key: String,
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.endpoint, self.bucket)
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileConfig {
    listen: Option<String>,
    public_url: Option<String>,
    data_dir: Option<PathBuf>,
    site_dir: Option<PathBuf>,
    database_url: Option<String>,
    upload_limit_mb: Option<u64>,
    trash_kept: Option<String>,
    #[serde(default)]
    body: FileBody,
    trust: Option<Vec<PathBuf>>,
    fetch_hosts: Option<Vec<String>>,
    fetch: Option<String>,
    nats_url: Option<String>,
    nats_subject: Option<String>,
    axis: Option<FileAxis>,
    s3: Option<FileS3>,
    mail: Option<FileMail>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileMail {
    url: Option<String>,
    from: Option<String>,
    digest: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileS3 {
    endpoint: Option<String>,
    bucket: Option<String>,
    region: Option<String>,
    access_key: Option<String>,
    secret_key: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileBody {
    code: Option<String>,
    name: Option<String>,
    abbreviation: Option<String>,
    place: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileAxis {
    node: Option<String>,
    folder: Option<PathBuf>,
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    ca: Option<PathBuf>,
    unsigned: Option<String>,
    undelivered_after: Option<String>,
    sign: Option<String>,
    signature_certificate: Option<PathBuf>,
    signature_key: Option<PathBuf>,
    unsigned_envelopes: Option<String>,
}

/// Everything that is wrong with the configuration, at once, each with what to set.
#[derive(Debug, thiserror::Error)]
#[error("Cấu hình chưa đủ / the configuration is incomplete:\n{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// Reads `file` (when given) and the environment through `env`.
    ///
    /// # Errors
    /// [`ConfigError`] names every missing or unusable setting.
    pub fn load(file: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut wrong = Vec::new();
        let from_file = match file {
            None => FileConfig::default(),
            Some(path) => match std::fs::read_to_string(path) {
                Err(e) => return Err(ConfigError(vec![format!("- {}: {e}", path.display())])),
                Ok(text) => toml::from_str(&text).map_err(|e| ConfigError(vec![format!("- {}: {e}", path.display())]))?,
            },
        };
        let axis_file = from_file.axis.unwrap_or_default();
        let mail_file = from_file.mail.unwrap_or_default();
        // The first of the two words is the default; true for the second.
        let mut choice =
            |value: Option<String>, variable: &str, key: &str, [first, second]: [&str; 2]| match env(variable).or(value).as_deref() {
                None => false,
                Some(said) if said == first => false,
                Some(said) if said == second => true,
                Some(other) => {
                    wrong.push(format!(
                        "- {key} ({variable}): {first} hoặc / or {second}, không phải / not {other}"
                    ));
                    false
                }
            };
        let refuse_unsigned = choice(axis_file.unsigned, "KYHOP_AXIS_UNSIGNED", "axis.unsigned", ["accept", "refuse"]);
        let refuse_unsigned_envelopes = choice(
            axis_file.unsigned_envelopes,
            "KYHOP_AXIS_UNSIGNED_ENVELOPES",
            "axis.unsigned_envelopes",
            ["accept", "refuse"],
        );
        let no_digest = choice(mail_file.digest, "KYHOP_MAIL_DIGEST", "mail.digest", ["yes", "no"]);
        let never_sign = choice(axis_file.sign, "KYHOP_AXIS_SIGN", "axis.sign", ["yes", "no"]);
        let pem = |variable: &str, value: Option<PathBuf>| env(variable).map(PathBuf::from).or(value);
        let signature = (
            pem("KYHOP_AXIS_SIGNATURE_CERTIFICATE", axis_file.signature_certificate),
            pem("KYHOP_AXIS_SIGNATURE_KEY", axis_file.signature_key),
        );
        if signature.0.is_some() != signature.1.is_some() {
            wrong.push(
                "- axis.signature_certificate, axis.signature_key (KYHOP_AXIS_SIGNATURE_CERTIFICATE, KYHOP_AXIS_SIGNATURE_KEY): cần cả hai \
                 hoặc không đặt / both of them or neither"
                    .into(),
            );
        }
        let undelivered_after = match env("KYHOP_AXIS_UNDELIVERED_AFTER").or(axis_file.undelivered_after) {
            None => span::UNDELIVERED_AFTER,
            Some(text) => span::parse(&text).unwrap_or_else(|| {
                wrong.push(format!(
                    "- axis.undelivered_after (KYHOP_AXIS_UNDELIVERED_AFTER): như 3d, 12h, 30m, không phải / such as 3d, 12h, 30m, not {text}"
                ));
                span::UNDELIVERED_AFTER
            }),
        };
        let trash_kept = match env("KYHOP_TRASH_KEPT").or(from_file.trash_kept) {
            None => span::TRASH_KEPT,
            Some(text) => span::parse(&text).unwrap_or_else(|| {
                wrong.push(format!(
                    "- trash_kept (KYHOP_TRASH_KEPT): như 30d, 12h, 30m, không phải / such as 30d, 12h, 30m, not {text}"
                ));
                span::TRASH_KEPT
            }),
        };
        let mut required = |value: Option<String>, variable: &str, key: &str, vi: &str, en: &str| {
            env(variable).or(value).filter(|v| !v.trim().is_empty()).unwrap_or_else(|| {
                wrong.push(format!("- {key} ({variable}): {vi} / {en}"));
                String::new()
            })
        };
        let text = |p: Option<PathBuf>| p.map(|p| p.to_string_lossy().into_owned());
        let public_url = required(
            from_file.public_url,
            "KYHOP_PUBLIC_URL",
            "public_url",
            "địa chỉ mà trình duyệt dùng, ví dụ https://vanban.tinh.gov.vn",
            "the address that browsers use, such as https://documents.example.org",
        );
        let data_dir = required(
            text(from_file.data_dir),
            "KYHOP_DATA_DIR",
            "data_dir",
            "thư mục lưu dữ liệu",
            "the folder for all data",
        );
        let body_code = required(
            from_file.body.code,
            "KYHOP_BODY_CODE",
            "body.code",
            "mã định danh cơ quan",
            "identifier code of this body, such as H18.3.2",
        );
        let body_name = required(
            from_file.body.name,
            "KYHOP_BODY_NAME",
            "body.name",
            "tên cơ quan",
            "name of this body",
        );
        let body_abbreviation = required(
            from_file.body.abbreviation,
            "KYHOP_BODY_ABBREVIATION",
            "body.abbreviation",
            "chữ viết tắt trong ký hiệu văn bản, ví dụ UBND",
            "abbreviation in document notations, such as UBND",
        );
        let node = env("KYHOP_AXIS_NODE").or(axis_file.node);
        let folder = pem("KYHOP_AXIS_FOLDER", axis_file.folder);
        let two_ways = node.is_some() && folder.is_some();
        let axis = match (node, folder) {
            (None, None) => None,
            (None, Some(folder)) => Some(Axis {
                way: Way::Folder(folder),
                ca: pem("KYHOP_AXIS_CA", axis_file.ca),
                refuse_unsigned,
                undelivered_after,
                signature: match signature {
                    (Some(certificate), Some(key)) if !never_sign => Some((certificate, key)),
                    _ => None,
                },
                refuse_unsigned_envelopes,
            }),
            (Some(address), _) => {
                let mut file = |value: Option<PathBuf>, variable: &str, key: &str| {
                    PathBuf::from(required(
                        text(value),
                        variable,
                        key,
                        "tệp PEM cho liên thông",
                        "PEM file for the axis link",
                    ))
                };
                let certificate = file(axis_file.certificate, "KYHOP_AXIS_CERTIFICATE", "axis.certificate");
                let key = file(axis_file.key, "KYHOP_AXIS_KEY", "axis.key");
                let ca = file(axis_file.ca, "KYHOP_AXIS_CA", "axis.ca");
                Some(Axis {
                    ca: Some(ca.clone()),
                    refuse_unsigned,
                    undelivered_after,
                    signature: match signature {
                        _ if never_sign => None,
                        (Some(certificate), Some(key)) => Some((certificate, key)),
                        _ => Some((certificate.clone(), key.clone())),
                    },
                    refuse_unsigned_envelopes,
                    way: Way::Node(NodeLink {
                        address,
                        certificate,
                        key,
                        ca,
                    }),
                })
            }
        };
        let s3_file = from_file.s3.unwrap_or_default();
        let s3 = env("KYHOP_S3_ENDPOINT").or(s3_file.endpoint).map(|endpoint| {
            let mut setting = |value: Option<String>, variable: &str, key: &str, vi: &str, en: &str| required(value, variable, key, vi, en);
            S3 {
                endpoint: endpoint.trim_end_matches('/').to_owned(),
                bucket: setting(
                    s3_file.bucket,
                    "KYHOP_S3_BUCKET",
                    "s3.bucket",
                    "tên kho chứa (bucket)",
                    "name of the bucket",
                ),
                region: env("KYHOP_S3_REGION").or(s3_file.region).unwrap_or_else(|| "us-east-1".into()),
                access_key: setting(
                    s3_file.access_key,
                    "AWS_ACCESS_KEY_ID",
                    "s3.access_key",
                    "khóa truy cập",
                    "access key",
                ),
                secret_key: setting(
                    s3_file.secret_key,
                    "AWS_SECRET_ACCESS_KEY",
                    "s3.secret_key",
                    "khóa bí mật",
                    "secret key",
                ),
            }
        });
        let mail = env("KYHOP_MAIL_URL")
            .or(mail_file.url)
            .filter(|url| !url.trim().is_empty())
            .map(|url| Mail {
                digest: !no_digest,
                url: url.trim().to_owned(),
                from: required(
                    mail_file.from,
                    "KYHOP_MAIL_FROM",
                    "mail.from",
                    "người gửi thư, ví dụ Văn phòng <vanphong@tinh.gov.vn>",
                    "who writes, such as Office <office@example.org>",
                ),
            });
        if two_ways {
            wrong.push("- axis.node, axis.folder (KYHOP_AXIS_NODE, KYHOP_AXIS_FOLDER): chỉ đặt một / one of them, not both".into());
        }
        if mail.as_ref().is_some_and(|mail| !Mail::private(&mail.url)) {
            wrong.push(
                "- mail.url (KYHOP_MAIL_URL): smtps://user:password@host hoặc / or smtp://user:password@host:587?tls=required; \
                 không mã hóa chỉ dùng được trên chính máy này / without encryption only on this very machine"
                    .into(),
            );
        }
        if mail
            .as_ref()
            .is_some_and(|mail| !mail.from.is_empty() && mail.from.parse::<lettre::message::Mailbox>().is_err())
        {
            wrong.push("- mail.from (KYHOP_MAIL_FROM): không phải địa chỉ thư / not an address".into());
        }
        let trust: Vec<PathBuf> = match env("KYHOP_TRUST") {
            Some(list) => list.split(':').filter(|p| !p.is_empty()).map(PathBuf::from).collect(),
            None => from_file.trust.unwrap_or_default(),
        };
        if trust.is_empty() {
            wrong.push(
                "- trust (KYHOP_TRUST): tệp hoặc thư mục chứa chứng thư gốc tin cậy / files or folders of trusted root certificates".into(),
            );
        }
        for path in &trust {
            if !path.exists() {
                wrong.push(format!("- trust: không có tệp / no such file: {}", path.display()));
            }
        }
        let upload_limit_mb = match env("KYHOP_UPLOAD_LIMIT_MB") {
            None => from_file.upload_limit_mb.unwrap_or(200),
            Some(text) => text.parse().unwrap_or_else(|_| {
                wrong.push(format!(
                    "- upload_limit_mb (KYHOP_UPLOAD_LIMIT_MB): không phải số / not a number: {text}"
                ));
                0
            }),
        };
        let fetch_listed_only = match env("KYHOP_FETCH").or(from_file.fetch).as_deref() {
            None | Some("public") => false,
            Some("listed") => true,
            Some(other) => {
                wrong.push(format!("- fetch (KYHOP_FETCH): public hoặc / or listed, không phải / not {other}"));
                false
            }
        };
        let data_dir = PathBuf::from(data_dir);
        let database_url = env("DATABASE_URL")
            .or(from_file.database_url)
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("kyhop.sqlite").display()));
        let nats_url = env("NATS_URL").or(from_file.nats_url).filter(|url| !url.trim().is_empty());
        let nats = nats_url.as_deref().and_then(Address::parse);
        if nats_url.is_some() && nats.is_none() {
            wrong.push("- nats_url (NATS_URL): như / such as nats://10.0.0.5:4222, tls://user:password@host:4222".into());
        }
        if nats_url.is_some() && !database_url.starts_with("postgres") {
            wrong.push(
                "- nats_url (NATS_URL): nhiều máy chủ cần PostgreSQL, hãy đặt DATABASE_URL / several servers need PostgreSQL, set DATABASE_URL".into(),
            );
        }
        let nats_subject = env("KYHOP_NATS_SUBJECT")
            .or(from_file.nats_subject)
            .unwrap_or_else(|| format!("kyhop.{}", body_code.replace('.', "-")));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !nats_subject.chars().all(plain) || nats_subject.split('.').any(str::is_empty) {
            wrong.push(format!(
                "- nats_subject (KYHOP_NATS_SUBJECT): chỉ gồm chữ, số, dấu chấm, - và _ / letters, digits, dots, - and _ alone, not {nats_subject}"
            ));
        }
        if !wrong.is_empty() {
            return Err(ConfigError(wrong));
        }
        Ok(Self {
            trash_kept,
            listen: env("KYHOP_LISTEN").or(from_file.listen).unwrap_or_else(|| "127.0.0.1:3000".into()),
            public_url: public_url.trim_end_matches('/').to_owned(),
            site_dir: env("KYHOP_SITE_DIR")
                .map(PathBuf::from)
                .or(from_file.site_dir)
                .unwrap_or_else(beside_program),
            database_url,
            upload_limit: upload_limit_mb * 1_000_000,
            body_code,
            body_name,
            body_abbreviation,
            body_place: env("KYHOP_BODY_PLACE").or(from_file.body.place).unwrap_or_default(),
            trust,
            fetch_hosts: env("KYHOP_FETCH_HOSTS")
                .map(|l| l.split(',').map(str::to_owned).collect())
                .or(from_file.fetch_hosts)
                .unwrap_or_default(),
            fetch_listed_only,
            axis,
            nats,
            nats_subject,
            s3,
            mail,
            data_dir,
            demonstration: false,
        })
    }
}

fn beside_program() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|p| p.parent().map(|d| d.join("site")))
        .unwrap_or_else(|| "site".into())
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn there_is_one_way_to_the_axis_and_a_signature_has_two_files() {
        let env = |name: &str| match name {
            "KYHOP_AXIS_NODE" => Some("wss://node:1".to_owned()),
            "KYHOP_AXIS_FOLDER" => Some("/srv/axis".to_owned()),
            "KYHOP_AXIS_SIGNATURE_KEY" => Some("/srv/key.pem".to_owned()),
            _ => None,
        };
        let said = Config::load(None, &env).expect_err("two ways").to_string();
        assert!(
            said.contains("axis.node, axis.folder") && said.contains("axis.signature_certificate"),
            "{said}"
        );
    }

    #[test]
    fn a_word_that_a_setting_does_not_know_is_named_with_those_that_it_does() {
        let env = |name: &str| (name == "KYHOP_AXIS_UNSIGNED").then(|| "refusé".to_owned());
        let said = Config::load(None, &env).expect_err("incomplete").to_string();
        let line = said.lines().find(|l| l.contains("KYHOP_AXIS_UNSIGNED")).expect("a line");
        assert!(
            line.contains("accept") && line.contains("refuse,") && line.contains("refusé"),
            "{line}"
        );
    }
}
