//! Identifiers of the domain, in and out of the database.

use onedoor_domain::ids::{
    AgencyId, AppointmentId, CandidateListId, CaseId, ConsentId, DistrictId, FlowId, HandoverId,
    MeetingId, NecessityId, NeedId, NoticeId, OfficeId, PersonId, PlanId, PlanItemId, ProviderId,
    SingleAccessId, StaffId, UnitId, VisitId, WithdrawalNoticeId,
};

use super::{FromValue, Value};

macro_rules! ids {
    ($($name:ident),*) => {$(
        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Self::Id(id.0)
            }
        }

        impl FromValue for $name {
            fn from_value(value: Value) -> Result<Self, &'static str> {
                uuid::Uuid::from_value(value).map($name)
            }
        }
    )*};
}

ids!(
    AgencyId,
    AppointmentId,
    CandidateListId,
    CaseId,
    ConsentId,
    DistrictId,
    FlowId,
    HandoverId,
    MeetingId,
    NecessityId,
    NeedId,
    NoticeId,
    OfficeId,
    PersonId,
    PlanId,
    PlanItemId,
    ProviderId,
    SingleAccessId,
    StaffId,
    UnitId,
    VisitId,
    WithdrawalNoticeId
);
