//! Speaking to the keeper: lines on standard output, errors on standard error,
//! progress only where somebody watches.

use std::io::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line.
pub(crate) fn line(text: &str) {
    // A closed pipe is nobody's fault.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// An error.
pub(crate) fn error(text: &str) {
    let _ = writeln!(std::io::stderr(), "onedoor: {text}");
}

/// A bar for work of `total` steps.
pub(crate) fn bar(total: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {elapsed} (left {eta})");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

/// A counter for work whose end is not known.
pub(crate) fn counter(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{msg} {pos} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}
