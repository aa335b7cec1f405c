//! Whole fields, from pixels to verdict, by one and by two threads; of several sizes from file to tables; and the writing
//! of results.
//!
//! `cargo bench -p breakapart-bench --bench pipeline`. Throughput counts pixels of the field, not of its channels.

use std::hint::black_box;

use breakapart::analyse::Analyser;
use breakapart::assay::Assay;
use breakapart::io::{ChannelMap, ReadOptions, read_field};
use breakapart::report::{OverlayScale, overlay, write_nuclei_csv, write_signals_csv};
use breakapart::simulate::{Conditions, simulate_field};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tiff::encoder::{Compression, DeflateLevel};

#[path = "kernels/planes.rs"]
mod planes;

const SIZE_PX: usize = 2048;
const SEED: u64 = 1;

fn whole_field(criterion: &mut Criterion) {
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay")).expect("a valid assay");
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

/// From a file, raw or compressed, to its tables.
fn from_file(criterion: &mut Criterion) {
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay")).expect("a valid assay");
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("file to tables, one thread");
    group.sample_size(10);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("threads");
    for (size_px, compression) in [
        (1024, Compression::Uncompressed),
        (2048, Compression::Uncompressed),
        (4096, Compression::Uncompressed),
        (2048, Compression::Deflate(DeflateLevel::Balanced)),
    ] {
        let mut conditions = Conditions::named("easy_positive").expect("a condition of this name");
        conditions.size_px = size_px;
        let field = simulate_field(&conditions, SEED, 0).expect("a field").field;
        let path = folder.path().join("field.tif");
        planes::write_planes(&path, &field, compression).expect("a file");
        let mut options = ReadOptions::default();
        options.channels = Some(ChannelMap { counterstain: 0, red: 1, green: 2 });
        options.pixel_size = field.pixel_size;
        let name = if matches!(compression, Compression::Uncompressed) { "raw" } else { "deflate" };
        group.throughput(Throughput::Elements((size_px * size_px) as u64));
        group.bench_function(BenchmarkId::new(name, size_px), |b| {
            pool.install(|| {
                b.iter(|| {
                    let field = read_field(&path, &options)?;
                    let reading = analyser.analyse(&field)?;
                    write_nuclei_csv(folder.path().join("nuclei.csv"), &reading.name, &reading.fields)?;
                    write_signals_csv(folder.path().join("signals.csv"), &reading.name, &reading.fields)
                });
            });
        });
    }
    group.finish();
}

fn files(criterion: &mut Criterion) {
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay")).expect("a valid assay");
    let mut conditions = Conditions::named("easy_positive").expect("a condition of this name");
    conditions.size_px = SIZE_PX;
    let field = simulate_field(&conditions, SEED, 0).expect("a field").field;
    let reading = analyser.analyse(&field).expect("a reading");
    let scale = OverlayScale::of_fields(&reading.fields);
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("files");
    group.sample_size(10);
    group.bench_function("tables", |b| {
        b.iter(|| {
            write_nuclei_csv(folder.path().join("nuclei.csv"), &reading.name, &reading.fields)?;
            write_signals_csv(folder.path().join("signals.csv"), &reading.name, &reading.fields)
        });
    });
    group.throughput(Throughput::Elements((SIZE_PX * SIZE_PX) as u64));
    group.bench_function("overlay, not yet compressed", |b| {
        b.iter(|| overlay(black_box(&field), &reading.fields[0], scale));
    });
    group.finish();
}

criterion_group!(benches, whole_field, from_file, files);
criterion_main!(benches);
