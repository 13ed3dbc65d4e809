//! What front staff may decide alone (REQ-FRONT-10). The rest they send on.

use jiff::civil::Date;
use onedoor_domain::ids::StaffId;
use onedoor_domain::office::Subject as Matter;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Subject;
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    IS_FRONT = "select 1 from front_matter where subject = $1 and valid_from <= $2
        and (valid_until is null or valid_until > $2) limit 1";
    LIST = "select m.subject, m.valid_from, coalesce(m.valid_until, ''), coalesce(s.name, '')
        from front_matter m left join staff s on s.id = m.changed_by
        order by m.subject, m.valid_from desc limit 200";
    END = "update front_matter set valid_until = $2, changed_by = $3
        where subject = $1 and valid_until is null and valid_from < $2";
    TAKE_BACK = "delete from front_matter
        where subject = $1 and valid_until is null and valid_from >= $2";
    ADD = "insert into front_matter (subject, valid_from, valid_until, changed_by)
        values ($1, $2, null, $3)
        on conflict (subject, valid_from) do update set valid_until = null, changed_by = $3";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MattersPage, _, _>("/matters", "What front staff may decide alone", list)
        .act::<MattersForm, _, _>("/matters", "Changes what front staff may decide alone", change)
}

/// Whether front staff may decide in a subject alone on a day.
///
/// # Errors
/// When the database does not answer.
pub async fn is_front(link: &mut Link, subject: Matter, on: Date) -> Result<bool, DbError> {
    Ok(link.row(&IS_FRONT, args![subject.as_str(), on]).await?.is_some())
}

/// A line of the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MatterLine {
    /// The subject.
    pub(crate) subject: String,
    /// Since which day.
    pub(crate) from: String,
    /// Until which; empty while it holds.
    pub(crate) until: String,
    /// Who changed it last; empty for what was shipped.
    pub(crate) by: String,
}

/// The list.
#[derive(Serialize, ToSchema)]
pub(crate) struct MattersPage {
    /// Every subject, to tick.
    pub(crate) subjects: Vec<String>,
    /// Those that front staff may decide alone today.
    pub(crate) alone: Vec<String>,
    /// How the list has changed.
    pub(crate) history: Vec<MatterLine>,
    pub(crate) may_edit: bool,
}

crate::page!(MattersPage, "service/pages/matters.html");

async fn lines(link: &mut Link) -> Result<Vec<MatterLine>, DbError> {
    let read = |mut row: Row| {
        Ok(MatterLine {
            subject: row.get(0)?,
            from: row.get(1)?,
            until: row.get(2)?,
            by: row.get(3)?,
        })
    };
    link.rows(&LIST, &[]).await?.into_iter().map(read).collect()
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadServices, Subject::Duty).await?;
    let history = lines(&mut conn).await?;
    let today = desk.today().to_string();
    let holds =
        |one: &&MatterLine| one.from <= today && (one.until.is_empty() || one.until > today);
    desk.show(&MattersPage {
        subjects: Matter::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        alone: history.iter().filter(holds).map(|one| one.subject.clone()).collect(),
        history,
        may_edit: desk.may(&mut conn, Action::EditServices, Subject::Duty).await?,
    })
}

/// The list as it is to be from today.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct MattersForm {
    /// The subjects that front staff may decide alone.
    #[serde(default)]
    pub(crate) subject: Vec<String>,
}

async fn set(
    tx: &mut Tx,
    matter: Matter,
    alone: bool,
    by: StaffId,
    today: Date,
) -> Result<(), DbError> {
    let is = is_front(tx, matter, today).await?;
    if alone && !is {
        tx.run(&ADD, args![matter.as_str(), today, by]).await?;
    } else if !alone && is {
        // What was added today has never held.
        tx.run(&TAKE_BACK, args![matter.as_str(), today]).await?;
        tx.run(&END, args![matter.as_str(), today, by]).await?;
    }
    Ok(())
}

async fn change(desk: Desk, Input(form): Input<MattersForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditServices, Subject::Duty).await?;
    let chosen: Vec<Matter> = form.subject.iter().filter_map(|one| Matter::parse(one)).collect();
    if chosen.len() != form.subject.len() {
        return Err(Fault::field("subject", "choose"));
    }
    for matter in Matter::ALL {
        set(&mut tx, matter, chosen.contains(&matter), worker.id, desk.today()).await?;
    }
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "matters", "alone": chosen.len() }),
    });
    desk.commit(tx).await?;
    desk.done("/matters", "matters-kept")
}
