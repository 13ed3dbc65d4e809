//! A measure provider at the table: its own items of the agenda and the minutes, within what its
//! agreement lists and the walls let through, and nothing else (REQ-MEET-13). What it is given is
//! kept word for word, and the person reads it.

use axum::extract::{Path, RawQuery};
use onedoor_domain::ids::{MeetingId, ProviderId};
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lines::{self, ForProvider, PURPOSE};
use super::pages::{LineView, views};
use super::store;
use crate::db::Link;
use crate::policy::{Permit, Subject};
use crate::provider::store as providers;
use crate::walls::{self, Standing};
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ProviderCopy, _, _>(
            "/meetings/{id}/provider/{provider}",
            "What a provider is told of a meeting",
            show,
        )
        .asking(&["condition"])
        .act::<CopyForm, _, _>(
            "/meetings/{id}/provider/{provider}",
            "Gives a provider its copy",
            give,
        )
}

/// A condition that the giver may say holds.
#[derive(Clone, Serialize, ToSchema)]
pub(crate) struct CopyCondition {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) said: bool,
}

/// The provider's copy.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderCopy {
    pub(crate) id: String,
    pub(crate) provider: String,
    pub(crate) name: String,
    pub(crate) starts_at: i64,
    /// Whether it may be told of the person at all.
    pub(crate) may: bool,
    pub(crate) conditions: Vec<CopyCondition>,
    pub(crate) lines: Vec<LineView>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ProviderCopy, "meeting/pages/provider.html");

impl ProviderCopy {
    /// The lines of one kind.
    pub(crate) fn of(&self, kind: &str) -> Vec<&LineView> {
        self.lines.iter().filter(|line| line.kind == kind).collect()
    }
}

/// What the giver says.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CopyForm {
    /// The conditions that hold: codes.
    #[serde(default)]
    pub(crate) condition: Vec<String>,
}

async fn copy(
    desk: &Desk,
    link: &mut Link,
    permit: &Permit,
    (id, provider): (MeetingId, ProviderId),
    declared: &[String],
) -> Result<(ProviderCopy, ForProvider), Fault> {
    let meeting = store::read(link, permit).await?;
    let person = meeting.person.ok_or(Fault::Hidden)?;
    let parties = store::parties(link, permit, id).await?;
    let invited = parties.iter().any(|one| one.provider == Some(provider));
    // Only the agency whose agreement it is gives it anything.
    let agency = desk.worker()?.agency;
    let all = providers::providers(link, Some(agency)).await?;
    let one = all.into_iter().find(|one| one.id == provider && one.holds(desk.today()));
    let one = one.filter(|_| invited).ok_or(Fault::Hidden)?;
    let listed = (provider, one.listed);
    let told = lines::for_provider(desk, link, permit, (id, person), listed, declared).await?;
    let me = walls::giver_of(link, agency, desk.actor().office).await?.ok_or(Fault::Denied)?;
    let standing = Standing::of(desk, link, permit).await?;
    let standing = standing.before_provider(provider, one.listed, declared);
    let language = desk.words().language();
    let conditions = standing.declarable(&me, PURPOSE).into_iter().map(|code| {
        let pack = standing.pack();
        let entry = pack.condition(&code).and_then(|one| pack.condition_entry(one));
        let text = entry.map_or(code.clone(), |it| it.names.in_language(language).to_owned());
        CopyCondition { said: declared.contains(&code), text, code }
    });
    let page = ProviderCopy {
        id: id.to_string(),
        provider: provider.to_string(),
        name: one.name,
        starts_at: meeting.starts.as_microsecond(),
        may: told.may,
        conditions: conditions.collect(),
        lines: views(&told.lines, |_| false),
        faults: Vec::new(),
    };
    Ok((page, told))
}

async fn show(
    desk: Desk,
    Path((id, provider)): Path<(MeetingId, ProviderId)>,
    RawQuery(query): RawQuery,
) -> Reply {
    let asked: CopyForm = serde_html_form::from_str(&query.unwrap_or_default()).unwrap_or_default();
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadMeeting, Subject::Meeting(id)).await?;
    let of = (id, provider);
    let (page, _) = copy(&desk, &mut conn, &permit, of, &asked.condition).await?;
    desk.show(&page)
}

async fn give(
    desk: Desk,
    Path((id, provider)): Path<(MeetingId, ProviderId)>,
    Input(form): Input<CopyForm>,
) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteMeeting, Subject::Meeting(id)).await?;
    let of = (id, provider);
    let (_, told) = copy(&desk, &mut tx, &permit, of, &form.condition).await?;
    let to = (provider, form.condition.as_slice());
    lines::hand(&desk, &mut tx, &permit, to, &told).await?;
    desk.commit(tx).await?;
    desk.done(&format!("/meetings/{id}"), "meeting-handed")
}
