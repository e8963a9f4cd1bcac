//! Bodies that are not in memory, over a socket.

mod server;

use std::io::{Read as _, Write as _};
use std::sync::mpsc;

use kassa_clients::bodies;
use kassa_clients::bodies::operations::{Ask, AskReply, Events2, GetBlob, GetBlobReply, Lines, PutBlob, Upload};
use kassa_clients::bodies::types::{AskBodyForm, UploadBodyForm};
use kassa_core::client::stream::{Answer as Streamed, Body, StreamError};
use kassa_core::client::*;
use server::{Answer, Plain, Server, answering, block_on, with_connection};

fn client(server: &Server) -> bodies::Client<Plain> {
    server::client(server, bodies::Access::default())
}

#[test]
fn files_are_sent_as_they_are_read() {
    let server = answering(|_| Answer::of(204, "", ""));
    let size = 300_000;
    let large = Body::reader(std::io::repeat(b'x').take(size), Some(size));
    // Of unknown length, and beside it one that is in memory.
    let more = File::streamed("c.txt", Body::reader(&b"cc"[..], None));
    let body = UploadBodyForm {
        file: File::streamed("a.png", large),
        more: vec![File::streamed("b.txt", Bytes::from_static(b"b")), more],
        about: None,
        stamp: None,
    };
    block_on(client(&server).send(Upload { body: Some(body) })).unwrap();
    let seen = server.last();
    assert_eq!(seen.header("transfer-encoding"), "chunked");
    let boundary = seen.header("content-type").strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!(boundary.len() > 40, "{boundary}");
    assert_eq!(seen.body.matches(&format!("--{boundary}\r\n")).count(), 3);
    assert!(seen.body.contains(&format!("image/png\r\n\r\n{}\r\n--", "x".repeat(300_000))));
    assert!(seen.body.contains("filename=\"c.txt\"\r\nContent-Type: application/octet-stream\r\n\r\ncc\r\n"));

    let put = |body| PutBlob { name: "n".to_owned(), body };
    block_on(client(&server).send(put(Body::reader(&b"abc"[..], Some(3))))).unwrap();
    let seen = server.last();
    assert_eq!((seen.header("content-length"), seen.body.as_str()), ("3", "abc"));
    // The same operation with its body in memory is sent by reference, as often as one likes.
    let whole = PutBlob { name: "n".to_owned(), body: Bytes::from_static(b"abc") };
    block_on(client(&server).send(&whole)).unwrap();
    block_on(client(&server).call(&whole)).unwrap();
    assert_eq!(server.last().body, "abc");
    let error = block_on(client(&server).send(put(Body::reader(&b"ab"[..], Some(3))))).unwrap_err();
    assert_eq!(error.to_string(), "the transport failed: the body ends 1 bytes before it was announced to");
}

#[test]
fn events_are_given_as_they_come() {
    let (go, wait) = mpsc::channel();
    let server = with_connection(move |mut stream| {
        stream.write_all(b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream; charset=utf-8\r\n\r\n").unwrap();
        stream.write_all(b"id: 1\ndata: They are off\n\nda").unwrap();
        wait.recv().unwrap();
        stream.write_all(b"ta: One fell\ndata: and rose\n\n").unwrap();
    });
    let voice = File::streamed("v.ogg", Body::reader(&b"voice"[..], Some(5)));
    let ask = Ask { body: AskBodyForm { voice } };
    let Streamed::Stream(mut events) = block_on(client(&server).stream(ask)).unwrap() else { panic!() };
    assert_eq!(
        server.last().header("accept"),
        "text/event-stream, application/json;q=0.5, application/problem+json;q=0.5"
    );
    let first = block_on(events.next()).unwrap().unwrap();
    assert_eq!((first.id.as_deref(), first.data.as_str()), (Some("1"), "They are off"));
    // What follows is sent only now: the first did not wait for it.
    go.send(()).unwrap();
    assert_eq!(block_on(events.next()).unwrap().unwrap().data, "One fell\nand rose");
    assert!(block_on(events.next()).is_none());
    assert_eq!(events.decoder.last_id(), Some("1"));
}

#[test]
fn what_is_no_stream_is_read_as_a_whole() {
    let ask = || Ask { body: AskBodyForm { voice: File::new("v.ogg", "voice") } };
    let server = answering(|_| Answer::of(200, "application/json", "{\"title\":\"all\"}"));
    let answer = block_on(client(&server).stream(&ask())).unwrap();
    assert!(
        matches!(answer, Streamed::Whole(AskReply::Ok(bodies::operations::AskOkBody::Json(all))) if all.title == "all")
    );
    let server = answering(|_| Answer::of(500, "application/problem+json", "{\"title\":\"no\"}"));
    let answer = block_on(client(&server).stream(&ask())).unwrap();
    assert!(matches!(answer, Streamed::Whole(AskReply::Default { status: 500, body }) if body.title == "no"));
}

#[test]
fn lines_are_items() {
    let server = answering(|_| Answer::of(200, "application/x-ndjson", "{\"title\":\"a\"}\n\n[]\n{\"title\":\"b\"}"));
    let Streamed::Stream(mut lines) = block_on(client(&server).stream(&Lines)).unwrap() else { panic!() };
    assert_eq!(block_on(lines.next()).unwrap().unwrap().title, "a");
    let error = block_on(lines.next()).unwrap().unwrap_err();
    assert_eq!(error.to_string(), "item: expected an object, found a list");
    assert_eq!(block_on(lines.next()).unwrap().unwrap().title, "b");
    assert!(block_on(lines.next()).is_none());
}

#[test]
fn what_is_of_another_type_is_no_stream() {
    let page = || answering(|_| Answer::of(200, "text/html", "<p>"));
    let error = block_on(client(&page()).stream(&Lines)).unwrap_err();
    assert!(error.to_string().ends_with("body: is text/html, where application/x-ndjson is due"), "{error}");
    let CallError::Unreadable { reply, .. } = error else { panic!("{error}") };
    assert_eq!((reply.status().as_u16(), &reply.body()[..]), (200, &b"<p>"[..]));
    assert!(matches!(block_on(client(&page()).call(&Lines)), Err(CallError::Unreadable { .. })));
    assert!(matches!(block_on(client(&page()).stream(&Events2)), Err(CallError::Unreadable { .. })));
    // Bytes may be of any type; and who says none, or another name of it, is believed.
    let get = GetBlob { name: "n".to_owned() };
    assert!(matches!(block_on(client(&page()).stream(&get)), Ok(Streamed::Stream(_))));
    for said in ["", "application/octet-stream", "application/jsonl"] {
        let server = answering(move |_| Answer::of(200, said, "{}"));
        assert!(matches!(block_on(client(&server).stream(&Lines)), Ok(Streamed::Stream(_))), "{said}");
    }
}

#[test]
fn large_replies_come_in_pieces() {
    const SIZE: usize = 1 << 20;
    let server = with_connection(|mut stream| {
        stream.write_all(format!("HTTP/1.1 200 X\r\ncontent-length: {SIZE}\r\n\r\n").as_bytes()).unwrap();
        let piece = [7; 1 << 10];
        (0..SIZE / piece.len()).for_each(|_| stream.write_all(&piece).unwrap());
    });
    let get = GetBlob { name: "n".to_owned() };
    let Streamed::Stream(mut blob) = block_on(client(&server).stream(&get)).unwrap() else { panic!() };
    let mut sum = 0;
    while let Some(piece) = block_on(blob.next()) {
        let piece = piece.unwrap();
        assert!(piece.len() <= 64 << 10 && piece.iter().all(|b| *b == 7));
        sum += piece.len();
    }
    assert_eq!(sum, SIZE);

    let broken =
        with_connection(|mut stream| stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\nabc").unwrap());
    let Streamed::Stream(mut blob) = block_on(client(&broken).stream(&get)).unwrap() else { panic!() };
    assert_eq!(block_on(blob.next()).unwrap().unwrap(), "abc");
    assert!(matches!(block_on(blob.next()), Some(Err(StreamError::Broken(_)))));
    assert!(block_on(blob.next()).is_none());

    let none = answering(|_| Answer::of(404, "application/json", "{\"title\":\"none\"}"));
    let answer = block_on(client(&none).stream(&get)).unwrap();
    assert!(matches!(answer, Streamed::Whole(GetBlobReply::NotFound(problem)) if problem.title == "none"));
}
