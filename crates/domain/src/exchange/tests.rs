//! Rows and cells of exchange files.

use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2026, 11, 23);

proptest! {
    /// REQ-INFO-18: no cell of an export begins like a formula, and every one can be read back.
    #[test]
    fn no_cell_begins_a_formula(text in "(=|\\+|-|@|\t|\r|\n| |'|＝|＋|－|＠)?\\PC{0,20}|.{0,20}") {
        let cell = safe_cell(&text);
        let first = cell.chars().next();
        prop_assert!(!first.is_some_and(|c| "=+-@\t\r\n ＝＋－＠".contains(c)), "{cell:?}");
        prop_assert_eq!(plain_cell(&cell), text.as_str());
    }

    /// REQ-INFO-18: no row is too strange to be answered.
    #[test]
    fn any_row_is_read_or_rejected(cells in proptest::collection::vec(".{0,30}", 0..8)) {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let read = read_row(&cells, TODAY);
        prop_assert!(cells.len() == COLUMNS.len() || read == Err(RowFault::Columns));
    }
}

/// REQ-INFO-18: each fault of a row has its reason.
#[test]
fn a_row_is_rejected_with_its_reason() {
    let good = ["a-1", "10915596784", "occupation", "part time", "2026-11-20"];
    assert!(read_row(&good, TODAY).is_ok());
    let long = "x".repeat(201);
    for (at, cell, fault) in [
        (0, "", RowFault::Key),
        (0, "a b", RowFault::Key),
        (0, "../etc/passwd", RowFault::Key),
        (0, "=1+1", RowFault::Key),
        (2, "salary", RowFault::Kind),
        (2, "", RowFault::Kind),
        (3, " ", RowFault::Value),
        (3, &long, RowFault::Value),
        (3, "a\u{0}b", RowFault::Value),
        (3, "a\nb", RowFault::Value),
        (4, "20.11.2026", RowFault::Day),
        (4, "2026-11-24", RowFault::Day),
        (4, "2026-02-30", RowFault::Day),
    ] {
        let mut row = good;
        *row.get_mut(at).unwrap() = cell;
        assert_eq!(read_row(&row, TODAY), Err(fault), "{row:?}");
    }
    assert_eq!(read_row(&good[..4], TODAY), Err(RowFault::Columns));
    let escaped = ["a-1", "", "work_ability", "'-5 kg at most", "2026-11-20"];
    assert_eq!(read_row(&escaped, TODAY).unwrap().value, "-5 kg at most");
}
