//! The assay's distances in pixels of the specimen at hand.

use crate::assay::{
    Assay, Comparator, DiameterFrom, DistanceMeasure, DistanceUnit, GreyZoneAction, TouchingSignals,
};
use crate::calibrate::chromatic_shift::ChromaticShift;
use crate::detect::candidate::FWHM_PER_SIGMA;
use crate::error::{Error, Location, Result};
use crate::pair::PairRule;
use crate::statistics::median;
use crate::units::PixelSize;

use crate::analyse::FieldMeasurement;

/// Signal diameters (full width at half maximum) of red and green over the fields, px.
pub(super) fn signal_diameters_px(fields: &[FieldMeasurement]) -> [f64; 2] {
    [0, 1].map(|c| {
        let of = |measured: bool| -> Vec<f64> {
            fields
                .iter()
                .map(|f| &f.channels[c])
                .filter(|channel| channel.sigma_spots > 0 || !measured)
                .map(|channel| FWHM_PER_SIGMA * channel.sigma_px)
                .collect()
        };
        let mut measured = of(true);
        if measured.is_empty() {
            measured = of(false);
        }
        median(&mut measured)
    })
}

/// The one pixel size of all fields; `None` if it is unknown in any.
///
/// # Errors
/// [`Error::Undecided`] if fields differ by more than 1 %.
pub(super) fn common_pixel_size(name: &str, fields: &[FieldMeasurement]) -> Result<Option<PixelSize>> {
    let known: Vec<PixelSize> = fields.iter().filter_map(|f| f.pixel_size).collect();
    let (Some(first), true) = (known.first(), known.len() == fields.len()) else { return Ok(None) };
    if let Some(other) = known.iter().find(|p| (p.um() / first.um() - 1.0).abs() > 0.01) {
        return Err(Error::Undecided {
            location: Location::file(name),
            question: "the fields of the specimen have different pixel sizes".to_string(),
            found: format!("fields with {} um and with {} um", first.um(), other.um()),
            remedy: "read fields of one magnification as one specimen, or state the pixel size".to_string(),
        });
    }
    Ok(Some(*first))
}

/// The signal diameter that the assay's distances are expressed in, px.
///
/// # Errors
/// The diameter in words, if it is in micrometres and the pixel size is not known.
fn rule_diameter_px(
    assay: &Assay,
    diameters_px: [f64; 2],
    pixel_size: Option<PixelSize>,
) -> std::result::Result<f64, String> {
    let rule = &assay.split.min_distance;
    let measured = match rule.diameter_from {
        DiameterFrom::Mean => f64::midpoint(diameters_px[0], diameters_px[1]),
        DiameterFrom::Max => diameters_px[0].max(diameters_px[1]),
        DiameterFrom::FixedUm => {
            let um = rule.fixed_um.unwrap_or(assay.split.diameter_um.max);
            pixel_size.ok_or_else(|| format!("a signal diameter of {um} um"))?.um_to_px(um)
        }
    };
    // Blur widens the measured signal, not the probe: the diameter stays within the assay's limits.
    let limits = &assay.split.diameter_um;
    Ok(pixel_size.map_or(measured, |p| measured.clamp(p.um_to_px(limits.min), p.um_to_px(limits.max))))
}

/// The pairing rule in pixels.
///
/// # Errors
/// [`Error::Undecided`] if the assay's distance is in micrometres and the pixel size is not known.
pub(super) fn pair_rule(
    name: &str,
    assay: &Assay,
    diameters_px: [f64; 2],
    pixel_size: Option<PixelSize>,
    shift: Option<ChromaticShift>,
) -> Result<PairRule> {
    let unknown_scale = |value: String| Error::Undecided {
        location: Location::file(name),
        question: format!("the assay `{}` states {value}, which needs the pixel size", assay.id),
        found: "no pixel size".to_string(),
        remedy: "state the pixel size in micrometres".to_string(),
    };
    let rule = &assay.split.min_distance;
    let diameter_px = rule_diameter_px(assay, diameters_px, pixel_size).map_err(unknown_scale)?;
    let to_px = |value: f64| -> Result<f64> {
        let px = match rule.unit {
            DistanceUnit::Diameter => value * diameter_px,
            DistanceUnit::Um => {
                pixel_size.ok_or_else(|| unknown_scale(format!("{value} um")))?.um_to_px(value)
            }
            DistanceUnit::Px => value,
        };
        Ok(match rule.measure {
            DistanceMeasure::Centre => px,
            // From edge to edge: half a diameter less on either side.
            DistanceMeasure::Edge => px + diameter_px,
        })
    };
    let mut out = PairRule::from_diameter(diameter_px);
    out.split_distance_px = to_px(rule.value)?;
    out.split_at_equality = assay.split.comparator == Comparator::AtLeast;
    if assay.split.touching_or_overlap == TouchingSignals::Fused {
        // Signals touch as far as they are seen to reach, whatever the probe would make of them without blur.
        let touching_px = f64::midpoint(diameters_px[0], diameters_px[1]);
        if out.split_distance_px < touching_px {
            (out.split_distance_px, out.split_at_equality) = (touching_px, true);
        }
    }
    // The gap between two edges is a diameter less than the distance between the centres.
    out.doublet_distance_px =
        if assay.doublet.enabled { (1.0 + assay.doublet.max_gap_diameter) * diameter_px } else { 0.0 };
    out.doublet_doubtful_px = (1.0 + 0.5 * assay.doublet.max_gap_diameter) * diameter_px;
    out.doublet_height_ratio_max = assay.doublet.size_ratio_max;
    if let Some(zone) = &assay.split.grey_zone {
        let limits = [to_px(zone.low)?, to_px(zone.high)?];
        match zone.action {
            // No zone of its own then: pairs up to its end are fused.
            GreyZoneAction::Fused => {
                out.split_at_equality |= limits[1] > out.split_distance_px;
                out.split_distance_px = out.split_distance_px.max(limits[1]);
            }
            GreyZoneAction::Exclude | GreyZoneAction::Uncertain => out.grey_zone_px = Some(limits),
        }
    }
    out.green_shift_px = shift.map_or([0.0, 0.0], |s| [s.y_px, s.x_px]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assay::GreyZone;

    fn rule(change: impl FnOnce(&mut Assay), diameter_px: f64) -> Result<PairRule> {
        let mut assay = Assay::builtin("alk")?;
        change(&mut assay);
        pair_rule("S1", &assay, [diameter_px; 2], PixelSize::from_um(0.1).ok(), None)
    }

    #[test]
    fn each_action_of_a_grey_zone_does_what_it_says() -> Result<()> {
        let of = |action| {
            rule(|assay| assay.split.grey_zone = Some(GreyZone { low: 2.0, high: 4.5, action }), 4.0)
        };
        for action in [GreyZoneAction::Exclude, GreyZoneAction::Uncertain] {
            let rule = of(action)?;
            assert_eq!((rule.split_distance_px, rule.grey_zone_px), (8.0, Some([8.0, 18.0])));
        }
        let fused = of(GreyZoneAction::Fused)?;
        assert_eq!((fused.split_distance_px, fused.grey_zone_px), (18.0, None));
        Ok(())
    }

    #[test]
    fn signals_that_touch_are_fused_however_wide_they_are_seen() -> Result<()> {
        // 1.6 um wide: twice the widest that a probe of this kind is taken to be is less.
        assert_eq!(rule(|_| (), 16.0)?.split_distance_px, 16.0);
        let by_distance = rule(|a| a.split.touching_or_overlap = TouchingSignals::ByDistance, 16.0)?;
        assert!((by_distance.split_distance_px - 13.0).abs() < 1e-9);
        assert_eq!(rule(|_| (), 4.0)?.split_distance_px, 8.0);
        Ok(())
    }
}
