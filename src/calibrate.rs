//! Step 3: the microscope, estimated from the specimen itself.
//!
//! Most loci of most nuclei are intact, so the pairs of red and green candidates show the chromatic shift. Isolated signals show
//! the crosstalk between the probe channels, nuclei show the bleed-through of the counterstain and the illumination, and the
//! images show the noise of the camera. Each property is estimated, disabled or supplied ([`crate::Setting`]). A
//! property is corrected only if the specimen supports its estimate or the user supplies it.

pub(crate) mod bleed_through;
pub(crate) mod camera_noise;
pub(crate) mod chromatic_shift;
pub(crate) mod crosstalk;
pub(crate) mod illumination;
pub(crate) mod locus_diameter;
pub(crate) mod noise_correlation;
pub(crate) mod nucleus_light;
mod params;

pub use bleed_through::BleedThrough;
pub use camera_noise::CameraEstimate;
pub use chromatic_shift::ChromaticShift;
pub use crosstalk::Crosstalk;
pub use illumination::Illumination;
pub use params::{InstrumentParams, SuppliedShift};
