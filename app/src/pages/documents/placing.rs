//! Placing the picture of a signature or a seal on a page, and the PIN that makes it count.
use super::acting::{Others, stay_fresh};
use super::doc::Doc;
use crate::actions::documents::{issue, sign};
use crate::components::call::Call;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::icon::{Glyph, Icon};
use crate::components::layout::use_session;
use crate::components::notice::{Loading, Note};
use crate::components::pdf::{Found, PageBox, PdfView};
use crate::components::toast::use_toasts;
use crate::dto::Placement;
use crate::dto::authority::SignAs;
use crate::dto::documents::DocumentDetail;
use crate::i18n::{t, tf};
use crate::ids::{AuthorityId, NumberId};
use crate::parts::{DeskPart, desk_part};
use leptos::html;
use leptos::prelude::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The leader's personal signature.
    Sign,
    /// Number, date and the body's seal.
    Issue,
}

/// Points: a seal of 36 mm in its actual size (Decree 30/2020, Appendix I).
const SEAL: f64 = 102.0;
/// Points: room for a handwritten signature.
const SIGNATURE: (f64, f64) = (150.0, 62.0);

/// Where the picture is offered first. A seal covers about a third of the leader's signature, from the left.
fn offered(purpose: Purpose, d: &DocumentDetail) -> Placement {
    let last = Placement {
        page: d.file.pages.max(1),
        x: 340.0,
        y: 170.0,
        w: SIGNATURE.0,
        h: SIGNATURE.1,
    };
    match (purpose, d.signature_box) {
        (Purpose::Sign, _) => last,
        (Purpose::Issue, Some(signature)) => seal_over(signature),
        (Purpose::Issue, None) => Placement { w: SEAL, h: SEAL, ..last },
    }
}

fn seal_over(signature: Placement) -> Placement {
    Placement {
        page: signature.page,
        x: (signature.x + signature.w / 3.0 - SEAL).max(0.0),
        y: (signature.y + (signature.h - SEAL) / 2.0).max(0.0),
        w: SEAL,
        h: SEAL,
    }
}

/// Over the leader's printed name, where a hand would sign.
fn above(name: Placement, picture: Placement) -> Placement {
    Placement {
        page: name.page,
        x: (name.x + (name.w - picture.w) / 2.0).max(0.0),
        y: name.y + name.h + 2.0,
        ..picture
    }
}

/// A box that took its picture's shape is where it was: its middle did not move.
fn moved(from: Placement, to: Placement) -> bool {
    let middle = |p: Placement| (p.x + p.w / 2.0, p.y + p.h / 2.0);
    let ((x0, y0), (x1, y1)) = (middle(from), middle(to));
    from.page != to.page || (x0 - x1).abs() > 0.5 || (y0 - y1).abs() > 0.5
}

/// Words as a pattern for the viewer's search: blanks of any width, letters large or small, everything else as it stands.
fn pattern(name: &str) -> String {
    let words = name.split_whitespace().map(|word| {
        let letter = |c: char| {
            let (small, large) = (c.to_lowercase().to_string(), c.to_uppercase().to_string());
            match (c.is_alphanumeric(), small == large) {
                (false, _) => format!("\\{c}"),
                (true, true) => small,
                (true, false) => format!("[{small}{large}]"),
            }
        };
        word.chars().map(letter).collect::<String>()
    });
    words.collect::<Vec<_>>().join("\\s+")
}

/// Patterns of what authorities would print first, as far as the pages have it already.
#[derive(Clone, Copy)]
struct Printed(RwSignal<Vec<String>>);

#[component]
pub fn PlaceDialog(doc: Doc, open: RwSignal<bool>, purpose: Purpose) -> impl IntoView {
    let title = match purpose {
        Purpose::Sign => t("documents.sign_title"),
        Purpose::Issue => t("documents.issue_title"),
    };
    view! {
        <Dialog open title wide=true>
            <Suspense fallback=Loading>
                {move || Suspend::new(desk_part(DeskPart::Place(doc, open, purpose)))}
            </Suspense>
        </Dialog>
    }
}

#[component]
pub fn Placing(doc: Doc, open: RwSignal<bool>, purpose: Purpose) -> impl IntoView {
    let first = doc.detail.with_untracked(|d| offered(purpose, d));
    let place = RwSignal::new(first);
    // What the person chose is never moved by what the search finds later.
    let chosen = StoredValue::new(false);
    let file = Memo::new(move |_| doc.detail.with(|d| d.file.clone()));
    let printed = RwSignal::new(Vec::new());
    provide_context(Printed(printed));
    let session = use_session();
    let me = session.get_untracked().and_then(Result::ok).flatten().map(|me| me.full_name);
    let find = doc.detail.with_untracked(|d| {
        // Whoever signs in another's place may find either name printed.
        let names = d
            .leader
            .iter()
            .chain(&me)
            .filter(|name| purpose == Purpose::Sign && !name.trim().is_empty());
        let over = d.sign_as.iter().filter_map(|choice| choice.lines.first());
        let all: Vec<String> = names.chain(over).map(|words| pattern(words)).collect();
        if all.is_empty() {
            return String::new();
        }
        serde_json::to_string(&all).unwrap_or_default()
    });
    let over = doc.detail.with_untracked(|d| {
        let first = d.sign_as.iter().filter_map(|choice| choice.lines.first());
        first.map(|line| pattern(line)).collect::<Vec<_>>()
    });
    let on_found = Callback::new(move |found: Vec<Found>| {
        let (lines, names): (Vec<Found>, Vec<Found>) = found.into_iter().partition(|f| over.contains(&f.what));
        printed.set(lines.into_iter().map(|f| f.what).collect());
        if let (Some(name), false) = (names.last(), chosen.get_value()) {
            place.set(above(name.at, place.get_untracked()));
        }
    });
    let on_box = Callback::new(move |(_, at): (String, Placement)| {
        if moved(place.get_untracked(), at) {
            chosen.set_value(true);
        }
        place.set(at);
    });
    let boxes = Memo::new(move |_| doc.detail.with(|d| boxes(purpose, d, place.get())));
    view! {
        <div class="placing">
            <Confirm doc open purpose place />
            <div class="placing-pages" data-test="place">
                <PdfView file page=first.page boxes on_box find find_on=60 on_found />
            </div>
        </div>
    }
}

fn boxes(purpose: Purpose, d: &DocumentDetail, at: Placement) -> Vec<PageBox> {
    let fixed = |id, at, label: &'static str| PageBox {
        id,
        at,
        label: label.to_owned(),
        image: None,
        movable: false,
    };
    let image = d.key.as_ref().and_then(|k| k.image_url.clone());
    let mut all = vec![
        fixed("number", d.number_box, t("documents.number_box")),
        fixed("date", d.date_box, t("documents.date_box")),
    ];
    all.retain(|b| b.at.w > 0.0);
    let (id, label) = match purpose {
        Purpose::Sign => ("signature", t("documents.signature_box")),
        Purpose::Issue => ("seal", t("documents.seal_box")),
    };
    all.push(PageBox {
        id,
        at,
        label: label.to_owned(),
        image,
        movable: true,
    });
    all
}

/// What is about to happen, the PIN, the button.
#[component]
fn Confirm(doc: Doc, open: RwSignal<bool>, purpose: Purpose, place: RwSignal<Placement>) -> impl IntoView {
    let call = Call::new();
    let pin = RwSignal::new(String::new());
    // Id of the authority that is signed under; empty in one's own name.
    let first = doc
        .detail
        .with_untracked(|d| d.sign_as.first().map(|c| c.id.0.clone()).unwrap_or_default());
    let (under, print) = (RwSignal::new(first), RwSignal::new(true));
    // Id of a number that was kept; empty for the next.
    let kept = RwSignal::new(String::new());
    let input = NodeRef::<html::Input>::new();
    let toasts = use_toasts();
    stay_fresh(doc, call);
    // After a wrong PIN the next one is typed into an empty field.
    Effect::new(move |_| {
        if call.error.with(|e| e.as_ref().is_some_and(|e| !e.is_link())) {
            pin.set(String::new());
            if let Some(input) = input.get_untracked() {
                let _ = input.focus();
            }
        }
    });
    let done = move |words: &'static str| {
        pin.set(String::new());
        open.set(false);
        toasts.say(words);
        doc.refresh();
    };
    let confirm = move || {
        let (id, revision, at, secret) = (doc.id(), doc.revision(), place.get_untracked(), pin.get_untracked());
        let under = Some(under.get_untracked()).filter(|id| !id.is_empty()).map(|id| SignAs {
            id: AuthorityId(id),
            print: print.get_untracked(),
        });
        let number = Some(kept.get_untracked()).filter(|id| !id.is_empty()).map(NumberId);
        match purpose {
            Purpose::Sign => call.run(sign(id, revision, at, under, secret), move |()| done(t("documents.signed"))),
            Purpose::Issue => call.run(issue(id, revision, number, at, secret), move |()| done(t("documents.issued"))),
        }
    };
    let (hook, icon, look, words, how) = match purpose {
        Purpose::Sign => (
            "sign-confirm",
            Icon::Pen,
            "button button-sign button-wide",
            t("documents.sign"),
            t("documents.sign_how"),
        ),
        Purpose::Issue => (
            "issue-confirm",
            Icon::Stamp,
            "button button-main button-wide",
            t("documents.issue"),
            t("documents.issue_how"),
        ),
    };
    let pin_label = match purpose {
        Purpose::Sign => t("documents.pin"),
        Purpose::Issue => t("documents.pin_seal"),
    };
    view! {
        <form
            class="placing-confirm"
            autocomplete="off"
            on:submit=move |ev| {
                ev.prevent_default();
                confirm();
            }
        >
            {(purpose == Purpose::Issue).then(|| view! { <NextNumber doc kept /> })}
            {(purpose == Purpose::Sign).then(|| view! { <Under doc under print /> })}
            <p>{how}</p>
            <Whose doc />
            <Field id="pin" label=pin_label error=call.error>
                <input
                    id="pin"
                    data-test="pin"
                    type="password"
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="64"
                    required
                    node_ref=input
                    prop:value=move || pin.get()
                    on:input=move |ev| pin.set(event_target_value(&ev))
                />
            </Field>
            <Others call fields=&["pin"] />
            <button
                type="submit"
                class=look
                data-test=hook
                disabled=move || call.blocked()
                aria-busy=move || call.busy().then_some("true")
            >
                <Glyph icon />
                {words}
            </button>
        </form>
    }
}

/// The number and date that the document would get now.
#[component]
fn NextNumber(doc: Doc, kept: RwSignal<String>) -> impl IntoView {
    let next = Memo::new(move |_| doc.detail.with(|d| d.next_number.clone()));
    move || {
        next.get().map(|next| {
            let choices = next.held;
            let known: Vec<(String, String)> = choices.iter().map(|c| (c.id.0.clone(), c.number.clone())).collect();
            let shown = move || {
                let chosen = kept.with(|k| known.iter().find(|(id, _)| id == k).map(|(_, number)| number.clone()));
                chosen.unwrap_or_else(|| next.number.clone())
            };
            // What another clerk has used meanwhile is the next number again.
            if kept.with_untracked(|k| choices.iter().all(|c| c.id.as_str() != k)) {
                kept.set(String::new());
            }
            let choose = (!choices.is_empty()).then(|| {
                let each = choices.into_iter().map(|c| {
                    let words = tf(
                        "documents.kept_number",
                        &[("number", &c.number), ("whom", &c.whom), ("reason", &c.reason)],
                    );
                    let (id, is) = (c.id.0.clone(), c.id.0);
                    view! {
                        <option value=id selected=move || kept.with(|k| *k == is)>
                            {words}
                        </option>
                    }
                });
                view! {
                    <div class="field">
                        <label for="kept">{t("documents.which_number")}</label>
                        <select id="kept" data-test="kept" on:change=move |ev| kept.set(event_target_value(&ev))>
                            <option value="">{t("documents.the_next_number")}</option>
                            {each.collect_view()}
                        </select>
                    </div>
                }
            });
            view! {
                <dl class="facts next-number">
                    <div>
                        <dt>{t("documents.next_number")}</dt>
                        <dd class="number" data-test="next-number">
                            {shown}
                        </dd>
                    </div>
                    <div>
                        <dt>{t("documents.next_date")}</dt>
                        <dd class="number">{next.date}</dd>
                    </div>
                </dl>
                {choose}
            }
        })
    }
}

/// As what the document is signed: in one's own name, or under an authority whose lines are printed over the signature.
#[component]
fn Under(doc: Doc, under: RwSignal<String>, print: RwSignal<bool>) -> impl IntoView {
    let (choices, own) = doc.detail.with_untracked(|d| (d.sign_as.clone(), d.signs_own));
    let printed = use_context::<Printed>();
    let lines = StoredValue::new(choices.clone());
    let chosen = move || lines.with_value(|all| all.iter().find(|c| under.with(|u| c.id.as_str() == u)).cloned());
    // What the page says already is not said twice.
    Effect::new(move |_| {
        let line = chosen().and_then(|c| c.lines.first().map(|line| pattern(line)));
        if let (Some(line), Some(Printed(there))) = (line, printed) {
            print.set(there.with(|all| !all.contains(&line)));
        }
    });
    (!choices.is_empty()).then(|| {
        let each = choices.into_iter().map(|c| {
            let words = match &c.head {
                Some(head) => [&c.lines.join(" / "), " (", head, ")"].concat(),
                None => c.lines.join(" / "),
            };
            let (id, is) = (c.id.0.clone(), c.id.0);
            view! {
                <option value=id selected=move || under.with(|u| *u == is)>
                    {words}
                </option>
            }
        });
        view! {
            <div class="field">
                <label for="under">{t("documents.sign_under")}</label>
                <select id="under" data-test="under" on:change=move |ev| under.set(event_target_value(&ev))>
                    {each.collect_view()}
                    {own.then(|| view! { <option value="">{t("documents.sign_own")}</option> })}
                </select>
            </div>
            <Show when=move || chosen().is_some()>
                <label class="check">
                    <input
                        type="checkbox"
                        data-test="print-authority"
                        prop:checked=move || print.get()
                        on:change=move |ev| print.set(event_target_checked(&ev))
                    />
                    {t("documents.print_authority")}
                </label>
                <p class="hint">{t("documents.print_authority_hint")}</p>
            </Show>
        }
    })
}

/// The name in a certificate's subject such as `CN=Trần Quốc Khánh, O=…`; the whole subject where there is none.
fn common_name(subject: &str) -> &str {
    let parts = subject.split(", ");
    parts.filter_map(|part| part.strip_prefix("CN=")).next().unwrap_or(subject)
}

/// Whose key signs, and what stands in its way.
#[component]
fn Whose(doc: Doc) -> impl IntoView {
    let key = Memo::new(move |_| doc.detail.with(|d| d.key.clone()));
    move || match key.get() {
        None => view! {
            <Note tone="warn">
                <p>{t("documents.no_key")}</p>
            </Note>
        }
        .into_any(),
        Some(key) => {
            let locked = key.locked_until.map(|until| {
                view! {
                    <Note tone="warn">
                        <p>{tf("documents.key_locked", &[("until", &until.text)])}</p>
                    </Note>
                }
            });
            view! {
                <p class="quiet">{tf("documents.signs_as", &[("subject", common_name(&key.subject))])}</p>
                {locked}
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: Placement = Placement {
        page: 2,
        x: 300.0,
        y: 200.0,
        w: 150.0,
        h: 60.0,
    };

    #[test]
    fn the_seal_covers_a_third_of_the_signature_from_the_left() {
        let seal = seal_over(SIGNED);
        let covered = seal.x + seal.w - SIGNED.x;
        assert!((covered - SIGNED.w / 3.0).abs() < 0.01, "{covered}");
        assert_eq!(seal.page, 2);
        assert!((seal.y + seal.h / 2.0 - (SIGNED.y + SIGNED.h / 2.0)).abs() < 0.01);
    }

    #[test]
    fn a_seal_never_hangs_over_the_left_edge() {
        assert_eq!(seal_over(Placement { x: 10.0, ..SIGNED }).x, 0.0);
    }

    #[test]
    fn a_box_that_takes_its_pictures_shape_has_not_moved() {
        let shaped = Placement {
            y: SIGNED.y - 5.0,
            h: SIGNED.h + 10.0,
            ..SIGNED
        };
        assert!(!moved(SIGNED, shaped));
        assert!(moved(SIGNED, Placement { x: 301.0, ..SIGNED }));
        assert!(moved(SIGNED, Placement { page: 1, ..SIGNED }));
    }

    #[test]
    fn a_subject_is_shown_by_its_name() {
        assert_eq!(common_name("OU=Lãnh đạo, CN=Trần Quốc Khánh, C=VN"), "Trần Quốc Khánh");
        assert_eq!(common_name("Trần Quốc Khánh"), "Trần Quốc Khánh");
    }

    #[test]
    fn a_name_becomes_a_harmless_pattern() {
        assert_eq!(pattern("Lê  (A) 2."), r"[lL][êÊ]\s+\([aA]\)\s+2\.");
    }
}
