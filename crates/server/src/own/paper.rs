//! Everything about a person on paper, to read (GDPR art. 15): the same as the data file, in
//! words, and shorter where that is long.

use axum::response::IntoResponse;
use http::header;
use jiff::Timestamp;
use onedoor_domain::secrecy::own::Matter;
use onedoor_domain::secrecy::{Action, Categories};
use serde_json::{Value as Json, json};

use super::pass::quiet;
use super::{Pass, export, held, log, store};
use crate::consent::store::{self as consents, Viewer};
use crate::consent::{disclosures, receipts};
use crate::db::Link;
use crate::letter;
use crate::web::{Fault, Own, Reply};
use crate::words::Words;

/// The most lines of the log on paper; the data file has all of them.
const PRINTED: usize = 300;

struct Section {
    title: String,
    pairs: Vec<(String, String)>,
    entries: Vec<(String, String)>,
}

impl Section {
    fn json(self) -> Json {
        json!({ "title": self.title, "pairs": self.pairs, "entries": self.entries })
    }
}

fn when(own: &Own, w: Words, micros: i64) -> String {
    let at = Timestamp::from_microsecond(micros).unwrap_or_default();
    w.when(at, &own.app().zone)
}

async fn registered(link: &mut Link, pass: &Pass, w: Words) -> Result<Section, Fault> {
    let r = store::registered(link, pass).await?;
    let address = match r.is_protected {
        true => w.t("my-address-protected").into_owned(),
        false => format!("{} {}", r.address, r.postcode).trim().to_owned(),
    };
    let pairs = [
        ("name", r.name),
        ("born", w.iso(&r.born_on)),
        ("language", w.of("language-name", &r.language).into_owned()),
        ("phone", r.phone),
        ("email", r.email),
        ("address", address),
    ];
    let nothing = || w.t("my-nothing").into_owned();
    let pairs = pairs
        .into_iter()
        .map(|(field, value)| {
            let value = if value.is_empty() { nothing() } else { value };
            (w.of("correction-field", field).into_owned(), value)
        })
        .collect();
    Ok(Section { title: w.t("my-registered").into_owned(), pairs, entries: Vec::new() })
}

async fn case(link: &mut Link, pass: &Pass, w: Words) -> Result<Section, Fault> {
    let mut pairs = Vec::new();
    if let Some(case) = store::open_case(link, pass).await? {
        let who = |name: &str, rest: &str| match name.is_empty() {
            true => format!("{}, {rest}", w.t("my-name-hidden")),
            false => format!("{name}, {rest}"),
        };
        for (key, value) in [
            ("my-step", if pass.sees_all() { case.what } else { String::new() }),
            ("my-step-when", w.iso(&case.on)),
            ("my-step-where", case.place),
            ("my-responsible", who(&case.responsible.name, &case.responsible.unit)),
            ("my-deputy", who(&case.deputy.name, &case.deputy.unit)),
            ("my-office", case.responsible.office),
        ] {
            if !value.is_empty() {
                pairs.push((w.t(key).into_owned(), value));
            }
        }
    }
    Ok(Section { title: w.t("export-case").into_owned(), pairs, entries: Vec::new() })
}

async fn events(own: &Own, link: &mut Link, pass: &Pass, w: Words) -> Result<Vec<Section>, Fault> {
    let entries = |title: &str, entries| Section {
        title: w.t(title).into_owned(),
        pairs: Vec::new(),
        entries,
    };
    let mut sections = Vec::new();
    let rulings = store::rulings(link, pass).await?;
    let rulings = rulings.into_iter().map(|one| {
        let head = format!("{}: {}", when(own, w, one.at), w.of("subject", &one.subject));
        (head, format!("{} ({}, {})", one.text, one.unit, one.agency))
    });
    sections.push(entries("my-rulings", rulings.collect()));
    if pass.sight().shows(Matter::Case) && pass.is_sure() {
        let visits = store::visits(link, pass).await?.into_iter().map(|one| {
            let parts = [one.answer, one.step];
            let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (format!("{}: {}", w.iso(&one.day), one.office), said.join(". "))
        });
        sections.push(entries("my-visits", visits.collect()));
    }
    if super::consents::shows(pass) {
        let documents = super::documents::lines(own, link, pass).await?.into_iter().map(|one| {
            let head = format!("{}: {}", w.iso(&one.received_on), one.agency);
            let kind = w.of("document-kind", &one.kind);
            (head, format!("{} ({kind}, {})", one.name, w.of("category", &one.category)))
        });
        sections.push(entries("my-documents", documents.collect()));
    }
    if log::shows(pass) {
        let lines = export::lines(own, link, pass).await?.into_iter().take(PRINTED).map(|line| {
            let who = match line.who.as_str() {
                "staff" | "client" if line.name.is_empty() => w.t("own-who-hidden"),
                "staff" | "client" => line.name.clone().into(),
                other => w.of("own-who", other),
            };
            let at: Vec<&str> = [who.as_ref(), &line.unit, &line.agency]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect();
            let said = format!("{} {}", line.deed(&w), line.why(&w));
            (format!("{}: {}", when(own, w, line.at), at.join(", ")), said)
        });
        sections.push(entries("my-log", lines.collect()));
    }
    Ok(sections)
}

fn kinds(w: Words, all: Categories) -> String {
    let names: Vec<_> = all.iter().map(|one| w.of("category", one.as_str())).collect();
    names.join(", ")
}

/// Everything that was written on a consent, each under the name it has on the form.
fn written(one: &consents::Stored, w: Words) -> String {
    let terms = &one.agreement.terms;
    let names = |all: &[consents::Party]| -> String {
        let names: Vec<&str> = all.iter().map(|party| party.name.as_str()).collect();
        names.join(", ")
    };
    let lines: Vec<String> = [
        ("consent-categories", kinds(w, terms.categories)),
        ("consent-from", names(&one.from)),
        ("consent-to", names(&one.to)),
        ("consent-until", w.iso(&terms.valid_until.to_string())),
        ("consent-form-ask", w.of("consent-form", one.form.as_str()).into_owned()),
        ("consent-given-by-ask", w.of("given-by", one.given_by.as_str()).into_owned()),
        ("consent-giver-name", one.giver_name.clone()),
        ("consent-giver-authority", one.giver_authority.clone()),
        ("consent-second-giver", one.second_giver.clone()),
        ("consent-child-view", one.child_view.clone()),
        ("consent-interpreter", one.interpreter.clone()),
        ("consent-capacity", one.capacity_note.clone()),
    ]
    .into_iter()
    .filter(|(_, text)| !text.is_empty())
    .map(|(key, text)| format!("{}: {text}", w.t(key)))
    .collect();
    lines.join(". ")
}

/// What one has agreed to, with everything that was written on it; who was told of what was
/// taken back; and who has learnt what (GDPR art. 7 and 15; REQ-INFO-16).
async fn sharing(own: &Own, link: &mut Link, pass: &Pass, w: Words) -> Result<Vec<Section>, Fault> {
    let permit = pass.permit();
    let section = |title: &str, entries| Section {
        title: w.t(title).into_owned(),
        pairs: Vec::new(),
        entries,
    };
    let (mut given, mut told) = (Vec::new(), Vec::new());
    for one in consents::of_person(link, permit, Viewer::Person, &own.app().zone).await? {
        let head = format!(
            "{}: {} ({})",
            when(own, w, one.given_at.as_microsecond()),
            w.of("purpose-of", one.agreement.terms.purpose.as_str()),
            w.of("consent-is", one.agreement.state(own.today()).as_str()),
        );
        given.push((head, written(&one, w)));
        for receipt in receipts::receipts(link, permit, one.agreement.id).await? {
            let told_at = when(own, w, receipt.told_at.as_microsecond());
            let mut said =
                format!("{}. {}", kinds(w, receipt.categories), w.with("consent-told-at", told_at));
            if let Some((_, answer, reason, _)) = receipt.answered {
                said = format!("{said} {}", w.of("receipt", &answer));
                if !reason.is_empty() {
                    said = format!("{said} ({reason})");
                }
            }
            told.push((receipt.agency, said));
        }
    }
    let untold = log::untold(link, pass, own).await?;
    let learnt = disclosures::disclosures(link, permit, Viewer::Person)
        .await?
        .into_iter()
        .filter(|one| !untold.contains(&one.id))
        .map(|one| {
            let head = format!("{}: {}", when(own, w, one.at.as_microsecond()), one.to);
            let ground = w.of("told-on", &one.ground);
            let way = w.of("passed", &one.form);
            (
                head,
                format!(
                    "{}. {}: {}. {way}. {ground}.",
                    kinds(w, one.categories),
                    w.t("consent-from"),
                    one.from
                ),
            )
        });
    let handed = held::handed(link, pass).await?.into_iter().map(|one| {
        let head = format!("{}: {}", when(own, w, one.at), one.to);
        (head, format!("{}: {}", w.of("category", &one.category), one.text))
    });
    Ok(vec![
        section("my-consents", given),
        section("export-receipts", told),
        section("my-holds", learnt.collect()),
        section("my-handed", handed.collect()),
    ])
}

pub(super) async fn paper(own: Own) -> Reply {
    let mut conn = own.read().await?;
    let pass = quiet(&own, &mut conn).await?;
    let w = own.words();
    let mut sections = Vec::new();
    if pass.sight().shows(Matter::Identity) {
        sections.push(registered(&mut conn, &pass, w).await?);
    }
    if pass.sight().shows(Matter::Case) {
        sections.push(case(&mut conn, &pass, w).await?);
    }
    if super::consents::shows(&pass) {
        sections.extend(sharing(&own, &mut conn, &pass, w).await?);
    }
    sections.extend(events(&own, &mut conn, &pass, w).await?);
    let mut notes: Vec<String> =
        export::bounds(&pass).iter().map(|bound| w.of("my-bound", bound).into_owned()).collect();
    notes.push(w.with("export-more", i64::try_from(PRINTED).unwrap_or_default()));
    let data = json!({
        "lang": w.language().as_str(),
        "title": w.t("export-title"),
        "made": w.with("export-made", w.when(own.now(), &own.app().zone)),
        "page": w.t("export-page"),
        "empty": w.t("export-empty"),
        "notes": notes,
        "sections": sections.into_iter().map(Section::json).collect::<Vec<_>>(),
    });
    let now = own.now();
    let template = include_str!("pages/export.typ");
    let set = tokio::task::spawn_blocking(move || letter::pdf(template, data, now)).await;
    let file = set
        .map_err(|error| Fault::Defect(error.to_string()))?
        .map_err(|fault| Fault::Defect(fault.to_string()))?;
    own.note(pass.entry(Action::ExportOwn, json!({ "form": "pdf" })));
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, export::named(&own, "pdf")),
    ];
    Ok((headers, file).into_response())
}

#[cfg(test)]
mod tests {
    use onedoor_domain::consent::{Agreement, Form, GivenBy, Terms};
    use onedoor_domain::ids::{AgencyId, ConsentId, NoticeId};
    use onedoor_domain::person::Language;
    use onedoor_domain::secrecy::{Category, Purpose};
    use uuid::Uuid;

    use super::*;

    /// REQ-INFO-16: every text that was written on a consent stands on the paper, in every
    /// language, and what was left empty has no line.
    #[test]
    fn every_text_of_a_consent_is_on_the_paper() {
        let id = AgencyId(Uuid::nil());
        let party = |name: &str| consents::Party { id, name: name.into(), provider: false };
        let terms = Terms {
            purpose: Purpose::Coordination,
            categories: Categories::only(Category::Health),
            from: [id].into(),
            to: [id].into(),
            given_on: "2026-11-20".parse().unwrap(),
            valid_until: "2027-11-19".parse().unwrap(),
            doubtful: false,
        };
        let mut one = consents::Stored {
            agreement: Agreement { id: ConsentId(Uuid::nil()), terms, ending: None },
            from: vec![party("Giver")],
            to: vec![party("Receiver"), party("Provider")],
            given_by: GivenBy::Guardian,
            giver_name: "text-giver".into(),
            giver_authority: "text-authority".into(),
            second_giver: "text-second".into(),
            shared_custody: true,
            child_view: "text-child".into(),
            form: Form::Written,
            recorded_by: String::new(),
            heard_by: String::new(),
            given_at: Timestamp::UNIX_EPOCH,
            recorded_at: Timestamp::UNIX_EPOCH,
            notice: NoticeId(Uuid::nil()),
            notice_number: 1,
            language: "nb".into(),
            interpreter: "text-interpreter".into(),
            capacity_note: "text-capacity".into(),
            replaces: None,
            end_how: String::new(),
            told_at: None,
            version: 1,
        };
        let texts = ["giver", "authority", "second", "child", "interpreter", "capacity"];
        for language in Language::ALL {
            let w = Words::new(language);
            let said = written(&one, w);
            for text in texts {
                assert!(said.contains(&format!("text-{text}")), "{language}: {text} in {said}");
            }
            assert!(said.contains("Receiver, Provider") && said.contains("2027"), "{said}");
            assert!(!said.contains('⟨'), "a text is missing: {said}");
        }
        let long = written(&one, Words::new(Language::Nb)).matches(": ").count();
        one.interpreter.clear();
        assert_eq!(written(&one, Words::new(Language::Nb)).matches(": ").count(), long - 1);
    }
}
