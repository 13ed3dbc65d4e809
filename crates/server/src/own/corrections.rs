//! What a person asks about their own file: that something is corrected, that
//! its use is restricted, or that it is not used (GDPR art. 16, 18, 21). The
//! question goes to the agency that it concerns, and its answer is due.

use axum::extract::{Path, Query};
use jiff::civil::Date;
use onedoor_domain::correction::{About, Field, Kind, Question, State, Verdict};
use onedoor_domain::ids::AgencyId;
use onedoor_domain::secrecy::Action;
use onedoor_domain::secrecy::own::Matter;
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Pass;
use super::log::{self, LogLine};
use super::pass::{pass, quiet, shown_again};
use super::store::Keys;
use crate::args;
use crate::db::{DbError, Link, Row, Tx};
use crate::keys::{CORRECTION_LONGER, CORRECTION_REASON, CORRECTION_TEXT, Key, Sealed};
use crate::policy::{Cause, Proof, Warrant};
use crate::record::documents::{self, Head};
use crate::web::validate::Faults;
use crate::web::{Fault, FieldFault, Input, Once, Own, Reply, Routes};

crate::sql! {
    // Whom a question about a field concerns: who is in touch with the person, who carries the
    // case, whoever has known them longest; and the municipality where nobody does.
    RESPONSIBLE = "select coalesce(p.contact_agency_id,
            (select c.agency_id from shared_case c
                where c.person_id = p.id and c.closed_at is null
                order by c.opened_at, c.id limit 1),
            (select g.agency_id from person_agency g where g.person_id = p.id
                order by g.since, g.agency_id limit 1),
            (select a.id from agency a where a.kind = 'social' order by a.code limit 1))
        from person p where p.id = $1";
    INSERT = "insert into correction (id, person_id, asked_by, agency_id, kind, about, field,
            lane, seq, text, person_version, asked_at, asked_on, due, extended_reason, state,
            verdict, reason, answered_at, answered_on, answered_by, version, document_id)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, null, 'asked',
            null, null, null, null, null, 1, $15)";
    // Who does not see the whole file has what they asked themselves: a question, and more so
    // its answer, may be about anything.
    MINE = "select c.id, c.kind, c.about, c.field, c.text, c.asked_on, c.due, c.extended_reason,
            c.state, c.verdict, c.reason, c.answered_on, c.version, a.name, c.person_id,
            c.document_id
        from correction c join agency a on a.id = c.agency_id
        where c.person_id in (select id from person where id = $1 or merged_into = $1)
            and ($3 or c.asked_by = $2)
        order by c.asked_at desc limit 100";
    READ = "select c.id, c.kind, c.about, c.field, c.text, c.asked_on, c.due, c.extended_reason,
            c.state, c.verdict, c.reason, c.answered_on, c.version, a.name, c.person_id,
            c.document_id
        from correction c join agency a on a.id = c.agency_id
        where c.id = $2 and ($4 or c.asked_by = $3)
            and c.person_id in (select id from person where id = $1 or merged_into = $1)";
    WITHDRAW = "update correction set state = 'withdrawn', version = version + 1
        where id = $1 and version = $2 and state = 'asked'";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .see::<MyCorrections, _, _>(
            "/my/corrections",
            "What one has asked about one's own file, and the answers",
            list,
        )
        .asking(&["about", "field", "row", "document"])
        .act::<AskForm, _, _>("/my/corrections", "Asks for a correction, or objects", ask)
        .creating()
        .act::<WithdrawForm, _, _>(
            "/my/corrections/{id}/withdraw",
            "Takes a question back",
            withdraw,
        )
}

/// A question as it is stored, with what a page shows of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OwnQuestion {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) about: String,
    pub(crate) field: String,
    pub(crate) text: String,
    pub(crate) asked_on: String,
    pub(crate) due: String,
    /// Why it takes longer than a month.
    pub(crate) extended: String,
    /// `asked`, `withdrawn` or `answered`.
    pub(crate) state: String,
    /// `corrected`, `partly` or `refused`.
    pub(crate) verdict: String,
    pub(crate) reason: String,
    pub(crate) answered_on: String,
    pub(crate) version: i64,
    pub(crate) agency: String,
    pub(crate) overdue: bool,
    /// The document that it is about, if it is about one.
    pub(crate) document: Option<String>,
}

/// Reads the columns that a question has in every statement, in their order,
/// and the question as the rules know it. Without a key the texts stay closed.
pub(super) fn read_question(
    row: &mut Row,
    key: Option<&Key>,
    today: Date,
) -> Result<(OwnQuestion, Question), DbError> {
    let broken = |what: &str| DbError::Other(format!("a question with an unknown {what}"));
    let id: Uuid = row.get(0)?;
    let kind: String = row.get(1)?;
    let state: String = row.get(8)?;
    let open = |column, sealed: Option<Sealed>| match (key, sealed) {
        (Some(key), Some(sealed)) => key.open(column, sealed).map(Some),
        (None, Some(_)) => Ok(Some(String::new())),
        (_, None) => Ok(None),
    };
    let extended = open(CORRECTION_LONGER, row.get(7)?)?;
    let verdict: Option<String> = row.get(9)?;
    let reason = open(CORRECTION_REASON, row.get(10)?)?;
    let answered_on: Option<Date> = row.get(11)?;
    let (asked_on, due): (Date, Date) = (row.get(5)?, row.get(6)?);
    let known = match state.as_str() {
        "asked" => State::Asked,
        "withdrawn" => State::Withdrawn,
        _ => State::Answered {
            verdict: verdict.as_deref().and_then(Verdict::parse).ok_or_else(|| broken("answer"))?,
            reason: reason.clone().unwrap_or_default(),
            on: answered_on.ok_or_else(|| broken("day"))?,
        },
    };
    let rule = Question::stored(
        Kind::parse(&kind).ok_or_else(|| broken("kind"))?,
        asked_on,
        due,
        extended.clone(),
        known,
    );
    let shown = OwnQuestion {
        id: id.to_string(),
        kind,
        about: row.get(2)?,
        field: row.get::<Option<String>>(3)?.unwrap_or_default(),
        text: open(CORRECTION_TEXT, row.get(4)?)?.unwrap_or_default(),
        asked_on: asked_on.to_string(),
        due: due.to_string(),
        extended: extended.unwrap_or_default(),
        state,
        verdict: verdict.unwrap_or_default(),
        reason: reason.unwrap_or_default(),
        answered_on: answered_on.map(|on| on.to_string()).unwrap_or_default(),
        version: row.get(12)?,
        agency: row.get(13)?,
        overdue: rule.is_overdue(today),
        document: None,
    };
    Ok((shown, rule))
}

/// A question to be sent.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct AskForm {
    /// `correction`, `restriction` or `objection`.
    #[serde(default)]
    pub(crate) kind: String,
    /// `field`, `line` or `other`.
    #[serde(default)]
    pub(crate) about: String,
    /// With `field`: `name`, `born`, `language`, `phone`, `email` or `address`.
    #[serde(default)]
    pub(crate) field: String,
    /// With `line`: the row, as the log names it.
    #[serde(default)]
    pub(crate) row: String,
    /// With `other`: the document that it is about, if it is about one.
    #[serde(default)]
    pub(crate) document: String,
    /// In the person's own words.
    #[serde(default)]
    pub(crate) text: String,
    /// A key that makes sending twice harmless.
    #[serde(default)]
    pub(crate) once: String,
}

/// What one has asked, and a form for more.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MyCorrections {
    pub(crate) questions: Vec<OwnQuestion>,
    pub(crate) form: AskForm,
    /// The line of the log that the form is about.
    pub(crate) line: Option<LogLine>,
    /// What the document is called that the form is about.
    pub(crate) document: Option<String>,
    pub(crate) kinds: Vec<String>,
    pub(crate) fields: Vec<String>,
    /// Whether this looker may ask.
    pub(crate) may_ask: bool,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(MyCorrections, "own/pages/corrections.html");

fn codes<T: Copy>(all: &[T], code: fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|one| code(*one).to_owned()).collect()
}

/// Who may ask about the file: whoever reads what is registered.
fn may_ask(pass: &Pass) -> bool {
    pass.sight().shows(Matter::Identity)
}

async fn page(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    form: AskForm,
) -> Result<MyCorrections, Fault> {
    let mut questions = Vec::new();
    if may_ask(pass) {
        let keys = Keys::of(link, pass).await?;
        let args = args![pass.person(), pass.looker(), pass.sees_all()];
        for mut row in link.rows(pass.opens(&MINE), args).await? {
            let key = keys.get(row.get(14)?)?;
            // A weak sign-in opens no text at all.
            let key = Some(key).filter(|_| pass.is_sure());
            let (mut question, _) = read_question(&mut row, key, own.today())?;
            question.document = row.get::<Option<Uuid>>(15)?.map(|id| id.to_string());
            questions.push(question);
        }
    }
    let line = match form.row.is_empty() || !log::shows(pass) {
        true => None,
        false => Some(log::one(link, pass, &form.row, own).await?.ok_or(Fault::Hidden)?.0),
    };
    let document = match form.document.trim() {
        "" => None,
        id => Some(document(own, link, pass, id).await?.name),
    };
    Ok(MyCorrections {
        questions,
        form,
        line,
        document,
        kinds: codes(Kind::ALL, Kind::as_str),
        fields: codes(Field::ALL, Field::as_str),
        may_ask: may_ask(pass),
        faults: Vec::new(),
    })
}

#[derive(Deserialize)]
struct About1 {
    #[serde(default)]
    field: String,
    #[serde(default)]
    row: String,
    #[serde(default)]
    document: String,
}

/// A document of the file that a question may point at: one that the looker sees.
async fn document(own: &Own, link: &mut Link, pass: &Pass, id: &str) -> Result<Head, Fault> {
    let id: Uuid = id.parse().map_err(|_| Fault::Hidden)?;
    if !super::consents::shows(pass) {
        return Err(Fault::Hidden);
    }
    let joined = Warrant::new(Cause::Joined, pass.permit().vault());
    let found = documents::one_of(link, &joined, pass.person(), id, own.today()).await?;
    if found.internal { Err(Fault::Hidden) } else { Ok(found) }
}

async fn list(own: Own, Query(asked): Query<About1>) -> Reply {
    let mut conn = own.read().await?;
    let pass = pass(&own, &mut conn, Action::ReadOwn).await?;
    let field = Field::parse(&asked.field);
    let about = match (field, asked.row.is_empty()) {
        (_, false) => "line",
        (Some(_), true) => "field",
        (None, true) => "other",
    };
    let form = AskForm {
        kind: if about == "line" { "objection" } else { "correction" }.into(),
        about: about.into(),
        field: field.map(|field| field.as_str().to_owned()).unwrap_or_default(),
        row: asked.row,
        document: asked.document,
        once: crate::app::new_id().to_string(),
        ..AskForm::default()
    };
    let page = page(&own, &mut conn, &pass, form).await?;
    own.show(&page)
}

/// What a question is about, found to be the person's.
struct Target {
    field: Option<Field>,
    line: Option<(i64, i64)>,
    document: Option<Uuid>,
    agency: AgencyId,
}

async fn target(
    own: &Own,
    link: &mut Link,
    pass: &Pass,
    form: &AskForm,
    faults: &mut Faults,
) -> Result<Option<Target>, Fault> {
    let Some(mut row) = link.row(pass.opens(&RESPONSIBLE), args![pass.person()]).await? else {
        return Err(Fault::Hidden);
    };
    let agency: Option<AgencyId> = row.get(0)?;
    let agency = agency.ok_or_else(|| Fault::Defect("no agency to ask".into()))?;
    Ok(match faults.choice("about", &form.about, About::parse) {
        None => None,
        Some(About::Other) => {
            let found = match form.document.trim() {
                "" => None,
                id => Some(document(own, link, pass, id).await?),
            };
            // What is asked about a document is for the agency that has it.
            let agency = found.as_ref().map_or(agency, |found| found.agency);
            let document = found.map(|found| found.id);
            Some(Target { field: None, line: None, document, agency })
        }
        Some(About::Field) => faults
            .choice("field", &form.field, Field::parse)
            .map(|field| Target { field: Some(field), line: None, document: None, agency }),
        Some(About::Line) => {
            if !log::shows(pass) {
                return Err(Fault::Hidden);
            }
            // A line that is not about the person is not there.
            let found = log::one(link, pass, &form.row, own).await?;
            let (_, at) = found.ok_or(Fault::Hidden)?;
            let line = log::place(&form.row);
            Some(Target { field: None, line, document: None, agency: at.unwrap_or(agency) })
        }
    })
}

async fn ask(own: Own, Input(form): Input<AskForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    if !may_ask(&pass) {
        return Err(Fault::Hidden);
    }
    let once = Once::look(&own, &mut tx, "own.ask_correction", &form.once, &form).await?;
    if let Some(earlier) = &once.earlier {
        return own.done(earlier, "correction-asked");
    }
    let mut faults = Faults::default();
    let kind = faults.choice("kind", &form.kind, Kind::parse);
    let target = target(&own, &mut tx, &pass, &form, &mut faults).await?;
    let said = text::required(&form.text, text::PARAGRAPH);
    let said = faults.take("text", said, |fault| fault.code().to_owned());
    let (Some(kind), Some(target), Some(said)) = (kind, target, said) else {
        shown_again(&own, &pass, Action::ReadOwn);
        let mut page = page(&own, &mut tx, &pass, form).await?;
        page.faults = faults.into_list();
        let faults = page.faults.clone();
        return own.again(&page, faults);
    };
    insert(&own, &mut tx, &pass, (kind, &target, &said)).await?;
    once.save(&own, &mut tx, "/my/corrections").await?;
    own.note(pass.entry(
        Action::AskCorrection,
        serde_json::json!({ "kind": kind.as_str(), "about": form.about }),
    ));
    own.commit(tx).await?;
    own.done("/my/corrections", "correction-asked")
}

async fn insert(
    own: &Own,
    tx: &mut Tx,
    pass: &Pass,
    (kind, target, said): (Kind, &Target, &str),
) -> Result<(), DbError> {
    let question = Question::ask(kind, own.today());
    let about = match (target.field, target.line) {
        (Some(_), _) => About::Field,
        (None, Some(_)) => About::Line,
        (None, None) => About::Other,
    };
    let key = Key::look_up(tx, pass.permit(), pass.person()).await?;
    let args = args![
        crate::app::new_id(),
        pass.person(),
        pass.looker(),
        target.agency,
        kind.as_str(),
        about.as_str(),
        target.field.map(Field::as_str),
        target.line.map(|(lane, _)| lane),
        target.line.map(|(_, seq)| seq),
        key.seal(CORRECTION_TEXT, said)?,
        pass.version(),
        own.now(),
        own.today(),
        question.due(),
        target.document,
    ];
    tx.run_one(pass.opens(&INSERT), args).await
}

/// Taking a question back.
#[derive(Deserialize, ToSchema)]
pub(crate) struct WithdrawForm {
    /// The version that was shown.
    #[serde(default)]
    pub(crate) version: String,
}

async fn withdraw(own: Own, Path(id): Path<Uuid>, Input(form): Input<WithdrawForm>) -> Reply {
    let mut tx = own.begin().await?;
    let pass = quiet(&own, &mut tx).await?;
    if !may_ask(&pass) {
        return Err(Fault::Hidden);
    }
    let args = args![pass.person(), id, pass.looker(), pass.sees_all()];
    let row = tx.row(pass.opens(&READ), args).await?;
    let mut row = row.ok_or(Fault::Hidden)?;
    let keys = Keys::of(&mut tx, &pass).await?;
    let key = keys.get(row.get(14)?)?;
    let (shown, question) = read_question(&mut row, Some(key), own.today())?;
    if question.withdraw(own.today()).is_err() {
        return Err(Fault::conflict("correction-closed"));
    }
    let version = form.version.trim().parse().unwrap_or(shown.version);
    if tx.run(pass.opens(&WITHDRAW), args![id, version]).await? != 1 {
        return Err(Fault::conflict("stale"));
    }
    own.note(pass.entry(Action::AskCorrection, serde_json::json!({ "withdrawn": true })));
    own.commit(tx).await?;
    own.done("/my/corrections", "correction-withdrawn")
}
