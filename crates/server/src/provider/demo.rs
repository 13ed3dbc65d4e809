//! Measure providers for the demonstration: agreements that are in force, and what a caseworker
//! handed one about a person. It is done as a manager and caseworkers do it, request by request, so
//! that nothing stands there which the walls would not have let through.

use axum::Router;
use axum::body::Body;
use http::{Method, Request, StatusCode, header};
use jiff::ToSpan;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::{App, id_of};
use crate::db::{DbError, Personal, Plain};
use crate::policy::{Cause, Warrant};

/// Whether the demonstration was there before.
static THERE: Plain = Plain::new("provider::demo::THERE", "select 1 from provider limit 1");

/// Who keeps the agreements.
const MANAGER: &str = "heimdal-01";
/// The longest answer that is read.
const LONGEST: usize = 1 << 20;
/// How many persons something is handed over about.
const HANDED: usize = 3;

/// Agency, name, agreement and what it lists.
const AGREEMENTS: [(&str, &str, &str, &[&str]); 4] = [
    ("employment", "Nidelva Vekst AS", "2026/118", &["id", "case", "emp", "health", "housing"]),
    ("employment", "Springbrettet Kafé og Kantine", "2026/131", &["id", "case", "emp"]),
    ("insurance", "Arbeidsbroen Rehabilitering", "2026/042", &["id", "case", "emp", "health"]),
    ("social", "Verkstedet på Lerkendal", "2025/207", &["id", "case", "emp", "housing"]),
];

/// What the caseworker notes before the hand-over: kinds of facts and their words.
const FACTS: [[(&str, &str); 2]; HANDED] = [
    [("education", "Fagbrev som kokk"), ("work_wish", "Vil tilbake til et kjøkken")],
    [("education", "Videregående, uten fagprøve"), ("work_wish", "Lager eller transport")],
    [("education", "Kurs i regnskap"), ("work_wish", "Kontor, helst halve dager først")],
];

/// Open cases that the employment service carries at the manager's office.
static CASES: Personal = Personal::new(
    "provider::demo::CASES",
    "select c.person_id, c.responsible_id from shared_case c
    join agency a on a.id = c.agency_id join unit u on u.id = c.unit_id
    join office o on o.id = u.office_id join person p on p.id = c.person_id
    where a.kind = 'employment' and o.code = 'heimdal' and c.closed_at is null
        and p.guard = 0 and p.merged_into is null
    order by c.opened_at desc, c.id limit 20",
);

/// Somebody at a desk of the demonstration.
pub(crate) struct Worker<'a> {
    router: &'a Router,
    cookie: String,
}

pub(crate) fn broken(what: &str) -> DbError {
    DbError::Other(format!("the demonstration's providers: {what}"))
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
    /// Signs somebody in as the demonstration lets anybody do.
    pub(crate) async fn sign_in(router: &'a Router, staff: Uuid) -> Result<Self, DbError> {
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

    /// Asks for a page, or sends something.
    pub(crate) async fn call(
        &self,
        path: &str,
        sent: Option<&Value>,
    ) -> Result<(StatusCode, Value), DbError> {
        let method = if sent.is_some() { Method::POST } else { Method::GET };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::COOKIE, &self.cookie)
            .body(sent.map_or_else(Body::empty, |sent| Body::from(sent.to_string())))
            .map_err(|it| broken(&it.to_string()))?;
        let (status, _, body) = ask(self.router, request).await?;
        Ok((status, body))
    }
}

fn texts<'v>(value: &'v Value, list: &str, field: &'v str) -> Vec<&'v str> {
    let all = value.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|one| one.get(field)?.as_str()).collect()
}

/// Everything that the page of a hand-over offers.
fn entries(page: &Value) -> Vec<&str> {
    let parts = page.get("parts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    parts.iter().flat_map(|part| texts(part, "entries", "id")).collect()
}

/// Brings the agreements in and hands something over about a few people, once. Gives back about how
/// many. A city without people gets the agreements alone.
///
/// # Errors
/// When the database does not answer, or the demonstration refuses its own people.
pub async fn bring_in(app: &App, router: &Router) -> Result<usize, DbError> {
    let warrant = Warrant::new(Cause::Population, &app.vault);
    let mut conn = app.db.read().await?;
    if !conn.rows(&THERE, &[]).await?.is_empty() {
        return Ok(0);
    }
    let mut cases: Vec<(Uuid, Uuid)> = Vec::new();
    for mut row in conn.rows(warrant.opens(&CASES), &[]).await? {
        cases.push((row.get(0)?, row.get(1)?));
    }
    drop(conn);
    let until = app.today().checked_add(1.year()).unwrap_or(app.today()).to_string();
    let manager = Worker::sign_in(router, id_of("staff", MANAGER)).await?;
    for (agency, name, reference, listed) in AGREEMENTS {
        let form = json!({
            "agency": id_of("agency", agency).to_string(), "name": name, "reference": reference,
            "email": "post@example.no", "category": listed, "valid_until": until,
        });
        let (status, body) = manager.call("/providers", Some(&form)).await?;
        if !status.is_success() {
            return Err(broken(&format!("{name}: {status} {body}")));
        }
    }
    let mut facts = FACTS.iter();
    let mut handed = 0;
    for (person, responsible) in cases {
        let worker = Worker::sign_in(router, responsible).await?;
        // Whom the worker may not hand over, by a tie or an overlay, is passed over.
        let path = format!("/persons/{person}/hand");
        let (status, page) = worker.call(&path, None).await?;
        let offered = texts(&page, "providers", "id");
        let (true, Some(provider), Some(known)) =
            (status.is_success(), offered.get(handed % offered.len().max(1)), facts.next())
        else {
            continue;
        };
        for (kind, text) in known {
            let form = json!({
                "kind": kind, "text": text, "source": "Personen selv",
                "received_on": app.today().to_string(),
            });
            worker.call(&format!("/persons/{person}/facts"), Some(&form)).await?;
        }
        let chosen = format!("{path}?provider={provider}&condition=placement");
        let (_, page) = worker.call(&chosen, None).await?;
        let form = json!({
            "provider": provider, "condition": ["placement"], "entry": entries(&page),
        });
        let (status, body) = worker.call(&path, Some(&form)).await?;
        if !status.is_success() {
            return Err(broken(&format!("handing over: {status} {body}")));
        }
        handed += 1;
        if handed == HANDED {
            break;
        }
    }
    Ok(handed)
}
