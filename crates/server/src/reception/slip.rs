//! The slip that the person takes along, on paper or as a text message.

use axum::extract::Path;
use onedoor_domain::ids::{CaseId, VisitId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Stored};
use super::ways;
use crate::db::Link;
use crate::meeting;
use crate::message::{self, Message};
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};
use crate::words::Words;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .see::<SlipPage, _, _>("/visits/{id}/slip", "What the person takes along", slip)
        .act::<SlipForm, _, _>("/visits/{id}/slip", "Sends the slip as a text message", send_slip)
}

/// What the person takes along, in their language.
#[derive(Serialize, ToSchema)]
pub(crate) struct SlipPage {
    pub(crate) id: String,
    pub(crate) language: String,
    pub(crate) ticket: i64,
    pub(crate) day: String,
    pub(crate) office: String,
    pub(crate) address: String,
    pub(crate) office_phone: String,
    pub(crate) outcome: String,
    pub(crate) answer: String,
    pub(crate) what: String,
    pub(crate) on: String,
    pub(crate) place: String,
    pub(crate) who: String,
    pub(crate) unit: String,
    pub(crate) adviser: String,
    pub(crate) with: Vec<String>,
    pub(crate) routed: Vec<String>,
    pub(crate) phone: String,
    pub(crate) known: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

impl SlipPage {
    /// The words of the person's language, whichever language the worker reads.
    pub(crate) fn own(&self) -> Words {
        Words::new(self.language.parse().unwrap_or_default())
    }
}

crate::page!(SlipPage, "reception/pages/slip.html");

/// The case that a visit led to, where the one who asks may read it. Where another agency
/// carries it, neither the case nor who is responsible in it is told by the visit
/// (REQ-INFO-01).
pub(super) async fn readable_case(
    desk: &Desk,
    link: &mut Link,
    stored: &Stored,
) -> Result<Option<CaseId>, Fault> {
    let Some(case) = stored.case else { return Ok(None) };
    let reader = desk.permit_quietly(link, Action::ReadCase, Subject::Case(case)).await?;
    Ok(reader.map(|_| case))
}

async fn slip_page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<SlipPage, Fault> {
    let stored = store::read(link, permit).await?;
    // The slip is for the person and tells everything: whoever is not told all has none to give.
    if !stored.is_whole(permit.counter()) {
        return Err(Fault::Hidden);
    }
    if stored.closed_at.is_none() {
        return Err(Fault::conflict("visit-still-open"));
    }
    let adviser = match readable_case(desk, link, &stored).await? {
        Some(_) => stored.adviser,
        None => String::new(),
    };
    let with = match stored.appointment {
        Some(id) => {
            meeting::read(link, permit, id).await?.map(|(.., names)| names).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let ways = ways::ways(link, permit).await?;
    let phone = match permit.person() {
        Some(_) => persons::read(link, permit).await?.phone,
        None => String::new(),
    };
    Ok(SlipPage {
        id: stored.visit.id.to_string(),
        language: stored.language,
        ticket: stored.ticket,
        day: stored.day,
        office: stored.office_name,
        address: stored.office_address,
        office_phone: stored.office_phone,
        outcome: stored.outcome.unwrap_or_default(),
        answer: stored.answer.unwrap_or_default(),
        what: stored.step_what.unwrap_or_default(),
        on: stored.step_on.unwrap_or_default(),
        place: stored.step_place.unwrap_or_default(),
        who: stored.step_owner,
        unit: stored.step_unit,
        adviser,
        with,
        routed: ways
            .into_iter()
            .filter(|way| way.5)
            .map(|(.., unit, _, office, _)| format!("{unit}, {office}"))
            .collect(),
        phone,
        known: stored.person.is_some(),
        faults: Vec::new(),
    })
}

async fn slip(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::SendSlip, Subject::Visit(id)).await?;
    let page = slip_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Where to send the slip.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SlipForm {
    /// The telephone number.
    #[serde(default)]
    pub(crate) phone: String,
}

async fn send_slip(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<SlipForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SendSlip, Subject::Visit(id)).await?;
    let mut page = slip_page(&desk, &mut tx, &permit).await?;
    let digits = form.phone.chars().filter(char::is_ascii_digit).count();
    let shape = form.phone.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-'));
    if !(8..=15).contains(&digits) || !shape {
        let faults = vec![FieldFault::new("phone", "phone")];
        page.phone = form.phone;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    }
    let words = page.own();
    // Nothing secret stands in a text message: no need, no agency, no answer.
    let body = if page.what.is_empty() {
        words.with2("slip-text-plain", page.office.as_str(), page.office_phone.as_str())
    } else {
        words.with2("slip-text-step", words.iso(&page.on), page.office.as_str())
    };
    let message = Message {
        channel: "sms",
        recipient: form.phone.clone(),
        language: page.language.clone(),
        body,
    };
    message::send(&mut tx, &permit, &message, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/slip"), "slip-sent")
}
