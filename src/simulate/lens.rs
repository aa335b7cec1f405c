//! Draws spots through the lens, be it a Gaussian or a pupil.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::Array2;
use rayon::prelude::*;

use super::conditions::Optics;
use super::optics::{Spot, add_gaussian, add_spot, psf_sigma_um};
use super::pupil::{ChannelPupil, PixelImage};

/// Sources wider than this, um, hide the shape of the point spread function: they are drawn as Gaussians.
const SHAPED_UM: f64 = 0.275;
/// Sources that are drawn by the pupil have one of the widths that are multiples of this, um.
const EXTENT_STEP_UM: f64 = 0.05;

/// A spot in one of the channels: counterstain (0), red (1), green (2).
pub(super) type ChannelSpot = (usize, Spot);

/// Channel, step of depth and of extent.
type Key = (usize, i32, u32);

/// The lens, ready for the depths and extents of some spots.
#[derive(Debug)]
pub(super) struct Lens<'a> {
    optics: &'a Optics,
    images: BTreeMap<Key, PixelImage>,
}

impl<'a> Lens<'a> {
    /// A lens for these spots; others of a depth or extent that none of them has are drawn as Gaussians.
    pub(super) fn new(optics: &'a Optics, spots: &[ChannelSpot]) -> Self {
        let keys: BTreeSet<Key> = spots.iter().filter_map(|spot| key(optics, spot)).collect();
        let mut extents: BTreeMap<(usize, i32), Vec<u32>> = BTreeMap::new();
        for (channel, depth, extent) in keys {
            extents.entry((channel, depth)).or_default().push(extent);
        }
        let images = extents.into_par_iter().flat_map_iter(|((channel, depth), extents)| {
            let point =
                optics.pupil.as_ref().map(|p| ChannelPupil::new(p, channel).image(depth, optics.pixel_um));
            extents.into_iter().filter_map(move |extent| {
                let extent_px = f64::from(extent) * EXTENT_STEP_UM / optics.pixel_um;
                Some(((channel, depth, extent), point.as_ref()?.of_source(extent_px)))
            })
        });
        Self { optics, images: images.collect() }
    }

    /// Adds the image of a spot to the plane of its channel.
    pub(super) fn add(&self, plane: &mut Array2<f32>, spot: &ChannelSpot) {
        let (channel, spot) = spot;
        let Some(pupil) = &self.optics.pupil else {
            add_spot(plane, spot, self.optics);
            return;
        };
        let image = key(self.optics, &(*channel, *spot)).and_then(|key| self.images.get(&key));
        if let Some(image) = image {
            image.add_to(plane, (spot.y, spot.x), spot.electrons);
        } else {
            let sigma_um = ChannelPupil::new(pupil, *channel).sigma_um(spot.height_um).hypot(spot.extent_um);
            add_gaussian(plane, spot, [sigma_um / self.optics.pixel_um; 2]);
        }
    }
}

/// Which image a spot has; `None` if it is a Gaussian.
fn key(optics: &Optics, (channel, spot): &ChannelSpot) -> Option<Key> {
    let pupil = optics.pupil.as_ref().filter(|_| spot.extent_um <= SHAPED_UM)?;
    let depth = ChannelPupil::new(pupil, *channel).depth_step(spot.height_um);
    Some((*channel, depth, (spot.extent_um / EXTENT_STEP_UM).round() as u32))
}

/// Standard deviation of the blur of a channel `distance_um` away from focus, um.
pub(super) fn blur_um(optics: &Optics, channel: usize, distance_um: f64) -> f64 {
    match &optics.pupil {
        Some(pupil) => ChannelPupil::new(pupil, channel).sigma_um(distance_um),
        None => psf_sigma_um(optics, distance_um),
    }
}
