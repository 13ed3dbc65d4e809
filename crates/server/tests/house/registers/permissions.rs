//! Who may do what, as a file that a lawyer can read.

use std::fmt::Write;

use onedoor_domain::office::Role;
use onedoor_domain::secrecy::{Action, paths};

use super::same_file;

/// The permission table as a file that a lawyer can read.
#[test]
fn permissions_are_as_the_file_says() {
    let mut text = String::from(
        "# Who may do what, through which relation. A dot is a no.\n\
         # Made from crates/domain/src/secrecy/policy.rs by ONEDOOR_REGENERATE=1 cargo test.\n\
         # Address protection comes before all of this: without clearance nothing is there.\n\n",
    );
    write!(text, "{:26}", "").unwrap();
    for role in Role::ALL {
        write!(text, " {:16}", role.as_str()).unwrap();
    }
    text.push('\n');
    for action in Action::ALL {
        let rows =
            Role::ALL.iter().map(|role| paths(*role, *action).len()).max().unwrap_or(0).max(1);
        for row in 0..rows {
            let title = if row == 0 { action.as_str() } else { "" };
            write!(text, "{title:26}").unwrap();
            for role in Role::ALL {
                let relation = paths(role, *action)
                    .get(row)
                    .map_or(if row == 0 { "." } else { "" }, |relation| relation.as_str());
                write!(text, " {relation:16}").unwrap();
            }
            let end = text.trim_end().len();
            text.truncate(end);
            text.push('\n');
        }
    }
    same_file("permissions.txt", &text);
}
