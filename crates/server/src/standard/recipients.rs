//! The register of contacts in the centre (association of municipalities, directorates, ministries
//! and others), and which of them receives which report in which role (REQ-MISC-13). It holds
//! bodies, and nobody's name.

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Body, Receives, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::{Permit, Proof, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    BODIES = "select id, name, kind, address from report_body where ended_on is null
        order by kind, name limit 500";
    RECIPIENTS = "select r.body_id, r.report, r.role from report_recipient r
        join report_body b on b.id = r.body_id and b.ended_on is null
        order by r.body_id, r.report limit 5000";
    OF_REPORT = "select b.name, b.kind, r.role from report_recipient r
        join report_body b on b.id = r.body_id and b.ended_on is null
        where r.report = $1 order by r.role, b.kind, b.name limit 500";
    ADD = "insert into report_body (id, name, kind, address, added_by, added_on, ended_on)
        values ($1, $2, $3, $4, $5, $6, null)";
    ADD_REPORT = "insert into report_recipient (body_id, report, role) values ($1, $2, $3)";
    KNOWN = "select name, kind, address from report_body where id = $1 and ended_on is null";
    GETS = "select report, role from report_recipient where body_id = $1 order by report limit 50";
    BRING = "insert into report_body (id, name, kind, address, added_by, added_on, ended_on)
        values ($1, $2, $3, $4, null, $5, null)
        on conflict (id) do update set name = excluded.name, kind = excluded.kind,
            address = excluded.address, ended_on = null";
    CLEAR = "delete from report_recipient where body_id = $1";
    END = "update report_body set ended_on = $2 where id = $1 and ended_on is null";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<RecipientsPage, _, _>("/recipients", "Contacts that reports go to", list)
        .act::<RecipientForm, _, _>("/recipients", "Adds a contact with its reports", add)
        .act::<RecipientEndForm, _, _>("/recipients/{id}/end", "Takes a contact out", end)
}

/// A body that a report goes to, as the report lists it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecipientLine {
    /// In which role: `steers`, `supervises`, `counts`, `informed`.
    pub role: String,
    /// What kind of body.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The recipients of a report, by role.
///
/// # Errors
/// When the database does not answer.
pub async fn of(link: &mut Link, report: Report) -> Result<Vec<RecipientLine>, DbError> {
    let read = |mut row: Row| {
        Ok(RecipientLine { name: row.get(0)?, kind: row.get(1)?, role: row.get(2)? })
    };
    link.rows(&OF_REPORT, args![report.as_str()]).await?.into_iter().map(read).collect()
}

/// A body as a file names it, with the reports that it gets from now on.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Body,
    pub(crate) address: &'a str,
    /// None when it gets no report.
    pub(crate) role: Option<Receives>,
    pub(crate) reports: &'a [Report],
}

/// Brings a body in from a file. Tells its name before, empty when it is new, and nothing when all
/// stands so already.
pub(crate) async fn bring(
    tx: &mut Tx,
    _: &dyn Proof,
    id: Uuid,
    entry: &Entry<'_>,
    today: Date,
) -> Result<Option<String>, DbError> {
    let role = entry.role.map_or("", Receives::as_str);
    let mut wanted: Vec<(String, String)> =
        entry.reports.iter().map(|it| (it.as_str().to_owned(), role.to_owned())).collect();
    wanted.sort();
    wanted.dedup();
    let mut before = String::new();
    if let Some(mut row) = tx.row(&KNOWN, args![id]).await? {
        let (name, kind, address): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let read = |mut row: Row| Ok((row.get(0)?, row.get(1)?));
        let gets: Result<Vec<(String, String)>, DbError> =
            tx.rows(&GETS, args![id]).await?.into_iter().map(read).collect();
        if (name.as_str(), kind.as_str(), address.as_str())
            == (entry.name, entry.kind.as_str(), entry.address)
            && gets? == wanted
        {
            return Ok(None);
        }
        before = name;
    }
    tx.run(&BRING, args![id, entry.name, entry.kind.as_str(), entry.address, today]).await?;
    tx.run(&CLEAR, args![id]).await?;
    for (report, role) in wanted {
        tx.run(&ADD_REPORT, args![id, report, role]).await?;
    }
    Ok(Some(before))
}

/// A report that a body receives.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReceivedLine {
    pub(crate) report: String,
    pub(crate) role: String,
}

/// A body in the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BodyContactLine {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Where reports are sent; may be empty.
    pub(crate) address: String,
    pub(crate) receives: Vec<ReceivedLine>,
}

/// A contact as typed into the form.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RecipientForm {
    /// The body's name.
    #[serde(default)]
    pub(crate) name: String,
    /// `association`, `directorate`, `ministry`, `county`, `municipality` or `users`.
    #[serde(default)]
    pub(crate) kind: String,
    /// Where reports are sent: an address of the body, not a person's; may be empty.
    #[serde(default)]
    pub(crate) address: String,
    /// `steers`, `supervises`, `counts` or `informed`.
    #[serde(default)]
    pub(crate) role: String,
    /// Which reports it receives.
    #[serde(default)]
    pub(crate) report: Vec<String>,
}

/// The register of contacts.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecipientsPage {
    pub(crate) lines: Vec<BodyContactLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) reports: Vec<String>,
    pub(crate) may_edit: bool,
    pub(crate) form: RecipientForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RecipientsPage, "standard/pages/recipients.html");

async fn page(desk: &Desk, link: &mut Link) -> Result<RecipientsPage, Fault> {
    let mut lines: Vec<(Uuid, BodyContactLine)> = Vec::new();
    for mut row in link.rows(&BODIES, &[]).await? {
        let id: Uuid = row.get(0)?;
        let line = BodyContactLine {
            id: id.to_string(),
            name: row.get(1)?,
            kind: row.get(2)?,
            address: row.get(3)?,
            receives: Vec::new(),
        };
        lines.push((id, line));
    }
    for mut row in link.rows(&RECIPIENTS, &[]).await? {
        let body: Uuid = row.get(0)?;
        if let Some((_, line)) = lines.iter_mut().find(|(id, _)| *id == body) {
            line.receives.push(ReceivedLine { report: row.get(1)?, role: row.get(2)? });
        }
    }
    Ok(RecipientsPage {
        lines: lines.into_iter().map(|(_, line)| line).collect(),
        kinds: Body::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        roles: Receives::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        reports: Report::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_edit: desk.may(link, Action::SetUpReception, Subject::Duty).await?,
        form: RecipientForm::default(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

fn note(desk: &Desk, permit: &Permit, what: &str, id: Uuid) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "body": id.to_string() }),
    });
}

async fn add(desk: Desk, Input(form): Input<RecipientForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let mut faults = Faults::default();
    let name = faults.line("name", &form.name);
    let kind = faults.choice("kind", &form.kind, Body::parse);
    let role = faults.choice("role", &form.role, Receives::parse);
    let address = faults.optional_line("address", &form.address);
    let mut reports: Vec<Report> =
        form.report.iter().filter_map(|code| Report::parse(code)).collect();
    reports.sort_unstable();
    reports.dedup();
    if reports.is_empty() || reports.len() < form.report.len() {
        faults.add("report", "choose");
    }
    let (Some(kind), Some(role), true) = (kind, role, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let id = crate::app::new_id();
    let args = args![id, name, kind.as_str(), address, worker.id, desk.today()];
    tx.run_one(&ADD, args).await?;
    for report in reports {
        tx.run_one(&ADD_REPORT, args![id, report.as_str(), role.as_str()]).await?;
    }
    note(&desk, &permit, "recipient", id);
    desk.commit(tx).await?;
    desk.done("/recipients", "recipient-kept")
}

/// Nothing to say.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RecipientEndForm {}

async fn end(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<RecipientEndForm>) -> Reply {
    desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    if tx.run(&END, args![id, desk.today()]).await? != 1 {
        return Err(Fault::Hidden);
    }
    note(&desk, &permit, "recipient_ended", id);
    desk.commit(tx).await?;
    desk.done("/recipients", "recipient-ended")
}
