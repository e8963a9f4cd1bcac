//! Credentials over a socket: which are shown, where, and how tokens are had.

mod server;

use kassa_clients::access;
use kassa_core::client::*;
use server::{Answer, answering, block_on, client};

#[test]
fn credentials_are_shown_where_they_are_asked_for() {
    use access::access::Access;
    use access::operations::{Both, Default2 as ByDefault, GetElsewhere, Open, Perhaps, Subscribe};
    let secret = |text: &str| Some(Secret::new(text));
    let server = answering(|_| Answer::of(204, "", ""));
    let with = |access: Access| client(&server, access);
    let basic = || Some(Basic { user: "u".to_owned(), password: Secret::new("p") });

    block_on(with(Access { query: secret("q&"), basic: basic(), ..Access::default() }).call(&Both)).unwrap();
    assert_eq!(server.last().target, "/v0/both?key=q%26");
    assert_eq!(server.last().header("authorization"), "Basic dTpw");
    block_on(with(Access { query: secret("q"), oauth: secret("t"), ..Access::default() }).call(&Both)).unwrap();
    assert_eq!(
        (server.last().target.as_str(), server.last().header("authorization").to_owned()),
        ("/v0/both", "Bearer t".to_owned())
    );
    let error = block_on(with(Access::default()).call(&Both)).unwrap_err().to_string();
    assert_eq!(error, "nothing was sent: credentials are missing: query and basic, or oauth");

    let all = || Access {
        header: secret("k"),
        bearer: secret("b"),
        cookie: secret("c"),
        certificate: true,
        ..Access::default()
    };
    block_on(with(all()).call(&Open)).unwrap();
    assert_eq!(
        (server.last().header("x-key").to_owned(), server.last().header("authorization").to_owned()),
        (String::new(), String::new())
    );
    block_on(with(all()).call(&Perhaps)).unwrap();
    assert_eq!(server.last().header("authorization"), "Bearer b");
    block_on(with(Access::default()).call(&Perhaps)).unwrap();
    assert_eq!(server.last().header("authorization"), "");
    block_on(with(all()).call(&ByDefault)).unwrap();
    assert_eq!(server.last().header("x-key"), "k");
    block_on(with(all()).call(&Subscribe)).unwrap();
    assert!(block_on(with(Access::default()).call(&Subscribe)).is_err());
    // A path with a server of its own.
    assert_eq!(GetElsewhere::SERVER, Some("https://other.example.org"));
    assert!(!format!("{:?}", all()).contains("\"k\""));
}

#[test]
fn no_header_is_sent_twice() {
    use access::access::Access;
    use access::operations::{Blank, Headed, Signed, Twice};
    let text = |text: &str| Some(text.to_owned());
    let secret = |text: &str| Some(Secret::new(text));
    let server = answering(|_| Answer::of(200, "text/plain", ""));
    // What the transport, the media types and the credentials say is no field; what they do not say is one.
    let headed =
        Headed { authorization: Secret::new("Own a"), x_twice: text("t"), cookie: text("a=1"), sid: text("s") };
    let access = Access { header: secret("k"), ..Access::default() };
    block_on(client(&server, access.clone()).call(&headed)).unwrap();
    let seen = server.last();
    let mut names: Vec<&str> = seen.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "content-length", "cookie", "host", "x-key", "x-twice"]);
    assert_eq!(seen.header("authorization"), "Own a");
    assert!(!format!("{headed:?}").contains("Own a"));
    assert_eq!((seen.header("accept"), seen.header("x-key"), seen.header("cookie")), ("text/plain", "k", "a=1; sid=s"));
    block_on(client(&server, Access { bearer: secret("b"), ..Access::default() }).call(&Signed)).unwrap();
    assert_eq!(server.last().header("authorization"), "Bearer b");
    // A blank says nothing of who may do it: what the document asks holds.
    block_on(client(&server, access).call(&Blank)).unwrap();
    assert_eq!(server.last().header("x-key"), "k");
    assert!(block_on(client(&server, Access::default()).call(&Blank)).is_err());
    let user = Some(Basic { user: "u".to_owned(), password: Secret::new("p") });
    let both = Access { basic: user, bearer: secret("b"), ..Access::default() };
    let error = block_on(client(&server, both).call(&Twice)).unwrap_err().to_string();
    assert!(error.ends_with("basic and bearer in one, as the header `authorization` shows one"), "{error}");
}

#[test]
fn tokens_are_asked_for_kept_and_renewed() {
    use access::access::{Access, OAUTH_AUTHORIZATION_CODE, OAUTH_CLIENT_CREDENTIALS, OPENID};
    use access::operations::{Both, Write};
    let server = answering(|seen| match seen.target.as_str() {
        "/token" if seen.body.contains("refresh_token=") => Answer::of(400, "", "{\"error\":\"invalid_grant\"}"),
        "/token" => {
            let body = "{\"access_token\":\"t1\",\"token_type\":\"Bearer\",\"expires_in\":60,\"refresh_token\":\"r1\"}";
            Answer::of(200, "application/json", body)
        }
        "/.well-known/openid-configuration" => {
            let token = "\"token_endpoint\":\"https://login.example/t\"";
            Answer::of(200, "application/json", &format!("{{\"issuer\":\"http://{}\",{token}}}", seen.header("host")))
        }
        _ => Answer::of(204, "", ""),
    });
    let mut client = client(&server, Access::default());
    let scopes = oauth::scopes("oauth", &[Both::ACCESS, Write::ACCESS]);
    assert_eq!(scopes, ["read", "write"]);
    let app = oauth::App::new("id", Secret::new("hunter2"));
    let mut keeper = oauth::Keeper::new(OAUTH_CLIENT_CREDENTIALS.client_credentials(app, &scopes));
    let at = |second| kassa_core::Timestamp::from_second(second).unwrap();

    client.credentials.oauth = Some(block_on(client.token(&mut keeper, at(0))).unwrap());
    let seen = server.last();
    assert_eq!((seen.target.as_str(), seen.header("authorization")), ("/token", "Basic aWQ6aHVudGVyMg=="));
    assert_eq!(seen.body, "grant_type=client_credentials&scope=read%20write");
    block_on(client.call(&Write)).unwrap();
    assert_eq!(server.last().header("authorization"), "Bearer t1");
    // Nobody is asked while it is good; then the refresh token is shown, and when that is refused the app's own right.
    block_on(client.token(&mut keeper, at(29))).unwrap();
    assert_eq!(server.last().target, "/v0/write");
    block_on(client.token(&mut keeper, at(31))).unwrap();
    assert_eq!(server.last().body, "grant_type=client_credentials&scope=read%20write");
    assert!(!format!("{keeper:?} {client:?}").contains("hunter2"));

    let app = oauth::App::public("id");
    let mut code =
        oauth::Keeper::new(OAUTH_AUTHORIZATION_CODE.exchange(app, Secret::new("c"), "https://me.example", None));
    block_on(client.token(&mut code, at(0))).unwrap();
    let request = code.due().unwrap().request(&client.base).unwrap();
    assert_eq!(request.uri().path(), "/refresh");
    let found = block_on(client.discover(&OPENID)).unwrap();
    assert_eq!(found.endpoints().token, "https://login.example/t");
    // Who answers in the name of somebody else is not believed, and what it said is kept.
    let other = answering(|_| Answer::of(200, "application/json", "{\"issuer\":\"https://other.example\"}"));
    client.base = other.base();
    let CallError::Unreadable { error, reply } = block_on(client.discover(&OPENID)).unwrap_err() else { panic!() };
    assert!(
        error.to_string().starts_with("issuer: is \"https://other.example\", where \"http://127.0.0.1:"),
        "{error}"
    );
    assert!(reply.body().starts_with(b"{\"issuer\""));
}
