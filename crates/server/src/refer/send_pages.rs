//! Sending a referral: to whom, why, what for, until when, and on what ground it may be told
//! (REQ-REF-02, REQ-REF-16, REQ-INFO-01).

use axum::extract::Path;
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, CaseId, UnitId};
use onedoor_domain::need::NeedKind;
use onedoor_domain::refer::{Reason as Why, Receiver, Wish};
use onedoor_domain::secrecy::{Action, Category, Ground, Reason, Remedy, Verdict};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::pages::{PURPOSE, page};
use super::store::{self, NewReferral};
use crate::case::{history, store as cases, tell_of};
use crate::db::{Link, Tx};
use crate::journal::Entry;
use crate::office::store as offices;
use crate::policy::{Permit, Subject};
use crate::provider::store::{self as providers, Provider};
use crate::walls::{self, Giver, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .act::<SendForm, _, _>(
            "/cases/{id}/referrals",
            "Refers the case, or a part of it, to somebody else",
            send,
        )
        .creating()
}

/// The most days that a receiver may be given.
const MOST_DAYS: i64 = 90;

/// A referral as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SendForm {
    /// `unit`, `provider`, `health` or `school`.
    #[serde(default)]
    pub(crate) receiver: String,
    /// The unit, where it goes to one.
    #[serde(default)]
    pub(crate) unit: String,
    /// The provider, where it goes to one.
    #[serde(default)]
    pub(crate) provider: String,
    /// The surgery or the school by name.
    #[serde(default)]
    pub(crate) to_name: String,
    /// `take_over` or `part`; outside the house only a part can be asked for.
    #[serde(default)]
    pub(crate) wish: String,
    /// Why: a code.
    #[serde(default)]
    pub(crate) reason: String,
    /// What is needed: a code of the list of needs. It says what the need tells of.
    #[serde(default)]
    pub(crate) need_kind: String,
    /// What is needed, in words.
    #[serde(default)]
    pub(crate) need: String,
    /// Conditions that the referral is made under; may be empty.
    #[serde(default)]
    pub(crate) conditions: String,
    /// Conditions of the law that the sender says hold: codes.
    #[serde(default)]
    pub(crate) condition: Vec<String>,
    /// The day on which the person agreed that a receiver outside the house is told; may be
    /// empty where the law lets it be told without.
    #[serde(default)]
    pub(crate) agreed_on: String,
    /// The last day for an answer.
    #[serde(default)]
    pub(crate) deadline: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// A condition of the law that the sender may say holds.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ConditionLine {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) said: bool,
}

/// What the sender may say holds before any receiver outside the house.
pub(super) async fn declarable(
    desk: &Desk,
    link: &mut Link,
    standing: &Standing,
    form: &SendForm,
) -> Result<Vec<ConditionLine>, Fault> {
    let worker = desk.worker()?;
    let me = walls::giver_of(link, worker.agency, desk.actor().office).await?;
    let me = me.ok_or(Fault::Denied)?;
    let mut codes: Vec<String> = Vec::new();
    for role in Receiver::ALL.iter().filter_map(|one| one.role()) {
        codes.extend(standing.before_body(role, &[]).declarable(&me, PURPOSE));
    }
    codes.sort();
    codes.dedup();
    let (pack, language) = (standing.pack(), desk.words().language());
    let line = |code: String| {
        let entry = pack.condition(&code).and_then(|one| pack.condition_entry(one));
        let text = entry.map_or(code.clone(), |it| it.names.in_language(language).to_owned());
        ConditionLine { said: form.condition.contains(&code), text, code }
    };
    Ok(codes.into_iter().map(line).collect())
}

/// To whom a referral goes.
enum To {
    Unit(AgencyId, UnitId),
    Provider(Box<Provider>),
    Named(String),
}

/// What a form says that is right.
struct Read {
    receiver: Receiver,
    to: To,
    wish: Wish,
    reason: Why,
    need_kind: NeedKind,
    need: String,
    conditions: String,
    agreed_on: Option<Date>,
    deadline: Date,
}

async fn to(
    desk: &Desk,
    tx: &mut Tx,
    (receiver, form): (Receiver, &SendForm),
    faults: &mut Faults,
) -> Result<Option<To>, Fault> {
    let worker = desk.worker()?;
    match receiver {
        Receiver::Unit => {
            let unit = form.unit.trim().parse().ok().map(UnitId);
            let unit = unit.filter(|unit| *unit != worker.unit);
            let found = match unit {
                Some(unit) => offices::unit(tx, unit).await?.map(|(_, agency, _)| (agency, unit)),
                None => None,
            };
            if found.is_none() {
                faults.add("unit", "choose");
            }
            Ok(found.map(|(agency, unit)| To::Unit(agency, unit)))
        }
        Receiver::Provider => {
            let all = providers::providers(tx, Some(worker.agency)).await?;
            let wanted = form.provider.trim();
            let found =
                all.into_iter().find(|one| one.id.to_string() == wanted && one.holds(desk.today()));
            if found.is_none() {
                faults.add("provider", "choose");
            }
            Ok(found.map(|one| To::Provider(Box::new(one))))
        }
        Receiver::Health | Receiver::School => {
            let name = faults.line("to_name", &form.to_name);
            Ok((!name.is_empty()).then_some(To::Named(name)))
        }
    }
}

async fn read(
    desk: &Desk,
    tx: &mut Tx,
    form: &SendForm,
    faults: &mut Faults,
) -> Result<Option<Read>, Fault> {
    let receiver = faults.choice("receiver", &form.receiver, Receiver::parse);
    let wish = faults.choice("wish", &form.wish, Wish::parse);
    let reason = faults.choice("reason", &form.reason, Why::parse);
    let need_kind = faults.choice("need_kind", &form.need_kind, NeedKind::parse);
    let need = text::required(&form.need, text::PARAGRAPH);
    let need = faults.take("need", need, |e| e.code().into());
    let conditions = faults.optional_paragraph("conditions", &form.conditions);
    let agreed_on = faults.optional_date("agreed_on", &form.agreed_on);
    if agreed_on.is_some_and(|day| day > desk.today()) {
        faults.add("agreed_on", "refer-future");
    }
    let deadline = faults.date("deadline", &form.deadline);
    let last = desk.today().checked_add(MOST_DAYS.days()).unwrap_or(desk.today());
    if deadline.is_some_and(|day| day < desk.today() || day > last) {
        faults.add("deadline", "refer-deadline");
    }
    if receiver.is_some_and(Receiver::is_outside) && wish == Some(Wish::TakeOver) {
        faults.add("wish", "refer-outside-part");
    }
    let to = match receiver {
        Some(receiver) => to(desk, tx, (receiver, form), faults).await?,
        None => None,
    };
    let (Some(receiver), Some(to), Some(wish), Some(reason)) = (receiver, to, wish, reason) else {
        return Ok(None);
    };
    let (Some(need_kind), Some(need), Some(deadline)) = (need_kind, need, deadline) else {
        return Ok(None);
    };
    Ok(Some(Read { receiver, to, wish, reason, need_kind, need, conditions, agreed_on, deadline }))
}

/// What a referral tells: that there is a case, and what the need is of; outside the house also who
/// it is about.
fn told(category: Category, outside: bool) -> Vec<Category> {
    let mut all = if outside { vec![Category::Id, Category::Case] } else { vec![Category::Case] };
    if !all.contains(&category) {
        all.push(category);
    }
    all
}

/// The field that a closed wall is told on: the receiver where it may know of no case, the need
/// where it may know of the case and not of this.
fn field(category: Category) -> &'static str {
    match category {
        Category::Id | Category::Case => "receiver",
        _ => "need_kind",
    }
}

/// REQ-INFO-01: tells a receiver outside the house by what the pack lets through. Where it asks for
/// the person's own word, or says nothing of such a receiver, the receiver is told on the day's
/// agreement that the sender writes down; a provider under a rule that asks for consent, by one that
/// is recorded, as with everything that is handed to it. What the pack closes stays closed.
async fn tell_outside(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (it, form): (&Read, &SendForm),
    faults: &mut Faults,
) -> Result<(&'static str, String), Fault> {
    let me: Giver = {
        let agency = desk.worker()?.agency;
        walls::giver_of(link, agency, desk.actor().office).await?.ok_or(Fault::Denied)?
    };
    let own = Standing::of(desk, link, permit).await?;
    let standing = match &it.to {
        To::Provider(one) => own.before_provider(one.id, one.listed, &form.condition),
        _ => own.before_body(it.receiver.role().unwrap_or_default(), &form.condition),
    };
    let pack = standing.pack();
    let (mut ground, mut rule) = (Ground::Law, String::new());
    let mut entries = Vec::new();
    for category in told(it.need_kind.category(), true) {
        let verdict = standing.judge(&me, PURPOSE, category, Held::default());
        let (by, code, consent) = match verdict {
            Some(Verdict::Permit(by)) => {
                let code = by.rule.map(|id| pack.rule_code(id).to_owned()).unwrap_or_default();
                (walls::journal_ground(&by), code, by.consent)
            }
            Some(Verdict::Deny(refusal)) => {
                let asks =
                    matches!(refusal.remedy, Remedy::Consent { .. } | Remedy::Necessity { .. });
                // Where the pack says nothing at all of such a receiver, the person's word does.
                let silent = refusal.reasons.iter().all(|reason| *reason == Reason::NoRule);
                if asks && it.receiver == Receiver::Provider {
                    faults.add(field(category), "wall-consent");
                    continue;
                }
                if !asks && !silent {
                    faults.add(field(category), "wall-nothing");
                    continue;
                }
                if it.agreed_on.is_none() {
                    faults.add("agreed_on", "refer-agreed");
                    continue;
                }
                (Ground::Consent, String::new(), None)
            }
            None => {
                faults.add(field(category), "wall-nothing");
                continue;
            }
        };
        entries.push(Entry {
            action: permit.action(),
            ground: Some(by),
            subject: permit.subject(),
            persons: permit.person().iter().map(|p| p.0).collect(),
            detail: json!({
                "receiver": it.receiver.as_str(), "pack": pack.code(), "rule": code,
                "purpose": PURPOSE.as_str(), "category": category.as_str(),
                "consent": consent.map(|id| id.to_string()),
                "agreed_on": it.agreed_on.map(|day| day.to_string()),
            }),
        });
        (ground, rule) = (by, code);
    }
    // What is refused on the way has told nobody anything.
    if faults.is_empty() {
        for entry in entries {
            desk.note(entry);
        }
    }
    Ok((ground.as_str(), rule))
}

async fn send(desk: Desk, Path(id): Path<CaseId>, Input(form): Input<SendForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Refer, Subject::Case(id)).await?;
    let once = Once::look(&desk, &mut tx, "refer.send", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "referral-sent");
    }
    let stored = cases::read(&mut tx, &permit).await?;
    if stored.closed.is_some() {
        return Err(Fault::conflict("refer-case-closed"));
    }
    let owner = stored.case.responsible;
    let mut faults = Faults::default();
    let it = read(&desk, &mut tx, &form, &mut faults).await?;
    let mut ground = (Ground::Law.as_str(), String::new());
    if let Some(it) = &it {
        match it.to {
            To::Unit(agency, unit) => {
                if unit == owner.unit {
                    faults.add("unit", "refer-own-unit");
                }
                for category in told(it.need_kind.category(), false) {
                    // What is refused on the way tells nobody anything.
                    if !faults.is_empty() {
                        break;
                    }
                    let ends = (owner.agency, agency);
                    if let Some(code) = tell_of(&desk, &mut tx, &permit, ends, category).await? {
                        faults.add(field(category), code);
                    }
                }
            }
            _ => ground = tell_outside(&desk, &mut tx, &permit, (it, &form), &mut faults).await?,
        }
    }
    let (Some(it), true) = (it, faults.is_empty()) else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let new = NewReferral {
        office: stored.office,
        // Who answers for the case sends it, whoever of them writes it.
        from: (owner.agency, owner.unit),
        by: worker.id,
        receiver: it.receiver,
        unit: match it.to {
            To::Unit(agency, unit) => Some((agency, unit)),
            _ => None,
        },
        provider: match &it.to {
            To::Provider(one) => Some(one.id),
            _ => None,
        },
        to_name: match &it.to {
            To::Named(name) => name.as_str(),
            _ => "",
        },
        wish: it.wish,
        reason: it.reason,
        need_kind: it.need_kind,
        need: &it.need,
        conditions: &it.conditions,
        ground: (ground.0, &ground.1),
        agreed_on: it.agreed_on,
        deadline: it.deadline,
    };
    let when = (desk.today(), desk.now());
    store::send(&mut tx, &permit, &new, when).await?;
    let actor = desk.actor().id;
    history::event(&mut tx, &permit, id, "referral_sent", actor, &json!({}), desk.now()).await?;
    let location = format!("/cases/{id}/referrals");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "referral-sent")
}
