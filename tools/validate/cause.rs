//! Why a nucleus was read wrong.

use breakapart::Colour;
use breakapart::analyse::FieldReading;
use breakapart::classify::NucleusCall;

use crate::matching::LabelMatch;
use crate::score::FieldTruth;

/// Two signals of one colour closer than this many signal diameters make one spot.
const MERGED_DIAMETERS: f64 = 1.5;
/// A false signal at most this many signal diameters from a true one of the other colour is taken for its
/// crosstalk.
const GHOST_DIAMETERS: f64 = 0.75;

/// A field with everything matched that could be.
pub(crate) struct FieldMatch<'a> {
    pub(crate) truth: &'a FieldTruth,
    pub(crate) reading: &'a FieldReading,
    pub(crate) labels: LabelMatch,
    /// Of red and of green: index into the reading's signals for each true signal.
    pub(crate) signals: [Vec<Option<usize>>; 2],
}

impl FieldMatch<'_> {
    /// The call of a true nucleus, if it was found.
    pub(crate) fn call(&self, nucleus: u32) -> Option<&NucleusCall> {
        let read = self.labels.found(nucleus)?;
        self.reading.nuclei.get(read as usize - 1).map(|n| &n.call)
    }

    /// What differs between a true nucleus and its call, in this order: signals missed, signals that are none,
    /// signals given to another nucleus, and if nothing of this, the pairing.
    pub(crate) fn causes(&self, nucleus: u32, call: &NucleusCall) -> Vec<String> {
        let (mut missed, mut misplaced) = (Vec::new(), Vec::new());
        let mut own = Vec::new();
        for (i, signal) in self.truth.signals.iter().enumerate().filter(|(_, s)| s.owner == nucleus) {
            let colour = signal.channel;
            match self.signals[colour.index()].get(i).copied().flatten() {
                None if self.has_neighbour(i) => missed.push(format!("merged_{colour}")),
                None => missed.push(format!("missed_{colour}")),
                Some(read) if self.reading.signals[read].nucleus_id == call.nucleus_id => own.push(read),
                Some(_) => misplaced.push(format!("{colour}_in_other_nucleus")),
            }
        }
        let mut surplus = Vec::new();
        let duplicates = self.reading.nuclei.get(call.nucleus_id as usize - 1).map(|n| &n.pairing.duplicates);
        for (read, signal) in self.reading.signals.iter().enumerate() {
            let counted = !duplicates.is_some_and(|duplicates| duplicates.contains(&read));
            if signal.nucleus_id != call.nucleus_id || own.contains(&read) || !counted {
                continue;
            }
            if self.signals.iter().flatten().flatten().any(|&matched| matched == read) {
                misplaced.push(format!("{}_of_other_nucleus", signal.colour));
            } else {
                surplus.push(format!("{}_{}", self.kind_of_surplus(read), signal.colour));
            }
        }
        let mut causes: Vec<String> = missed.into_iter().chain(surplus).chain(misplaced).collect();
        causes.dedup();
        if causes.is_empty() {
            causes.push("pairing".to_owned());
        }
        causes
    }

    /// Whether another true signal of its colour is so near that the two make one spot.
    fn has_neighbour(&self, index: usize) -> bool {
        let signal = &self.truth.signals[index];
        self.truth.signals.iter().enumerate().any(|(i, other)| {
            let distance = (other.image_y - signal.image_y).hypot(other.image_x - signal.image_x);
            i != index
                && other.channel == signal.channel
                && distance < MERGED_DIAMETERS * self.diameter_px(signal.channel)
        })
    }

    /// What a signal is that matches no true one.
    fn kind_of_surplus(&self, read: usize) -> &'static str {
        let signal = &self.reading.signals[read];
        let near = |colour: Colour, diameters: f64| {
            let radius_px = diameters * self.diameter_px(colour);
            self.truth.signals.iter().any(|s| {
                s.channel == colour && (s.image_y - signal.y_px).hypot(s.image_x - signal.x_px) < radius_px
            })
        };
        if near(signal.colour, MERGED_DIAMETERS) {
            "double"
        } else if near(signal.colour.other(), GHOST_DIAMETERS) {
            "ghost"
        } else {
            "false"
        }
    }

    fn diameter_px(&self, colour: Colour) -> f64 {
        self.reading.quality.signal_diameter_px[colour].unwrap_or(4.0)
    }
}
