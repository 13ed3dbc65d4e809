use super::*;
use crate::office::Role;

const BARS: [Bar; 4] = [Bar::Open, Bar::Overcome, Bar::Soft, Bar::Hard];

/// REQ-INFO-08, REQ-INFO-15: over every role, act, relation and what lies over the
/// person: no relation is enough where a bar stands, and nothing is allowed without a
/// relation that the table names.
#[test]
fn protection_comes_first_and_everything_else_is_denied_by_default() {
    let mut seen = 0;
    for role in Role::ALL {
        for action in Action::ALL {
            for bar in BARS {
                for relation in Relation::ALL.iter().map(Some).chain([None]) {
                    let facts = Facts {
                        exists: true,
                        relations: relation.into_iter().copied().collect(),
                        bar,
                    };
                    let decision = decide(role, *action, &facts);
                    let named = relation.is_some_and(|r| paths(role, *action).contains(r));
                    let expected = named && matches!(bar, Bar::Open | Bar::Overcome);
                    assert_eq!(matches!(decision, Decision::Permit(_)), expected);
                    if bar == Bar::Overcome
                        && let Decision::Permit(ground) = decision
                    {
                        assert_eq!(ground, Ground::SingleAccess, "the journal must say so");
                    }
                    seen += 1;
                }
            }
        }
    }
    assert_eq!(seen, 6 * Action::ALL.len() * 4 * (Relation::ALL.len() + 1));
}

/// REQ-INFO-08: what is not there is denied like what may not be seen.
#[test]
fn absent_is_a_denial() {
    let facts = Facts { exists: false, ..Facts::duty() };
    let decision = decide(Role::Caseworker, Action::ReadOffice, &facts);
    assert_eq!(decision, Decision::Deny(vec![Denial::Absent]));
}
