//! Messages to people, through one sender that a site can change. The default
//! is an outbox that an administrator reads.

mod delivery;
mod pages;

use jiff::Timestamp;
use onedoor_domain::ids::PersonId;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use delivery::deliver;
pub use pages::routes;

use crate::app::App;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, OUTBOX_BODY, OUTBOX_RECIPIENT, SubjectId};
use crate::policy::{Permit, Proof, Warrant};
use crate::walls::open_to;
use crate::web::Fault;

crate::sql! {
    INSERT = "insert into outbox
            (id, channel, recipient, language, body, person_id, created_at, sent_at, subject_id)
        values ($1, $2, $3, $4, $5, $6, $7, null, $8)";
    UNSENT = "select o.id, o.channel, o.recipient, o.language, o.body, o.subject_id, k.wrapped
        from outbox o left join subject_key k on k.subject_id = o.subject_id
        where o.id > $1 and o.sent_at is null and o.created_at >= $3 order by o.id limit $2";
    CLAIM = "update outbox set sent_at = $2 where id = $1 and sent_at is null";
    GIVE_BACK = "update outbox set sent_at = null where id = $1 and sent_at = $2";
    LIST = concat!("select o.id, o.channel, o.recipient, o.language, o.body, o.created_at, o.sent_at,
            o.person_id, o.subject_id, k.wrapped
        from outbox o left join person p on p.id = o.person_id
        left join subject_key k on k.subject_id = o.subject_id
        where o.id < $1 and ", open_to!("$3", "$4"), " order by o.id desc limit $2");
}

/// The ways a message may go.
pub const CHANNELS: [&str; 2] = ["sms", "email"];

/// A message on its way.
#[derive(Clone, Debug)]
pub struct Message {
    /// `sms` or `email`.
    pub channel: &'static str,
    /// The telephone number or address.
    pub recipient: String,
    /// The language it is written in.
    pub language: String,
    /// The text: nothing secret stands in it.
    pub body: String,
}

/// How messages leave. A site that has a gateway puts its own in. It is asked outside of every
/// transaction, after what was written stands.
pub trait Sender: Send + Sync {
    /// Whether the message left at once. The outbox keeps it either way, and offers one that
    /// did not leave again.
    fn send(&self, message: &Message) -> bool;

    /// Whether messages only stay in the outbox: then nothing is offered.
    fn only_keeps(&self) -> bool {
        false
    }
}

/// The default: everything stays in the outbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outbox;

impl Sender for Outbox {
    fn send(&self, _: &Message) -> bool {
        false
    }

    fn only_keeps(&self) -> bool {
        true
    }
}

/// Writes a message to the permit's person into the outbox, sealed under the person's key, or
/// under that of the visit where nobody knows who it is. It leaves with [`deliver`], once the
/// transaction stands: what is rolled back was never sent.
///
/// # Errors
/// When the database refuses.
pub async fn send(
    tx: &mut Tx,
    permit: &Permit,
    message: &Message,
    now: Timestamp,
) -> Result<(), Fault> {
    let person: Option<PersonId> = permit.person();
    let subject = match person {
        Some(person) => SubjectId::from(person),
        None => permit.visit()?.into(),
    };
    send_to(tx, permit, (subject, person), message, now).await
}

/// Writes a message to somebody whom the proof reaches, sealed under their key, or under that of
/// what is kept of them where nobody knows who it is; as [`send`].
///
/// # Errors
/// When the database refuses.
pub async fn send_to(
    tx: &mut Tx,
    proof: &dyn Proof,
    (subject, person): (SubjectId, Option<PersonId>),
    message: &Message,
    now: Timestamp,
) -> Result<(), Fault> {
    let key = Key::look_up(tx, proof, subject).await?;
    let args = args![
        crate::app::new_id(),
        message.channel,
        key.seal(OUTBOX_RECIPIENT, &message.recipient)?,
        &message.language,
        key.seal(OUTBOX_BODY, &message.body)?,
        person,
        now,
        subject.0,
    ];
    tx.run_one(proof.opens(&INSERT), args).await?;
    Ok(())
}

/// How many messages are read at once.
const BATCH: i64 = 50;

/// A message that has not left.
struct Unsent {
    id: Uuid,
    message: Option<Message>,
}

async fn unsent(
    link: &mut Link,
    warrant: &Warrant,
    after: Uuid,
    since: Timestamp,
) -> Result<Vec<Unsent>, DbError> {
    let read = |mut row: Row| -> Result<Unsent, DbError> {
        let id: Uuid = row.get(0)?;
        let channel: String = row.get(1)?;
        let channel = CHANNELS.into_iter().find(|known| *known == channel);
        let subject: Option<Uuid> = row.get(5)?;
        let (Some(channel), Some(subject)) = (channel, subject) else {
            return Ok(Unsent { id, message: None });
        };
        let key = Key::of(warrant, subject, row.get(6)?)?;
        // Whoever was erased is written to no more.
        let message = if key.is_destroyed() {
            None
        } else {
            Some(Message {
                channel,
                recipient: key.open(OUTBOX_RECIPIENT, row.get(2)?)?,
                language: row.get(3)?,
                body: key.open(OUTBOX_BODY, row.get(4)?)?,
            })
        };
        Ok(Unsent { id, message })
    };
    link.rows(warrant.opens(&UNSENT), args![after, BATCH, since])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// Marks a message as sent, unless another server did: the one that marks it sends it.
async fn claim(app: &App, warrant: &Warrant, id: Uuid, now: Timestamp) -> Result<bool, DbError> {
    let mut tx = app.db.begin().await?;
    let mine = tx.run(warrant.opens(&CLAIM), args![id, now]).await? == 1;
    tx.commit().await?;
    Ok(mine)
}

async fn give_back(app: &App, warrant: &Warrant, id: Uuid, at: Timestamp) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    tx.run(warrant.opens(&GIVE_BACK), args![id, at]).await?;
    tx.commit().await
}

/// A message in the outbox, with the recipient masked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageLine {
    /// Identifier.
    pub id: String,
    /// `sms` or `email`.
    pub channel: String,
    /// The recipient, all but the end hidden.
    pub recipient: String,
    /// The language.
    pub language: String,
    /// The text.
    pub body: String,
    /// When it was written.
    pub created_at: i64,
    /// When it left.
    pub sent_at: Option<i64>,
    /// To whom, for the journal.
    #[serde(skip)]
    pub person: Option<Uuid>,
}

fn masked(recipient: &str) -> String {
    let count = recipient.chars().count();
    let shown: String = recipient.chars().skip(count.saturating_sub(3)).collect();
    format!("***{shown}")
}

/// The messages before `before`, latest first.
///
/// # Errors
/// When the database does not answer.
pub async fn list(
    link: &mut Link,
    permit: &Permit,
    before: Uuid,
    limit: i64,
    actor: &crate::sign_in::Actor,
) -> Result<Vec<MessageLine>, DbError> {
    debug_assert_eq!(permit.action(), onedoor_domain::secrecy::Action::ReadOutbox);
    let rows =
        link.rows(permit.opens(&LIST), args![before, limit, actor.lacks(), actor.id]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            let (recipient, body) = match row.get::<Option<Uuid>>(8)? {
                Some(subject) => {
                    let key = Key::of(permit, subject, row.get(9)?)?;
                    let recipient = key.open(OUTBOX_RECIPIENT, row.get(2)?)?;
                    (recipient, key.open(OUTBOX_BODY, row.get(4)?)?)
                }
                // Written before there were keys, and about nobody known.
                None => (row.get(2)?, row.get(4)?),
            };
            Ok(MessageLine {
                id: id.to_string(),
                channel: row.get(1)?,
                recipient: masked(&recipient),
                language: row.get(3)?,
                body,
                created_at: row.get(5)?,
                sent_at: row.get(6)?,
                person: row.get(7)?,
            })
        })
        .collect()
}
