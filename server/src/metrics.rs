//! Prometheus figures at `/metrics`.
use crate::documents::figures::gauges::Gauges;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex};
use std::time::Instant;

#[derive(Debug, Clone, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct Answer {
    method: String,
    /// The route's pattern, never the address itself: ids would make a series of their own.
    route: String,
    status: u16,
}

#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    answers: Family<Answer, Counter>,
    seconds: Histogram,
    /// Open WebSockets.
    pub sockets: Gauge,
    /// Live events handed to sockets.
    pub events: Counter,
    /// Messages that the axis node has not taken yet.
    pub axis_waiting: Gauge,
    /// Messages given up.
    pub axis_failed: Gauge,
    /// 1 while the link to the axis node is up.
    pub axis_connected: Gauge,
    /// Letters that the mail server has not taken yet, and those given up.
    pub mail_waiting: Gauge,
    pub mail_failed: Gauge,
    /// 1 while NATS carries what the nodes tell each other.
    pub nats_connected: Gauge,
    /// 1 while this node does the background work.
    pub leading: Gauge,
    /// What the body has to do with documents.
    pub documents: Gauges,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("kyhop");
        let answers = Family::default();
        let seconds = Histogram::new(exponential_buckets(0.001, 2.0, 14));
        let (sockets, events) = (Gauge::default(), Counter::default());
        registry.register("http_requests", "Requests answered", Family::clone(&answers));
        registry.register("http_request_seconds", "Time to answer", seconds.clone());
        registry.register("live_sockets", "Open WebSockets", sockets.clone());
        registry.register("live_events_sent", "Live events handed to sockets", events.clone());
        let (axis_waiting, axis_failed, axis_connected) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register(
            "axis_waiting",
            "Messages that the axis node has not taken yet",
            axis_waiting.clone(),
        );
        registry.register("axis_failed", "Messages given up", axis_failed.clone());
        registry.register("axis_connected", "1 while the link to the axis node is up", axis_connected.clone());
        let (nats_connected, leading) = (Gauge::default(), Gauge::default());
        registry.register(
            "nats_connected",
            "1 while NATS carries what the nodes tell each other",
            nats_connected.clone(),
        );
        let (mail_waiting, mail_failed) = (Gauge::default(), Gauge::default());
        registry.register(
            "mail_waiting",
            "Letters that the mail server has not taken yet",
            mail_waiting.clone(),
        );
        registry.register("mail_failed", "Letters given up", mail_failed.clone());
        registry.register("leading", "1 while this node does the background work", leading.clone());
        let documents = Gauges::default();
        documents.register(&mut registry);
        Self {
            registry: Arc::new(Mutex::new(registry)),
            answers,
            seconds,
            sockets,
            events,
            axis_waiting,
            axis_failed,
            axis_connected,
            mail_waiting,
            mail_failed,
            nats_connected,
            leading,
            documents,
        }
    }
}

impl Metrics {
    /// In the text format of OpenMetrics.
    pub fn text(&self) -> String {
        let mut out = String::new();
        if let Ok(registry) = self.registry.lock() {
            let _ = prometheus_client::encoding::text::encode(&mut out, &registry);
        }
        out
    }
}

pub async fn metrics(State(metrics): State<Metrics>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")],
        metrics.text(),
    )
}

pub async fn count(State(metrics): State<Metrics>, path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().to_string();
    let route = path.map_or_else(|| "page".to_owned(), |p| p.as_str().to_owned());
    let response = next.run(request).await;
    metrics
        .answers
        .get_or_create(&Answer {
            method,
            route,
            status: response.status().as_u16(),
        })
        .inc();
    metrics.seconds.observe(started.elapsed().as_secs_f64());
    response
}
