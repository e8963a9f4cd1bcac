//! A submission that is of no use after some time.

use super::*;

// With the clock of the machine: a paused one runs ahead while the journal's thread is at work.
#[tokio::test]
async fn nothing_is_sent_for_the_first_time_after_its_deadline() {
    let short_while = Duration::from_secs(20);
    let bench = Bench::new();
    bench.net.script("a", [Throttle(30)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    // The pause that is asked for is longer than there is time, so another account has it.
    assert_eq!(short(&dispatcher.submit_within("k", sale(), short_while).await.unwrap()), "registered b");

    // Both are asked to be left alone for longer.
    let bench = Bench::new();
    bench.net.script("a", [Throttle(30)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    assert_eq!(short(&dispatcher.submit_within("k", sale(), short_while).await.unwrap()), "rejected a overloaded");

    // Accepted, and not sent before the process ended: it is sent in time, and not later.
    for (key, shift, outcome) in [("l", 19, "registered a"), ("m", 21, "not_sent")] {
        let content = Content::of(sale()).unwrap();
        let (id, at) = (EntryId::of(key), bench.clock.now());
        let deadline = Some(at + short_while);
        let new = NewEntry { id, hash: content.hash, submission: content.json, warnings: vec![], deadline, at };
        bench.journal.accept(new).await.unwrap();
        bench.clock.shift(shift);
        bench.net.clear("a");
        let resumed = bench.dispatcher([account("a", &KEYED)]).resume().await.unwrap();
        assert_eq!((resumed[0].0.as_str(), short(&resumed[0].1).as_str()), (key, outcome));
        let Outcome::NotSent { passed_over } = &resumed[0].1.outcome else { continue };
        assert_eq!(passed_over[0].reason, "the time in which it was to be sent is over");
    }
}

#[tokio::test]
async fn whoever_has_no_time_is_told_so_and_nothing_is_sent() {
    let bench = Bench::new();
    let dispatcher = bench.dispatcher([account("a", &KEYED)]);
    assert_eq!(dispatcher.submit_within("k", sale(), Duration::ZERO).await, Err(SubmitError::Late));
    // The work goes on, to the end that the deadline leaves it.
    while bench.entry_of("k").await.is_none_or(|entry| !entry.state.is_final()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(short(&dispatcher.status("k").await.unwrap()), "not_sent");
    assert!(bench.net.calls().is_empty());
    // However little time there is, another content is another one.
    let long = Duration::from_secs(60);
    let conflict = dispatcher.submit_within("k", Submission::RegisterReceipt(receipt("1.00")), long).await;
    assert!(matches!(conflict, Err(SubmitError::Conflict { .. })), "{conflict:?}");
}

#[tokio::test]
async fn what_has_left_goes_on_when_the_deadline_has_passed() {
    let bench = Bench::new();
    bench.net.script("a", vec![Lose; 100]);
    let dispatcher = bench.dispatcher([account("a", &KEYED), account("b", &KEYED)]);
    // Long enough for a busy machine to send it.
    let deadline = Instant::now() + Duration::from_secs(2);
    let told = dispatcher.submit_within("k", sale(), deadline - Instant::now()).await.unwrap();
    assert_eq!(short(&told), "in_doubt a outcome_unknown");
    tokio::time::sleep_until(deadline).await;
    bench.net.clear("a");
    while dispatcher.submit("k", sale()).await == Err(SubmitError::InProgress) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
}
