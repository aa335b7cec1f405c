//! A part of a run: some of its specimens, scored by themselves and merged later.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::run::digest::Digest;
use crate::run::plan::{Plan, PlannedResult};

/// The specimens that a part of a run is about. All results of a specimen are in one part.
///
/// ```
/// use breakapart::run::RunPart;
/// let part: RunPart = "2/3".parse()?;
/// assert_eq!(part, RunPart::share(2, 3)?);
/// assert!("4/3".parse::<RunPart>().is_err());
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunPart {
    /// The specimens of these names. A text with commas is a list of names, unless a specimen has that very name.
    Specimens(Vec<String>),
    /// One of several shares of about the same number of specimens.
    #[non_exhaustive]
    Share {
        /// Its number, from 1.
        number: usize,
        /// The number of shares.
        of: usize,
    },
}

impl RunPart {
    /// Share `number`, from 1, of `of` shares.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] if there is no such share.
    pub fn share(number: usize, of: usize) -> Result<Self> {
        if (1..=of).contains(&number) {
            Ok(Self::Share { number, of })
        } else {
            Err(Error::parameter(
                "part",
                format!("{number}/{of}"),
                "NUMBER/SHARES, such as 1/3: from 1 to SHARES",
            ))
        }
    }
}

impl FromStr for RunPart {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let numbers = text.split_once('/').map(|(number, of)| (number.trim().parse(), of.trim().parse()));
        match numbers {
            Some((Ok(number), Ok(of))) => Self::share(number, of),
            _ => Err(Error::parameter("part", text, "NUMBER/SHARES, such as 1/3")),
        }
    }
}

/// A result of the whole run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ResultName {
    /// Name of the specimen.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
}

/// The whole run that a record is a part of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PartRecord {
    /// Digest of the sample sheet; `None` without one.
    pub sheet: Option<Digest>,
    /// All results of the whole run, in its order.
    pub results: Vec<ResultName>,
}

impl PartRecord {
    /// Whether the whole run reads a specimen by several assays.
    pub(super) fn is_repeated(&self, specimen: &str) -> bool {
        self.results.iter().filter(|result| result.specimen == specimen).count() > 1
    }
}

impl Plan {
    /// The plan of a part of the run. Its results are merged with those of the other parts by [`merge`](crate::run::merge).
    ///
    /// Shares are dealt in the order of the plan, so that a share does not depend on the images. A share may be empty.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if the run has no specimen of a name.
    ///
    /// ```
    /// # #[cfg(feature = "simulate")]
    /// # fn main() -> breakapart::Result<()> {
    /// # let folder = std::env::temp_dir().join(format!("breakapart-part-{}", std::process::id()));
    /// # let mut conditions = breakapart::simulate::Conditions::named("easy_positive")?;
    /// # conditions.size_px = 64;
    /// # for name in ["P1", "P2", "P3"] {
    /// #     breakapart::simulate::write_specimen(folder.join(name), &conditions, 1, 1)?;
    /// # }
    /// use breakapart::Assay;
    /// use breakapart::run::{Plan, RunSettings};
    /// let plan = Plan::from_inputs(&[folder.clone()], &RunSettings::new(Some(Assay::builtin("alk")?)))?;
    /// let part = plan.into_part(&"1/2".parse()?)?;
    /// let names: Vec<&str> = part.results.iter().map(|result| result.specimen.as_str()).collect();
    /// assert_eq!(names, ["P1", "P3"]);
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "simulate"))]
    /// # fn main() {}
    /// ```
    pub fn into_part(mut self, part: &RunPart) -> Result<Self> {
        let chosen = self.specimens_of(part)?;
        let of_result = |result: &PlannedResult| ResultName {
            specimen: result.specimen.clone(),
            assay: result.assay.id.clone(),
        };
        let results = self.results.iter().map(of_result).collect();
        self.part = Some(PartRecord { sheet: self.sheet.clone(), results });
        self.results.retain(|result| chosen.contains(&result.specimen));
        Ok(self)
    }

    fn specimens_of(&self, part: &RunPart) -> Result<BTreeSet<String>> {
        let mut names: Vec<&str> = Vec::new();
        for result in &self.results {
            if !names.contains(&result.specimen.as_str()) {
                names.push(&result.specimen);
            }
        }
        match part {
            RunPart::Specimens(chosen) => {
                let is_known = |name: &str| names.contains(&name);
                let chosen = chosen.iter().flat_map(|text| {
                    if is_known(text) {
                        vec![text.as_str()]
                    } else {
                        text.split(',').map(str::trim).collect()
                    }
                });
                let chosen: BTreeSet<&str> = chosen.collect();
                match chosen.iter().find(|name| !is_known(name)) {
                    Some(unknown) => Err(Error::unknown("specimen", unknown, names)),
                    None => Ok(chosen.into_iter().map(str::to_owned).collect()),
                }
            }
            RunPart::Share { number, of } => {
                Ok(names.into_iter().skip(number - 1).step_by(*of).map(str::to_owned).collect())
            }
        }
    }
}
