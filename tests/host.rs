//! A host without any feature: arrays and masks of its own, a nucleus corrected, the reading saved and loaded.
//!
//! `cargo test -p breakapart --no-default-features --test host`

use breakapart::analyse::{Change, Edit, SpecimenReading};
use breakapart::segment::Segmentation;
use breakapart::{Analyser, Assay, Field, PixelSize, Verdict};
use ndarray::Array2;

const SIZE_PX: usize = 600;
const STEP_PX: usize = 75;
const RADIUS_PX: f64 = 28.0;

/// Centres of the nuclei, in rows.
fn centres() -> Vec<(f64, f64)> {
    let line = || (0..SIZE_PX / STEP_PX).map(|i| (i * STEP_PX + STEP_PX / 2) as f64);
    line().flat_map(|y| line().map(move |x| (y, x))).collect()
}

/// A plane of a little noise, with a round spot of sigma 1.8 px at each place.
fn probe(spots: &[(f64, f64)]) -> Array2<u16> {
    Array2::from_shape_fn((SIZE_PX, SIZE_PX), |(y, x)| {
        let near = spots.iter().map(|(sy, sx)| (y as f64 - sy).powi(2) + (x as f64 - sx).powi(2));
        let light: f64 = near.filter(|d| *d < 150.0).map(|d| 800.0 * (-d / 6.48).exp()).sum();
        let noise = ((y * 7919 + x * 104_729) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 61;
        (100.0 + light + noise as f64) as u16
    })
}

/// A field in which every third nucleus has a split pair, and the host's own masks with ids from 1001 on.
fn acquire() -> (Field, Array2<u32>) {
    let (mut red, mut green) = (Vec::new(), Vec::new());
    for (i, (y, x)) in centres().into_iter().enumerate() {
        // The ends of broken loci come apart in any direction.
        let (sin, cos) = (2.4 * i as f64).sin_cos();
        let apart = if i % 3 == 0 { 14.0 } else { 1.0 };
        red.extend([(y - 12.0, x), (y + 6.0, x)]);
        green.extend([(y - 12.0 + sin, x + cos), (y + 6.0 + apart * sin, x + apart * cos)]);
    }
    let mut labels = Array2::zeros((SIZE_PX, SIZE_PX));
    for (i, (cy, cx)) in centres().into_iter().enumerate() {
        for ((y, x), label) in labels.indexed_iter_mut() {
            if (y as f64 - cy).hypot(x as f64 - cx) < RADIUS_PX {
                *label = 1001 + i as u32;
            }
        }
    }
    let counterstain = labels.mapv(|label| if label > 0 { 1500_u16 } else { 100 });
    let field = Field::new("mine", counterstain, probe(&red), probe(&green)).unwrap();
    (field.with_pixel_size(PixelSize::from_um(0.1).unwrap()), labels)
}

#[test]
fn a_host_scores_its_own_masks_corrects_saves_and_loads() {
    let (field, labels) = acquire();
    let nuclei = Segmentation::from_labels(labels, field.counterstain.view()).unwrap();
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let measured = analyser.measure_field_in(&field, nuclei).unwrap();
    let reading = analyser.read_specimen("mine", vec![measured]).unwrap();
    let summary = &reading.summary;
    assert_eq!((summary.nuclei, summary.verdict), (centres().len(), Verdict::Positive), "{summary:?}");
    assert_eq!(reading.fields[0].nuclei[0].nucleus.source_id, Some(1001));

    let first = reading.rows().find(|row| row.nucleus.call.rearranged).unwrap();
    let nucleus_id = first.nucleus.nucleus.id;
    let edit = |change| Edit { field: "mine".to_owned(), nucleus_id, change };
    let edited = reading.edit(&[edit(Change::Exclude)]).unwrap();
    assert_eq!(edited.summary.rearranged + 1, summary.rearranged);

    let saved = serde_json::to_string(&edited).unwrap();
    let loaded: SpecimenReading = serde_json::from_str(&saved).unwrap();
    assert_eq!(loaded.decide().unwrap(), edited.summary);
}

#[test]
fn misuse_is_an_error_at_once() {
    let (field, labels) = acquire();
    let other_size = Array2::zeros((32, 32));
    assert!(Segmentation::from_labels(other_size, field.counterstain.view()).is_err());
    let small = Array2::<u16>::zeros((64, 64));
    let analyser = Analyser::new(Assay::builtin("alk").unwrap()).unwrap();
    let nuclei = Segmentation::from_labels(labels, field.counterstain.view()).unwrap();
    let other = Field::new("other", small.clone(), small.clone(), small).unwrap();
    assert!(analyser.measure_field_in(&other, nuclei).is_err());
    assert!(analyser.read_specimen("nothing", Vec::new()).is_err());

    let mut assay = Assay::builtin("alk").unwrap();
    assay.split.min_distance.value = f64::NAN;
    let error = Analyser::new(assay).unwrap_err();
    assert_eq!(error.code(), "invalid_assay");
    let dark = Array2::<f32>::from_elem((8, 8), f32::NAN);
    assert!(Field::new("dark", dark.clone(), dark.clone(), dark).unwrap_err().is_data_error());
}
