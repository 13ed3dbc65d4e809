//! A population for demonstrations, tests and measurements: people who do not
//! exist, their cases with their history, and a morning at the reception.
//!
//! The same plan gives the same rows, identifiers included, on both engines.
//! A city holds about nine thousand open cases; a larger plan fills a nation,
//! a city for each nine thousand, and the morning takes place in the first.

mod calendar;
mod cases;
mod city;
mod endings;
pub mod faces;
pub mod measured;
mod morning;
mod names;
mod nation;
mod people;
mod random;
mod story;
mod tables;
#[cfg(test)]
mod tests;
mod texts;
mod visits;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use onedoor_domain::office::OfficeSet;
use onedoor_domain::person::Protection;
use thiserror::Error;
use tokio::sync::mpsc;

use crate::db::bulk::{Bulk, Feed, LOADING, state};
use crate::db::{Db, DbError, Link, Personal, Plain};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN, Vault};
use crate::policy::{Cause, Warrant};
use calendar::{Calendar, DAY, office_hours, workday_before};
use cases::Cases;
use city::City;
use people::{Names, People};
use random::Random;
use tables::{Keys, Out, TABLES};
use visits::{Guest, Visits};

/// The key in `installation` that tells whether a population is there.
pub const KEY: &str = "population";
/// The most cases that one city carries.
const CITY: u64 = 20_000;
/// Cases for each city of a nation.
const SHARE: u64 = 9_000;
/// People known to one agency only, for a thousand cases.
const WITHOUT_CASE: u64 = 64;
/// Guests to choose from for the morning, for each office.
const GUESTS: u64 = 250;
/// How often progress is told, in cases.
const TOLD: u64 = 500;

/// What to make.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Another seed gives other people.
    pub seed: u64,
    /// Open cases.
    pub cases: u64,
    /// At least so many cities, each with its offices, however few the cases.
    pub cities: u64,
    /// The instant at which it is this morning.
    pub now: Timestamp,
    /// The time zone of the offices.
    pub zone: TimeZone,
}

/// What was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Cities.
    pub cities: u64,
    /// Staff on duty.
    pub staff: u64,
    /// Persons.
    pub persons: u64,
    /// Open cases.
    pub cases: u64,
    /// Hand-overs asked for.
    pub handovers: u64,
    /// Decisions and guidance.
    pub rulings: u64,
    /// Visits.
    pub visits: u64,
}

/// Why nothing was filled.
#[derive(Debug, Error)]
pub enum PopulationFault {
    /// A population is there already.
    #[error("this database holds a population already ({0})")]
    Filled(String),
    /// Filling broke off; what is there is neither whole nor safe.
    #[error(
        "filling this database broke off half-way: throw its file away and start with a new one"
    )]
    HalfFilled,
    /// Real people are there: made-up ones must not come among them.
    #[error("this database holds persons already")]
    Inhabited,
    /// Offices are there, and they are not the demonstration city's.
    #[error("this database holds other offices than the demonstration city")]
    OtherCity,
    /// The demonstration city does not read.
    #[error("the demonstration city has {0} faults")]
    City(usize),
    /// The maker stopped without a reason that the database knows of.
    #[error("the rows could not be handed over")]
    Stopped,
    /// A list that something is chosen from is empty: a defect of the city.
    #[error("the city lacks somebody or something that a case needs")]
    Empty,
    /// No day fits: the plan's instant lies outside the calendar.
    #[error("a day outside the calendar")]
    Date,
    /// No identity number is left for a day of birth.
    #[error("no identity number is left: fewer cases, please")]
    Number,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Fills a migrated database that holds no persons and is sealed by `vault`. The organisation of the
/// demonstration city is used where it is there, and brought in where not.
/// `progress` hears now and then how many cases are done.
///
/// # Errors
/// See [`PopulationFault`]. On SQLite a fill that broke off leaves a file that
/// only serves to be thrown away; on PostgreSQL it leaves nothing.
pub async fn fill(
    db: &Db,
    vault: &Vault,
    plan: &Plan,
    mut progress: impl FnMut(u64),
) -> Result<Filled, PopulationFault> {
    match state(db, KEY).await? {
        Some(done) if done == LOADING => return Err(PopulationFault::HalfFilled),
        Some(done) => return Err(PopulationFault::Filled(done)),
        None => {}
    }
    let has = |rows: Vec<_>| !rows.is_empty();
    let warrant = Warrant::new(Cause::Population, vault);
    let mut conn = db.read().await?;
    if has(conn.rows(warrant.opens(&ANYBODY), &[]).await?) {
        return Err(PopulationFault::Inhabited);
    }
    let mut staff = std::collections::HashSet::new();
    for mut row in conn.rows(&ON_DUTY, &[]).await? {
        staff.insert(row.get::<String>(0)?);
    }
    drop(conn);
    let first = first_city()?;
    let organised = !staff.is_empty();
    if organised && first.staff.iter().any(|it| it.on_duty && !staff.contains(&it.code)) {
        return Err(PopulationFault::OtherCity);
    }
    vault.check(db).await?;
    let keys = Keys::new(vault);
    let bulk = Bulk::start(db, TABLES, KEY).await?;
    let feed = bulk.feed();
    let (tell, mut told) = mpsc::unbounded_channel();
    let work = plan.clone();
    let maker =
        tokio::task::spawn_blocking(move || make(&work, &first, &keys, feed, organised, &tell));
    while let Some(cases) = told.recv().await {
        progress(cases);
    }
    let made = maker.await.map_err(|error| DbError::Other(error.to_string()))?;
    let done = format!("seed {}, {} cases", plan.seed, plan.cases);
    match made {
        Ok(filled) => {
            bulk.finish(&done).await?;
            Ok(filled)
        }
        // The maker only hears that the loader gave up; the loader knows why.
        Err(PopulationFault::Db(DbError::Gone(_))) => {
            bulk.finish(&done).await?;
            Err(PopulationFault::Stopped)
        }
        Err(fault) => Err(fault),
    }
}

static ANYBODY: Personal = Personal::new("population::ANYBODY", "select 1 from person limit 1");
static ON_DUTY: Plain = Plain::new("population::ON_DUTY", "select code from staff where on_duty");
static NAMES: Personal = Personal::new(
    "population::NAMES",
    "select p.id, p.given_name, p.family_name, k.wrapped from person p
        join subject_key k on k.subject_id = p.id where p.id >= $1 order by p.id limit $2",
);

/// Names of made-up people from an identifier on, to search for in a
/// measurement. A database that holds anybody else gives none.
///
/// # Errors
/// When the database does not answer.
pub async fn some_names(
    db: &Db,
    vault: &Vault,
    from: uuid::Uuid,
    limit: i64,
) -> Result<Vec<String>, DbError> {
    if state(db, KEY).await?.is_none() {
        return Ok(Vec::new());
    }
    let warrant = Warrant::new(Cause::Population, vault);
    let mut conn = db.read().await?;
    let link: &mut Link = &mut conn;
    let mut names = Vec::new();
    for mut row in link.rows(warrant.opens(&NAMES), crate::args![from, limit]).await? {
        let id: uuid::Uuid = row.get(0)?;
        let key = Key::of(&warrant, id, row.get(3)?)?;
        let given = key.open(PERSON_GIVEN, row.get(1)?)?;
        names.push(format!("{given} {}", key.open(PERSON_FAMILY, row.get(2)?)?));
    }
    Ok(names)
}

/// The demonstration city.
fn first_city() -> Result<OfficeSet, PopulationFault> {
    let text = include_str!("../../../../demo/city.toml");
    onedoor_domain::office::read(text).map_err(|faults| PopulationFault::City(faults.len()))
}

/// Makes everything and hands it over, on a thread of its own.
fn make(
    plan: &Plan,
    first: &OfficeSet,
    keys: &Keys,
    feed: Feed,
    organised: bool,
    tell: &mpsc::UnboundedSender<u64>,
) -> Result<Filled, PopulationFault> {
    let mut random = Random::new(plan.seed);
    let calendar = Calendar::new(plan.now, plan.zone.clone())?;
    let mut out = Out::new(feed);
    let names = Names::new();
    if !organised {
        nation::put(&mut out, first, true)?;
    }
    let cities = cities(plan, first, &calendar, &names, &mut random, &mut out)?;
    let mut makers = Makers {
        people: People::new(names),
        cases: Cases::default(),
        guests: Vec::new(),
        past: Vec::new(),
        keys,
        cities: &cities,
        calendar: &calendar,
    };
    for n in 0..plan.cases {
        makers.case(&mut random, &mut out, (n, plan.cases))?;
        if random.chance(WITHOUT_CASE) {
            makers.acquaintance(&mut random, &mut out, (n, plan.cases))?;
        }
        out.full()?;
        if n % TOLD == 0 {
            // Nobody listening is no reason to stop.
            let _ = tell.send(n);
        }
    }
    let _ = tell.send(plan.cases);
    makers.finish(&mut random, &mut out)
}

/// The first city and the further ones, whose organisation is written here.
fn cities(
    plan: &Plan,
    first: &OfficeSet,
    calendar: &Calendar,
    names: &Names,
    random: &mut Random,
    out: &mut Out,
) -> Result<Vec<City>, PopulationFault> {
    let today = calendar.date(calendar.today)?;
    let mut cities = vec![City::new(first, today)?];
    let count = if plan.cases > CITY { plan.cases.div_ceil(SHARE) } else { 1 };
    let count = count.max(plan.cities);
    for n in 2..=count {
        let set = nation::further(first, n, names, random)?;
        nation::put(out, &set, false)?;
        cities.push(City::new(&set, today)?);
    }
    Ok(cities)
}

/// All that makes rows, together.
struct Makers<'a> {
    people: People,
    cases: Cases,
    guests: Vec<Guest>,
    past: Vec<morning::Past>,
    keys: &'a Keys,
    cities: &'a [City],
    calendar: &'a Calendar,
}

impl Makers<'_> {
    fn some_city(&self, random: &mut Random) -> usize {
        usize::try_from(random.below(self.cities.len() as u64)).unwrap_or(0)
    }

    /// The `n`-th case of `all` with its person, the oldest first.
    fn case(
        &mut self,
        random: &mut Random,
        out: &mut Out,
        (n, all): (u64, u64),
    ) -> Result<(), PopulationFault> {
        let share = (n as f64 + random.fraction()) / all as f64;
        let opened = cases::opened_at(self.calendar, share);
        let at = self.some_city(random);
        let city = self.cities.get(at).ok_or(PopulationFault::Empty)?;
        let person = self.people.make(random, self.keys, self.calendar, city, opened)?;
        let (carried, known) =
            self.cases.make(random, self.calendar, city, out, &person, opened)?;
        self.people.put(out, self.keys, self.calendar, city, &person, &known)?;
        if person.protection != Protection::Open {
            return Ok(());
        }
        let guest = || Guest {
            id: person.id,
            name: person.name(),
            key: person.key.clone(),
            language: person.language,
            district: person.district,
            case: Some(carried.clone()),
        };
        let offices = city.doors.len() as u64;
        let here = (all / self.cities.len() as u64).max(1);
        if at == 0 && random.below(here) < GUESTS * offices {
            self.guests.push(guest());
        }
        morning::remember(random, self.calendar, at, &guest, &mut self.past);
        Ok(())
    }

    /// A person whom one agency knows and who has no open case.
    fn acquaintance(
        &mut self,
        random: &mut Random,
        out: &mut Out,
        (n, all): (u64, u64),
    ) -> Result<(), PopulationFault> {
        let opened = cases::opened_at(self.calendar, (n + 1) as f64 / all as f64);
        let day = workday_before(opened.div_euclid(DAY));
        let at = self.some_city(random);
        let city = self.cities.get(at).ok_or(PopulationFault::Empty)?;
        let instant = office_hours(random, day).max(opened);
        let person = self.people.make(random, self.keys, self.calendar, city, instant)?;
        let service = random.pick(&city.services)?;
        self.people.put(out, self.keys, self.calendar, city, &person, &[(service.id, day)])?;
        if person.protection == Protection::Open {
            let guest = || Guest {
                id: person.id,
                name: person.name(),
                key: person.key.clone(),
                language: person.language,
                district: person.district,
                case: None,
            };
            morning::remember(random, self.calendar, at, &guest, &mut self.past);
        }
        Ok(())
    }

    /// Visits, and all that had to wait for its order.
    fn finish(self, random: &mut Random, out: &mut Out) -> Result<Filled, PopulationFault> {
        let Self { people, cases, guests, past, keys, cities, calendar } = self;
        let first = cities.first().ok_or(PopulationFault::Empty)?;
        let mut visits = Visits::new(keys);
        morning::before(random, calendar, out, cities, &mut visits, past)?;
        morning::today(random, calendar, out, first, &mut visits, &guests)?;
        let filled = Filled {
            cities: cities.len() as u64,
            staff: cities.iter().map(|it| it.workers.len() as u64).sum(),
            persons: people.made,
            cases: cases.made,
            handovers: cases.handovers,
            rulings: cases.ruled,
            visits: visits.made,
        };
        visits.flush(calendar, out)?;
        cases.flush(out)?;
        people.flush(out)?;
        out.rest()?;
        Ok(filled)
    }
}
