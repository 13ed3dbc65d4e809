//! Which statements touch persons. The compiler answers: the kind of a statement is found in its
//! text when it is declared, and its type is made from the answer (REQ-INFO-15).

include!(concat!(env!("OUT_DIR"), "/personal_tables.rs"));

/// How many words may stand between a table and the comma before the next one: `as` and the alias.
const ALIAS: u8 = 2;

/// Where the reader is in a text.
#[derive(Clone, Copy)]
enum Place {
    /// The next word names a table.
    Table,
    /// A table was named so many words ago that a comma may still lead to another.
    Named(u8),
    Elsewhere,
}

/// Whether the text reads or writes a table with personal data: a word after `from`, `join`,
/// `into`, `update` or `using`, or after the comma that follows such a table.
///
/// It errs towards yes. What nobody here writes counts as personal, so that nothing slips by in it:
/// a table in capitals, and a comment of the other kind, which could stand between the two words.
#[must_use]
pub const fn touches_persons(text: &str) -> bool {
    let mut place = Place::Elsewhere;
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        if is_letter(*first) {
            let (word, after) = rest.split_at(length(rest));
            place = match place {
                Place::Table if is_personal(word) => return true,
                _ if leads_to_a_table(word) => Place::Table,
                Place::Table if is_between(word) => Place::Table,
                Place::Table if is(word, b"select") || is(word, b"set") => Place::Elsewhere,
                Place::Table => Place::Named(ALIAS),
                Place::Named(0) | Place::Elsewhere => Place::Elsewhere,
                Place::Named(more) => Place::Named(more - 1),
            };
            rest = after;
            continue;
        }
        rest = match rest {
            [b'-', b'-', line @ ..] => past_the_line(line),
            [b'/', b'*', ..] => return true,
            _ => after,
        };
        place = match (place, *first) {
            (Place::Named(_), b',') | (Place::Named(ALIAS), b'.') => Place::Table,
            (Place::Named(_), b'(' | b')' | b';') => Place::Elsewhere,
            _ => place,
        };
    }
    false
}

/// Of a text that PostgreSQL gets instead, both count.
#[must_use]
pub const fn either_touches_persons(text: &str, postgres: &str) -> bool {
    touches_persons(text) || touches_persons(postgres)
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

const fn length(text: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = text;
    while let [first, after @ ..] = rest
        && is_letter(*first)
    {
        count += 1;
        rest = after;
    }
    count
}

const fn past_the_line(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'\n' {
            break;
        }
    }
    rest
}

const fn is(word: &[u8], keyword: &[u8]) -> bool {
    word.eq_ignore_ascii_case(keyword)
}

const fn leads_to_a_table(word: &[u8]) -> bool {
    match word.len() {
        4 => is(word, b"from") || is(word, b"join") || is(word, b"into"),
        5 => is(word, b"using"),
        6 => is(word, b"update"),
        _ => false,
    }
}

/// Words that may stand before the name of a table.
const fn is_between(word: &[u8]) -> bool {
    match word.len() {
        2 => is(word, b"or"),
        4 => is(word, b"only"),
        6 => is(word, b"ignore"),
        7 => is(word, b"lateral") || is(word, b"replace"),
        _ => false,
    }
}

const fn is_personal(word: &[u8]) -> bool {
    let mut rest = word;
    while let [first, after @ ..] = rest {
        if first.is_ascii_uppercase() {
            return !is(word, b"select") && !is(word, b"set") && !is_between(word);
        }
        rest = after;
    }
    is_table(word)
}

#[cfg(test)]
mod tests {
    use super::{either_touches_persons, touches_persons};

    /// REQ-INFO-15: whatever way a personal table is named in, the statement is personal.
    #[test]
    fn a_personal_table_is_found_wherever_it_stands() {
        for text in [
            "select 1 from person",
            "select 1 from person p where p.id = $1",
            "select 1 from staff s join person p on p.id = s.id",
            "select 1 from staff s, person p",
            "select 1 from staff as s, person",
            "select 1 from staff, unit, person",
            "select 1 from (staff s join person p on true)",
            "insert into person (id) values ($1)",
            "insert or replace into person (id) values ($1)",
            "update person set version = 2",
            "update or ignore person set version = 2",
            "delete from person",
            "delete from staff using person",
            "select 1 from main.person",
            "select 1 from \"person\"",
            "select 1 from only person",
            "with a as (select 1 from person) select 1 from a",
            "select (select count(*) from person) from staff",
            "select 1\n    from\n    person",
            "select 1 from -- those who are helped\n person",
            "select 1 from /* those who are helped */ person",
            "SELECT 1 FROM person",
            "select 1 from PERSON",
        ] {
            assert!(touches_persons(text), "{text}");
        }
        assert!(either_touches_persons("select 1 from staff", "select 1 from person"));
        assert!(either_touches_persons("select 1 from person", "select 1 from staff"));
    }

    /// What names a person's table only as a column, a word or an alias is not held back.
    #[test]
    fn what_touches_no_person_is_plain() {
        for text in [
            "select 1 from staff",
            "select person, visit from staff order by person, visit",
            "select 1 from person_x",
            "update staff set person = $1, visit = $2",
            "select 1 from staff where kind = 'person'",
            "insert into staff (person, visit) values ($1, $2)",
            "insert into staff (id) values ($1) on conflict (id) do update set person = $2",
            "select 1 from staff -- not from person\n where true",
            "SELECT 1 FROM staff",
        ] {
            assert!(!touches_persons(text), "{text}");
        }
        assert!(!either_touches_persons("select 1 from staff", "select 1 from unit"));
    }
}
