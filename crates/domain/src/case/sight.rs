//! When a person becomes hidden from those who carry their case: protection was raised, a tie was
//! noted, or a clearance was taken away. Whoever may not see the person sees the case no more, and
//! yet the case keeps its three: somebody who may see them steps in at once, and is asked to take
//! over. Responsibility moves with their yes and not before.

use super::handover::Asked;
use super::open::{OpenCase, Worker};
use super::step::NextStep;
use crate::ids::StaffId;

/// Who may see the person of a case, and whom there is to ask.
pub struct Sight<'a> {
    /// Whether this worker may see the person.
    pub sees: &'a dyn Fn(StaffId) -> bool,
    /// Whether somebody who may see the person can answer the question that waits.
    pub answerable: bool,
    /// Workers who could step in, the nearest first.
    pub others: &'a [Worker],
    /// Who has been asked for this case in vain, and is not asked again.
    pub in_vain: &'a [StaffId],
}

/// What was done so that somebody who may see the person goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InSight {
    /// The case.
    pub case: OpenCase,
    /// Whether somebody else is deputy now.
    pub deputy: bool,
    /// Whether somebody else sees to the next step now.
    pub step: bool,
    /// A question that was taken back, because nobody who was asked may see the person.
    pub taken_back: Option<Asked>,
    /// Who is to be asked to take over. Until they say yes the responsible worker stays.
    pub ask: Option<Worker>,
}

impl OpenCase {
    /// REQ-REF-01: what is to be done where some of the three may not see the person; nothing
    /// where all of them may, and nothing where there is nobody who may. The responsible worker
    /// is never changed here.
    #[must_use]
    pub fn in_sight(self, sight: &Sight<'_>) -> Option<InSight> {
        let (responsible, former) = (self.responsible, self.deputy);
        let sees = sight.sees;
        let free: Vec<Worker> = sight
            .others
            .iter()
            .copied()
            .filter(|it| it.on_duty && it.id != responsible.id && sees(it.id))
            .collect();
        let mut done =
            InSight { case: self, deputy: false, step: false, taken_back: None, ask: None };
        if !sees(responsible.id) {
            if !sight.answerable {
                done.taken_back = done.case.asked.take();
            }
            // The deputy knows the person already.
            let may = |it: &Worker| sees(it.id) && !sight.in_vain.contains(&it.id);
            let nearest = || free.iter().copied().find(|it| it.id != former.id && may(it));
            let deputy = || Some(former).filter(|it| it.on_duty && may(it));
            if done.case.asked.is_none() {
                done.ask = deputy().or_else(nearest);
            }
        }
        if !sees(former.id) {
            let asked = done.case.asked.as_ref().and_then(|asked| asked.ask.to_staff);
            let asked = asked.or(done.ask.map(|it| it.id));
            let another = free.iter().copied().find(|it| Some(it.id) != asked);
            // Better the one who is asked than somebody who sees nothing.
            if let Some(deputy) = another.or(free.first().copied())
                && let Ok(changed) = done.case.clone().appoint_deputy(deputy)
            {
                done.case = changed;
                done.deputy = true;
            }
        }
        if !sees(done.case.step.owner) {
            let two = [done.case.responsible, done.case.deputy];
            if let Some(owner) = two.into_iter().find(|it| sees(it.id)) {
                let step = NextStep { owner: owner.id, ..done.case.step.clone() };
                if let Ok(changed) = done.case.clone().plan(step, owner) {
                    done.case = changed;
                    done.step = true;
                }
            }
        }
        let nothing = !done.deputy && !done.step && done.taken_back.is_none() && done.ask.is_none();
        (!nothing).then_some(done)
    }
}
