//! Pairing against brute force, and what must not matter to it.

use std::collections::BTreeSet;

use breakapart::Colour::{Green, Red};
use breakapart::Error;
use breakapart::assay::Assay;
use breakapart::classify::{ClassifyParams, NucleusEvidence, classify};
use breakapart::detect::Signal;
use breakapart::pair::{Pair, PairRule, Pairing, pair};
use proptest::prelude::*;

/// Split from 8 px on, sisters up to 3 px.
fn rule() -> PairRule {
    let mut rule = PairRule::from_diameter(4.0);
    rule.split_distance_px = 8.0;
    rule.doublet_distance_px = 3.0;
    rule
}

fn without_sisters() -> PairRule {
    let mut rule = rule();
    rule.doublet_distance_px = 0.0;
    rule
}

fn all(signals: &[Signal], rule: &PairRule) -> Pairing {
    let indices: Vec<usize> = (0..signals.len()).collect();
    pair(7, signals, &indices, rule).unwrap()
}

fn distance(signals: &[Signal], red: usize, green: usize) -> f64 {
    (signals[red].y_px - signals[green].y_px).hypot(signals[red].x_px - signals[green].x_px)
}

/// Reds first, then greens.
fn signals(reds: &[(f64, f64)], greens: &[(f64, f64)]) -> Vec<Signal> {
    let reds = reds.iter().map(|(y, x)| Signal::at(Red, *y, *x));
    reds.chain(greens.iter().map(|(y, x)| Signal::at(Green, *y, *x))).collect()
}

/// The most pairs of which every one passes, and the least sum of their distances, over all ways to pair.
fn best(signals: &[Signal], reds: &[usize], greens: &[usize], passes: &dyn Fn(f64) -> bool) -> (usize, f64) {
    let Some((&red, rest)) = reds.split_first() else { return (0, 0.0) };
    let mut best_so_far = best(signals, rest, greens, passes);
    for (k, &green) in greens.iter().enumerate() {
        let d = distance(signals, red, green);
        if passes(d) {
            let mut left = greens.to_vec();
            left.remove(k);
            let (pairs, sum) = best(signals, rest, &left, passes);
            if pairs + 1 > best_so_far.0 || (pairs + 1 == best_so_far.0 && sum + d < best_so_far.1) {
                best_so_far = (pairs + 1, sum + d);
            }
        }
    }
    best_so_far
}

fn total(pairs: &[Pair]) -> f64 {
    pairs.iter().map(|p| p.distance_px).sum()
}

/// Every locus by the places of its members, whatever the order of signals.
fn loci(signals: &[Signal], pairing: &Pairing) -> BTreeSet<String> {
    let place = |i: usize| format!("{:?} {:.6} {:.6}", signals[i].colour, signals[i].y_px, signals[i].x_px);
    let pairs = |kind: &'static str, pairs: &[Pair]| {
        let name = |p: &Pair| format!("{kind} {} {}", place(p.red), place(p.green));
        pairs.iter().map(name).collect::<Vec<_>>()
    };
    let lone = |kind: &'static str, indices: &[usize]| {
        indices.iter().map(|&i| format!("{kind} {}", place(i))).collect::<Vec<_>>()
    };
    [
        pairs("fused", &pairing.fused),
        pairs("split", &pairing.split),
        lone("isolated", &pairing.isolated_red),
        lone("isolated", &pairing.isolated_green),
        lone("duplicate", &pairing.duplicates),
    ]
    .concat()
    .into_iter()
    .collect()
}

fn places(most: usize) -> impl Strategy<Value = Vec<(f64, f64)>> {
    proptest::collection::vec((0.0..24.0_f64, 0.0..24.0_f64), 0..=most)
}

proptest! {
    #[test]
    fn no_other_way_has_more_fused_pairs_or_lies_closer(reds in places(5), greens in places(5)) {
        let signals = signals(&reds, &greens);
        let rule = without_sisters();
        let pairing = all(&signals, &rule);
        let red: Vec<usize> = (0..reds.len()).collect();
        let green: Vec<usize> = (reds.len()..signals.len()).collect();
        let (most, least) = best(&signals, &red, &green, &|d| rule.is_fused(d));
        prop_assert_eq!(pairing.fused.len(), most);
        prop_assert!((total(&pairing.fused) - least).abs() < 1e-9, "{} {least}", total(&pairing.fused));

        // What is left: as many split loci as can be, over the least distance, and none within reach of fusion.
        let lone_red: Vec<usize> = red.into_iter().filter(|i| pairing.fused.iter().all(|p| p.red != *i)).collect();
        let lone_green: Vec<usize> =
            green.into_iter().filter(|i| pairing.fused.iter().all(|p| p.green != *i)).collect();
        let (most, least) = best(&signals, &lone_red, &lone_green, &|_| true);
        prop_assert_eq!(pairing.split.len(), most);
        prop_assert!((total(&pairing.split) - least).abs() < 1e-9);
        prop_assert!(pairing.split.iter().all(|p| !rule.is_fused(p.distance_px)));
        prop_assert!(pairing.isolated_red.is_empty() || pairing.isolated_green.is_empty());
    }

    #[test]
    fn every_signal_has_one_part_and_its_own_distance(reds in places(6), greens in places(6)) {
        let signals = signals(&reds, &greens);
        let pairing = all(&signals, &rule());
        let pairs = || pairing.fused.iter().chain(&pairing.split);
        let mut parts: Vec<usize> = pairs().flat_map(|p| [p.red, p.green]).collect();
        parts.extend(pairing.isolated_red.iter().chain(&pairing.isolated_green).chain(&pairing.duplicates));
        parts.sort_unstable();
        prop_assert_eq!(parts, (0..signals.len()).collect::<Vec<_>>());
        for p in pairs() {
            prop_assert!(signals[p.red].colour == Red && signals[p.green].colour == Green);
            prop_assert!((p.distance_diameters - p.distance_px / 4.0).abs() < 1e-12);
        }
        prop_assert!(pairing.isolated_red.iter().all(|i| signals[*i].colour == Red));
        prop_assert!(pairing.isolated_green.iter().all(|i| signals[*i].colour == Green));
        prop_assert_eq!(pairing.nucleus_id, 7);
    }

    #[test]
    fn the_order_of_signals_does_not_matter(
        reds in places(5),
        greens in places(5),
        heights in proptest::collection::vec(1.0..2.5_f64, 10),
        keys in proptest::collection::vec(any::<u32>(), 10),
    ) {
        let mut signals = signals(&reds, &greens);
        for (signal, height) in signals.iter_mut().zip(&heights) {
            signal.amplitude = *height;
        }
        let mut order: Vec<usize> = (0..signals.len()).collect();
        order.sort_by_key(|i| keys[*i]);
        let shuffled: Vec<Signal> = order.iter().map(|i| signals[*i].clone()).collect();
        let expected = loci(&signals, &all(&signals, &rule()));
        prop_assert_eq!(&loci(&shuffled, &all(&shuffled, &rule())), &expected);
        // The same list, named in another order.
        prop_assert_eq!(loci(&signals, &pair(7, &signals, &order, &rule()).unwrap()), expected);
    }

    #[test]
    fn moving_and_turning_a_nucleus_changes_nothing(
        reds in places(5),
        greens in places(5),
        by in (-900.0..900.0_f64, -900.0..900.0_f64),
        turn in 0.0..6.0_f64,
    ) {
        let moved = |places: &[(f64, f64)]| -> Vec<(f64, f64)> {
            let (sin, cos) = turn.sin_cos();
            places.iter().map(|(y, x)| (by.0 + cos * y - sin * x, by.1 + sin * y + cos * x)).collect()
        };
        let here = all(&signals(&reds, &greens), &rule());
        let there = all(&signals(&moved(&reds), &moved(&greens)), &rule());
        prop_assert_eq!(here.pattern(), there.pattern());
    }

    #[test]
    fn a_shift_of_green_that_is_known_changes_nothing(
        reds in places(5),
        greens in places(5),
        shift in (-9.0..9.0_f64, -9.0..9.0_f64),
    ) {
        let shifted: Vec<_> = greens.iter().map(|(y, x)| (y + shift.0, x + shift.1)).collect();
        let mut known = rule();
        known.green_shift_px = [shift.0, shift.1];
        let here = all(&signals(&reds, &greens), &rule());
        prop_assert_eq!(here.pattern(), all(&signals(&reds, &shifted), &known).pattern());
    }

    #[test]
    fn a_sister_never_changes_the_pattern(reds in places(3), greens in places(3), which in 0_usize..6, turn in 0.0..6.0_f64) {
        // Loci far from each other, so that only the sister is near its signal.
        let apart = |places: &[(f64, f64)]| -> Vec<(f64, f64)> {
            places.iter().enumerate().map(|(i, (y, x))| (y / 4.0, 60.0 * i as f64 + x / 4.0)).collect()
        };
        let mut signals = signals(&apart(&reds), &apart(&greens));
        prop_assume!(!signals.is_empty());
        let before = all(&signals, &rule());
        let mut sister = signals[which % signals.len()].clone();
        sister.y_px += 1.5 * turn.sin();
        sister.x_px += 1.5 * turn.cos();
        sister.amplitude = 0.8;
        signals.push(sister);
        let after = all(&signals, &rule());
        prop_assert_eq!(&after.duplicates, &[signals.len() - 1]);
        let counts = |p: &Pairing| (p.fused.len() + p.split.len(), p.isolated_red.len(), p.isolated_green.len());
        prop_assert_eq!(counts(&after), counts(&before));
    }
}

#[test]
fn a_pair_at_just_the_cutoff_is_split_or_fused_as_the_rule_says() {
    for (at_equality, pattern) in [(true, "1R1G"), (false, "1F")] {
        let mut rule = rule();
        rule.split_at_equality = at_equality;
        let pair = all(&signals(&[(5.0, 5.0)], &[(5.0, 13.0)]), &rule);
        assert_eq!(pair.pattern().to_string(), pattern);
        let nearer = all(&signals(&[(5.0, 5.0)], &[(5.0, 12.999)]), &rule);
        assert_eq!(nearer.pattern().to_string(), "1F");
        let farther = all(&signals(&[(5.0, 5.0)], &[(5.0, 13.001)]), &rule);
        assert_eq!(farther.pattern().to_string(), "1R1G");
    }
}

#[test]
fn sisters_at_just_the_limit_count_once_and_beyond_it_twice() {
    let count = |gap: f64, ratio: f64| {
        let mut signals = signals(&[(5.0, 5.0), (5.0, 5.0 + gap)], &[]);
        signals[1].amplitude = 1.0 / ratio;
        all(&signals, &rule()).pattern().to_string()
    };
    assert_eq!(count(3.0, 1.0), "1R");
    assert_eq!(count(3.001, 1.0), "2R");
    let ratio = rule().doublet_height_ratio_max;
    assert_eq!(count(2.0, ratio), "1R");
    assert_eq!(count(2.0, 1.01 * ratio), "2R");
}

#[test]
fn a_nucleus_without_signals_has_no_loci() {
    assert_eq!(all(&[], &rule()).pattern().to_string(), "0");
}

/// Each would make the assignment run for ever, or count a signal that is not there.
#[test]
fn a_value_that_is_no_number_is_refused_at_once() {
    type Place = fn(&mut Signal) -> &mut f64;
    type Set = fn(&mut PairRule, f64);
    let sound = signals(&[(1.0, 1.0)], &[(2.0, 2.0)]);
    let refused = |signals: &[Signal], indices: &[usize], rule: &PairRule| {
        let error = pair(1, signals, indices, rule).unwrap_err();
        assert!(matches!(error, Error::InvalidParameter { .. }), "{error}");
        error.to_string()
    };
    assert!(refused(&sound, &[0, 1, 99], &rule()).contains("signal index = 99"));
    for odd in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
        let places: [(&str, Place); 2] =
            [("signals[1].y_px", |s| &mut s.y_px), ("signals[1].x_px", |s| &mut s.x_px)];
        for (name, place) in places {
            let mut signals = sound.clone();
            *place(&mut signals[1]) = odd;
            assert!(refused(&signals, &[0, 1], &rule()).contains(name));
            // A signal that is not asked for plays no part.
            assert_eq!(pair(1, &signals, &[0], &rule()).unwrap().pattern().to_string(), "1R");
        }
        let values: [(&str, Set); 7] = [
            ("diameter_px", |r, v| r.diameter_px = v),
            ("split_distance_px", |r, v| r.split_distance_px = v),
            ("doublet_distance_px", |r, v| r.doublet_distance_px = v),
            ("doublet_doubtful_px", |r, v| r.doublet_doubtful_px = v),
            ("doublet_height_ratio_max", |r, v| r.doublet_height_ratio_max = v),
            ("green_shift_px", |r, v| r.green_shift_px[1] = v),
            ("grey_zone_px[1]", |r, v| r.grey_zone_px = Some([4.0, v])),
        ];
        for (name, set) in values {
            let mut rule = rule();
            set(&mut rule, odd);
            let message = refused(&sound, &[0, 1], &rule);
            assert!(message.contains(name), "{name}: {message}");
        }
    }
    let mut signals = sound;
    signals[0].amplitude = f64::NAN;
    assert!(refused(&signals, &[0, 1], &rule()).contains("signals[0].amplitude"));
}

/// The parts of a reading that a host saves: signals, rule, pairing and call.
#[test]
fn the_parts_of_a_reading_are_saved_and_loaded() {
    fn loaded<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let signals = signals(&[(1.0, 1.0), (20.0, 1.0)], &[(2.0, 2.5), (20.0, 30.0)]);
    let (mut rule, alk) = (rule(), Assay::builtin("alk").unwrap());
    rule.grey_zone_px = Some([6.0, 9.0]);
    let pairing = all(&signals, &rule);
    let evidence = NucleusEvidence::of_pattern(7, pairing.pattern());
    let call = classify(&evidence, &alk, None, &ClassifyParams::default());
    assert_eq!(loaded(&signals), signals);
    assert_eq!(loaded(&rule), rule);
    assert_eq!(loaded(&pairing), pairing);
    assert_eq!(loaded(&evidence), evidence);
    assert_eq!(loaded(&call), call);
    assert_eq!(loaded(&alk), alk);
}
