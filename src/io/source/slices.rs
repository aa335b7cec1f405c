//! Fields whose names differ in the number of a slice or time point alone show the same nuclei: they are one stack.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::field::{FieldFiles, FieldSource, SliceFiles};
use super::label::{SliceName, slice_name};

/// A field with the first of its files.
pub(super) type Placed = (PathBuf, FieldSource);

/// Joins the fields that are slices of one stack, each with its own number. Of time points it is not known which one counts.
pub(super) fn join_slices(fields: Vec<Placed>) -> Vec<Placed> {
    let mut joined: Vec<Placed> = Vec::new();
    let mut by_stack: BTreeMap<String, Vec<(SliceName, Placed)>> = BTreeMap::new();
    for placed in fields {
        let is_clear = !matches!(placed.1.files, FieldFiles::Unclear { .. });
        match slice_name(&placed.1.name).filter(|name| is_clear && !name.stack.is_empty()) {
            Some(name) => by_stack.entry(name.stack.clone()).or_default().push((name, placed)),
            None => joined.push(placed),
        }
    }
    for (stack, mut members) in by_stack {
        members.sort_by_key(|(name, _)| name.slice);
        let numbers: Vec<Option<u32>> = members.iter().map(|(name, _)| name.slice).collect();
        let are_slices = numbers.iter().all(Option::is_some)
            && numbers.windows(2).all(|pair| pair[0] != pair[1])
            && !joined.iter().any(|(_, field)| field.name == stack);
        let has_times = members.iter().any(|(name, _)| name.is_time_point);
        if members.len() < 2 || !(are_slices || has_times) {
            joined.extend(members.into_iter().map(|(_, placed)| placed));
        } else if are_slices {
            joined.extend(stack_of(&stack, members));
        } else {
            joined.extend(members.into_iter().map(|(_, placed)| refused(&stack, placed)));
        }
    }
    joined.sort_by(|a, b| a.0.cmp(&b.0));
    joined
}

fn stack_of(stack: &str, members: Vec<(SliceName, Placed)>) -> Option<Placed> {
    let first = members.iter().map(|(_, (path, _))| path).min()?.clone();
    let slice = |(name, (_, field)): (SliceName, Placed)| {
        Some(SliceFiles { number: name.slice?, files: field.files })
    };
    let slices: Option<Vec<SliceFiles>> = members.into_iter().map(slice).collect();
    Some((first, FieldSource::new(stack, FieldFiles::Slices { slices: slices? })))
}

/// A time point of a field in a file for each channel: the others show the same nuclei.
fn refused(stack: &str, (path, mut field): Placed) -> Placed {
    if let FieldFiles::Three { counterstain, red, green } = field.files {
        field.files = FieldFiles::Unclear {
            files: vec![counterstain, red, green],
            question: format!(
                "several time points are field `{stack}`, and its nuclei would be counted more than once"
            ),
            remedy: "say which files count, such as --files '{field}_{channel}_t0.tif'".to_owned(),
        };
    }
    (path, field)
}
