//! Fits the score of nucleus candidates and cross-validates it.
//!
//! `cargo run --release -p breakapart-tools --bin train_nuclei -- --data DIR [--out src/segment/score_model.json]`
//!
//! DIR holds `nuclei/dsb2018_stage1_train` (NAME.image.tif with NAME.labels.tif). Fields of the crate's own
//! simulator join them. Cross-validation keeps tiles of one field on one side. The second score is always fitted to
//! first scores of images that the first one was not fitted to, and the score of what remains to what was left by
//! choices in images that neither was fitted to.

mod boost;
mod data;
mod evaluate;
#[path = "../print.rs"]
mod print;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use breakapart::segment::{BoostedTrees, Proposals, ScoreModel, SegmentParams};
use clap::Parser;
use ndarray::Array2;
use rayon::prelude::*;

use crate::boost::{BoostParams, fit};
use crate::data::{Sample, image_folder, simulated};
use crate::evaluate::{OVERLAPS, Tally};

#[derive(Parser)]
struct Arguments {
    /// Folder with `nuclei`.
    #[arg(long)]
    data: PathBuf,
    /// Where the fitted model goes. Without it only cross-validation is done.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Folds of the cross-validation.
    #[arg(long, default_value_t = 3)]
    folds: usize,
    /// Trees of the score of a candidate by itself.
    #[arg(long, default_value_t = 90)]
    trees_alone: usize,
    /// Trees of the score of what remains.
    #[arg(long, default_value_t = 55)]
    trees_remaining: usize,
    /// Trees of the score in the context of the image.
    #[arg(long, default_value_t = 245)]
    trees: usize,
    /// Leaves of each tree.
    #[arg(long, default_value_t = 10)]
    leaves: usize,
    /// Share of each tree's correction that is taken.
    #[arg(long, default_value_t = 0.12)]
    rate: f64,
    /// Share of the candidates that each tree is grown on, and of the features that it may look at.
    #[arg(long, default_value_t = 0.5)]
    share: f64,
    /// Weight of a candidate in a real image, beside 1 in a simulated one, of which there are more.
    #[arg(long, default_value_t = 3.0)]
    real_weight: f32,
    /// Only every n-th image, for a quick look.
    #[arg(long, default_value_t = 1)]
    every: usize,
}

/// A sample with its candidates.
struct Prepared {
    sample: Sample,
    proposals: Proposals,
    eligible: Vec<bool>,
    target: Vec<f32>,
    fold: usize,
    /// Of each of its candidates in the fit.
    weight: f32,
}

/// What the first choice of a sample leaves.
struct Rest {
    chosen: Vec<usize>,
    proposals: Proposals,
    features: Vec<Vec<f32>>,
}

impl Rest {
    fn of(p: &Prepared, model: &ScoreModel, minimum: f64) -> Self {
        let alone = p.proposals.score(&model.alone, p.proposals.features());
        let features = p.proposals.features_in_context(&alone);
        let chosen = p.proposals.choose(&p.proposals.score(&model.in_context, &features), minimum);
        let proposals = p.proposals.second_pass(&chosen);
        let alone = proposals.score(&model.alone, proposals.features());
        Self { features: proposals.features_in_context(&alone), chosen, proposals }
    }
}

/// Fits the score of what remains; `rests` were left by choices of models not fitted to their samples.
fn fit_remaining(
    samples: &[Prepared],
    rests: &[Rest],
    kept: impl Fn(usize) -> bool,
    boost: BoostParams,
) -> BoostedTrees {
    let (mut rows, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (p, rest) in samples.iter().zip(rests).filter(|(p, _)| kept(p.fold)) {
        let overlap = rest.proposals.best_overlap_beside(&p.sample.truth, &p.proposals, &rest.chosen);
        for ((row, eligible), overlap) in rest.features.iter().zip(rest.proposals.eligible()).zip(overlap) {
            if eligible {
                rows.push(row.clone());
                targets.push(worth(overlap));
                weights.push(p.weight);
            }
        }
    }
    fit(Proposals::feature_names_in_context(), &rows, &targets, &weights, boost)
}

/// Fewest candidates in a leaf.
const SMALLEST_LEAF: usize = 40;
/// Leaves of the trees that score what remains.
const LEAVES_REMAINING: usize = 8;
/// Share of a candidate's worth for being matched at all; the rest is for how closely.
const MATCHED: f32 = 0.6;

/// What a candidate is worth.
fn worth(overlap: f32) -> f32 {
    let passed = |least: f64| f64::from(overlap) > least;
    let closeness = OVERLAPS.iter().filter(|&&o| passed(o)).count() as f32 / OVERLAPS.len() as f32;
    MATCHED * f32::from(u8::from(passed(0.5))) + (1.0 - MATCHED) * closeness
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    ensure!(arguments.folds >= 3, "at least three folds");
    let mut samples = image_folder(&arguments.data.join("nuclei").join("dsb2018_stage1_train"))?;
    let first_group = samples.len();
    let mut simulated = simulated()?;
    simulated.iter_mut().for_each(|s| s.group += first_group);
    samples.append(&mut simulated);
    let samples: Vec<Sample> = samples.into_iter().step_by(arguments.every).collect();
    let folds = assign_folds(&samples, arguments.folds);
    let params = SegmentParams::default();
    let prepared: Vec<Prepared> = samples
        .into_par_iter()
        .zip(folds)
        .map(|(sample, fold)| {
            let proposals = Proposals::new(sample.plane.view(), sample.pixel_size, &params)?;
            let target = proposals.best_overlap(sample.truth.view()).into_iter().map(worth).collect();
            let weight = if sample.pixel_size.is_none() { arguments.real_weight } else { 1.0 };
            Ok(Prepared { weight, eligible: proposals.eligible(), target, proposals, sample, fold })
        })
        .collect::<Result<_>>()?;
    let rows = prepared.iter().map(|p| p.eligible.iter().filter(|e| **e).count()).sum::<usize>();
    print::line(format_args!("{} images, {rows} candidates", prepared.len()));
    let boost = BoostParams {
        trees: arguments.trees,
        leaves: arguments.leaves,
        rate: arguments.rate,
        smallest_leaf: SMALLEST_LEAF,
        row_share: arguments.share,
        feature_share: arguments.share,
    };
    let alone = BoostParams { trees: arguments.trees_alone, ..boost };
    let last = BoostParams { trees: arguments.trees_remaining, leaves: LEAVES_REMAINING, ..boost };
    ceiling(&prepared);
    let model =
        cross_validate(&prepared, arguments.folds, (alone, boost, last), &params, arguments.out.is_some());
    if let (Some(path), Some(mut model)) = (arguments.out, model) {
        model.origin = format!(
            "tools/train_nuclei on {} images (dsb2018_stage1_train and simulated fields), {} + {} + {} trees of {} leaves, rate {}",
            prepared.len(),
            alone.trees,
            boost.trees,
            last.trees,
            boost.leaves,
            boost.rate
        );
        let text = serde_json::to_string(&model)?.replace("},{", "},\n{");
        std::fs::write(&path, text + "\n").with_context(|| format!("{}", path.display()))?;
        print::line(format_args!("wrote {}", path.display()));
    }
    Ok(())
}

/// Gives groups to folds, the largest first, each to the fold with the fewest images so far.
fn assign_folds(samples: &[Sample], folds: usize) -> Vec<usize> {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    samples.iter().for_each(|s| *sizes.entry(s.group).or_default() += 1);
    let mut order: Vec<(usize, usize)> = sizes.into_iter().map(|(g, n)| (n, g)).collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut filled = vec![0; folds];
    let mut fold_of = BTreeMap::new();
    for (n, group) in order {
        let fold = (0..folds).min_by_key(|&f| filled[f]).unwrap_or(0);
        filled[fold] += n;
        fold_of.insert(group, fold);
    }
    samples.iter().map(|s| fold_of[&s.group]).collect()
}

/// Rows and targets of eligible candidates of some samples.
fn table<'a>(
    samples: impl Iterator<Item = (&'a Prepared, Vec<Vec<f32>>)>,
) -> (Vec<Vec<f32>>, Vec<f32>, Vec<f32>) {
    let (mut rows, mut targets, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for (p, features) in samples {
        for ((row, &eligible), &target) in features.into_iter().zip(&p.eligible).zip(&p.target) {
            if eligible {
                rows.push(row);
                targets.push(target);
                weights.push(p.weight);
            }
        }
    }
    (rows, targets, weights)
}

fn fit_alone(samples: &[Prepared], kept: impl Fn(usize) -> bool, boost: BoostParams) -> BoostedTrees {
    let chosen = samples.iter().filter(|p| kept(p.fold));
    let (rows, targets, weights) =
        table(chosen.map(|p| (p, p.proposals.features().iter().map(|f| f.to_vec()).collect())));
    fit(Proposals::feature_names(), &rows, &targets, &weights, boost)
}

/// `alone` gives the model to use for a fold: one that was not fitted to it.
fn fit_in_context<'a>(
    samples: &[Prepared],
    kept: impl Fn(usize) -> bool,
    alone: impl Fn(usize) -> &'a BoostedTrees + Sync,
    boost: BoostParams,
) -> BoostedTrees {
    let chosen: Vec<&Prepared> = samples.iter().filter(|p| kept(p.fold)).collect();
    let features: Vec<Vec<Vec<f32>>> = chosen
        .par_iter()
        .map(|p| {
            let scores = p.proposals.score(alone(p.fold), p.proposals.features());
            p.proposals.features_in_context(&scores)
        })
        .collect();
    let (rows, targets, weights) = table(chosen.into_iter().zip(features));
    fit(Proposals::feature_names_in_context(), &rows, &targets, &weights, boost)
}

fn cross_validate(
    samples: &[Prepared],
    folds: usize,
    (alone, boost, last): (BoostParams, BoostParams, BoostParams),
    params: &SegmentParams,
    also_final: bool,
) -> Option<ScoreModel> {
    let without: Vec<BoostedTrees> = (0..folds).map(|k| fit_alone(samples, |f| f != k, alone)).collect();
    let mut pairs: BTreeMap<(usize, usize), BoostedTrees> = BTreeMap::new();
    for a in 0..folds {
        for b in a + 1..folds {
            pairs.insert((a, b), fit_alone(samples, |f| f != a && f != b, alone));
        }
    }
    let mut models: Vec<ScoreModel> = (0..folds)
        .map(|k| ScoreModel {
            origin: String::new(),
            alone: without[k].clone(),
            in_context: fit_in_context(samples, |f| f != k, |f| &pairs[&(k.min(f), k.max(f))], boost),
            second_pass: BoostedTrees::default(),
        })
        .collect();
    let rests: Vec<Rest> =
        samples.par_iter().map(|p| Rest::of(p, &models[p.fold], params.min_score)).collect();
    for (k, model) in models.iter_mut().enumerate() {
        model.second_pass = fit_remaining(samples, &rests, |f| f != k, last);
    }
    print::line(format_args!("cross-validated, first choice:"));
    tabulate(samples, |i| samples[i].proposals.labels(&rests[i].chosen));
    for more in [0.05, 0.1, 0.15, 0.2] {
        print::line(format_args!("cross-validated, with what remains and scores {more} above the minimum:"));
        tabulate(samples, |i| {
            let (p, rest) = (&samples[i], &rests[i]);
            let scores = rest.proposals.score(&models[p.fold].second_pass, &rest.features);
            let further = rest.proposals.choose(&scores, params.min_score + more);
            p.proposals.labels_with(&rest.chosen, &rest.proposals, &further)
        });
    }
    let in_context = also_final.then(|| fit_in_context(samples, |_| true, |f| &without[f], boost))?;
    let alone = fit_alone(samples, |_| true, alone);
    let remaining = fit_remaining(samples, &rests, |_| true, last);
    Some(ScoreModel { origin: String::new(), alone, in_context, second_pass: remaining })
}

/// What the best possible score would reach with these candidates.
fn ceiling(samples: &[Prepared]) {
    print::line(format_args!("ceiling: candidates chosen by their true worth:"));
    tabulate(samples, |i| {
        let p = &samples[i];
        p.proposals.labels(&p.proposals.choose(&p.target, 0.05))
    });
}

fn tabulate(samples: &[Prepared], labels: impl Fn(usize) -> Array2<u32> + Sync) {
    let tallies: Vec<Tally> =
        (0..samples.len()).into_par_iter().map(|i| Tally::of(&samples[i].sample.truth, &labels(i))).collect();
    let mut sets: BTreeMap<String, Tally> = BTreeMap::new();
    for (p, tally) in samples.iter().zip(&tallies) {
        let (h, w) = p.sample.truth.dim();
        sets.entry(p.sample.set.clone()).or_default().add(tally);
        if p.sample.pixel_size.is_none() {
            sets.entry(format!("{} {h}x{w}", p.sample.set)).or_default().add(tally);
        }
    }
    print::line(format_args!(
        "  {:34} {:>6} {:>6}  {:>6} {:>6} {:>6}",
        "set", "AP50", "mAP", "found", "extra", "missed"
    ));
    for (set, tally) in sets {
        let (half, mean) = tally.summary();
        let [found, extra, missed] = tally.at_half();
        print::line(format_args!("  {set:34} {half:6.3} {mean:6.3}  {found:6} {extra:6} {missed:6}"));
    }
    if std::env::var_os("TRAIN_NUCLEI_IMAGES").is_some() {
        for (p, t) in samples.iter().zip(&tallies) {
            print::line(format_args!(
                "    {:.3} {} {:?}",
                t.summary().0,
                p.sample.path.display(),
                p.proposals.diameter_px()
            ));
        }
    }
}
