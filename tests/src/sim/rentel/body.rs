//! The request, checked against the schemas of the document. Where a schema requires less than a register needs, the
//! register's side is taken: a receipt has items with price, quantity and VAT.

use super::super::checks::{self, MAX_SUM, Paid};
use super::super::document::{Entry, Operation};
use super::super::fields::{self, Checked, Fields, wrong};
use super::super::json::Tree;
use super::{correction, item};

const TAXATION: [&str; 6] = ["Common", "SimpleIn", "SimpleInOut", "Unified", "UnifiedAgricultural", "Patent"];
const AGENTS: [&str; 7] = [
    "BANK_PAYMENT_AGENT",
    "BANK_PAYMENT_SUBAGENT",
    "PAYMENT_AGENT",
    "PAYMENT_SUBAGENT",
    "CONFIDANT",
    "COMMISSIONER",
    "AGENT",
];
/// `Type` with its operation sign (1054), and whether it is a correction.
const TYPES: [(&str, u8, bool); 10] = [
    ("Income", 1, false),
    ("IncomeReturn", 2, false),
    ("IncomePrepayment", 1, false),
    ("IncomeReturnPrepayment", 2, false),
    ("IncomeCorrection", 1, true),
    ("BuyCorrection", 3, true),
    ("IncomeReturnCorrection", 2, true),
    ("ExpenseReturnCorrection", 4, true),
    ("Expense", 3, false),
    ("ExpenseReturn", 4, false),
];

/// A request that the fiscal side takes in.
pub(super) struct Receipt {
    pub(super) inn: String,
    pub(super) callback_url: Option<String>,
    pub(super) entry: Entry,
}

/// The key of the request, found before anything else is looked at.
pub(super) fn invoice_id(content: &Tree) -> Checked<Option<String>> {
    let mut fields = Fields::of(content, "the body")?;
    let request = fields.required("Request")?;
    fields.finish()?;
    let id = Fields::of(request, "Request")?.text_if_any("InvoiceId")?;
    match id {
        Some(id) if !checks::is_guid(&id) => wrong("InvoiceId is not a UUID"),
        id => Ok(id),
    }
}

pub(super) fn read(content: &Tree, raw: &str) -> Checked<Receipt> {
    let mut fields = Fields::of(content, "the body")?;
    let mut fields = Fields::of(fields.required("Request")?, "Request")?;
    let id = fields.text_if_any("InvoiceId")?.unwrap_or_default();
    let inn = fields.text("Inn")?;
    if !checks::is_inn(&inn) {
        return wrong("Inn is not an INN");
    }
    let (name, kind, corrects) = TYPES[fields.word("Type", &TYPES.map(|(name, ..)| name))?];
    let callback_url = fields.text_if_any("CallbackUrl")?;
    let operation = if corrects { Operation::Correction } else { Operation::Receipt };
    let mut entry = Entry::draft(&id, operation, raw);
    entry.scope = inn.clone();
    entry.kind = Some(kind);
    let subject = customer_receipt(fields.required("CustomerReceipt")?, corrects, &mut entry)?;
    let items = fields.list("Items")?;
    entry.lines = items.iter().map(|found| item::read(found, subject)).collect::<Checked<_>>()?;
    entry.total_kopecks = entry.lines.iter().map(|line| line.total_kopecks).sum();
    let paid = match fields.nullable("PaymentItems") {
        None => Paid { cash: entry.total_kopecks, ..Paid::default() },
        Some(found) => payments(found)?,
    };
    fields.finish()?;

    if entry.total_kopecks == 0 || entry.total_kopecks > MAX_SUM {
        return wrong(format!("{name}: the total is out of range"));
    }
    let sum = paid.cash + paid.cashless + paid.prepaid + paid.credit + paid.counter;
    if sum != entry.total_kopecks {
        return wrong(format!("PaymentItems make {sum} kopecks, Items {}", entry.total_kopecks));
    }
    paid.enter(&mut entry);
    Ok(Receipt { inn, callback_url, entry })
}

/// The result is the subject (1212) of items that have none.
fn customer_receipt(content: &Tree, corrects: bool, entry: &mut Entry) -> Checked<i64> {
    let mut fields = Fields::of(content, "CustomerReceipt")?;
    entry.taxation = Some(1 << fields.word("TaxationSystem", &TAXATION)?);
    let subject = fields.code("PaymentType", 1..=4)?;
    // Required, and nullable (RE3).
    entry.place = match fields.required("BillAddress")? {
        Tree::Null => None,
        value => Some(fields::text(value, "BillAddress")?),
    };
    if let Some(mode) = fields.nullable("CheckMcMode") {
        let known = ["IGNORE_ANY_ERRORS", "REQUIRE_NO_M_MINUS"];
        if !known.iter().any(|known| *mode == Tree::Text((*known).to_owned())) {
            return wrong(format!("CheckMcMode {mode} is not one of {}", known.join(", ")));
        }
    }
    entry.email = fields.text_if_any("Email")?;
    if entry.email.as_deref().is_some_and(|email| !checks::is_email(email)) {
        return wrong("Email is not an e-mail");
    }
    entry.phone = fields.text_if_any("Phone")?;
    if entry.phone.as_deref().is_some_and(|phone| !(phone.starts_with("+7") && checks::is_phone(phone, 11..=11))) {
        return wrong("Phone is not +7XXXXXXXXXX");
    }
    if let Some(number) = fields.nullable("AutomaticDeviceNumber") {
        entry.tags.insert(1036, fields::text(number, "AutomaticDeviceNumber")?);
    }
    if let Some(property) = fields.nullable("CustomUserProperty") {
        let mut fields = Fields::of(property, "CustomUserProperty")?;
        entry.tags.insert(1085, fields.text("Name")?);
        entry.tags.insert(1086, fields.text("Value")?);
        fields.finish()?;
    }
    if let Some(found) = fields.nullable("PaymentAgentInfo") {
        agent(found, entry)?;
    }
    match (fields.nullable("CorrectionInfo"), corrects) {
        (Some(found), true) => correction::read(found, entry)?,
        (None, true) => return wrong("CorrectionInfo is missing, and Type is a correction"),
        (Some(_), false) => return wrong("CorrectionInfo is there, and Type is no correction"),
        (None, false) => {}
    }
    fields.finish()?;
    Ok(subject)
}

fn agent(content: &Tree, entry: &mut Entry) -> Checked<()> {
    let mut fields = Fields::of(content, "PaymentAgentInfo")?;
    entry.agent = Some(1 << fields.word("AgentType", &AGENTS)?);
    for (name, tag) in
        [("TransferAgentPhone", 1075), ("PaymentAgentPhone", 1073), ("ReceiverPhone", 1074), ("SupplierPhone", 1171)]
    {
        fields.tag(&mut entry.tags, name, tag)?;
        if entry.tags.get(&tag).is_some_and(|phone| !checks::is_phone(phone, 1..=18)) {
            return wrong(format!("{name} is not a phone"));
        }
    }
    for (name, tag) in [
        ("TransferAgentName", 1026),
        ("TransferAgentAddress", 1005),
        ("PaymentAgentOperation", 1044),
        ("SupplierName", 1225),
    ] {
        fields.tag(&mut entry.tags, name, tag)?;
    }
    fields.inn_tag(&mut entry.tags, "TransferAgentINN", 1016)?;
    fields.inn_tag(&mut entry.tags, "SupplierInn", 1226)?;
    fields.finish()
}

/// One sum for each way of paying.
fn payments(content: &Tree) -> Checked<Paid> {
    let Tree::List(items) = content else {
        return wrong("PaymentItems is not a list");
    };
    let mut sums: [Option<i64>; 5] = [None; 5];
    for item in items {
        let mut fields = Fields::of(item, "a payment")?;
        let kind = fields.code("PaymentType", 0..=4)?;
        let sum = fields.roubles("Sum")?;
        fields.finish()?;
        let slot = &mut sums[usize::try_from(kind).unwrap_or_default()];
        if slot.replace(sum).is_some() {
            return wrong(format!("PaymentType {kind} comes twice in PaymentItems"));
        }
    }
    let [cash, cashless, prepaid, credit, counter] = sums.map(Option::unwrap_or_default);
    Ok(Paid { cash, cashless, prepaid, credit, counter })
}
