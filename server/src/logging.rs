//! Structured logs: JSON lines on standard error, or plain text on a terminal.
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Level by `KYHOP_LOG` (such as `info,server=debug`), default `info`.
pub fn start() {
    start_at("info,sqlx=warn");
}

/// For programs that talk to a person at a terminal: warnings only.
pub fn start_quiet() {
    start_at("warn");
}

fn start_at(level: &str) {
    let filter = EnvFilter::try_from_env("KYHOP_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = if std::io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}
