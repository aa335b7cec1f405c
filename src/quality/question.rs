//! The facts that the questions to the verdict need.

use crate::assay::{Assay, Sex};
use crate::classify::{LostShare, NucleusCall};
use crate::colour::PerColour;
use crate::decide::{Evaluable, LossEffect, Ruling};

/// The nuclei, the ruling on them, and the facts that the questions need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) calls: &'a [NucleusCall],
    pub(crate) evaluable: &'a Evaluable<'a>,
    pub(crate) ruling: &'a Ruling,
    pub(crate) loss_effect: &'a LossEffect,
    pub(crate) isolated_miss_rate: PerColour<LostShare>,
    pub(crate) sex: Option<Sex>,
    /// Fields read, if known.
    pub(crate) fields: Option<usize>,
}

impl<'a> Question<'a> {
    pub(crate) fn assay(&self) -> &'a Assay {
        self.evaluable.assay()
    }
}
