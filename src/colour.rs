//! The colours of the two probes, and values that each colour has.

use std::fmt;
use std::ops::{Index, IndexMut};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Colour of a probe channel as the reader sees it. Which gene end a colour marks is a matter of the assay
/// ([`crate::Assay::colour_of`]), not of the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Red or orange: `SpectrumOrange`, Cy3, TRITC, Texas Red.
    Red,
    /// Green: `SpectrumGreen`, FITC, GFP.
    Green,
}

impl Colour {
    /// Both, in the order in which this crate lists them.
    pub const BOTH: [Self; 2] = [Self::Red, Self::Green];

    /// `"red"` or `"green"`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Green => "green",
        }
    }

    /// 0 for red, 1 for green: the index into per-colour arrays.
    #[must_use]
    pub fn index(self) -> usize {
        self as usize
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Red => Self::Green,
            Self::Green => Self::Red,
        }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Colour {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let named = Self::BOTH.into_iter().find(|colour| colour.name() == text);
        named.ok_or_else(|| Error::parameter("colour", text, "red or green"))
    }
}

/// One value for red and one for green.
///
/// ```
/// use breakapart::{Colour, PerColour};
/// let signals = PerColour { red: 3, green: 5 };
/// assert_eq!(signals[Colour::Green], 5);
/// assert_eq!(signals.map(|n| 2 * n), PerColour { red: 6, green: 10 });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerColour<T> {
    /// The value of red.
    pub red: T,
    /// The value of green.
    pub green: T,
}

impl<T> PerColour<T> {
    /// The values that `f` gives for red and then for green.
    pub fn from_fn(mut f: impl FnMut(Colour) -> T) -> Self {
        Self { red: f(Colour::Red), green: f(Colour::Green) }
    }

    /// The same value for both.
    pub fn both(value: T) -> Self
    where
        T: Clone,
    {
        Self { red: value.clone(), green: value }
    }

    /// Both values changed by `f`, red first.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> PerColour<U> {
        PerColour { red: f(self.red), green: f(self.green) }
    }

    /// References to both values.
    pub fn as_ref(&self) -> PerColour<&T> {
        PerColour { red: &self.red, green: &self.green }
    }

    /// Mutable references to both values.
    pub fn as_mut(&mut self) -> PerColour<&mut T> {
        PerColour { red: &mut self.red, green: &mut self.green }
    }

    /// Both values, each with its colour, red first.
    pub fn iter(&self) -> impl Iterator<Item = (Colour, &T)> {
        [(Colour::Red, &self.red), (Colour::Green, &self.green)].into_iter()
    }

    /// Each value beside another one of its colour.
    pub fn zip<U>(self, other: PerColour<U>) -> PerColour<(T, U)> {
        PerColour { red: (self.red, other.red), green: (self.green, other.green) }
    }
}

impl<T> Index<Colour> for PerColour<T> {
    type Output = T;

    fn index(&self, colour: Colour) -> &T {
        match colour {
            Colour::Red => &self.red,
            Colour::Green => &self.green,
        }
    }
}

impl<T> IndexMut<Colour> for PerColour<T> {
    fn index_mut(&mut self, colour: Colour) -> &mut T {
        match colour {
            Colour::Red => &mut self.red,
            Colour::Green => &mut self.green,
        }
    }
}

/// Red first.
impl<T> From<[T; 2]> for PerColour<T> {
    fn from([red, green]: [T; 2]) -> Self {
        Self { red, green }
    }
}

/// Red first.
impl<T> From<PerColour<T>> for [T; 2] {
    fn from(values: PerColour<T>) -> Self {
        [values.red, values.green]
    }
}

/// One value for each channel of a field.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PerChannel<T> {
    /// The value of the counterstain.
    pub counterstain: T,
    /// The value of the red probe channel.
    pub red: T,
    /// The value of the green probe channel.
    pub green: T,
}

impl<T> PerChannel<T> {
    /// The values with the names of their channels: counterstain, red, green.
    pub fn named(self) -> [(&'static str, T); 3] {
        [("counterstain", self.counterstain), ("red", self.red), ("green", self.green)]
    }
}

/// Counterstain, red, green.
impl<T> From<[T; 3]> for PerChannel<T> {
    fn from([counterstain, red, green]: [T; 3]) -> Self {
        Self { counterstain, red, green }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_under_its_colour() {
        let mut values = PerColour::from_fn(Colour::name);
        assert_eq!((values[Colour::Red], values[Colour::Green]), ("red", "green"));
        values[Colour::Green] = "lime";
        assert_eq!(<[&str; 2]>::from(values), ["red", "lime"]);
        assert_eq!(values.iter().map(|(colour, _)| colour).collect::<Vec<_>>(), Colour::BOTH);
        assert_eq!("green".parse::<Colour>().unwrap(), Colour::Green);
        assert!("lime".parse::<Colour>().is_err());
    }
}
