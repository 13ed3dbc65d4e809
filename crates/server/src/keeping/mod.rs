//! How long things are kept, and what is done about it: the nightly keeping, legal
//! hold, and erasure. The times stand in `keeping.toml`.

mod emptying;
mod erase;
mod erasures;
mod held;
mod holds;
mod kept;
mod night;
mod store;
mod visits;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use onedoor_domain::keeping::Term;
use onedoor_domain::person::Country;
use serde::Deserialize;

use crate::web::Routes;

pub use emptying::STATEMENTS as EMPTYING_STATEMENTS;
pub use kept::STATEMENTS as KEPT_STATEMENTS;
pub use night::{nightly, run};
pub use store::STATEMENTS;
pub use visits::STATEMENTS as VISIT_STATEMENTS;

/// One class of things that are kept alike.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its tables.
    pub tables: Vec<String>,
    /// What its time counts from, in words.
    pub from: String,
    /// How long in Norway.
    pub no: Term,
    /// How long in Sweden.
    pub se: Term,
}

/// The register of keep-times.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Classes by their code.
    pub class: BTreeMap<String, Class>,
    /// Tables that nothing is taken from by itself, by the reason.
    pub stays: BTreeMap<String, Vec<String>>,
}

static REGISTER: LazyLock<Result<Register, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../keeping.toml")).map_err(|error| error.to_string())
});

/// The register that is built in; a test reads it.
///
/// # Errors
/// When it is not understood.
pub fn register() -> Result<&'static Register, String> {
    REGISTER.as_ref().map_err(Clone::clone)
}

fn term(class: &str, country: Country) -> Result<Term, crate::web::Fault> {
    let class = register()
        .ok()
        .and_then(|register| register.class.get(class))
        .ok_or_else(|| crate::web::Fault::Defect(format!("keeping.toml lacks {class}")))?;
    Ok(match country {
        Country::No => class.no,
        Country::Se => class.se,
    })
}

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    holds::routes().and(erasures::routes())
}
