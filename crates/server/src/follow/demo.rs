//! Meetings and follow-up for the demonstration, done as caseworkers do it, request by request, so
//! that nothing stands there which the walls would not have let through.

use axum::Router;
use jiff::ToSpan;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, id_of};
use crate::db::{DbError, Personal, Plain};
use crate::policy::{Cause, Warrant};
use crate::provider::demo::{Worker, broken};

/// Open cases that the employment service carries at Heimdal.
static CASES: Personal = Personal::new(
    "follow::demo::CASES",
    "select c.person_id, c.responsible_id from shared_case c
    join agency a on a.id = c.agency_id join unit u on u.id = c.unit_id
    join office o on o.id = u.office_id join person p on p.id = c.person_id
    where a.kind = 'employment' and o.code = 'heimdal' and c.closed_at is null
        and p.guard = 0 and p.merged_into is null
    order by c.opened_at desc, c.id limit 12",
);
/// A caseworker of social services there.
static SOCIAL: Plain = Plain::new(
    "follow::demo::SOCIAL",
    "select s.id from staff s join unit u on u.id = s.unit_id
    join agency a on a.id = u.agency_id join office o on o.id = u.office_id
    where a.kind = 'social' and o.code = 'heimdal' and s.role = 'caseworker' and s.on_duty
    order by s.code limit 1",
);
/// Whether the demonstration was there before.
static THERE: Plain = Plain::new("follow::demo::THERE", "select 1 from meeting_series limit 1");
/// How many people are met and followed up.
const PEOPLE: usize = 4;
const TOPICS: [&str; PEOPLE] =
    ["Når praksisen kan begynne", "Hvem jeg skal ringe", "Kurs i norsk", "Mindre papirer"];

/// Brings in a rhythm of meetings, a request, a group, and meetings and follow-up of a few people,
/// once. Gives back of how many people. A city without people gets none of it.
///
/// # Errors
/// When the database does not answer, or the demonstration refuses its own people.
pub async fn bring_in(app: &App, router: &Router) -> Result<usize, DbError> {
    let mut conn = app.db.read().await?;
    if !conn.rows(&THERE, &[]).await?.is_empty() {
        return Ok(0);
    }
    let mut cases: Vec<(Uuid, Uuid)> = Vec::new();
    let warrant = Warrant::new(Cause::Population, &app.vault);
    for mut row in conn.rows(warrant.opens(&CASES), &[]).await? {
        cases.push((row.get(0)?, row.get(1)?));
    }
    let Some(mut row) = conn.row(&SOCIAL, &[]).await? else { return Ok(0) };
    let social: Uuid = row.get(0)?;
    drop(conn);
    arrange(app, router, social).await?;
    let mut done = 0;
    for (person, responsible) in cases {
        let worker = Worker::sign_in(router, responsible).await?;
        let Some(topic) = TOPICS.get(done) else { break };
        if meet(app, &worker, (person, responsible), (social, topic)).await? {
            done += 1;
        }
    }
    Ok(done)
}

/// What concerns nobody: a rhythm, a request, a group.
async fn arrange(app: &App, router: &Router, social: Uuid) -> Result<(), DbError> {
    let worker = Worker::sign_in(router, social).await?;
    let employment = id_of("agency", "employment").to_string();
    let insurance = id_of("agency", "insurance").to_string();
    let day = |days: i64| app.today().checked_add(days.days()).unwrap_or(app.today()).to_string();
    let all = [
        (
            "/meeting-series",
            json!({
                "name": "Samarbeidsmøte Heimdal", "months": "1", "first_on": day(14),
                "agency": [employment, insurance],
            }),
        ),
        (
            "/meeting-requests",
            json!({
                "agency": insurance, "topic": "follow_after",
                "about": "Oppfølging etter start i jobb", "answer_by": day(7),
            }),
        ),
    ];
    for (path, form) in all {
        let (status, body) = worker.call(path, Some(&form)).await?;
        if !status.is_success() {
            return Err(broken(&format!("{path}: {status} {body}")));
        }
    }
    Ok(())
}

/// Follows one person up and calls a meeting about them; no when the worker may not.
async fn meet(
    app: &App,
    worker: &Worker<'_>,
    (person, responsible): (Uuid, Uuid),
    (social, topic): (Uuid, &str),
) -> Result<bool, DbError> {
    let until = app.today().checked_add(25.days()).unwrap_or(app.today()).to_string();
    let form = json!({
        "intake": "target_group", "stage": "measure", "contact": responsible.to_string(),
        "measure_until": until,
    });
    let path = format!("/persons/{person}/following");
    if !worker.call(&path, Some(&form)).await?.0.is_success() {
        return Ok(false);
    }
    let path = format!("/persons/{person}/meetings");
    let (_, page) = worker.call(&format!("{path}?kind=three_way&with={social}"), None).await?;
    let Some(at) = page.pointer("/times/2/at").and_then(Value::as_i64) else { return Ok(false) };
    let form = json!({
        "kind": "three_way", "with": [social.to_string()], "meet_by": "office",
        "at": at.to_string(), "consequence": "nothing", "towards": "work",
    });
    let (status, body) = worker.call(&path, Some(&form)).await?;
    let meeting = body.get("location").and_then(Value::as_str).map(|it| it.replace("/api/v1", ""));
    let (true, Some(meeting)) = (status.is_success(), meeting) else { return Ok(false) };
    let line = json!({ "kind": "topic", "category": "case", "body": topic, "sure": "yes" });
    worker.call(&format!("{meeting}/lines"), Some(&line)).await?;
    Ok(true)
}
