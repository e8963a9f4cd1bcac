//! The object Order as the vendor writes it, with the fields of the document's example in their order.

use jiff::Timestamp;

use super::super::Entry;
use super::super::checks::{self, Paid};
use super::super::faults::Forgery;
use super::super::json::quote;
use super::super::ledger::Ledger;
use super::desk::{Edit, edited};
use super::{Options, Order, order};

/// The order as of now.
pub(super) fn describe(order: &Order, ledger: &Ledger, options: &Options) -> String {
    let registered = ledger.registered(order.ticket);
    let accepted = registered.is_some() || order.accepted.get().is_some_and(|at| *at <= Timestamp::now());
    let receipt = if accepted { &order.left } else { &order.sent };
    let mut text = format!(
        "{{\"groupId\":{},\"orderId\":{},{}\"receipt\":{receipt},",
        quote(&order.group),
        quote(&order.id),
        cashier_id(order),
    );
    let early = options.early_statuses.as_ref();
    let status = match (&registered, early) {
        (Some(_), _) => Some("processed"),
        (None, Some((_, status))) if accepted => Some(status.as_str()),
        (None, Some((status, _))) => Some(status.as_str()),
        (None, None) => None,
    };
    if let Some(status) = status {
        text += &format!("\"status\":{},", quote(status));
    }
    text += &format!("\"createdAt\":\"{}\"", micros(order.created));
    if accepted {
        let at = order.accepted.get().copied().unwrap_or(order.created);
        text += &format!(",\"accepted\":\"{}\"", micros(at));
    }
    if let Some(entry) = registered {
        text += &format!(",\"processed\":\"{}\"", micros(entry.at));
        text += &format!(",\"registrationInfo\":{}", registration_info(&entry, order, options));
    }
    text + "}"
}

/// What somebody else would send: a registration that never was.
pub(super) fn forged(order: &Order, entry: &Entry, forgery: Forgery, options: &Options) -> Result<String, String> {
    let (mut receipt, mut entry) = (order.left.clone(), entry.clone());
    let mut id = order.id.clone();
    match forgery {
        Forgery::WrongSecret => {}
        Forgery::UnknownId => id = checks::guid(u64::MAX / 4),
        Forgery::WrongAmounts => {
            let price = entry.lines.first().map_or(0, |line| line.price_kopecks);
            receipt = edited(&receipt, &[Edit::Price { product: 0, kopecks: price + 100 }])?;
            entry = order::with_receipt(&entry, &receipt)?;
        }
    }
    entry.fd_number = Some(990_001);
    entry.fiscal_sign = Some(1_990_000_001);
    entry.receipt_number = Some(991);
    entry.at = Timestamp::now();
    let at = micros(entry.at);
    Ok(format!(
        "{{\"groupId\":{},\"orderId\":{},{}\"receipt\":{receipt},\"status\":\"processed\",\"createdAt\":\"{at}\",\
         \"accepted\":\"{at}\",\"processed\":\"{at}\",\"registrationInfo\":{}}}",
        quote(&order.group),
        quote(&id),
        cashier_id(order),
        registration_info(&entry, order, options),
    ))
}

fn cashier_id(order: &Order) -> String {
    order.cashier.as_ref().map_or(String::new(), |cashier| format!("\"cashierId\":{},", quote(&cashier.id)))
}

fn registration_info(entry: &Entry, order: &Order, options: &Options) -> String {
    let sign = entry.fiscal_sign.unwrap_or_default().to_string();
    let sign = if options.sign_as_number { sign } else { quote(&sign) };
    let tag = |tag: u16| entry.tags.get(&tag).cloned();
    let account = order.cashier.as_ref().or(options.cashiers.first());
    let name = tag(1021).or_else(|| account.map(|cashier| cashier.surname.clone())).unwrap_or_default();
    let inn = tag(1203).or_else(|| account.map(|cashier| cashier.inn.clone())).unwrap_or_default();
    let mut text = format!(
        "{{\"deviceSerialNumber\":\"002300001000\",\"deviceRegistrationNumber\":\"0000000123000001\",\
         \"fnSerialNumber\":\"9999000000000123\",\"shiftNumber\":{},\"receiptNumber\":{},\"fiscalDocNumber\":{},\
         \"fiscalSign\":{sign},\"registrationTime\":\"{}\",\"ofdName\":\"Example OFD\",\"ofdSite\":\"ofd.example\",\
         \"ofdINN\":\"7704211201\",\"companyName\":\"ООО \\\"Пример\\\"\",\"companyINN\":\"7710000000\",\
         \"cashierName\":{},\"cashierINN\":{},\"address\":\"Примерная ул., 1\",\"place\":{},",
        options.shift_number,
        entry.receipt_number.unwrap_or_default(),
        entry.fd_number.unwrap_or_default(),
        entry.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        quote(&name),
        quote(&inn),
        quote(entry.place.as_deref().unwrap_or("kkt.cloud")),
    );
    if let Some(machine) = tag(1036) {
        text += &format!("\"machineNumber\":{},", quote(&machine));
    }
    let paid = Paid {
        cash: entry.cash_kopecks,
        cashless: entry.cashless_kopecks,
        prepaid: entry.prepaid_kopecks,
        credit: entry.credit_kopecks,
        counter: entry.counter_kopecks,
    };
    if let Ok(change @ 1..) = paid.change(entry.total_kopecks) {
        text += &format!("\"change\":{change},");
    }
    text + "\"fnsSite\":\"nalog.ru\"}"
}

/// `2019-01-29T14:55:50.892581Z`
fn micros(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
}
