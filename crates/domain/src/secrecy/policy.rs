//! The permission table and the one function that reads it.

use serde::{Deserialize, Serialize};

use crate::office::Role;
use crate::person::{Clearance, Protection};

macro_rules! closed {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $code)] $variant,)* }

        impl $name {
            /// Every one, in the order of the permission table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable code.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Reads a stable code.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

closed! {
    /// Everything that anyone does with the system. A route names one of these.
    Action {
        /// Sees the queue of a reception.
        ReadQueue = "reception.read_queue",
        /// Registers that somebody has come.
        CheckIn = "reception.check_in",
        /// Opens a visit.
        ReadVisit = "reception.read_visit",
        /// Calls a visit in, or puts it back.
        TakeVisit = "reception.take_visit",
        /// Corrects the sorting of a visit.
        SortVisit = "reception.sort_visit",
        /// Ends a visit.
        CloseVisit = "reception.close_visit",
        /// Prints or sends the slip of a visit.
        SendSlip = "reception.send_slip",
        /// Searches for a person.
        SearchPerson = "person.search",
        /// Registers a person.
        RegisterPerson = "person.register",
        /// Opens a person's page.
        ReadPerson = "person.read",
        /// Changes what is registered about a person.
        EditPerson = "person.edit",
        /// Joins two records of one person, or parts them again.
        JoinPersons = "person.join",
        /// Opens a shared case.
        OpenCase = "case.open",
        /// Reads a shared case.
        ReadCase = "case.read",
        /// Sets the next step, the deputy, or the scheme.
        PlanCase = "case.plan",
        /// Asks another unit to take over, or takes the question back.
        AskHandover = "case.ask_handover",
        /// Accepts or refuses a hand-over.
        AnswerHandover = "case.answer_handover",
        /// Decides who owns a need after a refusal or an expiry.
        SettleHandover = "case.settle_handover",
        /// Ends a case.
        CloseCase = "case.close",
        /// Sees one's own day.
        ReadDay = "case.read_day",
        /// Takes a formal decision in a subject.
        Decide = "ruling.decide",
        /// Gives guidance in a subject.
        Guide = "ruling.guide",
        /// Books a joint meeting.
        BookMeeting = "meeting.book",
        /// Sees how the offices are set up.
        ReadOffice = "office.read",
        /// Imports the set-up of the offices.
        ImportOffice = "office.import",
        /// Reads figures.
        ReadFigures = "figure.read",
        /// Reads the outbox.
        ReadOutbox = "message.read_outbox",
        /// Reads the journal.
        ReadJournal = "journal.read",
        /// Reads the policy packs and puts questions to them.
        ReadPolicy = "policy.read",
        /// Loads a policy pack, or chooses which one holds where.
        ChoosePolicy = "policy.choose",
        /// Sees the list of matters at a joint manager's table.
        ReadManagement = "case.read_management",
        /// Sees a person's consents and what was passed on because of them.
        ReadConsent = "consent.read",
        /// Records a consent that a person gave on paper or by word.
        RecordConsent = "consent.record",
        /// Records that a person took a consent back.
        WithdrawConsent = "consent.withdraw",
        /// Answers for the agency what it did with what it held.
        AcknowledgeWithdrawal = "consent.acknowledge",
        /// Sees which agencies owe an answer to a withdrawal.
        ReadOverdue = "consent.read_overdue",
        /// Writes what people are told before they consent.
        EditNotice = "notice.edit",
        /// Publishes it: from then on it is never changed.
        PublishNotice = "notice.publish",
        /// Reads the register of information flows.
        ReadFlows = "flow.read",
        /// Keeps the register of information flows.
        EditFlow = "flow.edit",
        /// Hands another agency a list of candidates.
        HandOverList = "list.hand_over",
        /// Reads a list that was handed to or by the own agency.
        ReadList = "list.read",
    }
}

closed! {
    /// How a member of staff stands to what they act on.
    Relation {
        /// The act concerns nobody in particular.
        Duty = "duty",
        /// The visit, or the person's visit today, is at my own reception.
        Reception = "reception",
        /// My agency knows the person, or is responsible for the case.
        OwnAgency = "own_agency",
        /// I take part in the person's open case.
        TakesPart = "takes_part",
        /// I am the responsible caseworker.
        Responsible = "responsible",
        /// I am the deputy.
        Deputy = "deputy",
        /// I own the next step.
        StepOwner = "step_owner",
        /// A hand-over was sent to me or my unit.
        Asked = "asked",
        /// I am joint manager where the case is carried.
        Manages = "manages",
    }
}

closed! {
    /// The ground that is named in the journal.
    Ground {
        /// The duty of the role; nobody's data is seen by it alone.
        Duty = "duty",
        /// The person is being received here.
        Reception = "reception",
        /// The data is the agency's own.
        OwnAgency = "own_agency",
        /// Takes part in the shared case.
        TakesPart = "takes_part",
        /// Answers for the office as joint manager.
        JointManagement = "joint_management",
    }
}

closed! {
    /// Why something was denied. Outside the journal all of them look alike.
    Denial {
        /// The role has no such task.
        Role = "role",
        /// None of the relations that the task needs is there.
        Relation = "relation",
        /// The person's address is protected and the worker not cleared.
        Protected = "protected",
        /// There is no such thing.
        Absent = "absent",
    }
}

impl Relation {
    /// The ground that this relation gives.
    #[must_use]
    pub fn ground(self) -> Ground {
        match self {
            Self::Duty => Ground::Duty,
            Self::Reception => Ground::Reception,
            Self::OwnAgency => Ground::OwnAgency,
            Self::TakesPart | Self::Responsible | Self::Deputy | Self::StepOwner | Self::Asked => {
                Ground::TakesPart
            }
            Self::Manages => Ground::JointManagement,
        }
    }
}

/// The relations through which `role` may do `action`; empty when it may not.
/// Any one of them is enough. This is the whole table; `permissions.txt` is
/// made from it.
#[must_use]
pub fn paths(role: Role, action: Action) -> &'static [Relation] {
    use Relation::{
        Asked, Deputy, Duty, Manages, OwnAgency, Reception, Responsible, StepOwner, TakesPart,
    };
    use Role::{Administrator, Caseworker, FrontWorker, Host, JointManager, PrivacyOwner};
    let counter = matches!(role, Host | FrontWorker | Caseworker | JointManager);
    let worker = matches!(role, FrontWorker | Caseworker | JointManager);
    match action {
        Action::ReadOffice | Action::ReadFigures | Action::ReadPolicy => &[Duty],
        Action::ReadQueue
        | Action::CheckIn
        | Action::ReadVisit
        | Action::TakeVisit
        | Action::SortVisit
        | Action::CloseVisit
        | Action::SendSlip
            if counter =>
        {
            &[Reception]
        }
        Action::SearchPerson if counter => &[Duty],
        Action::RegisterPerson if worker => &[Duty],
        Action::ReadPerson if worker => &[Reception, OwnAgency, TakesPart, Asked],
        Action::ReadPerson if role == Host => &[Reception],
        Action::EditPerson if worker => &[OwnAgency, TakesPart],
        Action::JoinPersons if worker => &[OwnAgency],
        Action::OpenCase if worker => &[Reception, OwnAgency],
        Action::ReadCase if worker => &[OwnAgency, Responsible, Deputy, StepOwner, Asked, Manages],
        Action::PlanCase if worker => &[Responsible, Deputy, Manages],
        Action::AskHandover if worker => &[Responsible, Deputy, Manages],
        Action::AnswerHandover if worker => &[Asked],
        Action::SettleHandover if role == JointManager => &[Manages],
        Action::CloseCase if worker => &[Responsible, Deputy, Manages],
        Action::ReadDay if worker => &[Duty],
        Action::Decide | Action::Guide if worker => &[Reception, OwnAgency, TakesPart],
        Action::BookMeeting if worker => &[Reception, TakesPart],
        Action::ImportOffice | Action::ReadOutbox if role == Administrator => &[Duty],
        Action::ReadJournal | Action::ChoosePolicy if role == PrivacyOwner => &[Duty],
        Action::ReadManagement if role == JointManager => &[Duty],
        Action::ReadConsent | Action::RecordConsent | Action::WithdrawConsent if worker => {
            &[Reception, OwnAgency, TakesPart]
        }
        Action::AcknowledgeWithdrawal | Action::HandOverList | Action::ReadList if worker => {
            &[Duty]
        }
        Action::ReadOverdue
        | Action::EditNotice
        | Action::PublishNotice
        | Action::ReadFlows
        | Action::EditFlow
            if role == PrivacyOwner =>
        {
            &[Duty]
        }
        _ => &[],
    }
}

/// What is known when a decision is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether what is asked for is there at all.
    pub exists: bool,
    /// How the worker stands to it.
    pub relations: Vec<Relation>,
    /// The person's address protection; open where nobody is concerned.
    pub protection: Protection,
}

impl Facts {
    /// An act that concerns nobody in particular.
    #[must_use]
    pub fn duty() -> Self {
        Self { exists: true, relations: vec![Relation::Duty], protection: Protection::Open }
    }
}

/// A decision with its ground or with all its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed on this ground.
    Permit(Ground),
    /// Denied, for all of these reasons.
    Deny(Vec<Denial>),
}

/// Decides. Deny by default; address protection comes before everything else
/// and no relation overcomes it.
#[must_use]
pub fn decide(role: Role, clearance: Clearance, action: Action, facts: &Facts) -> Decision {
    let mut denials = Vec::new();
    if !facts.exists {
        denials.push(Denial::Absent);
    }
    if !clearance.covers(facts.protection) {
        denials.push(Denial::Protected);
    }
    let allowed = paths(role, action);
    if allowed.is_empty() {
        denials.push(Denial::Role);
    }
    let through = allowed.iter().find(|relation| facts.relations.contains(relation));
    match through {
        Some(relation) if denials.is_empty() => Decision::Permit(relation.ground()),
        Some(_) => Decision::Deny(denials),
        None => {
            if !allowed.is_empty() {
                denials.push(Denial::Relation);
            }
            Decision::Deny(denials)
        }
    }
}
