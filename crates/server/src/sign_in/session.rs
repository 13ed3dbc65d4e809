//! Sessions in a cookie, and bearer tokens.

use http::{HeaderMap, header};
use jiff::Timestamp;
use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::own::Assurance;
use onedoor_domain::secrecy::{Action, Ground};

use super::actor::{Actor, ActorKind};
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
/// A resident's session ends sooner: it may stand open on a shared screen.
const PERSON_IDLE: i64 = HOUR / 2;
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
    let longest = match actor.kind {
        ActorKind::Kiosk => i64::MAX,
        ActorKind::Person => PERSON_IDLE,
        _ => IDLE,
    };
    if idle > longest {
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

/// Whose session it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bearer {
    pub(super) kind: ActorKind,
    pub(super) id: uuid::Uuid,
    /// The token that a kiosk was set up with.
    pub(super) token: Option<uuid::Uuid>,
    /// How sure the provider was of a resident.
    pub(super) level: Option<Assurance>,
}

impl Bearer {
    pub(super) fn new(kind: ActorKind, id: uuid::Uuid) -> Self {
        Self { kind, id, token: None, level: None }
    }
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
    who: Bearer,
    now: Timestamp,
) -> Result<String, Fault> {
    let secret = hex(&secret());
    let lasts = if who.kind == ActorKind::Kiosk { KIOSK_WHOLE } else { WHOLE };
    let until = now.as_microsecond() + lasts;
    let hashed = hash(&secret);
    store::start_session(tx, &hashed, who, now, until).await?;
    if let Some((actor, _)) = store::session_actor(tx, &hashed, now).await? {
        note(app, tx, Action::SignIn, &actor, now).await?;
    }
    let secure = if app.config.is_off_loopback() { "; Secure" } else { "" };
    Ok(format!(
        "{SESSION_COOKIE}={secret}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
        lasts / 1_000_000
    ))
}

/// Notes for whom the resident of a request acts from now on.
///
/// # Errors
/// When there is no such session.
pub async fn act_for(
    tx: &mut Tx,
    headers: &HeaderMap,
    person: Option<PersonId>,
) -> Result<(), Fault> {
    let secret = cookie(headers, SESSION_COOKIE).ok_or(Fault::SignIn)?;
    Ok(store::act_for(tx, &hash(secret), person).await?)
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
    Ok(no_cookie())
}

/// The cookie that clears the session's.
pub(super) fn no_cookie() -> String {
    format!("{SESSION_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
}
