//! What is shown of an assessment: items with both answers, the profile, the flag with what made it.

use jiff::civil::Date;
use onedoor_domain::assessment::{self, Instrument, Item, RISK_VERSION, Side, THRESHOLD};
use serde::Serialize;
use utoipa::ToSchema;

use super::pages::Seen;
use super::profile::value;
use super::store::{self, Assessment};
use crate::words::Words;

/// An item with what was answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct AnsweredLine {
    pub(crate) code: String,
    pub(crate) dimension: String,
    pub(crate) text: String,
    pub(crate) anchors: Vec<String>,
    pub(crate) asks_person: bool,
    pub(crate) asks_worker: bool,
    pub(crate) voluntary: bool,
    /// The person's step, `0` or `9`; empty without an answer.
    pub(crate) person: String,
    pub(crate) person_source: String,
    pub(crate) person_on: String,
    /// Whether the person's answer was taken over instead of asked again.
    pub(crate) reused: bool,
    /// The worker's.
    pub(crate) worker: String,
    pub(crate) worker_by: String,
    pub(crate) worker_on: String,
    /// Whether the two are two steps apart or more (REQ-MAP-22).
    pub(crate) differs: bool,
    #[serde(skip)]
    pub(crate) choices: Vec<StepChoice>,
}

/// A step that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepChoice {
    /// What the form sends: `E1:3`.
    pub(crate) value: String,
    /// The step and its anchor.
    pub(crate) text: String,
    /// Whether it is the person's answer.
    pub(crate) person: bool,
    /// Whether it is the worker's.
    pub(crate) worker: bool,
}

/// The steps of an item with their anchors, and the two ways not to answer.
pub(crate) fn choices(item: &Item, person: &str, worker: &str, w: Words) -> Vec<StepChoice> {
    let steps = (1..=5_u8)
        .map(|step| (step.to_string(), format!("{step}: {}", item.anchor(step, w.language()))));
    let none = [
        ("0".to_owned(), w.t("answer-not-asked").into_owned()),
        ("9".to_owned(), w.t("answer-declined").into_owned()),
    ];
    steps
        .chain(none)
        .map(|(code, text)| StepChoice {
            value: format!("{}:{code}", item.code),
            text,
            person: code == person,
            worker: code == worker,
        })
        .collect()
}

impl AnsweredLine {
    /// The person's answer in words.
    pub(crate) fn said_by_person(&self) -> &str {
        self.choices.iter().find(|it| it.person).map_or("–", |it| it.text.as_str())
    }

    /// The worker's answer in words.
    pub(crate) fn said_by_worker(&self) -> &str {
        self.choices.iter().find(|it| it.worker).map_or("–", |it| it.text.as_str())
    }
}

/// A dimension as each side sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ProfileLine {
    pub(crate) dimension: String,
    /// The middle of the person's answers; empty without any.
    pub(crate) person: String,
    pub(crate) worker: String,
    /// The person's lowest item, and its step; else the worker's.
    pub(crate) lowest: String,
}

/// An answer that gave points.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ContributionLine {
    pub(crate) item: String,
    pub(crate) text: String,
    /// `person` or `worker`.
    pub(crate) side: String,
    pub(crate) step: u8,
    pub(crate) anchor: String,
    pub(crate) points: i64,
}

/// The flag of long unemployment with what made it (REQ-MAP-10).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FlagLine {
    pub(crate) raised: bool,
    pub(crate) points: i64,
    pub(crate) threshold: i64,
    pub(crate) rules: String,
    pub(crate) by: Vec<ContributionLine>,
    /// How many rules had no answer: they gave nothing.
    pub(crate) unanswered: i64,
    pub(crate) contact_on: String,
    /// The day on which it was reckoned; empty where it was not.
    pub(crate) flagged_on: String,
    /// The days from the first contact to that day.
    pub(crate) days: i64,
    /// `long`, `work`, or empty.
    pub(crate) outcome: String,
}

/// An item of an assessment with the newest answer of each side that may be seen.
pub(super) fn answered(item: &Item, one: &Assessment, seen: &Seen, w: Words) -> AnsweredLine {
    let last = |side| {
        let of = |kept: &&store::Kept| {
            kept.assessment == one.id && kept.answer.item == item.code && kept.answer.side == side
        };
        seen.answers.iter().rfind(of)
    };
    let (person, worker) = (last(Side::Person), last(Side::Worker));
    let code = |kept: Option<&store::Kept>| {
        kept.map(|kept| kept.answer.given.code().to_string()).unwrap_or_default()
    };
    let on = |kept: Option<&store::Kept>| {
        kept.map(|kept| kept.answer.on.to_string()).unwrap_or_default()
    };
    let step = |kept: Option<&store::Kept>| kept.and_then(|kept| kept.answer.given.step());
    let differs = match (step(person), step(worker)) {
        (Some(person), Some(worker)) => person.abs_diff(worker) >= 2,
        _ => false,
    };
    let (said, judged) = (code(person), code(worker));
    AnsweredLine {
        choices: choices(item, &said, &judged, w),
        code: item.code.clone(),
        dimension: item.dimension.as_str().to_owned(),
        text: item.text.of(w.language()).to_owned(),
        anchors: (1..=5).map(|step| item.anchor(step, w.language()).to_owned()).collect(),
        asks_person: item.asked().asks(Side::Person),
        asks_worker: item.asked().asks(Side::Worker),
        voluntary: item.voluntary,
        person: said,
        person_source: person.map(|kept| kept.source.clone()).unwrap_or_default(),
        person_on: on(person),
        reused: person.is_some_and(|kept| kept.reused) || worker.is_some_and(|kept| kept.reused),
        worker: judged,
        worker_by: worker.map(|kept| kept.by.clone()).unwrap_or_default(),
        worker_on: on(worker),
        differs,
    }
}

/// The profile, dimension by dimension.
pub(super) fn profile_lines(
    instrument: &Instrument,
    answers: &[assessment::Answer],
) -> Vec<ProfileLine> {
    let mut all: Vec<ProfileLine> = Vec::new();
    for one in assessment::profile(instrument, answers) {
        let code = one.dimension.as_str();
        let place = all.iter().position(|line| line.dimension == code).unwrap_or_else(|| {
            all.push(ProfileLine {
                dimension: code.to_owned(),
                person: String::new(),
                worker: String::new(),
                lowest: String::new(),
            });
            all.len() - 1
        });
        let Some(line) = all.get_mut(place) else { continue };
        match one.side {
            Side::Person => line.person = value(one.median),
            Side::Worker => line.worker = value(one.median),
        }
        if let Some((item, step)) = one.lowest.filter(|_| line.lowest.is_empty()) {
            line.lowest = format!("{item} ({step})");
        }
    }
    all
}

/// The flag as the answers give it now.
pub(super) fn flag_line(
    one: &Assessment,
    instrument: &Instrument,
    seen: &Seen,
    w: Words,
) -> FlagLine {
    let flag = assessment::flag(&seen.of(one.id));
    let by = flag.by.iter().map(|it| {
        let item = instrument.item(it.item);
        ContributionLine {
            item: it.item.to_owned(),
            text: item.map(|item| item.text.of(w.language()).to_owned()).unwrap_or_default(),
            side: it.side.as_str().to_owned(),
            step: it.step,
            anchor: item
                .map(|item| item.anchor(it.step, w.language()).to_owned())
                .unwrap_or_default(),
            points: i64::from(it.points),
        }
    });
    let days = one.flagged_on.map_or(0, |on| days(one.contact_on, on));
    FlagLine {
        raised: flag.raised,
        points: i64::from(flag.points),
        threshold: i64::from(THRESHOLD),
        rules: RISK_VERSION.to_owned(),
        by: by.collect(),
        unanswered: i64::try_from(flag.unanswered.len()).unwrap_or(i64::MAX),
        contact_on: one.contact_on.to_string(),
        flagged_on: one.flagged_on.map(|on| on.to_string()).unwrap_or_default(),
        days,
        outcome: one.outcome.clone(),
    }
}

fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
