//! What is done to PDFs: boxes reserved, boxes filled, signatures. Each is one more revision, the old bytes untouched.
use super::{Error, OpenKey, Result, Service, SignRequest};
use crate::clock::now_us;
use crate::files::{FileError, Files, Incoming};
use app::dto::Placement;
use signing::{Align, Appearance, EditOptions, FieldLock, FileSource, NewTextField, SignOptions};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// Name of the box for số, ký hiệu.
pub const NUMBER: &str = "kyhop_number";
/// Name of the box for place and date.
pub const DATE: &str = "kyhop_date";
/// Points: Decree 30/2020, Appendix I, sets both at 13 to 14.
const FONT_SIZE: f64 = 13.0;

impl Service {
    /// Reserves the boxes for number and date as form fields; `None` when the file has them already, or is signed: what
    /// is added after a signature would break it.
    pub async fn prepare_fields(&self, file: &Path, number: Placement, date: Placement) -> Result<Option<Incoming>> {
        let number = field(NUMBER, number, "Số, ký hiệu");
        self.reserve(file, vec![number, field(DATE, date, "Địa danh, ngày tháng năm")])
            .await
    }

    /// The same for a paper that carries no date of its own beside its number, as minutes do (Decree 30/2020, Appendix III, form 1.10).
    pub async fn prepare_number(&self, file: &Path, number: Placement) -> Result<Option<Incoming>> {
        self.reserve(file, vec![field(NUMBER, number, "Số, ký hiệu")]).await
    }

    async fn reserve(&self, file: &Path, fields: Vec<NewTextField>) -> Result<Option<Incoming>> {
        let options = edit();
        self.written(file, move |source, out| {
            if signing::inspect(source, None)?.signatures > 0 {
                return Ok(false);
            }
            match signing::add_text_fields(source, out, &fields, &options) {
                Ok(()) => Ok(true),
                Err(signing::Error::FieldExists(_)) => Ok(false),
                Err(e) => Err(e),
            }
        })
        .await
    }

    /// Fills the boxes reserved by [`Self::prepare_fields`]; `None` when the file has none.
    pub async fn fill_fields(&self, file: &Path, number: &str, date: &str) -> Result<Option<Incoming>> {
        let values = vec![(NUMBER.to_owned(), number.to_owned()), (DATE.to_owned(), date.to_owned())];
        self.fill(file, values).await
    }

    /// Fills the box reserved by [`Self::prepare_number`].
    pub async fn fill_number(&self, file: &Path, number: &str) -> Result<Option<Incoming>> {
        self.fill(file, vec![(NUMBER.to_owned(), number.to_owned())]).await
    }

    async fn fill(&self, file: &Path, values: Vec<(String, String)>) -> Result<Option<Incoming>> {
        let options = edit();
        self.written(file, move |source, out| {
            match signing::fill_text_fields(source, out, &values, &options) {
                Ok(()) => Ok(true),
                Err(signing::Error::NoSuchField(_)) => Ok(false),
                Err(e) => Err(e),
            }
        })
        .await
    }

    /// Signs a file into a new one (PAdES B-B, one more revision).
    pub async fn sign_pdf(&self, key: &OpenKey, file: &Path, request: SignRequest) -> Result<Incoming> {
        let signer = key.signer.clone();
        let mut look = Appearance::at(place(&request.placement));
        look.image = key.image.clone();
        look.lines = request.lines;
        look.head = request.head;
        let options = SignOptions {
            time: request.time,
            reason: Some(request.reason).filter(|r| !r.is_empty()),
            appearance: Some(look),
            lock: request.seals.then(|| FieldLock::Include(vec![NUMBER.into(), DATE.into()])),
            ..SignOptions::default()
        };
        let signed = self.written(file, move |source, out| {
            signing::sign(source, out, &*signer, &options)?;
            Ok(true)
        });
        signed.await?.ok_or(Error::NoKey)
    }

    /// Digital signatures that a file carries.
    pub async fn count(&self, file: &Path) -> Result<u32> {
        let file = file.to_owned();
        let done = tokio::task::spawn_blocking(move || {
            let io = |e: std::io::Error| Error::Files(FileError::Io(e));
            let source = FileSource::new(File::open(file).map_err(io)?).map_err(io)?;
            Ok(signing::inspect(&source, None)?.signatures)
        });
        done.await.map_err(|e| Error::Files(FileError::Io(std::io::Error::other(e))))?
    }

    /// Runs `work` off the async threads; what it writes becomes a file on its way in, unless it says that there is nothing.
    async fn written(
        &self,
        file: &Path,
        work: impl FnOnce(&FileSource, &mut dyn Write) -> signing::Result<bool> + Send + 'static,
    ) -> Result<Option<Incoming>> {
        let (files, file) = (self.files.clone(), file.to_owned());
        let done = tokio::task::spawn_blocking(move || write(&files, &file, work));
        done.await.map_err(|e| Error::Files(FileError::Io(std::io::Error::other(e))))?
    }
}

fn write(files: &Files, file: &Path, work: impl FnOnce(&FileSource, &mut dyn Write) -> signing::Result<bool>) -> Result<Option<Incoming>> {
    let io = |e: std::io::Error| Error::Files(FileError::Io(e));
    let source = FileSource::new(File::open(file).map_err(io)?).map_err(io)?;
    let output = files.temporary()?;
    let mut out = BufWriter::with_capacity(1 << 18, output.reopen().map_err(io)?);
    if !work(&source, &mut out)? {
        return Ok(None);
    }
    out.flush().map_err(io)?;
    drop(out);
    Ok(Some(files.adopt(output)?))
}

fn field(name: &str, placement: Placement, tooltip: &str) -> NewTextField {
    NewTextField {
        name: name.into(),
        placement: place(&placement),
        font_size: FONT_SIZE,
        align: Align::Centre,
        tooltip: tooltip.into(),
        paper: true,
    }
}

fn edit() -> EditOptions {
    EditOptions {
        time: now_us() / 1_000_000,
        password: None,
        recipient: None,
    }
}

fn place(p: &Placement) -> signing::Placement {
    signing::Placement {
        page: p.page,
        x: p.x,
        y: p.y,
        w: p.w,
        h: p.h,
    }
}
