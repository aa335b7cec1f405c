//! Enums whose values are words of tables and files.

/// Gives an enum its words from one list: `ALL`, `name`, `Display` and `FromStr`.
macro_rules! words {
    ($kind:ident, $noun:literal, { $($variant:ident => $word:literal),+ $(,)? }) => {
        impl $kind {
            /// All of them, in their order.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];

            /// Their words in tables and files, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($word),+];

            /// The word used in tables and files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl std::fmt::Display for $kind {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $kind {
            type Err = $crate::error::Error;

            fn from_str(text: &str) -> $crate::error::Result<Self> {
                Self::ALL.into_iter().find(|value| value.name() == text).ok_or_else(|| {
                    $crate::error::Error::unknown($noun, text, Self::NAMES.iter().copied())
                })
            }
        }
    };
}

pub(crate) use words;

#[cfg(test)]
mod tests {
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::assay::*;
    use crate::classify::{Exclusion, NucleusClass};
    use crate::pair::SignalStatus;
    use crate::resolve::Rejection;

    /// Every word is read back, and is the one that serde writes and reads.
    fn agree<T>(all: &[T])
    where
        T: Copy + PartialEq + std::fmt::Debug + Display + FromStr + Serialize + DeserializeOwned,
    {
        for value in all {
            let word = value.to_string();
            assert_eq!(serde_json::to_value(value).unwrap(), word.as_str());
            assert_eq!(serde_json::from_value::<T>(word.clone().into()).unwrap(), *value);
            assert!(word.parse::<T>().is_ok_and(|read| read == *value), "{word}");
            assert!(format!("{word} ").parse::<T>().is_err());
        }
    }

    #[test]
    fn display_from_str_and_files_use_the_same_words() {
        agree(&Exclusion::ALL);
        agree(&NucleusClass::ALL);
        agree(&Rejection::ALL);
        agree(&SignalStatus::ALL);
        agree(&Sex::ALL);
        agree(&ProbeEnd::ALL);
        agree(&SampleType::ALL);
        agree(&Comparator::ALL);
        agree(&DistanceUnit::ALL);
        agree(&DistanceMeasure::ALL);
        agree(&Dimensions::ALL);
        agree(&DiameterFrom::ALL);
        agree(&TouchingSignals::ALL);
        agree(&GreyZoneAction::ALL);
        agree(&IsolatedMeaning::ALL);
        agree(&CutoffSource::ALL);
        agree(&IntervalMethod::ALL);
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_nearest() {
        let message = "to_small".parse::<Exclusion>().unwrap_err().to_string();
        assert!(message.contains("did you mean `too_small`?"), "{message}");
        assert_eq!(format!("{:>8}", SignalStatus::Split), "   split");
    }
}
