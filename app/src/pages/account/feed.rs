//! The calendar feed of deadlines: an address for the calendar on one's phone, told once and renewed at will.
use super::once::Once;
use crate::actions::documents::{calendar_feed, end_feed, renew_feed};
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{ErrorNote, Failure, Loading};
use crate::i18n::{t, tf};
use leptos::prelude::*;

#[component]
pub fn Feed() -> impl IntoView {
    let feed = Resource::new(|| (), |()| calendar_feed());
    let call = Call::new();
    let address = RwSignal::new(None::<String>);
    let renew = move |_| {
        call.run(renew_feed(), move |new| {
            address.set(Some(new));
            feed.refetch();
        });
    };
    let end = move |_| {
        call.run(end_feed(), move |()| {
            address.set(None);
            feed.refetch();
        });
    };
    let button = move |words: &'static str, test: &'static str| {
        view! {
            <button type="button" class="button" data-test=test disabled=move || call.blocked() on:click=renew>
                <Glyph icon=Icon::Calendar />
                {words}
            </button>
        }
    };
    view! {
        <section class="sheet">
            <h2>{t("feed.title")}</h2>
            <p class="quiet">{t("feed.help")}</p>
            <Once secret=address words=t("feed.once") test="feed-address" />
            <Failure error=call.error />
            <Transition fallback=Loading>
                {move || Suspend::new(async move {
                    match feed.await {
                        Ok(None) => view! { <div class="row">{button(t("feed.make"), "feed-make")}</div> }.into_any(),
                        Ok(Some(known)) => {
                            let asked = match known.asked {
                                Some(at) => tf("feed.asked", &[("at", &at.text)]),
                                None => t("feed.not_asked").to_owned(),
                            };
                            view! {
                                <p class="list-meta">
                                    <span class="number">{tf("feed.made", &[("at", &known.made.text)])}</span>
                                    <span class="number">{asked}</span>
                                </p>
                                <div class="row">
                                    {button(t("feed.renew"), "feed-renew")}
                                    <button
                                        type="button"
                                        class="button button-bad"
                                        data-test="feed-end"
                                        disabled=move || call.blocked()
                                        on:click=end
                                    >
                                        {t("feed.end")}
                                    </button>
                                </div>
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorNote error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}
