//! What a person's own page reads. Every statement about a file takes its person
//! from a [`Pass`]; records that were joined to the person's belong to the file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::PersonId;
use onedoor_domain::person::Guard;
use onedoor_domain::secrecy::Categories;
use onedoor_domain::secrecy::own::Matter;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Pass;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{
    ACCESS_REASON, APPOINTMENT_PLACE, CASE_PLACE, CASE_WHAT, CLAIM_REASON, Column, FACT_BODY,
    FACT_SOURCE, Key, NOTE_BODY, NOTE_SOURCE, PERSON_ADDRESS, PERSON_BORN, PERSON_EMAIL,
    PERSON_FAMILY, PERSON_GIVEN, PERSON_PHONE, PERSON_POSTCODE, RULING_TEXT, Sealed, VISIT_ANSWER,
    VISIT_PLACE, VISIT_WHAT,
};
use crate::office::store::OfficeLine;
use crate::policy::{Cause, Permit, Proof, Warrant};
use crate::web::Fault;

crate::sql! {
    FACTS = "select p.id, p.born_on, p.guard, p.version, k.wrapped
        from person p left join subject_key k on k.subject_id = p.id where p.id = $1";
    KEYS = "select p.id, k.wrapped from person p left join subject_key k on k.subject_id = p.id
        where p.id = $1 or p.merged_into = $1 limit 50";
    IDENTITY = "select given_name, family_name, born_on, language, phone, email, address,
            postcode, source, received_on from person where id = $1";
    NAME = "select given_name, family_name from person where id = $1";
    OPEN_CASES = "select c.opened_at, c.step_what, c.step_on, c.step_place,
            s.name, r.name, ru.name, ra.name, ro.name, ro.phone, d.name, du.name, de.phone,
            (select 1 from name_hidden h where h.staff_id = s.id),
            (select 1 from name_hidden h where h.staff_id = r.id),
            (select 1 from name_hidden h where h.staff_id = d.id), ro.address, c.person_id
        from shared_case c
        join staff r on r.id = c.responsible_id join unit ru on ru.id = r.unit_id
        join agency ra on ra.id = ru.agency_id join office ro on ro.id = ru.office_id
        join staff d on d.id = c.deputy_id join unit du on du.id = d.unit_id
        join office de on de.id = du.office_id
        left join staff s on s.id = c.step_owner_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
            and c.closed_at is null
        order by c.opened_at, c.id limit 20";
    APPOINTMENTS = "select a.starts_at, a.place, o.name, o.address, o.phone, a.person_id
        from appointment a join office o on o.id = a.office_id
        where a.person_id in (select id from person where id = $1 or merged_into = $1)
            and a.ends_at >= $2
        order by a.starts_at limit 5";
    VISITS = "select v.day, o.name, v.needs, v.state, v.outcome, v.answer, v.step_what,
            v.step_on, v.step_place, v.person_id
        from visit v join office o on o.id = v.office_id
        where v.person_id in (select id from person where id = $1 or merged_into = $1)
        order by v.arrived_at desc limit 20";
    RULINGS = "select r.subject, r.kind, r.text, r.at, u.name, a.name, s.name,
            (select 1 from name_hidden h where h.staff_id = r.staff_id), r.person_id,
            coalesce(r.result, '')
        from ruling r join unit u on u.id = r.unit_id join agency a on a.id = r.agency_id
        join staff s on s.id = r.staff_id
        where r.person_id in (select id from person where id = $1 or merged_into = $1)
        order by r.at desc limit 50";
    FACTS_HELD = "select a.name, f.category, f.body, f.source, f.received_on, f.person_id
        from fact f join agency a on a.id = f.agency_id
        where f.person_id in (select id from person where id = $1 or merged_into = $1)
            and f.ended_at is null order by f.noted_at desc limit 500";
    NOTES_HELD = "select a.name, n.category, n.body, n.source, n.received_on, n.person_id
        from note n join agency a on a.id = n.agency_id
        where n.person_id in (select id from person where id = $1 or merged_into = $1)
            and not n.internal order by n.noted_at desc limit 500";
    GROUNDS = "select f.name, t.name, c.purpose, c.categories, c.reason, c.made_at, c.person_id
        from claim c join agency f on f.id = c.from_agency_id
        join agency t on t.id = c.to_agency_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
        order by c.made_at desc limit 200";
    // The line shows from the day on which the person is told.
    ACCESSES = "select a.name, s.reason, s.granted_at, s.person_id
        from single_access s join agency a on a.id = s.agency_id
        where s.person_id in (select id from person where id = $1 or merged_into = $1)
            and s.tell_from <= $2 order by s.granted_at desc limit 200";
    // The nearest first: one that serves where the person lives, then those of the municipality.
    OFFICES = "select o.id, o.name, o.address, o.phone from office o where o.ended_on is null
        order by case
            when exists (select 1 from person p join boundary b on b.basic_unit = p.basic_unit
                    and b.valid_from <= $2 and (b.valid_until is null or b.valid_until > $2)
                join district d on d.id = b.district_id
                where p.id = $1 and d.office_id = o.id) then 0
            when exists (select 1 from person p join basic_unit m on m.code = p.basic_unit
                where p.id = $1 and m.municipality = o.municipality) then 1
            else 2 end, o.name limit $3";
}

// ---------------------------------------------------------------- the pass

/// What decides how much of a file is shown.
pub(super) struct Facts {
    pub(super) id: PersonId,
    pub(super) born_on: Option<Date>,
    /// Whether an address protection of any kind stands.
    pub(super) is_protected: bool,
    pub(super) version: i64,
}

/// Looks up the permit's person.
pub(super) async fn facts(link: &mut Link, permit: &Permit) -> Result<Option<Facts>, DbError> {
    let Some(mut row) = link.row(permit.opens(&FACTS), args![permit.person()]).await? else {
        return Ok(None);
    };
    let id: PersonId = row.get(0)?;
    let key = Key::of(permit, id, row.get(4)?)?;
    let born = key.open_some(PERSON_BORN, row.get(1)?)?;
    let guard: i64 = row.get(2)?;
    Ok(Some(Facts {
        id,
        // A day that cannot be read is none: the youngest age.
        born_on: born.and_then(|text| text.parse().ok()),
        // Who is only shielded reads their own address.
        is_protected: guard & !Guard::SHIELDED != 0,
        version: row.get(3)?,
    }))
}

// ----------------------------------------------------------------- the keys

/// The keys of a file: the person's, and those of records that were joined to theirs.
pub(super) struct Keys(BTreeMap<Uuid, Key>);

impl Keys {
    /// Looks them up.
    pub(super) async fn of(link: &mut Link, pass: &Pass) -> Result<Self, DbError> {
        let mut keys = BTreeMap::new();
        let joined = Warrant::new(Cause::Joined, pass.permit().vault());
        for mut row in link.rows(pass.opens(&KEYS), args![pass.person()]).await? {
            let id: Uuid = row.get(0)?;
            // A record that was joined to the person's is the person.
            let proof: &dyn Proof = if id == pass.person().0 { pass.permit() } else { &joined };
            keys.insert(id, Key::of(proof, id, row.get(1)?)?);
        }
        Ok(Self(keys))
    }

    /// The records of the file: the person's, and those that were joined to theirs.
    pub(super) fn records(&self) -> Vec<Uuid> {
        self.0.keys().copied().collect()
    }

    /// The key of one of the file's records; none that is not of this file.
    pub(super) fn get(&self, owner: Uuid) -> Result<&Key, DbError> {
        let other = || DbError::Other("a row of another file".into());
        self.0.get(&owner).ok_or_else(other)
    }

    /// Opens a text that may lie under the key of a visit which has since become the
    /// person's: what was sent while nobody knew who it was.
    pub(super) async fn open(
        &self,
        link: &mut Link,
        pass: &Pass,
        owner: Uuid,
        (column, sealed): (Column, Option<Sealed>),
    ) -> Result<Option<String>, DbError> {
        if let Some(key) = self.0.get(&owner) {
            return key.open_some(column, sealed);
        }
        let joined = Warrant::new(Cause::Joined, pass.permit().vault());
        Key::look_up(link, &joined, owner).await?.open_some(column, sealed)
    }

    /// Opens a text of a row; one that is missing is empty.
    pub(super) fn text(
        &self,
        owner: Uuid,
        column: Column,
        sealed: Option<Sealed>,
    ) -> Result<String, DbError> {
        Ok(self.get(owner)?.open_some(column, sealed)?.unwrap_or_default())
    }
}

// ------------------------------------------------------------ names and texts
// Columns that people write freely are read in this part only.

/// The name of the permit's person.
pub(super) async fn name(link: &mut Link, permit: &Permit) -> Result<String, DbError> {
    let Some(mut row) = link.row(permit.opens(&NAME), args![permit.person()]).await? else {
        return Ok(String::new());
    };
    let id = permit.person().unwrap_or(PersonId(Uuid::nil()));
    let key = Key::look_up(link, permit, id).await?;
    let given = key.open(PERSON_GIVEN, row.get(0)?)?;
    let family = key.open(PERSON_FAMILY, row.get(1)?)?;
    Ok(format!("{given} {family}").trim().to_owned())
}

/// What is registered about the person.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Registered {
    pub(crate) name: String,
    pub(crate) born_on: String,
    pub(crate) language: String,
    pub(crate) phone: String,
    pub(crate) email: String,
    /// Empty where it is protected: see `is_protected`.
    pub(crate) address: String,
    pub(crate) postcode: String,
    pub(crate) is_protected: bool,
    pub(crate) source: String,
    pub(crate) received_on: String,
}

/// Reads what is registered.
pub(super) async fn registered(link: &mut Link, pass: &Pass) -> Result<Registered, Fault> {
    let row = link.row(pass.opens(&IDENTITY), args![pass.person()]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    let key = Key::look_up(link, pass.permit(), pass.person()).await?;
    let given = key.open(PERSON_GIVEN, row.get(0)?)?;
    let family = key.open(PERSON_FAMILY, row.get(1)?)?;
    let open = !pass.is_protected();
    let seen = |text: String| if open { text } else { String::new() };
    Ok(Registered {
        name: format!("{given} {family}").trim().to_owned(),
        born_on: key.open_some(PERSON_BORN, row.get(2)?)?.unwrap_or_default(),
        language: row.get(3)?,
        phone: key.open(PERSON_PHONE, row.get(4)?)?,
        email: key.open(PERSON_EMAIL, row.get(5)?)?,
        address: seen(key.open(PERSON_ADDRESS, row.get(6)?)?),
        postcode: seen(key.open(PERSON_POSTCODE, row.get(7)?)?),
        is_protected: !open,
        source: row.get(8)?,
        received_on: row.get(9)?,
    })
}

/// Somebody at an agency, as a resident reads them.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub(crate) struct Contact {
    /// Empty where the law hides it because of a threat.
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) agency: String,
    pub(crate) office: String,
    pub(crate) address: String,
    pub(crate) phone: String,
}

/// The open case as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnCase {
    pub(crate) opened_at: i64,
    pub(crate) what: String,
    pub(crate) on: String,
    pub(crate) place: String,
    /// Who sees to the next step.
    pub(crate) who: String,
    pub(crate) responsible: Contact,
    pub(crate) deputy: Contact,
}

fn named(row: &mut Row, name: usize, hidden: usize) -> Result<String, DbError> {
    let hides: Option<i64> = row.get(hidden)?;
    let name: Option<String> = row.get(name)?;
    Ok(if hides.is_some() { String::new() } else { name.unwrap_or_default() })
}

impl OwnCase {
    /// Who to turn to is no secret fact; what happens in the case is one.
    pub(super) fn tell_whom_alone(&mut self) {
        self.what.clear();
        self.on.clear();
        self.place.clear();
        self.who.clear();
        self.opened_at = 0;
    }
}

/// Reads the open cases, the eldest first: one, or one of each agency where the law keeps the
/// agencies of a house apart.
pub(super) async fn open_cases(link: &mut Link, pass: &Pass) -> Result<Vec<OwnCase>, DbError> {
    let rows = link.rows(pass.opens(&OPEN_CASES), args![pass.person()]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let keys = Keys::of(link, pass).await?;
    rows.into_iter().map(|row| own_case(row, &keys)).collect()
}

fn own_case(mut row: Row, keys: &Keys) -> Result<OwnCase, DbError> {
    let owner: Uuid = row.get(17)?;
    let responsible = Contact {
        name: named(&mut row, 5, 14)?,
        unit: row.get(6)?,
        agency: row.get(7)?,
        office: row.get(8)?,
        phone: row.get(9)?,
        address: row.get(16)?,
    };
    let deputy = Contact {
        name: named(&mut row, 10, 15)?,
        unit: row.get(11)?,
        phone: row.get(12)?,
        ..Contact::default()
    };
    Ok(OwnCase {
        opened_at: row.get(0)?,
        what: keys.text(owner, CASE_WHAT, row.get(1)?)?,
        on: row.get::<Option<String>>(2)?.unwrap_or_default(),
        place: keys.text(owner, CASE_PLACE, row.get(3)?)?,
        who: named(&mut row, 4, 13)?,
        responsible,
        deputy,
    })
}

/// A booked time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnTime {
    pub(crate) starts_at: i64,
    pub(crate) place: String,
    pub(crate) office: String,
    pub(crate) address: String,
    pub(crate) phone: String,
}

/// Times that are booked.
pub(super) async fn appointments(
    link: &mut Link,
    pass: &Pass,
    now: Timestamp,
) -> Result<Vec<OwnTime>, DbError> {
    let rows = link.rows(pass.opens(&APPOINTMENTS), args![pass.person(), now]).await?;
    let keys = Keys::of(link, pass).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(OwnTime {
                starts_at: row.get(0)?,
                place: keys.text(row.get(5)?, APPOINTMENT_PLACE, row.get(1)?)?,
                office: row.get(2)?,
                address: row.get(3)?,
                phone: row.get(4)?,
            })
        })
        .collect()
}

/// A visit as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnVisit {
    pub(crate) day: String,
    pub(crate) office: String,
    /// What it was about; only for who sees the whole file, as what is told at a
    /// counter may be about anything.
    pub(crate) needs: Vec<String>,
    pub(crate) state: String,
    pub(crate) outcome: String,
    pub(crate) answer: String,
    pub(crate) step: String,
    pub(crate) step_on: String,
    pub(crate) step_place: String,
}

/// The latest visits.
pub(super) async fn visits(link: &mut Link, pass: &Pass) -> Result<Vec<OwnVisit>, DbError> {
    let whole = pass.sees_all();
    let mut list = Vec::new();
    let keys = Keys::of(link, pass).await?;
    for mut row in link.rows(pass.opens(&VISITS), args![pass.person()]).await? {
        let owner: Uuid = row.get(9)?;
        let answer = keys.text(owner, VISIT_ANSWER, row.get(5)?)?;
        let step = keys.text(owner, VISIT_WHAT, row.get(6)?)?;
        let step_place = keys.text(owner, VISIT_PLACE, row.get(8)?)?;
        let mut text = |at: usize| -> Result<String, DbError> {
            Ok(row.get::<Option<String>>(at)?.unwrap_or_default())
        };
        let needs = text(2)?;
        list.push(OwnVisit {
            day: text(0)?,
            office: text(1)?,
            needs: if whole {
                serde_json::from_str(&needs).unwrap_or_default()
            } else {
                Vec::new()
            },
            state: text(3)?,
            outcome: text(4)?,
            answer: if whole { answer } else { String::new() },
            step: if whole { step } else { String::new() },
            step_on: text(7)?,
            step_place,
        });
    }
    Ok(list)
}

/// A decision or guidance as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnRuling {
    pub(crate) subject: String,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) at: i64,
    pub(crate) unit: String,
    pub(crate) agency: String,
    pub(crate) staff: String,
    /// What a decision gave: `granted`, `partly` or `refused`; empty where it is of no such kind.
    pub(crate) result: String,
}

/// What a subject of decisions is about.
pub(super) fn matter_of(subject: &str) -> Option<Matter> {
    Some(match subject {
        "unemployment_benefit"
        | "measure_allowance"
        | "work_assessment_allowance"
        | "disability_benefit"
        | "transitional_benefit"
        | "family_benefit"
        | "social_assistance" => Matter::Money,
        // What it is paid for tells of health.
        "sickness_benefit" => Matter::Health,
        "measure" | "support_needs" | "qualification_programme" => Matter::Work,
        "housing" => Matter::Housing,
        "debt_counselling" => Matter::Debt,
        "child_welfare" => Matter::ChildWelfare,
        _ => return None,
    })
}

/// Decisions and guidance that the pass covers.
pub(super) async fn rulings(link: &mut Link, pass: &Pass) -> Result<Vec<OwnRuling>, DbError> {
    let mut list = Vec::new();
    let keys = Keys::of(link, pass).await?;
    for mut row in link.rows(pass.opens(&RULINGS), args![pass.person()]).await? {
        let subject: String = row.get(0)?;
        let covered = match matter_of(&subject) {
            Some(matter) => pass.sight().shows(matter),
            None => pass.sees_all(),
        };
        if !covered {
            continue;
        }
        let staff = named(&mut row, 6, 7)?;
        list.push(OwnRuling {
            subject,
            kind: row.get(1)?,
            text: keys.text(row.get(8)?, RULING_TEXT, row.get(2)?)?,
            at: row.get(3)?,
            unit: row.get(4)?,
            agency: row.get(5)?,
            staff,
            result: row.get(9)?,
        });
    }
    Ok(list)
}

/// A fact or note as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnFact {
    pub(crate) agency: String,
    pub(crate) category: String,
    pub(crate) text: String,
    pub(crate) source: String,
    pub(crate) received_on: String,
    /// Whether it is a note, not a fact.
    pub(crate) note: bool,
}

/// Facts and notes of all agencies, without internal notes.
pub(super) async fn facts_held(link: &mut Link, pass: &Pass) -> Result<Vec<OwnFact>, DbError> {
    let keys = Keys::of(link, pass).await?;
    let mut list = Vec::new();
    let facts = link.rows(pass.opens(&FACTS_HELD), args![pass.person()]).await?;
    let notes = link.rows(pass.opens(&NOTES_HELD), args![pass.person()]).await?;
    let all = facts.into_iter().map(|row| (row, false));
    for (mut row, note) in all.chain(notes.into_iter().map(|row| (row, true))) {
        let owner: Uuid = row.get(5)?;
        let (body, source) = if note { (NOTE_BODY, NOTE_SOURCE) } else { (FACT_BODY, FACT_SOURCE) };
        list.push(OwnFact {
            agency: row.get(0)?,
            category: row.get(1)?,
            text: keys.text(owner, body, row.get(2)?)?,
            source: keys.text(owner, source, row.get(3)?)?,
            received_on: row.get(4)?,
            note,
        });
    }
    Ok(list)
}

/// A ground on which something may be told, as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnGround {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) purpose: String,
    pub(crate) categories: Vec<String>,
    pub(crate) reason: String,
    pub(crate) at: i64,
}

/// Grounds that workers recorded about the person.
pub(super) async fn grounds(link: &mut Link, pass: &Pass) -> Result<Vec<OwnGround>, DbError> {
    let keys = Keys::of(link, pass).await?;
    let mut list = Vec::new();
    for mut row in link.rows(pass.opens(&GROUNDS), args![pass.person()]).await? {
        let categories = Categories::from_i64(row.get(3)?).unwrap_or(Categories::NONE);
        list.push(OwnGround {
            from: row.get(0)?,
            to: row.get(1)?,
            purpose: row.get(2)?,
            categories: categories.iter().map(|one| one.as_str().to_owned()).collect(),
            reason: keys.text(row.get(6)?, CLAIM_REASON, row.get(4)?)?,
            at: row.get(5)?,
        });
    }
    Ok(list)
}

/// A single access as the person reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnAccess {
    pub(crate) agency: String,
    pub(crate) reason: String,
    pub(crate) at: i64,
}

/// Single accesses that the person may be told of.
pub(super) async fn accesses(
    link: &mut Link,
    pass: &Pass,
    today: Date,
) -> Result<Vec<OwnAccess>, DbError> {
    let keys = Keys::of(link, pass).await?;
    let mut list = Vec::new();
    for mut row in link.rows(pass.opens(&ACCESSES), args![pass.person(), today]).await? {
        list.push(OwnAccess {
            agency: row.get(0)?,
            reason: keys.text(row.get(3)?, ACCESS_REASON, row.get(1)?)?,
            at: row.get(2)?,
        });
    }
    Ok(list)
}

/// Offices that there are, the nearest first. Where the address is protected, or not shown to who acts
/// for somebody, by name alone: the order would tell where the person lives.
pub(super) async fn nearest(
    link: &mut Link,
    pass: &Pass,
    (today, most): (Date, i64),
) -> Result<Vec<OfficeLine>, DbError> {
    let told = !pass.is_protected() && pass.sight().shows(Matter::Identity);
    let near = if told { pass.person() } else { PersonId(Uuid::nil()) };
    let rows = link.rows(pass.opens(&OFFICES), args![near, today, most]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(OfficeLine {
                id: id.to_string(),
                name: row.get(1)?,
                address: row.get(2)?,
                phone: row.get(3)?,
            })
        })
        .collect()
}

/// Where to turn to when nobody carries a case.
pub(super) async fn offices(
    link: &mut Link,
    pass: &Pass,
    today: Date,
) -> Result<Vec<Contact>, DbError> {
    let contact = |it: OfficeLine| Contact {
        office: it.name,
        address: it.address,
        phone: it.phone,
        ..Contact::default()
    };
    Ok(nearest(link, pass, (today, 20)).await?.into_iter().map(contact).collect())
}
