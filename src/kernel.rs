//! Pixel kernels: the only place where loops run over whole planes. Private to the crate.

pub(crate) mod gaussian;
pub(crate) mod noise;
pub(crate) mod separable;
