//! Fields that show one place, moved but not turned: the same image given twice, or tiles that overlap.

use std::collections::{BTreeMap, HashMap};

use super::place::{Places, SamePlace, Seen, Tolerance, alike, centroid, in_common, matched};
use super::similarity::Similarity;
use crate::segment::Nucleus;
use crate::statistics::median;

/// Largest ratio of the areas of one nucleus in two images: noise moves an outline of 30 px across by a pixel in places.
const MAX_AREA_RATIO: f64 = 1.1;
/// Distance between the centroids of one nucleus in two images after the translation, px.
const SAME_PLACE_PX: f64 = 3.0;
/// Fewest nuclei with like neighbours from which two fields are compared.
const MIN_VOTES: usize = 3;
/// Fewest nuclei that match.
const MIN_MATCHED: usize = 5;
/// Share of the nuclei in the common part of both fields that match.
const MIN_MATCHED_SHARE: f64 = 0.6;

/// Whether the areas of two nuclei are one.
fn are_alike(a: &Nucleus, b: &Nucleus) -> bool {
    alike(a.area_px as f64, b.area_px as f64, MAX_AREA_RATIO)
}

/// A nucleus and where its nearest neighbour lies, which noise does not change and few other places show.
struct Neighbourhood<'a> {
    field: usize,
    place: usize,
    nucleus: &'a Nucleus,
    neighbour: &'a Nucleus,
    /// From the nucleus to that, px.
    to_neighbour: [f64; 2],
}

fn neighbourhoods(field: usize, nuclei: &[Nucleus]) -> impl Iterator<Item = Neighbourhood<'_>> {
    nuclei.iter().enumerate().filter_map(move |(place, nucleus)| {
        let [y, x] = centroid(nucleus);
        let to = |n: &Nucleus| [n.centroid_y_px - y, n.centroid_x_px - x];
        let distance = |n: &Nucleus| to(n)[0].powi(2) + to(n)[1].powi(2);
        let others = nuclei.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, n)| n);
        let neighbour = others.min_by(|a, b| distance(a).total_cmp(&distance(b)))?;
        Some(Neighbourhood { field, place, nucleus, neighbour, to_neighbour: to(neighbour) })
    })
}

/// Nuclei of two fields that have like neighbours, by the fields' places among all.
fn candidates(fields: &[Seen<'_>]) -> BTreeMap<(usize, usize), Vec<Places>> {
    let cell = |v: &[f64; 2]| v.map(|d| (d / SAME_PLACE_PX).floor() as i64);
    let mut cells: HashMap<[i64; 2], Vec<Neighbourhood<'_>>> = HashMap::new();
    let mut pairs: BTreeMap<(usize, usize), Vec<Places>> = BTreeMap::new();
    for (f, field) in fields.iter().enumerate() {
        let own: Vec<Neighbourhood<'_>> = neighbourhoods(f, field.nuclei).collect();
        for b in &own {
            let [y, x] = cell(&b.to_neighbour);
            let around = (-1..=1).flat_map(|v| (-1..=1).map(move |u| [y + v, x + u]));
            for a in around.filter_map(|c| cells.get(&c)).flatten() {
                let apart = (0..2).map(|axis| a.to_neighbour[axis] - b.to_neighbour[axis]);
                if apart.map(f64::abs).fold(0.0, f64::max) <= SAME_PLACE_PX
                    && are_alike(a.nucleus, b.nucleus)
                    && are_alike(a.neighbour, b.neighbour)
                {
                    pairs.entry((a.field, b.field)).or_default().push((a.place, b.place));
                }
            }
        }
        for neighbourhood in own {
            cells.entry(cell(&neighbourhood.to_neighbour)).or_default().push(neighbourhood);
        }
    }
    pairs.retain(|_, votes| votes.len() >= MIN_VOTES);
    for same in with_equal_nuclei(fields) {
        pairs.entry(same).or_default();
    }
    pairs
}

/// Fields of just the same nuclei, however few.
fn with_equal_nuclei(fields: &[Seen<'_>]) -> Vec<(usize, usize)> {
    let mut alike: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for (f, field) in fields.iter().enumerate() {
        if let Some(first) = field.nuclei.first() {
            alike.entry((field.nuclei.len(), first.area_px)).or_default().push(f);
        }
    }
    let mut equal = Vec::new();
    for group in alike.values() {
        for (k, &f) in group.iter().enumerate() {
            let same = group[k + 1..].iter().filter(|g| fields[**g].nuclei == fields[f].nuclei);
            equal.extend(same.map(|&g| (f, g)));
        }
    }
    equal
}

/// From `a` to `b`: the translation by which most pairs are moved.
fn translation(a: &[Nucleus], b: &[Nucleus], pairs: &[Places]) -> Option<[f64; 2]> {
    let moves: Vec<[f64; 2]> = pairs
        .iter()
        .map(|&(i, j)| {
            let ([y, x], [v, u]) = (centroid(&a[i]), centroid(&b[j]));
            [v - y, u - x]
        })
        .collect();
    let near = |m: &[f64; 2]| -> Vec<&[f64; 2]> {
        moves.iter().filter(|n| (n[0] - m[0]).hypot(n[1] - m[1]) <= SAME_PLACE_PX).collect()
    };
    // The first of several.
    let most = moves.iter().map(near).reduce(|a, b| if b.len() > a.len() { b } else { a })?;
    let middle = |axis: usize| median(&mut most.iter().map(|m| m[axis]).collect::<Vec<f64>>());
    Some([middle(0), middle(1)])
}

/// The nuclei of two fields that are the same, and how they are moved; `None` if the fields show different places.
fn same_place(a: &Seen<'_>, b: &Seen<'_>, pairs: &[Places]) -> Option<(Similarity, Vec<Places>)> {
    if a.nuclei == b.nuclei {
        return Some((Similarity::translation([0.0, 0.0]), (0..a.nuclei.len()).map(|i| (i, i)).collect()));
    }
    let moved = Similarity::translation(translation(a.nuclei, b.nuclei, pairs)?);
    let tolerance = Tolerance { off_px: SAME_PLACE_PX, area_ratio: MAX_AREA_RATIO };
    let same = matched((a, b), &moved, tolerance, false);
    let common = in_common(a, b, &moved).max(in_common(b, a, &moved.inverse()));
    let enough = same.len() >= MIN_MATCHED && same.len() as f64 >= MIN_MATCHED_SHARE * common as f64;
    enough.then_some((moved, same))
}

/// All pairs of fields that show one place.
pub(super) fn places(fields: &[Seen<'_>]) -> Vec<SamePlace> {
    let found = candidates(fields).into_iter().filter_map(|((f, g), pairs)| {
        let (similarity, same) = same_place(&fields[f], &fields[g], &pairs)?;
        Some(SamePlace { fields: (f, g), similarity, same })
    });
    found.collect()
}
