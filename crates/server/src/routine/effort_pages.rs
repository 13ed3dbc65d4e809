//! Trials and coordinations, and what is booked on them.

use axum::extract::Path;
use onedoor_domain::agreement::{Fund, Standing, book};
use onedoor_domain::office::is_code;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::topics::{self, EffortLine, NewEffort};
use crate::agreement::{keeps, note, places};
use crate::db::Link;
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::standard::recipients::{self, RecipientLine};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of efforts.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<EffortsPage, _, _>("/joint-efforts", "Trials and coordinations", show)
        .act::<EffortForm, _, _>("/joint-efforts", "Records a trial or coordination", add)
        .act::<BookingForm, _, _>("/joint-efforts/{id}/bookings", "Books a sum on it", booking)
}

/// A trial as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EffortForm {
    /// Its code.
    #[serde(default)]
    pub(crate) code: String,
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// The municipality's number.
    #[serde(default)]
    pub(crate) municipality: String,
    /// `central` or `local`; for good.
    #[serde(default)]
    pub(crate) standing: String,
    /// The first day.
    #[serde(default)]
    pub(crate) from: String,
    /// The last day; may be empty.
    #[serde(default)]
    pub(crate) until: String,
}

/// A sum to be booked.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct BookingForm {
    /// `central` or `own`.
    #[serde(default)]
    pub(crate) fund: String,
    /// Whole kroner.
    #[serde(default)]
    pub(crate) amount: String,
}

/// Trials and coordinations.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct EffortsPage {
    pub(crate) efforts: Vec<EffortLine>,
    pub(crate) standings: Vec<String>,
    pub(crate) funds: Vec<String>,
    pub(crate) places: Vec<Choice>,
    pub(crate) may_write: bool,
    /// The effort whose booking was not taken.
    pub(crate) booked: String,
    pub(crate) form: EffortForm,
    pub(crate) booking: BookingForm,
    pub(crate) recipients: Vec<RecipientLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

impl EffortsPage {
    /// Øre as whole kroner.
    pub(crate) fn kroner(&self, ore: &i64) -> i64 {
        ore / 100
    }
}

crate::page!(EffortsPage, "routine/pages/efforts.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<EffortsPage, Fault> {
    Ok(EffortsPage {
        efforts: topics::efforts(link, permit).await?,
        standings: Standing::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        funds: Fund::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        places: places::places(link, permit).await?,
        may_write: desk.may(link, Action::WriteArrangements, Subject::Duty).await?,
        recipients: recipients::of(link, Report::Efforts).await?,
        ..EffortsPage::default()
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Input(form): Input<EffortForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    let code = form.code.trim();
    if !is_code(code) {
        faults.add("code", "code");
    }
    let name = faults.line("name", &form.name);
    let known = places::offices_of(&mut tx, &permit, &form.municipality).await?;
    if known.is_empty() || !keeps(&desk, &mut tx, &permit, &form.municipality).await? {
        faults.add("municipality", "choose");
    }
    let standing = faults.choice("standing", &form.standing, Standing::parse);
    let from = faults.date("from", &form.from);
    let until = match form.until.trim() {
        "" => None,
        text => faults.date("until", text),
    };
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        faults.add("until", "agreement-period");
    }
    if let Some(standing) = standing {
        let there = topics::effort(&mut tx, &permit, crate::app::id_of("joint-effort", code));
        if there.await?.is_some_and(|(held, _)| held != standing) {
            faults.add("standing", "effort-standing");
        }
    }
    let (Some(standing), Some(from), true) = (standing, from, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let municipality = form.municipality.as_str();
    let it = NewEffort { code, name: &name, municipality, standing, from, until };
    topics::save_effort(&mut tx, &permit, &it).await?;
    note(&desk, &permit, "effort", code);
    desk.commit(tx).await?;
    desk.done("/joint-efforts", "effort-kept")
}

/// REQ-ORG-48: a local effort books nothing on central funds.
async fn booking(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<BookingForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let (standing, place) = topics::effort(&mut tx, &permit, id).await?.ok_or(Fault::Hidden)?;
    if !keeps(&desk, &mut tx, &permit, &place).await? {
        return Err(Fault::Hidden);
    }
    let mut faults = Faults::default();
    let fund = faults.choice("fund", &form.fund, Fund::parse);
    let digits: String = form.amount.chars().filter(|c| !c.is_whitespace()).collect();
    let ore = digits.parse::<i64>().ok().and_then(|kroner| kroner.checked_mul(100));
    if ore.is_none() {
        faults.add("amount", "effort-sum");
    }
    if let (Some(fund), Some(ore)) = (fund, ore)
        && let Err(fault) = book(standing, fund, ore)
    {
        let (field, code) = fault.field_and_code();
        faults.add(field, code);
    }
    let (Some(fund), Some(ore), true) = (fund, ore, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.booked = id.to_string();
        page.booking = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    topics::book(&mut tx, &permit, (id, fund, ore), (me.id, desk.now())).await?;
    note(&desk, &permit, "booking", id);
    desk.commit(tx).await?;
    desk.done("/joint-efforts", "sum-booked")
}
