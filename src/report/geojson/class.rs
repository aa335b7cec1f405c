//! The classes of the objects, with their colours.

use serde::Serialize;

use crate::classify::NucleusCall;
use crate::colour::Colour;
use crate::detect::Signal;
use crate::pair::SignalStatus;
use crate::report::overlay::call_colour::colour_of;

/// Okabe-Ito vermilion.
const RED: [u8; 3] = [213, 94, 0];
/// Okabe-Ito bluish green.
const GREEN: [u8; 3] = [0, 158, 115];

/// A class of QuPath. Parts between colons are classes within classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Classification {
    pub(super) name: String,
    /// Red, green, blue. A class has one colour in all files.
    pub(super) color: [u8; 3],
}

/// `ALK: rearranged: split`, `ALK: not rearranged: normal`, `ALK: not evaluable: touches_border`, in the colour of the overlay.
pub(super) fn class_of_nucleus(gene: &str, call: &NucleusCall) -> Classification {
    let part = match (call.exclusion, call.rearranged) {
        (Some(exclusion), _) => format!("not evaluable: {exclusion}"),
        (None, true) => format!("rearranged: {}", call.class),
        (None, false) => format!("not rearranged: {}", call.class),
    };
    Classification { name: format!("{gene}: {part}"), color: colour_of(call) }
}

/// `red: fused`, `green: isolated`, `red: outside nuclei`, in the colour of the probe.
pub(super) fn class_of_signal(signal: &Signal, status: Option<SignalStatus>) -> Classification {
    let status = match (signal.nucleus_id, status) {
        (0, _) => "outside nuclei",
        (_, Some(status)) => status.name(),
        (_, None) => "not paired",
    };
    let color = if signal.colour == Colour::Red { RED } else { GREEN };
    Classification { name: format!("{}: {status}", signal.colour), color }
}
