//! The kernels by themselves on one simulated field of 2048 x 2048 px, each beside a rival where a crate has the same step.
//!
//! `cargo bench --bench kernels`. They are private to the crate, and built here from their sources. Throughput counts pixels.

use std::hint::black_box;
use std::num::NonZeroUsize;

use breakapart::simulate::{Conditions, simulate_field};
use breakapart::{Plane, PlaneView};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use image::{GrayImage, ImageBuffer, Luma};
use imageproc::distance_transform::euclidean_squared_distance_transform;
use imageproc::filter::gaussian_blur_f32;
use imageproc::region_labelling::{Connectivity, connected_components};
use libblur::{
    BlurImage, BlurImageMut, EdgeMode, EdgeMode2D, FastBlurChannels, GaussianBlurParams,
    IeeeBinaryConvolutionMode, ThreadingPolicy,
};
use ndarray::Array2;

#[path = "../src/kernel/basins.rs"]
#[allow(dead_code, unused_imports)]
mod basins;
#[path = "../src/kernel/bits.rs"]
#[allow(dead_code, unused_imports)]
mod bits;
#[path = "../src/kernel/dispatch.rs"]
mod dispatch;
#[path = "../src/kernel/distance.rs"]
#[allow(dead_code, unused_imports)]
mod distance;
#[path = "../src/kernel/gaussian.rs"]
#[allow(dead_code, unused_imports)]
mod gaussian;
#[path = "../src/kernel/mask.rs"]
#[allow(unused_imports)]
mod mask;
#[path = "../src/kernel/padded.rs"]
#[allow(dead_code)]
mod padded;
#[path = "../src/kernel/runs.rs"]
#[allow(dead_code, unused_imports)]
mod runs;
#[path = "../src/kernel/separable.rs"]
#[allow(dead_code, unused_imports)]
mod separable;
#[path = "../src/kernel/tiling.rs"]
#[allow(dead_code, unused_imports)]
mod tiling;

/// Where those sources find each other and their input type.
mod kernel {
    pub(crate) use crate::{bits, dispatch, mask, padded, runs, separable, tiling};
}
mod field {
    pub(crate) use breakapart::PlaneView;
}

const SIZE_PX: usize = 2048;
const SEED: u64 = 1;
const PIXELS: u64 = (SIZE_PX * SIZE_PX) as u64;

fn counterstain() -> Array2<u16> {
    let mut conditions = Conditions::named("easy_positive").expect("a condition of this name");
    conditions.size_px = SIZE_PX;
    match simulate_field(&conditions, SEED, 0).expect("a field").field.counterstain {
        Plane::U16(plane) => plane,
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

/// The kernel of imageproc ends at two sigma where ours ends at four; that of libblur is as long as ours. Both rivals take
/// floats, ours the 16-bit samples.
fn smoothing(criterion: &mut Criterion) {
    let plane = counterstain();
    let samples: Vec<f32> = plane.iter().map(|&v| f32::from(v)).collect();
    let rival: ImageBuffer<Luma<f32>, Vec<f32>> =
        ImageBuffer::from_raw(SIZE_PX as u32, SIZE_PX as u32, samples).expect("as many samples as pixels");
    let side = SIZE_PX as u32;
    let source = BlurImage::borrow(rival.as_raw(), side, side, FastBlurChannels::Plane);
    let mut target = BlurImageMut::<f32>::alloc(side, side, FastBlurChannels::Plane);
    // As many threads as ours may use.
    let threads = NonZeroUsize::new(rayon::current_num_threads())
        .map_or(ThreadingPolicy::Single, ThreadingPolicy::Fixed);
    let mut group = criterion.benchmark_group("gaussian");
    group.throughput(Throughput::Elements(PIXELS));
    for sigma in [1.5_f32, 4.0] {
        group.bench_function(BenchmarkId::new("breakapart", sigma), |b| {
            b.iter(|| gaussian::gaussian(black_box(PlaneView::from(&plane)), f64::from(sigma)));
        });
        group.bench_function(BenchmarkId::new("imageproc", sigma), |b| {
            b.iter(|| gaussian_blur_f32(black_box(&rival), sigma));
        });
        let length = 2 * (4.0 * sigma).ceil() as u32 + 1;
        let parameters = || GaussianBlurParams::new(length, f64::from(sigma));
        group.bench_function(BenchmarkId::new("libblur", sigma), |b| {
            b.iter(|| {
                libblur::gaussian_blur_f32(
                    black_box(&source),
                    &mut target,
                    parameters(),
                    EdgeMode2D::new(EdgeMode::Reflect),
                    threads,
                    IeeeBinaryConvolutionMode::Normal,
                )
                .expect("an image and a kernel that suit each other");
            });
        });
    }
    group.finish();
}

fn distances(criterion: &mut Criterion) {
    let mask = mask_of(&counterstain());
    // The rival measures to the nearest pixel that is set.
    let outside = image_of(&mask.mapv(|v| !v));
    let mut group = criterion.benchmark_group("squared distance");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| {
        b.iter(|| distance::squared_distance(black_box(mask.view())));
    });
    group.bench_function("imageproc", |b| {
        b.iter(|| euclidean_squared_distance_transform(black_box(&outside)));
    });
    group.finish();
}

fn components(criterion: &mut Criterion) {
    let mask = mask_of(&counterstain());
    let rival = image_of(&mask);
    let levels = mask.mapv(u8::from);
    let mut group = criterion.benchmark_group("connected components");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart, with filled holes", |b| {
        b.iter(|| runs::regions_of_cuts(black_box(levels.view()), 1, usize::MAX, 1));
    });
    group.bench_function("imageproc", |b| {
        b.iter(|| connected_components(black_box(&rival), Connectivity::Eight, Luma([0])));
    });
    group.finish();
}

fn watershed(criterion: &mut Criterion) {
    let mask = mask_of(&counterstain());
    let depth = distance::squared_distance(mask.view());
    let (mut image, mut basins, mut runs) =
        (padded::Padded::default(), basins::Basins::default(), Vec::new());
    image.reshape(depth.dim());
    for ((y, x), &v) in depth.indexed_iter() {
        let at = image.at(y, x);
        image.values[at] = v;
    }
    for (y, row) in mask.rows().into_iter().enumerate() {
        let row = row.to_vec();
        let mut x1 = 0;
        while let Some(x0) = mask::first_position(&row, x1, true) {
            x1 = mask::first_position(&row, x0, false).unwrap_or(row.len());
            runs.push(runs::Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 });
        }
    }
    let mut spans = Vec::new();
    padded::spans_of(&runs, &mut spans);
    let mut group = criterion.benchmark_group("basins");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| b.iter(|| basins.find(black_box(&image), &runs, &spans)));
    group.finish();
}

criterion_group!(benches, smoothing, distances, components, watershed);
criterion_main!(benches);
