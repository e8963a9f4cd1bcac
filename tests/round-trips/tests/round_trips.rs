//! Clients of every document of `tests/documents`, compiled into one program: against the mock server `prism`, and against
//! a server of ours, which shows what arrives where the mock looks at nothing.

use std::sync::LazyLock;

use kassa_round_trips::batch::{Batch, build};
use kassa_round_trips::call::Call;
use kassa_round_trips::trip::{Against, Trip, all};
use kassa_round_trips::{documents, known, table, tools};

static BATCHES: LazyLock<Vec<Batch>> = LazyLock::new(|| build("documents", documents().unwrap()).unwrap());

fn jobs() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Documents of which the mock checks nothing, or not all. What arrives, and what is read, stands in `snapshots`.
const SHOWN: [&str; 24] = [
    "bodies_form_parts.yaml",
    "bodies_multipart.yaml",
    "bodies_multipart_31.yaml",
    "bodies_multipart_parts.yaml",
    "bodies_xml.yaml",
    "bodies_xml_schema.yaml",
    "enums_symbols.yaml",
    "media_type_versions.yaml",
    "names_non_ascii.yaml",
    "names_non_ascii_path.yaml",
    "parameters_content.yaml",
    "parameters_cookie.yaml",
    "parameters_header_lists.yaml",
    "parameters_path_lists.yaml",
    "parameters_query_styles.yaml",
    "parameters_same_name.yaml",
    "read_only_write_only.yaml",
    "responses_events.yaml",
    "responses_events_typed.yaml",
    "responses_headers_lists.yaml",
    "responses_several_types.yaml",
    "security_api_keys.yaml",
    "security_http_others.yaml",
    "security_identity_and_certificates.yaml",
];

#[test]
fn the_mock_takes_what_is_sent_and_its_answers_are_read() {
    let Some(tools) = tools::tools() else { return };
    let trips = all(&BATCHES, Against::Mock(tools), jobs());
    let problems = table::problems(&trips, &known::read(known::OF_PRISM).unwrap());
    assert!(problems.is_empty(), "{}\n{}", table::table(&trips), problems.join("\n"));
    assert!(trips.len() > 70 && trips.iter().map(|trip| trip.operations).sum::<usize>() > 150);
}

#[test]
fn every_answer_is_read_and_what_the_mock_leaves_unchecked_arrives_as_it_should() {
    let trips = all(&BATCHES, Against::Recorder, jobs());
    let problems = table::problems(&trips, &known::read(known::OF_OURS).unwrap());
    assert!(problems.is_empty(), "{}\n{}", table::table(&trips), problems.join("\n"));
    for name in SHOWN {
        let trip = trips.iter().find(|trip| trip.document == name).unwrap();
        // The reply stands in the line before.
        let filters = [("documents::d[0-9]+", "client"), (r#"Response \{ status: .*, body: b".*" \}"#, "the reply")];
        insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, filters => filters }, {
            insta::assert_snapshot!(name.replace(".yaml", ""), shown(trip));
        });
    }
}

/// What went out, what came back and what was made of it; the same only once.
fn shown(trip: &Trip) -> String {
    let mut texts: Vec<String> = Vec::new();
    for Call { operation, case, sent, body, status, reply, read, .. } in &trip.calls {
        let body = if body.is_empty() { String::new() } else { format!("\n{body}\n") };
        let text = format!("== {operation}, {case}\n{sent}{body}\n{status} {reply}\n=> {read}\n").replace('\r', "");
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("\n")
}
