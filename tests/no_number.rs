//! What is no number, or an assay that is not valid, is refused by every public step, at once.

use breakapart::analyse::AnalyseParams;
use breakapart::assay::Assay;
use breakapart::detect::{DetectParams, Signal, detect};
use breakapart::pair::{PairRule, pair};
use breakapart::segment::{SegmentParams, Segmentation, segment};
use breakapart::summarise::{
    Count, Grounds, SummariseParams, beta_inverse_cutoff, clopper_pearson, critical_binomial,
    exact_upper_bound, mean_plus_sd, summarise, wilson,
};
use breakapart::{Analyser, Colour, Field, PixelSize, PlaneView, Setting};
use ndarray::Array2;

const NONE: f64 = f64::NAN;

fn plane(value: f32) -> Array2<f32> {
    Array2::from_elem((32, 32), value)
}

fn nan_assay() -> Assay {
    let mut assay = Assay::builtin("alk").unwrap();
    assay.split.min_distance.value = NONE;
    assay
}

#[test]
fn images_and_sizes() {
    assert!(PixelSize::from_um(NONE).is_err());
    assert!(Field::new("f", plane(f32::NAN), plane(1.0), plane(1.0)).is_err());
    let dark = plane(f32::NAN);
    assert!(segment(PlaneView::from(&dark), None, &SegmentParams::default()).is_err());
    assert!(Segmentation::from_labels(Array2::zeros((32, 32)), PlaneView::from(&dark)).is_err());
}

#[test]
fn parameters() {
    let mut detection = DetectParams::default();
    detection.candidate_snr = NONE;
    let image = plane(100.0);
    assert!(detect(PlaneView::from(&image), Colour::Red, None, &detection).is_err());
    let mut segmentation = SegmentParams::default();
    segmentation.diameter_px = Some(NONE);
    assert!(segment(PlaneView::from(&image), None, &segmentation).is_err());

    let analyser = || Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let changes: [fn(&mut AnalyseParams); 6] = [
        |p| p.detect.nucleus_margin_um = NONE,
        |p| p.detect.signal_diameter_px.green = Setting::Supplied(NONE),
        |p| p.instrument.crosstalk_red_into_green = Setting::Supplied(NONE),
        |p| p.instrument.illumination = Setting::Supplied([NONE, 0.1].into()),
        |p| p.classify.min_nucleus_score = NONE,
        |p| p.summarise.loss_level = NONE,
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut params = AnalyseParams::default();
        change(&mut params);
        assert!(params.validate().is_err() && analyser().with_params(params).is_err(), "change {i}");
    }
}

#[test]
fn signals_and_rules() {
    let signals = [Signal::at(Colour::Red, 1.0, NONE), Signal::at(Colour::Green, 1.0, 1.0)];
    assert!(pair(1, &signals, &[0, 1], &PairRule::from_diameter(4.0)).is_err());
    assert!(pair(1, &signals, &[1], &PairRule::from_diameter(NONE)).is_err());
}

#[test]
fn counts_and_assays() {
    let count = Count::new(5, 100).unwrap();
    assert!(wilson(count, NONE).is_err() && clopper_pearson(count, NONE).is_err());
    assert!(beta_inverse_cutoff(&[count], NONE).is_err() && exact_upper_bound(&[count], NONE).is_err());
    assert!(mean_plus_sd(&[count], NONE).is_err() && critical_binomial(100, &[count], NONE).is_err());
    assert!(Analyser::new(nan_assay()).is_err());
    let params = SummariseParams::default();
    assert!(summarise(&[], &nan_assay(), &Grounds::worksheet(None), &params).is_err());
}
