//! One body's connection: what it hands in is checked and queued, what waits for it is handed out.
use super::queue::{Entered, New, Outcome, Waiting};
use super::{Node, trace};
use crate::axis::edxml;
use crate::axis::wire::{self, Ended, Frame, Heard, Reader, Reception, Refusal, Whole, Writer};
use crate::clock::{now_us, stamp};
use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::mpsc;

/// Time that a receiver has to put a message on its disk and say so.
const ANSWER: Duration = Duration::from_secs(120);

/// What a frame said of a message.
struct Announced {
    id: String,
    to: String,
    sha256: String,
}

/// A receiver's answer to a delivery.
struct Answer {
    from: String,
    id: String,
    outcome: Outcome,
}

/// Serves until the connection ends; says why it did.
pub async fn serve(node: &Node, code: &str, socket: wire::Socket) -> String {
    let mut current = node.take_over(code);
    let (writer, reader) = wire::split(socket);
    let (answered, answers) = mpsc::channel(8);
    let hearing = hear(node, code, reader, &writer, &answered);
    let in_hand = Mutex::new(None);
    let delivering = deliver(node, code, &writer, answers, &in_hand);
    let why = tokio::select! {
        ended = hearing => ended.map_or_else(|e| e.to_string(), |()| "done".into()),
        ended = delivering => ended.map_or_else(|e| e.to_string(), |()| "done".into()),
        () = writer.closed() => "the link does not carry".into(),
        _ = current.changed() => "replaced by a newer connection, or the node stops".into(),
    };
    let broken_off = in_hand.lock().ok().and_then(|mut slot| slot.take());
    if let Some(message) = broken_off {
        if let Err(e) = node.queue.postpone(&message).await {
            tracing::error!(id = message.id, error = %e, "cannot put a message back");
        }
        // A newer connection may be waiting for it.
        node.ring(code);
    }
    why
}

async fn hear(node: &Node, code: &str, mut reader: Reader, writer: &Writer, answered: &mpsc::Sender<Answer>) -> Result<(), Ended> {
    let mut reception: Option<(Reception<Announced>, Option<Refusal>)> = None;
    loop {
        match reader.next().await? {
            Heard::Chunk(chunk) => {
                let Some((open, _)) = &mut reception else {
                    return Err(Ended::Protocol("bytes that no frame announced".into()));
                };
                open.chunk(&chunk).await?;
            }
            Heard::Frame(Frame::Send { id, to, size, sha256 }) => {
                if reception.is_some() {
                    return Err(Ended::Protocol("a message inside a message".into()));
                }
                if id.is_empty() || id.len() > 100 {
                    return Err(Ended::Protocol("an id must have 1 to 100 characters".into()));
                }
                let refusal = refuse(node, &to, size);
                let file = match refusal {
                    Some(_) => None,
                    None => Some(node.queue.temporary().map_err(|e| Ended::Storage(e.to_string()))?),
                };
                let about = Announced {
                    id,
                    to,
                    sha256: sha256.clone(),
                };
                reception = Some((Reception::start(about, size, sha256, file)?, refusal));
            }
            Heard::Frame(Frame::Taken { from, id }) => {
                let outcome = Outcome::Delivered;
                let _ = answered.send(Answer { from, id, outcome }).await;
            }
            Heard::Frame(Frame::Declined { from, id, refusal }) => {
                let outcome = Outcome::Declined(refusal);
                let _ = answered.send(Answer { from, id, outcome }).await;
            }
            Heard::Frame(Frame::Noted { id }) => node.queue.noted(code, &id).await.map_err(|e| Ended::Storage(e.to_string()))?,
            Heard::Frame(other) => return Err(Ended::Protocol(format!("a body does not say {other:?}"))),
        }
        if let Some((complete, refusal)) = reception.take_if(|(open, _)| open.complete()) {
            let (about, whole) = complete.finish().await?;
            take(node, code, writer, about, whole, refusal).await?;
        }
    }
}

/// What can be refused before the first byte.
fn refuse(node: &Node, to: &str, size: u64) -> Option<Refusal> {
    if size > node.config.limit() {
        return Some(Refusal::too_large(size, node.config.limit()));
    }
    (!node.config.knows(to)).then(|| {
        Refusal::new(
            "axis.unknown_receiver",
            format!("Trục liên thông không biết cơ quan {to}. Hãy kiểm tra mã định danh, hoặc báo đơn vị vận hành trục rồi gửi lại."),
            format!("The axis does not know the body {to}. Check its identifier code, or tell the operator of the axis, then retry."),
        )
    })
}

/// A whole message: checked, queued, answered.
async fn take(
    node: &Node,
    code: &str,
    writer: &Writer,
    about: Announced,
    whole: Option<Whole>,
    refusal: Option<Refusal>,
) -> Result<(), Ended> {
    let Announced { id, to, sha256 } = about;
    let rejected = |refusal: Refusal, again: bool| {
        tracing::info!(body = code, id, to, code = refusal.code, "message rejected");
        Frame::Rejected {
            id: id.clone(),
            refusal,
            again,
        }
    };
    if let Some(refusal) = refusal {
        return writer.frame(&rejected(refusal, false)).await;
    }
    let Some(whole) = whole else {
        let refusal = Refusal::new(
            "axis.corrupted",
            "Gói tin bị hỏng trên đường truyền; hệ thống tự gửi lại.",
            "The message was damaged on its way; it is sent again by itself.",
        );
        return writer.frame(&rejected(refusal, true)).await;
    };
    let (me, sender, receiver) = (node.name.clone(), code.to_owned(), to.clone());
    let file = node.queue.temporary().map_err(|e| Ended::Storage(e.to_string()))?;
    let checked = tokio::task::spawn_blocking(move || check(whole, file, &me, &sender, &receiver)).await;
    let (traced, about) = match checked.map_err(|e| Ended::Storage(e.to_string()))? {
        Ok(traced) => traced,
        Err(Wrong::Message(refusal)) => return writer.frame(&rejected(refusal, false)).await,
        Err(Wrong::Disk(e)) => return Err(Ended::Io(e)),
    };
    let new = New {
        from: code,
        id: &id,
        to: &to,
        about: &about,
        file: traced.file,
        size: traced.size,
        sha256: traced.sha256,
        original: &sha256,
    };
    match node.queue.enter(new).await.map_err(|e| Ended::Storage(e.to_string()))? {
        Entered::Conflict => {
            let refusal = Refusal::new(
                "axis.id_reused",
                "Một gói tin khác đã dùng mã này.",
                "Another message has this id already.",
            );
            writer.frame(&rejected(refusal, false)).await
        }
        entered => {
            tracing::info!(body = code, id, to, new = entered == Entered::New, "message accepted");
            // The sender hears this before it can hear the receiver's answer.
            writer.frame(&Frame::Accepted { id }).await?;
            node.ring(&to);
            node.ring(code);
            Ok(())
        }
    }
}

enum Wrong {
    Message(Refusal),
    Disk(std::io::Error),
}

impl From<std::io::Error> for Wrong {
    fn from(e: std::io::Error) -> Self {
        Self::Disk(e)
    }
}

/// Holds the envelope against the certificate, and writes the message with the node's trace. Also says what it is about.
fn check(whole: Whole, file: tempfile::NamedTempFile, me: &str, sender: &str, receiver: &str) -> Result<(Whole, String), Wrong> {
    let mut input = whole.file.reopen()?;
    let message = match edxml::header_only(&mut std::io::BufReader::new(&input)) {
        Ok(message) => message,
        Err(edxml::Error::Io(e)) => return Err(Wrong::Disk(e)),
        Err(e) => return Err(Wrong::Message(Refusal::edxml(&e))),
    };
    let from = &message.from().organ_id;
    if from != sender {
        return Err(Wrong::Message(Refusal::new(
            "axis.from_forged",
            format!("Gói tin ghi cơ quan gửi là {from} nhưng chứng thư kết nối là của {sender}."),
            format!("The message says that {from} sends it, but the link's certificate is that of {sender}."),
        )));
    }
    if !message.to().iter().any(|o| o.organ_id == receiver) {
        return Err(Wrong::Message(Refusal::new(
            "axis.to_mismatch",
            format!("Gói tin không ghi {receiver} là cơ quan nhận."),
            format!("The message does not name {receiver} as a receiver."),
        )));
    }
    let mut output = file.reopen()?;
    trace::add(&mut input, &mut output, me, &stamp(now_us()))?;
    let (sha256, size) = crate::files::digest(&mut file.reopen()?)?;
    Ok((Whole { file, sha256, size }, message.about()))
}

/// `in_hand` has the message whose outcome is not known yet.
async fn deliver(
    node: &Node,
    code: &str,
    writer: &Writer,
    mut answers: mpsc::Receiver<Answer>,
    in_hand: &Mutex<Option<Waiting>>,
) -> Result<(), Ended> {
    let hold = |message: Option<Waiting>| {
        if let Ok(mut slot) = in_hand.lock() {
            *slot = message;
        }
    };
    let bell = node.bell(code);
    let storage = |e: super::queue::Error| Ended::Storage(e.to_string());
    let mut told = HashSet::new();
    loop {
        let outcomes = node.queue.outcomes(code).await.map_err(storage)?;
        told.retain(|(id, at)| outcomes.iter().any(|(open, since, _)| open == id && since == at));
        for (id, at, outcome) in outcomes {
            if told.insert((id.clone(), at)) {
                let frame = match outcome {
                    Outcome::Delivered => Frame::Delivered { id },
                    Outcome::Declined(refusal) => Frame::Rejected { id, refusal, again: false },
                };
                writer.frame(&frame).await?;
            }
        }
        let asked = now_us();
        let Some(message) = node.queue.next(code).await.map_err(storage)? else {
            match node.queue.due(code, asked).await.map_err(storage)? {
                None => bell.notified().await,
                Some(at) => {
                    let pause = Duration::from_micros(u64::try_from(at - now_us()).unwrap_or(0));
                    tokio::select! { () = bell.notified() => {}, () = tokio::time::sleep(pause) => {} }
                }
            }
            continue;
        };
        hold(Some(message.clone()));
        let outcome = hand_over(writer, &message, &mut answers).await?;
        node.queue.settle(&message, &outcome).await.map_err(storage)?;
        hold(None);
        tracing::info!(
            body = code,
            from = message.from,
            id = message.id,
            delivered = outcome == Outcome::Delivered,
            "handed over"
        );
        node.ring(&message.from);
    }
}

async fn hand_over(writer: &Writer, message: &Waiting, answers: &mut mpsc::Receiver<Answer>) -> Result<Outcome, Ended> {
    let frame = Frame::Deliver {
        from: message.from.clone(),
        id: message.id.clone(),
        size: message.size,
        sha256: message.sha256.clone(),
    };
    writer.message(&frame, &message.path, message.size).await?;
    let answer = async {
        while let Some(answer) = answers.recv().await {
            if answer.from == message.from && answer.id == message.id {
                return Ok(answer.outcome);
            }
        }
        Err(Ended::Closed)
    };
    tokio::time::timeout(ANSWER, answer).await.map_err(|_| Ended::Silent)?
}
