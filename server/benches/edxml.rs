//! How fast edXML is read, and in how much memory. Run by scripts/bench-edxml:
//! `make FOLDER` writes the messages, `read FOLDER` prints `name MB/s` for each kind, `weigh FILE FOLDER` the peak in MB.
use server::axis::edxml::{Attachment, Document, Limits, Organ, Sealer, read, write_document, write_signed_document};
use server::demo::pki::{Use, issue};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::time::Instant;

const KINDS: [(&str, u64, usize); 3] = [("100k", 100_000, 200), ("20m", 20_000_000, 3), ("signed", 20_000_000, 3)];
const ROUNDS: usize = 9;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", folder] => make(Path::new(folder)),
        ["read", folder] => speed(Path::new(folder)),
        ["weigh", file, folder] => {
            read_one(Path::new(file), Path::new(folder))?;
            println!("weight {}", peak()?);
            Ok(())
        }
        _ => Err("make FOLDER | read FOLDER | weigh FILE FOLDER".into()),
    }
}

fn make(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    for (kind, size, _) in KINDS.into_iter().chain([("500m", 500_000_000, 1), ("signed-500m", 500_000_000, 1)]) {
        write(folder, kind, size)?;
    }
    // As MIME libraries write it.
    let whole = std::fs::read_to_string(folder.join("20m.edxml"))?;
    let (head, rest) = whole.split_once("<ContentTransferEncoded>").ok_or("no content")?;
    let (content, tail) = rest.split_once('<').ok_or("no end")?;
    let mut out = BufWriter::new(File::create(folder.join("lines.edxml"))?);
    write!(out, "{head}<ContentTransferEncoded>")?;
    for line in content.as_bytes().chunks(76) {
        out.write_all(line)?;
        out.write_all(b"\r\n")?;
    }
    Ok(write!(out, "<{tail}")?)
}

/// A message whose attachment has `size` bytes that look random.
fn write(folder: &Path, kind: &str, size: u64) -> Result<(), Box<dyn std::error::Error>> {
    let path = folder.join("content");
    let mut content = BufWriter::new(File::create(&path)?);
    let mut x = 0x9E37_79B9_7F4A_7C15u64;
    for _ in 0..size / 8 {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        content.write_all(&x.to_le_bytes())?;
    }
    content.flush()?;
    let organ = |code: &str| Organ {
        organ_id: code.into(),
        name: "Ủy ban nhân dân tỉnh".into(),
        ..Organ::default()
    };
    let mut document = Document {
        from: organ("H99"),
        to: vec![organ("H99.5")],
        code_number: "12".into(),
        code_notation: "TB-UBND".into(),
        promulgation_date: "2026-11-24".into(),
        subject: "Về việc kiểm tra công tác văn thư".into(),
        ..Document::default()
    };
    document.document_id = document.expected_id();
    let attachment = Attachment {
        name: "12-TB-UBND.pdf".into(),
        content_type: "application/pdf".into(),
        content_id: "1".into(),
        description: String::new(),
        path,
        size,
    };
    let mut out = BufWriter::new(File::create(folder.join(format!("{kind}.edxml")))?);
    match kind.starts_with("signed") {
        true => write_signed_document(&mut out, &document, &[attachment], &sealer()?)?,
        false => write_document(&mut out, &document, &[attachment])?,
    }
    Ok(out.flush()?)
}

fn sealer() -> Result<Sealer, Box<dyn std::error::Error>> {
    let pair = issue("H99", None, &Use::Root, None)?;
    Ok(Sealer::from_pem(
        &pair.key.private_key_to_pem_pkcs8()?,
        &pair.certificate.to_pem()?,
    )?)
}

fn read_one(file: &Path, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut input = BufReader::with_capacity(1 << 17, File::open(file)?);
    let parsed = read(&mut input, folder, Limits { attachments: 1 << 30 })?;
    for attachment in parsed.attachments {
        std::fs::remove_file(attachment.path)?;
    }
    Ok(())
}

/// Decoded to files, as on arrival; the median of several rounds.
fn speed(folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    for (kind, _, times) in KINDS.into_iter().chain([("lines", 0, 3)]) {
        let file = folder.join(format!("{kind}.edxml"));
        let size = std::fs::metadata(&file)?.len();
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let begin = Instant::now();
            for _ in 0..times {
                read_one(&file, folder)?;
            }
            rounds.push(size as f64 * times as f64 / 1e6 / begin.elapsed().as_secs_f64());
        }
        rounds.sort_by(f64::total_cmp);
        println!("{kind} {:.0}", rounds[ROUNDS / 2]);
    }
    Ok(())
}

/// Megabytes, by the kernel's count.
fn peak() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no number")?.parse::<u64>()?.div_ceil(1024))
}
