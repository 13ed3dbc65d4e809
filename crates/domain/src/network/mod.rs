//! The offices of a whole country beside each other: municipalities, efforts, what each building
//! offers, and who can reach it.
//!
//! Every person, place and cost belongs to one municipality. Everything larger, an effort, an
//! employment-office district or a county, is a sum of municipalities, so that totals agree
//! whichever way they are made (REQ-ORG-15, REQ-ORG-28).

mod access;
mod kind;
mod register;
mod service;
mod shares;

pub use access::{Offer, Reach, Reached, Relocation, after, reach, worse_off};
pub use kind::{Aim, ConversionFault, OfficeKind, convert};
pub use register::{Counts, Level, Municipality, RegisterFault, counts, read_register, totals};
pub use service::{Answer, Decided, Element, Service, answer, missing_elements, services_for};
pub use shares::{Dominance, dominating, share};

#[cfg(test)]
mod tests;
