//! The command from outside: what it says, and what it ends with.

use kassa_tests::sim::{Documented, Fault};
use serde_json::json;

use crate::bench::{Bench, Deserted, LONG, TOKEN, asks, ms, short, submits};
use crate::command::Shop;
use crate::receipts::{self, GOODS, goods};

async fn shop() -> Shop {
    let shop = Shop::open().await;
    shop.write("receipt.json", GOODS);
    shop
}

#[tokio::test]
async fn registers_and_tells() {
    let shop = shop().await;
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    let document = shop.bench.sc.ledger().entries().remove(0);
    let at = "registered_at: ";
    let (before, after) = said.out.split_once(at).unwrap_or_else(|| panic!("{said:?}"));
    let (moment, after) = after.split_once('\n').unwrap();
    assert!(moment.ends_with("+03:00"), "{moment}");
    let expected = format!(
        "order-1: registered by sc\n  document_number: {}\n  fiscal_sign: {}\n  fn_serial: 9999078900012345\n  \
         fns_site: www.nalog.ru\n  not_printed: false\n  receipt_number: 1\n  ",
        document.fd_number.unwrap(),
        document.fiscal_sign.unwrap()
    );
    assert_eq!(before, expected);
    assert_eq!(after, "  registration_number: 0000000244012345\n  shift_number: 3\n");
    assert_eq!((said.code, said.err.as_str()), (0, ""));

    // The same again, in JSON, from the standard input: told, and not sent.
    let requests = shop.bench.requests();
    let said = shop.run_for(&["--format", "json", "register", "order-1", "-"], GOODS).await;
    let outcome = said.json();
    assert_eq!((said.code, outcome["key"].as_str()), (0, Some("order-1")));
    let registered = &outcome["outcome"]["registered"];
    assert_eq!((&registered["account"], &registered["differences"]), (&json!("sc"), &json!([])));
    assert_eq!(registered["registration"]["fiscal_sign"], json!(document.fiscal_sign));
    let status = shop.run(&["status", "order-1", "--format", "json"]).await;
    assert_eq!((status.code, status.out), (0, said.out));
    assert_eq!(shop.bench.requests(), requests);
    assert_eq!(shop.run(&["resume"]).await.out, "nothing waits\n");
}

#[tokio::test]
async fn moves_cash() {
    let shop = shop().await;
    let cash = "{\"amount\": \"500.00\"}";
    let said = shop.run_for(&["register", "--operation", "cash_in", "till-1", "-"], cash).await;
    assert_eq!((said.code, said.out.as_str()), (0, "till-1: registered by sc\n"));
    let said = shop.run_for(&["register", "--operation", "cash_on", "till-2", "-"], cash).await;
    assert_eq!(said.code, 2);
    assert!(said.err.contains("it is one of register_receipt, register_correction, cash_in"), "{said:?}");
    assert!(said.err.contains("did you mean cash_in?"), "{said:?}");
    assert_eq!(shop.bench.sc.ledger().count(), 1);
}

#[tokio::test]
async fn rejected_ends_with_3() {
    let shop = shop().await;
    shop.fault(Fault::DocumentedError(Documented::Http(400)));
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert_eq!(said.code, 3);
    assert_eq!(
        said.out,
        "order-1: rejected by sc; surely not registered\n  The request is wrong. (invalid, HTTP 400)\n  \
         in its words: {\"message\":\"injected\"}\n  next: The request is wrong; mend it and send it under a new key. \
         It is surely not registered, so a new key is safe.\n"
    );
    assert_eq!(shop.bench.co.requests().len(), 0);
}

#[tokio::test]
async fn not_sent_ends_with_4() {
    let shop = shop().await;
    shop.write(
        "receipt.json",
        &receipts::text(&[("vat10", "vat22"), ("\"kind\"", "\"date\": \"2026-02-01\", \"kind\"")]),
    );
    for _ in 0..2 {
        let said = shop.run(&["register", "order-1", "receipt.json"]).await;
        assert_eq!(said.code, 4);
        assert_eq!(
            said.out,
            "order-1: not sent\n  sc: items[0].vat: is vat22, which is ambiguous until the setting `general_rate_means` \
             decides: Which rate VAT codes 3 and 6 print; the document still says 18 % (SC2).\n  \
             co: items[0].vat: is vat22, which cannot be sent: the document predates 22 %\n  \
             next: no byte left; submit it again under a new key, this one has ended\n"
        );
    }
    let said = shop.run(&["explain", "order-1", "receipt.json"]).await;
    assert_eq!(said.code, 4);
    assert!(said.out.contains("account sc (provider smartcashier)"), "{}", said.out);
    assert_eq!(shop.bench.requests(), 0);
}

#[tokio::test]
async fn unreachable_ends_with_4() {
    let nobody = Deserted::new();
    let shop = shop().await;
    let config = std::fs::read_to_string(shop.path("kassa.yaml")).unwrap();
    let config = config.replace(&shop.bench.sc.base_url(), &format!("http://{}", nobody.address()));
    shop.write("kassa.yaml", &config.replace("[sc, co]", "[sc]"));
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert_eq!(said.code, 4);
    assert!(said.out.starts_with("order-1: not sent\n  sc: client error (Connect): tcp connect error"), "{said:?}");
    assert!(said.err.starts_with("warning: no route uses the account `co`\n --> kassa.yaml:7:3\n"), "{said:?}");
}

/// Killed while it is pending: `status` asks once, `resume` goes on to the end.
#[tokio::test]
async fn pending_ends_with_5_and_resume_goes_on() {
    let shop = shop().await;
    shop.fault(Fault::StaySlow(ms(6_000)));
    let mut child = shop.spawn(&["register", "order-1", "receipt.json"]);
    while asks(&shop.bench.sc).is_empty() {
        tokio::time::sleep(ms(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(shop.bench.documents(), 0);
    let said = shop.run(&["status", "order-1"]).await;
    assert_eq!(said.code, 5, "{said:?}");
    assert!(said.out.starts_with("order-1: pending at sc\n"), "{said:?}");
    let said = shop.run(&["resume"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("order-1: registered by sc\n"), "{said:?}");
    assert_eq!((submits(&shop.bench.sc).len(), shop.bench.documents(), shop.bench.co.requests().len()), (1, 1, 0));
}

/// Killed before the answer came: whatever the receipt had come to, it is registered once.
#[tokio::test]
async fn killed_with_the_request_under_way() {
    let shop = Shop::with(Bench::start().await, "[co, sc]");
    shop.write("receipt.json", GOODS);
    shop.bench.co.faults().push(Fault::CommitThenHang(LONG));
    let mut child = shop.spawn(&["register", "order-1", "receipt.json"]);
    while shop.bench.documents() == 0 {
        tokio::time::sleep(ms(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let said = shop.run(&["--format", "json", "resume"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["outcome"]["registered"]["account"], "co");
    assert_eq!((shop.bench.documents(), shop.bench.sc.requests().len()), (1, 0));
}

#[tokio::test]
async fn in_doubt_ends_with_6() {
    let shop = Shop::with(Bench::start().await, "[co, sc]");
    shop.write("receipt.json", GOODS);
    // Kept, and so repeated for ever.
    shop.bench.co.faults().push(Fault::DocumentedError(Documented::Device(244)));
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert_eq!(said.code, 6, "{said:?}");
    assert_eq!(
        said.out,
        "order-1: in doubt at co; it may or may not be registered\n  \
         The answer could not be written as JSON; it may have been a success. (outcome_unknown, Error 244)\n  \
         in its words: Conversion to JSON failed: injected\n  \
         next: Do not submit it under another key before this is settled. \
         `resume` repeats the request with its key until the provider answers.\n"
    );
    assert_eq!(shop.run(&["status", "order-1"]).await.code, 6);
    assert_eq!(shop.bench.sc.requests().len(), 0);
}

#[tokio::test]
async fn a_conflict_ends_with_7() {
    let shop = shop().await;
    assert_eq!(shop.run(&["register", "order-1", "receipt.json"]).await.code, 0);
    let requests = shop.bench.requests();
    shop.write("other.json", &receipts::text(&[("Чай чёрный", "Чай зелёный")]));
    let said = shop.run(&["register", "order-1", "other.json"]).await;
    assert_eq!((said.code, said.out.as_str()), (7, ""));
    assert!(said.err.starts_with("error: not accepted: the key has other content already (its hash is "), "{said:?}");
    let said = shop.run(&["--format=json", "register", "order-1", "other.json"]).await;
    assert_eq!((said.code, said.json()["error"]["kind"].as_str()), (7, Some("conflict")));
    assert_eq!(shop.bench.requests(), requests);
}

#[tokio::test]
async fn a_journal_that_fails_ends_with_8() {
    let shop = shop().await;
    for args in [&["status", "order-1"][..], &["resume"]] {
        let said = shop.run(args).await;
        assert_eq!(said.code, 8);
        assert_eq!(
            said.err,
            "error: there is no journal kassa.sqlite: nothing was submitted with this configuration\n\n"
        );
    }
    assert!(!shop.path("kassa.sqlite").exists(), "who only asks makes none");
    shop.write("kassa.sqlite", "This is no journal, and nothing of it may be lost.");
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert_eq!(said.code, 8);
    assert!(said.err.starts_with("error: the journal is damaged, or is none: "), "{said:?}");
    let kept = std::fs::read_to_string(shop.path("kassa.sqlite")).unwrap();
    assert_eq!(kept, "This is no journal, and nothing of it may be lost.");
    assert_eq!(shop.bench.requests(), 0);
}

#[tokio::test]
async fn a_service_and_commands_share_a_journal() {
    let shop = shop().await;
    let desk = shop.bench.desk([shop.bench.sc()]);
    assert_eq!(shop.run(&["register", "order-1", "receipt.json"]).await.code, 0);
    assert_eq!(short(&desk.register("order-2", goods()).await.unwrap()), "registered sc");
    let requests = shop.bench.requests();
    assert_eq!(short(&desk.status("order-1").await.unwrap()), "registered sc");
    let said = shop.run(&["status", "order-2"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(shop.bench.requests(), requests, "what is known is not asked for");
}

#[tokio::test]
async fn wrong_usage_ends_with_2() {
    let shop = shop().await;
    for (args, said_of_it) in [
        (&["register", "order 1", "receipt.json"][..], "a key has 1 to 64 characters, each a visible one of ASCII"),
        (&["register", "order-1", "nowhere.json"], "error: cannot read nowhere.json: "),
        (&["--config", "nowhere.yaml", "resume"], "error: cannot read the configuration: "),
        (&["sell"], "unrecognized subcommand 'sell'"),
        (&["status", "order-1", "--format", "xml"], "invalid value 'xml'"),
    ] {
        let said = shop.run(args).await;
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{said:?}");
        assert!(said.err.contains(said_of_it), "{said:?}");
    }
    assert_eq!(shop.run(&["register", "order-1", "receipt.json"]).await.code, 0);
    let said = shop.run(&["status", "order-2"]).await;
    assert_eq!((said.code, said.err.as_str()), (2, "error: there is no submission of this key\n\n"));
}

/// The request that is explained is the request that is sent, byte for byte.
#[tokio::test]
async fn explains_what_is_sent() {
    for (accounts, first) in [("[sc, co]", "sc"), ("[co, sc]", "co")] {
        let shop = Shop::with(Bench::start().await, accounts);
        shop.write("receipt.json", GOODS);
        let text = shop.run(&["explain", "order-1", "receipt.json"]).await;
        assert_eq!((text.code, text.err.as_str(), shop.bench.requests()), (0, "", 0));
        assert!(!shop.path("kassa.sqlite").exists(), "nothing is kept");
        let explained = shop.run(&["--format", "json", "explain", "order-1", "receipt.json"]).await.json();
        assert_eq!(shop.run(&["register", "order-1", "receipt.json"]).await.code, 0);
        let sent = match first {
            "sc" => submits(&shop.bench.sc).remove(0),
            _ => submits(&shop.bench.co).remove(0),
        };
        let body = String::from_utf8(sent.body.clone()).unwrap();
        let lines: Vec<_> = text.out.lines().map(str::trim_start).collect();
        let at = lines.iter().position(|line| *line == "would be sent:").unwrap();
        let url = match first {
            "sc" => shop.bench.sc.base_url(),
            _ => shop.bench.co.base_url(),
        };
        assert_eq!(lines[at + 1], format!("POST {url}{}", sent.path));
        assert!(lines.contains(&body.as_str()), "{body} is in {}", text.out);
        let candidate = &explained["candidates"][0];
        let request = &candidate["verdict"]["send"];
        assert_eq!((&candidate["account"], &request["body"]), (&json!(first), &json!(body)));
        assert_eq!(request["url"], json!(format!("{url}{}", sent.path)));
        for header in request["headers"].as_array().unwrap() {
            let (name, value) = (header[0].as_str().unwrap(), header[1].as_str().unwrap());
            let value = if name == "authorization" { "***" } else { value };
            let came = sent.headers.iter().find(|(came, _)| came == name);
            assert_eq!(came.map(|(_, came)| came.as_str()), Some(value), "{name}");
        }
    }
}

#[tokio::test]
async fn explains_every_account() {
    let shop = shop().await;
    let (sc, co) = (shop.bench.sc.base_url(), shop.bench.co.base_url());
    let said = shop.run(&["explain", "order-1", "receipt.json"]).await;
    let shown = said.out.replace(&sc, "http://SC").replace(&co, "https://CO");
    assert_eq!(
        shown,
        r#"register_receipt under the key order-1
route all: fits

account sc (provider smartcashier)
  setting cashbox_id: da2bb850-63ef-47e4-8b45-7b5b841eaa9b
  setting print_receipts: true
  would be sent:
    POST http://SC/v1.0/operations/formReceipt
    accept: application/json
    content-type: application/json; charset=utf-8
    authorization: <secret>

    {"operationId":"order-1","receiptType":1,"printReceipt":true,"taxationSystem":1,"buyerEmail":"buyer@example.org","cashPaymentSum":20.5,"cashlessPaymentSum":50,"totalSum":70.5,"positions":[{"name":"Чай чёрный","quantity":2,"price":35.25,"taxType":2}],"cashboxId":"da2bb850-63ef-47e4-8b45-7b5b841eaa9b"}

account co (provider checkonline)
  setting taxid_dialect: ferma_1_7
  setting utc_offset: +03
  would be sent if none before it can register it:
    POST https://CO/api/kkt/cloud/sync/receipt
    accept: application/json
    content-type: application/json; charset=utf-8

    {"Requestid":"order-1","Device":"auto","DocumentType":0,"Lines":[{"Qty":2000,"Price":3525,"PayAttribute":4,"LineAttribute":1,"Taxid":2,"Description":"Чай чёрный"}],"NonCash":[5000,0,0],"Cash":2050,"TaxMode":1,"PhoneOrEmail":"buyer@example.org","FullResponse":false}
"#
    );
    // One that the first cannot carry.
    let weighed = receipts::text(&[(
        "\"quantity\": \"2\", \"price\": \"35.25\"",
        "\"quantity\": \"0.5\", \"price\": \"141.00\"",
    )]);
    let said = shop.run_for(&["explain", "order-1", "-"], &weighed).await;
    let shown = said.out.replace(&co, "https://CO");
    assert_eq!(
        shown,
        r#"register_receipt under the key order-1
route all: fits

account sc (provider smartcashier)
  setting cashbox_id: da2bb850-63ef-47e4-8b45-7b5b841eaa9b
  setting print_receipts: true
  passed over; items[0].quantity: is 0.5, and only whole numbers can be sent

account co (provider checkonline)
  setting taxid_dialect: ferma_1_7
  setting utc_offset: +03
  would be sent:
    POST https://CO/api/kkt/cloud/sync/receipt
    accept: application/json
    content-type: application/json; charset=utf-8

    {"Requestid":"order-1","Device":"auto","DocumentType":0,"Lines":[{"Qty":500,"Price":14100,"PayAttribute":4,"LineAttribute":1,"Taxid":2,"Description":"Чай чёрный"}],"NonCash":[5000,0,0],"Cash":2050,"TaxMode":1,"PhoneOrEmail":"buyer@example.org","FullResponse":false}
"#
    );
    let said = shop.run_for(&["--format", "json", "explain", "order-1", "-"], &weighed).await;
    let explained = said.json();
    assert_eq!(explained["candidates"][0]["verdict"]["passed_over"]["field"], "items[0].quantity");
    assert!(
        explained["candidates"][1]["decisions"].as_array().unwrap().contains(&json!(["taxid_dialect", "ferma_1_7"]))
    );
    assert_eq!((said.code, shop.bench.requests()), (0, 0));
}

/// At the most talkative, no command tells a secret: [`Shop::run`] looks at every output.
#[tokio::test]
async fn no_log_tells_a_secret() {
    let mut shop = shop().await;
    shop.log = Some("trace");
    let explained = shop.run(&["explain", "order-1", "receipt.json"]).await;
    assert!(explained.out.contains("authorization: <secret>"), "{}", explained.out);
    shop.fault(Fault::CommitThenClose);
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    for told in ["key=\"order-1\"", "operation=\"register_receipt\"", "account=\"sc\"", "outcome=\"registered\""] {
        assert!(said.err.contains(told), "{told} is in {}", said.err);
    }
    assert!(!said.err.contains("buyer@example.org"), "nor what a buyer told in confidence: {}", said.err);
    shop.fault(Fault::DocumentedError(Documented::Http(401)));
    let said = shop.run(&["register", "order-2", "receipt.json"]).await;
    assert!(said.err.contains("account=\"co\"") && said.err.contains("auth_config"), "{said:?}");
    shop.run(&["status", "order-2"]).await;
    shop.run(&["resume"]).await;
    // Settings that are refused, and a token that no header can have.
    shop.write("inline.yaml", &format!("journal: k\naccounts: {{ sc: {{ provider: smartcashier, settings: {{ token: {TOKEN} }} }} }}\nroutes: [{{ name: all, accounts: [sc] }}]\n"));
    let said = shop.run(&["--config", "inline.yaml", "resume"]).await;
    assert_eq!(said.code, 2);
    shop.write("token", &format!("{TOKEN}\n{TOKEN}"));
    let config = std::fs::read_to_string(shop.path("kassa.yaml")).unwrap();
    shop.write("kassa.yaml", &config.replace("{ env: SC_TOKEN }", "{ file: token }"));
    let said = shop.run(&["register", "order-3", "receipt.json"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.starts_with("order-3: registered by co"), "{said:?}");
    let said = shop.run(&["explain", "order-4", "receipt.json"]).await;
    assert!(said.out.contains("passed over; account: "), "{said:?}");
}

/// Who writes the log into a file wants no escape sequences in it.
#[tokio::test]
async fn a_log_in_a_file_is_plain() {
    let mut shop = shop().await;
    (shop.log, shop.plain) = (Some("info"), false);
    let said = shop.run(&["register", "order-1", "receipt.json"]).await;
    assert!(said.err.contains("registered") && !said.err.contains('\u{1b}'), "{said:?}");
}

#[tokio::test]
async fn whoever_has_little_time_is_told_in_it() {
    let shop = shop().await;
    shop.fault(Fault::CommitThenHang(LONG));
    let said = shop.run(&["register", "order-1", "receipt.json", "--within", "1"]).await;
    let told = "error: the time is over, and no answer has come: it may be registered; ask for its status\n\n";
    assert_eq!((said.code, said.err.as_str()), (6, told), "{said:?}");
    assert_eq!(shop.run(&["resume"]).await.code, 0);
    assert_eq!((shop.bench.sc.ledger().count(), shop.bench.documents()), (1, 1));
    assert_eq!(shop.run(&["register", "order-2", "receipt.json", "--within", "0"]).await.code, 2);
}

#[tokio::test]
async fn somebody_ends_a_doubt() {
    let shop = Shop::with(Bench::start().await, "[co, sc]");
    shop.write("receipt.json", GOODS);
    shop.bench.co.faults().push(Fault::DocumentedError(Documented::Device(244)));
    assert_eq!(shop.run(&["register", "order-1", "receipt.json"]).await.code, 6);
    let requests = shop.bench.requests();

    let said = shop.run(&["doubt", "list"]).await;
    assert_eq!(said.code, 6, "{said:?}");
    let head = "order-1: register_receipt, in_doubt at co\n  the provider knows it as order-1\n  sent first at ";
    assert!(said.out.starts_with(head), "{said:?}");
    let said = shop.run(&["--format=json", "doubt", "list"]).await;
    assert_eq!((&said.json()["state"], &said.json()["account"]), (&json!("in_doubt"), &json!("co")));

    let resolve = ["doubt", "resolve", "order-1", "--by", "Ann", "--evidence", "FD 7, seen in the cabinet"];
    let with = |more: &[&'static str]| [&resolve[..], more].concat();
    for (more, wrong) in [
        (&[][..], "<--registered|--rejected>"),
        (&["--registered", "--rejected"], "cannot be used with"),
        (&["--rejected", "--document-number", "7"], "cannot be used with"),
    ] {
        let said = shop.run(&with(more)).await;
        assert!(said.code == 2 && said.err.contains(wrong), "{said:?}");
    }
    shop.write("found.json", r#"{ "fiscal_sign": 5, "total": "70.00", "unread": [] }"#);
    let said = shop.run(&with(&["--registered", "--registration", "found.json", "--document-number", "7"])).await;
    assert_eq!(said.code, 0, "{said:?}");
    let begins = "order-1: registered by co\n  document_number: 7\n  fiscal_sign: 5\n";
    assert!(said.out.starts_with(begins), "{said:?}");
    let said = shop.run(&with(&["--rejected"])).await;
    assert_eq!((said.code, said.err.as_str()), (7, "error: `order-1`: it is registered, and not in doubt\n\n"));
    let said = shop.run(&["status", "order-1"]).await;
    assert_eq!(said.code, 0);
    assert!(said.err.starts_with("note: Ann has ended the doubt at "), "{said:?}");
    assert_eq!(shop.run(&["doubt", "list"]).await.out, "nothing is in doubt\n");
    assert_eq!(shop.bench.requests(), requests, "nobody was asked");
}

#[tokio::test]
async fn the_journal_is_looked_over_written_out_and_made_smaller() {
    let shop = shop().await;
    let said = shop.run(&["journal", "verify"]).await;
    assert!(said.code == 8 && said.err.starts_with("error: there is no journal "), "{said:?}");
    assert_eq!(shop.run(&["register", "order-1", "receipt.json"]).await.code, 0);
    let said = shop.run(&["journal", "verify"]).await;
    assert_eq!((said.code, said.out.as_str()), (0, "entries.registered: 1\n"), "{said:?}");
    let said = shop.run(&["journal", "export"]).await;
    assert_eq!((said.code, &said.json()["key"]), (0, &json!("order-1")), "{said:?}");
    assert!(said.json().get("submission").is_none());
    let said = shop.run(&["journal", "export", "--content"]).await;
    assert!(said.json()["submission"]["register_receipt"].is_object(), "{said:?}");
    let said = shop.run(&["--format=json", "journal", "compact", "--older-than-days", "1"]).await;
    assert_eq!((said.code, &said.json()["purged"]), (0, &json!(0)), "{said:?}");
    assert_eq!(shop.run(&["journal", "compact", "--older-than-days", "0"]).await.code, 2);
    let said = shop.run(&["journal", "compact"]).await;
    assert!(said.code == 2 && said.err.contains("`retention: 400d`"), "{said:?}");
    let configuration = std::fs::read_to_string(shop.path("kassa.yaml")).unwrap();
    shop.write("kassa.yaml", &format!("retention: 1d\n{configuration}"));
    assert_eq!(shop.run(&["journal", "compact"]).await.code, 0);
    shop.write("kassa.yaml", &format!("retention: 1h\n{configuration}"));
    let said = shop.run(&["journal", "compact"]).await;
    assert!(said.code == 2 && said.err.contains("is not a number of days"), "{said:?}");
    shop.write("kassa.yaml", &configuration);
    let raw = shop.path("kassa.sqlite");
    std::fs::remove_dir_all(shop.path("kassa.sqlite-owners")).unwrap();
    std::fs::write(&raw, "no journal").unwrap();
    assert_eq!(shop.run(&["journal", "verify"]).await.code, 8);
}
