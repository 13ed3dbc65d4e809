//! What front staff may not decide alone goes to the unit that may, and comes back with a reason
//! where it was sent in vain (REQ-FRONT-10).

use axum::extract::{Path, Query};
use onedoor_domain::entry::Returned;
use onedoor_domain::ids::{UnitId, VisitId};
use onedoor_domain::office::Subject as Matter;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::args;
use crate::db::{DbError, Link, Row};
use crate::office::store::{self as offices, Choice};
use crate::policy::{Permit, Subject};
use crate::reception::store as visits;
use crate::service::matters;
use crate::walls::open_to;
use crate::web::validate::Faults;
use crate::web::{Desk, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    SEND = "insert into escalation (visit_id, subject, office_id, unit_id, staff_id, at, returned_at,
            returned_by, return_reason, decided_at)
        select v.id, $2, v.office_id, $3, $4, $5, null, null, null, null from visit v
        where v.id = $1 on conflict do nothing";
    OF_VISIT = "select e.subject, u.name, s.name, e.at, coalesce(e.return_reason, ''), e.visit_id,
            v.day, v.ticket, e.decided_at
        from escalation e join unit u on u.id = e.unit_id join staff s on s.id = e.staff_id
        join visit v on v.id = e.visit_id
        where e.visit_id = $1 order by e.at limit 50";
    // The oldest first. It names no visitor: the day, the ticket and the subject are enough to find the talk.
    OF_UNIT = concat!("select e.subject, u.name, s.name, e.at, coalesce(e.return_reason, ''), e.visit_id,
            v.day, v.ticket, e.decided_at
        from escalation e join unit u on u.id = e.unit_id join staff s on s.id = e.staff_id
        join visit v on v.id = e.visit_id left join person p on p.id = v.person_id
        where e.unit_id = $1 and e.returned_at is null and e.decided_at is null
            and (e.at > $4 or (e.at = $4 and (e.visit_id > $5
                or (e.visit_id = $5 and e.subject > $6)))) and ", open_to!("$2", "$3"), "
        order by e.at, e.visit_id, e.subject limit 101");
    RETURN = concat!("update escalation set returned_at = $4, returned_by = $5, return_reason = $6
        where visit_id = $1 and subject = $2 and unit_id = $3 and returned_at is null
            and decided_at is null and exists (select 1 from visit v left join person p on p.id = v.person_id
                where v.id = escalation.visit_id and ", open_to!("$7", "$5"), ")");
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<EscalationPage, _, _>("/visits/{id}/escalation", "Decisions that were sent on", show)
        .act::<SendForm, _, _>(
            "/visits/{id}/escalation",
            "Sends a decision to the unit that may make it",
            send,
        )
        .see::<UnitPage, _, _>("/escalations", "Decisions sent to the caller's unit", list)
        .asking(&["after"])
        .act::<ReturnForm, _, _>("/escalations/{id}", "Sends one back, with the reason", give_back)
}

/// A decision that was sent on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EscalationLine {
    pub(crate) subject: String,
    pub(crate) unit: String,
    pub(crate) by: String,
    pub(crate) at: i64,
    /// Why it came back; empty while it has not.
    pub(crate) returned: String,
    /// When the unit decided in the subject; nothing while it has not.
    pub(crate) decided_at: Option<i64>,
    /// The visit.
    pub(crate) visit: String,
    pub(crate) day: String,
    pub(crate) ticket: i64,
}

fn line(mut row: Row) -> Result<EscalationLine, DbError> {
    let visit: Uuid = row.get(5)?;
    Ok(EscalationLine {
        subject: row.get(0)?,
        unit: row.get(1)?,
        by: row.get(2)?,
        at: row.get(3)?,
        returned: row.get(4)?,
        visit: visit.to_string(),
        day: row.get(6)?,
        ticket: row.get(7)?,
        decided_at: row.get(8)?,
    })
}

/// A decision to be sent on.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct SendForm {
    /// The subject.
    #[serde(default)]
    pub(crate) subject: String,
    /// The unit that may decide.
    #[serde(default)]
    pub(crate) unit: String,
}

/// What was sent on at a visit.
#[derive(Serialize, ToSchema)]
pub(crate) struct EscalationPage {
    pub(crate) id: String,
    pub(crate) ticket: i64,
    pub(crate) lines: Vec<EscalationLine>,
    pub(crate) subjects: Vec<String>,
    /// Those that the front office decides itself: they are not sent on.
    pub(crate) alone: Vec<String>,
    pub(crate) units: Vec<Choice>,
    pub(crate) form: SendForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(EscalationPage, "entry/pages/escalation.html");

async fn page(desk: &Desk, link: &mut Link, permit: &Permit) -> Result<EscalationPage, Fault> {
    let stored = visits::read_whole(link, permit).await?;
    let rows = link.rows(permit.opens(&OF_VISIT), args![permit.visit()?]).await?;
    let mut alone = Vec::new();
    for matter in Matter::ALL {
        if matters::is_front(link, matter, desk.today()).await? {
            alone.push(matter.as_str().to_owned());
        }
    }
    Ok(EscalationPage {
        id: permit.visit()?.to_string(),
        ticket: stored.ticket,
        lines: rows.into_iter().map(line).collect::<Result<_, _>>()?,
        subjects: Matter::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        alone,
        units: offices::near_units(link, stored.office, desk.today()).await?,
        form: SendForm::default(),
        faults: Vec::new(),
    })
}

async fn show(desk: Desk, Path(id): Path<VisitId>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::Escalate, Subject::Visit(id)).await?;
    let page = page(&desk, &mut conn, &permit).await?;
    desk.show(&page)
}

async fn send(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<SendForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Escalate, Subject::Visit(id)).await?;
    visits::read_whole(&mut tx, &permit).await?;
    let mut faults = Faults::default();
    let subject = faults.choice("subject", &form.subject, Matter::parse);
    let unit = faults.id("unit", &form.unit).map(UnitId);
    if let Some(subject) = subject
        && matters::is_front(&mut tx, subject, desk.today()).await?
        && offices::may_decide(&mut tx, worker.unit, subject, desk.today()).await?
    {
        faults.add("subject", "escalation-decide-here");
    }
    if let (Some(subject), Some(unit)) = (subject, unit)
        && !offices::may_decide(&mut tx, unit, subject, desk.today()).await?
    {
        faults.add("unit", "visit-no-unit");
    }
    let (Some(subject), Some(unit), true) = (subject, unit, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    let args = args![id, subject.as_str(), unit, worker.id, desk.now()];
    if tx.run(permit.opens(&SEND), args).await? != 1 {
        // It lies with a unit already; that one decides or sends it back.
        let list = vec![FieldFault::new("subject", "escalation-there")];
        let mut shown = page(&desk, &mut tx, &permit).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    }
    desk.commit(tx).await?;
    desk.done(&format!("/visits/{id}/escalation"), "escalation-sent")
}

/// What was sent to the caller's unit.
#[derive(Serialize, ToSchema)]
pub(crate) struct UnitPage {
    pub(crate) lines: Vec<EscalationLine>,
    /// Where the next page begins; empty on the last.
    pub(crate) after: String,
    pub(crate) reasons: Vec<String>,
}

crate::page!(UnitPage, "entry/pages/escalations.html");

#[derive(Default, Deserialize)]
struct After {
    #[serde(default)]
    after: String,
}

/// Decisions on one page.
const PAGE: usize = 100;

async fn list(desk: Desk, Query(asked): Query<After>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::Escalate, Subject::Duty).await?;
    debug_assert_eq!(permit.action(), Action::Escalate);
    let actor = desk.actor();
    let mut place = asked.after.splitn(3, '.');
    let at: i64 = place.next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let visit: Uuid = place.next().and_then(|it| it.parse().ok()).unwrap_or(Uuid::nil());
    let subject = place.next().unwrap_or_default();
    let args = args![actor.unit, actor.lacks(), actor.id, at, visit, subject];
    let rows = conn.rows(permit.opens(&OF_UNIT), args).await?;
    let mut lines: Vec<EscalationLine> = rows.into_iter().map(line).collect::<Result<_, _>>()?;
    let more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines.last().filter(|_| more);
    let after = last.map(|it| format!("{}.{}.{}", it.at, it.visit, it.subject)).unwrap_or_default();
    let reasons = Returned::ALL.iter().map(|it| it.as_str().to_owned()).collect();
    desk.show(&UnitPage { lines, after, reasons })
}

/// Why a decision is sent back.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ReturnForm {
    /// The subject.
    #[serde(default)]
    pub(crate) subject: String,
    /// `decide_there`, `incomplete` or `other_unit`.
    #[serde(default)]
    pub(crate) reason: String,
}

async fn give_back(desk: Desk, Path(id): Path<VisitId>, Input(form): Input<ReturnForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::Escalate, Subject::Duty).await?;
    let subject = Matter::parse(form.subject.trim());
    let subject = subject.ok_or_else(|| Fault::field("subject", "choose"))?;
    let reason = Returned::parse(form.reason.trim());
    let reason = reason.ok_or_else(|| Fault::field("reason", "choose"))?;
    let args = args![
        id,
        subject.as_str(),
        worker.unit,
        desk.now(),
        worker.id,
        reason.as_str(),
        desk.actor().lacks(),
    ];
    if tx.run(permit.opens(&RETURN), args).await? != 1 {
        return Err(Fault::Hidden);
    }
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: (crate::journal::SubjectKind::Visit, Some(id.0)),
        persons: Vec::new(),
        detail: serde_json::json!({ "what": "returned", "subject": subject.as_str() }),
    });
    desk.commit(tx).await?;
    desk.done("/escalations", "escalation-returned")
}
