//! Kiểm phiếu lại: the ballots of a secret vote counted again from what was published, with nothing of the server that published them.
use super::blind;
use super::secret::{digest, opened};
use app::dto::meetings::{Choice, PublishedBallots};
use openssl::sha::sha256;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a recount finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recount {
    pub vote: String,
    pub question: String,
    pub agree: u32,
    pub disagree: u32,
    pub other: u32,
    /// How many people drew a ballot.
    pub drawn: usize,
    /// Of the ballots as they are in the file, which may differ from what the file says.
    pub digest: String,
    /// What does not hold; empty when all is right.
    pub faults: Vec<Fault>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// No signature of the vote's key over this ballot: it was changed, or nobody drew it.
    NotSigned { receipt: String },
    /// The same ballot again.
    Twice { receipt: String },
    /// More ballots than people who drew one.
    MoreThanDrawn { ballots: usize },
    /// The digest is another than the file says.
    DigestDiffers { said: String },
    /// The exponent of the key is not 65537, the one that every vote has.
    OtherKey { exponent: u32 },
}

/// Counts again; a ballot with a fault is not counted.
pub fn recount(published: &PublishedBallots) -> Recount {
    let mut faults = Vec::new();
    let (mut seen, mut hashed) = (BTreeSet::new(), Vec::new());
    let mut counts = [0; 3];
    for ballot in &published.ballots {
        let receipt = || ballot.receipt.clone();
        let Ok((text, signature)) = opened(&published.vote, ballot) else {
            faults.push(Fault::NotSigned { receipt: receipt() });
            continue;
        };
        let hash = hex::encode(sha256(&text));
        hashed.push((hash.clone(), ballot.clone()));
        if !blind::verifies(&published.modulus, &text, &signature) {
            faults.push(Fault::NotSigned { receipt: receipt() });
        } else if !seen.insert(hash) {
            faults.push(Fault::Twice { receipt: receipt() });
        } else {
            counts[Choice::ALL.iter().position(|c| *c == ballot.choice).unwrap_or(2)] += 1;
        }
    }
    let (ballots, drawn) = (published.ballots.len(), published.voters.len());
    if ballots > drawn {
        faults.push(Fault::MoreThanDrawn { ballots });
    }
    if published.exponent != 65537 {
        faults.push(Fault::OtherKey {
            exponent: published.exponent,
        });
    }
    hashed.sort_by(|a, b| a.0.cmp(&b.0));
    let digest = digest(&hashed);
    if digest != published.digest {
        faults.push(Fault::DigestDiffers {
            said: published.digest.clone(),
        });
    }
    let [agree, disagree, other] = counts;
    Recount {
        vote: published.vote.0.clone(),
        question: published.question.clone(),
        agree,
        disagree,
        other,
        drawn,
        digest,
        faults,
    }
}
