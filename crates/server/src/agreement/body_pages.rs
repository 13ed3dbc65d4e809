//! The register of bodies that reports go to.

use onedoor_domain::agreement::{BodyKind, Report};
use onedoor_domain::office::is_code;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bodies::{self, Body, RecipientLine};
use super::note;
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of the register.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<BodiesPage, _, _>("/recipients", "Who gets which report in which role", show)
        .act::<BodyForm, _, _>("/recipients", "Keeps a body and the reports that it gets", keep)
}

/// A report and who gets it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ReportLine {
    pub(crate) report: String,
    pub(crate) recipients: Vec<RecipientLine>,
}

/// A body as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct BodyForm {
    /// Its code: the same again changes it.
    #[serde(default)]
    pub(crate) code: String,
    /// Its name.
    #[serde(default)]
    pub(crate) name: String,
    /// What sort of body.
    #[serde(default)]
    pub(crate) kind: String,
    /// How to reach it.
    #[serde(default)]
    pub(crate) contact: String,
    /// In which role it gets them.
    #[serde(default)]
    pub(crate) role: String,
    /// Codes of reports.
    #[serde(default)]
    pub(crate) reports: Vec<String>,
}

impl BodyForm {
    /// Whether a report was ticked.
    pub(crate) fn gets(&self, code: &str) -> bool {
        self.reports.iter().any(|it| it == code)
    }
}

/// The register.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct BodiesPage {
    pub(crate) reports: Vec<ReportLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) may_write: bool,
    pub(crate) form: BodyForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(BodiesPage, "agreement/pages/bodies.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<BodiesPage, Fault> {
    let all = bodies::all(link, permit).await?;
    let of = |report: &Report| ReportLine {
        report: report.as_str().to_owned(),
        recipients: all.iter().filter(|it| it.report == report.as_str()).cloned().collect(),
    };
    Ok(BodiesPage {
        reports: Report::ALL.iter().map(of).collect(),
        kinds: BodyKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_write: desk.may(link, Action::WriteArrangements, Subject::Duty).await?,
        ..BodiesPage::default()
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn keep(desk: Desk, Input(form): Input<BodyForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    if !is_code(form.code.trim()) {
        faults.add("code", "code");
    }
    let name = faults.line("name", &form.name);
    let kind = faults.choice("kind", &form.kind, BodyKind::parse);
    let contact = faults.line("contact", &form.contact);
    let role = faults.line("role", &form.role);
    let mut reports = Vec::new();
    for word in &form.reports {
        match Report::parse(word.trim()) {
            Some(report) if !reports.contains(&report) => reports.push(report),
            Some(_) => {}
            None => faults.add("reports", "choose"),
        }
    }
    let (Some(kind), true) = (kind, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let code = form.code.trim();
    let body = Body { code, name: &name, kind, contact: &contact, role: &role, reports: &reports };
    bodies::save(&mut tx, &permit, &body).await?;
    note(&desk, &permit, "recipient", code);
    desk.commit(tx).await?;
    desk.done("/recipients", "recipient-kept")
}
