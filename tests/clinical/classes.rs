//! The class of a pattern, and whether the assay counts it.

use breakapart::assay::{Assay, Sex};
use breakapart::classify::NucleusClass::{
    Amplification, ExtraFivePrime, ExtraThreePrime, FewerFused, Gain, IsolatedFivePrime, IsolatedThreePrime,
    Normal, Split, Unclassified,
};
use breakapart::classify::{
    ClassifyParams, NucleusEvidence, SeparatedProbability, class_of, classify, is_rearranged,
};
use breakapart::summarise::Verdict;

use crate::{FUSED, builtin, of, pattern, read};

#[test]
fn classes_of_the_alk_atlas_worksheet() {
    // Fused, 5' (green), 3' (red).
    let table = [
        (2, 0, 0, Normal, false),
        (2, 1, 1, Split, true),
        (2, 0, 1, IsolatedThreePrime, true),
        (0, 1, 2, Split, true),
        (1, 0, 0, FewerFused, false),
        (1, 1, 0, IsolatedFivePrime, false),
    ];
    let alk = builtin("alk");
    for (fused, five_prime, three_prime, class, rearranged) in table {
        let pattern = pattern(fused, three_prime, five_prime);
        assert_eq!(class_of(&pattern, &alk, None), class, "{pattern}");
        assert_eq!(is_rearranged(&pattern, &alk, None), rearranged, "{pattern}");
    }
}

#[test]
fn the_alk_atlas_worksheet_is_54_percent_positive() {
    // 19 fused, 22 split, 5 isolated 3', 4 isolated 5'.
    let summary = read(
        &builtin("alk"),
        &of(&[
            (FUSED, 18),
            ((1, 0, 0), 1),
            ((1, 1, 1), 20),
            ((2, 1, 1), 1),
            ((0, 2, 1), 1),
            ((1, 1, 0), 4),
            ((2, 1, 0), 1),
            ((1, 0, 1), 4),
        ]),
    );
    assert_eq!((summary.rearranged, summary.evaluable), (27, 50));
    assert_eq!(summary.percent_rearranged, Some(54.0));
    assert_eq!(summary.verdict, Verdict::Positive);
    assert!(!summary.borderline && !summary.confirm);
    assert_eq!(summary.classes[&Split], 22);
    assert_eq!(summary.classes[&IsolatedThreePrime], 5);
    assert_eq!(summary.classes[&IsolatedFivePrime], 4);
    assert_eq!(summary.patterns["1F1R1G"], 20);
}

#[test]
fn pattern_vocabulary_of_digital_reading() {
    let alk = builtin("alk");
    let table = [
        ((2, 0, 0), "2F", Normal),
        ((1, 0, 0), "1F", FewerFused),
        ((1, 1, 1), "1F1R1G", Split),
        ((0, 2, 2), "2R2G", Split),
        ((1, 1, 0), "1F1R", IsolatedThreePrime),
        ((1, 0, 1), "1F1G", IsolatedFivePrime),
        ((2, 1, 0), "2F1R", IsolatedThreePrime),
        ((2, 0, 2), "2F2G", IsolatedFivePrime),
        ((3, 0, 0), "3F", Gain),
        ((7, 0, 0), "7F", Gain),
        ((8, 0, 0), "8F", Amplification),
        ((8, 1, 1), "8F1R1G", Split),
        ((0, 3, 0), "3R", IsolatedThreePrime),
        ((0, 0, 0), "0", Unclassified),
    ];
    for ((fused, red, green), shown, class) in table {
        let pattern = pattern(fused, red, green);
        assert_eq!(pattern.to_string(), shown);
        assert_eq!(class_of(&pattern, &alk, None), class, "{shown}");
    }
    // Where nuclei with signals of one colour only are left out, they are no class.
    assert_eq!(class_of(&pattern(0, 3, 0), &builtin("ros1"), None), Unclassified);
}

#[test]
fn isolated_signals_mean_what_the_assay_says_whatever_their_colour() {
    let (red, green) = (pattern(1, 1, 0), pattern(1, 0, 1));
    // 3' is red in ALK and green in KMT2A.
    let table = [
        ("alk", true, false),
        ("ros1", true, false),
        ("ret", false, false),
        ("kmt2a", true, false),
        ("usp6", true, true),
        ("ewsr1", false, false),
    ];
    for (name, red_counts, green_counts) in table {
        let assay = builtin(name);
        assert_eq!(is_rearranged(&red, &assay, None), red_counts, "{name}");
        assert_eq!(is_rearranged(&green, &assay, None), green_counts, "{name}");
    }
}

#[test]
fn an_extra_signal_beside_two_intact_loci_is_a_class_of_its_own_where_the_assay_says_so() {
    let kmt2a = builtin("kmt2a");
    // 2F1R: an extra 5' signal is an insertion.
    assert_eq!(class_of(&pattern(2, 1, 0), &kmt2a, None), ExtraFivePrime);
    assert!(is_rearranged(&pattern(2, 1, 0), &kmt2a, None));
    assert_eq!(class_of(&pattern(2, 0, 1), &kmt2a, None), ExtraThreePrime);
    assert!(!is_rearranged(&pattern(2, 0, 1), &kmt2a, None));
    assert_eq!(class_of(&pattern(1, 1, 0), &kmt2a, None), IsolatedFivePrime);
    assert_eq!(class_of(&pattern(2, 1, 0), &builtin("alk"), None), IsolatedThreePrime);
}

#[test]
fn copies_of_an_x_linked_gene_are_judged_by_sex() {
    let tfe3 = builtin("tfe3");
    let class = |fused, sex| class_of(&pattern(fused, 0, 0), &tfe3, sex);
    assert_eq!([class(1, Some(Sex::Male)), class(2, Some(Sex::Male))], [Normal, Gain]);
    assert_eq!([class(1, Some(Sex::Female)), class(2, Some(Sex::Female))], [FewerFused, Normal]);
    assert_eq!([class(1, None), class(3, None)], [FewerFused, Gain]);
    // 1R1G: the only copy of a male is broken.
    assert!(is_rearranged(&pattern(0, 1, 1), &tfe3, Some(Sex::Male)));
    let summary = read(&tfe3, &of(&[((1, 0, 0), 100)]));
    assert!(summary.has("sex_unknown"));
}

/// Where the signals leave no doubt, the probability says what the call says.
#[test]
fn a_certain_probability_agrees_with_the_call_in_every_assay() {
    let params = ClassifyParams::default();
    let mut counted = 0;
    for name in Assay::builtin_names() {
        let assay = builtin(name);
        for (fused, red, green) in
            (0..4).flat_map(|f| (0..2).flat_map(move |r| (0..2).map(move |g| (f, r, g))))
        {
            let mut evidence = NucleusEvidence::of_pattern(1, pattern(fused, red, green));
            let [any_red, any_green] = [red, green].map(|n| if n > 0 { 1.0 } else { 0.0 });
            evidence.separated = Some(SeparatedProbability {
                red: any_red,
                green: any_green,
                either: f64::max(any_red, any_green),
            });
            let call = classify(&evidence, &assay, None, &params);
            if let Some(probability) = call.probability_rearranged {
                counted += 1;
                assert_eq!(probability > 0.5, call.rearranged, "{name}: {fused}F{red}R{green}G {call:?}");
                assert!(!call.doubtful || !call.evaluable(), "{name}: {fused}F{red}R{green}G {call:?}");
            }
        }
    }
    assert!(counted > 100, "{counted} nuclei were counted");
}

/// A red alone whose green may be lost is no certain rearrangement; a split pair stays one.
#[test]
fn a_partner_that_may_be_lost_makes_a_signal_alone_doubtful() {
    let alk = builtin("alk");
    let read = |red, green, by_loss: f64| {
        let mut evidence = NucleusEvidence::of_pattern(1, pattern(1, red, green));
        let any_green = if green > 0 { 1.0 } else { 0.0 };
        evidence.separated = Some(SeparatedProbability { red: 1.0, green: any_green, either: 1.0 });
        evidence.isolated_by_dropout_probability = [by_loss, 0.0];
        classify(&evidence, &alk, None, &ClassifyParams::default())
    };
    let call = read(1, 0, 0.6);
    assert!(call.rearranged && call.doubtful, "{call:?}");
    assert!((call.probability_rearranged.unwrap() - 0.4).abs() < 0.01, "{call:?}");
    for sure in [read(1, 0, 0.0), read(1, 1, 0.6)] {
        assert!(sure.rearranged && !sure.doubtful && sure.probability_rearranged.unwrap() > 0.99, "{sure:?}");
    }
}
