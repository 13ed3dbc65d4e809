//! Writing a text of a plan. Whoever writes over what somebody else has changed meanwhile sees all
//! three: what both began with, what the other has made of it, and their own; nothing is lost.

use axum::extract::Path;
use onedoor_domain::ids::PersonId;
use onedoor_domain::plan::label::Field;
use onedoor_domain::plan::merge::{Merge, three_way};
use onedoor_domain::secrecy::{Action, Categories};
use onedoor_domain::{record, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::pages;
use super::store::{self, NewEvent, Text};
use crate::policy::Subject;
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<TextPage, _, _>(
            "/persons/{id}/plan/texts/{field}",
            "A text of a plan with its versions",
            show,
        )
        .act::<TextForm, _, _>(
            "/persons/{id}/plan/texts/{field}",
            "Writes a text of a plan; where somebody else has, both are shown",
            write,
        )
}

/// A text as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TextForm {
    /// The text.
    #[serde(default)]
    pub(crate) body: String,
    /// The version that was written over; 0 for none.
    #[serde(default)]
    pub(crate) base: String,
    /// `yes` when the words may stand although they seem to tell of health or the like.
    #[serde(default)]
    pub(crate) sure: String,
}

/// An earlier version.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct VersionLine {
    pub(crate) n: i64,
    pub(crate) body: String,
    pub(crate) by: String,
    pub(crate) at: i64,
}

/// Three versions beside each other.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Compared {
    /// What both began with.
    pub(crate) base: String,
    /// What somebody else has made of it.
    pub(crate) theirs: String,
    pub(crate) theirs_by: String,
    /// What was typed now.
    pub(crate) mine: String,
    /// Whether both have changed the same lines.
    pub(crate) both: bool,
}

/// A text with its versions.
#[derive(Serialize, ToSchema)]
pub(crate) struct TextPage {
    pub(crate) person: String,
    pub(crate) field: String,
    pub(crate) form: TextForm,
    pub(crate) compared: Option<Compared>,
    /// Kinds of information that the words seem to hold.
    pub(crate) seems: Vec<String>,
    pub(crate) versions: Vec<VersionLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TextPage, "plan/pages/text.html");

fn page(id: PersonId, field: Field, versions: &[Text]) -> TextPage {
    let latest = versions.first();
    TextPage {
        person: id.to_string(),
        field: field.as_str().to_owned(),
        form: TextForm {
            body: latest.map(|text| text.body.clone()).unwrap_or_default(),
            base: latest.map_or(0, |text| text.n).to_string(),
            sure: String::new(),
        },
        compared: None,
        seems: Vec::new(),
        versions: versions
            .iter()
            .map(|text| VersionLine {
                n: text.n,
                body: text.body.clone(),
                by: text.by.clone(),
                at: text.at.as_microsecond(),
            })
            .collect(),
        faults: Vec::new(),
    }
}

async fn show(desk: Desk, Path((id, field)): Path<(PersonId, String)>) -> Reply {
    let field = Field::parse(&field).ok_or(Fault::Hidden)?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?.ok_or(Fault::Hidden)?;
    let versions = store::versions(&mut tx, &permit, &seen.stored, field).await?;
    desk.commit(tx).await?;
    desk.show(&page(id, field, &versions))
}

async fn write(
    desk: Desk,
    Path((id, field)): Path<(PersonId, String)>,
    Input(form): Input<TextForm>,
) -> Reply {
    let worker = desk.worker()?;
    let field = Field::parse(&field).ok_or(Fault::Hidden)?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let standing = Standing::of(&desk, &mut tx, &permit).await?;
    let seen = pages::seen(&desk, &mut tx, &permit, &standing).await?;
    let seen = seen.ok_or(Fault::conflict("plan-none"))?;
    if !seen.stored.plan.state.is_current() {
        return Err(Fault::conflict("plan-none"));
    }
    let versions = store::versions(&mut tx, &permit, &seen.stored, field).await?;
    let latest = versions.first().map_or(0, |text| text.n);
    let base: i64 = form.base.trim().parse().unwrap_or_default();
    let mut faults = Faults::default();
    let body = faults
        .take("body", text::required(&form.body, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default();
    // The joint plan holds what all may read: diagnoses and the like have no place in it.
    let more: Categories =
        record::seems(&body).iter().filter(|category| category.is_sensitive()).collect();
    if !more.is_empty() && form.sure != "yes" {
        faults.add("body", "plan-seems");
    }
    let mut shown = page(id, field, &versions);
    shown.form = form.clone();
    shown.seems = more.iter().map(|category| category.as_str().to_owned()).collect();
    if base != latest {
        let of = |n: i64| versions.iter().find(|text| text.n == n);
        let (began, theirs) = (of(base), versions.first());
        let began = began.map_or("", |text| text.body.as_str());
        let (theirs, by) = theirs.map_or(("", ""), |text| (text.body.as_str(), text.by.as_str()));
        let merged = three_way(began, theirs, &body);
        // What nobody else has changed needs no look.
        if theirs != began {
            shown.compared = Some(Compared {
                base: began.to_owned(),
                theirs: theirs.to_owned(),
                theirs_by: by.to_owned(),
                mine: body.clone(),
                both: matches!(merged, Merge::Both(_)),
            });
            merged.text().clone_into(&mut shown.form.body);
            shown.form.base = latest.to_string();
            faults.add("body", "plan-text-changed");
        }
    }
    if !faults.is_empty() {
        desk.commit(tx).await?;
        let faults = faults.into_list();
        shown.faults.clone_from(&faults);
        return desk.again(&shown, faults);
    }
    let stamp = (worker.id, desk.now());
    store::add_text(&mut tx, &permit, &seen.stored, (field, latest + 1, &body), stamp).await?;
    let event = NewEvent {
        item: None,
        kind: "text",
        detail: field.as_str(),
        by: Some(worker.id),
        by_person: None,
    };
    let of = (seen.stored.id, seen.stored.person);
    store::happened(&mut tx, &permit, of, &event, desk.now()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan"), "plan-text-kept")
}
