//! Limit of detection.

use serde::Serialize;

use super::input::{DossierInput, DossierOptions, DossierSpecimen};
use super::minimum::NORMALS;
use super::part::Part;
use crate::agreement::{LimitOfBlank, detectable_percent, limit_of_blank};
use crate::assay::Assay;
use crate::decide::minimum_cells;
use crate::error::Result;

/// Numbers of nuclei that the table has whatever the assay.
const CELLS: [usize; 4] = [50, 100, 200, 500];

/// The limit of detection with a number of nuclei.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DetectionRow {
    /// Evaluable nuclei.
    pub cells: usize,
    /// Fewest rearranged nuclei that are positive.
    pub positive_from: usize,
    /// Share of rearranged nuclei from which on a specimen is positive with the probability asked for, percent.
    pub detectable_percent: f64,
}

/// Limit of detection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Detection {
    /// Share of the specimens at the limit that are positive.
    pub power: f64,
    /// Median number of evaluable nuclei of the specimens with a result; `None` without any.
    pub median_cells: Option<usize>,
    /// The limit by the cutoff of the assay, by the number of nuclei.
    pub rows: Vec<DetectionRow>,
    /// The percentage that normal controls exceed by chance.
    pub limit_of_blank: Part<LimitOfBlank>,
}

impl Detection {
    pub(super) fn of(input: &DossierInput, options: &DossierOptions) -> Result<Self> {
        let median_cells = median_cells(input);
        let mut cells: Vec<usize> = CELLS.into_iter().chain(median_cells).collect();
        cells.push(minimum_cells(&input.assay));
        cells.retain(|cells| *cells > 0);
        cells.sort_unstable();
        cells.dedup();
        let row = |cells: usize| -> Result<Option<DetectionRow>> {
            let Some(positive_from) = positive_from(&input.assay, cells) else { return Ok(None) };
            let detectable_percent = detectable_percent(cells, positive_from, options.power)?;
            Ok(Some(DetectionRow { cells, positive_from, detectable_percent }))
        };
        let rows = cells.into_iter().filter_map(|cells| row(cells).transpose()).collect::<Result<_>>()?;
        let normals = input.originals().filter(|specimen| specimen.is_normal);
        let blanks: Vec<f64> = normals.filter_map(DossierSpecimen::result_percent).collect();
        let enough = ("normal controls with a result", blanks.len(), NORMALS);
        let limit_of_blank = Part::of(enough, || limit_of_blank(&blanks, options.confidence))?;
        Ok(Self { power: options.power, median_cells, rows, limit_of_blank })
    }
}

fn median_cells(input: &DossierInput) -> Option<usize> {
    let with_result = input.originals().filter(|specimen| specimen.result_percent().is_some());
    let mut cells: Vec<usize> = with_result.map(|specimen| specimen.count.total).collect();
    cells.sort_unstable();
    cells.get(cells.len() / 2).copied()
}

/// Fewest rearranged nuclei of `cells` that meet the cutoff; `None` if not even all of them do.
fn positive_from(assay: &Assay, cells: usize) -> Option<usize> {
    let (cutoff, comparator) = (assay.decision.cutoff(), assay.decision.comparator());
    (1..=cells).find(|count| cutoff.is_met_by(*count, cells, comparator))
}
