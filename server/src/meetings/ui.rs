//! The screens' way to this domain.
use crate::actor::Actor;
use crate::state::AppState;

pub fn provide(_state: &AppState, _actor: &Actor) {}
