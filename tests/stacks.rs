//! Stacks: the depth of signals, slices that drift, stacks that end too early, distances in 3-D.
#![cfg(feature = "simulate")]

use breakapart::assay::Dimensions;
use breakapart::simulate::{Conditions, SimulatedField, simulate_field};
use breakapart::stack::StackProjector;
use breakapart::{Analyser, Assay, Error, Field, Result, SpecimenReading};

fn simulated(name: &str, change: impl FnOnce(&mut Conditions)) -> Result<(Conditions, SimulatedField)> {
    let mut conditions = Conditions::named(name)?;
    conditions.size_px = 448;
    change(&mut conditions);
    let field = simulate_field(&conditions, 11, 0)?;
    Ok((conditions, field))
}

/// The field with another distance between its slices.
fn with_step(simulated: &SimulatedField, z_step_um: Option<f64>) -> Field {
    let mut field = simulated.field.clone();
    if let Some(depth) = &mut field.depth {
        depth.z_step_um = z_step_um;
    }
    field
}

fn analysed(field: &Field, dims: Dimensions) -> Result<SpecimenReading> {
    let mut assay = Assay::builtin("alk")?;
    assay.split.min_distance.dims = dims;
    Analyser::new(assay)?.analyse(field)
}

fn has(reading: &SpecimenReading, code: &str) -> bool {
    reading.summary.findings.iter().any(|finding| finding.code() == code)
}

/// True signals of the nuclei beside the signals found at their places: depth of each, slices.
fn depths(conditions: &Conditions, truth: &SimulatedField, reading: &SpecimenReading) -> Vec<[f64; 2]> {
    let optics = &conditions.optics;
    let first_um = 0.5 * conditions.section_um + optics.defocus_um
        - 0.5 * (optics.planes as f64 - 1.0) * optics.plane_step_um;
    let signals = &reading.fields[0].signals;
    let pair = |signal: &breakapart::simulate::SignalTruth| {
        let near = |s: &&breakapart::detect::Signal| {
            s.colour == signal.channel && (s.y_px - signal.image_y).hypot(s.x_px - signal.image_x) < 3.0
        };
        Some([(signal.z - first_um) / optics.plane_step_um, signals.iter().find(near)?.z_px?])
    };
    truth.signals.iter().filter_map(pair).collect()
}

#[test]
fn signals_have_their_depth_between_slices() -> Result<()> {
    let (conditions, truth) = simulated("zstack_deep", |_| ())?;
    let reading = analysed(&truth.field, Dimensions::Two)?;
    let depths = depths(&conditions, &truth, &reading);
    assert!(depths.len() >= 20, "{}", depths.len());
    let mut errors: Vec<f64> = depths.iter().map(|[true_z, z]| (z - true_z).abs()).collect();
    errors.sort_by(f64::total_cmp);
    assert!(errors[errors.len() / 2] < 0.25, "{errors:?}");
    let nuclei = &reading.fields[0].nuclei;
    let focus = nuclei.iter().filter_map(|nucleus| nucleus.depth?.best_focus_z_px);
    assert!(focus.clone().count() > 5 && focus.clone().all(|z| (1.0..=13.0).contains(&z)));
    assert!(!has(&reading, "slices_not_registered") && !has(&reading, "stack_misses_section"));
    Ok(())
}

#[test]
fn slices_that_drift_are_put_back() -> Result<()> {
    let drift = [3.0, -2.0];
    for drift_px in [None, Some(drift)] {
        let (_, truth) = simulated("zstack_deep", |c| (c.size_px, c.optics.drift_px) = (768, drift_px))?;
        let reading = analysed(&truth.field, Dimensions::Two)?;
        let field = &reading.fields[0];
        let [dy, dx] = drift_px.unwrap_or_default();
        let largest = field.depth.as_ref().map(|depth| depth.largest_drift_px);
        assert!(largest.is_some_and(|px| (px - dy.hypot(dx)).abs() < 0.7), "{largest:?}");
        // The first slice is the reference, and the middle one is where the truth is.
        let is_right = |n: &breakapart::analyse::NucleusReading| {
            let (y, x) = (n.nucleus.centroid_y_px + 0.5 * dy, n.nucleus.centroid_x_px + 0.5 * dx);
            let own = truth.nuclei.iter().find(|t| (t.y - y).hypot(t.x - x) < 10.0);
            let pattern = &n.call.pattern;
            own.is_some_and(|t| {
                [t.fused, t.split, t.red, t.green]
                    == [pattern.fused, pattern.split, pattern.isolated_red, pattern.isolated_green]
            })
        };
        let evaluated: Vec<_> = field.nuclei.iter().filter(|n| n.call.evaluable()).collect();
        let right = evaluated.iter().filter(|n| is_right(n)).count();
        assert!(evaluated.len() >= 10 && right + 2 >= evaluated.len(), "{right} of {}", evaluated.len());
    }
    Ok(())
}

#[test]
fn slices_of_other_fields_withhold_the_verdict() -> Result<()> {
    let (_, truth) = simulated("zstack_deep", |c| c.optics.planes = 3)?;
    let mut other = Conditions::named("zstack_deep")?;
    (other.size_px, other.optics.planes) = (448, 3);
    let other = simulate_field(&other, 12, 0)?;
    let mut projector = StackProjector::new(truth.field.pixel_size);
    for (z, planes) in truth.planes().take(2).chain(other.planes().take(1)).enumerate() {
        projector.push(z as f64, planes.map(|plane| Some(plane.clone())))?;
    }
    let mut field = projector.finish("mixed", None)?;
    field.pixel_size = truth.field.pixel_size;
    let reading = analysed(&field, Dimensions::Two)?;
    assert!(has(&reading, "slices_not_registered"), "{:?}", reading.fields[0].depth);
    Ok(())
}

#[test]
fn a_stack_that_ends_within_the_section_is_named() -> Result<()> {
    let (_, truth) = simulated("zstack_short", |c| c.size_px = 640)?;
    let reading = analysed(&truth.field, Dimensions::Two)?;
    assert!(has(&reading, "stack_misses_section"));
    let cut: usize = reading.fields[0].nuclei.iter().filter_map(|n| Some(n.depth?.cut_signals)).sum();
    assert!(cut > 5, "{cut}");
    Ok(())
}

#[test]
fn distances_in_3d_need_the_distance_between_slices() -> Result<()> {
    let (_, truth) = simulated("zstack_deep", |_| ())?;
    let mut plane = truth.field.clone();
    plane.depth = None;
    for field in [with_step(&truth, None), plane] {
        let error = analysed(&field, Dimensions::Three).expect_err("no depth");
        assert!(matches!(error, Error::Undecided { .. }), "{error}");
    }
    let field = &truth.field;
    let [flat, deep] = [analysed(field, Dimensions::Two)?, analysed(field, Dimensions::Three)?];
    assert_eq!((flat.instrument.pair_rule.depth, has(&deep, "stack_projected")), (None, false));
    let rule = deep.instrument.pair_rule.depth.expect("depth counts");
    assert!((rule.px_per_slice - 5.0).abs() < 1e-9 && rule.green_shift_slices.abs() < 0.3, "{rule:?}");
    let longest = |reading: &SpecimenReading| {
        let pairs = reading.fields[0].pairings().flat_map(|p| p.fused.iter().chain(&p.split).copied());
        pairs.map(|pair| pair.distance_px).fold(0.0, f64::max)
    };
    assert!(longest(&deep) >= longest(&flat));
    Ok(())
}
