//! One PostgreSQL cluster for the whole run, on a unix socket of its own, and an empty database for each server.
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::io::{BufRead, BufReader};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::OnceLock;

/// Runs until its standard input ends, which it does when this program ends, however it ends. Then nothing is left.
const SCRIPT: &str = r#"
set -e
dir=$(mktemp -d /tmp/kyhop-postgres.XXXXXX)
cd "$dir"
trap 'rm -rf "$dir"' EXIT
trap '' INT TERM HUP
"$BIN/initdb" -D "$dir/data" -U kyhop -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log"; exit 1; }
"$BIN/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c synchronous_commit=off -c max_connections=300 \
  >"$dir/postgres.log" 2>&1 </dev/null &
server=$!
n=0
until "$BIN/pg_isready" -q -h "$dir" -U kyhop; do
  n=$((n + 1))
  if [ $n -gt 300 ]; then cat "$dir/postgres.log"; kill -QUIT $server; exit 1; fi
  sleep 0.1
done
echo "ready $dir"
read -r end || true
kill -QUIT $server
wait $server || true
"#;

struct Cluster {
    /// Folder of its socket.
    socket: String,
    /// Held open as long as this program lives.
    _life: ChildStdin,
}

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| {
        let bin = std::env::var("KYHOP_POSTGRES_BIN").unwrap_or_else(|_| "/usr/lib/postgresql/15/bin".into());
        // PostgreSQL refuses to run as root; its package has made a user for it.
        let root = Command::new("id").arg("-u").output().is_ok_and(|o| o.stdout == b"0\n");
        let mut command = if root {
            let mut c = Command::new("runuser");
            c.args(["-u", "postgres", "--", "sh", "-c", SCRIPT]);
            c
        } else {
            let mut c = Command::new("sh");
            c.args(["-c", SCRIPT]);
            c
        };
        // It ends when this process does and its standard input closes.
        #[allow(clippy::zombie_processes)]
        let mut child = command
            .env("BIN", bin)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell for PostgreSQL");
        let life = child.stdin.take().expect("its standard input");
        let mut said = String::new();
        for line in BufReader::new(child.stdout.take().expect("its standard output")).lines() {
            let line = line.expect("its words");
            if let Some(socket) = line.strip_prefix("ready ") {
                return Cluster {
                    socket: socket.to_owned(),
                    _life: life,
                };
            }
            said.push_str(&line);
            said.push('\n');
        }
        panic!("PostgreSQL did not start (apt-get install postgresql-15):\n{said}");
    })
}

/// A new, empty database.
pub async fn database_url() -> String {
    let cluster = tokio::task::spawn_blocking(cluster).await.expect("PostgreSQL");
    let url = |database: &str| format!("postgres://kyhop@localhost/{database}?host={}", cluster.socket);
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    sqlx::any::install_default_drivers();
    let mut admin = AnyConnection::connect(&url("postgres")).await.expect("connecting to PostgreSQL");
    admin
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await
        .expect("a database");
    admin.close().await.expect("closing");
    url(&name)
}
