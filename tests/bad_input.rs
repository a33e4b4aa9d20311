//! Bad input at every form and endpoint: what was tried and what it answers. The table is docs/bad-input.md, which
//! `KYHOP_WRITE=1 cargo test -p server --test it bad_input` writes and which is otherwise checked to be current.
mod documents;
mod elsewhere;
mod machines;
mod meetings;
mod opinions;
mod people;
mod signing;

use crate::support::{Answer, Backend, Client, Server};
use app::dto::identity::Role;
use sqlx::{AssertSqlSafe, Row};
use std::fmt::Write;
use std::path::PathBuf;

/// Bytes; small, so that a test need not make a large file.
const LIMIT: u64 = 1_000_000;

/// The people and the server that everything is tried on.
pub struct Ground {
    pub server: Server,
    pub drafter: Client,
    pub leader: Client,
    pub clerk: Client,
    pub secretary: Client,
    pub auditor: Client,
    pub admin: Client,
    pub stranger: Client,
    /// Programs with a token of the drafter, of the clerk and of the administrator.
    pub drafting: Client,
    pub clerking: Client,
    pub administering: Client,
}

#[derive(Default)]
pub struct Table {
    text: String,
    tried: usize,
}

impl Table {
    pub fn section(&mut self, title: &str) {
        let _ = write!(self.text, "\n## {title}\n\n| what was tried | status | code |\n|---|---|---|\n");
    }

    /// Enters an answer. A failure of the server's own is never an answer to bad input, and neither is success.
    #[track_caller]
    pub fn tried(&mut self, what: &str, answer: &Answer) {
        assert!((300..500).contains(&answer.status), "{what}: {} {}", answer.status, answer.text());
        let mut code = answer.code();
        if code.is_empty() && (300..400).contains(&answer.status) {
            code = format!("→ {}", answer.header("location"));
        }
        if answer.header("content-type").starts_with("application/json") && answer.status != 304 {
            let error = answer.json();
            let error = error.get("error").unwrap_or(&error);
            for language in ["vi", "en"] {
                let words = error[language].as_str().unwrap_or_default();
                assert!(words.chars().count() > 15, "{what}: says nothing in {language}: {}", answer.text());
            }
        }
        let code = if code.is_empty() { code } else { format!("`{code}`") };
        let _ = writeln!(self.text, "| {} | {} | {} |", what.replace('|', "\\|"), answer.status, code);
        self.tried += 1;
    }

    /// Enters something that is not answered by HTTP alone.
    pub fn seen(&mut self, what: &str, status: u16, outcome: &str) {
        let _ = writeln!(self.text, "| {what} | {status} | {outcome} |");
        self.tried += 1;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_input_is_answered_with_what_to_do_and_leaves_nothing() {
    let server = Server::start_with(Backend::Sqlite, |config| {
        config.upload_limit = LIMIT;
        // The keys are made by the demonstration's maker.
        config.demonstration = true;
    })
    .await;
    let drafter = server.signed_in(Role::Drafter).await;
    let clerk = server.signed_in(Role::Clerk).await;
    let admin = server.signed_in(Role::Admin).await;
    let ground = Ground {
        drafting: server.machine(&drafter.actor).await,
        clerking: server.machine(&clerk.actor).await,
        administering: server.machine(&admin.actor).await,
        drafter,
        leader: server.signed_in(Role::Leader).await,
        clerk,
        secretary: server.signed_in(Role::Secretary).await,
        auditor: server.signed_in(Role::Auditor).await,
        admin,
        stranger: server.stranger(),
        server,
    };
    let draft = documents::a_draft(&ground).await;
    people::arrange(&ground).await;
    let meeting = meetings::a_meeting(&ground).await;
    let sheet = opinions::a_sheet(&ground).await;
    let submitted = documents::a_draft(&ground).await;
    let revision = signing::arrange(&ground, &submitted).await;
    let arrivals = documents::arrivals(&ground).await;
    let before = contents(&ground.server).await;
    let mut table = Table::default();
    documents::uploads(&ground, &draft, &mut table).await;
    documents::entries(&ground, &mut table).await;
    documents::changes(&ground, &draft, &mut table).await;
    documents::rest(&ground, &draft, &mut table).await;
    documents::processing(&ground, &arrivals, &mut table).await;
    signing::all(&ground, &submitted, revision, &mut table).await;
    people::all(&ground, &mut table).await;
    meetings::all(&ground, &meeting, &draft, &mut table).await;
    opinions::all(&ground, &sheet, &draft, &mut table).await;
    elsewhere::all(&ground, &draft, &mut table).await;
    machines::all(&ground, &draft, &mut table).await;
    assert_eq!(contents(&ground.server).await, before, "something of a refused request was kept");
    check(&table);
}

/// Rows of every table that bad input could reach, and files, kept or under way.
async fn contents(server: &Server) -> Vec<(String, i64)> {
    let mut all = Vec::new();
    for table in [
        "document",
        "document_version",
        "document_receiver",
        "document_supersedes",
        "recall_request",
        "assignment",
        "file",
        "meeting",
        "meeting_member",
        "agenda_item",
        "attachment",
        "task",
        "minutes",
        "minutes_remark",
        "vote",
        "ballot",
        "opinion_sheet",
        "opinion_question",
        "opinion_document",
        "opinion_member",
        "opinion_answer",
        "opinion_reminder",
        "axis_outbox",
        "axis_inbox",
        "api_token",
        "person",
        "once",
    ] {
        let sql = AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {table}"));
        let row = sqlx::query(sql).fetch_one(server.state.db.read()).await.expect("a count");
        all.push((table.to_owned(), row.try_get("n").expect("a number")));
    }
    for folder in ["files", "tmp"] {
        all.push((folder.to_owned(), files(&server.state.config.data_dir.join(folder))));
    }
    all
}

fn files(folder: &std::path::Path) -> i64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|e| if e.path().is_dir() { files(&e.path()) } else { 1 }).sum()
}

fn check(table: &Table) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/bad-input.md");
    let text = format!(
        "# Bad input\n\nWhat was tried at each form and endpoint, and what it answers: {} cases. Written by \
         `KYHOP_WRITE=1 cargo test -p server --test it bad_input` against a running server, and checked by every test run.\n\n\
         An error answers `{{\"error\": {{\"code\", \"vi\", \"en\", \"field\"?}}}}` (the screens' own functions answer the inner object): a stable \
         code for programs and, for people, what happened and what to do next in both languages. Codes are shown here. \
         After all of it, nothing had been added to any table, and no file was left behind.\n{}",
        table.tried, table.text
    );
    if std::env::var_os("KYHOP_WRITE").is_some() {
        std::fs::write(&path, text).expect("writing");
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    for (n, (now, then)) in text.lines().zip(written.lines()).enumerate() {
        assert_eq!(
            now,
            then,
            "docs/bad-input.md line {} is not current: write it with KYHOP_WRITE=1",
            n + 1
        );
    }
    assert_eq!(
        text.lines().count(),
        written.lines().count(),
        "docs/bad-input.md is not current: write it with KYHOP_WRITE=1"
    );
}
