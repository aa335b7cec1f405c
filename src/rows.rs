//! Text in rows and cells, as spreadsheets and analysis programs write it.

/// A row with some text in it.
pub(crate) struct Row {
    /// Its line in the file, from 1.
    pub(crate) line: usize,
    /// Its cells, without spaces around them.
    pub(crate) cells: Vec<String>,
}

/// The rows of a text up to the first that cannot be read, and the fault of that with its line. Cells are separated by commas,
/// semicolons or tabs, whichever the first line has most of. Rows without any text are left out.
pub(crate) fn rows(text: &str) -> (Vec<Row>, Option<(usize, csv::Error)>) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A spreadsheet may name its separator in a line of its own.
    let header = if text.starts_with("sep=") { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
    let skipped_lines = usize::from(header > 0);
    let text = &text[header..];
    let first = text.lines().next().unwrap_or_default();
    // Spreadsheets write what their language uses.
    let separators = [b',', b';', b'\t'];
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    let separator = separators.into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    // The place up to which lines are counted, and their number.
    let (mut counted, mut line) = (0, skipped_lines + 1);
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(1, csv::Position::line) as usize;
                return (rows, Some((line, error)));
            }
        };
        // The reader says where it stood before it passed empty lines and the end of the line before.
        let at = record.position().map_or(0, csv::Position::byte) as usize;
        let start = at + text[at..].bytes().take_while(|byte| b"\r\n".contains(byte)).count();
        let start = start.max(counted);
        line += text.as_bytes()[counted..start].split(|byte| *byte == b'\n').count() - 1;
        counted = start;
        let cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if !cells.iter().all(String::is_empty) {
            rows.push(Row { line, cells });
        }
    }
    (rows, None)
}
