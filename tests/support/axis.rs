//! A province of a test's own: an axis node that can be killed, and bodies linked to it.
use super::{Authority, Backend, Server, document};
use app::dto::Placement;
use app::dto::identity::Role;
use app::ids::DocumentId;
use server::actor::Actor;
use server::config::{Axis, Config, NodeLink, Way};
use server::documents::upload::Form;
use server::signatures::{KeyMaterial, NewKey, Owner};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PIN: &str = "246813";
/// For what takes milliseconds; only a test that fails waits this long.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Province {
    /// Of links and of signatures.
    pub authority: Authority,
    pub dir: TempDir,
    pub port: u16,
    bodies: Vec<(String, String)>,
    node: Option<Child>,
    /// Further lines of the node's configuration.
    pub settings: String,
}

impl Province {
    /// With nothing running yet. The node knows H99, H99.5 and H99.3.
    pub fn found() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let authority = Authority::found();
        std::fs::write(dir.path().join("root.pem"), authority.root_pem()).expect("writing");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its address").port();
        let known = [("H99", "Ủy ban nhân dân tỉnh"), ("H99.5", "Sở Nội vụ"), ("H99.3", "Sở Tài chính")];
        Self {
            authority,
            dir,
            port,
            bodies: known.map(|(code, name)| (code.to_owned(), name.to_owned())).into(),
            node: None,
            settings: String::new(),
        }
    }

    pub async fn start() -> Self {
        let mut province = Self::found();
        province.start_node().await;
        province
    }

    /// The node knows one more body from its next start on.
    pub fn list(&mut self, code: &str, name: &str) {
        self.bodies.push((code.to_owned(), name.to_owned()));
    }

    /// Files of a link whose certificate names `code` and comes from `authority`.
    pub fn link(&self, code: &str, authority: &Authority) -> Axis {
        let pair = authority.link(code);
        let name = format!("{code}-{}", uuid::Uuid::new_v4().simple());
        let file = |end: &str| self.dir.path().join(format!("{name}{end}"));
        let (certificate, key) = (file(".pem"), file(".key"));
        std::fs::write(&certificate, pair.certificate.to_pem().expect("PEM")).expect("writing");
        std::fs::write(&key, pair.key.private_key_to_pem_pkcs8().expect("PEM")).expect("writing");
        Axis {
            ca: Some(self.root()),
            refuse_unsigned: false,
            refuse_unsigned_envelopes: false,
            signature: Some((certificate.clone(), key.clone())),
            way: Way::Node(NodeLink {
                address: format!("wss://127.0.0.1:{}", self.port),
                certificate,
                key,
                ca: self.root(),
            }),
            undelivered_after: server::config::span::UNDELIVERED_AFTER,
        }
    }

    pub fn root(&self) -> PathBuf {
        self.dir.path().join("root.pem")
    }

    /// The real program, in a process of its own.
    pub async fn start_node(&mut self) {
        let link = node_link(self.link("axis", &self.authority));
        let mut text = format!(
            "listen = \"127.0.0.1:{}\"\ndata_dir = {:?}\ncertificate = {:?}\nkey = {:?}\nca = {:?}\nlimit_mb = 20\n",
            self.port,
            self.dir.path().join("node"),
            link.certificate,
            link.key,
            link.ca
        );
        text.push_str(&self.settings);
        for (code, name) in &self.bodies {
            let _ = write!(text, "\n[[body]]\ncode = \"{code}\"\nname = \"{name}\"\n");
        }
        let config = self.dir.path().join("node.toml");
        std::fs::write(&config, text).expect("writing");
        let log = std::fs::File::create(self.dir.path().join("node.log")).expect("a log");
        let child = Command::new(env!("CARGO_BIN_EXE_kyhop"))
            .args(["axis", "--config"])
            .arg(&config)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("a node");
        self.node = Some(child);
        let address = ("127.0.0.1", self.port);
        eventually("the node listens", async || {
            tokio::net::TcpStream::connect(address).await.is_ok().then_some(())
        })
        .await;
    }

    /// As a power cut would: nothing is told, nothing is finished.
    pub fn kill_node(&mut self) {
        if let Some(mut node) = self.node.take() {
            node.kill().expect("killing");
            node.wait().expect("its end");
        }
    }

    /// The server of a body, linked to the node.
    pub async fn body(&self, code: &str) -> Server {
        let link = self.link(code, &self.authority);
        self.body_with(code, |config| config.axis = Some(link)).await
    }

    pub async fn body_with(&self, code: &str, change: impl FnOnce(&mut Config)) -> Server {
        self.body_on(Backend::Sqlite, code, change).await
    }

    pub async fn body_on(&self, backend: Backend, code: &str, change: impl FnOnce(&mut Config)) -> Server {
        let name = self.bodies.iter().find(|(c, _)| c == code).map(|(_, n)| n.clone());
        Server::start_with(backend, |config| {
            config.body_code = code.to_owned();
            config.body_name = name.unwrap_or_else(|| code.to_owned());
            config.trust = vec![self.root()];
            config.demonstration = true;
            change(config);
        })
        .await
    }

    /// A document that was drafted, signed, numbered and sealed. Its clerk, who may send it, and its id.
    pub async fn issued(&self, server: &Server, receivers: &[&str]) -> (Actor, DocumentId) {
        let cast = self.cast(server).await;
        let id = cast.draft(server, receivers, &[]).await.expect("a draft");
        cast.issue(server, &id).await;
        (cast.clerk, id)
    }

    /// Who makes documents at a body, with the keys of the leader and of the body.
    pub async fn cast(&self, server: &Server) -> Cast {
        let drafter = server.person("drafter", &[Role::Drafter]).await;
        let leader = server.person("leader", &[Role::Leader]).await;
        let clerk = server.person("clerk", &[Role::Clerk]).await;
        let person = Owner::Person(leader.user().expect("a person").clone());
        let body = server.state.config.body_code.clone();
        for (owner, name) in [(person, leader.name.as_str()), (Owner::Body(body.clone()), body.as_str())] {
            let pair = self.authority.signing(name);
            let new = NewKey {
                owner,
                material: KeyMaterial::Pkcs8 {
                    key: &pair.key.private_key_to_pkcs8().expect("DER"),
                    certificate: &pair.certificate.to_der().expect("DER"),
                    chain: &self.authority.chain_pem(),
                },
                pin: PIN,
                image: None,
                demonstration: true,
            };
            server.state.signatures.store_key(&Actor::system("test"), new).await.expect("a key");
        }
        Cast { drafter, leader, clerk }
    }
}

pub struct Cast {
    pub drafter: Actor,
    pub leader: Actor,
    pub clerk: Actor,
}

impl Cast {
    /// A draft; `more` are further fields of its form.
    pub async fn draft(&self, server: &Server, receivers: &[&str], more: &[(&str, &str)]) -> Result<DocumentId, server::documents::Error> {
        let documents = &server.state.documents;
        let bytes = bytes::Bytes::from(document("thong-bao.pdf"));
        let stream = futures_util::stream::iter([Ok::<_, std::convert::Infallible>(bytes)]);
        let incoming = server.state.files.receive(stream, u64::MAX).await.expect("a file");
        let file = documents.accept(incoming, "thong-bao.pdf").await.expect("a PDF");
        let mut fields = vec![
            ("kind", "TB"),
            ("abstract_text", "Về việc tiếp nhận văn bản"),
            ("urgency", "urgent"),
            ("leader_id", self.leader.id()),
        ];
        fields.extend(more);
        fields.extend(receivers.iter().map(|code| ("receivers", *code)));
        documents.create(&self.drafter, Form::new(&fields, Some(file))).await
    }

    /// Submitted, signed, numbered and sealed: revision 4.
    pub async fn issue(&self, server: &Server, id: &DocumentId) {
        let documents = &server.state.documents;
        let place = |x: f64| Placement {
            page: 1,
            x,
            y: 100.0,
            w: 100.0,
            h: 60.0,
        };
        documents.submit(&self.drafter, id, 1).await.expect("submitted");
        documents.sign(&self.leader, id, 2, place(350.0), PIN).await.expect("signed");
        documents.issue(&self.clerk, id, 3, None, place(300.0), PIN).await.expect("issued");
    }
}

impl Drop for Province {
    fn drop(&mut self) {
        self.kill_node();
    }
}

/// Files of a link to a node.
pub fn node_link(axis: Axis) -> NodeLink {
    match axis.way {
        Way::Node(link) => link,
        Way::Folder(path) => panic!("{} is no link", path.display()),
    }
}

/// Asks again until there is an answer.
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}
