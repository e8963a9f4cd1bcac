//! What each command of the journal that is about exchanges does to the tables.

use rusqlite::{Connection, Row, params};

use super::schema::error;
use super::statements::moment;
use crate::journal::{EntryId, JournalError, KeptExchange, NewExchange, Sent, StoredReply, StoredRequest};

/// Keeps what was exchanged for the entry of this row.
pub(super) fn add(connection: &Connection, entry: i64, exchanges: &[NewExchange]) -> Result<(), JournalError> {
    for exchange in exchanges {
        if !count(connection, entry, exchange)? {
            insert(connection, entry, exchange)?;
        }
    }
    Ok(())
}

/// Counts an exchange with the last one of the entry, if it went just so: who waits for a register may ask for hours.
fn count(connection: &Connection, entry: i64, new: &NewExchange) -> Result<bool, JournalError> {
    let (status, response, failure) = columns(new);
    let counted = connection
        .prepare_cached(
            "UPDATE exchanges SET times = times + 1, ended_at = max(ended_at, ?3)
             WHERE entry = ?1 AND n = (SELECT max(n) FROM exchanges WHERE entry = ?1)
                 AND attempt = ?2 AND sent = ?4 AND uri IS ?5 AND body IS ?6 AND status IS ?7 AND response IS ?8
                 AND failure IS ?9",
        )
        .and_then(|mut update| {
            let question = question(new);
            update.execute(params![
                entry,
                new.attempt,
                new.ended_at.as_millisecond(),
                new.sent.name(),
                question.map(|asked| asked.uri.as_str()),
                question.map(|asked| asked.body.as_ref()),
                status,
                response,
                failure
            ])
        })
        .map_err(error)?;
    Ok(counted == 1)
}

fn insert(connection: &Connection, entry: i64, new: &NewExchange) -> Result<(), JournalError> {
    let (status, response, failure) = columns(new);
    connection
        .prepare_cached(
            "INSERT INTO exchanges (entry, n, attempt, sent, method, uri, headers, body, began_at, ended_at, status,
                 response, failure, class, code)
             VALUES (?1, coalesce((SELECT max(n) FROM exchanges WHERE entry = ?1), 0) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                 ?10, ?11, ?12, ?13, ?14)",
        )
        .and_then(|mut insert| {
            let question = question(new);
            insert.execute(params![
                entry,
                new.attempt,
                new.sent.name(),
                question.map(|asked| asked.method.as_str()),
                question.map(|asked| asked.uri.as_str()),
                question.map(|asked| asked.headers.as_slice()),
                question.map(|asked| asked.body.as_ref()),
                new.began_at.as_millisecond(),
                new.ended_at.as_millisecond(),
                status,
                response,
                failure,
                new.class,
                new.code
            ])
        })
        .map_err(error)?;
    Ok(())
}

fn question(new: &NewExchange) -> Option<&StoredRequest> {
    match &new.sent {
        Sent::Request => None,
        Sent::Question(asked) => Some(asked),
    }
}

fn columns(new: &NewExchange) -> (Option<u16>, Option<&[u8]>, Option<&str>) {
    match &new.answer {
        Ok(reply) => (Some(reply.status), Some(&reply.body), None),
        Err(why) => (None, None, Some(why)),
    }
}

/// [`crate::Journal::exchanges`].
pub(super) fn of_entry(connection: &Connection, id: &EntryId) -> Result<Vec<KeptExchange>, JournalError> {
    connection
        .prepare_cached(
            "SELECT exchanges.n, exchanges.attempt, method, uri, headers, body, began_at, ended_at, status, response,
                 failure, class, code, times
             FROM exchanges JOIN entries ON exchanges.entry = entries.id
             WHERE tenant = ?1 AND key = ?2 ORDER BY exchanges.n",
        )
        .and_then(|mut select| select.query_map(params![id.tenant, id.key], kept)?.collect())
        .map_err(error)
}

fn kept(row: &Row<'_>) -> rusqlite::Result<KeptExchange> {
    let sent = match row.get::<_, Option<String>>(2)? {
        Some(method) => Sent::Question(StoredRequest {
            method,
            uri: row.get(3)?,
            headers: row.get(4)?,
            body: row.get::<_, Vec<u8>>(5)?.into(),
        }),
        None => Sent::Request,
    };
    let answer = match row.get::<_, Option<String>>(10)? {
        Some(why) => Err(why),
        None => Ok(StoredReply { status: row.get(8)?, body: row.get::<_, Vec<u8>>(9)?.into() }),
    };
    let exchange = NewExchange {
        attempt: row.get(1)?,
        sent,
        began_at: moment(row, 6)?,
        ended_at: moment(row, 7)?,
        answer,
        class: row.get(11)?,
        code: row.get(12)?,
    };
    Ok(KeptExchange { n: row.get(0)?, exchange, times: row.get(13)? })
}
