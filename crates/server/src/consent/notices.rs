//! What people are told before they consent: drafted, published, and from then
//! on never changed. A consent names the version that was read, and in which
//! language (REQ-INFO-02).

use std::collections::BTreeMap;

use jiff::Timestamp;
use onedoor_domain::ids::{NoticeId, StaffId};
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Purpose;
use onedoor_domain::text;
use serde::Deserialize;

use crate::app::{hex, id_of, new_id};
use crate::args;
use crate::db::{Db, DbError, Link, Row, Tx};
use crate::policy::Permit;
use crate::web::Fault;

crate::sql! {
    CURRENT = "select id, purpose, number, state, digest, version from notice
        where purpose = $1 and state = 'published' order by number desc limit 1";
    READ = "select id, purpose, number, state, digest, version from notice where id = $1";
    TEXTS = "select language, title, body from notice_text where notice_id = $1
        order by language";
    DRAFT_OF = "select id from notice where purpose = $1 and state = 'draft'";
    LAST_NUMBER = "select coalesce(max(number), 0) from notice where purpose = $1";
    HISTORY = "select n.id, n.purpose, n.number, n.state, n.drafted_at, n.published_at,
            coalesce(s.name, ''), (select count(*) from consent c where c.notice_id = n.id)
        from notice n left join staff s on s.id = n.published_by
        order by n.purpose, n.number desc limit 400";
    INSERT = "insert into notice (id, purpose, number, state, digest, drafted_at, drafted_by,
            published_at, published_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, null, 1) on conflict (id) do nothing";
    INSERT_TEXT = "insert into notice_text (notice_id, language, title, body)
        values ($1, $2, $3, $4)";
    TOUCH = "update notice set drafted_at = $3, drafted_by = $4, version = version + 1
        where id = $1 and version = $2 and state = 'draft'";
    WRITE_TEXT = "update notice_text set title = $3, body = $4
        where notice_id = $1 and language = $2
            and exists (select 1 from notice n where n.id = notice_id and n.state = 'draft')";
    PUBLISH = "update notice set state = 'published', digest = $3, published_at = $4,
            published_by = $5, version = version + 1
        where id = $1 and version = $2 and state = 'draft'";
}

/// The texts that come with the program, one file for each version.
const SHIPPED: &[&str] = &[
    include_str!("../../notices/coordination-1.toml"),
    include_str!("../../notices/benefit_decision-1.toml"),
    include_str!("../../notices/safety-1.toml"),
    include_str!("../../notices/statistics-1.toml"),
];

/// A notice in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Its title.
    pub title: String,
    /// Its text; an empty line begins a new paragraph.
    pub body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    purpose: String,
    number: i64,
    nb: Told,
    nn: Told,
    sv: Told,
    en: Told,
}

/// The longest text of a notice, in characters: what a person reads at a counter.
pub(super) const LONGEST: usize = 6000;

/// One version of a notice, with its texts by language.
#[derive(Clone, Debug)]
pub struct Notice {
    /// Which one.
    pub id: NoticeId,
    /// What for.
    pub purpose: Purpose,
    /// Its number among those for this purpose.
    pub number: i64,
    /// Whether it is published, and so closed.
    pub published: bool,
    /// Its version while it is a draft.
    pub version: i64,
    /// Its texts.
    pub texts: BTreeMap<String, Told>,
    digest: Option<String>,
}

impl Notice {
    /// The text in a language.
    #[must_use]
    pub fn told(&self, language: &str) -> Option<&Told> {
        self.texts.get(language)
    }

    /// The languages in which something is missing: all must be there to publish.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        Language::ALL
            .into_iter()
            .map(Language::as_str)
            .filter(|language| {
                self.told(language).is_none_or(|told| {
                    text::required(&told.title, text::LINE).is_err()
                        || text::required(&told.body, LONGEST).is_err()
                })
            })
            .collect()
    }
}

/// Seals texts: the same for the same texts and for no others.
fn seal(purpose: &str, number: i64, texts: &BTreeMap<String, Told>) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut field = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    field(purpose);
    field(&number.to_string());
    for (language, told) in texts {
        field(language);
        field(&told.title);
        field(&told.body);
    }
    hex(hasher.finalize().as_bytes())
}

async fn with_texts(link: &mut Link, mut row: Row) -> Result<Notice, Fault> {
    let purpose: String = row.get(1)?;
    let state: String = row.get(3)?;
    let mut notice = Notice {
        id: row.get(0)?,
        purpose: Purpose::parse(&purpose)
            .ok_or_else(|| Fault::Defect("a notice for an unknown purpose".into()))?,
        number: row.get(2)?,
        published: state == "published",
        version: row.get(5)?,
        texts: BTreeMap::new(),
        digest: row.get(4)?,
    };
    for mut row in link.rows(&TEXTS, args![notice.id]).await? {
        notice.texts.insert(row.get(0)?, Told { title: row.get(1)?, body: row.get(2)? });
    }
    if notice.published {
        let now = seal(&purpose, notice.number, &notice.texts);
        if notice.digest.as_deref() != Some(now.as_str()) {
            // Somebody went past the program: no consent may stand on it.
            return Err(Fault::Defect("a published notice was changed".into()));
        }
    }
    Ok(notice)
}

/// The notice that people read now for a purpose.
///
/// # Errors
/// A defect when a published text was changed from outside.
pub async fn current(link: &mut Link, purpose: Purpose) -> Result<Option<Notice>, Fault> {
    match link.row(&CURRENT, args![purpose.as_str()]).await? {
        Some(row) => Ok(Some(with_texts(link, row).await?)),
        None => Ok(None),
    }
}

/// One version of a notice.
///
/// # Errors
/// [`Fault::Hidden`] when it is not there; a defect when a published text was
/// changed from outside.
pub async fn read(link: &mut Link, id: NoticeId) -> Result<Notice, Fault> {
    let row = link.row(&READ, args![id]).await?.ok_or(Fault::Hidden)?;
    with_texts(link, row).await
}

/// A version in the list of all.
pub(super) struct Version {
    pub(super) id: NoticeId,
    pub(super) purpose: String,
    pub(super) number: i64,
    pub(super) state: String,
    pub(super) drafted_at: i64,
    pub(super) published_at: Option<i64>,
    pub(super) published_by: String,
    pub(super) consents: i64,
}

pub(super) async fn history(link: &mut Link, permit: &Permit) -> Result<Vec<Version>, Fault> {
    let read = |mut row: Row| -> Result<Version, DbError> {
        Ok(Version {
            id: row.get(0)?,
            purpose: row.get(1)?,
            number: row.get(2)?,
            state: row.get(3)?,
            drafted_at: row.get(4)?,
            published_at: row.get(5)?,
            published_by: row.get(6)?,
            consents: row.get(7)?,
        })
    };
    let rows = link.rows(permit.opens(&HISTORY), &[]).await?;
    Ok(rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
}

/// Begins a new version for a purpose from the texts of the last, or finds the
/// one that is being written.
pub(super) async fn draft(
    tx: &mut Tx,
    _permit: &Permit,
    purpose: Purpose,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<NoticeId, Fault> {
    if let Some(mut row) = tx.row(&DRAFT_OF, args![purpose.as_str()]).await? {
        return Ok(row.get(0)?);
    }
    let last = tx.row(&LAST_NUMBER, args![purpose.as_str()]).await?;
    let last: i64 = last.map(|mut row| row.get(0)).transpose()?.unwrap_or(0);
    let texts = current(tx, purpose).await?.map(|notice| notice.texts).unwrap_or_default();
    let id = NoticeId(new_id());
    let none: Option<String> = None;
    let never: Option<Timestamp> = None;
    let args = args![id, purpose.as_str(), last + 1, "draft", none, now, by, never];
    tx.run(&INSERT, args).await?;
    for language in Language::ALL {
        let told = texts.get(language.as_str()).cloned().unwrap_or_default();
        tx.run(&INSERT_TEXT, args![id, language.as_str(), told.title, told.body]).await?;
    }
    Ok(id)
}

/// Keeps the texts of a draft.
pub(super) async fn write(
    tx: &mut Tx,
    _permit: &Permit,
    (id, version): (NoticeId, i64),
    texts: &BTreeMap<String, Told>,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.run_one(&TOUCH, args![id, version, now, by]).await?;
    for (language, told) in texts {
        tx.run_one(&WRITE_TEXT, args![id, language, &told.title, &told.body]).await?;
    }
    Ok(())
}

/// Publishes a draft: its texts are sealed.
pub(super) async fn publish(
    tx: &mut Tx,
    _permit: &Permit,
    notice: &Notice,
    by: Option<StaffId>,
    now: Timestamp,
) -> Result<(), Fault> {
    let digest = seal(notice.purpose.as_str(), notice.number, &notice.texts);
    Ok(tx.run_one(&PUBLISH, args![notice.id, notice.version, digest, now, by]).await?)
}

/// Brings in the notices that come with the program, where they are missing.
///
/// # Errors
/// When the database refuses, or a shipped text is not whole.
pub async fn bring_shipped(db: &Db, now: Timestamp) -> Result<(), DbError> {
    let broken = |what: &str| DbError::Other(format!("a shipped notice: {what}"));
    let mut missing = Vec::new();
    let mut conn = db.read().await?;
    for text in SHIPPED {
        let file: File = toml::from_str(text).map_err(|fault| broken(fault.message()))?;
        let id = NoticeId(id_of("notice", &format!("{}-{}", file.purpose, file.number)));
        if conn.row(&READ, args![id]).await?.is_none() {
            missing.push((id, file));
        }
    }
    drop(conn);
    if missing.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    for (id, file) in missing {
        let purpose = Purpose::parse(&file.purpose).ok_or_else(|| broken("its purpose"))?;
        let texts: BTreeMap<String, Told> =
            [("nb", file.nb), ("nn", file.nn), ("sv", file.sv), ("en", file.en)]
                .into_iter()
                .map(|(language, told)| {
                    let told = Told {
                        title: told.title.trim().to_owned(),
                        body: told.body.trim().to_owned(),
                    };
                    (language.to_owned(), told)
                })
                .collect();
        let digest = seal(purpose.as_str(), file.number, &texts);
        let nobody: Option<StaffId> = None;
        let args = args![id, purpose.as_str(), file.number, "published", digest, now, nobody, now];
        // Another server may have been first.
        if tx.run(&INSERT, args).await? == 1 {
            for (language, told) in texts {
                tx.run(&INSERT_TEXT, args![id, language, told.title, told.body]).await?;
            }
        }
    }
    tx.commit().await
}
