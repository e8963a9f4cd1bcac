//! What somebody would write by hand, for one provider and one kind of receipt: structs with serde's derives that say the
//! same, byte for byte, and read of the answer what the runtime reads. They borrow what they send, and check nothing.

pub mod checkonline;
pub mod itkassa;
pub mod mobika;
pub mod rentel;
pub mod smartcashier;

use kassa::uniform::{Receipt, VatRate};
use serde::{Serialize, Serializer};

/// Kopecks as a number of roubles, with a fraction where there is one, as the documents write it.
#[derive(Debug, Clone, Copy)]
struct Roubles(i64);

impl Serialize for Roubles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 % 100 {
            0 => serializer.serialize_i64(self.0 / 100),
            _ => serializer.serialize_f64(self.0 as f64 / 100.0),
        }
    }
}

/// The one rate of these receipts.
fn vat10<T>(vat: VatRate, code: T) -> T {
    assert_eq!(vat, VatRate::Vat10);
    code
}

/// Where the paper's copy goes.
fn contact(receipt: &Receipt) -> Option<String> {
    receipt.buyer.as_ref()?.contact.as_ref().map(ToString::to_string)
}
