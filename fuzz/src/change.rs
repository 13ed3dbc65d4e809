//! Changing an input: what an attacker, a torn line or another program would make of a file.

/// Numbers in an order that only the seed decides, so that a run can be repeated.
pub(crate) struct Chance(u64);

impl Chance {
    /// From a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        // SplitMix64: every seed is as good as any other.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `most`; nought for nought.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % most).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}

/// The most bytes of an input, by the largest seed: room for what grows, and little enough to be
/// fast.
pub(crate) fn most(seeds: &[Vec<u8>]) -> usize {
    let largest = seeds.iter().map(Vec::len).max().unwrap_or_default();
    (8 * largest).clamp(512, 64 * 1024)
}

/// What stands in files of all kinds, and what has broken readers of them.
const PIECES: &[&[u8]] = &[
    b"\n",
    b"\r\n",
    b"\"",
    b"'",
    b"\"\"\"",
    b"'''",
    b";",
    b",",
    b"=",
    b"#",
    b"[",
    b"]",
    b"[[",
    b"]]",
    b"{",
    b"}",
    b".",
    b"..",
    b"\\",
    b"\\u0000",
    b"\\U0010FFFF",
    b"\0",
    b"\t",
    b" ",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\xc3\xa5",
    b"#end;",
    b"#end;0",
    b"9999-12-31",
    b"-009999-01-01",
    b"0001-01-01",
    b"2026-02-29",
    b"2024-02-29",
    b"18446744073709551616",
    b"9223372036854775807",
    b"-9223372036854775808",
    b"-1",
    b"0",
    b"1",
    b"nan",
    b"inf",
    b"true",
    b"false",
    b"1e400",
    b"0x7fffffff",
    b"=1+1",
    b"'",
    b"''",
];

/// The words of a text: what can be moved from one place to another as a whole.
pub(crate) fn words(data: &[u8]) -> Vec<Vec<u8>> {
    let part = |b: &u8| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'@'));
    let mut all: Vec<Vec<u8>> =
        data.split(part).filter(|it| !it.is_empty() && it.len() < 80).map(<[u8]>::to_vec).collect();
    all.extend(data.split(|b| *b == b'\n').filter(|it| it.len() < 400).map(<[u8]>::to_vec));
    all.sort();
    all.dedup();
    all
}

/// Between which bytes a change goes on: some place, and up to `most` bytes from there.
fn range(chance: &mut Chance, len: usize, most: usize) -> std::ops::Range<usize> {
    let at = chance.below(len + 1);
    at..(at + chance.below(most + 1)).min(len)
}

/// A line with its end, so that files of lines are changed line by line too.
fn line(chance: &mut Chance, data: &[u8]) -> std::ops::Range<usize> {
    let at = chance.below(data.len() + 1);
    let is_end = |b: &u8| *b == b'\n';
    let from = data.get(..at).and_then(|it| it.iter().rposition(is_end)).map_or(0, |it| it + 1);
    let until = data
        .get(at..)
        .and_then(|it| it.iter().position(is_end))
        .map_or(data.len(), |it| at + it + 1);
    from..until
}

/// One to eight changes of an input, which stays within `most` bytes. `other` is another input, and
/// `words` are taken from the seeds.
pub(crate) fn changed(
    chance: &mut Chance,
    data: &[u8],
    other: &[u8],
    words: &[Vec<u8>],
    most: usize,
) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..=chance.below(8) {
        let len = data.len();
        match chance.below(12) {
            0 => {
                let at = chance.below(len);
                let bit = 1 << chance.below(8);
                data.get_mut(at).into_iter().for_each(|byte| *byte ^= bit);
            }
            1 => {
                let (at, new) = (chance.below(len), chance.byte());
                data.get_mut(at).into_iter().for_each(|byte| *byte = new);
            }
            2 => {
                let at = chance.below(len);
                let step = if chance.below(2) == 0 { 1 } else { 255 };
                data.get_mut(at).into_iter().for_each(|byte| *byte = byte.wrapping_add(step));
            }
            3 => {
                data.drain(range(chance, len, 40));
            }
            4 => {
                let part = data.get(range(chance, len, 200)).unwrap_or_default().to_vec();
                let at = chance.below(len + 1);
                data.splice(at..at, part);
            }
            5 | 6 => {
                let piece = PIECES.get(chance.below(PIECES.len())).copied().unwrap_or_default();
                data.splice(range(chance, len, 3), piece.iter().copied());
            }
            7 | 8 => {
                let word = words.get(chance.below(words.len())).cloned().unwrap_or_default();
                let at = range(chance, len, word.len());
                data.splice(at, word);
            }
            9 => {
                let part = other.get(range(chance, other.len(), 400)).unwrap_or_default();
                data.splice(range(chance, len, 400), part.iter().copied());
            }
            10 => {
                let part = line(chance, &data);
                let moved: Vec<u8> = data.drain(part).collect();
                if chance.below(2) == 0 {
                    let at = line(chance, &data).start;
                    data.splice(at..at, moved);
                }
            }
            _ => {
                let part = data.get(line(chance, &data)).unwrap_or_default().to_vec();
                let often = if chance.below(20) == 0 { 300 } else { 3 };
                let times = 1 + chance.below(often);
                let at = line(chance, &data).start;
                data.splice(at..at, part.repeat(times));
            }
        }
        data.truncate(most);
    }
    data
}
