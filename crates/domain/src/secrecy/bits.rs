//! One way to write a closed list of codes together with the set of them.

/// Makes an enum whose every value has one stable code, and a set of its values
/// that is one number and can be copied freely.
macro_rules! bits {
    (
        $(#[$about:meta])* $name:ident,
        $(#[$about_set:meta])* $set:ident($int:ty);
        $($(#[$each:meta])* $value:ident = $code:literal,)+
    ) => {
        $(#[$about])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$each])* #[serde(rename = $code)] $value,)+ }

        impl $name {
            /// Every one, in the order of the law texts.
            pub const ALL: [Self; [$($code),+].len()] = [$(Self::$value),+];

            /// The stable code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $code),+ }
            }

            /// Reads a stable code; `None` for any other text.
            #[must_use]
            pub fn parse(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|known| known.as_str() == code)
            }

            const fn bit(self) -> $int {
                1 << self as u32
            }
        }

        $(#[$about_set])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $set($int);

        impl $set {
            /// None of them.
            pub const NONE: Self = Self(0);
            /// All of them.
            pub const ALL: Self = Self($($name::$value.bit())|+);

            /// Only this one.
            #[must_use]
            pub const fn only(one: $name) -> Self {
                Self(one.bit())
            }

            /// These and one more.
            #[must_use]
            pub const fn with(self, one: $name) -> Self {
                Self(self.0 | one.bit())
            }

            /// These but for one.
            #[must_use]
            pub const fn without(self, one: $name) -> Self {
                Self(self.0 & !one.bit())
            }

            /// Whether this one is among them.
            #[must_use]
            pub const fn has(self, one: $name) -> bool {
                self.0 & one.bit() != 0
            }

            /// Those that are in either.
            #[must_use]
            pub const fn or(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// Those that are in both.
            #[must_use]
            pub const fn and(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }

            /// Those that are here and not there.
            #[must_use]
            pub const fn but(self, other: Self) -> Self {
                Self(self.0 & !other.0)
            }

            /// Whether there is none.
            #[must_use]
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Whether all of the others are here.
            #[must_use]
            pub const fn covers(self, other: Self) -> bool {
                other.0 & !self.0 == 0
            }

            /// Each of them in order.
            pub fn iter(self) -> impl Iterator<Item = $name> {
                $name::ALL.into_iter().filter(move |one| self.has(*one))
            }

            /// The set as a stored number: one bit for each, in the order of the list.
            #[must_use]
            pub fn as_i64(self) -> i64 {
                i64::from(self.0)
            }

            /// Reads a stored number; `None` when it names something unknown.
            #[must_use]
            pub fn from_i64(stored: i64) -> Option<Self> {
                let set = Self(<$int>::try_from(stored).ok()?);
                Self::ALL.covers(set).then_some(set)
            }
        }

        impl FromIterator<$name> for $set {
            fn from_iter<I: IntoIterator<Item = $name>>(all: I) -> Self {
                all.into_iter().fold(Self::NONE, Self::with)
            }
        }
    };
}

pub(super) use bits;
