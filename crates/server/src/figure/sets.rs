//! What each figure is counted from, written once: the statement that counts and the one that
//! lists the rows behind are made of the same parts, so that they cannot differ.
//!
//! In all of them `$1` is the office. Who is hidden from the rows is hidden from their counts
//! (REQ-INFO-08).

/// Visits in a stretch of days, as far as the persons are there for the worker.
macro_rules! visits_of {
    () => {
        concat!(
            "from visit v left join person p on p.id = v.person_id
            where v.office_id = $1 and v.day >= $2 and v.day <= $3 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Which of the visits a figure counts.
macro_rules! visit_is {
    (visits) => {
        "v.closed_at is not null"
    };
    (wrong) => {
        "(v.closed_at is not null and v.track <> v.first_track)"
    };
    (clarified) => {
        "(v.closed_at is not null and coalesce(v.outcome, '') = 'clarified')"
    };
    (unended) => {
        "(v.closed_at is not null and v.outcome is null)"
    };
    (told) => {
        "(v.closed_at is not null and v.told_again > 0)"
    };
    (unknown) => {
        "(v.closed_at is not null and v.person_id is null)"
    };
    (open) => {
        "v.closed_at is null"
    };
    ($which:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'visits' then ",
            visit_is!(visits),
            " when 'wrong' then ",
            visit_is!(wrong),
            " when 'clarified' then ",
            visit_is!(clarified),
            " when 'unended' then ",
            visit_is!(unended),
            " when 'told' then ",
            visit_is!(told),
            " when 'unknown-visitors' then ",
            visit_is!(unknown),
            " when 'open-visits' then ",
            visit_is!(open),
            " else 1 = 0 end"
        )
    };
}

/// What was noted of visits in a stretch of days.
macro_rules! marks_of {
    () => {
        concat!(
            "from visit_mark m join visit v on v.id = m.visit_id
            left join person p on p.id = v.person_id
            where m.office_id = $1 and m.day >= $2 and m.day <= $3 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Which of the marks a figure counts.
macro_rules! mark_is {
    ($which:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'go-ask' then m.kind = 'go_ask'
                when 'guidance-jobs' then (m.kind = 'guidance' and m.code = 'jobs')
                when 'guidance-qualification' then
                    (m.kind = 'guidance' and m.code = 'qualification')
                when 'guidance-rights' then (m.kind = 'guidance' and m.code = 'rights')
                else 1 = 0 end"
        )
    };
}

/// Booked times that begin between two instants.
macro_rules! bookings_of {
    () => {
        concat!(
            "from booking b left join person p on p.id = b.person_id
            left join agency a on a.id = b.agency_id
            where b.office_id = $1 and b.starts_at >= $2 and b.starts_at < $3 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Whether a booked time is over and nobody has said what became of it.
macro_rules! not_said {
    ($now:literal) => {
        concat!("(b.state = 'booked' and b.ends_at <= ", $now, ")")
    };
}

/// Which of the booked times a figure counts.
macro_rules! booking_is {
    ($which:literal, $now:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'booking-came' then b.state = 'came'
                when 'booking-absent' then b.state = 'absent'
                when 'booking-moved' then b.state = 'moved'
                when 'booking-unsaid' then ",
            not_said!($now),
            " else 1 = 0 end"
        )
    };
}

/// Questions between colleagues that were asked between two instants. They are of nobody.
macro_rules! consulted_of {
    () => {
        "from consultation c join agency a on a.id = c.to_agency_id
            where c.office_id = $1 and c.asked_at >= $2 and c.asked_at < $3"
    };
}

/// Which of the questions a figure counts.
macro_rules! consulted_is {
    ($which:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'consulted' then 1 = 1
                when 'consult-avoided' then coalesce(c.outcome, '') = 'not_a_case'
                when 'consult-urgent' then coalesce(c.outcome, '') = 'urgent'
                else 1 = 0 end"
        )
    };
}

/// Decisions that were sent on at visits of a stretch of days.
macro_rules! escalated_of {
    () => {
        concat!(
            "from escalation e join visit v on v.id = e.visit_id
            left join person p on p.id = v.person_id
            where e.office_id = $1 and v.day >= $2 and v.day <= $3 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Which of them a figure counts.
macro_rules! escalated_is {
    ($which:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'escalated' then 1 = 1
                when 'returned' then e.return_reason is not null else 1 = 0 end"
        )
    };
}

/// What was promised at visits of a stretch of days.
macro_rules! promised_of {
    () => {
        concat!(
            "from promise q join visit v on v.id = q.visit_id
            left join person p on p.id = v.person_id
            where q.office_id = $1 and v.day >= $2 and v.day <= $3 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Which of the promises a figure counts.
macro_rules! promised_is {
    ($which:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'promised' then q.state <> 'open'
                when 'unmet' then q.state = 'unmet' else 1 = 0 end"
        )
    };
}

/// Whole clarifications that began in a stretch of days.
macro_rules! clarified_of {
    () => {
        concat!(
            "from clarification c join visit v on v.id = c.visit_id
            left join person p on p.id = v.person_id
            where c.office_id = $1 and c.began_on >= $2 and c.began_on <= $3 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Whether a clarification is late: it is open and began before a day.
macro_rules! clarified_late {
    ($before:literal) => {
        concat!("(c.complete_on is null and c.began_on < ", $before, ")")
    };
}

/// Which of the clarifications a figure counts.
macro_rules! clarified_is {
    ($which:literal, $before:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'clarification' then 1 = 1
                when 'clarification-whole' then c.complete_on is not null
                when 'clarification-open' then c.complete_on is null
                when 'clarification-late' then ",
            clarified_late!($before),
            " else 1 = 0 end"
        )
    };
}

/// Open cases of the office's units.
macro_rules! cases_of {
    () => {
        concat!(
            "from shared_case c join unit u on u.id = c.unit_id join person p on p.id = c.person_id
            where u.office_id = $1 and c.closed_at is null and ",
            $crate::walls::open_to!("$2", "$3")
        )
    };
}

/// What an open case counts for in a figure.
macro_rules! case_is {
    (shuttling) => {
        "c.shuttles >= 2"
    };
    (last_resort) => {
        "c.last_resort"
    };
    (handed) => {
        "c.handovers > 0"
    };
    (no_aim) => {
        "exists (select 1 from work_focus f where f.person_id = c.person_id and f.reason <> '')"
    };
    (offered) => {
        concat!(
            "(not ",
            case_is!(no_aim),
            " and exists (select 1 from visit w
                join visit_mark m on m.visit_id = w.id and m.kind = 'offer'
                join service y on y.code = m.code and y.replaced_at is null and y.kind = 'work'
                where w.person_id = c.person_id))"
        )
    };
    ($which:literal) => {
        concat!(
            "case cast(",
            $which,
            " as text) when 'cases' then 1 = 1 when 'shuttling' then ",
            case_is!(shuttling),
            " when 'last-resort' then ",
            case_is!(last_resort),
            " when 'forced' then c.forced_changes > 0 when 'work-no-aim' then ",
            case_is!(no_aim),
            " when 'work-offered' then ",
            case_is!(offered),
            " when 'work-aim' then not ",
            case_is!(no_aim),
            " when 'handed' then ",
            case_is!(handed),
            " when 'handovers' then c.handovers > 0 else 1 = 0 end"
        )
    };
}

/// Hand-overs that the office's staff asked for between two instants.
macro_rules! handed_of {
    () => {
        concat!(
            "from unit u join staff s on s.unit_id = u.id
            join handover h on h.asked_by = s.id and h.asked_at >= $2 and h.asked_at < $3
            join shared_case c on c.id = h.case_id join person p on p.id = c.person_id
            where u.office_id = $1 and ",
            $crate::walls::open_to!("$4", "$5")
        )
    };
}

/// Cases that another agency took within their first weeks, once each, with the last time at which
/// one did. `$2` and `$3` bound when, `$6` says how long the first weeks are.
macro_rules! wrong_doors {
    () => {
        concat!(
            "select h.case_id as id, min(c.opened_at) as opened, max(h.answered_at) as put_right
            from handover h
            join shared_case c on c.id = h.case_id join person p on p.id = c.person_id
            join staff s on s.id = h.asked_by join unit u on u.id = s.unit_id
            where h.state = 'accepted' and h.answered_at >= $2 and h.answered_at < $3
                and h.from_agency_id <> h.to_agency_id and h.answered_at - c.opened_at <= $6
                and u.office_id = $1 and ",
            $crate::walls::open_to!("$4", "$5"),
            " group by h.case_id"
        )
    };
}

/// Contacts of nobody in a stretch of days, of one kind and way.
macro_rules! contacts_of {
    () => {
        "from anonymous_contact x where x.office_id = $1 and x.day >= $2 and x.day <= $3
            and x.kind = $4 and x.channel = $5"
    };
}

/// Whoever came to the office in a year that `$4` and `$5` bound by day, with how many places, people
/// and agencies they have had to do with in it, wherever that was; `$2` and `$3` bound it by instant.
/// `$told` adds what else is read of each.
macro_rules! points_of {
    () => {
        points_of!("")
    };
    ($told:expr) => {
        concat!(
            "select v.person_id, count(distinct v.office_id) as places,
                count(distinct v.server_id) as people, count(distinct g.agency_id) as agencies",
            $told,
            " from visit v left join visit_agency g on g.visit_id = v.id
            where v.arrived_at >= $2 and v.arrived_at < $3 and v.person_id in (
                select w.person_id from visit w join person p on p.id = w.person_id
                where w.office_id = $1 and w.day >= $4 and w.day < $5 and w.closed_at is not null
                    and ",
            $crate::walls::open_to!("$6", "$7"),
            ") group by v.person_id"
        )
    };
}

/// Whether every visit that a contact point was counted from may be told of here: at the office as
/// visits are, and elsewhere those of the reader's own agency alone.
macro_rules! points_told {
    () => {
        concat!(
            ", min(case when v.office_id = $1 then case when ",
            $crate::walls::told_here!("$8", "$7", "$9"),
            " then 1 else 0 end else case when ",
            $crate::walls::told_here!("$8", "$7", "7"),
            " then 1 else 0 end end) as told"
        )
    };
}

pub(super) use {
    booking_is, bookings_of, case_is, cases_of, clarified_is, clarified_late, clarified_of,
    consulted_is, consulted_of, contacts_of, escalated_is, escalated_of, handed_of, mark_is,
    marks_of, not_said, points_of, points_told, promised_is, promised_of, visit_is, visits_of,
    wrong_doors,
};
