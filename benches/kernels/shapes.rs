//! Kernels that go over masks and regions.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use image::Luma;
use imageproc::contours::find_contours;
use imageproc::distance_transform::{Norm, euclidean_squared_distance_transform};
use imageproc::geometry::convex_hull;
use imageproc::morphology::dilate;
use imageproc::region_labelling::{Connectivity, connected_components};
use ndarray::Array2;

use crate::{
    PIXELS, basins, bits, distance, field, hull, image_of, mask, mask_of, outline, padded, run, runs,
    samples_of,
};

fn runs_of(mask: &Array2<bool>) -> Vec<run::Run> {
    let mut runs = Vec::new();
    for (y, row) in mask.rows().into_iter().enumerate() {
        let row = row.to_vec();
        let mut x1 = 0;
        while let Some(x0) = mask::first_position(&row, x1, true) {
            x1 = mask::first_position(&row, x0, false).unwrap_or(row.len());
            runs.push(run::Run { y: y as u32, x0: x0 as u32, x1: x1 as u32 });
        }
    }
    runs
}

pub(crate) fn distances(criterion: &mut Criterion) {
    let mask = mask_of(&samples_of(field().counterstain));
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

pub(crate) fn components(criterion: &mut Criterion) {
    let mask = mask_of(&samples_of(field().counterstain));
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

pub(crate) fn watershed(criterion: &mut Criterion) {
    let mask = mask_of(&samples_of(field().counterstain));
    let depth = distance::squared_distance(mask.view());
    let (mut image, mut basins) = (padded::Padded::default(), basins::Basins::default());
    image.reshape(depth.dim());
    for ((y, x), &v) in depth.indexed_iter() {
        let at = image.at(y, x);
        image.values[at] = v;
    }
    let runs = runs_of(&mask);
    let mut spans = Vec::new();
    padded::spans_of(&runs, &mut spans);
    let mut group = criterion.benchmark_group("basins");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| b.iter(|| basins.find(black_box(&image), &runs, &spans)));
    group.finish();
}

pub(crate) fn dilation(criterion: &mut Criterion) {
    const RADIUS_PX: u8 = 5;
    let mask = mask_of(&samples_of(field().counterstain));
    let rival = image_of(&mask);
    let (mut bits, mut wider) = (bits::BitMask::default(), bits::BitMask::default());
    bits.clear(mask.dim());
    bits.paint(runs_of(&mask).into_iter(), true);
    let half_widths = bits::half_widths(f32::from(RADIUS_PX));
    let mut group = criterion.benchmark_group("dilation");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart", |b| b.iter(|| black_box(&bits).dilate(&half_widths, &mut wider)));
    group.bench_function("imageproc", |b| b.iter(|| dilate(black_box(&rival), Norm::L2, RADIUS_PX)));
    group.finish();
}

/// Of all regions. The rival finds the regions as it traces them.
pub(crate) fn hull_and_outline(criterion: &mut Criterion) {
    let mask = mask_of(&samples_of(field().counterstain));
    let rival = image_of(&mask);
    let levels = mask.mapv(u8::from);
    let regions = runs::regions_of_cuts(levels.view(), 1, usize::MAX, 1);
    let outlines = find_contours::<i32>(&rival);
    let mut group = criterion.benchmark_group("hull and outline");
    group.sample_size(20).throughput(Throughput::Elements(PIXELS));
    group.bench_function("breakapart, outlines", |b| {
        let (mut silhouette, mut outline) = (outline::Silhouette::default(), Vec::new());
        b.iter(|| {
            for i in 0..regions[0].len() {
                silhouette.set(black_box(regions[0].runs(i)));
                silhouette.trace(&mut outline);
                black_box(&outline);
            }
        });
    });
    group.bench_function("imageproc, outlines", |b| b.iter(|| find_contours::<i32>(black_box(&rival))));
    group.bench_function("breakapart, area of hulls", |b| {
        b.iter(|| (0..regions[0].len()).map(|i| hull::hull_area(black_box(regions[0].runs(i)))).sum::<f64>());
    });
    group.bench_function("imageproc, hulls of outlines", |b| {
        b.iter(|| {
            for outline in black_box(&outlines) {
                black_box(convex_hull(outline.points.as_slice()));
            }
        });
    });
    group.finish();
}
