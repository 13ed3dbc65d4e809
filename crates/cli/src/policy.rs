//! Questions to the policy packs from the command line. Without a set-up the packs that
//! ship with the program answer; with one, those of the installation.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use onedoor_domain::ids::OfficeId;
use onedoor_domain::office::Role;
use onedoor_domain::person::{Country, Language};
use onedoor_domain::secrecy::{Action, Narrowing, Pack, PackFault, paths};
use onedoor_server::app::id_of;
use onedoor_server::clock::Clock;
use onedoor_server::config::{Config, LEAST_COUNT};
use onedoor_server::db::Db;
use onedoor_server::journal::Journal;
use onedoor_server::question::{self, LetterCell, Question, ToldCode};
use onedoor_server::walls::{BookFault, NewChoice, Taken, Walls, digest, smallest_count};
use onedoor_server::words::Words;

use crate::say;

/// The answer to a question was no.
const NO: u8 = 3;

#[derive(Args)]
pub(crate) struct PolicyArgs {
    /// The language of the answers: nb, nn, sv or en.
    #[arg(long, default_value = "en", global = true)]
    language: Language,
    /// The set-up; without it the packs that ship with the program answer.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Lists the packs and, with a set-up, which one holds at each office.
    Packs {
        /// On this day instead of today.
        #[arg(long)]
        on: Option<Date>,
    },
    /// Prints a pack in words.
    Show {
        /// Its code, or code@version.
        code: String,
    },
    /// Asks whether a body may see something. Ends with 0 for yes and 3 for no.
    Ask(AskArgs),
    /// Prints what a body sees, or what a role may do.
    See {
        /// The pack, or a date; the one that holds today where nothing is said.
        #[arg(long, default_value = "")]
        pack: String,
        /// The body that would see.
        #[arg(long, required_unless_present = "role")]
        body: Option<String>,
        /// The role.
        #[arg(long)]
        role: Option<String>,
    },
    /// Prints what changes between two packs or two days; with a set-up, for how many people.
    Diff {
        /// The pack or date before.
        a: String,
        /// The pack or date after.
        b: String,
        /// Takes in others than the three agencies.
        #[arg(long)]
        all: bool,
    },
    /// Checks a pack's file, without a database. Ends with 1 when it has faults.
    Check {
        /// The file.
        file: PathBuf,
        /// The file is a site's settings for the pack with this code.
        #[arg(long)]
        settings_of: Option<String>,
    },
    /// Loads a pack, so that it can be chosen.
    Load {
        /// The file.
        file: PathBuf,
    },
    /// Chooses a pack for an office or for all, from a day on. What opens more than the law of the
    /// place and time does by default waits until a privacy owner confirms it on /policy.
    Choose {
        /// Its code, or code@version.
        code: String,
        /// The code of the office; all that have no choice of their own where none is said.
        #[arg(long)]
        office: Option<String>,
        /// From this day; not in the past.
        #[arg(long)]
        from: Date,
        /// Why.
        #[arg(long)]
        reason: String,
        /// A file with narrower settings of the site.
        #[arg(long)]
        settings: Option<PathBuf>,
    },
    /// Lists ways of sensitive information that are open and were not used.
    Unused {
        /// The pack, or a date.
        #[arg(long, default_value = "")]
        pack: String,
        /// Days to look back.
        #[arg(long, default_value_t = 180, value_parser = clap::value_parser!(i64).range(1..=3650))]
        days: i64,
    },
}

#[derive(Args)]
pub(crate) struct AskArgs {
    /// The pack, or a date; the one that holds today where nothing is said.
    #[arg(long, default_value = "")]
    pack: String,
    /// The body that has the information.
    #[arg(long)]
    from: String,
    /// The body that asks.
    #[arg(long)]
    to: String,
    /// coordination, benefit_decision, safety or statistics.
    #[arg(long)]
    purpose: String,
    /// id, case, emp, ben, health, subst, child, debt, housing, family or origin.
    #[arg(long)]
    category: String,
    /// A condition that holds; may be given several times.
    #[arg(long)]
    when: Vec<String>,
    /// What is known about the person or the tie; may be given several times.
    #[arg(long)]
    overlay: Vec<String>,
    /// What the worker is marked for; may be given several times.
    #[arg(long)]
    mark: Vec<String>,
    /// It is the asking agency's own.
    #[arg(long)]
    own: bool,
    /// It is a list of several people.
    #[arg(long)]
    list: bool,
    /// It is an internal note.
    #[arg(long)]
    internal: bool,
    /// The agreement with the receiver lists it.
    #[arg(long)]
    agreed: bool,
    /// valid, withdrawn, expired, doubtful or other.
    #[arg(long, default_value = "")]
    consent: String,
    /// valid, expired or other.
    #[arg(long, default_value = "")]
    necessity: String,
    /// valid, refused or expired.
    #[arg(long, default_value = "")]
    single: String,
}

/// What the commands work with.
struct Desk {
    words: Words,
    walls: Walls,
    site: Option<Site>,
    now: Timestamp,
    today: Date,
}

/// An installation.
struct Site {
    config: Config,
    db: Db,
}

impl Desk {
    async fn open(args: &PolicyArgs) -> anyhow::Result<Self> {
        let words = Words::new(args.language);
        let now = Clock::System.now();
        let Some(path) = &args.config else {
            let today = TimeZone::system().to_datetime(now).date();
            return Ok(Self { words, walls: Walls::shipped(Country::No)?, site: None, now, today });
        };
        let config = Config::read(path)?;
        let zone = TimeZone::get(&config.time_zone)?;
        let country: Country = config
            .country
            .parse()
            .map_err(|_| anyhow::anyhow!("{}: no country", config.country))?;
        let db = Db::open(&config.database).await.context("the database cannot be opened")?;
        let walls = Walls::open(&db, country, now).await?;
        let today = zone.to_datetime(now).date();
        Ok(Self { words, walls, site: Some(Site { config, db }), now, today })
    }

    fn pack(&self, asked: &str) -> anyhow::Result<std::sync::Arc<Pack>> {
        question::find(&self.walls, None, self.today, asked)
            .with_context(|| format!("there is no pack `{asked}`; see `onedoor policy packs`"))
    }

    fn site(&self) -> anyhow::Result<&Site> {
        self.site.as_ref().context("this needs --config: it is about one installation")
    }

    fn heading(&self, pack: &Pack) {
        let short = question::short(self.words, pack);
        say::line(&format!("{} ({} version {})", short.name, short.code, short.version));
    }
}

pub(crate) async fn run(args: PolicyArgs) -> anyhow::Result<ExitCode> {
    // A file that is only checked needs nothing else.
    if let PolicyCommand::Check { file, settings_of } = &args.command {
        return check(&args, file, settings_of.as_deref());
    }
    let desk = Desk::open(&args).await?;
    match args.command {
        PolicyCommand::Packs { on } => packs(&desk, on).await,
        PolicyCommand::Show { code } => show(&desk, &code),
        PolicyCommand::Ask(asked) => ask(&desk, asked),
        PolicyCommand::See { pack, body, role } => see(&desk, &pack, body, role),
        PolicyCommand::Diff { a, b, all } => diff(&desk, &a, &b, all).await,
        PolicyCommand::Check { .. } => Ok(ExitCode::SUCCESS),
        PolicyCommand::Load { file } => load(&desk, &file).await,
        PolicyCommand::Choose { code, office, from, reason, settings } => {
            let asked = Chosen { code, office, from, reason, settings };
            choose(&desk, &asked).await
        }
        PolicyCommand::Unused { pack, days } => unused(&desk, &pack, days).await,
    }
}

fn texts(list: &[ToldCode]) -> String {
    let all: Vec<&str> = list.iter().map(|one| one.text.as_str()).collect();
    all.join("; ")
}

/// The letters of a row, those that are the same together: `A: Contact, Work`.
fn letters(words: Words, cells: &[LetterCell]) -> Vec<String> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for cell in cells {
        let law = if cell.law == cell.letter { "" } else { cell.law.as_str() };
        let short = words.of("policy-short", &cell.letter);
        let mut key = format!("{} {short}", cell.letter);
        if !law.is_empty() {
            key = format!(
                "{key} ({})",
                words.with2("policy-law", law, words.of("policy-short", law).into_owned())
            );
        }
        let name = words.of("policy-info", &cell.category).into_owned();
        match groups.iter_mut().find(|(there, _)| *there == key) {
            Some((_, names)) => names.push(name),
            None => groups.push((key, vec![name])),
        }
    }
    groups.into_iter().map(|(key, names)| format!("{key}: {}", names.join(", "))).collect()
}

async fn packs(desk: &Desk, on: Option<Date>) -> anyhow::Result<ExitCode> {
    let words = desk.words;
    for written in desk.walls.packs() {
        let short = question::short(words, &written.pack);
        let verified = written.pack.rules().filter(|(_, rule)| rule.verified).count();
        let count = written.pack.rules().count();
        let until = if short.until.is_empty() { "…" } else { short.until.as_str() };
        let mark = if short.approximate {
            format!(", {}", words.t("policy-approximate"))
        } else {
            String::new()
        };
        say::line(&format!(
            "{}@{}  {}  {} – {until}  {}: {}{mark}  {}",
            short.code,
            short.version,
            short.name,
            short.from,
            words.t("policy-read-in-full"),
            words.with2("policy-verified-of", verified, count),
            digest(&written.text).chars().take(16).collect::<String>(),
        ));
    }
    if let Some(site) = &desk.site {
        let day = on.unwrap_or(desk.today);
        say::line("");
        say::line(&words.with("policy-holds", day.to_string()));
        let mut conn = site.db.read().await?;
        for office in onedoor_server::office::store::offices(&mut conn).await? {
            let id = office.id.parse().ok().map(OfficeId);
            let why = desk.walls.chosen(id, day).map(|it| it.reason);
            let why = why.unwrap_or_else(|| words.t("policy-by-country").into_owned());
            let which = desk.walls.pack(id, day).map_or_else(
                || words.t("policy-none").into_owned(),
                |pack| format!("{}@{}", pack.code(), pack.version()),
            );
            say::line(&format!("{}: {which}. {why}", office.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(desk: &Desk, code: &str) -> anyhow::Result<ExitCode> {
    let words = desk.words;
    let pack = desk.pack(code)?;
    let written = desk.walls.version(pack.code(), i64::from(pack.version()));
    let text = written.map(|it| it.text.to_string()).unwrap_or_default();
    let page = question::reading(words, &pack, &text, "");
    desk.heading(&pack);
    if page.pack.approximate {
        say::line(&words.t("policy-approximate-about"));
    }
    say::line(&words.t("policy-precedence"));
    for way in &page.directions {
        say::line("");
        say::line(&words.with2("policy-way", &way.from.text, &way.to.text));
        for rule in &way.rules {
            say::line(&format!("  {}: {}", rule.rule, words.of("policy-for", &rule.purpose)));
            if !rule.when.is_empty() {
                say::line(&format!("    {}: {}", words.t("policy-when"), texts(&rule.when)));
            }
            for line in letters(words, &rule.cells) {
                say::line(&format!("    {line}"));
            }
            let mark = if rule.verified { "" } else { " (*)" };
            say::line(&format!("    {}{mark}", words.with("policy-ask-basis", &rule.basis)));
        }
    }
    say::line("");
    say::line(&words.t("policy-overlays"));
    for one in &page.overlays {
        let kind = words.of("policy-kind", &one.kind);
        let lifted = if one.unless.is_empty() {
            words.t("policy-no-mark").into_owned()
        } else {
            texts(&one.unless)
        };
        let unless = words.t("policy-overlay-unless");
        say::line(&format!("  {}: {}. {kind}. {unless}: {lifted}", one.overlay, one.name));
    }
    say::line("");
    say::line(&words.with2("policy-single-reason", page.reason_min, page.reason_max));
    say::line(&words.with("policy-single-months", page.most_months));
    say::line(&words.with("policy-single-hours", page.second_person_hours));
    if page.verified < page.count {
        say::line(&format!("(*) {}", words.t("policy-unverified")));
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(desk: &Desk, asked: AskArgs) -> anyhow::Result<ExitCode> {
    let yes = |it: bool| if it { "yes".to_owned() } else { String::new() };
    let question = Question {
        pack: asked.pack,
        from: asked.from,
        to: asked.to,
        purpose: asked.purpose,
        category: asked.category,
        when: asked.when,
        overlay: asked.overlay,
        mark: asked.mark,
        own: yes(asked.own),
        list: yes(asked.list),
        internal: yes(asked.internal),
        agreed: yes(asked.agreed),
        consent: asked.consent,
        necessity: asked.necessity,
        single: asked.single,
    };
    let pack = desk.pack(&question.pack)?;
    let put = match question::read_question(&question, &pack) {
        Ok(put) => put,
        Err(faults) => {
            let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
            let bodies: Vec<&str> = pack.bodies().map(|(_, it)| it.code.as_str()).collect();
            let conditions: Vec<&str> = pack.conditions().map(|(_, it)| it.code.as_str()).collect();
            bail!(
                "not understood: {}. Bodies of {}: {}. Conditions: {}",
                fields.join(", "),
                pack.code(),
                bodies.join(" "),
                conditions.join(" ")
            );
        }
    };
    let words = desk.words;
    let answer = question::answer(words, &pack, &put, desk.now, desk.today);
    desk.heading(&pack);
    for line in &answer.says {
        say::line(line);
    }
    let list = |title: &str, all: &[ToldCode]| {
        if !all.is_empty() {
            say::line(&format!("{}:", words.t(title)));
            all.iter().for_each(|one| say::line(&format!("  {}", one.text)));
        }
    };
    list("policy-ask-reasons", &answer.reasons);
    list("policy-ask-remedy", &answer.remedies);
    list("policy-duties", &answer.duties);
    if !answer.rules.is_empty() {
        say::line(&format!("{}:", words.t("policy-ask-rules")));
    }
    for rule in &answer.rules {
        let missing = texts(&rule.missing);
        say::line(&format!(
            "  {} {}: {} {missing}",
            rule.rule, rule.letter.code, rule.standing.text
        ));
    }
    say::line(&format!("{}:", words.t("policy-ask-overlays")));
    for overlay in &answer.overlays {
        say::line(&format!("  {} {}: {}", overlay.overlay, overlay.name, overlay.state.text));
    }
    Ok(if answer.yes { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

fn see(
    desk: &Desk,
    pack: &str,
    body: Option<String>,
    role: Option<String>,
) -> anyhow::Result<ExitCode> {
    let words = desk.words;
    if let Some(code) = body {
        let pack = desk.pack(pack)?;
        let known: Vec<&str> = pack.bodies().map(|(_, it)| it.code.as_str()).collect();
        let body = pack
            .body(&code)
            .with_context(|| format!("no body `{code}`; there are: {}", known.join(" ")))?;
        desk.heading(&pack);
        say::line(&words.with("policy-see-of", question::body_name(words, &pack, body)));
        for giver in question::sight(words, &pack, body) {
            say::line("");
            say::line(&words.with("policy-see-from", giver.from.text));
            for row in &giver.rows {
                say::line(&format!(
                    "  {} [{}]",
                    words.of("policy-for", &row.purpose),
                    row.rules.join(" ")
                ));
                if !row.when.is_empty() {
                    say::line(&format!("    {}: {}", words.t("policy-when"), texts(&row.when)));
                }
                for line in letters(words, &row.cells) {
                    say::line(&format!("    {line}"));
                }
            }
        }
        say::line("");
        say::line(&words.t("policy-see-none-is-no"));
    }
    if let Some(code) = role {
        let known: Vec<&str> = Role::ALL.iter().map(|it| it.as_str()).collect();
        let role = Role::parse(&code)
            .with_context(|| format!("no role `{code}`; there are: {}", known.join(" ")))?;
        say::line(&words.with("policy-see-acts", words.of("role", role.as_str()).into_owned()));
        for action in Action::ALL {
            let through = paths(role, *action);
            if through.is_empty() {
                continue;
            }
            let act = words.of("act", &action.as_str().replace('.', "-"));
            let through: Vec<_> =
                through.iter().map(|it| words.of("policy-relation", it.as_str())).collect();
            say::line(&format!("  {act}: {}", through.join("; ")));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn diff(desk: &Desk, a: &str, b: &str, all: bool) -> anyhow::Result<ExitCode> {
    let words = desk.words;
    let (before, after) = (desk.pack(a)?, desk.pack(b)?);
    if question::effort(&before, &after) > question::PARTS_TO_COMPARE {
        bail!("these packs have too many conditions to be compared");
    }
    let mut least = LEAST_COUNT;
    let mut counts = None;
    if let Some(site) = &desk.site {
        let zone = TimeZone::get(&site.config.time_zone)?;
        let month = onedoor_server::app::month_of(&zone, desk.today);
        let mut conn = site.db.read().await?;
        least = smallest_count(&mut conn, &site.config).await?;
        counts = Some(question::counts(&mut conn, least, month).await?);
    }
    let rows = question::changes(words, &before, &after, all, counts.as_ref());
    desk.heading(&before);
    desk.heading(&after);
    let closed = words.t("policy-diff-no-rule");
    for row in &rows {
        let way = words.with2("policy-way", &row.from.text, &row.to.text);
        say::line("");
        say::line(&format!("{way}. {}", words.of("policy-for", &row.purpose)));
        if !row.when.is_empty() {
            say::line(&format!("  {}: {}", words.t("policy-when"), texts(&row.when)));
        }
        let side = |letter: &str, rule: &str| {
            if letter.is_empty() {
                closed.clone().into_owned()
            } else {
                format!("{letter} {} ({rule})", words.of("policy-short", letter))
            }
        };
        let (was, is) = (side(&row.before, &row.rule_before), side(&row.after, &row.rule_after));
        let mark = if row.wider { "policy-diff-more-open" } else { "policy-diff-less-open" };
        say::line(&format!("  {was} -> {is}. {}", words.t(mark)));
        let kinds: Vec<String> = row
            .kinds
            .iter()
            .map(|kind| {
                let name = words.of("policy-info", &kind.category);
                match kind.people {
                    Some(count) => format!("{name}: {count}"),
                    None if kind.few => format!("{name}: {}", words.with("policy-diff-few", least)),
                    None => name.into_owned(),
                }
            })
            .collect();
        say::line(&format!("  {}", kinds.join(", ")));
    }
    let wider = rows.iter().filter(|row| row.wider).count();
    say::line("");
    say::line(&format!("{}: {wider}", words.t("policy-diff-wider")));
    say::line(&format!("{}: {}", words.t("policy-diff-narrower"), rows.len() - wider));
    Ok(ExitCode::SUCCESS)
}

/// A file's text. A file that is too large is not read whole.
fn text_of(file: &Path) -> anyhow::Result<String> {
    let about = || format!("{} cannot be read as UTF-8 text", file.display());
    let length = std::fs::metadata(file).with_context(about)?.len();
    let most = u64::try_from(onedoor_domain::secrecy::MAX_BYTES).unwrap_or(u64::MAX);
    if length > most {
        bail!("{} has {length} bytes; the most is {most}", file.display());
    }
    std::fs::read_to_string(file).with_context(about)
}

fn say_faults(words: Words, file: &Path, faults: &[PackFault]) {
    for fault in question::fault_lines(words, faults) {
        let place = format!("{}:{}", file.display(), fault.line);
        say::error(&format!("{place}: {} {} ({})", fault.place, fault.text, fault.value));
    }
}

fn check(args: &PolicyArgs, file: &Path, settings_of: Option<&str>) -> anyhow::Result<ExitCode> {
    let words = Words::new(args.language);
    let text = text_of(file)?;
    let faults = match settings_of {
        None => match Pack::read(&text) {
            Ok(pack) => {
                let count = pack.rules().count();
                say::line(&format!("{}@{}: {count} rules, no fault.", pack.code(), pack.version()));
                return Ok(ExitCode::SUCCESS);
            }
            Err(faults) => faults,
        },
        Some(code) => {
            let walls = Walls::shipped(Country::No)?;
            let pack = walls.by_code(code).with_context(|| format!("no shipped pack `{code}`"))?;
            match Narrowing::read(&text, &pack) {
                Ok(read) => {
                    let (set, wider) = (read.settings().len(), read.widens().len());
                    say::line(&format!(
                        "{set} settings, {wider} of them above the pack's own letters but within the law; no fault."
                    ));
                    return Ok(ExitCode::SUCCESS);
                }
                Err(faults) => faults,
            }
        }
    };
    say_faults(words, file, &faults);
    bail!("{} faults", faults.len())
}

async fn load(desk: &Desk, file: &Path) -> anyhow::Result<ExitCode> {
    let site = desk.site()?;
    let text = text_of(file)?;
    if let Err(faults) = Pack::read(&text) {
        say_faults(desk.words, file, &faults);
        bail!("{} faults; nothing was loaded", faults.len());
    }
    let journal = Journal::new(site.config.journal_key()?);
    let mut tx = site.db.begin().await?;
    let pack = match question::loaded_by_keeper(&mut tx, &journal, &text, desk.now).await {
        Err(BookFault::Changed(..)) => bail!("{}", desk.words.t("fault-policy-used")),
        other => other?,
    };
    tx.commit().await?;
    say::line(&format!("{}@{} is loaded. It holds nowhere yet.", pack.code(), pack.version()));
    Ok(ExitCode::SUCCESS)
}

struct Chosen {
    code: String,
    office: Option<String>,
    from: Date,
    reason: String,
    settings: Option<PathBuf>,
}

async fn choose(desk: &Desk, asked: &Chosen) -> anyhow::Result<ExitCode> {
    let site = desk.site()?;
    let pack = desk.pack(&asked.code)?;
    if asked.from < desk.today {
        bail!("{}", desk.words.t("fault-policy-past"));
    }
    if asked.reason.trim().is_empty() {
        bail!("--reason must say something");
    }
    let mut settings = String::new();
    if let Some(file) = &asked.settings {
        settings = text_of(file)?;
        // Held against the pack itself, not against what some office made of it.
        let plain = desk.walls.version(pack.code(), i64::from(pack.version()));
        let plain = plain.map_or_else(|| std::sync::Arc::clone(&pack), |written| written.pack);
        if let Err(faults) = Narrowing::read(&settings, &plain) {
            say_faults(desk.words, file, &faults);
            bail!("{} faults; nothing was chosen", faults.len());
        }
    }
    let mut tx = site.db.begin().await?;
    let office = asked.office.as_ref().map(|code| OfficeId(id_of("office", code)));
    if let Some(id) = office
        && onedoor_server::office::store::office(&mut tx, id).await?.is_none()
    {
        bail!("there is no office with this code");
    }
    let choice = NewChoice {
        office,
        code: pack.code(),
        version: i64::from(pack.version()),
        settings: settings.trim(),
        from: asked.from,
        reason: asked.reason.trim(),
        by: None,
        read: None,
    };
    let journal = Journal::new(site.config.journal_key()?);
    let keeper = (&journal, &desk.walls);
    let taken = question::chosen_by_keeper(&mut tx, keeper, &choice, desk.now).await?;
    tx.commit().await?;
    if let Taken::Waits(id, beyond) = taken {
        say::line(desk.words.t("policy-waits-keeper").as_ref());
        for one in beyond {
            say::line(&format!("  {}", desk.words.of("policy-beyond", one.as_str())));
        }
        say::line(&format!("  /policy/proposals/{id}"));
        return Ok(ExitCode::SUCCESS);
    }
    say::line(&format!(
        "{}@{} holds from {}. A running server sees it within half a minute.",
        pack.code(),
        pack.version(),
        asked.from
    ));
    Ok(ExitCode::SUCCESS)
}

async fn unused(desk: &Desk, pack: &str, days: i64) -> anyhow::Result<ExitCode> {
    let site = desk.site()?;
    let words = desk.words;
    let pack = desk.pack(pack)?;
    let since = desk.now.checked_sub((days * 24).hours())?;
    let mut conn = site.db.read().await?;
    let used = question::used_since(&mut conn, since).await?;
    let (ways, open) = question::idle(words, &pack, &used);
    desk.heading(&pack);
    say::line(&words.with2("policy-unused-of", ways.len(), open));
    for way in &ways {
        say::line(&format!(
            "  {}. {}, {}: {} ({})",
            words.with2("policy-way", &way.from.text, &way.to.text),
            words.of("policy-info", &way.category),
            words.of("policy-for", &way.purpose),
            way.letter,
            way.rules.join(" ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}
