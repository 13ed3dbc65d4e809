//! The information point: contacts of which no identity is kept, counted apart (REQ-FRONT-23). The
//! form has no field for who it was and none for free text, and the table has no column for either.

use axum::extract::Query;
use jiff::ToSpan;
use jiff::civil::Date;
use onedoor_domain::entry::{AnonymousKind, Channel, Guidance};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::reception::Need;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::args;
use crate::db::{DbError, Link};
use crate::policy::Subject;
use crate::service::store::{self as catalogue, ServiceLine};
use crate::web::validate::Faults;
use crate::web::{Desk, FieldFault, Input, Once, Reply, Routes};

crate::sql! {
    KEEP = "insert into anonymous_contact (id, office_id, day, kind, channel, needs, guidance)
        values ($1, $2, $3, $4, $5, $6, $7)";
    COUNTS = "select kind, channel, count(*) from anonymous_contact
        where office_id = $1 and day >= $2 and day <= $3 group by kind, channel
        order by kind, channel";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<ContactsPage, _, _>("/contacts", "Contacts of nobody in the last month", list)
        .asking(&["guidance"])
        .act::<ContactForm, _, _>("/contacts", "Counts a contact of nobody", keep)
        .creating()
}

/// A count of contacts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactCount {
    /// `information` or `advice`.
    pub kind: String,
    /// `desk`, `phone` or `net`.
    pub channel: String,
    /// How many.
    pub count: i64,
}

/// Counts contacts of an office between two days, both inside.
///
/// # Errors
/// When the database does not answer.
pub async fn counts(
    link: &mut Link,
    office: OfficeId,
    from: Date,
    until: Date,
) -> Result<Vec<ContactCount>, DbError> {
    let rows = link.rows(&COUNTS, args![office, from, until]).await?;
    rows.into_iter()
        .map(|mut row| {
            Ok(ContactCount { kind: row.get(0)?, channel: row.get(1)?, count: row.get(2)? })
        })
        .collect()
}

/// A contact: codes from closed lists and nothing else.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactForm {
    /// `information` or `advice`.
    #[serde(default)]
    pub(crate) kind: String,
    /// `desk`, `phone` or `net`.
    #[serde(default)]
    pub(crate) channel: String,
    /// What it was about: codes of needs.
    #[serde(default)]
    pub(crate) need: Vec<String>,
    /// Subjects of guidance: `jobs`, `qualification`, `rights`.
    #[serde(default)]
    pub(crate) guidance: Vec<String>,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// The information point.
#[derive(Serialize, ToSchema)]
pub(crate) struct ContactsPage {
    pub(crate) counts: Vec<ContactCount>,
    pub(crate) kinds: Vec<String>,
    pub(crate) channels: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) subjects: Vec<String>,
    /// What the catalogue offers for the subjects of guidance (REQ-FRONT-15).
    pub(crate) offered: Vec<ServiceLine>,
    pub(crate) form: ContactForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ContactsPage, "entry/pages/contacts.html");

#[derive(Default, Deserialize)]
struct Asked {
    #[serde(default)]
    guidance: String,
}

/// The needs of subjects of guidance.
pub(super) fn needs_of(subjects: &[Guidance]) -> Vec<Need> {
    let mut needs: Vec<Need> =
        subjects.iter().flat_map(|one| one.needs().iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

async fn page(desk: &Desk, link: &mut Link, asked: &[Guidance]) -> Result<ContactsPage, DbError> {
    let today = desk.today();
    let month = today.checked_sub(30.days()).unwrap_or(today);
    let counts = match desk.actor().office {
        Some(office) => counts(link, office, month, today).await?,
        None => Vec::new(),
    };
    let language = desk.words().language();
    Ok(ContactsPage {
        counts,
        kinds: AnonymousKind::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        channels: Channel::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        needs: Need::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        subjects: Guidance::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        offered: catalogue::offered_for(link, language, &needs_of(asked)).await?,
        form: ContactForm {
            channel: "desk".into(),
            once: crate::app::new_id().to_string(),
            ..ContactForm::default()
        },
        faults: Vec::new(),
    })
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::NoteContact, Subject::Duty).await?;
    let subjects: Vec<Guidance> = Guidance::parse(asked.guidance.trim()).into_iter().collect();
    let page = page(&desk, &mut conn, &subjects).await?;
    desk.show(&page)
}

async fn keep(desk: Desk, Input(form): Input<ContactForm>) -> Reply {
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    desk.permit(&mut tx, Action::NoteContact, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "contact", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return desk.done(earlier, "contact-kept");
    }
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, AnonymousKind::parse);
    let channel = faults.choice("channel", &form.channel, Channel::parse);
    let needs: Vec<&str> =
        form.need.iter().filter_map(|one| Need::parse(one)).map(Need::as_str).collect();
    let subjects: Vec<Guidance> =
        form.guidance.iter().filter_map(|one| Guidance::parse(one)).collect();
    if needs.len() < form.need.len() {
        faults.add("need", "choose");
    }
    if subjects.len() < form.guidance.len() {
        faults.add("guidance", "choose");
    }
    let (Some(kind), Some(channel), true) = (kind, channel, faults.is_empty()) else {
        let list = faults.into_list();
        let mut page = page(&desk, &mut tx, &subjects).await?;
        page.form = form;
        page.faults.clone_from(&list);
        return desk.again(&page, list);
    };
    let codes: Vec<&str> = subjects.iter().map(|one| one.as_str()).collect();
    let args = args![
        crate::app::new_id(),
        office,
        desk.today(),
        kind.as_str(),
        channel.as_str(),
        serde_json::json!(needs).to_string(),
        codes.join(" "),
    ];
    tx.run_one(&KEEP, args).await?;
    let location = match codes.first() {
        Some(code) => format!("/contacts?guidance={code}"),
        None => "/contacts".to_owned(),
    };
    once.save(&desk, &mut tx, &location).await?;
    desk.commit(tx).await?;
    desk.done(&location, "contact-kept")
}
