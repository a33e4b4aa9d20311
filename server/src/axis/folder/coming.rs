//! Messages that come: each is entered once, by what it says and brings, however often and under whatever name.
use super::places::{IN, Places, is_plain};
use super::poison;
use crate::axis::edxml::{self, Limits, Message};
use crate::axis::wire::{Refusal, Whole};
use crate::axis::{Error, Service};
use crate::files::digest;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::time::Duration;

/// A file that changed so lately may still be written, by who does not know better.
const STILL_WARM: Duration = Duration::from_secs(3);

/// What a file is.
enum Read {
    /// Its sender, its name for all time, and its bytes.
    Message(String, String, Whole),
    NoMessage(Refusal),
    /// To be looked at again.
    Later,
}

impl Service {
    pub(super) async fn fetch(&self, places: &Places) -> Result<(), Error> {
        for name in places.list(IN, ".edxml")? {
            let path = places.at(IN, &name);
            let (folder, limit, temporary) = (
                tempfile::TempDir::new_in(self.config.data_dir.join("tmp"))?,
                self.largest_message(),
                self.files.temporary()?,
            );
            let limits = Limits {
                attachments: self.config.upload_limit,
            };
            let read = tokio::task::spawn_blocking(move || {
                let read = read(path, temporary, folder.path(), limit, limits);
                drop(folder);
                read
            });
            let refusal = match read.await?? {
                Read::Later => continue,
                Read::NoMessage(refusal) => Some(refusal),
                Read::Message(from, id, whole) => self.take("", &from, &id, whole).await?,
            };
            match refusal {
                // It is on the disk and in the inbox; stopped before this, it is found there the next time.
                None => places.remove(IN, &name)?,
                Some(refusal) => poison::set_aside(self, places, (IN, &name), &refusal).await?,
            }
        }
        Ok(())
    }
}

/// # Errors
/// What is wrong with the disk, and may be right later.
fn read(path: PathBuf, mut copy: tempfile::NamedTempFile, folder: &std::path::Path, limit: u64, limits: Limits) -> io::Result<Read> {
    if !is_plain(&path) {
        return Ok(Read::NoMessage(Refusal::new(
            "axis.no_plain_file",
            "Không phải tệp thường. Hãy chép chính tệp vào thư mục.",
            "It is no plain file. Put the file itself into the folder.",
        )));
    }
    let meta = std::fs::metadata(&path)?;
    if meta.len() > limit {
        return Ok(Read::NoMessage(Refusal::too_large(meta.len(), limit)));
    }
    io::copy(&mut std::fs::File::open(&path)?, &mut copy)?;
    copy.as_file().sync_all()?;
    let again = || copy.reopen().map(|f| BufReader::with_capacity(1 << 17, f));
    let (sha256, size) = digest(&mut copy.reopen()?)?;
    let (message, key) = match edxml::identify(&mut again()?, folder, limits) {
        Ok(known) => known,
        Err(edxml::Error::Io(e)) => return Err(e),
        // Whom to answer is known all the same, where the envelope can be read; the inbox says what is wrong.
        Err(_) => match edxml::header_only(&mut again()?) {
            Ok(message) => (message, sha256.clone()),
            Err(edxml::Error::Io(e)) => return Err(e),
            Err(e) => {
                let warm = meta.modified()?.elapsed().is_ok_and(|age| age < STILL_WARM);
                return Ok(match warm {
                    true => Read::Later,
                    false => Read::NoMessage(Refusal::edxml(&e)),
                });
            }
        },
    };
    let from = match &message {
        Message::Document(d) => d.from.organ_id.clone(),
        Message::Status(s) => s.from.organ_id.clone(),
    };
    let whole = Whole { file: copy, sha256, size };
    Ok(Read::Message(from, key, whole))
}
