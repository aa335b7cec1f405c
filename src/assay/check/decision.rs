//! The decision against the rest of the assay, and where its cutoff comes from.

use crate::assay::problem::Problems;
use crate::assay::{Assay, CutoffSource, Decision, IsolatedMeaning, PerPattern, ProbeEnd, TwoStage};
use crate::colour::Colour;

pub(super) fn decision(assay: &Assay, problems: &mut Problems) {
    let stages = &assay.reading.stages;
    problems.require(!stages.is_empty(), "reading.stages", "an empty list", "one stage or more");
    match &assay.decision {
        Decision::Single(_) => {}
        Decision::TwoStage(rule) => two_stage(assay, rule, problems),
        Decision::PerPattern(rule) => per_pattern(assay, rule, problems),
    }
    borderline(assay, problems);
}

fn borderline(assay: &Assay, problems: &mut Problems) {
    let Some(band) = &assay.borderline else { return };
    let key = "borderline.low_percent";
    let is_band = band.low_percent < band.high_percent;
    let below_high = format!("less than borderline.high_percent = {}", band.high_percent);
    problems.require(is_band, key, band.low_percent, &below_high);
    let cutoff = assay.decision.cutoff();
    problems.require(
        !is_band || (band.low_percent <= cutoff && cutoff <= band.high_percent),
        key,
        format!("the band from {} to {}", band.low_percent, band.high_percent),
        &format!("a band that holds the cutoff, {cutoff}"),
    );
    problems.require(!band.action.trim().is_empty(), "borderline.action", "an empty text", "a text");
}

fn two_stage(assay: &Assay, rule: &TwoStage, problems: &mut Problems) {
    problems.require(
        rule.neg_lt <= rule.pos_gt,
        "decision.neg_lt",
        rule.neg_lt,
        &format!("at most decision.pos_gt = {}", rule.pos_gt),
    );
    match assay.reading.stages.as_slice() {
        // Said already.
        [] => {}
        [first, _] => problems.require(
            rule.pos_gt < first.cells,
            "decision.pos_gt",
            rule.pos_gt,
            &format!("less than the cells of the first stage, {}", first.cells),
        ),
        stages => problems.require(
            false,
            "reading.stages",
            format!("a list of {}", stages.len()),
            "two stages when decision.type is \"two_stage\"",
        ),
    }
}

fn per_pattern(assay: &Assay, rule: &PerPattern, problems: &mut Problems) {
    problems.require(!rule.patterns.is_empty(), "decision.patterns", "an empty table", "one pattern or more");
    for pattern in rule.patterns.keys() {
        let key = format!("decision.patterns.{pattern}");
        let shown = format!("\"{pattern}\"");
        let Some([fused, red, green]) = notation(pattern) else {
            let allowed =
                "counts in laboratory notation, in the order F, R, G and without zeros, such as \"1F1R1G\"";
            problems.require(false, &key, shown, allowed);
            continue;
        };
        let counts = match (red > 0, green > 0) {
            (true, true) => true,
            (true, false) => meaning(assay, Colour::Red, fused) == IsolatedMeaning::Positive,
            (false, true) => meaning(assay, Colour::Green, fused) == IsolatedMeaning::Positive,
            (false, false) => false,
        };
        let allowed = "a pattern that the assay's own rules (isolated.*) count as rearranged";
        problems.require(counts, &key, shown, allowed);
    }
}

/// The meaning of an isolated signal of a colour beside `fused` intact loci.
fn meaning(assay: &Assay, colour: Colour, fused: usize) -> IsolatedMeaning {
    let isolated = &assay.isolated;
    let (three_prime, five_prime) = match isolated.extra {
        Some(extra) if fused >= assay.normal.fused.female => (extra.three_prime, extra.five_prime),
        _ => (isolated.three_prime, isolated.five_prime),
    };
    match assay.end_of(colour) {
        ProbeEnd::ThreePrime => three_prime,
        ProbeEnd::FivePrime => five_prime,
    }
}

/// Counts of fused, red and green in laboratory notation, as `SignalPattern` prints it.
pub(crate) fn notation(text: &str) -> Option<[usize; 3]> {
    let mut counts = [0; 3];
    let mut rest = text;
    for (count, letter) in counts.iter_mut().zip(['F', 'R', 'G']) {
        if let Some((digits, after)) = rest.split_once(letter) {
            *count = digits.parse().ok().filter(|n: &usize| *n > 0 && n.to_string() == digits)?;
            rest = after;
        }
    }
    (rest.is_empty() && !text.is_empty()).then_some(counts)
}

pub(super) fn origin(assay: &Assay, problems: &mut Problems) {
    let provenance = &assay.cutoff_provenance;
    if provenance.source == CutoffSource::LabValidated {
        let known = [
            ("cutoff_provenance.n_normals", provenance.n_normals.is_some()),
            ("cutoff_provenance.cells_per_normal", provenance.cells_per_normal.is_some()),
        ];
        for (key, there) in known {
            problems.present(there, key, "a value when source is \"lab_validated\"");
        }
    }
    let dates = [
        ("cutoff_provenance.date", provenance.date.as_ref()),
        ("validation.date", assay.validation.as_ref().map(|validation| &validation.date)),
    ];
    for (key, date) in dates {
        if let Some(date) = date {
            problems.require(is_date(date), key, format!("\"{date}\""), "a date as YYYY-MM-DD");
        }
    }
    let symbol = assay.report.times_symbol.as_str();
    let known = symbol == "x" || symbol == "×";
    problems.require(known, "report.times_symbol", format!("\"{symbol}\""), "\"x\" or \"×\"");
}

fn is_date(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let parts: Vec<Option<u16>> = text.split('-').map(|part| part.parse().ok()).collect();
    plain
        && text.len() == 10
        && matches!(parts.as_slice(), [Some(_), Some(month), Some(day)] if (1..=12).contains(month) && (1..=31).contains(day))
}
