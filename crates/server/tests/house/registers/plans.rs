//! How statements read: what grows with those who are served is read by an index.

use std::collections::{BTreeMap, BTreeSet};

use onedoor_server::db::Engine;

use crate::support::runtime;

/// Tables that do not grow with those who are served, each group with its reason.
/// Every other table of the schema is one that grows.
const BOUNDED: &[(&str, &[&str])] = &[
    (
        "the set-up of a country: its offices, units, staff and places",
        &[
            "principal",
            "agency",
            "principal_transfer",
            "office",
            "opening",
            "unit",
            "mandate",
            "basic_unit",
            "district",
            "boundary",
            "district_unit",
            "staff",
            "staff_deputy",
            "staff_share",
            "office_closing",
            "office_kind",
            "office_start",
            "office_structure",
            "manager_term",
            "allocation",
            "municipality",
            "measure_places",
            "special_day",
            "visiting_hours",
            "inventory_line",
            "seat_plan",
            "room",
            "lease",
            "relocation",
            "unit_capacity",
            "contact_person",
            "competence",
            "project_team",
            "team_member",
            "effort",
        ],
    ),
    (
        "rules and catalogues that people write and choose",
        &[
            "law_rule",
            "policy_pack",
            "policy_choice",
            "policy_proposal",
            "notice",
            "notice_text",
            "service",
            "service_text",
            "standard",
            "standard_text",
            "template_item",
            "template_text",
            "deviation",
            "deviation_text",
            "front_matter",
            "information_flow",
            "consent_setting",
            "framework",
            "framework_element",
            "local_setting",
            "topic_decision",
            "task_division",
            "workflow",
            "joint_document",
            "joint_document_version",
            "joint_document_follower",
            "joint_effort",
            "report_body",
            "report_recipient",
            "instrument",
            "instrument_approval",
            "labour_demand",
        ],
    ),
    (
        "one row, or one for each key, lane, server or night",
        &[
            "journal_lane",
            "installation",
            "key_slot",
            "schema_step",
            "siem_cursor",
            "checkpoint",
            "journal_anchor",
            "watch_measure",
            "watch_day",
            "keeping_run",
            "token",
        ],
    ),
    (
        "the work of the organisation: a few for each office and year",
        &[
            "body",
            "body_member",
            "proposal",
            "remit",
            "agenda_item",
            "steering_goal",
            "trial",
            "trial_phase",
            "trial_place",
            "rollout_date",
            "lesson",
            "lesson_done",
            "open_question",
            "anchoring",
            "merger",
            "agreement",
            "agreement_party",
            "agreement_version",
            "agreement_answer",
            "cooperation",
            "handover_order",
            "handover_order_receiver",
            "provider",
            "improvement",
            "baseline",
        ],
    ),
];

/// Statements that read a table that grows from end to end on purpose, with the reason.
const WHOLE: &[(&str, &str)] = &[
    ("journal::store::STRAY", "the check of the whole journal, by somebody at the command line"),
    ("journal::watch::CASES", "in the order of an index until its limit"),
    ("keeping::kept::HOLDS", "in the order of an index until its limit"),
    ("keeping::kept::ERASURES", "in the order of an index until its limit"),
    ("own::answers::ALL", "open questions in the order of an index until its limit"),
    ("own::delays::LIST", "what is held back, in the order of an index until its limit"),
    ("standard::way_out::NEW", "in the order of an index until its limit"),
    ("standard::way_out::TAKEN", "in the order of an index until its limit"),
    ("keys::seal::IS_FILED_PLAIN", "an index of what is not sealed: none, after the start"),
    ("keys::seal::FILED_PLAIN", "an index of what is not sealed: none, after the start"),
    ("keys::store::OF_SLOT", "an erasure and a rotation may read the table: migration 24"),
    ("keys::store::DROP_GENERATION", "a rotation may read the table: migration 24"),
    ("case::hidden::TIED", "the round looks at every tie that holds; the cases by their index"),
    ("network::monthly::OPEN_CASES", "counts every open case, once a month"),
    ("question::store::KNOWN_TO_KINDS", "a report of a whole country, once a month"),
    ("question::store::HELD_BY_KINDS", "a report of a whole country, once a month"),
    ("question::store::USED_SINCE", "a report of a whole country, once a month"),
];

/// The tables that grow are read by their indexes, never whole: not by name, not by alias, not
/// along an index, and not by making an index for the one question.
#[test]
fn hot_statements_use_an_index() {
    runtime().block_on(async {
        let house = crate::support::house(Engine::Sqlite).await;
        let mut conn = house.app.db.read().await.unwrap();
        let tables = tables(&mut conn).await;
        let bounded: BTreeSet<_> = BOUNDED.iter().flat_map(|(_, names)| *names).copied().collect();
        for name in &bounded {
            assert!(tables.contains(*name), "{name} is bounded but not in the schema");
        }
        let mut faults = Vec::new();
        let mut used = BTreeSet::new();
        let mut read = 0;
        for sql in onedoor_server::statements() {
            let text = sql.text(Engine::Sqlite);
            let plan = conn.text_rows(&format!("explain query plan {text}")).await;
            let plan = match plan {
                Ok(plan) => plan,
                Err(error) => {
                    faults.push(format!("{}: {error}", sql.name()));
                    continue;
                }
            };
            let meant = Meant::of(text, &tables);
            let plan: Vec<String> = plan.into_iter().map(|mut row| row.get(3).unwrap()).collect();
            let mut made = made_here(&plan);
            for step in &plan {
                read += 1;
                let Some(name) = read_whole(step) else { continue };
                // What the statement made itself is read once under its name.
                if let Some(at) = made.iter().position(|it| *it == name) {
                    made.swap_remove(at);
                    continue;
                }
                // Into a parent nobody looks for children, unless a fault waits to be mended.
                if text.trim_start().starts_with("insert") && !meant.tables.contains_key(name) {
                    continue;
                }
                let Some(all) = meant.tables(name) else {
                    faults.push(format!("{}: {step}: what is {name}?", sql.name()));
                    continue;
                };
                if all.iter().all(|table| bounded.contains(table.as_str())) {
                    continue;
                }
                if let Some(known) = named(sql.name()) {
                    used.insert(known);
                } else {
                    faults.push(format!("{}: {step} {all:?}", sql.name()));
                }
            }
        }
        assert!(faults.is_empty(), "{}\n{}", faults.len(), faults.join("\n"));
        let unused: Vec<_> = WHOLE.iter().filter(|(name, _)| !used.contains(name)).collect();
        assert!(unused.is_empty(), "these read nothing whole any more: {unused:?}");
        // Every statement has a plan of its own, but those that only insert what they are given.
        assert!(read > 1000, "only {read} steps were read");
    });
}

/// The exception that a statement is, if it is one.
fn named(statement: &str) -> Option<&'static str> {
    let own = |known: &str| {
        statement.strip_suffix(known).is_some_and(|rest| rest.is_empty() || rest.ends_with("::"))
    };
    WHOLE.iter().map(|(known, _)| *known).find(|known| own(known))
}

/// The name that a step of a plan reads from end to end, if it does: as it stands, along an
/// index, or into an index that is made for the one question.
fn read_whole(step: &str) -> Option<&str> {
    if let Some(rest) = step.strip_prefix("SCAN ") {
        let constant = rest.ends_with("CONSTANT ROW") || rest.ends_with("CONSTANT ROWS");
        return (!constant).then(|| rest.split(' ').next().unwrap());
    }
    let rest = step.strip_prefix("SEARCH ")?;
    rest.contains("AUTOMATIC").then(|| rest.split(' ').next().unwrap())
}

/// The names of results that the plan makes before it reads them.
fn made_here(plan: &[String]) -> Vec<&str> {
    let made = |step: &'static str| {
        plan.iter().filter_map(move |it| it.strip_prefix(step)?.split(' ').next())
    };
    made("CO-ROUTINE ").chain(made("MATERIALIZE ")).collect()
}

/// What the names in a statement mean: tables, and results that it made itself.
struct Meant {
    tables: BTreeMap<String, BTreeSet<String>>,
    made: BTreeSet<String>,
    known: BTreeSet<String>,
}

impl Meant {
    fn of(sql: &str, known: &BTreeSet<String>) -> Self {
        let apart = sql.replace('(', " ( ").replace(')', " ) ").replace(',', " , ").to_lowercase();
        let words: Vec<_> = apart.split_whitespace().filter(|word| *word != "as").collect();
        let mut meant =
            Self { tables: BTreeMap::new(), made: BTreeSet::new(), known: known.clone() };
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1).copied().unwrap_or_default();
            if known.contains(*word) {
                for name in [*word, next] {
                    meant.tables.entry(name.to_owned()).or_default().insert((*word).to_owned());
                }
            }
            // `with name as (`, `) name`, `name (columns) as (`
            if next == "(" || (at > 0 && words[at - 1] == ")") {
                meant.made.insert((*word).to_owned());
            }
        }
        // A made result under a name of its own: `from made m`.
        for pair in words.windows(2) {
            if meant.made.contains(pair[0]) && !known.contains(pair[0]) {
                meant.made.insert(pair[1].to_owned());
            }
        }
        meant
    }

    /// The tables that `name` may mean; none for a result that the statement made, whose own
    /// steps stand in the plan too. `None` when nobody knows.
    fn tables(&self, name: &str) -> Option<BTreeSet<String>> {
        if let Some(tables) = self.tables.get(name) {
            return Some(tables.clone());
        }
        // A table that refers to one whose rows go is read without being named.
        if self.known.contains(name) {
            return Some(BTreeSet::from([name.to_owned()]));
        }
        (name.starts_with('(') || self.made.contains(name)).then(BTreeSet::new)
    }
}

async fn tables(conn: &mut onedoor_server::db::Conn) -> BTreeSet<String> {
    let sql = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
    let rows = conn.text_rows(sql).await.unwrap();
    rows.into_iter().map(|mut row| row.get(0).unwrap()).collect()
}
