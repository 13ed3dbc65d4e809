//! How far two assessors agree (REQ-MAP-09).

/// How often two assessors of the same person gave these two steps: the first one's along the
/// rows, the second one's along the columns, each from 1 to 5.
pub type Matrix = [[i64; 5]; 5];

/// The agreement of two assessors beyond chance, in thousandths: Cohen's kappa with linear
/// weights. 1000 is always the same step, 0 no better than chance. None where nothing was compared.
/// Reckoned in whole numbers, so that the same data give the same figure everywhere.
#[must_use]
pub fn kappa(matrix: &Matrix) -> Option<i64> {
    let all: i64 = matrix.iter().flatten().sum();
    if all <= 0 {
        return None;
    }
    let rows: Vec<i64> = matrix.iter().map(|row| row.iter().sum()).collect();
    let columns: Vec<i64> =
        (0..5).map(|at| matrix.iter().filter_map(|row| row.get(at)).sum()).collect();
    let (mut seen, mut chance) = (0_i64, 0_i64);
    for (i, row) in (0_i64..).zip(matrix) {
        for (j, count) in (0_i64..).zip(row) {
            seen += count * (i - j).abs();
        }
    }
    for (i, row) in (0_i64..).zip(&rows) {
        for (j, column) in (0_i64..).zip(&columns) {
            chance += row * column * (i - j).abs();
        }
    }
    if chance == 0 {
        // Both gave one and the same step to everybody.
        return Some(1000);
    }
    Some(1000 - (1000 * seen * all + chance / 2) / chance)
}
