//! Everything that a request handler may need.
use crate::config::Config;
use crate::db::Db;
use crate::excerpts::Excerpts;
use crate::files::Files;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::{audit, axis, documents, identity, meetings, opinions, reading, signatures};
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use std::sync::Arc;

#[derive(Clone)]
pub struct AppState {
    pub config: Arc<Config>,
    pub db: Db,
    pub files: Files,
    pub excerpts: Excerpts,
    pub hub: Hub,
    pub identity: identity::Service,
    pub documents: documents::Service,
    pub signatures: signatures::Service,
    pub meetings: meetings::Service,
    pub opinions: opinions::Service,
    pub reading: reading::Service,
    pub axis: axis::Service,
    pub audit: audit::Service,
    pub leptos: LeptosOptions,
    pub metrics: Metrics,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}

impl FromRef<AppState> for documents::Service {
    fn from_ref(state: &AppState) -> Self {
        state.documents.clone()
    }
}

impl FromRef<AppState> for meetings::Service {
    fn from_ref(state: &AppState) -> Self {
        state.meetings.clone()
    }
}

impl FromRef<AppState> for opinions::Service {
    fn from_ref(state: &AppState) -> Self {
        state.opinions.clone()
    }
}

impl FromRef<AppState> for Metrics {
    fn from_ref(state: &AppState) -> Self {
        state.metrics.clone()
    }
}

impl AppState {
    /// Opens database and files and builds the services.
    ///
    /// # Errors
    /// A sentence for the person who starts the server.
    pub async fn open(config: Config) -> Result<Self, String> {
        // Pages are drawn by tasks of this runtime; a second server in one program finds it set already.
        let _ = any_spawner::Executor::init_tokio();
        let hub = Hub::default();
        let files = Files::open(&config.data_dir, config.s3.as_ref())
            .await
            .map_err(|e| format!("data_dir {}: {e}", config.data_dir.display()))?;
        let db = Db::open(&config.database_url, hub.clone())
            .await
            .map_err(|e| format!("database: {e}"))?;
        let leptos = LeptosOptions::builder()
            .output_name("kyhop")
            .site_root(config.site_dir.to_string_lossy().into_owned())
            .build();
        let config = Arc::new(config);
        macro_rules! service {
            ($domain:ident) => {
                $domain::Service {
                    db: db.clone(),
                    files: files.clone(),
                    config: config.clone(),
                }
            };
        }
        let signatures = signatures::Service::new(db.clone(), files.clone(), config.clone());
        let documents = documents::Service {
            db: db.clone(),
            files: files.clone(),
            config: config.clone(),
            signatures: signatures.clone(),
        };
        let meetings = meetings::Service {
            db: db.clone(),
            files: files.clone(),
            config: config.clone(),
            documents: documents.clone(),
        };
        Ok(Self {
            identity: identity::Service {
                db: db.clone(),
                config: config.clone(),
                passwords: identity::password::Passwords::default(),
            },
            signatures: signatures.clone(),
            reading: reading::Service {
                db: db.clone(),
                meetings: meetings.clone(),
            },
            meetings,
            axis: axis::Service {
                db: db.clone(),
                files: files.clone(),
                config: config.clone(),
                documents: documents.clone(),
                signatures,
                link: axis::connector::LinkState::of(&hub),
            },
            documents,
            opinions: opinions::Service {
                db: db.clone(),
                config: config.clone(),
            },
            audit: service!(audit),
            config,
            db,
            files,
            excerpts: Excerpts::default(),
            hub,
            leptos,
            metrics: Metrics::default(),
        })
    }
}
