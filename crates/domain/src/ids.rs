//! Identifiers, one type for each kind of thing, so that a person's can never
//! be handed in where a case's is meant.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// An agency: employment service, social insurance or municipal social services.
    AgencyId;
    /// A joint office: a building with a reception.
    OfficeId;
    /// A unit of one agency.
    UnitId;
    /// A district of a city.
    DistrictId;
    /// A member of staff.
    StaffId;
    /// A person who is served.
    PersonId;
    /// The one shared case of a person.
    CaseId;
    /// A hand-over of responsibility, asked for.
    HandoverId;
    /// A visit to a reception.
    VisitId;
    /// A booked time.
    AppointmentId;
    /// A meeting that somebody was invited to.
    MeetingId;
    /// A person's consent.
    ConsentId;
    /// A version of what people are told before they consent.
    NoticeId;
    /// What a receiver is told when a consent was taken back.
    WithdrawalNoticeId;
    /// A measure provider under one agency's agreement.
    ProviderId;
    /// A list of candidates that one agency hands another.
    CandidateListId;
    /// An entry of the register of information flows.
    FlowId;
    /// A necessity or harm test that was written down.
    NecessityId;
    /// A worker's single access to one person.
    SingleAccessId;
    /// What a person needs.
    NeedId;
    /// A person's joint plan.
    PlanId;
    /// An item of a plan.
    PlanItemId;
}
