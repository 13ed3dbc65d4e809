//! What the person wants, and whether they got it (REQ-PLAN-12).

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, OfficeId, PersonId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::plan::wish::WishState;
use onedoor_domain::secrecy::Action;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::Stored;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, WISH_BODY, WISH_REASON};
use crate::need::Sieve;
use crate::policy::{Permit, Proof, Subject};
use crate::walls::Standing;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

crate::sql! {
    OF_PLAN = "select w.id, w.kind, w.body, w.state, w.reason, w.agency_id, w.said_on,
            w.version, a.name
        from plan_wish w join agency a on a.id = w.agency_id
        where w.plan_id = $1 and w.person_id = $2 order by w.said_on, w.id limit 100";
    INSERT = "insert into plan_wish (id, plan_id, person_id, kind, body, state, reason, agency_id,
            office_id, reasoned, said_on, answered_on, version)
        values ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10, null, 1)";
    ANSWER = "update plan_wish set state = $4, reason = $5, reasoned = $6, answered_on = $7,
            version = version + 1
        where id = $1 and version = $2 and plan_id = $3";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<WishForm, _, _>("/persons/{id}/plan/wishes", "Notes what the person wishes for", say)
        .act::<WishAnswer, _, _>(
            "/persons/{id}/plan/wishes/{wish}",
            "Says whether a wish was met, and why not",
            answer,
        )
}

/// A wish as it is kept.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Identifier.
    pub id: Uuid,
    /// What it is about.
    pub kind: NeedKind,
    /// In the person's words.
    pub words: String,
    /// What became of it.
    pub state: WishState,
    /// Why it was not met.
    pub reason: String,
    /// The agency that was told of it.
    pub agency: AgencyId,
    /// The agency by name.
    pub agency_name: String,
    /// When it was said.
    pub on: Date,
    /// Its version.
    pub version: i64,
}

/// The wishes of a plan. The caller lets through what the walls let through.
///
/// # Errors
/// When the database does not answer.
pub async fn of_plan(
    link: &mut Link,
    proof: &dyn Proof,
    stored: &Stored,
) -> Result<Vec<Wish>, DbError> {
    let key = Key::look_up(link, proof, stored.person).await?;
    let broken = || DbError::Other("a wish with an unknown code".into());
    let read = |mut row: Row| {
        let (kind, state): (String, String) = (row.get(1)?, row.get(3)?);
        Ok(Wish {
            id: row.get(0)?,
            kind: NeedKind::parse(&kind).ok_or_else(broken)?,
            words: key.open(WISH_BODY, row.get(2)?)?,
            state: WishState::parse(&state).ok_or_else(broken)?,
            reason: key.open(WISH_REASON, row.get(4)?)?,
            agency: row.get(5)?,
            on: row.get(6)?,
            version: row.get(7)?,
            agency_name: row.get(8)?,
        })
    };
    link.rows(proof.opens(&OF_PLAN), args![stored.id, stored.person])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// Keeps a wish that was said to an agency at an office.
///
/// # Errors
/// When the database refuses.
async fn keep(
    tx: &mut Tx,
    permit: &Permit,
    stored: &Stored,
    (kind, words): (NeedKind, &str),
    (agency, office): (AgencyId, OfficeId),
    today: Date,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, permit, stored.person).await?;
    let (body, reason) = (key.seal(WISH_BODY, words)?, key.seal(WISH_REASON, "")?);
    let id = crate::app::new_id();
    let args = args![
        id,
        stored.id,
        stored.person,
        kind.as_str(),
        body,
        reason,
        agency,
        office,
        false,
        today,
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    Ok(())
}

/// A wish as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WishForm {
    /// What it is about: a code of the list of needs.
    #[serde(default)]
    pub(crate) kind: String,
    /// In the person's words.
    #[serde(default)]
    pub(crate) words: String,
}

/// What became of a wish.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct WishAnswer {
    /// `met`, `partly_met` or `not_met`.
    #[serde(default)]
    pub(crate) state: String,
    /// Why it was not met. It may be left for later, and is listed until it is there.
    #[serde(default)]
    pub(crate) reason: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn the_plan(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<(Stored, Standing), Fault> {
    let standing = Standing::of(desk, tx, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let stored = super::current(tx, permit, &mut sieve).await?;
    Ok((stored.ok_or(Fault::conflict("plan-none"))?, standing))
}

async fn say(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<WishForm>) -> Reply {
    let worker = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, NeedKind::parse);
    let words = faults
        .take("words", text::required(&form.words, text::PARAGRAPH), |e| e.code().into())
        .unwrap_or_default();
    let (Some(kind), true) = (kind, faults.is_empty()) else {
        return Err(Fault::Fields(faults.into_list()));
    };
    let (stored, _) = the_plan(&desk, &mut tx, &permit).await?;
    let to = (worker.agency, office);
    keep(&mut tx, &permit, &stored, (kind, &words), to, desk.today()).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan"), "wish-noted")
}

async fn answer(
    desk: Desk,
    Path((id, wish)): Path<(PersonId, Uuid)>,
    Input(form): Input<WishAnswer>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WritePlan, Subject::Person(id)).await?;
    let state = WishState::parse(form.state.trim()).filter(|state| state.is_answered());
    let state = state.ok_or_else(|| Fault::field("state", "choose"))?;
    let reason = text::optional(&form.reason, text::LINE);
    let reason = reason.map_err(|fault| Fault::field("reason", fault.code()))?;
    let (stored, _) = the_plan(&desk, &mut tx, &permit).await?;
    let all = of_plan(&mut tx, &permit, &stored).await?;
    let found = all.into_iter().find(|one| one.id == wish && one.agency == worker.agency);
    found.ok_or(Fault::Hidden)?;
    let key = Key::look_up(&mut tx, &permit, stored.person).await?;
    let version: i64 = form.version.trim().parse().unwrap_or_default();
    let reasoned = !state.asks_reason() || !reason.is_empty();
    let sealed = key.seal(WISH_REASON, &reason)?;
    let args = args![wish, version, stored.id, state.as_str(), sealed, reasoned, desk.today()];
    tx.run_one(permit.opens(&ANSWER), args).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/plan"), "wish-answered")
}
