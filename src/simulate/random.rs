//! Random numbers that depend only on the seed and on their purpose.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Purpose of random numbers. Each purpose has streams of its own, so that, say, another noise model
/// leaves the nuclei where they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Places, shapes and state of nuclei, one stream a field.
    Layout = 1,
    /// Loci and signals, one stream a nucleus.
    Loci = 2,
    /// Debris, specks and stroma, one stream a field.
    Artefacts = 3,
    /// Hot pixels, one stream a specimen.
    HotPixels = 4,
    /// Photon and read noise, one stream a row of a plane.
    Noise = 5,
    /// Heavy tails, sisters and polymers, three streams a nucleus.
    Shapes = 6,
    /// Speckle, one stream a field.
    Speckle = 7,
    /// Granules, one stream a field.
    Granules = 8,
    /// Pixels of the camera, one stream a row.
    CameraMap = 9,
    /// Empty cells of a slide, one stream a slide.
    Slide = 10,
}

/// Source of all random streams of a specimen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streams {
    seed: u64,
    name: u64,
}

impl Streams {
    /// Streams of a seed and the name of the conditions.
    pub(super) fn new(seed: u64, name: &str) -> Self {
        Self { seed, name: fnv1a(name) }
    }

    /// The stream of a purpose; `index` says which of them (field, plane, row, ...).
    pub(super) fn stream(&self, purpose: Purpose, index: [u32; 3]) -> ChaCha8Rng {
        let mut key = [0; 32];
        key[0..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&self.name.to_le_bytes());
        key[16..20].copy_from_slice(&(purpose as u32).to_le_bytes());
        for (bytes, value) in key[20..32].chunks_exact_mut(4).zip(index) {
            bytes.copy_from_slice(&value.to_le_bytes());
        }
        ChaCha8Rng::from_seed(key)
    }
}

/// FNV-1a hash of a text.
fn fnv1a(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Smooth random function of the plane: gradient noise (Perlin 1985, SIGGRAPH 19:287) in two octaves.
/// Mean 0, standard deviation 1; details of about the spacing of the lattice.
#[derive(Debug, Clone, Copy)]
pub(super) struct SmoothNoise {
    seed: u32,
    spacing: f64,
}

/// Height of the second octave relative to the first.
const SECOND_OCTAVE: f64 = 0.5;
/// Cosine and sine of the turn between the octaves, so that their lattices do not show.
const OCTAVE_TURN: (f64, f64) = (0.8, 0.6);
/// Standard deviation of one octave: the root of the mean of squared weights times the mean of squared
/// weights times distances, both over a cell.
const OCTAVE_SD: f64 = 0.2157;
/// Cosine of 45 degrees.
const DIAGONAL: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// Gradients at the lattice points.
const GRADIENTS: [(f64, f64); 8] = [
    (1.0, 0.0),
    (DIAGONAL, DIAGONAL),
    (0.0, 1.0),
    (-DIAGONAL, DIAGONAL),
    (-1.0, 0.0),
    (-DIAGONAL, -DIAGONAL),
    (0.0, -1.0),
    (DIAGONAL, -DIAGONAL),
];

impl SmoothNoise {
    /// Noise with details of `spacing` (in the unit of the positions).
    pub(super) fn new(seed: u32, spacing: f64) -> Self {
        Self { seed, spacing }
    }

    /// Value at a position.
    pub(super) fn at(&self, y: f64, x: f64) -> f64 {
        let (y, x) = (y / self.spacing, x / self.spacing);
        let (cos, sin) = OCTAVE_TURN;
        let coarse = gradient_noise(self.seed, y, x);
        let fine =
            gradient_noise(self.seed ^ 0x9e37_79b9, 2.0 * (cos * y + sin * x), 2.0 * (cos * x - sin * y));
        (coarse + SECOND_OCTAVE * fine) / (OCTAVE_SD * 1.0_f64.hypot(SECOND_OCTAVE))
    }
}

fn gradient_noise(seed: u32, y: f64, x: f64) -> f64 {
    let (y0, x0) = (y.floor(), x.floor());
    let (ty, tx) = (y - y0, x - x0);
    let smooth = |t: f64| t * t * t * (t * (6.0 * t - 15.0) + 10.0);
    let (fy, fx) = (smooth(ty), smooth(tx));
    let (iy, ix) = (y0 as i32, x0 as i32);
    let corner = |dy: i32, dx: i32| {
        let (gy, gx) = gradient(seed, iy.wrapping_add(dy), ix.wrapping_add(dx));
        gy * (ty - f64::from(dy)) + gx * (tx - f64::from(dx))
    };
    let top = corner(0, 0) + fx * (corner(0, 1) - corner(0, 0));
    let bottom = corner(1, 0) + fx * (corner(1, 1) - corner(1, 0));
    top + fy * (bottom - top)
}

/// Gradient at a lattice point, chosen by hashing it.
fn gradient(seed: u32, y: i32, x: i32) -> (f64, f64) {
    let mut h =
        seed ^ (y as u32).wrapping_mul(0x85eb_ca6b) ^ (x as u32).wrapping_mul(0xc2b2_ae35).rotate_left(13);
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    GRADIENTS[(h >> 29) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;

    #[test]
    fn streams_differ_by_seed_name_purpose_and_index() {
        let draw =
            |seed, name, purpose, index| Streams::new(seed, name).stream(purpose, index).random::<u64>();
        let base = draw(1, "a", Purpose::Layout, [0, 0, 0]);
        assert_eq!(base, draw(1, "a", Purpose::Layout, [0, 0, 0]));
        for other in [
            draw(2, "a", Purpose::Layout, [0, 0, 0]),
            draw(1, "b", Purpose::Layout, [0, 0, 0]),
            draw(1, "a", Purpose::Loci, [0, 0, 0]),
            draw(1, "a", Purpose::Layout, [0, 0, 1]),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn smooth_noise_has_mean_0_and_standard_deviation_1() {
        let noise = SmoothNoise::new(5, 7.3);
        let values: Vec<f64> =
            (0..400).flat_map(|y| (0..400).map(move |x| noise.at(f64::from(y), f64::from(x)))).collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt();
        assert!(mean.abs() < 0.06, "{mean}");
        assert!((sd - 1.0).abs() < 0.06, "{sd}");
    }
}
