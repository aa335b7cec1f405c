//! Marks around signals, by what became of them. The signal itself stays free.

use crate::analyse::FieldReading;
use crate::detect::Signal;
use crate::pair::SignalStatus;
use crate::report::fate::Fate;
use crate::report::overlay::canvas::{Canvas, Rgb, enlarged};

/// Colour of all marks: the shape tells the status.
const MARK: Rgb = [235, 235, 235];
/// Free space between the edge of a signal (one diameter from its middle) and its mark, px of the overlay.
const CLEARANCE_PX: f64 = 2.0;
/// Least distance of a mark from the middle of its signal, px of the overlay.
const MIN_REACH_PX: f64 = 6.0;
/// Marks are never further out than this, whatever the diameter found, px of the overlay.
const MAX_REACH_PX: f64 = 40.0;
/// Length of a corner's arms as a part of the reach.
const ARM: f64 = 0.45;
/// Arcs of the ring around a duplicate.
const DOTS: usize = 8;

/// Distance from the middle of a signal to its mark.
pub(crate) fn reach(signal: &Signal, scale: usize) -> f64 {
    let reach = signal.diameter_px * scale as f64 + CLEARANCE_PX;
    if reach.is_finite() { reach.clamp(MIN_REACH_PX, MAX_REACH_PX) } else { MIN_REACH_PX }
}

/// Colour of the ticks around signals outside nuclei: lighter than the marks of signals that count.
pub(crate) const OUTSIDE: Rgb = [150, 150, 150];
/// Past the edge of the canvas by so much no mark can be seen, px of the overlay: a ring around a pair is the largest.
const FAR_PX: f64 = 4.0 * MAX_REACH_PX;
/// Length of these ticks, px of the overlay.
const TICK_PX: f64 = 3.0;

/// Marks the signals: lightly those outside nuclei.
pub(crate) fn marks(reading: &FieldReading, fates: &[Fate], scale: usize, canvas: &mut Canvas) {
    let at = |s: &Signal| (enlarged(s.y_px, scale), enlarged(s.x_px, scale));
    for (signal, fate) in reading.signals.iter().zip(fates) {
        let (middle, reach) = (at(signal), reach(signal, scale));
        if !is_near(middle, canvas) {
            continue;
        }
        if signal.nucleus_id == 0 {
            ticks(canvas, middle, reach, OUTSIDE);
            continue;
        }
        match (fate.status, fate.pair) {
            (Some(SignalStatus::Fused), Some(pair)) => {
                // One ring around both, drawn with the red one.
                let partner = reading.signals.get(pair.green);
                if let Some(green) = partner.filter(|g| *g != signal) {
                    let ((y, x), (gy, gx)) = (middle, at(green));
                    let apart = (y - gy).hypot(x - gx);
                    let reach = reach.max(self::reach(green, scale)) + apart / 2.0;
                    canvas.ring((f64::midpoint(y, gy), f64::midpoint(x, gx)), reach, 0, MARK);
                }
            }
            (Some(SignalStatus::Fused), None) => canvas.ring(middle, reach, 0, MARK),
            (Some(SignalStatus::Split), _) => square_corners(canvas, middle, reach, MARK),
            (Some(SignalStatus::Isolated), _) => diamond_corners(canvas, middle, reach, MARK),
            (Some(SignalStatus::Duplicate), _) => canvas.ring(middle, reach, DOTS, MARK),
            (None, _) => {}
        }
    }
}

/// Whether a mark at a place can be seen: the reading of a part of a field lists the signals of the whole field.
fn is_near((y, x): (f64, f64), canvas: &Canvas) -> bool {
    let near = |px: f64, size: usize| px >= -FAR_PX && px < size as f64 + FAR_PX;
    near(y, canvas.height()) && near(x, canvas.width())
}

/// Four short lines that point at a place.
pub(crate) fn ticks(canvas: &mut Canvas, (y, x): (f64, f64), reach: f64, colour: Rgb) {
    let line = |(dy, dx): (f64, f64)| {
        let end = reach + TICK_PX;
        ((y + dy * reach, x + dx * reach), (y + dy * end, x + dx * end))
    };
    canvas.lines(&[(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)].map(line), colour);
}

/// The four corners of a square.
pub(crate) fn square_corners(canvas: &mut Canvas, (y, x): (f64, f64), reach: f64, colour: Rgb) {
    let mut arms = Vec::with_capacity(8);
    for (sy, sx) in [(-1.0, -1.0), (-1.0, 1.0), (1.0, -1.0), (1.0, 1.0)] {
        let corner = (y + sy * reach, x + sx * reach);
        arms.push((corner, (corner.0 - sy * reach * ARM, corner.1)));
        arms.push((corner, (corner.0, corner.1 - sx * reach * ARM)));
    }
    canvas.lines(&arms, colour);
}

/// The four corners of a square that stands on its tip.
pub(crate) fn diamond_corners(canvas: &mut Canvas, (y, x): (f64, f64), reach: f64, colour: Rgb) {
    // The tips lie further out so that the sides clear the signal as a square's do.
    let (tip, arm) = (reach * std::f64::consts::SQRT_2, reach * ARM);
    let mut arms = Vec::with_capacity(8);
    for (sy, sx) in [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0)] {
        let corner = (y + sy * tip, x + sx * tip);
        for side in [-1.0, 1.0] {
            let end = (corner.0 - sy * arm + sx * side * arm, corner.1 - sx * arm + sy * side * arm);
            arms.push((corner, end));
        }
    }
    canvas.lines(&arms, colour);
}
