//! Where the nuclei of a field lie.

use std::f64::consts::TAU;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::conditions::Conditions;
use super::nucleus::Body;

/// Places tried for a nucleus before it is left out.
const ATTEMPTS: usize = 120;
/// Gap of nuclei that touch, um: less than any microscope resolves.
const TOUCHING_GAP_UM: f64 = 0.1;
/// Glass between a nucleus and a free edge, um: the light of a nucleus in focus reaches no further.
const FREE_EDGE_UM: f64 = 1.0;

/// Whether nuclei lie across the edges of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edges {
    /// As in a field of view: some have their centre outside.
    Crossed,
    /// All lie in the field, as in a cell of a slide.
    Free,
}

/// Nuclei in and around the field.
pub(super) fn place_nuclei(conditions: &Conditions, edges: Edges, rng: &mut ChaCha8Rng) -> Vec<Body> {
    let nuclei = &conditions.nuclei;
    let side = conditions.size_px as f64 * conditions.optics.pixel_um;
    let margin = match edges {
        Edges::Crossed => 0.6 * nuclei.diameter_um,
        Edges::Free => 0.0,
    };
    let wanted = (nuclei.per_10000_um2 * (side + 2.0 * margin).powi(2) / 1e4).round() as usize;
    let mut bodies: Vec<Body> = Vec::with_capacity(wanted);
    for _ in 0..wanted {
        let mut body = Body::random(nuclei, conditions.probes.rearranged_share, rng);
        if conditions.section_um > 0.0 {
            // Any height at which some of the body lies in the section.
            body.z = rng.random_range(-body.half_height..=conditions.section_um + body.half_height);
        }
        let clustered = rng.random_bool(nuclei.clustered_share);
        for _ in 0..ATTEMPTS {
            let anchor = if clustered && !bodies.is_empty() {
                bodies.get(rng.random_range(0..bodies.len()))
            } else {
                None
            };
            if let Some(anchor) = anchor {
                let angle: f64 = rng.random_range(0.0..TAU);
                let (dy, dx) = (angle.sin(), angle.cos());
                let touching = anchor.outline_radius(dy, dx) + body.outline_radius(-dy, -dx);
                let overlap = nuclei.overlap * rng.random_range(0.0..=1.0);
                let distance = touching * (1.0 - overlap) + TOUCHING_GAP_UM;
                (body.y, body.x) = (anchor.y + distance * dy, anchor.x + distance * dx);
                let inside = -margin..side + margin;
                if !inside.contains(&body.y) || !inside.contains(&body.x) {
                    continue;
                }
            } else {
                body.y = rng.random_range(-margin..side + margin);
                body.x = rng.random_range(-margin..side + margin);
            }
            if edges == Edges::Free {
                let inside = body.reach() + FREE_EDGE_UM..=side - body.reach() - FREE_EDGE_UM;
                if !inside.contains(&body.y) || !inside.contains(&body.x) {
                    continue;
                }
            }
            let gap = if clustered { 0.0 } else { nuclei.gap_um };
            if bodies.iter().all(|other| has_room(&body, other, nuclei.overlap, gap)) {
                bodies.push(body);
                break;
            }
        }
    }
    bodies
}

/// Whether the outlines keep the gap, or overlap no more than allowed.
fn has_room(body: &Body, other: &Body, overlap: f64, gap: f64) -> bool {
    let (dy, dx) = (other.y - body.y, other.x - body.x);
    let distance = dy.hypot(dx);
    if distance > body.reach() + other.reach() + gap {
        return true;
    }
    let touching = body.outline_radius(dy, dx) + other.outline_radius(-dy, -dx);
    distance >= touching * (1.0 - overlap) + if overlap > 0.0 { 0.0 } else { gap }
}
