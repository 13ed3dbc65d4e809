//! Lines of the log that a person reads later, because a law says so: an
//! investigation that telling would spoil, or somebody's safety. Each has a
//! basis, an end, and the name of who set it.

use jiff::ToSpan;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::args;
use crate::journal::Entry;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, FieldFault, Input, Reply, Routes};

crate::sql! {
    THERE = "select at from journal where lane = $1 and seq = $2";
    SET = "insert into journal_delay (lane, seq, until, basis, set_by, set_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (lane, seq) do update set until = $3, basis = $4, set_by = $5, set_at = $6";
    LIST = "select d.lane, d.seq, d.until, d.basis, s.name from journal_delay d
        join staff s on s.id = d.set_by where d.until > $1 order by d.until limit 200";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DelayPage, _, _>("/delays", "Lines of the log that wait", list)
        .act::<DelayForm, _, _>("/delays", "Holds a line of the log back until a day", set)
}

/// Why a line may wait.
const BASES: &[&str] = &["investigation", "safety", "other_law"];
/// No line waits longer than this, in months, without being set anew.
const LONGEST: i64 = 12;

/// A line that waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct DelayLine {
    pub(crate) row: String,
    pub(crate) until: i64,
    pub(crate) basis: String,
    pub(crate) by: String,
}

/// What waits, and the form for more.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct DelayPage {
    pub(crate) lines: Vec<DelayLine>,
    pub(crate) bases: Vec<String>,
    pub(crate) form: DelayForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(DelayPage, "own/pages/delays.html");

/// A line to be held back, or a new end for it.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DelayForm {
    /// The row as the log names it: `lane/row`.
    #[serde(default)]
    pub(crate) row: String,
    /// The day on which the person reads it.
    #[serde(default)]
    pub(crate) until: String,
    /// `investigation`, `safety` or `other_law`.
    #[serde(default)]
    pub(crate) basis: String,
}

async fn page(desk: &Desk, link: &mut crate::db::Link) -> Result<DelayPage, crate::web::Fault> {
    let mut lines = Vec::new();
    for mut row in link.rows(&LIST, args![desk.now()]).await? {
        let (lane, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
        lines.push(DelayLine {
            row: format!("{lane}/{seq}"),
            until: row.get(2)?,
            basis: row.get(3)?,
            by: row.get(4)?,
        });
    }
    let bases = BASES.iter().map(|basis| (*basis).to_owned()).collect();
    Ok(DelayPage { lines, bases, ..DelayPage::default() })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::DelayLine, Subject::Duty).await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

fn basis(code: &str) -> Option<&'static str> {
    BASES.iter().find(|basis| **basis == code).copied()
}

async fn set(desk: Desk, Input(form): Input<DelayForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::DelayLine, Subject::Duty).await?;
    let mut faults = Faults::default();
    let place = form.row.trim().split_once('/');
    let place = place.and_then(|(lane, seq)| Some((lane.parse().ok()?, seq.parse().ok()?)));
    let mut line: Option<(i64, i64)> = None;
    if let Some((lane, seq)) = place
        && tx.row(&THERE, args![lane, seq]).await?.is_some()
    {
        line = Some((lane, seq));
    }
    if line.is_none() {
        faults.add("row", "delay-row");
    }
    let basis = faults.choice("basis", &form.basis, basis);
    let until = faults.date("until", &form.until);
    let latest = desk.today().checked_add(LONGEST.months()).unwrap_or(desk.today());
    if until.is_some_and(|until| until <= desk.today() || until > latest) {
        faults.add("until", "delay-until");
    }
    let (Some((lane, seq)), Some(basis), Some(until), true) =
        (line, basis, until, faults.is_empty())
    else {
        let mut page = page(&desk, &mut tx).await?;
        page.form = form;
        page.faults = faults.into_list();
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    };
    let zone = desk.app().zone.clone();
    let instant = until.to_zoned(zone).map(|at| at.timestamp());
    let instant = instant.map_err(|error| crate::web::Fault::Defect(error.to_string()))?;
    let args = args![lane, seq, instant, basis, desk.actor().id, desk.now()];
    tx.run_one(&SET, args).await?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "lane": lane, "row": seq, "basis": basis }),
    });
    desk.commit(tx).await?;
    desk.done("/delays", "delay-set")
}
