//! Queries: lists in every shape and with every kind of page, and what is set at a provider.

use std::sync::PoisonError;
use std::time::Duration;

use kassa::QueryError;
use kassa::kassa_core::SettingValues;
use kassa::uniform::{CallbackSettings, DevicesQuery, DocumentList, ListQuery};
use kassa_tests::sim::neighbours::shelf::{Habit, Shelf};
use kassa_tests::sim::neighbours::{acme, binder, shelf};
use kassa_tests::sim::{Fault, Simulator};

use crate::bench::Desk;

const SECRET: &str = "s-12345-x";

/// A desk with a shelf, and what is on it.
async fn with(shelf: Shelf) -> (Desk, Simulator) {
    let simulator = shelf::start(shelf).await;
    let settings = SettingValues::default().with("shelf", "left/top").with("hook_secret", SECRET);
    (Desk::at("shelf", &simulator, settings), simulator)
}

fn keys(list: &DocumentList) -> Vec<&str> {
    list.documents.iter().filter_map(|document| document.key.as_deref()).collect()
}

fn busy() -> Fault {
    Fault::AnswerHttp { status: 429, body: "later".to_owned(), content_type: "text/plain".to_owned() }
}

#[tokio::test]
async fn a_list_is_gone_through_to_its_end_in_either_shape() {
    for habit in [Habit::List, Habit::Object] {
        // A full page last, a part of one last, and nothing at all.
        for (slips, requests) in [(6, 3), (7, 3), (2, 1), (0, 1)] {
            let (desk, simulator) = with(Shelf::of(habit, slips)).await;
            let list = desk.dispatcher.list("shop", &ListQuery::default()).await.unwrap();
            let expected: Vec<_> = (0..slips).map(|n| format!("slip-{n}")).collect();
            assert_eq!(keys(&list), expected, "{habit:?}");
            assert_eq!(list.unread, Vec::<String>::new());
            let asked: Vec<_> = simulator.requests().into_iter().map(|seen| seen.path).collect();
            let paths: Vec<_> =
                (0..requests).map(|n| format!("/shelves/left%2Ftop/slips?limit=3&offset={}", n * 3)).collect();
            assert_eq!(asked, paths, "{habit:?}");
        }
    }
}

#[tokio::test]
async fn what_is_read_of_an_element_stands_where_it_belongs() {
    let mut on_it = Shelf::of(Habit::List, 0);
    on_it.slips = vec![r#"{"id":7,"made":"2026-01-05T10:00:00","sign":42,"print":{"number":3,"sum":7050}}"#.to_owned()];
    let (desk, _simulator) = with(on_it).await;
    let list = desk.dispatcher.list("shop", &ListQuery::default()).await.unwrap();
    let document = &list.documents[0];
    assert_eq!(document.key.as_deref(), Some("7"));
    assert_eq!(document.created_at.unwrap().to_string(), "2026-01-05T10:00:00+03:00");
    let registration = document.registration.as_ref().unwrap();
    assert_eq!((registration.fiscal_sign, registration.document_number), (Some(42), Some(3)));
    assert_eq!(registration.total.unwrap().to_string(), "70.50");
    assert_eq!(document.kind, None);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_and_the_rest_is_there() {
    let mut on_it = Shelf::of(Habit::Object, 5);
    on_it.slips[1] = r#"{"made":"2026-01-02T10:00:00"}"#.to_owned();
    on_it.slips[3] = r#"{"id":"slip-3","made":"yesterday","sign":"4"}"#.to_owned();
    on_it.slips[4] = "null".to_owned();
    let (desk, simulator) = with(on_it).await;
    let list = desk.dispatcher.list("shop", &ListQuery::default()).await.unwrap();
    assert_eq!(keys(&list), ["slip-0", "slip-2", "slip-3"]);
    let registration = list.documents[2].registration.as_ref().unwrap();
    assert_eq!((list.documents[2].created_at, registration.fiscal_sign), (None, Some(4)));
    let [missing, null, odd] = &list.unread[..] else { panic!("{:?}", list.unread) };
    assert!(missing.starts_with("body[1]: missing field `id`"), "{missing}");
    assert!(null.starts_with("page 2, body[1]: invalid type: null"), "{null}");
    assert_eq!(odd, "page 2, body[0].made: \"yesterday\" is not a date and time");
    // An element that is set aside counts: the first page was full.
    assert_eq!(simulator.requests().len(), 2);
}

#[tokio::test]
async fn a_list_is_limited_by_day_and_by_number() {
    let (desk, simulator) = with(Shelf::of(Habit::List, 9)).await;
    let from = Some("2026-01-03T00:00:00+03:00".parse().unwrap());
    let query = ListQuery { created_from: from, limit: Some(4), ..ListQuery::default() };
    let list = desk.dispatcher.list("shop", &query).await.unwrap();
    assert_eq!(keys(&list), ["slip-2", "slip-3", "slip-4", "slip-5"]);
    let asked = simulator.requests();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0].path.ends_with("&since=2026-01-03T00%3A00%3A00%2B03%3A00"), "{asked:?}");

    let none = desk.dispatcher.list("shop", &ListQuery { limit: Some(0), ..ListQuery::default() }).await;
    let Err(QueryError::Invalid(violations)) = none else { panic!("{none:?}") };
    assert_eq!(violations[0].field, "limit");
    assert_eq!(simulator.requests().len(), 2);
}

#[tokio::test]
async fn a_provider_that_repeats_itself_is_not_asked_for_ever() {
    let (desk, simulator) = with(Shelf::of(Habit::FirstPage, 3)).await;
    let list = desk.dispatcher.list("shop", &ListQuery::default()).await;
    assert_eq!(list, Err(QueryError::Pages("page 2 says what page 1 said".to_owned())));
    assert_eq!(simulator.requests().len(), 2);

    let page = |serial: &str| vec![format!(r#"{{"serial":"{serial}"}}"#)];
    let registers = vec![(page("a"), Some("b")), (page("b"), Some("c")), (page("c"), Some("b"))];
    let (desk, simulator) = with(Shelf { registers, ..Shelf::of(Habit::List, 0) }).await;
    let devices = desk.dispatcher.devices("shop", &DevicesQuery {}).await;
    assert_eq!(devices, Err(QueryError::Pages("page 3 leads back to an earlier one".to_owned())));
    assert_eq!(simulator.requests().len(), 3);
}

#[tokio::test]
async fn a_body_with_two_lists_is_not_understood() {
    let (desk, _simulator) = with(Shelf::of(Habit::TwoLists, 2)).await;
    let list = desk.dispatcher.list("shop", &ListQuery::default()).await;
    let Err(QueryError::Failed(reason)) = &list else { panic!("{list:?}") };
    assert_eq!(reason.class, "outcome_unknown");
    assert!(reason.message.as_ref().unwrap().starts_with("body: has no list, or several"), "{reason:?}");
}

#[tokio::test]
async fn a_cursor_is_followed_until_there_is_none() {
    let page = |serials: &[&str]| serials.iter().map(|serial| format!(r#"{{"serial":"{serial}"}}"#)).collect();
    let registers = vec![(page(&["a", "b"]), Some("x y")), (page(&[]), Some("z")), (page(&["c"]), None)];
    let (desk, simulator) = with(Shelf { registers, ..Shelf::of(Habit::List, 0) }).await;
    let list = desk.dispatcher.devices("shop", &DevicesQuery {}).await.unwrap();
    let serials: Vec<_> = list.registers.iter().filter_map(|register| register.device_serial.as_deref()).collect();
    assert_eq!(serials, ["a", "b", "c"]);
    let asked: Vec<_> = simulator.requests().into_iter().map(|seen| seen.path).collect();
    assert_eq!(asked, ["/registers", "/registers?after=x%20y", "/registers?after=z"]);
}

#[tokio::test]
async fn pages_by_number_go_on_until_one_is_empty() {
    let binder = binder::start(&[r#"{"name":"a","kind":1},{"name":"b"}"#, r#"{"name":"c","kind":2}"#]).await;
    let desk = Desk::at("binder", &binder, SettingValues::default());
    let list = desk.dispatcher.list("shop", &ListQuery::default()).await.unwrap();
    assert_eq!(keys(&list), ["a", "b", "c"]);
    let asked: Vec<_> = binder.requests().into_iter().map(|seen| seen.path).collect();
    assert_eq!(asked, ["/sheets?page=1", "/sheets?page=2", "/sheets?page=3"]);

    let since = ListQuery { created_from: Some("2026-01-01T00:00:00".parse().unwrap()), ..ListQuery::default() };
    let Err(QueryError::Refused(refusal)) = desk.dispatcher.list("shop", &since).await else { panic!() };
    assert_eq!(refusal.to_string(), "created_from: cannot be sent: the vendor looks at no days");
}

#[tokio::test]
async fn only_who_is_too_busy_is_asked_again() {
    let (desk, simulator) = with(Shelf::of(Habit::List, 1)).await;
    simulator.faults().push_for_status(busy());
    simulator.faults().push_for_status(busy());
    assert_eq!(keys(&desk.dispatcher.list("shop", &ListQuery::default()).await.unwrap()), ["slip-0"]);
    assert_eq!(simulator.requests().len(), 3);
    (0..4).for_each(|_| simulator.faults().push_for_status(busy()));
    let failed = desk.dispatcher.list("shop", &ListQuery::default()).await;
    let Err(QueryError::Failed(reason)) = &failed else { panic!("{failed:?}") };
    assert_eq!((reason.class.as_str(), reason.next_step.as_str()), ("overloaded", "Ask again later."));
    assert_eq!((simulator.requests().len(), simulator.faults().waiting()), (6, 1), "three times at most");

    let (desk, simulator) = with(Shelf::of(Habit::List, 1)).await;
    simulator.faults().push_for_status(Fault::CloseBeforeCommit);
    assert!(matches!(desk.dispatcher.list("shop", &ListQuery::default()).await, Err(QueryError::Lost(_))));
    simulator.faults().push_for_status(Fault::Html);
    assert!(matches!(desk.dispatcher.list("shop", &ListQuery::default()).await, Err(QueryError::Failed(_))));
    assert_eq!(simulator.requests().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_asked_says_why_and_nothing_is_sent() {
    let credentials = ("shop".to_owned(), "p".to_owned());
    let acme = acme::start(acme::Options { credentials, lives: 1, login_takes: Duration::ZERO }).await;
    let desk = Desk::at("acme", &acme, SettingValues::default().with("login", "shop").with("password", "p"));
    let Err(QueryError::Refused(refusal)) = desk.dispatcher.devices("shop", &DevicesQuery {}).await else { panic!() };
    assert_eq!(refusal.to_string(), "operation: Acme does not offer devices: the provider has a drawer only");
    let nobody = desk.dispatcher.devices("nobody", &DevicesQuery {}).await;
    assert_eq!(nobody.unwrap_err().to_string(), "there is no account `nobody`");
    assert!(acme.requests().is_empty());
}

#[tokio::test]
async fn a_secret_may_stand_in_a_query_and_nobody_sees_it_again() {
    let on_it = Shelf::of(Habit::List, 0);
    let hook = on_it.hook.clone();
    let (desk, _simulator) = with(on_it).await;
    let settings = |url: &str| CallbackSettings { url: url.to_owned(), test_url: None, error_email: None };
    desk.dispatcher.configure_callback("shop", &settings("https://shop.example/hook")).await.unwrap();
    let set = hook.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert_eq!(set, Some(("https://shop.example/hook".to_owned(), SECRET.to_owned())));

    let failed = desk.dispatcher.configure_callback("shop", &settings("http://shop.example")).await.unwrap_err();
    let shown = failed.to_string();
    assert!(shown.contains("http://shop.example with <secret> is not taken"), "{shown}");
    assert!(!format!("{failed:?}").contains(SECRET));
}
