//! The agencies' steering goals of a year; those that pull apart come on a joint body's agenda
//! (REQ-ORG-50).

use axum::extract::Query;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::governing::{Direction, Goal, Lever, TargetGroup, contradictions};
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::office::note;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Proof, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};
use crate::words::Words;

crate::sql! {
    GOALS = "select g.id, a.name, g.target_group, g.lever, g.direction, g.text, g.asks_cooperation
        from steering_goal g join agency a on a.id = g.agency_id where g.year = $1
        order by a.name, g.target_group, g.lever limit 500";
    ADD_GOAL = "insert into steering_goal (id, agency_id, year, target_group, lever, direction, text,
            asks_cooperation, added_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<GoalsPage, _, _>("/goals", "The agencies' steering goals of a year", list)
        .asking(&["year"])
        .act::<GoalForm, _, _>("/goals", "Records a steering goal", add)
        .creating()
}

/// A goal.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GoalLine {
    pub(crate) id: String,
    pub(crate) agency: String,
    pub(crate) group: String,
    pub(crate) lever: String,
    pub(crate) direction: String,
    pub(crate) text: String,
    pub(crate) asks_cooperation: bool,
}

/// Goals that pull apart.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ApartLine {
    pub(crate) group: String,
    pub(crate) lever: String,
    pub(crate) more: Vec<String>,
    pub(crate) less: Vec<String>,
}

/// A goal, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct GoalForm {
    /// Whose goal.
    #[serde(default)]
    pub(crate) agency: String,
    /// For which year.
    #[serde(default)]
    pub(crate) year: String,
    /// Whom it is about.
    #[serde(default)]
    pub(crate) group: String,
    /// Of what.
    #[serde(default)]
    pub(crate) lever: String,
    /// `more`, `less` or `same`.
    #[serde(default)]
    pub(crate) direction: String,
    /// In its own words.
    #[serde(default)]
    pub(crate) text: String,
    /// `yes` when it asks for cooperation.
    #[serde(default)]
    pub(crate) asks_cooperation: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The goals of a year.
#[derive(Serialize, ToSchema)]
pub(crate) struct GoalsPage {
    pub(crate) year: String,
    pub(crate) goals: Vec<GoalLine>,
    pub(crate) apart: Vec<ApartLine>,
    pub(crate) may_edit: bool,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) groups: Vec<String>,
    pub(crate) levers: Vec<String>,
    pub(crate) directions: Vec<String>,
    pub(crate) form: GoalForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(GoalsPage, "governing/pages/goals.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    year: String,
}

async fn goals(link: &mut Link, year: i64) -> Result<Vec<GoalLine>, DbError> {
    let rows = link.rows(&GOALS, args![year]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(GoalLine {
                id: id.to_string(),
                agency: row.get(1)?,
                group: row.get(2)?,
                lever: row.get(3)?,
                direction: row.get(4)?,
                text: row.get(5)?,
                asks_cooperation: row.get(6)?,
            })
        })
        .collect()
}

fn apart(goals: &[GoalLine]) -> Vec<ApartLine> {
    let read = |it: &GoalLine| {
        Some(Goal {
            agency: it.agency.clone(),
            group: TargetGroup::parse(&it.group)?,
            lever: Lever::parse(&it.lever)?,
            direction: Direction::parse(&it.direction)?,
        })
    };
    let goals: Vec<Goal> = goals.iter().filter_map(read).collect();
    let found = contradictions(&goals).into_iter().map(|it| ApartLine {
        group: it.group.as_str().to_owned(),
        lever: it.lever.as_str().to_owned(),
        more: it.more,
        less: it.less,
    });
    found.collect()
}

async fn page(desk: &Desk, link: &mut Link, year: i64) -> Result<GoalsPage, Fault> {
    let goals = goals(link, year).await?;
    let may_edit = desk.may(link, Action::EditNetwork, Subject::Duty).await?;
    let agencies = if may_edit { offices::agencies(link).await? } else { Vec::new() };
    Ok(GoalsPage {
        year: year.to_string(),
        apart: apart(&goals),
        goals,
        may_edit,
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        groups: TargetGroup::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        levers: Lever::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        directions: Direction::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: GoalForm { year: year.to_string(), ..GoalForm::default() },
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let year = asked.year.trim().parse().unwrap_or_else(|_| i64::from(desk.today().year()));
    let page = page(&desk, &mut conn, year).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Input(form): Input<GoalForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "governing.goal", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "goal-kept");
    }
    let mut faults = Faults::default();
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    if let Some(agency) = agency
        && !offices::agencies(&mut tx).await?.iter().any(|it| it.id == agency)
    {
        faults.add("agency", "choose");
    }
    let year = form.year.trim().parse::<i64>().ok().filter(|it| (1990..=2100).contains(it));
    if year.is_none() {
        faults.add("year", "whole-number");
    }
    let group = faults.choice("group", &form.group, TargetGroup::parse);
    let lever = faults.choice("lever", &form.lever, Lever::parse);
    let direction = faults.choice("direction", &form.direction, Direction::parse);
    let text = faults.line("text", &form.text);
    let all = (agency, year, group.zip(lever), direction, faults.is_empty());
    let (Some(agency), Some(year), Some((group, lever)), Some(direction), true) = all else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx, i64::from(desk.today().year())).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let what = (group, lever, direction);
    let said = (text.as_str(), form.asks_cooperation == "yes");
    keep(&mut tx, &permit, (agency, year), what, said, desk.now()).await?;
    let when = (desk.today(), desk.now());
    put_on_agenda(&mut tx, &permit, &desk.words(), when, year).await?;
    let location = format!("/goals?year={year}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "steering_goal", year);
    desk.commit(tx).await?;
    desk.done(&location, "goal-kept")
}

/// Keeps a goal of an agency for a year.
pub(super) async fn keep(
    tx: &mut Tx,
    _: &dyn Proof,
    (agency, year): (AgencyId, i64),
    (group, lever, direction): (TargetGroup, Lever, Direction),
    (text, asks_cooperation): (&str, bool),
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![
        crate::app::new_id(),
        agency,
        year,
        group.as_str(),
        lever.as_str(),
        direction.as_str(),
        text,
        asks_cooperation,
        now,
    ];
    tx.run_one(&ADD_GOAL, args).await
}

/// One item for each contradiction, on the agenda of each joint body, at the first of the next
/// month. One that is there stays the only one.
pub(super) async fn put_on_agenda(
    tx: &mut Tx,
    proof: &dyn Proof,
    w: &Words,
    (today, now): (Date, Timestamp),
    year: i64,
) -> Result<(), Fault> {
    let meets_on = today.first_of_month().saturating_add(1.month());
    let found = apart(&goals(tx, year).await?);
    for body in store::joint_bodies(tx, today).await? {
        for it in &found {
            let sides = (it.more.join(", "), it.less.join(", "));
            let what = format!("{}, {}", w.of("goal-group", &it.group), w.of("lever", &it.lever));
            let title = format!("{what}: {} / {}", sides.0, sides.1);
            let title: String = title.chars().take(200).collect();
            let origin = format!("goals:{year}:{}:{}", it.group, it.lever);
            store::add_item(tx, proof, body, (&title, &origin), meets_on, now).await?;
        }
    }
    Ok(())
}
