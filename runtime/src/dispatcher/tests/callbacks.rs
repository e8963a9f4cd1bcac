//! Callbacks, in whatever order they come, however often, and from whom.

use std::sync::Mutex;

use async_trait::async_trait;
use kassa_core::{Reply, Request};
use kassa_providers::uniform::error_class::NOT_FOUND;
use tokio::time::sleep;

use super::*;
use crate::error::CallbackError;
use crate::journal::{Effect, Fate, NewCallback, State};
use crate::testing::{
    BLIND_RINGS, KEYED_RINGS, RUMOURS_ASKS, RUMOURS_BLIND, UUID_RINGS, registration, ring, ring_with,
};
use crate::transport::{REPLY_LIMIT, SendError};

const REJECTED: &str = "device_blocked 9 true";

fn registered(number: usize) -> String {
    registration(number, "70.50")
}

impl Bench {
    /// What became of each callback of `key`.
    async fn effects(&self, key: &str) -> Vec<Option<Effect>> {
        let kept = self.journal.callbacks(&EntryId::of(key)).await.unwrap();
        kept.into_iter().map(|kept| kept.effect).collect()
    }

    /// The entry once it has ended.
    async fn ended(&self, key: &str) -> Entry {
        for _ in 0..100 {
            let entry = self.entry(key).await;
            if entry.state.is_final() {
                return entry;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("{key} does not end: {:?}", self.entry(key).await)
    }
}

/// A dispatcher that works by the clock on the wall: a clock that stands still jumps while the journal is written.
fn brisk(
    bench: &Bench,
    accounts: impl IntoIterator<Item = Account>,
    transport: impl Transport + 'static,
) -> Dispatcher {
    let ms = Duration::from_millis;
    let pace = Pace { first_delay: ms(100), max_delay: ms(400), attempts: 3, patience: Duration::from_secs(5) };
    let builder = Dispatcher::builder().accounts(accounts).journal(bench.journal.clone()).transport(transport);
    builder.clock(bench.clock.clone()).pace(pace).build().unwrap()
}

/// Passes a callback on; the status of the answer, and what is known then.
async fn call(dispatcher: &Dispatcher, account: &str, request: Request) -> (u16, Option<String>) {
    let answer = dispatcher.callback(account, request).await.unwrap();
    let told = answer.extensions().get::<Told>();
    (answer.status().as_u16(), told.and_then(|told| told.outcome.as_ref()).map(short))
}

#[tokio::test(start_paused = true)]
async fn ends_what_is_pending_once() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "pending a");
    let done = || ring("a", "k", &registered(1));
    assert_eq!(call(&dispatcher, "a", done()).await, (202, Some("registered a".to_owned())));
    let before = bench.entry("k").await;
    assert_eq!((before.state, before.attempts[0].fate), (State::Registered, Some(Fate::Registered)));
    // Twice, and late: in another process.
    assert_eq!(call(&dispatcher, "a", done()).await, (202, Some("registered a".to_owned())));
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS)]);
    assert_eq!(call(&dispatcher, "a", done()).await, (202, Some("registered a".to_owned())));
    let after = bench.entry("k").await;
    assert_eq!((&after.outcome, after.changed_at), (&before.outcome, before.changed_at));
    let kept = dispatcher.callbacks("k").await.unwrap();
    assert_eq!((kept.len(), kept[0].times, kept[0].effect), (1, 3, Some(Effect::Moved)));
    assert_eq!(bench.net.calls(), ["a POST k"]);
    // The same document in other words.
    assert_eq!(call(&dispatcher, "a", ring("a", "k", r#"{"document_number":1,"unread":[]}"#)).await.0, 202);
    assert_eq!(bench.effects("k").await, [Some(Effect::Moved), Some(Effect::Same)]);
}

#[tokio::test]
async fn ends_the_wait_of_whoever_submits() {
    for info in [&BLIND_RINGS, &KEYED_RINGS] {
        let bench = Bench::new();
        bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
        bench.net.script("a", [Say(&IN_PROGRESS, false); 20]);
        let dispatcher = brisk(&bench, [account("a", info)], bench.net.clone());
        let (submitting, began) = (dispatcher.clone(), Instant::now());
        let submission = tokio::spawn(async move { submitting.submit("k", sale()).await.unwrap() });
        while bench.entry_of("k").await.is_none_or(|entry| entry.state != State::Pending) {
            sleep(Duration::from_millis(1)).await;
        }
        // Whoever works on it weighs it; nobody else waits for that.
        assert_eq!(call(&dispatcher, "a", ring("a", "k", &registered(1))).await, (202, None));
        assert_eq!(short(&submission.await.unwrap()), "registered a");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert_eq!(bench.effects("k").await, [Some(Effect::Moved)]);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_a_callback_that_cannot_come() {
    for (info, seconds) in [(&BLIND_RINGS, 60), (&RUMOURS_BLIND, 0), (&BLIND, 0)] {
        let bench = Bench::new();
        bench.net.script("a", [Lose]);
        let began = Instant::now();
        bench.dispatcher([account("a", info)]).submit("k", sale()).await.unwrap();
        assert_eq!(began.elapsed().as_secs(), seconds);
    }
}

/// A network that calls back before it answers.
#[derive(Debug, Clone)]
struct Ringing {
    net: Net,
    dispatcher: Arc<Mutex<Option<Dispatcher>>>,
    words: String,
}

#[async_trait]
impl Transport for Ringing {
    async fn send(&self, account: &Account, request: Request) -> Result<Reply, SendError> {
        let key = request.uri().path().trim_start_matches('/').to_owned();
        let submits = request.method() == http::Method::POST;
        let answer = self.net.send(account, request).await;
        let dispatcher = self.dispatcher.lock().unwrap().clone();
        if let (Some(dispatcher), true, "a") = (dispatcher, submits, &*account.name) {
            let rung = ring(&account.name, &key, &self.words);
            assert_eq!(call(&dispatcher, &account.name, rung).await, (202, None));
        }
        answer
    }
}

#[tokio::test]
async fn is_not_lost_when_it_comes_before_the_answer() {
    let done = registered(1);
    for (act, words, expected, effect) in [
        (ServeAndSay(&IN_PROGRESS), &*done, "registered a", Effect::Moved),
        (ServeAndLose, &*done, "registered a", Effect::Moved),
        (ServeAndSay(&OUTCOME_UNKNOWN), &*done, "registered a", Effect::Moved),
        (Serve, &*done, "registered a", Effect::Same),
        // What says that it is registered is believed; nothing is sent again or elsewhere.
        (ServeAndSay(&DEVICE_BLOCKED), &*done, "registered a", Effect::Moved),
        (ServeAndSay(&OVERLOADED), &*done, "registered a", Effect::Moved),
        (Say(&IN_PROGRESS, false), REJECTED, "registered b", Effect::Moved),
        (Lose, REJECTED, "registered b", Effect::Moved),
        (Serve, REJECTED, "registered a", Effect::Conflict),
        (ServeAndSay(&IN_PROGRESS), "in_progress 1 false", "pending a", Effect::Nothing),
        (ServeAndSay(&IN_PROGRESS), "investigate 1 false", "in_doubt a investigate", Effect::Moved),
    ] {
        let bench = Bench::new();
        bench.net.script("a", [act]);
        let transport = Ringing { net: bench.net.clone(), dispatcher: Arc::default(), words: words.to_owned() };
        let dispatcher = brisk(&bench, [account("a", &BLIND_RINGS), account("b", &KEYED)], transport.clone());
        *transport.dispatcher.lock().unwrap() = Some(dispatcher.clone());
        let submission = dispatcher.submit("k", sale());
        let outcome = tokio::time::timeout(Duration::from_secs(60), submission).await.expect("it ends").unwrap();
        assert_eq!(short(&outcome), expected, "{act:?} {words}");
        assert_eq!(bench.effects("k").await, [Some(effect)], "{act:?} {words}");
        assert!(bench.net.ledger().len() <= 1 && bench.net.calls().len() <= 2, "{act:?} {words}");
        *transport.dispatcher.lock().unwrap() = None;
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_forged_or_broken_teaches_nothing() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS), account("c", &KEYED)]);
    dispatcher.submit("k", sale()).await.unwrap();
    let before = bench.entry("k").await;
    let mut unproved = ring("a", "k", &registered(1));
    unproved.headers_mut().clear();
    let mut got = ring("a", "k", &registered(1));
    *got.method_mut() = http::Method::GET;
    let mut long = ring("a", "k", &registered(1));
    *long.body_mut() = vec![b'x'; REPLY_LIMIT + 1].into();
    for (request, status) in [
        (ring("b", "k", &registered(1)), 401),
        (unproved, 401),
        (got, 405),
        (ring("a", "k", &registered(1)).map(|_| "no callback".into()), 400),
        (long, 413),
        // Of nobody's key, or of none: no repeat would help.
        (ring("a", "l", &registered(1)), 202),
        (ring("a", "", &registered(1)), 202),
    ] {
        assert_eq!(call(&dispatcher, "a", request).await, (status, None));
    }
    let refused = |error: CallbackError| (error.answer().status().as_u16(), error);
    let of = |account: &'static str| dispatcher.callback(account, ring("a", "k", &registered(1)));
    assert_eq!(refused(of("z").await.unwrap_err()), (404, CallbackError::UnknownAccount("z".to_owned())));
    assert_eq!(refused(of("c").await.unwrap_err()), (404, CallbackError::NotOffered("c".to_owned())));
    let after = bench.entry("k").await;
    assert_eq!((after.state, &after.outcome), (State::Pending, &before.outcome));
    assert!(bench.effects("k").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn speaks_for_its_own_account_and_those_of_the_same_shop() {
    let bench = Bench::new();
    for name in ["a", "b"] {
        bench.net.script(name, [ServeAndSay(&IN_PROGRESS)]);
    }
    let accounts = || ["a", "a-2", "b"].map(|name| account(name, &BLIND_RINGS));
    let route = |name: &str| Route::all(name, [name]);
    let at = |name: &'static str| {
        let builder = Dispatcher::builder().accounts(accounts()).route(route(name)).clock(bench.clock.clone());
        builder.journal(bench.journal.clone()).transport(bench.net.clone()).pace(Bench::pace()).build().unwrap()
    };
    at("a").submit("k", sale()).await.unwrap();
    at("b").submit("l", sale()).await.unwrap();
    let dispatcher = at("a");
    // `b` proves itself, and has no say in what `a` does.
    assert_eq!(call(&dispatcher, "b", ring("b", "k", &registered(1))).await, (202, None));
    assert_eq!(bench.entry("k").await.state, State::Pending);
    assert!(bench.effects("k").await.is_empty());
    // One shop, two registers, one address for callbacks.
    assert_eq!(
        call(&dispatcher, "a-2", ring("a-2", "k", &registered(1))).await,
        (202, Some("registered a".to_owned()))
    );
    assert_eq!(call(&dispatcher, "b", ring("b", "l", &registered(2))).await, (202, Some("registered b".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_uuid_is_the_same_in_either_case_and_what_was_changed_is_told() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    let dispatcher = bench.dispatcher([account("a", &UUID_RINGS), account("b", &BLIND_RINGS)]);
    let key = "6F000FEE-bbac-4444-bda1-e9ce9999fcc7".to_lowercase();
    dispatcher.submit(&key, sale()).await.unwrap();
    let receipt = r#"{"kind":"income","place":"elsewhere"}"#;
    let request = ring_with("a", &key.to_uppercase(), &registered(1), receipt);
    assert_eq!(call(&dispatcher, "a", request).await.1.as_deref(), Some("registered a"));
    let Some(Outcome::Registered { differences, .. }) = bench.entry(&key).await.outcome else { panic!() };
    let place = r#"register_receipt.place: "elsewhere" is registered, nothing was sent"#;
    assert!(differences.iter().any(|difference| difference == place), "{differences:?}");
    // Other keys are not.
    bench.net.script("b", [ServeAndSay(&IN_PROGRESS)]);
    let of_b = bench.dispatcher([account("b", &BLIND_RINGS)]);
    of_b.submit("k", sale()).await.unwrap();
    assert_eq!(call(&of_b, "b", ring("b", "K", &registered(1))).await, (202, None));
}

#[tokio::test(start_paused = true)]
async fn a_rejection_leads_on_only_when_it_is_of_the_key() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS), account("b", &KEYED)]);
    dispatcher.submit("k", sale()).await.unwrap();
    assert_eq!(call(&dispatcher, "a", ring("a", "k", "device_blocked 9 false")).await.0, 202);
    assert_eq!(bench.entry("k").await.state, State::Pending);
    // The answer does not wait for what follows.
    assert_eq!(call(&dispatcher, "a", ring("a", "k", REJECTED)).await.0, 202);
    let entry = bench.ended("k").await;
    assert_eq!(short(entry.outcome.as_ref().unwrap()), "registered b");
    let fates: Vec<_> = entry.attempts.iter().map(|attempt| (attempt.fate, attempt.new_key)).collect();
    assert_eq!(fates, [(Some(Fate::Rejected), true), (Some(Fate::Registered), false)]);
    assert_eq!(bench.effects("k").await, [Some(Effect::Nothing), Some(Effect::Moved)]);
    // And again, when it has ended elsewhere.
    assert_eq!(call(&dispatcher, "a", ring("a", "k", "device_blocked 8 true")).await.0, 202);
    assert_eq!(bench.effects("k").await[2], Some(Effect::Same));
    assert_eq!(bench.net.ledger(), ["b k"]);
}

#[tokio::test]
async fn of_several_requests_under_a_key_the_first_failure_is_not_the_last_word() {
    let bench = Bench::new();
    // Sent twice; the first one fails, the second is still processed.
    bench.net.script("a", [Lose, Say(&NOT_FOUND, false), Say(&IN_PROGRESS, false)]);
    bench.net.script("a", [Say(&IN_PROGRESS, false); 3]);
    bench.net.script("a", [Process]);
    let dispatcher = brisk(&bench, [account("a", &KEYED_RINGS), account("b", &KEYED)], bench.net.clone());
    let submitting = dispatcher.clone();
    let submission = tokio::spawn(async move { submitting.submit("k", sale()).await.unwrap() });
    while bench.entry_of("k").await.is_none_or(|entry| entry.attempts.first().is_none_or(|attempt| attempt.sends < 2)) {
        sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(call(&dispatcher, "a", ring("a", "k", REJECTED)).await, (202, None));
    assert_eq!(short(&submission.await.unwrap()), "registered a");
    assert_eq!(bench.effects("k").await, [Some(Effect::Nothing)]);
    assert!(bench.net.calls().iter().all(|call| call.starts_with("a ")), "{:?}", bench.net.calls());
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_stays_and_the_conflict_shows() {
    let bench = Bench::new();
    bench.net.script("b", [Say(&INVALID, true)]);
    let dispatcher = bench.dispatcher([account("a", &KEYED_RINGS)]);
    let first = dispatcher.submit("k", sale()).await.unwrap();
    let of_b = bench.dispatcher([account("b", &BLIND_RINGS)]);
    assert_eq!(short(&of_b.submit("l", sale()).await.unwrap()), "rejected b invalid");
    let told = [
        (&dispatcher, "a", "k", registered(9), "document_number: 1 is registered, 9 is told"),
        (&dispatcher, "a", "k", REJECTED.to_owned(), "`k` is told to have failed, and a has registered it"),
        (&of_b, "b", "l", registered(9), "`l` is registered by b, and it has ended as rejected"),
    ];
    for (dispatcher, account, key, words, about) in told {
        let before = bench.entry(key).await;
        assert_eq!(call(dispatcher, account, ring(account, key, &words)).await.0, 202);
        let kept = dispatcher.callbacks(key).await.unwrap();
        let last = kept.last().unwrap();
        assert_eq!((last.effect, last.about.as_deref()), (Some(Effect::Conflict), Some(about)));
        let after = bench.entry(key).await;
        assert_eq!((after.state, after.outcome, after.changed_at), (before.state, before.outcome, before.changed_at));
    }
    assert_eq!(dispatcher.status("k").await.unwrap(), first);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_over_does_not_speak_for_the_one_that_is_not() {
    let bench = Bench::new();
    bench.net.script("a", [Say(&OVERLOADED, true), Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS), account("b", &KEYED)]);
    assert_eq!(short(&dispatcher.submit("k", sale()).await.unwrap()), "pending a");
    assert_eq!(bench.net.calls(), ["a POST k", "a POST k-2"]);
    assert_eq!(call(&dispatcher, "a", ring("a", "k", REJECTED)).await, (202, Some("pending a".to_owned())));
    // It was rejected, and is registered all the same. What came after it may be, too: that has to be known first.
    assert_eq!(call(&dispatcher, "a", ring("a", "k", &registered(1))).await, (202, Some("pending a".to_owned())));
    assert_eq!(bench.effects("k").await, [Some(Effect::Same), None]);
    assert_eq!(call(&dispatcher, "a", ring("a", "k-2", "overloaded 9 true")).await.0, 202);
    let entry = bench.ended("k").await;
    assert_eq!(short(entry.outcome.as_ref().unwrap()), "registered a");
    let fates: Vec<_> = entry.attempts.iter().map(|attempt| attempt.fate).collect();
    assert_eq!(fates, [Some(Fate::Registered), Some(Fate::Rejected)]);
    assert_eq!(bench.effects("k").await, [Some(Effect::Same), Some(Effect::Moved), Some(Effect::Moved)]);
    assert_eq!(bench.net.calls().len(), 2, "nothing is sent after that");

    // The later one is registered as well: that is a conflict for people.
    let bench = Bench::new();
    bench.net.script("a", [Say(&OVERLOADED, true), Say(&IN_PROGRESS, false)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS)]);
    dispatcher.submit("k", sale()).await.unwrap();
    call(&dispatcher, "a", ring("a", "k", &registered(1))).await;
    assert_eq!(call(&dispatcher, "a", ring("a", "k-2", &registered(2))).await.1.as_deref(), Some("registered a"));
    assert_eq!(dispatcher.resume().await.unwrap(), []);
    assert_eq!(bench.effects("k").await, [Some(Effect::Conflict), Some(Effect::Moved)]);
}

#[tokio::test]
async fn what_anybody_may_have_sent_only_makes_kassa_ask() {
    let bench = Bench::new();
    // On a slow machine it is asked more than once.
    bench.net.script("a", [Say(&IN_PROGRESS, false); 100]);
    let dispatcher = brisk(&bench, [account("a", &RUMOURS_ASKS)], bench.net.clone());
    let pace = Pace { patience: Duration::ZERO, ..Bench::pace() };
    let builder = Dispatcher::builder().account(account("a", &RUMOURS_ASKS)).pace(pace).clock(bench.clock.clone());
    let hasty = builder.journal(bench.journal.clone()).transport(bench.net.clone()).build().unwrap();
    assert_eq!(short(&hasty.submit("k", sale()).await.unwrap()), "pending a");
    assert_eq!(bench.net.calls().len(), 1);
    // However many come, the provider is asked once in a while, and nothing moves by what they say.
    let began = Instant::now();
    for n in 0..50 {
        let (status, known) = call(&dispatcher, "a", ring("a", "k", &registered(n))).await;
        assert_eq!((status, known.as_deref()), (202, Some("pending a")));
    }
    let whiles = usize::try_from(began.elapsed().as_millis() / 100).unwrap();
    assert!(bench.net.calls().len() <= 2 + whiles, "{:?} in {whiles}", bench.net.calls());
    bench.net.clear("a");
    bench.net.script("a", [Process]);
    call(&dispatcher, "a", ring("a", "k", &registered(7))).await;
    let entry = bench.ended("k").await;
    assert_eq!(short(entry.outcome.as_ref().unwrap()), "registered a");
    assert_eq!(bench.net.ledger(), ["a k"]);
    call(&dispatcher, "a", ring("a", "k", REJECTED)).await;
    assert!(bench.effects("k").await.is_empty());
    assert_eq!(bench.entry("k").await.outcome, entry.outcome);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_be_asked_about_waits_for_an_operator() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    let dispatcher = bench.dispatcher([account("a", &RUMOURS_BLIND)]);
    dispatcher.submit("k", sale()).await.unwrap();
    for n in 0..40 {
        assert_eq!(call(&dispatcher, "a", ring("a", "k", &registered(n))).await.0, 202);
    }
    let kept = dispatcher.callbacks("k").await.unwrap();
    assert_eq!(kept.len(), 16);
    assert!(kept.iter().all(|kept| !kept.verified && kept.effect == Some(Effect::Unverified)));
    assert_eq!(bench.entry("k").await.state, State::Pending);
    assert_eq!(dispatcher.resume().await.unwrap().len(), 1);
    assert_eq!(bench.entry("k").await.state, State::Pending);
}

#[tokio::test(start_paused = true)]
async fn many_at_once_move_it_once() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    let dispatcher = bench.dispatcher([account("a", &BLIND_RINGS), account("b", &KEYED)]);
    dispatcher.submit("k", sale()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..60 {
        let dispatcher = dispatcher.clone();
        let words = if n % 3 == 0 { "in_progress 1 false".to_owned() } else { registered(1) };
        tasks.spawn(async move { call(&dispatcher, "a", ring("a", "k", &words)).await.0 });
    }
    while let Some(status) = tasks.join_next().await {
        assert_eq!(status.unwrap(), 202);
    }
    let entry = bench.ended("k").await;
    assert_eq!(short(entry.outcome.as_ref().unwrap()), "registered a");
    let kept = dispatcher.callbacks("k").await.unwrap();
    assert_eq!(kept.iter().map(|kept| kept.times).sum::<u32>(), 60);
    let mut effects = bench.effects("k").await;
    effects.sort_by_key(|effect| effect.map(Effect::name));
    assert_eq!(effects, [Some(Effect::Moved), Some(Effect::Nothing)]);
    assert_eq!(bench.net.ledger(), ["a k"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_kept_and_not_weighed_is_weighed_when_it_is_resumed() {
    let bench = Bench::new();
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    let accounts = || [account("a", &BLIND_RINGS)];
    bench.dispatcher(accounts()).submit("k", sale()).await.unwrap();
    let kept = |words: &str| NewCallback {
        attempt: 1,
        callback: "done".to_owned(),
        verified: true,
        body: ring("a", "k", words).into_body(),
        at: bench.clock.now(),
    };
    bench.journal.hear(&EntryId::of("k"), kept(&registered(1))).await.unwrap();
    let resumed = bench.dispatcher(accounts()).resume().await.unwrap();
    assert_eq!(short(&resumed[0].1), "registered a");
    // Of one that has ended, too: a conflict is not to be missed.
    bench.journal.hear(&EntryId::of("k"), kept(&registered(2))).await.unwrap();
    assert_eq!(bench.dispatcher(accounts()).resume().await.unwrap(), []);
    assert_eq!(bench.effects("k").await, [Some(Effect::Moved), Some(Effect::Conflict)]);
    assert_eq!(bench.journal.unfinished().await.unwrap(), []);
    // Of an account that is gone, it waits.
    bench.net.script("a", [ServeAndSay(&IN_PROGRESS)]);
    bench.dispatcher(accounts()).submit("l", sale()).await.unwrap();
    bench.journal.hear(&EntryId::of("l"), kept(&registered(3))).await.unwrap();
    bench.dispatcher([account("b", &BLIND_RINGS)]).resume().await.unwrap();
    assert_eq!((bench.entry("l").await.state, bench.effects("l").await), (State::Pending, vec![None]));
    assert_eq!(short(&bench.dispatcher(accounts()).status("l").await.unwrap()), "registered a");
}
