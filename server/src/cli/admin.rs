//! `kyhop admin`: what an administrator does on the server itself. Everything is written to the audit log.
use super::secrets::Secrets;
use crate::actor::Actor;
use crate::clock::{now_us, when};
use crate::config::Config;
use crate::fault::Problem;
use crate::identity::NewPerson;
use crate::mail;
use crate::signatures::{KeyMaterial, NewKey, Owner};
use crate::state::AppState;
use app::dto::identity::{Body, Person, Role};
use app::ids::MessageId;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Configuration file of the server (TOML). Without it, everything comes from environment variables.
    #[arg(long, env = "KYHOP_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add a person who can sign in at once. The password is asked for, or read from standard input (one line).
    AddPerson {
        /// Small letters, digits, dots, hyphens, such as `tmhuong`.
        username: String,
        /// Họ và tên.
        #[arg(long)]
        name: String,
        /// Chức vụ.
        #[arg(long, default_value = "")]
        position: String,
        #[arg(long, default_value = "")]
        unit: String,
        #[arg(long, default_value = "")]
        email: String,
        /// official, secretary, drafter, leader, clerk, auditor or admin; may be given several times.
        #[arg(long = "role", required = true, value_parser = role)]
        roles: Vec<Role>,
    },
    /// Give a person a new password; ends their sessions. The password is asked for, or read from standard input (one line).
    SetPassword { username: String },
    /// Sign somebody out everywhere (a lost tablet). What tablets keep for that person is closed.
    EndSessions { username: String },
    /// Open or close an account. Closing ends its sessions and revokes its tokens.
    SetActive {
        username: String,
        #[arg(action = clap::ArgAction::Set)]
        active: bool,
    },
    /// Store a signing key, sealed with a PIN; it takes the place of the owner's older one.
    ///
    /// Asked for, or read from standard input one a line: the password of the PKCS#12 file (or of an encrypted PEM key),
    /// then the PIN. Tell the owner to change the PIN.
    ImportKey(ImportKey),
    /// Add a body to the directory, or rename it.
    AddBody {
        /// Identifier code, such as `H18.3.2`.
        code: String,
        name: String,
        /// PEM certificate that its axis messages are signed with, or several while one is renewed; an empty file forgets them.
        #[arg(long)]
        certificate: Option<PathBuf>,
    },
    /// Take a directory of bodies in: CSV (UTF-8) with the columns `code` and `name`; all of it or nothing.
    ImportBodies { file: PathBuf },
    /// Make a token for a person's programs and print it, this once.
    Token {
        username: String,
        /// What it is for.
        #[arg(long)]
        name: String,
        /// 1 to 365.
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// List the messages of the axis, both ways, the newest first.
    Messages {
        /// From 1.
        #[arg(long, default_value_t = 1)]
        page: u32,
    },
    /// Try a failed message again, or send one again that came back as undelivered.
    RetryMessage { id: String },
    /// The latest letters by e-mail and what became of them.
    Letters,
    /// Try a letter again that was given up.
    RetryLetter { id: String },
    /// Send a letter to this address, to try the mail server out.
    TestMail { address: String },
    /// Give up a failed message: whom it concerns hears that it was not delivered.
    GiveUpMessage { id: String },
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("owner").required(true))]
#[command(group = clap::ArgGroup::new("source").required(true))]
struct ImportKey {
    /// User name of the person whose key it is.
    #[arg(long, group = "owner")]
    person: Option<String>,
    /// The key is the body's own: its seal.
    #[arg(long, group = "owner")]
    body: bool,
    /// PKCS#12 file (.p12, .pfx) with key, certificate and those above it.
    #[arg(long, group = "source")]
    p12: Option<PathBuf>,
    /// PEM file of the private key.
    #[arg(long, group = "source", requires = "certificate")]
    key: Option<PathBuf>,
    /// PEM file of the certificate, with those above it after it.
    #[arg(long, requires = "key")]
    certificate: Option<PathBuf>,
    /// PNG of the handwritten signature or the seal, with a transparent background.
    #[arg(long)]
    image: Option<PathBuf>,
}

fn role(text: &str) -> Result<Role, String> {
    let names: Vec<_> = Role::ALL.iter().map(|r| r.as_str()).collect();
    Role::parse(text).ok_or_else(|| format!("one of {}", names.join(", ")))
}

pub fn run(args: Args) -> ExitCode {
    let config = match Config::load(args.config.as_deref(), &|name| std::env::var(name).ok()) {
        Ok(config) => config,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::from(super::USAGE);
        }
    };
    crate::logging::start_quiet();
    super::block_on(async move {
        let state = AppState::open(config).await?;
        act(&state, &me(), args.command).await
    })
}

/// The log says who was at the terminal, as far as the operating system knows.
fn me() -> Actor {
    let user = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    Actor::system(&format!("kyhop admin ({})", user.as_deref().unwrap_or("?")))
}

/// An error in both languages, with its cause when it is not the person's.
fn said<E: Problem>(e: E) -> String {
    let cause = if e.status().is_server_error() {
        format!("\n({e})")
    } else {
        String::new()
    };
    format!("{}\n{}{cause}", e.vi(), e.en())
}

async fn act(state: &AppState, actor: &Actor, command: Command) -> Result<(), String> {
    let mut secrets = Secrets::default();
    match command {
        Command::AddPerson {
            username,
            name,
            position,
            unit,
            email,
            roles,
        } => {
            let password = secrets.new_secret("Mật khẩu mới / new password")?;
            let new = NewPerson {
                username,
                full_name: name,
                position,
                unit,
                email,
                roles,
                password: password.to_string(),
                demonstration: false,
            };
            let id = state.identity.add_person(actor, new).await.map_err(said)?;
            println!("Đã thêm / added: {id}");
        }
        Command::SetPassword { username } => {
            let person = person(state, &username).await?;
            let password = secrets.new_secret("Mật khẩu mới / new password")?;
            state.identity.set_password(actor, &person.id, &password).await.map_err(said)?;
            println!("Đã đặt lại mật khẩu / password set: {}", person.full_name);
        }
        Command::EndSessions { username } => {
            let person = person(state, &username).await?;
            state.identity.end_sessions(actor, &person.id).await.map_err(said)?;
            println!("Đã đăng xuất khỏi mọi thiết bị / signed out everywhere: {}", person.full_name);
        }
        Command::SetActive { username, active } => {
            let person = person(state, &username).await?;
            state.identity.set_active(actor, &person.id, active).await.map_err(said)?;
            let words = if active { "Đã mở / open" } else { "Đã khóa / closed" };
            println!("{words}: {}", person.full_name);
        }
        Command::ImportKey(import) => import_key(state, actor, import, &mut secrets).await?,
        Command::AddBody { code, name, certificate } => {
            let certificate = certificate.map(|path| text(&path)).transpose()?;
            let body = Body { code, name };
            state.identity.add_body(actor, &body, certificate.as_deref()).await.map_err(said)?;
            println!("Đã ghi / written: {} {}", body.code, body.name);
        }
        Command::ImportBodies { file } => {
            let count = state.identity.import_bodies(actor, &text(&file)?).await.map_err(said)?;
            println!("Đã nhập / taken in: {count}");
        }
        Command::Token { username, name, days } => {
            let person = person(state, &username).await?;
            let made = state.identity.token_for(actor, &person.id, &name, days).await.map_err(said)?;
            eprintln!(
                "{} · đến / until {} · chỉ hiện một lần / shown this once:",
                person.full_name, made.token.expires.text
            );
            println!("{}", made.secret);
        }
        Command::Messages { page } => {
            for m in state.axis.messages(actor, page).await.map_err(said)?.rows {
                let error = m.error.map(|e| format!("\t{e}")).unwrap_or_default();
                println!(
                    "{}\t{}\t{}\t{}\t{}\t{}{error}",
                    m.id.0, m.at.text, m.way, m.state, m.other, m.subject
                );
            }
        }
        Command::RetryMessage { id } => {
            state.axis.retry(actor, &MessageId(id)).await.map_err(said)?;
            println!("Gửi lại / sent again");
        }
        Command::Letters => {
            let mut c = state.db.read().acquire().await.map_err(|e| e.to_string())?;
            for letter in mail::store::list(&mut c, 200).await.map_err(|e| e.to_string())? {
                let became = match (letter.sent_at, letter.given_up_at) {
                    (Some(at), _) => format!("đã gửi / sent {}", when(at).text),
                    (_, Some(at)) => format!("thôi gửi / given up {}", when(at).text),
                    _ => format!("chờ / waits ({})", letter.attempts),
                };
                let error = letter.error.map(|e| format!("\t{e}")).unwrap_or_default();
                let (id, at) = (letter.id, when(letter.created_at).text);
                println!("{id}\t{at}\t{}\t{became}\t{}{error}", letter.address, letter.subject);
            }
        }
        Command::RetryLetter { id } => {
            let mut work = state.db.begin(actor).await.map_err(|e| e.to_string())?;
            if !mail::store::retry(work.conn(), &id, now_us()).await.map_err(|e| e.to_string())? {
                return Err(format!("không có thư chờ này / no such letter waits: {id}"));
            }
            let details = serde_json::json!({});
            work.audit("mail.retried", "letter", &id, "", &details)
                .await
                .map_err(|e| e.to_string())?;
            work.commit().await.map_err(|e| e.to_string())?;
            println!("Gửi lại / sent again");
        }
        Command::TestMail { address } => {
            let mail = state
                .config
                .mail
                .as_ref()
                .ok_or("chưa cấu hình máy chủ thư / no mail server is configured: mail.url (KYHOP_MAIL_URL)")?;
            mail::send::try_out(mail, &state.config.body_code, &address).await?;
            println!("Máy chủ thư đã nhận / the mail server has taken it");
        }
        Command::GiveUpMessage { id } => {
            state.axis.give_up(actor, &MessageId(id)).await.map_err(said)?;
            println!("Đã thôi gửi / given up");
        }
    }
    Ok(())
}

async fn person(state: &AppState, username: &str) -> Result<Person, String> {
    state.identity.by_username(username).await.map_err(said)
}

async fn import_key(state: &AppState, actor: &Actor, import: ImportKey, secrets: &mut Secrets) -> Result<(), String> {
    let owner = match &import.person {
        Some(username) => Owner::Person(person(state, username).await?.id),
        None => Owner::Body(state.config.body_code.clone()),
    };
    let image = import.image.map(|path| bytes(&path)).transpose()?;
    let id = if let Some(path) = &import.p12 {
        let (file, password) = (bytes(path)?, secrets.secret("Mật khẩu tệp / password of the file")?);
        let pin = secrets.new_secret("PIN")?;
        let material = KeyMaterial::Pkcs12 {
            bytes: &file,
            password: &password,
        };
        store(state, actor, owner, material, &pin, image).await?
    } else {
        let key = import.key.map(|path| bytes(&path)).transpose()?.unwrap_or_default();
        let key = secrets.private_key(&key)?;
        let pem = import.certificate.map(|path| bytes(&path)).transpose()?.unwrap_or_default();
        let unreadable = |e: openssl::error::ErrorStack| format!("không đọc được chứng thư / the certificate cannot be read: {e}");
        let mut certificates = openssl::x509::X509::stack_from_pem(&pem).map_err(unreadable)?.into_iter();
        let own = certificates
            .next()
            .ok_or("không có chứng thư trong tệp / no certificate in the file")?;
        let own = own.to_der().map_err(unreadable)?;
        let mut chain = String::new();
        for above in certificates {
            chain += &String::from_utf8_lossy(&above.to_pem().map_err(unreadable)?);
        }
        let pin = secrets.new_secret("PIN")?;
        let material = KeyMaterial::Pkcs8 {
            key: &key,
            certificate: &own,
            chain: &chain,
        };
        store(state, actor, owner, material, &pin, image).await?
    };
    println!("Đã lưu khóa / key stored: {id}");
    Ok(())
}

async fn store(
    state: &AppState,
    actor: &Actor,
    owner: Owner,
    material: KeyMaterial<'_>,
    pin: &str,
    image: Option<Vec<u8>>,
) -> Result<String, String> {
    let new = NewKey {
        owner,
        material,
        pin,
        image,
        demonstration: false,
    };
    state.signatures.store_key(actor, new).await.map_err(said)
}

fn bytes(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn text(path: &Path) -> Result<String, String> {
    String::from_utf8(bytes(path)?).map_err(|_| format!("{}: không phải UTF-8 / is not UTF-8", path.display()))
}
