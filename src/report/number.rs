//! Numbers as text: short, and the same on every machine.

/// `value` with a fixed number of decimals; empty if it is not finite.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    rounded(value, decimals).unwrap_or_else(|| without_negative_zero(format!("{value:.decimals$}")))
}

/// Most characters of a number of 64 bits with a sign and a point.
const LONGEST: usize = 22;

/// The text that `format!` gives, but for a negative zero, in a quarter of its work: the exact value times a power of ten,
/// rounded half to even in whole numbers. `None` where these would be too large.
fn rounded(value: f64, decimals: usize) -> Option<String> {
    const FRACTION_BITS: u32 = f64::MANTISSA_DIGITS - 1;
    let bits = value.abs().to_bits();
    // The value is the mantissa over this power of two.
    let power = (f64::MAX_EXP as u32 + FRACTION_BITS - 1).checked_sub((bits >> FRACTION_BITS) as u32)?;
    let mantissa = bits % (1 << FRACTION_BITS) + (1 << FRACTION_BITS);
    if !(1..u128::BITS).contains(&power) || decimals > MOST_DECIMALS as usize {
        return None;
    }
    let scaled = u128::from(mantissa) * 10_u128.pow(decimals as u32);
    let (whole, rest, half) = (scaled >> power, scaled & ((1 << power) - 1), 1 << (power - 1));
    let up = rest > half || (rest == half && whole % 2 == 1);
    let mut left = u64::try_from(whole + u128::from(up)).ok()?;
    let negative = value < 0.0 && left > 0;
    let (mut text, mut first, mut digits) = ([0_u8; LONGEST], LONGEST, 0);
    let mut put_ahead = |character: u8| {
        first -= 1;
        text[first] = character;
    };
    while left > 0 || digits <= decimals {
        if digits == decimals && digits > 0 {
            put_ahead(b'.');
        }
        put_ahead(b'0' + (left % 10) as u8);
        left /= 10;
        digits += 1;
    }
    if negative {
        put_ahead(b'-');
    }
    std::str::from_utf8(&text[first..]).ok().map(str::to_owned)
}

/// `value` if there is one, with a fixed number of decimals; empty otherwise.
pub(crate) fn fixed_or_empty(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(String::new, |v| fixed(v, decimals))
}

/// Significant digits of intensities, which may be camera counts or floats far below one.
const INTENSITY_DIGITS: i32 = 6;
/// Most decimals ever written: a float image of optical densities needs no more.
const MOST_DECIMALS: i32 = 12;

/// `value` rounded to six significant digits (integers are written whole); empty if it is not finite.
pub(crate) fn intensity(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let exponent = value.abs().log10().floor();
    let decimals = (INTENSITY_DIGITS - 1 - exponent as i32).clamp(0, MOST_DECIMALS) as usize;
    let mut text = fixed(value, decimals);
    if text.contains('.') {
        let kept = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(kept);
        without_negative_zero(text)
    } else {
        text
    }
}

fn without_negative_zero(text: String) -> String {
    if text.starts_with('-') && text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.')) {
        text[1..].to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rounds_as_the_library_does(
            bits in any::<u64>(),
            (digits, power) in (any::<i32>(), 0..12_i32),
            (halves, exponent) in (-100_000..100_000_i32, 0..20_i32),
            decimals in 0..13_usize,
        ) {
            // Any float, numbers of few digits, and those that end in a half.
            let decimal = f64::from(digits) / 10_f64.powi(power);
            for value in [f64::from_bits(bits), decimal, f64::from(halves) / 2_f64.powi(exponent), 0.0] {
                let text = without_negative_zero(format!("{value:.decimals$}"));
                if let Some(rounded) = rounded(value, decimals) {
                    prop_assert_eq!(&rounded, &text);
                }
                prop_assert!(!(1e-6..1e6).contains(&value.abs()) || rounded(value, decimals).is_some());
            }
        }
    }

    #[test]
    fn fixed_decimals_never_show_a_negative_zero_or_a_nan() {
        assert_eq!(fixed(12.3456, 2), "12.35");
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(-0.01, 2), "-0.01");
        assert_eq!(fixed(f64::NAN, 2), "");
        assert_eq!(fixed_or_empty(Some(f64::INFINITY), 2), "");
        assert_eq!(fixed_or_empty(None, 2), "");
    }

    #[test]
    fn intensities_keep_six_digits_at_any_scale() {
        assert_eq!(intensity(0.0), "0");
        assert_eq!(intensity(1500.0), "1500");
        assert_eq!(intensity(1_234_567.8), "1234568");
        assert_eq!(intensity(123.456_78), "123.457");
        assert_eq!(intensity(0.001_234_567), "0.00123457");
        assert_eq!(intensity(-2.5), "-2.5");
        assert_eq!(intensity(-1e-300), "0");
        assert_eq!(intensity(f64::NAN), "");
    }
}
