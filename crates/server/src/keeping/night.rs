//! The nightly keeping: in small batches, skipping what is held, with a report.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use onedoor_domain::ids::PersonId;
use onedoor_domain::keeping::{Fate, Term, is_kept_for_research, shortest};
use onedoor_domain::person::Country;
use onedoor_domain::secrecy::{Action, Ground};
use uuid::Uuid;

use super::kept;
use super::store::{self, Count, Due, DueCase, First, Things, Until};
use super::term;
use crate::app::App;
use crate::db::{DbError, Tx};
use crate::journal::{Entry, SubjectKind};
use crate::person::together;
use crate::policy::{Cause, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

/// Small enough that nobody waits for a batch.
const BATCH: i64 = 100;
/// The hour of the night from which it runs, at the offices.
const HOUR: i8 = 2;
/// How long a server may be at it before another takes over.
const LEASE: i64 = 2 * 3600 * 1_000_000;

/// Runs the night's keeping if it is time and nobody has; says whether it did.
///
/// # Errors
/// When the database does not answer.
pub async fn nightly(app: &App) -> Result<bool, Fault> {
    let now = app.now();
    if app.zone.to_datetime(now).hour() < HOUR {
        return Ok(false);
    }
    crate::journal::watch::search(app).await?;
    let today = app.today();
    let mut tx = app.db.begin().await?;
    if !store::claim_run(&mut tx, today, now, now.as_microsecond() + LEASE).await? {
        return Ok(false);
    }
    tx.commit().await?;
    run(app, today).await?;
    Ok(true)
}

/// Does what is due on `today`, and writes down what it did.
///
/// # Errors
/// When the database does not answer.
pub async fn run(app: &App, today: Date) -> Result<Vec<Count>, Fault> {
    let mut tx = app.db.begin().await?;
    // The night's row, where somebody runs it by hand.
    store::claim_run(&mut tx, today, app.now(), app.now().as_microsecond() + LEASE).await?;
    tx.commit().await?;
    let mut counts: Vec<Count> = Vec::new();
    for (class, sql) in store::PLAIN {
        let before = before(app, &term(class, app.country)?, today);
        let mut count = Count { class: (*class).to_owned(), ..Count::default() };
        loop {
            let mut tx = app.db.begin().await?;
            let gone = store::plain(&mut tx, &warrant(app), *sql, before, BATCH).await?;
            tx.commit().await?;
            count.deleted += gone;
            if gone < BATCH {
                break;
            }
        }
        add(&mut counts, count);
    }
    add(&mut counts, messages(app, today).await?);
    add(&mut counts, holds(app, today).await?);
    add(&mut counts, measures(app, today).await?);
    add(&mut counts, things(app, today, &store::BOOKINGS).await?);
    add(&mut counts, staff(app, today).await?);
    add(&mut counts, things(app, today, &store::VISITS).await?);
    for count in cases(app, today).await? {
        add(&mut counts, count);
    }
    // After visits and cases, which refer to them.
    add(&mut counts, things(app, today, &store::APPOINTMENTS).await?);
    for each in store::THINGS {
        add(&mut counts, things(app, today, each).await?);
    }
    add(&mut counts, journal(app, today).await?);
    let mut tx = app.db.begin().await?;
    for count in &counts {
        store::keep_count(&mut tx, today, count).await?;
    }
    store::end_run(&mut tx, today, app.now()).await?;
    let classes: serde_json::Map<String, serde_json::Value> = counts
        .iter()
        .filter(|count| count.deleted > 0)
        .map(|count| (count.class.clone(), count.deleted.into()))
        .collect();
    let entry = Entry {
        action: Action::DeleteExpired,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: serde_json::json!({ "by": "keeping", "deleted": classes }),
    };
    app.journal.append(&mut tx, &Actor::system(), app.now(), &[entry]).await?;
    tx.commit().await?;
    Ok(counts)
}

/// Two statements may belong to one class.
fn add(counts: &mut Vec<Count>, count: Count) {
    match counts.iter_mut().find(|there| there.class == count.class) {
        Some(there) => {
            there.deleted += count.deleted;
            there.locked += count.locked;
            there.held += count.held;
            there.stuck += count.stuck;
            there.next_due = there.next_due.min(count.next_due).or(count.next_due);
        }
        None => counts.push(count),
    }
}

fn midnight(app: &App, day: Date) -> Timestamp {
    app.zone.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(Timestamp::MIN)
}

/// What began before this instant is due. Without any keep-time it is now: a
/// session that ends this evening is not due this morning.
fn before(app: &App, term: &Term, today: Date) -> Timestamp {
    if term.years == 0 && term.days == 0 && !term.year_end {
        return app.now();
    }
    term.last_due(today).tomorrow().map_or(Timestamp::MIN, |day| midnight(app, day))
}

/// The law asks: time has come, and nobody looks.
fn warrant(app: &App) -> Warrant {
    Warrant::new(Cause::Keeping, &app.vault)
}

async fn next(app: &App, term: &Term, what: First) -> Result<Option<Date>, Fault> {
    let first = store::first(&mut *app.db.read().await?, &warrant(app), what).await?;
    Ok(first.map(|at| term.due_on(app.day(at))))
}

async fn messages(app: &App, today: Date) -> Result<Count, Fault> {
    let term = term("outbox", app.country)?;
    let before = before(app, &term, today);
    let mut count = Count { class: "outbox".into(), ..Count::default() };
    loop {
        let mut tx = app.db.begin().await?;
        let gone = store::messages(&mut tx, &warrant(app), before, today, BATCH).await?;
        tx.commit().await?;
        count.deleted += gone;
        if gone < BATCH {
            break;
        }
    }
    let mut conn = app.db.read().await?;
    count.held = store::messages_held(&mut conn, &warrant(app), before, today).await?;
    drop(conn);
    count.next_due = next(app, &term, First::Message).await?;
    Ok(count)
}

async fn holds(app: &App, today: Date) -> Result<Count, Fault> {
    let term = term("hold", app.country)?;
    let day = term.last_due(today);
    let mut tx = app.db.begin().await?;
    let before = before(app, &term, today);
    let deleted = store::holds_over(&mut tx, &warrant(app), before, day, BATCH).await?;
    tx.commit().await?;
    Ok(Count { class: "hold".into(), deleted, ..Count::default() })
}

async fn staff(app: &App, today: Date) -> Result<Count, Fault> {
    let day = term("staff_address", app.country)?.last_due(today);
    let mut tx = app.db.begin().await?;
    let deleted = store::staff_over(&mut tx, &warrant(app), today, day).await?;
    tx.commit().await?;
    Ok(Count { class: "staff_address".into(), deleted, ..Count::default() })
}

async fn measures(app: &App, today: Date) -> Result<Count, Fault> {
    let day = term("watch_measure", app.country)?.last_due(today);
    let mut count = Count { class: "watch_measure".into(), ..Count::default() };
    loop {
        let mut tx = app.db.begin().await?;
        let gone = store::measures_over(&mut tx, &warrant(app), day, BATCH).await?;
        tx.commit().await?;
        count.deleted += gone;
        if gone < BATCH {
            return Ok(count);
        }
    }
}

fn entry(action: Action, kind: SubjectKind, due: &Due) -> Entry {
    Entry {
        action,
        ground: Some(Ground::Duty),
        subject: (kind, Some(due.id)),
        // Whose it was sees in their own log that it is gone.
        persons: due.person.into_iter().collect(),
        detail: serde_json::json!({ "by": "keeping" }),
    }
}

/// What became of something that was due.
enum Now {
    /// It was deleted, or locked.
    Done,
    /// Somebody holds it since it was found.
    Held,
    /// It is due no more.
    Gone,
}

/// Just before an identifier: what is asked for after it begins with that one.
fn just_before(id: Uuid) -> Uuid {
    Uuid::from_u128(id.as_u128().saturating_sub(1))
}

/// Holds the person of a thing that was due still, in the transaction that would delete it, which
/// then asks once more: whoever sets a hold meanwhile has set it before, and it is seen, or waits
/// until this has ended.
async fn wait_for(tx: &mut Tx, warrant: &Warrant, person: Option<Uuid>) -> Result<(), DbError> {
    match person {
        Some(person) => together::wait_for(tx, warrant, PersonId(person)).await,
        None => Ok(()),
    }
}

/// What is to become of a thing, by what is there of it now.
fn now_of(id: Uuid, there: Option<&Due>) -> Now {
    match there {
        Some(there) if there.id == id && there.held => Now::Held,
        Some(there) if there.id == id => Now::Done,
        _ => Now::Gone,
    }
}

/// One thing in a transaction of its own: what another table still refers to
/// stays, and stops nothing else.
async fn one<F>(app: &App, entry: Entry, count: &mut Count, work: F) -> Result<(), Fault>
where
    F: AsyncFnOnce(&mut Tx) -> Result<Now, DbError>,
{
    let locks = entry.action == Action::LockExpired;
    let mut tx = app.db.begin().await?;
    match work(&mut tx).await {
        Ok(Now::Held) => count.held += 1,
        Ok(Now::Gone) => {}
        Ok(Now::Done) => {
            app.journal.append(&mut tx, &Actor::system(), app.now(), &[entry]).await?;
            tx.commit().await?;
            *(if locks { &mut count.locked } else { &mut count.deleted }) += 1;
        }
        Err(DbError::Reference(what)) => {
            tracing::warn!(class = count.class, what, "something over its time is referred to");
            count.stuck += 1;
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

async fn things(app: &App, today: Date, things: &'static Things) -> Result<Count, Fault> {
    let warrant = warrant(app);
    let term = term(things.class, app.country)?;
    let until = match things.by_day {
        true => Until::Day(term.last_due(today)),
        false => Until::Instant(before(app, &term, today)),
    };
    let mut count = Count { class: things.class.to_owned(), ..Count::default() };
    let mut after = Uuid::nil();
    loop {
        let due = {
            let mut conn = app.db.read().await?;
            store::due_things(&mut conn, &warrant, things, after, until, BATCH, today).await?
        };
        let Some(last) = due.last() else { break };
        after = last.id;
        for due in due {
            if due.held {
                count.held += 1;
                continue;
            }
            let visit = things.class == store::VISITS.class;
            let kind = if visit { SubjectKind::Visit } else { SubjectKind::Nothing };
            let entry = entry(Action::DeleteExpired, kind, &due);
            let warrant = &warrant;
            one(app, entry, &mut count, async move |tx: &mut Tx| {
                wait_for(tx, warrant, due.person).await?;
                let after = just_before(due.id);
                let there = store::due_things(tx, warrant, things, after, until, 1, today).await?;
                let now = now_of(due.id, there.first());
                if matches!(now, Now::Done) {
                    store::delete_thing(tx, warrant, things, due.id).await?;
                }
                Ok(now)
            })
            .await?;
        }
    }
    if things.class == store::VISITS.class {
        count.next_due = next(app, &term, First::Visit).await?;
    }
    Ok(count)
}

fn class_of(kind: &str) -> &'static str {
    match kind {
        "employment" => "case_employment",
        "social" => "case_social",
        _ => "case_insurance",
    }
}

/// When a case is due and what then happens: of its agencies the shortest time
/// holds, and what research keeps is locked instead of deleted.
fn verdict(app: &App, case: &DueCase) -> Result<Option<(&'static str, Fate, Date)>, Fault> {
    let mut terms = Vec::new();
    for kind in &case.kinds {
        let class = class_of(kind);
        let from = match class {
            "case_social" => case.last_note.unwrap_or(case.closed_at).max(case.closed_at),
            _ => case.closed_at,
        };
        terms.push((class, term(class, app.country)?, app.day(from)));
    }
    let pairs: Vec<(Term, Date)> = terms.iter().map(|(_, term, from)| (*term, *from)).collect();
    let Some((shortest, due)) = shortest(&pairs) else { return Ok(None) };
    let class = terms
        .iter()
        .find(|(_, term, from)| *term == shortest && term.due_on(*from) == due)
        .map_or("case_insurance", |(class, ..)| class);
    let social = terms.iter().any(|(class, ..)| *class == "case_social");
    let research = app.country == Country::Se && social && is_kept_for_research(case.born);
    Ok(Some((class, if research { Fate::Lock } else { shortest.then }, due)))
}

async fn cases(app: &App, today: Date) -> Result<Vec<Count>, Fault> {
    let classes = ["case_employment", "case_social", "case_insurance"];
    let mut counts: Vec<Count> = classes
        .iter()
        .map(|class| Count { class: (*class).to_owned(), ..Count::default() })
        .collect();
    let mut latest = Timestamp::MIN;
    let mut soonest = None;
    for class in classes {
        let term = term(class, app.country)?;
        latest = latest.max(before(app, &term, today));
        let next = next(app, &term, First::Case).await?;
        soonest = soonest.min(next).or(next);
    }
    let warrant = warrant(app);
    let mut after = Uuid::nil();
    loop {
        let due = {
            let mut conn = app.db.read().await?;
            store::due_cases(&mut conn, &warrant, after, latest, BATCH, today).await?
        };
        let Some(last) = due.last() else { break };
        after = last.due.id;
        for case in due {
            let Some((class, fate, day)) = verdict(app, &case)? else { continue };
            let Some(count) = counts.iter_mut().find(|count| count.class == class) else {
                continue;
            };
            if day > today {
                continue;
            }
            if case.due.held {
                count.held += 1;
                continue;
            }
            let action = match fate {
                Fate::Delete => Action::DeleteExpired,
                Fate::Lock => Action::LockExpired,
            };
            let entry = entry(action, SubjectKind::Case, &case.due);
            let (id, person, warrant) = (case.due.id, case.due.person, &warrant);
            one(app, entry, count, async move |tx: &mut Tx| {
                wait_for(tx, warrant, person).await?;
                let after = just_before(id);
                let there = store::due_cases(tx, warrant, after, latest, 1, today).await?;
                let now = now_of(id, there.first().map(|case| &case.due));
                match (&now, fate) {
                    (Now::Done, Fate::Delete) => store::delete_case(tx, warrant, id).await?,
                    (Now::Done, Fate::Lock) => {
                        store::lock(tx, warrant, "case", id, today).await?;
                    }
                    _ => {}
                }
                Ok(now)
            })
            .await?;
        }
    }
    // Which agencies the oldest case has is not looked up: the soonest it can be.
    if let Some(first) = counts.first_mut() {
        first.next_due = soonest;
    }
    Ok(counts)
}

/// The journal's oldest rows, up to a checkpoint, so that the rest still checks.
/// While anybody is held, nothing of it goes: who looked may matter.
async fn journal(app: &App, today: Date) -> Result<Count, Fault> {
    let term = term("journal", app.country)?;
    let mut count = Count { class: "journal".into(), ..Count::default() };
    let day = term.last_due(today);
    let held = kept::any_hold(&mut *app.db.read().await?, &warrant(app), today).await?;
    if held > 0 {
        count.held = held;
        return Ok(count);
    }
    count.deleted = crate::journal::cut(app, day, today).await?;
    Ok(count)
}
