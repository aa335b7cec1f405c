//! Memory that a batch reuses from field to field.

use ndarray::Array2;

use crate::field::{Field, Plane};

/// Most buffers kept, one a plane: three planes of a field, and three of a slice of a stack.
const MAX_KEPT: usize = 6;

/// The memory of measured fields, into which the next ones are read.
///
/// Asking the system for fresh pages costs as much as decoding an uncompressed field. A program that reads many fields
/// keeps a workspace for each thread that reads, and gives every field back when it is measured.
///
/// ```no_run
/// use breakapart::io::{ReadOptions, read_field_reusing};
/// use breakapart::{Analyser, Assay, Workspace};
/// let analyser = Analyser::new(Assay::builtin("alk")?)?;
/// let (mut workspace, mut measured) = (Workspace::default(), Vec::new());
/// for path in ["a.ome.tif", "b.ome.tif"] {
///     let field = read_field_reusing(path, &ReadOptions::default(), &mut workspace)?;
///     measured.push(analyser.measure_field(&field)?);
///     workspace.recycle(field);
/// }
/// # Ok::<(), breakapart::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Workspace {
    u8: Vec<Vec<u8>>,
    u16: Vec<Vec<u16>>,
    f32: Vec<Vec<f32>>,
}

impl Workspace {
    /// Takes the memory of a field that is not needed any more.
    pub fn recycle(&mut self, field: Field) {
        [field.counterstain, field.red, field.green].into_iter().for_each(|plane| self.recycle_plane(plane));
    }

    /// Takes the memory of a plane.
    pub(crate) fn recycle_plane(&mut self, plane: Plane) {
        match plane {
            Plane::U8(a) => self.keep(a),
            Plane::U16(a) => self.keep(a),
            Plane::F32(a) => self.keep(a),
        }
    }

    fn keep<T: Pixel>(&mut self, samples: Array2<T>) {
        let kept = T::kept(self);
        if kept.len() < MAX_KEPT {
            kept.push(samples.into_raw_vec_and_offset().0);
        }
    }

    /// Room for samples that are yet to be written; it may hold samples of an earlier field.
    pub(crate) fn take<T: Pixel>(&mut self, samples: usize) -> Vec<T> {
        let mut buffer = T::kept(self).pop().unwrap_or_default();
        if buffer.capacity() < samples {
            // A new one of zeros comes from the system as such; a longer one would be copied and filled.
            return vec![T::default(); samples];
        }
        buffer.resize(samples, T::default());
        buffer
    }
}

/// A type of samples whose buffers are kept.
pub(crate) trait Pixel: Copy + Default {
    /// The buffers of this type.
    fn kept(workspace: &mut Workspace) -> &mut Vec<Vec<Self>>;
}

impl Pixel for u8 {
    fn kept(workspace: &mut Workspace) -> &mut Vec<Vec<Self>> {
        &mut workspace.u8
    }
}

impl Pixel for u16 {
    fn kept(workspace: &mut Workspace) -> &mut Vec<Vec<Self>> {
        &mut workspace.u16
    }
}

impl Pixel for f32 {
    fn kept(workspace: &mut Workspace) -> &mut Vec<Vec<Self>> {
        &mut workspace.f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_given_back_is_the_room_of_the_next_and_no_more_than_some_are_kept() {
        let mut workspace = Workspace::default();
        let plane = Array2::<u16>::from_elem((30, 40), 7);
        let at = plane.as_ptr();
        workspace.recycle_plane(plane.into());
        let smaller = workspace.take::<u16>(900);
        assert_eq!((smaller.as_ptr(), smaller.len()), (at, 900));
        assert_eq!(workspace.take::<u16>(5), [0; 5], "nothing is left to reuse");
        workspace.recycle_plane(Array2::<u16>::zeros((2, 2)).into());
        assert_eq!(workspace.take::<u16>(100), [0; 100], "too small to reuse");
        for _ in 0..2 * MAX_KEPT {
            workspace.recycle_plane(Array2::<f32>::zeros((1, 1)).into());
        }
        assert_eq!(workspace.f32.len(), MAX_KEPT);
    }
}
