//! Who is there: staff and residents by OpenID Connect, each at a provider
//! of their own, kiosks and programs by token, and in a demonstration personas.

mod actor;
pub mod pages;
mod provider;
mod resident;
mod session;
mod store;
pub mod token;

pub use actor::{Actor, ActorKind, Resident};
pub use pages::routes;
pub use provider::{Provider, install_crypto};
pub use session::{SESSION_COOKIE, act_for, actor};
pub use store::STATEMENTS;
pub(crate) use store::expire;

/// Why statements about persons run here without a permit: see [`GROUNDS`](crate::policy::GROUNDS).
pub(crate) struct Threshold(());

/// Of this module and those in it alone.
static THRESHOLD: Threshold = Threshold(());
