//! The map of the front line: who does what, what comes out of it, and where agencies must meet
//! (REQ-FRONT-30).

use crate::codes::codes;

codes! {
    /// Who acts in a step.
    Actor {
        /// The person.
        Person = "person",
        /// The service host.
        Host = "host",
        /// A front worker.
        FrontWorker = "front_worker",
        /// A caseworker.
        Caseworker = "caseworker",
        /// The joint manager.
        JointManager = "joint_manager",
    }
}

codes! {
    /// What kind of process a step belongs to.
    Process {
        /// What the person comes for.
        Main = "main",
        /// What makes the main one possible.
        Support = "support",
    }
}

codes! {
    /// A step of the front line.
    Step {
        /// Waiting to be met.
        Meet = "meet",
        /// Corrected: to the right desk.
        Sort = "sort",
        /// Served by one agency.
        Serve = "serve",
        /// Clarified across agencies, there and then.
        Clarify = "clarify",
        /// From the visit to the joint meeting.
        Meeting = "meeting",
        /// From the first contact to a whole clarification.
        Whole = "whole",
        /// Asking another unit to take over, until it has answered.
        HandOver = "hand_over",
        /// A question to a colleague, until it is answered.
        Consult = "consult",
    }
}

/// What the map says of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessStep {
    /// Which.
    pub step: Step,
    /// Main or support.
    pub process: Process,
    /// Who acts.
    pub actors: &'static [Actor],
    /// Whether two agencies or more meet in it.
    pub agencies_meet: bool,
}

impl Step {
    /// The step on the map.
    #[must_use]
    pub fn on_map(self) -> ProcessStep {
        use Actor::{Caseworker, FrontWorker, Host, JointManager, Person};
        let (process, actors, agencies_meet): (_, &'static [Actor], _) = match self {
            Self::Meet => (Process::Main, &[Person, Host], false),
            Self::Sort => (Process::Main, &[Host, FrontWorker], false),
            Self::Serve => (Process::Main, &[Person, FrontWorker], false),
            Self::Clarify => (Process::Main, &[Person, FrontWorker, Caseworker], true),
            Self::Meeting => (Process::Main, &[Person, FrontWorker, Caseworker], true),
            Self::Whole => (Process::Main, &[Person, Caseworker], true),
            Self::HandOver => (Process::Support, &[Caseworker, JointManager], true),
            Self::Consult => (Process::Support, &[FrontWorker, Caseworker], true),
        };
        ProcessStep { step: self, process, actors, agencies_meet }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// REQ-FRONT-30: every step has somebody who acts; the person is in every step that is
    /// about them face to face, and where agencies meet more than one role acts.
    #[test]
    fn the_map_names_who_acts() {
        for step in Step::ALL {
            let on_map = step.on_map();
            assert!(!on_map.actors.is_empty());
            assert!(!on_map.agencies_meet || on_map.actors.len() > 1, "{step:?}");
        }
        let meet = Step::ALL.iter().filter(|step| step.on_map().agencies_meet).count();
        assert_eq!((meet, Step::ALL.len()), (5, 8));
    }
}
