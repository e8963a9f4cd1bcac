//! Random submissions that keep the limits of the uniform model.

use std::collections::BTreeSet;

use kassa_core::{Contact, Date, Money, Quantity};
use kassa_providers::uniform::*;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::RngSeed;

/// Which receipts are drawn. Each is valid; they differ in how much of the model they use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Whole pieces of goods, paid in full with exactly the total: what the simplest document has.
    Plain,
    /// As [`Profile::Plain`], sold by one agent for one supplier, with all that an agent of its kind states.
    Agent,
    /// Every subject and mode, fractions of a thousandth, agents by kind: what a fuller document has.
    Rich,
    /// Anything.
    Any,
}

/// The same cases on every run, and no file of failures.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x0054_1212),
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    }
}

pub(crate) fn submissions() -> BoxedStrategy<Submission> {
    prop_oneof![
        4 => receipts(Profile::Plain).prop_map(Submission::RegisterReceipt),
        4 => receipts(Profile::Rich).prop_map(Submission::RegisterReceipt),
        3 => receipts(Profile::Any).prop_map(Submission::RegisterReceipt),
        2 => receipts(Profile::Agent).prop_map(Submission::RegisterReceipt),
        1 => movements().prop_map(Submission::CashIn),
        1 => movements().prop_map(Submission::CashOut),
        1 => corrections(Profile::Plain).prop_map(Submission::RegisterCorrection),
        1 => corrections(Profile::Rich).prop_map(Submission::RegisterCorrection),
        1 => corrections(Profile::Any).prop_map(Submission::RegisterCorrection),
        1 => shift_actions().prop_map(Submission::OpenShift),
        1 => shift_actions().prop_map(Submission::CloseShift),
        1 => shift_actions().prop_map(Submission::XReport),
        1 => slips().prop_map(Submission::PrintSlip),
    ]
    .boxed()
}

pub(crate) fn keys() -> BoxedStrategy<String> {
    prop_oneof![4 => "[!-~]{1,64}", 4 => uuids(), 1 => text(64)].boxed()
}

/// Some providers take nothing else for a key.
pub(crate) fn uuids() -> BoxedStrategy<String> {
    "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}".boxed()
}

pub(crate) fn movements() -> BoxedStrategy<CashMovement> {
    (weighted(0.3, inn()), 1..=i64::MAX, weighted(0.3, cashiers()), weighted(0.3, any::<bool>()))
        .prop_map(|(seller_inn, amount, cashier, print)| CashMovement {
            seller_inn,
            amount: Money::from_units(amount),
            cashier,
            print,
        })
        .boxed()
}

pub(crate) fn receipts(profile: Profile) -> BoxedStrategy<Receipt> {
    let any = profile == Profile::Any;
    let plain = matches!(profile, Profile::Plain | Profile::Agent);
    let taxation = if plain { 0.99 } else { 0.7 };
    let agency = if profile == Profile::Agent { one_agent().prop_map(Some).boxed() } else { Just(None).boxed() };
    let stated = (
        select(OperationSign::ALL),
        weighted(taxation, select(Taxation::ALL)),
        vec(items(profile), 1..=if any { 6 } else { 4 }),
        payments(profile),
        weighted(0.6, buyers(profile)),
        agency,
    );
    let dropped = (
        weighted(0.3, dates()),
        weighted(0.3, inn()),
        weighted(0.3, cashiers()),
        weighted(if plain { 0.01 } else { 0.3 }, text(256)),
        weighted(0.3, proptest::bool::ANY),
        weighted(0.3, proptest::bool::ANY),
    );
    let rare = if any { 0.15 } else { 0.01 };
    let rest = (
        weighted(rare, text(20)),
        weighted(rare, text(16)),
        weighted(rare, properties()),
        weighted(rare, text(64)),
        weighted(rare, text(512)),
    );
    (stated, dropped, rest)
        .prop_map(move |(stated, dropped, rest)| {
            let (kind, taxation, mut items, paid, buyer, agency) = stated;
            if let Some((agent, supplier)) = agency {
                for item in &mut items {
                    (item.agent, item.supplier) = (Some(agent.clone()), Some(supplier.clone()));
                }
            }
            let (date, seller_inn, cashier, place, internet, print) = dropped;
            let (machine_number, additional_property, user_property, sender_email, additional_info) = rest;
            let mut receipt = Receipt {
                kind,
                taxation,
                date,
                seller_inn,
                items,
                payments: Payments::default(),
                buyer,
                cashier,
                place,
                machine_number,
                additional_property,
                user_property,
                sender_email,
                internet,
                print,
                additional_info,
            };
            receipt.payments = paid.of(receipt.total());
            receipt
        })
        .boxed()
}

/// Corrections of what a receipt may be: with lines, or with sums alone and income or expense, as older editions of the
/// fiscal format have them.
pub(crate) fn corrections(profile: Profile) -> BoxedStrategy<Correction> {
    let sums = prop_oneof![3 => Just(Money::ZERO), 1 => money(9_999_999_999)];
    let vat_sums = (vec(sums, 6), any::<bool>()).prop_map(|(sums, untaxed)| {
        let all = match untaxed {
            true => Money::from_units(100),
            false => Money::ZERO,
        };
        VatSums {
            vat20: sums[0],
            vat10: sums[1],
            vat0: sums[2],
            none: sums[3].checked_add(all).unwrap_or(sums[3]),
            vat20_120: sums[4],
            vat10_110: sums[5],
        }
    });
    let of_a_receipt = (receipts(profile), basis(), weighted(0.02, vat_sums.clone()));
    let of_sums = (receipts(profile), basis(), vat_sums.prop_map(Some), weighted(0.7, Just(())));
    prop_oneof![
        of_a_receipt.prop_map(|(receipt, basis, sums)| correction(receipt, basis, sums)),
        of_sums.prop_map(|(mut receipt, basis, sums, bare)| {
            receipt.items.clear();
            if bare.is_some() {
                // The sums say it all.
                receipt.payments = Payments::default();
                (receipt.buyer, receipt.place, receipt.machine_number) = (None, None, None);
                (receipt.additional_property, receipt.user_property) = (None, None);
            }
            receipt.kind = match receipt.kind {
                OperationSign::Income | OperationSign::IncomeReturn => OperationSign::Income,
                OperationSign::Expense | OperationSign::ExpenseReturn => OperationSign::Expense,
            };
            correction(receipt, basis, sums)
        }),
    ]
    .boxed()
}

fn correction(receipt: Receipt, correction: CorrectionBasis, vat_sums: Option<VatSums>) -> Correction {
    Correction {
        kind: receipt.kind,
        taxation: receipt.taxation,
        seller_inn: receipt.seller_inn,
        correction,
        items: receipt.items,
        vat_sums,
        payments: receipt.payments,
        buyer: receipt.buyer,
        cashier: receipt.cashier,
        place: receipt.place,
        machine_number: receipt.machine_number,
        additional_property: receipt.additional_property,
        user_property: receipt.user_property,
        print: receipt.print,
    }
}

fn basis() -> BoxedStrategy<CorrectionBasis> {
    (select(CorrectionType::ALL), dates(), weighted(0.7, text(32)), weighted(0.8, text(256)))
        .prop_map(|(r#type, date, number, description)| CorrectionBasis { r#type, date, number, description })
        .boxed()
}

pub(crate) fn shift_actions() -> BoxedStrategy<ShiftAction> {
    (weighted(0.3, inn()), weighted(0.6, cashiers()), weighted(0.6, any::<bool>()))
        .prop_map(|(seller_inn, cashier, print)| ShiftAction { seller_inn, cashier, print })
        .boxed()
}

/// Each line is one thing, and rarely two or none.
pub(crate) fn slips() -> BoxedStrategy<Slip> {
    let nothing = SlipLine { text: None, font: None, qr: None, qr_size: None, feed: None };
    let (of_text, of_qr, of_feed) = (nothing.clone(), nothing.clone(), nothing);
    let text_line = (text(64), weighted(0.5, select(SlipFont::ALL))).prop_map(move |(text, font)| SlipLine {
        text: Some(text),
        font,
        ..of_text.clone()
    });
    let qr = (text(64), weighted(0.5, 1..=16_i64)).prop_map(move |(qr, qr_size)| SlipLine {
        qr: Some(qr),
        qr_size,
        ..of_qr.clone()
    });
    let feed = (1..=20_i64).prop_map(move |feed| SlipLine { feed: Some(feed), ..of_feed.clone() });
    let mixed = (weighted(0.5, text(8)), weighted(0.5, text(8)), weighted(0.5, 1..=9_i64))
        .prop_map(|(text, qr, feed)| SlipLine { text, font: None, qr, qr_size: None, feed });
    let line = prop_oneof![20 => text_line, 20 => qr, 20 => feed, 1 => mixed];
    (weighted(0.3, inn()), vec(line, 1..=4)).prop_map(|(seller_inn, lines)| Slip { seller_inn, lines }).boxed()
}

/// How a receipt is paid.
#[derive(Debug, Clone)]
enum Paid {
    /// So many hundredths of the total in cash with this much too much, the rest by card, and so
    /// much in each of the three other ways.
    Total {
        cash: i64,
        change: i64,
        beside: [Money; 3],
    },
    Freely(Payments),
}

impl Paid {
    fn of(self, total: Option<Money>) -> Payments {
        match (self, total) {
            (Self::Total { cash, change, beside: [prepaid, credit, counter_provision] }, Some(total)) => {
                let share = total.units() / 100 * cash;
                let cash = if cash == 100 { total.units() } else { share };
                Payments {
                    cash: Money::from_units(cash.saturating_add(change)),
                    cashless: Money::from_units(total.units() - cash),
                    prepaid,
                    credit,
                    counter_provision,
                }
            }
            (Self::Total { .. }, None) => Payments::default(),
            (Self::Freely(payments), _) => payments,
        }
    }
}

fn payments(profile: Profile) -> BoxedStrategy<Paid> {
    let share = prop_oneof![Just(0_i64), Just(100_i64), 0..=100_i64];
    let rarely = || prop_oneof![60 => Just(Money::ZERO), 1 => money(1000)];
    let beside = [rarely(), rarely(), rarely()];
    match profile {
        Profile::Plain | Profile::Agent => {
            (share, beside).prop_map(|(cash, beside)| Paid::Total { cash, change: 0, beside }).boxed()
        }
        Profile::Rich => {
            let change = prop_oneof![3 => Just(0_i64), 1 => 0..=500_000_i64];
            (share, change, beside).prop_map(|(cash, change, beside)| Paid::Total { cash, change, beside }).boxed()
        }
        Profile::Any => {
            let sum = || prop_oneof![3 => Just(Money::ZERO), 1 => money(9_999_999_999), 1 => money(i64::MAX)];
            (sum(), sum(), sum(), sum(), sum())
                .prop_map(|(cash, cashless, prepaid, credit, counter_provision)| {
                    Paid::Freely(Payments { cash, cashless, prepaid, credit, counter_provision })
                })
                .boxed()
        }
    }
}

fn items(profile: Profile) -> BoxedStrategy<Item> {
    let any = profile == Profile::Any;
    let rich = profile == Profile::Rich;
    let rare = if any { 0.2 } else { 0.005 };
    let (subject, mode) = match profile {
        Profile::Plain | Profile::Agent => (
            prop_oneof![60 => Just(ItemSubject::Goods), 1 => select(ItemSubject::ALL)].boxed(),
            prop_oneof![60 => Just(PaymentMode::FullPayment), 1 => select(PaymentMode::ALL)].boxed(),
        ),
        Profile::Rich => {
            // The subjects that every edition of the fiscal format has.
            let common = select(&ItemSubject::ALL[..11]);
            let subject = prop_oneof![6 => common, 1 => select(ItemSubject::ALL)].boxed();
            // The payment of a credit stands alone for some.
            (subject, prop_oneof![9 => select(&PaymentMode::ALL[..6]), 1 => select(PaymentMode::ALL)].boxed())
        }
        Profile::Any => (select(ItemSubject::ALL).boxed(), select(PaymentMode::ALL).boxed()),
    };
    let common = [VatRate::None, VatRate::Vat10, VatRate::Vat10110];
    let vat = if any {
        select(VatRate::ALL).boxed()
    } else if rich {
        prop_oneof![3 => select(&VatRate::ALL[..10]), 1 => select(VatRate::ALL)].boxed()
    } else {
        prop_oneof![9 => select(common.to_vec()), 2 => select(VatRate::ALL)].boxed()
    };
    let name = if any { text(128).boxed() } else { prop_oneof![30 => label(128), 1 => text(128)].boxed() };
    let total = if any { 0.4 } else { 0.02 };
    let measure = prop_oneof![if any { 1 } else { 60 } => Just(Measure::Piece), 1 => select(Measure::ALL)];
    let agency = if any || rich { 0.35 } else { 0.005 };
    let what = (name, quantities(profile), money(if any { 9_999_999_999 } else { 5_000_000 }), vat, subject, mode);
    let who = (
        weighted(0.3, measure),
        weighted(agency, agents(profile)),
        weighted(agency, suppliers(profile)),
        weighted(0.2, Just(())),
        weighted(total, money(9_999_999_999)),
    );
    let rest = (
        weighted(rare, markings()),
        weighted(rare, money(i64::MAX)),
        weighted(rare, "[0-9]{3}"),
        weighted(rare, text(32)),
        weighted(rare, text(64)),
    );
    (what, who, rest)
        .prop_map(|(what, who, rest)| {
            let (name, quantity, price, vat, subject, mode) = what;
            let (measure, agent, supplier, says_product, total) = who;
            let (marking, excise, country, declaration, additional_property) = rest;
            // Stated, and price × quantity: that says nothing.
            let product = price.times(quantity).filter(|product| product.units() <= 9_999_999_999);
            let total = says_product.and(product).or(total);
            Item {
                name,
                quantity,
                price,
                total,
                vat,
                subject,
                mode,
                measure,
                agent,
                supplier,
                marking,
                excise,
                country,
                declaration,
                additional_property,
            }
        })
        .boxed()
}

fn quantities(profile: Profile) -> BoxedStrategy<Quantity> {
    let pieces = || (1..=1000_i64).prop_map(|n| Quantity::from_units(n * 1_000_000));
    let thousandths = || (1..=1_000_000_i64).prop_map(|n| Quantity::from_units(n * 1000));
    match profile {
        Profile::Plain | Profile::Agent => prop_oneof![60 => pieces(), 1 => thousandths()].boxed(),
        Profile::Rich => {
            let millionths = (1..=10_000_000_i64).prop_map(Quantity::from_units);
            prop_oneof![15 => pieces(), 15 => thousandths(), 1 => millionths].boxed()
        }
        Profile::Any => {
            let anything = (1..=281_474_976_710_655_i64).prop_map(Quantity::from_units);
            let least = Just(Quantity::from_units(1));
            prop_oneof![pieces(), thousandths(), (1..=10_000_000_i64).prop_map(Quantity::from_units), anything, least]
                .boxed()
        }
    }
}

/// From nothing to `most` kopecks, the ends more often.
pub(crate) fn money(most: i64) -> BoxedStrategy<Money> {
    prop_oneof![1 => Just(0), 1 => Just(1), 1 => Just(most), 6 => 0..=most.min(100_000), 6 => 0..=most]
        .prop_map(Money::from_units)
        .boxed()
}

fn agents(profile: Profile) -> BoxedStrategy<Agent> {
    let rare = if profile == Profile::Any { 0.4 } else { 0.01 };
    (
        subsequence(AgentKind::ALL, 1..=AgentKind::ALL.len()),
        weighted(rare, text(24)),
        phone_lists(rare),
        phone_lists(rare),
        weighted(rare, transfer_operators()),
    )
        .prop_map(|(kinds, operation, phones, receiving_operator_phones, transfer_operator)| Agent {
            kinds: kinds.into_iter().collect::<BTreeSet<_>>(),
            operation,
            phones,
            receiving_operator_phones,
            transfer_operator,
        })
        .boxed()
}

/// An agent of one kind with what an agent of this kind states, one phone of each, and a supplier.
fn one_agent() -> BoxedStrategy<(Agent, Supplier)> {
    let phone = || "\\+[0-9]{1,18}";
    let operator = (label(64), inn(), label(243), phone());
    let supplier = (weighted(0.3, label(200)), inn(), phone());
    (select(AgentKind::ALL), label(24), phone(), phone(), operator, supplier)
        .prop_map(|(kind, operation, agent, receiving, operator, supplier)| {
            let bank = matches!(kind, AgentKind::BankPayingAgent | AgentKind::BankPayingSubagent);
            let paying = matches!(kind, AgentKind::PayingAgent | AgentKind::PayingSubagent);
            let (name, inn, address, phone) = operator;
            let agent = Agent {
                kinds: BTreeSet::from([kind]),
                operation: bank.then_some(operation),
                phones: (bank || paying).then_some(agent).into_iter().collect(),
                receiving_operator_phones: paying.then_some(receiving).into_iter().collect(),
                transfer_operator: bank.then(|| TransferOperator {
                    name: Some(name),
                    inn: Some(inn),
                    address: Some(address),
                    phones: vec![phone],
                }),
            };
            let (name, inn, phone) = supplier;
            (agent, Supplier { name, inn: Some(inn), phones: vec![phone] })
        })
        .boxed()
}

fn transfer_operators() -> BoxedStrategy<TransferOperator> {
    (weighted(0.5, text(64)), weighted(0.5, inn()), weighted(0.5, text(243)), phone_lists(0.5))
        .prop_map(|(name, inn, address, phones)| TransferOperator { name, inn, address, phones })
        .boxed()
}

fn suppliers(profile: Profile) -> BoxedStrategy<Supplier> {
    let rare = if profile == Profile::Any { 0.4 } else { 0.01 };
    (weighted(rare, text(239)), weighted(0.9, inn()), phone_lists(rare))
        .prop_map(|(name, inn, phones)| Supplier { name, inn, phones })
        .boxed()
}

fn markings() -> BoxedStrategy<Marking> {
    let fraction =
        (1..=i64::MAX, 2..=i64::MAX).prop_map(|(numerator, denominator)| Fraction { numerator, denominator });
    (
        "[!-~\u{1d}]{0,223}",
        weighted(0.5, select(MarkingCodeType::ALL)),
        weighted(0.5, select(PlannedStatus::ALL)),
        weighted(0.3, fraction),
    )
        .prop_map(|(code, code_type, planned_status, fraction)| Marking { code, code_type, planned_status, fraction })
        .boxed()
}

fn buyers(profile: Profile) -> BoxedStrategy<Buyer> {
    let any = profile == Profile::Any;
    let rare = if any { 0.3 } else { 0.01 };
    (weighted(0.95, contacts(any)), weighted(rare, text(239)), weighted(rare, inn()))
        .prop_map(|(contact, name, inn)| Buyer { contact, name, inn })
        .boxed()
}

/// E-mail addresses, phones in every writing, and what is neither.
fn contacts(any: bool) -> BoxedStrategy<Contact> {
    let (foreign, other) = if any { (4, 4) } else { (1, 1) };
    prop_oneof![
        10 => "[a-z0-9._-]{1,12}@[a-z0-9-]{1,10}\\.(ru|com|рф)",
        10 => "\\+?7[0-9]{10}",
        3 => "\\+7 \\([0-9]{3}\\) [0-9]{3}-[0-9]{2}-[0-9]{2}",
        foreign => "\\+[1-9][0-9]{9,14}",
        other => "[a-zA-Zа-яё0-9]{1,20}( [a-z]{1,5})?",
    ]
    .prop_map(|text| text.parse().expect("a contact"))
    .boxed()
}

fn cashiers() -> BoxedStrategy<Cashier> {
    (text(64), weighted(0.5, "[0-9]{12}")).prop_map(|(name, inn)| Cashier { name, inn }).boxed()
}

fn properties() -> BoxedStrategy<UserProperty> {
    (text(64), text(234)).prop_map(|(name, value)| UserProperty { name, value }).boxed()
}

fn inn() -> BoxedStrategy<String> {
    prop_oneof!["[0-9]{10}", "[0-9]{12}"].boxed()
}

fn phone_lists(often: f64) -> BoxedStrategy<Vec<String>> {
    weighted(often, vec("\\+[0-9]{1,18}", 1..=3)).prop_map(Option::unwrap_or_default).boxed()
}

fn dates() -> BoxedStrategy<Date> {
    (2017..=2031_i16, 1..=12_i8, 1..=28_i8).prop_map(|(year, month, day)| Date::constant(year, month, day)).boxed()
}

/// A name that says something, at most `most` characters.
fn label(most: usize) -> BoxedStrategy<String> {
    "[А-Яа-яЁёA-Za-z0-9«»№][А-Яа-яЁёA-Za-z0-9 «»№.,%/\"\\\\-]{0,30}"
        .prop_map(move |text| text.chars().take(most).collect())
        .boxed()
}

/// Any text of at most `most` characters: none at all, the longest, and characters that no register prints.
fn text(most: usize) -> BoxedStrategy<String> {
    prop_oneof![
        8 => label(most),
        1 => Just(String::new()),
        1 => Just("ё".repeat(most)),
        2 => vec(any::<char>(), 0..=most.min(24)).prop_map(String::from_iter),
    ]
    .boxed()
}
