//! The offices of a whole country beside each other: who takes part, what each building offers,
//! who can reach it, and moving without leaving anybody worse off.

mod agreed;
mod figures;
mod folder;
mod inventory;
mod monthly;
mod moving;
mod offices;
mod pages;
mod round;
mod store;

use crate::web::Routes;

pub(crate) use agreed::offered_on;
pub use agreed::{STATEMENTS as AGREED_STATEMENTS, Standing, stand_on, standing};
pub use figures::{STATEMENTS as FIGURE_STATEMENTS, measures_owner};
pub use folder::{FolderFault, STATEMENTS as FOLDER_STATEMENTS, bring_in};
pub use inventory::{
    Forwarded, InventoryLine, STATEMENTS as INVENTORY_STATEMENTS, decided_by, lines as inventory,
    offered,
};
pub use monthly::STATEMENTS as MONTHLY_STATEMENTS;
pub use moving::STATEMENTS as MOVING_STATEMENTS;
pub use round::count_month;
pub use store::{STATEMENTS, missing_by_office, register};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    pages::routes().and(offices::routes()).and(moving::routes())
}
