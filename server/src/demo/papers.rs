//! The six documents, each brought as far as its place in the demonstration asks.
use super::people::PIN;
use super::seed::{actor, said};
use crate::actor::Actor;
use crate::documents::upload::Form;
use crate::state::AppState;
use app::dto::Placement;
use app::dto::documents::DocumentDetail;
use app::ids::DocumentId;
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use std::convert::Infallible;
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Goal {
    Draft,
    Submitted,
    Signed,
    Issued,
    Sent,
}

struct Plan {
    /// Place in [`super::people::BODIES`].
    body: usize,
    file: &'static str,
    kind: &'static str,
    urgency: &'static str,
    leader: &'static str,
    receivers: &'static [&'static str],
    goal: Goal,
}

const fn plan(
    body: usize,
    file: &'static str,
    kind: &'static str,
    urgency: &'static str,
    leader: &'static str,
    receivers: &'static [&'static str],
    goal: Goal,
) -> Plan {
    Plan {
        body,
        file,
        kind,
        urgency,
        leader,
        receivers,
        goal,
    }
}

/// One document for each kind of person to find work with.
const PLANS: [Plan; 6] = [
    plan(0, "quyet-dinh.pdf", "QĐ", "normal", "lanhdao", &["H99.5", "H99.9"], Goal::Issued),
    plan(0, "thong-bao.pdf", "TB", "urgent", "lanhdao3", &["H99.5"], Goal::Sent),
    plan(0, "to-trinh.pdf", "TTr", "normal", "lanhdao2", &["H99.3", "H99.5"], Goal::Signed),
    plan(
        0,
        "ke-hoach.pdf",
        "KH",
        "normal",
        "lanhdao",
        &["H99.5", "H99.20", "H99.21", "H99.22"],
        Goal::Submitted,
    ),
    plan(
        0,
        "phieu-lay-y-kien.pdf",
        "CV",
        "very_urgent",
        "lanhdao2",
        &["H99.3", "H99.4"],
        Goal::Draft,
    ),
    plan(1, "bao-cao.pdf", "BC", "normal", "lanhdao", &["H99"], Goal::Sent),
];

/// What the material says of a document: where things stand on its pages, in points from the lower left corner.
#[derive(Deserialize)]
struct Entry {
    file: String,
    #[serde(rename = "abstract")]
    abstract_text: String,
    signature: Area,
    number: Spot,
    date: Spot,
}

#[derive(Deserialize)]
struct Area {
    page: u32,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

#[derive(Deserialize)]
struct Spot {
    page: u32,
    x: f64,
    y: f64,
}

/// Brings the documents of the body at `index`.
pub async fn bring(state: &AppState, index: usize, material: &Path) -> Result<(), String> {
    let folder = material.join("documents");
    let list = folder.join("index.json");
    let text = std::fs::read_to_string(&list).map_err(said(&list.to_string_lossy()))?;
    let entries: Vec<Entry> = serde_json::from_str(&text).map_err(said(&list.to_string_lossy()))?;
    for plan in PLANS.iter().filter(|p| p.body == index) {
        let entry = entries
            .iter()
            .find(|e| e.file == plan.file)
            .ok_or_else(|| format!("{}: {} is missing", list.display(), plan.file))?;
        one(state, plan, entry, &folder).await.map_err(said(plan.file))?;
    }
    Ok(())
}

async fn one(state: &AppState, plan: &Plan, entry: &Entry, folder: &Path) -> Result<(), String> {
    let documents = &state.documents;
    let drafter = actor(state, "soanthao").await?;
    let leader = actor(state, plan.leader).await?;
    let clerk = actor(state, "vanthu").await?;
    let bytes = std::fs::read(folder.join(plan.file)).map_err(|e| e.to_string())?;
    let whole = stream::iter([Ok::<_, Infallible>(Bytes::from(bytes))]);
    let incoming = state.files.receive(whole, u64::MAX).await.map_err(|e| e.to_string())?;
    let file = documents.accept(incoming, plan.file).await.map_err(|e| e.to_string())?;
    // The whole line "Số: …" and the whole line of place and date, of which the material knows a point each.
    let number = boxed(entry.number.page, entry.number.x - 24.0, entry.number.y - 1.0, 134.0, 20.0);
    let date = boxed(entry.date.page, entry.date.x - 84.0, entry.date.y - 1.0, 230.0, 20.0);
    let mut fields = vec![
        ("kind", plan.kind),
        ("abstract_text", &entry.abstract_text),
        ("urgency", plan.urgency),
        ("leader_id", leader.id()),
    ];
    fields.extend(plan.receivers.iter().map(|code| ("receivers", *code)));
    let (number, date) = (json(&number), json(&date));
    fields.extend([("number_box", number.as_str()), ("date_box", date.as_str())]);
    let id = documents
        .create(&drafter, Form::new(&fields, Some(file)))
        .await
        .map_err(|e| e.to_string())?;
    if plan.goal >= Goal::Submitted {
        let now = seen(state, &drafter, &id).await?;
        documents.submit(&drafter, &id, now.revision).await.map_err(|e| e.to_string())?;
    }
    if plan.goal >= Goal::Signed {
        let now = seen(state, &leader, &id).await?;
        let s = &entry.signature;
        let place = boxed(s.page, s.x, s.y, s.width, s.height);
        documents
            .sign(&leader, &id, now.revision, place, PIN)
            .await
            .map_err(|e| e.to_string())?;
    }
    if plan.goal >= Goal::Issued {
        let now = seen(state, &clerk, &id).await?;
        let place = seal_over(&entry.signature);
        documents
            .issue(&clerk, &id, now.revision, None, place, PIN)
            .await
            .map_err(|e| e.to_string())?;
    }
    if plan.goal >= Goal::Sent {
        let now = seen(state, &clerk, &id).await?;
        documents.send(&clerk, &id, now.revision).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}

async fn seen(state: &AppState, actor: &Actor, id: &DocumentId) -> Result<DocumentDetail, String> {
    state.documents.get(actor, id).await.map_err(|e| e.to_string())
}

/// A seal in its actual size (36 mm), over the left third of the signature (Decree 30/2020, Appendix I).
fn seal_over(signature: &Area) -> Placement {
    const SIZE: f64 = 36.0 / 25.4 * 72.0;
    let x = signature.x + signature.width / 3.0 - SIZE;
    let y = signature.y + (signature.height - SIZE) / 2.0;
    boxed(signature.page, x, y, SIZE, SIZE)
}

fn boxed(page: u32, x: f64, y: f64, w: f64, h: f64) -> Placement {
    Placement { page, x, y, w, h }
}

fn json(place: &Placement) -> String {
    serde_json::to_string(place).unwrap_or_default()
}
