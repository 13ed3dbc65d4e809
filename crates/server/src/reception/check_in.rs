//! Checking in: the same act for the host, the kiosk and the API.

use onedoor_domain::entry::{AccessNeed, LifeEvent, needs_of};
use onedoor_domain::ids::{OfficeId, PersonId, VisitId};
use onedoor_domain::person::{Guard, Language, Name};
use onedoor_domain::reception::{Mode, Need, sort};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::store::{self, Arrival};
use crate::db::Tx;
use crate::office::store as offices;
use crate::person::store::{self as persons, NewPerson};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault};

/// Somebody has come.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CheckInForm {
    /// What they need: codes, at least one where no event is told.
    #[serde(default)]
    pub(crate) need: Vec<String>,
    /// What has happened in their life, which says what is needed (REQ-FRONT-22); may be empty.
    #[serde(default)]
    pub(crate) event: String,
    /// What they need to be met on equal terms; may be empty.
    #[serde(default)]
    pub(crate) access: Vec<String>,
    /// The whole situation in their own words, told once.
    #[serde(default)]
    pub(crate) account: String,
    /// Given name, if they want to say it.
    #[serde(default)]
    pub(crate) given: String,
    /// Family name, if they want to say it.
    #[serde(default)]
    pub(crate) family: String,
    /// Identity number, if they have one and want to give it.
    #[serde(default)]
    pub(crate) number: String,
    /// A person who was found by a search.
    #[serde(default)]
    pub(crate) person: String,
    /// The language they want to be served in.
    #[serde(default)]
    pub(crate) language: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// What a check-in gave.
pub(crate) struct CheckedIn {
    pub(crate) id: VisitId,
    pub(crate) ticket: i64,
    /// The kinds of agency that it concerns, as bits.
    pub(crate) concerned: i64,
}

/// Reads the needs; at least one must be said.
pub(crate) fn read_needs(codes: &[String], faults: &mut Faults) -> Vec<Need> {
    let mut needs: Vec<Need> = codes.iter().filter_map(|code| Need::parse(code)).collect();
    needs.sort_unstable();
    needs.dedup();
    if needs.is_empty()
        || needs.len() < codes.iter().collect::<std::collections::BTreeSet<_>>().len()
    {
        faults.add("need", "need-empty");
    }
    needs
}

/// The needs of somebody who told an event, needs, or both. Whatever is told, nobody is refused:
/// no cause is asked for, and none is wrong (REQ-FRONT-22, REQ-FRONT-28).
pub(crate) fn needs_told(
    form: &CheckInForm,
    faults: &mut Faults,
) -> (Option<LifeEvent>, Vec<Need>) {
    let event = LifeEvent::parse(form.event.trim());
    if event.is_none() && !form.event.trim().is_empty() {
        faults.add("event", "choose");
    }
    if event.is_some() && form.need.is_empty() {
        return (event, needs_of(event, &[]));
    }
    let said = read_needs(&form.need, faults);
    (event, needs_of(event, &said))
}

/// What is needed to be met on equal terms.
pub(crate) fn access_told(codes: &[String], faults: &mut Faults) -> Vec<AccessNeed> {
    let access: Vec<AccessNeed> = codes.iter().filter_map(|code| AccessNeed::parse(code)).collect();
    if access.len() < codes.len() {
        faults.add("access", "choose");
    }
    access
}

/// Who the visitor is, as far as was said. A number needs a name with it,
/// whether it is known or not, so that the question tells nothing.
pub(crate) async fn recognise(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    form: &CheckInForm,
    faults: &mut Faults,
) -> Result<Option<PersonId>, Fault> {
    if let Ok(id) = form.person.parse::<PersonId>() {
        let known = desk.permit_quietly(tx, Action::ReadPerson, Subject::Person(id)).await?;
        if known.is_none() {
            faults.add("person", "choose");
        }
        return Ok(known.and_then(|permit| permit.person()));
    }
    if form.number.trim().is_empty() {
        return Ok(None);
    }
    let read = crate::person::read_number(desk.app(), &form.number, desk.today());
    let number = faults.take("number", read, str::to_owned);
    let name = Name::new(&form.given, &form.family);
    let name = faults.take("family", name, |fault| fault.code().to_owned());
    let (Some(number), Some(name)) = (number, name) else { return Ok(None) };
    let new = NewPerson {
        given: name.given().to_owned(),
        family: name.family().to_owned(),
        born_on: number.born_on(),
        number: Some(number),
        language: read_language(&form.language).as_str().to_owned(),
        phone: String::new(),
        email: String::new(),
        address: String::new(),
        postcode: String::new(),
        basic_unit: None,
        guard: Guard::default(),
        residence: "here",
        died_on: None,
        source: "reception".into(),
    };
    let id = persons::register(tx, permit, desk.actor(), &new, desk.today()).await?;
    Ok(Some(id))
}

fn read_language(code: &str) -> Language {
    code.parse().unwrap_or_default()
}

/// Checks somebody in at an office. Returns nothing, with the faults noted,
/// when the form does not hold.
pub(crate) async fn check_in(
    desk: &Desk,
    tx: &mut Tx,
    office: OfficeId,
    form: &CheckInForm,
    mode: Mode,
    faults: &mut Faults,
) -> Result<Option<CheckedIn>, Fault> {
    let permit = desk.permit(tx, Action::CheckIn, Subject::Office(office)).await?;
    let (event, needs) = needs_told(form, faults);
    let access = access_told(&form.access, faults);
    let account = faults.optional_paragraph("account", &form.account);
    let given = faults.optional_line("given", &form.given);
    let family = faults.optional_line("family", &form.family);
    let spoken_name = format!("{given} {family}").trim().to_owned();
    let person = recognise(desk, tx, &permit, form, faults).await?;
    if !faults.is_empty() {
        return Ok(None);
    }
    let sorting = sort(&needs);
    let concerned = store::concerns(&needs);
    let mut agencies = Vec::new();
    for kind in &sorting.agencies {
        agencies.extend(offices::agency_at(tx, office, *kind, desk.today()).await?);
    }
    let id = VisitId(crate::app::new_id());
    let registered = match person {
        Some(person) => persons::language(tx, &permit, person).await?,
        None => None,
    };
    let language = match (form.language.as_str(), registered) {
        ("", Some(registered)) => read_language(&registered),
        ("", None) => desk.words().language(),
        (chosen, _) => read_language(chosen),
    };
    let arrival = Arrival {
        id,
        person,
        spoken_name,
        language: language.as_str().to_owned(),
        needs,
        account,
        mode,
        track: sorting.track,
        agencies,
    };
    let ticket = store::arrive(tx, &permit, &arrival, desk.today(), desk.now()).await?;
    let actor = desk.actor();
    let by = actor.id.filter(|_| !actor.is_kiosk());
    let detail = json!({ "mode": mode.as_str() });
    store::event(tx, &permit, id, "arrived", by, &detail, desk.now()).await?;
    if let Some(event) = event {
        store::mark(tx, &permit, id, ("event", event.as_str()), by, desk.now()).await?;
    }
    for one in access {
        store::mark(tx, &permit, id, ("access", one.as_str()), by, desk.now()).await?;
    }
    desk.note(crate::journal::Entry {
        action: Action::CheckIn,
        ground: Some(permit.ground()),
        subject: (crate::journal::SubjectKind::Visit, Some(id.0)),
        persons: person.iter().map(|p| p.0).collect(),
        detail: json!({ "ticket": ticket }),
    });
    Ok(Some(CheckedIn { id, ticket, concerned }))
}
