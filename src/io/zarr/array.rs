//! An array of Zarr 2 or 3 in a folder, checked before a chunk is read.

use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use zarrs::array::codec::api::CodecError;
use zarrs::array::{
    Array, ArrayCreateError, ArrayError, ArrayMetadata, ArrayMetadataV2, ArrayMetadataV3, ArrayShardedExt,
    ArraySubset, ElementOwned,
};
use zarrs::convert::array_metadata_v2_to_v3;
use zarrs::filesystem::FilesystemStore;
use zarrs::metadata::v3::MetadataV3;
use zarrs::storage::StorageError;

use super::attributes::{Entry, read_json};
use super::decompress::{self, Compressor};
use crate::error::{Error, Location, Result};
use crate::io::sample_type::SampleType;

/// Most chunks that are read at once. A plane of 100,000 x 100,000 px in chunks of 128 x 128 px has 610,000.
const MAX_CHUNKS: u64 = 1 << 20;
/// Bytes of a checksum, which the shortest chunk has at least.
const MIN_CHUNK_BYTES: u64 = 4;

/// The array in a folder.
#[derive(Debug)]
pub(super) struct ZarrArray {
    array: Array<FilesystemStore>,
    folder: PathBuf,
    pub(super) sample_type: SampleType,
    /// Length of each axis.
    pub(super) shape: Vec<u64>,
    /// Length of the chunks that are read at once, along each axis.
    pub(super) chunk: Vec<u64>,
}

impl ZarrArray {
    /// Opens the array of a folder. Chunks of more than `limit_bytes` are refused.
    pub(super) fn open(folder: &Path, limit_bytes: u64) -> Result<Self> {
        decompress::register();
        let (third, second) = (folder.join("zarr.json"), folder.join(".zarray"));
        let (metadata, sample_type) = if third.is_file() {
            third_version(&third)?
        } else if second.is_file() {
            second_version(&second)?
        } else {
            let problem = "no array: neither zarr.json nor .zarray is in this folder";
            return Err(Error::malformed(Location::file(folder), problem));
        };
        let store = FilesystemStore::new(folder).map_err(|e| Error::malformed(Location::file(folder), e))?;
        let array = Array::new_with_metadata(Arc::new(store), "/", ArrayMetadata::V3(metadata))
            .map_err(|e| refused(folder, &e))?;
        let shape = array.shape().to_vec();
        let whole = array.chunk_shape(&vec![0; shape.len()]).map_err(|e| failed(folder, e))?;
        let inner = array.effective_subchunk_shape().filter(|_| array.is_exclusively_sharded());
        let chunk: Vec<u64> = inner.unwrap_or(whole).iter().map(|length| length.get()).collect();
        let needed = bytes_of(&chunk, sample_type);
        if needed > limit_bytes {
            let location = Location::file(folder).at_key("chunk_shape");
            return Err(Error::Limit { location, needed, limit: limit_bytes });
        }
        Ok(Self { array, folder: folder.to_path_buf(), sample_type, shape, chunk })
    }

    /// Where it is.
    pub(super) fn location(&self) -> Location {
        Location::file(&self.folder)
    }

    /// # Errors
    /// [`Error::Unsupported`] if a region takes more chunks than could be read in any time.
    pub(super) fn check_chunks(&self, ranges: &[Range<u64>]) -> Result<()> {
        let along = |(range, chunk): (&Range<u64>, &u64)| (range.end - range.start) / chunk.max(&1) + 1;
        let chunks = ranges.iter().zip(&self.chunk).map(along).fold(1, u64::saturating_mul);
        if chunks > MAX_CHUNKS {
            let location = self.location().at_key("chunk_shape");
            let feature = format!(
                "{chunks} chunks of {:?} samples in one plane, more than {MAX_CHUNKS}; write larger chunks",
                self.chunk
            );
            return Err(Error::unsupported(location, feature));
        }
        Ok(())
    }

    /// The samples of a region, in the order of the axes. Chunks without a file have the fill value.
    pub(super) fn read<T: ElementOwned>(&self, ranges: &[Range<u64>]) -> Result<Vec<T>> {
        let subset = ArraySubset::new_with_ranges(ranges);
        self.check_files(&subset)?;
        self.array.retrieve_array_subset(&subset).map_err(|e| failed(&self.folder, e))
    }
}

impl ZarrArray {
    /// A file of a chunk that is too short for a checksum holds no chunk, and ends the library that would check it.
    fn check_files(&self, subset: &ArraySubset) -> Result<()> {
        let chunks = self
            .array
            .chunks_in_array_subset(subset)
            .map_err(|e| Error::malformed(Location::file(&self.folder), e))?;
        for indices in chunks.iter().flat_map(|chunks| chunks.indices().into_iter()) {
            let file = self.folder.join(self.array.chunk_key(&indices).as_str());
            let Ok(bytes) = std::fs::metadata(&file).map(|file| file.len()) else { continue };
            if bytes < MIN_CHUNK_BYTES {
                let problem = format!("a chunk of {bytes} bytes; copy the folder again");
                return Err(Error::malformed(Location::file(file), problem));
            }
        }
        Ok(())
    }
}

/// The bytes of a region as they are stored.
pub(super) fn bytes_of(shape: &[u64], sample_type: SampleType) -> u64 {
    shape.iter().fold(sample_type.stored_bits() / 8, |bytes, length| bytes.saturating_mul(*length))
}

/// The metadata of an array of Zarr 3, with our compressors.
fn third_version(file: &Path) -> Result<(ArrayMetadataV3, SampleType)> {
    let mut json = read_json(file)?;
    let root = Entry::of_file(file, &json);
    if root.need("node_type")?.value != "array" {
        return Err(root.need("node_type")?.malformed("not `array`"));
    }
    let grid = root.need("chunk_grid")?;
    if grid.need("name")?.value != "regular" {
        return Err(grid.need("name")?.unsupported("chunks that are not of one size"));
    }
    let chunks = grid.need("configuration")?.need("chunk_shape")?;
    check_lengths(&root.need("shape")?, &chunks)?;
    let data_type = root.need("data_type")?;
    let sample_type = sample_type_named(data_type.text()?)
        .ok_or_else(|| data_type.unsupported(format!("samples of type {}", data_type.value)))?;
    root.need("codecs")?.list()?;
    json.get_mut("codecs").into_iter().for_each(name_own_compressors);
    let metadata = serde_json::from_value(json).map_err(|e| Error::malformed(Location::file(file), e))?;
    Ok((metadata, sample_type))
}

/// The metadata of an array of Zarr 2, as those of Zarr 3.
fn second_version(file: &Path) -> Result<(ArrayMetadataV3, SampleType)> {
    let mut json = read_json(file)?;
    let root = Entry::of_file(file, &json);
    check_lengths(&root.need("shape")?, &root.need("chunks")?)?;
    if let Some(order) = root.get("order").filter(|order| order.value != "C" && order.value != "F") {
        return Err(order.malformed(format!("{} is neither `C` nor `F`", order.value)));
    }
    let data_type = root.need("dtype")?;
    let sample_type = data_type.value.as_str().and_then(sample_type_of_second_version);
    let sample_type =
        sample_type.ok_or_else(|| data_type.unsupported(format!("samples of type {}", data_type.value)))?;
    let mut own = None;
    if let Some(compressor) = root.get("compressor") {
        let name = compressor.need("id")?;
        own = Some(Compressor::named(name.text()?).ok_or_else(|| {
            name.unsupported(format!(
                "the compressor {}; write the array with Blosc, Zstandard or gzip",
                name.value
            ))
        })?);
    }
    // Bio-Formats writes the number as a text.
    let stated =
        root.get("fill_value").and_then(|fill| fill.value.as_str()?.parse::<serde_json::Number>().ok());
    if let Some(number) = stated {
        json["fill_value"] = Value::Number(number);
    }
    json["compressor"] = Value::Null;
    let malformed = |e: &dyn std::fmt::Display| Error::malformed(Location::file(file), e);
    let metadata: ArrayMetadataV2 = serde_json::from_value(json).map_err(|e| malformed(&e))?;
    let mut metadata =
        array_metadata_v2_to_v3(&metadata).map_err(|e| Error::unsupported(Location::file(file), e))?;
    metadata.codecs.extend(own.map(|compressor| MetadataV3::new(compressor.own_name())));
    Ok((metadata, sample_type))
}

/// Gives the compressors in a list of codecs, and in those of shards, the names of ours.
fn name_own_compressors(codecs: &mut Value) {
    for codec in codecs.as_array_mut().into_iter().flatten() {
        let name = codec.as_str().or_else(|| codec.get("name")?.as_str());
        if let Some(compressor) = name.and_then(Compressor::named) {
            *codec = serde_json::json!({ "name": compressor.own_name() });
        } else if let Some(inner) = codec.pointer_mut("/configuration/codecs") {
            name_own_compressors(inner);
        }
    }
}

/// Lengths of the axes and of the chunks: as many, and none of them 0.
fn check_lengths(shape: &Entry<'_>, chunks: &Entry<'_>) -> Result<()> {
    let (axes, lengths) = (shape.list()?, chunks.list()?);
    for length in axes.iter().chain(&lengths) {
        if length.value.as_u64().is_none_or(|length| length == 0) {
            return Err(length.malformed(format!("{} is no length", length.value)));
        }
    }
    if axes.len() != lengths.len() {
        return Err(chunks.malformed(format!("{} lengths for {} axes", lengths.len(), axes.len())));
    }
    Ok(())
}

fn sample_type_named(name: &str) -> Option<SampleType> {
    Some(match name {
        "uint8" => SampleType::U8,
        "uint16" => SampleType::U16,
        "uint32" => SampleType::U32,
        "int8" => SampleType::I8,
        "int16" => SampleType::I16,
        "int32" => SampleType::I32,
        "float32" => SampleType::F32,
        "float64" => SampleType::F64,
        _ => return None,
    })
}

/// Types are written as byte order, kind and bytes: `<u2`.
fn sample_type_of_second_version(name: &str) -> Option<SampleType> {
    let name = name.strip_prefix(['<', '>', '|', '='])?;
    Some(match name {
        "u1" => SampleType::U8,
        "u2" => SampleType::U16,
        "u4" => SampleType::U32,
        "i1" => SampleType::I8,
        "i2" => SampleType::I16,
        "i4" => SampleType::I32,
        "f4" => SampleType::F32,
        "f8" => SampleType::F64,
        _ => return None,
    })
}

/// Why an array cannot be opened.
fn refused(folder: &Path, error: &ArrayCreateError) -> Error {
    let location = Location::file(folder);
    match error {
        ArrayCreateError::CodecsCreateError(_) => Error::unsupported(location.at_key("codecs"), error),
        _ => Error::malformed(location, error),
    }
}

/// Why a chunk cannot be read.
fn failed(folder: &Path, error: ArrayError) -> Error {
    let damaged = |problem: &dyn std::fmt::Display| {
        Error::malformed(Location::file(folder), format!("a chunk cannot be read: {problem}"))
    };
    match error {
        ArrayError::StorageError(StorageError::IOError(cause))
        | ArrayError::CodecError(
            CodecError::IOError(cause) | CodecError::StorageError(StorageError::IOError(cause)),
        ) => match cause.kind() {
            // A file that is shorter than its chunk.
            ErrorKind::UnexpectedEof => damaged(&cause),
            kind => Error::io(folder, std::io::Error::new(kind, cause.to_string())),
        },
        other => damaged(&other),
    }
}
