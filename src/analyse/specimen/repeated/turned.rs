//! Pictures that show one place turned, mirrored or at another scale: of two fields, or beside each other in one.

use std::collections::{BTreeMap, BTreeSet};

use super::constellation::{self, MIN_AGREEING, Match, agreeing};
use super::place::{Places, SamePlace, Seen, Spot, Tolerance, centroid, in_common, matched};
use super::similarity::Similarity;
use crate::statistics::median;

/// Distances of the centroids of one nucleus in two pictures, in radii of a nucleus, in successive fits: the first one rests on
/// few nuclei.
const OFF_RADII: [f64; 3] = [0.5, 0.25, 0.12];
/// Smallest of these distances, px: outlines are drawn by whole pixels.
const MIN_OFF_PX: f64 = 2.0;
/// Largest ratio of the areas of one nucleus in pictures of one scale, and of two: half the resolution moves outlines.
const MAX_AREA_RATIO: f64 = 1.15;
const MAX_AREA_RATIO_SCALED: f64 = 1.25;
/// Fewest nuclei that match. Three match by the choice of the similarity; four others lie within an eighth of a radius of
/// their places by chance once in many million times.
const MIN_MATCHED: usize = 7;
/// Share of the nuclei in the common part of two fields that match.
const MIN_MATCHED_SHARE: f64 = 0.6;
/// The same within one field: a picture beside its copy lies over other pictures too when it is turned.
const MIN_MATCHED_SHARE_WITHIN: f64 = 0.3;
/// Fewest spots by which two pictures are compared.
const MIN_SPOTS: usize = 10;
/// Share of the spots in nuclei of one picture that the other one shows too. By chance it is the share of a nucleus within
/// reach of its spots, about a tenth.
const MIN_SPOT_SHARE: f64 = 0.4;
/// Pictures of one place within one field, at most.
const MAX_WITHIN: usize = 8;

/// Median radius of the nuclei, px.
fn radius_px(seen: &Seen<'_>) -> f64 {
    let radius = |area: usize| (area as f64 / std::f64::consts::PI).sqrt();
    median(&mut seen.nuclei.iter().map(|n| radius(n.area_px)).collect::<Vec<f64>>())
}

/// The similarity with the nuclei that agree with it; `None` if too few do.
fn fit(
    pictures: (&Seen<'_>, &Seen<'_>),
    matches: &[Match],
    within: bool,
) -> Option<(Similarity, Vec<Places>)> {
    let group = agreeing(matches);
    if group.len() < MIN_AGREEING {
        return None;
    }
    let mirrored = group[0].mirrored;
    let corners: Vec<[[f64; 2]; 2]> = group.iter().flat_map(|matched| matched.corners).collect();
    let (a, b) = pictures;
    let mut similarity = Similarity::fit(&corners, mirrored)?;
    let mut same = Vec::new();
    for radii in OFF_RADII {
        let off_px = (radii * radius_px(b)).max(MIN_OFF_PX);
        let area_ratio = if similarity.is_other_scale() { MAX_AREA_RATIO_SCALED } else { MAX_AREA_RATIO };
        same = matched(pictures, &similarity, Tolerance { off_px, area_ratio }, within);
        if same.len() < MIN_MATCHED {
            return None;
        }
        let pairs: Vec<_> =
            same.iter().map(|&(i, j)| [centroid(&a.nuclei[i]), centroid(&b.nuclei[j])]).collect();
        similarity = Similarity::fit(&pairs, mirrored)?;
    }
    if !show_the_same_spots(pictures, &similarity, &same) {
        return None;
    }
    let there = in_common(a, b, &similarity);
    let common = if within { there } else { there.max(in_common(b, a, &similarity.inverse())) };
    let share = if within { MIN_MATCHED_SHARE_WITHIN } else { MIN_MATCHED_SHARE };
    (same.len() as f64 >= share * common as f64).then_some((similarity, same))
}

/// Whether the matched nuclei show their spots in the same places: one counterstain may stand beside other probes. A picture with
/// few spots, as a small preview, says nothing against it; that of the two whose spots are found more often counts.
fn show_the_same_spots((a, b): (&Seen<'_>, &Seen<'_>), similarity: &Similarity, same: &[Places]) -> bool {
    let back: Vec<Places> = same.iter().map(|&(i, j)| (j, i)).collect();
    let there = found_again((a, b), similarity, same);
    let here = found_again((b, a), &similarity.inverse(), &back);
    let shares: Vec<f64> = [there, here]
        .into_iter()
        .filter(|(_, all)| *all >= MIN_SPOTS)
        .map(|(found, all)| found as f64 / all as f64)
        .collect();
    shares.is_empty() || shares.iter().any(|share| *share >= MIN_SPOT_SHARE)
}

/// Spots of the matched nuclei of a picture that the other one shows too, and all of them.
fn found_again((a, b): (&Seen<'_>, &Seen<'_>), similarity: &Similarity, same: &[Places]) -> (usize, usize) {
    let off_px = (OFF_RADII[OFF_RADII.len() - 1] * radius_px(b)).max(MIN_OFF_PX);
    let partner: BTreeMap<usize, usize> = same.iter().copied().collect();
    let mut of_nucleus: BTreeMap<usize, Vec<&Spot>> = BTreeMap::new();
    b.spots.iter().for_each(|spot| of_nucleus.entry(spot.nucleus).or_default().push(spot));
    let matched = a.spots.iter().filter_map(|spot| {
        let others = of_nucleus.get(partner.get(&spot.nucleus)?);
        let [y, x] = similarity.of(spot.place);
        Some(others.into_iter().flatten().any(|other| {
            other.colour == spot.colour && (other.place[0] - y).hypot(other.place[1] - x) <= off_px
        }))
    });
    let found: Vec<bool> = matched.collect();
    (found.iter().filter(|found| **found).count(), found.len())
}

/// All pictures of one place, but for the fields that are `known` to show one.
pub(super) fn places(fields: &[Seen<'_>], known: &[SamePlace]) -> Vec<SamePlace> {
    let mut found = Vec::new();
    for ((f, g), mut matches) in constellation::matches(fields) {
        if known.iter().any(|place| place.fields == (f, g)) {
            continue;
        }
        let pictures = (&fields[f], &fields[g]);
        let most = if f == g { MAX_WITHIN } else { 1 };
        for _ in 0..most {
            let Some((similarity, same)) = fit(pictures, &matches, f == g) else { break };
            let explained: BTreeSet<Places> = same.iter().flat_map(|&(i, j)| [(i, j), (j, i)]).collect();
            matches.retain(|matched| !explained.contains(&matched.places));
            found.push(SamePlace { fields: (f, g), similarity, same });
        }
    }
    found
}
