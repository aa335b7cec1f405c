//! The plots.

use std::path::Path;

use anyhow::Result;
use plotters::prelude::*;

use crate::detection_limit::Curve;
use crate::reliability::Bin;
use crate::scenario::Set;
use crate::table::Row;

/// Width and height of a plot.
const SIZE: (u32, u32) = (720, 640);
/// Margin and space for labels, in the plot's own units.
const MARGIN: u32 = 16;
const LABELS: u32 = 48;
/// Size of a point.
const POINT: i32 = 4;
/// Colours that readers with any colour vision tell apart (Okabe and Ito 2008).
const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
];

/// Colours of the curves in their order: ideal, then what is to be seen (pale) and what was read (full) of
/// whole nuclei and of sections.
const CURVE_COLOURS: [RGBColor; 5] =
    [RGBColor(120, 120, 120), RGBColor(140, 190, 220), COLOURS[0], RGBColor(240, 180, 130), COLOURS[1]];

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// Names and titles of a plot.
struct Frame {
    title: &'static str,
    x: &'static str,
    y: &'static str,
    /// Largest value of each axis; both begin at 0.
    ends: [f64; 2],
}

/// Percent read against true percent, a point for each condition.
pub(crate) fn percent(path: &Path, rows: &[Row<'_>]) -> Result<()> {
    let frame = Frame {
        title: "Rearranged nuclei: read against true",
        x: "true, %",
        y: "read, %",
        ends: [100.0, 100.0],
    };
    let series = Set::ALL.map(|set| {
        let of_set = rows.iter().filter(|row| row.set == set);
        let points = of_set.map(|row| (row.tally.true_percent(), row.tally.read_percent()));
        (set.name(), points.filter(|(_, read)| read.is_finite()).collect::<Vec<_>>())
    });
    draw(path, &frame, |chart| {
        chart.draw_series(LineSeries::new([(0.0, 0.0), (100.0, 100.0)], BLACK.mix(0.4)))?;
        for ((name, points), colour) in
            series.iter().zip(COLOURS).filter(|((_, points), _)| !points.is_empty())
        {
            chart
                .draw_series(points.iter().map(|&p| Circle::new(p, POINT, colour.filled())))?
                .label(*name)
                .legend(move |(x, y)| Circle::new((x + 10, y), POINT, colour.filled()));
        }
        Ok(())
    })
}

/// Probability of a positive call against the share of rearranged nuclei.
pub(crate) fn detection_limit(path: &Path, curves: &[Curve]) -> Result<()> {
    let points = |curve: &Curve| -> Vec<(f64, f64)> {
        curve.probability.iter().enumerate().map(|(percent, p)| (percent as f64, *p)).collect()
    };
    let end = curves.iter().map(|curve| curve.probability.len().saturating_sub(1)).max().unwrap_or(1);
    let frame = Frame {
        title: "Limit of detection, 100 evaluable nuclei",
        x: "nuclei with the rearrangement, %",
        y: "probability of a positive call",
        ends: [end.max(1) as f64, 1.0],
    };
    draw(path, &frame, |chart| {
        for (curve, colour) in curves.iter().zip(CURVE_COLOURS) {
            chart
                .draw_series(LineSeries::new(points(curve), colour.stroke_width(2)))?
                .label(curve.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour.stroke_width(2)));
        }
        Ok(())
    })
}

/// Share of rearranged nuclei against the probability they were given, with 95 % intervals.
pub(crate) fn reliability(path: &Path, bins: &[Bin]) -> Result<()> {
    let frame = Frame {
        title: "Reliability of single nuclei",
        x: "predicted probability of being rearranged",
        y: "share that is rearranged",
        ends: [1.0, 1.0],
    };
    let points = bins.iter().filter_map(|bin| Some((bin.predicted?, bin.observed?)));
    draw(path, &frame, |chart| {
        chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], BLACK.mix(0.4)))?;
        let colour = COLOURS[0];
        for (predicted, [share, low, high]) in points {
            chart.draw_series([PathElement::new([(predicted, low), (predicted, high)], colour)])?;
            chart.draw_series([Circle::new((predicted, share), POINT, colour.filled())])?;
        }
        Ok(())
    })
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

/// Draws axes, then what `content` draws, then the legend.
fn draw(path: &Path, frame: &Frame, content: impl FnOnce(&mut Chart<'_, '_>) -> Result<()>) -> Result<()> {
    let mut svg = String::new();
    {
        let area: Area<'_> = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let mut chart = ChartBuilder::on(&area)
            .caption(frame.title, ("sans-serif", 20))
            .margin(MARGIN)
            .x_label_area_size(LABELS)
            .y_label_area_size(LABELS)
            .build_cartesian_2d(0.0..frame.ends[0], 0.0..frame.ends[1])?;
        chart.configure_mesh().x_desc(frame.x).y_desc(frame.y).max_light_lines(0).draw()?;
        content(&mut chart)?;
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerRight)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.4))
            .draw()?;
        area.present()?;
    }
    Ok(std::fs::write(path, svg)?)
}
