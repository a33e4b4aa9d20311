//! Verification of signatures, for everybody, with or without an account.
mod report;
mod signature;

use crate::actions::verify::verify_file;
use crate::components::call::Call;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::{PageHead, use_ready};
use crate::components::notice::Failure;
use crate::components::save;
use crate::dto::verify::VerifyReport;
use crate::i18n::{t, tf};
use leptos::html;
use leptos::prelude::*;
use report::{Report, Saved};
use web_sys::{DragEvent, File, FileList};

fn first(files: Option<FileList>) -> Option<File> {
    files.and_then(|all| all.get(0))
}

#[component]
pub fn VerifyPage() -> impl IntoView {
    let call = Call::new();
    let ready = use_ready();
    let report = RwSignal::new(None::<(VerifyReport, Saved)>);
    let name = RwSignal::new(None::<String>);
    let part = RwSignal::new(0.0_f64);
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let result = NodeRef::<html::Section>::new();
    let check = move |file: Option<File>| {
        let Some(file) = file else { return };
        name.set(Some(file.name()));
        if let Some((_, saved)) = report.get_untracked() {
            save::forget(saved.addresses());
        }
        report.set(None);
        let kept = file.clone();
        part.set(0.0);
        call.run(verify_file(file, move |p| part.set(p)), move |found| {
            let saved = Saved::of(&kept, &found);
            report.set(Some((found, saved)));
            if let Some(section) = result.get_untracked() {
                let _ = section.focus();
            }
        });
    };
    let progress = move || match part.get() < 1.0 {
        true => tf("verify.sending", &[("percent", &format!("{:.0}", part.get() * 100.0))]),
        false => t("verify.checking").to_owned(),
    };
    view! {
        <div class="verify">
            <PageHead title=t("verify.title") lead=t("verify.lead") />
            <label
                class="drop"
                class:drop-over=move || over.get()
                on:dragover=move |ev: DragEvent| {
                    ev.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=move |ev: DragEvent| {
                    ev.prevent_default();
                    over.set(false);
                    check(first(ev.data_transfer().and_then(|d| d.files())));
                }
            >
                <input
                    node_ref=input
                    type="file"
                    class="visually-hidden"
                    accept="application/pdf,.pdf"
                    data-test="verify-file"
                    disabled=move || !ready.get() || call.busy()
                    on:change=move |_| {
                        if let Some(input) = input.get_untracked() {
                            check(first(input.files()));
                            // The same file again is a new question.
                            input.set_value("");
                        }
                    }
                />
                <Glyph icon=Icon::Shield />
                <strong>{t("verify.choose")}</strong>
                <span>{t("verify.drop")}</span>
            </label>
            <p class="hint verify-kept">{t("verify.kept")}</p>
            <div role="status" class="verify-progress">
                {move || {
                    call.busy()
                        .then(|| {
                            view! {
                                <p>
                                    <strong>{name.get()}</strong>
                                    " – "
                                    {progress}
                                </p>
                                <progress max="1" value=move || part.get().to_string()></progress>
                            }
                        })
                }}
            </div>
            <Failure error=call.error />
            <section node_ref=result tabindex="-1" class="verify-result" aria-label=t("verify.result")>
                {move || report.get().map(|(report, saved)| view! { <Report report saved /> })}
            </section>
        </div>
    }
    .into_any()
}
