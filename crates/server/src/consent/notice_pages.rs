//! The privacy owner's pages for what people are told before they consent.

use std::collections::BTreeMap;

use axum::extract::Path;
use onedoor_domain::ids::{NoticeId, StaffId};
use onedoor_domain::person::Language;
use onedoor_domain::secrecy::{Action, Purpose};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::notices::{self, LONGEST, Notice, Told};
use super::shown::paragraphs;
use crate::journal::Entry;
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<NoticesPage, _, _>("/notices", "Every version of every notice", list)
        .act::<DraftForm, _, _>("/notices", "Begins a new version of a notice", draft)
        .see::<NoticePage, _, _>("/notices/{id}", "One version of a notice", show)
        .act::<NoticeForm, _, _>("/notices/{id}", "Keeps the texts of a draft", write)
        .act::<PublishForm, _, _>("/notices/{id}/publish", "Publishes a draft", publish)
}

/// A version of a notice in the list.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticeLine {
    pub(crate) id: String,
    pub(crate) purpose: String,
    pub(crate) number: i64,
    /// `draft` or `published`.
    pub(crate) state: String,
    pub(crate) drafted_at: i64,
    pub(crate) published_at: Option<i64>,
    pub(crate) published_by: String,
    /// How many consents stand on it.
    pub(crate) consents: i64,
}

/// Every version of every notice.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticesPage {
    pub(crate) lines: Vec<NoticeLine>,
    pub(crate) purposes: Vec<String>,
}

crate::page!(NoticesPage, "consent/pages/notices.html");

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::EditNotice, Subject::Duty).await?;
    let lines = notices::history(&mut conn, &permit).await?;
    desk.show(&NoticesPage {
        lines: lines
            .into_iter()
            .map(|one| NoticeLine {
                id: one.id.to_string(),
                purpose: one.purpose,
                number: one.number,
                state: one.state,
                drafted_at: one.drafted_at,
                published_at: one.published_at,
                published_by: one.published_by,
                consents: one.consents,
            })
            .collect(),
        purposes: Purpose::ALL.iter().map(|one| one.as_str().to_owned()).collect(),
    })
}

/// What a new version is for.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct DraftForm {
    /// The purpose's code.
    #[serde(default)]
    pub(crate) purpose: String,
}

fn note(desk: &Desk, permit: &Permit, notice: NoticeId, more: &str) {
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: json!({ "notice": notice.to_string(), "act": more }),
    });
}

async fn draft(desk: Desk, Input(form): Input<DraftForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNotice, Subject::Duty).await?;
    let purpose =
        Purpose::parse(form.purpose.trim()).ok_or_else(|| Fault::field("purpose", "choose"))?;
    let by = desk.actor().id.map(StaffId);
    let id = notices::draft(&mut tx, &permit, purpose, by, desk.now()).await?;
    note(&desk, &permit, id, "draft");
    desk.commit(tx).await?;
    desk.done(&format!("/notices/{id}"), "notice-drafted")
}

/// A notice in one language, as it is written and as it will be read.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToldIn {
    pub(crate) language: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) paragraphs: Vec<String>,
}

/// One version of a notice.
#[derive(Serialize, ToSchema)]
pub(crate) struct NoticePage {
    pub(crate) id: String,
    pub(crate) purpose: String,
    pub(crate) number: i64,
    pub(crate) published: bool,
    pub(crate) version: i64,
    pub(crate) texts: Vec<ToldIn>,
    /// Languages in which something is missing; all must be there to publish.
    pub(crate) missing: Vec<String>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(NoticePage, "consent/pages/notice.html");

fn notice_page(notice: &Notice) -> NoticePage {
    NoticePage {
        id: notice.id.to_string(),
        purpose: notice.purpose.as_str().to_owned(),
        number: notice.number,
        published: notice.published,
        version: notice.version,
        texts: Language::ALL
            .into_iter()
            .map(|language| {
                let told = notice.told(language.as_str()).cloned().unwrap_or_default();
                ToldIn {
                    language: language.as_str().to_owned(),
                    paragraphs: paragraphs(&told.body),
                    title: told.title,
                    body: told.body,
                }
            })
            .collect(),
        missing: notice.missing().into_iter().map(str::to_owned).collect(),
        faults: Vec::new(),
    }
}

async fn show(desk: Desk, Path(id): Path<NoticeId>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::EditNotice, Subject::Duty).await?;
    let notice = notices::read(&mut conn, id).await?;
    desk.show(&notice_page(&notice))
}

/// The texts of a draft in every language. What is left out stays as it is.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub(crate) struct NoticeForm {
    /// The title in bokmål.
    pub(crate) title_nb: Option<String>,
    /// The text in bokmål.
    pub(crate) body_nb: Option<String>,
    /// The title in nynorsk.
    pub(crate) title_nn: Option<String>,
    /// The text in nynorsk.
    pub(crate) body_nn: Option<String>,
    /// The title in Swedish.
    pub(crate) title_sv: Option<String>,
    /// The text in Swedish.
    pub(crate) body_sv: Option<String>,
    /// The title in English.
    pub(crate) title_en: Option<String>,
    /// The text in English.
    pub(crate) body_en: Option<String>,
    /// The version that was shown.
    pub(crate) version: String,
}

impl NoticeForm {
    fn parts(&self) -> [(&'static str, &Option<String>, &Option<String>); 4] {
        [
            ("nb", &self.title_nb, &self.body_nb),
            ("nn", &self.title_nn, &self.body_nn),
            ("sv", &self.title_sv, &self.body_sv),
            ("en", &self.title_en, &self.body_en),
        ]
    }
}

async fn write(desk: Desk, Path(id): Path<NoticeId>, Input(form): Input<NoticeForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::EditNotice, Subject::Duty).await?;
    let mut notice = notices::read(&mut tx, id).await?;
    if notice.published {
        return Err(Fault::conflict("notice-published"));
    }
    let shown: Option<i64> = form.version.trim().parse().ok();
    if shown.is_some_and(|shown| shown != notice.version) {
        return Err(Fault::conflict("stale"));
    }
    let mut faults = Faults::default();
    let mut texts: BTreeMap<String, Told> = BTreeMap::new();
    for (language, title, body) in form.parts() {
        let before = notice.told(language).cloned().unwrap_or_default();
        let title = match title {
            Some(title) => faults.optional_line(&format!("title_{language}"), title),
            None => before.title,
        };
        let body = match body {
            Some(body) => faults
                .take(&format!("body_{language}"), text::optional(body, LONGEST), |fault| {
                    fault.code().into()
                })
                .unwrap_or_else(|| body.clone()),
            None => before.body,
        };
        texts.insert(language.to_owned(), Told { title, body });
    }
    if !faults.is_empty() {
        notice.texts = texts;
        let mut page = notice_page(&notice);
        page.faults = faults.into_list();
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    }
    let by = desk.actor().id.map(StaffId);
    notices::write(&mut tx, &permit, (id, notice.version), &texts, by, desk.now()).await?;
    note(&desk, &permit, id, "write");
    desk.commit(tx).await?;
    desk.done(&format!("/notices/{id}"), "notice-saved")
}

/// Which version of the draft was shown.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct PublishForm {
    /// The version.
    #[serde(default)]
    pub(crate) version: String,
}

async fn publish(desk: Desk, Path(id): Path<NoticeId>, Input(form): Input<PublishForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::PublishNotice, Subject::Duty).await?;
    let notice = notices::read(&mut tx, id).await?;
    if notice.published {
        return Err(Fault::conflict("notice-published"));
    }
    let shown: Option<i64> = form.version.trim().parse().ok();
    if shown.is_some_and(|shown| shown != notice.version) {
        return Err(Fault::conflict("stale"));
    }
    let missing = notice.missing();
    if !missing.is_empty() {
        let mut page = notice_page(&notice);
        page.faults = missing
            .into_iter()
            .map(|language| FieldFault::new(format!("title_{language}"), "notice-language"))
            .collect();
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    }
    let by = desk.actor().id.map(StaffId);
    notices::publish(&mut tx, &permit, &notice, by, desk.now()).await?;
    note(&desk, &permit, id, "publish");
    desk.commit(tx).await?;
    desk.done(&format!("/notices/{id}"), "notice-published")
}
