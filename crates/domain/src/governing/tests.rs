use super::*;

/// REQ-ORG-21: whoever does not sit in the steering group makes a proposal, whatever they enter.
#[test]
fn only_the_steering_group_decides() {
    assert_eq!(decide(true), Decided::Decision);
    assert_eq!(decide(false), Decided::StaysProposal);
}

/// REQ-ORG-24: the share of items that ended in a decision and not in information alone.
#[test]
fn the_share_of_decisions_leaves_open_items_out() {
    use Ending::{Decision, Information, Open};
    for (endings, share) in [
        (&[][..], None),
        (&[Open, Open][..], None),
        (&[Decision, Information, Information, Information, Open][..], Some(25)),
        (&[Decision, Decision][..], Some(100)),
    ] {
        assert_eq!(share_decided(endings), share);
    }
}

fn goal(agency: &str, group: TargetGroup, lever: Lever, direction: Direction) -> Goal {
    Goal { agency: agency.into(), group, lever, direction }
}

/// REQ-ORG-50: two contradictory goals on the same group make one item, and a third agency on
/// either side none more; goals on other groups or levers, and one's own, make none.
#[test]
fn goals_that_pull_apart_make_one_item() {
    use Direction::{Less, More, Same};
    use Lever::{FollowUp, MeasurePlaces};
    use TargetGroup::{LongTerm, Youth};
    let apart = [
        goal("employment", Youth, MeasurePlaces, Less),
        goal("social", Youth, MeasurePlaces, More),
        goal("insurance", Youth, MeasurePlaces, More),
    ];
    let found = contradictions(&apart);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].more.len(), found[0].less.len()), (2, 1));
    for together in [
        vec![goal("a", Youth, MeasurePlaces, Less), goal("b", LongTerm, MeasurePlaces, More)],
        vec![goal("a", Youth, MeasurePlaces, Less), goal("b", Youth, FollowUp, More)],
        vec![goal("a", Youth, MeasurePlaces, Less), goal("b", Youth, MeasurePlaces, Same)],
        vec![goal("a", Youth, MeasurePlaces, Less), goal("a", Youth, MeasurePlaces, More)],
    ] {
        assert_eq!(contradictions(&together), [], "{together:?}");
    }
}
