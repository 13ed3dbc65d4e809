//! Mapping somebody's situation once, in an instrument that all agencies of an office recognise:
//! instruments and their approval, assessments and what was answered, what follows for needs, the
//! judgements that staff make, what was tried before, and the common view.
//!
//! Every answer has an owner and a kind of information, and is seen by others as far as the walls
//! let it. No rule here decides about anybody.

mod agreements;
mod answering;
pub mod attempts;
mod figures;
mod guidance;
mod import;
mod instrument_pages;
pub mod instruments;
pub mod judgements;
mod pages;
mod parts;
mod profile;
mod questionnaire;
mod reuse;
mod shown;
pub mod store;
pub mod views;
pub mod work;

use crate::web::Routes;

pub use agreements::STATEMENTS as AGREEMENT_STATEMENTS;
pub(crate) use answering::read_answers;
pub use figures::STATEMENTS as FIGURE_STATEMENTS;
pub use instruments::bring_shipped;
pub use parts::STATEMENTS as PART_STATEMENTS;
pub(crate) use profile::{ChangeLine, Chart, change_lines, charts};
pub(crate) use shown::{StepChoice, choices};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    instrument_pages::routes()
        .and(pages::routes())
        .and(answering::routes())
        .and(reuse::routes())
        .and(import::routes())
        .and(parts::routes())
        .and(work::routes())
        .and(guidance::routes())
        .and(judgements::routes())
        .and(attempts::routes())
        .and(views::routes())
        .and(figures::routes())
}
