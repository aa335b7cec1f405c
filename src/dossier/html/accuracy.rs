//! Accuracy.

use maud::{Markup, html};

use super::calls::{bands, calls};
use super::text::{cautions, estimate, facts, part};
use crate::agreement::Estimate;
use crate::dossier::accuracy::{ComparedSpecimen, MethodComparison};
use crate::dossier::whole::Dossier;
use crate::error::Result;
use crate::report::{Ink, Mark, Plot};

/// Least half-height of the plot of differences, points.
const MIN_HALF_HEIGHT: f64 = 5.0;

pub(super) fn body(dossier: &Dossier) -> Result<Markup> {
    let accuracy = &dossier.accuracy;
    let plots = if let Some(comparison) = accuracy.comparison.given() {
        plots(&accuracy.specimens, comparison)?
    } else {
        html! {}
    };
    let cutoff = dossier.cutoff.in_use_percent;
    Ok(html! {
        p {
            "Percentages of rearranged nuclei by breakapart against the manual counts of the laboratory (column manual_percent), "
            (accuracy.specimens.len()) " specimens, repeats left out. They are the results of the program, before any review: reviews are "
            "under reader agreement."
        }
        @if !accuracy.without_result.is_empty() {
            p.open { "Counted by hand, without a result: " (accuracy.without_result.join(", ")) "." }
        }
        (part(&accuracy.comparison, |comparison| figures(comparison, &cutoff.to_string())))
        (plots)
        (cautions(&accuracy.cautions))
        h3 { "Calls at the cutoff of " (cutoff) }
        (calls(&accuracy.calls, "breakapart", "manual count"))
    })
}

fn figures(comparison: &MethodComparison, cutoff: &str) -> Markup {
    let line = |slope: &Estimate, intercept: &Estimate| {
        format!("slope {}, intercept {}", estimate(slope, 3, ""), estimate(intercept, 2, "points"))
    };
    let undetermined = || "not determined by these values".to_owned();
    let found = &comparison.bland_altman;
    let rows = [
        ("Bias (breakapart minus manual)", estimate(&found.bias, 2, "points")),
        ("Standard deviation of the differences", format!("{:.2} points", found.sd)),
        ("Lower limit of agreement", estimate(&found.lower_limit, 2, "points")),
        ("Upper limit of agreement", estimate(&found.upper_limit, 2, "points")),
        (
            "Change of the difference with the percentage",
            found.slope.as_ref().map_or_else(undetermined, |slope| estimate(slope, 3, "points a point")),
        ),
        (
            "Deming regression",
            comparison.deming.map_or_else(undetermined, |fit| line(&fit.slope, &fit.intercept)),
        ),
        (
            "Passing-Bablok regression",
            comparison.passing_bablok.map_or_else(undetermined, |fit| line(&fit.slope, &fit.intercept)),
        ),
    ];
    let at_cutoff =
        comparison.bias_at_cutoff.as_ref().map_or_else(undetermined, |at| estimate(at, 2, "points"));
    html! {
        (facts(&rows))
        p { "Bias at the cutoff of " (cutoff) ", by Deming regression: " (at_cutoff) "." }
        (bands(&comparison.bands, "Manual count (rows) by breakapart (columns)"))
    }
}

fn plots(specimens: &[ComparedSpecimen], comparison: &MethodComparison) -> Result<Markup> {
    let scatter = scatter(specimens, comparison).described_figure()?;
    let differences = differences(specimens, comparison).described_figure()?;
    Ok(html! { div.plots { (scatter) (differences) } })
}

fn scatter(specimens: &[ComparedSpecimen], comparison: &MethodComparison) -> Plot {
    let mut marks = vec![Mark::Line { points: vec![(0.0, 0.0), (100.0, 100.0)], ink: Ink::Limit }];
    let fit = comparison.passing_bablok.map(|fit| (fit.slope.value, fit.intercept.value));
    let fit = fit.or_else(|| comparison.deming.map(|fit| (fit.slope.value, fit.intercept.value)));
    marks.extend(
        fit.map(|(slope, intercept)| Mark::Line { points: ends_within(slope, intercept), ink: Ink::Second }),
    );
    let point = |s: &ComparedSpecimen| Mark::Point {
        at: (s.manual_percent, s.percent),
        is_large: false,
        ink: Ink::First,
    };
    marks.extend(specimens.iter().map(point));
    Plot {
        id: "scatter".to_owned(),
        title: "Method comparison".to_owned(),
        description: format!(
            "A point for each of {} specimens, the line of equal values, and the regression line.",
            specimens.len()
        ),
        x_name: "manual count, %".to_owned(),
        y_name: "breakapart, %".to_owned(),
        start: (0.0, 0.0),
        end: (100.0, 100.0),
        top: None,
        decimals: (0, 0),
        marks,
    }
}

/// The ends of a line within 0 to 100 % on both axes.
fn ends_within(slope: f64, intercept: f64) -> Vec<(f64, f64)> {
    let at = |x: f64| intercept + slope * x;
    let crossings = [0.0, 100.0].map(|y| if slope == 0.0 { 0.0 } else { (y - intercept) / slope });
    let mut x: Vec<f64> = [0.0, 100.0].into_iter().chain(crossings).collect();
    x.retain(|x| (0.0..=100.0).contains(x) && (-1e-6..=100.0 + 1e-6).contains(&at(*x)));
    x.sort_unstable_by(f64::total_cmp);
    x.into_iter().map(|x| (x, at(x))).collect()
}

fn differences(specimens: &[ComparedSpecimen], comparison: &MethodComparison) -> Plot {
    let found = &comparison.bland_altman;
    let difference = |s: &ComparedSpecimen| s.percent - s.manual_percent;
    let furthest = specimens.iter().map(|s| difference(s).abs()).fold(MIN_HALF_HEIGHT, f64::max);
    let limits = [found.lower_limit.value.abs(), found.upper_limit.value.abs()];
    let half = (1.1 * limits.into_iter().fold(furthest, f64::max)).ceil();
    let level = |y: f64, word: &str, ink| Mark::Level { y, word: word.to_owned(), ink };
    let mut marks = vec![
        level(found.bias.value, "bias", Ink::Second),
        level(found.lower_limit.value, "lower limit", Ink::Limit),
        level(found.upper_limit.value, "upper limit", Ink::Limit),
    ];
    marks.extend(specimens.iter().map(|s| Mark::Point {
        at: (f64::midpoint(s.percent, s.manual_percent), difference(s)),
        is_large: false,
        ink: Ink::First,
    }));
    Plot {
        id: "differences".to_owned(),
        title: "Differences (Bland-Altman)".to_owned(),
        description: format!(
            "Bias {:.1} points, limits of agreement {:.1} and {:.1} points.",
            found.bias.value, found.lower_limit.value, found.upper_limit.value
        ),
        x_name: "mean of both, %".to_owned(),
        y_name: "difference, points".to_owned(),
        start: (0.0, -half),
        end: (100.0, half),
        top: None,
        decimals: (0, 0),
        marks,
    }
}
