//! The register of what is common and what is local.

use onedoor_domain::agreement::Scope;
use onedoor_domain::office::is_code;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::topics::{self, Decision, SettingLine, TopicLine};
use crate::agreement::note;
use crate::db::Link;
use crate::office::store::Choice;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

/// The routes of topics.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<TopicsPage, _, _>("/topics", "What is common and what is local", show)
        .act::<TopicForm, _, _>("/topics", "Writes what a planning session decided", decide)
        .act::<SettingForm, _, _>("/topics/settings", "Sets it for the caller's office", set)
}

/// A decision as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct TopicForm {
    /// The topic's code: the same again decides anew.
    #[serde(default)]
    pub(crate) code: String,
    /// What it is about.
    #[serde(default)]
    pub(crate) name: String,
    /// `common` or `local`.
    #[serde(default)]
    pub(crate) scope: String,
    /// How it is, or what is proposed.
    #[serde(default)]
    pub(crate) value: String,
    /// The day of the session.
    #[serde(default)]
    pub(crate) decided_on: String,
    /// The planning session.
    #[serde(default)]
    pub(crate) session: String,
}

/// A local setting as typed.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SettingForm {
    /// The topic's code.
    #[serde(default)]
    pub(crate) topic: String,
    /// How it is at the office.
    #[serde(default)]
    pub(crate) setting: String,
}

/// The register.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct TopicsPage {
    pub(crate) topics: Vec<TopicLine>,
    pub(crate) settings: Vec<SettingLine>,
    pub(crate) scopes: Vec<String>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) may_write: bool,
    pub(crate) form: TopicForm,
    pub(crate) local: SettingForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(TopicsPage, "routine/pages/topics.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<TopicsPage, Fault> {
    let topics = topics::topics(link, permit).await?;
    Ok(TopicsPage {
        choices: topics
            .iter()
            .map(|it| Choice { id: it.code.clone(), name: it.name.clone() })
            .collect(),
        topics,
        settings: topics::settings(link, permit).await?,
        scopes: Scope::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        may_write: desk.may(link, Action::WriteArrangements, Subject::Duty).await?,
        ..TopicsPage::default()
    })
}

async fn show(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadArrangements, Subject::Duty).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn decide(desk: Desk, Input(form): Input<TopicForm>) -> Reply {
    let me = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    let topic = form.code.trim();
    if !is_code(topic) {
        faults.add("code", "code");
    }
    let name = faults.line("name", &form.name);
    let scope = faults.choice("scope", &form.scope, Scope::parse);
    let value = faults.line("value", &form.value);
    let decided_on = faults.date("decided_on", &form.decided_on);
    let session = faults.line("session", &form.session);
    let (Some(scope), Some(decided_on), true) = (scope, decided_on, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let it = Decision { topic, name: &name, scope, value: &value, decided_on, session: &session };
    topics::decide(&mut tx, &permit, &it, (me.id, desk.now())).await?;
    note(&desk, &permit, "topic", topic);
    desk.commit(tx).await?;
    desk.done("/topics", "topic-kept")
}

/// REQ-ORG-22: what is common is not set otherwise at an office.
async fn set(desk: Desk, Input(form): Input<SettingForm>) -> Reply {
    let me = desk.worker()?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::WriteArrangements, Subject::Duty).await?;
    let mut faults = Faults::default();
    let topic = form.topic.trim();
    let value = faults.line("setting", &form.setting);
    match topics::topic(&mut tx, &permit, topic).await? {
        None => faults.add("topic", "choose"),
        Some((Scope::Common, common)) if common != value => {
            faults.add("setting", "topic-common");
        }
        Some(_) => {}
    }
    if !faults.is_empty() {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &permit).await?;
        page.local = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    }
    let what = (topic, office, value.as_str());
    topics::set(&mut tx, &permit, what, (me.id, desk.now())).await?;
    note(&desk, &permit, "local-setting", topic);
    desk.commit(tx).await?;
    desk.done("/topics", "setting-kept")
}
