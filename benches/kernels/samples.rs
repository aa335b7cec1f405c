//! Kernels that go over samples.

use std::hint::black_box;
use std::num::NonZeroUsize;

use breakapart::PlaneView;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use image::imageops::thumbnail;
use image::{ImageBuffer, Luma};
use imageproc::filter::{gaussian_blur_f32, separable_filter};
use libblur::{
    BlurImage, BlurImageMut, EdgeMode, EdgeMode2D, FastBlurChannels, GaussianBlurParams,
    IeeeBinaryConvolutionMode, ThreadingPolicy,
};
use ndarray::Array2;

use crate::detect::search_image::SearchImage;
use crate::filter::{Background, MatchedFilter};
use crate::{
    PIXELS, SIZE_PX, camera_noise as noise_line, field, gaussian, histogram, median, noise, resample,
    samples_of,
};

fn floats_of(plane: &Array2<u16>) -> ImageBuffer<Luma<f32>, Vec<f32>> {
    let samples = plane.iter().map(|&v| f32::from(v)).collect();
    ImageBuffer::from_raw(SIZE_PX as u32, SIZE_PX as u32, samples).expect("as many samples as pixels")
}

/// The kernel of imageproc ends at two sigma where ours ends at four; that of libblur is as long as ours. Both rivals take
/// floats, ours the 16-bit samples.
pub(crate) fn smoothing(criterion: &mut Criterion) {
    let plane = samples_of(field().counterstain);
    let rival = floats_of(&plane);
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

/// The filter by which signals are found first. The rival takes the same sum of three separable terms, all at full
/// resolution.
pub(crate) fn matched_filter(criterion: &mut Criterion) {
    const SIGMA_PX: f64 = 1.5;
    const SUPPORT: f64 = 2.0;
    let plane = samples_of(field().red);
    let rival = floats_of(&plane);
    let filter = MatchedFilter::new(SIGMA_PX, SUPPORT, Background::Paraboloid);
    let window_px = SUPPORT * SIGMA_PX;
    let reach = (3.0 * window_px).ceil() as i32;
    let weights =
        |of: &dyn Fn(f64) -> f64| -> Vec<f32> { (-reach..=reach).map(|x| of(f64::from(x)) as f32).collect() };
    let gaussian = |x: f64, sigma: f64| (-0.5 * (x / sigma).powi(2)).exp();
    let spot = weights(&|x| gaussian(x, window_px) * gaussian(x, SIGMA_PX));
    let flat = weights(&|x| gaussian(x, window_px));
    let bowl = weights(&|x| gaussian(x, window_px) * x * x);
    let mut group = criterion.benchmark_group("matched filter");
    group.sample_size(10).throughput(Throughput::Elements(PIXELS));
    let mut memory = Vec::new();
    group.bench_function("breakapart", |b| {
        b.iter(|| {
            let parts = [SearchImage { plane: black_box(PlaneView::from(&plane)) }];
            memory = filter.responses(&parts, std::mem::take(&mut memory));
        });
    });
    group.bench_function("imageproc", |b| {
        b.iter(|| {
            let mut sum = separable_filter(black_box(&rival), &spot, &spot);
            for (along_rows, along_columns) in [(&flat, &bowl), (&bowl, &flat)] {
                let term = separable_filter(black_box(&rival), along_rows, along_columns);
                sum.iter_mut().zip(term.iter()).for_each(|(sum, v)| *sum += v);
            }
            sum
        });
    });
    group.finish();
}

/// No crate has either.
pub(crate) fn camera_noise(criterion: &mut Criterion) {
    let plane = samples_of(field().red);
    let floats = plane.mapv(f32::from);
    let mut group = criterion.benchmark_group("noise");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart, line of the camera", |b| {
        b.iter(|| noise_line::estimate(black_box(PlaneView::from(&plane)), None, true));
    });
    group.bench_function("breakapart, one of all levels", |b| {
        b.iter(|| noise::noise_sd(black_box(floats.view())));
    });
    group.finish();
}

/// Of blocks of 14 x 14 samples one after the other.
pub(crate) fn medians(criterion: &mut Criterion) {
    const BLOCK: usize = 14 * 14;
    let samples: Vec<u32> = samples_of(field().red).iter().map(|&v| v.into()).collect();
    let mut group = criterion.benchmark_group("medians of blocks");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| {
        b.iter(|| {
            for block in black_box(&samples).chunks_exact(BLOCK) {
                black_box(median::median(block));
            }
        });
    });
    group.bench_function("standard library", |b| {
        b.iter(|| {
            let mut own = [0; BLOCK];
            for block in black_box(&samples).chunks_exact(BLOCK) {
                own.copy_from_slice(block);
                black_box(*own.select_nth_unstable(BLOCK / 2).1);
            }
        });
    });
    group.finish();
}

pub(crate) fn quantiles(criterion: &mut Criterion) {
    let samples: Vec<f32> = samples_of(field().counterstain).iter().map(|&v| f32::from(v)).collect();
    let mut group = criterion.benchmark_group("quantiles");
    group.sample_size(10).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| {
        let clone = || samples.clone();
        b.iter_batched_ref(
            clone,
            |values| histogram::quantiles(values, [0.05, 0.9995]),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("standard library, sorted", |b| {
        let clone = || samples.clone();
        b.iter_batched_ref(clone, |values| values.sort_unstable_by(f32::total_cmp), BatchSize::LargeInput);
    });
    group.bench_function("breakapart, Otsu's threshold", |b| {
        b.iter(|| histogram::otsu(black_box(&samples).iter().copied()));
    });
    group.finish();
}

/// The rival rounds the means to samples of 16 bits.
pub(crate) fn block_means(criterion: &mut Criterion) {
    const FACTOR: usize = 4;
    let plane = samples_of(field().counterstain);
    let samples: Vec<u16> = plane.iter().copied().collect();
    let rival: ImageBuffer<Luma<u16>, Vec<u16>> =
        ImageBuffer::from_raw(SIZE_PX as u32, SIZE_PX as u32, samples).expect("as many samples as pixels");
    let side = (SIZE_PX / FACTOR) as u32;
    let mut group = criterion.benchmark_group("block means");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| {
        b.iter(|| resample::block_means(black_box(PlaneView::from(&plane)), FACTOR));
    });
    group.bench_function("image", |b| b.iter(|| thumbnail(black_box(&rival), side, side)));
    group.finish();
}
