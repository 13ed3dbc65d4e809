//! A plan as somebody sees it: only what reached them, and everything told from that alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PlanItemId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::plan::clash::{Asked, Source, WEEK, clashes};
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::order::{self, After, Days, Running};
use onedoor_domain::plan::path::{Went, measure};
use onedoor_domain::plan::stage::{self, Stage};
use onedoor_domain::plan::{Item, ItemState, Owner, Part, Partner};
use onedoor_domain::secrecy::Category;
use serde::Serialize;
use utoipa::ToSchema;

use super::booked::{self, BookedTime};
use super::items::{self, Breach, StoredItem};
use super::store::{self, Event, Stored, Text};
use super::wishes::{self, Wish};
use crate::app::App;
use crate::db::{DbError, Link};
use crate::need::{self, Kept, Sieve};
use crate::policy::{Permit, Proof};
use crate::walls::Held;
use crate::web::Fault;

/// The fewest days without any help that are shown as a stretch.
const LEAST_IDLE: i64 = 14;

/// A plan as far as it reached somebody.
pub struct Seen {
    /// Its head.
    pub stored: Stored,
    /// Its items.
    pub items: Vec<StoredItem>,
    /// The latest texts.
    pub texts: Vec<Text>,
    /// What waits for what.
    pub after: Vec<After>,
    /// Broken promises that are late no more.
    pub breaches: Vec<Breach>,
    /// What happened, the latest first.
    pub events: Vec<Event>,
    /// What the person wishes.
    pub wishes: Vec<Wish>,
    /// What the person needs.
    pub needs: Vec<Kept>,
    /// What is booked with the person from now on.
    pub booked: Vec<BookedTime>,
}

/// The plan with all that is in it, for the person (REQ-INFO-16).
///
/// # Errors
/// When the database does not answer.
pub async fn whole(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    stored: Stored,
) -> Result<Seen, DbError> {
    Ok(Seen {
        booked: booked::of_person(app, link, proof, stored.person).await?,
        items: items::of_plan(link, proof, &stored).await?,
        texts: store::texts(link, proof, &stored).await?,
        after: items::after(link, proof, &stored).await?,
        breaches: items::breaches(link, proof, &stored).await?,
        events: store::events(link, proof, &stored).await?,
        wishes: wishes::of_plan(link, proof, &stored).await?,
        needs: Vec::new(),
        stored,
    })
}

/// The plan as far as the walls let it through (REQ-INFO-01): an item by its owner's agency and
/// what it tells of, what happened to it with it, a wish by what it is about, a booked time as
/// what tells of a case with its agency.
///
/// # Errors
/// When the database does not answer.
pub async fn through(
    app: &App,
    link: &mut Link,
    permit: &Permit,
    sieve: &mut Sieve<'_>,
    stored: Stored,
) -> Result<Seen, Fault> {
    let mut seen = whole(app, link, permit, stored).await?;
    let mut items = Vec::new();
    for one in std::mem::take(&mut seen.items) {
        let owner = one.item.owner.agency();
        if sieve.lets(link, owner, one.category, Held::default()).await? {
            items.push(one);
        }
    }
    let there: BTreeSet<PlanItemId> = items.iter().map(|one| one.id).collect();
    seen.items = items;
    seen.after.retain(|edge| there.contains(&edge.item) && there.contains(&edge.after));
    seen.breaches.retain(|one| there.contains(&one.item));
    seen.events.retain(|one| one.item.is_none_or(|item| there.contains(&item)));
    let mut wishes = Vec::new();
    for one in std::mem::take(&mut seen.wishes) {
        if sieve.lets(link, one.agency, one.kind.category(), Held::default()).await? {
            wishes.push(one);
        }
    }
    seen.wishes = wishes;
    seen.needs = need::through(link, permit, sieve).await?;
    let mut booked: Vec<BookedTime> = Vec::new();
    for one in std::mem::take(&mut seen.booked) {
        // With several agencies it stands once for each; one of them that may be told is enough.
        let known = booked.iter().any(|there| there.id == one.id);
        if !known && sieve.lets(link, one.agency, Category::Case, Held::default()).await? {
            booked.push(one);
        }
    }
    seen.booked = booked;
    Ok(seen)
}

impl Seen {
    /// The latest version of a text; empty before the first.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        let found = self.texts.iter().find(|text| text.field == field);
        found.map_or("", |text| text.body.as_str())
    }

    /// What of the law's list is there (domain.md section D).
    #[must_use]
    pub fn parts(&self, consent: bool, municipal: &BTreeSet<AgencyId>) -> BTreeSet<Part> {
        let mut there = BTreeSet::from([Part::Coordinator, Part::Period, Part::Revision]);
        for field in Field::ALL {
            if !self.text(*field).is_empty() {
                there.extend(field.part());
            }
        }
        let live = || self.items.iter().filter(|one| one.item.state != ItemState::Withdrawn);
        let done_by_others = |one: &&StoredItem| !matches!(one.item.owner, Owner::Person { .. });
        if live().any(|one| matches!(one.item.owner, Owner::Person { .. })) {
            there.extend([Part::OwnTasks, Part::Contributions]);
        }
        if live().any(|one| done_by_others(&one)) {
            there.extend([Part::Measures, Part::Participants]);
        }
        if live().any(|one| {
            matches!(one.item.owner, Owner::Agency { agency, .. } if municipal.contains(&agency))
        }) {
            there.insert(Part::Municipality);
        }
        if live()
            .any(|one| matches!(one.item.owner, Owner::Partner { partner: Partner::Health, .. }))
        {
            there.insert(Part::HealthService);
        }
        if !self.needs.is_empty() || live().any(|one| one.need.is_some()) {
            there.insert(Part::Needs);
        }
        if consent {
            there.insert(Part::Consent);
        }
        if self.stored.plan.agreed_on.is_some() {
            there.insert(Part::Agreement);
        }
        there
    }

    /// When an item runs, or is to run.
    fn days(&self, item: &Item) -> Days {
        let plan = &self.stored.plan;
        let from = item.started_on.or(item.starts).unwrap_or(plan.from);
        let until = item.ended_on.or(item.due).unwrap_or(plan.until);
        Days { from, until: until.max(from) }
    }

    /// Each booked time once, however many agencies sit there.
    fn booked_once(&self) -> impl Iterator<Item = &BookedTime> {
        let mut there = BTreeSet::new();
        self.booked.iter().filter(move |one| there.insert(one.id))
    }

    /// Everything that cannot work, from what is seen, booked times among it (REQ-REF-17).
    #[must_use]
    pub fn clash_lines(&self) -> Vec<ClashLine> {
        let asked: Vec<Asked> = self
            .items
            .iter()
            .filter(|one| one.item.state.is_open())
            .map(|one| Asked {
                item: Source::Item(one.id),
                need: Some(one.kind),
                days: self.days(&one.item),
                duty: one.duty,
                hours: one.hours,
                travel: one.travel,
                place: one.place.clone(),
            })
            .chain(self.booked_once().map(|one| Asked::booked(one.id, one.on, one.minutes)))
            .collect();
        let line = |source: Source| match source {
            Source::Item(id) => {
                let found = self.items.iter().find(|one| one.id == id);
                found.map(|one| Clashing {
                    what: one.what.clone(),
                    agency: one.agency_name.clone(),
                    at: 0,
                })
            }
            Source::Booked(id) => {
                let found = self.booked.iter().find(|one| one.id == id);
                found.map(|one| Clashing {
                    what: String::new(),
                    agency: one.agency_name.clone(),
                    at: one.at.as_microsecond(),
                })
            }
        };
        clashes(&asked)
            .into_iter()
            .map(|one| {
                let first = line(one.first).unwrap_or_default();
                let second = line(one.second).unwrap_or_default();
                let day = one.day.and_then(|day| WEEK.iter().position(|it| *it == day));
                ClashLine {
                    kind: one.kind.as_str().to_owned(),
                    first: first.what,
                    first_agency: first.agency,
                    first_at: first.at,
                    second: second.what,
                    second_agency: second.agency,
                    second_at: second.at,
                    day: day.map(|day| format!("{}", day + 1)).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// What should come first and does not: each by what it is for (REQ-PLAN-06).
    #[must_use]
    pub fn order_lines(&self) -> Vec<OrderLine> {
        let mut lines = Vec::new();
        for one in self.items.iter().filter(|one| one.item.state.is_open()) {
            for first in order::comes_first(one.kind) {
                for other in self.items.iter().filter(|it| it.kind == *first) {
                    let waits =
                        self.after.iter().any(|edge| edge.item == one.id && edge.after == other.id);
                    let begins = one.item.starts.or(one.item.due);
                    let ends = other.item.due.or(other.item.starts);
                    let too_early = match (begins, ends) {
                        (Some(begins), Some(ends)) => begins < ends,
                        _ => true,
                    };
                    if other.item.state.is_open() && !waits && too_early {
                        lines.push(OrderLine { item: one.what.clone(), first: other.what.clone() });
                    }
                }
            }
        }
        lines
    }

    fn running(&self) -> Vec<Running> {
        let helps = |one: &&StoredItem| {
            !matches!(one.item.owner, Owner::Person { .. })
                && !matches!(one.item.state, ItemState::Withdrawn | ItemState::Unmet)
        };
        let run = |one: &StoredItem| Running {
            agency: one.item.owner.agency(),
            days: self.days(&one.item),
        };
        self.items.iter().filter(helps).map(run).collect()
    }

    /// The stretches without any help, and the days with help and with help from two at once
    /// (REQ-PLAN-06).
    #[must_use]
    pub fn rhythm(&self) -> Rhythm {
        let within = Days { from: self.stored.plan.from, until: self.stored.plan.until };
        let running = self.running();
        let idle = order::idle(&running, within, LEAST_IDLE);
        let (helped, together) = order::parallel(&running, within);
        let line = |days: &Days| IdleLine {
            from: days.from.to_string(),
            until: days.until.to_string(),
            days: days.count(),
        };
        let per_cent = if helped > 0 { together * 100 / helped } else { 0 };
        Rhythm { idle: idle.iter().map(line).collect(), helped, together, per_cent }
    }

    /// The stages, each by itself (REQ-PLAN-10), and which is now and next.
    #[must_use]
    pub fn stage_lines(&self) -> (Vec<StageLine>, String, String) {
        let items: Vec<(Stage, &Item)> =
            self.items.iter().map(|one| (one.stage, &one.item)).collect();
        let reports = stage::report(&items);
        let (now, next) = stage::now_and_next(&reports);
        let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let lines = reports
            .iter()
            .map(|one| StageLine {
                stage: one.stage.as_str().to_owned(),
                from: day(one.from),
                until: day(one.until),
                years: one.years.iter().map(ToString::to_string).collect(),
                items: one.items,
                done: one.done,
            })
            .collect();
        let code = |stage: Option<Stage>| stage.map_or("", Stage::as_str).to_owned();
        (lines, code(now), code(next))
    }

    /// The way from sickness to work, phase by phase (REQ-PLAN-15).
    #[must_use]
    pub fn path_lines(&self, today: Date) -> Vec<PathLine> {
        let went: Vec<Went> = self
            .items
            .iter()
            .filter_map(|one| {
                let phase = one.phase?;
                let from = one.item.started_on?;
                Some(Went { phase, from, until: one.item.ended_on })
            })
            .collect();
        measure(&went, today)
            .into_iter()
            .map(|one| PathLine {
                phase: one.phase.as_str().to_owned(),
                days: one.days,
                target: one.target,
                long: one.is_long(),
                between: one.between,
                shift: one.shift,
                slow: one.is_slow(),
            })
            .collect()
    }

    /// Broken promises by agency, late ones of today among them (REQ-PLAN-02).
    #[must_use]
    pub fn breach_counts(&self, today: Date) -> Vec<BreachCount> {
        let mut counts: BTreeMap<AgencyId, i64> = BTreeMap::new();
        for one in &self.breaches {
            *counts.entry(one.agency).or_default() += 1;
        }
        for one in &self.items {
            if let Some((_, agency)) = one.item.broken(today) {
                *counts.entry(agency).or_default() += 1;
            }
        }
        let name = |agency: AgencyId| {
            let found = self.items.iter().find(|one| one.item.owner.agency() == agency);
            found.map(|one| one.agency_name.clone()).unwrap_or_default()
        };
        counts
            .into_iter()
            .map(|(agency, count)| BreachCount { agency: name(agency), count })
            .collect()
    }

    /// The items as lines, for a reader of one agency; none for the person.
    #[must_use]
    pub fn item_lines(&self, reader: Option<AgencyId>, today: Date) -> Vec<ItemLine> {
        let plan = &self.stored.plan;
        let whole = Days { from: plan.from, until: plan.until }.count().max(1);
        let line = |one: &StoredItem| {
            let days = self.days(&one.item);
            let before = Days { from: plan.from, until: days.from }.count().saturating_sub(1);
            let start = (before * 100 / whole).clamp(0, 99);
            let width = (days.count() * 100 / whole).clamp(1, 100 - start);
            let own = reader == Some(one.item.owner.agency());
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            let after = self.after.iter().filter(|edge| edge.item == one.id);
            let named = |id: PlanItemId| self.items.iter().find(|it| it.id == id);
            let partner = match one.item.owner {
                Owner::Partner { partner, .. } => partner.as_str(),
                _ => "",
            };
            ItemLine {
                id: one.id.to_string(),
                n: one.n,
                kind: one.kind.as_str().to_owned(),
                beyond_work: one.kind.is_beyond_work(),
                stage: one.stage.as_str().to_owned(),
                owner: one.item.owner.code().to_owned(),
                partner: partner.to_owned(),
                agency: one.agency_name.clone(),
                unit: one.unit_name.clone(),
                worker: one.worker_name.clone(),
                what: one.what.clone(),
                starts: day(one.item.starts),
                due: day(one.item.due),
                state: one.item.state.as_str().to_owned(),
                accepted_on: day(one.item.accepted_on),
                started_on: day(one.item.started_on),
                ended_on: day(one.item.ended_on),
                reason: one.reason.clone(),
                late: one.item.broken(today).is_some(),
                breaches: self
                    .breaches
                    .iter()
                    .filter(|breach| breach.item == one.id)
                    .map(|breach| BreachLine {
                        kind: breach.kind.as_str().to_owned(),
                        due: breach.due.to_string(),
                    })
                    .collect(),
                after: after
                    .filter_map(|edge| named(edge.after))
                    .map(|it| AfterLine { id: it.id.to_string(), n: it.n, what: it.what.clone() })
                    .collect(),
                days: one
                    .hours
                    .map(|hours| {
                        let on = WEEK.iter().enumerate().filter(|(_, day)| hours.on(**day));
                        on.map(|(at, _)| (at + 1).to_string()).collect()
                    })
                    .unwrap_or_default(),
                hours: one
                    .hours
                    .map(|it| format!("{}–{}", clock(it.from()), clock(it.until())))
                    .unwrap_or_default(),
                place: one.place.clone(),
                duty: one.duty.as_str().to_owned(),
                minutes: one.load.minutes,
                money: one.load.money,
                service: one.service.clone(),
                asked: one.asked_name.clone(),
                evaluation: one
                    .item
                    .evaluation
                    .map(|it| it.as_str().to_owned())
                    .unwrap_or_default(),
                evaluation_text: one.evaluation_text.clone(),
                unevaluated: one.unevaluated,
                lacks_evaluation: one.item.lacks_evaluation(),
                own,
                asked_me: reader.is_some() && one.item.asked.map(|to| to.agency()) == reader,
                bar_start: start,
                bar_width: width,
                version: one.version,
            }
        };
        self.items.iter().map(line).collect()
    }

    /// The needs that stand and that no item which may still help is for: they are shown as unmet,
    /// whatever became of the items on them (REQ-PLAN-08).
    #[must_use]
    pub fn bare_needs(&self) -> Vec<&Kept> {
        let helped: BTreeSet<NeedKind> = self
            .items
            .iter()
            .filter(|one| one.item.state.is_open() || one.item.state == ItemState::Done)
            .map(|one| one.kind)
            .collect();
        self.needs
            .iter()
            .filter(|one| one.need.state.stands() && !helped.contains(&one.need.kind))
            .collect()
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// An item as it is shown.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemLine {
    pub(crate) id: String,
    /// Its place in the plan.
    pub(crate) n: i64,
    /// What it is for: a code of the list of needs.
    pub(crate) kind: String,
    /// Whether it is met beside the way to work.
    pub(crate) beyond_work: bool,
    pub(crate) stage: String,
    /// `agency`, `person` or `partner`.
    pub(crate) owner: String,
    /// Who outside does it.
    pub(crate) partner: String,
    pub(crate) agency: String,
    pub(crate) unit: String,
    pub(crate) worker: String,
    pub(crate) what: String,
    pub(crate) starts: String,
    pub(crate) due: String,
    pub(crate) state: String,
    pub(crate) accepted_on: String,
    pub(crate) started_on: String,
    pub(crate) ended_on: String,
    pub(crate) reason: String,
    /// Whether a promise is broken today because its day has passed.
    pub(crate) late: bool,
    /// How it was broken before.
    pub(crate) breaches: Vec<BreachLine>,
    /// What it waits for.
    pub(crate) after: Vec<AfterLine>,
    /// Weekdays, 1 for Monday.
    pub(crate) days: Vec<String>,
    /// Hours, as people write them.
    pub(crate) hours: String,
    pub(crate) place: String,
    pub(crate) duty: String,
    pub(crate) minutes: i64,
    pub(crate) money: i64,
    pub(crate) service: String,
    /// The unit that was asked to do it instead.
    pub(crate) asked: String,
    pub(crate) evaluation: String,
    pub(crate) evaluation_text: String,
    /// How many links were begun after it while nobody had looked at it.
    pub(crate) unevaluated: i64,
    pub(crate) lacks_evaluation: bool,
    /// Whether the reader's agency does it or keeps track of it.
    pub(crate) own: bool,
    /// Whether the reader's agency was asked to do it instead.
    pub(crate) asked_me: bool,
    /// Where its bar begins, in hundredths of the plan.
    pub(crate) bar_start: i64,
    /// How long its bar is.
    pub(crate) bar_width: i64,
    pub(crate) version: i64,
}

/// How a promise was broken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BreachLine {
    pub(crate) kind: String,
    pub(crate) due: String,
}

/// What an item waits for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AfterLine {
    pub(crate) id: String,
    pub(crate) n: i64,
    pub(crate) what: String,
}

/// Broken promises of an agency.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BreachCount {
    pub(crate) agency: String,
    pub(crate) count: i64,
}

/// One side of what cannot work.
#[derive(Default)]
struct Clashing {
    what: String,
    agency: String,
    at: i64,
}

/// Two items, or booked times, that cannot both be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ClashLine {
    pub(crate) kind: String,
    /// What the item is; empty for a booked time.
    pub(crate) first: String,
    pub(crate) first_agency: String,
    /// When a booked time begins; 0 for an item.
    pub(crate) first_at: i64,
    pub(crate) second: String,
    pub(crate) second_agency: String,
    pub(crate) second_at: i64,
    /// The weekday, 1 for Monday; empty where no hours are concerned.
    pub(crate) day: String,
}

/// Something that should come before something else.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderLine {
    pub(crate) item: String,
    pub(crate) first: String,
}

/// Days without help, and with help from several.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Rhythm {
    pub(crate) idle: Vec<IdleLine>,
    /// Days with any help.
    pub(crate) helped: i64,
    /// Days with help from two agencies or more at once.
    pub(crate) together: i64,
    /// The share of those days, in per cent.
    pub(crate) per_cent: i64,
}

/// A stretch without help.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IdleLine {
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) days: i64,
}

/// A stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StageLine {
    pub(crate) stage: String,
    pub(crate) from: String,
    pub(crate) until: String,
    /// Budget years.
    pub(crate) years: Vec<String>,
    pub(crate) items: usize,
    pub(crate) done: usize,
}

/// A phase beside its target.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PathLine {
    pub(crate) phase: String,
    pub(crate) days: i64,
    pub(crate) target: i64,
    pub(crate) long: bool,
    pub(crate) between: Option<i64>,
    pub(crate) shift: i64,
    pub(crate) slow: bool,
}
