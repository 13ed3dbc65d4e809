//! What was tried before, and how it ended (REQ-MAP-17).

use jiff::civil::Date;

use crate::codes::codes;

codes! {
    /// Kinds of help, as guidance names them (REQ-MAP-06).
    HelpKind {
        /// Looking for a job with support.
        JobSearch = "job_search",
        /// A course that motivates and shows the way.
        MotivationCourse = "motivation_course",
        /// Schooling or a trade.
        Education = "education",
        /// A language course.
        LanguageCourse = "language_course",
        /// Work practice.
        WorkPractice = "work_practice",
        /// A job with a wage subsidy.
        WageSubsidy = "wage_subsidy",
        /// A job with somebody beside.
        SupportedWork = "supported_work",
        /// Treatment.
        Treatment = "treatment",
        /// Support about substance use.
        SubstanceSupport = "substance_support",
        /// Advice about debt.
        DebtAdvice = "debt_advice",
        /// A place to live.
        Housing = "housing",
        /// Child care, or care for others.
        Care = "care",
        /// Somebody beside in everyday life.
        EverydaySupport = "everyday_support",
        /// A network of people.
        Network = "network",
        /// Help with the web.
        DigitalHelp = "digital_help",
        /// Something else.
        Other = "other",
    }
}

codes! {
    /// How a measure ended for somebody.
    Ending {
        /// It was completed.
        Completed = "completed",
        /// It led to work.
        Work = "work",
        /// The person dropped out.
        DroppedOut = "dropped_out",
        /// It was stopped by the agency or the provider.
        Stopped = "stopped",
        /// It runs.
        Running = "running",
    }
}

impl Ending {
    /// Whether it ended without what it was for.
    #[must_use]
    pub fn failed(self) -> bool {
        matches!(self, Self::DroppedOut | Self::Stopped)
    }
}

/// A measure that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What kind of help.
    pub kind: HelpKind,
    /// Its first day.
    pub from: Date,
    /// Its last day, where it is over.
    pub until: Option<Date>,
    /// How it ended.
    pub ending: Ending,
    /// Why.
    pub reason: String,
}

/// The same sort failed before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What kind of help.
    pub kind: HelpKind,
    /// When it ended, or began where its end was not noted.
    pub on: Date,
    /// How.
    pub ending: Ending,
    /// Why.
    pub reason: String,
}

/// Whether a kind of help failed for the person before: the latest time, with its day and reason
/// (REQ-MAP-17). It warns and forbids nothing.
#[must_use]
pub fn warn(kind: HelpKind, earlier: &[Attempt]) -> Option<Warning> {
    let failed = earlier.iter().filter(|one| one.kind == kind && one.ending.failed());
    let latest = failed.max_by_key(|one| one.until.unwrap_or(one.from))?;
    Some(Warning {
        kind,
        on: latest.until.unwrap_or(latest.from),
        ending: latest.ending,
        reason: latest.reason.clone(),
    })
}
