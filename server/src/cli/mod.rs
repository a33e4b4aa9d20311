//! The command line.
mod admin;
mod audit;
mod axis;
mod demo;
mod secrets;
mod serve;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Paperless meetings, signed documents and the interconnection axis for public bodies.
#[derive(Debug, Parser)]
#[command(name = "kyhop", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server of one body.
    Serve(serve::Args),
    /// People, keys, bodies and tokens of this server, from its own command line.
    Admin(admin::Args),
    /// Check exported audit logs.
    Audit(audit::Args),
    /// Run a node of the interconnection axis.
    Axis(axis::Args),
    /// Run a whole province on this machine, with demonstration people, keys and documents.
    Demo(demo::Args),
}

/// Exit code for wrong usage, everywhere.
pub const USAGE: u8 = 64;

pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return if e.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::Admin(args) => admin::run(args),
        Command::Audit(args) => audit::run(&args),
        Command::Axis(args) => axis::run(&args),
        Command::Demo(args) => demo::run(&args),
    }
}

/// Resolves at Ctrl-C or SIGTERM.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut term) => {
            tokio::select! { _ = tokio::signal::ctrl_c() => {}, _ = term.recv() => {} }
        }
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}

/// Runs a server's future; its error is a sentence for the person at the terminal.
fn block_on(work: impl Future<Output = Result<(), String>>) -> ExitCode {
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| e.to_string());
    match result.and_then(|runtime| runtime.block_on(work)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("kyhop: {e}");
            ExitCode::FAILURE
        }
    }
}
