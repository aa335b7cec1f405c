//! Where in a file a fault is, and what stands there.

use std::fmt::Display;

use serde_json::Value;

use super::options::RegionOptions;
use crate::error::{Error, Location};

/// Which feature is read, and how.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) location: &'a Location,
    /// Its number, from 1.
    pub(super) feature: usize,
    pub(super) options: &'a RegionOptions,
}

impl At<'_> {
    /// The error of this feature, at a part of it.
    pub(super) fn fault(&self, part: &str, found: impl Display, allowed: &str) -> Error {
        let number = self.feature;
        let problem = format!("feature {number}{part}: found {found}; allowed is {allowed}");
        Error::malformed(self.location.clone(), problem)
    }
}

/// A value in words, for messages: short, however much it holds.
pub(super) fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(value) => format!("the text `{}`", value.chars().take(40).collect::<String>()),
        Value::Array(values) => format!("a list of {}", values.len()),
        Value::Object(keys) => format!("an object of {} keys", keys.len()),
    }
}
