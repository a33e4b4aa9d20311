use super::reach::is_public;
use super::*;
use crate::demo::pki::{Pair, Use, issue};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

#[test]
fn private_networks_are_known() {
    for private in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ] {
        assert!(!is_public(private.parse().unwrap()), "{private}");
    }
    for public in ["1.1.1.1", "203.162.4.191", "2405:4800::1", "2001:4860::1"] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}

/// Answers every connection with these bytes, one after the other with a pause between, and counts them.
async fn serve_slowly(answer: Vec<Vec<u8>>, pause: Duration) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                for part in answer {
                    let _ = stream.write_all(&part).await;
                    tokio::time::sleep(pause).await;
                }
            });
        }
    });
    (address, asked)
}

async fn serve(answer: Vec<u8>) -> (String, Arc<AtomicUsize>) {
    serve_slowly(vec![answer], Duration::ZERO).await
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let mut all = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len()).into_bytes();
    all.extend_from_slice(body);
    all
}

fn root() -> Pair {
    issue("Gốc", None, &Use::Root, None).unwrap()
}

async fn fetch(fetcher: &Fetcher, url: String) -> Result<Fetched, String> {
    fetcher.get(&Needed::Certificate { url }, false).await
}

fn listed() -> Fetcher {
    Fetcher::new(Reach::Public(vec!["127.0.0.1".into()]))
}

#[tokio::test]
async fn asks_where_it_may_and_remembers() {
    let root = root();
    let der = root.certificate.to_der().unwrap();
    let (address, asked) = serve(answer("200 OK", &root.certificate.to_pem().unwrap())).await;
    let port = address.rsplit(':').next().unwrap();
    let closed = Fetcher::new(Reach::Public(Vec::new()));
    for host in [
        "127.0.0.1",
        "localhost",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
    ] {
        let refused = fetch(&closed, format!("http://{host}:{port}/ca.cer")).await.err().unwrap();
        assert!(refused.contains("private network"), "{host}: {refused}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let open = listed();
    for remembered in [false, true] {
        let got = fetch(&open, format!("http://{address}/ca.cer")).await.unwrap();
        assert_eq!((&*got.content, got.remembered), (&der, remembered));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    for wrong in ["ldap://127.0.0.1/ca", "file:///etc/passwd", "not an address"] {
        assert!(fetch(&open, wrong.into()).await.is_err(), "{wrong}");
    }
    // Where only the listed hosts are asked, a public name is not even resolved.
    let narrow = Fetcher::new(Reach::Listed(vec!["127.0.0.1".into()]));
    assert!(fetch(&narrow, format!("http://{address}/ca.cer")).await.is_ok());
    for elsewhere in ["http://1.1.1.1/ca.cer", "http://ca.example/ca.cer", "http://localhost/ca.cer"] {
        let refused = fetch(&narrow, elsewhere.into()).await.err().unwrap();
        assert!(refused.contains("may be asked"), "{elsewhere}: {refused}");
    }
}

#[tokio::test]
async fn redirections_lead_into_no_private_network() {
    let (inner, asked) = serve(answer("200 OK", b"secret")).await;
    let port = inner.rsplit(':').next().unwrap();
    for target in [
        "127.0.0.2",
        "localhost",
        "[::1]",
        "169.254.169.254",
        "2130706434",
        "0x7f000002",
        "[::ffff:127.0.0.2]",
    ] {
        let location = format!("302 Found\r\nLocation: http://{target}:{port}/");
        let (outer, _) = serve(answer(&location, b"")).await;
        let refused = fetch(&listed(), format!("http://{outer}/")).await.err().unwrap();
        assert!(refused.contains("private network"), "{target}: {refused}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let (outer, _) = serve(answer("302 Found\r\nLocation: ftp://127.0.0.1/", b"")).await;
    assert!(fetch(&listed(), format!("http://{outer}/")).await.err().unwrap().contains("ftp"));
    // To itself, for ever.
    let (ring, asked) = serve(answer("302 Found\r\nLocation: /again", b"")).await;
    let refused = fetch(&listed(), format!("http://{ring}/")).await.err().unwrap();
    assert!(refused.contains("redirections"), "{refused}");
    assert_eq!(asked.load(Ordering::SeqCst), REDIRECTIONS + 1);
}

#[tokio::test]
async fn too_much_too_slow_and_something_else_are_refused() {
    let fetcher = Fetcher::new(Reach::Anywhere);
    let limit = vec![b'x'; LARGEST_OTHER + 1];
    // Said beforehand, and not said at all.
    let unannounced = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), &limit].concat();
    for large in [answer("200 OK", &limit), unannounced] {
        let (large, _) = serve(large).await;
        let refused = fetch(&fetcher, format!("http://{large}/")).await.err().unwrap();
        assert!(refused.contains("more than"), "{refused}");
    }
    for garbage in [
        &b"<html>please log in</html>"[..],
        b"",
        b"\x30\x82\xff\xff",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END",
    ] {
        let (page, _) = serve(answer("200 OK\r\nContent-Type: application/pkix-cert", garbage)).await;
        let refused = fetch(&fetcher, format!("http://{page}/")).await.err().unwrap();
        assert!(refused.contains("something else"), "{refused}");
    }
    // What it is counts, not what it is called.
    let der = root().certificate.to_der().unwrap();
    let (mislabelled, _) = serve(answer("200 OK\r\nContent-Type: text/html", &der)).await;
    assert_eq!(*fetch(&fetcher, format!("http://{mislabelled}/")).await.unwrap().content, der);
    // A byte now and then keeps no connection open beyond the limit of the whole.
    let mut drops = vec![b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".to_vec()];
    drops.extend(std::iter::repeat_n(b"0".to_vec(), 1000));
    let (slow, _) = serve_slowly(drops, Duration::from_millis(100)).await;
    let hasty = Fetcher {
        timeout: Duration::from_millis(700),
        ..fetcher.clone()
    };
    let refused = fetch(&hasty, format!("http://{slow}/")).await.err().unwrap();
    assert!(refused.contains("in time"), "{refused}");
}

#[tokio::test]
async fn what_failed_is_left_alone_for_a_while() {
    let fetcher = Fetcher::new(Reach::Anywhere);
    let (gone, asked) = serve(answer("404 Not Found", b"")).await;
    for _ in 0..2 {
        let refused = fetch(&fetcher, format!("http://{gone}/")).await.err().unwrap();
        assert!(refused.contains("404"), "{refused}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn several_who_want_the_same_ask_once() {
    let der = root().certificate.to_der().unwrap();
    let (address, asked) = serve_slowly(vec![Vec::new(), answer("200 OK", &der)], Duration::from_millis(100)).await;
    let fetcher = listed();
    let all = (0..20).map(|_| fetch(&fetcher, format!("http://{address}/ca.cer")));
    for got in futures_util::future::join_all(all).await {
        assert_eq!(*got.unwrap().content, der);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// A list whose `nextUpdate` is so many seconds from now.
fn list(pair: &Pair, next: i64) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| std::fs::write(dir.path().join(name), content).unwrap();
    write("ca.pem", &pair.certificate.to_pem().unwrap());
    write("ca.key", &pair.key.private_key_to_pem_pkcs8().unwrap());
    write(
        "ca.cnf",
        b"[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\n",
    );
    write("index.txt", b"");
    write("crlnumber", b"01\n");
    let at = |from_now: i64| {
        let time = time::OffsetDateTime::now_utc() + time::Duration::seconds(from_now);
        let format = time::macros::format_description!("[year][month][day][hour][minute][second]Z");
        time.format(format).unwrap()
    };
    let arguments = [
        "ca", "-config", "ca.cnf", "-gencrl", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "ca.crl",
    ];
    let times = ["-crl_lastupdate".to_owned(), at(-7200), "-crl_nextupdate".to_owned(), at(next)];
    let made = std::process::Command::new("openssl")
        .args(arguments)
        .args(times)
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made = std::fs::read(dir.path().join("ca.crl")).unwrap();
    match made.starts_with(b"-----") {
        true => openssl::x509::X509Crl::from_pem(&made).unwrap().to_der().unwrap(),
        false => made,
    }
}

#[tokio::test]
async fn a_list_is_remembered_over_a_restart_but_not_past_its_next_update() {
    let pair = root();
    let folder = tempfile::tempdir().unwrap();
    let (address, asked) = serve(answer("200 OK", &list(&pair, 3600))).await;
    let needed = Needed::Crl {
        url: format!("http://{address}/ca.crl"),
    };
    let fetcher = || listed().kept_in(folder.path().join("fetched"));
    assert!(!fetcher().get(&needed, false).await.unwrap().remembered);
    assert!(fetcher().get(&needed, false).await.unwrap().remembered, "after a restart");
    assert!(!fetcher().get(&needed, true).await.unwrap().remembered, "asked for anew");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    // What lies in the folder is believed only for what it is.
    let file = std::fs::read_dir(folder.path().join("fetched"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::write(file, b"damaged").unwrap();
    assert!(!fetcher().get(&needed, false).await.unwrap().remembered);

    let (address, asked) = serve(answer("200 OK", &list(&pair, -60))).await;
    let needed = Needed::Crl {
        url: format!("http://{address}/ca.crl"),
    };
    let fetcher = fetcher();
    for _ in 0..2 {
        assert!(
            !fetcher.get(&needed, false).await.unwrap().remembered,
            "nothing is good past its nextUpdate"
        );
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn the_next_place_is_asked_when_one_is_of_no_help() {
    use crate::signatures::judge::judge;
    use signing::validate::{Indication, SubIndication, ValidationContext};
    let root = root();
    // One server at both addresses of the certificate: what the responder answers is a list, and of no use there.
    let (address, asked) = serve(answer("200 OK", &list(&root, 3600))).await;
    let own = issue("Người ký", None, &Use::Signing { authority: &address }, Some(&root)).unwrap();
    let signer = signing::KeySigner::new(own.key, &own.certificate.to_der().unwrap(), Vec::new()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("signed.pdf");
    let document = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo/documents/ke-hoach.pdf");
    signing::sign_path(&document, &file, &signer, &signing::SignOptions::default()).unwrap();
    let context = || ValidationContext {
        trust_anchors: vec![root.certificate.to_der().unwrap()],
        at: shelf::now(),
        ..ValidationContext::default()
    };
    let judged = judge(&file, context(), Some(&listed())).await.unwrap();
    assert_eq!(
        judged.report.verdict,
        Some(Indication::TotalPassed),
        "{:#?}",
        judged.report.signatures
    );
    assert_eq!((asked.load(Ordering::SeqCst), judged.unfetched.len()), (2, 0));
    assert_eq!(judged.report.signatures[0].chain[0].revocation_source, Some("crl"));

    // Where neither may be asked, each is named with the reason, of the file and of the signature.
    let closed = Fetcher::new(Reach::Public(Vec::new()));
    let judged = judge(&file, context(), Some(&closed)).await.unwrap();
    let s = &judged.report.signatures[0];
    assert_eq!(
        (s.indication, s.sub_indication),
        (Indication::Indeterminate, Some(SubIndication::TryLater))
    );
    for path in ["ocsp", "ca.crl"] {
        let url = format!("http://{address}/{path}");
        let told = judged.unfetched.iter().find(|u| u.url == url).expect("the address");
        assert!(told.why.contains("private network"), "{}", told.why);
        assert!(s.warnings.contains(&format!("not_fetched:{url} {}", told.why)), "{:?}", s.warnings);
    }
}

#[tokio::test]
async fn nobody_is_asked_at_a_link_local_address() {
    let fetcher = Fetcher::new(Reach::Anywhere);
    for host in ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]"] {
        let refused = fetch(&fetcher, format!("http://{host}/ca.crl")).await.err().unwrap();
        assert!(refused.contains("private network"), "{refused}");
    }
}
