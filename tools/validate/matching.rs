//! Which nucleus and which signal that was read is which true one.

use std::collections::BTreeMap;

use ndarray::Array2;

/// Smallest intersection over union at which labels are looked at at all.
const LEAST_IOU: f64 = 0.1;
/// Intersection over union from which a nucleus counts as found.
pub(crate) const FOUND_IOU: f64 = 0.5;

/// Labels of one field, true ones against those read.
pub(crate) struct LabelMatch {
    /// True label to the label read and their intersection over union, each label once, the best first.
    best: BTreeMap<u32, (u32, f64)>,
    /// Number of true labels and of labels read.
    pub(crate) counts: [usize; 2],
    /// Pixels that a true label and a label read have in common.
    common: BTreeMap<(u32, u32), usize>,
    areas: [BTreeMap<u32, usize>; 2],
}

impl LabelMatch {
    pub(crate) fn new(truth: &Array2<u32>, read: &Array2<u32>) -> Self {
        let mut areas = [BTreeMap::new(), BTreeMap::new()];
        let mut common = BTreeMap::new();
        for (&t, &r) in truth.iter().zip(read) {
            for (areas, label) in areas.iter_mut().zip([t, r]) {
                if label > 0 {
                    *areas.entry(label).or_default() += 1;
                }
            }
            if t > 0 && r > 0 {
                *common.entry((t, r)).or_default() += 1;
            }
        }
        let mut overlaps: Vec<(u32, u32, f64)> = common
            .iter()
            .map(|(&(t, r), &both): (&(u32, u32), &usize)| {
                let union: usize = areas[0][&t] + areas[1][&r] - both;
                (t, r, both as f64 / union as f64)
            })
            .filter(|overlap| overlap.2 >= LEAST_IOU)
            .collect();
        overlaps.sort_by(|a, b| b.2.total_cmp(&a.2));
        let (mut best, mut taken) = (BTreeMap::new(), BTreeMap::new());
        for (t, r, iou) in overlaps {
            if !best.contains_key(&t) && !taken.contains_key(&r) {
                best.insert(t, (r, iou));
                taken.insert(r, t);
            }
        }
        Self { best, counts: [areas[0].len(), areas[1].len()], common, areas }
    }

    /// The label read for a true nucleus that was found.
    pub(crate) fn found(&self, truth: u32) -> Option<u32> {
        self.best.get(&truth).filter(|(_, iou)| *iou >= FOUND_IOU).map(|(read, _)| *read)
    }

    /// True nuclei that were found.
    pub(crate) fn found_count(&self) -> usize {
        self.best.values().filter(|(_, iou)| *iou >= FOUND_IOU).count()
    }

    /// How a true nucleus that was not found went wrong.
    pub(crate) fn why_not_found(&self, truth: u32) -> &'static str {
        let area = self.areas[0].get(&truth).copied().unwrap_or(0);
        let overlaps = || self.common.range((truth, 0)..=(truth, u32::MAX));
        let covered: usize = overlaps().map(|(_, both)| *both).sum();
        let Some((&(_, read), &both)) = overlaps().max_by_key(|(_, both)| **both) else {
            return "nucleus_missed";
        };
        let read_area = self.areas[1].get(&read).copied().unwrap_or(0);
        if 2 * covered < area {
            "nucleus_missed"
        } else if read_area > 2 * both {
            "nuclei_merged"
        } else if 2 * both < area {
            "nucleus_in_pieces"
        } else {
            "nucleus_outline"
        }
    }
}

/// Pairs positions so that as many as possible lie within `radius_px` of each other; near ones first.
/// The index into `read` of each true position, if any.
pub(crate) fn match_positions(truth: &[[f64; 2]], read: &[[f64; 2]], radius_px: f64) -> Vec<Option<usize>> {
    let mut near: Vec<Vec<(usize, f64)>> = truth
        .iter()
        .map(|t| {
            let distance = |r: &[f64; 2]| (t[0] - r[0]).hypot(t[1] - r[1]);
            let all = read.iter().map(distance).enumerate();
            all.filter(|(_, d)| *d <= radius_px).collect()
        })
        .collect();
    for near in &mut near {
        near.sort_by(|a, b| a.1.total_cmp(&b.1));
    }
    let mut order: Vec<usize> = (0..truth.len()).collect();
    let nearest = |i: usize| near[i].first().map_or(f64::INFINITY, |n| n.1);
    order.sort_by(|&a, &b| nearest(a).total_cmp(&nearest(b)));
    let mut taken: Vec<Option<usize>> = vec![None; read.len()];
    for t in order {
        augment(t, &near, &mut taken, &mut vec![false; read.len()]);
    }
    let mut matched = vec![None; truth.len()];
    for (r, t) in taken.into_iter().enumerate() {
        if let Some(t) = t {
            matched[t] = Some(r);
        }
    }
    matched
}

/// Finds a partner for `t`, moving others to their next best if need be.
fn augment(t: usize, near: &[Vec<(usize, f64)>], taken: &mut [Option<usize>], seen: &mut [bool]) -> bool {
    let free = near[t].iter().map(|n| n.0).find(|&r| taken[r].is_none());
    if let Some(r) = free {
        taken[r] = Some(t);
        return true;
    }
    for &(r, _) in &near[t] {
        if seen[r] {
            continue;
        }
        seen[r] = true;
        if taken[r].is_none_or(|other| augment(other, near, taken, seen)) {
            taken[r] = Some(t);
            return true;
        }
    }
    false
}
