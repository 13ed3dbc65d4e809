//! The catalogue of acts that decisions stand on (REQ-ORG-20).
//!
//! A decision names its act, and the act says whose it is: the child welfare act is for the unit
//! that holds child welfare, the national insurance act for the state units. What a unit is, its
//! mandates tell: an office for children and families holds `child_welfare`, one for adults the
//! mandates of social assistance. Acts come and go, so each has the days it is in force.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::civil::Date;
use serde::Deserialize;

use super::organisation::{AgencyKind, Period, Subject, is_code};
use crate::person::{Country, Language};

/// A text in every language of the house.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InLanguages {
    nb: String,
    nn: String,
    sv: String,
    en: String,
}

impl InLanguages {
    /// The text in a language.
    #[must_use]
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Nb => &self.nb,
            Language::Nn => &self.nn,
            Language::Sv => &self.sv,
            Language::En => &self.en,
        }
    }
}

/// A kind of unit that may cite an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActUser {
    /// The service the unit belongs to.
    pub agency: AgencyKind,
    /// The unit holds one of these; empty for every unit of the service.
    pub mandates: Vec<Subject>,
}

impl ActUser {
    fn is(&self, agency: AgencyKind, mandates: &[Subject]) -> bool {
        self.agency == agency
            && (self.mandates.is_empty() || self.mandates.iter().any(|it| mandates.contains(it)))
    }
}

/// An act (lov; lag).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Code, unique in the catalogue; decisions keep it.
    pub code: String,
    /// What people call it.
    pub short: InLanguages,
    /// Its full title.
    pub title: InLanguages,
    /// The days it is in force.
    pub valid: Period,
    /// Who may cite it.
    pub units: Vec<ActUser>,
    /// What a decision that cites it can be about; empty where the act sets no bound.
    pub subjects: Vec<Subject>,
    /// Sections that decisions often cite.
    pub sections: Vec<String>,
}

/// Why a decision may not stand on an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ActFault {
    /// The catalogue of the country has no such act.
    #[error("there is no such act")]
    Unknown,
    /// It was not in force on the day of the decision.
    #[error("the act was not in force that day")]
    NotInForce,
    /// It belongs to another kind of unit.
    #[error("the act is for other units")]
    NotYours,
    /// Decisions on that subject stand on another act.
    #[error("the act does not carry decisions on that subject")]
    OtherSubject,
}

impl ActFault {
    /// The stable code that words and API use.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "choose",
            Self::NotInForce => "act-not-in-force",
            Self::NotYours => "act-not-yours",
            Self::OtherSubject => "act-other-subject",
        }
    }
}

impl Act {
    /// Whether a unit of the service with these mandates may cite the act that day.
    #[must_use]
    pub fn is_for(&self, agency: AgencyKind, mandates: &[Subject], on: Date) -> bool {
        self.valid.holds(on) && self.units.iter().any(|user| user.is(agency, mandates))
    }
}

/// The acts of one country, as one version of the file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    /// The country.
    pub country: Country,
    /// Which version of the file it is.
    pub version: String,
    /// The acts, in the order of the file.
    pub acts: Vec<Act>,
}

/// What is wrong with a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueFault {
    /// Not TOML, a field that is not there or should not be.
    #[error("{0}")]
    Syntax(String),
    /// A code, date or word that does not hold; which act, and what.
    #[error("act {0}: {1}")]
    Act(String, &'static str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    country: Country,
    version: Date,
    acts: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    from: Date,
    until: Option<Date>,
    units: Vec<UserEntry>,
    #[serde(default)]
    subjects: Vec<String>,
    sections: Vec<String>,
    short: InLanguages,
    title: InLanguages,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserEntry {
    agency: String,
    #[serde(default)]
    mandates: Vec<String>,
}

/// The largest catalogue that is read.
const MOST_ACTS: usize = 500;

fn subjects(words: &[String]) -> Option<Vec<Subject>> {
    words.iter().map(|word| Subject::parse(word)).collect()
}

fn user(entry: &UserEntry) -> Result<ActUser, &'static str> {
    let agency = AgencyKind::parse(&entry.agency).ok_or("no such agency")?;
    let mandates = subjects(&entry.mandates).ok_or("no such mandate")?;
    if mandates.iter().any(|it| it.usual_agency() != agency) {
        return Err("a mandate of another agency");
    }
    Ok(ActUser { agency, mandates })
}

fn act(entry: Entry) -> Result<Act, &'static str> {
    if !is_code(&entry.code) {
        return Err("not a code");
    }
    if entry.until.is_some_and(|until| until <= entry.from) {
        return Err("ends before it begins");
    }
    if entry.units.is_empty() {
        return Err("nobody may use it");
    }
    let languages = Language::ALL.into_iter();
    let texts = languages.flat_map(|l| [entry.short.of(l), entry.title.of(l)]);
    if texts.chain(entry.sections.iter().map(String::as_str)).any(|text| text.trim().is_empty()) {
        return Err("a blank text");
    }
    Ok(Act {
        units: entry.units.iter().map(user).collect::<Result<_, _>>()?,
        subjects: subjects(&entry.subjects).ok_or("no such subject")?,
        valid: Period { from: entry.from, until: entry.until },
        code: entry.code,
        short: entry.short,
        title: entry.title,
        sections: entry.sections,
    })
}

static NORWAY: LazyLock<Catalogue> =
    LazyLock::new(|| shipped(include_str!("../../packs/acts_no.toml"), Country::No));
static SWEDEN: LazyLock<Catalogue> =
    LazyLock::new(|| shipped(include_str!("../../packs/acts_se.toml"), Country::Se));

/// The shipped catalogues are held right by a test. A wrong one would hold no act, so that no
/// decision could be recorded: closed, not open.
fn shipped(text: &str, country: Country) -> Catalogue {
    Catalogue::read(text).unwrap_or(Catalogue { country, version: String::new(), acts: Vec::new() })
}

impl Catalogue {
    /// The catalogue of a country (REQ-ORG-20).
    #[must_use]
    pub fn of(country: Country) -> &'static Self {
        match country {
            Country::No => &NORWAY,
            Country::Se => &SWEDEN,
        }
    }

    /// Reads a catalogue.
    ///
    /// # Errors
    /// When it is not TOML, misses something, or holds a code twice, a word that is not known,
    /// a period that ends before it begins, or a text that is blank in one of the languages.
    pub fn read(text: &str) -> Result<Self, CatalogueFault> {
        let file: File =
            toml::from_str(text).map_err(|fault| CatalogueFault::Syntax(fault.to_string()))?;
        if file.acts.len() > MOST_ACTS {
            return Err(CatalogueFault::Syntax("too many acts".to_owned()));
        }
        let mut seen = BTreeSet::new();
        let mut acts = Vec::with_capacity(file.acts.len());
        for entry in file.acts {
            let code = entry.code.clone();
            if !seen.insert(code.clone()) {
                return Err(CatalogueFault::Act(code, "the code is there twice"));
            }
            acts.push(act(entry).map_err(|what| CatalogueFault::Act(code, what))?);
        }
        Ok(Self { country: file.country, version: file.version.to_string(), acts })
    }

    /// The act with this code.
    #[must_use]
    pub fn act(&self, code: &str) -> Option<&Act> {
        self.acts.iter().find(|act| act.code == code)
    }

    /// Whether a decision of a unit on a subject and a day may stand on an act (REQ-ORG-20).
    /// Whether the unit may decide on the subject at all is another question: see
    /// [`may_decide`](super::may_decide).
    ///
    /// # Errors
    /// See [`ActFault`].
    pub fn may_cite(
        &self,
        code: &str,
        agency: AgencyKind,
        mandates: &[Subject],
        subject: Subject,
        on: Date,
    ) -> Result<&Act, ActFault> {
        let act = self.act(code).ok_or(ActFault::Unknown)?;
        if !act.units.iter().any(|user| user.is(agency, mandates)) {
            return Err(ActFault::NotYours);
        }
        if !act.valid.holds(on) {
            return Err(ActFault::NotInForce);
        }
        if !act.subjects.is_empty() && !act.subjects.contains(&subject) {
            return Err(ActFault::OtherSubject);
        }
        Ok(act)
    }
}
