//! Servers as processes of their own, to be killed as a power cut would.
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;

/// Only a test that fails waits this long.
const PATIENCE: Duration = Duration::from_secs(180);

/// A program that listens somewhere; killed when it is dropped.
pub struct Process {
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    /// Where it listens.
    pub address: String,
    log: PathBuf,
    child: Option<Child>,
}

impl Process {
    /// `kyhop serve` over the data that `environment` names.
    pub async fn kyhop(environment: Vec<(&'static str, String)>, log: &Path) -> Self {
        let address = environment
            .iter()
            .find(|(name, _)| *name == "KYHOP_LISTEN")
            .expect("an address")
            .1
            .clone();
        let arguments = ["serve", "--demonstration"].map(String::from).to_vec();
        Self::start(env!("CARGO_BIN_EXE_kyhop").into(), arguments, environment, address, log).await
    }

    /// Starts `program` and waits until it listens.
    pub async fn start(
        program: PathBuf,
        arguments: Vec<String>,
        environment: Vec<(&'static str, String)>,
        address: String,
        log: &Path,
    ) -> Self {
        let mut process = Self {
            program,
            arguments,
            environment,
            address,
            log: log.to_owned(),
            child: None,
        };
        process.again().await;
        process
    }

    /// Starts it once more, as it was.
    pub async fn again(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(&self.log).expect("a log");
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (*name, value.as_str())))
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|e| panic!("{}: {e} (scripts/setup test)", self.program.display()));
        self.child = Some(child);
        let started = Instant::now();
        while TcpStream::connect(&self.address).await.is_err() {
            assert!(started.elapsed() < PATIENCE, "{}", self.said());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// What it has logged.
    pub fn said(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// By which its memory is found; only the benchmark asks.
    #[allow(dead_code)]
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("a process").id()
    }

    pub fn alive(&self) -> bool {
        self.child.is_some()
    }

    /// As a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("killing");
            child.wait().expect("its end");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
