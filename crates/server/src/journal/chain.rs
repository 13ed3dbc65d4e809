//! Writing rows into the chain.

use onedoor_domain::secrecy::{Action, Ground};
use uuid::Uuid;

use super::store;
use crate::db::{DbError, Tx};
use crate::sign_in::Actor;

/// What a journal row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectKind {
    /// Nothing in particular.
    Nothing,
    /// An office.
    Office,
    /// A visit.
    Visit,
    /// A person.
    Person,
    /// A case.
    Case,
    /// A meeting.
    Meeting,
}

impl SubjectKind {
    /// The stable code.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Office => "office",
            Self::Visit => "visit",
            Self::Person => "person",
            Self::Case => "case",
            Self::Meeting => "meeting",
        }
    }
}

/// One row to be written.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub action: Action,
    /// On what ground; none when it was denied.
    pub ground: Option<Ground>,
    /// What it was about.
    pub subject: (SubjectKind, Option<Uuid>),
    /// Whose data was read or written.
    pub persons: Vec<Uuid>,
    /// More, without personal data: codes and counts.
    pub detail: serde_json::Value,
}

impl Entry {
    /// REQ-INFO-08: where somebody was refused what may belong to a person and no person is found,
    /// the journal asks the database as much as if one were.
    fn stands_for_nobody(&self) -> bool {
        use SubjectKind::{Case, Meeting, Person, Visit};
        let may_be_somebodys = matches!(self.subject.0, Person | Case | Visit | Meeting);
        self.ground.is_none() && self.persons.is_empty() && may_be_somebodys
    }
}

/// Keeps the chain with the key of the installation.
#[derive(Clone)]
pub struct Journal {
    key: [u8; 32],
}

/// The fields of a stored row, in the order in which they are hashed.
pub(super) struct Line {
    pub(super) lane: i64,
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) actor_kind: String,
    pub(super) actor_id: Option<Uuid>,
    pub(super) role: String,
    pub(super) agency_id: Option<Uuid>,
    pub(super) unit_id: Option<Uuid>,
    pub(super) act: String,
    pub(super) purpose: String,
    pub(super) ground: String,
    pub(super) subject_kind: String,
    pub(super) subject_id: Option<Uuid>,
    pub(super) persons: String,
    pub(super) detail: String,
}

impl Journal {
    /// A journal sealed with `key`.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The hash of a row on top of the one before it. Every field is preceded
    /// by its length, so that no two different rows hash alike.
    pub(super) fn hash(&self, before: &[u8], line: &Line) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        let mut field = |bytes: &[u8]| {
            hasher.update(&(bytes.len() as u64).to_le_bytes());
            hasher.update(bytes);
        };
        let id = |id: &Option<Uuid>| id.map(Uuid::into_bytes).map_or(Vec::new(), |b| b.to_vec());
        field(before);
        field(&line.lane.to_le_bytes());
        field(&line.at.to_le_bytes());
        for text in [
            &line.actor_kind,
            &line.role,
            &line.act,
            &line.purpose,
            &line.ground,
            &line.subject_kind,
            &line.persons,
            &line.detail,
        ] {
            field(text.as_bytes());
        }
        for one in [&line.actor_id, &line.agency_id, &line.unit_id, &line.subject_id] {
            field(&id(one));
        }
        *hasher.finalize().as_bytes()
    }

    /// The seal of a lane's head: rows cut off at the end break it.
    pub(super) fn seal(&self, lane: i64, seq: i64, head: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(b"head");
        hasher.update(&lane.to_le_bytes());
        hasher.update(&seq.to_le_bytes());
        hasher.update(head);
        *hasher.finalize().as_bytes()
    }

    /// The seal of an anchor: where a lane begins after old rows were removed.
    pub(super) fn anchor_seal(&self, lane: i64, seq: i64, head: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(b"anchor");
        hasher.update(&lane.to_le_bytes());
        hasher.update(&seq.to_le_bytes());
        hasher.update(head);
        *hasher.finalize().as_bytes()
    }

    /// How many lanes there are, so that a lane taken away whole is missed.
    pub(super) fn sealed_count(&self, lanes: i64) -> String {
        format!("{lanes} {}", crate::app::hex(&self.seal(-1, lanes, b"lanes")))
    }

    /// Appends rows inside `tx`: they are durable when it is, or not at all.
    ///
    /// # Errors
    /// When the database refuses; the caller's transaction must then end too.
    pub async fn append(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        now: jiff::Timestamp,
        entries: &[Entry],
    ) -> Result<(), DbError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut lane = store::claim_lane(tx).await?;
        let mut work = store::Work::new();
        for entry in entries {
            let line = line(lane.number, lane.seq + 1, actor, now, entry);
            let hash = self.hash(&lane.head, &line);
            store::insert(&line, &hash, &mut work);
            for person in entry
                .persons
                .iter()
                .copied()
                .map(Some)
                .chain(entry.stands_for_nobody().then_some(None))
            {
                store::insert_person(person, lane.number, lane.seq + 1, &mut work);
            }
            lane.seq += 1;
            lane.head = hash.to_vec();
        }
        let seal = self.seal(lane.number, lane.seq, &lane.head);
        store::save_lane(&lane, &seal, &mut work);
        tx.run_all(&work).await
    }

    /// Notes that the offices were imported from the command line.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_import(
        &self,
        tx: &mut Tx,
        now: jiff::Timestamp,
        staff: i64,
    ) -> Result<(), DbError> {
        self.note_command(tx, now, Action::ImportOffice, &[("staff", staff)]).await
    }

    /// Notes that something was done from the command line, with counts.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn note_command(
        &self,
        tx: &mut Tx,
        now: jiff::Timestamp,
        action: Action,
        counts: &[(&str, i64)],
    ) -> Result<(), DbError> {
        let mut detail = serde_json::json!({ "by": "command line" });
        if let Some(map) = detail.as_object_mut() {
            map.extend(counts.iter().map(|(name, n)| ((*name).to_owned(), (*n).into())));
        }
        let entry = Entry {
            action,
            ground: Some(Ground::Duty),
            subject: (SubjectKind::Nothing, None),
            persons: Vec::new(),
            detail,
        };
        self.append(tx, &Actor::system(), now, &[entry]).await
    }

    /// Makes the lanes of a new database.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn make_lanes(&self, tx: &mut Tx, lanes: i64) -> Result<(), DbError> {
        let head = vec![0; 32];
        for lane in 0..lanes {
            store::make_lane(tx, lane, &head, &self.seal(lane, 0, &head)).await?;
        }
        store::keep_count(tx, &self.sealed_count(lanes)).await
    }
}

fn line(lane: i64, seq: i64, actor: &Actor, now: jiff::Timestamp, entry: &Entry) -> Line {
    let persons: Vec<String> = entry.persons.iter().map(Uuid::to_string).collect();
    Line {
        lane,
        seq,
        at: now.as_microsecond(),
        actor_kind: actor.kind.as_str().to_owned(),
        actor_id: actor.id,
        role: actor.role_code().to_owned(),
        agency_id: actor.agency.map(|id| id.0),
        unit_id: actor.unit.map(|id| id.0),
        act: entry.action.as_str().to_owned(),
        purpose: purpose(entry.action).to_owned(),
        ground: entry.ground.map_or("denied", Ground::as_str).to_owned(),
        subject_kind: entry.subject.0.as_str().to_owned(),
        subject_id: entry.subject.1,
        persons: persons.join(" "),
        detail: if entry.detail.is_null() { String::new() } else { entry.detail.to_string() },
    }
}

/// What an act is for: the purpose that goes into the journal with it.
#[must_use]
pub fn purpose(action: Action) -> &'static str {
    match action.as_str().split('.').next() {
        Some("reception") => "reception",
        Some("person") => "identification",
        Some("case" | "meeting" | "follow" | "need" | "plan" | "assessment") => "follow_up",
        Some("contact") => "reception",
        Some("ruling" | "task") => "decision",
        Some("figure") => "statistics",
        Some("journal" | "watch") => "audit",
        Some("consent" | "list" | "provider") => "sharing",
        Some("own") => "own_access",
        Some("correction") => "rights",
        Some("keeping" | "erasure") => "keeping",
        _ => "administration",
    }
}
