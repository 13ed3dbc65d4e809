//! Searches for an input that breaks a promise: from the seeds, by changes, keeping what reaches
//! code that nothing reached before. See CONTRIBUTING.md, "Fuzzing".

mod change;
mod counters;

use std::collections::HashSet;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use change::Chance;
use onedoor_fuzz as targets;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 7] = [
    ("policy_loader", targets::policy_loader),
    ("consent_parser", targets::consent_parser),
    ("identity_numbers", targets::identity_numbers),
    ("office_import", targets::office_import),
    ("exchange_csv", targets::exchange_csv),
    ("arrangement_file", targets::arrangement_file),
    ("municipality_register", targets::municipality_register),
];

/// An input that takes longer is a fault: a file made to be slow.
const SLOW: Duration = Duration::from_secs(2);
/// What takes longer is stopped.
const HANGS: Duration = Duration::from_secs(20);

fn say(text: &str) {
    // A closed pipe is nobody's fault.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// The files of a folder, in the order of their names; none when there is no folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// Keeps an input under a name that its content decides, and says where.
fn keep(folder: &Path, kind: &str, data: &[u8]) -> String {
    let mark = data.iter().fold(0xcbf2_9ce4_8422_2325_u64, |mark, byte| {
        (mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let path = folder.join(format!("{kind}-{mark:016x}"));
    match std::fs::write(&path, data) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("{} (not written: {error})", path.display()),
    }
}

/// What is being run, and since when.
type Now = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

fn set(now: &Now, what: Option<(Instant, Vec<u8>)>) {
    *now.lock().unwrap_or_else(PoisonError::into_inner) = what;
}

/// Stops the program when one input takes too long.
fn watch(now: &Now, folder: &Path) {
    let (now, folder) = (Arc::clone(now), folder.to_path_buf());
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let held = now.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((since, data)) = held.as_ref()
                && since.elapsed() > HANGS
            {
                say(&format!("hangs: {}", keep(&folder, "hang", data)));
                std::process::exit(1);
            }
        }
    });
}

/// Where a search stands.
struct Search {
    body: Target,
    folder: PathBuf,
    now: Now,
    seen: HashSet<counters::Passed>,
    found: Vec<counters::Passed>,
    inputs: Vec<Vec<u8>>,
    slowest: Duration,
    runs: u64,
}

impl Search {
    /// Runs one input. It is kept when it reached something new. False when it broke a promise.
    fn run(&mut self, data: &[u8]) -> bool {
        let begun = Instant::now();
        set(&self.now, Some((begun, data.to_vec())));
        counters::forget();
        let held = catch_unwind(AssertUnwindSafe(|| (self.body)(data)));
        counters::passed(&mut self.found);
        set(&self.now, None);
        let took = begun.elapsed();
        self.runs += 1;
        self.slowest = self.slowest.max(took);
        if held.is_err() {
            say(&format!("breaks: {}", keep(&self.folder, "break", data)));
            return false;
        }
        if took > SLOW {
            say(&format!("slow, {} ms: {}", took.as_millis(), keep(&self.folder, "slow", data)));
            return false;
        }
        let before = self.seen.len();
        self.seen.extend(self.found.iter().copied());
        if self.seen.len() > before {
            self.inputs.push(data.to_vec());
        }
        true
    }

    /// One of what is kept: as often one of the newest as one of all.
    fn pick(&self, chance: &mut Chance) -> &[u8] {
        let all = self.inputs.len();
        let newest = all.div_ceil(8);
        let place =
            if chance.below(2) == 0 { chance.below(all) } else { all - 1 - chance.below(newest) };
        self.inputs.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    fn tell(&self, begun: Instant) {
        say(&format!(
            "{:>5} s  {:>10} runs  {:>6} passed  {:>5} inputs  slowest {:.1} ms",
            begun.elapsed().as_secs(),
            self.runs,
            self.seen.len(),
            self.inputs.len(),
            self.slowest.as_secs_f64() * 1e3,
        ));
    }
}

fn search(name: &str, body: Target, seconds: u64, seed: u64) -> ExitCode {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("../target/fuzz-found").join(name);
    if let Err(error) = std::fs::create_dir_all(folder.join("kept")) {
        say(&format!("{}: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    let seeds = files(&here.join("corpus").join(name));
    if seeds.is_empty() {
        say(&format!("{name} has no seed"));
        return ExitCode::FAILURE;
    }
    let words: Vec<Vec<u8>> = seeds.iter().flat_map(|it| change::words(it)).collect();
    let most = change::most(&seeds);
    let now = Now::default();
    watch(&now, &folder);
    let mut search = Search {
        body,
        folder: folder.clone(),
        now,
        seen: HashSet::new(),
        found: Vec::new(),
        inputs: Vec::new(),
        slowest: Duration::ZERO,
        runs: 0,
    };
    match counters::places() {
        0 => say("built without counters: nothing guides the search (see fuzz/run)"),
        places => say(&format!("{name}: {places} places, seed {seed}")),
    }
    let begun = Instant::now();
    // What earlier runs kept is where this one begins.
    for data in seeds.iter().chain(&files(&folder.join("kept"))) {
        if !search.run(data) {
            return ExitCode::FAILURE;
        }
    }
    if search.inputs.is_empty() {
        search.inputs = seeds;
    }
    let mut kept = search.inputs.len();
    let mut chance = Chance::new(seed);
    let mut told = 0;
    while begun.elapsed().as_secs() < seconds {
        let data = {
            let data = search.pick(&mut chance);
            let other = search.pick(&mut chance);
            change::changed(&mut chance, data, other, &words, most)
        };
        if !search.run(&data) {
            search.tell(begun);
            return ExitCode::FAILURE;
        }
        for data in search.inputs.get(kept..).unwrap_or_default() {
            keep(&folder.join("kept"), "input", data);
        }
        kept = search.inputs.len();
        if begun.elapsed().as_secs() / 30 > told {
            told = begun.elapsed().as_secs() / 30;
            search.tell(begun);
        }
    }
    search.tell(begun);
    ExitCode::SUCCESS
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let word = |place: usize| args.get(place).map(String::as_str);
    let found = TARGETS.iter().find(|(name, _)| word(0) == Some(name));
    let Some((name, body)) = found else {
        say("fuzz/run TARGET [SECONDS [SEED]]    searches");
        say("fuzz/run TARGET FILE                runs one input");
        TARGETS.iter().for_each(|(name, _)| say(&format!("  {name}")));
        return ExitCode::FAILURE;
    };
    match word(1).map(|it| (it, it.parse::<u64>())) {
        Some((path, Err(_))) => match std::fs::read(path) {
            Ok(data) => {
                let begun = Instant::now();
                body(&data);
                say(&format!("stands, {:.1} ms", begun.elapsed().as_secs_f64() * 1e3));
                ExitCode::SUCCESS
            }
            Err(error) => {
                say(&format!("{path}: {error}"));
                ExitCode::FAILURE
            }
        },
        seconds => {
            let seconds = seconds.and_then(|(_, it)| it.ok()).unwrap_or(120);
            let seed = word(2).and_then(|it| it.parse().ok()).unwrap_or(1);
            search(name, *body, seconds, seed)
        }
    }
}
