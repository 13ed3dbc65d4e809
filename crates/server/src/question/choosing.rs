//! Which pack holds where and from when; loading one, and choosing it.

use std::sync::Arc;

use axum::extract::Query;
use jiff::Timestamp;
use jiff::civil::Date;
use onedoor_domain::ids::OfficeId;
use onedoor_domain::secrecy::{Action, Ground, Narrowing, Pack, PackFault};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::confirming::{self, WaitingRow};
use super::store;
use super::told::{self, PackShort};
use crate::db::{DbError, Tx};
use crate::journal::{Entry, Journal, SubjectKind};
use crate::office::store::{self as offices, Choice, OfficeLine};
use crate::policy::Subject;
use crate::sign_in::Actor;
use crate::walls::{self, BookFault, Chosen, NewChoice, Taken, Walls, proposal};
use crate::web::validate::{Faults, read_date};
use crate::web::{Desk, Fault, FieldFault, Input, Once, Reply, Routes};
use crate::words::Words;

/// The routes of loading and choosing.
pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<PolicyPage, _, _>("/policy", "Which policy pack holds where and from when", overview)
        .asking(&["on"])
        .see::<LoadPage, _, _>("/policy/load", "The form for a new pack", load_form)
        .act::<LoadForm, _, _>("/policy/load", "Loads a pack, so that it can be chosen", load)
        .see::<ChoosePage, _, _>("/policy/choose", "The form for a choice", choose_form)
        .act::<ChooseForm, _, _>(
            "/policy/choose",
            "Chooses a pack for an office or for all, from a day on",
            choose,
        )
        .creating()
}

/// The pack that holds at an office.
#[derive(Serialize, ToSchema)]
pub(crate) struct HoldRow {
    pub(crate) office: String,
    pub(crate) pack: Option<PackShort>,
    /// `office`, `all`, or `country` where nothing was chosen.
    pub(crate) through: String,
    /// The choice, where there is one.
    pub(crate) choice: String,
    pub(crate) since: String,
    pub(crate) reason: String,
    /// Whether the site uses it with narrower settings of its own.
    pub(crate) narrowed: bool,
    /// Whether the law itself is of another time than the day asked for.
    pub(crate) other_time: bool,
    /// Whether the law is of another country than the installation.
    pub(crate) other_country: bool,
}

/// A pack that can be chosen.
#[derive(Serialize, ToSchema)]
pub(crate) struct PackRow {
    pub(crate) pack: PackShort,
    pub(crate) rules: i64,
    pub(crate) verified: i64,
    pub(crate) digest: String,
    pub(crate) loaded: i64,
    /// From the first use its text is never changed.
    pub(crate) used: Option<i64>,
    /// Whether it came with the program.
    pub(crate) shipped: bool,
    /// Who loaded it; empty for whoever runs the system.
    pub(crate) by: String,
}

/// A choice that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoiceRow {
    pub(crate) id: String,
    pub(crate) office: String,
    pub(crate) pack: PackShort,
    pub(crate) from: String,
    pub(crate) settings: String,
    pub(crate) reason: String,
    pub(crate) at: i64,
    /// Who chose; empty for the command line.
    pub(crate) by: String,
    /// Who said yes as the second person; empty where nobody had to.
    pub(crate) confirmed: String,
}

/// Which pack holds where.
#[derive(Serialize, ToSchema)]
pub(crate) struct PolicyPage {
    pub(crate) on: String,
    pub(crate) holds: Vec<HoldRow>,
    pub(crate) packs: Vec<PackRow>,
    pub(crate) choices: Vec<ChoiceRow>,
    /// Choices that wait for a second person; nothing of them holds.
    pub(crate) waiting: Vec<WaitingRow>,
    pub(crate) may_choose: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(PolicyPage, "question/pages/policy.html");

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    on: String,
}

fn hold(desk: &Desk, office: &OfficeLine, on: Date) -> HoldRow {
    let walls = &desk.app().walls;
    let id = office.id.parse::<Uuid>().ok().map(OfficeId);
    let chosen = walls.chosen(id, on);
    let pack = walls.pack(id, on);
    let mine = chosen.as_ref().is_some_and(|it| it.office.is_some());
    let through = match &chosen {
        Some(_) if mine => "office",
        Some(_) => "all",
        None => "country",
    };
    HoldRow {
        office: office.name.clone(),
        other_time: pack.as_ref().is_some_and(|it| !it.holds_on(on)),
        other_country: pack.as_ref().is_some_and(|it| it.country() != walls.country()),
        since: match (&chosen, &pack) {
            (Some(chosen), _) => chosen.from.to_string(),
            (None, Some(pack)) => pack.valid_from().to_string(),
            (None, None) => String::new(),
        },
        pack: pack.map(|it| told::short(desk.words(), &it)),
        through: through.to_owned(),
        choice: chosen.as_ref().map(|it| it.id.to_string()).unwrap_or_default(),
        narrowed: chosen.as_ref().is_some_and(|it| !it.settings.trim().is_empty()),
        reason: chosen.map(|it| it.reason).unwrap_or_default(),
    }
}

async fn overview(desk: Desk, Query(asked): Query<Asked>) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ReadPolicy, Subject::Duty).await?;
    let mut faults = Vec::new();
    let on = read_date(&asked.on);
    if on.is_none() && !asked.on.trim().is_empty() {
        faults.push(FieldFault::new("on", "date"));
    }
    let day = on.unwrap_or_else(|| desk.today());
    let words = desk.words();
    let walls = &desk.app().walls;
    let list = offices::offices(&mut conn).await?;
    let states = store::states(&mut conn).await?;
    let by = store::choosers(&mut conn).await?;
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let mut packs = Vec::new();
    for state in states {
        // Another server may have loaded one since this one read them.
        let Some(written) = walls.version(&state.code, state.version) else { continue };
        let pack = &written.pack;
        packs.push(PackRow {
            pack: told::short(words, pack),
            rules: number(pack.rules().count()),
            verified: number(pack.rules().filter(|(_, rule)| rule.verified).count()),
            digest: told::mark(&written.text),
            loaded: state.loaded.as_microsecond(),
            used: state.used.map(Timestamp::as_microsecond),
            shipped: written.shipped,
            by: state.by,
        });
    }
    let office_name = |id: OfficeId| {
        let found = list.iter().find(|office| office.id == id.to_string());
        found.map(|office| office.name.clone()).unwrap_or_default()
    };
    let choice = |chosen: Chosen| ChoiceRow {
        id: chosen.id.to_string(),
        office: chosen.office.map(office_name).unwrap_or_default(),
        pack: told::short(words, &chosen.pack),
        from: chosen.from.to_string(),
        settings: chosen.settings,
        reason: chosen.reason,
        at: chosen.at.as_microsecond(),
        by: by.get(&chosen.id).map(|it| it.0.clone()).unwrap_or_default(),
        confirmed: by.get(&chosen.id).map(|it| it.1.clone()).unwrap_or_default(),
    };
    let waiting = proposal::waiting(&mut conn).await?;
    let waiting = waiting.into_iter().filter_map(|it| confirming::row(&desk, &list, it));
    let page = PolicyPage {
        on: day.to_string(),
        holds: list.iter().map(|office| hold(&desk, office, day)).collect(),
        packs,
        waiting: waiting.collect(),
        choices: walls.choices().into_iter().rev().take(200).map(choice).collect(),
        may_choose: desk.may(&mut conn, Action::ChoosePolicy, Subject::Duty).await?,
        faults: faults.clone(),
    };
    if faults.is_empty() { desk.show(&page) } else { desk.again(&page, faults) }
}

/// A fault in a line of a pack or of a site's settings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FaultLine {
    /// The line, the first being 1.
    pub line: i64,
    /// Where in the format.
    pub place: String,
    /// What is wrong.
    pub code: String,
    /// The value that is wrong.
    pub value: String,
    /// What is wrong, in words.
    pub text: String,
}

/// The faults of a file in words.
#[must_use]
pub fn fault_lines(words: Words, faults: &[PackFault]) -> Vec<FaultLine> {
    let line = |fault: &PackFault| FaultLine {
        line: i64::try_from(fault.line).unwrap_or(i64::MAX),
        place: fault.path.clone(),
        code: fault.kind.code().to_owned(),
        value: fault.value.clone(),
        text: words.of("policy-fault", fault.kind.code()).into_owned(),
    };
    faults.iter().map(line).collect()
}

/// The faults of a file as the API tells them: the field with its line, and the code.
fn field_faults(field: &str, faults: &[PackFault]) -> Vec<FieldFault> {
    let fault = |it: &PackFault| {
        FieldFault::new(format!("{field}:{}", it.line), format!("pack-{}", it.kind.code()))
    };
    faults.iter().map(fault).collect()
}

/// The form for a pack, and what is wrong with it.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct LoadPage {
    pub(crate) text: String,
    pub(crate) lines: Vec<FaultLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(LoadPage, "question/pages/load.html");

/// A pack to be loaded.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct LoadForm {
    /// The pack's text, as docs/walls.md describes it.
    #[serde(default)]
    pub(crate) text: String,
}

async fn load_form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ChoosePolicy, Subject::Duty).await?;
    desk.show(&LoadPage::default())
}

pub(super) fn book_fault(fault: BookFault) -> Fault {
    match fault {
        BookFault::Db(error) => error.into(),
        BookFault::OwnPack(..) => Fault::conflict("policy-own-pack"),
        BookFault::OwnProposal => Fault::conflict("policy-own-proposal"),
        BookFault::Answered => Fault::conflict("policy-answered"),
        BookFault::Over => Fault::conflict("policy-over"),
        other => Fault::Defect(other.to_string()),
    }
}

pub(super) async fn refresh(desk: &Desk) -> Result<(), Fault> {
    desk.app().walls.refresh(&desk.app().db).await.map_err(book_fault)
}

async fn load(desk: Desk, Input(form): Input<LoadForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ChoosePolicy, Subject::Duty).await?;
    if let Err(faults) = Pack::read(&form.text) {
        let mut page = LoadPage { text: form.text, ..LoadPage::default() };
        page.lines = fault_lines(desk.words(), &faults);
        return desk.again(&page, field_faults("text", &faults));
    }
    let by = desk.worker().ok().map(|worker| worker.id);
    match walls::load(&mut tx, &form.text, by, desk.now()).await {
        Ok(pack) => {
            desk.note(Entry {
                action: permit.action(),
                ground: Some(permit.ground()),
                subject: permit.subject(),
                persons: Vec::new(),
                detail: loaded_detail(&pack, &form.text),
            });
            desk.commit(tx).await?;
            refresh(&desk).await?;
            let path = format!("/policy/packs/{}/{}", pack.code(), pack.version());
            desk.done(&path, "policy-loaded")
        }
        Err(BookFault::Changed(..)) => {
            let faults = vec![FieldFault::new("text", "policy-used")];
            let page = LoadPage { text: form.text, lines: Vec::new(), faults: faults.clone() };
            desk.again(&page, faults)
        }
        Err(other) => Err(book_fault(other)),
    }
}

fn loaded_detail(pack: &Pack, text: &str) -> serde_json::Value {
    json!({
        "did": "load",
        "pack": pack.code(),
        "version": pack.version(),
        "digest": walls::digest(text),
    })
}

fn chosen_detail(choice: &NewChoice<'_>, taken: &Taken) -> serde_json::Value {
    let (did, id) = match taken {
        Taken::Holds(id) => ("choose", id),
        Taken::Waits(id, _) => ("propose", id),
    };
    json!({
        "did": did,
        "choice": id,
        "pack": choice.code,
        "version": choice.version,
        "read": choice.read,
        "from": choice.from.to_string(),
        "narrowed": !choice.settings.trim().is_empty(),
    })
}

pub(super) fn choice_subject(office: Option<OfficeId>) -> (SubjectKind, Option<Uuid>) {
    match office {
        Some(office) => (SubjectKind::Office, Some(office.0)),
        None => (SubjectKind::Nothing, None),
    }
}

/// The form for a choice, and what is wrong with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChoosePage {
    pub(crate) form: ChooseForm,
    pub(crate) offices: Vec<Choice>,
    pub(crate) packs: Vec<Choice>,
    /// Those that did not come with the program: to be read before one is chosen.
    pub(crate) loaded: Vec<PackShort>,
    pub(crate) lines: Vec<FaultLine>,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(ChoosePage, "question/pages/choose.html");

/// A choice to be made.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct ChooseForm {
    /// The office; nothing is all that have no choice of their own.
    #[serde(default)]
    pub(crate) office: String,
    /// The pack: `code@version`, or `code@version@mark` for one that did not come with the program,
    /// where the mark is the beginning of its digest as `/policy` shows it.
    #[serde(default)]
    pub(crate) pack: String,
    /// From this day; not in the past.
    #[serde(default)]
    pub(crate) from: String,
    /// The site's own narrower settings, as docs/walls.md describes them.
    #[serde(default)]
    pub(crate) settings: String,
    /// Why.
    #[serde(default)]
    pub(crate) reason: String,
    /// Makes sending it twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

async fn choose_page(
    desk: &Desk,
    tx: &mut crate::db::Link,
    form: ChooseForm,
) -> Result<ChoosePage, Fault> {
    let list = offices::offices(tx).await?;
    let choice = |it: OfficeLine| Choice { id: it.id, name: it.name };
    Ok(ChoosePage {
        form,
        offices: list.into_iter().map(choice).collect(),
        packs: told::to_choose(desk.words(), &desk.app().walls),
        loaded: desk
            .app()
            .walls
            .packs()
            .iter()
            .filter(|written| !written.shipped)
            .map(|written| told::short(desk.words(), &written.pack))
            .collect(),
        lines: Vec::new(),
        faults: Vec::new(),
    })
}

async fn choose_form(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    desk.permit(&mut conn, Action::ChoosePolicy, Subject::Duty).await?;
    let form = ChooseForm { from: desk.today().to_string(), ..ChooseForm::default() };
    let page = choose_page(&desk, &mut conn, form).await?;
    desk.show(&page)
}

/// What the form says, where nothing is wrong with it.
struct Checked {
    office: Option<OfficeId>,
    pack: Arc<Pack>,
    /// The mark of the text that was read, where the pack did not come with the program.
    read: Option<String>,
    from: Date,
    reason: String,
}

async fn check(
    desk: &Desk,
    tx: &mut Tx,
    form: &ChooseForm,
    faults: &mut Faults,
) -> Result<Option<Checked>, Fault> {
    let mut office = None;
    if !form.office.is_empty() {
        office = form.office.parse().ok().map(OfficeId);
        let known = match office {
            Some(id) => offices::office(tx, id).await?.is_some(),
            None => false,
        };
        if !known {
            faults.add("office", "choose");
        }
    }
    let mut parts = form.pack.splitn(3, '@');
    let written = match (parts.next(), parts.next().and_then(|it| it.parse().ok())) {
        (Some(code), Some(version)) => desk.app().walls.version(code, version),
        _ => None,
    };
    let mark = parts.next();
    let read = mark.and_then(told::read_mark).map(str::to_owned);
    match &written {
        None => faults.add("pack", "choose"),
        // Nobody chooses a law unread.
        Some(written) if read.is_none() && (mark.is_some() || !written.shipped) => {
            faults.add("pack", "policy-other-text");
        }
        Some(_) => {}
    }
    let pack = written.map(|it| it.pack);
    let from = faults.date("from", &form.from);
    // What held yesterday has been acted on.
    if from.is_some_and(|from| from < desk.today()) {
        faults.add("from", "policy-past");
    }
    let reason = faults.line("reason", &form.reason);
    Ok(match (pack, from) {
        (Some(pack), Some(from)) if faults.is_empty() => {
            Some(Checked { office, pack, read, from, reason })
        }
        _ => None,
    })
}

async fn choose(desk: Desk, Input(form): Input<ChooseForm>) -> Reply {
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ChoosePolicy, Subject::Duty).await?;
    let once = Once::look(&desk, &mut tx, "policy.choose", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        if earlier == "/policy" {
            return desk.done(earlier, "policy-chosen");
        }
        return desk.done(earlier, "policy-proposed");
    }
    let mut faults = Faults::default();
    let Some(checked) = check(&desk, &mut tx, &form, &mut faults).await? else {
        let mut page = choose_page(&desk, &mut tx, form).await?;
        page.faults = faults.into_list();
        let faults = page.faults.clone();
        return desk.again(&page, faults);
    };
    if !form.settings.trim().is_empty()
        && let Err(faults) = Narrowing::read(&form.settings, &checked.pack)
    {
        let mut page = choose_page(&desk, &mut tx, form).await?;
        page.lines = fault_lines(desk.words(), &faults);
        return desk.again(&page, field_faults("settings", &faults));
    }
    let choice = NewChoice {
        office: checked.office,
        code: checked.pack.code(),
        version: i64::from(checked.pack.version()),
        settings: form.settings.trim(),
        from: checked.from,
        reason: &checked.reason,
        by: desk.worker().ok().map(|worker| worker.id),
        read: checked.read.as_deref(),
    };
    let country = desk.app().walls.country();
    let taken = match walls::choose(&mut tx, country, &choice, desk.now()).await {
        Err(BookFault::OtherText(..)) => {
            // It was loaded anew since this server read it: the page shows it as it is now.
            drop(tx);
            refresh(&desk).await?;
            let mut conn = desk.read().await?;
            let mut page = choose_page(&desk, &mut conn, form).await?;
            page.faults.push(FieldFault::new("pack", "policy-other-text"));
            let faults = page.faults.clone();
            return desk.again(&page, faults);
        }
        other => other.map_err(book_fault)?,
    };
    let path = match &taken {
        Taken::Holds(_) => "/policy".to_owned(),
        Taken::Waits(id, _) => format!("/policy/proposals/{id}"),
    };
    once.save(&desk, &mut tx, &path).await?;
    desk.note(Entry {
        action: permit.action(),
        ground: Some(permit.ground()),
        subject: choice_subject(checked.office),
        persons: Vec::new(),
        detail: chosen_detail(&choice, &taken),
    });
    desk.commit(tx).await?;
    refresh(&desk).await?;
    match taken {
        Taken::Holds(_) => desk.done(&path, "policy-chosen"),
        Taken::Waits(..) => desk.done(&path, "policy-proposed"),
    }
}

/// Loads a pack from the command line, with its row in the journal.
///
/// # Errors
/// The faults of the text, that it was used with another text, or the database.
pub async fn loaded_by_keeper(
    tx: &mut Tx,
    journal: &Journal,
    text: &str,
    now: Timestamp,
) -> Result<Pack, BookFault> {
    let pack = walls::load(tx, text, None, now).await?;
    keep_note(tx, journal, (SubjectKind::Nothing, None), loaded_detail(&pack, text), now).await?;
    Ok(pack)
}

/// Chooses a pack from the command line, with its row in the journal. What goes beyond the default
/// of the place and time waits for a privacy owner, as on the pages.
///
/// # Errors
/// When there is no such pack, or the settings are wider than the law.
pub async fn chosen_by_keeper(
    tx: &mut Tx,
    (journal, walls): (&Journal, &Walls),
    choice: &NewChoice<'_>,
    now: Timestamp,
) -> Result<Taken, BookFault> {
    let taken = walls::choose(tx, walls.country(), choice, now).await?;
    let subject = choice_subject(choice.office);
    keep_note(tx, journal, subject, chosen_detail(choice, &taken), now).await?;
    Ok(taken)
}

async fn keep_note(
    tx: &mut Tx,
    journal: &Journal,
    subject: (SubjectKind, Option<Uuid>),
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), DbError> {
    let entry = Entry {
        action: Action::ChoosePolicy,
        ground: Some(Ground::Duty),
        subject,
        persons: Vec::new(),
        detail,
    };
    journal.append(tx, &Actor::system(), now, &[entry]).await
}
