//! The register of information flows, kept by the privacy owner.

use std::collections::BTreeSet;

use axum::extract::Path;
use onedoor_domain::ids::{AgencyId, FlowId, StaffId};
use onedoor_domain::secrecy::{Action, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::disclosures::Passed;
use super::flows::{self, Flow, Said};
use super::store;
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<FlowsPage, _, _>("/flows", "The register of information flows", list)
        .act::<FlowForm, _, _>("/flows", "Registers a flow", add)
        .act::<FlowForm, _, _>("/flows/{id}", "Changes what is said about a flow", change)
        .act::<SmallestForm, _, _>(
            "/flows/smallest-count",
            "Sets the smallest count of persons that is shown",
            smallest,
        )
}

/// A flow in the register.
#[derive(Serialize, ToSchema)]
pub(crate) struct FlowLine {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) from: String,
    pub(crate) from_name: String,
    pub(crate) to: String,
    pub(crate) to_name: String,
    pub(crate) purpose: String,
    pub(crate) ground: String,
    pub(crate) question_privacy: String,
    pub(crate) question_secrecy: String,
    pub(crate) question_it: String,
    /// Whether it is open: it has a ground and no question is left.
    pub(crate) clarified: bool,
    pub(crate) changed_at: i64,
    pub(crate) version: i64,
}

/// The register, with what is to be clarified first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FlowsPage {
    pub(crate) lines: Vec<FlowLine>,
    pub(crate) blocked: i64,
    pub(crate) kinds: Vec<String>,
    pub(crate) purposes: Vec<String>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) smallest: i64,
    pub(crate) form: FlowForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(FlowsPage, "consent/pages/flows.html");

/// A flow as it is typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct FlowForm {
    /// `view`, `message`, `list` or `export`.
    #[serde(default)]
    pub(crate) kind: String,
    /// Who tells.
    #[serde(default)]
    pub(crate) from: String,
    /// Who is told.
    #[serde(default)]
    pub(crate) to: String,
    /// What for.
    #[serde(default)]
    pub(crate) purpose: String,
    /// The ground, when it is clarified.
    #[serde(default)]
    pub(crate) ground: String,
    /// What is open about privacy.
    #[serde(default)]
    pub(crate) question_privacy: String,
    /// What is open about the duty of secrecy.
    #[serde(default)]
    pub(crate) question_secrecy: String,
    /// What is open about systems and their use.
    #[serde(default)]
    pub(crate) question_it: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<FlowsPage, Fault> {
    let lines: Vec<FlowLine> = flows::all(link, permit)
        .await?
        .into_iter()
        .map(|one| FlowLine {
            id: one.id.to_string(),
            kind: one.kind,
            from: one.from.0.to_string(),
            from_name: one.from.1,
            to: one.to.0.to_string(),
            to_name: one.to.1,
            purpose: one.purpose,
            ground: one.said.ground,
            question_privacy: one.said.privacy,
            question_secrecy: one.said.secrecy,
            question_it: one.said.it,
            clarified: one.clarified,
            changed_at: one.changed_at,
            version: one.version,
        })
        .collect();
    Ok(FlowsPage {
        blocked: i64::try_from(lines.iter().filter(|line| !line.clarified).count()).unwrap_or(0),
        lines,
        kinds: Passed::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        purposes: Purpose::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        agencies: store::agencies(link, desk.actor().office).await?,
        smallest: flows::smallest_left_out(link).await?,
        form: FlowForm::default(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFlows, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

fn said(form: &FlowForm, faults: &mut Faults) -> Said {
    let said = Said {
        ground: faults.optional_line("ground", &form.ground),
        privacy: faults.optional_paragraph("question_privacy", &form.question_privacy),
        secrecy: faults.optional_paragraph("question_secrecy", &form.question_secrecy),
        it: faults.optional_paragraph("question_it", &form.question_it),
    };
    let nothing_asked = said.privacy.is_empty() && said.secrecy.is_empty() && said.it.is_empty();
    if said.ground.is_empty() && nothing_asked && faults.is_empty() {
        // A flow has a ground, or a question; without either nobody would look at it.
        faults.add("ground", "flow-ground-or-question");
    }
    said
}

async fn again(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: FlowForm,
    faults: Faults,
) -> Reply {
    let mut page = page(desk, link, permit).await?;
    page.form = form;
    page.faults = faults.into_list();
    let faults = page.faults.clone();
    desk.again(&page, faults)
}

fn note(desk: &Desk, permit: &Permit, clarified: bool) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: json!({ "clarified": clarified }),
    });
}

async fn add(desk: Desk, Input(form): Input<FlowForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditFlow, Subject::Duty).await?;
    let mut faults = Faults::default();
    let known: BTreeSet<String> = store::agencies(&mut tx, desk.actor().office)
        .await?
        .into_iter()
        .map(|one| one.id)
        .collect();
    let mut agency = |field: &str, value: &str| -> Option<AgencyId> {
        let id = value.trim().parse::<AgencyId>().ok().filter(|id| known.contains(&id.to_string()));
        if id.is_none() {
            faults.add(field, "choose");
        }
        id
    };
    let from = agency("from", &form.from);
    let to = agency("to", &form.to);
    if from.is_some() && from == to {
        faults.add("to", "consent-same-agency");
    }
    let kind = faults.choice("kind", &form.kind, Passed::parse);
    let purpose = faults.choice("purpose", &form.purpose, Purpose::parse);
    let said = said(&form, &mut faults);
    let (Some(kind), Some(from), Some(to), Some(purpose), true) =
        (kind, from, to, purpose, faults.is_empty())
    else {
        return again(&desk, &mut tx, &permit, form, faults).await;
    };
    let flow = Flow { kind, from, to, purpose };
    if flows::find(&mut tx, flow).await?.is_some() {
        faults.add("kind", "flow-there-already");
        return again(&desk, &mut tx, &permit, form, faults).await;
    }
    let by = desk.actor().id.map(StaffId);
    flows::insert(&mut tx, &permit, flow, &said, by, desk.now()).await?;
    note(&desk, &permit, said.clarified());
    desk.commit(tx).await?;
    desk.done("/flows", "flow-saved")
}

async fn change(desk: Desk, Path(id): Path<FlowId>, Input(form): Input<FlowForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditFlow, Subject::Duty).await?;
    let there = flows::all(&mut tx, &permit).await?;
    let now = there.into_iter().find(|one| one.id == id).ok_or(Fault::Hidden)?;
    let mut faults = Faults::default();
    let said = said(&form, &mut faults);
    if !faults.is_empty() {
        return again(&desk, &mut tx, &permit, form, faults).await;
    }
    let version = form.version.trim().parse().unwrap_or(now.version);
    let by = desk.actor().id.map(StaffId);
    flows::update(&mut tx, &permit, (id, version), &said, by, desk.now()).await?;
    note(&desk, &permit, said.clarified());
    desk.commit(tx).await?;
    desk.done("/flows", "flow-saved")
}

/// The smallest count of persons that is shown.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SmallestForm {
    /// From 2 to 20.
    #[serde(default)]
    pub(crate) smallest: String,
}

async fn smallest(desk: Desk, Input(form): Input<SmallestForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditFlow, Subject::Duty).await?;
    let number: Option<i64> = form.smallest.trim().parse().ok();
    let Some(number) = number.filter(|number| (2..=20).contains(number)) else {
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.faults.push(FieldFault::new("smallest", "smallest-count"));
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    };
    flows::set_smallest(&mut tx, &permit, number).await?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: json!({ "smallest_count": number }),
    });
    desk.commit(tx).await?;
    desk.done("/flows", "flow-saved")
}
