//! The instruments: what there is, who has approved it, bringing one in and withdrawing one.

use axum::extract::Path;
use onedoor_domain::assessment::{self, LineFault};
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::instruments::{self, Version};
use super::questionnaire;
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::walls;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<InstrumentsPage, _, _>("/instruments", "The instruments and who approved them", list)
        .act::<LoadForm, _, _>("/instruments", "Brings in a version of an instrument", load)
        .act::<QuestionnaireForm, _, _>(
            "/instruments/questionnaire",
            "Brings in an instrument that an agency uses, as a FHIR Questionnaire",
            load_questionnaire,
        )
        .see::<InstrumentPage, _, _>("/instruments/{id}", "One version with its items", show)
        .act::<ApproveForm, _, _>(
            "/instruments/{id}/approve",
            "Approves a version for the caller's agency",
            approve,
        )
        .act::<WithdrawForm, _, _>(
            "/instruments/{id}/withdraw",
            "Withdraws a version; what was answered in it stays",
            withdraw,
        )
}

/// A party of the caller's office, and whether it has approved a version.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartyLine {
    pub(crate) name: String,
    /// `employment`, `insurance` or `social`.
    pub(crate) kind: String,
    /// Who approved it; empty where nobody did.
    pub(crate) by: String,
    /// When, in microseconds; 0 where nobody did.
    pub(crate) at: i64,
}

/// A version in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct InstrumentLine {
    pub(crate) id: String,
    pub(crate) code: String,
    pub(crate) version: String,
    /// `shipped`, `file` or `questionnaire`.
    pub(crate) origin: String,
    /// When it was withdrawn, in microseconds; 0 while it was not.
    pub(crate) withdrawn_at: i64,
    pub(crate) withdrawn_by: String,
    pub(crate) withdrawn_reason: String,
    /// The parties of the caller's office that have not approved it.
    pub(crate) missing: Vec<String>,
    /// Whether it may be used for shared assessments in the caller's office.
    pub(crate) shared: bool,
}

/// A fault in a file that was sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FileFaultLine {
    /// The line, from 1; 0 where the file has none to count.
    pub(crate) line: usize,
    pub(crate) place: String,
    pub(crate) code: String,
    pub(crate) value: String,
}

impl FileFaultLine {
    fn of(fault: LineFault) -> Self {
        let code = fault.kind.as_str().to_owned();
        Self { line: fault.line, place: fault.place, code, value: fault.value }
    }
}

/// The instruments.
#[derive(Serialize, ToSchema)]
pub(crate) struct InstrumentsPage {
    pub(crate) lines: Vec<InstrumentLine>,
    pub(crate) may_load: bool,
    pub(crate) load: LoadForm,
    pub(crate) questionnaire: QuestionnaireForm,
    pub(crate) found: Vec<FileFaultLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(InstrumentsPage, "assessment/pages/instruments.html");

/// An instrument as a file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct LoadForm {
    /// The file, as `docs/instrument-file.md` tells it.
    #[serde(default)]
    pub(crate) text: String,
}

/// An instrument that an agency uses.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct QuestionnaireForm {
    /// A FHIR Questionnaire (R4) as JSON.
    #[serde(default)]
    pub(crate) questionnaire: String,
    /// Which item is of which common dimension, line by line: `1.2 = debt`. An item without a
    /// line is left out.
    #[serde(default)]
    pub(crate) dimensions: String,
}

async fn line(desk: &Desk, link: &mut Link, one: Version) -> Result<InstrumentLine, Fault> {
    let approved = instruments::approved(link, one.id).await?;
    let mut missing = Vec::new();
    let mut parties = 0;
    if let Some(office) = desk.actor().office {
        for party in walls::givers(link, office, desk.today()).await? {
            parties += 1;
            if !approved.contains(&party.id) {
                missing.push(party.name);
            }
        }
    }
    Ok(InstrumentLine {
        id: one.id.to_string(),
        code: one.code,
        version: one.version,
        origin: one.origin,
        withdrawn_at: one.withdrawn.map_or(0, |at| at.as_microsecond()),
        withdrawn_by: one.withdrawn_by,
        withdrawn_reason: one.withdrawn_reason,
        shared: parties > 0 && missing.is_empty() && one.withdrawn.is_none(),
        missing,
    })
}

async fn page(desk: &Desk, link: &mut Link, _: &Permit) -> Result<InstrumentsPage, Fault> {
    let mut lines = Vec::new();
    for one in instruments::all(link).await? {
        lines.push(line(desk, link, one).await?);
    }
    Ok(InstrumentsPage {
        lines,
        may_load: desk.may(link, Action::LoadInstrument, Subject::Duty).await?,
        load: LoadForm::default(),
        questionnaire: QuestionnaireForm::default(),
        found: Vec::new(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadInstruments, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

/// Notes a change of the instruments in the journal. It concerns nobody.
fn note(desk: &Desk, permit: &Permit, what: &str, id: Uuid) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "instrument": id.to_string() }),
    });
}

async fn load(desk: Desk, Input(form): Input<LoadForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::LoadInstrument, Subject::Duty).await?;
    let instrument = match assessment::read(&form.text) {
        Ok(instrument) => instrument,
        Err(found) => {
            let faults = vec![FieldFault::new("text", "instrument-file")];
            let mut page = page(&desk, &mut tx, &permit).await?;
            page.load = form;
            page.found = found.into_iter().take(50).map(FileFaultLine::of).collect();
            page.faults.clone_from(&faults);
            return desk.again(&page, faults);
        }
    };
    let by = desk.actor().id.map(onedoor_domain::ids::StaffId);
    let id = instruments::keep(&mut tx, &permit, &instrument, "file", (by, desk.now())).await?;
    note(&desk, &permit, "loaded", id);
    desk.commit(tx).await?;
    desk.done(&format!("/instruments/{id}"), "instrument-loaded")
}

/// REQ-MAP-23: an instrument in use is brought in with its items put to the common dimensions;
/// what is not put to one is left out, never guessed.
async fn load_questionnaire(desk: Desk, Input(form): Input<QuestionnaireForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::LoadInstrument, Subject::Duty).await?;
    let read = questionnaire::read(&form.questionnaire, &form.dimensions);
    let instrument = match read {
        Ok(instrument) => instrument,
        Err(found) => {
            let faults = vec![FieldFault::new("questionnaire", "instrument-file")];
            let mut page = page(&desk, &mut tx, &permit).await?;
            page.questionnaire = form;
            page.found = found.into_iter().take(50).map(FileFaultLine::of).collect();
            page.faults.clone_from(&faults);
            return desk.again(&page, faults);
        }
    };
    let by = desk.actor().id.map(onedoor_domain::ids::StaffId);
    let origin = (by, desk.now());
    let id = instruments::keep(&mut tx, &permit, &instrument, "questionnaire", origin).await?;
    note(&desk, &permit, "loaded", id);
    desk.commit(tx).await?;
    desk.done(&format!("/instruments/{id}"), "instrument-loaded")
}

/// An item as it is read by people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ItemLine {
    pub(crate) code: String,
    pub(crate) dimension: String,
    /// `person`, `worker` or `both`.
    pub(crate) asked: String,
    pub(crate) voluntary: bool,
    pub(crate) text: String,
    pub(crate) anchors: Vec<String>,
}

/// One version.
#[derive(Serialize, ToSchema)]
pub(crate) struct InstrumentPage {
    pub(crate) line: InstrumentLine,
    pub(crate) repeat_days: i64,
    pub(crate) items: Vec<ItemLine>,
    /// The parties of the caller's office.
    pub(crate) parties: Vec<PartyLine>,
    /// Whether the caller may approve it for their agency, and it has not.
    pub(crate) may_approve: bool,
    pub(crate) may_withdraw: bool,
    pub(crate) form: WithdrawForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(InstrumentPage, "assessment/pages/instrument.html");

async fn instrument_page(
    desk: &Desk,
    link: &mut Link,
    _: &Permit,
    id: Uuid,
) -> Result<InstrumentPage, Fault> {
    let (version, instrument) = instruments::one(link, id).await?;
    let approvals = instruments::approvals(link, id).await?;
    let mut parties = Vec::new();
    if let Some(office) = desk.actor().office {
        for party in walls::givers(link, office, desk.today()).await? {
            let said = approvals.iter().find(|one| one.agency == party.id);
            parties.push(PartyLine {
                name: party.name,
                kind: party.kind.as_str().to_owned(),
                by: said.map(|one| one.by.clone()).unwrap_or_default(),
                at: said.map_or(0, |one| one.at.as_microsecond()),
            });
        }
    }
    let language = desk.words().language();
    let items = instrument.items.iter().map(|item| ItemLine {
        code: item.code.clone(),
        dimension: item.dimension.as_str().to_owned(),
        asked: item.asked().as_str().to_owned(),
        voluntary: item.voluntary,
        text: item.text.of(language).to_owned(),
        anchors: (1..=5).map(|step| item.anchor(step, language).to_owned()).collect(),
    });
    let mine = desk.actor().agency;
    let said = approvals.iter().any(|one| Some(one.agency) == mine);
    let open = version.withdrawn.is_none();
    let may = desk.may(link, Action::ApproveInstrument, Subject::Duty).await?;
    Ok(InstrumentPage {
        repeat_days: instrument.repeat_days,
        items: items.collect(),
        parties,
        may_approve: may && open && mine.is_some() && !said,
        may_withdraw: open && desk.may(link, Action::LoadInstrument, Subject::Duty).await?,
        form: WithdrawForm::default(),
        line: line(desk, link, version).await?,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadInstruments, Subject::Duty).await?;
    let page = instrument_page(&desk, &mut conn, &permit, id).await?;
    desk.show(&page)
}

/// Nothing but the act.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ApproveForm {}

/// REQ-MAP-01: each agency approves each version for itself.
async fn approve(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<ApproveForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ApproveInstrument, Subject::Duty).await?;
    let worker = desk.worker()?;
    let (version, _) = instruments::one(&mut tx, id).await?;
    if version.withdrawn.is_some() {
        return Err(Fault::conflict("instrument-withdrawn"));
    }
    let said = (worker.id, desk.now());
    instruments::approve(&mut tx, &permit, (id, worker.agency), said).await?;
    note(&desk, &permit, "approved", id);
    desk.commit(tx).await?;
    desk.done(&format!("/instruments/{id}"), "instrument-approved")
}

/// Why a version is withdrawn.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WithdrawForm {
    /// Why, in a few words about the instrument.
    #[serde(default)]
    pub(crate) reason: String,
}

async fn withdraw(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<WithdrawForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::LoadInstrument, Subject::Duty).await?;
    let mut faults = Faults::default();
    let reason = text::required(&form.reason, text::LINE);
    let reason = faults.take("reason", reason, |fault| fault.code().into());
    let Some(reason) = reason else {
        let list = faults.into_list();
        let mut page = instrument_page(&desk, &mut tx, &permit, id).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    instruments::one(&mut tx, id).await?;
    let by = (desk.actor().id, desk.now());
    instruments::withdraw(&mut tx, &permit, id, &reason, by).await?;
    note(&desk, &permit, "withdrawn", id);
    desk.commit(tx).await?;
    desk.done(&format!("/instruments/{id}"), "instrument-withdrawn")
}
