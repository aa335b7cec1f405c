//! The body of one nucleus: outline, depth, chromatin.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Normal, Poisson, StandardNormal};

use super::conditions::Nuclei;
use super::random::SmoothNoise;

/// Orders of the harmonics that roughen the outline.
const HARMONICS: std::ops::Range<u32> = 2..6;
/// Size of chromatin clumps, um: heterochromatin shows in the light microscope as clumps of about this size.
const CHROMATIN_GRAIN_UM: f64 = 1.1;
/// Share of the counterstain that a nucleolus lacks.
const NUCLEOLUS_DARKNESS: f64 = 0.4;
/// Exponent of the depth profile: the height at `rho` of the way to the outline is
/// `sqrt(1 - rho^PROFILE)` of that in the middle. 2 is an ellipsoid; nuclei are flatter on top.
const PROFILE: i32 = 4;

/// One nucleus, lengths in um; `z` is up, positions are (y, x) in the field.
#[derive(Debug, Clone)]
pub(super) struct Body {
    pub(super) y: f64,
    pub(super) x: f64,
    pub(super) z: f64,
    /// Radius of the circle of the same area as the ellipse.
    pub(super) radius: f64,
    /// Half of the height in the middle.
    pub(super) half_height: f64,
    /// Lymphocyte or stromal nucleus.
    pub(super) small: bool,
    /// Carries the rearrangement.
    pub(super) carries: bool,
    brightness: f64,
    semi_axes: (f64, f64),
    angle: f64,
    /// Amplitude and phase of each harmonic.
    harmonics: Vec<(f64, f64)>,
    chromatin: SmoothNoise,
    texture: f64,
    /// (y, x) relative to the centre, and radius.
    nucleoli: Vec<(f64, f64, f64)>,
}

impl Body {
    /// A random body at the origin.
    pub(super) fn random(nuclei: &Nuclei, rearranged_share: f64, rng: &mut ChaCha8Rng) -> Self {
        let small = rng.random_bool(nuclei.small_share);
        let carries = rng.random_bool(rearranged_share) && !small;
        let mean = if small { nuclei.small_diameter_um } else { nuclei.diameter_um };
        let spread = nuclei.diameter_sd_um * mean / nuclei.diameter_um;
        let z: f64 = StandardNormal.sample(rng);
        // Drawn values beyond 2.5 standard deviations would be other kinds of cells.
        let diameter = (mean + spread * z.clamp(-2.5, 2.5)).max(2.0);
        let radius = diameter / 2.0;
        let elongation: f64 = rng.random_range(1.0..=nuclei.elongation);
        let semi_axes = (radius * elongation.sqrt(), radius / elongation.sqrt());
        let order_count = f64::from(HARMONICS.end - HARMONICS.start);
        let harmonics = HARMONICS
            .map(|_| {
                let z: f64 = StandardNormal.sample(rng);
                let amplitude = nuclei.roughness * (2.0 / order_count).sqrt() * z.clamp(-2.5, 2.5);
                (amplitude, rng.random_range(0.0..TAU))
            })
            .collect();
        let z: f64 = StandardNormal.sample(rng);
        let brightness = (1.0 + nuclei.counterstain_cv * z).clamp(0.35, 2.0)
            * if small { nuclei.small_brightness } else { 1.0 };
        let chromatin = SmoothNoise::new(rng.random(), CHROMATIN_GRAIN_UM);
        let nucleoli_count =
            Poisson::new(nuclei.nucleoli.max(f64::MIN_POSITIVE)).map_or(0.0, |p| p.sample(rng)) as usize;
        let nucleoli = (0..nucleoli_count)
            .map(|_| {
                let (angle, reach) = (rng.random_range(0.0..TAU), rng.random_range(0.0..0.6) * radius);
                (reach * angle.sin(), reach * angle.cos(), rng.random_range(0.1..0.2) * radius)
            })
            .collect();
        Self {
            y: 0.0,
            x: 0.0,
            z: 0.0,
            radius,
            half_height: radius * nuclei.flatness,
            small,
            carries,
            brightness,
            semi_axes,
            angle: rng.random_range(0.0..TAU),
            harmonics,
            chromatin,
            texture: nuclei.texture,
            nucleoli,
        }
    }

    /// Distance from the centre to the outline in direction `(dy, dx)`.
    pub(super) fn outline_radius(&self, dy: f64, dx: f64) -> f64 {
        let direction = dy.atan2(dx) - self.angle;
        let (a, b) = self.semi_axes;
        let ellipse = a * b / (b * direction.cos()).hypot(a * direction.sin());
        let rough: f64 = HARMONICS
            .zip(&self.harmonics)
            .map(|(order, (amplitude, phase))| amplitude * (f64::from(order) * direction + phase).cos())
            .sum();
        ellipse * (1.0 + rough)
    }

    /// No part of the outline is farther from the centre.
    pub(super) fn reach(&self) -> f64 {
        let rough: f64 = self.harmonics.iter().map(|(amplitude, _)| amplitude.abs()).sum();
        self.semi_axes.0 * (1.0 + rough)
    }

    /// Position of `(y, x)` between centre (0) and outline (1).
    pub(super) fn relative_distance(&self, y: f64, x: f64) -> f64 {
        let (dy, dx) = (y - self.y, x - self.x);
        dy.hypot(dx) / self.outline_radius(dy, dx)
    }

    /// Half of the height of the body at a relative distance from the centre; 0 outside.
    pub(super) fn half_height_at(&self, relative_distance: f64) -> f64 {
        self.half_height * (1.0 - relative_distance.powi(PROFILE)).max(0.0).sqrt()
    }

    /// Counterstain density at `(y, x)` relative to the usual.
    pub(super) fn density(&self, y: f64, x: f64) -> f64 {
        let (dy, dx) = (y - self.y, x - self.x);
        let mut density = (1.0 + self.texture * self.chromatin.at(dy, dx)).max(0.1);
        for (ny, nx, radius) in &self.nucleoli {
            let distance = (dy - ny).hypot(dx - nx) / radius;
            density *= 1.0 - NUCLEOLUS_DARKNESS * (-distance.powi(4)).exp();
        }
        density * self.brightness
    }

    /// Length of the vertical line through the body, where it is `half` high on both sides, between the
    /// heights `low` and `high`.
    pub(super) fn thickness_between(&self, half: f64, low: f64, high: f64) -> f64 {
        ((self.z + half).min(high) - (self.z - half).max(low)).max(0.0)
    }

    /// A random point well inside the body: (y, x, z).
    pub(super) fn random_point(&self, depth: f64, rng: &mut ChaCha8Rng) -> (f64, f64, f64) {
        let angle: f64 = rng.random_range(0.0..TAU);
        let relative = depth * rng.random_range(0.0_f64..1.0).sqrt();
        let reach = relative * self.outline_radius(angle.sin(), angle.cos());
        let half = depth * self.half_height_at(relative);
        (
            self.y + reach * angle.sin(),
            self.x + reach * angle.cos(),
            self.z + half * rng.random_range(-1.0..=1.0),
        )
    }
}

/// A normally distributed number; the mean if the standard deviation is 0.
pub(super) fn normal(mean: f64, sd: f64, rng: &mut ChaCha8Rng) -> f64 {
    Normal::new(mean, sd).map_or(mean, |distribution| distribution.sample(rng))
}
