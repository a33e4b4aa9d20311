//! kyhop's server: domains, storage, live distribution, axis, command line.
pub mod actor;
pub mod audit;
pub mod axis;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod documents;
pub mod fault;
pub mod files;
pub mod identity;
pub mod live;
pub mod logging;
pub mod meetings;
pub mod metrics;
pub mod openapi;
pub mod refusal;
pub mod router;
pub mod signatures;
pub mod state;

pub mod stored;
pub mod text;
pub mod ui;
pub mod web;
pub mod worker;
