//! The sign-in of those who are served: at a provider that knows identity
//! numbers. The number leads to the person and is kept nowhere.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect};
use http::{HeaderMap, header};
use onedoor_domain::person::IdentityNumber;
use serde::Serialize;

use super::pages::{ATTEMPT, Back, Wanted, redirect};
use super::provider::ProviderFault;
use super::{ActorKind, session, store};
use crate::web::{Door, Fault, Lobby, Reply, Routes, own_path};

const CALLBACK: &str = "/sign-in/resident/callback";
/// The cookie that ties an attempt to the browser that began it.
const COOKIE: &str = "od_sign_in_own";

pub(super) fn routes() -> Routes {
    Routes::default()
        .only_page("GET", "/sign-in/resident/start", Door::Public, start)
        .only_page("GET", CALLBACK, Door::Public, callback)
        .only_page("GET", "/sign-in/nobody", Door::Public, nobody)
}

/// An attempt of a resident is stored so that the callback of the staff does not
/// find it, nor the other way round.
fn state_hash(state: &str) -> Vec<u8> {
    session::hash(&format!("resident {state}"))
}

async fn start(lobby: Lobby, Query(wanted): Query<Wanted>) -> Reply {
    let app = lobby.app();
    let Some(provider) = &app.residents else { return Err(Fault::Hidden) };
    let language = lobby.words().language();
    let start = match provider.start(&redirect(app, CALLBACK), language.as_str()).await {
        Ok(start) => start,
        Err(error) => {
            tracing::error!(%error, "a resident's sign-in could not start");
            return Ok(Redirect::to("/sign-in?fault=away").into_response());
        }
    };
    let next = own_path(&wanted.next);
    let attempt = store::Attempt {
        nonce: start.nonce,
        verifier: start.verifier,
        next: if next.starts_with("/my") { next } else { "/my" }.to_owned(),
    };
    let mut tx = app.db.begin().await?;
    let until = lobby.now().as_microsecond() + ATTEMPT;
    store::save_attempt(&mut tx, &state_hash(&start.state), &attempt, until).await?;
    tx.commit().await?;
    let cookie = format!(
        "{COOKIE}={}; Path=/sign-in/resident; Max-Age=600; HttpOnly; SameSite=Lax{}",
        start.state,
        if app.config.is_off_loopback() { "; Secure" } else { "" }
    );
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&start.url)).into_response())
}

async fn callback(lobby: Lobby, headers: HeaderMap, Query(back): Query<Back>) -> Reply {
    let app = lobby.app();
    let (Some(provider), Some(set_up)) = (&app.residents, &app.config.residents) else {
        return Err(Fault::Hidden);
    };
    let refused =
        |fault: &str| Ok(Redirect::to(&format!("/sign-in?fault={fault}")).into_response());
    if back.state.is_empty() || crate::web::cookie(&headers, COOKIE) != Some(back.state.as_str()) {
        return refused("refused");
    }
    let mut tx = app.db.begin().await?;
    let attempt = store::take_attempt(&mut tx, &state_hash(&back.state), lobby.now()).await?;
    tx.commit().await?;
    let Some(attempt) = attempt else { return refused("refused") };
    let finished =
        provider.finish(&redirect(app, CALLBACK), back.code, attempt.verifier, attempt.nonce).await;
    let identity = match finished {
        Ok(identity) => identity,
        Err(error @ ProviderFault::Away(_)) => {
            tracing::error!(%error, "a resident's sign-in could not finish");
            return refused("away");
        }
        Err(error @ ProviderFault::Refused(_)) => {
            tracing::warn!(%error, "a resident's sign-in was refused");
            return refused("refused");
        }
    };
    let Some(level) = set_up.assurance(identity.claim("acr")) else { return refused("level") };
    // What is no number of ours is nobody we know, and looks like it.
    let number = identity
        .claim(&set_up.number_claim)
        .and_then(|text| {
            let today = app.day(lobby.now());
            let own = IdentityNumber::parse(app.country, text, today);
            own.or_else(|_| IdentityNumber::guess(text, today)).ok()
        })
        .filter(|number| number.is_test() == app.config.test_numbers);
    let mut tx = app.db.begin().await?;
    let person = match &number {
        Some(number) => store::person_by_number(&mut tx, &app.vault, number).await?,
        None => None,
    };
    session::end(app, &mut tx, &headers, lobby.now()).await?;
    let (cookie, next) = match person {
        Some(id) => {
            let bearer = session::Bearer {
                level: Some(level),
                ..session::Bearer::new(ActorKind::Person, id)
            };
            let cookie = session::start(app, &mut tx, bearer, lobby.now()).await?;
            (cookie, attempt.next)
        }
        None => (session::no_cookie(), "/sign-in/nobody".to_owned()),
    };
    tx.commit().await?;
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response())
}

/// An office to turn to.
#[derive(Serialize)]
pub(crate) struct Place {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) postcode: String,
    pub(crate) phone: String,
}

/// Nothing is registered about who signed in: it says so, and where to go.
#[derive(Serialize)]
pub(crate) struct NobodyPage {
    pub(crate) places: Vec<Place>,
}

crate::page!(NobodyPage, "sign_in/pages/nobody.html");

async fn nobody(lobby: Lobby) -> Reply {
    let mut conn = lobby.app().db.read().await?;
    let mut places = Vec::new();
    for mut row in store::office_list(&mut conn).await? {
        places.push(Place {
            name: row.get(0)?,
            address: row.get(1)?,
            postcode: row.get(2)?,
            phone: row.get(3)?,
        });
    }
    lobby.show(&NobodyPage { places })
}
