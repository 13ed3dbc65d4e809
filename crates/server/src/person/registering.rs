//! Registering a person, or recognising one, and changing what is registered.

use axum::extract::Path;
use onedoor_domain::ids::PersonId;
use onedoor_domain::person::{
    Guard, IdentityFault, IdentityNumber, Language, Name, NameQuery, ProtectionKind,
};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::finding::{self, PersonLine};
use super::store::{self, NewPerson};
use crate::app::App;
use crate::office::store as offices;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply};

/// Reads an identity number; a real site refuses synthetic ones and a test
/// site refuses real ones.
pub(crate) fn read_number(
    app: &App,
    text: &str,
    today: jiff::civil::Date,
) -> Result<IdentityNumber, &'static str> {
    let own = IdentityNumber::parse(app.country, text, today);
    let number =
        own.or_else(|first: IdentityFault| IdentityNumber::guess(text, today).map_err(|_| first));
    match number {
        Ok(number) if number.is_test() == app.config.test_numbers => Ok(number),
        Ok(number) if number.is_test() => Err("identity-test"),
        Ok(_) => Err("identity-real"),
        Err(fault) => Err(fault.code()),
    }
}

/// A person as typed into a form.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PersonForm {
    /// Given name.
    #[serde(default)]
    pub(crate) given: String,
    /// Family name.
    #[serde(default)]
    pub(crate) family: String,
    /// Identity number; may be empty.
    #[serde(default)]
    pub(crate) number: String,
    /// Birth date, when there is no number.
    #[serde(default)]
    pub(crate) born_on: String,
    /// `nb`, `nn`, `sv` or `en`.
    #[serde(default)]
    pub(crate) language: String,
    /// Telephone.
    #[serde(default)]
    pub(crate) phone: String,
    /// E-mail.
    #[serde(default)]
    pub(crate) email: String,
    /// Street address.
    #[serde(default)]
    pub(crate) address: String,
    /// Postal code and place.
    #[serde(default)]
    pub(crate) postcode: String,
    /// Code of the basic statistical unit.
    #[serde(default)]
    pub(crate) basic_unit: String,
    /// `open`, `confidential`, `strictly_confidential`, `strictly_confidential_abroad`,
    /// `secrecy_marked` or `protected_registration`.
    #[serde(default)]
    pub(crate) protection: String,
    /// `yes` for staff and close family of staff: only marked workers see them.
    #[serde(default)]
    pub(crate) shielded: String,
    /// `here`, `abroad` or `unknown`.
    #[serde(default)]
    pub(crate) residence: String,
    /// The day of death, when it is known.
    #[serde(default)]
    pub(crate) died_on: String,
    /// Who said it.
    #[serde(default)]
    pub(crate) source: String,
    /// `yes` when the found persons are others.
    #[serde(default)]
    pub(crate) none_of_these: String,
    /// The version that was shown, when something is changed.
    #[serde(default)]
    pub(crate) version: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The form for a new person.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct RegisterPage {
    pub(crate) form: PersonForm,
    pub(crate) places: Vec<offices::Choice>,
    pub(crate) alike: Vec<PersonLine>,
    pub(crate) once: String,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(RegisterPage, "person/pages/register.html");

pub(super) async fn register_form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::RegisterPerson, Subject::Duty).await?;
    let form = PersonForm { language: "nb".into(), ..PersonForm::default() };
    desk.show(&RegisterPage {
        form,
        places: offices::basic_units(&mut conn, desk.actor().office).await?,
        once: crate::app::new_id().to_string(),
        ..RegisterPage::default()
    })
}

async fn check(
    desk: &Desk,
    link: &mut crate::db::Link,
    form: &PersonForm,
    faults: &mut Faults,
) -> Result<Option<NewPerson>, Fault> {
    let name = match Name::new(&form.given, &form.family) {
        Ok(name) => Some(name),
        Err(fault) => {
            faults.add("family", fault.code());
            None
        }
    };
    let mut number = None;
    if !form.number.trim().is_empty() {
        let read = read_number(desk.app(), &form.number, desk.today());
        number = faults.take("number", read, str::to_owned);
    }
    let mut born_on = number.as_ref().and_then(IdentityNumber::born_on);
    if !form.born_on.trim().is_empty()
        && let Some(said) = faults.date("born_on", &form.born_on)
    {
        if said > desk.today() {
            faults.add("born_on", "date-future");
        }
        if born_on.is_some_and(|born| born != said) {
            faults.add("born_on", "born-differs");
        }
        born_on = Some(said);
    }
    let language = if form.language.is_empty() { "nb" } else { &form.language };
    let language: Option<Language> = faults.take("language", language.parse(), |_| "choose".into());
    let protection = if form.protection.is_empty() { "open" } else { &form.protection };
    let protection = faults.choice("protection", protection, ProtectionKind::parse);
    let guard = protection.map_or(Guard::default(), ProtectionKind::guard);
    let guard = guard.shielded(form.shielded == "yes");
    if !guard.is_open_to(desk.actor().lacks()) {
        // Who would hide a person from themselves could not take it back.
        faults.add("protection", "protection-beyond");
    }
    let mut basic_unit = None;
    if !form.basic_unit.is_empty() {
        if offices::basic_unit(link, &form.basic_unit).await?.is_none() {
            faults.add("basic_unit", "choose");
        }
        basic_unit = Some(form.basic_unit.clone());
    }
    let mut died_on = None;
    if !form.died_on.trim().is_empty()
        && let Some(day) = faults.date("died_on", &form.died_on)
    {
        if day > desk.today() {
            faults.add("died_on", "date-future");
        }
        died_on = Some(day);
    }
    let email = faults.optional_line("email", &form.email);
    if !email.is_empty() && (email.matches('@').count() != 1 || email.contains(' ')) {
        faults.add("email", "email");
    }
    let source = if form.source.is_empty() { "person" } else { &form.source };
    let new = NewPerson {
        given: name.as_ref().map(|n| n.given().to_owned()).unwrap_or_default(),
        family: name.as_ref().map(|n| n.family().to_owned()).unwrap_or_default(),
        born_on,
        number,
        language: language.unwrap_or_default().as_str().to_owned(),
        phone: faults.optional_line("phone", &form.phone),
        email,
        address: faults.optional_line("address", &form.address),
        postcode: faults.optional_line("postcode", &form.postcode),
        basic_unit,
        guard,
        residence: match form.residence.as_str() {
            "" | "here" => "here",
            "abroad" => "abroad",
            "unknown" => "unknown",
            _ => {
                faults.add("residence", "choose");
                "here"
            }
        },
        died_on,
        source: faults.optional_line("source", source),
    };
    Ok(faults.is_empty().then_some(new))
}

pub(super) async fn register(desk: Desk, Input(form): Input<PersonForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::RegisterPerson, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "person.register", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "person-registered");
    }
    let mut faults = Faults::default();
    let Some(new) = check(&desk, &mut tx, &form, &mut faults).await? else {
        let faults = faults.into_list();
        let page = RegisterPage {
            places: offices::basic_units(&mut tx, desk.actor().office).await?,
            once: form.once.clone(),
            form,
            alike: Vec::new(),
            faults: faults.clone(),
        };
        return desk.again(&page, faults);
    };
    // Search before create: whoever looks alike is shown first.
    if new.number.is_none() && form.none_of_these != "yes" {
        let seeker = desk.permit(&mut tx, Action::SearchPerson, Subject::Duty).await?;
        let query = NameQuery::parse(&format!("{} {}", new.given, new.family));
        if let Ok(query) = query {
            let found = super::search(&desk, &mut tx, &seeker, &query, None).await?;
            let alike = finding::lines(&mut tx, &seeker, found.hits).await?;
            if !alike.is_empty() {
                desk.note_seen(&seeker, alike.iter().filter_map(|hit| hit.id.parse().ok()));
                let faults = vec![FieldFault::new("none_of_these", "person-alike")];
                let page = RegisterPage {
                    places: offices::basic_units(&mut tx, desk.actor().office).await?,
                    once: form.once.clone(),
                    form,
                    alike,
                    faults: faults.clone(),
                };
                return desk.again(&page, faults);
            }
        }
    }
    let id = store::register(&mut tx, &permit, desk.actor(), &new, desk.today()).await?;
    let location = format!("/persons/{id}");
    once.save(&desk, &mut tx, &location).await?;
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (crate::journal::SubjectKind::Person, Some(id.0)),
        persons: vec![id.0],
        detail: serde_json::Value::Null,
    });
    desk.commit(tx).await?;
    desk.done(&location, "person-registered")
}

/// The form for changes.
#[derive(Serialize, ToSchema)]
pub(crate) struct EditPage {
    pub(crate) id: String,
    pub(crate) form: PersonForm,
    pub(crate) places: Vec<offices::Choice>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(EditPage, "person/pages/edit.html");

pub(super) async fn edit_form(desk: Desk, Path(id): Path<PersonId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::EditPerson, Subject::Person(id)).await?;
    let identity = store::read(&mut conn, &permit).await?;
    desk.show(&EditPage {
        id: id.to_string(),
        form: PersonForm {
            given: identity.given,
            family: identity.family,
            language: identity.language,
            phone: identity.phone,
            email: identity.email,
            address: identity.address,
            postcode: identity.postcode,
            basic_unit: identity.basic_unit.unwrap_or_default(),
            protection: identity.guard.kind().as_str().to_owned(),
            shielded: if identity.guard.has(Guard::SHIELDED) { "yes" } else { "" }.to_owned(),
            residence: identity.residence,
            died_on: identity.died_on.unwrap_or_default(),
            source: identity.source,
            version: identity.version.to_string(),
            ..PersonForm::default()
        },
        places: offices::basic_units(&mut conn, desk.actor().office).await?,
        faults: Vec::new(),
    })
}

pub(super) async fn edit(
    desk: Desk,
    Path(id): Path<PersonId>,
    Input(form): Input<PersonForm>,
) -> Reply {
    let mut form = form;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditPerson, Subject::Person(id)).await?;
    let before = store::read(&mut tx, &permit).await?;
    if form.protection.is_empty() {
        // Left out is left as it is: protection is never taken away by silence.
        before.guard.kind().as_str().clone_into(&mut form.protection);
    }
    if form.shielded.is_empty() && before.guard.has(Guard::SHIELDED) {
        "yes".clone_into(&mut form.shielded);
    }
    if form.residence.is_empty() {
        before.residence.clone_into(&mut form.residence);
    }
    let mut faults = Faults::default();
    let new = check(&desk, &mut tx, &form, &mut faults).await?;
    let version: i64 = form.version.parse().unwrap_or_default();
    let Some(new) = new.filter(|_| faults.is_empty()) else {
        let faults = faults.into_list();
        let page = EditPage {
            id: id.to_string(),
            form,
            places: offices::basic_units(&mut tx, desk.actor().office).await?,
            faults: faults.clone(),
        };
        return desk.again(&page, faults);
    };
    let saved = store::save(&mut tx, &permit, &new, version, desk.today()).await;
    if new.guard != before.guard {
        desk.note(crate::journal::Entry {
            action: permit.action(),
            ground: Some(permit.ground()),
            subject: permit.subject(),
            persons: vec![id.0],
            detail: serde_json::json!({
                "guard_from": before.guard.as_i64(),
                "guard_to": new.guard.as_i64(),
            }),
        });
    }
    saved.map_err(|fault| {
        stale(
            fault,
            &[
                ("given", &form.given),
                ("family", &form.family),
                ("phone", &form.phone),
                ("email", &form.email),
                ("address", &form.address),
                ("postcode", &form.postcode),
            ],
        )
    })?;
    desk.commit(tx).await?;
    desk.done(&format!("/persons/{id}"), "person-saved")
}

/// Gives a conflict what was typed, so that nothing of it is lost.
pub(crate) fn stale(fault: Fault, sent: &[(&str, &str)]) -> Fault {
    match fault {
        Fault::Conflict(code, _) => Fault::Conflict(
            code,
            sent.iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
                .collect(),
        ),
        other => other,
    }
}
