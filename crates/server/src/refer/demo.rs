//! Referrals for the demonstration, sent and answered as caseworkers do it, request by request, so
//! that nothing stands there which the walls would not have let through.

use axum::Router;
use jiff::ToSpan;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;
use crate::db::{DbError, Personal, Plain};
use crate::policy::{Cause, Warrant};
use crate::provider::demo::Worker;

/// Open cases that social services carry at Heimdal.
static CASES: Personal = Personal::new(
    "refer::demo::CASES",
    "select c.id, c.responsible_id from shared_case c
    join agency a on a.id = c.agency_id join unit u on u.id = c.unit_id
    join office o on o.id = u.office_id join person p on p.id = c.person_id
    where a.kind = 'social' and o.code = 'heimdal' and c.closed_at is null
        and p.guard = 0 and p.merged_into is null
    order by c.opened_at desc, c.id limit 12",
);
/// A caseworker of the insurance office there, with their unit.
static INSURER: Plain = Plain::new(
    "refer::demo::INSURER",
    "select s.id, u.id from staff s join unit u on u.id = s.unit_id
    join agency a on a.id = u.agency_id join office o on o.id = u.office_id
    where a.kind = 'insurance' and o.code = 'heimdal' and s.role = 'caseworker' and s.on_duty
        and u.kind = 'back_office'
    order by s.code limit 1",
);
/// Whether the demonstration was there before.
static THERE: Personal =
    Personal::new("refer::demo::THERE", "select 1 from referral order by id limit 1");

/// Why, and what for.
const STORIES: [(&str, &str); 3] = [
    ("statement", "Avklaring av arbeidsevne"),
    ("decision", "Vedtak om rehabiliteringspenger"),
    ("mandate", "Hvem har ansvaret for oppfølgingen"),
];

/// Brings in a few referrals to the insurance office, once: one that waits, one that was taken, one
/// that came back. Gives back how many. A city without people gets none.
///
/// # Errors
/// When the database does not answer, or the demonstration refuses its own people.
pub async fn bring_in(app: &App, router: &Router) -> Result<usize, DbError> {
    let mut conn = app.db.read().await?;
    let warrant = Warrant::new(Cause::Population, &app.vault);
    if !conn.rows(warrant.opens(&THERE), &[]).await?.is_empty() {
        return Ok(0);
    }
    let mut cases: Vec<(Uuid, Uuid)> = Vec::new();
    for mut row in conn.rows(warrant.opens(&CASES), &[]).await? {
        cases.push((row.get(0)?, row.get(1)?));
    }
    let Some(mut row) = conn.row(&INSURER, &[]).await? else { return Ok(0) };
    let (insurer, unit): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
    drop(conn);
    let insurer = Worker::sign_in(router, insurer).await?;
    let by = app.today().checked_add(10.days()).unwrap_or(app.today()).to_string();
    let mut done = 0;
    for (case, responsible) in cases {
        let Some((reason, need)) = STORIES.get(done) else { break };
        let worker = Worker::sign_in(router, responsible).await?;
        let form = json!({
            "receiver": "unit", "unit": unit.to_string(), "wish": "part", "reason": reason,
            "need_kind": "coordination", "need": need, "deadline": by,
        });
        let path = format!("/cases/{case}/referrals");
        if !worker.call(&path, Some(&form)).await?.0.is_success() {
            continue;
        }
        let (_, page) = insurer.call(&path, None).await?;
        let id = page.pointer("/lines/0/id").and_then(Value::as_str).unwrap_or_default();
        let answer = match done {
            1 => json!({ "act": "accept", "version": "1" }),
            2 => json!({
                "act": "return", "return_reason": "not_ours", "version": "1",
                "answer": "Oppfølgingen ligger hos kommunen",
                "instead": "Felles møte med arbeidsmarkedsetaten",
            }),
            _ => json!({ "act": "receive", "version": "1" }),
        };
        insurer.call(&format!("{path}/{id}"), Some(&answer)).await?;
        done += 1;
    }
    Ok(done)
}
