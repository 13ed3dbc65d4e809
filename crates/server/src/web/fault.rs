//! What can go wrong at the edge. One type with two faces: a page with a way
//! onward, and a problem document (RFC 9457) with a stable code.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::db::DbError;

/// A field that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The field's name, as in the form and the JSON body.
    pub field: String,
    /// The stable code; its text is `fault-<code>`.
    pub code: String,
}

impl FieldFault {
    /// A fault on `field`.
    pub fn new(field: impl Into<String>, code: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into() }
    }
}

/// The fault of a field, for templates.
#[must_use]
pub fn fault_on<'a>(faults: &'a [FieldFault], field: &str) -> Option<&'a str> {
    faults.iter().find(|fault| fault.field == field).map(|fault| fault.code.as_str())
}

/// Use `Hidden` for anything that is absent or may not be seen: nobody can tell
/// the two apart. `Denied` is for pages that hold nobody's data. `Fields` is
/// for input, `Conflict` for an act that came too late.
#[derive(Clone, Debug)]
pub enum Fault {
    /// Nobody is signed in.
    SignIn,
    /// The role has no such page.
    Denied,
    /// The form was sent from another site.
    CrossSite,
    /// Not there, or not for you.
    Hidden,
    /// Fields that were not taken. On a page the form is shown again instead.
    Fields(Vec<FieldFault>),
    /// The request as a whole is not understood.
    Malformed(&'static str),
    /// Too late, or not in this state; what was sent is shown again.
    Conflict(&'static str, Vec<(String, String)>),
    /// More than a working day needs; how many seconds to wait.
    TooMany(u64),
    /// The database is away or overloaded.
    Away,
    /// The disk is full.
    Full,
    /// A defect. The text is for the log.
    Defect(String),
}

/// What the edge does about a fault.
pub type Reply = Result<Response, Fault>;

impl Fault {
    /// A conflict. What was typed on a page is shown again by the edge.
    #[must_use]
    pub fn conflict(code: &'static str) -> Self {
        Self::Conflict(code, Vec::new())
    }

    /// One field.
    pub fn field(field: &str, code: impl Into<String>) -> Self {
        Self::Fields(vec![FieldFault::new(field, code)])
    }

    /// Nothing where something is hidden or absent, so that a page goes on as far as it would with
    /// what is there before it answers: both cost the same (REQ-INFO-08).
    ///
    /// # Errors
    /// Every other fault.
    pub fn hidden_is_none<T>(found: Result<T, Self>) -> Result<Option<T>, Self> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Self::Hidden) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// The status of both faces.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Denied | Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Hidden => StatusCode::NOT_FOUND,
            Self::Fields(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(..) => StatusCode::CONFLICT,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Away => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Defect(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Denied => "denied",
            Self::CrossSite => "cross-site",
            Self::Hidden => "not-found",
            Self::Fields(_) => "fields",
            Self::Malformed(code) | Self::Conflict(code, _) => code,
            Self::TooMany(_) => "too-many",
            Self::Away => "away",
            Self::Full => "disk-full",
            Self::Defect(_) => "defect",
        }
    }
}

impl From<DbError> for Fault {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Full => Self::Full,
            DbError::Gone(text) => {
                tracing::error!(error = text, "the database does not answer");
                Self::Away
            }
            DbError::Busy(_) => Self::conflict("stale"),
            DbError::Unique { table, .. } if table == "shared_case" => {
                Self::conflict("case-one-open")
            }
            DbError::Unique { table, .. } if table == "calendar_slot" => {
                Self::conflict("meeting-taken")
            }
            // Two who draft, tell or register the same thing at once.
            DbError::Unique { table, .. }
                if matches!(table.as_str(), "notice" | "consent_notice" | "information_flow") =>
            {
                Self::conflict("stale")
            }
            // Two who say the same need, or make a plan, at once.
            DbError::Unique { table, .. }
                if matches!(
                    table.as_str(),
                    "need" | "plan" | "plan_event" | "plan_text" | "plan_item"
                ) =>
            {
                Self::conflict("stale")
            }
            // Two events of the same case or visit at once.
            DbError::Unique { table, .. } if table == "case_event" || table == "visit_event" => {
                Self::conflict("stale")
            }
            other => Self::Defect(other.to_string()),
        }
    }
}

impl IntoResponse for Fault {
    /// Carries the fault to the edge, which knows the face and the language.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}
