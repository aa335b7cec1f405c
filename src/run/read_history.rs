//! Reading runs that came before.

use std::path::Path;

use crate::error::Result;
use crate::io::file_name;
use crate::run::history::{ControlFigures, EarlierRun};
use crate::run::names::RUN_JSON;
use crate::run::record::{InputRecord, RunRecord};

impl ControlFigures {
    /// The figures of a result, if it is a control that was read.
    pub(super) fn of(input: &InputRecord) -> Option<Self> {
        Some(Self {
            specimen: input.specimen.clone()?,
            assay: input.settings.as_ref()?.assay.clone(),
            control: input.sheet.control?,
            figures: input.figures?,
        })
    }
}

impl EarlierRun {
    /// Reads the controls of a run from its folder of results, or from its `run.json`.
    ///
    /// ```no_run
    /// use breakapart::run::{EarlierRun, RunParameters};
    /// # let params = breakapart::analyse::AnalyseParams::default();
    /// let runs = ["week_1", "week_2/run.json"].map(EarlierRun::read).into_iter().collect::<Result<Vec<_>, _>>()?;
    /// let parameters = RunParameters::new(params).with_history(runs);
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`RunRecord::read`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let (folder, file) = if path.is_dir() {
            (Some(path), path.join(RUN_JSON))
        } else {
            (path.parent(), path.to_path_buf())
        };
        let record = RunRecord::read(&file)?;
        // `.` and a bare file name name no folder.
        let whole = folder.and_then(|folder| folder.canonicalize().ok());
        let name = whole.as_deref().or(folder).map_or_else(String::new, file_name);
        Ok(Self { name, controls: record.inputs.iter().filter_map(ControlFigures::of).collect() })
    }
}
