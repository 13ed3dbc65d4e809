//! Meetings: called, found a time for, held, and written down so that each party gets the copy
//! that the walls let it have and the person the whole (REQ-MEET-01 to 13).
//!
//! `slots` finds and takes times, `store` keeps the meeting and who sits there, `lines` what is
//! written of it, `series` the meetings of agencies in a rhythm, `requests` what was asked of
//! another agency, `groups` those who solve something together, `calendar` the files that calendar
//! programs read. The person's side is `mine`, which the slice `own` shows.

mod arrange_pages;
mod calendar;
mod calendar_pages;
mod change_pages;
mod figure_pages;
mod figures;
mod group_pages;
mod groups;
mod lines;
mod list_pages;
pub(crate) mod mine;
mod pages;
mod planned;
mod provider_pages;
mod request_pages;
mod requests;
mod series;
mod series_pages;
mod slots;
mod store;
mod together;

pub use figures::STATEMENTS as FIGURE_STATEMENTS;
pub use groups::STATEMENTS as GROUP_STATEMENTS;
pub use lines::STATEMENTS as LINE_STATEMENTS;
pub use mine::STATEMENTS as MINE_STATEMENTS;
pub use planned::STATEMENTS as PLANNED_STATEMENTS;
pub use requests::STATEMENTS as REQUEST_STATEMENTS;
pub use requests::round;
pub use series::STATEMENTS as SERIES_STATEMENTS;
pub use slots::{Booking, STATEMENTS, book, free, read};
pub use store::STATEMENTS as STORE_STATEMENTS;
pub(crate) use store::was_invited;
pub(crate) use together::{Together, call_together};

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(planned::routes())
        .and(list_pages::routes())
        .and(arrange_pages::routes())
        .and(change_pages::routes())
        .and(calendar_pages::routes())
        .and(series_pages::routes())
        .and(request_pages::routes())
        .and(provider_pages::routes())
        .and(group_pages::routes())
        .and(figure_pages::routes())
}
