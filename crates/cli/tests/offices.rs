//! The offices of a country from a folder of files, as whoever sets the program up does it.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

/// The demonstration's country.
const COUNTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/country");

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn set_up(folder: &Path) -> String {
    let config = folder.join("onedoor.toml");
    std::fs::write(folder.join("journal.key"), [9_u8; 32]).unwrap();
    let text = format!(
        "database = {:?}\njournal_key_file = {:?}\n",
        folder.join("onedoor.db"),
        folder.join("journal.key")
    );
    std::fs::write(&config, text).unwrap();
    config.display().to_string()
}

fn import(config: &str, folder: &Path, dry_run: bool) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onedoor"));
    command.args(["office", "import", "--config", config]);
    if dry_run {
        command.arg("--dry-run");
    }
    command.arg(folder).output().unwrap()
}

/// The last line: what is there now, and how many left.
fn sums(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).lines().last().unwrap_or_default().to_owned()
}

fn changes_nothing(output: &Output) -> bool {
    output.status.success() && said(output).starts_with("0 lines change.")
}

/// REQ-ORG-30: one command sets up the offices of all 45 municipalities and the four districts.
/// Tried first, it tells exactly what then comes and keeps nothing; the same files again change
/// nothing; a file that is cut off changes nothing at all, and the line is named.
#[test]
fn a_country_is_set_up_in_one_command() {
    let folder = tempfile::tempdir().unwrap();
    let config = set_up(folder.path());
    let country = Path::new(COUNTRY);

    let tried = import(&config, country, true);
    assert!(tried.status.success(), "{}", said(&tried));
    assert!(said(&tried).contains("Tried only; nothing was kept."));
    let kept = import(&config, country, false);
    assert!(kept.status.success(), "{}", said(&kept));
    let told = said(&tried).replace("Tried only; nothing was kept.\n", "");
    assert_eq!(told, said(&kept), "what was tried is what came, so nothing was kept before");
    assert!(sums(&kept).starts_with("48 offices, "), "{}", sums(&kept));
    let again = import(&config, country, false);
    assert!(changes_nothing(&again), "{}", said(&again));

    let part = folder.path().join("part");
    std::fs::create_dir(&part).unwrap();
    for entry in std::fs::read_dir(country).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), part.join(entry.file_name())).unwrap();
    }
    let broken = part.join("0723-tjome.toml");
    let whole = std::fs::read_to_string(&broken).unwrap();
    let half: String = whole.lines().take(whole.lines().count() / 2).collect::<Vec<_>>().join("\n");
    std::fs::write(&broken, half + "\nname = ").unwrap();
    let moss = part.join("0104-moss.toml");
    let other =
        std::fs::read_to_string(&moss).unwrap().replace("Felles kontor Moss", "Kontor Moss");
    std::fs::write(&moss, other).unwrap();
    let refused = import(&config, &part, false);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("0723-tjome.toml"), "{}", said(&refused));
    assert!(said(&refused).contains("nothing was imported"), "{}", said(&refused));
    let after = import(&config, country, true);
    assert!(changes_nothing(&after), "Moss keeps its name: {}", said(&after));

    let nowhere = import(&config, &folder.path().join("nowhere"), true);
    assert!(!nowhere.status.success());
    assert!(said(&nowhere).contains("cannot be read"), "{}", said(&nowhere));
}
