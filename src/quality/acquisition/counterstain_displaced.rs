//! Nuclei that do not lie where the probes are: the counterstain is displaced, mirrored, or of another field.
//!
//! Red and green agree with each other then, and most signals that are read lie in a wrong nucleus or in part of the right one.
//! Intact loci are seen outside nuclei too, so that they tell where the nuclei should lie. Debris, and loci of nuclei that were
//! not found, lie outside nuclei wherever these are put.

use serde::{Deserialize, Serialize};

use crate::quality::about::{About, Withheld, part_of, percent};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::{CounterstainFit, CounterstainPlace, OtherPlace, SpecimenView};
use crate::units::PixelSize;

const MIN_LOCI: Limit = Limit::new(
    "red signals with a green one beside them",
    20.0,
    "chosen for this crate: those of about ten nuclei",
);
const MIN_GAIN: Limit = Limit::new(
    "share of these that lie in nuclei only if the counterstain is moved, less those that then lie outside",
    0.15,
    "chosen for this crate: with a displacement that moves fewer, simulated specimens read the same percentage",
);
const MIN_GAIN_DEVIATIONS: Limit = Limit::new(
    "the same, in standard deviations of chance",
    3.0,
    "chosen for this crate: it limits small specimens, the share limits the others",
);
const SURE: Limit = Limit::new(
    "standard deviations above chance of the loci in nuclei in another place",
    6.0,
    "chosen for this crate: some thousand places are tried",
);
const CHANCE: Limit = Limit::new(
    "standard deviations above chance of the loci in nuclei that chance may give",
    2.5,
    "chosen for this crate: one place is tried",
);
const TELLS: Limit = Limit::new(
    "standard deviations above chance if half of the loci beyond chance lay in nuclei, for enough loci to tell",
    6.0,
    "chosen for this crate",
);

/// The place of the counterstain in which it fits the probes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Displacement {
    /// Moved by (rows, columns), px.
    Moved([f64; 2]),
    /// Turned or mirrored, in words.
    Turned(String),
    /// The nuclei of another field, by name.
    OfField(String),
    /// None that was tried.
    NotFound,
}

/// Loci that lie outside the nuclei, and the place of the counterstain in which they lie inside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CounterstainDisplaced {
    /// Red signals with a green one beside them, in nuclei or not.
    pub loci: usize,
    /// Those in nuclei.
    pub inside: usize,
    /// Share of them in nuclei by chance, 0 to 1.
    pub by_chance: f64,
    /// Where the counterstain fits.
    pub displacement: Displacement,
    /// Share of them in nuclei then, 0 to 1; `None` if no place was found.
    pub inside_then: Option<f64>,
    /// Size of a pixel, um, if known.
    pub pixel_um: Option<f64>,
}

pub(crate) const CHECK: Check = Check {
    code: "counterstain_displaced",
    meaning: "The nuclei do not lie where the probes are, though red and green agree: the counterstain is displaced, mirrored, \
              turned, or of another field. Signals are counted in wrong nuclei or missed.",
    effect: "withholds any verdict",
    limits: &[MIN_LOCI, MIN_GAIN, MIN_GAIN_DEVIATIONS, SURE, CHANCE, TELLS],
    sound: 0,
};

impl Figures for CounterstainDisplaced {
    fn message(&self, _: &About) -> String {
        let seen = part_of(self.inside, self.loci, "red-green pairs");
        let then = self.inside_then.map(percent).unwrap_or_default();
        match &self.displacement {
            Displacement::Moved([y, x]) => {
                let length = y.hypot(*x);
                let um = self.pixel_um.map_or_else(String::new, |um| format!(", {:.1} um", um * length));
                format!(
                    "{seen} lie in nuclei, but {then} would if the counterstain were moved by {} px in rows and {} px in \
                     columns ({length:.0} px{um}): it is displaced against both probes.",
                    y.round() as i64,
                    x.round() as i64
                )
            }
            Displacement::Turned(how) => {
                format!("{seen} lie in nuclei, but {then} would if the counterstain were {how}.")
            }
            Displacement::OfField(name) => {
                format!(
                    "{seen} lie in nuclei, but {then} lie in those of field {name}: counterstain and probes are of different fields."
                )
            }
            Displacement::NotFound => format!(
                "{seen} lie in nuclei, no more than chance gives ({}): counterstain and probes do not show one place.",
                percent(self.by_chance)
            ),
        }
    }

    fn action(&self, at: &About) -> Option<String> {
        let otherwise =
            if at.scope.field().is_some() { ", or read the specimen without the field" } else { "" };
        Some(match &self.displacement {
            Displacement::Moved(_) => {
                format!("Register the counterstain to the probes by that{otherwise}.")
            }
            Displacement::Turned(_) => format!("Undo that in the counterstain and read again{otherwise}."),
            Displacement::OfField(_) | Displacement::NotFound => {
                format!("Check which counterstain belongs to the probes{otherwise}.")
            }
        })
    }
}

/// The displacement that explains the loci clearly better than the place as acquired.
fn displacement(fit: &CounterstainFit) -> Option<(Displacement, Option<f64>)> {
    if fit.loci < MIN_LOCI.count() {
        return None;
    }
    let share = |place: &OtherPlace| place.inside as f64 / place.loci.max(1) as f64;
    let as_acquired = fit.inside as f64 / fit.loci.max(1) as f64;
    let moved = fit.moved.as_ref().filter(|moved| {
        let gain = moved.gained as f64 - moved.lost as f64;
        // Loci come by the two of a nucleus.
        let deviation = (2.0 * (moved.gained + moved.lost) as f64).sqrt();
        moved.deviations >= SURE.value
            && gain >= MIN_GAIN.value * moved.loci as f64
            && gain >= MIN_GAIN_DEVIATIONS.value * deviation
    });
    let other = fit
        .other
        .as_ref()
        .filter(|other| other.deviations >= SURE.value && share(other) >= as_acquired + MIN_GAIN.value);
    let other = other.filter(|other| moved.is_none_or(|moved| other.deviations > moved.deviations));
    if let Some(best) = other.or(moved) {
        let place = match &best.place {
            CounterstainPlace::Moved(by_px) => Displacement::Moved(*by_px),
            CounterstainPlace::Turned(how) => Displacement::Turned((*how).to_owned()),
            CounterstainPlace::OfField(name) => Displacement::OfField(name.clone()),
        };
        return Some((place, Some(share(best))));
    }
    let is_chance = fit.deviations < CHANCE.value && fit.deviations_if_half >= TELLS.value;
    is_chance.then_some((Displacement::NotFound, None))
}

/// Whether the nuclei of a field are seen to lie where the probes are.
fn fits(fit: &CounterstainFit) -> bool {
    let gains =
        |moved: &OtherPlace| moved.gained as f64 - moved.lost as f64 >= MIN_GAIN.value * moved.loci as f64;
    fit.loci >= MIN_LOCI.count() && fit.deviations >= SURE.value && !fit.moved.as_ref().is_some_and(gains)
}

fn raised(fit: &CounterstainFit, pixel_size: Option<PixelSize>) -> Option<Raised<CounterstainDisplaced>> {
    let (displacement, inside_then) = displacement(fit)?;
    let figures = CounterstainDisplaced {
        loci: fit.loci,
        inside: fit.inside,
        by_chance: fit.chance,
        displacement,
        inside_then,
        pixel_um: pixel_size.map(PixelSize::um),
    };
    Some(Raised::new(figures).withhold(Withheld::AnyVerdict))
}

/// Fields are judged one by one where any of them fits, since then the others are faults of files; else all together.
pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<CounterstainDisplaced>> {
    let facts = &view.facts.registration;
    let pixel_size = view.fields.first().and_then(|field| field.pixel_size);
    if !facts.fields.iter().any(fits)
        && let Some(all) = raised(&facts.all, pixel_size)
    {
        return vec![all];
    }
    let by_field = view.fields.iter().zip(&facts.fields);
    by_field.filter_map(|(field, fit)| Some(raised(fit, field.pixel_size)?.in_field(&field.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loci as acquired, and where the counterstain is moved.
    fn fit(inside: usize, deviations: f64, moved: Option<[usize; 2]>) -> CounterstainFit {
        let moved = moved.map(|[gained, lost]| OtherPlace {
            place: CounterstainPlace::Moved([0.0, -25.0]),
            loci: 200,
            inside: inside + gained - lost,
            gained,
            lost,
            deviations: 20.0,
        });
        CounterstainFit {
            loci: 200,
            inside,
            chance: 0.3,
            deviations,
            deviations_if_half: 12.0,
            moved,
            other: None,
        }
    }

    #[test]
    fn a_displacement_counts_if_it_brings_many_loci_into_nuclei() {
        let found = |fit| displacement(&fit).map(|found| found.0);
        assert_eq!(found(fit(190, 15.0, None)), None);
        assert_eq!(found(fit(170, 14.0, Some([12, 2]))), None, "outlines that are too narrow");
        assert_eq!(found(fit(120, 8.0, Some([70, 2]))), Some(Displacement::Moved([0.0, -25.0])));
        assert_eq!(found(fit(100, 8.0, Some([60, 40]))), None, "as good as chance");
        assert_eq!(found(fit(62, 0.3, None)), Some(Displacement::NotFound));
        assert_eq!(found(fit(100, 5.0, None)), None, "half of the nuclei were missed");
        assert_eq!(
            found(CounterstainFit { deviations_if_half: 5.0, ..fit(62, 0.3, None) }),
            None,
            "may be chance"
        );
        assert_eq!(found(CounterstainFit { loci: 19, ..fit(6, 0.0, None) }), None);
    }

    #[test]
    fn other_nuclei_count_if_they_hold_the_loci() {
        let other = |inside, deviations| OtherPlace {
            place: CounterstainPlace::OfField("b".to_owned()),
            loci: 200,
            inside,
            gained: 0,
            lost: 0,
            deviations,
        };
        let found = |other| displacement(&CounterstainFit { other: Some(other), ..fit(80, 4.0, None) });
        assert_eq!(found(other(180, 14.0)), Some((Displacement::OfField("b".to_owned()), Some(0.9))));
        assert_eq!(found(other(90, 7.0)), None);
        assert_eq!(found(other(120, 5.0)), None);
    }
}
