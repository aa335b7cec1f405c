//! The parts of a check: its description, its limits, its figures, and the findings that it raises.

use super::about::{About, Effect, Scope, Withheld};
use crate::colour::Colour;

/// A limit that a check uses.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Limit {
    /// The quantity that it limits, with its unit.
    pub quantity: &'static str,
    /// Its value.
    pub value: f64,
    /// Where the value comes from.
    pub source: &'static str,
}

impl Limit {
    pub(crate) const fn new(quantity: &'static str, value: f64, source: &'static str) -> Self {
        Self { quantity, value, source }
    }

    /// The limit as a number of things.
    pub(crate) fn count(self) -> usize {
        self.value as usize
    }
}

/// The description of a check, from which `docs/findings.md` is made.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// Its code, as in `report.json`.
    pub code: &'static str,
    /// What a finding of this check means.
    pub meaning: &'static str,
    /// Its effects on the verdict.
    pub effect: &'static str,
    /// Its limits.
    pub limits: &'static [Limit],
    /// Sound specimens in which it spoke, of those that `docs/findings.md` names.
    pub sound: usize,
}

/// Number of sound specimens on which the rate of every check was measured: `validate` prints it, as `docs/validation.md`
/// says.
pub(super) const SOUND_SPECIMENS: usize = 37;

/// Fewest nuclei for a statement on a specimen.
pub(crate) const MIN_NUCLEI: Limit =
    Limit::new("nuclei that tell", 10.0, "chosen for this crate: with fewer, one nucleus is a tenth");

/// Chance of a false alarm of a check that tests many fields, of all tests together.
pub(crate) const FALSE_ALARM: Limit =
    Limit::new("chance of a false alarm, of all tests together", 0.001, "chosen for this crate");

/// The typed figures of a finding, and the words that are made from them.
pub(crate) trait Figures {
    /// The sentence: the observation with its figures, and its meaning.
    fn message(&self, about: &About) -> String;

    /// The action to take, if any is needed.
    fn action(&self, about: &About) -> Option<String>;
}

/// A finding as its check raises it: the figures, the subject and the effect.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Raised<F> {
    pub(crate) about: About,
    pub(crate) figures: F,
}

impl<F> Raised<F> {
    /// A finding on the whole specimen that informs.
    pub(crate) fn new(figures: F) -> Self {
        Self { about: About { scope: Scope::Specimen, colour: None, effect: Effect::Inform }, figures }
    }

    pub(crate) fn of_colour(mut self, colour: Colour) -> Self {
        self.about.colour = Some(colour);
        self
    }

    pub(crate) fn in_field(mut self, field: &str) -> Self {
        self.about.scope = Scope::Field(field.to_owned());
        self
    }

    pub(crate) fn confirm(mut self) -> Self {
        self.about.effect = Effect::Confirm;
        self
    }

    pub(crate) fn withhold(mut self, withheld: Withheld) -> Self {
        self.about.effect = Effect::Withhold(withheld);
        self
    }
}
