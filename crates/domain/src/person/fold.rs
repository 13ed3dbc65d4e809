//! Bringing spellings of one name together.

/// How many words of a text are looked at.
const MOST_TOKENS: usize = 6;

/// Latin letters with marks, each row under the plain letters it counts as.
///
/// The Nordic rows follow how names are written where the letters are missing:
/// å as aa or a, ø and ö as oe or o, æ and ä as ae or e.
const MARKED: [(&str, &str); 25] = [
    ("a", "àáâãåāăąǎǻạảấầẩẫậắằẳẵặ"),
    ("b", "ḃ"),
    ("c", "çćĉċč"),
    ("d", "ďđðḋḍ"),
    ("e", "äæǣǽəǝèéêëēĕėęěẹẻẽếềểễệ"),
    ("f", "ḟƒ"),
    ("g", "ĝğġģǧǥ"),
    ("h", "ĥħḥ"),
    ("i", "ìíîïĩīĭįıǐỉị"),
    ("ij", "ĳ"),
    ("j", "ĵǰ"),
    ("k", "ķĸǩ"),
    ("l", "ĺļľŀłḷ"),
    ("m", "ṁṃ"),
    ("n", "ñńņňŉŋṅṇ"),
    ("o", "òóôõöøœōŏőǒǫǿơọỏốồổỗộớờởỡợ"),
    ("p", "ṗ"),
    ("r", "ŕŗřṛ"),
    ("s", "śŝşšșſṡṣß"),
    ("t", "ţťŧțṫṭ"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųǔǘǚǜưụủứừửữự"),
    ("w", "ŵẁẃẅ"),
    ("y", "ýÿŷỳỵỷỹ"),
    ("z", "źżžʒǯẓ"),
];

/// The form of one word under which its spellings meet (REQ-INFO-08): Åse and
/// Aase, Bjørn and Björn, Christian and Kristian.
///
/// Latin letters, with the marks of the European, Sami and Vietnamese alphabets,
/// come out as a-z without c, q, w, x, y and z. Letters of other scripts stay, in
/// lower case, so that people with such names are found too.
/// Everything that is not a letter is dropped. Folding again changes nothing.
/// The form is for comparing only: it is not a name and must not be shown.
#[must_use]
pub fn fold(token: &str) -> String {
    let mut folded = letters(token);
    loop {
        let next = sounds(&settled_vowels(folded.clone()));
        if next == folded {
            return next.into_iter().collect();
        }
        folded = next;
    }
}

/// The words of a name or a search text, folded, at most six. White space,
/// hyphens, commas and slashes part words; words without a letter are left out.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    words(text).map(|(_, folded)| folded).collect()
}

/// The words as written, each with its folded form.
pub(super) fn words(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.split(|c: char| {
        c.is_whitespace() || matches!(c, '-' | ',' | '/' | '\u{2010}'..='\u{2015}')
    })
    .map(|word| (word, fold(word)))
    .filter(|(_, folded)| !folded.is_empty())
    .take(MOST_TOKENS)
}

/// Lower case without marks. A diaeresis written as a mark of its own makes an
/// `a` an ä like the one-piece letter; the other marks fall away.
fn letters(token: &str) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(token.len());
    for letter in token.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => out.push(letter),
            '\u{308}' => {
                if let Some(last) = out.last_mut().filter(|last| **last == 'a') {
                    *last = 'e';
                }
            }
            '\0'..='\u{7f}' | '\u{300}'..='\u{36f}' => {}
            _ => match MARKED.iter().find(|(_, marked)| marked.contains(letter)) {
                Some((plain, _)) => out.extend(plain.chars()),
                None if letter.is_alphabetic() => out.push(letter),
                None => {}
            },
        }
    }
    out
}

/// Takes vowel pairs together until none is left, before any rule looks at which
/// vowel follows a consonant: Caesar and Cæsar both begin with s.
fn settled_vowels(mut text: Vec<char>) -> Vec<char> {
    loop {
        let next = vowels(&text);
        if next == text {
            return next;
        }
        text = next;
    }
}

fn vowels(text: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (letter, after) = match (first, tail) {
            ('a', ['e', after @ ..]) => ('e', after),
            ('o', ['e', after @ ..]) => ('o', after),
            _ => (*first, tail),
        };
        push_once(&mut out, letter);
        rest = after;
    }
    out
}

fn sounds(text: &[char]) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (heard, after): (&[char], &[char]) = match (first, tail) {
            ('p', ['h', after @ ..]) => (&['f'], after),
            ('t', ['h', after @ ..]) => (&['t'], after),
            ('c', ['h', after @ ..]) => (&['k'], after),
            ('c', ['e' | 'i' | 'y', ..]) | ('z', _) => (&['s'], tail),
            ('c' | 'q', _) => (&['k'], tail),
            ('g' | 'h', ['j', after @ ..]) => (&['j'], after),
            ('h', _) if is_silent(out.last(), tail.first()) => (&[], tail),
            ('w', _) => (&['v'], tail),
            ('x', _) => (&['k', 's'], tail),
            ('y', _) => (&['i'], tail),
            _ => (std::slice::from_ref(first), tail),
        };
        for letter in heard {
            push_once(&mut out, *letter);
        }
        rest = after;
    }
    out
}

/// Whether an h between these letters is not heard: after a consonant (Bhatt),
/// before one (John, Dahl) and at the end (Sarah). A lone initial h stays.
fn is_silent(before: Option<&char>, after: Option<&char>) -> bool {
    let is_vowel = |letter: &char| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    match (before, after) {
        (None, None) => false,
        (Some(before), _) if before.is_ascii() && !is_vowel(before) => true,
        (_, after) => !after.is_some_and(is_vowel),
    }
}

/// Adds a letter unless it doubles the one before. Other scripts keep doubled
/// letters, where they are often a syllable of their own.
fn push_once(out: &mut Vec<char>, letter: char) {
    if !letter.is_ascii() || out.last() != Some(&letter) {
        out.push(letter);
    }
}
