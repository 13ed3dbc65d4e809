//! Everything that a role has beside its daily pages, on one page, so that the menu at the
//! top stays short enough for a telephone.

use onedoor_domain::office::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Desk, Reply, Routes};

/// The route of this page.
#[must_use]
pub fn routes() -> Routes {
    Routes::default().see::<MorePage, _, _>("/more", "What else the caller's role has", more)
}

/// A page that the role has.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct Tool {
    pub(crate) path: String,
    pub(crate) key: String,
}

/// The rest of the menu.
#[derive(Serialize, ToSchema)]
pub(crate) struct MorePage {
    pub(crate) tools: Vec<Tool>,
}

crate::page!(MorePage, "web/pages/more.html");

fn tools(role: Role) -> &'static [(&'static str, &'static str)] {
    match role {
        Role::Host => &[
            ("/bookings", "bookings-title"),
            ("/contacts", "contacts-title"),
            ("/consultations", "consult-title"),
            ("/ties", "ties-title"),
        ],
        Role::FrontWorker => WORKER,
        Role::Caseworker => CASEWORKER,
        Role::JointManager => MANAGER,
        Role::Administrator => &[
            ("/closings", "closing-title"),
            ("/arrangements/import", "arrangement-title"),
            ("/outbox", "nav-outbox"),
            ("/ties", "ties-title"),
        ],
        Role::PrivacyOwner => &[
            ("/journal/without-ground", "journal-to-without"),
            ("/watch", "nav-watch"),
            ("/keeping", "nav-keeping"),
            ("/erasures", "nav-erasures"),
            ("/corrections", "nav-corrections"),
            ("/delays", "delays-title"),
            ("/notices", "nav-notices"),
            ("/flows", "nav-flows"),
            ("/providers", "providers-title"),
            ("/withdrawals/overdue", "nav-overdue"),
            ("/ties", "ties-title"),
        ],
    }
}

const WORKER: &[(&str, &str)] = &[
    ("/bookings", "bookings-title"),
    ("/bookings/mine", "bookings-mine"),
    ("/meetings", "meets-title"),
    ("/meeting-series", "meets-series-title"),
    ("/meeting-requests", "meets-requests-title"),
    ("/following", "following-title"),
    ("/referrals", "refer-lists-title"),
    ("/contacts", "contacts-title"),
    ("/consultations", "consult-title"),
    ("/escalations", "escalations-title"),
    ("/tasks", "nav-tasks"),
    ("/orders", "order-title"),
    ("/follow-up", "follow-mine-title"),
    ("/plans", "plans-title"),
    ("/figures/plans", "plan-figures-title"),
    ("/grounds", "questions-title"),
    ("/corrections", "nav-corrections"),
    ("/withdrawals", "nav-withdrawals"),
    ("/lists", "nav-lists"),
    ("/providers", "providers-title"),
    ("/access", "access-title"),
    ("/ties", "ties-title"),
];

const CASEWORKER: &[(&str, &str)] = &[
    ("/bookings", "bookings-title"),
    ("/bookings/mine", "bookings-mine"),
    ("/meetings", "meets-title"),
    ("/meeting-series", "meets-series-title"),
    ("/meeting-requests", "meets-requests-title"),
    ("/following", "following-title"),
    ("/referrals", "refer-lists-title"),
    ("/contacts", "contacts-title"),
    ("/consultations", "consult-title"),
    ("/escalations", "escalations-title"),
    ("/tasks", "nav-tasks"),
    ("/orders", "order-title"),
    ("/follow-up", "follow-mine-title"),
    ("/plans", "plans-title"),
    ("/figures/plans", "plan-figures-title"),
    ("/grounds", "questions-title"),
    ("/corrections", "nav-corrections"),
    ("/withdrawals", "nav-withdrawals"),
    ("/lists", "nav-lists"),
    ("/providers", "providers-title"),
    ("/exchange", "nav-exchange"),
    ("/access", "access-title"),
    ("/ties", "ties-title"),
    ("/figures/double-work", "double-title"),
    ("/figures/assessments", "mapping-figures-title"),
];

const MANAGER: &[(&str, &str)] = &[
    ("/bookings", "bookings-title"),
    ("/bookings/mine", "bookings-mine"),
    ("/meetings", "meets-title"),
    ("/meeting-series", "meets-series-title"),
    ("/meeting-requests", "meets-requests-title"),
    ("/following", "following-title"),
    ("/referrals", "refer-lists-title"),
    ("/contacts", "contacts-title"),
    ("/consultations", "consult-title"),
    ("/escalations", "escalations-title"),
    ("/reactions", "reactions-title"),
    ("/tasks", "nav-tasks"),
    ("/cover", "cover-title"),
    ("/cover/tomorrow", "tomorrow-title"),
    ("/orders", "order-title"),
    ("/follow-up", "follow-mine-title"),
    ("/plans", "plans-title"),
    ("/figures/plans", "plan-figures-title"),
    ("/grounds", "questions-title"),
    ("/corrections", "nav-corrections"),
    ("/withdrawals", "nav-withdrawals"),
    ("/lists", "nav-lists"),
    ("/providers", "providers-title"),
    ("/erasures", "nav-erasures"),
    ("/delays", "delays-title"),
    ("/access", "access-title"),
    ("/ties", "ties-title"),
    ("/figures/double-work", "double-title"),
    ("/figures/assessments", "mapping-figures-title"),
];

/// What every role has.
const ALL: &[(&str, &str)] = &[
    ("/office", "nav-office"),
    ("/services", "services-title"),
    ("/matters", "matters-title"),
    ("/standards", "standards-title"),
    ("/set-up", "set-up-title"),
    ("/recipients", "recipients-title"),
    ("/visiting", "stand-in-title"),
    ("/network", "nav-network"),
    ("/rollout", "rollout-title"),
    ("/trials", "trials-title"),
    ("/trials/side-by-side", "beside-title"),
    ("/efforts", "efforts-title"),
    ("/mergers", "mergers-title"),
    ("/responsibility", "responsibility-title"),
    ("/premises", "premises-title"),
    ("/leases", "leases-title"),
    ("/governing", "governing-title"),
    ("/goals", "goals-title"),
    ("/figures/meetings", "meets-figures-title"),
    ("/absences", "absence-title"),
    ("/directory", "directory-title"),
    ("/staffing", "staffing-title"),
    ("/agreements", "agreement-title"),
    ("/routines", "routine-title"),
    ("/recipients", "recipients-title"),
    ("/policy", "nav-policy"),
    ("/practice", "nav-practice"),
    ("/instruments", "instruments-title"),
    ("/labour-demand", "demand-title"),
    ("/acts", "acts-title"),
];

async fn more(desk: Desk) -> Reply {
    let role = desk.actor().role.ok_or(super::Fault::Denied)?;
    let tools = tools(role)
        .iter()
        .chain(ALL)
        .map(|(path, key)| Tool { path: (*path).to_owned(), key: (*key).to_owned() })
        .collect();
    desk.show(&MorePage { tools })
}
