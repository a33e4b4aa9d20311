//! What the demonstration starts with: directory, people, keys, documents, a meeting of today. Everything that has a
//! use case is done by it, in the name of the person whose work it is.
use super::authority::Authority;
use super::people::{BODIES, Body, OFFICIALS, PASSWORD, PIN, Person, SECOND_STAFF, STAFF};
use super::{meeting, papers};
use crate::actor::{Actor, Kind};
use crate::config::Config;
use crate::identity::people::NewPerson;
use crate::signatures::{KeyMaterial, NewKey, Owner};
use crate::state::AppState;
use app::dto::identity::{Body as Listed, Role};
use app::ids::UserId;
use sqlx::Row;
use std::fmt::Display;
use std::path::Path;
use zeroize::Zeroizing;

/// Fills the databases of both bodies.
pub async fn seed(dir: &Path, material: &Path, authority: &Authority) -> Result<(), String> {
    for (index, staff) in [&STAFF[..], &SECOND_STAFF[..]].into_iter().enumerate() {
        let state = open(dir, index).await?;
        for body in &BODIES {
            let listed = Listed {
                code: body.code.into(),
                name: body.name.into(),
            };
            state.identity.add_body(&me(), &listed, None).await.map_err(said(body.code))?;
        }
        for person in staff {
            add(&state, person).await?;
        }
        if index == 0 {
            for (n, (full_name, position)) in OFFICIALS.iter().enumerate() {
                let username = official(n);
                let person = Person {
                    username: &username,
                    full_name,
                    position,
                    unit: position,
                    roles: &[Role::Official],
                    signature: None,
                };
                add(&state, &person).await?;
            }
        }
        keys(&state, index, staff, material, authority).await?;
        papers::bring(&state, index, material).await?;
        if index == 0 {
            meeting::of_today(&state).await?;
        }
    }
    Ok(())
}

/// A demonstration that is started again on another day has a meeting on that day too.
pub async fn meeting_of_today(dir: &Path) -> Result<(), String> {
    meeting::of_today(&open(dir, 0).await?).await
}

async fn add(state: &AppState, person: &Person<'_>) -> Result<(), String> {
    let new = NewPerson {
        username: person.username.into(),
        full_name: person.full_name.into(),
        position: person.position.into(),
        unit: person.unit.into(),
        email: String::new(),
        roles: person.roles.to_vec(),
        password: PASSWORD.into(),
        demonstration: true,
    };
    let added = state.identity.add_person(&me(), new).await;
    added.map(|_| ()).map_err(said(person.username))
}

/// Pictures of the bodies' seals.
const SEALS: [&str; 2] = ["con-dau-ubnd-tinh.png", "con-dau-so-noi-vu.png"];

/// Keys of those who sign, and the body's own.
async fn keys(state: &AppState, index: usize, staff: &[Person<'_>], material: &Path, authority: &Authority) -> Result<(), String> {
    let images = material.join("images");
    for person in staff {
        let Some(number) = person.signature else { continue };
        let owner = Owner::Person(actor(state, person.username).await?.user().map_err(said(person.username))?.clone());
        let picture = images.join(format!("chu-ky-{number}.png"));
        key(state, owner, person.full_name, person.unit, &picture, authority).await?;
    }
    let Body { code, name, .. } = &BODIES[index];
    let owner = Owner::Body((*code).into());
    key(state, owner, name, "Văn thư", &images.join(SEALS[index]), authority).await
}

async fn key(state: &AppState, owner: Owner, name: &str, unit: &str, picture: &Path, authority: &Authority) -> Result<(), String> {
    let pair = authority.signing(name, unit)?;
    let key = Zeroizing::new(pair.key.private_key_to_pkcs8().map_err(said(name))?);
    let chain = authority.issuing.certificate.to_pem().map_err(said(name))?;
    let new = NewKey {
        owner,
        material: KeyMaterial::Pkcs8 {
            key: &key,
            certificate: &pair.certificate.to_der().map_err(said(name))?,
            chain: &String::from_utf8_lossy(&chain),
        },
        pin: PIN,
        image: Some(std::fs::read(picture).map_err(said(&picture.to_string_lossy()))?),
        demonstration: true,
    };
    state.signatures.store_key(&me(), new).await.map(|_| ()).map_err(said(name))
}

/// Who makes what no person of the demonstration makes.
fn me() -> Actor {
    Actor::system("demonstration")
}

/// User name of an official by the place in [`OFFICIALS`].
pub fn official(n: usize) -> String {
    format!("daibieu{:02}", n + 1)
}

/// The person with this user name, as one who is signed in.
pub async fn actor(state: &AppState, username: &str) -> Result<Actor, String> {
    let mut c = state.db.read().acquire().await.map_err(said("database"))?;
    let row = sqlx::query("SELECT id, full_name FROM person WHERE username = $1")
        .bind(username)
        .fetch_one(&mut *c)
        .await
        .map_err(said(username))?;
    let id: String = row.try_get("id").map_err(said(username))?;
    let roles = sqlx::query("SELECT role FROM person_role WHERE person_id = $1")
        .bind(&id)
        .fetch_all(&mut *c)
        .await
        .map_err(said(username))?;
    Ok(Actor {
        at: None,
        kind: Kind::Person(UserId(id)),
        name: row.try_get("full_name").map_err(said(username))?,
        roles: roles.iter().filter_map(|r| Role::parse(r.try_get("role").ok()?)).collect(),
        request_id: String::new(),
        address: String::new(),
    })
}

/// An error with what it was about, for the person at the terminal.
pub fn said<E: Display>(what: &str) -> impl Fn(E) -> String {
    move |e| format!("{what}: {e}")
}

async fn open(dir: &Path, index: usize) -> Result<AppState, String> {
    let file = dir.join(format!("body-{index}.toml"));
    let mut config = Config::load(Some(&file), &|_| None).map_err(|e| e.to_string())?;
    config.demonstration = true;
    AppState::open(config).await
}
