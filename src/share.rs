//! One of several shares of a work, as it is written: `2/4`.

use crate::error::{Error, Result};

/// The number, from 1, and the number of shares, if there is such a share. `parameter` is for the message of an error.
///
/// # Errors
/// [`Error::InvalidParameter`] if there is no such share.
pub(crate) fn checked(parameter: &'static str, number: usize, of: usize) -> Result<(usize, usize)> {
    if (1..=of).contains(&number) {
        return Ok((number, of));
    }
    let allowed = "NUMBER/SHARES, such as 1/3: from 1 to SHARES";
    Err(Error::parameter(parameter, format!("{number}/{of}"), allowed))
}

/// A share from its text.
///
/// # Errors
/// [`Error::InvalidParameter`] if it is none.
pub(crate) fn parse(parameter: &'static str, text: &str) -> Result<(usize, usize)> {
    let numbers = text.split_once('/').map(|(number, of)| (number.trim().parse(), of.trim().parse()));
    match numbers {
        Some((Ok(number), Ok(of))) => checked(parameter, number, of),
        _ => Err(Error::parameter(parameter, text, "NUMBER/SHARES, such as 1/3")),
    }
}
