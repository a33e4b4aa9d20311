//! What the screens get: each service bound to the person who asks, as Leptos context.
use crate::actor::Actor;
use crate::state::AppState;

/// A service together with the person on whose behalf it acts; implements the traits of `app::api`, in each domain's `ui.rs`.
#[derive(Clone)]
pub struct Bound<S> {
    pub service: S,
    pub state: AppState,
    pub actor: Actor,
}

impl<S: Clone> Bound<S> {
    pub fn new(service: &S, state: &AppState, actor: &Actor) -> Self {
        Self {
            service: service.clone(),
            state: state.clone(),
            actor: actor.clone(),
        }
    }
}
