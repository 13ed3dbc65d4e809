//! One's own ties: a worker says to whom they are family, and is barred from then on.

use onedoor_domain::secrecy::{Action, Ground, Overlay};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::store;
use crate::journal::{Entry, SubjectKind};
use crate::person::read_number;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, FieldFault, Input, Reply, Routes};

/// The routes of ties.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<TiesPage, _, _>("/ties", "How many ties the caller has noted", show)
        .act::<TieForm, _, _>("/ties", "Notes a tie that bars the caller", note)
}

/// The ties that a worker can have (fvl section 6, FL sections 16 to 18).
pub(crate) const TIES: &[Overlay] = &[
    Overlay::OwnData,
    Overlay::Parent,
    Overlay::Child,
    Overlay::Partner,
    Overlay::FormerPartner,
    Overlay::Sibling,
    Overlay::CommonChild,
    Overlay::Guardian,
];

/// Ties that were noted, without to whom.
#[derive(Serialize, ToSchema)]
pub(crate) struct TiesPage {
    pub(crate) ties: Vec<TieLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) form: TieForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

/// One kind of tie.
#[derive(Serialize, ToSchema)]
pub(crate) struct TieLine {
    pub(crate) kind: String,
    pub(crate) count: i64,
}

crate::page!(TiesPage, "access/pages/ties.html");

/// A tie to be noted. The number stands in the body, never in an address.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TieForm {
    /// The person's identity number.
    #[serde(default)]
    pub(crate) number: String,
    /// What the person is to the caller.
    #[serde(default)]
    pub(crate) kind: String,
}

async fn page(desk: &Desk, link: &mut crate::db::Link) -> Result<TiesPage, crate::web::Fault> {
    let worker = desk.worker()?;
    let permit = desk.permit(link, Action::NoteTie, Subject::Duty).await?;
    let ties = store::ties(link, &permit, worker.id).await?;
    Ok(TiesPage {
        ties: ties.into_iter().map(|(kind, count)| TieLine { kind, count }).collect(),
        kinds: TIES.iter().map(|tie| tie.as_str().to_owned()).collect(),
        form: TieForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

/// The answer is the same whether the person is registered or not.
async fn note(desk: Desk, Input(form): Input<TieForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteTie, Subject::Duty).await?;
    let mut faults = Faults::default();
    let number =
        faults.take("number", read_number(desk.app(), &form.number, desk.today()), str::to_owned);
    let tie = faults.choice("kind", &form.kind, Overlay::parse).filter(|tie| TIES.contains(tie));
    if tie.is_none() && faults.is_empty() {
        faults.add("kind", "choose");
    }
    let (Some(number), Some(tie), true) = (number, tie, faults.is_empty()) else {
        let faults = faults.into_list();
        let mut page = page(&desk, &mut tx).await?;
        page.form = TieForm { number: String::new(), ..form };
        page.faults.clone_from(&faults);
        return desk.again(&page, faults);
    };
    store::note_tie(&mut tx, &permit, worker.id, &number, tie, desk.now()).await?;
    desk.note(Entry {
        action: Action::NoteTie,
        ground: Some(Ground::Duty),
        subject: (SubjectKind::Nothing, None),
        persons: Vec::new(),
        detail: json!({ "tie": tie.as_str() }),
    });
    desk.commit(tx).await?;
    desk.done("/ties", "tie-noted")
}
