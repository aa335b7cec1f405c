//! Step 2: candidates for signals in one probe channel.
//!
//! The plane is restored first: pixels without data, hot pixels and clipped peaks take values from the pixels around them. The
//! width of the signals is measured, and of four filters of that width the one is selected that shows the signals best against
//! the texture of this image. Every local maximum of the filtered plane is a candidate. It gets a height, a width, the noise
//! of the camera and the texture around it. No threshold is a grey level.
//!
//! Candidates are not signals yet. [`crate::calibrate`] estimates the microscope from the candidates of a specimen, and
//! [`crate::resolve`] decides which of them are signals. [`detect`] does the whole step for a single channel without nuclei.

mod camera_noise;
pub(crate) mod candidate;
pub(crate) mod defocus;
pub(crate) mod depth;
mod filter;
mod filter_bank;
pub(crate) mod find;
mod local_noise;
mod maxima;
pub(crate) mod nearest_nucleus;
pub(crate) mod nucleus_candidates;
mod params;
mod response;
pub(crate) mod restore;
mod scan;
mod search_image;
mod signal;
mod signal_width;
mod single_channel;
mod spot_fit;
mod spot_width;
pub(crate) mod supplied;

pub use camera_noise::CameraNoise;
pub use params::DetectParams;
pub use signal::Signal;
pub(crate) use signal::signal_of;
pub use single_channel::detect;
