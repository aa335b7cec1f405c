//! Signal counts of a nucleus and their notation.

use std::fmt;

use serde::{Deserialize, Serialize};

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

    /// Whether there are signals of one colour and none of the other.
    #[must_use]
    pub fn one_colour_only(&self) -> bool {
        self.fused == 0 && (self.separated_red() == 0) != (self.separated_green() == 0)
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
