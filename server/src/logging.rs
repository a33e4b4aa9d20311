//! Structured logs: JSON lines on standard error, or plain text on a terminal.
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Level by `KYHOP_LOG` (such as `info,server=debug`), default `info`.
pub fn start() {
    let filter = EnvFilter::try_from_env("KYHOP_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = if std::io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}
