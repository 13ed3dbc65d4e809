//! The small pieces around the walls: acts that decisions stand on.

use serde_json::json;

use crate::support::{House, Someone, on_both};

const ADULT: &str = "social-adult-heimdal";
const CHILD: &str = "social-family-heimdal";

async fn caseworker(house: &House, unit: &str) -> Someone {
    house.staff(&house.worker(unit, "caseworker", 0)).await
}

/// REQ-ORG-20: a decision cites an act, and the catalogue says which unit may use it: the adult
/// office that cites the child welfare act is refused, the child office that cites it is
/// accepted. Guidance cites nothing.
#[test]
fn a_decision_stands_on_an_act_of_its_own_unit() {
    on_both(|house| async move {
        let decision = |subject: &str, act: &str| {
            json!({
                "subject": subject, "kind": "decision", "text": "As applied for",
                "act": act, "section": "§ 3-1",
            })
        };
        let (adult, child) = (caseworker(&house, ADULT).await, caseworker(&house, CHILD).await);
        let form = json!({ "given": "Liv", "family": "Dal", "none_of_these": "yes" });
        let path = format!("/persons/{}/rulings", adult.post("/persons", &form).await.ok().id());
        for (act, code) in [
            ("child-welfare-2021", "act-not-yours"),
            ("education-2023", "act-not-yours"),
            ("national-insurance-1997", "act-not-yours"),
            ("social-services-1991", "act-not-in-force"),
            ("nothing", "choose"),
            ("", "choose"),
        ] {
            let refused = adult.post(&path, &decision("social_assistance", act)).await;
            assert_eq!(refused.faults().get("act").map(String::as_str), Some(code), "{act}");
        }
        let kept: i64 = house.one("select count(*) from ruling").await;
        assert_eq!(kept, 0, "a refused decision leaves nothing behind");
        let own = decision("social_assistance", "social-services-2009");
        adult.post(&path, &own).await.ok();
        // The child and family office of the same agency.
        let path = path.trim_end_matches("/rulings");
        let cited = decision("child_welfare", "child-welfare-2021");
        child.post(&format!("{path}/rulings"), &cited).await.ok();
        let other = decision("child_welfare", "social-services-2009");
        let other = child.post(&format!("{path}/rulings"), &other).await;
        assert_eq!(other.faults()["act"], "act-other-subject");
        let uncited: i64 =
            house.one("select count(*) from ruling where kind = 'decision' and act is null").await;
        assert_eq!(uncited, 0);
        let seen = child.see(path).await;
        let cited: Vec<&str> = seen["citations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["act"].as_str().unwrap())
            .collect();
        assert!(cited.contains(&"child-welfare-2021"), "{cited:?}");
        let acts: Vec<&str> =
            seen["acts"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
        assert!(acts.contains(&"education-2023") && !acts.contains(&"education-1998"), "{acts:?}");
        let page = child.get(path).await.body;
        assert!(page.contains("Barnevernsloven § 3-1"), "{page}");
        let guidance = json!({ "subject": "housing", "kind": "guidance", "text": "Ask there" });
        adult.post(&format!("{path}/rulings"), &guidance).await.ok();
        let cited: i64 = house
            .one("select count(*) from ruling where kind = 'guidance' and act is not null")
            .await;
        assert_eq!(cited, 0);
    });
}

/// REQ-ORG-20: the catalogue can be read as of any day, and marks what the reader's own unit may
/// use.
#[test]
fn the_catalogue_can_be_read_as_of_any_day() {
    on_both(|house| async move {
        let worker = caseworker(&house, CHILD).await;
        let on = |page: serde_json::Value| -> Vec<(String, bool)> {
            let acts = page["acts"].as_array().unwrap().clone();
            acts.iter()
                .map(|it| (it["code"].as_str().unwrap().to_owned(), it["yours"] == true))
                .collect()
        };
        let now = on(worker.see("/acts").await);
        assert!(now.contains(&("child-welfare-2021".into(), true)), "{now:?}");
        assert!(now.contains(&("labour-market-2004".into(), false)), "{now:?}");
        let then = on(worker.see("/acts?on=2004-09-06").await);
        assert!(then.iter().any(|(code, _)| code == "child-welfare-1992"), "{then:?}");
        assert!(!then.iter().any(|(code, _)| code == "child-welfare-2021"), "{then:?}");
    });
}
