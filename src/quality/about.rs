//! The subject of a finding and its effect on the verdict.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::colour::Colour;
use crate::decide::Verdict;
use crate::error::{Error, Result};

/// The part of a specimen that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scope {
    /// The whole specimen.
    Specimen,
    /// One field, by name.
    Field(String),
    /// A region of a field.
    Region {
        /// The field's name.
        field: String,
        /// The region, in words.
        region: String,
    },
}

impl Scope {
    /// The field's name, if the finding is about a field or a region of it.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Specimen => None,
            Self::Field(field) | Self::Region { field, .. } => Some(field),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Specimen => f.write_str("the specimen"),
            Self::Field(field) => write!(f, "field {field}"),
            Self::Region { field, region } => write!(f, "{region} of field {field}"),
        }
    }
}

/// A verdict that a finding withholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Withheld {
    /// Any verdict: the counts tell nothing.
    AnyVerdict,
    /// A negative verdict: rearranged nuclei may have been missed.
    Negative,
    /// A positive verdict: intact nuclei may look rearranged.
    Positive,
    /// A positive verdict that depends on isolated signals.
    PositiveOnIsolated,
}

/// The effect of a finding on the verdict, the strongest first.
///
/// In files it is one word, such as `inform` or `withhold_negative`.
///
/// ```
/// use breakapart::quality::{Effect, Withheld};
/// assert_eq!(Effect::Withhold(Withheld::Negative).to_string(), "withhold_negative");
/// assert_eq!("confirm".parse::<Effect>()?, Effect::Confirm);
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Effect {
    /// The verdict is not given.
    Withhold(Withheld),
    /// The verdict is given and must be confirmed by another method or reader.
    Confirm,
    /// The verdict stands.
    Inform,
}

impl Effect {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Withhold(Withheld::AnyVerdict),
        Self::Withhold(Withheld::Negative),
        Self::Withhold(Withheld::Positive),
        Self::Withhold(Withheld::PositiveOnIsolated),
        Self::Confirm,
        Self::Inform,
    ];

    /// The word used in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Withhold(Withheld::AnyVerdict) => "withhold_any_verdict",
            Self::Withhold(Withheld::Negative) => "withhold_negative",
            Self::Withhold(Withheld::Positive) => "withhold_positive",
            Self::Withhold(Withheld::PositiveOnIsolated) => "withhold_positive_on_isolated",
            Self::Confirm => "confirm",
            Self::Inform => "inform",
        }
    }

    /// Whether it withholds the verdict that the assay's rule gives. A positive one may depend on isolated signals.
    #[must_use]
    pub fn withholds(self, by_rule: Verdict, depends_on_isolated: bool) -> bool {
        let Self::Withhold(withheld) = self else { return false };
        match withheld {
            Withheld::AnyVerdict => by_rule != Verdict::NotEvaluable,
            Withheld::Negative => by_rule == Verdict::Negative,
            Withheld::Positive => by_rule == Verdict::Positive,
            Withheld::PositiveOnIsolated => by_rule == Verdict::Positive && depends_on_isolated,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Effect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = Self::ALL.into_iter().find(|effect| effect.name() == text);
        named.ok_or_else(|| Error::parameter("effect", text, Self::ALL.map(Self::name).join(", ")))
    }
}

impl Serialize for Effect {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Effect {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The subject of a finding and its effect on the verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) scope: Scope,
    pub(crate) colour: Option<Colour>,
    pub(crate) effect: Effect,
}

impl About {
    /// The name of its colour, for sentences.
    pub(crate) fn colour_name(&self) -> &'static str {
        self.colour.map_or("red and green", Colour::name)
    }

    /// The name of the other colour.
    pub(crate) fn other_name(&self) -> &'static str {
        self.colour.map_or("the other colour", |colour| colour.other().name())
    }
}

/// A share in percent for sentences, with one decimal below ten.
pub(crate) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent < 10.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}

/// A part of a whole for sentences: `53 of 143 nuclei (37 %)`.
pub(crate) fn part_of(part: usize, whole: usize, noun: &str) -> String {
    format!("{part} of {whole} {noun} ({})", percent(part as f64 / whole.max(1) as f64))
}
