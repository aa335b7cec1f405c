//! The cells of one row.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::fault::SheetFault;
use super::row::SheetRow;
use crate::assay::{Assay, Sex};
use crate::error::{Error, Result};
use crate::io::ReadOptions;
use crate::run::reference::{self, ReferenceValues};
use crate::units::PixelSize;

/// Most bytes of a specimen's name. File systems allow 255 for a file; an assay and a suffix may follow.
const MAX_NAME_BYTES: usize = 200;

/// One row and what is needed to read it.
pub(super) struct Cells<'a> {
    pub(super) line: usize,
    pub(super) texts: &'a [String],
    pub(super) columns: &'a BTreeMap<&'static str, usize>,
    pub(super) folder: &'a Path,
    pub(super) faults: &'a mut Vec<SheetFault>,
}

/// Assays by the text that names them.
pub(super) type Assays = BTreeMap<String, std::result::Result<Arc<Assay>, String>>;

impl Cells<'_> {
    pub(super) fn row(&mut self, assays: &mut Assays, needs_assay: bool, other: &[usize]) -> SheetRow {
        SheetRow {
            line: self.line,
            specimen: self.specimen(),
            path: self.path("path", true).unwrap_or_default(),
            assay: self.assay(assays, needs_assay),
            sex: self.parsed("sex", sex),
            channels: self.parsed("channels", str::parse),
            pixel_size: self.parsed("pixel_size_um", pixel_size),
            z_step_um: self.parsed("z_step_um", z_step_um),
            control: self.parsed("control", str::parse),
            regions: self.path("regions", false),
            nuclei: self.path("nuclei", false),
            signals: self.path("signals", false),
            note: self.text("note").to_owned(),
            reference: self.reference(),
            other: other.iter().map(|&i| self.texts[i].clone()).collect(),
        }
    }

    fn reference(&mut self) -> ReferenceValues {
        let repeat_of = Some(self.text("repeat_of").to_owned()).filter(|name| !name.is_empty());
        ReferenceValues {
            manual_percent: self.parsed("manual_percent", reference::manual_percent),
            ihc: self.parsed("ihc", reference::ihc),
            ngs: self.parsed("ngs", reference::ngs),
            repeat_of,
        }
    }

    fn text(&self, column: &'static str) -> &str {
        self.columns.get(column).map_or("", |&i| &self.texts[i])
    }

    fn fault(&mut self, column: &'static str, found: impl Into<String>, allowed: impl Into<String>) {
        self.faults.push(SheetFault::new(self.line, column, found, allowed));
    }

    fn specimen(&mut self) -> String {
        let name = self.text("specimen").to_owned();
        if !self.columns.contains_key("specimen") {
            return name;
        }
        if let Some((found, allowed)) = fault_of_name(&name) {
            self.fault("specimen", found, allowed);
        }
        name
    }

    /// A file or folder, relative to the folder of the sheet.
    fn path(&mut self, column: &'static str, needed: bool) -> Option<PathBuf> {
        let text = self.text(column).to_owned();
        if text.is_empty() {
            if needed && self.columns.contains_key(column) {
                self.fault(column, "nothing", "an image file, or the folder of a specimen");
            }
            return None;
        }
        let path = self.folder.join(&text);
        if !path.exists() {
            let allowed = "a path that is there, whole or relative to the folder of the sheet";
            self.fault(column, format!("no `{}`", path.display()), allowed);
        }
        Some(path)
    }

    fn assay(&mut self, assays: &mut Assays, needed: bool) -> Option<Arc<Assay>> {
        let text = self.text("assay").to_owned();
        if text.is_empty() {
            if needed && self.columns.contains_key("assay") {
                self.fault("assay", "nothing", "a built-in assay, or an assay file");
            }
            return None;
        }
        let folder = self.folder;
        let load = || load_assay(&text, folder).map(Arc::new).map_err(|error| error.to_string());
        match assays.entry(text.clone()).or_insert_with(load).clone() {
            Ok(assay) => Some(assay),
            Err(error) => {
                self.fault("assay", error, "");
                None
            }
        }
    }

    /// A cell that may be empty.
    fn parsed<T>(&mut self, column: &'static str, parse: impl Fn(&str) -> Result<T>) -> Option<T> {
        let text = self.text(column).to_owned();
        if text.is_empty() {
            return None;
        }
        match parse(&text) {
            Ok(value) => Some(value),
            Err(Error::InvalidParameter { value, allowed, .. }) => {
                self.fault(column, format!("`{value}`"), allowed);
                None
            }
            Err(error) => {
                self.fault(column, error.to_string(), "");
                None
            }
        }
    }
}

/// A built-in assay, or a file relative to the folder of the sheet.
fn load_assay(text: &str, folder: &Path) -> Result<Assay> {
    let file = folder.join(text);
    if Assay::builtin_names().any(|name| name.eq_ignore_ascii_case(text)) || !file.is_file() {
        return Assay::load(text);
    }
    Assay::read(file)
}

/// What is wrong with the name of a specimen, and what is allowed: it names a folder.
fn fault_of_name(name: &str) -> Option<(String, String)> {
    if name.is_empty() {
        return Some(("nothing".to_owned(), "a name".to_owned()));
    }
    if name.len() > MAX_NAME_BYTES {
        return Some((format!("a name of {} bytes", name.len()), format!("{MAX_NAME_BYTES} bytes at most")));
    }
    let is_bad = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    if name.chars().any(is_bad) || name.starts_with('.') || name.ends_with('.') {
        let allowed =
            "a name of a folder: without / \\ : * ? \" < > | and without a point at its start or end";
        return Some((format!("`{name}`"), allowed.to_owned()));
    }
    crate::run::names::is_our_file(name)
        .then(|| (format!("`{name}`"), "another name: a file of the results has it".to_owned()))
}

fn sex(text: &str) -> Result<Sex> {
    match text.to_lowercase().as_str() {
        "f" => Ok(Sex::Female),
        "m" => Ok(Sex::Male),
        word => word.parse(),
    }
}

/// As [`pixel_size`].
fn z_step_um(text: &str) -> Result<f64> {
    let allowed = || format!("a number with a point, {} um", ReadOptions::Z_STEP_UM);
    let number = text.parse().ok().filter(|um| ReadOptions::Z_STEP_UM.contains(*um));
    number.ok_or_else(|| Error::parameter("z_step_um", text, allowed()))
}

/// A number with a point; a comma is told how to write it.
fn pixel_size(text: &str) -> Result<PixelSize> {
    let (least, most) = PixelSize::RANGE_UM.into_inner();
    let allowed = format!("a number with a point, {least} to {most} um");
    let number = text.parse().map_err(|_| Error::parameter("pixel_size_um", text, allowed))?;
    PixelSize::from_um(number)
}
