//! `specimens.csv`: a row a specimen.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::analyse::SpecimenReading;
use crate::error::Result;
use crate::report::number::fixed_or_empty;
use crate::report::specimen_iscn::SpecimenIscn;
use crate::report::table::write_table;
use crate::summarise::{MoreNuclei, ResultWord, SecondaryFinding, Verdict};

/// Columns of `specimens.csv`.
pub const SPECIMENS_COLUMNS: [&str; 27] = [
    "specimen",
    "assay",
    "fields",
    "nuclei",
    "evaluable",
    "rearranged",
    "percent_rearranged",
    "ci_low",
    "ci_high",
    "verdict",
    "ci_level",
    "clopper_pearson_low",
    "clopper_pearson_high",
    "borderline",
    "failed_fields",
    "warnings",
    "uncertain",
    "confirm",
    "doubtful",
    "percent_without_doubtful",
    "percent_expected",
    "one_colour_only",
    "percent_without_one_colour_only",
    "withheld_by",
    "outside_region",
    "iscn",
    "more_nuclei",
];

/// What `specimens.csv` says of a specimen: small, so that a long run need not keep the readings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SpecimenRow {
    /// Its name.
    pub specimen: String,
    /// Id of the assay.
    pub assay: String,
    /// Fields read.
    pub fields: usize,
    /// Fields that could not be read, so that the counts are without them.
    pub failed_fields: usize,
    /// Nuclei found.
    pub nuclei: usize,
    /// Nuclei counted.
    pub evaluable: usize,
    /// Rearranged among those counted.
    pub rearranged: usize,
    /// `100 * rearranged / evaluable`.
    pub percent_rearranged: Option<f64>,
    /// Wilson score interval, percent: low and high.
    pub wilson_percent: Option<(f64, f64)>,
    /// Clopper-Pearson interval, percent: low and high.
    pub clopper_pearson_percent: Option<(f64, f64)>,
    /// Confidence level of both, 0 to 1.
    pub level: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict by the assay's rule alone, before findings withhold it.
    pub by_rule: Verdict,
    /// Whether the percentage is borderline for the assay.
    pub borderline: bool,
    /// Findings in the specimen's report.
    pub warnings: usize,
    /// Nuclei counted, but with a pair in the assay's grey zone.
    pub uncertain: usize,
    /// Whether the result needs confirmation by another method.
    pub confirm: bool,
    /// Nuclei counted whose probability leaves their call open.
    pub doubtful: usize,
    /// Percentage among the others.
    pub percent_without_doubtful: Option<f64>,
    /// Percentage expected from the probabilities of all nuclei counted.
    pub percent_expected: Option<f64>,
    /// Nuclei counted that show signals of one colour only.
    pub one_colour_only: usize,
    /// Percentage among the others.
    pub percent_without_one_colour_only: Option<f64>,
    /// Codes of the findings that withhold the verdict.
    pub withheld_by: Vec<String>,
    /// Otherwise evaluable nuclei that are not counted because they lie outside the regions; `None` without regions.
    pub outside_region: Option<usize>,
    /// The gene.
    #[serde(default)]
    pub gene: String,
    /// The evaluable nuclei as an ISCN string; `None` if there are none.
    #[serde(default)]
    pub iscn: Option<SpecimenIscn>,
    /// The nuclei that the count is short of; `None` if it has enough.
    #[serde(default)]
    pub more_nuclei: Option<MoreNuclei>,
    /// Patterns beside the verdict for which the assay has a cutoff.
    #[serde(default)]
    pub secondary: Vec<SecondaryFinding>,
}

impl SpecimenRow {
    /// The row of a reading of which `failed_fields` further fields could not be read.
    #[must_use]
    pub fn new(reading: &SpecimenReading, failed_fields: usize) -> Self {
        let summary = &reading.summary;
        Self {
            specimen: reading.name.clone(),
            assay: reading.assay.id.clone(),
            fields: reading.fields.len(),
            failed_fields,
            nuclei: summary.nuclei,
            evaluable: summary.evaluable,
            rearranged: summary.rearranged,
            percent_rearranged: summary.percent_rearranged,
            wilson_percent: summary.wilson.map(|i| (i.low_percent, i.high_percent)),
            clopper_pearson_percent: summary.clopper_pearson.map(|i| (i.low_percent, i.high_percent)),
            level: summary.wilson.map(|i| i.level),
            verdict: summary.verdict,
            by_rule: summary.by_rule,
            borderline: summary.borderline,
            warnings: summary.findings.len(),
            withheld_by: summary.withheld_by_codes().into_iter().map(str::to_owned).collect(),
            uncertain: summary.uncertain,
            confirm: summary.confirm,
            doubtful: summary.doubtful,
            percent_without_doubtful: summary.percent_without_doubtful,
            percent_expected: summary.percent_expected,
            one_colour_only: summary.one_colour_only,
            percent_without_one_colour_only: summary.percent_without_one_colour_only,
            outside_region: summary.outside_region.as_ref().map(|outside| outside.evaluable),
            gene: reading.assay.gene.clone(),
            iscn: SpecimenIscn::of(reading),
            more_nuclei: summary.more_nuclei.clone(),
            secondary: summary.secondary.clone(),
        }
    }

    /// The word by which a laboratory's information system knows the result.
    #[must_use]
    pub fn result(&self) -> ResultWord {
        ResultWord::of(self.verdict, &self.secondary)
    }

    /// Its cells, in the order of [`SPECIMENS_COLUMNS`].
    pub(crate) fn cells(&self) -> [String; 27] {
        let low = |interval: Option<(f64, f64)>| fixed_or_empty(interval.map(|i| i.0), 2);
        let high = |interval: Option<(f64, f64)>| fixed_or_empty(interval.map(|i| i.1), 2);
        [
            self.specimen.clone(),
            self.assay.clone(),
            self.fields.to_string(),
            self.nuclei.to_string(),
            self.evaluable.to_string(),
            self.rearranged.to_string(),
            fixed_or_empty(self.percent_rearranged, 2),
            low(self.wilson_percent),
            high(self.wilson_percent),
            self.verdict.name().to_owned(),
            fixed_or_empty(self.level, 3),
            low(self.clopper_pearson_percent),
            high(self.clopper_pearson_percent),
            self.borderline.to_string(),
            self.failed_fields.to_string(),
            self.warnings.to_string(),
            self.uncertain.to_string(),
            self.confirm.to_string(),
            self.doubtful.to_string(),
            fixed_or_empty(self.percent_without_doubtful, 2),
            fixed_or_empty(self.percent_expected, 2),
            self.one_colour_only.to_string(),
            fixed_or_empty(self.percent_without_one_colour_only, 2),
            self.withheld_by.join(" "),
            self.outside_region.map_or_else(String::new, |nuclei| nuclei.to_string()),
            self.iscn.as_ref().map_or_else(String::new, |iscn| iscn.text.clone()),
            self.more_nuclei.as_ref().map_or_else(String::new, ToString::to_string),
        ]
    }
}

/// Writes `specimens.csv`, sorted by specimen name whatever the order of `rows`.
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be written.
pub fn write_specimens_csv(path: impl AsRef<Path>, rows: &[SpecimenRow]) -> Result<()> {
    let mut sorted: Vec<&SpecimenRow> = rows.iter().collect();
    sorted.sort_by(|a, b| a.specimen.cmp(&b.specimen));
    let cells: Vec<_> = sorted.into_iter().map(SpecimenRow::cells).collect();
    write_table(path.as_ref(), &SPECIMENS_COLUMNS, &cells)
}
