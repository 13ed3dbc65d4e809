//! What the professions say that an assessment needs (REQ-MAP-21).

use axum::extract::Path;
use onedoor_domain::assessment::Competence;
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::{Action, Category};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answering::again;
use super::pages::seen;
use crate::app::new_id;
use crate::args;
use crate::db::{Link, Tx};
use crate::keys::{Key, PART_BODY};
use crate::need::Sieve;
use crate::policy::{Permit, Subject};
use crate::walls::{Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    PARTS = "select p.competence, p.agency_id, a.name, p.body, p.given_on, s.name
        from assessment_part p join agency a on a.id = p.agency_id join staff s on s.id = p.given_by
        where p.assessment_id = $1 and p.person_id = $2 order by p.given_at limit 20";
    GIVE = "insert into assessment_part (id, assessment_id, person_id, agency_id, competence, body,
            given_on, given_at, given_by, kept_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (assessment_id, competence) do nothing";
}

pub(super) fn routes() -> Routes {
    Routes::default().act::<PartForm, _, _>(
        "/persons/{id}/assessments/{assessment}/parts",
        "Keeps what a profession says that the assessment needs",
        give,
    )
}

/// What a profession said.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PartLine {
    pub(crate) competence: String,
    pub(crate) agency: String,
    /// Its words; empty where they are for its own agency.
    pub(crate) text: String,
    pub(crate) on: String,
    pub(crate) by: String,
}

/// What a profession says.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PartForm {
    /// `social_work`, `guidance`, `medical` or `insurance`.
    #[serde(default)]
    pub(crate) competence: String,
    /// What it says. About health only what the person can do and needs.
    #[serde(default)]
    pub(crate) text: String,
}

/// What a profession's words tell of, for the walls.
fn category(competence: Competence) -> Category {
    match competence {
        Competence::SocialWork => Category::Family,
        Competence::Guidance => Category::Emp,
        Competence::Medical => Category::Health,
        Competence::Insurance => Category::Ben,
    }
}

/// What the professions said in an assessment that may be seen; the words as far as the walls let
/// them. That a profession has spoken is told with the assessment.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn lines(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    id: Uuid,
) -> Result<Vec<PartLine>, Fault> {
    let person = permit.the_person()?;
    let rows = tx.rows(permit.opens(&PARTS), args![id, person]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let standing = Standing::of(desk, tx, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let key = Key::look_up(tx, permit, person).await?;
    let mut all = Vec::new();
    for mut row in rows {
        let code: String = row.get(0)?;
        let owner: AgencyId = row.get(1)?;
        let Some(competence) = Competence::parse(&code) else { continue };
        let open = sieve.lets(tx, owner, category(competence), Held::default()).await?;
        all.push(PartLine {
            competence: code,
            agency: row.get(2)?,
            text: if open { key.open(PART_BODY, row.get(3)?)? } else { String::new() },
            on: row.get(4)?,
            by: if open { row.get(5)? } else { String::new() },
        });
    }
    sieve.tell(desk, permit);
    Ok(all)
}

async fn keep(
    tx: &mut Tx,
    permit: &Permit,
    desk: &Desk,
    (id, competence, text): (Uuid, Competence, &str),
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let person = permit.the_person()?;
    let link: &mut Link = tx;
    let key = Key::look_up(link, permit, person).await?;
    let args = args![
        new_id(),
        id,
        person,
        worker.agency,
        competence.as_str(),
        key.seal(PART_BODY, text)?,
        desk.today(),
        desk.now(),
        worker.id,
        kept_until(category(competence), desk.app().country, desk.today()),
    ];
    match tx.run(permit.opens(&GIVE), args).await? {
        1 => Ok(()),
        _ => Err(Fault::conflict("stale")),
    }
}

async fn give(
    desk: Desk,
    Path((id, one)): Path<(PersonId, Uuid)>,
    Input(form): Input<PartForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let seen = seen(&desk, &mut tx, &permit).await?;
    if !seen.one(one)?.is_open() {
        return Err(Fault::conflict("assessment-closed"));
    }
    let mut faults = Faults::default();
    let competence = faults.choice("competence", &form.competence, Competence::parse);
    let words = text::required(&form.text, text::PARAGRAPH);
    let words = faults.take("text", words, |fault| fault.code().into());
    let (Some(competence), Some(words), true) = (competence, words, faults.is_empty()) else {
        let list = faults.into_list();
        return again(&desk, tx, &permit, one, (list, |page| page.part = form)).await;
    };
    keep(&mut tx, &permit, &desk, (one, competence, &words)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/assessments/{one}"), "part-kept")
}
