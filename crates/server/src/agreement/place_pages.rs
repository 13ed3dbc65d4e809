//! Municipality by municipality: contact persons, posts and cooperation before.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::agreement::ShareClass;
use onedoor_domain::cover::Away;
use onedoor_domain::ids::{AgencyId, StaffId};
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::Report;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::activity;
use super::places::{self, Present};
use super::store;
use super::{keeps, note};
use crate::db::Link;
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::standard::recipients::{self, RecipientLine};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of places.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ContactsPage, _, _>(
            "/contact-persons",
            "Contact persons and places without",
            contacts,
        )
        .asking(&["after"])
        .act::<ContactForm, _, _>("/contact-persons", "Names a contact person", name)
        .act::<NoForm, _, _>("/contact-persons/{id}/end", "Leaves a place without one", end)
        .act::<ShareForm, _, _>("/contact-persons/shares", "Notes posts set aside", share)
        .act::<PastForm, _, _>("/contact-persons/past", "Notes cooperation from before", past)
}

/// Nothing but the act itself.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct NoForm {}

/// Municipalities on a page.
const PAGE: i64 = 25;

/// An agency at a municipality with its contact person and its posts.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ContactLine {
    pub(crate) municipality: String,
    pub(crate) agency: String,
    pub(crate) kind: String,
    /// Identifier of the appointment; empty where there is no contact person.
    pub(crate) id: String,
    /// The contact person; empty where there is none: a flag.
    pub(crate) name: String,
    pub(crate) office: String,
    /// Who steps in; empty where nobody does: a flag.
    pub(crate) deputy: String,
    /// Who is reached today: the deputy while the contact person is away.
    pub(crate) acting: String,
    pub(crate) since: String,
    /// Posts set aside now, in hundredths.
    pub(crate) hundredths: i64,
    pub(crate) class: String,
    /// Change against the day before the effort began, in hundredths; nothing where no agreement
    /// for the effort says when that was.
    pub(crate) change: Option<i64>,
}

impl ContactLine {
    /// Hundredths of posts as people write them.
    pub(crate) fn posts(&self, hundredths: &i64) -> String {
        let sign = if *hundredths < 0 { "−" } else { "" };
        let (whole, part) = (hundredths.abs() / 100, hundredths.abs() % 100);
        format!("{sign}{whole},{part:02}")
    }
}

/// How many agencies have a contact person, or posts of a class.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct KindLine {
    pub(crate) kind: String,
    pub(crate) all: i64,
    pub(crate) with: i64,
    /// For each class of posts that there is, how many.
    pub(crate) classes: Vec<ClassCount>,
}

/// A class of posts and how many agencies are in it.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct ClassCount {
    pub(crate) class: String,
    pub(crate) count: i64,
}

/// Joint meetings in places with and without all contact persons.
#[derive(Clone, Default, Serialize, ToSchema)]
pub(crate) struct Compared {
    pub(crate) places: i64,
    pub(crate) meetings: i64,
}

impl Compared {
    /// Meetings for each place, to one decimal.
    pub(crate) fn mean(&self) -> String {
        if self.places == 0 {
            return "–".to_owned();
        }
        let tenths = (self.meetings * 10 + self.places / 2) / self.places;
        format!("{},{}", tenths / 10, tenths % 10)
    }
}

/// Cooperation from before at a place.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct PastLine {
    pub(crate) municipality: String,
    pub(crate) agencies: String,
    pub(crate) since: String,
}

/// The municipalities with their contact persons.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ContactsPage {
    pub(crate) lines: Vec<ContactLine>,
    pub(crate) kinds: Vec<KindLine>,
    /// Places where every agency has a contact person, and the rest, in the last 30 days.
    pub(crate) with: Compared,
    pub(crate) without: Compared,
    pub(crate) past: Vec<PastLine>,
    pub(crate) next: Option<String>,
    pub(crate) may_write: bool,
    pub(crate) places: Vec<Choice>,
    pub(crate) agencies: Vec<Choice>,
    pub(crate) staff: Vec<Choice>,
    pub(crate) form: ContactForm,
    pub(crate) share: ShareForm,
    pub(crate) past_form: PastForm,
    pub(crate) recipients: Vec<RecipientLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ContactsPage, "agreement/pages/contacts.html");

/// A contact person as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ContactForm {
    /// The municipality's number.
    #[serde(default)]
    pub(crate) municipality: String,
    /// Somebody of the staff; their agency is the one that they stand for.
    #[serde(default)]
    pub(crate) staff: String,
    /// Who steps in.
    #[serde(default)]
    pub(crate) deputy: String,
}

/// Posts set aside, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ShareForm {
    /// The municipality's number.
    #[serde(default)]
    pub(crate) municipality: String,
    /// The agency.
    #[serde(default)]
    pub(crate) agency: String,
    /// Posts, such as `1,5`.
    #[serde(default)]
    pub(crate) posts: String,
    /// The first day.
    #[serde(default)]
    pub(crate) from: String,
}

/// Cooperation from before, as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PastForm {
    /// The municipality's number.
    #[serde(default)]
    pub(crate) municipality: String,
    /// The one agency.
    #[serde(default)]
    pub(crate) first: String,
    /// The other.
    #[serde(default)]
    pub(crate) second: String,
    /// Since when.
    #[serde(default)]
    pub(crate) since: String,
}

#[derive(Default, Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

/// What was set aside on a day.
fn set_aside(shares: &[places::Share], at: (&str, AgencyId), on: Date) -> i64 {
    shares
        .iter()
        .filter(|it| it.municipality == at.0 && it.agency == at.1 && it.from <= on)
        .max_by_key(|it| it.from)
        .map_or(0, |it| it.hundredths)
}

fn line(
    away: &Away,
    present: &Present,
    contacts: &[places::Contact],
    shares: &[places::Share],
    (began, today): (Option<Date>, Date),
) -> ContactLine {
    let own = contacts
        .iter()
        .find(|it| it.municipality == present.municipality && it.agency == present.agency);
    let away = own.is_some_and(|it| away.contains(&it.staff));
    let at = (present.municipality.as_str(), present.agency);
    let now = set_aside(shares, at, today);
    let before = began.and_then(|day| day.yesterday().ok());
    let text = |field: fn(&places::Contact) -> &String| own.map(field).cloned().unwrap_or_default();
    ContactLine {
        municipality: present.municipality.clone(),
        agency: present.name.clone(),
        kind: present.kind.clone(),
        id: own.map(|it| it.id.to_string()).unwrap_or_default(),
        name: text(|it| &it.name),
        office: text(|it| &it.office),
        deputy: text(|it| &it.deputy),
        acting: if away { text(|it| &it.deputy) } else { text(|it| &it.name) },
        since: text(|it| &it.since),
        hundredths: now,
        class: ShareClass::of(now).as_str().to_owned(),
        change: before.map(|day| now - set_aside(shares, at, day)),
    }
}

fn kinds(lines: &[ContactLine]) -> Vec<KindLine> {
    let mut all: BTreeMap<&str, KindLine> = BTreeMap::new();
    for line in lines {
        let entry = all.entry(&line.kind).or_insert_with(|| KindLine {
            kind: line.kind.clone(),
            all: 0,
            with: 0,
            classes: Vec::new(),
        });
        entry.all += 1;
        entry.with += i64::from(!line.name.is_empty());
        match entry.classes.iter_mut().find(|it| it.class == line.class) {
            Some(it) => it.count += 1,
            None => entry.classes.push(ClassCount { class: line.class.clone(), count: 1 }),
        }
    }
    all.into_values().collect()
}

/// Places without a contact person beside the rest, by what they do (REQ-ORG-08).
async fn compare(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    lines: &[ContactLine],
) -> Result<(Compared, Compared), Fault> {
    let mut whole: BTreeMap<&str, bool> = BTreeMap::new();
    for line in lines {
        *whole.entry(&line.municipality).or_insert(true) &= !line.name.is_empty();
    }
    let (mut with, mut without) = (Compared::default(), Compared::default());
    let from = desk.today().checked_sub(30.days()).unwrap_or(desk.today());
    let span = super::activity_pages::span(desk, from, desk.today());
    let ends = whole.keys().next().copied().zip(whole.keys().next_back().copied());
    let held = match ends {
        Some(ends) => activity::meetings_between(link, permit, ends, &span).await?,
        None => BTreeMap::new(),
    };
    for (municipality, all) in whole {
        let meetings = held.get(municipality).copied().unwrap_or(0);
        let side = if all { &mut with } else { &mut without };
        side.places += 1;
        side.meetings += meetings;
    }
    Ok((with, without))
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    after: &str,
) -> Result<ContactsPage, Fault> {
    let today = desk.today();
    let present = places::present(link, permit, after, (PAGE, today)).await?;
    let contacts = places::contacts(link, permit, after).await?;
    let shares = places::shares(link, permit, after).await?;
    let began: BTreeMap<String, Date> =
        store::started(link, permit, after, PAGE * 4).await?.into_iter().collect();
    let away = crate::absence::store::away_anywhere(link, today).await?;
    let mut lines = Vec::with_capacity(present.len());
    for it in &present {
        let when = (began.get(&it.municipality).copied(), today);
        lines.push(line(&away, it, &contacts, &shares, when));
    }
    let (with, without) = compare(desk, link, permit, &lines).await?;
    let all = places::places(link, permit).await?;
    let last = lines.last().map(|it| it.municipality.clone()).unwrap_or_default();
    let more = all.iter().any(|it| it.id > last) && !last.is_empty();
    let past = places::past(link, permit, after).await?;
    let past = past.into_iter().filter(|it| it.municipality <= last).map(|it| PastLine {
        municipality: it.municipality,
        agencies: format!("{}, {}", it.names.0, it.names.1),
        since: it.since.to_string(),
    });
    let agencies = offices::agencies(link).await?;
    let staff = match desk.actor().office {
        Some(office) => offices::colleagues(link, office).await?,
        None => Vec::new(),
    };
    Ok(ContactsPage {
        kinds: kinds(&lines),
        lines,
        with,
        without,
        past: past.collect(),
        next: more.then_some(last),
        may_write: desk.may(link, Action::WriteArrangements, Subject::Duty).await?,
        places: all,
        agencies: agencies
            .into_iter()
            .map(|it| Choice { id: it.id.to_string(), name: it.name })
            .collect(),
        staff,
        recipients: recipients::of(link, Report::Contacts).await?,
        ..ContactsPage::default()
    })
}

async fn contacts(desk: Desk, Query(asked): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit, &asked.after).await?;
    desk.show(&page)
}

async fn name(desk: Desk, Input(form): Input<ContactForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    if !keeps(&desk, &mut tx, &permit, &form.municipality).await? {
        faults.add("municipality", "choose");
    }
    let mut people = Vec::new();
    for (field, value) in [("staff", &form.staff), ("deputy", &form.deputy)] {
        let known = match value.parse().map(StaffId) {
            Ok(id) => offices::worker(&mut tx, id).await?.filter(|it| it.worker.on_duty),
            Err(_) => None,
        };
        match known {
            Some(known) => people.push(known.worker),
            None if field == "deputy" && value.trim().is_empty() => {}
            None => faults.add(field, "choose"),
        }
    }
    let deputy = people.get(1).copied();
    if let (Some(first), Some(second)) = (people.first(), deputy) {
        if first.id == second.id {
            faults.add("deputy", "case-same-person");
        } else if first.agency != second.agency {
            // The same access: somebody of another agency would not have it.
            faults.add("deputy", "contact-other-agency");
        }
    }
    let (Some(contact), true) = (people.first().copied(), faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit, "").await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let place = (form.municipality.as_str(), contact.agency);
    let who = (contact.id, deputy.map(|it| it.id));
    let when = (desk.today(), me.id, desk.now());
    places::name_contact(&mut tx, &permit, place, who, when).await?;
    note(&desk, &permit, "contact", contact.id);
    desk.commit(tx).await?;
    desk.done("/contact-persons", "contact-named")
}

async fn end(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<NoForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let (municipality, agency) =
        places::contact(&mut tx, &permit, id).await?.ok_or(Fault::Hidden)?;
    if !keeps(&desk, &mut tx, &permit, &municipality).await? {
        return Err(Fault::Hidden);
    }
    places::end_contact(&mut tx, &permit, (&municipality, agency), desk.today()).await?;
    note(&desk, &permit, "contact-ended", id);
    desk.commit(tx).await?;
    desk.done("/contact-persons", "contact-ended")
}

/// Reads `1,5` or `1.5` as 150 hundredths.
fn hundredths(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || whole.len() > 4 || !digits(whole) || !digits(part) {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let part: i64 = if part.is_empty() { 0 } else { format!("{part:0<2}").parse().ok()? };
    Some(whole * 100 + part).filter(|it| *it <= 100_000)
}

async fn share(desk: Desk, Input(form): Input<ShareForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    if !keeps(&desk, &mut tx, &permit, &form.municipality).await? {
        faults.add("municipality", "choose");
    }
    let agencies = offices::agencies(&mut tx).await?;
    let agency = faults.id("agency", &form.agency).map(AgencyId);
    if agency.is_some_and(|id| !agencies.iter().any(|it| it.id == id)) {
        faults.add("agency", "choose");
    }
    let posts = hundredths(&form.posts);
    if posts.is_none() {
        faults.add("posts", "posts-number");
    }
    let from = faults.date("from", &form.from);
    let (Some(agency), Some(posts), Some(from), true) = (agency, posts, from, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit, "").await?;
        page.share = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let place = (form.municipality.as_str(), agency);
    places::set_share(&mut tx, &permit, place, (from, posts), (me.id, desk.now())).await?;
    note(&desk, &permit, "share", agency);
    desk.commit(tx).await?;
    desk.done("/contact-persons", "share-kept")
}

async fn past(desk: Desk, Input(form): Input<PastForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    if !keeps(&desk, &mut tx, &permit, &form.municipality).await? {
        faults.add("municipality", "choose");
    }
    let agencies = offices::agencies(&mut tx).await?;
    let first = faults.id("first", &form.first).map(AgencyId);
    let second = faults.id("second", &form.second).map(AgencyId);
    for (field, id) in [("first", first), ("second", second)] {
        if id.is_some_and(|id| !agencies.iter().any(|it| it.id == id)) {
            faults.add(field, "choose");
        }
    }
    if first.is_some() && first == second {
        faults.add("second", "agreement-parties");
    }
    let since = faults.date("since", &form.since);
    let (Some(first), Some(second), Some(since), true) = (first, second, since, faults.is_empty())
    else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit, "").await?;
        page.past_form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let pair = (form.municipality.as_str(), first, second);
    places::set_past(&mut tx, &permit, pair, since, (me.id, desk.now())).await?;
    note(&desk, &permit, "past", &form.municipality);
    desk.commit(tx).await?;
    desk.done("/contact-persons", "past-kept")
}
