//! Consent that holds: what a person agreed to, how it was given, and how it
//! ends (REQ-INFO-02, REQ-INFO-03).
//!
//! Consent lifts secrecy between agencies; it is never the ground for keeping a
//! case. It is for one purpose, for named categories, from named agencies to
//! named agencies, and for at most twelve months. It ends once: by its date,
//! withdrawn, or replaced, and nothing opens it again. A part may be taken back;
//! what is left is a narrower consent of its own.
//!
//! Whether something may be passed on is not decided here: that is the business
//! of `secrecy`, which reads the consents in force.

mod arrangement;
mod giver;
mod life;
mod terms;

#[cfg(test)]
mod tests;

pub use arrangement::{Arrangement, Payout, Stopped, payout, stopped};
pub use giver::{GivenBy, Giver, Occasion};
pub use life::{Agreement, Cut, EndFault, EndKind, Ending, State, Withdrawal};
pub use terms::{Answer, ConsentFault, Form, Terms, Wish, default_end, latest_end};
