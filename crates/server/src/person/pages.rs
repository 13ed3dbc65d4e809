//! Searching, reading and joining persons.

use axum::extract::Path;
use onedoor_domain::ids::PersonId;
use onedoor_domain::office::{Role, Subject as RulingSubject};
use onedoor_domain::person::{Guard, NameQuery};
use onedoor_domain::secrecy::{Action, Category};
use onedoor_domain::service::Given;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::finding::{self, After, PersonLine};
use super::history::{self, RulingLine, VisitLine};
use super::registering::{
    EditPage, PersonForm, RegisterPage, edit, edit_form, read_number, register, register_form,
};
use super::store;
use crate::db::{DbError, Tx};
use crate::law::store as law;
use crate::network;
use crate::office::store as offices;
use crate::policy::Subject;
use crate::service::{matters, promises};
use crate::walls::{self, Telling};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<SearchPage, _, _>("/persons", "The search form", search_form)
        .act_giving::<SearchForm, SearchPage, _, _>(
            "/persons/search",
            "Finds persons whom the caller may know of",
            search,
        )
        .see::<RegisterPage, _, _>("/persons/new", "The form for a new person", register_form)
        .act::<PersonForm, _, _>("/persons", "Registers a person, or recognises one", register)
        .creating()
        .see::<PersonPage, _, _>("/persons/{id}", "One person", show)
        .see::<EditPage, _, _>("/persons/{id}/edit", "The form for changes", edit_form)
        .act::<PersonForm, _, _>("/persons/{id}/edit", "Changes what is registered", edit)
        .act::<JoinForm, _, _>("/persons/{id}/join", "Joins another record to this one", join)
        .act::<JoinForm, _, _>("/persons/{id}/part", "Parts a joined record again", part)
        .act::<RulingForm, _, _>(
            "/persons/{id}/rulings",
            "Records a decision or guidance by the caller's unit",
            rule,
        )
}

/// A search. It is a POST because a name or number must not stand in an address.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SearchForm {
    /// A name, or an identity number.
    #[serde(default)]
    pub(crate) q: String,
    /// Where the next page begins, as the page before said.
    #[serde(default)]
    pub(crate) after: String,
}

/// A search and what it found.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct SearchPage {
    pub(crate) q: String,
    pub(crate) asked: bool,
    pub(crate) near: bool,
    pub(crate) hits: Vec<PersonLine>,
    pub(crate) next: Option<String>,
    pub(crate) may_register: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(SearchPage, "person/pages/search.html");

fn may_register(desk: &Desk) -> bool {
    desk.actor().role.is_some_and(|role| {
        !onedoor_domain::secrecy::paths(role, Action::RegisterPerson).is_empty()
    })
}

async fn search_form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::SearchPerson, Subject::Duty).await?;
    desk.show(&SearchPage { may_register: may_register(&desk), ..SearchPage::default() })
}

fn read_after(text: &str) -> Option<After> {
    let (id, key) = text.split_once(' ')?;
    Some(After { id: id.parse().ok()?, key: key.to_owned() })
}

async fn search(desk: Desk, Input(form): Input<SearchForm>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::SearchPerson, Subject::Duty).await?;
    let mut page = SearchPage {
        q: form.q.clone(),
        asked: true,
        may_register: may_register(&desk),
        ..SearchPage::default()
    };
    let digits = form.q.chars().filter(char::is_ascii_digit).count();
    if digits >= 6 {
        match read_number(desk.app(), &form.q, desk.today()) {
            Ok(number) => {
                let hits = super::by_number(&desk, &mut conn, &permit, &number).await?;
                page.hits = finding::lines(&mut conn, &permit, hits).await?;
                // The digits are not sent back into the page.
                page.q = String::new();
            }
            Err(code) => {
                page.q = String::new();
                page.faults.push(FieldFault::new("q", code));
            }
        }
    } else {
        match NameQuery::parse(&form.q) {
            Ok(query) => {
                let after = read_after(&form.after);
                let found = super::search(&desk, &mut conn, &permit, &query, after).await?;
                page.next = found.next.map(|after| format!("{} {}", after.id, after.key));
                page.near = found.near;
                page.hits = finding::lines(&mut conn, &permit, found.hits).await?;
            }
            Err(fault) => page.faults.push(FieldFault::new("q", fault.code())),
        }
    }
    if !page.faults.is_empty() {
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    }
    if page.hits.is_empty() {
        // A search that finds nobody is a question too.
        desk.note(crate::journal::Entry {
            action: permit.action(),
            ground: Some(permit.ground()),
            subject: permit.subject(),
            persons: Vec::new(),
            detail: serde_json::json!({ "rows": 0 }),
        });
    }
    desk.note_seen(&permit, page.hits.iter().filter_map(|hit| hit.id.parse().ok()));
    desk.show(&page)
}

/// One person.
#[derive(Serialize, ToSchema)]
pub(crate) struct PersonPage {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) born_on: Option<String>,
    pub(crate) number: String,
    pub(crate) language: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    pub(crate) address: String,
    pub(crate) postcode: String,
    pub(crate) basic_unit: Option<String>,
    pub(crate) protection: String,
    pub(crate) shielded: bool,
    pub(crate) residence: String,
    pub(crate) died_on: Option<String>,
    pub(crate) source: String,
    pub(crate) received_on: String,
    pub(crate) known_since: Option<String>,
    pub(crate) case: Option<String>,
    pub(crate) may_open_case: bool,
    pub(crate) may_edit: bool,
    pub(crate) may_join: bool,
    pub(crate) may_rule: bool,
    pub(crate) may_joint: bool,
    pub(crate) may_consents: bool,
    pub(crate) may_send: bool,
    pub(crate) may_meet: bool,
    pub(crate) may_follow: bool,
    pub(crate) may_map: bool,
    pub(crate) joined: Vec<PersonLine>,
    pub(crate) visits: Vec<VisitLine>,
    pub(crate) rulings: Vec<RulingLine>,
    pub(crate) subjects: Vec<String>,
    /// What a decision may have given.
    pub(crate) results: Vec<String>,
    /// What those of the decisions cite.
    pub(crate) citations: Vec<law::Citation>,
    /// The acts that the reader's unit may cite today.
    pub(crate) acts: Vec<offices::Choice>,
    pub(crate) form: RulingForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PersonPage, "person/pages/person.html");

impl PersonPage {
    /// What a decision cites.
    pub(crate) fn citation(&self, ruling: &RulingLine) -> Option<String> {
        let mut cited = self.citations.iter();
        let cited = cited.find(|it| it.at == ruling.at && it.subject == ruling.subject)?;
        Some(format!("{} {}", cited.short, cited.section).trim_end().to_owned())
    }
}

async fn person_page(
    desk: &Desk,
    link: &mut crate::db::Link,
    permit: &crate::policy::Permit,
) -> Result<PersonPage, Fault> {
    let identity = store::read(link, permit).await?;
    let actor = desk.actor();
    let place = match &identity.basic_unit {
        Some(code) => offices::basic_unit(link, code).await?,
        None => None,
    };
    let mut case = None;
    for (id, _) in history::open_cases(link, permit).await? {
        if desk.permit_quietly(link, Action::ReadCase, Subject::Case(id)).await?.is_some() {
            case = Some(id.to_string());
            break;
        }
    }
    let (mut may_edit, mut may_join, mut may_rule) = (false, false, false);
    let (mut may_joint, mut may_consents, mut may_send) = (false, false, false);
    let (mut may_meet, mut may_follow, mut may_map) = (false, false, false);
    for (action, may) in [
        (Action::EditPerson, &mut may_edit),
        (Action::JoinPersons, &mut may_join),
        (Action::Guide, &mut may_rule),
        (Action::ReadRecord, &mut may_joint),
        (Action::ReadConsent, &mut may_consents),
        (Action::SendTask, &mut may_send),
        (Action::CallMeeting, &mut may_meet),
        (Action::ReadFollowUp, &mut may_follow),
        (Action::ReadAssessment, &mut may_map),
    ] {
        *may = desk.may(link, action, Subject::Person(identity.id)).await?;
    }
    let may_open_case =
        case.is_none() && desk.may(link, Action::OpenCase, Subject::Person(identity.id)).await?;
    let joined = finding::joined(link, permit, actor).await?;
    desk.note_seen(permit, joined.iter().filter_map(|line| line.id.parse().ok()));
    let known_since = store::since(link, permit, actor.agency).await?;
    let (country, language) = (desk.app().country, desk.words().language());
    Ok(PersonPage {
        id: identity.id.to_string(),
        name: identity.name(),
        born_on: identity.born_on,
        number: identity.number,
        language: identity.language,
        phone: identity.phone,
        email: identity.email,
        address: identity.address,
        postcode: identity.postcode,
        basic_unit: place,
        protection: identity.guard.kind().as_str().to_owned(),
        shielded: identity.guard.has(Guard::SHIELDED),
        residence: identity.residence,
        died_on: identity.died_on,
        source: identity.source,
        received_on: identity.received_on,
        known_since,
        may_open_case,
        case,
        may_edit,
        may_join,
        may_rule,
        may_joint,
        may_consents,
        may_send,
        may_meet,
        may_follow,
        may_map,
        joined,
        visits: history::visits(link, permit, actor).await?,
        rulings: history::rulings(link, permit, actor.agency).await?,
        subjects: RulingSubject::ALL.iter().map(|s| s.as_str().to_owned()).collect(),
        results: Given::ALL.iter().map(|g| g.as_str().to_owned()).collect(),
        citations: law::citations(link, permit, actor.agency, country, language).await?,
        acts: law::choices(link, country, actor.unit, desk.today(), language).await?,
        form: RulingForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadPerson, Subject::Person(id)).await?;
    let page = person_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Which record to join or part.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct JoinForm {
    /// The other record's identifier.
    #[serde(default)]
    pub(crate) other: String,
}

async fn join(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<JoinForm>) -> Reply {
    let other: PersonId = form.other.trim().parse().map_err(|_| Fault::field("other", "choose"))?;
    let mut tx = desk.begin().await?;
    let into = desk.permit(&mut tx, Action::JoinPersons, Subject::Person(id)).await?;
    let permit = desk.permit(&mut tx, Action::JoinPersons, Subject::Person(other)).await?;
    let me = desk.worker()?;
    // A case that the worker may not know of stands in nobody's way: to say so would tell of it.
    for (case, carrier) in history::open_cases(&mut tx, &permit).await? {
        let subject = Subject::Case(case);
        let reads = desk.permit_quietly(&mut tx, Action::ReadCase, subject).await?.is_some();
        let ends = (carrier, me.agency);
        let told = walls::telling(&desk, &mut tx, &permit, ends, Category::Case).await?;
        if reads || !matches!(told, Telling::MayNot(_)) {
            return Err(Fault::conflict("person-open-case"));
        }
    }
    store::join(&mut tx, &permit, &into).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}"), "persons-joined")
}

async fn part(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<JoinForm>) -> Reply {
    let other: PersonId = form.other.trim().parse().map_err(|_| Fault::field("other", "choose"))?;
    let mut tx = desk.begin().await?;
    let from = desk.permit(&mut tx, Action::JoinPersons, Subject::Person(id)).await?;
    let permit = desk.permit(&mut tx, Action::JoinPersons, Subject::Person(other)).await?;
    store::part(&mut tx, &permit, &from).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}"), "persons-parted")
}

/// A decision or guidance.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RulingForm {
    /// The subject's code.
    #[serde(default)]
    pub(crate) subject: String,
    /// `decision` or `guidance`.
    #[serde(default)]
    pub(crate) kind: String,
    /// What was decided or said.
    #[serde(default)]
    pub(crate) text: String,
    /// The code of the act that a decision stands on, from `/acts`.
    #[serde(default)]
    pub(crate) act: String,
    /// The section of the act.
    #[serde(default)]
    pub(crate) section: String,
    /// What a decision gave: `granted`, `partly` or `refused`; empty when it is of no such kind.
    #[serde(default)]
    pub(crate) result: String,
}

/// REQ-FRONT-10: what front staff may decide alone stands in a list; the rest they send on.
async fn may_decide_alone(
    desk: &Desk,
    tx: &mut Tx,
    subject: RulingSubject,
) -> Result<bool, DbError> {
    if !matches!(desk.actor().role, Some(Role::FrontWorker)) {
        return Ok(true);
    }
    matters::is_front(tx, subject, desk.today()).await
}

/// REQ-ORG-03: a decision needs the mandate of the worker's unit, wherever the
/// worker sits; guidance in the same subject does not. REQ-ORG-20: it also needs
/// an act that the catalogue gives to that unit.
async fn rule(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<RulingForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let action = if form.kind == "decision" { Action::Decide } else { Action::Guide };
    let permit = desk.permit(&mut tx, action, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let subject = faults.choice("subject", &form.subject, RulingSubject::parse);
    let kind = form.kind.as_str();
    if !matches!(kind, "decision" | "guidance") {
        faults.add("kind", "choose");
    }
    let text = faults
        .take("text", text::required(&form.text, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default();
    if let Some(subject) = subject
        && kind == "decision"
        && !offices::may_decide(&mut tx, worker.unit, subject, desk.today()).await?
    {
        faults.add("kind", "no-mandate");
    }
    let (act, section) = (form.act.trim(), faults.optional_line("section", &form.section));
    if let Some(subject) = subject
        && kind == "decision"
    {
        let (country, today) = (desk.app().country, desk.today());
        let cited = law::may_cite(&mut tx, country, worker.unit, act, subject, today).await?;
        faults.take("act", cited, |fault| fault.code().into());
    }
    if let Some(subject) = subject
        && kind == "decision"
        && !may_decide_alone(&desk, &mut tx, subject).await?
    {
        faults.add("subject", "front-not-alone");
    }
    let given = match form.result.trim() {
        "" => None,
        code => faults.choice("result", code, Given::parse),
    };
    let given = given.filter(|_| kind == "decision");
    let (Some(subject), true) = (subject, faults.is_empty()) else {
        let faults = faults.into_list();
        let reader = desk.permit(&mut tx, Action::ReadPerson, Subject::Person(id)).await?;
        let mut page = person_page(&desk, &mut tx, &reader).await?;
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let owner = offices::decision_owner(&mut tx, worker.unit, desk.today()).await?;
    let (_, mut principal) = owner.ok_or_else(|| Fault::Defect("a unit without agency".into()))?;
    // REQ-ORG-41: where the municipality is principal for measures, the decision is the municipality's.
    if subject == RulingSubject::Measure && kind == "decision" {
        let own = network::measures_owner(&mut tx, worker.unit, desk.today()).await?;
        principal = own.unwrap_or(principal);
    }
    let ruling = history::NewRuling {
        subject: subject.as_str(),
        kind,
        text: &text,
        result: given.map(Given::as_str),
        by: worker,
        principal,
    };
    history::rule(&mut tx, &permit, ruling, desk.now()).await?;
    if let Some(given) = given {
        promises::settle(&mut tx, &permit, subject, given, desk.now()).await?;
    }
    if kind == "decision" {
        let decided = law::Decided { by: worker.id, subject: subject.as_str(), at: desk.now() };
        law::cite(&mut tx, &permit, decided, act, &section).await?;
    }
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}"), "ruling-kept")
}
