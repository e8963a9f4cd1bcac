//! The providers around the demo: their simulators, the accounts there, and what goes wrong with whom.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use kassa_tests::sim::{Documented, Fault, Ledger, Simulator, checkonline, smartcashier};

/// The token of the only customer that the simulator of the account `shop` has.
const TOKEN: &str = "demo-token";
/// The register that it knows.
const CASHBOX: &str = "da2bb850-63ef-47e4-8b45-7b5b841eaa9b";

/// A simulator for each account.
pub(crate) struct World {
    shop: Simulator,
    cloud: checkonline::Simulator,
}

impl World {
    pub(crate) async fn start() -> World {
        World {
            shop: smartcashier::start(smartcashier::Options::new(TOKEN, [CASHBOX.to_owned()])).await,
            cloud: checkonline::start(checkonline::Options::new(checkonline::TaxidDialect::Ferma17)).await,
        }
    }

    /// By account.
    fn simulators(&self) -> [(&'static str, &Simulator); 2] {
        [("shop", &self.shop), ("cloud", &self.cloud)]
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

    /// What happens to the receipt of that name.
    pub(crate) fn before(&self, name: &str) {
        match &name[..2] {
            "13" => {
                let open = Documented::OperationFailed("Открыта крышка.".to_owned());
                self.shop.faults().push(Fault::DocumentedError(open));
            }
            "14" => self.cloud.faults().push(Fault::CommitThenClose),
            "15" => self.shop.faults().push(Fault::NotPrinted),
            _ => {}
        }
    }

    /// The configuration that a service would write, with the addresses and certificates of the simulators.
    pub(crate) fn configure(&self, folder: &Path) -> Result<PathBuf> {
        for (name, text) in [
            ("token", TOKEN.to_owned()),
            ("client.pem", self.cloud.client_cert_pem()),
            ("client.key", self.cloud.client_key_pem()),
            ("ca.pem", self.cloud.ca_pem()),
        ] {
            fs::write(folder.join(name), text)?;
        }
        let path = folder.join("kassa.yaml");
        let text = format!(
            r#"journal: journal.sqlite
accounts:
  shop:
    provider: smartcashier
    base_url: {}
    settings:
      token: {{ file: token }}
      cashbox_id: {CASHBOX}
  cloud:
    provider: checkonline
    base_url: {}
    settings:
      taxid_dialect: ferma_1_7
      utc_offset: "+03:00"
    tls:
      certificate: {{ file: client.pem }}
      key: {{ file: client.key }}
      roots: [{{ file: ca.pem }}]
routes:
  - name: everything
    accounts: [shop, cloud]
"#,
            self.shop.base_url(),
            self.cloud.base_url()
        );
        fs::write(&path, text)?;
        Ok(path)
    }
}
