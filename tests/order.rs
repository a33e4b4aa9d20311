//! Messages about one document keep their order; what waits or has failed holds up nothing else.
use crate::axis::{outgoing, put};
use crate::support::{Backend, Server};
use server::axis::outbox::Business;
use server::axis::store::{self, In};

/// Works off the outbox until nothing is due: the ids, in the order in which the link would take them.
async fn takes(server: &Server) -> Vec<String> {
    let mut taken = Vec::new();
    let mut c = server.state.db.read().acquire().await.expect("a connection");
    while let Some(message) = store::due_outgoing(&mut c, 1).await.expect("a query").pop() {
        set(server, &message.id, "accepted", 0).await;
        taken.push(message.id);
    }
    taken
}

async fn set(server: &Server, id: &str, state: &str, next_at: i64) {
    let mut work = server
        .state
        .db
        .begin(&server::actor::Actor::system("test"))
        .await
        .expect("a transaction");
    store::set_outgoing(work.conn(), id, state, 1, next_at, None).await.expect("a row");
    work.commit().await.expect("committing");
}

async fn what_goes_out_keeps_its_order(backend: Backend) {
    let server = Server::start(backend).await;
    let first = outgoing(&server, "H99.5", 1).await;
    let document = put(&server, &first, "H99.5").await;
    let mut recalled = first.clone();
    recalled.business = Business::Recall;
    let recall = put(&server, &recalled, "H99.5").await;
    let elsewhere = put(&server, &recalled, "H99.3").await;
    let other = put(&server, &outgoing(&server, "H99.5", 2).await, "H99.5").await;

    // It waits out the pause after a try that failed.
    set(&server, &document, "queued", i64::MAX).await;
    assert_eq!(takes(&server).await, [elsewhere, other]);
    // And then for a person.
    set(&server, &document, "failed", 0).await;
    assert_eq!(takes(&server).await, [""; 0]);
    set(&server, &document, "queued", 0).await;
    assert_eq!(takes(&server).await, [document, recall]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_out_keeps_its_order_on_sqlite() {
    what_goes_out_keeps_its_order(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_out_keeps_its_order_on_postgres() {
    what_goes_out_keeps_its_order(Backend::Postgres).await;
}

async fn what_came_in_keeps_its_order(backend: Backend) {
    let server = Server::start(backend).await;
    let mut work = server
        .state
        .db
        .begin(&server::actor::Actor::system("test"))
        .await
        .expect("a transaction");
    // Nothing of it is done before the commit, which never comes.
    for (at, (id, from, about)) in [("1", "H99", "a"), ("2", "H99", "a"), ("3", "H99.3", "a"), ("4", "H99", "b")]
        .into_iter()
        .enumerate()
    {
        let message = In {
            id: id.into(),
            kind: "document".into(),
            from_code: from.into(),
            about: about.into(),
            subject: String::new(),
            sha256: String::new(),
            state: "received".into(),
            attempts: 0,
            error: None,
            signer: None,
            received_at: i64::try_from(at).expect("a number"),
        };
        assert!(store::receive(work.conn(), &message).await.expect("a row"));
    }
    store::set_incoming(work.conn(), "1", "received", 1, i64::MAX, None)
        .await
        .expect("a row");
    let mut seen = Vec::new();
    while let Some(message) = store::next_incoming(work.conn()).await.expect("a query") {
        assert!(store::settle(work.conn(), &message, "done", None, None).await.expect("a row"));
        seen.push(message.id);
    }
    assert_eq!(seen, ["3", "4"]);
    store::set_incoming(work.conn(), "1", "failed", 10, 0, None).await.expect("a row");
    let next = store::next_incoming(work.conn()).await.expect("a query").expect("a message");
    assert_eq!(
        next.id, "2",
        "what a person must look at holds up nothing here: its sender may mean to take it back"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_in_keeps_its_order_on_sqlite() {
    what_came_in_keeps_its_order(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_in_keeps_its_order_on_postgres() {
    what_came_in_keeps_its_order(Backend::Postgres).await;
}
