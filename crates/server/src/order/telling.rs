//! Telling people whose booked time moves along with an office where they come to now: whoever stands
//! at a closed door is noted as absent (REQ-ORG-10, REQ-REF-15).

use jiff::Timestamp;
use onedoor_domain::ids::{OfficeId, PersonId};
use uuid::Uuid;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::keys::{BOOKING_PHONE, Key, PERSON_PHONE, Sealed, SubjectId};
use crate::message::{self, Message};
use crate::office::store as offices;
use crate::policy::Permit;
use crate::web::Fault;
use crate::words::Words;

crate::sql! {
    // Those who come in person. A booked time has a number of its own, or the person has one: that is
    // not used where an address is protected, for others may know the number.
    COMING = "select b.id, b.person_id, b.starts_at, b.phone,
            case when p.id is null then b.language else p.language end,
            case when p.protection = 0 then p.phone else null end, k.wrapped
        from booking b left join person p on p.id = b.person_id
        left join subject_key k on k.subject_id = coalesce(b.person_id, b.id)
        where b.office_id = $1 and b.state = 'booked' and b.ends_at > $2 and b.meet_by = 'office'
        order by b.starts_at, b.id";
}

/// Somebody who is to be told.
struct Coming {
    subject: SubjectId,
    person: Option<PersonId>,
    starts: Timestamp,
    phone: String,
    language: String,
}

/// Those who come to an office that goes.
#[derive(Default)]
pub(super) struct Telling {
    told: Vec<Coming>,
    untold: i64,
}

impl Telling {
    /// How many get a text message.
    pub(super) fn told(&self) -> i64 {
        i64::try_from(self.told.len()).unwrap_or(i64::MAX)
    }

    /// How many have left no number: the office calls on them otherwise.
    pub(super) fn untold(&self) -> i64 {
        self.untold
    }
}

/// Who comes to the office from now on. It is asked before the times move.
pub(super) async fn coming(
    link: &mut Link,
    permit: &Permit,
    office: OfficeId,
    now: Timestamp,
) -> Result<Telling, DbError> {
    let mut telling = Telling::default();
    for mut row in link.rows(permit.opens(&COMING), args![office, now]).await? {
        let (id, person): (Uuid, Option<PersonId>) = (row.get(0)?, row.get(1)?);
        let subject = person.map_or(SubjectId::from(id), SubjectId::from);
        let key = Key::of(permit, subject, row.get(6)?)?;
        let mut phone = key.open(BOOKING_PHONE, row.get(3)?)?;
        if phone.is_empty()
            && let Some(known) = row.get::<Option<Sealed>>(5)?
        {
            phone = key.open(PERSON_PHONE, known)?;
        }
        if phone.is_empty() {
            telling.untold += 1;
            continue;
        }
        let (starts, language) = (row.get(2)?, row.get(4)?);
        telling.told.push(Coming { subject, person, starts, phone, language });
    }
    Ok(telling)
}

/// Tells each by a text message the day and where it is now, in the transaction that moves the time.
/// Nothing secret stands in it: no need, no agency.
pub(super) async fn tell(
    app: &App,
    tx: &mut Tx,
    permit: &Permit,
    into: OfficeId,
    telling: &Telling,
) -> Result<(), Fault> {
    let Some((name, address, ..)) = offices::office(tx, into).await? else { return Ok(()) };
    for it in &telling.told {
        let words = Words::new(it.language.parse().unwrap_or_default());
        let day = words.date(app.day(it.starts));
        let when = format!("{day} {}", words.time(it.starts, &app.zone));
        let message = Message {
            channel: "sms",
            recipient: it.phone.clone(),
            language: it.language.clone(),
            body: words.with2("closing-text", when, format!("{name}, {address}")),
        };
        message::send_to(tx, permit, (it.subject, it.person), &message, app.now()).await?;
    }
    Ok(())
}
