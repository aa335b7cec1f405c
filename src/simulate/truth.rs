//! The truth of every nucleus and signal of a simulated field.

use std::collections::BTreeSet;

use ndarray::Array2;
use serde::Serialize;

use super::conditions::Conditions;
use super::emitter::{Emitter, SignalKind};
use super::nucleus::Body;
use super::optics::image_position;
use super::silhouette::Silhouette;
use crate::colour::Colour;

/// Smallest share of its outline that must be seen for a nucleus to be scorable; readers pass over nuclei
/// that are covered by others.
const SCORABLE_VISIBLE_SHARE: f64 = 0.75;
/// Smallest outline of a scorable nucleus, um2: a disc 4.4 um wide, well below a lymphocyte (6 to 8 um).
const SCORABLE_AREA_UM2: f64 = 15.0;

/// Visible part of the locus in the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrueStatus {
    /// Both colours, together.
    Fused,
    /// Both colours, apart.
    Split,
    /// One colour, the other being lost, outside of the section, covered by another nucleus, or outside of the field.
    Isolated,
}

/// One signal in the field. Lengths in px; positions are those in the specimen, that is before the shift
/// between channels.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SignalTruth {
    /// Nucleus it was put in.
    pub nucleus: u32,
    /// Number of its locus in the nucleus, from 1.
    pub locus: usize,
    /// Colour.
    pub channel: Colour,
    /// Row.
    pub y: f64,
    /// Column.
    pub x: f64,
    /// Height, um: from 0 to the thickness of a section, about 0 in whole nuclei.
    pub z: f64,
    /// Height of its peak above the background, if it were in focus and no doublet, grey levels.
    pub amplitude: f64,
    /// State of its locus.
    pub kind: SignalKind,
    /// Nucleus seen at its position; 0 for none.
    pub owner: u32,
    /// Visible part of its locus.
    pub status: TrueStatus,
    /// Row in the image as acquired, after the shift between channels.
    pub image_y: f64,
    /// Column in the image as acquired.
    pub image_x: f64,
}

impl SignalTruth {
    /// Columns of its table, in order.
    pub(super) const COLUMNS: [&'static str; 12] = [
        "nucleus",
        "locus",
        "channel",
        "y",
        "x",
        "z",
        "amplitude",
        "kind",
        "owner",
        "status",
        "image_y",
        "image_x",
    ];
}

/// One nucleus in the field; the counts are of the signals that it owns.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of the table")]
pub struct NucleusTruth {
    /// Value of its pixels in the labels, from 1.
    pub nucleus: u32,
    /// Row of its centre, px.
    pub y: f64,
    /// Column of its centre, px.
    pub x: f64,
    /// Radius of the circle of its area before it was cut, px.
    pub radius_px: f64,
    /// Whether it carries the rearrangement.
    pub carries: bool,
    /// Its outline in the field, px, seen or hidden.
    pub whole_area: usize,
    /// Whether it reaches the edge of the field.
    pub border: bool,
    /// Its pixels in the labels.
    pub area: usize,
    /// Fused pairs.
    pub fused: usize,
    /// Split pairs.
    pub split: usize,
    /// Isolated red signals.
    pub red: usize,
    /// Isolated green signals.
    pub green: usize,
    /// Whether its visible signals are a rearrangement by the ALK rule: a split pair or an isolated red.
    pub rearranged: bool,
    /// Whether a reader would score it: whole outline in the field, at most a quarter of it covered, not a
    /// mere cap (15 um2 or more), at least one signal. With [`Reader`](super::Reader): and nothing doubtful.
    pub scorable: bool,
    /// Whether it is a small nucleus (lymphocyte, stroma).
    pub small: bool,
}

impl NucleusTruth {
    /// Columns of its table, in order.
    pub(super) const COLUMNS: [&'static str; 15] = [
        "nucleus",
        "y",
        "x",
        "radius_px",
        "carries",
        "whole_area",
        "border",
        "area",
        "fused",
        "split",
        "red",
        "green",
        "rearranged",
        "scorable",
        "small",
    ];
}

/// The signals whose image lies in the field, with owner and status.
pub(super) fn signal_truths(
    conditions: &Conditions,
    labels: &Array2<u32>,
    nuclei: &[(u32, Vec<Emitter>)],
) -> Vec<SignalTruth> {
    let mut truths = Vec::new();
    for (nucleus, emitters) in nuclei {
        let first = truths.len();
        truths.extend(
            emitters.iter().filter_map(|emitter| signal_truth(conditions, labels, *nucleus, emitter)),
        );
        let seen: Vec<(usize, Colour, u32)> =
            truths[first..].iter().map(|s: &SignalTruth| (s.locus, s.channel, s.owner)).collect();
        for signal in &mut truths[first..] {
            let partner = (signal.locus, signal.channel.other(), signal.owner);
            signal.status = match (seen.contains(&partner), signal.kind) {
                (false, _) => TrueStatus::Isolated,
                (true, SignalKind::Split) => TrueStatus::Split,
                (true, _) => TrueStatus::Fused,
            };
        }
    }
    truths
}

fn signal_truth(
    conditions: &Conditions,
    labels: &Array2<u32>,
    nucleus: u32,
    emitter: &Emitter,
) -> Option<SignalTruth> {
    let optics = &conditions.optics;
    let (y, x) = (emitter.y / optics.pixel_um, emitter.x / optics.pixel_um);
    let label_at = |y: f64, x: f64| {
        (y >= -0.5 && x >= -0.5).then(|| labels.get((y.round() as usize, x.round() as usize))).flatten()
    };
    let owner = *label_at(y, x)?;
    let (image_y, image_x) = image_position(conditions, emitter.colour, y, x);
    label_at(image_y, image_x)?;
    let variance_um2 = optics.psf_sigma_um.powi(2) + conditions.probes.extent_sigma_um.powi(2);
    let peak_electrons = emitter.electrons * optics.pixel_um.powi(2) / (std::f64::consts::TAU * variance_um2);
    Some(SignalTruth {
        nucleus,
        locus: emitter.locus,
        channel: emitter.colour,
        y,
        x,
        z: emitter.z,
        amplitude: peak_electrons / conditions.camera.electrons_per_level,
        kind: emitter.kind,
        owner,
        status: TrueStatus::Isolated,
        image_y,
        image_x,
    })
}

/// The nuclei of the field with their counts. Doubtful ones are not scorable.
pub(super) fn nucleus_truths(
    conditions: &Conditions,
    bodies: &[Body],
    silhouettes: &[Silhouette],
    signals: &[SignalTruth],
    doubtful: &BTreeSet<u32>,
) -> Vec<NucleusTruth> {
    let pixel_um = conditions.optics.pixel_um;
    let in_field = bodies.iter().zip(silhouettes).filter(|(_, silhouette)| silhouette.label > 0);
    in_field
        .map(|(body, silhouette)| {
            let count = |status: TrueStatus, channel: Colour| {
                signals
                    .iter()
                    .filter(|s| s.owner == silhouette.label && s.status == status && s.channel == channel)
                    .count()
            };
            let fused = count(TrueStatus::Fused, Colour::Red);
            let split = count(TrueStatus::Split, Colour::Red);
            let red = count(TrueStatus::Isolated, Colour::Red);
            let green = count(TrueStatus::Isolated, Colour::Green);
            let (whole, area) = (silhouette.whole_area_px, silhouette.area_px);
            let scorable = !silhouette.border
                && area as f64 >= SCORABLE_VISIBLE_SHARE * whole as f64
                && whole as f64 * pixel_um.powi(2) >= SCORABLE_AREA_UM2
                && fused + split + red + green > 0
                && !doubtful.contains(&silhouette.label);
            NucleusTruth {
                nucleus: silhouette.label,
                y: body.y / pixel_um,
                x: body.x / pixel_um,
                radius_px: body.radius / pixel_um,
                carries: body.carries,
                whole_area: whole,
                border: silhouette.border,
                area,
                fused,
                split,
                red,
                green,
                rearranged: split + red > 0,
                scorable,
                small: body.small,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::simulate_field;

    fn header<T: Serialize>(row: &T) -> Result<String, Box<dyn std::error::Error>> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.serialize(row)?;
        let text = String::from_utf8(table.into_inner()?)?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }

    #[test]
    fn columns_are_the_fields_of_the_records() -> Result<(), Box<dyn std::error::Error>> {
        let conditions = Conditions { size_px: 256, ..Conditions::default() };
        let field = simulate_field(&conditions, 1, 0)?;
        assert_eq!(header(&field.nuclei[0])?, NucleusTruth::COLUMNS.join(","));
        assert_eq!(header(&field.signals[0])?, SignalTruth::COLUMNS.join(","));
        Ok(())
    }
}
