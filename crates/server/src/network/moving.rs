//! A unit that is to move, and who would be worse off (REQ-ORG-16).

use axum::extract::{Path, Query};
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId, UnitId};
use onedoor_domain::network::{Relocation, after, reach, worse_off};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::districts;
use super::{inventory, store};
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::office::choosing;
use crate::office::note;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    LIST = "select r.id, u.name, o.name, r.on_day, r.state from relocation r
        join unit u on u.id = r.unit_id join office o on o.id = r.to_office_id
        order by r.on_day desc, r.id limit 200";
    READ = "select r.unit_id, u.name, r.to_office_id, o.name, o.municipality, r.on_day,
            r.hours_stay, r.state, r.version, s.name
        from relocation r join unit u on u.id = r.unit_id
        join office o on o.id = r.to_office_id join staff s on s.id = r.made_by where r.id = $1";
    ADD = "insert into relocation (id, unit_id, to_office_id, on_day, hours_stay, state, made_by,
            at, version) values ($1, $2, $3, $4, $5, 'draft', $6, $7, 1)";
    ACCEPT = "update relocation set state = 'acceptable', version = version + 1
        where id = $1 and version = $2 and state = 'draft'";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MovesPage, _, _>("/network/relocations", "Units that are to move", list)
        .asking(&["place"])
        .act::<MoveForm, _, _>("/network/relocations", "Plans to move a unit", plan)
        .creating()
        .see::<MovePage, _, _>(
            "/network/relocations/{id}",
            "A unit that is to move: how near each service is before and after",
            show,
        )
        .act::<AcceptMoveForm, _, _>(
            "/network/relocations/{id}/accept",
            "Marks a plan acceptable, when nobody ends worse off",
            accept,
        )
}

/// A plan in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MoveLine {
    pub(crate) id: String,
    pub(crate) unit: String,
    pub(crate) to: String,
    pub(crate) on: String,
    pub(crate) state: String,
}

/// A plan, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MoveForm {
    /// The unit.
    #[serde(default)]
    pub(crate) unit: String,
    /// Where to.
    #[serde(default)]
    pub(crate) office: String,
    /// On which day.
    #[serde(default)]
    pub(crate) on: String,
    /// `yes` when it keeps visiting hours where it was.
    #[serde(default)]
    pub(crate) hours_stay: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// Plans to move.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovesPage {
    pub(crate) moves: Vec<MoveLine>,
    pub(crate) may_edit: bool,
    /// The municipality whose units are offered to choose from, and the others.
    pub(crate) place: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) units: Vec<Choice>,
    pub(crate) offices: Vec<Choice>,
    pub(crate) form: MoveForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MovesPage, "network/pages/moves.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    place: String,
}

async fn moves_page(desk: &Desk, link: &mut Link, place: &str) -> Result<MovesPage, Fault> {
    let mut moves = Vec::new();
    for mut row in link.rows(&LIST, &[]).await? {
        let id: Uuid = row.get(0)?;
        moves.push(MoveLine {
            id: id.to_string(),
            unit: row.get(1)?,
            to: row.get(2)?,
            on: row.get(3)?,
            state: row.get(4)?,
        });
    }
    let may_edit = desk.may(link, Action::EditNetwork, Subject::Duty).await?;
    let (place, places) = choosing::place_to_choose(link, place, desk.actor().office).await?;
    let (units, all) = if may_edit {
        (choosing::all_units(link, desk.today(), &place).await?, offices::offices(link).await?)
    } else {
        Default::default()
    };
    Ok(MovesPage {
        moves,
        may_edit,
        units,
        place,
        places,
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        form: MoveForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = moves_page(&desk, &mut conn, &asked.place).await?;
    desk.show(&page)
}

async fn plan(desk: Desk, Input(form): Input<MoveForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "network.move", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "move-planned");
    }
    let mut faults = Faults::default();
    let unit = faults.id("unit", &form.unit).map(UnitId);
    let office = faults.id("office", &form.office).map(OfficeId);
    let on = faults.date("on", &form.on);
    let (known, there) = match (unit, office) {
        (Some(unit), Some(office)) => {
            (offices::unit(&mut tx, unit).await?, offices::office(&mut tx, office).await?.is_some())
        }
        _ => (None, false),
    };
    if faults.is_empty() && (known.is_none() || !there) {
        faults.add("unit", "choose");
    }
    if known.zip(office).is_some_and(|((_, _, at), to)| at == to) {
        faults.add("office", "move-same-office");
    }
    let (Some(unit), Some(office), Some(on), true) = (unit, office, on, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = moves_page(&desk, &mut tx, "").await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let stay = form.hours_stay == "yes";
    let id = keep(&mut tx, &permit, (unit, office), (on, stay), worker.id, desk.now()).await?;
    let location = format!("/network/relocations/{id}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "relocation", id);
    desk.commit(tx).await?;
    desk.done(&location, "move-planned")
}

async fn keep(
    tx: &mut Tx,
    _: &Permit,
    (unit, office): (UnitId, OfficeId),
    (on, stay): (Date, bool),
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    tx.run_one(&ADD, args![id, unit, office, on, stay, by, now]).await?;
    Ok(id)
}

/// Who is worse off in what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WorseLine {
    pub(crate) municipality: String,
    pub(crate) service: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// A plan to move.
#[derive(Serialize, ToSchema)]
pub(crate) struct MovePage {
    pub(crate) id: String,
    pub(crate) unit: String,
    pub(crate) to: String,
    pub(crate) on: String,
    pub(crate) hours_stay: bool,
    pub(crate) state: String,
    pub(crate) by: String,
    pub(crate) version: i64,
    pub(crate) worse: Vec<WorseLine>,
    pub(crate) may_edit: bool,
}

crate::page!(MovePage, "network/pages/move.html");

async fn move_page(desk: &Desk, link: &mut Link, id: Uuid) -> Result<MovePage, Fault> {
    let mut row = link.row(&READ, args![id]).await?.ok_or(Fault::Hidden)?;
    let unit: UnitId = row.get(0)?;
    let plan =
        Relocation { unit: unit.to_string(), to: row.get(4)?, visiting_hours_stay: row.get(6)? };
    let register = store::register(link).await?;
    let districts = districts(&register, &store::placed(link).await?);
    let offers = inventory::offered(link, desk.today()).await?;
    let (before, then) = (reach(&offers, &districts), reach(&after(&offers, &plan), &districts));
    let worse = worse_off(&before, &then).into_iter().map(|(number, service, before, after)| {
        let place = register.iter().find(|it| it.number == number);
        WorseLine {
            municipality: place.map_or(number, |it| it.name.clone()),
            service: service.as_str().to_owned(),
            before: before.as_str().to_owned(),
            after: after.as_str().to_owned(),
        }
    });
    Ok(MovePage {
        id: id.to_string(),
        unit: row.get(1)?,
        to: row.get(3)?,
        on: row.get(5)?,
        hours_stay: plan.visiting_hours_stay,
        state: row.get(7)?,
        version: row.get(8)?,
        by: row.get(9)?,
        worse: worse.collect(),
        may_edit: desk.may(link, Action::EditNetwork, Subject::Duty).await?,
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = move_page(&desk, &mut conn, id).await?;
    desk.show(&page)
}

/// The version of a plan that was looked at.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct AcceptMoveForm {
    /// The version.
    #[serde(default)]
    pub(crate) version: i64,
}

async fn accept(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<AcceptMoveForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let page = move_page(&desk, &mut tx, id).await?;
    if !page.worse.is_empty() {
        return Err(Fault::conflict("move-worse-off"));
    }
    if tx.run(&ACCEPT, args![id, form.version]).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    note(&desk, &permit, "relocation_acceptable", id);
    desk.commit(tx).await?;
    desk.done(&format!("/network/relocations/{id}"), "move-acceptable")
}
