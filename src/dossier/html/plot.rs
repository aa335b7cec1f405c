//! Plots as SVG in the colours of the page, so that they follow its light, dark and printed form.

use maud::{Markup, PreEscaped, html};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::{Error, Location, Result};

/// Size of a plot in its own units; on the page it fills its column.
const SIZE: (u32, u32) = (440, 300);
/// Space around the plot and for the numbers of its axes, in the same units.
const MARGIN: u32 = 8;
const BELOW: u32 = 40;
const BESIDE: u32 = 48;
/// Size of letters, in the library's measure: 1.24 times the size on the page.
const LETTERS: u32 = 16;
/// Radius of a point.
const POINT: u32 = 3;

/// What a mark is drawn with. The page gives each a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Grid,
    /// Values.
    First,
    /// A line through values.
    Second,
    /// The line of equal values, a limit.
    Limit,
}

impl Ink {
    const ALL: [Self; 5] = [Self::Text, Self::Grid, Self::First, Self::Second, Self::Limit];

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
            Self::Limit => "var(--limit)",
        }
    }
}

/// A mark of a plot, in the units of its axes.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// A line through points.
    Line { points: Vec<(f64, f64)>, ink: Ink },
    /// A horizontal line over the whole width, with a word at its right end.
    Level { y: f64, word: String, ink: Ink },
    /// A point.
    Point { at: (f64, f64), ink: Ink },
}

/// A plot. Its axes begin at `start`.
#[derive(Debug, Clone)]
pub(super) struct Plot<'a> {
    /// Unique within the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    /// What it shows, for who cannot see it.
    pub(super) description: String,
    pub(super) x_name: &'a str,
    pub(super) y_name: &'a str,
    pub(super) start: (f64, f64),
    pub(super) end: (f64, f64),
    pub(super) marks: Vec<Mark>,
}

impl Plot<'_> {
    /// The plot with its title as a caption.
    ///
    /// # Errors
    /// [`Error::Malformed`] if an axis has no length.
    pub(super) fn figure(&self) -> Result<Markup> {
        let ends = [self.start.0, self.start.1, self.end.0, self.end.1];
        let has_length = self.end.0 > self.start.0 && self.end.1 > self.start.1;
        if !has_length || !ends.iter().all(|end| end.is_finite()) {
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
                figcaption { (self.title) ". " (self.description) }
            }
        })
    }

    fn fault(&self, problem: &str) -> Error {
        Error::malformed(Location::default().at_key(self.id), format!("no plot: {problem}"))
    }

    fn draw(&self) -> std::result::Result<String, Box<dyn std::error::Error>> {
        let mut text = String::new();
        {
            let root = SVGBackend::with_string(&mut text, SIZE).into_drawing_area();
            let ((x0, y0), (x1, y1)) = (self.start, self.end);
            let mut chart = ChartBuilder::on(&root)
                .margin(MARGIN)
                .x_label_area_size(BELOW)
                .y_label_area_size(BESIDE)
                .build_cartesian_2d(x0..x1, y0..y1)?;
            let letters = ("sans-serif", LETTERS).into_font().color(&Ink::Text.mark());
            let whole = |value: &f64| format!("{:.0}", value + 0.0);
            let mut mesh = chart.configure_mesh();
            mesh.disable_x_mesh().light_line_style(TRANSPARENT).bold_line_style(Ink::Grid.mark());
            mesh.axis_style(Ink::Text.mark()).label_style(letters.clone()).axis_desc_style(letters);
            mesh.x_labels(6).y_labels(6).x_desc(self.x_name).y_desc(self.y_name);
            mesh.x_label_formatter(&whole).y_label_formatter(&whole);
            mesh.set_all_tick_mark_size(4).draw()?;
            for mark in &self.marks {
                self.draw_mark(&mut chart, mark)?;
            }
            root.present()?;
        }
        Ok(text)
    }

    fn draw_mark<DB: DrawingBackend>(
        &self,
        chart: &mut ChartContext<'_, DB, Cartesian2d<RangedF64, RangedF64>>,
        mark: &Mark,
    ) -> std::result::Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        let ((x0, y0), (x1, y1)) = (self.start, self.end);
        let inside = |(x, y): (f64, f64)| (x.clamp(x0, x1), y.clamp(y0, y1));
        match mark {
            Mark::Line { points, ink } => {
                let points: Vec<_> = points.iter().copied().map(inside).collect();
                chart.draw_series([PathElement::new(points, ink.mark().stroke_width(2))])?;
            }
            Mark::Level { y, word, ink } => {
                let ends = vec![inside((x0, *y)), inside((x1, *y))];
                chart.draw_series([PathElement::new(ends, ink.mark().stroke_width(1))])?;
                let pos = Pos::new(HPos::Right, VPos::Bottom);
                let style = ("sans-serif", LETTERS).into_font().color(&ink.mark()).pos(pos);
                chart.draw_series([Text::new(word.clone(), inside((x1, *y)), style)])?;
            }
            Mark::Point { at, ink } => {
                chart.draw_series([Circle::new(inside(*at), POINT, ink.mark().filled())])?;
            }
        }
        Ok(())
    }
}

type RangedF64 = plotters::coord::types::RangedCoordf64;

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(end: (f64, f64)) -> Plot<'static> {
        Plot {
            id: "p",
            title: "A < B",
            description: "text".to_owned(),
            x_name: "manual, %",
            y_name: "read, %",
            start: (0.0, -10.0),
            end,
            marks: vec![
                Mark::Line { points: vec![(0.0, 1.0), (2.0, f64::INFINITY)], ink: Ink::Second },
                Mark::Level { y: 5.0, word: "bias".to_owned(), ink: Ink::Limit },
                Mark::Point { at: (1.0, 1.0), ink: Ink::First },
            ],
        }
    }

    #[test]
    fn a_plot_takes_its_colours_from_the_page_and_has_a_name() {
        let text = plot((2.0, 10.0)).figure().unwrap().into_string();
        assert!(!text.contains('#'), "a colour of its own: {text}");
        for ink in Ink::ALL {
            assert!(text.contains(ink.variable()), "{ink:?}");
        }
        assert!(
            text.contains("role=\"img\" aria-labelledby=\"p-title p-text\"") && text.contains("A &lt; B")
        );
        assert_eq!((text.matches("<svg").count(), text.matches("</svg>").count()), (1, 1));
        assert!(!text.contains("http"));
    }

    #[test]
    fn an_axis_without_length_is_refused() {
        for end in [(0.0, 10.0), (2.0, -10.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0)] {
            assert!(plot(end).figure().is_err(), "{end:?}");
        }
    }
}
