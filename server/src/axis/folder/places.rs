//! Where what lies, and how files get there: whole or not at all, and on the disk.
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Ours to fill: messages to be fetched.
pub const OUT: &str = "out";
/// The other side's: what it has fetched, until we have heard what became of it.
pub const TAKEN: &str = "taken";
/// The other side's to fill: what became of them.
pub const STATUS: &str = "status";
/// The other side's to fill: messages for us.
pub const IN: &str = "in";
/// What could not be read, each with its reason.
pub const POISON: &str = "poison";
/// Withdrawn before anybody has fetched it.
pub const WITHDRAWN: &str = ".withdrawn-";

#[derive(Debug, Clone)]
pub struct Places(pub PathBuf);

impl Places {
    pub fn make(&self) -> io::Result<()> {
        for place in [OUT, TAKEN, STATUS, IN, POISON] {
            std::fs::create_dir_all(self.0.join(place))?;
        }
        // Shows at once when this is no folder of ours.
        let probe = self.0.join(OUT).join(".probe");
        std::fs::write(&probe, b"")?;
        std::fs::remove_file(&probe)
    }

    pub fn at(&self, place: &str, name: &str) -> PathBuf {
        self.0.join(place).join(name)
    }

    /// Files with that ending, the oldest first. What begins with a dot is still being written.
    pub fn list(&self, place: &str, ending: &str) -> io::Result<Vec<String>> {
        let mut all: Vec<(SystemTime, String)> = Vec::new();
        for entry in std::fs::read_dir(self.0.join(place))? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if !name.starts_with('.') && name.ends_with(ending) {
                // One that was fetched meanwhile is none any more.
                if let Ok(meta) = entry.metadata() {
                    all.push((meta.modified()?, name));
                }
            }
        }
        all.sort();
        Ok(all.into_iter().map(|(_, name)| name).collect())
    }

    /// Moves a file, whole; false when it is not there (any more).
    pub fn shift(&self, from: (&str, &str), to: (&str, &str)) -> io::Result<bool> {
        match std::fs::rename(self.at(from.0, from.1), self.at(to.0, to.1)) {
            Ok(()) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(e),
        }
        self.settle(to.0)?;
        self.settle(from.0).map(|()| true)
    }

    pub fn remove(&self, place: &str, name: &str) -> io::Result<()> {
        match std::fs::remove_file(self.at(place, name)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => self.settle(place),
        }
    }

    /// Puts a file there under its name once all of it is on the disk.
    pub fn put(&self, place: &str, name: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
        let unfinished = self.at(place, &format!(".{name}.part"));
        let mut file = File::create(&unfinished)?;
        write(&mut file)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, self.at(place, name))?;
        self.settle(place)
    }

    /// A name is on the disk once its folder is.
    fn settle(&self, place: &str) -> io::Result<()> {
        File::open(self.0.join(place))?.sync_all()
    }
}

/// A plain file: a link could lead anywhere.
pub fn is_plain(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|m| m.is_file())
}

/// `ID~CODE.edxml`: the message and the body that it is for.
pub fn outgoing_name(id: &str, to: &str) -> String {
    format!("{}~{}.edxml", plain(id), plain(to))
}

/// As part of a file's name, whatever it is.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for b in text.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(b)),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        assert_eq!(outgoing_name("01a2-b", "000.00.15.H99"), "01a2-b~000.00.15.H99.edxml");
        assert_eq!(outgoing_name("x", "../é~"), "x~..%2F%C3%A9%7E.edxml");
    }

    #[test]
    fn unfinished_files_are_not_seen_and_names_change_only_once() {
        let dir = tempfile::tempdir().unwrap();
        let places = Places(dir.path().to_owned());
        places.make().unwrap();
        let failed = places.put(OUT, "a.edxml", |_| Err(io::Error::other("the disk is full")));
        assert!(failed.is_err() && places.list(OUT, ".edxml").unwrap().is_empty());
        places.put(OUT, "a.edxml", |f| io::Write::write_all(f, b"x")).unwrap();
        assert_eq!(places.list(OUT, ".edxml").unwrap(), ["a.edxml"]);
        assert!(places.shift((OUT, "a.edxml"), (TAKEN, "a.edxml")).unwrap());
        assert!(!places.shift((OUT, "a.edxml"), (TAKEN, "a.edxml")).unwrap());
        places.remove(TAKEN, "a.edxml").unwrap();
        places.remove(TAKEN, "a.edxml").unwrap();
    }
}
