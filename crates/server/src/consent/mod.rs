//! Consent, what rests on it, and who holds what because of it: notices,
//! consents and their end, disclosures, withdrawals told and answered, lists of
//! candidates, and the register of information flows (REQ-INFO-02..05, 14).

pub mod acts;
pub mod disclosures;
mod flow_pages;
pub mod flows;
mod list_pages;
pub mod lists;
mod notice_pages;
pub mod notices;
pub mod openable;
mod pages;
pub mod parties;
pub mod providers;
pub mod receipts;
pub mod store;
mod withdrawal_pages;

pub use notices::bring_shipped;
pub(crate) use pages::paragraphs;

use crate::web::Routes;

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes()
        .and(withdrawal_pages::routes())
        .and(notice_pages::routes())
        .and(list_pages::routes())
        .and(flow_pages::routes())
}
