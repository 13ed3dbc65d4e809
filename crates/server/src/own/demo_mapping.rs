//! What was mapped of the first resident of the demonstration: the instrument approved by every
//! agency, two assessments, needs, what was tried, and a judgement that waits. It is done as
//! workers do it, request by request, so that nothing stands there which the rules would refuse.

use axum::Router;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, id_of};
use crate::db::{DbError, Personal, Plain};
use crate::policy::{Cause, Warrant};
use crate::provider::demo::Worker;

/// The resident of the demonstration whose open case has a story, and who is responsible.
static OPEN: Personal = Personal::new(
    "own::demo_mapping::OPEN",
    "select p.id, c.responsible_id from shared_case c
    join person p on p.id = c.person_id
    where c.closed_at is null and p.guard = 0 and p.merged_into is null
    order by c.handovers desc, c.id limit 1",
);
/// Caseworkers, agency by agency.
static CASEWORKERS: Plain = Plain::new(
    "own::demo_mapping::CASEWORKERS",
    "select s.id, u.agency_id from staff s join unit u on u.id = s.unit_id
    where s.role = 'caseworker' and s.on_duty order by u.agency_id, s.code limit 5000",
);
/// Whether the demonstration was there before.
static THERE: Plain =
    Plain::new("own::demo_mapping::THERE", "select 1 from instrument_approval limit 1");
/// Who notes what the region asks for.
const MANAGER: &str = "heimdal-01";
/// Occupations with what the region asks for.
const DEMAND: [(&str, &str, &str); 4] = [
    ("5120", "Kokk", "4"),
    ("4110", "Kontormedarbeider", "2"),
    ("5131", "Servitør", "3"),
    ("7111", "Tømrer", "4"),
];

async fn said(worker: &Worker<'_>, path: &str, sent: &Value) -> Result<Value, DbError> {
    let (status, body) = worker.call(path, Some(sent)).await?;
    match status.is_success() {
        true => Ok(body),
        false => {
            Err(DbError::Other(format!("the demonstration's mapping: {path}: {status} {body}")))
        }
    }
}

/// Brings it in, once; gives back whether it did. A city without an open case gets the approvals
/// alone, and a person whom their worker may not map is left as they are.
///
/// # Errors
/// When the database does not answer, or the demonstration refuses its own people.
pub async fn bring_in(app: &App, router: &Router) -> Result<bool, DbError> {
    let mut conn = app.db.read().await?;
    if !conn.rows(&THERE, &[]).await?.is_empty() {
        return Ok(false);
    }
    let mut approvers: Vec<(Uuid, Uuid)> = Vec::new();
    for mut row in conn.rows(&CASEWORKERS, &[]).await? {
        let (staff, agency): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
        if approvers.last().is_none_or(|(_, last)| *last != agency) {
            approvers.push((staff, agency));
        }
    }
    let mut open: Option<(Uuid, Uuid)> = None;
    let warrant = Warrant::new(Cause::Population, &app.vault);
    for mut row in conn.rows(warrant.opens(&OPEN), &[]).await? {
        open = Some((row.get(0)?, row.get(1)?));
    }
    drop(conn);
    let instrument = id_of("instrument", "fk13-1.0");
    for (staff, _) in approvers {
        let worker = Worker::sign_in(router, staff).await?;
        said(&worker, &format!("/instruments/{instrument}/approve"), &json!({})).await?;
    }
    let today = app.today();
    let manager = Worker::sign_in(router, id_of("staff", MANAGER)).await?;
    for (code, name, level) in DEMAND {
        let form = json!({ "region": "Nidarby", "occupation": code, "name": name, "level": level,
            "from_on": today.to_string(), "source": "Bedriftsundersøkelsen" });
        said(&manager, "/labour-demand", &form).await?;
    }
    let Some((person, responsible)) = open else { return Ok(false) };
    let worker = Worker::sign_in(router, responsible).await?;
    let all = format!("/persons/{person}/assessments");
    let (status, _) = worker.call(&all, None).await?;
    if !status.is_success() {
        return Ok(false);
    }
    for (answers, after) in [
        (["E1:2", "E2:2", "M2:2", "D1:2", "S1:3", "S2:2", "L1:3", "O1:4", "N1:3"], ""),
        (["E1:3", "E2:3", "M2:3", "D1:4", "S1:3", "S2:3", "L1:3", "O1:4", "N1:3"], "work_practice"),
    ] {
        let form = json!({ "instrument": instrument.to_string(), "shared": "yes", "after": after,
            "contact_on": today.to_string() });
        // Where a party of their office has no caseworker, there is nobody to approve for it.
        let (status, _) = worker.call(&all, Some(&form)).await?;
        if !status.is_success() {
            return Ok(false);
        }
        let (_, page) = worker.call(&all, None).await?;
        let newest = page.get("lines").and_then(|lines| lines.get(0)).and_then(|one| one.get("id"));
        let Some(id) = newest.and_then(Value::as_str) else { return Ok(false) };
        let at = format!("{all}/{id}");
        let form = json!({ "person": answers, "worker": ["E1:3", "W1:3", "B1:3"] });
        said(&worker, &format!("{at}/answers"), &form).await?;
        if after.is_empty() {
            let need = json!({ "kind": "work", "person_rank": "1", "worker_rank": "2" });
            said(&worker, &format!("{at}/needs"), &need).await?;
            said(&worker, &format!("{at}/complete"), &json!({ "minutes": "45" })).await?;
        }
    }
    let tried = json!({ "kind": "motivation_course", "began_on": "2025-02-03",
        "ended_on": "2025-03-14", "ending": "dropped_out", "reason": "Kurset kolliderte med henting i barnehagen" });
    said(&worker, &format!("/persons/{person}/attempts"), &tried).await?;
    Ok(true)
}
