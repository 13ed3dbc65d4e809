//! The way to a plan: somebody asks for one, an agency approves it or says why not (REQ-PLAN-04).

use jiff::Unit;
use jiff::civil::Date;

use crate::codes::codes;

codes! {
    /// Where a request is.
    RequestState {
        /// It waits for an answer.
        Asked = "asked",
        /// There will be a plan.
        Approved = "approved",
        /// There will be none, for a reason.
        Refused = "refused",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// Why there is to be no plan.
    RefusalReason {
        /// It would cost too much.
        Cost = "cost",
        /// Nobody has the time.
        Capacity = "capacity",
        /// The services needed are neither long-lasting nor several.
        NotEntitled = "not_entitled",
        /// Another agency should make it.
        OtherAgency = "other_agency",
        /// The person does not want one after all, or does not consent.
        NoConsent = "no_consent",
    }
}

impl RefusalReason {
    /// Whether it is about what the agency has, and not about the person: it is reported apart.
    #[must_use]
    pub fn is_about_means(self) -> bool {
        matches!(self, Self::Cost | Self::Capacity)
    }
}

/// The days that a request has waited, or waited until its answer.
#[must_use]
pub fn waited(asked: Date, answered: Option<Date>, today: Date) -> i64 {
    let until = answered.unwrap_or(today);
    asked.until((Unit::Day, until)).map_or(0, |span| i64::from(span.get_days())).max(0)
}
