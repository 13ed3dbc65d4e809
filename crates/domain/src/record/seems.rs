//! Notices when a free text seems to hold more than the category its writer chose.

use crate::secrecy::{Categories, Category};

/// Beginnings of words, in Norwegian, Swedish and English, lower case. Two or three
/// letters would meet too many innocent words; a beginning ends in `$` when it must
/// be the whole word.
const SIGNS: &[(Category, &[&str])] = &[
    (
        Category::Health,
        &[
            "diagnos",
            "sykdom",
            "sjukdom",
            "depres",
            "angst",
            "ångest",
            "psyk",
            "kreft",
            "cancer",
            "diabet",
            "medisin",
            "medicin",
            "legeerkl",
            "läkarint",
            "sykmeld",
            "sjukskr",
            "sykehus",
            "sjukhus",
            "behandling",
            "smerte",
            "smärta",
            "adhd$",
            "kols$",
            "lege$",
            "legen$",
            "läkare",
            "doctor",
            "illness",
            "disease",
            "anxiety",
            "treatment",
            "hospital",
            "pregnan",
            "gravid",
        ],
    ),
    (
        Category::Subst,
        &[
            "rus$",
            "rusen$",
            "ruset$",
            "rusmid",
            "rusmis",
            "rusprob",
            "alkohol",
            "alcohol",
            "narkotik",
            "narkoman",
            "missbruk",
            "misbruk",
            "heroin",
            "amfetamin",
            "cannabis",
            "hasj",
            "hasch",
            "lar$",
            "drugs$",
            "addict",
            "avrusning",
            "avgiftning",
        ],
    ),
    (
        Category::Child,
        &[
            "barnevern",
            "barnavård",
            "fosterhjem",
            "familjehem",
            "omsorgsovertak",
            "child welfare",
            "foster care",
            "lvu$",
            "bvt$",
        ],
    ),
    (
        Category::Debt,
        &[
            "gjeld",
            "skuld$",
            "skulder",
            "inkasso",
            "kronofogd",
            "namsmann",
            "utlegg$",
            "betalingsanm",
            "debt",
            "creditor",
            "kreditor",
            "gjeldsordn",
            "skuldsaner",
        ],
    ),
    (
        Category::Origin,
        &[
            "asyl",
            "flyktning",
            "flykting",
            "oppholdstill",
            "uppehållstill",
            "etnisk",
            "ethnic",
            "religi",
            "refugee",
            "residence permit",
        ],
    ),
];

/// What a text seems to tell of, by its words. It is a hint to the writer and never
/// decides anything: a text may hold more without any of these words.
#[must_use]
pub fn seems(text: &str) -> Categories {
    let lower = text.to_lowercase();
    let mut found = Categories::default();
    let starts: Vec<&str> = lower
        .char_indices()
        .filter(|(at, c)| {
            c.is_alphanumeric()
                && lower
                    .get(..*at)
                    .and_then(|s| s.chars().last())
                    .is_none_or(|b| !b.is_alphanumeric())
        })
        .filter_map(|(at, _)| lower.get(at..))
        .collect();
    for (category, signs) in SIGNS {
        let meets = |sign: &&str| {
            let (stem, whole) = match sign.strip_suffix('$') {
                Some(stem) => (stem, true),
                None => (*sign, false),
            };
            starts.iter().any(|rest| {
                rest.strip_prefix(stem).is_some_and(|after| {
                    !whole || after.chars().next().is_none_or(|c| !c.is_alphanumeric())
                })
            })
        };
        if signs.iter().any(meets) {
            found = found.with(*category);
        }
    }
    found
}
