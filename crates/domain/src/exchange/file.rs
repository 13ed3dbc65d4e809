//! The form of a file: cells between semicolons, a line of columns first, a count last.

use super::{COLUMNS, END, FileFault, MOST_BYTES, MOST_ROWS, safe_cell};

/// A file whose form is right. What its rows say has not been looked at.
#[derive(Debug, PartialEq, Eq)]
pub struct Parsed {
    /// How many rows the file says it has: as many as there are.
    pub sent: i64,
    /// The cells of each row.
    pub rows: Vec<Vec<String>>,
}

/// A file that is refused as a whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub fault: FileFault,
    /// How many rows it says it has, where it says so.
    pub sent: i64,
    /// How many rows came.
    pub received: i64,
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Reads the form of a file.
///
/// # Errors
/// [`Refused`], and then no row of it is looked at.
pub fn parse(text: &str) -> Result<Parsed, Refused> {
    let refused = |fault, sent, received| Refused { fault, sent, received: count(received) };
    if text.len() > MOST_BYTES {
        return Err(refused(FileFault::TooLarge, 0, 0));
    }
    // Some systems begin a file with a mark that it is UTF-8.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(b';')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let header = records.next().and_then(Result::ok);
    let fits = header.is_some_and(|cells| cells.iter().map(str::trim).eq(COLUMNS));
    if !fits {
        return Err(refused(FileFault::Header, 0, 0));
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut end: Option<i64> = None;
    for record in records {
        let record = record.map_err(|_| refused(FileFault::Form, 0, rows.len()))?;
        if end.is_some() {
            // Something stands after the end: two files in one, or a count in the middle.
            return Err(refused(FileFault::Form, end.unwrap_or_default(), rows.len()));
        }
        if record.get(0).map(str::trim) == Some(END) {
            let said = record.get(1).and_then(|cell| cell.trim().parse::<u32>().ok());
            end = Some(said.map(i64::from).ok_or(refused(FileFault::CutOff, 0, rows.len()))?);
            continue;
        }
        if rows.len() >= MOST_ROWS {
            return Err(refused(FileFault::TooLarge, 0, rows.len()));
        }
        rows.push(record.iter().map(str::to_owned).collect());
    }
    match end {
        Some(sent) if sent == count(rows.len()) => Ok(Parsed { sent, rows }),
        said => Err(refused(FileFault::CutOff, said.unwrap_or_default(), rows.len())),
    }
}

/// A cell between quotes, never one that begins like a formula.
fn put(line: &mut String, cell: &str) {
    if !line.is_empty() {
        line.push(';');
    }
    line.push('"');
    line.push_str(&safe_cell(cell).replace('"', "\"\""));
    line.push('"');
}

/// Writes a file. Every cell is quoted, and none begins like a formula. The columns and the count
/// are the program's own words and stay as they are.
#[must_use]
pub fn write<'a>(columns: &[&str], rows: impl Iterator<Item = Vec<&'a str>>) -> String {
    let mut text = String::new();
    let mut end = |cells: &[&str]| {
        let mut line = String::new();
        cells.iter().for_each(|cell| put(&mut line, cell));
        text.push_str(&line);
        text.push_str("\r\n");
    };
    end(columns);
    let mut written = 0_usize;
    for row in rows {
        end(&row);
        written += 1;
    }
    end(&[END, &written.to_string()]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::plain_cell;
    use proptest::prelude::*;

    const HEADER: &str = "key;number;kind;value;known_on\n";

    /// REQ-INFO-18: a file that was cut off is refused whole wherever the cut is.
    #[test]
    fn a_cut_off_file_is_refused_wherever_the_cut_is() {
        let whole = format!("{HEADER}a;1;x;\"y;\"\"z\";2026-01-01\nb;2;x;y;2026-01-01\n#end;2");
        assert_eq!(parse(&whole).map(|it| it.rows.len()), Ok(2));
        for at in 0..whole.len() {
            assert!(parse(&whole[..at]).is_err(), "{}", &whole[..at]);
        }
        let marked = format!("\u{feff}{}\r\n", whole.replace('\n', "\r\n"));
        assert_eq!(parse(&marked).map(|it| it.sent), Ok(2));
    }

    /// REQ-INFO-18: what is refused as a whole says why.
    #[test]
    fn a_refused_file_says_why() {
        let fault = |text: &str| parse(text).map_err(|it| it.fault).map(|it| it.sent);
        assert_eq!(fault("a;b;c\n#end;0"), Err(FileFault::Header));
        assert_eq!(fault(""), Err(FileFault::Header));
        assert_eq!(fault(&HEADER.replace(';', ",")), Err(FileFault::Header));
        assert_eq!(fault(&format!("{HEADER}#end;1\n")), Err(FileFault::CutOff));
        assert_eq!(fault(&format!("{HEADER}#end;many\n")), Err(FileFault::CutOff));
        assert_eq!(fault(&format!("{HEADER}#end;0\n#end;0\n")), Err(FileFault::Form));
        assert_eq!(fault(&format!("{HEADER}#end;0\na;b;c;d;e\n")), Err(FileFault::Form));
        assert_eq!(fault(&"x".repeat(MOST_BYTES + 1)), Err(FileFault::TooLarge));
        let many = "a;b;c;d;e\n".repeat(MOST_ROWS + 1);
        let many = format!("{HEADER}{many}#end;{}\n", MOST_ROWS + 1);
        assert_eq!(fault(&many), Err(FileFault::TooLarge));
        assert_eq!(fault(&format!("{HEADER}#end;0\n")), Ok(0));
    }

    proptest! {
        /// REQ-INFO-18: no cell of a written file begins like a formula, and each can be read
        /// back as it was; no text at all stops the reader.
        #[test]
        fn what_is_written_is_safe_and_can_be_read_back(
            cells in proptest::collection::vec("[=+@;\"'\n\r\t -]{0,3}.{0,12}", 1..20),
            strange in ".{0,200}",
        ) {
            let rows = cells.iter().map(|cell| vec![cell.as_str(), "x"]);
            let text = write(&COLUMNS, rows);
            let parsed = parse(&text).unwrap();
            prop_assert_eq!(parsed.rows.len(), cells.len());
            for (row, cell) in parsed.rows.iter().zip(&cells) {
                let read = row.first().unwrap();
                prop_assert!(!read.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', ' ']));
                prop_assert_eq!(plain_cell(read), cell.as_str());
            }
            let _ = parse(&strange);
            let _ = parse(&format!("{HEADER}{strange}\n#end;1"));
        }
    }
}
