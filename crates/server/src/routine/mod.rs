//! How the agencies work together in practice: joint documents and the workflows that cite them,
//! who does which follow-up task, what is common and what is local, and trials with their funds
//! (REQ-ORG-22, REQ-ORG-43, REQ-ORG-45, REQ-ORG-48).

mod document_pages;
pub(crate) mod documents;
mod effort_pages;
mod task_pages;
pub(crate) mod tasks;
mod topic_pages;
pub(crate) mod topics;

pub use documents::STATEMENTS as DOCUMENT_STATEMENTS;
pub use tasks::STATEMENTS as TASK_STATEMENTS;
pub use topics::STATEMENTS as TOPIC_STATEMENTS;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    document_pages::routes()
        .and(task_pages::routes())
        .and(topic_pages::routes())
        .and(effort_pages::routes())
}
