//! A PostgreSQL of the tests' own: in a temporary folder, on a free port, gone
//! when the test process is gone.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub struct Cluster {
    port: u16,
    bin: PathBuf,
    _folder: tempfile::TempDir,
    // Its standard input is a pipe that closes with the tests, and the server stops.
    _server: std::process::Child,
}

fn bin() -> Option<PathBuf> {
    let root = Path::new("/usr/lib/postgresql");
    let mut versions: Vec<u32> = std::fs::read_dir(root)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable();
    let bin = root.join(versions.last()?.to_string()).join("bin");
    bin.join("initdb").exists().then_some(bin)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|out| out.stdout.starts_with(b"0\n"))
}

/// PostgreSQL refuses to run as root.
fn unprivileged(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// The cluster of this test process, if PostgreSQL is installed.
pub fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    CLUSTER.get_or_init(|| bin().map(start)).as_ref()
}

fn start(bin: PathBuf) -> Cluster {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let data = folder.path().join("data");
    let made = unprivileged(&bin.join("initdb"))
        .args(["-U", "onedoor", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data)
        .stdout(Stdio::null())
        .output()
        .unwrap();
    assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // The shell waits for its standard input to close, then stops the server.
    let script = format!(
        "'{}' -D '{}' -p {port} -k '{}' -h 127.0.0.1 -c max_connections=300 2>&1 & \
         pid=$!; cat >/dev/null; kill -INT $pid; wait $pid",
        bin.join("postgres").display(),
        data.display(),
        folder.path().display(),
    );
    let mut child = unprivileged(Path::new("/bin/sh"))
        .args(["-c", &script])
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("database system is ready") {
        line.clear();
        assert!(lines.read_line(&mut line).unwrap() > 0, "PostgreSQL did not start");
    }
    std::thread::spawn(move || lines.read_to_end(&mut Vec::new()));
    Cluster { port, bin, _folder: folder, _server: child }
}

impl Cluster {
    /// Makes a database and gives its address.
    pub fn create(&self, name: &str, template: Option<&str>) -> String {
        let mut command = self.tool("createdb");
        command.args(["-h", "127.0.0.1", "-U", "onedoor", "-p", &self.port.to_string()]);
        if let Some(template) = template {
            command.args(["-T", template]);
        }
        command.arg(name);
        // Two tests may copy the template at once, and the loser waits.
        for _ in 0..100 {
            let made = command.output().unwrap();
            if made.status.success() {
                return self.url(name);
            }
            let text = String::from_utf8_lossy(&made.stderr).into_owned();
            assert!(text.contains("being accessed"), "createdb: {text}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the template was never free");
    }

    pub fn url(&self, name: &str) -> String {
        format!("postgres://onedoor@127.0.0.1:{}/{name}", self.port)
    }

    /// Where the server's own tools are.
    pub fn tool(&self, name: &str) -> Command {
        Command::new(self.bin.join(name))
    }
}
