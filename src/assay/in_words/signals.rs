//! Rules about probes and signals.

use crate::assay::{
    Assay, Comparator, DiameterFrom, Dimensions, DistanceMeasure, DistanceUnit, GreyZoneAction,
    IsolatedMeaning, Probe, TouchingSignals,
};

pub(super) fn probes(assay: &Assay) -> String {
    let probe = |end: &str, probe: &Probe| {
        let kb = probe.kb.map_or_else(String::new, |kb| format!(", {kb} kb"));
        format!("{end} {} ({}{kb}), read in the {} channel", probe.colour_name, probe.dye, probe.channel)
    };
    let set = &assay.probe;
    let maker = set.maker.as_ref().map_or_else(String::new, |maker| format!("; {maker}"));
    let gap = set.gap_kb.map_or_else(String::new, |kb| format!("; {kb} kb apart"));
    format!("{}; {}{gap}{maker}", probe("5'", &set.five_prime), probe("3'", &set.three_prime))
}

pub(super) fn normal(assay: &Assay) -> String {
    let copies = assay.normal.fused;
    if assay.x_linked {
        return format!(
            "{} fused pairs in a woman's nucleus, {} in a man's (X-linked)",
            copies.female, copies.male
        );
    }
    format!("{} fused pairs in a nucleus", copies.female)
}

pub(super) fn split(assay: &Assay) -> String {
    let rule = assay.split;
    let distance = rule.min_distance;
    let unit = match distance.unit {
        DistanceUnit::Diameter => "signal diameters",
        DistanceUnit::Um => "um",
        DistanceUnit::Px => "px",
    };
    let measure = match distance.measure {
        DistanceMeasure::Centre => "between centres",
        DistanceMeasure::Edge => "between edges",
    };
    let from = match rule.comparator {
        Comparator::AtLeast => "apart by at least",
        Comparator::MoreThan => "apart by more than",
    };
    let mut parts = vec![format!(
        "red and green {from} {} {unit} {measure} are split, nearer ones fused",
        distance.value
    )];
    if distance.unit == DistanceUnit::Diameter {
        let kept = format!("kept within {} to {} um", rule.diameter_um.min, rule.diameter_um.max);
        parts.push(match (distance.diameter_from, distance.fixed_um) {
            (DiameterFrom::FixedUm, Some(um)) => format!("the diameter is {um} um"),
            (DiameterFrom::Max, _) => format!("the diameter is the larger of both, {kept}"),
            _ => format!("the diameter is the mean of both, {kept}"),
        });
    }
    if distance.dims == Dimensions::Three {
        parts.push("distances count depth, which needs stacks".to_owned());
    }
    if rule.touching_or_overlap == TouchingSignals::Fused {
        parts.push("signals that touch are fused".to_owned());
    }
    parts.extend(rule.grey_zone.map(|zone| {
        let action = match zone.action {
            GreyZoneAction::Fused => "are fused",
            GreyZoneAction::Uncertain => "make the nucleus uncertain",
            GreyZoneAction::Exclude => "exclude the nucleus",
        };
        format!("pairs at {} to {} {unit} {action}", zone.low, zone.high)
    }));
    parts.join("; ")
}

pub(super) fn doublets(assay: &Assay) -> String {
    let rule = assay.doublet;
    if !rule.enabled {
        return "two signals of one colour are always two".to_owned();
    }
    format!(
        "two signals of one colour are one if the gap is at most {} signal diameters and the heights differ by a factor of {} \
         at most",
        rule.max_gap_diameter, rule.size_ratio_max
    )
}

pub(super) fn isolated(assay: &Assay) -> String {
    let rule = &assay.isolated;
    let meaning = |meaning: IsolatedMeaning| match meaning {
        IsolatedMeaning::Positive => "counts as rearranged",
        IsolatedMeaning::Negative => "does not count",
        IsolatedMeaning::Equivocal => "is left open (the verdict is equivocal if such nuclei could turn it)",
        IsolatedMeaning::SeparateTally => "does not count and is reported apart",
    };
    let mut parts = vec![
        format!("an isolated 3' signal {}", meaning(rule.three_prime)),
        format!("an isolated 5' signal {}", meaning(rule.five_prime)),
    ];
    parts.extend(rule.extra.map(|extra| {
        let (three_prime, five_prime) = (meaning(extra.three_prime), meaning(extra.five_prime));
        format!("beside all intact loci an extra 3' signal {three_prime} and an extra 5' signal {five_prime}")
    }));
    let counts = [rule.three_prime, rule.five_prime].contains(&IsolatedMeaning::Positive);
    if rule.requires_fused && counts {
        parts.push("it counts only beside a fused pair".to_owned());
    }
    parts.join("; ")
}

pub(super) fn copies(assay: &Assay) -> String {
    let reported = if assay.report_copy_number {
        "the copy number is reported"
    } else {
        "the copy number is not reported"
    };
    let cluster = if assay.amplification.cluster { " or a dense cluster" } else { "" };
    format!(
        "gain from {} fused pairs, amplification from {}{cluster}; {reported}",
        assay.gain.min_fused, assay.amplification.min_fused
    )
}
