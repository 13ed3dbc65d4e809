//! People who do not exist: names, numbers of the synthetic series, addresses.

use onedoor_domain::person::{
    Clearance, IdentityKind, IdentityNumber, Protection, fold, search_keys,
};
use uuid::Uuid;

use super::PopulationFault;
use super::calendar::{Calendar, Rising};
use super::city::City;
use super::names::{ORIGINS, Origin, SECOND, STREETS};
use super::random::Random;
use super::tables::{Keys, Out, Waiting, cells, name_key, put_key};
use crate::keys::{
    Key, NUMBER, PERSON_ADDRESS, PERSON_BORN, PERSON_EMAIL, PERSON_FAMILY, PERSON_GIVEN,
    PERSON_PHONE, PERSON_POSTCODE, Wrapped,
};

/// A year, near enough for spreading ages.
const YEAR: i64 = 365;

/// The lists of names, taken apart into words once.
pub(super) struct Names(Vec<(u64, Split)>);

struct Split {
    given: Vec<&'static str>,
    family: Vec<&'static str>,
    languages: &'static [(u64, &'static str)],
}

impl Names {
    pub(super) fn new() -> Self {
        let split = |it: &'static Origin| Split {
            given: it.given.split_whitespace().collect(),
            family: it.family.split_whitespace().collect(),
            languages: it.languages,
        };
        Self(ORIGINS.iter().map(|(weight, it)| (*weight, split(it))).collect())
    }

    fn any(&self, random: &mut Random) -> Result<(String, String, &'static str), PopulationFault> {
        let origin = random.weighed(&self.0)?;
        let mut given = (*random.pick(&origin.given)?).to_owned();
        if random.chance(120) {
            given.push(' ');
            given.push_str(random.pick(SECOND)?);
        }
        let mut family = (*random.pick(&origin.family)?).to_owned();
        // People marry across origins too.
        let other = if random.chance(60) { Some(random.weighed(&self.0)?) } else { None };
        if let Some(other) = other {
            let second = *random.pick(&other.family)?;
            if random.chance(500) {
                family = second.to_owned();
            } else if second != family && !family.contains('-') && !second.contains('-') {
                family.push(if random.chance(500) { ' ' } else { '-' });
                family.push_str(second);
            }
        }
        Ok((given, family, *random.weighed(origin.languages)?))
    }

    /// The name of a member of staff.
    pub(super) fn of_staff(&self, random: &mut Random) -> Result<String, PopulationFault> {
        let (given, family, _) = self.any(random)?;
        Ok(format!("{given} {family}"))
    }
}

/// A person, made and not yet written.
pub(super) struct Person {
    pub(super) id: Uuid,
    given: String,
    family: String,
    born: i64,
    pub(super) language: &'static str,
    phone: String,
    email: String,
    address: String,
    pub(super) area: usize,
    pub(super) district: usize,
    pub(super) protection: Protection,
    number: Option<IdentityNumber>,
    received: i64,
    pub(super) key: Key,
    wrapped: Wrapped,
}

impl Person {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// What a worker needs to know of this person.
    pub(super) fn clearance(&self) -> Clearance {
        match self.protection {
            Protection::Open => Clearance::None,
            Protection::Confidential => Clearance::Confidential,
            Protection::StrictlyConfidential => Clearance::StrictlyConfidential,
        }
    }
}

/// Makes people and their rows.
pub(super) struct People {
    names: Names,
    ids: Rising,
    /// How many numbers of each day of birth are used up.
    used: std::collections::HashMap<i64, u32>,
    /// Keys of names, to be put in order at the end.
    keys: Waiting,
    pub(super) made: u64,
}

impl People {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            ids: Rising::default(),
            used: std::collections::HashMap::new(),
            keys: Waiting::default(),
            made: 0,
        }
    }

    /// Makes a person who became known at an instant of some day.
    pub(super) fn make(
        &mut self,
        random: &mut Random,
        keys: &Keys,
        calendar: &Calendar,
        city: &City,
        at: i64,
    ) -> Result<Person, PopulationFault> {
        let (given, family, language) = self.names.any(random)?;
        // The younger half of working life is met more often at these offices.
        let share = random.fraction() * (0.6 + 0.4 * random.fraction());
        let age = 18 * YEAR + 5 + (share * (48 * YEAR) as f64) as i64;
        let born = calendar.today - age;
        let number =
            if random.chance(10) { None } else { Some(self.number(random, calendar, born)?) };
        let area = random.below(city.areas.iter().map(|(weight, _)| weight).sum());
        let (area, district) = city.area_at(area)?;
        let protection = match random.below(10_000) {
            0..5 => Protection::StrictlyConfidential,
            5..35 => Protection::Confidential,
            _ => Protection::Open,
        };
        let address = match protection {
            // The register does not hand these out at all.
            Protection::StrictlyConfidential => String::new(),
            _ => format!("{} {}", random.pick(STREETS)?, random.between(1, 120)),
        };
        self.made += 1;
        let mail = random.chance(380);
        let email = if mail { self.email(random, &given, &family) } else { String::new() };
        let id = self.ids.next(random, at);
        let (key, wrapped) = keys.make(id)?;
        Ok(Person {
            id,
            key,
            wrapped,
            email,
            phone: phone(random),
            given,
            family,
            born,
            language,
            address,
            area,
            district,
            protection,
            number,
            received: at.div_euclid(super::calendar::DAY),
        })
    }

    fn email(&self, random: &mut Random, given: &str, family: &str) -> String {
        let plain = |text: &str| -> String {
            fold(text).chars().filter(char::is_ascii_alphabetic).collect()
        };
        let (given, family) = (plain(given), plain(family));
        format!("{given}.{family}{}@example.org", random.between(1, 99))
    }

    /// A number of the Tenor series (month + 80) for a day of birth; one in
    /// fifty of them for somebody who is not resident (day + 40 as well).
    fn number(
        &mut self,
        random: &mut Random,
        calendar: &Calendar,
        born: i64,
    ) -> Result<IdentityNumber, PopulationFault> {
        let date = calendar.date(born)?;
        let base = if date.year() >= 2000 { 500 } else { 0 };
        let shift = if random.chance(20) { 40 } else { 0 };
        let next = self.used.entry(born).or_insert(0);
        while *next < 500 {
            // 7 has no divisor in common with 500, so every serial comes once.
            let serial = base + (*next * 7 + born.unsigned_abs() as u32 % 500) % 500;
            *next += 1;
            let nine = format!(
                "{:02}{:02}{:02}{serial:03}",
                date.day() + shift,
                i16::from(date.month()) + 80,
                date.year() % 100
            );
            if let Some(number) = closed(&nine) {
                let read = IdentityNumber::from_stored(IdentityKind::Synthetic, &number);
                return match read {
                    Ok(read) if read.born_on() == Some(date) => Ok(read),
                    _ => Err(PopulationFault::Number),
                };
            }
        }
        Err(PopulationFault::Number)
    }

    /// Writes the person with the agencies that know of them, each since a day.
    pub(super) fn put(
        &mut self,
        out: &mut Out,
        keys: &Keys,
        calendar: &Calendar,
        city: &City,
        person: &Person,
        known: &[(Uuid, i64)],
    ) -> Result<(), PopulationFault> {
        let (_, area) = city.areas.get(person.area).ok_or(PopulationFault::Empty)?;
        let hidden = person.address.is_empty();
        let source = if person.number.is_some() { "register" } else { "person" };
        let key = &person.key;
        let postcode = if hidden { "" } else { area.postcode.as_str() };
        put_key(out, person.id, &person.wrapped)?;
        out.person.push(cells![
            person.id,
            &key.seal(PERSON_GIVEN, &person.given)?,
            &key.seal(PERSON_FAMILY, &person.family)?,
            &key.seal(PERSON_BORN, calendar.text(person.born)?)?,
            person.language,
            &key.seal(PERSON_PHONE, &person.phone)?,
            &key.seal(PERSON_EMAIL, &person.email)?,
            &key.seal(PERSON_ADDRESS, &person.address)?,
            &key.seal(PERSON_POSTCODE, postcode)?,
            &area.code,
            person.protection.as_i64(),
            source,
            calendar.text(person.received)?,
            1_i64,
        ])?;
        if let Some(number) = &person.number {
            let kind = IdentityKind::Synthetic.as_str();
            let (blind, sealed) =
                (keys.vault().number(number), key.seal(NUMBER, number.canonical())?);
            out.person_identifier.push(cells![person.id, &blind, kind, false, &sealed])?;
        }
        let vault = keys.vault();
        let keys = search_keys(&person.given, &person.family);
        let mut keys: Vec<String> = keys.iter().map(|key| vault.name(key)).collect();
        // Short names may come out alike.
        keys.sort_unstable();
        keys.dedup();
        for (agency, since) in known {
            out.person_agency.push(cells![person.id, *agency, calendar.text(*since)?])?;
            for key in &keys {
                let row = cells![*agency, key, person.id];
                self.keys.push(&out.person_name, name_key(*agency, key), row)?;
            }
        }
        Ok(())
    }

    /// Writes what had to wait for its order.
    pub(super) fn flush(self, out: &mut Out) -> Result<(), PopulationFault> {
        Ok(self.keys.flush(out, |out| &mut out.person_name)?)
    }
}

/// Numbers that begin with 0 are given to nobody in Norway.
fn phone(random: &mut Random) -> String {
    if random.chance(60) {
        return String::new();
    }
    let [a, b, c] = [0; 3].map(|_: u8| random.below(100));
    format!("0{} {a:02} {b:02} {c:02}", random.between(1, 9))
}

/// Nine digits with their two control digits, unless the rules give none.
fn closed(nine: &str) -> Option<String> {
    let digits: Vec<u32> = nine.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum = |weights: &[u32], more: u32| -> u32 {
        more + weights.iter().zip(&digits).map(|(w, d)| w * d).sum::<u32>()
    };
    let first = (11 - sum(&[3, 7, 6, 1, 8, 9, 4, 5, 2], 0) % 11) % 11;
    let second = (11 - sum(&[5, 4, 3, 2, 7, 6, 5, 4, 3], 2 * first) % 11) % 11;
    (first < 10 && second < 10).then(|| format!("{nine}{first}{second}"))
}
