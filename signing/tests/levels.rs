//! The levels of PAdES, made and extended, and signatures that are made in two halves.
use crate::authority::{Authority, Stamper};
use crate::own::material;
use signing::cms::build;
use signing::validate::{Indication, Report, ValidationContext, validate};
use signing::{
    EditOptions, KeySigner, SignOptions, Signer, ValidationData, add_document_timestamp, add_validation_data, complete, complete_with_cms,
    prepare, sign_stamped,
};
use std::time::{SystemTime, UNIX_EPOCH};

const YEAR: i64 = 365 * 86_400;

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

struct Ground {
    authority: Authority,
    stamper: Stamper,
    signer: KeySigner,
    list: Vec<u8>,
}

impl Ground {
    fn new() -> Self {
        let authority = Authority::new();
        let (key, certificate) = authority.listed_signer("Nguyễn Văn Thành");
        Self {
            stamper: authority.stamper(),
            signer: KeySigner::new(key, &certificate.to_der().unwrap(), Vec::new()).unwrap(),
            list: authority.list(),
            authority,
        }
    }

    /// With the list at hand, or with nothing but the trust anchor.
    fn judge(&self, bytes: &[u8], list: bool, at: i64) -> Report {
        let context = ValidationContext {
            crls: if list { vec![self.list.clone()] } else { Vec::new() },
            at,
            ..self.authority.context()
        };
        validate(&bytes, &context)
    }

    fn stamped(&self, input: &[u8]) -> Vec<u8> {
        let options = SignOptions {
            time: now(),
            ..SignOptions::default()
        };
        let mut out = Vec::new();
        sign_stamped(&input, &mut out, &self.signer, Some(&self.stamper), &options).unwrap();
        out
    }

    /// What the report's chains consist of, and the list.
    fn data(&self, report: &Report) -> ValidationData {
        let chains = report.signatures.iter().flat_map(|s| {
            let stamps = s.timestamps.iter().flat_map(|t| t.chain.iter());
            s.chain.iter().chain(stamps)
        });
        ValidationData {
            certificates: chains.map(|c| c.der.clone()).collect(),
            crls: vec![self.list.clone()],
            ocsp_responses: Vec::new(),
        }
    }
}

fn edit() -> EditOptions {
    EditOptions {
        time: now(),
        password: None,
        recipient: None,
    }
}

#[test]
fn a_signature_is_extended_level_by_level_and_outlives_its_certificate() {
    let ground = Ground::new();
    for input in material() {
        let at = input.display();
        let original = std::fs::read(&input).unwrap();
        let b_t = ground.stamped(&original);
        let report = ground.judge(&b_t, true, now());
        assert_eq!(
            report.signatures[0].level,
            Some("B-T"),
            "{at}: {:?}",
            report.signatures[0].sub_indication
        );
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{at}");
        // Without the list, B-T cannot be judged.
        assert_eq!(ground.judge(&b_t, false, now()).verdict, Some(Indication::Indeterminate), "{at}");

        let mut b_lt = Vec::new();
        add_validation_data(&b_t.as_slice(), &mut b_lt, &ground.data(&report), &edit()).unwrap();
        let report = ground.judge(&b_lt, false, now());
        assert_eq!(report.signatures[0].level, Some("B-LT"), "{at}");
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{at}");

        let mut b_lta = Vec::new();
        add_document_timestamp(&b_lt.as_slice(), &mut b_lta, &ground.stamper, &edit()).unwrap();
        let report = ground.judge(&b_lta, false, now());
        assert_eq!(report.signatures[0].level, Some("B-LTA"), "{at}");
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{at}: {:#?}", report.signatures);
        assert_eq!(report.signatures.len(), 2, "{at}");

        // The same data again adds nothing to the store.
        let (mut twice, data) = (Vec::new(), ground.data(&report));
        add_validation_data(&b_lta.as_slice(), &mut twice, &data, &edit()).unwrap();
        assert!(twice.len() - b_lta.len() < 2000, "{at}: {}", twice.len() - b_lta.len());
        let mut renewed = Vec::new();
        add_document_timestamp(&twice.as_slice(), &mut renewed, &ground.stamper, &edit()).unwrap();
        let report = ground.judge(&renewed, false, now());
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{at}: {:#?}", report.signatures);

        // Every certificate has expired by now; the time stamps prove that the signature was there before.
        let later = ground.judge(&b_lta, false, now() + 4 * YEAR);
        assert_eq!(
            later.signatures[0].indication,
            Indication::Indeterminate,
            "{at}: the last time stamp has expired, too"
        );
        for step in [&b_t, &b_lt, &b_lta, &twice, &renewed] {
            assert!(step.starts_with(&original), "{at}");
        }
    }
}

#[test]
fn a_signature_in_two_halves_survives_in_between() {
    let ground = Ground::new();
    let input = std::fs::read(&material()[0]).unwrap();
    let options = SignOptions {
        time: now(),
        ..SignOptions::default()
    };
    let signer = &ground.signer;
    let mut file = std::io::Cursor::new(Vec::new());
    let prepared = prepare(
        &input.as_slice(),
        file.get_mut(),
        signer.certificate(),
        signer.chain(),
        signer.algorithm(),
        &options,
    )
    .unwrap();
    let kept = serde_json::to_string(&prepared).unwrap();
    let unfinished = ground.judge(file.get_ref(), true, now());
    assert_ne!(unfinished.verdict, Some(Indication::TotalPassed));

    let prepared = serde_json::from_str(&kept).unwrap();
    let value = signer
        .sign(&serde_json::from_str::<signing::Prepared>(&kept).unwrap().attributes)
        .unwrap();
    complete(&mut file, &prepared, &value).unwrap();
    let report = ground.judge(file.get_ref(), true, now());
    assert_eq!(report.verdict, Some(Indication::TotalPassed), "{:#?}", report.signatures);
    assert_eq!(report.signatures[0].level, Some("B-B"));
    // A second time, or into another file, changes nothing.
    let whole = file.get_ref().clone();
    assert_eq!(complete(&mut file, &prepared, &value).unwrap_err().code(), "not_permitted");
    assert_eq!(file.get_ref(), &whole);
    let mut other = std::io::Cursor::new(input);
    assert_eq!(complete(&mut other, &prepared, &value).unwrap_err().code(), "not_permitted");
}

#[test]
fn a_whole_cms_from_elsewhere_is_embedded_only_where_it_belongs() {
    let ground = Ground::new();
    let input = std::fs::read(&material()[0]).unwrap();
    let signer = &ground.signer;
    let half = |claimed: i64| {
        let options = SignOptions {
            time: claimed,
            ..SignOptions::default()
        };
        let mut file = std::io::Cursor::new(Vec::new());
        let (certificate, chain) = (signer.certificate(), signer.chain());
        let prepared = prepare(&input.as_slice(), file.get_mut(), certificate, chain, signer.algorithm(), &options).unwrap();
        (file, prepared)
    };
    let (mut file, prepared) = half(now());
    let (mut other, of_other) = half(now() - 60);
    assert_ne!(prepared.document_digest, of_other.document_digest);
    let cms = |signer: &KeySigner| {
        let attributes = build::signed_attributes(&prepared.document_digest, signer.certificate(), &[]).unwrap();
        let value = signer.sign(&attributes).unwrap();
        build::signed_data(&build::Described::of(signer), &attributes, &value, &[]).unwrap()
    };
    let whole = cms(signer);
    assert_eq!(
        complete_with_cms(&mut other, &of_other, &whole).unwrap_err().code(),
        "signer_failed"
    );
    let mut broken = whole.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    assert_eq!(
        complete_with_cms(&mut file, &prepared, &broken).unwrap_err().code(),
        "signer_failed"
    );
    complete_with_cms(&mut file, &prepared, &whole).unwrap();
    let report = ground.judge(file.get_ref(), true, now());
    assert_eq!(report.verdict, Some(Indication::TotalPassed), "{:#?}", report.signatures);
    assert_eq!(report.signatures[0].level, Some("B-B"));
}

#[test]
fn a_level_is_claimed_only_with_the_whole_path_in_the_file() {
    let (mut ground, root) = (Ground::new(), Authority::new());
    ground.authority = root.beneath();
    let (key, certificate) = ground.authority.listed_signer("Nguyễn Văn Thành");
    ground.signer = KeySigner::new(key, &certificate.to_der().unwrap(), Vec::new()).unwrap();
    (ground.stamper, ground.list) = (root.stamper(), ground.authority.list());
    let between = ground.authority.certificate.to_der().unwrap();
    let context = ValidationContext {
        extra_certificates: vec![between.clone()],
        at: now(),
        ..root.context()
    };
    let b_t = ground.stamped(&std::fs::read(&material()[0]).unwrap());
    let level = |certificates| {
        let data = ValidationData {
            certificates,
            crls: vec![ground.list.clone(), root.list()],
            ocsp_responses: Vec::new(),
        };
        let mut out = Vec::new();
        add_validation_data(&b_t.as_slice(), &mut out, &data, &edit()).unwrap();
        let report = validate(&out.as_slice(), &context);
        assert_eq!(report.verdict, Some(Indication::TotalPassed), "{:#?}", report.signatures);
        report.signatures[0].level
    };
    assert_eq!(level(Vec::new()), Some("B-T"), "the caller's certificate is not in the file");
    assert_eq!(level(vec![between]), Some("B-LT"));
}
