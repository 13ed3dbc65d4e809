//! Rules and their readings in the database.

use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{OfficeId, StaffId};
use onedoor_domain::secrecy::Action;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    RULES = "select r.id, r.act, r.section, r.topic,
            (select count(*) from reading g where g.rule_id = r.id and g.replaced_at is null)
        from law_rule r where $1 = '' or r.act = $1
        order by r.act, r.section, r.topic limit 300";
    RULES_OF_OFFICE = "select r.id, r.act, r.section, r.topic,
            (select count(*) from reading g where g.rule_id = r.id and g.replaced_at is null)
        from law_rule r where ($1 = '' or r.act = $1) and exists (select 1 from reading g
            where g.rule_id = r.id and g.office_id = $2 and g.replaced_at is null)
        order by r.act, r.section, r.topic limit 300";
    RULE = "select act, section, topic, wording, link from law_rule where id = $1";
    ADD_RULE = "insert into law_rule (id, act, section, topic, wording, link, added_by, added_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND_RULE = "select id from law_rule where act = $1 and section = $2 and topic = $3";
    READINGS = "select g.id, o.name, g.practice, g.example, g.since, s.name, g.written_at,
            g.replaced_at, g.office_id
        from reading g join office o on o.id = g.office_id join staff s on s.id = g.written_by
        where g.rule_id = $1
        order by case when g.replaced_at is null then 0 else 1 end, o.name, g.written_at desc
        limit 400";
    REPLACE = "update reading set replaced_at = $3
        where rule_id = $1 and office_id = $2 and replaced_at is null";
    WRITE = "insert into reading (id, rule_id, office_id, practice, example, since, written_by,
            written_at, replaced_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null)";
    OFFICE_READS = "select id from reading
        where rule_id = $1 and office_id = $2 and replaced_at is null";
}

/// A rule in the list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RuleLine {
    /// Its identifier.
    pub id: String,
    /// The act's code.
    pub act: String,
    /// What people call the act.
    pub act_name: String,
    /// The section.
    pub section: String,
    /// What it is about.
    pub topic: String,
    /// How many offices have told how they read it.
    pub offices: i64,
}

/// The rules on an act, or that an office reads, or all.
pub(super) async fn rules(
    link: &mut Link,
    _: &Permit,
    act: &str,
    office: Option<OfficeId>,
) -> Result<Vec<RuleLine>, DbError> {
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        let act: String = row.get(1)?;
        Ok(RuleLine {
            id: id.to_string(),
            act_name: act.clone(),
            act,
            section: row.get(2)?,
            topic: row.get(3)?,
            offices: row.get(4)?,
        })
    };
    let rows = match office {
        Some(office) => link.rows(&RULES_OF_OFFICE, args![act, office]).await?,
        None => link.rows(&RULES, args![act]).await?,
    };
    rows.into_iter().map(read).collect()
}

/// A rule.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// The act's code.
    pub act: String,
    /// The section.
    pub section: String,
    /// What it is about.
    pub topic: String,
    /// Its words.
    pub wording: String,
    /// Where it is published.
    pub link: String,
}

/// A rule.
pub(super) async fn rule(link: &mut Link, _: &Permit, id: Uuid) -> Result<Rule, Fault> {
    let row = link.row(&RULE, args![id]).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    Ok(Rule {
        act: row.get(0)?,
        section: row.get(1)?,
        topic: row.get(2)?,
        wording: row.get(3)?,
        link: row.get(4)?,
    })
}

/// The rule of that place, if it is there.
pub(super) async fn find(
    link: &mut Link,
    _: &Permit,
    rule: &Rule,
) -> Result<Option<Uuid>, DbError> {
    let row = link.row(&FIND_RULE, args![&rule.act, &rule.section, &rule.topic]).await?;
    row.map(|mut row| row.get(0)).transpose()
}

/// Adds a rule.
pub(super) async fn add(
    tx: &mut Tx,
    permit: &Permit,
    rule: &Rule,
    by: StaffId,
    now: Timestamp,
) -> Result<Uuid, Fault> {
    debug_assert_eq!(permit.action(), Action::WritePractice);
    let id = crate::app::new_id();
    let Rule { act, section, topic, wording, link } = rule;
    tx.run_one(&ADD_RULE, args![id, act, section, topic, wording, link, by, now]).await?;
    Ok(id)
}

/// How an office reads a rule.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ReadingLine {
    /// Its identifier.
    pub id: String,
    /// The office.
    pub office: String,
    /// What it does.
    pub practice: String,
    /// An example without persons.
    pub example: String,
    /// Since which day.
    pub since: String,
    /// Who wrote it.
    pub staff: String,
    /// When, in microseconds.
    pub written_at: i64,
    /// When another reading of the office took its place.
    pub replaced_at: Option<i64>,
    /// The office's identifier.
    #[serde(skip)]
    pub office_id: Option<OfficeId>,
}

/// The readings of a rule: those that hold first, then those before them.
pub(super) async fn readings(
    link: &mut Link,
    _: &Permit,
    rule: Uuid,
) -> Result<Vec<ReadingLine>, DbError> {
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        Ok(ReadingLine {
            id: id.to_string(),
            office: row.get(1)?,
            practice: row.get(2)?,
            example: row.get(3)?,
            since: row.get(4)?,
            staff: row.get(5)?,
            written_at: row.get(6)?,
            replaced_at: row.get(7)?,
            office_id: row.get(8)?,
        })
    };
    link.rows(&READINGS, args![rule]).await?.into_iter().map(read).collect()
}

/// A reading to be written.
pub(super) struct NewReading<'a> {
    /// Of which rule.
    pub rule: Uuid,
    /// Of which office.
    pub office: OfficeId,
    /// What it does.
    pub practice: &'a str,
    /// An example without persons.
    pub example: &'a str,
    /// Since which day.
    pub since: Date,
    /// The reading that the writer saw; empty for none.
    pub instead_of: &'a str,
}

/// Writes how an office reads a rule. What it wrote before stays as history.
///
/// # Errors
/// A conflict when a colleague has written another meanwhile.
pub(super) async fn write(
    tx: &mut Tx,
    permit: &Permit,
    new: NewReading<'_>,
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    debug_assert_eq!(permit.action(), Action::WritePractice);
    let held = match tx.row(&OFFICE_READS, args![new.rule, new.office]).await? {
        Some(mut row) => row.get::<Uuid>(0)?.to_string(),
        None => String::new(),
    };
    if held != new.instead_of {
        return Err(Fault::conflict("stale"));
    }
    tx.run(&REPLACE, args![new.rule, new.office, now]).await?;
    let args = args![
        crate::app::new_id(),
        new.rule,
        new.office,
        new.practice,
        new.example,
        new.since,
        by,
        now,
    ];
    tx.run_one(&WRITE, args).await?;
    Ok(())
}
