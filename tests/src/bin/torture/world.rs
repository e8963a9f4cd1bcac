//! The providers: simulators in a process of their own, with ledgers in files.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use kassa_tests::sim::checkonline::TaxidDialect;
use kassa_tests::sim::itkassa::{Register, Session, Settings};
use kassa_tests::sim::{Asked, Fault, Pki, Retry, Simulator, checkonline, itkassa, mobika, rentel, smartcashier};
use tokio::net::TcpSocket;

use crate::front;
use crate::gate::Gate;
use crate::memory::{Memory, appended, ledger};
use crate::order::{ACCOUNTS, GONE, Order};
use crate::point::Point;
use crate::wire::{Place, Said, ToWorld, WorldPlan, hash, hear, say};

/// What the accounts are known by.
pub(crate) const TOKEN: &str = "torture-token";
pub(crate) const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";
pub(crate) const GROUP: &str = "745a492b-96e0-42a6-84b2-62edfa312e5f";
pub(crate) const REGISTER: &str = "89189775-e4fc-70d0-5e2c-182e4121308e";
pub(crate) const ORGANIZATION: &str = "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c";
pub(crate) const INN: &str = "6600123453";
/// What the callbacks are known by.
pub(crate) const BELL: &str = "torturebell";

/// Files of the folder beside the ledgers: who was sent what, and what struck whom.
pub(crate) const CONTACTS: &str = "contacts";
pub(crate) const STRUCK: &str = "struck";

const PROCESSING: Duration = Duration::from_millis(15);

/// Plays the providers until whoever started this process has ended.
pub(crate) fn play(plan: &WorldPlan) -> Result<()> {
    let gate = Arc::new(Gate::default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build()?;
    let (places, simulators, deserted) = runtime.block_on(open(plan, &gate))?;
    let ledgers: Vec<_> = simulators.iter().map(|simulator| simulator.ledger()).collect();
    runtime.spawn(async move {
        // A document is in the ledger from its moment on, whether or not a client asks.
        loop {
            ledgers.iter().for_each(|ledger| _ = ledger.count());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    say(&Said::Ready(places));
    while let Some(told) = hear() {
        match told {
            ToWorld::Arm(trap) => gate.arm(trap),
            ToWorld::Go => gate.open(),
        }
    }
    if let Some(conflicts) = simulators.iter().map(|simulator| simulator.conflicts()).find(|conflicts| *conflicts > 0) {
        say(&Said::Failed(format!("{conflicts} repeats of a key came with other content")));
    }
    drop(deserted);
    runtime.shutdown_background();
    Ok(())
}

/// A running simulator, of whichever provider.
enum Sim {
    Plain(Simulator),
    Online(checkonline::Simulator),
    Orders(mobika::Simulator),
}

impl std::ops::Deref for Sim {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        match self {
            Sim::Plain(simulator) => simulator,
            Sim::Online(simulator) => simulator,
            Sim::Orders(simulator) => simulator,
        }
    }
}

/// Starts them, as they were when an earlier life of them ended, if there was one; only then anybody can come to them.
async fn open(plan: &WorldPlan, gate: &Arc<Gate>) -> Result<(Vec<Place>, Vec<Sim>, TcpSocket)> {
    let (mut places, mut simulators) = (Vec::new(), Vec::new());
    let contacts = Arc::new(Mutex::new(appended(&plan.folder, CONTACTS)?));
    let struck = Arc::new(Mutex::new(appended(&plan.folder, STRUCK)?));
    let memory = Arc::new(Memory::open(&plan.folder)?);
    let pki = memory.pki()?;
    front::open(plan.hook, plan.bells.to_vec()).await?;
    for ((account, provider), port) in ACCOUNTS.into_iter().zip(&plan.ports) {
        let hook = format!("http://127.0.0.1:{}/{account}?token={BELL}", plan.hook);
        let simulator = start(provider, hook, pki.clone()).await;
        simulator.ledger().restore(ledger(&plan.folder, account)?);
        watch(&simulator, account, plan, gate, &contacts)?;
        set_faults(&simulator, account, provider, plan.seed, &struck, &memory);
        memory.remind(account, &simulator);
        let behind = simulator.base_url().rsplit(':').next().and_then(|port| port.parse().ok());
        front::open(*port, vec![behind.context("a simulator has a port")?]).await?;
        let scheme = if provider == "checkonline" { "https" } else { "http" };
        let path = if provider == "itkassa" { "/open/api/v1" } else { "" };
        let mut tls = None;
        if let Sim::Online(online) = &simulator {
            memory.keep_pki(&online.pki())?;
            tls = Some([online.ca_pem(), online.client_cert_pem(), online.client_key_pem()]);
        }
        places.push(Place { account: account.to_owned(), url: format!("{scheme}://127.0.0.1:{port}{path}"), tls });
        simulators.push(simulator);
    }
    let port = plan.ports.last().context("the one that is gone has a port")?;
    let deserted = TcpSocket::new_v4()?;
    deserted.set_reuseaddr(true)?;
    deserted.bind(SocketAddr::from(([127, 0, 0, 1], *port)))?;
    places.push(Place { account: GONE.to_owned(), url: format!("http://127.0.0.1:{port}"), tls: None });
    Ok((places, simulators, deserted))
}

async fn start(provider: &str, hook: String, pki: Option<Pki>) -> Sim {
    let auth_header = Some(("X-Token".to_owned(), TOKEN.to_owned()));
    let retry = Retry { attempts: 6, first_pause: Duration::from_millis(80) };
    match provider {
        "checkonline" => {
            let options = checkonline::Options::new(TaxidDialect::Ferma17);
            Sim::Online(checkonline::start(checkonline::Options { processing_time: PROCESSING, pki, ..options }).await)
        }
        "mobika" => {
            let options = mobika::Options::new([GROUP.to_owned()]);
            let options = mobika::Options { auth_header, callback_url: Some(hook), retry, ..options };
            Sim::Orders(mobika::start(mobika::Options { processing_time: PROCESSING, ..options }).await)
        }
        "itkassa" => {
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
                print_result_url: hook,
            };
            let options = itkassa::Options::new(TOKEN, [register]);
            Sim::Plain(
                itkassa::start(itkassa::Options {
                    organization_id: ORGANIZATION.to_owned(),
                    settings: Some(settings),
                    // The jobs of a register wait for each other.
                    processing_time: Duration::from_millis(3),
                    retry,
                    ..options
                })
                .await,
            )
        }
        "rentel" => {
            let options = rentel::Options::new([INN.to_owned()]);
            let options = rentel::Options { auth_header, retry, ..options };
            Sim::Plain(rentel::start(rentel::Options { processing_time: PROCESSING, ..options }).await)
        }
        _ => {
            let options = smartcashier::Options::new(TOKEN, [CASHBOX.to_owned()]);
            Sim::Plain(smartcashier::start(smartcashier::Options { processing_time: PROCESSING, ..options }).await)
        }
    }
}

/// Keeps the ledger in a file, synced before anybody sees the document, and notes who is sent what.
fn watch(
    simulator: &Simulator,
    account: &'static str,
    plan: &WorldPlan,
    gate: &Arc<Gate>,
    contacts: &Arc<Mutex<File>>,
) -> Result<()> {
    let seed = plan.seed;
    let ledger = Mutex::new(appended(&plan.folder, account)?);
    let at = gate.clone();
    simulator.ledger().on_registration(move |entry| {
        let mut line = serde_json::to_string(entry).expect("a document can be written");
        line.push('\n');
        let mut file = ledger.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(line.as_bytes()).and_then(|()| file.sync_data()).expect("a ledger can be written");
        if let Some(order) = Order::in_text(entry.key.as_bytes(), seed) {
            at.pass(Point::Committed, order);
        }
    });
    let (at, contacts) = (gate.clone(), contacts.clone());
    simulator.on_request(move |seen| {
        if let Some(n) = Order::number_in(&seen.body, seed).filter(|_| seen.method == "POST") {
            let line = format!("{account} {n} {}\n", hash(&kept_of(&seen.body)));
            let mut file = contacts.lock().unwrap_or_else(PoisonError::into_inner);
            file.write_all(line.as_bytes()).expect("a list can be written");
        }
        let order = Order::in_text(&seen.body, seed).or_else(|| Order::in_text(seen.path.as_bytes(), seed));
        if let Some(order) = order {
            at.pass(Point::BytesSent, order);
        }
    });
    Ok(())
}

/// A body as the journal keeps it: without the secret that is added to the address for callbacks.
fn kept_of(body: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(body).replace(&format!("?token={BELL}"), "").into_bytes()
}

/// Each receipt meets its fault at its first request and its first question; a repeat may meet one more. What is taken in
/// is kept before the vendor looks at it.
fn set_faults(
    simulator: &Simulator,
    account: &'static str,
    provider: &'static str,
    seed: u64,
    struck: &Arc<Mutex<File>>,
    memory: &Arc<Memory>,
) {
    let faults = simulator.faults();
    let known = faults.clone();
    let (struck, memory) = (struck.clone(), memory.clone());
    let met: Mutex<HashMap<(bool, u32), u32>> = Mutex::default();
    faults.plan(move |asked: &Asked<'_>| {
        let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.submits {
            memory.keep(account, asked);
        }
        let order = Order::in_text(asked.body, seed)
            .or_else(|| Order::in_text(asked.path.as_bytes(), seed))
            .or_else(|| Order::in_text(asked.query.as_bytes(), seed))?;
        let times = met.entry((asked.submits, order.n)).or_default();
        *times += 1;
        let fault: Option<Fault> = match (asked.submits, *times) {
            (true, 1) => order.kind.submitted(provider, &order.key(seed), order.n),
            (true, again) => order.kind.repeated(order.n + again),
            (false, 1) => order.kind.asked(provider),
            _ => None,
        };
        // What was late to show before the providers died is not later for it.
        let late = |fault: &Fault| matches!(fault, Fault::LateVisibility(_)) && memory.is_reminding(account);
        let fits = |fault: &Fault| known.has(fault) && (asked.submits || fault.fits_any_request()) && !late(fault);
        let fault = fault.filter(fits)?;
        let mut file = struck.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(format!("{}\n", order.n).as_bytes()).expect("a list can be written");
        Some(fault)
    });
}
