//! The code tables of the document.

/// Which numbering the ledger words the `Taxid` codes by (CO1). They differ in 1, 3, 4, 5 and 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxidDialect {
    /// The table of the Ferma document v1.7.
    Ferma17,
    /// The numbering of the native CheckOnline protocol.
    Native,
}

impl TaxidDialect {
    /// The rate behind a code from 1 to 10.
    pub(super) fn meaning(self, taxid: i64) -> &'static str {
        match (self, taxid) {
            (TaxidDialect::Ferma17, 1) | (TaxidDialect::Native, 4) => "none",
            (_, 2) => "10 %",
            (TaxidDialect::Ferma17, 3) | (TaxidDialect::Native, 1) => "20 %",
            (TaxidDialect::Ferma17, 4) | (TaxidDialect::Native, 3) => "0 %",
            (TaxidDialect::Ferma17, 5) | (TaxidDialect::Native, 6) => "10/110",
            (TaxidDialect::Ferma17, 6) | (TaxidDialect::Native, 5) => "20/120",
            (_, 7) => "5 %",
            (_, 8) => "7 %",
            (_, 9) => "5/105",
            (_, 10) => "7/107",
            _ => "no such code",
        }
    }
}

/// Operation sign (1054) of a `DocumentType` (CO2): the order is income, expense, income return, expense return.
pub(super) fn operation_sign(document_type: i64) -> Option<u8> {
    match document_type {
        0 => Some(1),
        1 => Some(3),
        2 => Some(2),
        3 => Some(4),
        _ => None,
    }
}

/// Whether the answer with this device error is kept and repeated: the matter is settled, nothing was formed.
pub(super) fn is_cached(device_error: u32) -> bool {
    matches!(device_error, 51 | 52 | 55 | 69 | 73 | 77 | 94 | 142 | 208 | 241..=246)
}

/// Table 3, the errors of the service, in our words.
pub(super) fn service_error(code: u32) -> &'static str {
    match code {
        1 => "The body could not be read; check the stated length",
        2 => "Not valid JSON, or a field has the wrong type",
        3 => "Device is missing",
        4 => "Duration or QueueLen is missing",
        5 => "No suitable device was found in TryCount attempts",
        6 => "The request could not be sent to the device",
        7 => "Device \"auto\" is allowed in batch commands only",
        8 => "Wrong device name (factory number) or address",
        9 => "Wrong device address",
        10 => "Wrong device name (factory number)",
        12 => "The device could not be activated",
        13 => "The device already exists",
        14 => "The device is not activated",
        15 => "The device password is malformed",
        16 => "The device answered without valid JSON; the server deactivates it",
        17 => "RequestId is missing",
        18 => "The device was taken by an earlier request and stayed busy for WaitForFree seconds",
        19 => "Server cache failure",
        20 => "Failure of the queue of asynchronous requests",
        21 => "Callback is allowed in Batch and Complex only",
        24 => "A request with the same RequestId, Group and ClientId is still being processed",
        _ => "Unknown error",
    }
}

/// Whether the service says that a repeat fails too.
pub(super) fn is_fatal_for_service(code: u32) -> bool {
    !matches!(code, 1 | 5 | 6 | 16 | 18 | 19 | 20 | 24)
}

/// The errors of the device, as far as a test may want to read them.
pub(super) fn device_error(code: u32) -> &'static str {
    match code {
        3 => "FN failure",
        5 => "FN service life is over",
        6 => "FN archive is full",
        22 => "Shift is longer than 24 hours",
        51 => "A command parameter has wrong data",
        52 => "Data for the command are missing",
        55 => "Command is not implemented",
        57 => "Internal device failure while a command ran, possibly fatal",
        61 => "Shift is not open",
        69 => "Payments add up to less than the receipt total",
        70 => "Not enough cash in the drawer",
        73 => "Wrong document type for this command",
        77 => "Cashless payments exceed the receipt total",
        80 => "Data are being printed",
        85 => "Receipt is closed",
        94 => "Wrong command",
        142 => "Receipt total is zero",
        200 => "Printer timeout",
        208 => "Document has no lines",
        239 => "Rental of the device has ended",
        240 => "An API request failed",
        241 => "Unknown command in the batch",
        242 => "Empty request",
        243 => "RequestId is missing",
        244 => "Conversion to JSON failed",
        245 => "RequestId of the batch is missing",
        246 => "Conversion from JSON failed",
        253 => "Other printer errors",
        254 => "Printer is offline",
        255 => "Fatal device failure",
        _ => "Device failure",
    }
}
