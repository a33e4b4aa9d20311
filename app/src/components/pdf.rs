//! The PDF viewer `<ky-pdf>` (app/js/ky-pdf.js) as a component.
use crate::components::layout::use_ready;
use crate::dto::{FileRef, Placement};
use crate::i18n::{lang, t};
use leptos::prelude::*;
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::CustomEvent;

/// Something laid over a page: a signature to be placed, a seal, a reserved field.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PageBox {
    pub id: &'static str,
    #[serde(flatten)]
    pub at: Placement,
    pub label: String,
    /// Address of an image that fills the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    pub movable: bool,
}

/// Where a document of a meeting stands among the others.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelf {
    pub meeting: String,
    pub attachment: String,
    /// The presenter turns the pages.
    pub led: bool,
    pub documents: Vec<OnShelf>,
}

/// A document that this person may read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OnShelf {
    pub id: String,
    pub title: String,
    /// A device may keep it; what is collected at the end is not kept.
    pub keep: bool,
    #[serde(flatten)]
    pub file: FileRef,
}

/// A text found on a page, with the room to the right of it on the same line.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub what: String,
    pub at: Placement,
    /// Points from the end of the text to the next text on its line, or to the margin.
    pub room: f64,
}

fn number(object: &JsValue, key: &str) -> f64 {
    js_sys::Reflect::get(object, &key.into())
        .ok()
        .and_then(|v| v.as_f64())
        .unwrap_or(0.0)
}

fn text(object: &JsValue, key: &str) -> String {
    js_sys::Reflect::get(object, &key.into())
        .ok()
        .and_then(|v| v.as_string())
        .unwrap_or_default()
}

fn placement(object: &JsValue) -> Placement {
    Placement {
        page: number(object, "page") as u32,
        x: number(object, "x"),
        y: number(object, "y"),
        w: number(object, "w"),
        h: number(object, "h"),
    }
}

/// Every text that the viewer shows, by the names that it knows.
fn words() -> String {
    let words = [
        ("loading", t("pdf.loading")),
        ("page", t("pdf.page")),
        ("previous", t("pdf.previous")),
        ("next", t("pdf.next")),
        ("smaller", t("pdf.smaller")),
        ("larger", t("pdf.larger")),
        ("fit", t("pdf.fit")),
        ("tools", t("pdf.tools")),
        ("document", t("pdf.document")),
        ("retry", t("pdf.retry")),
        ("box_help", t("pdf.box_help")),
        ("aside", t("pdf.aside")),
        ("beside", t("pdf.beside")),
        ("close", t("pdf.close")),
        ("colour", t("pdf.colour")),
        ("highlight", t("pdf.highlight")),
        ("moved", t("pdf.moved")),
        ("night", t("pdf.night")),
        ("no_notes", t("pdf.no_notes")),
        ("no_outline", t("pdf.no_outline")),
        ("note", t("pdf.note")),
        ("note_place", t("pdf.note_place")),
        ("note_text", t("pdf.note_text")),
        ("notes", t("pdf.notes")),
        ("nothing_found", t("pdf.nothing_found")),
        ("outline", t("pdf.outline")),
        ("pages", t("pdf.pages")),
        ("panel", t("pdf.panel")),
        ("pen", t("pdf.pen")),
        ("private", t("pdf.private")),
        ("remove", t("pdf.remove")),
        ("save", t("pdf.save")),
        ("search", t("pdf.search")),
        ("searching", t("pdf.searching")),
        ("select_first", t("pdf.select_first")),
        ("shared", t("pdf.shared")),
        ("unsent", t("pdf.unsent")),
        ("link.lost", t("pdf.link_lost")),
        ("file.hash_differs", t("pdf.hash_differs")),
        ("file.not_available", t("pdf.not_available")),
        ("file.password", t("pdf.password")),
        ("file.unreadable", t("pdf.unreadable")),
    ];
    let words: serde_json::Map<_, _> = words.into_iter().map(|(name, text)| (name.to_owned(), text.into())).collect();
    serde_json::Value::Object(words).to_string()
}

/// A file, drawn page by page after its hash was checked.
#[component]
pub fn PdfView(
    #[prop(into)] file: Signal<FileRef>,
    #[prop(into, default = Signal::stored(1))] page: Signal<u32>,
    #[prop(optional, into)] boxes: Signal<Vec<PageBox>>,
    /// A box was moved or resized: its id and new place.
    #[prop(optional, into)]
    on_box: Option<Callback<(String, Placement)>>,
    #[prop(optional, into)] on_page: Option<Callback<u32>>,
    /// Texts to look for, a JSON list of regular expressions; answered by `on_found`.
    #[prop(optional, into)]
    find: String,
    /// How many pages, from the first, are searched.
    #[prop(default = 1)]
    find_on: u32,
    /// Pages are shown one by one before the whole file is there and checked. Not where something is signed.
    #[prop(default = false)]
    early: bool,
    /// A document of a meeting: notes are kept for it, and all the meeting's documents can be searched.
    #[prop(optional, into)]
    shelf: Option<Signal<Shelf>>,
    /// Where the presenter points: `{page,x,y}`, in shares of the page.
    #[prop(optional, into)]
    pointer: Option<Signal<Option<String>>>,
    /// The person points, and scrolls no longer with the finger.
    #[prop(optional, into)]
    pointing: Option<Signal<bool>>,
    /// Where to: page and shares of its width and height; `None`: nowhere any more.
    #[prop(optional, into)]
    on_point: Option<Callback<Option<(u32, f64, f64)>>>,
    /// Another document of the shelf was asked for, at a page.
    #[prop(optional, into)]
    on_go: Option<Callback<(String, u32)>>,
    /// The pages are there, not yet checked.
    #[prop(optional, into)]
    on_shown: Option<Callback<()>>,
    /// The hash was right and the pages are there.
    #[prop(optional, into)]
    on_ready: Option<Callback<()>>,
    /// The code of why the file cannot be shown (now).
    #[prop(optional, into)]
    on_error: Option<Callback<String>>,
    #[prop(optional, into)] on_found: Option<Callback<Vec<Found>>>,
) -> impl IntoView {
    let ready = use_ready();
    let boxes = move || serde_json::to_string(&boxes.get()).unwrap_or_default();
    view! {
        <ky-pdf
            class="pdf"
            lang=lang().as_str()
            src=move || file.get().url
            sha256=move || file.get().sha256
            size=move || file.get().size.to_string()
            pages=move || file.get().pages.to_string()
            // Pages are there before this program is: then it is told again.
            awake=move || ready.get().then_some("")
            early=early.then_some("")
            page=move || page.get().to_string()
            boxes=boxes
            meeting=move || shelf.map(|s| s.with(|s| s.meeting.clone()))
            attachment=move || shelf.map(|s| s.with(|s| s.attachment.clone()))
            led=move || shelf.filter(|s| s.with(|s| s.led)).map(|_| "")
            documents=move || shelf.map(|s| s.with(|s| serde_json::to_string(&s.documents).unwrap_or_default()))
            on:ky-go=move |ev: CustomEvent| {
                if let Some(tell) = on_go {
                    let detail = ev.detail();
                    tell.run((text(&detail, "attachment"), number(&detail, "page") as u32));
                }
            }
            pointer=move || pointer.and_then(|p| p.get())
            pointing=move || pointing.filter(|p| p.get()).map(|_| "")
            on:ky-point=move |ev: CustomEvent| {
                if let Some(tell) = on_point {
                    let detail = ev.detail();
                    let page = number(&detail, "page") as u32;
                    tell.run((page > 0).then(|| (page, number(&detail, "x"), number(&detail, "y"))));
                }
            }
            find=find
            find-on=find_on.to_string()
            words=words()
            on:ky-box=move |ev: CustomEvent| {
                if let Some(tell) = on_box {
                    let detail = ev.detail();
                    tell.run((text(&detail, "id"), placement(&detail)));
                }
            }
            on:ky-page=move |ev: CustomEvent| {
                if let Some(tell) = on_page {
                    tell.run(number(&ev.detail(), "page") as u32);
                }
            }
            on:ky-shown=move |_: CustomEvent| {
                if let Some(tell) = on_shown {
                    tell.run(());
                }
            }
            on:ky-ready=move |_: CustomEvent| {
                if let Some(tell) = on_ready {
                    tell.run(());
                }
            }
            on:ky-error=move |ev: CustomEvent| {
                if let Some(tell) = on_error {
                    tell.run(text(&ev.detail(), "code"));
                }
            }
            on:ky-found=move |ev: CustomEvent| {
                if let Some(tell) = on_found {
                    let all = js_sys::Array::from(&ev.detail());
                    let found = all.iter().map(|f| Found { what: text(&f, "what"), at: placement(&f), room: number(&f, "room") });
                    tell.run(found.collect());
                }
            }
        ></ky-pdf>
    }
    .into_any()
}
