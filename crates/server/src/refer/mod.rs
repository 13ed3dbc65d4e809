//! Referrals between agencies, to a back office, to health, school and measure providers: sent with
//! reason, need and deadline; received, accepted, or returned with a reason and what instead; whether
//! the person came and what was decided, as far as the walls let the sender know (REQ-REF-02,
//! REQ-REF-10, REQ-REF-12, REQ-REF-16). Who was sent back and forth twice gets a joint decision
//! meeting by itself (REQ-REF-03).
//!
//! A referral that takes a case over ends as a hand-over of the slice `case`: the case moves with the
//! receiver's yes and with nothing else.

mod answer_pages;
mod decisions;
pub mod demo;
mod list_pages;
mod pages;
mod picture;
mod round;
mod send_pages;
mod store;

pub use decisions::STATEMENTS as DECISION_STATEMENTS;
pub use round::round;
pub use store::STATEMENTS;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(send_pages::routes()).and(answer_pages::routes()).and(list_pages::routes())
}
