//! One module for each page or group of pages.
pub mod account;
pub mod audit;
pub mod authority;
pub mod axis;
pub mod documents;
pub mod figures;
pub mod home;
pub mod incoming;
pub mod login;
pub mod meetings;
pub mod missing;
pub mod notices;
pub mod opinions;
pub mod people;
pub mod room;
pub mod tasks;
pub mod verify;
