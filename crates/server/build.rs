//! Fetches the style sheet of Designsystemet with npm and lays all files that the pages load
//! beside each other in `OUT_DIR/assets`.
//!
//! npm runs inside `OUT_DIR` only, with `--ignore-scripts`, and only when the lock file changed.
//! From `data_classes.toml` it makes the list of the tables with personal data, which the types of
//! the statements are made from (`src/db/personal.rs`).
//!
//! The crate gets two variables: `ONEDOOR_ASSETS` (the folder) and `ONEDOOR_ASSETS_VERSION`
//! (a hash of the contents, for `?v=` in addresses).

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, exit};

/// What npm needs; a change of either one fetches anew.
const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];
/// Our own files, copied as they are.
const OWN: [&str; 2] = ["app.css", "live.js"];
/// Where npm puts Designsystemet.
const PACKAGE: &str = "node_modules/@digdir/designsystemet-css";
/// In the order of the cascade: the theme's tokens, then the components.
const SHEETS: [&str; 2] = ["dist/theme/designsystemet.css", "dist/src/index.css"];

/// Says of every column what it holds.
const CLASSES: &str = "../../data_classes.toml";
/// Who works where is the set-up of the house, not a person who is helped.
const NOT_HELPED: &str = "staff";

const NEEDS: &str = "\
Building onedoor-server needs Node.js 18 or newer with npm, both on the PATH, and on the first
build access to an npm registry: the style sheet of Designsystemet is fetched as an npm package.
Install Node.js (https://nodejs.org, or the packages `nodejs` and `npm` of your system) and build
again. A registry of your own is set the usual way, in .npmrc or with NPM_CONFIG_REGISTRY.";

#[expect(clippy::print_stderr, reason = "the only way a build script can say what is missing")]
fn main() {
    if let Err(message) = run() {
        eprintln!("\nerror: {message}\n");
        exit(1);
    }
}

fn run() -> Result<(), String> {
    println!("cargo:rerun-if-changed=build.rs");
    for name in MANIFESTS.iter().chain(&OWN) {
        println!("cargo:rerun-if-changed=web/{name}");
    }

    println!("cargo:rerun-if-changed={CLASSES}");

    let home = variable("CARGO_MANIFEST_DIR")?;
    let web = home.join("web");
    let out = variable("OUT_DIR")?;
    let classes = read(&home.join(CLASSES))?;
    write(&out.join("personal_tables.rs"), &as_code(&personal_tables(&classes)?))?;
    let package = fetch(&web, &out.join("web"))?;

    let mut files = vec![("designsystemet.css", designsystemet(&package)?)];
    for name in OWN {
        files.push((name, read(&web.join(name))?));
    }

    let assets = out.join("assets");
    create(&assets)?;
    let mut hash = Fnv::new();
    for (name, contents) in &files {
        if name.ends_with(".css") {
            stays_at_home(name, contents)?;
        }
        hash.add(name.as_bytes());
        hash.add(&(contents.len() as u64).to_le_bytes());
        hash.add(contents.as_bytes());
        write(&assets.join(name), contents)?;
    }

    let folder =
        assets.to_str().ok_or_else(|| format!("the folder {} is not UTF-8", assets.display()))?;
    println!("cargo:rustc-env=ONEDOOR_ASSETS={folder}");
    println!("cargo:rustc-env=ONEDOOR_ASSETS_VERSION={:016x}", hash.0);
    Ok(())
}

/// The tables of which a column is personal or of health. A test reads the same file with a whole
/// TOML parser and compares.
fn personal_tables(classes: &str) -> Result<BTreeSet<&str>, String> {
    let mut tables = BTreeSet::new();
    let mut table = None;
    for line in classes.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = Some(name);
        } else if let Some((_, class)) = line.split_once(" = [\"")
            && (class.starts_with("personal\"") || class.starts_with("health\""))
        {
            tables.insert(table.ok_or_else(|| format!("{CLASSES}: a column before any table"))?);
        }
    }
    tables.remove(NOT_HELPED);
    Ok(tables)
}

/// The list, and a question that the compiler answers about every word of every statement: so the
/// lengths are compared first.
fn as_code(tables: &BTreeSet<&str>) -> String {
    let mut by_length: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for table in tables {
        by_length.entry(table.len()).or_default().push(format!("b\"{table}\""));
    }
    let arms: String = by_length
        .iter()
        .map(|(length, names)| {
            format!("        {length} => matches!(word, {}),\n", names.join(" | "))
        })
        .collect();
    format!(
        "/// The tables with personal data, as `data_classes.toml` says.\n\
         pub const TABLES: &[&str] = &{tables:?};\n\n\
         const fn is_table(word: &[u8]) -> bool {{\n    match word.len() {{\n{arms}        _ => false,\n    }}\n}}\n",
        tables = tables.iter().collect::<Vec<_>>()
    )
}

/// Runs `npm ci` in `place`, unless it already holds what the lock file asks for.
/// Returns the folder of the package.
fn fetch(web: &Path, place: &Path) -> Result<PathBuf, String> {
    create(place)?;
    let mut hash = Fnv::new();
    for name in MANIFESTS {
        let contents = read(&web.join(name))?;
        hash.add(contents.as_bytes());
        hash.add(&[0]);
        write(&place.join(name), &contents)?;
    }
    let wanted = format!("{:016x}\n", hash.0);
    let stamp = place.join("fetched");
    let package = place.join(PACKAGE);
    let complete = SHEETS.iter().all(|sheet| package.join(sheet).is_file());
    if complete && fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(package);
    }

    match fs::remove_file(&stamp) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(format!("cannot remove {}: {error}", stamp.display()));
        }
        _ => {}
    }
    npm(place)?;
    write(&stamp, &wanted)?;
    Ok(package)
}

fn npm(place: &Path) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let result = Command::new(program)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"])
        .arg("--no-update-notifier")
        .current_dir(place)
        .stdin(Stdio::null())
        .output();
    match result {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let mut said = String::from_utf8_lossy(&output.stderr).into_owned();
            said.push_str(&String::from_utf8_lossy(&output.stdout));
            Err(format!(
                "`npm ci --ignore-scripts` failed in {} ({}).\n\n{}\n\n{NEEDS}",
                place.display(),
                output.status,
                said.trim()
            ))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(format!("npm was not found.\n\n{NEEDS}"))
        }
        Err(error) => Err(format!("npm could not be started: {error}.\n\n{NEEDS}")),
    }
}

/// One sheet: licence, theme, components.
fn designsystemet(package: &Path) -> Result<String, String> {
    let licence = read(&package.join("LICENSE"))?;
    let mut sheet = format!("/*!\nDesignsystemet\n{}\n*/\n", licence.trim().replace("*/", "* /"));
    for name in SHEETS {
        sheet.push_str(read(&package.join(name))?.trim());
        sheet.push('\n');
    }
    Ok(sheet)
}

/// Refuses a style sheet that would load anything but itself; the pages' content security policy
/// would block it in the browser, where nobody sees why.
fn stays_at_home(name: &str, sheet: &str) -> Result<(), String> {
    let lower = sheet.to_ascii_lowercase();
    if lower.contains("@import") {
        return Err(format!("{name} contains an @import"));
    }
    for part in lower.split("url(").skip(1) {
        let address = part.trim_start_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        if !address.starts_with("data:") {
            let start: String = address.chars().take(60).collect();
            return Err(format!("{name} loads a file of its own: url({start}"));
        }
    }
    Ok(())
}

fn variable(name: &str) -> Result<PathBuf, String> {
    env::var_os(name)
        .filter(|value| value != OsStr::new(""))
        .map(PathBuf::from)
        .ok_or_else(|| format!("{name} is not set; this program is run by cargo"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

fn create(path: &Path) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|error| format!("cannot create {}: {error}", path.display()))
}

fn write(path: &Path, contents: &str) -> Result<(), String> {
    if fs::read(path).is_ok_and(|found| found == contents.as_bytes()) {
        return Ok(());
    }
    fs::write(path, contents).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// FNV-1a, 64 bits: names a state of the files, guards nothing.
struct Fnv(u64);

impl Fnv {
    fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
