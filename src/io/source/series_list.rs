//! Which images of files that hold several are fields.

use std::fmt;
use std::str::FromStr;

use super::field::{FieldFiles, FieldSource};
use crate::error::{Error, Result};

/// Most images of a list.
const MAX_SERIES: usize = 10_000;

/// Images of a file that holds several, from 0, each of which is a field.
///
/// ```
/// use breakapart::io::SeriesList;
/// let list: SeriesList = "0,2-4".parse()?;
/// assert_eq!(list.indices(), [0, 2, 3, 4]);
/// assert_eq!(list.to_string(), "0,2,3,4");
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeriesList(Vec<usize>);

impl SeriesList {
    /// The images, in increasing order, each once.
    #[must_use]
    pub fn indices(&self) -> &[usize] {
        &self.0
    }

    /// A field for each image in the place of a field in one file. If there is more than one, the number of the image follows
    /// the name of the file.
    pub(super) fn apply(&self, field: FieldSource) -> Vec<FieldSource> {
        if self.0.is_empty() || !matches!(field.files, FieldFiles::One(_)) {
            return vec![field];
        }
        let of_series = |&index: &usize| {
            let name = if self.0.len() == 1 { field.name.clone() } else { format!("{}_{index}", field.name) };
            FieldSource { name, series: Some(index), ..field.clone() }
        };
        self.0.iter().map(of_series).collect()
    }
}

impl fmt::Display for SeriesList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&words.join(","))
    }
}

impl FromStr for SeriesList {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::parameter("series", text, "numbers from 0, or ranges of them, such as 0,2-4");
        let mut indices = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse::<usize>().map_err(|_| wrong());
            let (first, last) = (number(first)?, number(last)?);
            if first > last || last - first >= MAX_SERIES || indices.len() >= MAX_SERIES {
                return Err(wrong());
            }
            indices.extend(first..=last);
        }
        indices.sort_unstable();
        indices.dedup();
        Ok(Self(indices))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_ranges() {
        let list: SeriesList = " 3, 0-1,1".parse().expect("a list");
        assert_eq!(list.indices(), [0, 1, 3]);
        for wrong in ["", "a", "-1", "2-1", "0-", "1,,2", "0-99999999999999999999", "0-999999999"] {
            assert!(wrong.parse::<SeriesList>().is_err(), "{wrong}");
        }
    }
}
