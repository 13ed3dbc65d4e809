//! A visit: checked in, read, called in, sorted and recognised.

use axum::extract::{Path, Query};
use onedoor_domain::ids::{PersonId, VisitId};
use onedoor_domain::office::Role;
use onedoor_domain::reception::{Mode, Need, Track, VisitFault, VisitState, sort};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::check_in::{CheckInForm, check_in, recognise};
use super::kiosk;
use super::queue::{QueuePage, live, queue, rows};
use super::store::{self, Stored};
use super::{booking, closing, slip, ways};
use crate::db::Tx;
use crate::person::{PersonLine, store as persons};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Door, Fault, FieldFault, Input, Once, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    let routes = Routes::default()
        .see::<QueuePage, _, _>("/reception", "The queue of the caller's reception", queue)
        .only_page("GET", "/reception/rows", Door::SignedIn, rows)
        .only_page("GET", "/reception/live", Door::SignedIn, live)
        .see::<CheckInPage, _, _>("/reception/check-in", "The form of the host", check_in_form)
        .asking(&["person"])
        .act::<CheckInForm, _, _>("/reception/check-in", "Checks somebody in", host_check_in)
        .creating()
        .see::<VisitPage, _, _>("/visits/{id}", "One visit", show)
        .act::<VersionForm, _, _>("/visits/{id}/take", "Calls the person in", take)
        .act::<VersionForm, _, _>("/visits/{id}/put-back", "Back to the queue", put_back)
        .act::<SortForm, _, _>("/visits/{id}/sort", "Corrects the sorting", sort_anew)
        .act::<IdentifyForm, _, _>("/visits/{id}/person", "Says who the visitor is", identify)
        .only_page("GET", "/kiosk", Door::SignedIn, kiosk::start)
        .only_page("GET", "/kiosk/need", Door::SignedIn, kiosk::need)
        .only_page("POST", "/kiosk/who", Door::SignedIn, kiosk::who)
        .only_page("POST", "/kiosk/arrive", Door::SignedIn, kiosk::arrive)
        .only_page("GET", "/kiosk/done", Door::SignedIn, kiosk::done);
    slip::routes(booking::routes(closing::routes(routes)))
}

/// The host's form.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct CheckInPage {
    pub(crate) needs: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) accesses: Vec<String>,
    pub(crate) form: CheckInForm,
    pub(crate) found: Option<String>,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(CheckInPage, "reception/pages/check_in.html");

fn need_codes() -> Vec<String> {
    Need::ALL.iter().map(|need| need.as_str().to_owned()).collect()
}

#[derive(Deserialize)]
struct Whom {
    #[serde(default)]
    person: String,
}

async fn check_in_form(desk: Desk, Query(whom): Query<Whom>) -> Reply {
    let mut conn = desk.read().await?;
    let office = desk.office()?;
    desk.permit(&mut conn, Action::CheckIn, Subject::Office(office)).await?;
    let mut found = None;
    if let Ok(id) = whom.person.parse::<PersonId>() {
        let permit = desk.permit(&mut conn, Action::ReadPerson, Subject::Person(id)).await?;
        found = Some(persons::read(&mut conn, &permit).await?.name());
    }
    desk.show(&CheckInPage {
        needs: need_codes(),
        events: kiosk::event_codes(),
        accesses: kiosk::access_codes(),
        form: CheckInForm { person: whom.person, ..CheckInForm::default() },
        found,
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn host_check_in(desk: Desk, Input(form): Input<CheckInForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let once = Once::look(&desk, &mut tx, "check_in", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "checked-in");
    }
    let mut faults = Faults::default();
    let office = desk.office()?;
    let kiosk = desk.actor().is_kiosk();
    let mode = if kiosk { Mode::SelfService } else { Mode::Host };
    let arrived = check_in(&desk, &mut tx, office, &form, mode, &mut faults).await?;
    let Some(arrived) = arrived else {
        let faults = faults.into_list();
        let page = CheckInPage {
            needs: need_codes(),
            events: kiosk::event_codes(),
            accesses: kiosk::access_codes(),
            once: form.once.clone(),
            form,
            found: None,
            faults: faults.clone(),
        };
        return desk.again(&page, faults);
    };
    let location = format!("/visits/{}", arrived.id);
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.app().pulse.beat(office, arrived.concerned, desk.now());
    desk.done(&location, "checked-in")
}

/// Why a need points where it points.
#[derive(Serialize, ToSchema)]
pub(crate) struct BecauseLine {
    pub(crate) need: String,
    pub(crate) agencies: Vec<String>,
}

/// An agency that the visit concerns.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgencyLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) took_part: bool,
}

/// A line of the visit's history.
#[derive(Serialize, ToSchema)]
pub(crate) struct VisitEventLine {
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) who: String,
}

/// What was told before.
#[derive(Serialize, ToSchema)]
pub(crate) struct EarlierLine {
    pub(crate) day: String,
    pub(crate) needs: Vec<String>,
    pub(crate) account: String,
    pub(crate) outcome: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) office: String,
}

/// Something that was noted of a visit, as a code of a closed list.
#[derive(Serialize, ToSchema)]
pub(crate) struct MarkLine {
    /// `event`, `guidance`, `offer`, `access` or `go_ask`.
    pub(crate) kind: String,
    /// Its code.
    pub(crate) code: String,
}

/// Where a decision went.
#[derive(Serialize, ToSchema)]
pub(crate) struct WayLine {
    pub(crate) agency: String,
    pub(crate) subject: String,
    pub(crate) unit: String,
    pub(crate) district: String,
    pub(crate) office: String,
    pub(crate) away: bool,
}

/// One visit.
#[derive(Serialize, ToSchema)]
pub(crate) struct VisitPage {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) ticket: i64,
    pub(crate) office: String,
    pub(crate) state: String,
    pub(crate) person: Option<String>,
    pub(crate) may_read_person: bool,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) language: String,
    pub(crate) needs: Vec<String>,
    pub(crate) account: String,
    /// Whether something that was told is withheld, because another agency would have to tell it.
    pub(crate) withheld: bool,
    pub(crate) mode: String,
    pub(crate) track: String,
    pub(crate) first_track: String,
    pub(crate) track_reason: String,
    pub(crate) because: Vec<BecauseLine>,
    pub(crate) agencies: Vec<AgencyLine>,
    pub(crate) arrived_at: i64,
    pub(crate) closed_at: Option<i64>,
    pub(crate) server: String,
    pub(crate) mine: bool,
    pub(crate) host: bool,
    pub(crate) outcome: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) step_what: Option<String>,
    pub(crate) step_unit: String,
    pub(crate) step_owner: String,
    pub(crate) step_on: Option<String>,
    pub(crate) step_place: Option<String>,
    pub(crate) case: Option<String>,
    pub(crate) told_again: i64,
    pub(crate) tracks: Vec<String>,
    pub(crate) events: Vec<VisitEventLine>,
    pub(crate) earlier: Vec<EarlierLine>,
    /// What was noted beside the outcome: the event of life, needs of access, and more.
    pub(crate) marks: Vec<MarkLine>,
    pub(crate) ways: Vec<WayLine>,
    pub(crate) alike: Vec<PersonLine>,
    pub(crate) sent: IdentifyForm,
    pub(crate) sent_reason: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(VisitPage, "reception/pages/visit.html");

fn codes(needs: &[Need]) -> Vec<String> {
    needs.iter().map(|need| need.as_str().to_owned()).collect()
}

pub(super) async fn visit_page(
    desk: &Desk,
    link: &mut crate::db::Link,
    permit: &Permit,
) -> Result<VisitPage, Fault> {
    let stored = store::read(link, permit).await?;
    let whole = stored.is_whole(permit.counter());
    let stored = stored.told_at(permit.counter());
    let (name, number) = match permit.person() {
        Some(_) => {
            let person = persons::read(link, permit).await?;
            (person.name(), person.number)
        }
        None => (stored.spoken_name.clone(), String::new()),
    };
    let may_read_person = match stored.person {
        Some(id) => {
            desk.permit_quietly(link, Action::ReadPerson, Subject::Person(id)).await?.is_some()
        }
        None => false,
    };
    let case = slip::readable_case(desk, link, &stored).await?;
    let actor = desk.actor();
    let sorting = sort(&stored.needs);
    let agencies = store::agencies(link, permit).await?;
    let events = store::events(link, permit).await?;
    // What the own agency was told before is its own.
    let earlier = store::earlier(link, permit, actor.agency).await?;
    let ways = if whole { ways::ways(link, permit).await? } else { Vec::new() };
    // What is needed to be met on equal terms tells of no agency; the rest may.
    let mut marks = store::marks(link, permit).await?;
    marks.retain(|(kind, _)| whole || kind == "access");
    let (given, family) = stored.spoken_name.rsplit_once(' ').unwrap_or(("", &stored.spoken_name));
    let said = IdentifyForm {
        given: given.to_owned(),
        family: family.to_owned(),
        ..IdentifyForm::default()
    };
    let visit = &stored.visit;
    Ok(VisitPage {
        id: visit.id.to_string(),
        version: stored.version,
        ticket: stored.ticket,
        office: stored.office_name,
        state: match visit.state {
            VisitState::Waiting => "waiting",
            VisitState::Serving { .. } => "serving",
            VisitState::Closed { .. } => "closed",
        }
        .to_owned(),
        person: stored.person.map(|id| id.to_string()),
        may_read_person,
        name,
        number,
        language: stored.language,
        needs: codes(&stored.needs),
        account: stored.account,
        withheld: !whole,
        mode: visit.mode.as_str().to_owned(),
        track: visit.track.as_str().to_owned(),
        first_track: visit.first_track.as_str().to_owned(),
        track_reason: visit.track_reason.clone(),
        because: sorting
            .because
            .iter()
            .map(|b| BecauseLine {
                need: b.need.as_str().to_owned(),
                agencies: b.agencies.iter().map(|kind| kind.as_str().to_owned()).collect(),
            })
            .collect(),
        agencies: agencies
            .into_iter()
            .map(|(id, name, kind, took_part)| AgencyLine {
                id: id.to_string(),
                name,
                kind,
                took_part,
            })
            .collect(),
        arrived_at: stored.arrived_at.as_microsecond(),
        closed_at: stored.closed_at,
        mine: stored.server.map(|id| id.0) == actor.id,
        host: actor.role == Some(Role::Host),
        server: stored.server_name,
        outcome: stored.outcome,
        answer: stored.answer,
        step_what: stored.step_what,
        step_unit: stored.step_unit,
        step_owner: stored.step_owner,
        step_on: stored.step_on,
        step_place: stored.step_place,
        case: case.map(|id| id.to_string()),
        told_again: stored.told_again,
        tracks: Track::ALL.iter().map(|t| t.as_str().to_owned()).collect(),
        events: events
            .into_iter()
            .map(|(at, kind, who, _)| VisitEventLine { at, kind, who })
            .collect(),
        earlier: earlier
            .into_iter()
            .map(|e| EarlierLine {
                day: e.day,
                needs: codes(&e.needs),
                account: e.account,
                outcome: e.outcome,
                answer: e.answer,
                office: e.office,
            })
            .collect(),
        marks: marks.into_iter().map(|(kind, code)| MarkLine { kind, code }).collect(),
        ways: ways
            .into_iter()
            .map(|(agency, subject, unit, district, office, away)| WayLine {
                agency,
                subject,
                unit,
                district,
                office,
                away,
            })
            .collect(),
        alike: Vec::new(),
        sent: said,
        sent_reason: String::new(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadVisit, Subject::Visit(id)).await?;
    let page = visit_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Which version of the visit was shown.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct VersionForm {
    /// The version that was shown; empty to act on whatever is there.
    #[serde(default)]
    pub(crate) version: String,
}

/// Reads the visit for an act and refuses an act on a page that is out of date.
pub(super) async fn current(tx: &mut Tx, permit: &Permit, version: &str) -> Result<Stored, Fault> {
    let mut stored = store::read(tx, permit).await?;
    if !stored.is_whole(permit.counter()) {
        // What is not told here does not get into what is made of it either.
        stored.account.clear();
    }
    if stored.closed_at.is_some() {
        return Err(Fault::conflict("visit-closed"));
    }
    let shown: Option<i64> = version.trim().parse().ok();
    if shown.is_some_and(|shown| shown != stored.version) {
        return Err(Fault::conflict("stale"));
    }
    Ok(stored)
}

pub(super) fn refused(fault: VisitFault) -> Fault {
    match fault {
        VisitFault::Reason(text) => Fault::field("reason", text.code()),
        other => Fault::conflict(other.code()),
    }
}

pub(super) fn beat(desk: &Desk, stored: &Stored) {
    desk.app().pulse.beat(stored.office, stored.concerns(), desk.now());
}

async fn take(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<VersionForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeVisit, Subject::Visit(id)).await?;
    let stored = current(&mut tx, &permit, &form.version).await?;
    let host = desk.actor().role == Some(Role::Host);
    let taken = stored.visit.clone().take(worker.id, host).map_err(refused)?;
    store::save(&mut tx, &permit, &taken, stored.version, desk.now()).await?;
    let detail = json!({ "mode": taken.mode.as_str() });
    store::event(&mut tx, &permit, id, "called", desk.actor().id, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    beat(&desk, &stored);
    desk.done(&format!("/visits/{id}"), "visit-taken")
}

async fn put_back(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<VersionForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::TakeVisit, Subject::Visit(id)).await?;
    let stored = current(&mut tx, &permit, &form.version).await?;
    let waiting = stored.visit.clone().put_back().map_err(refused)?;
    store::save(&mut tx, &permit, &waiting, stored.version, desk.now()).await?;
    let actor = desk.actor().id;
    store::event(&mut tx, &permit, id, "put_back", actor, &json!({}), desk.now()).await?;
    desk.commit(tx).await?;
    beat(&desk, &stored);
    desk.done("/reception", "visit-put-back")
}

/// A corrected sorting.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct SortForm {
    /// Where to.
    #[serde(default)]
    pub(crate) track: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn sort_anew(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<SortForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SortVisit, Subject::Visit(id)).await?;
    let stored = current(&mut tx, &permit, &form.version).await?;
    let mut faults = Faults::default();
    let track = faults.choice("track", &form.track, Track::parse);
    let sorted = match track {
        Some(track) => match stored.visit.clone().sort_anew(track, &form.reason) {
            Ok(sorted) => Some(sorted),
            Err(VisitFault::Reason(text)) => {
                faults.add("reason", text.code());
                None
            }
            Err(VisitFault::SameTrack) => {
                faults.add("track", VisitFault::SameTrack.code());
                None
            }
            Err(other) => return Err(refused(other)),
        },
        None => None,
    };
    let Some(sorted) = sorted else {
        let faults = faults.into_list();
        let reader = desk.permit(&mut tx, Action::ReadVisit, Subject::Visit(id)).await?;
        let mut page = visit_page(&desk, &mut tx, &reader).await?;
        page.sent_reason = form.reason;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    store::save(&mut tx, &permit, &sorted, stored.version, desk.now()).await?;
    let detail = json!({ "from": stored.visit.track.as_str(), "to": sorted.track.as_str() });
    store::event(&mut tx, &permit, id, "sorted", desk.actor().id, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    beat(&desk, &stored);
    desk.done(&format!("/visits/{id}"), "visit-sorted")
}

/// Who the visitor is.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct IdentifyForm {
    /// A person who was found.
    #[serde(default)]
    pub(crate) person: String,
    /// Given name.
    #[serde(default)]
    pub(crate) given: String,
    /// Family name.
    #[serde(default)]
    pub(crate) family: String,
    /// Identity number.
    #[serde(default)]
    pub(crate) number: String,
    /// Birth date, when there is no number.
    #[serde(default)]
    pub(crate) born_on: String,
    /// `yes` when those who look alike are others.
    #[serde(default)]
    pub(crate) none_of_these: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn identify(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<IdentifyForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SortVisit, Subject::Visit(id)).await?;
    let stored = current(&mut tx, &permit, &form.version).await?;
    let register = desk.permit(&mut tx, Action::RegisterPerson, Subject::Duty).await?;
    let mut faults = Faults::default();
    let as_check_in = CheckInForm {
        person: form.person.clone(),
        given: form.given.clone(),
        family: form.family.clone(),
        number: form.number.clone(),
        language: stored.language.clone(),
        ..CheckInForm::default()
    };
    let mut person = recognise(&desk, &mut tx, &register, &as_check_in, &mut faults).await?;
    let mut alike = Vec::new();
    if person.is_none() && faults.is_empty() {
        match closing::person_without_number(
            &desk,
            &mut tx,
            &register,
            (&form, &stored.language),
            &mut faults,
        )
        .await?
        {
            closing::Unnumbered::New(id) => person = Some(id),
            closing::Unnumbered::Alike(list) => alike = list,
            closing::Unnumbered::Refused => {}
        }
    }
    let (Some(person), true) = (person, faults.is_empty()) else {
        if !alike.is_empty() {
            faults.add("none_of_these", "person-alike");
        }
        let faults = faults.into_list();
        let reader = desk.permit(&mut tx, Action::ReadVisit, Subject::Visit(id)).await?;
        let mut page = visit_page(&desk, &mut tx, &reader).await?;
        page.alike = alike;
        page.sent = IdentifyForm { number: String::new(), ..form };
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    store::identify(&mut tx, &permit, person, &stored.needs, stored.version, desk.now()).await?;
    let actor = desk.actor().id;
    store::event(&mut tx, &permit, id, "identified", actor, &json!({}), desk.now()).await?;
    desk.note(crate::journal::Entry {
        action: register.action(),
        ground: Some(register.ground()),
        subject: (crate::journal::SubjectKind::Visit, Some(id.0)),
        persons: vec![person.0],
        detail: serde_json::Value::Null,
    });
    desk.commit(tx).await?;
    beat(&desk, &stored);
    desk.done(&format!("/visits/{id}"), "visit-identified")
}
