//! The register of information flows: what goes from whom to whom, what for, on
//! what ground. A flow whose ground is not clarified is blocked, and its
//! questions stand on a list (REQ-INFO-05).

use jiff::Timestamp;
use onedoor_domain::ids::{AgencyId, FlowId, StaffId};
use onedoor_domain::secrecy::Purpose;

use super::disclosures::Passed;
use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::walls::{SMALLEST, set_count};
use crate::web::Fault;

crate::sql! {
    FIND = "select id, clarified from information_flow
        where kind = $1 and from_agency_id = $2 and to_agency_id = $3 and purpose = $4";
    ALL = "select w.id, w.kind, w.from_agency_id, f.name, w.to_agency_id, t.name, w.purpose,
            w.ground, w.question_privacy, w.question_secrecy, w.question_it, w.clarified,
            w.changed_at, w.version
        from information_flow w join agency f on f.id = w.from_agency_id
        join agency t on t.id = w.to_agency_id
        order by w.clarified, f.name, t.name, w.kind, w.id limit 500";
    INSERT = "insert into information_flow (id, kind, from_agency_id, to_agency_id, purpose,
            ground, question_privacy, question_secrecy, question_it, clarified, changed_at,
            changed_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)";
    UPDATE = "update information_flow set ground = $3, question_privacy = $4,
            question_secrecy = $5, question_it = $6, clarified = $7, changed_at = $8,
            changed_by = $9, version = version + 1
        where id = $1 and version = $2";
    ASK = "insert into information_flow (id, kind, from_agency_id, to_agency_id, purpose,
            ground, question_privacy, question_secrecy, question_it, clarified, changed_at,
            changed_by, version)
        values ($1, $2, $3, $4, $5, '', '', $6, '', false, $7, $8, 1)
        on conflict (kind, from_agency_id, to_agency_id, purpose) do nothing";
    SET = "insert into consent_setting (name, number) values ($1, $2)
        on conflict (name) do update set number = excluded.number";
}

/// What it is for a list where a site has set nothing: one or two are always somebody.
const SMALLEST_DEFAULT: i64 = 3;

/// What goes from whom to whom, and what for.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// In which form.
    pub kind: Passed,
    /// Who tells.
    pub from: AgencyId,
    /// Who is told.
    pub to: AgencyId,
    /// What for.
    pub purpose: Purpose,
}

/// Whether a flow is open: registered, with a ground that is clarified.
///
/// # Errors
/// When the database does not answer.
pub async fn is_open(link: &mut Link, flow: Flow) -> Result<bool, DbError> {
    let args = args![flow.kind.as_str(), flow.from, flow.to, flow.purpose.as_str()];
    match link.row(&FIND, args).await? {
        Some(mut row) => row.get(1),
        None => Ok(false),
    }
}

/// Puts a flow that somebody wanted to use on the list of questions, unless it is
/// registered already.
///
/// # Errors
/// When the database refuses.
pub async fn ask(
    tx: &mut Tx,
    flow: Flow,
    question: &str,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<(), DbError> {
    let id = FlowId(new_id());
    let kind = flow.kind.as_str();
    let args = args![id, kind, flow.from, flow.to, flow.purpose.as_str(), question, now, by];
    tx.run(&ASK, args).await?;
    Ok(())
}

/// A line of the register.
pub(super) struct Registered {
    pub(super) id: FlowId,
    pub(super) kind: String,
    pub(super) from: (AgencyId, String),
    pub(super) to: (AgencyId, String),
    pub(super) purpose: String,
    pub(super) said: Said,
    pub(super) clarified: bool,
    pub(super) changed_at: i64,
    pub(super) version: i64,
}

/// What is written about a flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) ground: String,
    pub(super) privacy: String,
    pub(super) secrecy: String,
    pub(super) it: String,
}

impl Said {
    /// A flow is clarified when it has a ground and no question is left.
    pub(super) fn clarified(&self) -> bool {
        !self.ground.is_empty()
            && self.privacy.is_empty()
            && self.secrecy.is_empty()
            && self.it.is_empty()
    }
}

pub(super) async fn all(link: &mut Link, _permit: &Permit) -> Result<Vec<Registered>, Fault> {
    let read = |mut row: Row| -> Result<Registered, DbError> {
        Ok(Registered {
            id: row.get(0)?,
            kind: row.get(1)?,
            from: (row.get(2)?, row.get(3)?),
            to: (row.get(4)?, row.get(5)?),
            purpose: row.get(6)?,
            said: Said {
                ground: row.get(7)?,
                privacy: row.get(8)?,
                secrecy: row.get(9)?,
                it: row.get(10)?,
            },
            clarified: row.get(11)?,
            changed_at: row.get(12)?,
            version: row.get(13)?,
        })
    };
    let rows = link.rows(&ALL, &[]).await?;
    Ok(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
}

pub(super) async fn find(link: &mut Link, flow: Flow) -> Result<Option<FlowId>, DbError> {
    let args = args![flow.kind.as_str(), flow.from, flow.to, flow.purpose.as_str()];
    link.row(&FIND, args).await?.map(|mut row| row.get(0)).transpose()
}

pub(super) async fn insert(
    tx: &mut Tx,
    _permit: &Permit,
    flow: Flow,
    said: &Said,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<(), Fault> {
    let args = args![
        FlowId(new_id()),
        flow.kind.as_str(),
        flow.from,
        flow.to,
        flow.purpose.as_str(),
        &said.ground,
        &said.privacy,
        &said.secrecy,
        &said.it,
        said.clarified(),
        now,
        by,
    ];
    tx.run(&INSERT, args).await?;
    Ok(())
}

pub(super) async fn update(
    tx: &mut Tx,
    _permit: &Permit,
    (id, version): (FlowId, i64),
    said: &Said,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<(), Fault> {
    let args = args![
        id,
        version,
        &said.ground,
        &said.privacy,
        &said.secrecy,
        &said.it,
        said.clarified(),
        now,
        by,
    ];
    Ok(tx.run_one(&UPDATE, args).await?)
}

/// The smallest count of those left out of one list, which the privacy owner sets.
///
/// # Errors
/// When the database does not answer.
pub async fn smallest_left_out(link: &mut Link) -> Result<i64, DbError> {
    Ok(set_count(link).await?.unwrap_or(SMALLEST_DEFAULT))
}

pub(super) async fn set_smallest(tx: &mut Tx, _permit: &Permit, number: i64) -> Result<(), Fault> {
    tx.run(&SET, args![SMALLEST, number]).await?;
    Ok(())
}
