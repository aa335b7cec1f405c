//! Values of an assay against each other.

use toml::Value;

use super::decision::{CutoffSource, Decision, PerPattern, TwoStage};
use super::definition::{Assay, ProbeEnd, SampleType};
use super::load::Problem;
use super::rules::{DiameterFrom, Dimensions, DistanceUnit, IsolatedMeaning};
use crate::field::Colour;

type Checked = Result<(), Problem>;

/// `Err` with key, value and what is allowed unless `condition` holds.
fn require(condition: bool, key: &str, value: impl std::fmt::Display, allowed: &str) -> Checked {
    if condition {
        Ok(())
    } else {
        Err(Problem::new(key, format!("{value} is not allowed: allowed is {allowed}")))
    }
}

/// All checks that need more than one value, or that are no ranges.
pub(super) fn assay(assay: &Assay) -> Checked {
    identity(assay)?;
    probe(assay)?;
    split(assay)?;
    evaluable(assay)?;
    decision(assay)?;
    origin(assay)
}

fn identity(assay: &Assay) -> Checked {
    let id_ok = !assay.id.is_empty()
        && assay.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    require(id_ok, "id", format!("\"{}\"", assay.id), "lower-case letters, digits, `_` and `-`")?;
    for (key, text) in [
        ("name", &assay.name),
        ("version", &assay.version),
        ("gene", &assay.gene),
        ("probe.five_prime.dye", &assay.probe.five_prime.dye),
        ("probe.five_prime.colour_name", &assay.probe.five_prime.colour_name),
        ("probe.three_prime.dye", &assay.probe.three_prime.dye),
        ("probe.three_prime.colour_name", &assay.probe.three_prime.colour_name),
        ("cutoff_provenance.method", &assay.cutoff_provenance.method),
    ] {
        require(!text.trim().is_empty(), key, "an empty text", "a text")?;
    }
    let chromosome = assay.chromosome.as_str();
    let numbered =
        chromosome.parse::<u8>().is_ok_and(|n| (1..=22).contains(&n) && n.to_string() == chromosome);
    let known = numbered || chromosome == "X" || chromosome == "Y";
    require(known, "chromosome", format!("\"{chromosome}\""), "\"1\" to \"22\", \"X\" or \"Y\"")?;
    let arm = assay.band.strip_prefix(chromosome).unwrap_or_default();
    let band_ok =
        arm.strip_prefix(['p', 'q']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let allowed = format!("a band of chromosome {chromosome}, such as \"{chromosome}p11\"");
    require(band_ok, "band", format!("\"{}\"", assay.band), &allowed)?;
    let sectioned = assay.sample_type == SampleType::Ffpe;
    require(
        !sectioned || assay.section_thickness_um.is_some(),
        "section_thickness_um",
        "no value",
        "a thickness in um when sample_type is \"ffpe\"",
    )
}

fn probe(assay: &Assay) -> Checked {
    let probe = &assay.probe;
    require(
        probe.five_prime.channel != probe.three_prime.channel,
        "probe.three_prime.channel",
        format!("\"{}\"", probe.three_prime.channel),
        "the channel that the 5' probe does not use",
    )?;
    let [first, second] = probe.iscn_order;
    require(first != second, "probe.iscn_order", format!("{} twice", first.name()), "both ends, each once")?;
    let copies = assay.normal.fused;
    if assay.x_linked {
        require(assay.chromosome == "X", "x_linked", "true", "false for a gene that is not on chromosome X")?;
        return require(
            copies.female == 2 && copies.male == 1,
            "normal.fused.male",
            copies.male,
            "1 (and 2 for female) when x_linked is true",
        );
    }
    require(
        copies.male == copies.female,
        "normal.fused.male",
        copies.male,
        "the same number as normal.fused.female when x_linked is false",
    )
}

fn split(assay: &Assay) -> Checked {
    let distance = assay.split.min_distance;
    let (low, high, unit) = match distance.unit {
        DistanceUnit::Diameter => (0.5, 10.0, "signal diameters"),
        DistanceUnit::Um => (0.1, 5.0, "um"),
        DistanceUnit::Px => (1.0, 100.0, "px"),
    };
    require(
        (low..=high).contains(&distance.value),
        "split.min_distance.value",
        distance.value,
        &format!("{low} to {high} {unit}"),
    )?;
    require(
        distance.dims == Dimensions::Two,
        "split.min_distance.dims",
        "\"3d\"",
        "\"2d\": this version measures distances in the plane only",
    )?;
    let fixed = distance.diameter_from == DiameterFrom::FixedUm;
    let shown = distance.fixed_um.map_or("no value".to_owned(), |v| v.to_string());
    let allowed = if fixed { "a diameter in um" } else { "no value unless diameter_from is \"fixed_um\"" };
    require(fixed == distance.fixed_um.is_some(), "split.min_distance.fixed_um", shown, allowed)?;
    let limits = assay.split.diameter_um;
    require(
        limits.min < limits.max,
        "split.diameter_um.min",
        limits.min,
        &format!("less than split.diameter_um.max = {}", limits.max),
    )?;
    if let Some(zone) = assay.split.grey_zone {
        require(
            zone.low < zone.high,
            "split.grey_zone.low",
            zone.low,
            &format!("less than split.grey_zone.high = {}", zone.high),
        )?;
        require(
            (zone.low..=zone.high).contains(&distance.value),
            "split.grey_zone",
            format!("{} to {}", zone.low, zone.high),
            &format!("a zone that holds split.min_distance.value = {}", distance.value),
        )?;
    }
    Ok(())
}

fn evaluable(assay: &Assay) -> Checked {
    let normal = assay.normal.fused.female;
    require(
        assay.gain.min_fused > normal,
        "gain.min_fused",
        assay.gain.min_fused,
        &format!("more than normal.fused.female = {normal}"),
    )?;
    require(
        assay.amplification.min_fused > assay.gain.min_fused,
        "amplification.min_fused",
        assay.amplification.min_fused,
        &format!("more than gain.min_fused = {}", assay.gain.min_fused),
    )?;
    let rules = &assay.evaluable;
    let [low, high] = rules.area_um2;
    require(low < high, "evaluable.area_um2.0", low, &format!("less than the largest area, {high} um2"))?;
    let fewest = assay.amplification.min_fused.max(rules.min_each_colour);
    require(
        rules.max_signals >= fewest,
        "evaluable.max_signals",
        rules.max_signals,
        &format!("at least {fewest} (amplification.min_fused, evaluable.min_each_colour)"),
    )?;
    require(
        rules.min_fused <= assay.normal.fused.male,
        "evaluable.min_fused",
        rules.min_fused,
        &format!("at most the normal number, {}", assay.normal.fused.male),
    )
}

fn decision(assay: &Assay) -> Checked {
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

/// What an isolated signal of a colour means beside `fused` intact loci.
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
fn notation(text: &str) -> Option<[usize; 3]> {
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

fn origin(assay: &Assay) -> Checked {
    let provenance = &assay.cutoff_provenance;
    if provenance.source == CutoffSource::LabValidated {
        let known = [
            ("cutoff_provenance.n_normals", provenance.n_normals.is_some()),
            ("cutoff_provenance.cells_per_normal", provenance.cells_per_normal.is_some()),
            ("cutoff_provenance.date", provenance.date.is_some()),
        ];
        for (key, present) in known {
            require(present, key, "no value", "a value when source is \"lab_validated\"")?;
        }
    }
    if let Some(date) = &provenance.date {
        require(is_date(date), "cutoff_provenance.date", format!("\"{date}\""), "a date as YYYY-MM-DD")?;
    }
    let symbol = assay.report.times_symbol.as_str();
    require(symbol == "x" || symbol == "×", "report.times_symbol", format!("\"{symbol}\""), "\"x\" or \"×\"")
}

fn is_date(text: &str) -> bool {
    let parts: Vec<Option<u16>> = text.split('-').map(|part| part.parse().ok()).collect();
    text.len() == 10
        && matches!(parts.as_slice(), [Some(_), Some(month), Some(day)] if (1..=12).contains(month) && (1..=31).contains(day))
}

/// Every mark names a value that is there, once, with a reason and a reference.
pub(super) fn verify_marks(assay: &Assay, values: &Value) -> Checked {
    for (i, mark) in assay.verify.iter().enumerate() {
        let key = format!("verify.{i}.key");
        let shown = format!("\"{}\"", mark.key);
        let there = mark.key.split('.').try_fold(values, |value, level| match value {
            Value::Table(table) => table.get(level),
            Value::Array(items) => level.parse::<usize>().ok().and_then(|i| items.get(i)),
            _ => None,
        });
        require(there.is_some() && !mark.key.starts_with("verify"), &key, &shown, "a key of this assay")?;
        let first = assay.verify.iter().position(|other| other.key == mark.key) == Some(i);
        require(first, &key, &shown, "each key once")?;
        for (field, text) in [("reason", &mark.reason), ("reference", &mark.reference)] {
            require(!text.trim().is_empty(), &format!("verify.{i}.{field}"), "an empty text", "a text")?;
        }
    }
    Ok(())
}
