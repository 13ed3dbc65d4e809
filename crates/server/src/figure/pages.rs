//! The figures of an office.

use axum::extract::Query;
use jiff::ToSpan;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{self, FigureRow, Span};
use crate::office::store::{self as offices, OfficeLine};
use crate::policy::Subject;
use crate::web::validate::read_date;
use crate::web::{Desk, Fault, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<FiguresPage, _, _>("/figures", "The figures of an office", figures)
        .asking(&["office", "from", "until", "open"])
}

/// One figure.
#[derive(Serialize, ToSchema)]
pub(crate) struct Figure {
    /// Its code; its name and definition are in the words.
    pub(crate) code: String,
    /// The count.
    pub(crate) count: i64,
    /// What it is a part of; nothing for a plain count.
    pub(crate) of: Option<i64>,
    /// Whether its rows can be opened.
    pub(crate) opens: bool,
}

impl Figure {
    /// The share in percent, of something.
    pub(crate) fn percent(&self) -> Option<i64> {
        self.of.filter(|of| *of > 0).map(|of| (self.count * 100 + of / 2) / of)
    }
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
    pub(crate) offices: Vec<OfficeLine>,
    pub(crate) office: String,
    pub(crate) from: String,
    pub(crate) until: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) reasons: Vec<ReasonLine>,
    pub(crate) opened: String,
    pub(crate) rows: Vec<FigureRow>,
    /// Visits still open in these days: not counted yet.
    pub(crate) open_visits: i64,
    /// Visits by people who did not say who they are: repeated tellings among
    /// them cannot be seen.
    pub(crate) unknown_visitors: i64,
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

fn share(code: &str, count: i64, of: i64) -> Figure {
    Figure { code: code.to_owned(), count, of: Some(of), opens: true }
}

fn plain(code: &str, count: i64) -> Figure {
    Figure { code: code.to_owned(), count, of: None, opens: false }
}

async fn figures(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadFigures, Subject::Duty).await?;
    let list = offices::offices(&mut conn).await?;
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
    let counts = store::visits(link, &permit, &span).await?;
    let (cases, shuttling, last_resort, forced) = store::cases(link, &permit, office).await?;
    let reasons = store::handovers(link, &permit, office, start(from), after).await?;
    // The rows are visits: for those who may see the queue there, and journaled.
    let subject = Subject::Office(office);
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
            offices: list,
            office: office.to_string(),
            from: from.to_string(),
            until: until.to_string(),
            figures: vec![
                share("clarified", counts.clarified, counts.closed),
                share("wrong", counts.wrong, counts.closed),
                share("unended", counts.unended, counts.closed),
                share("told", counts.told, counts.closed),
                plain("cases", cases),
                plain("shuttling", shuttling),
                plain("last-resort", last_resort),
                plain("forced", forced),
            ],
            reasons: reasons
                .into_iter()
                .map(|(reason, count)| ReasonLine { reason, count })
                .collect(),
            opened: asked.open,
            rows,
            open_visits: counts.open,
            unknown_visitors: counts.unknown,
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
