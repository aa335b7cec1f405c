//! The plan of a part of a run.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::run::part::{PartRecord, ResultName, RunPart};
use crate::run::plan::{Plan, PlannedResult};

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
                    let listed = || text.split(',').map(str::trim).collect();
                    if is_known(text) { vec![text.as_str()] } else { listed() }
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
