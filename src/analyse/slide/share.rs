//! One of several shares of the tiles of a slide.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::share;

/// The name in errors.
const PARAMETER: &str = "share of a slide";

/// One of several shares of the tiles of a slide: a run of them, of about the same number in each share.
///
/// ```
/// use breakapart::analyse::SlideShare;
/// let share: SlideShare = "2/4".parse()?;
/// assert_eq!(share, SlideShare::new(2, 4)?);
/// assert_eq!(share.to_string(), "2/4");
/// assert!("5/4".parse::<SlideShare>().is_err());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Numbers", into = "Numbers")]
pub struct SlideShare {
    number: usize,
    of: usize,
}

/// A share as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    number: usize,
    of: usize,
}

impl SlideShare {
    /// Share `number`, from 1, of `of` shares.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if there is no such share.
    pub fn new(number: usize, of: usize) -> Result<Self> {
        share::checked(PARAMETER, number, of).map(|(number, of)| Self { number, of })
    }

    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// The number of shares.
    #[must_use]
    pub fn of(&self) -> usize {
        self.of
    }

    /// The shares of the same split that are not among these, in their order.
    ///
    /// ```
    /// use breakapart::analyse::SlideShare;
    /// let missing = SlideShare::new(2, 3)?.missing(&[SlideShare::new(2, 3)?]);
    /// assert_eq!(missing, [SlideShare::new(1, 3)?, SlideShare::new(3, 3)?]);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn missing(&self, there: &[Self]) -> Vec<Self> {
        let all = (1..=self.of).map(|number| Self { number, ..*self });
        all.filter(|share| !there.contains(share)).collect()
    }

    /// The places of its tiles among so many.
    pub(super) fn places(self, tiles: usize) -> Range<usize> {
        // Of 128 bits: no product of two lengths overflows.
        let start = |number: usize| (number as u128 * tiles as u128 / self.of as u128) as usize;
        start(self.number - 1)..start(self.number)
    }
}

impl fmt::Display for SlideShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for SlideShare {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        share::parse(PARAMETER, text).map(|(number, of)| Self { number, of })
    }
}

impl TryFrom<Numbers> for SlideShare {
    type Error = Error;

    fn try_from(Numbers { number, of }: Numbers) -> Result<Self> {
        Self::new(number, of)
    }
}

impl From<SlideShare> for Numbers {
    fn from(SlideShare { number, of }: SlideShare) -> Self {
        Self { number, of }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_tile_is_in_one_share(of in 1_usize..40, tiles in 0_usize..500) {
            let mut next = 0;
            for number in 1..=of {
                let places = SlideShare::new(number, of).unwrap().places(tiles);
                prop_assert_eq!(places.start, next);
                prop_assert!(places.len() <= tiles.div_ceil(of));
                next = places.end;
            }
            prop_assert_eq!(next, tiles);
        }
    }
}
