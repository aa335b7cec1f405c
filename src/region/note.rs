//! Facts about a file of regions that its user should know.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A fact about a file of regions that its user should know.
///
/// ```
/// use breakapart::region::RegionNote;
/// let note = RegionNote::NoArea { geometry: "Point".to_owned(), features: 2, first: 7 };
/// assert_eq!(note.to_string(), "2 features are no area and are not used (Point; the first is feature 7)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RegionNote {
    /// Features that are points or lines, or have no geometry. They are not used.
    NoArea {
        /// The type of their geometry; `null` if they have none.
        geometry: String,
        /// How many there are.
        features: usize,
        /// Number of the first, from 1.
        first: usize,
    },
    /// Objects that a program found, such as cells, rather than areas that a person drew. They are not used.
    NoAnnotation {
        /// QuPath's type of the object.
        object_type: String,
        /// How many there are.
        features: usize,
        /// Number of the first, from 1.
        first: usize,
    },
    /// The file holds no area: every nucleus is outside.
    Empty,
}

impl RegionNote {
    /// Whether a further feature is one of these; it is then counted.
    pub(super) fn takes(&mut self, other: &Self) -> bool {
        let (same, features, others) = match (self, other) {
            (
                Self::NoArea { geometry, features, .. },
                Self::NoArea { geometry: word, features: others, .. },
            ) => (geometry == word, features, others),
            (
                Self::NoAnnotation { object_type, features, .. },
                Self::NoAnnotation { object_type: word, features: others, .. },
            ) => (object_type == word, features, others),
            _ => return false,
        };
        if same {
            *features += others;
        }
        same
    }
}

impl fmt::Display for RegionNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, kind, word, first) = match self {
            Self::Empty => return f.write_str("the file holds no area: every nucleus is outside"),
            Self::NoArea { geometry, features, first } => (*features, "no area", geometry, first),
            Self::NoAnnotation { object_type, features, first } => {
                (*features, "no annotation", object_type, first)
            }
        };
        if count == 1 {
            write!(f, "feature {first} is {kind} and is not used ({word})")
        } else {
            write!(f, "{count} features are {kind} and are not used ({word}; the first is feature {first})")
        }
    }
}
