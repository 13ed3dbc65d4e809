//! Groups that solve matters together: who is in which, and setting one up (REQ-MEET-09).

use onedoor_domain::ids::StaffId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::groups::{self, GroupLine};
use super::series_pages::{about_nobody, note};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<GroupsPage, _, _>("/problem-groups", "Groups that solve matters together", show)
        .act::<GroupForm, _, _>("/problem-groups", "Sets up such a group", set_up)
        .creating()
}

/// A group as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct GroupForm {
    /// What it is called.
    #[serde(default)]
    pub(crate) name: String,
    /// For whom it is: the target group in a few words.
    #[serde(default)]
    pub(crate) target: String,
    /// Its members, besides the one who sets it up.
    #[serde(default)]
    pub(crate) with: Vec<String>,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The groups of the reader's office.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupsPage {
    pub(crate) lines: Vec<GroupLine>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) form: GroupForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(GroupsPage, "meeting/pages/groups.html");

impl GroupsPage {
    /// Whether a colleague is ticked.
    pub(crate) fn is_with(&self, id: &str) -> bool {
        self.form.with.iter().any(|one| one == id)
    }
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: GroupForm,
    faults: Vec<FieldFault>,
) -> Result<GroupsPage, Fault> {
    let (office, me) = (desk.office()?, desk.worker()?.id);
    let mut colleagues = offices::colleagues(link, office).await?;
    colleagues.retain(|one| one.id != me.to_string());
    let lines = groups::of_office(link, permit, office, me).await?;
    Ok(GroupsPage { lines, colleagues, form, faults })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ArrangeMeeting, Subject::Duty).await?;
    let form = GroupForm { once: crate::app::new_id().to_string(), ..GroupForm::default() };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

async fn set_up(desk: Desk, Input(form): Input<GroupForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ArrangeMeeting, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "meeting.group", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "meeting-group-set");
    }
    let mut faults = Faults::default();
    let name = faults.line("name", &form.name);
    let target = faults.line("target", &form.target);
    for (field, text) in [("name", &name), ("target", &target)] {
        about_nobody(&mut faults, field, text);
    }
    let mut members: Vec<StaffId> = vec![worker.id];
    for text in form.with.iter().take(50) {
        let one: Option<StaffId> = text.trim().parse().ok();
        let known = match one {
            Some(one) => offices::worker(&mut tx, one).await?,
            None => None,
        };
        match known.filter(|known| known.worker.on_duty) {
            Some(known) => members.push(known.worker.id),
            None => faults.add("with", "choose"),
        }
    }
    members.sort_unstable();
    members.dedup();
    if members.len() < 2 {
        faults.add("with", "meeting-with");
    }
    if !faults.is_empty() {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    }
    let whose = (worker.id, desk.now());
    let called = (name.as_str(), target.as_str(), office);
    let id = groups::add(&mut tx, &permit, called, &members, whose).await?;
    note(&desk, &permit, "group", id);
    once.save(&desk, &mut tx, "/problem-groups").await?;
    desk.commit(tx).await?;
    desk.done("/problem-groups", "meeting-group-set")
}
