//! Decisions made in code: another rule, or a cutoff of the laboratory's own.

use super::decision::{CutoffSource, Decision, SingleCutoff, TwoStage};
use super::definition::{Assay, Verify};
use super::percent::{Comparator, Percent};
use crate::error::Result;

impl Decision {
    /// One cutoff for all evaluable nuclei, of which there must be `cells`. A specimen at exactly the cutoff is positive.
    ///
    /// ```
    /// use breakapart::assay::{Assay, Decision};
    /// let mut alk = Assay::builtin("alk")?;
    /// alk.decision = Decision::single(100, "15".parse()?);
    /// assert!(alk.validate().is_ok());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn single(cells: usize, cutoff_percent: Percent) -> Self {
        Self::Single(SingleCutoff { cells, cutoff_percent, comparator: Comparator::AtLeast })
    }

    /// The rule of two readers: fewer than `neg_lt` rearranged nuclei in the first stage are negative, more than
    /// `pos_gt` are positive; otherwise both stages together are compared with the cutoff. A specimen at exactly the
    /// cutoff is positive. The nuclei of each stage are those of [`Reading::stages`](super::Reading::stages).
    ///
    /// ```
    /// use breakapart::assay::{Assay, Decision};
    /// let mut alk = Assay::builtin("alk")?; // two readers, 50 nuclei each
    /// alk.decision = Decision::two_stage(5, 25, "15".parse()?);
    /// assert!(alk.validate().is_ok());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn two_stage(neg_lt: usize, pos_gt: usize, final_cutoff_percent: Percent) -> Self {
        Self::TwoStage(TwoStage { neg_lt, pos_gt, final_cutoff_percent, comparator: Comparator::AtLeast })
    }

    /// The cutoff of all rearranged nuclei together, and its key.
    fn cutoff_mut(&mut self) -> (&mut Percent, &'static str) {
        match self {
            Self::Single(rule) => (&mut rule.cutoff_percent, "decision.cutoff_percent"),
            Self::TwoStage(rule) => (&mut rule.final_cutoff_percent, "decision.final_cutoff_percent"),
            Self::PerPattern(rule) => (&mut rule.total_cutoff_percent, "decision.total_cutoff_percent"),
        }
    }
}

impl Assay {
    /// The same assay with another cutoff of all rearranged nuclei together.
    ///
    /// The source of the cutoff becomes [`CutoffSource::Unstated`], and the cutoff is marked in [`Assay::verify`]. A
    /// borderline band that does not hold the new cutoff is dropped. Set these fields afterwards if the laboratory has
    /// validated its cutoff.
    ///
    /// ```
    /// use breakapart::Assay;
    /// let ours = Assay::builtin("alk")?.with_cutoff("11.5".parse()?)?;
    /// assert_eq!(ours.decision.cutoff().to_string(), "11.5 %");
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Assay`](crate::Error::Assay) if the cutoff is not 0.1 to 90 %, or the assay was invalid before.
    pub fn with_cutoff(mut self, percent: Percent) -> Result<Self> {
        let (cutoff, key) = self.decision.cutoff_mut();
        *cutoff = percent;
        self.borderline =
            self.borderline.filter(|band| (band.low_percent..=band.high_percent).contains(&percent));
        let provenance = &mut self.cutoff_provenance;
        provenance.source = CutoffSource::Unstated;
        "set in a program".clone_into(&mut provenance.method);
        (provenance.n_normals, provenance.cells_per_normal) = (None, None);
        (provenance.confidence, provenance.date) = (None, None);
        self.verify.retain(|mark| mark.key != key);
        self.verify.push(Verify {
            key: key.to_owned(),
            reason: "set in a program, which did not state its source".to_owned(),
            reference: "none".to_owned(),
        });
        self.validate()?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cutoff_of_their_own_leaves_every_built_in_assay_valid() -> Result<()> {
        for name in Assay::builtin_names() {
            for percent in ["0.1", "14.25", "90"] {
                let assay = Assay::builtin(name)?.with_cutoff(percent.parse()?)?;
                assert_eq!(assay.decision.cutoff(), percent.parse()?, "{name}");
            }
            assert!(Assay::builtin(name)?.with_cutoff("95".parse()?).is_err(), "{name}");
        }
        Ok(())
    }
}
