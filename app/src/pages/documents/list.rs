//! Lists of documents, outgoing and incoming: tabs by what a person's role works with, search, pages.
use crate::actions::documents::list_documents;
use crate::components::badge::{DueMark, MarkBadge, StateBadge, UrgencyMark, day_words, kind_words, state_name};
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_session};
use crate::components::live::{FROM_NOW, follow};
use crate::components::notice::{Empty, ErrorNote, Loading};
use crate::components::pager::{Pager, page_link};
use crate::components::prefs::escape;
use crate::dto::Page;
use crate::dto::documents::{Direction, DocumentQuery, DocumentRow, KINDS, State};
use crate::dto::figures::Counted;
use crate::dto::identity::{Me, Role};
use crate::i18n::{find, t};
use leptos::prelude::*;
use leptos_router::components::{A, Form};
use leptos_router::hooks::use_query_map;
use std::time::Duration;

#[component]
pub fn DocumentsPage() -> impl IntoView {
    let session = use_session();
    view! {
        <PageHead title=t("nav.documents")>
            <Suspense>
                {move || Suspend::new(async move {
                    let drafts = session.await.ok().flatten().is_some_and(|me| me.is(Role::Drafter));
                    drafts
                    .then(|| {
                        view! {
                            <A href="/documents/trash" attr:class="button" attr:data-test="trash">
                                <Glyph icon=Icon::Trash />
                                {t("trash.title")}
                            </A>
                            <NewDocumentLink />
                        }
                    })
                })}
            </Suspense>
        </PageHead>
        <DocumentList direction=Direction::Outgoing />
    }
    .into_any()
}

#[component]
pub fn NewDocumentLink() -> impl IntoView {
    view! {
        <A href="/documents/new" attr:class="button button-main" attr:data-test="new-document">
            <Glyph icon=Icon::Plus />
            {t("documents.new")}
        </A>
    }
}

/// States that a person with these roles works with, in the order of a document's life.
fn states(direction: Direction, me: &Me) -> Vec<State> {
    if direction == Direction::Incoming {
        return match me.is(Role::Clerk) || me.is(Role::Auditor) {
            true => vec![
                State::Arrived,
                State::TakenIn,
                State::Assigned,
                State::Processing,
                State::Done,
                State::Refused,
            ],
            false => vec![State::Assigned, State::Processing, State::Done],
        };
    }
    let any = |roles: &[Role]| roles.iter().any(|r| me.is(*r));
    let mut all = Vec::new();
    if any(&[Role::Drafter]) {
        all.push(State::Draft);
    }
    if any(&[Role::Drafter, Role::Leader, Role::Auditor]) {
        all.extend([State::Submitted, State::Returned]);
    }
    if any(&[Role::Drafter, Role::Leader, Role::Clerk, Role::Auditor]) {
        all.push(State::Signed);
    }
    all.extend([State::Issued, State::Sent]);
    all
}

fn base(direction: Direction) -> &'static str {
    match direction {
        Direction::Outgoing => "/documents",
        Direction::Incoming => "/incoming",
    }
}

/// The tab that a question belongs to: `mine`, a state, or empty for all.
fn tab_of(query: &DocumentQuery) -> &'static str {
    match (query.mine, query.state) {
        (true, _) => "mine",
        (false, state) => state.map_or("", State::as_str),
    }
}

/// The same question without what a figure counts, whose days are other ones.
fn uncounted(query: &DocumentQuery) -> DocumentQuery {
    let mut query = query.clone();
    if query.counted.take().is_some() {
        for word in [&mut query.unit, &mut query.person, &mut query.from, &mut query.to] {
            word.clear();
        }
    }
    query
}

/// Address of the list that shows what a figure counts.
pub fn counted_address(counted: Counted, unit: &str, person: &str, days: (&str, &str)) -> String {
    let (from, to) = if counted.over_time() { days } else { ("", "") };
    let query = DocumentQuery {
        counted: Some(counted),
        unit: unit.into(),
        person: person.into(),
        from: from.into(),
        to: to.into(),
        ..DocumentQuery::default()
    };
    address(counted.direction(), "", &query)
}

/// Words of a set that is counted.
pub fn counted_name(counted: Counted) -> &'static str {
    find(&["figures.counted.", counted.as_str()].concat()).unwrap_or(counted.as_str())
}

/// Address of the list with a tab and what is searched for.
fn address(direction: Direction, tab: &str, query: &DocumentQuery) -> String {
    let pairs = [
        ("tab", tab),
        ("q", &query.text),
        ("kind", &query.kind),
        ("from", &query.from),
        ("to", &query.to),
        ("counted", query.counted.map_or("", Counted::as_str)),
        ("unit", &query.unit),
        ("who", &query.person),
    ];
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> = pairs.map(|(key, value)| [key, "=", &escape(value)].concat()).collect();
    match query.is_empty() {
        true => base(direction).to_owned(),
        false => [base(direction), "?", &query.join("&")].concat(),
    }
}

/// Asks anew soon: several news at once are one question.
pub fn refetching(ask: impl Fn() + Copy + 'static) -> impl Fn() + Clone + 'static {
    let asked = StoredValue::new(false);
    move || {
        if asked.try_get_value() != Some(false) {
            return;
        }
        asked.set_value(true);
        set_timeout(
            move || {
                if asked.try_set_value(false).is_none() {
                    ask();
                }
            },
            Duration::from_millis(250),
        );
    }
}

/// Follows what concerns this person, so that the list is never stale.
pub fn follow_lists(direction: Option<Direction>, changed: impl Fn() + Clone + 'static) {
    let session = use_session();
    Effect::new(move |_| {
        let Some(Ok(Some(me))) = session.get() else { return };
        let mut topics = vec![["user:", me.id.as_str()].concat()];
        if me.is(Role::Clerk) || me.is(Role::Auditor) {
            let desks = [(Direction::Outgoing, "desk:outgoing"), (Direction::Incoming, "desk:incoming")];
            let wanted = desks.into_iter().filter(|(d, _)| direction.is_none_or(|only| only == *d));
            topics.extend(wanted.map(|(_, topic)| topic.to_owned()));
        }
        for topic in topics {
            let changed = changed.clone();
            follow(&topic, FROM_NOW, move |_| changed());
        }
    });
}

#[component]
pub fn DocumentList(direction: Direction) -> impl IntoView {
    let session = use_session();
    let query = use_query_map();
    let get = move |key: &str| query.read().get(key).unwrap_or_default();
    let wanted = Memo::new(move |_| DocumentQuery {
        direction: Some(direction),
        state: State::parse(&get("tab")),
        text: get("q"),
        page: get("page").parse().unwrap_or(1),
        mine: get("tab") == "mine",
        kind: get("kind"),
        from: get("from"),
        to: get("to"),
        counted: Counted::parse(&get("counted")),
        unit: get("unit"),
        person: get("who"),
    });
    let rows = Resource::new(move || wanted.get(), list_documents);
    follow_lists(Some(direction), refetching(move || rows.refetch()));
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let me = session.await.ok().flatten();
                me.map(|me| view! { <Tabs direction me wanted /> })
            })}
        </Suspense>
        <Form method="GET" action=base(direction) attr:class="filters" attr:role="search">
            <input type="hidden" name="tab" value=move || get("tab") />
            {["counted", "unit", "who"].map(|name| view! { <input type="hidden" name=name value=move || get(name) /> })}
            <div class="grow">
                <label for="q">{t("documents.search")}</label>
                <input id="q" name="q" type="search" maxlength="200" autocomplete="off" value=move || get("q") prop:value=move || get("q") />
            </div>
            <button type="submit" class="button">
                <Glyph icon=Icon::Search />
                {t("common.search")}
            </button>
            <details class="filters-more" open=move || wanted.with(narrowed)>
                <summary>{t("documents.narrow")}</summary>
                <div class="filters">
                    <div>
                        <label for="kind">{t("documents.kind_label")}</label>
                        <select id="kind" name="kind" prop:value=move || get("kind")>
                            <option value="">{t("common.all")}</option>
                            {KINDS
                                .iter()
                                .map(|(kind, _)| view! { <option value=*kind selected=move || get("kind") == *kind>{kind_words(kind)}</option> })
                                .collect_view()}
                        </select>
                    </div>
                    <div>
                        <label for="from">{t("documents.from_day")}</label>
                        <input id="from" name="from" type="date" value=move || get("from") prop:value=move || get("from") />
                    </div>
                    <div>
                        <label for="to">{t("documents.to_day")}</label>
                        <input id="to" name="to" type="date" value=move || get("to") prop:value=move || get("to") />
                    </div>
                </div>
            </details>
        </Form>
        {move || wanted.with(|w| w.counted.map(|counted| view! { <CountedNote counted query=w.clone() /> }))}
        <Transition fallback=Loading>
            {move || Suspend::new(async move {
                let query = wanted.get_untracked();
                match rows.await {
                    Ok(page) if page.rows.is_empty() => view! { <Nothing direction query /> }.into_any(),
                    Ok(page) => view! { <Rows page query /> }.into_any(),
                    Err(error) => view! { <ErrorNote error /> }.into_any(),
                }
            })}
        </Transition>
        <Suspense>
            {move || Suspend::new(async move {
                let me = session.await.ok().flatten();
                let keeps = me.is_some_and(|me| [Role::Clerk, Role::Leader, Role::Auditor].into_iter().any(|r| me.is(r)));
                keeps.then(|| view! { <Register direction /> })
            })}
        </Suspense>
    }
    .into_any()
}

/// Over a list that shows what a figure counts: which, and the way to everything.
#[component]
fn CountedNote(counted: Counted, query: DocumentQuery) -> impl IntoView {
    let days = match counted.over_time() {
        true => [day_words(&query.from).as_str(), "–", &day_words(&query.to)].concat(),
        false => String::new(),
    };
    let whose = if query.person.is_empty() {
        query.unit.clone()
    } else {
        t("figures.of_one").to_owned()
    };
    let parts: Vec<String> = [counted_name(counted).to_owned(), whose, days]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    view! {
        <p class="counted-note row" data-test="counted" data-counted=counted.as_str()>
            <strong>{parts.join(" · ")}</strong>
            <A href=address(counted.direction(), "", &uncounted(&query)) attr:class="button button-quiet">
                {t("figures.show_all")}
            </A>
        </p>
    }
}

/// Sổ đăng ký của một năm: to print, or as a file. A plain form, so that it needs no program.
#[component]
fn Register(direction: Direction) -> impl IntoView {
    let form = |format: &'static str, icon: Icon, words: &'static str| {
        view! {
            <button type="submit" name="format" value=format class="button" formtarget=(format == "html").then_some("_blank")>
                <Glyph icon />
                {words}
            </button>
        }
    };
    let words = match direction {
        Direction::Outgoing => t("documents.register_outgoing"),
        Direction::Incoming => t("documents.register_incoming"),
    };
    view! {
        <form method="get" action=["/api/v1/registers/", direction.as_str()].concat() class="register row" data-test="register">
            <label for="year">{words}</label>
            <input id="year" name="year" type="number" min="1945" max="9999" inputmode="numeric" placeholder=t("documents.register_year") />
            {form("html", Icon::Log, t("documents.register_print"))}
            {form("xlsx", Icon::Download, "Excel")}
            {form("csv", Icon::Download, "CSV")}
            {(direction == Direction::Outgoing)
                .then(|| {
                    view! {
                        <A href="/documents/numbers" attr:class="button" attr:data-test="numbers">
                            {t("numbers.link")}
                        </A>
                        <A href="/authority" attr:class="button" attr:data-test="authority-link">
                            {t("authority.link")}
                        </A>
                    }
                })}
        </form>
    }
}

/// More is asked for than words.
fn narrowed(query: &DocumentQuery) -> bool {
    query.counted.is_none() && !(query.kind.is_empty() && query.from.is_empty() && query.to.is_empty())
}

#[component]
fn Tabs(direction: Direction, me: Me, wanted: Memo<DocumentQuery>) -> impl IntoView {
    let query = use_query_map();
    let works = [Role::Drafter, Role::Leader, Role::Clerk].into_iter().any(|r| me.is(r));
    let mut tabs = vec![("", t("common.all"))];
    // Anybody may be given an arriving document to work on.
    if works || direction == Direction::Incoming {
        tabs.insert(0, ("mine", t("documents.mine")));
    }
    tabs.extend(states(direction, &me).into_iter().map(|s| (s.as_str(), state_name(s))));
    let tab = move |(tab, words): (&'static str, &'static str)| {
        let get = move |key: &str| query.read().get(key).unwrap_or_default();
        view! {
            <li>
                // Not `A`, which calls every link of this path the current one.
                <a
                    href=move || wanted.with(|w| address(direction, tab, &uncounted(w)))
                    class="tab"
                    aria-current=move || (get("tab") == tab && get("counted").is_empty()).then_some("page")
                >
                    {words}
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label=t("documents.tabs")>
            <ul class="tabs">{tabs.into_iter().map(tab).collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Nothing(direction: Direction, query: DocumentQuery) -> impl IntoView {
    if !query.text.trim().is_empty() || narrowed(&query) || query.counted.is_some() {
        let all = address(direction, tab_of(&query), &DocumentQuery::default());
        return view! {
            <Empty icon=Icon::Search title=t("documents.none_found") text=t("documents.none_found_text")>
                <A href=all attr:class="button">
                    {t("documents.search_clear")}
                </A>
            </Empty>
        }
        .into_any();
    }
    let (title, text) = match (query.mine, direction) {
        (true, _) => (t("documents.none_mine"), t("documents.none_mine_text")),
        (false, Direction::Outgoing) => (t("documents.none"), t("documents.none_text")),
        (false, Direction::Incoming) => (t("incoming.none"), t("incoming.none_text")),
    };
    view! { <Empty icon=Icon::Inbox title text /> }.into_any()
}

/// Documents that a list counts and shows: the newest.
const COUNTED: u64 = 1000;

#[component]
fn Rows(page: Page<DocumentRow>, query: DocumentQuery) -> impl IntoView {
    let direction = query.direction.unwrap_or(Direction::Outgoing);
    let base = address(direction, tab_of(&query), &query);
    let all = page.total >= COUNTED;
    view! {
        <ul class="list">{page.rows.into_iter().map(|row| view! { <DocumentLink row /> }).collect_view()}</ul>
        <Pager page=page.page per_page=page.per_page total=page.total link=page_link base />
        {all.then(|| view! { <p class="hint">{t("documents.newest_only")}</p> })}
    }
}

/// One document as a line of a list that leads to it.
#[component]
pub fn DocumentLink(row: DocumentRow) -> impl IntoView {
    let number = row.number.map(|n| view! { <strong class="number">{n}</strong> });
    let found = row.excerpt.into_iter();
    let found = found.map(|piece| match piece.hit {
        true => view! { <mark>{piece.text}</mark> }.into_any(),
        false => piece.text.into_any(),
    });
    let found = found.collect_view();
    let excerpt = (!found.is_empty()).then(|| view! { <span class="list-excerpt" data-test="excerpt">{found}</span> });
    view! {
        <li>
            <A href=[base(row.direction), "/", row.id.as_str()].concat() attr:class="list-link">
                <span class="list-title">{row.abstract_text}</span>
                <span class="list-side">
                    <StateBadge state=Signal::stored(row.state) />
                    <MarkBadge mark=row.mark />
                    <UrgencyMark urgency=row.urgency />
                    {row.due.map(|due| view! { <DueMark due /> })}
                </span>
                <span class="list-meta">
                    <span>{kind_words(&row.kind)}</span>
                    {number}
                    <span>{row.from}</span>
                    <span class="number">{row.updated.text}</span>
                </span>
                {excerpt}
            </A>
        </li>
    }
}
