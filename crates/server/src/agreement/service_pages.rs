//! Adding a service above the minimum to an agreement.

use onedoor_domain::agreement::Service;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::pages::agreement_page;
use super::{note, store};
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, Input, Reply, Routes};

/// The route.
pub(super) fn routes() -> Routes {
    Routes::default().act::<ServiceForm, _, _>(
        "/local-services",
        "Adds a service above the minimum",
        add_service,
    )
}

/// A service above the minimum.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ServiceForm {
    /// The office that gives it.
    #[serde(default)]
    pub(crate) office: String,
    /// The service's code.
    #[serde(default)]
    pub(crate) service: String,
    /// The agreement that it stands on.
    #[serde(default)]
    pub(crate) agreement: String,
}

/// REQ-ORG-26: a service above the minimum refers to an agreement whose remit it is.
async fn add_service(desk: Desk, Input(form): Input<ServiceForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let Ok(id) = form.agreement.trim().parse::<Uuid>() else {
        return Err(Fault::field("agreement", "service-without-agreement"));
    };
    let mut page =
        agreement_page(&desk, &mut tx, &permit, id).await.map_err(|fault| match fault {
            Fault::Hidden => Fault::field("agreement", "service-without-agreement"),
            other => other,
        })?;
    if !page.may_write {
        return Err(Fault::Denied);
    }
    let mut faults = Faults::default();
    let office = faults.id("office", &form.office).map(OfficeId);
    let known = office.filter(|id| page.office_choices.iter().any(|it| it.id == id.to_string()));
    if office.is_some() && known.is_none() {
        faults.add("office", "choose");
    }
    let service = faults.choice("service", &form.service, |word| {
        Service::parse(word).filter(|it| it.is_addition())
    });
    let versions = store::versions(&mut tx, &permit, id).await?;
    let agreed = service.is_none_or(|it| versions.iter().any(|v| v.terms.remit.contains(&it)));
    if !agreed {
        faults.add("service", "service-not-agreed");
    }
    let (Some(office), Some(service), true) = (known, service, faults.is_empty()) else {
        let list = faults.into_list();
        page.service_form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let whose = (office, service, id);
    store::add_service(&mut tx, &permit, whose, (me.id, desk.now())).await?;
    note(&desk, &permit, "service", id);
    desk.commit(tx).await?;
    desk.done(&format!("/agreements/{id}"), "local-service-kept")
}
