//! Handing a measure provider what its agreement lists about a person: seen first, then
//! done, and written down word for word (REQ-INFO-01, REQ-INFO-05, REQ-INFO-16).

use axum::extract::{Path, RawQuery};
use onedoor_domain::ids::{PersonId, ProviderId};
use onedoor_domain::secrecy::{Action, Category, Ground, Purpose, Verdict, WallGround};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, Part, Provider};
use crate::consent::providers::reference;
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store::Choice;
use crate::person::store as persons;
use crate::policy::{Permit, Subject};
use crate::record::store as record;
use crate::record::store::What;
use crate::walls::{self, Giver, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<HandPage, _, _>(
            "/persons/{id}/hand",
            "What a measure provider may be handed about a person, and why",
            show,
        )
        .asking(&["provider", "condition"])
        .act::<HandForm, _, _>("/persons/{id}/hand", "Hands it over", hand)
        .creating()
        .see::<PaperPage, _, _>(
            "/persons/{id}/handings/{act}",
            "What was handed over, word for word",
            paper,
        )
}

/// Something that may be handed over.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct HandEntry {
    /// Names it in the form.
    pub(crate) id: String,
    /// The kind of a fact; empty for a note.
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) received_on: String,
}

/// One kind of information that the agreement lists.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct HandPart {
    pub(crate) category: String,
    pub(crate) open: bool,
    /// The rule that opens it.
    pub(crate) rule: String,
    /// The statute of that rule.
    pub(crate) basis: String,
    /// What would open it: `consent`, `necessity`, `nothing`.
    pub(crate) remedy: String,
    pub(crate) entries: Vec<HandEntry>,
}

/// A condition that the giver may say holds.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct HandCondition {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) said: bool,
}

/// An earlier hand-over.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct HandedLine {
    pub(crate) act: String,
    pub(crate) provider: String,
    pub(crate) at: i64,
}

/// What a provider may be handed.
#[derive(Serialize, ToSchema)]
pub(crate) struct HandPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) pack: String,
    pub(crate) providers: Vec<Choice>,
    pub(crate) provider: String,
    pub(crate) conditions: Vec<HandCondition>,
    pub(crate) parts: Vec<HandPart>,
    /// Whether who it is and that they have a case may be told: without that, nothing may.
    pub(crate) may_hand: bool,
    pub(crate) earlier: Vec<HandedLine>,
    pub(crate) form: HandForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(HandPage, "provider/pages/hand.html");

/// What is handed over.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct HandForm {
    /// To whom.
    #[serde(default)]
    pub(crate) provider: String,
    /// The conditions that the giver says hold: codes.
    #[serde(default)]
    pub(crate) condition: Vec<String>,
    /// What is handed over besides who it is: facts and notes, each ticked by itself.
    #[serde(default)]
    pub(crate) entry: Vec<String>,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// What one kind of information may be told on, and what there is of it.
struct Open {
    category: Category,
    verdict: Option<Verdict>,
    /// Each with what carries it: the day of receipt may lead to another rule than the kind's.
    entries: Vec<(HandEntry, WallGround)>,
}

impl Open {
    fn ground(&self) -> Option<&WallGround> {
        match &self.verdict {
            Some(Verdict::Permit(ground)) => Some(ground),
            _ => None,
        }
    }
}

/// Everything that the judgement and the page need.
struct Scene {
    name: String,
    contact: String,
    providers: Vec<Provider>,
    chosen: Option<Provider>,
    me: Giver,
    standing: Standing,
}

async fn scene(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    provider: &str,
    conditions: &[String],
) -> Result<Scene, Fault> {
    let agency = desk.worker()?.agency;
    let today = desk.today();
    let mut providers = store::providers(link, Some(agency)).await?;
    providers.retain(|one| one.holds(today));
    let wanted: Option<ProviderId> = provider.trim().parse().ok();
    let chosen = providers.iter().find(|one| Some(one.id) == wanted).cloned();
    let me = walls::giver_of(link, agency, desk.actor().office).await?.ok_or(Fault::Denied)?;
    let own = Standing::of(desk, link, permit).await?;
    let standing = match &chosen {
        Some(one) => own.before_provider(one.id, one.listed, conditions),
        None => own,
    };
    let person = persons::read(link, permit).await?;
    // How to reach the person as the own agency was told; another's is not in what it reads.
    let mut contact = vec![person.name()];
    let lines = [&person.phone, &person.email, &person.address, &person.postcode];
    contact.extend(lines.into_iter().filter(|line| !line.is_empty()).cloned());
    Ok(Scene { name: person.name(), contact: contact.join("\n"), providers, chosen, me, standing })
}

const PURPOSE: Purpose = Purpose::Coordination;

/// What the agreement lists, kind by kind, and what the walls say of each. A note that is
/// internal, a fact locked to another office, one that another agency gave and one that
/// never crosses are not there.
async fn open_parts(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    it: &Scene,
) -> Result<Vec<Open>, Fault> {
    let Some(chosen) = &it.chosen else { return Ok(Vec::new()) };
    let entries = record::entries(link, permit, it.me.id, desk.today()).await?;
    let office = desk.actor().office;
    let mut all = Vec::new();
    for category in chosen.listed.iter() {
        let verdict = it.standing.judge(&it.me, PURPOSE, category, Held::default());
        let mut open = Open { category, verdict, entries: Vec::new() };
        if open.ground().is_some() {
            for entry in entries.iter().filter(|entry| entry.category == category) {
                let held = Held {
                    internal: entry.internal,
                    locked: entry.lock.is_some() && entry.lock != office,
                    received: Some(entry.received),
                };
                let own = it.standing.judge(&it.me, PURPOSE, category, held);
                // What was taken over from another agency is that agency's to hand on.
                let taken_over = matches!(entry.what, What::Fact(_)) && entry.from.is_some();
                // Texts are handed over; a document goes its own way.
                let kind = match entry.what {
                    What::Fact(kind) => kind.as_str().to_owned(),
                    What::Note => String::new(),
                    What::Document(_) => continue,
                };
                let may = !taken_over && !entry.corrected && entry.may_cross(PURPOSE);
                if let (true, Some(Verdict::Permit(ground))) = (may, own) {
                    let one = HandEntry {
                        id: entry.id.to_string(),
                        kind,
                        text: entry.text.clone(),
                        received_on: entry.received.to_string(),
                    };
                    open.entries.push((one, ground));
                }
            }
        }
        all.push(open);
    }
    Ok(all)
}

/// Whether the provider may learn who it is and that they have a case: every hand-over
/// tells both.
fn may_hand(parts: &[Open]) -> bool {
    [Category::Id, Category::Case]
        .iter()
        .all(|told| parts.iter().any(|one| one.category == *told && one.ground().is_some()))
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: HandForm,
    faults: Vec<FieldFault>,
) -> Result<HandPage, Fault> {
    let it = scene(desk, link, permit, &form.provider, &form.condition).await?;
    let parts = open_parts(desk, link, permit, &it).await?;
    let pack = it.standing.pack();
    let language = desk.words().language();
    let conditions = match &it.chosen {
        None => Vec::new(),
        Some(_) => it.standing.declarable(&it.me, PURPOSE),
    };
    let conditions = conditions.into_iter().map(|code| {
        let entry = pack.condition(&code).and_then(|one| pack.condition_entry(one));
        let text = entry.map_or(code.clone(), |it| it.names.in_language(language).to_owned());
        HandCondition { said: form.condition.contains(&code), text, code }
    });
    let earlier = store::acts(link, permit, it.me.id).await?;
    let may_hand = may_hand(&parts);
    Ok(HandPage {
        person: permit.the_person()?.to_string(),
        name: it.name.clone(),
        pack: pack.names().in_language(language).to_owned(),
        providers: it
            .providers
            .iter()
            .map(|one| Choice { id: one.id.to_string(), name: one.name.clone() })
            .collect(),
        provider: it.chosen.as_ref().map(|one| one.id.to_string()).unwrap_or_default(),
        conditions: conditions.collect(),
        parts: parts.into_iter().map(|one| part(pack, one)).collect(),
        may_hand,
        earlier: earlier
            .into_iter()
            .map(|(act, provider, at)| HandedLine {
                act: act.to_string(),
                provider,
                at: at.as_microsecond(),
            })
            .collect(),
        form,
        faults,
    })
}

fn part(pack: &onedoor_domain::secrecy::Pack, one: Open) -> HandPart {
    let rule = one.ground().and_then(|ground| ground.rule).and_then(|id| pack.rule(id));
    HandPart {
        category: one.category.as_str().to_owned(),
        open: one.ground().is_some(),
        rule: rule.map(|rule| rule.code.clone()).unwrap_or_default(),
        basis: rule.map(|rule| rule.basis.clone()).unwrap_or_default(),
        remedy: match &one.verdict {
            Some(Verdict::Deny(refusal)) => crate::record::remedy_code(Some(refusal)).to_owned(),
            Some(Verdict::Permit(_)) => String::new(),
            None => crate::record::remedy_code(None).to_owned(),
        },
        entries: one.entries.into_iter().map(|(entry, _)| entry).collect(),
    }
}

async fn show(desk: Desk, Path(id): Path<PersonId>, RawQuery(query): RawQuery) -> Reply {
    let asked: HandForm = serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadRecord, Subject::Person(id)).await?;
    let once = crate::app::new_id().to_string();
    let form = HandForm { once, entry: Vec::new(), ..asked };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

/// What is handed over: who it is and that they have a case always, and of the rest what was
/// ticked. What stands on one rule is one part, so that a withdrawal finds it and the person
/// reads the law that carried it (REQ-INFO-03, REQ-INFO-04). Something that was ticked and is not
/// open is refused, never left out in silence.
fn chosen_parts(
    it: &Scene,
    open: Vec<Open>,
    ticked: &[String],
    faults: &mut Faults,
) -> Vec<(Part, Ground)> {
    let mut left: Vec<&String> = ticked.iter().collect();
    let mut parts = Vec::new();
    for one in open {
        let Some(ground) = one.ground() else { continue };
        let mut groups: Vec<(WallGround, Vec<String>)> = Vec::new();
        match one.category {
            Category::Id => groups.push((*ground, vec![it.contact.clone()])),
            Category::Case => groups.push((*ground, vec![it.me.name.clone()])),
            _ => {}
        }
        for (entry, by) in &one.entries {
            if !ticked.contains(&entry.id) {
                continue;
            }
            left.retain(|id| **id != entry.id);
            match groups.iter_mut().find(|(ground, _)| ground == by) {
                Some((_, lines)) => lines.push(entry.text.clone()),
                None => groups.push((*by, vec![entry.text.clone()])),
            }
        }
        for (ground, lines) in groups {
            let rule = ground.rule.map(|id| it.standing.pack().rule_code(id)).unwrap_or_default();
            let journal = walls::journal_ground(&ground);
            let part = Part {
                category: one.category,
                ground: journal.as_str(),
                rule: rule.to_owned(),
                consent: ground.consent,
                body: lines.join("\n"),
            };
            parts.push((part, journal));
        }
    }
    if !left.is_empty() {
        faults.add("entry", "provider-not-open");
    }
    parts
}

async fn hand(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<HandForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::HandOver, Subject::Person(id)).await?;
    let once = Once::look(&desk, &mut tx, "provider.hand", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "provider-handed");
    }
    let me = desk.worker()?;
    let it = scene(&desk, &mut tx, &permit, &form.provider, &form.condition).await?;
    let mut faults = Faults::default();
    let open = open_parts(&desk, &mut tx, &permit, &it).await?;
    if it.chosen.is_none() {
        faults.add("provider", "choose");
    } else if !may_hand(&open) {
        faults.add("provider", "provider-closed");
    }
    let parts = chosen_parts(&it, open, &form.entry, &mut faults);
    let (Some(chosen), true) = (&it.chosen, faults.is_empty()) else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let pack = it.standing.pack().code();
    for (part, ground) in &parts {
        desk.note(Entry {
            action: permit.action(),
            ground: Some(*ground),
            subject: permit.subject(),
            persons: vec![id.0],
            detail: json!({
                "provider": chosen.id.to_string(),
                "pack": pack,
                "rule": part.rule,
                "category": part.category.as_str(),
                "consent": part.consent.map(|id| id.to_string()),
            }),
        });
    }
    let parts: Vec<Part> = parts.into_iter().map(|(part, _)| part).collect();
    let handing = store::Handing {
        provider: chosen.id,
        agency: it.me.id,
        purpose: PURPOSE,
        conditions: &form.condition.join(" "),
        pack,
        parts: &parts,
        by: me.id,
    };
    let act = store::hand(&mut tx, &permit, &handing, desk.now()).await?;
    let location = format!("/persons/{id}/handings/{act}");
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "provider-handed")
}

/// One part of what was handed over.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperPart {
    pub(crate) category: String,
    pub(crate) rule: String,
    pub(crate) ground: String,
    pub(crate) body: String,
}

/// What was handed over, as it can be printed.
#[derive(Serialize, ToSchema)]
pub(crate) struct PaperPage {
    pub(crate) person: String,
    /// The end of the act's identifier, by which the provider is told of it later.
    pub(crate) reference: String,
    pub(crate) provider: String,
    pub(crate) agreement: String,
    pub(crate) at: i64,
    pub(crate) by: String,
    pub(crate) purpose: String,
    pub(crate) pack: String,
    pub(crate) parts: Vec<PaperPart>,
}

crate::page!(PaperPage, "provider/pages/paper.html");

async fn paper(desk: Desk, Path((id, act)): Path<(PersonId, Uuid)>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadRecord, Subject::Person(id)).await?;
    let agency = desk.worker()?.agency;
    let it = store::paper(&mut conn, &permit, agency, act).await?;
    desk.show(&PaperPage {
        person: id.to_string(),
        reference: reference(act),
        provider: it.provider,
        agreement: it.agreement,
        at: it.at.as_microsecond(),
        by: it.by,
        purpose: it.purpose,
        pack: it.pack,
        parts: it
            .parts
            .into_iter()
            .map(|one| PaperPart {
                category: one.category,
                rule: one.rule,
                ground: one.ground,
                body: one.body,
            })
            .collect(),
    })
}
