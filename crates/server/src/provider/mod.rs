//! Measure providers: the agreement of an agency with each, and what a caseworker hands one
//! about a person. Only what the agreement lists may be handed over, and of that only what
//! the policy pack lets through; the person reads what it was, word for word, on their own
//! page (REQ-INFO-01, REQ-INFO-05, REQ-INFO-16).
//!
//! A provider signs in nowhere. What it gets is on paper or in a file from the caseworker,
//! and this slice is the record of it.

mod hand_pages;
mod pages;
pub mod store;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(hand_pages::routes())
}
