//! Statements as registered constants: one text for both engines.

use std::sync::OnceLock;

/// Which database engine is behind the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded engine, for one office or a city on one machine.
    Sqlite,
    /// The server engine, for large sites and several servers.
    Postgres,
}

/// One statement. The same text serves both engines unless it says otherwise.
#[derive(Debug)]
pub struct Sql {
    /// Module and constant, for error messages and the register test.
    pub name: &'static str,
    text: &'static str,
    postgres: Option<&'static str>,
    numbered: OnceLock<String>,
}

impl Sql {
    /// A statement that both engines understand.
    #[must_use]
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, postgres: None, numbered: OnceLock::new() }
    }

    /// A statement that must differ on PostgreSQL; a test counts these.
    #[must_use]
    pub const fn differing(name: &'static str, text: &'static str, postgres: &'static str) -> Self {
        Self { name, text, postgres: Some(postgres), numbered: OnceLock::new() }
    }

    /// Whether the engines get different texts.
    #[must_use]
    pub const fn differs(&self) -> bool {
        self.postgres.is_some()
    }

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

/// Declares the statements of a store file and lists them in `STATEMENTS`,
/// which the slice hands to the register that a test prepares on both engines.
#[macro_export]
macro_rules! sql {
    ($($(#[$meta:meta])* $name:ident = $text:expr $(, postgres: $pg:expr)?;)*) => {
        $(
            $(#[$meta])*
            static $name: $crate::db::Sql =
                $crate::sql!(@make concat!(module_path!(), "::", stringify!($name)),
                    $text $(, $pg)?);
        )*
        /// Every statement of this file, for the register.
        pub static STATEMENTS: &[&$crate::db::Sql] = &[$(&$name),*];
    };
    (@make $name:expr, $text:expr) => { $crate::db::Sql::new($name, $text) };
    (@make $name:expr, $text:expr, $pg:expr) => {
        $crate::db::Sql::differing($name, $text, $pg)
    };
}
