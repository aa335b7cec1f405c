//! `params.toml`, the template of parameter files, is written from the documentation and the defaults of the parameters.
//!
//! After a change of parameters: `UPDATE_PARAMS=1 cargo test --test params_template`.

use std::fs;
use std::path::Path;

use breakapart::Location;
use breakapart::analyse::AnalyseParams;
use toml::{Table, Value};

/// The sections of the file: key, source file and type.
const SECTIONS: [(&str, &str, &str); 6] = [
    ("", "src/analyse/params.rs", "AnalyseParams"),
    ("segment", "src/segment/params.rs", "SegmentParams"),
    ("detect", "src/detect/params.rs", "DetectParams"),
    ("instrument", "src/calibrate/params.rs", "InstrumentParams"),
    ("classify", "src/classify/params.rs", "ClassifyParams"),
    ("summarise", "src/summarise.rs", "SummariseParams"),
];

/// Keys without a default, with an example of a value.
const OPTIONAL: [(&str, &str); 2] = [("sex", "\"female\""), ("diameter_px", "90.0")];

const HEAD: &str = "\
# Parameters of breakapart, for `batch --params FILE.toml`. Every value here is the default; a missing key has its
# default. Keys that have no default start with `#: `. Written from the documentation of the parameters.
";

/// Widest comment, columns.
const WIDTH: usize = 110;

/// One parameter of a section.
struct Parameter {
    key: String,
    doc: String,
}

/// The ranges that a source file declares as constants, by name, in words.
fn ranges(source: &str) -> Vec<(String, String)> {
    let declared = source.lines().filter_map(|line| {
        let (name, range) =
            line.trim().strip_prefix("pub const ")?.split_once(": ParameterRange = ParameterRange::new(")?;
        let (low, high) = range.strip_suffix(");")?.split_once(", ")?;
        let [low, high] = [low, high].map(|number| number.parse::<f64>().unwrap());
        Some((name.to_owned(), format!("{low} to {high}")))
    });
    declared.collect()
}

/// The fields of a struct with their documentation.
fn parameters(file: &str, name: &str) -> Vec<Parameter> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let source = fs::read_to_string(path).unwrap();
    let ranges = ranges(&source);
    let (_, body) = source.split_once(&format!("pub struct {name} {{\n")).unwrap();
    let (body, _) = body.split_once("\n}").unwrap();
    let (mut found, mut doc) = (Vec::new(), String::new());
    for line in body.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            doc += text;
        } else if let Some((key, _)) = line.strip_prefix("pub ").and_then(|rest| rest.split_once(':')) {
            let mut doc = std::mem::take(&mut doc);
            for (constant, range) in &ranges {
                doc = doc.replace(&format!("[`{constant}`](Self::{constant})"), range);
            }
            let doc = doc.replace("[`", "`").replace("`]", "`");
            found.push(Parameter { key: key.to_owned(), doc: doc.trim().to_owned() });
        }
    }
    found
}

/// The documentation as comments; range and default begin lines.
fn comment(doc: &str) -> String {
    let mut lines = vec!["#".to_owned()];
    for word in doc.split(' ') {
        let starts_line = lines.last().is_some_and(|l| l.ends_with('.'))
            && ["Range", "Default", "Default:"].contains(&word);
        if starts_line || lines.last().is_some_and(|l| l.len() + 1 + word.len() > WIDTH) {
            lines.push("#".to_owned());
        }
        let last = lines.last_mut().unwrap();
        *last = format!("{last} {word}");
    }
    lines.join("\n") + "\n"
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(text_of).collect::<Vec<_>>().join(", ")),
        Value::String(text) => format!("{text:?}"),
        Value::Float(number) => format!("{number:?}"),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        other => panic!("no parameter is {other:?}"),
    }
}

fn template() -> String {
    let defaults = Table::try_from(AnalyseParams::default()).unwrap();
    let mut text = HEAD.to_owned();
    for (section, file, name) in SECTIONS {
        let values = if section.is_empty() { Some(&defaults) } else { defaults[section].as_table() }.unwrap();
        if !section.is_empty() {
            text.extend(["\n[", section, "]\n"]);
        }
        for Parameter { key, doc } in parameters(file, name) {
            let line = match (values.get(&key), OPTIONAL.iter().find(|(optional, _)| *optional == key)) {
                (Some(Value::Table(_)), _) => continue,
                (Some(value), _) => format!("{key} = {}", text_of(value)),
                (None, Some((_, example))) => format!("#: {key} = {example}"),
                (None, None) => panic!("{section}.{key} has neither a default nor an example"),
            };
            text.extend(["\n", &comment(&doc), &line, "\n"]);
        }
    }
    text
}

#[test]
fn the_template_is_up_to_date_and_reads_as_the_defaults() {
    let template = template();
    if std::env::var_os("UPDATE_PARAMS").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("params.toml"), &template).unwrap();
    } else {
        assert_eq!(AnalyseParams::TEMPLATE, template, "params.toml is stale, see the head of this file");
    }
    let location = Location::file("params.toml");
    assert_eq!(AnalyseParams::from_toml(&template, &location).unwrap(), AnalyseParams::default());
    // With the optional keys too, it is still read, and nothing is left to its default unseen.
    let params = AnalyseParams::from_toml(&template.replace("\n#: ", "\n"), &location).unwrap();
    assert!(params.sex.is_some() && params.segment.diameter_px.is_some());
}

/// The numbers of the first `Range LOW to HIGH` of a documentation; `2^20` and the like are not read.
fn range_of(doc: &str) -> Option<[f64; 2]> {
    let (_, rest) = doc.split_once("Range ")?;
    let number = |word: &str| word.trim_end_matches(['.', ',', ';']).parse::<f64>().ok();
    let words: Vec<&str> = rest.split(' ').collect();
    match words.as_slice() {
        [low, "to", high, ..] => Some([number(low)?, number(high)?]),
        _ => None,
    }
}

#[test]
fn a_value_outside_of_its_documented_range_is_refused() {
    let defaults = Table::try_from(AnalyseParams::default()).unwrap();
    let mut checked = 0;
    for (section, file, name) in SECTIONS.into_iter().skip(1) {
        for Parameter { key, doc } in parameters(file, name) {
            let Some([low, high]) = range_of(&doc) else { continue };
            for outside in [low - 0.01 * (1.0 + low.abs()), high + 0.01 * (1.0 + high.abs()), f64::NAN] {
                let text = match defaults[section].get(&key) {
                    // A whole number cannot be negative or NaN.
                    Some(Value::Integer(_)) if outside > high => format!("{}", outside.ceil() as i64),
                    Some(Value::Integer(_)) => format!("{}", low as i64 - 1),
                    Some(Value::Table(_)) => {
                        format!("{{ red = {outside:?}, green = {outside:?} }}").replace("NaN", "nan")
                    }
                    Some(Value::Array(_)) => format!("[{outside:?}, {outside:?}]").replace("NaN", "nan"),
                    _ => format!("{outside:?}").replace("NaN", "nan"),
                };
                let text = format!("{section}.{key} = {text}");
                let error = AnalyseParams::from_toml(&text, &Location::default()).unwrap_err().to_string();
                assert!(error.contains(&key), "{text}: {error}");
            }
            checked += 1;
        }
    }
    assert!(checked > 8, "{checked} ranges");
}
