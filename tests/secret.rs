//! Secret votes: drawn by name, cast without one, counted again by anybody.
use crate::meetings::{Meeting, motion, refused, servers};
use crate::support::{Client, Server};
use app::dto::meetings::{Choice, Majority, Motion, SecretBallot, VoteForm};
use app::ids::VoteId;
use app::live::{LiveEvent, ServerFrame};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::{Padding, Rsa};
use openssl::sign::{RsaPssSaltlen, Verifier};
use serde_json::{Value, json};
use server::actor::Actor;
use sqlx::Row as _;

/// EMSA-PSS-ENCODE (RFC 8017, 9.1.1) with SHA-384 for a modulus of 3072 bits.
fn encode(message: &[u8], salt: &[u8; 48]) -> Vec<u8> {
    use openssl::sha::{Sha384, sha384};
    let mut sum = Sha384::new();
    sum.update(&[0; 8]);
    sum.update(&sha384(message));
    sum.update(salt);
    let hash = sum.finish();
    let mut block = vec![0; 384 - 48 - 1];
    let at = block.len() - 49;
    block[at] = 1;
    block[at + 1..].copy_from_slice(salt);
    for (seed, part) in (0u32..).zip(block.chunks_mut(48)) {
        let mut sum = Sha384::new();
        sum.update(&hash);
        sum.update(&seed.to_be_bytes());
        for (byte, mask) in part.iter_mut().zip(sum.finish()) {
            *byte ^= mask;
        }
    }
    block[0] &= 0x7f;
    [&block, &hash[..], &[0xbc]].concat()
}

/// A voter's device: the other half of RFC 9474, written for this test alone.
struct Voter {
    vote: VoteId,
    n: BigNum,
    choice: Choice,
    receipt: String,
    prefix: [u8; 32],
    r: BigNum,
}

impl Voter {
    fn new(vote: &VoteId, modulus: &str, choice: Choice) -> Self {
        let random = |length| {
            let mut bytes = vec![0; length];
            openssl::rand::rand_bytes(&mut bytes).expect("randomness");
            bytes
        };
        Self {
            vote: vote.clone(),
            n: BigNum::from_slice(&URL_SAFE_NO_PAD.decode(modulus).expect("base64")).expect("a number"),
            choice,
            receipt: hex::encode(random(16)),
            prefix: random(32).try_into().expect("32 bytes"),
            r: BigNum::from_slice(&random(380)).expect("a number"),
        }
    }

    fn message(&self) -> Vec<u8> {
        let words = format!("kyhop ballot 1\n{}\n{}\n{}", self.vote, self.choice.as_str(), self.receipt);
        [&self.prefix[..], words.as_bytes()].concat()
    }

    fn blinded(&self) -> String {
        let mut context = BigNumContext::new().expect("a context");
        let m = BigNum::from_slice(&encode(&self.message(), &[7; 48])).expect("a number");
        let (mut mask, mut z) = (BigNum::new().expect("a number"), BigNum::new().expect("a number"));
        let e = BigNum::from_u32(65537).expect("a number");
        mask.mod_exp(&self.r, &e, &self.n, &mut context).expect("a power");
        z.mod_mul(&m, &mask, &self.n, &mut context).expect("a product");
        URL_SAFE_NO_PAD.encode(z.to_vec_padded(384).expect("bytes"))
    }

    fn ballot(&self, signed: &str) -> SecretBallot {
        let mut context = BigNumContext::new().expect("a context");
        let signed = BigNum::from_slice(&URL_SAFE_NO_PAD.decode(signed).expect("base64")).expect("a number");
        let (mut back, mut s) = (BigNum::new().expect("a number"), BigNum::new().expect("a number"));
        back.mod_inverse(&self.r, &self.n, &mut context).expect("an inverse");
        s.mod_mul(&signed, &back, &self.n, &mut context).expect("a product");
        SecretBallot {
            choice: self.choice,
            receipt: self.receipt.clone(),
            prefix: hex::encode(self.prefix),
            signature: URL_SAFE_NO_PAD.encode(s.to_vec_padded(384).expect("bytes")),
        }
    }
}

/// As an auditor does it with nothing but what was published.
fn verifies(published: &Value, ballot: &Value) -> bool {
    let text = |v: &Value| v.as_str().expect("text").to_owned();
    let bytes = |v: &Value| URL_SAFE_NO_PAD.decode(text(v)).expect("base64");
    let n = BigNum::from_slice(&bytes(&published["modulus"])).expect("a number");
    let e = BigNum::from_u32(65537).expect("a number");
    let key = PKey::from_rsa(Rsa::from_public_components(n, e).expect("a key")).expect("a key");
    let mut verifier = Verifier::new(MessageDigest::sha384(), &key).expect("a verifier");
    verifier.set_rsa_padding(Padding::PKCS1_PSS).expect("PSS");
    verifier.set_rsa_mgf1_md(MessageDigest::sha384()).expect("MGF1");
    verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(48)).expect("a salt");
    let words = format!(
        "kyhop ballot 1\n{}\n{}\n{}",
        text(&published["vote"]),
        text(&ballot["choice"]),
        text(&ballot["receipt"])
    );
    let message = [hex::decode(text(&ballot["prefix"])).expect("hex"), words.into_bytes()].concat();
    verifier.verify_oneshot(&bytes(&ballot["signature"]), &message).expect("an answer")
}

/// The program counts again from the file alone; exit code, and what it says of the file as it was and as it was tampered with.
fn recounted(published: &Value, voter: &Voter) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ballots.json");
    let run = |content: &Value, more: &[&str]| {
        std::fs::write(&file, content.to_string()).expect("a file");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_kyhop"));
        let out = command.arg("recount").arg("--json").args(more).arg(&file).output().expect("kyhop");
        let said: Value = serde_json::from_slice(&out.stdout).unwrap_or_default();
        let faults = said["recount"]["faults"].as_array().cloned().unwrap_or_default();
        let codes: Vec<String> = faults.iter().map(|f| f["code"].as_str().expect("a code").to_owned()).collect();
        (out.status.code(), codes, said)
    };
    let digest = published["digest"].as_str().expect("a digest");
    let (code, faults, said) = run(published, &["--digest", digest, "--receipt", &voter.receipt]);
    assert_eq!((code, faults.len()), (Some(0), 0), "{said}");
    assert_eq!(
        (&said["recount"]["agree"], &said["recount"]["disagree"], &said["recount"]["drawn"]),
        (&json!(1), &json!(1), &json!(3))
    );
    assert_eq!(
        (&said["digest_as_logged"], &said["receipt_counted_as"]),
        (&json!(true), &json!(voter.choice.as_str()))
    );
    assert_eq!(run(published, &["--digest", "00"]).0, Some(1));
    let missing = run(published, &["--receipt", "00"]);
    assert_eq!((missing.0, &missing.2["receipt_counted_as"]), (Some(1), &Value::Null));

    let mut turned = published.clone();
    let choice = if turned["ballots"][0]["choice"] == "agree" {
        "disagree"
    } else {
        "agree"
    };
    turned["ballots"][0]["choice"] = json!(choice);
    assert_eq!(run(&turned, &[]).1, ["not_signed", "digest_differs"]);
    let mut stuffed = published.clone();
    let again = stuffed["ballots"][0].clone();
    let ballots = stuffed["ballots"].as_array_mut().expect("ballots");
    ballots.extend([again.clone(), again]);
    let (code, faults, said) = run(&stuffed, &[]);
    assert_eq!(
        (code, faults),
        (
            Some(1),
            ["twice", "twice", "more_than_drawn", "digest_differs"].map(str::to_owned).to_vec()
        )
    );
    assert_eq!(
        (&said["recount"]["agree"], &said["recount"]["disagree"]),
        (&json!(1), &json!(1)),
        "counted once"
    );
    let mut fewer = published.clone();
    fewer["ballots"].as_array_mut().expect("ballots").pop();
    assert_eq!(run(&fewer, &[]).1, ["digest_differs"]);
    let mut other = published.clone();
    other["vote"] = json!("another");
    assert!(run(&other, &[]).1.starts_with(&["not_signed".to_owned(), "not_signed".to_owned()]));
    assert_eq!(run(&json!({ "vote": 5 }), &[]).0, Some(3));
}

fn secret(question: &str) -> Motion {
    Motion {
        form: VoteForm::Secret,
        majority: Majority::HalfPresent,
        ..motion(question)
    }
}

async fn cast(client: &Client, vote: &VoteId, ballot: &SecretBallot) -> (u16, String) {
    let answer = client
        .post(
            &format!("/api/v1/votes/{vote}/ballots"),
            &serde_json::to_value(ballot).expect("JSON"),
        )
        .await;
    (answer.status, if answer.status == 204 { String::new() } else { answer.code() })
}

/// All text of a table.
async fn dump(server: &Server, table: &str, columns: &[&str]) -> Vec<String> {
    let sql = format!("SELECT {} FROM {table}", columns.join(", "));
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .fetch_all(server.state.db.read())
        .await
        .expect("rows");
    rows.iter()
        .map(|r| {
            columns
                .iter()
                .map(|c| r.get::<Option<String>, _>(*c).unwrap_or_default())
                .collect::<Vec<_>>()
                .join("|")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_ballot_is_drawn_once_cast_by_nobody_and_counted_by_everybody() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 4).await;
        for present in &m.members[..3] {
            service.check_in(present, &m.id, "").await.expect("present");
        }
        refused(service.open_vote(&m.members[0], &m.id, &secret("Ai?")).await, "identity.forbidden");
        let vote = service
            .open_vote(&m.chair, &m.id, &secret("Đồng ý bổ nhiệm?"))
            .await
            .expect("a vote");
        let seen = async |who: &Actor| m.seen(&server, who).await.votes.remove(0);
        let modulus = seen(&m.chair).await.key.expect("a key");
        refused(service.cast(&m.members[0], &vote, Choice::Agree).await, "meetings.other_form");

        let choices = [Choice::Agree, Choice::Agree, Choice::Disagree];
        let voters: Vec<Voter> = choices.iter().map(|c| Voter::new(&vote, &modulus, *c)).collect();
        let draw = async |who: &Actor, voter: &Voter| service.draw_ballot(who, &vote, &voter.blinded()).await;
        refused(draw(&m.members[3], &voters[0]).await, "meetings.not_checked_in");
        refused(draw(&m.secretary, &voters[0]).await, "meetings.no_vote");
        refused(service.draw_ballot(&m.members[0], &vote, "AAAA").await, "meetings.ballot");
        let mut ballots = Vec::new();
        for (who, voter) in m.members.iter().zip(&voters) {
            let signed = draw(who, voter).await.expect("drawn");
            assert_eq!(draw(who, voter).await.expect("the same again"), signed, "an answer that was lost");
            ballots.push(voter.ballot(&signed));
        }
        let second = Voter::new(&vote, &modulus, Choice::Other);
        refused(draw(&m.members[0], &second).await, "meetings.already_drawn");
        assert!(seen(&m.members[0]).await.drawn && !seen(&m.chair).await.drawn);

        // Cast by a stranger, in another order than drawn; one of them twice.
        let stranger = server.stranger();
        let mut socket = server.browser(&m.chair).await.live().await.expect("a socket");
        socket.follow(&m.topic(), u64::from(u32::MAX)).await;
        let forged = SecretBallot {
            choice: Choice::Disagree,
            ..ballots[0].clone()
        };
        assert_eq!(cast(&stranger, &vote, &forged).await, (422, "meetings.ballot".into()));
        for at in [2, 0, 0] {
            assert_eq!(cast(&stranger, &vote, &ballots[at]).await.0, 204);
        }
        let two = LiveEvent::BallotCount {
            vote: vote.clone(),
            ballots: 2,
        };
        while !matches!(socket.hear().await.expect("the count"), ServerFrame::Passing { event, .. } if event == two) {}
        let now = seen(&m.members[0]).await;
        assert_eq!(
            (now.ballots, now.agree, now.disagree, now.other),
            (2, 0, 0, 0),
            "what they say is not told yet"
        );
        assert_eq!(
            server
                .machine(&m.chair)
                .await
                .get(&format!("/api/v1/votes/{vote}/ballots"))
                .await
                .code(),
            "meetings.vote_open"
        );

        service.close_vote(&m.chair, &vote).await.expect("closed");
        assert_eq!(cast(&stranger, &vote, &ballots[1]).await, (409, "meetings.vote_closed".into()));
        assert_eq!(
            cast(&stranger, &vote, &ballots[0]).await.0,
            204,
            "one that lies in the urn is known"
        );
        let closed = seen(&m.members[0]).await;
        assert_eq!(
            (closed.agree, closed.disagree, closed.ballots, closed.passed),
            (1, 1, 2, Some(false))
        );

        // Anybody who may see the meeting counts again; nobody else.
        let path = format!("/api/v1/votes/{vote}/ballots");
        assert_eq!(stranger.get(&path).await.status, 401);
        let other = server.signed_in(app::dto::identity::Role::Clerk).await;
        assert_eq!(other.get(&path).await.code(), "meetings.not_found");
        let published = server.machine(&m.members[3]).await.get(&path).await.ok().json();
        let all = published["ballots"].as_array().expect("ballots");
        assert_eq!((all.len(), published["voters"].as_array().map(Vec::len)), (2, Some(3)));
        assert!(all.iter().all(|b| verifies(&published, b)));
        let mut spoiled = all[0].clone();
        spoiled["choice"] = json!("other");
        assert!(!verifies(&published, &spoiled));
        assert!(all.iter().any(|b| b["receipt"] == json!(voters[0].receipt)));
        recounted(&published, &voters[0]);

        // With the database in hand: no row of a ballot names a person, no row of a person names a ballot, nothing has a moment.
        let urn = dump(&server, "secret_ballot", &["hash", "choice", "receipt", "prefix", "signature"]).await;
        let drawn = dump(&server, "ballot_drawn", &["person_id", "blinded", "signed"]).await;
        let keys = dump(&server, "vote_key", &["private"]).await;
        assert_eq!(
            (urn.len(), drawn.len(), keys),
            (2, 3, vec![String::new()]),
            "the private key is gone"
        );
        let (log, events) = (
            dump(&server, "audit", &["details", "action"]).await,
            dump(&server, "live_event", &["body"]).await,
        );
        for member in &m.members {
            assert!(!urn.iter().any(|row| row.contains(member.id())));
        }
        for ballot in &ballots {
            for row in drawn.iter().chain(&log).chain(&events) {
                assert!(!row.contains(&ballot.receipt) && !row.contains(&ballot.signature) && !row.contains(&ballot.prefix));
            }
        }
        let closing: Vec<_> = log
            .iter()
            .filter(|row| row.contains(published["digest"].as_str().expect("a digest")))
            .collect();
        assert_eq!(closing.len(), 1, "the log keeps the digest of the urn");
        assert!(!events.iter().any(|e| e.contains("ballot_count")), "counts are not kept");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ballots_lie_in_the_urn_in_the_order_of_their_hashes() {
    for server in servers().await {
        let service = &server.state.meetings;
        let m = Meeting::open(&server, 6).await;
        for present in &m.members {
            service.check_in(present, &m.id, "").await.expect("present");
        }
        let vote = service.open_vote(&m.chair, &m.id, &secret("Ai?")).await.expect("a vote");
        let modulus = m.seen(&server, &m.chair).await.votes[0].key.clone().expect("a key");
        for who in &m.members {
            let voter = Voter::new(&vote, &modulus, Choice::Agree);
            let signed = service.draw_ballot(who, &vote, &voter.blinded()).await.expect("drawn");
            assert_eq!(cast(&server.stranger(), &vote, &voter.ballot(&signed)).await.0, 204);
        }
        service.close(&m.chair, &m.id).await.expect("closed with its vote");
        // As they come out of the table when nobody asks for an order.
        let lying = dump(&server, "secret_ballot", &["hash"]).await;
        let mut sorted = lying.clone();
        sorted.sort();
        assert_eq!(lying, sorted);
        assert_eq!(m.seen(&server, &m.chair).await.votes[0].passed, Some(true));
    }
}
