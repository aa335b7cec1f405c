//! Nuclei that two fields show: the same image given twice, the same place acquired twice, or tiles that overlap.
//!
//! Each nucleus is one observation; counted twice it makes too narrow an interval and a verdict of too few nuclei. Two fields
//! show one place if their nuclei match by area under one translation.

use std::collections::{BTreeMap, HashMap};

use crate::analyse::FieldMeasurement;
use crate::quality::RepeatedFields;
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

/// The nuclei of a field and its size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    /// Rows, columns.
    pub(super) size_px: [usize; 2],
    pub(super) nuclei: &'a [Nucleus],
}

impl<'a> Seen<'a> {
    pub(super) fn of(field: &'a FieldMeasurement) -> Self {
        let (height, width) = field.segmentation.labels.dim();
        Self { name: &field.name, size_px: [height, width], nuclei: &field.segmentation.nuclei }
    }
}

/// Nuclei and places that several fields show.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Repeated {
    /// Whether each nucleus of each field is counted in another field.
    pub(super) elsewhere: Vec<Vec<bool>>,
    /// The fields that show one place.
    pub(super) places: Vec<RepeatedFields>,
}

/// Places of a nucleus of one field and of one of another among those of their fields.
type Places = (usize, usize);

/// Centroid of a nucleus.
fn centroid(nucleus: &Nucleus) -> [f64; 2] {
    [nucleus.centroid_y_px, nucleus.centroid_x_px]
}

fn alike(a: &Nucleus, b: &Nucleus) -> bool {
    let (small, large) = (a.area_px.min(b.area_px) as f64, a.area_px.max(b.area_px) as f64);
    large <= MAX_AREA_RATIO * small
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
                    && alike(a.nucleus, b.nucleus)
                    && alike(a.neighbour, b.neighbour)
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

/// How many whole nuclei of a field lie where the other one shows them too.
fn in_common(field: &Seen<'_>, other: &Seen<'_>, moved: [f64; 2]) -> usize {
    let inside = |n: &&Nucleus| {
        let place = centroid(n);
        !n.touches_border
            && (0..2).all(|axis| (0.0..other.size_px[axis] as f64).contains(&(place[axis] + moved[axis])))
    };
    field.nuclei.iter().filter(inside).count()
}

/// The nuclei of two fields that are the same, and by how much they are moved; `None` if the fields show different places.
fn matched(a: &Seen<'_>, b: &Seen<'_>, pairs: &[Places]) -> Option<([f64; 2], Vec<Places>)> {
    if a.nuclei == b.nuclei {
        return Some(([0.0, 0.0], (0..a.nuclei.len()).map(|i| (i, i)).collect()));
    }
    let moved = translation(a.nuclei, b.nuclei, pairs)?;
    let mut same: Vec<(f64, usize, usize)> = Vec::new();
    for (i, n) in a.nuclei.iter().enumerate() {
        let [y, x] = centroid(n);
        for (j, m) in b.nuclei.iter().enumerate() {
            let [v, u] = centroid(m);
            let distance_px = (v - y - moved[0]).hypot(u - x - moved[1]);
            if distance_px <= SAME_PLACE_PX && alike(n, m) {
                same.push((distance_px, i, j));
            }
        }
    }
    same.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut taken_a, mut taken_b) = (vec![false; a.nuclei.len()], vec![false; b.nuclei.len()]);
    same.retain(|&(_, i, j)| {
        let is_free = !taken_a[i] && !taken_b[j];
        if is_free {
            (taken_a[i], taken_b[j]) = (true, true);
        }
        is_free
    });
    let common = in_common(a, b, moved).max(in_common(b, a, moved.map(|d| -d)));
    let enough = same.len() >= MIN_MATCHED && same.len() as f64 >= MIN_MATCHED_SHARE * common as f64;
    enough.then(|| (moved, same.into_iter().map(|(_, i, j)| (i, j)).collect()))
}

/// Finds the nuclei that two fields show. Of two copies the one is counted that the edge of its field does not cut, else that
/// of the first field.
pub(super) fn find(fields: &[Seen<'_>]) -> Repeated {
    let mut found = Repeated {
        elsewhere: fields.iter().map(|f| vec![false; f.nuclei.len()]).collect(),
        places: Vec::new(),
    };
    if fields.len() < 2 {
        return found;
    }
    for ((f, g), pairs) in candidates(fields) {
        let (a, b) = (&fields[f], &fields[g]);
        let Some((moved, same)) = matched(a, b, &pairs) else { continue };
        found.places.push(RepeatedFields {
            fields: [a.name, b.name].map(str::to_owned),
            nuclei: same.len(),
            moved_px: moved,
        });
        for (i, j) in same {
            let keep_second = a.nuclei[i].touches_border && !b.nuclei[j].touches_border;
            if keep_second {
                found.elsewhere[f][i] = true;
            } else {
                found.elsewhere[g][j] = true;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
