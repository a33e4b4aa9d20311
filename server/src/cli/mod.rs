//! The command line.
mod admin;
mod audit;
mod axis;
mod deferred;
mod demo;
mod keys;
mod look;
mod message;
mod opening;
mod recount;
mod revisions;
mod secrets;
mod serve;
mod sign;
mod verify;

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
    /// Sign a PDF.
    Sign(Box<sign::Args>),
    /// Prepare a PDF for a signature that is made elsewhere; prints what has to be signed.
    Prepare(Box<deferred::PrepareArgs>),
    /// Put a signature that was made elsewhere into a prepared PDF.
    Complete(deferred::CompleteArgs),
    /// Add time stamps and validation data to a signed PDF.
    Extend(sign::ExtendArgs),
    /// Check the signatures of PDFs.
    Verify(verify::Args),
    /// Check the XML signatures of edXML messages: documents, recalls, receipts.
    Message(message::Args),
    /// List what a PDF was after each signature and change, and save each version as it was.
    Revisions(revisions::Args),
    /// Count the ballots of a secret vote again, from the file that was published of it.
    Recount(recount::Args),
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
        Command::Sign(args) => sign::run(&args),
        Command::Prepare(args) => deferred::prepare(&args),
        Command::Complete(args) => deferred::complete(&args),
        Command::Extend(args) => sign::extend(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Message(args) => message::run(&args),
        Command::Revisions(args) => revisions::run(&args),
        Command::Recount(args) => recount::run(&args),
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

/// Seconds since the Unix epoch of an RFC 3339 time.
fn time(text: &str) -> Result<i64, String> {
    time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339)
        .map(time::OffsetDateTime::unix_timestamp)
        .map_err(|_| "not a time like 2026-11-24T14:05:00+07:00".to_owned())
}

fn in_runtime<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    Ok(runtime.map_err(|e| e.to_string())?.block_on(work))
}

/// Runs a server's future; its error is a sentence for the person at the terminal.
fn block_on(work: impl Future<Output = Result<(), String>>) -> ExitCode {
    match in_runtime(work).flatten() {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("kyhop: {e}");
            ExitCode::FAILURE
        }
    }
}
