//! The secretary's tools: send, watch, remind, extend, end.
use super::desk::Desk;
use crate::actions::opinions::{close_sheet, delete_sheet, extend_sheet, remind_silent, send_sheet, withdraw_sheet};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Failure;
use crate::components::toast::use_toasts;
use crate::dto::opinions::{Asked, SheetState};
use crate::i18n::{t, tf};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

#[component]
pub fn Managing(desk: Desk) -> impl IntoView {
    let state = Memo::new(move |_| desk.detail.with(|d| d.row.state));
    let again = ["/opinions/new?from=", desk.id().as_str()].concat();
    view! {
        {move || match state.get() {
            SheetState::Draft => view! { <OfDraft desk /> }.into_any(),
            SheetState::Sent => view! { <OfSent desk /> }.into_any(),
            SheetState::Closed | SheetState::Withdrawn => {
                view! {
                    <p class="row">
                        <A href=again.clone() attr:class="button">
                            <Glyph icon=Icon::Copy />
                            {t("opinions.again")}
                        </A>
                    </p>
                }
                    .into_any()
            }
        }}
    }
}

/// A question with one button, and the way back.
#[component]
fn Sure(
    open: RwSignal<bool>,
    call: Call,
    hook: &'static str,
    words: &'static str,
    done: Callback<()>,
    #[prop(into)] text: Signal<String>,
) -> impl IntoView {
    view! {
        <p>{text}</p>
        <Failure error=call.error />
        <div class="form-foot">
            <button type="button" class="button button-main" data-test=hook disabled=move || call.blocked() on:click=move |_| done.run(())>
                {words}
            </button>
            <button type="button" class="button" on:click=move |_| open.set(false)>
                {t("common.cancel")}
            </button>
        </div>
    }
}

#[component]
fn OfDraft(desk: Desk) -> impl IntoView {
    let (sending, deleting) = (RwSignal::new(false), RwSignal::new(false));
    let (send, delete) = (Call::new(), Call::new());
    let toasts = use_toasts();
    let navigate = use_navigate();
    let edit = ["/opinions/", desk.id().as_str(), "/edit"].concat();
    let sent = Callback::new(move |()| {
        send.run(send_sheet(desk.id()), move |()| {
            sending.set(false);
            toasts.say(t("opinions.was_sent"));
            desk.refresh();
        });
    });
    let deleted = Callback::new(move |()| {
        let navigate = navigate.clone();
        delete.run(delete_sheet(desk.id()), move |()| navigate("/opinions", Default::default()));
    });
    let asks = Signal::derive(move || {
        desk.detail.with(|d| {
            tf(
                "opinions.send_text",
                &[("n", &d.row.asked.to_string()), ("when", &d.row.deadline.text)],
            )
        })
    });
    view! {
        <section class="sheet opinion-tools">
            <h2>{t("opinions.draft")}</h2>
            <p class="quiet">{t("opinions.draft_text")}</p>
            <div class="row">
                <button type="button" class="button button-main" data-test="sheet-send" disabled=move || send.blocked() on:click=move |_| sending.set(true)>
                    <Glyph icon=Icon::Send />
                    {t("opinions.send")}
                </button>
                <A href=edit attr:class="button" attr:data-test="sheet-edit">
                    <Glyph icon=Icon::Pen />
                    {t("opinions.edit")}
                </A>
                <button type="button" class="button button-quiet" data-test="sheet-delete" disabled=move || delete.blocked() on:click=move |_| deleting.set(true)>
                    <Glyph icon=Icon::Trash />
                    {t("opinions.delete")}
                </button>
            </div>
            <Dialog open=sending title=t("opinions.send")>
                <Sure open=sending call=send hook="sheet-send-sure" words=t("opinions.send") done=sent text=asks />
            </Dialog>
            <Dialog open=deleting title=t("opinions.delete")>
                <Sure
                    open=deleting
                    call=delete
                    hook="sheet-delete-sure"
                    words=t("opinions.delete")
                    done=deleted
                    text=Signal::stored(t("opinions.delete_text").to_owned())
                />
            </Dialog>
        </section>
    }
    .into_any()
}

#[component]
fn OfSent(desk: Desk) -> impl IntoView {
    let (extending, closing, withdrawing) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (remind, close) = (Call::new(), Call::new());
    let toasts = use_toasts();
    let progress = Memo::new(move |_| desk.detail.with(|d| (d.row.answered, d.row.asked)));
    let all_in = move || progress.with(|(answered, asked)| answered == asked);
    let closed = Callback::new(move |()| {
        close.run(close_sheet(desk.id()), move |()| {
            closing.set(false);
            desk.refresh();
        });
    });
    let close_words = Signal::derive(move || {
        let (answered, asked) = progress.get();
        match asked.saturating_sub(answered) {
            0 => t("opinions.close_all_in").to_owned(),
            n => tf("opinions.close_silent", &[("n", &n.to_string())]),
        }
    });
    let reminded = move |_| {
        remind.run(remind_silent(desk.id()), move |n| {
            toasts.say(match n {
                0 => t("opinions.reminded_already").to_owned(),
                n => tf("opinions.reminded", &[("n", &n.to_string())]),
            });
            desk.refresh();
        });
    };
    view! {
        <section class="sheet opinion-tools" data-test="progress">
            <h2>{t("opinions.progress")}</h2>
            <p class="opinion-count" data-test="progress-count">
                {move || {
                    let (n, all) = progress.get();
                    tf("opinions.answered_of", &[("n", &n.to_string()), ("all", &all.to_string())])
                }}
            </p>
            <progress
                class="opinion-progress"
                aria-label=t("opinions.progress")
                max=move || progress.get().1.to_string()
                value=move || progress.get().0.to_string()
            ></progress>
            <Names desk />
            <div class="row">
                <button type="button" class="button" data-test="sheet-remind" disabled=move || remind.blocked() || all_in() on:click=reminded>
                    <Glyph icon=Icon::Alert />
                    {t("opinions.remind")}
                </button>
                <button type="button" class="button" data-test="sheet-extend" disabled=move || close.blocked() on:click=move |_| extending.set(true)>
                    <Glyph icon=Icon::Clock />
                    {t("opinions.extend")}
                </button>
                <button type="button" class="button button-main" data-test="sheet-close" disabled=move || close.blocked() on:click=move |_| closing.set(true)>
                    <Glyph icon=Icon::Check />
                    {t("opinions.close")}
                </button>
                <button type="button" class="button button-quiet" data-test="sheet-withdraw" disabled=move || close.blocked() on:click=move |_| withdrawing.set(true)>
                    <Glyph icon=Icon::Back />
                    {t("opinions.withdraw")}
                </button>
            </div>
            <Failure error=remind.error />
            <Dialog open=closing title=t("opinions.close")>
                <Sure open=closing call=close hook="sheet-close-sure" words=t("opinions.close") done=closed text=close_words />
            </Dialog>
            <Dialog open=extending title=t("opinions.extend")>
                <Extend desk open=extending />
            </Dialog>
            <Dialog open=withdrawing title=t("opinions.withdraw")>
                <Withdraw desk open=withdrawing />
            </Dialog>
        </section>
    }
    .into_any()
}

/// Who has answered, and who has not.
#[component]
fn Names(desk: Desk) -> impl IntoView {
    let line = |m: Asked| {
        let (there, words) = match (&m.answered, &m.reminded) {
            (Some(at), _) => (true, tf("opinions.answered_at", &[("when", &at.text)])),
            (None, Some(at)) => (false, tf("opinions.reminded_at", &[("when", &at.text)])),
            (None, None) => (false, t("opinions.not_answered").to_owned()),
        };
        view! {
            <li class="opinion-name" data-test="progress-name" data-answered=there.to_string()>
                <Glyph icon=if there { Icon::Check } else { Icon::Clock } />
                <span>
                    {m.full_name}
                    <small class="quiet">{[" – ", &m.position].concat()}</small>
                </span>
                <span class="quiet">{words}</span>
            </li>
        }
    };
    // Those who are waited for come first.
    let all = move || {
        let (there, silent): (Vec<_>, Vec<_>) = desk
            .detail
            .with(|d| d.members.clone())
            .into_iter()
            .partition(|m| m.answered.is_some());
        silent.into_iter().chain(there).map(line).collect_view()
    };
    view! { <ul class="opinion-names">{all}</ul> }
}

#[component]
fn Extend(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let now = desk.detail.with_untracked(|d| d.deadline_local.clone());
    let until = RwSignal::new(now.clone());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        call.run(extend_sheet(desk.id(), until.get_untracked()), move |()| {
            open.set(false);
            desk.refresh();
        });
    };
    view! {
        <form on:submit=send>
            <Field id="deadline" label=t("opinions.new_deadline") error=call.error>
                <input
                    id="deadline"
                    data-test="extend-deadline"
                    type="datetime-local"
                    required
                    min=now
                    prop:value=until
                    on:input:target=move |ev| until.set(ev.target().value())
                />
            </Field>
            <Failure error=call.error />
            <div class="form-foot">
                <button type="submit" class="button button-main" data-test="extend-send" disabled=move || call.blocked()>
                    {t("opinions.extend")}
                </button>
            </div>
        </form>
    }
    .into_any()
}

#[component]
fn Withdraw(desk: Desk, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let reason = RwSignal::new(String::new());
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        call.run(withdraw_sheet(desk.id(), reason.get_untracked()), move |()| {
            open.set(false);
            desk.refresh();
        });
    };
    view! {
        <form on:submit=send>
            <p>{t("opinions.withdraw_text")}</p>
            <Field id="reason" label=t("opinions.reason") error=call.error>
                <textarea
                    id="reason"
                    data-test="withdraw-reason"
                    rows="3"
                    required
                    maxlength="1000"
                    prop:value=reason
                    on:input:target=move |ev| reason.set(ev.target().value())
                ></textarea>
            </Field>
            <Failure error=call.error />
            <div class="form-foot">
                <button type="submit" class="button button-main" data-test="withdraw-send" disabled=move || call.blocked()>
                    {t("opinions.withdraw")}
                </button>
            </div>
        </form>
    }
    .into_any()
}
