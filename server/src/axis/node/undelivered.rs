//! The node's promise: what it accepted is delivered, or its sender hears that it was not and never will be. Exactly one
//! of the two.
use super::Node;
use super::queue::Waiting;
use crate::axis::edxml::{self, Message, Organ, Status};
use crate::axis::signer::{sealer, write_status};
use crate::axis::{UNDELIVERED, UNDELIVERED_STATUS};
use crate::clock::{now_us, stamp, when};
use crate::config::span;
use std::io::BufReader;
use std::time::Duration;

/// Looks after the promise for as long as the node runs.
pub async fn run(node: Node) {
    let after = node.config.undelivered_after;
    let look = (after / 10).clamp(Duration::from_millis(200), Duration::from_secs(60));
    loop {
        tokio::time::sleep(look).await;
        if let Err(e) = look_once(&node).await {
            tracing::error!(error = %e, "cannot end what is overdue");
        }
    }
}

async fn look_once(node: &Node) -> Result<(), super::queue::Error> {
    let after = i64::try_from(node.config.undelivered_after.as_micros()).unwrap_or(i64::MAX);
    let overdue = node.queue.overdue(now_us().saturating_sub(after)).await?;
    if overdue.is_empty() {
        return Ok(());
    }
    // A node whose key signs nothing speaks all the same: its link says who it is.
    let sealer = sealer(&node.config.certificate, &node.config.key)
        .map_err(|why| tracing::warn!(why, "notices go unsigned"))
        .ok();
    for message in overdue {
        let mut file = node.queue.temporary()?;
        let status = notice(node, &message)?;
        write_status(&mut file, &status, sealer.as_ref())?;
        let id = format!("{UNDELIVERED}{}:{}", message.from, message.id);
        if node.queue.undeliver(&message, &id, file).await? {
            tracing::warn!(from = message.from, to = message.to, id = message.id, "not delivered in time");
            node.ring(&message.from);
        }
    }
    Ok(())
}

/// What the sender is told, as the standard's own status message.
fn notice(node: &Node, message: &Waiting) -> Result<Status, super::queue::Error> {
    let header = edxml::header_only(&mut BufReader::new(std::fs::File::open(&message.path)?));
    let name = |code: &str| {
        let known = node.config.bodies.iter().find(|b| b.code == code);
        known.map_or(String::new(), |b| b.name.clone())
    };
    let organ = |code: &str| Organ {
        organ_id: code.to_owned(),
        name: name(code),
        ..Organ::default()
    };
    let mut status = Status {
        from: organ(&node.name),
        to: vec![organ(&message.from)],
        code: UNDELIVERED_STATUS.into(),
        timestamp: stamp(now_us()),
        ..Status::default()
    };
    match header {
        Ok(Message::Document(d)) => {
            status.for_organ = d.from.organ_id.clone();
            status.for_number = d.number();
            status.for_date = d.promulgation_date.clone();
            status.for_document_id = d.expected_id();
        }
        Ok(Message::Status(s)) => {
            status.for_organ = s.for_organ;
            status.for_number = s.for_number;
            status.for_date = s.for_date;
            status.for_document_id = s.for_document_id;
        }
        // It could be read when it came; its sender is told all the same, by its id.
        Err(e) => tracing::warn!(id = message.id, error = %e, "an overdue message cannot be read"),
    }
    let (code, name) = (&message.to, name(&message.to));
    let (span_vi, span_en) = span::words(node.config.undelivered_after);
    let since = when(message.received_at).text;
    // It may have it and have been cut off before it could say so.
    let (doubt_vi, doubt_en) = match message.attempts {
        0 => ("", ""),
        _ => (
            " Việc chuyển từng bị ngắt giữa chừng: hãy hỏi nơi nhận trước khi gửi lại.",
            " A hand-over broke off midway: ask the receiver before sending it again.",
        ),
    };
    status.description = format!(
        "Không chuyển được tới {name} ({code}): nơi nhận không lấy gói tin trong {span_vi}, từ {since}. Trục không chuyển gói tin này nữa; \
         hãy liên hệ nơi nhận, rồi gửi lại hoặc gửi bằng đường khác.{doubt_vi} / Not delivered to {name} ({code}): the receiver has not \
         taken the message in {span_en}, since {since}. The axis delivers it no more; ask the receiver, then send it again or another \
         way.{doubt_en} [axis.undelivered]"
    );
    Ok(status)
}
