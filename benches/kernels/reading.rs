//! Reading a file of three pages, raw and compressed.

use std::fs::File;
use std::hint::black_box;
use std::io::BufReader;
use std::path::Path;

use breakapart::Workspace;
use breakapart::io::{ChannelMap, ReadOptions, read_field_reusing};
use criterion::{Criterion, Throughput};
use tiff::decoder::Decoder;
use tiff::encoder::{Compression, DeflateLevel};

use crate::{PIXELS, field, planes};

fn pages_of(path: &Path) -> anyhow::Result<()> {
    let mut decoder = Decoder::new(BufReader::new(File::open(path)?))?;
    loop {
        black_box(decoder.read_image()?);
        if !decoder.more_images() {
            return Ok(());
        }
        decoder.next_image()?;
    }
}

/// One thread, as the rival has no more. Throughput counts pixels of the field, not of its channels.
pub(crate) fn files(criterion: &mut Criterion) {
    let field = field();
    let folder = tempfile::tempdir().expect("a folder");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let mut options = ReadOptions::default();
    options.channels = Some(ChannelMap { counterstain: 0, red: 1, green: 2 });
    options.pixel_size = field.pixel_size;
    let mut group = criterion.benchmark_group("reading a file");
    group.sample_size(10).throughput(Throughput::Elements(PIXELS));
    for (name, compression) in
        [("raw", Compression::Uncompressed), ("deflate", Compression::Deflate(DeflateLevel::Balanced))]
    {
        let path = folder.path().join(name).with_extension("tif");
        planes::write_planes(&path, &field, compression).expect("a file");
        let mut workspace = Workspace::default();
        group.bench_function(format!("breakapart, {name}"), |b| {
            pool.install(|| {
                b.iter(|| {
                    let field = read_field_reusing(&path, &options, &mut workspace).expect("a field");
                    workspace.recycle(black_box(field));
                });
            });
        });
        group.bench_function(format!("tiff, {name}"), |b| b.iter(|| pages_of(&path).expect("pages")));
    }
    group.finish();
}
