//! A server of one answer a request, and a transport to it.

use std::future::Future;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use kassa_core::client::*;
use kassa_core::http;

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

type Headers = Vec<(String, String)>;

/// Reads a message: its first line, headers and body.
fn message(stream: &TcpStream) -> io::Result<(String, Headers, Vec<u8>)> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((first.trim_end().to_owned(), headers, body))
}

fn receive(stream: &TcpStream) -> io::Result<Seen> {
    let (first, headers, body) = message(stream)?;
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    Ok(Seen { target, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

/// Sends over a socket of its own, without TLS.
pub struct Plain;

impl Transport for Plain {
    type Error = io::Error;

    async fn send(&self, request: Request) -> Result<Reply, io::Error> {
        let uri = request.uri();
        let mut stream = TcpStream::connect(uri.authority().unwrap().as_str())?;
        let target = uri.path_and_query().unwrap();
        let mut head =
            format!("{} {target} HTTP/1.1\r\ncontent-length: {}\r\n", request.method(), request.body().len());
        for (name, value) in request.headers() {
            head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        stream.write_all(request.body())?;
        let (first, headers, body) = message(&stream)?;
        let mut reply = http::Response::builder().status(first.split(' ').nth(1).unwrap_or_default());
        for (name, value) in headers {
            reply = reply.header(name, value);
        }
        Ok(reply.body(body.into()).unwrap())
    }
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
