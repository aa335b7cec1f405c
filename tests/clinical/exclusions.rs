//! Which nuclei may not be counted, and which are uncertain.

use breakapart::Location;
use breakapart::assay::{Assay, GreyZoneAction};
use breakapart::classify::NucleusClass::{Amplification, Split};
use breakapart::classify::{
    ClassifyParams, Exclusion, NucleusCall, NucleusEvidence, SignalPattern, classify,
};
use breakapart::summarise::{Grounds, SummariseParams, Verdict, summarise};

use crate::{builtin, pattern};

type Change = fn(&mut NucleusEvidence);

/// Findings in the documented order of precedence: each with all later ones gives its own reason.
#[test]
fn the_first_reason_in_the_documented_order_is_given() {
    let order: [(Change, Exclusion); 9] = [
        (|e| e.score = 0.0, Exclusion::NotANucleus),
        (|e| e.touches_border = true, Exclusion::TouchesBorder),
        (|e| e.overlapping = true, Exclusion::Overlapping),
        (|e| e.area_um2 = Some(5.0), Exclusion::TooSmall),
        (|e| e.out_of_focus = true, Exclusion::OutOfFocus),
        (|e| e.saturated = true, Exclusion::Saturated),
        (|e| e.debris = true, Exclusion::Debris),
        (|e| e.ordinary_snr = [Some(9.0), Some(1.0)], Exclusion::WeakProbe),
        (|e| e.pattern = pattern(0, 0, 0), Exclusion::NoSignal),
    ];
    let alk = builtin("alk");
    for first in 0..order.len() {
        let mut evidence = NucleusEvidence::of_pattern(1, pattern(1, 1, 1));
        order[first..].iter().for_each(|(change, _)| change(&mut evidence));
        let call = classify(&evidence, &alk, None, &ClassifyParams::default());
        assert_eq!(call.exclusion, Some(order[first].1));
        assert!(!call.evaluable() && !call.rearranged);
    }
}

#[test]
fn signals_that_cannot_be_counted_exclude_with_their_reason() {
    let mut ours = builtin("alk");
    ours.evaluable.min_each_colour = 1;
    let exclusion = |assay: &Assay, pattern: SignalPattern| {
        let evidence = NucleusEvidence::of_pattern(1, pattern);
        classify(&evidence, assay, None, &ClassifyParams::default()).exclusion
    };
    assert_eq!(exclusion(&ours, pattern(0, 0, 0)), Some(Exclusion::NoSignal));
    assert_eq!(exclusion(&ours, pattern(0, 1, 0)), Some(Exclusion::OneColourOnly));
    assert_eq!(exclusion(&ours, pattern(0, 0, 3)), Some(Exclusion::OneColourOnly));
    // The atlas counts a lone 3' signal in any nucleus.
    assert_eq!(exclusion(&builtin("alk"), pattern(0, 1, 0)), None);
    assert_eq!(exclusion(&ours, pattern(1, 0, 0)), None);
    assert_eq!(exclusion(&ours, pattern(10, 10, 0)), None);
    assert_eq!(exclusion(&ours, pattern(10, 11, 0)), Some(Exclusion::TooManySignals));
    ours.evaluable.min_each_colour = 2;
    assert_eq!(exclusion(&ours, pattern(1, 1, 0)), Some(Exclusion::TooFewSignals));
    assert_eq!(exclusion(&ours, pattern(1, 1, 1)), None);
    ours.evaluable.min_fused = 1;
    assert_eq!(exclusion(&ours, pattern(0, 2, 2)), Some(Exclusion::TooFewSignals));
    ours = builtin("ret");
    ours.evaluable.complete_nuclei_only = true;
    for (counted, counts) in [
        (true, (2, 0, 0)),
        (true, (1, 1, 1)),
        (true, (0, 2, 2)),
        (false, (1, 0, 0)),
        (false, (2, 1, 0)),
        (false, (3, 0, 0)),
        (false, (1, 2, 1)),
    ] {
        let expected = if counted { None } else { Some(Exclusion::IncompletePattern) };
        assert_eq!(exclusion(&ours, pattern(counts.0, counts.1, counts.2)), expected, "{counts:?}");
    }
}

#[test]
fn limits_come_from_the_assay_and_their_ends_are_counted() {
    let mut alk = builtin("alk");
    let mut evidence = NucleusEvidence::of_pattern(1, pattern(2, 0, 0));
    let check = |evidence: &NucleusEvidence, assay: &Assay| {
        classify(evidence, assay, None, &ClassifyParams::default()).exclusion
    };
    for (area, expected) in [
        (12.0, None),
        (11.99, Some(Exclusion::TooSmall)),
        (400.0, None),
        (400.1, Some(Exclusion::TooLarge)),
        (f64::NAN, Some(Exclusion::TooSmall)),
        (f64::INFINITY, Some(Exclusion::TooLarge)),
    ] {
        evidence.area_um2 = Some(area);
        assert_eq!(check(&evidence, &alk), expected, "{area}");
    }
    evidence.area_um2 = None;
    for (snr, expected) in
        [(4.0, None), (3.99, Some(Exclusion::WeakProbe)), (f64::NAN, Some(Exclusion::WeakProbe))]
    {
        evidence.ordinary_snr = [Some(snr), None];
        assert_eq!(check(&evidence, &alk), expected, "{snr}");
    }
    evidence.ordinary_snr = [None, None];
    (evidence.touches_border, evidence.overlapping) = (true, true);
    (alk.evaluable.exclude_edge, alk.evaluable.exclude_overlap) = (false, false);
    assert_eq!(check(&evidence, &alk), None);
}

#[test]
fn a_cluster_is_an_amplification_or_unreadable_as_the_assay_says() {
    let mut evidence = NucleusEvidence::of_pattern(1, pattern(5, 0, 0));
    evidence.uncountable_cluster = true;
    let call = |assay: &str, evidence: &NucleusEvidence| {
        classify(evidence, &builtin(assay), None, &ClassifyParams::default())
    };
    assert_eq!(call("alk", &evidence).exclusion, Some(Exclusion::TooManySignals));
    let foxo1 = call("foxo1", &evidence);
    assert_eq!((foxo1.exclusion, foxo1.class), (None, Amplification));
    evidence.pattern = pattern(5, 1, 1);
    let foxo1 = call("foxo1", &evidence);
    assert_eq!((foxo1.class, foxo1.rearranged), (Split, true));
}

fn with_grey_zone(action: &str) -> Assay {
    let zone = format!("[split.grey_zone]\nlow = 1.5\nhigh = 2.5\naction = \"{action}\"\n\n[doublet]");
    let text = Assay::builtin_toml("alk").unwrap().replace("[doublet]", &zone);
    Assay::from_toml(&text, &Location::file("grey.toml")).unwrap()
}

#[test]
fn a_pair_in_the_grey_zone_does_what_the_assay_says() {
    for (action, exclusion, uncertain) in
        [("fused", None, false), ("uncertain", None, true), ("exclude", Some(Exclusion::GreyZone), false)]
    {
        let assay = with_grey_zone(action);
        let mut evidence = NucleusEvidence::of_pattern(1, pattern(1, 1, 1));
        evidence.grey_zone_pair = true;
        let call = classify(&evidence, &assay, None, &ClassifyParams::default());
        assert_eq!((call.exclusion, call.uncertain), (exclusion, uncertain), "{action}");
    }
}

#[test]
fn uncertain_nuclei_that_could_turn_the_verdict_make_it_equivocal() {
    let assay = with_grey_zone("uncertain");
    assert_eq!(assay.split.grey_zone.unwrap().action, GreyZoneAction::Uncertain);
    for (certain, uncertain, verdict) in [
        (15, 0, Verdict::Positive),
        (14, 1, Verdict::Equivocal),
        (15, 5, Verdict::Positive),
        (30, 5, Verdict::Positive),
    ] {
        let calls: Vec<NucleusCall> = (0..100)
            .map(|i| {
                let split = usize::from(i < certain + uncertain);
                let mut evidence = NucleusEvidence::of_pattern(i + 1, pattern(2 - split, split, split));
                evidence.grey_zone_pair = (certain..certain + uncertain).contains(&i);
                classify(&evidence, &assay, None, &ClassifyParams::default())
            })
            .collect();
        let summary =
            summarise(&calls, &assay, &Grounds::worksheet(None), &SummariseParams::default()).unwrap();
        assert_eq!(summary.verdict, verdict, "{certain} {uncertain}");
        assert_eq!(summary.uncertain, uncertain as usize);
    }
}

#[test]
fn a_lone_colour_is_left_out_where_the_other_probe_is_not_seen_in_the_neighbours() {
    let alk = builtin("alk");
    for (pattern, exclusion) in [
        (pattern(0, 1, 0), Some(Exclusion::OneColourOnly)),
        (pattern(0, 0, 2), Some(Exclusion::OneColourOnly)),
        (pattern(1, 1, 0), None),
        (pattern(0, 1, 1), None),
    ] {
        let mut evidence = NucleusEvidence::of_pattern(1, pattern);
        evidence.missing_probe_hybridised_nearby = false;
        assert_eq!(
            classify(&evidence, &alk, None, &ClassifyParams::default()).exclusion,
            exclusion,
            "{pattern}"
        );
    }
}

#[test]
fn more_fused_pairs_than_can_be_counted_are_amplification_where_the_assay_says_so() {
    for (name, exclusion) in [("ddit3", None), ("alk", Some(Exclusion::TooManySignals))] {
        let assay = builtin(name);
        let call = |pattern| {
            classify(&NucleusEvidence::of_pattern(1, pattern), &assay, None, &ClassifyParams::default())
        };
        let cluster = call(pattern(60, 0, 0));
        assert_eq!((cluster.class, cluster.exclusion), (Amplification, exclusion), "{name}");
        assert_eq!(call(pattern(60, 1, 0)).exclusion, Some(Exclusion::TooManySignals), "{name}");
    }
}
