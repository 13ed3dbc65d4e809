//! How the offices are set up: to look at, to ask, to import.

use axum::extract::Query;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, Choice, OfficeLine, StaffLine, UnitLine};
use super::{Difference, ImportFault, When, bring_in};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OfficePage, _, _>("/office", "One office and all the others", show)
        .asking(&["office"])
        .see::<CompetentPage, _, _>(
            "/office/competent",
            "Which office is competent for a place on a day",
            competent,
        )
        .asking(&["place", "on"])
        .see::<ImportPage, _, _>("/office/import", "The form for an import", import_form)
        .act_giving::<ImportForm, ImportPage, _, _>(
            "/office/import",
            "Imports the set-up of the offices, or tries it",
            import,
        )
}

/// A district with its inhabitants.
#[derive(Serialize, ToSchema)]
pub(crate) struct DistrictLine {
    pub(crate) name: String,
    pub(crate) inhabitants: i64,
}

/// The districts of one agency today.
#[derive(Serialize, ToSchema)]
pub(crate) struct AgencyDivision {
    pub(crate) agency: String,
    pub(crate) districts: Vec<DistrictLine>,
}

/// Opening hours of a weekday, 1 to 7.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoursLine {
    pub(crate) weekday: i64,
    pub(crate) opens: String,
    pub(crate) closes: String,
}

/// An office, its units and its people.
#[derive(Serialize, ToSchema)]
pub(crate) struct OfficePage {
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) hours: Vec<HoursLine>,
    pub(crate) units: Vec<UnitLine>,
    pub(crate) staff: Vec<StaffLine>,
    pub(crate) divisions: Vec<AgencyDivision>,
}

crate::page!(OfficePage, "office/pages/office.html");

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    office: String,
}

async fn show(desk: Desk, Query(which): Query<Which>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let offices = store::offices(&mut conn).await?;
    let first = offices.first().and_then(|o| o.id.parse().ok());
    let chosen = which.office.parse().ok().or(desk.actor().office).or(first);
    let id: OfficeId = chosen.ok_or(Fault::Hidden)?;
    let found = store::office(&mut conn, id).await?;
    let (name, address, phone, _) = found.ok_or(Fault::Hidden)?;
    let today = desk.today();
    let mut divisions = Vec::new();
    for agency in store::agencies_at(&mut conn, id, desk.today()).await? {
        let districts = store::division(&mut conn, agency.id, (id, today)).await?;
        divisions.push(AgencyDivision {
            agency: agency.name,
            districts: districts
                .into_iter()
                .map(|(name, inhabitants)| DistrictLine { name, inhabitants })
                .collect(),
        });
    }
    let hours = store::hours(&mut conn, id).await?;
    desk.show(&OfficePage {
        offices,
        office: id.to_string(),
        name,
        address,
        phone,
        hours: hours
            .into_iter()
            .map(|(weekday, opens, closes)| HoursLine { weekday, opens, closes })
            .collect(),
        units: store::units(&mut conn, id, today).await?,
        staff: store::staff(&mut conn, id).await?,
        divisions,
    })
}

/// What one agency says about a place.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompetentLine {
    pub(crate) agency: String,
    pub(crate) district: String,
    pub(crate) unit: String,
    pub(crate) office: String,
}

/// Which office is competent for a place on a day, agency by agency.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompetentPage {
    pub(crate) places: Vec<Choice>,
    pub(crate) place: String,
    pub(crate) on: String,
    pub(crate) asked: bool,
    pub(crate) lines: Vec<CompetentLine>,
    pub(crate) coincide: bool,
}

crate::page!(CompetentPage, "office/pages/competent.html");

#[derive(Deserialize)]
struct Place {
    #[serde(default)]
    place: String,
    #[serde(default)]
    on: String,
}

async fn competent(desk: Desk, Query(asked): Query<Place>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadOffice, Subject::Duty).await?;
    let on = crate::web::validate::read_date(&asked.on).unwrap_or_else(|| desk.today());
    let mut lines = Vec::new();
    // Each of the three services must serve a place.
    let mut missing = false;
    if !asked.place.is_empty() {
        let agencies = store::agencies_of_place(&mut conn, &asked.place).await?;
        missing = agencies.len() < onedoor_domain::office::AgencyKind::ALL.len();
        for agency in agencies {
            match store::competent(&mut conn, agency.id, &asked.place, None, on).await? {
                Some(found) => lines.push(CompetentLine {
                    agency: agency.name,
                    district: found.district_name,
                    unit: found.unit_name,
                    office: found.office_name,
                }),
                None => missing = true,
            }
        }
    }
    let same = lines.windows(2).all(|pair| match pair {
        [a, b] => a.district == b.district,
        _ => true,
    });
    desk.show(&CompetentPage {
        places: store::basic_units(&mut conn, desk.actor().office).await?,
        asked: !asked.place.is_empty(),
        place: asked.place,
        on: on.to_string(),
        coincide: same && !missing && !lines.is_empty(),
        lines,
    })
}

/// A fault in a line of the imported text.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineFault {
    pub(crate) line: i64,
    pub(crate) place: String,
    pub(crate) code: String,
    pub(crate) value: String,
}

/// The import form and what came of it.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ImportPage {
    pub(crate) text: String,
    pub(crate) faults: Vec<LineFault>,
    pub(crate) depended_on: Option<String>,
    pub(crate) cases: i64,
    pub(crate) done: bool,
    pub(crate) tried: bool,
    pub(crate) offices: i64,
    pub(crate) units: i64,
    pub(crate) staff: i64,
    pub(crate) left: i64,
    /// A code that the file may not tell so.
    pub(crate) taken: Option<String>,
    /// The text that says why.
    pub(crate) refused: String,
    /// What is different, and for how many people.
    pub(crate) difference: Difference,
}

crate::page!(ImportPage, "office/pages/import.html");

impl ImportPage {
    /// Where it says why the text was not taken; empty when nothing does.
    fn told(&self) -> &'static str {
        match (self.faults.is_empty(), &self.depended_on, &self.taken) {
            (false, ..) => "faults-title",
            (true, Some(_), _) => "depended-title",
            (true, None, Some(_)) => "taken-title",
            (true, None, None) => "",
        }
    }
}

/// An import.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct ImportForm {
    /// The file's text, as docs/office-import.md describes it.
    #[serde(default)]
    pub(crate) text: String,
    /// `yes` to try it without keeping anything.
    #[serde(default)]
    pub(crate) only_try: String,
}

async fn import_form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ImportOffice, Subject::Duty).await?;
    desk.show(&ImportPage::default())
}

async fn import(desk: Desk, Input(form): Input<ImportForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ImportOffice, Subject::Duty).await?;
    let mut page = ImportPage { text: form.text.clone(), ..ImportPage::default() };
    let when = When { today: desk.today(), now: desk.now() };
    match bring_in(&mut tx, &form.text, when).await {
        Ok((changed, difference)) => {
            page.difference = difference;
            page.offices = changed.offices;
            page.units = changed.units;
            page.staff = changed.staff;
            page.left = changed.left;
            page.tried = form.only_try == "yes";
            page.done = !page.tried;
            if page.done {
                desk.note(crate::journal::Entry {
                    action: permit.action(),
                    ground: Some(permit.ground()),
                    subject: permit.subject(),
                    persons: Vec::new(),
                    detail: serde_json::json!({ "staff": changed.staff, "left": changed.left }),
                });
                desk.commit(tx).await?;
            }
            desk.show(&page)
        }
        Err(ImportFault::Lines(faults)) => {
            let mut list = Faults::default();
            for fault in faults.iter().take(200) {
                page.faults.push(LineFault {
                    line: i64::try_from(fault.line).unwrap_or(i64::MAX),
                    place: fault.place.clone(),
                    code: fault.kind.code().to_owned(),
                    value: fault.value.clone(),
                });
                list.add(&format!("text:{}", fault.line), fault.kind.code());
            }
            desk.again(&page, list.into_list())
        }
        Err(ImportFault::DependedOn(code, cases)) => {
            page.depended_on = Some(code);
            page.cases = cases;
            desk.again(&page, vec![FieldFault::new("text", "staff-depended-on")])
        }
        Err(ImportFault::Db(error)) => Err(error.into()),
        Err(fault) => {
            let Some((why, field, code)) = fault.refusal() else {
                return Err(Fault::Defect(fault.to_string()));
            };
            page.taken = Some(code.to_owned());
            page.refused = why.to_owned();
            desk.again(&page, vec![FieldFault::new("text", field)])
        }
    }
}
