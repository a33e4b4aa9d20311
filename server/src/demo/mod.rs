//! `kyhop demo`: a province on one machine. An authority (CRL, OCSP, time stamps), an axis node and the servers of two
//! bodies, with people, documents and a meeting of today, on loopback only.
pub mod authority;
mod meeting;
mod papers;
pub mod people;
pub mod pki;
mod processes;
mod seed;

use authority::Authority;
use people::{BODIES, Body, PASSWORD, PIN};
use processes::Processes;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where everything listens; `base` and the ports after it.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub base: u16,
}

impl Ports {
    fn body(self, index: u16) -> u16 {
        self.base + index
    }
    fn node(self) -> u16 {
        self.base + 2
    }
    fn authority(self) -> u16 {
        self.base + 3
    }
}

/// Runs the demonstration until Ctrl-C.
///
/// # Errors
/// A sentence for the person who started it.
pub async fn run(dir: &Path, site: &Path, material: &Path, ports: Ports) -> Result<(), String> {
    let started = Instant::now();
    std::fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    let dir = dir.canonicalize().map_err(|e| e.to_string())?;
    let site = site
        .canonicalize()
        .map_err(|e| format!("{}: {e} (scripts/build-web)", site.display()))?;
    for port in [ports.body(0), ports.body(1), ports.node(), ports.authority()] {
        std::net::TcpListener::bind(("127.0.0.1", port))
            .map_err(|e| format!("cổng {port} đang bận / port {port} is taken: {e}. Chọn cổng khác / choose others: --port"))?;
    }
    let made_before = dir.join("made").exists();
    if !made_before {
        // A seed that broke off half-way is made anew.
        for part in ["authority", "body-0", "body-1", "node"] {
            let _ = std::fs::remove_dir_all(dir.join(part));
        }
    }
    let address = format!("127.0.0.1:{}", ports.authority());
    let authority = Authority::open(&dir.join("authority"), &address)?;
    if authority.address_changed() {
        return Err(format!(
            "{} được tạo cho cổng khác; xóa thư mục này hoặc dùng cổng cũ / was made for another port; remove it or use the old port",
            dir.display()
        ));
    }
    authority.renew_crl().await?;
    let listener = tokio::net::TcpListener::bind(&address).await.map_err(|e| e.to_string())?;
    let answers = authority.router();
    tokio::spawn(async move { axum::serve(listener, answers).await });

    write_configurations(&dir, &site, &authority, ports)?;
    if !made_before {
        println!("Đang tạo dữ liệu trình diễn (khoảng nửa phút) / making the demonstration's data (about half a minute) …");
        seed::seed(&dir, material, &authority).await?;
        std::fs::write(dir.join("made"), "").map_err(|e| e.to_string())?;
    } else {
        seed::meeting_of_today(&dir).await?;
    }

    let mut processes = Processes::new();
    let started_all = start(&mut processes, &dir, ports).await;
    if let Err(e) = started_all {
        processes.stop().await;
        return Err(e);
    }
    print!("{}", welcome(ports, started.elapsed().as_secs_f64()));
    let stop = crate::cli::stop_signal();
    tokio::pin!(stop);
    let result = loop {
        tokio::select! {
            () = &mut stop => break Ok(()),
            () = tokio::time::sleep(std::time::Duration::from_millis(500)) => {
                if let Some(name) = processes.ended() {
                    break Err(format!("{name} đã dừng / has ended; xem / see {}", dir.join("log").display()));
                }
            }
        }
    };
    println!("\nĐang dừng / stopping …");
    processes.stop().await;
    result
}

async fn start(processes: &mut Processes, dir: &Path, ports: Ports) -> Result<(), String> {
    let logs = dir.join("log");
    std::fs::create_dir_all(&logs).map_err(|e| e.to_string())?;
    let file = |name: &str| dir.join(name).to_string_lossy().into_owned();
    processes.start("axis", &["axis", "--config", &file("node.toml")], &logs.join("axis.log"))?;
    processes
        .wait_for("axis", &format!("127.0.0.1:{}", ports.node()), &logs.join("axis.log"))
        .await?;
    for index in 0..2u16 {
        let name = format!("body-{index}");
        let log = logs.join(format!("{name}.log"));
        processes.start(
            &name,
            &["serve", "--config", &file(&format!("{name}.toml")), "--demonstration"],
            &log,
        )?;
    }
    for index in 0..2u16 {
        let name = format!("body-{index}");
        processes
            .wait_for(
                &name,
                &format!("127.0.0.1:{}", ports.body(index)),
                &logs.join(format!("{name}.log")),
            )
            .await?;
    }
    Ok(())
}

/// The configuration files of the node and both bodies, as an administrator would write them.
fn write_configurations(dir: &Path, site: &Path, authority: &Authority, ports: Ports) -> Result<(), String> {
    let link = |name: &str, code: &str| -> Result<(PathBuf, PathBuf), String> {
        let (certificate, key) = (dir.join(format!("{name}-link.pem")), dir.join(format!("{name}-link.key")));
        if !certificate.exists() {
            let pair = authority.link(code)?;
            std::fs::write(&key, pair.key.private_key_to_pem_pkcs8().map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
            std::fs::write(&certificate, pair.certificate.to_pem().map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
        }
        Ok((certificate, key))
    };
    let root = authority.root_file();
    for (index, Body { code, name, abbreviation }) in BODIES.iter().take(2).enumerate() {
        let me = format!("body-{index}");
        let (certificate, key) = link(&me, code)?;
        let port = ports.body(u16::try_from(index).unwrap_or(0));
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\npublic_url = \"http://127.0.0.1:{port}\"\ndata_dir = {data:?}\nsite_dir = {site:?}\n\
             trust = [{root:?}]\nfetch_hosts = [\"127.0.0.1\"]\n\n[body]\ncode = \"{code}\"\nname = \"{name}\"\n\
             abbreviation = \"{abbreviation}\"\nplace = \"Minh An\"\n\n[axis]\nnode = \"wss://127.0.0.1:{node}\"\n\
             certificate = {certificate:?}\nkey = {key:?}\nca = {root:?}\n",
            data = dir.join(&me),
            node = ports.node(),
        );
        std::fs::write(dir.join(format!("{me}.toml")), text).map_err(|e| e.to_string())?;
    }
    let (certificate, key) = link("node", "axis")?;
    let mut text = format!(
        "listen = \"127.0.0.1:{}\"\ndata_dir = {:?}\ncertificate = {certificate:?}\nkey = {key:?}\nca = {root:?}\n",
        ports.node(),
        dir.join("node"),
    );
    for body in &BODIES {
        let _ = write!(text, "\n[[body]]\ncode = \"{}\"\nname = \"{}\"\n", body.code, body.name);
    }
    std::fs::write(dir.join("node.toml"), text).map_err(|e| e.to_string())
}

fn welcome(ports: Ports, seconds: f64) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "\nkyhop · trình diễn / demonstration · {seconds:.1} s\n");
    for (index, staff) in [&people::STAFF[..], &people::SECOND_STAFF[..]].into_iter().enumerate() {
        let port = ports.body(u16::try_from(index).unwrap_or(0));
        let _ = writeln!(text, "  {}   http://127.0.0.1:{port}", BODIES[index].name);
        for person in staff {
            let roles: Vec<_> = person.roles.iter().map(|r| r.as_str()).collect();
            let _ = writeln!(
                text,
                "    {:<10} {} – {} ({})",
                person.username,
                person.full_name,
                person.position,
                roles.join(", ")
            );
        }
        if index == 0 {
            let _ = writeln!(
                text,
                "    {:<10} hai mươi đại biểu / twenty officials: daibieu01 … daibieu20",
                "daibieu01"
            );
        }
    }
    let _ = writeln!(
        text,
        "\n  Mật khẩu / password: {PASSWORD}    PIN ký số và đóng dấu / PIN for signing and sealing: {PIN}\n  \
         Kiểm tra chữ ký, không cần tài khoản / check signatures, no account: http://127.0.0.1:{}/verify\n  \
         Ctrl-C: dừng tất cả / stops everything\n",
        ports.body(0)
    );
    text
}
