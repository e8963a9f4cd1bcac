//! The receipt that everything is measured with, and an account of every provider.

use kassa::Provider;
use kassa::kassa_core::SettingValues;
use kassa::uniform::Receipt;

/// A key that every provider takes as its own.
pub const KEY: &str = "5f0c8a9e-6b0e-4f5c-9a53-0d7d3c1b2a41";

/// What the text settings of an account are.
pub const TEXT: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

/// Who sells.
pub const INN: &str = "7707083893";

/// Where outcomes are called back to.
pub const CALLBACKS: &str = "https://shop.example/";

/// What the runtime writes bodies in.
pub const JSON: &str = "application/json; charset=utf-8";

/// What the secrets of an account are.
pub const SECRET: &str = "hunter2-hunter2";

/// What is bought: name, quantity, price.
const GOODS: [(&str, &str, &str); 10] = [
    ("Молоко коровье 2,5 %", "3", "89.90"),
    ("Хлеб ржаной", "1", "54"),
    ("Картофель", "2", "49.90"),
    ("Творог 9 %, 200 г", "4", "119.50"),
    ("Сметана 20 %", "2", "98.40"),
    ("Яблоки сезонные", "3", "129.90"),
    ("Мука пшеничная, 2 кг", "1", "112"),
    ("Гречка ядрица", "2", "84.70"),
    ("Масло сливочное 82,5 %", "1", "239.90"),
    ("Рис длиннозёрный", "5", "77.10"),
];

/// A receipt of ten items that every provider takes, some of it paid in cash. Quantities are whole, since one of them
/// counts pieces.
#[must_use]
pub fn ten_items() -> Receipt {
    let items = GOODS.map(|(name, quantity, price)| {
        format!(
            r#"{{"name":"{name}","quantity":"{quantity}","price":"{price}","vat":"vat10","subject":"goods","mode":"full_payment"}}"#
        )
    });
    let text = format!(
        r#"{{"kind":"income","taxation":"general","items":[{}],"payments":{{"cash":"1000","cashless":"1394.80"}},
            "buyer":{{"contact":"buyer@example.com"}},"seller_inn":"{INN}"}}"#,
        items.join(",")
    );
    serde_json::from_str(&text).expect("the receipt reads")
}

/// The key of receipt `n`.
#[must_use]
pub fn key(n: u64) -> String {
    format!("{n:08x}-6b0e-4f5c-9a53-0d7d3c1b2a41")
}

/// An account of every provider, all of them at `url`.
pub fn providers(url: &str) -> impl Iterator<Item = Box<dyn Provider>> {
    kassa::providers().iter().map(move |info| provider(info.name, url))
}

/// An account of the provider `name` at `url`.
#[must_use]
pub fn provider(name: &str, url: &str) -> Box<dyn Provider> {
    let header = [("auth_header", "X-Token"), ("auth_value", SECRET)];
    let settings: &[(&str, &str)] = match name {
        "checkonline" => &[("taxid_dialect", "ferma_1_7"), ("utc_offset", "+03:00")],
        "itkassa" => &[("api_key", SECRET), ("register", TEXT), ("utc_offset", "+03:00")],
        "mobika" => &[header[0], header[1], ("group", TEXT)],
        "rentel" => {
            &[header[0], header[1], ("seller_inn", INN), ("callback_url", CALLBACKS), ("callback_token", SECRET)]
        }
        _ => &[("token", SECRET), ("cashbox_id", TEXT)],
    };
    let settings = settings.iter().fold(SettingValues::default(), |all, (name, value)| all.with(*name, *value));
    kassa::open(name, &settings, Some(url)).unwrap_or_else(|errors| panic!("{name}: {errors:?}"))
}
