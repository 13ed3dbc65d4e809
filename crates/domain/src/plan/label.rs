//! The names that laws give a plan, and what each asks to be in it (domain.md section D).

use std::collections::BTreeSet;

use crate::codes::codes;

codes! {
    /// A name in law of the same plan (REQ-PLAN-03).
    Label {
        /// Individuell plan (Norway: nav-loven section 15, sosialtjenesteloven section 28).
        Individual = "individual",
        /// Handlingsplan (Sweden: SFS 2000:628; Norway: the offices' own name for an individual plan).
        Action = "action",
        /// Aktivitetsplan (nav-loven section 14 a).
        Activity = "activity",
        /// Samordnad individuell plan, SIP (SoL 10:8, HSL 16:4).
        Sip = "sip",
    }
}

codes! {
    /// Something that a law asks to be in a plan.
    Part {
        /// The person's goal, in their words.
        Goal = "goal",
        /// What the person can build on.
        Resources = "resources",
        /// What is needed.
        Needs = "needs",
        /// Who takes part.
        Participants = "participants",
        /// One who coordinates, and a deputy.
        Coordinator = "coordinator",
        /// What the person, those who help, and relatives do.
        Contributions = "contributions",
        /// The measures, their extent, and who does them.
        Measures = "measures",
        /// How they are carried out.
        How = "how",
        /// The period.
        Period = "period",
        /// The next day on which it is looked at.
        Revision = "revision",
        /// A consent to make it and to share what it needs.
        Consent = "consent",
        /// Cooperation with others that is needed or wished.
        Cooperation = "cooperation",
        /// What the municipality gives.
        Municipality = "municipality",
        /// What the health service gives.
        HealthService = "health_service",
        /// What happens in a crisis.
        Crisis = "crisis",
        /// What the person does.
        OwnTasks = "own_tasks",
        /// That the person has said yes.
        Agreement = "agreement",
    }
}

impl Label {
    /// What must be there under this name.
    #[must_use]
    pub fn required(self) -> &'static [Part] {
        use Part::{
            Agreement, Consent, Contributions, Cooperation, Coordinator, Crisis, Goal,
            HealthService, How, Measures, Municipality, Needs, OwnTasks, Participants, Period,
            Resources, Revision,
        };
        match self {
            // Regulation on habilitation, rehabilitation and coordinator, section 19.
            Self::Individual => &[
                Goal,
                Resources,
                Needs,
                Participants,
                Coordinator,
                Contributions,
                Measures,
                How,
                Period,
                Revision,
                Consent,
                Cooperation,
                Agreement,
            ],
            Self::Sip => &[
                Goal,
                Needs,
                Participants,
                Coordinator,
                Measures,
                Municipality,
                HealthService,
                Revision,
                Crisis,
                Consent,
                Agreement,
            ],
            Self::Action => &[Goal, Needs, Coordinator, Measures, OwnTasks, Revision, Agreement],
            Self::Activity => &[Goal, Needs, Measures, OwnTasks, Period, Revision, Agreement],
        }
    }

    /// What is missing under this name.
    #[must_use]
    pub fn missing(self, there: &BTreeSet<Part>) -> Vec<Part> {
        self.required().iter().copied().filter(|part| !there.contains(part)).collect()
    }
}

codes! {
    /// A text of a plan, written over and kept in every version.
    Field {
        /// The goal, in the person's words.
        Goal = "goal",
        /// What the person can build on.
        Resources = "resources",
        /// What the person, those who help, and relatives do.
        Contributions = "contributions",
        /// How the measures are carried out.
        How = "how",
        /// Cooperation with others.
        Cooperation = "cooperation",
        /// What happens in a crisis.
        Crisis = "crisis",
        /// The same in plain words, for the person.
        Summary = "summary",
    }
}

impl Field {
    /// The part that the text is, if it is one.
    #[must_use]
    pub fn part(self) -> Option<Part> {
        match self {
            Self::Goal => Some(Part::Goal),
            Self::Resources => Some(Part::Resources),
            Self::Contributions => Some(Part::Contributions),
            Self::How => Some(Part::How),
            Self::Cooperation => Some(Part::Cooperation),
            Self::Crisis => Some(Part::Crisis),
            Self::Summary => None,
        }
    }
}
