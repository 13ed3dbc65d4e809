//! Who may act for somebody: recorded by a worker who has the person, from a
//! mandate that they have seen, and ended by one. Kinship alone is never a right, and
//! what one worker recorded opens nothing until a second one has confirmed it.

use std::collections::BTreeSet;

use axum::extract::Path;
use jiff::civil::Date;
use onedoor_domain::ids::{PersonId, UnitId};
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::{Matter, Right};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::confirmation;
use super::store::name;
use crate::args;
use crate::consent::store::key_of;
use crate::db::{Link, Tx};
use crate::journal::{Entry, SubjectKind};
use crate::keys::{Key, PERSON_FAMILY, PERSON_GIVEN, REPRESENTATION_SOURCE};
use crate::person::who;
use crate::policy::{Cause, Permit, Proof, Subject, Warrant};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    LIST = "select r.id, r.representative_person_id, r.kind, r.categories, r.valid_from,
            r.valid_until, r.source, p.given_name, p.family_name, k.wrapped, r.person_id,
            r.confirmed_at, s.unit_id, o.wrapped
        from representation r join person p on p.id = r.representative_person_id
        left join staff s on s.id = r.recorded_by
        left join subject_key k on k.subject_id = p.id
        left join subject_key o on o.subject_id = r.person_id
        where r.person_id in (select id from person where id = $1 or merged_into = $1)
            and (p.guard & $2) = 0
        order by r.valid_from desc, r.id limit 50";
    INSERT = "insert into representation (id, person_id, representative_person_id, kind,
            categories, valid_from, valid_until, recorded_by, source)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    BY = "select representative_person_id from representation
        where id = $1 and person_id in (select id from person where id = $2 or merged_into = $2)";
    // A right that has not begun ends with its first day; none ever ends later than it did.
    END = "update representation set valid_until = $3
        where id = $1 and person_id in (select id from person where id = $2 or merged_into = $2)
            and valid_from < $3
            and (valid_until is null or valid_until > $3)";
    DROP = "delete from representation
        where id = $1 and person_id in (select id from person where id = $2 or merged_into = $2)
            and valid_from >= $3";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<RightsPage, _, _>("/persons/{id}/representations", "Who may act for a person", list)
        .act::<RightForm, _, _>(
            "/persons/{id}/representations",
            "Records that somebody may act for a person",
            record,
        )
        .act::<EndForm, _, _>(
            "/persons/{id}/representations/{right}/end",
            "Ends a right to act for a person",
            end,
        )
}

/// A recorded right.
#[derive(Serialize, ToSchema)]
pub(crate) struct RightLine {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `guardian`, `proxy` or `parent`.
    pub(crate) kind: String,
    pub(crate) covers: Vec<String>,
    pub(crate) from: String,
    pub(crate) until: String,
    /// What the worker saw.
    pub(crate) source: String,
    pub(crate) in_force: bool,
    /// No second person has looked at it yet: it opens nothing (REQ-INFO-16).
    pub(crate) waits: bool,
    /// Whether the reader is of another unit than who recorded it.
    pub(crate) may_confirm: bool,
}

/// Who may act for a person, and the form for one more.
#[derive(Serialize, ToSchema)]
pub(crate) struct RightsPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<RightLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) matters: Vec<String>,
    pub(crate) form: RightForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RightsPage, "own/pages/representations.html");

/// A right to be recorded. Nothing is ticked beforehand.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct RightForm {
    /// Who acts: an identity number, or the identifier of a person.
    #[serde(default, skip_serializing)]
    pub(crate) representative: String,
    /// `guardian`, `proxy` or `parent`.
    #[serde(default)]
    pub(crate) kind: String,
    /// What it covers, kind by kind.
    #[serde(default)]
    pub(crate) covers: Vec<String>,
    /// Its first day.
    #[serde(default)]
    pub(crate) valid_from: String,
    /// The first day on which it no longer holds; empty when none is set.
    #[serde(default)]
    pub(crate) valid_until: String,
    /// What was seen: the decision, the authority, the register.
    #[serde(default)]
    pub(crate) source: String,
}

/// Ending a right asks for nothing more.
#[derive(Deserialize, ToSchema)]
pub(crate) struct EndForm {}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: RightForm,
    faults: Vec<FieldFault>,
) -> Result<RightsPage, Fault> {
    let person = permit.the_person()?;
    let today = desk.today();
    let mut lines = Vec::new();
    let mut seen = Vec::new();
    for mut row in link.rows(permit.opens(&LIST), args![person, desk.actor().lacks()]).await? {
        let other: PersonId = row.get(1)?;
        // Whoever may act for somebody is known by name to the one who keeps that right, also
        // where nothing else of them may be read.
        let named = Warrant::naming(Cause::Mandate, permit.vault(), other.0);
        let theirs = Key::of(&named, other, row.get(9)?)?;
        seen.push(other.0);
        // What was written on a record that was joined lies under that record's key.
        let key = key_of(permit, row.get(10)?, row.get(13)?)?;
        let covers: String = row.get(3)?;
        let (from, until): (Date, Option<Date>) = (row.get(4)?, row.get(5)?);
        let id: Uuid = row.get(0)?;
        let waits = row.get::<Option<i64>>(11)?.is_none();
        let unit: Option<UnitId> = row.get(12)?;
        let given = theirs.open(PERSON_GIVEN, row.get(7)?)?;
        let family = theirs.open(PERSON_FAMILY, row.get(8)?)?;
        lines.push(RightLine {
            id: id.to_string(),
            name: format!("{given} {family}").trim().to_owned(),
            kind: row.get(2)?,
            covers: covers.split_whitespace().map(str::to_owned).collect(),
            from: from.to_string(),
            until: until.map(|day| day.to_string()).unwrap_or_default(),
            source: key.open(REPRESENTATION_SOURCE, row.get(6)?)?,
            in_force: !waits && from <= today && until.is_none_or(|day| today < day),
            waits,
            may_confirm: waits && unit != desk.actor().unit,
        });
    }
    // They read in their own log who saw that they act.
    desk.note_seen(permit, seen);
    Ok(RightsPage {
        person: person.to_string(),
        name: name(link, permit).await?,
        lines,
        kinds: Right::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        matters: Matter::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn list(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::NoteRepresentation, Subject::Person(id)).await?;
    let form = RightForm { valid_from: desk.today().to_string(), ..RightForm::default() };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

struct Read {
    by: PersonId,
    kind: Right,
    covers: BTreeSet<Matter>,
    from: Date,
    until: Option<Date>,
    source: String,
}

async fn read(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: &RightForm,
    faults: &mut Faults,
) -> Result<Option<Read>, Fault> {
    let kind = faults.choice("kind", &form.kind, Right::parse);
    let mut covers = BTreeSet::new();
    for code in &form.covers {
        match Matter::parse(code) {
            Some(matter) => _ = covers.insert(matter),
            None => faults.add("covers", "choose"),
        }
    }
    if form.covers.is_empty() {
        faults.add("covers", "choose");
    }
    let from = faults.date("valid_from", &form.valid_from);
    let until = match form.valid_until.trim() {
        "" => None,
        text => faults.date("valid_until", text),
    };
    if from.is_some_and(|from| until.is_some_and(|until| until <= from)) {
        faults.add("valid_until", "representation-order");
    }
    let source = faults.line("source", &form.source);
    let by = who(desk, link, &form.representative).await?;
    let mut by = by.and_then(|permit| permit.person());
    // Who records gives nobody of their own unit, and nobody's family, a way in.
    if let Some(id) = by
        && confirmation::is_near(link, permit, id, desk.actor().unit).await?
    {
        by = None;
    }
    if by.is_none() || by == permit.person() {
        faults.add("representative", "representation-who");
    }
    Ok(match (by, kind, from, faults.is_empty()) {
        (Some(by), Some(kind), Some(from), true) => {
            Some(Read { by, kind, covers, from, until, source })
        }
        _ => None,
    })
}

async fn record(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<RightForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteRepresentation, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let Some(right) = read(&desk, &mut tx, &permit, &form, &mut faults).await? else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    insert(&desk, &mut tx, &permit, &right).await?;
    // Whoever acts reads in their own log that they were named.
    noted(&desk, &permit, Some(right.by), None, "recorded");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/representations"), "representation-recorded")
}

async fn insert(desk: &Desk, tx: &mut Tx, permit: &Permit, right: &Read) -> Result<(), Fault> {
    let person = permit.the_person()?;
    let key = Key::look_up(tx, permit, person).await?;
    let covers: Vec<&str> = right.covers.iter().map(|one| one.as_str()).collect();
    let args = args![
        crate::app::new_id(),
        person,
        right.by,
        right.kind.as_str(),
        covers.join(" "),
        right.from,
        right.until,
        desk.worker()?.id,
        key.seal(REPRESENTATION_SOURCE, &right.source)?
    ];
    Ok(tx.run_one(permit.opens(&INSERT), args).await?)
}

pub(super) fn noted(
    desk: &Desk,
    permit: &Permit,
    by: Option<PersonId>,
    right: Option<Uuid>,
    what: &str,
) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Person, permit.person().map(|person| person.0)),
        persons: permit.person().into_iter().chain(by).map(|person| person.0).collect(),
        detail: json!({ "representation": what, "id": right }),
    });
}

async fn end(
    desk: Desk,
    Path((id, right)): Path<(PersonId, Uuid)>,
    Input(_): Input<EndForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteRepresentation, Subject::Person(id)).await?;
    let person = permit.the_person()?;
    let by = tx.row(permit.opens(&BY), args![right, person]).await?;
    let by = by.map(|mut row| row.get::<PersonId>(0)).transpose()?;
    let today = desk.today();
    let ended = tx.run(permit.opens(&END), args![right, person, today]).await?;
    if ended == 0 && tx.run(permit.opens(&DROP), args![right, person, today]).await? == 0 {
        return Err(Fault::Hidden);
    }
    noted(&desk, &permit, by, Some(right), "ended");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/representations"), "representation-ended")
}
