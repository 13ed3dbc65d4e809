//! Adding an item to a plan: proposed to whoever is to do it, and nobody's promise yet.

use axum::extract::Path;
use onedoor_domain::ids::{PersonId, UnitId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::plan::clash::{Duty, Hours};
use onedoor_domain::plan::item::Load;
use onedoor_domain::plan::stage::Stage;
use onedoor_domain::plan::{ItemFault, Owner, Partner};
use onedoor_domain::record;
use onedoor_domain::secrecy::{Action, Categories};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{NewItem, add_to, pages};
use crate::db::Link;
use crate::office::store as offices;
use crate::policy::Subject;
use crate::service::store as catalogue;
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<ItemForm, _, _>("/persons/{id}/plan/items", "Proposes an item of a plan", add)
        .creating()
}

/// An item as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ItemForm {
    /// What it is for: a code of the list of needs.
    #[serde(default)]
    pub(crate) kind: String,
    /// What is done.
    #[serde(default)]
    pub(crate) what: String,
    /// `agency`, `person` or `partner`.
    #[serde(default)]
    pub(crate) owner: String,
    /// The unit of an agency; the caller's own when empty.
    #[serde(default)]
    pub(crate) unit: String,
    /// Who outside: `health`, `school`, `provider`, `employer` or `relatives`.
    #[serde(default)]
    pub(crate) partner: String,
    /// The stage.
    #[serde(default)]
    pub(crate) stage: String,
    /// The first day; may be empty.
    #[serde(default)]
    pub(crate) starts_on: String,
    /// The day until which; may be empty until somebody takes it on.
    #[serde(default)]
    pub(crate) due_on: String,
    /// The service of the catalogue; may be empty.
    #[serde(default)]
    pub(crate) service: String,
    /// Minutes of staff a month; may be empty.
    #[serde(default)]
    pub(crate) minutes: String,
    /// Money a month; may be empty.
    #[serde(default)]
    pub(crate) money: String,
    /// What it asks of the person: a code.
    #[serde(default)]
    pub(crate) duty: String,
    /// Weekdays, 1 for Monday.
    #[serde(default)]
    pub(crate) day: Vec<String>,
    /// From when on those days, `09:00`.
    #[serde(default)]
    pub(crate) from: String,
    /// Until when.
    #[serde(default)]
    pub(crate) to: String,
    /// Minutes of way.
    #[serde(default)]
    pub(crate) travel: String,
    /// Where.
    #[serde(default)]
    pub(crate) place: String,
    /// `yes` when the words may stand although they seem to tell of health or the like.
    #[serde(default)]
    pub(crate) sure: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// Minutes of the day from `9`, `09:00` or `9.30`.
fn minute(text: &str) -> Option<u16> {
    let mut parts = text.trim().splitn(2, [':', '.']);
    let hour: u16 = parts.next()?.parse().ok()?;
    let minute: u16 = parts.next().map_or(Ok(0), str::parse).ok()?;
    (hour <= 24 && minute < 60 && hour * 60 + minute <= 24 * 60).then_some(hour * 60 + minute)
}

fn hours(faults: &mut Faults, form: &ItemForm) -> Option<Hours> {
    if form.day.iter().all(|day| day.trim().is_empty()) {
        return None;
    }
    let bits = form.day.iter().fold(0_u8, |bits, day| match day.trim().parse::<u8>() {
        Ok(day @ 1..=7) => bits | 1 << (day - 1),
        _ => bits,
    });
    let found = match (minute(&form.from), minute(&form.to)) {
        (Some(from), Some(to)) => Hours::of_bits(bits, from, to),
        _ => None,
    };
    if found.is_none() {
        faults.add("from", "item-hours");
    }
    found
}

fn whole(faults: &mut Faults, field: &str, value: &str) -> i64 {
    match value.trim() {
        "" => 0,
        text => match text.parse::<i64>() {
            Ok(number) if (0..=100_000_000).contains(&number) => number,
            _ => {
                faults.add(field, "item-number");
                0
            }
        },
    }
}

async fn owner_of(
    desk: &Desk,
    link: &mut Link,
    form: &ItemForm,
    faults: &mut Faults,
) -> Result<Option<Owner>, Fault> {
    let worker = desk.worker()?;
    Ok(match form.owner.trim() {
        "person" => Some(Owner::Person { kept_by: worker.agency }),
        "partner" => faults
            .choice("partner", &form.partner, Partner::parse)
            .map(|partner| Owner::Partner { partner, kept_by: worker.agency }),
        "agency" => {
            let mut owner =
                Owner::Agency { agency: worker.agency, unit: worker.unit, worker: Some(worker.id) };
            if !form.unit.trim().is_empty() {
                let Some(unit) = faults.id("unit", &form.unit).map(UnitId) else {
                    return Ok(None);
                };
                let Some((_, agency, _)) = offices::unit(link, unit).await? else {
                    faults.add("unit", "choose");
                    return Ok(None);
                };
                if unit != worker.unit {
                    owner = Owner::Agency { agency, unit, worker: None };
                }
            }
            Some(owner)
        }
        _ => {
            faults.add("owner", "choose");
            None
        }
    })
}

async fn add(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<ItemForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "plan.item", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "item-added");
    }
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?;
    let stored = seen.ok_or(Fault::conflict("plan-none"))?.stored;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, NeedKind::parse);
    let what = faults.line("what", &form.what);
    // What is treated stays with who treats it: an item says what is done, not why (REQ-PLAN-16).
    let more: Categories =
        record::seems(&what).iter().filter(|category| category.is_sensitive()).collect();
    let told = kind.is_some_and(|kind| more.without(kind.category()).is_empty());
    if !told && !more.is_empty() && form.sure != "yes" {
        faults.add("what", "plan-seems");
    }
    let owner = owner_of(&desk, &mut tx, &form, &mut faults).await?;
    let stage = match form.stage.trim() {
        "" => Some(Stage::Settle),
        code => faults.choice("stage", code, Stage::parse),
    };
    let duty = match form.duty.trim() {
        "" => Some(Duty::Nothing),
        code => faults.choice("duty", code, Duty::parse),
    };
    let mut date = |field: &str, value: &str| match value.trim() {
        "" => None,
        text => faults.date(field, text),
    };
    let (starts, due) = (date("starts_on", &form.starts_on), date("due_on", &form.due_on));
    let load = Load {
        minutes: whole(&mut faults, "minutes", &form.minutes),
        money: whole(&mut faults, "money", &form.money),
    };
    let travel = whole(&mut faults, "travel", &form.travel);
    let travel = u16::try_from(travel).ok().filter(|travel| *travel <= 600);
    if travel.is_none() {
        faults.add("travel", "item-number");
    }
    let hours = hours(&mut faults, &form);
    let place = faults.optional_line("place", &form.place);
    let service = form.service.trim();
    if !service.is_empty() {
        let there = catalogue::one(&mut tx, desk.words().language(), service).await?;
        if there.is_none_or(|one| one.availability == "closed") {
            faults.add("service", "choose");
        }
    }
    if starts.zip(due).is_some_and(|(starts, due)| due < starts) {
        faults.add("due_on", ItemFault::Days.code());
    }
    let (Some(kind), Some(owner), Some(stage), Some(duty), Some(travel), true) =
        (kind, owner, stage, duty, travel, faults.is_empty())
    else {
        return pages::again(&desk, tx, id, faults, |page| page.item = form).await;
    };
    let new = NewItem {
        stage,
        starts,
        due,
        service,
        load,
        duty,
        hours,
        travel,
        place: &place,
        ..NewItem::plain(kind, owner, &what)
    };
    let item = add_to(&desk, &mut tx, &permit, &standing, &stored, &new).await?;
    let location = format!("/persons/{id}/plan/items/{item}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "item-added")
}
