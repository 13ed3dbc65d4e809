//! What a file of arrangements says of documents, topics, efforts, bodies and who knows what.

use std::collections::BTreeSet;

use jiff::civil::Date;
use onedoor_domain::agreement::{Arrangements, DocumentKind, FileFault, Scope, Standing};
use onedoor_domain::ids::AgencyId;
use onedoor_domain::office::Subject;
use onedoor_domain::standard::{Body, Receives, Report};
use uuid::Uuid;

use super::bring::{By, Known, change};
use super::change::{Change, ImportFault};
use crate::absence::{self, Competence};
use crate::app::id_of;
use crate::args;
use crate::policy::Proof;
use crate::routine::documents::{self, NewVersion};
use crate::routine::topics::{self, Decision, NewEffort};
use crate::standard::recipients::{self, Entry};

crate::sql! {
    NEWEST_TEXT = "select v.text, v.valid_from, d.title, d.kind from joint_document d
        join joint_document_version v on v.document_id = d.id where d.id = $1
        order by v.n desc limit 1";
    FOLLOWERS = "select agency_id from joint_document_follower where document_id = $1 limit 500";
    CITED = "select document_id, n, name from workflow where id = $1";
    EFFORT = "select standing, name, municipality, first_day, last_day from joint_effort
        where id = $1";
    TOPIC = "select scope, value, name, decided_on, session from topic_decision
        where topic = $1 order by n desc limit 1";
}

pub(super) async fn written(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    let who = (by.staff, by.now);
    for at in &all.documents {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let agencies = known.several(line, &it.agencies).await?;
        let Some(kind) = DocumentKind::parse(&it.kind) else { continue };
        let id = id_of("joint-document", &it.code);
        if let Some(mut row) = known.tx.row(&NEWEST_TEXT, args![id]).await? {
            let (text, from): (String, Date) = (row.get(0)?, row.get(1)?);
            let (title, held): (String, String) = (row.get(2)?, row.get(3)?);
            let mut follow: BTreeSet<AgencyId> = BTreeSet::new();
            for mut row in known.tx.rows(&FOLLOWERS, args![id]).await? {
                follow.insert(row.get(0)?);
            }
            let wanted: BTreeSet<AgencyId> = agencies.iter().copied().collect();
            if (text.as_str(), from, title.as_str(), held.as_str())
                == (it.text.as_str(), it.from, it.title.as_str(), kind.as_str())
                && follow == wanted
            {
                continue;
            }
        }
        let n = documents::newest(known.tx, proof, id).await?;
        let new = NewVersion {
            code: &it.code,
            kind,
            title: &it.title,
            from: it.from,
            text: &it.text,
            agencies: &agencies,
        };
        documents::write(known.tx, proof, &new, who).await?;
        let before = if n == 0 { String::new() } else { n.to_string() };
        changes.push(change("documents", &it.code, before, (n + 1).to_string(), 0));
    }
    for at in &all.workflows {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let document = id_of("joint-document", &it.document);
        let n = documents::newest(known.tx, proof, document).await?;
        if n == 0 {
            known.fault(line, FileFault::UnknownDocument, &it.document);
            continue;
        }
        let mut before = String::new();
        let id = id_of("workflow", &it.code);
        if let Some(mut row) = known.tx.row(&CITED, args![id]).await? {
            let (cites, version, name): (Uuid, i64, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            if cites == document && version == n && name == it.name {
                continue;
            }
            before = version.to_string();
        }
        documents::cite(known.tx, proof, (&it.code, &it.name), (document, n), who).await?;
        let after = format!("{} {n}", it.document);
        changes.push(change("workflows", &it.code, before, after, 0));
    }
    Ok(())
}

pub(super) async fn settled(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    for at in &all.topics {
        let it = &at.it;
        let Some(scope) = Scope::parse(&it.scope) else { continue };
        let mut before = String::new();
        if let Some(mut row) = known.tx.row(&TOPIC, args![&it.code]).await? {
            let (held, value, name): (String, String, String) =
                (row.get(0)?, row.get(1)?, row.get(2)?);
            let (decided_on, session): (Date, String) = (row.get(3)?, row.get(4)?);
            if held == it.scope
                && value == it.value
                && name == it.name
                && decided_on == it.decided_on
                && session == it.session
            {
                continue;
            }
            before = value;
        }
        let decision = Decision {
            topic: &it.code,
            name: &it.name,
            scope,
            value: &it.value,
            decided_on: it.decided_on,
            session: &it.session,
        };
        topics::decide(known.tx, proof, &decision, (by.staff, by.now)).await?;
        changes.push(change("topics", &it.code, before, it.value.clone(), 0));
    }
    for at in &all.efforts {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        if !known.place(line, &it.municipality).await? {
            continue;
        }
        let Some(standing) = Standing::parse(&it.standing) else { continue };
        let mut before = String::new();
        let id = id_of("joint-effort", &it.code);
        if let Some(mut row) = known.tx.row(&EFFORT, args![id]).await? {
            let (held, name): (String, String) = (row.get(0)?, row.get(1)?);
            if held != it.standing {
                // What was booked rests on the standing.
                known.fault(line, FileFault::Twice, &it.standing);
                continue;
            }
            let (place, from): (String, Date) = (row.get(2)?, row.get(3)?);
            let until: Option<Date> = row.get(4)?;
            if name == it.name && place == it.municipality && from == it.from && until == it.until {
                continue;
            }
            before = name;
        }
        let new = NewEffort {
            code: &it.code,
            name: &it.name,
            municipality: &it.municipality,
            standing,
            from: it.from,
            until: it.until,
        };
        topics::save_effort(known.tx, proof, &new).await?;
        changes.push(change("efforts", &it.code, before, it.name.clone(), 0));
    }
    for at in &all.bodies {
        let it = &at.it;
        let Some(kind) = Body::parse(&it.kind) else { continue };
        let reports: Vec<Report> =
            it.reports.iter().filter_map(|word| Report::parse(word)).collect();
        let entry = Entry {
            name: &it.name,
            kind,
            address: &it.contact,
            role: Receives::parse(&it.role),
            reports: &reports,
        };
        let id = id_of("report-body", &it.code);
        if let Some(before) = recipients::bring(known.tx, proof, id, &entry, by.today).await? {
            changes.push(change("bodies", &it.code, before, it.name.clone(), 0));
        }
    }
    Ok(())
}

pub(super) async fn knows(
    known: &mut Known<'_>,
    proof: &dyn Proof,
    all: &Arrangements,
    by: By,
    changes: &mut Vec<Change>,
) -> Result<(), ImportFault> {
    for at in &all.competences {
        let (it, line) = (&at.it, (at.line, at.place.as_str()));
        let Some(staff) = known.person(line, &it.staff).await? else { continue };
        if let Some(code) = &it.deputy
            && let Some(deputy) = known.person(line, code).await?
        {
            // The same access, as the page demands: somebody of another office would stand
            // before closed doors.
            if deputy.office != staff.office {
                known.fault(line, FileFault::OtherOffice, code);
                continue;
            }
            // Who has gone off duty is no deputy any more, and is named anew.
            let held = absence::store::deputy(known.tx, staff.id).await?;
            if held.as_ref().map(|(id, _)| *id) != Some(deputy.id) {
                let pair = (staff.id, deputy.id);
                absence::store::set_deputy(known.tx, proof, pair, by.today).await?;
                let before = held.map(|(_, name)| name).unwrap_or_default();
                changes.push(change("deputies", &staff.name, before, deputy.name, 0));
            }
        }
        let subject = it.subject.as_deref().and_then(Subject::parse);
        let new = Competence { staff: staff.id, subject, area: &it.area };
        if absence::know(known.tx, proof, &new, by.today).await? {
            let after = it.area.clone();
            changes.push(change("competences", &staff.name, String::new(), after, 0));
        }
    }
    Ok(())
}
