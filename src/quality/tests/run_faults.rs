//! Faults of a run, and of fields that do not go together.

use super::{Fault, nucleus};
use crate::classify::SignalPattern;
use crate::field::ChannelRole;
use crate::quality::{FailedControl, SharedPlane};

fn failed_control(assay: &str) -> FailedControl {
    FailedControl {
        specimen: "N1".to_owned(),
        assay: assay.to_owned(),
        expected: "negative".to_owned(),
        found: "positive, 31.2 %".to_owned(),
    }
}

pub(super) const RUN: [Fault; 5] = [
    ("control_out_of_range", None, None, "withhold_any_verdict", |s| {
        s.facts.run.failed_controls.push(failed_control(&s.assay.id));
    }),
    ("control_out_of_range", None, None, "inform", |s| {
        s.facts.run.failed_controls.push(failed_control("another"));
    }),
    ("pixels_of_another_specimen", None, None, "withhold_any_verdict", |s| {
        for channel in [ChannelRole::Red, ChannelRole::Green] {
            s.facts.run.shared_planes.push(SharedPlane {
                field: "a".to_owned(),
                channel,
                other_specimen: "P2".to_owned(),
                other_field: "f".to_owned(),
            });
        }
    }),
    ("files_skipped", None, None, "inform", |s| {
        s.facts.run.skipped_files = ["1.czi", "2.czi", "3.czi", "4.czi"].map(str::to_owned).to_vec();
    }),
    ("fields_disagree", None, None, "confirm", |s| {
        let assay = s.assay.clone();
        let split = SignalPattern { fused: 1, split: 1, ..SignalPattern::default() };
        for own in s.fields[1].nuclei.iter_mut().take(20) {
            *own = nucleus(own.nucleus.id, split, &assay);
        }
    }),
];
