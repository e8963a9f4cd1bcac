//! The request as the service reads it: shapes and names only. What the numbers mean is the device's business.

use std::collections::BTreeMap;

use super::super::json::Tree;
use super::codes;

/// An error of the service itself (`FCEError`), answered with HTTP 500 and never kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) code: u32,
    pub(super) description: String,
}

impl ServiceError {
    pub(super) fn new(code: u32, detail: impl AsRef<str>) -> ServiceError {
        let description = format!("{}: {}", codes::service_error(code), detail.as_ref());
        ServiceError { code, description }
    }
}

type Read<T> = Result<T, ServiceError>;

/// A name or a type that the service does not know.
fn unread<T>(detail: impl AsRef<str>) -> Read<T> {
    Err(ServiceError::new(2, detail))
}

/// What makes two requests the same one (error 24).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// Empty for the enterprise that the certificate names.
    pub(super) group: String,
    pub(super) client: String,
    pub(super) request: String,
}

/// Reads the key and the device, which come first: without them the service does not know whom to ask.
pub(super) fn key(content: &Tree) -> Read<Key> {
    let mut fields = Fields::of(content, "the request")?;
    let request = fields.text("Requestid")?.filter(|id| !id.is_empty());
    let request = request.ok_or_else(|| ServiceError::new(17, "Requestid"))?;
    match fields.text("Device")?.as_deref() {
        Some("auto") => {}
        Some(other) => return Err(ServiceError::new(10, other)),
        None => return Err(ServiceError::new(3, "Device")),
    }
    let group = fields.text("Group")?.unwrap_or_default();
    let client = fields.text("Clientid")?.unwrap_or_default();
    Ok(Key { group, client, request })
}

/// The request's content. A field that did not come is None, even a required one: it is the device that misses it.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) document_type: Option<i64>,
    pub(super) lines: Vec<Line>,
    pub(super) non_cash: Option<Vec<i64>>,
    pub(super) cash: i64,
    pub(super) tax_mode: Option<i64>,
    pub(super) contact: Option<String>,
    pub(super) place: Option<String>,
    pub(super) agent_modes: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) qty: Option<i64>,
    pub(super) price: Option<i64>,
    pub(super) pay_attribute: Option<i64>,
    pub(super) line_attribute: Option<i64>,
    pub(super) taxid: Option<i64>,
    pub(super) description: Option<String>,
    pub(super) agent_modes: Option<i64>,
    pub(super) provider_inn: Option<String>,
}

impl Body {
    pub(super) fn read(content: &Tree) -> Read<Body> {
        let mut fields = Fields::of(content, "the request")?;
        for of_key in ["Group", "Requestid", "Clientid", "Device"] {
            fields.take(of_key);
        }
        if fields.flag("FullResponse")? == Some(true) {
            return unread("FullResponse: the full form is not simulated");
        }
        let body = Body {
            document_type: fields.integer("DocumentType")?,
            lines: match fields.take("Lines") {
                None => Vec::new(),
                Some(Tree::List(lines)) => lines.iter().map(Line::read).collect::<Read<_>>()?,
                Some(_) => return unread("Lines is not a list"),
            },
            non_cash: fields.take("NonCash").map(non_cash).transpose()?,
            cash: fields.integer("Cash")?.unwrap_or(0),
            tax_mode: fields.integer("TaxMode")?,
            contact: fields.text("PhoneOrEmail")?.filter(|text| !text.is_empty()),
            place: fields.text("Place")?.filter(|text| !text.is_empty()),
            agent_modes: fields.integer("PaymentAgentModes")?,
        };
        fields.finish()?;
        Ok(body)
    }
}

impl Line {
    fn read(content: &Tree) -> Read<Line> {
        let mut fields = Fields::of(content, "a line")?;
        let line = Line {
            qty: fields.integer("Qty")?,
            price: fields.integer("Price")?,
            pay_attribute: fields.integer("PayAttribute")?,
            line_attribute: fields.integer("LineAttribute")?,
            taxid: fields.integer("Taxid")?,
            description: fields.text("Description")?,
            agent_modes: fields.integer("AgentModes")?,
            provider_inn: match fields.take("ProviderData") {
                None => None,
                Some(data) => {
                    let mut data = Fields::of(data, "ProviderData")?;
                    let inn = data.text("INN")?;
                    data.finish()?;
                    inn
                }
            },
        };
        fields.finish()?;
        Ok(line)
    }
}

/// Three sums, or fewer where the client does not tell the kinds apart.
fn non_cash(sums: &Tree) -> Read<Vec<i64>> {
    let read = match sums {
        Tree::List(sums) if (1..=3).contains(&sums.len()) => sums.iter().map(Tree::integer).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    read.ok_or_else(|| ServiceError::new(2, "NonCash is not a list of up to three whole numbers"))
}

/// The fields of one object; what is left over at the end is a name that the document does not have (CO3).
struct Fields<'a> {
    owner: &'static str,
    left: BTreeMap<&'a str, &'a Tree>,
}

impl<'a> Fields<'a> {
    fn of(tree: &'a Tree, owner: &'static str) -> Read<Fields<'a>> {
        let Tree::Object(members) = tree else {
            return unread(format!("{owner} is not an object"));
        };
        let left = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
        Ok(Fields { owner, left })
    }

    fn take(&mut self, name: &str) -> Option<&'a Tree> {
        self.left.remove(name)
    }

    fn text(&mut self, name: &str) -> Read<Option<String>> {
        match self.take(name) {
            None => Ok(None),
            Some(Tree::Text(text)) => Ok(Some(text.clone())),
            Some(_) => unread(format!("{name} is not a string")),
        }
    }

    fn integer(&mut self, name: &str) -> Read<Option<i64>> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        match value.integer() {
            Some(number) => Ok(Some(number)),
            None => unread(format!("{name} is not a whole number")),
        }
    }

    fn flag(&mut self, name: &str) -> Read<Option<bool>> {
        match self.take(name) {
            None => Ok(None),
            Some(Tree::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => unread(format!("{name} is not a logical value")),
        }
    }

    fn finish(self) -> Read<()> {
        match self.left.first_key_value() {
            Some((name, _)) => unread(format!("{} has no field {name}", self.owner)),
            None => Ok(()),
        }
    }
}
