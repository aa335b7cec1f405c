//! TOML in, validated assay out. Every error names the file, the key, the line and the allowed values.

use std::path::Path;

use toml::de::DeTable;

use super::check;
use super::definition::Assay;
use super::deserialise::Unchecked;
use super::fault::{AssayFault, CheckedAssay, error_of};
use super::problem::{Problem, Problems, key_position, line_of, translate};
use super::schema;
use crate::error::{Error, Location, Result};
use crate::limited::read_text;

/// Maximum size of an assay file, bytes. The built-in ones have about 8 kB. Each fault looks for its line, so that the time
/// for a file of nothing but faults grows with the square of its size.
const MAX_FILE_BYTES: u64 = 1 << 17;

impl Assay {
    /// Checks the text of an assay file: all its faults at once, and remarks on it.
    ///
    /// ```
    /// use breakapart::Assay;
    /// let text = Assay::builtin_toml("alk")?
    ///     .replace("max_signals = 20", "")
    ///     .replace("requires_fused", "requires_fussed")
    ///     .replace("cutoff_percent = 15", "cutoff_percent = 150");
    /// let checked = Assay::check_toml(&text);
    /// let problems: Vec<&str> = checked.faults.iter().map(|fault| fault.problem.as_str()).collect();
    /// assert_eq!(
    ///     problems,
    ///     [
    ///         "unknown key: did you mean `requires_fused`?",
    ///         "`max_signals` is missing: needed is a whole number, 2 to 1000",
    ///         "150 is out of range: allowed is 0.1 to 90 %",
    ///     ]
    /// );
    /// assert!(checked.assay.is_none());
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    #[must_use]
    pub fn check_toml(text: &str) -> CheckedAssay {
        let (document, errors) = DeTable::parse_recoverable(text);
        let document = document.get_ref();
        let line = |key: &str| key_position(document, key).map(|at| line_of(text, at));
        let faulty = |mut faults: Vec<AssayFault>| {
            faults.sort_by_key(|fault| fault.line.unwrap_or(0));
            CheckedAssay { assay: None, faults, notes: Vec::new() }
        };
        if !errors.is_empty() {
            let fault = |error: &toml::de::Error| AssayFault {
                key: String::new(),
                line: error.span().map(|span| line_of(text, span.start)),
                problem: format!("not valid TOML: {}", error.message()),
            };
            return faulty(errors.iter().map(fault).collect());
        }
        match read_checked(text, document) {
            Ok(assay) => {
                let notes = assay.notes().into_iter().map(|note| (line(&note.key()), note)).collect();
                CheckedAssay { assay: Some(assay), faults: Vec::new(), notes }
            }
            Err(problems) => {
                let located = |problem: Problem| AssayFault { line: line(&problem.key), ..problem.into() };
                faulty(problems.into_iter().map(located).collect())
            }
        }
    }

    /// A definition from its TOML text. `location` is where the text came from, for messages.
    ///
    /// ```
    /// use breakapart::assay::Assay;
    /// use breakapart::Location;
    /// let text = Assay::builtin_toml("alk")?.replace("cutoff_percent = 15", "cutoff_percent = 150");
    /// let message = Assay::from_toml(&text, &Location::file("our_alk.toml")).unwrap_err().to_string();
    /// assert!(message.starts_with("our_alk.toml, key `decision.cutoff_percent`: line "));
    /// assert!(message.ends_with("150 is out of range: allowed is 0.1 to 90 %"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Assay`] with all faults, each with its line, key, value and the allowed values: no TOML, unknown or
    /// missing keys, values of the wrong type or out of range, or values that contradict each other.
    pub fn from_toml(text: &str, location: &Location) -> Result<Self> {
        let checked = Self::check_toml(text);
        checked.assay.ok_or_else(|| error_of(checked.faults, location))
    }

    /// A definition from a TOML file.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read, [`Error::Limit`] if it is larger than an assay file can be,
    /// [`Error::Assay`] as for [`Assay::from_toml`].
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = read_text(path, MAX_FILE_BYTES)?;
        Self::from_toml(&text, &Location::file(path))
    }

    /// A built-in definition by name, in upper or lower case, otherwise a file by path. A file that is named like a
    /// built-in definition is reached by a path with a separator, such as `./alk`.
    ///
    /// # Errors
    /// [`Error::UnknownName`] if there is neither; it lists the built-in names. Otherwise as [`Assay::read`].
    pub fn load(name_or_path: &str) -> Result<Self> {
        match Self::builtin(name_or_path) {
            Err(Error::UnknownName { .. }) if Path::new(name_or_path).exists() => Self::read(name_or_path),
            Err(Error::UnknownName { kind, name, nearest, known }) => {
                let known = format!("{known}, and TOML files by their path");
                Err(Error::UnknownName { kind, name, nearest, known })
            }
            other => other,
        }
    }

    /// Checks an assay that was made or changed in code, by the rules for files.
    ///
    /// ```
    /// use breakapart::assay::Assay;
    /// let mut assay = Assay::builtin("alk")?;
    /// assay.doublet.size_ratio_max = 0.5;
    /// let message = assay.validate().unwrap_err().to_string();
    /// assert!(message.contains("doublet.size_ratio_max") && message.contains("1 to 20"));
    /// # Ok::<(), breakapart::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Assay`] with all faults, each with its key, value and the allowed values.
    pub fn validate(&self) -> Result<()> {
        let location = Location::file(format!("assay `{}`", self.id));
        let problems = match toml::Table::try_from(self) {
            Ok(values) => schema::check(&values),
            Err(error) => vec![Problem::new("", format!("cannot be written as TOML: {error}"))],
        };
        let problems = if problems.is_empty() { contradictions(self) } else { problems };
        if problems.is_empty() {
            return Ok(());
        }
        Err(error_of(problems.into_iter().map(AssayFault::from).collect(), &location))
    }
}

/// The faults of values against each other.
fn contradictions(assay: &Assay) -> Vec<Problem> {
    let mut problems = Problems::default();
    check::assay(assay, &mut problems);
    problems.into_vec()
}

/// All checks: keys and single values first, then values against each other and the marks.
fn read_checked(text: &str, document: &DeTable<'_>) -> std::result::Result<Assay, Vec<Problem>> {
    let translated = |error: toml::de::Error| vec![translate(&error, document)];
    let values: toml::Table = toml::from_str(text).map_err(translated)?;
    let problems = schema::check(&values);
    if !problems.is_empty() {
        return Err(problems);
    }
    let assay = toml::Deserializer::parse(text).and_then(Unchecked::deserialize).map_err(translated)?;
    let mut problems = Problems::default();
    check::assay(&assay, &mut problems);
    check::verify_marks(&assay, &mut problems);
    let problems = problems.into_vec();
    if problems.is_empty() { Ok(assay) } else { Err(problems) }
}
