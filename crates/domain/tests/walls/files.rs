//! The files that ship.
use onedoor_domain::secrecy::{Pack, packs};

/// REQ-INFO-04: every pack that ships is free of faults.
#[test]
fn the_packs_that_ship_are_free_of_faults() {
    for (code, text) in packs::SHIPPED {
        match Pack::read(text) {
            Ok(pack) => assert_eq!(pack.code(), code),
            Err(faults) => panic!(
                "{code}:\n{}",
                faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            ),
        }
    }
}
