//! Nuclei by the triangle that each makes with its two nearest neighbours.
//!
//! The ratio of its sides, its angle, and the sizes of its nuclei are the same in a picture that is turned, mirrored or at
//! another scale, and no two places of a specimen share many of them.

use std::collections::{BTreeMap, HashMap};
use std::f64::consts::{PI, TAU};

use super::place::{Seen, centroid};
use super::similarity::Similarity;
use crate::segment::Nucleus;

/// Largest differences between a triangle and its copy: in the logarithm of the ratio of its sides, in its angle
/// (radians), and in the logarithm of the nucleus' size over the shorter side. A centroid that is off by a pixel at a
/// neighbour 30 px away changes each by about half of that.
const MAX_APART: [f64; 3] = [0.08, 0.08, 0.12];
/// Largest difference in the logarithm of the ratio of areas of two of its nuclei: half the resolution moves outlines by
/// several percent.
const MAX_AREAS_APART: f64 = 0.25;
/// Flatter triangles do not tell whether they are mirrored, radians.
const MIN_ANGLE: f64 = 0.2;
/// Largest differences between two matches of one similarity: in the logarithm of the scale, and in the turn (radians).
const MAX_SCALES_APART: f64 = 0.08;
const MAX_TURNS_APART: f64 = 0.12;
/// How far the similarity of one triangle may be off: px, and a share of the distance from it.
const OFF_PX: f64 = 4.0;
const OFF_SHARE: f64 = 0.04;
/// Fewest triangles that agree.
pub(super) const MIN_AGREEING: usize = 3;
/// More matches of two fields are not looked at: regular patterns, whose triangles are all alike.
const MAX_MATCHES: usize = 4000;

/// The triangle of a nucleus and its two nearest neighbours.
#[derive(Debug, Clone)]
struct Triangle {
    field: usize,
    /// Places of its nuclei among those of the field.
    places: [usize; 3],
    /// Centroids of these.
    corners: [[f64; 2]; 3],
    /// Logarithm of the ratio of the sides, angle, logarithm of the size over the shorter side.
    shape: [f64; 3],
    /// Whether the second neighbour lies clockwise of the first.
    clockwise: bool,
    /// Logarithms of the neighbours' areas over that of the nucleus.
    areas: [f64; 2],
    /// Direction of the first neighbour, radians.
    direction: f64,
    /// Logarithm of the distance to that.
    log_side: f64,
}

/// A triangle of one field that is like one of another.
#[derive(Debug, Clone)]
pub(super) struct Match {
    /// Pairs of corners.
    pub(super) corners: [[[f64; 2]; 2]; 3],
    /// Places of the nuclei that they are around.
    pub(super) places: (usize, usize),
    pub(super) mirrored: bool,
    log_scale: f64,
    turn: f64,
    similarity: Similarity,
}

/// The nuclei of a field by the rows of their centroids: neighbours are found among few of them.
struct ByRow {
    /// Places of the nuclei, the topmost first.
    sorted: Vec<usize>,
    /// Where each nucleus stands in that order.
    ranks: Vec<usize>,
}

impl ByRow {
    fn of(nuclei: &[Nucleus]) -> Self {
        let mut sorted: Vec<usize> = (0..nuclei.len()).collect();
        sorted.sort_by(|&a, &b| nuclei[a].centroid_y_px.total_cmp(&nuclei[b].centroid_y_px).then(a.cmp(&b)));
        let mut ranks = vec![0; nuclei.len()];
        sorted.iter().enumerate().for_each(|(rank, &place)| ranks[place] = rank);
        Self { sorted, ranks }
    }

    /// The two nearest neighbours of a nucleus, each with the square of its distance; of equally near ones the first.
    fn nearest(&self, place: usize, nuclei: &[Nucleus]) -> Option<[(f64, usize); 2]> {
        let own = centroid(&nuclei[place]);
        let mut nearest: [Option<(f64, usize)>; 2] = [None; 2];
        let mut look_at = |i: usize| {
            let [dy, dx] = [nuclei[i].centroid_y_px - own[0], nuclei[i].centroid_x_px - own[1]];
            if nearest[1].is_some_and(|(second, _)| dy * dy > second) {
                return false;
            }
            let found = (dy * dy + dx * dx, i);
            if nearest[0].is_none_or(|first| found < first) {
                nearest = [Some(found), nearest[0]];
            } else if nearest[1].is_none_or(|second| found < second) {
                nearest[1] = Some(found);
            }
            true
        };
        let (above, below) = self.sorted.split_at(self.ranks[place]);
        let _ = above.iter().rev().all(|&i| look_at(i));
        let _ = below.iter().skip(1).all(|&i| look_at(i));
        let [Some(first), Some(second)] = nearest else { return None };
        Some([first, second])
    }
}

/// The angle from -pi to pi.
fn wrapped(angle: f64) -> f64 {
    (angle + PI).rem_euclid(TAU) - PI
}

impl Triangle {
    fn of(field: usize, place: usize, nuclei: &[Nucleus], by_row: &ByRow) -> Option<Self> {
        let own = centroid(&nuclei[place]);
        let to = |i: usize| [nuclei[i].centroid_y_px - own[0], nuclei[i].centroid_x_px - own[1]];
        let [(short, first), (long, second)] = by_row.nearest(place, nuclei)?;
        let (short, long) = (short.sqrt(), long.sqrt());
        let angle_of = |i: usize| to(i)[0].atan2(to(i)[1]);
        let angle = wrapped(angle_of(second) - angle_of(first));
        let area = |i: usize| nuclei[i].area_px.max(1) as f64;
        let tells = short > 0.0 && (MIN_ANGLE..PI - MIN_ANGLE).contains(&angle.abs());
        tells.then(|| Self {
            field,
            places: [place, first, second],
            corners: [own, centroid(&nuclei[first]), centroid(&nuclei[second])],
            shape: [(long / short).ln(), angle.abs(), (area(place).sqrt() / short).ln()],
            clockwise: angle > 0.0,
            areas: [first, second].map(|i| (area(i) / area(place)).ln()),
            direction: angle_of(first),
            log_side: short.ln(),
        })
    }

    fn cell(&self) -> [i64; 3] {
        [0, 1, 2].map(|k| (self.shape[k] / MAX_APART[k]).floor() as i64)
    }

    /// The match with a later one, if they are alike.
    fn matched(&self, other: &Self) -> Option<Match> {
        let alike = (0..3).all(|k| (self.shape[k] - other.shape[k]).abs() <= MAX_APART[k])
            && (0..2).all(|k| (self.areas[k] - other.areas[k]).abs() <= MAX_AREAS_APART);
        if !alike {
            return None;
        }
        let mirrored = self.clockwise != other.clockwise;
        let turn = if mirrored { other.direction + self.direction } else { other.direction - self.direction };
        let corners = [0, 1, 2].map(|k| [self.corners[k], other.corners[k]]);
        Some(Match {
            corners,
            places: (self.places[0], other.places[0]),
            mirrored,
            log_scale: other.log_side - self.log_side,
            turn: wrapped(turn),
            similarity: Similarity::fit(&corners, mirrored)?,
        })
    }
}

impl Match {
    /// Whether another match is of the same similarity.
    fn agrees(&self, other: &Self) -> bool {
        if self.mirrored != other.mirrored
            || (self.log_scale - other.log_scale).abs() > MAX_SCALES_APART
            || wrapped(self.turn - other.turn).abs() > MAX_TURNS_APART
        {
            return false;
        }
        let [from, to] = other.corners[0];
        let found = self.similarity.of(from);
        let away = (from[0] - self.corners[0][0][0]).hypot(from[1] - self.corners[0][0][1]);
        let off_px = (found[0] - to[0]).hypot(found[1] - to[1]);
        off_px <= self.similarity.scale().max(1.0) * (OFF_PX + OFF_SHARE * away)
    }
}

/// Triangles of two fields that are alike, by the fields' places among all; within a field too, each pair once.
pub(super) fn matches(fields: &[Seen<'_>]) -> BTreeMap<(usize, usize), Vec<Match>> {
    let mut cells: HashMap<[i64; 3], Vec<Triangle>> = HashMap::new();
    let mut found: BTreeMap<(usize, usize), Vec<Match>> = BTreeMap::new();
    let around = [-1, 0, 1];
    for (field, seen) in fields.iter().enumerate() {
        let by_row = ByRow::of(seen.nuclei);
        for place in 0..seen.nuclei.len() {
            let Some(own) = Triangle::of(field, place, seen.nuclei, &by_row) else { continue };
            let [a, b, c] = own.cell();
            for u in around {
                for cell in around.iter().flat_map(|v| around.map(|w| [a + u, b + v, c + w])) {
                    for earlier in cells.get(&cell).into_iter().flatten() {
                        let of_pair = found.entry((earlier.field, field)).or_default();
                        if of_pair.len() < MAX_MATCHES {
                            of_pair.extend(earlier.matched(&own));
                        }
                    }
                }
            }
            cells.entry([a, b, c]).or_default().push(own);
        }
    }
    found.retain(|_, of_pair| of_pair.len() >= MIN_AGREEING);
    found
}

/// The matches that agree with the one with which most agree; the first of several.
pub(super) fn agreeing(matches: &[Match]) -> Vec<&Match> {
    let with = |one: &Match| matches.iter().filter(|other| one.agrees(other)).count();
    let most = matches.iter().map(|one| (with(one), one)).reduce(|a, b| if b.0 > a.0 { b } else { a });
    most.map_or_else(Vec::new, |(_, one)| matches.iter().filter(|other| one.agrees(other)).collect())
}
