//! Sending a file in, taking one out, and the runs with their count.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::response::IntoResponse;
use http::header;
use onedoor_domain::exchange::{MOST_ROWS, file};
use onedoor_domain::ids::PersonId;
use onedoor_domain::record::FactKind;
use onedoor_domain::secrecy::Action;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::store::{self, RowLine, RunLine};
use super::take;
use crate::policy::Subject;
use crate::web::validate::Faults;
use crate::web::{Desk, Face, Fault, FieldFault, Input, Reply, Routes};

/// The routes of this slice.
#[must_use]
pub fn routes() -> Routes {
    Routes::default()
        .see::<ExchangePage, _, _>("/exchange", "Files to and from the agency's own system", list)
        .act::<FileForm, _, _>("/exchange", "Takes a file of facts, row by row", receive)
        .act_giving::<OutForm, OutFile, _, _>(
            "/exchange/export",
            "Gives a file of what is held of the agency's facts",
            export,
        )
        .see::<RunPage, _, _>("/exchange/{id}", "One file with its count and its reasons", show)
}

/// A file of facts.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct FileForm {
    /// The file's text, as docs/exchange.md describes it.
    #[serde(default)]
    pub(crate) text: String,
}

/// The runs of the reader's agency.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ExchangePage {
    pub(crate) runs: Vec<RunLine>,
    /// The kinds of fact that a file may hold.
    pub(crate) kinds: Vec<String>,
    pub(crate) form: FileForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ExchangePage, "exchange/pages/exchange.html");

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadExchange, Subject::Duty).await?;
    desk.show(&ExchangePage {
        runs: store::runs(&mut conn, &permit).await?,
        kinds: FactKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect(),
        ..ExchangePage::default()
    })
}

/// REQ-INFO-18: a file is taken row by row, and each row that is not taken has its reason.
async fn receive(desk: Desk, Input(form): Input<FileForm>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadExchange, Subject::Duty).await?;
    let seeker = desk.permit(&mut conn, Action::SearchPerson, Subject::Duty).await?;
    if form.text.trim().is_empty() {
        let page = ExchangePage {
            runs: store::runs(&mut conn, &permit).await?,
            kinds: FactKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect(),
            form,
            faults: vec![FieldFault::new("text", "text-empty")],
        };
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    }
    drop(conn);
    let taken = take::take(&desk, (&permit, &seeker), &form.text).await?;
    let path = format!("/exchange/{}", taken.run);
    match taken.fault {
        Some(_) => desk.done(&path, "exchange-refused"),
        None => desk.done(&path, "exchange-taken"),
    }
}

/// A run with what was not simply taken.
#[derive(Serialize, ToSchema)]
pub(crate) struct RunPage {
    pub(crate) run: RunLine,
    /// Rows that were rejected, or had been taken before; the first 500.
    pub(crate) rows: Vec<RowLine>,
}

crate::page!(RunPage, "exchange/pages/run.html");

async fn show(desk: Desk, Path(id): Path<Uuid>) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadExchange, Subject::Duty).await?;
    let run = store::run(&mut conn, &permit, id).await?;
    let rows = store::rows(&mut conn, &permit, id).await?;
    // What was not taken names a key of the sender's and no person.
    desk.note(crate::journal::Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: permit.subject(),
        persons: Vec::new(),
        detail: serde_json::json!({ "run": id.to_string(), "rows": rows.len() }),
    });
    desk.show(&RunPage { run, rows })
}

/// Which part of the facts.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct OutForm {
    /// `next` of the file before; empty for the first file.
    #[serde(default)]
    pub(crate) after: String,
}

/// A file that goes out.
#[derive(Serialize, ToSchema)]
pub(crate) struct OutFile {
    /// The file's text.
    pub(crate) text: String,
    /// How many rows it has.
    pub(crate) rows: usize,
    /// Where the next file begins, when there is more.
    pub(crate) next: Option<String>,
}

/// The columns of a file that goes out. It names nobody: the agency's own keys do.
const COLUMNS_OUT: [&str; 4] = ["key", "kind", "value", "known_on"];

async fn export(desk: Desk, Input(form): Input<OutForm>) -> Reply {
    let worker = desk.worker()?;
    // Read and judged beside everybody who writes; only what was done is written.
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ExportFacts, Subject::Duty).await?;
    let mut faults = Faults::default();
    let after = match form.after.trim() {
        "" => Some(Uuid::nil()),
        after => faults.id("after", after),
    };
    let Some(after) = after else { return Err(Fault::Fields(faults.into_list())) };
    let limit = i64::try_from(MOST_ROWS).unwrap_or(i64::MAX) + 1;
    let span = (after, desk.today());
    let mut facts = store::facts(&mut conn, &permit, desk.actor(), span, limit).await?;
    let more = facts.len() > MOST_ROWS;
    facts.truncate(MOST_ROWS);
    let next = facts.last().filter(|_| more).map(|fact| fact.id.to_string());
    // The walls say the last word of each person, as they would to a worker who opens them.
    let mut open: BTreeMap<PersonId, bool> = BTreeMap::new();
    for fact in &facts {
        if let std::collections::btree_map::Entry::Vacant(place) = open.entry(fact.person) {
            let subject = Subject::Person(fact.person);
            place.insert(desk.may(&mut conn, Action::ImportFacts, subject).await?);
        }
    }
    drop(conn);
    facts.retain(|fact| open.get(&fact.person) == Some(&true));
    let rows = facts
        .iter()
        .map(|it| vec![it.key.as_str(), it.kind.as_str(), it.value.as_str(), it.known_on.as_str()]);
    let text = file::write(&COLUMNS_OUT, rows);
    let mut tx = desk.begin().await?;
    let run = store::begin(&mut tx, &permit, worker.agency, "out", worker.id, desk.now()).await?;
    let sent = i64::try_from(facts.len()).unwrap_or(i64::MAX);
    let tally = onedoor_domain::exchange::Tally { sent, ..Default::default() };
    store::end(&mut tx, &permit, run, None, tally).await?;
    desk.note_seen(&permit, facts.iter().map(|fact| fact.person.0));
    desk.commit(tx).await?;
    let out = OutFile { text, rows: facts.len(), next };
    Ok(match desk.face() {
        Face::Api => axum::Json(out).into_response(),
        Face::Page => {
            let headers = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, "attachment; filename=\"onedoor-facts.csv\""),
            ];
            (headers, out.text).into_response()
        }
    })
}
