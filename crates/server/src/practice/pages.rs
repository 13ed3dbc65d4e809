//! The register of readings: the list of rules, and one rule with its readings beside it.

use axum::extract::{Path, Query};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::office::Catalogue;
use onedoor_domain::practice::signs;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, ReadingLine, RuleLine};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<PracticePage, _, _>("/practice", "Rules that offices read differently", list)
        .asking(&["act", "office"])
        .act::<RuleForm, _, _>("/practice", "Adds a rule to the register", add)
        .creating()
        .see::<RulePage, _, _>(
            "/practice/{id}",
            "One rule, with the readings of the offices beside it",
            show,
        )
        .act::<ReadingForm, _, _>(
            "/practice/{id}/readings",
            "Writes how the caller's office reads the rule",
            write,
        )
}

/// A rule as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RuleForm {
    /// The code of an act from `/acts`.
    #[serde(default)]
    pub(crate) act: String,
    /// The section.
    #[serde(default)]
    pub(crate) section: String,
    /// What it is about, in a few words.
    #[serde(default)]
    pub(crate) topic: String,
    /// The rule's own words.
    #[serde(default)]
    pub(crate) wording: String,
    /// Where it is published; begins with `https://`, or is empty.
    #[serde(default)]
    pub(crate) link: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The rules of the register.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct PracticePage {
    pub(crate) rules: Vec<RuleLine>,
    pub(crate) act: String,
    pub(crate) office: String,
    pub(crate) acts: Vec<Choice>,
    pub(crate) offices: Vec<Choice>,
    pub(crate) may_write: bool,
    pub(crate) form: RuleForm,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PracticePage, "practice/pages/practice.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    act: String,
    #[serde(default)]
    office: String,
}

fn act_name(desk: &Desk, code: &str) -> String {
    let act = Catalogue::of(desk.app().country).act(code);
    act.map_or(code, |act| act.short.of(desk.words().language())).to_owned()
}

async fn practice_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    asked: Asked,
) -> Result<PracticePage, Fault> {
    let language = desk.words().language();
    let acts = Catalogue::of(desk.app().country).acts.iter();
    let acts =
        acts.map(|act| Choice { id: act.code.clone(), name: act.short.of(language).to_owned() });
    let mut rules = store::rules(link, permit, &asked.act, asked.office.parse().ok()).await?;
    for rule in &mut rules {
        rule.act_name = act_name(desk, &rule.act);
    }
    let all = offices::every_office(link).await?;
    Ok(PracticePage {
        rules,
        act: asked.act,
        office: asked.office,
        acts: acts.collect(),
        offices: all.into_iter().map(|it| Choice { id: it.id, name: it.name }).collect(),
        may_write: desk.may(link, Action::WritePractice, Subject::Duty).await?,
        form: RuleForm::default(),
        once: crate::app::new_id().to_string(),
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadPractice, Subject::Duty).await?;
    let page = practice_page(&desk, &mut conn, &permit, asked).await?;
    desk.show(&page)
}

/// Notes a change of the register in the journal. It concerns nobody.
fn note(desk: &Desk, permit: &Permit, what: &str, rule: Uuid) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "rule": rule.to_string() }),
    });
}

async fn add(desk: Desk, Input(form): Input<RuleForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePractice, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "practice.add", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "practice-rule-added");
    }
    let mut faults = Faults::default();
    if Catalogue::of(desk.app().country).act(form.act.trim()).is_none() {
        faults.add("act", "choose");
    }
    let paragraph = text::required(&form.wording, text::PARAGRAPH);
    let rule = store::Rule {
        act: form.act.trim().to_owned(),
        section: faults.line("section", &form.section),
        topic: faults.line("topic", &form.topic),
        wording: faults.take("wording", paragraph, |e| e.code().into()).unwrap_or_default(),
        link: faults.optional_line("link", &form.link),
    };
    let published = rule.link.starts_with("https://") && !rule.link.contains(' ');
    if !rule.link.is_empty() && !published {
        faults.add("link", "practice-link");
    }
    if !faults.is_empty() {
        let faults = faults.into_list();
        let mut page = practice_page(&desk, &mut tx, &permit, Asked::default()).await?;
        page.once.clone_from(&form.once);
        page.form = form;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    }
    // A rule is there once: whoever adds it again is led to it.
    if let Some(there) = store::find(&mut tx, &permit, &rule).await? {
        return desk.done(&format!("/practice/{there}"), "practice-rule-there");
    }
    let id = store::add(&mut tx, &permit, &rule, worker.id, desk.now()).await?;
    let location = format!("/practice/{id}");
    once.save(&desk, &mut tx, &location).await?;
    note(&desk, &permit, "rule", id);
    desk.commit(tx).await?;
    desk.done(&location, "practice-rule-added")
}

/// How an office reads a rule, as typed into the form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ReadingForm {
    /// What the office does.
    #[serde(default)]
    pub(crate) practice: String,
    /// An example that could be anyone's; may be empty.
    #[serde(default)]
    pub(crate) example: String,
    /// Since which day.
    #[serde(default)]
    pub(crate) since: String,
    /// The reading that this one takes the place of, as it was shown; empty for none.
    #[serde(default)]
    pub(crate) instead_of: String,
    /// `yes` when the text holds nothing about a person although it looks so.
    #[serde(default)]
    pub(crate) no_person: String,
}

/// A rule with its readings beside it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RulePage {
    pub(crate) id: String,
    pub(crate) act: String,
    pub(crate) act_name: String,
    pub(crate) section: String,
    pub(crate) topic: String,
    pub(crate) wording: String,
    pub(crate) link: String,
    /// The readings that hold, office by office.
    pub(crate) readings: Vec<ReadingLine>,
    /// Those before them.
    pub(crate) history: Vec<ReadingLine>,
    /// Offices that have not told how they read it.
    pub(crate) silent: Vec<String>,
    /// The reader's own office, where they may write for it.
    pub(crate) own_office: Option<String>,
    pub(crate) form: ReadingForm,
    /// Whether the text looked as if it was about somebody.
    pub(crate) doubtful: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RulePage, "practice/pages/rule.html");

/// REQ-KNOW-05: the readings of all offices stand beside the rule's own words.
async fn rule_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: Uuid,
) -> Result<RulePage, Fault> {
    let rule = store::rule(link, permit, id).await?;
    let all = store::readings(link, permit, id).await?;
    let (readings, history): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|one| one.replaced_at.is_none());
    let list = offices::every_office(link).await?;
    let own = desk.actor().office;
    let mut own_office = None;
    let mut form = ReadingForm::default();
    if desk.may(link, Action::WritePractice, Subject::Duty).await?
        && let Some(own) = own
    {
        let name = list.iter().find(|it| it.id == own.to_string()).map(|it| it.name.clone());
        own_office = name;
        if let Some(mine) = readings.iter().find(|one| one.office_id == Some(own)) {
            form.practice.clone_from(&mine.practice);
            form.example.clone_from(&mine.example);
            form.since.clone_from(&mine.since);
            form.instead_of.clone_from(&mine.id);
        }
    }
    let told = |id: &str| {
        let id: Option<OfficeId> = id.parse().ok();
        readings.iter().any(|one| one.office_id == id)
    };
    Ok(RulePage {
        id: id.to_string(),
        act_name: act_name(desk, &rule.act),
        act: rule.act,
        section: rule.section,
        topic: rule.topic,
        wording: rule.wording,
        link: rule.link,
        silent: list.iter().filter(|it| !told(&it.id)).map(|it| it.name.clone()).collect(),
        readings,
        history,
        own_office,
        form,
        doubtful: false,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadPractice, Subject::Duty).await?;
    let page = rule_page(&desk, &mut conn, &permit, id).await?;
    desk.show(&page)
}

async fn write(desk: Desk, Path(id): Path<Uuid>, Input(form): Input<ReadingForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePractice, Subject::Duty).await?;
    store::rule(&mut tx, &permit, id).await?;
    let mut faults = Faults::default();
    let paragraph = text::required(&form.practice, text::PARAGRAPH);
    let practice = faults.take("practice", paragraph, |e| e.code().into()).unwrap_or_default();
    let example = faults.optional_paragraph("example", &form.example);
    let since = faults.date("since", &form.since);
    let mut doubtful = false;
    if form.no_person != "yes" {
        for (field, text) in [("practice", &practice), ("example", &example)] {
            for sign in signs(text) {
                faults.add(field, sign.code());
                doubtful = true;
            }
        }
    }
    let (Some(since), true) = (since, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = rule_page(&desk, &mut tx, &permit, id).await?;
        page.form = form;
        page.doubtful = doubtful;
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    let instead_of = form.instead_of.trim();
    let new = store::NewReading {
        rule: id,
        office,
        practice: &practice,
        example: &example,
        since,
        instead_of,
    };
    store::write(&mut tx, &permit, new, worker.id, desk.now()).await.map_err(|fault| {
        let sent = [("practice", form.practice.clone()), ("example", form.example.clone())];
        match fault {
            Fault::Conflict(code, _) => Fault::Conflict(
                code,
                sent.into_iter().map(|(field, text)| (field.to_owned(), text)).collect(),
            ),
            other => other,
        }
    })?;
    note(&desk, &permit, "reading", id);
    desk.commit(tx).await?;
    desk.done(&format!("/practice/{id}"), "practice-reading-kept")
}
