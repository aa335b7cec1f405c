//! Pixel kernels that more than one step uses, or that stand for themselves. Private to the crate.

pub(crate) mod basins;
pub(crate) mod bits;
pub(crate) mod block_step;
pub(crate) mod camera_noise;
pub(crate) mod dispatch;
pub(crate) mod distance;
pub(crate) mod gaussian;
pub(crate) mod histogram;
pub(crate) mod hull;
pub(crate) mod mask;
pub(crate) mod median;
pub(crate) mod noise;
pub(crate) mod outline;
pub(crate) mod padded;
pub(crate) mod resample;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod separable;
pub(crate) mod tiling;
