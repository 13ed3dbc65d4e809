//! Two frameworks that run side by side: a trial and an effort (REQ-ORG-40). Whoever is in both is
//! one person, and what is run as one is compared with what is run beside one another.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::codes::codes;
use crate::governing::TargetGroup;
use crate::ids::PersonId;
use crate::standard::median;

codes! {
    /// How two frameworks are run for one person or in one meeting.
    Running {
        /// As one: one plan, one table.
        Integrated = "integrated",
        /// Each for itself, at the same time.
        Parallel = "parallel",
    }
}

codes! {
    /// What somebody had reached when they left a framework.
    Reached {
        /// Work.
        Work = "work",
        /// Education.
        Education = "education",
        /// Neither.
        Nothing = "nothing",
    }
}

codes! {
    /// Where a person belongs, in one place only.
    Belonging {
        /// In the trial alone.
        Trial = "trial",
        /// In the effort alone.
        Effort = "effort",
        /// In both, run as one.
        Integrated = "integrated",
        /// In both at the same time, each for itself.
        Parallel = "parallel",
        /// In both, one after the other.
        InTurn = "in_turn",
    }
}

/// That a person takes part, as one agency has noted it. One person may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Who.
    pub person: PersonId,
    /// As whom in the trial; nothing where not in it.
    pub trial: Option<TargetGroup>,
    /// As whom in the effort; nothing where not in it.
    pub effort: Option<TargetGroup>,
    /// How both are run, where it is in both.
    pub running: Option<Running>,
    /// The first day.
    pub from: Date,
    /// The last day; nothing while it lasts.
    pub until: Option<Date>,
    /// What was reached, where it has ended.
    pub reached: Option<Reached>,
}

/// A meeting with a person that belongs to one of the frameworks or to both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// With whom.
    pub person: PersonId,
    /// When.
    pub on: Date,
    /// How both are run in it; nothing where it belongs to one of them.
    pub running: Option<Running>,
}

/// What is compared about one way of running.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// Persons.
    pub persons: i64,
    /// Meetings that belong to both frameworks and were run in this way.
    pub meetings: i64,
    /// Persons who have had a meeting since they were in both.
    pub met: i64,
    /// Days until the first of these, the middle value; nothing where nobody has had one.
    pub days: Option<i64>,
    /// Persons who have left both.
    pub ended: i64,
    /// Of these, who reached work or education.
    pub reached: i64,
}

/// A trial and an effort beside one another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SideBySide {
    /// All persons, each once.
    pub persons: i64,
    /// Where they belong; these add up to all persons.
    pub belonging: BTreeMap<Belonging, i64>,
    /// Of each target group: persons in the trial, in the effort, and in both at one time.
    pub groups: BTreeMap<TargetGroup, (i64, i64, i64)>,
    /// Persons in both at one time, by the group in the trial and the group in the effort.
    pub overlaps: BTreeMap<(TargetGroup, TargetGroup), i64>,
    /// Run as one.
    pub integrated: Side,
    /// Run each for itself.
    pub parallel: Side,
    /// Meetings that belong to one of the two.
    pub single_meetings: i64,
}

/// A stretch of days in one framework; nothing for the last while it lasts.
type Span = (Date, Option<Date>);

/// Everything of one person.
#[derive(Default)]
struct One {
    trial: BTreeSet<(TargetGroup, Span)>,
    effort: BTreeSet<(TargetGroup, Span)>,
    integrated: bool,
    lasts: bool,
    reached: bool,
}

/// The day from which two stretches run together, where they do.
fn together(a: Span, b: Span) -> Option<Date> {
    let from = a.0.max(b.0);
    let within = |it: Span| it.1.is_none_or(|until| from <= until);
    (within(a) && within(b)).then_some(from)
}

impl One {
    fn take(&mut self, part: &Part) {
        let span = (part.from, part.until);
        self.trial.extend(part.trial.map(|group| (group, span)));
        self.effort.extend(part.effort.map(|group| (group, span)));
        let both = part.trial.is_some() && part.effort.is_some();
        self.integrated |= both && part.running == Some(Running::Integrated);
        self.lasts |= part.until.is_none();
        self.reached |= part.reached.is_some_and(|it| it != Reached::Nothing);
    }

    /// The groups in which the person is in both at one time, with the day from which.
    fn overlaps(&self) -> Vec<(TargetGroup, TargetGroup, Date)> {
        let pairs = self.trial.iter().flat_map(|t| self.effort.iter().map(move |e| (t, e)));
        pairs.filter_map(|(t, e)| Some((t.0, e.0, together(t.1, e.1)?))).collect()
    }

    fn belonging(&self, at_one_time: bool) -> Belonging {
        match (self.trial.is_empty(), self.effort.is_empty()) {
            (_, true) => Belonging::Trial,
            (true, false) => Belonging::Effort,
            _ if !at_one_time => Belonging::InTurn,
            _ if self.integrated => Belonging::Integrated,
            _ => Belonging::Parallel,
        }
    }
}

/// Whole days from one day to a later one.
fn days_between(from: Date, on: Date) -> i64 {
    from.until(on).map_or(0, |span| i64::from(span.get_days()))
}

/// A trial and an effort beside one another (REQ-ORG-40). However many agencies have noted a
/// person, they count once. Who is noted apart in both at one time is in both in parallel; one
/// note that both are run as one makes it integrated. Parts that are in neither count for nothing.
#[must_use]
pub fn side_by_side(parts: &[Part], meetings: &[Met]) -> SideBySide {
    let mut persons: BTreeMap<PersonId, One> = BTreeMap::new();
    for part in parts.iter().filter(|it| it.trial.is_some() || it.effort.is_some()) {
        persons.entry(part.person).or_default().take(part);
    }
    let mut days: BTreeMap<PersonId, Vec<Date>> = BTreeMap::new();
    for met in meetings {
        days.entry(met.person).or_default().push(met.on);
    }
    let mut all = SideBySide::default();
    let mut waits: BTreeMap<Belonging, Vec<i64>> = BTreeMap::new();
    for (person, one) in &persons {
        let overlaps = one.overlaps();
        let belonging = one.belonging(!overlaps.is_empty());
        all.persons += 1;
        *all.belonging.entry(belonging).or_default() += 1;
        all.count_groups(one, &overlaps);
        let Some(since) = overlaps.iter().map(|it| it.2).min() else { continue };
        let first = days.get(person).into_iter().flatten().filter(|on| **on >= since).min();
        if let Some(first) = first {
            waits.entry(belonging).or_default().push(days_between(since, *first));
        }
        if let Some(side) = all.side(belonging) {
            side.persons += 1;
            side.met += i64::from(first.is_some());
            side.ended += i64::from(!one.lasts);
            side.reached += i64::from(!one.lasts && one.reached);
        }
    }
    for (belonging, waits) in waits {
        if let Some(side) = all.side(belonging) {
            side.days = median(&waits);
        }
    }
    for met in meetings {
        match met.running {
            Some(Running::Integrated) => all.integrated.meetings += 1,
            Some(Running::Parallel) => all.parallel.meetings += 1,
            None => all.single_meetings += 1,
        }
    }
    all
}

impl SideBySide {
    fn side(&mut self, belonging: Belonging) -> Option<&mut Side> {
        match belonging {
            Belonging::Integrated => Some(&mut self.integrated),
            Belonging::Parallel => Some(&mut self.parallel),
            Belonging::Trial | Belonging::Effort | Belonging::InTurn => None,
        }
    }

    fn count_groups(&mut self, one: &One, overlaps: &[(TargetGroup, TargetGroup, Date)]) {
        let of = |all: &BTreeSet<(TargetGroup, Span)>| -> BTreeSet<TargetGroup> {
            all.iter().map(|it| it.0).collect()
        };
        for group in of(&one.trial) {
            self.groups.entry(group).or_default().0 += 1;
        }
        for group in of(&one.effort) {
            self.groups.entry(group).or_default().1 += 1;
        }
        let pairs: BTreeSet<_> = overlaps.iter().map(|it| (it.0, it.1)).collect();
        for (trial, effort) in pairs {
            *self.overlaps.entry((trial, effort)).or_default() += 1;
            if trial == effort {
                self.groups.entry(trial).or_default().2 += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
