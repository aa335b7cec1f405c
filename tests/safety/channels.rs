//! Channels that are shifted, turned, or run into each other, and fields out of focus.

use breakapart::Plane;
use breakapart::classify::Exclusion;
use breakapart::summarise::Verdict;
use ndarray::Array2;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Normal};

use crate::{NEGATIVE, POSITIVE, fields, found_in, read, samples};

/// The light of a plane above its dark level, shifted by whole pixels along the rows.
fn light(plane: &Plane, shift_px: usize) -> Array2<f64> {
    let samples = samples(plane);
    let (_, width) = samples.dim();
    Array2::from_shape_fn(samples.dim(), |(y, x)| {
        f64::from(samples[(y, (x + width - shift_px) % width)]) - 100.0
    })
}

fn plane_of(light: &Array2<f64>) -> Plane {
    Plane::U16(light.mapv(|v| (v + 100.0).round().clamp(0.0, 65535.0) as u16))
}

#[test]
fn a_shift_too_far_to_be_estimated_makes_no_specimen_positive() {
    for shift_px in [16, 20, 30] {
        let mut shifted = fields(&NEGATIVE);
        for field in &mut shifted {
            field.green = plane_of(&light(&field.green, shift_px));
        }
        let reading = read(&shifted);
        assert_eq!(
            reading.summary.verdict,
            Verdict::NotEvaluable,
            "{shift_px} px: {:?}",
            reading.summary.findings
        );
        assert!(
            found_in(&reading, "residual_shift", None),
            "{shift_px} px: {:?} {:?}",
            reading.summary.findings,
            reading.summary.patterns
        );
    }
}

#[test]
fn one_field_with_a_shift_of_its_own_makes_no_specimen_positive_and_is_named() {
    for shift_px in [12, 20] {
        let mut shifted = fields(&NEGATIVE);
        shifted[1].green = plane_of(&light(&shifted[1].green, shift_px));
        let reading = read(&shifted);
        assert_eq!(
            reading.summary.verdict,
            Verdict::NotEvaluable,
            "{shift_px} px: {:?}",
            reading.summary.findings
        );
        let told = found_in(&reading, "residual_shift", Some("field_001"));
        assert!(
            told && reading.summary.found("residual_shift").count() == 1,
            "{:?}",
            reading.summary.findings
        );
    }
}

#[test]
fn one_field_turned_against_its_green_makes_no_specimen_positive_and_is_named() {
    let mut turned = fields(&NEGATIVE);
    let mut green = samples(&turned[1].green).clone();
    green.invert_axis(ndarray::Axis(0));
    turned[1].green = Plane::U16(green);
    let reading = read(&turned);
    assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{:?}", reading.summary.findings);
    assert!(found_in(&reading, "no_intact_locus", Some("field_001")), "{:?}", reading.summary.findings);
}

#[test]
fn one_field_taken_with_the_filter_of_red_gives_no_verdict_and_is_named() {
    let mut wrong = fields(&POSITIVE);
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let normal = Normal::new(0.0_f64, 1.0).unwrap();
    // Another exposure of red: noise of its own.
    let again =
        light(&wrong[1].red, 0).mapv(|v| 0.7 * v + v.max(20.0).sqrt() * 2.0 * normal.sample(&mut random));
    wrong[1].green = plane_of(&again);
    let reading = read(&wrong);
    assert_eq!(reading.summary.verdict, Verdict::NotEvaluable, "{:?}", reading.summary.findings);
    assert!(found_in(&reading, "channel_bleed_through", Some("field_001")), "{:?}", reading.summary.findings);
}

#[test]
fn colours_that_leak_into_each_other_pass_no_positive_specimen_as_negative() {
    for (into_green, into_red) in [(0.6, 0.6), (0.7, 0.7), (0.6, 0.0), (0.8, 0.0), (1.0, 0.0)] {
        let mut leaking = fields(&POSITIVE);
        for field in &mut leaking {
            let (red, green) = (light(&field.red, 0), light(&field.green, 0));
            field.green = plane_of(&(&green + &(into_green * &red)));
            field.red = plane_of(&(&red + &(into_red * &green)));
        }
        let reading = read(&leaking);
        let summary = &reading.summary;
        println!("{into_green} {into_red}: {:?} {:?} %", summary.verdict, summary.percent_rearranged);
        let name = format!("{into_green} into green, {into_red} into red: {:?}", summary.patterns);
        assert_eq!(summary.verdict, Verdict::NotEvaluable, "{name} {:?}", reading.summary.findings);
        let told = reading.summary.has("channel_bleed_through") || reading.summary.has("duplicate_channel");
        assert!(told, "{name} {:?}", reading.summary.findings);
    }
}

#[test]
fn nuclei_out_of_focus_raise_an_alarm() {
    let mut blurred = fields(&POSITIVE);
    // A third of each field out of focus, as where the section lifts off the glass.
    for field in &mut blurred {
        let from = field.dim().1 * 3 / 5;
        for plane in [&mut field.red, &mut field.green] {
            let sharp = light(plane, 0);
            let soft = imageproc::filter::gaussian_blur_f32(
                &image::ImageBuffer::<image::Luma<f32>, _>::from_fn(
                    sharp.dim().1 as u32,
                    sharp.dim().0 as u32,
                    |x, y| image::Luma([sharp[(y as usize, x as usize)] as f32]),
                ),
                3.0,
            );
            *plane = plane_of(&Array2::from_shape_fn(sharp.dim(), |(y, x)| {
                if x < from {
                    sharp[(y, x)]
                } else {
                    f64::from(soft.get_pixel(x as u32, y as u32).0[0]) * 1.5
                }
            }));
        }
    }
    let reading = read(&blurred);
    let left_out = reading.summary.exclusions.get(&Exclusion::OutOfFocus).copied().unwrap_or(0);
    println!("{left_out} out of focus, {:?}", reading.summary.exclusions);
    assert!(reading.summary.has("defocused_nuclei"), "{left_out}: {:?}", reading.summary.findings);
}
