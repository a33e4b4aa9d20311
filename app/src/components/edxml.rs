//! The way to a message of the axis, to the byte.
use crate::components::layout::use_session;
use crate::dto::identity::Role;
use crate::ids::MessageId;
use leptos::prelude::*;

/// For those who may have it: clerks and auditors.
#[component]
pub fn Edxml(id: MessageId, words: &'static str) -> impl IntoView {
    let session = use_session();
    let address = StoredValue::new(["/api/v1/axis/messages/", id.as_str(), "/edxml"].concat());
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let me = session.await.ok().flatten();
                me.is_some_and(|me| me.is(Role::Clerk) || me.is(Role::Auditor))
                    .then(|| {
                        view! {
                            <a class="button button-quiet" href=address.get_value() download="" rel="external" data-test="edxml">
                                {words}
                            </a>
                        }
                    })
            })}
        </Suspense>
    }
    .into_any()
}
