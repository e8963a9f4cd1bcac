//! Whole files, and the exact text that each of them gets.

use std::collections::BTreeMap;
use std::env::VarError;
use std::io;
use std::path::Path;

use super::{Config, Surroundings};

/// An environment and files of one's own.
#[derive(Default)]
struct Made {
    variables: BTreeMap<&'static str, &'static str>,
    files: BTreeMap<&'static str, &'static str>,
}

impl Surroundings for Made {
    fn variable(&self, name: &str) -> Result<String, VarError> {
        self.variables.get(name).map(|text| (*text).to_owned()).ok_or(VarError::NotPresent)
    }

    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        let found = self.files.get(path.to_str().unwrap());
        found.map(|text| text.as_bytes().to_vec()).ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "not found"))
    }
}

fn read(text: &str) -> Result<Config, super::ConfigError> {
    let surroundings = Made {
        variables: BTreeMap::from([("SHOP_TOKEN", "hunter2"), ("EMPTY", "")]),
        files: BTreeMap::from([
            ("etc/client.pem", "-----BEGIN CERTIFICATE-----\n"),
            ("etc/client.key", "-----BEGIN PRIVATE KEY-----\n"),
            ("etc/locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"),
            ("etc/token", "hunter3\n"),
        ]),
    };
    Config::read(text, Path::new("etc/kassa.yaml"), &surroundings)
}

#[test]
fn x() {
    println!(
        "{}",
        read(
            "\
journal: k
accounts:
  shop:
    provider: alpa
    settings:
      token: hunter2
      tokn: s
routes:
  - name: all
    match: { seler_inn: [1], amount_from: 0.01 }
    accounts: [shp, shop]
"
        )
        .unwrap_err()
    );
}
