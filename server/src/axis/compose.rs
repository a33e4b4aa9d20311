//! The edXML of what the outbox holds.
use super::edxml::{self, Attachment, Document, Organ, Status};
use super::outbox::{Business, OutgoingDocument, OutgoingStatus};
use super::signer::write_status;
use super::store::Out;
use super::{Error, Service};
use crate::clock::{now_us, stamp};
use app::dto::identity::Body;

impl Service {
    /// The message as a stored file, built at the first attempt: every later one sends the same bytes. None when it is not
    /// to be sent any more; what was built may be at the node, and only the node ends it.
    pub(super) async fn built(&self, message: &Out) -> Result<Option<String>, Error> {
        if let Some(sha256) = &message.sha256 {
            return Ok(Some(sha256.clone()));
        }
        let me = organ(&Body {
            code: self.config.body_code.clone(),
            name: self.config.body_name.clone(),
        });
        let file = self.files.temporary()?;
        let mut out = std::io::BufWriter::new(file.reopen()?);
        let now = stamp(now_us());
        let sealer = self.sealer().await?;
        if message.kind != "status" {
            let said: OutgoingDocument = serde_json::from_str(&message.payload)?;
            let attachment = Attachment {
                name: said.file_name.clone(),
                content_type: "application/pdf".into(),
                content_id: said.sha256.clone(),
                description: said.subject.clone(),
                path: self.files.local(&said.sha256).await?,
                size: said.size,
            };
            let document = document(me, &said, &now);
            // A recall says which document it is about; there is nothing to read in it.
            let attachments = if said.business == Business::Recall {
                Vec::new()
            } else {
                vec![attachment]
            };
            let write = move || match &sealer {
                Some(sealer) => edxml::write_signed_document(&mut out, &document, &attachments, sealer),
                None => edxml::write_document(&mut out, &document, &attachments),
            };
            tokio::task::spawn_blocking(write).await??;
        } else {
            let said: OutgoingStatus = serde_json::from_str(&message.payload)?;
            let mut c = self.db.read().acquire().await?;
            let to = crate::documents::store::body(&mut c, &message.to_code).await?.unwrap_or(Body {
                code: message.to_code.clone(),
                name: String::new(),
            });
            drop(c);
            let status = status(me, organ(&to), &said, &now);
            tokio::task::spawn_blocking(move || write_status(&mut out, &status, sealer.as_ref())).await??;
        }
        let incoming = self.files.adopt(file)?;
        let sha256 = incoming.sha256.clone();
        self.files.keep(incoming).await?;
        let mut work = self.db.begin(&super::actor()).await?;
        let still = super::store::set_built(work.conn(), &message.id, &sha256).await?;
        work.commit().await?;
        Ok(still.then_some(sha256))
    }
}

pub(super) fn organ(body: &Body) -> Organ {
    Organ {
        organ_id: body.code.clone(),
        name: body.name.clone(),
        ..Organ::default()
    }
}

fn document(me: Organ, said: &OutgoingDocument, now: &str) -> Document {
    let mut document = Document {
        trace: vec![(me.organ_id.clone(), now.to_owned())],
        from: me,
        to: said.receivers.iter().map(organ).collect(),
        code_number: said.code_number.clone(),
        code_notation: said.code_notation.clone(),
        place: said.place.clone(),
        promulgation_date: said.promulgation_date.clone(),
        // Văn bản hành chính; which of its 29 kinds, the name says.
        kind: "2".into(),
        kind_name: said.kind_name.clone(),
        subject: said.subject.clone(),
        competence: said.signer_competence.clone(),
        position: said.signer_position.clone(),
        signer: said.signer_name.clone(),
        to_places: said.receivers.iter().map(|b| b.name.clone()).collect(),
        priority: said.priority,
        copies: 1,
        page_amount: said.pages,
        business: said.business.number(),
        business_reason: said.reason.clone(),
        ..Document::default()
    };
    document.document_id = document.expected_id();
    if let Some(old) = &said.supersedes {
        document.replaces = vec![edxml::Replacement {
            document_id: format!("{},{},{}", document.from.organ_id, edxml::slashes(&old.issued_on), old.notation),
            organs: said.receivers.iter().map(|b| b.code.clone()).collect(),
        }];
        // What the document says is changed; to whom it goes is not a change of its own.
        document.update = (said.business == Business::Update).then(|| edxml::Update {
            document: "1".into(),
            receivers: "0".into(),
            list: Vec::new(),
        });
    }
    document
}

fn status(me: Organ, to: Organ, said: &OutgoingStatus, now: &str) -> Status {
    Status {
        from: me,
        to: vec![to],
        for_organ: said.organ_id.clone(),
        for_number: said.notation.clone(),
        for_date: said.promulgation_date.clone(),
        for_document_id: format!("{},{},{}", said.organ_id, edxml::slashes(&said.promulgation_date), said.notation),
        code: said.code.clone(),
        description: said.description.clone(),
        timestamp: now.to_owned(),
        staff: edxml::Staff {
            name: said.staff.clone(),
            ..edxml::Staff::default()
        },
    }
}
