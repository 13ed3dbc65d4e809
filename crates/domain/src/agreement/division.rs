//! Which agency does which follow-up task at a place (REQ-ORG-45).

use jiff::civil::Date;

use crate::codes::codes;
use crate::office::AgencyKind;

codes! {
    /// A task in following somebody up.
    FollowTask {
        /// The talk on how it goes.
        FollowUpTalk = "follow_up_talk",
        /// Seeing an employer about a place.
        EmployerContact = "employer_contact",
        /// Watching over attendance.
        Attendance = "attendance",
        /// Support with money and debt.
        MoneyAdvice = "money_advice",
        /// Support with housing.
        Housing = "housing",
        /// Keeping touch with the doctor and the health service.
        HealthContact = "health_contact",
        /// Calling the joint meeting.
        JointMeeting = "joint_meeting",
    }
}

impl FollowTask {
    /// Whose it is where nothing is agreed.
    #[must_use]
    pub fn default_agency(self) -> AgencyKind {
        match self {
            Self::FollowUpTalk | Self::EmployerContact | Self::Attendance => AgencyKind::Employment,
            Self::HealthContact => AgencyKind::Insurance,
            Self::MoneyAdvice | Self::Housing | Self::JointMeeting => AgencyKind::Social,
        }
    }
}

/// A row of a place's matrix: from this day on it is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskRow<A> {
    /// The task.
    pub task: FollowTask,
    /// The first day.
    pub from: Date,
    /// The agency.
    pub agency: A,
}

/// Who does a task that is due on a day: the latest row from before it, else nobody, so that the
/// default stands. Rows are never changed, so an old day keeps its old answer.
#[must_use]
pub fn owner_on<A: Copy>(rows: &[TaskRow<A>], task: FollowTask, on: Date) -> Option<A> {
    rows.iter()
        .filter(|row| row.task == task && row.from <= on)
        .max_by_key(|row| row.from)
        .map(|row| row.agency)
}
