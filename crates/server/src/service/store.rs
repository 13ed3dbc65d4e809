//! The catalogue in the database.

use jiff::Timestamp;
use onedoor_domain::ids::StaffId;
use onedoor_domain::person::Language;
use onedoor_domain::reception::Need;
use onedoor_domain::service::{Availability, Offer, ServiceKind};
use serde::Serialize;
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::web::Fault;

crate::sql! {
    CURRENT = "select s.code, s.version, s.kind, s.agency_kind, s.needs, s.subject, s.concepts,
            s.availability, s.wait_days, t.name, t.about, t.conditions
        from service s join service_text t on t.code = s.code and t.version = s.version
            and t.language = $1
        where s.replaced_at is null order by s.code limit 500";
    ONE = "select s.code, s.version, s.kind, s.agency_kind, s.needs, s.subject, s.concepts,
            s.availability, s.wait_days, t.name, t.about, t.conditions
        from service s join service_text t on t.code = s.code and t.version = s.version
            and t.language = $2
        where s.code = $1 and s.replaced_at is null";
    TEXTS = "select language, name, about, conditions from service_text
        where code = $1 and version = $2 order by language";
    VERSIONS = "select s.version, s.availability, s.wait_days, coalesce(w.name, ''), s.changed_at,
            t.name, t.conditions
        from service s join service_text t on t.code = s.code and t.version = s.version
            and t.language = $2
        left join staff w on w.id = s.changed_by
        where s.code = $1 order by s.version desc limit 100";
    REPLACE = "update service set replaced_at = $3
        where code = $1 and version = $2 and replaced_at is null";
    ADD = "insert into service (code, version, kind, agency_kind, needs, subject, concepts,
            availability, wait_days, changed_by, changed_at, replaced_at)
        select code, version + 1, kind, agency_kind, needs, subject, concepts, $3, $4, $5, $6, null
        from service where code = $1 and version = $2";
    ADD_TEXT = "insert into service_text (code, version, language, name, about, conditions)
        values ($1, $2, $3, $4, $5, $6)";
}

/// A service as everybody reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ServiceLine {
    /// Its code.
    pub code: String,
    /// Which version holds.
    pub version: i64,
    /// What kind of help.
    pub kind: String,
    /// Which agency gives it. People are never asked for it.
    pub agency_kind: String,
    /// The needs that it meets.
    pub needs: Vec<String>,
    /// The subject of the decision that gives it; empty where none does.
    pub subject: String,
    /// Concepts of the field that it belongs to.
    pub concepts: Vec<String>,
    /// `open`, `waiting` or `closed`.
    pub availability: String,
    /// How many days one waits.
    pub wait_days: i64,
    /// Its name in the reader's language.
    pub name: String,
    /// What it is.
    pub about: String,
    /// For whom.
    pub conditions: String,
}

impl ServiceLine {
    /// What the rules ask of it.
    #[must_use]
    pub fn offer(&self) -> Option<Offer> {
        Some(Offer {
            code: self.code.clone(),
            kind: ServiceKind::parse(&self.kind)?,
            needs: self.needs.iter().filter_map(|need| Need::parse(need)).collect(),
        })
    }
}

fn line(mut row: Row) -> Result<ServiceLine, DbError> {
    let (needs, concepts): (String, String) = (row.get(4)?, row.get(6)?);
    Ok(ServiceLine {
        code: row.get(0)?,
        version: row.get(1)?,
        kind: row.get(2)?,
        agency_kind: row.get(3)?,
        needs: serde_json::from_str(&needs).unwrap_or_default(),
        subject: row.get(5)?,
        concepts: concepts.split_whitespace().map(str::to_owned).collect(),
        availability: row.get(7)?,
        wait_days: row.get(8)?,
        name: row.get(9)?,
        about: row.get(10)?,
        conditions: row.get(11)?,
    })
}

/// The whole catalogue as it holds now. It is one for the country: no office is asked
/// (REQ-FRONT-04).
///
/// # Errors
/// When the database does not answer.
pub async fn all(link: &mut Link, language: Language) -> Result<Vec<ServiceLine>, DbError> {
    link.rows(&CURRENT, args![language.as_str()]).await?.into_iter().map(line).collect()
}

/// What is offered for needs, in the order in which it is thought of.
///
/// # Errors
/// When the database does not answer.
pub async fn offered_for(
    link: &mut Link,
    language: Language,
    needs: &[Need],
) -> Result<Vec<ServiceLine>, DbError> {
    let all = all(link, language).await?;
    let offers: Vec<Offer> = all.iter().filter_map(ServiceLine::offer).collect();
    let order: Vec<&str> = onedoor_domain::service::offered(&offers, needs)
        .into_iter()
        .map(|one| one.code.as_str())
        .collect();
    Ok(order.iter().filter_map(|code| all.iter().find(|one| one.code == *code)).cloned().collect())
}

/// One service as it holds now.
///
/// # Errors
/// When the database does not answer.
pub async fn one(
    link: &mut Link,
    language: Language,
    code: &str,
) -> Result<Option<ServiceLine>, DbError> {
    link.row(&ONE, args![code, language.as_str()]).await?.map(line).transpose()
}

/// The texts of a service in one language.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct TextLine {
    /// The language.
    pub language: String,
    /// The name.
    pub name: String,
    /// What it is.
    pub about: String,
    /// For whom.
    pub conditions: String,
}

/// Its texts in every language.
///
/// # Errors
/// When the database does not answer.
pub async fn texts(link: &mut Link, code: &str, version: i64) -> Result<Vec<TextLine>, DbError> {
    let read = |mut row: Row| {
        Ok(TextLine {
            language: row.get(0)?,
            name: row.get(1)?,
            about: row.get(2)?,
            conditions: row.get(3)?,
        })
    };
    link.rows(&TEXTS, args![code, version]).await?.into_iter().map(read).collect()
}

/// A version of a service.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VersionLine {
    /// Which.
    pub version: i64,
    /// Whether it could be had.
    pub availability: String,
    /// How many days one waited.
    pub wait_days: i64,
    /// Who wrote it; empty for what was shipped.
    pub by: String,
    /// When, in microseconds; 0 for what was shipped.
    pub at: i64,
    /// What it was called.
    pub name: String,
    /// For whom.
    pub conditions: String,
}

/// Its versions, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn versions(
    link: &mut Link,
    language: Language,
    code: &str,
) -> Result<Vec<VersionLine>, DbError> {
    let read = |mut row: Row| {
        Ok(VersionLine {
            version: row.get(0)?,
            availability: row.get(1)?,
            wait_days: row.get(2)?,
            by: row.get(3)?,
            at: row.get(4)?,
            name: row.get(5)?,
            conditions: row.get(6)?,
        })
    };
    link.rows(&VERSIONS, args![code, language.as_str()]).await?.into_iter().map(read).collect()
}

/// Writes a new version; the one before stays as it was.
///
/// # Errors
/// A conflict when somebody has written one meanwhile.
pub async fn change(
    tx: &mut Tx,
    (code, version): (&str, i64),
    (availability, wait_days): (Availability, i64),
    texts: &[TextLine],
    by: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(&REPLACE, args![code, version, now]).await?;
    tx.run_one(&ADD, args![code, version, availability.as_str(), wait_days, by, now]).await?;
    for text in texts {
        let args =
            args![code, version + 1, &text.language, &text.name, &text.about, &text.conditions];
        tx.run_one(&ADD_TEXT, args).await?;
    }
    Ok(())
}
