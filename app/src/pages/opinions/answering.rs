//! Answering: three large buttons and words for each question. What is typed stays through a reload and a lost link until it was sent.
use super::desk::Desk;
use super::kept::{self, Typed};
use crate::actions::opinions::answer_sheet;
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::notice::{Failure, Note};
use crate::components::toast::use_toasts;
use crate::dto::meetings::Choice;
use crate::dto::opinions::{Question, Reply, Said};
use crate::i18n::{t, tf};
use crate::ids::QuestionId;
use crate::pages::meetings::choices;
use leptos::prelude::*;

/// The answer to one question while it is given. Copy it freely.
#[derive(Clone, Copy)]
struct Giving {
    question: StoredValue<Question>,
    choice: RwSignal<Option<Choice>>,
    words: RwSignal<String>,
}

impl Giving {
    fn new(question: &Question) -> Self {
        let giving = Self {
            question: StoredValue::new(question.clone()),
            choice: RwSignal::new(None),
            words: RwSignal::new(String::new()),
        };
        giving.take(question.mine.as_ref());
        giving
    }

    fn take(&self, said: Option<&Said>) {
        self.choice.set(said.map(|s| s.choice));
        self.words.set(said.map(|s| s.words.clone()).unwrap_or_default());
    }

    fn id(&self) -> QuestionId {
        self.question.with_value(|q| q.id.clone())
    }

    fn typed(&self) -> Typed {
        Typed {
            question: self.id(),
            choice: self.choice.get(),
            words: self.words.get(),
        }
    }

    /// Something else than what was sent.
    fn unsent(&self, said: Option<&Said>) -> bool {
        let words = self.words.get();
        match said {
            Some(s) => self.choice.get() != Some(s.choice) || words.trim() != s.words,
            None => self.choice.get().is_some() || !words.trim().is_empty(),
        }
    }
}

#[component]
pub fn Answering(desk: Desk) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let all: Vec<Giving> = desk.detail.with_untracked(|d| d.questions.iter().map(Giving::new).collect());
    let all = StoredValue::new(all);
    let mine = move |id: &QuestionId| {
        desk.detail
            .with(|d| d.questions.iter().find(|q| q.id == *id).and_then(|q| q.mine.clone()))
    };
    let unsent = Memo::new(move |_| all.with_value(|all| all.iter().any(|g| g.unsent(mine(&g.id()).as_ref()))));
    let complete = Memo::new(move |_| all.with_value(|all| all.iter().all(|g| g.choice.get().is_some())));
    // Once for what was kept; from then on every stroke is kept.
    Effect::new(move |before: Option<()>| {
        let typed: Vec<Typed> = all.with_value(|all| all.iter().map(Giving::typed).collect());
        let (me, id) = (desk.me(), desk.id());
        if before.is_some() {
            if unsent.get() {
                kept::save(&me, &id, &typed);
            } else {
                kept::forget(&me, &id);
            }
            return;
        }
        for old in kept::load(&me, &id).unwrap_or_default() {
            let found = all.with_value(|all| all.iter().find(|g| g.id() == old.question).copied());
            if let Some(giving) = found {
                giving.choice.set(old.choice);
                giving.words.set(old.words);
            }
        }
    });
    // An answer from another device is shown unless something else is being written here.
    Effect::new(move |before: Option<Vec<Option<Said>>>| {
        let now: Vec<Option<Said>> = desk.detail.with(|d| d.questions.iter().map(|q| q.mine.clone()).collect());
        let pairs = before.into_iter().flatten().zip(&now);
        all.with_value(|all| {
            for (giving, (old, new)) in all.iter().zip(pairs) {
                if old != *new && !untrack(|| giving.unsent(old.as_ref())) {
                    giving.take(new.as_ref());
                }
            }
        });
        now
    });
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let replies = all.with_value(|all| {
            let each = all.iter().filter_map(|g| {
                Some(Reply {
                    question: g.id(),
                    choice: g.choice.get_untracked()?,
                    words: g.words.get_untracked().trim().to_owned(),
                })
            });
            each.collect::<Vec<_>>()
        });
        let sent = replies.clone();
        call.run(answer_sheet(desk.id(), replies), move |at| {
            desk.detail.update(|d| {
                for reply in sent {
                    if let Some(q) = d.questions.iter_mut().find(|q| q.id == reply.question) {
                        q.mine = Some(Said {
                            choice: reply.choice,
                            words: reply.words,
                            at: at.clone(),
                        });
                    }
                }
                d.row.my_answer = Some(at.clone());
            });
            toasts.say(tf("opinions.sent_at", &[("when", &at.text)]));
        });
    };
    let answered = Memo::new(move |_| desk.detail.with(|d| d.row.my_answer.clone()));
    view! {
        <form class="sheet opinion-form" data-test="opinion-form" on:submit=send>
            <h2>{t("opinions.your_opinion")}</h2>
            {all.with_value(|all| all.iter().map(|g| view! { <QuestionFields giving=*g call /> }).collect_view())}
            <div role="status">
                {move || match (answered.get(), unsent.get()) {
                    (Some(at), false) => {
                        view! {
                            <Note tone="good">
                                <p data-test="opinion-sent">{tf("opinions.sent_at", &[("when", &at.text)])}</p>
                                <p class="quiet">{t("opinions.may_change")}</p>
                            </Note>
                        }
                            .into_any()
                    }
                    (before, true) => {
                        view! {
                            <Note tone="warn">
                                <p data-test="opinion-unsent">{t("opinions.unsent")}</p>
                                {before.map(|at| view! { <p class="quiet">{tf("opinions.still_counts", &[("when", &at.text)])}</p> })}
                            </Note>
                        }
                            .into_any()
                    }
                    (None, false) => ().into_any(),
                }}
            </div>
            <Failure error=call.error />
            <div class="form-foot">
                <button
                    type="submit"
                    class="button button-main button-wide"
                    data-test="opinion-send"
                    disabled=move || call.blocked() || !complete.get() || !unsent.get()
                    aria-busy=move || call.busy().to_string()
                >
                    <Glyph icon=Icon::Send />
                    {move || if answered.with(Option::is_some) { t("opinions.send_changed") } else { t("opinions.send_answer") }}
                </button>
            </div>
            <Show when=move || !complete.get()>
                <p class="hint">{t("opinions.choose_each")}</p>
            </Show>
        </form>
    }
    .into_any()
}

#[component]
fn QuestionFields(giving: Giving, call: Call) -> impl IntoView {
    let ready = use_ready();
    let (id, text) = giving.question.with_value(|q| (q.id.clone(), q.text.clone()));
    let field = ["words-", id.as_str()].concat();
    let pick = Callback::new(move |choice| giving.choice.set(Some(choice)));
    let needs_words = move || giving.choice.get() == Some(Choice::Other);
    view! {
        <div class="opinion-ask" data-test="opinion-ask">
            <p class="opinion-question as-written">{text}</p>
            {choices("opinion-", call, giving.choice.into(), pick)}
            <div class="field">
                <label for=field.clone()>
                    {move || if needs_words() { t("opinions.words_needed") } else { t("opinions.words") }}
                </label>
                <textarea
                    id=field
                    data-test="opinion-words"
                    rows="3"
                    maxlength="5000"
                    required=needs_words
                    disabled=move || !ready.get()
                    prop:value=giving.words
                    on:input:target=move |ev| giving.words.set(ev.target().value())
                ></textarea>
            </div>
        </div>
    }
    .into_any()
}
