//! Server functions: adapters of a few lines between a page and the trait that serves it. Rules live behind the trait.
pub mod audit;
pub mod axis;
pub mod documents;
pub mod identity;
pub mod meetings;
pub mod opinions;
pub mod verify;
