//! The validation report for other systems, read by a program that knows the standard and not us.
use crate::authority::{Authority, NOW};
use crate::own::material;
use crate::peers::python;
use serde_json::Value;
use signing::etsi::validation_report;
use signing::validate::{Report, ValidationContext, validate};
use signing::{EditOptions, KeySigner, SignOptions, ValidationData, add_document_timestamp, add_validation_data, sign, sign_stamped};
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the independent reader found; it fails on whatever the standard does not know.
fn read(xml: &[u8]) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("report.xml");
    std::fs::write(&file, xml).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports/read_etsi.py");
    let output = Command::new(python()).arg(script).arg(&file).output().unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(xml)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn options(time: i64) -> SignOptions {
    SignOptions {
        time,
        reason: Some("Phê duyệt <&\u{1}>".into()),
        location: Some("Minh An".into()),
        ..SignOptions::default()
    }
}

#[test]
fn another_program_reads_the_validation_report() {
    let authority = Authority::new();
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let list = authority.list();
    let context = |crls: Vec<Vec<u8>>| ValidationContext {
        crls,
        // Judged later than the authority stamps, however slow the machine.
        at: now + 600,
        ..authority.context()
    };
    let (key, own) = authority.listed_signer("Nguyễn Văn Thành");
    let signer = KeySigner::new(key, &own.to_der().unwrap(), Vec::new()).unwrap();
    let stamper = authority.stamper();
    let edit = EditOptions {
        time: now,
        password: None,
        recipient: None,
    };
    let input = std::fs::read(&material()[0]).unwrap();

    let mut stamped = Vec::new();
    sign_stamped(&input.as_slice(), &mut stamped, &signer, Some(&stamper), &options(now)).unwrap();
    let b_t = validate(&stamped, &context(vec![list.clone()]));
    let stamps = b_t.signatures.iter().flat_map(|s| s.timestamps.iter().flat_map(|t| &t.chain));
    let chains = b_t.signatures.iter().flat_map(|s| &s.chain).chain(stamps);
    let data = ValidationData {
        certificates: chains.map(|c| c.der.clone()).collect(),
        crls: vec![list],
        ocsp_responses: Vec::new(),
    };
    let (mut kept, mut archived) = (Vec::new(), Vec::new());
    add_validation_data(&stamped, &mut kept, &data, &edit).unwrap();
    add_document_timestamp(&kept, &mut archived, &stamper, &edit).unwrap();
    let b_lta = validate(&archived, &context(Vec::new()));

    let mut broken = archived.clone();
    broken[100] ^= 1;
    let broken = validate(&broken, &context(Vec::new()));
    let unsigned = validate(&input, &context(Vec::new()));
    let nothing = validate(&b"no PDF".as_slice(), &context(Vec::new()));
    let files: [(&str, &Report); 5] = [
        ("b-t.pdf", &b_t),
        ("a & b <lta>.pdf", &b_lta),
        ("broken.pdf", &broken),
        ("unsigned.pdf", &unsigned),
        ("text.txt", &nothing),
    ];
    let found = read(&validation_report(&files).unwrap());
    let said: Vec<[&str; 3]> = found["signatures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| ["name", "main", "sub"].map(|k| s[k].as_str().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ["b-t.pdf#Signature1", "total-passed", ""],
            ["a & b <lta>.pdf#Signature1", "total-passed", ""],
            ["broken.pdf#Signature1", "total-failed", "HASH_FAILURE"],
            ["unsigned.pdf", "indeterminate", ""],
            ["text.txt", "indeterminate", ""],
        ]
    );
    let s = &found["signatures"][1];
    assert_eq!(s["quality"], "http://uri.etsi.org/ades/191x2/level/baseline/B-LTA#");
    assert_eq!(s["process"], "urn:etsi:019102:validationprocess:LTA");
    assert_eq!(s["time"], b_lta.signatures[0].proven_time.unwrap().to_string());
    let certificate = openssl::base64::decode_block(s["certificate"].as_str().unwrap()).unwrap();
    assert_eq!(certificate, own.to_der().unwrap());
    // The digest is that of the bytes around the gap, made here once more.
    let [_, gap, after, rest] = b_lta.signatures[0].byte_range.unwrap().map(|n| usize::try_from(n).unwrap());
    let covered = [&archived[..gap], &archived[after..after + rest]].concat();
    assert_eq!(s["digest"], openssl::base64::encode_block(&openssl::sha::sha256(&covered)));
    // Signer, root and authority of time; one list; three tokens, as the broken file has the same as the whole one.
    assert_eq!(found["objects"]["certificate"], 3, "{found:#}");
    assert_eq!(found["objects"]["CRL"], 1, "{found:#}");
    assert_eq!(found["objects"]["timestamp"], 2, "{found:#}");
}

#[test]
fn what_is_weak_or_revoked_is_named_in_the_report() {
    let authority = Authority::new();
    let mut signed = Vec::new();
    let input = std::fs::read(&material()[1]).unwrap();
    sign(&input.as_slice(), &mut signed, &authority.signer("Trần Thị Hoa"), &options(NOW)).unwrap();
    let mut context = authority.context();
    context.policy.min_rsa_bits = 3072;
    let weak = validate(&signed, &context);
    let xml = validation_report(&[("weak.pdf", &weak)]).unwrap();
    let found = read(&xml);
    assert_eq!(found["signatures"][0]["sub"], "CRYPTO_CONSTRAINTS_FAILURE_NO_POE");
    let text = String::from_utf8(xml).unwrap();
    assert!(text.contains("<Algorithm>urn:oid:1.2.840.113549.1.1.1</Algorithm>"), "{text}");
    // What no XML document can hold is replaced, what it can is escaped.
    assert!(text.contains("Phê duyệt &lt;&amp;\u{fffd}&gt;"), "{text}");
}
