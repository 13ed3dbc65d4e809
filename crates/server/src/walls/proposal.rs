//! A choice of the law that goes beyond the default of the place and time: one person proposes it,
//! another has read the very same text and says yes. Until then nothing of it holds (REQ-INFO-04).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::person::Country;
use onedoor_domain::secrecy::{Narrowing, Pack};
use uuid::Uuid;

use super::book::{self, BookFault, NewChoice};
use crate::args;
use crate::db::{DbError, Link, Row, Tx};

crate::sql! {
    PROPOSE = "insert into policy_proposal (id, office_id, code, version, digest, settings,
            valid_from, reason, proposed_at, proposed_by, state)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting')";
    PROPOSAL = "select p.id, p.office_id, p.code, p.version, p.digest, p.settings, p.valid_from,
            p.reason, p.proposed_at, p.proposed_by, p.state, coalesce(a.name, ''),
            coalesce(b.name, ''), p.answered_at
        from policy_proposal p left join staff a on a.id = p.proposed_by
        left join staff b on b.id = p.answered_by where p.id = $1";
    // Each is one law for one place: there are never many.
    WAITING = "select p.id, p.office_id, p.code, p.version, p.digest, p.settings, p.valid_from,
            p.reason, p.proposed_at, p.proposed_by, p.state, coalesce(a.name, ''),
            coalesce(b.name, ''), p.answered_at
        from policy_proposal p left join staff a on a.id = p.proposed_by
        left join staff b on b.id = p.answered_by where p.state = 'waiting'
        order by p.proposed_at, p.id limit 200";
    ANSWER = "update policy_proposal set state = $2, answered_at = $3, answered_by = $4,
            choice_id = $5 where id = $1 and state = 'waiting'";
}

/// Why a choice needs the word of a second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// A setting opens more than the pack does by default, as far as the law allows.
    Wider,
    /// The law is of another country than the installation.
    Country,
    /// The law is of another time than the day from which it would hold.
    Time,
    /// The keeper chooses on the command line what the keeper may have loaded.
    Keeper,
}

impl Beyond {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wider => "wider",
            Self::Country => "country",
            Self::Time => "time",
            Self::Keeper => "keeper",
        }
    }
}

/// Whether a choice goes beyond the default of the place and time, and in what. With none of it one
/// person chooses alone: the law that came with the program, as it is or narrower.
#[must_use]
pub fn beyond(
    country: Country,
    pack: &Pack,
    narrowing: Option<&Narrowing>,
    from: Date,
) -> Vec<Beyond> {
    let wider = narrowing.is_some_and(|it| !it.widens().is_empty());
    [
        (wider, Beyond::Wider),
        (pack.country() != country, Beyond::Country),
        (!pack.holds_on(from), Beyond::Time),
    ]
    .into_iter()
    .filter_map(|(is, what)| is.then_some(what))
    .collect()
}

/// A choice that was proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Which row.
    pub id: Uuid,
    /// The office; none is all that have no choice of their own.
    pub office: Option<OfficeId>,
    /// The pack's code.
    pub code: String,
    /// Its version.
    pub version: i64,
    /// The digest of the pack's text as it was proposed.
    pub digest: String,
    /// The site's settings as written.
    pub settings: String,
    /// From this day.
    pub from: Date,
    /// Why.
    pub reason: String,
    /// When it was proposed.
    pub at: Timestamp,
    /// Who proposed it; none is the command line.
    pub by: Option<StaffId>,
    /// `waiting`, `confirmed` or `refused`.
    pub state: String,
    /// The name of who proposed it; empty for the command line.
    pub by_name: String,
    /// The name of who answered.
    pub answered_by: String,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
}

impl Proposal {
    /// The digest of everything that a second person says yes to: the pack's text, the settings,
    /// the place, the day and the reason.
    #[must_use]
    pub fn mark(&self) -> String {
        let office = self.office.map(|it| it.0.to_string()).unwrap_or_default();
        let version = self.version.to_string();
        let from = self.from.to_string();
        let parts =
            [&self.code, &version, &self.digest, &office, &from, &self.reason, &self.settings];
        // Each with its length, so that nothing moves from one into the next.
        let all: Vec<String> = parts.iter().map(|it| format!("{}:{it}", it.len())).collect();
        book::digest(&all.join("\n"))
    }
}

fn proposal(mut row: Row) -> Result<Proposal, DbError> {
    Ok(Proposal {
        id: row.get(0)?,
        office: row.get(1)?,
        code: row.get(2)?,
        version: row.get(3)?,
        digest: row.get(4)?,
        settings: row.get(5)?,
        from: row.get(6)?,
        reason: row.get(7)?,
        at: row.get(8)?,
        by: row.get(9)?,
        state: row.get(10)?,
        by_name: row.get(11)?,
        answered_by: row.get(12)?,
        answered_at: row.get(13)?,
    })
}

/// What waits for a second person, the oldest first.
///
/// # Errors
/// When the database does not answer.
pub async fn waiting(link: &mut Link) -> Result<Vec<Proposal>, DbError> {
    link.rows(&WAITING, &[]).await?.into_iter().map(proposal).collect()
}

/// One proposal.
///
/// # Errors
/// When the database does not answer.
pub async fn find(link: &mut Link, id: Uuid) -> Result<Option<Proposal>, DbError> {
    link.row(&PROPOSAL, args![id]).await?.map(proposal).transpose()
}

/// Writes a proposal down. Nothing holds by it.
pub(super) async fn propose(
    tx: &mut Tx,
    choice: &NewChoice<'_>,
    digest: &str,
    now: Timestamp,
) -> Result<Uuid, DbError> {
    let id = crate::app::new_id();
    let args = args![
        id,
        choice.office,
        choice.code,
        choice.version,
        digest,
        choice.settings,
        choice.from,
        choice.reason,
        now,
        choice.by,
    ];
    tx.run_one(&PROPOSE, args).await?;
    Ok(id)
}

/// Says no to what waits: whoever proposed it takes it back, or a second person refuses it.
///
/// # Errors
/// When it was answered already.
pub async fn refuse(
    tx: &mut Tx,
    proposal: &Proposal,
    by: StaffId,
    now: Timestamp,
) -> Result<(), BookFault> {
    let none: Option<Uuid> = None;
    match tx.run(&ANSWER, args![proposal.id, "refused", now, by, none]).await? {
        1 => Ok(()),
        _ => Err(BookFault::Answered),
    }
}

/// Says yes as the second person, by whom the choice is made: from then it holds. `read` is the
/// mark of what they have read.
///
/// # Errors
/// When it is their own, was answered already, its day is over, or anything of it is not what they
/// read: the pack's text too, as it is at this moment.
pub async fn confirm(
    tx: &mut Tx,
    proposal: &Proposal,
    by: StaffId,
    read: &str,
    (now, today): (Timestamp, Date),
) -> Result<Uuid, BookFault> {
    if proposal.by == Some(by) {
        return Err(BookFault::OwnProposal);
    }
    if proposal.state != "waiting" {
        return Err(BookFault::Answered);
    }
    let other = || BookFault::OtherText(proposal.code.clone(), proposal.version);
    if proposal.mark() != read {
        return Err(other());
    }
    if proposal.from < today {
        return Err(BookFault::Over);
    }
    let choice = NewChoice {
        office: proposal.office,
        code: &proposal.code,
        version: proposal.version,
        settings: &proposal.settings,
        from: proposal.from,
        reason: &proposal.reason,
        by: proposal.by,
        read: Some(&proposal.digest),
    };
    let id = book::set(tx, &choice, now).await?;
    match tx.run(&ANSWER, args![proposal.id, "confirmed", now, by, id]).await? {
        1 => Ok(id),
        _ => Err(BookFault::Answered),
    }
}
