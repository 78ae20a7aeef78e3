//! The reports that the benches read are what they are said to be.

#[path = "../../benches/data.rs"]
pub(crate) mod data;

use jiff::Timestamp;
use scanfold::fold::Fold;
use scanfold::parse::{self, Options, PARSERS};
use scanfold::source::Input;

use data::{Amount, Format};

#[test]
fn each_generated_report_is_its_parsers_own_and_has_no_rejects() {
    let amount = Amount {
        records: 50,
        distinct: 20,
        seed: 1,
    };
    for format in Format::ALL {
        let bytes = data::bytes(format, amount);
        assert_eq!(bytes, data::bytes(format, amount), "{format}");
        let name = format!("{format}.{}", format.extension());
        let mut input = Input::spool(&name, &bytes[..]).unwrap();
        input.identify().unwrap();
        let options = Options::default();
        let parser = parse::detect(PARSERS, &input.head().unwrap(), &options).unwrap();
        assert_eq!(parser.name(), format.parser(), "{format}");
        let mut fold = Fold::default();
        let mut open = fold.open(&input, Timestamp::UNIX_EPOCH);
        let closing = parser.parse(&input, &options, &mut open);
        open.close(parser.name(), closing).unwrap();
        let facts = fold.finish();
        assert_eq!(facts.rejects, [], "{format}");
        assert_eq!(facts.findings.len(), 20, "{format}");
        // What npm says of a package that only depends on a vulnerable one is no record of its own.
        let records = if format == Format::NpmAudit { 20 } else { 50 };
        assert_eq!(facts.inputs[0].ledger.records, records, "{format}");
    }
}
