//! What is common and what is local (REQ-ORG-22), and trials with their standing and funds
//! (REQ-ORG-48).

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::agreement::{Fund, Scope, Standing};
use onedoor_domain::ids::{OfficeId, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Tx};
use crate::policy::Proof;

crate::sql! {
    TOPICS = "select t.topic, t.name, t.scope, t.value, t.decided_on, t.session,
            (select count(*) from local_setting l where l.topic = t.topic and l.ended_at is null)
        from topic_decision t
        where t.n = (select max(x.n) from topic_decision x where x.topic = t.topic)
        order by t.scope, t.name limit 500";
    TOPIC = "select t.scope, t.value from topic_decision t where t.topic = $1
        order by t.n desc limit 1";
    DECIDE = "insert into topic_decision (topic, n, name, scope, value, decided_on, session,
            noted_by, noted_at)
        select $1, coalesce(max(n), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from topic_decision
        where topic = $1";
    SETTINGS = "select l.topic, o.name, l.value from local_setting l
        join office o on o.id = l.office_id where l.ended_at is null
        order by l.topic, o.name limit 5000";
    END_SETTING = "update local_setting set ended_at = $3
        where topic = $1 and office_id = $2 and ended_at is null";
    END_DIFFERENT = "update local_setting set ended_at = $3
        where topic = $1 and value <> $2 and ended_at is null";
    SET = "insert into local_setting (id, topic, office_id, value, noted_by, noted_at, ended_at)
        values ($1, $2, $3, $4, $5, $6, null)";
    EFFORTS = "select e.id, e.code, e.name, e.municipality, e.standing, e.first_day, e.last_day,
            (select cast(coalesce(sum(b.ore), 0) as bigint) from effort_booking b
                where b.effort_id = e.id and b.fund = 'central'),
            (select cast(coalesce(sum(b.ore), 0) as bigint) from effort_booking b
                where b.effort_id = e.id and b.fund = 'own')
        from joint_effort e order by e.municipality, e.name limit 500";
    EFFORT = "select standing, municipality from joint_effort where id = $1";
    SAVE_EFFORT = "insert into joint_effort (id, code, name, municipality, standing, first_day,
            last_day) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (id) do update set name = excluded.name, municipality = excluded.municipality,
            first_day = excluded.first_day, last_day = excluded.last_day";
    BOOK = "insert into effort_booking (id, effort_id, standing, fund, ore, booked_by, booked_at)
        values ($1, $2, $3, $4, $5, $6, $7)";
}

/// A topic in the register.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TopicLine {
    /// Its code.
    pub code: String,
    /// What it is about.
    pub name: String,
    /// `common` or `local`.
    pub scope: String,
    /// How it is, where it is common.
    pub value: String,
    /// When it was decided.
    pub decided_on: String,
    /// In which session.
    pub session: String,
    /// How many offices have a setting of their own.
    pub settings: i64,
}

pub(super) async fn topics(link: &mut Link, _: &dyn Proof) -> Result<Vec<TopicLine>, DbError> {
    let rows = link.rows(&TOPICS, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(TopicLine {
                code: row.get(0)?,
                name: row.get(1)?,
                scope: row.get(2)?,
                value: row.get(3)?,
                decided_on: row.get(4)?,
                session: row.get(5)?,
                settings: row.get(6)?,
            })
        })
        .collect()
}

/// Whether a topic is common, and how it then is.
pub(super) async fn topic(
    link: &mut Link,
    _: &dyn Proof,
    code: &str,
) -> Result<Option<(Scope, String)>, DbError> {
    let Some(mut row) = link.row(&TOPIC, args![code]).await? else { return Ok(None) };
    let scope: String = row.get(0)?;
    let scope = Scope::parse(&scope)
        .ok_or_else(|| DbError::Other(format!("`{scope}` is neither common nor local")))?;
    Ok(Some((scope, row.get(1)?)))
}

/// A decision on a topic.
pub(crate) struct Decision<'a> {
    pub(crate) topic: &'a str,
    pub(crate) name: &'a str,
    pub(crate) scope: Scope,
    pub(crate) value: &'a str,
    pub(crate) decided_on: Date,
    pub(crate) session: &'a str,
}

/// Writes a decision. Where the topic becomes common, local settings that say otherwise end; gives
/// how many.
pub(crate) async fn decide(
    tx: &mut Tx,
    _: &dyn Proof,
    it: &Decision<'_>,
    (by, now): (StaffId, Timestamp),
) -> Result<u64, DbError> {
    let args =
        args![it.topic, it.name, it.scope.as_str(), it.value, it.decided_on, it.session, by, now];
    tx.run_one(&DECIDE, args).await?;
    match it.scope {
        Scope::Common => tx.run(&END_DIFFERENT, args![it.topic, it.value, now]).await,
        Scope::Local => Ok(0),
    }
}

/// A local setting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct SettingLine {
    /// The topic's code.
    pub topic: String,
    /// The office.
    pub office: String,
    /// How it is there.
    pub value: String,
}

pub(super) async fn settings(link: &mut Link, _: &dyn Proof) -> Result<Vec<SettingLine>, DbError> {
    let rows = link.rows(&SETTINGS, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(SettingLine { topic: row.get(0)?, office: row.get(1)?, value: row.get(2)? })
        })
        .collect()
}

pub(super) async fn set(
    tx: &mut Tx,
    _: &dyn Proof,
    (topic, office, value): (&str, OfficeId, &str),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    tx.run(&END_SETTING, args![topic, office, now]).await?;
    tx.run_one(&SET, args![crate::app::new_id(), topic, office, value, by, now]).await
}

/// A trial or coordination.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EffortLine {
    /// Its identifier.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The municipality's number.
    pub municipality: String,
    /// `central` or `local`.
    pub standing: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: Option<String>,
    /// Booked on central funds, in øre.
    pub central: i64,
    /// Booked on own funds, in øre.
    pub own: i64,
}

pub(super) async fn efforts(link: &mut Link, _: &dyn Proof) -> Result<Vec<EffortLine>, DbError> {
    let rows = link.rows(&EFFORTS, &[]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(EffortLine {
                id: id.to_string(),
                code: row.get(1)?,
                name: row.get(2)?,
                municipality: row.get(3)?,
                standing: row.get(4)?,
                from: row.get(5)?,
                until: row.get(6)?,
                central: row.get(7)?,
                own: row.get(8)?,
            })
        })
        .collect()
}

/// How a trial stands, and where it is.
pub(super) async fn effort(
    link: &mut Link,
    _: &dyn Proof,
    id: Uuid,
) -> Result<Option<(Standing, String)>, DbError> {
    let Some(mut row) = link.row(&EFFORT, args![id]).await? else { return Ok(None) };
    let standing: String = row.get(0)?;
    let standing = Standing::parse(&standing)
        .ok_or_else(|| DbError::Other(format!("`{standing}` is no standing")))?;
    Ok(Some((standing, row.get(1)?)))
}

/// A trial to be written. Its standing is for good: what was booked rests on it.
pub(crate) struct NewEffort<'a> {
    pub(crate) code: &'a str,
    pub(crate) name: &'a str,
    pub(crate) municipality: &'a str,
    pub(crate) standing: Standing,
    pub(crate) from: Date,
    pub(crate) until: Option<Date>,
}

pub(crate) async fn save_effort(
    tx: &mut Tx,
    _: &dyn Proof,
    it: &NewEffort<'_>,
) -> Result<Uuid, DbError> {
    let id = crate::app::id_of("joint-effort", it.code);
    let standing = it.standing.as_str();
    let args = args![id, it.code, it.name, it.municipality, standing, it.from, it.until];
    tx.run(&SAVE_EFFORT, args).await?;
    Ok(id)
}

/// Books a sum. The schema too refuses central funds for what is not central.
pub(super) async fn book(
    tx: &mut Tx,
    _: &dyn Proof,
    (effort, fund, ore): (Uuid, Fund, i64),
    (by, now): (StaffId, Timestamp),
) -> Result<(), DbError> {
    let standing = (fund == Fund::Central).then_some("central");
    let id = crate::app::new_id();
    tx.run_one(&BOOK, args![id, effort, standing, fund.as_str(), ore, by, now]).await
}
