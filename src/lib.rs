//! Reads break-apart FISH: what share of the nuclei is rearranged, is it above the cutoff, and how sure is that?
//!
//! A field of view has three planes: the counterstain, the red probe and the green probe. The crate finds the nuclei
//! and the signals, pairs red with green, calls each nucleus, and applies the rule of the assay.
//!
//! ```
//! # #[cfg(feature = "simulate")]
//! # fn main() -> breakapart::Result<()> {
//! use breakapart::simulate::{Conditions, simulate_field};
//! use breakapart::{Analyser, Assay};
//!
//! let mut conditions = Conditions::named("easy_positive")?;
//! conditions.size_px = 1536;
//! let field = simulate_field(&conditions, 1, 0)?.field;
//! let reading = Analyser::new(Assay::builtin("alk")?)?.analyse(&field)?;
//! let summary = &reading.summary;
//! println!("{} of {} nuclei are rearranged: {}", summary.rearranged, summary.evaluable, summary.verdict);
//! for finding in &summary.findings {
//!     println!("{finding} {}", finding.action().unwrap_or_default());
//! }
//! assert!(summary.rearranged > 0);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "simulate"))]
//! # fn main() {}
//! ```
//!
//! Planes of your own go into [`Field::new`]. Files are read by [`io::read_field`]. A specimen of several fields is read by
//! [`Analyser::measure_field`] for each field, then [`Analyser::read_specimen`] for all of them. The folder `examples` of
//! the repository has a short program for each of these tasks.
//!
//! | module | does |
//! |---|---|
//! | [`io`] | reads image files, writes label images (feature `io`) |
//! | [`segment`] | finds the nuclei in the counterstain |
//! | [`detect`] | finds signal candidates in one probe channel |
//! | [`calibrate`] | estimates the microscope: chromatic shift, crosstalk, camera noise, illumination |
//! | [`resolve`] | decides which candidates are signals |
//! | [`mod@pair`] | pairs red with green signals: fused, split or isolated |
//! | [`mod@classify`] | calls each nucleus rearranged or not, or names the reason not to count it |
//! | [`iscn`] | ISCN strings: emitter and parser |
//! | [`quality`] | findings: faults of a specimen, their effect on the verdict, the action to take |
//! | [`mod@summarise`] | counts, intervals, cutoffs, the verdict |
//! | [`agreement`] | agreement of methods and readers, precision of repeats, limit of detection |
//! | [`analyse`] | runs these steps over a field or a specimen |
//! | [`stack`] | stacks of slices, read slice by slice |
//! | [`slide`] | images that are read in pieces |
//! | [`region`] | areas of a field in which nuclei are counted, from GeoJSON |
//! | [`assay`] | definitions of assays, built in or from TOML |
//! | [`report`] | writes tables, reports and overlays (feature `report`) |
//! | [`run`] | runs of a laboratory: sample sheets, controls, a folder of results (feature `run`) |
//! | [`dossier`] | a laboratory's validation of its own results (feature `run`) |
//! | [`simulate`] | makes specimens with known truth (feature `simulate`) |
//!
//! # Features
//!
//! All but `ome-zarr` are on by default. With `default-features = false` the steps from [`segment`] to [`analyse`] remain: they read arrays,
//! and no crate for images, TIFF, XML, CSV, fonts or random numbers is compiled.
//!
//! | feature | adds |
//! |---|---|
//! | `io` | image files: TIFF, OME-TIFF, PNG, JPEG |
//! | `ome-zarr` | images in OME-Zarr 0.4 and 0.5; needs `io` |
//! | `report` | tables (CSV), reports (HTML, JSON), overlays (PNG) |
//! | `run` | runs of a laboratory; needs `io` and `report` |
//! | `simulate` | specimens with known truth; needs `io`, since they are written as OME-TIFF |
//!
//! Work runs in the ambient rayon pool. The number of threads changes no result.
//!
//! **Not a medical device.** A laboratory that wants to report patients must validate the crate for its own probes, tissue,
//! microscope and readers.

pub mod agreement;
pub mod analyse;
pub mod assay;
#[cfg(any(feature = "io", feature = "report"))]
mod atomic;
pub mod calibrate;
pub mod classify;
mod colour;
mod decide;
pub mod detect;
#[cfg(feature = "run")]
pub mod dossier;
mod error;
mod field;
#[cfg(feature = "io")]
pub mod io;
pub mod iscn;
mod kernel;
mod label_image;
mod limited;
pub mod pair;
pub mod quality;
mod range;
mod reading;
pub mod region;
#[cfg(feature = "report")]
pub mod report;
pub mod resolve;
#[cfg(feature = "io")]
mod rows;
#[cfg(feature = "run")]
pub mod run;
pub mod segment;
mod setting;
mod share;
#[cfg(feature = "simulate")]
pub mod simulate;
pub mod slide;
mod spot;
pub mod stack;
mod statistics;
pub mod summarise;
mod units;
mod words;
#[cfg(feature = "io")]
mod workspace;

pub use analyse::{Analyser, SpecimenReading};
pub use assay::Assay;
pub use colour::{Colour, PerChannel, PerColour};
pub use error::{Error, Location, Result};
pub use field::{ChannelRole, Depth, Drift, Field, FieldNote, FieldView, Plane, PlaneView};
pub use label_image::LabelImage;
pub use range::ParameterRange;
pub use setting::Setting;
pub use spot::SpotPlace;
pub use summarise::Verdict;
pub use units::PixelSize;
#[cfg(feature = "io")]
pub use workspace::Workspace;

/// The arrays that images are passed in.
pub use ndarray;
