//! What visitors say on the way out: whether they could come in time, how far they came, whether it
//! helped (REQ-FRONT-19), and what they feel about the aims that are shown (REQ-MISC-17). Nobody is
//! asked who they are.

use axum::extract::Path;
use onedoor_domain::secrecy::Action;
use onedoor_domain::standard::{Reaction, Solved};
use onedoor_domain::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::set_up;
use crate::args;
use crate::db::{DbError, Link, Row};
use crate::keys::{Key, REACTION_TEXT, SubjectId};
use crate::policy::{Permit, Subject};
use crate::web::validate::Faults;
use crate::web::{Desk, Door, Fault, FieldFault, Input, Reply, Routes};

crate::sql! {
    ANSWER = "insert into way_out (id, office_id, day, in_time, travel_minutes, solved)
        values ($1, $2, $3, $4, $5, $6)";
    REACT = "insert into reaction (id, office_id, day, kind, text, at, council_on, taken_by)
        values ($1, $2, $3, $4, $5, $6, null, null)";
    // The user council's list: what it has not had yet comes first.
    NEW = "select r.id, o.name, r.day, r.kind, r.text, coalesce(r.council_on, ''), k.wrapped
        from reaction r join office o on o.id = r.office_id
        left join subject_key k on k.subject_id = r.id
        where r.council_on is null order by r.at limit 200";
    TAKEN = "select r.id, o.name, r.day, r.kind, r.text, coalesce(r.council_on, ''), k.wrapped
        from reaction r join office o on o.id = r.office_id
        left join subject_key k on k.subject_id = r.id
        where r.council_on is not null order by r.at desc limit 50";
    COUNCIL = "update reaction set council_on = $2, taken_by = $3
        where id = $1 and council_on is null";
}

pub(super) fn routes() -> Routes {
    Routes::default()
        .only_page("GET", "/kiosk/way-out", Door::SignedIn, form)
        .only_page("POST", "/kiosk/way-out", Door::SignedIn, answer)
        .only_page("GET", "/kiosk/thanks", Door::SignedIn, thanks)
        .see::<ReactionsPage, _, _>("/reactions", "Reactions for the user council", list)
        .act::<CouncilForm, _, _>(
            "/reactions/{id}",
            "Notes the day on which the user council had a reaction",
            council,
        )
}

/// What is said on the way out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct WayOutForm {
    /// `yes` or `no`: could come when it suited.
    #[serde(default)]
    pub(crate) in_time: String,
    /// Minutes on the way; may be empty.
    #[serde(default)]
    pub(crate) travel: String,
    /// `yes`, `partly` or `no`; may be empty.
    #[serde(default)]
    pub(crate) solved: String,
    /// `left_out`, `fits` or `other`; may be empty.
    #[serde(default)]
    pub(crate) reaction: String,
    /// In own words; may be empty.
    #[serde(default)]
    pub(crate) text: String,
}

/// The questions on the way out.
#[derive(Serialize)]
pub(crate) struct WayOutPage {
    /// The aim of work and activity, as this reception shows it.
    pub(crate) aim: String,
    pub(crate) solved: Vec<String>,
    pub(crate) reactions: Vec<String>,
    pub(crate) form: WayOutForm,
    #[serde(skip)]
    pub(crate) faults: Vec<FieldFault>,
}

crate::page!(WayOutPage, "standard/pages/way_out.html");

/// Thanks.
#[derive(Serialize)]
pub(crate) struct ThanksPage {
    /// The reception that was answered about.
    pub(crate) office: String,
}

crate::page!(ThanksPage, "standard/pages/thanks.html");

fn kiosk(desk: &Desk) -> Result<(), Fault> {
    if desk.actor().is_kiosk() { Ok(()) } else { Err(Fault::Denied) }
}

async fn page(desk: &Desk, link: &mut Link) -> Result<WayOutPage, Fault> {
    let language = desk.words().language();
    Ok(WayOutPage {
        aim: set_up::wording(link, desk.office()?, language, "wording-aim").await?,
        solved: Solved::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        reactions: Reaction::ALL.iter().map(|it| it.as_str().to_owned()).collect(),
        form: WayOutForm::default(),
        faults: Vec::new(),
    })
}

async fn form(desk: Desk) -> Reply {
    kiosk(&desk)?;
    let mut conn = desk.read().await?;
    let page = page(&desk, &mut conn).await?;
    desk.show(&page)
}

/// A reaction is tied to its reception and goes to the list of the user council. Its words are
/// sealed: somebody may have written who they are.
async fn answer(desk: Desk, Input(form): Input<WayOutForm>) -> Reply {
    kiosk(&desk)?;
    let office = desk.office()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::CheckIn, Subject::Office(office)).await?;
    let mut faults = Faults::default();
    let minutes: Option<i64> = match form.travel.trim() {
        "" => Some(0),
        text => text.parse().ok().filter(|n| (0..=600).contains(n)),
    };
    if minutes.is_none() {
        faults.add("travel", "way-out-travel");
    }
    let solved = Solved::parse(form.solved.trim());
    let reaction = Reaction::parse(form.reaction.trim());
    let said = text::optional(&form.text, text::PARAGRAPH);
    let said = faults.take("text", said, |e| e.code().into()).unwrap_or_default();
    if solved.is_none() && reaction.is_none() {
        faults.add("solved", "way-out-empty");
    }
    let (Some(minutes), true) = (minutes, faults.is_empty()) else {
        let list = faults.into_list();
        let mut shown = page(&desk, &mut tx).await?;
        shown.form = form;
        shown.faults.clone_from(&list);
        return desk.again(&shown, list);
    };
    if let Some(solved) = solved {
        let in_time = form.in_time == "yes";
        let id = crate::app::new_id();
        let args = args![id, office, desk.today(), in_time, minutes, solved.as_str()];
        tx.run_one(&ANSWER, args).await?;
    }
    if let Some(reaction) = reaction {
        let id = crate::app::new_id();
        let key = Key::make(&mut tx, &permit, id).await?;
        let sealed = key.seal(REACTION_TEXT, &said)?;
        let args = args![id, office, desk.today(), reaction.as_str(), sealed, desk.now()];
        tx.run_one(permit.opens(&REACT), args).await?;
    }
    desk.commit(tx).await?;
    desk.done("/kiosk/thanks", "way-out")
}

async fn thanks(desk: Desk) -> Reply {
    kiosk(&desk)?;
    desk.show(&ThanksPage { office: desk.actor().name.clone() })
}

/// A reaction on the list of the user council.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReactionLine {
    pub(crate) id: String,
    /// The reception that it is tied to.
    pub(crate) office: String,
    pub(crate) day: String,
    pub(crate) kind: String,
    pub(crate) text: String,
    /// When the user council had it; empty while it has not.
    pub(crate) council_on: String,
}

/// The list of the user council.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReactionsPage {
    pub(crate) lines: Vec<ReactionLine>,
}

crate::page!(ReactionsPage, "standard/pages/reactions.html");

async fn reactions(link: &mut Link, permit: &Permit) -> Result<Vec<ReactionLine>, DbError> {
    let mut rows = link.rows(permit.opens(&NEW), &[]).await?;
    rows.extend(link.rows(permit.opens(&TAKEN), &[]).await?);
    let read = |mut row: Row| -> Result<ReactionLine, DbError> {
        let id: Uuid = row.get(0)?;
        let key = Key::of(permit, SubjectId::from(id), row.get(6)?)?;
        Ok(ReactionLine {
            id: id.to_string(),
            office: row.get(1)?,
            day: row.get(2)?,
            kind: row.get(3)?,
            text: key.open(REACTION_TEXT, row.get(4)?)?,
            council_on: row.get(5)?,
        })
    };
    rows.into_iter().map(read).collect()
}

async fn list(desk: Desk) -> Reply {
    let mut conn = desk.read().await?;
    let permit = desk.permit(&mut conn, Action::ReadReactions, Subject::Duty).await?;
    let lines = reactions(&mut conn, &permit).await?;
    desk.show(&ReactionsPage { lines })
}

/// Nothing to say.
#[derive(Clone, Default, Deserialize, Serialize, ToSchema)]
pub(crate) struct CouncilForm {}

async fn council(desk: Desk, Path(id): Path<Uuid>, Input(_): Input<CouncilForm>) -> Reply {
    let worker = desk.worker()?;
    let mut tx = desk.begin().await?;
    let permit = desk.permit(&mut tx, Action::ReadReactions, Subject::Duty).await?;
    if tx.run(permit.opens(&COUNCIL), args![id, desk.today(), worker.id]).await? != 1 {
        return Err(Fault::Hidden);
    }
    desk.commit(tx).await?;
    desk.done("/reactions", "reaction-taken")
}
