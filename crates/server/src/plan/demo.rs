//! Plans for the demonstration: made as caseworkers make them, request by request, so that nothing
//! stands there which the rules or the walls would not have let through.

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use jiff::ToSpan;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::{App, id_of};
use crate::db::{DbError, Personal};
use crate::policy::{Cause, Warrant};

/// Whether the demonstration was there before.
static THERE: Personal = Personal::new("plan::demo::THERE", "select 1 from plan limit 1");

/// The longest answer that is read.
const LONGEST: usize = 1 << 20;

/// Open cases at the office, with whoever carries each and the deputy.
static CASES: Personal = Personal::new(
    "plan::demo::CASES",
    "select c.person_id, c.responsible_id, c.deputy_id from shared_case c
    join agency a on a.id = c.agency_id join unit u on u.id = c.unit_id
    join office o on o.id = u.office_id join person p on p.id = c.person_id
    where a.kind = 'social' and o.code = 'heimdal' and c.closed_at is null
        and p.guard = 0 and p.merged_into is null
    order by c.opened_at desc, c.id limit 20",
);

/// How many plans are made.
const PLANS: usize = 3;

fn broken(what: &str) -> DbError {
    DbError::Other(format!("the demonstration's plans: {what}"))
}

struct Worker<'a> {
    router: &'a Router,
    cookie: String,
}

async fn ask(
    router: &Router,
    request: Request<Body>,
) -> Result<(StatusCode, String, Value), DbError> {
    // A router refuses nothing by itself: what goes wrong is an answer.
    let Ok(answer) = router.clone().oneshot(request).await;
    let (parts, body) = answer.into_parts();
    let cookie = parts.headers.get(header::SET_COOKIE).and_then(|it| it.to_str().ok());
    let cookie = cookie.and_then(|it| it.split(';').next()).unwrap_or_default().to_owned();
    let body = axum::body::to_bytes(body, LONGEST).await.map_err(|it| broken(&it.to_string()))?;
    Ok((parts.status, cookie, serde_json::from_slice(&body).unwrap_or_default()))
}

impl<'a> Worker<'a> {
    async fn sign_in(router: &'a Router, staff: Uuid) -> Result<Self, DbError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/sign-in/as")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(format!("staff={staff}")))
            .map_err(|it| broken(&it.to_string()))?;
        let (_, cookie, _) = ask(router, request).await?;
        match cookie.is_empty() {
            true => Err(broken("nobody was signed in")),
            false => Ok(Self { router, cookie }),
        }
    }

    async fn post(&self, path: &str, sent: &Value) -> Result<(StatusCode, Value), DbError> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &self.cookie)
            .body(Body::from(sent.to_string()))
            .map_err(|it| broken(&it.to_string()))?;
        let (status, _, body) = ask(self.router, request).await?;
        Ok((status, body))
    }

    async fn must(&self, path: &str, sent: &Value) -> Result<Value, DbError> {
        let (status, body) = self.post(path, sent).await?;
        match status.is_success() {
            true => Ok(body),
            false => Err(broken(&format!("{path}: {status} {body}"))),
        }
    }
}

/// What the items are, and when: days from today.
fn items(day: impl Fn(i64) -> String) -> Vec<(Value, bool)> {
    let unit = |code: &str| id_of("unit", code).to_string();
    vec![
        (
            json!({
                "kind": "debt", "what": "Avtale med de tre største kreditorene", "owner": "agency",
                "stage": "settle", "due_on": day(60), "minutes": "120",
            }),
            true,
        ),
        (
            json!({
                "kind": "housing", "what": "Finne et sted å bo nærmere barnehagen",
                "owner": "agency", "stage": "settle", "due_on": day(90),
            }),
            false,
        ),
        (
            json!({
                "kind": "skills", "what": "Arbeidsforberedende trening på kjøkken",
                "owner": "agency", "unit": unit("employment-back-heimdal"), "stage": "train",
                "starts_on": day(30), "due_on": day(210), "day": ["1", "2", "4"], "from": "09:00",
                "to": "13:00", "duty": "attend", "travel": "25", "place": "Springbrettet kafé",
            }),
            false,
        ),
        (
            json!({
                "kind": "child_care", "what": "Barnehageplass til den minste", "owner": "agency",
                "stage": "settle", "due_on": day(30), "day": ["1", "2", "3", "4", "5"],
                "from": "07:30", "to": "16:30",
            }),
            true,
        ),
        (
            json!({
                "kind": "motivation", "what": "Skrive ned hva jeg kan", "owner": "person",
                "stage": "settle", "due_on": day(14),
            }),
            false,
        ),
    ]
}

/// Makes a few plans, once. Gives back how many. A city without people gets none.
///
/// # Errors
/// When the database does not answer, or the demonstration refuses its own people.
pub async fn bring_in(app: &App, router: &Router) -> Result<usize, DbError> {
    let warrant = Warrant::new(Cause::Population, &app.vault);
    let mut conn = app.db.read().await?;
    if !conn.rows(warrant.opens(&THERE), &[]).await?.is_empty() {
        return Ok(0);
    }
    let mut cases: Vec<(Uuid, Uuid, Uuid)> = Vec::new();
    for mut row in conn.rows(warrant.opens(&CASES), &[]).await? {
        cases.push((row.get(0)?, row.get(1)?, row.get(2)?));
    }
    drop(conn);
    let today = app.today();
    let day = |days: i64| today.checked_add(days.days()).unwrap_or(today).to_string();
    let mut made = 0;
    for (person, responsible, deputy) in cases {
        let worker = Worker::sign_in(router, responsible).await?;
        let path = format!("/persons/{person}/plan");
        let form = json!({
            "label": "action", "deputy": deputy.to_string(), "until": day(700),
            "revise_on": day(90), "scheme": "Kvalifiseringsprogrammet",
            "goal": "Jeg vil ha en jobb på et kjøkken, og ro rundt økonomien.",
        });
        // Whom the worker may not plan for, by a tie or an overlay, is passed over.
        if !worker.post(&path, &form).await?.0.is_success() {
            continue;
        }
        for (item, promised) in items(day) {
            let added = worker.must(&format!("{path}/items"), &item).await?;
            let place = added.get("location").and_then(Value::as_str).unwrap_or_default();
            if promised {
                let at = place.trim_start_matches("/api/v1");
                worker.must(at, &json!({ "act": "accept", "version": "1" })).await?;
            }
        }
        let wish = json!({ "kind": "skills", "words": "Et kurs i matlaging for mange" });
        worker.must(&format!("{path}/wishes"), &wish).await?;
        made += 1;
        if made == PLANS {
            break;
        }
    }
    Ok(made)
}
