//! What leaving nuclei out is worth, by reason: the percentage as read, and had they been counted by their patterns.

use std::path::Path;

use anyhow::Result;
use breakapart::classify::Exclusion;

use crate::print;
use crate::read::Specimen;
use crate::score::LeftOut;

/// What one reason, or all together, does in the specimens where it leaves out nuclei that show signals.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    specimens: usize,
    nuclei: usize,
    /// Those that are a true nucleus, and those of them that would be read as rearranged or not against the truth.
    true_nuclei: usize,
    wrong: usize,
    /// Evaluated nuclei of the same specimens, and those read wrong.
    evaluated: usize,
    evaluated_wrong: usize,
    /// Sum over specimens of the error of the percentage in points, as read and with the nuclei counted.
    error_as_read: f64,
    error_if_counted: f64,
}

impl Worth {
    fn of(specimens: &[Specimen<'_>], which: impl Fn(&LeftOut) -> bool) -> Self {
        let mut worth = Self::default();
        for specimen in specimens {
            let left_out: Vec<&LeftOut> = specimen.score.left_out.iter().filter(|n| which(n)).collect();
            let tally = &specimen.score.tally;
            let [counted, rearranged] = tally.read;
            if left_out.is_empty() || counted == 0 {
                continue;
            }
            let read = rearranged + left_out.iter().filter(|n| n.read).count();
            let if_counted = 100.0 * read as f64 / (counted + left_out.len()) as f64;
            worth.specimens += 1;
            worth.nuclei += left_out.len();
            worth.true_nuclei += left_out.iter().filter(|n| n.rearranged.is_some()).count();
            worth.wrong += left_out.iter().filter(|n| n.rearranged.is_some_and(|r| r != n.read)).count();
            worth.evaluated += tally.evaluated;
            worth.evaluated_wrong += tally.status[0][1] + tally.status[1][0];
            worth.error_as_read += tally.percent_error().abs();
            worth.error_if_counted += (if_counted - tally.true_percent()).abs();
        }
        worth
    }

    /// Cells of its row, after the reason.
    fn cells(&self) -> [String; 6] {
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let mean = |sum: f64| sum / self.specimens.max(1) as f64;
        [
            self.specimens.to_string(),
            self.nuclei.to_string(),
            format!("{:.1}", percent(self.wrong, self.true_nuclei)),
            format!("{:.1}", percent(self.evaluated_wrong, self.evaluated)),
            format!("{:.2}", mean(self.error_if_counted)),
            format!("{:.2}", mean(self.error_as_read)),
        ]
    }
}

/// Prints and writes a row for each reason that left out nuclei with signals, and for all together, with and without those
/// that the frame cuts.
pub(crate) fn report(specimens: &[Specimen<'_>], path: &Path) -> Result<()> {
    let mut reasons: Vec<Exclusion> =
        specimens.iter().flat_map(|s| &s.score.left_out).map(|n| n.reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let by_reason = reasons.into_iter().map(|r| (r.name(), Worth::of(specimens, |n| n.reason == r)));
    let all = [
        ("all but touches_border", Worth::of(specimens, |n| n.reason != Exclusion::TouchesBorder)),
        ("all", Worth::of(specimens, |_| true)),
    ];
    let mut table = csv::Writer::from_path(path)?;
    table.write_record([
        "reason",
        "specimens",
        "nuclei",
        "wrong_if_counted_percent",
        "wrong_of_counted_percent",
        "error_if_counted",
        "error_as_read",
    ])?;
    print::line(format_args!(
        "exclusions: nuclei with signals that were left out, and what counting them by their patterns would do in the same \
         specimens\n{:<24}{:>10}{:>8}{:>17}{:>17}{:>18}{:>15}",
        "reason",
        "specimens",
        "nuclei",
        "wrong if counted",
        "wrong of counted",
        "error if counted",
        "error as read"
    ));
    for (name, worth) in by_reason.chain(all) {
        let cells = worth.cells();
        let [specimens, nuclei, wrong, usual, if_counted, as_read] = &cells;
        print::line(format_args!(
            "{name:<24}{specimens:>10}{nuclei:>8}{wrong:>15} %{usual:>15} %{if_counted:>18}{as_read:>15}"
        ));
        table.write_record(std::iter::once(name).chain(cells.iter().map(String::as_str)))?;
    }
    print::line("");
    Ok(table.flush()?)
}
