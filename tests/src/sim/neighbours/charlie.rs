//! Charlie: a drawer behind a cookie and an RSA signature over every body.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::super::document::{Entry, Operation};
use super::super::faults::Target;
use super::super::http::{Answer, Reply, Request, Vendor};
use super::super::ledger::Ledger;
use super::super::{Fault, Faults, Simulator};
use super::{Body, denied};

/// Starts the simulator: `session` is let in with what the owner of `public_key` (PKCS #1, DER) has signed.
pub async fn start(session: &str, public_key: Vec<u8>) -> Simulator {
    let session = format!("session={session}");
    super::start(|ledger, faults| Charlie { session, public_key, ledger, faults, deposits: Mutex::default() }).await
}

struct Charlie {
    session: String,
    public_key: Vec<u8>,
    ledger: Ledger,
    faults: Faults,
    deposits: Mutex<HashSet<String>>,
}

impl Vendor for Charlie {
    async fn handle(&self, request: Request) -> Reply {
        let mut turn = self.faults.turn(Target::Submit, &request);
        if let Some(reply) = turn.meet(Fault::fits_any_request).and_then(Fault::in_place_of_vendor) {
            return reply;
        }
        let answer = self.deposit(&request).unwrap_or_else(|answer| answer);
        turn.deliver(answer).await
    }
}

impl Charlie {
    fn deposit(&self, request: &Request) -> Result<Answer, Answer> {
        let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header("cookie") != self.session {
            return Err(denied(401, "wrong session"));
        }
        let signature = unbase64(header("signature")).ok_or_else(|| denied(401, "no signature in Base64"))?;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key)
            .verify(&request.body, &signature)
            .map_err(|_| denied(401, "wrong signature"))?;
        let body = Body::read(request)?;
        let (id, amount) = (body.text("id")?, body.integer("amount")?);
        body.has(2)?;
        if self.deposits.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned()) {
            let mut entry = Entry::draft(id, Operation::CashIn, &String::from_utf8_lossy(&request.body));
            entry.total_kopecks = amount;
            self.ledger.schedule(entry, Duration::ZERO);
        }
        Ok(Answer::json(201, ""))
    }
}

/// Base64 with padding, read without the client's library.
fn unbase64(text: &str) -> Option<Vec<u8>> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = text.trim_end_matches('=');
    if text.is_empty() || !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let (mut bits, mut held, mut out) = (0_u32, 0, Vec::new());
    for digit in digits.bytes() {
        let value = DIGITS.iter().position(|known| *known == digit)?;
        bits = bits << 6 | u32::try_from(value).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(out)
}
