//! The directory of bodies on the axis.
use super::people::administers;
use super::{Error, Service, store};
use crate::actor::Actor;
use crate::clock::now_us;
use crate::text;
use app::dto::identity::Body;

/// Bodies shown at most when searching; the national directory has some 111,000.
const MOST: i64 = 50;

/// Segments of letters and digits joined by dots (Decision 20/2020), such as `H18.3.2`.
fn check(body: &Body) -> Result<(), Error> {
    let segment = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric());
    if body.code.len() > 50 || !body.code.split('.').all(segment) {
        return Err(Error::Field("code"));
    }
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > 300 || name.chars().any(char::is_control) {
        return Err(Error::Field("name"));
    }
    Ok(())
}

impl Service {
    /// Bodies by code or name, without this one.
    pub async fn bodies(&self, actor: &Actor, text: &str) -> Result<Vec<Body>, Error> {
        actor.user()?;
        let mut c = self.db.read().acquire().await?;
        Ok(store::bodies(&mut c, &text::like(text), &self.config.body_code, MOST).await?)
    }

    /// Adds a body or renames it; `certificate` (PEM, several while one is renewed) is what its axis messages are signed with,
    /// kept when `None` and forgotten when empty.
    pub async fn add_body(&self, actor: &Actor, body: &Body, certificate: Option<&str>) -> Result<(), Error> {
        administers(actor)?;
        check(body)?;
        let certificate = certificate.map(str::trim);
        if let Some(pem) = certificate.filter(|pem| !pem.is_empty()) {
            match openssl::x509::X509::stack_from_pem(pem.as_bytes()) {
                Ok(all) if !all.is_empty() => {}
                _ => return Err(Error::Field("certificate")),
            }
        }
        let mut work = self.db.begin(actor).await?;
        store::put_body(work.conn(), body, &folded(body), certificate, now_us()).await?;
        let details = serde_json::json!({ "certificate": certificate.map(|pem| if pem.is_empty() { "forgotten" } else { "given" }) });
        work.audit("identity.body_added", "body", &body.code, &body.name, &details).await?;
        work.commit().await?;
        Ok(())
    }

    /// Takes a directory in: CSV with the columns `code` and `name` (or `mã`, `tên`), all of it or nothing.
    /// Answers how many bodies it held.
    pub async fn import_bodies(&self, actor: &Actor, text: &str) -> Result<usize, Error> {
        administers(actor)?;
        let bodies = parse(text)?;
        let now = now_us();
        let mut work = self.db.begin(actor).await?;
        for body in &bodies {
            store::put_body(work.conn(), body, &folded(body), None, now).await?;
        }
        let details = serde_json::json!({ "bodies": bodies.len() });
        work.audit("identity.bodies_imported", "body", "", &bodies.len().to_string(), &details)
            .await?;
        work.commit().await?;
        Ok(bodies.len())
    }
}

fn folded(body: &Body) -> String {
    text::fold(&format!("{} {}", body.code, body.name))
}

fn parse(text: &str) -> Result<Vec<Body>, Error> {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|e| Error::Csv(e.to_string()))?.clone();
    let column = |names: [&str; 2]| {
        let found = headers.iter().position(|h| names.contains(&h.to_lowercase().as_str()));
        found.ok_or_else(|| Error::Csv(format!("no column \"{}\"", names[0])))
    };
    let (code, name) = (column(["code", "mã"])?, column(["name", "tên"])?);
    let mut bodies = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| Error::Csv(e.to_string()))?;
        let body = Body {
            code: record.get(code).unwrap_or_default().to_owned(),
            name: record.get(name).unwrap_or_default().to_owned(),
        };
        check(&body).map_err(|e| Error::Csv(format!("line {}: {e}", record.position().map_or(0, csv::Position::line))))?;
        bodies.push(body);
    }
    Ok(bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_read_and_a_wrong_line_is_named() {
        let bodies = parse("\u{feff}Mã,Tên,Ghi chú\nH99.5,\"Sở Nội vụ, tỉnh Minh An\",x\n 000.00.15.H18 , UBND ,\n").unwrap();
        assert_eq!(bodies[0].name, "Sở Nội vụ, tỉnh Minh An");
        assert_eq!(bodies[1].code, "000.00.15.H18");
        let e = parse("code,name\nH1,Một\nH2..3,Hai\n").unwrap_err().to_string();
        assert!(e.contains("line 3") && e.contains("code"), "{e}");
        assert!(parse("code\nH1\n").is_err());
        assert!(parse("code,name\nH1,Một,thừa\n").is_err());
    }
}
