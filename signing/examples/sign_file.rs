//! Signs a file: `sign_file KEY.pem CERT.pem IN.pdf OUT.pdf [PNG]`.
use signing::{Appearance, KeySigner, Placement, SignOptions, sign_path};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, certificate, input, output, rest @ ..] = &arguments[..] else {
        return Err("KEY.pem CERT.pem IN.pdf OUT.pdf [PNG]".into());
    };
    let signer = KeySigner::from_pem(&std::fs::read(key)?, None, &std::fs::read(certificate)?, b"")?;
    let appearance = match rest.first() {
        Some(png) => {
            let mut look = Appearance::at(Placement {
                page: 1,
                x: 300.0,
                y: 100.0,
                w: 150.0,
                h: 75.0,
            });
            look.image = Some(std::fs::read(png)?);
            look.lines = vec!["Nguyễn Văn Thành".into(), "Ký ngày 24/11/2026".into()];
            Some(look)
        }
        None => None,
    };
    let options = SignOptions {
        time: 1_795_500_000,
        reason: Some("Phê duyệt".into()),
        appearance,
        ..SignOptions::default()
    };
    let signed = sign_path(Path::new(input), Path::new(output), &signer, &options)?;
    println!("{}: {:?}", signed.field, signed.byte_range);
    Ok(())
}
