//! Credentials in any field of any report: none of them reaches any output.

use std::ops::Range;

use rayon::prelude::*;
use scanfold::parse::{PARSERS, Parser, by_name};
use scanfold::policy::Engine;
use scanfold::report::{View, WRITERS};
use scanfold::run::{self, Named};
use scanfold::source::Input;

use crate::given::{as_of, options};
use crate::samples;

/// A credential, put together here so that no scanner takes this file for a leak, and the parts that no output may hold.
struct Secret {
    words: String,
    parts: Vec<String>,
}

fn secret(shape: &[&str], parts: &[&str]) -> Secret {
    let words = shape.concat();
    let parts = parts.iter().map(|part| part.to_ascii_lowercase());
    Secret {
        parts: parts.collect(),
        words,
    }
}

/// Characters that no sample has in this order: `salt` tells the credentials apart.
fn opaque(salt: &str, length: usize) -> String {
    let turns = ["q7Xk2", "Zw9Lm", "4vTp8", "Rj3Nc", "6bHd1", "Yg5Fs"].concat();
    salt.chars()
        .chain(turns.chars().cycle())
        .take(length)
        .collect()
}

fn secrets() -> Vec<Secret> {
    let upper = |salt: &str, length| opaque(salt, length).to_uppercase();
    let jwt = ["J1", "J2", "J3"].map(|salt| opaque(salt, 24));
    let bearer = opaque("B1", 32);
    let basic = opaque("B2", 28);
    let password = opaque("P1", 16);
    let key = opaque("K1", 64);
    let (aws, aws_secret) = (upper("A1", 16), opaque("A2", 40));
    let (github, fine) = (opaque("G1", 36), opaque("G2", 60));
    let (slack, npm, atlassian) = (opaque("S1", 24), opaque("N1", 36), opaque("T1", 40));
    let (user, login, storage) = (opaque("U1", 40), opaque("L1", 16), opaque("Z1", 60));
    let (session, query, bot) = (opaque("C1", 32), opaque("Q1", 32), opaque("D1", 35));
    let mark = |end: &str| format!("-----{end} RSA PRIVATE {}-----", "KEY");
    vec![
        secret(
            &["eyJ", &jwt[0], ".", "eyJ", &jwt[1], ".", &jwt[2]],
            &[&jwt[0], &jwt[1], &jwt[2]],
        ),
        secret(&["Authorization: ", "Bearer ", &bearer], &[&bearer]),
        secret(&["Authorization: ", "Basic ", &basic], &[&basic]),
        secret(
            &["https://user:", &password, "@ci.harborapps.example/x"],
            &[&password],
        ),
        secret(&[&mark("BEGIN"), "\n", &key, "\n", &mark("END")], &[&key]),
        secret(&["AK", "IA", &aws], &[&aws]),
        secret(&["aws_secret_access", "_key=", &aws_secret], &[&aws_secret]),
        secret(&["gh", "p_", &github], &[&github]),
        secret(&["github", "_pat_", &fine], &[&fine]),
        secret(&["xo", "xb-", &slack], &[&slack]),
        secret(&["np", "m_", &npm], &[&npm]),
        secret(&["AT", "ATT", &atlassian], &[&atlassian]),
        secret(&["https://", &user, "@git.harborapps.example/x"], &[&user]),
        secret(&["pass", "word=", &login], &[&login]),
        secret(&["Account", "Key=", &storage, "==;x"], &[&storage]),
        secret(&["Cookie: ", "sid=", &session, ";"], &[&session]),
        secret(&["/a?access", "_token=", &query, "&b"], &[&query]),
        secret(&["110201543", ":AA", &bot], &[&bot]),
    ]
}

/// How words are written into a field of a format.
type Escape = fn(&str) -> String;

fn in_json(words: &str) -> String {
    words.replace('\n', "\\n")
}

fn in_table(words: &str) -> String {
    words.to_owned()
}

/// The insides of all string literals.
fn literals(text: &str) -> Vec<Range<usize>> {
    let mut fields = Vec::new();
    let (mut start, mut escaped) = (None, false);
    for (at, byte) in text.bytes().enumerate() {
        match (byte, start) {
            _ if escaped => escaped = false,
            (b'\\', Some(_)) => escaped = true,
            (b'"', Some(open)) => {
                fields.push(open..at);
                start = None;
            }
            (b'"', None) => start = Some(at + 1),
            _ => {}
        }
    }
    fields
}

/// The insides of all cells of a table below its header. A cell without quotes cannot hold a line break; such cells get
/// none.
fn cells(text: &str) -> Vec<Range<usize>> {
    let below = text.find('\n').map_or(text.len(), |end| end + 1);
    let (mut fields, mut start, mut quoted) = (Vec::new(), below, false);
    for (at, byte) in text.bytes().enumerate().skip(below) {
        match byte {
            b'"' => quoted = !quoted,
            b',' | b'\n' if !quoted => {
                let inside = if text[start..at].starts_with('"') {
                    start + 1..at - 1
                } else {
                    start..at
                };
                fields.push(inside);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields
}

/// All texts and attributes of an XML document below its declaration.
fn texts(text: &str) -> Vec<Range<usize>> {
    let below = text.find("?>").map_or(0, |end| end + 2);
    let mut fields = Vec::new();
    let mut at = below;
    while let Some(open) = text[at..].find('<').map(|open| at + open) {
        if !text[at..open].trim().is_empty() {
            fields.push(at..open);
        }
        if let Some(inside) = text[open..].strip_prefix("<![CDATA[") {
            let end = open + 9 + inside.find("]]>").unwrap();
            fields.push(open + 9..end);
            at = end + 3;
            continue;
        }
        let close = open + text[open..].find('>').unwrap();
        let quotes = literals(&text[open..close]).into_iter();
        fields.extend(quotes.map(|field| open + field.start..open + field.end));
        at = close + 1;
    }
    fields
}

/// Every output of a report that is read by `parser`.
fn outputs(parser: &'static dyn Parser, name: &str, words: &str) -> String {
    let named = vec![Named {
        input: Input::spool(name, words.as_bytes()).unwrap(),
        parser: Some(parser),
    }];
    let facts = run::ingest(named, options(), as_of()).unwrap().facts;
    let report = run::assess(facts, &mut Engine::new(Vec::new(), as_of()), as_of()).unwrap();
    let mut written = Vec::new();
    for writer in WRITERS {
        writer
            .write(&report, &View::default(), &mut written)
            .unwrap();
    }
    String::from_utf8(written).unwrap().to_ascii_lowercase()
}

/// What of `planted` stands in the outputs.
fn leaks<'a>(written: &str, planted: impl IntoIterator<Item = &'a Secret>) -> Vec<&'a str> {
    let parts = planted.into_iter().flat_map(|secret| &secret.parts);
    parts
        .filter(|part| written.contains(part.as_str()))
        .map(String::as_str)
        .collect()
}

#[test]
fn no_credential_in_any_field_of_any_report_reaches_any_output() {
    let secrets = secrets();
    let all: Vec<&str> = secrets.iter().map(|secret| secret.words.as_str()).collect();
    let all = all.join(" ");
    let (mut planted, mut leaked) = (0, Vec::new());
    for (format, path) in samples() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let parser = by_name(PARSERS, &format).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let (fields, escape): (_, Escape) = match name.split_once('.').unwrap().1 {
            "csv" => (cells(&text), in_table),
            "xml" => (texts(&text), in_table),
            _ => (literals(&text), in_json),
        };
        planted += fields.len();
        let whole = outputs(parser, &format!("{name} {all}"), &text);
        assert!(leaks(&whole, &secrets).is_empty(), "{format}");
        let found = fields.par_iter().enumerate().filter_map(|(number, field)| {
            let (before, rest) = text.split_at(field.start);
            let (inside, after) = rest.split_at(field.len());
            let planted = format!("{before}{inside} {}{after}", escape(&all));
            let mut found = leaks(&outputs(parser, &name, &planted), &secrets);
            // Alone it takes the whole field, so that it stands where a reader looks for a word, a date or an address.
            if name.starts_with("basic") {
                let secret = &secrets[number % secrets.len()];
                let planted = format!("{before}{}{after}", escape(&secret.words));
                found.extend(leaks(&outputs(parser, &name, &planted), [secret]));
            }
            let line = before.lines().count();
            (!found.is_empty()).then(|| format!("{format} line {line} `{inside}`: {found:?}"))
        });
        leaked.extend(found.collect::<Vec<_>>());
    }
    assert!(planted > 4000, "only {planted} fields");
    assert!(leaked.is_empty(), "{} leaks: {leaked:#?}", leaked.len());
}
