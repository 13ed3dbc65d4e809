//! Who takes part in a labour-market measure: by which decision, where, on which days, and who pays
//! (REQ-ORG-41).

use axum::extract::Path;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{PersonId, UnitId};
use onedoor_domain::rollout::MeasureKind;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link};
use crate::network;
use crate::office::store as offices;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    // What another agency noted is for the walls.
    OF_PERSON = "select x.id, x.measure, x.from_day, coalesce(x.until_day, ''), x.day_cost,
            coalesce(m.name, x.municipality), coalesce(d.name, ''), y.name, s.name
        from measure_part x left join ruling r on r.id = x.ruling_id
        left join principal d on d.id = r.principal_id join principal y on y.id = x.payer_id
        join staff s on s.id = x.noted_by left join municipality m on m.number = x.municipality
        where x.agency_id = $2
            and x.person_id in (select p.id from person p where p.id = $1 or p.merged_into = $1)
        order by x.from_day desc, x.id limit 100";
    // Decisions of the agency on measures that nobody takes part by now.
    DECISIONS = "select r.id, r.at, u.name, r.unit_id, o.municipality
        from ruling r join unit u on u.id = r.unit_id join office o on o.id = u.office_id
        where r.person_id in (select p.id from person p where p.id = $1 or p.merged_into = $1)
            and r.agency_id = $2 and r.kind = 'decision' and r.subject = 'measure'
            and not exists (select 1 from measure_part x where x.ruling_id = r.id
                and x.until_day is null)
        order by r.at desc, r.id limit 50";
    ADD = "insert into measure_part (id, person_id, agency_id, ruling_id, payer_id, municipality,
            measure, from_day, until_day, day_cost, noted_by, noted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9, $10, $11)";
    END = "update measure_part set until_day = $4, noted_by = $5, noted_at = $6
        where id = $1 and agency_id = $3 and until_day is null
            and person_id in (select p.id from person p where p.id = $2 or p.merged_into = $2)";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MeasuresPage, _, _>("/persons/{id}/measures", "The measures of a person", show)
        .act::<MeasureForm, _, _>(
            "/persons/{id}/measures",
            "Notes that a person begins in a measure, by a decision",
            add,
        )
        .creating()
        .act::<EndForm, _, _>("/persons/{id}/measures/end", "Notes the last day in a measure", end)
}

/// A measure that a person takes part in, as the reader's agency has noted it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MeasureLine {
    pub(crate) id: String,
    /// `course`, `work_practice`, `wage_subsidy` or `sheltered`.
    pub(crate) measure: String,
    pub(crate) from: String,
    /// Empty while it lasts.
    pub(crate) until: String,
    /// What a day costs, in whole kroner or kronor.
    pub(crate) day_cost: i64,
    /// The municipality.
    pub(crate) place: String,
    /// Whose decision it is.
    pub(crate) decided_by: String,
    /// Who pays.
    pub(crate) payer: String,
    /// Who noted it.
    pub(crate) by: String,
}

/// A decision to begin by.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DecisionLine {
    pub(crate) id: String,
    /// When, in microseconds.
    pub(crate) at: i64,
    pub(crate) unit: String,
}

/// That somebody begins, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MeasureForm {
    /// The decision.
    #[serde(default)]
    pub(crate) decision: String,
    /// The sort of measure.
    #[serde(default)]
    pub(crate) measure: String,
    /// The first day.
    #[serde(default)]
    pub(crate) measure_from: String,
    /// What a day costs, in whole kroner or kronor.
    #[serde(default)]
    pub(crate) day_cost: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The last day, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndForm {
    /// Which.
    #[serde(default)]
    pub(crate) part: String,
    /// The last day.
    #[serde(default)]
    pub(crate) part_until: String,
}

/// The measures of a person.
#[derive(Serialize, ToSchema)]
pub(crate) struct MeasuresPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) parts: Vec<MeasureLine>,
    pub(crate) decisions: Vec<DecisionLine>,
    pub(crate) measures: Vec<String>,
    pub(crate) form: MeasureForm,
    pub(crate) end_form: EndForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

impl MeasuresPage {
    /// Whether something lasts that can be ended.
    pub(crate) fn lasts(&self) -> bool {
        self.parts.iter().any(|it| it.until.is_empty())
    }
}

crate::page!(MeasuresPage, "rollout/pages/measures.html");

struct Decision {
    line: DecisionLine,
    id: Uuid,
    unit: UnitId,
    municipality: String,
}

async fn decisions(link: &mut Link, permit: &Permit) -> Result<Vec<Decision>, Fault> {
    let rows =
        link.rows(permit.opens(&DECISIONS), args![permit.the_person()?, permit.agency()]).await?;
    let read = |mut row: crate::db::Row| -> Result<Decision, DbError> {
        let id: Uuid = row.get(0)?;
        let line = DecisionLine { id: id.to_string(), at: row.get(1)?, unit: row.get(2)? };
        Ok(Decision { line, id, unit: row.get(3)?, municipality: row.get(4)? })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

async fn parts(link: &mut Link, permit: &Permit) -> Result<Vec<MeasureLine>, Fault> {
    let rows =
        link.rows(permit.opens(&OF_PERSON), args![permit.the_person()?, permit.agency()]).await?;
    let read = |mut row: crate::db::Row| -> Result<MeasureLine, DbError> {
        let id: Uuid = row.get(0)?;
        Ok(MeasureLine {
            id: id.to_string(),
            measure: row.get(1)?,
            from: row.get(2)?,
            until: row.get(3)?,
            day_cost: row.get(4)?,
            place: row.get(5)?,
            decided_by: row.get(6)?,
            payer: row.get(7)?,
            by: row.get(8)?,
        })
    };
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<MeasuresPage, Fault> {
    let today = desk.today().to_string();
    Ok(MeasuresPage {
        person: permit.the_person()?.to_string(),
        name: persons::read(link, permit).await?.name(),
        parts: parts(link, permit).await?,
        decisions: decisions(link, permit).await?.into_iter().map(|it| it.line).collect(),
        measures: MeasureKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: MeasureForm { measure_from: today.clone(), ..MeasureForm::default() },
        end_form: EndForm { part_until: today, ..EndForm::default() },
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::NoteMeasurePart, Subject::Person(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// What a day costs: a whole number that is not negative.
fn cost(faults: &mut Faults, text: &str) -> Option<i64> {
    let cost = text.trim().parse::<i64>().ok().filter(|it| (0..=1_000_000).contains(it));
    if cost.is_none() {
        faults.add("day_cost", "whole-number");
    }
    cost
}

/// The day on which a decision was taken, where the house is.
fn day_of(desk: &Desk, at: i64) -> Option<Date> {
    let at = Timestamp::from_microsecond(at).ok()?;
    Some(desk.app().zone.to_datetime(at).date())
}

/// REQ-ORG-41: whoever is principal for measures at the place on the first day pays; the decision
/// keeps whose it was.
async fn add(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<MeasureForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteMeasurePart, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "rollout.measure", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "measure-part-kept");
    }
    let mut faults = Faults::default();
    let all = decisions(&mut tx, &permit).await?;
    let decision = all.iter().find(|it| it.line.id == form.decision.trim());
    if decision.is_none() {
        faults.add("decision", "measure-decision");
    }
    let measure = faults.choice("measure", &form.measure, MeasureKind::parse);
    let from = faults.date("measure_from", &form.measure_from);
    if from.is_some_and(|it| it > desk.today()) {
        faults.add("measure_from", "date-future");
    }
    let decided_on = decision.and_then(|it| day_of(&desk, it.line.at));
    if from.zip(decided_on).is_some_and(|(from, decided)| from < decided) {
        faults.add("measure_from", "measure-before");
    }
    let cost = cost(&mut faults, &form.day_cost);
    let (Some(decision), Some(measure), Some(from), Some(cost), true) =
        (decision, measure, from, cost, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let own = network::measures_owner(&mut tx, decision.unit, from).await?;
    let payer = match own {
        Some(municipality) => municipality,
        None => {
            let owner = offices::decision_owner(&mut tx, decision.unit, from).await?;
            owner.ok_or_else(|| Fault::Defect("a unit without agency".into()))?.1
        }
    };
    let args = args![
        crate::app::new_id(),
        permit.the_person()?,
        worker.agency,
        decision.id,
        payer,
        &decision.municipality,
        measure.as_str(),
        from,
        cost,
        worker.id,
        desk.now(),
    ];
    match tx.run_one(permit.opens(&ADD), args).await {
        Err(DbError::Unique { .. }) => return Err(Fault::conflict("measure-part-there")),
        other => other?,
    }
    let location = format!("/persons/{id}/measures");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "measure-part-kept")
}

async fn end(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<EndForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteMeasurePart, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let all = parts(&mut tx, &permit).await?;
    let open = all.iter().filter(|it| it.until.is_empty()).map(|it| (it.id.as_str(), &*it.from));
    let (part, until) =
        super::parts::ending(&desk, &permit, &mut faults, (&form.part, &form.part_until), open);
    let (Some(part), Some(until), true) = (part, until, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.end_form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let args = args![part, permit.the_person()?, worker.agency, until, worker.id, desk.now()];
    tx.run_one(permit.opens(&END), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/measures"), "measure-part-ended")
}
