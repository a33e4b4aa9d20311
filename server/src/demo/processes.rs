//! The programs of the demonstration: started together, watched, ended together.
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::process::{Child, Command};

pub struct Processes {
    children: Vec<(String, Child)>,
}

impl Processes {
    pub fn new() -> Self {
        Self { children: Vec::new() }
    }

    /// Starts this same program with other arguments; its log goes to a file of its own.
    pub fn start(&mut self, name: &str, arguments: &[&str], log: &Path) -> Result<(), String> {
        let program = std::env::current_exe().map_err(|e| e.to_string())?;
        let log = std::fs::File::create(log).map_err(|e| format!("{}: {e}", log.display()))?;
        let child = Command::new(program)
            .args(arguments)
            .env_remove("DATABASE_URL")
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone().map_err(|e| e.to_string())?)
            .stderr(log)
            // Ctrl-C reaches the whole group of the terminal; a group of its own lets us end them in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| format!("{name}: {e}"))?;
        self.children.push((name.to_owned(), child));
        Ok(())
    }

    /// Waits until `address` accepts connections.
    pub async fn wait_for(&mut self, name: &str, address: &str, log: &Path) -> Result<(), String> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Ok(());
            }
            if let Some(ended) = self.ended() {
                return Err(format!("{ended} đã dừng / has ended; xem / see {}", log.display()));
            }
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        Err(format!("{name} không trả lời / does not answer; xem / see {}", log.display()))
    }

    /// Name of a program that has ended by itself.
    pub fn ended(&mut self) -> Option<String> {
        self.children
            .iter_mut()
            .find_map(|(name, child)| matches!(child.try_wait(), Ok(Some(_))).then(|| name.clone()))
    }

    /// Asks all to end, then makes them.
    pub async fn stop(mut self) {
        for (_, child) in &self.children {
            if let Some(id) = child.id() {
                let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
            }
        }
        let deadline = tokio::time::Instant::now() + Duration::from_secs(5);
        for (_, child) in &mut self.children {
            if tokio::time::timeout_at(deadline, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
        }
    }
}
