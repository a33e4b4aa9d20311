//! `kyhop serve`: the server of one body.
use crate::config::Config;
use crate::router::router;
use crate::state::AppState;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file (TOML). Without it, everything comes from environment variables.
    #[arg(long, env = "KYHOP_CONFIG")]
    pub config: Option<PathBuf>,
    /// Allow demonstration keys and accounts; set by `kyhop demo` alone.
    #[arg(long, hide = true)]
    pub demonstration: bool,
}

pub fn run(args: Args) -> ExitCode {
    let mut config = match Config::load(args.config.as_deref(), &|name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::from(super::USAGE);
        }
    };
    config.demonstration = args.demonstration;
    crate::logging::start();
    super::block_on(serve(config))
}

async fn serve(config: Config) -> Result<(), String> {
    let listener = tokio::net::TcpListener::bind(&config.listen)
        .await
        .map_err(|e| format!("không mở được / cannot listen on {}: {e}", config.listen))?;
    let state = AppState::open(config).await?;
    refuse_demonstration(&state).await?;
    tracing::info!(listen = %state.config.listen, public_url = %state.config.public_url, "serving");
    crate::worker::start(&state);
    let (hub, sockets) = (state.hub.clone(), state.metrics.sockets.clone());
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(async move {
            crate::cli::stop_signal().await;
            hub.stop();
        })
        .await
        .map_err(|e| e.to_string())?;
    // Sockets are not waited for by the above: each says farewell, so that devices come back at once.
    for _ in 0..50 {
        if sockets.get() == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// A real server does not run on a demonstration's database: everybody knows its passwords and PINs.
async fn refuse_demonstration(state: &AppState) -> Result<(), String> {
    if state.config.demonstration {
        return Ok(());
    }
    match state.identity.demonstration_traces().await.map_err(|e| e.to_string())? {
        (0, 0) => Ok(()),
        (accounts, keys) => Err(format!(
            "cơ sở dữ liệu có {accounts} tài khoản và {keys} khóa trình diễn nên máy chủ không khởi động; hãy dùng cơ sở dữ liệu mới \
             (data_dir hoặc DATABASE_URL) / the database has {accounts} accounts and {keys} keys of a demonstration, so the server \
             does not start; use a new database (data_dir or DATABASE_URL)"
        )),
    }
}
