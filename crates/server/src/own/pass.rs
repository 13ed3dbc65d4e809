//! The pass to one's own file, or to the file of somebody one acts for. It is
//! to the person's page what the permit is to the staff's: made in one place,
//! noted in the journal, and asked for by every statement that reads.

use onedoor_domain::ids::PersonId;
use onedoor_domain::secrecy::own::{Assurance, Looker, Matter, Right, Sight, sight};
use onedoor_domain::secrecy::{Action, Ground};

use super::{mandates, store};
use crate::db::{Asked, Link, Personal};
use crate::journal::{Entry, SubjectKind};
use crate::policy::{self, Permit};
use crate::web::{Fault, Own};

/// Proof that somebody may see a file, and how much of it. It cannot be made
/// outside this file (domain.md A.7, REQ-INFO-16).
#[derive(Debug)]
pub struct Pass {
    permit: Permit,
    person: PersonId,
    looker: PersonId,
    right: Option<Right>,
    level: Assurance,
    sight: Sight,
    is_protected: bool,
    version: i64,
}

impl Pass {
    /// See [`Proof::opens`](crate::policy::Proof::opens).
    pub(super) fn opens<'p>(&'p self, sql: &'static Personal) -> &'p Asked {
        self.permit.opens(sql)
    }

    /// Whose file it is.
    #[must_use]
    pub fn person(&self) -> PersonId {
        self.person
    }

    /// What opens the file's texts.
    #[must_use]
    pub fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Who looks: the person, or whoever acts for them.
    #[must_use]
    pub fn looker(&self) -> PersonId {
        self.looker
    }

    /// By what right somebody else looks; none for the person.
    #[must_use]
    pub fn right(&self) -> Option<Right> {
        self.right
    }

    /// What may be shown.
    #[must_use]
    pub fn sight(&self) -> &Sight {
        &self.sight
    }

    /// Whether everything may be shown.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        Matter::ALL.iter().all(|matter| self.sight.shows(*matter))
    }

    /// Whether the sign-in was of the high level.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        self.level == Assurance::High
    }

    /// Whether the person's address is protected: then no page shows it, not even
    /// to the person, because of who may look over the shoulder.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.is_protected
    }

    /// The version of the record.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The ground that the journal names.
    #[must_use]
    pub fn ground(&self) -> Ground {
        if self.right.is_some() { Ground::Represents } else { Ground::Own }
    }

    /// A row for the journal about this file.
    #[must_use]
    pub fn entry(&self, action: Action, detail: serde_json::Value) -> Entry {
        Entry {
            action,
            ground: Some(self.ground()),
            subject: (SubjectKind::Person, Some(self.person.0)),
            persons: vec![self.person.0],
            detail,
        }
    }
}

/// Asks for the pass and notes it.
///
/// # Errors
/// [`Fault::Hidden`] when the person is gone or whoever acts for them may not,
/// or no longer; the attempt is noted then.
pub(super) async fn pass(own: &Own, link: &mut Link, action: Action) -> Result<Pass, Fault> {
    let pass = of(own, link, action).await?;
    own.note(pass.entry(action, serde_json::Value::Null));
    Ok(pass)
}

/// Notes that the file is shown again because a form was not taken: who acts for somebody reads
/// it by that as well, and the person sees that they did (REQ-INFO-16).
pub(super) fn shown_again(own: &Own, pass: &Pass, action: Action) {
    own.note(pass.entry(action, serde_json::json!({ "again": true })));
}

/// The pass for an act that notes itself, with what it did.
pub(super) async fn quiet(own: &Own, link: &mut Link) -> Result<Pass, Fault> {
    of(own, link, Action::ReadOwn).await
}

async fn of(own: &Own, link: &mut Link, action: Action) -> Result<Pass, Fault> {
    let resident = own.resident();
    let country = own.app().country;
    let today = own.today();
    let mine = policy::own_file(own, link, action, resident.person).await?;
    let (permit, facts, right, sight) = match resident.acts_for {
        None => {
            let me = store::facts(link, &mine).await?.ok_or(Fault::Hidden)?;
            let sight = sight(country, me.born_on, &Looker::Oneself, resident.level, today);
            (mine, me, None, sight)
        }
        Some(person) => {
            // A right that has ended opens nothing, not even the birth date.
            let permit = match policy::own_file(own, link, action, person).await {
                Err(Fault::Hidden) => return Err(refused(own, person)),
                other => other?,
            };
            let facts = store::facts(link, &permit).await?.ok_or(Fault::Hidden)?;
            let mut whole = Sight::default();
            let mut right = None;
            for mandate in mandates::mandates(link, &permit, mine.the_person()?).await? {
                let kind = mandate.right;
                let looker = Looker::For(mandate);
                let one = sight(country, facts.born_on, &looker, resident.level, today);
                if !one.shown.is_empty() {
                    right = Some(kind);
                }
                whole.shown.extend(one.shown);
                whole.bounds.extend(one.bounds);
            }
            if right.is_none() {
                return Err(refused(own, facts.id));
            }
            (permit, facts, right, whole)
        }
    };
    Ok(Pass {
        permit,
        person: facts.id,
        looker: PersonId(resident.person.0),
        right,
        level: resident.level,
        sight,
        is_protected: facts.is_protected,
        version: facts.version,
    })
}

/// Notes an attempt without a right; the person reads it in their log.
fn refused(own: &Own, person: PersonId) -> Fault {
    own.note(Entry {
        action: Action::ReadOwn,
        ground: None,
        subject: (SubjectKind::Person, Some(person.0)),
        persons: vec![person.0],
        detail: serde_json::json!({ "denied": ["mandate"] }),
    });
    Fault::Hidden
}
