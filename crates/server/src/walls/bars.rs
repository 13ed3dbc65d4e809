//! Parts of statements that leave out whoever is not there for the reader: a person, or a row of
//! the journal about one. Whoever writes a list of persons, cases, requests or journal rows uses
//! one of these and nothing written by hand (REQ-INFO-08, REQ-INFO-15).

/// Part of a statement: nothing bars the worker from the person `p`, whom they reach through
/// a case or a visit of their own. The same that the walls say of one person, so that lists,
/// counts and searches leave out whoever is not there for the worker.
macro_rules! unbarred {
    ($lacks:literal, $me:literal) => {
        concat!(
            "(p.guard & ",
            $lacks,
            ") = 0 and not exists (select 1 from staff_tie t where t.person_id = p.id
                and t.staff_id = ",
            $me,
            " and t.ended_at is null)"
        )
    };
}
pub(crate) use unbarred;

/// Part of a statement: the row of the journal is about nobody whom the reader (`$me`, who lacks
/// `$lacks`) is tied to or not cleared for.
macro_rules! unbarred_row {
    ($lane:literal, $seq:literal, $lacks:literal, $me:literal) => {
        concat!(
            "not exists (select 1 from journal_person x join person p on p.id = x.person_id
                where x.lane = ",
            $lane,
            " and x.seq = ",
            $seq,
            " and ((p.guard & ",
            $lacks,
            ") <> 0 or exists (select 1 from staff_tie t where t.person_id = p.id
                    and t.staff_id = ",
            $me,
            " and t.ended_at is null)))"
        )
    };
}
pub(crate) use unbarred_row;

/// Part of a statement: the person `p`, or nobody, is in a count that tells of whole agencies,
/// municipalities or months. Whoever is protected, shielded, or tied to anybody of the staff is in
/// none, whoever counts, so that no count read twice tells of them.
macro_rules! in_counts {
    () => {
        "coalesce(p.guard, 0) = 0 and not exists (select 1 from staff_tie t
            where t.person_id = p.id and t.ended_at is null)"
    };
}
pub(crate) use in_counts;
