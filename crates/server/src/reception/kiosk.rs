//! The kiosk: one question on each page, in the person's language, with what
//! was said carried from page to page in the form itself.

use axum::response::{IntoResponse, Redirect};
use onedoor_domain::entry::{AccessNeed, LifeEvent};
use onedoor_domain::reception::{ExpectedWait, Mode, Need};
use serde::{Deserialize, Serialize};

use super::check_in::{CheckInForm, access_told, check_in, needs_told};
use super::waiting;
use crate::policy::{Cause, Warrant};
use crate::standard::set_up;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply};

/// The first page: which language.
#[derive(Serialize)]
pub(crate) struct StartPage {
    pub(crate) office: String,
    /// What this reception says to everybody, by the template or by its own deviation.
    pub(crate) welcome: String,
    /// The aim of work and activity that it shows (REQ-MISC-17).
    pub(crate) aim: String,
}

crate::page!(StartPage, "reception/pages/kiosk_start.html");

fn kiosk(desk: &Desk) -> Result<(), Fault> {
    if desk.actor().is_kiosk() { Ok(()) } else { Err(Fault::Denied) }
}

pub(super) async fn start(desk: Desk) -> Reply {
    kiosk(&desk)?;
    let mut conn = desk.read().await?;
    let items = set_up::resolved(&mut conn, desk.office()?, desk.words().language()).await?;
    let of = |code: &str| {
        items.iter().find(|one| one.code == code).map(|one| one.text.clone()).unwrap_or_default()
    };
    desk.show(&StartPage {
        office: desk.actor().name.clone(),
        welcome: of("wording-welcome"),
        aim: of("wording-aim"),
    })
}

/// Which need.
#[derive(Default, Serialize)]
pub(crate) struct NeedPage {
    pub(crate) needs: Vec<String>,
    pub(crate) events: Vec<String>,
    pub(crate) accesses: Vec<String>,
    pub(crate) chosen: Vec<String>,
    pub(crate) event: String,
    pub(crate) access: Vec<String>,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(NeedPage, "reception/pages/kiosk_need.html");

fn codes() -> Vec<String> {
    Need::ALL.iter().map(|need| need.as_str().to_owned()).collect()
}

/// The events of life, in the order in which the door asks (REQ-FRONT-22).
pub(crate) fn event_codes() -> Vec<String> {
    LifeEvent::ALL.iter().map(|event| event.as_str().to_owned()).collect()
}

/// What may be needed to be met on equal terms.
pub(crate) fn access_codes() -> Vec<String> {
    AccessNeed::ALL.iter().map(|one| one.as_str().to_owned()).collect()
}

pub(super) async fn need(desk: Desk) -> Reply {
    kiosk(&desk)?;
    desk.show(&NeedPage {
        needs: codes(),
        events: event_codes(),
        accesses: access_codes(),
        once: crate::app::new_id().to_string(),
        ..NeedPage::default()
    })
}

/// Who, if they want to say it.
#[derive(Default, Serialize)]
pub(crate) struct WhoPage {
    pub(crate) form: CheckInForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WhoPage, "reception/pages/kiosk_who.html");

pub(super) async fn who(desk: Desk, Input(form): Input<CheckInForm>) -> Reply {
    kiosk(&desk)?;
    let mut faults = Faults::default();
    needs_told(&form, &mut faults);
    access_told(&form.access, &mut faults);
    if !faults.is_empty() {
        let faults = faults.into_list();
        let page = NeedPage {
            needs: codes(),
            events: event_codes(),
            accesses: access_codes(),
            chosen: form.need,
            event: form.event,
            access: form.access,
            once: form.once,
            faults: faults.clone(),
        };
        return desk.again(&page, faults);
    }
    desk.show(&WhoPage { form, faults: Vec::new() })
}

pub(super) async fn arrive(desk: Desk, Input(form): Input<CheckInForm>) -> Reply {
    kiosk(&desk)?;
    let mut tx = desk.begin().await?;
    let once = Once::look(&desk, &mut tx, "kiosk", &form.once, &form).await?;
    if let Some(earlier) = once.earlier {
        return Ok(Redirect::to(&earlier).into_response());
    }
    let mut faults = Faults::default();
    let office = desk.office()?;
    let arrived = check_in(&desk, &mut tx, office, &form, Mode::SelfService, &mut faults).await?;
    let Some(arrived) = arrived else {
        let faults = faults.into_list();
        let page = WhoPage {
            // A number is not sent back to a screen that the next person sees.
            form: CheckInForm { number: String::new(), ..form },
            faults: faults.clone(),
        };
        return desk.again(&page, faults);
    };
    let location = format!("/kiosk/done?ticket={}", arrived.ticket);
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.app().pulse.beat(office, arrived.concerned, desk.now());
    Ok(Redirect::to(&location).into_response())
}

/// The ticket.
#[derive(Serialize)]
pub(crate) struct DonePage {
    pub(crate) ticket: i64,
    pub(crate) wait: String,
    pub(crate) low: i64,
    pub(crate) high: i64,
}

crate::page!(DonePage, "reception/pages/kiosk_done.html");

#[derive(Deserialize)]
pub(super) struct Ticket {
    #[serde(default)]
    ticket: i64,
}

pub(super) async fn done(
    desk: Desk,
    axum::extract::Query(ticket): axum::extract::Query<Ticket>,
) -> Reply {
    kiosk(&desk)?;
    let mut conn = desk.read().await?;
    let warrant = Warrant::new(Cause::Wait, &desk.app().vault);
    let (office, now) = (desk.office()?, (desk.today(), desk.now()));
    let wait = waiting::wait(&mut conn, &warrant, office, now, desk.actor()).await?;
    let (wait, low, high) = wait_parts(wait);
    desk.show(&DonePage { ticket: ticket.ticket, wait: wait.to_owned(), low, high })
}

/// A wait as a code and its two numbers, for words.
pub(super) fn wait_parts(wait: ExpectedWait) -> (&'static str, i64, i64) {
    match wait {
        ExpectedWait::Now => ("now", 0, 0),
        ExpectedWait::Between(low, high) => ("between", low, high),
        ExpectedWait::Unknown => ("unknown", 0, 0),
    }
}
