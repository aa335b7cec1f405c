//! What a signal looks like through the lens: measured on an image of it alone.

use ndarray::Array2;

use super::conditions::Conditions;
use super::emitter::{Emitter, Source};
use super::lens::{ChannelSpot, Lens};
use super::optics::{Spot, image_position};
use super::random::{Purpose, Streams};
use super::shape::target;
use crate::colour::Colour;

/// Half of the edge of the image of one signal, um.
const HALF_UM: f64 = 2.5;
/// Probes that the height of a typical signal is the mean of.
const TYPICAL_PROBES: u32 = 48;
/// Stream of those: no field has this number.
const TYPICAL: u32 = u32::MAX;
/// Full width at half maximum of a Gaussian over its standard deviation.
const FWHM: f64 = 2.354_820_045_030_949;

/// The spots of a signal as seen with the focus at `focus_um`.
pub(super) fn spots(conditions: &Conditions, signal: &Emitter, focus_um: f64) -> Vec<ChannelSpot> {
    let pixel_um = conditions.optics.pixel_um;
    let round = [Source { extent_um: conditions.probes.extent_sigma_um, ..Source::POINT }];
    let whole = [(0.0, 1.0)];
    let halves = [(-1.0, 0.5), (1.0, 0.5)];
    let arms: &[(f64, f64)] = if signal.half_doublet.is_some() { &halves } else { &whole };
    let (dy, dx) = signal.half_doublet.unwrap_or_default();
    let mut spots = Vec::new();
    for &(sign, share) in arms {
        let sources = signal.copies.iter().flatten();
        let round = round.iter().filter(|_| signal.copies.is_empty());
        for source in sources.chain(round) {
            let y = (signal.y + sign * dy + source.y) / pixel_um;
            let x = (signal.x + sign * dx + source.x) / pixel_um;
            let (y, x) = image_position(conditions, signal.colour, y, x);
            let electrons = share * signal.electrons * source.light;
            let height_um = signal.z + source.z - focus_um;
            let spot = Spot { y, x, height_um, extent_um: source.extent_um, electrons };
            spots.push((1 + signal.colour.index(), spot));
        }
    }
    spots
}

/// Image of some spots, which lie in one channel, about a place in the field.
fn image(lens: &Lens<'_>, spots: &[ChannelSpot], pixel_um: f64, (y, x): (f64, f64)) -> Array2<f32> {
    let half = (HALF_UM / pixel_um).ceil();
    let side = 2 * half as usize + 1;
    let mut image = Array2::<f32>::zeros((side, side));
    for (channel, spot) in spots {
        let (y, x) = (spot.y - y.round() + half, spot.x - x.round() + half);
        lens.add(&mut image, &(*channel, Spot { y, x, ..*spot }));
    }
    image
}

/// How a signal looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Appearance {
    /// Height of the peak of its highest copy in focus, photoelectrons.
    pub(super) height: f64,
    /// Full width at half maximum of the Gaussian as large as its first copy in focus, px.
    pub(super) diameter_px: f64,
    /// Its light over the noise by the filter matched to its image, as far from focus as it is.
    pub(super) snr: f64,
}

/// The appearance of each signal, in the order of the signals. `foci_um` are the heights of the planes; the nearest
/// one counts. `variance` gives the variance of the noise at a pixel of a channel, photoelectrons^2.
pub(super) fn appearances(
    conditions: &Conditions,
    signals: &[&Emitter],
    foci_um: &[f64],
    variance: impl Fn(usize, (usize, usize)) -> f64,
) -> Vec<Appearance> {
    let (optics, pixel_um) = (&conditions.optics, conditions.optics.pixel_um);
    // In focus: each copy for itself, every source at height 0.
    let copies: Vec<Vec<Vec<ChannelSpot>>> =
        signals.iter().map(|signal| spots_of_copies(conditions, signal)).collect();
    let seen: Vec<Vec<ChannelSpot>> = signals
        .iter()
        .map(|signal| {
            let nearest =
                foci_um.iter().copied().min_by(|a, b| (a - signal.z).abs().total_cmp(&(b - signal.z).abs()));
            spots(conditions, signal, nearest.unwrap_or(signal.z))
        })
        .collect();
    let all: Vec<ChannelSpot> =
        copies.iter().flatten().flatten().chain(seen.iter().flatten()).copied().collect();
    let lens = Lens::new(optics, &all);
    signals
        .iter()
        .zip(copies.iter().zip(&seen))
        .map(|(signal, (copies, seen))| {
            let (y, x) = (signal.y / pixel_um, signal.x / pixel_um);
            let place = image_position(conditions, signal.colour, y, x);
            let draw = |spots: &[ChannelSpot]| image(&lens, spots, pixel_um, place);
            let in_focus: Vec<Array2<f32>> = copies.iter().map(|copy| draw(copy)).collect();
            let near = |v: f64| v.round().clamp(0.0, conditions.size_px as f64 - 1.0) as usize;
            let noise = variance(1 + signal.colour.index(), (near(place.0), near(place.1)));
            Appearance {
                height: in_focus.iter().map(peak).fold(0.0, f64::max),
                diameter_px: in_focus.first().map_or(0.0, diameter_px),
                snr: (squares(&draw(seen)) / noise.max(f64::MIN_POSITIVE)).sqrt(),
            }
        })
        .collect()
}

fn spots_of_copies(conditions: &Conditions, signal: &Emitter) -> Vec<Vec<ChannelSpot>> {
    let in_focus = |signal: &Emitter| -> Vec<ChannelSpot> {
        let spots = spots(conditions, signal, signal.z).into_iter();
        spots.map(|(channel, spot)| (channel, Spot { height_um: 0.0, ..spot })).collect()
    };
    if signal.copies.is_empty() {
        return vec![in_focus(&Emitter { half_doublet: None, ..signal.clone() })];
    }
    let copy = |parts: &Vec<Source>| in_focus(&Emitter { copies: vec![parts.clone()], ..signal.clone() });
    signal.copies.iter().map(copy).collect()
}

fn peak(image: &Array2<f32>) -> f64 {
    image.iter().map(|&v| f64::from(v)).fold(0.0, f64::max)
}

fn squares(image: &Array2<f32>) -> f64 {
    image.iter().map(|&v| f64::from(v).powi(2)).sum()
}

/// A Gaussian of this width has the same sum of squares for its light.
fn diameter_px(image: &Array2<f32>) -> f64 {
    let light: f64 = image.iter().map(|&v| f64::from(v)).sum();
    let squares = squares(image);
    if squares > 0.0 { FWHM * light / (2.0 * (std::f64::consts::PI * squares).sqrt()) } else { 0.0 }
}

/// Heights of a typical signal, red and green, photoelectrons: the mean over probes in focus.
pub(super) fn typical_heights(conditions: &Conditions, streams: &Streams) -> [f64; 2] {
    Colour::BOTH.map(|colour| {
        let probes = if conditions.probes.polymer.is_some() { TYPICAL_PROBES } else { 1 };
        let electrons = conditions.probes.typical_electrons(colour);
        let heights = (0..probes).map(|number| {
            let mut rng = streams.stream(Purpose::Shapes, [TYPICAL, number, colour as u32]);
            height(conditions, colour, &target(&conditions.probes, &mut rng)) * electrons
        });
        heights.sum::<f64>() / f64::from(probes)
    })
}

/// Height of the peak in focus of some sources about the middle of a pixel, for one photoelectron.
pub(super) fn height(conditions: &Conditions, colour: Colour, sources: &[Source]) -> f64 {
    let pixel_um = conditions.optics.pixel_um;
    let spots: Vec<ChannelSpot> = sources
        .iter()
        .map(|source| {
            let (y, x) = (source.y / pixel_um, source.x / pixel_um);
            let spot = Spot { y, x, height_um: 0.0, extent_um: source.extent_um, electrons: source.light };
            (1 + colour.index(), spot)
        })
        .collect();
    peak(&image(&Lens::new(&conditions.optics, &spots), &spots, pixel_um, (0.0, 0.0)))
}
