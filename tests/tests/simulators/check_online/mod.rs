mod contract;
mod faults;

use std::time::Instant;

use kassa_tests::sim::checkonline::{Options, Simulator, TaxidDialect, start};
use kassa_tests::sim::{Documented, Fault};
use serde_json::{Value, json};

use crate::raw::{Heard, connector, ms, send};

const HEAD: &str = "POST /api/kkt/cloud/sync/receipt HTTP/1.1\r\nContent-Type: application/json";

async fn simulator() -> Simulator {
    start(Options::new(TaxidDialect::Ferma17)).await
}

/// The document's example, with the quantity in thousandths as its table says (CO7).
fn receipt(id: &str) -> Value {
    json!({
        "Requestid": id, "Clientid": "", "Device": "auto", "DocumentType": 0,
        "Lines": [{
            "Qty": 1000, "Price": 78850, "PayAttribute": 4, "Taxid": 4,
            "Description": "Услуги по перевозке пассажиров и багажа",
            "AgentModes": 64, "ProviderData": {"INN": "7707083893"},
        }],
        "NonCash": [78850, 0, 0], "Cash": 0, "TaxMode": 0, "PhoneOrEmail": "79878985623",
        "Place": "", "FullResponse": false, "PaymentAgentModes": 64,
    })
}

fn changed(id: &str, pointer: &str, value: Value) -> Value {
    let mut body = receipt(id);
    *body.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    body
}

fn with(id: &str, owner: &str, field: &str, value: Value) -> Value {
    let mut body = receipt(id);
    body.pointer_mut(owner).unwrap()[field] = value;
    body
}

fn without(id: &str, owner: &str, field: &str) -> Value {
    let mut body = receipt(id);
    body.pointer_mut(owner).unwrap().as_object_mut().unwrap().remove(field).unwrap();
    body
}

async fn post_text(sim: &Simulator, body: &str) -> Option<Heard> {
    let (cert, key) = (sim.client_cert_pem(), sim.client_key_pem());
    let tls = connector(&sim.ca_pem(), Some((&cert, &key)));
    send(&sim.base_url(), HEAD, body, Some(tls)).await
}

async fn post(sim: &Simulator, body: &Value) -> Option<Heard> {
    post_text(sim, &body.to_string()).await
}

/// The service's error code, or minus the device's.
async fn error(sim: &Simulator, body: &Value) -> i64 {
    let answer = post(sim, body).await.unwrap();
    let json = answer.json();
    assert_eq!(json["fceerror"], json["FCEError"]);
    assert_eq!(json["HTTPStatus"], answer.status);
    let (service, device) = (json["FCEError"].as_i64().unwrap(), json["Response"]["Error"].as_i64());
    assert_eq!(answer.status, if service == 0 { 200 } else { 500 });
    if service == 0 { -device.unwrap() } else { service }
}
