//! A certification authority of a test's own; its keys are made when the test runs and end with it.
use server::demo::pki::{Pair, Use, issue};

pub struct Authority {
    pub root: Pair,
    pub issuing: Pair,
}

impl Authority {
    pub fn found() -> Self {
        let root = issue("Gốc thử nghiệm", None, &Use::Root, None).expect("a root");
        let issuing = issue("CA thử nghiệm", None, &Use::Intermediate { authority: None }, Some(&root)).expect("an issuing CA");
        Self { root, issuing }
    }

    /// Certificate and key of somebody who signs. Nobody answers at the address of its CRL and OCSP.
    pub fn signing(&self, name: &str) -> Pair {
        let usage = Use::Signing { authority: "127.0.0.1:9" };
        issue(name, Some("Phòng Thử nghiệm"), &usage, Some(&self.issuing)).expect("a certificate")
    }

    /// Both ends of an axis link; the name is a body's code.
    pub fn link(&self, code: &str) -> Pair {
        issue(code, None, &Use::Link, Some(&self.root)).expect("a certificate")
    }

    pub fn root_pem(&self) -> Vec<u8> {
        self.root.certificate.to_pem().expect("PEM")
    }

    /// What goes beside a signing certificate.
    pub fn chain_pem(&self) -> String {
        String::from_utf8(self.issuing.certificate.to_pem().expect("PEM")).expect("text")
    }
}
