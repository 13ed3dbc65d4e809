//! Registers: each fails on the row that is missing.

mod permissions;
mod plans;
mod proofs;
mod requirements;
mod schema;
mod slices;
mod statements;
mod texts;

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a generated file with the one in the repository, or writes it when
/// `ONEDOOR_REGENERATE` is set.
pub fn same_file(name: &str, text: &str) {
    let path = root().join(name);
    if std::env::var_os("ONEDOOR_REGENERATE").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "{name} is out of date: run ONEDOOR_REGENERATE=1 cargo test, and read the difference"
    );
}

fn sources(folder: &Path, ends: &[&str], out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" {
            sources(&path, ends, out);
        } else if ends.iter().any(|end| name.ends_with(end)) {
            out.push(path);
        }
    }
    out.sort();
}

fn read_all(folder: &str, ends: &[&str]) -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    sources(&root().join(folder), ends, &mut paths);
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}
