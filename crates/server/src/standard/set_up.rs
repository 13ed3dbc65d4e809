//! One template for all receptions: areas, signs, menu, wording. An office has it unless it has
//! registered something of its own (REQ-FRONT-17).

use axum::extract::{Path, Query};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::office::store::{self as offices, OfficeLine};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    RESOLVED = "select i.code, i.kind, t.text, coalesce(d.text, ''), coalesce(x.reason, ''), x.id,
            i.version
        from template_item i
        join template_text t on t.code = i.code and t.language = $2
        left join deviation x on x.code = i.code and x.office_id = $1 and x.ended_at is null
        left join deviation_text d on d.deviation_id = x.id and d.language = $2
        order by i.kind, i.place limit 200";
    TEXTS = "select language, text from template_text where code = $1 order by language";
    VERSION = "update template_item set version = version + 1, changed_by = $3, changed_at = $4
        where code = $1 and version = $2";
    SET_TEXT = "update template_text set text = $3 where code = $1 and language = $2";
    IS_ITEM = "select version from template_item where code = $1";
    REGISTER = "insert into deviation (id, office_id, code, reason, registered_by, registered_at,
            ended_at)
        values ($1, $2, $3, $4, $5, $6, null)";
    REGISTER_TEXT = "insert into deviation_text (deviation_id, language, text) values ($1, $2, $3)";
    END = "update deviation set ended_at = $2 where id = $1 and ended_at is null";
    END_OF_OFFICE = "update deviation set ended_at = $3
        where office_id = $1 and code = $2 and ended_at is null";
    DEVIATIONS = "select o.name, x.code, i.kind, t.text, d.text, x.reason, s.name, x.registered_at
        from deviation x join office o on o.id = x.office_id
        join template_item i on i.code = x.code
        join template_text t on t.code = x.code and t.language = $1
        join deviation_text d on d.deviation_id = x.id and d.language = $1
        join staff s on s.id = x.registered_by
        where x.ended_at is null order by o.name, i.kind, i.place limit 500";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<SetUpPage, _, _>("/set-up", "What all receptions share, and who deviates", show)
        .asking(&["office", "item"])
        .act::<TemplateItemForm, _, _>(
            "/set-up/items/{id}",
            "Changes a part of the template",
            change,
        )
        .act::<DeviationForm, _, _>("/set-up/deviations", "Registers a deviation", register)
        .act::<DeviationEndForm, _, _>("/set-up/deviations/{id}/end", "Ends a deviation", end)
}

/// A part of a reception's set-up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateItemLine {
    /// Its code.
    pub code: String,
    /// `area`, `sign`, `menu` or `wording`.
    pub kind: String,
    /// What holds at this office.
    pub text: String,
    /// What the template says.
    pub template: String,
    /// Why the office has its own; empty where it has none.
    pub reason: String,
    /// The deviation, where there is one.
    pub deviation: Option<String>,
    /// The version of the template's part.
    pub version: i64,
}

/// The set-up of an office in a language: the template, but for what the office has registered.
///
/// # Errors
/// When the database does not answer.
pub async fn resolved(
    link: &mut Link,
    office: OfficeId,
    language: Language,
) -> Result<Vec<TemplateItemLine>, DbError> {
    let read = |mut row: Row| {
        let (template, own): (String, String) = (row.get(2)?, row.get(3)?);
        let id: Option<Uuid> = row.get(5)?;
        Ok(TemplateItemLine {
            code: row.get(0)?,
            kind: row.get(1)?,
            text: if own.is_empty() { template.clone() } else { own },
            template,
            reason: row.get(4)?,
            deviation: id.map(|id| id.to_string()),
            version: row.get(6)?,
        })
    };
    link.rows(&RESOLVED, args![office, language.as_str()]).await?.into_iter().map(read).collect()
}

/// What is said to everybody who comes, as the office says it: by the code of the part.
///
/// # Errors
/// When the database does not answer.
pub async fn wording(
    link: &mut Link,
    office: OfficeId,
    language: Language,
    code: &str,
) -> Result<String, DbError> {
    let all = resolved(link, office, language).await?;
    Ok(all.into_iter().find(|one| one.code == code).map(|one| one.text).unwrap_or_default())
}

/// A deviation in the report.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DeviationLine {
    pub(crate) office: String,
    pub(crate) code: String,
    pub(crate) kind: String,
    pub(crate) template: String,
    pub(crate) own: String,
    pub(crate) reason: String,
    pub(crate) by: String,
    pub(crate) at: i64,
}

/// A text in a language.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LanguageText {
    pub(crate) language: String,
    pub(crate) text: String,
}

/// What all receptions share, what this one has, and where any deviates.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetUpPage {
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) items: Vec<TemplateItemLine>,
    pub(crate) deviations: Vec<DeviationLine>,
    /// The part that is being edited; empty for none.
    pub(crate) item: String,
    pub(crate) texts: Vec<LanguageText>,
    pub(crate) version: i64,
    pub(crate) reason: String,
    pub(crate) may_edit: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(SetUpPage, "standard/pages/set_up.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
    #[serde(default)]
    item: String,
}

async fn page(desk: &Desk, link: &mut Link, asked: Asked) -> Result<SetUpPage, Fault> {
    let language = desk.words().language();
    let list = offices::offices(link).await?;
    let first = list.first().and_then(|office| office.id.parse().ok());
    let office: Option<OfficeId> = asked.office.parse().ok().or(desk.actor().office).or(first);
    let office = office.ok_or(Fault::Hidden)?;
    let items = resolved(link, office, language).await?;
    let item = items.iter().find(|one| one.code == asked.item.trim()).cloned();
    let mut texts = Vec::new();
    if let Some(item) = &item {
        for mut row in link.rows(&TEXTS, args![&item.code]).await? {
            texts.push(LanguageText { language: row.get(0)?, text: row.get(1)? });
        }
    }
    let read = |mut row: Row| -> Result<DeviationLine, DbError> {
        Ok(DeviationLine {
            office: row.get(0)?,
            code: row.get(1)?,
            kind: row.get(2)?,
            template: row.get(3)?,
            own: row.get(4)?,
            reason: row.get(5)?,
            by: row.get(6)?,
            at: row.get(7)?,
        })
    };
    let deviations = link.rows(&DEVIATIONS, args![language.as_str()]).await?;
    Ok(SetUpPage {
        offices: list,
        office: office.to_string(),
        items,
        deviations: deviations.into_iter().map(read).collect::<Result<_, _>>()?,
        version: item.as_ref().map_or(0, |one| one.version),
        item: item.map(|one| one.code).unwrap_or_default(),
        texts,
        reason: String::new(),
        may_edit: desk.may(link, Action::SetUpReception, Subject::Duty).await?,
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let page = page(&desk, &mut conn, asked).await?;
    desk.show(&page)
}

/// A part of the template in the order of the languages: `nb`, `nn`, `sv`, `en`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TemplateItemForm {
    /// The text in each language.
    #[serde(default)]
    pub(crate) text: Vec<String>,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

/// A text in every language; one that is missing is a fault of `text`.
pub(super) fn in_languages(list: &[String], faults: &mut Faults) -> Vec<(Language, String)> {
    let empty = String::new();
    let mut texts = Vec::new();
    for (n, language) in Language::ALL.iter().enumerate() {
        let said = text::required(list.get(n).unwrap_or(&empty), text::PARAGRAPH);
        let said = faults.take("text", said, |e| e.code().into()).unwrap_or_default();
        texts.push((*language, said));
    }
    texts
}

fn note(desk: &Desk, permit: &Permit, what: &str, code: &str) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "code": code }),
    });
}

async fn again(
    desk: &Desk,
    tx: &mut Tx,
    (office, item): (String, String),
    faults: Faults,
) -> Reply {
    let mut list = faults.into_list();
    list.dedup();
    let mut shown = page(desk, tx, Asked { office, item }).await?;
    shown.faults.clone_from(&list);
    desk.again(&shown, list)
}

/// REQ-FRONT-17: a change of the template is a change of every office, but for those that have
/// registered their own.
async fn change(
    desk: Desk,
    Path(code): Path<String>,
    Input(form): Input<TemplateItemForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let there: i64 = match tx.row(&IS_ITEM, args![&code]).await? {
        Some(mut row) => row.get(0)?,
        None => return Err(Fault::Hidden),
    };
    let mut faults = Faults::default();
    let texts = in_languages(&form.text, &mut faults);
    if !faults.is_empty() {
        return again(&desk, &mut tx, (String::new(), code), faults).await;
    }
    let version = form.version.trim().parse().unwrap_or(there);
    tx.run_one(&VERSION, args![&code, version, worker.id, desk.now()]).await?;
    for (language, text) in &texts {
        tx.run_one(&SET_TEXT, args![&code, language.as_str(), text]).await?;
    }
    note(&desk, &permit, "template", &code);
    desk.commit(tx).await?;
    desk.done("/set-up", "template-kept")
}

/// What an office has of its own.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DeviationForm {
    /// The office.
    #[serde(default)]
    pub(crate) office: String,
    /// The part of the template.
    #[serde(default)]
    pub(crate) code: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// The text in each language, in the order `nb`, `nn`, `sv`, `en`.
    #[serde(default)]
    pub(crate) text: Vec<String>,
}

async fn register(desk: Desk, Input(form): Input<DeviationForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let mut faults = Faults::default();
    let office = faults.id("office", &form.office).map(OfficeId);
    if let Some(office) = office
        && !offices::is_open(&mut tx, office).await?
    {
        faults.add("office", "choose");
    }
    if tx.row(&IS_ITEM, args![form.code.trim()]).await?.is_none() {
        faults.add("code", "choose");
    }
    let reason = faults.line("reason", &form.reason);
    let texts = in_languages(&form.text, &mut faults);
    let (Some(office), true) = (office, faults.is_empty()) else {
        return again(&desk, &mut tx, (form.office, form.code), faults).await;
    };
    let code = form.code.trim();
    let id = crate::app::new_id();
    tx.run(&END_OF_OFFICE, args![office, code, desk.now()]).await?;
    tx.run_one(&REGISTER, args![id, office, code, reason, worker.id, desk.now()]).await?;
    for (language, text) in &texts {
        tx.run_one(&REGISTER_TEXT, args![id, language.as_str(), text]).await?;
    }
    note(&desk, &permit, "deviation", code);
    desk.commit(tx).await?;
    desk.done(&format!("/set-up?office={office}"), "deviation-kept")
}

/// Nothing to say.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DeviationEndForm {}

async fn end(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<DeviationEndForm>) -> Reply {
    desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    if tx.run(&END, args![id, desk.now()]).await? != 1 {
        return Err(Fault::Hidden);
    }
    note(&desk, &permit, "deviation_ended", &id.to_string());
    desk.commit(tx).await?;
    desk.done("/set-up", "deviation-ended")
}
