//! The permission table and the one function that reads it.

use serde::{Deserialize, Serialize};

use crate::office::Role;

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
        /// Sees, records and ends a person's family ties.
        NoteKin = "person.note_kin",
        /// Sees, records and ends who may act for a person.
        NoteRepresentation = "person.note_representation",
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
        /// Sees the referrals of a case, and those from and to the own unit.
        ReadReferrals = "case.read_referrals",
        /// Refers a case, or a part of it, to a unit, a provider, health or school.
        Refer = "case.refer",
        /// Answers a referral, notes an answer from outside, or takes one back.
        AnswerReferral = "case.answer_referral",
        /// Ends a case.
        CloseCase = "case.close",
        /// Sees one's own day.
        ReadDay = "case.read_day",
        /// Takes a formal decision in a subject.
        Decide = "ruling.decide",
        /// Gives guidance in a subject.
        Guide = "ruling.guide",
        /// Sees what each agency has about a person, through the walls.
        ReadRecord = "record.read",
        /// Writes facts and notes.
        WriteRecord = "record.write",
        /// Keeps a document about a person, or ends one.
        KeepDocument = "record.keep_document",
        /// Opens a document.
        OpenDocument = "record.open_document",
        /// Records a ground on which something may cross, or answers for one.
        RecordGround = "record.ground",
        /// Sees what a person needs, through the walls.
        ReadNeeds = "need.read",
        /// Notes a need, what became of it, and who answers for it.
        NoteNeed = "need.note",
        /// Reads a person's joint plan, through the walls.
        ReadPlan = "plan.read",
        /// Makes a plan, and changes what it says.
        WritePlan = "plan.write",
        /// Answers for one's agency about an item of a plan: takes it on, does it, withdraws.
        AnswerPlan = "plan.answer",
        /// Confirms that a unit takes on more than its stated capacity.
        ConfirmLoad = "plan.confirm_load",
        /// Sees whose plan lacks something.
        ReadPlans = "plan.read_lists",
        /// Sees the assessments of a person, and what was tried before, through the walls.
        ReadAssessment = "assessment.read",
        /// Begins an assessment, answers in it, and writes what belongs to it.
        WriteAssessment = "assessment.write",
        /// Proposes a judgement of a person, or answers one as the second person.
        Judge = "assessment.judge",
        /// Sees the instruments, who approved them, and what regions ask for.
        ReadInstruments = "instrument.read",
        /// Approves a version of an instrument for one's agency.
        ApproveInstrument = "instrument.approve",
        /// Brings in a version of an instrument, or withdraws one.
        LoadInstrument = "instrument.load",
        /// Notes what a region asks for in an occupation.
        EditDemand = "instrument.edit_demand",
        /// Takes a single access over soft overlays.
        TakeAccess = "access.take",
        /// Looks at another's single access as the second person.
        ConfirmAccess = "access.confirm",
        /// Says which ties to persons a worker has.
        NoteTie = "tie.note",
        /// Books a joint meeting.
        BookMeeting = "meeting.book",
        /// Calls a meeting about a person, moves it or calls it off.
        CallMeeting = "meeting.call",
        /// Reads the own copy of what is written of a meeting.
        ReadMeeting = "meeting.read",
        /// Writes the minutes of a meeting, and who came.
        WriteMeeting = "meeting.write",
        /// Asks another agency for a meeting, or arranges meetings of agencies.
        ArrangeMeeting = "meeting.arrange",
        /// A person answers an invitation, or writes into the minutes.
        SpeakInMeeting = "own.speak_in_meeting",
        /// Sees how a person is followed up, and who leads what.
        ReadFollowUp = "follow.read",
        /// Takes somebody in for follow-up, notes contacts, asks over an area.
        KeepFollowUp = "follow.keep",
        /// Sees lists and load of the own office's follow-up.
        ReadFollowLists = "follow.lists",
        /// Says who leads what by default, and whom an office follows up.
        SetFollowUp = "follow.set_up",
        /// Sees how the offices are set up.
        ReadOffice = "office.read",
        /// Imports the set-up of the offices.
        ImportOffice = "office.import",
        /// Keeps what an office offers, when it is open, its rooms and its open questions.
        EditOffice = "office.edit",
        /// Keeps what holds for many offices: trials, roll-out, bodies, goals, mergers.
        EditNetwork = "network.edit",
        /// Proposes, decides and writes minutes; membership of the body says who may.
        Govern = "governing.act",
        /// Books a shared room.
        BookRoom = "room.book",
        /// Sends a unit an application to decide, or a decision to carry out.
        SendTask = "task.send",
        /// Sees what other units have sent one's own, and what became of what it sent.
        ReadTasks = "task.read",
        /// Records what the own unit did about it.
        DoTask = "task.do",
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
        /// Sees the measure providers, and what the agreement with each lists.
        ReadProviders = "provider.read",
        /// Keeps the agreements with measure providers.
        AgreeProvider = "provider.agree",
        /// Hands a measure provider what its agreement lists about a person.
        HandOver = "provider.hand",
        /// Reads how offices use the same rule.
        ReadPractice = "practice.read",
        /// Tells a sender whether the person came. No role does it: the server does.
        TellSender = "case.tell_sender",
        /// Marks whether a talk needed a closed room and had one.
        MarkTalk = "reception.mark_talk",
        /// Reads the catalogue of services, matters and standards.
        ReadServices = "service.read",
        /// Changes the catalogue, or what front staff may decide alone.
        EditServices = "service.edit",
        /// Sets up what all receptions share, and what one has of its own.
        SetUpReception = "office.set_up_reception",
        /// Reads what visitors feel about the aims that are shown.
        ReadReactions = "office.read_reactions",
        /// Reads the booked times of a reception.
        ReadBookings = "reception.read_bookings",
        /// Books, moves or takes away a time, or notes who came.
        Book = "reception.book",
        /// Notes a contact of nobody, or asks a colleague about no named person.
        NoteContact = "contact.note",
        /// Takes in the whole situation of a visitor once, and what follows from it.
        TakeSituation = "reception.take_situation",
        /// Notes what somebody was promised, and what came of it.
        Promise = "reception.promise",
        /// Sends a decision on to its unit, or back.
        Escalate = "reception.escalate",
        /// Notes that work is no aim for somebody now.
        SetWorkFocus = "case.set_work_focus",
        /// Notes in which trial and which effort somebody takes part.
        NoteTrialPart = "case.note_trial_part",
        /// Notes in which measure somebody takes part, on which days, and who pays.
        NoteMeasurePart = "case.note_measure_part",
        /// A person books, moves or takes away their own time.
        BookOwn = "own.book",
        /// Adds a rule, or writes how the own office uses it.
        WritePractice = "practice.write",
        /// Sees what became of files to and from the agency's own system.
        ReadExchange = "exchange.read",
        /// Takes a fact about a person from a file of the agency's own system.
        ImportFacts = "exchange.import",
        /// Fetches what is held of the agency's facts as a file.
        ExportFacts = "exchange.export",
        /// Reads one's own page, or the page of somebody one acts for.
        ReadOwn = "own.read",
        /// Reads on one's own page who looked.
        ReadOwnLog = "own.read_log",
        /// Takes everything about oneself out as a file.
        ExportOwn = "own.export",
        /// Gives an agency a document about oneself.
        GiveDocument = "own.give_document",
        /// Answers in an assessment of oneself.
        AnswerOwnAssessment = "own.answer_assessment",
        /// Opens a document in one's own file.
        OpenOwnDocument = "own.open_document",
        /// Answers, comments and does one's own tasks in one's own plan.
        AnswerOwnPlan = "own.answer_plan",
        /// Asks for a correction or objects, or takes that back.
        AskCorrection = "own.ask_correction",
        /// Sees what persons ask of one's agency about their own files.
        ReadCorrections = "correction.read",
        /// Answers such a question, or says why it takes longer.
        AnswerCorrection = "correction.answer",
        /// Holds a line of the log back from the person until a day.
        DelayLine = "journal.delay",
        /// Says, as the second person, that such a line may wait.
        ConfirmDelay = "journal.confirm_delay",
        /// Does a follow-up task of a case that one's agency has.
        DoFollowTask = "case.follow_task",
        /// Reads agreements, contact persons, routines, and who knows what.
        ReadArrangements = "arrangement.read",
        /// Keeps them, and says who works where.
        WriteArrangements = "arrangement.write",
        /// Says for one's agency whether an agreement exists.
        AnswerArrangement = "arrangement.answer",
        /// Notes days on which somebody is not there, a deputy, or what one knows.
        NoteAbsence = "absence.note",
        /// Sees what stops without somebody, and who loses their worker tomorrow.
        ReadCover = "cover.read",
        /// Orders everything of a worker to be handed over.
        OrderHandover = "handover.order",
        /// Closes an office or merges it into another.
        CloseOffice = "office.close",
        /// Signs a checkpoint of the journal; the system does it.
        SignJournal = "journal.checkpoint",
        /// Exports the journal for an outside check, from the command line.
        ExportJournal = "journal.export",
        /// Removes the journal's oldest rows when their time is over.
        CutJournal = "journal.cut",
        /// Signs in.
        SignIn = "session.sign_in",
        /// Signs out.
        SignOut = "session.sign_out",
        /// Was refused at sign-in.
        RefuseSignIn = "session.refused",
        /// Makes a token for a program or a kiosk, from the command line.
        MakeToken = "token.make",
        /// Uses a token; noted once a day for each.
        UseToken = "token.use",
        /// Revokes a token, from the command line.
        RevokeToken = "token.revoke",
        /// Asked for more than a working day needs.
        HitLimit = "watch.limit",
        /// Sees unusual use that was found.
        ReadWatch = "watch.read",
        /// Says what an unusual use was.
        SettleWatch = "watch.settle",
        /// Searches the journal for unusual use; the system does it each night.
        Watch = "watch.search",
        /// Sees what was deleted and locked, and what is held.
        ReadKeeping = "keeping.read",
        /// Deletes what is over its time; the system does it each night.
        DeleteExpired = "keeping.delete",
        /// Locks what is over its time and must be archived.
        LockExpired = "keeping.lock",
        /// Holds a person's data back from deletion.
        SetHold = "keeping.hold",
        /// Lifts such a hold.
        LiftHold = "keeping.lift_hold",
        /// Sees requests for erasure.
        ReadErasure = "erasure.read",
        /// Takes down a request for erasure, or takes it back.
        AskErasure = "erasure.ask",
        /// Decides about a request for erasure.
        DecideErasure = "erasure.decide",
        /// Confirms somebody else's decision to erase.
        ConfirmErasure = "erasure.confirm",
        /// Erases a person, after two people have said so.
        ExecuteErasure = "erasure.execute",
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
        /// A rule of the policy pack lets it cross; the row names the rule.
        Law = "law",
        /// The giver judged that it is necessary; the row names the record.
        Necessity = "necessity",
        /// The person consented; the row names the consent.
        Consent = "consent",
        /// A single access over soft overlays, with a reason and a second person.
        SingleAccess = "single_access",
        /// Looks at their own file.
        Own = "own",
        /// Acts for the person, within a mandate.
        Represents = "represents",
    }
}

closed! {
    /// Why something was denied. Outside the journal all of them look alike.
    Denial {
        /// The role has no such task.
        Role = "role",
        /// None of the relations that the task needs is there.
        Relation = "relation",
        /// Something stands before the person that nothing overcomes: a protected
        /// address, shielding, the worker's own case or family.
        Protected = "protected",
        /// Something stands before the person that a single access overcomes.
        Barred = "barred",
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
        Action::ReadOffice
        | Action::ReadFigures
        | Action::ReadPractice
        | Action::ReadPolicy
        | Action::ReadArrangements
        | Action::NoteAbsence => &[Duty],
        Action::WriteArrangements if matches!(role, JointManager | Administrator) => &[Duty],
        Action::AnswerArrangement | Action::OrderHandover if worker => &[Duty],
        Action::ReadCover if role == JointManager => &[Duty],
        Action::CloseOffice if role == Administrator => &[Duty],
        Action::WritePractice if worker => &[Duty],
        Action::ReadServices => &[Duty],
        Action::EditServices | Action::SetUpReception
            if matches!(role, JointManager | Administrator) =>
        {
            &[Duty]
        }
        Action::ReadReactions if role == JointManager => &[Duty],
        Action::NoteContact if counter => &[Duty],
        Action::Escalate if worker => &[Duty, Reception],
        Action::SetWorkFocus if worker => &[Reception, OwnAgency, TakesPart],
        Action::EditOffice if role == JointManager => &[Reception],
        Action::EditOffice | Action::EditNetwork if role == Administrator => &[Duty],
        // Who sits in a body may act there; it is looked up, whatever the role.
        Action::Govern => &[Duty],
        Action::BookRoom if counter => &[Duty],
        Action::SendTask | Action::DoTask if worker => &[Reception, OwnAgency, TakesPart],
        Action::ReadTasks if worker => &[Duty],
        Action::ReadExchange | Action::ExportFacts if role == Caseworker => &[Duty],
        Action::ImportFacts if role == Caseworker => &[OwnAgency],
        Action::ReadQueue
        | Action::CheckIn
        | Action::ReadVisit
        | Action::TakeVisit
        | Action::SortVisit
        | Action::CloseVisit
        | Action::SendSlip
        | Action::MarkTalk
        | Action::ReadBookings
        | Action::Book
        | Action::TakeSituation
        | Action::Promise
            if counter =>
        {
            &[Reception]
        }
        Action::SearchPerson if counter => &[Duty],
        Action::RegisterPerson if worker => &[Duty],
        Action::ReadPerson if worker => &[Reception, OwnAgency, TakesPart, Asked],
        Action::ReadPerson if role == Host => &[Reception],
        Action::EditPerson
        | Action::NoteKin
        | Action::NoteRepresentation
        | Action::NoteTrialPart
        | Action::NoteMeasurePart
            if worker =>
        {
            &[OwnAgency, TakesPart]
        }
        Action::JoinPersons if worker => &[OwnAgency],
        Action::OpenCase if worker => &[Reception, OwnAgency],
        Action::ReadCase if worker => &[OwnAgency, Responsible, Deputy, StepOwner, Asked, Manages],
        Action::PlanCase if worker => &[Responsible, Deputy, Manages],
        Action::DoFollowTask if worker => &[OwnAgency, Responsible, Deputy, StepOwner, Manages],
        Action::AskHandover if worker => &[Responsible, Deputy, Manages],
        Action::AnswerHandover if worker => &[Asked],
        // The joint manager, or whoever stands in for them.
        Action::SettleHandover if worker => &[Manages],
        Action::CloseCase if worker => &[Responsible, Deputy, Manages],
        // The lists are of one's own unit and agency; a case's own needs a part in it.
        Action::ReadReferrals if worker => {
            &[Duty, OwnAgency, Responsible, Deputy, StepOwner, Asked, Manages]
        }
        Action::Refer if worker => &[Responsible, Deputy, Manages],
        Action::AnswerReferral if worker => &[Asked, OwnAgency, Responsible, Deputy, Manages],
        Action::ReadDay if worker => &[Duty],
        Action::Decide | Action::Guide if worker => &[Reception, OwnAgency, TakesPart],
        Action::ReadRecord
        | Action::WriteRecord
        | Action::KeepDocument
        | Action::OpenDocument
        | Action::RecordGround
            if worker =>
        {
            &[OwnAgency, TakesPart, Asked]
        }
        Action::ReadNeeds | Action::ReadPlan if worker => &[OwnAgency, TakesPart, Asked, Manages],
        Action::NoteNeed | Action::WritePlan | Action::AnswerPlan if worker => {
            &[OwnAgency, TakesPart]
        }
        Action::ConfirmLoad if role == JointManager => &[OwnAgency, TakesPart, Manages],
        Action::ReadAssessment if worker => &[OwnAgency, TakesPart, Asked],
        Action::WriteAssessment | Action::Judge if worker => &[OwnAgency, TakesPart],
        Action::ReadInstruments => &[Duty],
        Action::ApproveInstrument if matches!(role, Caseworker | JointManager) => &[Duty],
        Action::EditDemand if matches!(role, Caseworker | JointManager) => &[Duty],
        Action::LoadInstrument if role == Administrator => &[Duty],
        Action::ReadPlans if worker => &[Duty],
        Action::TakeAccess | Action::ConfirmAccess if worker => &[Duty],
        Action::NoteTie => &[Duty],
        Action::BookMeeting if worker => &[Reception, TakesPart],
        Action::CallMeeting | Action::ReadFollowUp | Action::KeepFollowUp if worker => {
            &[OwnAgency, TakesPart]
        }
        // Of a meeting: a colleague at the same office, and who sits at the table.
        Action::ReadMeeting if worker => &[OwnAgency, Asked],
        Action::WriteMeeting if worker => &[Asked],
        Action::ArrangeMeeting | Action::ReadFollowLists if worker => &[Duty],
        Action::SetFollowUp if role == JointManager => &[Duty],
        Action::ImportOffice | Action::ReadOutbox if role == Administrator => &[Duty],
        Action::ReadJournal
        | Action::ChoosePolicy
        | Action::ReadWatch
        | Action::SettleWatch
        | Action::ReadKeeping
        | Action::SetHold
        | Action::LiftHold
        | Action::ReadErasure
        | Action::AskErasure
        | Action::DecideErasure
            if role == PrivacyOwner =>
        {
            &[Duty]
        }
        // The second person sees the reason and the findings, not who it is about.
        Action::ConfirmErasure | Action::ConfirmDelay
            if matches!(role, PrivacyOwner | JointManager) =>
        {
            &[Duty]
        }
        Action::SignIn | Action::SignOut => &[Duty],
        Action::ReadManagement if role == JointManager => &[Duty],
        Action::ReadConsent | Action::RecordConsent | Action::WithdrawConsent if worker => {
            &[Reception, OwnAgency, TakesPart]
        }
        Action::AcknowledgeWithdrawal | Action::HandOverList | Action::ReadList if worker => {
            &[Duty]
        }
        Action::ReadProviders if worker || role == PrivacyOwner => &[Duty],
        Action::AgreeProvider if role == JointManager => &[Duty],
        Action::HandOver if worker => &[OwnAgency, TakesPart],
        Action::ReadOverdue
        | Action::EditNotice
        | Action::PublishNotice
        | Action::ReadFlows
        | Action::EditFlow
            if role == PrivacyOwner =>
        {
            &[Duty]
        }
        Action::ReadCorrections if worker || role == PrivacyOwner => &[Duty],
        Action::AnswerCorrection if worker => &[OwnAgency, TakesPart],
        Action::DelayLine if role == PrivacyOwner => &[Duty],
        _ => &[],
    }
}

/// What lies over a person for one worker, as the policy pack's overlays say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Bar {
    /// Nothing.
    #[default]
    Open,
    /// Something that a single access has overcome.
    Overcome,
    /// Something that a single access could overcome.
    Soft,
    /// Something that nothing overcomes.
    Hard,
}

/// What is known when a decision is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether what is asked for is there at all.
    pub exists: bool,
    /// How the worker stands to it.
    pub relations: Vec<Relation>,
    /// What lies over the person; open where nobody is concerned.
    pub bar: Bar,
}

impl Facts {
    /// An act that concerns nobody in particular.
    #[must_use]
    pub fn duty() -> Self {
        Self { exists: true, relations: vec![Relation::Duty], bar: Bar::Open }
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

/// Decides. Deny by default; what lies over the person comes before everything else and
/// no relation overcomes it.
#[must_use]
pub fn decide(role: Role, action: Action, facts: &Facts) -> Decision {
    let mut denials = Vec::new();
    if !facts.exists {
        denials.push(Denial::Absent);
    }
    match facts.bar {
        Bar::Hard => denials.push(Denial::Protected),
        Bar::Soft => denials.push(Denial::Barred),
        Bar::Open | Bar::Overcome => {}
    }
    let allowed = paths(role, action);
    if allowed.is_empty() {
        denials.push(Denial::Role);
    }
    let through = allowed.iter().find(|relation| facts.relations.contains(relation));
    match through {
        Some(_) if denials.is_empty() && facts.bar == Bar::Overcome => {
            Decision::Permit(Ground::SingleAccess)
        }
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
