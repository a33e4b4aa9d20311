//! Verification has no server function: a file goes to `POST /verify` as a form (see `pages::verify`), signed in or not.
