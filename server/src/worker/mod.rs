//! Background work that follows from committed changes.
use crate::axis::{inbox, keep_promise, link, store};
use crate::state::AppState;
use std::time::Duration;

/// How often the figures of the queues are brought up to date.
const FIGURES: Duration = Duration::from_secs(10);

/// Starts the background work of a server; it ends with the program. What it has not finished stays in the database.
pub fn start(state: &AppState) {
    crate::live::upkeep::start(&state.db);
    if let Some(axis) = &state.config.axis {
        tokio::spawn(link::run(state.axis.clone(), axis.clone()));
    }
    tokio::spawn(inbox::run(state.axis.clone()));
    tokio::spawn(keep_promise(state.axis.clone()));
    tokio::spawn(crate::opinions::deadlines::run(state.opinions.clone()));
    tokio::spawn(figures(state.clone()));
}

async fn figures(state: AppState) {
    loop {
        if let Ok(mut c) = state.db.read().acquire().await
            && let Ok((waiting, failed)) = store::counts(&mut c).await
        {
            state.metrics.axis_waiting.set(waiting);
            state.metrics.axis_failed.set(failed);
        }
        state.metrics.axis_connected.set(i64::from(state.axis.link.get().connected));
        tokio::time::sleep(FIGURES).await;
    }
}
