//! Whether calls are as sure as they say.

use std::path::Path;

use anyhow::Result;
use breakapart::summarise::{Count, wilson};

use crate::print;
use crate::read::Specimen;
use crate::score::Evaluated;

/// Limits of the bins of predicted probability: narrow at the ends, where nearly all nuclei are.
const LIMITS: [f64; 10] = [0.0, 0.02, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.98, 1.0];
/// Confidence level of the two-sided interval.
const LEVEL: f64 = 0.95;

/// Nuclei that were given like probabilities, or the same call.
pub(crate) struct Bin {
    name: String,
    /// Mean of the predicted probabilities; `None` for a call, which predicts no number.
    pub(crate) predicted: Option<f64>,
    pub(crate) nuclei: usize,
    rearranged: usize,
    /// Share that is rearranged with its interval; `None` without nuclei.
    pub(crate) observed: Option<[f64; 3]>,
}

/// The calls, and the bins of probability if the reading gives any. Over all sets of conditions.
pub(crate) fn bins(specimens: &[Specimen<'_>]) -> Result<Vec<Bin>> {
    let nuclei: Vec<&Evaluated> = specimens.iter().flat_map(|s| &s.score.evaluated).collect();
    let of = |keep: &dyn Fn(&Evaluated) -> bool| -> Vec<&Evaluated> {
        nuclei.iter().copied().filter(|n| keep(n)).collect()
    };
    let mut bins = vec![
        bin("read intact", None, &of(&|n| !n.read && !n.uncertain))?,
        bin("read rearranged", None, &of(&|n| n.read && !n.uncertain))?,
        bin("read intact, uncertain", None, &of(&|n| !n.read && n.uncertain))?,
        bin("read rearranged, uncertain", None, &of(&|n| n.read && n.uncertain))?,
    ];
    for limits in LIMITS.windows(2) {
        let &[low, high] = limits else { continue };
        let inside = |p: f64| low <= p && (p < high || high >= 1.0);
        let members = of(&|n| n.probability.is_some_and(inside));
        let sum: f64 = members.iter().filter_map(|n| n.probability).sum();
        if !members.is_empty() {
            let predicted = Some(sum / members.len() as f64);
            bins.push(bin(&format!("probability {low} to {high}"), predicted, &members)?);
        }
    }
    bins.retain(|bin| bin.nuclei > 0);
    Ok(bins)
}

fn bin(name: &str, predicted: Option<f64>, nuclei: &[&Evaluated]) -> Result<Bin> {
    let rearranged = nuclei.iter().filter(|n| n.rearranged).count();
    let observed = if nuclei.is_empty() {
        None
    } else {
        let interval = wilson(Count::new(rearranged, nuclei.len())?, LEVEL)?;
        let share = rearranged as f64 / nuclei.len() as f64;
        Some([share, interval.low_percent / 100.0, interval.high_percent / 100.0])
    };
    Ok(Bin { name: name.to_owned(), predicted, nuclei: nuclei.len(), rearranged, observed })
}

/// Prints and writes the bins.
pub(crate) fn report(bins: &[Bin], path: &Path) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["bin", "predicted", "nuclei", "rearranged", "observed", "ci_low", "ci_high"])?;
    print::line(format_args!(
        "{:<30}{:>10}{:>9}{:>12}{:>10}{:>9}{:>9}",
        "reliability", "predicted", "nuclei", "rearranged", "observed", "low", "high"
    ));
    for bin in bins {
        let number = |value: Option<f64>| value.map(|v| format!("{v:.4}")).unwrap_or_default();
        let cells = [
            bin.name.clone(),
            number(bin.predicted),
            bin.nuclei.to_string(),
            bin.rearranged.to_string(),
            number(bin.observed.map(|o| o[0])),
            number(bin.observed.map(|o| o[1])),
            number(bin.observed.map(|o| o[2])),
        ];
        let [name, predicted, nuclei, rearranged, observed, low, high] = &cells;
        print::line(format_args!(
            "{name:<30}{predicted:>10}{nuclei:>9}{rearranged:>12}{observed:>10}{low:>9}{high:>9}"
        ));
        table.write_record(&cells)?;
    }
    print::line("");
    Ok(table.flush()?)
}
