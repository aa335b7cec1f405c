//! Strings of others, the strings of every ALK pattern, and the round trip.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::assay::{Assay, Sex};
use crate::classify::{ClassifyParams, NucleusCall, NucleusEvidence, SignalPattern, classify};

/// Strings of other programs, laboratories and a patient's report.
const OF_OTHERS: [&str; 10] = [
    "nuc ish(D21S259x2)[400]",
    "nuc ish(ABL1,BCR)x3(ABL1 con BCRx2)[200]",
    "nuc ish(MYCN amp)[200]",
    "nuc ish(D17Z1,ERBB2)x4~5[100/200]",
    "nuc ish(D17Z1x2~3,ERBB2 amp)[100/200]",
    "nuc ish(D13S19x0)[100/400]",
    "nuc ish(D6Z1x2,SEC63x1,MYBx2)[131/220]/(D6Z1x4,SEC63x2,MYBx4)[62/220],(ABL1x3,BCRx4)[49/200],(ETV6,RUNX1)x3(ETV6 con RUNX1x2)[143/220]/(ETV6x5,RUNX1x6)(ETV6 con RUNX1x4)[43/220]",
    "nuc ish(D13S319x1,LAMP1x2)",
    "nuc ish 21q22(RUNX1x3)[100/200]",
    "nuc ish(DXZ1x2)[50/350]//(DXZ1x1,DYZ3x1)[300/350]",
];

fn alk() -> Assay {
    Assay::builtin("alk").unwrap()
}

fn patterns(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter().map(|(pattern, nuclei)| ((*pattern).to_owned(), *nuclei)).collect()
}

fn text(of: &[(&str, usize)], assay: &Assay, sex: Option<Sex>) -> String {
    Iscn::of_patterns(&patterns(of), assay, sex).unwrap().unwrap().to_string()
}

#[test]
fn strings_of_others_are_read_and_written_the_same() {
    for text in OF_OTHERS {
        assert_eq!(text.parse::<Iscn>().unwrap().to_string(), text);
    }
    let report: Iscn = OF_OTHERS[6].parse().unwrap();
    assert_eq!((report.probe_sets.len(), report.patterns().count()), (3, 5));
    assert_eq!(report.probe_sets[1].patterns[0].nuclei, Some(Nuclei::new(49, 200).unwrap()));
    let chimerism: Iscn = OF_OTHERS[9].parse().unwrap();
    assert!(chimerism.donor.is_some_and(|donor| donor.len() == 1));
}

#[test]
fn blanks_and_the_comma_of_older_editions_are_normalised() {
    let cases = [
        ("nuc ish (KAL1,STS)x2,(KAL1 sep STSx1)[9/50]", "nuc ish(KAL1,STS)x2(KAL1 sep STSx1)[9/50]"),
        (" nuc ish(D17Z1x2~3, ERBB2  amp)[100/200] ", "nuc ish(D17Z1x2~3,ERBB2 amp)[100/200]"),
        ("nuc ish(ALK×2)(3'ALK  sep 5'ALKx1)", "nuc ish(ALK×2)(3'ALK sep 5'ALK×1)"),
        ("nuc ish(ERBB2x>20)[7/50]", "nuc ish(ERBB2x>20)[7/50]"),
    ];
    for (read, written) in cases {
        assert_eq!(read.parse::<Iscn>().unwrap().to_string(), written);
    }
}

#[test]
fn what_is_no_string_is_refused_with_its_place() {
    let wrong = [
        "",
        "ish(ALKx2)",
        "nuc ish",
        "nuc ish()",
        "nuc ish(ALK)",
        "nuc ish(ALKx)",
        "nuc ish(ALKx2",
        "nuc ish(ALKx2)[51/50]",
        "nuc ish(ALKx5~3)",
        "nuc ish(ALKx2,RET)",
        "nuc ish(ALKx2)[50]rest",
        "nuc ish(ALKx2)//",
        "nuc ish(ALKx99999999999)",
        "nuc ish(ALK con x2)",
    ];
    for text in wrong {
        let error = text.parse::<Iscn>().expect_err(text).to_string();
        assert!(error.contains("at character"), "{error}");
    }
}

#[test]
fn every_pattern_of_alk_has_its_string() {
    let cases = [
        ("2F", 50, 50, "(ALKx2)[50]"),
        ("1F1R1G", 27, 50, "(ALKx2)(3'ALK sep 5'ALKx1)[27/50]"),
        ("2R2G", 9, 50, "(ALKx2)(3'ALK sep 5'ALKx2)[9/50]"),
        ("1F1R", 18, 100, "(3'ALKx2,5'ALKx1)(3'ALK con 5'ALKx1)[18/100]"),
        ("1F1G", 4, 50, "(3'ALKx1,5'ALKx2)(3'ALK con 5'ALKx1)[4/50]"),
        ("3F", 40, 50, "(ALKx3)[40/50]"),
        ("2F1R1G", 22, 50, "(ALKx3)(3'ALK sep 5'ALKx1)[22/50]"),
        ("2F1R", 15, 50, "(3'ALKx3,5'ALKx2)(3'ALK con 5'ALKx2)[15/50]"),
        ("1F2R", 15, 50, "(3'ALKx3,5'ALKx1)(3'ALK con 5'ALKx1)[15/50]"),
        ("1F", 6, 50, "(ALKx1)[6/50]"),
        ("12F", 30, 50, "(ALK amp)[30/50]"),
        ("2F10R", 30, 50, "(3'ALK amp,5'ALKx2)[30/50]"),
        ("2R1G", 7, 50, "(3'ALKx2,5'ALKx1)[7/50]"),
        ("0", 5, 50, "(ALKx0)[5/50]"),
        ("2R", 5, 50, "(3'ALKx2,5'ALKx0)[5/50]"),
    ];
    for (pattern, nuclei, total, expected) in cases {
        // The others are nuclei of another pattern, which stands before or after.
        let all = [(pattern, nuclei), ("4F", total - nuclei)];
        let text = text(&all, &alk(), None);
        let whole = text.strip_prefix("nuc ish").unwrap();
        let alone = whole == expected
            || whole.starts_with(&format!("{expected}/("))
            || whole.ends_with(&format!("/{expected}"));
        assert!(alone, "{pattern}: {text}");
        assert_eq!(text.parse::<Iscn>().unwrap().to_string(), text);
    }
}

#[test]
fn the_worksheet_of_the_atlas_is_one_string() {
    let worksheet = [("2F", 19), ("1F1R1G", 22), ("1F1R", 5), ("1F1G", 4)];
    assert_eq!(
        text(&worksheet, &alk(), None),
        "nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[22/50]/(ALKx2)[19/50]/(3'ALKx2,5'ALKx1)(3'ALK con 5'ALKx1)[5/50]/\
         (3'ALKx1,5'ALKx2)(3'ALK con 5'ALKx1)[4/50]"
    );
}

#[test]
fn a_gain_of_several_copies_is_a_range_where_each_is_rare() {
    let gains = [("2F", 88), ("3F", 4), ("4F", 4), ("5F", 4)];
    assert_eq!(text(&gains, &alk(), None), "nuc ish(ALKx2)[88/100]/(ALKx3~5)[12/100]");
}

#[test]
fn a_rare_pattern_that_counts_is_never_written_with_one_that_does_not() {
    let nuclei = [("2F", 940), ("1F1R1G", 10), ("2F1R1G", 10), ("1F1R", 20), ("1F1G", 10), ("2F1G", 10)];
    let found: Iscn = text(&nuclei, &alk(), None).parse().unwrap();
    assert_eq!(
        found.to_string(),
        "nuc ish(ALKx2)[940/1000]/(ALKx2~3)(3'ALK sep 5'ALKx1)[20/1000]/\
         (3'ALKx2,5'ALKx1)(3'ALK con 5'ALKx1)[20/1000]/\
         (3'ALKx1~2,5'ALKx2~3)(3'ALK con 5'ALKx1~2)[20/1000]"
    );
}

#[test]
fn a_rare_amplified_end_amplifies_no_other_pattern() {
    let found = text(&[("2F", 96), ("1F2R", 2), ("1F7R", 2)], &alk(), None);
    for pattern in ["(3'ALKx3,5'ALKx1)(3'ALK con 5'ALKx1)[2/100]", "(3'ALK amp,5'ALKx1)[2/100]"] {
        assert!(found.contains(pattern), "{found}");
    }
}

#[test]
fn order_of_the_ends_sex_and_symbol_are_of_the_assay() {
    let tfe3 = Assay::builtin("tfe3").unwrap();
    assert_eq!(text(&[("1F", 100)], &tfe3, Some(Sex::Male)), "nuc ish(TFE3x1)[100]");
    let ret = Assay::builtin("ret").unwrap();
    assert_eq!(text(&[("1F1R1G", 10)], &ret, None), "nuc ish(RETx2)(5'RET sep 3'RETx1)[10]");
    assert_eq!(text(&[("1F1R", 10)], &ret, None), "nuc ish(5'RETx2,3'RETx1)(5'RET con 3'RETx1)[10]");
    let mut alk = alk();
    "×".clone_into(&mut alk.report.times_symbol);
    alk.report.denominators = false;
    assert_eq!(text(&[("1F1R1G", 10)], &alk, None), "nuc ish(ALK×2)(3'ALK sep 5'ALK×1)");
    "ALK gene".clone_into(&mut alk.gene);
    assert!(Iscn::of_patterns(&BTreeMap::new(), &alk, None).is_err());
}

#[test]
fn calls_give_the_string_of_their_patterns_and_clusters_are_amplified() {
    let mut assay = alk();
    assay.amplification.cluster = true;
    let mut calls: Vec<NucleusCall> = Vec::new();
    for (id, pattern) in (1..).zip(["2F", "2F", "1F1R1G", "2F"]) {
        let pattern: SignalPattern = pattern.parse().unwrap();
        let mut evidence = NucleusEvidence::of_pattern(id, pattern);
        evidence.uncountable_cluster = id == 4;
        evidence.touches_border = id == 2;
        calls.push(classify(&evidence, &assay, None, &ClassifyParams::default()));
    }
    let iscn = Iscn::of_calls(&calls, &assay).unwrap().unwrap();
    assert_eq!(iscn.to_string(), "nuc ish(ALKx2)(3'ALK sep 5'ALKx1)[1/3]/(ALKx2)[1/3]/(ALK amp)[1/3]");
    assert_eq!(Iscn::of_calls(&[], &assay).unwrap(), None);
}

fn count() -> impl Strategy<Value = Count> {
    prop_oneof![
        (0_u32..40).prop_map(Count::Exact),
        (0_u32..9, 1_u32..9).prop_map(|(low, more)| Count::between(low, low + more).unwrap()),
        (0_u32..40).prop_map(Count::MoreThan),
        Just(Count::Amplified),
    ]
}

fn name() -> impl Strategy<Value = ProbeName> {
    "[35]?'?[A-Za-wyz0-9@._-]{1,8}".prop_map(|name| ProbeName::new(name).unwrap())
}

fn target(least: usize) -> impl Strategy<Value = Target> {
    let relation = prop_oneof![Just(Relation::Con), Just(Relation::Sep)];
    (name(), prop::collection::vec((relation, name()), least..3))
        .prop_map(|(first, others)| Target { first, others })
}

fn group(least: usize) -> impl Strategy<Value = Group> {
    let counted = (target(least), count()).prop_map(|(target, count)| Counted::new(target, count));
    let shared = (prop::collection::vec(target(least), 1..3), count());
    prop_oneof![
        prop::collection::vec(counted, 1..4).prop_map(Group::Each),
        shared.prop_map(|(targets, count)| Group::Shared { targets, count }),
    ]
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let first = prop::collection::vec((name(), count()), 1..4).prop_map(|probes| {
        Group::Each(probes.into_iter().map(|(n, c)| Counted::new(Target::probe(n), c)).collect())
    });
    let nuclei = prop::option::of(
        (0_usize..500, 0_usize..500).prop_map(|(n, more)| Nuclei::new(n, n + more).unwrap()),
    );
    (first, prop::collection::vec(group(1), 0..3), nuclei).prop_map(|(first, others, nuclei)| Pattern {
        groups: std::iter::once(first).chain(others).collect(),
        nuclei,
    })
}

fn probe_sets() -> impl Strategy<Value = Vec<ProbeSet>> {
    let set = (prop::option::of("[1-9]{1,2}[pq][1-9]{1,2}"), prop::collection::vec(pattern(), 1..4));
    prop::collection::vec(set.prop_map(|(band, patterns)| ProbeSet { band, patterns }), 1..4)
}

proptest! {
    /// Whatever can be written is read back as it was, and written the same.
    #[test]
    fn a_written_string_reads_back(
        probe_sets in probe_sets(),
        donor in prop::option::of(probe_sets()),
        times in prop_oneof![Just(Times::Letter), Just(Times::Sign)],
    ) {
        let iscn = Iscn { times, probe_sets, donor };
        let text = iscn.to_string();
        let read: Iscn = text.parse().unwrap();
        prop_assert_eq!(read.to_string(), text);
        // Without a number of copies the sign is not written.
        prop_assert_eq!(Iscn { times, ..read }, iscn);
    }

    /// The string of any nuclei of any built-in assay reads back, and accounts for all of them.
    #[test]
    fn every_specimen_has_a_string_that_accounts_for_all_nuclei(
        assay in prop::sample::select(Assay::builtin_names().collect::<Vec<_>>()),
        nuclei in prop::collection::btree_map((0_usize..10, 0_usize..10, 0_usize..10), 1_usize..300, 1..30),
    ) {
        let patterns: BTreeMap<String, usize> = nuclei
            .into_iter()
            .map(|((fused, red, green), n)| (SignalPattern::from_counts(fused, red, green).to_string(), n))
            .collect();
        let total: usize = patterns.values().sum();
        let iscn = Iscn::of_patterns(&patterns, &Assay::builtin(assay).unwrap(), None).unwrap().unwrap();
        prop_assert_eq!(&iscn.to_string().parse::<Iscn>().unwrap(), &iscn);
        let of = |pattern: &Pattern| match pattern.nuclei {
            Some(Nuclei::All(n)) => n,
            Some(Nuclei::Part { nuclei, .. }) => nuclei,
            None => 0,
        };
        let stated: Vec<usize> = iscn.patterns().map(of).collect();
        prop_assert_eq!(stated.iter().sum::<usize>(), total);
        prop_assert!(stated.is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn no_text_ends_the_parser(text in "(nuc ish)?[A-Z0-9(),x/~> \\[\\]'cons×]{0,40}") {
        let _ = text.parse::<Iscn>();
    }
}
