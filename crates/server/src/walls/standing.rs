//! One worker before one person: everything the judgement needs, read once.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::{
    AgencyId, ConsentId, NecessityId, OfficeId, PersonId, ProviderId, SingleAccessId, StaffId,
};
use onedoor_domain::office::AgencyKind;
use onedoor_domain::person::{Clearance, Guard};
use onedoor_domain::secrecy::{
    Body, Categories, Category, Conditions, Consent, Effect, Group, Groups, Known, Necessity,
    Overlay, Overlays, Pack, Purpose, Request, SingleAccess, Transfer, Verdict, judge,
};
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::config::Config;
use crate::db::{DbError, Link, Row};
use crate::policy::{Deciding, Permit, Proof};
use crate::web::{Desk, Fault};

crate::sql! {
    SETTING = "select number from consent_setting where name = $1";
    GIVERS = "select a.id, a.kind, a.name, 1 = 1 from agency a
        where exists (select 1 from unit u where u.agency_id = a.id and u.office_id = $1
            and u.valid_from <= $2 and (u.valid_until is null or u.valid_until > $2))
        order by a.kind, a.name";
    GIVER = "select a.id, a.kind, a.name,
            exists (select 1 from unit u where u.agency_id = a.id and u.office_id = $2)
        from agency a where a.id = $1";
    CONSENTS = "select c.id, c.purpose, c.categories, c.given_at, c.valid_until, c.ended_at,
            c.doubtful, p.side, p.agency_id
        from consent c join consent_party p on p.consent_id = c.id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
            and c.ended_at is null and c.valid_until >= $2
        union all
        select c.id, c.purpose, c.categories, c.given_at, c.valid_until, c.ended_at,
            c.doubtful, 'to', v.provider_id
        from consent c join consent_provider v on v.consent_id = c.id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
            and c.ended_at is null and c.valid_until >= $2
        order by 1";
    IN_FORCE = "select id, granted_at, valid_until, confirm_by, verdict from single_access
        where staff_id = $1 and person_id = $2 and valid_until >= $3
        order by granted_at desc limit 1";
    // Somebody who would be told about a person, without asking.
    TOLD = "select a.id, a.kind, u.office_id, s.clearance, s.marks, p.guard, p.residence, p.died_on,
            (select cast(coalesce(sum(t.bits), 0) as bigint) from staff_tie t
                where t.person_id = p.id and t.staff_id = s.id and t.ended_at is null)
        from staff s join unit u on u.id = s.unit_id join agency a on a.id = u.agency_id
        join person p on p.id = $2 where s.id = $1 and s.on_duty";
    // A necessity is the giver's word: what the receiver wrote by itself opens nothing.
    CLAIMS = "select id, from_agency_id, to_agency_id, purpose, conditions,
            case when answered_by is not null or from_agency_id = (
                    select u.agency_id from staff s join unit u on u.id = s.unit_id
                    where s.id = made_by) then categories else 0 end,
            valid_until
        from claim
        where person_id in (select id from person where id = $1 or merged_into = $1)
            and state = 'held' and valid_until >= $2
        order by made_at";
}

/// An agency that may have something about the person.
#[derive(Clone, Debug)]
pub struct Giver {
    /// Identifier.
    pub id: AgencyId,
    /// What it is.
    pub kind: AgencyKind,
    /// Its name.
    pub name: String,
    /// Whether it has a unit at the worker's office.
    pub here: bool,
}

fn giver(mut row: Row) -> Result<Giver, DbError> {
    let kind: String = row.get(1)?;
    Ok(Giver {
        id: row.get(0)?,
        kind: AgencyKind::parse(&kind)
            .ok_or_else(|| DbError::Other(format!("an agency of no known kind: {kind}")))?,
        name: row.get(2)?,
        here: row.get(3)?,
    })
}

/// The agencies of a joint office. The list is the same for every person, so that it
/// tells nothing about one.
///
/// # Errors
/// When the database does not answer.
pub async fn givers(link: &mut Link, office: OfficeId, on: Date) -> Result<Vec<Giver>, DbError> {
    link.rows(&GIVERS, args![office, on]).await?.into_iter().map(giver).collect()
}

/// One agency as a giver.
///
/// # Errors
/// When the database does not answer.
pub async fn giver_of(
    link: &mut Link,
    agency: AgencyId,
    office: Option<OfficeId>,
) -> Result<Option<Giver>, DbError> {
    link.row(&GIVER, args![agency, office]).await?.map(giver).transpose()
}

/// What is peculiar to one record that would cross.
#[derive(Clone, Copy, Debug, Default)]
pub struct Held {
    /// It is an internal note.
    pub internal: bool,
    /// It is locked to an office that is not the worker's.
    pub locked: bool,
    /// When its owner received it; none means today.
    pub received: Option<Date>,
}

/// What lies over a person for a member of staff, by what the database says of the person and of
/// the tie between the two. What it does not know hides rather than shows.
#[must_use]
pub fn lying_over(
    guard: i64,
    residence: &str,
    died: Option<Date>,
    ties: i64,
    today: Date,
) -> Overlays {
    // A bit that is not known hides from everybody.
    let mut overlays = Overlays::of_guard(Guard::from_i64(guard));
    overlays = match residence {
        "here" => overlays,
        "abroad" => overlays.with(Overlay::Abroad),
        // Also a word that nobody knows.
        _ => overlays.with(Overlay::UnknownResidence),
    };
    let year_ago = today.checked_sub(12.months()).unwrap_or(today);
    if died.is_some_and(|died| died < year_ago) {
        overlays = overlays.with(Overlay::LongDead);
    }
    overlays.or(Overlays::from_i64(ties).unwrap_or(Overlays::only(Overlay::Unknown)))
}

/// A recorded ground: a necessity, and conditions that a worker says hold.
#[derive(Clone, Debug)]
struct Claim {
    necessity: Necessity,
    conditions: String,
}

/// Who would receive.
#[derive(Clone, Debug)]
struct Receiver {
    /// The agency, or the provider in an agency's place.
    id: AgencyId,
    /// What the pack calls it; none where the pack does not know it.
    body: Option<Body>,
    /// What its agreement lists, where it has one.
    agreement: Option<Categories>,
    /// Conditions that the giver says hold for what is handed over now.
    declared: Vec<String>,
}

/// What a measure provider is called in every pack.
const PROVIDER: &str = "provider";

/// Everything the judgement needs about one worker and one person.
pub struct Standing {
    pack: Arc<Pack>,
    office: Option<OfficeId>,
    receiver: Receiver,
    overlays: Overlays,
    groups: Groups,
    single: Option<SingleAccess>,
    consents: Vec<Consent>,
    necessities: Vec<Necessity>,
    claims: Vec<Claim>,
    now: Timestamp,
    today: Date,
}

impl Receiver {
    fn agency(pack: &Pack, id: AgencyId, kind: AgencyKind) -> Self {
        Self { id, body: pack.body_of(kind), agreement: None, declared: Vec::new() }
    }
}

impl Standing {
    /// Reads what is needed for the one who asks and the permit's person.
    ///
    /// # Errors
    /// [`Fault::Denied`] for somebody without an agency, or when no pack holds here today.
    pub async fn of(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<Self, Fault> {
        let actor = desk.actor();
        let person = permit.the_person()?;
        let (Some(agency), Some(kind)) = (actor.agency, actor.agency_kind) else {
            return Err(Fault::Denied);
        };
        let today = desk.today();
        let pack = desk.app().walls.pack(actor.office, today).ok_or(Fault::Denied)?;
        let claims = claims(link, permit, person, today).await?;
        Ok(Self {
            office: actor.office,
            receiver: Receiver::agency(&pack, agency, kind),
            pack,
            overlays: permit.overlays(),
            groups: actor.groups(),
            single: permit.single().cloned(),
            consents: consents(link, permit, person, today).await?,
            necessities: claims.iter().map(|claim| claim.necessity.clone()).collect(),
            claims,
            now: desk.now(),
            today,
        })
    }

    /// The same for a member of staff on duty whom the server would tell something about a person
    /// by itself. None when they are not there any more, or no pack holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn of_told(
        app: &App,
        link: &mut Link,
        proof: &dyn Proof,
        staff: StaffId,
        person: PersonId,
    ) -> Result<Option<Self>, DbError> {
        let today = app.today();
        let Some(mut row) = link.row(proof.opens(&TOLD), args![staff, person]).await? else {
            return Ok(None);
        };
        let kind: String = row.get(1)?;
        let Some(kind) = AgencyKind::parse(&kind) else { return Ok(None) };
        let office: Option<OfficeId> = row.get(2)?;
        let (clearance, marks): (String, String) = (row.get(3)?, row.get(4)?);
        let marks: Groups = marks.split_whitespace().filter_map(Group::parse).collect();
        let clearance = Clearance::parse(&clearance).unwrap_or_default();
        let residence: String = row.get(6)?;
        let Some(pack) = app.walls.pack(office, today) else { return Ok(None) };
        let claims = claims(link, proof, person, today).await?;
        Ok(Some(Self {
            office,
            receiver: Receiver::agency(&pack, row.get(0)?, kind),
            pack,
            overlays: lying_over(row.get(5)?, &residence, row.get(7)?, row.get(8)?, today),
            groups: Groups::of(clearance, marks.has(Group::Shielded)).or(marks),
            // What opens once for a worker who asks opens nothing for the server.
            single: None,
            consents: consents(link, proof, person, today).await?,
            necessities: claims.iter().map(|claim| claim.necessity.clone()).collect(),
            claims,
            now: app.now(),
            today,
        }))
    }

    /// The office of the receiver.
    #[must_use]
    pub fn office(&self) -> Option<OfficeId> {
        self.office
    }

    /// The same before another receiver: who could see this, and through what.
    #[must_use]
    pub fn before(&self, agency: AgencyId, kind: AgencyKind) -> Self {
        self.towards(Receiver::agency(&self.pack, agency, kind), Overlays::NONE)
    }

    /// The same before a measure provider that would be handed something now: only what its
    /// agreement lists, under the conditions that the giver says hold. A provider carries no
    /// mark and no single access, so what lies over the person stands before it whole
    /// (REQ-INFO-01, REQ-INFO-15).
    #[must_use]
    pub fn before_provider(
        &self,
        provider: ProviderId,
        listed: Categories,
        declared: &[String],
    ) -> Self {
        let body = self.pack.bodies().find(|(_, it)| it.role.as_deref() == Some(PROVIDER));
        let receiver = Receiver {
            id: AgencyId(provider.0),
            body: body.map(|(body, _)| body),
            agreement: Some(listed),
            declared: declared.to_vec(),
        };
        self.towards(receiver, self.overlays)
    }

    /// The same before a body that the pack knows by its role and that has no agency here: the
    /// health service, a school. It carries no mark, so what lies over the person stands before it
    /// whole. Where the pack knows no such body nothing crosses.
    #[must_use]
    pub fn before_body(&self, role: &str, declared: &[String]) -> Self {
        let body = self.pack.bodies().find(|(_, it)| it.role.as_deref() == Some(role));
        let receiver = Receiver {
            id: AgencyId(Uuid::nil()),
            body: body.map(|(body, _)| body),
            agreement: None,
            declared: declared.to_vec(),
        };
        self.towards(receiver, self.overlays)
    }

    fn towards(&self, receiver: Receiver, overlays: Overlays) -> Self {
        Self {
            pack: Arc::clone(&self.pack),
            office: self.office,
            receiver,
            overlays,
            groups: Groups::NONE,
            single: None,
            consents: self.consents.clone(),
            necessities: self.necessities.clone(),
            claims: self.claims.clone(),
            now: self.now,
            today: self.today,
        }
    }

    /// The pack that holds.
    #[must_use]
    pub fn pack(&self) -> &Pack {
        &self.pack
    }

    /// The agency that would receive.
    #[must_use]
    pub fn receiver(&self) -> AgencyId {
        self.receiver.id
    }

    /// The consents in force, as the person gave them.
    #[must_use]
    pub fn consents(&self) -> &[Consent] {
        &self.consents
    }

    /// The conditions that hold between a giver and the one who asks.
    fn conditions(&self, giver: &Giver, purpose: Purpose, received: Date) -> Conditions {
        let same_body = self.pack.body_of(giver.kind) == self.receiver.body;
        let mut codes: Vec<&str> = Vec::new();
        for (_, entry) in self.pack.conditions() {
            if entry.known != Known::Computed {
                continue;
            }
            let holds = match entry.code.as_str() {
                "other_unit_of_state" => same_body && giver.id != self.receiver.id,
                "same_joint_office" => giver.here,
                "different_office" => !giver.here,
                "received_from_2022_12_01" => received >= Date::constant(2022, 12, 1),
                // What the program cannot find out does not hold.
                _ => false,
            };
            if holds {
                codes.push(&entry.code);
            }
        }
        let declared = self.claims.iter().filter(|claim| {
            claim.necessity.from == giver.id
                && claim.necessity.to == self.receiver.id
                && claim.necessity.purpose == purpose
        });
        codes.extend(declared.flat_map(|claim| claim.conditions.split_whitespace()));
        let can_be_said = |code: &&String| {
            let entry = self.pack.condition(code).and_then(|one| self.pack.condition_entry(one));
            entry.is_some_and(|entry| entry.known == Known::Declared)
        };
        codes.extend(self.receiver.declared.iter().filter(can_be_said).map(String::as_str));
        self.pack.conditions_of(codes)
    }

    /// Whether one kind of information may cross from a giver to the one who asks.
    #[must_use]
    pub fn judge(
        &self,
        giver: &Giver,
        purpose: Purpose,
        category: Category,
        held: Held,
    ) -> Option<Verdict> {
        self.judge_as(giver, purpose, category, held, Transfer::Record)
    }

    /// The same for a name on a list of several people, which a pack may hold narrower
    /// (REQ-INFO-14).
    #[must_use]
    pub fn judge_list(
        &self,
        giver: &Giver,
        purpose: Purpose,
        category: Category,
    ) -> Option<Verdict> {
        self.judge_as(giver, purpose, category, Held::default(), Transfer::List)
    }

    fn judge_as(
        &self,
        giver: &Giver,
        purpose: Purpose,
        category: Category,
        held: Held,
        transfer: Transfer,
    ) -> Option<Verdict> {
        let from = self.pack.body_of(giver.kind)?;
        let to = self.receiver.body?;
        let received = held.received.unwrap_or(self.today);
        let overlays =
            if held.locked { self.overlays.with(Overlay::OfficeLocked) } else { self.overlays };
        Some(judge(
            &self.pack,
            &Request {
                from,
                to,
                giver: giver.id,
                receiver: self.receiver.id,
                purpose,
                category,
                conditions: self.conditions(giver, purpose, received),
                transfer,
                internal: held.internal,
                agreement: self.receiver.agreement,
                overlays,
                groups: self.groups,
                single: self.single.as_ref(),
                consents: &self.consents,
                necessities: &self.necessities,
                now: self.now,
                today: self.today,
            },
        ))
    }

    /// The letter that would hold for one kind of information if these conditions held
    /// too, before any consent or necessity is looked at.
    #[must_use]
    pub fn letter(
        &self,
        giver: &Giver,
        purpose: Purpose,
        category: Category,
        declared: &[String],
    ) -> Effect {
        let (Some(from), Some(to)) = (self.pack.body_of(giver.kind), self.receiver.body) else {
            return Effect::Denied;
        };
        let more = self.pack.conditions_of(declared.iter().map(String::as_str));
        let conditions = self.conditions(giver, purpose, self.today).or(more);
        self.pack.effect(from, to, purpose, category, conditions).map_or(Effect::Denied, |(_, e)| e)
    }

    /// The conditions that a worker of the receiving agency may say hold for what comes
    /// from a giver, by their codes.
    #[must_use]
    pub fn declarable(&self, giver: &Giver, purpose: Purpose) -> Vec<String> {
        let (Some(from), Some(to)) = (self.pack.body_of(giver.kind), self.receiver.body) else {
            return Vec::new();
        };
        let all = self.pack.conditions_between(from, to, purpose);
        all.iter()
            .filter_map(|one| self.pack.condition_entry(one))
            .filter(|entry| entry.known == Known::Declared)
            .map(|entry| entry.code.clone())
            .collect()
    }
}

/// The worker's single access to a person that has not ended. Whoever was refused, or not
/// answered for in time, has none that opens anything.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn single_access(
    link: &mut Link,
    deciding: &Deciding,
    staff: Option<Uuid>,
    person: PersonId,
    now: Timestamp,
    today: Date,
) -> Result<Option<SingleAccess>, DbError> {
    let Some(mut row) = link.row(deciding.opens(&IN_FORCE), args![staff, person, today]).await?
    else {
        return Ok(None);
    };
    let confirm_by: Timestamp = row.get(3)?;
    let verdict: Option<String> = row.get(4)?;
    let refused = match verdict.as_deref() {
        Some("confirmed") => false,
        Some(_) => true,
        None => now > confirm_by,
    };
    Ok(Some(SingleAccess {
        id: SingleAccessId(row.get(0)?),
        granted_at: row.get(1)?,
        valid_until: row.get(2)?,
        refused,
    }))
}

/// The consents of a person that are in force on a day.
///
/// # Errors
/// When the database does not answer, or holds something unknown.
pub async fn consents(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    today: Date,
) -> Result<Vec<Consent>, DbError> {
    let mut all: Vec<Consent> = Vec::new();
    for mut row in link.rows(proof.opens(&CONSENTS), args![person, today]).await? {
        let id = ConsentId(row.get(0)?);
        if all.last().is_none_or(|last| last.id != id) {
            let (purpose, categories): (String, String) = (row.get(1)?, row.get(2)?);
            let unknown = |what: &str| DbError::Other(format!("a consent with unknown {what}"));
            let mut ticked = Categories::NONE;
            for code in categories.split_whitespace() {
                ticked = ticked.with(Category::parse(code).ok_or_else(|| unknown(code))?);
            }
            all.push(Consent {
                id,
                person,
                purpose: Purpose::parse(&purpose).ok_or_else(|| unknown(&purpose))?,
                from: Vec::new(),
                to: Vec::new(),
                categories: ticked,
                given_at: row.get(3)?,
                valid_until: row.get(4)?,
                withdrawn_at: row.get(5)?,
                doubtful: row.get(6)?,
            });
        }
        let (side, agency): (String, Uuid) = (row.get(7)?, row.get(8)?);
        if let Some(consent) = all.last_mut() {
            let parties = if side == "from" { &mut consent.from } else { &mut consent.to };
            parties.push(AgencyId(agency));
        }
    }
    Ok(all)
}

async fn claims(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    today: Date,
) -> Result<Vec<Claim>, DbError> {
    let rows = link.rows(proof.opens(&CLAIMS), args![person, today]).await?;
    rows.into_iter()
        .map(|mut row| {
            let purpose: String = row.get(3)?;
            let unknown = || DbError::Other("a recorded ground with an unknown code".into());
            Ok(Claim {
                necessity: Necessity {
                    id: NecessityId(row.get(0)?),
                    from: row.get(1)?,
                    to: row.get(2)?,
                    purpose: Purpose::parse(&purpose).ok_or_else(unknown)?,
                    categories: Categories::from_i64(row.get(5)?).ok_or_else(unknown)?,
                    valid_until: row.get(6)?,
                },
                conditions: row.get(4)?,
            })
        })
        .collect()
}

/// The name of the setting of the smallest count that is shown.
pub const SMALLEST: &str = "smallest_count";

/// The smallest count of persons that a figure shows; a smaller one could point at somebody.
/// The privacy owner may set a larger one than the set-up says, never a smaller.
///
/// # Errors
/// When the database does not answer.
pub async fn smallest_count(link: &mut Link, config: &Config) -> Result<i64, DbError> {
    Ok(config.least_count.max(set_count(link).await?.unwrap_or_default()))
}

/// The smallest count that the privacy owner has set; nothing while they have set none.
///
/// # Errors
/// When the database does not answer.
pub async fn set_count(link: &mut Link) -> Result<Option<i64>, DbError> {
    link.row(&SETTING, args![SMALLEST]).await?.map(|mut row| row.get(0)).transpose()
}
