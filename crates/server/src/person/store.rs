//! Persons in the database.
//!
//! Reading needs a [`Permit`] for the person. Names, numbers and addresses are sealed, and
//! only the permit opens them.

use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::person::{Guard, IdentityNumber, NameQuery, search_keys};
use onedoor_domain::secrecy::Action;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::keys::{
    Key, NUMBER, OWN_ADDRESS, OWN_EMAIL, OWN_PHONE, OWN_POSTCODE, PERSON_ADDRESS, PERSON_BORN,
    PERSON_EMAIL, PERSON_FAMILY, PERSON_GIVEN, PERSON_PHONE, PERSON_POSTCODE,
};
use crate::policy::{Permit, Proof, Warrant};
use crate::sign_in::Actor;
use crate::web::Fault;

use super::together;

crate::sql! {
    GUARD = "select guard from person where id = $1";
    TIED = "select staff_id from staff_tie where person_id = $1 and ended_at is null limit 500";
    WHO_HAS = "select i.person_id, p.guard from person_identifier i
        join person p on p.id = i.person_id where i.number = $1 and not i.held";
    WHO_HOLDS = "select i.person_id from person_identifier i
        join person p on p.id = i.person_id
        where i.number = $1 and i.held and (p.guard & $2) = 0 and p.merged_into is null
        order by i.person_id limit 1";
    READ = "select p.given_name, p.family_name, p.born_on, p.language, p.phone, p.email, p.address,
            p.postcode, p.basic_unit, p.guard, p.source, p.received_on, p.merged_into,
            p.version, p.contact_agency_id, k.wrapped, p.residence, p.died_on
        from person p left join subject_key k on k.subject_id = p.id where p.id = $1";
    INSERT = "insert into person (id, given_name, family_name, born_on, language, phone, email,
            address, postcode, basic_unit, protection, source, received_on, merged_into, version,
            contact_agency_id, guard, residence, died_on)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, null, 1, $14, $15, $16,
            $17)";
    UPDATE = "update person set given_name = $3, family_name = $4, language = $5, phone = $6,
            email = $7, address = $8, postcode = $9, basic_unit = $10, protection = $11,
            source = $12, received_on = $13, contact_agency_id = $14, guard = $15, residence = $16,
            died_on = $17, version = version + 1
        where id = $1 and version = $2";
    INSERT_NUMBER = "insert into person_identifier (person_id, number, kind, held, sealed)
        values ($1, $2, $3, $4, $5) on conflict (person_id, number) do nothing";
    KNOWN_TO = "insert into person_agency (person_id, agency_id, since) values ($1, $2, $3)
        on conflict do nothing";
    AGENCIES_OF = "select agency_id from person_agency where person_id = $1";
    OWN_CONTACT = "update person_agency set phone = $3, email = $4, address = $5, postcode = $6
        where person_id = $1 and agency_id = $2";
    READ_OWN_CONTACT = "select phone, email, address, postcode from person_agency
        where person_id = $1 and agency_id = $2";
    SINCE = "select since from person_agency where person_id = $1 and agency_id = $2";
    NAME_KEY = "insert into person_name (agency_id, key, person_id) values ($1, $2, $3)
        on conflict do nothing";
    CLEAR_NAME_KEYS = "delete from person_name where person_id = $1";
    // Ties that were noted before the person was registered.
    TIES_OF_NUMBER = "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at,
            noted_by, ended_at)
        select staff_id, $2, kind, bits, source, noted_at, staff_id, null from staff_tie_number
        where number = $1 on conflict (staff_id, person_id, kind) do nothing";
    IS_TIED = "select 1 from staff_tie
        where staff_id = $1 and person_id = $2 and ended_at is null limit 1";
    TIED_TO = "select person_id from staff_tie where staff_id = $1 and ended_at is null";
    // Changes nothing: whoever else would join one of the two waits until this has ended.
    KEEP_STILL = "update person set version = version where id = $1 and merged_into is null";
    JOIN = "update person set merged_into = $2, version = version + 1
        where id = $1 and merged_into is null";
    // Records that had been joined to the one that is joined now come along.
    COME_ALONG = "update person set merged_into = $2, version = version + 1
        where merged_into = $1";
    PART = "update person set merged_into = null, version = version + 1
        where id = $1 and merged_into = $2";
    LANGUAGE = "select language from person where id = $1";
}

/// What is registered about a person.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Identifier.
    pub id: PersonId,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date as ISO text.
    pub born_on: Option<String>,
    /// The number, masked.
    pub number: String,
    /// Language.
    pub language: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Street address.
    pub address: String,
    /// Postal code and place.
    pub postcode: String,
    /// Basic statistical unit of the address.
    pub basic_unit: Option<String>,
    /// What hides the person from workers who are not marked for it.
    pub guard: Guard,
    /// `here`, `abroad` or `unknown`.
    pub residence: String,
    /// The day of death, as ISO text.
    pub died_on: Option<String>,
    /// Who said it.
    pub source: String,
    /// When it was received.
    pub received_on: String,
    /// The person this one was joined to.
    pub merged_into: Option<PersonId>,
    /// Its version.
    pub version: i64,
    /// The agency that wrote telephone, e-mail and address; none when they come
    /// from the register or the counter.
    pub contact_agency: Option<AgencyId>,
}

impl Identity {
    /// Whether telephone, e-mail and address are somebody else's to show: another
    /// agency wrote them, and the reader has no part in the shared case.
    fn hides_contact(&self, permit: &Permit) -> bool {
        self.contact_agency.is_some()
            && self.contact_agency != permit.agency()
            && permit.ground() != onedoor_domain::secrecy::Ground::TakesPart
    }

    /// Whether there is a telephone, e-mail or address.
    #[must_use]
    pub fn has_contact(&self) -> bool {
        [&self.phone, &self.email, &self.address, &self.postcode].iter().any(|f| !f.is_empty())
    }

    /// Given and family name.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }
}

/// Reads the person that the permit is about.
///
/// # Errors
/// [`Fault::Hidden`] when the permit concerns nobody.
pub async fn read(link: &mut Link, permit: &Permit) -> Result<Identity, Fault> {
    let found = read_one(link, permit, permit.the_person()?).await?;
    let (mut identity, key) = found.ok_or(Fault::Hidden)?;
    if identity.hides_contact(permit) {
        let args = args![identity.id, permit.agency()];
        let mut own = link.row(permit.opens(&READ_OWN_CONTACT), args).await?;
        let columns = [OWN_PHONE, OWN_EMAIL, OWN_ADDRESS, OWN_POSTCODE];
        let fields = [
            &mut identity.phone,
            &mut identity.email,
            &mut identity.address,
            &mut identity.postcode,
        ];
        for (at, (field, column)) in fields.into_iter().zip(columns).enumerate() {
            let sealed = own.as_mut().map(|row| row.get(at)).transpose()?.flatten();
            *field = key.open_some(column, sealed)?.unwrap_or_default();
        }
    }
    Ok(identity)
}

async fn read_one(
    link: &mut Link,
    proof: &dyn Proof,
    id: PersonId,
) -> Result<Option<(Identity, Key)>, DbError> {
    let Some(mut row) = link.row(proof.opens(&READ), args![id]).await? else { return Ok(None) };
    let key = Key::of(proof, id, row.get(15)?)?;
    // A bit that is not known hides from everybody.
    let guard = Guard::from_i64(row.get(9)?);
    let number = super::finding::masked(link, proof, &key, id).await?;
    let identity = Identity {
        id,
        given: key.open(PERSON_GIVEN, row.get(0)?)?,
        family: key.open(PERSON_FAMILY, row.get(1)?)?,
        born_on: key.open_some(PERSON_BORN, row.get(2)?)?,
        number,
        language: row.get(3)?,
        phone: key.open(PERSON_PHONE, row.get(4)?)?,
        email: key.open(PERSON_EMAIL, row.get(5)?)?,
        address: key.open(PERSON_ADDRESS, row.get(6)?)?,
        postcode: key.open(PERSON_POSTCODE, row.get(7)?)?,
        basic_unit: row.get(8)?,
        guard,
        residence: row.get(16)?,
        died_on: row.get(17)?,
        source: row.get(10)?,
        received_on: row.get(11)?,
        merged_into: row.get(12)?,
        version: row.get(13)?,
        contact_agency: row.get(14)?,
    };
    Ok(Some((identity, key)))
}

/// A person to be registered, checked.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Birth date.
    pub born_on: Option<Date>,
    /// Number, if the person has one.
    pub number: Option<IdentityNumber>,
    /// Language code.
    pub language: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Street address.
    pub address: String,
    /// Postal code and place.
    pub postcode: String,
    /// Basic statistical unit.
    pub basic_unit: Option<String>,
    /// What hides the person from workers who are not marked for it.
    pub guard: Guard,
    /// `here`, `abroad` or `unknown`.
    pub residence: &'static str,
    /// The day of death.
    pub died_on: Option<Date>,
    /// Who said it.
    pub source: String,
}

/// Registers a person, or recognises who is already there (REQ-INFO-08).
///
/// A number with a name that fits leads to the person it belongs to, who becomes
/// known to the agency too. When the name does not fit, or the person is
/// protected beyond the worker's clearance, the worker gets a record like any
/// other, with the number held beside it: nothing shows that anybody was there
/// before.
///
/// # Errors
/// When the database refuses.
pub async fn register(
    tx: &mut Tx,
    permit: &Permit,
    actor: &Actor,
    new: &NewPerson,
    today: Date,
) -> Result<PersonId, Fault> {
    debug_assert!(matches!(permit.action(), Action::RegisterPerson | Action::CheckIn));
    // Whoever only comes in is not thereby a client of the host's own agency.
    let agency = actor.agency.filter(|_| permit.action() == Action::RegisterPerson);
    let mut held = false;
    if let Some(number) = &new.number {
        match recognise(tx, permit, actor, number, new).await? {
            Recognised::Known(known) => {
                become_known(tx, permit, &known, agency, today).await?;
                return Ok(known.id);
            }
            Recognised::Held => held = true,
            Recognised::Nobody => {}
        }
    }
    let id = PersonId(crate::app::new_id());
    let born_on = new.born_on.or_else(|| new.number.as_ref().and_then(IdentityNumber::born_on));
    let key = Key::make(tx, permit, id).await?;
    let args = args![
        id,
        key.seal(PERSON_GIVEN, &new.given)?,
        key.seal(PERSON_FAMILY, &new.family)?,
        born_on.map(|day| key.seal(PERSON_BORN, &day.to_string())).transpose()?,
        &new.language,
        key.seal(PERSON_PHONE, &new.phone)?,
        key.seal(PERSON_EMAIL, &new.email)?,
        key.seal(PERSON_ADDRESS, &new.address)?,
        key.seal(PERSON_POSTCODE, &new.postcode)?,
        new.basic_unit.clone(),
        new.guard.level().as_i64(),
        &new.source,
        today,
        agency,
        new.guard.as_i64(),
        new.residence,
        new.died_on,
    ];
    tx.run_one(permit.opens(&INSERT), args).await?;
    if let Some(number) = &new.number {
        let (blind, sealed) =
            (permit.vault().number(number), key.seal(NUMBER, number.canonical())?);
        let args = args![id, blind, number.kind().as_str(), held, sealed];
        tx.run_one(permit.opens(&INSERT_NUMBER), args).await?;
        // Whoever it is: a record beside is no way round a tie.
        tx.run(permit.opens(&TIES_OF_NUMBER), args![permit.vault().number(number), id]).await?;
    }
    name_keys(tx, permit, id, (&new.given, &new.family), agency, today).await?;
    Ok(id)
}

/// What a number that somebody gave leads to.
enum Recognised {
    /// A person whom the worker may come to know.
    Known(Box<Identity>),
    /// Somebody whom the worker may not know of: the number is held aside.
    Held,
    /// Nobody yet.
    Nobody,
}

/// A number alone opens nobody: the name must be near the registered one too,
/// unless the worker's agency knows the person already. What does not fit, and
/// who is protected, end in the same record beside, always the same one, so
/// that asking twice tells nothing.
async fn recognise(
    tx: &mut Tx,
    permit: &Permit,
    actor: &Actor,
    number: &IdentityNumber,
    new: &NewPerson,
) -> Result<Recognised, Fault> {
    let blind = permit.vault().number(number);
    let Some(mut row) = tx.row(permit.opens(&WHO_HAS), args![&blind]).await? else {
        return Ok(Recognised::Nobody);
    };
    let (mut known, _) = read_one(tx, permit, row.get(0)?).await?.ok_or(Fault::Hidden)?;
    if let Some(into) = known.merged_into {
        (known, _) = read_one(tx, permit, into).await?.ok_or(Fault::Hidden)?;
    }
    let own = tx.row(permit.opens(&SINCE), args![known.id, actor.agency]).await?.is_some();
    let query = NameQuery::parse(&format!("{} {}", new.given, new.family));
    let fits = query.is_ok_and(|query| query.near(&known.given, &known.family));
    let tied = tx.row(permit.opens(&IS_TIED), args![actor.id, known.id]).await?.is_some();
    if known.guard.is_open_to(actor.lacks()) && !tied && (own || fits) {
        return Ok(Recognised::Known(Box::new(known)));
    }
    let held = tx.row(permit.opens(&WHO_HOLDS), args![&blind, actor.lacks()]).await?;
    match held {
        Some(mut row) => {
            let (beside, _) = read_one(tx, permit, row.get(0)?).await?.ok_or(Fault::Hidden)?;
            Ok(Recognised::Known(Box::new(beside)))
        }
        None => Ok(Recognised::Held),
    }
}

async fn become_known(
    tx: &mut Tx,
    proof: &dyn Proof,
    known: &Identity,
    agency: Option<AgencyId>,
    today: Date,
) -> Result<(), DbError> {
    name_keys(tx, proof, known.id, (&known.given, &known.family), agency, today).await
}

async fn name_keys(
    tx: &mut Tx,
    proof: &dyn Proof,
    person: PersonId,
    (given, family): (&str, &str),
    agency: Option<AgencyId>,
    today: Date,
) -> Result<(), DbError> {
    let Some(agency) = agency else { return Ok(()) };
    tx.run(proof.opens(&KNOWN_TO), args![person, agency, today]).await?;
    for key in search_keys(given, family) {
        tx.run(proof.opens(&NAME_KEY), args![agency, proof.vault().name(&key), person]).await?;
    }
    Ok(())
}

/// The language of somebody who is being checked in.
///
/// # Errors
/// When the database does not answer.
pub async fn language(
    link: &mut Link,
    permit: &Permit,
    person: PersonId,
) -> Result<Option<String>, DbError> {
    debug_assert_eq!(permit.action(), Action::CheckIn);
    link.row(permit.opens(&LANGUAGE), args![person]).await?.map(|mut row| row.get(0)).transpose()
}

/// Makes the permit's person known to an agency: it begins to help.
///
/// # Errors
/// When the database refuses.
pub async fn make_known(
    tx: &mut Tx,
    permit: &Permit,
    agency: AgencyId,
    today: Date,
) -> Result<(), Fault> {
    let identity = read(tx, permit).await?;
    become_known(tx, permit, &identity, Some(agency), today).await?;
    Ok(())
}

/// As [`make_known`], where the law and not a worker brings an agency in: the
/// last resort. Only the deadlines use it.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn make_known_by_law(
    tx: &mut Tx,
    warrant: &Warrant,
    person: PersonId,
    agency: AgencyId,
    today: Date,
) -> Result<(), Fault> {
    let (identity, _) = read_one(tx, warrant, person).await?.ok_or(Fault::Hidden)?;
    become_known(tx, warrant, &identity, Some(agency), today).await?;
    Ok(())
}

/// Saves what was changed, unless somebody else came first. Protection is raised whoever carries a
/// case: to refuse would tell that there is one. What becomes of the case is seen to elsewhere.
///
/// # Errors
/// A conflict when the version has moved on.
pub async fn save(
    tx: &mut Tx,
    permit: &Permit,
    new: &NewPerson,
    version: i64,
    today: Date,
) -> Result<(), Fault> {
    let id = permit.the_person()?;
    let (before, key) = read_one(tx, permit, id).await?.ok_or(Fault::Hidden)?;
    // What the writer cannot see stays as it is, and another agency's. What they type is kept for
    // their own agency, and shown to it alone, as if the other were not there.
    let hidden = before.hides_contact(permit);
    if hidden {
        let own = |column, text: &str| key.seal(column, text);
        let args = args![
            id,
            permit.agency(),
            own(OWN_PHONE, &new.phone)?,
            own(OWN_EMAIL, &new.email)?,
            own(OWN_ADDRESS, &new.address)?,
            own(OWN_POSTCODE, &new.postcode)?,
        ];
        tx.run(permit.opens(&OWN_CONTACT), args).await?;
    }
    let kept = |new: &str, old: &str| if hidden { old.to_owned() } else { new.to_owned() };
    let owner = if hidden { before.contact_agency } else { permit.agency() };
    let args = args![
        id,
        version,
        key.seal(PERSON_GIVEN, &new.given)?,
        key.seal(PERSON_FAMILY, &new.family)?,
        &new.language,
        key.seal(PERSON_PHONE, &kept(&new.phone, &before.phone))?,
        key.seal(PERSON_EMAIL, &kept(&new.email, &before.email))?,
        key.seal(PERSON_ADDRESS, &kept(&new.address, &before.address))?,
        key.seal(PERSON_POSTCODE, &kept(&new.postcode, &before.postcode))?,
        new.basic_unit.clone(),
        new.guard.level().as_i64(),
        &new.source,
        today,
        owner,
        new.guard.as_i64(),
        new.residence,
        new.died_on,
    ];
    tx.run_one(permit.opens(&UPDATE), args).await?;
    together::guard(tx, permit, id, new.guard).await?;
    tx.run(permit.opens(&CLEAR_NAME_KEYS), args![id]).await?;
    for mut row in tx.rows(permit.opens(&AGENCIES_OF), args![id]).await? {
        let agency: AgencyId = row.get(0)?;
        for key in search_keys(&new.given, &new.family) {
            tx.run(permit.opens(&NAME_KEY), args![agency, permit.vault().name(&key), id]).await?;
        }
    }
    Ok(())
}

/// Since when the actor's agency knows the permit's person.
///
/// # Errors
/// When the database does not answer.
pub async fn since(
    link: &mut Link,
    permit: &Permit,
    agency: Option<AgencyId>,
) -> Result<Option<String>, Fault> {
    let row = link.row(permit.opens(&SINCE), args![permit.the_person()?, agency]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?)
}

/// Joins `permit`'s person to `into`'s: one person, one matter (REQ-INFO-08). What had been joined
/// to the one joins the other with it, so that every record of a person is one step from the one
/// that is kept: holds, keep-times, erasure and the person's own file look that far and no further.
///
/// # Errors
/// A conflict when one is joined already. Whether an open case stands in the way is the
/// caller's to ask: of one that they may not know of nothing is said.
pub async fn join(tx: &mut Tx, permit: &Permit, into: &Permit) -> Result<(), Fault> {
    let (from, to) = (permit.the_person()?, into.the_person()?);
    if from == to {
        return Err(Fault::conflict("person-itself"));
    }
    // In one order, so that two who join the same records do not wait for each other for good.
    for id in [from.min(to), from.max(to)] {
        if tx.run(permit.opens(&KEEP_STILL), args![id]).await? == 0 {
            return Err(Fault::conflict("person-joined"));
        }
    }
    let (kept, _) = read_one(tx, into, to).await?.ok_or(Fault::conflict("person-joined"))?;
    tx.run_one(permit.opens(&JOIN), args![from, to]).await?;
    tx.run(permit.opens(&COME_ALONG), args![from, to]).await?;
    if let Some((joined, _)) = read_one(tx, permit, from).await? {
        // Two records of one person: the stricter protection holds for both.
        let guard = kept.guard.and(joined.guard);
        together::guard(tx, into, to, guard).await?;
        together::ties(tx, into, to).await?;
    }
    for mut row in tx.rows(permit.opens(&AGENCIES_OF), args![from]).await? {
        let agency: AgencyId = row.get(0)?;
        let since: Date = tx
            .row(permit.opens(&SINCE), args![from, agency])
            .await?
            .map(|mut row| row.get(0))
            .transpose()?
            .ok_or(Fault::Hidden)?;
        become_known(tx, into, &kept, Some(agency), since).await?;
    }
    Ok(())
}

/// Parts two records that were joined; everything each had is still its own. A record that came
/// along with one of them stays with the one that was kept until it is parted itself.
///
/// # Errors
/// A conflict when they are not joined.
pub async fn part(tx: &mut Tx, permit: &Permit, from: &Permit) -> Result<(), Fault> {
    tx.run_one(permit.opens(&PART), args![permit.the_person()?, from.the_person()?]).await?;
    Ok(())
}

/// What lies over a person, as a number of bits; everything where nobody is there.
///
/// # Errors
/// When the database does not answer.
pub async fn guard(link: &mut Link, proof: &dyn Proof, person: PersonId) -> Result<i64, DbError> {
    let row = link.row(proof.opens(&GUARD), args![person]).await?;
    Ok(row.map(|mut row| row.get(0)).transpose()?.unwrap_or(i64::MAX))
}

/// The staff who have a tie to a person and may not see them.
///
/// # Errors
/// When the database does not answer.
pub async fn tied(
    link: &mut Link,
    proof: &dyn Proof,
    person: PersonId,
) -> Result<Vec<StaffId>, DbError> {
    link.rows(proof.opens(&TIED), args![person])
        .await?
        .into_iter()
        .map(|mut row| row.get(0))
        .collect()
}
