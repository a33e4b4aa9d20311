//! Who talks to a server: a browser with its cookie and origin, or a program with its token.
use app::live::{ClientFrame, ServerFrame};
use futures_util::{SinkExt, StreamExt};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use reqwest::{Method, redirect};
use serde_json::Value;
use server::actor::Actor;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Request;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub struct Client {
    http: reqwest::Client,
    url: String,
    headers: HeaderMap,
    /// Who it is, for asking services directly.
    pub actor: Actor,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {} {}", self.status, self.text()))
    }

    /// The stable code of an error, of REST or of the screens; empty when there is none.
    pub fn code(&self) -> String {
        let Ok(json) = serde_json::from_slice::<Value>(&self.body) else {
            return String::new();
        };
        let code = json.pointer("/error/code").or_else(|| json.get("code"));
        code.and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The answer itself when it says success.
    #[track_caller]
    pub fn ok(self) -> Self {
        assert!((200..300).contains(&self.status), "{}: {}", self.status, self.text());
        self
    }
}

impl Client {
    pub fn browser(url: &str, secret: Option<&str>, actor: Actor) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ORIGIN, value(url));
        if let Some(secret) = secret {
            headers.insert(COOKIE, value(&format!("{}={secret}", server::identity::cookie_name(url))));
        }
        Self::new(url, headers, actor)
    }

    pub fn machine(url: &str, token: &str, actor: Actor) -> Self {
        let headers = HeaderMap::from_iter([(AUTHORIZATION, value(&format!("Bearer {token}")))]);
        Self::new(url, headers, actor)
    }

    fn new(url: &str, headers: HeaderMap, actor: Actor) -> Self {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A server that refuses a body unread closes the connection: the next request must not be sent over it.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        Self {
            http,
            url: url.to_owned(),
            headers,
            actor,
        }
    }

    /// Another window of the same browser.
    pub fn again(&self) -> Self {
        Self {
            http: self.http.clone(),
            url: self.url.clone(),
            headers: self.headers.clone(),
            actor: self.actor.clone(),
        }
    }

    /// The same browser, by way of another server of the same system.
    pub fn at(&self, address: &str) -> Self {
        Self {
            url: format!("http://{address}"),
            ..self.again()
        }
    }

    /// The same with another header, such as a foreign origin.
    pub fn with(mut self, name: &'static str, text: &str) -> Self {
        self.headers.insert(HeaderName::from_static(name), value(text));
        self
    }

    pub async fn send(&self, method: Method, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .headers(self.headers.clone());
        if !content_type.is_empty() {
            request = request.header(CONTENT_TYPE, content_type).body(body);
        }
        let response = request.send().await.expect("an answer");
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.expect("its body").to_vec(),
        }
    }

    /// The same of a server that may be gone, or go while it answers: `None` then.
    pub async fn attempt(&self, method: Method, path: &str, json: Option<&Value>) -> Option<Answer> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .headers(self.headers.clone());
        if let Some(json) = json {
            request = request.header(CONTENT_TYPE, "application/json").body(json.to_string());
        }
        let response = request.send().await.ok()?;
        Some(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.ok()?.to_vec(),
        })
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", Vec::new()).await
    }

    pub async fn post(&self, path: &str, json: &Value) -> Answer {
        self.send(Method::POST, path, "application/json", json.to_string().into_bytes())
            .await
    }

    /// A server function of the screens, such as `documents/list`.
    pub async fn ui(&self, function: &str, arguments: &Value) -> Answer {
        self.post(&format!("/api/ui/{function}"), arguments).await
    }

    /// A plain form.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(k, v)| format!("{k}={}", escape(v))).collect();
        let kind = "application/x-www-form-urlencoded";
        self.send(Method::POST, path, kind, body.join("&").into_bytes()).await
    }

    /// Opens the live socket, or says with which status it was refused; 0 when the server is not there.
    pub async fn live(&self) -> Result<Socket, u16> {
        match tokio_tungstenite::connect_async(self.live_request()).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(answer)) => Err(answer.status().as_u16()),
            Err(_) => Err(0),
        }
    }

    /// What opens it.
    pub fn live_request(&self) -> Request<()> {
        let mut request = format!("{}/live", self.url.replacen("http", "ws", 1))
            .into_client_request()
            .expect("an address");
        request.headers_mut().extend(self.headers.clone());
        request
    }

    /// A multipart form with a file in the field `file`, answered in JSON.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
        let (kind, body) = multipart(fields, file);
        let own = self.again().with("accept", "application/json");
        own.send(Method::POST, path, &kind, body).await
    }
}

/// A device's live socket; dropped, it is cut without a farewell.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn say(&mut self, frame: &ClientFrame) {
        self.say_text(&serde_json::to_string(frame).expect("JSON")).await;
    }

    pub async fn say_text(&mut self, text: &str) {
        self.0.send(Message::Text(text.into())).await.expect("sending");
    }

    /// False when the connection is gone.
    pub async fn try_follow(&mut self, topic: &str, after: u64) -> bool {
        let topic = topic.to_owned();
        let text = serde_json::to_string(&ClientFrame::Follow { topic, after }).expect("JSON");
        self.0.send(Message::Text(text.into())).await.is_ok()
    }

    pub async fn follow(&mut self, topic: &str, after: u64) {
        self.say(&ClientFrame::Follow {
            topic: topic.to_owned(),
            after,
        })
        .await;
    }

    /// The code with which the server ends the connection; `None` when it is cut without one.
    pub async fn farewell(&mut self) -> Option<u16> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Close(said))) => return said.map(|s| s.code.into()),
                Some(Ok(_)) => {}
                _ => return None,
            }
        }
    }

    /// The next frame; `None` when the server has ended the connection.
    pub async fn hear(&mut self) -> Option<ServerFrame> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).expect("a frame")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }
}

/// Content type and body of a multipart form.
pub fn multipart(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "----kyhop-test-boundary";
    let mut body = Vec::new();
    for (name, text) in fields {
        body.extend(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
    }
    if let Some((name, content)) = file {
        body.extend(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/pdf\r\n\r\n"
            )
            .bytes(),
        );
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

fn escape(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(b).to_string(),
            _ => format!("%{b:02X}"),
        })
        .collect()
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("a header")
}
