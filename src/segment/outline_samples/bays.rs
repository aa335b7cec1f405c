//! The points of an outline, its direction, and its bays.

use crate::segment::outline_samples::{POINTS, Sampler, Series, length};

/// Half the chord that gives the outline's direction, in typical diameters.
pub(super) const CHORD: f64 = 0.08;
/// The same for wide bays.
pub(super) const WIDE_CHORD: f64 = 0.3;

impl Sampler {
    /// Spreads points evenly over the outline.
    #[inline(always)]
    pub(super) fn take_points(&mut self, outline: &[(i32, i32)], diameter_px: f64) {
        let n = outline.len();
        let count = n.min(POINTS);
        let reach = |share: f64| ((share * diameter_px).round() as usize).clamp(1, (n / 4).max(1));
        let (chord, wide_chord) = (reach(CHORD), reach(WIDE_CHORD));
        self.turns.clear();
        self.turns.extend_from_slice(outline);
        self.turns.extend_from_slice(outline);
        // The outline from some place on, once around.
        let from = |place: usize| &self.turns[place..place + n];
        let (here, chords) = (from(0), [from(n - chord.min(n)), from(chord.min(n))]);
        let wide_chords = [from(n - wide_chord.min(n)), from(wide_chord.min(n))];
        // The point `j * n / count`, without a division for each.
        let (step, rest) = (n / count.max(1), n % count.max(1));
        let (mut i, mut error) = (0, 0);
        for j in 0..count {
            let put = |series: &mut [Series<i32>; 2], outline: &[(i32, i32)]| {
                (series[0][j], series[1][j]) = outline[i];
            };
            put(&mut self.points, here);
            put(&mut self.chords[0], chords[0]);
            put(&mut self.chords[1], chords[1]);
            put(&mut self.wide_chords[0], wide_chords[0]);
            put(&mut self.wide_chords[1], wide_chords[1]);
            error += rest;
            i += step + usize::from(error >= count);
            error -= if error >= count { count } else { 0 };
        }
    }

    /// How far each point lies inside the chords around it, px, negative where the outline bulges; and the direction
    /// outwards.
    #[inline(always)]
    pub(super) fn measure_bays(&mut self) {
        let ([py, px], [[by, bx], [ay, ax]]) = (&self.points, &self.chords);
        for j in 0..POINTS {
            let (dy, dx) = (ay[j] - by[j], ax[j] - bx[j]);
            let length = length((dy, dx));
            // Clockwise on the screen: outside lies to the left of the direction of travel.
            let known = length > 0.0;
            let ny = if known { -(dx as f32) / length } else { -1.0 };
            let nx = if known { dy as f32 / length } else { 0.0 };
            (self.normals[0][j], self.normals[1][j]) = (ny, nx);
            // From the point to the middle of the chord.
            let to_y = 0.5 * (ay[j] + by[j] - 2 * py[j]) as f32;
            let to_x = 0.5 * (ax[j] + bx[j] - 2 * px[j]) as f32;
            self.bays[j] = to_y * ny + to_x * nx;
        }
        let [[by, bx], [ay, ax]] = &self.wide_chords;
        for j in 0..POINTS {
            let (dy, dx) = (ay[j] - by[j], ax[j] - bx[j]);
            let length = length((dy, dx));
            let across = (py[j] - by[j]) as f32 * dx as f32 - (px[j] - bx[j]) as f32 * dy as f32;
            self.wide_bays[j] = if length > 0.0 { across / length } else { 0.0 };
        }
    }
}
