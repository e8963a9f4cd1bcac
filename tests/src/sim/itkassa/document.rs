//! The object Document, in the queue and after it, with the fields of the document's examples in their order.

use std::time::Instant;

use jiff::Timestamp;

use super::super::faults::Forgery;
use super::super::json::{Tree, quote};
use super::super::ledger::{Ledger, Ticket};
use super::super::{Entry, Operation, checks, moscow};
use super::command::Work;
use super::register::{Failure, Session};

const CREATED_BY: &str = "395edd6a-ea18-4401-a1b5-223cebf39c4c";
const NO_DATE: &str = "\"1970-01-01 00:00:00\"";
const NO_RECEIPT: &str = "t=19700101T000000&s=0.00&fn=&i=0&fp=0000000000&n=0";

/// A document that was put into a queue. Nothing but the clock changes it.
#[derive(Debug, Clone)]
pub(super) struct Document {
    pub(super) id: String,
    pub(super) key: Option<String>,
    pub(super) number: u64,
    pub(super) organization: String,
    pub(super) register: String,
    pub(super) fs_number: String,
    pub(super) content: Tree,
    pub(super) commands: Tree,
    pub(super) work: Work,
    pub(super) created: Timestamp,
    pub(super) visible_from: Instant,
    pub(super) begins: Instant,
    pub(super) due: Instant,
    /// The wall clock at `due`.
    pub(super) ends: Timestamp,
    /// State and number of the shift when it is done.
    pub(super) shift: (Session, u32),
    pub(super) outcome: Outcome,
    pub(super) check_sign: bool,
    pub(super) flat: bool,
    pub(super) test_register: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Outcome {
    Done(Ticket),
    Failed(Failure),
}

/// Who is going to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    Answer,
    Callback,
}

impl Document {
    /// Whether it has left the queue.
    pub(super) fn is_over(&self, ledger: &Ledger) -> bool {
        match &self.outcome {
            Outcome::Done(ticket) => ledger.registered(*ticket).is_some(),
            Outcome::Failed(_) => self.due <= Instant::now(),
        }
    }

    /// The body of an answer: in the envelope, or flat as older errors are (IK12).
    pub(super) fn answer(&self, ledger: &Ledger) -> String {
        match self.flat_error(ledger) {
            Some(flat) => flat,
            None => format!("{{\"code\":0,\"object\":{}}}", self.describe(ledger, Reader::Answer)),
        }
    }

    /// The body of a callback, which has no envelope. None while the document is in the queue.
    pub(super) fn callback(&self, ledger: &Ledger) -> Option<String> {
        if !self.is_over(ledger) {
            return None;
        }
        Some(self.flat_error(ledger).unwrap_or_else(|| self.describe(ledger, Reader::Callback)))
    }

    /// What somebody else would send: a success that never was.
    pub(super) fn forged(&self, forgery: Forgery) -> String {
        let mut fake = self.clone();
        let mut entry = self.work.entry.clone();
        entry.at = Timestamp::now();
        entry.fd_number = entry.fd_number.or(Some(990_001));
        entry.fiscal_sign = Some(1_990_000_001);
        match forgery {
            Forgery::WrongSecret => {}
            Forgery::UnknownId => {
                fake.id = checks::guid(u64::MAX / 4);
                fake.key = fake.key.map(|_| checks::guid(u64::MAX / 8));
            }
            Forgery::WrongAmounts => {
                entry.total_kopecks += 100;
                one_rouble_more(&mut fake.commands);
            }
        }
        fake.write(Reader::Callback, Some(Ok(&entry)))
    }

    fn describe(&self, ledger: &Ledger, reader: Reader) -> String {
        match &self.outcome {
            Outcome::Failed(failure) if self.is_over(ledger) => self.write(reader, Some(Err(failure))),
            Outcome::Done(ticket) => match ledger.registered(*ticket) {
                Some(entry) => self.write(reader, Some(Ok(&entry))),
                None => self.write(reader, None),
            },
            Outcome::Failed(_) => self.write(reader, None),
        }
    }

    fn flat_error(&self, ledger: &Ledger) -> Option<String> {
        let Outcome::Failed(failure) = &self.outcome else { return None };
        if !self.flat || !self.is_over(ledger) {
            return None;
        }
        Some(format!(
            "{{\"creItemId\":{},\"id\":{},\"lastErrorId\":{},\"lastErrorMessage\":{},\"result\":\"critical_error\",\
             \"result_description\":\"the register has answered\",\"sessionNumber\":\"{}\",\"sessionState\":\"{}\",\
             \"updatedAt\":\"{}\"}}",
            quote(&self.register),
            // The id of the job in the client's system, empty in the example.
            quote(self.key.as_deref().unwrap_or("")),
            failure.code,
            quote(&message(&failure.phase, &failure.text)),
            self.shift.1,
            self.shift.0.as_str(),
            self.ends.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ))
    }

    fn write(&self, reader: Reader, end: Option<Result<&Entry, &Failure>>) -> String {
        let mut text = format!("{{\"id\":{},", quote(&self.id));
        let key = self.key.as_deref().map_or("null".to_owned(), quote);
        if reader == Reader::Callback {
            text += &format!("\"idempKey\":{key},");
        }
        text += &format!("\"title\":{},\"type\":\"{}\",", quote(self.work.title), self.work.kind);
        if reader == Reader::Callback {
            text += &format!("\"orderNumber\":{},", self.number);
        }
        text += &format!("\"isFiscal\":{},\"commands\":{},", self.work.entry.operation.is_fiscal(), self.commands);
        text += &match end {
            None => "\"sessionNumber\":null,\"checkNumber\":null,\"fsNumber\":null,\"checkDate\":null,\
                     \"checkUrl\":null,\"checkUrlOfd\":null,"
                .to_owned(),
            Some(Err(_)) => self.numbers("0", "", NO_DATE, NO_RECEIPT, ""),
            Some(Ok(entry)) => self.registered(entry),
        };
        let updated = if end.is_some() { self.ends } else { self.created };
        text += &format!(
            "\"createdAt\":\"{}\",\"updatedAt\":\"{}\",\"organizationId\":{},\"creItemId\":{},\
             \"createdById\":\"{CREATED_BY}\",\"registryId\":null,",
            seconds(self.created),
            seconds(updated),
            quote(&self.organization),
            quote(&self.register),
        );
        if reader == Reader::Answer {
            let status = if self.begins <= Instant::now() { "printing" } else { "queued" };
            text += &match end {
                Some(_) => "\"queueItem\":null,".to_owned(),
                None => format!("\"queueItem\":{{\"id\":{},\"status\":\"{status}\"}},", self.number),
            };
        }
        text += &match end {
            None => "\"resultItem\":null}".to_owned(),
            Some(Ok(_)) => self.result("0", &message(self.work.phase, "no error"), "success"),
            Some(Err(failure)) => {
                let message = message(&failure.phase, &failure.text);
                self.result(&failure.code.to_string(), &message, "critical_error")
            }
        };
        text
    }

    /// What the register says of a document that it made, by its kind as in the examples.
    fn registered(&self, entry: &Entry) -> String {
        if self.test_register && entry.operation.is_fiscal() {
            return self.numbers("0", "", NO_DATE, NO_RECEIPT, "");
        }
        let (document, sign) = (entry.fd_number.unwrap_or_default(), entry.fiscal_sign.unwrap_or_default());
        match entry.operation {
            Operation::ShiftOpen | Operation::ShiftClose => {
                let qr = format!("t=19700101T000000&s=0.00&fn=&i={document}&fp=0000000000&n=0");
                self.numbers(&document.to_string(), "", "\"1969-12-31 21:00:00\"", &qr, "")
            }
            Operation::Receipt | Operation::Correction => {
                let at = moscow::local(entry.at);
                let qr = format!(
                    "t={}&s={}.{:02}&fn={}&i={document}&fp={sign:010}&n={}",
                    at.replace(['-', ':'], "").replace(' ', "T"),
                    entry.total_kopecks / 100,
                    entry.total_kopecks % 100,
                    self.fs_number,
                    entry.kind.unwrap_or_default(),
                );
                let ofd = format!("https://check.ofd.example/{}/{document}/{sign}", self.fs_number);
                let numbers = self.numbers(&document.to_string(), &self.fs_number, &quote(&at), &qr, &ofd);
                match self.check_sign {
                    true => format!("{numbers}\"checkSign\":\"{sign}\","),
                    false => numbers,
                }
            }
            _ => self.numbers("", "", "null", "", ""),
        }
    }

    fn numbers(&self, document: &str, drive: &str, date: &str, qr: &str, ofd: &str) -> String {
        format!(
            "\"sessionNumber\":\"{}\",\"checkNumber\":\"{document}\",\"fsNumber\":{},\"checkDate\":{date},\
             \"checkUrl\":{},\"checkUrlOfd\":{},",
            self.shift.1,
            quote(drive),
            quote(qr),
            quote(ofd),
        )
    }

    fn result(&self, code: &str, message: &str, result: &str) -> String {
        let at = seconds(self.ends);
        format!(
            "\"resultItem\":{{\"id\":\"{}\",\"queueItemId\":{},\"creErrorId\":\"{code}\",\"creErrorText\":{},\
             \"commands\":{},\"result\":\"{result}\",\"printedAt\":\"{at}\",\"createdAt\":\"{at}\",\
             \"updatedAt\":\"{at}\",\"printDocumentId\":{}}}}}",
            checks::guid(500_000 + self.number),
            self.number,
            quote(message),
            quote(&ascii(&self.commands.to_string())),
            quote(&self.id),
        )
    }
}

fn message(phase: &str, text: &str) -> String {
    format!("[ {phase} ] {text}")
}

/// `2019-10-23T18:51:59+00:00`
pub(super) fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
}

/// JSON with `\u041a` for everything that is not ASCII, as the string `commands` of a result has it.
fn ascii(json: &str) -> String {
    let mut text = String::new();
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            _ => text += &format!("\\u{unit:04x}"),
        }
    }
    text
}

/// Every amount of the first command, a rouble higher.
fn one_rouble_more(commands: &mut Tree) {
    let Tree::List(commands) = commands else { return };
    let Some(Tree::Object(command)) = commands.first_mut() else { return };
    for (name, value) in command.iter_mut() {
        if let (true, Some(sum)) = (name.starts_with("amount"), value.kopecks()) {
            *value = Tree::Number(format!("{}.{:02}", (sum + 100) / 100, sum % 100));
        }
    }
}
