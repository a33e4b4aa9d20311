//! One call to the server at a time, with its failure shown and nothing typed lost.
use crate::components::layout::use_ready;
use crate::error::{ApiError, ApiResult};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;

/// State of a button or form that calls the server. Copy it freely.
#[derive(Clone, Copy)]
pub struct Call {
    busy: RwSignal<bool>,
    ready: Signal<bool>,
    pub error: RwSignal<Option<ApiError>>,
}

impl Call {
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            ready: use_ready(),
            error: RwSignal::new(None),
        }
    }

    /// True until the page is hydrated and while a call is under way: for `disabled` of the button.
    pub fn blocked(&self) -> bool {
        !self.ready.get() || self.busy.get()
    }

    pub fn busy(&self) -> bool {
        self.busy.get()
    }

    /// Runs `work` unless a call is under way already, so that a double click does nothing twice.
    pub fn run<T: 'static>(&self, work: impl Future<Output = ApiResult<T>> + 'static, then: impl FnOnce(T) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        let call = *self;
        call.busy.set(true);
        call.error.set(None);
        spawn_local(async move {
            let result = work.await;
            // The page may be gone by now; then nobody needs to know.
            let _ = call.busy.try_set(false);
            match result {
                Ok(value) => then(value),
                Err(e) => {
                    let _ = call.error.try_set(Some(e));
                }
            }
        });
    }
}

impl Default for Call {
    fn default() -> Self {
        Self::new()
    }
}
