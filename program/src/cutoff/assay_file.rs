//! The assay file with the new cutoff.

use std::path::Path;

use anyhow::{Context, Result, bail};
use breakapart::assay::{Assay, CutoffSource, Decision, Percent};
use breakapart::summarise::{CutoffComparison, CutoffMethod, CutoffRow, USUAL_CONTROLS};
use toml_edit::Value;

use super::table::CAVEAT;
use crate::assay::text::AssayText;

/// The new cutoff.
pub(super) struct New<'a> {
    pub(super) comparison: &'a CutoffComparison,
    pub(super) method: CutoffMethod,
    pub(super) id: String,
    pub(super) date: Option<&'a str>,
}

/// The id that was given, or that the name of the file makes.
pub(super) fn id_of(given: Option<&str>, out: &Path) -> Result<String> {
    let stem = || out.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let id = given.map_or_else(stem, str::to_owned);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if id.is_empty() || !id.chars().all(allowed) {
        bail!("the id `{id}` is not allowed: give --id with lower-case letters, digits, `_` and `-`");
    }
    if Assay::builtin_toml(&id).is_ok() {
        bail!("the id `{id}` is that of a built-in assay: give another one, such as --id our_{id}");
    }
    Ok(id)
}

impl New<'_> {
    /// Writes the text of the base assay with the new cutoff, and returns the new assay.
    pub(super) fn write(&self, mut file: AssayText, out: &Path) -> Result<Assay> {
        let base = file.assay().clone();
        let row = self.comparison.row(self.method).context("no cutoff by this method")?;
        let percent = row.cutoff.rounded_up(base.decision.comparator())?;
        let key = match base.decision {
            Decision::TwoStage(_) => "decision.final_cutoff_percent",
            Decision::PerPattern(_) => "decision.total_cutoff_percent",
            _ => "decision.cutoff_percent",
        };
        file.set_id(&self.id)?;
        file.set(key, number(percent));
        file.unmark(key);
        if base
            .borderline
            .as_ref()
            .is_some_and(|band| !(band.low_percent..=band.high_percent).contains(&percent))
        {
            file.remove("borderline");
        }
        // A validation is one of the assay as it was.
        file.remove("validation");
        self.set_origin(&mut file, row);
        if self.comparison.controls < USUAL_CONTROLS {
            let reason = format!(
                "made from {} normal controls; {USUAL_CONTROLS} are usual. Add controls",
                self.comparison.controls
            );
            file.mark(key, &reason, "the laboratory's own normal controls");
        }
        file.write(out)
    }

    /// Where the cutoff comes from: values, and the cutoffs by all methods as a comment.
    fn set_origin(&self, file: &mut AssayText, row: &CutoffRow) {
        const TABLE: &str = "cutoff_provenance";
        let comparison = self.comparison;
        for name in ["n_normals", "cells_per_normal", "confidence", "date"] {
            file.remove(&format!("{TABLE}.{name}"));
        }
        let mut set = |name: &str, value: Value| file.set(&format!("{TABLE}.{name}"), value);
        set("source", CutoffSource::LabValidated.name().into());
        set("method", format!("{}: {}", self.method, row.formula).into());
        set("n_normals", (comparison.controls as i64).into());
        set("cells_per_normal", (comparison.fewest_nuclei as i64).into());
        if self.method != CutoffMethod::MeanPlusSd {
            set("confidence", comparison.confidence.into());
        }
        if let Some(date) = self.date {
            set("date", date.into());
        }
        let mut comment = vec![format!(
            "{} normal controls, {} nuclei, {} of them read as rearranged. Cutoffs for specimens of {} nuclei:",
            comparison.controls, comparison.total.total, comparison.total.positive, comparison.cells
        )];
        comment.extend(comparison.rows.iter().map(|row| {
            let cutoff = &row.cutoff;
            let (method, percent, from) = (cutoff.method.name(), cutoff.percent, row.positive_from);
            format!("  {method:<15}  {percent:.4} %, positive from {from}: {}", row.formula)
        }));
        comment.push(CAVEAT.to_owned());
        file.comment(TABLE, &comment);
    }
}

/// A percentage as a number of TOML.
fn number(percent: Percent) -> Value {
    let value = percent.value();
    if value.fract() == 0.0 { Value::from(value as i64) } else { Value::from(value) }
}
