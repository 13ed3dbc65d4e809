//! What was tried before, how it ended and why, in view before anything new is proposed
//! (REQ-MAP-17).

use axum::extract::{Path, Query};
use jiff::civil::Date;
use onedoor_domain::assessment::{Attempt, Ending, HelpKind, warn};
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::{Action, Category};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Tx};
use crate::keys::{ATTEMPT_REASON, Key};
use crate::need::Sieve;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::walls::{Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    ATTEMPTS = "select t.kind, t.began_on, t.ended_on, t.ending, t.reason, t.agency_id, a.name, s.name
        from attempt t join agency a on a.id = t.agency_id join staff s on s.id = t.noted_by
        where t.person_id = $1 and t.kept_until >= $2 order by t.began_on desc, t.id limit 200";
    NOTE = "insert into attempt (id, person_id, agency_id, kind, began_on, ended_on, ending, reason,
            noted_at, noted_by, kept_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AttemptsPage, _, _>(
            "/persons/{id}/attempts",
            "Measures that were tried, and a warning before the same sort again",
            show,
        )
        .asking(&["kind"])
        .act::<AttemptForm, _, _>("/persons/{id}/attempts", "Notes a measure that was tried", note)
}

/// A measure that was tried.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AttemptLine {
    pub(crate) kind: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) ending: String,
    pub(crate) reason: String,
    pub(crate) agency: String,
    pub(crate) by: String,
}

/// The same sort failed before.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WarningLine {
    pub(crate) kind: String,
    pub(crate) on: String,
    pub(crate) ending: String,
    pub(crate) reason: String,
}

/// What was tried.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttemptsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<AttemptLine>,
    /// The kind of help that is thought of; empty for none.
    pub(crate) asked: String,
    /// That the same sort failed before.
    pub(crate) warning: Option<WarningLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) endings: Vec<String>,
    pub(crate) may_write: bool,
    pub(crate) form: AttemptForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AttemptsPage, "assessment/pages/attempts.html");

/// A measure that was tried.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AttemptForm {
    /// What kind of help.
    #[serde(default)]
    pub(crate) kind: String,
    /// Its first day.
    #[serde(default)]
    pub(crate) began_on: String,
    /// Its last day; empty while it runs.
    #[serde(default)]
    pub(crate) ended_on: String,
    /// How it ended: `completed`, `work`, `dropped_out`, `stopped` or `running`.
    #[serde(default)]
    pub(crate) ending: String,
    /// Why; must be there when it ended without what it was for.
    #[serde(default)]
    pub(crate) reason: String,
}

struct Stored {
    attempt: Attempt,
    agency: AgencyId,
    agency_name: String,
    by: String,
}

async fn stored(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<Vec<Stored>, Fault> {
    let person = permit.the_person()?;
    let rows = tx.rows(permit.opens(&ATTEMPTS), args![person, desk.today()]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(tx, permit, person).await?;
    let standing = Standing::of(desk, tx, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let unknown = || DbError::Other("an attempt of an unknown kind".into());
    let mut all = Vec::new();
    for mut row in rows {
        let (kind, ending): (String, String) = (row.get(0)?, row.get(3)?);
        let from: Date = row.get(1)?;
        let one = Stored {
            attempt: Attempt {
                kind: HelpKind::parse(&kind).ok_or_else(unknown)?,
                from,
                until: row.get(2)?,
                ending: Ending::parse(&ending).ok_or_else(unknown)?,
                reason: key.open(ATTEMPT_REASON, row.get(4)?)?,
            },
            agency: row.get(5)?,
            agency_name: row.get(6)?,
            by: row.get(7)?,
        };
        let held = Held { received: Some(from), ..Held::default() };
        if sieve.lets(tx, one.agency, category(one.attempt.kind), held).await? {
            all.push(one);
        }
    }
    sieve.tell(desk, permit);
    Ok(all)
}

/// What a measure tells of, for the walls.
fn category(kind: HelpKind) -> Category {
    match kind {
        HelpKind::Treatment => Category::Health,
        HelpKind::SubstanceSupport => Category::Subst,
        HelpKind::DebtAdvice => Category::Debt,
        HelpKind::Housing => Category::Housing,
        HelpKind::Care | HelpKind::EverydaySupport | HelpKind::Network => Category::Family,
        _ => Category::Emp,
    }
}

/// What was tried, as far as the walls let it be seen; what crosses is noted, so end it with a
/// commit. A plan asks it before a measure is proposed (REQ-MAP-17).
///
/// # Errors
/// When the database does not answer.
pub async fn tried(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<Vec<Attempt>, Fault> {
    Ok(stored(desk, tx, permit).await?.into_iter().map(|one| one.attempt).collect())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    kind: String,
}

async fn page(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    asked: &str,
) -> Result<AttemptsPage, Fault> {
    let person = persons::read(tx, permit).await?;
    let all = stored(desk, tx, permit).await?;
    let tried: Vec<Attempt> = all.iter().map(|one| one.attempt.clone()).collect();
    let kind = HelpKind::parse(asked.trim());
    let warning = kind.and_then(|kind| warn(kind, &tried)).map(|it| WarningLine {
        kind: it.kind.as_str().to_owned(),
        on: it.on.to_string(),
        ending: it.ending.as_str().to_owned(),
        reason: it.reason,
    });
    let lines = all.into_iter().map(|one| AttemptLine {
        kind: one.attempt.kind.as_str().to_owned(),
        from: one.attempt.from.to_string(),
        until: one.attempt.until.map(|on| on.to_string()).unwrap_or_default(),
        ending: one.attempt.ending.as_str().to_owned(),
        reason: one.attempt.reason,
        agency: one.agency_name,
        by: if Some(one.agency) == desk.actor().agency { one.by } else { String::new() },
    });
    Ok(AttemptsPage {
        person: person.id.to_string(),
        name: person.name(),
        lines: lines.collect(),
        asked: kind.map(|kind| kind.as_str().to_owned()).unwrap_or_default(),
        warning,
        kinds: HelpKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        endings: Ending::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_write: desk.may(tx, Action::WriteAssessment, Subject::Person(person.id)).await?,
        form: AttemptForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>, Query(asked): Query<Asked>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit, &asked.kind).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

async fn keep(tx: &mut Tx, permit: &Permit, desk: &Desk, new: &Attempt) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let day = new.until.unwrap_or(desk.today());
    let args = args![
        new_id(),
        person,
        worker.agency,
        new.kind.as_str(),
        new.from,
        new.until,
        new.ending.as_str(),
        key.seal(ATTEMPT_REASON, &new.reason)?,
        desk.now(),
        worker.id,
        kept_until(category(new.kind), desk.app().country, day),
    ];
    Ok(tx.run_one(permit.opens(&NOTE), args).await?)
}

async fn note(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<AttemptForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, HelpKind::parse);
    let ending = faults.choice("ending", &form.ending, Ending::parse);
    let from = faults.date("began_on", &form.began_on);
    let until = match ending {
        Some(Ending::Running) | None => None,
        Some(_) => faults.date("ended_on", &form.ended_on),
    };
    if from.is_some_and(|from| from > desk.today()) {
        faults.add("began_on", "date-future");
    }
    if until.is_some_and(|until| until > desk.today() || from.is_some_and(|from| until < from)) {
        faults.add("ended_on", "attempt-end");
    }
    let reason = match ending.is_some_and(Ending::failed) {
        true => text::required(&form.reason, text::PARAGRAPH),
        false => text::optional(&form.reason, text::PARAGRAPH),
    };
    let reason = faults.take("reason", reason, |fault| fault.code().into());
    let (Some(kind), Some(ending), Some(from), Some(reason), true) =
        (kind, ending, from, reason, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit, "").await?;
        desk.commit(tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    keep(&mut tx, &permit, &desk, &Attempt { kind, from, until, ending, reason }).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/attempts"), "attempt-kept")
}
