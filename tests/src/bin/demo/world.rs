//! The providers around the demo: their simulators, the accounts there, and what goes wrong with whom.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use kassa_tests::sim::itkassa::{Register, Session};
use kassa_tests::sim::mobika::Edit;
use kassa_tests::sim::{
    Documented, Fault, Forgery, Ledger, Simulator, checkonline, itkassa, mobika, rentel, smartcashier,
};

/// The token of the only customer that the simulator of the account `shop` has.
const TOKEN: &str = "demo-token";
/// The register that it knows.
const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";
/// Group of registers of the account `courier`.
const GROUP: &str = "745a492b-96e0-42a6-84b2-62edfa312e5f";
/// Key, organization and register of the account `kiosk`, and what its callbacks bear.
const KIOSK_KEY: &str = "demo-kiosk-key";
const ORGANIZATION: &str = "a6ca9ac2-8c7d-4071-b9ce-4e0aefbbba6c";
const REGISTER: &str = "89189775-e4fc-70d0-5e2c-182e4121308e";
const KIOSK_SECRET: &str = "demo-kiosk-secret";
/// Whose receipts the account `rental` registers, and what its callbacks bear.
const RENTAL_INN: &str = "6600123453";
const RENTAL_SECRET: &str = "demo-rental-secret";
const COURIER_TOKEN: &str = "demo-courier-token";
const RENTAL_TOKEN: &str = "demo-rental-token";

/// A simulator for each account.
pub(crate) struct World {
    shop: Simulator,
    cloud: checkonline::Simulator,
    courier: mobika::Simulator,
    kiosk: Simulator,
    rental: Simulator,
    hook: SocketAddr,
}

impl World {
    /// Callbacks go to `hook`, where it is said who they are for.
    pub(crate) async fn start(hook: SocketAddr) -> World {
        let register = Register {
            id: REGISTER.to_owned(),
            title: "Киоск".to_owned(),
            fs_number: "8710000101201674".to_owned(),
            session: Session::Closed,
            session_number: 18,
            online: true,
        };
        let callback_url = Some(format!("http://{hook}/courier"));
        let organization_id = ORGANIZATION.to_owned();
        World {
            shop: smartcashier::start(smartcashier::Options::new(TOKEN, [CASHBOX.to_owned()])).await,
            cloud: checkonline::start(checkonline::Options::new(checkonline::TaxidDialect::Ferma17)).await,
            courier: mobika::start(mobika::Options {
                callback_url,
                auth_header: Some(("X-Token".to_owned(), COURIER_TOKEN.to_owned())),
                ..mobika::Options::new([GROUP.to_owned()])
            })
            .await,
            kiosk: itkassa::start(itkassa::Options { organization_id, ..itkassa::Options::new(KIOSK_KEY, [register]) })
                .await,
            rental: rentel::start(rentel::Options {
                auth_header: Some(("X-Token".to_owned(), RENTAL_TOKEN.to_owned())),
                ..rentel::Options::new([RENTAL_INN.to_owned()])
            })
            .await,
            hook,
        }
    }

    /// By account.
    fn simulators(&self) -> [(&'static str, &Simulator); 5] {
        [
            ("shop", &self.shop),
            ("cloud", &self.cloud),
            ("courier", &self.courier),
            ("kiosk", &self.kiosk),
            ("rental", &self.rental),
        ]
    }

    pub(crate) fn addresses(&self) -> String {
        let addresses = self.simulators().map(|(account, simulator)| format!("{account} {}", simulator.base_url()));
        addresses.join(", ")
    }

    pub(crate) fn ledgers(&self) -> Vec<(&'static str, Ledger)> {
        self.simulators().map(|(account, simulator)| (account, simulator.ledger())).to_vec()
    }

    /// How many requests came, to whomever.
    pub(crate) fn requests(&self) -> usize {
        self.simulators().iter().map(|(_, simulator)| simulator.requests().len()).sum()
    }

    /// Where the outcomes of an account are posted.
    pub(crate) fn hook(&self, account: &str) -> String {
        format!("http://{}/{account}", self.hook)
    }

    /// What happens to the receipt of that name.
    pub(crate) fn before(&self, name: &str) {
        let fails = |why: &str| Fault::DocumentedError(Documented::OperationFailed(why.to_owned()));
        match &name[..2] {
            "13" => self.shop.faults().push(fails("Открыта крышка.")),
            "14" => self.cloud.faults().push(Fault::CommitThenClose),
            "15" => self.shop.faults().push(Fault::NotPrinted),
            "17" => self.courier.edit_next([Edit::Quantity { product: 0, thousandths: 1_420 }]),
            "26" => self.rental.faults().push(Fault::CallbackForged(Forgery::WrongSecret)),
            "27" => self.rental.faults().push(Fault::CallbackTwice),
            "28" => self.rental.faults().push(fails("Нет бумаги.")),
            _ => {}
        }
    }

    /// Each callback of a provider was taken, and each forged one was not.
    pub(crate) fn check_callbacks(&self) -> Result<()> {
        for (account, simulator) in self.simulators() {
            let deliveries = simulator.deliveries();
            if deliveries.is_empty() {
                continue;
            }
            let (forged, true_ones): (Vec<_>, Vec<_>) = deliveries.iter().partition(|delivery| delivery.forged);
            println!("callbacks for {account}: {} taken, {} forged and refused", true_ones.len(), forged.len());
            if true_ones.iter().any(|delivery| delivery.status != Some(200)) {
                bail!("{account}: a callback was not taken: {deliveries:#?}");
            }
            if forged.iter().any(|delivery| delivery.status == Some(200)) {
                bail!("{account}: a forged callback was taken: {deliveries:#?}");
            }
        }
        Ok(())
    }

    /// The configuration that a service would write, with the addresses and certificates of the simulators.
    pub(crate) fn configure(&self, folder: &Path) -> Result<PathBuf> {
        for (name, text) in [
            ("token", TOKEN.to_owned()),
            ("client.pem", self.cloud.client_cert_pem()),
            ("client.key", self.cloud.client_key_pem()),
            ("ca.pem", self.cloud.ca_pem()),
            ("kiosk", KIOSK_KEY.to_owned()),
            ("kiosk-callbacks", KIOSK_SECRET.to_owned()),
            ("rental-callbacks", RENTAL_SECRET.to_owned()),
            ("courier", COURIER_TOKEN.to_owned()),
            ("rental", RENTAL_TOKEN.to_owned()),
        ] {
            fs::write(folder.join(name), text)?;
        }
        let path = folder.join("kassa.yaml");
        let text = format!(
            r#"journal: journal.sqlite
accounts:
  shop:
    provider: smartcashier
    base_url: {shop}
    settings:
      token: {{ file: token }}
      cashbox_id: {CASHBOX}
  cloud:
    provider: checkonline
    base_url: {cloud}
    settings:
      taxid_dialect: ferma_1_7
      utc_offset: "+03:00"
    tls:
      certificate: {{ file: client.pem }}
      key: {{ file: client.key }}
      roots: [{{ file: ca.pem }}]
  courier:
    provider: mobika
    base_url: {courier}
    seller_inn: "7700123459"
    settings:
      group: {GROUP}
      auth_header: X-Token
      auth_value: {{ file: courier }}
  kiosk:
    provider: itkassa
    base_url: {kiosk}/open/api/v1
    seller_inn: "7800123452"
    settings:
      api_key: {{ file: kiosk }}
      register: {REGISTER}
      utc_offset: "+03:00"
      correction_sums: tax
      correction_untaxed: settled
      organization: {ORGANIZATION}
      callback_key: {{ file: kiosk-callbacks }}
  rental:
    provider: rentel
    base_url: {rental}
    seller_inn: "{RENTAL_INN}"
    settings:
      auth_header: X-Token
      auth_value: {{ file: rental }}
      seller_inn: "{RENTAL_INN}"
      callback_url: {hook}
      callback_token: {{ file: rental-callbacks }}
      callback_body: ferma
routes:
  - name: what couriers sell
    match: {{ seller_inn: ["7700123459"] }}
    accounts: [courier]
  - name: the kiosk
    match: {{ seller_inn: ["7800123452"] }}
    accounts: [kiosk]
  - name: scooters
    match: {{ seller_inn: ["{RENTAL_INN}"] }}
    accounts: [rental]
  - name: everything else
    accounts: [shop, cloud]
"#,
            shop = self.shop.base_url(),
            cloud = self.cloud.base_url(),
            courier = self.courier.base_url(),
            kiosk = self.kiosk.base_url(),
            rental = self.rental.base_url(),
            hook = self.hook("rental"),
        );
        fs::write(&path, text)?;
        Ok(path)
    }
}
