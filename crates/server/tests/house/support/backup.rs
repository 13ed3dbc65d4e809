//! A backup of a PostgreSQL database by its own tools, and putting it back.

use std::path::Path;

use super::postgres::Cluster;

/// A backup of a database, as its own tool makes it.
pub fn dump(cluster: &Cluster, url: &str) -> Vec<u8> {
    let made = cluster.tool("pg_dump").arg(url).output().unwrap();
    assert!(made.status.success(), "pg_dump: {}", String::from_utf8_lossy(&made.stderr));
    made.stdout
}

/// Puts a backup into a new database and gives its address.
pub fn restore(cluster: &Cluster, name: &str, file: &Path) -> String {
    let url = cluster.create(name, None);
    let mut command = cluster.tool("psql");
    command.args(["-q", "-v", "ON_ERROR_STOP=1", "-d", &url, "-f"]).arg(file);
    let made = command.output().unwrap();
    assert!(made.status.success(), "psql: {}", String::from_utf8_lossy(&made.stderr));
    url
}
