//! Who looked: every row of the journal about the person, in plain language
//! (REQ-INFO-16). No line tells of another person, and a line that waits is
//! neither shown nor counted until its time has come.

use std::collections::BTreeSet;

use axum::extract::Query;
use jiff::Timestamp;
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::Matter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Pass;
use super::pass::pass;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::office::store::Choice;
use crate::web::{Fault, Own, Reply, Routes};
use crate::words::Words;

/// Part of a statement: the row `j` about the person of `p` does not wait: nobody has put a
/// later day to it (`$now`), and it is no row of a single access whose day to tell has not come
/// (`$today`). What crossed under one stands on a rule, a necessity or a consent of its own and
/// waits with it, else it would tell of the look.
macro_rules! told {
    ($now:literal, $today:literal) => {
        concat!(
            "not exists (select 1 from journal_delay d
                where d.lane = j.lane and d.seq = j.seq and d.until > ",
            $now,
            ") and not ((j.ground in ('single_access', 'law', 'necessity', 'consent')
                    or j.act in ('access.take', 'access.confirm'))
                and exists (select 1 from single_access x where x.person_id = p.person_id
                    and x.tell_from > ",
            $today,
            " and j.at >= x.granted_at
                    and (x.staff_id = j.actor_id or j.act = 'access.confirm')))"
        )
    };
}

crate::sql! {
    LINES = concat!("select distinct j.at, j.lane, j.seq, j.actor_kind, j.actor_id, j.role,
            coalesce(s.name, ''), coalesce(u.name, ''), coalesce(a.name, ''),
            case when h.staff_id is null then 0 else 1 end, j.act, j.purpose, j.ground, j.persons
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id left join unit u on u.id = j.unit_id
        left join agency a on a.id = j.agency_id left join name_hidden h on h.staff_id = j.actor_id
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
            and j.at <= $2 and case when j.at = $2
                then j.lane < $3 or (j.lane = $3 and j.seq < $4) else 1 = 1 end
            and case when $5 then 1 = 1 else j.agency_id = $6 end
            and case when $7 then 1 = 1 else j.actor_kind <> 'person' end
            and ", told!("$8", "$10"), "
        order by j.at desc, j.lane desc, j.seq desc limit $9");
    ONE = concat!("select distinct j.at, j.lane, j.seq, j.actor_kind, j.actor_id, j.role,
            coalesce(s.name, ''), coalesce(u.name, ''), coalesce(a.name, ''),
            case when h.staff_id is null then 0 else 1 end, j.act, j.purpose, j.ground, j.persons,
            j.agency_id
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        left join staff s on s.id = j.actor_id left join unit u on u.id = j.unit_id
        left join agency a on a.id = j.agency_id left join name_hidden h on h.staff_id = j.actor_id
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
            and p.lane = $2 and p.seq = $3
            and ", told!("$4", "$5"), "
        limit 1");
    AGENCIES = concat!("select distinct a.id, a.name
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        join agency a on a.id = j.agency_id
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
            and ", told!("$2", "$3"), "
        order by a.name limit 50");
    // Who was refused has seen nothing.
    SPREAD = concat!("select count(distinct j.actor_id), count(distinct j.agency_id)
        from journal_person p join journal j on j.lane = p.lane and j.seq = p.seq
        where p.person_id in (select id from person where id = $1 or merged_into = $1)
            and j.actor_kind in ('staff', 'client') and j.ground <> 'denied'
            and ", told!("$2", "$3"));
    // Who told or was told while their look waits, or their single access is not told yet.
    UNTOLD = "select d.id from disclosure d
        where d.person_id in (select id from person where id = $1 or merged_into = $1) and (
            exists (select 1 from single_access x where x.person_id = d.person_id
                and x.staff_id = coalesce(d.to_staff_id, d.by_staff_id)
                and x.tell_from > $3 and d.at >= x.granted_at)
            or exists (select 1 from journal_delay w
                join journal j on j.lane = w.lane and j.seq = w.seq
                where w.until > $2 and j.at = d.at
                    and j.actor_id = coalesce(d.to_staff_id, d.by_staff_id)))
        order by d.at desc limit 5000";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<LogPage, _, _>("/my/log", "Who looked, when, in which role and why", list)
        .asking(&["before", "agency", "own"])
}

/// Whether this looker may read who looked: the log tells what the case is
/// about, so it needs the same as the case, and a sure sign-in.
pub(super) fn shows(pass: &Pass) -> bool {
    pass.sight().shows(Matter::Case) && pass.is_sure()
}

/// One line.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LogLine {
    /// Names the line, to ask about it.
    pub(crate) row: String,
    pub(crate) at: i64,
    /// `staff`, `client`, `kiosk`, `system`, `you`, `oneself` (the person, for whoever acts for
    /// them) or `representative`.
    pub(crate) who: String,
    /// The name, unless the law hides it.
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) agency: String,
    /// The role in which it was done; empty where the name is hidden.
    pub(crate) role: String,
    /// The act; its sentence is the text `own-act-<act>`.
    pub(crate) act: String,
    /// Whether the person was only one in a list.
    pub(crate) in_list: bool,
    /// Whether it was refused.
    pub(crate) denied: bool,
    pub(crate) purpose: String,
    pub(crate) ground: String,
}

impl LogLine {
    /// The text of a family for a code; one for all others where it has none.
    fn said(w: Words, family: &str, code: &str) -> String {
        let key = format!("{family}-{code}");
        if w.has(&key) { w.t(&key) } else { w.t(&format!("{family}-other")) }.into_owned()
    }

    /// What was done, as a sentence.
    pub(crate) fn deed(&self, w: &Words) -> String {
        Self::said(*w, "own-act", &self.act)
    }

    /// By what right, as a sentence.
    pub(crate) fn why(&self, w: &Words) -> String {
        Self::said(*w, "own-ground", &self.ground)
    }

    /// What for, in a few words.
    pub(crate) fn what_for(&self, w: &Words) -> String {
        Self::said(*w, "own-purpose", &self.purpose)
    }
}

/// The lines of one day.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LogDay {
    pub(crate) day: String,
    pub(crate) lines: Vec<LogLine>,
}

/// Who looked.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct LogPage {
    pub(crate) days: Vec<LogDay>,
    pub(crate) seen_by: i64,
    pub(crate) seen_at: i64,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) agency: String,
    pub(crate) own: bool,
    pub(crate) next: Option<String>,
    pub(crate) acts_for: bool,
    /// Whether the log may be shown to this looker.
    pub(crate) shows: bool,
}

crate::page!(LogPage, "own/pages/log.html");

/// Reads a line so that it tells of nobody but who looked.
fn line(row: &mut Row, pass: &Pass) -> Result<LogLine, DbError> {
    let (lane, seq): (i64, i64) = (row.get(1)?, row.get(2)?);
    let kind: String = row.get(3)?;
    let actor: Option<Uuid> = row.get(4)?;
    let role: String = row.get(5)?;
    let hidden = row.get::<i64>(9)? != 0;
    let person = kind == "person";
    let shown = |text: String| if hidden { String::new() } else { text };
    let act: String = row.get(10)?;
    let ground: String = row.get(12)?;
    let persons: String = row.get(13)?;
    let staff = kind == "staff" || kind == "client";
    Ok(LogLine {
        row: format!("{lane}_{seq}"),
        at: row.get(0)?,
        who: match actor {
            Some(id) if person && id == pass.looker().0 => "you".into(),
            Some(id) if person && id == pass.person().0 => "oneself".into(),
            _ if person => "representative".into(),
            _ => kind,
        },
        name: if person { String::new() } else { shown(row.get(6)?) },
        unit: shown(row.get(7)?),
        agency: row.get(8)?,
        role: if staff { shown(role) } else { String::new() },
        act: act.replace('.', "-"),
        // How many others were in the list is theirs.
        in_list: persons.split_whitespace().nth(1).is_some(),
        denied: ground == "denied",
        purpose: row.get(11)?,
        ground,
    })
}

/// Which lines.
pub(super) struct Wanted {
    pub(super) before: (i64, i64, i64),
    pub(super) agency: Option<AgencyId>,
    pub(super) own: bool,
    pub(super) limit: usize,
}

/// Lines about the person, the latest first.
pub(super) async fn lines(
    link: &mut Link,
    pass: &Pass,
    wanted: &Wanted,
    own: &Own,
) -> Result<Vec<LogLine>, DbError> {
    let (at, lane, seq) = wanted.before;
    let limit = i64::try_from(wanted.limit).unwrap_or(i64::MAX);
    let agency = wanted.agency.map_or(Uuid::nil(), |id| id.0);
    let args = args![
        pass.person(),
        at,
        lane,
        seq,
        wanted.agency.is_none(),
        agency,
        wanted.own,
        own.now(),
        limit,
        own.today()
    ];
    let rows = link.rows(pass.opens(&LINES), args).await?;
    rows.into_iter().map(|mut row| line(&mut row, pass)).collect()
}

/// One line about the person with the agency that it belongs to; none when it is
/// another's, waits, or is not there: the three look alike.
pub(super) async fn one(
    link: &mut Link,
    pass: &Pass,
    name: &str,
    own: &Own,
) -> Result<Option<(LogLine, Option<AgencyId>)>, DbError> {
    let Some((lane, seq)) = place(name) else { return Ok(None) };
    let Some(mut row) =
        link.row(pass.opens(&ONE), args![pass.person(), lane, seq, own.now(), own.today()]).await?
    else {
        return Ok(None);
    };
    Ok(Some((line(&mut row, pass)?, row.get(14)?)))
}

/// The lane and row that a line's name stands for.
pub(super) fn place(name: &str) -> Option<(i64, i64)> {
    let (lane, seq) = name.split_once('_')?;
    Some((lane.parse().ok()?, seq.parse().ok()?))
}

/// Disclosures that the person is not told of yet, because the look that they came of waits.
pub(super) async fn untold(
    link: &mut Link,
    pass: &Pass,
    own: &Own,
) -> Result<BTreeSet<Uuid>, DbError> {
    let rows = link.rows(pass.opens(&UNTOLD), args![pass.person(), own.now(), own.today()]).await?;
    rows.into_iter().map(|mut row| row.get(0)).collect()
}

/// How many of the staff, and how many agencies, have seen something of the file
/// (REQ-INFO-06).
pub(super) async fn spread(link: &mut Link, pass: &Pass, own: &Own) -> Result<(i64, i64), DbError> {
    match link.row(pass.opens(&SPREAD), args![pass.person(), own.now(), own.today()]).await? {
        Some(mut row) => Ok((row.get(0)?, row.get(1)?)),
        None => Ok((0, 0)),
    }
}

async fn agencies(link: &mut Link, pass: &Pass, own: &Own) -> Result<Vec<Choice>, DbError> {
    let rows =
        link.rows(pass.opens(&AGENCIES), args![pass.person(), own.now(), own.today()]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(Choice { id: id.to_string(), name: row.get(1)? })
        })
        .collect()
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    before: String,
    #[serde(default)]
    agency: String,
    #[serde(default)]
    own: String,
}

const PAGE: usize = 50;
/// Where the latest lines begin.
pub(super) const LATEST: (i64, i64, i64) = (i64::MAX, 0, 0);

async fn list(own: Own, Query(asked): Query<Asked>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwnLog).await?;
    if !shows(&pass) {
        return own.show(&LogPage { acts_for: pass.right().is_some(), ..LogPage::default() });
    }
    let mut parts = asked.before.split('_').map(str::parse);
    let before = match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(at)), Some(Ok(lane)), Some(Ok(seq))) => (at, lane, seq),
        _ => LATEST,
    };
    let agency: Option<AgencyId> = asked.agency.parse().ok();
    let wanted = Wanted { before, agency, own: asked.own == "yes", limit: PAGE + 1 };
    let mut found = lines(&mut conn, &pass, &wanted, &own).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| more).map(|last| format!("{}_{}", last.at, last.row));
    let (seen_by, seen_at) = spread(&mut conn, &pass, &own).await?;
    let mut days: Vec<LogDay> = Vec::new();
    for line in found {
        let at = Timestamp::from_microsecond(line.at)
            .map_err(|error| Fault::Defect(error.to_string()))?;
        let day = own.app().day(at).to_string();
        match days.last_mut() {
            Some(last) if last.day == day => last.lines.push(line),
            _ => days.push(LogDay { day, lines: vec![line] }),
        }
    }
    own.show(&LogPage {
        days,
        seen_by,
        seen_at,
        agencies: agencies(&mut conn, &pass, &own).await?,
        agency: agency.map(|id| id.to_string()).unwrap_or_default(),
        own: wanted.own,
        next,
        acts_for: pass.right().is_some(),
        shows: true,
    })
}
