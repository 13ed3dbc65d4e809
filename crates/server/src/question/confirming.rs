//! The second person's word on a choice that goes beyond the default of the place and time.

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::StaffId;
use onedoor_domain::secrecy::{Action, Narrowing, Pack, Setting};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::choosing::{book_fault, choice_subject, refresh};
use super::told::{self, PackShort, ToldCode};
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store as offices;
use crate::policy::Subject;
use crate::walls::{self, BookFault, Proposal, Written, proposal};
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of what waits.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ProposalPage, _, _>(
            "/policy/proposals/{id}",
            "A choice that waits for a second person, as that person reads it",
            show,
        )
        .act::<AnswerForm, _, _>(
            "/policy/proposals/{id}/answer",
            "The second person's yes or no; whoever proposed it takes it back",
            answer,
        )
}

/// A choice that waits, in one line.
#[derive(Serialize, ToSchema)]
pub(crate) struct WaitingRow {
    pub(crate) id: String,
    /// Empty for all offices that have no choice of their own.
    pub(crate) office: String,
    pub(crate) pack: PackShort,
    pub(crate) from: String,
    pub(crate) reason: String,
    pub(crate) at: i64,
    /// Who proposed it; empty for the command line.
    pub(crate) by: String,
    pub(crate) settings: String,
}

/// A letter that would open more than the pack does by default.
#[derive(Serialize, ToSchema)]
pub(crate) struct WiderRow {
    /// The rule's code.
    pub(crate) rule: String,
    /// The kind of information.
    pub(crate) category: String,
    /// The letter of the pack.
    pub(crate) before: String,
    /// The letter that the site would set.
    pub(crate) after: String,
}

/// A choice that waits for a second person.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProposalPage {
    pub(crate) line: WaitingRow,
    /// `waiting`, `confirmed` or `refused`.
    pub(crate) state: String,
    /// Who answered; empty while it waits.
    pub(crate) answered_by: String,
    pub(crate) answered_at: i64,
    /// In what it goes beyond the default.
    pub(crate) beyond: Vec<ToldCode>,
    /// The letters that it would widen.
    pub(crate) wider: Vec<WiderRow>,
    /// The digest of all that is confirmed; to be sent back with the answer.
    pub(crate) mark: String,
    /// Whether the pack has been loaded anew since: nobody can say yes to it then.
    pub(crate) has_changed: bool,
    /// Whether the one who reads may be the second person.
    pub(crate) may_confirm: bool,
    /// Whether the one who reads may say no, or take it back.
    pub(crate) may_refuse: bool,
    /// Whether the one who reads proposed it.
    pub(crate) mine: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ProposalPage, "question/pages/proposal.html");

/// The answer of the second person.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct AnswerForm {
    /// `yes` or `no`.
    #[serde(default)]
    pub(crate) answer: String,
    /// The digest of what was read, as the page gives it.
    #[serde(default)]
    pub(crate) read: String,
}

/// What waits, as a line.
pub(super) fn row(
    desk: &Desk,
    offices: &[offices::OfficeLine],
    it: Proposal,
) -> Option<WaitingRow> {
    let written = desk.app().walls.version(&it.code, it.version)?;
    let name = |id: String| offices.iter().find(|office| office.id == id).map(|it| it.name.clone());
    Some(WaitingRow {
        id: it.id.to_string(),
        office: it.office.and_then(|id| name(id.to_string())).unwrap_or_default(),
        pack: told::short(desk.words(), &written.pack),
        from: it.from.to_string(),
        reason: it.reason,
        at: it.at.as_microsecond(),
        by: it.by_name,
        settings: it.settings,
    })
}

fn wider(pack: &Pack, narrowing: Option<&Narrowing>) -> Vec<WiderRow> {
    let row = |it: &Setting| {
        let rule = pack.rules().find(|(id, _)| *id == it.rule)?.1;
        Some(WiderRow {
            rule: rule.code.clone(),
            category: it.category.as_str().to_owned(),
            before: rule.letters.of(it.category).as_str().to_owned(),
            after: it.effect.as_str().to_owned(),
        })
    };
    narrowing.map(|it| it.widens().iter().filter_map(row).collect()).unwrap_or_default()
}

fn beyond(
    desk: &Desk,
    written: &Written,
    narrowing: Option<&Narrowing>,
    it: &Proposal,
) -> Vec<ToldCode> {
    let country = desk.app().walls.country();
    let mut all = walls::beyond(country, &written.pack, narrowing, it.from);
    if it.by.is_none() && !written.shipped {
        all.push(walls::Beyond::Keeper);
    }
    all.into_iter().map(|one| told::told(desk.words(), "policy-beyond", one.as_str())).collect()
}

async fn page(desk: &Desk, link: &mut Link, id: Uuid) -> Result<ProposalPage, Fault> {
    let it = proposal::find(link, id).await?.ok_or(Fault::Hidden)?;
    let written = desk.app().walls.version(&it.code, it.version).ok_or(Fault::Hidden)?;
    // A pack that was loaded anew since may not know what the settings name.
    let narrowing = (!it.settings.is_empty())
        .then(|| Narrowing::read(&it.settings, &written.pack).ok())
        .flatten();
    let list = offices::offices(link).await?;
    let me = desk.worker().ok().map(|worker| worker.id);
    let mine = it.by.is_some() && it.by == me;
    let may = it.state == "waiting" && desk.may(link, Action::ChoosePolicy, Subject::Duty).await?;
    let has_changed = it.state == "waiting" && walls::digest(&written.text) != it.digest;
    Ok(ProposalPage {
        state: it.state.clone(),
        answered_by: it.answered_by.clone(),
        answered_at: it.answered_at.map(jiff::Timestamp::as_microsecond).unwrap_or_default(),
        beyond: beyond(desk, &written, narrowing.as_ref(), &it),
        wider: wider(&written.pack, narrowing.as_ref()),
        mark: it.mark(),
        has_changed,
        may_confirm: may && !mine && me.is_some() && !has_changed,
        may_refuse: may,
        mine,
        line: row(desk, &list, it).ok_or(Fault::Hidden)?,
        faults: Vec::new(),
    })
}

fn identifier(id: &str) -> Result<Uuid, Fault> {
    id.parse().map_err(|_| Fault::Hidden)
}

async fn show(desk: Desk, Path(id): Path<String>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    // Another server may have loaded the pack since this one read them.
    let page = page(&desk, &mut conn, identifier(&id)?).await?;
    desk.show(&page)
}

async fn answer(desk: Desk, Path(id): Path<String>, Input(form): Input<AnswerForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ChoosePolicy, Subject::Duty).await?;
    let me: StaffId = desk.worker()?.id;
    let id = identifier(&id)?;
    let it = proposal::find(&mut tx, id).await?.ok_or(Fault::Hidden)?;
    let (now, today): (_, Date) = (desk.now(), desk.today());
    let (did, choice) = match form.answer.as_str() {
        "yes" => match proposal::confirm(&mut tx, &it, me, &form.read, (now, today)).await {
            Ok(choice) => ("confirm", Some(choice)),
            Err(BookFault::OtherText(..)) => {
                drop(tx);
                refresh(&desk).await?;
                return again(&desk, id, FieldFault::new("answer", "policy-other-proposal")).await;
            }
            Err(other) => return Err(book_fault(other)),
        },
        "no" => {
            proposal::refuse(&mut tx, &it, me, now).await.map_err(book_fault)?;
            (if it.by == Some(me) { "take back" } else { "refuse" }, None)
        }
        _ => {
            drop(tx);
            return again(&desk, id, FieldFault::new("answer", "choose")).await;
        }
    };
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: choice_subject(it.office),
        persons: Vec::new(),
        detail: json!({
            "did": did,
            "proposal": it.id,
            "choice": choice,
            "pack": it.code,
            "version": it.version,
            "read": it.mark(),
        }),
    });
    desk.commit(tx).await?;
    refresh(&desk).await?;
    if choice.is_some() {
        return desk.done("/policy", "policy-chosen");
    }
    desk.done("/policy", "policy-refused")
}

/// The page again, as it is now.
async fn again(desk: &Desk, id: Uuid, fault: FieldFault) -> Reply {
    let mut conn = desk.read().await?;
    let mut page = page(desk, &mut conn, id).await?;
    page.faults.push(fault);
    let faults = page.faults.clone();
    desk.again(&page, faults)
}
