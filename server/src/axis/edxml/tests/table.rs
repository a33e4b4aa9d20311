//! Messages as senders write them, and as those who mean harm do: one change each, and what becomes of it.
use super::*;

/// Stands for a message that is read.
const READ: &str = "";

/// (what, from, to, code of the refusal); `from` empty: put before the whole.
#[rustfmt::skip]
const CASES: [(&str, &str, &str, &str); 68] = [
    ("as it was written", "zzz", "", READ),
    ("a byte order mark", "", "\u{feff}", READ),
    ("a prefix that nothing uses", "xmlns:edXML", "xmlns:q=\"urn:q\" xmlns:edXML", READ),
    ("the default namespace for all", "edXML:", "", READ),
    ("Business spelt rightly", "Bussiness", "Business", READ),
    ("names in other cases", "OrganId>", "OrganID>", READ),
    ("line ends of Windows", "><edXML:", ">\r\n\t<edXML:", READ),
    ("white space around values", "<edXML:CodeNumber>12<", "<edXML:CodeNumber> 12\n<", READ),
    ("a comment", "<edXML:Code>", "<!-- số --><edXML:Code>", READ),
    ("a processing instruction", "<edXML:Code>", "<?x y?><edXML:Code>", READ),
    ("CDATA in a value", "Nguyễn Văn Thành", "<![CDATA[Nguyễn Văn Thành]]>", READ),
    ("character references", "Minh An</edXML:Place>", "M&#x69;nh&#32;An</edXML:Place>", READ),
    ("no declaration", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", "", READ),
    ("no DocumentId", "edXML:DocumentId>", "edXML:Other>", READ),
    ("DocumentId N/A", ">H99,2026/11/24,12/QĐ-UBND<", ">N/A<", READ),
    ("DocumentId with spaces", "H99,2026/11/24,12/", "H99, 2026/11/24, 12 / ", READ),
    ("DocumentId with dashes in its date", "H99,2026/11/24", "H99,2026-11-24", READ),
    ("a date with the day first", ">2026/11/24</edXML:PromulgationDate>", ">24/11/2026</edXML:PromulgationDate>", READ),
    ("no signer", "edXML:SignerInfo>", "edXML:Other>", READ),
    ("no OtherInfo", "edXML:OtherInfo>", "edXML:Other>", READ),
    ("no places", "edXML:ToPlaces>", "edXML:Other>", READ),
    ("no kind", "edXML:DocumentType>", "edXML:Other>", READ),
    ("no trace", "edXML:TraceHeaderList", "edXML:Other", READ),
    ("no signature element", "<edXML:DigitalSignature></edXML:DigitalSignature>", "", READ),
    ("an empty signature element", "<edXML:DigitalSignature></edXML:DigitalSignature>", "<edXML:DigitalSignature/>", READ),
    ("no manifest", "edXML:edXMLManifest>", "edXML:Other>", READ),
    ("a priority that is no number", "Priority>2<", "Priority>khẩn<", READ),
    ("a priority with a zero", "Priority>2<", "Priority>02<", READ),
    ("a page amount that is no number", "PageAmount>3<", "PageAmount>ba<", READ),
    ("no type of business", "edXML:BussinessDocType>", "edXML:Other>", READ),
    ("a replacement", "BussinessDocType>0<", "BussinessDocType>3<", READ),
    ("another element", "<edXML:Code>", "<edXML:Mới>x</edXML:Mới><edXML:Code>", READ),
    ("somebody else's element before ours", "<edXML:Code>", "<y:Subject xmlns:y=\"urn:y\">khác</y:Subject><edXML:Code>", READ),
    ("line ends within base64", "JVBERi0xLjc=", "JVBE\r\nRi0x\r\nLjc=\r\n", READ),
    ("other white space within base64", "JVBERi0xLjc=", " JV\tBE\r \n Ri0xLjc=\r", READ),
    ("line ends as references within base64", "JVBERi0xLjc=", "JVBE&#13;\nRi0x&#xD;&#x0A;Ljc=", READ),
    ("cid: in the attachment too", "<ContentId>tệp-1", "<ContentId>cid:tệp-1", READ),
    ("AttachmentEncoded without a namespace", "<AttachmentEncoded>", "<AttachmentEncoded xmlns=\"\">", READ),

    ("a DTD", "<edXML xmlns", "<!DOCTYPE edXML><edXML xmlns", "edxml.entities"),
    ("an external DTD", "<edXML xmlns", "<!DOCTYPE edXML SYSTEM \"http://127.0.0.1/x\"><edXML xmlns", "edxml.entities"),
    ("an external entity", "<edXML xmlns", "<!DOCTYPE e [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><edXML xmlns", "edxml.entities"),
    ("expanding entities", "<edXML xmlns", "<!DOCTYPE e [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><edXML xmlns", "edxml.entities"),
    ("an entity that nobody declared", "Place>Minh An", "Place>&xxe;", "edxml.entities"),
    ("another namespace", "http://www.mic.gov.vn/TBT/QCVN_102_2016", "http://example.org/", "edxml.namespace"),
    ("another root", "edXML xmlns", "html xmlns", "edxml.namespace"),
    ("another message altogether", "<edXML xmlns", "<soap:Envelope xmlns:soap=\"urn:s\"/><edXML xmlns", "edxml.missing"),
    ("a prefix that is not declared", "<edXML:Code>", "<q:x/><edXML:Code>", "edxml.namespace"),
    ("a header that is somebody else's", "xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"", "xmlns:edXML=\"urn:y\"", "edxml.missing"),
    ("a second header", "</edXML:edXMLEnvelope>", "</edXML:edXMLEnvelope><edXML:edXMLHeader></edXML:edXMLHeader>", "edxml.malformed"),
    ("no header", "edXMLHeader>", "edXMLOther>", "edxml.missing"),
    ("no message header", "MessageHeader>", "Other>", "edxml.missing"),
    ("no sender", "edXML:From>", "edXML:Other>", "edxml.missing"),
    ("a sender without a code", "<edXML:From><edXML:OrganId>H99<", "<edXML:From><edXML:OrganId>N/A<", "edxml.missing"),
    ("no receiver", "edXML:To>", "edXML:Other>", "edxml.missing"),
    ("no number", "edXML:Code>", "edXML:Other>", "edxml.missing"),
    ("no date and place", "edXML:PromulgationInfo>", "edXML:Other>", "edxml.missing"),
    ("no subject", "edXML:Subject>", "edXML:Other>", "edxml.missing"),
    ("a type of business that nobody knows", "BussinessDocType>0<", "BussinessDocType>7<", "edxml.missing"),
    ("DocumentId of another body", "H99,2026/11/24", "H98,2026/11/24", "edxml.document_id"),
    ("DocumentId of another day", "H99,2026/11/24", "H99,2026/11/25", "edxml.document_id"),
    ("DocumentId of another number", "24,12/QĐ", "24,13/QĐ", "edxml.document_id"),
    ("base64 without padding", "JVBERi0xLjc=", "JVBERi0xLjc", "edxml.base64"),
    ("base64 after the padding", "JVBERi0xLjc=", "JVBERi0xLjc=JVBE", "edxml.base64"),
    ("a comment that cuts base64 short", "JVBERi0xLjc=", "JVBE<!-- -->Ri0xLjc=", "edxml.base64"),
    ("CDATA in place of base64", "JVBERi0xLjc=", "<![CDATA[JVBERi0xLjc=]]>", "edxml.base64"),
    ("an attachment that the manifest does not name", "<ContentId>tệp-1", "<ContentId>tệp-2", "edxml.manifest"),
    ("an encoding other than base64", "<AttachmentName>", "<ContentTransferEncoding>gzip</ContentTransferEncoding><AttachmentName>", "edxml.manifest"),
    ("two contents in one attachment", "<AttachmentName>", "<ContentTransferEncoded>AAAA</ContentTransferEncoded><AttachmentName>", "edxml.manifest"),
];

#[test]
fn each_change_is_read_alike_or_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let xml = String::from_utf8(written(&sample(), b"%PDF-1.7", folder.path())).unwrap();
    for (what, from, to, expected) in CASES {
        let changed = match from {
            "" => format!("{to}{xml}"),
            from => xml.replace(from, to),
        };
        assert!(from == "zzz" || changed != xml, "{what}: changes nothing");
        match parse(changed.as_bytes(), folder.path()) {
            Ok(parsed) => {
                assert_eq!(READ, expected, "{what}: was read");
                let Message::Document(d) = parsed.message else { panic!("{what}") };
                let s = sample();
                assert_eq!(
                    (d.number(), d.promulgation_date, d.subject),
                    (s.number(), s.promulgation_date, s.subject),
                    "{what}"
                );
                assert_eq!((d.from.organ_id, d.to.len()), ("H99".into(), 2), "{what}");
                assert_eq!(std::fs::read(&parsed.attachments[0].path).unwrap(), b"%PDF-1.7", "{what}");
            }
            Err(e) => {
                assert_eq!(e.code(), expected, "{what}: {e}");
                // Two sentences, not one twice.
                assert_ne!(e.vi(), e.to_string(), "{what}");
            }
        }
    }
}

#[test]
fn codes_of_statuses_are_read_with_and_without_the_zero_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut out = Vec::new();
    let organ = Organ {
        organ_id: "H99".into(),
        ..Organ::default()
    };
    write_status(
        &mut out,
        &Status {
            from: organ.clone(),
            to: vec![organ],
            code: "03".into(),
            ..Status::default()
        },
    )
    .unwrap();
    let xml = String::from_utf8(out).unwrap();
    for (written, read) in [("3", "03"), ("03", "03"), (" 13 ", "13"), ("003", "03")] {
        let changed = xml.replace(">03<", &format!(">{written}<"));
        let Message::Status(s) = parse(changed.as_bytes(), folder.path()).unwrap().message else {
            panic!("{written}")
        };
        assert_eq!(s.code, read);
    }
    for written in ["", "N/A", "-1", "100", "đến", "99999999999"] {
        let changed = xml.replace(">03<", &format!(">{written}<"));
        assert_eq!(
            parse(changed.as_bytes(), folder.path()).unwrap_err().code(),
            "edxml.missing",
            "{written}"
        );
    }
}

#[test]
fn neither_a_long_text_nor_a_long_tag_is_held_whole() {
    let folder = tempfile::tempdir().unwrap();
    let xml = String::from_utf8(written(&sample(), b"%PDF-1.7", folder.path())).unwrap();
    let long = "x".repeat(9 << 20);
    let many: String = (0..100).map(|n| format!(" a{n}=\"\"")).collect();
    for (what, from, to) in [
        ("a text", "Place>Minh An", format!("Place>{long}")),
        ("a comment", "<edXML:Code>", format!("<!--{long}--><edXML:Code>")),
        ("CDATA", "Place>Minh An", format!("Place><![CDATA[{long}]]>")),
        ("an attribute", "<edXML:Code>", format!("<edXML:Code a=\"{long}\">")),
        ("many attributes", "<edXML:Code>", format!("<edXML:Code{many}>")),
        ("many elements", "<edXML:Code>", format!("{}<edXML:Code>", "<a/>".repeat(21_000))),
        ("deep elements", "<edXML:Code>", format!("{}<edXML:Code>", "<a>".repeat(40))),
    ] {
        let e = parse(xml.replace(from, &to).as_bytes(), folder.path()).unwrap_err();
        assert_eq!(e.code(), "edxml.too_complex", "{what}: {e}");
    }
}
