//! What the worker's pages of consents and the person's own show alike: a consent in a list, what
//! is read before one is given, and what is lost when it is taken back.

use std::collections::BTreeMap;

use jiff::civil::Date;
use onedoor_domain::consent::{Arrangement, Payout, Terms, payout};
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::Categories;
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::{Act, Ready};
use super::openable;
use super::store::Stored;
use crate::db::Link;
use crate::policy::Permit;
use crate::web::Fault;

/// A consent in a list.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) purpose: String,
    pub(crate) categories: Vec<String>,
    pub(crate) from: Vec<String>,
    pub(crate) to: Vec<String>,
    /// `given`, `expired`, `withdrawn` or `replaced`.
    pub(crate) state: String,
    pub(crate) given_at: i64,
    pub(crate) valid_until: String,
}

/// A consent as a list has it on a day.
pub(crate) fn line(one: &Stored, today: Date) -> Line {
    let terms = &one.agreement.terms;
    Line {
        id: one.agreement.id.to_string(),
        purpose: terms.purpose.as_str().to_owned(),
        categories: code_list(terms.categories),
        from: one.from.iter().map(|party| party.name.clone()).collect(),
        to: one.to.iter().map(|party| party.name.clone()).collect(),
        state: one.agreement.state(today).as_str().to_owned(),
        given_at: one.given_at.as_microsecond(),
        valid_until: terms.valid_until.to_string(),
    }
}

/// What a receiver loses or holds.
#[derive(Serialize, ToSchema)]
pub(crate) struct LostLine {
    pub(crate) agency: String,
    pub(crate) categories: Vec<String>,
}

/// The codes one by one, for a page.
#[must_use]
pub(crate) fn code_list(categories: Categories) -> Vec<String> {
    categories.iter().map(|category| category.as_str().to_owned()).collect()
}

/// The paragraphs of a notice.
pub(crate) fn paragraphs(body: &str) -> Vec<String> {
    body.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// What is read before a consent is given.
#[derive(Serialize, ToSchema)]
pub(crate) struct Shown {
    pub(crate) purpose: String,
    pub(crate) valid_until: String,
    pub(crate) openings: Vec<Opening>,
    pub(crate) notice_number: i64,
    pub(crate) language: String,
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
    /// Send this back with the consent: it says that this was seen.
    pub(crate) seen: String,
}

/// What they will see and what they are told, of a consent that may be given.
pub(crate) async fn shown(
    act: &Act<'_>,
    link: &mut Link,
    permit: &Permit,
    ready: &Ready,
) -> Result<Shown, Fault> {
    let terms = &ready.new.terms;
    let told = ready.notice.told(&ready.new.language).cloned().unwrap_or_default();
    Ok(Shown {
        purpose: terms.purpose.as_str().to_owned(),
        valid_until: terms.valid_until.to_string(),
        openings: openings(act, link, permit, terms, &ready.names).await?,
        notice_number: ready.notice.number,
        language: ready.new.language.clone(),
        paragraphs: paragraphs(&told.body),
        title: told.title,
        seen: ready.seen.clone(),
    })
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
async fn openings(
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

/// How the next run pays what a consent is about: `joint` only while consents in force carry it
/// between all its agencies, and `separate` from the run after a withdrawal on (REQ-INFO-03); empty
/// where it is about no payout. The program pays nobody: the agencies' payment runs read it here.
pub(super) fn next_payout(one: &Stored, in_force: &[Terms], run_on: Date) -> &'static str {
    let terms = &one.agreement.terms;
    let (purpose, kinds) = Arrangement::JointPayout.needs();
    if terms.purpose != purpose || !kinds.iter().all(|kind| terms.categories.has(*kind)) {
        return "";
    }
    let joint = |(from, to)| payout(in_force, from, to, run_on) == Payout::Joint;
    if terms.pairs().all(joint) { "joint" } else { "separate" }
}
