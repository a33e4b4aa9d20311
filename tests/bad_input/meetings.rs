//! Meetings: the screens' functions and REST.
use super::{Ground, Table};
use crate::support::Client;
use app::dto::meetings::MeetingDraft;
use app::ids::{ItemId, MeetingId, UserId};
use serde_json::{Value, json};

/// A published meeting with one item, of the ground's secretary, with the leader in the chair.
pub struct Meeting {
    id: MeetingId,
    item: ItemId,
    /// A program with a token of the secretary.
    machine: Client,
}

fn draft(ground: &Ground) -> MeetingDraft {
    MeetingDraft {
        title: "Họp giao ban".into(),
        room: "Phòng họp số 1".into(),
        starts: "2026-01-05T08:00".into(),
        ends: "2026-01-05T10:00".into(),
        chair_id: UserId(ground.leader.actor.id().into()),
        members: vec![UserId(ground.drafter.actor.id().into())],
    }
}

pub async fn a_meeting(ground: &Ground) -> Meeting {
    let (meetings, secretary) = (&ground.server.state.meetings, &ground.secretary.actor);
    let id = meetings.create(secretary, &draft(ground)).await.expect("a meeting");
    let item = meetings.add_item(secretary, &id, "Nội dung một", "", 10).await.expect("an item");
    meetings
        .publish(secretary, &id, &app::dto::meetings::Check::ALL)
        .await
        .expect("published");
    let machine = ground.server.machine(secretary).await;
    Meeting { id, item, machine }
}

pub async fn all(ground: &Ground, meeting: &Meeting, paper: &str, table: &mut Table) {
    creating(ground, table).await;
    changing(ground, meeting, paper, table).await;
    rest(ground, meeting, paper, table).await;
    by_machine(ground, meeting, table).await;
}

async fn creating(ground: &Ground, table: &mut Table) {
    table.section("/api/ui/meetings/create");
    let good = serde_json::to_value(draft(ground)).expect("JSON");
    let with = |field: &str, value: Value| {
        let mut draft = good.clone();
        draft[field] = value;
        json!({ "draft": draft })
    };
    let s = &ground.secretary;
    let path = "meetings/create";
    table.tried("nobody signed in", &ground.stranger.ui(path, &json!({ "draft": good })).await);
    table.tried("not a secretary", &ground.drafter.ui(path, &json!({ "draft": good })).await);
    for (what, field, value) in [
        ("no title", "title", json!("   ")),
        ("a title of 501 characters", "title", json!("ă".repeat(501))),
        ("a title with a control character", "title", json!("Họp\u{0}")),
        ("no room", "room", json!("")),
        ("a start that is no moment", "starts", json!("tomorrow")),
        ("a 30th of February", "starts", json!("2026-02-30T08:00")),
        ("an end before the start", "ends", json!("2026-01-05T07:59")),
        ("a meeting of two months", "ends", json!("2026-03-05T08:00")),
        ("a chair who does not exist", "chair_id", json!("nobody")),
        ("the secretary as chair", "chair_id", json!(s.actor.id())),
        ("a member who does not exist", "members", json!(["nobody"])),
        ("2001 members", "members", (0..2001).map(|n| n.to_string()).collect()),
    ] {
        table.tried(what, &s.ui(path, &with(field, value)).await);
    }
}

async fn changing(ground: &Ground, meeting: &Meeting, paper: &str, table: &mut Table) {
    table.section("/api/ui/meetings: the other functions");
    let (id, item) = (&meeting.id, &meeting.item);
    let (secretary, member) = (&ground.secretary, &ground.drafter);
    let add = |title: &str, presenter: &str, minutes: i64| json!({ "id": id, "title": title, "presenter": presenter, "minutes": minutes });
    let conduct = json!({ "id": id });
    for (what, who, function, arguments) in [
        ("a meeting that is not one's own", &ground.clerk, "get", conduct.clone()),
        ("a meeting that does not exist", secretary, "get", json!({ "id": "nothing" })),
        ("an item without a title", secretary, "add-item", add("", "", 10)),
        (
            "a presenter of 201 characters",
            secretary,
            "add-item",
            add("x", &"x".repeat(201), 10),
        ),
        ("an item of no minutes", secretary, "add-item", add("x", "", 0)),
        ("an item of two days", secretary, "add-item", add("x", "", 2880)),
        ("an item of -1 minutes", secretary, "add-item", add("x", "", -1)),
        ("an item by a member", member, "add-item", add("x", "", 10)),
        (
            "moving an item that does not exist",
            secretary,
            "move-item",
            json!({ "id": "nothing", "position": 1 }),
        ),
        ("removing an item by a member", member, "remove-item", json!({ "id": item })),
        (
            "changing an item by a member",
            member,
            "change-item",
            json!({ "id": item, "title": "x", "presenter": "", "minutes": 5 }),
        ),
        (
            "an item changed to no words",
            secretary,
            "change-item",
            json!({ "id": item, "title": " ", "presenter": "", "minutes": 5 }),
        ),
        (
            "changing the meeting by a member",
            member,
            "change",
            json!({ "id": id, "to": { "title": "x", "room": "x", "starts": "2026-01-05T08:00", "ends": "2026-01-05T10:00" } }),
        ),
        (
            "a meeting changed to end before its start",
            secretary,
            "change",
            json!({ "id": id, "to": { "title": "x", "room": "x", "starts": "2026-01-05T08:00", "ends": "2026-01-05T07:00" } }),
        ),
        ("cancelling by a member", member, "cancel", json!({ "id": id, "reason": "x" })),
        (
            "cancelling without a reason",
            secretary,
            "cancel",
            json!({ "id": id, "reason": "" }),
        ),
        (
            "a reason of 1001 characters",
            secretary,
            "cancel",
            json!({ "id": id, "reason": "x".repeat(1001) }),
        ),
        ("the checklist by a member", member, "checks", conduct.clone()),
        (
            "publishing with an unknown check",
            secretary,
            "publish",
            json!({ "id": id, "accepted": ["nothing"] }),
        ),
        ("opening by a member", member, "open", conduct.clone()),
        ("closing what is not open", secretary, "close", conduct.clone()),
        (
            "calling an item before the opening",
            secretary,
            "set-current",
            json!({ "id": id, "item": item }),
        ),
        (
            "attaching a document that one may not see",
            secretary,
            "attach",
            json!({ "item": item, "document": paper }),
        ),
        (
            "attaching by a member",
            member,
            "attach",
            json!({ "item": item, "document": paper }),
        ),
        (
            "attaching to an item that does not exist",
            secretary,
            "attach",
            json!({ "item": "nothing", "document": paper }),
        ),
        (
            "readers of what is not attached",
            secretary,
            "readers",
            json!({ "attachment": "nothing", "readers": [] }),
        ),
        (
            "readers that are no list",
            secretary,
            "readers",
            json!({ "attachment": "nothing", "readers": "all" }),
        ),
        (
            "collecting what is not attached",
            secretary,
            "collect",
            json!({ "attachment": "nothing", "collect": true }),
        ),
        (
            "a copy of a meeting that is not one's own",
            &ground.clerk,
            "copy",
            json!({ "from": id, "draft": draft(ground) }),
        ),
        (
            "asking what is taken by a member",
            member,
            "conflicts",
            json!({ "draft": draft(ground) }),
        ),
        (
            "a quorum rule that does not exist",
            secretary,
            "quorum",
            json!({ "id": id, "rule": "all" }),
        ),
        (
            "a quorum rule by a member",
            member,
            "quorum",
            json!({ "id": id, "rule": "half_all" }),
        ),
        (
            "declining without a reason",
            member,
            "answer",
            json!({ "id": id, "answer": { "decline": { "reason": " " } } }),
        ),
        (
            "sending somebody who does not exist",
            member,
            "answer",
            json!({ "id": id, "answer": { "delegate": { "to": "nobody", "reason": "" } } }),
        ),
        (
            "an answer of the secretary",
            secretary,
            "answer",
            json!({ "id": id, "answer": "accept" }),
        ),
        (
            "inviting somebody who does not exist",
            secretary,
            "add-member",
            json!({ "id": id, "person": "nobody" }),
        ),
        (
            "removing the chair",
            secretary,
            "remove-member",
            json!({ "id": id, "person": ground.leader.actor.id() }),
        ),
        (
            "removing by a member",
            member,
            "remove-member",
            json!({ "id": id, "person": member.actor.id() }),
        ),
        (
            "detaching what is not attached",
            secretary,
            "detach",
            json!({ "attachment": "nothing" }),
        ),
        (
            "showing a page before the opening",
            secretary,
            "present",
            json!({ "id": id, "attachment": "nothing", "page": 1, "take": true }),
        ),
        (
            "asking for the floor before the opening",
            member,
            "ask-to-speak",
            json!({ "id": id, "who": null }),
        ),
        (
            "asking for the floor in another's name",
            member,
            "ask-to-speak",
            json!({ "id": id, "who": secretary.actor.id() }),
        ),
        (
            "withdrawing a request that does not exist",
            member,
            "withdraw-speech",
            json!({ "speech": "nothing" }),
        ),
        (
            "a speech of a day",
            secretary,
            "give-floor",
            json!({ "speech": "nothing", "seconds": 86_400 }),
        ),
        (
            "a clock that is turned in no known way",
            secretary,
            "speech-clock",
            json!({ "speech": "nothing", "step": "back" }),
        ),
        (
            "the clock of an item before the opening",
            secretary,
            "item-clock",
            json!({ "item": item, "step": "start" }),
        ),
        (
            "a vote before the opening",
            secretary,
            "open-vote",
            json!({ "id": id, "motion": { "item": null, "question": "?", "majority": "half_present" } }),
        ),
        (
            "a majority that does not exist",
            secretary,
            "open-vote",
            json!({ "id": id, "motion": { "item": null, "question": "?", "majority": "most" } }),
        ),
        (
            "a form of vote that does not exist",
            secretary,
            "open-vote",
            json!({ "id": id, "motion": { "item": null, "question": "?", "majority": "cast", "form": "whispered" } }),
        ),
        (
            "a secret ballot whose blinded value is no base64",
            member,
            "draw-ballot",
            json!({ "vote": "nothing", "blinded": "???" }),
        ),
        (
            "a secret ballot of a vote that does not exist",
            member,
            "draw-ballot",
            json!({ "vote": "nothing", "blinded": "AAAA" }),
        ),
        (
            "the ballots of a vote that does not exist",
            member,
            "published-ballots",
            json!({ "vote": "nothing" }),
        ),
        (
            "a conclusion before the opening",
            secretary,
            "conclude",
            json!({ "item": item, "text": "Nhất trí." }),
        ),
        ("a conclusion by a member", member, "conclude", json!({ "item": item, "text": "x" })),
        (
            "a task of an item that does not exist",
            secretary,
            "give-task",
            json!({ "item": "nothing", "draft": { "text": "x", "owner_id": "nobody", "due_on": "" } }),
        ),
        (
            "reporting a task that does not exist",
            member,
            "finish-task",
            json!({ "task": "nothing", "result": "x" }),
        ),
        (
            "opening a task again that does not exist",
            secretary,
            "reopen-task",
            json!({ "task": "nothing" }),
        ),
        (
            "taking a task back that does not exist",
            secretary,
            "take-task-back",
            json!({ "task": "nothing" }),
        ),
        (
            "minutes before the end",
            secretary,
            "draft-minutes",
            json!({ "id": id, "anew": false }),
        ),
        ("minutes by a member", member, "draft-minutes", json!({ "id": id, "anew": false })),
        (
            "corrections of minutes that are not written",
            secretary,
            "save-minutes",
            json!({ "id": id, "revision": 1, "sections": [] }),
        ),
        (
            "circulating minutes that are not written",
            secretary,
            "circulate-minutes",
            json!({ "id": id, "revision": 1 }),
        ),
        (
            "a remark on minutes that were not circulated",
            member,
            "remark-on-minutes",
            json!({ "id": id, "text": "x" }),
        ),
        (
            "signing minutes that are not written",
            secretary,
            "sign-minutes",
            json!({ "id": id, "revision": 1, "pin": "470213" }),
        ),
        (
            "a reason of 301 characters",
            secretary,
            "absence",
            json!({ "id": id, "person": member.actor.id(), "reason": "x".repeat(301) }),
        ),
        (
            "the minutes of a meeting that is not one's own",
            &ground.clerk,
            "minutes",
            json!({ "id": id }),
        ),
        (
            "closing a vote that does not exist",
            secretary,
            "close-vote",
            json!({ "vote": "nothing" }),
        ),
    ] {
        table.tried(what, &who.ui(&format!("meetings/{function}"), &arguments).await);
    }
}

async fn rest(ground: &Ground, meeting: &Meeting, paper: &str, table: &mut Table) {
    table.section("/api/v1/meetings");
    let machine = &meeting.machine;
    let path = format!("/api/v1/meetings/{}/items/{}/documents", meeting.id, meeting.item);
    let body = json!({ "document": paper });
    table.tried("without a token", &ground.stranger.get("/api/v1/meetings").await);
    let stranger = &ground.stranger;
    table.tried("attaching without a token", &stranger.post(&path, &body).await);
    table.tried("a meeting that does not exist", &machine.get("/api/v1/meetings/nothing").await);
    table.tried(
        "a meeting that is not one's own",
        &ground.clerking.get(&format!("/api/v1/meetings/{}", meeting.id)).await,
    );
    table.tried("attaching nothing", &machine.post(&path, &json!({})).await);
    table.tried("a document that one may not see", &machine.post(&path, &body).await);
    table.tried("attaching by a member", &ground.drafting.post(&path, &body).await);
    let speeches = format!("/api/v1/meetings/{}/speeches", meeting.id);
    table.tried("a speech without a token", &stranger.post(&speeches, &json!({})).await);
    table.tried("a speech before the opening", &machine.post(&speeches, &json!({})).await);
    table.tried(
        "a speech for a person who is a number",
        &machine.post(&speeches, &json!({ "person": 5 })).await,
    );
    table.tried("an action unknown", &machine.post("/api/v1/speeches/x/shout", &json!({})).await);
    let step = format!("/api/v1/items/{}/clock/backwards", meeting.item);
    table.tried("a clock that runs backwards", &machine.post(&step, &json!({})).await);
    let presenting = format!("/api/v1/meetings/{}/presenting", meeting.id);
    table.tried(
        "the end of presenting without a token",
        &stranger
            .send(reqwest::Method::DELETE, &presenting, "application/json", Vec::new())
            .await,
    );
    let answer = format!("/api/v1/meetings/{}/answer", meeting.id);
    let shrug = json!({ "answer": "perhaps" }).to_string().into_bytes();
    table.tried(
        "an answer that is none",
        &machine.send(reqwest::Method::PUT, &answer, "application/json", shrug).await,
    );
    let put = async |who: &Client, path: &str, body: &Value| {
        let bytes = body.to_string().into_bytes();
        who.send(reqwest::Method::PUT, path, "application/json", bytes).await
    };
    let presence = format!("/api/v1/meetings/{}/presence", meeting.id);
    for (what, who) in [
        ("checking in at somebody else's meeting", &ground.clerk),
        ("checking in by an auditor who only watches", &ground.auditor),
        ("checking in without signing in", stranger),
        ("checking in by a program", machine),
    ] {
        table.tried(what, &put(who, &presence, &json!({})).await);
    }
    let speech = |name: &str| format!("/api/v1/meetings/{}/speeches/{name}", meeting.id);
    let name = "11111111-1111-4111-8111-111111111111";
    for (what, name, body) in [
        ("the floor under a name that is no UUID", "first", json!({})),
        ("the floor on an item that is a number", name, json!({ "item": 1 })),
        ("the floor before the opening", name, json!({ "item": meeting.item })),
    ] {
        table.tried(what, &put(&ground.drafter, &speech(name), &body).await);
    }
    let readers = "/api/v1/attachments/nothing/readers";
    for (what, who, body) in [
        ("readers of what is not attached, over REST", machine, json!({ "readers": null })),
        ("readers that are numbers", machine, json!({ "readers": [1] })),
        ("readers without a token", stranger, json!({ "readers": null })),
    ] {
        table.tried(what, &put(who, readers, &body).await);
    }
    let ballot = "/api/v1/votes/nothing/ballot";
    for (what, who, choice) in [
        ("a ballot in no vote", &ground.drafter, json!("agree")),
        ("a ballot that is none of the three", &ground.drafter, json!("maybe")),
        ("a ballot that is a number", &ground.drafter, json!(1)),
        ("a ballot without signing in", stranger, json!("agree")),
        ("a ballot by a program", machine, json!("agree")),
    ] {
        table.tried(what, &put(who, ballot, &json!({ "choice": choice })).await);
    }
    let tasks = format!("/api/v1/items/{}/tasks", meeting.item);
    let task = json!({ "text": "x", "owner": ground.drafter.actor.id() });
    table.tried("a task without a token", &stranger.post(&tasks, &task).await);
    table.tried("a task for nobody", &machine.post(&tasks, &json!({ "text": "x" })).await);
    table.tried("a task before the opening", &machine.post(&tasks, &task).await);
    let urn = "/api/v1/votes/nothing/ballots";
    let ballot =
        |receipt: &str, choice: &str| json!({ "choice": choice, "receipt": receipt, "prefix": "0".repeat(64), "signature": "AAAA" });
    table.tried("a ballot that is none", &stranger.post(urn, &json!({})).await);
    table.tried(
        "a ballot with a choice that does not exist",
        &stranger.post(urn, &ballot(&"0".repeat(32), "maybe")).await,
    );
    table.tried("a ballot with a short receipt", &stranger.post(urn, &ballot("00", "agree")).await);
    table.tried(
        "a ballot with a receipt in capitals",
        &stranger.post(urn, &ballot(&"A".repeat(32), "agree")).await,
    );
    table.tried(
        "a ballot for a vote that does not exist",
        &stranger.post(urn, &ballot(&"0".repeat(32), "agree")).await,
    );
    table.tried(
        "a ballot of 10 kB",
        &stranger.post(urn, &ballot(&"0".repeat(10_000), "agree")).await,
    );
    table.tried("the ballots without a token", &stranger.get(urn).await);
    let other = format!("/api/v1/meetings/{}/items/nothing/documents", meeting.id);
    table.tried("an item that does not exist", &machine.post(&other, &body).await);
}

/// Preparing and conducting over REST.
async fn by_machine(ground: &Ground, meeting: &Meeting, table: &mut Table) {
    table.section("/api/v1/meetings: preparing and conducting");
    let machine = &meeting.machine;
    let good = json!({ "title": "Họp", "room": "P1", "starts": 1_767_574_800_000_000_i64, "ends": 1_767_582_000_000_000_i64, "chair": ground.leader.actor.id() });
    table.tried("nobody known", &ground.stranger.post("/api/v1/meetings", &good).await);
    table.tried("not a secretary", &ground.drafting.post("/api/v1/meetings", &good).await);
    table.tried("nothing", &machine.post("/api/v1/meetings", &json!({})).await);
    for (what, field, value) in [
        ("an id that is no UUID", "id", json!("họp-1")),
        ("a start within a minute", "starts", json!(1_767_574_800_000_001_i64)),
        ("a start beyond all years", "starts", json!(i64::MAX)),
        ("a start in words", "starts", json!("2026-01-05T08:00")),
        ("an end before the start", "ends", json!(1_767_574_740_000_000_i64)),
        ("a chair who does not exist", "chair", json!("nobody")),
        ("a copy of what does not exist", "copy_of", json!("nothing")),
    ] {
        let mut draft = good.clone();
        draft[field] = value;
        table.tried(what, &machine.post("/api/v1/meetings", &draft).await);
    }
    let at = |path: &str| format!("/api/v1/meetings/{}/{path}", meeting.id);
    let item = format!("/api/v1/items/{}", meeting.item);
    let put = async |who: &Client, path: &str, body: Value| {
        let bytes = body.to_string().into_bytes();
        who.send(reqwest::Method::PUT, path, "application/json", bytes).await
    };
    table.tried("the checklist for a member", &ground.drafting.get(&at("checks")).await);
    table.tried(
        "a point of the checklist that does not exist",
        &put(machine, &at("publication"), json!({ "accepted": ["weather"] })).await,
    );
    table.tried("called off without a reason", &put(machine, &at("cancellation"), json!({})).await);
    table.tried("opened by a member", &put(&ground.drafting, &at("opening"), json!({})).await);
    table.tried("closed before the opening", &put(machine, &at("closing"), json!({})).await);
    table.tried(
        "an item before the opening",
        &put(machine, &at("current-item"), json!({ "item": meeting.item })).await,
    );
    table.tried(
        "an item of no minutes",
        &machine.post(&at("items"), &json!({ "title": "x", "minutes": 0 })).await,
    );
    table.tried(
        "an item under an id that is no UUID",
        &machine.post(&at("items"), &json!({ "id": "1", "title": "x", "minutes": 5 })).await,
    );
    table.tried(
        "an item changed to nothing",
        &put(machine, &item, json!({ "title": "", "minutes": 5 })).await,
    );
    table.tried(
        "an item moved by a member",
        &put(&ground.drafting, &format!("{item}/position"), json!({ "position": 1 })).await,
    );
    table.tried(
        "a vote before the opening",
        &machine.post(&at("votes"), &json!({ "question": "?" })).await,
    );
    table.tried(
        "a majority that does not exist",
        &machine.post(&at("votes"), &json!({ "question": "?", "majority": "most" })).await,
    );
    table.tried(
        "the end of a vote that does not exist",
        &put(machine, "/api/v1/votes/nothing/closing", json!({})).await,
    );
}
