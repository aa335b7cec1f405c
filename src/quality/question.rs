//! The facts that the questions to the verdict need.

use crate::assay::{Assay, Sex};
use crate::classify::NucleusCall;
use crate::colour::PerColour;
use crate::decide::{Evaluable, ExpectedNuclei, FalseSpotRate, LossEffect, Ruling};

/// The nuclei, the ruling on them, and the facts that the questions need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) calls: &'a [NucleusCall],
    pub(crate) evaluable: &'a Evaluable<'a>,
    pub(crate) ruling: &'a Ruling,
    pub(crate) loss_effect: &'a LossEffect,
    /// False spots in one nucleus, and the nuclei that they may explain.
    pub(crate) false_spots: PerColour<FalseSpotRate>,
    pub(crate) explained_by_false_spots: ExpectedNuclei,
    pub(crate) sex: Option<Sex>,
    /// Fields read, if known.
    pub(crate) fields: Option<usize>,
}

impl<'a> Question<'a> {
    pub(crate) fn assay(&self) -> &'a Assay {
        self.evaluable.assay()
    }
}
