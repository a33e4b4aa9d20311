//! Configuration: a TOML file, overridden by environment variables.
pub mod span;

use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All settings of `kyhop serve`. Every key may also come from the environment variable named beside it.
#[derive(Debug, Clone)]
pub struct Config {
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
    /// Set only by `kyhop demo`: allows demonstration keys and accounts. Never read from file or environment.
    pub demonstration: bool,
}

/// The link to the axis node.
#[derive(Debug, Clone)]
pub struct Axis {
    /// `wss://host:port`; `KYHOP_AXIS_NODE`.
    pub node: String,
    /// PEM certificate and key of this body on the link; `KYHOP_AXIS_CERTIFICATE`, `KYHOP_AXIS_KEY`.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// PEM of the CA that the node's certificate must come from; `KYHOP_AXIS_CA`.
    pub ca: PathBuf,
    /// A document without any digital signature is refused; `unsigned = "refuse"` or `KYHOP_AXIS_UNSIGNED=refuse`, otherwise
    /// `accept`: it enters, and the sender hears that it has none.
    pub refuse_unsigned: bool,
    /// What could not be handed to the node for so long comes back as undelivered; `undelivered_after = "3d"` or
    /// `KYHOP_AXIS_UNDELIVERED_AFTER`, with d, h, m or s; default 3 days.
    pub undelivered_after: Duration,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileConfig {
    listen: Option<String>,
    public_url: Option<String>,
    data_dir: Option<PathBuf>,
    site_dir: Option<PathBuf>,
    database_url: Option<String>,
    upload_limit_mb: Option<u64>,
    #[serde(default)]
    body: FileBody,
    trust: Option<Vec<PathBuf>>,
    fetch_hosts: Option<Vec<String>>,
    fetch: Option<String>,
    axis: Option<FileAxis>,
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
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    ca: Option<PathBuf>,
    unsigned: Option<String>,
    undelivered_after: Option<String>,
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
        let refuse_unsigned = match env("KYHOP_AXIS_UNSIGNED").or(axis_file.unsigned).as_deref() {
            None | Some("accept") => false,
            Some("refuse") => true,
            Some(other) => {
                wrong.push(format!(
                    "- axis.unsigned (KYHOP_AXIS_UNSIGNED): accept hoặc / or refuse, không phải / not {other}"
                ));
                false
            }
        };
        let undelivered_after = match env("KYHOP_AXIS_UNDELIVERED_AFTER").or(axis_file.undelivered_after) {
            None => span::UNDELIVERED_AFTER,
            Some(text) => span::parse(&text).unwrap_or_else(|| {
                wrong.push(format!(
                    "- axis.undelivered_after (KYHOP_AXIS_UNDELIVERED_AFTER): như 3d, 12h, 30m, không phải / such as 3d, 12h, 30m, not {text}"
                ));
                span::UNDELIVERED_AFTER
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
        let axis = match node {
            None => None,
            Some(node) => {
                let mut file = |value: Option<PathBuf>, variable: &str, key: &str| {
                    PathBuf::from(required(
                        text(value),
                        variable,
                        key,
                        "tệp PEM cho liên thông",
                        "PEM file for the axis link",
                    ))
                };
                Some(Axis {
                    node,
                    certificate: file(axis_file.certificate, "KYHOP_AXIS_CERTIFICATE", "axis.certificate"),
                    key: file(axis_file.key, "KYHOP_AXIS_KEY", "axis.key"),
                    ca: file(axis_file.ca, "KYHOP_AXIS_CA", "axis.ca"),
                    refuse_unsigned,
                    undelivered_after,
                })
            }
        };
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
        if !wrong.is_empty() {
            return Err(ConfigError(wrong));
        }
        let data_dir = PathBuf::from(data_dir);
        let database_url = env("DATABASE_URL")
            .or(from_file.database_url)
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("kyhop.sqlite").display()));
        Ok(Self {
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
