//! The three simulators that call back, each from its own side of a real connection, and a service that passes on what
//! comes. Whatever is called when, how often and by whom: one document at most, and the outcome is the ledger's.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kassa::explain::Prospect;
use kassa::journal::{Effect, KeptCallback};
use kassa::kassa_core::{Request, SettingValues};
use kassa::uniform::{Receipt, Submission};
use kassa::{Account, Dispatcher, Outcome, Pace, State};
use kassa_tests::sim::itkassa::{Register, Session, Settings};
use kassa_tests::sim::{Documented, Fault, Forgery, Simulator, itkassa, mobika, rentel, smartcashier};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::bench::{Desk, LONG, TOKEN, desk_in, ms, short, smart_cashier_options};
use crate::receipts::changed;

const INN: &str = "7707083893";
const GROUP: &str = "745a492b-96e0-42a6-84b2-62edfa312e5f";
const REGISTER: &str = "89189775-e4fc-70d0-5e2c-182e4121308e";
const ORGANIZATION: &str = "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c";
/// What proves a callback. No output may show it.
const BELL: &str = "b3llb3llb3ll";

/// The address of a service, and what it answered there.
struct Hook {
    url: String,
    desk: Arc<Mutex<Option<Dispatcher>>>,
    task: JoinHandle<()>,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hook {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let desk: Arc<Mutex<Option<Dispatcher>>> = Arc::default();
        let shared = desk.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let desk = shared.clone();
                let service = service_fn(move |request| answer(desk.clone(), request));
                let connection =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection);
            }
        });
        Self { url, desk, task }
    }

    /// The address of an account.
    fn of(&self, account: &str) -> String {
        format!("{}/{account}?shop=7", self.url)
    }

    /// From now on, what comes goes to this dispatcher; `None` is a service that is down.
    fn passes_to(&self, dispatcher: Option<&Dispatcher>) {
        *self.desk.lock().unwrap() = dispatcher.cloned();
    }
}

/// What a service does with a request: the account is in the path.
async fn answer(
    desk: Arc<Mutex<Option<Dispatcher>>>,
    request: hyper::Request<Incoming>,
) -> Result<hyper::Response<Full<Bytes>>, hyper::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let dispatcher = desk.lock().unwrap().clone();
    let account = parts.uri.path().trim_start_matches('/').to_owned();
    let answer = match dispatcher {
        Some(dispatcher) => {
            let answer = dispatcher.callback(&account, Request::from_parts(parts, body)).await;
            answer.unwrap_or_else(|error| error.answer())
        }
        None => kassa::kassa_core::callback::answer(http::StatusCode::SERVICE_UNAVAILABLE),
    };
    Ok(answer.map(Full::new))
}

/// Who calls back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Mobika,
    ItKassa,
    Rentel,
}

const ALL: [Who; 3] = [Who::Mobika, Who::ItKassa, Who::Rentel];

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Mobika => "mobika",
            Self::ItKassa => "itkassa",
            Self::Rentel => "rentel",
        }
    }
}

/// One of the simulators, a service, and a folder for its journal.
struct Ring {
    who: Who,
    sim: Box<dyn Deref<Target = Simulator> + Send + Sync>,
    hook: Hook,
    folder: TempDir,
}

impl Ring {
    async fn start(who: Who) -> Self {
        let hook = Hook::start().await;
        let url = hook.of(who.name());
        let sim: Box<dyn Deref<Target = Simulator> + Send + Sync> = match who {
            Who::Mobika => {
                let options = mobika::Options::new([GROUP.to_owned()]);
                let auth_header = Some(("X-Token".to_owned(), TOKEN.to_owned()));
                Box::new(mobika::start(mobika::Options { callback_url: Some(url), auth_header, ..options }).await)
            }
            Who::ItKassa => {
                let register = Register {
                    id: REGISTER.to_owned(),
                    title: "АТОЛ".to_owned(),
                    fs_number: "9999078900006849".to_owned(),
                    session: Session::Opened,
                    session_number: 19,
                    online: true,
                };
                let settings = Settings {
                    callback_api_key: BELL.to_owned(),
                    error_email: None,
                    test_url: None,
                    print_result_url: url,
                };
                let options = itkassa::Options::new(TOKEN, [register]);
                Box::new(Box::new(itkassa::start(itkassa::Options { settings: Some(settings), ..options }).await))
            }
            Who::Rentel => {
                let auth_header = Some(("X-Token".to_owned(), TOKEN.to_owned()));
                let options = rentel::Options::new([INN.to_owned()]);
                Box::new(Box::new(rentel::start(rentel::Options { auth_header, ..options }).await))
            }
        };
        Self { who, sim, hook, folder: TempDir::new().expect("a folder can be made") }
    }

    fn account(&self) -> Account {
        let values = SettingValues::default();
        let values = match self.who {
            Who::Mobika => values.with("auth_header", "X-Token").with("auth_value", TOKEN).with("group", GROUP),
            Who::ItKassa => values
                .with("api_key", TOKEN)
                .with("register", REGISTER)
                .with("utc_offset", "+03:00")
                .with("callback_key", BELL)
                .with("organization", ORGANIZATION),
            Who::Rentel => values
                .with("auth_header", "X-Token")
                .with("auth_value", TOKEN)
                .with("seller_inn", INN)
                .with("callback_url", self.hook.of("rentel"))
                .with("callback_token", BELL)
                .with("callback_body", "ferma"),
        };
        let path = if self.who == Who::ItKassa { "/open/api/v1" } else { "" };
        let url = format!("{}{path}", self.sim.base_url());
        let provider = kassa::open(self.who.name(), &values, Some(&url)).expect("the settings are sound");
        Account { connect_timeout: LONG, timeout: LONG, ..Account::new(self.who.name(), provider) }
    }

    /// Holds every byte of the journal against a text that may not be there.
    fn assert_not_in_files(&self, secret: &str) {
        let files = std::fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
        let files: Vec<_> =
            files.filter(|path| path.is_file() && path.to_string_lossy().contains("kassa.sqlite")).collect();
        assert!(!files.is_empty());
        for path in files {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{}", path.display());
        }
    }

    /// A dispatcher that what comes is passed to.
    fn desk(&self, pace: Pace, others: impl IntoIterator<Item = Account>) -> Desk {
        let desk = desk_in(self.folder.path(), pace, std::iter::once(self.account()).chain(others), []);
        self.hook.passes_to(Some(&desk.dispatcher));
        desk
    }

    /// Waits until so many callbacks were delivered; the statuses that came back.
    async fn delivered(&self, count: usize) -> Vec<Option<u16>> {
        for _ in 0..2_000 {
            let deliveries = self.sim.deliveries();
            if deliveries.len() >= count {
                return deliveries.iter().map(|delivery| delivery.status).collect();
            }
            tokio::time::sleep(ms(10)).await;
        }
        panic!("{:?}: {count} are due, and these came: {:?}", self.who, self.sim.deliveries())
    }

    /// Holds an outcome against the journal and the ledger.
    async fn check(&self, desk: &Desk, key: &str, outcome: &Outcome) {
        let entry = desk.entry(key).await;
        assert_eq!((entry.outcome.as_ref(), entry.state), (Some(outcome), State::Registered), "{:?}", self.who);
        let documents = self.sim.ledger().entries();
        let [document] = &*documents else { panic!("{:?}: {documents:?}", self.who) };
        let Outcome::Registered { registration, differences, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(registration.fiscal_sign, document.fiscal_sign.map(i64::from), "{:?}", self.who);
        assert_eq!(registration.document_number, document.fd_number.map(i64::from), "{:?}", self.who);
        assert!(differences.is_empty(), "{:?}: {differences:?}", self.who);
    }
}

fn key(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

/// A sale that all three take.
fn goods() -> Receipt {
    changed(&[("\"general\"", "\"simplified_income\"")])
}

/// Asks and waits as a service would.
fn fast() -> Pace {
    Pace { first_delay: ms(10), max_delay: ms(50), attempts: 3, patience: LONG }
}

/// Asks once, and does not wait.
fn hasty() -> Pace {
    Pace { patience: ms(0), ..fast() }
}

fn effects(kept: &[KeptCallback]) -> Vec<Option<Effect>> {
    kept.iter().map(|kept| kept.effect).collect()
}

#[tokio::test]
async fn comes_once_twice_together_and_late() {
    for who in ALL {
        for (fault, count) in [
            (None, 1),
            (Some(Fault::CallbackTwice), 2),
            (Some(Fault::CallbackAtOnce(8)), 8),
            (Some(Fault::CallbackLate(ms(300))), 1),
        ] {
            let ring = Ring::start(who).await;
            let desk = ring.desk(fast(), []);
            fault.clone().into_iter().for_each(|fault| ring.sim.faults().push(fault));
            let outcome = desk.register(&key(1), goods()).await.unwrap();
            assert_eq!(short(&outcome), format!("registered {}", who.name()), "{who:?} {fault:?}");
            assert!(ring.delivered(count).await.iter().all(|status| *status == Some(200)), "{who:?} {fault:?}");
            ring.check(&desk, &key(1), &outcome).await;
            let kept = desk.callbacks(&key(1)).await.unwrap();
            let times = kept.iter().map(|kept| kept.times).sum::<u32>();
            match who {
                // Nobody can tell who sent it, and a status can be asked for: it leaves nothing.
                Who::Mobika => assert!(kept.is_empty(), "{kept:?}"),
                Who::ItKassa | Who::Rentel => {
                    assert_eq!(usize::try_from(times).unwrap(), count, "{who:?} {fault:?} {kept:?}");
                    let known = [Some(Effect::Moved), Some(Effect::Same)];
                    assert!(effects(&kept).iter().all(|effect| known.contains(effect)), "{who:?} {fault:?} {kept:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn comes_before_the_answer() {
    for who in ALL {
        let ring = Ring::start(who).await;
        let desk = ring.desk(fast(), []);
        ring.sim.faults().push(Fault::CallbackBeforeAnswer);
        let outcome = desk.register(&key(1), goods()).await.unwrap();
        ring.check(&desk, &key(1), &outcome).await;
        // The service has answered at once, though the submission was under way.
        assert_eq!(ring.delivered(1).await, [Some(200)], "{who:?}");
        assert_eq!(ring.sim.requests().iter().filter(|seen| seen.method == "POST").count(), 1, "{who:?}");
    }
}

#[tokio::test]
async fn what_is_forged_registers_nothing() {
    for who in ALL {
        for (forgery, status) in [(Forgery::WrongSecret, 401), (Forgery::UnknownId, 200)] {
            let ring = Ring::start(who).await;
            let desk = ring.desk(fast(), []);
            ring.sim.faults().push(Fault::CallbackForged(forgery));
            ring.sim.faults().push(Fault::StaySlow(ms(300)));
            let outcome = desk.register(&key(1), goods()).await.unwrap();
            ring.check(&desk, &key(1), &outcome).await;
            let statuses = ring.delivered(2).await;
            // Mobika's can prove nothing, so a wrong one is not told from a right one, and neither is believed.
            let first = if who == Who::Mobika { 200 } else { status };
            assert_eq!(statuses, [Some(first), Some(200)], "{who:?} {forgery:?}");
            let kept = desk.callbacks(&key(1)).await.unwrap();
            assert!(
                kept.len() <= 1 && !effects(&kept).contains(&Some(Effect::Conflict)),
                "{who:?} {forgery:?} {kept:?}"
            );
        }
    }
}

#[tokio::test]
async fn who_knows_the_secret_is_believed_and_the_truth_shows_as_a_conflict() {
    for who in ALL {
        let ring = Ring::start(who).await;
        let desk = ring.desk(fast(), []);
        ring.sim.faults().push(Fault::CallbackForged(Forgery::WrongAmounts));
        let outcome = desk.register(&key(1), goods()).await.unwrap();
        assert_eq!(ring.delivered(2).await, [Some(200), Some(200)], "{who:?}");
        let kept = desk.callbacks(&key(1)).await.unwrap();
        match who {
            Who::Mobika => {
                assert!(kept.is_empty(), "{kept:?}");
                ring.check(&desk, &key(1), &outcome).await;
            }
            Who::ItKassa | Who::Rentel => {
                assert!(effects(&kept).contains(&Some(Effect::Conflict)), "{who:?} {kept:?}");
                let about = kept.iter().find_map(|kept| kept.about.as_deref()).unwrap();
                assert!(about.contains("is registered, ") && about.ends_with(" is told"), "{about}");
                assert_eq!(desk.status(&key(1)).await.unwrap(), outcome, "what has ended stays");
            }
        }
    }
}

#[tokio::test]
async fn comes_when_nobody_waits_any_more() {
    let ring = Ring::start(Who::Rentel).await;
    ring.sim.faults().push(Fault::CallbackLate(ms(500)));
    let desk = ring.desk(hasty(), []);
    let outcome = desk.register(&key(1), goods()).await.unwrap();
    assert_eq!(short(&outcome), "pending rentel");
    // The process ends, and another one begins.
    ring.hook.passes_to(None);
    drop(desk);
    let desk = ring.desk(hasty(), []);
    assert_eq!(ring.delivered(1).await, [Some(200)]);
    let outcome = desk.status(&key(1)).await.unwrap();
    ring.check(&desk, &key(1), &outcome).await;
    assert_eq!(effects(&desk.callbacks(&key(1)).await.unwrap()), [Some(Effect::Moved)]);
}

#[tokio::test]
async fn does_not_come() {
    let ring = Ring::start(Who::Rentel).await;
    ring.sim.faults().push(Fault::CallbackNever);
    let sc = smartcashier::start(smart_cashier_options()).await;
    let began = std::time::Instant::now();
    let desk = ring.desk(Pace { patience: ms(400), ..fast() }, [smart_cashier(&sc)]);
    let outcome = desk.register(&key(1), goods()).await.unwrap();
    assert_eq!(short(&outcome), "pending rentel");
    assert!(began.elapsed() >= ms(400));
    // Nothing can tell, so nothing is sent again, or to anybody else.
    assert_eq!(desk.resume().await.unwrap().len(), 1);
    assert_eq!((ring.sim.requests().len(), sc.requests().len()), (1, 0));
}

fn smart_cashier(sc: &Simulator) -> Account {
    let settings = SettingValues::default().with("token", TOKEN);
    let provider = kassa::open("smartcashier", &settings, Some(&sc.base_url())).expect("the settings are sound");
    Account { connect_timeout: LONG, timeout: LONG, ..Account::new("sc", provider) }
}

#[tokio::test]
async fn a_failure_of_the_register_leads_to_the_next_account() {
    let ring = Ring::start(Who::Rentel).await;
    let sc = smartcashier::start(smart_cashier_options()).await;
    ring.sim.faults().push(Fault::DocumentedError(Documented::OperationFailed("Нет бумаги".to_owned())));
    let desk = ring.desk(fast(), [smart_cashier(&sc)]);
    let outcome = desk.register(&key(1), goods()).await.unwrap();
    assert_eq!(short(&outcome), "registered sc");
    assert_eq!((ring.sim.ledger().count(), sc.ledger().count()), (0, 1));
    let entry = desk.entry(&key(1)).await;
    let reason = entry.attempts[0].reason.as_ref().unwrap();
    assert_eq!((reason.class.as_str(), reason.message.as_deref()), ("device_blocked", Some("Нет бумаги")));
    assert!(entry.attempts[0].new_key, "the key is remembered");
    assert_eq!(effects(&desk.callbacks(&key(1)).await.unwrap()), [Some(Effect::Moved)]);
}

#[tokio::test]
async fn many_keys_at_once() {
    for who in ALL {
        let ring = Ring::start(who).await;
        let desk = ring.desk(fast(), []);
        let mut tasks = tokio::task::JoinSet::new();
        for number in 1..=12 {
            ring.sim.faults().push(Fault::CallbackTwice);
            let dispatcher = desk.dispatcher.clone();
            tasks.spawn(async move { dispatcher.register(&key(number), goods()).await.unwrap() });
        }
        let mut signs = std::collections::BTreeSet::new();
        while let Some(outcome) = tasks.join_next().await {
            let Outcome::Registered { registration, .. } = outcome.unwrap().outcome else { panic!("{who:?}") };
            signs.insert(registration.fiscal_sign);
        }
        assert_eq!((signs.len(), ring.sim.ledger().count()), (12, 12), "{who:?}");
        assert!(ring.delivered(24).await.iter().all(|status| *status == Some(200)), "{who:?}");
    }
}

#[tokio::test]
async fn what_proves_a_callback_is_neither_kept_nor_printed() {
    for who in [Who::ItKassa, Who::Rentel] {
        let ring = Ring::start(who).await;
        let desk = ring.desk(fast(), []);
        desk.register(&key(1), goods()).await.unwrap();
        ring.delivered(1).await;
        let kept = desk.callbacks(&key(1)).await.unwrap();
        assert!(!kept.is_empty() && !format!("{kept:?} {:?}", desk.entry(&key(1)).await).contains(BELL));
        assert!(kept.iter().all(|kept| !String::from_utf8_lossy(&kept.body).contains(BELL)));
        assert!(!format!("{:?}", desk.dispatcher).contains(BELL));
        let explanation = desk.explain(&key(1), &Submission::RegisterReceipt(goods()));
        let shown = format!("{explanation} {explanation:?} {}", serde_json::to_string(&explanation).unwrap());
        assert!(!shown.contains(BELL), "{shown}");
        ring.assert_not_in_files(BELL);
    }
}

/// The token goes out in the request, and is in nothing that is kept or shown of it.
#[tokio::test]
async fn an_address_gets_its_token_when_it_is_sent() {
    let ring = Ring::start(Who::Rentel).await;
    let desk = ring.desk(fast(), []);
    let plain = ring.hook.of("rentel");
    let explanation = desk.explain(&key(1), &Submission::RegisterReceipt(goods()));
    let outcome = desk.register(&key(1), goods()).await.unwrap();
    assert_eq!(ring.delivered(1).await, [Some(200)]);
    ring.check(&desk, &key(1), &outcome).await;

    let sent = ring.sim.requests().remove(0).body;
    let (sent, due) = (String::from_utf8(sent).unwrap(), format!("\"CallbackUrl\":\"{plain}&token={BELL}\""));
    assert!(sent.contains(&due), "{sent}");
    let entry = desk.entry(&key(1)).await;
    let kept = entry.attempts[0].request.restore().unwrap();
    let kept = String::from_utf8(kept.into_body().to_vec()).unwrap();
    assert_eq!(kept, sent.replace(&format!("&token={BELL}"), ""));
    let candidate = &explanation.candidates[0];
    assert!(candidate.decisions.contains(&("callback_url", plain.clone())), "{:?}", candidate.decisions);
    let Prospect::Send(shown) = &candidate.verdict else { panic!("{explanation}") };
    assert_eq!(shown.body(), &sent.replace(BELL, "***"));
    for text in [kept, explanation.to_string(), format!("{explanation:?} {entry:?} {outcome:?} {:?}", ring.account())] {
        assert!(!text.contains(BELL), "{text}");
    }
    ring.assert_not_in_files(BELL);
}

/// An answer that repeats the address is kept without the token.
#[tokio::test]
async fn an_echo_of_the_address_is_not_kept() {
    let ring = Ring::start(Who::Rentel).await;
    let desk = ring.desk(hasty(), []);
    let body = format!("{{\"you sent\":\"{}&token={BELL}\"}}", ring.hook.of("rentel"));
    ring.sim.faults().push(Fault::AnswerHttp { status: 500, body, content_type: "application/json".to_owned() });
    let outcome = desk.register(&key(1), goods()).await.unwrap();
    assert!(!format!("{outcome:?}").contains(BELL), "{outcome:?}");
    let reply = desk.entry(&key(1)).await.attempts.remove(0).reply.unwrap();
    assert!(String::from_utf8_lossy(&reply.body).contains("&token=<secret>"));
    ring.assert_not_in_files(BELL);
}

#[test]
fn an_address_that_has_the_token_already_is_refused() {
    for name in ["token", "tok%65n"] {
        let values = SettingValues::default()
            .with("auth_header", "X-Token")
            .with("auth_value", TOKEN)
            .with("seller_inn", INN)
            .with("callback_url", format!("https://shop.example/hook?shop=7&{name}={BELL}"))
            .with("callback_token", BELL);
        let errors = kassa::open("rentel", &values, Some("https://rentel.example")).unwrap_err();
        let [error] = &errors[..] else { panic!("{errors:?}") };
        assert_eq!(error.name, "callback_url");
        assert!(error.problem.starts_with("has the query parameter `token`"), "{error}");
        assert!(!format!("{errors:?}").contains(BELL));
    }
}
