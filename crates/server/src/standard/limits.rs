//! Standards with a limit in time, and service agreements between agencies (REQ-FRONT-18).

use axum::extract::Path;
use onedoor_domain::ids::StaffId;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Measured;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    LIST = "select s.code, s.measured, s.minutes, s.share, s.provider, s.receiver, s.valid_from,
            coalesce(s.valid_until, ''), coalesce(w.name, ''), s.version, t.name
        from standard s join standard_text t on t.code = s.code and t.language = $1
        left join staff w on w.id = s.changed_by order by s.provider, s.code limit 100";
    CHANGE = "update standard set minutes = $3, share = $4, changed_by = $5, version = version + 1
        where code = $1 and version = $2";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<StandardsPage, _, _>("/standards", "What receptions promise everybody", list)
        .act::<StandardForm, _, _>("/standards/{id}", "Changes a standard", change)
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
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(StandardsPage, "standard/pages/standards.html");

async fn page(desk: &Desk, link: &mut Link) -> Result<StandardsPage, Fault> {
    Ok(StandardsPage {
        lines: all(link, desk.words().language()).await?,
        may_edit: desk.may(link, Action::SetUpReception, Subject::Duty).await?,
        faults: Vec::new(),
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
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
    let number = |text: &str, most: i64| -> Option<i64> {
        text.trim().parse().ok().filter(|n| (1..=most).contains(n))
    };
    let (minutes, share) = (number(&form.minutes, 10_080), number(&form.share, 100));
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
