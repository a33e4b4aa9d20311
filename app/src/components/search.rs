//! Searching while somebody types.
use crate::error::ApiResult;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::future::Future;
use std::time::Duration;

/// Asks for what was typed, not with every letter, and takes the answer to the latest question alone. A failure leaves what is shown.
pub fn as_typed<T, A>(ask: fn(String) -> A, found: impl Fn(T) + Copy + 'static) -> impl Fn(String) + Copy
where
    T: 'static,
    A: Future<Output = ApiResult<T>> + 'static,
{
    let asked = StoredValue::new(0_u32);
    move |text| {
        asked.update_value(|n| *n += 1);
        let mine = asked.get_value();
        let look = move || {
            if asked.try_get_value() != Some(mine) {
                return;
            }
            spawn_local(async move {
                if let Ok(answer) = ask(text).await
                    && asked.try_get_value() == Some(mine)
                {
                    found(answer);
                }
            });
        };
        set_timeout(look, Duration::from_millis(200));
    }
}
