//! What is printed, and `validation.csv` and `mismatches.csv`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use crate::print;
use crate::read::Specimen;
use crate::scenario::Set;
use crate::tally::Tally;

/// All specimens of one condition together.
pub(crate) struct Row<'a> {
    pub(crate) name: &'a str,
    pub(crate) set: Set,
    pub(crate) tally: Tally,
    causes: BTreeMap<&'a str, usize>,
    verdicts: Vec<String>,
}

/// A row for each condition, in the order of the specimens.
pub(crate) fn rows<'a>(specimens: &'a [Specimen<'_>]) -> Vec<Row<'a>> {
    let mut rows: Vec<Row<'a>> = Vec::new();
    for specimen in specimens {
        let name = specimen.scenario.name();
        if rows.last().is_none_or(|row| row.name != name) {
            let set = specimen.scenario.set;
            rows.push(Row {
                name,
                set,
                tally: Tally::default(),
                causes: BTreeMap::new(),
                verdicts: Vec::new(),
            });
        }
        if let Some(row) = rows.last_mut() {
            row.tally += specimen.score.tally;
            let expected = specimen.percent_expected.map(|p| format!(", expected {p:.1} %"));
            row.verdicts.push(format!("{}{}", specimen.verdict, expected.unwrap_or_default()));
            for cause in specimen.score.mismatches.iter().filter_map(|mismatch| mismatch.causes.first()) {
                *row.causes.entry(cause).or_default() += 1;
            }
        }
    }
    rows
}

/// Prints the rows of each set and their mean.
pub(crate) fn print(rows: &[Row<'_>]) {
    for set in Set::ALL {
        let rows: Vec<&Row<'_>> = rows.iter().filter(|row| row.set == set).collect();
        if rows.is_empty() {
            continue;
        }
        let last = if set == Set::Weak { "verdict" } else { "not read right, by first cause" };
        print::line(format_args!(
            "{:<27}{:>7}{:>7}{:>7}{:>7}{:>8}{:>8}{:>10}{:>7}{:>7}{:>7}  {last}",
            set.name(),
            "nuclei",
            "AP0.5",
            "F1 red",
            "green",
            "exact",
            "status",
            "evaluated",
            "true%",
            "read%",
            "error"
        ));
        for row in &rows {
            let last = if set == Set::Weak { row.verdicts.join("; ") } else { causes(&row.causes) };
            print::line(format_args!("{}  {last}", line(row.name, &row.tally)));
        }
        print::line(format_args!("{}\n", mean_line(&rows)));
    }
}

fn line(name: &str, tally: &Tally) -> String {
    format!(
        "{name:<27}{:>7}{:>7.3}{:>7.3}{:>7.3}{:>8.3}{:>8.3}{:>10.3}{:>7.1}{:>7.1}{:>+7.1}",
        tally.scorable[0],
        tally.nuclei.average_precision(),
        tally.signals[0].f1(),
        tally.signals[1].f1(),
        tally.exact_share(),
        tally.status_share(),
        tally.evaluated_share(),
        tally.true_percent(),
        tally.read_percent(),
        tally.percent_error()
    )
}

/// Means over the conditions, each counting once. The error is the mean without its sign.
fn mean_line(rows: &[&Row<'_>]) -> String {
    let mean = |value: &dyn Fn(&Tally) -> f64| {
        let values: Vec<f64> = rows.iter().map(|row| value(&row.tally)).filter(|v| v.is_finite()).collect();
        values.iter().sum::<f64>() / values.len().max(1) as f64
    };
    let nuclei: usize = rows.iter().map(|row| row.tally.scorable[0]).sum();
    format!(
        "{:<27}{nuclei:>7}{:>7.3}{:>7.3}{:>7.3}{:>8.3}{:>8.3}{:>10.3}{:>7.1}{:>7.1}{:>7.2}  (error: mean without sign)",
        "MEAN",
        mean(&|t| t.nuclei.average_precision()),
        mean(&|t| t.signals[0].f1()),
        mean(&|t| t.signals[1].f1()),
        mean(&Tally::exact_share),
        mean(&Tally::status_share),
        mean(&Tally::evaluated_share),
        mean(&Tally::true_percent),
        mean(&Tally::read_percent),
        mean(&|t| t.percent_error().abs())
    )
}

/// The most frequent causes.
fn causes(causes: &BTreeMap<&str, usize>) -> String {
    const SHOWN: usize = 4;
    let mut causes: Vec<_> = causes.iter().collect();
    causes.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let words: Vec<String> =
        causes.into_iter().take(SHOWN).map(|(cause, count)| format!("{count} {cause}")).collect();
    words.join(", ")
}

/// A row for each specimen.
pub(crate) fn write_validation_csv(path: &Path, specimens: &[Specimen<'_>]) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record([
        "set",
        "condition",
        "seed",
        "scorable",
        "ap50",
        "signal_f1_red",
        "signal_f1_green",
        "exact",
        "status",
        "evaluated",
        "false_rearranged",
        "missed_rearranged",
        "true_percent",
        "read_percent",
        "read_evaluable",
        "read_rearranged",
        "expected_percent",
        "verdict",
    ])?;
    for specimen in specimens {
        let tally = &specimen.score.tally;
        let share = |value: f64| if value.is_finite() { format!("{value:.4}") } else { String::new() };
        table.write_record([
            specimen.scenario.set.name().to_owned(),
            specimen.scenario.name().to_owned(),
            specimen.seed.to_string(),
            tally.scorable[0].to_string(),
            share(tally.nuclei.average_precision()),
            share(tally.signals[0].f1()),
            share(tally.signals[1].f1()),
            share(tally.exact_share()),
            share(tally.status_share()),
            share(tally.evaluated_share()),
            tally.status[0][1].to_string(),
            tally.status[1][0].to_string(),
            share(tally.true_percent()),
            share(tally.read_percent()),
            tally.read[0].to_string(),
            tally.read[1].to_string(),
            specimen.percent_expected.map(|p| format!("{p:.4}")).unwrap_or_default(),
            specimen.verdict.to_owned(),
        ])?;
    }
    Ok(table.flush()?)
}

/// A row for each scorable nucleus that was not read as it is.
pub(crate) fn write_mismatches_csv(path: &Path, specimens: &[Specimen<'_>]) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record([
        "condition",
        "seed",
        "field",
        "nucleus",
        "y_px",
        "x_px",
        "true_pattern",
        "read_pattern",
        "status_wrong",
        "causes",
    ])?;
    for specimen in specimens {
        for mismatch in &specimen.score.mismatches {
            let [y, x] = mismatch.place_px;
            table.write_record([
                specimen.scenario.name().to_owned(),
                specimen.seed.to_string(),
                mismatch.field.to_string(),
                mismatch.nucleus.to_string(),
                format!("{y:.1}"),
                format!("{x:.1}"),
                mismatch.true_pattern.to_string(),
                mismatch.read_pattern.map(|pattern| pattern.to_string()).unwrap_or_default(),
                mismatch.status_wrong.to_string(),
                mismatch.causes.join(" "),
            ])?;
        }
    }
    Ok(table.flush()?)
}
