//! One life of the dispatcher: a process that is given receipts and killed somewhere on its way.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use jiff::tz::{TimeZone, offset};
use jiff::{SignedDuration, Timestamp};
use kassa::clock::Clock;
use kassa::kassa_core::{Date, Secret, SettingValues};
use kassa::{
    Account, Dispatcher, HttpTransport, Identity, Journal as _, Outcome, Pace, SqliteJournal, SubmitError, Tls,
};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::doors::{Doored, Snare, Wire};
use crate::draw::below;
use crate::order::{Order, provider, routes};
use crate::point::Point;
use crate::wire::{LifePlan, Place, Resumes, Said, say};
use crate::world::{BELL, CASHBOX, GROUP, INN, ORGANIZATION, REGISTER, TOKEN};

/// How many submissions are made at a time.
const AT_ONCE: usize = 32;
/// After how long the accounts that say so show what they have: longer than they need, on a slow machine too.
const VISIBLE_AFTER: Duration = Duration::from_millis(1_500);
/// How long an account waits for an answer.
const TIMEOUT: Duration = Duration::from_millis(500);
/// How often what is left is gone on with in the end.
const PASSES: usize = 4;

/// Lives as planned.
pub(crate) fn live(plan: LifePlan) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    runtime.block_on(work(plan))
}

async fn work(plan: LifePlan) -> Result<()> {
    let snare = Snare::new(plan.seed, plan.trap);
    let journal = Arc::new(SqliteJournal::open(&plan.journal)?);
    let pace = Pace {
        first_delay: Duration::from_millis(10),
        max_delay: Duration::from_millis(60),
        attempts: 3,
        patience: Duration::from_millis(if plan.settles { 800 } else { 700 }),
    };
    let dispatcher = Dispatcher::builder()
        .accounts(plan.places.iter().map(|place| account(place, plan.port)).collect::<Result<Vec<_>>>()?)
        .routes(routes())
        .journal(Doored { journal: journal.clone(), snare: snare.clone() })
        .transport(Wire { http: HttpTransport::new(), snare: snare.clone() })
        .clock(Jumping { seed: plan.seed, life: plan.life, since: Instant::now(), still: plan.settles })
        .pace(pace)
        .build()?;
    tokio::spawn(serve(bind(plan.port).await?, dispatcher.clone()));

    let mut tasks = JoinSet::new();
    match plan.resumes {
        Resumes::Not => {}
        Resumes::First => {
            snare.recovering.store(true, Ordering::SeqCst);
            dispatcher.resume().await?;
            snare.recovering.store(false, Ordering::SeqCst);
        }
        Resumes::Beside => {
            let dispatcher = dispatcher.clone();
            tasks.spawn(async move { _ = dispatcher.resume().await });
        }
    }
    let turns = Arc::new(Semaphore::new(if plan.settles { 4 * AT_ONCE } else { AT_ONCE }));
    for order in plan.orders {
        let turn = turns.clone().acquire_owned().await?;
        let (dispatcher, snare) = (dispatcher.clone(), snare.clone());
        tasks.spawn(async move {
            submit(&dispatcher, &snare, plan.seed, order, plan.settles).await;
            drop(turn);
        });
    }
    while let Some(done) = tasks.join_next().await {
        done?;
    }
    if plan.settles {
        settle(&dispatcher, &journal).await?;
    }
    say(&Said::Idle);
    if !plan.settles {
        // Callbacks may still come, until this process is killed.
        std::future::pending::<()>().await;
    }
    Ok(())
}

async fn submit(dispatcher: &Dispatcher, snare: &Snare, seed: u64, order: Order, settles: bool) {
    let key = order.key(seed);
    say(&Said::Begun(order.n));
    loop {
        match dispatcher.register(&key, order.receipt()).await {
            Ok(standing) => {
                say(&Said::Done(order.n, standing.name().to_owned(), hash(&standing.outcome)));
                snare.pass(Point::Answered, key.as_bytes());
                return;
            }
            // `resume` has it.
            Err(SubmitError::InProgress) if settles => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(SubmitError::InProgress) => return,
            Err(error) => {
                say(&Said::Failed(format!("{key} is not taken: {error}")));
                return;
            }
        }
    }
}

/// Goes on until nothing moves any more.
async fn settle(dispatcher: &Dispatcher, journal: &SqliteJournal) -> Result<()> {
    let mut left = usize::MAX;
    for _ in 0..PASSES {
        dispatcher.resume().await?;
        let now = journal.unfinished().await?.len();
        if now == 0 || now == left {
            break;
        }
        left = now;
        // Late callbacks.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}

/// What an outcome is known by.
pub(crate) fn hash(outcome: &Outcome) -> u64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(outcome).expect("an outcome can be written").hash(&mut hasher);
    hasher.finish()
}

fn account(place: &Place, port: u16) -> Result<Account> {
    let name = &place.account;
    let provider = provider(name);
    let values = SettingValues::default();
    let token = |values: SettingValues| values.with("auth_header", "X-Token").with("auth_value", TOKEN);
    let values = match provider {
        "checkonline" => values.with("taxid_dialect", "ferma_1_7").with("utc_offset", "+03:00"),
        "mobika" => token(values).with("group", GROUP),
        "itkassa" => values
            .with("api_key", TOKEN)
            .with("register", REGISTER)
            .with("utc_offset", "+03:00")
            .with("unknown_key", "status_404")
            .with("organization", ORGANIZATION)
            .with("callback_key", BELL),
        "rentel" => token(values)
            .with("seller_inn", INN)
            .with("callback_url", format!("http://127.0.0.1:{port}/re"))
            .with("callback_token", BELL)
            .with("callback_body", "ferma"),
        _ => values.with("token", TOKEN).with("cashbox_id", CASHBOX),
    };
    let opened = kassa::open(provider, &values, Some(&place.url)).map_err(|problems| {
        anyhow!(
            "{name}: {}",
            problems
                .iter()
                .map(|problem| format!("{}: {}", problem.name, problem.problem))
                .collect::<Vec<_>>()
                .join("; ")
        )
    })?;
    let mut account = Account {
        timeout: TIMEOUT,
        connect_timeout: Duration::from_secs(2),
        visible_after: name.ends_with("-late").then_some(VISIBLE_AFTER),
        ..Account::new(name.clone(), opened)
    };
    if let Some([authority, certificate, key]) = &place.tls {
        let identity = Identity { certificate: certificate.clone().into_bytes(), key: Secret::new(key.clone()) };
        account.tls = Tls { identity: Some(identity), roots: vec![authority.clone().into_bytes()] };
    }
    Ok(account)
}

/// The address is the same in every life; the one before may still be letting go of it.
async fn bind(port: u16) -> Result<TcpListener> {
    for _ in 0..200 {
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)).await {
            return Ok(listener);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    TcpListener::bind(("127.0.0.1", port)).await.with_context(|| format!("port {port}"))
}

/// Takes callbacks: the path is the account.
async fn serve(listener: TcpListener, dispatcher: Dispatcher) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let dispatcher = dispatcher.clone();
        tokio::spawn(async move {
            let service = service_fn(|request: hyper::Request<Incoming>| {
                let dispatcher = dispatcher.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let account = head.uri.path().trim_start_matches('/').to_owned();
                    let request = hyper::Request::from_parts(head, body.collect().await?.to_bytes());
                    let answer = dispatcher.callback(&account, request).await.unwrap_or_else(|error| error.answer());
                    Ok::<_, hyper::Error>(answer.map(Full::<Bytes>::new))
                }
            });
            // A provider that goes away comes again.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A clock that jumps to and fro, every tenth of a second, by hours and now and then by weeks.
#[derive(Debug)]
struct Jumping {
    seed: u64,
    life: u64,
    since: Instant,
    still: bool,
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        if self.still {
            return now;
        }
        let tick = u64::try_from(self.since.elapsed().as_millis() / 100).unwrap_or(0);
        let roll = below(80, self.seed, &[1, self.life, tick]);
        let hours = match roll {
            0 => 40 * 24,
            1 => -40 * 24,
            2..=16 => 1,
            17..=31 => -1,
            32..=39 => 25,
            40..=47 => -25,
            _ => 0,
        };
        now + SignedDuration::from_hours(hours)
    }

    fn today(&self) -> Date {
        TimeZone::fixed(offset(3)).to_datetime(self.now()).date()
    }
}
