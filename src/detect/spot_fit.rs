//! Least squares of some spots of one width on a smooth background (Levenberg 1944, Marquardt 1963).

/// Steps of one fit, and the relative decrease of chi2 below which it has settled.
const STEPS: usize = 30;
const SETTLED: f64 = 1e-4;
/// Range of the logarithm of the width of a single round spot over the channel's: half to three times it.
const LOG_WIDTH: [f64; 2] = [-0.7, 1.1];
/// Distance in sigmas from the centre of a long spot at which the fit of its halves starts.
const HALF_SIGMAS: f64 = 0.9;

/// One spot; its place is from the centre of the crop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spot {
    pub(crate) y: f64,
    pub(crate) x: f64,
    pub(crate) amplitude: f64,
}

/// A spot in the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct PlacedSpot {
    pub(crate) y_px: f64,
    pub(crate) x_px: f64,
    pub(crate) amplitude: f64,
}

/// The model that is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Model {
    /// Spots of the channel's width on a slope.
    Spots,
    /// Spots of any one width on a slope.
    AnyWidth,
    /// The same on a background with curvature.
    Curved,
}

/// Parameters after those of the spots: level, slopes, log width and curvatures.
const OTHERS: usize = 7;
/// Place of the log width among them.
const WIDTH: usize = 3;

impl Model {
    /// How many of these are fitted.
    fn others(self) -> usize {
        match self {
            Self::Spots => WIDTH,
            Self::AnyWidth => WIDTH + 1,
            Self::Curved => OTHERS,
        }
    }
}

/// A sample: its place from the centre, its value, and one over its variance.
struct Sample {
    dy: f64,
    dx: f64,
    value: f64,
    weight: f64,
}

/// The samples that are fitted.
pub(crate) struct Crop {
    y_px: f64,
    x_px: f64,
    radius: f64,
    samples: Vec<Sample>,
    /// Other signals, from the centre.
    pub(crate) neighbours: Vec<(f64, f64)>,
}

/// The fitted model.
pub(crate) struct Fit {
    pub(crate) spots: Vec<Spot>,
    /// Standard deviation of each amplitude.
    pub(crate) amplitude_sd: Vec<f64>,
    pub(crate) chi2: f64,
    parameters: Vec<f64>,
}

impl Fit {
    /// Level of the background at the centre.
    pub(crate) fn background(&self) -> f64 {
        self.parameters.get(3 * self.spots.len()).copied().unwrap_or_default()
    }

    /// Sigma of its spots.
    pub(crate) fn sigma(&self) -> f64 {
        self.parameters.get(3 * self.spots.len() + WIDTH).map_or(0.0, |log| log.exp())
    }
}

impl Crop {
    pub(crate) fn new(y_px: f64, x_px: f64, radius: f64) -> Self {
        Self { y_px, x_px, radius, samples: Vec::new(), neighbours: Vec::new() }
    }

    pub(crate) fn push(&mut self, dy: f64, dx: f64, value: f64, variance: f64) {
        self.samples.push(Sample { dy, dx, value, weight: 1.0 / variance });
    }

    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether a place is nearer to the centre than to any neighbour.
    pub(crate) fn is_own(&self, dy: f64, dx: f64) -> bool {
        let own = dy.hypot(dx);
        self.neighbours.iter().all(|(y, x)| own < (dy - y).hypot(dx - x))
    }

    /// Whether a spot lies among the samples.
    pub(crate) fn holds(&self, s: &Spot) -> bool {
        s.y.hypot(s.x) <= self.radius && self.is_own(s.y, s.x)
    }

    pub(crate) fn placed(&self, s: &Spot) -> PlacedSpot {
        PlacedSpot { y_px: self.y_px + s.y, x_px: self.x_px + s.x, amplitude: s.amplitude }
    }

    /// Value of a fit at a place from the centre.
    pub(crate) fn value(fit: &Fit, dy: f64, dx: f64) -> f64 {
        value_at(&fit.parameters, fit.spots.len(), &Sample { dy, dx, value: 0.0, weight: 0.0 }, None)
    }

    /// Sum of squares of a fit's spots over the noise: its squared SNR.
    pub(crate) fn light(&self, fit: &Fit) -> f64 {
        let n = fit.spots.len();
        let background = background_at(&fit.parameters, n);
        self.samples
            .iter()
            .map(|s| s.weight * (value_at(&fit.parameters, n, s, None) - background(s)).powi(2))
            .sum()
    }

    /// A spot where the residuals of a fit look most like one.
    pub(crate) fn highest_rest(&self, fit: &Fit, sigma: f64) -> Option<Spot> {
        let n = fit.spots.len();
        let rest: Vec<f64> =
            self.samples.iter().map(|s| s.value - value_at(&fit.parameters, n, s, None)).collect();
        let place = |at: &Sample| {
            let (mut sum, mut norm) = (0.0, 0.0);
            for (s, r) in self.samples.iter().zip(&rest) {
                let r2 = (s.dy - at.dy).powi(2) + (s.dx - at.dx).powi(2);
                let shape = (-0.5 * r2 / (sigma * sigma)).exp();
                sum += s.weight * shape * r;
                norm += s.weight * shape * shape;
            }
            (sum / norm.sqrt(), Spot { y: at.dy, x: at.dx, amplitude: sum / norm })
        };
        let best = self.samples.iter().map(place).max_by(|a, b| a.0.total_cmp(&b.0))?.1;
        (best.amplitude > 0.0).then_some(best)
    }

    /// Two halves of a spot, along the axis in which it is longest.
    pub(crate) fn halves(&self, one: &Fit, sigma: f64) -> Option<[Spot; 2]> {
        let s = one.spots.first()?;
        let (mut yy, mut yx, mut xx) = (0.0, 0.0, 0.0);
        for at in &self.samples {
            let (dy, dx) = (at.dy - s.y, at.dx - s.x);
            let window = (-0.25 * (dy * dy + dx * dx) / (sigma * sigma)).exp();
            let rest = window * (at.value - value_at(&one.parameters, 1, at, None));
            yy += rest * dy * dy;
            yx += rest * dy * dx;
            xx += rest * dx * dx;
        }
        let angle = 0.5 * (2.0 * yx).atan2(xx - yy);
        let (sin, cos) = angle.sin_cos();
        let half = |sign: f64| Spot {
            y: s.y + sign * HALF_SIGMAS * sigma * sin,
            x: s.x + sign * HALF_SIGMAS * sigma * cos,
            amplitude: 0.6 * s.amplitude,
        };
        Some([half(-1.0), half(1.0)])
    }

    /// Fits spots of `sigma`, starting from these; `None` if the fit does not converge.
    pub(crate) fn fit(&self, sigma: f64, start: &[Spot], model: Model) -> Option<Fit> {
        let n = start.len();
        let mut p: Vec<f64> = start.iter().flat_map(|s| [s.y, s.x, s.amplitude]).collect();
        let lowest = self.samples.iter().map(|s| s.value).fold(f64::INFINITY, f64::min);
        p.extend([lowest, 0.0, 0.0, sigma.ln(), 0.0, 0.0, 0.0]);
        let free = 3 * n + model.others();
        let mut damping = 1e-3;
        let (mut chi2, mut normal, mut gradient) = self.derivatives(&p, n, free);
        for _ in 0..STEPS {
            let mut damped = normal.clone();
            for i in 0..free {
                damped[i * free + i] *= 1.0 + damping;
            }
            let Some(step) = solve(&mut damped, gradient.clone(), free) else {
                damping *= 10.0;
                continue;
            };
            let mut next = p.clone();
            for (i, (v, s)) in next.iter_mut().zip(&step).enumerate() {
                let limited = i < 3 * n && i % 3 != 2 || i == 3 * n + WIDTH;
                *v += if limited { s.clamp(-sigma, sigma) } else { *s };
            }
            for spot in next[..3 * n].chunks_mut(3) {
                spot[2] = spot[2].max(0.0);
            }
            let log_width = &mut next[3 * n + WIDTH];
            *log_width = log_width.clamp(sigma.ln() + LOG_WIDTH[0], sigma.ln() + LOG_WIDTH[1]);
            let (next_chi2, next_normal, next_gradient) = self.derivatives(&next, n, free);
            if next_chi2 < chi2 {
                let settled = chi2 - next_chi2 < SETTLED * (1.0 + chi2);
                (p, chi2, normal, gradient) = (next, next_chi2, next_normal, next_gradient);
                damping = (damping * 0.3).max(1e-9);
                if settled {
                    break;
                }
            } else {
                damping *= 8.0;
                if damping > 1e8 {
                    break;
                }
            }
        }
        let amplitude_sd = (0..n).map(|i| sd(&normal, 3 * i + 2, free)).collect::<Option<Vec<f64>>>()?;
        let spots =
            p[..3 * n].chunks(3).map(|c| Spot { y: c[0], x: c[1], amplitude: c[2] }).collect::<Vec<Spot>>();
        chi2.is_finite().then_some(Fit { spots, amplitude_sd, chi2, parameters: p })
    }

    /// chi2, half its second derivatives and minus half its first ones.
    fn derivatives(&self, p: &[f64], n: usize, free: usize) -> (f64, Vec<f64>, Vec<f64>) {
        let (mut chi2, mut normal, mut gradient) = (0.0, vec![0.0; free * free], vec![0.0; free]);
        let mut row = vec![0.0; p.len()];
        for s in &self.samples {
            let rest = s.value - value_at(p, n, s, Some(&mut row));
            chi2 += s.weight * rest * rest;
            for i in 0..free {
                let weighted = s.weight * row[i];
                gradient[i] += weighted * rest;
                for j in 0..=i {
                    normal[i * free + j] += weighted * row[j];
                }
            }
        }
        for i in 0..free {
            for j in 0..i {
                normal[j * free + i] = normal[i * free + j];
            }
        }
        (chi2, normal, gradient)
    }
}

/// The terms of the background; 0 in the place of the width.
fn terms(s: &Sample) -> [f64; OTHERS] {
    [1.0, s.dy, s.dx, 0.0, s.dy * s.dy, s.dy * s.dx, s.dx * s.dx]
}

fn background_at(p: &[f64], n: usize) -> impl Fn(&Sample) -> f64 + '_ {
    move |s| terms(s).iter().zip(&p[3 * n..]).map(|(t, p)| t * p).sum()
}

/// Value of the model at a sample, and its derivatives by each parameter.
fn value_at(p: &[f64], n: usize, s: &Sample, mut row: Option<&mut [f64]>) -> f64 {
    let variance = (2.0 * p[3 * n + WIDTH]).exp();
    let mut value = background_at(p, n)(s);
    let mut by_width = 0.0;
    for (k, spot) in p[..3 * n].chunks(3).enumerate() {
        let (dy, dx) = (s.dy - spot[0], s.dx - spot[1]);
        let r2 = (dy * dy + dx * dx) / variance;
        let shape = (-0.5 * r2).exp();
        value += spot[2] * shape;
        by_width += spot[2] * shape * r2;
        if let Some(row) = &mut row {
            row[3 * k] = spot[2] * shape * dy / variance;
            row[3 * k + 1] = spot[2] * shape * dx / variance;
            row[3 * k + 2] = shape;
        }
    }
    if let Some(row) = row {
        row[3 * n..].copy_from_slice(&terms(s));
        row[3 * n + WIDTH] = by_width;
    }
    value
}

/// Standard deviation of a parameter.
fn sd(normal: &[f64], parameter: usize, free: usize) -> Option<f64> {
    let mut unit = vec![0.0; free];
    unit[parameter] = 1.0;
    Some(solve(&mut normal.to_vec(), unit, free)?[parameter].sqrt())
}

/// Solves a symmetric positive system by Cholesky's decomposition; `None` where it is not positive.
fn solve(a: &mut [f64], mut b: Vec<f64>, n: usize) -> Option<Vec<f64>> {
    for j in 0..n {
        for i in j..n {
            let sum: f64 = (0..j).map(|k| a[i * n + k] * a[j * n + k]).sum();
            let v = a[i * n + j] - sum;
            if i == j {
                if v <= 0.0 || !v.is_finite() {
                    return None;
                }
                a[i * n + i] = v.sqrt();
            } else {
                a[i * n + j] = v / a[j * n + j];
            }
        }
    }
    for i in 0..n {
        let sum: f64 = (0..i).map(|k| a[i * n + k] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    for i in (0..n).rev() {
        let sum: f64 = (i + 1..n).map(|k| a[k * n + i] * b[k]).sum();
        b[i] = (b[i] - sum) / a[i * n + i];
    }
    Some(b)
}
