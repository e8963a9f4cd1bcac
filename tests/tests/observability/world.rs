//! All providers, an account at each with secrets that stand nowhere else, and dispatchers over one journal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use kassa::config::Config;
use kassa::kassa_core::SettingValues;
use kassa::uniform::{Receipt, Submission};
use kassa::{Account, Catalogue, Dispatcher, Limits, Pace, SqliteJournal};
use kassa_tests::sim::itkassa::{Register, Session};
use kassa_tests::sim::neighbours::acme;
use kassa_tests::sim::{Simulator, checkonline, itkassa, mobika, rentel, smartcashier};
use tempfile::TempDir;

use crate::built::KASSA;
use crate::canaries::{
    ACME_PASSWORD, COURIER_VALUE, EMAIL, INN, KIOSK_BELL, KIOSK_KEY, NAME, PHONE, PLACE, RENTAL_BELL, RENTAL_VALUE,
    SHOP_TOKEN,
};

const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";
const GROUP: &str = "745a492b-96e0-42a6-84b2-62edfa312e5f";
const REGISTER: &str = "89189775-e4fc-70d0-5e2c-182e4121308e";
pub(crate) const ORGANIZATION: &str = "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c";
const SELLER: &str = "6600123453";

/// The accounts at the five providers.
pub(crate) const ACCOUNTS: [&str; 5] = ["shop", "cloud", "courier", "kiosk", "rental"];

pub(crate) struct World {
    pub(crate) shop: Simulator,
    pub(crate) cloud: checkonline::Simulator,
    pub(crate) courier: mobika::Simulator,
    pub(crate) kiosk: Simulator,
    pub(crate) rental: Simulator,
    pub(crate) acme: acme::Simulator,
    pub(crate) folder: TempDir,
    pub(crate) journal: Arc<SqliteJournal>,
}

impl World {
    pub(crate) async fn start() -> Self {
        let register = Register {
            id: REGISTER.to_owned(),
            title: "Киоск".to_owned(),
            fs_number: "8710000101201674".to_owned(),
            session: Session::Closed,
            session_number: 18,
            online: true,
        };
        let header = |value: &str| Some(("X-Token".to_owned(), value.to_owned()));
        let organization_id = ORGANIZATION.to_owned();
        let acme_options = acme::Options {
            credentials: ("shop".to_owned(), ACME_PASSWORD.to_owned()),
            lives: 3600,
            login_takes: Duration::ZERO,
        };
        let folder = TempDir::new().expect("a folder can be made");
        let world = Self {
            shop: smartcashier::start(smartcashier::Options::new(SHOP_TOKEN, [CASHBOX.to_owned()])).await,
            cloud: checkonline::start(checkonline::Options::new(checkonline::TaxidDialect::Ferma17)).await,
            courier: mobika::start(mobika::Options {
                auth_header: header(COURIER_VALUE),
                ..mobika::Options::new([GROUP.to_owned()])
            })
            .await,
            kiosk: itkassa::start(itkassa::Options { organization_id, ..itkassa::Options::new(KIOSK_KEY, [register]) })
                .await,
            rental: rentel::start(rentel::Options {
                auth_header: header(RENTAL_VALUE),
                ..rentel::Options::new([SELLER.to_owned()])
            })
            .await,
            acme: acme::start(acme_options).await,
            journal: Arc::new(SqliteJournal::open(folder.path().join("kassa.sqlite")).expect("the journal opens")),
            folder,
        };
        world.configure();
        world
    }

    fn configure(&self) {
        for (name, text) in [
            ("shop.token", SHOP_TOKEN.to_owned()),
            ("courier.value", COURIER_VALUE.to_owned()),
            ("kiosk.key", KIOSK_KEY.to_owned()),
            ("kiosk.bell", KIOSK_BELL.to_owned()),
            ("rental.value", RENTAL_VALUE.to_owned()),
            ("rental.bell", RENTAL_BELL.to_owned()),
            ("client.pem", self.cloud.client_cert_pem()),
            ("client.key", self.cloud.client_key_pem()),
            ("ca.pem", self.cloud.ca_pem()),
        ] {
            self.write(name, &text);
        }
        let config = format!(
            r#"journal: kassa.sqlite
accounts:
  shop:
    provider: smartcashier
    base_url: {shop}
    settings: {{ token: {{ file: shop.token }}, cashbox_id: {CASHBOX} }}
  cloud:
    provider: checkonline
    base_url: {cloud}
    settings: {{ taxid_dialect: ferma_1_7, utc_offset: "+03:00" }}
    tls: {{ certificate: {{ file: client.pem }}, key: {{ file: client.key }}, roots: [{{ file: ca.pem }}] }}
  courier:
    provider: mobika
    base_url: {courier}
    settings: {{ group: {GROUP}, auth_header: X-Token, auth_value: {{ file: courier.value }} }}
  kiosk:
    provider: itkassa
    base_url: {kiosk}/open/api/v1
    settings:
      api_key: {{ file: kiosk.key }}
      register: {REGISTER}
      utc_offset: "+03:00"
      organization: {ORGANIZATION}
      callback_key: {{ file: kiosk.bell }}
  rental:
    provider: rentel
    base_url: {rental}
    settings:
      auth_header: X-Token
      auth_value: {{ file: rental.value }}
      seller_inn: "{SELLER}"
      callback_url: http://127.0.0.1:9/hook
      callback_token: {{ file: rental.bell }}
      callback_body: ferma
routes:
  - {{ name: all, accounts: [shop, cloud, courier, kiosk, rental] }}
"#,
            shop = self.shop.base_url(),
            cloud = self.cloud.base_url(),
            courier = self.courier.base_url(),
            kiosk = self.kiosk.base_url(),
            rental = self.rental.base_url(),
        );
        self.write("kassa.yaml", &config);
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.path().join(name), text).expect("the folder can be written");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn config(&self) -> Config {
        Config::load(&self.path("kassa.yaml")).expect("the configuration is sound")
    }

    /// An account that is given no rest, however it fails.
    pub(crate) fn account(&self, name: &str) -> Account {
        let found = self.config().accounts.into_iter().find(|account| account.name == name);
        let limits = Limits { failures: u32::MAX, ..Limits::default() };
        Account { limits, ..found.expect("the account is configured") }
    }

    /// An account at the provider that wants a login.
    pub(crate) fn acme(&self, password: &str) -> Account {
        let settings = SettingValues::default().with("login", "shop").with("password", password);
        let catalogue = Catalogue::built_in().with(kassa_neighbours::providers(), kassa_neighbours::open);
        let provider = catalogue.open("acme", &settings, Some(&self.acme.base_url())).expect("the settings are sound");
        Account::new("acme", provider)
    }

    /// A dispatcher with these accounts, which sends once and waits for nothing.
    pub(crate) fn desk(&self, accounts: impl IntoIterator<Item = Account>) -> Dispatcher {
        self.desk_at(Pace { attempts: 0, patience: Duration::ZERO, ..brisk() }, accounts)
    }

    pub(crate) fn desk_at(&self, pace: Pace, accounts: impl IntoIterator<Item = Account>) -> Dispatcher {
        let builder = Dispatcher::builder().accounts(accounts).journal(Arc::clone(&self.journal)).pace(pace);
        builder.build().expect("a dispatcher can be made")
    }

    pub(crate) fn simulator(&self, account: &str) -> &Simulator {
        match account {
            "shop" => &self.shop,
            "cloud" => &self.cloud,
            "courier" => &self.courier,
            "kiosk" => &self.kiosk,
            "rental" => &self.rental,
            _ => &self.acme,
        }
    }

    /// Runs the command, which logs all that it can.
    pub(crate) fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(&*KASSA);
        command.current_dir(self.folder.path()).args(args).stdin(Stdio::null()).env("RUST_LOG", "trace");
        let output = command.env_remove("KASSA_CONFIG").env("NO_COLOR", "1").output().expect("the command can be run");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    /// The lines of the client certificate and its key.
    pub(crate) fn pem(&self) -> Vec<String> {
        let pem = self.cloud.client_key_pem() + &self.cloud.client_cert_pem();
        pem.lines().filter(|line| !line.starts_with("-----") && line.len() > 8).map(str::to_owned).collect()
    }
}

/// Tries often, and waits for a while.
pub(crate) fn brisk() -> Pace {
    let ms = Duration::from_millis;
    Pace { first_delay: ms(10), max_delay: ms(50), attempts: 3, patience: Duration::from_secs(20) }
}

/// The receipt of a buyer who says much of herself. Not every provider takes all of that.
pub(crate) const TALKATIVE: &str = r#"{
  "kind": "income", "taxation": "general", "place": "PLACE",
  "items": [{ "name": "Чай", "quantity": 2, "price": "35.25", "vat": "vat10", "subject": "goods", "mode": "full_payment" }],
  "payments": { "cashless": "70.50" },
  "buyer": { "contact": "EMAIL", "name": "NAME", "inn": "INN" }
}"#;

/// The text of a receipt that the account takes, with as much of its buyer as that carries.
pub(crate) fn receipt(account: &str, by_phone: bool) -> String {
    let text = TALKATIVE.replace("PLACE", PLACE).replace("NAME", NAME).replace("INN", INN);
    let text = text.replace("EMAIL", if by_phone { PHONE } else { EMAIL });
    let without = |text: String, part: &str| text.replace(part, "");
    let (place, named) = (format!(" \"place\": \"{PLACE}\","), format!(", \"name\": \"{NAME}\", \"inn\": \"{INN}\""));
    match account {
        "shop" => without(without(text, &place), &named),
        "cloud" | "rental" => without(text, &named),
        _ => text,
    }
}

pub(crate) fn read(text: &str) -> Receipt {
    serde_json::from_str(text).expect("a receipt of these tests reads")
}

pub(crate) fn submission(text: &str) -> Submission {
    Submission::RegisterReceipt(read(text))
}

/// The files of the journal.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("it can be read").path());
    all.filter(|path| path.is_file() && path.to_string_lossy().contains("kassa.sqlite")).collect()
}
