//! A person's consents as a worker meets them: reading, recording, taking back.

use axum::extract::{Path, Query};
use onedoor_domain::consent::{Form, GivenBy, State, Terms};
use onedoor_domain::ids::{ConsentId, PersonId};
use onedoor_domain::secrecy::{Action, Category, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::acts::{self, Act, ConsentForm, Hand, Ready};
use super::shown::{self, Line, LostLine, Shown, code_list, paragraphs};
use super::store::{self, Stored, Viewer};
use super::withdrawing::{self, HEARD, Weighed, WithdrawForm};
use super::{disclosures, notices, parties, receipts};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::person::store as persons;
use crate::policy::{Cause, Permit, Subject, Warrant};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ConsentsPage, _, _>(
            "/persons/{id}/consents",
            "A person's consents, and what was passed on",
            list,
        )
        .see::<RecordPage, _, _>(
            "/persons/{id}/consents/new",
            "The form that records a consent",
            record_form,
        )
        .asking(&["replaces"])
        .act_giving::<ConsentForm, PreviewPage, _, _>(
            "/persons/{id}/consents/preview",
            "Shows what a consent would open, before it is given",
            preview,
        )
        .act::<ConsentForm, _, _>("/persons/{id}/consents", "Keeps a consent", give)
        .creating()
        .see::<ConsentPage, _, _>("/consents/{id}", "One consent", show)
        .act_giving::<WithdrawForm, WithdrawPage, _, _>(
            "/consents/{id}/withdraw/preview",
            "Shows what would stop, before a consent is taken back",
            weigh,
        )
        .act::<WithdrawForm, _, _>(
            "/consents/{id}/withdraw",
            "Takes a consent back, or a part of it",
            withdraw,
        )
}

/// Kinds of information that are asked about by themselves, apart from the rest.
pub(super) const APART: [Category; 4] =
    [Category::Health, Category::Subst, Category::Child, Category::Origin];

fn plain() -> Vec<String> {
    let all = Category::ALL.into_iter().filter(|one| !APART.contains(one));
    all.map(|one| one.as_str().to_owned()).collect()
}

fn apart() -> Vec<String> {
    APART.iter().map(|one| one.as_str().to_owned()).collect()
}

/// A consent in a worker's list.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ConsentLine {
    #[serde(flatten)]
    line: Line,
    pub(crate) doubtful: bool,
    /// See [`shown::next_payout`].
    pub(crate) payout: String,
}

impl std::ops::Deref for ConsentLine {
    type Target = Line;

    fn deref(&self) -> &Line {
        &self.line
    }
}

fn consent_line(one: &Stored, today: jiff::civil::Date) -> ConsentLine {
    let doubtful = one.agreement.terms.doubtful;
    ConsentLine { line: shown::line(one, today), doubtful, payout: String::new() }
}

/// Something that was passed on.
#[derive(Serialize, ToSchema)]
pub(crate) struct DisclosedLine {
    pub(crate) at: i64,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) categories: Vec<String>,
    pub(crate) purpose: String,
    pub(crate) ground: String,
    pub(crate) rule: String,
    pub(crate) pack: String,
    pub(crate) form: String,
    pub(crate) by: String,
}

/// A person's consents.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) may_record: bool,
    pub(crate) consents: Vec<ConsentLine>,
    pub(crate) disclosures: Vec<DisclosedLine>,
}

crate::page!(ConsentsPage, "consent/pages/consents.html");

fn viewer(desk: &Desk) -> Result<Viewer, Fault> {
    Ok(Viewer::Agency(desk.worker()?.agency))
}

async fn list(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadConsent, Subject::Person(id)).await?;
    let viewer = viewer(&desk)?;
    let all = store::of_person(&mut conn, &permit, viewer, &desk.app().zone).await?;
    let told = disclosures::disclosures(&mut conn, &permit, viewer).await?;
    let (today, zone) = (desk.today(), &desk.app().zone);
    let in_force = store::terms_in_force(&mut conn, &permit, today, zone).await?;
    let in_force: Vec<Terms> = in_force.into_iter().map(|(_, terms)| terms).collect();
    desk.show(&ConsentsPage {
        person: id.to_string(),
        name: persons::read(&mut conn, &permit).await?.name(),
        may_record: desk.may(&mut conn, Action::RecordConsent, Subject::Person(id)).await?,
        consents: all
            .iter()
            .map(|one| ConsentLine {
                payout: shown::next_payout(one, &in_force, today).to_owned(),
                ..consent_line(one, today)
            })
            .collect(),
        disclosures: told
            .into_iter()
            .map(|one| DisclosedLine {
                at: one.at.as_microsecond(),
                from: one.from,
                to: one.to,
                categories: code_list(one.categories),
                purpose: one.purpose,
                ground: one.ground,
                rule: one.rule,
                pack: one.pack,
                form: one.form,
                by: one.by,
            })
            .collect(),
    })
}

/// The form that records a consent. No kind of information is ticked in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecordPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) form: ConsentForm,
    pub(crate) purposes: Vec<String>,
    pub(crate) plain: Vec<String>,
    pub(crate) apart: Vec<String>,
    pub(crate) agencies: Vec<Choice>,
    /// Measure providers, which may only be told.
    pub(crate) providers: Vec<Choice>,
    pub(crate) colleagues: Vec<Choice>,
    pub(crate) forms: Vec<String>,
    pub(crate) givers: Vec<String>,
    pub(crate) latest: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RecordPage, "consent/pages/record.html");

async fn record_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: ConsentForm,
    faults: Vec<FieldFault>,
) -> Result<RecordPage, Fault> {
    let worker = desk.worker()?;
    let act = Act::of_worker(desk)?;
    let mut colleagues = match desk.actor().office {
        Some(office) => offices::colleagues(link, office).await?,
        None => Vec::new(),
    };
    // Who records it cannot be the one who heard it.
    colleagues.retain(|one| one.id != worker.id.to_string());
    Ok(RecordPage {
        person: permit.the_person()?.to_string(),
        name: persons::read(link, permit).await?.name(),
        form,
        purposes: Purpose::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        plain: plain(),
        apart: apart(),
        agencies: parties::agencies(&act, link, permit).await?,
        providers: parties::providers(&act, link, permit).await?,
        colleagues,
        forms: vec![Form::Written.as_str().to_owned(), Form::Oral.as_str().to_owned()],
        givers: GivenBy::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        latest: onedoor_domain::consent::latest_end(desk.today()).to_string(),
        faults,
    })
}

#[derive(Deserialize)]
struct Renewing {
    #[serde(default)]
    replaces: String,
}

async fn record_form(desk: Desk, Path(id): Path<PersonId>, Query(asked): Query<Renewing>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::RecordConsent, Subject::Person(id)).await?;
    let person = persons::read(&mut conn, &permit).await?;
    let form = ConsentForm {
        given_on: desk.today().to_string(),
        language: person.language,
        replaces: asked.replaces.parse::<ConsentId>().map(|id| id.to_string()).unwrap_or_default(),
        once: crate::app::new_id().to_string(),
        ..ConsentForm::default()
    };
    let page = record_page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

/// What they will see, shown before a consent is given.
#[derive(Serialize, ToSchema)]
pub(crate) struct PreviewPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) form: ConsentForm,
    pub(crate) given_on: String,
    pub(crate) doubtful: bool,
    #[serde(flatten)]
    pub(crate) shown: Shown,
}

crate::page!(PreviewPage, "consent/pages/preview.html");

async fn preview_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    act: &Act<'_>,
    form: ConsentForm,
    ready: &Ready,
) -> Result<PreviewPage, Fault> {
    let terms = &ready.new.terms;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: permit.person().iter().map(|id| id.0).collect(),
        detail: json!({ "preview": store::codes(terms.categories) }),
    });
    Ok(PreviewPage {
        person: permit.the_person()?.to_string(),
        name: persons::read(link, permit).await?.name(),
        given_on: terms.given_on.to_string(),
        doubtful: terms.doubtful,
        shown: shown::shown(act, link, permit, ready).await?,
        form,
    })
}

async fn preview(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<ConsentForm>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::RecordConsent, Subject::Person(id)).await?;
    let act = Act::of_worker(&desk)?;
    let mut faults = Faults::default();
    let ready = acts::prepare(&act, &mut conn, &permit, &form, &mut faults).await?;
    let Some(ready) = ready else {
        let faults = faults.into_list();
        let page = record_page(&desk, &mut conn, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let page = preview_page(&desk, &mut conn, &permit, &act, form, &ready).await?;
    desk.show(&page)
}

async fn give(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<ConsentForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::RecordConsent, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "consent.record", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "consent-recorded");
    }
    let act = Act::of_worker(&desk)?;
    let mut faults = Faults::default();
    let ready = acts::prepare_seen(&act, &mut tx, &permit, &form, &mut faults).await?;
    let Some(ready) = ready else {
        let faults = faults.into_list();
        let page = record_page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let consent = acts::give(&act, &mut tx, &permit, &ready).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: vec![id.0],
        detail: ready.detail(consent),
    });
    let location = format!("/consents/{consent}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "consent-recorded")
}

/// What became of a withdrawal at one receiver.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReceiptLine {
    pub(crate) agency: String,
    pub(crate) categories: Vec<String>,
    pub(crate) held: i64,
    pub(crate) told_at: i64,
    pub(crate) due_on: String,
    pub(crate) answered_at: Option<i64>,
    pub(crate) answer: String,
    pub(crate) reason: String,
    pub(crate) who: String,
}

/// A receiver that a part can be taken back from.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receiver {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// One consent.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) consent: ConsentLine,
    pub(crate) given_by: String,
    pub(crate) giver_name: String,
    pub(crate) giver_authority: String,
    pub(crate) second_giver: String,
    pub(crate) child_view: String,
    pub(crate) form_of: String,
    pub(crate) recorded_by: String,
    pub(crate) heard_by: String,
    pub(crate) recorded_at: i64,
    pub(crate) interpreter: String,
    pub(crate) capacity_note: String,
    pub(crate) replaces: Option<String>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) end_how: String,
    pub(crate) notice_number: i64,
    pub(crate) language: String,
    pub(crate) title: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) receipts: Vec<ReceiptLine>,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) may_withdraw: bool,
    pub(crate) may_renew: bool,
    pub(crate) ways: Vec<String>,
    pub(crate) version: i64,
    pub(crate) form: WithdrawForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ConsentPage, "consent/pages/consent.html");

/// A permit for the person of a consent. One that is not there is asked for as a
/// person who is not there: the answer and the work are the same.
async fn permit_for(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    id: ConsentId,
) -> Result<Permit, Fault> {
    let warrant = Warrant::new(Cause::Joined, &desk.app().vault);
    let person = store::whose(link, &warrant, id).await?.unwrap_or(PersonId(id.0));
    desk.permit(link, action, Subject::Person(person)).await
}

async fn consent_page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: ConsentId,
) -> Result<ConsentPage, Fault> {
    let stored = store::read(link, permit, viewer(desk)?, id, &desk.app().zone).await?;
    let person = permit.the_person()?;
    let notice = notices::read(link, stored.notice).await?;
    let told = notice.told(&stored.language).cloned().unwrap_or_default();
    let holds = stored.agreement.state(desk.today()) == State::Given;
    let receipts = receipts::receipts(link, permit, id).await?;
    let about = Subject::Person(person);
    Ok(ConsentPage {
        person: person.to_string(),
        name: persons::read(link, permit).await?.name(),
        consent: consent_line(&stored, desk.today()),
        given_by: stored.given_by.as_str().to_owned(),
        giver_name: stored.giver_name,
        giver_authority: stored.giver_authority,
        second_giver: stored.second_giver,
        child_view: stored.child_view,
        form_of: stored.form.as_str().to_owned(),
        recorded_by: stored.recorded_by,
        heard_by: stored.heard_by,
        recorded_at: stored.recorded_at.as_microsecond(),
        interpreter: stored.interpreter,
        capacity_note: stored.capacity_note,
        replaces: stored.replaces.map(|id| id.to_string()),
        ended_at: stored.agreement.ending.map(|ending| ending.at.as_microsecond()),
        end_how: stored.end_how,
        notice_number: stored.notice_number,
        language: stored.language,
        title: told.title,
        paragraphs: paragraphs(&told.body),
        receipts: receipts.into_iter().map(receipt_line).collect(),
        receivers: stored
            .to
            .iter()
            .map(|party| Receiver { id: party.id.to_string(), name: party.name.clone() })
            .collect(),
        may_withdraw: holds && desk.may(link, Action::WithdrawConsent, about).await?,
        may_renew: holds && desk.may(link, Action::RecordConsent, about).await?,
        ways: HEARD.map(str::to_owned).to_vec(),
        version: stored.version,
        form: WithdrawForm::default(),
        faults: Vec::new(),
    })
}

fn receipt_line(one: receipts::Receipt) -> ReceiptLine {
    let (at, answer, reason, who) = match one.answered {
        Some((at, answer, reason, who)) => (Some(at.as_microsecond()), answer, reason, who),
        None => (None, String::new(), String::new(), String::new()),
    };
    ReceiptLine {
        agency: one.agency,
        categories: code_list(one.categories),
        held: one.held,
        told_at: one.told_at.as_microsecond(),
        due_on: one.due_on,
        answered_at: at,
        answer,
        reason,
        who,
    }
}

async fn show(desk: Desk, Path(id): Path<ConsentId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = permit_for(&desk, &mut conn, Action::ReadConsent, id).await?;
    let page = consent_page(&desk, &mut conn, &permit, id).await?;
    desk.show(&page)
}

/// Something that stops.
#[derive(Serialize, ToSchema)]
pub(crate) struct StopLine {
    pub(crate) what: String,
    pub(crate) from: String,
    pub(crate) to: String,
}

/// What a receiver holds already.
#[derive(Serialize, ToSchema)]
pub(crate) struct HeldLine {
    pub(crate) agency: String,
    pub(crate) categories: Vec<String>,
    pub(crate) times: i64,
    pub(crate) last: i64,
}

/// What would follow from a withdrawal, shown before it is confirmed.
#[derive(Serialize, ToSchema)]
pub(crate) struct WithdrawPage {
    pub(crate) id: String,
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) form: WithdrawForm,
    pub(crate) lost: Vec<LostLine>,
    pub(crate) stops: Vec<StopLine>,
    pub(crate) held: Vec<HeldLine>,
    /// What is left; nothing when all of it is taken back.
    pub(crate) rest_categories: Vec<String>,
    pub(crate) rest_to: Vec<String>,
    pub(crate) answer_days: i64,
    /// Send this back with the withdrawal: it says that this was seen.
    pub(crate) seen: String,
}

crate::page!(WithdrawPage, "consent/pages/withdraw.html");

fn withdraw_page(person: PersonId, name: String, form: WithdrawForm, it: &Weighed) -> WithdrawPage {
    let name_of = |id: &onedoor_domain::ids::AgencyId| it.name_of(id);
    let withdrawal = &it.withdrawal;
    WithdrawPage {
        id: it.stored.agreement.id.to_string(),
        person: person.to_string(),
        name,
        form: WithdrawForm { version: it.stored.version.to_string(), ..form },
        lost: it.lost(),
        stops: it
            .stops
            .iter()
            .map(|one| StopLine {
                what: one.what.as_str().to_owned(),
                from: name_of(&one.from),
                to: name_of(&one.to),
            })
            .collect(),
        held: it
            .held
            .iter()
            .map(|(id, held)| HeldLine {
                agency: name_of(id),
                categories: code_list(held.categories),
                times: held.times,
                last: held.last.as_microsecond(),
            })
            .collect(),
        rest_categories: withdrawal
            .remains
            .as_ref()
            .map(|rest| code_list(rest.terms.categories))
            .unwrap_or_default(),
        rest_to: withdrawal
            .remains
            .as_ref()
            .map(|rest| rest.terms.to.iter().map(name_of).collect())
            .unwrap_or_default(),
        answer_days: acts::ANSWER_DAYS,
        seen: it.seen.clone(),
    }
}

async fn again(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    id: ConsentId,
    form: WithdrawForm,
    faults: Vec<FieldFault>,
) -> Reply {
    let mut page = consent_page(desk, link, permit, id).await?;
    page.form = form;
    page.faults.clone_from(&faults);
    desk.again(&page, faults)
}

async fn weigh(desk: Desk, Path(id): Path<ConsentId>, Input(form): Input<WithdrawForm>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = permit_for(&desk, &mut conn, Action::WithdrawConsent, id).await?;
    let act = Act::of_worker(&desk)?;
    let mut faults = Faults::default();
    let Some(it) = withdrawing::weigh(&act, &mut conn, &permit, id, &form, &mut faults).await?
    else {
        return again(&desk, &mut conn, &permit, id, form, faults.into_list()).await;
    };
    let name = persons::read(&mut conn, &permit).await?.name();
    desk.show(&withdraw_page(permit.the_person()?, name, form, &it))
}

async fn withdraw(
    desk: Desk,
    Path(id): Path<ConsentId>,
    Input(form): Input<WithdrawForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = permit_for(&desk, &mut tx, Action::WithdrawConsent, id).await?;
    let act = Act::new(&desk, Hand::Worker(desk.worker()?));
    let mut faults = Faults::default();
    let Some(it) = withdrawing::weigh_now(&act, &mut tx, &permit, id, &form, &mut faults).await?
    else {
        return again(&desk, &mut tx, &permit, id, form, faults.into_list()).await;
    };
    if let Err(faults) = it.was_seen(&form)? {
        return again(&desk, &mut tx, &permit, id, form, faults).await;
    }
    let now = withdrawing::withdraw(&act, &mut tx, &permit, &it).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: permit.person().iter().map(|id| id.0).collect(),
        detail: it.detail(),
    });
    desk.commit(tx).await?;
    desk.done(&format!("/consents/{now}"), "consent-withdrawn")
}
