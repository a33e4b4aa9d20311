//! What this person may do with the document now: one bar of buttons, and the questions behind them.
use super::doc::Doc;
use super::drafting::{EditDialog, ReplaceDialog, submit_with_boxes};
use super::placing::{PlaceDialog, Purpose};
use super::processing::AssignDialog;
use crate::actions::documents::{
    delete_draft, finish, give_back, keep_copy, recall_document, refuse, return_to_drafter, send_document, start_processing, take_in,
    withdraw,
};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Failure;
use crate::components::reason::ReasonField;
use crate::components::toast::use_toasts;
use crate::dto::documents::Action;
use crate::i18n::t;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// A button of the bar: what it does, its icon, words, look and name for the browser tests.
struct Entry {
    action: Action,
    icon: Icon,
    words: &'static str,
    look: &'static str,
    hook: &'static str,
}

const fn entry(action: Action, icon: Icon, words: &'static str, look: &'static str, hook: &'static str) -> Entry {
    Entry {
        action,
        icon,
        words,
        look,
        hook,
    }
}

fn entries() -> [Entry; 19] {
    [
        entry(
            Action::GiveBack,
            Icon::Back,
            t("documents.give_back"),
            "button button-main",
            "give-back",
        ),
        entry(
            Action::KeepCopy,
            Icon::Close,
            t("documents.keep_copy"),
            "button button-bad",
            "keep-copy",
        ),
        entry(Action::Sign, Icon::Pen, t("documents.sign"), "button button-sign", "sign-open"),
        entry(Action::Issue, Icon::Stamp, t("documents.issue"), "button button-main", "issue-open"),
        entry(Action::Submit, Icon::Forward, t("documents.submit"), "button button-main", "submit"),
        entry(Action::Send, Icon::Send, t("documents.send"), "button button-main", "send"),
        entry(Action::TakeIn, Icon::Check, t("documents.take_in"), "button button-main", "take-in"),
        entry(Action::Start, Icon::Forward, t("documents.start"), "button button-main", "start"),
        entry(Action::Finish, Icon::Check, t("documents.finish"), "button button-main", "finish"),
        entry(Action::Assign, Icon::People, t("documents.assign"), "button", "assign"),
        entry(Action::Return, Icon::Back, t("documents.return"), "button button-bad", "return"),
        entry(Action::Refuse, Icon::Close, t("documents.refuse"), "button button-bad", "refuse"),
        entry(Action::Recall, Icon::Back, t("documents.recall"), "button button-bad", "recall"),
        entry(Action::Supersede, Icon::Document, t("documents.supersede"), "button", "supersede"),
        entry(Action::Edit, Icon::Document, t("documents.edit"), "button", "edit"),
        entry(Action::ReplaceFile, Icon::Upload, t("documents.replace"), "button", "replace-file"),
        entry(
            Action::AttachToMeeting,
            Icon::Calendar,
            t("documents.to_meeting"),
            "button",
            "to-meeting",
        ),
        entry(Action::Withdraw, Icon::Back, t("documents.withdraw"), "button", "withdraw"),
        entry(Action::Delete, Icon::Trash, t("documents.delete"), "button button-bad", "delete"),
    ]
}

#[component]
pub fn Acting(doc: Doc) -> impl IntoView {
    let actions = Memo::new(move |_| doc.detail.with(|d| d.actions.clone()));
    let call = Call::new();
    let (signing, issuing) = (RwSignal::new(false), RwSignal::new(false));
    let (editing, replacing) = (RwSignal::new(false), RwSignal::new(false));
    let (returning, refusing, deleting) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (assigning, finishing, recalling) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let (giving_back, keeping) = (RwSignal::new(false), RwSignal::new(false));
    let toasts = use_toasts();
    let navigate = use_navigate();
    let go = Callback::new(move |to: String| navigate(&to, NavigateOptions::default()));
    stay_fresh(doc, call);
    let done = move |words: &'static str| {
        toasts.say(words);
        doc.refresh();
    };
    // Nobody is told of what came on paper or by e-mail.
    let by_axis = doc.detail.with_untracked(|d| d.channel.is_none());
    let told = move |told: &'static str, untold: &'static str| if by_axis { told } else { untold };
    let act = move |action: Action| {
        let (id, revision) = (doc.id(), doc.revision());
        match action {
            Action::Sign => signing.set(true),
            Action::Issue => issuing.set(true),
            Action::Return => returning.set(true),
            Action::Refuse => refusing.set(true),
            Action::Delete => deleting.set(true),
            Action::Submit => call.run(submit_with_boxes(doc), move |()| done(t("documents.submitted"))),
            Action::Withdraw => call.run(withdraw(id, revision), move |()| done(t("documents.withdrawn"))),
            Action::Send => call.run(send_document(id, revision), move |()| done(t("documents.sent"))),
            Action::TakeIn => call.run(take_in(id, revision), move |()| {
                done(told(t("documents.taken_in"), t("incoming.taken_in")))
            }),
            Action::Assign => assigning.set(true),
            Action::Finish => finishing.set(true),
            Action::Recall => recalling.set(true),
            Action::GiveBack => giving_back.set(true),
            Action::KeepCopy => keeping.set(true),
            Action::Start => call.run(start_processing(id, revision), move |()| {
                done(told(t("documents.started"), t("incoming.started")))
            }),
            Action::Edit => editing.set(true),
            Action::ReplaceFile => replacing.set(true),
            // Done there, at the item of the agenda that it belongs to.
            Action::AttachToMeeting => go.run("/meetings".to_owned()),
            Action::Supersede => go.run(["/documents/new?supersedes=", id.as_str()].concat()),
        }
    };
    let buttons = move || {
        let may = actions.get();
        let shown = entries().into_iter().filter(|e| may.contains(&e.action));
        shown
            .map(|e| {
                view! {
                    <button
                        type="button"
                        class=e.look
                        data-test=e.hook
                        disabled=move || call.blocked()
                        aria-busy=move || call.busy().then_some("true")
                        on:click=move |_| act(e.action)
                    >
                        <Glyph icon=e.icon />
                        {e.words}
                    </button>
                }
            })
            .collect_view()
    };
    let send_back = move |reason: String| {
        call.run(return_to_drafter(doc.id(), doc.revision(), reason), move |()| {
            returning.set(false);
            done(t("documents.returned"));
        });
    };
    let turn_away = move |reason: String| {
        call.run(refuse(doc.id(), doc.revision(), reason), move |()| {
            refusing.set(false);
            done(told(t("documents.refused"), t("incoming.refused")));
        });
    };
    let take_back = move |reason: String| {
        call.run(recall_document(doc.id(), doc.revision(), reason), move |()| {
            recalling.set(false);
            done(t("documents.recalled"));
        });
    };
    let give = move || {
        call.run(give_back(doc.id(), doc.revision()), move |()| {
            giving_back.set(false);
            done(t("documents.given_back"));
        });
    };
    let keep = move |reason: String| {
        call.run(keep_copy(doc.id(), doc.revision(), reason), move |()| {
            keeping.set(false);
            done(t("documents.kept"));
        });
    };
    let complete = move |result: String| {
        call.run(finish(doc.id(), doc.revision(), result), move |()| {
            finishing.set(false);
            done(told(t("documents.finished"), t("incoming.finished")));
        });
    };
    let remove = Callback::new(move |()| {
        call.run(delete_draft(doc.id(), doc.revision()), move |()| {
            toasts.say(t("documents.deleted"));
            go.run("/documents".to_owned());
        });
    });
    let dialogs = [
        signing,
        issuing,
        returning,
        refusing,
        deleting,
        finishing,
        recalling,
        giving_back,
        keeping,
    ];
    let open = move || dialogs.iter().any(|dialog| dialog.get());
    view! {
        <div class="actions document-actions">{buttons}</div>
        // Within a dialog the failure stands there.
        <Show when=move || !open()>
            <Failure error=call.error />
        </Show>
        <PlaceDialog doc open=signing purpose=Purpose::Sign />
        <PlaceDialog doc open=issuing purpose=Purpose::Issue />
        <ReasonDialog open=returning call field="reason" title=t("documents.return_title") label=t("documents.return_reason") confirm=t("documents.return") on_reason=send_back />
        <ReasonDialog open=refusing call field="reason" title=t("documents.refuse_title") label=told(t("documents.refuse_reason"), t("incoming.refuse_reason")) confirm=t("documents.refuse") on_reason=turn_away />
        <ReasonDialog open=finishing call field="result" title=t("documents.finish_title") label=told(t("documents.result_label"), t("incoming.result_label")) confirm=t("documents.finish") on_reason=complete />
        <ReasonDialog open=recalling call field="reason" title=t("documents.recall_title") label=t("documents.recall_reason") confirm=t("documents.recall") on_reason=take_back />
        <ReasonDialog open=keeping call field="reason" title=t("documents.keep_copy_title") label=t("documents.refuse_reason") confirm=t("documents.keep_copy") on_reason=keep />
        <Dialog open=giving_back title=t("documents.give_back_title")>
            <p>{t("documents.give_back_text")}</p>
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="button"
                    class="button button-main"
                    data-test="give-back-confirm"
                    disabled=move || call.blocked()
                    on:click=move |_| give()
                >
                    {t("documents.give_back")}
                </button>
                <button type="button" class="button" on:click=move |_| giving_back.set(false)>
                    {t("common.cancel")}
                </button>
            </div>
        </Dialog>
        <AssignDialog doc open=assigning />
        <EditDialog doc open=editing />
        <ReplaceDialog doc open=replacing />
        <Dialog open=deleting title=t("documents.delete_title")>
            <p>{t("documents.delete_text")}</p>
            <Failure error=call.error />
            <div class="form-foot">
                <button type="button" class="button button-bad" disabled=move || call.blocked() on:click=move |_| remove.run(())>
                    <Glyph icon=Icon::Trash />
                    {t("documents.delete")}
                </button>
                <button type="button" class="button" on:click=move |_| deleting.set(false)>
                    {t("common.cancel")}
                </button>
            </div>
        </Dialog>
    }
}

/// A refusal because somebody else was quicker: shows at once what they did.
pub fn stay_fresh(doc: Doc, call: Call) {
    Effect::new(move |_| {
        let stale = call.error.with(|e| {
            e.as_ref().is_some_and(|e| {
                matches!(
                    e.code.as_str(),
                    "documents.changed_meanwhile" | "documents.not_now" | "documents.recalled" | "documents.superseded"
                )
            })
        });
        if stale {
            doc.refresh();
        }
    });
}

/// Asks why, or what came of it: the answer belongs to `field`. What was typed stays when the link is lost.
#[component]
fn ReasonDialog(
    open: RwSignal<bool>,
    call: Call,
    field: &'static str,
    title: &'static str,
    label: &'static str,
    confirm: &'static str,
    on_reason: impl Fn(String) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    view! {
        <Dialog open title>
            <form
                on:submit=move |ev| {
                    ev.prevent_default();
                    on_reason(reason.get_untracked());
                }
            >
                <ReasonField id=field label test="reason" reason error=call.error />
                <Others call fields=&["reason", "result"] />
                <FormFoot call open words=confirm test="reason-confirm" />
            </form>
        </Dialog>
    }
}

/// Failures that do not belong to a field that shows its own.
#[component]
pub fn Others(call: Call, fields: &'static [&'static str]) -> impl IntoView {
    let shown = move |field: &Option<String>| field.as_deref().is_some_and(|f| fields.contains(&f));
    let others = Memo::new(move |_| call.error.get().filter(|e| !shown(&e.field)));
    view! { <Failure error=others /> }
}
