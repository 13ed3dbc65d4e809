//! The journal sent on to a security log: a real receiver takes the lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use onedoor_server::app::{App, Mode};
use onedoor_server::config::{Protocol, Siem};
use onedoor_server::journal::cef::Cef;
use onedoor_server::journal::siem::round;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use crate::cases::{SOCIAL, scene};
use crate::support::{House, on_both, staff_id};

fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/house/support").join(name)
}

/// The house once more, with a receiver.
async fn sending(house: &House, address: String, protocol: Protocol) -> App {
    let mut config = house.config.clone();
    config.siem = Some(Siem {
        address,
        protocol,
        vendor: "Nid|arby".into(),
        host: "od1".into(),
        ca_file: (protocol == Protocol::Tls).then(|| fixture("authority.pem")),
    });
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

/// A receiver over TLS, with the certificate of the tests.
fn acceptor() -> TlsAcceptor {
    let read = |name: &str| std::fs::read(fixture(name)).unwrap();
    let chain = CertificateDer::pem_slice_iter(&read("receiver.pem")).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(&read("receiver.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// What one connection brought over TLS; `closes` says whether the receiver closes with the
/// word of TLS or only cuts the wire. None when the sender would not shake hands.
async fn take_sealed(listener: &TcpListener, closes: bool) -> Option<String> {
    let (stream, _) = listener.accept().await.unwrap();
    let mut stream = acceptor().accept(stream).await.ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok()?;
    if closes {
        stream.shutdown().await.unwrap();
    }
    Some(String::from_utf8(bytes).unwrap())
}

/// REQ-INFO-19: over TLS the lines go to a receiver that the named authority vouches for; to
/// nobody else does a single line go, and one that cuts the connection gets them again.
#[test]
fn lines_go_out_over_tls_to_whom_the_authority_vouches_for() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();

        // Another authority than the receiver's: no handshake, and nothing was sent.
        let app = sending(&house, address.clone(), Protocol::Tls).await;
        let mut config = app.config.clone();
        config.siem.as_mut().unwrap().ca_file = Some(fixture("stranger.pem"));
        let wary = App::start(config, Mode::Demo, house.clock.clone()).await.unwrap();
        let (sent, taken) = tokio::join!(round(&wary), take_sealed(&listener, true));
        assert_eq!((sent.unwrap().lines, taken), (0, None));

        // A name that the certificate does not bear.
        let port = address.rsplit_once(':').unwrap().1.to_owned();
        let mut config = app.config.clone();
        config.siem.as_mut().unwrap().address = format!("127.0.0.2:{port}");
        let elsewhere = TcpListener::bind(format!("127.0.0.2:{port}")).await.unwrap();
        let other = App::start(config, Mode::Demo, house.clock.clone()).await.unwrap();
        let (sent, taken) = tokio::join!(round(&other), take_sealed(&elsewhere, true));
        assert_eq!((sent.unwrap().lines, taken), (0, None));

        // Cut off without the closing word: the lines count as not taken.
        let (sent, cut) = tokio::join!(round(&app), take_sealed(&listener, false));
        assert_eq!(sent.unwrap().lines, 0);
        assert!(cut.unwrap().contains(&scene.person));

        let mut text = String::new();
        let mut lines = 0;
        loop {
            let sending = round(&app);
            tokio::pin!(sending);
            let sent = loop {
                tokio::select! {
                    sent = &mut sending => break sent.unwrap(),
                    taken = take_sealed(&listener, true) => text.push_str(&taken.unwrap()),
                }
            };
            lines += sent.lines;
            if sent.rows == 0 {
                break;
            }
        }
        assert!(lines > 0 && text.contains("CEF:0|Nid") && text.contains(&scene.person));
        assert_eq!(i64::try_from(text.matches(" - CEF - ").count()).unwrap(), lines);

        // Without an authority nothing goes at all.
        let mut config = app.config.clone();
        config.siem.as_mut().unwrap().ca_file = None;
        let bare = App::start(config, Mode::Demo, house.clock.clone()).await.unwrap();
        scene.worker.get(&format!("/api/v1/persons/{}", scene.person)).await.ok();
        assert_eq!(round(&bare).await.unwrap().lines, 0);
    });
}

/// REQ-INFO-19: a line is a warning when the person is guarded in any way, by a protected
/// address or as shielded, and else is none; what is more than one batch goes all the same, in
/// the order of its lane, and nothing twice.
#[test]
fn a_guarded_person_is_a_warning_and_many_rows_are_sent_page_by_page() {
    on_both(|house| async move {
        let scene = scene(&house, SOCIAL).await;
        let form = serde_json::json!({ "given": "Tor", "family": "Vik", "none_of_these": "yes" });
        let mut persons = vec![scene.person.clone()];
        for _ in 0..2 {
            persons.push(scene.worker.post("/persons", &form).await.ok().id());
        }
        for person in &persons {
            scene.worker.get(&format!("/api/v1/persons/{person}")).await.ok();
        }
        let literal = |person: &str| match house.app.db.engine() {
            onedoor_server::db::Engine::Sqlite => format!("x'{}'", person.replace('-', "")),
            onedoor_server::db::Engine::Postgres => format!("'{person}'"),
        };
        // One is shielded without a protected address, one protected, one neither.
        for (person, change) in [(&persons[1], "guard = 32"), (&persons[2], "protection = 1")] {
            let sql = format!("update person set {change} where id = {}", literal(person));
            house.force(&sql).await.unwrap();
        }
        // More than one batch, where the engine has one lane.
        let deputy = house.staff(&scene.deputy_code).await;
        for n in 0..600 {
            let who = if n % 2 == 0 { &scene.worker } else { &deputy };
            who.get(&format!("/api/v1/persons/{}", persons[0])).await.ok();
            if n % 50 == 49 {
                house.clock.move_to(house.clock.now() + jiff::ToSpan::seconds(60));
            }
        }
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
        let lines: Vec<Cef> = messages.iter().map(|message| read(message).1).collect();
        assert!(lines.len() > 600);
        let mut last: BTreeMap<i64, i64> = BTreeMap::new();
        for cef in &lines {
            let (lane, seq) = value(cef, "sproc").split_once('/').unwrap();
            let (lane, seq) = (lane.parse().unwrap(), seq.parse().unwrap());
            let before = last.insert(lane, seq);
            assert!(before.is_none_or(|before| before < seq), "each once, in order");
        }
        for (person, severity) in persons.iter().zip(["INFO", "WARN", "WARN"]) {
            let mut about = lines.iter().filter(|cef| value(cef, "duid") == person).peekable();
            assert!(about.peek().is_some());
            assert!(about.all(|cef| cef.header[5] == severity), "{person} {severity}");
        }
    });
}
