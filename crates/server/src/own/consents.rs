//! One's own consents: what stands, what it opened, giving one and taking it back.
//! The rules and previews are those of the worker's page (REQ-INFO-02, REQ-INFO-03).

use axum::extract::Path;
use onedoor_domain::consent::State;
use onedoor_domain::ids::ConsentId;
use onedoor_domain::secrecy::{Action, Category, Purpose};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::Pass;
use super::log;
use super::pass::{self as passes, pass, quiet};
use crate::consent::acts::{self, Act, ConsentForm, Hand};
use crate::consent::parties;
use crate::consent::shown::{self, Line, LostLine, Shown, code_list};
use crate::consent::store::{self, Viewer};
use crate::consent::withdrawing::{self, Weighed, WithdrawForm};
use crate::consent::{disclosures, receipts};
use crate::db::Link;
use crate::office::store::Choice;
use crate::web::validate::Faults;
use crate::web::{Fault, FieldFault, Input, Once, Own, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MyConsents, _, _>("/my/consents", "One's own consents, and what was passed on", list)
        .act_giving::<ConsentForm, MyPreview, _, _>(
            "/my/consents/preview",
            "Shows what a consent of one's own would open",
            preview,
        )
        .act::<ConsentForm, _, _>("/my/consents", "Gives a consent", give)
        .creating()
        .see::<MyConsent, _, _>("/my/consents/{id}", "One of one's own consents", show)
        .act_giving::<WithdrawForm, MyWithdrawal, _, _>(
            "/my/consents/{id}/withdraw/preview",
            "Shows what would stop, before a consent of one's own is taken back",
            weigh,
        )
        .act::<WithdrawForm, _, _>(
            "/my/consents/{id}/withdraw",
            "Takes back a consent of one's own, or a part of it",
            withdraw,
        )
}

/// Who reads consents: whoever sees the whole file.
pub(super) fn shows(pass: &Pass) -> bool {
    pass.sees_all() && pass.is_sure()
}

/// Who gives one here, or takes one back: the person alone, by a sure sign-in. Who
/// acts for somebody does it at a counter, where the mandate is looked at.
fn may_give(pass: &Pass) -> bool {
    shows(pass) && pass.right().is_none()
}

/// Something that one agency learned from another.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OwnDisclosure {
    pub(crate) at: i64,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) categories: Vec<String>,
    pub(crate) ground: String,
    pub(crate) form: String,
}

/// One's own consents, who holds what, and the form for a new consent.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyConsents {
    pub(crate) consents: Vec<Line>,
    pub(crate) disclosures: Vec<OwnDisclosure>,
    pub(crate) shows: bool,
    pub(crate) may_give: bool,
    pub(crate) form: ConsentForm,
    pub(crate) purposes: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// Those that could be party to it, of the city where the person is at home.
    pub(crate) agencies: Vec<Choice>,
    /// Measure providers, which may only be told.
    pub(crate) providers: Vec<Choice>,
    pub(crate) latest: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MyConsents, "own/pages/consents.html");

impl MyConsents {
    /// Whether something was handed to a measure provider, which is read word for word elsewhere.
    fn has_handed(&self) -> bool {
        self.disclosures.iter().any(|one| one.form == "handed")
    }
}

async fn page(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    form: ConsentForm,
    faults: Vec<FieldFault>,
) -> Result<MyConsents, Fault> {
    if !shows(pass) {
        return Ok(MyConsents::default());
    }
    let all = store::of_person(link, pass.permit(), Viewer::Person, &own.app().zone).await?;
    let mut told = disclosures::disclosures(link, pass.permit(), Viewer::Person).await?;
    let untold = log::untold(link, pass, own).await?;
    told.retain(|one| !untold.contains(&one.id));
    let act = Act::new(own, Hand::Person);
    Ok(MyConsents {
        consents: all.iter().map(|one| shown::line(one, own.today())).collect(),
        disclosures: told
            .into_iter()
            .map(|one| OwnDisclosure {
                at: one.at.as_microsecond(),
                from: one.from,
                to: one.to,
                categories: code_list(one.categories),
                ground: one.ground,
                form: one.form,
            })
            .collect(),
        shows: true,
        may_give: may_give(pass),
        form,
        purposes: Purpose::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        categories: Category::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        agencies: parties::agencies(&act, link, pass.permit()).await?,
        providers: parties::providers(&act, link, pass.permit()).await?,
        latest: onedoor_domain::consent::latest_end(own.today()).to_string(),
        faults,
    })
}

async fn list(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadConsent).await?;
    let once = crate::app::new_id().to_string();
    let form = ConsentForm { once, ..ConsentForm::default() };
    let page = page(&own, &mut conn, &pass, form, Vec::new()).await?;
    own.show(&page)
}

/// What they will see, before it is given.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyPreview {
    pub(crate) form: ConsentForm,
    #[serde(flatten)]
    pub(crate) shown: Shown,
}

crate::page!(MyPreview, "own/pages/consent_preview.html");

async fn preview(own: Own, Input(form): Input<ConsentForm>) -> Reply {
    let mut conn = own.read().await?;
    let pass = giver(&own, &mut conn).await?;
    let act = Act::new(&own, Hand::Person);
    let mut faults = Faults::default();
    let ready = acts::prepare(&act, &mut conn, pass.permit(), &form, &mut faults).await?;
    own.note(pass.entry(Action::RecordConsent, json!({ "preview": true })));
    let Some(ready) = ready else { return again(&own, &mut conn, &pass, form, faults).await };
    let shown = shown::shown(&act, &mut conn, pass.permit(), &ready).await?;
    own.show(&MyPreview { shown, form })
}

/// The pass of somebody who may give a consent here.
async fn giver(own: &Own, link: &mut Link) -> Result<Pass, Fault> {
    let pass = quiet(own, link).await?;
    if may_give(&pass) { Ok(pass) } else { Err(Fault::Hidden) }
}

async fn again(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    form: ConsentForm,
    faults: Faults,
) -> Reply {
    let faults = faults.into_list();
    passes::shown_again(own, pass, Action::ReadConsent);
    let page = page(own, link, pass, form, faults.clone()).await?;
    own.again(&page, faults)
}

async fn give(own: Own, Input(form): Input<ConsentForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = giver(&own, &mut tx).await?;
    let once = Once::look(&own, &mut tx, "own.give_consent", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return own.done(earlier, "consent-given");
    }
    let act = Act::new(&own, Hand::Person);
    let mut faults = Faults::default();
    let ready = acts::prepare_seen(&act, &mut tx, pass.permit(), &form, &mut faults).await?;
    let Some(ready) = ready else {
        return again(&own, &mut tx, &pass, form, faults).await;
    };
    let consent = acts::give(&act, &mut tx, pass.permit(), &ready).await?;
    own.note(pass.entry(Action::RecordConsent, ready.detail(consent)));
    let location = format!("/my/consents/{consent}");
    once.save(&own, &mut tx, &location).await?;
    own.commit(tx).await?;
    own.done(&location, "consent-given")
}

/// A receiver who held something and was told that the consent was taken back.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct OwnReceipt {
    pub(crate) to: String,
    pub(crate) categories: Vec<String>,
    pub(crate) told_at: i64,
    pub(crate) due_on: String,
    pub(crate) answered_at: Option<i64>,
    /// `kept_by_law`, `deleted` or `returned`; empty where nobody has answered yet.
    pub(crate) answer: String,
    /// The duty that keeps it.
    pub(crate) reason: String,
}

fn receipt(one: receipts::Receipt) -> OwnReceipt {
    let (answered_at, answer, reason) = match one.answered {
        Some((at, answer, reason, _)) => (Some(at.as_microsecond()), answer, reason),
        None => (None, String::new(), String::new()),
    };
    OwnReceipt {
        to: one.agency,
        categories: code_list(one.categories),
        told_at: one.told_at.as_microsecond(),
        due_on: one.due_on,
        answered_at,
        answer,
        reason,
    }
}

/// One of one's own consents, and the form to take it back.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyConsent {
    pub(crate) consent: Line,
    pub(crate) receivers: Vec<Choice>,
    /// Who was told that it was taken back, and what they did with what they held.
    pub(crate) receipts: Vec<OwnReceipt>,
    pub(crate) may_withdraw: bool,
    pub(crate) version: i64,
    pub(crate) form: WithdrawForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MyConsent, "own/pages/consent.html");

async fn one(own: &Own, link: &mut Link, pass: &Pass, id: ConsentId) -> Result<MyConsent, Fault> {
    if !shows(pass) {
        return Err(Fault::Hidden);
    }
    let stored = store::read(link, pass.permit(), Viewer::Person, id, &own.app().zone).await?;
    let holds = stored.agreement.state(own.today()) == State::Given;
    // What was told stands on the consent that ended; what is left of it came out of that.
    let mut receipts = receipts::receipts(link, pass.permit(), id).await?;
    if let Some(before) = stored.replaces {
        receipts.extend(receipts::receipts(link, pass.permit(), before).await?);
    }
    let choice =
        |party: &store::Party| Choice { id: party.id.to_string(), name: party.name.clone() };
    Ok(MyConsent {
        consent: shown::line(&stored, own.today()),
        receivers: stored.to.iter().map(choice).collect(),
        receipts: receipts.into_iter().map(receipt).collect(),
        may_withdraw: holds && may_give(pass),
        version: stored.version,
        form: WithdrawForm::default(),
        faults: Vec::new(),
    })
}

async fn show(own: Own, Path(id): Path<ConsentId>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadConsent).await?;
    let page = one(&own, &mut conn, &pass, id).await?;
    own.show(&page)
}

/// What would follow, shown before it is confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct MyWithdrawal {
    pub(crate) id: String,
    pub(crate) form: WithdrawForm,
    pub(crate) lost: Vec<LostLine>,
    /// What stops: codes.
    pub(crate) stops: Vec<String>,
    pub(crate) held: Vec<LostLine>,
    pub(crate) answer_days: i64,
    /// Send this back with the withdrawal: it says that this was seen.
    pub(crate) seen: String,
}

crate::page!(MyWithdrawal, "own/pages/consent_withdraw.html");

fn withdrawal(form: WithdrawForm, it: &Weighed) -> MyWithdrawal {
    let mut stops: Vec<String> = it.stops.iter().map(|one| one.what.as_str().to_owned()).collect();
    stops.dedup();
    MyWithdrawal {
        id: it.stored.agreement.id.to_string(),
        form: WithdrawForm { version: it.stored.version.to_string(), ..form },
        lost: it.lost(),
        stops,
        held: it
            .held
            .iter()
            .map(|(id, held)| LostLine {
                agency: it.name_of(id),
                categories: code_list(held.categories),
            })
            .collect(),
        answer_days: acts::ANSWER_DAYS,
        seen: it.seen.clone(),
    }
}

async fn shown_again(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    id: ConsentId,
    (form, faults): (WithdrawForm, Vec<FieldFault>),
) -> Reply {
    passes::shown_again(own, pass, Action::ReadConsent);
    let mut page = one(own, link, pass, id).await?;
    page.form = form;
    page.faults.clone_from(&faults);
    own.again(&page, faults)
}

async fn weigh(own: Own, Path(id): Path<ConsentId>, Input(form): Input<WithdrawForm>) -> Reply {
    let mut conn = own.read().await?;
    let pass = giver(&own, &mut conn).await?;
    own.note(pass.entry(Action::WithdrawConsent, json!({ "preview": true })));
    let act = Act::new(&own, Hand::Person);
    let mut faults = Faults::default();
    match withdrawing::weigh(&act, &mut conn, pass.permit(), id, &form, &mut faults).await? {
        Some(it) => own.show(&withdrawal(form, &it)),
        None => shown_again(&own, &mut conn, &pass, id, (form, faults.into_list())).await,
    }
}

async fn withdraw(own: Own, Path(id): Path<ConsentId>, Input(form): Input<WithdrawForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = giver(&own, &mut tx).await?;
    let act = Act::new(&own, Hand::Person);
    let mut faults = Faults::default();
    let it = withdrawing::weigh_now(&act, &mut tx, pass.permit(), id, &form, &mut faults).await?;
    let Some(it) = it else {
        return shown_again(&own, &mut tx, &pass, id, (form, faults.into_list())).await;
    };
    if let Err(faults) = it.was_seen(&form)? {
        return shown_again(&own, &mut tx, &pass, id, (form, faults)).await;
    }
    let now = withdrawing::withdraw(&act, &mut tx, pass.permit(), &it).await?;
    let detail = json!({ "consent": id.to_string(), "told": it.held.len() });
    own.note(pass.entry(Action::WithdrawConsent, detail));
    own.commit(tx).await?;
    own.done(&format!("/my/consents/{now}"), "consent-taken-back")
}
