//! Files that are no configuration.

use super::*;

#[test]
fn a_file_of_another_shape_is_refused() {
    let text = r#"- a
"#;
    let expected = r#"error: the configuration has to be a mapping of keys to values, and this is a list
 --> etc/kassa.yaml:1:3
  |
1 | - a
  |   ^

the configuration has 1 error"#;
    assert_eq!(said(text), expected);
}

#[test]
fn an_empty_file_is_refused() {
    let text = r#"# nothing yet
"#;
    let expected = r#"error: the file is empty
 --> etc/kassa.yaml:2:1
  |
2 |
  | ^
  |
  = help: see `kassa --help` for an example

the configuration has 1 error"#;
    assert_eq!(said(text), expected);
}

#[test]
fn sections_are_there() {
    let text = r#"journal:
accounts: {}
"#;
    let expected = r#"error: `journal` of the configuration has no value
 --> etc/kassa.yaml:1:1
  |
1 | journal:
  | ^^^^^^^
  |
  = help: write journal: kassa.sqlite

error: the configuration lacks `routes`
 --> etc/kassa.yaml:1:1
  |
1 | journal:
  | ^^^^^^^
  |
  = help: add routes: [{ name: all, accounts: [NAME] }]

error: `accounts` names no account
 --> etc/kassa.yaml:2:11
  |
2 | accounts: {}
  |           ^
  |
  = help: add NAME: { provider: …, settings: … }

the configuration has 3 errors"#;
    assert_eq!(said(text), expected);
}

#[test]
fn broken_yaml_says_where() {
    let text = r#"journal: k
accounts: [
"#;
    let expected = r#"error: not valid YAML: while parsing a node, did not find expected node content
 --> etc/kassa.yaml:3:1
  |
3 |
  | ^

the configuration has 1 error"#;
    assert_eq!(said(text), expected);
}
