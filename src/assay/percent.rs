//! A percentage held exactly, so that cutoffs are compared in integers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Error, Result};
use crate::words::words;

/// Digits kept after the decimal point.
const DECIMALS: usize = 6;
/// Units in one percent.
const UNITS_PER_PERCENT: u64 = 1_000_000;
/// Units in the whole, 100 %.
const UNITS_OF_WHOLE: u64 = 100 * UNITS_PER_PERCENT;

/// An exact percentage, 0 to 100 with up to six decimals, stored as an integer: 5.7 % is 5.7 %, not the
/// binary fraction next to it.
///
/// ```
/// use breakapart::assay::{Comparator, Percent};
/// let cutoff: Percent = "15".parse()?;
/// assert!(cutoff.is_met_by(15, 100, Comparator::AtLeast));
/// assert!(!cutoff.is_met_by(15, 100, Comparator::MoreThan));
/// // 14 of 96 is 14.58 %: it prints as 15 % but is below the cutoff.
/// assert!(!cutoff.is_met_by(14, 96, Comparator::AtLeast));
/// let laboratory: Percent = "5.7".parse()?;
/// assert!(laboratory.is_met_by(57, 1000, Comparator::AtLeast));
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percent {
    units: u64,
}

impl Percent {
    /// `percent` whole percent.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] above 100.
    pub fn whole(percent: u64) -> Result<Self> {
        percent
            .checked_mul(UNITS_PER_PERCENT)
            .filter(|units| *units <= UNITS_OF_WHOLE)
            .map(|units| Self { units })
            .ok_or_else(|| not_a_percentage(percent))
    }

    /// The value for display and plots; decisions use [`Percent::is_met_by`].
    #[must_use]
    pub fn value(self) -> f64 {
        self.units as f64 / UNITS_PER_PERCENT as f64
    }

    /// Whether `count` of `total` meets this percentage, compared in integers: `count / total` is never
    /// rounded. Nothing of nothing meets no cutoff.
    #[must_use]
    pub fn is_met_by(self, count: usize, total: usize, comparator: Comparator) -> bool {
        let share = count as u128 * u128::from(UNITS_OF_WHOLE);
        let cutoff = u128::from(self.units) * total as u128;
        total > 0
            && match comparator {
                Comparator::AtLeast => share >= cutoff,
                Comparator::MoreThan => share > cutoff,
            }
    }
}

fn not_a_percentage(value: impl fmt::Display) -> Error {
    Error::parameter("percentage", value, "0 to 100 %, at most six decimals")
}

impl FromStr for Percent {
    type Err = Error;

    /// Reads a plain decimal such as `15` or `5.7`, without sign, exponent or `%`.
    fn from_str(text: &str) -> Result<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > DECIMALS {
            return Err(not_a_percentage(text));
        }
        let units =
            format!("{whole}{fraction:0<DECIMALS$}").parse::<u64>().map_err(|_| not_a_percentage(text))?;
        if units > UNITS_OF_WHOLE { Err(not_a_percentage(text)) } else { Ok(Self { units }) }
    }
}

impl fmt::Display for Percent {
    /// The shortest decimal and a percent sign: `15 %`, `5.7 %`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.units / UNITS_PER_PERCENT, self.units % UNITS_PER_PERCENT);
        if rest == 0 {
            return write!(f, "{whole} %");
        }
        let fraction = format!("{rest:0DECIMALS$}");
        write!(f, "{whole}.{} %", fraction.trim_end_matches('0'))
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.value())
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Percent;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a percentage, 0 to 100, at most six decimals")
            }

            fn visit_i64<E: de::Error>(self, v: i64) -> std::result::Result<Percent, E> {
                v.to_string().parse().map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, v: u64) -> std::result::Result<Percent, E> {
                v.to_string().parse().map_err(E::custom)
            }

            // The shortest decimal that reads back as this float is the decimal that was written.
            fn visit_f64<E: de::Error>(self, v: f64) -> std::result::Result<Percent, E> {
                v.to_string().parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Which side of a limit the limit itself belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Comparator {
    /// The limit itself counts: `>=`.
    #[serde(rename = ">=")]
    AtLeast,
    /// The limit itself does not count: `>`.
    #[serde(rename = ">")]
    MoreThan,
}

words!(Comparator, "comparator", {
    AtLeast => ">=",
    MoreThan => ">",
});

impl Comparator {
    /// Whether `value` is past `limit` by this comparator. False for NaN.
    ///
    /// ```
    /// use breakapart::assay::Comparator;
    /// assert!(Comparator::AtLeast.holds(2.0, 2.0));
    /// assert!(!Comparator::MoreThan.holds(2.0, 2.0));
    /// ```
    #[must_use]
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::AtLeast => value >= limit,
            Self::MoreThan => value > limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_kept_exactly_and_printed_shortest() {
        for (text, shown) in
            [("15", "15 %"), ("5.7", "5.7 %"), ("0.000001", "0.000001 %"), ("100.0", "100 %")]
        {
            assert_eq!(text.parse::<Percent>().unwrap().to_string(), shown);
        }
    }

    #[test]
    fn what_is_no_percentage_is_refused() {
        for text in
            ["", "-1", "100.1", "1e1", "nan", "5.7 %", ".5", "5.", "0.0000001", "99999999999999999999"]
        {
            let message = text.parse::<Percent>().unwrap_err().to_string();
            assert!(message.contains("0 to 100 %"), "{text}: {message}");
        }
        assert!(Percent::whole(101).is_err());
        assert!(Percent::whole(u64::MAX).is_err());
    }

    #[test]
    fn every_cutoff_of_tenths_is_met_by_exactly_its_own_count_of_a_thousand() {
        for tenths in 0..=1000_usize {
            let cutoff: Percent = format!("{}.{}", tenths / 10, tenths % 10).parse().unwrap();
            assert!(cutoff.is_met_by(tenths, 1000, Comparator::AtLeast));
            assert!(!cutoff.is_met_by(tenths, 1000, Comparator::MoreThan));
            assert!(tenths == 0 || !cutoff.is_met_by(tenths - 1, 1000, Comparator::AtLeast));
        }
    }
}
