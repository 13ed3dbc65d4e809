//! The person at the desk: who it is, what the name is, how much of that may be
//! shown and in which language to speak.
//!
//! It answers two questions of REQ-INFO-08. Is this text a Norwegian or Swedish
//! identity number, and which one? Could these two spellings be the same name?
//! It holds no records and grants no access: whether the asking worker may know
//! anything at all is decided elsewhere, [`Clearance::covers`] being the first
//! gate. Identity numbers and names print as stars, so that no log line and no
//! error report can leak one.

mod fold;
mod identity;
mod kin;
mod language;
mod name;
mod norway;
mod protection;
mod query;
mod sweden;

pub use fold::{fold, tokens};
pub use identity::{Country, IdentityFault, IdentityKind, IdentityNumber};
pub use kin::{Kin, KinFault, KinSource, Tie};
pub use language::{Language, LanguageFault};
pub use name::{Name, NameFault, beginnings, search_keys};
pub use protection::{Clearance, Guard, Protection, ProtectionKind};
pub use query::NameQuery;

#[cfg(test)]
mod tests;
