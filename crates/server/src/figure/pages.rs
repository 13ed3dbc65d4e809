//! The figures of an office.

use axum::extract::Query;
use jiff::ToSpan;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, FigureRow, Span};
use super::telling::{Figure, Telling};
use crate::office::store::{self as offices, OfficeLine};
use crate::policy::Subject;
use crate::standard::recipients::{self, RecipientLine};
use crate::web::validate::read_date;
use crate::web::{Desk, Fault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<FiguresPage, _, _>("/figures", "The figures of an office", figures)
        .asking(&["office", "from", "until", "open"])
}

/// Hand-overs for one reason.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReasonLine {
    pub(crate) reason: String,
    pub(crate) count: i64,
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
    pub(crate) opened: String,
    pub(crate) rows: Vec<FigureRow>,
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

crate::page!(FiguresPage, "figure/pages/figures.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    open: String,
}

async fn figures(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let list = offices::every_office(&mut conn).await?;
    let first = list.first().and_then(|office| office.id.parse().ok());
    let office: Option<OfficeId> = asked.office.parse().ok().or(desk.actor().office).or(first);
    let office = office.ok_or(Fault::Hidden)?;
    let until = read_date(&asked.until).unwrap_or_else(|| desk.today());
    let month = until.checked_sub(30.days()).unwrap_or(until);
    let from = read_date(&asked.from).unwrap_or(month);
    let span = Span { office, from, until };
    let zone = &desk.app().zone;
    let start = |date: jiff::civil::Date| {
        zone.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()))
            .map_or(0, jiff::Timestamp::as_microsecond)
    };
    let after = until.tomorrow().map_or(i64::MAX, start);
    let link = &mut *conn;
    let subject = Subject::Office(office);
    let telling = Telling::of(&desk, link, office, (from, until)).await?;
    let counts = store::visits(link, &permit, &span, desk.actor()).await?;
    let (cases, shuttling, last_resort, forced) = store::cases(link, &permit, office).await?;
    let reasons = store::handovers(link, &permit, office, start(from), after).await?;
    // The rows are visits: for those who may see the queue there, and journaled.
    let mut rows = Vec::new();
    if !asked.open.is_empty()
        && let Some(reader) = desk.permit_quietly(link, Action::ReadQueue, subject).await?
    {
        rows = store::rows(link, &reader, &asked.open, &span, desk.actor()).await?;
        desk.note_seen(&reader, rows.iter().filter_map(|row| row.person));
    }
    let opens = ["wrong", "clarified", "unended", "told"];
    desk.show(
        &FiguresPage {
            recipients: recipients::of(link, Report::Office).await?,
            offices: list,
            office: office.to_string(),
            from: from.to_string(),
            until: until.to_string(),
            figures: vec![
                telling.share("clarified", counts.clarified, counts.closed),
                telling.share("wrong", counts.wrong, counts.closed),
                telling.share("unended", counts.unended, counts.closed),
                telling.share("told", counts.told, counts.closed),
                telling.plain("cases", cases),
                telling.plain("shuttling", shuttling),
                telling.plain("last-resort", last_resort),
                telling.plain("forced", forced),
            ],
            reasons: reasons
                .into_iter()
                .filter_map(|(reason, count)| {
                    Some(ReasonLine { reason, count: telling.count(count)? })
                })
                .collect(),
            opened: asked.open,
            rows,
            open_visits: telling.count(counts.open),
            unknown_visitors: telling.count(counts.unknown),
            in_steps: !telling.exact,
            least: telling.least,
        }
        .only_known(&opens),
    )
}

impl FiguresPage {
    /// Forgets a figure that was asked to open and is not there.
    fn only_known(mut self, codes: &[&str]) -> Self {
        if !codes.contains(&self.opened.as_str()) {
            self.opened = String::new();
        }
        self
    }
}
