//! What could be better in a step of the front line (REQ-FRONT-30). It is shown on the map.

use axum::extract::Path;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::practice::signs;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Step;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::policy::Subject;
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    ADD = "insert into improvement (id, step, office_id, text, added_by, added_at, done_at, done_by)
        values ($1, $2, $3, $4, $5, $6, null, null)";
    LIST = "select i.id, i.step, i.text, s.name, i.added_at, i.done_at from improvement i
        join staff s on s.id = i.added_by where i.office_id = $1
        order by i.step, i.added_at desc limit 200";
    DONE = "update improvement set done_at = $2, done_by = $3 where id = $1 and done_at is null";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<ImproveForm, _, _>("/improvements", "Notes what could be better in a step", add)
        .act::<DoneForm, _, _>("/improvements/{id}", "Notes that it is better now", done)
}

/// What could be better.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImproveLine {
    /// Its identifier.
    pub id: String,
    /// The step.
    pub step: String,
    /// What could be better.
    pub text: String,
    /// Who noted it.
    pub by: String,
    /// When, in microseconds.
    pub at: i64,
    /// When it was done; nothing while it is not.
    pub done_at: Option<i64>,
}

/// What could be better at an office.
///
/// # Errors
/// When the database does not answer.
pub async fn of_office(link: &mut Link, office: OfficeId) -> Result<Vec<ImproveLine>, DbError> {
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        Ok(ImproveLine {
            id: id.to_string(),
            step: row.get(1)?,
            text: row.get(2)?,
            by: row.get(3)?,
            at: row.get(4)?,
            done_at: row.get(5)?,
        })
    };
    link.rows(&LIST, args![office]).await?.into_iter().map(read).collect()
}

/// What could be better, as typed into the form.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ImproveForm {
    /// The step.
    #[serde(default)]
    pub(crate) step: String,
    /// What could be better. It names nobody.
    #[serde(default)]
    pub(crate) text: String,
}

async fn add(desk: Desk, Input(form): Input<ImproveForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    desk.permit(&mut tx, Action::NoteContact, Subject::Duty).await?;
    let step = Step::parse(form.step.trim()).ok_or_else(|| Fault::field("step", "choose"))?;
    let said = text::required(&form.text, text::PARAGRAPH);
    let said = said.map_err(|fault| Fault::field("text", fault.code()))?;
    if let Some(sign) = signs(&said).first() {
        return Err(Fault::field("text", sign.code()));
    }
    let id = crate::app::new_id();
    tx.run_one(&ADD, args![id, step.as_str(), office, said, worker.id, desk.now()]).await?;
    desk.commit(tx).await?;
    desk.done("/figures/process", "improvement-kept")
}

/// Nothing to say.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DoneForm {}

async fn done(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<DoneForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    desk.permit(&mut tx, Action::NoteContact, Subject::Duty).await?;
    if tx.run(&DONE, args![id, desk.now(), worker.id]).await? != 1 {
        return Err(Fault::Hidden);
    }
    desk.commit(tx).await?;
    desk.done("/figures/process", "improvement-done")
}
