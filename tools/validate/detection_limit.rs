//! How large a share of rearranged nuclei must be to make a specimen positive.
//!
//! A specimen of 100 evaluable nuclei is put together by drawing calls with replacement: with the share as the
//! chance from nuclei of one condition that carry the rearrangement, else from those that do not. The number
//! of calls that say "rearranged" then has a binomial distribution, so its chance of meeting the cutoff is
//! computed, not drawn. The curve is the mean over conditions. It shows nothing of what differs between
//! laboratories and hybridisations.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use breakapart::assay::{Assay, Decision};
use breakapart::simulate::Pattern;
use breakapart::summarise::{Count, Verdict, single_cutoff};
use statrs::distribution::{Binomial, DiscreteCDF};

use crate::print;
use crate::read::Specimen;
use crate::scenario::Set;
use crate::score::Evaluated;

/// Evaluable nuclei of a specimen.
const NUCLEI: usize = 100;
/// Fewest calls of either kind from which a condition's rates are taken.
const LEAST_CALLS: usize = 20;
/// Largest share of rearranged nuclei, percent.
const LARGEST_SHARE: usize = 40;

/// Probability of a positive call for each share from 0 percent in steps of one.
pub(crate) struct Curve {
    pub(crate) name: &'static str,
    pub(crate) probability: Vec<f64>,
}

/// What counts as rearranged.
type Finding = fn(&Evaluated) -> bool;
/// Nuclei that carry no rearrangement (first) and that do: all, and those found rearranged.
type Calls = [[usize; 2]; 2];

/// The curves of a reader who sees what each nucleus carries, and of whole nuclei and of sections, each by what
/// there is to see in them and by what was read. Groups with too few nuclei are left out.
pub(crate) fn curves(specimens: &[Specimen<'_>], assay: &Assay) -> Result<Vec<Curve>> {
    let Some(least) = least_positive(assay)? else { return Ok(Vec::new()) };
    let mut curves = vec![curve("ideal", &[[0.0, 1.0]], least)?];
    let groups = [
        ("whole nuclei, to be seen", false, seen as Finding),
        ("whole nuclei, read", false, read),
        ("sections, to be seen", true, seen),
        ("sections, read", true, read),
    ];
    for (name, cut, finding) in groups {
        let of_group = specimens.iter().filter(|s| (s.scenario.conditions.section_um > 0.0) == cut);
        let rates = rates(of_group, finding);
        if !rates.is_empty() {
            curves.push(curve(name, &rates, least)?);
        }
    }
    Ok(curves)
}

fn seen(nucleus: &Evaluated) -> bool {
    nucleus.rearranged
}

fn read(nucleus: &Evaluated) -> bool {
    nucleus.read
}

/// The mean over conditions, given by their rates.
fn curve(name: &'static str, rates: &[[f64; 2]], least: u64) -> Result<Curve> {
    let mean = |share: f64| -> Result<f64> {
        let chances: Vec<f64> =
            rates.iter().map(|&rates| positive(share, rates, least)).collect::<Result<_>>()?;
        Ok(chances.iter().sum::<f64>() / chances.len() as f64)
    };
    Ok(Curve { name, probability: shares().map(mean).collect::<Result<_>>()? })
}

/// Prints where each curve passes 5, 50 and 95 percent, and writes all points.
pub(crate) fn report(curves: &[Curve], path: &Path) -> Result<()> {
    let mut table = csv::Writer::from_path(path)?;
    table.write_record(["reading", "carrier_percent", "probability_positive"])?;
    print::line(format_args!(
        "detection limit: percent of nuclei with the rearrangement from which a specimen of {NUCLEI} evaluable nuclei \
         is positive with this probability\n{:<27}{:>8}{:>8}{:>8}{:>12}",
        "", "5 %", "50 %", "95 %", "without any"
    ));
    for curve in curves {
        for (percent, probability) in curve.probability.iter().enumerate() {
            table.write_record([curve.name, &percent.to_string(), &format!("{probability:.4}")])?;
        }
        let passes = |level: f64| {
            let share = curve.probability.iter().position(|p| *p >= level);
            share.map_or(format!("> {LARGEST_SHARE}"), |share| share.to_string())
        };
        print::line(format_args!(
            "{:<27}{:>8}{:>8}{:>8}{:>12.1e}",
            curve.name,
            passes(0.05),
            passes(0.5),
            passes(0.95),
            curve.probability.first().copied().unwrap_or_default()
        ));
    }
    print::line("");
    Ok(table.flush()?)
}

fn shares() -> impl Iterator<Item = f64> {
    (0..=LARGEST_SHARE).map(|percent| percent as f64 / 100.0)
}

/// Chance that a specimen is positive.
fn positive(share: f64, [intact, carrier]: [f64; 2], least: u64) -> Result<f64> {
    let chance = share * carrier + (1.0 - share) * intact;
    let distribution = Binomial::new(chance.clamp(0.0, 1.0), NUCLEI as u64)?;
    Ok(least.checked_sub(1).map_or(1.0, |below| distribution.sf(below)))
}

/// The fewest rearranged nuclei that make a specimen positive; `None` if the assay has no single cutoff.
fn least_positive(assay: &Assay) -> Result<Option<u64>> {
    let Decision::Single(rule) = &assay.decision else { return Ok(None) };
    for rearranged in 0..=NUCLEI {
        if single_cutoff(Count::new(rearranged, NUCLEI)?, rule)?.verdict == Verdict::Positive {
            return Ok(Some(rearranged as u64));
        }
    }
    Ok(None)
}

/// For each named condition with a rearrangement of the gene, the share found rearranged among evaluated nuclei
/// that carry none and that carry one. Normals of the same condition add to the former.
fn rates<'a>(specimens: impl Iterator<Item = &'a Specimen<'a>>, finding: Finding) -> Vec<[f64; 2]> {
    let mut calls: BTreeMap<&str, Calls> = BTreeMap::new();
    for specimen in specimens {
        let scenario = specimen.scenario;
        let varied = matches!(scenario.set, Set::Grid | Set::Weak);
        if varied || scenario.conditions.probes.pattern == Pattern::IsolatedGreen {
            continue;
        }
        let calls = calls.entry(scenario.named()).or_default();
        for nucleus in &specimen.score.evaluated {
            let calls = &mut calls[usize::from(nucleus.carries)];
            calls[0] += 1;
            calls[1] += usize::from(finding(nucleus));
        }
    }
    let both = calls.into_values().filter(|calls| calls.iter().all(|[all, _]| *all >= LEAST_CALLS));
    both.map(|calls| calls.map(|[all, read]| read as f64 / all as f64)).collect()
}
