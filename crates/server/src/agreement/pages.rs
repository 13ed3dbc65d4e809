//! Agreements: which is in force where, what they lack, and writing them.

use std::collections::BTreeSet;

use axum::extract::{Path, Query};
use jiff::civil::Date;
use onedoor_domain::agreement::{Clause, Kind};
use onedoor_domain::ids::{AgencyId, OfficeId};
use onedoor_domain::network::Service;
use onedoor_domain::office::Period;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, PartyLine, ServiceLine, Terms, Written};
use super::{framework, keeps, note, places};
use crate::db::Link;
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::standard::recipients::{self, RecipientLine};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// The routes of agreements.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AgreementsPage, _, _>("/agreements", "Agreements in force, office by office", list)
        .asking(&["municipality"])
        .act::<AgreementForm, _, _>("/agreements", "Records an agreement", add)
        .creating()
        .see::<AgreementPage, _, _>("/agreements/{id}", "One agreement with its versions", show)
        .act::<AgreementForm, _, _>("/agreements/{id}/versions", "Writes another version", renew)
}

/// An agreement, or another version of one, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AgreementForm {
    /// The municipality's number; only for a new one.
    #[serde(default)]
    pub(crate) municipality: String,
    /// The office, where it is for one alone; only for a new one.
    #[serde(default)]
    pub(crate) office: String,
    /// The agencies that are parties; only for a new one.
    #[serde(default)]
    pub(crate) parties: Vec<String>,
    /// `letter_of_intent`, `old_general`, `new_effort` or `renewed`.
    #[serde(default)]
    pub(crate) kind: String,
    /// Its title.
    #[serde(default)]
    pub(crate) title: String,
    /// The day it was signed.
    #[serde(default)]
    pub(crate) signed_on: String,
    /// The first day.
    #[serde(default)]
    pub(crate) valid_from: String,
    /// The first day after the last; may be empty.
    #[serde(default)]
    pub(crate) valid_until: String,
    /// When it is to be looked at again; may be empty.
    #[serde(default)]
    pub(crate) review_on: String,
    /// What it is for, one a line.
    #[serde(default)]
    pub(crate) purposes: String,
    /// Codes of the clauses that it has.
    #[serde(default)]
    pub(crate) clauses: Vec<String>,
    /// Codes of the framework's elements that it has.
    #[serde(default)]
    pub(crate) elements: Vec<String>,
    /// Codes of the services that it is about.
    #[serde(default)]
    pub(crate) remit: Vec<String>,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// What can be chosen in the form.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct Choices {
    pub(crate) kinds: Vec<String>,
    pub(crate) clauses: Vec<String>,
    pub(crate) elements: Vec<Choice>,
    pub(crate) services: Vec<String>,
}

impl AgreementForm {
    /// Whether a code was ticked.
    pub(crate) fn has(&self, list: &str, code: &str) -> bool {
        let list = match list {
            "clauses" => &self.clauses,
            "elements" => &self.elements,
            "remit" => &self.remit,
            _ => &self.parties,
        };
        list.iter().any(|it| it == code)
    }
}

async fn choices(link: &mut Link, permit: &Permit, on: Date) -> Result<Choices, Fault> {
    let held = framework::in_force(link, permit, on).await?.unwrap_or_default();
    let elements = held.elements.into_iter().map(|it| Choice { id: it.code, name: it.text });
    Ok(Choices {
        kinds: Kind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        clauses: Clause::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        elements: elements.collect(),
        services: Service::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
    })
}

/// What holds at an office.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct InForceLine {
    pub(crate) office: String,
    /// The agreement; empty where none is in force.
    pub(crate) agreement: String,
    pub(crate) title: String,
    /// Its type; empty where none is in force.
    pub(crate) kind: String,
    pub(crate) until: Option<String>,
    /// How many clauses it lacks.
    pub(crate) missing: i64,
    /// The day on which it is to be looked at again, when that has come.
    pub(crate) review_due: Option<String>,
}

/// An agreement in the list.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AgreementLine {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) office: String,
    pub(crate) signed_on: String,
    pub(crate) versions: i64,
    pub(crate) in_force: bool,
    pub(crate) missing: i64,
}

/// The agreements of a municipality.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct AgreementsPage {
    pub(crate) municipality: String,
    pub(crate) places: Vec<Choice>,
    pub(crate) offices: Vec<InForceLine>,
    pub(crate) agreements: Vec<AgreementLine>,
    pub(crate) may_write: bool,
    pub(crate) choices: Choices,
    pub(crate) office_choices: Vec<Choice>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) form: AgreementForm,
    pub(crate) once: String,
    pub(crate) recipients: Vec<RecipientLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AgreementsPage, "agreement/pages/agreements.html");

/// Which municipality a page is about.
#[derive(Default, Deserialize)]
pub(super) struct Place {
    #[serde(default)]
    pub(super) municipality: String,
}

/// The municipality that was asked about, or the caller's own.
pub(super) async fn place(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: &str,
) -> Result<(String, Vec<Choice>), Fault> {
    let all = places::places(link, permit).await?;
    if all.iter().any(|it| it.id == asked) {
        return Ok((asked.to_owned(), all));
    }
    let own = match desk.actor().office {
        Some(office) => places::municipality_of(link, permit, office).await?,
        None => None,
    };
    let first = || all.first().map(|it| it.id.clone()).unwrap_or_default();
    Ok((own.unwrap_or_else(first), all))
}

fn due(written: &Written, today: Date) -> Option<String> {
    written.terms.review_on.filter(|day| *day <= today).map(|day| day.to_string())
}

fn count<T>(list: &[T]) -> i64 {
    i64::try_from(list.len()).unwrap_or(i64::MAX)
}

/// What holds at an office: its own agreement before the municipality's (REQ-ORG-04).
pub(super) fn at_office(all: &[Vec<Written>], office: OfficeId, on: Date) -> Option<&Written> {
    let of = |whose: Option<OfficeId>| {
        all.iter()
            .filter(|it| it.first().is_some_and(|v| v.office == whose))
            .filter_map(|it| store::holding(it, on))
            .max_by_key(|it| it.terms.valid.from)
    };
    of(Some(office)).or_else(|| of(None))
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: &str,
) -> Result<AgreementsPage, Fault> {
    let today = desk.today();
    let (municipality, places) = place(desk, link, permit, asked).await?;
    let all = store::of_place(link, permit, &municipality).await?;
    let offices = places::offices_of(link, permit, &municipality).await?;
    let in_force = offices.iter().map(|(id, name)| {
        let held = at_office(&all, *id, today);
        InForceLine {
            office: name.clone(),
            agreement: held.map(|it| it.agreement.to_string()).unwrap_or_default(),
            title: held.map(|it| it.terms.title.clone()).unwrap_or_default(),
            kind: held.map(|it| it.terms.kind.as_str().to_owned()).unwrap_or_default(),
            until: held.and_then(|it| it.terms.valid.until).map(|day| day.to_string()),
            missing: held.map_or(0, |it| count(&it.missing())),
            review_due: held.and_then(|it| due(it, today)),
        }
    });
    let lines = all.iter().filter_map(|versions| {
        let held = store::holding(versions, today);
        let shown = held.or(versions.last())?;
        Some(AgreementLine {
            id: shown.agreement.to_string(),
            title: shown.terms.title.clone(),
            kind: shown.terms.kind.as_str().to_owned(),
            office: shown.office_name.clone(),
            signed_on: shown.terms.signed_on.to_string(),
            versions: count(versions),
            in_force: held.is_some(),
            missing: count(&shown.missing()),
        })
    });
    let (offices_now, agreements) = (in_force.collect(), lines.collect());
    let present = places::present(link, permit, "", (5000, today)).await?;
    let here = present.into_iter().filter(|it| it.municipality == municipality);
    let may_write = desk.may(link, Action::WriteArrangements, Subject::Duty).await?
        && keeps(desk, link, permit, &municipality).await?;
    Ok(AgreementsPage {
        agencies: here.map(|it| Choice { id: it.agency.to_string(), name: it.name }).collect(),
        offices: offices_now,
        agreements,
        places,
        may_write,
        choices: choices(link, permit, today).await?,
        office_choices: offices
            .into_iter()
            .map(|(id, name)| Choice { id: id.to_string(), name })
            .collect(),
        form: AgreementForm { municipality: municipality.clone(), ..AgreementForm::default() },
        municipality,
        once: crate::app::new_id().to_string(),
        recipients: recipients::of(link, Report::Agreements).await?,
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Place>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, &asked.municipality).await?;
    desk.show(&page)
}

fn optional_date(faults: &mut Faults, field: &str, value: &str) -> Option<Date> {
    match value.trim() {
        "" => None,
        text => faults.date(field, text),
    }
}

fn codes<T: Ord>(
    faults: &mut Faults,
    field: &str,
    words: &[String],
    parse: fn(&str) -> Option<T>,
) -> BTreeSet<T> {
    let mut all = BTreeSet::new();
    for word in words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()) {
        match parse(word) {
            Some(it) => {
                all.insert(it);
            }
            None => faults.add(field, "choose"),
        }
    }
    all
}

fn code(word: &str) -> Option<String> {
    onedoor_domain::office::is_code(word).then(|| word.to_owned())
}

/// Reads what a version says, field by field.
fn terms(form: &AgreementForm, faults: &mut Faults) -> Option<Terms> {
    let kind = faults.choice("kind", &form.kind, Kind::parse);
    let title = faults.line("title", &form.title);
    let signed_on = faults.date("signed_on", &form.signed_on);
    let from = faults.date("valid_from", &form.valid_from);
    let until = optional_date(faults, "valid_until", &form.valid_until);
    let review_on = optional_date(faults, "review_on", &form.review_on);
    let purposes = text::required(&form.purposes, text::PARAGRAPH);
    let purposes = faults.take("purposes", purposes, |e| e.code().into());
    let clauses = codes(faults, "clauses", &form.clauses, Clause::parse);
    let elements = codes(faults, "elements", &form.elements, code);
    let remit = codes(faults, "remit", &form.remit, Service::parse);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        faults.add("valid_until", "agreement-period");
    }
    Some(Terms {
        kind: kind?,
        title,
        signed_on: signed_on?,
        valid: Period { from: from?, until },
        review_on,
        purposes: purposes?,
        clauses,
        elements,
        remit,
    })
}

async fn add(desk: Desk, Input(form): Input<AgreementForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "agreement.add", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "agreement-kept");
    }
    let mut faults = Faults::default();
    let offices = places::offices_of(&mut tx, &permit, &form.municipality).await?;
    if offices.is_empty() || !keeps(&desk, &mut tx, &permit, &form.municipality).await? {
        faults.add("municipality", "choose");
    }
    let office = match form.office.trim() {
        "" => None,
        id => faults.id("office", id).map(OfficeId),
    };
    if office.is_some_and(|id| !offices.iter().any(|(it, _)| *it == id)) {
        faults.add("office", "choose");
    }
    let present = places::present(&mut tx, &permit, "", (5000, desk.today())).await?;
    let parties: BTreeSet<AgencyId> =
        form.parties.iter().filter_map(|id| id.trim().parse().ok()).collect();
    let known = |id: &AgencyId| {
        present.iter().any(|it| it.agency == *id && it.municipality == form.municipality)
    };
    if parties.len() < 2 || !parties.iter().all(known) {
        faults.add("parties", "agreement-parties");
    }
    let terms = terms(&form, &mut faults);
    let (Some(terms), true) = (terms, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit, &form.municipality).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let id = crate::app::new_id();
    let parties: Vec<AgencyId> = parties.into_iter().collect();
    let (by, now) = (me.id, desk.now());
    let place = (id, form.municipality.as_str(), office);
    store::add(&mut tx, &permit, place, &parties, (by, now)).await?;
    store::add_version(&mut tx, &permit, id, &terms, (by, now)).await?;
    let location = format!("/agreements/{id}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "agreement", id);
    desk.commit(tx).await?;
    desk.done(&location, "agreement-kept")
}

/// A version on the page of its agreement.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct VersionLine {
    pub(crate) n: i64,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) signed_on: String,
    pub(crate) valid_from: String,
    pub(crate) valid_until: Option<String>,
    pub(crate) in_force: bool,
    pub(crate) by: String,
    pub(crate) at: i64,
}

/// Something in an agreement that goes against the framework.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ConflictLine {
    /// `dropped` or `beyond`.
    pub(crate) kind: String,
    /// The element's code, or the service's.
    pub(crate) what: String,
}

/// One agreement.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct AgreementPage {
    pub(crate) id: String,
    pub(crate) municipality: String,
    pub(crate) office: String,
    pub(crate) title: String,
    pub(crate) kind: String,
    pub(crate) in_force: bool,
    pub(crate) purposes: Vec<String>,
    pub(crate) parties: Vec<PartyLine>,
    /// Codes of the clauses that it lacks; while there is one, it is incomplete.
    pub(crate) missing: Vec<String>,
    pub(crate) review_on: Option<String>,
    pub(crate) review_due: bool,
    /// Where it goes against the framework in force.
    pub(crate) conflicts: Vec<ConflictLine>,
    pub(crate) services: Vec<ServiceLine>,
    pub(crate) versions: Vec<VersionLine>,
    pub(crate) may_write: bool,
    pub(crate) choices: Choices,
    pub(crate) office_choices: Vec<Choice>,
    pub(crate) form: AgreementForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AgreementPage, "agreement/pages/agreement.html");

fn form_of(written: &Written) -> AgreementForm {
    let day = |day: Option<Date>| day.map(|it| it.to_string()).unwrap_or_default();
    let it = &written.terms;
    AgreementForm {
        kind: it.kind.as_str().to_owned(),
        title: it.title.clone(),
        review_on: day(it.review_on),
        purposes: it.purposes.clone(),
        clauses: it.clauses.iter().map(|it| it.as_str().to_owned()).collect(),
        elements: it.elements.iter().cloned().collect(),
        remit: it.remit.iter().map(|it| it.as_str().to_owned()).collect(),
        ..AgreementForm::default()
    }
}

/// Where a version goes against the framework in force (REQ-ORG-27).
pub(super) fn conflicts(held: &framework::Held, written: &Written) -> Vec<ConflictLine> {
    let remit: BTreeSet<String> =
        written.terms.remit.iter().map(|it| it.as_str().to_owned()).collect();
    let found = held.framework().conflicts(&written.terms.elements, &remit);
    found
        .iter()
        .map(|it| ConflictLine { kind: it.as_str().to_owned(), what: it.what().to_owned() })
        .collect()
}

pub(super) async fn agreement_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<AgreementPage, Fault> {
    let today = desk.today();
    let versions = store::versions(link, permit, id).await?;
    let held = store::holding(&versions, today);
    let shown = held.or(versions.last()).ok_or(Fault::Hidden)?;
    let current = held.map(|it| it.n);
    let framework = framework::in_force(link, permit, today).await?;
    let may_write = desk.may(link, Action::WriteArrangements, Subject::Duty).await?
        && keeps(desk, link, permit, &shown.municipality).await?;
    let offices = places::offices_of(link, permit, &shown.municipality).await?;
    let offices = offices.into_iter().filter(|(id, _)| shown.office.is_none_or(|it| it == *id));
    Ok(AgreementPage {
        id: id.to_string(),
        municipality: shown.municipality.clone(),
        office: shown.office_name.clone(),
        title: shown.terms.title.clone(),
        kind: shown.terms.kind.as_str().to_owned(),
        in_force: held.is_some(),
        purposes: shown.terms.purposes.lines().map(str::to_owned).collect(),
        parties: store::parties(link, permit, id).await?,
        missing: shown.missing(),
        review_on: shown.terms.review_on.map(|day| day.to_string()),
        review_due: due(shown, today).is_some(),
        conflicts: framework.map(|it| conflicts(&it, shown)).unwrap_or_default(),
        services: store::services(link, permit, id).await?,
        versions: versions
            .iter()
            .rev()
            .map(|it| VersionLine {
                n: it.n,
                kind: it.terms.kind.as_str().to_owned(),
                title: it.terms.title.clone(),
                signed_on: it.terms.signed_on.to_string(),
                valid_from: it.terms.valid.from.to_string(),
                valid_until: it.terms.valid.until.map(|day| day.to_string()),
                in_force: Some(it.n) == current,
                by: it.by.clone(),
                at: it.at,
            })
            .collect(),
        may_write,
        choices: choices(link, permit, today).await?,
        office_choices: offices.map(|(id, name)| Choice { id: id.to_string(), name }).collect(),
        form: form_of(shown),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = agreement_page(&desk, &mut conn, &permit, id).await?;
    desk.show(&page)
}

async fn renew(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<AgreementForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut page = agreement_page(&desk, &mut tx, &permit, id).await?;
    if !page.may_write {
        return Err(Fault::Denied);
    }
    let mut faults = Faults::default();
    let terms = terms(&form, &mut faults);
    let (Some(terms), true) = (terms, faults.is_empty()) else {
        let list = faults.into_list();
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    store::add_version(&mut tx, &permit, id, &terms, (me.id, desk.now())).await?;
    note(&desk, &permit, "agreement-version", id);
    desk.commit(tx).await?;
    desk.done(&format!("/agreements/{id}"), "agreement-kept")
}
