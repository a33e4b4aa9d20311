//! Background work that follows from committed changes.
use crate::state::AppState;

/// Starts the background work of a server; it ends with the program. What it has not finished stays in the database.
pub fn start(state: &AppState) {
    crate::live::upkeep::start(&state.db);
}
