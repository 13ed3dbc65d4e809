//! Questions to the policy packs from the command line.

#![cfg(test)]

use std::path::Path;
use std::process::{Command, Output};

fn onedoor(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_onedoor")).arg("policy").args(args).output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

const NO_2022: &str = include_str!("../../domain/packs/no_2022.toml");

/// REQ-INFO-04: a file is checked without a database; each fault has its line.
#[test]
fn a_file_is_checked_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good.toml");
    std::fs::write(&good, NO_2022).unwrap();
    let told = onedoor(&["check", good.to_str().unwrap()]);
    assert!(told.status.success(), "{}", said(&told));
    let bad = folder.path().join("bad.toml");
    let text = NO_2022.replacen("to = \"kom_sosial\"", "to = \"nobody\"", 1);
    assert_ne!(text, NO_2022);
    let line = 1 + text.lines().position(|line| line == "to = \"nobody\"").unwrap();
    std::fs::write(&bad, text).unwrap();
    let told = onedoor(&["check", bad.to_str().unwrap()]);
    assert_eq!(told.status.code(), Some(1));
    assert!(said(&told).contains(&format!("bad.toml:{line}: ")), "{}", said(&told));
    let wide = folder.path().join("wide.toml");
    let settings = "format = 1\npack = \"no-2022\"\n[[set]]\nrule = \"NO-04\"\n\
         category = \"health\"\neffect = \"A\"\n";
    std::fs::write(&wide, settings).unwrap();
    let told = onedoor(&["check", wide.to_str().unwrap(), "--settings-of", "no-2022"]);
    assert_eq!(told.status.code(), Some(1));
    assert!(said(&told).contains("wide.toml:6: "), "{}", said(&told));
}

/// REQ-INFO-05: a question is answered in words, with the rule and what would make it a
/// yes; the program ends with 0 for yes and 3 for no.
#[test]
fn a_question_is_answered_with_an_exit_code() {
    let before = [
        "ask",
        "--pack",
        "no-2004",
        "--from",
        "aetat",
        "--to",
        "sosialkontor",
        "--purpose",
        "coordination",
        "--category",
        "health",
    ];
    let told = onedoor(&before);
    assert_eq!(told.status.code(), Some(3), "{}", said(&told));
    assert!(said(&told).contains("It needs the person’s consent."), "{}", said(&told));
    let unknown = onedoor(&[&before[..4], &["nobody"], &before[5..]].concat());
    assert_eq!(unknown.status.code(), Some(1));
    assert!(said(&unknown).contains("not understood: from"), "{}", said(&unknown));
    let now = [
        "ask",
        "--pack",
        "no-2022",
        "--from",
        "nav_stat",
        "--to",
        "kom_sosial",
        "--purpose",
        "coordination",
        "--category",
        "emp",
        "--when",
        "same_joint_office",
    ];
    let yes = onedoor(&now);
    assert_eq!(yes.status.code(), Some(0), "{}", said(&yes));
    assert!(said(&yes).contains("Yes. ") && said(&yes).contains("NO-02"), "{}", said(&yes));
    let mut health = now.to_vec();
    health[10] = "subst";
    let no = onedoor(&health);
    assert_eq!(no.status.code(), Some(3), "{}", said(&no));
    assert!(said(&no).contains("The person’s consent that"), "{}", said(&no));
    health.extend(["--consent", "valid"]);
    assert_eq!(onedoor(&health).status.code(), Some(0));
    health.extend(["--overlay", "strictly_confidential"]);
    let barred = onedoor(&health);
    assert_eq!(barred.status.code(), Some(3));
    assert!(said(&barred).contains("Nothing."), "{}", said(&barred));
    health.extend(["--language", "sv"]);
    assert!(said(&onedoor(&health)).contains("Nej. "));
}

fn set_up(folder: &Path) -> String {
    let config = folder.join("onedoor.toml");
    std::fs::write(folder.join("journal.key"), [7_u8; 32]).unwrap();
    let text = format!(
        "database = {:?}\njournal_key_file = {:?}\ntest_numbers = true\n",
        folder.join("onedoor.db"),
        folder.join("journal.key")
    );
    std::fs::write(&config, text).unwrap();
    config.display().to_string()
}

/// REQ-INFO-04: a pack is loaded and chosen from the command line, with rows in the
/// journal that hold; a used version is not changed.
#[test]
fn a_pack_is_loaded_and_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let config = set_up(folder.path());
    let whole = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_onedoor"))
            .args(args)
            .args(["--config", &config])
            .output()
            .unwrap()
    };
    let made = whole(&["migrate"]);
    assert!(made.status.success(), "{}", said(&made));
    let next = folder.path().join("next.toml");
    let text = NO_2022.replacen("version = 1", "version = 2", 1);
    std::fs::write(&next, &text).unwrap();
    let path = next.to_str().unwrap();
    assert!(whole(&["policy", "load", path]).status.success());
    let day = "2999-01-01";
    let choose = |pack: &str, more: &[&str]| {
        let line = ["policy", "choose", pack, "--from", day, "--reason", "Ny lov"];
        whole(&[&line, more].concat())
    };
    // The law of the place and time holds by the keeper's word; what they may have loaded, and what
    // opens more than the default, waits for a privacy owner.
    let chosen = choose("no-2022@1", &[]);
    assert!(said(&chosen).contains("no-2022@1 holds from"), "{}", said(&chosen));
    let settings = folder.path().join("settings.toml");
    let wider = "format = 1\npack = \"no-2022\"\n[[set]]\nrule = \"NO-03\"\ncategory = \"debt\"\n\
         effect = \"N\"\n";
    std::fs::write(&settings, wider).unwrap();
    let settings = ["--settings", settings.to_str().unwrap()];
    for (pack, more, why) in [
        ("no-2022@2", &[][..], "did not come with the program"),
        ("no-2022@1", &settings[..], "open more than the pack does by default"),
        ("se-2022@1", &[][..], "another country"),
        ("no-2004@1", &[][..], "another time"),
    ] {
        let waits = choose(pack, more);
        assert!(waits.status.success(), "{}", said(&waits));
        assert!(said(&waits).contains(why), "{}", said(&waits));
        assert!(said(&waits).contains("/policy/proposals/"), "{}", said(&waits));
        assert!(!said(&waits).contains("holds from"), "{}", said(&waits));
    }
    let used = folder.path().join("used.toml");
    std::fs::write(&used, NO_2022.replacen("Norge i dag", "Norge", 1)).unwrap();
    let changed = whole(&["policy", "load", used.to_str().unwrap()]);
    assert_eq!(changed.status.code(), Some(1), "{}", said(&changed));
    let past = whole(&["policy", "choose", "no-2022", "--from", "2001-01-01", "--reason", "x"]);
    assert_eq!(past.status.code(), Some(1));
    let verified = whole(&["journal", "verify"]);
    assert!(said(&verified).contains("6 rows, nothing changed"), "{}", said(&verified));
    let packs = said(&whole(&["policy", "packs"]));
    assert!(packs.contains("no-2022@2"), "{packs}");
    let changes = whole(&["policy", "diff", "no-2004", "no-2022"]);
    assert!(said(&changes).contains("fewer than 5"), "{}", said(&changes));
    let unused = whole(&["policy", "unused"]);
    assert!(unused.status.success(), "{}", said(&unused));
}
