//! The busiest hour of a country's morning, replayed (REQ-MISC-05): people come to every reception
//! at the times that chance gives and not when the server has time for them, are called in, seen
//! and sent off with a next step, while queue screens stand open everywhere.
//!
//! Times are counted from the instant at which an act was due, so that a server that falls behind
//! is not spared by a load that waits for it. `docs/performance.md` says how to read the rows.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use jiff::ToSpan;
use serde_json::{Value, json};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use crate::bench::{self, Place, Server, Times};
use crate::say;
use crate::schedule::{Chance, Coming, WARM_UP, schedule};

/// What is replayed.
pub(crate) struct Plan {
    /// Receptions of the country.
    pub(crate) offices: u64,
    /// Visits that begin in an hour, over the whole country.
    pub(crate) visits: u64,
    /// Minutes that are measured.
    pub(crate) minutes: u64,
    /// Queue screens, spread over the receptions.
    pub(crate) screens: u64,
    /// How many wait at the reception whose screens are timed.
    pub(crate) waiting: u64,
}

/// The receptions of a city, as `demo/city.toml` has them, with whom the replay needs there: a host
/// and a front worker of each agency.
const RECEPTIONS: [&str; 4] = ["heimdal", "lerkendal", "midtbyen", "ostbyen"];
const HOST: &str = "02";
const FRONT: [&str; 3] = ["04", "06", "08"];

/// Screens wait so long for the next change before they look, as `live.js` does.
const DEBOUNCE: Duration = Duration::from_millis(200);
/// How often somebody comes to the full reception for its screens to be timed.
const PROBE: Duration = Duration::from_secs(3);
/// A change that a screen has not shown after this is missed.
const LOST: Duration = Duration::from_secs(30);
/// What is promised: acts, and screens.
const ACT_LIMIT_MS: f64 = 100.0;
const SCREEN_LIMIT_MS: f64 = 1000.0;
/// Calls at once while the morning is prepared.
const PREPARING: usize = 24;
/// The longest that one call may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(30);

const CHECK_IN: &str = "check in";
const CALL_IN: &str = "call in";
const LOOK: &str = "look at the visit";
const CLOSE: &str = "close with a next step";
const ROWS: &str = "queue rows for a screen";
const SHOWN: &str = "a change on the full screens";

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who works at a reception, each with the cookie of their session.
struct Reception {
    host: String,
    front: Vec<String>,
}

/// What was measured of one kind of act.
#[derive(Default)]
struct Tally {
    micros: Vec<u64>,
    failed: u64,
    /// What the first failure said.
    said: Option<String>,
}

/// A change at the full reception that its screens should show.
struct Change {
    mark: String,
    at: Instant,
    seen_by: u64,
}

struct Morning {
    client: reqwest::Client,
    base: String,
    receptions: Vec<Reception>,
    /// The day of every next step.
    on: String,
    /// From when on it is measured, and until when; nothing is, while it is prepared.
    window: OnceLock<(Instant, Instant)>,
    tallies: Mutex<HashMap<&'static str, Tally>>,
    changes: Mutex<Vec<Change>>,
    /// The most that the replay itself was late with an act, in microseconds.
    late: AtomicU64,
    over: AtomicBool,
    /// How many screens of the full reception are timed.
    timed: u64,
}

impl Morning {
    fn note(&self, what: &'static str, due: Instant, result: &anyhow::Result<()>) {
        let elapsed = due.elapsed();
        if !self.window.get().is_some_and(|(from, until)| (*from..*until).contains(&due)) {
            return;
        }
        let mut tallies = held(&self.tallies);
        let tally = tallies.entry(what).or_default();
        match result {
            Ok(()) => {
                tally.micros.push(u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX));
            }
            Err(error) => {
                tally.failed += 1;
                tally.said.get_or_insert_with(|| format!("{error:#}"));
            }
        }
    }

    /// Waits for the instant of an act, and notes how late the replay itself was.
    async fn due(&self, at: Instant) {
        sleep_until(at).await;
        let late = u64::try_from(at.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.late.fetch_max(late, Ordering::Relaxed);
    }

    async fn send(&self, cookie: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self
            .client
            .post(format!("{}/api/v1{path}", self.base))
            .header("cookie", cookie)
            .timeout(PATIENCE)
            .json(body);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status} {text}");
        Ok(serde_json::from_str(&text)?)
    }

    async fn page(&self, cookie: &str, path: &str) -> anyhow::Result<String> {
        let url = format!("{}{path}", self.base);
        let request = self.client.get(url).header("cookie", cookie).timeout(PATIENCE);
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{path}: {status}");
        Ok(text)
    }

    /// Checks somebody in; gives the way to the visit.
    async fn check_in(&self, reception: &Reception, name: &str) -> anyhow::Result<String> {
        let form = json!({ "need": ["income"], "given": "Ola", "family": name });
        let made = self.send(&reception.host, "/reception/check-in", &form).await?;
        let location = made.get("location").and_then(Value::as_str).context("no location")?;
        Ok(location.trim_start_matches("/api/v1").to_owned())
    }

    /// One visit from the door to its end. What fails is noted, and ends it.
    async fn visit(&self, at: Instant, coming: &Coming, name: &str) {
        let index = coming.reception % self.receptions.len().max(1);
        let Some(reception) = self.receptions.get(index) else { return };
        self.due(at).await;
        let came = self.check_in(reception, name).await;
        let (path, came) = match came {
            Ok(path) => (path, Ok(())),
            Err(error) => (String::new(), Err(error)),
        };
        self.note(CHECK_IN, at, &came);
        if came.is_err() {
            return;
        }
        let turn = usize::try_from(coming.talk.as_millis()).unwrap_or(0);
        let Some(worker) = reception.front.get(turn % reception.front.len().max(1)) else {
            return;
        };
        let at = at + coming.wait;
        self.due(at).await;
        let called = self.send(worker, &format!("{path}/take"), &json!({})).await.map(|_| ());
        self.note(CALL_IN, at, &called);
        if called.is_err() {
            return;
        }
        let looking = Instant::now();
        let looked = self.page(worker, &path).await.map(|_| ());
        self.note(LOOK, looking, &looked);
        let at = at + coming.talk;
        self.due(at).await;
        let form = json!({
            "outcome": "next_step", "step_what": "Call back", "step_on": self.on,
            "step_place": "By phone",
        });
        let closed = self.send(worker, &format!("{path}/close"), &form).await.map(|_| ());
        self.note(CLOSE, at, &closed);
    }

    /// A queue screen: the stream stays open, and each change brings the rows anew.
    async fn screen(self: Arc<Self>, cookie: String, timed: bool, open: Arc<Notify>) {
        let changed = Arc::new(Notify::new());
        let listener = (Arc::clone(&self), cookie.clone(), Arc::clone(&changed));
        let stream = tokio::spawn(async move {
            let (morning, cookie, changed) = listener;
            let listened = morning.listen(&cookie, &changed, &open).await;
            if !morning.over.load(Ordering::Relaxed) {
                let result = listened.and_then(|()| bail!("a screen's stream ended"));
                morning.note(ROWS, Instant::now(), &result);
            }
        });
        let mut seen: Vec<String> = Vec::new();
        while !self.over.load(Ordering::Relaxed) {
            if timeout(Duration::from_secs(1), changed.notified()).await.is_err() {
                continue;
            }
            while timeout(DEBOUNCE, changed.notified()).await.is_ok() {}
            let asked = Instant::now();
            let rows = self.page(&cookie, "/reception/rows").await;
            let result = match &rows {
                Ok(_) => Ok(()),
                Err(error) => Err(anyhow::anyhow!("{error:#}")),
            };
            self.note(ROWS, asked, &result);
            if let (true, Ok(rows)) = (timed, rows) {
                self.compare(&rows, &mut seen);
            }
        }
        stream.abort();
    }

    async fn listen(&self, cookie: &str, changed: &Notify, open: &Notify) -> anyhow::Result<()> {
        let url = format!("{}/reception/live", self.base);
        let mut answer = self.client.get(url).header("cookie", cookie).send().await?;
        anyhow::ensure!(answer.status().is_success(), "no stream: {}", answer.status());
        open.notify_one();
        while let Some(chunk) = answer.chunk().await? {
            if chunk.windows(5).any(|word| word == b"pulse") {
                changed.notify_one();
            }
        }
        Ok(())
    }

    /// Which changes a screen of the full reception now shows for the first time.
    fn compare(&self, rows: &str, seen: &mut Vec<String>) {
        let mut shown = Vec::new();
        for change in held(&self.changes).iter_mut() {
            if !seen.contains(&change.mark) && rows.contains(&change.mark) {
                change.seen_by += 1;
                shown.push(change.at);
                seen.push(change.mark.clone());
            }
        }
        for at in shown {
            self.note(SHOWN, at, &Ok(()));
        }
    }

    /// People who come to the full reception, each with a name that its screens are searched for.
    async fn probe(self: Arc<Self>, from: Instant, until: Instant) {
        let mut stories = JoinSet::new();
        let mut chance = Chance(17);
        let mut at = from;
        for n in 0_u32.. {
            at += PROBE;
            if at >= until {
                break;
            }
            self.due(at).await;
            let mark = format!("Sonde-{n:06}");
            held(&self.changes).push(Change { mark: mark.clone(), at, seen_by: 0 });
            let morning = Arc::clone(&self);
            // Nobody of them is called in before the screens have had the time to show it.
            let wait = LOST + chance.between((1, 10));
            let coming = Coming { at: Duration::ZERO, reception: 0, wait, talk: PROBE };
            stories.spawn(async move { morning.visit(at, &coming, &mark).await });
            while stories.try_join_next().is_some() {}
        }
        while stories.join_next().await.is_some() {}
    }

    /// Changes that came in time to be shown and were not, on any of the timed screens.
    fn missed(&self) -> u64 {
        let Some((from, until)) = self.window.get().copied() else { return 0 };
        let last = until.checked_sub(LOST).unwrap_or(until);
        held(&self.changes)
            .iter()
            .filter(|change| (from..last).contains(&change.at))
            .map(|change| self.timed.saturating_sub(change.seen_by))
            .sum()
    }

    fn times(&self, what: &'static str) -> (Times, u64, Option<String>) {
        let tally = held(&self.tallies).remove(what).unwrap_or_default();
        let wall = self.window.get().map_or(Duration::ZERO, |(from, until)| *until - *from);
        (Times { micros: tally.micros, wall }, tally.failed, tally.said)
    }
}

/// Does something for many at once, a few at a time, and stops at the first fault.
async fn many<T, F>(jobs: Vec<F>) -> anyhow::Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = anyhow::Result<T>> + Send + 'static,
{
    let gate = Arc::new(Semaphore::new(PREPARING));
    let mut tasks = Vec::new();
    for job in jobs {
        let gate = Arc::clone(&gate);
        tasks.push(tokio::spawn(async move {
            let _turn = gate.acquire_owned().await?;
            job.await
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.push(task.await??);
    }
    Ok(all)
}

/// The code of somebody at the `n`-th reception of the country.
fn staff_code(n: u64, number: &str) -> String {
    let in_city = usize::try_from(n).unwrap_or(0) % RECEPTIONS.len();
    let office = RECEPTIONS.get(in_city).copied().unwrap_or_default();
    let city = n / RECEPTIONS.len() as u64 + 1;
    if city == 1 {
        format!("{office}-{number}")
    } else {
        // As the further cities of a population are named.
        format!("m{city:03}-{office}-{number}")
    }
}

async fn reception(client: reqwest::Client, base: String, n: u64) -> anyhow::Result<Reception> {
    let host = bench::sign_in(&client, &base, &staff_code(n, HOST)).await?;
    let mut front = Vec::new();
    for number in FRONT {
        front.push(bench::sign_in(&client, &base, &staff_code(n, number)).await?);
    }
    Ok(Reception { host, front })
}

/// Lets people wait at the first reception until so many do.
async fn fill(morning: &Arc<Morning>, waiting: u64) -> anyhow::Result<()> {
    let one = |n: u64| {
        let morning = Arc::clone(morning);
        async move {
            let reception = morning.receptions.first().context("no reception")?;
            morning.check_in(reception, &format!("Venter-{n:04}")).await.map(|_| ())
        }
    };
    let there = waiting_at_first(morning).await?;
    many((there..waiting).map(one).collect()).await?;
    let there = waiting_at_first(morning).await?;
    anyhow::ensure!(there >= waiting, "only {there} wait at the full reception");
    Ok(())
}

async fn waiting_at_first(morning: &Morning) -> anyhow::Result<u64> {
    let reception = morning.receptions.first().context("no reception")?;
    let text = morning.page(&reception.host, "/api/v1/reception").await?;
    let queue: Value = serde_json::from_str(&text)?;
    let waiting = queue.get("waiting").and_then(Value::as_array).context("no queue")?;
    Ok(u64::try_from(waiting.len())?)
}

/// Opens the screens, as many at each reception, and waits until every stream is there.
async fn open_screens(morning: &Arc<Morning>, screens: u64) -> anyhow::Result<JoinSet<()>> {
    let mut set = JoinSet::new();
    let open = Arc::new(Notify::new());
    for n in 0..screens {
        let at = usize::try_from(n).unwrap_or(0) % morning.receptions.len().max(1);
        let Some(reception) = morning.receptions.get(at) else { continue };
        let turn = usize::try_from(n).unwrap_or(0) / morning.receptions.len().max(1);
        let workers = reception.front.len() + 1;
        let cookie = match turn % workers {
            0 => reception.host.clone(),
            one => reception.front.get(one - 1).cloned().unwrap_or_default(),
        };
        set.spawn(Arc::clone(morning).screen(cookie, at == 0, Arc::clone(&open)));
        let ready = timeout(PATIENCE, open.notified()).await;
        ready.with_context(|| format!("screen {n} of {screens} was not connected"))?;
    }
    Ok(set)
}

/// How many screens stand at the first reception.
fn timed(plan: &Plan) -> u64 {
    plan.screens.div_ceil(plan.offices.max(1)).min(plan.screens)
}

fn row(name: &str, times: &mut Times, failed: u64) {
    let count = times.micros.len();
    let (p50, p99, most) = (times.share(0.5), times.share(0.99), times.share(1.0));
    let rate = times.rate();
    say::line(&format!(
        "{name:32} {count:>9} {rate:>10.1} {p50:>9.2} {p99:>9.2} {most:>9.2} {failed:>7}"
    ));
}

/// What became of a promise, for the last lines.
fn verdict(what: &str, holds: bool) -> bool {
    say::line(&format!("{what}: {}", if holds { "kept" } else { "NOT kept" }));
    holds
}

/// Prints everything; says whether what is promised was kept.
fn report(morning: &Morning, server: &Server) -> bool {
    say::line(&format!(
        "{:32} {:>9} {:>10} {:>9} {:>9} {:>9} {:>7}",
        "", "count", "a second", "p50 ms", "p99 ms", "most ms", "failed"
    ));
    let mut acts_hold = true;
    let mut wrong = Vec::new();
    for what in [CHECK_IN, CALL_IN, LOOK, CLOSE, ROWS] {
        let (mut times, failed, said) = morning.times(what);
        row(what, &mut times, failed);
        acts_hold &= failed == 0 && !times.micros.is_empty() && times.share(0.99) < ACT_LIMIT_MS;
        wrong.extend(said);
    }
    let (mut shown, failed, _) = morning.times(SHOWN);
    row(SHOWN, &mut shown, failed);
    let missed = morning.missed();
    let late = Duration::from_micros(morning.late.load(Ordering::Relaxed));
    say::line(&format!("changes that a screen never showed: {missed}"));
    say::line(&format!("the replay itself was late by at most {} ms", late.as_millis()));
    if let Some(mib) = server.resident_mib() {
        say::line(&format!("resident memory of the server: {mib} MiB"));
    }
    for said in wrong {
        say::line(&format!("first failure: {said}"));
    }
    let screens_hold =
        missed == 0 && !shown.micros.is_empty() && shown.share(1.0) < SCREEN_LIMIT_MS;
    let acts = verdict("p99 of every act under 100 ms", acts_hold);
    let screens = verdict("every screen shows every change within a second", screens_hold);
    acts && screens
}

/// Replays the morning.
///
/// # Errors
/// When the server does not start, or the morning cannot be prepared.
pub(crate) async fn run(place: Place, plan: Plan) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(plan.offices > 0 && plan.visits > 0 && plan.minutes > 0, "nothing to replay");
    let cities = plan.offices.div_ceil(RECEPTIONS.len() as u64);
    let place = Place { cities, ..place };
    say::line("Preparing (the first time a population is made) ...");
    let (server, started) = bench::start(&place).await?;
    let client = bench::client()?;
    let base = server.base.clone();
    let jobs = (0..plan.offices).map(|n| reception(client.clone(), base.clone(), n)).collect();
    let receptions = many(jobs).await.with_context(|| {
        format!(
            "somebody at a reception could not sign in; is {} of a smaller country?",
            place.folder.display()
        )
    })?;
    let on = onedoor_server::clock::Clock::System.now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let morning = Arc::new(Morning {
        client,
        base,
        receptions,
        on: on.saturating_add(3.days()).to_string(),
        window: OnceLock::new(),
        tallies: Mutex::default(),
        changes: Mutex::default(),
        late: AtomicU64::new(0),
        over: AtomicBool::new(false),
        timed: timed(&plan),
    });
    let all = schedule(&plan, &mut Chance(2004));
    fill(&morning, plan.waiting).await?;
    let mut screens = open_screens(&morning, plan.screens).await?;
    say::line(&format!(
        "{} receptions, {} visits an hour, {} screens, {} waiting at the full one; load from the \
         same machine; start to first answer {:.2} s",
        plan.offices,
        plan.visits,
        plan.screens,
        plan.waiting,
        started.as_secs_f64()
    ));
    say::line(&format!(
        "{} s until the rooms are as full as they get, then {} min are measured ...",
        WARM_UP.as_secs(),
        plan.minutes
    ));
    let begin = Instant::now();
    let from = begin + WARM_UP;
    let until = from + Duration::from_secs(plan.minutes * 60);
    morning.window.get_or_init(|| (from, until));
    let probes = tokio::spawn(Arc::clone(&morning).probe(begin, until));
    let mut stories = JoinSet::new();
    for coming in all {
        let at = begin + coming.at;
        sleep_until(at).await;
        let morning = Arc::clone(&morning);
        stories.spawn(async move { morning.visit(at, &coming, "Nordmann").await });
        while stories.try_join_next().is_some() {}
    }
    sleep_until(until).await;
    while stories.join_next().await.is_some() {}
    probes.await?;
    let kept = report(&morning, &server);
    morning.over.store(true, Ordering::Relaxed);
    while screens.join_next().await.is_some() {}
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The staff of each reception are those of the population's cities.
    #[test]
    fn everybody_has_a_code_of_the_population() {
        assert_eq!(staff_code(0, HOST), "heimdal-02");
        assert_eq!(staff_code(3, "04"), "ostbyen-04");
        assert_eq!(staff_code(4, "04"), "m002-heimdal-04");
        assert_eq!(staff_code(499, "08"), "m125-ostbyen-08");
        let plan = Plan { offices: 500, visits: 60_000, minutes: 60, screens: 2000, waiting: 200 };
        assert_eq!(timed(&plan), 4);
    }
}
