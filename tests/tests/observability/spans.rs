//! The spans on the way of a receipt, as logs have them.

use kassa_tests::sim::Fault;

use crate::capture;
use crate::world::{World, brisk, read, receipt};

/// A later process works on what an earlier one left: both tell the same of the submission and its attempt.
#[tokio::test]
async fn what_is_resumed_is_told_with_the_fields_that_it_was_submitted_with() {
    const KEY: &str = "5ba17000-0000-4000-8000-000000000001";
    capture::begin();
    let world = World::start().await;
    world.shop.faults().push(Fault::CommitThenClose);
    let standing = world.desk([world.account("shop")]).register(KEY, read(&receipt("shop", false))).await.unwrap();
    assert_eq!(standing.name(), "in_doubt", "{standing:?}");
    let resumed = world.desk_at(brisk(), [world.account("shop")]).resume().await.unwrap();
    assert_eq!(resumed[0].1.name(), "registered", "{resumed:?}");

    let logged = capture::logged();
    let lines: Vec<&str> = logged.lines().filter(|line| line.contains(KEY)).collect();
    let submission = format!("submission{{tenant=\"\" key=\"{KEY}\" ");
    let attempt = format!("attempt{{account=\"shop\" provider=\"smartcashier\" attempt=1 provider_key=\"{KEY}\"}}");
    for (work, purpose) in [("submit", "submit"), ("resume", "question")] {
        let of: Vec<&&str> = lines.iter().filter(|line| line.contains(&format!("work=\"{work}\""))).collect();
        assert!(of.iter().all(|line| line.contains(&submission)), "{work} has them");
        assert!(of.iter().any(|line| line.contains("operation=\"register_receipt\"")), "{work} has them");
        for span in ["journal{command=\"claim\"}", "journal{command=\"record\"}"] {
            let due = work == "resume" || !span.contains("claim");
            assert!(!due || of.iter().any(|line| line.contains(span)), "{work} has {span}");
        }
        let exchange = format!("exchange{{purpose=\"{purpose}\" account=\"shop\" provider=\"smartcashier\"");
        let inside = of.iter().any(|line| {
            line.find(&attempt).is_some_and(|at| line[at..].contains(&exchange) && line[..at].contains(&submission))
        });
        assert!(inside, "{work} has {exchange} within {attempt}");
    }
    // Where it was accepted, each step of the way is told.
    for span in ["validate", "route", "encode{account=\"shop\"}", "journal{command=\"accept\"}", "decode"] {
        assert!(lines.iter().any(|line| line.contains(&format!("{span}: "))), "{span} is told");
    }
    assert!(lines.iter().any(|line| line.contains("status=200 ") || line.contains("status=200}")), "it is told");
    assert!(lines.iter().any(|line| line.contains("account=\"shop\" outcome=\"registered\"")), "it is told");
}

#[tokio::test]
async fn the_command_logs_what_it_is_asked_to() {
    let world = World::start().await;
    world.write("receipt.json", &receipt("shop", false));
    let path = world.folder.path().to_owned();
    let (code, _, said) = tokio::task::spawn_blocking(move || {
        let world = world;
        assert!(path.exists());
        world.run(&["--config", "kassa.yaml", "register", "cli-1", "receipt.json"])
    })
    .await
    .unwrap();
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("exchange{purpose=\"submit\" account=\"shop\""), "{said}");
}
