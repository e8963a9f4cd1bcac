//! Bravo and Charlie: credentials that are more than a token in a header.

use kassa::Outcome;
use kassa::kassa_core::http::Method;
use kassa::kassa_core::{Request, SettingValues};
use kassa::uniform::Submission;
use kassa_tests::sim::neighbours::{bravo, charlie};
use kassa_tests::sim::{Fault, Simulator};

use crate::bench::{Desk, cash};

const KEY: &str = "signing-key-of-bravo";
const PEM: &str = include_str!("keys/charlie.pem");
const PKCS1: &str = include_str!("keys/charlie_pkcs1.pem");
const PUBLIC: &[u8] = include_bytes!("keys/charlie_public.der");

/// What OpenSSL makes of the body `{"id":"k-1","amount":7050}` with the key.
const SIGNATURE: &str = "Gfkhuhj27YqhhH8dzfQ+XCyEJnVImhzcHQZvnDPX8S02K/VqREQXpisfYAQVYIeKwIa4dq8qjQ9wzRfa7F4QXhZLvWCdveKbIj/gvM4uLJLCkfa3ZP6GKRnczk+Dlkt4OZIs9O3StQ3Q7oF6qiVa/BGJDa8cYsH0G8I5oxxfPx934Fo1ItkGt8Htmsooc7ijRKRWMJ3Xvyww2qbRSuZzBAIGZLhh7EKJDNHDAHLvF+QRpBYIo79nsIaMGZn1GCGNwBkhpLs34XPz7jFc9ZLGuy8FRaAmEMp8TRkTn/mOyuh6agNjAUzQJT8QVivQtlobkm4lyNIBL1mlJbIfJzz/iQ==";

fn bravo_settings(signing_key: &str) -> SettingValues {
    let settings = SettingValues::default().with("user", "user").with("password", "p@ss wörd");
    settings.with("app", "one&two").with("signing_key", signing_key)
}

async fn bravo_bench(signing_key: &str) -> (Simulator, Desk) {
    let bravo = bravo::start(KEY).await;
    let desk = Desk::below("bravo", &bravo, "/api", bravo_settings(signing_key));
    (bravo, desk)
}

fn charlie_settings(private_key: &str) -> SettingValues {
    SettingValues::default().with("session", "c00kie").with("private_key", private_key)
}

#[tokio::test]
async fn user_application_and_signature_let_a_movement_in() {
    let (bravo, desk) = bravo_bench(KEY).await;
    let Outcome::Registered { registration, .. } = desk.cash_in("k-1", 70_50).await else { panic!() };
    assert_eq!(registration.document_number, Some(1));
    assert_eq!(bravo.ledger().by_key("k-1")[0].total_kopecks, 70_50);
}

/// The signature is over the address as it is sent, and that is where a callback is believed.
#[tokio::test]
async fn what_is_added_to_an_address_is_signed() {
    const BELL: &str = "b3ll &/ё";
    const SENT: &str =
        r#"{"id":"k-1","way":"in","amount":"70.50","report":{"to":"https://shop.example/?bell=b3ll%20%26%2F%D1%91"}}"#;
    let kept = SENT.replace("?bell=b3ll%20%26%2F%D1%91", "");
    let bravo = bravo::start(KEY).await;
    let settings = bravo_settings(KEY).with("report_to", "https://shop.example/").with("bell", BELL);
    let desk = Desk::below("bravo", &bravo, "/api", settings);
    let explanation = desk.dispatcher.explain("k-1", &Submission::CashIn(cash(70_50)));
    bravo.faults().push(Fault::CommitThenClose);
    assert_eq!(desk.cash_in("k-1", 70_50).await.name(), "registered");
    let sent: Vec<_> = bravo.requests().into_iter().map(|seen| String::from_utf8(seen.body).unwrap()).collect();
    assert_eq!(sent, [SENT, ""], "and what is asked then gets nothing");
    let entry = desk.entry("k-1").await;
    assert_eq!(entry.attempts[0].request.restore().unwrap().body(), kept.as_bytes());
    let shown = format!("{explanation} {explanation:?} {entry:?} {:?}", desk.dispatcher);
    assert!(shown.contains("shop.example/?bell=***") && !shown.contains("b3ll"), "{shown}");

    let told = |address: &str| {
        let mut request = Request::new(r#"{"id":"k-1","ok":true,"document":1}"#.into());
        (*request.method_mut(), *request.uri_mut()) = (Method::POST, address.parse().unwrap());
        desk.dispatcher.callback("shop", request)
    };
    assert_eq!(told("https://shop.example/?bell=b3ll%20%26%2F%D1%91").await.unwrap().status(), 200);
    assert_eq!(told("https://shop.example/").await.unwrap().status(), 401);
}

/// Nothing is signed where the document does not ask for it: Bravo refuses a signature there.
#[tokio::test]
async fn each_operation_gets_the_credentials_that_it_asks_for() {
    let (bravo, desk) = bravo_bench(KEY).await;
    bravo.faults().push(Fault::CommitThenClose);
    let outcome = desk.cash_in("k-1", 70_50).await;
    assert_eq!(outcome.name(), "registered", "{outcome:?}");
    let asked = bravo.requests().into_iter().filter(|seen| seen.method == "GET").count();
    assert_eq!((asked, bravo.ledger().count()), (1, 1));
}

#[tokio::test]
async fn the_body_alone_tells_of_failure() {
    let (bravo, desk) = bravo_bench(KEY).await;
    let outcome = desk.dispatcher.cash_out("k-1", cash(1_00)).await.unwrap().outcome;
    let Outcome::Rejected { reason, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((reason.class.as_str(), reason.code.as_deref()), ("invalid", Some("Bravo 1")));
    assert_eq!((reason.message.as_deref(), bravo.ledger().count()), (Some("only so much is left"), 0));
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_nothing_shows_it() {
    let (bravo, desk) = bravo_bench("another-signing-key").await;
    let outcome = desk.cash_in("k-1", 70_50).await;
    let Outcome::Rejected { reason, .. } = &outcome else { panic!("{outcome:?}") };
    assert_eq!((reason.class.as_str(), bravo.ledger().count()), ("auth_config", 0));
    let explanation = desk.dispatcher.explain("k-2", &Submission::CashIn(cash(1)));
    assert!(explanation.to_string().contains("/api/movements?app=***"), "{explanation}");
    let shown =
        format!("{outcome:?} {explanation} {explanation:?} {:?} {:?}", desk.dispatcher, desk.entry("k-1").await);
    for secret in ["another-signing-key", "p@ss", "one&two", "one%26two", "dXNlcjpw"] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

#[tokio::test]
async fn the_bytes_that_are_sent_are_signed_with_rsa() {
    for key in [PEM, PKCS1] {
        let charlie = charlie::start("c00kie", PUBLIC.to_vec()).await;
        let desk = Desk::at("charlie", &charlie, charlie_settings(key));
        assert_eq!(desk.cash_in("k-1", 70_50).await.name(), "registered");
        let sent = &charlie.requests()[0];
        assert_eq!(sent.body, br#"{"id":"k-1","amount":7050}"#);
        let signature = sent.headers.iter().find(|(name, _)| name == "signature");
        assert_eq!(signature.map(|(_, value)| value.as_str()), Some(SIGNATURE));
    }
}

/// The mapping of Charlie says that 401 proves nothing: it stays in doubt, and is repeated with its key.
#[tokio::test]
async fn what_a_401_proves_is_said_by_the_mapping() {
    let charlie = charlie::start("another", PUBLIC.to_vec()).await;
    let desk = Desk::at("charlie", &charlie, charlie_settings(PEM));
    let outcome = desk.cash_in("k-1", 70_50).await;
    assert_eq!((outcome.name(), charlie.ledger().count()), ("in_doubt", 0));
}

#[test]
fn a_key_is_looked_at_when_the_account_is_opened() {
    let open = |key: &str| kassa_neighbours::open("charlie", &charlie_settings(key), None);
    for key in
        ["hunter2", &PEM[..PEM.len() / 2], "-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----"]
    {
        let errors = open(key).unwrap_err();
        assert_eq!((errors.len(), errors[0].name.as_str()), (1, "private_key"));
        assert!(!errors[0].problem.contains("hunter2") && !errors[0].problem.contains("aHVu"), "{errors:?}");
    }
    assert!(!format!("{:?}", open(PEM).unwrap()).contains("MII"));
}
