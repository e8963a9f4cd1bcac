//! A receipt for Mobika, and what became of an order.

use jiff::Timestamp;
use kassa::uniform::Receipt;
use serde::{Deserialize, Serialize};

use super::{contact, vat10};
use crate::receipt::TEXT;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    order_id: &'a str,
    group_id: &'a str,
    receipt: Order<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Order<'a> {
    receipt_type: u8,
    payment: Payment,
    products: Vec<Product<'a>>,
    tax_system: u8,
    customer_contact: Option<String>,
}

#[derive(Serialize)]
struct Payment {
    cash: i64,
    ecash: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Product<'a> {
    name: &'a str,
    quantity: i64,
    price: i64,
    tax_type: u8,
    payment_method: u8,
    product_type: u8,
}

/// The body that registers `receipt`.
#[must_use]
pub fn encode(key: &str, receipt: &Receipt) -> Vec<u8> {
    let products = receipt.items.iter().map(|item| Product {
        name: &item.name,
        quantity: item.quantity.units() / 1000,
        price: item.price.units(),
        tax_type: vat10(item.vat, 2),
        payment_method: 4,
        product_type: 1,
    });
    let order = Order {
        receipt_type: 1,
        payment: Payment { cash: receipt.payments.cash.units(), ecash: receipt.payments.cashless.units() },
        products: products.collect(),
        tax_system: 0,
        customer_contact: contact(receipt),
    };
    let request = Request { order_id: key, group_id: TEXT, receipt: order };
    serde_json::to_vec(&request).expect("a request can be written")
}

/// What Mobika says of an order.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub order_id: String,
    pub status: Option<String>,
    pub registration_info: Option<Info>,
}

/// How it was registered.
#[derive(Debug, Deserialize)]
#[allow(missing_docs, reason = "the document's own names")]
#[serde(rename_all = "camelCase")]
pub struct Info {
    pub device_serial_number: String,
    pub device_registration_number: String,
    pub fn_serial_number: String,
    pub shift_number: i64,
    pub receipt_number: i64,
    pub fiscal_doc_number: i64,
    pub fiscal_sign: String,
    pub registration_time: Timestamp,
    pub ofd_name: String,
    pub ofd_site: String,
    #[serde(rename = "ofdINN")]
    pub ofd_inn: String,
    pub company_name: String,
    #[serde(rename = "companyINN")]
    pub company_inn: String,
    pub cashier_name: String,
    #[serde(rename = "cashierINN")]
    pub cashier_inn: String,
    pub address: String,
    pub place: String,
    pub fns_site: String,
}

/// What `body` says.
#[must_use]
pub fn decode(body: &[u8]) -> Answer {
    serde_json::from_slice(body).expect("the answer is the document's")
}
