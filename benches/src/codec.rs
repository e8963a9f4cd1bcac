//! Requests and answers of every provider, through its mapping and by hand.

use std::hint::black_box;

use bytes::Bytes;
use kassa::Provider;
use kassa::kassa_core::{Reply, Verdict};
use kassa::uniform::{Operation, Receipt, Registration, StatusQuery, Submission};

use crate::by_hand::{checkonline, itkassa, mobika, rentel, smartcashier};
use crate::loopback::Side;
use crate::receipt;

/// A provider, what it is sent, and a documented answer of it.
#[derive(Debug)]
pub struct Codec {
    provider: Box<dyn Provider>,
    receipt: Receipt,
    submission: Submission,
    answer: Answer,
    reply: Reply,
}

/// A documented answer.
#[derive(Debug, Clone, Copy)]
struct Answer {
    body: &'static str,
    /// The key that it speaks of.
    key: &'static str,
    /// What is asked, where it does not answer the submission itself.
    asked: Option<Operation>,
}

macro_rules! example {
    ($path:literal) => {
        include_str!(concat!("../../specs/providers/", $path))
    };
}

/// What each provider answers at the end; of one that ends by callback, what it answers when it takes a receipt; and of one
/// whose document shows no answer about a receipt, that about a shift.
fn answer(provider: &str) -> Answer {
    let (body, key, asked) = match provider {
        "checkonline" => {
            (example!("checkonline/examples/complex.response.json"), "ac88fe9f-5885-11ea-ae38-788b1848edc8", None)
        }
        "itkassa" => {
            (example!("itkassa/examples/open_session_done.response.json"), receipt::KEY, Some(Operation::OpenShift))
        }
        "mobika" => (
            example!("mobika/examples/get_order.response.json"),
            "267f642d-9081-4045-a749-f9d299aef295",
            Some(Operation::RegisterReceipt),
        ),
        "rentel" => (example!("rentel/examples/create_receipt_success.response.json"), receipt::KEY, None),
        _ => (
            example!("smartcashier/examples/check_status_processed.response.json"),
            receipt::KEY,
            Some(Operation::RegisterReceipt),
        ),
    };
    Answer { body, key, asked }
}

impl Codec {
    /// Of every provider.
    pub fn all() -> impl Iterator<Item = Self> {
        receipt::providers("https://provider.example").map(|provider| {
            let (receipt, answer) = (receipt::ten_items(), answer(provider.info().name));
            let reply = Reply::new(Bytes::from_static(answer.body.as_bytes()));
            Self { provider, submission: Submission::RegisterReceipt(receipt.clone()), receipt, answer, reply }
        })
    }

    /// The provider's name, for people.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.provider.info().title
    }

    /// Makes the request that registers the receipt.
    pub fn encode(&self, side: Side) {
        match side {
            Side::Ours => drop(black_box(self.provider.encode(receipt::KEY, black_box(&self.submission)))),
            Side::ByHand => drop(black_box(self.body_by_hand())),
        }
    }

    /// Reads the answer.
    pub fn decode(&self, side: Side) {
        match side {
            Side::Ours => drop(black_box(self.verdict())),
            Side::ByHand => match self.provider.info().name {
                "checkonline" => drop(black_box(checkonline::decode(self.reply.body()))),
                "itkassa" => drop(black_box(itkassa::decode(self.reply.body()))),
                "mobika" => drop(black_box(mobika::decode(self.reply.body()))),
                "rentel" => drop(black_box(rentel::decode(self.reply.body()))),
                _ => drop(black_box(smartcashier::decode(self.reply.body()))),
            },
        }
    }

    fn body_by_hand(&self) -> Vec<u8> {
        let encode = match self.provider.info().name {
            "checkonline" => checkonline::encode,
            "itkassa" => itkassa::encode,
            "mobika" => mobika::encode,
            "rentel" => rentel::encode,
            _ => smartcashier::encode,
        };
        encode(receipt::KEY, black_box(&self.receipt))
    }

    fn verdict(&self) -> Verdict<Registration> {
        let Answer { key, asked, .. } = self.answer;
        match asked {
            None => self.provider.decode(key, &self.submission, &self.reply),
            Some(operation) => {
                self.provider.status_reply(key, &StatusQuery { operation, provider_id: None }, &self.reply)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_send_the_same_bytes() {
        for codec in Codec::all() {
            let ours = codec.provider.encode(receipt::KEY, &codec.submission).unwrap();
            let (ours, by_hand) = (ours.body(), codec.body_by_hand());
            let shown = |body| String::from_utf8_lossy(body).into_owned();
            assert_eq!(shown(ours), shown(&by_hand), "{}", codec.title());
        }
    }

    #[test]
    fn both_read_the_answers() {
        for codec in Codec::all() {
            codec.decode(Side::ByHand);
            match (codec.provider.info().name, codec.verdict()) {
                (_, Verdict::Done(_)) => {}
                ("rentel", Verdict::Found(finding)) if finding.class.name == "in_progress" => {}
                (name, verdict) => panic!("{name}: {verdict:?}"),
            }
        }
    }
}
