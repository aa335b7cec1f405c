//! Specimens with known truth, since no public set of break-apart images comes with any.
//!
//! The model, in the order in which light meets it:
//!
//! 1. **Nuclei** are bodies with an ellipse for an outline, roughened by a few harmonics, and a flat-topped
//!    profile in depth. Chromatin is band-limited noise with dark nucleoli. Some nuclei stand alone, some
//!    touch or overlap, and small bright ones (lymphocytes, stroma) may be mixed in.
//! 2. A **section** is a slab through bodies at random heights: it cuts nuclei short and loses the loci that
//!    lie outside of it. Normal tissue shows isolated signals for this reason.
//! 3. **Loci** lie in the volume of the nucleus. An intact locus shows red and green a small gap apart, a
//!    broken one a set distance apart, or has lost one colour.
//! 4. **Light**: counterstain in proportion to the thickness, signals blurred by the point spread function
//!    and the size of the probe, more so out of focus; haze, background, autofluorescent debris and stroma,
//!    non-specific specks, crosstalk, chromatic shift, vignetting.
//! 5. The **camera** counts photoelectrons with Poisson noise, adds read noise, offset and hot pixels,
//!    saturates and rounds.
//!
//! Other physics is off unless asked for, each by a parameter of its own: probes as [`Polymer`]s, a [`HeavyTail`] of
//! heights, [`Sisters`], [`Speckle`], [`Granules`], lenses by their [`Pupil`], a [`CameraMap`], and truth as a perfect
//! [`Reader`] sees it. They go together in any number.
//!
//! All parameters have physical units and are documented in [`Conditions`]; named sets of them come from
//! [`Conditions::named`]. The same conditions, seed and index give the same field, for any number of threads.
//!
//! ```
//! use breakapart::simulate::{Conditions, simulate_field};
//! let mut conditions = Conditions::named("easy_positive")?;
//! conditions.size_px = 256;
//! let field = simulate_field(&conditions, 7, 0)?;
//! assert_eq!(field.labels.dim(), (256, 256));
//! assert!(field.nuclei.iter().any(|nucleus| nucleus.rearranged));
//! # Ok::<(), breakapart::Error>(())
//! ```

mod appearance;
mod artefacts;
mod camera;
mod camera_map;
mod conditions;
mod drift;
mod emitter;
mod granules;
mod layout;
mod lens;
mod loci;
mod nucleus;
mod ome_tiff;
mod optics;
mod polymer;
mod pupil;
mod random;
mod reader;
mod scene;
mod shape;
mod silhouette;
mod sisters;
mod slide;
mod specimen;
mod speckle;
mod truth;
mod write;

pub use conditions::{
    AmplitudeDistribution, Artefacts, Camera, CameraMap, Conditions, Granules, HeavyTail, Nuclei, Optics,
    Pattern, Polymer, Probes, Pupil, Reader, Sisters, Speckle,
};
pub use emitter::SignalKind;
pub use ome_tiff::write_ome_tiff;
pub use slide::{SlideLayout, SlideTruth, write_slide};
pub use specimen::{SimulatedField, SimulatedSpecimen, SpecimenTruth, simulate_field, simulate_specimen};
pub use truth::{NucleusTruth, SignalTruth, TrueStatus};
pub use write::write_specimen;
