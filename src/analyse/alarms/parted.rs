//! Both copies parted in most nuclei, of the specimen or of one field.

use statrs::distribution::{DiscreteCDF, Hypergeometric};

use super::AlarmParams;
use crate::analyse::reading::FieldReading;
use crate::assay::{Assay, Sex};
use crate::classify::NucleusCall;
use crate::colour::Colour;
use crate::summarise::PairingFault;

/// Nuclei with two signals or more of both colours, and those of them without a fused pair.
#[derive(Debug, Clone, Copy, Default)]
struct Parted {
    nuclei: usize,
    parted: usize,
}

impl Parted {
    fn count<'a>(calls: impl IntoIterator<Item = &'a NucleusCall>) -> Self {
        let mut count = Self::default();
        for call in calls {
            if call.evaluable() && Colour::BOTH.iter().all(|colour| call.pattern.signals(*colour) >= 2) {
                count.nuclei += 1;
                count.parted += usize::from(call.pattern.fused == 0);
            }
        }
        count
    }

    fn are_most(self, params: &AlarmParams) -> bool {
        self.parted as f64 > params.parted_max * self.nuclei as f64
    }

    /// Chance of as many parted ones among these of all (Fisher's exact test); `None` if these are all.
    fn chance_among(self, all: Self) -> Option<f64> {
        if all.nuclei <= self.nuclei {
            return None;
        }
        let drawn = Hypergeometric::new(all.nuclei as u64, all.parted as u64, self.nuclei as u64).ok()?;
        Some(drawn.sf((self.parted as u64).saturating_sub(1)))
    }
}

/// A rearrangement leaves one copy intact as a rule; where both are parted in most nuclei, something parted them all. In one
/// field alone it must also have parted more than elsewhere: rearrangements of both copies are found in all fields.
pub(super) fn fault(
    fields: &[FieldReading],
    assay: &Assay,
    sex: Option<Sex>,
    params: &AlarmParams,
) -> Option<(PairingFault, String)> {
    if assay.expected_fused(sex) < 2 {
        return None;
    }
    let by_field: Vec<(&str, Parted)> =
        fields.iter().map(|field| (field.name.as_str(), Parted::count(&field.calls))).collect();
    told(&by_field, params).map(|text| (PairingFault::AllParted, text))
}

fn told(fields: &[(&str, Parted)], params: &AlarmParams) -> Option<String> {
    let all = fields.iter().fold(Parted::default(), |sum, (_, field)| Parted {
        nuclei: sum.nuclei + field.nuclei,
        parted: sum.parted + field.parted,
    });
    let of = |count: Parted| {
        format!("{} of {} nuclei with two signals or more of both colours", count.parted, count.nuclei)
    };
    if all.nuclei >= params.probe_nuclei_min && all.are_most(params) {
        return Some(format!(
            "{} show no fused pair: a rearrangement leaves one copy intact as a rule, but a shift between the channels that \
             could not be estimated parts all of them",
            of(all)
        ));
    }
    let level = params.one_way_level / fields.len().max(1) as f64;
    let found: Vec<String> = fields
        .iter()
        .filter(|(_, field)| field.are_most(params) && field.chance_among(all).is_some_and(|p| p < level))
        .map(|(name, field)| format!("field {name}: {}", of(*field)))
        .collect();
    (!found.is_empty()).then(|| {
        format!(
            "{} show no fused pair, far more than in the other fields: a channel may be shifted or turned there, or be \
             that of another field; check its files and channels, or read the specimen without such fields",
            found.join("; ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(counts: &[[usize; 2]]) -> Option<String> {
        let names = ["a", "b", "c", "d", "e"];
        let fields: Vec<(&str, Parted)> = names
            .into_iter()
            .zip(counts)
            .map(|(n, [parted, nuclei])| (n, Parted { nuclei: *nuclei, parted: *parted }))
            .collect();
        told(&fields, &AlarmParams::default())
    }

    #[test]
    fn one_field_whose_nuclei_are_parted_is_named_and_parted_ones_everywhere_are_not() {
        let text = said(&[[0, 49], [36, 39], [1, 49], [0, 49]]).unwrap();
        assert!(text.starts_with("field b: 36 of 39") && !text.contains("field c"), "{text}");
        assert!(said(&[[0, 8], [8, 8], [0, 8]]).is_some(), "small fields");
        assert!(said(&[[1, 5], [3, 5], [0, 5]]).is_none(), "may be chance");
        assert!(
            said(&[[20, 49], [18, 49], [26, 50]]).is_none(),
            "two in five nuclei have both copies rearranged"
        );
        assert!(said(&[[12, 30]]).is_none() && said(&[[3, 3]]).is_none(), "nothing to hold it against");
        assert!(said(&[[26, 30], [28, 30]]).unwrap().starts_with("54 of 60"));
    }
}
