//! Two who change the same text at once: what each has written is kept, side by side.

/// What three versions of a text come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Merge {
    /// One of the two alone has changed something, or both the same: that text holds.
    Clean(String),
    /// Both have changed other lines: the two put together. It is shown before it is kept.
    Joined(String),
    /// Both have changed the same lines. The text has both, one after the other.
    Both(String),
}

impl Merge {
    /// The text to go on with.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Clean(text) | Self::Joined(text) | Self::Both(text) => text,
        }
    }
}

/// The lines that two texts share, as pairs of places in the one and the other, rising in both.
fn shared(one: &[&str], other: &[&str]) -> Vec<(usize, usize)> {
    // The longest common sequence, by a table from the end.
    let wide = other.len() + 1;
    let mut table = vec![0_usize; (one.len() + 1) * wide];
    let at = |row: usize, column: usize| row * wide + column;
    let read = |table: &[usize], place: usize| table.get(place).copied().unwrap_or_default();
    for row in (0..one.len()).rev() {
        for column in (0..other.len()).rev() {
            let best = if one.get(row) == other.get(column) {
                read(&table, at(row + 1, column + 1)) + 1
            } else {
                read(&table, at(row + 1, column)).max(read(&table, at(row, column + 1)))
            };
            if let Some(cell) = table.get_mut(at(row, column)) {
                *cell = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::new();
    while row < one.len() && column < other.len() {
        if one.get(row) == other.get(column) {
            pairs.push((row, column));
            row += 1;
            column += 1;
        } else if read(&table, at(row + 1, column)) >= read(&table, at(row, column + 1)) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// Lays three versions together: what both began with, and what each made of it.
#[must_use]
pub fn three_way(base: &str, theirs: &str, mine: &str) -> Merge {
    if theirs == mine || mine == base {
        return Merge::Clean(theirs.to_owned());
    }
    if theirs == base {
        return Merge::Clean(mine.to_owned());
    }
    let (b, t, m): (Vec<&str>, Vec<&str>, Vec<&str>) =
        (base.lines().collect(), theirs.lines().collect(), mine.lines().collect());
    let (with_theirs, with_mine) = (shared(&b, &t), shared(&b, &m));
    let place = |pairs: &[(usize, usize)], line: usize| {
        pairs.iter().find(|(from, _)| *from == line).map(|(_, to)| *to)
    };
    let mut out: Vec<&str> = Vec::new();
    let mut both = false;
    let (mut at_base, mut at_theirs, mut at_mine) = (0, 0, 0);
    // From one line that all three have to the next.
    let anchors = (0..b.len())
        .filter_map(|line| Some((line, place(&with_theirs, line)?, place(&with_mine, line)?)));
    for (line, their, my) in anchors.chain(std::iter::once((b.len(), t.len(), m.len()))) {
        let part = |lines: &[&'_ str], from: usize, to: usize| -> Vec<String> {
            lines.iter().take(to).skip(from).map(|one| (*one).to_owned()).collect()
        };
        let (old, new, own) =
            (part(&b, at_base, line), part(&t, at_theirs, their), part(&m, at_mine, my));
        let theirs_here = t.iter().take(their).skip(at_theirs);
        let mine_here = m.iter().take(my).skip(at_mine);
        if new == own || own == old {
            out.extend(theirs_here);
        } else if new == old {
            out.extend(mine_here);
        } else {
            both = true;
            out.extend(theirs_here);
            out.extend(mine_here);
        }
        out.extend(b.get(line));
        (at_base, at_theirs, at_mine) = (line + 1, their + 1, my + 1);
    }
    let text = out.join("\n");
    if both { Merge::Both(text) } else { Merge::Joined(text) }
}
