//! Registers: each fails on the row that is missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use onedoor_domain::office::Role;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::{Action, paths};
use onedoor_server::db::Engine;

use crate::support::{on_both, runtime};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a generated file with the one in the repository, or writes it when
/// `ONEDOOR_REGENERATE` is set.
pub fn same_file(name: &str, text: &str) {
    let path = root().join(name);
    if std::env::var_os("ONEDOOR_REGENERATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "{name} is out of date: run ONEDOOR_REGENERATE=1 cargo test, and read the difference"
    );
}

fn sources(folder: &Path, ends: &[&str], out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" {
            sources(&path, ends, out);
        } else if ends.iter().any(|end| name.ends_with(end)) {
            out.push(path);
        }
    }
    out.sort();
}

fn read_all(folder: &str, ends: &[&str]) -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    sources(&root().join(folder), ends, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

/// The permission table as a file that a lawyer can read.
#[test]
fn permissions_are_as_the_file_says() {
    let mut text = String::from(
        "# Who may do what, through which relation. A dot is a no.\n\
         # Made from crates/domain/src/secrecy/policy.rs by ONEDOOR_REGENERATE=1 cargo test.\n\
         # Address protection comes before all of this: without clearance nothing is there.\n\n",
    );
    write!(text, "{:26}", "").unwrap();
    for role in Role::ALL {
        write!(text, " {:16}", role.as_str()).unwrap();
    }
    text.push('\n');
    for action in Action::ALL {
        let rows =
            Role::ALL.iter().map(|role| paths(*role, *action).len()).max().unwrap_or(0).max(1);
        for row in 0..rows {
            let title = if row == 0 { action.as_str() } else { "" };
            write!(text, "{title:26}").unwrap();
            for role in Role::ALL {
                let relation = paths(role, *action)
                    .get(row)
                    .map_or(if row == 0 { "." } else { "" }, |relation| relation.as_str());
                write!(text, " {relation:16}").unwrap();
            }
            let end = text.trim_end().len();
            text.truncate(end);
            text.push('\n');
        }
    }
    same_file("permissions.txt", &text);
}

/// Every column of the schema has a data class, a ground and a keep-time, and
/// the register names no column that is not there.
#[test]
fn every_column_has_a_data_class() {
    on_both(|house| async move {
        let register: toml::Table =
            toml::from_str(&std::fs::read_to_string(root().join("data_classes.toml")).unwrap())
                .unwrap();
        let mut conn = house.app.db.read().await.unwrap();
        let columns = match house.app.db.engine() {
            Engine::Sqlite => {
                "select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c \
                 where m.type = 'table' and m.name not like 'sqlite_%'"
            }
            Engine::Postgres => {
                "select cast(table_name as text), cast(column_name as text) \
                 from information_schema.columns where table_schema = 'public'"
            }
        };
        let mut there = BTreeSet::new();
        for mut row in conn.text_rows(columns).await.unwrap() {
            let (table, column): (String, String) = (row.get(0).unwrap(), row.get(1).unwrap());
            there.insert(format!("{table}.{column}"));
        }
        let mut named = BTreeSet::new();
        for (table, columns) in &register {
            for (column, class) in columns.as_table().unwrap() {
                named.insert(format!("{table}.{column}"));
                let class = class.as_array().unwrap();
                let kind = class[0].as_str().unwrap();
                assert!(
                    matches!(kind, "public" | "internal" | "personal" | "health" | "secret"),
                    "{table}.{column}: {kind}"
                );
                assert!(class.len() == 3, "{table}.{column}: class, ground, keep-time");
                assert!(class.iter().all(|part| !part.as_str().unwrap().is_empty()));
            }
        }
        let missing: Vec<_> = there.difference(&named).collect();
        assert!(missing.is_empty(), "no data class for {missing:?}");
        let gone: Vec<_> = named.difference(&there).collect();
        assert!(gone.is_empty(), "no such column: {gone:?}");
    });
}

/// Every statement is understood by both engines.
#[test]
fn every_statement_prepares_on_both_engines() {
    on_both(|house| async move {
        let mut conn = house.app.db.begin().await.unwrap();
        for sql in onedoor_server::statements() {
            if let Err(error) = conn.prepare(sql).await {
                panic!("{} on {:?}: {error}", sql.name, house.app.db.engine());
            }
        }
    });
}

/// Statements that differ between the engines are few, and counted.
#[test]
fn few_statements_differ() {
    let differing: Vec<_> =
        onedoor_server::statements().into_iter().filter(|sql| sql.differs()).collect();
    let names: Vec<_> = differing.iter().map(|sql| sql.name.rsplit("::").next().unwrap()).collect();
    assert_eq!(names, ["CLAIM_LANE", "WAIT_FOR_LANE"]);
    let files = read_all("crates/server/src", &[".rs"]);
    let blocks: usize = files.iter().map(|(_, text)| text.matches("crate::sql! {").count()).sum();
    let (_, lib) = files.iter().find(|(path, _)| path.ends_with("server/src/lib.rs")).unwrap();
    let list = lib.split("pub fn statements()").nth(1).unwrap().split(".concat()").next().unwrap();
    // And the two of the walls, which are chained to them.
    let registered = list.matches("STATEMENTS,").count() + 2;
    assert_eq!(blocks, registered, "a store's STATEMENTS are not in `statements()`");
}

/// All languages have the same keys, and every key that code or templates use.
#[test]
fn every_text_is_there_in_every_language() {
    let keys: BTreeMap<_, _> =
        Language::ALL.into_iter().map(|l| (l.as_str(), onedoor_server::words::keys(l))).collect();
    let all: BTreeSet<_> = keys.values().flatten().cloned().collect();
    for (language, there) in &keys {
        let missing: Vec<_> = all.difference(there).collect();
        assert!(missing.is_empty(), "missing in {language}: {missing:?}");
    }
    for (language, there) in &keys {
        let file = format!("words/{language}.ftl");
        let mut defined = BTreeSet::new();
        for (path, text) in read_all("crates/server/src", &[".ftl"]) {
            for line in text.lines().filter(|_| path.ends_with(&file)) {
                let Some((key, _)) = line.split_once(" =") else { continue };
                let new = !there.contains(key) || defined.insert(key.to_owned());
                assert!(new, "{key} is defined a second time in {}", path.display());
            }
        }
        assert!(defined.len() > 1000, "{language}: {}", defined.len());
    }
    let mut used = BTreeSet::new();
    for (path, text) in read_all("crates/server/src", &[".html", ".rs"]) {
        for call in [".t(\"", ".with(\"", ".with2(\""] {
            for part in text.split(call).skip(1) {
                let key = part.split('"').next().unwrap();
                used.insert((key.to_owned(), path.display().to_string()));
            }
        }
    }
    assert!(used.len() > 150, "{}", used.len());
    let missing: Vec<_> = used.iter().filter(|(key, _)| !all.contains(key)).collect();
    assert!(missing.is_empty(), "no text for {missing:#?}");
    for (family, codes) in families() {
        for code in codes {
            let key = format!("{family}-{code}");
            assert!(all.contains(&key), "no text for {key}");
        }
    }
}

/// Texts that are chosen by a code from a closed list.
fn families() -> Vec<(&'static str, Vec<String>)> {
    use onedoor_domain::agreement as agreed;
    use onedoor_domain::assessment as mapping;
    use onedoor_domain::case::{CloseReason, HandoverReason};
    use onedoor_domain::consent::{Answer, Arrangement, Form, GivenBy, State};
    use onedoor_domain::office::{AgencyKind, Subject};
    use onedoor_domain::plan as planned;
    use onedoor_domain::reception::{Need, OutcomeKind, Track};
    use onedoor_domain::secrecy::{Category, Ground, Purpose};
    use onedoor_domain::{governing, network, premises, rollout};
    use onedoor_server::consent::acts::WAYS;
    use onedoor_server::consent::disclosures::Passed;
    use onedoor_server::consent::openable::OPENABLE;
    let categories: Vec<String> = Category::ALL.iter().map(|c| c.as_str().to_owned()).collect();
    let aims: Vec<String> = Purpose::ALL.iter().map(|p| p.as_str().to_owned()).collect();
    let givers: Vec<String> = GivenBy::ALL.iter().map(|g| g.as_str().to_owned()).collect();
    let arrangements: Vec<String> =
        Arrangement::ALL.iter().map(|a| a.as_str().to_owned()).collect();
    use onedoor_domain::correction::{About, Field, Kind, Verdict};
    use onedoor_domain::secrecy::own::{Bound, Right};
    fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
        all.iter().map(|one| code(*one).to_owned()).collect()
    }
    let own = |codes: &[&str]| -> Vec<String> { codes.iter().map(|c| (*c).to_owned()).collect() };
    let purposes: BTreeSet<String> = Action::ALL
        .iter()
        .map(|action| onedoor_server::journal::purpose(*action).to_owned())
        .collect();
    let purposes: Vec<String> = purposes.into_iter().collect();
    let mut done: BTreeSet<String> = BTreeSet::new();
    let mut faults: BTreeSet<String> = BTreeSet::new();
    for (_, text) in read_all("crates/server/src", &[".rs"]) {
        for part in text.split("desk.done(").chain(text.split("own.done(").skip(1)).skip(1) {
            // The first text that is no path.
            let code = part.split('"').skip(1).step_by(2).find(|text| !text.starts_with('/'));
            done.insert(code.unwrap().to_owned());
        }
        for part in text.split("Fault::conflict(\"").skip(1) {
            faults.insert(part.split('"').next().unwrap().to_owned());
        }
        for part in text.split("Fault::Malformed(\"").skip(1) {
            faults.insert(part.split('"').next().unwrap().to_owned());
        }
    }
    faults.extend(own(&[
        "sign-in",
        "cross-site",
        "denied",
        "not-found",
        "fields",
        "too-many",
        "away",
        "disk-full",
        "defect",
    ]));
    let faults: Vec<String> = faults.into_iter().collect();
    vec![
        ("role", Role::ALL.iter().map(|r| r.as_str().to_owned()).collect()),
        ("need", Need::ALL.iter().map(|n| n.as_str().to_owned()).collect()),
        ("track", Track::ALL.iter().map(|t| t.as_str().to_owned()).collect()),
        ("outcome", OutcomeKind::ALL.iter().map(|o| o.as_str().to_owned()).collect()),
        ("agency", AgencyKind::ALL.iter().map(|a| a.as_str().to_owned()).collect()),
        ("subject", Subject::ALL.iter().map(|s| s.as_str().to_owned()).collect()),
        ("reason", HandoverReason::ALL.iter().map(|r| r.as_str().to_owned()).collect()),
        ("close-reason", CloseReason::ALL.iter().map(|r| r.as_str().to_owned()).collect()),
        ("ground", Ground::ALL.iter().map(|g| g.as_str().to_owned()).collect()),
        ("own-act", Action::ALL.iter().map(|a| a.as_str().replace('.', "-")).collect()),
        ("own-ground", Ground::ALL.iter().map(|g| g.as_str().to_owned()).collect()),
        ("own-purpose", purposes.clone()),
        ("purpose", purposes),
        ("correction-kind", codes(Kind::ALL, Kind::as_str)),
        ("correction-kind-hint", codes(Kind::ALL, Kind::as_str)),
        ("correction-about", codes(About::ALL, About::as_str)),
        ("correction-field", codes(Field::ALL, Field::as_str)),
        ("correction-verdict", codes(Verdict::ALL, Verdict::as_str)),
        ("correction-state", own(&["asked", "withdrawn"])),
        ("my-bound", codes(Bound::ALL, Bound::as_str)),
        ("my-right", codes(Right::ALL, Right::as_str)),
        ("own-who", own(&["kiosk", "system", "you", "oneself", "representative", "hidden"])),
        ("my-outcome", OutcomeKind::ALL.iter().map(|o| o.as_str().to_owned()).collect()),
        ("delay-basis", own(&["investigation", "safety", "other_law"])),
        ("act", Action::ALL.iter().map(|a| a.as_str().replace('.', "-")).collect()),
        (
            "talk-content",
            onedoor_domain::reception::TalkContent::ALL
                .iter()
                .map(|it| it.as_str().to_owned())
                .collect(),
        ),
        (
            "talk-reason",
            onedoor_domain::reception::TalkReason::ALL
                .iter()
                .map(|it| it.as_str().to_owned())
                .collect(),
        ),
        (
            "feedback-told",
            onedoor_domain::case::Told::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ),
        (
            "exchange-fault",
            onedoor_domain::exchange::RowFault::ALL.iter().map(|f| f.code().to_owned()).collect(),
        ),
        (
            "fault",
            onedoor_domain::exchange::FileFault::ALL.iter().map(|f| f.code().to_owned()).collect(),
        ),
        ("event", listed_codes(onedoor_domain::entry::LifeEvent::ALL, |it| it.as_str())),
        ("guidance", listed_codes(onedoor_domain::entry::Guidance::ALL, |it| it.as_str())),
        ("access-need", listed_codes(onedoor_domain::entry::AccessNeed::ALL, |it| it.as_str())),
        ("contact-kind", listed_codes(onedoor_domain::entry::AnonymousKind::ALL, |it| it.as_str())),
        ("contact-channel", listed_codes(onedoor_domain::entry::Channel::ALL, |it| it.as_str())),
        ("consulted", listed_codes(onedoor_domain::entry::Consulted::ALL, |it| it.as_str())),
        ("area", listed_codes(onedoor_domain::entry::Area::ALL, |it| it.as_str())),
        ("wish", listed_codes(onedoor_domain::entry::Wish::ALL, |it| it.as_str())),
        ("proposal-is", listed_codes(onedoor_domain::entry::Proposal::ALL, |it| it.as_str())),
        ("not-relevant", listed_codes(onedoor_domain::entry::NotRelevant::ALL, |it| it.as_str())),
        ("returned", listed_codes(onedoor_domain::entry::Returned::ALL, |it| it.as_str())),
        ("booking-is", listed_codes(onedoor_domain::booking::BookingState::ALL, |it| it.as_str())),
        ("booked-by", listed_codes(onedoor_domain::booking::BookedBy::ALL, |it| it.as_str())),
        ("meet-by", listed_codes(onedoor_domain::booking::MeetBy::ALL, |it| it.as_str())),
        ("service-kind", listed_codes(onedoor_domain::service::ServiceKind::ALL, |it| it.as_str())),
        ("available", listed_codes(onedoor_domain::service::Availability::ALL, |it| it.as_str())),
        ("given", listed_codes(onedoor_domain::service::Given::ALL, |it| it.as_str())),
        ("my-proposed", own(&["open", "wanted", "started"])),
        ("promise-is", listed_codes(onedoor_domain::service::Kept::ALL, |it| it.as_str())),
        ("measured", listed_codes(onedoor_domain::standard::Measured::ALL, |it| it.as_str())),
        ("group", listed_codes(onedoor_domain::standard::Group::ALL, |it| it.as_str())),
        ("guarded", listed_codes(onedoor_domain::standard::Guarded::ALL, |it| it.as_str())),
        ("light", listed_codes(onedoor_domain::standard::Light::ALL, |it| it.as_str())),
        ("dimension", listed_codes(onedoor_domain::standard::Dimension::ALL, |it| it.as_str())),
        ("solved", listed_codes(onedoor_domain::standard::Solved::ALL, |it| it.as_str())),
        ("set-up-kind", listed_codes(onedoor_domain::standard::SetUpKind::ALL, |it| it.as_str())),
        ("reaction", listed_codes(onedoor_domain::standard::Reaction::ALL, |it| it.as_str())),
        ("report", listed_codes(onedoor_domain::standard::Report::ALL, |it| it.as_str())),
        ("recipient-body", listed_codes(onedoor_domain::standard::Body::ALL, |it| it.as_str())),
        ("receives", listed_codes(onedoor_domain::standard::Receives::ALL, |it| it.as_str())),
        ("step", listed_codes(onedoor_domain::standard::Step::ALL, |it| it.as_str())),
        ("step-result", listed_codes(onedoor_domain::standard::Step::ALL, |it| it.as_str())),
        ("actor", listed_codes(onedoor_domain::standard::Actor::ALL, |it| it.as_str())),
        ("process-kind", listed_codes(onedoor_domain::standard::Process::ALL, |it| it.as_str())),
        (
            "holiday",
            onedoor_domain::office::Holiday::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ),
        (
            "import-fault",
            onedoor_domain::office::FaultKind::ALL.iter().map(|it| it.code().to_owned()).collect(),
        ),
        (
            "told",
            onedoor_server::office::Told::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        ),
        ("service", codes(network::Service::ALL, network::Service::as_str)),
        ("element", codes(network::Element::ALL, network::Element::as_str)),
        ("level", codes(network::Level::ALL, network::Level::as_str)),
        ("reach", network::Reach::ALL.iter().map(|it| it.as_str().to_owned()).collect()),
        ("office-kind", codes(network::OfficeKind::ALL, network::OfficeKind::as_str)),
        ("aim", codes(network::Aim::ALL, network::Aim::as_str)),
        ("answer", own(&["unit_here", "guidance_and_forward", "guidance_only"])),
        ("move", own(&["draft", "acceptable"])),
        ("task", own(&["decide", "deliver"])),
        ("task-state", own(&["sent", "started", "done"])),
        ("body", codes(governing::BodyKind::ALL, governing::BodyKind::as_str)),
        ("proposed-as", codes(governing::ProposedAs::ALL, governing::ProposedAs::as_str)),
        ("proposal", own(&["proposal", "decided", "rejected"])),
        ("ending", codes(governing::Ending::ALL, governing::Ending::as_str)),
        ("goal-group", codes(governing::TargetGroup::ALL, governing::TargetGroup::as_str)),
        ("lever", codes(governing::Lever::ALL, governing::Lever::as_str)),
        ("direction", codes(governing::Direction::ALL, governing::Direction::as_str)),
        ("side", own(&["state", "municipality"])),
        ("lease", codes(premises::LeaseFlag::ALL, premises::LeaseFlag::as_str)),
        ("phase", codes(rollout::Phase::ALL, rollout::Phase::as_str)),
        ("anchoring", codes(rollout::AnchoringFlag::ALL, rollout::AnchoringFlag::as_str)),
        ("structure", codes(rollout::Structure::ALL, rollout::Structure::as_str)),
        ("stance", own(&["for", "mixed", "against", "unknown"])),
        ("priority", (1..=5).map(|it| it.to_string()).collect()),
        ("watch-measure", watched()),
        ("watch-basis", own(&["past", "peers", "both", "fixed", "minute", "hour"])),
        (
            "keeping-class",
            onedoor_server::keeping::register().unwrap().class.keys().cloned().collect(),
        ),
        ("agreement-kind", codes(agreed::Kind::ALL, agreed::Kind::as_str)),
        ("clause", codes(agreed::Clause::ALL, agreed::Clause::as_str)),
        ("local-service", codes(agreed::Service::ALL, agreed::Service::as_str)),
        ("framework-part", codes(agreed::Part::ALL, agreed::Part::as_str)),
        ("conflict", own(&["dropped", "beyond"])),
        ("paper", codes(agreed::Paper::ALL, agreed::Paper::as_str)),
        ("answers", codes(agreed::Answer::ALL, agreed::Answer::as_str)),
        ("share-class", codes(agreed::ShareClass::ALL, agreed::ShareClass::as_str)),
        ("structure", codes(agreed::Structure::ALL, agreed::Structure::as_str)),
        ("task", codes(agreed::FollowTask::ALL, agreed::FollowTask::as_str)),
        ("document", codes(agreed::DocumentKind::ALL, agreed::DocumentKind::as_str)),
        ("scope", codes(agreed::Scope::ALL, agreed::Scope::as_str)),
        ("standing", codes(agreed::Standing::ALL, agreed::Standing::as_str)),
        ("fund", codes(agreed::Fund::ALL, agreed::Fund::as_str)),
        ("arrangement-fault", codes(agreed::FileFault::ALL, agreed::FileFault::as_str)),
        (
            "cover-matter",
            codes(onedoor_domain::cover::Matter::ALL, onedoor_domain::cover::Matter::as_str),
        ),
        (
            "closing-kind",
            codes(onedoor_domain::cover::Closing::ALL, onedoor_domain::cover::Closing::as_str),
        ),
        ("kin", codes(onedoor_domain::person::Kin::ALL, onedoor_domain::person::Kin::as_str)),
        (
            "kin-source",
            codes(
                onedoor_domain::person::KinSource::ALL,
                onedoor_domain::person::KinSource::as_str,
            ),
        ),
        (
            "fault",
            onedoor_domain::person::KinFault::ALL.iter().map(|f| f.code().to_owned()).collect(),
        ),
        (
            "document-kind",
            codes(
                onedoor_domain::record::DocumentKind::ALL,
                onedoor_domain::record::DocumentKind::as_str,
            ),
        ),
        (
            "fault",
            onedoor_domain::record::DocumentFault::ALL
                .iter()
                .map(|f| f.code().to_owned())
                .collect(),
        ),
        ("needed", listed_codes(onedoor_domain::need::NeedKind::ALL, |it| it.as_str())),
        ("need-is", listed_codes(onedoor_domain::need::NeedState::ALL, |it| it.as_str())),
        ("need-said", listed_codes(onedoor_domain::need::SaidBy::ALL, |it| it.as_str())),
        ("need-from", listed_codes(onedoor_domain::need::NeedSource::ALL, |it| it.as_str())),
        ("plan-label", listed_codes(planned::Label::ALL, |it| it.as_str())),
        ("plan-is", listed_codes(planned::PlanState::ALL, |it| it.as_str())),
        ("plan-part", listed_codes(planned::Part::ALL, |it| it.as_str())),
        ("plan-text", listed_codes(planned::label::Field::ALL, |it| it.as_str())),
        ("plan-phase", listed_codes(planned::path::Phase::ALL, |it| it.as_str())),
        ("plan-phase-what", listed_codes(planned::path::Phase::ALL, |it| it.as_str())),
        ("plan-how", own(&["page", "spoken", "written"])),
        ("plans-list", listed_codes(onedoor_server::plan::lists::List::ALL, |it| it.as_str())),
        ("stage", listed_codes(planned::stage::Stage::ALL, |it| it.as_str())),
        ("item-is", listed_codes(planned::ItemState::ALL, |it| it.as_str())),
        ("item-partner", listed_codes(planned::Partner::ALL, |it| it.as_str())),
        ("breach", listed_codes(planned::BreachKind::ALL, |it| it.as_str())),
        ("evaluation", listed_codes(planned::item::Evaluation::ALL, |it| it.as_str())),
        ("clash", listed_codes(planned::clash::ClashKind::ALL, |it| it.as_str())),
        ("duty", listed_codes(planned::clash::Duty::ALL, |it| it.as_str())),
        ("wish-is", listed_codes(planned::wish::WishState::ALL, |it| it.as_str())),
        ("request-is", listed_codes(planned::request::RequestState::ALL, |it| it.as_str())),
        ("refusal", listed_codes(planned::request::RefusalReason::ALL, |it| it.as_str())),
        ("fault", listed_codes(planned::PlanFault::ALL, |it| it.code())),
        ("fault", listed_codes(planned::ItemFault::ALL, |it| it.code())),
        (
            "happened",
            own(&[
                "made",
                "agreed",
                "disagreed",
                "commented",
                "labelled",
                "revised",
                "rested",
                "resumed",
                "ended",
                "asked",
                "taken_on",
                "not_taken_on",
                "deputy",
                "scheme",
                "text",
                "item_added",
                "item_accept",
                "item_start",
                "item_finish",
                "item_withdraw",
                "item_lack",
                "item_days",
                "item_ask",
                "item_take",
                "item_decline",
                "item_evaluate",
                "item_after",
                "item_not_after",
                "item_confirmed",
                "item_gone",
            ]),
        ),
        ("fault", listed_codes(onedoor_domain::need::NeedFault::ALL, |it| it.code())),
        ("map-dimension", listed_codes(mapping::Dimension::ALL, |it| it.as_str())),
        ("map-side", listed_codes(mapping::Side::ALL, |it| it.as_str())),
        ("map-asked", listed_codes(mapping::Asked::ALL, |it| it.as_str())),
        ("map-way", own(&["up", "down", "same", "unknown"])),
        ("map-state", own(&["open", "completed", "stopped"])),
        ("instrument-fault", listed_codes(mapping::FileFault::ALL, |it| it.as_str())),
        ("instrument-origin", own(&["shipped", "file", "questionnaire"])),
        ("fault-instrument-missing", own(&["employment", "insurance", "social", "own"])),
        ("competence", listed_codes(mapping::Competence::ALL, |it| it.as_str())),
        ("fault-competence-missing", listed_codes(mapping::Competence::ALL, |it| it.as_str())),
        ("help", listed_codes(mapping::HelpKind::ALL, |it| it.as_str())),
        ("ending", listed_codes(mapping::Ending::ALL, |it| it.as_str())),
        ("employable", listed_codes(mapping::Level::ALL, |it| it.as_str())),
        ("brake", listed_codes(mapping::Brake::ALL, |it| it.as_str())),
        ("qualification", listed_codes(mapping::Qualification::ALL, |it| it.as_str())),
        ("schooling", own(&onedoor_server::assessment::work::SCHOOLING)),
        ("judgement", listed_codes(mapping::JudgementKind::ALL, |it| it.as_str())),
        ("judgement-is", own(&["proposed", "held", "refused", "ended"])),
        ("work-track", listed_codes(mapping::Track::ALL, |it| it.as_str())),
        ("later", own(&["work", "activity", "none"])),
        ("settled", listed_codes(mapping::Settled::ALL, |it| it.as_str())),
        ("flag-outcome", own(&["work", "long"])),
        ("flags", own(&["hits", "misses", "false_alarms", "right_rests", "open"])),
        ("guidance-held", own(&["wall-consent", "wall-necessity", "wall-nothing"])),
        ("fault-title", own(&["view-none", "view-not-settled", "view-older"])),
        ("fault-advice", own(&["view-none", "view-not-settled", "view-older"])),
        ("fault", own(&["view-none", "view-not-settled", "view-older"])),
        ("done", done.into_iter().collect()),
        ("category", categories.clone()),
        ("category-hint", categories),
        ("purpose-of", aims.clone()),
        ("purpose-hint", aims),
        ("consent-is", State::ALL.iter().map(|s| s.as_str().to_owned()).collect()),
        ("consent-form", Form::ALL.iter().map(|f| f.as_str().to_owned()).collect()),
        ("consent-form-hint", own(&["written", "oral"])),
        ("given-by", givers.clone()),
        ("given-by-hint", givers),
        ("receipt", Answer::ALL.iter().map(|a| a.as_str().to_owned()).collect()),
        ("stops", arrangements.clone()),
        ("stops-then", arrangements),
        ("withdrawn-by", WAYS.iter().map(|way| (*way).to_owned()).collect()),
        ("passed", Passed::ALL.iter().map(|p| p.as_str().to_owned()).collect()),
        ("opens", OPENABLE.iter().map(|one| one.code.to_owned()).collect()),
        ("notice-is", own(&["draft", "published"])),
        ("told-on", own(&["consent", "necessity", "allowed", "duty", "law", "single_access"])),
        ("fault-title", faults.clone()),
        ("fault-advice", faults),
    ]
}

/// The codes of a closed list.
fn listed_codes<T>(all: &[T], code: fn(&T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| code(one).to_owned()).collect()
}

/// What can be unusual: measures, and the limits that a worker can reach.
fn watched() -> Vec<String> {
    use onedoor_domain::secrecy::unusual::{Measure, PERSON_OFFICES};
    let limits = ["search", "open", "look_up"].map(|kind| format!("limit_{kind}"));
    let person = [PERSON_OFFICES.to_owned()];
    Measure::ALL.iter().map(|m| m.as_str().to_owned()).chain(limits).chain(person).collect()
}

/// A slice uses only slices before it; the domain uses nothing of the server.
#[test]
fn slices_use_only_earlier_slices() {
    let order = onedoor_server::SLICES;
    for (path, text) in read_all("crates/server/src", &[".rs"]) {
        let inside = path.strip_prefix(root().join("crates/server/src")).unwrap().to_owned();
        let slice = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Some(place) = order.iter().position(|name| *name == slice) else { continue };
        for later in &order[place + 1..] {
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                assert!(
                    !line.contains(&format!("crate::{later}::")),
                    "{} uses the later slice {later}: {line}",
                    inside.display()
                );
            }
        }
    }
    for (path, text) in read_all("crates/domain/src", &[".rs"]) {
        for banned in ["onedoor_server", "tokio", "std::fs", "std::net", "Timestamp::now"] {
            assert!(!text.contains(banned), "{} uses {banned}", path.display());
        }
    }
}

/// Tables with personal data, as the register of data classes says. `staff` is
/// not among them here: who works where is the set-up of the house, not a person
/// who is helped.
fn personal_tables() -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("data_classes.toml")).unwrap();
    let register: toml::Table = toml::from_str(&text).unwrap();
    let is_personal = |columns: &toml::Value| {
        columns.as_table().unwrap().values().any(|class| {
            matches!(class.as_array().unwrap()[0].as_str().unwrap(), "personal" | "health")
        })
    };
    let all = register.into_iter().filter(|(name, it)| name != "staff" && is_personal(it));
    all.map(|(name, _)| name).collect()
}

/// The tables that a statement reads or writes.
fn tables_of(sql: &str) -> BTreeSet<String> {
    let words: Vec<&str> = sql
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    words
        .windows(2)
        .filter(|two| matches!(two[0], "from" | "join" | "into" | "update"))
        .map(|two| two[1].to_owned())
        .collect()
}

/// A function of a file: its name, whether others can call it, its signature and
/// its body.
struct Function {
    name: String,
    public: bool,
    signature: String,
    body: String,
}

fn functions(text: &str) -> Vec<Function> {
    let mut all: Vec<Function> = Vec::new();
    let mut in_signature = false;
    for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
        let code = line.trim_start();
        let public = code.starts_with("pub");
        let rest = code.split_once("fn ").filter(|(before, _)| {
            before.split(' ').all(|word| matches!(word, "" | "async") || word.starts_with("pub"))
        });
        if let Some((_, rest)) = rest {
            let name = rest.split(['(', '<']).next().unwrap().to_owned();
            all.push(Function { name, public, signature: String::new(), body: String::new() });
            in_signature = true;
        }
        let Some(last) = all.last_mut() else { continue };
        let part = if in_signature { &mut last.signature } else { &mut last.body };
        part.push_str(line);
        part.push('\n');
        if line.trim_end().ends_with('{') {
            in_signature = false;
        }
    }
    all
}

/// No function that reads or writes personal data can be called without a
/// permit or a warrant: it stands in the signature of each. These have none by
/// their nature: the journal is written about permits, signing in comes before
/// them, the set-up of offices is about nobody, the policy grants them, the keys
/// demand them where they open, and a population is made up.
#[test]
fn no_store_function_goes_without_a_proof() {
    // `question` counts people and names none; `walls` is what the policy asks.
    let without = [
        "journal",
        "sign_in",
        "office",
        "policy",
        "walls",
        "question",
        "web",
        "keys",
        "population",
    ];
    let personal = personal_tables();
    for table in ["person", "person_name", "shared_case", "visit", "ruling", "outbox"] {
        assert!(personal.contains(table), "{table}");
    }
    let mut statements: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for sql in onedoor_server::statements() {
        let tables = tables_of(sql.text(Engine::Postgres));
        if tables.iter().any(|table| personal.contains(table)) {
            let (module, name) = sql.name.rsplit_once("::").unwrap();
            statements.entry(module.to_owned()).or_default().insert(name.to_owned());
        }
    }
    let mut seen = 0;
    for (module, names) in &statements {
        let path = module.trim_start_matches("onedoor_server::").replace("::", "/");
        if without.contains(&path.split('/').next().unwrap()) {
            continue;
        }
        let source = root().join("crates/server/src");
        let text = std::fs::read_to_string(source.join(format!("{path}.rs")))
            .or_else(|_| std::fs::read_to_string(source.join(format!("{path}/mod.rs"))))
            .unwrap();
        let all = functions(&text);
        let word = |body: &str, name: &str, end: &str| {
            body.match_indices(&format!("{name}{end}")).any(|(at, _)| {
                !body[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        // A function runs what it names, and what those run that it calls.
        let mut runs: BTreeSet<usize> = (0..all.len())
            .filter(|n| names.iter().any(|name| all[*n].body.contains(&format!("&{name},"))))
            .collect();
        loop {
            let more: Vec<usize> = (0..all.len())
                .filter(|n| !runs.contains(n))
                .filter(|n| runs.iter().any(|it| word(&all[*n].body, &all[*it].name, "(")))
                .collect();
            if more.is_empty() {
                break;
            }
            runs.extend(more);
        }
        for function in runs.iter().map(|n| &all[*n]).filter(|it| it.public) {
            let proven = ["&Permit", "&Pass", "&Warrant", "dyn Proof"]
                .iter()
                .any(|proof| function.signature.contains(proof));
            assert!(proven, "{module}::{} reads persons without a proof", function.name);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

/// The sealed columns are columns of the schema with a personal class, and all
/// that people write freely is among them.
#[test]
fn sealed_columns_hold_what_people_write() {
    let text = std::fs::read_to_string(root().join("data_classes.toml")).unwrap();
    let register: toml::Table = toml::from_str(&text).unwrap();
    let class = |table: &str, column: &str| -> String {
        register[table][column][0].as_str().unwrap().to_owned()
    };
    for column in onedoor_server::keys::COLUMNS {
        let class = class(column.table, column.name);
        assert!(matches!(class.as_str(), "personal" | "health" | "secret"), "{column:?}");
    }
    // Codes from closed lists, which are searched and counted.
    let codes = [
        "visit.needs",
        "ruling.subject",
        "consent.categories",
        "consent_notice.categories",
        "disclosure.categories",
        "handing.category",
        "talk.content",
        "talking_point.kind",
        "unit_task.service",
        "exchange_fact.kind",
        "need.kind",
        "need.category",
        "plan_item.kind",
        "plan_item.category",
        "plan_wish.kind",
    ];
    for (table, columns) in &register {
        for (column, class) in columns.as_table().unwrap() {
            let name = format!("{table}.{column}");
            let sealed = onedoor_server::keys::COLUMNS
                .iter()
                .any(|it| it.table == table && it.name == column);
            if class[0].as_str() == Some("health") && !codes.contains(&name.as_str()) {
                assert!(sealed, "{name} may tell of health and is not sealed");
            }
        }
    }
}

/// The tables that grow are read by their indexes, never whole.
#[test]
fn hot_statements_use_an_index() {
    runtime().block_on(async {
        let house = crate::support::house(Engine::Sqlite).await;
        let mut conn = house.app.db.read().await.unwrap();
        let grown = [
            "visit ",
            "person ",
            "shared_case",
            "handover",
            "journal ",
            "journal_person",
            "person_name",
            "person_identifier",
            "case_event",
            "visit_event",
            "ruling",
            "appointment",
            "calendar_slot",
            "booking ",
            "visit_mark",
            "promise ",
            "situation ",
            "proposed_item",
            "clarification",
            "escalation ",
            "consultation ",
            "anonymous_contact",
            "way_out ",
            "work_focus",
            "reaction ",
            "exchange_fact",
            "fact ",
            "document",
            "kin ",
            "sending ",
            "feedback ",
            "talking_point",
            "talk ",
            "exchange_run",
            "exchange_row",
            "session",
            "idempotency",
            "consent",
            "consent_party",
            "consent_notice",
            "disclosure",
            "candidate",
            "handing ",
            "correction",
            "representation",
            "absence ",
            "competence_word",
            "follow_task",
            "unit_task",
            "room_booking",
            "room_slot",
            "need ",
            "assessment ",
            "assessment_answer",
            "assessment_part",
            "judgement ",
            "attempt ",
            "agency_view",
            "plan ",
            "plan_text",
            "plan_item",
            "plan_item_after",
            "plan_breach",
            "plan_event",
            "plan_wish",
            "plan_request",
        ];
        // These read a table whole on purpose: a report, a check of everything,
        // or a count that is bounded by its caller.
        let whole = [
            "COUNT_PERSONS",
            "WITHOUT_GROUND",
            "PLAIN_MESSAGES",
            "MEETINGS_BY_PLACE",
            "FIRST_VISIT",
            "FIRST_CASE",
            "KNOWN_TO_KINDS",
            "HELD_BY_KINDS",
            "USED_SINCE",
        ];
        for sql in onedoor_server::statements() {
            if whole.iter().any(|name| sql.name.ends_with(name)) {
                continue;
            }
            let text = sql.text(Engine::Sqlite);
            let plan = conn.text_rows(&format!("explain query plan {text}")).await;
            for mut row in plan.unwrap_or_default() {
                let step: String = row.get(3).unwrap();
                let scans = step.starts_with("SCAN ") && !step.contains("USING");
                let table = step.trim_start_matches("SCAN ").to_owned() + " ";
                let grows = grown.iter().any(|name| {
                    alias_is(text, table.trim(), name.trim()) || table.starts_with(name)
                });
                assert!(!(scans && grows), "{}: {step}", sql.name);
            }
        }
    });
}

fn alias_is(sql: &str, alias: &str, table: &str) -> bool {
    let flat = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    flat.contains(&format!(" {table} {alias} ")) || flat.ends_with(&format!(" {table} {alias}"))
}

/// The requirements that this project says it meets.
fn listed() -> Vec<&'static str> {
    vec![
        "REQ-ORG-01",
        "REQ-ORG-02",
        "REQ-ORG-03",
        "REQ-ORG-13",
        "REQ-ORG-14",
        "REQ-ORG-15",
        "REQ-ORG-16",
        "REQ-ORG-17",
        "REQ-ORG-18",
        "REQ-ORG-19",
        "REQ-ORG-20",
        "REQ-ORG-21",
        "REQ-ORG-24",
        "REQ-ORG-25",
        "REQ-ORG-28",
        "REQ-ORG-29",
        "REQ-ORG-30",
        "REQ-ORG-31",
        "REQ-ORG-32",
        "REQ-ORG-33",
        "REQ-ORG-34",
        "REQ-ORG-35",
        "REQ-ORG-36",
        "REQ-ORG-37",
        "REQ-ORG-38",
        "REQ-ORG-39",
        "REQ-ORG-41",
        "REQ-ORG-42",
        "REQ-ORG-44",
        "REQ-ORG-47",
        "REQ-ORG-50",
        "REQ-INFO-01",
        "REQ-INFO-02",
        "REQ-INFO-03",
        "REQ-INFO-04",
        "REQ-INFO-05",
        "REQ-INFO-06",
        "REQ-INFO-07",
        "REQ-INFO-08",
        "REQ-INFO-09",
        "REQ-INFO-10",
        "REQ-INFO-11",
        "REQ-INFO-12",
        "REQ-INFO-13",
        "REQ-INFO-14",
        "REQ-INFO-15",
        "REQ-INFO-16",
        "REQ-INFO-17",
        "REQ-INFO-18",
        "REQ-INFO-19",
        "REQ-INFO-20",
        "REQ-FRONT-01",
        "REQ-FRONT-02",
        "REQ-FRONT-03",
        "REQ-FRONT-05",
        "REQ-FRONT-06",
        "REQ-FRONT-07",
        "REQ-FRONT-08",
        "REQ-FRONT-09",
        "REQ-FRONT-14",
        "REQ-FRONT-29",
        "REQ-REF-01",
        "REQ-REF-02",
        "REQ-REF-03",
        "REQ-REF-04",
        "REQ-REF-08",
        "REQ-REF-09",
        "REQ-REF-14",
        "REQ-FRONT-04",
        "REQ-FRONT-10",
        "REQ-FRONT-11",
        "REQ-FRONT-12",
        "REQ-FRONT-13",
        "REQ-FRONT-15",
        "REQ-FRONT-16",
        "REQ-FRONT-17",
        "REQ-FRONT-18",
        "REQ-FRONT-19",
        "REQ-FRONT-20",
        "REQ-FRONT-21",
        "REQ-FRONT-22",
        "REQ-FRONT-23",
        "REQ-FRONT-24",
        "REQ-FRONT-25",
        "REQ-FRONT-26",
        "REQ-FRONT-27",
        "REQ-FRONT-28",
        "REQ-FRONT-30",
        "REQ-REF-11",
        "REQ-REF-15",
        "REQ-MISC-05",
        "REQ-MISC-11",
        "REQ-MISC-13",
        "REQ-MISC-15",
        "REQ-MISC-17",
        "REQ-FOLL-10",
        "REQ-KNOW-05",
        "REQ-KNOW-17",
        "REQ-ORG-10",
        "REQ-ORG-04",
        "REQ-ORG-05",
        "REQ-ORG-06",
        "REQ-ORG-07",
        "REQ-ORG-08",
        "REQ-ORG-09",
        "REQ-ORG-11",
        "REQ-ORG-12",
        "REQ-ORG-22",
        "REQ-ORG-23",
        "REQ-ORG-26",
        "REQ-ORG-27",
        "REQ-ORG-43",
        "REQ-ORG-45",
        "REQ-ORG-46",
        "REQ-ORG-48",
        "REQ-ORG-49",
        "REQ-MISC-13",
        "REQ-MISC-02",
        "REQ-MISC-07",
        "REQ-MAP-01",
        "REQ-MAP-02",
        "REQ-MAP-03",
        "REQ-MAP-05",
        "REQ-MAP-06",
        "REQ-MAP-07",
        "REQ-MAP-08",
        "REQ-MAP-09",
        "REQ-MAP-10",
        "REQ-MAP-11",
        "REQ-MAP-13",
        "REQ-MAP-14",
        "REQ-MAP-15",
        "REQ-MAP-17",
        "REQ-MAP-19",
        "REQ-MAP-20",
        "REQ-MAP-21",
        "REQ-MAP-22",
        "REQ-MAP-23",
        "REQ-MAP-24",
        "REQ-PLAN-01",
        "REQ-PLAN-02",
        "REQ-PLAN-03",
        "REQ-PLAN-04",
        "REQ-PLAN-05",
        "REQ-PLAN-06",
        "REQ-PLAN-07",
        "REQ-PLAN-08",
        "REQ-PLAN-09",
        "REQ-PLAN-10",
        "REQ-PLAN-11",
        "REQ-PLAN-12",
        "REQ-PLAN-13",
        "REQ-PLAN-14",
        "REQ-PLAN-15",
        "REQ-PLAN-16",
        "REQ-REF-13",
        "REQ-REF-17",
    ]
}

/// Every listed requirement has a test that cites it and code that names it;
/// `docs/requirements.md` is made from both.
#[test]
fn every_listed_requirement_has_a_test() {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut met: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in read_all("crates", &[".rs"]) {
        let file = path.display().to_string();
        let file = file.split("crates/").last().unwrap().to_owned();
        let is_test = file.contains("tests");
        let mut cited: Vec<String> = Vec::new();
        for line in text.lines() {
            let ids = ids_in(line);
            let trimmed = line.trim_start();
            if trimmed.starts_with("//") {
                if is_test || file.contains("meeting/mod.rs") {
                    cited.extend(ids.clone());
                }
                if !is_test {
                    for id in ids {
                        met.entry(id).or_default().insert(format!("crates/{file}"));
                    }
                }
            } else if let Some(name) =
                trimmed.strip_prefix("fn ").or(trimmed.strip_prefix("async fn "))
            {
                let name = name.split('(').next().unwrap();
                for id in cited.drain(..) {
                    tests.entry(id).or_default().insert(format!("`{name}` (crates/{file})"));
                }
            } else if !trimmed.starts_with("#[") && !trimmed.is_empty() {
                cited.clear();
            }
        }
    }
    let mut text = String::from(
        "# Requirements: where each is met and tested\n\n\
         Made from the tests and the code by `ONEDOOR_REGENERATE=1 cargo test`; a test fails when\n\
         a listed requirement has no test.\n\n| ID | Met in | Tested by |\n|---|---|---|\n",
    );
    for id in listed() {
        let by = tests.get(id).unwrap_or_else(|| panic!("{id} has no test"));
        let code = met.get(id).cloned().unwrap_or_default();
        assert!(!code.is_empty(), "{id} is named nowhere in the code");
        writeln!(
            text,
            "| {id} | {} | {} |",
            code.into_iter().collect::<Vec<_>>().join("<br>"),
            by.iter().cloned().collect::<Vec<_>>().join("<br>")
        )
        .unwrap();
    }
    same_file("docs/requirements.md", &text);
}

fn ids_in(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in line.match_indices("REQ-") {
        let id: String = line[at..]
            .chars()
            .take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || *c == '-')
            .collect();
        let id = id.trim_end_matches('-').to_owned();
        // "REQ-REF-01, 02" names several.
        let (stem, _) = id.rsplit_once('-').unwrap_or((&id, ""));
        let stem = stem.to_owned();
        let rest = &line[at + id.len()..];
        found.push(id);
        for part in rest.split(',').skip(1) {
            let number = part.trim().trim_end_matches('.');
            if number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit()) {
                found.push(format!("{stem}-{number}"));
            } else {
                break;
            }
        }
    }
    found
}
