//! Faults of the synchronous provider, which is asked by repeating the request under its key.

use kassa::{Account, Limits, Outcome, Pace};
use kassa_tests::sim::{Documented, Fault};

use super::{First, Row};
use crate::bench::{Bench, LONG, fast, ms, once, short, submits};
use crate::receipts::goods;

use Documented::{Device, Service};
use Fault::{
    AnswerHttp, CloseBeforeCommit, CommitThenClose, CommitThenError500, CommitThenHang, DocumentedError, HalfBody,
    Html, HtmlOk, Oversized, SlowDrip, StaySlow,
};

/// More than the dispatcher reads of an answer.
const TOO_MUCH: usize = 5 << 20;

fn co(faults: impl IntoIterator<Item = Fault>) -> Row {
    Row::new(First::CheckOnline, faults)
}

fn service(code: u32) -> Fault {
    DocumentedError(Service(code))
}

fn device(code: u32) -> Fault {
    DocumentedError(Device(code))
}

/// The repeat brings the first answer.
mod registered_and_not_told {
    use super::*;

    #[tokio::test]
    async fn error_500() {
        co([CommitThenError500]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn closed() {
        co([CommitThenClose]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn closed_again_and_again() {
        co([CommitThenClose, CommitThenClose]).sent(3).ends("registered co").await;
    }

    #[tokio::test]
    async fn silent() {
        co([CommitThenHang(LONG)]).impatient().sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn half_a_body() {
        co([HalfBody]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn far_too_long() {
        co([Oversized(TOO_MUCH)]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn some_other_body() {
        co([Oversized(10_000)]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn dripping() {
        co([SlowDrip(ms(5))]).ends("registered co").await;
    }

    #[tokio::test]
    async fn dripping_for_too_long() {
        co([SlowDrip(ms(1_000))]).impatient().sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn slow() {
        co([StaySlow(ms(700))]).ends("registered co").await;
    }

    /// The repeats are told that the first request is being processed (error 24), until it is.
    #[tokio::test]
    async fn too_slow_for_one_request() {
        co([StaySlow(ms(6_000))]).impatient().sent_about(2..=10_000).ends("registered co").await;
    }
}

/// The repeat registers it.
mod not_registered_and_not_told {
    use super::*;

    #[tokio::test]
    async fn closed() {
        co([CloseBeforeCommit]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn page_of_a_proxy() {
        co([Html]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn page_with_status_200() {
        co([HtmlOk]).sent(2).ends("registered co").await;
    }

    #[tokio::test]
    async fn undocumented_statuses() {
        for status in [204, 302, 307, 400, 401, 403, 404, 429, 502, 503, 504] {
            let body = if status == 204 { "" } else { "{}" };
            let answer = AnswerHttp { status, body: body.to_owned(), content_type: "application/json".to_owned() };
            co([answer]).sent(2).ends("registered co").await;
        }
    }

    /// Whatever calls itself an answer and proves nothing.
    #[tokio::test]
    async fn answers_that_prove_nothing() {
        let another = r#"{"Requestid":"order-2","Response":{"Error":0},"FiscalSign":1,"FCEError":0}"#;
        let refused_another = r#"{"Requestid":"order-2","Response":{"Error":51},"FCEError":0}"#;
        let unsigned = r#"{"Requestid":"order-1","Response":{"Error":0},"FCEError":0}"#;
        let failed = r#"{"Requestid":"order-1","Response":{"Error":0},"FiscalSign":1,"FCEError":0}"#;
        for (status, body) in [
            (200, ""),
            (200, "null"),
            (200, "[]"),
            (200, "{}"),
            (200, "{\"FCEError\":\"zero\"}"),
            (500, ""),
            (500, "{}"),
            (200, another),
            (200, refused_another),
            (200, unsigned),
            (500, failed),
        ] {
            let answer = AnswerHttp { status, body: body.to_owned(), content_type: "application/json".to_owned() };
            co([answer]).sent(2).ends("registered co").await;
        }
    }
}

/// What each code of the two tables comes to (FACTS D.2 and D.3), one receipt each.
mod tables {
    use super::*;

    #[tokio::test]
    async fn of_the_service() {
        for code in [2, 3, 17] {
            co([service(code)]).ends("rejected co invalid").await;
        }
        for code in [4, 7, 8, 9, 10, 12, 13, 14, 15, 21] {
            co([service(code)]).ends("registered sc").await;
        }
        // Busy: tried again, then elsewhere.
        for code in [1, 5, 18] {
            co([service(code)]).sent(2).ends("registered co").await;
            co([service(code), service(code), service(code)]).sent(3).ends("registered sc").await;
        }
        // Nothing is proved: the repeat tells.
        for code in [11, 16, 22, 23, 24, 25, 999] {
            co([service(code)]).sent(2).ends("registered co").await;
        }
    }

    /// The register may have it, or what makes repeats safe has failed: no second register and no second document.
    #[tokio::test]
    async fn of_the_service_in_trouble() {
        for code in [6, 19, 20] {
            for faults in [vec![service(code)], vec![CommitThenClose, service(code)]] {
                let bench = Bench::start().await;
                faults.into_iter().for_each(|fault| bench.co.faults().push(fault));
                let desk = bench.desk([bench.co(), bench.sc()]);
                let outcome = desk.register("order-1", goods()).await.unwrap();
                assert!(matches!(outcome.name(), "registered" | "in_doubt"), "{outcome:?}");
                bench.check(&desk, "order-1", &outcome).await;
                assert_eq!((outcome.account(), bench.sc.requests().len()), (Some("co"), 0));
            }
        }
    }

    /// Without its cache the service takes a repeat for a new request; the key is to be left alone (FACTS D.2).
    #[tokio::test]
    async fn of_the_service_in_trouble_are_not_repeated() {
        for code in [6, 19, 20] {
            co([service(code)]).ends("in_doubt co investigate").await;
        }
    }

    #[tokio::test]
    async fn of_the_register() {
        for code in [51, 69] {
            co([device(code)]).ends("rejected co invalid").await;
        }
        for code in [5, 22, 238] {
            co([device(code)]).ends("registered sc").await;
        }
        for code in [80, 85, 57, 200, 240, 255] {
            co([device(code)]).sent(2).ends("registered co").await;
        }
        // The answer that failed is kept and repeated: the doubt stays.
        let (_, _, outcome) = co([device(244)]).sent(3).ends("in_doubt co outcome_unknown").await;
        let Outcome::InDoubt { reason, .. } = outcome else { panic!() };
        assert_eq!(reason.code.as_deref(), Some("Error 244"));
        assert_eq!(reason.message.as_deref(), Some("Conversion to JSON failed: injected"));
    }

    /// Every code, with nothing done about it.
    #[tokio::test]
    async fn classes() {
        let service_classes: [(&str, &[u32]); 7] = [
            ("rejected co invalid", &[2, 3, 17]),
            ("rejected co auth_config", &[4, 7, 8, 9, 10, 13, 15, 21]),
            ("rejected co overloaded", &[1, 5, 18]),
            ("rejected co device_blocked", &[12, 14]),
            ("pending co", &[24]),
            ("in_doubt co outcome_unknown", &[16, 11, 22, 23, 25, 999]),
            ("in_doubt co investigate", &[6, 19, 20]),
        ];
        let device_classes: [(&str, &[u32]); 5] = [
            (
                "rejected co invalid",
                &[51, 52, 55, 94, 241, 242, 243, 245, 246, 69, 77, 73, 142, 208, 90, 95, 109, 9, 16, 125],
            ),
            (
                "rejected co device_blocked",
                &[70, 5, 6, 18, 20, 21, 22, 23, 7, 124, 207, 192, 1, 2, 60, 61, 74, 114, 115, 196, 248],
            ),
            ("rejected co auth_config", &[238, 239, 79]),
            ("pending co", &[80]),
            (
                "in_doubt co outcome_unknown",
                &[40, 41, 32, 17, 8, 247, 252, 85, 3, 4, 57, 200, 253, 254, 240, 244, 249, 250, 255, 10, 100, 999],
            ),
        ];
        let bench = Bench::start().await;
        // So many troubles in a row would let the account rest.
        let limits = Limits { failures: u32::MAX, ..Limits::default() };
        let desk = bench.desk_at(once(), [Account { limits, ..bench.co() }], []);
        let services =
            service_classes.iter().flat_map(|(said, codes)| codes.iter().map(|code| (*said, service(*code), *code)));
        let devices =
            device_classes.iter().flat_map(|(said, codes)| codes.iter().map(|code| (*said, device(*code), *code)));
        for (n, (said, fault, code)) in services.chain(devices).enumerate() {
            bench.co.faults().push(fault.clone());
            let key = format!("k{n}");
            let outcome = desk.register(&key, goods()).await.unwrap();
            assert_eq!(short(&outcome), said, "{fault:?}");
            bench.check(&desk, &key, &outcome).await;
            if let Outcome::Rejected { reason, .. } | Outcome::InDoubt { reason, .. } = outcome.outcome {
                let of = reason.code.unwrap();
                assert!(of.ends_with(&format!("Error {code}")), "{of}");
            }
            assert_eq!(submits(&bench.co).len(), n + 1);
        }
        assert_eq!((bench.documents(), bench.co.faults().waiting()), (0, 0));
    }

    /// What the service keeps as rejected wants a new key (CO14), what a register says of itself does not.
    #[tokio::test]
    async fn kept_rejections_want_a_new_key() {
        let kept = [51, 52, 55, 69, 73, 77, 94, 142, 208, 241, 242, 243, 245, 246];
        let bench = Bench::start().await;
        let desk = bench.desk_at(once(), [bench.co()], []);
        for code in kept.into_iter().chain([9, 22, 70, 125, 238]) {
            bench.co.faults().push(device(code));
            let key = format!("k{code}");
            desk.register(&key, goods()).await.unwrap();
            assert_eq!(desk.entry(&key).await.attempts[0].new_key, kept.contains(&code), "{code}");
        }
    }
}

/// What is said while the first request may be registered ends nothing that it does not speak of.
mod after_a_lost_answer {
    use super::*;

    #[tokio::test]
    async fn any_error_of_the_service() {
        for code in [1, 2, 3, 4, 5, 7, 8, 9, 10, 13, 15, 16, 17, 18, 21, 24, 99] {
            co([CommitThenClose, service(code)]).sent(3).ends("registered co").await;
        }
    }

    /// The service could not reach a register for the repeat; that is no word about the first request.
    #[tokio::test]
    async fn no_register_for_the_repeat() {
        for code in [12, 14] {
            co([CommitThenClose, service(code)]).sent(3).ends("registered co").await;
        }
    }

    #[tokio::test]
    async fn pages_and_silence() {
        co([CommitThenClose, Html]).sent(3).ends("registered co").await;
        co([CommitThenClose, HtmlOk]).sent(3).ends("registered co").await;
    }

    /// What is remembered of the key is the answer to the first request; what keeps the register from working now is not.
    #[tokio::test]
    async fn a_word_of_the_register() {
        co([CloseBeforeCommit, device(22)]).sent(3).ends("registered co").await;
        co([CloseBeforeCommit, device(22), device(22)]).sent(3).ends("in_doubt co outcome_unknown").await;
        co([CloseBeforeCommit, device(51)]).sent(2).ends("rejected co invalid").await;
    }
}

/// Doubt that the repeats do not end stays one, and nobody else is asked.
#[tokio::test]
async fn no_answer_at_all() {
    let (bench, desk, outcome) =
        co([CommitThenClose, Html, HalfBody]).sent(3).ends("in_doubt co outcome_unknown").await;
    let Outcome::InDoubt { reason, .. } = &outcome else { panic!() };
    assert_eq!(reason.about, "The request left, and no whole answer came back.");
    assert_eq!(bench.documents(), 1);
    // One more look.
    let outcome = desk.status("order-1").await.unwrap();
    assert_eq!(short(&outcome), "registered co");
    bench.check(&desk, "order-1", &outcome).await;
    assert_eq!((submits(&bench.co).len(), bench.sc.requests().len()), (4, 0));
}

/// A submission that is being processed is not given up after a few repeats.
#[tokio::test]
async fn in_progress_is_waited_for() {
    let busy = (0..8).map(|_| service(24));
    co(busy).sent(9).ends("registered co").await;
}

/// A rejection that a pause may cure is not tried for longer than the caller waits.
#[tokio::test]
async fn busy_and_no_patience() {
    let bench = Bench::start().await;
    bench.co.faults().push(service(18));
    let desk = bench.desk_at(Pace { patience: ms(0), ..fast() }, [bench.co()], []);
    let outcome = desk.register("order-1", goods()).await.unwrap();
    assert_eq!(short(&outcome), "rejected co overloaded");
    bench.check(&desk, "order-1", &outcome).await;
    assert_eq!(submits(&bench.co).len(), 1);
}
