//! The client's end of the callbacks: takes what comes and answers as it was told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::raw::ms;

/// A callback as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) head: String,
    pub(crate) body: Value,
    pub(crate) at: Instant,
}

impl Call {
    pub(crate) fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

pub(crate) struct Hook {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    task: JoinHandle<()>,
}

impl Drop for Hook {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hook {
    /// Answers 200, unless told otherwise.
    pub(crate) async fn start() -> Hook {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?token=abc", listener.local_addr().unwrap());
        let (calls, answers) = (Arc::<Mutex<Vec<Call>>>::default(), Arc::<Mutex<VecDeque<u16>>>::default());
        let (to, from) = (calls.clone(), answers.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                take(stream, &to, &from).await;
            }
        });
        Hook { url, calls, answers, task }
    }

    pub(crate) fn answer_next(&self, statuses: impl IntoIterator<Item = u16>) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// Waits for that many.
    pub(crate) async fn wait(&self, count: usize) -> Vec<Call> {
        for _ in 0..400 {
            let calls = self.calls();
            if calls.len() >= count {
                return calls;
            }
            tokio::time::sleep(ms(5)).await;
        }
        panic!("{count} callbacks wanted, {:?} came", self.calls());
    }
}

async fn take(mut stream: TcpStream, calls: &Mutex<Vec<Call>>, answers: &Mutex<VecDeque<u16>>) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        if stream.read_buf(&mut bytes).await.unwrap() == 0 {
            return;
        }
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let call = Call { head, body: Value::Null, at: Instant::now() };
        let length: usize = call.header("content-length").unwrap().parse().unwrap();
        if bytes.len() >= end + 4 + length {
            break (call.head, bytes.split_off(end + 4));
        }
    };
    let body = serde_json::from_slice(&body).unwrap();
    calls.lock().unwrap().push(Call { head, body, at: Instant::now() });
    let status = answers.lock().unwrap().pop_front().unwrap_or(200);
    let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    stream.write_all(answer.as_bytes()).await.unwrap();
}
