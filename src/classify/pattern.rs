//! Signal counts of a nucleus and their notation.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::assay::notation;
use crate::colour::Colour;
use crate::error::{Error, Result};

/// Signal counts of one nucleus.
///
/// `Display` gives laboratory notation: fused pairs, then separated reds (split or isolated), then separated
/// greens, without counts of zero: `2F`, `1F1R1G`, `1F1R`. A nucleus without any signal is `0`.
///
/// `FromStr` reads this notation. The notation does not tell a split pair from an isolated red beside an isolated
/// green: as many pairs as possible are read as split, as [`pair`](mod@crate::pair) does. The class of a nucleus is the
/// same either way.
///
/// ```
/// use breakapart::classify::SignalPattern;
/// let pattern: SignalPattern = "1F2R1G".parse()?;
/// assert_eq!(pattern, SignalPattern { fused: 1, split: 1, isolated_red: 1, isolated_green: 0 });
/// assert_eq!(pattern, SignalPattern::from_counts(1, 2, 1));
/// assert!("1R1F".parse::<SignalPattern>().is_err());
/// # Ok::<(), breakapart::Error>(())
/// ```
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
    /// The pattern with these counts of fused pairs, separated reds and separated greens. As many of the separated
    /// signals as possible are split pairs, the surplus of one colour is isolated.
    #[must_use]
    pub fn from_counts(fused: usize, red: usize, green: usize) -> Self {
        let split = red.min(green);
        Self { fused, split, isolated_red: red - split, isolated_green: green - split }
    }

    /// Red signals that are not fused: split or isolated.
    #[must_use]
    pub fn separated_red(&self) -> usize {
        self.split.saturating_add(self.isolated_red)
    }

    /// Green signals that are not fused: split or isolated.
    #[must_use]
    pub fn separated_green(&self) -> usize {
        self.split.saturating_add(self.isolated_green)
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

impl FromStr for SignalPattern {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let counts = if text == "0" { Some([0; 3]) } else { notation(text) };
        let [fused, red, green] = counts.ok_or_else(|| {
            let allowed = "`0`, or counts in the order F, R, G and without zeros, such as `1F1R1G`";
            Error::parameter("signal pattern", format!("`{text}`"), allowed)
        })?;
        Ok(Self::from_counts(fused, red, green))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_is_read_as_it_is_written() {
        for text in ["0", "2F", "1F1R1G", "1F1R", "3G", "12F3R10G"] {
            assert_eq!(text.parse::<SignalPattern>().unwrap().to_string(), text);
        }
        for text in ["", "F", "0F", "1R1F", "1f", "1F 1R", "01F", "1F0R", "-1F", "99999999999999999999R"] {
            assert!(text.parse::<SignalPattern>().is_err(), "{text}");
        }
    }
}
