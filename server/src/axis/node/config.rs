//! Configuration of an axis node: a TOML file.
use crate::config::span;
use serde::{Deserialize, Deserializer, de};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// Address to listen on.
    pub listen: String,
    /// The queue; must be backed up like any mail on its way.
    pub data_dir: PathBuf,
    /// PEM certificate and key of the node.
    pub certificate: PathBuf,
    pub key: PathBuf,
    /// PEM of the authority that the bodies' certificates must come from.
    pub ca: PathBuf,
    /// Millions of bytes that a message may have.
    #[serde(default = "default_limit")]
    pub limit_mb: u64,
    /// Days for which a delivered message's id is remembered, so that it is not delivered twice.
    #[serde(default = "default_memory")]
    pub remember_days: u32,
    /// What its receiver has not taken for so long comes back to its sender as undelivered: `3d`, `12h`, `30m`.
    #[serde(default = "default_promise", deserialize_with = "read_span")]
    pub undelivered_after: Duration,
    /// The bodies that this node serves.
    #[serde(default, rename = "body")]
    pub bodies: Vec<NodeBody>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeBody {
    /// Identifier code (Decision 20/2020), the common name of its certificate.
    pub code: String,
    pub name: String,
}

/// An upload of 200 MB in base64, and its envelope.
fn default_limit() -> u64 {
    280
}

fn default_memory() -> u32 {
    90
}

fn default_promise() -> Duration {
    span::UNDELIVERED_AFTER
}

fn read_span<'de, D: Deserializer<'de>>(d: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(d)?;
    span::parse(&text).ok_or_else(|| de::Error::custom(format!("như / such as 3d, 12h, 30m, không phải / not {text}")))
}

impl NodeConfig {
    /// # Errors
    /// A sentence that says what is missing or wrong.
    pub fn load(path: &Path) -> Result<Self, String> {
        let said = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let text = std::fs::read_to_string(path).map_err(|e| said(&e))?;
        let config: Self = toml::from_str(&text).map_err(|e| said(&e))?;
        let mut wrong = Vec::new();
        for (key, file) in [("certificate", &config.certificate), ("key", &config.key), ("ca", &config.ca)] {
            if !file.is_file() {
                wrong.push(format!("- {key}: không có tệp / no such file: {}", file.display()));
            }
        }
        if config.bodies.is_empty() {
            wrong.push("- [[body]]: chưa có cơ quan nào / no body is listed".to_owned());
        }
        for (n, body) in config.bodies.iter().enumerate() {
            if body.code.trim().is_empty() || config.bodies[..n].iter().any(|b| b.code == body.code) {
                wrong.push(format!(
                    "- [[body]] {:?}: mã trống hoặc trùng / code empty or given twice",
                    body.name
                ));
            }
        }
        if wrong.is_empty() {
            Ok(config)
        } else {
            Err(said(&format!("\n{}", wrong.join("\n"))))
        }
    }

    /// Bytes.
    pub fn limit(&self) -> u64 {
        self.limit_mb * 1_000_000
    }

    pub fn knows(&self, code: &str) -> bool {
        self.bodies.iter().any(|b| b.code == code)
    }
}
