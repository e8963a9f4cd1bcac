//! The accounts of a dispatcher: one for each place of the providers.

use std::time::Duration;

use anyhow::{Result, anyhow};
use kassa::kassa_core::{Secret, SettingValues};
use kassa::{Account, Identity, Tls};

use crate::order::provider;
use crate::wire::Place;
use crate::world::{BELL, CASHBOX, GROUP, INN, ORGANIZATION, REGISTER, TOKEN};

/// After how long the accounts that say so show what they have: longer than they need, on a slow machine too.
const VISIBLE_AFTER: Duration = Duration::from_millis(1_500);
/// How long an account waits for an answer.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The account of a place, whose callbacks go to that port.
pub(crate) fn account(place: &Place, hook: u16) -> Result<Account> {
    let name = &place.account;
    let provider = provider(name);
    let values = SettingValues::default();
    let token = |values: SettingValues| values.with("auth_header", "X-Token").with("auth_value", TOKEN);
    let values = match provider {
        "checkonline" => values.with("taxid_dialect", "ferma_1_7").with("utc_offset", "+03:00"),
        "mobika" => token(values).with("group", GROUP),
        "itkassa" => values
            .with("api_key", TOKEN)
            .with("register", REGISTER)
            .with("utc_offset", "+03:00")
            .with("unknown_key", "status_404")
            .with("organization", ORGANIZATION)
            .with("callback_key", BELL),
        "rentel" => token(values)
            .with("seller_inn", INN)
            .with("callback_url", format!("http://127.0.0.1:{hook}/re"))
            .with("callback_token", BELL)
            .with("callback_body", "ferma"),
        _ => values.with("token", TOKEN).with("cashbox_id", CASHBOX),
    };
    let opened = kassa::open(provider, &values, Some(&place.url)).map_err(|problems| {
        anyhow!(
            "{name}: {}",
            problems
                .iter()
                .map(|problem| format!("{}: {}", problem.name, problem.problem))
                .collect::<Vec<_>>()
                .join("; ")
        )
    })?;
    let mut account = Account {
        timeout: TIMEOUT,
        connect_timeout: Duration::from_secs(2),
        visible_after: name.ends_with("-late").then_some(VISIBLE_AFTER),
        ..Account::new(name.clone(), opened)
    };
    if let Some([authority, certificate, key]) = &place.tls {
        let identity = Identity { certificate: certificate.clone().into_bytes(), key: Secret::new(key.clone()) };
        account.tls = Tls { identity: Some(identity), roots: vec![authority.clone().into_bytes()] };
    }
    Ok(account)
}
