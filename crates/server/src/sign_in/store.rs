//! Sessions, tokens, sign-in attempts, and the staff behind them.

use jiff::Timestamp;
use onedoor_domain::ids::{OfficeId, PersonId};
use onedoor_domain::office::{AgencyKind, Role};
use onedoor_domain::person::{Clearance, IdentityNumber};
use onedoor_domain::secrecy::own::Assurance;
use onedoor_domain::secrecy::{Group, Groups};
use uuid::Uuid;

use super::THRESHOLD;
use super::actor::{Actor, ActorKind, Resident};
use crate::args;

use crate::db::{DbError, Link, Row, Tx};
use crate::keys::Vault;

crate::sql! {
    SESSION_ACTOR = "select s.actor_kind, st.id, st.name, st.role, st.clearance, u.id,
            u.agency_id, a.kind, u.office_id, st.on_duty, o.id, o.name, s.seen_at, s.level,
            s.acts_for, s.actor_id, st.marks
        from session s
        left join staff st on st.id = s.actor_id and st.on_duty
        left join unit u on u.id = st.unit_id
        left join agency a on a.id = u.agency_id
        left join office o on o.id = s.actor_id
        where s.secret_hash = $1 and s.expires_at > $2 and (s.token_id is null or exists (
            select 1 from token t where t.id = s.token_id and t.revoked_at is null))";
    TOKEN_ACTOR = "select t.kind, st.id, st.name, st.role, st.clearance, u.id,
            u.agency_id, a.kind, u.office_id, st.on_duty, o.id, o.name, 0, null, null, null,
            st.marks, t.used_on
        from token t
        left join staff st on st.id = t.staff_id and st.on_duty
        left join unit u on u.id = st.unit_id
        left join agency a on a.id = u.agency_id
        left join office o on o.id = t.office_id
        where t.secret_hash = $1 and t.expires_at > $2 and t.revoked_at is null";
    NOTE_TOKEN_USE = "update token set used_on = $2
        where secret_hash = $1 and coalesce(used_on, '') <> $2";
    NOTE_USE = "update session set seen_at = $2 where secret_hash = $1";
    START = "insert into session
            (secret_hash, actor_kind, actor_id, created_at, seen_at, expires_at, token_id, level)
        values ($1, $2, $3, $4, $4, $5, $6, $7)";
    ACT_FOR = "update session set acts_for = $2 where secret_hash = $1 and actor_kind = 'person'";
    // Only the one whose number it is, never somebody beside whom it is held.
    PERSON_BY_NUMBER = "select coalesce(p.merged_into, p.id) from person_identifier i
        join person p on p.id = i.person_id where i.number = $1 and not i.held";
    PERSON_THERE = "select 1 from person where id = $1 and merged_into is null";
    RESIDENTS = "select value from installation where key = 'residents'";
    OFFICE_LIST = "select name, address, postcode, phone from office order by name limit 50";
    END = "delete from session where secret_hash = $1";
    EXPIRE = "delete from session where expires_at < $1";
    EXPIRE_ATTEMPTS = "delete from sign_in_attempt where expires_at < $1";
    ATTEMPT = "insert into sign_in_attempt (state_hash, nonce, verifier, next, expires_at)
        values ($1, $2, $3, $4, $5)";
    TAKE_ATTEMPT = "delete from sign_in_attempt where state_hash = $1 and expires_at > $2
        returning nonce, verifier, next";
    STAFF_BY_SUBJECT = "select s.id, s.on_duty, a.code, u.code, s.role
        from staff s join unit u on u.id = s.unit_id join agency a on a.id = u.agency_id
        where s.subject = $1";
    STAFF_BY_EMAIL = "select s.id, s.on_duty, a.code, u.code, s.role
        from staff s join unit u on u.id = s.unit_id join agency a on a.id = u.agency_id
        where lower(s.email) = $1 and s.subject is null";
    BIND_SUBJECT = "update staff set subject = $2 where id = $1 and subject is null";
    PERSONAS = "select s.id, s.name, s.role, o.name, a.kind, u.name
        from staff s join unit u on u.id = s.unit_id
        join office o on o.id = u.office_id join agency a on a.id = u.agency_id
        where s.code in (select min(s2.code) from staff s2 join unit u2 on u2.id = s2.unit_id
            where s2.on_duty group by u2.office_id, s2.role, u2.agency_id)
        order by o.name, s.role, a.kind limit 80";
    OFFICES = "select id, name from office order by name limit 50";
    STAFF_ON_DUTY = "select 1 from staff where id = $1 and on_duty";
    OFFICE_EXISTS = "select 1 from office where id = $1";
    KIOSK_TOKEN = "select office_id, id from token where secret_hash = $1 and kind = 'kiosk'
        and expires_at > $2 and revoked_at is null";
    MAKE_TOKEN = "insert into token
            (id, name, secret_hash, kind, staff_id, office_id, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    REVOKE_TOKEN = "update token set revoked_at = $2 where name = $1 and revoked_at is null";
    TOKENS = "select t.name, t.kind, coalesce(s.code, o.code), t.expires_at, t.revoked_at
        from token t left join staff s on s.id = t.staff_id left join office o on o.id = t.office_id
        order by t.name limit 1000";
    STAFF_CODE = "select id from staff where code = $1 and on_duty";
    OFFICE_CODE = "select id from office where code = $1";
}

/// Reads stored marks; one that is not known marks for nothing.
fn marks(stored: &str) -> Groups {
    stored.split_whitespace().filter_map(Group::parse).collect()
}

/// Reads the shared columns of the two statements that find an actor.
fn read_actor(mut row: Row) -> Result<Option<(Actor, i64)>, DbError> {
    let kind: String = row.get(0)?;
    let seen: i64 = row.get(12)?;
    if kind == "kiosk" {
        let office: Option<OfficeId> = row.get(10)?;
        let name: Option<String> = row.get(11)?;
        return Ok(office.map(|office| {
            let actor = Actor {
                kind: ActorKind::Kiosk,
                id: Some(office.0),
                name: name.unwrap_or_default(),
                office: Some(office),
                ..Actor::system()
            };
            (actor, seen)
        }));
    }
    if kind == "person" {
        let person: Uuid = row.get(15)?;
        let level: Option<String> = row.get(13)?;
        let level = level.as_deref().and_then(Assurance::parse);
        let resident = Resident {
            person: PersonId(person),
            // A level that cannot be read is the weaker one.
            level: level.unwrap_or(Assurance::Substantial),
            acts_for: row.get(14)?,
        };
        let actor = Actor {
            kind: ActorKind::Person,
            id: Some(person),
            resident: Some(resident),
            ..Actor::system()
        };
        return Ok(Some((actor, seen)));
    }
    let id: Option<Uuid> = row.get(1)?;
    if id.is_none() {
        return Ok(None);
    }
    let role: String = row.get(3)?;
    let clearance: String = row.get(4)?;
    let agency_kind: String = row.get(7)?;
    let actor = Actor {
        kind: if kind == "client" { ActorKind::Client } else { ActorKind::Staff },
        id,
        name: row.get(2)?,
        role: Role::parse(&role),
        clearance: Clearance::parse(&clearance).unwrap_or_default(),
        marks: marks(&row.get::<String>(16)?),
        unit: row.get(5)?,
        agency: row.get(6)?,
        agency_kind: AgencyKind::parse(&agency_kind),
        office: row.get(8)?,
        on_duty: row.get(9)?,
        resident: None,
    };
    Ok(Some((actor, seen)))
}

pub(super) async fn session_actor(
    link: &mut Link,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Actor, i64)>, DbError> {
    match link.row(THRESHOLD.opens(&SESSION_ACTOR), args![hash.to_vec(), now]).await? {
        Some(row) => read_actor(row),
        None => Ok(None),
    }
}

/// Who a token stands for, and the day it was last noted as used.
pub(super) async fn token_actor(
    link: &mut Link,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Actor, Option<String>)>, DbError> {
    let Some(mut row) = link.row(&TOKEN_ACTOR, args![hash.to_vec(), now]).await? else {
        return Ok(None);
    };
    let used_on = row.get(17)?;
    Ok(read_actor(row)?.map(|(actor, _)| (actor, used_on)))
}

/// Notes the day of use; says whether it was not noted yet.
pub(super) async fn note_token_use(
    tx: &mut Tx,
    hash: &[u8],
    today: jiff::civil::Date,
) -> Result<bool, DbError> {
    Ok(tx.run(&NOTE_TOKEN_USE, args![hash.to_vec(), today]).await? == 1)
}

pub(super) async fn note_use(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<(), DbError> {
    tx.run(THRESHOLD.opens(&NOTE_USE), args![hash.to_vec(), now]).await.map(|_| ())
}

pub(super) async fn start_session(
    tx: &mut Tx,
    hash: &[u8],
    who: super::session::Bearer,
    now: Timestamp,
    until: i64,
) -> Result<(), DbError> {
    let level = who.level.map(Assurance::as_str);
    let args = args![hash.to_vec(), who.kind.as_str(), who.id, now, until, who.token, level];
    tx.run_one(THRESHOLD.opens(&START), args).await
}

pub(super) async fn act_for(
    tx: &mut Tx,
    hash: &[u8],
    person: Option<PersonId>,
) -> Result<(), DbError> {
    tx.run_one(THRESHOLD.opens(&ACT_FOR), args![hash.to_vec(), person]).await
}

/// The person with this number; only here does a number lead to a person who
/// signs in, and it is kept nowhere.
pub(super) async fn person_by_number(
    link: &mut Link,
    vault: &Vault,
    number: &IdentityNumber,
) -> Result<Option<Uuid>, DbError> {
    link.row(THRESHOLD.opens(&PERSON_BY_NUMBER), args![vault.number(number)])
        .await?
        .map(|mut row| row.get(0))
        .transpose()
}

pub(super) async fn is_person(link: &mut Link, id: Uuid) -> Result<bool, DbError> {
    Ok(link.row(THRESHOLD.opens(&PERSON_THERE), args![id]).await?.is_some())
}

/// The residents that a demonstration offers, as it noted them.
pub(super) async fn residents(link: &mut Link) -> Result<Option<String>, DbError> {
    link.row(&RESIDENTS, &[]).await?.map(|mut row| row.get(0)).transpose()
}

/// Where somebody may turn to: name, address, place, telephone.
pub(super) async fn office_list(link: &mut Link) -> Result<Vec<Row>, DbError> {
    link.rows(&OFFICE_LIST, &[]).await
}

pub(super) async fn end_session(tx: &mut Tx, hash: &[u8]) -> Result<(), DbError> {
    tx.run(THRESHOLD.opens(&END), args![hash.to_vec()]).await.map(|_| ())
}

/// Removes what has expired.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn expire(tx: &mut Tx, now: Timestamp) -> Result<(), DbError> {
    tx.run(THRESHOLD.opens(&EXPIRE), args![now]).await?;
    tx.run(&EXPIRE_ATTEMPTS, args![now]).await.map(|_| ())
}

/// A sign-in under way.
pub(super) struct Attempt {
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) next: String,
}

pub(super) async fn save_attempt(
    tx: &mut Tx,
    state_hash: &[u8],
    attempt: &Attempt,
    until: i64,
) -> Result<(), DbError> {
    let args = args![state_hash.to_vec(), &attempt.nonce, &attempt.verifier, &attempt.next, until];
    tx.run_one(&ATTEMPT, args).await
}

/// Takes an attempt out: it serves once.
pub(super) async fn take_attempt(
    tx: &mut Tx,
    state_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Attempt>, DbError> {
    let row = tx.row(&TAKE_ATTEMPT, args![state_hash.to_vec(), now]).await?;
    row.map(|mut row| Ok(Attempt { nonce: row.get(0)?, verifier: row.get(1)?, next: row.get(2)? }))
        .transpose()
}

/// The member of staff whom claims point at.
pub(super) struct Known {
    pub(super) id: Uuid,
    pub(super) on_duty: bool,
    pub(super) agency: String,
    pub(super) unit: String,
    pub(super) role: String,
}

fn known(row: Option<Row>) -> Result<Option<Known>, DbError> {
    row.map(|mut row| {
        Ok(Known {
            id: row.get(0)?,
            on_duty: row.get(1)?,
            agency: row.get(2)?,
            unit: row.get(3)?,
            role: row.get(4)?,
        })
    })
    .transpose()
}

/// Finds a member of staff by the provider's subject, or the first time by
/// e-mail address; from then on the subject alone counts, because an address
/// may be given to somebody else.
pub(super) async fn staff_for(
    tx: &mut Tx,
    subject: &str,
    email: Option<&str>,
) -> Result<Option<Known>, DbError> {
    if let Some(found) = known(tx.row(&STAFF_BY_SUBJECT, args![subject]).await?)? {
        return Ok(Some(found));
    }
    let Some(email) = email else { return Ok(None) };
    known(tx.row(&STAFF_BY_EMAIL, args![email]).await?)
}

/// Binds the subject of a first sign-in.
pub(super) async fn bind_subject(tx: &mut Tx, id: Uuid, subject: &str) -> Result<(), DbError> {
    tx.run(&BIND_SUBJECT, args![id, subject]).await.map(|_| ())
}

pub(super) async fn personas(link: &mut Link) -> Result<Vec<Row>, DbError> {
    link.rows(&PERSONAS, &[]).await
}

pub(super) async fn offices(link: &mut Link) -> Result<Vec<Row>, DbError> {
    link.rows(&OFFICES, &[]).await
}

pub(super) async fn is_on_duty(link: &mut Link, id: Uuid) -> Result<bool, DbError> {
    Ok(link.row(&STAFF_ON_DUTY, args![id]).await?.is_some())
}

pub(super) async fn is_office(link: &mut Link, id: Uuid) -> Result<bool, DbError> {
    Ok(link.row(&OFFICE_EXISTS, args![id]).await?.is_some())
}

pub(super) async fn kiosk_office(
    link: &mut Link,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<(Uuid, Uuid)>, DbError> {
    let row = link.row(&KIOSK_TOKEN, args![hash.to_vec(), now]).await?;
    row.map(|mut row| Ok((row.get(0)?, row.get(1)?))).transpose()
}

/// A token to be stored.
pub(super) struct NewToken<'a> {
    pub(super) name: &'a str,
    pub(super) hash: Vec<u8>,
    pub(super) kind: &'static str,
    pub(super) staff: Option<Uuid>,
    pub(super) office: Option<Uuid>,
    pub(super) expires_at: i64,
}

pub(super) async fn make_token(
    tx: &mut Tx,
    token: NewToken<'_>,
    now: Timestamp,
) -> Result<(), DbError> {
    let args = args![
        crate::app::new_id(),
        token.name,
        token.hash,
        token.kind,
        token.staff,
        token.office,
        now,
        token.expires_at,
    ];
    tx.run_one(&MAKE_TOKEN, args).await
}

pub(super) async fn revoke_token(tx: &mut Tx, name: &str, now: Timestamp) -> Result<bool, DbError> {
    Ok(tx.run(&REVOKE_TOKEN, args![name, now]).await? == 1)
}

pub(super) async fn tokens(link: &mut Link) -> Result<Vec<Row>, DbError> {
    link.rows(&TOKENS, &[]).await
}

pub(super) async fn staff_code(link: &mut Link, code: &str) -> Result<Option<Uuid>, DbError> {
    link.row(&STAFF_CODE, args![code]).await?.map(|mut row| row.get(0)).transpose()
}

pub(super) async fn office_code(link: &mut Link, code: &str) -> Result<Option<Uuid>, DbError> {
    link.row(&OFFICE_CODE, args![code]).await?.map(|mut row| row.get(0)).transpose()
}
