//! Secrets stay where they are: in accounts and on the wire. What the command prints and logs is looked at where it is
//! run, in [`crate::command::Shop::run`].

use kassa_tests::sim::{Documented, Fault};

use crate::bench::{Bench, TOKEN, once};
use crate::command::Shop;
use crate::receipts::{GOODS, cash, goods};

/// A text as the list of its bytes, which is how `Debug` would show it.
fn as_bytes(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| byte.to_string()).collect();
    bytes.join(", ")
}

#[tokio::test]
async fn debug_shows_none() {
    let shop = Shop::open().await;
    let bench = &shop.bench;
    let desk = bench.desk([bench.sc(), bench.co()]);
    let mut shown = vec![format!("{:?}", desk.dispatcher), format!("{:#?}", desk.dispatcher)];
    for account in [bench.sc(), bench.co()] {
        shown.extend([format!("{account:?}"), format!("{account:#?}"), format!("{:?}", account.provider)]);
    }
    let outcome = desk.register("order-1", goods()).await;
    shown.extend([format!("{outcome:?}"), format!("{:?}", desk.entry("order-1").await)]);
    let config = kassa::config::Config::load(&shop.path("nowhere.yaml"));
    shown.push(format!("{config:?}"));
    for text in shown {
        shop.assert_no_secret(&text);
        let bytes = [TOKEN, bench.co.client_key_pem().lines().nth(1).unwrap()].map(as_bytes);
        assert!(bytes.iter().all(|bytes| !text.contains(bytes)), "{text}");
    }
}

/// A certificate is no secret, but it names a client, and its bytes are of no use in a log.
#[tokio::test]
async fn debug_shows_no_certificate() {
    let bench = Bench::start().await;
    let certificate = bench.co.client_cert_pem();
    assert!(!format!("{:?}", bench.co()).contains(&as_bytes(certificate.lines().nth(1).unwrap())));
}

/// Whatever the requests come to, the journal has them without their credentials.
#[tokio::test]
async fn the_journal_keeps_none() {
    let shop = Shop::open().await;
    let bench = &shop.bench;
    let desk = bench.desk_at(once(), [bench.sc(), bench.co()], []);
    let faults = [
        None,
        Some(Fault::CommitThenClose),
        Some(Fault::DocumentedError(Documented::Http(400))),
        Some(Fault::DocumentedError(Documented::Http(401))),
        Some(Fault::Html),
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        fault.into_iter().for_each(|fault| bench.sc.faults().push(fault));
        desk.register(&format!("order-{n}"), goods()).await.unwrap();
    }
    desk.cash_in("till-1", cash("1.00")).await.unwrap();
    bench.co.faults().push(Fault::DocumentedError(Documented::Service(5)));
    drop(desk);
    let desk = bench.desk([bench.co()]);
    desk.register("order-9", goods()).await.unwrap();
    let look = || {
        let mut read = 0;
        for file in std::fs::read_dir(bench.folder.path()).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !name.starts_with("kassa.sqlite") || path.is_dir() {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
            for secret in shop.secrets() {
                assert!(!has(&secret), "{name} has `{secret}`");
            }
            assert!(
                !has("Bearer") && !has("authorization"),
                "{name} has a header that was to be added when it is sent"
            );
            read += usize::from(has("formReceipt")) + usize::from(has("/api/kkt/cloud/sync/receipt"));
        }
        assert!(read >= 2, "the requests were looked at");
    };
    look();
    drop(desk);
    look();
}

/// What a buyer told goes into the request, and from there into the journal, and into no log.
#[tokio::test]
async fn a_contact_is_told_to_the_provider_alone() {
    let mut shop = Shop::open().await;
    shop.log = Some("trace");
    shop.write("receipt.json", GOODS);
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert!(said.code == 0 && !said.err.contains("buyer@example.org") && !said.out.contains("buyer@example.org"));
    let desk = shop.bench.desk([shop.bench.sc()]);
    assert!(!format!("{:?}", desk.entry("order-1").await).contains("buyer@example.org"));
}

/// Something on the way sends back what it was sent, as pages of errors do.
#[tokio::test]
async fn an_echo_of_the_token_is_not_kept() {
    let bench = Bench::start().await;
    let body = format!("{{\"you sent\":\"authorization: Bearer {TOKEN}\"}}");
    bench.sc.faults().push(Fault::AnswerHttp { status: 400, body, content_type: "application/json".to_owned() });
    let desk = bench.desk([bench.sc()]);
    let outcome = desk.register("order-1", goods()).await.unwrap();
    assert!(!format!("{outcome:?}").contains(TOKEN), "{outcome:?}");
    let reply = desk.entry("order-1").await.attempts.remove(0).reply.unwrap();
    assert!(!String::from_utf8_lossy(&reply.body).contains(TOKEN));
}
