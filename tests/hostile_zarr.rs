//! Broken, cut-short, oversized and mislabelled folders of OME-Zarr: never a panic, never more memory than allowed,
//! always an error that names the folder, and the key if one is at fault.
#![cfg(feature = "ome-zarr")]

use std::fs;
use std::path::{Path, PathBuf};

use breakapart::io::{ReadOptions, SlideFile, read_field};
use breakapart::slide::SlideSource;
use breakapart::{ChannelRole, Error, Field};
use proptest::prelude::*;

/// A copy of a folder of `tests/data/zarr`, which a test may spoil.
struct Copy {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

impl Copy {
    fn of(name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let own = format!("{name}.ome.zarr");
        let path = folder.path().join(&own);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/zarr").join(own), &path);
        Self { path, _folder: folder }
    }

    /// The same with a text in a file exchanged. The text must be there.
    fn with(self, file: &str, old: &str, new: &str) -> Self {
        let path = self.path.join(file);
        let text = fs::read_to_string(&path).expect("a text");
        assert!(text.contains(old), "{old} in {text}");
        fs::write(path, text.replacen(old, new, 1)).expect("written");
        self
    }

    fn read(&self) -> Result<Field, Error> {
        let mut options = ReadOptions::default();
        options.max_decoded_bytes = 1 << 20;
        let outcome = read_field(&self.path, &options);
        if let Err(error) = &outcome {
            let name = self.path.file_name().expect("a name").to_string_lossy();
            assert!(error.to_string().contains(&*name), "{error}");
        }
        outcome
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn faults_of_metadata_name_their_key() {
    let (group, array) = ("zarr.json", "0/zarr.json");
    for (file, old, new, code, key) in [
        (group, "\"multiscales\"", "\"others\"", "malformed", "multiscales"),
        (group, "\"datasets\"", "\"others\"", "malformed", "multiscales[0]"),
        (group, "\"path\": \"0\"", "\"path\": \"../0\"", "malformed", "datasets[0].path"),
        (group, "\"path\": \"0\"", "\"path\": \"0/../../..\"", "malformed", "datasets[0].path"),
        (group, "\"path\": \"0\"", "\"path\": \"/\"", "malformed", "datasets[0].path"),
        (group, "\"path\": \"0\"", "\"path\": 0", "malformed", "datasets[0].path"),
        (group, "\"path\": \"0\"", "\"path\": \"7\"", "malformed", "no array"),
        (group, "0.1", "NaN", "malformed", "not JSON"),
        (group, "0.1", "1e999", "malformed", "not JSON"),
        (group, "0.1", "\"a\"", "malformed", "coordinateTransformations[0].scale[1]"),
        (group, "0.1", "-0.1", "malformed", "datasets"),
        (group, "\"name\": \"y\"", "\"name\": \"x\"", "malformed", "axes"),
        (group, "\"type\": \"channel\"", "\"type\": 5", "malformed", "axes[0].type"),
        (array, "\"uint16\"", "\"complex64\"", "unsupported", "data_type"),
        (array, "\"regular\"", "\"wild\"", "unsupported", "chunk_grid.name"),
        (array, "\"zstd\"", "\"zst\"", "unsupported", "codecs"),
        (array, "16,", "0,", "malformed", "chunk_shape[1]"),
        (array, "16,", "1.5,", "malformed", "chunk_shape[1]"),
        (array, "16,", "16, 16,", "malformed", "chunk_shape"),
        (array, "\"node_type\": \"array\"", "\"node_type\": \"group\"", "malformed", "node_type"),
        (array, "27", "0", "malformed", "shape[1]"),
        (array, "27", "-1", "malformed", "shape[1]"),
    ] {
        let error = Copy::of("v3_zstd").with(file, old, new).read().expect_err(new);
        assert_eq!(error.code(), code, "{old} as {new}: {error}");
        assert!(error.to_string().contains(key), "{old} as {new}: {key} in {error}");
    }
}

#[test]
fn an_axis_that_is_none_of_the_five_is_refused() {
    let copy =
        Copy::of("v3_zstd").with("zarr.json", "\"c\"", "\"q\"").with("zarr.json", "\"channel\"", "\"q\"");
    let error = copy.read().expect_err("three entries of an unknown axis");
    assert_eq!(error.code(), "unsupported", "{error}");
    assert!(error.to_string().contains("shape"), "{error}");
}

#[test]
fn faults_of_the_older_version_name_their_key() {
    for (file, old, new, code, key) in [
        ("0/.zarray", "\"<u2\"", "\"<c8\"", "unsupported", "dtype"),
        ("0/.zarray", "\"blosc\"", "\"lzma\"", "unsupported", "compressor.id"),
        ("0/.zarray", "\"order\": \"C\"", "\"order\": \"Q\"", "malformed", "order"),
        ("0/.zarray", "16,", "0,", "malformed", "chunks[1]"),
        ("0/.zarray", "\"filters\": null", "\"filters\": [{\"id\": \"delta\"}]", "unsupported", "delta"),
        (".zattrs", "\"multiscales\"", "\"others\"", "malformed", "multiscales"),
    ] {
        let error = Copy::of("v2_blosc_lz4").with(file, old, new).read().expect_err(new);
        assert_eq!(error.code(), code, "{old} as {new}: {error}");
        assert!(error.to_string().contains(key), "{old} as {new}: {key} in {error}");
    }
}

#[test]
fn sizes_are_refused_before_memory_is_taken() {
    let huge = u64::MAX.to_string();
    for (old, new) in
        [("27", "4000000000"), ("27", &*huge), ("16,", "4000000000,"), ("16,", &*format!("{huge},"))]
    {
        let copy = Copy::of("v3_zstd").with("0/zarr.json", old, new);
        let error = copy.read().expect_err(new);
        assert_eq!(error.code(), "limit_exceeded", "{old} as {new}: {error}");
    }
    // Many planes, or chunks of one pixel.
    let error = Copy::of("v3_zstd").with("0/zarr.json", "3,", "4000000000,").read().expect_err("planes");
    assert_eq!(error.code(), "unsupported", "{error}");
    let copy = Copy::of("v3_zstd").with("0/zarr.json", "27", "2000000").with("0/zarr.json", "16,", "1,");
    let slide = SlideFile::open(&copy.path, &ReadOptions::default()).expect("a slide");
    let error = slide.read(ChannelRole::Red, slide.facts().whole()).expect_err("chunks");
    assert_eq!(error.code(), "unsupported", "{error}");
}

#[test]
fn folders_without_an_image() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.ome.zarr");
    fs::create_dir(&path).expect("a folder");
    let read = || read_field(&path, &ReadOptions::default()).expect_err("no image");
    assert_eq!(read().code(), "malformed");
    for text in ["", "{", "[]", "null", "{\"node_type\": \"group\", \"attributes\": 7}"] {
        fs::write(path.join("zarr.json"), text).expect("written");
        let error = read();
        assert_eq!(error.code(), "malformed", "{error}");
        assert!(error.to_string().contains("a.ome.zarr"), "{error}");
    }
    // An array has no channels, and a plate without wells no image.
    fs::write(path.join("zarr.json"), "{\"attributes\": {\"ome\": {\"plate\": {}}}}").expect("written");
    assert!(read().to_string().contains("`wells` is missing"));
}

#[test]
fn a_chunk_that_unpacks_to_more_than_it_should_is_refused() {
    for (name, chunk, other) in [
        ("v3_gzip", "0/c/0/0/0", "0/c/0/0/1"),
        ("v2_blosc_zstd", "0/0.0.0", "0/0.0.1"),
        ("v2_none", "0/0.0.0", "0/0.0.1"),
    ] {
        let copy = Copy::of(name);
        let bytes = fs::read(copy.path.join(other)).expect("a chunk");
        for (what, spoilt) in
            [("empty", Vec::new()), ("short", bytes[..bytes.len() / 2].to_vec()), ("long", bytes.repeat(3))]
        {
            fs::write(copy.path.join(chunk), spoilt).expect("written");
            // Bytes behind the end of a chunk that is stored as it is, or of a Blosc chunk, are left alone.
            if let Err(error) = copy.read() {
                assert_eq!(error.code(), "malformed", "{name} {what}: {error}");
            } else {
                assert!(what == "long" && name != "v3_gzip", "{name} {what}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_chunks_never_panic(
        kind in 0_usize..7,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        keep in any::<prop::sample::Index>(),
    ) {
        let names = ["v2_blosc_lz4", "v2_blosc_blosclz", "v2_blosc_bits", "v2_blosc_zlib", "v2_blosc_zstd", "v3_sharded", "v3_checked"];
        let copy = Copy::of(names[kind]);
        let chunk = copy.path.join(if kind < 5 { "0/0.0.0" } else { "0/c/0/0/0" });
        let mut bytes = fs::read(&chunk).expect("a chunk");
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if keep.index(3) == 0 {
            bytes.truncate(keep.index(bytes.len()));
        }
        fs::write(&chunk, bytes).expect("written");
        let _ = copy.read();
    }

    #[test]
    fn damaged_metadata_never_panic(
        kind in 0_usize..4,
        place in any::<prop::sample::Index>(),
        value in prop::sample::select(b"0129-.,[]{}\"e ".to_vec()),
        cut in prop::bool::weighted(0.1),
    ) {
        let (name, file) = [
            ("v3_sharded", "zarr.json"),
            ("v3_sharded", "0/zarr.json"),
            ("v2_blosc_lz4", ".zattrs"),
            ("v2_blosc_lz4", "0/.zarray"),
        ][kind];
        let copy = Copy::of(name);
        let path = copy.path.join(file);
        let mut bytes = fs::read(&path).expect("metadata");
        let place = place.index(bytes.len());
        bytes[place] = value;
        if cut {
            bytes.truncate(place);
        }
        fs::write(&path, bytes).expect("written");
        let _ = copy.read();
    }
}
