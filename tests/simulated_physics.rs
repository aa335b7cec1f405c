//! Other physics in the simulator: each part does what its parameters say, and is not there unless asked for.
#![cfg(feature = "simulate")]

use std::collections::BTreeSet;

use breakapart::simulate::{
    CameraMap, Conditions, Granules, HeavyTail, Polymer, Pupil, Reader, SignalTruth, SimulatedField, Sisters,
    Speckle, TrueStatus, simulate_field,
};
use breakapart::{Colour, PlaneView};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// Whole nuclei with round single signals and nothing else.
fn plain(size_px: usize) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.size_px = size_px;
    conditions.artefacts.haze = 0.0;
    conditions.optics.vignette = 0.0;
    conditions.probes.doublet_share = 0.0;
    conditions
}

fn sum(plane: PlaneView<'_>) -> f64 {
    let (height, width) = plane.dim();
    (0..height).flat_map(|y| (0..width).map(move |x| f64::from(plane.at(y, x)))).sum()
}

fn planes(field: &SimulatedField) -> [PlaneView<'_>; 3] {
    [field.field.counterstain.view(), field.field.red.view(), field.field.green.view()]
}

/// Photoelectrons that one field has more than another: counterstain, red, green.
fn more(conditions: &Conditions, field: &SimulatedField, other: &SimulatedField) -> [f64; 3] {
    let (field, other) = (planes(field), planes(other));
    std::array::from_fn(|i| (sum(field[i]) - sum(other[i])) * conditions.camera.electrons_per_level)
}

fn images_equal(a: &SimulatedField, b: &SimulatedField) -> bool {
    a.field == b.field && a.labels == b.labels
}

fn red_light(conditions: &Conditions) -> f64 {
    conditions.probes.signal_electrons
}

#[test]
fn physics_that_is_off_leaves_no_trace_in_what_is_written() -> TestResult {
    let written = serde_json::to_string(&Conditions::default())?;
    for name in ["polymer", "heavy_tail", "sisters", "speckle", "granules", "pupil", "map", "reader"] {
        assert!(!written.contains(&format!("\"{name}\"")), "{name} in {written}");
    }
    let physics = Conditions::named("mixed_negative")?;
    let again: Conditions = serde_json::from_str(&serde_json::to_string(&physics)?)?;
    assert_eq!(physics, again);
    Ok(())
}

#[test]
fn physics_without_effect_gives_the_same_field() -> TestResult {
    let conditions = plain(320);
    let without = simulate_field(&conditions, 3, 0)?;
    let mut idle = conditions.clone();
    idle.camera.map = Some(CameraMap::default());
    let map = idle.camera.map.as_mut().ok_or("no map")?;
    (map.gain_sd, map.offset_sd_levels, map.column_sd_levels, map.read_noise_spread) = (0.0, 0.0, 0.0, 0.0);
    assert_eq!(simulate_field(&idle, 3, 0)?, without, "camera map");

    let mut idle = conditions.clone();
    idle.artefacts.speckle = Some(Speckle::default());
    idle.artefacts.speckle.as_mut().ok_or("no speckle")?.per_nucleus = [0.0, 0.0];
    idle.artefacts.granules = Some(Granules::default());
    idle.artefacts.granules.as_mut().ok_or("no granules")?.per_nucleus = 0.0;
    assert_eq!(simulate_field(&idle, 3, 0)?, without, "speckle and granules");

    let mut idle = conditions.clone();
    idle.probes.sisters = Some(Sisters::default());
    idle.probes.sisters.as_mut().ok_or("no sisters")?.nuclei_share = 0.0;
    assert!(images_equal(&simulate_field(&idle, 3, 0)?, &without), "sisters");

    let mut judged = conditions;
    judged.reader = Some(Reader::default());
    assert!(images_equal(&simulate_field(&judged, 3, 0)?, &without), "reader");
    Ok(())
}

#[test]
fn everything_at_once_is_the_same_for_any_number_of_threads() -> TestResult {
    let mut conditions = Conditions::named("mixed_section")?;
    conditions.size_px = 160;
    conditions.optics.planes = 2;
    let with = |threads: usize| -> Result<SimulatedField, Box<dyn std::error::Error>> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        Ok(pool.install(|| simulate_field(&conditions, 5, 0))?)
    };
    assert!(with(1)? == with(2)?, "1 and 2 threads differ");
    Ok(())
}

#[test]
fn polymers_keep_light_and_place_and_are_irregular() -> TestResult {
    let mut conditions = plain(640);
    conditions.probes.signal_spread = 0.0;
    let round = simulate_field(&conditions, 4, 0)?;
    conditions.probes.polymer = Some(Polymer::default());
    let chains = simulate_field(&conditions, 4, 0)?;
    let places = |field: &SimulatedField| -> Vec<(u32, usize, f64, f64)> {
        field.signals.iter().map(|s| (s.nucleus, s.locus, s.y, s.x)).collect()
    };
    assert_eq!(places(&round), places(&chains));
    let total = red_light(&conditions) * round.signals.len() as f64 / 2.0;
    for light in &more(&conditions, &chains, &round)[1..] {
        assert!((light / total).abs() < 0.02, "{light} of {total}");
    }
    // One light spread in many ways: some signals are compact and high, others low.
    let spread = |field: &SimulatedField| {
        let heights: Vec<f64> = field.signals.iter().map(|s| s.amplitude).collect();
        let mean = heights.iter().sum::<f64>() / heights.len() as f64;
        (heights.iter().map(|h| (h / mean - 1.0).powi(2)).sum::<f64>() / heights.len() as f64).sqrt()
    };
    assert!(spread(&round) < 1e-9 && spread(&chains) > 0.15, "{} {}", spread(&round), spread(&chains));
    Ok(())
}

#[test]
fn heavy_tails_are_heavy() -> TestResult {
    let mut conditions = plain(1024);
    conditions.probes.heavy_tail = Some(HeavyTail::default());
    let field = simulate_field(&conditions, 4, 0)?;
    let mut heights: Vec<f64> = field.signals.iter().map(|s| s.amplitude).collect();
    heights.sort_by(f64::total_cmp);
    let at = |share: f64| heights[(share * heights.len() as f64) as usize];
    // The 98th hundredth lies at 1.95 times the median for the gamma distribution alone.
    assert!(at(0.98) > 2.1 * at(0.5), "{} {}", at(0.98), at(0.5));
    Ok(())
}

#[test]
fn a_doubled_locus_is_one_locus_with_twice_the_light() -> TestResult {
    let mut conditions = plain(640);
    conditions.probes.signal_spread = 0.0;
    let single = simulate_field(&conditions, 6, 0)?;
    let mut sisters = Sisters::default();
    (sisters.nuclei_share, sisters.replicated_share, sisters.one_end_share) = (1.0, 1.0, 0.0);
    conditions.probes.sisters = Some(sisters);
    let doubled = simulate_field(&conditions, 6, 0)?;
    let loci: BTreeSet<_> = doubled.signals.iter().map(|s| (s.nucleus, s.locus, s.channel.index())).collect();
    assert_eq!(loci.len(), doubled.signals.len(), "a locus has more than one signal of a colour");
    assert_eq!(doubled.nuclei, single.nuclei);
    assert_eq!(doubled.signals.len(), single.signals.len());
    for colour in Colour::BOTH {
        let signals = doubled.signals.iter().filter(|s| s.channel == colour).count();
        let light = more(&conditions, &doubled, &single)[1 + colour.index()];
        let share = light / (red_light(&conditions) * signals as f64);
        assert!((share - 1.0).abs() < 0.06, "{colour}: {share}");
    }
    Ok(())
}

#[test]
fn speckle_is_in_no_truth_and_as_dense_as_set() -> TestResult {
    let mut conditions = plain(640);
    let without = simulate_field(&conditions, 7, 0)?;
    let mut speckle = Speckle::default();
    (speckle.per_nucleus, speckle.height, speckle.extent_um) = ([6.0, 2.0], [0.3, 0.3], 0.15);
    conditions.artefacts.speckle = Some(speckle);
    let with = simulate_field(&conditions, 7, 0)?;
    assert_eq!((&with.nuclei, &with.signals), (&without.nuclei, &without.signals));
    // As wide as signals and 0.3 of their height: 0.3 of their light each, on 64 x 64 um with nuclei of 60.8 um2.
    let nuclei = 64.0 * 64.0 / (std::f64::consts::FRAC_PI_4 * 8.8 * 8.8);
    let light = more(&conditions, &with, &without);
    assert!(light[0].abs() < 0.02 * light[1], "counterstain {}", light[0]);
    for (light, number) in light[1..].iter().zip([6.0, 2.0]) {
        let expected = 0.3 * red_light(&conditions) * nuclei * number;
        // Three standard deviations of a Poisson number of 135.
        assert!((light / expected - 1.0).abs() < 0.27, "{light} {expected}");
    }
    Ok(())
}

#[test]
fn granules_shine_in_all_channels_and_are_in_no_truth() -> TestResult {
    let mut conditions = plain(640);
    let without = simulate_field(&conditions, 7, 0)?;
    conditions.artefacts.granules = Some(Granules::default());
    let with = simulate_field(&conditions, 7, 0)?;
    assert_eq!((&with.nuclei, &with.signals), (&without.nuclei, &without.signals));
    for light in more(&conditions, &with, &without) {
        assert!(light > 10.0 * red_light(&conditions), "{light}");
    }
    Ok(())
}

#[test]
fn a_pupil_keeps_the_light_of_signals_in_focus_and_out() -> TestResult {
    let mut conditions = plain(640);
    conditions.probes.signal_electrons = 100_000.0;
    conditions.probes.signal_spread = 0.0;
    conditions.artefacts.nuclear_glow = 0.0;
    let gaussian = simulate_field(&conditions, 8, 0)?;
    let signals = gaussian.signals.iter().filter(|s| s.channel == Colour::Red).count() as f64;
    for defocus_um in [0.0, 1.2] {
        conditions.optics.defocus_um = defocus_um;
        conditions.optics.pupil = Some(Pupil::default());
        let pupil = simulate_field(&conditions, 8, 0)?;
        let lost = more(&conditions, &gaussian, &pupil)[1] / (red_light(&conditions) * signals);
        // Signals near the edge lose some of it beyond.
        assert!(lost.abs() < 0.03, "{defocus_um} um: {lost}");
    }
    Ok(())
}

#[test]
fn a_camera_map_is_the_same_in_all_channels_and_fields() -> TestResult {
    let mut conditions = plain(192);
    conditions.nuclei.per_10000_um2 = 0.0;
    let mut map = CameraMap::default();
    map.offset_sd_levels = 60.0;
    conditions.camera.map = Some(map);
    conditions.camera.offset_levels = 500.0;
    let fields = [simulate_field(&conditions, 9, 0)?, simulate_field(&conditions, 9, 1)?];
    let pixels = |plane: PlaneView<'_>| -> Vec<f64> {
        (0..192).flat_map(|y| (0..192).map(move |x| f64::from(plane.at(y, x)))).collect()
    };
    let (a, b) = (pixels(fields[0].field.red.view()), pixels(fields[1].field.green.view()));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(&a), mean(&b));
    let covariance = a.iter().zip(&b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum::<f64>() / a.len() as f64;
    // Noise is not shared: what is left are 60 levels between pixels, 1 between columns, 1 % of 130 in gain.
    assert!((covariance.sqrt() / 60.0 - 1.0).abs() < 0.03, "{}", covariance.sqrt());
    Ok(())
}

#[test]
fn a_reader_leaves_out_what_no_one_can_be_sure_of() -> TestResult {
    let mut conditions = plain(768);
    conditions.probes.rearranged_share = 0.9;
    (conditions.probes.split_min_um, conditions.probes.split_max_um) = (0.5, 1.6);
    let drawn = simulate_field(&conditions, 11, 0)?;
    conditions.reader = Some(Reader::default());
    let read = simulate_field(&conditions, 11, 0)?;
    assert!(images_equal(&drawn, &read));
    // Full width of a signal: 2.35 times 0.186 um, and a pixel's edge adds little.
    let diameter_px = 4.4;
    let (mut doubtful, mut sure) = (0, 0);
    for nucleus in &read.nuclei {
        let owned = || read.signals.iter().filter(|s| s.owner == nucleus.nucleus);
        for red in owned().filter(|s| s.channel == Colour::Red) {
            let same = |s: &&SignalTruth| (s.nucleus, s.locus) == (red.nucleus, red.locus);
            let Some(green) = owned().filter(|s| s.channel == Colour::Green).find(same) else { continue };
            let diameters = (red.y - green.y).hypot(red.x - green.x) / diameter_px;
            if (1.6..2.4).contains(&diameters) {
                assert!(!nucleus.scorable, "{diameters} diameters");
                doubtful += 1;
            } else if !(1.4..2.6).contains(&diameters) {
                let expected = if diameters > 2.0 { TrueStatus::Split } else { TrueStatus::Fused };
                assert_eq!(red.status, expected, "{diameters} diameters");
                sure += 1;
            }
        }
    }
    assert!(doubtful > 5 && sure > 20, "{doubtful} {sure}");

    // So dim that no signal is clear: 0.3 % of the light, with noise of the same background.
    conditions.probes.signal_electrons = 30.0;
    assert!(simulate_field(&conditions, 11, 0)?.nuclei.iter().all(|nucleus| !nucleus.scorable));
    Ok(())
}
