//! Changing a secret: the old one, and the new one typed twice.
use crate::actions::identity::change_password;
use crate::components::call::Call;
use crate::components::field::Field;
use crate::components::notice::Failure;
use crate::components::toast::use_toasts;
use crate::error::ApiError;
use crate::i18n::t;
use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Twice {
    pub old: RwSignal<String>,
    pub new: RwSignal<String>,
    pub again: RwSignal<String>,
}

impl Twice {
    pub fn new() -> Self {
        let [old, new, again] = [(); 3].map(|()| RwSignal::new(String::new()));
        Self { old, new, again }
    }

    /// Old and new, or an error beside the field when the two new ones differ.
    pub fn take(&self, call: Call) -> Option<(String, String)> {
        let (new, again) = (self.new.get_untracked(), self.again.get_untracked());
        if new != again {
            // Said by the page itself, in its own language.
            let words = t("account.differ");
            call.error.set(Some(ApiError::new("account.differ", words, words).field("again")));
            return None;
        }
        Some((self.old.get_untracked(), new))
    }

    pub fn clear(&self) {
        [self.old, self.new, self.again].iter().for_each(|s| s.set(String::new()));
    }
}

/// A secret's input. The error of its `field` shows beside it.
#[component]
pub fn Secret(
    id: &'static str,
    field: &'static str,
    label: &'static str,
    #[prop(optional)] hint: &'static str,
    value: RwSignal<String>,
    call: Call,
    #[prop(optional)] pin: bool,
) -> impl IntoView {
    let error = Signal::derive(move || {
        let mut error = call.error.get().filter(|e| e.field.as_deref() == Some(field))?;
        error.field = Some(id.to_owned());
        Some(error)
    });
    let complete = match (pin, field) {
        (true, _) => "off",
        (false, "old") => "current-password",
        (false, _) => "new-password",
    };
    view! {
        <Field id=id label=label hint=hint error=error>
            <input
                id=id
                type="password"
                required
                autocomplete=complete
                inputmode=pin.then_some("numeric")
                maxlength="200"
                prop:value=value
                on:input:target=move |ev| value.set(ev.target().value())
            />
        </Field>
    }
}

#[component]
pub fn Password() -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let twice = Twice::new();
    let send = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        if let Some((old, new)) = twice.take(call) {
            call.run(change_password(old, new), move |()| {
                twice.clear();
                toasts.say(t("account.password_changed"));
            });
        }
    };
    view! {
        <section class="sheet">
            <details class="fold">
                <summary>
                    <h2>{t("account.change_password")}</h2>
                </summary>
                <form class="narrow" on:submit=send>
                    <Secret id="old_password" field="old" label=t("account.old_password") value=twice.old call />
                    <Secret id="new_password" field="new" label=t("account.new_password") hint=t("account.password_hint") value=twice.new call />
                    <Secret id="again_password" field="again" label=t("account.again_password") value=twice.again call />
                    <Failure error=call.error />
                    <button type="submit" class="button button-main" disabled=move || call.blocked()>
                        {t("account.change_password")}
                    </button>
                </form>
            </details>
        </section>
    }
    .into_any()
}
