//! Each step by itself on one simulated field of 2048 x 2048 px with three channels of 16 bits.
//!
//! `cargo bench --bench steps`. Throughput counts pixels of the field, not of its channels.

use std::hint::black_box;

use breakapart::analyse::Analyser;
use breakapart::assay::Assay;
use breakapart::detect::{DetectParams, detect};
use breakapart::segment::{SegmentParams, segment};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::{Colour, Field};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
const SIZE_PX: usize = 2048;
const SEED: u64 = 1;

fn field() -> Field {
    let mut conditions = Conditions::named("easy_positive").expect("a condition of this name");
    conditions.size_px = SIZE_PX;
    simulate_field(&conditions, SEED, 0).expect("a field").field
}

fn steps(criterion: &mut Criterion) {
    let field = field();
    let (height, width) = field.dim();
    let pixel_size = field.pixel_size;
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay"));
    let measured = analyser.measure_field(&field).expect("a measurement");
    let mut group = criterion.benchmark_group("steps");
    group.sample_size(10).throughput(Throughput::Elements((height * width) as u64));
    group.bench_function("segment", |b| {
        b.iter(|| segment(black_box(field.counterstain.view()), pixel_size, &SegmentParams::default()));
    });
    group.bench_function("detect (red, whole frame)", |b| {
        b.iter(|| detect(black_box(field.red.view()), Colour::Red, pixel_size, &DetectParams::default()));
    });
    group.bench_function("measure_field (segment, both probes)", |b| {
        b.iter(|| analyser.measure_field(black_box(&field)));
    });
    group.bench_function("read_specimen (pair, classify, summarise)", |b| {
        b.iter_batched(
            || vec![measured.clone()],
            |fields| analyser.read_specimen("specimen", fields),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
