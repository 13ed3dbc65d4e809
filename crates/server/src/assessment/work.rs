//! Employability beside capacity, for occupations in a region (REQ-MAP-02, REQ-MAP-03), schooling
//! (REQ-MAP-20), and what a region asks for.

use std::collections::BTreeMap;

use axum::extract::Path;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::assessment::{
    Brake, Dimension, Occupation, Qualification, Strengths, employability,
};
use onedoor_domain::governing::TargetGroup;
use onedoor_domain::ids::{PersonId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::{Seen, seen};
use super::store::{self, Assessment, WorkLife};
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::office::store::Choice;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    // What holds today: the newest for each occupation of each region.
    DEMAND = "select d.region, d.occupation, d.name, d.level, d.from_on, d.source from labour_demand d
        where d.from_on <= $1 and not exists (select 1 from labour_demand n
            where n.region = d.region and n.occupation = d.occupation
                and n.from_on > d.from_on and n.from_on <= $1)
        order by d.region, d.name, d.occupation limit 2000";
    NOTE = "insert into labour_demand (region, occupation, name, level, from_on, source, noted_at,
            noted_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (region, occupation, from_on) do update set name = $3, level = $4, source = $6,
            noted_at = $7, noted_by = $8";
}

/// The schooling that can be completed.
pub const SCHOOLING: [&str; 5] = ["none", "basic", "upper_secondary", "vocational", "higher"];

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<WorkLifePage, _, _>(
            "/persons/{id}/assessments/{assessment}/work",
            "Capacity and employability, occupation by occupation",
            show,
        )
        .act::<WorkLifeForm, _, _>(
            "/persons/{id}/assessments/{assessment}/work",
            "Keeps occupations, region and schooling",
            keep,
        )
        .see::<DemandPage, _, _>("/labour-demand", "What regions ask for", demand_list)
        .act::<DemandForm, _, _>("/labour-demand", "Notes what a region asks for", note)
}

/// What a region asks for in an occupation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DemandLine {
    pub(crate) region: String,
    /// The occupation's code.
    pub(crate) occupation: String,
    pub(crate) name: String,
    /// From 1 (nobody) to 5 (more than there are).
    pub(crate) level: i64,
    pub(crate) from_on: String,
    pub(crate) source: String,
}

/// What regions ask for on a day. It is about nobody.
async fn demand(link: &mut Link, on: Date) -> Result<Vec<DemandLine>, DbError> {
    let read = |mut row: Row| {
        Ok(DemandLine {
            region: row.get(0)?,
            occupation: row.get(1)?,
            name: row.get(2)?,
            level: row.get(3)?,
            from_on: row.get(4)?,
            source: row.get(5)?,
        })
    };
    link.rows(&DEMAND, args![on]).await?.into_iter().map(read).collect()
}

/// An occupation with what it comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OccupationLine {
    pub(crate) code: String,
    pub(crate) name: String,
    /// The capacity for it, in percent of a full day.
    pub(crate) capacity: u8,
    pub(crate) qualification: String,
    /// How far its jobs can be got: `full`, `partly`, `low` or `unknown`.
    pub(crate) level: String,
    /// What holds it back.
    pub(crate) brakes: Vec<String>,
    /// What the region asks for; none where it is not known.
    pub(crate) demand: Option<i64>,
}

/// Capacity and employability.
#[derive(Serialize, ToSchema)]
pub(crate) struct WorkLifePage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) assessment: String,
    pub(crate) occupations: Vec<OccupationLine>,
    pub(crate) regions: Vec<String>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) qualifications: Vec<String>,
    pub(crate) schoolings: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) may_write: bool,
    pub(crate) form: WorkLifeForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WorkLifePage, "assessment/pages/work_life.html");

/// Occupations, region and schooling.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WorkLifeForm {
    /// The codes of the occupations that are thought of; up to five.
    #[serde(default)]
    pub(crate) occupation: Vec<String>,
    /// The capacity for each, in percent, in the same order.
    #[serde(default)]
    pub(crate) capacity: Vec<String>,
    /// How the education fits each: `current`, `partial`, `outdated` or `missing`.
    #[serde(default)]
    pub(crate) qualification: Vec<String>,
    /// The region.
    #[serde(default)]
    pub(crate) region: String,
    /// The schooling that was completed.
    #[serde(default)]
    pub(crate) schooling: String,
    /// `yes` with a trade.
    #[serde(default)]
    pub(crate) trade: String,
    /// The target group.
    #[serde(default)]
    pub(crate) target_group: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// A row of the form.
pub(crate) struct FormRow {
    pub(crate) occupation: String,
    pub(crate) capacity: String,
    pub(crate) qualification: String,
}

/// The most occupations that are thought of at once.
const MOST: usize = 5;

impl WorkLifeForm {
    /// The rows of the form: those that are filled in, and one more.
    pub(crate) fn rows(&self) -> Vec<FormRow> {
        let at = |list: &[String], n: usize| list.get(n).cloned().unwrap_or_default();
        let filled = self.occupation.iter().filter(|code| !code.is_empty()).count();
        (0..(filled + 1).min(MOST))
            .map(|n| FormRow {
                occupation: at(&self.occupation, n),
                capacity: at(&self.capacity, n),
                qualification: at(&self.qualification, n),
            })
            .collect()
    }
}

/// What is known of the person whatever the occupation: the lower of what both sides answered.
fn strengths(one: &Assessment, seen: &Seen) -> Strengths {
    let lowest = |dimension: Dimension, item: &str| {
        let of = seen.answers.iter().filter(|kept| {
            kept.assessment == one.id && kept.dimension == dimension && {
                item.is_empty() || kept.answer.item == item
            }
        });
        of.filter_map(|kept| kept.answer.given.step()).min()
    };
    Strengths { language: lowest(Dimension::Language, ""), recent: lowest(Dimension::Skills, "S2") }
}

fn lines(one: &Assessment, seen: &Seen, all: &[DemandLine]) -> Vec<OccupationLine> {
    let strengths = strengths(one, seen);
    let here: BTreeMap<&str, &DemandLine> = all
        .iter()
        .filter(|line| line.region == one.region)
        .map(|line| (line.occupation.as_str(), line))
        .collect();
    one.work
        .iter()
        .map(|job| {
            let known = here.get(job.code.as_str());
            let level = known.map(|line| line.level);
            let demand = level.and_then(|level| u8::try_from(level).ok());
            let seen = employability(strengths, job, demand);
            let name = all.iter().find(|line| line.occupation == job.code);
            OccupationLine {
                code: job.code.clone(),
                name: name.map_or_else(|| job.code.clone(), |line| line.name.clone()),
                capacity: seen.capacity,
                qualification: job.qualification.clone(),
                level: seen.level.as_str().to_owned(),
                brakes: seen.brakes.into_iter().map(Brake::as_str).map(str::to_owned).collect(),
                demand: level,
            }
        })
        .collect()
}

async fn page(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
) -> Result<(WorkLifePage, Assessment), Fault> {
    let person = persons::read(tx, permit).await?;
    let seen = seen(desk, tx, permit).await?;
    // What somebody can do in an occupation tells of health: it is for the agency that asked.
    let one = seen.one(id)?.clone();
    if Some(one.agency) != desk.actor().agency {
        return Err(Fault::Hidden);
    }
    let all = demand(tx, desk.today()).await?;
    let mut regions: Vec<String> = all.iter().map(|line| line.region.clone()).collect();
    regions.dedup();
    let mut choices: Vec<Choice> = Vec::new();
    for line in &all {
        if !choices.iter().any(|choice| choice.id == line.occupation) {
            choices.push(Choice { id: line.occupation.clone(), name: line.name.clone() });
        }
    }
    choices.sort_by(|a, b| a.name.cmp(&b.name));
    let form = WorkLifeForm {
        occupation: one.work.iter().map(|job| job.code.clone()).collect(),
        capacity: one.work.iter().map(|job| job.capacity.to_string()).collect(),
        qualification: one.work.iter().map(|job| job.qualification.clone()).collect(),
        region: one.region.clone(),
        schooling: one.schooling.clone(),
        trade: if one.trade { "yes".into() } else { String::new() },
        target_group: one.target_group.clone(),
        version: one.row_version.to_string(),
    };
    let page = WorkLifePage {
        person: person.id.to_string(),
        name: person.name(),
        assessment: id.to_string(),
        occupations: lines(&one, &seen, &all),
        regions,
        choices,
        qualifications: Qualification::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        schoolings: SCHOOLING.iter().map(|it| (*it).to_owned()).collect(),
        groups: TargetGroup::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_write: desk.may(tx, Action::WriteAssessment, Subject::Person(person.id)).await?,
        form,
        faults: Vec::new(),
    };
    Ok((page, one))
}

async fn show(desk: Desk, Path((id, one)): Path<(PersonId, Uuid)>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let (page, _) = page(&desk, &mut tx, &permit, one).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

fn occupations(form: &WorkLifeForm, known: &[Choice], faults: &mut Faults) -> Vec<Occupation> {
    let mut all: Vec<Occupation> = Vec::new();
    for (n, code) in form.occupation.iter().map(|code| code.trim()).enumerate() {
        if code.is_empty() {
            continue;
        }
        let capacity = form.capacity.get(n).and_then(|text| text.trim().parse::<u8>().ok());
        let capacity = capacity.filter(|percent| *percent <= 100);
        let fit = form.qualification.get(n).and_then(|text| Qualification::parse(text.trim()));
        if !known.iter().any(|choice| choice.id == code) || all.iter().any(|it| it.code == code) {
            faults.add("occupation", "choose");
        }
        match (capacity, fit) {
            (Some(capacity), Some(fit)) => all.push(Occupation {
                code: code.to_owned(),
                capacity,
                qualification: fit.as_str().to_owned(),
            }),
            (None, _) => faults.add("capacity", "capacity-percent"),
            (_, None) => faults.add("qualification", "choose"),
        }
    }
    if all.len() > MOST {
        faults.add("occupation", "choose");
    }
    all
}

async fn keep(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<WorkLifeForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let (mut shown, head) = page(&desk, &mut tx, &permit, one).await?;
    let mut faults = Faults::default();
    let work = occupations(&form, &shown.choices, &mut faults);
    let region = form.region.trim();
    if !region.is_empty() && !shown.regions.iter().any(|it| it == region) {
        faults.add("region", "choose");
    }
    let schooling = form.schooling.trim();
    if !schooling.is_empty() && !SCHOOLING.contains(&schooling) {
        faults.add("schooling", "choose");
    }
    let group = form.target_group.trim();
    if !group.is_empty() && TargetGroup::parse(group).is_none() {
        faults.add("target_group", "choose");
    }
    if !faults.is_empty() {
        let list = faults.into_list();
        desk.commit(tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    }
    let said = WorkLife {
        work: &work,
        region,
        schooling,
        trade: form.trade == "yes",
        target_group: group,
    };
    let version = form.version.trim().parse().unwrap_or(head.row_version);
    store::keep_work(&mut tx, &permit, (one, version), &said).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}/work"), "work-life-kept")
}

/// What regions ask for.
#[derive(Serialize, ToSchema)]
pub(crate) struct DemandPage {
    pub(crate) lines: Vec<DemandLine>,
    pub(crate) may_write: bool,
    pub(crate) form: DemandForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(DemandPage, "assessment/pages/demand.html");

/// What a region asks for.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DemandForm {
    /// The region, by its name.
    #[serde(default)]
    pub(crate) region: String,
    /// The code of the occupation in the national list.
    #[serde(default)]
    pub(crate) occupation: String,
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// From 1 (nobody) to 5 (more than there are).
    #[serde(default)]
    pub(crate) level: String,
    /// Since which day.
    #[serde(default)]
    pub(crate) from_on: String,
    /// Where it is from.
    #[serde(default)]
    pub(crate) source: String,
}

async fn demand_page(desk: &Desk, link: &mut Link) -> Result<DemandPage, Fault> {
    Ok(DemandPage {
        lines: demand(link, desk.today()).await?,
        may_write: desk.may(link, Action::EditDemand, Subject::Duty).await?,
        form: DemandForm { from_on: desk.today().to_string(), ..DemandForm::default() },
        faults: Vec::new(),
    })
}

async fn demand_list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadInstruments, Subject::Duty).await?;
    let page = demand_page(&desk, &mut conn).await?;
    desk.show(&page)
}

async fn write(
    tx: &mut Tx,
    _: &Permit,
    form: &DemandForm,
    (level, from_on): (i64, Date),
    (by, now): (StaffId, Timestamp),
) -> Result<(), Fault> {
    let (region, code, name) = (form.region.trim(), form.occupation.trim(), form.name.trim());
    let args = args![region, code, name, level, from_on, form.source.trim(), now, by];
    tx.run_one(&NOTE, args).await?;
    Ok(())
}

async fn note(desk: Desk, Input(form): Input<DemandForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditDemand, Subject::Duty).await?;
    let mut faults = Faults::default();
    faults.line("region", &form.region);
    faults.line("name", &form.name);
    faults.line("source", &form.source);
    let code = form.occupation.trim();
    if !(1..=10).contains(&code.len()) || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        faults.add("occupation", "demand-code");
    }
    let level = form.level.trim().parse().ok().filter(|it| (1..=5).contains(it));
    if level.is_none() {
        faults.add("level", "demand-level");
    }
    let from_on = faults.date("from_on", &form.from_on);
    let (Some(level), Some(from_on), true) = (level, from_on, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = demand_page(&desk, &mut tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let by = desk.actor().id.map(StaffId).ok_or(Fault::Denied)?;
    write(&mut tx, &permit, &form, (level, from_on), (by, desk.now())).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "demand", "level": level }),
    });
    desk.commit(tx).await?;
    desk.done("/labour-demand", "demand-kept")
}
