//! Our own way from draft to issued document, over the files of six producers.
use crate::authority::{Authority, NOW};
use signing::validate::{Coverage, Indication, validate};
use signing::{
    Align, Appearance, EditOptions, FileSource, KeySigner, NewTextField, Placement, SignOptions, add_text_fields, fill_text_fields,
    sign_path,
};
use std::fs::File;
use std::path::{Path, PathBuf};

pub fn material() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/documents");
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "pdf"));
    files.sort();
    assert_eq!(files.len(), 6);
    files
}

fn box_at(x: f64, y: f64, w: f64, h: f64) -> Placement {
    Placement { page: 1, x, y, w, h }
}

const EDIT: EditOptions = EditOptions {
    time: NOW,
    password: None,
    recipient: None,
};

/// Boxes for number and date, the leader's signature, the boxes filled, the seal.
pub fn issue(input: &Path, dir: &Path, leader: &KeySigner, seal: &KeySigner) -> PathBuf {
    let step = |name: &str| dir.join(name);
    let source = FileSource::new(File::open(input).unwrap()).unwrap();
    let field = |name: &str, x: f64| NewTextField {
        name: name.into(),
        placement: box_at(x, 700.0, 180.0, 18.0),
        font_size: 13.0,
        align: Align::Centre,
        tooltip: name.into(),
        paper: true,
    };
    let fields = [field("kyhop_number", 60.0), field("kyhop_date", 320.0)];
    add_text_fields(&source, &mut File::create(step("1.pdf")).unwrap(), &fields, &EDIT).unwrap();
    let look = |x: f64, lines: &[&str]| {
        let mut look = Appearance::at(box_at(x, 100.0, 150.0, 75.0));
        look.lines = lines.iter().map(|l| (*l).to_owned()).collect();
        SignOptions {
            time: NOW,
            appearance: Some(look),
            ..SignOptions::default()
        }
    };
    sign_path(&step("1.pdf"), &step("2.pdf"), leader, &look(300.0, &["Nguyễn Văn Thành"])).unwrap();
    let source = FileSource::new(File::open(step("2.pdf")).unwrap()).unwrap();
    let values = [
        ("kyhop_number".into(), "Số: 12/QĐ-UBND".into()),
        ("kyhop_date".into(), "Minh An, ngày 24 tháng 11 năm 2026".into()),
    ];
    fill_text_fields(&source, &mut File::create(step("3.pdf")).unwrap(), &values, &EDIT).unwrap();
    sign_path(&step("3.pdf"), &step("4.pdf"), seal, &look(250.0, &["Ủy ban nhân dân"])).unwrap();
    step("4.pdf")
}

#[test]
fn number_and_date_after_the_signature_leave_it_valid() {
    let authority = Authority::new();
    let (leader, seal) = (authority.signer("Nguyễn Văn Thành"), authority.signer("UBND tỉnh Minh An"));
    for input in material() {
        let dir = tempfile::tempdir().unwrap();
        let issued = issue(&input, dir.path(), &leader, &seal);
        let report = validate(&FileSource::new(File::open(&issued).unwrap()).unwrap(), &authority.context());
        assert!(report.error.is_none(), "{}: {:?}", input.display(), report.error);
        let [first, second] = &report.signatures[..] else {
            panic!("{}: {} signatures", input.display(), report.signatures.len())
        };
        let at = input.display();
        assert_eq!(first.indication, Indication::TotalPassed, "{at}: {:#?}", first.changes);
        assert_eq!(serde_json::to_value(first.modification_level).unwrap(), "form_filling", "{at}");
        // The boxes stand at the same place in every file, in some of them on the text; that is said and no more.
        let codes = first.changes.iter().map(|c| c.code);
        let codes: Vec<_> = codes.filter(|c| *c != "signature_covers_content").collect();
        assert_eq!(codes, ["field_filled", "field_filled", "signature_added"], "{at}");
        assert_eq!(first.changes[0].params["value"], "Số: 12/QĐ-UBND", "{at}");
        assert_eq!(second.indication, Indication::TotalPassed, "{at}");
        assert_eq!(second.coverage, Some(Coverage::EntireFile), "{at}");
        assert_eq!(second.level, Some("B-B"), "{at}");
        // Byte for byte the old file and what was appended.
        let (before, after) = (std::fs::read(&input).unwrap(), std::fs::read(&issued).unwrap());
        assert!(after.starts_with(&before), "{at}");
    }
}
