//! The one context of a request: who, in which language, when, with what.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{HeaderName, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use serde::Serialize;
use uuid::Uuid;

use super::fault::{Fault, FieldFault, Reply};
use super::frame::{Frame, Page};
use crate::app::App;
use crate::db::{Conn, Link, Tx};
use crate::journal::Entry;
use crate::policy::{Cause, Permit, Subject, Warrant};
use crate::sign_in::{Actor, Resident};
use crate::walls::crossing::{self, Crossing};
use crate::words::Words;
use onedoor_domain::secrecy::Action;

/// Which face of the server was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Pages.
    Page,
    /// The API.
    Api,
}

/// What the edge found out about a request before its handler ran.
#[derive(Clone)]
pub(super) struct Visitor {
    pub(super) app: App,
    pub(super) actor: Option<Actor>,
    pub(super) words: Words,
    pub(super) face: Face,
    pub(super) now: Timestamp,
    pub(super) path: String,
    /// Where the visitor comes back to: the page, or the page that a form is on.
    pub(super) home: String,
    pub(super) done: Option<String>,
    pub(super) idempotency: Option<String>,
    pub(super) entries: Entries,
    pub(super) crossings: Crossings,
    pub(super) typed: Typed,
}

/// Journal rows that have been earned by reading and are not yet written.
pub(super) type Entries = Arc<Mutex<Vec<Entry>>>;

/// The fields of a form as they were sent from a page: should the act come too late, they are
/// shown again, so that nothing typed is lost (REQ-REF-01).
pub(super) type Typed = Arc<Mutex<Vec<(String, String)>>>;

/// Rows of the register of disclosures that go in with them.
pub(super) type Crossings = Arc<Mutex<Vec<Crossing>>>;

/// The context of a handler that needs somebody signed in.
#[derive(Clone)]
pub struct Desk(Visitor);

/// The context of a handler that anyone may reach.
#[derive(Clone)]
pub struct Lobby(pub(super) Visitor);

impl<S: Send + Sync> FromRequestParts<S> for Lobby {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Fault> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        visitor.map(Self).ok_or_else(|| Fault::Defect("the edge did not run".into()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Desk {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Lobby(visitor) = Lobby::from_request_parts(parts, state).await?;
        match &visitor.actor {
            None => Err(Fault::SignIn),
            // Nothing at this desk is there for those who are served (REQ-INFO-01).
            Some(actor) if actor.resident.is_some() => Err(Fault::Hidden),
            Some(_) => Ok(Self(visitor)),
        }
    }
}

/// The context of a handler of a person's own page. It is a desk at which a
/// resident sits; staff, kiosks and programs get none.
#[derive(Clone)]
pub struct Own {
    desk: Desk,
    resident: Resident,
}

impl<S: Send + Sync> FromRequestParts<S> for Own {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let Lobby(visitor) = Lobby::from_request_parts(parts, state).await?;
        match visitor.actor.as_ref().map(|actor| actor.resident) {
            None => Err(Fault::SignIn),
            Some(None) => Err(Fault::Hidden),
            Some(Some(resident)) => Ok(Self { desk: Desk(visitor), resident }),
        }
    }
}

impl Own {
    /// Who is signed in, and for whom they act.
    #[must_use]
    pub fn resident(&self) -> Resident {
        self.resident
    }
}

impl std::ops::Deref for Own {
    type Target = Desk;

    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl Lobby {
    /// The server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// The visitor's language.
    #[must_use]
    pub fn words(&self) -> Words {
        self.0.words
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// Who is signed in, if anyone.
    #[must_use]
    pub fn actor(&self) -> Option<&Actor> {
        self.0.actor.as_ref()
    }

    /// Renders a page.
    ///
    /// # Errors
    /// When the template fails.
    pub fn show<P: Page>(&self, page: &P) -> Reply {
        self.0.show(page, StatusCode::OK)
    }
}

impl Visitor {
    pub(super) fn frame(&self) -> Frame {
        Frame::new(self)
    }

    fn show<P: Page>(&self, page: &P, status: StatusCode) -> Reply {
        match self.face {
            Face::Page => {
                let html = page
                    .html(&self.frame())
                    .map_err(|error| Fault::Defect(format!("a page: {error}")))?;
                Ok((status, axum::response::Html(html)).into_response())
            }
            Face::Api => Ok((status, axum::Json(page)).into_response()),
        }
    }
}

/// What an act that made something gives back.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Done {
    /// Where what was made or changed is found, under `/api/v1`.
    pub location: String,
    /// A stable code of what happened.
    pub done: String,
}

impl Desk {
    /// The server.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// Who acts.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a desk is made only with an actor")]
    pub fn actor(&self) -> &Actor {
        self.0.actor.as_ref().expect("a desk has an actor")
    }

    /// The worker who acts.
    ///
    /// # Errors
    /// A kiosk is nobody who could answer for anything: it is refused.
    pub fn worker(&self) -> Result<onedoor_domain::case::Worker, Fault> {
        self.actor().worker().ok_or(Fault::Denied)
    }

    /// The office where the actor sits.
    ///
    /// # Errors
    /// When the actor sits in none.
    pub fn office(&self) -> Result<OfficeId, Fault> {
        self.actor().office.ok_or(Fault::Denied)
    }

    /// The language.
    #[must_use]
    pub fn words(&self) -> Words {
        self.0.words
    }

    /// Which face was asked.
    #[must_use]
    pub fn face(&self) -> Face {
        self.0.face
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// Today at the offices.
    #[must_use]
    pub fn today(&self) -> Date {
        self.0.app.day(self.0.now)
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn read(&self) -> Result<Conn, Fault> {
        Ok(self.0.app.db.read().await?)
    }

    /// A transaction for writing; end it with [`Desk::commit`].
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin(&self) -> Result<Tx, Fault> {
        Ok(self.0.app.db.begin().await?)
    }

    /// Asks for a permit. The decision goes to the journal, also a denial.
    ///
    /// # Errors
    /// [`Fault::Hidden`] when the subject is absent or not for this actor;
    /// [`Fault::Denied`] where there is no subject to hide.
    pub async fn permit(
        &self,
        link: &mut Link,
        action: Action,
        subject: Subject,
    ) -> Result<Permit, Fault> {
        crate::policy::permit(self, link, action, subject).await
    }

    /// Asks for a permit to show something more beside what was asked for; a no
    /// is no attempt, and only a yes is noted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn permit_quietly(
        &self,
        link: &mut Link,
        action: Action,
        subject: Subject,
    ) -> Result<Option<Permit>, Fault> {
        crate::policy::permit_quietly(self, link, action, subject).await
    }

    /// Whether an act would be allowed, to show or hide its button. It reads
    /// nothing of the person and is not noted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn may(
        &self,
        link: &mut Link,
        action: Action,
        subject: Subject,
    ) -> Result<bool, Fault> {
        crate::policy::may(self, link, action, subject).await
    }

    /// Notes a row for the journal; it is written before the answer leaves.
    pub fn note(&self, entry: Entry) {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// Notes what crossed from another agency; the register has it before the answer leaves.
    pub fn cross(&self, crossing: Crossing) {
        self.0.crossings.lock().unwrap_or_else(PoisonError::into_inner).push(crossing);
    }

    /// Notes that a list or search showed these persons.
    pub fn note_seen(&self, permit: &Permit, persons: impl IntoIterator<Item = Uuid>) {
        let mut persons: Vec<Uuid> = persons.into_iter().collect();
        persons.sort_unstable();
        persons.dedup();
        if persons.is_empty() {
            return;
        }
        let count = persons.len();
        self.note(Entry {
            action: permit.action(),
            ground: Some(permit.ground()),
            subject: permit.subject(),
            persons,
            detail: serde_json::json!({ "rows": count }),
        });
    }

    /// Ends a transaction: the journal rows of what was done go in with it, and what crossed
    /// goes into the register of disclosures.
    ///
    /// # Errors
    /// When nothing of it was kept; a conflict when a consent that something crossed on has
    /// been taken back meanwhile.
    pub async fn commit(&self, mut tx: Tx) -> Result<(), Fault> {
        let entries = {
            let mut entries = self.0.entries.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *entries)
        };
        // Where it fails nothing is shown, so nothing has crossed.
        let crossings = {
            let mut all = self.0.crossings.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *all)
        };
        let written = async {
            let warrant = Warrant::new(Cause::Register, &self.0.app.vault);
            crossing::write(&mut tx, &warrant, &crossings, self.0.now).await?;
            self.0.app.journal.append(&mut tx, self.actor(), self.0.now, &entries).await?;
            tx.commit().await
        }
        .await;
        if written.is_err() {
            // What was looked at on the way is noted all the same, by the edge.
            self.0.entries.lock().unwrap_or_else(PoisonError::into_inner).extend(entries);
        }
        Ok(written?)
    }

    /// Shows a page, or the same value as JSON.
    ///
    /// # Errors
    /// When the template fails.
    pub fn show<P: Page>(&self, page: &P) -> Reply {
        self.0.show(page, StatusCode::OK)
    }

    /// Shows a form again with its faults and everything that was typed; the
    /// API gets the faults as a problem document.
    ///
    /// # Errors
    /// The faults, for the API.
    pub fn again<P: Page>(&self, page: &P, faults: Vec<FieldFault>) -> Reply {
        match self.0.face {
            Face::Page => self.0.show(page, StatusCode::UNPROCESSABLE_ENTITY),
            Face::Api => Err(Fault::Fields(faults)),
        }
    }

    /// After an act: pages go on to `path`, which says what was `done`; the
    /// API gets the location.
    ///
    /// # Errors
    /// None; it is a [`Reply`] so that handlers can end with it.
    pub fn done(&self, path: &str, done: &str) -> Reply {
        match self.0.face {
            Face::Page => {
                let mark = if path.contains('?') { '&' } else { '?' };
                Ok(Redirect::to(&format!("{path}{mark}done={done}")).into_response())
            }
            Face::Api => {
                let location = format!("/api/v1{path}");
                let body = Done { location: location.clone(), done: done.to_owned() };
                Ok((StatusCode::OK, [(header::LOCATION, location)], axum::Json(body))
                    .into_response())
            }
        }
    }

    /// The key under which a creating call may be repeated: the header of the
    /// API, or the hidden field of a form.
    #[must_use]
    pub fn once(&self, field: &str) -> Option<String> {
        let key = self.0.idempotency.clone().unwrap_or_else(|| field.to_owned());
        let fits = (8..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        fits.then_some(key)
    }
}

/// The header that makes a creating call repeatable.
pub(super) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A plain answer for a machine.
pub(super) fn text(status: StatusCode, body: &'static str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], body).into_response()
}
