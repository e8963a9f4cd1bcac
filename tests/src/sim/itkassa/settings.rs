//! The shop's settings: where callbacks go, and the list of registers.

use jiff::Timestamp;

use super::super::checks;
use super::super::courier::{self, Parcel, guessed};
use super::super::faults::Forgery;
use super::super::fields::{Checked, Fields, wrong};
use super::super::json::{Tree, quote};
use super::document::seconds;
use super::register::Till;

const NODE: &str = "f5717f0c-28b7-4a45-bc14-1f6d3d30b4e8";

/// The body of `organization/settings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The client's secret: a callback has it in `X-Api-Key`.
    pub callback_api_key: String,
    /// Who gets a letter when no attempt to deliver a callback succeeded.
    pub error_email: Option<String>,
    /// Where the test button of the personal account calls.
    pub test_url: Option<String>,
    /// Where the callbacks go.
    pub print_result_url: String,
}

impl Settings {
    pub(super) fn read(content: &Tree) -> Checked<Settings> {
        let mut fields = Fields::of(content, "the settings")?;
        let settings = Settings {
            callback_api_key: fields.text("callbackApiKey")?,
            error_email: fields.text_if_any("errorEmail")?,
            test_url: fields.text_if_any("testUrl")?,
            print_result_url: fields.text("printResultUrl")?,
        };
        fields.finish()?;
        // The picture of the form names digits and small letters after something that the OCR lost; 36 is the length
        // of a GUID, so the hyphen and the underscore are let through.
        let known = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'-' | b'_');
        if settings.callback_api_key.len() > 36 || !settings.callback_api_key.bytes().all(known) {
            return wrong("callbackApiKey is not up to 36 of 0-9 and a-z");
        }
        if settings.error_email.as_deref().is_some_and(|email| !checks::is_email(email)) {
            return wrong("errorEmail is not an e-mail");
        }
        if settings.test_url.as_deref().is_some_and(|url| !courier::is_url(url)) {
            return wrong("testUrl is not a URL");
        }
        if !courier::is_url(&settings.print_result_url) {
            return wrong("printResultUrl is not a URL");
        }
        Ok(settings)
    }

    pub(super) fn parcel(&self, organization: &str, body: String) -> Parcel {
        Parcel {
            url: self.print_result_url.clone(),
            headers: vec![("X-Api-Key", self.callback_api_key.clone()), ("X-Organization-Id", organization.to_owned())],
            body,
            letter_to: self.error_email.clone(),
        }
    }

    /// The same from somebody else, who knows the secret unless it is that which is wrong.
    pub(super) fn forged_parcel(&self, organization: &str, body: String, forgery: Forgery) -> Parcel {
        let mut parcel = self.parcel(organization, body);
        if forgery == Forgery::WrongSecret {
            parcel.headers[0].1 = guessed(&self.callback_api_key);
        }
        parcel
    }
}

/// The answer of `cre/items/`, with the fields of the example in their order.
pub(super) fn registers(tills: &[Till], organization: &str) -> String {
    let now = seconds(Timestamp::now());
    let list: Vec<String> = tills
        .iter()
        .map(|till| {
            let (session, number) = till.shift();
            let (register, online) = (&till.register, till.register.online);
            let (error, text) = if online { (0, "no error") } else { (255, "no connection with the register") };
            let id = quote(&register.id);
            format!(
                "{{\"id\":{id},\"title\":{},\"productNumber\":\"00106201961044\",\"location\":null,\
                 \"fiscalizationNumber\":null,\"fsNumber\":{},\"defaultPpr\":null,\"defaultPsr\":null,\
                 \"defaultSno\":null,\"defaultTax\":null,\"noCashier\":true,\"state\":{{\
                 \"id\":\"522ac62a-3c60-411f-a0c9-efe588921734\",\"isOnline\":{},\"lastErrorId\":\"{error}\",\
                 \"lastErrorText\":\"{text}\",\"sessionNumber\":\"{number}\",\"sessionState\":\"{}\",\
                 \"ofdUnsentNumber\":0,\"ofdFirstUnsentNumber\":\"0\",\
                 \"ofdFirstUnsentDate\":\"1970-01-01T00:00:00.000\",\"lastExchangeAt\":\"{now}\",\
                 \"createdAt\":\"2019-09-10T17:24:38+00:00\",\"updatedAt\":\"{now}\",\"creItemId\":{id}}},\
                 \"nodeStatus\":\"ready\",\"status\":\"active\",\"isFiscalized\":true,\"isPrintable\":true,\
                 \"licenseExpireAtDate\":\"2030-02-19T10:29:41+00:00\",\"fsExpireAt\":\"1970-01-01\",\
                 \"createdAt\":\"2019-09-10T17:24:38+00:00\",\"updatedAt\":\"{now}\",\"nodeId\":\"{NODE}\",\
                 \"cashier\":null}}",
                quote(&register.title),
                quote(&register.fs_number),
                u8::from(online),
                session.as_str(),
            )
        })
        .collect();
    format!(
        "{{\"code\":0,\"list\":[{}],\"related\":{{\"node\":{{\"{NODE}\":{{\"id\":\"{NODE}\",\
         \"name\":\"node f5717f0c\",\"status\":\"active\",\"lastExchangeAt\":\"{now}\",\
         \"createdAt\":\"2020-01-31T11:51:47+00:00\",\"updatedAt\":\"{now}\",\"organizationId\":{}}}}}}}}}",
        list.join(","),
        quote(organization),
    )
}
