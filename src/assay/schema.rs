//! Every key of an assay file: whether it must be there, and the values that are allowed.
//!
//! The table of keys is in `keys`. All faults of a file are found in one pass, so that a person mends them in one go.

mod keys;
#[cfg(test)]
mod tests;
mod value;

use toml::{Table, Value};

use super::problem::{Problem, Problems};
use crate::error::nearest;
use keys::{Key, Needed, OPTIONAL_TABLES, keys_for};
use value::check_value;

/// Separates the levels of a key.
const DOT: char = '.';
/// A level that stands for every key of a table, or every element of a list.
const ANY: &str = "*";

/// All faults of keys and single values: missing keys, unknown keys, wrong types, and values out of range.
pub(super) fn check(values: &Table) -> Vec<Problem> {
    let decision = values.get("decision").and_then(|decision| decision.get("type")).and_then(Value::as_str);
    let mut problems = Problems::default();
    check_table(values, "", "", &keys_for(decision), &mut problems);
    problems.into_vec()
}

/// A key of a table by the schema: its name, and what the schema says of it and below it.
struct Child<'k> {
    name: &'static str,
    path: String,
    leaf: Option<&'k Key>,
    needed: bool,
}

/// The keys of the table at a path of the schema, each once.
fn children<'k>(at: &str, keys: &'k [Key]) -> Vec<Child<'k>> {
    let mut found: Vec<Child<'k>> = Vec::new();
    for key in keys {
        let Some(rest) = below(key.path, at) else { continue };
        let (name, deeper) = rest.split_once(DOT).map_or((rest, None), |(name, rest)| (name, Some(rest)));
        if found.iter().any(|child| child.name == name) {
            continue;
        }
        let path = join(at, name);
        let leaf = deeper.is_none().then_some(key);
        let needed = match leaf {
            Some(key) => key.needed == Needed::Always,
            None => !OPTIONAL_TABLES.contains(&path.as_str()) && holds_needed(&path, keys),
        };
        found.push(Child { name, path, leaf, needed });
    }
    found
}

/// Whether any key below a path must be there.
fn holds_needed(path: &str, keys: &[Key]) -> bool {
    keys.iter().any(|key| key.needed == Needed::Always && below(key.path, path).is_some())
}

/// The rest of a path below another one.
fn below<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    if above.is_empty() { Some(path) } else { path.strip_prefix(above)?.strip_prefix(DOT) }
}

fn join(above: &str, name: &str) -> String {
    if above.is_empty() { name.to_owned() } else { format!("{above}{DOT}{name}") }
}

/// Checks a table: `at` is its path in the schema, `here` its path in the file.
fn check_table(table: &Table, at: &str, here: &str, keys: &[Key], problems: &mut Problems) {
    let children = children(at, keys);
    if let [Child { name: ANY, leaf: Some(key), .. }] = children.as_slice() {
        for (name, value) in table {
            check_value(value, &join(here, name), &key.allowed, problems);
        }
        return;
    }
    check_names(table, here, &children, keys, problems);
    for child in &children {
        let Some(value) = table.get(child.name) else { continue };
        let path = join(here, child.name);
        match (child.leaf, value) {
            (Some(key), value) => check_value(value, &path, &key.allowed, problems),
            (None, Value::Array(items)) if is_list(&child.path, keys) => {
                check_list(items, &child.path, &path, keys, problems);
            }
            (None, Value::Table(inner)) if !is_list(&child.path, keys) => {
                check_table(inner, &child.path, &path, keys, problems);
            }
            (None, value) => {
                let allowed = if is_list(&child.path, keys) { "a list of tables" } else { "a table" };
                problems.require(false, &path, value::shown(value), allowed);
            }
        }
    }
}

/// Whether the schema has a list of tables at a path.
fn is_list(path: &str, keys: &[Key]) -> bool {
    let elements = join(&join(path, ANY), "");
    keys.iter().any(|key| key.path.starts_with(&elements))
}

fn check_list(items: &[Value], at: &str, here: &str, keys: &[Key], problems: &mut Problems) {
    for (i, item) in items.iter().enumerate() {
        let path = join(here, &i.to_string());
        match item {
            Value::Table(table) => check_table(table, &join(at, ANY), &path, keys, problems),
            other => problems.require(false, &path, value::shown(other), "a table"),
        }
    }
}

/// Missing and unknown keys of a table. A missing key that an unknown one was probably meant to be is said once.
fn check_names(table: &Table, here: &str, children: &[Child<'_>], keys: &[Key], problems: &mut Problems) {
    let absent = || children.iter().filter(|child| !table.contains_key(child.name));
    let mut misspelt: Vec<&str> = Vec::new();
    for name in table.keys() {
        if children.iter().any(|child| child.name == name) {
            continue;
        }
        let text = match nearest(name, absent().map(|child| child.name)) {
            Some(meant) => {
                misspelt.push(meant);
                format!("unknown key: did you mean `{meant}`?")
            }
            None => format!("unknown key: allowed is {}", quoted(children.iter().map(|child| child.name))),
        };
        problems.add(Problem::new(join(here, name), text));
    }
    for child in absent().filter(|child| child.needed && !misspelt.contains(&child.name)) {
        let text = match child.leaf {
            Some(key) => format!("`{}` is missing: needed is {}", child.name, key.allowed),
            None => format!("`{}` is missing: needed is {}", child.name, contents(&child.path, keys)),
        };
        problems.add(Problem::new(join(here, child.name), text));
    }
}

/// The contents of a table, in words.
fn contents(path: &str, keys: &[Key]) -> String {
    if is_list(path, keys) {
        let element = children(&join(path, ANY), keys);
        return format!("a list of tables with {}", quoted(element.iter().map(|child| child.name)));
    }
    let inner = children(path, keys);
    let needed = inner.iter().filter(|child| child.needed).map(|child| child.name);
    format!("a table with {}", quoted(needed))
}

fn quoted<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The keys of all values, tables and lists included. Elements of lists have their index as a level.
pub(super) fn keys_of(values: &Table) -> Vec<String> {
    fn collect(value: &Value, here: &str, found: &mut Vec<String>) {
        let children: Vec<(String, &Value)> = match value {
            Value::Table(table) => table.iter().map(|(name, value)| (name.clone(), value)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(i, item)| (i.to_string(), item)).collect(),
            _ => Vec::new(),
        };
        for (name, child) in children {
            let path = join(here, &name);
            collect(child, &path, found);
            found.push(path);
        }
    }
    let mut found = Vec::new();
    for (name, value) in values {
        collect(value, name, &mut found);
        found.push(name.clone());
    }
    found
}
