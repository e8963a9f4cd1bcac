//! No secret, client certificate or contact of a buyer is told: by logs, errors, outcomes, the command, measures, or the
//! journal, whatever comes back. What a buyer told is in the columns of the journal that the page names, until it is
//! purged.

use jiff::{SignedDuration, Timestamp};
use kassa::kassa_core::Secret;
use kassa::{Account, Dispatcher, HttpTransport, Identity, Outcome, Ruling, Tls};

use crate::canaries::{EMAIL, Forms, RENTAL_BELL, SHOP_TOKEN, echoes, of_buyer, of_contacts, of_secrets};
use crate::journal::{columns_with, documented};
use crate::world::{ACCOUNTS, World, files, read, receipt, submission};
use crate::{capture, drive};

/// Everything that the providers do, through dispatchers of this process.
async fn drive_all(world: &World) -> (Vec<Outcome>, Vec<String>) {
    let (mut outcomes, mut said) = (Vec::new(), Vec::new());
    for (number, name) in ACCOUNTS.into_iter().enumerate() {
        let (found, told) = drive::account(world, number, name).await;
        outcomes.extend(found);
        said.extend(told);
    }
    let pending = drive::key(4, 0);
    let desk = world.desk(ACCOUNTS.map(|name| world.account(name)));
    let answers = drive::callbacks(world, &desk, &pending).await;
    assert!(answers.contains(&401) && answers.contains(&200), "{answers:?}");
    said.push(format!("{:?}", desk.callbacks(&pending).await));
    said.extend(drive::queries(world).await);

    let nobody = world.desk([drive::unreachable(&world.account("rental"))]);
    let unreached = nobody.register(&drive::key(9, 1), read(&receipt("rental", false))).await.expect("it is accepted");
    assert_eq!(unreached.name(), "not_sent", "{unreached:?}");
    said.push(format!("{unreached:?}"));
    for (n, password) in [crate::canaries::ACME_PASSWORD, "another-PasswordCanaryHotel"].into_iter().enumerate() {
        let movement = serde_json::from_str(r#"{"amount":"5.00"}"#).expect("it reads");
        let standing = world.desk([world.acme(password)]).cash_in(&format!("till-{n}"), movement).await;
        said.push(format!("{standing:?}"));
    }
    said.push(format!("{:?}", desk.doubts().await));
    let resumed = desk.resume().await.expect("the journal can be read");
    said.push(format!("{resumed:?}"));
    outcomes.extend(resumed.into_iter().map(|(_, standing)| standing.outcome));
    (outcomes, said)
}

/// What is wrong with accounts, as it is told when they are opened.
fn wrong_accounts(world: &World) -> Vec<String> {
    let mut said = Vec::new();
    for url in [
        format!("https://shop:{SHOP_TOKEN}@example.org/"),
        format!("https://example.org/?token={SHOP_TOKEN}"),
        format!("https://example.org/#{SHOP_TOKEN}"),
    ] {
        let settings = kassa::kassa_core::SettingValues::default().with("token", SHOP_TOKEN);
        let errors = kassa::open("smartcashier", &settings, Some(&url)).expect_err("it is no base URL");
        said.push(format!("{errors:?} {}", errors[0]));
        let config = std::fs::read_to_string(world.path("kassa.yaml")).expect("it is there");
        let config = config.replace(
            &format!("base_url: {}\n    settings: {{ token", world.shop.base_url()),
            &format!("base_url: '{}'\n    settings: {{ token", url.replace('\'', "''")),
        );
        world.write("wrong.yaml", &config);
        let error = kassa::config::Config::load(&world.path("wrong.yaml")).expect_err("it is wrong");
        said.push(format!("{error} {error:?}"));
    }
    for (from, to) in [
        ("{ file: shop.token }", format!("'{}'", SHOP_TOKEN.replace('\'', "''"))),
        ("{ file: shop.token }", format!("{{ text: '{}' }}", SHOP_TOKEN.replace('\'', "''"))),
        ("{ file: client.key }", "{ file: shop.token }".to_owned()),
        ("{ file: client.pem }", "{ file: client.key }".to_owned()),
        ("http://127.0.0.1:9/hook", format!("'http://127.0.0.1:9/hook?token={}'", RENTAL_BELL.replace('\'', "''"))),
    ] {
        let config = std::fs::read_to_string(world.path("kassa.yaml")).expect("it is there");
        assert!(config.contains(from), "{from}");
        world.write("wrong.yaml", &config.replace(from, &to));
        let error = kassa::config::Config::load(&world.path("wrong.yaml")).expect_err("it is wrong");
        said.push(format!("{error} {error:?}"));
    }
    // Keys that are none: PEM of something else, and PEM that is cut short.
    let key = world.cloud.client_key_pem();
    for broken in [key.replace("PRIVATE KEY", "PUBLIC KEY"), key[..key.len() / 2].to_owned()] {
        let identity = Identity { certificate: world.cloud.client_cert_pem().into_bytes(), key: Secret::new(broken) };
        let account = Account { tls: Tls { identity: Some(identity), roots: Vec::new() }, ..world.account("cloud") };
        let builder = Dispatcher::builder().account(account).journal(world.journal.clone());
        let error = builder.transport(HttpTransport::new()).build().expect_err("it is no key");
        said.push(format!("{error} {error:?}"));
    }
    said
}

/// The command, with a log of everything.
fn commands(world: &World) -> Vec<(String, String, bool)> {
    let mut said = Vec::new();
    world.write("receipt.json", &receipt("shop", false));
    world.write("wrong.json", &receipt("shop", false).replace("\"contact\"", "\"contakt\""));
    world.write("broken.json", &receipt("shop", false).replace(" }\n}", " \n}"));
    // What is meant to show the whole of a submission is asked for by name.
    let shows = |args: &[&str]| args.contains(&"explain") || args.contains(&"--content");
    for args in [
        &["register", "cli-1", "receipt.json"][..],
        &["register", "cli-2", "wrong.json"],
        &["register", "cli-3", "broken.json"],
        &["explain", "cli-4", "receipt.json"],
        &["explain", "cli-4", "receipt.json", "--format", "json"],
        &["status", &drive::key(0, 1)],
        &["status", &drive::key(4, 0), "--format", "json"],
        &["doubt", "list"],
        &["journal", "verify"],
        &["journal", "export"],
        &["journal", "export", "--content"],
        &["devices", "kiosk"],
        &["list", "courier"],
    ] {
        let mut all = vec!["--config", "kassa.yaml"];
        all.extend(args);
        let (code, out, err) = world.run(&all);
        assert!(code != 8 && code != 101, "{args:?} ends with {code}: {err}");
        said.push((format!("the standard error output of {args:?}"), err, false));
        said.push((format!("the standard output of {args:?}"), out, shows(args)));
    }
    let (code, out, err) = world.run(&["--config", "wrong.yaml", "resume"]);
    assert_eq!(code, 2, "{err}");
    said.push(("a wrong configuration".to_owned(), out + &err, false));
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_tells_a_secret_or_a_contact() {
    capture::begin();
    let world = World::start().await;
    let (outcomes, said) = drive_all(&world).await;
    let tokens = world.acme.tokens();
    assert!(!tokens.is_empty(), "an account has logged in");
    let others = of_secrets(&["another-PasswordCanaryHotel".to_owned()]);
    let secrets = Forms::new([others, world.pem(), tokens].concat());
    let (contacts, buyer) = (Forms::new(of_contacts()), Forms::new(of_buyer()));

    // All sorts of outcomes were seen, and the providers' words are told where they are harmless.
    for name in ["registered", "rejected", "in_doubt", "pending"] {
        assert!(outcomes.iter().any(|outcome| outcome.name() == name), "{name} is among {outcomes:?}");
    }
    let told = format!("{outcomes:?}");
    assert!(told.contains("<secret>") && told.contains("<contact>"), "words that had both are told without: {told}");

    for text in said.iter().chain(&wrong_accounts(&world)).chain([&told]) {
        secrets.assert_none("what was said", text.as_bytes());
        buyer.assert_none("what was said", text.as_bytes());
    }
    let explained =
        world.desk([world.account("rental")]).explain(&drive::key(8, 1), &submission(&receipt("rental", false)));
    let explained = format!("{explained} {explained:?} {}", serde_json::to_string(&explained).expect("it is JSON"));
    assert!(explained.contains(EMAIL), "an explanation shows the request: {explained}");
    secrets.assert_none("an explanation", explained.as_bytes());

    for (what, text, shows_contacts) in commands(&world) {
        secrets.assert_none(&what, text.as_bytes());
        if !shows_contacts {
            (if what.contains("error output") { &contacts } else { &buyer }).assert_none(&what, text.as_bytes());
        }
    }

    let logged = capture::logged();
    // What is captured is captured: spans with their fields, and what the crates below log.
    for due in ["submission{", "provider_key=", "purpose=\"submit\"", "answered", "TRACE", "reqwest"] {
        assert!(logged.contains(due), "{due} is logged");
    }
    secrets.assert_none("the log", logged.as_bytes());
    contacts.assert_none("the log", logged.as_bytes());

    let measured = format!("{:?}", capture::measured());
    secrets.assert_none("a measure", measured.as_bytes());
    contacts.assert_none("a measure", measured.as_bytes());
    assert!(!measured.contains("00000000-0000-4000"), "a measure has a key: {measured}");

    in_the_journal(&world, &secrets, &contacts).await;
}

/// What the file has, before it is purged and after.
async fn in_the_journal(world: &World, secrets: &Forms, contacts: &Forms) {
    let path = world.path("kassa.sqlite");
    assert!(columns_with(&path, secrets).is_empty(), "secrets are in {:?}", columns_with(&path, secrets));
    let found = columns_with(&path, contacts);
    let documented = documented();
    assert!(found.is_subset(&documented), "contacts are in {found:?}, and may be in {documented:?}");
    assert!(found.len() >= 3, "contacts were looked for: {found:?}");
    for file in files(world.folder.path()) {
        secrets.assert_none("the file", &std::fs::read(&file).expect("it can be read"));
    }

    // Everything ends, and is purged.
    let desk = world.desk(ACCOUNTS.map(|name| world.account(name)));
    for doubtful in desk.doubts().await.expect("the journal can be read") {
        let ruled = desk.resolve(&doubtful.key, Ruling::Rejected, "Ann", "it is not in the cabinet").await;
        assert!(ruled.is_ok(), "{}: {ruled:?}", doubtful.key);
    }
    let before = Timestamp::now() + SignedDuration::from_hours(24);
    let compacted = world.journal.compact(before).await.expect("the journal can be written");
    assert!(compacted.purged > 20, "{compacted:?}");
    let left = columns_with(&path, contacts);
    assert!(left.is_empty(), "after it was purged, contacts are in {left:?}");
    for file in files(world.folder.path()) {
        let bytes = std::fs::read(&file).expect("it can be read");
        contacts.assert_none(&file.display().to_string(), &bytes);
    }
    let keys = Forms::new(vec![drive::key(0, 0)]);
    assert!(keys.find(&std::fs::read(&path).expect("it can be read")).is_some(), "keys stay");
}

/// What is looked for is found in every form, so that nothing passes because nobody looked.
#[test]
fn every_echo_is_seen() {
    let forms = Forms::new(of_secrets(&[]));
    for secret in [SHOP_TOKEN, RENTAL_BELL] {
        for echo in echoes(secret) {
            assert!(forms.find(echo.as_bytes()).is_some(), "{echo}");
        }
    }
}
