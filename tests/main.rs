//! One binary for every integration test: real servers, databases, sockets, keys and files. A module for each topic.
mod admin;
mod audit;
mod axis;
mod bad_input;
mod inputs;
mod keys;
mod live;
mod meetings;
mod refusals;
mod reports;
mod rest;
mod sign_in;
mod signing_judges;
mod stores;
mod support;
mod tokens;
mod verify;
