//! Spots that another program found, beside those that the image shows.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::quality::about::{About, part_of};
use crate::quality::check::{Check, Figures, Limit, Raised};
use crate::quality::view::SpecimenView;

const MAX_MISSING_SHARE: Limit = Limit::new(
    "share of the high spots in nuclei that were not supplied",
    0.1,
    "chosen for this crate: one signal in ten changes one nucleus in three, of four signals each",
);
const MIN_HIGH: Limit = Limit::new("high spots in nuclei that tell", 20.0, "chosen for this crate");

/// Spots that another program found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignalsSupplied {
    /// Spots that were supplied.
    pub spots: usize,
    /// Those that do not stand out of the noise, and are no candidates.
    pub in_noise: usize,
    /// Those outside all nuclei, which tell how many spots are false.
    pub outside_nuclei: usize,
    /// Spots that the image shows in nuclei, of at least half the median height of those supplied.
    pub high: usize,
    /// Those of them that were not supplied.
    pub high_not_supplied: usize,
}

impl SignalsSupplied {
    fn lacks_signals(&self) -> bool {
        self.high >= MIN_HIGH.count()
            && self.high_not_supplied as f64 > MAX_MISSING_SHARE.value * self.high as f64
    }

    fn lacks_false_spots(&self) -> bool {
        self.spots > 0 && self.outside_nuclei == 0
    }
}

pub(crate) const CHECK: Check = Check {
    code: "signals_supplied",
    meaning: "Another program found the spots of a colour. The estimate of lost signals knows what is lost in the noise, but not \
              what that program left out: high spots in nuclei that it did not list tell of that. The estimate of false spots rests \
              on the spots outside nuclei: without any it is too low.",
    effect: "informs; asks for confirmation if many high spots in nuclei were not supplied, or if none was supplied outside nuclei",
    limits: &[MAX_MISSING_SHARE, MIN_HIGH],
    sound: 0,
};

impl Figures for SignalsSupplied {
    fn message(&self, at: &About) -> String {
        let mut parts =
            vec![format!("Another program found the {} spots in {}", self.spots, at.colour_name())];
        if self.in_noise > 0 {
            parts.push(format!("{} do not stand out of the noise and do not count", self.in_noise));
        }
        if self.lacks_signals() {
            let part = part_of(self.high_not_supplied, self.high, "high spots in nuclei");
            parts.push(format!(
                "it lacks {part}: signals may be missing, and the estimate of lost ones is too low"
            ));
        }
        if self.lacks_false_spots() {
            parts.push("none lies outside nuclei: the estimate of false spots is too low".to_owned());
        }
        format!("{}.", parts.join("; "))
    }

    fn action(&self, _: &About) -> Option<String> {
        let signals =
            "Lower the threshold of the other program: the reading decides which spots are signals.";
        let whole = "Supply the spots of the whole field, those outside nuclei too.";
        match (self.lacks_signals(), self.lacks_false_spots()) {
            (true, true) => Some(format!("{signals} {whole}")),
            (true, false) => Some(signals.to_owned()),
            (false, true) => Some(whole.to_owned()),
            (false, false) => None,
        }
    }
}

pub(super) fn check(view: &SpecimenView<'_>) -> Vec<Raised<SignalsSupplied>> {
    let of_colour = |colour: Colour| {
        let fields = || view.facts.fields.iter().filter_map(|field| field.supplied_spots[colour]);
        fields().next()?;
        let figures = SignalsSupplied {
            spots: fields().map(|f| f.spots).sum(),
            in_noise: fields().map(|f| f.in_noise).sum(),
            outside_nuclei: fields().map(|f| f.outside).sum(),
            high: fields().map(|f| f.high).sum(),
            high_not_supplied: fields().map(|f| f.high_not_supplied).sum(),
        };
        let asks = figures.lacks_signals() || figures.lacks_false_spots();
        let raised = Raised::new(figures).of_colour(colour);
        Some(if asks { raised.confirm() } else { raised })
    };
    Colour::BOTH.into_iter().filter_map(of_colour).collect()
}
