//! Nuclei that are shown twice: the same image given twice, turned, mirrored or at another scale, the same place acquired
//! twice, tiles that overlap, or a picture beside its copy.
//!
//! Each nucleus is one observation; counted twice it makes too narrow an interval and a verdict of too few nuclei. Two
//! pictures show one place if their nuclei match by place and area under one similarity. A copy at another scale is left
//! out whole: its signals have another width, and those of one specimen are judged together.

mod constellation;
mod place;
mod similarity;
mod translated;
mod turned;

use std::cmp::Ordering;

use crate::analyse::FieldMeasurement;
use crate::field::FieldNote;
use crate::quality::RepeatedFields;
use place::{SamePlace, Seen};

/// A field with so many times the nuclei of all finer pictures of its place is kept instead of these: they are enlarged details.
const MANY_MORE: f64 = 1.5;

/// Share of the nuclei of a field above which those that match within it are a grid and no copy, of which half match.
const MAX_WITHIN: f64 = 0.6;

/// Nuclei and places that are shown several times.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Repeated {
    /// Whether each nucleus of each field that is kept is counted elsewhere.
    pub(super) elsewhere: Vec<Vec<bool>>,
    /// The pictures that show one place.
    pub(super) places: Vec<RepeatedFields>,
    /// Places of the fields that are left out, among all.
    pub(super) left_out: Vec<usize>,
}

/// How well a field can be read, for the choice between two of different scales: a known pixel size before none, an
/// original before a lossy copy, then the finer one.
fn worth(field: &FieldMeasurement) -> (bool, bool) {
    let is_lossy = field.notes.iter().any(|note| matches!(note, FieldNote::LossyCompression { .. }));
    (field.pixel_size.is_some(), !is_lossy)
}

/// Takes the copies at another scale out of the fields, and finds the nuclei that the others show twice.
pub(super) fn take_out(fields: &mut Vec<FieldMeasurement>) -> Repeated {
    let worths: Vec<(bool, bool)> = fields.iter().map(worth).collect();
    let found = find(&fields.iter().map(Seen::of).collect::<Vec<_>>(), &worths);
    let mut place = 0..;
    fields.retain(|_| place.next().is_none_or(|i| !found.left_out.contains(&i)));
    found
}

/// Finds the nuclei that are shown twice. Of two copies the one is counted that no edge cuts, else that of the first field.
fn find(fields: &[Seen<'_>], worths: &[(bool, bool)]) -> Repeated {
    let mut places = translated::places(fields);
    places.extend(turned::places(fields, &places));
    leave_out_grids(&mut places, fields);
    let left_out = left_out(&places, fields, worths);
    let mut elsewhere: Vec<Vec<bool>> = fields.iter().map(|f| vec![false; f.nuclei.len()]).collect();
    for place in &places {
        let (f, g) = place.fields;
        let is_kept = |field: usize| !left_out.contains(&field);
        if is_kept(f) && is_kept(g) {
            mark(place, fields, &mut elsewhere);
        }
    }
    let of_kept = elsewhere.into_iter().enumerate().filter(|(f, _)| !left_out.contains(f));
    Repeated {
        elsewhere: of_kept.map(|(_, nuclei)| nuclei).collect(),
        places: places.iter().map(|place| facts(place, fields, &left_out)).collect(),
        left_out,
    }
}

/// Leaves out the places within fields whose nuclei lie on a grid: moved by one step, most of them match, and of a picture beside
/// its copy half do.
fn leave_out_grids(places: &mut Vec<SamePlace>, fields: &[Seen<'_>]) {
    let within = |place: &SamePlace| place.fields.0 == place.fields.1;
    let is_moved = |place: &SamePlace| {
        let similarity = &place.similarity;
        !similarity.mirrored && !similarity.is_other_scale() && similarity.turned_degrees().abs() < 1.0
    };
    let is_grid = |place: &&SamePlace| {
        let most = MAX_WITHIN * fields[place.fields.0].nuclei.len() as f64;
        within(place) && is_moved(place) && place.same.len() as f64 > most
    };
    let grids: Vec<usize> = places.iter().filter(is_grid).map(|place| place.fields.0).collect();
    places.retain(|place| !within(place) || !grids.contains(&place.fields.0));
}

/// The worse field of each two that show one place at different scales.
fn left_out(places: &[SamePlace], fields: &[Seen<'_>], worths: &[(bool, bool)]) -> Vec<usize> {
    // Each coarse field with a finer one.
    let scaled: Vec<(usize, usize)> = places
        .iter()
        .filter(|place| place.fields.0 != place.fields.1 && place.similarity.is_other_scale())
        .map(|place| {
            let (f, g) = place.fields;
            if place.similarity.scale() > 1.0 { (f, g) } else { (g, f) }
        })
        .collect();
    let mut left_out: Vec<usize> = Vec::new();
    for &(coarse, fine) in &scaled {
        if left_out.contains(&coarse) || left_out.contains(&fine) {
            continue;
        }
        let details = scaled.iter().filter(|(c, _)| *c == coarse);
        let in_details: usize = details.map(|(_, fine)| fields[*fine].nuclei.len()).sum();
        let is_detail = fields[coarse].nuclei.len() as f64 > MANY_MORE * in_details as f64;
        let keeps_coarse = match worths[coarse].cmp(&worths[fine]) {
            Ordering::Equal => is_detail,
            order => order == Ordering::Greater,
        };
        left_out.push(if keeps_coarse { fine } else { coarse });
    }
    left_out.sort_unstable();
    left_out
}

/// Marks one of the two copies of each nucleus.
fn mark(place: &SamePlace, fields: &[Seen<'_>], elsewhere: &mut [Vec<bool>]) {
    let (f, g) = place.fields;
    for &(i, j) in &place.same {
        let cut = [fields[f].nuclei[i].touches_border, fields[g].nuclei[j].touches_border];
        let keeps_second = match (f == g, place.similarity.is_other_scale()) {
            // Of an inset and its original the finer one.
            (true, true) => place.similarity.scale() > 1.0,
            // Both show one picture: the seam cuts what its edge cuts.
            (true, false) if cut[0] != cut[1] => cut[1],
            (true, false) => j < i,
            (false, _) => cut[0] && !cut[1],
        };
        if keeps_second {
            elsewhere[f][i] = true;
        } else {
            elsewhere[g][j] = true;
        }
    }
}

fn facts(place: &SamePlace, fields: &[Seen<'_>], left_out: &[usize]) -> RepeatedFields {
    let (f, g) = place.fields;
    let out = [f, g].into_iter().find(|field| f != g && left_out.contains(field));
    RepeatedFields {
        fields: [fields[f].name, fields[g].name].map(str::to_owned),
        nuclei: place.same.len(),
        moved_px: place.similarity.moved_px(),
        turned_degrees: place.similarity.turned_degrees(),
        is_mirrored: place.similarity.mirrored,
        scale: place.similarity.scale(),
        left_out: out.map(|field| fields[field].name.to_owned()),
    }
}

#[cfg(test)]
mod tests;
