//! The compressors of chunks, in Rust alone, with the length of a chunk as their limit.
//!
//! `zarrs` takes its own from libraries in C, and lets them make as many bytes as a chunk says. These are known to it by
//! names of their own, so that a host that uses `zarrs` as well keeps the usual ones.

use std::borrow::Cow;
use std::sync::{Arc, Once};

use flate2::bufread::MultiGzDecoder;
use zarrs::array::codec::api::{
    BytesToBytesCodecTraits, Codec, CodecError, CodecMetadataOptions, CodecOptions, CodecRuntimePluginV3,
    CodecTraits, PartialDecoderCapability, PartialEncoderCapability, RecommendedConcurrency,
    register_codec_v3,
};
use zarrs::array::{ArrayBytesRaw, BytesRepresentation};
use zarrs::metadata::Configuration;
use zarrs::plugin::{ExtensionName, ZarrVersion};

use super::blosc;
use super::unpack::{Fault, read_exactly, unpack_zlib, unpack_zstandard};

/// Begins the names that `zarrs` knows these by.
const PREFIX: &str = "breakapart.";
/// Begins the names of compressors of `numcodecs` that are in no specification.
const NUMCODECS: &str = "numcodecs.";

/// How the bytes of a chunk are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compressor {
    Blosc,
    Gzip,
    Zlib,
    Zstandard,
}

impl Compressor {
    const ALL: [Self; 4] = [Self::Blosc, Self::Gzip, Self::Zlib, Self::Zstandard];

    fn usual_name(self) -> &'static str {
        match self {
            Self::Blosc => "blosc",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zstandard => "zstd",
        }
    }

    /// By its name in the metadata of an array.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.strip_prefix(NUMCODECS).unwrap_or(name);
        Self::ALL.into_iter().find(|compressor| compressor.usual_name() == name)
    }

    /// The name that `zarrs` knows it by.
    pub(super) fn own_name(self) -> String {
        format!("{PREFIX}{}", self.usual_name())
    }

    /// A chunk of `length` bytes.
    fn unpack(self, packed: &[u8], length: usize) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Blosc => blosc::unpack(packed, length),
            Self::Gzip => read_exactly(MultiGzDecoder::new(packed), length),
            Self::Zlib => unpack_zlib(packed, length),
            Self::Zstandard => unpack_zstandard(packed, length),
        }
    }
}

/// Makes the compressors known to `zarrs`.
pub(super) fn register() {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        for compressor in Compressor::ALL {
            let name = compressor.own_name();
            register_codec_v3(CodecRuntimePluginV3::new(
                move |asked| asked == name,
                move |_| Ok(Codec::BytesToBytes(Arc::new(compressor))),
            ));
        }
    });
}

impl ExtensionName for Compressor {
    fn name(&self, _: ZarrVersion) -> Option<Cow<'static, str>> {
        Some(Cow::Owned(self.own_name()))
    }
}

impl CodecTraits for Compressor {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn configuration(&self, _: ZarrVersion, _: &CodecMetadataOptions) -> Option<Configuration> {
        Some(Configuration::default())
    }

    fn partial_decoder_capability(&self) -> PartialDecoderCapability {
        PartialDecoderCapability { partial_read: false, partial_decode: false }
    }

    fn partial_encoder_capability(&self) -> PartialEncoderCapability {
        PartialEncoderCapability { partial_encode: false }
    }
}

impl BytesToBytesCodecTraits for Compressor {
    fn into_dyn(self: Arc<Self>) -> Arc<dyn BytesToBytesCodecTraits> {
        self
    }

    fn recommended_concurrency(&self, _: &BytesRepresentation) -> Result<RecommendedConcurrency, CodecError> {
        Ok(RecommendedConcurrency::new_maximum(1))
    }

    fn encoded_representation(&self, _: &BytesRepresentation) -> BytesRepresentation {
        BytesRepresentation::UnboundedSize
    }

    fn encode<'a>(&self, _: ArrayBytesRaw<'a>, _: &CodecOptions) -> Result<ArrayBytesRaw<'a>, CodecError> {
        Err(CodecError::Other("this compressor only reads".to_owned()))
    }

    fn decode<'a>(
        &self,
        packed: ArrayBytesRaw<'a>,
        decoded: &BytesRepresentation,
        _: &CodecOptions,
    ) -> Result<ArrayBytesRaw<'a>, CodecError> {
        let BytesRepresentation::FixedSize(length) = decoded else {
            return Err(CodecError::Other("a compressor behind another one".to_owned()));
        };
        let length = usize::try_from(*length).unwrap_or(usize::MAX);
        self.unpack(&packed, length).map(Cow::Owned).map_err(|Fault(problem)| CodecError::Other(problem))
    }
}
