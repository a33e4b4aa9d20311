//! The way of letters to the mail server.
use super::Service;
use super::store::{self, Waiting};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::config::Mail;
use crate::db::DbResult;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

/// How often it is looked without being woken: letters that are due again.
const LOOK: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(60);
const SECOND: i64 = 1_000_000;
/// Microseconds from the first failure to the next try; doubled each time.
const FIRST_PAUSE: i64 = 30 * SECOND;
const LONGEST_PAUSE: i64 = 3600 * SECOND;
/// Nobody goes to a meeting because of a letter that is older.
const GIVEN_UP_AFTER: i64 = 3 * 24 * 3600 * SECOND;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Trying again may help.
    #[error("{0}")]
    Now(String),
    /// The server has said that it will never take it, or it cannot be written.
    #[error("{0}")]
    ForGood(String),
}

/// Sends what waits, for as long as it is this node's to do.
pub async fn run(service: Service) {
    let Some(mail) = service.config.mail.clone() else { return };
    let transport = match Transport::from_url(&mail.url) {
        Ok(builder) => builder.timeout(Some(ANSWER)).build(),
        Err(e) => return tracing::error!(error = %e, "mail.url cannot be used"),
    };
    let mut wake = service.db.hub().work();
    loop {
        wake.mark_unchanged();
        match service.send_next(&transport, &mail).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(e) => tracing::warn!(error = %e, "letters wait: the database does not answer"),
        }
        tokio::select! { _ = wake.changed() => {}, () = tokio::time::sleep(LOOK) => {} }
    }
}

impl Service {
    /// False when nothing is due.
    async fn send_next(&self, transport: &Transport, mail: &Mail) -> DbResult<bool> {
        let due = {
            let mut c = self.db.read().acquire().await?;
            store::due(&mut c, now_us()).await?
        };
        let Some(letter) = due else { return Ok(false) };
        let sent = match written(&letter, mail, &self.config.body_code) {
            Ok(message) => transport.send(message).await.map(|_| ()).map_err(failure),
            Err(e) => Err(Failure::ForGood(e)),
        };
        let mut work = self.db.begin(&Actor::system("mail")).await?;
        let now = now_us();
        match sent {
            Ok(()) => store::sent(work.conn(), &letter.id, now).await?,
            Err(Failure::Now(why)) if now - letter.created_at < GIVEN_UP_AFTER => {
                let pause = (FIRST_PAUSE << letter.attempts.clamp(0, 8)).min(LONGEST_PAUSE);
                tracing::warn!(id = letter.id, error = why, "a letter waits for the mail server");
                store::later(work.conn(), &letter.id, now + pause, &why).await?;
            }
            Err(why) => {
                tracing::error!(id = letter.id, error = %why, "a letter is given up");
                let details = serde_json::json!({ "address": letter.address, "error": why.to_string() });
                work.audit("mail.given_up", "letter", &letter.id, &letter.subject, &details).await?;
                store::given_up(work.conn(), &letter.id, now, &why.to_string()).await?;
            }
        }
        work.commit().await?;
        Ok(true)
    }
}

fn failure(e: smtp::Error) -> Failure {
    // The library's words alone often do not say what the server or the system has said.
    let mut text = e.to_string();
    let mut cause = std::error::Error::source(&e);
    while let Some(next) = cause {
        if !text.contains(&next.to_string()) {
            text = format!("{text}: {next}");
        }
        cause = next.source();
    }
    if e.is_permanent() {
        Failure::ForGood(text)
    } else {
        Failure::Now(text)
    }
}

/// The letter as it goes over the wire. Its id is the same at each try: who gets it twice sees that it is one.
fn written(letter: &Waiting, mail: &Mail, body: &str) -> Result<Message, String> {
    let said = |e: &dyn std::fmt::Display| e.to_string();
    let from: Mailbox = mail.from.parse().map_err(|e| said(&e))?;
    let to = Mailbox::new(
        Some(letter.full_name.clone()).filter(|name| !name.is_empty()),
        letter.address.parse().map_err(|e| said(&e))?,
    );
    let head = Message::builder()
        .from(from)
        .to(to)
        .subject(letter.subject.clone())
        .date(std::time::UNIX_EPOCH + Duration::from_micros(letter.created_at.unsigned_abs()))
        .message_id(Some(format!("<{}@{body}.kyhop>", letter.id)))
        // Nobody's absence answers a machine (RFC 3834).
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".into(),
        ));
    let text = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .header(ContentTransferEncoding::Base64)
        .body(letter.text.clone());
    let message = match (&letter.method, &letter.calendar) {
        (Some(method), Some(calendar)) => {
            let kind = ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}")).map_err(|e| said(&e))?;
            let event = SinglePart::builder()
                .header(kind)
                .header(ContentTransferEncoding::Base64)
                .body(calendar.clone());
            head.multipart(MultiPart::alternative().singlepart(text).singlepart(event))
        }
        _ => head.singlepart(text),
    };
    message.map_err(|e| said(&e))
}

/// Sends one letter at once, for an administrator who sets the mail server up.
///
/// # Errors
/// What the mail server, or the way to it, has said.
pub async fn try_out(mail: &Mail, body: &str, address: &str) -> Result<(), String> {
    let transport = Transport::from_url(&mail.url)
        .map_err(|e| e.to_string())?
        .timeout(Some(ANSWER))
        .build();
    let letter = Waiting {
        id: uuid::Uuid::now_v7().to_string(),
        address: address.to_owned(),
        full_name: String::new(),
        subject: "kyhop: thử gửi thư / a test".into(),
        text: "Máy chủ kyhop gửi được thư qua máy chủ thư này.\n\nThe kyhop server can send letters by this mail server.\n".into(),
        method: None,
        calendar: None,
        created_at: now_us(),
        attempts: 0,
    };
    let message = written(&letter, mail, body)?;
    transport.send(message).await.map(|_| ()).map_err(|e| failure(e).to_string())
}
