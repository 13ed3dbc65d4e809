//! Every text is there in every language.

use std::collections::{BTreeMap, BTreeSet};

use onedoor_domain::office::Role;
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::Action;

use super::read_all;

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
        ("policy-beyond", own(&["wider", "country", "time", "keeper"])),
        ("policy-proposal-state", own(&["waiting", "confirmed", "refused"])),
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
        ("refer-receiver", listed_codes(onedoor_domain::refer::Receiver::ALL, |it| it.as_str())),
        ("refer-wish", listed_codes(onedoor_domain::refer::Wish::ALL, |it| it.as_str())),
        ("refer-reason", listed_codes(onedoor_domain::refer::Reason::ALL, |it| it.as_str())),
        ("refer-return", listed_codes(onedoor_domain::refer::ReturnReason::ALL, |it| it.as_str())),
        ("refer-state", listed_codes(onedoor_domain::refer::State::ALL, |it| it.as_str())),
        ("refer-came", listed_codes(onedoor_domain::refer::Came::ALL, |it| it.as_str())),
        ("refer-cause", listed_codes(onedoor_domain::refer::Cause::ALL, |it| it.as_str())),
        ("refer-no-meeting", own(&["nobody", "walls", "no_time"])),
        (
            "fault-title",
            own(&[
                "refer-received",
                "refer-accepted",
                "refer-returned",
                "refer-expired",
                "refer-withdrawn",
                "refer-settled",
                "refer-not-receiver",
                "refer-not-sender",
                "refer-nothing-to-settle",
                "refer-moved",
                "refer-case-closed",
            ]),
        ),
        ("follow-area", listed_codes(onedoor_domain::follow::Area::ALL, |it| it.as_str())),
        ("follow-variant", listed_codes(onedoor_domain::follow::Variant::ALL, |it| it.as_str())),
        ("follow-stage", listed_codes(onedoor_domain::follow::Stage::ALL, |it| it.as_str())),
        ("follow-intake", listed_codes(onedoor_domain::follow::Intake::ALL, |it| it.as_str())),
        ("follow-way", listed_codes(onedoor_domain::follow::Way::ALL, |it| it.as_str())),
        ("follow-cause", listed_codes(onedoor_domain::follow::Cause::ALL, |it| it.as_str())),
        ("meeting-kind", listed_codes(onedoor_domain::meeting::MeetingKind::ALL, |it| it.as_str())),
        ("meeting-came", listed_codes(onedoor_domain::meeting::Attendance::ALL, |it| it.as_str())),
        (
            "meeting-consequence",
            listed_codes(onedoor_domain::meeting::Consequence::ALL, |it| it.as_str()),
        ),
        ("meeting-told", listed_codes(onedoor_domain::meeting::Consequence::ALL, |it| it.as_str())),
        ("meeting-towards", listed_codes(onedoor_domain::meeting::Towards::ALL, |it| it.as_str())),
        ("meeting-topic", listed_codes(onedoor_domain::meeting::Topic::ALL, |it| it.as_str())),
        ("meeting-line", listed_codes(onedoor_domain::meeting::LineKind::ALL, |it| it.as_str())),
        ("meeting-lines", listed_codes(onedoor_domain::meeting::LineKind::ALL, |it| it.as_str())),
        (
            "meeting-agreed",
            listed_codes(onedoor_domain::meeting::AgreedState::ALL, |it| it.as_str()),
        ),
        (
            "meeting-request-is",
            listed_codes(onedoor_domain::meeting::RequestState::ALL, |it| it.as_str()),
        ),
        ("meeting-part", listed_codes(onedoor_domain::meeting::DayPart::ALL, |it| it.as_str())),
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
        ("trial-belonging", codes(rollout::Belonging::ALL, rollout::Belonging::as_str)),
        ("measure-kind", codes(rollout::MeasureKind::ALL, rollout::MeasureKind::as_str)),
        ("trial-running", codes(rollout::Running::ALL, rollout::Running::as_str)),
        ("trial-reached", codes(rollout::Reached::ALL, rollout::Reached::as_str)),
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
