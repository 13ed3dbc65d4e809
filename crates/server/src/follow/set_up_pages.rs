//! What a place has agreed about who leads what, and whom an office follows up (REQ-FOLL-01,
//! REQ-FOLL-13).

use onedoor_domain::follow::{Area, Variant};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{lists, store};
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<SetUpFollowPage, _, _>("/following/set-up", "Who leads what at this place", show)
        .act::<RuleForm, _, _>("/following/set-up", "Says who leads an area", set_rule)
        .act::<EverybodyForm, _, _>(
            "/following/everybody",
            "Says whether the office follows up everybody",
            set_everybody,
        )
}

/// What is agreed of an area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RuleLine {
    pub(crate) area: String,
    /// The kind of agency that leads it where nothing is agreed.
    pub(crate) usual: String,
    /// What holds today; empty for the default.
    pub(crate) variant: String,
    /// What holds from a later day: variant and day.
    pub(crate) coming: String,
    pub(crate) coming_on: String,
}

/// Who leads what.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetUpFollowPage {
    pub(crate) lines: Vec<RuleLine>,
    pub(crate) everybody: bool,
    pub(crate) may_set: bool,
    pub(crate) areas: Vec<String>,
    pub(crate) variants: Vec<String>,
    pub(crate) form: RuleForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(SetUpFollowPage, "follow/pages/set_up.html");

/// What is agreed, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RuleForm {
    /// The area.
    #[serde(default)]
    pub(crate) area: String,
    /// `employment`, `provider`, `social` or `shared`.
    #[serde(default)]
    pub(crate) variant: String,
    /// From which day; today or later.
    #[serde(default)]
    pub(crate) from: String,
}

/// Whom the office follows up.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EverybodyForm {
    /// `yes` for everybody, anything else for the target groups.
    #[serde(default)]
    pub(crate) everybody: String,
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: RuleForm,
    faults: Vec<FieldFault>,
) -> Result<SetUpFollowPage, Fault> {
    let office = desk.office()?;
    let today = desk.today().to_string();
    let rules = lists::rules(link, permit, office).await?;
    let lines = Area::ALL.iter().map(|area| {
        let of = || rules.iter().filter(move |(code, _, _)| code == area.as_str());
        let now = of().find(|(_, _, from)| *from <= today);
        let coming = of().rfind(|(_, _, from)| *from > today);
        RuleLine {
            area: area.as_str().to_owned(),
            usual: area.default_lead().as_str().to_owned(),
            variant: now.map(|(_, variant, _)| variant.clone()).unwrap_or_default(),
            coming: coming.map(|(_, variant, _)| variant.clone()).unwrap_or_default(),
            coming_on: coming.map(|(_, _, from)| from.clone()).unwrap_or_default(),
        }
    });
    Ok(SetUpFollowPage {
        lines: lines.collect(),
        everybody: store::follows_everybody(link, office, desk.today()).await?,
        may_set: desk.may(link, Action::SetFollowUp, Subject::Duty).await?,
        areas: Area::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        variants: Variant::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFollowLists, Subject::Duty).await?;
    let form = RuleForm { from: desk.today().to_string(), ..RuleForm::default() };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

fn note(desk: &Desk, permit: &Permit, what: &str) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what }),
    });
}

async fn set_rule(desk: Desk, Input(form): Input<RuleForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetFollowUp, Subject::Duty).await?;
    let mut faults = Faults::default();
    let area = faults.choice("area", &form.area, Area::parse);
    let variant = faults.choice("variant", &form.variant, Variant::parse);
    let from = faults.date("from", &form.from);
    if from.is_some_and(|from| from < desk.today()) {
        faults.add("from", "step-past");
    }
    let (Some(area), Some(variant), Some(from), true) = (area, variant, from, faults.is_empty())
    else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let by = (worker.id, desk.now());
    lists::set_rule(&mut tx, &permit, office, (area, variant, from), by).await?;
    note(&desk, &permit, "rule");
    desk.commit(tx).await?;
    desk.done("/following/set-up", "follow-set")
}

async fn set_everybody(desk: Desk, Input(form): Input<EverybodyForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetFollowUp, Subject::Duty).await?;
    let set = (form.everybody == "yes", desk.today());
    lists::set_everybody(&mut tx, &permit, office, set, worker.id).await?;
    note(&desk, &permit, "everybody");
    desk.commit(tx).await?;
    desk.done("/following/set-up", "follow-set")
}
