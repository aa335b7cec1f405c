//! One parameter varied at a time, far enough to show where reading fails.

use anyhow::Result;
use breakapart::simulate::{AmplitudeDistribution, Conditions, Pattern};

use crate::scenario::{Scenario, Set};

/// Changes one parameter.
type Change = fn(&mut Conditions, f64);

/// A parameter, its values, and the named condition that it is varied in.
struct Axis {
    name: &'static str,
    base: &'static str,
    values: &'static [f64],
    change: Change,
}

const fn axis(name: &'static str, base: &'static str, values: &'static [f64], change: Change) -> Axis {
    Axis { name, base, values, change }
}

const WHOLE: &str = "easy_positive";
const TISSUE: &str = "tissue_section";

/// Light of green over that of red signals that leaves green an SNR of about 5, 6, 7 and 8.
const GREEN_SHARES: [f64; 4] = [0.018, 0.022, 0.026, 0.03];

/// Units are those of [`Conditions`]; the name of a scenario is that of the axis and the value.
const AXES: [Axis; 28] = [
    axis("density", TISSUE, &[40.0, 130.0, 200.0], |c, v| c.nuclei.per_10000_um2 = v),
    axis("sparse", WHOLE, &[3.0, 10.0], |c, v| c.nuclei.per_10000_um2 = v),
    axis("overlap", TISSUE, &[0.0, 0.25, 0.4], |c, v| c.nuclei.overlap = v),
    axis("nucleus_um", WHOLE, &[6.0, 14.0], |c, v| {
        c.nuclei.diameter_um = v;
        c.nuclei.per_10000_um2 *= (8.8 / v).powi(2);
    }),
    axis("counterstain", WHOLE, &[800.0, 2000.0], |c, v| c.nuclei.counterstain_electrons_per_um3 = v),
    axis("signal", WHOLE, &[800.0, 1250.0, 2500.0, 5000.0], |c, v| c.probes.signal_electrons = v),
    axis("signal_tissue", TISSUE, &[2500.0, 5000.0], |c, v| c.probes.signal_electrons = v),
    axis("gamma_spread", WHOLE, &[0.4, 0.6], |c, v| {
        c.probes.amplitude_distribution = AmplitudeDistribution::Gamma;
        c.probes.signal_spread = v;
    }),
    axis("share", WHOLE, &[0.05, 0.1, 0.2, 0.8, 1.0], |c, v| c.probes.rearranged_share = v),
    axis("shift_px", WHOLE, &[3.0, 10.0, 14.0], |c, v| c.optics.shift_px = [0.6 * v, -0.8 * v]),
    axis("shift_px_tissue", TISSUE, &[5.0, 9.0], |c, v| c.optics.shift_px = [0.6 * v, -0.8 * v]),
    axis("crosstalk_both", WHOLE, &[0.1, 0.3], |c, v| {
        c.optics.crosstalk = [v, v];
        c.probes.pattern = Pattern::IsolatedRed;
    }),
    axis("crosstalk_red_to_green", TISSUE, &[0.1, 0.2, 0.3], |c, v| c.optics.crosstalk = [v, 0.0]),
    axis("section_um", TISSUE, &[2.5, 3.5, 6.0], |c, v| c.section_um = v),
    axis("pixel_um", WHOLE, &[0.065, 0.15, 0.25, 0.3], |c, v| {
        c.optics.pixel_um = v;
        c.optics.psf_sigma_um = c.optics.psf_sigma_um.max(0.8 * v);
    }),
    axis("pixel_um_tissue", TISSUE, &[0.16, 0.2], |c, v| {
        c.optics.pixel_um = v;
        c.optics.psf_sigma_um = 0.16;
    }),
    axis("saturated_signal", WHOLE, &[50_000.0, 100_000.0, 300_000.0], |c, v| {
        c.camera.bits = 12;
        c.probes.signal_electrons = v;
    }),
    axis("defocus_um", WHOLE, &[1.0, 2.0, 3.0], |c, v| {
        c.optics.defocus_um = v;
        c.optics.depth_of_focus_um = 1.2;
    }),
    axis("depth_of_focus_um", TISSUE, &[1.2, 0.8, 0.5], |c, v| c.optics.depth_of_focus_um = v),
    axis("haze", TISSUE, &[0.6, 1.2], |c, v| c.artefacts.haze = v),
    axis("specks", WHOLE, &[3.0, 8.0], |c, v| c.artefacts.specks_per_1000_um2 = v),
    axis("bright_specks", WHOLE, &[0.6, 0.9], |c, v| {
        c.artefacts.specks_per_1000_um2 = 2.0;
        c.artefacts.speck_brightness = v;
    }),
    axis("stroma", TISSUE, &[15_000.0, 40_000.0], |c, v| {
        c.artefacts.stroma_cover = 0.5;
        c.artefacts.stroma_electrons_per_um2 = v;
    }),
    axis("doublet_share", WHOLE, &[0.0, 0.3], |c, v| c.probes.doublet_share = v),
    axis("doublet_um", WHOLE, &[0.35, 0.7, 0.9], |c, v| {
        c.probes.doublet_share = 0.3;
        c.probes.doublet_max_um = v;
    }),
    axis("hot_pixels", WHOLE, &[0.002], |c, v| c.camera.hot_pixel_share = v),
    axis("green_dropout", WHOLE, &[0.05, 0.15], |c, v| {
        c.probes.rearranged_share = 0.0;
        c.probes.dropout = [0.0, v];
    }),
    axis("split_from_um", WHOLE, &[0.9, 1.1], |c, v| {
        c.probes.split_min_um = v;
        c.probes.split_max_um = v + 0.6;
    }),
];

/// Signals lost below detection, in positives and in normals.
const WEAK_AXES: [Axis; 2] = [
    axis("green_share", "alk_split_positive", &GREEN_SHARES, |c, v| c.probes.green_share = v),
    axis("green_share_normal", "alk_negative", &GREEN_SHARES, |c, v| c.probes.green_share = v),
];

/// The qualities of JPEG files.
const JPEG_QUALITIES: [u8; 3] = [95, 85, 70];

/// All points of some axes, each with this seed.
fn points(axes: &[Axis], set: Set, seed: u64) -> Result<Vec<Scenario>> {
    let mut scenarios = Vec::new();
    for axis in axes {
        for &value in axis.values {
            let mut conditions = Conditions::named(axis.base)?;
            conditions.name = format!("{}/{value}", axis.name);
            (axis.change)(&mut conditions, value);
            scenarios.push(Scenario { set, conditions, jpeg_quality: None, seeds: seed..seed + 1 });
        }
    }
    Ok(scenarios)
}

/// All points of weak signals, each with this seed.
pub(crate) fn weak(seed: u64) -> Result<Vec<Scenario>> {
    points(&WEAK_AXES, Set::Weak, seed)
}

/// All points of the grid, each with this seed.
pub(crate) fn scenarios(seed: u64) -> Result<Vec<Scenario>> {
    let mut scenarios = points(&AXES, Set::Grid, seed)?;
    for quality in JPEG_QUALITIES {
        let mut conditions = Conditions::named(WHOLE)?;
        conditions.name = format!("jpeg/{quality}");
        scenarios.push(Scenario {
            set: Set::Grid,
            conditions,
            jpeg_quality: Some(quality),
            seeds: seed..seed + 1,
        });
    }
    Ok(scenarios)
}
