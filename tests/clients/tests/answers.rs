//! Answers over a socket: what is made of each status and media type.

mod server;

use kassa_clients::bodies;
use kassa_core::client::*;
use server::{Answer, answering, block_on, client, read, texts};

#[test]
fn answers_are_told_apart() {
    use bodies::operations::{Several, SeveralOkBody, SeveralReply};
    let several = Several::default();
    let json =
        Answer::of(200, "application/json; charset=utf-8", "{\"n\":1}").with("x-names", "a, b").with("x-rate", "7");
    match read(&several, json.clone()) {
        SeveralReply::Ok { headers, body: SeveralOkBody::Json(body) } => {
            assert_eq!((headers.x_rate, headers.x_names, body.n), (Some(7), texts(&["a", "b"]), Some(1)));
        }
        other => panic!("{other:?}"),
    }
    let dated = "a=1; Expires=Sun, 06 Nov 1994 08:49:37 GMT";
    match read(&several, json.clone().with("set-cookie", dated).with("set-cookie", "b=2")) {
        SeveralReply::Ok { headers, .. } => assert_eq!(headers.set_cookie, Some(texts(&[dated, "b=2"]))),
        other => panic!("{other:?}"),
    }
    let text = Answer { content_type: "text/plain".to_owned(), ..json };
    assert!(
        matches!(read(&several, text), SeveralReply::Ok { body: SeveralOkBody::Text(text), .. } if text == "{\"n\":1}")
    );
    let created = Answer::of(201, "application/json", "[1,2]");
    assert!(matches!(read(&several, created), SeveralReply::Created(list) if list == [1, 2]));
    assert!(matches!(read(&several, Answer::of(204, "", "")), SeveralReply::NoContent));
    let problem = Answer::of(422, "application/problem+json", "{\"title\":\"no\"}");
    assert!(matches!(read(&several, problem), SeveralReply::ClientError { status: 422, body } if body.title == "no"));
    let other = Answer::of(503, "text/html", "<html>");
    assert!(matches!(read(&several, other), SeveralReply::Default { status: 503, body } if body == "<html>"));
}

#[test]
fn nothing_that_comes_is_lost() {
    use bodies::operations::{Loose, LooseReply};
    // What nobody documented is there all the same.
    let told = Answer::of(200, "application/json", "{\"n\":1}").with("x-more", "2");
    let LooseReply::Ok(reply) = read(&Loose, told) else { panic!() };
    assert_eq!((&reply.body()[..], &reply.headers()["x-more"]), (&b"{\"n\":1}"[..], &"2".parse().unwrap()));
    let made = Answer::of(201, "", "made").with("location", "/1");
    let LooseReply::Created { headers, reply } = read(&Loose, made) else { panic!() };
    assert_eq!((headers.location.as_deref(), &reply.body()[..]), (Some("/1"), &b"made"[..]));
    let none = read(&Loose, Answer::of(404, "text/plain", "none"));
    assert!(matches!(none, LooseReply::ClientError(reply) if reply.status() == 404 && reply.body() == "none"));
    // A status without a body is read, also where the document says one of all that are like it.
    for status in [204, 205, 304] {
        let empty = read(&Loose, Answer::of(status, "", ""));
        assert!(matches!(&empty, LooseReply::Undocumented(reply) if reply.status() == status), "{empty:?}");
    }
    let problem = || Answer::of(0, "application/json", "{\"title\":\"no\"}");
    let range = read(&Loose, Answer { status: 202, ..problem() });
    assert!(matches!(range, LooseReply::Success { status: 202, body } if body.title == "no"));
    let other = read(&Loose, Answer { status: 500, ..problem() });
    assert!(matches!(other, LooseReply::Default { status: 500, body } if body.title == "no"));
}

#[test]
fn what_is_of_another_type_is_not_taken_for_its_own() {
    use bodies::operations::{Kinds, KindsReply, Several, SeveralOkBody, SeveralReply, Trace};
    let failed = |error: CallError<std::io::Error>| match error {
        CallError::Unreadable { error, reply } => (error.to_string(), reply.body().clone()),
        other => panic!("{other:?}"),
    };
    // An error says what came, and keeps it.
    let page = answering(|_| Answer::of(200, "text/html", "<p>"));
    let (error, body) = failed(block_on(client(&page, ()).call(&Trace)).unwrap_err());
    assert_eq!((error.as_str(), &body[..]), ("body: is text/html, where message/http is due", &b"<p>"[..]));
    let several = answering(|_| Answer::of(200, "text/html", "<p>").with("x-names", "a"));
    let (error, body) = failed(block_on(client(&several, ()).call(&Several::default())).unwrap_err());
    assert!(error.ends_with("most likely of a proxy on the way (HTTP 200, text/html)") && body == "<p>", "{error}");
    let form = answering(|_| Answer::of(201, "text/plain", "title=a"));
    let (error, _) = failed(block_on(client(&form, ()).call(&Kinds)).unwrap_err());
    assert_eq!(error, "body: is text/plain, where application/x-www-form-urlencoded is due");
    // Letters of any size mean the same; parameters that the document does not have say nothing.
    let text = Answer::of(200, "TEXT/Plain; Charset=UTF-8; format=flowed", "x").with("x-names", "a");
    assert!(
        matches!(read(&Several::default(), text), SeveralReply::Ok { body: SeveralOkBody::Text(text), .. } if text == "x")
    );
    let json = Answer::of(500, "Application/JSON; version=3", "{\"title\":\"no\"}");
    assert!(matches!(read(&Kinds, json), KindsReply::ServerError { body, .. } if body.title == "no"));
}

#[test]
fn what_is_said_exactly_goes_before_ranges() {
    use bodies::operations::{Kinds, KindsOkBody as Kind, KindsReply};
    let kind = |media_type: &str, body: &str| match read(&Kinds, Answer::of(200, media_type, body)) {
        KindsReply::Ok { body, .. } => body,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind("Application/JSON;charset=UTF-8", "[1]"), Kind::Json(vec![1]));
    let Kind::Json2(second) = kind("application/json; Version=2; charset=utf-8", "{\"title\":\"a\"}") else { panic!() };
    assert_eq!(second.title, "a");
    assert_eq!(kind("text/csv", "a,b"), Kind::Csv("a,b".to_owned()));
    assert!(matches!(kind("text/html", "<p>"), Kind::Other(_) | Kind::Other2(_)));
    assert_ne!(kind("text/html", "<p>"), kind("image/png", "<p>"));
    // Nobody says: it is anything.
    assert_eq!(kind("", "<p>"), kind("image/png", "<p>"));
    let placed = Answer::of(200, "application/json", "[]").with("x-place", "row=3,side=7");
    let KindsReply::Ok { headers, .. } = read(&Kinds, placed) else { panic!() };
    let place = headers.x_place.unwrap();
    assert_eq!((place.row, place.side.as_deref()), (3, Some("7")));
    let form = read(&Kinds, Answer::of(201, "application/x-www-form-urlencoded", "title=a+b%21"));
    assert!(matches!(form, KindsReply::Created(form) if form.title == "a b!"));
    assert!(matches!(read(&Kinds, Answer::of(204, "", "")), KindsReply::NoContent));
    assert!(
        matches!(read(&Kinds, Answer::of(503, "text/html", "<p>")), KindsReply::ServiceUnavailable(page) if page.body() == "<p>")
    );
    let problem = read(&Kinds, Answer::of(500, "", "{\"title\":\"no\"}"));
    assert!(matches!(problem, KindsReply::ServerError { status: 500, body } if body.title == "no"));
    assert!(matches!(read(&Kinds, Answer::of(404, "", "")), KindsReply::Undocumented(reply) if reply.status() == 404));
    // A body that is due and is not there is an error that says so, and keeps the reply.
    let server = answering(|_| Answer::of(502, "", ""));
    let error = block_on(client(&server, ()).call(&Kinds)).unwrap_err();
    assert_eq!(error.to_string(), "the reply cannot be read: body: is empty where JSON is due (HTTP 502)");
    assert_eq!(
        server.last().header("accept"),
        "application/json, application/json; version=2, */*, text/*, text/csv, application/x-www-form-urlencoded, \
         application/problem+json"
    );
}

#[test]
fn events_are_a_stream() {
    use bodies::operations::{Events2, Events2Reply, Look, LookReply, Trace, TraceReply};
    let stream =
        Answer::of(200, "text/event-stream", "id: 1\ndata: {\"title\":\ndata: \"a\"}\n\ndata: {\"title\":\"b\"}\n\n");
    let Events2Reply::Ok(events) = read(&Events2, stream) else { panic!() };
    let titles: Vec<String> = events.map(|event| event.unwrap().data.title).collect();
    assert_eq!(titles, ["a", "b"]);
    assert!(matches!(read(&Look, Answer::of(200, "application/json", "")), LookReply::Ok(_)));
    assert!(matches!(read(&Trace, Answer::of(200, "message/http", "x")), TraceReply::Ok(body) if body == "x"));
}
