//! The measure providers, and what the agreement with each lists (REQ-INFO-05).

use axum::extract::Path;
use onedoor_domain::ids::{AgencyId, ProviderId};
use onedoor_domain::office::Role;
use onedoor_domain::secrecy::{Action, Categories, Category};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::store::{self, NewProvider, Provider};
use crate::consent::store::code_list;
use crate::db::Link;
use crate::journal::Entry;
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::walls;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ProvidersPage, _, _>(
            "/providers",
            "Measure providers, and what the agreement with each lists",
            list,
        )
        .act::<AgreementForm, _, _>("/providers", "Keeps an agreement with a provider", agree)
        .creating()
        .act::<EndForm, _, _>("/providers/{id}/end", "Ends an agreement early", end)
}

/// An agreement with a provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderLine {
    pub(crate) id: String,
    pub(crate) agency: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) reference: String,
    pub(crate) categories: Vec<String>,
    pub(crate) valid_from: String,
    pub(crate) valid_until: String,
    pub(crate) ended_on: Option<String>,
    /// Whether it holds today.
    pub(crate) holds: bool,
    pub(crate) may_end: bool,
    pub(crate) version: i64,
}

/// The providers.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProvidersPage {
    pub(crate) lines: Vec<ProviderLine>,
    pub(crate) may_agree: bool,
    /// The agencies of the office, whose agreements its manager keeps.
    pub(crate) agencies: Vec<Choice>,
    pub(crate) categories: Vec<String>,
    pub(crate) form: AgreementForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ProvidersPage, "provider/pages/providers.html");

/// An agreement as it is typed. No kind of information is ticked beforehand.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AgreementForm {
    /// Whose agreement it is: an agency of the office.
    #[serde(default)]
    pub(crate) agency: String,
    /// The provider's name.
    #[serde(default)]
    pub(crate) name: String,
    /// The address to which it is written when a consent is taken back.
    #[serde(default)]
    pub(crate) email: String,
    /// The agreement's number.
    #[serde(default)]
    pub(crate) reference: String,
    /// The kinds of information that it lists.
    #[serde(default)]
    pub(crate) category: Vec<String>,
    /// The first day; today when empty.
    #[serde(default)]
    pub(crate) valid_from: String,
    /// The last day.
    #[serde(default)]
    pub(crate) valid_until: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The agencies whose agreements the caller answers for: a joint manager's whole office.
async fn agencies(desk: &Desk, link: &mut Link) -> Result<Vec<Choice>, Fault> {
    let all = walls::givers(link, desk.office()?, desk.today()).await?;
    Ok(all.into_iter().map(|one| Choice { id: one.id.to_string(), name: one.name }).collect())
}

/// The agreements that the caller sees: their own agency's; a joint manager those of the
/// office, and the privacy owner all.
async fn seen(desk: &Desk, link: &mut Link) -> Result<Vec<Provider>, Fault> {
    let actor = desk.actor();
    match actor.role {
        Some(Role::PrivacyOwner) => Ok(store::providers(link, None).await?),
        Some(Role::JointManager) => {
            let mut all = Vec::new();
            for one in walls::givers(link, desk.office()?, desk.today()).await? {
                all.extend(store::providers(link, Some(one.id)).await?);
            }
            Ok(all)
        }
        _ => Ok(store::providers(link, Some(actor.agency.ok_or(Fault::Denied)?)).await?),
    }
}

async fn page(
    desk: &Desk,
    link: &mut Link,
    form: AgreementForm,
    faults: Vec<FieldFault>,
) -> Result<ProvidersPage, Fault> {
    let may_agree = desk.may(link, Action::AgreeProvider, Subject::Duty).await?;
    let today = desk.today();
    let agencies = if may_agree { agencies(desk, link).await? } else { Vec::new() };
    let lines = seen(desk, link).await?.into_iter().map(|one| ProviderLine {
        holds: one.holds(today),
        may_end: may_agree && one.ended.is_none() && today <= one.until,
        id: one.id.to_string(),
        agency: one.agency_name,
        name: one.name,
        email: one.email,
        reference: one.reference,
        categories: code_list(one.listed),
        valid_from: one.from.to_string(),
        valid_until: one.until.to_string(),
        ended_on: one.ended.map(|day| day.to_string()),
        version: one.version,
    });
    Ok(ProvidersPage {
        lines: lines.collect(),
        may_agree,
        agencies,
        categories: Category::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
        form,
        faults,
    })
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadProviders, Subject::Duty).await?;
    let form = AgreementForm {
        once: crate::app::new_id().to_string(),
        valid_from: desk.today().to_string(),
        ..AgreementForm::default()
    };
    let page = page(&desk, &mut conn, form, Vec::new()).await?;
    desk.show(&page)
}

fn note(desk: &Desk, permit: &Permit, detail: serde_json::Value) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail,
    });
}

fn check(
    form: &AgreementForm,
    today: jiff::civil::Date,
    faults: &mut Faults,
) -> Option<NewProvider> {
    let name = faults.line("name", &form.name);
    let email = faults.line("email", &form.email);
    let shape = email.split_once('@').is_some_and(|(left, right)| {
        !left.is_empty() && right.contains('.') && !email.contains(char::is_whitespace)
    });
    if !email.is_empty() && !shape {
        faults.add("email", "email");
    }
    let reference = faults.line("reference", &form.reference);
    let mut listed = Categories::NONE;
    for code in &form.category {
        match Category::parse(code.trim()) {
            Some(category) => listed = listed.with(category),
            None => faults.add("category", "choose"),
        }
    }
    if form.category.is_empty() {
        faults.add("category", "consent-no-category");
    }
    let from = match form.valid_from.trim() {
        "" => Some(today),
        typed => faults.date("valid_from", typed),
    };
    let until = faults.date("valid_until", &form.valid_until);
    if let (Some(from), Some(until)) = (from, until)
        && (until < from || until < today)
    {
        faults.add("valid_until", "provider-ends-before");
    }
    match (from, until) {
        (Some(from), Some(until)) if faults.is_empty() => {
            Some(NewProvider { name, email, reference, listed, from, until })
        }
        _ => None,
    }
}

async fn agree(desk: Desk, Input(form): Input<AgreementForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AgreeProvider, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "provider.agree", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "provider-agreed");
    }
    let me = desk.worker()?;
    let mut faults = Faults::default();
    let known = agencies(&desk, &mut tx).await?;
    let agency: Option<AgencyId> =
        known.iter().find(|one| one.id == form.agency.trim()).and_then(|one| one.id.parse().ok());
    if agency.is_none() {
        faults.add("agency", "choose");
    }
    let new = check(&form, desk.today(), &mut faults);
    let (Some(agency), Some(new)) = (agency, new) else {
        let faults = faults.into_list();
        let page = page(&desk, &mut tx, form, faults.clone()).await?;
        return desk.again(&page, faults);
    };
    let id = store::agree(&mut tx, agency, &new, me.id, desk.now()).await?;
    let listed = crate::consent::store::codes(new.listed);
    note(&desk, &permit, json!({ "provider": id.to_string(), "categories": listed }));
    once.save(&desk, &mut tx, "/providers").await?;
    desk.commit(tx).await?;
    desk.done("/providers", "provider-agreed")
}

/// Which version of an agreement is ended.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct EndForm {
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn end(desk: Desk, Path(id): Path<ProviderId>, Input(form): Input<EndForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::AgreeProvider, Subject::Duty).await?;
    let all = seen(&desk, &mut tx).await?;
    let one = all.into_iter().find(|one| one.id == id).ok_or(Fault::Hidden)?;
    let shown: Option<i64> = form.version.trim().parse().ok();
    if one.ended.is_some() || shown.is_some_and(|shown| shown != one.version) {
        return Err(Fault::conflict("stale"));
    }
    store::end(&mut tx, one.agency, (id, one.version), desk.today()).await?;
    note(&desk, &permit, json!({ "provider": id.to_string(), "ended": true }));
    desk.commit(tx).await?;
    desk.done("/providers", "provider-ended")
}
