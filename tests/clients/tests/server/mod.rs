//! A server of one answer a request, and a transport to it.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::future::Future;
use std::io::{self, BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use kassa_core::client::*;
use kassa_core::http;

/// A client that calls the server.
pub fn client<C>(server: &Server, credentials: C) -> Client<Plain, C> {
    Client { transport: Plain, base: server.base(), credentials }
}

/// What the server gets of an operation that is answered with 204.
pub fn sent<O: Operation>(operation: &O) -> Seen {
    let server = answering(|_| Answer::of(204, "", ""));
    block_on(client(&server, ()).call(operation)).unwrap();
    server.last()
}

/// What an operation makes of an answer.
pub fn read<O: Operation>(operation: &O, answer: Answer) -> O::Reply {
    let server = answering(move |_| answer.clone());
    block_on(client(&server, ()).call(operation)).unwrap()
}

pub fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A request as the server got it.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    /// The value of a header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(had, _)| had == name).map_or("", |(_, value)| value)
    }
}

/// What the server says.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub content_type: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn of(status: u16, content_type: &str, body: &str) -> Self {
        Self { status, content_type: content_type.to_owned(), headers: Vec::new(), body: body.to_owned() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub fn base(&self) -> BaseUrl {
        BaseUrl::new(&format!("http://127.0.0.1:{}/v0", self.port)).unwrap()
    }

    /// The last request.
    pub fn last(&self) -> Seen {
        self.seen.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

/// Starts a server, which ends with the test.
pub fn answering(answer: impl Fn(&Seen) -> Answer + Send + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let request = receive(&stream).unwrap();
            kept.lock().unwrap().push(request.clone());
            let Answer { status, content_type, headers, body } = answer(&request);
            let mut text = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n", body.len());
            if !content_type.is_empty() {
                text.push_str(&format!("content-type: {content_type}\r\n"));
            }
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            stream.write_all(format!("{text}\r\n{body}").as_bytes()).unwrap();
        }
    });
    Server { port, seen }
}

/// Starts a server of one connection, which does with it what it likes once the request has come.
pub fn with_connection(run: impl FnOnce(TcpStream) + Send + 'static) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        kept.lock().unwrap().push(receive(&stream).unwrap());
        run(stream);
    });
    Server { port, seen }
}

type Headers = Vec<(String, String)>;

/// Reads the head of a message: its first line and headers.
fn head(reader: &mut impl BufRead) -> io::Result<(String, Headers)> {
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    Ok((first.trim_end().to_owned(), headers))
}

fn length(headers: &Headers) -> Option<u64> {
    headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.parse().unwrap())
}

/// Reads a message: its first line, headers and body.
fn message(stream: &TcpStream) -> io::Result<(String, Headers, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let (first, headers) = head(&mut reader)?;
    let mut body = Vec::new();
    if headers.iter().any(|(name, _)| name == "transfer-encoding") {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size)?;
            let size = u64::from_str_radix(size.trim(), 16).unwrap();
            (&mut reader).take(size).read_to_end(&mut body)?;
            reader.read_line(&mut String::new())?;
            if size == 0 {
                break;
            }
        }
    }
    (&mut reader).take(length(&headers).unwrap_or(0)).read_to_end(&mut body)?;
    Ok((first, headers, body))
}

fn receive(stream: &TcpStream) -> io::Result<Seen> {
    let (first, headers, body) = message(stream)?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Seen { target, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Sends over a socket of its own, without TLS.
#[derive(Debug)]
pub struct Plain;

impl Transport for Plain {
    type Error = io::Error;

    async fn send(&self, request: Request) -> Result<Reply, io::Error> {
        let length = request.body().len();
        let mut stream = begin(&request, &format!("content-length: {length}"))?;
        stream.write_all(request.body())?;
        let (first, headers, body) = message(&stream)?;
        Ok(reply(&first, headers, body.into()))
    }
}

impl StreamTransport for Plain {
    type Error = io::Error;

    async fn open(&self, request: stream::Request) -> Result<stream::Reply, io::Error> {
        let due = request.body().length();
        let how = due.map_or("transfer-encoding: chunked".to_owned(), |length| format!("content-length: {length}"));
        let mut stream = begin(&request, &how)?;
        let mut body = request.into_body();
        while let Some(piece) = body.next().await {
            let piece = piece.map_err(io::Error::other)?;
            if due.is_none() {
                write!(stream, "{:x}\r\n", piece.len())?;
            }
            stream.write_all(&piece)?;
            if due.is_none() {
                stream.write_all(b"\r\n")?;
            }
        }
        if due.is_none() {
            stream.write_all(b"0\r\n\r\n")?;
        }
        let mut reader = BufReader::new(stream);
        let (first, headers) = head(&mut reader)?;
        let length = length(&headers);
        let body = stream::Body::reader(reader.take(length.unwrap_or(u64::MAX)), length);
        Ok(reply(&first, headers, body))
    }
}

/// Connects, and sends the head of a request.
fn begin<B>(request: &http::Request<B>, how: &str) -> io::Result<TcpStream> {
    let uri = request.uri();
    let mut stream = TcpStream::connect(uri.authority().unwrap().as_str())?;
    let (method, host) = (request.method(), uri.authority().unwrap());
    let mut head = format!("{method} {} HTTP/1.1\r\nhost: {host}\r\n{how}\r\n", uri.path_and_query().unwrap());
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    Ok(stream)
}

fn reply<B>(first: &str, headers: Headers, body: B) -> http::Response<B> {
    let mut reply = http::Response::builder().status(first.split(' ').nth(1).unwrap_or_default());
    for (name, value) in headers {
        reply = reply.header(name, value);
    }
    reply.body(body).unwrap()
}

/// Runs a future that never waits.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
