//! The list of all checks. The typed figures, the codes and the documentation are made from it.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::check::{Check, Figures, SOUND_SPECIMENS};

/// Declares the checks: the name of the figures of each, and its module.
macro_rules! checks {
    ($($name:ident in $group:ident::$module:ident,)+) => {
        /// The code and the typed figures of a finding.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "code", content = "figures", rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Detail {
            $(#[doc = concat!("`", stringify!($module), "`: see [`figures::", stringify!($name), "`](super::figures::", stringify!($name), ").")]
            $name(figures::$name),)+
        }

        impl Detail {
            /// The code, such as `residual_shift`.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => super::$group::$module::CHECK.code,)+
                }
            }

            pub(super) fn figures(&self) -> &dyn Figures {
                match self {
                    $(Self::$name(figures) => figures,)+
                }
            }
        }

        $(
            impl From<figures::$name> for Detail {
                fn from(figures: figures::$name) -> Self {
                    Self::$name(figures)
                }
            }
        )+

        /// All checks, by group.
        pub const CHECKS: &[(&str, Check)] = &[
            $((stringify!($group), super::$group::$module::CHECK),)+
        ];

        pub(super) mod figures {
            $(pub use super::super::$group::$module::$name;)+
            pub use super::super::settings::settings_supplied::SuppliedSetting;
            pub use super::super::verdict::borderline::Band;
            pub use super::super::acquisition::counterstain_displaced::Displacement;
        }
    };
}

checks! {
    DuplicateChannel in acquisition::duplicate_channel,
    DoubleExposure in acquisition::double_exposure,
    BackgroundCutOff in acquisition::background_cut_off,
    ChannelBleedThrough in acquisition::channel_bleed_through,
    ResidualShift in acquisition::residual_shift,
    NoIntactLocus in acquisition::no_intact_locus,
    CounterstainDisplaced in acquisition::counterstain_displaced,
    ExposureMismatch in acquisition::exposure_mismatch,
    UnrecoverableClipping in acquisition::unrecoverable_clipping,
    DefocusedNuclei in acquisition::defocused_nuclei,
    FieldOutOfFocus in acquisition::field_out_of_focus,
    SignalsTooWide in acquisition::signals_too_wide,
    SaturatedChannel in acquisition::saturated_channel,
    CounterstainBleedThrough in acquisition::counterstain_bleed_through,
    UnevenIllumination in acquisition::uneven_illumination,
    EnlargedPicture in acquisition::enlarged_picture,
    SlicesNotRegistered in acquisition::slices_not_registered,
    StackMissesSection in acquisition::stack_misses_section,
    ProbeFailed in hybridisation::probe_failed,
    MissingProbe in hybridisation::missing_probe,
    WeakProbe in hybridisation::weak_probe,
    RandomDropout in hybridisation::random_dropout,
    UndetectedSignals in hybridisation::undetected_signals,
    LocalDropout in hybridisation::local_dropout,
    UncountedLoneEnd in hybridisation::uncounted_lone_end,
    CopyNumber in hybridisation::copy_number,
    SexMismatch in hybridisation::sex_mismatch,
    CoincidentLight in hybridisation::coincident_light,
    ShiftContradicted in settings::shift_contradicted,
    CrosstalkContradicted in settings::crosstalk_contradicted,
    CrosstalkWeaklySupported in settings::crosstalk_weakly_supported,
    WidthContradicted in settings::width_contradicted,
    NoiseContradicted in settings::noise_contradicted,
    SettingsSupplied in settings::settings_supplied,
    NucleiSupplied in settings::nuclei_supplied,
    SignalsSupplied in settings::signals_supplied,
    PixelSizeUnknown in settings::pixel_size_unknown,
    BytesSwapped in files::bytes_swapped,
    RepeatedField in files::repeated_field,
    FieldsDisagree in files::fields_disagree,
    NoNuclei in files::no_nuclei,
    NucleusCoverage in files::nucleus_coverage,
    ImplausibleDiameter in files::implausible_diameter,
    ChannelMapContradicted in files::channel_map_contradicted,
    PixelSizeOverridden in files::pixel_size_overridden,
    PixelSizeFromTags in files::pixel_size_from_tags,
    LossyCompression in files::lossy_compression,
    StackProjected in files::stack_projected,
    SamplesNotRead in files::samples_not_read,
    ControlOutOfRange in run::control_out_of_range,
    PixelsOfAnotherSpecimen in run::pixels_of_another_specimen,
    FilesSkipped in run::files_skipped,
    DetectionLoss in verdict::detection_loss,
    FalseSpots in verdict::false_spots,
    ExchangedColours in verdict::exchanged_colours,
    TooFewNuclei in verdict::too_few_nuclei,
    SecondStageNeeded in verdict::second_stage_needed,
    OpenNuclei in verdict::open_nuclei,
    IsolatedOnly in verdict::isolated_only,
    DoubtfulNuclei in verdict::doubtful_nuclei,
    OneColourNuclei in verdict::one_colour_nuclei,
    OneColourLeftOut in verdict::one_colour_left_out,
    Borderline in verdict::borderline,
    UncountedIsolated in verdict::uncounted_isolated,
    NeitherEndCounts in verdict::neither_end_counts,
    GreyZonePairs in verdict::grey_zone_pairs,
    TooFewFields in verdict::too_few_fields,
    EditedNuclei in verdict::edited_nuclei,
    SexUnknown in verdict::sex_unknown,
    TwoStageSubset in verdict::two_stage_subset,
}

/// `docs/findings.md`: every check with its code, meaning, effect, limits with their sources, and its rate on sound
/// specimens.
#[must_use]
pub fn findings_page() -> String {
    let mut page = String::from(
        "# Findings\n\n\
         A finding is a fault that a check found in a specimen. It has a code, figures, an effect on the verdict and, if \
         something can be done, an action. `report.json` lists the findings of a specimen, those that withhold the verdict \
         first.\n\n\
         | effect | the verdict |\n|---|---|\n\
         | `inform` | is given |\n\
         | `confirm` | is given, and must be confirmed by another method or reader |\n\
         | `withhold_any_verdict` | is not given |\n\
         | `withhold_negative` | is not given if it is negative |\n\
         | `withhold_positive` | is not given if it is positive |\n\
         | `withhold_positive_on_isolated` | is not given if it is positive only because isolated signals count |\n\n",
    );
    // Writing to a string cannot fail.
    let _ = writeln!(
        page,
        "\"Sound\" is the number of sound simulated specimens on which the check spoke, of {SOUND_SPECIMENS}. They have 0.38 \
         findings on average; [validation.md](validation.md) lists them.\n\nThis page is made from the code: `BREAKAPART_REGENERATE=1 cargo test --test findings` writes it.\n"
    );
    let mut last = "";
    for (group, check) in CHECKS {
        if *group != last {
            last = group;
            let _ = writeln!(page, "## {}\n", heading(group));
        }
        let _ = writeln!(page, "### `{}`\n\n{}\n\n- Effect: {}.", check.code, check.meaning, check.effect);
        for limit in check.limits {
            let _ = writeln!(page, "- Limit: {}: {}. Source: {}.", limit.quantity, limit.value, limit.source);
        }
        let _ = writeln!(page, "- Sound: {} of {SOUND_SPECIMENS}.\n", check.sound);
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn heading(group: &str) -> &'static str {
    match group {
        "acquisition" => "Microscope, camera and exposure",
        "hybridisation" => "Probes and hybridisation",
        "settings" => "Settings",
        "files" => "Fields and files",
        "run" => "The run",
        _ => "Questions to the verdict",
    }
}
