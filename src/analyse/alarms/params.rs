//! When a field or a probe is suspected.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::summarise::LOSS_LEVEL;

/// When a field or a probe is suspected. An alarm is a warning in the reading; those whose field says so
/// take away the verdict too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AlarmParams {
    /// Least share of a field that nuclei should cover, 0 to 1. Default 0.005: some ten nuclei in a field of
    /// 1000 x 1000 px at 0.16 um.
    pub coverage_min: f64,
    /// Largest such share, 0 to 1. Default 0.85: discs packed as densely as they can be cover 0.91, so beyond it
    /// nuclei lie over each other or background was taken for nuclei.
    pub coverage_max: f64,
    /// Largest share of a channel's samples at the camera's limit, 0 to 1. Default 0.002: signals cover about
    /// that much of a field, so the heights of most would be unknown.
    pub saturated_max: f64,
    /// Signal diameter of a field over that of the specimen (the median of its fields), or of the sharpest field where fields
    /// differ in brightness, from which it is out of focus, 1 to 5. Default 1.4: such blur halves the height of signals. (A
    /// specimen whose signals are all wider than the assay's probes are taken to be is told by the assay's own limit.)
    pub focus_ratio_max: f64,
    /// Share of the nuclei with two or more signals of one colour that may lack the other colour altogether,
    /// 0 to 1. Default 0.1: loci that hybridise with a chance of two in three each would give that.
    pub probe_missing_max: f64,
    /// The same share from which the probe has failed, and the specimen is not evaluable. Default 0.5.
    pub probe_failed_share: f64,
    /// Fewest such nuclei for a statement on a probe, 1 to 1000. Default 10.
    pub probe_nuclei_min: usize,
    /// Share of the same nuclei in which a probe may be too weak to be seen, 0 to 1. Default 0.25: such nuclei are
    /// not counted, and of a tissue section some always lie in haze.
    pub probe_weak_max: f64,
    /// Share of the nuclei with light as bright as signals at one place in both channels, unlike fused pairs, from which
    /// that is told, 0 to 1. Default 0.1, chosen for this crate: less does not carry a specimen over a cutoff, however read.
    pub debris_nuclei_max: f64,
    /// Light of the counterstain that a probe channel shows in the middling nucleus, over the height of the middling signal
    /// of that colour, from which it is told, 0 to 10. Default 0.25: at 0.45, signals of simulated sections were lost that are
    /// found where it is taken off; filters for DAPI and the probes let through far less.
    pub bleed_max: f64,
    /// Share of the light in the middle of the field missing in its corners that is told, 0 to 1. Default 0.5, which
    /// halves the height of signals.
    pub corner_loss_max: f64,
    /// Share of the nuclei with two signals of both colours that may show no fused pair, 0 to 1; more, and the specimen is
    /// not evaluable. Default 0.5, chosen for this crate: rearrangements of both copies are rare.
    pub parted_max: f64,
    /// Chance of a false alarm on split pairs that point one way from red to green, of all fields and the specimen together,
    /// and of one on fields whose nuclei are parted as by `parted_max` more often than those of the other fields, 10^-9 to 0.1;
    /// after either the specimen is not evaluable. Default 0.001, as `patch_level`.
    pub one_way_level: f64,
    /// Share of the split pairs that must point one way for it, 0 to 1: length of the sum of their directions over their
    /// number. Default 0.25, chosen for this crate: shifted fields show 0.7 and more; with less, most split pairs are broken
    /// loci.
    pub one_way_share_min: f64,
    /// Share of the fused pairs at one place within the error of measurement, 0 to 1, and correlation of the logarithms of
    /// their heights, 0 to 1, from which the colours are one light, and the specimen is not evaluable. Defaults 0.6 and
    /// 0.5, chosen for this crate: the ends of a gene lie apart and their probes bind independently (simulated
    /// specimens show up to 0.3 and 0.15), 0.6 of each colour in the other 0.75 and 0.74.
    pub leak_share_min: f64,
    /// See `leak_share_min`.
    pub leak_correlation_min: f64,
    /// Fewest fused pairs of a field for the same question of it alone, 10 to 10000. Default 20, chosen for this crate: sound
    /// fields of 10 show a share of up to 0.34 and a correlation above 0.3 at times, those of a wrong filter 1 and 1.
    pub leak_field_pairs_min: usize,
    /// The same correlation where, by `alone_max`, many nuclei show an end alone, 0 to 1. Default 0.35, chosen for this
    /// crate: 0.6 of red light in green makes it 0.5.
    pub leak_correlation_alone_min: f64,
    /// Height of the signals of one colour over those of the other below which crosstalk of a few percent is as high as they
    /// are, 0 to 1, and the share and the correlation of `leak_share_min` from which then the colours are one light.
    /// Defaults 0.2, 0.4 and 0.3, chosen for this crate: simulated specimens with such ghosts show 0.07 to 0.09, 0.40 to
    /// 0.69 and 0.33 to 0.57, others of as weak a colour up to 0.33 and 0.15.
    pub leak_faint_height: f64,
    /// See `leak_faint_height`.
    pub leak_faint_share_min: f64,
    /// See `leak_faint_height`.
    pub leak_faint_correlation_min: f64,
    /// Share of the nuclei with a fused pair that may show the end alone that does not count, where the other end does, 0
    /// to 1. Default 0.15, chosen for this crate.
    pub alone_max: f64,
    /// Share of the nuclei of a male patient that may show two signals or more of both colours of a gene on X, 0 to 1, and
    /// of a female one that may show one of each at most; more, and it is told that the sex may be wrong. Defaults 0.6 and 0.8,
    /// chosen for this crate: a section cuts one copy off many nuclei of a woman.
    pub copies_male_max: f64,
    /// See `copies_male_max`.
    pub copies_female_max: f64,
    /// Share of the nuclei that may be out of focus or without any signal, 0 to 1. Default 0.25, chosen for this crate.
    pub out_of_focus_max: f64,
    /// Share of the signals seen that may be out of focus where `out_of_focus_max` is passed, 0 to 1; from it on no negative
    /// verdict is given, since rearranged nuclei may be among those without signals. Default 0.5, chosen for this crate:
    /// sections 4.5 um deep are read well with a focus of 0.8 um, where it is 0.48 at most, and not with one of 0.5 um.
    pub blurred_signals_max: f64,
    /// Correlation of the noise of two channels from which they are one image, 0.5 to 1. Default 0.9: exposures have
    /// 0.03 at most, colour JPEG a third, copies 0.98 or more.
    pub alike_min: f64,
    /// Share of intact nuclei of which an end may be expected below detection, so that they look rearranged, 0 to 1.
    /// Default 0.05: a third of a cutoff of 15 %.
    pub unseen_max: f64,
    /// Confidence of the upper bounds on signals lost below detection, one-sided, 0.5 to 0.9999: a verdict that would be
    /// another one at them is not given. Default 0.95, the usual level of upper bounds on false positives in normals.
    pub loss_level: f64,
    /// Odds that loci lost a colour at random rather than in a clone from which that is told, 1 to 10^6. Default 3.2,
    /// substantial evidence (Jeffreys 1961, Theory of Probability, appendix B).
    pub random_loss_odds: f64,
    /// Such odds from which no positive verdict is given that rests on isolated signals, 1 to 10^6. Default 20,
    /// stronger than what the same source calls strong evidence, 10.
    pub random_loss_decisive: f64,
    /// How many times as high or low as in the middling field the brightest signals of a field may be, 1.5 to 100. Default 6,
    /// chosen for this crate: fields exposed five times as long or short as others are read right, those of a sixteenth of the
    /// light pass for noise beside them. Beyond it no verdict is given.
    pub brightness_ratio_max: f64,
    /// Signals of a colour at the camera's limit whose height their flanks do not tell, over the number of nuclei, from which
    /// the specimen is not evaluable, 0 to 10. Default 0.5: of a quarter of the signals it is then not known what of the other
    /// colour is their crosstalk.
    pub cut_off_max: f64,
    /// Chance of a false alarm on parts of the fields, of all parts and both tests together, 10^-9 to 0.1.
    /// Default 0.001.
    pub patch_level: f64,
    /// By how much the share of nuclei that lost a colour must be larger in a part than elsewhere, 0 to 1.
    /// Default 0.2: less would not carry a normal specimen over a cutoff of 15 %.
    pub patch_excess_min: f64,
    /// Height of a colour's signals beside the other's in a part over that elsewhere, below which that is told, 0 to
    /// 1. Default 0.6: probes vary less between the nuclei of a slide.
    pub patch_height_max: f64,
    /// Nearest nuclei of the same field that tell whether the colour hybridised which a nucleus lacks, 2 to 100;
    /// fewer than half of them tell nothing. Default 10.
    pub neighbours: usize,
    /// Share of them that must show that colour, 0 to 1; a nucleus with signals of one colour only is left out
    /// otherwise. Default 0.7: in sections that read well one nucleus in ten shows one colour only, and more than
    /// three of ten then come by chance for 1 in 80.
    pub neighbours_showing_min: f64,
}

impl Default for AlarmParams {
    fn default() -> Self {
        Self {
            coverage_min: 0.005,
            coverage_max: 0.85,
            saturated_max: 0.002,
            focus_ratio_max: 1.4,
            probe_missing_max: 0.1,
            probe_failed_share: 0.5,
            probe_nuclei_min: 10,
            probe_weak_max: 0.25,
            debris_nuclei_max: 0.1,
            bleed_max: 0.25,
            corner_loss_max: 0.5,
            parted_max: 0.5,
            one_way_level: 0.001,
            one_way_share_min: 0.25,
            leak_share_min: 0.6,
            leak_correlation_min: 0.5,
            leak_field_pairs_min: 20,
            leak_correlation_alone_min: 0.35,
            leak_faint_height: 0.2,
            leak_faint_share_min: 0.4,
            leak_faint_correlation_min: 0.3,
            alone_max: 0.15,
            copies_male_max: 0.6,
            copies_female_max: 0.8,
            out_of_focus_max: 0.25,
            blurred_signals_max: 0.5,
            alike_min: 0.9,
            unseen_max: 0.05,
            loss_level: LOSS_LEVEL,
            random_loss_odds: 3.2,
            random_loss_decisive: 20.0,
            brightness_ratio_max: 6.0,
            cut_off_max: 0.5,
            patch_level: 0.001,
            patch_excess_min: 0.2,
            patch_height_max: 0.6,
            neighbours: 10,
            neighbours_showing_min: 0.7,
        }
    }
}

impl AlarmParams {
    /// # Errors
    /// [`Error::InvalidParameter`] naming the value that is out of range.
    pub(in crate::analyse) fn validate(&self) -> Result<()> {
        let check = |name: &str, value: f64, [low, high]: [f64; 2]| {
            if (low..=high).contains(&value) {
                Ok(())
            } else {
                Err(Error::parameter(name, value, format!("{low} to {high}")))
            }
        };
        check("coverage_min", self.coverage_min, [0.0, 1.0])?;
        check("coverage_max", self.coverage_max, [0.0, 1.0])?;
        check("saturated_max", self.saturated_max, [0.0, 1.0])?;
        check("focus_ratio_max", self.focus_ratio_max, [1.0, 5.0])?;
        check("probe_missing_max", self.probe_missing_max, [0.0, 1.0])?;
        check("probe_failed_share", self.probe_failed_share, [0.0, 1.0])?;
        check("probe_nuclei_min", self.probe_nuclei_min as f64, [1.0, 1000.0])?;
        check("probe_weak_max", self.probe_weak_max, [0.0, 1.0])?;
        check("debris_nuclei_max", self.debris_nuclei_max, [0.0, 1.0])?;
        check("bleed_max", self.bleed_max, [0.0, 10.0])?;
        check("corner_loss_max", self.corner_loss_max, [0.0, 1.0])?;
        check("parted_max", self.parted_max, [0.0, 1.0])?;
        check("one_way_level", self.one_way_level, [1e-9, 0.1])?;
        check("one_way_share_min", self.one_way_share_min, [0.0, 1.0])?;
        check("leak_share_min", self.leak_share_min, [0.0, 1.0])?;
        check("leak_correlation_min", self.leak_correlation_min, [0.0, 1.0])?;
        check("leak_field_pairs_min", self.leak_field_pairs_min as f64, [10.0, 1e4])?;
        check("leak_correlation_alone_min", self.leak_correlation_alone_min, [0.0, 1.0])?;
        check("leak_faint_height", self.leak_faint_height, [0.0, 1.0])?;
        check("leak_faint_share_min", self.leak_faint_share_min, [0.0, 1.0])?;
        check("leak_faint_correlation_min", self.leak_faint_correlation_min, [0.0, 1.0])?;
        check("alone_max", self.alone_max, [0.0, 1.0])?;
        check("copies_male_max", self.copies_male_max, [0.0, 1.0])?;
        check("copies_female_max", self.copies_female_max, [0.0, 1.0])?;
        check("out_of_focus_max", self.out_of_focus_max, [0.0, 1.0])?;
        check("blurred_signals_max", self.blurred_signals_max, [0.0, 1.0])?;
        check("alike_min", self.alike_min, [0.5, 1.0])?;
        check("unseen_max", self.unseen_max, [0.0, 1.0])?;
        check("loss_level", self.loss_level, [0.5, 0.9999])?;
        check("random_loss_odds", self.random_loss_odds, [1.0, 1e6])?;
        check("random_loss_decisive", self.random_loss_decisive, [1.0, 1e6])?;
        check("brightness_ratio_max", self.brightness_ratio_max, [1.5, 100.0])?;
        check("cut_off_max", self.cut_off_max, [0.0, 10.0])?;
        check("patch_level", self.patch_level, [1e-9, 0.1])?;
        check("patch_excess_min", self.patch_excess_min, [0.0, 1.0])?;
        check("patch_height_max", self.patch_height_max, [0.0, 1.0])?;
        check("neighbours", self.neighbours as f64, [2.0, 100.0])?;
        check("neighbours_showing_min", self.neighbours_showing_min, [0.0, 1.0])
    }
}
