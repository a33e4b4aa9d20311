//! The XML signature of a message: xmlsec1 believes ours, we believe its, and nobody believes what was changed.
use crate::axis::{PlayedNode, header, hears, number};
use crate::support::axis::{Province, eventually};
use crate::support::{Authority, Server};
use app::dto::identity::{Body, Role};
use app::ids::DocumentId;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use serde_json::json;
use server::actor::Actor;
use server::axis::edxml::{self, Attachment, Error, Limits, Parsed, Sealer};
use server::axis::wire::Frame;
use server::demo::pki::{Pair, Use, issue_for};
use std::path::PathBuf;
use std::process::Command;

const CONTENTS: [&str; 2] = ["nội dung tệp thứ nhất\n", "nội dung tệp thứ hai & <khác>\n"];

/// A message of two attachments, and who may sign it.
struct Desk {
    dir: tempfile::TempDir,
    authority: Authority,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            dir: tempfile::tempdir().expect("a folder"),
            authority: Authority::found(),
        };
        std::fs::write(desk.path("root.pem"), desk.authority.root_pem()).expect("writing");
        for (n, content) in CONTENTS.iter().enumerate() {
            std::fs::write(desk.path(&format!("content-{n}")), content).expect("writing");
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Certificate and key as files.
    fn keep(&self, name: &str, pair: &Pair) -> (PathBuf, PathBuf) {
        let (certificate, key) = (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")));
        std::fs::write(&certificate, pair.certificate.to_pem().expect("PEM")).expect("writing");
        std::fs::write(&key, pair.key.private_key_to_pem_pkcs8().expect("PEM")).expect("writing");
        (certificate, key)
    }

    fn attachments(&self) -> Vec<Attachment> {
        let one = |(n, content): (usize, &&str)| Attachment {
            name: format!("tep-{n}.pdf"),
            content_type: "application/pdf".into(),
            content_id: format!("tep-{n}@h99"),
            description: String::new(),
            path: self.path(&format!("content-{n}")),
            size: content.len() as u64,
        };
        CONTENTS.iter().enumerate().map(one).collect()
    }

    fn document(&self) -> edxml::Document {
        let mut document = header("H99", "H99.5");
        document.subject = "Về việc \"thử\" & <kiểm tra>\r\ncó dòng mới".into();
        document.trace = vec![("H99".into(), "2026/11/24 14:05:00".into())];
        document
    }

    fn signed(&self, pair: &Pair) -> Vec<u8> {
        let mut out = Vec::new();
        edxml::write_signed_document(&mut out, &self.document(), &self.attachments(), &sealer(pair)).expect("written");
        out
    }

    fn read(&self, message: &[u8]) -> Result<Parsed, Error> {
        edxml::read(&mut &message[..], self.dir.path(), Limits { attachments: 1_000_000 })
    }

    /// What xmlsec1 says of a message; `more` stands before its name.
    fn xmlsec(&self, command: &str, message: &[u8], more: &[&str]) -> (bool, String) {
        let input = self.path("message.edxml");
        std::fs::write(&input, message).expect("writing");
        let mut xmlsec = Command::new("xmlsec1");
        xmlsec.arg(command);
        for part in ["MessageHeader", "Status", "Bussiness", "edXMLBody"] {
            xmlsec.args(["--id-attr:Id", &format!("{}:{part}", edxml::NAMESPACE)]);
        }
        for a in self.attachments() {
            xmlsec.arg(format!("--url-map:cid:{}", a.content_id)).arg(&a.path);
        }
        let out = xmlsec.args(more).arg(&input).output().expect("xmlsec1 (scripts/setup test)");
        let said = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
        (out.status.success(), said)
    }

    fn verify(&self, message: &[u8]) -> (bool, String) {
        let root = self.path("root.pem");
        self.xmlsec("--verify", message, &["--trusted-pem", root.to_str().expect("a path")])
    }
}

fn sealer(pair: &Pair) -> Sealer {
    Sealer::from_pem(
        &pair.key.private_key_to_pem_pkcs8().expect("PEM"),
        &pair.certificate.to_pem().expect("PEM"),
    )
    .expect("a key that signs")
}

fn curve(nid: Nid) -> PKey<openssl::pkey::Private> {
    let group = EcGroup::from_curve_name(nid).expect("a curve");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

/// One of each kind of key.
fn pairs(authority: &Authority) -> Vec<(&'static str, Pair)> {
    let keys = [
        ("RSA", PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key")),
        ("P-256", curve(Nid::X9_62_PRIME256V1)),
        ("P-384", curve(Nid::SECP384R1)),
        ("P-521", curve(Nid::SECP521R1)),
    ];
    let pair = |key| issue_for(key, "H99", None, &Use::Link, Some(&authority.root)).expect("a certificate");
    keys.into_iter().map(|(name, key)| (name, pair(key))).collect()
}

fn replaced(message: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(message).expect("text");
    assert!(text.contains(from), "{from} is not in the message");
    text.replacen(from, to, 1).into_bytes()
}

fn status() -> edxml::Status {
    edxml::Status {
        from: header("H99.5", "H99").from,
        to: header("H99.5", "H99").to,
        for_organ: "H99".into(),
        for_number: "7/GM-UBND".into(),
        for_date: "2026-11-24".into(),
        code: "03".into(),
        description: "Đã tiếp nhận".into(),
        ..edxml::Status::default()
    }
}

#[test]
fn xmlsec1_believes_what_we_sign_and_nothing_that_was_changed() {
    let desk = Desk::new();
    for (kind, pair) in pairs(&desk.authority) {
        let message = desk.signed(&pair);
        let (good, said) = desk.verify(&message);
        assert!(good, "{kind}: {said}");
        let changed = replaced(&message, "<edXML:CodeNumber>7<", "<edXML:CodeNumber>8<");
        assert!(!desk.verify(&changed).0, "{kind}: the judge would believe anything");
        let parsed = desk.read(&message).expect("a signature that holds");
        assert_eq!(
            parsed.signature.expect("signed").certificate,
            pair.certificate.to_der().expect("DER")
        );
        assert_eq!(parsed.attachments[1].name, "tep-1.pdf");

        let mut receipt = Vec::new();
        edxml::write_signed_status(&mut receipt, &status(), &sealer(&pair)).expect("written");
        let (good, said) = desk.verify(&receipt);
        assert!(good, "{kind}: {said}");
        assert!(desk.read(&receipt).expect("a signature that holds").signature.is_some());
    }
}

/// As somebody else writes it: other prefixes, white space, CDATA, comments, references, attributes in another order.
fn foreign(desk: &Desk, method: &str) -> Vec<u8> {
    let mut plain = Vec::new();
    edxml::write_document(&mut plain, &desk.document(), &desk.attachments()).expect("written");
    let reference = |uri: &str, transforms: &str| {
        format!(
            "\n  <Reference URI=\"{uri}\">{transforms}<DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><DigestValue/></Reference>"
        )
    };
    let exclusive = "<Transforms><Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/></Transforms>";
    let mut references: String = ["#đầu", "#nghiệp-vụ", "#thân"]
        .iter()
        .map(|uri| reference(uri, exclusive))
        .collect();
    references.extend(desk.attachments().iter().map(|a| reference(&format!("cid:{}", a.content_id), "")));
    let signature = format!(
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>\
         <CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><!-- chữ ký -->\
         <SignatureMethod Algorithm=\"{method}\"/>{references}\n</SignedInfo><SignatureValue/>\
         <KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>"
    );
    let text = String::from_utf8(plain).expect("text");
    text.replace("<edXML:DigitalSignature>", &format!("<edXML:DigitalSignature>{signature}"))
        .replace(
            "<edXML:MessageHeader>",
            "<edXML:MessageHeader\n  b=\"&lt;&quot;&#9;\n x\" xmlns:z=\"urn:z\" z:a='2' a=\"1\" Id=\"đầu\"\n>\r\n  ",
        )
        .replace("<edXML:Bussiness>", "<edXML:Bussiness Id=\"nghiệp-vụ\">")
        .replace("<edXML:edXMLBody>", "<edXML:edXMLBody Id='thân'>")
        .replace(">H99</edXML:OrganId>", "><![CDATA[H<&99]]></edXML:OrganId>")
        .replace("H<&99", "H99")
        .replace(
            "<edXML:Code>",
            "<!-- số --><?in  đậm ?><q:x xmlns:q=\"urn:q\" xmlns=\"urn:other\"><y q:k=\"&#10;\"/><z xmlns=\"\"/></q:x>&#13;&gt;<edXML:Code>",
        )
        .replace("<edXML:DueDate></edXML:DueDate>", "<DueDate/>")
        .replace("edXML:", "v:")
        .replace("xmlns:edXML", "xmlns:không-dùng=\"urn:k\" xmlns:v")
        .into_bytes()
}

#[test]
fn we_believe_what_xmlsec1_signs_however_it_is_written() {
    let desk = Desk::new();
    for (kind, pair) in pairs(&desk.authority) {
        let method = match kind {
            "RSA" => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            _ => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        };
        let (certificate, key) = desk.keep(kind, &pair);
        let with = format!("{},{}", key.display(), certificate.display());
        let out = desk.path("signed.edxml");
        let more = ["--privkey-pem", &with, "--output", out.to_str().expect("a path")];
        let (good, said) = desk.xmlsec("--sign", &foreign(&desk, method), &more);
        assert!(good, "{kind}: {said}");
        let signed = std::fs::read(&out).expect("what it signed");
        let parsed = desk.read(&signed).unwrap_or_else(|e| panic!("{kind}: {e}"));
        assert_eq!(
            parsed.signature.expect("signed").certificate,
            pair.certificate.to_der().expect("DER"),
            "{kind}"
        );
        assert_eq!(parsed.message.from().organ_id, "H99");
        let changed = replaced(&signed, "urn:q", "urn:p");
        assert_eq!(desk.read(&changed).expect_err("changed").code(), "edxml.signature_broken", "{kind}");
    }
}

/// Everything from one text to the end of another.
fn between(text: &str, from: &str, to: &str) -> String {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from}"));
    let end = text[start..].find(to).unwrap_or_else(|| panic!("no {to}")) + start + to.len();
    text[start..end].to_owned()
}

#[test]
fn what_was_changed_swapped_added_or_wrapped_is_refused_by_name() {
    let desk = Desk::new();
    let pair = desk.authority.link("H99");
    let message = desk.signed(&pair);
    let text = std::str::from_utf8(&message).expect("text");
    let encode = |content: &str| base64(content.as_bytes());
    let [first, second] = CONTENTS.map(encode);
    let part = |from: &str, to: &str| between(text, from, to);
    let signature = part("<ds:Signature ", "</ds:Signature>");
    let head = part("<edXML:MessageHeader", "</edXML:MessageHeader>");
    let business = part("<edXML:Bussiness", "</edXML:Bussiness>");
    let reference = part("<ds:Reference URI=\"#MessageHeader\"", "</ds:Reference>");
    let manifest = part("<edXML:Reference xlink:href", "</edXML:Reference>");
    let attachment = part("<Attachment><ContentType>", "</Attachment>");
    let false_head = head.replace(">7<", ">8<").replace(" Id=\"MessageHeader\"", "");
    let swap = |a: &str, b: &str| text.replace(a, "\u{1}").replace(b, a).replace('\u{1}', b);
    let another = String::from_utf8(desk.signed(&desk.authority.link("H99.3"))).expect("text");
    let foreign_certificate = between(&another, "<ds:X509Certificate>", "</ds:X509Certificate>");
    let own_certificate = part("<ds:X509Certificate>", "</ds:X509Certificate>");
    let replace = |from: &str, to: &str| {
        assert!(text.contains(from), "{from} is not in the message");
        text.replacen(from, to, 1)
    };

    #[rustfmt::skip]
    let cases: Vec<(&str, String, &str)> = vec![
        ("as it was signed", text.to_owned(), ""),
        ("an entry of the trace more", replace("</edXML:TraceHeader>", "</edXML:TraceHeader><edXML:TraceHeader><edXML:OrganId>axis</edXML:OrganId><edXML:Timestamp>2026/11/24 14:05:01</edXML:Timestamp></edXML:TraceHeader>"), ""),
        ("line ends within base64", replace(&first, &first.chars().map(|c| format!("{c}\r\n")).collect::<String>()), ""),
        ("another number", replace(">7</edXML:CodeNumber>", ">8</edXML:CodeNumber>"), "edxml.signature_broken"),
        ("white space in the header", replace("<edXML:Code>", " <edXML:Code>"), "edxml.signature_broken"),
        ("a recall instead of a new document", replace("BussinessDocType>0<", "BussinessDocType>1<"), "edxml.signature_broken"),
        ("another name in the manifest", replace(">tep-0.pdf</edXML:AttachmentName>", ">tep-9.pdf</edXML:AttachmentName>"), "edxml.signature_broken"),
        ("another attachment", replace(&first, &base64(b"other\n")), "edxml.signature_broken"),
        ("two contents swapped", swap(&first, &second), "edxml.signature_broken"),
        ("two attachments' ids swapped", {
            let (front, back) = text.split_once("<AttachmentEncoded>").expect("attachments");
            let back = back.replace("tep-0@h99", "\u{1}").replace("tep-1@h99", "tep-0@h99").replace('\u{1}', "tep-1@h99");
            format!("{front}<AttachmentEncoded>{back}")
        }, "edxml.signature_broken"),
        ("an attachment left out", replace(&attachment, ""), "edxml.signature_scope"),
        ("an attachment and its entry left out", replace(&attachment, "").replace(&manifest, ""), "edxml.signature_broken"),
        ("an attachment more", replace(&attachment, &format!("{attachment}{}", attachment.replace("tep-0@h99", "tep-2@h99"))), "edxml.signature_scope"),
        ("the same attachment twice", replace(&attachment, &format!("{attachment}{attachment}")), "edxml.signature_scope"),
        ("a reference less", replace(&reference, ""), "edxml.signature_scope"),
        ("a reference twice", replace(&reference, &format!("{reference}{reference}")), "edxml.signature_scope"),
        ("a digest of another part", replace("URI=\"#MessageHeader\"", "URI=\"#Bussiness\""), "edxml.signature_broken"),
        ("the whole document referred to", replace("URI=\"#MessageHeader\"", "URI=\"\""), "edxml.signature_form"),
        ("something of the web referred to", replace("URI=\"#MessageHeader\"", "URI=\"http://127.0.0.1/\""), "edxml.signature_form"),
        ("an XPointer", replace("URI=\"#MessageHeader\"", "URI=\"#xpointer(id('MessageHeader'))\""), "edxml.signature_scope"),
        ("a transform more", replace("<ds:Transforms>", "<ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></ds:Transform>"), "edxml.signature_form"),
        ("another canonical form", replace("xml-exc-c14n#\"></ds:CanonicalizationMethod>", "xml-exc-c14n#WithComments\"></ds:CanonicalizationMethod>"), "edxml.signature_form"),
        ("SHA-1", replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"), "edxml.signature_form"),
        ("RSA with SHA-1", replace("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"), "edxml.signature_form"),
        ("an HMAC with the public key", replace("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"), "edxml.signature_form"),
        ("a shortened value", replace("xmldsig-more#rsa-sha256\"></ds:SignatureMethod>", "xmldsig-more#rsa-sha256\"><ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>"), "edxml.signature_form"),
        ("the certificate of another body", replace(&own_certificate, &foreign_certificate), "edxml.signature_broken"),
        ("no certificate", replace(&own_certificate, ""), "edxml.signature_form"),
        ("no value", replace("<ds:SignatureValue>", "<ds:SignatureValue></ds:SignatureValue><ds:Object>").replace("</ds:SignatureValue><ds:KeyInfo>", "</ds:Object><ds:KeyInfo>"), "edxml.signature_broken"),
        ("two signatures", replace(&signature, &format!("{signature}{signature}")), "edxml.signature_scope"),
        ("two places for signatures", replace("</edXML:DigitalSignature>", "</edXML:DigitalSignature><edXML:DigitalSignature></edXML:DigitalSignature>"), "edxml.signature_scope"),
        ("an Id twice", replace("<edXML:TraceHeaderList id=\"\"", "<edXML:TraceHeaderList id=\"MessageHeader\""), "edxml.signature_scope"),
        ("an Id twice, as xml:id", replace("<edXML:TraceHeaderList id=\"\"", "<edXML:TraceHeaderList xml:id=\"MessageHeader\""), "edxml.signature_scope"),
        ("the signed header moved away, a false one in its place", replace(&head, &false_head).replace("</edXML:DigitalSignature>", &format!("</edXML:DigitalSignature><edXML:Old>{head}</edXML:Old>")), "edxml.signature_scope"),
        ("the signed header inside the signature, a false one in its place", replace(&head, &false_head).replace("</ds:KeyInfo>", &format!("</ds:KeyInfo><ds:Object>{head}</ds:Object>")), "edxml.signature_scope"),
        ("a false header before the signed one", replace(&head, &format!("{false_head}{head}")), "edxml.signature_scope"),
        ("a false header in other letters", replace(&head, &format!("{}{head}", false_head.replace("MessageHeader", "messageheader"))), "edxml.signature_scope"),
        ("a false header around the signed one", replace(&head, &format!("<edXML:MessageHeader><edXML:Code></edXML:Code>{head}</edXML:MessageHeader>")), "edxml.signature_scope"),
        ("a status that nobody signed", replace("<edXML:DigitalSignature>", "<edXML:Status></edXML:Status><edXML:DigitalSignature>"), "edxml.signature_scope"),
        ("a status hidden below", replace("<edXML:DigitalSignature>", "<edXML:Other><edXML:Status><edXML:From><edXML:OrganId>H99</edXML:OrganId></edXML:From><edXML:ResponseFor></edXML:ResponseFor><edXML:StatusCode>03</edXML:StatusCode></edXML:Status></edXML:Other><edXML:DigitalSignature>"), "edxml.signature_scope"),
        ("another Business before the signed one", replace("<edXML:TraceHeaderList ", "<edXML:Bussiness><edXML:BussinessDocType>1</edXML:BussinessDocType></edXML:Bussiness><edXML:TraceHeaderList "), "edxml.signature_scope"),
        ("the Business twice", replace(&business, &format!("{business}{}", business.replace(" Id=\"Bussiness\"", ""))), "edxml.signature_scope"),
        ("a Business that nobody signed", replace(&business, "<edXML:Business><edXML:BussinessDocType>1</edXML:BussinessDocType></edXML:Business>"), "edxml.signature_scope"),
        ("an attribute twice", replace("<edXML:MessageHeader Id", "<edXML:MessageHeader Id=\"x\" Id"), "edxml.malformed"),
        ("the header in another namespace", replace("<edXML:Code>", "<edXML:Code xmlns:edXML=\"urn:x\">"), "edxml.signature_broken"),
    ];
    for (what, changed, code) in &cases {
        assert!(code.is_empty() || changed.as_bytes() != message, "{what}: nothing was changed");
        match (desk.read(changed.as_bytes()), *code) {
            (Ok(parsed), "") => assert!(parsed.signature.is_some(), "{what}"),
            (Ok(_), code) => panic!("{what}: taken, not {code}"),
            (Err(e), code) => assert_eq!(e.code(), code, "{what}: {e}"),
        }
    }
    // And what xmlsec1 can judge without knowing the standard, it judges alike.
    for (what, changed, code) in &cases {
        if matches!(*code, "" | "edxml.signature_broken")
            && !what.contains("attachment")
            && !what.contains("contents")
            && !what.contains("swapped")
        {
            let (good, said) = desk.verify(changed.as_bytes());
            assert_eq!(good, code.is_empty(), "{what}: {said}");
        }
    }
}

fn base64(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes)
}

#[test]
fn a_flipped_byte_never_goes_through() {
    let desk = Desk::new();
    let message = desk.signed(&desk.authority.link("H99"));
    let text = std::str::from_utf8(&message).expect("text");
    let trace = text.find("<edXML:TraceHeaderList").expect("a trace")..text.find("<edXML:Bussiness").expect("business");
    let signed = |parsed: Parsed| {
        let contents: Vec<_> = parsed.attachments.iter().map(|a| std::fs::read(&a.path).expect("a file")).collect();
        let names: Vec<_> = parsed
            .attachments
            .into_iter()
            .map(|a| (a.name, a.content_id, a.content_type))
            .collect();
        // Whose certificate it is, is for others to judge: theirs, too, is a signature that breaks.
        (parsed.message, contents, names)
    };
    let whole = signed(desk.read(&message).expect("whole"));
    let mut refused = 0;
    for at in (0..message.len()).step_by(3).filter(|at| !trace.contains(at)) {
        let mut changed = message.clone();
        changed[at] ^= 0x01;
        match desk.read(&changed) {
            Err(_) => refused += 1,
            // A message that was signed says the same, or nobody has signed it any more.
            Ok(parsed) if parsed.signature.is_some() => assert!(signed(parsed) == whole, "byte {at}"),
            Ok(_) => {
                let around = at.saturating_sub(60)..(at + 60).min(message.len());
                let near = String::from_utf8_lossy(&message[around]).into_owned();
                assert!(
                    near.contains("Signature")
                        || near.contains("xmldsig")
                        || near.contains("edXMLHeader")
                        || near.contains("edXMLEnvelope"),
                    "byte {at}: {near}"
                );
            }
        }
    }
    assert!(refused > message.len() / 4, "{refused} of {}", message.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_are_signed_shown_with_whose_they_are_and_kept_to_the_byte() {
    let province = Province::start().await;
    let (sender, other) = (province.body("H99").await, province.body("H99.5").await);
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    hears(&sender, &id, "H99.5", "01").await;
    let their_clerk = other.person("theirs", &[Role::Clerk]).await;
    let theirs = crate::recalls::copy(&other, "1 = 1").await;
    other.state.documents.take_in(&their_clerk, &theirs, 1).await.expect("taken in");
    hears(&sender, &id, "H99.5", "03").await;

    // The receiver knows who has signed the document's envelope.
    let list = other.machine(&their_clerk).await.get("/api/v1/axis/messages").await.ok().json();
    let came = list["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .find(|m| m["kind"] == "document");
    let by = came.expect("the document")["signed_by"].as_str().expect("a signer").to_owned();
    assert!(by.contains("H99") && !by.contains("H99.5"), "{by}");

    let seen = other.state.documents.get(&their_clerk, &theirs).await.expect("the document");
    let envelope = seen.envelope.expect("the message that brought it");
    assert_eq!(envelope.signed_by.as_deref(), Some(by.as_str()));

    // And the sender, of each receipt.
    let machine = sender.machine(&clerk).await;
    let seen = machine.get(&format!("/api/v1/documents/{id}")).await.ok().json();
    let trail = seen["receivers"][0]["trail"].as_array().expect("a trail").clone();
    let entry = |status: &str| trail.iter().find(|e| e["status"] == status).expect("an entry").clone();
    assert_eq!(
        (&entry("queued")["message"], &entry("queued")["signed_by"]),
        (&json!(null), &json!(null))
    );
    let auditor = sender.person("auditor", &[Role::Auditor]).await;
    let auditor = sender.machine(&auditor).await;
    let root = province.authority.root_pem();
    for status in ["01", "03"] {
        let by = entry(status)["signed_by"].as_str().expect("a signer").to_owned();
        assert!(by.contains("H99.5"), "{by}");
        let address = format!(
            "/api/v1/axis/messages/{}/edxml",
            entry(status)["message"].as_str().expect("a message")
        );
        let answer = auditor.get(&address).await.ok();
        assert_eq!(answer.header("content-type"), "application/xml");
        assert!(
            answer.header("content-disposition").starts_with("attachment; filename*="),
            "{status}"
        );
        // What was downloaded proves it alone.
        let desk = Desk::new();
        std::fs::write(desk.path("root.pem"), &root).expect("writing");
        let bytes = answer.body;
        let (good, said) = desk.verify(&bytes);
        assert!(good, "{said}");
        let file = desk.path("receipt.edxml");
        std::fs::write(&file, &bytes).expect("writing");
        let output = message(&["--ca", desk.path("root.pem").to_str().expect("a path")], &file);
        assert_eq!(output.0, Some(0), "{}", output.1);
        assert!(
            output.1.contains(&format!("status: {status} ")) && output.1.contains("from: H99.5"),
            "{}",
            output.1
        );
        let edxml::Message::Status(read) = desk.read(&bytes).expect("whole").message else {
            panic!("no status");
        };
        assert_eq!((read.code.as_str(), read.for_organ.as_str()), (status, "H99"));
        let drafter = sender.person(&format!("drafter-{status}"), &[Role::Drafter]).await;
        let refused = sender.machine(&drafter).await.get(&address).await;
        assert_eq!((refused.status, refused.code()), (403, "identity.forbidden".to_owned()));
    }
    let missing = auditor.get("/api/v1/axis/messages/H99.5:none/edxml").await;
    assert_eq!((missing.status, missing.code()), (404, "axis.not_found".to_owned()));
}

/// What the command line says of a message: exit code and words.
fn message(arguments: &[&str], file: &std::path::Path) -> (Option<i32>, String) {
    let mut kyhop = Command::new(env!("CARGO_BIN_EXE_kyhop"));
    let out = kyhop.arg("message").args(arguments).arg(file).output().expect("kyhop");
    (
        out.status.code(),
        String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned(),
    )
}

#[test]
fn the_command_line_judges_a_message_alone() {
    let desk = Desk::new();
    let (root, file) = (desk.path("root.pem"), desk.path("message.edxml"));
    let root = root.to_str().expect("a path");
    let own = desk.authority.signing("Ủy ban nhân dân tỉnh");
    let own_pem = own.certificate.to_pem().expect("PEM");
    let chain = [&own_pem[..], desk.authority.chain_pem().as_bytes()].concat();
    std::fs::write(desk.path("own.pem"), &own_pem).expect("writing");
    let with_chain = Sealer::from_pem(&own.key.private_key_to_pem_pkcs8().expect("PEM"), &chain).expect("a key that signs");
    let mut by_own = Vec::new();
    edxml::write_signed_document(&mut by_own, &desk.document(), &desk.attachments(), &with_chain).expect("written");
    let good = desk.signed(&desk.authority.link("H99"));
    let mut bare = Vec::new();
    edxml::write_document(&mut bare, &desk.document(), &desk.attachments()).expect("written");
    let own_path = desk.path("own.pem");
    let pinned = ["--certificate", own_path.to_str().expect("a path"), "--trust", root];
    type Case<'a> = (&'a str, &'a [u8], &'a [&'a str], i32, &'a str);
    let cases: [Case; 9] = [
        ("good", &good, &["--ca", root], 0, "tep-1.pdf"),
        (
            "long before",
            &good,
            &["--ca", root, "--at", "2020-01-01T00:00:00Z"],
            1,
            "axis.signer_untrusted",
        ),
        (
            "changed",
            &replaced(&good, ">7</edXML:CodeNumber>", ">8</edXML:CodeNumber>"),
            &["--ca", root],
            1,
            "edxml.signature_broken",
        ),
        (
            "of another",
            &desk.signed(&desk.authority.link("H99.3")),
            &["--ca", root],
            1,
            "axis.signer_foreign",
        ),
        ("known by its certificate", &by_own, &pinned, 0, "Ủy ban nhân dân tỉnh"),
        ("known by another", &good, &pinned, 1, "axis.signer_foreign"),
        ("unsigned", &bare, &["--ca", root], 3, "axis.envelope_unsigned"),
        ("no message", b"no message", &["--ca", root], 3, "edxml."),
        ("nothing to go by", &good, &[], 64, "--ca"),
    ];
    for (what, bytes, arguments, code, words) in cases {
        std::fs::write(&file, bytes).expect("writing");
        let (found, said) = message(arguments, &file);
        assert_eq!(found, Some(code), "{what}: {said}");
        assert!(said.contains(words), "{what}: {said}");
    }
}

/// A body whose document the played node has taken and delivered.
async fn delivered(province: &Province) -> (Server, PlayedNode, Actor, DocumentId) {
    let (sender, mut node) = tokio::join!(province.body("H99"), PlayedNode::meet(province));
    let (clerk, id) = province.issued(&sender, &["H99.5"]).await;
    sender.state.documents.send(&clerk, &id, 4).await.expect("sent");
    let message = node.handed().await;
    node.say(&Frame::Accepted { id: message.clone() }).await;
    node.say(&Frame::Delivered { id: message }).await;
    hears(&sender, &id, "H99.5", "delivered").await;
    (sender, node, clerk, id)
}

/// The receipt of a document, signed or not.
async fn receipt(sender: &Server, clerk: &Actor, id: &DocumentId, pair: Option<&Pair>) -> Vec<u8> {
    let row = sender.state.documents.get(clerk, id).await.expect("the document");
    let said = edxml::Status {
        for_number: row.row.number.expect("a number"),
        for_date: row.issued_on,
        ..status()
    };
    let mut out = Vec::new();
    match pair {
        Some(pair) => edxml::write_signed_status(&mut out, &said, &sealer(pair)).expect("written"),
        None => edxml::write_status(&mut out, &said).expect("written"),
    }
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_receipt_is_set_aside_and_told_and_the_true_one_is_heard() {
    let province = Province::found();
    let (sender, mut node, clerk, id) = delivered(&province).await;
    let authority = &province.authority;
    let true_one = receipt(&sender, &clerk, &id, Some(&authority.link("H99.5"))).await;
    let (stranger, root) = (Authority::found(), &authority.root);
    let old = {
        let key = PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key");
        let mut pair = issue_for(key, "H99.5", None, &Use::Link, Some(root)).expect("a certificate");
        pair.certificate = expired(&pair, root);
        pair
    };
    let forged = [
        (
            "another-body",
            receipt(&sender, &clerk, &id, Some(&authority.link("H99.3"))).await,
            "axis.signer_foreign",
        ),
        (
            "another-authority",
            receipt(&sender, &clerk, &id, Some(&stranger.link("H99.5"))).await,
            "axis.signer_untrusted",
        ),
        (
            "below-the-axis",
            receipt(&sender, &clerk, &id, Some(&authority.signing("H99.5"))).await,
            "axis.signer_untrusted",
        ),
        ("expired", receipt(&sender, &clerk, &id, Some(&old)).await, "axis.signer_untrusted"),
        (
            "changed",
            replaced(&true_one, "StatusCode>03<", "StatusCode>06<"),
            "edxml.signature_broken",
        ),
    ];
    for (n, (name, bytes, code)) in forged.iter().enumerate() {
        node.deliver_from("H99.5", name, bytes).await;
        let taken = Frame::Taken {
            from: "H99.5".into(),
            id: (*name).into(),
        };
        assert_eq!(node.answer().await, taken);
        let refused = format!("axis_inbox WHERE id = 'H99.5:{name}' AND state = 'refused' AND signer IS NULL AND error LIKE '%{code}%'");
        eventually(name, async || (number(&sender, &refused).await == 1).then_some(())).await;
        let seen = sender.state.documents.get(&clerk, &id).await.expect("the document");
        assert_eq!(seen.receivers[0].status, "delivered", "{name}: nothing was heard");
        let told: Vec<_> = seen.steps.iter().filter(|s| s.action == "document.receipt_refused").collect();
        assert_eq!(told.len(), n + 1, "{name}");
        assert!(told.iter().any(|s| s.remark.contains(code)), "{name}: {told:?}");
    }
    node.deliver_from("H99.5", "true", &true_one).await;
    hears(&sender, &id, "H99.5", "03").await;
    assert_eq!(
        number(
            &sender,
            "receiver_status WHERE status = '03' AND signer LIKE '%H99.5%' AND message_id = 'H99.5:true'"
        )
        .await,
        1
    );
    assert_eq!(number(&sender, "receiver_status WHERE status = '06'").await, 0);
}

/// The same certificate, ended long ago.
fn expired(pair: &Pair, issuer: &Pair) -> openssl::x509::X509 {
    use openssl::asn1::Asn1Time;
    let mut builder = openssl::x509::X509Builder::new().expect("a builder");
    let done = (|| {
        builder.set_version(2)?;
        builder.set_serial_number(pair.certificate.serial_number())?;
        builder.set_subject_name(pair.certificate.subject_name())?;
        builder.set_issuer_name(issuer.certificate.subject_name())?;
        builder.set_pubkey(&pair.key)?;
        builder.set_not_before(Asn1Time::from_str("20240101000000Z")?.as_ref())?;
        builder.set_not_after(Asn1Time::from_str("20250101000000Z")?.as_ref())?;
        builder.sign(&issuer.key, openssl::hash::MessageDigest::sha256())
    })();
    done.expect("a certificate");
    builder.build()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_certificate_the_directory_holds_signs_with_it_and_always() {
    let province = Province::found();
    let (sender, mut node, clerk, id) = delivered(&province).await;
    // Of an authority that the configuration trusts, under a name that says nothing to a machine.
    let own = province.authority.signing("Sở Nội vụ");
    let pem = String::from_utf8(own.certificate.to_pem().expect("PEM")).expect("text");
    let body = Body {
        code: "H99.5".into(),
        name: "Sở Nội vụ".into(),
    };
    sender
        .state
        .identity
        .add_body(&Actor::system("test"), &body, Some(&pem))
        .await
        .expect("entered");
    let chain = province.authority.chain_pem();
    let with_chain = Sealer::from_pem(
        &own.key.private_key_to_pem_pkcs8().expect("PEM"),
        format!("{pem}{chain}").as_bytes(),
    )
    .expect("a key that signs");
    let row = sender.state.documents.get(&clerk, &id).await.expect("the document");
    let said = edxml::Status {
        for_number: row.row.number.expect("a number"),
        for_date: row.issued_on,
        ..status()
    };
    let mut true_one = Vec::new();
    edxml::write_signed_status(&mut true_one, &said, &with_chain).expect("written");
    let cases = [
        ("unsigned", receipt(&sender, &clerk, &id, None).await, "axis.envelope_unsigned"),
        (
            "by-the-link",
            receipt(&sender, &clerk, &id, Some(&province.authority.link("H99.5"))).await,
            "axis.signer_foreign",
        ),
        (
            "without-the-chain",
            receipt(&sender, &clerk, &id, Some(&own)).await,
            "axis.signer_untrusted",
        ),
    ];
    for (name, bytes, code) in &cases {
        node.deliver_from("H99.5", name, bytes).await;
        let _ = node.answer().await;
        let refused = format!("axis_inbox WHERE id = 'H99.5:{name}' AND state = 'refused' AND error LIKE '%{code}%'");
        eventually(name, async || (number(&sender, &refused).await == 1).then_some(())).await;
    }
    node.deliver_from("H99.5", "true", &true_one).await;
    hears(&sender, &id, "H99.5", "03").await;
    assert_eq!(
        number(&sender, "receiver_status WHERE status = '03' AND signer LIKE '%Sở Nội vụ%'").await,
        1
    );
    // Forgotten, it is as with everybody else: the certificate of the axis' authority will do.
    let add = async |pem: &str| sender.state.identity.add_body(&Actor::system("test"), &body, Some(pem)).await;
    assert!(add("no certificate").await.is_err());
    add("").await.expect("forgotten");
    let by_link = receipt(&sender, &clerk, &id, Some(&province.authority.link("H99.5"))).await;
    node.deliver_from("H99.5", "by-the-link-now", &by_link).await;
    let done = "axis_inbox WHERE id = 'H99.5:by-the-link-now' AND state = 'done' AND signer LIKE '%H99.5%'";
    eventually("believed", async || (number(&sender, done).await == 1).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_in_an_envelope_that_is_not_believed_is_answered_02_and_a_recall_16() {
    let province = Province::found();
    let (other, mut node) = tokio::join!(
        async {
            let mut link = province.link("H99.5", &province.authority);
            link.refuse_unsigned_envelopes = true;
            province.body_with("H99.5", |c| c.axis = Some(link)).await
        },
        PlayedNode::meet(&province)
    );
    let pair = province.authority.link("H99");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), crate::support::document("thong-bao.pdf")).expect("writing");
    let attachment = Attachment {
        name: "giay-moi.pdf".into(),
        content_type: "application/pdf".into(),
        content_id: "1".into(),
        description: String::new(),
        path: file.path().to_owned(),
        size: 0,
    };
    let write = |business: u8, pair: Option<&Pair>| {
        let mut document = header("H99", "H99.5");
        document.business = business;
        document.business_reason = "Sai".into();
        let attachments: &[Attachment] = if business == 0 { std::slice::from_ref(&attachment) } else { &[] };
        let mut out = Vec::new();
        match pair {
            Some(pair) => edxml::write_signed_document(&mut out, &document, attachments, &sealer(pair)),
            None => edxml::write_document(&mut out, &document, attachments),
        }
        .expect("written");
        out
    };
    let good = write(0, Some(&pair));
    let changed = replaced(&good, "Mời họp</edXML:Subject>", "Mời ăn</edXML:Subject>");
    let cases = [
        ("bare", write(0, None), "02", "axis.envelope_unsigned"),
        (
            "foreign",
            write(0, Some(&province.authority.link("H99.3"))),
            "02",
            "axis.signer_foreign",
        ),
        ("changed", changed, "02", "edxml.signature_broken"),
        ("bare-recall", write(1, None), "16", "axis.envelope_unsigned"),
        (
            "foreign-recall",
            write(1, Some(&province.authority.link("H99.3"))),
            "16",
            "axis.signer_foreign",
        ),
    ];
    for (name, bytes, status, code) in &cases {
        node.deliver(name, bytes).await;
        let _ = node.answer().await;
        let refused = format!("axis_inbox WHERE id = 'H99:{name}' AND state = 'refused'");
        eventually(name, async || (number(&other, &refused).await == 1).then_some(())).await;
        let answered = format!("axis_outbox WHERE kind = 'status' AND payload LIKE '%\"code\":\"{status}\"%{code}%'");
        assert!(number(&other, &answered).await >= 1, "{name}");
    }
    assert_eq!(number(&other, "document").await, 0);
    assert_eq!(number(&other, "early_mark").await, 0, "nothing is taken back by a stranger");
    assert_eq!(number(&other, "axis_outbox").await, i64::try_from(cases.len()).expect("a number"));
    node.deliver("good", &good).await;
    eventually("an arrival", async || {
        (number(&other, "document WHERE direction = 'incoming'").await == 1).then_some(())
    })
    .await;
    assert_eq!(number(&other, "axis_inbox WHERE id = 'H99:good' AND signer LIKE '%H99%'").await, 1);
}
