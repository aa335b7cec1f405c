//! Fewest specimens for each figure.

/// Specimens that two methods or readers measured, for bias, limits of agreement, regression and kappa. Below it the limits of
/// agreement are uncertain by more than 0.8 standard deviations. Chosen for this crate.
pub const COMPARED: usize = 20;

/// Specimens that laboratory practice asks for in a comparison of methods; with fewer the comparison carries a caution.
/// Source: CLSI EP09, 40 patient samples; not read in the original.
pub const COMPARED_USUAL: usize = 40;

/// Specimens that the reference calls positive, for sensitivity, and negative, for specificity. Below it the interval is wider
/// than 28 points even if all agree. Chosen for this crate.
pub const OF_ONE_ANSWER: usize = 10;

/// Degrees of freedom (repeats less specimens) of a repeatability. Below it the true standard deviation may be more than
/// 1.76 times as large. Chosen for this crate.
pub const REPEAT_DEGREES: usize = 10;

/// Normal controls for a cutoff and a limit of blank: those that `breakapart cutoff` asks for.
pub const NORMALS: usize = crate::summarise::USUAL_CONTROLS;
