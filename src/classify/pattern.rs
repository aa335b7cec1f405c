//! Signal counts of a nucleus and their notation.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::colour::Colour;

/// Signal counts of one nucleus.
///
/// `Display` gives laboratory notation: fused pairs, then separated reds (split or isolated), then separated
/// greens, a count of zero being left out: `2F`, `1F1R1G`, `1F1R`. A nucleus without any signal is `0`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SignalPattern {
    /// Intact loci.
    pub fused: usize,
    /// Broken loci with both ends present.
    pub split: usize,
    /// Red signals without partner.
    pub isolated_red: usize,
    /// Green signals without partner.
    pub isolated_green: usize,
}

impl SignalPattern {
    /// Red signals that are not fused: split or isolated.
    #[must_use]
    pub fn separated_red(&self) -> usize {
        self.split + self.isolated_red
    }

    /// Green signals that are not fused: split or isolated.
    #[must_use]
    pub fn separated_green(&self) -> usize {
        self.split + self.isolated_green
    }

    /// Signals of one colour that are not fused.
    #[must_use]
    pub fn separated(&self, colour: Colour) -> usize {
        match colour {
            Colour::Red => self.separated_red(),
            Colour::Green => self.separated_green(),
        }
    }

    /// Signals of one colour, fused ones included.
    #[must_use]
    pub fn signals(&self, colour: Colour) -> usize {
        self.fused.saturating_add(self.separated(colour))
    }

    /// Whether there are fused pairs and nothing else.
    #[must_use]
    pub fn only_fused(&self) -> bool {
        self.fused > 0 && Colour::BOTH.iter().all(|colour| self.separated(*colour) == 0)
    }

    /// Whether there are signals of one colour and none of the other.
    #[must_use]
    pub fn one_colour_only(&self) -> bool {
        (self.signals(Colour::Red) == 0) != (self.signals(Colour::Green) == 0)
    }
}

impl fmt::Display for SignalPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.fused, 'F'), (self.separated_red(), 'R'), (self.separated_green(), 'G')];
        if counts.iter().all(|(n, _)| *n == 0) {
            return f.write_str("0");
        }
        for (n, letter) in counts.into_iter().filter(|(n, _)| *n > 0) {
            write!(f, "{n}{letter}")?;
        }
        Ok(())
    }
}
