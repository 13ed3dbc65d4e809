//! The joint view and what is written on it: facts, notes, recorded grounds.

use axum::extract::{Path, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::PersonId;
use onedoor_domain::record::{FactKind, Grade, kept_until, seems};
use onedoor_domain::secrecy::{Action, Categories, Category, Purpose, in_steps};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::counts;
use super::document_pages;
use super::grounds::{self, ClaimLine, GroundForm};
use super::joint::{self, AgencyPart, SeenByLine};
use super::reuse::{self, ReuseForm};
use super::store::{self, NewFact, NewNote};
use crate::db::Tx;
use crate::person::store as persons;
use crate::policy::{Cause, Permit, Subject, Warrant};
use crate::walls::{self, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<JointPage, _, _>(
            "/persons/{id}/joint",
            "What each agency has and may show, and why",
            show,
        )
        .asking(&["purpose"])
        .act::<FactForm, _, _>("/persons/{id}/facts", "Keeps a fact", keep_fact)
        .act::<EmptyForm, _, _>("/persons/{id}/facts/{fact}/end", "Ends a fact", end_fact)
        .act::<ReuseForm, _, _>(
            "/persons/{id}/facts/{fact}/reuse",
            "Takes over a fact that another agency may show",
            reuse::reuse,
        )
        .act::<NoteForm, _, _>("/persons/{id}/notes", "Keeps a note", keep_note)
        .see::<SeenByPage, _, _>(
            "/persons/{id}/facts/{fact}/seen-by",
            "Who can see a fact, and through what",
            fact_seen_by,
        )
        .see::<SeenByPage, _, _>(
            "/persons/{id}/notes/{note}/seen-by",
            "Who can see a note, and through what",
            note_seen_by,
        )
        .see::<DoublePage, _, _>(
            "/figures/double-work",
            "Questions that two agencies have each asked for themselves",
            double_work,
        )
        .and(grounds::routes())
        .and(document_pages::routes())
}

/// The joint view.
#[derive(Serialize, ToSchema)]
pub(crate) struct JointPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) purpose: String,
    pub(crate) purposes: Vec<String>,
    pub(crate) pack: String,
    pub(crate) parts: Vec<AgencyPart>,
    /// How many of the staff of the reader's agency have seen something about the person.
    pub(crate) staff: i64,
    /// More of them have seen something than the case needs.
    pub(crate) wide: bool,
    pub(crate) claims: Vec<ClaimLine>,
    pub(crate) may_write: bool,
    pub(crate) kinds: Vec<String>,
    pub(crate) categories: Vec<String>,
    pub(crate) others: Vec<Other>,
    pub(crate) form: FactForm,
    pub(crate) note: NoteForm,
    pub(crate) ground: GroundForm,
    /// The question whose answer was not taken, and what was typed for it.
    #[serde(skip)]
    pub(crate) answered: (String, String),
    /// What the note seems to hold besides the category chosen for it.
    pub(crate) seems: Vec<String>,
    pub(crate) today: String,
    pub(crate) latest: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(JointPage, "record/pages/joint.html");

/// Another agency of the office, and what may be said to hold towards it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Other {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) conditions: Vec<Condition>,
}

/// A condition of the policy pack that a worker may say holds.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Condition {
    pub(crate) code: String,
    pub(crate) text: String,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    purpose: String,
}

/// How many beyond those whom the open case names may have seen something before the
/// page warns (REQ-INFO-06).
const SPREAD_BEYOND_CASE: i64 = 8;

pub(super) async fn page(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    purpose: Purpose,
) -> Result<JointPage, Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let identity = persons::read(tx, permit).await?;
    let parts = joint::parts(desk, tx, permit, &standing, purpose).await?;
    let (staff, parties) = counts::spread(tx, permit).await?;
    let subject = Subject::Person(identity.id);
    let may_write = desk.may(tx, Action::WriteRecord, subject).await?;
    let language = desk.words().language();
    let mut others = Vec::new();
    for giver in joint::named_agencies(desk, tx, &standing).await? {
        if giver.id == standing.receiver() {
            continue;
        }
        let conditions = standing
            .declarable(&giver, purpose)
            .into_iter()
            .map(|code| {
                let entry = standing.pack().condition(&code);
                let entry = entry.and_then(|one| standing.pack().condition_entry(one));
                let text = entry.map(|e| e.names.in_language(language).to_owned());
                Condition { text: text.unwrap_or_else(|| code.clone()), code }
            })
            .collect();
        others.push(Other { id: giver.id.to_string(), name: giver.name, conditions });
    }
    let pack = standing.pack();
    let latest = desk.today().checked_add(grounds::MOST_MONTHS.months()).unwrap_or(desk.today());
    Ok(JointPage {
        person: identity.id.to_string(),
        name: identity.name(),
        purpose: purpose.as_str().to_owned(),
        purposes: [Purpose::Coordination, Purpose::BenefitDecision, Purpose::Safety]
            .iter()
            .map(|p| p.as_str().to_owned())
            .collect(),
        pack: pack.names().in_language(language).to_owned(),
        parts,
        staff,
        wide: staff > parties + SPREAD_BEYOND_CASE,
        claims: grounds::lines(desk, tx, permit, &standing).await?,
        may_write,
        kinds: FactKind::ALL.iter().map(|k| k.as_str().to_owned()).collect(),
        categories: Category::ALL.iter().map(|c| c.as_str().to_owned()).collect(),
        others,
        form: FactForm { received_on: desk.today().to_string(), ..FactForm::default() },
        note: NoteForm { received_on: desk.today().to_string(), ..NoteForm::default() },
        ground: GroundForm { valid_until: latest.to_string(), ..GroundForm::default() },
        answered: (String::new(), String::new()),
        seems: Vec::new(),
        today: desk.today().to_string(),
        latest: latest.to_string(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> Reply {
    let purpose = Purpose::parse(&asked.purpose).unwrap_or(Purpose::Coordination);
    // What crosses is written down as a disclosure in the same commit as its journal row.
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadRecord, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit, purpose).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

/// Shows the page again with what was typed. It shows what the page shows, so what crossed is
/// kept as a disclosure here too, before the answer goes (REQ-INFO-16); nothing else was
/// written when a form is not taken.
pub(super) async fn again(
    desk: &Desk,
    mut tx: Tx,
    id: PersonId,
    faults: Vec<FieldFault>,
    fill: impl FnOnce(&mut JointPage),
) -> Reply {
    let permit = desk.permit(&mut tx, Action::ReadRecord, Subject::Person(id)).await?;
    let mut page = page(desk, &mut tx, &permit, Purpose::Coordination).await?;
    desk.commit(tx).await?;
    fill(&mut page);
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

/// Nothing but the act.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EmptyForm {}

/// A fact.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct FactForm {
    /// What it is about: a code of the closed list of kinds.
    #[serde(default)]
    pub(crate) kind: String,
    /// The fact itself.
    #[serde(default)]
    pub(crate) text: String,
    /// Who said it.
    #[serde(default)]
    pub(crate) source: String,
    /// When it was received.
    #[serde(default)]
    pub(crate) received_on: String,
    /// `yes` when only the caller's office may see it.
    #[serde(default)]
    pub(crate) lock: String,
}

pub(super) fn received(desk: &Desk, faults: &mut Faults, value: &str) -> Option<Date> {
    let on = faults.date("received_on", value)?;
    if on > desk.today() {
        faults.add("received_on", "date-future");
    }
    Some(on)
}

fn paragraph(faults: &mut Faults, field: &str, value: &str) -> String {
    faults
        .take(field, text::required(value, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default()
}

async fn keep_fact(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<FactForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteRecord, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, FactKind::parse);
    let body = paragraph(&mut faults, "text", &form.text);
    let source = faults.line("source", &form.source);
    let on = received(&desk, &mut faults, &form.received_on);
    let (Some(kind), Some(on), true) = (kind, on, faults.is_empty()) else {
        return again(&desk, tx, id, faults.into_list(), |page| page.form = form).await;
    };
    let new = NewFact {
        agency: worker.agency,
        kind,
        text: &body,
        source: &source,
        received: on,
        kept_until: kept_until(kind.category(), desk.app().country, on),
        lock: (form.lock == "yes").then_some(office),
        office: Some(office),
        reused_from: None,
        by: Some(worker.id),
    };
    store::keep_fact(&mut tx, &permit, &new, desk.now()).await?;
    // Whoever writes does not learn by it what another agency holds.
    let warrant = Warrant::new(Cause::Difference, &desk.app().vault);
    crate::talking::look(&mut tx, &warrant, id, (desk.now(), desk.today())).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/joint"), "fact-kept")
}

async fn end_fact(
    desk: Desk,
    Path((id, fact)): Path<(PersonId, Uuid)>,
    Input(_): Input<EmptyForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteRecord, Subject::Person(id)).await?;
    let found = store::fact(&mut tx, &permit, fact, desk.today()).await?;
    if found.agency != worker.agency
        || found.lock.is_some_and(|lock| Some(lock) != desk.actor().office)
    {
        return Err(Fault::Hidden);
    }
    store::end_fact(&mut tx, &permit, fact, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/joint"), "fact-ended")
}

/// A note.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NoteForm {
    /// What it tells of: the writer chooses, nothing is preset.
    #[serde(default)]
    pub(crate) category: String,
    /// `functional` when it tells only what the person can do or needs, not why. Without it a
    /// note about health or substance use is taken for clinical.
    #[serde(default)]
    pub(crate) grade: String,
    /// `yes` when it never leaves the agency.
    #[serde(default)]
    pub(crate) internal: String,
    /// The note.
    #[serde(default)]
    pub(crate) body: String,
    /// Who said it.
    #[serde(default)]
    pub(crate) said_by: String,
    /// When it was received.
    #[serde(default)]
    pub(crate) received_on: String,
    /// `yes` when only the caller's office may see it.
    #[serde(default)]
    pub(crate) lock: String,
    /// `yes` when the category is right although the words seem to hold more.
    #[serde(default)]
    pub(crate) sure: String,
    /// The note that this one corrects.
    #[serde(default)]
    pub(crate) corrects: String,
}

async fn keep_note(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<NoteForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteRecord, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let category = faults.choice("category", &form.category, Category::parse);
    let body = paragraph(&mut faults, "body", &form.body);
    let source = faults.line("said_by", &form.said_by);
    let on = received(&desk, &mut faults, &form.received_on);
    let mut corrects = None;
    if !form.corrects.trim().is_empty() {
        let note: Uuid = form.corrects.trim().parse().map_err(|_| Fault::Hidden)?;
        let head = store::note_head(&mut tx, &permit, note).await?;
        if head.agency != worker.agency {
            return Err(Fault::Hidden);
        }
        corrects = Some(note);
    }
    let more = category.map_or(Categories::NONE, |chosen| seems(&body).without(chosen));
    // A warning, once: the writer knows better than a list of words.
    if !more.is_empty() && form.sure != "yes" {
        faults.add("category", "note-seems");
    }
    let (Some(category), Some(on), true) = (category, on, faults.is_empty()) else {
        return again(&desk, tx, id, faults.into_list(), |page| {
            page.note = form;
            page.seems = more.iter().map(|c| c.as_str().to_owned()).collect();
        })
        .await;
    };
    let new = NewNote {
        agency: worker.agency,
        category,
        grade: Grade::of_text(category, more, form.grade == "functional"),
        internal: form.internal == "yes",
        text: &body,
        source: &source,
        received: on,
        kept_until: kept_until(category, desk.app().country, on),
        lock: (form.lock == "yes").then_some(office),
        corrects,
        by: worker.id,
    };
    store::keep_note(&mut tx, &permit, &new, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/joint"), "note-kept")
}

/// Who can see one record.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeenByPage {
    pub(crate) person: String,
    pub(crate) category: String,
    pub(crate) internal: bool,
    pub(crate) locked: bool,
    pub(crate) owner: String,
    pub(crate) lines: Vec<SeenByLine>,
}

crate::page!(SeenByPage, "record/pages/seen_by.html");

/// Only the owner's staff ask this: for others the record is not there unless it is shown.
async fn fact_seen_by(desk: Desk, Path((id, fact)): Path<(PersonId, Uuid)>) -> Reply {
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadRecord, Subject::Person(id)).await?;
    let found = store::fact(&mut conn, &permit, fact, desk.today()).await?;
    let hidden = found.lock.is_some_and(|lock| Some(lock) != desk.actor().office);
    if found.agency != worker.agency || hidden {
        return Err(Fault::Hidden);
    }
    let standing = Standing::of(&desk, &mut conn, &permit).await?;
    let held =
        Held { internal: false, locked: found.lock.is_some(), received: Some(found.received) };
    let category = found.kind.category();
    let lines = joint::seen_by(
        &desk,
        &mut conn,
        &standing,
        (found.agency, found.first),
        category,
        held,
        |p| found.kind.may_cross(p),
    )
    .await?;
    desk.show(&SeenByPage {
        person: id.to_string(),
        category: category.as_str().to_owned(),
        internal: false,
        locked: found.lock.is_some(),
        owner: owner(&mut conn, &desk).await?,
        lines,
    })
}

async fn note_seen_by(desk: Desk, Path((id, note)): Path<(PersonId, Uuid)>) -> Reply {
    let worker = desk.worker()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadRecord, Subject::Person(id)).await?;
    let found = store::note_head(&mut conn, &permit, note).await?;
    let hidden = found.lock.is_some_and(|lock| Some(lock) != desk.actor().office);
    if found.agency != worker.agency || hidden {
        return Err(Fault::Hidden);
    }
    let standing = Standing::of(&desk, &mut conn, &permit).await?;
    let held = Held {
        internal: found.internal,
        locked: found.lock.is_some(),
        received: Some(found.received),
    };
    let owners = (found.agency, None);
    let lines = joint::seen_by(&desk, &mut conn, &standing, owners, found.category, held, |p| {
        found.grade.may_cross(p)
    })
    .await?;
    desk.show(&SeenByPage {
        person: id.to_string(),
        category: found.category.as_str().to_owned(),
        internal: found.internal,
        locked: found.lock.is_some(),
        owner: owner(&mut conn, &desk).await?,
        lines,
    })
}

pub(super) async fn owner(link: &mut crate::db::Link, desk: &Desk) -> Result<String, Fault> {
    let agency = desk.worker()?.agency;
    let giver = walls::giver_of(link, agency, desk.actor().office).await?;
    Ok(giver.map(|g| g.name).unwrap_or_default())
}

/// The double-work figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoublePage {
    pub(crate) lines: Vec<DoubleLine>,
    pub(crate) total: i64,
    pub(crate) least: i64,
    /// Persons of the own agency whom another knows too.
    pub(crate) known: Vec<KnownLine>,
}

/// How many of one's own persons another agency knows (REQ-INFO-10).
#[derive(Serialize, ToSchema)]
pub(crate) struct KnownLine {
    pub(crate) agency: String,
    /// None when fewer than the smallest count that is shown.
    pub(crate) persons: Option<i64>,
}

/// One kind of fact that two agencies have each asked for.
#[derive(Serialize, ToSchema)]
pub(crate) struct DoubleLine {
    pub(crate) kind: String,
    /// How many persons, in steps of the smallest count that is shown.
    pub(crate) persons: i64,
}

crate::page!(DoublePage, "record/pages/double.html");

/// REQ-INFO-07, REQ-INFO-10: counts over several agencies, as they were when the month began
/// and in steps. A kind or an agency with few reads as one with none.
async fn double_work(desk: Desk) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let least = crate::walls::smallest_count(&mut conn, &desk.app().config).await?;
    let (day, at) = crate::app::month_of(&desk.app().zone, desk.today());
    let found = counts::duplicates(&mut conn, &permit, worker.agency, at).await?;
    let told = |(kind, n)| Some(DoubleLine { kind, persons: in_steps(n, least)? });
    let lines: Vec<DoubleLine> = found.into_iter().filter_map(told).collect();
    let total = lines.iter().map(|line| line.persons).sum();
    let found = counts::known_elsewhere(&mut conn, &permit, worker.agency, day).await?;
    let told = |(agency, n)| Some(KnownLine { agency, persons: Some(in_steps(n, least)?) });
    let mut known: Vec<KnownLine> = found.into_iter().filter_map(told).collect();
    for giver in walls::givers(&mut conn, office, desk.today()).await? {
        let there = known.iter().any(|line| line.agency == giver.name);
        if giver.id != worker.agency && !there {
            known.push(KnownLine { agency: giver.name, persons: None });
        }
    }
    known.sort_by(|a, b| a.agency.cmp(&b.agency));
    desk.show(&DoublePage { lines, total, least, known })
}
