//! What stands around every page, and what makes a value a page.

use jiff::Timestamp;
use onedoor_domain::office::Role;
use onedoor_domain::person::Language;
use serde::Serialize;

use super::desk::Visitor;
use crate::app::Mode;
use crate::words::Words;

/// A value that can be shown: as HTML inside the frame, or as JSON. It carries
/// no user, language or token; the frame does.
pub trait Page: Serialize {
    /// Renders the page.
    ///
    /// # Errors
    /// When the template fails.
    fn html(&self, frame: &Frame) -> Result<String, askama::Error>;
}

/// Ties a page value to its template.
#[macro_export]
macro_rules! page {
    ($page:ty, $template:literal) => {
        const _: () = {
            #[derive(askama::Template)]
            #[template(path = $template)]
            struct Html<'a> {
                f: &'a $crate::web::Frame,
                w: $crate::words::Words,
                p: &'a $page,
            }

            impl $crate::web::Page for $page {
                fn html(&self, frame: &$crate::web::Frame) -> Result<String, askama::Error> {
                    askama::Template::render(&Html { f: frame, w: frame.words, p: self })
                }
            }
        };
    };
}

/// One entry of the navigation.
pub struct NavItem {
    /// Where it leads.
    pub path: &'static str,
    /// The key of its text.
    pub key: &'static str,
    /// Whether this is where we are.
    pub here: bool,
}

/// What stands around a page.
pub struct Frame {
    /// The language.
    pub words: Words,
    /// Who is signed in.
    pub user: Option<(String, String)>,
    /// The navigation of the role.
    pub nav: Vec<NavItem>,
    /// Whether this is a demonstration.
    pub demo: bool,
    /// Whether a kiosk shows it: no navigation, nothing of the staff.
    pub kiosk: bool,
    /// Whether a resident reads it: larger type, and a way out at hand.
    pub own: bool,
    /// The path, to come back to after a change of language.
    pub path: String,
    /// What has just been done, as a text.
    pub done: Option<String>,
    now: Timestamp,
    zone: jiff::tz::TimeZone,
}

fn nav(role: Option<Role>) -> &'static [(&'static str, &'static str)] {
    match role {
        Some(Role::Host) => &[("/reception", "nav-reception"), ("/persons", "nav-persons")],
        Some(Role::FrontWorker | Role::Caseworker) => {
            &[("/day", "nav-day"), ("/reception", "nav-reception"), ("/persons", "nav-persons")]
        }
        Some(Role::JointManager) => &[
            ("/management", "nav-management"),
            ("/reception", "nav-reception"),
            ("/persons", "nav-persons"),
            ("/day", "nav-day"),
        ],
        Some(Role::Administrator) => &[("/office/import", "nav-import")],
        Some(Role::PrivacyOwner) => &[("/journal", "nav-journal"), ("/watch", "nav-watch")],
        None => &[],
    }
}

/// The parts of a person's own page.
const OWN: &[(&str, &str)] = &[
    ("/my", "nav-my"),
    ("/my/plan", "my-plan"),
    ("/my/assessments", "my-assessments"),
    ("/my/bookings", "my-bookings"),
    ("/my/meetings", "my-meetings"),
    ("/my/log", "nav-my-log"),
    ("/my/held", "nav-my-held"),
    ("/my/documents", "nav-my-documents"),
    ("/my/consents", "nav-my-consents"),
    ("/my/corrections", "nav-my-corrections"),
    ("/my/export", "nav-my-export"),
];

impl Frame {
    pub(super) fn new(visitor: &Visitor) -> Self {
        let role = visitor.actor.as_ref().and_then(|actor| actor.role);
        let own = visitor.actor.as_ref().is_some_and(|actor| actor.resident.is_some());
        let kiosk = visitor.actor.as_ref().is_some_and(crate::sign_in::Actor::is_kiosk);
        let staff: &[_] = if role.is_some() {
            &[("/figures", "nav-figures"), ("/more", "nav-more")]
        } else if own {
            OWN
        } else {
            &[]
        };
        let nav = nav(role)
            .iter()
            .chain(staff)
            .map(|(path, key)| NavItem { path, key, here: visitor.path == *path })
            .collect();
        let words = visitor.words;
        let done = visitor.done.as_ref().map(|code| format!("done-{code}"));
        Self {
            words,
            user: visitor
                .actor
                .as_ref()
                .filter(|_| !kiosk && !own)
                .map(|actor| (actor.name.clone(), actor.role_code().to_owned())),
            nav,
            demo: visitor.app.mode == Mode::Demo,
            kiosk,
            own,
            path: visitor.home.clone(),
            done: done.filter(|key| words.has(key)).map(|key| words.t(&key).into_owned()),
            now: visitor.now,
            zone: visitor.app.zone.clone(),
        }
    }

    /// A frame for a test or a page that nobody asked for.
    #[must_use]
    pub fn sample(language: Language) -> Self {
        Self {
            words: Words::new(language),
            user: Some(("Kari Nordmann".into(), "caseworker".into())),
            nav: vec![NavItem { path: "/day", key: "nav-day", here: true }],
            demo: true,
            kiosk: false,
            own: false,
            path: "/day".into(),
            done: None,
            now: Timestamp::UNIX_EPOCH,
            zone: jiff::tz::TimeZone::UTC,
        }
    }

    /// The languages, for the switch.
    #[must_use]
    pub fn languages(&self) -> [Language; 4] {
        Language::ALL
    }

    /// The version of style sheet and script, so that browsers fetch new ones.
    #[must_use]
    pub fn assets(&self) -> &'static str {
        super::assets::VERSION
    }

    /// An instant of today as a time of day, any other with its date.
    #[must_use]
    pub fn when(&self, micros: &i64) -> String {
        let at = Timestamp::from_microsecond(*micros).unwrap_or_default();
        if self.zone.to_datetime(at).date() == self.zone.to_datetime(self.now).date() {
            self.words.time(at, &self.zone)
        } else {
            self.words.when(at, &self.zone)
        }
    }

    /// The day of an instant.
    #[must_use]
    pub fn day(&self, micros: &i64) -> String {
        let at = Timestamp::from_microsecond(*micros).unwrap_or_default();
        self.words.date(self.zone.to_datetime(at).date())
    }

    /// The time of day of an instant, where its day stands beside it.
    #[must_use]
    pub fn time(&self, micros: &i64) -> String {
        let at = Timestamp::from_microsecond(*micros).unwrap_or_default();
        self.words.time(at, &self.zone)
    }

    /// Whether a date has passed.
    #[must_use]
    pub fn is_late(&self, iso: &str) -> bool {
        iso < self.zone.to_datetime(self.now).date().to_string().as_str()
    }

    /// Today as ISO text, for date fields.
    #[must_use]
    pub fn today(&self) -> String {
        self.zone.to_datetime(self.now).date().to_string()
    }

    /// A fresh key that makes sending a form twice harmless.
    #[must_use]
    pub fn once(&self) -> String {
        crate::app::new_id().to_string()
    }
}
