//! Faults of the provider with a queue of jobs, asked for by their key. Whatever it says of a receipt's register, nobody
//! else is sent that receipt.

use kassa::kassa_core::SettingValues;
use kassa::uniform::Submission;
use kassa::{Account, Outcome, Pace};
use kassa_tests::sim::itkassa::{self, Options, Register, Session};
use kassa_tests::sim::{Documented, Fault, Simulator, smartcashier};
use tempfile::TempDir;

use crate::bench::{Desk, LONG, TOKEN, desk_in, fast, ms, registration, short, smart_cashier_options};
use crate::receipts::goods;

const REGISTER: &str = "89189775-e4fc-70d0-5e2c-182e4121308e";

/// The shop with that queue, and another provider that would take what it rejects.
struct Shop {
    ik: Simulator,
    sc: Simulator,
    folder: TempDir,
}

impl Shop {
    async fn start(change: impl FnOnce(Options) -> Options) -> Self {
        let register = Register {
            id: REGISTER.to_owned(),
            title: "АТОЛ".to_owned(),
            fs_number: "9999078900006849".to_owned(),
            session: Session::Opened,
            session_number: 19,
            online: true,
        };
        let ik = itkassa::start(change(Options::new(TOKEN, [register]))).await;
        let folder = TempDir::new().expect("a folder can be made");
        Self { ik, sc: smartcashier::start(smart_cashier_options()).await, folder }
    }

    fn desk(&self) -> Desk {
        let settings = SettingValues::default().with("api_key", TOKEN).with("register", REGISTER);
        let url = format!("{}/open/api/v1", self.ik.base_url());
        let first = account("ik", "itkassa", &settings, &url);
        let second = account("sc", "smartcashier", &SettingValues::default().with("token", TOKEN), &self.sc.base_url());
        desk_in(self.folder.path(), Pace { patience: ms(400), ..fast() }, [first, second], [])
    }

    async fn submits(&self, desk: &Desk, submission: Submission) -> Outcome {
        desk.submit(&key(1), submission).await.unwrap().outcome
    }
}

fn account(name: &str, provider: &str, settings: &SettingValues, url: &str) -> Account {
    let provider = kassa::open(provider, settings, Some(url)).expect("the settings are sound");
    Account { connect_timeout: LONG, timeout: LONG, ..Account::new(name, provider) }
}

fn key(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn sale() -> Submission {
    Submission::RegisterReceipt(goods())
}

fn open_shift() -> Submission {
    Submission::OpenShift(serde_json::from_str("{}").unwrap())
}

/// IK13: "the shift is open" was said after all commands had been carried out, so a sale may be in the drive.
#[tokio::test]
async fn an_error_about_the_shift_takes_no_sale_elsewhere() {
    for (registered, flat_errors) in [(true, false), (false, false), (true, true), (false, true)] {
        let shop = Shop::start(|options| Options { flat_errors, ..options }).await;
        let (phase, text) = ("OpenSession.Report".to_owned(), "Смена открыта, операция невозможна".to_owned());
        shop.ik.faults().push(Fault::DocumentedError(Documented::CriticalError { code: 83, phase, text, registered }));
        let desk = shop.desk();
        let outcome = shop.submits(&desk, sale()).await;
        // The flat shape does not say whose error it is; the job's own answer does, and stays as it is.
        let expected = if flat_errors { "in_doubt ik outcome_unknown" } else { "in_doubt ik investigate" };
        assert_eq!(short(&outcome), expected, "{registered} {flat_errors}: {outcome:?}");
        assert_eq!((shop.ik.ledger().count(), shop.sc.requests().len()), (usize::from(registered), 0));
    }
}

/// IK13: of the opening itself the document says that it was open before; of the flat shape, nothing says whose it is.
#[tokio::test]
async fn a_shift_that_was_open_is_not_opened() {
    for (flat_errors, expected) in [(false, "rejected ik device_blocked"), (true, "in_doubt ik outcome_unknown")] {
        let shop = Shop::start(|options| Options { flat_errors, ..options }).await;
        let desk = shop.desk();
        let outcome = shop.submits(&desk, open_shift()).await;
        assert_eq!(short(&outcome), expected, "{outcome:?}");
        assert_eq!((shop.ik.ledger().count(), shop.sc.requests().len()), (0, 0));
    }
}

/// IK7: what a register in test mode makes counts for nobody, though the job ends well.
#[tokio::test]
async fn a_test_register_registers_nothing() {
    let shop = Shop::start(|options| Options { test_register: true, ..options }).await;
    let desk = shop.desk();
    let outcome = shop.submits(&desk, sale()).await;
    assert_eq!(short(&outcome), "in_doubt ik investigate", "{outcome:?}");
    let Outcome::InDoubt { reason, .. } = &outcome else { panic!("{outcome:?}") };
    assert!(reason.about.contains("test register"), "{reason:?}");
    assert_eq!(shop.sc.requests().len(), 0);
    // What is not fiscal has no number anyway.
    let report = desk.submit(&key(2), Submission::XReport(serde_json::from_str("{}").unwrap())).await.unwrap();
    assert_eq!(short(&report.outcome), "registered ik");
    assert_eq!(registration(&report.outcome).document_number, None);
}
