//! A whole server of one body on a free port, over either database.
use super::client::Client;
use super::pki::Authority;
use app::dto::identity::Role;
use app::ids::UserId;
use server::actor::{Actor, Kind};
use server::clock::now_us;
use server::config::Config;
use server::state::AppState;
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// Ends, with all its data, when it is dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`
    pub url: String,
    pub state: AppState,
    /// The authority that this server trusts.
    pub authority: Authority,
    pub dir: TempDir,
    task: JoinHandle<()>,
}

impl Server {
    /// The body `H99`, with a few others in its directory, nobody in it.
    pub async fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {}).await
    }

    /// The same with a changed configuration.
    pub async fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let authority = Authority::found();
        let root = dir.path().join("root.pem");
        std::fs::write(&root, authority.root_pem()).expect("writing");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address").to_string();
        let mut config = configuration(dir.path(), &root, &address);
        if backend == Backend::Postgres {
            config.database_url = super::database_url().await;
        }
        change(&mut config);
        let url = config.public_url.clone();
        let (state, task) = serve(config, listener).await;
        let server = Self {
            url,
            state,
            authority,
            dir,
            task,
        };
        for (code, name) in [("H99", "Ủy ban nhân dân tỉnh"), ("H99.5", "Sở Nội vụ"), ("H99.3", "Sở Tài chính")] {
            server.add_body(code, name).await;
        }
        server
    }

    /// Stops as at Ctrl-C, and starts again over the same data at the same address.
    pub async fn restart(&mut self) {
        self.state.hub.stop();
        self.task.abort();
        let _ = (&mut self.task).await;
        let config = (*self.state.config).clone();
        let listener = TcpListener::bind(&config.listen).await.expect("the same port");
        (self.state, self.task) = serve(config, listener).await;
    }

    /// With which `kyhop serve` runs as a process over the same data at the same address.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let config = &self.state.config;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        vec![
            ("KYHOP_LISTEN", config.listen.clone()),
            ("KYHOP_PUBLIC_URL", config.public_url.clone()),
            ("KYHOP_DATA_DIR", text(&config.data_dir)),
            ("KYHOP_SITE_DIR", text(&config.site_dir)),
            ("DATABASE_URL", config.database_url.clone()),
            ("KYHOP_TRUST", text(&config.trust[0])),
            ("KYHOP_FETCH", "listed".to_owned()),
            ("KYHOP_BODY_CODE", config.body_code.clone()),
            ("KYHOP_BODY_NAME", config.body_name.clone()),
            ("KYHOP_BODY_ABBREVIATION", config.body_abbreviation.clone()),
            ("KYHOP_BODY_PLACE", config.body_place.clone()),
        ]
    }

    pub async fn add_body(&self, code: &str, name: &str) {
        let mut work = self.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        sqlx::query("INSERT INTO body (code, name, folded, certificate, updated_at) VALUES ($1, $2, $3, NULL, $4)")
            .bind(code)
            .bind(name)
            .bind(server::text::fold(&format!("{code} {name}")))
            .bind(now_us())
            .execute(work.conn())
            .await
            .expect("a body");
        work.commit().await.expect("committing");
    }

    /// A person with `roles`, who cannot sign in with a password (hashing one takes long and most tests need none).
    pub async fn person(&self, username: &str, roles: &[Role]) -> Actor {
        let id = uuid::Uuid::now_v7().to_string();
        let name = format!("Người {username}");
        let mut work = self.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        sqlx::query(
            "INSERT INTO person (id, username, full_name, folded, position, unit, password_hash, active, demonstration, created_at) \
             VALUES ($1, $2, $3, $4, 'Chuyên viên', 'Phòng Thử nghiệm', '!', 1, 0, $5)",
        )
        .bind(&id)
        .bind(username)
        .bind(&name)
        .bind(server::text::fold(&format!("{name} {username}")))
        .bind(now_us())
        .execute(work.conn())
        .await
        .expect("a person");
        for role in roles {
            sqlx::query("INSERT INTO person_role (person_id, role) VALUES ($1, $2)")
                .bind(&id)
                .bind(role.as_str())
                .execute(work.conn())
                .await
                .expect("a role");
        }
        work.commit().await.expect("committing");
        Actor {
            at: None,
            kind: Kind::Person(UserId(id)),
            name,
            roles: roles.to_vec(),
            request_id: "test".into(),
            address: "127.0.0.1".into(),
        }
    }

    /// A browser in which a new person with this role alone is signed in.
    pub async fn signed_in(&self, role: Role) -> Client {
        let actor = self.person(&unique(role.as_str()), &[role]).await;
        self.browser(&actor).await
    }

    /// A browser in which `actor` is signed in.
    pub async fn browser(&self, actor: &Actor) -> Client {
        let secret = uuid::Uuid::new_v4().simple().to_string();
        let mut work = self.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        sqlx::query(
            "INSERT INTO session (token_hash, person_id, created_at, seen_at, expires_at, agent) VALUES ($1, $2, $3, $3, $4, 'test')",
        )
        .bind(server::identity::digest(&secret))
        .bind(actor.id())
        .bind(now_us())
        .bind(now_us() + 3_600_000_000)
        .execute(work.conn())
        .await
        .expect("a sign-in");
        work.commit().await.expect("committing");
        Client::browser(&self.url, Some(&secret), actor.clone())
    }

    /// A program with a token of `actor`.
    pub async fn machine(&self, actor: &Actor) -> Client {
        let secret = uuid::Uuid::new_v4().simple().to_string();
        let mut work = self.state.db.begin(&Actor::system("test")).await.expect("a transaction");
        sqlx::query("INSERT INTO api_token (id, person_id, name, token_hash, created_at, expires_at) VALUES ($1, $2, 'test', $3, $4, $5)")
            .bind(uuid::Uuid::now_v7().to_string())
            .bind(actor.id())
            .bind(server::identity::digest(&secret))
            .bind(now_us())
            .bind(now_us() + 3_600_000_000)
            .execute(work.conn())
            .await
            .expect("a token");
        work.commit().await.expect("committing");
        Client::machine(&self.url, &secret, actor.clone())
    }

    /// A browser in which nobody is signed in.
    pub fn stranger(&self) -> Client {
        Client::browser(&self.url, None, Actor::anonymous("test", "127.0.0.1"))
    }
}

async fn serve(config: Config, listener: TcpListener) -> (AppState, JoinHandle<()>) {
    let state = AppState::open(config).await.expect("a server");
    server::worker::start(&state);
    let app = server::router::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(async move { axum::serve(listener, app).await.expect("serving") });
    (state, task)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn unique(name: &str) -> String {
    format!("{name}{}", &uuid::Uuid::new_v4().simple().to_string()[..8])
}

fn configuration(dir: &Path, root: &Path, address: &str) -> Config {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let settings = [
        ("KYHOP_LISTEN", address.to_owned()),
        ("KYHOP_PUBLIC_URL", format!("http://{address}")),
        ("KYHOP_DATA_DIR", text(&dir.join("data"))),
        ("KYHOP_SITE_DIR", text(&dir.join("site"))),
        ("KYHOP_TRUST", text(root)),
        ("KYHOP_BODY_CODE", "H99".into()),
        ("KYHOP_BODY_NAME", "Ủy ban nhân dân tỉnh".into()),
        ("KYHOP_BODY_ABBREVIATION", "UBND".into()),
        ("KYHOP_BODY_PLACE", "Minh An".into()),
    ];
    let env = |name: &str| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone());
    Config::load(None, &env).expect("a configuration")
}
