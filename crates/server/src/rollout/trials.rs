//! The register of trials: phase and months since the start beside those of the same phase
//! (REQ-ORG-31).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::office::is_code;
use onedoor_domain::rollout::{Phase, by_phase, months_since, phase_on};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link};
use crate::network;
use crate::office::note;
use crate::office::store::Choice;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    TRIALS = "select id, name, starts_on, planned_end, funder, legal_frame, measures_principal
        from trial order by starts_on, name limit 500";
    PHASES = "select trial_id, phase, starts_on from trial_phase order by starts_on limit 2000";
    PLACES = "select t.trial_id, m.name from trial_place t
        join municipality m on m.number = t.municipality order by m.name limit 2000";
    TRIAL = "select 1 from trial where id = $1";
    ADD = "insert into trial (id, code, name, starts_on, planned_end, funder, legal_frame,
            framework, measures_principal) values ($1, $2, $3, $4, $5, $6, $7, '', $8)";
    ADD_PLACE = "insert into trial_place (trial_id, municipality) values ($1, $2)";
    SET_PHASE = "insert into trial_phase (trial_id, phase, starts_on) values ($1, $2, $3)
        on conflict (trial_id, phase) do update set starts_on = excluded.starts_on";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<TrialsPage, _, _>("/trials", "Trials, those of one phase together", list)
        .act::<TrialForm, _, _>("/trials", "Registers a trial", add)
        .creating()
        .act::<PhaseForm, _, _>("/trials/{id}/phases", "Says when a trial enters a phase", phase)
}

/// A trial.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrialLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) starts_on: String,
    pub(crate) planned_end: Option<String>,
    pub(crate) funder: String,
    pub(crate) legal_frame: String,
    pub(crate) places: Vec<String>,
    /// Whole months since the start.
    pub(crate) months: i64,
    /// `state` or `municipality`: who is principal for labour-market measures.
    pub(crate) measures_principal: String,
}

/// The trials of one phase.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PhaseGroup {
    pub(crate) phase: String,
    pub(crate) trials: Vec<TrialLine>,
}

/// A trial, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TrialForm {
    /// A short code.
    #[serde(default)]
    pub(crate) code: String,
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// The start.
    #[serde(default)]
    pub(crate) starts_on: String,
    /// The planned end; may be empty.
    #[serde(default)]
    pub(crate) planned_end: String,
    /// Who pays for it.
    #[serde(default)]
    pub(crate) funder: String,
    /// What law or rule it runs under.
    #[serde(default)]
    pub(crate) legal_frame: String,
    /// `state` or `municipality`: who is principal for labour-market measures.
    #[serde(default)]
    pub(crate) measures_principal: String,
    /// The numbers of its municipalities, with spaces between.
    #[serde(default)]
    pub(crate) municipalities: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// A phase, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PhaseForm {
    /// The phase.
    #[serde(default)]
    pub(crate) phase: String,
    /// From which day.
    #[serde(default)]
    pub(crate) since: String,
}

/// The trials.
#[derive(Serialize, ToSchema)]
pub(crate) struct TrialsPage {
    pub(crate) groups: Vec<PhaseGroup>,
    pub(crate) may_edit: bool,
    pub(crate) phases: Vec<String>,
    pub(crate) principals: Vec<String>,
    pub(crate) trials: Vec<Choice>,
    pub(crate) form: TrialForm,
    pub(crate) phase_form: PhaseForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TrialsPage, "rollout/pages/trials.html");

async fn trials(link: &mut Link, today: Date) -> Result<Vec<(TrialLine, Phase, i64)>, DbError> {
    let mut phases: Vec<(Uuid, Phase, Date)> = Vec::new();
    for mut row in link.rows(&PHASES, &[]).await? {
        let (id, phase, on): (Uuid, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Some((phase, on)) = Phase::parse(&phase).zip(on.parse().ok()) {
            phases.push((id, phase, on));
        }
    }
    let mut places: Vec<(Uuid, String)> = Vec::new();
    for mut row in link.rows(&PLACES, &[]).await? {
        places.push((row.get(0)?, row.get(1)?));
    }
    let mut lines = Vec::new();
    for mut row in link.rows(&TRIALS, &[]).await? {
        let id: Uuid = row.get(0)?;
        let starts_on: String = row.get(2)?;
        let own: Vec<(Phase, Date)> =
            phases.iter().filter(|it| it.0 == id).map(|it| (it.1, it.2)).collect();
        let months = starts_on.parse().map_or(0, |start| months_since(start, today));
        let line = TrialLine {
            id: id.to_string(),
            name: row.get(1)?,
            starts_on,
            planned_end: row.get(3)?,
            funder: row.get(4)?,
            legal_frame: row.get(5)?,
            places: places.iter().filter(|it| it.0 == id).map(|it| it.1.clone()).collect(),
            months,
            measures_principal: row.get(6)?,
        };
        lines.push((line, phase_on(&own, today), months));
    }
    Ok(lines)
}

async fn page(desk: &Desk, link: &mut Link) -> Result<TrialsPage, Fault> {
    let all = trials(link, desk.today()).await?;
    let groups = by_phase(&all).into_iter().map(|(phase, trials)| PhaseGroup {
        phase: phase.as_str().to_owned(),
        trials: trials.into_iter().map(|(line, _)| line).collect(),
    });
    let choice =
        |it: &(TrialLine, Phase, i64)| Choice { id: it.0.id.clone(), name: it.0.name.clone() };
    Ok(TrialsPage {
        groups: groups.collect(),
        trials: all.iter().map(choice).collect(),
        may_edit: desk.may(link, Action::EditNetwork, Subject::Duty).await?,
        phases: Phase::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        principals: vec!["state".to_owned(), "municipality".to_owned()],
        form: TrialForm::default(),
        phase_form: PhaseForm { since: desk.today().to_string(), ..PhaseForm::default() },
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Input(form): Input<TrialForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "rollout.trial", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "trial-kept");
    }
    let mut faults = Faults::default();
    let code = form.code.trim();
    if !is_code(code) {
        faults.add("code", "bad-code");
    }
    let name = faults.line("name", &form.name);
    let starts_on = faults.date("starts_on", &form.starts_on);
    let ends = !form.planned_end.trim().is_empty();
    let planned_end = if ends { faults.date("planned_end", &form.planned_end) } else { None };
    if starts_on.zip(planned_end).is_some_and(|(starts, ends)| ends <= starts) {
        faults.add("planned_end", "date-order");
    }
    let funder = faults.line("funder", &form.funder);
    let legal_frame = faults.line("legal_frame", &form.legal_frame);
    let principal = form.measures_principal.as_str();
    if !matches!(principal, "state" | "municipality") {
        faults.add("measures_principal", "choose");
    }
    let numbers: std::collections::BTreeSet<&str> =
        form.municipalities.split_whitespace().collect();
    let register = network::register(&mut tx).await?;
    if numbers.iter().any(|number| !register.iter().any(|it| it.number == *number)) {
        faults.add("municipalities", "unknown-municipality");
    }
    let (Some(starts_on), true) = (starts_on, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let id = crate::app::new_id();
    let args = args![id, code, name, starts_on, planned_end, funder, legal_frame, principal];
    match tx.run_one(&ADD, args).await {
        Err(DbError::Unique { .. }) => return Err(Fault::conflict("trial-there")),
        other => other?,
    }
    for number in numbers {
        tx.run_one(&ADD_PLACE, args![id, number]).await?;
    }
    once.save(&desk, &mut tx, "/trials").await?;
    note(&desk, &permit, "trial", id);
    desk.commit(tx).await?;
    desk.done("/trials", "trial-kept")
}

async fn phase(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<PhaseForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    tx.row(&TRIAL, args![id]).await?.ok_or(Fault::Hidden)?;
    let mut faults = Faults::default();
    let phase = faults.choice("phase", &form.phase, Phase::parse);
    let since = faults.date("since", &form.since);
    let Some((phase, since)) = phase.zip(since) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx).await?;
        page.phase_form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    tx.run(&SET_PHASE, args![id, phase.as_str(), since]).await?;
    note(&desk, &permit, "trial_phase", id);
    desk.commit(tx).await?;
    desk.done("/trials", "phase-kept")
}
