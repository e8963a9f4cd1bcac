//! A server of ours: keeps what arrives as it is, and answers what it is asked for.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use kassa_codegen::client::Answer;

/// Starts a server that gives the answer whose number the header `x-answer` has; it ends with the process.
///
/// # Errors
/// When it cannot listen.
pub fn start(answers: &[Answer]) -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    let answers: Arc<[Answer]> = answers.into();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            std::thread::spawn(move || serve(&stream, &answers));
        }
    });
    Ok(address)
}

fn serve(stream: &TcpStream, answers: &[Answer]) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut wanted, mut length, mut first) = (None, 0, String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if first.is_empty() {
            first = line;
            continue;
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "x-answer" => wanted = value.trim().parse::<usize>().ok(),
            "content-length" => length = value.trim().parse().unwrap_or(0),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut stream = stream;
    let Some(answer) = wanted.and_then(|n| answers.get(n)) else {
        return stream.write_all(b"HTTP/1.1 204 X\r\nconnection: close\r\n\r\n");
    };
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(media_type) = &answer.media_type {
        head.push_str(&format!("content-type: {media_type}\r\n"));
    }
    if !matches!(answer.status, 204 | 304) && !first.starts_with("HEAD ") {
        head.push_str(&format!("content-length: {}\r\n", answer.body.len()));
    }
    stream.write_all(format!("{head}\r\n{}", answer.body).as_bytes())
}
