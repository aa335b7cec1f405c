//! The background of false positives: what is read on normals.

use std::path::Path;

use anyhow::Result;
use breakapart::summarise::{Count, clopper_pearson};

use crate::print;
use crate::scenario::Set;
use crate::table::Row;
use crate::tally::Tally;

/// Confidence level of the two-sided interval.
const LEVEL: f64 = 0.95;
/// Left out of the pool: its green probe fails, so that its normals show isolated reds in truth.
const FAILED_PROBE: &str = "normal/weak_green";

/// Prints the table of normals, all of them pooled at the end, and writes it to `path`.
pub(crate) fn report(rows: &[Row<'_>], path: &Path) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record([
        "condition",
        "read_evaluable",
        "read_rearranged",
        "read_percent",
        "upper_bound_percent",
        "true_percent",
        "intact_evaluated",
        "intact_read_rearranged",
        "intact_upper_bound_percent",
    ])?;
    let normals: Vec<&Row<'_>> = rows.iter().filter(|row| row.set == Set::Normal).collect();
    let mut pooled = Tally::default();
    for row in &normals {
        if row.name != FAILED_PROBE {
            pooled += row.tally;
        }
        table.write_record(record(row.name, &row.tally)?)?;
    }
    if !normals.is_empty() {
        let record = record("POOLED", &pooled)?;
        print::line(format_args!(
            "negative control, {} hard conditions without {FAILED_PROBE}: {} of {} evaluable nuclei of normals read \
             rearranged = {} % (upper bound {} %); {} % look so in truth (cut nuclei, chance splits). Of {} intact \
             nuclei {} read rearranged (upper bound {} %).\n",
            normals.iter().filter(|row| row.name != FAILED_PROBE).count(),
            record[2],
            record[1],
            record[3],
            record[4],
            record[5],
            record[6],
            record[7],
            record[8]
        ));
        table.write_record(record)?;
    }
    Ok(table.flush()?)
}

/// Percent with two decimals, and the upper Clopper-Pearson bound; empty of nothing.
fn record(name: &str, tally: &Tally) -> Result<[String; 9]> {
    let [evaluable, rearranged] = tally.read;
    let [intact, wrong] = [tally.status[0][0] + tally.status[0][1], tally.status[0][1]];
    Ok([
        name.to_owned(),
        evaluable.to_string(),
        rearranged.to_string(),
        Count::new(rearranged, evaluable)?.percent().map(|p| format!("{p:.2}")).unwrap_or_default(),
        upper_bound(rearranged, evaluable)?,
        format!("{:.2}", tally.true_percent()),
        intact.to_string(),
        wrong.to_string(),
        upper_bound(wrong, intact)?,
    ])
}

fn upper_bound(positive: usize, total: usize) -> Result<String> {
    if total == 0 {
        return Ok(String::new());
    }
    let interval = clopper_pearson(Count::new(positive, total)?, LEVEL)?;
    Ok(format!("{:.2}", interval.high_percent))
}
