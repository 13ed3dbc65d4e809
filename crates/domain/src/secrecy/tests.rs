use super::*;
use crate::office::Role;
use crate::person::{Clearance, Protection};

const CLEARANCES: [Clearance; 3] =
    [Clearance::None, Clearance::Confidential, Clearance::StrictlyConfidential];
const PROTECTIONS: [Protection; 3] =
    [Protection::Open, Protection::Confidential, Protection::StrictlyConfidential];

/// REQ-INFO-08: over every role, act, relation, clearance and protection: no
/// relation is enough for a worker who is not cleared, and nothing is allowed
/// without a relation that the table names.
#[test]
fn protection_comes_first_and_everything_else_is_denied_by_default() {
    let mut seen = 0;
    for role in Role::ALL {
        for action in Action::ALL {
            for clearance in CLEARANCES {
                for protection in PROTECTIONS {
                    for relation in Relation::ALL.iter().map(Some).chain([None]) {
                        let facts = Facts {
                            exists: true,
                            relations: relation.into_iter().copied().collect(),
                            protection,
                        };
                        let decision = decide(role, clearance, *action, &facts);
                        let named = relation.is_some_and(|r| paths(role, *action).contains(r));
                        let expected = named && clearance.covers(protection);
                        assert_eq!(matches!(decision, Decision::Permit(_)), expected);
                        seen += 1;
                    }
                }
            }
        }
    }
    assert_eq!(seen, 6 * Action::ALL.len() * 9 * (Relation::ALL.len() + 1));
}

/// REQ-INFO-08: what is not there is denied like what may not be seen.
#[test]
fn absent_is_a_denial() {
    let facts = Facts { exists: false, ..Facts::duty() };
    let decision =
        decide(Role::Caseworker, Clearance::StrictlyConfidential, Action::ReadOffice, &facts);
    assert_eq!(decision, Decision::Deny(vec![Denial::Absent]));
}
