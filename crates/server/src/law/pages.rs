//! The catalogue of acts.

use axum::extract::Query;
use onedoor_domain::office::{Act, Catalogue};
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::policy::Subject;
use crate::web::validate::read_date;
use crate::web::{Desk, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<ActsPage, _, _>(
            "/acts",
            "The acts that decisions stand on, and whose they are",
            acts,
        )
        .asking(&["on"])
}

/// A kind of unit that may cite an act.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserLine {
    /// `employment`, `insurance` or `social`.
    pub(crate) agency: String,
    /// The unit holds one of these mandates; empty for every unit of the agency.
    pub(crate) mandates: Vec<String>,
}

/// An act.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActLine {
    /// Its code, which decisions cite.
    pub(crate) code: String,
    /// What people call it.
    pub(crate) short: String,
    /// Its title.
    pub(crate) title: String,
    /// The first day in force.
    pub(crate) from: String,
    /// The first day no longer in force.
    pub(crate) until: Option<String>,
    /// Who may cite it.
    pub(crate) users: Vec<UserLine>,
    /// What decisions on it can be about; empty for no bound.
    pub(crate) subjects: Vec<String>,
    /// Sections that are often cited.
    pub(crate) sections: Vec<String>,
    /// Whether the reader's own unit may cite it that day.
    pub(crate) yours: bool,
}

/// The catalogue on a day.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActsPage {
    /// `no` or `se`.
    pub(crate) country: String,
    /// The version of the catalogue.
    pub(crate) version: String,
    /// The day.
    pub(crate) on: String,
    /// The acts in force that day.
    pub(crate) acts: Vec<ActLine>,
    /// How many others the catalogue holds, of other days.
    pub(crate) others: i64,
}

crate::page!(ActsPage, "law/pages/acts.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    on: String,
}

fn line(act: &Act, language: Language, yours: bool) -> ActLine {
    let users = act.units.iter().map(|user| UserLine {
        agency: user.agency.as_str().to_owned(),
        mandates: user.mandates.iter().map(|it| it.as_str().to_owned()).collect(),
    });
    ActLine {
        code: act.code.clone(),
        short: act.short.of(language).to_owned(),
        title: act.title.of(language).to_owned(),
        from: act.valid.from.to_string(),
        until: act.valid.until.map(|day| day.to_string()),
        users: users.collect(),
        subjects: act.subjects.iter().map(|it| it.as_str().to_owned()).collect(),
        sections: act.sections.clone(),
        yours,
    }
}

/// REQ-ORG-20: the catalogue says which unit may use which act.
async fn acts(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let on = read_date(&asked.on).unwrap_or_else(|| desk.today());
    let powers = match desk.actor().unit {
        Some(unit) => store::powers(&mut conn, unit, on).await?,
        None => None,
    };
    let language = desk.words().language();
    let catalogue = Catalogue::of(desk.app().country);
    let (now, others): (Vec<&Act>, Vec<&Act>) =
        catalogue.acts.iter().partition(|act| act.valid.holds(on));
    let lines = now.into_iter().map(|act| {
        let yours = powers.as_ref().is_some_and(|it| act.is_for(it.agency, &it.mandates, on));
        line(act, language, yours)
    });
    desk.show(&ActsPage {
        country: catalogue.country.as_str().to_owned(),
        version: catalogue.version.clone(),
        on: on.to_string(),
        acts: lines.collect(),
        others: i64::try_from(others.len()).unwrap_or(i64::MAX),
    })
}
