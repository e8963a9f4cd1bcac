//! The command, killed as by `kill -9`, again and again.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::bench::Bench;
use crate::command::Shop;
use crate::receipts::GOODS;

const KILLS: u32 = 100;

#[tokio::test]
async fn a_command_that_is_killed_a_hundred_times_loses_nothing_and_registers_nothing_twice() {
    let shop = Shop::with(Bench::start().await, "[sc, co]");
    shop.write("receipt.json", GOODS);
    // The command is made by the first call of it.
    assert_eq!(shop.run(&["explain", "order-0", "receipt.json"]).await.code, 0);
    let began = Instant::now();
    assert_eq!(shop.run(&["register", "order-0", "receipt.json"]).await.code, 0);
    let mut whole = began.elapsed();
    for n in 1..=KILLS {
        let mut child = shop.spawn(&["register", &format!("order-{n}"), "receipt.json"]);
        // Spread over the way of a receipt, whose length is learnt as it goes: a machine is not as fast all the time.
        tokio::time::sleep(whole * (n % 10 + 1) / 10).await;
        match child.try_wait().expect("it can be asked for") {
            Some(_) => whole = whole * 9 / 10,
            None if n % 10 == 9 => whole = whole * 11 / 10,
            None => {}
        }
        // One that has ended is killed in vain.
        let _ = child.kill();
        child.wait().expect("it can be waited for");
    }
    let left: u32 = lines(&shop.run(&["journal", "export"]).await.out).iter().map(|it| u32::from(!is_over(it))).sum();
    assert!(left > 0, "nothing was killed half way, in {whole:?}");

    let said = shop.run(&["resume"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    let exported = shop.run(&["journal", "export"]).await.out;
    let journal: BTreeSet<_> = lines(&exported)
        .iter()
        .map(|entry| {
            assert!(is_over(entry) && entry["state"] == "registered", "{entry}");
            entry["key"].as_str().unwrap().to_owned()
        })
        .collect();
    let ledger: Vec<_> = shop.bench.sc.ledger().entries().into_iter().map(|document| document.key).collect();
    assert_eq!(ledger.iter().cloned().collect::<BTreeSet<_>>(), journal);
    assert_eq!((ledger.len(), shop.bench.co.ledger().count()), (journal.len(), 0), "no key is registered twice");
    assert_eq!(shop.run(&["journal", "verify"]).await.code, 0);
}

fn lines(text: &str) -> Vec<serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_over(entry: &serde_json::Value) -> bool {
    ["registered", "rejected", "not_sent"].iter().any(|state| entry["state"] == *state)
}
