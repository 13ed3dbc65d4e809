//! What is written of a meeting, and each party's copy of it: one conversation, split by law.
//! Every line carries its owner and what it tells of. A reader gets the lines of their own agency,
//! what the person said to all at the table, and of the others what the walls let cross; what
//! stays behind leaves no trace. The person has the whole (REQ-MEET-03, REQ-INFO-01).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, MeetingId, PersonId, ProviderId, StaffId};
use onedoor_domain::meeting::{AgreedState, LineKind};
use onedoor_domain::record::Grade;
use onedoor_domain::secrecy::{Categories, Category, Purpose, Verdict, WallGround};
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{Key, MEETING_LINE};
use crate::policy::{Permit, Proof};
use crate::provider::store::{self as providers, Handing, Part};
use crate::walls::{self, Crossed, Held, Standing};
use crate::web::{Desk, Fault};

crate::sql! {
    OF_MEETING = "select l.id, l.kind, l.agency_id, coalesce(a.name, ''), l.provider_id,
            l.category, l.grade, l.body, l.topic_id, l.after_id, l.due_on, l.owner,
            coalesce(w.name, ''), l.state, l.written_at, coalesce(s.name, ''), l.version
        from meeting_line l left join agency a on a.id = l.agency_id
        left join agency w on w.id = l.owner_agency_id left join staff s on s.id = l.written_by
        where l.meeting_id = $1 order by l.written_at, l.id limit 500";
    ADD = "insert into meeting_line (id, meeting_id, kind, agency_id, provider_id, category, grade,
            body, topic_id, after_id, due_on, owner, owner_agency_id, state, plan_item_id,
            written_by, written_at, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, null, $15, $16, 1)";
    SETTLE = "update meeting_line set state = $4, plan_item_id = coalesce($5, plan_item_id),
            version = version + 1
        where id = $1 and meeting_id = $2 and version = $3 and kind = 'agreement'";
}

/// What a meeting is for, before the walls.
pub(super) const PURPOSE: Purpose = Purpose::Coordination;

/// A line of a meeting.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: Uuid,
    pub(super) kind: LineKind,
    /// None for what the person said.
    pub(super) agency: Option<AgencyId>,
    pub(super) agency_name: String,
    pub(super) provider: Option<ProviderId>,
    pub(super) category: Category,
    pub(super) grade: Grade,
    pub(super) body: String,
    pub(super) topic: Option<Uuid>,
    pub(super) after: Option<Uuid>,
    pub(super) due_on: Option<Date>,
    pub(super) owner: String,
    pub(super) owner_name: String,
    pub(super) state: Option<AgreedState>,
    pub(super) at: Timestamp,
    pub(super) by: String,
    pub(super) version: i64,
}

fn line(key: &Key, mut row: Row) -> Result<Line, DbError> {
    let (kind, category, grade): (String, String, String) = (row.get(1)?, row.get(5)?, row.get(6)?);
    let state: String = row.get(13)?;
    let bad = |what: &str| DbError::Other(format!("a line of a meeting with an unknown {what}"));
    Ok(Line {
        id: row.get(0)?,
        kind: LineKind::parse(&kind).ok_or_else(|| bad("kind"))?,
        agency: row.get(2)?,
        agency_name: row.get(3)?,
        provider: row.get(4)?,
        category: Category::parse(&category).ok_or_else(|| bad("category"))?,
        // A grade that nobody knows stays with its owner.
        grade: Grade::parse(&grade).unwrap_or(Grade::Clinical),
        body: key.open(MEETING_LINE, row.get(7)?)?,
        topic: row.get(8)?,
        after: row.get(9)?,
        due_on: row.get(10)?,
        owner: row.get(11)?,
        owner_name: row.get(12)?,
        state: AgreedState::parse(&state),
        at: row.get(14)?,
        by: row.get(15)?,
        version: row.get(16)?,
    })
}

/// Everything that is written of a meeting about a person: for the person, and for the copies.
pub(super) async fn all(
    link: &mut Link,
    permit: &Permit,
    (meeting, person): (MeetingId, PersonId),
) -> Result<Vec<Line>, Fault> {
    let rows = link.rows(permit.opens(&OF_MEETING), args![meeting]).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = Key::look_up(link, permit, person).await?;
    Ok(rows.into_iter().map(|row| line(&key, row)).collect::<Result<_, _>>()?)
}

/// The copy of the one who asks. What crossed from another agency is noted as a disclosure; the
/// caller commits.
pub(super) async fn copy(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    of: (MeetingId, PersonId),
) -> Result<Vec<Line>, Fault> {
    let all = all(tx, permit, of).await?;
    if all.is_empty() {
        return Ok(all);
    }
    let standing = Standing::of(desk, tx, permit).await?;
    let mut givers = BTreeMap::new();
    let mut crossed: Vec<Crossed> = Vec::new();
    let mut mine = Vec::new();
    for line in all {
        let Some(agency) = line.agency.filter(|agency| *agency != standing.receiver()) else {
            mine.push(line);
            continue;
        };
        if !givers.contains_key(&agency)
            && let Some(giver) = walls::giver_of(tx, agency, desk.actor().office).await?
        {
            givers.insert(agency, giver);
        }
        let Some(giver) = givers.get(&agency) else { continue };
        let held = Held { received: Some(desk.app().day(line.at)), ..Held::default() };
        let verdict = standing.judge(giver, PURPOSE, line.category, held);
        if let (Some(Verdict::Permit(ground)), true) = (verdict, line.grade.may_cross(PURPOSE)) {
            // The day of receipt may lead to another rule: each line is told with its own.
            let one = Crossed { giver: agency, category: line.category, ground, rows: 1 };
            one.add(&mut crossed);
            mine.push(line);
        }
    }
    walls::crossed(desk, permit, &standing, PURPOSE, &crossed);
    Ok(mine)
}

/// What a provider is told of a meeting: the lines of its own items, and of those only what the
/// agreement lists and the walls let through, with the ground of each (REQ-MEET-13).
pub(super) struct ForProvider {
    pub(super) lines: Vec<Line>,
    pub(super) grounds: BTreeMap<Category, WallGround>,
    /// Whether it may be told at all who it is and that they have a case.
    pub(super) may: bool,
}

/// See [`ForProvider`]. The one who asks is of the agency whose agreement it is.
pub(super) async fn for_provider(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    of: (MeetingId, PersonId),
    (provider, listed): (ProviderId, Categories),
    declared: &[String],
) -> Result<ForProvider, Fault> {
    let agency = desk.worker()?.agency;
    let me = walls::giver_of(link, agency, desk.actor().office).await?.ok_or(Fault::Denied)?;
    let standing = Standing::of(desk, link, permit).await?;
    let standing = standing.before_provider(provider, listed, declared);
    let mut grounds = BTreeMap::new();
    for category in listed.iter() {
        let verdict = standing.judge(&me, PURPOSE, category, Held::default());
        if let Some(Verdict::Permit(ground)) = verdict {
            grounds.insert(category, ground);
        }
    }
    let may = [Category::Id, Category::Case].iter().all(|told| grounds.contains_key(told));
    let mut lines = all(link, permit, of).await?;
    lines.retain(|line| {
        may && line.provider == Some(provider)
            // What another agency wrote is that agency's to hand on.
            && line.agency.is_none_or(|writer| writer == agency)
            && grounds.contains_key(&line.category)
            && line.grade.may_cross(PURPOSE)
    });
    Ok(ForProvider { lines, grounds, may })
}

/// Hands a provider its copy: kept word for word, so that the person reads it (REQ-INFO-16).
pub(super) async fn hand(
    desk: &Desk,
    tx: &mut Tx,
    permit: &Permit,
    (provider, declared): (ProviderId, &[String]),
    copy: &ForProvider,
) -> Result<Uuid, Fault> {
    let worker = desk.worker()?;
    let standing = Standing::of(desk, tx, permit).await?;
    let mut parts = Vec::new();
    for (category, ground) in &copy.grounds {
        let body: Vec<&str> = copy
            .lines
            .iter()
            .filter(|line| line.category == *category)
            .map(|line| line.body.as_str())
            .collect();
        if body.is_empty() {
            continue;
        }
        parts.push(Part {
            category: *category,
            ground: walls::journal_ground(ground).as_str(),
            rule: ground
                .rule
                .map(|id| standing.pack().rule_code(id).to_owned())
                .unwrap_or_default(),
            consent: ground.consent,
            body: body.join("\n"),
        });
    }
    if parts.is_empty() {
        return Err(Fault::field("provider", "meeting-nothing-to-hand"));
    }
    let handing = Handing {
        provider,
        agency: worker.agency,
        purpose: PURPOSE,
        conditions: &declared.join(" "),
        pack: standing.pack().code(),
        parts: &parts,
        by: worker.id,
    };
    providers::hand(tx, permit, &handing, desk.now()).await
}

/// A line to be written.
pub(super) struct NewLine<'a> {
    pub(super) kind: LineKind,
    pub(super) agency: Option<AgencyId>,
    pub(super) provider: Option<ProviderId>,
    pub(super) category: Category,
    pub(super) grade: Grade,
    pub(super) body: &'a str,
    pub(super) topic: Option<Uuid>,
    pub(super) after: Option<Uuid>,
    pub(super) due_on: Option<Date>,
    pub(super) owner: &'a str,
    pub(super) owner_agency: Option<AgencyId>,
    pub(super) by: Option<StaffId>,
}

/// Writes a line, its words sealed.
///
/// # Errors
/// When the database refuses.
pub(super) async fn add(
    tx: &mut Tx,
    permit: &Permit,
    (meeting, person): (MeetingId, PersonId),
    new: &NewLine<'_>,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    let key = Key::look_up(tx, permit, person).await?;
    let id = crate::app::new_id();
    let state = if new.kind == LineKind::Agreement { AgreedState::Open.as_str() } else { "" };
    let args = args![
        id,
        meeting,
        new.kind.as_str(),
        new.agency,
        new.provider,
        new.category.as_str(),
        new.grade.as_str(),
        key.seal(MEETING_LINE, new.body)?,
        new.topic,
        new.after,
        new.due_on,
        new.owner,
        new.owner_agency,
        state,
        new.by,
        now,
    ];
    tx.run_one(permit.opens(&ADD), args).await?;
    Ok(id)
}

/// Notes how far an agreement has come, and which row of the plan it became.
///
/// # Errors
/// A conflict when somebody has changed it meanwhile.
pub(super) async fn settle(
    tx: &mut Tx,
    proof: &dyn Proof,
    meeting: MeetingId,
    (line, version): (Uuid, i64),
    (state, item): (AgreedState, Option<Uuid>),
) -> Result<(), Fault> {
    Ok(tx
        .run_one(proof.opens(&SETTLE), args![line, meeting, version, state.as_str(), item])
        .await?)
}
