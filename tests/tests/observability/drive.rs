//! Everything that goes well and wrong with an account, while whoever answers sends back what it was sent.

use http::Method;
use kassa::kassa_core::Request;
use kassa::uniform::{CallbackSettings, Operation};
use kassa::{Account, Dispatcher, Outcome};
use kassa_tests::sim::{Documented, Fault};

use crate::canaries::{
    COURIER_VALUE, EMAIL, INN, KIOSK_BELL, KIOSK_KEY, NAME, PHONE, PLACE, RENTAL_BELL, RENTAL_VALUE, SHOP_TOKEN, echoes,
};
use crate::world::{ORGANIZATION, World, read, receipt};

/// Keys of these tests; some providers want UUIDs.
pub(crate) fn key(account: usize, n: usize) -> String {
    format!("00000000-0000-4000-8{account:03}-{n:012}")
}

/// The secrets that an account has.
fn secrets(world: &World, account: &str) -> Vec<String> {
    let own: &[&str] = match account {
        "shop" => &[SHOP_TOKEN],
        "courier" => &[COURIER_VALUE],
        "kiosk" => &[KIOSK_KEY, KIOSK_BELL],
        "rental" => &[RENTAL_VALUE, RENTAL_BELL],
        _ => return world.pem(),
    };
    own.iter().map(|secret| (*secret).to_owned()).collect()
}

/// What the buyer of a receipt told, as this text has it.
fn contacts(text: &str) -> String {
    let all = [EMAIL, PHONE, NAME, INN, PLACE].into_iter();
    let mut told: Vec<_> = all.filter(|contact| text.contains(contact)).map(str::to_owned).collect();
    if text.contains(PHONE) {
        told.extend([PHONE[1..].to_owned(), PHONE[2..].to_owned()]);
    }
    told.join(", ")
}

/// What a careless front answers: every secret in every form, and who bought.
fn careless(world: &World, account: &str, text: &str) -> String {
    let secrets = secrets(world, account);
    let forms = secrets.iter().flat_map(|secret| match account {
        "cloud" => vec![secret.clone(), secret.replace('/', "\\/")],
        _ => echoes(secret),
    });
    format!("{}\n{}", contacts(text), forms.collect::<Vec<_>>().join("\n"))
}

/// The same as the message of an error, in the shape that documents have.
fn wordy(world: &World, account: &str, text: &str) -> String {
    let secret = secrets(world, account).swap_remove(0);
    let words = serde_json::to_string(&format!("{} {secret}", contacts(text))).expect("text is JSON");
    format!(r#"{{"message":{words},"error":{words},"Error":{words},"ErrorMessage":{words},"code":7,"Code":7}}"#)
}

fn answer(status: u16, content_type: &str, body: String) -> Fault {
    Fault::AnswerHttp { status, body, content_type: content_type.to_owned() }
}

/// What an account is met with, one after another.
fn faults(world: &World, account: &str, text: &str) -> Vec<Option<Fault>> {
    let (careless, wordy) = (careless(world, account, text), wordy(world, account, text));
    let told = contacts(text);
    let json = "application/json";
    let all = [
        answer(500, "text/plain", careless.clone()),
        answer(400, json, wordy.clone()),
        answer(401, json, wordy.clone()),
        answer(403, json, wordy.clone()),
        answer(429, json, wordy.clone()),
        answer(500, json, wordy.clone()),
        answer(200, json, wordy.clone()),
        answer(200, json, format!("{{\"broken\":\"{careless}")),
        answer(400, json, format!("[{wordy}")),
        Fault::CommitThenAnswer { status: 500, body: wordy },
        Fault::CommitThenClose,
        Fault::CloseBeforeCommit,
        Fault::HalfBody,
        Fault::Html,
        Fault::DocumentedError(Documented::Http(400)),
        Fault::DocumentedError(Documented::OperationFailed(format!("нет бумаги для {told}"))),
        Fault::DocumentedError(Documented::Refused { code: 5, message: format!("не приняты {told}") }),
        Fault::DocumentedError(Documented::Service(5)),
        Fault::DocumentedError(Documented::Device(33)),
    ];
    let known = all.into_iter().filter(|fault| world.simulator(account).faults().has(fault)).map(Some);
    std::iter::once(None).chain(known).collect()
}

/// Takes an account through all of it; the outcomes, and everything else that was said.
pub(crate) async fn account(world: &World, number: usize, name: &str) -> (Vec<Outcome>, Vec<String>) {
    let account = world.account(name);
    let desk = world.desk([account.clone()]);
    let (mut outcomes, mut said) = (Vec::new(), vec![format!("{account:?} {desk:?}")]);
    let simulator = world.simulator(name);
    let faults = [false, true].into_iter().flat_map(|by_phone| {
        let text = receipt(name, by_phone);
        faults(world, name, &text).into_iter().map(move |fault| (text.clone(), fault))
    });
    for (n, (text, fault)) in faults.enumerate() {
        fault.into_iter().for_each(|fault| simulator.faults().push(fault));
        let key = key(number, n);
        let standing = desk.register(&key, read(&text)).await.unwrap_or_else(|error| panic!("{name} {n}: {error}"));
        assert_ne!(standing.name(), "not_sent", "{name} takes the receipt: {standing:?}");
        said.push(format!("{standing:?}"));
        let conflict = desk.register(&key, read(&text.replace("35.25", "30.25").replace("70.50", "60.50"))).await;
        said.push(format!("{conflict:?}"));
        // The question about it is answered by somebody careless too, where there is one.
        let asks = account.supports(Operation::Status).is_ok() && !standing.is_final();
        if asks {
            simulator.faults().push_for_status(answer(500, "text/plain", careless(world, name, &text)));
        }
        outcomes.push(standing.outcome);
        said.push(format!("{:?}", desk.status(&key).await));
    }
    (outcomes, said)
}

/// A transport that reaches nobody, at an address that nobody listens at.
pub(crate) fn unreachable(account: &Account) -> Account {
    let mut settings = kassa::kassa_core::SettingValues::default();
    settings =
        settings.with("auth_header", "X-Token").with("auth_value", RENTAL_VALUE).with("seller_inn", "6600123453");
    settings = settings.with("callback_url", "http://127.0.0.1:9/hook").with("callback_token", RENTAL_BELL);
    let provider = kassa::open("rentel", &settings, Some("http://127.0.0.1:9")).expect("the settings are sound");
    Account { provider: provider.into(), ..account.clone() }
}

/// Callbacks of every sort; how each was answered.
pub(crate) async fn callbacks(world: &World, desk: &Dispatcher, open: &str) -> Vec<u16> {
    let post = |address: &str, headers: &[(&'static str, &str)], body: String| {
        let mut request = Request::new(body.into());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = address.parse().expect("an address");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        request
    };
    let token = percent_encoding::utf8_percent_encode(RENTAL_BELL, percent_encoding::NON_ALPHANUMERIC).to_string();
    let right = format!("http://127.0.0.1:9/hook?token={token}");
    let told = |status: u8, words: &str| {
        let words = serde_json::to_string(words).expect("text is JSON");
        format!(r#"{{"InvoiceId":"{open}","StatusCode":{status},"StatusName":"PROCESSED","StatusMessage":{words}}}"#)
    };
    let text = receipt("rental", false);
    let echo = careless(world, "rental", &text);
    let mut answers = Vec::new();
    for (account, request) in [
        ("rental", post("http://127.0.0.1:9/hook?token=wrong", &[], told(1, &echo))),
        ("rental", post(&right, &[], format!(r#"{{"InvoiceId":["{EMAIL}"],"StatusCode":"{RENTAL_VALUE}"}}"#))),
        ("rental", post(&right, &[], format!("{{{echo}"))),
        ("rental", post(&right, &[], told(1, &echo))),
        ("rental", post(&right, &[], told(3, &echo)).clone()),
        ("rental", post(&right, &[], told(1, &echo).replace(open, "00000000-0000-4000-8999-000000000000"))),
        ("kiosk", post("http://e.org/", &[("x-api-key", "wrong")], careless(world, "kiosk", ""))),
        (
            "kiosk",
            post(
                "http://e.org/",
                &[("x-api-key", KIOSK_BELL), ("x-organization-id", ORGANIZATION)],
                format!("{{\"documentId\":\"{}\"", careless(world, "kiosk", "")),
            ),
        ),
        ("courier", post("http://e.org/", &[], format!("{{\"id\":{{\"a\":\"{}\"", careless(world, "courier", "")))),
    ] {
        let answer = desk.callback(account, request).await.unwrap_or_else(|error| error.answer());
        answers.push(answer.status().as_u16());
    }
    answers
}

/// Questions that are not journaled.
pub(crate) async fn queries(world: &World) -> Vec<String> {
    let mut said = Vec::new();
    let desk = world.desk([world.account("kiosk"), world.account("courier")]);
    let settings = CallbackSettings {
        url: "http://127.0.0.1:9/news".to_owned(),
        ..serde_json::from_str(r#"{"url":"x"}"#).expect("reads")
    };
    for _ in 0..2 {
        said.push(format!("{:?}", desk.configure_callback("kiosk", &settings).await));
        said.push(format!("{:?}", desk.devices("kiosk", &serde_json::from_str("{}").expect("reads")).await));
        for body in [careless(world, "kiosk", ""), wordy(world, "kiosk", "")] {
            world.kiosk.faults().push_for_status(answer(500, "text/plain", body));
        }
    }
    world.courier.faults().push_for_status(answer(500, "text/plain", careless(world, "courier", "")));
    said.push(format!("{:?}", desk.list("courier", &serde_json::from_str("{}").expect("reads")).await));
    said
}
