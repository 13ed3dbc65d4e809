//! Bringing in an assessment that was made before, as a FHIR QuestionnaireResponse (REQ-MAP-23).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::assessment::{Given, Instrument, Item, Side};
use onedoor_domain::ids::PersonId;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, NewAnswer, NewAssessment};
use super::{instruments, questionnaire};
use crate::policy::Subject;
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().act::<ResponseForm, _, _>(
        "/persons/{id}/assessments/import",
        "Brings in an assessment that was made before, as a FHIR QuestionnaireResponse",
        bring_in,
    )
}

/// An assessment that was made before.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ResponseForm {
    /// The version of the instrument that it was made in.
    #[serde(default)]
    pub(crate) instrument: String,
    /// A FHIR QuestionnaireResponse (R4) as JSON.
    #[serde(default)]
    pub(crate) response: String,
    /// Whose answers they are: `person` or `worker`.
    #[serde(default)]
    pub(crate) side: String,
}

fn string<'v>(value: &'v Value, field: &str) -> &'v str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// The step that an answer stands for: a number from 1 to 5, or the words of one of the anchors.
/// Anything else stands for none: it is told, never guessed.
fn step(item: &Item, answer: &Value) -> Option<Given> {
    let coding = answer.get("valueCoding");
    let code = coding.map(|it| string(it, "code")).unwrap_or_default();
    let words = coding.map(|it| string(it, "display")).unwrap_or_default();
    let words = if words.is_empty() { string(answer, "valueString") } else { words };
    let number = answer.get("valueInteger").and_then(Value::as_i64).map(|it| it.to_string());
    let number = number.unwrap_or_else(|| code.to_owned());
    let by_number = Given::parse(&number).filter(|given| given.step().is_some());
    let languages = [Language::Nb, Language::Nn, Language::Sv, Language::En];
    let by_words = || {
        let says = |step: &u8| {
            !words.is_empty() && languages.iter().any(|it| item.anchor(*step, *it) == words)
        };
        (1..=5_u8).find(says).map(Given::Step)
    };
    by_words().or(by_number)
}

/// The answers of a response, and its day. Items that the instrument does not have are left out.
fn read(
    instrument: &Instrument,
    text: &str,
    side: Side,
) -> Result<(Date, Vec<(String, Given)>), FieldFault> {
    let wrong = |code: &str| FieldFault::new("response", code);
    let whole = questionnaire::json(text).map_err(|_| wrong("response-shape"))?;
    if string(&whole, "resourceType") != "QuestionnaireResponse" {
        return Err(wrong("response-shape"));
    }
    let day = string(&whole, "authored").get(..10).and_then(read_date);
    let day = day.ok_or_else(|| wrong("response-day"))?;
    let mut found = Vec::new();
    questionnaire::questions(&whole, 0, &mut found);
    let mut all = Vec::new();
    for entry in found {
        let Some(item) = instrument.item(string(entry, "linkId")) else { continue };
        let answers = entry.get("answer").and_then(Value::as_array);
        let Some(answer) = answers.and_then(|list| list.first()) else { continue };
        if !item.asked().asks(side) {
            continue;
        }
        let given = step(item, answer).ok_or_else(|| wrong("response-step"))?;
        all.push((item.code.clone(), given));
    }
    if all.is_empty() { Err(wrong("response-empty")) } else { Ok((day, all)) }
}

async fn bring_in(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<ResponseForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let side = faults.choice("side", &form.side, Side::parse);
    let version = form.instrument.trim().parse::<Uuid>().ok();
    let found = match version {
        Some(version) => match instruments::one(&mut tx, version).await {
            Ok((_, instrument)) => Some((version, instrument)),
            Err(Fault::Hidden) => None,
            Err(fault) => return Err(fault),
        },
        None => None,
    };
    if found.is_none() {
        faults.add("instrument", "choose");
    }
    let mut list = faults.into_list();
    let mut read_in = None;
    if let (Some((version, instrument)), Some(side)) = (&found, side) {
        match read(instrument, &form.response, side) {
            Ok((day, _)) if day > desk.today() => {
                list.push(FieldFault::new("response", "date-future"));
            }
            Ok((day, answers)) => read_in = Some((*version, instrument, side, day, answers)),
            Err(fault) => list.push(fault),
        }
    }
    let Some((version, instrument, side, day, answers)) = read_in.filter(|_| list.is_empty())
    else {
        return super::pages::again(&desk, tx, &permit, list).await;
    };
    let new = NewAssessment {
        agency: worker.agency,
        office,
        instrument: version,
        shared: false,
        doubles: None,
        after: String::new(),
        contact_on: day,
        needed: Vec::new(),
        by: worker.id,
    };
    let country = desk.app().country;
    let made = store::start(&mut tx, &permit, &new, (desk.now(), day, country)).await?;
    for (item, given) in answers {
        let Some(item) = instrument.item(&item) else { continue };
        let answer = NewAnswer {
            assessment: made,
            agency: worker.agency,
            dimension: item.dimension,
            item: &item.code,
            side,
            given,
            source: "",
            on: day,
            by: Some(worker.id),
            taken: None,
        };
        store::keep(&mut tx, &permit, id, &answer, (desk.now(), country)).await?;
    }
    store::end(&mut tx, &permit, (made, 1), Some((day, None))).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{made}"), "assessment-brought-in")
}
