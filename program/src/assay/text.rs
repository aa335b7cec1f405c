//! The text of an assay file, changed in place: what is not changed stays as it was written, comments included.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use breakapart::assay::Assay;
use breakapart::io::write_atomically;
use breakapart::{Error, Location};
use toml_edit::{DocumentMut, Item, Table, Value, value};

/// Largest assay file, bytes. The built-in ones have about 8 kB.
const MAX_BYTES: u64 = 1 << 20;
/// The comment beside a value that has a mark in the list `verify`.
const VERIFY: &str = "verify in your laboratory";
/// The list of values to verify.
const MARKS: &str = "verify";

/// The text of an assay file.
#[derive(Debug)]
pub(crate) struct AssayText {
    text: String,
    assay: Assay,
    document: DocumentMut,
}

impl AssayText {
    /// The text of a built-in assay by name, otherwise that of a file.
    pub(crate) fn load(name_or_path: &str) -> Result<Self> {
        // Its error names the assays that are known, and every fault of a file.
        let assay = Assay::load(name_or_path)?;
        let text = match Assay::builtin_toml(name_or_path) {
            Ok(text) => text.to_owned(),
            Err(_) => read_text(Path::new(name_or_path))?,
        };
        let document = text.parse().with_context(|| name_or_path.to_owned())?;
        Ok(Self { text, assay, document })
    }

    /// The text as it was loaded.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The assay as it was loaded.
    pub(crate) fn assay(&self) -> &Assay {
        &self.assay
    }

    /// Sets the id, which must not be that of a built-in assay: `--assay` would mean that one.
    pub(crate) fn set_id(&mut self, id: &str) -> Result<()> {
        if Assay::builtin_toml(id).is_ok() {
            bail!("the id `{id}` is that of a built-in assay: choose another one, such as `our_{id}`");
        }
        self.set("id", id);
        self.set("version", "1");
        Ok(())
    }

    /// Sets a value, with dots between the levels of its key. The comment beside it stays.
    pub(crate) fn set(&mut self, key: &str, new: impl Into<Value>) {
        let mut new: Value = new.into();
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        let Some(table) = self.item(table).and_then(Item::as_table_like_mut) else { return };
        match table.get_mut(name) {
            Some(Item::Value(old)) => {
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
            _ => {
                table.insert(name, value(new));
            }
        }
    }

    /// Removes a value or a table, and its mark.
    pub(crate) fn remove(&mut self, key: &str) {
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        if let Some(table) = self.item(table).and_then(Item::as_table_like_mut) {
            table.remove(name);
        }
        self.unmark(key);
    }

    /// Writes comment lines above a table.
    pub(crate) fn comment(&mut self, table: &str, lines: &[String]) {
        let comment = lines.join("\n# ");
        if let Some(table) = self.item(table).and_then(Item::as_table_mut) {
            table.decor_mut().set_prefix(format!("\n# {comment}\n"));
        }
    }

    /// Removes the mark of a value, and the comment beside it that says so.
    pub(crate) fn unmark(&mut self, key: &str) {
        if let Some(marks) = self.document.get_mut(MARKS).and_then(Item::as_array_of_tables_mut) {
            marks.retain(|mark| mark.get("key").and_then(Item::as_str) != Some(key));
        }
        if let Some(Item::Value(value)) = self.item(key) {
            let decor = value.decor_mut();
            if decor.suffix().and_then(|suffix| suffix.as_str()).is_some_and(|text| text.contains(VERIFY)) {
                decor.set_suffix("");
            }
        }
    }

    /// Marks a value as one to verify.
    pub(crate) fn mark(&mut self, key: &str, reason: &str, reference: &str) {
        self.unmark(key);
        if let Some(Item::Value(value)) = self.item(key) {
            value.decor_mut().set_suffix(format!("  # {VERIFY}"));
        }
        let mut mark = Table::new();
        for (name, text) in [("key", key), ("reason", reason), ("reference", reference)] {
            mark.insert(name, value(text));
        }
        let marks =
            self.document.entry(MARKS).or_insert(Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
        if let Some(marks) = marks.as_array_of_tables_mut() {
            marks.push(mark);
        }
    }

    /// The item at a key; the whole file at an empty one.
    fn item(&mut self, key: &str) -> Option<&mut Item> {
        let mut levels = key.split('.').filter(|level| !level.is_empty());
        levels.try_fold(self.document.as_item_mut(), |item, level| item.get_mut(level))
    }

    /// Writes the file and returns its assay. Nothing is written unless the assay is valid.
    pub(crate) fn write(&self, path: &Path) -> Result<Assay> {
        let text = self.document.to_string();
        let assay = Assay::from_toml(&text, &Location::file(path))?;
        write_atomically(path, |part| fs::write(part, &text).map_err(|error| Error::io(part, error)))?;
        Ok(assay)
    }
}

/// Reads the text of an assay file.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    let size = fs::metadata(path).map_err(|error| Error::io(path, error))?.len();
    if size > MAX_BYTES {
        bail!("{}: {size} bytes are more than an assay file has", path.display());
    }
    Ok(fs::read_to_string(path).map_err(|error| Error::io(path, error))?)
}

/// Refuses to write over a file, unless that is asked for.
pub(crate) fn must_be_free(path: &Path, replace: bool) -> Result<()> {
    if path.exists() && !replace {
        bail!("{} exists: choose another name, or write over it with --replace", path.display());
    }
    Ok(())
}
