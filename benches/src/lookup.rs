//! A code of a table, looked up in generated code and in a `match` by hand.

use std::hint::black_box;

use kassa::uniform::Taxation;
use kassa_providers::checkonline::tables::tax_mode;
use kassa_providers::checkonline::types::TaxMode;

use crate::loopback::Side;

/// Looks the codes of all values up, there and back.
pub fn all(side: Side) {
    for value in Taxation::ALL {
        match side {
            Side::Ours => {
                let code = tax_mode::encode(black_box(*value)).map(i64::from);
                black_box(tax_mode::decode(&TaxMode::from(black_box(code.unwrap_or_default()))).is_ok());
            }
            Side::ByHand => {
                let code = encode(black_box(*value));
                black_box(decode(black_box(code)).is_some());
            }
        }
    }
}

fn encode(value: Taxation) -> i64 {
    match value {
        Taxation::General => 1,
        Taxation::SimplifiedIncome => 2,
        Taxation::SimplifiedIncomeMinusExpense => 4,
        Taxation::Imputed => 8,
        Taxation::Agricultural => 16,
        Taxation::Patent => 32,
    }
}

fn decode(code: i64) -> Option<Taxation> {
    Some(match code {
        1 => Taxation::General,
        2 => Taxation::SimplifiedIncome,
        4 => Taxation::SimplifiedIncomeMinusExpense,
        8 => Taxation::Imputed,
        16 => Taxation::Agricultural,
        32 => Taxation::Patent,
        _ => return None,
    })
}
