//! A pack as a lawyer reads it: direction by direction, with letters in words.

use axum::extract::{Path, Query};
use onedoor_domain::secrecy::{Action, Effect, Pack};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::told::{self, LetterCell, PackShort, ToldCode};
use crate::policy::Subject;
use crate::walls::digest;
use crate::web::{Desk, Fault, Reply, Routes};
use crate::words::Words;

/// The route of a pack.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<PackPage, _, _>(
            "/policy/packs/{code}/{version}",
            "One policy pack: its rules, overlays, single access and duties",
            show,
        )
        .asking(&["choice"])
}

/// One rule of a direction.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleRow {
    /// Its code.
    pub rule: String,
    /// What for.
    pub purpose: String,
    /// What must hold, all of it.
    pub when: Vec<ToldCode>,
    /// Its letters.
    pub cells: Vec<LetterCell>,
    /// The statute.
    pub basis: String,
    /// Whether the statute was read in full.
    pub verified: bool,
    /// What it demands beyond its letters.
    pub also: Vec<ToldCode>,
}

/// The rules from one end to another.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Direction {
    /// Who gives: a body or a group.
    pub from: ToldCode,
    /// Who receives.
    pub to: ToldCode,
    /// The rules, in the order of the pack.
    pub rules: Vec<RuleRow>,
}

/// One condition of the pack.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConditionRow {
    /// Its code.
    pub code: String,
    /// In words.
    pub text: String,
    /// `computed` by the program or `declared` by a worker.
    pub known: String,
}

/// One overlay of the pack.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverlayRow {
    /// Its code.
    pub overlay: String,
    /// In words.
    pub name: String,
    /// `hard` or `soft`.
    pub kind: String,
    /// Its facts; any of them is enough.
    pub about: Vec<ToldCode>,
    /// The marks that lift it; any of them is enough.
    pub unless: Vec<ToldCode>,
}

/// What an effect demands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DutyRow {
    /// The letter.
    pub letter: String,
    /// What it demands.
    pub duties: Vec<ToldCode>,
}

/// A group of bodies.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GroupRow {
    /// What people call it.
    pub name: String,
    /// Those that belong to it.
    pub bodies: Vec<String>,
}

/// A policy pack as it is read.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackPage {
    /// What it is called and when it holds.
    pub pack: PackShort,
    /// The fingerprint of its text.
    pub digest: String,
    /// How many rules it has.
    pub count: i64,
    /// How many of them have a statute that was read in full.
    pub verified: i64,
    /// Whether a list of people needs the consent of each.
    pub list_needs_consent: bool,
    /// The kinds of information, in the order of the columns.
    pub categories: Vec<String>,
    /// The rules by direction.
    pub directions: Vec<Direction>,
    /// The conditions.
    pub conditions: Vec<ConditionRow>,
    /// Groups of bodies.
    pub groups: Vec<GroupRow>,
    /// The overlays, the first asked first.
    pub overlays: Vec<OverlayRow>,
    /// Fewest characters of the reason of a single access.
    pub reason_min: i64,
    /// Most characters of it.
    pub reason_max: i64,
    /// Most months that it holds.
    pub most_months: i64,
    /// Hours within which a second person answers.
    pub second_person_hours: i64,
    /// What each letter demands.
    pub duties: Vec<DutyRow>,
    /// The site's own settings, where the pack is shown as a site uses it.
    pub settings: String,
}

crate::page!(PackPage, "question/pages/pack.html");

/// A pack in words.
#[must_use]
pub fn reading(words: Words, pack: &Pack, text: &str, settings: &str) -> PackPage {
    let language = words.language();
    let single = pack.single_rules();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    PackPage {
        pack: told::short(words, pack),
        digest: digest(text),
        count: number(pack.rules().count()),
        verified: number(pack.rules().filter(|(_, rule)| rule.verified).count()),
        list_needs_consent: pack.list_needs_consent(),
        categories: told::categories(),
        directions: directions(words, pack),
        conditions: pack
            .conditions()
            .map(|(_, it)| ConditionRow {
                code: it.code.clone(),
                text: it.names.in_language(language).to_owned(),
                known: it.known.as_str().to_owned(),
            })
            .collect(),
        groups: pack
            .groups()
            .map(|(_, it)| GroupRow {
                name: it.names.in_language(language).to_owned(),
                bodies: it.bodies.iter().map(|body| told::body_name(words, pack, *body)).collect(),
            })
            .collect(),
        overlays: pack
            .overlays()
            .iter()
            .map(|it| OverlayRow {
                overlay: it.code.clone(),
                name: it.names.in_language(language).to_owned(),
                kind: it.kind.as_str().to_owned(),
                about: told::facts(words, it.about),
                unless: told::marks(words, it.unless),
            })
            .collect(),
        reason_min: number(single.reason_min),
        reason_max: number(single.reason_max),
        most_months: single.most_months,
        second_person_hours: single.second_person_hours,
        duties: Effect::ALL
            .into_iter()
            .map(|effect| DutyRow {
                letter: effect.as_str().to_owned(),
                duties: told::duties(words, pack.obligations(effect)),
            })
            .collect(),
        settings: settings.to_owned(),
    }
}

fn directions(words: Words, pack: &Pack) -> Vec<Direction> {
    let mut directions: Vec<Direction> = Vec::new();
    for (_, rule) in pack.rules() {
        let end = |end| ToldCode {
            code: pack.end_code(end).to_owned(),
            text: pack
                .end_names(end)
                .map(|names| names.in_language(words.language()).to_owned())
                .unwrap_or_default(),
        };
        let (from, to) = (end(rule.from), end(rule.to));
        let row = RuleRow {
            rule: rule.code.clone(),
            purpose: rule.purpose.as_str().to_owned(),
            when: told::conditions(words, pack, rule.when),
            cells: told::rule_cells(rule),
            basis: rule.basis.clone(),
            verified: rule.verified,
            also: told::duties(words, rule.also),
        };
        match directions.iter_mut().find(|it| it.from == from && it.to == to) {
            Some(there) => there.rules.push(row),
            None => directions.push(Direction { from, to, rules: vec![row] }),
        }
    }
    directions
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    choice: String,
}

async fn show(
    desk: Desk,
    Path((code, version)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    let walls = &desk.app().walls;
    let version = version.parse().map_err(|_| Fault::Hidden)?;
    let written = walls.version(&code, version).ok_or(Fault::Hidden)?;
    let mut pack = written.pack;
    let mut settings = String::new();
    if !asked.choice.is_empty() {
        let of_this = |pack: &Pack| pack.code() == code && i64::from(pack.version()) == version;
        let id: uuid::Uuid = asked.choice.parse().map_err(|_| Fault::Hidden)?;
        let found = walls.choices().into_iter().find(|it| it.id == id && of_this(&it.pack));
        let chosen = found.ok_or(Fault::Hidden)?;
        pack = chosen.pack;
        settings = chosen.settings;
    }
    desk.show(&reading(desk.words(), &pack, &written.text, &settings))
}
