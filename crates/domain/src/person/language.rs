//! The languages the front office speaks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language for screens, letters and talks with the person (REQ-MISC-11).
///
/// Norwegian public bodies answer in the written standard the person uses, hence
/// both Bokmål and Nynorsk; Swedish serves the Swedish agencies; English is for
/// people who read none of these.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Norwegian Bokmål, used where nobody has chosen.
    #[default]
    Nb,
    /// Norwegian Nynorsk.
    Nn,
    /// Swedish.
    Sv,
    /// English.
    En,
}

/// Why a text does not name a [`Language`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LanguageFault {
    /// The text is none of the codes in [`Language::ALL`].
    #[error("the language is not one of nb, nn, sv, en")]
    Unknown,
}

impl LanguageFault {
    /// The key under which the words files explain the fault.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unknown => "language-unknown",
        }
    }
}

impl Language {
    /// Every language, in the order in which a menu offers them.
    pub const ALL: [Self; 4] = [Self::Nb, Self::Nn, Self::Sv, Self::En];

    /// The ISO 639-1 code: `nb`, `nn`, `sv` or `en`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::Nn => "nn",
            Self::Sv => "sv",
            Self::En => "en",
        }
    }

    /// The name of the language in that language, for a menu that must be
    /// readable to those who understand none of the others.
    #[must_use]
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Nb => "Bokmål",
            Self::Nn => "Nynorsk",
            Self::Sv => "Svenska",
            Self::En => "English",
        }
    }
}

impl FromStr for Language {
    type Err = LanguageFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == text)
            .ok_or(LanguageFault::Unknown)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
