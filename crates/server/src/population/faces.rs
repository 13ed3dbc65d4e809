//! The faces of the sources: eight made-up people for demonstrations and tests, each with a visit
//! at which they told their story, and a little of everything that a reception keeps beside visits
//! (REQ-MISC-15). None has an identity number, and nobody is meant.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::reception::{Need, sort};
use uuid::Uuid;

use super::calendar::MINUTE;
use crate::app::id_of;
use crate::args;
use crate::db::{Db, DbError, Link, Personal, Plain, Tx};
use crate::keys::{
    BOOKING_NAME, BOOKING_PHONE, Key, PERSON_ADDRESS, PERSON_BORN, PERSON_FAMILY, PERSON_GIVEN,
    REACTION_TEXT, VISIT_ACCOUNT, VISIT_ANSWER, VISIT_NAME, VISIT_REASON,
};
use crate::policy::{Cause, Warrant};

/// A face: its scenario, a made-up name, age, what is needed, and the story in own words.
pub struct Face {
    /// Which scenario it stands for.
    pub scenario: &'static str,
    /// The given name.
    pub given: &'static str,
    /// The family name.
    pub family: &'static str,
    /// How old.
    pub age: i64,
    /// What is needed.
    pub needs: &'static [Need],
    /// The event of life; empty for none.
    pub event: &'static str,
    /// The story.
    pub account: &'static str,
}

/// One for each scenario.
pub static FACES: &[Face] = &[
    Face {
        scenario: "single_mother_first_job",
        given: "Ylva",
        family: "Myrhaug",
        age: 26,
        needs: &[Need::Work, Need::Family],
        event: "first_job",
        account: "Alene med to barn, skal i jobb for første gang",
    },
    Face {
        scenario: "drop_out",
        given: "Tobben",
        family: "Kråkevik",
        age: 19,
        needs: &[Need::Training, Need::Income],
        event: "no_work",
        account: "Sluttet på videregående og vet ikke hva som er neste",
    },
    Face {
        scenario: "rehabilitation",
        given: "Gunnvor",
        family: "Slettebø",
        age: 44,
        needs: &[Need::Illness, Need::Work],
        event: "ill",
        account: "På rehabilitering etter en skade og vil prøve arbeid",
    },
    Face {
        scenario: "unpaid_on_measure",
        given: "Rolf-Idar",
        family: "Dalebrekk",
        age: 38,
        needs: &[Need::Income, Need::Training],
        event: "",
        account: "Går på tiltak i kommunen uten å få betalt",
    },
    Face {
        scenario: "substitution_treatment",
        given: "Kjersten",
        family: "Vågslid",
        age: 41,
        needs: &[Need::Illness, Need::Housing],
        event: "",
        account: "I behandling, trenger et sted å bo for å holde på den",
    },
    Face {
        scenario: "immigrant",
        given: "Amirah",
        family: "Solbrekke",
        age: 33,
        needs: &[Need::Work, Need::Training],
        event: "no_work",
        account: "Utdannet i et annet land, lærer språket",
    },
    Face {
        scenario: "outdated_trade",
        given: "Oddmund",
        family: "Typografsen",
        age: 58,
        needs: &[Need::Work, Need::Training],
        event: "lost_job",
        account: "Faget mitt finnes nesten ikke lenger",
    },
    Face {
        scenario: "in_the_gap",
        given: "Solfrid",
        family: "Mellombakk",
        age: 47,
        needs: &[Need::Income, Need::Illness],
        event: "",
        account: "For syk til å arbeide og for frisk til å få ytelse",
    },
];

/// The key in `installation` under which they are noted.
pub const KEY: &str = "faces";

static PERSON: Personal = Personal::new(
    "population::faces::PERSON",
    "insert into person (id, given_name, family_name, born_on, language, phone, email, address,
        postcode, basic_unit, protection, source, received_on, version)
    values ($1, $2, $3, $4, 'nb', '', '', $5, '', null, 0, 'person', $6, 1)",
);
static KNOWN: Personal = Personal::new(
    "population::faces::KNOWN",
    "insert into person_agency (person_id, agency_id, since) values ($1, $2, $3)",
);
static NAME: Personal = Personal::new(
    "population::faces::NAME",
    "insert into person_name (agency_id, key, person_id) values ($1, $2, $3) on conflict do nothing",
);
static VISIT: Personal = Personal::new(
    "population::faces::VISIT",
    "insert into visit (id, office_id, day, ticket, person_id, spoken_name, language, needs, account,
        mode, track, first_track, track_reason, state, arrived_at, called_at, closed_at, server_id,
        outcome, answer, adviser_needed, told_again, changed_at, version)
    values ($1, $2, $3, $4, $5, $6, 'nb', $7, $8, 'host', $9, $9, $10, 'closed', $11, $12, $13, $14,
        'informed', $15, false, 0, $13, 1)",
);
static DECLINED: Personal = Personal::new(
    "population::faces::DECLINED",
    "update visit set track = 'common_area', first_track = 'common_area' where id = $1",
);
static AGENCY: Personal = Personal::new(
    "population::faces::AGENCY",
    "insert into visit_agency (visit_id, agency_id, took_part) values ($1, $2, $3)",
);
static EVENT: Personal = Personal::new(
    "population::faces::EVENT",
    "insert into visit_event (visit_id, n, at, kind, actor_id, detail)
    values ($1, $2, $3, $4, $5, '{}')",
);
static MARK: Personal = Personal::new(
    "population::faces::MARK",
    "insert into visit_mark (visit_id, kind, code, office_id, day, staff_id, at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
);
static BOOKING: Personal = Personal::new(
    "population::faces::BOOKING",
    "insert into booking (id, office_id, starts_at, ends_at, place_no, person_id, spoken_name, phone,
        needs, language, access, meet_by, booked_by, agency_id, visit_id, appointment_id, made_by,
        made_at, state, settled_at, confirmed_at, moved_to, version)
    values ($1, $2, $3, $4, 1, $5, $6, $7, $8, 'nb', '', 'office', 'net', null, null, null, null, $9,
        $10, $11, null, null, 1)",
);
static CONTACT: Plain = Plain::new(
    "population::faces::CONTACT",
    "insert into anonymous_contact (id, office_id, day, kind, channel, needs, guidance)
    values ($1, $2, $3, $4, $5, '[]', $6)",
);
static ANSWER: Plain = Plain::new(
    "population::faces::ANSWER",
    "insert into way_out (id, office_id, day, in_time, travel_minutes, solved)
    values ($1, $2, $3, $4, $5, $6)",
);
static REACTION: Personal = Personal::new(
    "population::faces::REACTION",
    "insert into reaction (id, office_id, day, kind, text, at, council_on, taken_by)
    values ($1, $2, $3, 'left_out', $4, $5, null, null)",
);
static THERE: Plain =
    Plain::new("population::faces::THERE", "select 1 from installation where key = $1");
static FIRST: Plain = Plain::new(
    "population::faces::FIRST",
    "select u.office_id, s.id from staff s join unit u on u.id = s.unit_id
        where s.role = 'front_worker' and s.on_duty order by s.code limit 1",
);
static AGENCIES: Plain =
    Plain::new("population::faces::AGENCIES", "select id, kind from agency order by kind, code");
static NOTE: Plain = Plain::new(
    "population::faces::NOTE",
    "insert into installation (key, value) values ($1, $2) on conflict (key) do nothing",
);

/// The first reception of the city, a worker there, and the agencies by kind.
struct Place {
    office: Uuid,
    worker: Uuid,
    agencies: Vec<(Uuid, String)>,
}

async fn place(link: &mut Link) -> Result<Option<Place>, DbError> {
    let Some(mut row) = link.rows(&FIRST, &[]).await?.into_iter().next() else { return Ok(None) };
    let mut agencies = Vec::new();
    for mut row in link.rows(&AGENCIES, &[]).await? {
        agencies.push((row.get(0)?, row.get(1)?));
    }
    Ok(Some(Place { office: row.get(0)?, worker: row.get(1)?, agencies }))
}

/// Brings them in, once; says how many. A database without offices gets none.
///
/// # Errors
/// When the database refuses.
pub async fn bring_in(
    db: &Db,
    vault: &crate::keys::Vault,
    now: Timestamp,
    today: Date,
) -> Result<usize, DbError> {
    let warrant = Warrant::new(Cause::Population, vault);
    let mut tx = db.begin().await?;
    if !tx.rows(&THERE, args![KEY]).await?.is_empty() {
        return Ok(0);
    }
    let Some(place) = place(&mut tx).await? else { return Ok(0) };
    let mut noted = Vec::new();
    for (n, face) in (0_i64..).zip(FACES) {
        let id = id_of("face", face.scenario);
        person(&mut tx, vault, &warrant, (face, id), &place, today).await?;
        visit(&mut tx, &warrant, (face, id), &place, (n, now, today)).await?;
        booking(&mut tx, &warrant, (face, id), &place, (n, now)).await?;
        noted.push(serde_json::json!({
            "id": id, "name": format!("{} {}", face.given, face.family), "scenario": face.scenario,
        }));
    }
    besides(&mut tx, &warrant, &place, now, today).await?;
    let noted = serde_json::Value::from(noted).to_string();
    tx.run_one(&NOTE, args![KEY, noted]).await?;
    tx.commit().await?;
    Ok(FACES.len())
}

async fn person(
    tx: &mut Tx,
    vault: &crate::keys::Vault,
    warrant: &Warrant,
    (face, id): (&Face, Uuid),
    place: &Place,
    today: Date,
) -> Result<(), DbError> {
    let key = Key::make(tx, warrant, id).await?;
    let born = today.checked_sub(face.age.years()).unwrap_or(today);
    let args = args![
        id,
        key.seal(PERSON_GIVEN, face.given)?,
        key.seal(PERSON_FAMILY, face.family)?,
        key.seal(PERSON_BORN, &born.to_string())?,
        key.seal(PERSON_ADDRESS, "")?,
        today,
    ];
    tx.run_one(warrant.opens(&PERSON), args).await?;
    let kinds = sort(face.needs).agencies;
    for (agency, kind) in &place.agencies {
        if kinds.iter().any(|one| one.as_str() == kind) {
            tx.run_one(warrant.opens(&KNOWN), args![id, *agency, today]).await?;
            for name in onedoor_domain::person::search_keys(face.given, face.family) {
                tx.run(warrant.opens(&NAME), args![*agency, vault.name(&name), id]).await?;
            }
        }
    }
    Ok(())
}

async fn visit(
    tx: &mut Tx,
    warrant: &Warrant,
    (face, person): (&Face, Uuid),
    place: &Place,
    (n, now, today): (i64, Timestamp, Date),
) -> Result<(), DbError> {
    let id = id_of("face-visit", face.scenario);
    let key = Key::look_up(tx, warrant, person).await?;
    let day = today.checked_sub((n + 1).days()).unwrap_or(today);
    let arrived = now.as_microsecond() - (n + 1) * 24 * 60 * MINUTE;
    let (called, closed) = (arrived + (4 + n) * MINUTE, arrived + (20 + 3 * n) * MINUTE);
    let codes: Vec<&str> = face.needs.iter().map(|one| one.as_str()).collect();
    let sorting = sort(face.needs);
    // Nobody books a meeting here, so what would need one is met in the common area.
    let track = if sorting.agencies.len() == 1 { "desk" } else { "common_area" };
    let args = args![
        id,
        place.office,
        day,
        9001 + n,
        person,
        key.seal(VISIT_NAME, "")?,
        serde_json::json!(codes).to_string(),
        key.seal(VISIT_ACCOUNT, face.account)?,
        track,
        key.seal(VISIT_REASON, "")?,
        arrived,
        called,
        closed,
        place.worker,
        key.seal(VISIT_ANSWER, "Fikk en oversikt")?,
    ];
    tx.run_one(warrant.opens(&VISIT), args).await?;
    tx.run(warrant.opens(&DECLINED), args![id]).await?;
    for (agency, kind) in &place.agencies {
        if sorting.agencies.iter().any(|one| one.as_str() == kind) {
            tx.run_one(warrant.opens(&AGENCY), args![id, *agency, true]).await?;
        }
    }
    for (at, (step, kind)) in
        [arrived, called, closed].into_iter().zip((1_i64..).zip(["arrived", "called", "closed"]))
    {
        tx.run_one(warrant.opens(&EVENT), args![id, step, at, kind, place.worker]).await?;
    }
    let mut marks = vec![("offer", "job-search"), ("guidance", "rights")];
    if !face.event.is_empty() {
        marks.push(("event", face.event));
    }
    for (kind, code) in marks {
        let args = args![id, kind, code, place.office, day, place.worker, closed];
        tx.run_one(warrant.opens(&MARK), args).await?;
    }
    Ok(())
}

/// A time that has been, and one to come.
async fn booking(
    tx: &mut Tx,
    warrant: &Warrant,
    (face, person): (&Face, Uuid),
    place: &Place,
    (n, now): (i64, Timestamp),
) -> Result<(), DbError> {
    let key = Key::look_up(tx, warrant, person).await?;
    let codes: Vec<&str> = face.needs.iter().map(|one| one.as_str()).collect();
    let week = 7 * 24 * 60 * MINUTE;
    let half = 30 * MINUTE;
    let base = now.as_microsecond() / half * half + n * half;
    let was = if n % 4 == 0 { "absent" } else { "came" };
    for (name, starts, state) in [("was", base - week, was), ("is", base + week, "booked")] {
        let args = args![
            id_of(&format!("face-booking-{name}"), face.scenario),
            place.office,
            starts,
            starts + half,
            person,
            key.seal(BOOKING_NAME, "")?,
            key.seal(BOOKING_PHONE, "")?,
            serde_json::json!(codes).to_string(),
            starts - week,
            state,
            (state != "booked").then_some(starts + half),
        ];
        tx.run_one(warrant.opens(&BOOKING), args).await?;
    }
    Ok(())
}

/// What a reception keeps beside visits, of nobody.
async fn besides(
    tx: &mut Tx,
    warrant: &Warrant,
    place: &Place,
    now: Timestamp,
    today: Date,
) -> Result<(), DbError> {
    for (n, (kind, channel, guidance)) in (0_i64..).zip([
        ("information", "desk", "jobs"),
        ("information", "phone", ""),
        ("advice", "phone", "rights"),
        ("advice", "desk", "rights qualification"),
    ]) {
        let id = id_of("face-contact", &n.to_string());
        tx.run_one(&CONTACT, args![id, place.office, today, kind, channel, guidance]).await?;
    }
    for (n, (in_time, travel, solved)) in (0_i64..).zip([
        (true, 15_i64, "yes"),
        (true, 40, "yes"),
        (false, 55, "partly"),
        (true, 10, "yes"),
        (false, 25, "no"),
    ]) {
        let id = id_of("face-answer", &n.to_string());
        tx.run_one(&ANSWER, args![id, place.office, today, in_time, travel, solved]).await?;
    }
    let id = id_of("face-reaction", "1");
    let key = Key::make(tx, warrant, id).await?;
    let said = key.seal(REACTION_TEXT, "Jeg kan ikke arbeide nå, og plakaten gjelder ikke meg")?;
    tx.run_one(warrant.opens(&REACTION), args![id, place.office, today, said, now]).await?;
    Ok(())
}
