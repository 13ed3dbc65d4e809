//! Trying and bringing in a file of arrangements.

use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::bring::{By, bring_in};
use super::change::{Change, ImportFault};
use crate::agreement::note;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<ArrangementsPage, _, _>("/arrangements/import", "The form for an import", form)
        .act_giving::<ArrangementsForm, ArrangementsPage, _, _>(
            "/arrangements/import",
            "Brings a file of arrangements in, or tries it",
            import,
        )
}

/// A fault in a line of the text.
#[derive(Serialize, ToSchema)]
pub(crate) struct FaultLine {
    pub(crate) line: i64,
    pub(crate) place: String,
    pub(crate) code: String,
    pub(crate) value: String,
}

/// The form and what came of it.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ArrangementsPage {
    pub(crate) text: String,
    pub(crate) lines: Vec<FaultLine>,
    pub(crate) changes: Vec<Change>,
    /// People for whom something changes, over all changes.
    pub(crate) people: i64,
    pub(crate) done: bool,
    pub(crate) tried: bool,
}

crate::page!(ArrangementsPage, "arrangement/pages/import.html");

impl ArrangementsPage {
    /// Where it says why the text was not taken; empty when nothing does.
    fn told(&self) -> &'static str {
        if self.lines.is_empty() { "" } else { "faults-title" }
    }
}

/// A file.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ArrangementsForm {
    /// The file's text, as docs/arrangement-file.md describes it.
    #[serde(default)]
    pub(crate) text: String,
    /// `yes` to try it without keeping anything.
    #[serde(default)]
    pub(crate) only_try: String,
}

async fn form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ImportOffice, Subject::Duty).await?;
    desk.show(&ArrangementsPage::default())
}

async fn import(desk: Desk, Input(form): Input<ArrangementsForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ImportOffice, Subject::Duty).await?;
    let by = By { staff: me.id, today: desk.today(), now: desk.now() };
    let mut page = ArrangementsPage { text: form.text.clone(), ..ArrangementsPage::default() };
    match bring_in(&mut tx, &permit, &form.text, by).await {
        Ok(changes) => {
            page.people = changes.iter().map(|it| it.people).sum();
            page.tried = form.only_try == "yes";
            page.done = !page.tried;
            if page.done {
                note(&desk, &permit, "arrangements", changes.len());
                desk.commit(tx).await?;
            }
            page.changes = changes;
            desk.show(&page)
        }
        Err(ImportFault::Lines(faults)) => {
            let mut list = Faults::default();
            for fault in faults.iter().take(200) {
                page.lines.push(FaultLine {
                    line: i64::try_from(fault.line).unwrap_or(i64::MAX),
                    place: fault.place.clone(),
                    code: fault.kind.as_str().to_owned(),
                    value: fault.value.clone(),
                });
                list.add(&format!("text:{}", fault.line), fault.kind.as_str());
            }
            desk.again(&page, list.into_list())
        }
        Err(ImportFault::Other(fault)) => Err(fault),
    }
}
