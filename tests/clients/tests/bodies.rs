//! Bodies over a socket, by their media types: what a server gets.

mod server;

use kassa_clients::bodies;
use kassa_core::client::*;
use server::{sent, texts};

#[test]
fn bodies_are_written_by_their_media_type() {
    use bodies::operations::{Form, Several, SeveralBody, Upload};
    use bodies::types::{FormBody, FormBodyMap, SeveralJsonBody, UploadBodyAbout, UploadBodyForm};
    let form = FormBody {
        name: "a b".to_owned(),
        list: Some(texts(&["1", "2"])),
        map: Some(FormBodyMap { k: Some("v".to_owned()) }),
    };
    let seen = sent(&Form { body: form });
    assert_eq!(seen.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(seen.body, "name=a%20b&list=1%2C2&map=%7B%22k%22%3A%22v%22%7D");

    let upload = UploadBodyForm {
        file: File::new("a.png", &b"png"[..]),
        more: vec![File::new("b", &b"1"[..]), File::new("c", &b"2"[..])],
        about: Some(UploadBodyAbout { n: Some(1) }),
        stamp: Some(Base64(Bytes::from_static(&[0xfb, 0xff]))),
    };
    let seen = sent(&Upload { body: Some(upload) });
    assert!(seen.header("content-type").starts_with("multipart/form-data; boundary="));
    assert_eq!(seen.body.matches("Content-Disposition").count(), 5);
    assert!(seen.body.contains("name=\"stamp\"\r\nContent-Type: image/gif\r\n\r\n+/8=\r\n"), "{}", seen.body);
    assert!(
        seen.body.contains("name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\npng\r\n"),
        "{}",
        seen.body
    );
    assert!(
        seen.body.contains("name=\"about\"\r\nContent-Type: application/json\r\n\r\n{\"n\":1}\r\n"),
        "{}",
        seen.body
    );

    let kinds = [
        (SeveralBody::Json(SeveralJsonBody { n: Some(1) }), "application/json", "{\"n\":1}"),
        (SeveralBody::Text("x".to_owned()), "text/plain", "x"),
        (SeveralBody::Xml(Bytes::from_static(b"<x/>")), "application/xml", "<x/>"),
        (
            SeveralBody::Other(Content { media_type: "image/gif".to_owned(), bytes: Bytes::from_static(b"G") }),
            "image/gif",
            "G",
        ),
    ];
    for (body, media_type, text) in kinds {
        let seen = sent(&Several { body: Some(body) });
        assert_eq!((seen.header("content-type"), seen.body.as_str()), (media_type, text));
    }
    let seen = sent(&Several { body: None });
    assert_eq!((seen.header("content-type"), seen.body.as_str()), ("", ""));
    assert!(seen.header("accept").starts_with("application/json, text/plain"));
}

#[test]
fn parts_that_the_document_does_not_name_are_sent() {
    use bodies::operations::{Further, FurtherFiles, FurtherFilesBody};
    use bodies::types::{FurtherBodyForm, FurtherFilesFormDataBodyForm, FurtherFilesMixedBodyForm};
    let numbers = |name: &str, numbers: &[i64]| (name.to_owned(), numbers.to_vec());
    let more = BTreeMap::from([numbers("a", &[1, 2]), numbers("name", &[3])]);
    let seen = sent(&Further { body: FurtherBodyForm { more, ..FurtherBodyForm::new("n".to_owned()) } });
    let parts = |body: &str| -> Vec<String> {
        let begin = |line: &&str| line.starts_with("Content-Disposition: form-data; ");
        body.lines().filter(begin).map(|line| line["Content-Disposition: form-data; ".len()..].to_owned()).collect()
    };
    // A name that is there already is that of another part.
    assert_eq!(parts(&seen.body), [r#"name="name""#, r#"name="kind""#, r#"name="a""#, r#"name="a""#]);
    assert!(seen.body.contains("name=\"kind\"\r\n\r\nalbum\r\n"), "{}", seen.body);
    assert!(seen.body.contains("name=\"a\"\r\n\r\n2\r\n"), "{}", seen.body);

    let file = |name: &str| File::new(name, &b"x"[..]);
    let more = BTreeMap::from([("b".to_owned(), file("b.txt"))]);
    let form = FurtherFilesFormDataBodyForm { more, ..FurtherFilesFormDataBodyForm::default() };
    let seen = sent(&FurtherFiles { body: FurtherFilesBody::Multipart(form) });
    assert_eq!(parts(&seen.body), [r#"name="b"; filename="b.txt""#]);
    let more = BTreeMap::from([("c".to_owned(), vec![file("1"), file("2")])]);
    let mixed = FurtherFilesMixedBodyForm { more, ..FurtherFilesMixedBodyForm::new(file("0")) };
    let seen = sent(&FurtherFiles { body: FurtherFilesBody::Multipart2(mixed) });
    let due = [r#"name="cover"; filename="0""#, r#"name="c"; filename="1""#, r#"name="c"; filename="2""#];
    assert_eq!(parts(&seen.body), due);
}

#[test]
fn parts_and_texts_are_held_against_their_constraints() {
    use bodies::operations::{Checked, CheckedText, CheckedTexts, CheckedTextsBody};
    use bodies::types::{Bounded, CheckedBodyForm};
    let base = BaseUrl::new("https://example.org").unwrap();
    let right: CheckedBodyForm = CheckedBodyForm {
        file: Some(File::new("a", &b"long"[..])),
        names: Some(texts(&["ab"])),
        ..CheckedBodyForm::new("abc".to_owned())
    };
    assert!(Checked { body: right.clone() }.request(&base).is_ok());
    let wrong = CheckedBodyForm {
        name: "a".to_owned(),
        n: Some(9),
        names: Some(texts(&["ab", "c", "de"])),
        about: Some(Bounded { k: Some("kk".to_owned()) }),
        more: [("further".to_owned(), -1)].into(),
        ..right
    };
    let due = "body.name: has 1 characters, and needs 3; body.n: is 9, and may not be more than 5; \
        body.names: has 3 items, and may have 2; body.names[1]: has 1 characters, and needs 2; \
        body.about.k: has 2 characters, and may have 1; body.further: is -1, and may not be less than 0";
    let constraint = |reason: &str| Some(BuildError::Constraint(reason.to_owned()));
    assert_eq!(Checked { body: wrong }.request(&base).err(), constraint(due));

    assert!(CheckedText { body: "abc".to_owned() }.request(&base).is_ok());
    let long = "body: has 7 characters, and may have 3";
    assert_eq!(CheckedText { body: "toolong".to_owned() }.request(&base).err(), constraint(long));
    let several = |body| CheckedTexts { body: Some(body) }.request(&base);
    assert!(several(CheckedTextsBody::Text("abc".to_owned())).is_ok());
    assert!(several(CheckedTextsBody::Bytes(Bytes::from_static(b"toolong"))).is_ok());
    assert_eq!(several(CheckedTextsBody::Text("toolong".to_owned())).err(), constraint(long));
}
