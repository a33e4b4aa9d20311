//! A key that a remote service keeps, by the interface of the Cloud Signature Consortium (CSC API 1.0.4 and 2.0): the
//! service gets the digest of the signed attributes and returns the signature value.
use super::{chain_of, ecdsa_der};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, RequestBuilder};
use serde_json::{Map, Value, json};
use signing::{Digest, SignatureAlgorithm, Signer};
use std::time::Duration;
use zeroize::Zeroizing;

/// A service may wait for its holder's telephone.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Bytes: an answer holds a chain at most.
const LARGEST_ANSWER: usize = 1 << 20;

/// What the person asked for.
pub struct Asked {
    pub credential: Option<String>,
    pub token: Option<Zeroizing<String>>,
    pub pin: Option<Zeroizing<String>>,
    pub otp: Option<Zeroizing<String>>,
    pub pss: bool,
    pub chain: Vec<Vec<u8>>,
}

/// One key of a service.
pub struct Remote {
    service: Service,
    credential: String,
    secrets: Vec<Secret>,
    /// Identifiers of what the key can do, as the service lists them.
    offered: Vec<String>,
    algorithm: SignatureAlgorithm,
    certificate: Vec<u8>,
    chain: Vec<Vec<u8>>,
    runtime: tokio::runtime::Handle,
}

/// What releases the key, under the name that the service has for it.
struct Secret {
    id: String,
    value: Zeroizing<String>,
}

impl Secret {
    /// `what` is `PIN` or `OTP`: a member of its own in 1.0.4, in 2.0 one of the objects of `auth`, where those that someone
    /// or something generates are one-time (CSC API 2.0, 11.5).
    fn of(info: &Value, what: &str, given: Option<Zeroizing<String>>, wanted: &str) -> Result<Option<Self>, String> {
        let objects = info["auth"]["objects"].as_array().into_iter().flatten();
        let generated = |o: &Value| o["type"] == "ChallengeResponse" || o["generator"].as_str().is_some_and(|g| g != "none");
        let object = objects.filter(|o| generated(o) == (what == "OTP")).find_map(|o| o["id"].as_str());
        let needed = object.is_some() || info[what]["presence"] == "true";
        match given {
            None if needed => Err(format!("the service wants {wanted}")),
            None => Ok(None),
            Some(value) => {
                let id = object.unwrap_or(what).to_owned();
                Ok(Some(Self { id, value }))
            }
        }
    }
}

struct Service {
    client: Client,
    base: String,
    second: bool,
    token: Option<Zeroizing<String>>,
}

impl Service {
    /// Finds out where the interface is and which version it is.
    async fn find(url: &str, token: Option<Zeroizing<String>>) -> Result<Self, String> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .user_agent("kyhop")
            .build()
            .map_err(|e| e.to_string())?;
        let url = url.trim_end_matches('/');
        let mut service = Self {
            client,
            base: url.to_owned(),
            second: false,
            token,
        };
        let mut why = String::new();
        for ending in ["", "/csc/v2", "/csc/v1"] {
            service.base = format!("{url}{ending}");
            match service.ask("info", json!({})).await {
                Ok(info) => {
                    let specs = info["specs"].as_str().unwrap_or_default();
                    service.second = specs.starts_with('2') || (specs.is_empty() && service.base.ends_with("/v2"));
                    return Ok(service);
                }
                Err(e) if why.is_empty() => why = e,
                Err(_) => {}
            }
        }
        Err(why)
    }

    fn request(&self, method: &str, body: &Value) -> RequestBuilder {
        let request = self.client.post(format!("{}/{method}", self.base));
        let request = request.header("content-type", "application/json").body(body.to_string());
        match &self.token {
            Some(token) => request.bearer_auth(token.as_str()),
            None => request,
        }
    }

    /// One method of the interface.
    async fn ask(&self, method: &str, body: Value) -> Result<Value, String> {
        let failed = |why: &str| format!("{}/{method}: {why}", self.base);
        let mut response = self.request(method, &body).send().await.map_err(|e| failed(&innermost(&e)))?;
        let status = response.status();
        let mut content = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|e| failed(&innermost(&e)))? {
            content.extend_from_slice(&part);
            if content.len() > LARGEST_ANSWER {
                return Err(failed("the answer is too long"));
            }
        }
        let answer = serde_json::from_slice::<Value>(&content);
        if status.is_success() {
            return match answer {
                Ok(answer @ Value::Object(_)) => Ok(answer),
                _ => Err(failed("the answer is not JSON")),
            };
        }
        let said = answer.unwrap_or_default();
        let words: Vec<&str> = ["error", "error_description"].iter().filter_map(|k| said[*k].as_str()).collect();
        let hint = if status.as_u16() == 401 {
            " (is the access token right? --tokenfile)"
        } else {
            ""
        };
        Err(failed(format!("answered {status} {}{hint}", words.join(": ")).trim_end()))
    }

    async fn credential(&self, asked: Option<String>) -> Result<String, String> {
        if let Some(id) = asked {
            return Ok(id);
        }
        let answer = self.ask("credentials/list", json!({})).await?;
        let ids: Vec<&str> = answer["credentialIDs"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        match ids[..] {
            [only] => Ok(only.to_owned()),
            [] => Err("the service keeps no key for this access token".into()),
            _ => Err(format!(
                "the service keeps several keys; say which with --credential: {}",
                ids.join(", ")
            )),
        }
    }
}

impl Remote {
    pub async fn open(url: &str, asked: Asked) -> Result<Self, String> {
        let service = Service::find(url, asked.token).await?;
        let credential = service.credential(asked.credential).await?;
        let about = json!({ "credentialID": credential, "certificates": "chain", "authInfo": true });
        let info = service.ask("credentials/info", about).await?;
        if info["key"]["status"].as_str().is_some_and(|s| s != "enabled") {
            return Err(format!("the service says that the key {credential} is disabled"));
        }
        let mode = info["authMode"].as_str().or(info["auth"]["mode"].as_str()).unwrap_or_default();
        if mode.starts_with("oauth2") {
            return Err(format!(
                "the key {credential} is released in a browser (OAuth), which a command line has not"
            ));
        }
        let secrets = [
            Secret::of(&info, "PIN", asked.pin, "the PIN of the key: --pinfile FILE")?,
            Secret::of(&info, "OTP", asked.otp, "a one-time password: --otpfile FILE")?,
        ];
        let listed = info["cert"]["certificates"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let mut certificates = listed.map(|c| STANDARD.decode(c.split_whitespace().collect::<String>()));
        let certificate = match certificates.next() {
            Some(Ok(der)) => der,
            _ => return Err(format!("the service gives no certificate for the key {credential}")),
        };
        let algorithm = SignatureAlgorithm::of_certificate(&certificate, asked.pss).map_err(|e| e.to_string())?;
        match algorithm {
            SignatureAlgorithm::RsaPss(_) => {}
            _ if asked.pss => return Err("only an RSA key can sign with RSA-PSS".into()),
            SignatureAlgorithm::Ed25519 => return Err("an Ed25519 key signs no digests, which is all that signHash takes".into()),
            _ => {}
        }
        let pool: Vec<Vec<u8>> = certificates.filter_map(Result::ok).chain(asked.chain).collect();
        let offered = info["key"]["algo"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Ok(Self {
            offered: offered.map(str::to_owned).collect(),
            credential,
            secrets: secrets.into_iter().flatten().collect(),
            algorithm,
            chain: chain_of(&certificate, &pool),
            certificate,
            runtime: tokio::runtime::Handle::current(),
            service,
        })
    }

    /// `signAlgo` and `signAlgoParams`: by the name that the service knows.
    fn names(&self) -> (&'static str, Option<String>) {
        let pick = |precise: &'static str, plain: &'static str| {
            let offers = |oid: &str| self.offered.iter().any(|o| o == oid);
            if offers(plain) && !offers(precise) { plain } else { precise }
        };
        match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(d) => {
                let precise = match d {
                    Digest::Sha256 => "1.2.840.113549.1.1.11",
                    Digest::Sha384 => "1.2.840.113549.1.1.12",
                    Digest::Sha512 => "1.2.840.113549.1.1.13",
                };
                (pick(precise, "1.2.840.113549.1.1.1"), None)
            }
            SignatureAlgorithm::Ecdsa(d) => {
                let precise = match d {
                    Digest::Sha256 => "1.2.840.10045.4.3.2",
                    Digest::Sha384 => "1.2.840.10045.4.3.3",
                    Digest::Sha512 => "1.2.840.10045.4.3.4",
                };
                (pick(precise, "1.2.840.10045.2.1"), None)
            }
            other => ("1.2.840.113549.1.1.10", other.parameters().map(|p| STANDARD.encode(p))),
        }
    }

    async fn value(&self, digest: &[u8]) -> Result<Vec<u8>, String> {
        let hash_oid = match self.algorithm.digest() {
            Digest::Sha256 => "2.16.840.1.101.3.4.2.1",
            Digest::Sha384 => "2.16.840.1.101.3.4.2.2",
            Digest::Sha512 => "2.16.840.1.101.3.4.2.3",
        };
        let hash = STANDARD.encode(digest);
        let mut common = Map::new();
        common.insert("credentialID".into(), self.credential.clone().into());
        let (list, name) = if self.service.second {
            ("hashes", "hashAlgorithmOID")
        } else {
            ("hash", "hashAlgo")
        };
        common.insert(list.into(), json!([hash]));

        let mut release = common.clone();
        release.insert("numSignatures".into(), 1.into());
        let given = self.secrets.iter().map(|s| (s.id.as_str(), s.value.as_str()));
        if self.service.second {
            release.insert(name.into(), hash_oid.into());
            let data: Vec<Value> = given.map(|(id, value)| json!({ "id": id, "value": value })).collect();
            if !data.is_empty() {
                release.insert("authData".into(), data.into());
            }
        } else {
            release.extend(given.map(|(id, value)| (id.to_owned(), value.into())));
        }
        let answer = self.service.ask("credentials/authorize", release.into()).await?;
        let sad = answer["SAD"]
            .as_str()
            .ok_or("the service did not release the key (no SAD in its answer)")?;

        let (algorithm, parameters) = self.names();
        let mut order = common;
        order.insert(name.into(), hash_oid.into());
        order.insert("SAD".into(), sad.into());
        order.insert("signAlgo".into(), algorithm.into());
        if let Some(parameters) = parameters {
            order.insert("signAlgoParams".into(), parameters.into());
        }
        let answer = self.service.ask("signatures/signHash", order.into()).await?;
        let value = answer["signatures"][0].as_str().ok_or("the service returned no signature")?;
        STANDARD
            .decode(value.split_whitespace().collect::<String>())
            .map_err(|e| format!("the signature is not in Base64: {e}"))
    }
}

impl Signer for Remote {
    fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn sign(&self, attributes: &[u8]) -> signing::Result<Vec<u8>> {
        let failed = |why: String| signing::Error::Signer(format!("the remote service: {why}"));
        let digest = self.algorithm.digest().of(attributes)?;
        let value = self.runtime.block_on(self.value(&digest)).map_err(failed)?;
        let checked = self.algorithm.check(&self.certificate, attributes, &value);
        if checked.is_err()
            && matches!(self.algorithm, SignatureAlgorithm::Ecdsa(_))
            && let Ok(value) = ecdsa_der(&value)
        {
            // Some services give the two numbers side by side.
            self.algorithm.check(&self.certificate, attributes, &value)?;
            return Ok(value);
        }
        checked.map(|()| value)
    }
}

/// The innermost reason: the outer ones only repeat the address.
fn innermost(e: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = e;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
