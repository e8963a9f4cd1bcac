//! A disk that is full at some step of the way.

use crate::bench::Bench;
use crate::command::Shop;
use crate::receipts::GOODS;

/// Wherever the disk ends, what is not kept is not sent, and what was sent is found again.
#[cfg(unix)]
#[tokio::test]
async fn nothing_is_sent_that_a_full_disk_does_not_keep() {
    let shop = Shop::with(Bench::start().await, "[sc, co]");
    shop.write("receipt.json", GOODS);
    assert_eq!(shop.run(&["register", "order-0", "receipt.json"]).await.code, 0);
    let mut ends = std::collections::BTreeMap::<i32, u32>::new();
    // The write-ahead log begins anew with each process, so that each of them is stopped at another step.
    for (n, blocks) in (0..400).step_by(10).enumerate() {
        let (key, before) = (format!("order-{}", n + 1), shop.bench.documents());
        let child = shop.spawn_on_a_full_disk(blocks, &["register", &key, "receipt.json"]);
        let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.unwrap().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().expect("it ends by itself");
        let registered = shop.bench.documents() - before;
        match code {
            0 => assert_eq!(registered, 1, "{blocks}: {said}"),
            6 => assert!(registered <= 1 && said.contains("accepted, and its outcome is not kept"), "{blocks}: {said}"),
            8 => assert_eq!(registered, 0, "{blocks}: {said}"),
            code => panic!("{blocks}: {code}, {said}"),
        }
        *ends.entry(code).or_default() += 1;
    }
    assert!([0, 6, 8].iter().all(|code| ends.contains_key(code)), "each end comes up: {ends:?}");

    // With room again, everything that was accepted comes to its end, once.
    assert_eq!(shop.run(&["resume"]).await.code, 0);
    let verified = shop.run(&["journal", "verify"]).await;
    assert_eq!(verified.out, format!("entries.registered: {}\n", shop.bench.documents()), "{verified:?}");
}
