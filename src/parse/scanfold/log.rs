//! Where the report stands in a file: it is the file, or a property of our own SARIF log.

use std::io::Read;

use super::each;
use crate::error::{Error, Result};
use crate::parse::Head;
use crate::parse::json::Reader;
use crate::source::Input;

/// Whether a `schema` is that of a report, of whatever version.
pub(super) fn is_schema(schema: &str) -> bool {
    schema.starts_with("scanfold/report/")
}

/// Whether it is a SARIF log that carries the report it shows.
pub(in crate::parse) fn is_log(head: &Head<'_>) -> bool {
    let schema = head.json.text("/properties/scanfold/schema");
    schema.is_some_and(is_schema)
}

/// Reads the members of the report, and then what stands around it to the end: a log that is cut is not whole, even if the
/// report in it is. Tells how many results a log has, those among them that it says to have left out.
pub(super) fn members(
    input: &Input,
    read: impl FnOnce(&mut Reader<Box<dyn Read + Send>>) -> Result<()>,
) -> Result<Option<u64>> {
    let around: &[&str] = if is_log(&Head::new(&input.head()?)) {
        &["properties", "scanfold"]
    } else {
        &[]
    };
    let mut reader = Reader::new(input.open()?);
    reader.enter_object()?;
    let mut results = 0;
    for wanted in around {
        loop {
            match reader.next_key()? {
                Some(key) if key == *wanted => break,
                Some(key) => pass_over(&mut reader, &key, &mut results)?,
                None => return Err(Error::format(format!("`{wanted}` is missing"))),
            }
        }
        reader.enter_object()?;
    }
    read(&mut reader)?;
    for _ in around {
        while let Some(key) = reader.next_key()? {
            pass_over(&mut reader, &key, &mut results)?;
        }
    }
    if reader.next_document()? {
        return Err(Error::format("another document follows the report"));
    }
    Ok((!around.is_empty()).then_some(results))
}

/// Passes over a member of a log, and counts the results of its runs.
fn pass_over<R: Read>(reader: &mut Reader<R>, key: &str, results: &mut u64) -> Result<()> {
    // A log has only so many results, and says how many findings have none.
    if key == "resultsLeftOut" {
        *results = results.saturating_add(reader.record::<u64>()?.unwrap_or(0));
        return Ok(());
    }
    if key != "runs" {
        return reader.skip();
    }
    each(reader, "/runs", |reader, _| {
        reader.enter_object()?;
        while let Some(key) = reader.next_key()? {
            if key != "results" {
                reader.skip()?;
                continue;
            }
            each(reader, "/results", |reader, _| {
                *results += 1;
                reader.skip()
            })?;
        }
        Ok(())
    })
}
