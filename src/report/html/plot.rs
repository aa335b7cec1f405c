//! Plots as SVG in the colours of the page, so that they follow its light, dark and printed form.

use maud::{Markup, PreEscaped, html};
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::{Error, Location, Result};

/// Size of a plot in its own units; on the page it fills its column.
const SIZE: (u32, u32) = (440, 264);
/// Space around the plot and for the numbers of its axes, in the same units.
const MARGIN: u32 = 8;
const BELOW: u32 = 40;
const BESIDE: u32 = 48;
/// Size of letters, in the library's measure: 1.24 times the size on the page.
const LETTERS: u32 = 16;
/// Distance of a word at the top from the upper end of the axis, part of the axis.
const BELOW_TOP: f64 = 0.03;
/// Radius of a point.
const POINT: u32 = 4;

/// The ink of a mark. The page gives each ink a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Text,
    Grid,
    /// The first kind of data: intact loci, percentages.
    First,
    /// The second kind of data: split loci, values out of control.
    Second,
    /// An interval around a line.
    Band,
    /// A cutoff or a control limit.
    Limit,
}

impl Ink {
    const ALL: [Self; 6] = [Self::Text, Self::Grid, Self::First, Self::Second, Self::Band, Self::Limit];

    /// The colour that stands for it until the plot is put into the page.
    fn mark(self) -> RGBColor {
        RGBColor(250, 1, self as u8)
    }

    /// The colour of the page.
    fn variable(self) -> &'static str {
        match self {
            Self::Text => "var(--soft)",
            Self::Grid => "var(--line)",
            Self::First => "var(--first)",
            Self::Second => "var(--second)",
            Self::Band => "var(--band)",
            Self::Limit => "var(--limit)",
        }
    }
}

/// A mark of a plot, in the units of its axes.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// A bar from zero to a height.
    Bar { from: f64, to: f64, height: f64, ink: Ink },
    /// A line through points.
    Line { points: Vec<(f64, f64)>, ink: Ink },
    /// The area within points.
    Area { points: Vec<(f64, f64)>, ink: Ink },
    /// A horizontal line over the whole width, with a word at its right end.
    Level { y: f64, word: String, ink: Ink },
    /// A vertical line over the whole height, with a word at its top: to the right of it, or to the left.
    Rule { x: f64, word: String, ink: Ink },
    /// A point; a large one if it needs a look.
    #[cfg_attr(not(feature = "run"), expect(dead_code, reason = "drawn by the charts of runs"))]
    Point { at: (f64, f64), is_large: bool, ink: Ink },
    /// A word, to the right of a place.
    Word { at: (f64, f64), word: String, ink: Ink },
}

/// A second scale for the horizontal axis, at the top.
#[derive(Debug, Clone)]
pub(crate) struct TopAxis {
    pub(crate) name: String,
    pub(crate) end: f64,
}

/// A plot. Its axes begin at `start`.
#[derive(Debug, Clone)]
pub(crate) struct Plot {
    /// Unique within the page.
    pub(crate) id: String,
    pub(crate) title: String,
    /// The plot in words, for readers who cannot see it.
    pub(crate) description: String,
    pub(crate) x_name: String,
    pub(crate) y_name: String,
    pub(crate) start: (f64, f64),
    pub(crate) end: (f64, f64),
    pub(crate) top: Option<TopAxis>,
    /// Decimals of the numbers at the axes.
    pub(crate) decimals: (usize, usize),
    pub(crate) marks: Vec<Mark>,
}

impl Plot {
    /// The plot with its title as a caption.
    ///
    /// # Errors
    /// [`Error::Malformed`] if an axis has no length.
    pub(crate) fn figure(&self) -> Result<Markup> {
        self.captioned(&self.title)
    }

    /// The plot with its title and its description as a caption.
    ///
    /// # Errors
    /// As [`Self::figure`].
    #[cfg(feature = "run")]
    pub(crate) fn described_figure(&self) -> Result<Markup> {
        self.captioned(&format!("{}. {}", self.title, self.description))
    }

    fn captioned(&self, caption: &str) -> Result<Markup> {
        let top = self.top.as_ref().map_or(self.end.0, |top| top.end);
        let axes = [(self.start.0, self.end.0), (self.start.1, self.end.1), (self.start.0, top)];
        if !axes.into_iter().all(has_length) {
            return Err(self.fault("an axis without length"));
        }
        let drawn = self.draw().map_err(|error| self.fault(&error.to_string()))?;
        // The element around the marks is written anew, with its name.
        let inner = drawn.split_once('>').map_or("", |(_, rest)| rest).trim_end();
        let mut inner =
            inner.strip_suffix("</svg>").unwrap_or(inner).replace(" font-family=\"sans-serif\"", "");
        for ink in Ink::ALL {
            let RGBColor(red, green, blue) = ink.mark();
            inner = inner.replace(&format!("#{red:02X}{green:02X}{blue:02X}"), ink.variable());
        }
        let (title, described) = (format!("{}-title", self.id), format!("{}-text", self.id));
        Ok(html! {
            figure.plot {
                svg viewBox={"0 0 " (SIZE.0) " " (SIZE.1)} role="img" aria-labelledby={(title) " " (described)} {
                    title id=(title) { (self.title) }
                    desc id=(described) { (self.description) }
                    (PreEscaped(inner))
                }
                figcaption { (caption) }
            }
        })
    }

    fn fault(&self, problem: &str) -> Error {
        Error::malformed(Location::default().at_key(&self.id), format!("no plot: {problem}"))
    }

    fn draw(&self) -> std::result::Result<String, Box<dyn std::error::Error>> {
        let mut text = String::new();
        {
            let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
            let mut builder = ChartBuilder::on(&root);
            builder.margin(MARGIN).x_label_area_size(BELOW).y_label_area_size(BESIDE);
            if self.top.is_some() {
                builder.top_x_label_area_size(BELOW);
            }
            let ((x0, y0), (x1, y1)) = (self.start, self.end);
            let top = self.top.as_ref().map_or(x1, |top| top.end);
            let chart = builder.build_cartesian_2d(x0..x1, y0..y1)?;
            let mut chart = chart.set_secondary_coord(x0..top, y0..y1);
            let letters = ("sans-serif", LETTERS).into_font().color(&Ink::Text.mark());
            let (x_decimals, y_decimals) = self.decimals;
            let formats = (|x: &f64| number(*x, x_decimals), |y: &f64| number(*y, y_decimals));
            let mut mesh = chart.configure_mesh();
            mesh.disable_x_mesh().light_line_style(TRANSPARENT).bold_line_style(Ink::Grid.mark());
            mesh.axis_style(Ink::Text.mark()).label_style(letters.clone()).axis_desc_style(letters.clone());
            mesh.x_labels(6).y_labels(5).x_desc(&self.x_name).y_desc(&self.y_name);
            mesh.x_label_formatter(&formats.0).y_label_formatter(&formats.1);
            mesh.set_all_tick_mark_size(4).draw()?;
            if let Some(top) = &self.top {
                let mut axes = chart.configure_secondary_axes();
                axes.axis_style(Ink::Text.mark()).label_style(letters.clone()).axis_desc_style(letters);
                axes.x_labels(6).x_label_formatter(&formats.0).x_desc(&top.name);
                axes.set_all_tick_mark_size(4).draw()?;
            }
            for mark in &self.marks {
                self.draw_mark(&mut chart, mark)?;
            }
            root.present()?;
        }
        Ok(text)
    }

    fn draw_mark<DB: DrawingBackend>(
        &self,
        chart: &mut ChartContext<'_, DB, Cartesian2d<RangedCoordf64, RangedCoordf64>>,
        mark: &Mark,
    ) -> std::result::Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        let ((x0, y0), (x1, y1)) = (self.start, self.end);
        let inside = |(x, y): (f64, f64)| (x.clamp(x0, x1), y.clamp(y0, y1));
        let word = |text: &str, at: (f64, f64), ink: Ink, pos: Pos| {
            let style = ("sans-serif", LETTERS).into_font().color(&ink.mark()).pos(pos);
            std::iter::once(Text::new(text.to_owned(), inside(at), style))
        };
        match mark {
            Mark::Bar { from, to, height, ink } => {
                let corners = [inside((*from, y0)), inside((*to, *height))];
                chart.draw_series([Rectangle::new(corners, ink.mark().filled())])?;
            }
            Mark::Line { points, ink } => {
                let points: Vec<_> = points.iter().copied().map(inside).collect();
                chart.draw_series([PathElement::new(points, ink.mark().stroke_width(2))])?;
            }
            Mark::Area { points, ink } => {
                let points: Vec<_> = points.iter().copied().map(inside).collect();
                chart.draw_series([Polygon::new(points, ink.mark().filled())])?;
            }
            Mark::Level { y, word: text, ink } => {
                let ends = vec![inside((x0, *y)), inside((x1, *y))];
                chart.draw_series([PathElement::new(ends, ink.mark().stroke_width(1))])?;
                chart.draw_series(word(text, (x1, *y), *ink, Pos::new(HPos::Right, VPos::Bottom)))?;
            }
            Mark::Rule { x, word: text, ink } => {
                let ends = vec![inside((*x, y0)), inside((*x, y1))];
                chart.draw_series([PathElement::new(ends, ink.mark().stroke_width(1))])?;
                let side = if *x > f64::midpoint(x0, x1) { HPos::Right } else { HPos::Left };
                let below = y1 - BELOW_TOP * (y1 - y0);
                chart.draw_series(word(text, (*x, below), *ink, Pos::new(side, VPos::Top)))?;
            }
            Mark::Point { at, is_large, ink } => {
                let radius = if *is_large { 2 * POINT } else { POINT };
                chart.draw_series([Circle::new(inside(*at), radius, ink.mark().filled())])?;
            }
            Mark::Word { at, word: text, ink } => {
                chart.draw_series(word(text, *at, *ink, Pos::new(HPos::Left, VPos::Top)))?;
            }
        }
        Ok(())
    }
}

/// A number at an axis. An axis of whole numbers has none between them.
fn number(value: f64, decimals: usize) -> String {
    let is_between = decimals == 0 && value.fract() != 0.0;
    if is_between { String::new() } else { format!("{value:.decimals$}") }
}

/// Whether an axis is long enough, beside the numbers at it, that its steps change them.
fn has_length((start, end): (f64, f64)) -> bool {
    /// Shortest axis over its largest number.
    const SHORTEST: f64 = 1e-6;
    let is_finite = start.is_finite() && end.is_finite();
    is_finite && end - start > SHORTEST * start.abs().max(end.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot() -> Plot {
        Plot {
            id: "p".to_owned(),
            title: "A < B".to_owned(),
            description: "text".to_owned(),
            x_name: "um".to_owned(),
            y_name: "pairs".to_owned(),
            start: (0.0, 0.0),
            end: (2.0, 10.0),
            top: Some(TopAxis { name: "diameters".to_owned(), end: 8.0 }),
            decimals: (1, 0),
            marks: vec![
                Mark::Bar { from: 0.0, to: 0.5, height: 4.0, ink: Ink::First },
                Mark::Line { points: vec![(0.0, 1.0), (2.0, f64::INFINITY)], ink: Ink::First },
                Mark::Area { points: vec![(0.0, 1.0), (2.0, 3.0), (2.0, 1.0)], ink: Ink::Band },
                Mark::Level { y: 5.0, word: "cutoff".to_owned(), ink: Ink::Limit },
                Mark::Rule { x: 1.0, word: "cutoff".to_owned(), ink: Ink::Limit },
                Mark::Point { at: (1.0, 1.0), is_large: true, ink: Ink::Second },
                Mark::Word { at: (1.0, 9.0), word: "split".to_owned(), ink: Ink::Second },
            ],
        }
    }

    #[test]
    fn a_plot_takes_its_colours_from_the_page_and_has_a_name() {
        let text = plot().figure().unwrap().into_string();
        assert!(!text.contains('#'), "a colour of its own: {text}");
        for ink in Ink::ALL {
            assert!(text.contains(ink.variable()), "{ink:?}");
        }
        assert!(text.contains("aria-labelledby=\"p-title p-text\"") && text.contains("A &lt; B"));
        assert_eq!(text.matches("<svg").count(), 1);
        assert_eq!(text.matches("</svg>").count(), 1);
        assert!(!text.contains("http"));
    }

    #[test]
    fn an_axis_without_length_is_refused() {
        for end in [(0.0, 10.0), (2.0, 0.0), (2.0, -10.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0)] {
            assert!(Plot { end, ..plot() }.figure().is_err(), "{end:?}");
        }
    }
}
