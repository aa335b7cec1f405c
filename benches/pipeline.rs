//! A whole field of 2048 x 2048 px, from pixels to verdict, by one and by two threads; and its files.
//!
//! `cargo bench --bench pipeline`. Throughput counts pixels of the field, not of its channels.

use std::hint::black_box;

use breakapart::analyse::Analyser;
use breakapart::assay::Assay;
use breakapart::report::{overlay, write_nuclei_csv, write_signals_csv};
use breakapart::simulate::{Conditions, simulate_field};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const SIZE_PX: usize = 2048;
const SEED: u64 = 1;

fn whole_field(criterion: &mut Criterion) {
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay"));
    let mut group = criterion.benchmark_group("pipeline");
    group.sample_size(10).throughput(Throughput::Elements((SIZE_PX * SIZE_PX) as u64));
    for name in ["easy_positive", "tissue_dense"] {
        let mut conditions = Conditions::named(name).expect("a condition of this name");
        conditions.size_px = SIZE_PX;
        let field = simulate_field(&conditions, SEED, 0).expect("a field").field;
        for threads in [1, 2] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            group.bench_with_input(
                BenchmarkId::new(name, format!("{threads} threads")),
                &field,
                |b, field| {
                    pool.install(|| b.iter(|| analyser.analyse(black_box(field))));
                },
            );
        }
    }
    group.finish();
}

fn files(criterion: &mut Criterion) {
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay"));
    let mut conditions = Conditions::named("easy_positive").expect("a condition of this name");
    conditions.size_px = SIZE_PX;
    let field = simulate_field(&conditions, SEED, 0).expect("a field").field;
    let reading = analyser.analyse(&field).expect("a reading");
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("files");
    group.sample_size(10);
    group.bench_function("tables", |b| {
        b.iter(|| {
            write_nuclei_csv(folder.path().join("nuclei.csv"), &reading.fields)?;
            write_signals_csv(folder.path().join("signals.csv"), &reading.fields)
        });
    });
    group.throughput(Throughput::Elements((SIZE_PX * SIZE_PX) as u64));
    group.bench_function("overlay, not yet compressed", |b| {
        b.iter(|| overlay(black_box(&field), &reading.fields[0]));
    });
    group.finish();
}

criterion_group!(benches, whole_field, files);
criterion_main!(benches);
