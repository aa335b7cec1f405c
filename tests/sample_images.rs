//! The committed sample specimens from file to verdict, held against their truth.
#![cfg(feature = "simulate")]

mod truth;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use breakapart::analyse::{Analyser, SpecimenReading};
use breakapart::assay::Assay;
use breakapart::classify::SignalPattern;
use breakapart::io::{ReadOptions, find_specimens, read_plane};
use breakapart::summarise::Verdict;
use breakapart::{Colour, Plane};
use serde::Deserialize;
use truth::{FieldTruth, Score, TrueNucleus, score};

#[derive(Deserialize)]
struct NucleusRow {
    nucleus: u32,
    fused: usize,
    split: usize,
    red: usize,
    green: usize,
    rearranged: bool,
    scorable: bool,
}

#[derive(Deserialize)]
struct SignalRow {
    channel: Colour,
    owner: u32,
    image_y: f64,
    image_x: f64,
}

fn rows<T: for<'a> Deserialize<'a>>(path: &Path) -> Vec<T> {
    let mut table = csv::Reader::from_path(path).unwrap();
    table.deserialize().map(|row| row.unwrap()).collect()
}

/// The truth of a field as its tables have it.
fn field_truth(folder: &Path, field: &str) -> FieldTruth {
    let labels = folder.join(format!("{field}_labels.tif"));
    let Plane::U16(labels) = read_plane(&labels, None, &ReadOptions::default()).unwrap().plane else {
        panic!("labels are not 16-bit")
    };
    let nuclei = rows::<NucleusRow>(&folder.join(format!("{field}_nuclei.csv"))).into_iter();
    let signals = rows::<SignalRow>(&folder.join(format!("{field}_signals.csv"))).into_iter();
    FieldTruth {
        labels: labels.mapv(u32::from),
        nuclei: nuclei
            .map(|n| TrueNucleus {
                label: n.nucleus,
                pattern: SignalPattern {
                    fused: n.fused,
                    split: n.split,
                    isolated_red: n.red,
                    isolated_green: n.green,
                },
                rearranged: n.rearranged,
                scorable: n.scorable,
            })
            .collect(),
        signals: signals.filter(|s| s.owner > 0).map(|s| (s.channel, s.image_y, s.image_x)).collect(),
    }
}

struct Sample {
    reading: SpecimenReading,
    score: Score,
}

/// All sample specimens, read once.
static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample_images");
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    find_specimens(&[folder])
        .into_iter()
        .map(|found| {
            let specimen = found.specimen.unwrap();
            let measure = |source: &breakapart::io::FieldSource| {
                analyser.measure_field(&source.read(&ReadOptions::default()).unwrap()).unwrap()
            };
            let fields: Vec<_> = specimen.fields.iter().map(measure).collect();
            let reading = analyser.read_specimen(&specimen.name, fields).unwrap();
            let truth_folder: PathBuf = found.path.join("truth");
            let truth: Vec<_> =
                specimen.fields.iter().map(|field| field_truth(&truth_folder, &field.name)).collect();
            Sample { score: score(&truth, &reading), reading }
        })
        .collect()
});

fn sample(name: &str) -> &'static Sample {
    SAMPLES.iter().find(|sample| sample.reading.name == name).unwrap()
}

const CELLS: [&str; 3] = ["alk_isolated_red_positive", "alk_negative", "alk_split_positive"];
const SECTION: &str = "alk_tissue_section";

#[test]
fn every_sample_has_the_right_verdict_and_nearly_the_true_percentage() {
    let names: Vec<&str> = SAMPLES.iter().map(|sample| sample.reading.name.as_str()).collect();
    assert_eq!(names, [CELLS[0], CELLS[1], CELLS[2], SECTION]);
    for Sample { reading, score } in &*SAMPLES {
        let verdict = if reading.name == "alk_negative" { Verdict::Negative } else { Verdict::Positive };
        assert_eq!(reading.summary.verdict, verdict, "{}", reading.name);
        let read = reading.summary.percent_rearranged.unwrap();
        let truth = score.true_percent;
        assert!((read - truth).abs() < 3.0, "{}: {read} {truth}", reading.name);
    }
}

#[test]
fn nuclei_and_signals_are_found() {
    for name in [CELLS[0], CELLS[1], CELLS[2], SECTION] {
        let (nuclei, signals, counted) =
            if name == SECTION { (0.92, 0.965, 0.85) } else { (0.95, 0.98, 0.95) };
        let score = &sample(name).score;
        assert!(score.nuclei.f1() >= nuclei, "{name}: {:?}", score.nuclei);
        for found in score.signals {
            assert!(found.f1() >= signals, "{name}: {found:?}");
        }
        assert!(score.counted_share() >= counted, "{name}: {} of {}", score.counted, score.scorable);
    }
}

#[test]
fn patterns_of_single_nuclei_are_read_right() {
    for (names, pattern, status) in [(&CELLS[..], 0.97, 0.97), (&[SECTION][..], 0.93, 0.96)] {
        for name in names {
            let score = &sample(name).score;
            assert!(score.pattern_share() >= pattern, "{name}: {score:?}");
            assert!(score.status_share() >= status, "{name}: {score:?}");
        }
    }
}

#[test]
fn counts_of_each_pattern_are_those_of_the_truth() {
    for Sample { reading, score } in &*SAMPLES {
        let section = reading.name == SECTION;
        let mut differing = 0;
        for (pattern, (there, read)) in &score.patterns {
            assert!(there.abs_diff(*read) <= 4, "{}: {pattern} {there} {read}", reading.name);
            differing += there.abs_diff(*read);
        }
        let allowed = if section { 10 } else { 6 };
        assert!(differing <= allowed, "{}: {:?}", reading.name, score.patterns);
    }
    // What makes each specimen what it is.
    let read = |name: &str, pattern: &str| sample(name).score.patterns[pattern].1;
    assert!(read("alk_negative", "2F") >= 86);
    assert!(read("alk_split_positive", "1F1R1G") >= 42);
    assert!(read("alk_isolated_red_positive", "1F1R") >= 39);
    assert!(read(SECTION, "1F") >= 26 && read(SECTION, "1F1R1G") >= 17);
}

#[test]
fn the_instrument_is_what_the_simulation_had() {
    for Sample { reading, .. } in &*SAMPLES {
        let instrument = &reading.instrument;
        if reading.name == "alk_split_positive" {
            let shift = instrument.chromatic_shift.unwrap();
            assert!(shift.used, "{shift:?}");
            assert!((shift.y_px - 0.8).abs() < 0.25 && (shift.x_px + 0.6).abs() < 0.25, "{shift:?}");
        } else {
            let shift = instrument.chromatic_shift;
            assert!(shift.is_none_or(|s| !s.used), "{}: {shift:?}", reading.name);
        }
    }
    let crosstalk = sample("alk_isolated_red_positive").reading.instrument.crosstalk_from.red.unwrap();
    assert!((crosstalk.fraction - 0.04).abs() < 0.01, "{crosstalk:?}");
    let negative = &sample("alk_negative").reading.instrument;
    assert!(negative.crosstalk_from.red.is_none() && negative.crosstalk_from.green.is_none());
}
