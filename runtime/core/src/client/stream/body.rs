//! Bodies that need not be in memory.

use std::collections::VecDeque;
use std::fmt;
use std::io::{ErrorKind, Read};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};

/// Why a body broke off.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// A body in pieces: bytes, and sources that give theirs when they are asked. It is an [`http_body::Body`], as the HTTP
/// libraries know them. What was taken from a source is gone, so there is no `Clone`: a body is sent once.
///
/// ```compile_fail,E0277
/// fn send_again<T: Clone>(_: T) {}
/// send_again(kassa_core::client::stream::Body::default());
/// ```
#[derive(Default)]
pub struct Body(VecDeque<Piece>);

enum Piece {
    Bytes(Bytes),
    Source(Source),
}

/// Gives bytes when it is asked. Behind a mutex that nobody waits for, so that a body can be shared between threads.
struct Source {
    of: Mutex<Pin<Box<dyn HttpBody<Data = Bytes, Error = BodyError> + Send>>>,
    /// How many bytes are due.
    left: Option<u64>,
}

/// How much is read at once.
const READ: usize = 64 << 10;

impl Body {
    /// What another body gives. Trailers are not kept.
    pub fn new<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let left = body.size_hint().exact();
        Self::source(Boxed(Box::pin(body)), left)
    }

    /// What a reader gives, of so many bytes if that is known. Whoever sends the body waits for each read: of files, and
    /// where a thread is free to wait.
    pub fn reader(reader: impl Read + Send + Unpin + 'static, length: Option<u64>) -> Self {
        Self::source(Reader(reader), length)
    }

    /// The same, of so many bytes. A source that gives fewer or more breaks off.
    #[must_use]
    pub fn of_length(mut self, length: u64) -> Self {
        if let [Piece::Source(source)] = self.0.make_contiguous() {
            source.left = Some(length);
        }
        self
    }

    fn source(of: impl HttpBody<Data = Bytes, Error = BodyError> + Send + 'static, left: Option<u64>) -> Self {
        Self(VecDeque::from([Piece::Source(Source { of: Mutex::new(Box::pin(of)), left })]))
    }

    /// Adds what `other` gives at the end.
    pub fn append(&mut self, other: impl Into<Self>) {
        self.0.extend(other.into().0);
    }

    /// How many bytes there are, if that is known.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.0.iter().try_fold(0_u64, |sum, piece| match piece {
            Piece::Bytes(bytes) => sum.checked_add(bytes.len() as u64),
            Piece::Source(source) => sum.checked_add(source.left?),
        })
    }

    /// The bytes, if all are in memory.
    #[must_use]
    pub fn whole(&self) -> Option<Bytes> {
        let mut all = Vec::with_capacity(self.0.len());
        for piece in &self.0 {
            match piece {
                Piece::Bytes(bytes) => all.push(bytes.clone()),
                Piece::Source(_) => return None,
            }
        }
        Some(match all.as_slice() {
            [only] => only.clone(),
            several => several.concat().into(),
        })
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// When a source breaks off.
    pub async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    /// As [`Body::next`].
    ///
    /// # Errors
    /// When a source breaks off.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        while let Some(piece) = self.0.pop_front() {
            let mut source = match piece {
                Piece::Bytes(bytes) if bytes.is_empty() => continue,
                Piece::Bytes(bytes) => return Poll::Ready(Some(Ok(bytes))),
                Piece::Source(source) => source,
            };
            let polled = source.poll(context);
            match polled {
                Poll::Ready(None) => continue,
                Poll::Ready(Some(Err(_))) => self.0.clear(),
                Poll::Pending | Poll::Ready(Some(Ok(_))) => self.0.push_front(Piece::Source(source)),
            }
            return polled;
        }
        Poll::Ready(None)
    }

    /// All the bytes.
    ///
    /// # Errors
    /// When there are more than `most`, or a source breaks off.
    pub async fn collect(mut self, most: usize) -> Result<Bytes, BodyError> {
        let mut all = Vec::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if all.len() + piece.len() > most {
                return Err(format!("the body is longer than {most} bytes").into());
            }
            all.extend_from_slice(&piece);
        }
        Ok(all.into())
    }
}

impl Source {
    /// The next bytes that are not empty, counted.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let of = self.of.get_mut().unwrap_or_else(PoisonError::into_inner);
        let bytes = loop {
            match ready!(of.as_mut().poll_frame(context)) {
                None => break None,
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(bytes) if !bytes.is_empty() => break Some(bytes),
                    _ => {}
                },
            }
        };
        let due = self.left;
        self.left = match (due, &bytes) {
            (Some(due), Some(bytes)) => due.checked_sub(bytes.len() as u64),
            _ => due,
        };
        Poll::Ready(match (due, self.left, bytes) {
            (Some(_), None, Some(_)) => Some(Err("the body has more bytes than were announced".into())),
            (Some(due), _, None) if due > 0 => {
                Some(Err(format!("the body ends {due} bytes before it was announced to").into()))
            }
            (_, _, bytes) => bytes.map(Ok),
        })
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(…)"),
        }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.poll_next(context).map(|next| next.map(|bytes| bytes.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Bytes(bytes) if bytes.is_empty()))
    }

    fn size_hint(&self) -> SizeHint {
        self.length().map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(VecDeque::from([Piece::Bytes(bytes)]))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

/// A body with its errors boxed.
struct Boxed<B>(Pin<Box<B>>);

impl<B: HttpBody<Data = Bytes>> HttpBody for Boxed<B>
where
    B::Error: Into<BodyError>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.as_mut().poll_frame(context).map(|next| next.map(|frame| frame.map_err(Into::into)))
    }
}

struct Reader<R>(R);

impl<R: Read + Unpin> HttpBody for Reader<R> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut bytes = vec![0; READ];
        loop {
            return Poll::Ready(match self.0.read(&mut bytes) {
                Ok(0) => None,
                Ok(read) => {
                    bytes.truncate(read);
                    Some(Ok(Frame::data(bytes.into())))
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Some(Err(error.into())),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    /// All pieces of a body that is never waited for.
    fn pieces(body: &mut Body) -> Result<Vec<Bytes>, String> {
        let mut all = Vec::new();
        let context = &mut Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(piece)) = body.poll_next(context) {
            all.push(piece.map_err(|error| error.to_string())?);
        }
        Ok(all)
    }

    #[test]
    fn pieces_come_in_order_and_once() {
        let mut body = Body::from("a".to_owned());
        body.append(Body::reader(&b"bc"[..], Some(2)));
        body.append(Bytes::from_static(b"d"));
        assert_eq!((body.length(), body.whole()), (Some(4), None));
        assert_eq!(format!("{body:?}"), "Body(4 bytes)");
        assert_eq!(pieces(&mut body).unwrap(), ["a", "bc", "d"]);
        assert!(pieces(&mut body).unwrap().is_empty() && body.is_end_stream());
        let mut body = Body::new(Body::from("xyz".to_owned()));
        body.append(Body::reader(&b""[..], None));
        assert_eq!(body.length(), None);
        assert_eq!(pieces(&mut body).unwrap(), ["xyz"]);
    }

    #[test]
    fn what_was_announced_has_to_come() {
        let error = pieces(&mut Body::reader(&b"abc"[..], Some(5))).unwrap_err();
        assert_eq!(error, "the body ends 2 bytes before it was announced to");
        let error = pieces(&mut Body::reader(&b"abc"[..], None).of_length(2)).unwrap_err();
        assert_eq!(error, "the body has more bytes than were announced");
    }

    #[test]
    fn large_readers_come_in_pieces() {
        let size = 3 * READ as u64 + 1;
        let mut body = Body::reader(std::io::repeat(7).take(size), Some(size));
        let pieces = pieces(&mut body).unwrap();
        assert_eq!(pieces.iter().map(|piece| piece.len() as u64).sum::<u64>(), size);
        assert!(pieces.iter().all(|piece| piece.len() <= READ));
    }
}
