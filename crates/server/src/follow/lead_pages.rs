//! Who leads which area: at the beginning by what the place has agreed, afterwards by asking and
//! saying yes (REQ-FOLL-01, REQ-FOLL-02).

use axum::extract::Path;
use onedoor_domain::follow::{Area, LeadAct, Variant};
use onedoor_domain::ids::{PersonId, ProviderId, UnitId};
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{Action, Category, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::{PURPOSE, seen};
use super::store;
use crate::db::Link;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::walls::{self, Held, Standing};
use crate::web::{Desk, Fault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().act::<LeadForm, _, _>(
        "/persons/{id}/following/leads/{area}",
        "Asks over the lead of an area, or answers",
        lead,
    )
}

/// REQ-FOLL-01, REQ-FOLL-02: every area gets its lead at once: who the place has agreed, else the
/// default. An agency that may not know of the person leads nothing: the one that takes the person
/// in does, until somebody else says yes.
pub(super) async fn first_leads(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    provider: Option<ProviderId>,
) -> Result<Vec<(Area, Result<UnitId, ProviderId>)>, Fault> {
    let office = desk.office()?;
    let worker = desk.worker()?;
    let me = walls::giver_of(link, worker.agency, Some(office)).await?.ok_or(Fault::Denied)?;
    let standing = Standing::of(desk, link, permit).await?;
    let mut all = Vec::new();
    for area in Area::ALL {
        let agreed = store::variant(link, permit, office, (*area, desk.today())).await?;
        let kind = Variant::lead(agreed, *area, provider.is_some());
        let lead = match (kind, provider) {
            (None, Some(provider)) => Err(provider),
            (kind, _) => {
                let kind = kind.unwrap_or(area.default_lead());
                let unit = store::unit_of(link, office, kind.as_str(), desk.today()).await?;
                let told = unit.filter(|(_, agency)| {
                    *agency == worker.agency || {
                        let before = standing.before(*agency, kind);
                        [Category::Id, Category::Case].into_iter().all(|category| {
                            let verdict = before.judge(&me, PURPOSE, category, Held::default());
                            matches!(verdict, Some(Verdict::Permit(_)))
                        })
                    }
                });
                // One's own areas stay in one's own unit.
                let own = told.is_none_or(|(_, agency)| agency == worker.agency);
                Ok(told.filter(|_| !own).map_or(worker.unit, |(unit, _)| unit))
            }
        };
        all.push((*area, lead));
    }
    Ok(all)
}

/// What is done with the lead of an area.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LeadForm {
    /// The follow-up.
    #[serde(default)]
    pub(crate) follow_up: String,
    /// `ask`, `accept`, `refuse` or `withdraw`.
    #[serde(default)]
    pub(crate) act: String,
    /// The unit that is asked.
    #[serde(default)]
    pub(crate) unit: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// REQ-FOLL-02: the lead changes with a yes, and with nothing else. For a provider the agency whose
/// agreement it is asks and takes back.
async fn lead(
    desk: Desk,
    Path((id, area)): Path<(PersonId, String)>,
    Input(form): Input<LeadForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::KeepFollowUp, Subject::Person(id)).await?;
    let area = Area::parse(&area).ok_or(Fault::Hidden)?;
    let one = seen(&desk, &mut tx, &permit).await?;
    let one = one.into_iter().find(|one| one.id.to_string() == form.follow_up.trim());
    let one = one.ok_or(Fault::Hidden)?;
    let leads = store::leads(&mut tx, &permit, one.id).await?;
    let before = leads.into_iter().find(|lead| lead.area == area).ok_or(Fault::Hidden)?;
    let by = match before.provider {
        Some(provider) if one.agency == worker.agency => provider,
        _ => worker.unit.0,
    };
    let act = match form.act.trim() {
        "ask" => {
            let to = asked_unit(&desk, &mut tx, &permit, &form.unit).await?;
            LeadAct::Ask { by, to }
        }
        "accept" => LeadAct::Accept { by: worker.unit.0 },
        "refuse" => LeadAct::Refuse { by: worker.unit.0 },
        "withdraw" => LeadAct::Withdraw { by },
        _ => return Err(Fault::field("act", "choose")),
    };
    let after = before.lead.go(act).map_err(|fault| Fault::conflict(fault.code()))?;
    if form.version.trim().parse() != Ok(before.version) {
        return Err(Fault::conflict("stale"));
    }
    store::set_lead(&mut tx, &permit, one.id, &before, after, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/following"), "follow-lead-changed")
}

/// The unit that is asked to lead: of an agency that may know of the person.
async fn asked_unit(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    typed: &str,
) -> Result<Uuid, Fault> {
    let office = desk.office()?;
    let worker = desk.worker()?;
    let units = offices::units(link, office, desk.today()).await?;
    let unit = units.into_iter().find(|one| one.id == typed.trim());
    let unit = unit.ok_or_else(|| Fault::field("unit", "choose"))?;
    let me = walls::giver_of(link, worker.agency, Some(office)).await?.ok_or(Fault::Denied)?;
    let standing = Standing::of(desk, link, permit).await?;
    let here = offices::agencies_at(link, office, desk.today()).await?;
    let agency = here.into_iter().find(|one| one.name == unit.agency);
    let agency = agency.ok_or_else(|| Fault::field("unit", "choose"))?;
    let kind = AgencyKind::parse(&agency.kind).ok_or(Fault::Hidden)?;
    let before = standing.before(agency.id, kind);
    let told = agency.id == worker.agency
        || [Category::Id, Category::Case].into_iter().all(|category| {
            let verdict = before.judge(&me, PURPOSE, category, Held::default());
            matches!(verdict, Some(Verdict::Permit(_)))
        });
    if !told {
        return Err(Fault::field("unit", "meeting-walls"));
    }
    unit.id.to_string().parse().map_err(|_| Fault::Hidden)
}
