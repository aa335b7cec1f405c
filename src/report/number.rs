//! Numbers as text: short, and the same on every machine.

/// `value` with a fixed number of decimals; empty if it is not finite.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return String::new();
    }
    without_negative_zero(format!("{value:.decimals$}"))
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
    let text = fixed(value, decimals);
    if text.contains('.') {
        without_negative_zero(text.trim_end_matches('0').trim_end_matches('.').to_owned())
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
