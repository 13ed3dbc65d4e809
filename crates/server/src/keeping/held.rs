//! The part of a statement that says whether a hold keeps something.

/// Whether a hold keeps a person's things on a day. Records that were joined are one person:
/// a hold on one of them keeps what hangs on the others.
macro_rules! held {
    ($person:literal) => {
        held!($person, "$4")
    };
    ($person:literal, $day:literal) => {
        concat!(
            "exists (select 1 from legal_hold h where h.person_id in (
                    select same.id from person same
                    where same.id = (select coalesce(own.merged_into, own.id)
                            from person own where own.id = ",
            $person,
            ")
                        or same.merged_into = (select coalesce(own.merged_into, own.id)
                            from person own where own.id = ",
            $person,
            "))
                and h.lifted_at is null and h.from_day <= ",
            $day,
            "
                and coalesce(h.until_day, ",
            $day,
            ") >= ",
            $day,
            ")"
        )
    };
}
pub(super) use held;
