//! What a drafter may still do: place the boxes for number and date, correct what was said, bring another file.
use super::acting::{Others, stay_fresh};
use super::doc::Doc;
use super::fields::{Entered, FIELDS, Fields};
use crate::actions::documents::{get_document, submit, update_draft};
use crate::actions::identity::{bodies as list_bodies, people};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::form_foot::FormFoot;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{Failure, Loading};
use crate::components::pdf::{Found, PageBox, PdfView};
use crate::components::toast::use_toasts;
use crate::components::upload::{form_of, post_form};
use crate::dto::Placement;
use crate::dto::documents::{DocumentDetail, DraftFields, Urgency};
use crate::dto::identity::{Body, Person, Role};
use crate::error::ApiResult;
use crate::i18n::{t, tf};
use crate::ids::UserId;
use leptos::prelude::*;

/// The line `Số: …/…` and the line of place and date, as Decree 30/2020 sets them.
const NUMBER_LINE: &str = r"[Ss]ố\s*:[\s.…_\d]*/\s*[\p{L}\d]+(?:-[\p{L}\d]+)*";
const DATE_LINE: &str = r"(?:\p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+){0,4},\s*)?ngày[\s.…_\d]*tháng[\s.…_\d]*năm[\s.…_\d]*";

fn patterns() -> String {
    serde_json::to_string(&[NUMBER_LINE, DATE_LINE]).unwrap_or_default()
}

/// Room around a line that was found: points.
const MARGIN: f64 = 3.0;

fn around(line: Placement) -> Placement {
    Placement {
        page: line.page,
        x: (line.x - MARGIN).max(0.0),
        y: (line.y - MARGIN / 2.0).max(0.0),
        w: line.w + 2.0 * MARGIN,
        h: line.h + MARGIN,
    }
}

/// The pages of a draft, with the boxes to be moved.
#[component]
pub fn DraftPages(doc: Doc) -> impl IntoView {
    let file = Memo::new(move |_| doc.detail.with(|d| d.file.clone()));
    let places = Memo::new(move |_| doc.boxes.get().unwrap_or_else(|| doc.detail.with(|d| (d.number_box, d.date_box))));
    let boxes = Memo::new(move |_| {
        let (number, date) = places.get();
        let each = |id, at, label: &'static str| PageBox {
            id,
            at,
            label: label.to_owned(),
            image: None,
            movable: true,
        };
        vec![
            each("number", number, t("documents.number_box")),
            each("date", date, t("documents.date_box")),
        ]
    });
    let on_box = Callback::new(move |(id, at): (String, Placement)| {
        let (number, date) = places.get_untracked();
        doc.boxes.set(Some(if id == "number" { (at, date) } else { (number, at) }));
    });
    // Found on the page is better than where the decree says they are, but never better than what a person chose.
    let on_found = Callback::new(move |found: Vec<Found>| {
        if doc.boxes.with_untracked(Option::is_some) || doc.detail.with_untracked(|d| d.boxes_chosen) {
            return;
        }
        let line = |what: &str| found.iter().find(|f| f.what == what).map(|f| around(f.at));
        let (found_number, found_date) = (line(NUMBER_LINE), line(DATE_LINE));
        if found_number.is_none() && found_date.is_none() {
            return;
        }
        let (number, date) = places.get_untracked();
        doc.boxes.set(Some((found_number.unwrap_or(number), found_date.unwrap_or(date))));
    });
    view! {
        <p class="hint document-hint">{t("documents.boxes_hint")}</p>
        <PdfView file boxes on_box find=patterns() on_found />
    }
}

fn fields_of(d: &DocumentDetail, boxes: Option<(Placement, Placement)>) -> DraftFields {
    DraftFields {
        kind: d.row.kind.clone(),
        abstract_text: d.row.abstract_text.clone(),
        urgency: d.row.urgency,
        receivers: d.receivers.iter().map(|r| r.body.code.clone()).collect(),
        leader_id: d.leader_id.clone(),
        number_box: boxes.map(|(number, _)| number),
        date_box: boxes.map(|(_, date)| date),
    }
}

/// Trình ký, with the boxes where they are on the screen.
pub async fn submit_with_boxes(doc: Doc) -> ApiResult<()> {
    let (id, mut revision) = (doc.id(), doc.revision());
    if let Some(boxes) = doc.boxes.get_untracked() {
        let fields = doc.detail.with_untracked(|d| fields_of(d, Some(boxes)));
        update_draft(id.clone(), revision, fields).await?;
        revision = get_document(id.clone()).await?.revision;
    }
    submit(id, revision).await
}

#[component]
pub fn EditDialog(doc: Doc, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title=t("documents.edit_title") roomy=true>
            <Edit doc open />
        </Dialog>
    }
}

#[component]
fn Edit(doc: Doc, open: RwSignal<bool>) -> impl IntoView {
    let choice = RwSignal::new(None::<(Vec<Person>, Vec<Body>)>);
    let loading = Call::new();
    Effect::new(move |_| {
        let ask = async {
            let all = people(String::new()).await?;
            let leaders = all.into_iter().filter(|p| p.active && p.roles.contains(&Role::Leader)).collect();
            Ok((leaders, list_bodies(String::new()).await?))
        };
        loading.run(ask, move |found| choice.set(Some(found)));
    });
    move || match choice.get() {
        None => view! {
            <Failure error=loading.error />
            <Loading />
        }
        .into_any(),
        Some((leaders, bodies)) => view! { <EditForm doc open leaders bodies /> }.into_any(),
    }
}

#[component]
fn EditForm(doc: Doc, open: RwSignal<bool>, leaders: Vec<Person>, bodies: Vec<Body>) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    stay_fresh(doc, call);
    let (entered, named) = doc.detail.with_untracked(|d| {
        let entered = Entered {
            kind: d.row.kind.clone(),
            abstract_text: d.row.abstract_text.clone(),
            urgency: d.row.urgency.as_str().to_owned(),
            leader_id: d.leader_id.as_ref().map(|id| id.0.clone()).unwrap_or_default(),
            receivers: d.receivers.iter().map(|r| r.body.code.clone()).collect(),
        };
        (entered, d.receivers.iter().map(|r| r.body.clone()).collect::<Vec<_>>())
    });
    // Those chosen first, by their names; the directory's first page may not have them.
    let mut offered = named;
    offered.extend(bodies);
    let save = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let Some(form) = form_of(&ev) else { return };
        let text = |name: &str| form.get(name).as_string().unwrap_or_default();
        let fields = DraftFields {
            kind: text("kind"),
            abstract_text: text("abstract_text"),
            urgency: Urgency::parse(&text("urgency")).unwrap_or_default(),
            receivers: form.get_all("receivers").iter().filter_map(|v| v.as_string()).collect(),
            leader_id: Some(text("leader_id")).filter(|id| !id.is_empty()).map(UserId),
            number_box: None,
            date_box: None,
        };
        call.run(update_draft(doc.id(), doc.revision(), fields), move |()| {
            open.set(false);
            toasts.say(t("documents.saved"));
            doc.refresh();
        });
    };
    view! {
        <form on:submit=save>
            <Fields entered leaders bodies=offered error=call.error />
            <Others call fields=FIELDS />
            <FormFoot call open words=t("common.save") test="draft-save" />
        </form>
    }
}

#[component]
pub fn ReplaceDialog(doc: Doc, open: RwSignal<bool>) -> impl IntoView {
    let call = Call::new();
    let toasts = use_toasts();
    let progress = RwSignal::new(None::<u32>);
    stay_fresh(doc, call);
    let save = move |ev: web_sys::SubmitEvent| {
        ev.prevent_default();
        let Some(form) = form_of(&ev) else { return };
        let _ = form.set_with_str("revision", &doc.revision().to_string());
        let action = ["/documents/", doc.id().as_str(), "/file"].concat();
        call.run(post_form(action, form, progress), move |_| {
            open.set(false);
            toasts.say(t("documents.file_replaced"));
            // Boxes belong to the old pages.
            doc.boxes.set(None);
            doc.refresh();
        });
    };
    view! {
        <Dialog open title=t("documents.replace_title")>
            <form on:submit=save>
                <Field id="file" label=t("documents.file_choose") hint=t("documents.file_hint") error=call.error>
                    <input id="file" name="file" type="file" accept="application/pdf,.pdf" required class="file-input" />
                </Field>
                <p role="status" class="upload-state">
                    {move || progress.get().map(|percent| tf("documents.uploaded", &[("percent", &percent.to_string())]))}
                </p>
                <Others call fields=&["file"] />
                <div class="form-foot">
                    <button type="submit" class="button button-main" disabled=move || call.blocked()>
                        <Glyph icon=Icon::Upload />
                        {t("documents.replace")}
                    </button>
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        {t("common.cancel")}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
