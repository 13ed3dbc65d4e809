//! What the compiler counted: how often each place of the code was passed.
//!
//! With `-C instrument-coverage` the compiler puts one counter of 64 bits for each region into one
//! section of the program, and the linker names both ends of it. The cfg `counted` says that the
//! program was built so. Without it there is nothing to read, and nothing guides the search.

/// A place that was passed, and about how often: 1, 2, 3, up to 7, 15, 31, 127, or more.
pub(crate) type Passed = (usize, u8);

fn about(count: u64) -> u8 {
    match count {
        0..=3 => u8::try_from(count).unwrap_or(3),
        4..=7 => 4,
        8..=15 => 5,
        16..=31 => 6,
        32..=127 => 7,
        _ => 8,
    }
}

#[cfg(counted)]
mod linked {
    unsafe extern "C" {
        #[link_name = "__start___llvm_prf_cnts"]
        static mut START: u64;
        #[link_name = "__stop___llvm_prf_cnts"]
        static mut STOP: u64;
    }

    fn ends() -> (*mut u64, usize) {
        let (start, stop) = (&raw mut START, &raw mut STOP);
        (start, (stop as usize).saturating_sub(start as usize) / size_of::<u64>())
    }

    /// Takes every counter that is not nought, and sets it to nought.
    pub(super) fn take(mut each: impl FnMut(usize, u64)) {
        let (start, count) = ends();
        for place in 0..count {
            // SAFETY: the linker lays out exactly `count` counters from `start`, aligned, for as
            // long as the program runs. Only the compiler's own increments write there besides,
            // and those of the one thread that runs a target are over when this is called.
            unsafe {
                let counter = start.add(place);
                let value = counter.read_volatile();
                if value != 0 {
                    counter.write_volatile(0);
                    each(place, value);
                }
            }
        }
    }

    pub(super) fn places() -> usize {
        ends().1
    }
}

/// How many places there are; nought when the program was built without counters.
pub(crate) fn places() -> usize {
    #[cfg(counted)]
    return linked::places();
    #[cfg(not(counted))]
    0
}

/// Forgets what was counted so far.
pub(crate) fn forget() {
    #[cfg(counted)]
    linked::take(|_, _| ());
}

/// What was passed since [`forget`].
pub(crate) fn passed(found: &mut Vec<Passed>) {
    found.clear();
    #[cfg(counted)]
    linked::take(|place, count| found.push((place, about(count))));
    #[cfg(not(counted))]
    let _ = about(0);
}
