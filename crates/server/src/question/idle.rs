//! Where sensitive information has a way that nobody has used: each should be in use,
//! or be closed by the site.

use std::collections::BTreeSet;

use axum::extract::Query;
use jiff::ToSpan;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{Action, Body, Combination, Effect, Pack, combinations};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{Used, used_since};
use super::told::{self, PackShort, ToldCode, told};
use crate::office::store::Choice;
use crate::policy::Subject;
use crate::web::{Desk, Fault, FieldFault, Reply, Routes};
use crate::words::Words;

/// The route of unused ways.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<IdlePage, _, _>(
            "/policy/unused",
            "Ways of sensitive information that a pack opens and nobody has used",
            show,
        )
        .asking(&["pack", "days"])
}

/// A way that sensitive information has.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdleWay {
    /// Who gives.
    pub from: ToldCode,
    /// Who receives.
    pub to: ToldCode,
    /// What for.
    pub purpose: String,
    /// The kind of information.
    pub category: String,
    /// The widest letter that opens it.
    pub letter: String,
    /// The rules that open it.
    pub rules: Vec<String>,
}

/// The sensitive ways between the three agencies that a pack opens and that are not among
/// those used, and how many it opens in all.
#[must_use]
pub fn idle(words: Words, pack: &Pack, used: &Used) -> (Vec<IdleWay>, usize) {
    let mut ways: Vec<IdleWay> = Vec::new();
    let mut open = BTreeSet::new();
    let kinds = |body: Body| -> Vec<AgencyKind> {
        AgencyKind::ALL.into_iter().filter(|kind| pack.body_of(*kind) == Some(body)).collect()
    };
    for one in combinations(pack).filter(Combination::is_sensitive) {
        let Some((rule, effect)) = one.outcome else { continue };
        for from in kinds(one.from) {
            for to in kinds(one.to).into_iter().filter(|to| *to != from) {
                open.insert((from, to, one.purpose, one.category));
                if used.contains(&(from, to, one.purpose, one.category)) {
                    continue;
                }
                let code = pack.rule_code(rule).to_owned();
                let there = ways.iter_mut().find(|way| {
                    way.from.code == from.as_str()
                        && way.to.code == to.as_str()
                        && way.purpose == one.purpose.as_str()
                        && way.category == one.category.as_str()
                });
                match there {
                    Some(way) => {
                        let known = Effect::parse(&way.letter);
                        if known.is_none_or(|known| known < effect) {
                            way.letter = effect.as_str().to_owned();
                        }
                        if !way.rules.contains(&code) {
                            way.rules.push(code);
                        }
                    }
                    None => ways.push(IdleWay {
                        from: told(words, "agency", from.as_str()),
                        to: told(words, "agency", to.as_str()),
                        purpose: one.purpose.as_str().to_owned(),
                        category: one.category.as_str().to_owned(),
                        letter: effect.as_str().to_owned(),
                        rules: vec![code],
                    }),
                }
            }
        }
    }
    (ways, open.len())
}

/// Ways that nobody uses.
#[derive(Serialize, ToSchema)]
pub(crate) struct IdlePage {
    pub(crate) asked: String,
    pub(crate) days: String,
    pub(crate) since: String,
    pub(crate) pack: PackShort,
    pub(crate) packs: Vec<Choice>,
    /// How many sensitive ways the pack opens.
    pub(crate) open: i64,
    pub(crate) ways: Vec<IdleWay>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(IdlePage, "question/pages/unused.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    pack: String,
    #[serde(default)]
    days: String,
}

/// Days looked back over where nothing else is asked for.
const DAYS: i64 = 180;
/// Most days that can be asked for.
const MOST_DAYS: i64 = 3650;

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    let words = desk.words();
    let walls = &desk.app().walls;
    let mut faults = Vec::new();
    let found = told::find(walls, desk.actor().office, desk.today(), &asked.pack);
    if found.is_none() {
        faults.push(FieldFault::new("pack", "choose"));
    }
    let any = || walls.packs().first().map(|it| it.pack.clone());
    let pack = found.or_else(any).ok_or(Fault::Hidden)?;
    let days = match asked.days.trim() {
        "" => Some(DAYS),
        text => text.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days)),
    };
    if days.is_none() {
        faults.push(FieldFault::new("days", "policy-days"));
    }
    let days = days.unwrap_or(DAYS);
    let since = desk.now().checked_sub((days * 24).hours()).unwrap_or(desk.now());
    let used = used_since(&mut conn, since).await?;
    let (ways, open) = idle(words, &pack, &used);
    let page = IdlePage {
        asked: asked.pack,
        days: days.to_string(),
        since: desk.app().day(since).to_string(),
        pack: told::short(words, &pack),
        packs: told::choices(words, walls),
        open: i64::try_from(open).unwrap_or(i64::MAX),
        ways,
        faults: faults.clone(),
    };
    if faults.is_empty() { desk.show(&page) } else { desk.again(&page, faults) }
}
