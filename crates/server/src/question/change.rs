//! What changes for whom between two packs, or between two days.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::extract::Query;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{
    Action, Body, Difference, Effect, Pack, Purpose, RuleId, diff, in_steps,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, People};
use super::told::{self, PackShort, ToldCode};
use crate::app::month_of;
use crate::db::{DbError, Link};
use crate::office::store::Choice;
use crate::policy::Subject;
use crate::web::{Desk, FieldFault, Reply, Routes};
use crate::words::Words;

/// The route of changes.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DiffPage, _, _>(
            "/policy/diff",
            "What changes for whom between two packs or two days",
            show,
        )
        .asking(&["a", "b", "all"])
}

/// Most parts of two packs that are compared with each other. The packs that ship need a
/// few thousand; a pack made to be slow needs millions.
pub const PARTS_TO_COMPARE: u64 = 100_000;
/// Most rows on a page.
const ROWS: usize = 600;

/// A kind of information that changes, and for how many people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangedKind {
    /// The kind of information.
    pub category: String,
    /// How many people it concerns; nothing where they are too few, or not counted.
    pub people: Option<i64>,
    /// Whether there are fewer than may be told.
    pub few: bool,
}

/// One change.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Change {
    /// Who gives: a kind of agency, or the role of another body.
    pub from: ToldCode,
    /// Who receives.
    pub to: ToldCode,
    /// What for.
    pub purpose: String,
    /// The conditions that hold.
    pub when: Vec<ToldCode>,
    /// The letter before; empty where no rule opened it.
    pub before: String,
    /// The letter after.
    pub after: String,
    /// The rule before.
    pub rule_before: String,
    /// The rule after.
    pub rule_after: String,
    /// Whether more is open afterwards.
    pub wider: bool,
    /// The kinds of information to which this happens.
    pub kinds: Vec<ChangedKind>,
}

/// The counts of people, as far as they may be told.
pub struct Counts {
    people: Arc<People>,
    least: i64,
}

/// The counts of a month, kept by a server: they are the same all month, and to count them reads
/// every person. Whoever asks meanwhile waits for the one who counts.
pub type Counted = tokio::sync::Mutex<Option<(Date, Arc<People>)>>;

/// As [`counts`], counted once a month by each server, however often it is asked for.
///
/// # Errors
/// When the database does not answer.
pub async fn counts_kept(
    counted: &Counted,
    link: &mut Link,
    least: i64,
    month: (Date, Timestamp),
) -> Result<Counts, DbError> {
    let mut kept = counted.lock().await;
    if let Some((day, people)) = kept.as_ref()
        && *day == month.0
    {
        return Ok(Counts { people: Arc::clone(people), least });
    }
    let counts = counts(link, least, month).await?;
    *kept = Some((month.0, Arc::clone(&counts.people)));
    Ok(counts)
}

/// Counts people for the changes, as it was when `month` began (its first day and instant).
/// Fewer than `least` are never told apart, none neither, and more only in steps of it: a
/// count before and after somebody was registered tells nothing of them (REQ-INFO-10).
///
/// # Errors
/// When the database does not answer.
pub async fn counts(
    link: &mut Link,
    least: i64,
    month: (Date, Timestamp),
) -> Result<Counts, DbError> {
    Ok(Counts { people: Arc::new(store::people(link, month).await?), least })
}

impl Counts {
    fn of(&self, change: &Difference) -> (Option<i64>, bool) {
        let kinds = (AgencyKind::parse(&change.from), AgencyKind::parse(&change.to));
        let (Some(from), Some(to)) = kinds else { return (None, false) };
        let count = self.people.get(&(from, to, change.category)).copied().unwrap_or(0);
        let told = in_steps(count, self.least);
        (told, told.is_none())
    }
}

/// The parties of two packs: kinds of agency and roles of other bodies.
fn parties(packs: [&Pack; 2]) -> BTreeSet<String> {
    let roles = packs.iter().flat_map(|pack| pack.bodies()).filter_map(|(_, it)| it.role.clone());
    AgencyKind::ALL.iter().map(|kind| kind.as_str().to_owned()).chain(roles).collect()
}

fn party(pack: &Pack, code: &str) -> Option<Body> {
    let kind = AgencyKind::parse(code).and_then(|kind| pack.body_of(kind));
    let role = || pack.bodies().find(|(_, it)| it.role.as_deref() == Some(code));
    kind.or_else(|| role().map(|(body, _)| body))
}

/// How many sets of conditions have to be gone through to compare two packs.
#[must_use]
pub fn effort(before: &Pack, after: &Pack) -> u64 {
    let parties = parties([before, after]);
    let mut parts: u64 = 0;
    for from in &parties {
        for to in parties.iter().filter(|to| *to != from) {
            for purpose in Purpose::ALL {
                let mut codes: BTreeSet<&str> = BTreeSet::new();
                for pack in [before, after] {
                    if let (Some(from), Some(to)) = (party(pack, from), party(pack, to)) {
                        let between = pack.conditions_between(from, to, purpose);
                        codes.extend(pack.condition_codes(between));
                    }
                }
                let sets = 1_u64.checked_shl(u32::try_from(codes.len()).unwrap_or(64));
                parts = parts.saturating_add(sets.unwrap_or(u64::MAX));
            }
        }
    }
    parts
}

fn party_name(words: Words, code: &str, bodies: [(&Pack, Option<Body>); 2]) -> ToldCode {
    if AgencyKind::parse(code).is_some() {
        return told::told(words, "agency", code);
    }
    let name = bodies.iter().rev().find_map(|(pack, body)| {
        let name = told::body_name(words, pack, (*body)?);
        (!name.is_empty()).then_some(name)
    });
    ToldCode { code: code.to_owned(), text: name.unwrap_or_else(|| code.to_owned()) }
}

/// The name of a condition in either pack.
fn condition(words: Words, packs: [&Pack; 2], code: &str) -> ToldCode {
    let entry = packs.iter().find_map(|pack| pack.condition_entry(pack.condition(code)?));
    let text = entry.map(|it| it.names.in_language(words.language()).to_owned());
    ToldCode { code: code.to_owned(), text: text.unwrap_or_else(|| code.to_owned()) }
}

/// What changes, row by row; kinds of information to which the same happens by the same
/// rules share a row. `all` takes other bodies in beside the three agencies.
#[must_use]
pub fn changes(
    words: Words,
    before: &Pack,
    after: &Pack,
    all: bool,
    counts: Option<&Counts>,
) -> Vec<Change> {
    let letter = |effect: Option<Effect>| effect.map_or("", Effect::as_str).to_owned();
    let rule = |pack: &Pack, id: Option<RuleId>| {
        id.map(|id| pack.rule_code(id).to_owned()).unwrap_or_default()
    };
    let mut rows: Vec<Change> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for one in diff(before, after) {
        let between =
            AgencyKind::parse(&one.from).is_some() && AgencyKind::parse(&one.to).is_some();
        // No rule and a rule that closes are the same to whoever asks.
        let (was, is) = (one.before.unwrap_or_default(), one.after.unwrap_or_default());
        if was == is || !(all || between) {
            continue;
        }
        let (people, few) = counts.map_or((None, false), |counts| counts.of(&one));
        let kind = ChangedKind { category: one.category.as_str().to_owned(), people, few };
        let key = format!(
            "{} {} {} {:?} {was:?} {is:?} {:?} {:?}",
            one.from,
            one.to,
            one.purpose.as_str(),
            one.conditions,
            one.rule_before,
            one.rule_after
        );
        if let Some(there) = places.get(&key).and_then(|at| rows.get_mut(*at)) {
            there.kinds.push(kind);
            continue;
        }
        places.insert(key, rows.len());
        let name = |code: &str, a, b| party_name(words, code, [(before, a), (after, b)]);
        rows.push(Change {
            from: name(&one.from, one.from_before, one.from_after),
            to: name(&one.to, one.to_before, one.to_after),
            purpose: one.purpose.as_str().to_owned(),
            when: one.conditions.iter().map(|it| condition(words, [before, after], it)).collect(),
            before: letter(one.before),
            after: letter(one.after),
            rule_before: rule(before, one.rule_before),
            rule_after: rule(after, one.rule_after),
            wider: is > was,
            kinds: vec![kind],
        });
    }
    rows
}

/// What changes between two packs.
#[derive(Serialize, ToSchema)]
pub(crate) struct DiffPage {
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) all: bool,
    pub(crate) packs: Vec<Choice>,
    pub(crate) before: Option<PackShort>,
    pub(crate) after: Option<PackShort>,
    /// How many rows there are; those on the page may be fewer.
    pub(crate) count: i64,
    pub(crate) wider: i64,
    pub(crate) narrower: i64,
    pub(crate) rows: Vec<Change>,
    /// Counts below this are told as fewer than it.
    pub(crate) least: i64,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(DiffPage, "question/pages/diff.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    a: String,
    #[serde(default)]
    b: String,
    #[serde(default)]
    all: String,
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    let words = desk.words();
    let walls = &desk.app().walls;
    let least = crate::walls::smallest_count(&mut conn, &desk.app().config).await?;
    let all = asked.all == "yes";
    let mut page = DiffPage {
        all,
        packs: told::choices(words, walls),
        before: None,
        after: None,
        count: 0,
        wider: 0,
        narrower: 0,
        rows: Vec::new(),
        least,
        faults: Vec::new(),
        a: asked.a,
        b: asked.b,
    };
    if page.a.is_empty() && page.b.is_empty() {
        return desk.show(&page);
    }
    let find = |text: &str| told::find(walls, desk.actor().office, desk.today(), text);
    let (before, after) = (find(&page.a), find(&page.b));
    for (field, found) in [("a", &before), ("b", &after)] {
        if found.is_none() {
            page.faults.push(FieldFault::new(field, "policy-which"));
        }
    }
    if let (Some(before), Some(after)) = (before, after) {
        page.before = Some(told::short(words, &before));
        page.after = Some(told::short(words, &after));
        if effort(&before, &after) > PARTS_TO_COMPARE {
            page.faults.push(FieldFault::new("b", "policy-too-different"));
        } else {
            let month = month_of(&desk.app().zone, desk.today());
            let counts = counts_kept(&desk.app().counted, &mut conn, least, month).await?;
            let rows = changes(words, &before, &after, all, Some(&counts));
            let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
            page.count = number(rows.len());
            page.wider = number(rows.iter().filter(|row| row.wider).count());
            page.narrower = page.count - page.wider;
            page.rows = rows;
            page.rows.truncate(ROWS);
        }
    }
    let faults = page.faults.clone();
    if faults.is_empty() { desk.show(&page) } else { desk.again(&page, faults) }
}
