//! The page of those who are served: their case and its next step, their people,
//! their visits, decisions and documents, who looked at them and why, what they ask about
//! their own file and what is answered, and everything about them as a file.
//!
//! It shows nothing but the file of the one who is signed in, or of the person
//! whom they act for; every part asks for a [`Pass`] first. What staff do here
//! is to answer such questions, and to hold back lines of the log that the law
//! says a person reads later. It sets up nothing and changes no case.

pub mod answers;
mod assessments;
mod bookings;
pub mod confirmation;
pub mod consents;
pub mod corrections;
pub mod delays;
pub mod demo;
pub mod demo_mapping;
pub mod documents;
pub mod export;
pub mod held;
mod joint;
pub mod log;
pub mod mandates;
mod meetings;
mod pages;
mod paper;
mod pass;
pub mod plan;
pub mod representations;
pub mod store;

use crate::web::Routes;

pub use pass::Pass;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(bookings::routes())
        .and(meetings::routes())
        .and(plan::routes())
        .and(assessments::routes())
        .and(joint::routes())
        .and(log::routes())
        .and(corrections::routes())
        .and(consents::routes())
        .and(held::routes())
        .and(documents::routes())
        .and(export::routes())
        .own()
        .and(answers::routes())
        .and(delays::routes())
        .and(representations::routes())
        .and(confirmation::routes())
}
