//! Standing teams on pages.

use axum::extract::{Path, Query};
use onedoor_domain::ids::{CaseId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::teams::{self, MemberLine, ParticipantLine, Team, TeamLine};
use crate::agreement::note;
use crate::case;
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of teams.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<TeamsPage, _, _>("/teams", "Standing teams at an office of the caller's", list)
        .asking(&["office"])
        .act::<TeamForm, _, _>("/teams", "Sets up a team of two or more agencies", add)
        .see::<TeamPage, _, _>("/teams/{id}", "One team, its members and participants", show)
        .asking(&["after"])
        .act::<MemberForm, _, _>("/teams/{id}/members", "Takes somebody into the team", join)
        .act::<MemberForm, _, _>("/teams/{id}/leave", "Lets somebody out of the team", leave)
        .act::<ParticipantForm, _, _>("/teams/{id}/participants", "Takes in a case", take)
}

/// A team as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TeamForm {
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// The first members, of two or more agencies.
    #[serde(default)]
    pub(crate) members: Vec<String>,
    /// The office; the first that the caller leads where it is empty.
    #[serde(default)]
    pub(crate) office: String,
}

#[derive(Default, Deserialize)]
struct AskedTeams {
    #[serde(default)]
    office: String,
}

impl TeamForm {
    /// Whether somebody was ticked.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.members.iter().any(|it| it == id)
    }
}

/// The teams of an office.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TeamsPage {
    /// The office that it is about.
    pub(crate) office: String,
    /// The offices that the reader leads.
    pub(crate) offices: Vec<Choice>,
    pub(crate) teams: Vec<TeamLine>,
    pub(crate) may_write: bool,
    pub(crate) people: Vec<Choice>,
    pub(crate) form: TeamForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TeamsPage, "staffing/pages/teams.html");

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: &str,
) -> Result<TeamsPage, Fault> {
    let it = offices::chosen(desk, link, asked).await?;
    Ok(TeamsPage {
        teams: teams::list(link, permit, (it.office, it.leads)).await?,
        may_write: it.leads,
        people: offices::colleagues(link, it.office).await?,
        office: it.office.to_string(),
        offices: it.offices,
        ..TeamsPage::default()
    })
}

async fn list(desk: Desk, Query(asked): Query<AskedTeams>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, &asked.office).await?;
    desk.show(&page)
}

async fn add(desk: Desk, Input(form): Input<TeamForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let office = offices::chosen(&desk, &mut tx, &form.office).await?.office;
    let mut faults = Faults::default();
    let name = faults.line("name", &form.name);
    let mut people = Vec::new();
    for id in &form.members {
        let known = match id.trim().parse().map(StaffId) {
            Ok(id) => offices::carrier(&mut tx, id).await?,
            Err(_) => None,
        };
        match known.filter(|it| it.worker.on_duty && it.office == office) {
            Some(known) => people.push(known.worker),
            None => faults.add("members", "choose"),
        }
    }
    let first = people.first().map(|it| it.agency);
    if people.iter().all(|it| Some(it.agency) == first) {
        faults.add("members", "team-one-agency");
    }
    if !faults.is_empty() {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit, &form.office).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    }
    let id = teams::add(&mut tx, &permit, (office, &name), desk.today()).await?;
    for worker in people {
        teams::join(&mut tx, &permit, (id, worker.id), desk.today()).await?;
    }
    note(&desk, &permit, "team", id);
    desk.commit(tx).await?;
    desk.done(&format!("/teams/{id}"), "team-kept")
}

/// Somebody of the staff.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MemberForm {
    /// Who.
    #[serde(default)]
    pub(crate) staff: String,
}

/// A case that the team is to own jointly.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ParticipantForm {
    /// The case that the caller carries.
    #[serde(default)]
    pub(crate) case: String,
}

/// One team.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TeamPage {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) members: Vec<MemberLine>,
    pub(crate) participants: Vec<ParticipantLine>,
    pub(crate) next: Option<String>,
    pub(crate) leads: bool,
    pub(crate) member: bool,
    pub(crate) people: Vec<Choice>,
    pub(crate) form: MemberForm,
    pub(crate) taken: ParticipantForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TeamPage, "staffing/pages/team.html");

/// Leaves out what another agency carries and the walls no longer let cross (REQ-INFO-03).
async fn crossing(
    desk: &Desk,
    link: &mut Link,
    lines: Vec<ParticipantLine>,
) -> Result<Vec<ParticipantLine>, Fault> {
    let mut crossing = Vec::with_capacity(lines.len());
    for line in lines {
        let own = line.carrier.is_some() && line.carrier == desk.actor().agency;
        let case = line.id.parse().map(Subject::Case);
        if own || matches!(case, Ok(case) if desk.may(link, Action::ReadCase, case).await?) {
            crossing.push(line);
        }
    }
    Ok(crossing)
}

async fn team_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (id, after): (Uuid, Uuid),
) -> Result<TeamPage, Fault> {
    let team: Team = teams::one(link, permit, id).await?.ok_or(Fault::Hidden)?;
    let actor = desk.actor();
    let me = desk.worker()?.id.to_string();
    let members = teams::members(link, permit, id).await?;
    let member = members.iter().any(|it| it.id == me && it.until.is_none());
    let leads = offices::led_by(link, actor).await?.contains(&team.office);
    let (mut participants, mut next) = (Vec::new(), None);
    // The team owns them together: only its members, and who leads them, see who they are.
    if member || leads {
        participants = teams::participants(link, permit, (id, after), actor).await?;
        let page = usize::try_from(teams::PAGE).unwrap_or(50);
        let more = participants.len() > page;
        participants.truncate(page);
        next = participants.last().filter(|_| more).map(|it| it.id.clone());
        participants = crossing(desk, link, participants).await?;
        for it in &mut participants {
            it.outside = !members.iter().any(|m| m.id == it.staff && m.until.is_none());
        }
        desk.note_seen(permit, participants.iter().map(|it| it.person));
    }
    Ok(TeamPage {
        id: id.to_string(),
        name: team.name,
        office: team.office_name,
        from: team.from,
        members,
        participants,
        next,
        leads,
        member,
        people: if leads { offices::colleagues(link, team.office).await? } else { Vec::new() },
        ..TeamPage::default()
    })
}

#[derive(Default, Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

async fn show(desk: Desk, Path(id): Path<Uuid>, Query(asked): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let after = asked.after.parse().unwrap_or_else(|_| Uuid::nil());
    let page = team_page(&desk, &mut conn, &permit, (id, after)).await?;
    desk.show(&page)
}

async fn join(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<MemberForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut page = team_page(&desk, &mut tx, &permit, (id, Uuid::nil())).await?;
    if !page.leads {
        return Err(Fault::Denied);
    }
    let known = page.people.iter().any(|it| it.id == form.staff.trim());
    let (Ok(staff), true) = (form.staff.parse().map(StaffId), known) else {
        let list = vec![FieldFault::new("staff", "choose")];
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let there = page.members.iter().any(|it| it.id == form.staff.trim() && it.until.is_none());
    if !there {
        teams::join(&mut tx, &permit, (id, staff), desk.today()).await?;
    }
    note(&desk, &permit, "team-member", staff);
    desk.commit(tx).await?;
    desk.done(&format!("/teams/{id}"), "team-member-in")
}

async fn leave(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<MemberForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut page = team_page(&desk, &mut tx, &permit, (id, Uuid::nil())).await?;
    if !page.leads {
        return Err(Fault::Denied);
    }
    let staying: std::collections::BTreeSet<_> = page
        .members
        .iter()
        .filter(|it| it.until.is_none() && it.id != form.staff.trim())
        .filter_map(|it| it.agency_id)
        .collect();
    let Ok(staff) = form.staff.parse().map(StaffId) else {
        return Err(Fault::field("staff", "choose"));
    };
    if staying.len() < 2 {
        let list = vec![FieldFault::new("staff", "team-one-agency")];
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    }
    teams::leave(&mut tx, &permit, (id, staff), desk.today()).await?;
    note(&desk, &permit, "team-left", staff);
    desk.commit(tx).await?;
    desk.done(&format!("/teams/{id}"), "team-member-out")
}

/// REQ-ORG-12: every agency of the team gets a part in the case, as far as the walls let it; the
/// responsible worker, who must be a member, stays the only one.
async fn take(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ParticipantForm>) -> Reply {
    let Ok(case) = form.case.trim().parse::<CaseId>() else {
        return Err(Fault::field("case", "choose"));
    };
    let mut tx = desk.begin().await?;
    let reader = desk.permit(&mut tx, Action::ReadArrangements, Subject::Duty).await?;
    let mut page = team_page(&desk, &mut tx, &reader, (id, Uuid::nil())).await?;
    let permit = desk.permit(&mut tx, Action::PlanCase, Subject::Case(case)).await?;
    let stored = case::store::read(&mut tx, &permit).await?;
    let responsible = stored.case.responsible;
    let mut faults = Faults::default();
    let is_member =
        |id: StaffId| page.members.iter().any(|it| it.until.is_none() && it.id == id.to_string());
    if stored.closed.is_some() {
        return Err(Fault::conflict("case-closed"));
    }
    if !is_member(responsible.id) {
        faults.add("case", "team-not-member");
    }
    let agencies: std::collections::BTreeSet<_> =
        page.members.iter().filter(|it| it.until.is_none()).filter_map(|it| it.agency_id).collect();
    if faults.is_empty() {
        for agency in agencies {
            let way = (responsible.agency, agency);
            if let Some(code) = case::tell(&desk, &mut tx, &permit, way).await? {
                faults.add("case", code);
                break;
            }
            case::store::add_agency(&mut tx, &permit, case, agency, desk.now()).await?;
        }
    }
    if !faults.is_empty() {
        let list = faults.into_list();
        page.taken = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    }
    teams::take(&mut tx, &permit, case, Some(id)).await?;
    let detail = json!({ "to": page.name });
    let actor = desk.actor().id;
    case::history::event(&mut tx, &permit, case, "team", actor, &detail, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/teams/{id}"), "team-took")
}
