//! Which of several images of a file is read.

use crate::error::{Error, Location, Result};

/// Most images that a message lists.
const MAX_LISTED: usize = 12;

/// What to do where images of one channel each may be the channels of a field.
const IF_CHANNELS: &str =
    "; or if they are the channels of a field, name these, such as --channels dapi=0,red=1,green=2";

/// The image that the caller asks for, or the only one. `channels` is how many channels the image with most of them has.
///
/// # Errors
/// [`Error::Undecided`] if there are several and none is asked for; it lists them. [`Error::InvalidParameter`] if the one
/// that is asked for is not there.
pub(super) fn choose(
    series: &[String],
    channels: usize,
    wanted: Option<usize>,
    location: &Location,
) -> Result<usize> {
    let mut words: Vec<String> =
        series.iter().take(MAX_LISTED).enumerate().map(|(i, name)| format!("{i} {name}")).collect();
    if series.len() > MAX_LISTED {
        words.push(format!("... to {}", series.len() - 1));
    }
    let found = words.join("; ");
    match (wanted, series.len()) {
        (Some(index), count) if index < count => Ok(index),
        (Some(index), count) => {
            let allowed = format!("0 to {} in {location}, which has {found}", count.max(1) - 1);
            Err(Error::parameter("series", index, allowed))
        }
        (None, 0 | 1) => Ok(0),
        (None, count) => Err(Error::Undecided {
            location: location.clone(),
            question: format!("the file holds {count} images, and one of them is a field"),
            found,
            remedy: format!(
                "name the one to read, counted from 0, such as --series 0{}",
                if channels == 1 && count > 2 { IF_CHANNELS } else { "" }
            ),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_image_or_the_one_asked_for() {
        let place = Location::file("a.tif");
        let two = ["x, 3 x 4 px", "y, 5 x 6 px"].map(str::to_owned);
        assert_eq!(choose(&two[..1], 3, None, &place).expect("one"), 0);
        assert_eq!(choose(&two, 3, Some(1), &place).expect("asked for"), 1);
        let message = choose(&two, 3, None, &place).expect_err("two").to_string();
        for part in ["a.tif", "2 images", "0 x, 3 x 4 px; 1 y, 5 x 6 px", "--series 0"] {
            assert!(message.contains(part), "{part} in {message}");
        }
        let message = choose(&two, 3, Some(2), &place).expect_err("no third").to_string();
        assert!(message.contains("0 to 1 in a.tif") && message.contains("1 y"), "{message}");
        let many: Vec<String> = (0..40).map(|i| format!("P{i}")).collect();
        let message = choose(&many, 1, None, &place).expect_err("many").to_string();
        assert!(message.contains("... to 39") && message.contains("--channels"), "{message}");
    }
}
