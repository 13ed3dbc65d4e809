//! One way to write a closed list of words that files and the store both use.

/// Makes an enum whose every value has one word, with `ALL`, `as_str` and `parse`.
macro_rules! words {
    ($(#[$about:meta])* $name:ident {
        $($(#[$each:meta])* $value:ident = $word:literal),+ $(,)?
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $value),+ }

        impl $name {
            /// Every value once, in the order they are listed.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$value),+];

            /// The word that stands for this value in files and in the store.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$value => $word),+ }
            }

            /// The value a word stands for; any other spelling is `None`.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.as_str() == word)
            }
        }
    };
}

pub(super) use words;
