//! The library against other people's programs and against ourselves.
mod again;
mod attacks;
mod authority;
mod burdens;
mod excerpts;
mod found;
mod levels;
mod locks;
mod looks;
mod own;
mod peers;
mod reports;
mod tampering;
mod texts;
mod weight;
