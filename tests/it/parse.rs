//! Every sample through its parser: facts, rejects and outcome, as the merged report shows them.

use jiff::Timestamp;
use scanfold::parse::{Database, Options, PARSERS};
use scanfold::policy::Engine;
use scanfold::run::{self, Named};
use scanfold::source::Input;
use scanfold::wire;

use crate::{project, samples};

#[test]
fn samples_are_read_as_their_snapshots_say() {
    let as_of: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    let options = Options {
        advisories: Some(Database::load(project("samples/advisory-db")).unwrap()),
        ..Options::default()
    };
    for (format, path) in samples() {
        let case = path.file_name().unwrap().to_string_lossy().into_owned();
        let parser = PARSERS
            .iter()
            .copied()
            .find(|parser| parser.name() == format)
            .unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let input = Input::spool(&format!("{format}/{case}"), bytes.as_slice()).unwrap();
        let named = vec![Named {
            input,
            parser: Some(parser),
        }];
        let facts = run::ingest(named, &options, as_of).unwrap().facts;
        let report = run::assess(facts, &mut Engine::new(Vec::new(), as_of), as_of).unwrap();
        let mut written = Vec::new();
        wire::write(&report, 1, &mut written).unwrap();
        let written = String::from_utf8(written)
            .unwrap()
            .replace(&project("").display().to_string(), "[project]/");
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{format}.{case}"), written);
        });
    }
}
