//! The decision against the rest of the assay, and where its cutoff comes from.

use crate::assay::problem::{Checked, present, require};
use crate::assay::{Assay, CutoffSource, Decision, IsolatedMeaning, PerPattern, ProbeEnd, TwoStage};
use crate::colour::Colour;

pub(super) fn decision(assay: &Assay) -> Checked {
    let stages = &assay.reading.stages;
    require(!stages.is_empty(), "reading.stages", "an empty list", "one stage or more")?;
    match &assay.decision {
        Decision::Single(_) => {}
        Decision::TwoStage(rule) => two_stage(assay, rule)?,
        Decision::PerPattern(rule) => per_pattern(assay, rule)?,
    }
    if let Some(band) = &assay.borderline {
        require(
            band.low_percent < band.high_percent,
            "borderline.low_percent",
            band.low_percent,
            &format!("less than borderline.high_percent = {}", band.high_percent),
        )?;
        let cutoff = assay.decision.cutoff();
        require(
            band.low_percent <= cutoff && cutoff <= band.high_percent,
            "borderline.low_percent",
            format!("the band from {} to {}", band.low_percent, band.high_percent),
            &format!("a band that holds the cutoff, {cutoff}"),
        )?;
        require(!band.action.trim().is_empty(), "borderline.action", "an empty text", "a text")?;
    }
    Ok(())
}

fn two_stage(assay: &Assay, rule: &TwoStage) -> Checked {
    let [first, _] = assay.reading.stages.as_slice() else {
        return require(
            false,
            "reading.stages",
            format!("a list of {}", assay.reading.stages.len()),
            "two stages when decision.type is \"two_stage\"",
        );
    };
    require(
        rule.neg_lt <= rule.pos_gt,
        "decision.neg_lt",
        rule.neg_lt,
        &format!("at most decision.pos_gt = {}", rule.pos_gt),
    )?;
    require(
        rule.pos_gt < first.cells,
        "decision.pos_gt",
        rule.pos_gt,
        &format!("less than the cells of the first stage, {}", first.cells),
    )
}

fn per_pattern(assay: &Assay, rule: &PerPattern) -> Checked {
    require(!rule.patterns.is_empty(), "decision.patterns", "an empty table", "one pattern or more")?;
    for pattern in rule.patterns.keys() {
        let key = format!("decision.patterns.{pattern}");
        let Some([fused, red, green]) = notation(pattern) else {
            return require(
                false,
                &key,
                format!("\"{pattern}\""),
                "counts in laboratory notation, in the order F, R, G and without zeros, such as \"1F1R1G\"",
            );
        };
        let counts = match (red > 0, green > 0) {
            (true, true) => true,
            (true, false) => meaning(assay, Colour::Red, fused) == IsolatedMeaning::Positive,
            (false, true) => meaning(assay, Colour::Green, fused) == IsolatedMeaning::Positive,
            (false, false) => false,
        };
        require(
            counts,
            &key,
            format!("\"{pattern}\""),
            "a pattern that the assay's own rules (isolated.*) count as rearranged",
        )?;
    }
    Ok(())
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

pub(super) fn origin(assay: &Assay) -> Checked {
    let provenance = &assay.cutoff_provenance;
    if provenance.source == CutoffSource::LabValidated {
        let known = [
            ("cutoff_provenance.n_normals", provenance.n_normals.is_some()),
            ("cutoff_provenance.cells_per_normal", provenance.cells_per_normal.is_some()),
            ("cutoff_provenance.date", provenance.date.is_some()),
        ];
        for (key, there) in known {
            present(there, key, "a value when source is \"lab_validated\"")?;
        }
    }
    if let Some(date) = &provenance.date {
        require(is_date(date), "cutoff_provenance.date", format!("\"{date}\""), "a date as YYYY-MM-DD")?;
    }
    let symbol = assay.report.times_symbol.as_str();
    require(symbol == "x" || symbol == "×", "report.times_symbol", format!("\"{symbol}\""), "\"x\" or \"×\"")
}

fn is_date(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let parts: Vec<Option<u16>> = text.split('-').map(|part| part.parse().ok()).collect();
    plain
        && text.len() == 10
        && matches!(parts.as_slice(), [Some(_), Some(month), Some(day)] if (1..=12).contains(month) && (1..=31).contains(day))
}
