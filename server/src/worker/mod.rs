//! Background work that follows from committed changes.
mod leader;

use crate::axis::{connector, inbox, keep_promise, store};
use crate::mail;
use crate::state::AppState;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often the figures of the queues are brought up to date.
const FIGURES: Duration = Duration::from_secs(10);
/// And those of documents, which take longer to count.
const DOCUMENTS: Duration = Duration::from_secs(60);

/// Starts the background work of a server; it ends with the program. What it has not finished stays in the database.
pub fn start(state: &AppState) {
    let nats = state
        .config
        .nats
        .clone()
        .map(|address| (address, state.config.nats_subject.clone()));
    crate::live::bus::start(&state.hub, &state.db, nats, &state.metrics);
    tokio::spawn(figures(state.clone()));
    tokio::spawn(documents(state.clone()));
    tokio::spawn(leader::run(state.clone(), once));
}

/// What must not be done by two servers at once.
fn once(state: &AppState, work: &mut JoinSet<()>) {
    work.spawn(crate::live::upkeep::run(state.db.clone()));
    if let Some(axis) = &state.config.axis {
        work.spawn(connector::run(state.axis.clone(), axis.way.clone()));
    }
    work.spawn(inbox::run(state.axis.clone()));
    work.spawn(keep_promise(state.axis.clone()));
    work.spawn(mail::send::run(mail::Service {
        db: state.db.clone(),
        config: state.config.clone(),
    }));
    work.spawn(crate::documents::digest::run(state.documents.clone()));
    work.spawn(crate::documents::notices::run(state.documents.clone()));
    work.spawn(crate::documents::texts::run(state.documents.clone()));
    work.spawn(crate::documents::trash::run(state.documents.clone()));
    work.spawn(crate::opinions::deadlines::run(state.opinions.clone()));
}

async fn documents(state: AppState) {
    loop {
        if let Err(e) = state.documents.measure(&state.metrics.documents, crate::clock::now_us()).await {
            tracing::debug!(error = %e, "the figures of documents stay as they were");
        }
        tokio::time::sleep(DOCUMENTS).await;
    }
}

async fn figures(state: AppState) {
    loop {
        if let Ok(mut c) = state.db.read().acquire().await
            && let Ok((waiting, failed)) = store::counts(&mut c).await
        {
            state.metrics.axis_waiting.set(waiting);
            state.metrics.axis_failed.set(failed);
            if let Ok((waiting, failed)) = mail::store::counts(&mut c).await {
                state.metrics.mail_waiting.set(waiting);
                state.metrics.mail_failed.set(failed);
            }
        }
        state.metrics.axis_connected.set(i64::from(state.axis.link.get().connected));
        tokio::time::sleep(FIGURES).await;
    }
}
