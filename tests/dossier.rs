//! The dossier of simulated laboratories recovers the bias and the imprecision put into them.
#![cfg(feature = "run")]

use breakapart::Assay;
use breakapart::dossier::{
    Dossier, DossierInput, DossierOptions, DossierSpecimen, Part, ReaderCount, write_dossier,
};
use breakapart::run::{Ihc, Ngs};
use breakapart::summarise::{Count, CutoffMethod, Verdict};
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Binomial, Distribution as _, Normal};
use serde_json::json;

/// Specimens with a manual count.
const COMPARED: usize = 40;
/// Error of a manual count, and of a result, standard deviation, points.
const ERROR_SD: f64 = 2.0;
/// Specimens that are repeated, repeats of each beside the first result, and their true percentage.
const REPEATED: usize = 6;
const REPEATS: usize = 4;
const REPEATED_PERCENT: f64 = 40.0;
/// Evaluable nuclei of a repeat.
const REPEAT_NUCLEI: u64 = 400;
/// Scatter between repeats beside that of counting, standard deviation, points.
const REPEAT_SD: f64 = 2.5;
/// Laboratories of a coverage.
const LABORATORIES: u64 = 200;
/// Least and most of them whose 95 % interval holds the truth: the binomial distribution exceeds these once in 1000.
const COVERED: std::ops::RangeInclusive<usize> = 179..=199;

struct Laboratory {
    rng: ChaCha8Rng,
    specimens: Vec<DossierSpecimen>,
}

impl Laboratory {
    fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), specimens: Vec::new() }
    }

    fn scattered(&mut self, percent: f64, sd: f64) -> f64 {
        Normal::new(percent, sd).unwrap().sample(&mut self.rng)
    }

    /// A specimen whose count has this percentage to a hundredth.
    fn add(&mut self, name: String, percent: f64) -> &mut DossierSpecimen {
        let count = Count::new((100.0 * percent.clamp(0.0, 100.0)).round() as usize, 10_000).unwrap();
        self.add_count(name, count)
    }

    fn add_count(&mut self, name: String, count: Count) -> &mut DossierSpecimen {
        let is_positive = 100 * count.positive >= 15 * count.total;
        let verdict = if is_positive { Verdict::Positive } else { Verdict::Negative };
        self.specimens.push(DossierSpecimen::new(name, count, verdict));
        self.specimens.last_mut().unwrap()
    }

    /// Specimens from 8 to 86 % with a manual count; the results read `bias` points more.
    fn compared(mut self, bias: f64) -> Self {
        for i in 0..COMPARED {
            let percent = 8.0 + 2.0 * i as f64;
            let manual = self.scattered(percent, ERROR_SD);
            let read = self.scattered(percent + bias, ERROR_SD);
            self.add(format!("P{i:02}"), read).reference.manual_percent = Some(manual);
        }
        self
    }

    fn repeated(mut self) -> Self {
        for i in 0..REPEATED {
            for j in 0..=REPEATS {
                let percent = self.scattered(REPEATED_PERCENT, REPEAT_SD);
                let counted = Binomial::new(REPEAT_NUCLEI, percent / 100.0).unwrap().sample(&mut self.rng);
                let count = Count::new(counted as usize, REPEAT_NUCLEI as usize).unwrap();
                let specimen = self.add_count(format!("R{i}.{j}"), count);
                specimen.reference.repeat_of = (j > 0).then(|| format!("R{i}.0"));
            }
        }
        self
    }

    fn input(self) -> DossierInput {
        DossierInput::new(Assay::builtin("alk").unwrap(), self.specimens)
    }

    fn dossier(self) -> Dossier {
        Dossier::of(&self.input(), &DossierOptions::default()).unwrap()
    }
}

fn given<T: std::fmt::Debug>(part: &Part<T>) -> &T {
    part.given().unwrap_or_else(|| panic!("{part:?}"))
}

#[test]
fn the_bias_put_in_is_recovered_within_its_interval() {
    for bias in [3.0, 0.0] {
        let (mut means, mut slopes, mut at_cutoff) = (0, 0, 0);
        for seed in 0..LABORATORIES {
            let dossier = Laboratory::new(seed).compared(bias).dossier();
            let found = given(&dossier.accuracy.comparison);
            means += usize::from(found.bland_altman.bias.holds(bias));
            slopes += usize::from(found.deming.unwrap().slope.holds(1.0));
            at_cutoff += usize::from(found.bias_at_cutoff.unwrap().holds(bias));
        }
        for covered in [means, slopes, at_cutoff] {
            assert!(COVERED.contains(&covered), "bias {bias}: {means}, {slopes}, {at_cutoff}");
        }
    }
}

#[test]
fn a_bias_of_three_points_is_told_from_none() {
    for seed in 0..20 {
        let dossier = Laboratory::new(seed).compared(3.0).dossier();
        let found = given(&dossier.accuracy.comparison);
        assert!(!found.bland_altman.bias.holds(0.0));
        // Errors of both methods, 2 points each.
        let sd = ERROR_SD * 2.0_f64.sqrt();
        assert!((found.bland_altman.sd / sd - 1.0).abs() < 0.4, "{}", found.bland_altman.sd);
        assert_eq!(found.bland_altman.pairs, COMPARED);
        assert_eq!(given(&dossier.accuracy.calls.overall).count.total, COMPARED);
    }
}

#[test]
fn the_imprecision_put_in_is_recovered_within_its_interval() {
    let counting = 100.0 * (0.4_f64 * 0.6 / REPEAT_NUCLEI as f64).sqrt();
    let truth = REPEAT_SD.hypot(counting * (1.0 - REPEAT_SD * REPEAT_SD / 1e4).sqrt());
    let mut covered = 0;
    for seed in 0..LABORATORIES {
        let dossier = Laboratory::new(seed).repeated().dossier();
        let figures = given(&dossier.precision.all);
        assert_eq!((figures.precision.degrees, figures.precision.specimens), (REPEATED * REPEATS, REPEATED));
        covered += usize::from(figures.precision.repeatability_sd.holds(truth));
        assert!((figures.counting_sd - counting).abs() < 0.05, "{}", figures.counting_sd);
        assert!(given(&dossier.precision.from_cutoff) == figures);
        assert!(matches!(dossier.precision.below_cutoff, Part::TooFew(_)));
        assert_eq!(given(&dossier.precision.same_verdict).count.positive, REPEATED * REPEATS);
    }
    assert!(COVERED.contains(&covered), "{covered}");
}

#[test]
fn repeats_count_once_in_the_comparison() {
    let mut laboratory = Laboratory::new(1).compared(0.0).repeated();
    for specimen in &mut laboratory.specimens {
        specimen.reference.manual_percent.get_or_insert(REPEATED_PERCENT);
    }
    let dossier = laboratory.dossier();
    assert_eq!(dossier.accuracy.specimens.len(), COMPARED + REPEATED);
    assert_eq!(dossier.use_and_settings.specimens, COMPARED + REPEATED);
    assert_eq!(dossier.use_and_settings.repeats, REPEATED * REPEATS);
}

#[test]
fn cutoff_and_limits_come_from_the_normal_controls() {
    // The worked example of `docs/own-assay.md`.
    let normals = [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2];
    let mut laboratory = Laboratory::new(1);
    for (i, positive) in normals.into_iter().enumerate() {
        laboratory.add_count(format!("N{i:02}"), Count::new(positive, 200).unwrap()).is_normal = true;
    }
    let dossier = laboratory.dossier();
    let comparison = given(&dossier.cutoff.comparison);
    let percent = |method| format!("{:.2}", comparison.row(method).unwrap().cutoff.percent);
    assert_eq!(CutoffMethod::ALL.map(percent), ["5.06", "5.18", "2.00", "2.93"]);
    assert_eq!(format!("{:.2}", given(&dossier.detection.limit_of_blank).by_ranks), "2.25");
    let row = dossier.detection.rows.iter().find(|row| row.cells == 100).unwrap();
    assert_eq!((row.positive_from, format!("{:.1}", row.detectable_percent).as_str()), (15, "21.0"));
    assert_eq!(dossier.detection.median_cells, Some(200));
}

#[test]
fn readers_and_other_methods_are_compared() {
    let mut laboratory = Laboratory::new(3).compared(0.0);
    let mut readers = Vec::new();
    for (i, specimen) in laboratory.specimens.iter_mut().enumerate() {
        let is_positive = specimen.verdict == Verdict::Positive;
        specimen.reference.ihc = Some(if is_positive { Ihc::Strong } else { Ihc::None });
        specimen.reference.ngs = Some(if is_positive { Ngs::Positive } else { Ngs::Negative });
        for (reader, more) in [("first", 0), ("second", 2)] {
            let positive = (specimen.count.positive / 100 + more).min(100);
            readers.push(ReaderCount {
                specimen: specimen.specimen.clone(),
                reader: reader.to_owned(),
                count: Count::new(positive, 100).unwrap(),
            });
        }
        if i == 20 {
            specimen.reference.ihc = Some(Ihc::Weak);
            specimen.reference.ngs = Some(Ngs::Failed);
            specimen.patterns = [("1F1R1G".to_owned(), 7000), ("2F".to_owned(), 3000)].into();
        }
    }
    let mut input = laboratory.input();
    input.readers = readers;
    let dossier = Dossier::of(&input, &DossierOptions::default()).unwrap();
    let pairs = &given(&dossier.readers.part).pairs;
    let names: Vec<(&str, &str)> =
        pairs.iter().map(|pair| (pair.reader.as_str(), pair.reference.as_str())).collect();
    assert_eq!(names, [("second", "first"), ("breakapart", "first"), ("breakapart", "second")]);
    assert_eq!(given(&pairs[0].bland_altman).bias.value, 2.0);
    assert!(given(&pairs[0].calls.kappa).kappa > 0.5);

    let ihc = dossier.concordance.ihc.as_ref().unwrap();
    assert_eq!(ihc.table.count(1, 1), 1);
    assert_eq!((ihc.calls.table.false_positive, ihc.calls.table.false_negative), (1, 0));
    let [discordant] = &ihc.discordant[..] else { panic!("{:?}", ihc.discordant) };
    assert_eq!((discordant.specimen.as_str(), discordant.other.as_str()), ("P20", "1+"));
    assert_eq!((discordant.patterns[0].pattern.as_str(), discordant.patterns[0].percent), ("1F1R1G", 70.0));
    let ngs = dossier.concordance.ngs.as_ref().unwrap();
    assert_eq!(ngs.calls.table.total(), COMPARED - 1);
    assert!(ngs.discordant.is_empty());
    // Few specimens lie below the cutoff.
    assert!(matches!(ngs.calls.specificity, Part::TooFew(_)));
    assert!(given(&ngs.calls.sensitivity).percent == 100.0);
}

#[test]
fn reviews_of_results_are_reader_agreement() {
    let mut laboratory = Laboratory::new(3);
    let mut reviews = Vec::new();
    for i in 0..20_usize {
        let specimen = format!("P{i:02}");
        laboratory.add_count(specimen.clone(), Count::new(4 * i, 100).unwrap());
        // The first reader calls one more rearranged, and the second leaves one out.
        let calls =
            |turned: [usize; 2]| json!([[4 * i, turned[0], 0], [0, 99 - 4 * i, 0], [0, turned[1], 0]]);
        let role = |reader: &str, positive: usize, total: usize, turned: [usize; 2]| {
            let count = json!({ "positive": positive, "total": total });
            json!({ "readers": [reader], "decisions": 1, "count": count, "calls": calls(turned) })
        };
        let second = (i < 5).then(|| role("B", 4 * i, 99, [0, 1]));
        reviews.push(json!({
            "specimen": specimen,
            "program": { "positive": 4 * i, "total": 100 },
            "first": role("A", 4 * i + 1, 100, [1, 0]),
            "calls": second.as_ref().map(|_| calls([0, 1])),
            "second": second,
        }));
    }
    let mut input = laboratory.input();
    input.reviews = serde_json::from_value(json!(reviews)).unwrap();
    let dossier = Dossier::of(&input, &DossierOptions::default()).unwrap();
    let found = dossier.reviews.as_ref().unwrap();
    assert_eq!(found.readers, [("A".to_owned(), 20), ("B".to_owned(), 5)].into());
    let names: Vec<(&str, &str, usize)> = (found.pairs.iter().map(|pair| &pair.specimens))
        .map(|pair| (pair.reference.as_str(), pair.reader.as_str(), pair.specimens))
        .collect();
    assert_eq!(
        names,
        [
            ("first reader", "second reader", 5),
            ("first reader", "breakapart", 20),
            ("second reader", "breakapart", 5)
        ]
    );
    let of_program = &found.pairs[1];
    assert_eq!(given(&of_program.specimens.bland_altman).bias.value, -1.0);
    assert_eq!((of_program.nuclei.count(0, 1), of_program.nuclei.count(2, 1)), (20, 0));
    assert!(of_program.kappa.unwrap().kappa > 0.9);
    assert!(matches!(found.pairs[2].specimens.bland_altman, Part::TooFew(_)));
    assert!(matches!(dossier.readers.part, Part::TooFew(_)));
    // A review is of a result, and of each once.
    input.reviews.push(input.reviews[0].clone());
    assert!(Dossier::of(&input, &DossierOptions::default()).is_err());
}

#[test]
fn a_repeat_of_a_repeat_is_one_of_the_first_specimen() {
    let flat = Laboratory::new(5).repeated();
    let mut chained = Laboratory::new(5).repeated();
    for specimen in &mut chained.specimens {
        let (first, number) = specimen.specimen.split_once('.').unwrap();
        let before = number.parse::<usize>().unwrap().checked_sub(1);
        specimen.reference.repeat_of = before.map(|before| format!("{first}.{before}"));
    }
    let [flat, chained] = [flat, chained].map(Laboratory::dossier);
    assert_eq!(given(&chained.precision.all).precision.degrees, REPEATED * REPEATS);
    assert_eq!(chained.precision, flat.precision);
    assert!(chained.unused.is_empty());
}

#[test]
fn the_unused_is_listed_with_its_reason() {
    let mut laboratory = Laboratory::new(5);
    laboratory.add("P1".to_owned(), 20.0);
    laboratory.add("P2".to_owned(), 20.0).reference.repeat_of = Some("P3".to_owned());
    laboratory.add("P3".to_owned(), 20.0).reference.repeat_of = Some("gone".to_owned());
    let mut input = laboratory.input();
    let count = Count::new(1, 50).unwrap();
    input.readers = vec![ReaderCount { specimen: "P9".to_owned(), reader: "A".to_owned(), count }];
    let unknown = Dossier::of(&input, &DossierOptions::default());
    assert_eq!(unknown.unwrap_err().code(), "invalid_parameter");
    let gone = json!([{ "specimen": "gone", "reason": "not_scored" }]);
    input.unused = serde_json::from_value(gone).unwrap();
    let dossier = Dossier::of(&input, &DossierOptions::default()).unwrap();
    let listed = serde_json::to_value(&dossier.unused).unwrap();
    let expected = json!([
        { "specimen": "P2", "reason": "repeat_without_first", "first": "gone" },
        { "specimen": "P3", "reason": "repeat_without_first", "first": "gone" },
        { "specimen": "P9", "reason": "count_without_result", "reader": "A" },
        { "specimen": "gone", "reason": "not_scored" },
    ]);
    assert_eq!(listed, expected);
    assert!(dossier.precision.repeats.is_empty());
}

#[test]
fn too_few_specimens_give_no_figures() {
    let mut laboratory = Laboratory::new(1).compared(0.0);
    laboratory.specimens.truncate(19);
    let dossier = laboratory.dossier();
    let Part::TooFew(too_few) = &dossier.accuracy.comparison else { panic!("19 specimens") };
    assert_eq!((too_few.found, too_few.needed), (19, 20));
    for part in [
        matches!(dossier.precision.all, Part::TooFew(_)),
        matches!(dossier.cutoff.comparison, Part::TooFew(_)),
        matches!(dossier.detection.limit_of_blank, Part::TooFew(_)),
        matches!(dossier.readers.part, Part::TooFew(_)),
    ] {
        assert!(part);
    }
    let empty = Laboratory::new(1).dossier();
    assert_eq!((empty.detection.median_cells, empty.use_and_settings.evaluable_nuclei), (None, None));
}

#[test]
fn inputs_that_contradict_themselves_are_refused() {
    let mut twice = Laboratory::new(1).compared(0.0);
    twice.specimens[1].specimen = twice.specimens[0].specimen.clone();
    let mut of_none = Laboratory::new(1).compared(0.0);
    of_none.specimens[1].reference.repeat_of = Some("nobody".to_owned());
    let mut not_finite = Laboratory::new(1).compared(0.0);
    not_finite.specimens[1].reference.manual_percent = Some(f64::NAN);
    let mut of_itself = Laboratory::new(1).compared(0.0);
    for (specimen, of) in [(0, 1), (1, 0)] {
        let of = of_itself.specimens[of].specimen.clone();
        of_itself.specimens[specimen].reference.repeat_of = Some(of);
    }
    for laboratory in [twice, of_none, of_itself, not_finite] {
        let made = Dossier::of(&laboratory.input(), &DossierOptions::default());
        assert_eq!(made.unwrap_err().code(), "invalid_parameter");
    }
    let mut options = DossierOptions::default();
    options.level = f64::NAN;
    assert!(Dossier::of(&Laboratory::new(1).input(), &options).is_err());
}

#[test]
fn the_page_holds_everything_and_the_same_dossier_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut input = Laboratory::new(2).compared(3.0).repeated().input();
    input.specimens[0].specimen = "<b>P0</b>".to_owned();
    input.specimens[0].verdict = Verdict::NotEvaluable;
    write_dossier(folder.path(), &Dossier::of(&input, &DossierOptions::default()).unwrap()).unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let page = read("dossier.html");
    let at = |id: &str| page.find(&format!("<section id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}"));
    let sections = [
        "use",
        "accuracy",
        "precision",
        "detection",
        "cutoff",
        "readers",
        "concordance",
        "unused",
        "numbers",
    ];
    assert!(sections.map(at).is_sorted());
    assert_eq!(page.matches("role=\"img\"").count(), 3);
    assert!(page.contains("&lt;b&gt;P0&lt;/b&gt;") && !page.contains("<b>P0"));
    for outside in ["href=\"http", "<script", "src=", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    let json: serde_json::Value = serde_json::from_str(&read("dossier.json")).unwrap();
    assert_eq!(json["accuracy"]["comparison"]["state"], "given");
    assert_eq!(json["cutoff"]["comparison"]["state"], "too_few");
    assert_eq!(json["accuracy"]["specimens"].as_array().unwrap().len(), COMPARED - 1);

    let (page, json) = (page.clone(), read("dossier.json"));
    input.specimens.reverse();
    write_dossier(folder.path(), &Dossier::of(&input, &DossierOptions::default()).unwrap()).unwrap();
    assert!(page == read("dossier.html") && json == read("dossier.json"));
}
