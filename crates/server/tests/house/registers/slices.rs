//! What may use what.

use super::{read_all, root};

/// A slice uses only slices before it; the domain uses nothing of the server.
#[test]
fn slices_use_only_earlier_slices() {
    let order = onedoor_server::SLICES;
    for (path, text) in read_all("crates/server/src", &[".rs"]) {
        let inside = path.strip_prefix(root().join("crates/server/src")).unwrap().to_owned();
        let slice = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
        let Some(place) = order.iter().position(|name| *name == slice) else { continue };
        for later in &order[place + 1..] {
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                assert!(
                    !line.contains(&format!("crate::{later}::")),
                    "{} uses the later slice {later}: {line}",
                    inside.display()
                );
            }
        }
    }
    for (path, text) in read_all("crates/domain/src", &[".rs"]) {
        for banned in ["onedoor_server", "tokio", "std::fs", "std::net", "Timestamp::now"] {
            assert!(!text.contains(banned), "{} uses {banned}", path.display());
        }
    }
}
