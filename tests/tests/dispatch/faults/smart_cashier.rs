//! Faults of the asynchronous provider, whose key may be repeated and asked for.

use kassa::{Outcome, Pace};
use kassa_tests::sim::{Documented, Fault};

use super::{First, Row};
use crate::bench::{Bench, LONG, TOKEN, asks, fast, ms, registration, short, submits};
use crate::receipts::{cash, goods};

use Documented::{Http, OperationFailed};
use Fault::{
    AnswerHttp, CloseBeforeCommit, CommitThenClose, CommitThenError500, CommitThenHang, DocumentedError, HalfBody,
    Html, HtmlOk, LateVisibility, NotPrinted, Oversized, SlowDrip, StaySlow,
};

/// More than the dispatcher reads of an answer.
const TOO_MUCH: usize = 5 << 20;

fn sc(faults: impl IntoIterator<Item = Fault>) -> Row {
    Row::new(First::SmartCashier, faults)
}

/// What was registered is found by asking, and not sent again.
mod registered_and_not_told {
    use super::*;

    #[tokio::test]
    async fn error_500() {
        sc([CommitThenError500]).ends("registered sc").await;
    }

    #[tokio::test]
    async fn closed() {
        sc([CommitThenClose]).ends("registered sc").await;
    }

    #[tokio::test]
    async fn silent() {
        sc([CommitThenHang(LONG)]).impatient().ends("registered sc").await;
    }

    #[tokio::test]
    async fn half_a_body() {
        sc([HalfBody]).ends("registered sc").await;
    }

    #[tokio::test]
    async fn far_too_long() {
        sc([Oversized(TOO_MUCH)]).ends("registered sc").await;
    }

    /// The document shows no body of an acceptance, so any will do (SC8).
    #[tokio::test]
    async fn some_other_body() {
        sc([Oversized(10_000)]).ends("registered sc").await;
    }

    #[tokio::test]
    async fn paper() {
        let (_, _, outcome) = sc([NotPrinted]).ends("registered sc").await;
        assert_eq!(registration(&outcome).not_printed, Some(true));
    }
}

/// What the provider does not know is sent again under the same key.
mod not_registered_and_not_told {
    use super::*;

    #[tokio::test]
    async fn closed() {
        sc([CloseBeforeCommit]).sent(2).ends("registered sc").await;
    }

    #[tokio::test]
    async fn closed_again_and_again() {
        sc([CloseBeforeCommit, CloseBeforeCommit]).sent(3).ends("registered sc").await;
    }

    #[tokio::test]
    async fn page_of_a_proxy() {
        sc([Html]).sent(2).ends("registered sc").await;
    }

    #[tokio::test]
    async fn page_with_status_200() {
        sc([HtmlOk]).sent(2).ends("registered sc").await;
    }

    #[tokio::test]
    async fn undocumented_statuses() {
        for status in [204, 302, 307, 409, 429, 502, 503, 504] {
            let body = if status == 204 { "" } else { "{}" };
            let answer = AnswerHttp { status, body: body.to_owned(), content_type: "application/json".to_owned() };
            sc([answer]).sent(2).ends("registered sc").await;
        }
    }

    #[tokio::test]
    async fn documented_404() {
        sc([DocumentedError(Http(404))]).sent(2).ends("registered sc").await;
    }

    #[tokio::test]
    async fn documented_500() {
        sc([DocumentedError(Http(500))]).sent(2).ends("registered sc").await;
    }
}

/// What is surely not registered goes elsewhere, if that can help.
mod rejected {
    use super::*;

    #[tokio::test]
    async fn documented_400() {
        let (bench, _, outcome) = sc([DocumentedError(Http(400))]).ends("rejected sc invalid").await;
        assert_eq!(asks(&bench.sc).len(), 0);
        let Outcome::Rejected { reason, .. } = outcome else { panic!() };
        assert_eq!((reason.code.as_deref(), reason.about.as_str()), (Some("HTTP 400"), "The request is wrong."));
        assert_eq!(reason.message.as_deref(), Some(r#"{"message":"injected"}"#));
        assert_eq!(
            reason.next_step,
            "The request is wrong; mend it and send it under a new key. It is surely not registered, so a new key is safe."
        );
    }

    #[tokio::test]
    async fn documented_401() {
        sc([DocumentedError(Http(401))]).ends("registered co").await;
    }

    #[tokio::test]
    async fn documented_403() {
        sc([DocumentedError(Http(403))]).ends("registered co").await;
    }

    #[tokio::test]
    async fn by_the_register() {
        let (bench, desk, _) =
            sc([DocumentedError(OperationFailed("Открыта крышка.".to_owned()))]).ends("registered co").await;
        let entry = desk.entry("order-1").await;
        let reason = entry.attempts[0].reason.as_ref().unwrap();
        assert_eq!((reason.class.as_str(), reason.message.as_deref()), ("device_blocked", Some("Открыта крышка.")));
        assert!(entry.attempts[0].new_key);
        assert!(!asks(&bench.sc).is_empty());
    }

    #[tokio::test]
    async fn by_the_only_register() {
        let bench = Bench::start().await;
        bench.sc.faults().push(DocumentedError(OperationFailed("Открыта крышка.".to_owned())));
        let desk = bench.desk([bench.sc()]);
        let outcome = desk.register("order-1", goods()).await.unwrap();
        assert_eq!(short(&outcome), "rejected sc device_blocked");
        bench.check(&desk, "order-1", &outcome).await;
        // A new key is a new matter.
        let outcome = desk.register("order-2", goods()).await.unwrap();
        bench.check(&desk, "order-2", &outcome).await;
        assert_eq!(short(&outcome), "registered sc");
    }

    /// After status 3 the same key is never revived, so another account at the same provider needs a new one (SC9).
    #[tokio::test]
    async fn the_next_attempt_has_a_new_key() {
        let bench = Bench::start().await;
        for _ in 0..2 {
            bench.sc.faults().push(DocumentedError(OperationFailed("Нет бумаги".to_owned())));
        }
        let accounts = ["sc", "sc-2", "sc-3"].map(|name| bench.sc_at(name, &bench.sc.base_url(), TOKEN));
        let desk = bench.desk(accounts);
        let outcome = desk.register("order-1", goods()).await.unwrap();
        assert_eq!(short(&outcome), "registered sc-3");
        bench.check(&desk, "order-1", &outcome).await;
        let entry = desk.entry("order-1").await;
        let keys: Vec<_> =
            entry.attempts.iter().map(|attempt| (attempt.account.as_str(), attempt.provider_key.as_str())).collect();
        assert_eq!(keys, [("sc", "order-1"), ("sc-2", "order-1-2"), ("sc-3", "order-1-3")]);
        assert_eq!((submits(&bench.sc).len(), bench.sc.ledger().by_key("order-1-3").len()), (3, 1));
        // The numbered key is taken: who submits under it gets another one at the provider.
        let outcome = desk.register("order-1-3", goods()).await.unwrap();
        assert_eq!(short(&outcome), "registered sc");
        assert_eq!(desk.entry("order-1-3").await.attempts[0].provider_key, "order-1-3-2");
        assert_eq!((bench.sc.ledger().count(), bench.sc.conflicts()), (2, 0));
    }

    /// A wrong token says nothing of the request, so the key stays.
    #[tokio::test]
    async fn another_token_needs_no_new_key() {
        let bench = Bench::start().await;
        let wrong = bench.sc_at("sc-wrong", &bench.sc.base_url(), "wrong-token");
        let desk = bench.desk([wrong, bench.sc()]);
        let outcome = desk.register("order-1", goods()).await.unwrap();
        assert_eq!(short(&outcome), "registered sc");
        bench.check(&desk, "order-1", &outcome).await;
        let fates: Vec<_> =
            desk.entry("order-1").await.attempts.into_iter().map(|attempt| attempt.reason.map(|it| it.class)).collect();
        assert_eq!(fates, [Some("auth_config".to_owned()), None]);
    }
}

/// An answer to a question says nothing but what it says.
mod asking {
    use super::*;

    #[tokio::test]
    async fn not_known_yet() {
        // It is sent again while it is not seen, and the provider registers the first one alone.
        sc([LateVisibility(ms(400))]).sent_about(2..=3).ends("registered sc").await;
    }

    /// [`Pace::attempts`] bounds the repeats, whatever they are answered.
    #[tokio::test]
    async fn not_known_for_long() {
        sc([LateVisibility(ms(1_500))]).sent_about(2..=3).ends("registered sc").await;
    }

    #[tokio::test]
    async fn slow() {
        sc([StaySlow(ms(700))]).ends("registered sc").await;
    }

    #[tokio::test]
    async fn too_slow_for_one_call() {
        let row = Row { pace: Pace { patience: ms(300), ..fast() }, ..sc([StaySlow(ms(1_500))]) };
        let (bench, desk, _) = row.ends("pending sc").await;
        assert_eq!(bench.documents(), 0);

        assert_eq!(short(&desk.status("order-1").await.unwrap()), "pending sc");
        tokio::time::sleep(ms(1_300)).await;
        let outcome = desk.status("order-1").await.unwrap();
        assert_eq!(short(&outcome), "registered sc");
        bench.check(&desk, "order-1", &outcome).await;
        assert_eq!((submits(&bench.sc).len(), bench.co.requests().len()), (1, 0));
    }

    #[tokio::test]
    async fn what_it_waits_for_is_told() {
        let row = Row { pace: Pace { patience: ms(0), ..fast() }, ..sc([StaySlow(LONG)]) };
        let (_, _, outcome) = row.ends("pending sc").await;
        let Outcome::Pending { about, .. } = outcome else { panic!() };
        assert_ne!(about, "");
    }

    #[tokio::test]
    async fn refused_at_the_door() {
        for status in [400, 401, 403, 500] {
            let faults = [DocumentedError(Http(status)), DocumentedError(Http(status))];
            sc([]).asked(faults).ends("registered sc").await;
        }
    }

    #[tokio::test]
    async fn refused_while_it_may_be_registered() {
        for status in [400, 401, 403, 500] {
            sc([CommitThenClose]).asked([DocumentedError(Http(status))]).ends("registered sc").await;
        }
    }

    #[tokio::test]
    async fn no_longer_known() {
        // The provider is sent the same again, and knows the key.
        sc([]).asked([DocumentedError(Http(404))]).sent(2).ends("registered sc").await;
    }

    #[tokio::test]
    async fn no_readable_answer() {
        let broken = AnswerHttp { status: 200, body: "{\"status\":".to_owned(), content_type: "text/plain".to_owned() };
        let unknown = AnswerHttp { status: 200, body: "{\"status\":7}".to_owned(), content_type: String::new() };
        let none = AnswerHttp {
            status: 200,
            body: "{\"status\":2,\"fiscalParams\":null}".to_owned(),
            content_type: String::new(),
        };
        for fault in
            [Html, HtmlOk, CloseBeforeCommit, HalfBody, Oversized(TOO_MUCH), Oversized(2), broken, unknown, none]
        {
            sc([]).asked([fault]).ends("registered sc").await;
        }
    }

    #[tokio::test]
    async fn dripping_answer() {
        sc([]).asked([SlowDrip(ms(5))]).ends("registered sc").await;
    }

    #[tokio::test]
    async fn dripping_for_too_long() {
        sc([]).asked([SlowDrip(ms(1_000))]).impatient().ends("registered sc").await;
    }

    /// The answer to a repeat is no answer to the first request.
    #[tokio::test]
    async fn repeat_is_refused() {
        for status in [400, 401, 403, 404, 500] {
            let row = sc([LateVisibility(ms(300)), DocumentedError(Http(status))]);
            row.sent_about(2..=3).ends("registered sc").await;
        }
    }
}

/// Doubt that nobody ends stays one, and nobody else is asked.
#[tokio::test]
async fn no_answer_at_all() {
    let bench = Bench::start().await;
    let faults = bench.sc.faults();
    (0..200).for_each(|_| faults.push_for_status(CloseBeforeCommit));
    let desk = bench.desk_at(Pace { patience: ms(300), ..fast() }, [bench.sc(), bench.co()], []);
    faults.push(CommitThenClose);
    let outcome = desk.register("order-1", goods()).await.unwrap();
    assert_eq!(short(&outcome), "in_doubt sc outcome_unknown");
    bench.check(&desk, "order-1", &outcome).await;
    let Outcome::InDoubt { reason, .. } = &outcome.outcome else { panic!() };
    assert_eq!(reason.about, "The request left, and no whole answer came back.");
    assert_eq!(
        reason.next_step,
        "Do not submit it under another key before this is settled. \
         `resume` repeats the request with its key until the provider answers."
    );
    assert_eq!((submits(&bench.sc).len(), bench.co.requests().len(), bench.documents()), (1, 0, 1));
}

/// Cash goes the same way.
#[tokio::test]
async fn cash_is_not_moved_twice() {
    for fault in [CommitThenError500, CommitThenClose, HalfBody, CloseBeforeCommit, LateVisibility(ms(200))] {
        let bench = Bench::start().await;
        bench.sc.faults().push(fault);
        let desk = bench.desk([bench.sc(), bench.co()]);
        let outcome = desk.cash_out("till-1", cash("12.34")).await.unwrap();
        assert_eq!(short(&outcome), "registered sc");
        bench.check(&desk, "till-1", &outcome).await;
        assert_eq!(bench.documents(), 1);
    }
}
