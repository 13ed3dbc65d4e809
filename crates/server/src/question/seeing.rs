//! What a body sees from every other, and what a role may do.

use axum::extract::Query;
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::{Action, Body, Effect, Pack, paths, see};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::told::{self, LetterCell, PackShort, ToldCode};
use crate::office::store::Choice;
use crate::policy::Subject;
use crate::web::{Desk, Fault, FieldFault, Reply, Routes};
use crate::words::Words;

/// The route of what is seen.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<SeePage, _, _>(
            "/policy/see",
            "What a body sees from every other, and what a role may do",
            show,
        )
        .asking(&["pack", "body", "role"])
}

/// What is seen for one purpose under one set of conditions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SightRow {
    /// What for.
    pub purpose: String,
    /// What must hold for it.
    pub when: Vec<ToldCode>,
    /// The letters.
    pub cells: Vec<LetterCell>,
    /// The rules that give them.
    pub rules: Vec<String>,
}

/// What is seen from one body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GiverSight {
    /// Who gives.
    pub from: ToldCode,
    /// For what, under which conditions.
    pub rows: Vec<SightRow>,
}

/// What a body may see from every other, giver by giver. Where nothing is opened there is no row.
#[must_use]
pub fn sight(words: Words, pack: &Pack, to: Body) -> Vec<GiverSight> {
    let mut givers: Vec<GiverSight> = Vec::new();
    for row in see(pack, to) {
        let from = ToldCode {
            code: pack.body_code(row.from).to_owned(),
            text: told::body_name(words, pack, row.from),
        };
        let line = SightRow {
            purpose: row.purpose.as_str().to_owned(),
            when: told::conditions(words, pack, row.conditions),
            cells: told::cells(&row.letters, |category| row.letters.of(category)),
            rules: row.rules.iter().map(|rule| pack.rule_code(*rule).to_owned()).collect(),
        };
        if line.cells.iter().all(|cell| cell.letter == Effect::Denied.as_str()) {
            continue;
        }
        match givers.iter_mut().find(|it| it.from == from) {
            Some(there) => there.rows.push(line),
            None => givers.push(GiverSight { from, rows: vec![line] }),
        }
    }
    givers
}

/// An act and the relations through which a role may do it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActRow {
    pub(crate) act: String,
    pub(crate) relations: Vec<String>,
}

/// What a body sees, and what a role may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct SeePage {
    pub(crate) asked: String,
    pub(crate) pack: PackShort,
    pub(crate) packs: Vec<Choice>,
    pub(crate) bodies: Vec<Choice>,
    pub(crate) body: String,
    pub(crate) body_name: String,
    pub(crate) roles: Vec<String>,
    pub(crate) role: String,
    pub(crate) categories: Vec<String>,
    pub(crate) givers: Vec<GiverSight>,
    pub(crate) acts: Vec<ActRow>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(SeePage, "question/pages/see.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    pack: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    role: String,
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    let words = desk.words();
    let walls = &desk.app().walls;
    let office = desk.actor().office;
    let mut faults = Vec::new();
    let found = told::find(walls, office, desk.today(), &asked.pack);
    if found.is_none() {
        faults.push(FieldFault::new("pack", "choose"));
    }
    let any = || walls.packs().first().map(|it| it.pack.clone());
    let pack = found.or(walls.pack(office, desk.today())).or_else(any).ok_or(Fault::Hidden)?;
    let body = pack.body(&asked.body);
    let role = Role::parse(&asked.role);
    for (field, text, known) in
        [("body", &asked.body, body.is_some()), ("role", &asked.role, role.is_some())]
    {
        if !text.is_empty() && !known {
            faults.push(FieldFault::new(field, "choose"));
        }
    }
    let acts = role.map(|role| {
        let row = |action: &Action| ActRow {
            act: action.as_str().replace('.', "-"),
            relations: paths(role, *action).iter().map(|it| it.as_str().to_owned()).collect(),
        };
        Action::ALL.iter().map(row).filter(|row| !row.relations.is_empty()).collect()
    });
    let page = SeePage {
        pack: told::short(words, &pack),
        packs: told::choices(words, walls),
        bodies: told::bodies(words, &pack),
        body_name: body.map(|it| told::body_name(words, &pack, it)).unwrap_or_default(),
        roles: Role::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        categories: told::categories(),
        givers: body.map(|it| sight(words, &pack, it)).unwrap_or_default(),
        acts: acts.unwrap_or_default(),
        asked: asked.pack,
        body: asked.body,
        role: asked.role,
        faults: faults.clone(),
    };
    if faults.is_empty() { desk.show(&page) } else { desk.again(&page, faults) }
}
