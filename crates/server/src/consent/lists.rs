//! Lists of candidates that one agency hands another: each name needs a ground,
//! and those without are left out and counted (REQ-INFO-14).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, CandidateListId, ConsentId, NecessityId, PersonId, StaffId};
use onedoor_domain::secrecy::{Categories, Category, Consent, Purpose, Verdict};

use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, LIST_TITLE};
use crate::policy::Permit;
use crate::walls::{self, Giver, Standing};
use crate::web::Fault;

crate::sql! {
    INSERT = "insert into candidate_list (id, from_agency_id, to_agency_id, title, handed_at,
            handed_by, left_out)
        values ($1, $2, $3, $4, $5, $6, $7)";
    INSERT_ONE = "insert into candidate (list_id, person_id, consent_id) values ($1, $2, $3)";
    READ = "select l.from_agency_id, f.name, l.to_agency_id, t.name, l.title, l.handed_at,
            s.name, l.left_out, k.wrapped
        from candidate_list l left join subject_key k on k.subject_id = l.id
        join agency f on f.id = l.from_agency_id
        join agency t on t.id = l.to_agency_id join staff s on s.id = l.handed_by
        where l.id = $1 and (l.from_agency_id = $2 or l.to_agency_id = $2)";
    ON_IT = "select person_id from candidate where list_id = $1
        order by person_id limit 400";
    // Who is on it by another ground than consent stands in what was told with it.
    BY_LAW = "select distinct person_id from disclosure
        where to_agency_id = $1 and at = $2 and form = 'list' and what = $3
            and consent_id is null and (necessity_id is null or exists (select 1 from claim c
                where c.id = necessity_id and c.state = 'held' and c.valid_until >= $4))
        order by person_id limit 400";
    GIVEN = "select l.id, l.title, t.name, l.handed_at, k.wrapped from candidate_list l
        left join subject_key k on k.subject_id = l.id
        join agency t on t.id = l.to_agency_id
        where l.from_agency_id = $1 order by l.handed_at desc limit 50";
    RECEIVED = "select l.id, l.title, f.name, l.handed_at, k.wrapped from candidate_list l
        left join subject_key k on k.subject_id = l.id
        join agency f on f.id = l.from_agency_id
        where l.to_agency_id = $1 order by l.handed_at desc limit 50";
}

/// What a list of candidates tells about each who is on it: who they are, and that
/// the agency knows them.
#[must_use]
pub fn told() -> Categories {
    Categories::only(Category::Id).with(Category::Case)
}

/// The consent that carries a name onto a list. A doubtful one alone carries
/// nothing.
#[must_use]
pub fn ground(
    consents: &[Consent],
    from: AgencyId,
    to: AgencyId,
    today: Date,
) -> Option<ConsentId> {
    let covers = |one: &&Consent| {
        one.purpose == Purpose::Coordination
            && one.withdrawn_at.is_none()
            && !one.doubtful
            && today <= one.valid_until
            && one.from.contains(&from)
            && one.to.contains(&to)
            && one.categories.covers(told())
    };
    consents.iter().find(covers).map(|one| one.id)
}

/// Why a name may stand on a list.
pub(super) struct Carried {
    /// The ground's code in the journal.
    pub(super) ground: &'static str,
    /// The rule of the pack.
    pub(super) rule: String,
    /// The consent, where it is one.
    pub(super) consent: Option<ConsentId>,
    /// The necessity, where it is one.
    pub(super) necessity: Option<NecessityId>,
}

/// Judges a name for a list: every kind of information that the list tells must be let
/// through, by the pack that holds here today (REQ-INFO-14). Where it is by consent, one
/// consent carries all of it, and a doubtful one alone carries nothing.
#[must_use]
pub(super) fn carried(before: &Standing, me: &Giver, today: Date) -> Option<Carried> {
    let mut carried: Option<Carried> = None;
    for category in told().iter() {
        let Some(Verdict::Permit(by)) = before.judge_list(me, Purpose::Coordination, category)
        else {
            return None;
        };
        let pack = before.pack();
        let one = Carried {
            ground: walls::journal_ground(&by).as_str(),
            rule: by.rule.map(|id| pack.rule_code(id).to_owned()).unwrap_or_default(),
            consent: match by.consent {
                Some(_) => Some(ground(before.consents(), me.id, before.receiver(), today)?),
                None => None,
            },
            necessity: by.necessity,
        };
        // What needs the most is what the list stands on.
        let stronger = carried.as_ref().is_none_or(|there| {
            there.consent.is_none() && (one.consent.is_some() || there.necessity.is_none())
        });
        if stronger {
            carried = Some(one);
        }
    }
    carried
}

/// A list as it is handed over.
pub(super) struct NewList<'a> {
    pub(super) from: AgencyId,
    pub(super) to: AgencyId,
    pub(super) title: &'a str,
    pub(super) by: StaffId,
    /// Those who are on it by consent.
    pub(super) names: &'a [(PersonId, ConsentId)],
    pub(super) left_out: i64,
}

pub(super) async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewList<'_>,
    now: Timestamp,
) -> Result<CandidateListId, Fault> {
    let id = CandidateListId(new_id());
    // What a list is called may name somebody: it lies under a key of the list's own.
    let title = Key::make(tx, permit, id.0).await?.seal(LIST_TITLE, new.title)?;
    let args = args![id, new.from, new.to, title, now, new.by, new.left_out];
    tx.run(permit.opens(&INSERT), args).await?;
    for (person, consent) in new.names {
        tx.run(permit.opens(&INSERT_ONE), args![id, *person, *consent]).await?;
    }
    Ok(id)
}

/// What a disclosure says of the list that it was made with.
pub(super) fn what(list: CandidateListId) -> serde_json::Value {
    serde_json::json!({ "list": list.to_string() })
}

/// A list that was handed over.
pub(super) struct Handed {
    pub(super) from: (AgencyId, String),
    pub(super) to: (AgencyId, String),
    pub(super) title: String,
    pub(super) at: i64,
    pub(super) by: String,
    pub(super) left_out: i64,
}

/// Reads a list to or from the permit's agency.
pub(super) async fn read(
    link: &mut Link,
    permit: &Permit,
    id: CandidateListId,
) -> Result<Handed, Fault> {
    let agency = permit.agency().ok_or(Fault::Denied)?;
    let mut row = link.row(permit.opens(&READ), args![id, agency]).await?.ok_or(Fault::Hidden)?;
    Ok(Handed {
        from: (row.get(0)?, row.get(1)?),
        to: (row.get(2)?, row.get(3)?),
        title: Key::of(permit, id.0, row.get(8)?)?.open(LIST_TITLE, row.get(4)?)?,
        at: row.get(5)?,
        by: row.get(6)?,
        left_out: row.get(7)?,
    })
}

/// Those on a list whose ground holds today: who took the consent back is gone
/// from it at once.
pub(super) async fn still_on_it(
    link: &mut Link,
    permit: &Permit,
    id: CandidateListId,
    list: &Handed,
    today: Date,
) -> Result<Vec<(PersonId, Option<ConsentId>)>, Fault> {
    let mut there = Vec::new();
    for mut row in link.rows(permit.opens(&ON_IT), args![id]).await? {
        let person: PersonId = row.get(0)?;
        let consents = walls::consents(link, permit, person, today).await?;
        if let Some(consent) = ground(&consents, list.from.0, list.to.0, today) {
            there.push((person, Some(consent)));
        }
    }
    let args = args![list.to.0, list.at, what(id).to_string(), today];
    for mut row in link.rows(permit.opens(&BY_LAW), args).await? {
        there.push((row.get(0)?, None));
    }
    Ok(there)
}

/// A list in an overview.
pub(super) struct Line {
    pub(super) id: CandidateListId,
    pub(super) title: String,
    pub(super) other: String,
    pub(super) at: i64,
}

fn line(permit: &Permit, mut row: Row) -> Result<Line, DbError> {
    let id: CandidateListId = row.get(0)?;
    let title = Key::of(permit, id.0, row.get(4)?)?.open(LIST_TITLE, row.get(1)?)?;
    Ok(Line { id, title, other: row.get(2)?, at: row.get(3)? })
}

/// The lists that the permit's agency gave, and those that it got.
pub(super) async fn of_agency(
    link: &mut Link,
    permit: &Permit,
) -> Result<(Vec<Line>, Vec<Line>), Fault> {
    let agency = permit.agency().ok_or(Fault::Denied)?;
    let given = link.rows(permit.opens(&GIVEN), args![agency]).await?;
    let received = link.rows(permit.opens(&RECEIVED), args![agency]).await?;
    let lines = |rows: Vec<Row>| {
        rows.into_iter().map(|row| line(permit, row)).collect::<Result<Vec<_>, _>>()
    };
    Ok((lines(given)?, lines(received)?))
}
