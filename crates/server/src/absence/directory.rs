//! Who knows what, over all agencies (REQ-KNOW-17).

use jiff::civil::Date;
use onedoor_domain::ids::StaffId;
use onedoor_domain::office::Subject;
use onedoor_domain::person::{Language, tokens};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::policy::Proof;
use crate::web::Fault;
use crate::words::Words;

crate::sql! {
    // By the beginning of up to three words; an empty one holds for everything.
    SEARCH = "select c.id, s.name, c.area, coalesce(c.subject, ''), u.name, a.name, o.name,
            coalesce(d.name, '')
        from (select distinct competence_id from competence_word
            where word >= $1 and word < $2 limit 1000) w
        join competence c on c.id = w.competence_id
        join staff s on s.id = c.staff_id join unit u on u.id = s.unit_id
        join agency a on a.id = u.agency_id join office o on o.id = u.office_id
        left join staff_deputy e on e.staff_id = s.id left join staff d on d.id = e.deputy_id
        where s.on_duty
            and ($3 = '' or exists (select 1 from competence_word x
                where x.competence_id = c.id and x.word >= $3 and x.word < $4))
            and ($5 = '' or exists (select 1 from competence_word y
                where y.competence_id = c.id and y.word >= $5 and y.word < $6))
        order by a.kind, o.name, s.name, c.area limit 200";
    MINE = "select id, area, coalesce(subject, '') from competence where staff_id = $1
        order by area limit 100";
    FIND = "select id, coalesce(subject, '') from competence where staff_id = $1 and area = $2";
    ADD = "insert into competence (id, staff_id, subject, area, since)
        values ($1, $2, $3, $4, $5)";
    WORD = "insert into competence_word (word, competence_id) values ($1, $2)
        on conflict do nothing";
    SET_SUBJECT = "update competence set subject = $2 where id = $1";
    FORGET_WORDS = "delete from competence_word where competence_id = (
        select id from competence where id = $1 and staff_id = $2)";
    FORGET = "delete from competence where id = $1 and staff_id = $2";
}

/// Somebody who knows something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct KnowsLine {
    /// Its identifier.
    pub id: String,
    /// Who.
    pub name: String,
    /// What, in their words.
    pub area: String,
    /// The subject of decisions that it is about, if one.
    pub subject: String,
    /// Their unit.
    pub unit: String,
    /// Their agency.
    pub agency: String,
    /// Where they sit.
    pub office: String,
    /// Who steps in for them.
    pub deputy: String,
}

/// The words after which a prefix ends, for a search in an index.
fn after(word: &str) -> String {
    format!("{word}\u{10ffff}")
}

/// Everybody who knows what is searched for, over all agencies.
pub(super) async fn search(
    link: &mut Link,
    _: &dyn Proof,
    text: &str,
) -> Result<Vec<KnowsLine>, DbError> {
    let mut words = tokens(text);
    // The longest finds the fewest.
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    let mut words = words.into_iter();
    let Some(first) = words.next() else { return Ok(Vec::new()) };
    let second = words.next().unwrap_or_default();
    let third = words.next().unwrap_or_default();
    let args = args![&first, after(&first), &second, after(&second), &third, after(&third)];
    let read = |mut row: Row| {
        let id: Uuid = row.get(0)?;
        Ok(KnowsLine {
            id: id.to_string(),
            name: row.get(1)?,
            area: row.get(2)?,
            subject: row.get(3)?,
            unit: row.get(4)?,
            agency: row.get(5)?,
            office: row.get(6)?,
            deputy: row.get(7)?,
        })
    };
    link.rows(&SEARCH, args).await?.into_iter().map(read).collect()
}

/// Something that the reader knows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MineLine {
    /// Its identifier.
    pub id: String,
    /// What, in words.
    pub area: String,
    /// The subject, if one.
    pub subject: String,
}

/// What somebody says that they know.
pub(super) async fn mine(
    link: &mut Link,
    _: &dyn Proof,
    staff: StaffId,
) -> Result<Vec<MineLine>, DbError> {
    let rows = link.rows(&MINE, args![staff]).await?;
    rows.into_iter()
        .map(|mut row| {
            let id: Uuid = row.get(0)?;
            Ok(MineLine { id: id.to_string(), area: row.get(1)?, subject: row.get(2)? })
        })
        .collect()
}

/// What somebody knows, to be written.
pub(crate) struct Competence<'a> {
    /// Who.
    pub staff: StaffId,
    /// The subject of decisions, if it is one.
    pub subject: Option<Subject>,
    /// In words.
    pub area: &'a str,
}

/// Writes what somebody knows, once. It is found by its own words and by the name of its subject
/// in every language.
pub(crate) async fn know(
    tx: &mut Tx,
    _: &dyn Proof,
    it: &Competence<'_>,
    today: Date,
) -> Result<bool, Fault> {
    let subject = it.subject.map(Subject::as_str);
    let id = match tx.row(&FIND, args![it.staff, it.area]).await? {
        Some(mut row) => {
            let (id, held): (Uuid, String) = (row.get(0)?, row.get(1)?);
            if held == subject.unwrap_or_default() {
                return Ok(false);
            }
            tx.run(&FORGET_WORDS, args![id, it.staff]).await?;
            tx.run_one(&SET_SUBJECT, args![id, subject]).await?;
            id
        }
        None => {
            let id = crate::app::new_id();
            tx.run_one(&ADD, args![id, it.staff, subject, it.area, today]).await?;
            id
        }
    };
    let mut words = tokens(it.area);
    if let Some(subject) = subject {
        for language in Language::ALL {
            words.extend(tokens(&Words::new(language).of("subject", subject)));
        }
    }
    for word in words {
        tx.run(&WORD, args![word, id]).await?;
    }
    Ok(true)
}

/// Takes back what the writer said they know.
pub(super) async fn forget(
    tx: &mut Tx,
    _: &dyn Proof,
    id: Uuid,
    staff: StaffId,
) -> Result<(), Fault> {
    tx.run(&FORGET_WORDS, args![id, staff]).await?;
    match tx.run(&FORGET, args![id, staff]).await? {
        0 => Err(Fault::Hidden),
        _ => Ok(()),
    }
}
