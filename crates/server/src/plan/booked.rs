//! What is booked with the person, so that a plan is not made over it, nor a meeting over the plan
//! (REQ-REF-17): meetings in the calendars of staff, and hours at the counter.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId};
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::policy::Proof;

crate::sql! {
    // A time stands once for each agency whose staff sit there.
    TIMES = "select distinct a.id, a.starts_at, a.ends_at, u.agency_id, g.name
        from appointment a join calendar_slot c on c.appointment_id = a.id
        join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
        join agency g on g.id = u.agency_id
        where a.person_id = $1 and a.ends_at > $2 and a.starts_at < $3
        order by a.starts_at, a.id, g.name limit 400";
    COUNTER = "select b.id, b.starts_at, b.ends_at, g.id, g.name
        from booking b left join staff s on s.id = b.made_by left join unit u on u.id = s.unit_id
        join agency g on g.id = coalesce(b.agency_id, u.agency_id)
        where b.person_id = $1 and b.ends_at > $2 and b.starts_at < $3 and b.state = 'booked'
            and b.appointment_id is null
        order by b.starts_at, b.id limit 200";
}

/// How far ahead is looked.
const DAYS: i64 = 90;

/// A time that is booked with the person, by one of the agencies that sit there.
#[derive(Clone, Debug)]
pub struct BookedTime {
    /// The appointment, or the booking at the counter.
    pub id: Uuid,
    /// When it begins.
    pub at: Timestamp,
    /// On which day.
    pub on: Date,
    /// From which minute of the day until which.
    pub minutes: (u16, u16),
    /// Whose it is.
    pub agency: AgencyId,
    /// Its name.
    pub agency_name: String,
}

fn minute(app: &App, at: Timestamp) -> (Date, u16) {
    let there = app.zone.to_datetime(at);
    let (hour, minute) = (there.hour().unsigned_abs(), there.minute().unsigned_abs());
    (there.date(), u16::from(hour) * 60 + u16::from(minute))
}

fn read(app: &App, mut row: Row) -> Result<BookedTime, DbError> {
    let (at, ends): (Timestamp, Timestamp) = (row.get(1)?, row.get(2)?);
    let ((on, from), (last, until)) = (minute(app, at), minute(app, ends));
    let until = if last > on { 24 * 60 } else { until };
    Ok(BookedTime {
        id: row.get(0)?,
        at,
        on,
        minutes: (from, until),
        agency: row.get(3)?,
        agency_name: row.get(4)?,
    })
}

/// What is booked with a person from now on. The caller lets through what the walls let through.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn of_person(
    app: &App,
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
) -> Result<Vec<BookedTime>, DbError> {
    debug_assert!(proof.reaches(person.0));
    let now = app.now();
    let args = args![person, now, now.as_microsecond() + DAYS * 24 * 3600 * 1_000_000];
    let mut rows = link.rows(proof.opens(&TIMES), args).await?;
    rows.extend(link.rows(proof.opens(&COUNTER), args).await?);
    rows.into_iter().map(|row| read(app, row)).collect()
}
