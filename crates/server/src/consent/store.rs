//! Consents in the database.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::consent::{Agreement, EndKind, Ending, Form, GivenBy, Terms};
use onedoor_domain::ids::{AgencyId, ConsentId, NoticeId, OfficeId, PersonId, StaffId};
use onedoor_domain::secrecy::{Categories, Category, Purpose};

use crate::app::new_id;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{
    CONSENT_AUTHORITY, CONSENT_CAPACITY, CONSENT_CHILD, CONSENT_GIVER, CONSENT_INTERPRETER,
    CONSENT_SECOND, Key, PERSON_FAMILY, PERSON_GIVEN,
};
use crate::office::store::Choice;
use crate::policy::{Cause, Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::walls;
use crate::walls::unbarred;
use crate::web::Fault;

crate::sql! {
    // One statement for a decision: what is in force for a person today.
    WHOSE = "select coalesce(p.merged_into, p.id) from consent c
        join person p on p.id = c.person_id where c.id = $1";
    READ = "select c.id, c.purpose, c.categories, c.given_by, c.giver_name, c.giver_authority,
            c.second_giver, c.shared_custody, c.child_view, c.form, coalesce(r.name, ''),
            coalesce(h.name, ''), c.given_at, c.recorded_at, c.valid_until, c.notice_id,
            n.number, c.language, c.interpreter, c.capacity_note, c.doubtful, c.replaces_id,
            c.ended_at, c.end_kind, coalesce(c.end_how, ''), c.told_at, c.version, c.person_id,
            k.wrapped
        from consent c join notice n on n.id = c.notice_id
        left join subject_key k on k.subject_id = c.person_id
        left join staff r on r.id = c.recorded_by left join staff h on h.id = c.heard_by
        where c.id = $1 and c.person_id in (select id from person where id = $2 or merged_into = $2)
            and ($4 or c.recorded_agency_id = $3 or exists (
            select 1 from consent_party p where p.consent_id = c.id and p.agency_id = $3))";
    OF_PERSON = "select c.id, c.purpose, c.categories, c.given_by, c.giver_name,
            c.giver_authority, c.second_giver, c.shared_custody, c.child_view, c.form,
            coalesce(r.name, ''), coalesce(h.name, ''), c.given_at, c.recorded_at,
            c.valid_until, c.notice_id, n.number, c.language, c.interpreter, c.capacity_note,
            c.doubtful, c.replaces_id, c.ended_at, c.end_kind, coalesce(c.end_how, ''),
            c.told_at, c.version, c.person_id, k.wrapped
        from consent c join notice n on n.id = c.notice_id
        left join subject_key k on k.subject_id = c.person_id
        left join staff r on r.id = c.recorded_by left join staff h on h.id = c.heard_by
        where c.person_id in (select id from person where id = $1 or merged_into = $1) and ($3 or c.recorded_agency_id = $2 or exists (
            select 1 from consent_party p where p.consent_id = c.id and p.agency_id = $2))
        order by c.given_at desc, c.id desc limit 100";
    PARTIES = "select p.consent_id, p.side, p.agency_id, a.name, a.kind
        from consent c join consent_party p on p.consent_id = c.id
        join agency a on a.id = p.agency_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
        union all
        select y.consent_id, 'to', v.id, v.name, 'provider'
        from consent c join consent_provider y on y.consent_id = c.id
        join provider v on v.id = y.provider_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
        order by 5, 4 limit 4000";
    INSERT = "insert into consent (id, person_id, purpose, categories, given_by, giver_name,
            giver_authority, second_giver, shared_custody, child_view, form, recorded_by,
            recorded_agency_id, heard_by, given_at, recorded_at, valid_until, notice_id,
            language, interpreter, capacity_note, doubtful, replaces_id, ended_at, end_kind,
            end_how, ended_by, told_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
            $18, $19, $20, $21, $22, $23, null, null, null, null, null, 1)";
    // What is left after a part was taken back: the same giving, narrower.
    INSERT_REST = "insert into consent (id, person_id, purpose, categories, given_by, giver_name,
            giver_authority, second_giver, shared_custody, child_view, form, recorded_by,
            recorded_agency_id, heard_by, given_at, recorded_at, valid_until, notice_id,
            language, interpreter, capacity_note, doubtful, replaces_id, ended_at, end_kind,
            end_how, ended_by, told_at, version)
        select $2, person_id, purpose, $3, given_by, giver_name, giver_authority, second_giver,
            shared_custody, child_view, form, recorded_by, recorded_agency_id, heard_by,
            given_at, $4, valid_until, notice_id, language, interpreter, capacity_note,
            doubtful, id, null, null, null, null, null, 1
        from consent where id = $1";
    INSERT_PARTY = "insert into consent_party (consent_id, side, agency_id)
        select $1, $2, a.id from agency a where a.id = $3";
    INSERT_PROVIDER = "insert into consent_provider (consent_id, provider_id) values ($1, $2)";
    END = "update consent set ended_at = $3, end_kind = $4, end_how = $5, ended_by = $6,
            version = version + 1
        where id = $1 and version = $2 and ended_at is null";
    // What receivers took over under a consent goes on under what is left of it, and ends with
    // the rest (domain.md B-5).
    CARRY_COPIES = "update fact set consent_id = $2 where consent_id = $1 and ended_at is null
            and first_agency_id = $3 and agency_id = $4
            and ' ' || $5 || ' ' like '% ' || category || ' %'";
    END_COPIES = "update fact set ended_at = $2 where consent_id = $1 and ended_at is null";
    NEAR_AGENCIES = "select distinct a.id, a.name, a.kind from agency a
        join unit u on u.agency_id = a.id join office o on o.id = u.office_id
        where o.municipality = (select municipality from office where id = $1)
        order by a.kind, a.name limit 200";
    ALL_AGENCIES = "select id, name, kind from agency order by kind, name limit 500";
    NAME = concat!("select p.given_name, p.family_name, k.wrapped, p.id from person g
        join person p on p.id = coalesce(g.merged_into, g.id)
        left join subject_key k on k.subject_id = p.id
        where g.id = $1 and ", unbarred!("$2", "$3"));
}

/// The codes of kinds of information as one stored text.
#[must_use]
pub fn codes(categories: Categories) -> String {
    categories.iter().map(Category::as_str).collect::<Vec<_>>().join(" ")
}

/// Reads stored codes; one that is not known opens nothing.
#[must_use]
pub fn read_codes(text: &str) -> Categories {
    text.split(' ').filter_map(Category::parse).collect()
}

/// Who looks at a person's consents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// An agency: those that it recorded or is named in. Another's would tell
    /// where the person is known.
    Agency(AgencyId),
    /// The person: all of their own.
    Person,
}

impl Viewer {
    pub(super) fn args(self) -> (Option<AgencyId>, bool) {
        match self {
            Self::Agency(id) => (Some(id), false),
            Self::Person => (None, true),
        }
    }
}

/// One agency of a consent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// Which.
    pub id: AgencyId,
    /// Its name.
    pub name: String,
    /// Whether it is a measure provider in an agency's place.
    pub provider: bool,
}

/// A consent as it is kept.
#[derive(Clone, Debug)]
pub struct Stored {
    /// What was agreed, and its end.
    pub agreement: Agreement,
    /// Those who may tell.
    pub from: Vec<Party>,
    /// Those who may be told.
    pub to: Vec<Party>,
    /// Who gave it.
    pub given_by: GivenBy,
    /// The name of who gave it for the person.
    pub giver_name: String,
    /// What gave them the right.
    pub giver_authority: String,
    /// The other one who shares custody.
    pub second_giver: String,
    /// Whether custody is shared.
    pub shared_custody: bool,
    /// What the child thinks.
    pub child_view: String,
    /// How it was given.
    pub form: Form,
    /// Who recorded it.
    pub recorded_by: String,
    /// Who heard it.
    pub heard_by: String,
    /// When it was given.
    pub given_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The version of the notice that was read.
    pub notice: NoticeId,
    /// Its number.
    pub notice_number: i64,
    /// The language that it was read in.
    pub language: String,
    /// Who interpreted.
    pub interpreter: String,
    /// What was noted on whether the person understood.
    pub capacity_note: String,
    /// The consent that this one came out of.
    pub replaces: Option<ConsentId>,
    /// How it was taken back.
    pub end_how: String,
    /// When receivers were told.
    pub told_at: Option<Timestamp>,
    /// Its version.
    pub version: i64,
}

fn unknown(what: &str) -> DbError {
    DbError::Other(format!("a consent holds an unknown {what}"))
}

/// The key of a row's person: the permit's own, or that of a record joined to it.
pub(crate) fn key_of(
    permit: &Permit,
    person: PersonId,
    wrapped: Option<Vec<u8>>,
) -> Result<Key, DbError> {
    if permit.reaches(person.0) {
        return Key::of(permit, person, wrapped);
    }
    Key::of(&Warrant::new(Cause::Joined, permit.vault()), person, wrapped)
}

fn stored(permit: &Permit, row: &mut Row, zone: &jiff::tz::TimeZone) -> Result<Stored, DbError> {
    let key = key_of(permit, row.get(27)?, row.get(28)?)?;
    let purpose: String = row.get(1)?;
    let categories: String = row.get(2)?;
    let given_by: String = row.get(3)?;
    let form: String = row.get(9)?;
    let given_at: Timestamp = row.get(12)?;
    let ended_at: Option<Timestamp> = row.get(22)?;
    let kind: Option<String> = row.get(23)?;
    let ending = match (ended_at, kind.as_deref().and_then(EndKind::parse)) {
        (Some(at), Some(kind)) => Some(Ending { kind, at }),
        (None, None) => None,
        _ => return Err(unknown("end")),
    };
    let terms = Terms {
        purpose: Purpose::parse(&purpose).ok_or_else(|| unknown("purpose"))?,
        categories: read_codes(&categories),
        from: BTreeSet::new(),
        to: BTreeSet::new(),
        given_on: zone.to_datetime(given_at).date(),
        valid_until: row.get(14)?,
        doubtful: row.get(20)?,
    };
    Ok(Stored {
        agreement: Agreement { id: row.get(0)?, terms, ending },
        from: Vec::new(),
        to: Vec::new(),
        given_by: GivenBy::parse(&given_by).ok_or_else(|| unknown("giver"))?,
        giver_name: key.open(CONSENT_GIVER, row.get(4)?)?,
        giver_authority: key.open(CONSENT_AUTHORITY, row.get(5)?)?,
        second_giver: key.open(CONSENT_SECOND, row.get(6)?)?,
        shared_custody: row.get(7)?,
        child_view: key.open(CONSENT_CHILD, row.get(8)?)?,
        form: Form::parse(&form).ok_or_else(|| unknown("form"))?,
        recorded_by: row.get(10)?,
        heard_by: row.get(11)?,
        given_at,
        recorded_at: row.get(13)?,
        notice: row.get(15)?,
        notice_number: row.get(16)?,
        language: row.get(17)?,
        interpreter: key.open(CONSENT_INTERPRETER, row.get(18)?)?,
        capacity_note: key.open(CONSENT_CAPACITY, row.get(19)?)?,
        replaces: row.get(21)?,
        end_how: row.get(24)?,
        told_at: row.get(25)?,
        version: row.get(26)?,
    })
}

async fn with_parties(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
    mut all: Vec<Stored>,
) -> Result<Vec<Stored>, DbError> {
    if all.is_empty() {
        return Ok(all);
    }
    for mut row in link.rows(proof.opens(&PARTIES), args![person]).await? {
        let consent: ConsentId = row.get(0)?;
        let Some(one) = all.iter_mut().find(|one| one.agreement.id == consent) else { continue };
        let side: String = row.get(1)?;
        let kind: String = row.get(4)?;
        let party = Party { id: row.get(2)?, name: row.get(3)?, provider: kind == "provider" };
        if side == "from" {
            one.agreement.terms.from.insert(party.id);
            one.from.push(party);
        } else {
            one.agreement.terms.to.insert(party.id);
            one.to.push(party);
        }
    }
    Ok(all)
}

/// The person whose consent this is, or the one their record is joined to, to ask for a
/// permit with.
///
/// # Errors
/// When the database does not answer.
pub async fn whose(
    link: &mut Link,
    warrant: &Warrant,
    id: ConsentId,
) -> Result<Option<PersonId>, DbError> {
    link.row(warrant.opens(&WHOSE), args![id]).await?.map(|mut row| row.get(0)).transpose()
}

/// Reads one consent of the permit's person.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there, or not for this viewer.
pub async fn read(
    link: &mut Link,
    permit: &Permit,
    viewer: Viewer,
    id: ConsentId,
    zone: &jiff::tz::TimeZone,
) -> Result<Stored, Fault> {
    let person = permit.the_person()?;
    let (agency, all) = viewer.args();
    let row = link.row(permit.opens(&READ), args![id, person, agency, all]).await?;
    let one = stored(permit, &mut row.ok_or(Fault::Hidden)?, zone)?;
    let one = with_parties(link, permit, person, vec![one]).await?.pop();
    one.ok_or(Fault::Hidden)
}

/// The consents of the permit's person that this viewer may know of, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn of_person(
    link: &mut Link,
    permit: &Permit,
    viewer: Viewer,
    zone: &jiff::tz::TimeZone,
) -> Result<Vec<Stored>, Fault> {
    let person = permit.the_person()?;
    let (agency, all) = viewer.args();
    let rows = link.rows(permit.opens(&OF_PERSON), args![person, agency, all]).await?;
    let read = |mut row: Row| stored(permit, &mut row, zone);
    let list = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(with_parties(link, permit, person, list).await?)
}

/// The terms of what is in force for the permit's person, to see what rests on it.
///
/// # Errors
/// When the database does not answer.
pub async fn terms_in_force(
    link: &mut Link,
    permit: &Permit,
    today: Date,
    zone: &jiff::tz::TimeZone,
) -> Result<Vec<(ConsentId, Terms)>, Fault> {
    let all = walls::consents(link, permit, permit.the_person()?, today).await?;
    Ok(all
        .into_iter()
        .map(|one| {
            let terms = Terms {
                purpose: one.purpose,
                categories: one.categories,
                from: one.from.into_iter().collect(),
                to: one.to.into_iter().collect(),
                given_on: zone.to_datetime(one.given_at).date(),
                valid_until: one.valid_until,
                doubtful: one.doubtful,
            };
            (one.id, terms)
        })
        .collect())
}

/// A consent that was checked, with how it was given.
#[derive(Clone, Debug)]
pub struct NewConsent {
    /// What is agreed.
    pub terms: Terms,
    /// Who gives it.
    pub giver: onedoor_domain::consent::Giver,
    /// How.
    pub form: Form,
    /// The worker who records it, and their agency.
    pub recorder: Option<(StaffId, AgencyId)>,
    /// Who heard it.
    pub heard_by: Option<StaffId>,
    /// When it was given.
    pub given_at: Timestamp,
    /// The version of the notice that was read.
    pub notice: NoticeId,
    /// In which language.
    pub language: String,
    /// Who interpreted.
    pub interpreter: String,
    /// A note on whether the person understood.
    pub capacity_note: String,
    /// The consent that it takes the place of.
    pub replaces: Option<ConsentId>,
}

async fn insert_parties(
    tx: &mut Tx,
    proof: &dyn Proof,
    id: ConsentId,
    terms: &Terms,
) -> Result<(), DbError> {
    for (side, agencies) in [("from", &terms.from), ("to", &terms.to)] {
        for agency in agencies {
            // Who is no agency is a measure provider, and that is only ever told.
            if tx.run(proof.opens(&INSERT_PARTY), args![id, side, *agency]).await? == 0 {
                tx.run_one(proof.opens(&INSERT_PROVIDER), args![id, *agency]).await?;
            }
        }
    }
    Ok(())
}

/// Keeps a consent of the permit's person.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewConsent,
    now: Timestamp,
) -> Result<ConsentId, Fault> {
    let id = ConsentId(new_id());
    let terms = &new.terms;
    let giver = &new.giver;
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let args = args![
        id,
        person,
        terms.purpose.as_str(),
        codes(terms.categories),
        giver.by.unwrap_or(GivenBy::Person).as_str(),
        key.seal(CONSENT_GIVER, &giver.name)?,
        key.seal(CONSENT_AUTHORITY, &giver.authority)?,
        key.seal(CONSENT_SECOND, &giver.second)?,
        giver.shared_custody,
        key.seal(CONSENT_CHILD, &giver.child_view)?,
        new.form.as_str(),
        new.recorder.map(|(staff, _)| staff),
        new.recorder.map(|(_, agency)| agency),
        new.heard_by,
        new.given_at,
        now,
        terms.valid_until,
        new.notice,
        &new.language,
        key.seal(CONSENT_INTERPRETER, &new.interpreter)?,
        key.seal(CONSENT_CAPACITY, &new.capacity_note)?,
        terms.doubtful,
        new.replaces,
    ];
    tx.run(permit.opens(&INSERT), args).await?;
    insert_parties(tx, permit, id, terms).await?;
    Ok(id)
}

/// Keeps what is left of a consent after a part was taken back.
///
/// # Errors
/// When the database refuses.
pub(super) async fn insert_rest(
    tx: &mut Tx,
    permit: &Permit,
    from: ConsentId,
    rest: &Agreement,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run(permit.opens(&INSERT_REST), args![from, rest.id, codes(rest.terms.categories), now])
        .await?;
    insert_parties(tx, permit, rest.id, &rest.terms).await?;
    Ok(())
}

/// Keeps the end of a consent.
///
/// # Errors
/// A conflict when another change came first.
pub(super) async fn end(
    tx: &mut Tx,
    permit: &Permit,
    ended: &Agreement,
    version: i64,
    how: &str,
    by: Option<StaffId>,
) -> Result<(), Fault> {
    let Some(ending) = ended.ending else { return Ok(()) };
    let args = args![ended.id, version, ending.at, ending.kind.as_str(), how, by];
    Ok(tx.run_one(permit.opens(&END), args).await?)
}

/// Facts that receivers took over under a consent that has ended: what another consent goes on
/// to carry stays, bound to that one, and the rest holds no longer. The receivers still answer
/// what they did with it.
///
/// # Errors
/// When the database refuses.
pub(super) async fn end_copies(
    tx: &mut Tx,
    permit: &Permit,
    ended: ConsentId,
    next: Option<(ConsentId, &Terms)>,
    now: Timestamp,
) -> Result<(), Fault> {
    permit.the_person()?;
    if let Some((next, terms)) = next {
        let kinds = codes(terms.categories);
        for (from, to) in terms.pairs() {
            tx.run(permit.opens(&CARRY_COPIES), args![ended, next, from, to, &kinds]).await?;
        }
    }
    tx.run(permit.opens(&END_COPIES), args![ended, now]).await?;
    Ok(())
}

/// The agencies that a consent or a flow may name: those of the city around an
/// office, or all where there is no office.
///
/// # Errors
/// When the database does not answer.
pub async fn agencies(link: &mut Link, office: Option<OfficeId>) -> Result<Vec<Choice>, DbError> {
    let rows = match office {
        Some(office) => link.rows(&NEAR_AGENCIES, args![office]).await?,
        None => link.rows(&ALL_AGENCIES, &[]).await?,
    };
    rows.into_iter()
        .map(|mut row| {
            let id: AgencyId = row.get(0)?;
            Ok(Choice { id: id.to_string(), name: row.get(1)? })
        })
        .collect()
}

/// The name of a person on a list of this slice; nothing when the reader is not
/// cleared for them. The one place of this slice that reads a name.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn name(
    link: &mut Link,
    permit: &Permit,
    person: PersonId,
    actor: &Actor,
) -> Result<Option<String>, DbError> {
    let Some(mut row) =
        link.row(permit.opens(&NAME), args![person, actor.lacks(), actor.id]).await?
    else {
        return Ok(None);
    };
    let key = key_of(permit, row.get(3)?, row.get(2)?)?;
    let given = key.open(PERSON_GIVEN, row.get(0)?)?;
    let family = key.open(PERSON_FAMILY, row.get(1)?)?;
    Ok(Some(format!("{given} {family}").trim().to_owned()))
}
