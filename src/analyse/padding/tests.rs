use super::*;
use crate::field::Field;
use crate::segment::{SegmentParams, segment};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const SIZE: usize = 240;

/// Nuclei of 40 px on a lattice of 60 px, with the noise of a camera; `fill` where there is no picture.
fn field(fill: Option<u16>, is_picture: impl Fn(usize, usize) -> bool) -> Field {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut plane = |nucleus: f64| {
        Array2::from_shape_fn((SIZE, SIZE), |(y, x)| {
            let off = |v: usize| (v % 60) as f64 - 30.0;
            let light = if off(y).hypot(off(x)) < 20.0 { nucleus } else { 0.0 };
            let value = (100.0 + light + random.random_range(-9.0..9.0)) as u16;
            if is_picture(y, x) { value } else { fill.unwrap_or(value) }
        })
    };
    Field::new("field", plane(900.0), plane(10.0), plane(10.0)).unwrap()
}

/// Numbers of nuclei, and of those that an edge cuts.
fn counted(field: &Field) -> (usize, usize) {
    let field = field.view();
    let mut padding = Padding::of(&field);
    let darkened = padding.as_mut().and_then(|padding| padding.darkened(&field));
    let seen = darkened.as_ref().map_or(field, |planes| field.with_planes(planes));
    let mut nuclei = segment(seen.counterstain, None, &SegmentParams::default()).unwrap();
    if let Some(padding) = &padding {
        padding.mark_cut(&mut nuclei, seen.counterstain);
    }
    (nuclei.nuclei.len(), nuclei.nuclei.iter().filter(|n| n.touches_border).count())
}

#[test]
fn a_picture_without_padding_is_left_alone() {
    assert!(Padding::of(&field(None, |_, _| true).view()).is_none());
    assert_eq!(counted(&field(None, |_, _| true)), (16, 0));
}

#[test]
fn padding_cuts_nuclei_whatever_its_value() {
    // The left part: a column of nuclei is cut in the middle.
    for fill in [0, 60, 4095, u16::MAX] {
        let (all, cut) = counted(&field(Some(fill), |_, x| x >= 30));
        assert_eq!((all, cut), (16, 4), "{fill}");
    }
    // A gap between tiles, in the middle of a row of nuclei.
    let (_, cut) = counted(&field(Some(0), |y, _| !(84..96).contains(&y)));
    assert_eq!(cut, 8);
    // Padding between nuclei.
    assert_eq!(counted(&field(Some(0), |_, x| x >= 6)), (16, 0));
}

#[test]
fn light_at_the_limit_within_the_picture_is_no_padding() {
    let off = |v: usize| (v % 60) as f64 - 30.0;
    let is_picture = |y: usize, x: usize| x >= 30 && !(y < 60 && x > 60 && off(y).hypot(off(x)) < 20.0);
    let field = field(Some(u16::MAX), is_picture);
    let mut padding = Padding::of(&field.view()).unwrap();
    let [counterstain, ..] = padding.darkened(&field.view()).unwrap();
    let at = |y: usize, x: usize| counterstain.view().at(y, x);
    assert!(at(30, 10) < 200.0 && at(30, 90) == 65535.0);
    assert!(padding.mask[(30, 10)] && !padding.mask[(30, 90)]);
}

#[test]
fn a_picture_masked_to_its_nuclei_is_not_padded() {
    let off = |v: usize| (v % 60) as f64 - 30.0;
    let (all, cut) = counted(&field(Some(0), |y, x| off(y).hypot(off(x)) < 20.0));
    assert_eq!((all, cut), (16, 0));
}

#[test]
fn a_grown_mask_reaches_as_far_as_it_says() {
    let mut mask = Array2::from_elem((9, 12), false);
    mask[(0, 0)] = true;
    mask[(6, 7)] = true;
    let expected = |(y, x): (usize, usize)| (y <= 2 && x <= 2) || (y.abs_diff(6) <= 2 && x.abs_diff(7) <= 2);
    for (place, grown) in grown(&mask, 2).indexed_iter() {
        assert_eq!(*grown, expected(place), "{place:?}");
    }
}
