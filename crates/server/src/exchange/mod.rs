//! Files to and from an agency's own system (REQ-INFO-18): what was sent, what came, what was
//! taken and what was not, with reasons. A file sent twice takes nothing twice. The joint office
//! stands beside those systems; `docs/exchange.md` tells how.

mod pages;
mod sink;
mod store;
mod take;

pub use pages::routes;
pub use sink::{NewFact, Put, STATEMENTS as SINK_STATEMENTS};
pub use store::STATEMENTS;
