//! Handing another agency a list of candidates, and reading one (REQ-INFO-14).

use std::collections::BTreeSet;

use axum::extract::Path;
use onedoor_domain::ids::{AgencyId, CandidateListId, ConsentId, PersonId};
use onedoor_domain::person::Guard;
use onedoor_domain::secrecy::{Action, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::disclosures::{self, Disclosure, Passed};
use super::flows::{self, Flow};
use super::lists::{self, Carried, NewList};
use super::store;
use crate::db::{Link, Tx};
use crate::journal::Entry;
use crate::office::store::Choice;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::walls::{self, Giver, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// The most persons on one list.
const MOST: usize = 200;

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ListsPage, _, _>("/lists", "Lists that the caller's agency gave and got", overview)
        .see::<HandOverPage, _, _>("/lists/new", "The form that hands a list over", form)
        .act::<ListForm, _, _>("/lists", "Hands over those who have a ground", hand_over)
        .creating()
        .see::<ListPage, _, _>("/lists/{id}", "A list that was handed over", show)
}

/// A list in the overview.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListLine {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) other: String,
    pub(crate) at: i64,
}

/// Lists that the agency gave and got.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListsPage {
    pub(crate) given: Vec<ListLine>,
    pub(crate) received: Vec<ListLine>,
}

crate::page!(ListsPage, "consent/pages/lists.html");

fn line(one: lists::Line) -> ListLine {
    ListLine { id: one.id.to_string(), title: one.title, other: one.other, at: one.at }
}

async fn overview(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadList, Subject::Duty).await?;
    let (given, received) = lists::of_agency(&mut conn, &permit).await?;
    // The titles are opened; whom the lists name is not.
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: json!({ "rows": given.len() + received.len() }),
    });
    desk.show(&ListsPage {
        given: given.into_iter().map(line).collect(),
        received: received.into_iter().map(line).collect(),
    })
}

/// A list as it is typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ListForm {
    /// What the list is.
    #[serde(default)]
    pub(crate) title: String,
    /// Who is to get it.
    #[serde(default)]
    pub(crate) to: String,
    /// Who is meant: identity numbers or record identifiers, one on each line.
    #[serde(default)]
    pub(crate) persons: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The form that hands a list over.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandOverPage {
    pub(crate) form: ListForm,
    pub(crate) agencies: Vec<Choice>,
    /// The lines that could not be read, by number.
    pub(crate) unread: Vec<i64>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(HandOverPage, "consent/pages/hand_over.html");

async fn hand_over_page(
    desk: &Desk,
    link: &mut Link,
    form: ListForm,
    unread: Vec<i64>,
    faults: Vec<FieldFault>,
) -> Result<HandOverPage, Fault> {
    let own = desk.worker()?.agency.to_string();
    let mut agencies = store::agencies(link, desk.actor().office).await?;
    agencies.retain(|one| one.id != own);
    Ok(HandOverPage { form, agencies, unread, faults })
}

async fn form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::HandOverList, Subject::Duty).await?;
    let form = ListForm { once: crate::app::new_id().to_string(), ..ListForm::default() };
    let page = hand_over_page(&desk, &mut conn, form, Vec::new(), Vec::new()).await?;
    desk.show(&page)
}

/// Who is meant by a line. Somebody whom the caller may not know of is nobody.
async fn read_line(desk: &Desk, tx: &mut Tx, line: &str) -> Result<Option<Permit>, Fault> {
    let id: Option<PersonId> = match line.parse() {
        Ok(id) => Some(id),
        Err(_) => match crate::person::read_number(desk.app(), line, desk.today()) {
            Err(_) => None,
            Ok(number) => {
                let seeker = desk.permit(tx, Action::SearchPerson, Subject::Duty).await?;
                let today = desk.today();
                let hits =
                    crate::person::finding::by_number(tx, &seeker, desk.actor(), &number, today)
                        .await?;
                hits.first().map(|hit| hit.id)
            }
        },
    };
    match id {
        Some(id) => desk.permit_quietly(tx, Action::ReadPerson, Subject::Person(id)).await,
        None => Ok(None),
    }
}

struct Sorted {
    with_ground: Vec<(Permit, PersonId, Carried)>,
    left_out: i64,
    unread: Vec<i64>,
}

/// Sorts those who are meant into those with a ground and those without.
async fn sort(
    desk: &Desk,
    tx: &mut Tx,
    text: &str,
    (from, to): (AgencyId, AgencyId),
) -> Result<Sorted, Fault> {
    let mut sorted = Sorted { with_ground: Vec::new(), left_out: 0, unread: Vec::new() };
    let mut met: BTreeSet<PersonId> = BTreeSet::new();
    let office = desk.actor().office;
    let me = walls::giver_of(tx, from, office).await?.ok_or(Fault::Denied)?;
    let other = walls::giver_of(tx, to, office).await?.ok_or(Fault::Denied)?;
    // Whether the two share a joint office is asked of the one who would receive.
    let me = Giver { here: other.here, ..me };
    for (number, line) in (1_i64..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let Some(permit) = read_line(desk, tx, line).await? else {
            sorted.unread.push(number);
            continue;
        };
        let person = permit.the_person()?;
        if !met.insert(person) {
            continue;
        }
        // No consent overcomes address protection: such a person is on no list.
        let open = persons::read(tx, &permit).await?.guard == Guard::default();
        let standing = Standing::of(desk, tx, &permit).await?.before(other.id, other.kind);
        match lists::carried(&standing, &me, desk.today()) {
            Some(carried) if open => sorted.with_ground.push((permit, person, carried)),
            _ => sorted.left_out += 1,
        }
    }
    Ok(sorted)
}

async fn hand_over(desk: Desk, Input(form): Input<ListForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::HandOverList, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "list.hand_over", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "list-handed");
    }
    let me = desk.worker()?;
    let mut faults = Faults::default();
    let title = faults.line("title", &form.title);
    let known = store::agencies(&mut tx, desk.actor().office).await?;
    let to: Option<AgencyId> = known
        .iter()
        .find(|one| one.id == form.to.trim() && one.id != me.agency.to_string())
        .and_then(|one| one.id.parse().ok());
    if to.is_none() {
        faults.add("to", "choose");
    }
    let lines = form.persons.lines().filter(|line| !line.trim().is_empty()).count();
    if lines == 0 {
        faults.add("persons", "text-empty");
    } else if lines > MOST {
        faults.add("persons", "list-too-long");
    }
    let (Some(to), true) = (to, faults.is_empty()) else {
        let faults = faults.into_list();
        let page = hand_over_page(&desk, &mut tx, form, Vec::new(), faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let flow = Flow { kind: Passed::List, from: me.agency, to, purpose: Purpose::Coordination };
    let flows_open = flows::is_open(&mut tx, flow).await?;
    let law = desk.app().walls.pack(desk.actor().office, desk.today());
    let Some(law) = law.filter(|_| flows_open) else {
        // Wanted and not clarified: it stands on the list of questions from now on.
        let question = desk.words().t("flow-question-list");
        flows::ask(&mut tx, flow, &question, Some(me.id), desk.now()).await?;
        desk.note(Entry {
            action: permit.action(),
            ground: None,
            subject: permit.subject(),
            persons: Vec::new(),
            detail: json!({ "denied": ["flow"] }),
        });
        desk.commit(tx).await?;
        return Err(Fault::conflict("flow-blocked"));
    };
    let sorted = sort(&desk, &mut tx, &form.persons, (me.agency, to)).await?;
    if !sorted.unread.is_empty() {
        let faults = vec![FieldFault::new("persons", "list-unread")];
        let page = hand_over_page(&desk, &mut tx, form, sorted.unread, faults.clone()).await?;
        return desk.again(&page, faults);
    }
    let id = keep(&desk, &mut tx, &permit, (to, &title, law.code()), &sorted).await?;
    let location = format!("/lists/{id}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "list-handed")
}

async fn keep(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (to, title, law): (AgencyId, &str, &str),
    sorted: &Sorted,
) -> Result<CandidateListId, Fault> {
    let me = desk.worker()?;
    let all = &sorted.with_ground;
    let names: Vec<(PersonId, ConsentId)> =
        all.iter().filter_map(|(_, person, by)| Some((*person, by.consent?))).collect();
    let new =
        NewList { from: me.agency, to, title, by: me.id, names: &names, left_out: sorted.left_out };
    let id = lists::insert(tx, permit, &new, desk.now()).await?;
    for (permit, _, by) in all {
        let one = Disclosure {
            from: me.agency,
            to,
            categories: lists::told(),
            purpose: Purpose::Coordination,
            ground: by.ground.to_owned(),
            rule: by.rule.clone(),
            pack: law.to_owned(),
            consent: by.consent,
            necessity: by.necessity,
            what: lists::what(id),
            form: Passed::List,
            by: Some(me.id),
            to_staff: None,
        };
        disclosures::disclose(tx, permit, &one, desk.now()).await?;
    }
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: all.iter().map(|(_, person, _)| person.0).collect(),
        detail: json!({
            "list": id.to_string(), "names": all.len(), "left_out": sorted.left_out,
        }),
    });
    Ok(id)
}

/// Somebody on a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Candidate {
    pub(crate) name: String,
    /// The consent that carries the name; none where the law does.
    pub(crate) consent: Option<String>,
}

/// A list that was handed over.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListPage {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) names: Vec<Candidate>,
    /// How many were left out; nothing when so few that it could point at somebody.
    pub(crate) left_out: Option<i64>,
    /// The smallest count that is shown.
    pub(crate) smallest: i64,
}

crate::page!(ListPage, "consent/pages/list.html");

async fn show(desk: Desk, Path(id): Path<CandidateListId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadList, Subject::Duty).await?;
    let list = lists::read(&mut conn, &permit, id).await?;
    let there = lists::still_on_it(&mut conn, &permit, id, &list, desk.today()).await?;
    let mut names = Vec::new();
    let mut seen = Vec::new();
    for (person, consent) in there {
        let name = store::name(&mut conn, &permit, person, desk.actor()).await?;
        let Some(name) = name else { continue };
        seen.push(person.0);
        names.push(Candidate { name, consent: consent.map(|id| id.to_string()) });
    }
    names.sort_by(|a, b| a.name.cmp(&b.name));
    desk.note_seen(&permit, seen);
    let smallest = flows::smallest_left_out(&mut conn).await?;
    // The giver knows whom it left out; the receiver only learns how many.
    let own = Some(list.from.0) == permit.agency();
    desk.show(&ListPage {
        id: id.to_string(),
        title: list.title,
        from: list.from.1,
        to: list.to.1,
        at: list.at,
        by: list.by,
        names,
        left_out: (own || list.left_out >= smallest).then_some(list.left_out),
        smallest,
    })
}
