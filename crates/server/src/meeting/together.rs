//! A meeting that the rules call by themselves: two workers of two agencies and the person, at the
//! first time that all have free (REQ-REF-03).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::booking::{BookedBy, MeetBy};
use onedoor_domain::ids::{AgencyId, MeetingId, OfficeId, PersonId, StaffId};
use onedoor_domain::meeting::{Consequence, MeetingKind, Towards, Wishes};

use super::slots::{self, Booking, Search};
use super::store::{self, NewMeeting};
use crate::app::App;
use crate::db::Tx;
use crate::policy::Warrant;
use crate::web::Fault;

/// Who is to meet, and by when.
pub(crate) struct Together {
    pub(crate) person: PersonId,
    pub(crate) office: OfficeId,
    /// Who answers for the case and calls the meeting.
    pub(crate) holder: (StaffId, AgencyId),
    /// Who of the other agency is to decide with them.
    pub(crate) other: (StaffId, AgencyId),
    /// The last day for it.
    pub(crate) until: Date,
}

/// An hour.
const QUARTERS: i64 = 4;

/// Calls the meeting at the first free time; none where there is no time until the day. The caller
/// has asked the walls whether the other may know of the case.
///
/// # Errors
/// A conflict when somebody was booked meanwhile.
pub(crate) async fn call_together(
    app: &App,
    tx: &mut Tx,
    warrant: &Warrant,
    it: &Together,
) -> Result<Option<MeetingId>, Fault> {
    let staff = [it.holder.0, it.other.0];
    let search = Search {
        office: it.office,
        staff: &staff,
        room: None,
        wishes: Wishes::default(),
        count: QUARTERS,
        limit: 1,
    };
    let found = slots::find_for(app, tx, warrant, Some(it.person), &search).await?;
    let starts = found.first().map(|(at, _)| *at).filter(|at| app.day(*at) <= it.until);
    let Some(starts) = starts else { return Ok(None) };
    let booking = Booking {
        office: it.office,
        place: "",
        starts,
        quarters: QUARTERS,
        staff: &staff,
        by: BookedBy::Meeting,
        agency: None,
        made: (it.holder.0, app.now()),
    };
    let appointment = slots::book_for(tx, warrant, (it.person, None), &booking).await?;
    let id = MeetingId(crate::app::new_id());
    let ends = starts.as_microsecond() + QUARTERS * 15 * 60 * 1_000_000;
    let new = NewMeeting {
        id,
        kind: MeetingKind::Joint,
        person: Some(it.person),
        series: None,
        group: None,
        appointment: Some(appointment.0),
        office: it.office,
        premises: None,
        room: None,
        room_booking: None,
        meet_by: MeetBy::Office,
        starts,
        ends: Timestamp::from_microsecond(ends).unwrap_or(starts),
        consequence: Consequence::Nothing,
        towards: Towards::Work,
        staff: &[it.holder, it.other],
        providers: &[],
        by: it.holder.0,
    };
    store::add(tx, warrant, &new, app.now()).await?;
    Ok(Some(id))
}
