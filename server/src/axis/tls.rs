//! Mutual TLS between a body and its node: each shows a certificate of the axis' own authority.
use openssl::nid::Nid;
use openssl::ssl::{Ssl, SslAcceptor, SslConnector, SslFiletype, SslMethod, SslVerifyMode, SslVersion};
use openssl::x509::X509;
use std::path::Path;
use std::pin::Pin;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

/// Certificate and key of one end, and the authority that the other end's must come from. PEM files.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    pub certificate: &'a Path,
    pub key: &'a Path,
    pub ca: &'a Path,
}

macro_rules! prepare {
    ($builder:expr, $identity:expr) => {{
        let (builder, me) = ($builder, $identity);
        builder.set_min_proto_version(Some(SslVersion::TLS1_2)).map_err(|e| e.to_string())?;
        let said = |path: &Path| {
            let path = path.display().to_string();
            move |e: openssl::error::ErrorStack| format!("{path}: {e}")
        };
        builder.set_ca_file(me.ca).map_err(said(me.ca))?;
        builder.set_certificate_chain_file(me.certificate).map_err(said(me.certificate))?;
        builder.set_private_key_file(me.key, SslFiletype::PEM).map_err(said(me.key))?;
        builder
            .check_private_key()
            .map_err(|_| format!("{}: không khớp chứng thư / does not belong to the certificate", me.key.display()))?;
    }};
}

/// The node's end: nobody without a certificate gets in.
///
/// # Errors
/// A sentence that names the file that cannot be used.
pub fn acceptor(me: &Identity) -> Result<SslAcceptor, String> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).map_err(|e| e.to_string())?;
    prepare!(&mut builder, me);
    builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
    // Resumed connections would need a name for their context; links are few and long.
    builder.set_session_cache_mode(openssl::ssl::SslSessionCacheMode::OFF);
    builder.set_num_tickets(0).map_err(|e| e.to_string())?;
    Ok(builder.build())
}

/// The body's end.
///
/// # Errors
/// A sentence that names the file that cannot be used.
pub fn connector(me: &Identity) -> Result<SslConnector, String> {
    let mut builder = SslConnector::builder(SslMethod::tls_client()).map_err(|e| e.to_string())?;
    // Only the axis' authority counts here, none that the machine trusts for other things.
    builder.set_cert_store(openssl::x509::store::X509StoreBuilder::new().map_err(|e| e.to_string())?.build());
    prepare!(&mut builder, me);
    Ok(builder.build())
}

/// # Errors
/// Why there is no safe connection.
pub async fn accept(acceptor: &SslAcceptor, stream: TcpStream) -> Result<SslStream<TcpStream>, String> {
    let ssl = Ssl::new(acceptor.context()).map_err(|e| e.to_string())?;
    let mut stream = SslStream::new(ssl, stream).map_err(|e| e.to_string())?;
    Pin::new(&mut stream).accept().await.map_err(|e| e.to_string())?;
    Ok(stream)
}

/// # Errors
/// Why there is no safe connection.
pub async fn connect(connector: &SslConnector, host: &str, stream: TcpStream) -> Result<SslStream<TcpStream>, String> {
    let ssl = connector.configure().and_then(|c| c.into_ssl(host)).map_err(|e| e.to_string())?;
    let mut stream = SslStream::new(ssl, stream).map_err(|e| e.to_string())?;
    Pin::new(&mut stream).connect().await.map_err(|e| e.to_string())?;
    Ok(stream)
}

/// The body that a certificate names: its common name is the body's code.
pub fn code(certificate: &X509) -> Option<String> {
    let entry = certificate.subject_name().entries_by_nid(Nid::COMMONNAME).next()?;
    entry.data().to_string().ok()
}
