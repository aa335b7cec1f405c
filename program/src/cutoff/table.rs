//! The table of cutoffs.

use breakapart::summarise::CutoffComparison;

/// What normal controls cannot show. Source: cymogendx.com on spot counting in sections.
pub(super) const CAVEAT: &str =
    "Normal controls do not show what tumour ploidy, larger nuclei and the cut through them do to the count.";

/// The heads of the columns.
const HEADS: [&str; 6] = ["method", "cutoff", "positive from", "controls", "nuclei", "formula"];

/// The controls, the cutoffs side by side, and what speaks against each.
pub(super) fn text(comparison: &CutoffComparison) -> String {
    let worst = &comparison.worst;
    let mut lines = vec![
        format!(
            "{} normal controls, {} nuclei: {} read as rearranged ({:.2} %).",
            comparison.controls,
            comparison.total.total,
            comparison.total.positive,
            comparison.total.percent().unwrap_or_default()
        ),
        format!(
            "Highest bound: {}, {} of {} ({:.2} %). Fewest nuclei of a control: {}. Cutoffs are for specimens of {} nuclei.",
            worst.specimen,
            worst.count.positive,
            worst.count.total,
            worst.count.percent().unwrap_or_default(),
            comparison.fewest_nuclei,
            comparison.cells
        ),
        String::new(),
    ];
    lines.extend(aligned(&rows(comparison)));
    lines.push(String::new());
    lines.extend(comparison.cautions.iter().map(|caution| format!("caution: {caution}")));
    for row in &comparison.rows {
        lines.extend(row.cautions.iter().map(|caution| format!("caution, {}: {caution}", row.cutoff.method)));
    }
    lines.push(format!("caution: {CAVEAT}"));
    lines.join("\n") + "\n"
}

/// The heads and a row for each method.
fn rows(comparison: &CutoffComparison) -> Vec<[String; 6]> {
    let mut rows = vec![HEADS.map(str::to_owned)];
    rows.extend(comparison.rows.iter().map(|row| {
        [
            row.cutoff.method.to_string(),
            format!("{:.2} %", row.cutoff.percent),
            format!("{} of {}", row.positive_from, comparison.cells),
            row.cutoff.normals.to_string(),
            row.nuclei.to_string(),
            row.formula.clone(),
        ]
    }));
    rows
}

fn aligned(rows: &[[String; 6]]) -> Vec<String> {
    let widths: [usize; 6] =
        std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
    let line = |row: &[String; 6]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}
