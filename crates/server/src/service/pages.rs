//! The catalogue on pages.

use axum::extract::{Path, RawQuery};
use onedoor_domain::person::Language;
use onedoor_domain::reception::Need;
use onedoor_domain::secrecy::Action;
use onedoor_domain::service::{Availability, concepts, terms};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, ServiceLine, TextLine, VersionLine};
use crate::db::Link;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ServicesPage, _, _>("/services", "The one catalogue of services", list)
        .asking(&["need", "q"])
        .see::<ServicePage, _, _>("/services/{id}", "One service with its versions", show)
        .act::<ServiceForm, _, _>("/services/{id}", "Writes a new version of a service", change)
}

/// A concept that a search found, as the reader's language calls it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TermLine {
    /// The concept.
    pub(crate) concept: String,
    /// The word of the reader's language.
    pub(crate) word: String,
}

/// The catalogue, or what of it is offered for needs.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServicesPage {
    pub(crate) needs: Vec<String>,
    pub(crate) chosen: Vec<String>,
    /// The word that was searched for, of any language (REQ-MISC-11).
    pub(crate) q: String,
    /// The concepts that it belongs to.
    pub(crate) terms: Vec<TermLine>,
    pub(crate) services: Vec<ServiceLine>,
}

crate::page!(ServicesPage, "service/pages/services.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    need: Vec<String>,
    #[serde(default)]
    q: String,
}

/// The word for a concept in a language, where it has one; else in English.
fn word_for(concept: &str, language: Language) -> String {
    let all = terms();
    let Some(term) = all.iter().find(|term| term.concept == concept) else {
        return concept.to_owned();
    };
    let own = match language {
        Language::Nb | Language::Nn => &term.nb,
        Language::Sv => &term.sv,
        Language::En => &term.en,
    };
    own.first().or(term.en.first()).copied().unwrap_or(term.concept).to_owned()
}

/// Whether a service is found by a word: by a concept that the word belongs to in any language, or
/// by its own name.
fn is_found(service: &ServiceLine, word: &str, concepts: &[&str]) -> bool {
    service.concepts.iter().any(|one| concepts.contains(&one.as_str()))
        || service.name.to_lowercase().contains(word)
}

async fn found(
    link: &mut Link,
    language: Language,
    word: &str,
    concepts: &[&str],
) -> Result<Vec<ServiceLine>, Fault> {
    let mut codes: Vec<String> = Vec::new();
    // A name may be of any language, the answer is in the reader's alone (REQ-MISC-11).
    for one in Language::ALL {
        let all = store::all(link, one).await?;
        codes.extend(all.into_iter().filter(|it| is_found(it, word, concepts)).map(|it| it.code));
    }
    let all = store::all(link, language).await?;
    Ok(all.into_iter().filter(|one| codes.contains(&one.code)).collect())
}

async fn list(desk: Desk, RawQuery(query): RawQuery) -> Reply {
    let asked: Asked = serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let language = desk.words().language();
    let needs: Vec<Need> = asked.need.iter().filter_map(|code| Need::parse(code)).collect();
    let word = text::optional(&asked.q, text::LINE).unwrap_or_default().to_lowercase();
    let concepts = concepts(&word);
    let services = if !word.is_empty() {
        found(&mut conn, language, &word, &concepts).await?
    } else if needs.is_empty() {
        store::all(&mut conn, language).await?
    } else {
        store::offered_for(&mut conn, language, &needs).await?
    };
    desk.show(&ServicesPage {
        needs: Need::ALL.iter().map(|need| need.as_str().to_owned()).collect(),
        chosen: needs.iter().map(|need| need.as_str().to_owned()).collect(),
        q: asked.q,
        terms: concepts
            .into_iter()
            .map(|one| TermLine { concept: one.to_owned(), word: word_for(one, language) })
            .collect(),
        services,
    })
}

/// A new version of a service: its texts by language, in the order `nb`, `nn`, `sv`, `en`.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ServiceForm {
    /// `open`, `waiting` or `closed`.
    #[serde(default)]
    pub(crate) availability: String,
    /// How many days one waits.
    #[serde(default)]
    pub(crate) wait_days: String,
    /// Its name in each language.
    #[serde(default)]
    pub(crate) name: Vec<String>,
    /// What it is, in each language.
    #[serde(default)]
    pub(crate) about: Vec<String>,
    /// For whom, in each language.
    #[serde(default)]
    pub(crate) conditions: Vec<String>,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// One service.
#[derive(Serialize, ToSchema)]
pub(crate) struct ServicePage {
    pub(crate) service: ServiceLine,
    pub(crate) texts: Vec<TextLine>,
    pub(crate) versions: Vec<VersionLine>,
    pub(crate) states: Vec<String>,
    pub(crate) may_edit: bool,
    pub(crate) form: ServiceForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ServicePage, "service/pages/service.html");

/// The texts in the order of the languages.
fn in_order(texts: &[TextLine]) -> Vec<TextLine> {
    let of = |language: &Language| {
        let there = texts.iter().find(|one| one.language == language.as_str()).cloned();
        let language = language.as_str().to_owned();
        there.unwrap_or(TextLine { language, ..TextLine::default() })
    };
    Language::ALL.iter().map(of).collect()
}

async fn page(desk: &Desk, link: &mut Link, code: &str) -> Result<ServicePage, Fault> {
    let language = desk.words().language();
    let service = store::one(link, language, code).await?.ok_or(Fault::Hidden)?;
    let texts = in_order(&store::texts(link, code, service.version).await?);
    let form = ServiceForm {
        availability: service.availability.clone(),
        wait_days: service.wait_days.to_string(),
        version: service.version.to_string(),
        ..ServiceForm::default()
    };
    Ok(ServicePage {
        versions: store::versions(link, language, code).await?,
        states: Availability::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_edit: desk.may(link, Action::EditServices, Subject::Duty).await?,
        service,
        texts,
        form,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(code): Path<String>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &code).await?;
    desk.show(&page)
}

fn read_texts(form: &ServiceForm, faults: &mut Faults) -> Vec<TextLine> {
    let empty = String::new();
    let at = |list: &Vec<String>, n: usize| list.get(n).unwrap_or(&empty).clone();
    let mut texts = Vec::new();
    for (n, language) in Language::ALL.iter().enumerate() {
        let name = faults.line("name", &at(&form.name, n));
        let about = faults.optional_paragraph("about", &at(&form.about, n));
        let conditions = faults.optional_paragraph("conditions", &at(&form.conditions, n));
        texts.push(TextLine { language: language.as_str().to_owned(), name, about, conditions });
    }
    texts
}

/// REQ-FRONT-21: a change is a new version that every desk reads at once; the one before stays,
/// because something may have been promised on it.
async fn change(desk: Desk, Path(code): Path<String>, Input(form): Input<ServiceForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditServices, Subject::Duty).await?;
    let mut shown = page(&desk, &mut tx, &code).await?;
    let mut faults = Faults::default();
    let availability = faults.choice("availability", &form.availability, Availability::parse);
    let days: Option<i64> = form.wait_days.trim().parse().ok().filter(|n| (0..=730).contains(n));
    if days.is_none() {
        faults.add("wait_days", "service-days");
    }
    let texts = read_texts(&form, &mut faults);
    let (Some(availability), Some(days), true) = (availability, days, faults.is_empty()) else {
        let mut list = faults.into_list();
        list.dedup();
        shown.texts = texts;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let version = form.version.trim().parse().unwrap_or(shown.service.version);
    let what = (code.as_str(), version);
    store::change(&mut tx, what, (availability, days), &texts, worker.id, desk.now()).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "service", "code": code }),
    });
    desk.commit(tx).await?;
    desk.done(&format!("/services/{code}"), "service-kept")
}
