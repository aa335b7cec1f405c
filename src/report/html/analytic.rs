//! How well the specimen could be read: nuclei left out, and the instrument.

use maud::{Markup, html};

use super::figures::{percent, share};
use super::page::scrolling;
use crate::analyse::{Instrument, SpecimenReading};
use crate::classify::Exclusion;
use crate::colour::{Colour, PerColour};
use crate::report::number::fixed;

pub(super) fn section(reading: &SpecimenReading) -> Markup {
    html! {
        section aria-labelledby="analytic" {
            h2 id="analytic" { "Analytic" }
            (instrument(reading))
            (exclusions(reading))
        }
    }
}

fn exclusions(reading: &SpecimenReading) -> Markup {
    let summary = &reading.summary;
    let mut reasons: Vec<(Exclusion, usize)> = summary.exclusions.iter().map(|(e, n)| (*e, *n)).collect();
    reasons.sort_by_key(|(reason, nuclei)| (std::cmp::Reverse(*nuclei), *reason));
    html! {
        table {
            caption {
                "Nuclei: " (summary.nuclei) " found, " (summary.evaluable) " counted, "
                (summary.nuclei.saturating_sub(summary.evaluable)) " left out"
            }
            @if !reasons.is_empty() {
                thead { tr { th scope="col" { "Left out" } th.number scope="col" { "Nuclei" } th.number scope="col" { "Share" } } }
                tbody {
                    @for (reason, nuclei) in reasons {
                        tr data-exclusion=(reason) {
                            th scope="row" { (reason_words(reason)) }
                            td.number { (nuclei) }
                            td.number { (percent(share(nuclei, summary.nuclei))) }
                        }
                    }
                }
            }
        }
    }
}

/// A reason to leave out a nucleus, for people.
fn reason_words(reason: Exclusion) -> &'static str {
    match reason {
        Exclusion::TouchesBorder => "cut by the edge of the image",
        Exclusion::TooSmall => "too small: truncated or debris",
        Exclusion::TooLarge => "too large: probably several nuclei",
        Exclusion::Repeated => "counted in another field",
        Exclusion::Overlapping => "overlaps another nucleus",
        Exclusion::NotANucleus => "unlike a nucleus",
        Exclusion::NoSignal => "no signal",
        Exclusion::OneColourOnly => "signals of one colour only",
        Exclusion::TooFewSignals => "too few signals",
        Exclusion::IncompletePattern => "incomplete pattern",
        Exclusion::TooManySignals => "too many signals to pair",
        Exclusion::OutOfFocus => "out of focus",
        Exclusion::WeakProbe => "a probe too weak to be seen",
        Exclusion::Debris => "covered by bright debris",
        Exclusion::Saturated => "samples at the camera's limit",
        Exclusion::GreyZone => "a pair in the grey zone",
        Exclusion::ByReader => "left out by a reader",
        Exclusion::OutsideRegion => "outside the regions",
    }
}

/// A figure of the instrument for each colour.
struct Row {
    name: &'static str,
    cells: [String; 2],
}

fn instrument(reading: &SpecimenReading) -> Markup {
    let (instrument, pixel) = (&reading.instrument, reading.fields.iter().find_map(|field| field.pixel_size));
    let length = |px: f64| match pixel {
        Some(pixel) => format!("{} um", fixed(pixel.px_to_um(px), 2)),
        None => format!("{} px", fixed(px, 2)),
    };
    let rows = rows(instrument, &length);
    let shift = instrument.chromatic_shift.map_or_else(
        || "not measured".to_owned(),
        |shift| {
            let used = if shift.used { "corrected" } else { "too small to correct" };
            format!("{}, {used} ({} pairs)", length(shift.y_px.hypot(shift.x_px)), shift.pairs)
        },
    );
    let table = html! {
        table {
            caption {
                "Instrument: green shifted against red by " (shift) "; "
                (percent(Some(100.0 * instrument.out_of_focus_share))) " of the signals out of focus"
            }
            thead { tr { th scope="col" { "Estimate" } th.number scope="col" { "Red" } th.number scope="col" { "Green" } } }
            tbody {
                @for row in rows {
                    tr { th scope="row" { (row.name) } @for cell in row.cells { td.number { (cell) } } }
                }
            }
        }
    };
    scrolling("Instrument", &table)
}

fn rows(instrument: &Instrument, length: &impl Fn(f64) -> String) -> Vec<Row> {
    let none = || "\u{2013}".to_owned();
    let share =
        |value: Option<f64>| value.map_or_else(none, |share| format!("{} %", fixed(100.0 * share, 1)));
    let of = |name, cell: &dyn Fn(Colour) -> String| Row { name, cells: Colour::BOTH.map(cell) };
    let shares = |name, values: PerColour<Option<f64>>| of(name, &|colour| share(values[colour]));
    vec![
        of("signal diameter", &|colour| length(instrument.signal_diameter_px[colour])),
        of("signal height over noise", &|colour| {
            instrument.signal_height_snr[colour].map_or_else(none, |snr| fixed(snr, 1))
        }),
        shares("signals below detection", instrument.signal_loss.map(|loss| loss.map(|loss| loss.share))),
        shares("at most", instrument.signal_loss.map(|loss| loss.map(|loss| loss.at_most))),
        shares("isolated signals", instrument.isolated_share.map(Some)),
        shares(
            "crosstalk into the other colour",
            PerColour::from_fn(|colour| {
                instrument.crosstalk_from[colour].map(|crosstalk| crosstalk.fraction)
            }),
        ),
        shares(
            "counterstain in this colour",
            PerColour::from_fn(|colour| instrument.counterstain_into[colour].map(|bleed| bleed.fraction)),
        ),
        shares(
            "light lost in the corners",
            PerColour {
                red: instrument.illumination.red.map(|light| light.corner_loss),
                green: instrument.illumination.green.map(|light| light.corner_loss),
            },
        ),
    ]
}
