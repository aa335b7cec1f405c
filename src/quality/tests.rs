//! Every check on a sound specimen, and on one with its fault.

mod run_faults;

use super::figures::*;
use super::*;
use crate::assay::{Assay, Sex};
use crate::calibrate::{BleedThrough, ChromaticShift, Crosstalk, Illumination, SuppliedShift};
use crate::classify::{ClassifyParams, Exclusion, LostShare, NucleusEvidence, SignalPattern, classify};
use crate::colour::{Colour, PerColour};
use crate::detect::Signal;
use crate::field::{ChannelRole, FieldNote};
use crate::label_image::LabelImage;
use crate::pair::{PairRule, Pairing};
use crate::reading::{FieldQuality, FieldReading, Instrument, NucleusReading};
use crate::resolve::{RejectedCandidate, Rejection};
use crate::segment::{BoundingBox, Nucleus, SegmentNote};
use crate::units::PixelSize;

const NUCLEI: usize = 40;

/// All that a view shows, to be changed.
struct Specimen {
    assay: Assay,
    sex: Option<Sex>,
    fields: Vec<FieldReading>,
    instrument: Instrument,
    facts: SpecimenFacts,
}

fn nucleus(id: u32, pattern: SignalPattern, assay: &Assay) -> NucleusReading {
    NucleusReading {
        nucleus: Nucleus {
            id,
            source_id: None,
            bounding_box: BoundingBox { y0: 0, x0: 0, y1: 1, x1: 1 },
            area_px: 5000,
            centroid_y_px: f64::from(10 * id),
            centroid_x_px: f64::from(7 * id % 500),
            solidity: 0.95,
            eccentricity: 0.5,
            mean_intensity: 100.0,
            touches_border: false,
            score: 1.0,
            overlapping: false,
        },
        pairing: Pairing { nucleus_id: id, ..Pairing::default() },
        call: classify(&NucleusEvidence::of_pattern(id, pattern), assay, None, &ClassifyParams::default()),
        weak: PerColour::default(),
        depth: None,
    }
}

fn field(name: &str, assay: &Assay) -> FieldReading {
    let fused = SignalPattern { fused: 2, ..SignalPattern::default() };
    let signals = Colour::BOTH.map(|colour| Signal { nucleus_id: 1, ..Signal::at(colour, 5.0, 5.0) });
    FieldReading {
        name: name.to_owned(),
        height_px: 600,
        width_px: 600,
        pixel_size: PixelSize::from_um(0.1).ok(),
        nuclei: (1..=NUCLEI as u32).map(|id| nucleus(id, fused, assay)).collect(),
        signals: signals.into(),
        rejected: Vec::new(),
        quality: FieldQuality {
            nucleus_coverage: 0.3,
            signal_diameter_px: PerColour::both(Some(4.5)),
            ..FieldQuality::default()
        },
        depth: None,
        labels: LabelImage::default(),
    }
}

/// Two fields of normal nuclei, and an instrument without faults.
fn sound() -> Specimen {
    let assay = Assay::builtin("alk").unwrap();
    let names = ["a", "b"];
    let facts = |name: &str| FieldFacts {
        name: name.to_owned(),
        noise_correlation: [Some(0.01); 3],
        brightness: PerColour::both(Some(500.0)),
        ..FieldFacts::default()
    };
    Specimen {
        sex: None,
        fields: names.map(|name| field(name, &assay)).into(),
        instrument: Instrument {
            signal_diameter_px: PerColour::both(4.5),
            signal_diameter_standard_error_px: PerColour::both(Some(0.05)),
            signal_diameter_spots: PerColour::both(100),
            camera_noise: PerColour::default(),
            pair_rule: PairRule::from_diameter(4.5),
            chromatic_shift: None,
            crosstalk_from: PerColour::default(),
            counterstain_into: PerColour::default(),
            illumination: [None; 3].into(),
            signal_height: PerColour::both(500.0),
            signal_height_log_sd: PerColour::both(0.3),
            signal_height_snr: PerColour::both(Some(30.0)),
            out_of_focus_share: 0.0,
            signal_loss: PerColour::default(),
            isolated_miss_rate: PerColour::both(Some(0.0)),
            isolated_share: PerColour::both(0.05),
        },
        facts: SpecimenFacts { fields: names.map(facts).into(), ..SpecimenFacts::default() },
        assay,
    }
}

/// The findings on a sound specimen after a change.
fn after(change: impl FnOnce(&mut Specimen)) -> Vec<Finding> {
    let mut specimen = sound();
    change(&mut specimen);
    let Specimen { assay, sex, fields, instrument, facts } = &specimen;
    check(&SpecimenView { assay, sex: *sex, fields, instrument, facts })
}

/// A change, and the code, colour, field and effect of the only kind of finding that it makes.
type Fault = (&'static str, Option<Colour>, Option<&'static str>, &'static str, fn(&mut Specimen));

/// Calls the first nuclei of every field anew by these patterns.
fn call(specimen: &mut Specimen, nuclei: usize, pattern: SignalPattern) {
    for field in &mut specimen.fields {
        for own in field.nuclei.iter_mut().take(nuclei) {
            *own = nucleus(own.nucleus.id, pattern, &specimen.assay);
        }
    }
}

fn leave_out(specimen: &mut Specimen, nuclei: usize, exclusion: Exclusion) {
    for own in specimen.fields.iter_mut().flat_map(|field| field.nuclei.iter_mut().take(nuclei)) {
        own.call.exclusion = Some(exclusion);
    }
}

fn note(specimen: &mut Specimen, note: FieldNote) {
    specimen.facts.fields[1].notes.push(note);
}

/// A hundred loci, so many of them in nuclei, of which chance would give 30.
fn fit(inside: usize) -> CounterstainFit {
    let deviations = 0.2 * (inside as f64 - 30.0);
    let (chance, deviations_if_half) = (0.3, 9.0);
    CounterstainFit {
        loci: 100,
        inside,
        chance,
        deviations,
        deviations_if_half,
        ..CounterstainFit::default()
    }
}

const RED: Option<Colour> = Some(Colour::Red);
const GREEN: Option<Colour> = Some(Colour::Green);

/// Faults of microscope, camera and exposure.
const ACQUISITION: [Fault; 15] = [
    ("counterstain_displaced", None, Some("b"), "withhold_any_verdict", |s| {
        s.facts.registration.fields = vec![fit(95), fit(31)];
    }),
    ("counterstain_displaced", None, None, "withhold_any_verdict", |s| {
        s.facts.registration.fields = vec![fit(31), fit(28)];
        s.facts.registration.all = fit(30);
    }),
    ("duplicate_channel", None, Some("b"), "withhold_any_verdict", |s| {
        s.facts.fields[1].noise_correlation[1] = Some(0.99);
    }),
    ("double_exposure", GREEN, Some("b"), "withhold_any_verdict", |s| {
        let at = |i: u32| [f64::from(i * 37 % 500), f64::from(i * i * 53 % 500)];
        let twice = (0..40).flat_map(|i| [at(i), [at(i)[0] + 9.0, at(i)[1] - 5.0]]);
        s.fields[1].signals = twice.map(|[y, x]| Signal::at(Colour::Green, y, x)).collect();
    }),
    ("background_cut_off", RED, None, "withhold_any_verdict", |s| {
        s.facts.fields[0].cut_off.red =
            Some(CutOffBackground { step: 1.0, at_floor_px: 900, nuclei_px: 1000 });
    }),
    ("enlarged_picture", None, None, "inform", |s| {
        s.facts.fields[1].noise_scale_px = PerColour::both(3);
    }),
    ("unrecoverable_clipping", RED, None, "inform", |s| {
        s.facts.fields[0].clipped.red = ClippedPeaks { peaks: 100, restored: 20 };
        let red = Signal { nucleus_id: 1, ..Signal::at(Colour::Red, 5.0, 5.0) };
        s.fields[0].signals.extend(vec![red; 200]);
    }),
    ("exposure_mismatch", GREEN, Some("b"), "withhold_any_verdict", |s| {
        s.facts.fields.push(s.facts.fields[0].clone());
        s.fields.push(s.fields[0].clone());
        s.facts.fields[1].brightness.green = Some(50.0);
    }),
    ("unrecoverable_clipping", RED, None, "withhold_any_verdict", |s| {
        s.facts.fields[0].clipped.red = ClippedPeaks { peaks: 100, restored: 20 };
    }),
    ("defocused_nuclei", None, None, "inform", |s| leave_out(s, 15, Exclusion::NoSignal)),
    ("defocused_nuclei", None, None, "withhold_negative", |s| {
        leave_out(s, 15, Exclusion::OutOfFocus);
        s.instrument.out_of_focus_share = 0.6;
    }),
    ("field_out_of_focus", RED, Some("b"), "inform", |s| {
        let more = [s.fields[0].clone(), s.fields[0].clone()];
        s.fields.extend(more);
        s.fields[1].quality.signal_diameter_px.red = Some(7.0);
    }),
    ("signals_too_wide", GREEN, None, "inform", |s| s.instrument.signal_diameter_px.green = 7.7),
    ("saturated_channel", None, Some("a"), "inform", |s| s.fields[0].quality.saturated.green = 0.01),
    ("uneven_illumination", None, None, "inform", |s| {
        s.instrument.illumination.red = Some(Illumination::supplied(0.8));
    }),
];

/// Faults of probes and hybridisation.
const HYBRIDISATION: [Fault; 7] = [
    ("weak_probe", GREEN, None, "inform", |s| {
        for own in s.fields.iter_mut().flat_map(|field| field.nuclei.iter_mut().take(15)) {
            own.weak.green = true;
        }
    }),
    ("missing_probe", GREEN, None, "inform", |s| {
        call(s, 8, SignalPattern { isolated_red: 2, ..SignalPattern::default() });
        // In nuclei that are left out, so that random losses are no question.
        leave_out(s, 8, Exclusion::WeakProbe);
    }),
    ("undetected_signals", GREEN, None, "inform", |s| {
        for own in s.fields.iter_mut().flat_map(|field| &mut field.nuclei) {
            own.call.lost[1] = LostShare { expected: 0.1, at_most: 0.2 };
        }
    }),
    ("uncounted_lone_end", GREEN, None, "inform", |s| {
        call(s, 10, SignalPattern { fused: 1, isolated_green: 1, ..SignalPattern::default() });
    }),
    ("copy_number", None, None, "inform", |s| {
        call(s, 30, SignalPattern { fused: 4, ..SignalPattern::default() });
    }),
    ("coincident_light", None, None, "inform", |s| {
        let light = |nucleus_id| RejectedCandidate {
            colour: Colour::Red,
            nucleus_id,
            y_px: 5.0,
            x_px: 5.0,
            amplitude: 2.0,
            reason: Rejection::InBothChannels,
        };
        s.fields[0].rejected = (1..=10).map(light).collect();
    }),
    ("sex_mismatch", None, None, "inform", |s| {
        s.assay = Assay::builtin("tfe3").unwrap();
        s.sex = Some(Sex::Male);
    }),
];

/// Faults of settings.
const SETTINGS: [Fault; 6] = [
    ("shift_contradicted", None, None, "withhold_any_verdict", |s| {
        let shift = SuppliedShift { y_px: 9.0, ..SuppliedShift::default() };
        let mut measured = ChromaticShift::supplied(shift);
        measured.standard_error_px = Some(0.1);
        s.facts.supplied.shift =
            Some(ShiftEstimate { used_px: [0.0, 0.0], measured, signal_diameter_px: 4.5 });
    }),
    ("crosstalk_contradicted", RED, None, "inform", |s| {
        let mut measured = Crosstalk::supplied(0.3);
        measured.standard_error = Some(0.01);
        s.facts.supplied.crosstalk_from.red = Some(measured);
    }),
    ("crosstalk_weakly_supported", GREEN, None, "inform", |s| {
        s.facts.supplied.crosstalk_from.green = Some(Crosstalk::supplied(0.4));
        s.facts.supplied.crosstalk_estimated.green = true;
    }),
    ("width_contradicted", RED, None, "inform", |s| {
        s.facts.supplied.diameter_px.red =
            Some(Compared { used: 2.0, measured: 4.5, log_error: 0.01, signals: 100 });
    }),
    ("noise_contradicted", GREEN, None, "inform", |s| {
        s.facts.supplied.noise.green =
            Some(Compared { used: 1.0, measured: 4.0, log_error: 0.0, signals: 9 });
    }),
    ("settings_supplied", None, None, "inform", |s| {
        s.facts.supplied.settings.push(("chromatic shift".to_owned(), "off".to_owned()));
    }),
];

/// Faults of files and fields.
const FILES: [Fault; 12] = [
    ("pixel_size_unknown", None, None, "inform", |s| s.fields[0].pixel_size = None),
    ("bytes_swapped", None, Some("a"), "withhold_any_verdict", |s| {
        s.facts.fields[0].bytes_swapped = vec![ChannelRole::Red, ChannelRole::Green];
    }),
    ("repeated_field", None, None, "inform", |s| {
        let fields = ["a", "b"].map(str::to_owned);
        s.facts.repeated.push(RepeatedFields {
            fields,
            nuclei: 30,
            moved_px: [0.0, 0.0],
            turned_degrees: 90.0,
            is_mirrored: true,
            scale: 0.5,
            left_out: Some("b".to_owned()),
        });
    }),
    ("no_nuclei", None, Some("a"), "inform", |s| {
        s.fields[0].nuclei.clear();
        s.facts.fields[0].segment_notes.push(SegmentNote::NoContrast);
    }),
    ("nucleus_coverage", None, Some("b"), "inform", |s| s.fields[1].quality.nucleus_coverage = 0.9),
    ("implausible_diameter", None, Some("a"), "inform", |s| {
        let note = SegmentNote::ImplausibleDiameter { found_um: 60.0, used_um: 25.0 };
        s.facts.fields[0].segment_notes.push(note);
    }),
    ("channel_map_contradicted", None, None, "inform", |s| {
        let stated = vec![ChannelRole::Green];
        note(s, FieldNote::ChannelContradicted { index: 1, used: ChannelRole::Red, stated });
    }),
    ("pixel_size_overridden", None, None, "inform", |s| {
        note(s, FieldNote::PixelSizeOverridden { channel: None, stated_um: 0.1, used_um: 0.2 });
    }),
    ("pixel_size_from_tags", None, None, "inform", |s| {
        note(s, FieldNote::PixelSizeFromTags { channel: None, pixel_um: 0.1 });
    }),
    ("lossy_compression", None, None, "inform", |s| note(s, FieldNote::LossyCompression { channel: None })),
    ("lossy_compression", None, None, "withhold_negative", |s| {
        note(s, FieldNote::LossyCompression { channel: None });
        note(s, FieldNote::ColoursHalved { channel: None });
    }),
    ("stack_projected", None, None, "inform", |s| {
        note(s, FieldNote::StackProjected { channel: None, slices: 9 });
    }),
];

#[test]
fn a_sound_specimen_has_no_finding_and_every_fault_gives_its_own() {
    assert_eq!(after(|_| ()), []);
    let faults =
        ACQUISITION.into_iter().chain(HYBRIDISATION).chain(SETTINGS).chain(FILES).chain(run_faults::RUN);
    for (code, colour, field, effect, change) in faults {
        let found = after(change);
        let expected = |f: &Finding| {
            (f.code(), f.colour, f.scope.field(), f.effect.name()) == (code, colour, field, effect)
        };
        assert!(!found.is_empty() && found.iter().all(expected), "{code}: {found:?}");
    }
}

#[test]
fn the_light_of_the_counterstain_is_judged_by_the_height_of_signals() {
    let found = |fraction: f64, height: f64| {
        let light = Some(1000.0 * fraction);
        let error = Some(0.01 * fraction);
        let bleed = BleedThrough { fraction, standard_error: error, nuclei: 50, light, used: false };
        let findings = after(|s| {
            s.instrument.counterstain_into.green = Some(bleed);
            s.instrument.signal_height.green = height;
        });
        let figures = findings.iter().map(|f| match &f.detail {
            Detail::CounterstainBleedThrough(CounterstainBleedThrough { over_signals, .. }) => *over_signals,
            _ => panic!("{f}"),
        });
        figures.collect::<Vec<f64>>()
    };
    assert!(found(0.1, 1000.0).is_empty());
    // Twelve times the exposure of the probes changes nothing.
    assert!(found(1.2, 12_000.0).is_empty());
    assert_eq!(found(0.6, 1000.0), [0.6]);
    assert!((found(0.1, 150.0)[0] - 100.0 / 150.0).abs() < 1e-12);
}

#[test]
fn sentences_are_whole_and_name_their_field() {
    let faults =
        ACQUISITION.into_iter().chain(HYBRIDISATION).chain(SETTINGS).chain(FILES).chain(run_faults::RUN);
    for (code, _, field, _, change) in faults {
        for finding in after(change) {
            let text = finding.to_string();
            assert!(text.ends_with('.') && text.starts_with(|c: char| !c.is_lowercase()), "{code}: {text}");
            assert_eq!(field.is_some(), text.starts_with("Field "), "{code}: {text}");
            let action = finding.action();
            assert!(action.is_none_or(|a| a.ends_with('.')), "{code}");
        }
    }
}
