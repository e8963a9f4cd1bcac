//! Replies that say one thing twice.

use kassa_core::{Bytes, Means, Verdict};

use crate::accounts::account;
use crate::examples;
use crate::receipts::{PLAIN, receipt};

/// F6: a reply that says one thing twice and not alike was not understood, whichever comes first.
#[test]
fn what_is_said_twice_and_not_alike_proves_nothing() {
    let key = "ac88fe9f-5885-11ea-ae38-788b1848edc8";
    let documented = examples::read("checkonline", "complex.response.json");
    let account = account("checkonline", &[("taxid_dialect", "native")]);
    let ours = format!("\"Requestid\": \"{key}\"");
    for (once, more) in [
        (ours.as_str(), "\"RequestId\": \"another\""),
        ("\"FCEError\": 0", "\"FCEError\": 5"),
        ("\"Error\": 0", "\"Error\": 69"),
        ("\"FiscalSign\": 1570734444", "\"FiscalSign\": 1"),
    ] {
        assert!(documented.contains(once), "{once}");
        for twice in [format!("{once}, {more}"), format!("{more}, {once}")] {
            let reply = http::Response::new(Bytes::from(documented.replacen(once, &twice, 1)));
            match account.provider.decode(key, &receipt(PLAIN), &reply) {
                Verdict::Found(finding) if finding.class.means == Means::Doubt => {}
                other => panic!("{twice}: {other:?}"),
            }
        }
    }
}
