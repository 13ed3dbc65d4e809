//! Which policy pack holds where and when.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::person::Country;
use onedoor_domain::secrecy::{Narrowing, Pack, packs};
use thiserror::Error;
use uuid::Uuid;

use super::proposal::{self, Beyond};
use crate::args;
use crate::db::{Db, DbError, Link, Tx};

crate::sql! {
    PACKS = "select code, version, body, digest from policy_pack order by code, version";
    PACK = "select body, digest, used_at, loaded_by from policy_pack where code = $1 and version = $2";
    KEEP_PACK = "insert into policy_pack (code, version, country, valid_from, valid_until, body,
            digest, loaded_at, used_at, loaded_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9) on conflict (code, version) do nothing";
    CHANGE_PACK = "update policy_pack set country = $3, valid_from = $4, valid_until = $5,
            body = $6, digest = $7, loaded_at = $8, loaded_by = $9
        where code = $1 and version = $2 and used_at is null";
    USE_PACK = "update policy_pack set used_at = coalesce(used_at, $3)
        where code = $1 and version = $2";
    CHOICES = "select id, office_id, code, version, settings, valid_from, valid_until, reason,
            chosen_at from policy_choice order by valid_from, chosen_at, id";
    CHOOSE = "insert into policy_choice (id, office_id, code, version, settings, valid_from,
            valid_until, reason, chosen_at, chosen_by)
        values ($1, $2, $3, $4, $5, $6, null, $7, $8, $9)";
}

/// Why a pack was not taken.
#[derive(Debug, Error)]
pub enum BookFault {
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A pack has faults, each with its line.
    #[error("{0}: {1}")]
    Pack(String, String),
    /// A pack that was used is not the one that was used.
    #[error("the pack {0} version {1} was used and has another text now: give it a new version")]
    Changed(String, i64),
    /// There is no such pack.
    #[error("there is no pack {0} version {1}")]
    Absent(String, i64),
    /// Whoever loaded it would choose it: nobody alone changes the law for all.
    #[error("the pack {0} version {1} is chosen by somebody else than who loaded it")]
    OwnPack(String, i64),
    /// Its text is not the one that whoever chooses it has read.
    #[error("the pack {0} version {1} has another text than the one that was read")]
    OtherText(String, i64),
    /// Whoever proposed a choice would confirm it.
    #[error("a choice that waits is confirmed by somebody else than who proposed it")]
    OwnProposal,
    /// A choice that waited was answered already.
    #[error("the choice does not wait any more")]
    Answered,
    /// The day from which a choice would have held is over.
    #[error("the day from which the choice would hold is over")]
    Over,
}

/// A pack that can be chosen, as it was written.
#[derive(Clone)]
pub struct Written {
    /// The pack.
    pub pack: Arc<Pack>,
    /// Its text.
    pub text: Arc<str>,
    /// Whether it came with the program. One that did not holds nowhere until somebody else than
    /// whoever loaded it has chosen it.
    pub shipped: bool,
}

impl Written {
    fn of(text: &str) -> Result<Self, BookFault> {
        Ok(Self {
            pack: Arc::new(read(text)?),
            text: text.into(),
            shipped: packs::SHIPPED.iter().any(|(_, shipped)| *shipped == text),
        })
    }
}

/// That a pack holds from a day on, for an office or for all.
#[derive(Clone)]
pub struct Chosen {
    /// Which row.
    pub id: Uuid,
    /// The office; none is all that have no choice of their own.
    pub office: Option<OfficeId>,
    /// The pack with the site's settings.
    pub pack: Arc<Pack>,
    /// From this day.
    pub from: Date,
    /// Until before this day.
    pub until: Option<Date>,
    /// The site's settings as written; empty when there are none.
    pub settings: String,
    /// Why.
    pub reason: String,
    /// When it was chosen.
    pub at: Timestamp,
}

/// Everything that can hold.
#[derive(Clone, Default)]
struct Book {
    packs: Vec<Written>,
    choices: Vec<Chosen>,
}

/// The packs of this installation.
pub struct Walls {
    country: Country,
    book: RwLock<Arc<Book>>,
}

/// The fingerprint of a pack's text, by which two installations can tell that they
/// use the same one.
#[must_use]
pub fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

fn read(text: &str) -> Result<Pack, BookFault> {
    Pack::read(text).map_err(|faults| {
        let first = text.lines().next().unwrap_or_default().to_owned();
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        BookFault::Pack(first, all.join("; "))
    })
}

impl Walls {
    /// Reads the packs that are shipped and those that were loaded, and what was
    /// chosen. The work grows with the number of packs, never with people.
    ///
    /// # Errors
    /// When a pack has faults, or a used one was changed.
    pub async fn open(db: &Db, country: Country, now: Timestamp) -> Result<Self, BookFault> {
        let walls = Self { country, book: RwLock::default() };
        let mut missing = Vec::new();
        {
            let mut conn = db.read().await?;
            for (_, text) in packs::SHIPPED {
                let pack = read(text)?;
                let known = conn.row(&PACK, args![pack.code(), i64::from(pack.version())]).await?;
                match known {
                    None => missing.push((pack, text)),
                    Some(mut row) => {
                        let kept: String = row.get(1)?;
                        if kept != digest(text) {
                            let version = i64::from(pack.version());
                            return Err(BookFault::Changed(pack.code().to_owned(), version));
                        }
                    }
                }
            }
        }
        if !missing.is_empty() {
            let mut tx = db.begin().await?;
            for (pack, text) in &missing {
                keep(&mut tx, pack, text, None, now).await?;
                tx.run(&USE_PACK, args![pack.code(), i64::from(pack.version()), now]).await?;
            }
            tx.commit().await?;
        }
        walls.refresh(db).await?;
        Ok(walls)
    }

    /// The packs that ship with the program and nothing else, for questions that are
    /// put without a database.
    ///
    /// # Errors
    /// When a shipped pack has faults.
    pub fn shipped(country: Country) -> Result<Self, BookFault> {
        let mut book = Book::default();
        for (_, text) in packs::SHIPPED {
            book.packs.push(Written::of(text)?);
        }
        Ok(Self { country, book: RwLock::new(Arc::new(book)) })
    }

    /// The country of this installation.
    #[must_use]
    pub fn country(&self) -> Country {
        self.country
    }

    /// Reads again what other servers, or the command line, may have changed.
    ///
    /// # Errors
    /// As [`Walls::open`].
    pub async fn refresh(&self, db: &Db) -> Result<(), BookFault> {
        let mut conn = db.read().await?;
        let mut book = Book::default();
        for mut row in conn.rows(&PACKS, &[]).await? {
            let text: String = row.get(2)?;
            book.packs.push(Written::of(&text)?);
        }
        for mut row in conn.rows(&CHOICES, &[]).await? {
            let (code, version): (String, i64) = (row.get(2)?, row.get(3)?);
            let settings: String = row.get(4)?;
            let plain = book
                .packs
                .iter()
                .find(|w| w.pack.code() == code && i64::from(w.pack.version()) == version)
                .ok_or_else(|| BookFault::Absent(code.clone(), version))?;
            book.choices.push(Chosen {
                id: row.get(0)?,
                office: row.get(1)?,
                pack: with_settings(&plain.pack, &settings)?,
                from: row.get(5)?,
                until: row.get(6)?,
                settings,
                reason: row.get(7)?,
                at: row.get(8)?,
            });
        }
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
        Ok(())
    }

    fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The pack that holds for an office on a day: the office's own choice, else
    /// the choice for all, else the newest pack of the country that came with the program and is
    /// valid then: what somebody loaded holds nowhere until it is chosen (REQ-INFO-04). None when no pack is valid: everything is then denied.
    #[must_use]
    pub fn pack(&self, office: Option<OfficeId>, on: Date) -> Option<Arc<Pack>> {
        if let Some(chosen) = self.chosen(office, on) {
            return Some(chosen.pack);
        }
        let book = self.book();
        book.packs
            .iter()
            .filter(|written| written.shipped)
            .map(|written| &written.pack)
            .filter(|pack| pack.country() == self.country && pack.holds_on(on))
            .max_by_key(|pack| (pack.valid_from(), pack.version()))
            .map(Arc::clone)
    }

    /// The choice that holds for an office on a day: its own, else the one for all.
    /// None when nothing was chosen and the country's own law holds.
    #[must_use]
    pub fn chosen(&self, office: Option<OfficeId>, on: Date) -> Option<Chosen> {
        let book = self.book();
        let holds = |c: &&Chosen| c.from <= on && c.until.is_none_or(|until| on < until);
        let own = book.choices.iter().rev().filter(holds).find(|c| c.office == office);
        let all = book.choices.iter().rev().filter(holds).find(|c| c.office.is_none());
        own.filter(|_| office.is_some()).or(all).cloned()
    }

    /// Every pack that there is.
    #[must_use]
    pub fn packs(&self) -> Vec<Written> {
        self.book().packs.clone()
    }

    /// Every choice that was made, the oldest first.
    #[must_use]
    pub fn choices(&self) -> Vec<Chosen> {
        self.book().choices.clone()
    }

    /// A pack by its code and version.
    #[must_use]
    pub fn version(&self, code: &str, version: i64) -> Option<Written> {
        let book = self.book();
        let is = |w: &&Written| w.pack.code() == code && i64::from(w.pack.version()) == version;
        book.packs.iter().find(is).cloned()
    }

    /// A pack by its code, the newest version.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<Arc<Pack>> {
        let book = self.book();
        let found = book.packs.iter().filter(|w| w.pack.code() == code);
        found.max_by_key(|w| w.pack.version()).map(|w| Arc::clone(&w.pack))
    }
}

fn narrowing(pack: &Pack, settings: &str) -> Result<Option<Narrowing>, BookFault> {
    if settings.trim().is_empty() {
        return Ok(None);
    }
    let faults = |faults: Vec<_>| {
        let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
        BookFault::Pack(format!("settings of {}", pack.code()), all.join("; "))
    };
    Narrowing::read(settings, pack).map(Some).map_err(faults)
}

fn with_settings(pack: &Arc<Pack>, settings: &str) -> Result<Arc<Pack>, BookFault> {
    Ok(match narrowing(pack, settings)? {
        Some(narrowing) => Arc::new(pack.with(&narrowing)),
        None => Arc::clone(pack),
    })
}

async fn keep(
    tx: &mut Tx,
    pack: &Pack,
    text: &str,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![
        pack.code(),
        i64::from(pack.version()),
        pack.country().as_str(),
        pack.valid_from(),
        pack.valid_until(),
        text,
        digest(text),
        now,
        by,
    ];
    tx.run(&KEEP_PACK, args).await.map(|_| ())
}

/// Loads a pack, so that it can be chosen. The text of one that was used is never
/// changed: whoever changes the law gives it a new version. `by` is who loaded it on a page, and
/// then does not choose it; none is the keeper on the command line.
///
/// # Errors
/// The faults of the text, or that it was used with another text.
pub async fn load(
    tx: &mut Tx,
    text: &str,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<Pack, BookFault> {
    let pack = read(text)?;
    let version = i64::from(pack.version());
    if let Some(mut row) = tx.row(&PACK, args![pack.code(), version]).await? {
        let kept: String = row.get(1)?;
        let used: Option<i64> = row.get(2)?;
        if kept == digest(text) {
            return Ok(pack);
        }
        if used.is_some() {
            return Err(BookFault::Changed(pack.code().to_owned(), version));
        }
        let args = args![
            pack.code(),
            version,
            pack.country().as_str(),
            pack.valid_from(),
            pack.valid_until(),
            text,
            digest(text),
            now,
            by,
        ];
        tx.run_one(&CHANGE_PACK, args).await?;
        return Ok(pack);
    }
    keep(tx, &pack, text, by, now).await?;
    Ok(pack)
}

/// A choice to be made.
#[derive(Clone, Copy)]
pub struct NewChoice<'a> {
    /// The office; none is all.
    pub office: Option<OfficeId>,
    /// The pack's code.
    pub code: &'a str,
    /// Its version.
    pub version: i64,
    /// The site's settings, as text.
    pub settings: &'a str,
    /// From this day.
    pub from: Date,
    /// Why.
    pub reason: &'a str,
    /// Who chose; none is the command line.
    pub by: Option<StaffId>,
    /// How the digest of the text begins that was read before it was chosen; none is the command
    /// line, and a pack that came with the program, whose text nobody changes.
    pub read: Option<&'a str>,
}

/// What became of a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It holds from its day on.
    Holds(Uuid),
    /// It goes beyond the default of the place and time, and waits for a second person.
    Waits(Uuid, Vec<Beyond>),
}

/// Chooses a pack from a day on, for an installation of a country. What is the law of the place and
/// time, as it came or narrower, holds by one person's word; anything beyond it is written down and
/// waits for a second person (REQ-INFO-04). On the command line so does what did not come with the
/// program: the keeper may have loaded it.
///
/// # Errors
/// When there is no such pack, the settings are wider than the law, whoever chooses it loaded it,
/// or it has another text than the one that was read.
pub async fn choose(
    tx: &mut Tx,
    country: Country,
    choice: &NewChoice<'_>,
    now: Timestamp,
) -> Result<Taken, BookFault> {
    let absent = || BookFault::Absent(choice.code.to_owned(), choice.version);
    let mut row = tx.row(&PACK, args![choice.code, choice.version]).await?.ok_or_else(absent)?;
    let (text, kept): (String, String) = (row.get(0)?, row.get(1)?);
    let loaded_by: Option<StaffId> = row.get(3)?;
    if choice.by.is_some() && choice.by == loaded_by {
        return Err(BookFault::OwnPack(choice.code.to_owned(), choice.version));
    }
    // Whoever loaded it may have changed it since the page was shown.
    if choice.read.is_some_and(|read| !kept.starts_with(read)) {
        return Err(BookFault::OtherText(choice.code.to_owned(), choice.version));
    }
    let written = Written::of(&text)?;
    let narrowing = narrowing(&written.pack, choice.settings)?;
    let mut beyond = proposal::beyond(country, &written.pack, narrowing.as_ref(), choice.from);
    if choice.by.is_none() && !written.shipped {
        beyond.push(Beyond::Keeper);
    }
    if beyond.is_empty() {
        // The text that this was decided on, and no other.
        let choice = NewChoice { read: Some(&kept), ..*choice };
        return set(tx, &choice, now).await.map(Taken::Holds);
    }
    let id = proposal::propose(tx, choice, &kept, now).await?;
    Ok(Taken::Waits(id, beyond))
}

/// Writes a choice. From then the text of its pack is never changed.
pub(super) async fn set(
    tx: &mut Tx,
    choice: &NewChoice<'_>,
    now: Timestamp,
) -> Result<Uuid, BookFault> {
    let absent = || BookFault::Absent(choice.code.to_owned(), choice.version);
    // Marked before it is read, so that nobody changes its text in between.
    if tx.run(&USE_PACK, args![choice.code, choice.version, now]).await? == 0 {
        return Err(absent());
    }
    let mut row = tx.row(&PACK, args![choice.code, choice.version]).await?.ok_or_else(absent)?;
    let text: String = row.get(0)?;
    if choice.read.is_some_and(|read| !digest(&text).starts_with(read)) {
        return Err(BookFault::OtherText(choice.code.to_owned(), choice.version));
    }
    with_settings(&Arc::new(read(&text)?), choice.settings)?;
    let id = crate::app::new_id();
    let args = args![
        id,
        choice.office,
        choice.code,
        choice.version,
        choice.settings,
        choice.from,
        choice.reason,
        now,
        choice.by,
    ];
    tx.run_one(&CHOOSE, args).await?;
    Ok(id)
}

/// The text of a pack.
///
/// # Errors
/// When the database does not answer.
pub async fn text(link: &mut Link, code: &str, version: i64) -> Result<Option<String>, DbError> {
    link.row(&PACK, args![code, version]).await?.map(|mut row| row.get(0)).transpose()
}
