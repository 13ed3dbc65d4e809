//! Who is there: staff by OpenID Connect, kiosks and programs by token, and in
//! a demonstration personas.

mod actor;
pub mod pages;
mod provider;
mod session;
mod store;
pub mod token;

pub use actor::{Actor, ActorKind};
pub use pages::routes;
pub use provider::{Provider, install_crypto};
pub use session::{SESSION_COOKIE, actor};
pub use store::STATEMENTS;
pub(crate) use store::expire;
