//! A small reading made by hand, for the tests of this module.

use std::collections::BTreeMap;

use ndarray::Array2;

use crate::analyse::{
    FieldQuality, FieldReading, Instrument, NucleusReading, SchemaVersion, SpecimenReading,
};
use crate::assay::Assay;
use crate::classify::{Exclusion, LostShare, NucleusCall, NucleusClass};
use crate::colour::{Colour, PerColour};
use crate::detect::Signal;
use crate::label_image::LabelImage;
use crate::pair::{Pair, PairRule, Pairing};
use crate::quality::Raised;
use crate::quality::figures::SexUnknown;
use crate::segment::{BoundingBox, Nucleus};
use crate::summarise::{Grounds, Interval, LossEffect, Stage, SummariseParams, Summary, Verdict};
use crate::units::PixelSize;

/// A signal of SNR 20 and 4 px.
pub(crate) fn signal(colour: Colour, nucleus_id: u32, y_px: f64, x_px: f64) -> Signal {
    let (intensity, amplitude, snr, diameter_px, probability) = (9_064.72, 500.0, 20.0, 4.0, 0.999);
    Signal { colour, nucleus_id, y_px, x_px, intensity, amplitude, snr, diameter_px, probability, z_px: None }
}

/// A disc of `radius` px.
pub(crate) fn nucleus(id: u32, y: usize, x: usize, radius: usize) -> Nucleus {
    Nucleus {
        id,
        bounding_box: BoundingBox { y0: y - radius, x0: x - radius, y1: y + radius + 1, x1: x + radius + 1 },
        area_px: (std::f64::consts::PI * (radius * radius) as f64) as usize,
        centroid_y_px: y as f64,
        centroid_x_px: x as f64,
        solidity: 0.987_654,
        eccentricity: 0.3,
        mean_intensity: 812.5,
        touches_border: false,
        score: 0.91,
        overlapping: false,
        source_id: None,
    }
}

/// Nucleus 1: `1F1R1G`, rearranged. Nucleus 2: one red and its sister, left out. One green outside.
pub(crate) fn field_reading() -> FieldReading {
    let signals = vec![
        signal(Colour::Red, 1, 30.0, 30.0),
        signal(Colour::Green, 1, 31.5, 30.0),
        signal(Colour::Red, 1, 50.0, 40.0),
        signal(Colour::Green, 1, 40.0, 52.0),
        signal(Colour::Red, 2, 110.0, 110.0),
        signal(Colour::Red, 2, 110.0, 114.0),
        signal(Colour::Green, 0, 5.0, 120.0),
    ];
    let pair = |red, green, distance_px: f64| Pair {
        red,
        green,
        distance_px,
        distance_diameters: distance_px / 4.0,
    };
    let pairings = [
        Pairing {
            nucleus_id: 1,
            fused: vec![pair(0, 1, 1.5)],
            split: vec![pair(2, 3, 15.62)],
            ..Pairing::default()
        },
        Pairing { nucleus_id: 2, isolated_red: vec![4], duplicates: vec![5], ..Pairing::default() },
    ];
    let nuclei = vec![nucleus(1, 40, 40, 25), nucleus(2, 110, 110, 15)];
    let call = |id: u32, class, exclusion: Option<Exclusion>| NucleusCall {
        nucleus_id: id,
        pattern: pairings[id as usize - 1].pattern(),
        class,
        exclusion,
        rearranged: exclusion.is_none(),
        uncertain: false,
        probability_at_cutoff: None,
        probability_rearranged: exclusion.is_none().then_some(0.97),
        doubtful: false,
        lost: [LostShare::default(); 2],
        edited: false,
        place: None,
        rearranged_outside: false,
    };
    let calls = [
        call(1, NucleusClass::Split, None),
        call(2, NucleusClass::Unclassified, Some(Exclusion::OneColourOnly)),
    ];
    let inside = |n: &Nucleus, y: usize, x: usize| {
        let r2 = n.area_px as f64 / std::f64::consts::PI;
        (y as f64 - n.centroid_y_px).powi(2) + (x as f64 - n.centroid_x_px).powi(2) <= r2
    };
    let labels = Array2::from_shape_fn((128, 160), |(y, x)| {
        nuclei.iter().find(|n| inside(n, y, x)).map_or(0, |n| n.id)
    });
    FieldReading {
        name: "field_000".to_owned(),
        height_px: 128,
        width_px: 160,
        pixel_size: PixelSize::from_um(0.1).ok(),
        nuclei: nuclei
            .into_iter()
            .zip(pairings.iter().cloned())
            .zip(calls)
            .map(|((nucleus, pairing), call)| NucleusReading {
                nucleus,
                pairing,
                call,
                weak: PerColour::default(),
                depth: None,
            })
            .collect(),
        signals,
        rejected: Vec::new(),
        quality: FieldQuality {
            nucleus_diameter_px: Some(45.123_456_78),
            nucleus_coverage: 1.0 / 3.0,
            signal_diameter_px: [Some(4.0), None].into(),
            ..FieldQuality::default()
        },
        labels: LabelImage::from_array(&labels),
        depth: None,
    }
}

/// That field as a specimen.
pub(crate) fn specimen_reading() -> SpecimenReading {
    let interval = |low_percent| Interval { low_percent, high_percent: 100.0, level: 0.95 };
    SpecimenReading {
        name: "S1".to_owned(),
        schema_version: SchemaVersion,
        assay: Assay::builtin("alk").unwrap(),
        fields: vec![field_reading()],
        instrument: Instrument {
            signal_diameter_px: [4.0, 4.25].into(),
            signal_diameter_standard_error_px: [Some(0.05), None].into(),
            signal_diameter_spots: [150, 0].into(),
            camera_noise: PerColour::default(),
            pair_rule: PairRule::from_diameter(4.0),
            chromatic_shift: None,
            crosstalk_from: PerColour::default(),
            counterstain_into: PerColour::default(),
            illumination: [None; 3].into(),
            signal_height: [500.0, 450.0].into(),
            signal_height_log_sd: PerColour::both(0.2),
            signal_height_snr: [Some(40.0), Some(35.0)].into(),
            out_of_focus_share: 0.0,
            signal_loss: PerColour::default(),
            isolated_miss_rate: [Some(0.02), Some(0.04)].into(),
            isolated_share: [0.1, 0.05].into(),
        },
        grounds: Grounds::worksheet(None),
        params: SummariseParams::default(),
        summary: Summary {
            nuclei: 2,
            evaluable: 1,
            rearranged: 1,
            percent_rearranged: Some(100.0),
            wilson: Some(interval(20.654_931)),
            clopper_pearson: Some(interval(2.5)),
            exclusions: BTreeMap::from([(Exclusion::OneColourOnly, 1)]),
            patterns: BTreeMap::from([("1F1R1G".to_owned(), 1)]),
            classes: BTreeMap::from([(NucleusClass::Split, 1)]),
            pattern_tallies: Vec::new(),
            isolated: Vec::new(),
            uncertain: 0,
            doubtful: 0,
            percent_without_doubtful: Some(100.0),
            one_colour_only: 0,
            percent_without_one_colour_only: Some(100.0),
            percent_expected: Some(97.0),
            loss_effect: LossEffect::default(),
            stages: vec![Stage {
                evaluable: 1,
                rearranged: 1,
                rule: "fewer than 50 evaluable nuclei".to_owned(),
                verdict: Verdict::NotEvaluable,
            }],
            verdict: Verdict::NotEvaluable,
            borderline: false,
            confirm: false,
            by_rule: Verdict::NotEvaluable,
            depends_on_isolated: false,
            findings: vec![Raised::new(SexUnknown { gene: "ALK".to_owned() }).into()],
            regions: Vec::new(),
            outside_region: None,
            secondary: Vec::new(),
            more_nuclei: None,
        },
    }
}
