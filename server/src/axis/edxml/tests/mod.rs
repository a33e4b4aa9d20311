mod canonical;
mod table;
mod trip;

use super::*;

pub fn sample() -> Document {
    let organ = |id: &str, name: &str| Organ {
        organ_id: id.into(),
        name: name.into(),
        ..Organ::default()
    };
    let mut d = Document {
        from: organ("H99", "Ủy ban nhân dân tỉnh <Minh An> & \"bạn\""),
        to: vec![organ("H99.5", "Sở Nội vụ"), organ("000.00.15.H99", "Sở Tài chính")],
        code_number: "12".into(),
        code_notation: "QĐ-UBND".into(),
        place: "Minh An".into(),
        promulgation_date: "2026-11-24".into(),
        kind: "2".into(),
        kind_name: "Quyết định".into(),
        subject: "Về việc kiểm tra ]]> đột xuất".into(),
        signer: "Nguyễn Văn Thành".into(),
        position: "Chủ tịch".into(),
        to_places: vec!["Như trên".into(), "Lưu: VT".into()],
        priority: 2,
        page_amount: 3,
        steering: "0".into(),
        paper: "0".into(),
        trace: vec![("H99".into(), "2026/11/24 14:05:00".into())],
        ..Document::default()
    };
    d.document_id = d.expected_id();
    d
}

pub fn written(d: &Document, content: &[u8], folder: &std::path::Path) -> Vec<u8> {
    let path = folder.join("in.pdf");
    std::fs::write(&path, content).unwrap();
    let a = Attachment {
        name: "12-QĐ-UBND.pdf".into(),
        content_type: "application/pdf".into(),
        content_id: "tệp-1".into(),
        description: String::new(),
        path,
        size: content.len() as u64,
    };
    let mut out = Vec::new();
    write_document(&mut out, d, &[a]).unwrap();
    out
}

pub fn parse(xml: &[u8], folder: &std::path::Path) -> Result<Parsed, Error> {
    read(&mut &xml[..], folder, Limits { attachments: 10_000_000 })
}

#[test]
fn what_is_written_is_read_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    for size in [0usize, 1, 2, 3, 196_607, 196_608, 196_609, 1_000_000] {
        let content: Vec<u8> = (0..size).map(|i| (i * 31 % 251) as u8).collect();
        let d = sample();
        let parsed = parse(&written(&d, &content, folder.path()), folder.path()).unwrap();
        assert_eq!(parsed.message, Message::Document(Box::new(d)));
        assert_eq!(std::fs::read(&parsed.attachments[0].path).unwrap(), content, "{size}");
        assert_eq!(parsed.attachments[0].name, "12-QĐ-UBND.pdf");
    }
}

#[test]
fn a_status_is_read_back_and_its_code_gets_two_digits() {
    let s = Status {
        from: Organ {
            organ_id: "H99.5".into(),
            ..Organ::default()
        },
        to: vec![Organ {
            organ_id: "H99".into(),
            ..Organ::default()
        }],
        for_organ: "H99".into(),
        for_number: "12/QĐ-UBND".into(),
        for_date: "2026-11-24".into(),
        for_document_id: "H99,2026/11/24,12/QĐ-UBND".into(),
        code: "03".into(),
        description: "Đã tiếp nhận".into(),
        timestamp: "2026/11/24 15:00:00".into(),
        staff: Staff {
            name: "Bùi Thị Kim Oanh".into(),
            ..Staff::default()
        },
    };
    let mut out = Vec::new();
    write_status(&mut out, &s).unwrap();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(parse(&out, folder.path()).unwrap().message, Message::Status(Box::new(s.clone())));
    let short = String::from_utf8(out).unwrap().replace(">03<", ">3<");
    assert_eq!(
        parse(short.as_bytes(), folder.path()).unwrap().message,
        Message::Status(Box::new(s))
    );
}

#[test]
fn other_prefixes_bom_crlf_wrapped_base64_and_the_right_spelling_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let xml = String::from_utf8(written(&sample(), &[7u8; 300], folder.path())).unwrap();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [7u8; 300]);
    let wrapped: String = encoded
        .as_bytes()
        .chunks(76)
        .map(|l| format!("{}\r\n", String::from_utf8_lossy(l)))
        .collect();
    let other = xml
        .replace(&encoded, &wrapped)
        .replace("edXML:", "ed:")
        .replace("xmlns:edXML", "xmlns:ed")
        .replace("Bussiness", "Business");
    let other = format!("\u{feff}{}", other.replace("><ed:To>", ">\r\n  <ed:To>"));
    let parsed = parse(other.as_bytes(), folder.path()).unwrap();
    assert_eq!(parsed.message, Message::Document(Box::new(sample())));
    assert_eq!(parsed.attachments[0].size, 300);
}

#[test]
fn what_could_harm_or_mislead_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let xml = String::from_utf8(written(&sample(), b"%PDF-1.7", folder.path())).unwrap();
    let code = |text: &str| parse(text.as_bytes(), folder.path()).unwrap_err().code();
    let root = "<edXML xmlns";
    assert_eq!(
        code(&xml.replace(root, "<!DOCTYPE edXML [<!ENTITY a \"b\">]><edXML xmlns")),
        "edxml.entities"
    );
    assert_eq!(code(&xml.replace("<edXML:Place>Minh An", "<edXML:Place>&xxe;")), "edxml.entities");
    assert_eq!(code(&xml.replace(NAMESPACE, "http://example.org/")), "edxml.namespace");
    assert_eq!(code(&xml.replace("edXML:Subject>", "edXML:Subjekt>")), "edxml.missing");
    assert_eq!(code(&xml.replace("H99,2026/11/24", "H98,2026/11/24")), "edxml.document_id");
    assert_eq!(code(&xml.replace("JVBERi0xLjc=", "JVBERi0xLjc")), "edxml.base64");
    assert_eq!(code(&xml.replace("JVBERi0xLjc=", "JVBERi0xLjc=JVBE")), "edxml.base64");
    assert_eq!(code(&xml.replace("<ContentId>tệp-1", "<ContentId>tệp-2")), "edxml.manifest");
    assert_eq!(code(&xml.replace("<edXML:edXMLManifest>", &"<a>".repeat(40))), "edxml.too_complex");
    let small = read(&mut xml.as_bytes(), folder.path(), Limits { attachments: 5 }).unwrap_err();
    assert_eq!(small.code(), "edxml.too_large");
}

#[test]
fn no_cut_and_no_flipped_byte_makes_it_panic() {
    let folder = tempfile::tempdir().unwrap();
    let xml = written(&sample(), b"%PDF-1.7 something", folder.path());
    for cut in 0..xml.len() {
        assert!(parse(&xml[..cut.saturating_sub(1)], folder.path()).is_err(), "cut at {cut}");
        let mut flipped = xml.clone();
        flipped[cut] ^= 0x15;
        let _ = parse(&flipped, folder.path());
        let _ = header_only(&mut &flipped[..]);
    }
}

#[test]
fn a_node_reads_the_envelope_alone() {
    let folder = tempfile::tempdir().unwrap();
    let xml = String::from_utf8(written(&sample(), b"%PDF-1.7", folder.path())).unwrap();
    let broken = xml.replace("JVBERi0xLjc=", "!!!");
    assert_eq!(header_only(&mut broken.as_bytes()).unwrap().to().len(), 2);
}
