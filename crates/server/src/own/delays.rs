//! Lines of the log that a person reads later, because a law says so: an
//! investigation that telling would spoil, or somebody's safety. Each has a
//! basis, an end, and the names of the two who said so: nobody alone hides a line,
//! and nobody one about what they did themselves (REQ-INFO-16).

use axum::extract::Path;
use jiff::ToSpan;
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::log;
use crate::args;
use crate::db::{DbError, Link};
use crate::journal::Entry;
use crate::policy::{Permit, Proof, Subject};
use crate::walls::unbarred_row;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    THERE = concat!("select j.actor_id from journal j where j.lane = $1 and j.seq = $2
            and ", unbarred_row!("j.lane", "j.seq", "$3", "$4"));
    // What holds already goes on holding until somebody else has confirmed the change.
    ASK = "insert into journal_delay (lane, seq, until, basis, set_by, set_at, asked_until)
        values ($1, $2, 0, $4, $5, $6, $3)
        on conflict (lane, seq) do update set asked_until = $3, basis = $4, set_by = $5,
            set_at = $6, confirmed_by = null, confirmed_at = null";
    WAITS = concat!("select d.set_by, j.actor_id from journal_delay d
        join journal j on j.lane = d.lane and j.seq = d.seq
        where d.lane = $1 and d.seq = $2 and d.asked_until > $5
            and ", unbarred_row!("d.lane", "d.seq", "$3", "$4"));
    CONFIRM = "update journal_delay set until = asked_until, asked_until = null,
            confirmed_by = $3, confirmed_at = $4
        where lane = $1 and seq = $2 and asked_until is not null and set_by <> $3";
    LIST = concat!("select d.lane, d.seq, coalesce(d.asked_until, d.until), d.basis, s.name,
            d.set_by, d.asked_until, j.at, j.act, coalesce(a.name, ''), j.actor_id
        from journal_delay d join staff s on s.id = d.set_by
        join journal j on j.lane = d.lane and j.seq = d.seq
        left join staff a on a.id = j.actor_id
        where (d.until > $1 or d.asked_until > $1)
            and ", unbarred_row!("d.lane", "d.seq", "$2", "$3"), "
        order by d.until, d.lane, d.seq limit 200");
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<DelayPage, _, _>("/delays", "Lines of the log that wait", list)
        .act::<DelayForm, _, _>("/delays", "Asks that a line of the log waits until a day", ask)
        .act::<ConfirmForm, _, _>(
            "/delays/{row}/confirm",
            "Says, as the second person, that a line of the log waits",
            confirm,
        )
}

/// Why a line may wait.
const BASES: &[&str] = &["investigation", "safety", "other_law"];
/// No line waits longer than this, in months, without being set anew.
const LONGEST: i64 = 12;

/// A line that waits.
#[derive(Serialize, ToSchema)]
pub(crate) struct DelayLine {
    pub(crate) row: String,
    /// The same as a part of an address.
    pub(crate) place: String,
    pub(crate) until: i64,
    pub(crate) basis: String,
    pub(crate) by: String,
    /// Whether somebody else has still to confirm it.
    pub(crate) asked: bool,
    /// Whether the reader may be that one.
    pub(crate) may_confirm: bool,
    /// When what it tells was done.
    pub(crate) at: i64,
    /// The act; its text is `act-<act>`.
    pub(crate) act: String,
    /// Who did it.
    pub(crate) actor: String,
}

/// What waits, and the form for more.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct DelayPage {
    pub(crate) lines: Vec<DelayLine>,
    pub(crate) may_ask: bool,
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

/// Confirming asks for nothing more.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ConfirmForm {}

/// What waits. That it was read is noted with nobody: a line about the person would tell that
/// one about them waits.
async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<DelayPage, Fault> {
    let (me, mut lines) = (desk.actor().id, Vec::new());
    for mut row in
        link.rows(permit.opens(&LIST), args![desk.now(), desk.actor().lacks(), me]).await?
    {
        let (lane, seq): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (set_by, actor): (Option<Uuid>, Option<Uuid>) = (row.get(5)?, row.get(10)?);
        let asked = row.get::<Option<i64>>(6)?.is_some();
        let act: String = row.get(8)?;
        lines.push(DelayLine {
            row: format!("{lane}/{seq}"),
            place: format!("{lane}_{seq}"),
            until: row.get(2)?,
            basis: row.get(3)?,
            by: row.get(4)?,
            asked,
            may_confirm: asked && set_by != me && actor != me,
            at: row.get(7)?,
            act: act.replace('.', "-"),
            actor: row.get(9)?,
        });
    }
    noted(desk, permit, serde_json::json!({ "rows": lines.len() }));
    let bases = BASES.iter().map(|basis| (*basis).to_owned()).collect();
    let may_ask = desk.may(link, Action::DelayLine, Subject::Duty).await?;
    Ok(DelayPage { lines, may_ask, bases, ..DelayPage::default() })
}

/// Who asks reads by that right, a joint manager as the second person.
async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let action = match desk.actor().role {
        Some(Role::JointManager) => Action::ConfirmDelay,
        _ => Action::DelayLine,
    };
    let permit = desk.permit(&mut conn, action, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

fn basis(code: &str) -> Option<&'static str> {
    BASES.iter().find(|basis| **basis == code).copied()
}

/// Who did what the row tells; nothing when it is not there, or is about somebody whom the
/// one who asks is tied to or not cleared for.
async fn there(
    desk: &Desk,
    proof: &dyn Proof,
    link: &mut Link,
    (lane, seq): (i64, i64),
) -> Result<Option<Option<Uuid>>, DbError> {
    let args = args![lane, seq, desk.actor().lacks(), desk.actor().id];
    link.row(proof.opens(&THERE), args).await?.map(|mut row| row.get(0)).transpose()
}

async fn ask(desk: Desk, Input(form): Input<DelayForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::DelayLine, Subject::Duty).await?;
    let me = desk.actor().id;
    let mut faults = Faults::default();
    let place = form.row.trim().split_once('/');
    let place = place.and_then(|(lane, seq)| Some((lane.parse().ok()?, seq.parse().ok()?)));
    let mut line: Option<(i64, i64)> = None;
    if let Some(place) = place
        && let Some(actor) = there(&desk, &permit, &mut tx, place).await?
    {
        // What one did oneself is not for oneself to hide.
        if actor.is_some() && actor == me {
            faults.add("row", "delay-own");
        }
        line = Some(place);
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
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.form = form;
        page.faults = faults.into_list();
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    };
    let zone = desk.app().zone.clone();
    let instant = until.to_zoned(zone).map(|at| at.timestamp());
    let instant = instant.map_err(|error| Fault::Defect(error.to_string()))?;
    tx.run_one(&ASK, args![lane, seq, instant, basis, me, desk.now()]).await?;
    noted(&desk, &permit, serde_json::json!({ "lane": lane, "row": seq, "basis": basis }));
    desk.commit(tx).await?;
    desk.done("/delays", "delay-set")
}

async fn confirm(desk: Desk, Path(row): Path<String>, Input(_): Input<ConfirmForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ConfirmDelay, Subject::Duty).await?;
    let me = desk.actor().id.ok_or(Fault::Denied)?;
    let (lane, seq) = log::place(&row).ok_or(Fault::Hidden)?;
    let args = args![lane, seq, desk.actor().lacks(), me, desk.now()];
    let mut found = tx.row(permit.opens(&WAITS), args).await?.ok_or(Fault::Hidden)?;
    let (set_by, actor): (Option<Uuid>, Option<Uuid>) = (found.get(0)?, found.get(1)?);
    if set_by == Some(me) || actor == Some(me) {
        return Err(Fault::conflict("delay-second"));
    }
    if tx.run(&CONFIRM, args![lane, seq, me, desk.now()]).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    noted(&desk, &permit, serde_json::json!({ "lane": lane, "row": seq }));
    desk.commit(tx).await?;
    desk.done("/delays", "delay-confirmed")
}

fn noted(desk: &Desk, permit: &Permit, detail: serde_json::Value) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail,
    });
}
