//! The program as an outsider uses it: a key, an export, and its check.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use onedoor_server::app::{App, Mode};
use onedoor_server::clock::Clock;
use onedoor_server::config::Config;
use onedoor_server::journal::daily::make;

fn onedoor(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_onedoor")).args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// REQ-INFO-19: an auditor with the checkpoints, the public key and an export, and
/// no set-up, checks it with the program alone; a changed row ends it with 1.
#[test]
fn an_auditor_checks_an_export_without_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| -> PathBuf { folder.path().join(name) };
    std::fs::write(at("journal.key"), [3; 32]).unwrap();
    let signer = at("checkpoint.key");
    assert!(onedoor(&["journal", "key", text(&signer)]).status.success());
    assert_eq!(std::fs::read(&signer).unwrap().len(), 32);
    assert!(!onedoor(&["journal", "key", text(&signer)]).status.success(), "not written over");
    let config = at("onedoor.toml");
    let set_up = format!(
        "database = {:?}\njournal_key_file = {:?}\n\n[checkpoint]\nkey_file = {:?}\n\
         folder = {:?}\n",
        at("onedoor.db"),
        at("journal.key"),
        signer,
        at("checkpoints"),
    );
    std::fs::write(&config, set_up).unwrap();
    assert!(onedoor(&["migrate", "--config", text(&config)]).status.success());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let clock = Clock::set_to("2026-11-23T08:30:00Z".parse().unwrap());
        let set_up = Config::read(&config).unwrap();
        let app = App::start(set_up, Mode::Demo, clock.clone()).await.unwrap();
        for day in 23..26 {
            clock.move_to(format!("2026-11-{day}T08:30:00Z").parse().unwrap());
            assert!(make(&app).await.unwrap().is_some());
        }
    });
    let export = at("export.jsonl");
    let config = text(&config);
    let made = onedoor(&["journal", "export", "--config", config, "--out", text(&export)]);
    assert!(made.status.success(), "{made:?}");
    let public = at("checkpoint.key.pub");
    let folder = at("checkpoints");
    let check = |export: &Path| {
        onedoor(&[
            "journal",
            "verify-export",
            "--checkpoints",
            text(&folder),
            "--export",
            text(export),
            "--public-key",
            text(&public),
        ])
    };
    let good = check(&export);
    assert!(good.status.success(), "{}", said(&good));
    let rows = std::fs::read_to_string(&export).unwrap();
    let changed = at("changed.jsonl");
    std::fs::write(&changed, rows.replacen("journal.checkpoint", "journal.read", 1)).unwrap();
    let bad = check(&changed);
    assert_eq!(bad.status.code(), Some(1));
    assert!(said(&bad).contains("changed: lane 0"), "{}", said(&bad));
    let inside = onedoor(&["journal", "verify", "--config", config]);
    assert!(inside.status.success(), "{}", said(&inside));
    let texts = std::fs::read_to_string(folder.join("checkpoint-000001.txt")).unwrap();
    std::fs::write(folder.join("checkpoint-000004.txt"), texts.replace("n 1\n", "n 4\n")).unwrap();
    let beside = onedoor(&["journal", "verify", "--config", config]);
    assert_eq!(beside.status.code(), Some(1), "a checkpoint that is not ours");
}
