//! Planes that two specimens of a run have in common.

use std::collections::BTreeMap;

use crate::quality::SharedPlane;
use crate::run::digest::{Digest, PlaneDigest};

/// A specimen and its planes.
pub(super) struct Planes<'a> {
    pub(super) specimen: &'a str,
    pub(super) planes: &'a [PlaneDigest],
}

/// For each of the specimens, the planes that a specimen of another name has too. One specimen may be read by several assays.
pub(super) fn shared_planes(specimens: &[Planes<'_>]) -> Vec<Vec<SharedPlane>> {
    let mut owners: BTreeMap<&Digest, Vec<(&str, &str)>> = BTreeMap::new();
    for specimen in specimens {
        for plane in specimen.planes {
            owners.entry(&plane.blake3).or_default().push((specimen.specimen, &plane.field));
        }
    }
    let of_specimen = |specimen: &Planes<'_>| {
        let of_plane = |plane: &PlaneDigest| {
            let others = owners.get(&plane.blake3).into_iter().flatten();
            others
                .filter(|(name, _)| *name != specimen.specimen)
                .map(|(name, field)| SharedPlane {
                    field: plane.field.clone(),
                    channel: plane.channel,
                    other_specimen: (*name).to_owned(),
                    other_field: (*field).to_owned(),
                })
                .collect::<Vec<_>>()
        };
        let mut shared: Vec<SharedPlane> = specimen.planes.iter().flat_map(of_plane).collect();
        shared.sort();
        shared.dedup();
        shared
    };
    specimens.iter().map(of_specimen).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::ChannelRole;

    #[test]
    fn planes_are_shared_between_names_and_not_within_one() {
        let plane = |field: &str, content: &str| PlaneDigest {
            field: field.to_owned(),
            channel: ChannelRole::Red,
            blake3: Digest::of_json(&content).unwrap(),
        };
        let [a, b, c] = [
            [plane("1", "x"), plane("2", "y")],
            [plane("7", "y"), plane("8", "z")],
            [plane("1", "x"), plane("2", "w")],
        ];
        let of = |specimen, planes| Planes { specimen, planes };
        let shared = shared_planes(&[of("A", &a[..]), of("B", &b[..]), of("A", &c[..])]);
        assert_eq!(shared.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!((shared[0][0].other_specimen.as_str(), shared[0][0].other_field.as_str()), ("B", "7"));
        assert_eq!((shared[1][0].field.as_str(), shared[1][0].other_field.as_str()), ("7", "2"));
    }
}
