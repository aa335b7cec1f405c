//! The kernels by themselves on one simulated field of 2048 x 2048 px, each beside a rival where a crate has the same step.
//!
//! `cargo bench -p breakapart-bench --bench kernels`. They are private to the crate, and built here from their sources. Throughput counts pixels.

use breakapart::Plane;
use breakapart::simulate::{Conditions, simulate_field};
use criterion::{criterion_group, criterion_main};
use image::GrayImage;
use ndarray::Array2;

#[path = "kernels/planes.rs"]
mod planes;
#[path = "kernels/reading.rs"]
mod reading;
#[path = "kernels/samples.rs"]
mod samples;
#[path = "kernels/shapes.rs"]
mod shapes;

#[path = "../src/kernel/basins.rs"]
#[allow(dead_code, unused_imports)]
mod basins;
#[path = "../src/kernel/bits.rs"]
#[allow(dead_code, unused_imports)]
mod bits;
#[path = "../src/kernel/camera_noise.rs"]
#[allow(dead_code, unused_imports)]
mod camera_noise;
#[path = "../src/kernel/dispatch.rs"]
#[allow(dead_code)]
mod dispatch;
#[path = "../src/kernel/distance.rs"]
#[allow(dead_code, unused_imports)]
mod distance;
#[path = "../src/detect/filter.rs"]
#[allow(dead_code, unused_imports)]
mod filter;
#[path = "../src/kernel/gaussian.rs"]
#[allow(dead_code, unused_imports)]
mod gaussian;
#[path = "../src/kernel/histogram.rs"]
#[allow(dead_code, unused_imports)]
mod histogram;
#[path = "../src/kernel/hull.rs"]
#[allow(dead_code, unused_imports)]
mod hull;
#[path = "../src/kernel/mask.rs"]
#[allow(unused_imports)]
mod mask;
#[path = "../src/kernel/median.rs"]
#[allow(dead_code, unused_imports)]
mod median;
#[path = "../src/kernel/noise.rs"]
#[allow(dead_code, unused_imports)]
mod noise;
#[path = "../src/kernel/outline.rs"]
#[allow(dead_code, unused_imports)]
mod outline;
#[path = "../src/kernel/padded.rs"]
#[allow(dead_code)]
mod padded;
#[path = "../src/kernel/resample.rs"]
#[allow(dead_code, unused_imports)]
mod resample;
#[path = "../src/kernel/run.rs"]
#[allow(dead_code, unused_imports)]
mod run;
#[path = "../src/kernel/runs.rs"]
#[allow(dead_code, unused_imports)]
mod runs;
#[path = "../src/kernel/separable.rs"]
#[allow(dead_code, unused_imports)]
mod separable;
#[path = "../src/kernel/tiling.rs"]
#[allow(dead_code, unused_imports)]
mod tiling;

/// Where those sources find each other and their input types.
mod kernel {
    pub(crate) use crate::{
        bits, camera_noise, dispatch, histogram, mask, median, padded, run, runs, separable, tiling,
    };
}
mod field {
    pub(crate) use breakapart::PlaneView;
}
mod detect {
    pub(crate) mod search_image {
        /// Of the part of an image in which signals are looked for, what the filter needs.
        pub(crate) struct SearchImage<'a> {
            pub(crate) plane: breakapart::PlaneView<'a>,
        }
    }
}

const SIZE_PX: usize = 2048;
const SEED: u64 = 1;
const PIXELS: u64 = (SIZE_PX * SIZE_PX) as u64;

fn field() -> breakapart::Field {
    let mut conditions = Conditions::named("easy_positive").expect("a condition of this name");
    conditions.size_px = SIZE_PX;
    simulate_field(&conditions, SEED, 0).expect("a field").field
}

fn samples_of(plane: Plane) -> Array2<u16> {
    match plane {
        Plane::U16(samples) => samples,
        _ => panic!("simulated fields have 16 bits"),
    }
}

/// Nuclei roughly: brighter than the mean.
fn mask_of(plane: &Array2<u16>) -> Array2<bool> {
    let mean = plane.iter().map(|&v| f64::from(v)).sum::<f64>() / plane.len() as f64;
    plane.mapv(|v| f64::from(v) > mean)
}

fn image_of(mask: &Array2<bool>) -> GrayImage {
    let samples = mask.iter().map(|&v| if v { 255 } else { 0 }).collect();
    GrayImage::from_raw(SIZE_PX as u32, SIZE_PX as u32, samples).expect("as many samples as pixels")
}

criterion_group!(
    benches,
    samples::smoothing,
    samples::matched_filter,
    samples::camera_noise,
    samples::medians,
    samples::quantiles,
    samples::block_means,
    shapes::distances,
    shapes::components,
    shapes::watershed,
    shapes::dilation,
    shapes::hull_and_outline,
    reading::files
);
criterion_main!(benches);
