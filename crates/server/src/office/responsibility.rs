//! Who answers for an agency: its principal, by day. Units that move, merge or close change nothing
//! of it; it goes to another principal by an act of its own, on a day that is not past (REQ-ORG-02).

use axum::extract::{Path, Query};
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, StaffId};
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::note;
use super::store::Choice;
use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::{Permit, Subject};
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// Part of a statement: the principal of an agency `a` on a day. Before its first transfer that is
/// whoever it went from.
macro_rules! principal_on {
    ($day:literal) => {
        concat!(
            "coalesce((select t.principal_id from principal_transfer t
                where t.agency_id = a.id and t.on_day <= ",
            $day,
            " order by t.on_day desc limit 1),
            (select t.before_id from principal_transfer t
                where t.agency_id = a.id and t.on_day > ",
            $day,
            " order by t.on_day limit 1), a.principal_id)"
        )
    };
}
pub(crate) use principal_on;

crate::sql! {
    ANSWERING = concat!("select a.id, a.name, p.name from agency a
        join principal p on p.id = ", principal_on!("$1"), " order by a.name, p.name limit 5000");
    PRINCIPALS = "select id, name from principal order by name limit 5000";
    TRANSFERS = "select t.id, a.name, b.name, p.name, t.on_day, t.ground, s.name
        from principal_transfer t join agency a on a.id = t.agency_id
        join principal b on b.id = t.before_id join principal p on p.id = t.principal_id
        join staff s on s.id = t.decided_by order by t.on_day desc, a.name limit 1000";
    // Changes nothing: whoever else would decide about the agency waits until this has ended.
    KEEP_STILL = "update agency set name = name where id = $1";
    OWNER_ON = concat!("select ", principal_on!("$2"), " from agency a where a.id = $1");
    PRINCIPAL_KIND = "select kind from principal where id = $1";
    AGENCY_KIND = "select kind from agency where id = $1";
    // One that is not over yet stands in the way of another, and so does one of the same day.
    WAITS = "select 1 from principal_transfer where agency_id = $1 and (on_day > $2 or on_day = $3)
        limit 1";
    ADD = "insert into principal_transfer (id, agency_id, before_id, principal_id, on_day, ground,
            decided_by, decided_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    WITHDRAW = "delete from principal_transfer where id = $1 and on_day > $2";
    // Lists that know no day show whoever answers today.
    CARRY = "update agency set principal_id = (select t.principal_id from principal_transfer t
            where t.agency_id = agency.id and t.on_day <= $1 order by t.on_day desc limit 1)
        where exists (select 1 from principal_transfer t
            where t.agency_id = agency.id and t.on_day <= $1)";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ResponsibilityPage, _, _>(
            "/responsibility",
            "Who answers for each agency, and transfers of that",
            list,
        )
        .asking(&["on"])
        .act::<TransferForm, _, _>(
            "/responsibility",
            "Lets another principal answer for an agency from a day on",
            transfer,
        )
        .creating()
        .act::<TakeBackForm, _, _>(
            "/responsibility/{id}/withdraw",
            "Takes a transfer back that has not begun",
            withdraw,
        )
}

/// An agency and its principal on the day asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnsweringLine {
    pub(crate) agency: String,
    pub(crate) principal: String,
}

/// A transfer of responsibility.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TransferLine {
    pub(crate) id: String,
    pub(crate) agency: String,
    /// Who answers until the day.
    pub(crate) before: String,
    /// Who answers from the day on.
    pub(crate) after: String,
    pub(crate) on: String,
    /// What it rests on.
    pub(crate) ground: String,
    pub(crate) by: String,
    /// Whether the day is still to come.
    pub(crate) waits: bool,
}

/// A transfer, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TransferForm {
    /// The agency.
    #[serde(default)]
    pub(crate) agency: String,
    /// The principal that will answer for it.
    #[serde(default)]
    pub(crate) principal: String,
    /// The first day on which it does: today or later.
    #[serde(default)]
    pub(crate) on: String,
    /// The law or the decision that it rests on.
    #[serde(default)]
    pub(crate) ground: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// Nothing is asked to take a transfer back.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TakeBackForm {}

/// Who answers for what.
#[derive(Serialize, ToSchema)]
pub(crate) struct ResponsibilityPage {
    pub(crate) on: String,
    pub(crate) lines: Vec<AnsweringLine>,
    pub(crate) transfers: Vec<TransferLine>,
    pub(crate) may_edit: bool,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) principals: Vec<Choice>,
    pub(crate) form: TransferForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ResponsibilityPage, "office/pages/responsibility.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    on: String,
}

async fn page(desk: &Desk, link: &mut Link, asked: &Asked) -> Result<ResponsibilityPage, Fault> {
    let today = desk.today();
    let on = read_date(&asked.on).unwrap_or(today);
    let may_edit = desk.may(link, Action::EditNetwork, Subject::Duty).await?;
    let (mut lines, mut agencies) = (Vec::new(), Vec::new());
    for mut row in link.rows(&ANSWERING, args![on]).await? {
        let id: Uuid = row.get(0)?;
        let (agency, principal): (String, String) = (row.get(1)?, row.get(2)?);
        // Every municipality's social service may have the same name.
        agencies.push(Choice { id: id.to_string(), name: format!("{agency}, {principal}") });
        lines.push(AnsweringLine { agency, principal });
    }
    let mut principals = Vec::new();
    for mut row in link.rows(&PRINCIPALS, &[]).await? {
        let id: Uuid = row.get(0)?;
        principals.push(Choice { id: id.to_string(), name: row.get(1)? });
    }
    let mut transfers = Vec::new();
    for mut row in link.rows(&TRANSFERS, &[]).await? {
        let (id, on): (Uuid, Date) = (row.get(0)?, row.get(4)?);
        transfers.push(TransferLine {
            id: id.to_string(),
            agency: row.get(1)?,
            before: row.get(2)?,
            after: row.get(3)?,
            on: on.to_string(),
            ground: row.get(5)?,
            by: row.get(6)?,
            waits: on > today,
        });
    }
    Ok(ResponsibilityPage {
        on: on.to_string(),
        lines,
        transfers,
        may_edit,
        agencies,
        principals,
        form: TransferForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &asked).await?;
    desk.show(&page)
}

/// Who answers for an agency on a day; nobody when there is no such agency.
async fn owner(link: &mut Link, agency: AgencyId, on: Date) -> Result<Option<Uuid>, DbError> {
    let row = link.row(&OWNER_ON, args![agency, on]).await?;
    row.map(|mut row| row.get(0)).transpose()
}

/// Whether a principal is of the kind that answers for such an agency: the state for two of them, a
/// municipality for the third (REQ-ORG-01). Nothing when there is no such principal.
async fn fits(link: &mut Link, agency: AgencyId, principal: Uuid) -> Result<Option<bool>, DbError> {
    let Some(mut row) = link.row(&PRINCIPAL_KIND, args![principal]).await? else {
        return Ok(None);
    };
    let kind: String = row.get(0)?;
    let Some(mut row) = link.row(&AGENCY_KIND, args![agency]).await? else { return Ok(Some(true)) };
    let of = AgencyKind::parse(&row.get::<String>(0)?);
    Ok(Some(of.is_some_and(|of| of.principal_kind().as_str() == kind)))
}

/// What is decided: for which agency, who answers for it from which day on, and by what.
struct Decided<'a> {
    agency: AgencyId,
    before: Uuid,
    after: Uuid,
    on: Date,
    ground: &'a str,
}

async fn decide(
    tx: &mut Tx,
    _: &Permit,
    what: &Decided<'_>,
    (by, now): (StaffId, Timestamp),
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    let args = args![id, what.agency, what.before, what.after, what.on, what.ground, by, now];
    tx.run_one(&ADD, args).await?;
    Ok(id)
}

async fn transfer(desk: Desk, Input(form): Input<TransferForm>) -> Reply {
    let worker = desk.worker()?;
    let today = desk.today();
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "office.responsibility", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "responsibility");
    }
    let mut faults = Faults::default();
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    let after = faults.id("principal", &form.principal);
    let on = faults.date("on", &form.on);
    let ground = faults.line("ground", &form.ground);
    if on.is_some_and(|on| on < today) {
        faults.add("on", "responsibility-past");
    }
    if let (Some(agency), Some(after)) = (agency, after) {
        match fits(&mut tx, agency, after).await? {
            None => faults.add("principal", "choose"),
            Some(false) => faults.add("principal", "responsibility-kind"),
            Some(true) => {}
        }
    }
    let day = on.unwrap_or(today);
    let before = match agency {
        Some(agency) if tx.run(&KEEP_STILL, args![agency]).await? == 1 => {
            if tx.row(&WAITS, args![agency, today, day]).await?.is_some() {
                faults.add("agency", "responsibility-waits");
            }
            owner(&mut tx, agency, day).await?
        }
        Some(_) => {
            faults.add("agency", "choose");
            None
        }
        None => None,
    };
    if before.is_some() && before == after {
        faults.add("principal", "responsibility-same");
    }
    let (Some(agency), Some(before), Some(after), Some(on), true) =
        (agency, before, after, on, faults.is_empty())
    else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx, &Asked::default()).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let what = Decided { agency, before, after, on, ground: &ground };
    let id = decide(&mut tx, &permit, &what, (worker.id, desk.now())).await?;
    tx.run(&CARRY, args![today]).await?;
    once.save(&desk, &mut tx, "/responsibility").await?;
    note(&desk, &permit, "responsibility", id);
    desk.commit(tx).await?;
    desk.done("/responsibility", "responsibility")
}

async fn withdraw(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<TakeBackForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNetwork, Subject::Duty).await?;
    if tx.run(&WITHDRAW, args![id, desk.today()]).await? != 1 {
        return Err(Fault::Hidden);
    }
    note(&desk, &permit, "responsibility_withdrawn", id);
    desk.commit(tx).await?;
    desk.done("/responsibility", "responsibility-withdrawn")
}

/// On the day of a transfer, and after it, the agency is told as its new principal's. What is decided
/// goes by the day itself and waits for nothing.
///
/// # Errors
/// When the database refuses.
pub async fn carry_due(app: &App, today: Date) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    tx.run(&CARRY, args![today]).await?;
    tx.commit().await
}
