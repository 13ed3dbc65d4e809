//! Statements as registered constants: one text for both engines, and a type that says whether
//! they touch persons.

use std::ops::Deref;
use std::sync::OnceLock;

use super::personal::{either_touches_persons, touches_persons};
use crate::policy::Opening;

/// Which database engine is behind the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded engine, for one office or a city on one machine.
    Sqlite,
    /// The server engine, for large sites and several servers.
    Postgres,
}

/// A statement that may run. Nobody makes one: a [`Plain`] statement is one, and a [`Personal`] one
/// becomes one for as long as its proof lives.
#[derive(Debug)]
pub struct Asked {
    /// Module and constant, for error messages and the register test.
    pub name: &'static str,
    text: &'static str,
    postgres: Option<&'static str>,
    numbered: OnceLock<String>,
}

impl Asked {
    /// The text for `engine`.
    ///
    /// SQLite reads `$1` as a name and numbers names by first appearance, so
    /// it gets `?1`, which keeps the position that the text states.
    #[must_use]
    pub fn text(&self, engine: Engine) -> &str {
        match engine {
            Engine::Postgres => self.postgres.unwrap_or(self.text),
            Engine::Sqlite => self.numbered.get_or_init(|| self.text.replace('$', "?")),
        }
    }
}

/// One statement, declared. The same text serves both engines unless it says otherwise.
///
/// Its type says whether it touches persons, and its text says which type it has:
///
/// ```
/// use onedoor_server::db::{DbError, Link, Plain};
/// static OFFICES: Plain = Plain::new("example::OFFICES", "select id from office limit 10");
/// async fn offices(link: &mut Link) -> Result<usize, DbError> {
///     Ok(link.rows(&OFFICES, &[]).await?.len())
/// }
/// ```
///
/// A statement that touches persons runs with a proof:
///
/// ```
/// use onedoor_server::db::{DbError, Link, Personal};
/// use onedoor_server::policy::Proof;
/// static PERSONS: Personal = Personal::new("example::PERSONS", "select id from person limit 10");
/// async fn persons(link: &mut Link, proof: &dyn Proof) -> Result<usize, DbError> {
///     Ok(link.rows(proof.opens(&PERSONS), &[]).await?.len())
/// }
/// ```
///
/// Without one the compiler refuses:
///
/// ```compile_fail,E0308
/// use onedoor_server::db::{DbError, Link, Personal};
/// static PERSONS: Personal = Personal::new("example::PERSONS", "select id from person limit 10");
/// async fn persons(link: &mut Link) -> Result<usize, DbError> {
///     Ok(link.rows(&PERSONS, &[]).await?.len())
/// }
/// ```
///
/// Nor can it be declared as one that touches nobody:
///
/// ```compile_fail,E0080
/// use onedoor_server::db::Plain;
/// static PERSONS: Plain = Plain::new("example::PERSONS", "select id from person limit 10");
/// ```
///
/// What a proof opened does not outlive it:
///
/// ```compile_fail,E0515
/// use onedoor_server::db::{Asked, Personal};
/// use onedoor_server::policy::Permit;
/// static PERSONS: Personal = Personal::new("example::PERSONS", "select id from person limit 10");
/// fn kept(permit: Permit) -> &'static Asked {
///     permit.opens(&PERSONS)
/// }
/// ```
#[derive(Debug)]
pub struct Sql<const PERSONAL: bool>(Asked);

/// A statement about nobody who is helped. It runs as it is.
pub type Plain = Sql<false>;

/// A statement that reads or writes a table with personal data. It runs with a permit, a warrant, or
/// one of the [grounds](crate::policy::GROUNDS) of those who have none by their nature.
pub type Personal = Sql<true>;

impl<const PERSONAL: bool> Sql<PERSONAL> {
    /// A statement that both engines understand.
    ///
    /// # Panics
    /// When its text is of the other kind; in a `static` it then does not compile.
    #[must_use]
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        assert!(touches_persons(text) == PERSONAL, "the text is of the other kind");
        Self(Asked { name, text, postgres: None, numbered: OnceLock::new() })
    }

    /// A statement that must differ on PostgreSQL; a test counts these.
    ///
    /// # Panics
    /// When its texts are of the other kind; in a `static` it then does not compile.
    #[must_use]
    pub const fn differing(name: &'static str, text: &'static str, postgres: &'static str) -> Self {
        let is_personal = either_touches_persons(text, postgres);
        assert!(is_personal == PERSONAL, "the texts are of the other kind");
        Self(Asked { name, text, postgres: Some(postgres), numbered: OnceLock::new() })
    }

    /// It in a list of both kinds: to be read and counted, not to be run.
    #[must_use]
    pub const fn listed(&'static self) -> Listed {
        Listed { asked: &self.0, is_personal: PERSONAL }
    }
}

impl Deref for Plain {
    type Target = Asked;

    fn deref(&self) -> &Asked {
        &self.0
    }
}

impl Personal {
    /// For the policy alone, which alone makes an [`Opening`].
    pub(crate) fn opened<'p>(&'static self, _: Opening<'p>) -> &'p Asked {
        &self.0
    }
}

/// A statement in a list of both kinds, such as the register of all. It can be read, and prepared;
/// it runs only when a proof opens it, whatever it touches.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    asked: &'static Asked,
    is_personal: bool,
}

impl Listed {
    /// Module and constant.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.asked.name
    }

    /// Whether its type says that it touches persons.
    #[must_use]
    pub const fn is_personal(&self) -> bool {
        self.is_personal
    }

    /// Whether the engines get different texts.
    #[must_use]
    pub const fn differs(&self) -> bool {
        self.asked.postgres.is_some()
    }

    /// The text for `engine`.
    #[must_use]
    pub fn text(&self, engine: Engine) -> &'static str {
        self.asked.text(engine)
    }

    /// For the policy alone, which alone makes an [`Opening`].
    pub(crate) fn opened<'p>(self, _: Opening<'p>) -> &'p Asked {
        self.asked
    }
}

/// Declares the statements of a store file and lists them in `STATEMENTS`,
/// which the slice hands to the register that a test prepares on both engines.
/// Whether a statement is [`Plain`] or [`Personal`] follows from its text.
#[macro_export]
macro_rules! sql {
    ($($(#[$meta:meta])* $name:ident = $text:expr $(, postgres: $pg:expr)?;)*) => {
        $(
            $(#[$meta])*
            static $name: $crate::db::Sql<{ $crate::sql!(@kind $text $(, $pg)?) }> =
                $crate::sql!(@make concat!(module_path!(), "::", stringify!($name)),
                    $text $(, $pg)?);
        )*
        /// Every statement of this file, for the register.
        pub static STATEMENTS: &[$crate::db::Listed] = &[$($name.listed()),*];
    };
    (@kind $text:expr) => { $crate::db::touches_persons($text) };
    (@kind $text:expr, $pg:expr) => { $crate::db::either_touches_persons($text, $pg) };
    (@make $name:expr, $text:expr) => { $crate::db::Sql::new($name, $text) };
    (@make $name:expr, $text:expr, $pg:expr) => {
        $crate::db::Sql::differing($name, $text, $pg)
    };
}

/// A list of statements of both kinds.
#[macro_export]
macro_rules! listed {
    [$($name:ident),* $(,)?] => { &[$($name.listed()),*] };
}
