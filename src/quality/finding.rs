//! A finding: a fault with its figures, its effect on the verdict, and the action to take.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::about::{About, Effect, Scope};
use super::check::Raised;
use super::registry::{CHECKS, Detail};
use crate::colour::Colour;

/// One finding on a specimen. `Display` gives one sentence with its figures.
///
/// ```
/// use breakapart::analyse::Analyser;
/// use breakapart::{Assay, Field};
/// use ndarray::Array2;
/// let dark = || Array2::<u16>::from_elem((64, 64), 100);
/// let field = Field::new("field_000", dark(), dark(), dark())?;
/// let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
/// let finding = reading.summary.findings.iter().find(|finding| finding.code() == "no_nuclei").unwrap();
/// assert_eq!(finding.scope.field(), Some("field_000"));
/// println!("{finding} {}", finding.action().unwrap_or_default());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// The part of the specimen that it is about.
    pub scope: Scope,
    /// The colour that it is about; `None` = both, or neither.
    pub colour: Option<Colour>,
    /// Its effect on the verdict.
    pub effect: Effect,
    /// Its code and figures.
    #[serde(flatten)]
    pub detail: Detail,
}

impl Finding {
    /// Its code, such as `residual_shift`: see `docs/findings.md`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.detail.code()
    }

    /// The action to take; `None` = none is needed.
    #[must_use]
    pub fn action(&self) -> Option<String> {
        self.detail.figures().action(&self.about())
    }

    /// Whether it is a question to the verdict, which is asked anew with every verdict.
    pub(crate) fn is_on_verdict(&self) -> bool {
        CHECKS.iter().any(|(group, check)| *group == "verdict" && check.code == self.code())
    }

    fn about(&self) -> About {
        About { scope: self.scope.clone(), colour: self.colour, effect: self.effect }
    }
}

impl<F: Into<Detail>> From<Raised<F>> for Finding {
    fn from(Raised { about, figures }: Raised<F>) -> Self {
        let About { scope, colour, effect } = about;
        Self { scope, colour, effect, detail: figures.into() }
    }
}

/// The findings that a check raised.
pub(super) fn findings<F: Into<Detail>>(raised: Vec<Raised<F>>) -> Vec<Finding> {
    raised.into_iter().map(Finding::from).collect()
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(field) = self.scope.field() {
            match &self.scope {
                Scope::Region { region, .. } => write!(f, "Field {field}, {region}: ")?,
                _ => write!(f, "Field {field}: ")?,
            }
        }
        let message = self.detail.figures().message(&self.about());
        // A sentence begins with a capital.
        let mut letters = message.chars();
        match letters.next() {
            Some(first) => write!(f, "{}{}", first.to_uppercase(), letters.as_str()),
            None => Ok(()),
        }
    }
}
