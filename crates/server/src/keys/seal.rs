//! Sealing a database that was made before there were keys.
//!
//! A person without a key is a person not sealed yet, so the work can break off
//! at any point and go on: each batch is a transaction of its own.

use onedoor_domain::ids::AgencyId;
use onedoor_domain::person::{IdentityKind, IdentityNumber, search_keys};
use uuid::Uuid;

use super::{
    APPOINTMENT_PLACE, CASE_EVENT, CASE_PLACE, CASE_SUMMARY, CASE_WHAT, Column, FILED_KEY,
    HANDOVER_ALTERNATIVE, HANDOVER_NEED, HANDOVER_REASON, Key, KeyFault, LOCKSMITH, NUMBER,
    OUTBOX_BODY, OUTBOX_RECIPIENT, PERSON_ADDRESS, PERSON_BORN, PERSON_EMAIL, PERSON_FAMILY,
    PERSON_GIVEN, PERSON_PHONE, PERSON_POSTCODE, RULING_TEXT, VISIT_ACCOUNT, VISIT_ANSWER,
    VISIT_DECLINED, VISIT_NAME, VISIT_PLACE, VISIT_REASON, VISIT_WHAT, Vault, ring, store,
};
use crate::args;
use crate::db::{Db, DbError, Link, Personal, Tx, Value};
use crate::policy::{Cause, Proof, Warrant};

/// Persons in one transaction.
const BATCH: i64 = 200;

crate::sql! {
    PLAIN_PERSONS = "select p.id from person p where p.id > $1
            and not exists (select 1 from subject_key k where k.subject_id = p.id)
        order by p.id limit $2";
    PLAIN_VISITS = "select v.id from visit v where v.id > $1 and v.person_id is null
            and not exists (select 1 from subject_key k where k.subject_id = v.id)
        order by v.id limit $2";
    PLAIN_MESSAGES = "select o.id, o.person_id from outbox o where o.id > $1
            and o.person_id is not null and o.subject_id is null
        order by o.id limit $2";
    NAME = "select given_name, family_name from person where id = $1";
    NUMBERS = "select number, kind from person_identifier where person_id = $1";
    SET_NUMBER = "update person_identifier set number = $3, sealed = $4
        where person_id = $1 and number = $2";
    AGENCIES = "select agency_id from person_agency where person_id = $1";
    CLEAR_KEYS = "delete from person_name where person_id = $1";
    SET_KEY = "insert into person_name (agency_id, key, person_id) values ($1, $2, $3)
        on conflict do nothing";
    PERSON = "select id, given_name, family_name, born_on, phone, email, address, postcode
        from person where id = $1";
    SET_PERSON = "update person set given_name = $2, family_name = $3, born_on = $4, phone = $5,
            email = $6, address = $7, postcode = $8 where id = $1";
    CASES = "select id, summary, step_what, step_place from shared_case where person_id = $1";
    SET_CASE = "update shared_case set summary = $2, step_what = $3, step_place = $4
        where id = $1";
    EVENTS = "select e.case_id, e.n, e.detail from shared_case c
        join case_event e on e.case_id = c.id where c.person_id = $1";
    SET_EVENT = "update case_event set detail = $3 where case_id = $1 and n = $2";
    HANDOVERS = "select h.id, h.need, h.answer_reason, h.alternative from shared_case c
        join handover h on h.case_id = c.id where c.person_id = $1";
    SET_HANDOVER = "update handover set need = $2, answer_reason = $3, alternative = $4
        where id = $1";
    RULINGS = "select id, text from ruling where person_id = $1";
    SET_RULING = "update ruling set text = $2 where id = $1";
    APPOINTMENTS = "select id, place from appointment where person_id = $1";
    SET_APPOINTMENT = "update appointment set place = $2 where id = $1";
    VISITS = "select id, spoken_name, account, track_reason, answer, step_what, step_place,
            meeting_declined from visit where person_id = $1";
    VISIT = "select id, spoken_name, account, track_reason, answer, step_what, step_place,
            meeting_declined from visit where id = $1";
    SET_VISIT = "update visit set spoken_name = $2, account = $3, track_reason = $4, answer = $5,
            step_what = $6, step_place = $7, meeting_declined = $8 where id = $1";
    MESSAGE = "select id, recipient, body from outbox where id = $1";
    SET_MESSAGE = "update outbox set recipient = $2, body = $3 where id = $1";
    SET_SUBJECT = "update outbox set subject_id = $2 where id = $1";
    // What an agency's own system calls a fact lay plain until step 23.
    IS_FILED_PLAIN = "select 1 from exchange_fact where sealed is null limit 1";
    FILED_PLAIN = "select id, person_id, agency_id, key from exchange_fact
        where sealed is null order by id limit $1";
    SET_FILED = "update exchange_fact set key = $2, sealed = $3 where id = $1";
}

const VISIT_TEXTS: &[Column] = &[
    VISIT_NAME,
    VISIT_ACCOUNT,
    VISIT_REASON,
    VISIT_ANSWER,
    VISIT_WHAT,
    VISIT_PLACE,
    VISIT_DECLINED,
];

/// What a person has beside the person's own row, each table with how many
/// columns make its key.
type Table = (&'static Personal, &'static Personal, usize, &'static [Column]);

static OF_PERSON: &[Table] = &[
    (
        &PERSON,
        &SET_PERSON,
        1,
        &[
            PERSON_GIVEN,
            PERSON_FAMILY,
            PERSON_BORN,
            PERSON_PHONE,
            PERSON_EMAIL,
            PERSON_ADDRESS,
            PERSON_POSTCODE,
        ],
    ),
    (&CASES, &SET_CASE, 1, &[CASE_SUMMARY, CASE_WHAT, CASE_PLACE]),
    (&EVENTS, &SET_EVENT, 2, &[CASE_EVENT]),
    (&HANDOVERS, &SET_HANDOVER, 1, &[HANDOVER_NEED, HANDOVER_REASON, HANDOVER_ALTERNATIVE]),
    (&RULINGS, &SET_RULING, 1, &[RULING_TEXT]),
    (&APPOINTMENTS, &SET_APPOINTMENT, 1, &[APPOINTMENT_PLACE]),
    (&VISITS, &SET_VISIT, 1, VISIT_TEXTS),
];

impl Vault {
    /// Takes a database in: gives it the slots of this keyring, seals what is
    /// plain, and notes that all is sealed. Tells `progress` how many persons
    /// are done; gives back how many persons, visits and facts of files were sealed. On a
    /// database that is sealed already it does nothing.
    ///
    /// # Errors
    /// When another keyring sealed it, or the database does not answer.
    pub async fn take_in(&self, db: &Db, mut progress: impl FnMut(u64)) -> Result<u64, DbError> {
        let id = self.0.id;
        match store::marked(&mut *db.read().await?).await? {
            Some(marked) if marked == id.to_string() => return self.later(db, progress).await,
            Some(_) => return Err(KeyFault::Other.into()),
            None => {}
        }
        let mut tx = db.begin().await?;
        let newest: Vec<(i64, i64)> =
            self.with(|ring| (0..ring::SLOTS).map(|slot| (slot, ring.newest(slot))).collect());
        for (slot, generation) in newest {
            store::add_generation(&mut tx, slot, generation).await?;
        }
        tx.commit().await?;
        let warrant = Warrant::new(Cause::Keeping, self);
        let mut done = 0;
        for plain in [&PLAIN_PERSONS, &PLAIN_VISITS, &PLAIN_MESSAGES] {
            let mut last = Uuid::nil();
            loop {
                let mut tx = db.begin().await?;
                let rows = tx.rows(warrant.opens(plain), args![last, BATCH]).await?;
                let full = i64::try_from(rows.len()).unwrap_or(0) == BATCH;
                for mut row in rows {
                    last = row.get(0)?;
                    match plain.listed().name().rsplit("::").next() {
                        Some("PLAIN_PERSONS") => person(&mut tx, &warrant, last).await?,
                        Some("PLAIN_VISITS") => visit(&mut tx, &warrant, last).await?,
                        _ => message(&mut tx, &warrant, last, row.get(1)?).await?,
                    }
                    done += 1;
                }
                tx.commit().await?;
                progress(done);
                if !full {
                    break;
                }
            }
        }
        done += self.filed_keys(db).await?;
        if done > 0 {
            // What was plain still stands in pages that are free now.
            db.rewrite().await?;
        }
        let mut tx = db.begin().await?;
        store::mark(&mut tx, id).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// Seals what came to be sealed since the database was taken in.
    async fn later(&self, db: &Db, mut progress: impl FnMut(u64)) -> Result<u64, DbError> {
        let done = self.filed_keys(db).await?;
        progress(done);
        if done > 0 {
            db.rewrite().await?;
        }
        Ok(done)
    }

    /// Seals what agencies' own systems call their facts, each under its person's key.
    async fn filed_keys(&self, db: &Db) -> Result<u64, DbError> {
        let warrant = Warrant::new(Cause::Keeping, self);
        let mut done = 0;
        loop {
            let mut tx = db.begin().await?;
            let rows = tx.rows(warrant.opens(&FILED_PLAIN), args![BATCH]).await?;
            if rows.is_empty() {
                return Ok(done);
            }
            for mut row in rows {
                let (id, person): (Uuid, Uuid) = (row.get(0)?, row.get(1)?);
                let (agency, plain): (AgencyId, String) = (row.get(2)?, row.get(3)?);
                let key = Key::look_up(&mut tx, &warrant, person).await?;
                // Of somebody erased nothing is kept that opens.
                let sealed = match key.is_destroyed() {
                    true => String::new(),
                    false => key.seal(FILED_KEY, &plain)?,
                };
                tx.run_one(
                    warrant.opens(&SET_FILED),
                    args![id, self.filed(agency, &plain), sealed],
                )
                .await?;
                done += 1;
            }
            tx.commit().await?;
        }
    }
}

/// Whether anything that an agency's own system calls a fact still lies plain.
pub(super) async fn is_filed_plain(link: &mut Link) -> Result<bool, DbError> {
    Ok(link.row(LOCKSMITH.opens(&IS_FILED_PLAIN), &[]).await?.is_some())
}

async fn person(tx: &mut Tx, warrant: &Warrant, id: Uuid) -> Result<(), DbError> {
    let key = Key::make(tx, warrant, id).await?;
    let vault = warrant.vault();
    for mut row in tx.rows(warrant.opens(&NUMBERS), args![id]).await? {
        let (number, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let read = IdentityKind::parse(&kind)
            .and_then(|kind| IdentityNumber::from_stored(kind, &number).ok());
        let read = read.ok_or_else(|| {
            DbError::Other(format!("person {id} has a number that is none: put it right first"))
        })?;
        let sealed = key.seal(NUMBER, read.canonical())?;
        tx.run_one(warrant.opens(&SET_NUMBER), args![id, number, vault.number(&read), sealed])
            .await?;
    }
    if let Some(mut row) = tx.row(warrant.opens(&NAME), args![id]).await? {
        let (given, family): (String, String) = (row.get(0)?, row.get(1)?);
        let keys: Vec<String> =
            search_keys(&given, &family).iter().map(|key| vault.name(key)).collect();
        tx.run(warrant.opens(&CLEAR_KEYS), args![id]).await?;
        for mut row in tx.rows(warrant.opens(&AGENCIES), args![id]).await? {
            let agency: Uuid = row.get(0)?;
            for key in &keys {
                tx.run(warrant.opens(&SET_KEY), args![agency, key, id]).await?;
            }
        }
    }
    for table in OF_PERSON {
        texts(tx, warrant, &key, *table, id).await?;
    }
    Ok(())
}

async fn visit(tx: &mut Tx, warrant: &Warrant, id: Uuid) -> Result<(), DbError> {
    let key = Key::make(tx, warrant, id).await?;
    texts(tx, warrant, &key, (&VISIT, &SET_VISIT, 1, VISIT_TEXTS), id).await
}

async fn message(tx: &mut Tx, warrant: &Warrant, id: Uuid, person: Uuid) -> Result<(), DbError> {
    let key = Key::look_up(tx, warrant, person).await?;
    let table = (&MESSAGE, &SET_MESSAGE, 1, [OUTBOX_RECIPIENT, OUTBOX_BODY].as_slice());
    let (select, update, ids, columns) = table;
    texts(tx, warrant, &key, (select, update, ids, columns), id).await?;
    tx.run_one(warrant.opens(&SET_SUBJECT), args![id, person]).await
}

/// Seals the texts of some rows, which are plain.
async fn texts(
    tx: &mut Tx,
    warrant: &Warrant,
    key: &Key,
    (select, update, ids, columns): (&'static Personal, &'static Personal, usize, &[Column]),
    about: Uuid,
) -> Result<(), DbError> {
    for mut row in tx.rows(warrant.opens(select), args![about]).await? {
        let mut values: Vec<Value> = Vec::with_capacity(ids + columns.len());
        for at in 0..ids {
            values.push(row.get(at)?);
        }
        for (at, column) in columns.iter().enumerate() {
            let text: Option<String> = row.get(ids + at)?;
            // An event without detail keeps none.
            let text = text.map(|text| if text == "{}" { String::new() } else { text });
            values.push(key.seal_some(*column, text.as_deref())?.into());
        }
        tx.run_one(warrant.opens(update), &values).await?;
    }
    Ok(())
}
