//! Counting whom a change of law concerns, and what has been in use. Only counts
//! leave this place; people with a protected address, a shield, or a tie to staff are in none.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::secrecy::{Category, Purpose};
use uuid::Uuid;

use super::COUNTING;
use crate::args;
use crate::db::{DbError, Link};
use crate::walls::in_counts;

crate::sql! {
    KNOWN_TO_KINDS = concat!("select m.mask, count(*) from (
            select k.person_id, cast(sum(k.bit) as bigint) as mask from (
                select pa.person_id, case a.kind when 'employment' then 1
                        when 'insurance' then 2 else 4 end as bit
                from person_agency pa join agency a on a.id = pa.agency_id where pa.since < $1
                union
                select c.person_id, case a.kind when 'employment' then 1
                        when 'insurance' then 2 else 4 end as bit
                from case_agency ca join shared_case c on c.id = ca.case_id
                join agency a on a.id = ca.agency_id where ca.since < $2
            ) k join person p on p.id = k.person_id
            where ", in_counts!(), " group by k.person_id
        ) m group by m.mask");
    HELD_BY_KINDS = concat!("select h.bit, h.category, m.mask, count(*) from (
            select f.person_id, f.category, case a.kind when 'employment' then 1
                    when 'insurance' then 2 else 4 end as bit
            from fact f join agency a on a.id = f.agency_id
            where f.noted_at < $2 and (f.ended_at is null or f.ended_at >= $2)
            union
            select n.person_id, n.category, case a.kind when 'employment' then 1
                    when 'insurance' then 2 else 4 end as bit
            from note n join agency a on a.id = n.agency_id
            where n.noted_at < $2 and not n.internal
        ) h join (
            select k.person_id, cast(sum(k.bit) as bigint) as mask from (
                select pa.person_id, case a.kind when 'employment' then 1
                        when 'insurance' then 2 else 4 end as bit
                from person_agency pa join agency a on a.id = pa.agency_id where pa.since < $1
                union
                select c.person_id, case a.kind when 'employment' then 1
                        when 'insurance' then 2 else 4 end as bit
                from case_agency ca join shared_case c on c.id = ca.case_id
                join agency a on a.id = ca.agency_id where ca.since < $2
            ) k join person p on p.id = k.person_id
            where ", in_counts!(), " group by k.person_id
        ) m on m.person_id = h.person_id
        group by h.bit, h.category, m.mask");
    PACK_STATES = "select p.code, p.version, p.loaded_at, p.used_at,
            coalesce(s.name, '')
        from policy_pack p left join staff s on s.id = p.loaded_by order by p.code, p.version";
    CHOOSERS = "select c.id, coalesce(s.name, ''), coalesce(o.name, '') from policy_choice c
        left join staff s on s.id = c.chosen_by
        left join policy_proposal p on p.choice_id = c.id
        left join staff o on o.id = p.answered_by";
    USED_SINCE = "select f.kind, t.kind, d.purpose, d.categories, count(*)
        from disclosure d join agency f on f.id = d.from_agency_id
        join agency t on t.id = d.to_agency_id
        where d.at >= $1 group by f.kind, t.kind, d.purpose, d.categories";
}

/// How many people one kind of agency has something of that another kind, which knows
/// them too, would receive.
pub(super) type People = BTreeMap<(AgencyKind, AgencyKind, Category), i64>;

fn bit(kind: AgencyKind) -> i64 {
    match kind {
        AgencyKind::Employment => 1,
        AgencyKind::Insurance => 2,
        AgencyKind::Social => 4,
    }
}

/// The pairs of a giver and a receiver that both know whoever has this mask.
fn pairs(mask: i64) -> impl Iterator<Item = (AgencyKind, AgencyKind)> {
    let known = move |kind: &AgencyKind| mask & bit(*kind) != 0;
    let givers = AgencyKind::ALL.into_iter().filter(known);
    givers.flat_map(move |from| {
        let others = AgencyKind::ALL.into_iter().filter(move |to| known(to) && *to != from);
        others.map(move |to| (from, to))
    })
}

/// Counts the people between each two kinds of agency. That somebody is known, and how
/// to reach them, every agency has of each it knows; the rest is counted from facts and
/// notes that are not internal. All as it was when a month began, by its first day and
/// instant, so that no count of today tells what was registered a moment ago.
pub(super) async fn people(link: &mut Link, month: (Date, Timestamp)) -> Result<People, DbError> {
    let mut people = People::new();
    for mut row in link.rows(COUNTING.opens(&KNOWN_TO_KINDS), args![month.0, month.1]).await? {
        let (mask, count): (i64, i64) = (row.get(0)?, row.get(1)?);
        for (from, to) in pairs(mask) {
            for category in [Category::Id, Category::Case] {
                *people.entry((from, to, category)).or_default() += count;
            }
        }
    }
    for mut row in link.rows(COUNTING.opens(&HELD_BY_KINDS), args![month.0, month.1]).await? {
        let (holder, code, mask, count): (i64, String, i64, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let Some(category) = Category::parse(&code) else { continue };
        if matches!(category, Category::Id | Category::Case) {
            continue;
        }
        // Who holds something knows the person, whatever the other registers say.
        for (from, to) in pairs(mask | holder).filter(|(from, _)| bit(*from) == holder) {
            *people.entry((from, to, category)).or_default() += count;
        }
    }
    Ok(people)
}

/// What the database knows of a pack's text.
pub(super) struct PackState {
    pub(super) code: String,
    pub(super) version: i64,
    pub(super) loaded: Timestamp,
    pub(super) used: Option<Timestamp>,
    /// Who loaded it; empty for the command line and for what came with the program.
    pub(super) by: String,
}

/// Every pack's text as it was kept.
pub(super) async fn states(link: &mut Link) -> Result<Vec<PackState>, DbError> {
    let rows = link.rows(&PACK_STATES, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(PackState {
                code: row.get(0)?,
                version: row.get(1)?,
                loaded: row.get(2)?,
                used: row.get(3)?,
                by: row.get(4)?,
            })
        })
        .collect()
}

/// Who made each choice and who said yes to it as the second person; empty for the command line,
/// and where nobody had to.
pub(super) async fn choosers(link: &mut Link) -> Result<BTreeMap<Uuid, (String, String)>, DbError> {
    let rows = link.rows(&CHOOSERS, &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?)))).collect()
}

/// The ways that were used: who gave whom what for which purpose.
pub type Used = BTreeSet<(AgencyKind, AgencyKind, Purpose, Category)>;

/// What has crossed since an instant. It tells of no person.
///
/// # Errors
/// When the database does not answer.
pub async fn used_since(link: &mut Link, since: Timestamp) -> Result<Used, DbError> {
    let mut used = Used::new();
    for mut row in link.rows(COUNTING.opens(&USED_SINCE), args![since]).await? {
        let (from, to): (String, String) = (row.get(0)?, row.get(1)?);
        let (purpose, categories): (String, String) = (row.get(2)?, row.get(3)?);
        let (Some(from), Some(to), Some(purpose)) =
            (AgencyKind::parse(&from), AgencyKind::parse(&to), Purpose::parse(&purpose))
        else {
            continue;
        };
        let words = categories.split_whitespace().filter_map(Category::parse);
        used.extend(words.map(|category| (from, to, purpose, category)));
    }
    Ok(used)
}
