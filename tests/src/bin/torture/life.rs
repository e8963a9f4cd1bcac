//! One life of the dispatcher: a process that is given receipts and killed somewhere on its way.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use kassa::{
    Dispatcher, HttpTransport, Journal as _, JournalError, Outcome, Pace, SqliteJournal, Standing, SubmitError,
};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::accounts::account;
use crate::clock::Jumping;
use crate::doors::{Doored, Wire};
use crate::front;
use crate::order::{Order, routes};
use crate::point::Point;
use crate::referee::Referee;
use crate::snare::Snare;
use crate::wire::{LifePlan, Resumes, Said, ToLife, hash, hear, say};

/// How many submissions are made at a time.
const AT_ONCE: usize = 32;
/// How often what is left is gone on with in the end.
const PASSES: usize = 4;
/// How long it is before what others left is gone on with again, where others live.
const AGAIN: Duration = Duration::from_millis(100);

/// Lives as planned.
pub(crate) fn live(plan: LifePlan) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    runtime.block_on(async {
        let full = plan.full;
        match work(plan).await {
            // On a full disk nothing need go on.
            Err(error) if full && matches!(error.downcast_ref(), Some(JournalError::Unavailable(_))) => {
                say(&Said::Idle);
                until_killed().await
            }
            result => result,
        }
    })
}

async fn until_killed() -> Result<()> {
    std::future::pending().await
}

async fn work(plan: LifePlan) -> Result<()> {
    let snare = Snare::new(plan.seed, plan.trap);
    let journal = Arc::new(SqliteJournal::open(&plan.journal)?);
    let dispatcher = dispatcher(&plan, &journal, &snare)?;
    tokio::spawn(serve(front::bind(plan.bell).await?, dispatcher.clone()));
    say(&Said::Up);
    tokio::task::spawn_blocking(hear::<ToLife>).await?.context("nobody says when to begin")?;
    listen(snare.clone());

    let mut tasks = JoinSet::new();
    match plan.resumes {
        Resumes::Not => {}
        Resumes::First => {
            snare.recovering.store(true, Ordering::SeqCst);
            dispatcher.resume().await?;
            snare.recovering.store(false, Ordering::SeqCst);
        }
        Resumes::Beside if plan.has_rival => {}
        Resumes::Beside => {
            let dispatcher = dispatcher.clone();
            tasks.spawn(async move { _ = dispatcher.resume().await });
        }
    }
    if plan.has_rival {
        tokio::spawn(take_over(dispatcher.clone(), snare.clone()));
    }
    let turns = Arc::new(Semaphore::new(if plan.settles { 4 * AT_ONCE } else { AT_ONCE }));
    for order in plan.orders {
        let turn = turns.clone().acquire_owned().await?;
        let (dispatcher, snare) = (dispatcher.clone(), snare.clone());
        tasks.spawn(async move {
            submit(&dispatcher, &snare, order, plan.settles, plan.full).await;
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
    // Callbacks may still come, until this process is killed.
    if plan.settles { Ok(()) } else { until_killed().await }
}

fn dispatcher(plan: &LifePlan, journal: &Arc<SqliteJournal>, snare: &Arc<Snare>) -> Result<Dispatcher> {
    let pace = Pace {
        first_delay: Duration::from_millis(10),
        max_delay: Duration::from_millis(60),
        attempts: 3,
        patience: Duration::from_millis(if plan.settles { 800 } else { 700 }),
    };
    let referee = Referee::new(plan.referee.clone());
    let journal = Doored { journal: journal.clone(), snare: snare.clone(), referee };
    let dispatcher = Dispatcher::builder()
        .accounts(plan.places.iter().map(|place| account(place, plan.hook)).collect::<Result<Vec<_>>>()?)
        .routes(routes())
        .journal(journal)
        .transport(Wire { http: HttpTransport::new(), snare: snare.clone() })
        .clock(Jumping { seed: plan.seed, life: plan.life, since: Instant::now(), still: plan.settles })
        .pace(pace)
        .build()?;
    Ok(dispatcher)
}

/// Takes note of what this life is told.
fn listen(snare: Arc<Snare>) {
    thread::spawn(move || {
        while let Some(told) = hear() {
            match told {
                ToLife::Begin => {}
                ToLife::Alone => snare.alone.store(true, Ordering::SeqCst),
            }
        }
    });
}

/// Goes on with what others left, over and over, until nobody else is there to leave anything.
async fn take_over(dispatcher: Dispatcher, snare: Arc<Snare>) {
    loop {
        let alone = snare.alone.load(Ordering::SeqCst);
        // A journal that fails is asked again.
        let _ = dispatcher.resume().await;
        if alone {
            say(&Said::Quiet);
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn submit(dispatcher: &Dispatcher, snare: &Snare, order: Order, settles: bool, full: bool) {
    let key = order.key(snare.seed);
    say(&Said::Begun(order.n));
    loop {
        match dispatcher.submit(&key, order.submission()).await {
            Ok(Standing { outcome, .. }) => {
                say(&Said::Done(order.n, outcome.name().to_owned(), known_by(&outcome)));
                snare.pass(Point::Answered, key.as_bytes());
            }
            // `resume` has it.
            Err(SubmitError::InProgress) if settles => {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
            Err(SubmitError::InProgress) => say(&Said::Busy(order.n)),
            Err(SubmitError::Journal(JournalError::Unavailable(_))) if full => say(&Said::Refused(order.n)),
            Err(SubmitError::Interrupted(JournalError::Unavailable(_))) if full => say(&Said::Unkept(order.n)),
            Err(error) => say(&Said::Wrong(order.n, format!("it is submitted, and the answer is: {error}"))),
        }
        return;
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
pub(crate) fn known_by(outcome: &Outcome) -> u64 {
    hash(&serde_json::to_vec(outcome).expect("an outcome can be written"))
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
