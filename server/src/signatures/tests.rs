use super::*;
use crate::actor::{Actor, Kind};
use crate::demo::pki::{Pair, Use, issue};
use crate::fault::Problem;
use crate::live::Hub;
use app::dto::identity::Role;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const PIN_OF_TEST: &str = "804216";
const DOCUMENTS: [&str; 6] = [
    "bao-cao.pdf",
    "ke-hoach.pdf",
    "phieu-lay-y-kien.pdf",
    "quyet-dinh.pdf",
    "thong-bao.pdf",
    "to-trinh.pdf",
];

pub struct Ground {
    pub service: Service,
    pub issuing: Pair,
    pub leader: Actor,
    pub clerk: Actor,
    pub dir: TempDir,
}

fn person(id: &str, role: Role) -> Actor {
    Actor {
        at: None,
        kind: Kind::Person(UserId(id.into())),
        name: id.into(),
        roles: vec![role],
        request_id: String::new(),
        address: String::new(),
    }
}

pub async fn ground(demonstration: bool) -> Ground {
    let dir = tempfile::tempdir().unwrap();
    let root = issue("Gốc", None, &Use::Root, None).unwrap();
    let issuing = issue("CA", None, &Use::Intermediate { authority: None }, Some(&root)).unwrap();
    let file = dir.path().join("root.pem");
    std::fs::write(&file, root.certificate.to_pem().unwrap()).unwrap();
    let text = |p: &Path| p.to_string_lossy().into_owned();
    let settings = [
        ("KYHOP_PUBLIC_URL", "http://127.0.0.1".to_owned()),
        ("KYHOP_DATA_DIR", text(dir.path())),
        ("KYHOP_TRUST", text(&file)),
        ("KYHOP_BODY_CODE", "H99".into()),
        ("KYHOP_BODY_NAME", "Ủy ban".into()),
        ("KYHOP_BODY_ABBREVIATION", "UBND".into()),
    ];
    let env = |name: &str| settings.iter().find(|(k, _)| *k == name).map(|(_, v)| v.clone());
    let mut config = Config::load(None, &env).unwrap();
    config.demonstration = demonstration;
    let files = Files::open(&config.data_dir, None).await.unwrap();
    let db = Db::open(&config.database_url, Hub::default()).await.unwrap();
    Ground {
        service: Service::new(db, files, Arc::new(config)),
        issuing,
        leader: person("leader", Role::Leader),
        clerk: person("clerk", Role::Clerk),
        dir,
    }
}

fn demo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo").join(path)
}

impl Ground {
    pub async fn key(&self, owner: Owner, image: Option<&str>) -> Result<String> {
        let pair = issue("Người ký", None, &Use::Signing { authority: "127.0.0.1:9" }, Some(&self.issuing)).unwrap();
        let new = NewKey {
            owner,
            material: KeyMaterial::Pkcs8 {
                key: &pair.key.private_key_to_pkcs8().unwrap(),
                certificate: &pair.certificate.to_der().unwrap(),
                chain: &String::from_utf8(self.issuing.certificate.to_pem().unwrap()).unwrap(),
            },
            pin: PIN_OF_TEST,
            image: image.map(|i| std::fs::read(demo(i)).unwrap()),
            demonstration: false,
        };
        self.service.store_key(&Actor::system("test"), new).await
    }

    fn leaders(&self) -> Owner {
        Owner::Person(self.leader.user().unwrap().clone())
    }

    async fn audited(&self) -> Vec<String> {
        use sqlx::Row;
        let rows = sqlx::query("SELECT action, details FROM audit ORDER BY seq")
            .fetch_all(self.service.db.read())
            .await
            .unwrap();
        for row in &rows {
            assert!(!row.get::<String, _>("details").contains(PIN_OF_TEST));
        }
        rows.iter().map(|r| r.get("action")).collect()
    }
}

fn at(page: u32, x: f64, y: f64, w: f64, h: f64) -> Placement {
    Placement { page, x, y, w, h }
}

fn request(placement: Placement) -> SignRequest {
    SignRequest {
        placement,
        time: crate::clock::now_us() / 1_000_000,
        reason: "Ký duyệt".into(),
        lines: Vec::new(),
        head: Vec::new(),
        seals: false,
    }
}

#[tokio::test]
async fn every_document_is_signed_numbered_and_sealed() {
    let g = ground(true).await;
    g.key(g.leaders(), Some("images/chu-ky-1.png")).await.unwrap();
    g.key(Owner::Body("H99".into()), Some("images/con-dau-ubnd-tinh.png"))
        .await
        .unwrap();
    let own = g.service.unseal(&g.leader, &g.leaders(), PIN_OF_TEST).await.unwrap();
    let seal = g.service.unseal(&g.clerk, &Owner::Body("H99".into()), PIN_OF_TEST).await.unwrap();
    for name in DOCUMENTS {
        let original = demo("documents").join(name);
        let (number, date) = (at(1, 80.0, 720.0, 160.0, 20.0), at(1, 290.0, 720.0, 260.0, 20.0));
        let prepared = g.service.prepare_fields(&original, number, date).await.unwrap().expect(name);
        assert!(g.service.prepare_fields(prepared.path(), number, date).await.unwrap().is_none());
        let signed = g
            .service
            .sign_pdf(&own, prepared.path(), request(at(1, 330.0, 90.0, 140.0, 60.0)))
            .await
            .unwrap();
        assert!(g.service.prepare_fields(signed.path(), number, date).await.unwrap().is_none());
        let filled = g
            .service
            .fill_fields(signed.path(), "Số: 12/QĐ-UBND", "Minh An, ngày 24 tháng 11 năm 2026")
            .await
            .unwrap()
            .expect(name);
        let seals = SignRequest {
            seals: true,
            ..request(at(1, 280.0, 70.0, 100.0, 100.0))
        };
        let sealed = g.service.sign_pdf(&seal, filled.path(), seals).await.unwrap();
        let (old, new) = (std::fs::read(&original).unwrap(), std::fs::read(sealed.path()).unwrap());
        assert!(new.starts_with(&old), "{name}: the old bytes are untouched");
        let report = g.service.verify_file(sealed.path(), name).await.unwrap();
        assert_eq!(report.signatures.len(), 2, "{name}");
        // Nobody answers at the address of the lists: all is known but whether the certificates are revoked.
        assert_eq!(report.verdict, "INDETERMINATE", "{name}: {report:#?}");
        assert!(report.notes.iter().any(|n| n.code == "not_fetched"), "{name}");
        for s in &report.signatures {
            assert_eq!(
                (s.intact, s.cryptographically_valid, s.trusted),
                (Some(true), Some(true), Some(true)),
                "{name}: {s:?}"
            );
            assert_eq!(s.sub_indication.as_deref(), Some("TRY_LATER"), "{name}: {s:?}");
            assert_eq!(s.modifications_allowed, Some(true), "{name}: {s:?}");
        }
        assert!(g.service.fill_fields(&original, "1", "2").await.unwrap().is_none());
        // Another number after the seal: the seal forbids it.
        let renumbered = g
            .service
            .fill_fields(sealed.path(), "Số: 13/QĐ-UBND", "")
            .await
            .unwrap()
            .expect(name);
        let report = g.service.verify_file(renumbered.path(), name).await.unwrap();
        assert_eq!(report.signatures[1].indication, "TOTAL_FAILED", "{name}: {report:#?}");
        assert_eq!(report.signatures[1].modifications_allowed, Some(false), "{name}");
    }
}

#[tokio::test]
async fn a_page_that_is_not_there_is_named() {
    let g = ground(true).await;
    g.key(g.leaders(), None).await.unwrap();
    let own = g.service.unseal(&g.leader, &g.leaders(), PIN_OF_TEST).await.unwrap();
    let file = demo("documents/ke-hoach.pdf");
    let e = g.service.sign_pdf(&own, &file, request(at(99, 1.0, 1.0, 50.0, 50.0))).await;
    assert_eq!(e.map(|_| ()).unwrap_err().code(), "signatures.no_such_page");
    assert_eq!(std::fs::read_dir(g.dir.path().join("tmp")).unwrap().count(), 0);
}

#[tokio::test]
async fn five_wrong_pins_lock_and_are_written_down() {
    let g = ground(true).await;
    let id = g.key(g.leaders(), None).await.unwrap();
    let attempt = async |pin: &str| g.service.unseal(&g.leader, &g.leaders(), pin).await.map(|_| ());
    for left in [4, 3] {
        assert!(matches!(attempt("111222").await, Err(Error::WrongPin { left: l }) if l == left));
    }
    attempt(PIN_OF_TEST).await.expect("the right PIN still opens");
    for left in [4, 3, 2, 1] {
        assert!(matches!(attempt("111222").await, Err(Error::WrongPin { left: l }) if l == left));
    }
    assert!(matches!(attempt("111222").await, Err(Error::Locked { .. })));
    let locked = attempt(PIN_OF_TEST).await.unwrap_err();
    assert_eq!(locked.code(), "signatures.key_locked");
    let info = g.service.key_info(&g.leaders()).await.unwrap().unwrap();
    assert!(info.locked_until.is_some());
    let actions = g.audited().await;
    assert_eq!(actions.iter().filter(|a| *a == "key.wrong_pin").count(), 7);
    assert_eq!(actions.last().map(String::as_str), Some("key.locked"));
    // The wait over: one try, and the wait after it is longer.
    let mut work = g.service.db.begin(&Actor::system("test")).await.unwrap();
    store::lock(work.conn(), &id, 1).await.unwrap();
    work.commit().await.unwrap();
    let Err(Error::Locked { until }) = attempt("111222").await else {
        panic!("locked again")
    };
    assert!(until > crate::clock::now_us() + 200_000_000);
    let mut work = g.service.db.begin(&Actor::system("test")).await.unwrap();
    store::lock(work.conn(), &id, 1).await.unwrap();
    work.commit().await.unwrap();
    attempt(PIN_OF_TEST).await.expect("opens after the wait");
    assert!(matches!(attempt("111222").await, Err(Error::WrongPin { left: 4 })));
}

#[tokio::test]
async fn a_key_serves_its_owner_alone() {
    let g = ground(true).await;
    let id = g.key(g.leaders(), Some("images/chu-ky-1.png")).await.unwrap();
    let seal = g
        .key(Owner::Body("H99".into()), Some("images/con-dau-ubnd-tinh.png"))
        .await
        .unwrap();
    let code = |r: Result<OpenKey>| r.unwrap_err().code();
    assert_eq!(
        code(g.service.unseal(&g.clerk, &g.leaders(), PIN_OF_TEST).await),
        "identity.forbidden"
    );
    let body = Owner::Body("H99".into());
    assert_eq!(code(g.service.unseal(&g.leader, &body, PIN_OF_TEST).await), "identity.forbidden");
    assert!(g.service.image(&g.leader, &id).await.unwrap().starts_with(b"\x89PNG"));
    assert_eq!(g.service.image(&g.clerk, &id).await.unwrap_err().code(), "signatures.no_image");
    assert!(g.service.image(&g.clerk, &seal).await.is_ok());
    assert_eq!(g.service.image(&g.leader, &seal).await.unwrap_err().code(), "signatures.no_image");
    let stranger = Actor::anonymous("", "");
    assert_eq!(g.service.image(&stranger, &id).await.unwrap_err().code(), "identity.not_signed_in");
}

#[tokio::test]
async fn a_pin_is_changed_by_who_knows_it() {
    let g = ground(true).await;
    g.key(g.leaders(), None).await.unwrap();
    let change = async |old: &str, new: &str| g.service.change_pin(&g.leader, &g.leaders(), old, new).await;
    assert!(matches!(change("111222", "590271").await, Err(Error::WrongPin { left: 4 })));
    assert!(matches!(change(PIN_OF_TEST, "123456").await, Err(Error::WeakPin)));
    change(PIN_OF_TEST, "590271").await.unwrap();
    assert!(matches!(
        g.service.unseal(&g.leader, &g.leaders(), PIN_OF_TEST).await,
        Err(Error::WrongPin { .. })
    ));
    let open = g.service.unseal(&g.leader, &g.leaders(), "590271").await.unwrap();
    assert!(!format!("{open:?}").contains("key:"));
}

#[tokio::test]
async fn a_real_server_refuses_demonstration_keys() {
    let mut g = ground(true).await;
    g.key(g.leaders(), None).await.unwrap();
    let mut config = (*g.service.config).clone();
    config.demonstration = false;
    g.service = Service::new(g.service.db.clone(), g.service.files.clone(), Arc::new(config));
    let refused = g.service.unseal(&g.leader, &g.leaders(), PIN_OF_TEST).await.unwrap_err();
    assert_eq!(refused.code(), "signatures.key_demonstration");
    assert!(g.service.key_info(&g.leaders()).await.unwrap().is_none());
    let refused = g.key(g.leaders(), None).await.unwrap_err();
    assert_eq!(refused.code(), "signatures.key_demonstration");
}

#[tokio::test]
async fn what_is_no_signed_pdf_says_what_it_is() {
    let g = ground(true).await;
    let unsigned = g.service.verify_file(&demo("documents/ke-hoach.pdf"), "x.pdf").await.unwrap();
    assert_eq!(
        (unsigned.verdict.as_str(), unsigned.error.unwrap().code.as_str()),
        ("", "verify.no_signature")
    );
    let broken = g.service.verify_file(&demo("images/chu-ky-1.png"), "x.pdf").await.unwrap();
    assert_eq!(broken.error.unwrap().code, "verify.malformed_pdf");
    assert_eq!(broken.pages, 0);
}
