//! From a wish to a permit: looks up the facts, asks the pure rules, and puts
//! the decision into the journal. The only place where a [`Permit`] is made.

mod facts;
mod opening;

use onedoor_domain::ids::{AgencyId, CaseId, MeetingId, OfficeId, PersonId, VisitId};
use onedoor_domain::person::Guard;
use onedoor_domain::secrecy::{
    Action, Bar, Decision, Facts, Ground, Overlays, Relation, SingleAccess, decide,
};
use uuid::Uuid;

use self::facts::{Found, look_up, make_up};
use crate::args;
use crate::db::{Asked, Link, Listed, Personal};
use crate::journal::{Entry, SubjectKind};
use crate::keys::Vault;
use crate::walls::Counter;
use crate::web::{Desk, Fault, Own};

pub use facts::{NOBODY, STATEMENTS as FACT_STATEMENTS};
pub use opening::{GROUNDS, Opening};

/// Why the policy reads without a permit: see [`GROUNDS`].
pub(crate) struct Deciding(());

/// Of this module and those in it alone.
static DECIDING: Deciding = Deciding(());

// A visit at the worker's office makes the person belong there when somebody else has served
// it: a row that the worker alone can make opens nothing that lasts (REQ-INFO-15).
crate::sql! {
    // One's own file, or that of somebody for whom a right to act is in force today. A right that
    // was given on a record goes with it when the record is joined to another.
    OWN_FILE = "select p.id, p.guard, w.id from person m
        join person p on p.id = coalesce(m.merged_into, m.id)
        join person s on s.id = $2 join person w on w.id = coalesce(s.merged_into, s.id)
        where m.id = $1 and (p.id = w.id or exists (select 1 from representation r
            where r.person_id in (select id from person where id = p.id or merged_into = p.id)
                and r.representative_person_id in (
                    select id from person where id = w.id or merged_into = w.id)
                and r.confirmed_at is not null and r.valid_from <= $3
                and (r.valid_until is null or r.valid_until > $3)))";
}

/// What a wish is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody in particular.
    Duty,
    /// A reception.
    Office(OfficeId),
    /// A visit.
    Visit(VisitId),
    /// A person.
    Person(PersonId),
    /// A case.
    Case(CaseId),
    /// A meeting that people were invited to.
    Meeting(MeetingId),
}

mod sealed {
    /// Only this module says what is a proof.
    pub trait Sealed {}
}

/// What opens personal data: a [`Permit`] that somebody was granted, or a
/// [`Warrant`] for what has no asker. A statement that reads or writes a personal
/// table runs only as [`Proof::opens`] gives it, so nobody gets there without: see
/// [`Sql`](crate::db::Sql), and [`GROUNDS`] for the few who have a ground of their own.
///
/// Nothing else can be a proof:
///
/// ```compile_fail
/// struct Mine(onedoor_server::keys::Vault);
/// impl onedoor_server::policy::Proof for Mine {
///     fn vault(&self) -> &onedoor_server::keys::Vault {
///         &self.0
///     }
///     fn reaches(&self, _: uuid::Uuid) -> bool {
///         true
///     }
/// }
/// ```
pub trait Proof: sealed::Sealed + Send + Sync {
    /// The keyring.
    fn vault(&self) -> &Vault;

    /// Whether it opens the texts of this person, or of this visit of somebody
    /// unknown. A permit for a person opens that person alone; a permit for a
    /// list opens what the statement of the list lets through.
    fn reaches(&self, subject: Uuid) -> bool;

    /// Opens a statement that touches persons: it runs for as long as this lives. What the
    /// statement may give is for its own text and for [`Proof::reaches`] to bound.
    fn opens<'p>(&'p self, sql: &'static Personal) -> &'p Asked {
        sql.opened(Opening::on(self))
    }

    /// The same for a statement out of a list of both kinds.
    fn opens_listed(&self, sql: Listed) -> &Asked {
        sql.opened(Opening::on(self))
    }
}

/// Why something is done with personal data without anybody asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Time has come: hand-overs expire, and cases fall to the last resort. The
    /// law asks, not a worker.
    Deadline,
    /// The expected wait on a screen: counts of a queue, of nobody in particular.
    Wait,
    /// Somebody has been recognised, and what they said before they were known
    /// goes from the visit's key to their own.
    Identification,
    /// Records that were joined are one person: who may read one may know of
    /// the others, as far as their own clearance reaches.
    Joined,
    /// Whoever may act for somebody is known by name to who keeps that right, and nothing
    /// else of them is: the warrant reaches that one person.
    Mandate,
    /// The keeper of the installation seals what was plain, wraps keys anew or
    /// destroys one.
    Keeping,
    /// Agencies hold different answers about somebody: it is pointed out, and the
    /// answers are shown to nobody.
    Difference,
    /// Everything of a worker or an office is asked over, also what the one who orders it may not
    /// see: nothing of it is shown to them.
    Order,
    /// The catalogue no longer has a service: items of plans on it become needs that are not met.
    /// Nobody is shown anything by it.
    Supply,
    /// Those who carry a case may not see the person any more: somebody who may is asked.
    Sight,
    /// A message that was written leaves by the site's own gateway; nobody else sees it.
    Delivery,
    /// What crossed is written into the register with the journal row of who saw it; nothing
    /// is opened by it.
    Register,
    /// Whom something is about is found, so that a permit for that person can be asked for.
    /// Nothing of it is opened, and without the permit it is not there.
    Whose,
    /// A made-up population, where no real person is.
    Population,
}

/// Proof without an asker. Made only in this module, for one [`Cause`] each:
///
/// ```compile_fail
/// use onedoor_server::policy::{Cause, Warrant};
/// fn warrant(vault: onedoor_server::keys::Vault) -> Warrant {
///     Warrant { cause: Cause::Deadline, vault, only: None }
/// }
/// ```
///
/// ```compile_fail
/// use onedoor_server::policy::{Cause, Warrant};
/// fn warrant(vault: &onedoor_server::keys::Vault) -> Warrant {
///     Warrant::new(Cause::Deadline, vault)
/// }
/// ```
#[derive(Debug)]
pub struct Warrant {
    cause: Cause,
    vault: Vault,
    /// The only one whom it reaches.
    only: Option<Uuid>,
}

impl Warrant {
    /// See [`Proof::opens`].
    #[must_use]
    pub fn opens<'p>(&'p self, sql: &'static Personal) -> &'p Asked {
        Proof::opens(self, sql)
    }

    /// A warrant for one of the causes. A search for `Warrant::new` finds every
    /// place that works without an asker.
    pub(crate) fn new(cause: Cause, vault: &Vault) -> Self {
        Self { cause, vault: vault.clone(), only: None }
    }

    /// The same for one subject alone.
    pub(crate) fn naming(cause: Cause, vault: &Vault, only: Uuid) -> Self {
        Self { cause, vault: vault.clone(), only: Some(only) }
    }

    /// Why.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }
}

impl sealed::Sealed for Warrant {}

impl Proof for Warrant {
    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn reaches(&self, subject: Uuid) -> bool {
        let reached = self.only.is_none_or(|only| only == subject);
        // A name by mandate is opened one by one.
        reached
            && (self.cause != Cause::Mandate || self.only.is_some())
            && !matches!(self.cause, Cause::Wait | Cause::Register | Cause::Whose)
    }
}

impl sealed::Sealed for Permit {}

impl Proof for Permit {
    fn vault(&self) -> &Vault {
        &self.vault
    }

    fn reaches(&self, subject: Uuid) -> bool {
        match (self.subject, self.person) {
            (_, Some(person)) => subject == person.0,
            (Subject::Visit(visit), None) => subject == visit.0,
            (Subject::Duty | Subject::Office(_), None) => true,
            (Subject::Person(_) | Subject::Case(_) | Subject::Meeting(_), None) => false,
        }
    }
}

/// Proof that a wish was granted. It cannot be made outside this module, it
/// says what it is for, and the store takes its identifiers from it.
///
/// ```compile_fail
/// use onedoor_server::policy::{Permit, Subject};
/// fn permit(mut other: Permit) -> Permit {
///     Permit { subject: Subject::Duty, ..other }
/// }
/// ```
///
/// Nor can one be made to be about somebody else:
///
/// ```compile_fail
/// fn change(permit: &mut onedoor_server::policy::Permit) {
///     permit.person = None;
/// }
/// ```
#[derive(Debug)]
pub struct Permit {
    action: Action,
    ground: Ground,
    subject: Subject,
    person: Option<PersonId>,
    office: Option<OfficeId>,
    agency: Option<AgencyId>,
    overlays: Overlays,
    single: Option<SingleAccess>,
    counter: Counter,
    vault: Vault,
}

impl Permit {
    /// See [`Proof::opens`].
    #[must_use]
    pub fn opens<'p>(&'p self, sql: &'static Personal) -> &'p Asked {
        Proof::opens(self, sql)
    }

    /// What of other agencies' visitors the one who asked is told of at the reception.
    #[must_use]
    pub fn counter(&self) -> &Counter {
        &self.counter
    }

    /// What lies over the person, none of it closed to the one who asked.
    #[must_use]
    pub fn overlays(&self) -> Overlays {
        self.overlays
    }

    /// The single access through which it was granted, if it was.
    #[must_use]
    pub fn single(&self) -> Option<&SingleAccess> {
        self.single.as_ref()
    }

    /// The agency of the one who asked.
    #[must_use]
    pub fn agency(&self) -> Option<AgencyId> {
        self.agency
    }

    /// What it allows.
    #[must_use]
    pub fn action(&self) -> Action {
        self.action
    }

    /// On what ground.
    #[must_use]
    pub fn ground(&self) -> Ground {
        self.ground
    }

    /// The person it concerns, if one.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.person
    }

    /// The person it concerns.
    ///
    /// # Errors
    /// When it concerns nobody: the absent look.
    pub fn the_person(&self) -> Result<PersonId, Fault> {
        self.person.ok_or(Fault::Hidden)
    }

    /// The case it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn case(&self) -> Result<CaseId, Fault> {
        match self.subject {
            Subject::Case(id) => Ok(id),
            _ => Err(Fault::Defect("this permit is for no case".into())),
        }
    }

    /// The meeting it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn meeting(&self) -> Result<MeetingId, Fault> {
        match self.subject {
            Subject::Meeting(id) => Ok(id),
            _ => Err(Fault::Defect("this permit is for no meeting".into())),
        }
    }

    /// The visit it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn visit(&self) -> Result<VisitId, Fault> {
        match self.subject {
            Subject::Visit(id) => Ok(id),
            _ => Err(Fault::Defect("this permit is for no visit".into())),
        }
    }

    /// The office it is for.
    ///
    /// # Errors
    /// When it is for something else: a defect.
    pub fn office(&self) -> Result<OfficeId, Fault> {
        self.office.ok_or_else(|| Fault::Defect("this permit is for no office".into()))
    }

    /// Its subject as the journal names it.
    #[must_use]
    pub fn subject(&self) -> (SubjectKind, Option<Uuid>) {
        journal_subject(self.subject)
    }
}

fn journal_subject(subject: Subject) -> (SubjectKind, Option<Uuid>) {
    match subject {
        Subject::Duty => (SubjectKind::Nothing, None),
        Subject::Office(id) => (SubjectKind::Office, Some(id.0)),
        Subject::Visit(id) => (SubjectKind::Visit, Some(id.0)),
        Subject::Person(id) => (SubjectKind::Person, Some(id.0)),
        Subject::Case(id) => (SubjectKind::Case, Some(id.0)),
        Subject::Meeting(id) => (SubjectKind::Meeting, Some(id.0)),
    }
}

struct Decided {
    decision: Decision,
    found: Found,
}

async fn decide_on(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Decided, Fault> {
    let actor = desk.actor();
    let found = look_up(desk, link, subject).await?;
    let decision = match actor.role {
        Some(role) => decide(role, action, &found.facts),
        // A kiosk does one thing, at its own office; nobody else comes without a role.
        None if actor.is_kiosk() => kiosk(action, &found.facts),
        None => Decision::Deny(vec![onedoor_domain::secrecy::Denial::Role]),
    };
    Ok(Decided { decision, found })
}

/// See [`Desk::permit`].
///
/// # Errors
/// As there.
pub async fn permit(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Permit, Fault> {
    let Decided { decision, found } = decide_on(desk, link, action, subject).await?;
    match decision {
        Decision::Permit(ground) => Ok(granted(desk, action, subject, ground, &found)),
        Decision::Deny(denials) => {
            make_up(desk, link, subject, &found).await?;
            let denials: Vec<&str> = denials.iter().map(|d| d.as_str()).collect();
            desk.note(Entry {
                action,
                ground: None,
                subject: journal_subject(subject),
                // Who tried to look at somebody is that person's to know.
                persons: found.person.iter().map(|p| p.0).collect(),
                detail: serde_json::json!({ "denied": denials }),
            });
            match subject {
                Subject::Duty => Err(Fault::Denied),
                _ => Err(Fault::Hidden),
            }
        }
    }
}

/// See [`Desk::permit_quietly`].
///
/// # Errors
/// As there.
pub async fn permit_quietly(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Option<Permit>, Fault> {
    let Decided { decision, found } = decide_on(desk, link, action, subject).await?;
    Ok(match decision {
        Decision::Permit(ground) => Some(granted(desk, action, subject, ground, &found)),
        Decision::Deny(_) => None,
    })
}

/// What lies over a subject for an act that role and relation would allow; none when they
/// would not. Only for taking a single access, which says nothing of a bar that is hard.
///
/// # Errors
/// When the database does not answer.
pub async fn bar(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<Option<Bar>, Fault> {
    let found = look_up(desk, link, subject).await?;
    let Some(role) = desk.actor().role else { return Ok(None) };
    let open = Facts { bar: Bar::Open, ..found.facts.clone() };
    let allowed = matches!(decide(role, action, &open), Decision::Permit(_));
    Ok(allowed.then_some(found.facts.bar))
}

/// What lies over a subject for the one who asks, whatever their relation.
///
/// # Errors
/// When the database does not answer.
pub async fn bar_alone(desk: &Desk, link: &mut Link, subject: Subject) -> Result<Bar, Fault> {
    Ok(look_up(desk, link, subject).await?.facts.bar)
}

/// Whether something that nothing overcomes stands between the one who asks and a person: a
/// tie, or a protection that they are not cleared for. For duties that need no relation, and
/// stop before it all the same (REQ-INFO-15).
///
/// # Errors
/// When the database does not answer.
pub async fn is_barred(desk: &Desk, link: &mut Link, person: Uuid) -> Result<bool, Fault> {
    let subject = Subject::Person(PersonId(person));
    Ok(matches!(bar_alone(desk, link, subject).await?, Bar::Hard))
}

/// See [`Desk::may`].
///
/// # Errors
/// As there.
pub async fn may(
    desk: &Desk,
    link: &mut Link,
    action: Action,
    subject: Subject,
) -> Result<bool, Fault> {
    let decided = decide_on(desk, link, action, subject).await?;
    Ok(matches!(decided.decision, Decision::Permit(_)))
}

/// REQ-INFO-16: what opens a file for the one whom it is about, or for somebody with a
/// recorded right to act for them that is in force. It reaches that one person. How much
/// of the file is shown is for the pass of the page to say, which also notes it; nothing
/// here is for staff, who have no [`Own`].
///
/// # Errors
/// [`Fault::Hidden`] when it is somebody else's file.
pub async fn own_file(
    own: &Own,
    link: &mut Link,
    action: Action,
    person: PersonId,
) -> Result<Permit, Fault> {
    let args = args![person, own.resident().person, own.today()];
    let mut row = link.row(DECIDING.opens(&OWN_FILE), args).await?.ok_or(Fault::Hidden)?;
    let (file, looker): (PersonId, PersonId) = (row.get(0)?, row.get(2)?);
    Ok(Permit {
        action,
        ground: if file == looker { Ground::Own } else { Ground::Represents },
        subject: Subject::Person(file),
        person: Some(file),
        office: None,
        agency: None,
        overlays: Overlays::of_guard(Guard::from_i64(row.get(1)?)),
        single: None,
        counter: Counter::default(),
        vault: own.app().vault.clone(),
    })
}

fn granted(desk: &Desk, action: Action, subject: Subject, ground: Ground, found: &Found) -> Permit {
    // What concerns nobody is noted by the act itself, if it does anything.
    let permit = Permit {
        action,
        ground,
        subject,
        person: found.person,
        office: found.office,
        agency: desk.actor().agency,
        overlays: found.overlays,
        single: found.single.clone(),
        counter: found.counter,
        vault: desk.app().vault.clone(),
    };
    if !matches!(subject, Subject::Duty) {
        desk.note(Entry {
            action,
            ground: Some(ground),
            subject: journal_subject(subject),
            persons: found.person.iter().map(|p| p.0).collect(),
            detail: serde_json::Value::Null,
        });
    }
    // What another agency's consent or necessity opened has crossed by being granted.
    for passage in &found.passages {
        passage.note(desk, &permit);
    }
    permit
}

fn kiosk(action: Action, facts: &Facts) -> Decision {
    if action == Action::CheckIn && facts.relations.contains(&Relation::Reception) {
        Decision::Permit(Ground::Reception)
    } else {
        Decision::Deny(vec![onedoor_domain::secrecy::Denial::Role])
    }
}
