//! Signing with a PIN.
use super::{Ground, Table};
use app::ids::{DocumentId, UserId};
use serde_json::json;
use server::actor::Actor;
use server::signatures::{KeyMaterial, NewKey, Owner};

const PIN: &str = "470213";

/// Gives the leader a key and submits the draft; answers its revision then.
pub async fn arrange(ground: &Ground, draft: &str) -> i64 {
    let pair = ground.server.authority.signing("Người ký");
    let new = NewKey {
        owner: Owner::Person(UserId::from(ground.leader.actor.id())),
        material: KeyMaterial::Pkcs8 {
            key: &pair.key.private_key_to_pkcs8().expect("a key"),
            certificate: &pair.certificate.to_der().expect("a certificate"),
            chain: &ground.server.authority.chain_pem(),
        },
        pin: PIN,
        image: None,
        demonstration: true,
    };
    let state = &ground.server.state;
    state.signatures.store_key(&Actor::system("test"), new).await.expect("a key");
    let id = DocumentId::from(draft);
    state.documents.submit(&ground.drafter.actor, &id, 1).await.expect("submitted");
    state.documents.get(&ground.leader.actor, &id).await.expect("a document").revision
}

pub async fn all(ground: &Ground, submitted: &str, revision: i64, table: &mut Table) {
    table.section("Signing");
    let place = json!({ "page": 1, "x": 100.0, "y": 100.0, "w": 150.0, "h": 60.0 });
    let sign =
        |placement: serde_json::Value, pin: &str| json!({ "id": submitted, "revision": revision, "placement": placement, "pin": pin });
    let leader = &ground.leader;
    let box_of = |page: i64, x: f64, w: f64| json!({ "page": page, "x": x, "y": 100.0, "w": w, "h": 60.0 });
    for (what, arguments) in [
        ("no PIN", sign(place.clone(), "")),
        ("a box on page 99", sign(box_of(99, 100.0, 150.0), PIN)),
        ("a box on page 0", sign(box_of(0, 100.0, 150.0), PIN)),
        ("a box of no width", sign(box_of(1, 100.0, 0.0), PIN)),
        ("a box a kilometre away", sign(box_of(1, 1e7, 150.0), PIN)),
        ("a PIN of 10 kB", sign(place.clone(), &"1".repeat(10_000))),
        ("a wrong PIN", sign(place.clone(), "470214")),
        (
            "an older revision",
            json!({ "id": submitted, "revision": 1, "placement": place, "pin": PIN }),
        ),
    ] {
        table.tried(what, &leader.ui("documents/sign", &arguments).await);
    }
    table.tried(
        "return: no reason",
        &leader
            .ui(
                "documents/return",
                &json!({ "id": submitted, "revision": revision, "reason": "  " }),
            )
            .await,
    );
    let long = "a".repeat(2001);
    table.tried(
        "return: a reason of 2001 letters",
        &leader
            .ui(
                "documents/return",
                &json!({ "id": submitted, "revision": revision, "reason": long }),
            )
            .await,
    );
    table.tried(
        "the drafter signs",
        &ground.drafter.ui("documents/sign", &sign(place.clone(), PIN)).await,
    );
    table.tried(
        "the clerk seals what is not signed",
        &ground
            .clerk
            .ui(
                "documents/issue",
                &json!({ "id": submitted, "revision": revision, "seal": place, "pin": PIN }),
            )
            .await,
    );
    for _ in 0..4 {
        leader.ui("documents/sign", &sign(place.clone(), "470214")).await;
    }
    table.tried(
        "the right PIN after five wrong ones",
        &leader.ui("documents/sign", &sign(place, PIN)).await,
    );
    table.tried(
        "change-pin: a wrong old one",
        &leader.ui("identity/change-pin", &json!({ "old": "1", "new": "839201" })).await,
    );
    table.tried(
        "change-pin: nobody's key",
        &ground
            .drafter
            .ui("identity/change-pin", &json!({ "old": PIN, "new": "839201" }))
            .await,
    );
}
