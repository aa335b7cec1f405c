//! The allowed values of one key.

use std::fmt;

use toml::Value;

use crate::assay::percent::Percent;
use crate::assay::problem::{Problem, Problems};

/// The values that are allowed for a key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Allowed {
    /// A number within limits, both included.
    Real { low: f64, high: f64, unit: &'static str },
    /// A whole number within limits, both included.
    Count { low: f64, high: f64 },
    /// A percentage within limits, with six decimals at most.
    Percent { low: f64, high: f64 },
    /// Any text.
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of two values.
    Two(&'static Allowed),
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real { low, high, unit } => write!(f, "{low} to {high}{unit}"),
            Self::Count { low, high } => write!(f, "a whole number, {low} to {high}"),
            Self::Percent { low, high } => write!(f, "{low} to {high} %"),
            Self::Text => f.write_str("a text"),
            Self::Texts => f.write_str("a list of texts"),
            Self::Switch => f.write_str("true or false"),
            Self::Word(words) => {
                let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
                write!(f, "one of {}", quoted.join(", "))
            }
            Self::Two(each) => write!(f, "a list of two values, each {each}"),
        }
    }
}

/// Checks the value at a path of the file.
pub(super) fn check_value(value: &Value, path: &str, allowed: &Allowed, problems: &mut Problems) {
    let number = match value {
        Value::Integer(n) => Some(*n as f64),
        Value::Float(x) if !matches!(allowed, Allowed::Count { .. }) => Some(*x),
        _ => None,
    };
    let is_allowed = match (allowed, value) {
        (Allowed::Real { low, high, .. } | Allowed::Count { low, high }, _) => {
            return check_number(value, number, *low, *high, path, allowed, problems);
        }
        (Allowed::Percent { low, high }, _) => {
            let exact = number.is_none_or(|x| x.to_string().parse::<Percent>().is_ok());
            let inside = number.is_some_and(|x| (*low..=*high).contains(&x));
            if inside && !exact {
                let text = format!("{} has more than six decimals: allowed is {allowed}", shown(value));
                return problems.add(Problem::new(path, text));
            }
            return check_number(value, number, *low, *high, path, allowed, problems);
        }
        (Allowed::Text, Value::String(_)) | (Allowed::Switch, Value::Boolean(_)) => true,
        (Allowed::Texts, Value::Array(items)) => items.iter().all(Value::is_str),
        (Allowed::Word(words), Value::String(text)) => words.contains(&text.as_str()),
        (Allowed::Two(each), Value::Array(items)) if items.len() == 2 => {
            for (i, item) in items.iter().enumerate() {
                check_value(item, &format!("{path}.{i}"), each, problems);
            }
            true
        }
        _ => false,
    };
    problems.require(is_allowed, path, shown(value), &allowed.to_string());
}

/// NaN and infinities are in no range.
fn check_number(
    value: &Value,
    number: Option<f64>,
    low: f64,
    high: f64,
    path: &str,
    allowed: &Allowed,
    problems: &mut Problems,
) {
    let fault = match number {
        Some(x) if (low..=high).contains(&x) => return,
        Some(_) => "is out of range",
        None => "is no such number",
    };
    problems.add(Problem::new(path, format!("{} {fault}: allowed is {allowed}", shown(value))));
}

/// A value as in a message.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Integer(n) => n.to_string(),
        Value::Float(x) => x.to_string(),
        Value::String(s) => format!("\"{s}\""),
        Value::Boolean(b) => b.to_string(),
        Value::Datetime(_) => "a date".to_owned(),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Table(_) => "a table".to_owned(),
    }
}
