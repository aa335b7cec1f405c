//! Faults of a TOML file, by key and line.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// A key and the fault of its value. Keys of list elements have the index, first = 0, as a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) key: String,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self { key: key.into(), text: text.into() }
    }
}

/// Key and fault of a TOML text that does not fit its type; the fault starts with the line.
pub(crate) fn toml_fault(error: &toml::de::Error, text: &str) -> (String, String) {
    let line = error.span().map_or(String::new(), |span| format!("line {}: ", line_of(text, span.start)));
    match DeTable::parse(text) {
        Ok(document) => {
            let problem = translate(error, document.get_ref());
            (problem.key, format!("{line}{}", problem.text))
        }
        Err(_) => (String::new(), format!("{line}not valid TOML: {}", error.message())),
    }
}

/// A deserialisation error as key and words.
pub(super) fn translate(error: &toml::de::Error, document: &DeTable<'_>) -> Problem {
    let mut path = Vec::new();
    if let Some(span) = error.span() {
        deepest_at(document, span.start, &mut Vec::new(), &mut path);
    }
    let message = error.message();
    let named = message.split('`').nth(1).unwrap_or_default();
    let unknown = message.strip_prefix("unknown field ");
    let missing = message.starts_with("missing field");
    // The position of a missing key is the start of its table, where another key may stand.
    while missing && !path.is_empty() && !is_table(document, &path) {
        path.pop();
    }
    if (unknown.is_some() || missing) && path.last().is_none_or(|k| k != named) {
        path.push(named.to_owned());
    }
    let text = match unknown.and_then(|rest| rest.split_once(", ")) {
        Some((_, expected)) => format!("unknown key: {}", expected.replacen("expected", "allowed is", 1)),
        None if unknown.is_some() => "unknown key: no key is allowed here".to_owned(),
        None if missing => format!("`{named}` is missing"),
        None => message.replacen(", expected", ": allowed is", 1),
    };
    Problem::new(path.join("."), text)
}

/// Whether a path leads to a table.
fn is_table(document: &DeTable<'_>, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    let mut value = document.get(first.as_str()).map(toml::Spanned::get_ref);
    for level in rest {
        value = match value {
            Some(DeValue::Table(table)) => table.get(level.as_str()).map(toml::Spanned::get_ref),
            Some(DeValue::Array(items)) => {
                level.parse().ok().and_then(|i: usize| items.get(i)).map(toml::Spanned::get_ref)
            }
            _ => None,
        };
    }
    matches!(value, Some(DeValue::Table(_)))
}

/// The path of the innermost key whose name or value holds a byte position.
fn deepest_at(table: &DeTable<'_>, at: usize, here: &mut Vec<String>, found: &mut Vec<String>) {
    for (key, value) in table {
        here.push(key.get_ref().to_string());
        descend(value.get_ref(), at, &[key.span(), value.span()], here, found);
        here.pop();
    }
}

fn descend(
    value: &DeValue<'_>,
    at: usize,
    spans: &[Range<usize>],
    here: &mut Vec<String>,
    found: &mut Vec<String>,
) {
    if spans.iter().any(|span| span.contains(&at)) && here.len() > found.len() {
        found.clone_from(here);
    }
    match value {
        DeValue::Table(table) => deepest_at(table, at, here, found),
        DeValue::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                here.push(i.to_string());
                descend(item.get_ref(), at, &[item.span()], here, found);
                here.pop();
            }
        }
        _ => {}
    }
}

/// Byte position of a key, or of the innermost table on the way to it that is there.
pub(super) fn key_position(document: &DeTable<'_>, key: &str) -> Option<usize> {
    let mut parts = key.split('.');
    let (name, mut value) = document.get_key_value(parts.next()?)?;
    let mut position = name.span().start;
    for part in parts {
        value = match value.get_ref() {
            DeValue::Table(table) => match table.get_key_value(part) {
                Some((name, value)) => {
                    position = name.span().start;
                    value
                }
                None => break,
            },
            DeValue::Array(items) => match part.parse::<usize>().ok().and_then(|i| items.get(i)) {
                Some(item) => {
                    position = item.span().start;
                    item
                }
                None => break,
            },
            _ => break,
        };
    }
    Some(position)
}

/// Line of a byte position, the first being 1.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|b| *b == b'\n').count()
}

/// All faults of an assay, in the order in which they were found.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds key, value and allowed values unless `condition` holds.
    pub(super) fn require(
        &mut self,
        condition: bool,
        key: &str,
        value: impl std::fmt::Display,
        allowed: &str,
    ) {
        if !condition {
            self.add(Problem::new(key, format!("{value} is not allowed: allowed is {allowed}")));
        }
    }

    /// Adds the key unless an optional value is there.
    pub(super) fn present(&mut self, there: bool, key: &str, needed: &str) {
        if !there {
            self.add(Problem::new(key, format!("missing: needed is {needed}")));
        }
    }

    pub(super) fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}
