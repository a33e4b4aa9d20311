//! The documents of a sheet, one of them open beside the question.
use super::desk::Desk;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_ready;
use crate::components::pdf::PdfView;
use crate::dto::FileRef;
use crate::i18n::{t, tf};
use leptos::prelude::*;

#[component]
pub fn Documents(desk: Desk) -> impl IntoView {
    let ready = use_ready();
    let open = RwSignal::new(0_usize);
    let documents = desk.detail.with_untracked(|d| d.documents.clone());
    let files: Vec<FileRef> = documents.iter().map(|d| d.file.clone()).collect();
    let file = Memo::new(move |_| files[open.get().min(files.len() - 1)].clone());
    let several = documents.len() > 1;
    let each = documents.into_iter().enumerate().map(|(n, d)| {
        view! {
            <li>
                <button
                    type="button"
                    class="attachment"
                    data-test="sheet-document"
                    aria-current=move || (several && open.get() == n).then_some("true")
                    disabled=move || !ready.get()
                    on:click=move |_| open.set(n)
                >
                    <Glyph icon=Icon::Document />
                    <span class="attachment-title">{d.title}</span>
                    <span class="list-meta">
                        {d.number.map(|number| view! { <span class="number">{number}</span> })}
                        <span>{tf("meetings.pages", &[("n", &d.file.pages.to_string())])}</span>
                    </span>
                </button>
            </li>
        }
    });
    let each = each.collect_view();
    view! {
        <section class="reader" id="sheet-documents" aria-label=t("meetings.reader")>
            <ul class="opinion-documents">{each}</ul>
            <div class="reader-pdf">
                <PdfView file=file early=true />
            </div>
        </section>
    }
    .into_any()
}
