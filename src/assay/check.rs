//! Values of an assay against each other.

use super::definition::{Assay, SampleType};
use super::problem::Problems;
use super::rules::{DiameterFrom, DistanceUnit};

mod decision;

pub(crate) use decision::notation;

/// All checks that need more than one value, or that are no ranges.
pub(super) fn assay(assay: &Assay, problems: &mut Problems) {
    identity(assay, problems);
    probe(assay, problems);
    split(assay, problems);
    evaluable(assay, problems);
    decision::decision(assay, problems);
    decision::origin(assay, problems);
    codes(assay, problems);
}

fn identity(assay: &Assay, problems: &mut Problems) {
    let shown = format!("\"{}\"", assay.id);
    problems.require(is_id(&assay.id), "id", shown, "lower-case letters, digits, `_` and `-`");
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
        problems.require(!text.trim().is_empty(), key, "an empty text", "a text");
    }
    let chromosome = assay.chromosome.as_str();
    let numbered =
        chromosome.parse::<u8>().is_ok_and(|n| (1..=22).contains(&n) && n.to_string() == chromosome);
    let known = numbered || chromosome == "X" || chromosome == "Y";
    problems.require(known, "chromosome", format!("\"{chromosome}\""), "\"1\" to \"22\", \"X\" or \"Y\"");
    let arm = assay.band.strip_prefix(chromosome).unwrap_or_default();
    let band_ok =
        arm.strip_prefix(['p', 'q']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let allowed = format!("a band of chromosome {chromosome}, such as \"{chromosome}p11\"");
    problems.require(band_ok || !known, "band", format!("\"{}\"", assay.band), &allowed);
    let sectioned = assay.sample_type == SampleType::Ffpe;
    problems.present(
        !sectioned || assay.section_thickness_um.is_some(),
        "section_thickness_um",
        "a thickness in um when sample_type is \"ffpe\"",
    );
}

fn codes(assay: &Assay, problems: &mut Problems) {
    let Some(codes) = &assay.codes else { return };
    for (key, text) in [
        ("codes.system", &codes.system),
        ("codes.observation", &codes.observation),
        ("codes.test", codes.test.as_ref().unwrap_or(&codes.observation)),
        ("codes.method", &codes.method),
        ("codes.gene", &codes.gene),
        ("codes.iscn", &codes.iscn),
        ("codes.source_class", &codes.source_class),
        ("codes.iscn_system", &codes.iscn_system),
    ] {
        problems.require(!text.trim().is_empty(), key, "an empty text", "a text");
    }
}

fn is_id(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    !text.is_empty() && text.bytes().all(allowed)
}

fn probe(assay: &Assay, problems: &mut Problems) {
    let probe = &assay.probe;
    problems.require(
        probe.five_prime.channel != probe.three_prime.channel,
        "probe.three_prime.channel",
        format!("\"{}\"", probe.three_prime.channel),
        "the channel that the 5' probe does not use",
    );
    let [first, second] = probe.iscn_order;
    let twice = format!("{} twice", first.name());
    problems.require(first != second, "probe.iscn_order", twice, "both ends, each once");
    let copies = assay.normal.fused;
    if assay.x_linked {
        let on_x = assay.chromosome == "X";
        problems.require(on_x, "x_linked", "true", "false for a gene that is not on chromosome X");
        problems.require(
            !on_x || (copies.female == 2 && copies.male == 1),
            "normal.fused.male",
            copies.male,
            "1 (and 2 for female) when x_linked is true",
        );
    } else {
        problems.require(
            copies.male == copies.female,
            "normal.fused.male",
            copies.male,
            "the same number as normal.fused.female when x_linked is false",
        );
    }
}

fn split(assay: &Assay, problems: &mut Problems) {
    let distance = assay.split.min_distance;
    let (low, high, unit) = match distance.unit {
        DistanceUnit::Diameter => (0.5, 10.0, "signal diameters"),
        DistanceUnit::Um => (0.1, 5.0, "um"),
        DistanceUnit::Px => (1.0, 100.0, "px"),
    };
    problems.require(
        (low..=high).contains(&distance.value),
        "split.min_distance.value",
        distance.value,
        &format!("{low} to {high} {unit}"),
    );
    let key = "split.min_distance.fixed_um";
    match (distance.diameter_from == DiameterFrom::FixedUm, distance.fixed_um) {
        (true, diameter) => {
            problems.present(diameter.is_some(), key, "a diameter in um when diameter_from is \"fixed_um\"");
        }
        (false, None) => {}
        (false, Some(value)) => {
            problems.require(false, key, value, "no value unless diameter_from is \"fixed_um\"");
        }
    }
    let limits = assay.split.diameter_um;
    let below_max = format!("less than split.diameter_um.max = {}", limits.max);
    problems.require(limits.min < limits.max, "split.diameter_um.min", limits.min, &below_max);
    grey_zone(assay, problems);
}

fn grey_zone(assay: &Assay, problems: &mut Problems) {
    let Some(zone) = assay.split.grey_zone else { return };
    let distance = assay.split.min_distance.value;
    let below_high = format!("less than split.grey_zone.high = {}", zone.high);
    problems.require(zone.low < zone.high, "split.grey_zone.low", zone.low, &below_high);
    problems.require(
        zone.low >= zone.high || (zone.low..=zone.high).contains(&distance),
        "split.grey_zone",
        format!("{} to {}", zone.low, zone.high),
        &format!("a zone that holds split.min_distance.value = {distance}"),
    );
}

fn evaluable(assay: &Assay, problems: &mut Problems) {
    let normal = assay.normal.fused.female;
    problems.require(
        assay.gain.min_fused > normal,
        "gain.min_fused",
        assay.gain.min_fused,
        &format!("more than normal.fused.female = {normal}"),
    );
    problems.require(
        assay.amplification.min_fused > assay.gain.min_fused,
        "amplification.min_fused",
        assay.amplification.min_fused,
        &format!("more than gain.min_fused = {}", assay.gain.min_fused),
    );
    let rules = &assay.evaluable;
    let [low, high] = rules.area_um2;
    let below_high = format!("less than the largest area, {high} um2");
    problems.require(low < high, "evaluable.area_um2.0", low, &below_high);
    let min_signals = assay.amplification.min_fused.max(rules.min_each_colour);
    problems.require(
        rules.max_signals >= min_signals,
        "evaluable.max_signals",
        rules.max_signals,
        &format!("at least {min_signals} (amplification.min_fused, evaluable.min_each_colour)"),
    );
    problems.require(
        rules.min_fused <= assay.normal.fused.male,
        "evaluable.min_fused",
        rules.min_fused,
        &format!("at most the normal number, {}", assay.normal.fused.male),
    );
}

/// Every mark has a reason and a reference, and no value has two.
pub(super) fn verify_marks(assay: &Assay, problems: &mut Problems) {
    for (i, mark) in assay.verify.iter().enumerate() {
        let first = assay.verify.iter().position(|other| other.key == mark.key) == Some(i);
        let shown = format!("\"{}\"", mark.key);
        problems.require(first, &format!("verify.{i}.key"), shown, "each key once");
        for (field, text) in [("reason", &mark.reason), ("reference", &mark.reference)] {
            let there = !text.trim().is_empty();
            problems.require(there, &format!("verify.{i}.{field}"), "an empty text", "a text");
        }
    }
}
