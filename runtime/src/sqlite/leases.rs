//! What each command of the journal that is about leases does to the tables.

use rusqlite::{Connection, OptionalExtension, params};

use super::owners::Owners;
use super::schema::error;
use super::statements::find;
use crate::journal::{Claim, EntryId, JournalError, Lease, Tenure};

/// [`crate::Journal::claim`].
pub(super) fn claim(connection: &Connection, owners: &Owners, id: &EntryId) -> Result<Claim, JournalError> {
    let missing = || JournalError::Missing(id.key.clone());
    let holder: Option<String> = connection
        .prepare_cached("SELECT lease_owner FROM entries WHERE tenant = ?1 AND key = ?2")
        .and_then(|mut select| select.query_row(params![id.tenant, id.key], |row| row.get(0)).optional())
        .map_err(error)?
        .ok_or_else(missing)?;
    let holder = holder.map(|holder| holder.parse::<i64>().map_err(|_| bad_owner(&holder))).transpose()?;
    #[cfg(kassa_mutation = "ignore_leases")]
    let holder = holder.filter(|_| false);
    if let Some(holder) = holder
        && holder != owners.own()
        && owners.is_alive(holder)?
    {
        return Ok(Claim::Held(find(connection, id)?.ok_or_else(missing)?));
    }
    let fence: i64 = connection
        .prepare_cached(
            "UPDATE entries SET lease_owner = ?3, lease_fence = coalesce(lease_fence, 0) + 1
             WHERE tenant = ?1 AND key = ?2 RETURNING lease_fence",
        )
        .and_then(|mut update| update.query_row(params![id.tenant, id.key, owners.own().to_string()], |row| row.get(0)))
        .map_err(error)?;
    let entry = find(connection, id)?.ok_or_else(missing)?;
    Ok(Claim::Granted(entry, Lease { id: id.clone(), fence: fence.cast_unsigned() }))
}

/// [`crate::Journal::release`].
pub(super) fn release(connection: &Connection, own: i64, lease: &Lease, seen: u32) -> Result<Tenure, JournalError> {
    let freed = connection
        .prepare_cached(
            "UPDATE entries SET lease_owner = NULL
             WHERE tenant = ?1 AND key = ?2 AND lease_owner = ?3 AND lease_fence = ?4 AND NOT EXISTS (
                 SELECT 1 FROM callbacks
                 WHERE entry = entries.id AND verified = 1 AND effect IS NULL AND n > ?5)",
        )
        .and_then(|mut update| {
            let Lease { id, fence } = lease;
            update.execute(params![id.tenant, id.key, own.to_string(), fence.cast_signed(), seen])
        })
        .map_err(error)?;
    // Where somebody else has it, it is over as well.
    Ok(if freed == 1 || !is_held(connection, own, lease)? { Tenure::Over } else { Tenure::Lasts })
}

/// Whether the lease is in force.
fn is_held(connection: &Connection, own: i64, lease: &Lease) -> Result<bool, JournalError> {
    connection
        .prepare_cached(
            "SELECT EXISTS (
                 SELECT 1 FROM entries WHERE tenant = ?1 AND key = ?2 AND lease_owner = ?3 AND lease_fence = ?4)",
        )
        .and_then(|mut select| {
            let Lease { id, fence } = lease;
            select.query_row(params![id.tenant, id.key, own.to_string(), fence.cast_signed()], |row| row.get(0))
        })
        .map_err(error)
}

fn bad_owner(owner: &str) -> JournalError {
    JournalError::Damaged(format!("`{owner}` is no owner"))
}
