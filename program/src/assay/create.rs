//! `breakapart assay new`.

use std::process::ExitCode;

use anyhow::{Context, Result};
use breakapart::assay::CutoffSource;

use super::NewArguments;
use super::text::{AssayText, must_be_free};
use crate::USAGE;
use crate::messages::{tell, tell_error};

/// Writes a copy of an assay under another id, and says what to edit.
pub(super) fn create(arguments: &NewArguments) -> ExitCode {
    match write(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell_error(&error);
            ExitCode::from(USAGE)
        }
    }
}

fn write(arguments: &NewArguments) -> Result<()> {
    must_be_free(&arguments.out, arguments.replace)?;
    let mut file = AssayText::load(&arguments.from)?;
    file.set_id(&arguments.id)?;
    if let Some(name) = &arguments.name {
        file.set("name", name.as_str());
    }
    let other_gene = match (&arguments.gene, &arguments.band) {
        (Some(gene), Some(band)) => set_gene(&mut file, gene, band)?,
        _ => false,
    };
    file.write(&arguments.out)?;
    let out = arguments.out.display();
    tell(format_args!("{out}: a copy of `{}` with the id `{}`.", arguments.from, arguments.id));
    if other_gene {
        tell(
            "The probes, the meaning of isolated signals, the cutoff and the references are still those of the copied gene: edit \
             them.",
        );
    }
    tell(format_args!("Edit it, then check it: breakapart assay check {out}"));
    Ok(())
}

/// Sets the gene and its place. `true` if it is another gene than before.
fn set_gene(file: &mut AssayText, gene: &str, band: &str) -> Result<bool> {
    let arm = band.find(['p', 'q']).with_context(|| format!("--band {band}: no band, such as 10q11"))?;
    let chromosome = &band[..arm];
    if file.assay().gene.eq_ignore_ascii_case(gene) {
        file.set("gene", gene);
        file.set("band", band);
        file.set("chromosome", chromosome);
        return Ok(false);
    }
    let is_x = chromosome == "X";
    file.set("gene", gene);
    file.set("band", band);
    file.set("chromosome", chromosome);
    file.set("x_linked", is_x);
    file.set("normal.fused.male", if is_x { 1 } else { 2 });
    // The code of the test is that of one gene.
    file.remove("codes.test");
    let copied_from = format!("copied from the assay `{}` for {}", file.assay().id, file.assay().gene);
    file.set("cutoff_provenance.source", CutoffSource::Unstated.name());
    file.set("cutoff_provenance.method", copied_from);
    Ok(true)
}
