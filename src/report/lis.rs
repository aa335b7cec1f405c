//! `lis.csv`: one flat line a result, for a laboratory's information system.

use std::path::Path;

use crate::error::Result;
use crate::report::number::fixed_or_empty;
use crate::report::specimens::SpecimenRow;
use crate::report::table::write_table;
use crate::summarise::{Count, ResultWord, SecondaryPattern};

/// Columns of `lis.csv`.
pub const LIS_COLUMNS: [&str; 26] = [
    "specimen",
    "assay",
    "gene",
    "result",
    "verdict",
    "rearranged",
    "evaluable",
    "percent_rearranged",
    "ci_low",
    "ci_high",
    "ci_level",
    "iscn",
    "iscn_edition",
    "monosomy_percent",
    "polysomy_percent",
    "amplification_percent",
    "borderline",
    "confirm",
    "withheld_by",
    "findings",
    "status",
    "control",
    "review",
    "reviewed_by",
    "pooled_rearranged",
    "pooled_evaluable",
];

/// A line of `lis.csv`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::exhaustive_structs)]
pub struct LisLine<'a> {
    /// Name of the specimen.
    pub specimen: &'a str,
    /// Id of the assay.
    pub assay: &'a str,
    /// Its counts; `None` if it was not read.
    pub row: Option<&'a SpecimenRow>,
    /// Codes of the findings that ask for something, separated by blanks.
    pub findings: &'a str,
    /// Whether it was scored.
    pub status: &'a str,
    /// The role as a control; empty for a patient's specimen.
    pub control: &'a str,
    /// Whether it was reviewed: `not_reviewed`, `reviewed`, or `does_not_fit` if its reviews are of another reading.
    pub review: &'a str,
    /// Who reviewed it; empty if nobody did.
    pub reviewed_by: &'a str,
    /// Counts of two readers summed; `None` without a second reader.
    pub pooled: Option<Count>,
}

impl LisLine<'_> {
    fn cells(&self) -> [String; 26] {
        let Some(row) = self.row else {
            let mut cells: [String; 26] = Default::default();
            let stated = [
                (0, self.specimen),
                (1, self.assay),
                (3, ResultWord::NotDone.name()),
                (20, self.status),
                (21, self.control),
                (22, self.review),
            ];
            for (place, text) in stated {
                text.clone_into(&mut cells[place]);
            }
            return cells;
        };
        let percent_of = |pattern: SecondaryPattern| {
            let found = row.secondary.iter().find(|finding| finding.pattern == pattern);
            fixed_or_empty(found.and_then(|finding| finding.percent), 2)
        };
        [
            self.specimen.to_owned(),
            self.assay.to_owned(),
            row.gene.clone(),
            row.result().name().to_owned(),
            row.verdict.name().to_owned(),
            row.rearranged.to_string(),
            row.evaluable.to_string(),
            fixed_or_empty(row.percent_rearranged, 2),
            fixed_or_empty(row.wilson_percent.map(|i| i.0), 2),
            fixed_or_empty(row.wilson_percent.map(|i| i.1), 2),
            fixed_or_empty(row.level, 3),
            row.iscn.as_ref().map_or_else(String::new, |iscn| iscn.text.clone()),
            row.iscn.as_ref().map_or_else(String::new, |iscn| iscn.edition.to_string()),
            percent_of(SecondaryPattern::Monosomy),
            percent_of(SecondaryPattern::Polysomy),
            percent_of(SecondaryPattern::Amplification),
            row.borderline.to_string(),
            row.confirm.to_string(),
            row.withheld_by.join(" "),
            self.findings.to_owned(),
            self.status.to_owned(),
            self.control.to_owned(),
            self.review.to_owned(),
            self.reviewed_by.to_owned(),
            self.pooled.map_or_else(String::new, |pooled| pooled.positive.to_string()),
            self.pooled.map_or_else(String::new, |pooled| pooled.total.to_string()),
        ]
    }
}

/// Writes `lis.csv`, in the order of the lines.
///
/// ```
/// use breakapart::report::{LisLine, write_lis_csv};
/// # let folder = std::env::temp_dir().join(format!("breakapart-lis-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// let line = LisLine {
///     specimen: "P1", assay: "alk", row: None, findings: "", status: "failed", control: "",
///     review: "not_reviewed", reviewed_by: "", pooled: None,
/// };
/// write_lis_csv(folder.join("lis.csv"), &[line])?;
/// assert!(std::fs::read_to_string(folder.join("lis.csv")).unwrap().contains("P1,alk,,Not done,"));
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), breakapart::Error>(())
/// ```
///
/// # Errors
/// [`crate::Error::Io`] if the file cannot be written.
pub fn write_lis_csv(path: impl AsRef<Path>, lines: &[LisLine<'_>]) -> Result<()> {
    let cells: Vec<_> = lines.iter().map(LisLine::cells).collect();
    write_table(path.as_ref(), &LIS_COLUMNS, &cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Verdict;
    use crate::report::example::specimen_reading;
    use crate::summarise::summarise;

    #[test]
    fn a_line_has_the_word_the_string_and_the_patterns_beside() {
        let mut reading = specimen_reading();
        // The example's summary is made by hand; the line needs what the assay makes of the calls.
        let calls: Vec<_> = reading.calls().cloned().collect();
        let decided = summarise(&calls, &reading.assay, &reading.grounds, &reading.params).unwrap();
        reading.summary.secondary = decided.secondary;
        let mut row = SpecimenRow::new(&reading, 0);
        row.verdict = Verdict::Negative;
        row.secondary[0].met = true;
        let line = LisLine {
            specimen: "S1",
            assay: "alk",
            row: Some(&row),
            findings: "borderline too_few_fields",
            status: "scored",
            control: "",
            review: "reviewed",
            reviewed_by: "Dr. A",
            pooled: Some(Count::new(12, 100).unwrap()),
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lis.csv");
        write_lis_csv(&path, &[line]).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(
            text,
            format!("{}\n", LIS_COLUMNS.join(","))
                + "S1,alk,ALK,Negative with Monosomy,negative,1,1,100.00,20.65,100.00,0.950,\
                   nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[1],2024,0.00,0.00,,false,false,,borderline too_few_fields,\
                   scored,,reviewed,Dr. A,12,100\n"
        );
    }
}
