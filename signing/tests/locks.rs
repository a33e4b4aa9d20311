//! What a signature forbids afterwards, and what a form's author demands of it.
use crate::authority::{Authority, NOW};
use crate::own::material;
use lopdf::{Dictionary, Object, StringFormat};
use signing::pdf::Document;
use signing::pdf::append::Update;
use signing::validate::{Indication, Report, validate};
use signing::{
    Align, EditOptions, FieldLock, KeySigner, NewTextField, Placement, SignOptions, add_document_timestamp, add_text_fields,
    fill_text_fields, sign,
};

const EDIT: EditOptions = EditOptions {
    time: NOW,
    password: None,
    recipient: None,
};

struct Ground {
    authority: Authority,
    signer: KeySigner,
    /// With the text fields `number` and `note`.
    form: Vec<u8>,
}

impl Ground {
    fn new() -> Self {
        let authority = Authority::new();
        let input = std::fs::read(&material()[0]).unwrap();
        let field = |name: &str, y| NewTextField {
            name: name.into(),
            placement: Placement {
                page: 1,
                x: 60.0,
                y,
                w: 180.0,
                h: 18.0,
            },
            font_size: 13.0,
            align: Align::Left,
            tooltip: name.into(),
            paper: true,
        };
        let mut form = Vec::new();
        add_text_fields(&input.as_slice(), &mut form, &[field("number", 700.0), field("note", 600.0)], &EDIT).unwrap();
        Self {
            signer: authority.signer("Nguyễn Văn Thành"),
            authority,
            form,
        }
    }

    fn sign(&self, input: &[u8], options: SignOptions) -> signing::Result<Vec<u8>> {
        let mut out = Vec::new();
        sign(&input, &mut out, &self.signer, &SignOptions { time: NOW, ..options })?;
        Ok(out)
    }

    fn judge(&self, bytes: &[u8]) -> Report {
        validate(&bytes, &self.authority.context())
    }

    /// An empty signature field by the form's author, with these further entries.
    fn with_field(&self, more: Dictionary) -> Vec<u8> {
        let input = self.form.as_slice();
        let source = &input;
        let document = Document::open(source, None).unwrap();
        let mut update = Update::new(&document);
        let mut field = more;
        field.set("FT", "Sig");
        field.set("T", Object::string_literal("Leader"));
        field.set("Type", "Annot");
        field.set("Subtype", "Widget");
        field.set("Rect", vec![0.into(), 0.into(), 0.into(), 0.into()]);
        field.set("F", 4);
        let field = update.add(field);
        let root = update.root().unwrap();
        let catalog = update.dictionary(&Object::Reference(root)).unwrap();
        let form = catalog.get(b"AcroForm").unwrap().as_reference().unwrap();
        let mut dictionary = update.dictionary(&Object::Reference(form)).unwrap();
        let Object::Array(mut fields) = update.resolve(dictionary.get(b"Fields").unwrap()) else {
            panic!("fields")
        };
        fields.push(Object::Reference(field));
        dictionary.set("Fields", fields);
        update.set(form, dictionary);
        let revision = update.finish(b"field").unwrap();
        [input, &revision.bytes].concat()
    }
}

fn fill(input: &[u8], name: &str) -> Vec<u8> {
    let mut out = Vec::new();
    fill_text_fields(&input, &mut out, &[(name.into(), "Số: 12/QĐ-UBND".into())], &EDIT).unwrap();
    out
}

fn dictionary(entries: Vec<(&str, Object)>) -> Dictionary {
    let mut d = Dictionary::new();
    for (key, value) in entries {
        d.set(key, value);
    }
    d
}

fn string(s: &str) -> Object {
    Object::String(s.as_bytes().to_vec(), StringFormat::Literal)
}

#[test]
fn a_locked_field_does_not_change_after_the_signature() {
    let ground = Ground::new();
    let include = |names: &[&str]| FieldLock::Include(names.iter().map(|n| (*n).to_owned()).collect());
    let exclude = |names: &[&str]| FieldLock::Exclude(names.iter().map(|n| (*n).to_owned()).collect());
    for (lock, number_may_change) in [
        (include(&["number"]), false),
        (include(&["note"]), true),
        (exclude(&["note"]), false),
        (exclude(&["number"]), true),
        (FieldLock::All, false),
    ] {
        let options = SignOptions {
            lock: Some(lock.clone()),
            ..SignOptions::default()
        };
        let signed = ground.sign(&ground.form, options).unwrap();
        let report = ground.judge(&signed);
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{lock:?}");
        let report = ground.judge(&fill(&signed, "number"));
        let first = &report.signatures[0];
        assert_eq!(first.modifications_allowed, Some(number_may_change), "{lock:?}");
        let expected = if number_may_change {
            Indication::TotalPassed
        } else {
            Indication::TotalFailed
        };
        assert_eq!(first.indication, expected, "{lock:?}: {:?}", first.warnings);
    }
}

#[test]
fn the_lock_that_a_field_brings_holds() {
    let ground = Ground::new();
    let lock = dictionary(vec![
        ("Type", "SigFieldLock".into()),
        ("Action", "Include".into()),
        ("Fields", Object::Array(vec![string("number")])),
        ("P", 2.into()),
    ]);
    let form = ground.with_field(dictionary(vec![("Lock", Object::Dictionary(lock))]));
    let into_field = |lock| SignOptions {
        field: Some("Leader".into()),
        lock,
        ..SignOptions::default()
    };
    let signed = ground.sign(&form, into_field(None)).unwrap();
    let report = ground.judge(&signed);
    assert_eq!(report.verdict, Some(Indication::TotalPassed));
    assert_eq!(report.signatures[0].field.as_deref(), Some("Leader"));
    let touched = ground.judge(&fill(&signed, "number"));
    assert_eq!(touched.verdict, Some(Indication::TotalFailed));
    let other = ground.judge(&fill(&signed, "note"));
    assert_eq!(other.verdict, Some(Indication::TotalPassed), "{:?}", other.signatures[0].warnings);
    let refused = ground.sign(&form, into_field(Some(FieldLock::All))).unwrap_err();
    assert_eq!(refused.code(), "not_permitted");
}

#[test]
fn earlier_signatures_are_not_broken() {
    let ground = Ground::new();
    let certify = |level| SignOptions {
        certify: Some(level),
        ..SignOptions::default()
    };
    let sealed = ground.sign(&ground.form, certify(1)).unwrap();
    let refused = ground.sign(&sealed, SignOptions::default()).unwrap_err();
    assert!(refused.to_string().contains("DocMDP 1"), "{refused}");
    let open = ground.sign(&ground.form, certify(2)).unwrap();
    let both = ground.sign(&open, SignOptions::default()).unwrap();
    let report = ground.judge(&both);
    assert_eq!(report.verdict, Some(Indication::TotalPassed), "{:#?}", report.signatures);
    assert_eq!(ground.sign(&both, certify(2)).unwrap_err().code(), "not_permitted");
    let approved = ground.sign(&ground.form, SignOptions::default()).unwrap();
    assert_eq!(ground.sign(&approved, certify(2)).unwrap_err().code(), "not_permitted");
    assert_eq!(ground.sign(&ground.form, certify(4)).unwrap_err().code(), "not_permitted");

    // A field that an earlier signature locks is not there for signing any more.
    let form = ground.with_field(Dictionary::new());
    let lock = Some(FieldLock::Include(vec!["Leader".into()]));
    let locked = ground
        .sign(
            &form,
            SignOptions {
                lock,
                ..SignOptions::default()
            },
        )
        .unwrap();
    let into_field = SignOptions {
        field: Some("Leader".into()),
        ..SignOptions::default()
    };
    assert!(
        ground
            .sign(&locked, into_field.clone())
            .unwrap_err()
            .to_string()
            .contains("FieldMDP")
    );

    // What a later signature would write into an existing field, or for certifying a stamped file, breaks the earlier one.
    let first = ground.sign(&form, SignOptions::default()).unwrap();
    let with_lock = SignOptions {
        lock: Some(FieldLock::All),
        ..into_field.clone()
    };
    let refused = ground.sign(&first, with_lock.clone()).unwrap_err();
    assert!(refused.to_string().contains("existing field Leader"), "{refused}");
    for (input, options) in [(&first, into_field), (&form, with_lock)] {
        let signed = ground.sign(input, options).unwrap();
        assert_eq!(ground.judge(&signed).verdict, Some(Indication::TotalPassed));
    }
    let mut stamped = Vec::new();
    add_document_timestamp(&form.as_slice(), &mut stamped, &ground.authority.stamper(), &EDIT).unwrap();
    let refused = ground.sign(&stamped, certify(2)).unwrap_err();
    assert!(refused.to_string().contains("time stamp"), "{refused}");
}

#[test]
fn seed_values_are_demands() {
    let ground = Ground::new();
    let seed = |entries: Vec<(&str, Object)>| {
        let mut seed = dictionary(entries);
        seed.set("Type", "SV");
        ground.with_field(dictionary(vec![("SV", Object::Dictionary(seed))]))
    };
    let reason = |reason: Option<&str>| SignOptions {
        field: Some("Leader".into()),
        reason: reason.map(str::to_owned),
        ..SignOptions::default()
    };
    let list = |items: &[&str]| Object::Array(items.iter().map(|s| string(s)).collect());
    let names = |items: &[&str]| Object::Array(items.iter().map(|s| Object::Name(s.as_bytes().to_vec())).collect());
    let certificate = |entries: Vec<(&str, Object)>| Object::Dictionary(dictionary(entries));

    let form = seed(vec![("Ff", 8.into()), ("Reasons", list(&["Approved", "Seen"]))]);
    assert!(ground.sign(&form, reason(Some("Seen"))).is_ok());
    assert!(
        ground
            .sign(&form, reason(Some("Other")))
            .unwrap_err()
            .to_string()
            .contains("Approved; Seen")
    );
    assert!(ground.sign(&form, reason(None)).is_err());
    let forbidden = seed(vec![("Ff", 8.into()), ("Reasons", list(&["."]))]);
    assert!(ground.sign(&forbidden, reason(None)).is_ok() && ground.sign(&forbidden, reason(Some("Seen"))).is_err());
    // Proposed only.
    let proposed = seed(vec![
        ("Reasons", list(&["Approved"])),
        ("SubFilter", names(&["adbe.pkcs7.detached"])),
    ]);
    assert!(ground.sign(&proposed, reason(Some("Other"))).is_ok());

    for (entries, demanded) in [
        (
            vec![("Ff", 2.into()), ("SubFilter", names(&["adbe.pkcs7.detached"]))],
            "adbe.pkcs7.detached",
        ),
        (vec![("Ff", 1.into()), ("Filter", "Other.Handler".into())], "Other.Handler"),
        (vec![("Ff", 64.into()), ("DigestMethod", list(&["SHA512"]))], "SHA512"),
        (vec![("Ff", 32.into()), ("AddRevInfo", true.into())], "revocation"),
        (
            vec![("TimeStamp", certificate(vec![("URL", string("http://tsa")), ("Ff", 1.into())]))],
            "B-T",
        ),
        (
            vec![("Cert", certificate(vec![("Ff", 1.into()), ("Subject", list(&["another"]))]))],
            "another certificate",
        ),
        (
            vec![("Cert", certificate(vec![("Ff", 2.into()), ("Issuer", list(&["another"]))]))],
            "another issuer",
        ),
        (
            vec![("Cert", certificate(vec![("Ff", 32.into()), ("KeyUsage", list(&["0"]))]))],
            "another use",
        ),
        (
            vec![(
                "Cert",
                certificate(vec![
                    ("Ff", 8.into()),
                    ("SubjectDN", Object::Array(vec![certificate(vec![("CN", string("X"))])])),
                ]),
            )],
            "another subject",
        ),
    ] {
        let refused = ground.sign(&seed(entries), reason(None)).unwrap_err().to_string();
        assert!(refused.contains(demanded), "{refused}");
    }

    // What the author asks for and the signer left open.
    let certified = seed(vec![("MDP", certificate(vec![("P", 2.into())]))]);
    let report = ground.judge(&ground.sign(&certified, reason(None)).unwrap());
    assert_eq!(
        (report.verdict, report.signatures[0].certification),
        (Some(Indication::TotalPassed), Some(2))
    );
    let approval = seed(vec![("MDP", certificate(vec![("P", 0.into())]))]);
    assert!(
        ground
            .sign(
                &approval,
                SignOptions {
                    certify: Some(2),
                    ..reason(None)
                }
            )
            .is_err()
    );
}

#[test]
fn a_field_and_its_widget_may_be_two_objects() {
    let ground = Ground::new();
    let input = ground.form.as_slice();
    let source = &input;
    let document = Document::open(source, None).unwrap();
    let mut update = Update::new(&document);
    let page = (document.pages(document.newest())[0], 0);
    let (parent, field, widget) = (update.reserve(), update.reserve(), update.reserve());
    let rect = vec![300.into(), 100.into(), 450.into(), 170.into()];
    let own = dictionary(vec![
        ("Type", "Annot".into()),
        ("Subtype", "Widget".into()),
        ("Rect", Object::Array(rect)),
        ("Parent", field.into()),
        ("F", 4.into()),
    ]);
    update.set(widget, own);
    let inner = dictionary(vec![
        ("T", string("Leader")),
        ("Parent", parent.into()),
        ("Kids", Object::Array(vec![widget.into()])),
    ]);
    update.set(field, inner);
    let outer = dictionary(vec![
        ("T", string("Signers")),
        ("FT", "Sig".into()),
        ("Kids", Object::Array(vec![field.into()])),
    ]);
    update.set(parent, outer);
    let mut shown = update.dictionary(&Object::Reference(page)).unwrap();
    let mut list = match shown.get(b"Annots").map(|a| update.resolve(a)) {
        Ok(Object::Array(list)) => list,
        _ => Vec::new(),
    };
    list.push(widget.into());
    shown.set("Annots", list);
    update.set(page, shown);
    let root = update.root().unwrap();
    let catalog = update.dictionary(&Object::Reference(root)).unwrap();
    let form = catalog.get(b"AcroForm").unwrap().as_reference().unwrap();
    let mut entries = update.dictionary(&Object::Reference(form)).unwrap();
    let Object::Array(mut fields) = update.resolve(entries.get(b"Fields").unwrap()) else {
        panic!("fields")
    };
    fields.push(parent.into());
    entries.set("Fields", fields);
    update.set(form, entries);
    let revision = update.finish(b"field").unwrap();
    let form = [input, &revision.bytes].concat();

    let mut look = signing::Appearance::at(Placement {
        page: 1,
        x: 1.0,
        y: 1.0,
        w: 1.0,
        h: 1.0,
    });
    look.lines = vec!["Nguyễn Văn Thành".into()];
    look.qr = Some("12/QĐ-UBND".into());
    let options = SignOptions {
        field: Some("Signers.Leader".into()),
        appearance: Some(look),
        ..SignOptions::default()
    };
    let signed = ground.sign(&form, options).unwrap();
    let report = ground.judge(&signed);
    assert_eq!(report.verdict, Some(Indication::TotalPassed), "{:#?}", report.signatures);
    assert_eq!(report.signatures[0].field.as_deref(), Some("Signers.Leader"));
    let source = &signed.as_slice();
    let document = Document::open(source, None).unwrap();
    let at = |id: (u32, u16)| document.indirect(id.0, document.newest()).unwrap().value.as_dict().unwrap().clone();
    assert!(at(field).has(b"V") && !at(field).has(b"AP"));
    assert!(at(widget).has(b"AP") && !at(widget).has(b"V"));
}
