//! The rows behind a figure: each number opens to what it is counted from. What the walls keep from
//! the one who reads is counted as not told, so that rows and untold together are the number.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::coming::{CLARIFICATION_DAYS, WRONG_DOOR_MICROS};
use super::period::{Period, start_of};
use super::sets::{
    booking_is, bookings_of, case_is, cases_of, clarified_is, clarified_late, clarified_of,
    consulted_is, consulted_of, contacts_of, escalated_is, escalated_of, handed_of, mark_is,
    marks_of, not_said, points_of, points_told, promised_is, promised_of, visit_is, visits_of,
    wrong_doors,
};
use crate::booking::telling::{booking_concerns, needs_of, told_booking, who_meet};
use crate::db::{Asked, DbError, Link, Personal, Row, Value};
use crate::policy::{Permit, Subject};
use crate::walls::told_here;
use crate::web::{Desk, Fault};
use crate::words::Words;

/// Where a page goes on, newest first: what has the instant, key and code of the last row behind it.
macro_rules! from_here {
    ($at:literal, $key:literal, $code:literal, $a:literal, $b:literal, $c:literal, $n:literal) => {
        concat!(
            " and (",
            $at,
            " < ",
            $a,
            " or (",
            $at,
            " = ",
            $a,
            " and (",
            $key,
            " < ",
            $b,
            " or (",
            $key,
            " = ",
            $b,
            " and ",
            $code,
            " < cast(",
            $c,
            " as text))))) order by ",
            $at,
            " desc, ",
            $key,
            " desc, ",
            $code,
            " desc limit ",
            $n
        )
    };
}

/// The case is one of the reader's own agency, and not kept out of use.
macro_rules! own_case {
    ($agency:literal) => {
        concat!(
            "(c.agency_id = ",
            $agency,
            " and not exists (select 1 from kept_lock l
                where l.kind = 'case' and l.id = c.id))"
        )
    };
}

/// What tells that work is no aim is told by the agency that noted it; to whom work was offered is
/// told by several, and of nobody.
macro_rules! told_case {
    ($agency:literal, $which:literal) => {
        concat!(
            "(",
            own_case!($agency),
            " and case cast(",
            $which,
            " as text)
                when 'work-no-aim' then exists (select 1 from work_focus f
                    where f.person_id = c.person_id and f.reason <> '' and f.agency_id = ",
            $agency,
            ")
                when 'work-aim' then 1 = 0 when 'work-offered' then 1 = 0 else 1 = 1 end)"
        )
    };
}

crate::sql! {
    TOLD_VISITS = concat!("select count(*) ", visits_of!(), " and ", visit_is!("$8"),
        " and ", told_here!("$6", "$5", "$7"));
    ROWS_VISITS = concat!("select v.arrived_at, v.id, v.day, v.id, v.day, v.ticket,
            case cast($8 as text) when 'wrong' then v.first_track else v.track end,
            case cast($8 as text) when 'wrong' then v.track else coalesce(v.outcome, '') end,
            v.person_id, cast(1 as bigint) ", visits_of!(), " and ", visit_is!("$8"),
        " and ", told_here!("$6", "$5", "$7"),
        from_here!("v.arrived_at", "v.id", "v.day", "$9", "$10", "$11", "$12"));
    TOLD_MARKS = concat!("select count(*) ", marks_of!(), " and ", mark_is!("$8"),
        " and ", told_here!("$6", "$5", "$7"));
    ROWS_MARKS = concat!("select v.arrived_at, v.id, m.code, v.id, v.day, v.ticket, m.code, '',
            v.person_id, cast(1 as bigint) ", marks_of!(), " and ", mark_is!("$8"),
        " and ", told_here!("$6", "$5", "$7"),
        from_here!("v.arrived_at", "v.id", "m.code", "$9", "$10", "$11", "$12"));
    TOLD_BOOKINGS = concat!("select count(*) ", bookings_of!(), " and ", booking_is!("$8", "$9"),
        " and ", told_booking!("$5", "$6", "$7"));
    ROWS_BOOKINGS = concat!("select b.starts_at, b.id, b.state, b.id, '', cast(0 as bigint),
            b.meet_by, b.state, b.person_id, cast(1 as bigint) ", bookings_of!(),
        " and ", booking_is!("$8", "$9"), " and ", told_booking!("$5", "$6", "$7"),
        from_here!("b.starts_at", "b.id", "b.state", "$10", "$11", "$12", "$13"));
    // Of nobody: told to everybody. Only who was asked, and their agency, can open one.
    ROWS_CONSULTED = concat!("select c.asked_at, c.id, a.kind,
            case when c.to_agency_id = $4 or c.asked_by = $5 then c.id end, '', cast(0 as bigint),
            a.kind, coalesce(c.outcome, ''), null, cast(1 as bigint) ", consulted_of!(), " and ",
        consulted_is!("$6"), from_here!("c.asked_at", "c.id", "a.kind", "$7", "$8", "$9", "$10"));
    TOLD_ESCALATED = concat!("select count(*) ", escalated_of!(), " and ", escalated_is!("$8"),
        " and ", told_here!("$6", "$5", "$7"));
    ROWS_ESCALATED = concat!("select e.at, v.id, e.subject, v.id, v.day, v.ticket, e.subject,
            coalesce(e.return_reason, ''), v.person_id, cast(1 as bigint) ", escalated_of!(),
        " and ", escalated_is!("$8"), " and ", told_here!("$6", "$5", "$7"),
        from_here!("e.at", "v.id", "e.subject", "$9", "$10", "$11", "$12"));
    // What another agency promised is for the walls.
    TOLD_PROMISED = concat!("select count(*) ", promised_of!(), " and ", promised_is!("$8"),
        " and q.agency_id = $6 and ", told_here!("$6", "$5", "$7"));
    ROWS_PROMISED = concat!("select q.at, q.id, q.service_code, v.id, v.day, v.ticket,
            q.service_code, coalesce(q.result, ''), v.person_id, cast(1 as bigint) ",
        promised_of!(), " and ", promised_is!("$8"), " and q.agency_id = $6 and ",
        told_here!("$6", "$5", "$7"),
        from_here!("q.at", "q.id", "q.service_code", "$9", "$10", "$11", "$12"));
    TOLD_CLARIFIED = concat!("select count(*) ", clarified_of!(), " and ",
        clarified_is!("$8", "$9"), " and ", told_here!("$6", "$5", "$7"));
    ROWS_CLARIFIED = concat!("select v.arrived_at, v.id, c.began_on, v.id, v.day, v.ticket,
            c.began_on, coalesce(c.complete_on, ''), v.person_id, cast(1 as bigint) ",
        clarified_of!(), " and ", clarified_is!("$8", "$9"), " and ",
        told_here!("$6", "$5", "$7"),
        from_here!("v.arrived_at", "v.id", "c.began_on", "$10", "$11", "$12", "$13"));
    TOLD_CASES = concat!("select cast(coalesce(sum(case cast($5 as text)
                when 'forced' then c.forced_changes when 'handovers' then c.handovers
                else 1 end), 0) as bigint) ",
        cases_of!(), " and ", case_is!("$5"), " and ", told_case!("$4", "$5"));
    ROWS_CASES = concat!("select c.opened_at, c.id, c.step_on, c.id, '', cast(0 as bigint), '', '',
            c.person_id, cast(case cast($5 as text) when 'forced' then c.forced_changes
                when 'handovers' then c.handovers else 1 end as bigint) ",
        cases_of!(), " and ", case_is!("$5"), " and ", told_case!("$4", "$5"),
        from_here!("c.opened_at", "c.id", "c.step_on", "$6", "$7", "$8", "$9"));
    TOLD_HANDED = concat!("select count(*) ", handed_of!(), " and h.reason = $7
            and u.agency_id = $6 and ", own_case!("$6"));
    ROWS_HANDED = concat!("select h.asked_at, h.id, h.state, c.id, '', cast(0 as bigint), h.reason,
            h.state, c.person_id, cast(1 as bigint) ", handed_of!(), " and h.reason = $7
            and u.agency_id = $6 and ", own_case!("$6"),
        from_here!("h.asked_at", "h.id", "h.state", "$8", "$9", "$10", "$11"));
    TOLD_DOORS = concat!("select count(*) from (", wrong_doors!(), ") d
        join shared_case c on c.id = d.id where d.put_right >= $7 and d.put_right < $8 and ",
        own_case!("$9"));
    ROWS_DOORS = concat!("select d.put_right, c.id, c.step_on, c.id, '', cast(0 as bigint), '', '',
            c.person_id, cast(1 as bigint) from (", wrong_doors!(), ") d
        join shared_case c on c.id = d.id where d.put_right >= $7 and d.put_right < $8 and ",
        own_case!("$9"),
        from_here!("d.put_right", "c.id", "c.step_on", "$10", "$11", "$12", "$13"));
    TOLD_POINTS = concat!("select count(*) from (", points_of!(points_told!()), ") t
        where t.told = 1 and t.places = $10 and t.people = $11 and t.agencies = $12");
    // One row for each person: their last visit to the office in the year.
    ROWS_POINTS = concat!("select v.arrived_at, v.id, v.day, v.id, v.day, v.ticket, v.track,
            coalesce(v.outcome, ''), v.person_id, cast(1 as bigint)
        from (", points_of!(points_told!()), ") t join visit v on v.person_id = t.person_id
            and v.office_id = $1 and v.day >= $4 and v.day < $5 and v.closed_at is not null
        where t.told = 1 and t.places = $10 and t.people = $11 and t.agencies = $12
            and not exists (select 1 from visit x where x.person_id = v.person_id
                and x.office_id = $1 and x.day >= $4 and x.day < $5 and x.closed_at is not null
                and (x.arrived_at > v.arrived_at
                    or (x.arrived_at = v.arrived_at and x.id > v.id)))",
        from_here!("v.arrived_at", "v.id", "v.day", "$13", "$14", "$15", "$16"));
    ROWS_CONTACTS = concat!("select cast(0 as bigint), x.id, x.day, null, x.day, cast(0 as bigint),
            x.needs, x.guidance, null, cast(1 as bigint) ", contacts_of!(), "
            and (x.day < $6 or (x.day = $6 and x.id < $7))
        order by x.day desc, x.id desc limit $8");
}

/// So many rows are on a page.
const PAGE: usize = 100;

/// What a row of a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RowKind {
    /// A visit.
    Visit,
    /// A booked time.
    Booking,
    /// A case.
    Case,
    /// A question between colleagues.
    Question,
    /// A contact of nobody.
    Contact,
}

impl RowKind {
    /// Its code, for the words.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Booking => "booking",
            Self::Case => "case",
            Self::Question => "question",
            Self::Contact => "contact",
        }
    }
}

/// A row that a figure is counted from. It names no person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FigureRow {
    /// What it is.
    pub kind: RowKind,
    /// The visit, booked time, case or question; whoever may see it can open it. Empty where the
    /// reader can open nothing.
    pub id: String,
    /// The day.
    pub day: String,
    /// The ticket, of a visit.
    pub ticket: i64,
    /// First fact.
    pub a: String,
    /// Second fact.
    pub b: String,
    /// What a contact was about: codes of needs.
    pub needs: Vec<String>,
    /// How many the row counts for: hand-overs of a case are more than one.
    pub counts: i64,
    /// Whose it was, for the journal.
    #[serde(skip)]
    pub person: Option<Uuid>,
}

impl FigureRow {
    /// Its address, for the template; empty where there is none to open.
    pub(crate) fn href(&self) -> String {
        let folder = match self.kind {
            _ if self.id.is_empty() => return String::new(),
            RowKind::Visit => "visits",
            RowKind::Booking => "bookings",
            RowKind::Case => "cases",
            RowKind::Question => "consultations",
            RowKind::Contact => return String::new(),
        };
        format!("/{folder}/{}", self.id)
    }
}

/// What is behind a figure, a page of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Behind {
    pub(super) rows: Vec<FigureRow>,
    /// How many of those that were counted are told on all pages together.
    pub(super) told: i64,
    /// Where the next page begins; empty on the last.
    pub(super) next: String,
}

impl Behind {
    /// How many were counted and are told on no page. Nothing where the count itself comes in steps.
    pub(super) fn untold(&self, counted: Option<i64>, exact: bool) -> Option<i64> {
        counted.filter(|_| exact).map(|all| (all - self.told).max(0))
    }
}

/// Where a page begins: what the last row before it was.
struct After {
    at: i64,
    key: Uuid,
    code: String,
}

impl After {
    fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, '~');
        let mut next = || parts.next().unwrap_or_default();
        match (next().parse(), next().parse()) {
            (Ok(at), Ok(key)) => Self { at, key, code: next().to_owned() },
            _ => Self { at: i64::MAX, key: Uuid::max(), code: "9999-12-31".to_owned() },
        }
    }
}

/// What a figure is counted from, with the statement that counts what is told of it and the one that
/// lists it.
struct Source<'p> {
    kind: RowKind,
    told: Option<&'p Asked>,
    rows: &'p Asked,
    args: Vec<Value>,
}

/// The source of a figure; nothing for a code that no figure has.
fn source<'p>(
    desk: &Desk,
    permit: &'p Permit,
    figure: &str,
    period: &Period,
) -> Option<Source<'p>> {
    let actor = desk.actor();
    let days = || -> Vec<Value> {
        vec![
            period.office.into(),
            period.from.into(),
            period.until.into(),
            actor.lacks().into(),
            actor.id.into(),
            actor.agency.into(),
            permit.counter().closed().into(),
            figure.into(),
        ]
    };
    let times = |from: i64, until: i64| -> Vec<Value> {
        let (lacks, me) = (actor.lacks().into(), actor.id.into());
        vec![period.office.into(), from.into(), until.into(), lacks, me]
    };
    let (start, end) = (period.start(desk), period.end(desk));
    let of = |kind, told: &'static Personal, rows: &'static Personal, args| {
        Some(Source { kind, told: Some(permit.opens(told)), rows: permit.opens(rows), args })
    };
    match figure {
        "visits" | "wrong" | "clarified" | "unended" | "told" | "unknown-visitors"
        | "open-visits" => of(RowKind::Visit, &TOLD_VISITS, &ROWS_VISITS, days()),
        "go-ask" | "guidance-jobs" | "guidance-qualification" | "guidance-rights" => {
            of(RowKind::Visit, &TOLD_MARKS, &ROWS_MARKS, days())
        }
        "booking-came" | "booking-absent" | "booking-moved" | "booking-unsaid" => {
            let mut args = times(start, end);
            args.extend([
                permit.counter().own().into(),
                permit.counter().closed().into(),
                figure.into(),
                desk.now().into(),
            ]);
            of(RowKind::Booking, &TOLD_BOOKINGS, &ROWS_BOOKINGS, args)
        }
        "consulted" | "consult-avoided" | "consult-urgent" => {
            let args = vec![
                period.office.into(),
                start.into(),
                end.into(),
                actor.agency.into(),
                actor.id.into(),
                figure.into(),
            ];
            Some(Source { kind: RowKind::Question, told: None, rows: &ROWS_CONSULTED, args })
        }
        "escalated" | "returned" => of(RowKind::Visit, &TOLD_ESCALATED, &ROWS_ESCALATED, days()),
        "promised" | "unmet" => of(RowKind::Visit, &TOLD_PROMISED, &ROWS_PROMISED, days()),
        "clarification" | "clarification-whole" | "clarification-open" | "clarification-late" => {
            let mut args = days();
            args.push(late_before(desk).into());
            of(RowKind::Visit, &TOLD_CLARIFIED, &ROWS_CLARIFIED, args)
        }
        "cases" | "shuttling" | "last-resort" | "forced" | "work-offered" | "work-no-aim"
        | "work-aim" | "handed" | "handovers" => {
            let args = vec![
                period.office.into(),
                actor.lacks().into(),
                actor.id.into(),
                actor.agency.into(),
                figure.into(),
            ];
            of(RowKind::Case, &TOLD_CASES, &ROWS_CASES, args)
        }
        _ => {
            if let Some(reason) = figure.strip_prefix("reason-") {
                let mut args = times(start, end);
                args.extend([actor.agency.into(), reason.into()]);
                return of(RowKind::Case, &TOLD_HANDED, &ROWS_HANDED, args);
            }
            if let Some(month) = figure.strip_prefix("door-") {
                let first: Date = format!("{month}-01").parse().ok()?;
                let after = first.checked_add(1.month()).ok()?;
                let mut args = times(year_before(desk, period.until), end);
                args.extend([
                    WRONG_DOOR_MICROS.into(),
                    start_of(desk, first).into(),
                    start_of(desk, after).into(),
                    actor.agency.into(),
                ]);
                return of(RowKind::Case, &TOLD_DOORS, &ROWS_DOORS, args);
            }
            if let Some((now, [places, people, agencies])) = points_in(figure) {
                let (first, after) = year_of(period, now);
                let mut args = times(start_of(desk, first), start_of(desk, after));
                args.truncate(3);
                args.extend([
                    first.into(),
                    after.into(),
                    actor.lacks().into(),
                    actor.id.into(),
                    actor.agency.into(),
                    permit.counter().closed().into(),
                    places.into(),
                    people.into(),
                    agencies.into(),
                ]);
                return of(RowKind::Visit, &TOLD_POINTS, &ROWS_POINTS, args);
            }
            let (kind, channel) = figure.strip_prefix("contact-")?.split_once('-')?;
            let args = vec![
                period.office.into(),
                period.from.into(),
                period.until.into(),
                kind.into(),
                channel.into(),
            ];
            Some(Source { kind: RowKind::Contact, told: None, rows: &ROWS_CONTACTS, args })
        }
    }
}

/// A clarification that began before this day and lacks a part is late.
pub(super) fn late_before(desk: &Desk) -> Date {
    desk.today().checked_sub(CLARIFICATION_DAYS.days()).unwrap_or(Date::MIN)
}

/// The first day of the year that ends with the period, or of the year before that, and the day after
/// its last.
pub(super) fn year_of(period: &Period, now: bool) -> (Date, Date) {
    let until = period.until.tomorrow().unwrap_or(period.until);
    let year = until.checked_sub(1.year()).unwrap_or(until);
    if now { (year, until) } else { (year.checked_sub(1.year()).unwrap_or(year), year) }
}

/// What the code of a contact point says: whether it is of the year or of the year before, and how
/// many places, people and agencies. Nothing for another code.
pub(super) fn points_in(code: &str) -> Option<(bool, [i64; 3])> {
    let (year, rest) = code.strip_prefix("points-")?.split_once('-')?;
    let now = match year {
        "now" => true,
        "before" => false,
        _ => return None,
    };
    let mut parts = rest.splitn(3, '-').map(|part| part.parse().ok());
    Some((now, [parts.next()??, parts.next()??, parts.next()??]))
}

/// The first instant of the year that ends with a day.
pub(super) fn year_before(desk: &Desk, until: Date) -> i64 {
    start_of(desk, until.checked_sub(1.year()).unwrap_or(until))
}

/// A row, with the key and code that the next page begins after.
fn read(desk: &Desk, kind: RowKind, mut row: Row) -> Result<(FigureRow, String), DbError> {
    let (at, key, code): (i64, Uuid, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
    let link: Option<Uuid> = row.get(3)?;
    let mut day: String = row.get(4)?;
    if day.is_empty() {
        day = desk.app().day(Timestamp::from_microsecond(at).unwrap_or_default()).to_string();
    }
    let (mut a, b): (String, String) = (row.get(6)?, row.get(7)?);
    let mut needs = Vec::new();
    if kind == RowKind::Contact {
        needs = serde_json::from_str(&a).unwrap_or_default();
        a.clear();
    }
    let line = FigureRow {
        kind,
        id: link.map(|id| id.to_string()).unwrap_or_default(),
        day,
        ticket: row.get(5)?,
        a,
        b,
        needs,
        counts: row.get(9)?,
        person: row.get(8)?,
    };
    Ok((line, format!("{at}~{key}~{code}")))
}

/// What a figure is called, as the heading of its rows.
pub(super) fn heading(desk: &Desk, figure: &str) -> String {
    named(desk.words(), figure)
}

/// What a figure is called in a language.
pub(super) fn named(words: Words, figure: &str) -> String {
    if figure.is_empty() {
        return String::new();
    }
    if let Some(reason) = figure.strip_prefix("reason-") {
        return words.of("reason", reason).into_owned();
    }
    if let Some(month) = figure.strip_prefix("door-") {
        return format!("{}, {month}", words.t("doors-title"));
    }
    if let Some((now, [places, people, agencies])) = points_in(figure) {
        let year = words.t(if now { "points-now" } else { "points-before" });
        return [
            ("points-places", places),
            ("points-people", people),
            ("points-agencies", agencies),
        ]
        .iter()
        .fold(format!("{}, {year}", words.t("points-title")), |name, (key, n)| {
            format!("{name}, {}: {n}", words.t(key))
        });
    }
    let contact = figure.strip_prefix("contact-").and_then(|rest| rest.split_once('-'));
    match contact {
        Some((kind, channel)) => {
            let (kind, channel) =
                (words.of("contact-kind", kind), words.of("contact-channel", channel));
            format!("{kind}, {channel}")
        }
        None => words.of("figure", figure).into_owned(),
    }
}

/// A page of what is behind a figure, for those who may see the visits of the office. What they see
/// is noted for the journal. Nothing for a code that no figure has, or without that right.
pub(super) async fn open(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (figure, after): (&str, &str),
    period: &Period,
) -> Result<Option<Behind>, Fault> {
    debug_assert_eq!(permit.action(), Action::ReadFigures);
    let subject = Subject::Office(period.office);
    if figure.is_empty() {
        return Ok(None);
    }
    let Some(reader) = desk.permit_quietly(link, Action::ReadQueue, subject).await? else {
        return Ok(None);
    };
    let Some(source) = source(desk, &reader, figure, period) else { return Ok(None) };
    let behind = listed(desk, link, &reader, source, after).await?;
    desk.note_seen(&reader, behind.rows.iter().filter_map(|row| row.person));
    Ok(Some(behind))
}

/// A page of a source, with how many of it are told on all pages.
async fn listed(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    source: Source<'_>,
    after: &str,
) -> Result<Behind, DbError> {
    debug_assert_eq!(permit.action(), Action::ReadQueue);
    // What is of nobody is told to everybody.
    let mut told = i64::MAX;
    if let Some(count) = source.told {
        told = match link.row(count, &source.args).await? {
            Some(mut row) => row.get(0)?,
            None => 0,
        };
    }
    let after = After::read(after);
    let (mut args, most) = (source.args, i64::try_from(PAGE + 1).unwrap_or(i64::MAX));
    if source.kind == RowKind::Contact {
        args.extend([after.code.into(), after.key.into(), most.into()]);
    } else {
        args.extend([after.at.into(), after.key.into(), after.code.into(), most.into()]);
    }
    let mut rows = link.rows(source.rows, &args).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let mut behind = Behind { told, ..Behind::default() };
    for row in rows {
        let (line, here) = read(desk, source.kind, row)?;
        behind.rows.push(line);
        behind.next = here;
    }
    if !more {
        behind.next.clear();
    }
    Ok(behind)
}
