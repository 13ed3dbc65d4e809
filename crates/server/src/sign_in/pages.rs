//! Signing in and out.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};

use super::provider::{Identity, ProviderFault};
use super::{ActorKind, session, store};
use crate::app::{App, Mode};
use crate::web::{Door, Fault, Input, Lobby, Reply, Routes, own_path};
use onedoor_domain::secrecy::own::Assurance;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .only_page("GET", "/", Door::Public, home)
        .only_page("GET", "/sign-in", Door::Public, show)
        .only_page("GET", "/sign-in/start", Door::Public, start)
        .only_page("GET", "/sign-in/callback", Door::Public, callback)
        .and(super::resident::routes())
        .only_page("POST", "/sign-in/as", Door::Public, sign_in_as)
        .only_page("POST", "/sign-in/kiosk", Door::Public, kiosk)
        .only_page("POST", "/sign-out", Door::Public, sign_out)
}

/// Ten minutes to sign in at the provider.
pub(super) const ATTEMPT: i64 = 10 * 60 * 1_000_000;

/// One persona of the demonstration.
#[derive(Serialize)]
pub(crate) struct Persona {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) agency: String,
    pub(crate) unit: String,
}

/// A made-up resident of the demonstration.
#[derive(Serialize, Deserialize)]
pub(crate) struct DemoResident {
    pub(crate) id: String,
    pub(crate) name: String,
    /// What there is to see: `open`, `protected`, `minor` or `guardian`.
    pub(crate) kind: String,
}

/// The personas of one office.
#[derive(Serialize)]
pub(crate) struct PersonaOffice {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) people: Vec<Persona>,
}

/// The sign-in page.
#[derive(Serialize)]
pub(crate) struct SignInPage {
    pub(crate) provider: bool,
    pub(crate) residents: bool,
    pub(crate) people: Vec<DemoResident>,
    pub(crate) demo: bool,
    pub(crate) next: String,
    pub(crate) fault: Option<String>,
    pub(crate) offices: Vec<PersonaOffice>,
}

crate::page!(SignInPage, "sign_in/pages/sign_in.html");

/// The first page of each role.
async fn home(lobby: Lobby) -> Reply {
    use onedoor_domain::office::Role;
    let path = match lobby.actor() {
        None => "/sign-in",
        Some(actor) if actor.resident.is_some() => "/my",
        Some(actor) => match actor.role {
            None => "/kiosk",
            Some(Role::Host | Role::FrontWorker) => "/reception",
            Some(Role::Caseworker) => "/day",
            Some(Role::JointManager) => "/management",
            Some(Role::Administrator) => "/office",
            Some(Role::PrivacyOwner) => "/journal",
        },
    };
    Ok(Redirect::to(path).into_response())
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    pub(super) next: String,
    #[serde(default)]
    fault: Option<String>,
}

async fn show(lobby: Lobby, Query(wanted): Query<Wanted>) -> Reply {
    let app = lobby.app();
    let mut offices: Vec<PersonaOffice> = Vec::new();
    let mut people: Vec<DemoResident> = Vec::new();
    if app.mode == Mode::Demo {
        let mut conn = app.db.read().await?;
        if let Some(noted) = store::residents(&mut conn).await? {
            people = serde_json::from_str(&noted).unwrap_or_default();
        }
        for mut row in store::offices(&mut conn).await? {
            let id: uuid::Uuid = row.get(0)?;
            offices.push(PersonaOffice {
                id: id.to_string(),
                name: row.get(1)?,
                people: Vec::new(),
            });
        }
        for mut row in store::personas(&mut conn).await? {
            let id: uuid::Uuid = row.get(0)?;
            let persona = Persona {
                id: id.to_string(),
                name: row.get(1)?,
                role: row.get(2)?,
                agency: row.get(4)?,
                unit: row.get(5)?,
            };
            let office: String = row.get(3)?;
            if let Some(at) = offices.iter_mut().find(|o| o.name == office) {
                at.people.push(persona);
            }
        }
    }
    let known = ["refused", "unknown", "mismatch", "away", "token", "level"];
    lobby.show(&SignInPage {
        provider: app.provider.is_some(),
        residents: app.residents.is_some(),
        people,
        demo: app.mode == Mode::Demo,
        next: own_path(&wanted.next).to_owned(),
        fault: wanted.fault.filter(|fault| known.contains(&fault.as_str())),
        offices,
    })
}

/// The address the provider sends the browser back to.
pub(super) fn redirect(app: &App, path: &str) -> String {
    let own = match &app.config.public_url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => format!("http://{}", app.config.listen),
    };
    format!("{own}{path}")
}

async fn start(lobby: Lobby, Query(wanted): Query<Wanted>) -> Reply {
    let app = lobby.app();
    let Some(provider) = &app.provider else { return Err(Fault::Hidden) };
    let start = match provider.start(&redirect(app, "/sign-in/callback"), "").await {
        Ok(start) => start,
        Err(error) => {
            tracing::error!(%error, "sign-in could not start");
            return Ok(Redirect::to("/sign-in?fault=away").into_response());
        }
    };
    let attempt = store::Attempt {
        nonce: start.nonce,
        verifier: start.verifier,
        next: own_path(&wanted.next).to_owned(),
    };
    let mut tx = app.db.begin().await?;
    let until = lobby.now().as_microsecond() + ATTEMPT;
    store::save_attempt(&mut tx, &session::hash(&start.state), &attempt, until).await?;
    tx.commit().await?;
    // The state is bound to this browser: a link with somebody else's code
    // cannot sign a victim in as the attacker.
    let cookie = format!(
        "od_sign_in={}; Path=/sign-in; Max-Age=600; HttpOnly; SameSite=Lax{}",
        start.state,
        if app.config.is_off_loopback() { "; Secure" } else { "" }
    );
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&start.url)).into_response())
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    pub(super) code: String,
    #[serde(default)]
    pub(super) state: String,
}

async fn callback(lobby: Lobby, headers: HeaderMap, Query(back): Query<Back>) -> Reply {
    let app = lobby.app();
    let Some(provider) = &app.provider else { return Err(Fault::Hidden) };
    let refused = async |fault: &str| {
        session::note_refusal(app, fault, lobby.now()).await?;
        Ok(Redirect::to(&format!("/sign-in?fault={fault}")).into_response())
    };
    if back.state.is_empty()
        || crate::web::cookie(&headers, "od_sign_in") != Some(back.state.as_str())
    {
        return refused("refused").await;
    }
    let mut tx = app.db.begin().await?;
    let attempt = store::take_attempt(&mut tx, &session::hash(&back.state), lobby.now()).await?;
    tx.commit().await?;
    let Some(attempt) = attempt else { return refused("refused").await };
    let finished = provider
        .finish(&redirect(app, "/sign-in/callback"), back.code, attempt.verifier, attempt.nonce)
        .await;
    let identity = match finished {
        Ok(identity) => identity,
        Err(error @ ProviderFault::Away(_)) => {
            tracing::error!(%error, "sign-in could not finish");
            return refused("away").await;
        }
        Err(error @ ProviderFault::Refused(_)) => {
            tracing::warn!(%error, "a sign-in was refused");
            return refused("refused").await;
        }
    };
    let mut tx = app.db.begin().await?;
    let id = match worker(&provider.set_up().claims, &identity, &mut tx).await? {
        Ok(id) => id,
        Err(fault) => {
            // The writer is one: it is let go before the refusal is written.
            drop(tx);
            return refused(fault).await;
        }
    };
    store::bind_subject(&mut tx, id, &identity.subject).await?;
    session::end(app, &mut tx, &headers, lobby.now()).await?;
    let bearer = session::Bearer::new(ActorKind::Staff, id);
    let cookie = session::start(app, &mut tx, bearer, lobby.now()).await?;
    tx.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&attempt.next)).into_response())
}

/// Which member of staff an identity is; what the claims say of agency, unit
/// and role must agree with the office set-up.
async fn worker(
    claims: &crate::config::Claims,
    identity: &Identity,
    tx: &mut crate::db::Tx,
) -> Result<Result<uuid::Uuid, &'static str>, Fault> {
    let email = identity.claim(claims.email.as_deref().unwrap_or("email"));
    // An address that the provider says is not verified points at nobody.
    let unverified = identity.claims.get("email_verified") == Some(&serde_json::Value::Bool(false));
    let email = email.filter(|_| !unverified).map(str::to_lowercase);
    let Some(known) = store::staff_for(tx, &identity.subject, email.as_deref()).await? else {
        return Ok(Err("unknown"));
    };
    let agrees = |name: &Option<String>, expected: &str| match name {
        Some(name) => identity.claim(name) == Some(expected),
        None => true,
    };
    let role_agrees = match &claims.role {
        Some(name) => identity
            .claim(name)
            .and_then(|role| claims.role(role))
            .is_some_and(|role| role.as_str() == known.role),
        None => true,
    };
    if !known.on_duty {
        return Ok(Err("unknown"));
    }
    if !agrees(&claims.agency, &known.agency) || !agrees(&claims.unit, &known.unit) || !role_agrees
    {
        return Ok(Err("mismatch"));
    }
    Ok(Ok(known.id))
}

#[derive(Deserialize)]
struct AsForm {
    #[serde(default)]
    staff: String,
    #[serde(default)]
    kiosk: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    next: String,
}

/// Demonstration only: be somebody.
async fn sign_in_as(lobby: Lobby, headers: HeaderMap, Input(form): Input<AsForm>) -> Reply {
    let app = lobby.app();
    if app.mode != Mode::Demo {
        return Err(Fault::Hidden);
    }
    let mut tx = app.db.begin().await?;
    let (kind, id) = match (form.staff.parse(), form.kiosk.parse(), form.person.parse()) {
        (Ok(id), ..) if store::is_on_duty(&mut tx, id).await? => (ActorKind::Staff, id),
        (_, Ok(id), _) if store::is_office(&mut tx, id).await? => (ActorKind::Kiosk, id),
        (.., Ok(id)) if store::is_person(&mut tx, id).await? => (ActorKind::Person, id),
        _ => return Err(Fault::Hidden),
    };
    session::end(app, &mut tx, &headers, lobby.now()).await?;
    let level = (kind == ActorKind::Person)
        .then(|| Assurance::parse(&form.level).unwrap_or(Assurance::High));
    let bearer = session::Bearer { level, ..session::Bearer::new(kind, id) };
    let cookie = session::start(app, &mut tx, bearer, lobby.now()).await?;
    tx.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(own_path(&form.next))).into_response())
}

#[derive(Deserialize)]
struct KioskForm {
    #[serde(default)]
    token: String,
}

/// An administrator sets a kiosk up with the token made for it.
async fn kiosk(lobby: Lobby, Input(form): Input<KioskForm>) -> Reply {
    let app = lobby.app();
    let mut tx = app.db.begin().await?;
    let hashed = session::hash(form.token.trim());
    let Some((office, token)) = store::kiosk_office(&mut tx, &hashed, lobby.now()).await? else {
        drop(tx);
        session::note_refusal(app, "token", lobby.now()).await?;
        return Ok(Redirect::to("/sign-in?fault=token").into_response());
    };
    let bearer =
        session::Bearer { token: Some(token), ..session::Bearer::new(ActorKind::Kiosk, office) };
    let cookie = session::start(app, &mut tx, bearer, lobby.now()).await?;
    tx.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/kiosk")).into_response())
}

async fn sign_out(lobby: Lobby, headers: HeaderMap) -> Reply {
    let app = lobby.app();
    let mut tx = app.db.begin().await?;
    let cookie = session::end(app, &mut tx, &headers, lobby.now()).await?;
    tx.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/sign-in")).into_response())
}
