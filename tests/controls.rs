//! Normal controls: which are refused, and the cutoffs side by side against scipy.

use breakapart::Assay;
use breakapart::assay::Comparator;
use breakapart::summarise::{
    ControlFault, Count, CutoffCaution, CutoffMethod, CutoffParams, NormalControl, NormalControls,
    RefusedControls, USUAL_CONTROLS,
};
use serde::Deserialize;

/// Recorded by `tests/data/cutoffs/make_expected.py`.
#[derive(Deserialize)]
struct Expected {
    name: String,
    controls: Vec<(usize, usize)>,
    confidence: f64,
    cells: usize,
    betainv_percent: f64,
    clopper_pearson_percent: f64,
    critbinom: usize,
    mean_3sd_percent: f64,
    scatter: Option<(f64, f64)>,
    deviation_factor: f64,
}

fn alk() -> Assay {
    Assay::builtin("alk").unwrap()
}

fn control(i: usize, positive: usize, total: usize) -> NormalControl {
    NormalControl::new(format!("normal_{i:02}"), "alk", Count::new(positive, total).unwrap())
}

fn controls(counts: &[(usize, usize)]) -> Vec<NormalControl> {
    counts.iter().enumerate().map(|(i, (x, n))| control(i, *x, *n)).collect()
}

/// Twenty sound controls, the first changed.
fn changed(change: impl FnOnce(&mut NormalControl)) -> Result<NormalControls, RefusedControls> {
    let mut controls = controls(&[(2, 100); USUAL_CONTROLS]);
    change(&mut controls[0]);
    NormalControls::new(controls, &alk(), USUAL_CONTROLS)
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() <= 1e-7 * b.abs().max(1.0), "{a} is not {b}");
}

#[test]
fn cutoffs_agree_with_scipy() {
    let expected: Vec<Expected> = serde_json::from_str(include_str!("data/cutoffs/expected.json")).unwrap();
    assert_eq!(expected.len(), 8);
    for set in expected {
        let controls = NormalControls::new(controls(&set.controls), &alk(), USUAL_CONTROLS).unwrap();
        let mut params = CutoffParams::default();
        params.confidence = set.confidence;
        let found = controls.compare(&params).unwrap();
        let row = |method| found.row(method).unwrap();
        let percent = |method| row(method).cutoff.percent;
        assert_eq!(
            (found.controls, found.cells, found.fewest_nuclei),
            (20, set.cells, set.cells),
            "{}",
            set.name
        );
        close(percent(CutoffMethod::InverseBeta), set.betainv_percent);
        close(percent(CutoffMethod::ExactUpperBound), set.clopper_pearson_percent);
        close(percent(CutoffMethod::CriticalBinomial), 100.0 * set.critbinom as f64 / set.cells as f64);
        assert_eq!(row(CutoffMethod::CriticalBinomial).positive_from, set.critbinom + 1, "{}", set.name);
        close(percent(CutoffMethod::MeanPlusSd), set.mean_3sd_percent);
        let scatters = set.scatter.is_some_and(|(_, p)| p < 0.01);
        assert_eq!(scatters, set.name == "more scatter than chance");
        let said = row(CutoffMethod::CriticalBinomial).cautions.iter().find_map(|caution| match caution {
            CutoffCaution::NoCommonRate { chi_squared, p, .. } => Some((*chi_squared, *p)),
            _ => None,
        });
        assert_eq!(said.is_some(), scatters, "{}", set.name);
        if let (Some(said), Some(expected)) = (said, set.scatter) {
            close(said.0, expected.0);
            close(said.1, expected.1);
        }
        let factor = row(CutoffMethod::MeanPlusSd).cautions.iter().find_map(|caution| match caution {
            CutoffCaution::UncertainDeviation { factor } => Some(*factor),
            _ => None,
        });
        close(factor.unwrap(), set.deviation_factor);
    }
}

#[test]
fn what_a_cutoff_rests_on_is_said() {
    let worked: Vec<(usize, usize)> =
        [0, 1, 2, 0, 3, 1, 2, 4, 1, 0, 2, 3, 1, 2, 5, 0, 1, 2, 3, 2].map(|x| (x, 200)).to_vec();
    let found = NormalControls::new(controls(&worked), &alk(), USUAL_CONTROLS)
        .unwrap()
        .compare(&CutoffParams::default())
        .unwrap();
    assert_eq!((found.total.positive, found.total.total), (35, 4000));
    assert_eq!(found.worst.specimen, "normal_14");
    let formulas: Vec<&str> = found.rows.iter().map(|row| row.formula.as_str()).collect();
    assert_eq!(
        formulas,
        [
            "BETAINV(0.95, 5 + 1, 200) of normal_14",
            "BETAINV(0.95, 5 + 1, 200 - 5) of normal_14",
            "CRITBINOM(200, 0.00875, 0.95) = 4",
            "0.875 % + 3 x 0.686 %",
        ]
    );
    assert_eq!(found.rows.iter().map(|row| row.nuclei).collect::<Vec<_>>(), [200, 200, 4000, 4000]);
    assert_eq!(found.rows.iter().map(|row| row.positive_from).collect::<Vec<_>>(), [11, 11, 5, 6]);
    let said: Vec<String> = found.cautions.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "The worst of 20 controls lies above 95 of 100 normal specimens with a chance of 64 %; 59 controls make it 95 %.",
            "It is made for specimens of 200 nuclei, and the assay accepts 50: smaller specimens exceed it by chance more often. \
             Ask for 200 nuclei, or make it for 50 (--cells 50).",
        ]
    );
    let skewed = &found.row(CutoffMethod::MeanPlusSd).unwrap().cautions[0];
    assert!(skewed.to_string().starts_with("A control has 1.8 rearranged nuclei on average"), "{skewed}");
}

#[test]
fn a_cutoff_is_rounded_up_to_the_side_that_keeps_normals_negative() {
    let mut params = CutoffParams::default();
    params.cells = Some(200);
    let counts = [(2, 200); USUAL_CONTROLS];
    let found = NormalControls::new(controls(&counts), &alk(), 20).unwrap().compare(&params).unwrap();
    let critical = found.row(CutoffMethod::CriticalBinomial).unwrap();
    close(critical.cutoff.percent, 2.5);
    for (comparator, percent) in [(Comparator::AtLeast, "2.6 %"), (Comparator::MoreThan, "2.5 %")] {
        let cutoff = critical.cutoff.rounded_up(comparator).unwrap();
        assert_eq!(cutoff.to_string(), percent);
        assert!(!cutoff.is_met_by(5, 200, comparator) && cutoff.is_met_by(6, 200, comparator));
    }
    for wrong in [0.49, 1.0, f64::NAN] {
        params.confidence = wrong;
        let controls = NormalControls::new(controls(&counts), &alk(), 20).unwrap();
        assert!(controls.compare(&params).unwrap_err().to_string().contains("0.5 to 0.9999"));
    }
}

#[test]
fn controls_that_cannot_be_used_are_named_with_the_reason() {
    type Change = fn(&mut NormalControl);
    assert!(changed(|_| ()).is_ok());
    let cases: [(Change, &str); 7] = [
        (
            |c| c.assay = "ros1".to_owned(),
            "normal_00: scored by the assay `ros1`, and the cutoff is for `alk`",
        ),
        (|c| c.failed_fields = 2, "normal_00: 2 of its fields could not be read"),
        (
            |c| c.withheld_by = vec!["weak_probe".to_owned()],
            "normal_00: its verdict is withheld (weak_probe)",
        ),
        (
            |c| c.count = Count::new(1, 49).unwrap(),
            "normal_00: 49 evaluable nuclei are too few: the assay asks for 50",
        ),
        (|c| c.count = Count::default(), "normal_00: 0 evaluable nuclei are too few"),
        (
            |c| c.count = Count::new(40, 100).unwrap(),
            "normal_00: 40 of 100 nuclei (40.0 %) read as rearranged, in the other controls 2.0 %",
        ),
        (|c| c.specimen = "normal_01".to_owned(), "normal_01: two controls have this name"),
    ];
    for (change, words) in cases {
        let refused = changed(change).unwrap_err();
        assert_eq!(refused.faults.len(), 1, "{refused}");
        let message = refused.to_string();
        assert!(message.starts_with("no cutoff can be made from these controls\n  "), "{message}");
        assert!(message.contains(words), "{message} lacks {words}");
    }
    // All reasons at once.
    let two = vec![control(0, 0, 20), control(1, 90, 100)];
    let refused = NormalControls::new(two, &alk(), USUAL_CONTROLS).unwrap_err();
    assert!(matches!(
        refused.faults.as_slice(),
        [
            ControlFault::TooFewNuclei { found: 20, needed: 50, .. },
            ControlFault::NotNormal { .. },
            ControlFault::TooFewControls { found: 2, needed: 20 },
        ]
    ));
}

#[test]
fn a_rearranged_specimen_among_normals_is_found_and_a_worse_normal_is_kept() {
    // Positive by the usual cutoff, and unlike the others.
    let refused = changed(|c| c.count = Count::new(16, 100).unwrap()).unwrap_err();
    assert!(matches!(refused.faults.as_slice(), [ControlFault::NotNormal { .. }]), "{refused}");
    // High, but so are all.
    assert!(NormalControls::new(controls(&[(16, 100); 20]), &alk(), 20).is_ok());
    // Unlike the others, but not positive: a caution.
    let kept = changed(|c| c.count = Count::new(13, 100).unwrap()).unwrap();
    let found = kept.compare(&CutoffParams::default()).unwrap();
    assert!(found.cautions.iter().any(
        |caution| matches!(caution, CutoffCaution::StandsOut { specimen, .. } if specimen == "normal_00")
    ));
}

#[test]
fn few_controls_are_accepted_on_request_down_to_five() {
    let few = |n: usize, min| NormalControls::new(controls(&vec![(1, 60); n]), &alk(), min);
    assert!(few(19, USUAL_CONTROLS).is_err() && few(4, 0).is_err());
    let found = few(5, 0).unwrap().compare(&CutoffParams::default()).unwrap();
    assert!(matches!(found.cautions[0], CutoffCaution::FewControls { controls: 5 }));
}
