//! Similarities of the plane: a picture turned, mirrored, at another scale and moved.
//!
//! Places are (row, column). As complex numbers `z = column + i row` a similarity is `a z + b`, or `a conj(z) + b` if it
//! mirrors.

/// Pictures whose scales differ by less are taken to be of one scale: the limit within which fields may differ in pixel size
/// lies far below, a lens of another power far above.
const ONE_SCALE: f64 = 1.1;

/// A complex number: real and imaginary part.
type Complex = [f64; 2];

fn times([a, b]: Complex, [c, d]: Complex) -> Complex {
    [a * c - b * d, a * d + b * c]
}

fn conjugate([a, b]: Complex) -> Complex {
    [a, -b]
}

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Similarity {
    factor: Complex,
    moved: Complex,
    pub(super) mirrored: bool,
}

impl Similarity {
    /// A translation by (rows, columns).
    pub(super) fn translation([y, x]: [f64; 2]) -> Self {
        Self { factor: [1.0, 0.0], moved: [x, y], mirrored: false }
    }

    /// The one that moves the first place of each pair nearest to the second, by least squares; `None` if the places are
    /// all one.
    pub(super) fn fit(pairs: &[[[f64; 2]; 2]], mirrored: bool) -> Option<Self> {
        let count = pairs.len() as f64;
        let from = |[y, x]: [f64; 2]| if mirrored { [x, -y] } else { [x, y] };
        let mean = |of: &dyn Fn(&[[f64; 2]; 2]) -> Complex| {
            let sum = pairs.iter().map(of).fold([0.0; 2], |s, z| [s[0] + z[0], s[1] + z[1]]);
            sum.map(|v| v / count)
        };
        let start = mean(&|pair| from(pair[0]));
        let end = mean(&|pair| [pair[1][1], pair[1][0]]);
        let (mut product, mut square) = ([0.0; 2], 0.0);
        for [a, b] in pairs {
            let z = from(*a);
            let z = [z[0] - start[0], z[1] - start[1]];
            let w = [b[1] - end[0], b[0] - end[1]];
            let [re, im] = times(conjugate(z), w);
            product = [product[0] + re, product[1] + im];
            square += z[0] * z[0] + z[1] * z[1];
        }
        let factor = product.map(|v| v / square);
        let [re, im] = times(factor, start);
        let found = Self { factor, moved: [end[0] - re, end[1] - im], mirrored };
        (square > 0.0 && found.scale() > 0.0 && found.scale().is_finite()).then_some(found)
    }

    /// The image of a place (row, column).
    pub(super) fn of(&self, [y, x]: [f64; 2]) -> [f64; 2] {
        let [re, im] = times(self.factor, if self.mirrored { [x, -y] } else { [x, y] });
        [im + self.moved[1], re + self.moved[0]]
    }

    /// The similarity back.
    pub(super) fn inverse(&self) -> Self {
        let square = self.scale() * self.scale();
        // z = (w - b) / a, or the conjugate of it.
        let back = conjugate(self.factor).map(|v| v / square);
        let [re, im] = times(back, self.moved);
        let (factor, moved) = ([back[0], back[1]], [-re, -im]);
        if self.mirrored {
            Self { factor: conjugate(factor), moved: conjugate(moved), mirrored: true }
        } else {
            Self { factor, moved, mirrored: false }
        }
    }

    /// Length of an image over that of its original.
    pub(super) fn scale(&self) -> f64 {
        self.factor[0].hypot(self.factor[1])
    }

    /// Whether the scales differ.
    pub(super) fn is_other_scale(&self) -> bool {
        self.scale().ln().abs() > ONE_SCALE.ln()
    }

    /// Turn, clockwise as the picture is seen, -180 to 180 degrees; after the mirroring of left and right, if there is any.
    pub(super) fn turned_degrees(&self) -> f64 {
        let [re, im] = if self.mirrored { self.factor.map(|v| -v) } else { self.factor };
        im.atan2(re).to_degrees()
    }

    /// The image of the first pixel (row, column), px.
    pub(super) fn moved_px(&self) -> [f64; 2] {
        [self.moved[1], self.moved[0]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_fit_and_the_way_back_agree_with_the_similarity(
            (scale, turn, mirrored) in (0.1_f64..8.0, -3.0_f64..3.0, any::<bool>()),
            moved in prop::array::uniform2(-900.0_f64..900.0),
            places in prop::collection::vec(prop::array::uniform2(0.0_f64..2000.0), 2..9),
        ) {
            prop_assume!((places[0][0] - places[1][0]).abs() > 1.0);
            let known = Similarity { factor: [scale * turn.cos(), scale * turn.sin()], moved, mirrored };
            let pairs: Vec<_> = places.iter().map(|place| [*place, known.of(*place)]).collect();
            let found = Similarity::fit(&pairs, mirrored).unwrap();
            prop_assert!((found.scale() / scale - 1.0).abs() < 1e-6);
            for [a, b] in pairs {
                let (there, back) = (found.of(a), known.inverse().of(b));
                for axis in 0..2 {
                    prop_assert!((there[axis] - b[axis]).abs() < 1e-4 && (back[axis] - a[axis]).abs() < 1e-4);
                }
            }
        }
    }

    #[test]
    fn turns_are_told_as_they_are_seen() {
        // A picture of 10 rows and 20 columns turned clockwise: the first row becomes the last column.
        let clockwise = [[[0.0, 0.0], [0.0, 9.0]], [[0.0, 19.0], [19.0, 9.0]], [[9.0, 0.0], [0.0, 0.0]]];
        assert!((Similarity::fit(&clockwise, false).unwrap().turned_degrees() - 90.0).abs() < 1e-9);
        let mirror = [[[0.0, 0.0], [0.0, 19.0]], [[0.0, 19.0], [0.0, 0.0]], [[9.0, 0.0], [9.0, 19.0]]];
        let found = Similarity::fit(&mirror, true).unwrap();
        assert!(found.turned_degrees().abs() < 1e-9 && (found.scale() - 1.0).abs() < 1e-9);
        assert!(Similarity::fit(&[[[1.0, 2.0], [3.0, 4.0]]], false).is_none());
    }
}
