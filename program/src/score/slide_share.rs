//! `score --slide-share`: the tiles of a share of every slide.

use std::process::ExitCode;

use breakapart::analyse::SlideShare;
use breakapart::run::measure_slide_shares;

use super::{INTERRUPTED, interrupt, observer, out_of, plan_of, threads};
use crate::USAGE;
use crate::messages::{tell, tell_error};
use crate::score::Arguments;
use crate::score::arguments::Progress;

/// Measures the share. Exit status: 0 all slides measured, 1 some not, 2 wrong usage, 130 ended by Ctrl-C.
pub(super) fn measure(share: SlideShare, arguments: &Arguments) -> ExitCode {
    let prepared = threads(arguments).and_then(|pool| Ok((pool, plan_of(arguments)?)));
    let (pool, (plan, _, options)) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            tell_error(&error);
            return ExitCode::from(USAGE);
        }
    };
    interrupt::watch();
    let (progress, out) = (arguments.progress(), out_of(arguments));
    let observer = observer(progress);
    let measure = || measure_slide_shares(&plan, share, &out, &options, &*observer);
    let measured = match &pool {
        Some(pool) => pool.install(measure),
        None => measure(),
    };
    drop(observer);
    let measured = match measured {
        Ok(measured) => measured,
        Err(error) => {
            tell_error(&error.into());
            return ExitCode::from(USAGE);
        }
    };
    for slide in &measured.failed {
        tell(format_args!("error: {}/{}: {}", slide.specimen, slide.field, slide.error));
    }
    if measured.is_cancelled {
        tell(format_args!("stopped: the same command goes on from here"));
        return ExitCode::from(INTERRUPTED);
    }
    if matches!(progress, Progress::Bar) {
        let (slides, out) = (measured.files.len(), out.display());
        tell(format_args!(
            "share {share} of {slides} slides is in {out}; score with --tiles when all are there"
        ));
    }
    if measured.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
