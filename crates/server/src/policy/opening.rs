//! What opens a statement that touches persons: a proof, and the grounds of the few modules that
//! have no asker by their nature. The whole list of them is in this file (REQ-INFO-15).

use std::marker::PhantomData;

use crate::db::{Asked, Personal};

/// The policy's word that a statement may run, for as long as what it was given on lives. Nobody
/// else can make one.
///
/// ```compile_fail,E0423
/// use onedoor_server::db::{Asked, Personal};
/// static PERSONS: Personal = Personal::new("example::PERSONS", "select id from person limit 10");
/// fn mine() -> onedoor_server::policy::Opening<'static> {
///     onedoor_server::policy::Opening(std::marker::PhantomData)
/// }
/// ```
#[derive(Debug)]
pub struct Opening<'p>(PhantomData<&'p ()>);

impl<'p> Opening<'p> {
    /// On this: a permit, a warrant, or a ground of those below.
    pub(super) fn on<T: ?Sized>(_: &'p T) -> Self {
        Self(PhantomData)
    }
}

/// Declares the grounds: each is a type that its own module alone can make, and opens statements
/// that touch persons as a proof does. It is no proof: it has no keyring, so what is sealed stays
/// sealed.
macro_rules! grounds {
    ($($ground:path: $why:literal;)*) => {
        /// The grounds, each with the reason why its module has no asker and what it does not show.
        pub const GROUNDS: &[(&str, &str)] = &[$((stringify!($ground), $why)),*];

        $(
            impl $ground {
                #[doc = $why]
                pub(crate) fn opens<'p>(&'p self, sql: &'static Personal) -> &'p Asked {
                    sql.opened(Opening::on(self))
                }
            }
        )*
    };
}

grounds! {
    crate::journal::Witness: "The journal is written about permits, of granted and of refused ones, \
        and verified, cut and watched by nobody's wish. Its pages ask for a permit of their own \
        before they show a row, and names are opened with that.";
    crate::sign_in::Threshold: "Who signs in has no permit yet: it is found who they are. It tells \
        nobody more than that they are themselves.";
    crate::policy::Deciding: "The policy looks at the relations on which it grants or refuses a \
        permit. It shows a decision, never a row.";
    crate::office::SetUp: "Offices are set up about nobody: whether anything open depends on who \
        leaves or on what ends is counted, and no row of a person is read.";
    crate::question::Counting: "A report of a whole country counts people by kinds of agency and of \
        information, in steps; it names none and reads nothing that is sealed.";
    crate::keys::Locksmith: "Keys are made, found, wrapped and destroyed as what they are, wrapped; \
        what they open demands a proof. Sealing what was plain shows it to nobody.";
}
