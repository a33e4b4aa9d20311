//! The signatures on the document's present file, checked by the server, in words for everyone.
use super::doc::Doc;
use crate::actions::documents::verify_document;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::{ErrorNote, Loading};
use crate::dto::documents::{Channel, State};
use crate::dto::verify::{SignatureView, VerifyReport};
use crate::error::ApiResult;
use crate::i18n::{t, tf};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Nothing is signed before the leader signs, unless the upload was signed already: then the verification page tells.
fn expected(state: State) -> bool {
    !matches!(state, State::Draft | State::Submitted | State::Returned)
}

#[component]
pub fn Signatures(doc: Doc) -> impl IntoView {
    let report = RwSignal::new(None::<ApiResult<VerifyReport>>);
    let wanted = Memo::new(move |_| {
        doc.detail
            .with(|d| expected(d.row.state).then(|| (d.row.id.clone(), d.file.sha256.clone())))
    });
    // Asked from the browser: revocation may have to be fetched, and the page should not wait for that.
    Effect::new(move |_| {
        let Some((id, sha256)) = wanted.get() else {
            return report.set(None);
        };
        spawn_local(async move {
            let answer = verify_document(id).await;
            let same = wanted.try_get_untracked().flatten().is_some_and(|(_, now)| now == sha256);
            if same {
                report.set(Some(answer));
            }
        });
    });
    let shown = move || match report.get() {
        None => view! { <Loading /> }.into_any(),
        Some(Err(error)) => view! { <ErrorNote error /> }.into_any(),
        Some(Ok(report)) => {
            let id = wanted.get().map(|(id, _)| id.to_string()).unwrap_or_default();
            let scan = doc.detail.with(|d| d.channel == Some(Channel::Paper));
            view! { <Report report id scan /> }.into_any()
        }
    };
    view! {
        <Show when=move || wanted.with(Option::is_some)>
            <section class="sheet">
                <h2>{t("documents.signatures")}</h2>
                {shown}
            </section>
        </Show>
    }
}

fn tone(indication: &str) -> (&'static str, Icon) {
    match indication {
        "TOTAL_PASSED" => ("note note-good", Icon::Check),
        "TOTAL_FAILED" => ("note note-bad", Icon::Alert),
        _ => ("note note-warn", Icon::Info),
    }
}

/// One sentence that anyone understands.
fn sentence(s: &SignatureView) -> &'static str {
    match (s.indication.as_str(), s.intact, s.modifications_allowed) {
        ("TOTAL_PASSED", ..) => t("documents.signature.good"),
        ("TOTAL_FAILED", Some(false), _) => t("documents.signature.broken"),
        ("TOTAL_FAILED", _, Some(false)) => t("documents.signature.changed"),
        ("TOTAL_FAILED", ..) => t("documents.signature.bad"),
        _ => t("documents.signature.unclear"),
    }
}

#[component]
fn Report(report: VerifyReport, id: String, scan: bool) -> impl IntoView {
    if report.signatures.is_empty() {
        return match report.error {
            // Nothing is wrong with a scan that nobody has signed.
            Some(error) if scan && error.code == "verify.no_signature" => {
                view! { <p data-test="scan">{t("documents.signature.scan")}</p> }.into_any()
            }
            Some(error) => view! { <ErrorNote error /> }.into_any(),
            None => view! { <p>{t("documents.signature.none")}</p> }.into_any(),
        };
    }
    let (look, icon) = tone(&report.verdict);
    let verdict = match report.verdict.as_str() {
        "TOTAL_PASSED" => t("documents.verdict.good"),
        "TOTAL_FAILED" => t("documents.verdict.bad"),
        _ => t("documents.verdict.unclear"),
    };
    let each = report
        .signatures
        .into_iter()
        .map(|signature| view! { <Signature signature id=id.clone() /> })
        .collect_view();
    view! {
        <div class=look data-test="verdict" data-verdict=report.verdict>
            <Glyph icon />
            <p>
                <strong>{verdict}</strong>
            </p>
        </div>
        <ul class="signatures">{each}</ul>
        <p class="quiet">{tf("documents.checked", &[("when", &report.checked)])}</p>
        <p class="page-tools">
            <a class="button" href=format!("/api/v1/documents/{id}/verify?format=html") download rel="external">
                {t("verify.save_html")}
            </a>
            <a class="button" href=format!("/api/v1/documents/{id}/verify?format=etsi") download rel="external">
                {t("verify.save_etsi")}
            </a>
        </p>
    }
    .into_any()
}

#[component]
fn Signature(signature: SignatureView, id: String) -> impl IntoView {
    let words = sentence(&signature);
    let when = signature.proven_time.or(signature.claimed_time).unwrap_or_default();
    let organisation = Some(signature.organisation).filter(|o| !o.is_empty() && *o != signature.signer);
    let code = signature
        .sub_indication
        .map(|c| view! { <p class="note-code"><code>{c}</code></p> });
    let version = signature.signed_length.map(|_| {
        view! {
            <p class="page-tools">
                <a class="button" href=format!("/api/v1/documents/{id}/versions/{}", signature.revision) download rel="external">
                    {t("verify.save_version")}
                </a>
            </p>
        }
    });
    view! {
        <li data-test="signature" data-indication=signature.indication>
            <p>
                <strong>{signature.signer}</strong>
            </p>
            {organisation.map(|o| view! { <p>{o}</p> })}
            <p class="quiet number">{when}</p>
            <p>{words}</p>
            {code}
            {version}
        </li>
    }
}
