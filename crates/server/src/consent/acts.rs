//! Giving a consent and taking it back: the same rules and the same previews for
//! the worker's page and for the person's own (REQ-INFO-02, REQ-INFO-03).

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::case::Worker;
use onedoor_domain::consent::{
    Agreement, Cut, EndFault, Form, GivenBy, Giver, Occasion, Stopped, Terms, Wish, Withdrawal,
    stopped,
};
use onedoor_domain::ids::{AgencyId, ConsentId, OfficeId, StaffId};
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::{Categories, Category, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::notices::{self, Notice};
use super::openable;
use super::parties;
use super::providers;
use super::receipts::{self, Held};
use super::store::{self, NewConsent, Stored, Viewer};
use crate::app::{App, hex, new_id};
use crate::db::{Link, Tx};
use crate::office::store as offices;
use crate::person::store as persons;
use crate::policy::Permit;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault};

/// How long a receiver has to answer what it did with what it holds, in days.
pub const ANSWER_DAYS: i64 = 14;

/// The ways in which a consent is taken back.
pub const WAYS: [&str; 4] = ["counter", "letter", "phone", "own_page"];

/// Whose hand records it.
#[derive(Clone, Copy, Debug)]
pub enum Hand {
    /// A worker records what the person gave on paper or by word.
    Worker(Worker),
    /// The person does it on their own page.
    Person,
}

impl Hand {
    fn staff(self) -> Option<StaffId> {
        match self {
            Self::Worker(worker) => Some(worker.id),
            Self::Person => None,
        }
    }

    /// As who they look at consents.
    #[must_use]
    pub fn viewer(self) -> Viewer {
        match self {
            Self::Worker(worker) => Viewer::Agency(worker.agency),
            Self::Person => Viewer::Person,
        }
    }
}

/// When and by whom something is done.
pub struct Act<'a> {
    app: &'a App,
    now: Timestamp,
    office: Option<OfficeId>,
    /// Whose hand it is.
    pub hand: Hand,
}

impl<'a> Act<'a> {
    /// An act at a desk.
    #[must_use]
    pub fn new(desk: &'a Desk, hand: Hand) -> Self {
        Self { app: desk.app(), now: desk.now(), office: desk.actor().office, hand }
    }

    /// An act of the worker at a desk.
    ///
    /// # Errors
    /// When nobody sits there who could answer for it.
    pub fn of_worker(desk: &'a Desk) -> Result<Self, Fault> {
        Ok(Self::new(desk, Hand::Worker(desk.worker()?)))
    }

    /// The office of the worker whose hand it is.
    pub(super) fn office(&self) -> Option<OfficeId> {
        self.office
    }

    pub(super) fn today(&self) -> Date {
        self.app.day(self.now)
    }

    fn zone(&self) -> &TimeZone {
        &self.app.zone
    }
}

/// A consent as it is typed. No kind of information is ever filled in.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct ConsentForm {
    /// What for: one purpose's code.
    #[serde(default)]
    pub purpose: String,
    /// The kinds of information, each ticked by itself.
    #[serde(default)]
    pub category: Vec<String>,
    /// The agencies that may tell.
    #[serde(default)]
    pub from: Vec<String>,
    /// The agencies that may be told.
    #[serde(default)]
    pub to: Vec<String>,
    /// The day it was given; today when empty.
    #[serde(default)]
    pub given_on: String,
    /// The last day; twelve months when empty.
    #[serde(default)]
    pub valid_until: String,
    /// `written` or `oral`; on the person's own page it is `digital`.
    #[serde(default)]
    pub form: String,
    /// The colleague who heard it, when given by word.
    #[serde(default)]
    pub heard_by: String,
    /// `self`, `guardian` or `proxy`; the person when empty.
    #[serde(default)]
    pub given_by: String,
    /// Who gives it for the person.
    #[serde(default)]
    pub giver_name: String,
    /// What gives them the right.
    #[serde(default)]
    pub giver_authority: String,
    /// `yes` when two share custody.
    #[serde(default)]
    pub shared_custody: String,
    /// The other one who shares custody.
    #[serde(default)]
    pub second_giver: String,
    /// What the child thinks.
    #[serde(default)]
    pub child_view: String,
    /// The language in which the notice was read.
    #[serde(default)]
    pub language: String,
    /// Who interpreted.
    #[serde(default)]
    pub interpreter: String,
    /// A note on whether the person understood.
    #[serde(default)]
    pub capacity_note: String,
    /// `yes` when it was given as a condition for money.
    #[serde(default)]
    pub doubtful: String,
    /// The consent that it takes the place of.
    #[serde(default)]
    pub replaces: String,
    /// What the preview answered: that they saw what they agree to.
    #[serde(default)]
    pub seen: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub once: String,
}

/// A consent that may be given, with what is read before.
pub struct Ready {
    /// What is kept.
    pub new: NewConsent,
    /// What people are told.
    pub notice: Notice,
    /// Proof of having seen it.
    pub seen: String,
    /// The name of every agency that may be named.
    pub names: BTreeMap<AgencyId, String>,
    replaced: Option<Stored>,
}

/// Reads a list of agencies; one that may not be named is a fault.
fn read_agencies(
    field: &str,
    typed: &[String],
    known: &BTreeMap<AgencyId, String>,
    faults: &mut Faults,
) -> BTreeSet<AgencyId> {
    let read: BTreeSet<AgencyId> = typed
        .iter()
        .filter_map(|text| text.trim().parse().ok())
        .filter(|id| known.contains_key(id))
        .collect();
    if read.len() < typed.iter().collect::<BTreeSet<_>>().len() {
        faults.add(field, "choose");
    }
    read
}

/// Reads ticked kinds of information; an unknown one is a fault, never a guess.
fn read_categories(typed: &[String], faults: &mut Faults) -> Categories {
    let mut read = Categories::NONE;
    for code in typed {
        match Category::parse(code.trim()) {
            Some(category) => read = read.with(category),
            None => faults.add("category", "choose"),
        }
    }
    read
}

async fn known_agencies(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
) -> Result<BTreeMap<AgencyId, String>, Fault> {
    let list = parties::agencies(act, link, permit).await?;
    Ok(list.into_iter().filter_map(|one| Some((one.id.parse().ok()?, one.name))).collect())
}

async fn read_wish(
    act: &Act<'_>,
    link: &mut Link,
    form: &ConsentForm,
    (known, receivers): (&BTreeMap<AgencyId, String>, &BTreeMap<AgencyId, String>),
    faults: &mut Faults,
) -> Result<Option<(Wish, Option<StaffId>)>, Fault> {
    let purpose = faults.choice("purpose", &form.purpose, Purpose::parse);
    let categories = read_categories(&form.category, faults);
    let from = read_agencies("from", &form.from, known, faults);
    let to = read_agencies("to", &form.to, receivers, faults);
    let today = act.today();
    let mut given_on = Some(today);
    let mut how = Some(Form::Digital);
    let mut heard_by = None;
    if matches!(act.hand, Hand::Worker(_)) {
        if !form.given_on.trim().is_empty() {
            given_on = faults.date("given_on", &form.given_on);
        }
        how = faults.choice("form", &form.form, Form::parse);
        if how == Some(Form::Oral) && !form.heard_by.trim().is_empty() {
            heard_by = faults.id("heard_by", &form.heard_by).map(StaffId);
            if let Some(id) = heard_by
                && !offices::carrier(link, id).await?.is_some_and(|known| known.worker.on_duty)
            {
                faults.add("heard_by", "choose");
            }
        }
    }
    let mut valid_until = None;
    if !form.valid_until.trim().is_empty() {
        valid_until = faults.date("valid_until", &form.valid_until);
    }
    let by = match (form.given_by.trim(), act.hand) {
        ("", _) | (_, Hand::Person) => Some(GivenBy::Person),
        (code, Hand::Worker(_)) => faults.choice("given_by", code, GivenBy::parse),
    };
    let giver = Giver {
        by,
        name: faults.optional_line("giver_name", &form.giver_name),
        authority: faults.optional_line("giver_authority", &form.giver_authority),
        shared_custody: form.shared_custody == "yes",
        second: faults.optional_line("second_giver", &form.second_giver),
        child_view: faults.optional_line("child_view", &form.child_view),
    };
    let (Some(purpose), Some(given_on), Some(how), true) =
        (purpose, given_on, how, faults.is_empty())
    else {
        // What was left out is said together with what was wrong.
        for (field, typed, code) in [
            ("category", &form.category, "consent-no-category"),
            ("from", &form.from, "consent-no-source"),
            ("to", &form.to, "consent-no-receiver"),
        ] {
            if typed.is_empty() {
                faults.add(field, code);
            }
        }
        return Ok(None);
    };
    let wish = Wish {
        purpose,
        categories,
        from,
        to,
        given_on,
        valid_until,
        form: how,
        giver,
        doubtful: form.doubtful == "yes",
    };
    Ok(Some((wish, heard_by)))
}

/// A digest of what was shown, which the act must bring back.
fn seal(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut text = hex(hasher.finalize().as_bytes());
    text.truncate(32);
    text
}

fn ids(agencies: &BTreeSet<AgencyId>) -> String {
    agencies.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn seal_terms(person: &str, terms: &Terms, notice: &Notice, language: &str) -> String {
    seal(&[
        person,
        terms.purpose.as_str(),
        &store::codes(terms.categories),
        &ids(&terms.from),
        &ids(&terms.to),
        &terms.given_on.to_string(),
        &terms.valid_until.to_string(),
        if terms.doubtful { "doubtful" } else { "free" },
        &notice.id.to_string(),
        language,
    ])
}

/// As [`prepare`], for a consent that is given now: its preview must have been seen.
///
/// # Errors
/// As there.
pub async fn prepare_seen(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    form: &ConsentForm,
    faults: &mut Faults,
) -> Result<Option<Ready>, Fault> {
    let ready = prepare(act, link, permit, form, faults).await?;
    if ready.as_ref().is_some_and(|ready| ready.seen != form.seen.trim()) {
        faults.add("seen", "consent-preview");
    }
    Ok(ready.filter(|_| faults.is_empty()))
}

/// Checks a consent for the permit's person. Nothing is kept yet.
///
/// Returns nothing, with the faults noted, when it does not hold.
///
/// # Errors
/// When the database does not answer.
pub async fn prepare(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    form: &ConsentForm,
    faults: &mut Faults,
) -> Result<Option<Ready>, Fault> {
    let names = known_agencies(act, link, permit).await?;
    let mut receivers = names.clone();
    for one in parties::providers(act, link, permit).await? {
        if let Ok(id) = one.id.parse() {
            receivers.insert(id, one.name);
        }
    }
    let person = persons::read(link, permit).await?;
    let language = match form.language.trim() {
        "" => person.language.clone(),
        other => other.to_owned(),
    };
    if language.parse::<Language>().is_err() {
        faults.add("language", "choose");
    }
    let interpreter = faults.optional_line("interpreter", &form.interpreter);
    let capacity_note = faults.optional_line("capacity_note", &form.capacity_note);
    let Some((wish, heard_by)) = read_wish(act, link, form, (&names, &receivers), faults).await?
    else {
        return Ok(None);
    };
    let occasion = Occasion {
        today: act.today(),
        country: act.app.country,
        born_on: person.born_on.as_deref().and_then(|text| text.parse().ok()),
        recorder: act.hand.staff(),
        heard_by,
    };
    let terms = match wish.check(&occasion) {
        Ok(terms) => terms,
        Err(all) => {
            for fault in all {
                let (field, code) = fault.field_and_code();
                faults.add(field, code);
            }
            return Ok(None);
        }
    };
    let Some(notice) = notices::current(link, terms.purpose).await? else {
        faults.add("purpose", "consent-no-notice");
        return Ok(None);
    };
    let replaced = read_replaced(act, link, permit, form, &terms, faults).await?;
    if !faults.is_empty() {
        return Ok(None);
    }
    let seen = seal_terms(&permit.the_person()?.to_string(), &terms, &notice, &language);
    let given_at =
        if terms.given_on == act.today() { act.now } else { noon(terms.given_on, act.zone())? };
    let recorder = match act.hand {
        Hand::Worker(worker) => Some((worker.id, worker.agency)),
        Hand::Person => None,
    };
    let new = NewConsent {
        giver: wish.giver,
        form: wish.form,
        recorder,
        heard_by,
        given_at,
        notice: notice.id,
        language,
        interpreter,
        capacity_note,
        replaces: replaced.as_ref().map(|one| one.agreement.id),
        terms,
    };
    Ok(Some(Ready { new, notice, seen, names: receivers, replaced }))
}

fn noon(day: Date, zone: &TimeZone) -> Result<Timestamp, Fault> {
    let at = day.at(12, 0, 0, 0).to_zoned(zone.clone());
    at.map(|at| at.timestamp()).map_err(|fault| Fault::Defect(fault.to_string()))
}

/// The consent that a new one takes the place of: in force, for the same purpose.
async fn read_replaced(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    form: &ConsentForm,
    terms: &Terms,
    faults: &mut Faults,
) -> Result<Option<Stored>, Fault> {
    if form.replaces.trim().is_empty() {
        return Ok(None);
    }
    let Some(id) = faults.id("replaces", &form.replaces) else { return Ok(None) };
    let old = store::read(link, permit, act.hand.viewer(), ConsentId(id), act.zone()).await;
    let old = match old {
        Err(Fault::Hidden) => {
            faults.add("replaces", "choose");
            return Ok(None);
        }
        other => other?,
    };
    match old.agreement.clone().replace(terms, act.now, act.today()) {
        Ok(_) => Ok(Some(old)),
        Err(fault) => {
            faults.add("replaces", fault.code());
            Ok(None)
        }
    }
}

/// What would open, of one kind, between two agencies.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Opens {
    /// The kind of information.
    pub category: String,
    /// What is there of it: the code of each thing.
    pub things: Vec<Thing>,
}

/// A kind of thing that would open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Thing {
    /// Its code.
    pub code: String,
    /// How many there are now; none where the reader may not know yet.
    pub number: Option<i64>,
}

/// What one agency would see of another's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Opening {
    /// Who tells.
    pub from: String,
    /// Who is told.
    pub to: String,
    /// Of which kinds.
    pub kinds: Vec<Opens>,
}

/// What they will see: for each receiver and each kind of information, the things
/// that would open.
///
/// # Errors
/// When the database does not answer.
pub async fn preview(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    terms: &Terms,
    names: &BTreeMap<AgencyId, String>,
) -> Result<Vec<Opening>, Fault> {
    let mut there: BTreeMap<AgencyId, Vec<Opens>> = BTreeMap::new();
    for from in &terms.from {
        let mut kinds = Vec::new();
        for category in terms.categories.iter() {
            let things = openable::opens(link, permit, act.hand.viewer(), *from, category).await?;
            kinds.push(Opens {
                category: category.as_str().to_owned(),
                things: things
                    .into_iter()
                    .map(|(code, number)| Thing { code: code.to_owned(), number })
                    .collect(),
            });
        }
        there.insert(*from, kinds);
    }
    let name = |id: &AgencyId| names.get(id).cloned().unwrap_or_default();
    Ok(terms
        .pairs()
        .map(|(from, to)| Opening {
            from: name(&from),
            to: name(&to),
            kinds: there.get(&from).cloned().unwrap_or_default(),
        })
        .collect())
}

/// Keeps a consent that was prepared and whose preview was seen.
///
/// # Errors
/// A conflict when the consent that it replaces has changed.
pub async fn give(
    act: &Act<'_>,
    tx: &mut Tx,
    permit: &Permit,
    ready: &Ready,
) -> Result<ConsentId, Fault> {
    if let Some(old) = &ready.replaced {
        let replaced = old.agreement.clone().replace(&ready.new.terms, act.now, act.today());
        let (ended, lost) = replaced.map_err(refused)?;
        store::end(tx, permit, &ended, old.version, "", act.hand.staff()).await?;
        let held = receipts::held(tx, permit, ended.id, &lost).await?;
        tell(act, tx, permit, ended.id, &held).await?;
    }
    let new = store::insert(tx, permit, &ready.new, act.now).await?;
    if let Some(old) = &ready.replaced {
        let next = Some((new, &ready.new.terms));
        store::end_copies(tx, permit, old.agreement.id, next, act.now).await?;
    }
    Ok(new)
}

/// Tells everybody who holds something: agencies on their own list, measure providers by
/// message and through the agency that handed it to them.
async fn tell(
    act: &Act<'_>,
    tx: &mut Tx,
    permit: &Permit,
    consent: ConsentId,
    held: &BTreeMap<AgencyId, Held>,
) -> Result<(), Fault> {
    if held.is_empty() {
        return Ok(());
    }
    let due = due_on(act)?;
    let agencies = providers::tell(act.app, tx, permit, consent, held, (act.now, due)).await?;
    receipts::tell(tx, permit, consent, &agencies, act.now, due).await?;
    receipts::told(tx, permit, consent, act.now).await
}

fn due_on(act: &Act<'_>) -> Result<Date, Fault> {
    let due = act.today().checked_add(ANSWER_DAYS.days());
    due.map_err(|fault| Fault::Defect(fault.to_string()))
}

fn refused(fault: EndFault) -> Fault {
    match fault {
        EndFault::Ended => Fault::conflict("consent-ended"),
        EndFault::Nothing => Fault::field("scope", fault.code()),
        EndFault::OtherPurpose => Fault::field("replaces", fault.code()),
    }
}

/// What is taken back, as it is typed.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct WithdrawForm {
    /// `all`, or `part`.
    #[serde(default)]
    pub scope: String,
    /// The kinds of information that are taken back, for every receiver.
    #[serde(default)]
    pub category: Vec<String>,
    /// The receivers that may be told no more, of any kind.
    #[serde(default)]
    pub to: Vec<String>,
    /// How the person said so: `counter`, `letter` or `phone`.
    #[serde(default)]
    pub how: String,
    /// The version that was shown.
    #[serde(default)]
    pub version: String,
    /// What the preview answered: that the consequences were seen.
    #[serde(default)]
    pub seen: String,
}

/// A withdrawal with all that follows from it. Nothing is done yet.
pub struct Weighed {
    /// The consent as it stands.
    pub stored: Stored,
    /// What it becomes.
    pub withdrawal: Withdrawal,
    /// What stops.
    pub stops: Vec<Stopped>,
    /// What each receiver holds already.
    pub held: BTreeMap<AgencyId, Held>,
    /// Proof of having seen this.
    pub seen: String,
    how: String,
}

impl Weighed {
    /// The name of one of its agencies.
    #[must_use]
    pub fn name_of(&self, id: &AgencyId) -> String {
        let mut all = self.stored.from.iter().chain(&self.stored.to);
        all.find(|party| party.id == *id).map(|party| party.name.clone()).unwrap_or_default()
    }

    /// Whether the one who confirms has seen just this: what was shown is what is there.
    ///
    /// # Errors
    /// A conflict when the consent has changed since; a fault on `seen` when something else
    /// was shown, or nothing.
    pub fn was_seen(&self, form: &WithdrawForm) -> Result<Result<(), Vec<FieldFault>>, Fault> {
        let shown: Option<i64> = form.version.trim().parse().ok();
        if shown.is_some_and(|shown| shown != self.stored.version) {
            return Err(Fault::conflict("stale"));
        }
        if form.seen.trim() != self.seen {
            return Ok(Err(vec![FieldFault::new("seen", "consent-consequences")]));
        }
        Ok(Ok(()))
    }
}

/// Weighs a withdrawal: what stops, who holds something already, what is left.
///
/// Returns nothing, with the faults noted, when it does not hold.
///
/// # Errors
/// [`Fault::Hidden`] when the consent is not there; a conflict when it has ended.
pub async fn weigh(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    id: ConsentId,
    form: &WithdrawForm,
    faults: &mut Faults,
) -> Result<Option<Weighed>, Fault> {
    let stored = store::read(link, permit, act.hand.viewer(), id, act.zone()).await?;
    let how = match act.hand {
        Hand::Person => "own_page".to_owned(),
        Hand::Worker(_) => {
            if !["counter", "letter", "phone"].contains(&form.how.trim()) {
                faults.add("how", "choose");
            }
            form.how.trim().to_owned()
        }
    };
    let own: BTreeMap<AgencyId, String> =
        stored.to.iter().map(|party| (party.id, party.name.clone())).collect();
    let cut = match form.scope.trim() {
        "all" => Cut { all: true, ..Cut::default() },
        "part" => Cut {
            all: false,
            categories: read_categories(&form.category, faults),
            to: read_agencies("to", &form.to, &own, faults),
        },
        _ => {
            faults.add("scope", "choose");
            return Ok(None);
        }
    };
    if !faults.is_empty() {
        return Ok(None);
    }
    let rest = ConsentId(new_id());
    let withdrawal = match stored.agreement.clone().withdraw(&cut, rest, act.now, act.today()) {
        Ok(withdrawal) => withdrawal,
        Err(EndFault::Ended) => return Err(Fault::conflict("consent-ended")),
        Err(fault) => {
            faults.add("scope", fault.code());
            return Ok(None);
        }
    };
    let stops = stops(act, link, permit, &stored.agreement, &withdrawal).await?;
    let held = receipts::held(link, permit, id, &withdrawal.lost).await?;
    let seen = seal_withdrawal(&withdrawal, &held, stored.version);
    Ok(Some(Weighed { stored, withdrawal, stops, held, seen, how }))
}

/// What stood before and does not stand after, between the agencies of this consent.
async fn stops(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    agreement: &Agreement,
    withdrawal: &Withdrawal,
) -> Result<Vec<Stopped>, Fault> {
    let all = store::terms_in_force(link, permit, act.today(), act.zone()).await?;
    let before: Vec<Terms> = all.iter().map(|(_, terms)| terms.clone()).collect();
    let mut after: Vec<Terms> =
        all.into_iter().filter(|(id, _)| *id != agreement.id).map(|(_, terms)| terms).collect();
    after.extend(withdrawal.remains.iter().map(|rest| rest.terms.clone()));
    // What two agencies do together; a provider does none of it.
    let providers = providers::among(link, agreement.terms.to.iter().copied()).await?;
    let pairs: BTreeSet<_> =
        agreement.terms.pairs().filter(|(_, to)| !providers.contains(to)).collect();
    let mut list = stopped(&before, &after, act.today());
    list.retain(|one| pairs.contains(&(one.from, one.to)));
    Ok(list)
}

fn seal_withdrawal(
    withdrawal: &Withdrawal,
    held: &BTreeMap<AgencyId, Held>,
    version: i64,
) -> String {
    let lost: Vec<String> = withdrawal
        .lost
        .iter()
        .map(|(agency, gone)| format!("{agency} {}", store::codes(*gone)))
        .collect();
    let held: Vec<String> =
        held.iter().map(|(agency, one)| format!("{agency} {}", one.times)).collect();
    seal(&[
        &withdrawal.ended.id.to_string(),
        &version.to_string(),
        &lost.join(","),
        &held.join(","),
    ])
}

/// Does what was weighed and seen: the consent ends at once, what is left goes on
/// as a narrower one, and every receiver who holds something is told. Returns the
/// consent to look at now.
///
/// # Errors
/// A conflict when another change came first.
pub async fn withdraw(
    act: &Act<'_>,
    tx: &mut Tx,
    permit: &Permit,
    weighed: &Weighed,
) -> Result<ConsentId, Fault> {
    let withdrawal = &weighed.withdrawal;
    let ended = &withdrawal.ended;
    store::end(tx, permit, ended, weighed.stored.version, &weighed.how, act.hand.staff()).await?;
    if let Some(rest) = &withdrawal.remains {
        store::insert_rest(tx, permit, ended.id, rest, act.now).await?;
    }
    let next = withdrawal.remains.as_ref().map(|rest| (rest.id, &rest.terms));
    store::end_copies(tx, permit, ended.id, next, act.now).await?;
    tell(act, tx, permit, ended.id, &weighed.held).await?;
    Ok(withdrawal.remains.as_ref().map_or(ended.id, |rest| rest.id))
}
