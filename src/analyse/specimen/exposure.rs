//! Fields that were exposed so differently that the signals of one pass for noise, or for debris, beside those of another, and
//! signals that were exposed too long.

use crate::analyse::FieldMeasurement;
use crate::analyse::alarms::AlarmParams;
use crate::analyse::specimen::Gathered;
use crate::colour::Colour;
use crate::detect::candidate::Candidate;
use crate::statistics::median;
use crate::summarise::PairingFault;

/// Fewest nuclei with a candidate that tell how bright the signals of a field are.
const NUCLEI_MIN: usize = 10;
/// SNR of the brightest candidate of the middling nucleus from which it is a signal and not noise.
const SIGNAL_SNR: f64 = 8.0;

/// Height of the brightest candidate of the middling nucleus of a field; `None` with few nuclei, or where that may be noise.
fn brightness(nuclei: &[Gathered], colour: Colour) -> Option<f64> {
    let brightest: Vec<&Candidate> = nuclei.iter().filter_map(|n| n.candidates.of(colour).first()).collect();
    let middle =
        |of: fn(&Candidate) -> f64| median(&mut brightest.iter().map(|c| of(c)).collect::<Vec<f64>>());
    (brightest.len() >= NUCLEI_MIN && middle(Candidate::snr) >= SIGNAL_SNR).then(|| middle(|c| c.amplitude))
}

/// What is wrong with the exposure of fields, and the warnings on it.
pub(super) fn fault(
    fields: &[FieldMeasurement],
    nuclei: &[Gathered],
    params: &AlarmParams,
) -> (Option<PairingFault>, Vec<String>) {
    let (unlike, cut_off) = (unlike(fields, nuclei, params), cut_off(fields, params));
    let fault = unlike.as_ref().map(|_| PairingFault::FieldsUnlike);
    let fault = fault.or(cut_off.as_ref().map(|_| PairingFault::HeightsUnknown));
    (fault, unlike.into_iter().chain(cut_off).collect())
}

/// Names the colours of which too many signals are at the camera's limit with unknown heights ([`AlarmParams::cut_off_max`]).
fn cut_off(fields: &[FieldMeasurement], params: &AlarmParams) -> Option<String> {
    let nuclei: usize = fields.iter().map(|f| f.segmentation.nuclei.len()).sum();
    let told: Vec<String> = Colour::BOTH
        .into_iter()
        .filter_map(|colour| {
            let of = |f: &FieldMeasurement| f.channels[colour.index()].clipped;
            let tops: usize = fields.iter().map(|f| of(f).peaks).sum();
            let unknown = tops - fields.iter().map(|f| of(f).restored).sum::<usize>();
            let is_told = nuclei > 0 && unknown as f64 > params.cut_off_max * nuclei as f64;
            is_told.then(|| format!("{}: {unknown} of {tops} signals", colour.name()))
        })
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "{} at the camera's limit are cut off too low to tell their heights, and what of them is seen in the other \
             colour: use a shorter exposure",
            told.join(", ")
        )
    })
}

/// Diameter of the signals of a field over that of the sharpest one; `None` where they were not measured.
fn widening(fields: &[FieldMeasurement], field: &FieldMeasurement, colour: Colour) -> Option<f64> {
    let measured = |f: &FieldMeasurement| {
        let channel = &f.channels[colour.index()];
        (channel.sigma_spots > 0).then_some(channel.sigma_px)
    };
    let sharpest = fields.iter().filter_map(measured).min_by(f64::total_cmp)?;
    Some(measured(field)? / sharpest)
}

/// Names the fields whose signals are so many times higher or lower than those of the middling field
/// ([`AlarmParams::brightness_ratio_max`]); `None` if there are none. `nuclei` are those of all fields.
fn unlike(fields: &[FieldMeasurement], nuclei: &[Gathered], params: &AlarmParams) -> Option<String> {
    let mut rest = nuclei;
    let of_fields: Vec<(&FieldMeasurement, &[Gathered])> = fields
        .iter()
        .map(|field| {
            let own;
            (own, rest) = rest.split_at(field.segmentation.nuclei.len().min(rest.len()));
            (field, own)
        })
        .collect();
    let mut told = Vec::new();
    let mut all_blur = true;
    for colour in Colour::BOTH {
        let bright: Vec<(&FieldMeasurement, f64)> =
            of_fields.iter().filter_map(|(field, own)| Some((*field, brightness(own, colour)?))).collect();
        let usual = median(&mut bright.iter().map(|b| b.1).collect::<Vec<f64>>());
        let far = bright
            .iter()
            .filter(|(_, height)| height.max(usual) > params.brightness_ratio_max * height.min(usual));
        told.extend(far.map(|(field, height)| {
            // Blur lowers signals.
            let widening = widening(fields, field, colour)
                .filter(|times| *times > params.focus_ratio_max && *height < usual);
            if widening.is_none() {
                all_blur = false;
            }
            let wide = widening.map_or_else(String::new, |times| format!(" and {times:.1} times as wide"));
            let (colour, name, times) = (colour.name(), field.name(), height / usual);
            format!("{colour} signals of field {name} are {times:.2} times as high{wide}")
        }));
    }
    (!told.is_empty()).then(|| {
        let remedy = if all_blur {
            "out of focus: leave them out, or acquire them again"
        } else {
            "read fields that were exposed alike, or each kind by itself"
        };
        format!("{} as in the middling field: {remedy}", told.join(", "))
    })
}
