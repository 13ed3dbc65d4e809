//! Family ties between persons: recorded by a worker who has the one and may know of the
//! other, read by the agency that recorded them and by others as far as the walls let, and
//! closed again. Where one of the two is a member of staff, the tie bars that worker from the
//! other at once.
//!
//! Kinship opens nothing: the other one is named only to who may read that person by
//! themselves (REQ-INFO-17).

use axum::extract::Path;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::{AgencyId, PersonId, StaffId};
use onedoor_domain::person::{Kin, KinSource, Tie};
use onedoor_domain::secrecy::{Action, Category, Overlay, Overlays, Purpose, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::journal::{Entry, SubjectKind};
use crate::person::{store as persons, together, who};
use crate::policy::{Permit, Subject};
use crate::walls::unbarred;
use crate::walls::{self, Crossed, Held, Standing};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    // Whoever is hidden from the worker is in no list of theirs.
    OF_PERSON = concat!("select k.id, k.person_id, k.other_id, k.kind, k.agency_id, a.name, k.source,
            k.received_on, k.noted_at, k.version
        from kin k join agency a on a.id = k.agency_id
        join person p on p.id = case when k.person_id = $1 then k.other_id else k.person_id end
        where (k.person_id = $1 or k.other_id = $1) and k.ended_at is null
            and ", unbarred!("$2", "$3"), "
        order by k.noted_at, k.id limit 200");
    BETWEEN = "select k.person_id, k.other_id, k.kind from kin k
        where ((k.person_id = $1 and k.other_id = $2) or (k.person_id = $2 and k.other_id = $1))
            and k.ended_at is null limit 20";
    ONE = "select k.person_id, k.other_id, k.kind, k.agency_id, k.version from kin k where k.id = $1 and k.ended_at is null
            and (k.person_id = $2 or k.other_id = $2)";
    INSERT = "insert into kin (id, person_id, other_id, kind, agency_id, source, received_on,
            noted_at, noted_by, ended_at, ended_by, version)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, null, 1) on conflict do nothing";
    END = "update kin set ended_at = $3, ended_by = $4, version = version + 1
        where id = $1 and version = $2 and ended_at is null";
    // Whoever of the staff is the one is barred from the other.
    BAR = "insert into staff_tie (staff_id, person_id, kind, bits, source, noted_at, noted_by,
            ended_at)
        select t.staff_id, $2, $3, $4, 'kin', $5, $6, null from staff_tie t
        where t.person_id = $1 and t.kind = 'own_data' and t.ended_at is null
        on conflict (staff_id, person_id, kind) do update set ended_at = null";
    // A tie that the worker said themselves stays.
    UNBAR = "update staff_tie set ended_at = $4
        where person_id in (select id from person where id = $2 or merged_into = $2) and kind = $3
            and source = 'kin' and ended_at is null
            and staff_id in (select t.staff_id from staff_tie t
                where t.person_id = $1 and t.kind = 'own_data' and t.ended_at is null)";
    FAMILY = "select k.person_id, k.other_id, k.kind from kin k
        where (k.person_id = $1 or k.other_id = $1) and k.ended_at is null limit 200";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<FamilyPage, _, _>("/persons/{id}/family", "The family ties of a person", list)
        .act::<KinForm, _, _>("/persons/{id}/family", "Records a family tie", record)
        .act::<EndKinForm, _, _>("/persons/{id}/family/{tie}/end", "Ends a family tie", end)
}

/// What family ties are told for.
const PURPOSE: Purpose = Purpose::Coordination;

/// A family tie as one of the two is looked at.
#[derive(Serialize, ToSchema)]
pub(crate) struct KinLine {
    pub(crate) id: String,
    /// What the other one is: `parent`, `child`, `partner`, `former_partner`, `sibling` or
    /// `common_child`.
    pub(crate) kind: String,
    /// The other one; none where the worker has no ground to read that person.
    pub(crate) person: Option<String>,
    pub(crate) name: String,
    pub(crate) agency: String,
    pub(crate) source: String,
    pub(crate) received_on: String,
    pub(crate) version: i64,
    /// Whether the caller's agency recorded it, and may end it.
    pub(crate) own: bool,
    /// Whether it can be over, and not only have been recorded wrongly.
    pub(crate) can_be_over: bool,
}

/// The family ties of a person, and the form for one more.
#[derive(Serialize, ToSchema)]
pub(crate) struct FamilyPage {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) lines: Vec<KinLine>,
    pub(crate) kinds: Vec<String>,
    pub(crate) sources: Vec<String>,
    pub(crate) form: KinForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(FamilyPage, "access/pages/family.html");

/// A tie to be recorded.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct KinForm {
    /// Who the other one is: an identity number, or the identifier of a person.
    #[serde(default, skip_serializing)]
    pub(crate) other: String,
    /// What the other one is to this person.
    #[serde(default)]
    pub(crate) kind: String,
    /// Where it is known from: `person`, `other`, `register` or `paper`.
    #[serde(default)]
    pub(crate) source: String,
    /// When it was received.
    #[serde(default)]
    pub(crate) received_on: String,
}

/// Why a tie is to end.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndKinForm {
    /// `over` where a couple has parted, `wrong` where it never was so.
    #[serde(default)]
    pub(crate) why: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

fn tie(row: &mut Row, at: usize) -> Result<Tie, DbError> {
    let code: String = row.get(at + 2)?;
    Tie::stored(row.get(at)?, row.get(at + 1)?, &code)
        .ok_or_else(|| DbError::Other("a family tie of an unknown kind".into()))
}

struct Kept {
    id: Uuid,
    other: PersonId,
    kin: Kin,
    agency: AgencyId,
    agency_name: String,
    source: String,
    received: Date,
    version: i64,
}

async fn kept(link: &mut Link, permit: &Permit, desk: &Desk) -> Result<Vec<Kept>, Fault> {
    let person = permit.the_person()?;
    let actor = desk.actor();
    let rows = link.rows(permit.opens(&OF_PERSON), args![person, actor.lacks(), actor.id]).await?;
    let read = |mut row: Row| -> Result<Option<Kept>, DbError> {
        let Some((other, kin)) = tie(&mut row, 1)?.other(person) else { return Ok(None) };
        Ok(Some(Kept {
            id: row.get(0)?,
            other,
            kin,
            agency: row.get(4)?,
            agency_name: row.get(5)?,
            source: row.get(6)?,
            received: row.get(7)?,
            version: row.get(9)?,
        }))
    };
    let all: Result<Vec<Option<Kept>>, DbError> = rows.into_iter().map(read).collect();
    Ok(all?.into_iter().flatten().collect())
}

/// What another agency recorded is told as far as the walls let facts about the family cross
/// to the caller's (REQ-INFO-01). What crossed is noted with its ground, so that a withdrawal
/// finds who holds it (REQ-INFO-03).
async fn crosses(
    desk: &Desk,
    link: &mut Link,
    standing: &Standing,
    (agency, received): (AgencyId, Date),
    crossed: &mut Vec<Crossed>,
) -> Result<bool, Fault> {
    if agency == standing.receiver() {
        return Ok(true);
    }
    let giver = walls::giver_of(link, agency, desk.actor().office).await?;
    let held = Held { received: Some(received), ..Held::default() };
    let verdict = giver.and_then(|giver| standing.judge(&giver, PURPOSE, Category::Family, held));
    let Some(Verdict::Permit(ground)) = verdict else { return Ok(false) };
    Crossed { giver: agency, category: Category::Family, ground, rows: 1 }.add(crossed);
    Ok(true)
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: KinForm,
    faults: Vec<FieldFault>,
) -> Result<FamilyPage, Fault> {
    let person = permit.the_person()?;
    let identity = persons::read(link, permit).await?;
    let standing = Standing::of(desk, link, permit).await?;
    let mut lines = Vec::new();
    let mut crossed = Vec::new();
    for one in kept(link, permit, desk).await? {
        let whose = (one.agency, one.received);
        if !crosses(desk, link, &standing, whose, &mut crossed).await? {
            continue;
        }
        // Whoever may read the one may not therefore read the other.
        let subject = Subject::Person(one.other);
        let theirs = desk.permit_quietly(link, Action::ReadPerson, subject).await?;
        let name = match &theirs {
            Some(theirs) => persons::read(link, theirs).await?.name(),
            None => String::new(),
        };
        lines.push(KinLine {
            id: one.id.to_string(),
            kind: one.kin.as_str().to_owned(),
            person: theirs.map(|_| one.other.to_string()),
            name,
            agency: one.agency_name,
            source: one.source,
            received_on: one.received.to_string(),
            version: one.version,
            own: one.agency == standing.receiver(),
            can_be_over: one.kin.can_be_over(),
        });
    }
    walls::crossed(desk, permit, &standing, PURPOSE, &crossed);
    Ok(FamilyPage {
        person: person.to_string(),
        name: identity.name(),
        lines,
        kinds: Kin::ALL.iter().map(|kin| kin.as_str().to_owned()).collect(),
        sources: KinSource::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn list(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::NoteKin, Subject::Person(id)).await?;
    let form = KinForm { received_on: desk.today().to_string(), ..KinForm::default() };
    let page = page(&desk, &mut conn, &permit, form, Vec::new()).await?;
    desk.show(&page)
}

/// A row for the journal of each of the two: both read that they were tied.
fn noted(desk: &Desk, permit: &Permit, tie: Tie, what: &str) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (SubjectKind::Person, permit.person().map(|person| person.0)),
        persons: vec![tie.first.0, tie.second.0],
        detail: json!({ "kin": what, "kind": tie.code() }),
    });
}

/// The tie that a form describes, where nothing that is kept speaks against it.
async fn read(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    form: &KinForm,
    faults: &mut Faults,
) -> Result<Option<(Tie, KinSource, Date)>, Fault> {
    let person = permit.the_person()?;
    let kin = faults.choice("kind", &form.kind, Kin::parse);
    let source = faults.choice("source", &form.source, KinSource::parse);
    let on = faults.date("received_on", &form.received_on);
    if on.is_some_and(|on| on > desk.today()) {
        faults.add("received_on", "date-future");
    }
    let theirs = who(desk, link, &form.other).await?;
    let Some(theirs) = theirs else {
        faults.add("other", "kin-who");
        return Ok(None);
    };
    let (Some(kin), Some(source), Some(on), true) = (kin, source, on, faults.is_empty()) else {
        return Ok(None);
    };
    let born = |identity: &persons::Identity| {
        identity.born_on.as_deref().and_then(|day| day.parse::<Date>().ok())
    };
    let (one, other) = (persons::read(link, permit).await?, persons::read(link, &theirs).await?);
    let made = Tie::new((person, born(&one)), (other.id, born(&other)), kin);
    let rows = link.rows(permit.opens(&BETWEEN), args![person, other.id]).await?;
    let kept: Result<Vec<Tie>, DbError> =
        rows.into_iter().map(|mut row| tie(&mut row, 0)).collect();
    let kept = kept?;
    let tie = made.and_then(|tie| tie.beside(&kept).map(|()| tie));
    let tie = faults.take("kind", tie, |fault| fault.code().to_owned());
    Ok(tie.map(|tie| (tie, source, on)))
}

async fn record(desk: Desk, Path(id): Path<PersonId>, Input(form): Input<KinForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteKin, Subject::Person(id)).await?;
    let mut faults = Faults::default();
    let Some((tie, source, on)) = read(&desk, &mut tx, &permit, &form, &mut faults).await? else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, &permit, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let args = args![
        crate::app::new_id(),
        tie.first,
        tie.second,
        tie.code(),
        worker.agency,
        source.as_str(),
        on,
        desk.now(),
        worker.id,
    ];
    // The same tie once more, from whichever agency, changes nothing and tells nothing.
    tx.run(permit.opens(&INSERT), args).await?;
    bar(&mut tx, &permit, tie, (desk.now(), worker.id)).await?;
    noted(&desk, &permit, tie, "recorded");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/family"), "kin-recorded")
}

/// REQ-INFO-15: a worker who is one of the two never stands in the matter of the other.
async fn bar(
    tx: &mut Tx,
    permit: &Permit,
    tie: Tie,
    (now, by): (Timestamp, StaffId),
) -> Result<(), Fault> {
    for one in [tie.first, tie.second] {
        let Some((other, kin)) = tie.other(one) else { continue };
        let overlay: Overlay = kin.overlay();
        let bits = Overlays::only(overlay).as_i64();
        tx.run(permit.opens(&BAR), args![one, other, overlay.as_str(), bits, now, by]).await?;
        together::ties(tx, permit, other).await?;
    }
    Ok(())
}

async fn unbar(tx: &mut Tx, permit: &Permit, tie: Tie, now: Timestamp) -> Result<(), Fault> {
    for one in [tie.first, tie.second] {
        let Some((other, kin)) = tie.other(one) else { continue };
        tx.run(permit.opens(&UNBAR), args![one, other, kin.overlay().as_str(), now]).await?;
    }
    Ok(())
}

/// Bars a worker from the family of somebody who has just been found to be the worker.
///
/// # Errors
/// When the database refuses.
pub(super) async fn bar_family(
    tx: &mut Tx,
    permit: &Permit,
    person: PersonId,
    at: (Timestamp, StaffId),
) -> Result<(), Fault> {
    for mut row in tx.rows(permit.opens(&FAMILY), args![person]).await? {
        let tie = tie(&mut row, 0)?;
        bar(tx, permit, tie, at).await?;
    }
    Ok(())
}

async fn end(
    desk: Desk,
    Path((id, kin)): Path<(PersonId, Uuid)>,
    Input(form): Input<EndKinForm>,
) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::NoteKin, Subject::Person(id)).await?;
    let person = permit.the_person()?;
    let mut row = tx.row(permit.opens(&ONE), args![kin, person]).await?.ok_or(Fault::Hidden)?;
    let there = tie(&mut row, 0)?;
    let (agency, version): (AgencyId, i64) = (row.get(3)?, row.get(4)?);
    // What another agency recorded is that agency's to end, and whoever is hidden is in no tie.
    let seen = kept(&mut tx, &permit, &desk).await?.iter().any(|one| one.id == kin);
    if agency != worker.agency || !seen {
        return Err(Fault::Hidden);
    }
    let over = match form.why.as_str() {
        "over" => true,
        "wrong" => false,
        _ => return Err(Fault::field("why", "choose")),
    };
    let (_, kind) = there.other(person).ok_or(Fault::Hidden)?;
    if over && !kind.can_be_over() {
        return Err(Fault::field("why", "kin-not-over"));
    }
    let shown = form.version.trim().parse().unwrap_or(version);
    tx.run_one(permit.opens(&END), args![kin, shown, desk.now(), worker.id]).await?;
    unbar(&mut tx, &permit, there, desk.now()).await?;
    if over {
        // Whoever lived as a couple is a former partner: that bars too.
        let former = Tie::new((there.first, None), (there.second, None), Kin::FormerPartner)
            .map_err(|fault| Fault::Defect(fault.to_string()))?;
        let args = args![
            crate::app::new_id(),
            former.first,
            former.second,
            former.code(),
            worker.agency,
            KinSource::Person.as_str(),
            desk.today(),
            desk.now(),
            worker.id,
        ];
        tx.run(permit.opens(&INSERT), args).await?;
        bar(&mut tx, &permit, former, (desk.now(), worker.id)).await?;
    }
    noted(&desk, &permit, there, "ended");
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}/family"), "kin-ended")
}
