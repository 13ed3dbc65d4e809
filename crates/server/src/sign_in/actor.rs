//! The one who acts.

use onedoor_domain::case::Worker;
use onedoor_domain::ids::{AgencyId, OfficeId, PersonId, StaffId, UnitId};
use onedoor_domain::office::{AgencyKind, Role};
use onedoor_domain::person::Clearance;
use onedoor_domain::secrecy::own::Assurance;
use onedoor_domain::secrecy::{Group, Groups};
use uuid::Uuid;

/// What kind of actor it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    /// A member of staff in a browser.
    Staff,
    /// A program that acts with the rights of a member of staff.
    Client,
    /// A kiosk at an office's door.
    Kiosk,
    /// Somebody who is served, at their own page.
    Person,
    /// The system itself: deadlines.
    System,
}

impl ActorKind {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Client => "client",
            Self::Kiosk => "kiosk",
            Self::Person => "person",
            Self::System => "system",
        }
    }
}

/// Who acts, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The kind.
    pub kind: ActorKind,
    /// The member of staff, or the office of a kiosk.
    pub id: Option<Uuid>,
    /// The name to show.
    pub name: String,
    /// The role; a kiosk has none.
    pub role: Option<Role>,
    /// How protected the persons may be whom they may see.
    pub clearance: Clearance,
    /// What they are marked for besides: national, shielded, abroad, unknown residence.
    pub marks: Groups,
    /// The unit.
    pub unit: Option<UnitId>,
    /// The agency.
    pub agency: Option<AgencyId>,
    /// What the agency is.
    pub agency_kind: Option<AgencyKind>,
    /// The office where they sit.
    pub office: Option<OfficeId>,
    /// Whether they are at work here.
    pub on_duty: bool,
    /// For somebody who is served: how sure we are of them, and whom they act for.
    pub resident: Option<Resident>,
}

/// Somebody who is served, signed in to their own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    /// The person.
    pub person: PersonId,
    /// How sure the provider was.
    pub level: Assurance,
    /// The person they act for just now, where they chose one.
    pub acts_for: Option<PersonId>,
}

impl Actor {
    /// The system itself.
    #[must_use]
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            name: String::new(),
            role: None,
            clearance: Clearance::None,
            marks: Groups::NONE,
            unit: None,
            agency: None,
            agency_kind: None,
            office: None,
            on_duty: false,
            resident: None,
        }
    }

    /// Everything that they are marked for, the clearance included.
    #[must_use]
    pub fn groups(&self) -> Groups {
        let shielded = self.marks.has(Group::Shielded);
        Groups::of(self.clearance, shielded).or(self.marks)
    }

    /// The bits of a person's guard that they are not cleared for: a list shows whoever has
    /// none of these.
    #[must_use]
    pub fn lacks(&self) -> i64 {
        self.clearance.lacks(self.marks.has(Group::Shielded))
    }

    /// The role's code, or what stands for it.
    #[must_use]
    pub fn role_code(&self) -> &'static str {
        self.role.map_or(self.kind.as_str(), Role::as_str)
    }

    /// Whether this is a kiosk.
    #[must_use]
    pub fn is_kiosk(&self) -> bool {
        self.kind == ActorKind::Kiosk
    }

    /// As a worker who can carry a case.
    #[must_use]
    pub fn worker(&self) -> Option<Worker> {
        if !matches!(self.kind, ActorKind::Staff | ActorKind::Client) {
            return None;
        }
        Some(Worker {
            id: StaffId(self.id?),
            unit: self.unit?,
            agency: self.agency?,
            on_duty: self.on_duty,
        })
    }
}
