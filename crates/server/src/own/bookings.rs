//! One's own booked times: booking, saying yes, moving and taking away, with or without a case
//! (REQ-FRONT-24). Nobody is asked which agency.

use axum::extract::{Path, Query};
use jiff::Timestamp;
use onedoor_domain::booking::MeetBy;
use onedoor_domain::entry::{AccessNeed, LifeEvent, needs_of};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::person::tokens;
use onedoor_domain::reception::Need;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::Matter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pass::{Pass, pass, quiet, shown_again};
use super::store;
use crate::booking::mine::{self, OwnBooking, Wanted};
use crate::booking::store as bookings;
use crate::db::Link;
use crate::office::store::{self as offices, OfficeLine};
use crate::web::validate::Faults;
use crate::web::{Fault, FieldFault, Input, Own, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<OwnBookingsPage, _, _>("/my/bookings", "One's own booked times", list)
        .asking(&["office", "q"])
        .act::<OwnBookForm, _, _>("/my/bookings", "Books a time", book)
        .act::<OwnActForm, _, _>(
            "/my/bookings/{id}",
            "Says yes to a time, moves it or takes it away",
            change,
        )
}

/// A free time.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnFree {
    /// When it starts, in microseconds since 1970.
    pub(crate) at: i64,
}

/// A time that one wants.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OwnBookForm {
    /// The office.
    #[serde(default)]
    pub(crate) office: String,
    /// When it starts, in microseconds since 1970, from the offered times.
    #[serde(default)]
    pub(crate) at: String,
    /// What has happened; may be empty.
    #[serde(default)]
    pub(crate) event: String,
    /// What it is about: codes.
    #[serde(default)]
    pub(crate) need: Vec<String>,
    /// What is needed to be met on equal terms.
    #[serde(default)]
    pub(crate) access: Vec<String>,
    /// `office`, `phone` or `video`.
    #[serde(default)]
    pub(crate) meet_by: String,
    /// A telephone number to be reminded at; may be empty.
    #[serde(default)]
    pub(crate) phone: String,
}

/// One's own booked times, and what can be booked.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnBookingsPage {
    pub(crate) lines: Vec<OwnBooking>,
    /// The offices that were searched for, else the nearest: no more than a list can be read of.
    pub(crate) offices: Vec<OfficeLine>,
    /// Whether there are more of them.
    pub(crate) more: bool,
    /// What was searched for.
    pub(crate) q: String,
    pub(crate) office: String,
    pub(crate) times: Vec<OwnFree>,
    pub(crate) events: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) accesses: Vec<String>,
    pub(crate) ways: Vec<String>,
    pub(crate) form: OwnBookForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(OwnBookingsPage, "own/pages/bookings.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    office: String,
    #[serde(default)]
    q: String,
}

/// So many offices are offered at once.
const OFFERED: usize = 20;

/// Whether an office has every word of a search in its name or its address.
fn fits(office: &OfficeLine, words: &[String]) -> bool {
    let there = tokens(&format!("{} {}", office.name, office.address));
    words.iter().all(|word| there.iter().any(|it| it.starts_with(word)))
}

/// The offices to choose from, whether there are more, and the chosen one: a country has more than
/// one list holds, so they are searched for, and the nearest are offered first.
async fn to_choose(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    (office, q): (&str, &str),
) -> Result<(Vec<OfficeLine>, bool, String), Fault> {
    let all = store::nearest(link, pass, (own.today(), 3000)).await?;
    let words = tokens(q);
    let chosen = all.iter().find(|one| one.id == office.trim()).cloned();
    let mut found: Vec<OfficeLine> = all.into_iter().filter(|it| fits(it, &words)).collect();
    let more = found.len() > OFFERED;
    found.truncate(OFFERED);
    let chosen = chosen.or_else(|| found.first().cloned());
    let id = chosen.as_ref().map(|one| one.id.clone()).unwrap_or_default();
    if let Some(one) = chosen.filter(|one| found.iter().all(|it| it.id != one.id)) {
        found.insert(0, one);
    }
    Ok((found, more, id))
}

async fn page(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    (form, q): (OwnBookForm, String),
    faults: Vec<FieldFault>,
) -> Result<OwnBookingsPage, Fault> {
    let (offices, more, office) = to_choose(own, link, pass, (&form.office, &q)).await?;
    let times = match office.parse::<OfficeId>() {
        Ok(id) => bookings::free(own.app(), link, pass.permit(), id, 40).await?,
        Err(_) => Vec::new(),
    };
    let lines = if pass.sight().shows(Matter::Case) {
        mine::of_person(link, pass.permit()).await?
    } else {
        Vec::new()
    };
    Ok(OwnBookingsPage {
        lines,
        offices,
        more,
        q,
        office,
        times: times.into_iter().map(|at| OwnFree { at: at.as_microsecond() }).collect(),
        events: LifeEvent::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        needs: Need::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        accesses: AccessNeed::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ways: MeetBy::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn list(own: Own, Query(asked): Query<Asked>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let form = OwnBookForm { office: asked.office, ..OwnBookForm::default() };
    let page = page(&own, &mut conn, &pass, (form, asked.q), Vec::new()).await?;
    own.show(&page)
}

/// Whoever may not see the case may not change its times.
fn sure(pass: &Pass) -> Result<(), Fault> {
    if pass.sight().shows(Matter::Case) { Ok(()) } else { Err(Fault::Hidden) }
}

fn read_start(text: &str, now: Timestamp, faults: &mut Faults) -> Option<Timestamp> {
    let at = text.trim().parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    let at = at.filter(|at| *at > now);
    if at.is_none() {
        faults.add("at", "choose");
    }
    at
}

/// Codes of a closed list; one that is not in it is a fault.
fn read_codes<T>(
    field: &str,
    codes: &[String],
    parse: fn(&str) -> Option<T>,
    faults: &mut Faults,
) -> Vec<T> {
    let all: Vec<T> = codes.iter().filter_map(|code| parse(code)).collect();
    if all.len() < codes.len() {
        faults.add(field, "choose");
    }
    all
}

/// A telephone number, or none.
fn read_phone(text: &str, faults: &mut Faults) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let shape = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-'));
    if !text.trim().is_empty() && (!(8..=15).contains(&digits) || !shape) {
        faults.add("phone", "phone");
    }
    text.trim().to_owned()
}

async fn book(own: Own, Input(form): Input<OwnBookForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    sure(&pass)?;
    let mut faults = Faults::default();
    let event = LifeEvent::parse(form.event.trim());
    let said = read_codes("need", &form.need, Need::parse, &mut faults);
    let needs = needs_of(event, &said);
    if needs.is_empty() {
        faults.add("need", "need-empty");
    }
    let access = read_codes("access", &form.access, AccessNeed::parse, &mut faults);
    let meet_by = faults.choice("meet_by", &form.meet_by, |code| match code {
        "" => Some(MeetBy::Office),
        code => MeetBy::parse(code),
    });
    let starts = read_start(&form.at, own.now(), &mut faults);
    let phone = read_phone(&form.phone, &mut faults);
    let office =
        offices::offices(&mut tx).await?.into_iter().find(|one| one.id == form.office.trim());
    let id: Option<OfficeId> = office.as_ref().and_then(|one| one.id.parse().ok());
    if id.is_none() {
        faults.add("office", "choose");
    }
    let (Some(office), Some(id), Some(starts), Some(meet_by), true) =
        (office, id, starts, meet_by, faults.is_empty())
    else {
        let list = faults.into_list();
        shown_again(&own, &pass, Action::ReadOwn);
        let page = page(&own, &mut tx, &pass, (form, String::new()), list.clone()).await?;
        return own.again(&page, list);
    };
    let codes: Vec<&str> = access.iter().map(|one| one.as_str()).collect();
    let language = own.words().language();
    let wanted = Wanted {
        office: id,
        starts,
        needs: &needs,
        access: &codes.join(" "),
        meet_by,
        phone: &phone,
        language: language.as_str(),
    };
    let booking = mine::book(own.app(), &mut tx, pass.permit(), &wanted).await?;
    if !phone.is_empty() {
        let whom = (phone.as_str(), language.as_str());
        mine::remind(own.app(), &mut tx, pass.permit(), whom, (starts, &office.name)).await?;
    }
    own.note(pass.entry(Action::BookOwn, mine::detail("booked", booking)));
    own.commit(tx).await?;
    own.done("/my/bookings", "booking-kept")
}

/// What is done with a time.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OwnActForm {
    /// `yes`, `move` or `cancel`.
    #[serde(default)]
    pub(crate) act: String,
    /// The new start, when it is moved.
    #[serde(default)]
    pub(crate) at: String,
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn change(own: Own, Path(id): Path<Uuid>, Input(form): Input<OwnActForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    sure(&pass)?;
    let booking = bookings::read_own(&mut tx, pass.permit(), id).await?;
    let version = form.version.trim().parse().unwrap_or(booking.version);
    match form.act.trim() {
        "yes" => {
            mine::confirm(&mut tx, pass.permit(), (id, version), own.now()).await?;
        }
        "move" => {
            let mut faults = Faults::default();
            let Some(starts) = read_start(&form.at, own.now(), &mut faults) else {
                return Err(Fault::field("at", "choose"));
            };
            mine::move_to(own.app(), &mut tx, pass.permit(), (&booking, version), starts).await?;
        }
        "cancel" => mine::cancel(own.app(), &mut tx, pass.permit(), (&booking, version)).await?,
        _ => return Err(Fault::field("act", "choose")),
    }
    own.note(pass.entry(Action::BookOwn, mine::detail(form.act.trim(), id)));
    own.commit(tx).await?;
    own.done("/my/bookings", "booking-changed")
}
