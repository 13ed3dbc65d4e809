//! Sending the journal on to the site's security log: one line for each showing
//! of one person's data to a named worker (REQ-INFO-19).
//!
//! An answer never waits for it. A cursor for each lane says how far it has
//! come; it moves when the receiver has taken the lines, so nothing is lost and
//! a line may come twice.

use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::cef::{Cef, counted, syslog};
use super::chain::Line;
use super::store;
use crate::app::App;
use crate::config::{Protocol, Siem};
use crate::db::DbError;

/// Rows that are read at once.
const BATCH: i64 = 500;
/// How often a round goes on while there is more, so that it ends.
const BATCHES: usize = 40;
/// How long a server may be at one batch before another takes over.
const LEASE: i64 = 120 * 1_000_000;
/// How long the receiver may take for a batch.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Rows that were passed, sent or not.
    pub rows: i64,
    /// Lines that were sent.
    pub lines: i64,
}

/// Sends what is new, where a receiver is set up.
///
/// # Errors
/// When the database does not answer. That the receiver does not is logged, and
/// the next round tries again.
pub async fn round(app: &App) -> Result<Sent, DbError> {
    let mut sent = Sent::default();
    let Some(siem) = &app.config.siem else { return Ok(sent) };
    for _ in 0..BATCHES {
        let behind = store::unsent(&mut *app.db.read().await?).await?;
        let mut went_on = false;
        for lane in behind {
            let now = app.now().as_microsecond();
            let mut tx = app.db.begin().await?;
            let ours = store::lease_cursor(&mut tx, lane, now, now + LEASE).await?;
            tx.commit().await?;
            let Some(after) = ours else { continue };
            let result = batch(app, siem, lane, after).await;
            let until = result.as_ref().map_or(after, |(until, _)| *until);
            let mut tx = app.db.begin().await?;
            store::move_cursor(&mut tx, lane, until).await?;
            tx.commit().await?;
            match result {
                Ok((until, lines)) => {
                    went_on = true;
                    sent.rows += until - after;
                    sent.lines += lines;
                }
                Err(Stopped::Db(error)) => return Err(error),
                Err(Stopped::Receiver(error)) => {
                    tracing::warn!(%error, "the security log does not take the journal's lines");
                    return Ok(sent);
                }
            }
        }
        if !went_on {
            break;
        }
    }
    Ok(sent)
}

enum Stopped {
    Db(DbError),
    Receiver(std::io::Error),
}

/// Sends one batch of a lane; says how far it came and how many lines it was.
async fn batch(app: &App, siem: &Siem, lane: i64, after: i64) -> Result<(i64, i64), Stopped> {
    let rows = {
        let mut conn = app.db.read().await.map_err(Stopped::Db)?;
        store::page_to_send(&mut conn, lane, after, BATCH).await.map_err(Stopped::Db)?
    };
    let until = rows.last().map_or(after, |(line, _)| line.seq);
    let messages: Vec<String> = rows
        .iter()
        .filter_map(|(line, guarded)| {
            let cef = line_for(&siem.vendor, line, *guarded)?;
            let at = jiff::Timestamp::from_microsecond(line.at).unwrap_or_default();
            Some(syslog(*guarded, at, &siem.host, &cef.line()))
        })
        .collect();
    if !messages.is_empty() {
        let sending = async {
            match siem.protocol {
                Protocol::Tcp => by_stream(&siem.address, &messages).await,
                Protocol::Udp => by_datagram(&siem.address, &messages).await,
                Protocol::Tls => by_tls(siem, &messages).await,
            }
        };
        tokio::time::timeout(PATIENCE, sending)
            .await
            .unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
            .map_err(Stopped::Receiver)?;
    }
    Ok((until, i64::try_from(messages.len()).unwrap_or(0)))
}

/// Over TCP. A write says only that our own machine took the bytes, so we close
/// our side and wait for the receiver to close theirs: then they read to the end.
async fn by_stream(address: &str, messages: &[String]) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address).await?;
    let text: String = messages.iter().map(|message| counted(message)).collect();
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = [0; 256];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// What is needed to reach the receiver over TLS: whom to trust, and the name that its
/// certificate must bear. The doctor asks the same.
///
/// # Errors
/// When `ca_file` is missing, cannot be read or holds no certificate, or `address` names no
/// host.
pub fn tls(siem: &Siem) -> std::io::Result<(TlsConnector, ServerName<'static>)> {
    let wrong = |what: String| Error::new(ErrorKind::InvalidInput, what);
    let file = siem.ca_file.as_ref().ok_or_else(|| wrong("siem.ca_file is not named".into()))?;
    let bytes = std::fs::read(file)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong(format!("{} holds no certificate", file.display())));
    }
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = siem.address.rsplit_once(':').map_or(siem.address.as_str(), |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(host).map_err(|error| wrong(error.to_string()))?;
    Ok((TlsConnector::from(Arc::new(config)), name))
}

/// Over TLS. Both sides say that they close (RFC 5425, 4.4): without that word from the
/// receiver somebody on the wire may have cut it off, and the lines go again.
async fn by_tls(siem: &Siem, messages: &[String]) -> std::io::Result<()> {
    let (connector, name) = tls(siem)?;
    let stream = TcpStream::connect(&siem.address).await?;
    let mut stream = connector.connect(name, stream).await?;
    let text: String = messages.iter().map(|message| counted(message)).collect();
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await?;
    let mut rest = [0; 256];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// Over UDP, where nobody says whether it came.
async fn by_datagram(address: &str, messages: &[String]) -> std::io::Result<()> {
    let target = tokio::net::lookup_host(address)
        .await?
        .next()
        .ok_or(std::io::Error::from(std::io::ErrorKind::NotFound))?;
    let own = if target.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(own).await?;
    for message in messages {
        socket.send_to(message.as_bytes(), target).await?;
    }
    Ok(())
}

/// Acts that show lists: their hits are in the journal, and no line is sent.
const LISTS: &[&str] = &[
    "reception.read_queue",
    "person.search",
    "case.read_day",
    "case.read_management",
    "figure.read",
    "message.read_outbox",
    "watch.read",
    "keeping.read",
    "list.read",
    "list.hand_over",
    "provider.read",
    "exchange.read",
    "exchange.export",
];

fn class(act: &str) -> &'static str {
    match act {
        "person.register" | "case.open" | "reception.check_in" | "ruling.decide"
        | "ruling.guide" | "meeting.book" | "keeping.hold" | "erasure.ask" | "record.write"
        | "record.ground" | "access.take" | "tie.note" | "consent.record" | "provider.hand" => {
            "audit:create"
        }
        "reception.take_visit"
        | "reception.sort_visit"
        | "reception.close_visit"
        | "person.edit"
        | "person.join"
        | "case.plan"
        | "case.ask_handover"
        | "case.answer_handover"
        | "case.settle_handover"
        | "case.close"
        | "keeping.lift_hold"
        | "erasure.decide"
        | "erasure.confirm"
        | "access.confirm"
        | "consent.withdraw"
        | "consent.acknowledge"
        | "correction.answer" => "audit:update",
        "erasure.execute" | "keeping.delete" => "audit:delete",
        _ => "audit:access",
    }
}

/// The line of a row, when it is the showing of one person to a named worker.
/// `guarded` says that the person's address is protected or they are shielded.
fn line_for(vendor: &str, row: &Line, guarded: bool) -> Option<Cef> {
    let mut persons = row.persons.split_whitespace();
    let (Some(person), None) = (persons.next(), persons.next()) else { return None };
    let named = matches!(row.actor_kind.as_str(), "staff" | "client");
    if !named || LISTS.contains(&row.act.as_str()) {
        return None;
    }
    let worker = row.actor_id?;
    let denied = row.ground == "denied";
    let mut extension = vec![
        ("suid", worker.to_string()),
        // The identifier of ours, not the national number: a log holds no numbers.
        ("duid", person.to_owned()),
        ("end", (row.at / 1000).to_string()),
        ("sproc", format!("{}/{}", row.lane, row.seq)),
        ("dproc", row.act.clone()),
        ("flexString1", if denied { "Deny" } else { "Permit" }.to_owned()),
        ("flexString1Label", "Decision".to_owned()),
        ("cs1", row.purpose.clone()),
        ("cs1Label", "Purpose".to_owned()),
    ];
    if denied {
        let causes: Vec<String> = serde_json::from_str::<serde_json::Value>(&row.detail)
            .ok()
            .and_then(|detail| serde_json::from_value(detail.get("denied")?.clone()).ok())
            .unwrap_or_default();
        extension.push(("flexString2", "permissions".to_owned()));
        extension.push(("flexString2Label", "Policy".to_owned()));
        extension.push(("cs3", causes.join(" ")));
        extension.push(("cs3Label", "Cause".to_owned()));
    } else {
        extension.push(("cs2", row.ground.clone()));
        extension.push(("cs2Label", "Ground".to_owned()));
    }
    let severity = if guarded { "WARN" } else { "INFO" };
    Some(Cef {
        header: [vendor, "onedoor", "1.0", class(&row.act), &row.act, severity].map(str::to_owned),
        extension: extension.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
    })
}
