//! 300 tablets that open the same 20 MB at the start of a meeting, over a link of 1 Gbit/s that they share: how much of a processor and
//! how much memory the server takes, beside a program that does nothing but read the file and write it to the sockets.
use super::{Held, held};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::time::{Duration, Instant};

const TABLETS: usize = 300;
/// Bytes of the document.
const LENGTH: usize = 20_000_000;
/// Bytes a second that all of them get together.
const LINK: usize = 125_000_000;
const CHUNK: usize = 64 * 1024;

/// A PDF of two pages: words alone, and a picture that does not compress.
fn pdf() -> Vec<u8> {
    let mut noise = vec![0u8; LENGTH];
    let mut x = 88_172_645_463_325_252u64;
    for byte in &mut noise {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        *byte = x.to_le_bytes()[0];
    }
    let side = 2580;
    noise.truncate(side * side * 3);
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    let mut object = |out: &mut Vec<u8>, dictionary: &str, content: Option<&[u8]>| {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n{dictionary}", places.len()).bytes());
        if let Some(content) = content {
            out.extend(b"stream\n");
            out.extend(content);
            out.extend(b"\nendstream");
        }
        out.extend(b"\nendobj\n");
    };
    let words = b"BT /F 14 Tf 72 760 Td (Trang 1) Tj ET";
    let draw = b"q 595 0 0 842 0 0 cm /I Do Q";
    object(&mut out, "<</Type/Catalog/Pages 2 0 R>>", None);
    object(&mut out, "<</Type/Pages/Count 2/Kids[6 0 R 3 0 R]>>", None);
    object(
        &mut out,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        None,
    );
    object(&mut out, &format!("<</Length {}>>", draw.len()), Some(draw));
    let image = format!(
        "<</Type/XObject/Subtype/Image/Width {side}/Height {side}/ColorSpace/DeviceRGB/BitsPerComponent 8/Length {}>>",
        noise.len()
    );
    object(&mut out, &image, Some(&noise));
    let font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>";
    let first = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 7 0 R{font}>>");
    object(&mut out, &first, None);
    object(&mut out, &format!("<</Length {}>>", words.len()), Some(words));
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer <</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", places.len() + 1).bytes());
    out
}

/// Seconds of a processor that the process has used.
fn used(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("a process");
    let fields: Vec<u64> = stat
        .rsplit_once(')')
        .expect("its name")
        .1
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|f| f.parse().expect("ticks"))
        .collect();
    // Linux counts in hundredths of a second (USER_HZ).
    (fields[0] + fields[1]) as f64 / 100.0
}

/// Bytes that the process has held at its peak.
fn peak(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a process");
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).expect("its peak");
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().expect("a number") * 1000
}

/// Asks over a connection that stays open, and reads the body at this tablet's share of the link. Its length.
fn get(connection: &mut TcpStream, path: &str, cookie: &str, paced: bool) -> usize {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n");
    connection.write_all(request.as_bytes()).expect("asking");
    let mut buffer = vec![0u8; CHUNK];
    let mut head = Vec::new();
    let end = loop {
        let n = connection.read(&mut buffer).expect("an answer");
        assert!(n > 0, "the server went away");
        head.extend_from_slice(&buffer[..n]);
        if let Some(at) = memchr::memmem::find(&head, b"\r\n\r\n") {
            break at;
        }
    };
    let text = String::from_utf8_lossy(&head[..end]).to_lowercase();
    assert!(text.starts_with("http/1.1 200"), "{path}: {text}");
    let Some(length) = text.lines().find_map(|l| l.strip_prefix("content-length:")) else {
        return chunks(connection, &mut buffer, head.split_off(end + 4));
    };
    let length: usize = length.trim().parse().expect("a number");
    let mut got = head.len() - end - 4;
    let (begun, share) = (Instant::now(), LINK / TABLETS);
    while got < length {
        if paced {
            let due = Duration::from_secs_f64(got as f64 / share as f64);
            std::thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        let n = connection.read(&mut buffer).expect("more");
        assert!(n > 0, "cut off");
        got += n;
    }
    length
}

/// The rest of a page that is sent in chunks (RFC 9112, 7.1); a page is short enough to be kept. Bytes received.
fn chunks(connection: &mut TcpStream, buffer: &mut [u8], mut got: Vec<u8>) -> usize {
    while !got.ends_with(b"0\r\n\r\n") {
        let n = connection.read(buffer).expect("more");
        assert!(n > 0, "cut off");
        got.extend_from_slice(&buffer[..n]);
    }
    got.len()
}

/// All at once: seconds that it took, and of a processor.
fn open_all(address: &str, pid: u32, paths: &[String], cookie: &str) -> (f64, f64) {
    let (before, begun) = (used(pid), Instant::now());
    std::thread::scope(|all| {
        for _ in 0..TABLETS {
            let tablet = move || {
                let mut connection = TcpStream::connect(address).expect("connecting");
                for (n, path) in paths.iter().enumerate() {
                    let length = get(&mut connection, path, cookie, n + 1 == paths.len());
                    assert!(length > 0, "{path} is empty");
                }
            };
            std::thread::Builder::new()
                .stack_size(256 * 1024)
                .spawn_scoped(all, tablet)
                .expect("a thread");
        }
    });
    (begun.elapsed().as_secs_f64(), used(pid) - before)
}

/// Reads the file and writes it, a thread for each connection: the process that `KYHOP_FLOOR` asks for.
pub fn floor(file: &str) {
    let file = std::fs::File::open(file).expect("the file");
    let length = file.metadata().expect("its length").len();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    println!("{}", listener.local_addr().expect("its address"));
    std::thread::scope(|all| {
        for connection in listener.incoming() {
            let (mut connection, file) = (connection.expect("a connection"), &file);
            all.spawn(move || {
                let mut buffer = vec![0u8; CHUNK];
                while matches!(connection.read(&mut buffer), Ok(n) if n > 0) {
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
                    let mut at = 0;
                    if connection.write_all(head.as_bytes()).is_err() {
                        return;
                    }
                    while at < length {
                        let n = file.read_at(&mut buffer, at).expect("reading");
                        if connection.write_all(&buffer[..n]).is_err() {
                            return;
                        }
                        at += n as u64;
                    }
                }
            });
        }
    });
}

pub async fn all() {
    let pdf = pdf();
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("copy.pdf");
    std::fs::write(&copy, &pdf).expect("writing");
    let held = held(pdf).await;
    let Held {
        meeting, document, sha256, ..
    } = &held;
    let cookie = held.watcher.live_request().headers()["cookie"].to_str().expect("text").to_owned();
    // What a tablet asks for: the page with the agenda, page 1 of the document by itself, then all of it.
    let paths = [
        format!("/meetings/{meeting}"),
        format!("/files/attachment/{document}/{sha256}/pages/1"),
        format!("/files/attachment/{document}/{sha256}.pdf"),
    ];
    let pid = held.process.pid();
    let (seconds, processor) = open_all(&held.address, pid, &paths, &cookie);
    let memory = peak(pid);
    let mut peer = std::process::Command::new(std::env::current_exe().expect("this program"))
        .env("KYHOP_FLOOR", &copy)
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the floor");
    let mut said = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(peer.stdout.take().expect("its words")), &mut said).expect("an address");
    let (_, bare) = open_all(said.trim(), peer.id(), &["/".to_owned()], "");
    peer.kill().expect("ending");
    peer.wait().expect("ended");
    println!(
        "opening {TABLETS} {seconds:.1} {:.0} {:.1} {:.0}",
        processor / seconds * 100.0,
        memory as f64 / 1e6,
        bare / seconds * 100.0
    );
    drop(held.office);
}

/// The floor, when this process is to be it.
pub fn is_floor() -> bool {
    let file = std::env::var("KYHOP_FLOOR").ok();
    file.as_deref().map(floor).is_some()
}
