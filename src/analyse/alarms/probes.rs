//! Probes that are weak or have failed.

use super::{AlarmParams, Visibility};
use crate::analyse::reading::FieldReading;
use crate::assay::Assay;
use crate::classify::Exclusion;
use crate::colour::Colour;

/// Nuclei that should show both colours, and those of them that lack one altogether.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Missing {
    nuclei: usize,
    without: usize,
    /// Those in which the colour is too weak to be seen.
    weak: usize,
}

impl Missing {
    fn share(self) -> f64 {
        self.without as f64 / self.nuclei.max(1) as f64
    }

    fn weak_share(self) -> f64 {
        self.weak as f64 / self.nuclei.max(1) as f64
    }
}

/// Counts the whole nuclei with two or more signals of the other colour, and those without any of `colour`: a
/// rearrangement leaves one locus intact, so most of these tell of a probe that did not hybridise.
pub(super) fn missing(fields: &[FieldReading], visibility: &[Vec<Visibility>], colour: Colour) -> Missing {
    let mut missing = Missing::default();
    let seen = fields.iter().zip(visibility).flat_map(|(f, v)| f.calls.iter().zip(v));
    for (call, visible) in seen {
        let whole = matches!(call.exclusion, None | Some(Exclusion::OneColourOnly | Exclusion::WeakProbe));
        let [here, other] = [colour, colour.other()].map(|c| call.pattern.signals(c));
        if whole && other >= 2 && !visible.weak[colour.other().index()] {
            missing.nuclei += 1;
            let weak = visible.weak[colour.index()];
            missing.weak += usize::from(weak);
            missing.without += usize::from(here == 0 && !weak);
        }
    }
    missing
}

/// The colour that failed, if one did, and what to say of both.
pub(super) fn of_probes(
    missing: [Missing; 2],
    assay: &Assay,
    params: &AlarmParams,
) -> (Option<Colour>, Vec<String>) {
    let mut failed = None;
    let mut warnings = Vec::new();
    for colour in Colour::BOTH {
        let found = missing[colour.index()];
        if found.nuclei < params.probe_nuclei_min {
            continue;
        }
        if found.share() + found.weak_share() >= params.probe_failed_share {
            failed = failed.or(Some(colour));
        }
        if found.weak_share() > params.probe_weak_max {
            warnings.push(format!(
                "in {} of {} nuclei with two or more {} signals {} ones would not stand out of the noise: the {} probe \
                 of {} is weak or has failed; these nuclei are not counted",
                found.weak,
                found.nuclei,
                colour.other().name(),
                colour.name(),
                colour.name(),
                assay.gene,
            ));
        }
        if found.share() <= params.probe_missing_max {
            continue;
        }
        // Loci that lose this colour independently of each other: of nuclei with two, p^2 lose both.
        let lost = found.share().sqrt();
        let lone = 100.0 * 2.0 * lost * (1.0 - lost);
        warnings.push(format!(
            "{} of {} nuclei with two or more {} signals show no {} one: the {} probe of {} may have failed; loci \
             that miss it at random would make {lone:.0} % of intact nuclei show an isolated {} signal",
            found.without,
            found.nuclei,
            colour.other().name(),
            colour.name(),
            colour.name(),
            assay.gene,
            colour.other().name(),
        ));
    }
    (failed, warnings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    #[test]
    fn a_probe_that_is_missing_from_half_of_the_nuclei_has_failed() -> Result<()> {
        let alk = Assay::builtin("alk")?;
        let judge = |without, nuclei| {
            let green = Missing { nuclei, without, weak: 0 };
            of_probes([Missing { nuclei, without: 0, weak: 0 }, green], &alk, &AlarmParams::default())
        };
        assert_eq!(judge(5, 100), (None, Vec::new()));
        assert_eq!(judge(9, 9), (None, Vec::new()));
        let (failed, warnings) = judge(25, 100);
        assert_eq!((failed, warnings.len()), (None, 1));
        assert!(warnings[0].contains("would make 50 % of intact nuclei show an isolated red signal"));
        assert_eq!(judge(50, 100).0, Some(Colour::Green));
        Ok(())
    }
}
