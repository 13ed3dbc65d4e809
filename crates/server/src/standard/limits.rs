//! Standards with a limit in time, and service agreements between agencies (REQ-FRONT-18).

use axum::extract::Path;
use onedoor_domain::ids::StaffId;
use onedoor_domain::office::AgencyKind;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Measured;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::set_up::in_languages;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    LIST = "select s.code, s.measured, s.minutes, s.share, s.provider, s.receiver, s.valid_from,
            coalesce(s.valid_until, ''), coalesce(w.name, ''), s.version, t.name
        from standard s join standard_text t on t.code = s.code and t.language = $1
        left join staff w on w.id = s.changed_by order by s.provider, s.code limit 100";
    DEFINE = "insert into standard (code, measured, minutes, share, provider, receiver, valid_from,
            valid_until, changed_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, null, $8, 1)";
    DEFINE_TEXT = "insert into standard_text (code, language, name) values ($1, $2, $3)";
    END = "update standard set valid_until = $2, changed_by = $3, version = version + 1
        where code = $1 and valid_until is null and valid_from < $2";
    CHANGE = "update standard set minutes = $3, share = $4, changed_by = $5, version = version + 1
        where code = $1 and version = $2";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<StandardsPage, _, _>("/standards", "What receptions promise everybody", list)
        .act::<DefineForm, _, _>("/standards", "Defines a standard or a service agreement", define)
        .act::<StandardForm, _, _>("/standards/{id}", "Changes a standard", change)
        .act::<StandardEndForm, _, _>("/standards/{id}/end", "Ends a standard", end)
}

/// A standard, or a line of a service agreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandardLine {
    /// Its code.
    pub code: String,
    /// `waiting`, `reply` or `closing`.
    pub measured: String,
    /// The limit.
    pub minutes: i64,
    /// How many of a hundred must keep it.
    pub share: i64,
    /// The agency that has promised it to another; empty where it is promised to everybody.
    pub provider: String,
    /// The agency that it was promised to.
    pub receiver: String,
    /// Since which day.
    pub from: String,
    /// Until which; empty while it holds.
    pub until: String,
    /// Who changed it last; empty for what was shipped.
    pub by: String,
    /// The version.
    pub version: i64,
    /// What it is called in the reader's language.
    pub name: String,
}

/// Every standard.
///
/// # Errors
/// When the database does not answer.
pub async fn all(link: &mut Link, language: Language) -> Result<Vec<StandardLine>, DbError> {
    let read = |mut row: Row| {
        Ok(StandardLine {
            code: row.get(0)?,
            measured: row.get(1)?,
            minutes: row.get(2)?,
            share: row.get(3)?,
            provider: row.get(4)?,
            receiver: row.get(5)?,
            from: row.get(6)?,
            until: row.get(7)?,
            by: row.get(8)?,
            version: row.get(9)?,
            name: row.get(10)?,
        })
    };
    link.rows(&LIST, args![language.as_str()]).await?.into_iter().map(read).collect()
}

/// The standards on a page.
#[derive(Serialize, ToSchema)]
pub(crate) struct StandardsPage {
    pub(crate) lines: Vec<StandardLine>,
    pub(crate) may_edit: bool,
    /// What a standard may measure.
    pub(crate) measures: Vec<String>,
    /// Between which agencies an agreement may be.
    pub(crate) agencies: Vec<String>,
    pub(crate) form: DefineForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(StandardsPage, "standard/pages/standards.html");

async fn page(desk: &Desk, link: &mut Link) -> Result<StandardsPage, Fault> {
    Ok(StandardsPage {
        lines: all(link, desk.words().language()).await?,
        may_edit: desk.may(link, Action::SetUpReception, Subject::Duty).await?,
        measures: Measured::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        agencies: AgencyKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: DefineForm { from: desk.today().to_string(), ..DefineForm::default() },
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

/// A new standard; with two agencies it is a line of a service agreement.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DefineForm {
    /// What it is called in each language, in the order `nb`, `nn`, `sv`, `en`.
    #[serde(default)]
    pub(crate) text: Vec<String>,
    /// `waiting`, `reply` or `closing`.
    #[serde(default)]
    pub(crate) measured: String,
    /// The limit in minutes.
    #[serde(default)]
    pub(crate) limit: String,
    /// How many of a hundred must keep it.
    #[serde(default)]
    pub(crate) part: String,
    /// The agency that promises it to another; empty where it is promised to everybody.
    #[serde(default)]
    pub(crate) provider: String,
    /// The agency that it is promised to.
    #[serde(default)]
    pub(crate) receiver: String,
    /// The first day.
    #[serde(default)]
    pub(crate) from: String,
}

impl DefineForm {
    /// What was typed for a language, for the template.
    pub(crate) fn said(&self, n: &usize) -> &str {
        self.text.get(*n).map_or("", String::as_str)
    }
}

fn number(text: &str, most: i64) -> Option<i64> {
    text.trim().parse().ok().filter(|n| (1..=most).contains(n))
}

/// The longest limit: a week.
const LONGEST: i64 = 10_080;

fn note(desk: &Desk, permit: &Permit, what: &str, code: &str) {
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": what, "code": code }),
    });
}

/// REQ-FRONT-18: a standard for everybody, or what one agency promises another. It is measured from
/// its first day, and from events that are noted anyway.
async fn define(desk: Desk, Input(form): Input<DefineForm>) -> Reply {
    let by: StaffId = desk.worker()?.id;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let mut faults = Faults::default();
    let texts = in_languages(&form.text, &mut faults);
    let measured = faults.choice("measured", &form.measured, Measured::parse);
    let (minutes, share) = (number(&form.limit, LONGEST), number(&form.part, 100));
    if minutes.is_none() {
        faults.add("limit", "standard-minutes");
    }
    if share.is_none() {
        faults.add("part", "standard-share");
    }
    let (provider, receiver) = (form.provider.trim(), form.receiver.trim());
    let known = |code: &str| code.is_empty() || AgencyKind::parse(code).is_some();
    if !known(provider) || provider.is_empty() != receiver.is_empty() {
        faults.add("provider", "standard-parties");
    }
    if !known(receiver) || (!provider.is_empty() && provider == receiver) {
        faults.add("receiver", "standard-parties");
    }
    let from = faults.date("from", &form.from);
    let (Some(measured), Some(minutes), Some(share), Some(from), true) =
        (measured, minutes, share, from, faults.is_empty())
    else {
        let mut list = faults.into_list();
        list.dedup();
        let mut shown = page(&desk, &mut tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let code = crate::app::new_id().to_string();
    let args = args![&code, measured.as_str(), minutes, share, provider, receiver, from, by];
    tx.run_one(&DEFINE, args).await?;
    for (language, text) in &texts {
        tx.run_one(&DEFINE_TEXT, args![&code, language.as_str(), text]).await?;
    }
    note(&desk, &permit, "standard_defined", &code);
    desk.commit(tx).await?;
    desk.done("/standards", "standard-kept")
}

/// Nothing to say.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StandardEndForm {}

async fn end(desk: Desk, Path(code): Path<String>, Input(_): Input<StandardEndForm>) -> Reply {
    let by: StaffId = desk.worker()?.id;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    if tx.run(&END, args![&code, desk.today(), by]).await? != 1 {
        return Err(Fault::Hidden);
    }
    note(&desk, &permit, "standard_ended", &code);
    desk.commit(tx).await?;
    desk.done("/standards", "standard-ended")
}

/// A changed limit.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct StandardForm {
    /// The limit in minutes.
    #[serde(default)]
    pub(crate) minutes: String,
    /// How many of a hundred must keep it.
    #[serde(default)]
    pub(crate) share: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn change(desk: Desk, Path(code): Path<String>, Input(form): Input<StandardForm>) -> Reply {
    let by: StaffId = desk.worker()?.id;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::SetUpReception, Subject::Duty).await?;
    let mut shown = page(&desk, &mut tx).await?;
    let there = shown.lines.iter().find(|one| one.code == code).ok_or(Fault::Hidden)?;
    debug_assert!(Measured::parse(&there.measured).is_some());
    let version = form.version.trim().parse().unwrap_or(there.version);
    let mut faults = Faults::default();
    let (minutes, share) = (number(&form.minutes, LONGEST), number(&form.share, 100));
    if minutes.is_none() {
        faults.add("minutes", "standard-minutes");
    }
    if share.is_none() {
        faults.add("share", "standard-share");
    }
    let (Some(minutes), Some(share)) = (minutes, share) else {
        let list = faults.into_list();
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    tx.run_one(&CHANGE, args![&code, version, minutes, share, by]).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "standard", "code": code, "minutes": minutes }),
    });
    desk.commit(tx).await?;
    desk.done("/standards", "standard-kept")
}
