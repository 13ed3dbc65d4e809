//! The figures of an office.

use axum::extract::Query;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use serde::Serialize;
use utoipa::ToSchema;

use super::behind::{self, FigureRow};
use super::period::{Asked, Period};
use super::store::{self, Span};
use super::telling::Figure;
use crate::office::store::OfficeLine;
use crate::policy::Subject;
use crate::standard::recipients::{self, RecipientLine};
use crate::web::{Desk, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<FiguresPage, _, _>("/figures", "The figures of an office", figures)
        .asking(&["office", "from", "until", "open", "after"])
}

/// Hand-overs for one reason.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReasonLine {
    pub(crate) reason: String,
    /// How many; none where they are too few to be told of.
    pub(crate) count: Option<i64>,
}

/// The figures of an office in a stretch of days.
#[derive(Serialize, ToSchema)]
pub(crate) struct FiguresPage {
    /// Who receives this report, by role (REQ-MISC-13).
    pub(crate) recipients: Vec<RecipientLine>,
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) reasons: Vec<ReasonLine>,
    /// The figure that is opened; empty where none is.
    pub(crate) opened: String,
    /// Its name.
    pub(crate) heading: String,
    /// A page of the rows that it is counted from, as far as they may be told.
    pub(crate) rows: Vec<FigureRow>,
    /// How many were counted and are told on no page: they are for another agency to tell. Nothing
    /// where the count comes in steps.
    pub(crate) untold: Option<i64>,
    /// Where the next page begins; empty on the last.
    pub(crate) next: String,
    /// Whether the rows may be opened.
    pub(crate) opens: bool,
    /// Visits still open in these days: not counted yet.
    pub(crate) open_visits: Option<i64>,
    /// Visits by people who did not say who they are: repeated tellings among
    /// them cannot be seen.
    pub(crate) unknown_visitors: Option<i64>,
    /// Whether counts are told in steps of `least` only.
    pub(crate) in_steps: bool,
    /// The smallest count that is then told.
    pub(crate) least: i64,
}

impl FiguresPage {
    /// The name of the definition of the figure that is opened.
    pub(crate) fn definition(&self) -> String {
        format!("figure-def-{}", self.opened)
    }
}

crate::page!(FiguresPage, "figure/pages/figures.html");

async fn figures(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let link = &mut *conn;
    let period = Period::read(&desk, link, &asked, 30).await?;
    let (office, actor) = (period.office, desk.actor());
    let telling = period.telling(&desk, link).await?;
    let span = Span { office, from: period.from, until: period.until };
    let counts = store::visits(link, &permit, &span, actor).await?;
    let (cases, shuttling, last_resort, forced) =
        store::cases(link, &permit, office, actor).await?;
    let between = (period.start(&desk), period.end(&desk));
    let reasons = store::handovers(link, &permit, office, between, actor).await?;
    let figures = vec![
        telling.part("clarified", counts.clarified, counts.closed),
        telling.part("wrong", counts.wrong, counts.closed),
        telling.part("unended", counts.unended, counts.closed),
        telling.part("told", counts.told, counts.closed),
        telling.plain("visits", counts.closed),
        telling.plain("cases", cases),
        telling.plain("shuttling", shuttling),
        telling.plain("last-resort", last_resort),
        telling.plain("forced", forced),
    ];
    let reasons: Vec<ReasonLine> = reasons
        .into_iter()
        .map(|(reason, count)| ReasonLine { reason, count: telling.count(count) })
        .collect();
    let (open_visits, unknown_visitors) =
        (telling.count(counts.open), telling.count(counts.unknown));
    let counted = match asked.open.as_str() {
        "open-visits" => Some(open_visits),
        "unknown-visitors" => Some(unknown_visitors),
        code => figures.iter().find(|one| one.code == code).map(|one| one.count).or_else(|| {
            let reason = code.strip_prefix("reason-")?;
            reasons.iter().find(|one| one.reason == reason).map(|one| one.count)
        }),
    };
    let mut shown = None;
    if counted.is_some() {
        shown = behind::open(&desk, link, &permit, (&asked.open, &asked.after), &period).await?;
    }
    let opened = if shown.is_some() { asked.open } else { String::new() };
    let shown = shown.unwrap_or_default();
    desk.show(&FiguresPage {
        recipients: recipients::of(link, Report::Office).await?,
        offices: period.offices,
        office: office.to_string(),
        from: period.from.to_string(),
        until: period.until.to_string(),
        figures,
        reasons,
        heading: behind::heading(&desk, &opened),
        opened,
        untold: shown.untold(counted.flatten(), telling.exact),
        rows: shown.rows,
        next: shown.next,
        opens: telling.opens,
        open_visits,
        unknown_visitors,
        in_steps: !telling.exact,
        least: telling.least,
    })
}
