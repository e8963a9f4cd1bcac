//! A life of the simulator that goes on where another one ended.

use std::sync::{Arc, Mutex};

use super::*;

#[tokio::test]
async fn what_an_earlier_life_took_in_the_next_one_knows() {
    let earlier = simulator().await;
    let taken = Arc::new(Mutex::new(Vec::new()));
    let list = taken.clone();
    earlier.faults().plan(move |asked| {
        list.lock().unwrap().extend(asked.submits.then(|| asked.taken()));
        None
    });
    assert_eq!(form(&earlier, &receipt("done")).await.unwrap().status, 200);
    let done = settled(&earlier, "done").await;
    assert_eq!(form(&earlier, &receipt("waiting")).await.unwrap().status, 200);
    let book = earlier.ledger().entries();
    assert_eq!(book.len(), 1, "the second one is in the queue");
    earlier.shutdown().await;

    let later = simulator().await;
    later.ledger().restore(book.clone());
    taken.lock().unwrap().iter().for_each(|taken| later.take_in_again(taken));
    assert_eq!(settled(&later, "done").await["fiscalParams"], done["fiscalParams"]);
    assert_eq!(settled(&later, "waiting").await["fiscalParams"]["fiscalDocumentNumber"], 25);
    assert_eq!(form(&later, &receipt("done")).await.unwrap().status, 200);
    assert_eq!(later.ledger().by_key("done"), book);
    assert_eq!((later.ledger().count(), later.conflicts()), (2, 0));
}
