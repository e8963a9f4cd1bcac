//! The coverage: what is counted, and that nothing of the committed specs is left open. What it prints when something is
//! left open is in `fixtures/m014_…`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use kassa_codegen::coverage::{Counts, Kind, Provider};

fn specs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[track_caller]
fn only_provider(root: &Path) -> Provider {
    let coverage = kassa_codegen::coverage(root).unwrap();
    if let Some(failure) = coverage.failure {
        panic!("{failure}");
    }
    let [provider] = <[Provider; 1]>::try_from(coverage.providers).expect("one provider");
    provider
}

fn counts(documented: usize, carried: usize, refused: usize, dropped: usize) -> Counts {
    Counts { documented, carried, refused, dropped, open: 0 }
}

#[test]
fn nothing_of_the_committed_specs_is_left_open() {
    let coverage = kassa_codegen::coverage(&specs()).unwrap();
    if let Some(failure) = coverage.failure {
        panic!("{failure}");
    }
    let folders = fs::read_dir(specs().join("providers")).unwrap().count();
    assert_eq!(coverage.providers.len(), folders);
    for provider in &coverage.providers {
        for kind in Kind::ALL {
            let Counts { documented, carried, refused, dropped, open } = provider.counts(kind);
            assert_eq!(documented, carried + refused + dropped, "{} {kind:?}", provider.name);
            assert_eq!(open, 0, "{} {kind:?}", provider.name);
        }
        for kind in [Kind::Operation, Kind::RequestField, Kind::ResponseField, Kind::EnumCode, Kind::Example] {
            assert!(provider.counts(kind).carried > 0, "{} {kind:?}", provider.name);
        }
        let files = fs::read_dir(specs().join("providers").join(&provider.name).join("examples")).unwrap().count();
        let examples = provider.items.iter().filter(|item| item.name.starts_with("examples/")).count();
        assert_eq!(examples, files, "{}", provider.name);
    }
}

/// By hand, from `fixtures/base`.
#[test]
fn each_kind_is_counted() {
    let provider = only_provider(&fixture("base"));
    let expected = [
        (Kind::Operation, counts(1, 1, 0, 0)),
        (Kind::Parameter, counts(0, 0, 0, 0)),
        // id, shop, kind, lines, cash, email; name, quantity, price, tax.
        (Kind::RequestField, counts(10, 10, 0, 0)),
        (Kind::Status, counts(2, 2, 0, 0)),
        // error, number; message is ignored.
        (Kind::ResponseField, counts(3, 2, 0, 1)),
        (Kind::EnumCode, counts(5, 5, 0, 0)),
        (Kind::ErrorCode, counts(1, 1, 0, 0)),
        (Kind::Example, counts(0, 0, 0, 0)),
        // `status` is unsupported.
        (Kind::UniformOperation, counts(2, 1, 1, 0)),
        // credit is refused, place dropped.
        (Kind::UniformField, counts(10, 8, 1, 1)),
        // vat22 is unsupported.
        (Kind::UniformValue, counts(5, 4, 1, 0)),
    ];
    for (kind, expected) in expected {
        assert_eq!(provider.counts(kind), expected, "{kind:?}");
    }
}

/// A copy of `fixtures/base` with texts of its files replaced.
fn edited(edits: &[(&str, &str, &str)], files: &[(&str, &str)]) -> tempfile::TempDir {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&fixture("base"), folder.path());
    let acme = folder.path().join("providers/acme");
    for (file, from, to) in edits {
        let text = fs::read_to_string(acme.join(file)).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(acme.join(file), text.replacen(from, to, 1)).unwrap();
    }
    for (file, text) in files {
        let path = acme.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

const ANSWER: &str = "        message: { type: string }\n";

/// What a rule looks at of a list that is matched is carried: that it is there. What it holds is dropped with it, as is
/// what an ignored object holds.
#[test]
fn what_is_below_a_line_has_the_fate_of_the_line() {
    let details = "        details: { type: array, items: { type: object, properties: { field: { type: string } } } }\n\
                   \x20       shop: { type: object, properties: { name: { type: string }, open: { type: boolean } } }\n";
    let specs = edited(
        &[
            ("openapi.yaml", ANSWER, &format!("{ANSWER}{details}")),
            (
                "mapping.yaml",
                "          number: { give",
                "          details: { match: true }\n          shop: { ignore: it is known }\n          number: { give",
            ),
            ("mapping.yaml", "{ error: 0, number: present }", "{ error: 0, details: absent, number: present }"),
        ],
        &[],
    );
    let provider = only_provider(specs.path());
    assert_eq!(provider.counts(Kind::ResponseField), counts(8, 3, 0, 5));
}

/// Operations, variants, members and examples are passed over by name; codes of a field that is ignored go with it.
#[test]
fn what_is_passed_over_is_dropped_with_all_that_it_has() {
    let find = "  /sales/{id}:\n    get:\n      operationId: find\n      parameters:\n        - { name: id, in: path, required: true, schema: { type: string } }\n      responses:\n        \"200\":\n          description: The sale.\n          content:\n            application/json:\n              schema: { $ref: \"#/components/schemas/Answer\" }\ncomponents:\n";
    let state = "        state: { type: string, enum: [done, waiting] }\n        kind: { $ref: \"#/components/schemas/Other\" }\n";
    let other = "    Other: { type: string, enum: [one, two] }\n    Answer:\n";
    let specs = edited(
        &[
            ("openapi.yaml", "components:\n", find),
            ("openapi.yaml", ANSWER, &format!("{ANSWER}{state}")),
            ("openapi.yaml", "    Answer:\n", other),
            (
                "mapping.yaml",
                "          number: { give",
                "          state: { ignore: the number tells }\n          kind: { match: true }\n          number: { give",
            ),
            ("mapping.yaml", "{ error: 0, number: present }", "{ error: 0, kind: one, number: present }"),
            (
                "mapping.yaml",
                "operations:\n",
                "ignore:\n  find: nobody asks\n  Other.two: never seen\n  examples/note.txt: no message\noperations:\n",
            ),
        ],
        &[
            ("examples/note.txt", "a note: of, nothing: {"),
            ("examples/sell.response.json", "{ \"error\": 0, \"number\": 7 }"),
        ],
    );
    let provider = only_provider(specs.path());
    assert_eq!(provider.counts(Kind::Operation), counts(2, 1, 0, 1));
    assert_eq!(provider.counts(Kind::Parameter), counts(1, 0, 0, 1));
    assert_eq!(provider.counts(Kind::Status), counts(3, 2, 0, 1));
    // error, kind, number; message and state, and the five of the answer to `find`.
    assert_eq!(provider.counts(Kind::ResponseField), counts(10, 3, 0, 7));
    // Both of `state`, and `two`.
    assert_eq!(provider.counts(Kind::EnumCode), counts(9, 6, 0, 3));
    assert_eq!(provider.counts(Kind::Example), counts(2, 1, 0, 1));
}

/// What the provider sends by itself counts like what it answers.
#[test]
fn callbacks_are_counted() {
    let webhook = "x-webhooks:\n  saleDone:\n    post:\n      parameters:\n        - { name: X-Key, in: header, required: true, schema: { type: string } }\n        - { name: shop, in: query, schema: { type: string } }\n      requestBody: { content: { application/json: { schema: { $ref: \"#/components/schemas/Done\" } } } }\n      responses: { \"200\": { description: Taken. } }\ncomponents:\n";
    let done = "    Done: { type: object, required: [done], properties: { id: { type: string }, done: { type: boolean }, note: { type: object, properties: { text: { type: string } } } } }\n    Answer:\n";
    let mapped = "callbacks:\n  saleDone:\n    verify: { header: X-Key, setting: callback_key }\n    ignore: { shop: the key says it all }\n    read:\n      id: { find: key }\n      done: { match: true }\n      note: { ignore: nobody reads it }\n    outcome:\n      - { when: { done: true }, then: registered }\n    answer: { status: 200 }\noperations:\n";
    let setting = "  callback_key: { type: secret, about: What a callback carries. }\nsecurity:\n";
    let api = [("openapi.yaml", "components:\n", webhook), ("openapi.yaml", "    Answer:\n", done)];
    let mapping = [("mapping.yaml", "operations:\n", mapped), ("mapping.yaml", "\nsecurity:\n", setting)];
    let example = ("examples/sale_done.callback.json", "{ \"id\": \"a\", \"done\": true }");
    let provider = only_provider(edited(&[api, mapping].concat(), &[example]).path());
    assert_eq!(provider.counts(Kind::Callback), counts(1, 1, 0, 0));
    assert_eq!(provider.counts(Kind::Parameter), counts(2, 1, 0, 1));
    // id and done; note, and the text in it.
    assert_eq!(provider.counts(Kind::CallbackField), counts(4, 2, 0, 2));
    assert_eq!(provider.counts(Kind::Example), counts(1, 1, 0, 0));

    // Not listened to, it is refused with all that it has.
    let refused = "callbacks:\n  saleDone: { unsupported: nobody listens }\noperations:\n";
    let mapping = [("mapping.yaml", "operations:\n", refused)];
    let provider = only_provider(edited(&[&api[..], &mapping].concat(), &[]).path());
    assert_eq!(provider.counts(Kind::Callback), counts(1, 0, 1, 0));
    assert_eq!(provider.counts(Kind::CallbackField), counts(4, 0, 4, 0));

    let wrong = edited(&[&api[..], &mapping].concat(), &[("examples/sale_done.callback.json", "{ \"done\": 1 }")]);
    let failure = kassa_codegen::coverage(wrong.path()).unwrap().failure.expect("it does not fit");
    assert!(failure.diagnostics[0].message.contains("true or false is due here"), "{failure}");
}

/// What is compared with what was sent is looked at in full.
#[test]
fn what_is_compared_is_carried() {
    let note = "        note: { $ref: \"#/components/schemas/Note\" }\n";
    let schema = "    Note: { type: object, required: [text], properties: { text: { type: string } } }\n    Answer:\n";
    let email = "        email: { type: string }\n";
    let specs = edited(
        &[
            ("openapi.yaml", ANSWER, &format!("{ANSWER}{note}")),
            ("openapi.yaml", email, &format!("{email}{note}")),
            ("openapi.yaml", "    Answer:\n", schema),
            ("mapping.yaml", "      cash: {", "      note: { fields: { text: { const: Thanks } } }\n      cash: {"),
            ("mapping.yaml", "          number: { give", "          note: { compare: note }\n          number: { give"),
            ("../../uniform/types.yaml", "    unread: {", "    differences: { list: text, own: true }\n    unread: {"),
        ],
        &[],
    );
    // error and number; note, and the text in it; message.
    assert_eq!(only_provider(specs.path()).counts(Kind::ResponseField), counts(5, 4, 0, 1));
}

fn run(root: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kassa-codegen"));
    command.args(["coverage", "--specs"]).arg(root).args(more).output().unwrap()
}

#[test]
fn the_command_tells_by_its_exit_code() {
    let good = run(&fixture("base"), &[]);
    let text = String::from_utf8(good.stdout).unwrap();
    assert!(good.status.success(), "{text}");
    let row = text.lines().find(|line| line.contains("response fields")).expect("a row");
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), ["response", "fields", "3", "2", "·", "1", "·"]);
    assert!(text.contains("everything is accounted for"), "{text}");

    let specs = edited(
        &[("openapi.yaml", "enum: [1, 2, 3]", "enum: [1, 2, 3]\n    Spare:\n      type: integer\n      enum: [9]")],
        &[],
    );
    let bad = run(specs.path(), &[]);
    assert_eq!(bad.status.code(), Some(1));
    let (out, err) = (String::from_utf8(bad.stdout).unwrap(), String::from_utf8(bad.stderr).unwrap());
    assert!(out.contains("enumeration codes"), "{out}");
    assert!(!out.contains("everything is accounted for"), "{out}");
    assert!(err.contains("error[M014]: nothing names code 9 of `Spare`"), "{err}");

    let json = run(specs.path(), &["--message-format", "json"]);
    assert_eq!(json.status.code(), Some(1));
    let text = String::from_utf8(json.stdout).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let codes = lines.iter().find(|line| line["what"] == "enumeration codes").expect("a line");
    assert_eq!((codes["documented"].as_u64(), codes["open"].as_u64()), (Some(6), Some(1)), "{text}");
    assert_eq!(lines.iter().filter(|line| line["code"] == "M014").count(), 1, "{text}");
}

/// A uniform field's fate in every provider is on one line.
#[test]
fn fields_are_on_one_line() {
    let shown = String::from_utf8(run(&fixture("base"), &["--fields"]).stdout).unwrap();
    let line = |field: &str| {
        let found = shown.lines().find(|line| line.split_whitespace().next() == Some(field)).expect("a line");
        found.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("items.price"), "1079 lines[].price");
    assert_eq!(line("items.total"), "1043 = otherwise");
    assert_eq!(line("credit"), "1216 refused");
    assert_eq!(line("place"), "1187 dropped");
}
