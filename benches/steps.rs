//! Each step by itself on one simulated field of 2048 x 2048 px with three channels of 16 bits.
//!
//! `cargo bench -p breakapart-bench --bench steps`. Throughput counts pixels of the field, not of its channels.

use std::hint::black_box;

use breakapart::analyse::Analyser;
use breakapart::assay::Assay;
use breakapart::classify::{ClassifyParams, NucleusEvidence, classify};
use breakapart::detect::{DetectParams, detect};
use breakapart::io::{ChannelMap, ReadOptions, read_field};
use breakapart::pair::pair;
use breakapart::report::{write_nuclei_csv, write_report_json, write_signals_csv};
use breakapart::segment::{SegmentParams, segment};
use breakapart::simulate::{Conditions, simulate_field};
use breakapart::summarise::{Grounds, SummariseParams, summarise};
use breakapart::{Colour, Field};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tiff::encoder::{Compression, DeflateLevel};

#[path = "kernels/planes.rs"]
mod planes;

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
    let analyser = Analyser::new(Assay::builtin("alk").expect("a built-in assay")).expect("a valid assay");
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

/// From the file to the field.
fn reading(criterion: &mut Criterion) {
    let field = field();
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = ReadOptions::default();
    options.channels = Some(ChannelMap { counterstain: 0, red: 1, green: 2 });
    options.pixel_size = field.pixel_size;
    let mut group = criterion.benchmark_group("steps");
    group.sample_size(10).throughput(Throughput::Elements((SIZE_PX * SIZE_PX) as u64));
    for (name, compression) in
        [("raw", Compression::Uncompressed), ("deflate", Compression::Deflate(DeflateLevel::Balanced))]
    {
        let path = folder.path().join(name).with_extension("tif");
        planes::write_planes(&path, &field, compression).expect("a file");
        group.bench_function(format!("read_field ({name})"), |b| b.iter(|| read_field(&path, &options)));
    }
    group.finish();
}

/// What follows once nuclei and signals are known: each step on all nuclei of the field.
fn after_detection(criterion: &mut Criterion) {
    let assay = Assay::builtin("alk").expect("a built-in assay");
    let reading = Analyser::new(assay.clone()).and_then(|a| a.analyse(&field())).expect("a reading");
    let field = &reading.fields[0];
    let of_nucleus = |id: u32| -> Vec<usize> {
        (0..field.signals.len()).filter(|&i| field.signals[i].nucleus_id == id).collect()
    };
    let signals: Vec<(u32, Vec<usize>)> =
        field.nuclei.iter().map(|n| (n.nucleus.id, of_nucleus(n.nucleus.id))).collect();
    let rule = reading.instrument.pair_rule;
    let evidence: Vec<NucleusEvidence> =
        field.pairings().map(|p| NucleusEvidence::of_pattern(p.nucleus_id, p.pattern())).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mut group = criterion.benchmark_group("steps");
    group.throughput(Throughput::Elements((SIZE_PX * SIZE_PX) as u64));
    group.bench_function("pair (all nuclei)", |b| {
        b.iter(|| {
            for (id, indices) in &signals {
                black_box(pair(*id, black_box(&field.signals), indices, &rule)).expect("a pairing");
            }
        });
    });
    group.bench_function("classify (all nuclei)", |b| {
        let params = ClassifyParams::default();
        b.iter(|| {
            for evidence in &evidence {
                black_box(classify(black_box(evidence), &assay, None, &params));
            }
        });
    });
    group.bench_function("summarise", |b| {
        let (grounds, params) = (Grounds::worksheet(None), SummariseParams::default());
        let calls: Vec<_> = field.calls().cloned().collect();
        b.iter(|| summarise(black_box(&calls), &assay, &grounds, &params));
    });
    group.bench_function("tables and report", |b| {
        b.iter(|| {
            write_nuclei_csv(folder.path().join("nuclei.csv"), &reading.name, &reading.fields)?;
            write_signals_csv(folder.path().join("signals.csv"), &reading.name, &reading.fields)?;
            write_report_json(folder.path().join("report.json"), &reading, &[])
        });
    });
    group.finish();
}

criterion_group!(benches, reading, steps, after_detection);
criterion_main!(benches);
