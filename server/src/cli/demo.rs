//! `kyhop demo`: everything on one machine, for looking at and for the journeys of the tests.
use crate::demo::{self, Ports};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the demonstration's data; made when missing, kept afterwards.
    #[arg(long, default_value = "var/demo")]
    data: PathBuf,
    /// The built front end.
    #[arg(long, default_value = "target/site")]
    site: PathBuf,
    /// Documents and pictures to start with.
    #[arg(long, default_value = "demo")]
    material: PathBuf,
    /// First of four free ports: province, second body, axis node, authority.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

pub fn run(args: &Args) -> ExitCode {
    crate::logging::start_quiet();
    super::block_on(demo::run(&args.data, &args.site, &args.material, Ports { base: args.port }))
}
