//! Values of an assay against each other.

use toml::Value;

use super::definition::{Assay, SampleType};
use super::problem::{Checked, present, require};
use super::rules::{DiameterFrom, Dimensions, DistanceUnit};

mod decision;

pub(crate) use decision::notation;

/// All checks that need more than one value, or that are no ranges.
pub(super) fn assay(assay: &Assay) -> Checked {
    identity(assay)?;
    probe(assay)?;
    split(assay)?;
    evaluable(assay)?;
    decision::decision(assay)?;
    decision::origin(assay)
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
    present(
        !sectioned || assay.section_thickness_um.is_some(),
        "section_thickness_um",
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
    let key = "split.min_distance.fixed_um";
    match (distance.diameter_from == DiameterFrom::FixedUm, distance.fixed_um) {
        (true, diameter) => {
            present(diameter.is_some(), key, "a diameter in um when diameter_from is \"fixed_um\"")?;
        }
        (false, None) => {}
        (false, Some(value)) => require(false, key, value, "no value unless diameter_from is \"fixed_um\"")?,
    }
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
    let min_signals = assay.amplification.min_fused.max(rules.min_each_colour);
    require(
        rules.max_signals >= min_signals,
        "evaluable.max_signals",
        rules.max_signals,
        &format!("at least {min_signals} (amplification.min_fused, evaluable.min_each_colour)"),
    )?;
    require(
        rules.min_fused <= assay.normal.fused.male,
        "evaluable.min_fused",
        rules.min_fused,
        &format!("at most the normal number, {}", assay.normal.fused.male),
    )
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
