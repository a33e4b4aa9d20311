//! What the bell tells: given, returned, due, late; each leads to what it is about.
use crate::actions::documents::{list_notices, read_notices};
use crate::components::badge::day_words;
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::live::{FROM_NOW, News, follow};
use crate::components::notice::{Empty, ErrorNote, Failure, Loading};
use crate::dto::notices::{About, Notice, NoticeKind, Notices};
use crate::error::ApiResult;
use crate::i18n::{find, t, tf};
use crate::live::LiveEvent;
use leptos::prelude::*;
use leptos_router::components::A;

#[component]
pub fn NoticesPage() -> impl IntoView {
    let session = use_session();
    let all = Resource::new(|| (), |()| list_notices());
    Effect::new(move |_| {
        let Some(Ok(Some(me))) = session.get() else { return };
        follow(&["user:", me.id.as_str()].concat(), FROM_NOW, move |news| {
            if matches!(news, News::Event(LiveEvent::NoticesChanged)) {
                all.refetch();
            }
        });
    });
    let call = Call::new();
    view! {
        <PageHead title=t("nav.notices") lead=t("notices.lead")>
            <button
                type="button"
                class="button"
                data-test="read-all"
                disabled=move || call.blocked()
                on:click=move |_| call.run(read_notices(None), move |()| all.refetch())
            >
                <Glyph icon=Icon::Check />
                {t("notices.read_all")}
            </button>
        </PageHead>
        <Failure error=call.error />
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                match all.await {
                    Ok(Notices { notices, .. }) if notices.is_empty() => {
                        view! { <Empty icon=Icon::Bell title=t("notices.none") text=t("notices.none_text") /> }.into_any()
                    }
                    Ok(Notices { notices, .. }) => {
                        let each = notices.into_iter().map(|notice| view! { <Line notice all /> }).collect_view();
                        view! { <ul class="list">{each}</ul> }.into_any()
                    }
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

fn address(about: &About) -> String {
    match about {
        About::Incoming(id) => ["/incoming/", id.as_str()].concat(),
        About::Outgoing(id) => ["/documents/", id.as_str()].concat(),
        About::Task(id) => ["/meetings/", id.as_str()].concat(),
    }
}

#[component]
fn Line(notice: Notice, all: Resource<ApiResult<Notices>>) -> impl IntoView {
    let call = Call::new();
    let tone = match notice.kind {
        NoticeKind::Late | NoticeKind::Returned => "badge badge-bad",
        NoticeKind::Soon | NoticeKind::Submitted => "badge badge-wait",
        NoticeKind::Assigned => "badge badge-ink",
    };
    let words = find(&["notices.kind.", notice.kind.as_str()].concat()).unwrap_or_default();
    let due = (!notice.due_on.is_empty()).then(|| tf("notices.due", &[("day", &day_words(&notice.due_on))]));
    let task = matches!(notice.about, About::Task(_)).then(|| t("notices.task"));
    let unread = !notice.read;
    let (id, opened) = (StoredValue::new(notice.id.clone()), StoredValue::new(notice.id));
    view! {
        <li class="notice" class:notice-new=unread data-test="notice" data-kind=notice.kind.as_str() data-read=notice.read.to_string()>
            <A
                href=address(&notice.about)
                attr:class="list-link"
                on:click=move |_| {
                    if unread {
                        call.run(read_notices(Some(opened.get_value())), |()| ());
                    }
                }
            >
                <span class="list-title">{notice.title}</span>
                <span class="list-side">
                    <span class=tone>{words}</span>
                </span>
                <span class="list-meta">
                    {(!notice.number.is_empty()).then(|| view! { <strong class="number">{notice.number}</strong> })}
                    {task}
                    {due.map(|words| view! { <span class="number">{words}</span> })}
                    <span class="number">{notice.at.text}</span>
                    {unread.then(|| view! { <span class="visually-hidden">{t("notices.new")}</span> })}
                </span>
            </A>
            {unread
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button-quiet"
                            data-test="read"
                            disabled=move || call.blocked()
                            on:click=move |_| call.run(read_notices(Some(id.get_value())), move |()| all.refetch())
                        >
                            {t("notices.read")}
                        </button>
                    }
                })}
        </li>
    }
    .into_any()
}
