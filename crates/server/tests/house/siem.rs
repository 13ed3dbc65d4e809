//! The journal sent on to a security log: a real receiver takes the lines.

use onedoor_server::app::{App, Mode};
use onedoor_server::config::{Protocol, Siem};
use onedoor_server::journal::cef::Cef;
use onedoor_server::journal::siem::round;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, UdpSocket};

use crate::cases::{SOCIAL, scene};
use crate::support::{House, on_both, staff_id};

/// The house once more, with a receiver.
async fn sending(house: &House, address: String, protocol: Protocol) -> App {
    let mut config = house.config.clone();
    config.siem = Some(Siem { address, protocol, vendor: "Nid|arby".into(), host: "od1".into() });
    App::start(config, Mode::Demo, house.clock.clone()).await.unwrap()
}

/// Takes one connection, reads it to its end and closes it.
async fn take(listener: &TcpListener) -> Vec<String> {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let mut rest = std::str::from_utf8(&bytes).unwrap();
    let mut messages = Vec::new();
    while !rest.is_empty() {
        let (count, after) = rest.split_once(' ').unwrap();
        let (message, left) = after.split_at(count.parse().unwrap());
        messages.push(message.to_owned());
        rest = left;
    }
    messages
}

fn read(message: &str) -> (String, Cef) {
    let (frame, line) = message.split_once(" - CEF - ").unwrap();
    (frame.to_owned(), Cef::parse(line).unwrap())
}

fn value<'a>(cef: &'a Cef, key: &str) -> &'a str {
    cef.extension.iter().find(|(k, _)| k == key).map_or("", |(_, v)| v.as_str())
}

/// REQ-INFO-19: the showing of one person to a named worker is one line with who,
/// whom, when, why and the decision; a list is none; a denial says its cause; a
/// protected person is a warning. Nothing is lost while the receiver is away.
#[test]
fn a_showing_is_one_line_at_the_receiver() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let app = sending(&house, address, Protocol::Tcp).await;
        let (first, _) = tokio::join!(async { round(&app).await.unwrap() }, async {
            let mut lines = 0;
            for _ in 0..8 {
                let one = tokio::time::timeout(std::time::Duration::from_secs(2), take(&listener));
                match one.await {
                    Ok(messages) => lines += messages.len(),
                    Err(_) => break,
                }
            }
            lines
        });
        assert!(first.rows > 0);
        assert_eq!(round(&app).await.unwrap().rows, 0, "nothing is sent twice without need");

        // The receiver goes away while people work.
        drop(listener);
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        let search = serde_json::json!({ "q": "Bjornstad" });
        scene.worker.post("/persons/search", &search).await.ok();
        assert_eq!(round(&app).await.unwrap().lines, 0, "nobody takes them");
        let stranger = house.worker("insurance-back-heimdal", "caseworker", 0);
        house.staff(&stranger).await.get(&format!("/api/v1/persons/{}", scene.person)).await;
        let protect = format!("update person set protection = 1 where id = {}", id(&house, &scene));
        house.force(&protect).await.unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let app = sending(&house, address, Protocol::Tcp).await;
        let mut messages = Vec::new();
        let sent = {
            let sending = round(&app);
            tokio::pin!(sending);
            loop {
                tokio::select! {
                    sent = &mut sending => break sent.unwrap(),
                    taken = take(&listener) => messages.extend(taken),
                }
            }
        };
        assert_eq!(sent.lines, i64::try_from(messages.len()).unwrap());
        let lines: Vec<(String, Cef)> = messages.iter().map(|m| read(m)).collect();
        let acts: Vec<&str> = lines.iter().map(|(_, cef)| value(cef, "dproc")).collect();
        assert_eq!(acts, ["person.read", "person.read"], "a list is no line: {messages:?}");
        for (frame, cef) in &lines {
            assert!(frame.starts_with("<108>1 2026-11-23T08:30:00Z od1 onedoor"), "{frame}");
            assert_eq!(cef.header[0], "Nid|arby");
            assert_eq!(cef.header[3..], ["audit:access", "person.read", "WARN"]);
            assert_eq!(value(cef, "duid"), scene.person);
            assert_eq!(value(cef, "end"), "1795422600000");
        }
        let denied = lines.iter().find(|(_, cef)| value(cef, "flexString1") == "Deny").unwrap();
        assert_eq!(value(&denied.1, "suid"), staff_id(&stranger));
        assert_eq!(value(&denied.1, "cs3"), "relation");
        let content = ["Bjørnstad", "Åse"];
        assert!(messages.iter().all(|m| content.iter().all(|c| !m.contains(c))), "no content");
    });
}

fn id(house: &House, scene: &crate::cases::Scene) -> String {
    match house.app.db.engine() {
        onedoor_server::db::Engine::Sqlite => format!("x'{}'", scene.person.replace('-', "")),
        onedoor_server::db::Engine::Postgres => format!("'{}'", scene.person),
    }
}

/// REQ-INFO-19: a receiver that breaks off before it has read to the end gets the
/// lines again; and of two servers one sends.
#[test]
fn a_broken_connection_sends_again() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let app = sending(&house, address, Protocol::Tcp).await;
        let broken = async {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut little = [0; 4];
            stream.read_exact(&mut little).await.unwrap();
            // Closing with unread bytes resets the connection.
            drop(stream);
        };
        let (sent, ()) = tokio::join!(round(&app), broken);
        assert_eq!(sent.unwrap().lines, 0);
        let mut taken = Vec::new();
        let (one, other) = {
            let both = async { tokio::join!(round(&app), round(&app)) };
            tokio::pin!(both);
            loop {
                tokio::select! {
                    sent = &mut both => break sent,
                    messages = take(&listener) => taken.extend(messages),
                }
            }
        };
        let lines = one.unwrap().lines + other.unwrap().lines;
        assert_eq!(lines, i64::try_from(taken.len()).unwrap());
        let before = taken.len();
        taken.sort();
        taken.dedup();
        assert_eq!(taken.len(), before, "each line once");
        assert!(before > 0);
    });
}

/// REQ-INFO-19: the same lines as datagrams.
#[test]
fn lines_go_out_as_datagrams_too() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let app = sending(&house, address, Protocol::Udp).await;
        let sent = round(&app).await.unwrap();
        assert!(sent.lines > 0);
        for _ in 0..sent.lines {
            let mut bytes = [0; 2048];
            let (count, _) = socket.recv_from(&mut bytes).await.unwrap();
            let (_, cef) = read(std::str::from_utf8(&bytes[..count]).unwrap());
            assert_eq!(value(&cef, "duid"), scene.person);
        }
    });
}
