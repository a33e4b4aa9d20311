//! `kyhop axis`: a node of the interconnection axis.
use crate::axis::node::{self, NodeConfig};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file (TOML).
    #[arg(long, env = "KYHOP_AXIS_CONFIG")]
    config: PathBuf,
}

pub fn run(args: &Args) -> ExitCode {
    let config = match NodeConfig::load(&args.config) {
        Ok(config) => config,
        Err(e) => {
            eprintln!("Cấu hình chưa đủ / the configuration is incomplete:\n{e}");
            return ExitCode::from(super::USAGE);
        }
    };
    crate::logging::start();
    super::block_on(node::run(config, super::stop_signal()))
}
