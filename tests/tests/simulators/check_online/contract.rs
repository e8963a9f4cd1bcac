use rustls::ProtocolVersion;

use super::*;
use crate::raw::handshake;

#[tokio::test]
async fn nobody_enters_without_the_certificate() {
    for tls12_only in [false, true] {
        let sim = start(Options { tls12_only, ..Options::new(TaxidDialect::Native) }).await;
        let other = start(Options::new(TaxidDialect::Native)).await;
        let body = receipt("a").to_string();
        let nobody = connector(&sim.ca_pem(), None);
        assert_eq!(send(&sim.base_url(), HEAD, &body, Some(nobody)).await, None);
        let (cert, key) = (other.client_cert_pem(), other.client_key_pem());
        let stranger = connector(&sim.ca_pem(), Some((&cert, &key)));
        assert_eq!(send(&sim.base_url(), HEAD, &body, Some(stranger)).await, None);
        assert_eq!(send(&sim.base_url(), HEAD, &body, None).await, None, "no TLS at all");
        assert_eq!((sim.requests().len(), sim.ledger().count()), (0, 0));
        assert_eq!(post(&sim, &receipt("a")).await.unwrap().status, 200);
        assert_eq!(sim.ledger().count(), 1);
    }
}

/// With TLS 1.3 a client takes the handshake for done before the server has judged its certificate, so it may send the
/// request and learn of the refusal only afterwards; with TLS 1.2 it learns at once.
#[tokio::test]
async fn the_version_decides_when_a_client_learns_of_its_refusal() {
    for (tls12_only, version) in [(false, ProtocolVersion::TLSv1_3), (true, ProtocolVersion::TLSv1_2)] {
        let sim = start(Options { tls12_only, ..Options::new(TaxidDialect::Native) }).await;
        let (cert, key) = (sim.client_cert_pem(), sim.client_key_pem());
        let known = connector(&sim.ca_pem(), Some((&cert, &key)));
        assert_eq!(handshake(&sim.base_url(), known).await, Some(version));
        let nobody = connector(&sim.ca_pem(), None);
        let seems_done = handshake(&sim.base_url(), nobody).await.is_some();
        assert_eq!(seems_done, !tls12_only);
    }
}

#[tokio::test]
async fn the_example_is_registered_and_answered_in_the_short_form() {
    let sim = simulator().await;
    let answer = post(&sim, &receipt("545+64")).await.unwrap();
    assert_eq!((answer.status, answer.header("x-from-cache")), (200, None));
    let entry = &sim.ledger().entries()[0];
    let at = entry.at.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(3)));
    let sign = entry.fiscal_sign.unwrap();
    let qr = format!("t={}&s=788.50&fn=9289000100444444&i=62848&fp={sign}&n=1", at.strftime("%Y%m%dT%H%M"));
    assert_eq!(
        answer.json(),
        json!({
            "fceerror": 0, "Requestid": "545+64", "Clientid": null,
            "Device": {"Name": "00000003820034444449", "Address": "172.16.13.213:4444"},
            "Path": "/fr/api/v2/Complex", "Response": {"Error": 0, "ErrorMessages": null},
            "FiscalDocNumber": 62848, "DocNumber": 1,
            "Date": {
                "Date": {"Day": at.day(), "Month": at.month(), "Year": at.year() % 100},
                "Time": {"Hour": at.hour(), "Minute": at.minute(), "Second": at.second()},
            },
            "GrandTotal": 78850, "FiscalSign": sign, "DocumentType": 0, "QR": qr,
            "FNSerialNumber": "9289000100444444", "DeviceSerialNumber": "00000003820034444449",
            "DeviceRegistrationNumber": "0001729222014444", "FCEError": 0,
            "ErrorDescription": null, "Fatal": false, "HTTPStatus": 200,
        })
    );
    assert_eq!((entry.kind, entry.taxation, entry.agent), (Some(1), None, Some(64)));
    assert_eq!((entry.total_kopecks, entry.cash_kopecks, entry.cashless_kopecks), (78_850, 0, 78_850));
    let line = &entry.lines[0];
    assert_eq!((line.quantity_micros, line.price_kopecks, line.total_kopecks), (1_000_000, 78_850, 78_850));
    assert_eq!((line.vat.as_str(), line.vat_meaning.as_str()), ("4", "0 %"));
    assert_eq!((line.payment_mode, line.subject, line.agent), (Some(4), None, Some(64)));
    assert_eq!(line.supplier_inn.as_deref(), Some("7707083893"));
    assert_eq!((entry.phone.as_deref(), entry.email.as_deref()), (Some("79878985623"), None));
}

#[tokio::test]
async fn the_fields_come_in_the_order_of_the_example() {
    let sim = simulator().await;
    let text = post(&sim, &receipt("a")).await.unwrap().text();
    let order = [
        "fceerror",
        "Requestid",
        "Clientid",
        "Device",
        "Name",
        "Address",
        "Path",
        "Response",
        "Error",
        "ErrorMessages",
        "FiscalDocNumber",
        "DocNumber",
        "Date",
        "Day",
        "Month",
        "Year",
        "Time",
        "Hour",
        "Minute",
        "Second",
        "GrandTotal",
        "FiscalSign",
        "DocumentType",
        "QR",
        "FNSerialNumber",
        "DeviceSerialNumber",
        "DeviceRegistrationNumber",
        "FCEError",
        "ErrorDescription",
        "Fatal",
        "HTTPStatus",
    ];
    let found: Vec<_> = order.iter().map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect();
    assert!(found.is_sorted(), "{text}");
}

#[tokio::test]
async fn document_types_and_codes_reach_the_book() {
    let sim = start(Options::new(TaxidDialect::Native)).await;
    for (document_type, kind) in [(0, 1), (1, 3), (2, 2), (3, 4)] {
        let id = format!("type{document_type}");
        let answer = post(&sim, &changed(&id, "/DocumentType", json!(document_type))).await.unwrap().json();
        assert_eq!(answer["DocumentType"], document_type);
        assert!(answer["QR"].as_str().unwrap().ends_with(&format!("&n={kind}")));
        assert_eq!(sim.ledger().by_key(&id)[0].kind, Some(kind));
    }
    let entry = &sim.ledger().entries()[0];
    assert_eq!(entry.lines[0].vat_meaning, "none", "CO1: code 4 of the native table");
    assert_eq!(error(&sim, &changed("mode", "/TaxMode", json!(32))).await, 0);
    assert_eq!(sim.ledger().by_key("mode")[0].taxation, Some(32));

    // 1.5 × 33.33 = 49.995, half a kopeck goes up; the change of cash is allowed.
    let mut body = receipt("round");
    body["Lines"][0]["Qty"] = json!(1500);
    body["Lines"][0]["Price"] = json!(3333);
    body["NonCash"] = json!([4000]);
    body["Cash"] = json!(2000);
    body["PhoneOrEmail"] = json!("x@example.com");
    let answer = post(&sim, &body).await.unwrap().json();
    assert_eq!(answer["GrandTotal"], 5_000);
    let entry = &sim.ledger().by_key("round")[0];
    assert_eq!((entry.cash_kopecks, entry.cashless_kopecks), (2_000, 4_000));
    assert_eq!(entry.email.as_deref(), Some("x@example.com"));
    assert_eq!(entry.lines[0].quantity_micros, 1_500_000);
}

#[tokio::test]
async fn the_service_refuses_what_it_cannot_read() {
    let sim = simulator().await;
    for text in ["", "{", "[]", "null", "{\"Requestid\":\"a\",}"] {
        let answer = post_text(&sim, text).await.unwrap();
        assert_eq!((answer.status, &answer.json()["FCEError"]), (500, &json!(2)), "{text}");
    }
    let renamed = |old: &str, new: &str, owner: &str| {
        let mut body = receipt("a");
        let fields = body.pointer_mut(owner).unwrap().as_object_mut().unwrap();
        let value = fields.remove(old).unwrap();
        fields.insert(new.to_owned(), value);
        body
    };
    for (body, code) in [
        (without("a", "", "Requestid"), 17),
        (changed("a", "/Requestid", json!("")), 17),
        (changed("a", "/Requestid", json!(545)), 2),
        (renamed("Requestid", "RequestId", ""), 17),
        (renamed("Clientid", "ClientId", ""), 2),
        (renamed("Taxid", "TaxId", "/Lines/0"), 2),
        (without("a", "", "Device"), 3),
        (changed("a", "/Device", json!("00000003820034444449")), 10),
        (changed("a", "/Device", json!(1)), 2),
        (with("a", "", "Internet", json!(true)), 2),
        (with("a", "/Lines/0", "SubTotal", json!(78850)), 2),
        (with("a", "/Lines/0/ProviderData", "Name", json!("x")), 2),
        (changed("a", "/FullResponse", json!(true)), 2),
        (changed("a", "/FullResponse", json!("false")), 2),
        (changed("a", "/DocumentType", json!("0")), 2),
        (changed("a", "/Lines", json!({})), 2),
        (changed("a", "/Lines/0", json!("x")), 2),
        (changed("a", "/Lines/0/Qty", json!(1000.0)), 2),
        (changed("a", "/Lines/0/Price", json!(788.5)), 2),
        (changed("a", "/Lines/0/Price", json!("78850")), 2),
        (changed("a", "/Lines/0/Taxid", json!(null)), 2),
        (changed("a", "/Lines/0/ProviderData", json!("7707083893")), 2),
        (changed("a", "/NonCash", json!(78850)), 2),
        (changed("a", "/NonCash", json!([78850.0])), 2),
        (changed("a", "/NonCash", json!([78850, 0, 0, 0])), 2),
        (changed("a", "/Cash", json!("0")), 2),
    ] {
        assert_eq!(error(&sim, &body).await, code, "{body}");
    }
    // None of it is kept: the same key works at once.
    assert_eq!(error(&sim, &receipt("a")).await, 0);
    assert_eq!((sim.ledger().count(), sim.conflicts()), (1, 0));
}

#[tokio::test]
async fn the_device_refuses_what_makes_no_receipt() {
    let sim = simulator().await;
    let line = |field: &str, value: Value| changed("a", &format!("/Lines/0/{field}"), value);
    let kind = |attribute: i64, name: &str| {
        let mut body = with("a", "/Lines/0", "LineAttribute", json!(attribute));
        body["Lines"][0]["Description"] = json!(name);
        body
    };
    let cases = [
        (without("a", "", "Lines"), 208, "Lines"),
        (changed("a", "/Lines", json!([])), 208, "Lines"),
        (changed("a", "/NonCash", json!([78849])), 69, ""),
        (line("Price", json!(78851)), 69, ""),
        (changed("a", "/NonCash", json!([78850, 1, 0])), 77, ""),
        (line("Qty", json!(1)), 77, ""),
        (line("Price", json!(0)), 142, ""),
        (line("Description", json!("")), 51, "Description"),
        (line("Taxid", json!(0)), 51, "Taxid"),
        (line("Taxid", json!(11)), 51, "Taxid"),
        (line("Qty", json!(0)), 51, "Qty"),
        (line("Qty", json!(-1000)), 51, "Qty"),
        (line("Price", json!(-1)), 51, "Price"),
        (line("PayAttribute", json!(0)), 51, "PayAttribute"),
        (line("PayAttribute", json!(8)), 51, "PayAttribute"),
        (line("AgentModes", json!(128)), 51, "AgentModes"),
        (line("ProviderData", json!({"INN": "770708389"})), 51, "INN"),
        (line("ProviderData", json!({"INN": "77070838931"})), 51, "INN"),
        (changed("a", "/DocumentType", json!(4)), 51, "DocumentType"),
        (changed("a", "/DocumentType", json!(-1)), 51, "DocumentType"),
        (changed("a", "/TaxMode", json!(3)), 51, "TaxMode"),
        (changed("a", "/TaxMode", json!(64)), 51, "TaxMode"),
        (changed("a", "/PaymentAgentModes", json!(128)), 51, "PaymentAgentModes"),
        (changed("a", "/PhoneOrEmail", json!("+79878985623")), 51, "PhoneOrEmail"),
        (changed("a", "/Cash", json!(-1)), 51, "Cash"),
        (kind(15, "Доход"), 51, "Description"),
        (kind(15, "26"), 51, "Description"),
        (kind(16, "25"), 51, "Description"),
        (kind(28, "x"), 51, "LineAttribute"),
        (without("a", "", "DocumentType"), 52, "DocumentType"),
        (without("a", "", "NonCash"), 52, "NonCash"),
        (without("a", "/Lines/0", "Qty"), 52, "Qty"),
        (without("a", "/Lines/0", "Price"), 52, "Price"),
        (without("a", "/Lines/0", "Taxid"), 52, "Taxid"),
        (without("a", "/Lines/0", "Description"), 52, "Description"),
    ];
    for (at, (mut body, code, field)) in cases.into_iter().enumerate() {
        body["Requestid"] = json!(format!("case{at}"));
        assert_eq!(error(&sim, &body).await, -code, "{body}");
        let again = post(&sim, &body).await.unwrap().json();
        let message = again["Response"]["ErrorMessages"].as_str().unwrap();
        assert!(message.contains(field), "{message}: {body}");
    }
    assert_eq!(sim.ledger().count(), 0);
    let mut advance = changed("advance", "/Lines/0/Description", json!(""));
    advance["Lines"][0]["PayAttribute"] = json!(3);
    assert_eq!(error(&sim, &advance).await, 0);
    let mut income = kind(15, "1");
    income["Requestid"] = json!("income");
    for optional in ["Clientid", "Cash", "TaxMode", "PhoneOrEmail", "Place", "FullResponse", "PaymentAgentModes"] {
        income.as_object_mut().unwrap().remove(optional);
    }
    assert_eq!(error(&sim, &income).await, 0);
}

#[tokio::test]
async fn a_later_life_has_the_same_certificates() {
    let earlier = simulator().await;
    let later = start(Options { pki: Some(earlier.pki()), ..Options::new(TaxidDialect::Ferma17) }).await;
    let (cert, key) = (earlier.client_cert_pem(), earlier.client_key_pem());
    let tls = connector(&earlier.ca_pem(), Some((&cert, &key)));
    let heard = send(&later.base_url(), HEAD, &receipt("r").to_string(), Some(tls)).await.unwrap();
    assert_eq!(heard.status, 200);
}
