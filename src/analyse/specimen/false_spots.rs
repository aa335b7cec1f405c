//! How many false spots a nucleus shows, as the spots outside nuclei tell.

use crate::colour::{Colour, PerColour};
use crate::decide::FalseSpotRate;
use crate::detect::Signal;
use crate::pair::PairRule;
use crate::reading::FieldReading;
use crate::statistics::median;

/// The rate of false spots in a nucleus of the median area. A spot outside nuclei with the other colour beside it is left
/// out: it belongs to a nucleus that was missed. `deviations` are the standard deviations of the upper bound.
pub(super) fn rate(fields: &[FieldReading], rule: &PairRule, deviations: f64) -> PerColour<FalseSpotRate> {
    let mut areas: Vec<f64> =
        fields.iter().flat_map(|field| &field.nuclei).map(|own| own.nucleus.area_px as f64).collect();
    let in_nuclei: f64 = areas.iter().sum();
    let in_fields: f64 = fields.iter().map(|field| (field.height_px * field.width_px) as f64).sum();
    let outside = in_fields - in_nuclei;
    if areas.is_empty() || outside <= 0.0 {
        return PerColour::default();
    }
    let nuclei_outside = outside / median(&mut areas);
    PerColour::from_fn(|colour| {
        let spots = fields.iter().map(|field| lone_outside(field, colour, rule)).sum::<usize>() as f64;
        FalseSpotRate {
            per_nucleus: spots / nuclei_outside,
            // Of a Poisson count; one spot more, since none among few says little.
            at_most: (spots + deviations * (spots + 1.0).sqrt()) / nuclei_outside,
        }
    })
}

/// Spots of a colour outside nuclei that have no spot of the other colour within the distance from which a pair is split.
fn lone_outside(field: &FieldReading, colour: Colour, rule: &PairRule) -> usize {
    let apart = |spot: &Signal, other: &Signal| {
        let (red, green) = if colour == Colour::Red { (spot, other) } else { (other, spot) };
        rule.distance_px(red, green) >= rule.split_distance_px
    };
    let is_lone = |spot: &Signal| {
        field.signals.iter().filter(|other| other.colour != colour).all(|other| apart(spot, other))
    };
    let outside = field.signals.iter().filter(|spot| spot.colour == colour && spot.nucleus_id == 0);
    outside.filter(|spot| is_lone(spot)).count()
}
