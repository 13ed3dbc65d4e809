//! The common view of a person: how each agency sees them and what it proposes, and the summary
//! that all agree on or the disagreement that is recorded (REQ-MAP-24).

use axum::extract::Path;
use jiff::Timestamp;
use onedoor_domain::assessment::{Settled, View, ViewFault, may_sign};
use onedoor_domain::ids::{AgencyId, PersonId};
use onedoor_domain::record::kept_until;
use onedoor_domain::secrecy::{Action, Category};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::new_id;
use crate::args;
use crate::db::{Link, Tx};
use crate::keys::{Key, VIEW_BODY, VIEW_SOLUTION};
use crate::need::Sieve;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::walls::{Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    VIEWS = "select v.kind, v.agency_id, a.name, v.body, v.solution, v.written_at, s.name
        from agency_view v join agency a on a.id = v.agency_id join staff s on s.id = v.written_by
        where v.person_id = $1 and v.replaced_at is null and v.kept_until >= $2
        order by v.written_at, v.id limit 100";
    STATES = "select v.kind, v.agency_id, v.written_at from agency_view v
        where v.person_id = $1 and v.replaced_at is null and v.kept_until >= $2
        order by v.written_at, v.id limit 100";
    REPLACE = "update agency_view set replaced_at = $4
        where person_id = $1 and agency_id = $2 and kind = $3 and replaced_at is null";
    REPLACE_SETTLED = "update agency_view set replaced_at = $2
        where person_id = $1 and kind <> 'view' and replaced_at is null";
    WRITE = "insert into agency_view (id, person_id, agency_id, kind, body, solution, written_at,
            written_by, replaced_at, kept_until)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9)";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ViewsPage, _, _>(
            "/persons/{id}/common-view",
            "How each agency sees a person, and whether they agree",
            show,
        )
        .act::<ViewForm, _, _>("/persons/{id}/common-view", "Writes the agency's view", write)
        .act::<SettleForm, _, _>(
            "/persons/{id}/common-view/summary",
            "Keeps an agreed summary, or a disagreement",
            settle,
        )
}

/// How an agency sees the person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ViewLine {
    pub(crate) agency: String,
    pub(crate) own: bool,
    pub(crate) view: String,
    pub(crate) solution: String,
    pub(crate) at: i64,
    pub(crate) by: String,
}

/// The summary or the disagreement.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SettledLine {
    /// `agreed` or `disagreement`.
    pub(crate) how: String,
    pub(crate) text: String,
    pub(crate) agency: String,
    pub(crate) at: i64,
}

/// The common view.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViewsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) views: Vec<ViewLine>,
    pub(crate) settled: Option<SettledLine>,
    /// What keeps a plan from being signed; empty where nothing does.
    pub(crate) lacks: String,
    pub(crate) may_write: bool,
    pub(crate) form: ViewForm,
    pub(crate) settle: SettleForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ViewsPage, "assessment/pages/views.html");

/// How the caller's agency sees the person.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ViewForm {
    /// How it sees the person.
    #[serde(default)]
    pub(crate) view: String,
    /// What it proposes.
    #[serde(default)]
    pub(crate) solution: String,
}

/// What the agencies came to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SettleForm {
    /// `agreed` or `disagreement`.
    #[serde(default)]
    pub(crate) how: String,
    /// The summary, or in what they differ.
    #[serde(default)]
    pub(crate) text: String,
}

/// Whether the views were put together, so that a plan may be signed (REQ-MAP-24). It tells of
/// nobody's view: only that they were written and settled.
///
/// # Errors
/// [`Fault::Conflict`] with the reason where they were not.
pub async fn settled(
    link: &mut Link,
    permit: &Permit,
    today: jiff::civil::Date,
) -> Result<Settled, Fault> {
    state(link, permit, today).await?.map_err(|fault| Fault::conflict(fault.code()))
}

async fn state(
    link: &mut Link,
    permit: &Permit,
    today: jiff::civil::Date,
) -> Result<Result<Settled, ViewFault>, Fault> {
    let (mut views, mut how) = (Vec::new(), None);
    for mut row in link.rows(permit.opens(&STATES), args![permit.the_person()?, today]).await? {
        let (kind, agency, at): (String, AgencyId, Timestamp) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        match Settled::parse(&kind) {
            Some(settled) => how = Some((settled, at)),
            None => views.push(View { agency, at }),
        }
    }
    Ok(may_sign(&views, how))
}

async fn page(desk: &Desk, tx: &mut Tx, permit: &Permit) -> Result<ViewsPage, Fault> {
    let person = persons::read(tx, permit).await?;
    let standing = Standing::of(desk, tx, permit).await?;
    let mut sieve = Sieve::new(&standing);
    let key = Key::look_up(tx, permit, person.id).await?;
    let (mut views, mut settled) = (Vec::new(), None);
    let mut form = ViewForm::default();
    for mut row in tx.rows(permit.opens(&VIEWS), args![person.id, desk.today()]).await? {
        let (kind, agency): (String, AgencyId) = (row.get(0)?, row.get(1)?);
        if !sieve.lets(tx, agency, Category::Case, Held::default()).await? {
            continue;
        }
        let own = agency == standing.receiver();
        let name: String = row.get(2)?;
        let text = key.open(VIEW_BODY, row.get(3)?)?;
        let solution = key.open(VIEW_SOLUTION, row.get(4)?)?;
        let (at, by): (i64, String) = (row.get(5)?, row.get(6)?);
        if kind != "view" {
            settled = Some(SettledLine { how: kind, text, agency: name, at });
            continue;
        }
        if own {
            form = ViewForm { view: text.clone(), solution: solution.clone() };
        }
        let by = if own { by } else { String::new() };
        views.push(ViewLine { agency: name, own, view: text, solution, at, by });
    }
    sieve.tell(desk, permit);
    let lacks = state(tx, permit, desk.today()).await?.err().map(ViewFault::code);
    Ok(ViewsPage {
        person: person.id.to_string(),
        name: person.name(),
        views,
        settled,
        lacks: lacks.unwrap_or_default().to_owned(),
        may_write: desk.may(tx, Action::WriteAssessment, Subject::Person(person.id)).await?,
        form,
        settle: SettleForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadAssessment, Subject::Person(id)).await?;
    let page = page(&desk, &mut tx, &permit).await?;
    desk.commit(tx).await?;
    desk.show(&page)
}

async fn keep(
    tx: &mut Tx,
    permit: &Permit,
    desk: &Desk,
    (kind, body, solution): (&str, &str, &str),
) -> Result<(), Fault> {
    let worker = desk.worker()?;
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    if kind == "view" {
        tx.run(permit.opens(&REPLACE), args![person, worker.agency, kind, desk.now()]).await?;
    } else {
        tx.run(permit.opens(&REPLACE_SETTLED), args![person, desk.now()]).await?;
    }
    let args = args![
        new_id(),
        person,
        worker.agency,
        kind,
        key.seal(VIEW_BODY, body)?,
        key.seal(VIEW_SOLUTION, solution)?,
        desk.now(),
        worker.id,
        kept_until(Category::Case, desk.app().country, desk.today()),
    ];
    Ok(tx.run_one(permit.opens(&WRITE), args).await?)
}

fn paragraph(field: &str, value: &str, faults: &mut Faults) -> String {
    let read = text::required(value, text::PARAGRAPH);
    faults.take(field, read, |fault| fault.code().into()).unwrap_or_default()
}

async fn write(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<ViewForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let view = paragraph("view", &form.view, &mut faults);
    let solution = paragraph("solution", &form.solution, &mut faults);
    if !faults.is_empty() {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        desk.commit(tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    }
    keep(&mut tx, &permit, &desk, ("view", &view, &solution)).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/common-view"), "view-kept")
}

async fn settle(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<SettleForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteAssessment, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let how = faults.choice("how", &form.how, Settled::parse);
    let words = paragraph("text", &form.text, &mut faults);
    if let Err(ViewFault::NoView) = state(&mut tx, &permit, desk.today()).await? {
        faults.add("how", ViewFault::NoView.code());
    }
    let (Some(how), true) = (how, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        desk.commit(tx).await?;
        shown.settle = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    keep(&mut tx, &permit, &desk, (how.as_str(), &words, "")).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/common-view"), "view-settled")
}
