//! What a file changes, and why one is refused.

use onedoor_domain::agreement::LineFault;
use serde::Serialize;
use thiserror::Error;
use utoipa::ToSchema;

use crate::db::DbError;
use crate::web::Fault;

/// Something that a file changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Change {
    /// The list that it stands in.
    pub list: String,
    /// What it is.
    pub what: String,
    /// How it was; empty for something new.
    pub before: String,
    /// How it is.
    pub after: String,
    /// For how many people it changes something: open cases, or cases whose task goes elsewhere.
    pub people: i64,
}

/// Why a file was refused. Nothing was changed.
#[derive(Debug, Error)]
pub enum ImportFault {
    /// Lines of the file.
    #[error("{} faults in the file", .0.len())]
    Lines(Vec<LineFault>),
    /// Something else.
    #[error("the file could not be brought in: {0:?}")]
    Other(Fault),
}

impl From<Fault> for ImportFault {
    fn from(fault: Fault) -> Self {
        Self::Other(fault)
    }
}

impl From<DbError> for ImportFault {
    fn from(fault: DbError) -> Self {
        Self::Other(fault.into())
    }
}
