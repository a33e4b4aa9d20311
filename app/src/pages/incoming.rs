//! Arriving documents (văn bản đến).
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::dto::documents::Direction;
use crate::dto::identity::Role;
use crate::i18n::t;
use crate::pages::documents::list::DocumentList;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn IncomingPage() -> impl IntoView {
    let session = use_session();
    view! {
        <PageHead title=t("nav.incoming")>
            <Suspense>
                {move || Suspend::new(async move {
                    let enters = session.await.ok().flatten().is_some_and(|me| me.is(Role::Clerk));
                    enters
                        .then(|| {
                            view! {
                                <A href="/incoming/new" attr:class="button button-main" attr:data-test="new-arrival">
                                    <Glyph icon=Icon::Plus />
                                    {t("incoming.new")}
                                </A>
                            }
                        })
                })}
            </Suspense>
        </PageHead>
        <DocumentList direction=Direction::Incoming />
    }
    .into_any()
}
