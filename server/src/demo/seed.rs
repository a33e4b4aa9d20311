//! People, keys, documents and the meeting of today.
use super::authority::Authority;
use std::path::Path;

pub async fn seed(_dir: &Path, _material: &Path, _authority: &Authority) -> Result<(), String> {
    Ok(())
}

pub async fn meeting_of_today(_dir: &Path) -> Result<(), String> {
    Ok(())
}
