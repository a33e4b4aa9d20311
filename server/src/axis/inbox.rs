//! What came in: checked, entered, answered. Each message once, however often it was delivered.
use super::edxml::{self, Attachment, Document, Limits, Message, Parsed, Status};
use super::outbox::{self, Business, OutgoingStatus};
use super::sending::{MOST_ATTEMPTS, spread_pause, words};
use super::store::{self, In};
use super::wire::Refusal;
use super::{Error, Service, judgement};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::db::Work;
use crate::documents::incoming::Arrival;
use crate::documents::marks::Notice;
use crate::documents::store::Heard;
use crate::fault::Problem;
use crate::files::Incoming;
use app::dto::documents::{KINDS, MarkKind, Urgency};
use app::dto::identity::Body;
use app::ids::DocumentId;
use std::time::Duration;

const LOOK: Duration = Duration::from_secs(2);

/// Works on the inbox for as long as the program runs.
pub async fn run(service: Service) {
    let mut wake = service.db.hub().work();
    loop {
        wake.mark_unchanged();
        match service.work_on_next().await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(e) => tracing::error!(error = %e, "inbox"),
        }
        tokio::select! { _ = wake.changed() => {}, () = tokio::time::sleep(LOOK) => {} }
    }
}

/// A document message, read and judged.
struct Judged {
    document: Document,
    /// The file and its number of pages, when there is a readable PDF.
    file: Option<(Incoming, u32, String)>,
    refusal: Option<String>,
    /// For the sender, beside "arrived".
    remark: String,
}

/// What a sender asks for back.
struct TakeBack {
    sender: Body,
    notation: String,
    issued_on: String,
    reason: String,
}

impl Service {
    /// False when nothing is due.
    async fn work_on_next(&self) -> Result<bool, Error> {
        let next = {
            let mut c = self.db.read().acquire().await?;
            store::next_incoming(&mut c).await?
        };
        let Some(message) = next else { return Ok(false) };
        if let Err(e) = self.work_on(&message).await {
            tracing::error!(id = message.id, error = %e, "cannot work on a message");
            let attempts = message.attempts + 1;
            let state = if attempts < MOST_ATTEMPTS { "received" } else { "failed" };
            let mut work = self.db.begin(&super::actor()).await?;
            let error = format!("{} / {} ({e})", e.vi(), e.en());
            store::set_incoming(
                work.conn(),
                &message.id,
                state,
                attempts,
                now_us() + spread_pause(attempts, &message.id),
                Some(&error),
            )
            .await?;
            work.commit().await?;
        }
        Ok(true)
    }

    async fn work_on(&self, message: &In) -> Result<(), Error> {
        let mut message = message.clone();
        let folder = tempfile::TempDir::new_in(self.config.data_dir.join("tmp"))?;
        let (input, into) = (self.files.local(&message.sha256).await?, folder.path().to_owned());
        let limits = Limits {
            attachments: self.config.upload_limit,
        };
        let read = tokio::task::spawn_blocking(move || {
            let file = || std::fs::File::open(&input).map(|f| std::io::BufReader::with_capacity(1 << 17, f));
            match edxml::read(&mut file()?, &into, limits) {
                Ok(parsed) => Ok((parsed, None)),
                Err(edxml::Error::Io(e)) => Err(edxml::Error::Io(e)),
                // The envelope was readable when it came; it says whom to answer.
                Err(e) => edxml::header_only(&mut file()?).map(|message| {
                    let parsed = Parsed {
                        message,
                        attachments: Vec::new(),
                        signature: None,
                    };
                    (parsed, Some(e))
                }),
            }
        });
        let (parsed, wrong) = read.await?.map_err(std::io::Error::other)?;
        let refusal = match wrong {
            Some(e) => Some(Refusal::edxml(&e)),
            None => match self.signer(&message.from_code, parsed.signature, message.received_at).await? {
                Ok(signer) => {
                    message.signer = signer;
                    None
                }
                Err(refusal) => Some(refusal),
            },
        };
        let refusal = refusal.map(|r| words(&r));
        match (parsed.message, refusal) {
            // Some ask for a document back by a status about their own.
            (Message::Status(status), refusal) if status.code == "13" && status.for_organ == message.from_code => {
                let asked = TakeBack {
                    sender: sender(&message, &status.from),
                    notation: short(&status.for_number, 200),
                    issued_on: short(&status.for_date, 20),
                    reason: short(&status.description, 2000),
                };
                self.recalled(&message, asked, refusal).await
            }
            (Message::Status(status), Some(refusal)) => self.refuse_status(&message, &status, &refusal).await,
            (Message::Status(status), None) if message.kind == "notice" => self.noticed(&message, &short(&status.description, 2000)).await,
            (Message::Status(status), None) => self.status(&message, &status).await,
            (Message::Document(document), refusal) if document.business == Business::Recall.number() => {
                let asked = TakeBack {
                    sender: sender(&message, &document.from),
                    notation: notation(&document),
                    issued_on: short(&document.promulgation_date, 20),
                    reason: short(&document.business_reason, 2000),
                };
                self.recalled(&message, asked, refusal).await
            }
            (Message::Document(document), Some(refusal)) => {
                let judged = Judged {
                    document: *document,
                    file: None,
                    refusal: Some(refusal),
                    remark: String::new(),
                };
                self.enter(&message, judged).await
            }
            (Message::Document(document), None) => {
                let judged = self.judge(*document, parsed.attachments).await?;
                self.enter(&message, judged).await
            }
        }
    }

    async fn judge(&self, document: Document, attachments: Vec<Attachment>) -> Result<Judged, Error> {
        let mut judged = Judged {
            document,
            file: None,
            refusal: None,
            remark: String::new(),
        };
        let count = attachments.len();
        let mut why = "Gói tin không có tệp đính kèm. [axis.no_file]".to_owned();
        for attachment in attachments {
            let path = tempfile::TempPath::try_from_path(&attachment.path)?;
            let file = tempfile::NamedTempFile::from_parts(std::fs::File::open(&attachment.path)?, path);
            let incoming = self.files.adopt(file)?;
            match self.documents.judge(&incoming).await {
                Ok(info) => {
                    let pages = u32::try_from(info.pages.len()).unwrap_or(u32::MAX);
                    judged.file = Some((incoming, pages, file_name(&attachment.name)));
                    break;
                }
                Err(e) if e.status().is_server_error() => return Err(e.into()),
                Err(e) => why = format!("Tệp {}: {} [{}]", file_name(&attachment.name), e.vi(), e.code()),
            }
        }
        let Some((incoming, _, name)) = &judged.file else {
            judged.refusal = Some(why);
            return Ok(judged);
        };
        let report = self.signatures.verify_file(incoming.path(), name).await?;
        let only_signed = self.config.axis.as_ref().is_some_and(|a| a.refuse_unsigned);
        judged.refusal = judgement::refusal(&report).or_else(|| only_signed.then(|| judgement::unsigned(&report))?);
        judged.remark = judgement::remark(&report);
        if count > 1 {
            judged
                .remark
                .push_str(&format!(" Gói tin có {count} tệp; hệ thống nhận hiển thị tệp {name}."));
        }
        Ok(judged)
    }

    /// Arrival, answer and the message's own row: together, once.
    async fn enter(&self, message: &In, judged: Judged) -> Result<(), Error> {
        let d = &judged.document;
        let mut arrival = Arrival {
            message_id: message.id.clone(),
            sender: sender(message, &d.from),
            update: d.business == Business::Update.number() && d.replaces.is_empty(),
            kind: kind(&d.kind_name),
            subject: short(&d.subject, 1000),
            notation: notation(d),
            issued_on: short(&d.promulgation_date, 20),
            urgency: urgency(d.priority),
            sha256: String::new(),
            size: 0,
            pages: 0,
            file_name: String::new(),
        };
        let has_file = judged.file.is_some();
        if let Some((incoming, pages, name)) = judged.file {
            arrival.sha256 = incoming.sha256.clone();
            arrival.size = incoming.size;
            arrival.pages = pages;
            arrival.file_name = name;
            self.files.keep(incoming).await?;
        }
        let (state, code) = match judged.refusal {
            Some(_) => ("refused", "02"),
            None => ("done", "01"),
        };
        let refusal = judged.refusal.as_deref();
        let by = Actor::system(&format!("{} ({})", arrival.sender.name, arrival.sender.code));
        let mut work = self.db.begin(&by).await?;
        if !store::settle(work.conn(), message, state, refusal, None).await? {
            return Ok(());
        }
        let mut superseded = String::new();
        if has_file {
            let id = self.documents.arrive(&mut work, &arrival, refusal).await?;
            store::set_document(work.conn(), &message.id, id.as_str()).await?;
            if refusal.is_none() {
                superseded = self.supersede(&mut work, d, &arrival, &id).await?;
            }
        } else {
            let details = serde_json::json!({ "from": message.from_code, "reason": refusal, "sha256": message.sha256 });
            work.audit("axis.message_refused", "message", &message.id, &message.subject, &details)
                .await?;
        }
        let description = match refusal {
            Some(reason) => reason.to_owned(),
            None => format!("Đã đến. {}{superseded}", judged.remark).trim().to_owned(),
        };
        let about = (arrival.notation.as_str(), arrival.issued_on.as_str());
        answer(&mut work, &message.from_code, about, code, &description).await?;
        Ok(work.commit().await?)
    }

    /// Cập nhật, thay thế: the sender's own documents whose place this one takes are marked and locked here, with a link
    /// to it. What the sender hears of that.
    async fn supersede(&self, work: &mut Work, d: &Document, arrival: &Arrival, new: &DocumentId) -> Result<String, Error> {
        let kind = match Business::of(d.business) {
            Business::New | Business::Recall => return Ok(String::new()),
            Business::Update => MarkKind::Updated,
            Business::Replace => MarkKind::Replaced,
        };
        let old = match arrival.update {
            true => vec![(arrival.notation.clone(), arrival.issued_on.clone())],
            false => self.references(d, &arrival.sender.code),
        };
        if old.is_empty() {
            return Ok(" Gói tin không ghi văn bản được cập nhật, thay thế; không văn bản nào bị khóa. [axis.no_reference]".into());
        }
        let mut said = String::new();
        for (notation, issued_on) in old {
            let notice = Notice {
                sender_code: arrival.sender.code.clone(),
                notation,
                issued_on,
                kind,
                reason: short(&d.business_reason, 2000),
                successor: Some(new.clone()),
            };
            let copies = self.documents.noticed(work, &notice).await?;
            let what = &notice.notation;
            said.push_str(&match copies.is_empty() {
                true => format!(" Chưa nhận được văn bản cũ {what}; nếu đến sau, văn bản đó sẽ bị khóa."),
                false => format!(" Văn bản cũ {what} đã bị khóa và dẫn tới văn bản này; người đang xử lý được báo."),
            });
        }
        Ok(said)
    }

    /// Number and day of each document of the sender's that the message names and that concerns this body.
    fn references(&self, d: &Document, sender: &str) -> Vec<(String, String)> {
        let ours = d
            .replaces
            .iter()
            .filter(|r| r.organs.is_empty() || r.organs.contains(&self.config.body_code));
        ours.filter_map(|r| {
            let parts: Vec<&str> = r.document_id.splitn(3, ',').map(str::trim).collect();
            match parts[..] {
                [organ, day, number] if organ == sender && !day.is_empty() && !number.is_empty() => {
                    Some((short(number, 200), short(&edxml::normal_day(day), 20)))
                }
                _ => None,
            }
        })
        .collect()
    }

    /// Thu hồi: what a sender takes back is marked and locked here, and the sender hears 15; where it is in hands already, a
    /// clerk is asked, who answers 15 or 16. Only the sender's own documents: its code is that of the link's certificate.
    async fn recalled(&self, message: &In, asked: TakeBack, refusal: Option<String>) -> Result<(), Error> {
        let notice = Notice {
            sender_code: asked.sender.code.clone(),
            notation: asked.notation,
            issued_on: asked.issued_on,
            kind: MarkKind::Recalled,
            reason: asked.reason,
            successor: None,
        };
        let about = (notice.notation.as_str(), notice.issued_on.as_str());
        let by = Actor::system(&format!("{} ({})", asked.sender.name, asked.sender.code));
        let mut work = self.db.begin(&by).await?;
        // It would be any document without a number.
        let unnamed = about.0.is_empty() || about.1.is_empty();
        let unnamed = unnamed.then(|| "Gói tin thu hồi không ghi số, ký hiệu hoặc ngày của văn bản. [axis.no_reference]".to_owned());
        if let Some(reason) = refusal.or(unnamed) {
            if store::settle(work.conn(), message, "refused", Some(&reason), None).await? {
                let details = serde_json::json!({ "from": message.from_code, "reason": reason, "sha256": message.sha256 });
                work.audit("axis.message_refused", "message", &message.id, &message.subject, &details)
                    .await?;
                answer(&mut work, &notice.sender_code, about, "16", &reason).await?;
            }
            return Ok(work.commit().await?);
        }
        if !store::settle(work.conn(), message, "done", None, None).await? {
            return Ok(());
        }
        let done = self.documents.asked_back(&mut work, &notice).await?;
        if let Some(id) = done.copies.first() {
            store::set_document(work.conn(), &message.id, id.as_str()).await?;
        }
        let details = serde_json::json!({
            "from": notice.sender_code, "notation": about.0, "issued_on": about.1, "copies": done.copies.len(), "waits": done.waits,
            "signer": message.signer, "sha256": message.sha256,
        });
        let action = match done.waits {
            true => "axis.recall_asked",
            false => "axis.recall_carried_out",
        };
        work.audit(action, "message", &message.id, &message.subject, &details).await?;
        if !done.waits {
            let words = match done.copies.is_empty() {
                true => "Chưa nhận được văn bản này; nếu văn bản đến sau, văn bản sẽ bị khóa và ghi là đã thu hồi.",
                false => "Đã thu hồi: văn bản được ghi là đã thu hồi và bị khóa; người đang xử lý được báo.",
            };
            answer(&mut work, &notice.sender_code, about, "15", words).await?;
        }
        Ok(work.commit().await?)
    }

    /// The document of ours that a status is about, when it went to whom the status comes from.
    async fn receipt_of(&self, work: &mut Work, from: &str, status: &Status) -> Result<Option<DocumentId>, Error> {
        let found = self.documents.find_outgoing(work, &status.for_number, &status.for_date).await?;
        let ours = status.for_organ.is_empty() || status.for_organ == self.config.body_code;
        let Some(id) = found.filter(|_| ours && status.code.len() == 2) else {
            return Ok(None);
        };
        let receivers = crate::documents::store::receivers(work.conn(), id.as_str()).await?;
        Ok(receivers.iter().any(|r| r.body.code == from).then_some(id))
    }

    /// A status that is not believed changes nothing; whose document it names hears of it.
    async fn refuse_status(&self, message: &In, status: &Status, reason: &str) -> Result<(), Error> {
        let from = &message.from_code;
        let mut work = self.db.begin(&Actor::system(from)).await?;
        let document = self.receipt_of(&mut work, from, status).await?;
        let known = document.as_ref().map(DocumentId::as_str);
        if store::settle(work.conn(), message, "refused", Some(reason), known).await? {
            tracing::warn!(id = message.id, reason, "status refused");
            let details = serde_json::json!({ "from": from, "status": status.code, "reason": reason, "sha256": message.sha256 });
            work.audit("axis.message_refused", "message", &message.id, &message.subject, &details)
                .await?;
            if let Some(id) = &document {
                self.documents.receipt_refused(&mut work, id, from, reason).await?;
            }
        }
        Ok(work.commit().await?)
    }

    /// What a receiver says of a document that we sent; nobody else is heard.
    async fn status(&self, message: &In, status: &Status) -> Result<(), Error> {
        let from = &message.from_code;
        let mut work = self.db.begin(&Actor::system(from)).await?;
        let Some(id) = self.receipt_of(&mut work, from, status).await? else {
            let error = format!(
                "Không có văn bản {} ngày {} đã gửi tới {from}, hoặc trạng thái lạ / no such document was sent to {from}, or an unknown status",
                short(&status.for_number, 200),
                short(&status.for_date, 20)
            );
            store::settle(work.conn(), message, "refused", Some(&error), None).await?;
            return Ok(work.commit().await?);
        };
        if store::settle(work.conn(), message, "done", None, Some(id.as_str())).await? {
            let description = short(&status.description, 2000);
            let heard = Heard {
                status: status.code.clone(),
                description: description.clone(),
                at: message.received_at,
                message_id: Some(message.id.clone()),
                signer: message.signer.clone(),
            };
            self.documents.status_heard(&mut work, &id, from, &heard).await?;
            let details = serde_json::json!({
                "from": from, "status": status.code, "description": description, "staff": short(&status.staff.name, 300),
                "signer": message.signer, "sha256": message.sha256,
            });
            work.audit("axis.status_heard", "message", &message.id, &status.for_number, &details)
                .await?;
        }
        Ok(work.commit().await?)
    }
}

/// The same for a document as its message names it.
pub(super) async fn answer_about(work: &mut Work, to: &str, d: &Document, code: &str, description: &str) -> Result<(), Error> {
    let (number, day) = (notation(d), short(&d.promulgation_date, 20));
    answer(work, to, (&number, &day), code, description).await
}

/// What we say of a document, named by number and day, to the body that sent it.
async fn answer(work: &mut Work, to: &str, (notation, issued_on): (&str, &str), code: &str, description: &str) -> Result<(), Error> {
    let status = OutgoingStatus {
        code: code.into(),
        description: description.into(),
        notation: notation.into(),
        promulgation_date: issued_on.into(),
        organ_id: to.into(),
        staff: String::new(),
    };
    outbox::enqueue_status(work, &status, to).await?;
    Ok(())
}

fn sender(message: &In, from: &edxml::Organ) -> Body {
    Body {
        code: message.from_code.clone(),
        name: match short(&from.name, 300) {
            name if name.is_empty() => message.from_code.clone(),
            name => name,
        },
    }
}

/// Some senders leave the number out, or write all of it into the notation.
fn notation(d: &Document) -> String {
    short(d.number().trim_matches('/'), 200)
}

/// What another body wrote, fit for a list: one line, no longer than `most` characters.
fn short(text: &str, most: usize) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().chars().take(most).collect()
}

/// The last part of a path that another body may have written.
fn file_name(text: &str) -> String {
    match short(text.rsplit(['/', '\\']).next().unwrap_or_default(), 200) {
        name if name.is_empty() => "van-ban.pdf".to_owned(),
        name => name,
    }
}

/// Abbreviation of the kind that the sender names; an unknown one is a letter (công văn), the kind without one.
fn kind(name: &str) -> String {
    let folded = crate::text::fold(name);
    let known = KINDS
        .iter()
        .find(|(short, long)| crate::text::fold(long) == folded || short.eq_ignore_ascii_case(name));
    known.map_or("CV", |(short, _)| short).to_owned()
}

fn urgency(priority: u8) -> Urgency {
    let all = [Urgency::Normal, Urgency::Urgent, Urgency::VeryUrgent, Urgency::Express];
    all.into_iter().find(|u| u.priority() == priority).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_known_by_name_however_written() {
        assert_eq!(kind("Quyết định"), "QĐ");
        assert_eq!(kind("QUYẾT  ĐỊNH"), "QĐ");
        assert_eq!(kind("TTr"), "TTr");
        assert_eq!(kind("Phiếu lạ"), "CV");
        assert_eq!(kind(""), "CV");
    }

    #[test]
    fn what_others_write_is_cut_to_a_line() {
        assert_eq!(short("  Mời\nhọp\u{0}về đất đai ", 7), "Mời họp");
        assert_eq!(file_name("..\\..\\etc/giấy mời.pdf"), "giấy mời.pdf");
        assert_eq!(file_name("a/"), "van-ban.pdf");
    }

    #[test]
    fn priorities_are_those_of_the_standard() {
        assert_eq!(urgency(0), Urgency::Normal);
        assert_eq!(urgency(3), Urgency::Express);
        assert_eq!(urgency(9), Urgency::Normal);
    }
}
