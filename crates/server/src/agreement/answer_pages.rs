//! What each party says itself of whether there is a written agreement (REQ-ORG-07).

use std::collections::BTreeMap;

use onedoor_domain::agreement::{Answer, Shares, shares as counted};
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{note, places};
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::standard::recipients::{self, RecipientLine};
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of answers.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AnswersPage, _, _>(
            "/agreements/answers",
            "Whether there is a written agreement, as each party says",
            answers,
        )
        .act::<AnswerForm, _, _>("/agreements/answers", "Answers for the caller's agency", answer)
}

/// What a party says.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AnswerLine {
    pub(crate) municipality: String,
    /// Agency and answer; an empty answer where it has not answered.
    pub(crate) parties: Vec<PartyAnswer>,
    /// Whether the parties say different things.
    pub(crate) differs: bool,
}

/// A party's own answer.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PartyAnswer {
    pub(crate) agency: String,
    pub(crate) answer: String,
}

/// The shares of a kind of agency, in whole percent.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct AnswerShare {
    pub(crate) kind: String,
    pub(crate) parties: i64,
    pub(crate) yes: i64,
    pub(crate) no: i64,
    pub(crate) unknown: i64,
    pub(crate) silent: i64,
}

/// Whether there is a written agreement, as each party says (REQ-ORG-07).
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct AnswersPage {
    pub(crate) lines: Vec<AnswerLine>,
    pub(crate) shares: Vec<AnswerShare>,
    /// Municipalities where the answers differ.
    pub(crate) differ: i64,
    pub(crate) may_answer: bool,
    pub(crate) place: String,
    pub(crate) answers: Vec<String>,
    pub(crate) own: String,
    pub(crate) recipients: Vec<RecipientLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AnswersPage, "agreement/pages/answers.html");

/// An answer as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `yes`, `no` or `unknown`.
    #[serde(default)]
    pub(crate) answer: String,
}

async fn answers_page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<AnswersPage, Fault> {
    let present = places::present(link, permit, "", (2000, desk.today())).await?;
    let told: BTreeMap<(String, AgencyId), Answer> = places::answers(link, permit, "")
        .await?
        .into_iter()
        .map(|(municipality, agency, answer)| ((municipality, agency), answer))
        .collect();
    let place = match desk.actor().office {
        Some(office) => places::municipality_of(link, permit, office).await?.unwrap_or_default(),
        None => String::new(),
    };
    let mut kinds: BTreeMap<String, Vec<Option<Answer>>> = BTreeMap::new();
    let mut lines: Vec<AnswerLine> = Vec::new();
    let mut own = String::new();
    for it in present {
        let answer = told.get(&(it.municipality.clone(), it.agency)).copied();
        kinds.entry(it.kind).or_default().push(answer);
        let said = answer.map(|it| it.as_str().to_owned()).unwrap_or_default();
        if it.municipality == place && Some(it.agency) == desk.actor().agency {
            own.clone_from(&said);
        }
        let party = PartyAnswer { agency: it.name, answer: said };
        match lines.last_mut().filter(|line| line.municipality == it.municipality) {
            Some(line) => line.parties.push(party),
            None => lines.push(AnswerLine {
                municipality: it.municipality,
                parties: vec![party],
                differs: false,
            }),
        }
    }
    for line in &mut lines {
        let mut said: Vec<&str> = line.parties.iter().map(|it| it.answer.as_str()).collect();
        said.retain(|it| !it.is_empty());
        said.sort_unstable();
        said.dedup();
        line.differs = said.len() > 1;
    }
    let shares = kinds.into_iter().map(|(kind, answers)| {
        let it: Shares = counted(answers);
        AnswerShare {
            kind,
            parties: it.all(),
            yes: it.percent(it.yes),
            no: it.percent(it.no),
            unknown: it.percent(it.unknown),
            silent: it.percent(it.silent),
        }
    });
    Ok(AnswersPage {
        shares: shares.collect(),
        differ: i64::try_from(lines.iter().filter(|it| it.differs).count()).unwrap_or(i64::MAX),
        lines,
        may_answer: desk.may(link, Action::AnswerArrangement, Subject::Duty).await?,
        place,
        answers: Answer::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        own,
        recipients: recipients::of(link, Report::Answers).await?,
        faults: Vec::new(),
    })
}

async fn answers(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = answers_page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn answer(desk: Desk, Input(form): Input<AnswerForm>) -> Reply {
    let me = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AnswerArrangement, Subject::Duty).await?;
    let Some(said) = Answer::parse(form.answer.trim()) else {
        let list = vec![FieldFault::new("answer", "choose")];
        let mut page = answers_page(&desk, &mut tx, &permit).await?;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let place = places::municipality_of(&mut tx, &permit, office).await?;
    let place = place.ok_or(Fault::Hidden)?;
    let now = desk.now();
    places::answer(&mut tx, &permit, (&place, me.agency), said, (me.id, now)).await?;
    note(&desk, &permit, "answer", me.agency);
    desk.commit(tx).await?;
    desk.done("/agreements/answers", "answer-kept")
}
