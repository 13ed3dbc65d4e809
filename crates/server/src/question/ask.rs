//! May a body see this, for this purpose, under these conditions? The answer comes
//! from the function that decides, with everything that was looked at on the way.

use axum::extract::RawQuery;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::{AgencyId, ConsentId, NecessityId, PersonId, SingleAccessId};
use onedoor_domain::secrecy::{
    Action, Body, Categories, Category, Conditions, Consent, Explanation, Group, Groups, Necessity,
    Overlay, Overlays, Pack, Purpose, Reason, Refusal, Remedy, Request, SingleAccess, Standing,
    Transfer, Verdict, WallGround, explain,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::told::{self, PackShort, ToldCode, told};
use crate::office::store::Choice;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, FieldFault, Reply, Routes};
use crate::words::Words;

/// The routes of the questions.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<AskPage, _, _>(
            "/policy/ask",
            "Whether a body may see something, by which rule, and what would make it a yes",
            ask,
        )
        .asking(&[
            "pack",
            "from",
            "to",
            "purpose",
            "category",
            "when",
            "overlay",
            "mark",
            "own",
            "list",
            "internal",
            "agreed",
            "consent",
            "necessity",
            "single",
        ])
}

/// A question as it is put. It names no person.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub struct Question {
    /// Which pack: nothing is the one that holds here today; a date, a code, or `code@version`.
    #[serde(default)]
    pub pack: String,
    /// The body that has the information.
    #[serde(default)]
    pub from: String,
    /// The body that asks.
    #[serde(default)]
    pub to: String,
    /// What for.
    #[serde(default)]
    pub purpose: String,
    /// The kind of information.
    #[serde(default)]
    pub category: String,
    /// Conditions that hold.
    #[serde(default)]
    pub when: Vec<String>,
    /// What is known about the person and the tie.
    #[serde(default)]
    pub overlay: Vec<String>,
    /// What the worker is marked for.
    #[serde(default)]
    pub mark: Vec<String>,
    /// `yes` when it is the asking agency's own.
    #[serde(default)]
    pub own: String,
    /// `yes` for a list of several people.
    #[serde(default)]
    pub list: String,
    /// `yes` for an internal note.
    #[serde(default)]
    pub internal: String,
    /// `yes` when the agreement with the receiver lists it.
    #[serde(default)]
    pub agreed: String,
    /// `valid`, `withdrawn`, `expired`, `doubtful`, `other`, or nothing.
    #[serde(default)]
    pub consent: String,
    /// `valid`, `expired`, `other`, or nothing.
    #[serde(default)]
    pub necessity: String,
    /// `valid`, `refused`, `expired`, or nothing.
    #[serde(default)]
    pub single: String,
}

const CONSENTS: [&str; 5] = ["valid", "withdrawn", "expired", "doubtful", "other"];
const NECESSITIES: [&str; 3] = ["valid", "expired", "other"];
const SINGLES: [&str; 3] = ["valid", "refused", "expired"];

/// A question that the pack understands.
#[derive(Clone, Debug)]
pub struct Put {
    from: Body,
    to: Body,
    purpose: Purpose,
    category: Category,
    conditions: Conditions,
    overlays: Overlays,
    groups: Groups,
    own: bool,
    list: bool,
    internal: bool,
    agreed: bool,
    consent: Option<&'static str>,
    necessity: Option<&'static str>,
    single: Option<&'static str>,
}

fn state(
    faults: &mut Faults,
    field: &str,
    value: &str,
    known: &'static [&'static str],
) -> Option<&'static str> {
    let found = known.iter().find(|one| **one == value).copied();
    if found.is_none() && !value.is_empty() {
        faults.add(field, "choose");
    }
    found
}

/// Reads a question for a pack.
///
/// # Errors
/// Every field that the pack does not understand.
pub fn read_question(question: &Question, pack: &Pack) -> Result<Put, Vec<FieldFault>> {
    let mut faults = Faults::default();
    let unknown = |faults: &mut Faults, field: &str| faults.add(field, "choose");
    let (from, to) = (pack.body(&question.from), pack.body(&question.to));
    for (field, body) in [("from", from), ("to", to)] {
        if body.is_none() {
            unknown(&mut faults, field);
        }
    }
    let purpose = faults.choice("purpose", &question.purpose, Purpose::parse);
    let category = faults.choice("category", &question.category, Category::parse);
    let mut conditions = Conditions::NONE;
    for code in &question.when {
        match pack.condition(code) {
            Some(condition) => conditions = conditions.with(condition),
            None => unknown(&mut faults, "when"),
        }
    }
    let mut overlays = Overlays::NONE;
    for code in &question.overlay {
        match Overlay::parse(code) {
            Some(fact) => overlays = overlays.with(fact),
            None => unknown(&mut faults, "overlay"),
        }
    }
    let mut groups = Groups::NONE;
    for code in &question.mark {
        match Group::parse(code) {
            Some(mark) => groups = groups.with(mark),
            None => unknown(&mut faults, "mark"),
        }
    }
    let consent = state(&mut faults, "consent", &question.consent, &CONSENTS);
    let necessity = state(&mut faults, "necessity", &question.necessity, &NECESSITIES);
    let single = state(&mut faults, "single", &question.single, &SINGLES);
    match (from, to, purpose, category) {
        (Some(from), Some(to), Some(purpose), Some(category)) if faults.is_empty() => Ok(Put {
            from,
            to,
            purpose,
            category,
            conditions,
            overlays,
            groups,
            own: question.own == "yes",
            list: question.list == "yes",
            internal: question.internal == "yes",
            agreed: question.agreed == "yes",
            consent,
            necessity,
            single,
        }),
        _ => Err(faults.into_list()),
    }
}

/// The agencies of a question are nobody's: it is about bodies.
const GIVER: AgencyId = AgencyId(Uuid::from_u128(1));
const RECEIVER: AgencyId = AgencyId(Uuid::from_u128(2));

impl Put {
    fn giver(&self) -> AgencyId {
        if self.own { RECEIVER } else { GIVER }
    }

    /// Another kind of information than the one in question.
    fn another(&self) -> Categories {
        Categories::ALL.without(self.category)
    }

    fn consents(&self, now: Timestamp, today: Date) -> Vec<Consent> {
        let state = self.consent.unwrap_or_default();
        let given_at = now.checked_sub(48.hours()).unwrap_or(now);
        let consent = |_| Consent {
            id: ConsentId(Uuid::from_u128(3)),
            person: PersonId(Uuid::from_u128(4)),
            purpose: self.purpose,
            from: vec![self.giver()],
            to: vec![RECEIVER],
            categories: match state {
                "other" => self.another(),
                _ => Categories::only(self.category),
            },
            given_at,
            valid_until: if state == "expired" { before(today) } else { today },
            withdrawn_at: (state == "withdrawn").then_some(now),
            doubtful: state == "doubtful",
        };
        self.consent.map(consent).into_iter().collect()
    }

    fn necessities(&self, today: Date) -> Vec<Necessity> {
        let necessity = |state| Necessity {
            id: NecessityId(Uuid::from_u128(5)),
            from: self.giver(),
            to: RECEIVER,
            purpose: self.purpose,
            categories: match state {
                "other" => self.another(),
                _ => Categories::only(self.category),
            },
            valid_until: if state == "expired" { before(today) } else { today },
        };
        self.necessity.map(necessity).into_iter().collect()
    }

    fn single(&self, now: Timestamp, today: Date) -> Option<SingleAccess> {
        self.single.map(|state| SingleAccess {
            id: SingleAccessId(Uuid::from_u128(6)),
            granted_at: now.checked_sub(48.hours()).unwrap_or(now),
            valid_until: if state == "expired" { before(today) } else { today },
            refused: state == "refused",
        })
    }

    /// Puts the question to the pack.
    #[must_use]
    pub fn explain(&self, pack: &Pack, now: Timestamp, today: Date) -> Explanation {
        let consents = self.consents(now, today);
        let necessities = self.necessities(today);
        let single = self.single(now, today);
        let request = Request {
            from: self.from,
            to: self.to,
            giver: self.giver(),
            receiver: RECEIVER,
            purpose: self.purpose,
            category: self.category,
            conditions: self.conditions,
            transfer: if self.list { Transfer::List } else { Transfer::Record },
            internal: self.internal,
            agreement: self.agreed.then_some(Categories::only(self.category)),
            overlays: self.overlays,
            groups: self.groups,
            single: single.as_ref(),
            consents: &consents,
            necessities: &necessities,
            now,
            today,
        };
        explain(pack, &request)
    }
}

fn before(day: Date) -> Date {
    day.yesterday().unwrap_or(day)
}

/// A rule that was in question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuleTold {
    /// Its code.
    pub rule: String,
    /// What it does with the kind of information.
    pub letter: ToldCode,
    /// What became of it.
    pub standing: ToldCode,
    /// Its conditions.
    pub when: Vec<ToldCode>,
    /// Those that do not hold.
    pub missing: Vec<ToldCode>,
    /// The statute.
    pub basis: String,
    /// Whether the statute was read in full.
    pub verified: bool,
}

/// An overlay that was looked at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverlayTold {
    /// Its code.
    pub overlay: String,
    /// What people call it.
    pub name: String,
    /// `hard` or `soft`.
    pub kind: String,
    /// What became of it.
    pub state: ToldCode,
    /// Which of its facts are there.
    pub facts: Vec<ToldCode>,
}

/// The answer to a question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answer {
    /// Whether it may be seen.
    pub yes: bool,
    /// The answer in sentences, the first of which says yes or no.
    pub says: Vec<String>,
    /// The rule that opens or closes it, or would if nothing else stood in the way; empty where
    /// there is none.
    pub rule: String,
    /// The statute of that rule.
    pub basis: String,
    /// Every reason of a no, in the order in which they are looked at.
    pub reasons: Vec<ToldCode>,
    /// What would make a no a yes.
    pub remedies: Vec<ToldCode>,
    /// What the receiver must do about a yes, and everybody about a no.
    pub duties: Vec<ToldCode>,
    /// The rules between the two bodies, the strongest first.
    pub rules: Vec<RuleTold>,
    /// The overlays, the first asked first.
    pub overlays: Vec<OverlayTold>,
}

/// Answers a question in words.
#[must_use]
pub fn answer(words: Words, pack: &Pack, put: &Put, now: Timestamp, today: Date) -> Answer {
    let Explanation { overlays, unknown, rules, verdict } = put.explain(pack, now, today);
    let names = (told::body_name(words, pack, put.to), told::body_name(words, pack, put.from));
    let won = rules.iter().find(|line| line.standing == Standing::Won).map(|line| line.rule);
    let rule = won.and_then(|id| pack.rule(id));
    let yes = verdict.is_permit();
    let head = if yes { "policy-ask-yes" } else { "policy-ask-no" };
    let about = words.with2(
        "policy-ask-about",
        words.of("policy-info", put.category.as_str()).into_owned(),
        words.of("policy-for", put.purpose.as_str()).into_owned(),
    );
    let mut says = vec![words.with2(head, &names.0, &names.1), about];
    let mut reasons = Vec::new();
    let mut remedies = Vec::new();
    // Something else than the rule stands in the way.
    let mut barred = false;
    let duties = match &verdict {
        Verdict::Permit(ground) => {
            says.extend(grounds(words, ground));
            ground.obligations
        }
        Verdict::Deny(refusal) => {
            reasons = refusal.reasons.iter().map(|one| reason(words, *one)).collect();
            remedies = helps(words, refusal, put, &names.1);
            barred = refusal.reasons.iter().any(|one| {
                one.overlay().is_some() || matches!(one, Reason::Internal | Reason::NotInAgreement)
            });
            refusal.obligations
        }
    };
    if let Some(rule) = rule {
        let letter = words.of("policy-letter", rule.letters.of(put.category).as_str());
        let key = if barred { "policy-ask-rule-else" } else { "policy-ask-rule" };
        says.push(words.with2(key, &rule.code, letter.into_owned()));
        says.push(words.with("policy-ask-basis", &rule.basis));
        if !rule.verified {
            says.push(words.t("policy-unverified").into_owned());
        }
    }
    if unknown {
        says.push(words.t("policy-ask-unknown").into_owned());
    }
    Answer {
        yes,
        says,
        rule: rule.map(|it| it.code.clone()).unwrap_or_default(),
        basis: rule.map(|it| it.basis.clone()).unwrap_or_default(),
        reasons,
        remedies,
        duties: told::duties(words, duties),
        rules: rules.iter().filter_map(|line| rule_told(words, pack, *line)).collect(),
        overlays: overlays
            .into_iter()
            .map(|line| OverlayTold {
                name: pack
                    .overlays()
                    .iter()
                    .find(|it| it.code == line.code)
                    .map(|it| it.names.in_language(words.language()).to_owned())
                    .unwrap_or_default(),
                overlay: line.code,
                kind: line.kind.as_str().to_owned(),
                state: told(words, "policy-overlay", line.state.as_str()),
                facts: told::facts(words, line.facts),
            })
            .collect(),
    }
}

fn rule_told(
    words: Words,
    pack: &Pack,
    line: onedoor_domain::secrecy::RuleLine,
) -> Option<RuleTold> {
    let rule = pack.rule(line.rule)?;
    let missing = match line.standing {
        Standing::Fails(missing) => missing,
        _ => Conditions::NONE,
    };
    Some(RuleTold {
        rule: rule.code.clone(),
        letter: told(words, "policy-letter", line.effect.as_str()),
        standing: told(words, "policy-standing", line.standing.as_str()),
        when: told::conditions(words, pack, rule.when),
        missing: told::conditions(words, pack, missing),
        basis: rule.basis.clone(),
        verified: rule.verified,
    })
}

/// Through what a yes holds, besides the rule.
fn grounds(words: Words, ground: &WallGround) -> Vec<String> {
    let parts = [
        (ground.is_own(), "policy-ask-own"),
        (ground.consent.is_some(), "policy-ask-by-consent"),
        (ground.necessity.is_some(), "policy-ask-by-necessity"),
        (ground.single.is_some(), "policy-ask-by-single"),
    ];
    parts.into_iter().filter(|it| it.0).map(|(_, key)| words.t(key).into_owned()).collect()
}

fn reason(words: Words, reason: Reason) -> ToldCode {
    let key = format!("policy-why-{}", reason.code());
    let text = match reason.overlay() {
        Some(fact) => words.with(&key, words.of("policy-fact", fact.as_str()).into_owned()),
        None => words.t(&key).into_owned(),
    };
    ToldCode { code: reason.code().to_owned(), text }
}

fn helps(words: Words, refusal: &Refusal, put: &Put, giver: &str) -> Vec<ToldCode> {
    let category = words.of("policy-info", put.category.as_str()).into_owned();
    let help = |remedy: &Remedy| {
        let key = format!("policy-remedy-{}", remedy.code());
        let text = match remedy {
            Remedy::Nothing | Remedy::SingleAccess => words.t(&key).into_owned(),
            Remedy::Consent { .. } | Remedy::Necessity { .. } => {
                words.with2(&key, giver, category.clone())
            }
        };
        ToldCode { code: remedy.code().to_owned(), text }
    };
    std::iter::once(&refusal.remedy).chain(&refusal.also).map(help).collect()
}

/// The form of a question, and the answer.
#[derive(Serialize, ToSchema)]
pub(crate) struct AskPage {
    pub(crate) question: Question,
    pub(crate) pack: PackShort,
    pub(crate) packs: Vec<Choice>,
    pub(crate) bodies: Vec<Choice>,
    pub(crate) purposes: Vec<String>,
    pub(crate) categories: Vec<String>,
    /// Conditions that matter between the two bodies for the purpose.
    pub(crate) conditions: Vec<ToldCode>,
    pub(crate) overlays: Vec<ToldCode>,
    pub(crate) marks: Vec<ToldCode>,
    pub(crate) consents: Vec<String>,
    pub(crate) necessities: Vec<String>,
    pub(crate) singles: Vec<String>,
    pub(crate) answer: Option<Answer>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(AskPage, "question/pages/ask.html");

fn list(codes: &[&str]) -> Vec<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

async fn ask(desk: Desk, RawQuery(query): RawQuery) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    let words = desk.words();
    let question: Question =
        serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let walls = &desk.app().walls;
    let office = desk.actor().office;
    let asked = told::find(walls, office, desk.today(), &question.pack);
    let known = asked.is_some();
    let holds = walls.pack(office, desk.today());
    let Some(pack) = asked.or(holds).or(walls.packs().first().map(|it| it.pack.clone())) else {
        return Err(crate::web::Fault::Hidden);
    };
    let put = read_question(&question, &pack);
    let mut faults = Vec::new();
    if !known {
        faults.push(FieldFault::new("pack", "choose"));
    }
    let begun = [&question.from, &question.to, &question.purpose, &question.category];
    let begun = begun.iter().any(|field| !field.is_empty());
    let mut given = None;
    match put {
        Ok(put) if known => given = Some(answer(words, &pack, &put, desk.now(), desk.today())),
        Err(more) if begun => faults.extend(more),
        _ => {}
    }
    let between = match (
        pack.body(&question.from),
        pack.body(&question.to),
        Purpose::parse(&question.purpose),
    ) {
        (Some(from), Some(to), Some(purpose)) => pack.conditions_between(from, to, purpose),
        _ => Conditions::NONE,
    };
    let held = pack.conditions_of(question.when.iter().map(String::as_str));
    let page = AskPage {
        pack: told::short(words, &pack),
        packs: told::choices(words, walls),
        bodies: told::bodies(words, &pack),
        purposes: Purpose::ALL.map(|it| it.as_str().to_owned()).to_vec(),
        categories: told::categories(),
        conditions: told::conditions(words, &pack, between.or(held)),
        overlays: told::facts(words, Overlays::ALL),
        marks: told::marks(words, Groups::ALL),
        consents: list(&CONSENTS),
        necessities: list(&NECESSITIES),
        singles: list(&SINGLES),
        answer: given,
        question,
        faults: faults.clone(),
    };
    if faults.is_empty() { desk.show(&page) } else { desk.again(&page, faults) }
}
