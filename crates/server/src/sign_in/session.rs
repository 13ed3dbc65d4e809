//! Sessions in a cookie, and bearer tokens.

use http::{HeaderMap, header};
use jiff::Timestamp;
use onedoor_domain::secrecy::{Action, Ground};

use super::actor::Actor;
use super::store;
use crate::app::{App, hex, secret};
use crate::db::Tx;
use crate::journal::{Entry, SubjectKind};
use crate::web::{Face, Fault, cookie};

/// The session cookie. It is `HttpOnly` and `SameSite=Lax`: the way back from
/// the identity provider is a link from another site.
pub const SESSION_COOKIE: &str = "od_session";

const HOUR: i64 = 3600 * 1_000_000;
/// A session ends after a working day.
const WHOLE: i64 = 10 * HOUR;
/// A kiosk stays signed in for a week.
const KIOSK_WHOLE: i64 = 7 * 24 * HOUR;
/// A session ends when nobody has used it for so long.
const IDLE: i64 = HOUR;
/// Use is noted at most this often: a read need not become a write.
const NOTE_EVERY: i64 = 5 * 60 * 1_000_000;

/// What is stored of a secret.
#[must_use]
pub(super) fn hash(secret: &str) -> Vec<u8> {
    blake3::hash(secret.as_bytes()).as_bytes().to_vec()
}

/// Finds out who sent a request; nobody is an answer too.
///
/// # Errors
/// When the database does not answer, or an API call has a wrong token.
pub async fn actor(
    app: &App,
    headers: &HeaderMap,
    face: Face,
    now: Timestamp,
) -> Result<Option<Actor>, Fault> {
    if face == Face::Api {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        if let Some(token) = bearer {
            let mut conn = app.db.read().await?;
            let hashed = hash(token.trim());
            let found = store::token_actor(&mut conn, &hashed, now).await?;
            let (actor, used_on) = found.ok_or(Fault::SignIn)?;
            drop(conn);
            note_token(app, &actor, &hashed, used_on, now).await?;
            return Ok(Some(actor));
        }
    }
    let Some(secret) = cookie(headers, SESSION_COOKIE) else { return Ok(None) };
    let hashed = hash(secret);
    let mut conn = app.db.read().await?;
    let Some((actor, seen_at)) = store::session_actor(&mut conn, &hashed, now).await? else {
        return Ok(None);
    };
    let idle = now.as_microsecond() - seen_at;
    if idle > IDLE && !actor.is_kiosk() {
        return Ok(None);
    }
    drop(conn);
    if idle > NOTE_EVERY {
        let mut tx = app.db.begin().await?;
        store::note_use(&mut tx, &hashed, now).await?;
        tx.commit().await?;
    }
    Ok(Some(actor))
}

/// Notes once a day that a token is in use, so that one that nobody uses can be
/// told from one that somebody else does.
async fn note_token(
    app: &App,
    actor: &Actor,
    hashed: &[u8],
    used_on: Option<String>,
    now: Timestamp,
) -> Result<(), Fault> {
    let today = app.day(now);
    if used_on == Some(today.to_string()) {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    if store::note_token_use(&mut tx, hashed, today).await? {
        note(app, &mut tx, Action::UseToken, actor, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Notes an act of coming or going, by whom and from which agency.
async fn note(
    app: &App,
    tx: &mut Tx,
    action: Action,
    actor: &Actor,
    now: Timestamp,
) -> Result<(), Fault> {
    let entry = Entry {
        action,
        ground: Some(Ground::Duty),
        subject: match actor.office {
            Some(office) => (SubjectKind::Office, Some(office.0)),
            None => (SubjectKind::Nothing, None),
        },
        persons: Vec::new(),
        detail: serde_json::Value::Null,
    };
    Ok(app.journal.append(tx, actor, now, &[entry]).await?)
}

/// Notes that somebody was not let in, and why. Who it was is not known.
pub(super) async fn note_refusal(app: &App, why: &str, now: Timestamp) -> Result<(), Fault> {
    let entry = Entry {
        action: Action::RefuseSignIn,
        ground: None,
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: serde_json::json!({ "denied": [why] }),
    };
    let mut tx = app.db.begin().await?;
    app.journal.append(&mut tx, &Actor::system(), now, &[entry]).await?;
    Ok(tx.commit().await?)
}

/// Starts a session, notes it, and gives the cookie for it.
pub(super) async fn start(
    app: &App,
    tx: &mut Tx,
    (kind, id): (super::ActorKind, uuid::Uuid),
    token: Option<uuid::Uuid>,
    now: Timestamp,
) -> Result<String, Fault> {
    let secret = hex(&secret());
    let kiosk = kind == super::ActorKind::Kiosk;
    let lasts = if kiosk { KIOSK_WHOLE } else { WHOLE };
    let hashed = hash(&secret);
    store::start_session(tx, &hashed, kind, id, now, now.as_microsecond() + lasts, token).await?;
    if let Some((actor, _)) = store::session_actor(tx, &hashed, now).await? {
        note(app, tx, Action::SignIn, &actor, now).await?;
    }
    let secure = if app.config.is_off_loopback() { "; Secure" } else { "" };
    Ok(format!(
        "{SESSION_COOKIE}={secret}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
        lasts / 1_000_000
    ))
}

/// Ends the session of a request, notes it, and gives the cookie that clears it.
pub(super) async fn end(
    app: &App,
    tx: &mut Tx,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<String, Fault> {
    if let Some(secret) = cookie(headers, SESSION_COOKIE) {
        let hashed = hash(secret);
        if let Some((actor, _)) = store::session_actor(tx, &hashed, now).await? {
            note(app, tx, Action::SignOut, &actor, now).await?;
        }
        store::end_session(tx, &hashed).await?;
    }
    Ok(format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"))
}
