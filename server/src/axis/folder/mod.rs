//! The way over a folder, for a program of its own on the other side, such as the client of a national gateway. Who may
//! do what with which file is written down in docs/drop-folder.md; whoever stops at any moment loses and doubles nothing.
mod coming;
mod going;
mod places;
mod poison;

pub use poison::{KIND, try_again};

use super::connector::{Connector, Conversation};
use super::{Error, Service};
use async_trait::async_trait;
use places::Places;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How often it is looked for messages that nobody fetches.
const LOOK_BACK: Duration = Duration::from_secs(20);

pub struct Folder(Places);

impl Folder {
    pub fn new(path: PathBuf) -> Self {
        Self(Places(path))
    }
}

#[async_trait]
impl Connector for Folder {
    fn address(&self) -> String {
        self.0.0.display().to_string()
    }

    async fn connect(&self) -> Result<Box<dyn Conversation>, String> {
        let places = self.0.clone();
        let path = places.0.display().to_string();
        let made = tokio::task::spawn_blocking(move || places.make().map(|()| places)).await;
        match made {
            Ok(Ok(places)) => Ok(Box::new(Open(places))),
            Ok(Err(e)) => Err(format!("{path}: {e}")),
            Err(e) => Err(e.to_string()),
        }
    }
}

struct Open(Places);

#[async_trait]
impl Conversation for Open {
    async fn carry(self: Box<Self>, service: &Service) -> String {
        match carry(&self.0, service).await {
            Ok(never) => match never {},
            Err(e) => e.to_string(),
        }
    }
}

async fn carry(places: &Places, service: &Service) -> Result<std::convert::Infallible, Error> {
    let mut wake = service.db.hub().work();
    let mut looked_back: Option<Instant> = None;
    let pause = (service.undelivered_after() / 10).clamp(Duration::from_millis(200), LOOK_BACK);
    loop {
        wake.mark_unchanged();
        // What became of those that went comes first: one that shall go again must have left its place.
        service.results(places).await?;
        service.fetch(places).await?;
        service.hand_over(places).await?;
        if looked_back.is_none_or(|at| at.elapsed() > pause) {
            looked_back = Some(Instant::now());
            service.look_back(places).await?;
        }
        tokio::select! { _ = wake.changed() => {}, () = tokio::time::sleep(LOOK) => {} }
    }
}
